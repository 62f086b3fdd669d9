//! Surveys: answers of a sample handed in, what they tell of everybody, and the figures recorded from that.

mod hand_in;
mod one;

use access::{FieldClass, OrgId, Permission};
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use jiff::civil::Date;
use maud::{Markup, html};
use observation::{SurveyId, SurveyInfo, SurveyReceived};
use serde::Serialize;
use viet::{AreaKey, Period};

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/surveys", get(list).post(hand_in::receive))
        .route("/surveys/new", get(hand_in::form))
        .route("/surveys/{id}", get(one::show))
        .route("/surveys/{id}/answers", get(one::answers))
        .route("/surveys/{id}/tell", post(one::tell))
        .route("/surveys/{id}/withdraw", post(one::withdraw))
}

/// Surveys are for people inside the administration; what they tell is seen by whoever sees the figure.
fn inside(ctx: &Ctx) -> Result<(), Failure> {
    ctx.signed_in()?;
    if ctx.scope.sees_field(FieldClass::Internal) {
        return Ok(());
    }
    Ok(ctx.scope.require(Permission::RecordObservation)?)
}

/// A survey as JSON has it.
#[derive(Serialize)]
struct Line {
    id: SurveyId,
    title: String,
    organisation: OrgId,
    area: AreaKey,
    period: Period,
    ended_on: Date,
    asked: u32,
    questions: Vec<String>,
    recorded: usize,
    withdrawn: Option<String>,
    received_at: i64,
}

const HEAD: [&str; 10] = [
    "id",
    "title",
    "organisation",
    "area",
    "period",
    "ended_on",
    "asked",
    "questions",
    "recorded",
    "withdrawn",
];

impl Line {
    fn of(info: &SurveyInfo, survey: &SurveyReceived) -> Self {
        Line {
            id: info.id,
            title: survey.title.clone(),
            organisation: survey.organisation.clone(),
            area: survey.area,
            period: survey.period,
            ended_on: survey.ended_on,
            asked: survey.asked,
            questions: (survey.questions.iter())
                .map(|q| q.indicator.to_string())
                .collect(),
            recorded: info.state.told.len(),
            withdrawn: info.state.withdrawn.clone(),
            received_at: info.received_at,
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.title.clone(),
            self.organisation.0.clone(),
            self.area.to_string(),
            self.period.to_string(),
            self.ended_on.to_string(),
            self.asked.to_string(),
            self.questions.join(" "),
            self.recorded.to_string(),
            self.withdrawn.clone().unwrap_or_default(),
        ]
    }

    /// How it stands, by word and shape.
    fn status(&self, ctx: &Ctx) -> Markup {
        let (class, shape, word) = if self.withdrawn.is_some() {
            ("idle", '×', ctx.t("đã rút", "withdrawn"))
        } else if self.recorded == 0 {
            (
                "warn",
                '△',
                ctx.t("chưa ghi nhận số liệu", "no figure recorded yet"),
            )
        } else {
            (
                "good",
                '●',
                ctx.t("đã ghi nhận số liệu", "figures recorded"),
            )
        };
        parts::status(class, shape, word)
    }
}

#[derive(Serialize)]
struct List {
    total: u64,
    surveys: Vec<Line>,
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Khảo sát chọn mẫu", "Surveys").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let may = ctx.scope.may(Permission::RecordObservation);
        html! {
            p { (ctx.t(
                "Dùng cho chỉ số mà không sổ nào đếm được, ví dụ tỷ lệ doanh nghiệp có hoạt động đổi mới sáng tạo: nộp bảng trả lời, xem ước lượng kèm khoảng tin cậy, rồi ghi nhận thành số liệu.",
                "For what no register can count, such as the share of enterprises that innovate: hand in the table of answers, look at the estimate with its interval, then record it as a figure.")) }
            @if may { p { a.button.primary href="/surveys/new" { (ctx.t("Nộp bảng trả lời", "Hand in answers")) } } }
            @if self.surveys.is_empty() {
                (parts::empty(ctx.t("Chưa có cuộc khảo sát nào trong phạm vi của bạn.", "There is no survey within your scope yet."), may.then(|| ("/surveys/new", ctx.t("Nộp bảng trả lời", "Hand in answers")))))
            } @else {
                div.scroll { table.stack {
                    thead { tr {
                        th scope="col" { (ctx.t("Khảo sát", "Survey")) }
                        th scope="col" { (ctx.t("Cơ quan", "Organisation")) }
                        th scope="col" { (ctx.t("Kỳ", "Period")) }
                        th.num scope="col" { (ctx.t("Số phiếu", "Asked")) }
                        th scope="col" { (ctx.t("Trạng thái", "State")) }
                    } }
                    tbody { @for line in &self.surveys { tr {
                        td.main { a href=(format!("/surveys/{}", line.id)) { (line.title) } }
                        td data-label=(ctx.t("Cơ quan", "Organisation")) { (parts::org_link(ctx, &line.organisation)) }
                        td data-label=(ctx.t("Kỳ", "Period")) { (line.period.label(ctx.lang)) }
                        td.num data-label=(ctx.t("Số phiếu", "Asked")) { (viet::number::format(line.asked.into(), ctx.lang)) }
                        td data-label=(ctx.t("Trạng thái", "State")) { (line.status(ctx)) }
                    } } }
                } }
                (parts::pager(ctx, self.total))
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.surveys.iter().map(Line::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// `GET /surveys`
async fn list(State(app): State<App>, ctx: Ctx) -> Answer {
    inside(&ctx)?;
    let db = app.journal.db();
    let listed = observation::surveys(db, &ctx.scope, &ctx.as_known, parts::page(&ctx)).await?;
    let lines = listed.rows.iter().filter_map(|info| {
        let survey = info.state.received.as_ref()?;
        Some(Line::of(info, survey))
    });
    let view = List {
        total: listed.total,
        surveys: lines.collect(),
    };
    answer(&ctx, &view)
}
