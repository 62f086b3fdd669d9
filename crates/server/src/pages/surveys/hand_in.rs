//! Handing in a table of answers.

use access::{FieldFault, Permission, Refusal};
use axum::extract::State;
use catalogue::{Id, Indicator};
use interchange::survey::{self, Answered, Answers, Columns, SurveyError};
use jiff::civil::Date;
use maud::{Markup, html};
use observation::{
    AnswerRow, Book, EvidenceFile, ReceiveSurvey, StratumSize, SurveyId, SurveyQuestion,
    SurveyReceived,
};
use serde::Serialize;
use viet::{AreaKey, Period};

use crate::answer::{Answer, Table, View, answer, answer_with, aside, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::pages::{documents, imports, observations, removals};

/// Questions a form asks about; more come with another survey of the same answers.
const QUESTIONS: usize = 4;

/// Faulty cells that are told at once.
const FAULTS_TOLD: usize = 10;

#[derive(Serialize)]
struct New {
    /// Fields that a client sends; the table goes as `file`.
    fields: Vec<String>,
    #[serde(skip)]
    form: FormState,
}

impl New {
    fn with(form: FormState) -> Self {
        let mut fields: Vec<String> = [
            "title", "area", "period", "ended_on", "strata", "stratum", "weight",
        ]
        .map(str::to_owned)
        .into();
        fields.extend(
            (1..=QUESTIONS).flat_map(|n| [format!("question{n}"), format!("indicator{n}")]),
        );
        New { fields, form }
    }
}

impl View for New {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t(
            "Nộp bảng trả lời khảo sát",
            "Hand in the answers to a survey",
        )
        .into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let text =
            |name: &str, label: &str, hint: &str| form.input(ctx, "text", name, label, Some(hint));
        let none = (
            String::new(),
            ctx.t("— không có câu này —", "— no such question —")
                .to_owned(),
        );
        let indicators: Vec<_> = std::iter::once(none)
            .chain(observations::indicator_options(ctx))
            .collect();
        let question = |n: usize| {
            html! {
                (text(&format!("question{n}"), &format!("{} {n}", ctx.t("Cột câu hỏi", "Column of question")), ctx.t("Trả lời «có», «không», 1, 0 hoặc một số; ô trống là không trả lời.", "Answers “có”, “không”, 1, 0 or a number; an empty cell is no answer.")))
                (form.select(ctx, &format!("indicator{n}"), &format!("{} {n}", ctx.t("Chỉ số ước lượng từ câu", "Indicator estimated from question")), None, &indicators))
            }
        };
        html! {
            (form.summary(ctx))
            form method="post" action="/surveys" enctype="multipart/form-data" {
                (hidden(ctx))
                (text("title", ctx.t("Tên cuộc khảo sát", "What the survey is called"), ctx.t("Ghi cả số quyết định nếu có; tên này là nguồn của số liệu.", "With the number of the decision if there is one; it becomes the source of the figures.")))
                (form.select(ctx, "area", ctx.t("Địa bàn", "Area"), None, &observations::area_options(ctx, form.values.get("area"))))
                (text("period", ctx.t("Kỳ được hỏi", "Period asked about"), "2025 · 2025-Q3 · 2025-H1"))
                (text("ended_on", ctx.t("Ngày kết thúc", "Ended on"), ctx.t("Ví dụ 15/10/2026", "E.g. 15/10/2026")))
                (form.text_area(ctx, "strata", ctx.t("Quy mô tổng thể", "Size of the population"),
                    Some(ctx.t("Mỗi tầng một dòng: tên tầng như trong bảng, dấu hai chấm, số đơn vị; ví dụ «Nhỏ: 2.100». Không phân tầng thì chỉ ghi một số. Để trống khi bảng có trọng số.",
                        "A line for each stratum: its name as in the table, a colon, how many there are; e.g. “Nhỏ: 2.100”. A single number where there are no strata. Empty where the table has weights.")), 3))
                (form.file(ctx, "file", ctx.t("Bảng trả lời", "Table of answers"),
                    Some(ctx.t("Tệp .xlsx hoặc .csv, mỗi dòng một phiếu, dòng đầu là tên cột. Chỉ tầng, trọng số và câu trả lời được giữ lại; tên, mã số thuế, điện thoại… không được lưu.",
                        "An .xlsx or .csv file, a row for each who was asked, headings first. Only strata, weights and answers are kept; names, tax numbers and telephones are not.")), ".xlsx,.csv"))
                (text("stratum", ctx.t("Cột tầng", "Column of the stratum"), ctx.t("Tên cột; để trống nếu không phân tầng.", "Its heading; empty where there are no strata.")))
                (text("weight", ctx.t("Cột trọng số", "Column of the weight"), ctx.t("Tên cột; để trống nếu mỗi phiếu đại diện như nhau trong tầng.", "Its heading; empty where each stands for as many within its stratum.")))
                (question(1))
                details open[(2..=QUESTIONS).any(|n| form.values.given(&format!("question{n}")).is_some())] {
                    summary { (ctx.t("Câu hỏi khác trong cùng bảng", "Other questions of the same table")) }
                    @for n in 2..=QUESTIONS { (question(n)) }
                }
                button.primary type="submit" { (ctx.t("Nộp và xem ước lượng", "Hand in and look at the estimate")) }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["field"],
            rows: self.fields.iter().map(|f| vec![f.clone()]).collect(),
        }
    }
}

/// `GET /surveys/new`
pub async fn form(ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::RecordObservation)?;
    let values = FormValues::of([("indicator1", ctx.query("indicator").unwrap_or_default())]);
    answer(&ctx, &New::with(FormState::prefilled(values)))
}

/// `POST /surveys`
pub async fn receive(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    match take(&app, &ctx, &posted).await {
        Ok(id) => see(&ctx, &format!("/surveys/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &New::with(form))
        }
    }
}

async fn take(app: &App, ctx: &Ctx, posted: &Posted) -> Result<SurveyId, Refusal> {
    ctx.scope.require(Permission::RecordObservation)?;
    let organisation = ctx.scope.organisation().cloned().ok_or_else(|| {
        Refusal::conflict(
            "Tài khoản của bạn chưa thuộc cơ quan nào nên chưa thể nộp khảo sát.",
            "Your account belongs to no organisation, so it cannot hand in a survey.",
        )
    })?;
    let typed = typed(ctx, &posted.values)?;
    let Some(upload) = posted
        .file("file")
        .filter(|upload| !upload.bytes.is_empty())
    else {
        return Err(Refusal::invalid(
            "file",
            "Chưa chọn tệp nào, hoặc tệp rỗng. Hãy chọn tệp .xlsx hoặc .csv.",
            "No file is chosen, or it is empty. Choose an .xlsx or a .csv.",
        ));
    };
    removals::check_upload(app, "file", &upload.bytes).await?;
    aside(|| imports::refuse_table(&upload.bytes)).map_err(|why| {
        Refusal::invalid(
            "file",
            format!("{why}. Chưa lưu gì của tệp."),
            format!("{why}. Nothing of it is kept."),
        )
    })?;
    let columns = typed.columns();
    let read = aside(|| survey::read(&upload.bytes, &columns)).map_err(|e| unread(&e))?;
    let (strata, rows) = in_strata(&typed, &read)?;
    let kept = survey::write(&columns.questions, &read.rows);
    let kept = kept.map_err(|error| unread(&SurveyError::Table(error.into())))?;
    let command = ReceiveSurvey {
        id: SurveyId(documents::identity(
            posted.values.given("key"),
            &upload.bytes,
        )),
        survey: SurveyReceived {
            title: typed.title.clone(),
            area: typed.area,
            period: typed.period,
            ended_on: typed.ended_on,
            organisation,
            strata,
            questions: typed.questions.clone(),
            answers: EvidenceFile {
                hash: app.journal.files().put(&kept).await?,
                name: "phieu-tra-loi.csv".into(),
                media: "text/csv".into(),
                size: kept.len() as u64,
            },
            asked: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            left_out: read.left_out,
        },
        rows,
    };
    let (book, key) = (
        Book::on(&ctx.directory, ctx.today),
        posted.values.given("key").map(str::to_owned),
    );
    observation::receive_survey(&app.journal, &ctx.scope, &command, book, key).await?;
    Ok(command.id)
}

/// The form, understood.
struct Typed {
    title: String,
    area: AreaKey,
    period: Period,
    ended_on: Date,
    sizes: Vec<(String, u64)>,
    stratum: Option<String>,
    weight: Option<String>,
    questions: Vec<SurveyQuestion>,
}

impl Typed {
    fn columns(&self) -> Columns {
        Columns {
            stratum: self.stratum.clone(),
            weight: self.weight.clone(),
            questions: self.questions.iter().map(|q| q.heading.clone()).collect(),
        }
    }
}

fn typed(ctx: &Ctx, values: &FormValues) -> Result<Typed, Refusal> {
    let mut faults = Vec::new();
    let area: Option<AreaKey> = values.get("area").parse().ok();
    let period: Option<Period> = values.get("period").parse().ok();
    let ended_on =
        viet::date::parse(values.get("ended_on")).or_else(|| values.get("ended_on").parse().ok());
    let mut need = |missing: bool, field: &str, vi: &str, en: &str| {
        if missing {
            faults.push(FieldFault::new(field, vi, en));
        }
    };
    need(
        area.is_none(),
        "area",
        "Hãy chọn địa bàn.",
        "Choose an area.",
    );
    need(
        period.is_none(),
        "period",
        "Kỳ viết như 2025, 2025-Q3, 2025-H1.",
        "Write the period like 2025, 2025-Q3, 2025-H1.",
    );
    need(
        ended_on.is_none(),
        "ended_on",
        "Ngày viết như 15/10/2026.",
        "Write the day like 15/10/2026.",
    );
    let questions = questions(ctx, values, &mut faults);
    let sizes = sizes(values.get("strata"), &mut faults);
    let (Some(area), Some(period), Some(ended_on), true) =
        (area, period, ended_on, faults.is_empty())
    else {
        return Err(Refusal::Invalid { faults });
    };
    let optional = |name: &str| values.given(name).map(str::to_owned);
    Ok(Typed {
        title: values.get("title").to_owned(),
        area,
        period,
        ended_on,
        sizes,
        stratum: optional("stratum"),
        weight: optional("weight"),
        questions,
    })
}

fn questions(ctx: &Ctx, values: &FormValues, faults: &mut Vec<FieldFault>) -> Vec<SurveyQuestion> {
    let mut questions = Vec::new();
    for n in 1..=QUESTIONS {
        let (column, field) = (format!("question{n}"), format!("indicator{n}"));
        let known = |id: &Id| indicator(ctx, id).is_some();
        let id = values.get(&field).parse::<Id>().ok().filter(known);
        match (values.given(&column), id) {
            (None, None) => {}
            (Some(heading), Some(indicator)) => questions.push(SurveyQuestion {
                heading: heading.to_owned(),
                indicator,
            }),
            (Some(_), None) => faults.push(FieldFault::new(
                &field,
                "Hãy chọn chỉ số mà câu hỏi này ước lượng.",
                "Choose the indicator that this question estimates.",
            )),
            (None, Some(_)) => faults.push(FieldFault::new(
                &column,
                "Hãy ghi tên cột chứa câu trả lời.",
                "Name the column that holds the answers.",
            )),
        }
    }
    if questions.is_empty() && faults.is_empty() {
        faults.push(FieldFault::new(
            "question1",
            "Cần ít nhất một câu hỏi: ghi tên cột và chọn chỉ số.",
            "At least one question is needed: name its column and choose the indicator.",
        ));
    }
    questions
}

/// An indicator in force.
pub(super) fn indicator<'a>(ctx: &'a Ctx, id: &Id) -> Option<&'a Indicator> {
    let pinned = ctx.directory.indicators().get(id.as_str())?;
    Some(&pinned.definition)
}

/// The sizes of the strata, a line each; the only one has no name.
fn sizes(text: &str, faults: &mut Vec<FieldFault>) -> Vec<(String, u64)> {
    let mut sizes = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, number) = line.rsplit_once(':').unwrap_or(("", line));
        let size = viet::number::parse(number).filter(|n| n.fract().is_zero());
        match size.and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0) {
            Some(size) => sizes.push((name.trim().to_owned(), size)),
            None => faults.push(FieldFault::new(
                "strata",
                format!("Dòng «{line}»: cần tên tầng, dấu hai chấm và một số nguyên lớn hơn 0."),
                format!("Line “{line}”: the name of a stratum, a colon and a whole number above 0 are needed."),
            )),
        }
    }
    sizes
}

/// Strata with their sizes, and each answer with the number of its stratum.
fn in_strata(typed: &Typed, read: &Answers) -> Result<(Vec<StratumSize>, Vec<AnswerRow>), Refusal> {
    let same = |a: &str, b: &str| viet::fold::fold(a) == viet::fold::fold(b);
    let mut strata: Vec<StratumSize> = (typed.sizes.iter())
        .map(|(name, size)| StratumSize {
            name: name.clone(),
            population: Some(*size),
        })
        .collect();
    let mut rows = Vec::with_capacity(read.rows.len());
    for Answered {
        stratum,
        weight,
        answers,
    } in &read.rows
    {
        let at = strata.iter().position(|known| same(&known.name, stratum));
        let at = match at {
            Some(at) => at,
            // Without a list of sizes the strata are those of the table.
            None if typed.sizes.is_empty() => {
                strata.push(StratumSize {
                    name: stratum.clone(),
                    population: None,
                });
                strata.len() - 1
            }
            None => {
                return Err(Refusal::invalid(
                    "strata",
                    format!(
                        "Bảng có tầng «{stratum}» nhưng quy mô tổng thể không có dòng nào cho tầng này."
                    ),
                    format!("The table has a stratum “{stratum}” of which no size is given."),
                ));
            }
        };
        rows.push(AnswerRow {
            stratum: at,
            weight: *weight,
            answers: answers.clone(),
        });
    }
    Ok((strata, rows))
}

/// Why a table of answers was not taken.
fn unread(error: &SurveyError) -> Refusal {
    let mut faults = Vec::new();
    match error {
        SurveyError::Cells(cells) => {
            faults.extend(cells.iter().take(FAULTS_TOLD).map(|cell| {
                let say = |lang| {
                    format!(
                        "{} «{}»: {} {}",
                        cell.at,
                        cell.found,
                        cell.reason.get(lang),
                        cell.remedy.get(lang)
                    )
                };
                FieldFault::new("file", say(viet::Lang::Vi), say(viet::Lang::En))
            }));
            if cells.len() > FAULTS_TOLD {
                let more = cells.len() - FAULTS_TOLD;
                faults.push(FieldFault::new(
                    "file",
                    format!("… và {more} ô khác."),
                    format!("… and {more} more cells."),
                ));
            }
        }
        other => faults.push(FieldFault::new(
            "file",
            format!("Không đọc được bảng trả lời: {other}. Chưa lưu gì của tệp."),
            format!("The table of answers cannot be read: {other}. Nothing of it is kept."),
        )),
    }
    Refusal::Invalid { faults }
}
