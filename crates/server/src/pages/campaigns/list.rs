//! The seasons, and what of them an agency owes and its keeper has to confirm.

use std::collections::BTreeSet;

use access::{OrgId, Permission};
use axum::extract::State;
use maud::{Markup, html};
use observation::campaign::{CampaignRow, RequestFilter, RequestRow, campaigns, requests};
use serde::Serialize;

use super::matrix::Tally;
use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    row: CampaignRow,
    name: String,
    tally: Tally,
}

#[derive(Serialize)]
struct List {
    campaigns: Vec<Line>,
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Mùa chỉ số", "Index seasons").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let keeps = ctx.scope.may(Permission::KeepProgramme) && ctx.as_known_on.is_none();
        html! {
            p { (ctx.t("Mỗi năm các bộ chỉ số (PII, DTI …) hỏi từng cơ quan số liệu và minh chứng theo chỉ số thành phần, trước một ngày.", "Each year the indices (PII, DTI …) ask every agency for figures and papers per sub-indicator, by a day.")) }
            @if keeps { p { a.button.primary href="/campaigns/new" { (ctx.t("Mở mùa chỉ số", "Open a season")) } } }
            @if self.campaigns.is_empty() {
                (parts::empty(ctx.t("Chưa có mùa chỉ số nào trong phạm vi của bạn.", "No index season within your scope yet."), None))
            } @else { div.scroll { table.stack {
                thead { tr {
                    th scope="col" { (ctx.t("Mùa", "Season")) } th scope="col" { (ctx.t("Hạn chung", "Deadline")) }
                    th.num scope="col" { (ctx.t("Yêu cầu", "Asked")) } th.num scope="col" { (ctx.t("Đã nộp", "Given")) }
                    th.num scope="col" { (ctx.t("Đã xác nhận", "Confirmed")) } th.num scope="col" { (ctx.t("Quá hạn", "Overdue")) }
                    th.num scope="col" { (ctx.t("Trả lại", "Returned")) }
                } }
                tbody { @for line in &self.campaigns { tr {
                    td.main { a href=(format!("/campaigns/{}", line.row.id)) { (line.name) }
                        @if line.row.closed_on.is_some() { br; small.muted { (ctx.t("đã đóng ngày ", "closed on ")) (parts::date(line.row.closed_on, ctx.lang)) } } }
                    td.nowrap data-label=(ctx.t("Hạn chung", "Deadline")) { (parts::date(Some(line.row.deadline), ctx.lang)) }
                    td.num data-label=(ctx.t("Yêu cầu", "Asked")) { (line.tally.asked) }
                    td.num data-label=(ctx.t("Đã nộp", "Given")) { (line.tally.given) }
                    td.num data-label=(ctx.t("Đã xác nhận", "Confirmed")) { (line.tally.confirmed) }
                    td.num data-label=(ctx.t("Quá hạn", "Overdue")) { (line.tally.overdue) }
                    td.num data-label=(ctx.t("Trả lại", "Returned")) { (line.tally.returned) }
                } } }
            } } }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec![
                "id",
                "definition",
                "year",
                "period",
                "area",
                "deadline",
                "opened_on",
                "closed_on",
                "asked",
                "given",
                "confirmed",
                "overdue",
                "returned",
            ],
            rows: self.campaigns.iter().map(cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

fn cells(line: &Line) -> Vec<String> {
    let (row, tally) = (&line.row, &line.tally);
    vec![
        row.id.to_string(),
        row.definition.to_string(),
        row.year.to_string(),
        row.period.to_string(),
        row.area.to_string(),
        row.deadline.to_string(),
        row.opened_on.to_string(),
        row.closed_on.map(|day| day.to_string()).unwrap_or_default(),
        tally.asked.to_string(),
        tally.given.to_string(),
        tally.confirmed.to_string(),
        tally.overdue.to_string(),
        tally.returned.to_string(),
    ]
}

/// `GET /campaigns`
pub async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    super::inside(&ctx)?;
    let (db, days) = (app.journal.db(), assess::due_soon_days(&ctx)?);
    let mut lines = Vec::new();
    for row in campaigns(db, &ctx.scope, &ctx.as_known).await? {
        let filter = RequestFilter {
            campaign: Some(row.id),
            organisations: None,
        };
        let asked = requests(db, &ctx.scope, &ctx.as_known, &filter, days).await?;
        let definition = super::definition_of(&app, &ctx, &row.hash).await?;
        lines.push(Line {
            name: super::name(&ctx, &definition, &row),
            tally: Tally::of(&asked),
            row,
        });
    }
    answer(&ctx, &List { campaigns: lines })
}

/// What these organisations owe to seasons that are open, the most pressing first.
///
/// # Errors
/// The store.
pub async fn owed(
    app: &App,
    ctx: &Ctx,
    organisations: BTreeSet<OrgId>,
) -> Result<Vec<RequestRow>, Failure> {
    let filter = RequestFilter {
        campaign: None,
        organisations: Some(organisations),
    };
    let mut owed = of_open(app, ctx, &filter).await?;
    owed.retain(|row| row.status.is_owed());
    owed.sort_by_key(|row| (row.state.due, row.status));
    Ok(owed)
}

/// Answers to seasons that are open and wait for this reader, the oldest first; none for those who do not
/// keep seasons.
///
/// # Errors
/// The store.
pub async fn waiting(app: &App, ctx: &Ctx) -> Result<Vec<RequestRow>, Failure> {
    if !ctx.scope.may(Permission::KeepProgramme) {
        return Ok(Vec::new());
    }
    let mut waiting = of_open(app, ctx, &RequestFilter::default()).await?;
    waiting.retain(|row| row.status.waits());
    waiting.sort_by_key(|row| row.state.answer().map(|answer| answer.seq));
    Ok(waiting)
}

async fn of_open(app: &App, ctx: &Ctx, filter: &RequestFilter) -> Result<Vec<RequestRow>, Failure> {
    let days = assess::due_soon_days(ctx)?;
    Ok(requests(app.journal.db(), &ctx.scope, &ctx.as_known, filter, days).await?)
}

/// Requests as a short table; "my work" draws it.
pub fn table_of(ctx: &Ctx, rows: &[RequestRow]) -> Markup {
    html! { div.scroll { table.stack {
        thead { tr {
            th scope="col" { (ctx.t("Yêu cầu của mùa chỉ số", "Asked by a season")) } th scope="col" { (ctx.t("Cơ quan", "Organisation")) }
            th scope="col" { (ctx.t("Hạn", "Due")) } th scope="col" { (ctx.t("Trạng thái", "State")) }
        } }
        tbody { @for row in rows { tr {
            td.main { a href=(super::address(row)) { (row.state.request.label.get(ctx.lang)) } }
            td data-label=(ctx.t("Cơ quan", "Organisation")) { (parts::org_name(ctx, &row.state.organisation)) }
            td.nowrap data-label=(ctx.t("Hạn", "Due")) { (parts::date(Some(row.state.due), ctx.lang)) }
            td data-label=(ctx.t("Trạng thái", "State")) { (super::status(row.status, ctx)) @if let Some(late) = super::late(ctx, row) { br; small.muted { (late) } } }
        } } }
    } } }
}
