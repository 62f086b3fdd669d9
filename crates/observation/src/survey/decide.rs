//! What is decided about surveys. Pure.

use access::{FieldFault, Permission, Refusal, Scope};
use catalogue::Stage;
use jiff::civil::Date;
use measure::survey::{self as method, Estimate, Parameters, Response, Sought, Stratum};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use serde::{Deserialize, Serialize};
use viet::{Lang, number};

use super::{
    SurveyFact, SurveyQuestion, SurveyReceived, SurveyTold, SurveyWithdrawn, ToldEstimate,
};
use crate::decide::{all_good, with_reason};
use crate::{
    Book, Figure, ObservationId, Record, SeriesFact, SeriesKey, SeriesState, SurveyId,
    decide_record,
};

/// Decimals of an estimate that is no count. A survey of a few hundred answers knows no more.
const PLACES: u32 = 2;

/// What one who was asked said, as the file of answers has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// Number of its stratum, from 0.
    pub stratum: usize,
    /// How many of the population it stands for.
    pub weight: Option<Decimal>,
    /// The answers, question by question.
    pub answers: Vec<Option<Decimal>>,
}

/// Hand in the answers to a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiveSurvey {
    /// Identity it will have.
    pub id: SurveyId,
    /// The survey.
    pub survey: SurveyReceived,
    /// Its answers.
    pub rows: Vec<AnswerRow>,
}

/// Record what a survey tells about one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellSurvey {
    /// Which survey.
    pub survey: SurveyId,
    /// Number of the question, from 0.
    pub question: u32,
    /// Identity the observation will have.
    pub observation: ObservationId,
    /// How far the value has come.
    pub stage: Stage,
    /// Doubts that were shown are set aside.
    pub acknowledge: bool,
    /// What a reader must know.
    pub note: Option<String>,
}

/// A survey as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyState {
    /// What came in; none when nothing did.
    pub received: Option<SurveyReceived>,
    /// What was recorded from it.
    #[serde(default)]
    pub told: Vec<SurveyTold>,
    /// Why it was withdrawn.
    #[serde(default)]
    pub withdrawn: Option<String>,
}

impl SurveyState {
    /// Takes a fact in.
    pub fn evolve(mut self, fact: SurveyFact) -> Self {
        match fact {
            SurveyFact::Received(data) => self.received = Some(*data),
            SurveyFact::Told(data) => self.told.push(data),
            SurveyFact::Withdrawn(data) => self.withdrawn = Some(data.reason),
        }
        self
    }
}

/// What a survey tells about one of its questions.
///
/// # Errors
/// Why nothing can be told; there is no such question; its indicator is not in the catalogue.
pub fn estimate(
    survey: &SurveyReceived,
    rows: &[AnswerRow],
    question: usize,
    book: Book<'_>,
) -> Result<Estimate, measure::Refusal> {
    let asked = survey.questions.get(question);
    let key = asked.map(|asked| SeriesKey::new(asked.indicator.clone(), survey.area));
    let Some(indicator) = key.and_then(|key| book.indicator(&key)) else {
        return Err(measure::Refusal {
            reason: catalogue::Label::new(
                "chỉ số của câu hỏi không có trong danh mục",
                "the indicator of the question is not in the catalogue",
            ),
        });
    };
    let unit = &indicator.definition.value.unit;
    let strata: Vec<Stratum> = (survey.strata.iter())
        .map(|stratum| Stratum {
            name: stratum.name.clone(),
            population: stratum.population,
        })
        .collect();
    let float = |value: &Decimal| value.to_f64().unwrap_or(f64::NAN);
    let responses: Vec<Response> = (rows.iter())
        .map(|row| Response {
            stratum: row.stratum,
            weight: row.weight.as_ref().map(float),
            answer: row
                .answers
                .get(question)
                .and_then(Option::as_ref)
                .map(float),
        })
        .collect();
    method::estimate(
        &strata,
        &responses,
        Sought::of(unit),
        unit,
        Parameters::default(),
    )
}

/// Decides on [`ReceiveSurvey`].
///
/// # Errors
/// Not allowed for the organisation; no title; a day that has not come; an indicator or area not in the catalogue;
/// a question whose answers tell nothing.
pub fn decide_receive_survey(
    state: &SurveyState,
    command: &ReceiveSurvey,
    book: Book<'_>,
    scope: &Scope,
    today: Date,
) -> Result<SurveyFact, Refusal> {
    let survey = &command.survey;
    scope.require_for(Permission::RecordObservation, &survey.organisation)?;
    if state.received.is_some() {
        return Err(Refusal::conflict(
            "Cuộc khảo sát này đã được tiếp nhận.",
            "This survey has been received already.",
        ));
    }
    let mut faults = Vec::new();
    if survey.title.trim().is_empty() {
        faults.push(FieldFault::new(
            "title",
            "Hãy ghi tên cuộc khảo sát.",
            "Say what the survey is called.",
        ));
    }
    if survey.ended_on > today {
        faults.push(FieldFault::new(
            "ended_on",
            "Ngày kết thúc ở sau hôm nay.",
            "The day it ended lies after today.",
        ));
    }
    if book.directory.areas().get(survey.area).is_none() {
        faults.push(FieldFault::new(
            "area",
            format!("Không có địa bàn «{}» trong danh mục.", survey.area),
            format!("There is no area “{}” in the catalogue.", survey.area),
        ));
    }
    for (at, SurveyQuestion { heading, .. }) in survey.questions.iter().enumerate() {
        if let Err(why) = estimate(survey, &command.rows, at, book) {
            faults.push(FieldFault::new(
                "file",
                format!("Cột «{heading}»: {}.", why.reason.get(Lang::Vi)),
                format!("Column “{heading}”: {}.", why.reason.get(Lang::En)),
            ));
        }
    }
    all_good(faults)?;
    Ok(SurveyFact::Received(Box::new(survey.clone())))
}

/// Decides on [`TellSurvey`]: the observation and that the survey told it.
///
/// # Errors
/// The survey does not stand; not allowed for its organisation; no such question; already told; what
/// [`decide_record`] refuses; an estimate on too little that is not acknowledged with a note.
pub fn decide_tell_survey(
    state: &SurveyState,
    series: &SeriesState,
    command: &TellSurvey,
    rows: &[AnswerRow],
    book: Book<'_>,
    scope: &Scope,
    today: Date,
) -> Result<(SeriesKey, SeriesFact, SurveyFact), Refusal> {
    let survey = standing(state)?;
    scope.require_for(Permission::RecordObservation, &survey.organisation)?;
    let question = command.question as usize;
    let asked = survey.questions.get(question).ok_or(Refusal::NotFound)?;
    // A figure that was withdrawn may be told again.
    let stands = |told: &&SurveyTold| series.find(told.observation).is_some();
    let of_question = |told: &&SurveyTold| told.question == command.question;
    if state
        .told
        .iter()
        .filter(of_question)
        .any(|told| stands(&told))
    {
        return Err(Refusal::conflict(
            "Số liệu của câu hỏi này đã được ghi nhận.",
            "What this question tells has been recorded already.",
        ));
    }
    let found = estimate(survey, rows, question, book).map_err(|why| {
        let reason = why.reason;
        Refusal::conflict(
            reason.get(Lang::Vi).to_owned(),
            reason.get(Lang::En).to_owned(),
        )
    })?;
    let told = told(&found)?;
    let agreed = command.acknowledge && command.note.is_some();
    if !(told.firm || agreed) {
        return Err(cautious(&told));
    }
    let key = SeriesKey::new(asked.indicator.clone(), survey.area);
    let record = Record {
        id: command.observation,
        key: key.clone(),
        figure: Figure {
            period: survey.period,
            value: told.value,
            numerator: None,
            denominator: None,
            stage: command.stage,
            vintage: survey.ended_on,
            source: survey.title.clone(),
            source_url: None,
            method: Some(method_of(&told)),
            note: command.note.clone(),
        },
        organisation: survey.organisation.clone(),
        evidence: vec![survey.answers.clone()],
        acknowledge: command.acknowledge,
        expected: None,
    };
    // An estimate has an interval: what agencies count is not held against it to the last place.
    let recorded = decide_record(series, &[], &record, book, scope, today)?;
    let fact = SurveyFact::Told(SurveyTold {
        question: command.question,
        observation: command.observation,
        estimate: told,
    });
    Ok((key, recorded, fact))
}

/// Decides on withdrawing a survey.
///
/// # Errors
/// It does not stand; not allowed for its organisation; no reason.
pub fn decide_withdraw_survey(
    state: &SurveyState,
    reason: &str,
    scope: &Scope,
) -> Result<SurveyFact, Refusal> {
    let survey = standing(state)?;
    scope.require_for(Permission::RecordObservation, &survey.organisation)?;
    let reason = with_reason(reason)?;
    Ok(SurveyFact::Withdrawn(SurveyWithdrawn { reason }))
}

fn standing(state: &SurveyState) -> Result<&SurveyReceived, Refusal> {
    let survey = state.received.as_ref().ok_or(Refusal::NotFound)?;
    match state.withdrawn {
        None => Ok(survey),
        Some(_) => Err(Refusal::conflict(
            "Cuộc khảo sát này đã được rút.",
            "This survey was withdrawn.",
        )),
    }
}

fn told(found: &Estimate) -> Result<ToldEstimate, Refusal> {
    let whole = found.figure.unit().is_additive()
        && matches!(found.figure.unit(), catalogue::Unit::Count(_));
    let places = if whole { 0 } else { PLACES };
    let short =
        |value: f64, places| Decimal::from_f64(value).map(|v| v.round_dp(places).normalize());
    let all = || {
        Some(ToldEstimate {
            value: found.figure.decimal(places)?,
            low: found.interval.low.decimal(places)?,
            high: found.interval.high.decimal(places)?,
            standard_error: short(found.standard_error, 4)?,
            level: short(Parameters::default().level, 4)?,
            asked: u32::try_from(found.asked).ok()?,
            answers: u32::try_from(found.answers).ok()?,
            effective: match found.effective {
                Some(effective) => Some(short(effective, 1)?),
                None => None,
            },
            firm: found.firm,
        })
    };
    all().ok_or_else(|| {
        Refusal::conflict(
            "Ước lượng vượt phạm vi số ghi được; hãy kiểm tra trọng số.",
            "The estimate leaves the range of numbers; check the weights.",
        )
    })
}

/// How a value came about, as a reader of the figure is told.
fn method_of(told: &ToldEstimate) -> String {
    let show = |value: Decimal| number::format(value, Lang::Vi);
    format!(
        "ước lượng từ mẫu: {} phiếu trả lời, khoảng tin cậy {} % từ {} đến {}",
        told.answers,
        show((told.level * Decimal::ONE_HUNDRED).normalize()),
        show(told.low),
        show(told.high)
    )
}

fn cautious(told: &ToldEstimate) -> Refusal {
    let show = |value: Decimal, lang| number::format(value, lang);
    Refusal::invalid(
        "acknowledge",
        format!(
            "Ước lượng dựa trên quá ít phiếu hoặc khoảng tin cậy quá rộng (từ {} đến {}). Nếu vẫn ghi nhận, đánh dấu xác nhận và ghi chú lý do.",
            show(told.low, Lang::Vi),
            show(told.high, Lang::Vi)
        ),
        format!(
            "The estimate rests on too few answers or its interval is too wide ({} to {}). To record it all the same, acknowledge and note why.",
            show(told.low, Lang::En),
            show(told.high, Lang::En)
        ),
    )
}
