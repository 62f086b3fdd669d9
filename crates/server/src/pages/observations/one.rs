//! One figure: what it says, where it comes from, what became of it.

use access::{FieldClass, Permission};
use axum::extract::{Path, State};
use journal::{FileHash, Seq};
use maud::{Markup, html};
use observation::{Lineage, Publish, SurveyId, Withdraw};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer, answer_with, download, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, Posted, hidden};
use crate::pages::removals;
use crate::parts;

#[derive(Serialize)]
struct One {
    observation: super::Row,
    definition: Option<String>,
    ended: Option<Seq>,
    /// The survey it is told by, for readers who see that.
    survey: Option<SurveyId>,
    #[serde(skip)]
    lineage: Lineage,
    #[serde(skip)]
    form: FormState,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        format!(
            "{}, {}: {}",
            parts::indicator_name(ctx, self.observation.indicator.as_str()),
            self.observation.figure.period.label(ctx.lang),
            super::shown(ctx, &self.lineage.observation)
        )
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let observation = &self.lineage.observation;
        let figure = &observation.figure;
        let stream = observation.key.stream();
        html! {
            @if let Some(seq) = self.ended {
                p.notice.notice-warn { (ctx.t("Số này đã được rút ở mục nhật ký số ", "This figure was withdrawn in journal entry ")) (seq) "." }
            }
            (self.form.summary(ctx))
            dl.facts {
                dt { (ctx.t("Chỉ số", "Indicator")) } dd { a href=(format!("/indicators/{}", observation.key.indicator)) { (parts::indicator_name(ctx, observation.key.indicator.as_str())) } }
                dt { (ctx.t("Địa bàn", "Area")) } dd { (parts::area_link(ctx, observation.key.area)) }
                @if !observation.key.breakdown.is_whole() { dt { (ctx.t("Phần", "Part")) } dd { (parts::part_name(ctx, &observation.key.breakdown)) } }
                dt { (ctx.t("Kỳ", "Period")) } dd { (figure.period.label(ctx.lang)) }
                dt { (ctx.t("Giá trị", "Value")) } dd { strong { (super::shown(ctx, observation)) } }
                dt { (ctx.t("Loại số liệu", "Stage")) } dd { (super::stage(figure.stage, ctx)) }
                dt { (ctx.t("Công bố", "Vintage")) } dd { (parts::date(Some(figure.vintage), ctx.lang)) }
                dt { (ctx.t("Nguồn", "Source")) } dd { (figure.source)
                    @if let Some(url) = &figure.source_url { br; code { (url) } } }
                @if let Some(method) = &figure.method { dt { (ctx.t("Cách tính", "Method")) } dd { (method)
                    @if let Some(survey) = self.survey { br; a href=(format!("/surveys/{survey}")) { (ctx.t("Cuộc khảo sát", "The survey")) } } } }
                @if let Some(note) = &figure.note { dt { (ctx.t("Ghi chú", "Note")) } dd.pre { (note) } }
                dt { (ctx.t("Cơ quan báo cáo", "Reported by")) } dd { (parts::org_link(ctx, &observation.organisation)) }
                dt { (ctx.t("Ghi nhận", "Recorded")) } dd { (parts::moment(observation.recorded_at, ctx.lang))
                    ", " (ctx.t("mục nhật ký số ", "journal entry ")) (observation.seq) }
                @if ctx.scope.sees_field(FieldClass::Internal) {
                    dt { (ctx.t("Minh chứng", "Evidence")) }
                    dd { @if observation.evidence.is_empty() { span.muted { (ctx.t("không có tệp", "no file")) } }
                        @for file in &observation.evidence {
                            (removals::file(ctx, &format!("/observations/{}/evidence/{}", observation.id, file.hash.as_str()), &file.name, file.size, &file.hash)) br;
                        } }
                }
            }
            ul.actions {
                li { a href=(parts::series_address(&observation.key)) { (ctx.t("Cả chuỗi", "The whole series")) } }
                li { a href=(format!("/programmes?indicator={}", observation.key.indicator)) { (ctx.t("Chỉ tiêu dùng số này", "Targets that use it")) } }
                @if ctx.scope.may(Permission::ReadHistory) { li { a href=(format!("/history/{stream}")) { (ctx.t("Lịch sử", "History")) } } }
            }
            @if self.ended.is_none() && ctx.scope.may_for(Permission::RecordObservation, &observation.organisation) { (self.commands(ctx)) }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: super::HEAD.to_vec(),
            rows: vec![self.observation.cells()],
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn of((lineage, survey): (Lineage, Option<SurveyId>), form: FormState) -> Self {
        One {
            survey,
            observation: super::Row::of(&lineage.observation),
            definition: lineage.observation.definition.clone(),
            ended: lineage.ended,
            lineage,
            form,
        }
    }

    fn commands(&self, ctx: &Ctx) -> Markup {
        let address = format!("/observations/{}", self.observation.id);
        html! {
            @if self.lineage.observation.audience != access::Audience::Public {
                form method="post" action=(format!("{address}/publish")) { (hidden(ctx)) button type="submit" { (ctx.t("Công bố số này", "Publish this figure")) } }
            }
            details open[!self.form.faults.is_empty()] {
                summary { (ctx.t("Rút số ghi nhầm", "Withdraw a figure entered by mistake")) }
                form method="post" action=(format!("{address}/withdraw")) {
                    (hidden(ctx))
                    (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), Some(ctx.t("Số vẫn còn trong lịch sử, chỉ không dùng nữa.", "The figure stays in the history; it is only no longer used.")), 2))
                    button.danger type="submit" { (ctx.t("Rút", "Withdraw")) }
                }
            }
        }
    }
}

/// The figure, and the survey it is told by.
async fn load(app: &App, ctx: &Ctx, id: &str) -> Result<(Lineage, Option<SurveyId>), Failure> {
    let id = parts::id(id)?;
    let lineage = observation::lineage(&app.journal, &ctx.scope, &ctx.as_known, id).await?;
    let db = app.journal.db();
    let survey = observation::survey_that_told(db, &ctx.scope, &ctx.as_known, id).await?;
    Ok((lineage, survey.map(|info| info.id)))
}

/// `GET /observations/{id}`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let found = load(&app, &ctx, &id).await?;
    answer(&ctx, &One::of(found, FormState::default()))
}

/// `POST /observations/{id}/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let command = Withdraw {
        id: parts::id(&id)?,
        reason: posted.values.get("reason").to_owned(),
        expected: None,
    };
    let key = posted.values.given("key").map(str::to_owned);
    match observation::withdraw(&app.journal, &ctx.scope, &command, key).await {
        Ok(_) => see(&ctx, &format!("/observations/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let found = load(&app, &ctx, &id).await?;
            answer_with(&ctx, status, &One::of(found, form))
        }
    }
}

/// `POST /observations/{id}/publish`
pub async fn publish(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let command = Publish {
        id: parts::id(&id)?,
        expected: None,
    };
    let key = posted.values.given("key").map(str::to_owned);
    observation::publish(&app.journal, &ctx.scope, &command, key).await?;
    see(&ctx, &format!("/observations/{id}"))
}

/// `GET /observations/{id}/evidence/{hash}`: to whoever sees the figure's evidence.
pub async fn evidence(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, hash)): Path<(String, String)>,
) -> Answer {
    let (lineage, _) = load(&app, &ctx, &id).await?;
    let hash = FileHash::parse(&hash).ok_or(Failure::NotFound)?;
    let file = lineage
        .observation
        .evidence
        .iter()
        .find(|file| file.hash == hash && !file.is_removed())
        .ok_or(Failure::NotFound)?;
    let bytes = app.journal.files().get(&hash).await?;
    Ok(download(bytes, "application/octet-stream", &file.name))
}
