//! One request of a season: guidance, what was said last year, the form to answer, and its history.

use std::collections::BTreeMap;

use access::{DisplayName, Permission};
use axum::extract::{Path, State};
use catalogue::{Campaign, Id};
use journal::ActorId;
use maud::{Markup, html};
use observation::SeriesKey;
use observation::campaign::{
    Answer as Given, CampaignRow, Judgement, RequestRow, RequestStatus, campaign, campaign_before,
    request,
};
use rust_decimal::Decimal;
use serde::Serialize;
use viet::Period;

use super::{address, late, said, status};
use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, hidden};
use crate::pages::removals;
use crate::parts;

#[derive(Serialize)]
pub struct One {
    #[serde(flatten)]
    request: RequestRow,
    period: Period,
    /// The value of the period before, as it prevails.
    last_value: Option<LastValue>,
    /// The same request of the season before.
    last_season: Option<RequestRow>,
    #[serde(skip)]
    season: CampaignRow,
    #[serde(skip)]
    definition: Campaign,
    #[serde(skip)]
    names: BTreeMap<ActorId, DisplayName>,
    #[serde(skip)]
    form: FormState,
}

#[derive(Serialize)]
struct LastValue {
    period: Period,
    value: Decimal,
    observation: observation::ObservationId,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        self.request.state.request.label.get(ctx.lang).to_owned()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let row = &self.request;
        let open = self.season.closed_on.is_none() && ctx.as_known_on.is_none();
        html! {
            p.crumbs { a href="/campaigns" { (ctx.t("Mùa chỉ số", "Index seasons")) }
                " › " a href=(format!("/campaigns/{}", row.campaign)) { (super::name(ctx, &self.definition, &self.season)) } }
            (self.form.summary(ctx))
            p { (status(row.status, ctx)) @if let Some(late) = late(ctx, row) { " · " (late) }
                @if row.status.waits() { " · " (ctx.t("chờ xác nhận", "waits to be confirmed")) }
                @if !row.stands { " · " (ctx.t("số liệu đã bị rút ở nơi khác: coi như chưa nộp", "the figure was withdrawn elsewhere: not given")) } }
            (self.facts(ctx))
            @if open { (self.forms(ctx)) }
            (self.history(ctx))
        }
    }

    fn table(&self) -> Table {
        super::matrix::table([&self.request])
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn facts(&self, ctx: &Ctx) -> Markup {
        let state = &self.request.state;
        let request = &state.request;
        let pillar = self.definition.pillar(&request.pillar);
        let indicator = request.indicator.as_ref();
        let pinned = indicator.and_then(|id| ctx.directory.indicators().get(id.as_str()));
        html! { dl.facts {
            @if let Some(code) = &request.code { dt { (ctx.t("Số hiệu", "Code")) } dd { (code) } }
            dt { (ctx.t("Trụ cột", "Pillar")) } dd { (pillar.map_or(request.pillar.as_str(), |p| p.label.get(ctx.lang))) }
            dt { (ctx.t("Cơ quan cung cấp", "Owed by")) } dd { (parts::org_link(ctx, &state.organisation)) }
            dt { (ctx.t("Hạn", "Due")) } dd { (parts::date(Some(state.due), ctx.lang)) }
            dt { (ctx.t("Hỏi số liệu", "Figure asked")) } dd {
                @match indicator {
                    Some(id) => { a href=(format!("/indicators/{id}")) { (parts::indicator_name(ctx, id.as_str())) } ", " (self.period.label(ctx.lang))
                        @if let Some(pinned) = pinned { @let unit = pinned.definition.value.unit.label(ctx.lang); @if !unit.is_empty() { ", " (ctx.t("đơn vị: ", "unit: ")) (unit) } } }
                    None => span.muted { (ctx.t("không, chỉ hỏi minh chứng", "none, papers only")) },
                } }
            @if !request.papers.is_empty() { dt { (ctx.t("Minh chứng", "Papers")) } dd {
                @for (at, paper) in request.papers.iter().enumerate() { @if at > 0 { "; " } (paper.get(ctx.lang)) } } }
            @if let Some(guidance) = &request.guidance { dt { (ctx.t("Hướng dẫn", "Guidance")) } dd { (guidance.get(ctx.lang)) } }
            @if let Some(last) = &self.last_value { dt { (ctx.t("Kỳ trước", "Period before")) } dd {
                a href=(format!("/observations/{}", last.observation)) { (parts::value(pinned.map(|p| &p.definition), last.value, ctx.lang)) } " " span.muted { "(" (last.period.label(ctx.lang)) ")" } } }
            @if let Some(last) = &self.last_season { dt { (ctx.t("Mùa trước", "Season before")) } dd {
                a href=(address(last)) { (status(last.status, ctx)) } @if let Some(answer) = last.state.answer() { " · " (said(ctx, last, &answer.said)) ", " (answer.papers.len()) " " (ctx.t("tệp", "files")) ", " (parts::date(Some(answer.on), ctx.lang)) } } }
            @if let Some(reason) = &state.added { dt { (ctx.t("Thêm sau khi mở mùa", "Added after the season was opened")) } dd { (reason) } }
            dt { (ctx.t("Nguồn", "Source")) } dd { small.muted { (request.source.as_str()) } }
        } }
    }

    fn expected(&self) -> Markup {
        html! { input type="hidden" name="expected" value=(self.request.state.version); }
    }

    fn forms(&self, ctx: &Ctx) -> Markup {
        let (row, state) = (&self.request, &self.request.state);
        let own = ctx
            .scope
            .may_for(Permission::RecordObservation, &state.organisation);
        let keeps = ctx
            .scope
            .may_for(Permission::KeepProgramme, &state.organisation);
        let waits = state.waiting().is_some();
        let confirmed = row.status == RequestStatus::Confirmed;
        html! {
            @if own && !waits && !confirmed { (self.answer_form(ctx)) }
            @if keeps && waits {
                h2 { (ctx.t("Xác nhận hoặc trả lại", "Confirm or return")) }
                form method="post" action=(format!("{}/confirm", address(row))) { (hidden(ctx)) (self.expected())
                    button.primary type="submit" { (ctx.t("Xác nhận", "Confirm")) } }
                form method="post" action=(format!("{}/return", address(row))) { (hidden(ctx)) (self.expected())
                    (self.form.text_area(ctx, "reason", ctx.t("Cần bổ sung gì", "What is missing"), Some(ctx.t("Trả lại nghĩa là chưa nộp; số liệu đã ghi được rút.", "Returned means not given; the figure recorded is withdrawn.")), 2))
                    button type="submit" { (ctx.t("Yêu cầu bổ sung", "Return")) } }
            }
            @if own && waits && !keeps { details {
                summary { (ctx.t("Rút câu trả lời đã nộp", "Take the answer back")) }
                form method="post" action=(format!("{}/withdraw", address(row))) { (hidden(ctx)) (self.expected())
                    (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), None, 2))
                    button type="submit" { (ctx.t("Rút lại", "Take back")) } } } }
            @if keeps && !confirmed { (self.keep(ctx, waits)) }
        }
    }

    fn answer_form(&self, ctx: &Ctx) -> Markup {
        let (form, request) = (&self.form, &self.request.state.request);
        let asks_figure = request.indicator.is_some();
        let given = if asks_figure {
            ("figure", ctx.t("Có số liệu", "Here is the figure"))
        } else {
            ("papers", ctx.t("Có minh chứng", "Here are the papers"))
        };
        let says = [
            given,
            (
                "nothing_occurred",
                ctx.t("Không phát sinh", "Nothing occurred"),
            ),
            ("not_available", ctx.t("Không có", "Not available")),
        ];
        let chosen = form.values.given("said").unwrap_or(given.0);
        let doubted = form.fault("acknowledge").is_some() || form.values.has("acknowledge", "yes");
        html! {
            h2 { (ctx.t("Trả lời", "Answer")) }
            form method="post" enctype="multipart/form-data" action=(format!("{}/answer", address(&self.request))) {
                (hidden(ctx)) (self.expected())
                fieldset.field { legend { (ctx.t("Cơ quan trả lời", "The agency says")) }
                    @for (value, label) in says { label { input type="radio" name="said" value=(value) checked[value == chosen]; " " (label) } br; }
                }
                @if asks_figure {
                    (form.input(ctx, "text", "value", ctx.t("Số liệu", "Figure"), Some(ctx.t("Dấu phẩy cho phần thập phân, ví dụ 12,5", "A comma before the decimals, e.g. 12,5"))))
                    (form.input(ctx, "text", "source", ctx.t("Nguồn", "Source"), Some(ctx.t("Văn bản, niên giám, hệ thống nơi đọc được số này", "Document, yearbook or system where it was read"))))
                }
                (form.files(ctx, "papers", ctx.t("Minh chứng", "Papers"), Some(ctx.t("Chọn được nhiều tệp", "Several files may be chosen"))))
                (form.text_area(ctx, "reason", ctx.t("Lý do (khi không phát sinh hoặc không có)", "Reason (when nothing occurred, or not available)"), None, 2))
                (form.text_area(ctx, "note", ctx.t("Ghi chú", "Note"), None, 2))
                @if doubted { div.field { label { input type="checkbox" id="f-acknowledge" name="acknowledge" value="yes" checked[form.values.has("acknowledge", "yes")]; " "
                    (ctx.t("Tôi đã kiểm tra và số này đúng (ghi lý do vào Ghi chú).", "I have checked: the figure is right (the reason stands in the note).")) }
                    @if let Some(fault) = form.fault("acknowledge") { p.fault { span aria-hidden="true" { "▲ " } (fault.say.in_lang(ctx.lang)) } } } }
                button.primary type="submit" { (ctx.t("Nộp", "Hand in")) }
            }
        }
    }

    fn keep(&self, ctx: &Ctx, waits: bool) -> Markup {
        let row = &self.request;
        let typed = |field: &str| self.form.fault(field).is_some();
        html! {
            details open[typed("due")] { summary { (ctx.t("Lùi hạn", "Extend the deadline")) }
                form method="post" action=(format!("{}/extend", address(row))) { (hidden(ctx)) (self.expected())
                    (self.form.input(ctx, "text", "due", ctx.t("Hạn mới", "New deadline"), Some(ctx.t("Ví dụ 30/8/2026", "E.g. 30/8/2026"))))
                    (self.form.input(ctx, "text", "why", ctx.t("Lý do", "Reason"), None))
                    button type="submit" { (ctx.t("Lùi hạn", "Extend")) } } }
            @if !waits { details open[typed("organisation")] { summary { (ctx.t("Chuyển cơ quan khác", "Move to another agency")) }
                form method="post" action=(format!("{}/move", address(row))) { (hidden(ctx)) (self.expected())
                    (self.form.select(ctx, "organisation", ctx.t("Cơ quan", "Organisation"), None, &super::organisation_options(ctx)))
                    (self.form.input(ctx, "text", "why", ctx.t("Lý do", "Reason"), None))
                    button type="submit" { (ctx.t("Chuyển", "Move")) } } } }
        }
    }

    fn name(&self, ctx: &Ctx, actor: ActorId) -> Markup {
        parts::who(ctx, self.names.get(&actor).unwrap_or(&DisplayName::Erased))
    }

    fn history(&self, ctx: &Ctx) -> Markup {
        let state = &self.request.state;
        html! {
            h2 { (ctx.t("Đã trả lời", "Answers")) }
            @if state.answers.is_empty() { (parts::empty(ctx.t("Chưa có câu trả lời nào.", "No answer yet."), None)) }
            @for answer in state.answers.iter().rev() { (self.answered(ctx, answer)) }
            @if !state.moves.is_empty() || !state.extensions.is_empty() {
                h2 { (ctx.t("Thay đổi", "Changes")) }
                ul {
                    @for extension in &state.extensions { li { (ctx.t("Hạn từ ", "Deadline from ")) (parts::date(Some(extension.before), ctx.lang)) (ctx.t(" đến ", " to ")) (parts::date(Some(extension.due), ctx.lang)) ": " (extension.reason) } }
                    @for moved in &state.moves { li { (ctx.t("Trước do ", "Owed before by ")) (parts::org_name(ctx, &moved.before)) ": " (moved.reason) } }
                }
            }
        }
    }

    fn answered(&self, ctx: &Ctx, answer: &Given) -> Markup {
        let judged = match &answer.judgement {
            Judgement::Waiting => {
                html! { (parts::status("info", '◐', ctx.t("chờ xác nhận", "waits to be confirmed"))) }
            }
            Judgement::Withdrawn { on, reason } => {
                html! { (parts::status("idle", '×', ctx.t("đã rút", "taken back"))) " " (parts::date(Some(*on), ctx.lang)) ": " (reason) }
            }
            Judgement::Confirmed { on, by } => {
                html! { (parts::status("good", '●', ctx.t("đã xác nhận", "confirmed"))) " " (parts::date(Some(*on), ctx.lang)) ", " (self.name(ctx, *by)) }
            }
            Judgement::Returned { on, by, reason } => {
                html! { (parts::status("bad", '◄', ctx.t("yêu cầu bổ sung", "returned"))) " " (parts::date(Some(*on), ctx.lang)) ", " (self.name(ctx, *by)) ": " (reason) }
            }
        };
        html! { article.card {
            p { strong { (parts::org_name(ctx, &answer.by)) } ", " (parts::date(Some(answer.on), ctx.lang)) ", " (self.name(ctx, answer.actor)) " · " (said(ctx, &self.request, &answer.said)) }
            @if let Some(reason) = answer.said.reason() { p.pre { (reason) } }
            @if let Some(note) = &answer.note { p.pre { (note) } }
            @if !answer.papers.is_empty() { ul { @for paper in &answer.papers {
                @let at = format!("{}/papers/{}", address(&self.request), paper.hash.as_str());
                li { (removals::file(ctx, &at, &paper.name, paper.size, &paper.hash)) }
            } } }
            p { (judged) }
        } }
    }
}

/// The page of a request, with a form that was refused.
pub async fn view(
    app: &App,
    ctx: &Ctx,
    (id, of): (&str, &str),
    form: FormState,
) -> Result<One, Failure> {
    let (id, of): (_, Id) = (parts::id(id)?, parts::id(of)?);
    let (db, days) = (app.journal.db(), assess::due_soon_days(ctx)?);
    let (scope, known) = (&ctx.scope, &ctx.as_known);
    let row = request(db, scope, known, (id, &of), days).await?;
    let season = campaign(db, scope, known, id).await?;
    let last_season = match campaign_before(db, scope, known, &season).await? {
        Some(before) => match request(db, scope, known, (before.id, &of), days).await {
            Ok(row) => Some(row),
            Err(access::Refusal::NotFound) => None,
            Err(refusal) => return Err(refusal.into()),
        },
        None => None,
    };
    let mut actors: Vec<ActorId> = Vec::new();
    for answer in &row.state.answers {
        actors.push(answer.actor);
        match &answer.judgement {
            Judgement::Confirmed { by, .. } | Judgement::Returned { by, .. } => actors.push(*by),
            Judgement::Waiting | Judgement::Withdrawn { .. } => {}
        }
    }
    Ok(One {
        names: app.accounts.display_names(scope, actors).await?,
        last_value: last_value(app, ctx, &row, &season).await?,
        definition: super::definition_of(app, ctx, &season.hash).await?,
        period: season.period,
        request: row,
        last_season,
        season,
        form,
    })
}

/// The value of the period before, by the order the indicator declares.
async fn last_value(
    app: &App,
    ctx: &Ctx,
    row: &RequestRow,
    season: &CampaignRow,
) -> Result<Option<LastValue>, Failure> {
    let Some(indicator) = &row.state.request.indicator else {
        return Ok(None);
    };
    let Some(pinned) = ctx.directory.indicators().get(indicator.as_str()) else {
        return Ok(None);
    };
    let key = SeriesKey::new(indicator.clone(), season.area);
    let db = app.journal.db();
    let series = observation::series(db, &ctx.scope, &ctx.as_known, &key).await?;
    let period = season.period.previous();
    let shown = series.shown(period, &pinned.definition.series.prevailing);
    Ok(shown.map(|shown| LastValue {
        period,
        value: shown.figure.value,
        observation: shown.id,
    }))
}

/// `GET /campaigns/{id}/requests/{request}`
pub async fn show(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, of)): Path<(String, String)>,
) -> Answer {
    super::inside(&ctx)?;
    let view = view(&app, &ctx, (&id, &of), FormState::default()).await?;
    answer(&ctx, &view)
}
