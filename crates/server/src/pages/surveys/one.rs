//! One survey: what it tells, and the figures recorded from it.

use access::{Permission, Refusal};
use axum::extract::{Path, State};
use catalogue::Stage;
use interchange::survey;
use maud::{Markup, html};
use measure::survey::Estimate;
use observation::{
    AnswerRow, Book, ObservationId, SurveyInfo, SurveyReceived, SurveyTold, TellSurvey,
};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Line, hand_in, inside};
use crate::answer::{Answer, Table, View, answer, answer_with, aside, download, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, Posted, hidden};
use crate::pages::removals;
use crate::parts;

/// What a question tells.
#[derive(Serialize)]
struct Told {
    heading: String,
    indicator: String,
    /// Estimate, interval, answers, strata; none where the answers are gone or tell nothing.
    estimate: Option<Estimate>,
    /// Why there is none.
    refused: Option<catalogue::Label>,
    /// The observation recorded last from it.
    observation: Option<ObservationId>,
}

#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    line: Line,
    left_out: Vec<String>,
    told: Vec<Told>,
    #[serde(skip)]
    info: SurveyInfo,
    #[serde(skip)]
    survey: SurveyReceived,
    #[serde(skip)]
    form: FormState,
}

impl View for One {
    fn title(&self, _: &Ctx) -> String {
        self.line.title.clone()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let survey = &self.survey;
        let may = self.line.withdrawn.is_none()
            && ctx
                .scope
                .may_for(Permission::RecordObservation, &survey.organisation);
        html! {
            (self.form.summary(ctx))
            @if let Some(reason) = &self.line.withdrawn {
                p.notice.notice-warn { (ctx.t("Đã rút: ", "Withdrawn: ")) (reason) }
            }
            dl.facts {
                dt { (ctx.t("Trạng thái", "State")) } dd { (self.line.status(ctx)) }
                dt { (ctx.t("Cơ quan", "Organisation")) } dd { (parts::org_link(ctx, &survey.organisation)) }
                dt { (ctx.t("Địa bàn", "Area")) } dd { (parts::area_link(ctx, survey.area)) }
                dt { (ctx.t("Kỳ được hỏi", "Period asked about")) } dd { (survey.period.label(ctx.lang)) }
                dt { (ctx.t("Kết thúc", "Ended on")) } dd { (parts::date(Some(survey.ended_on), ctx.lang)) }
                dt { (ctx.t("Số phiếu", "Asked")) } dd { (viet::number::format(survey.asked.into(), ctx.lang)) }
                dt { (ctx.t("Tiếp nhận", "Received")) } dd { (parts::moment(self.info.received_at, ctx.lang)) ", " (ctx.t("mục nhật ký số ", "journal entry ")) (self.info.seq) }
                dt { (ctx.t("Bảng trả lời", "Answers")) }
                dd { (removals::file(ctx, &format!("/surveys/{}/answers", self.info.id), &survey.answers.name, survey.answers.size, &survey.answers.hash)) }
                @if !self.left_out.is_empty() {
                    dt { (ctx.t("Cột không lưu", "Columns not kept")) } dd { (self.left_out.join(", ")) }
                }
            }
            @for (at, told) in self.told.iter().enumerate() { (self.question(ctx, at, told, may)) }
            @if may { details open[self.form.values.get("command") == "withdraw"] {
                summary { (ctx.t("Rút cuộc khảo sát nộp nhầm", "Withdraw a survey handed in by mistake")) }
                form method="post" action=(format!("/surveys/{}/withdraw", self.info.id)) {
                    (hidden(ctx)) input type="hidden" name="command" value="withdraw";
                    (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), Some(ctx.t("Số liệu đã ghi nhận từ khảo sát được rút riêng, ở trang của từng số.", "Figures recorded from it are withdrawn one by one, on their pages.")), 2))
                    button.danger type="submit" { (ctx.t("Rút", "Withdraw")) }
                }
            } }
            @if ctx.scope.may(Permission::ReadHistory) { ul.actions { li { a href=(format!("/history/survey/{}", self.info.id)) { (ctx.t("Lịch sử", "History")) } } } }
        }
    }

    fn table(&self) -> Table {
        let mut rows = Vec::new();
        for told in &self.told {
            let Some(estimate) = &told.estimate else {
                continue;
            };
            let text = |value: f64| value.to_string();
            let effective = estimate.effective.map_or_else(String::new, text);
            rows.push(vec![
                told.indicator.clone(),
                String::new(),
                text(estimate.figure.value()),
                text(estimate.interval.low.value()),
                text(estimate.interval.high.value()),
                estimate.answers.to_string(),
                effective,
            ]);
            rows.extend(estimate.parts.iter().map(|part| {
                let (none, answers) = (String::new, part.answers.to_string());
                vec![
                    told.indicator.clone(),
                    part.name.clone(),
                    text(part.value),
                    none(),
                    none(),
                    answers,
                    none(),
                ]
            }));
        }
        Table {
            head: vec![
                "indicator",
                "stratum",
                "value",
                "low",
                "high",
                "answers",
                "effective_answers",
            ],
            rows,
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn question(&self, ctx: &Ctx, at: usize, told: &Told, may: bool) -> Markup {
        let id = self.survey.questions[at].indicator.clone();
        let indicator = hand_in::indicator(ctx, &id);
        let unit = indicator.map_or_else(String::new, |i| i.value.unit.label(ctx.lang).to_owned());
        let places = indicator.map_or(2, |i| i.value.decimals);
        let show = |value: f64, places: u32| {
            let value = Decimal::try_from(value)
                .unwrap_or_default()
                .round_dp(places);
            viet::number::format(value, ctx.lang)
        };
        html! { section {
            h2 { (parts::indicator_name(ctx, id.as_str())) }
            p.muted { (ctx.t("Cột: ", "Column: ")) (told.heading) }
            @if let Some(why) = &told.refused {
                p.notice.notice-warn { (ctx.t("Không ước lượng được: ", "No estimate: ")) (why.get(ctx.lang)) "." }
            }
            @if let Some(found) = &told.estimate {
                dl.facts {
                    dt { (ctx.t("Ước lượng", "Estimate")) }
                    dd { strong { (show(found.figure.value(), places)) " " (unit) } }
                    dt { (ctx.t("Khoảng tin cậy 95 %", "95 % interval")) }
                    dd { (show(found.interval.low.value(), places)) " – " (show(found.interval.high.value(), places)) " " (unit) }
                    dt { (ctx.t("Phiếu trả lời", "Answers")) }
                    dd { (found.answers) "/" (found.asked)
                        @if let Some(effective) = found.effective { "; " (ctx.t("tương đương ", "worth ")) (show(effective, 0)) " " (ctx.t("phiếu chọn ngẫu nhiên đơn giản", "answers of a simple random sample")) } }
                    dt { (ctx.t("Độ tin cậy", "Reliability")) }
                    dd { @if found.firm { (parts::status("good", '●', ctx.t("đủ để công bố", "enough to be published"))) }
                         @else { (parts::status("warn", '△', ctx.t("mẫu nhỏ hoặc khoảng tin cậy rộng: chỉ nên tham khảo", "few answers or a wide interval: for orientation only"))) } }
                }
                (strata_table(ctx, found, &show, places))
            }
            (self.record_form(ctx, at, told, may))
        } }
    }

    /// Where the figure stands, or the form that records it.
    fn record_form(&self, ctx: &Ctx, at: usize, told: &Told, may: bool) -> Markup {
        if let Some(observation) = told.observation {
            return html! { p { a href=(format!("/observations/{observation}")) { (ctx.t("Số liệu đã ghi nhận", "The figure recorded")) } } };
        }
        if !may || told.estimate.is_none() {
            return html! {};
        }
        let mine = self.form.values.get("question") == at.to_string();
        let blank = FormState::default();
        let form = if mine { &self.form } else { &blank };
        let stages = [Stage::Reported, Stage::Estimated, Stage::Official]
            .map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned()));
        // Questions share a page and a form's fields are known by name: only one form may keep the names plain.
        html! { details open[mine || self.told.len() == 1] {
            summary { (ctx.t("Ghi nhận thành số liệu", "Record as a figure")) }
            form method="post" action=(format!("/surveys/{}/tell", self.info.id)) {
                (hidden(ctx)) input type="hidden" name="question" value=(at);
                @if mine || self.told.len() == 1 {
                    (form.select(ctx, "stage", ctx.t("Loại số liệu", "Stage"), None, &stages))
                    (form.text_area(ctx, "note", ctx.t("Ghi chú", "Note"), Some(ctx.t("Cần có khi ước lượng yếu hoặc số khác thường.", "Needed when the estimate is weak or the figure unusual.")), 2))
                    div.field { label { input type="checkbox" id="f-acknowledge" name="acknowledge" value="yes" checked[form.values.has("acknowledge", "yes")]; " "
                        (ctx.t("Tôi đã kiểm tra (ghi lý do vào Ghi chú).", "I have checked (the reason stands in the note).")) } }
                    button.primary type="submit" { (ctx.t("Ghi nhận", "Record")) }
                } @else {
                    input type="hidden" name="stage" value="reported";
                    button type="submit" { (ctx.t("Ghi nhận", "Record")) }
                }
            }
        } }
    }
}

fn strata_table(
    ctx: &Ctx,
    found: &Estimate,
    show: &dyn Fn(f64, u32) -> String,
    places: u32,
) -> Markup {
    if found.parts.len() < 2 {
        return html! {};
    }
    html! { div.scroll { table.stack {
        caption { (ctx.t("Theo tầng", "By stratum")) }
        thead { tr {
            th scope="col" { (ctx.t("Tầng", "Stratum")) }
            th.num scope="col" { (ctx.t("Quy mô", "Population")) }
            th.num scope="col" { (ctx.t("Phiếu trả lời", "Answers")) }
            th.num scope="col" { (ctx.t("Giá trị", "Value")) }
        } }
        tbody { @for part in &found.parts { tr {
            td.main { (part.name) }
            td.num data-label=(ctx.t("Quy mô", "Population")) { (show(part.population, 0)) }
            td.num data-label=(ctx.t("Phiếu trả lời", "Answers")) { (part.answers) "/" (part.asked) }
            td.num data-label=(ctx.t("Giá trị", "Value")) { (show(part.value, places)) }
        } } }
    } } }
}

/// The answers of a survey by stratum; none where the file was removed.
async fn rows(app: &App, survey: &SurveyReceived) -> Result<Option<Vec<AnswerRow>>, Failure> {
    if survey.answers.is_removed() {
        return Ok(None);
    }
    let bytes = app.journal.files().get(&survey.answers.hash).await?;
    let kept = aside(|| survey::kept(&bytes, survey.questions.len()));
    let kept = kept.map_err(|error| Failure::Broken(format!("answers of a survey: {error}")))?;
    let number = |name: &str| {
        survey
            .strata
            .iter()
            .position(|s| viet::fold::fold(&s.name) == viet::fold::fold(name))
    };
    let rows = kept.into_iter().map(|row| {
        Ok(AnswerRow {
            stratum: number(&row.stratum).ok_or_else(|| {
                Failure::Broken(format!("a stratum nobody listed: {}", row.stratum))
            })?,
            weight: row.weight,
            answers: row.answers,
        })
    });
    rows.collect::<Result<_, Failure>>().map(Some)
}

/// A survey that the reader sees.
async fn seen(app: &App, ctx: &Ctx, id: &str) -> Result<(SurveyInfo, SurveyReceived), Failure> {
    inside(ctx)?;
    let db = app.journal.db();
    let info = observation::survey(db, &ctx.scope, &ctx.as_known, parts::id(id)?).await?;
    let survey = info.state.received.clone().ok_or(Failure::NotFound)?;
    Ok((info, survey))
}

async fn load(app: &App, ctx: &Ctx, id: &str, form: FormState) -> Result<One, Failure> {
    let (info, survey) = seen(app, ctx, id).await?;
    let rows = rows(app, &survey).await?;
    let book = Book::on(&ctx.directory, ctx.today);
    let mut told = Vec::new();
    for (at, question) in survey.questions.iter().enumerate() {
        let found = rows
            .as_ref()
            .map(|rows| observation::estimate(&survey, rows, at, book));
        let (estimate, refused) = match found {
            None => (
                None,
                Some(catalogue::Label::new(
                    "bảng trả lời đã bị gỡ bỏ",
                    "the answers were removed",
                )),
            ),
            Some(Ok(estimate)) => (Some(estimate), None),
            Some(Err(why)) => (None, Some(why.reason)),
        };
        told.push(Told {
            heading: question.heading.clone(),
            indicator: question.indicator.to_string(),
            estimate,
            refused,
            observation: standing(app, ctx, &info.state.told, at).await?,
        });
    }
    Ok(One {
        line: Line::of(&info, &survey),
        left_out: survey.left_out.clone(),
        told,
        info,
        survey,
        form,
    })
}

/// The observation recorded last from a question, where it stands.
async fn standing(
    app: &App,
    ctx: &Ctx,
    told: &[SurveyTold],
    question: usize,
) -> Result<Option<ObservationId>, Failure> {
    let Some(last) = told
        .iter()
        .rev()
        .find(|told| told.question as usize == question)
    else {
        return Ok(None);
    };
    match observation::lineage(&app.journal, &ctx.scope, &ctx.as_known, last.observation).await {
        Ok(lineage) => Ok(lineage.ended.is_none().then_some(last.observation)),
        Err(Refusal::NotFound) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// `GET /surveys/{id}`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    answer(&ctx, &load(&app, &ctx, &id, FormState::default()).await?)
}

/// `GET /surveys/{id}/answers`: strata, weights and answers, to whoever sees the survey.
pub async fn answers(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let (_, survey) = seen(&app, &ctx, &id).await?;
    let file = &survey.answers;
    if file.is_removed() {
        return Err(Failure::NotFound);
    }
    let bytes = app.journal.files().get(&file.hash).await?;
    Ok(download(bytes, "text/csv; charset=utf-8", &file.name))
}

/// `POST /surveys/{id}/tell`
pub async fn tell(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    // Whoever does not see it is not told that it is there.
    let (info, survey) = seen(&app, &ctx, &id).await?;
    let rows = rows(&app, &survey).await?;
    match try_tell(&app, &ctx, (&info, &survey, rows), &posted).await {
        Ok(()) => see(&ctx, &format!("/surveys/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &load(&app, &ctx, &id, form).await?)
        }
    }
}

async fn try_tell(
    app: &App,
    ctx: &Ctx,
    (info, survey, rows): (&SurveyInfo, &SurveyReceived, Option<Vec<AnswerRow>>),
    posted: &Posted,
) -> Result<(), Refusal> {
    let values = &posted.values;
    ctx.scope
        .require_for(Permission::RecordObservation, &survey.organisation)?;
    let Ok(question) = values.get("question").parse() else {
        return Err(Refusal::NotFound);
    };
    let stage = Stage::from_word(values.get("stage"))
        .ok_or_else(|| Refusal::invalid("stage", "Hãy chọn loại số liệu.", "Choose the stage."))?;
    let Some(rows) = rows else {
        return Err(Refusal::conflict(
            "Bảng trả lời đã bị gỡ bỏ nên không ghi nhận được số liệu.",
            "The answers were removed, so no figure can be recorded from them.",
        ));
    };
    let command = TellSurvey {
        survey: info.id,
        question,
        observation: ObservationId::new(),
        stage,
        acknowledge: values.has("acknowledge", "yes"),
        note: values.given("note").map(str::to_owned),
    };
    let (book, key) = (
        Book::on(&ctx.directory, ctx.today),
        values.given("key").map(str::to_owned),
    );
    observation::tell_survey(&app.journal, &ctx.scope, &command, &rows, book, key).await?;
    Ok(())
}

/// `POST /surveys/{id}/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let (info, _) = seen(&app, &ctx, &id).await?;
    let key = posted.values.given("key").map(str::to_owned);
    let (journal, scope, reason) = (&app.journal, &ctx.scope, posted.values.get("reason"));
    match observation::withdraw_survey(journal, scope, info.id, reason, key).await {
        Ok(_) => see(&ctx, &format!("/surveys/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &load(&app, &ctx, &id, form).await?)
        }
    }
}
