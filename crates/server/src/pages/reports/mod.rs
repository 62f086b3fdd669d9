//! Reports: drawing up, reading on screen with every figure linked, freezing, the signed copy.

mod draw;
mod paper;
mod show;

use access::Permission;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use maud::{Markup, html};
use reporting::{ReportFilter, ReportRow, ReportStatus};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::parts;

pub use draw::{DRAW_JOB, draw_job};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/reports", get(list).post(draw::start))
        .route("/reports/new", get(draw::form))
        .route("/reports/{id}", get(show::show))
        .route("/reports/{id}/docx", get(show::docx))
        .route("/reports/{id}/pdf", get(show::pdf))
        .route("/reports/{id}/inputs", get(show::inputs))
        .route("/reports/{id}/signed", get(show::signed).post(show::attach))
        .route("/reports/{id}/freeze", post(show::freeze))
}

/// How far a report has come, by word and shape.
fn status(ctx: &Ctx, status: ReportStatus) -> Markup {
    let (class, shape) = match status {
        ReportStatus::DrawnUp => ("warn", '◐'),
        ReportStatus::Frozen => ("info", '■'),
        ReportStatus::Signed => ("good", '●'),
    };
    parts::status(class, shape, status.label(ctx.lang))
}

/// Name of a report: its definition and its period.
fn name(ctx: &Ctx, row: &ReportRow) -> String {
    let id = &row.drawn_up.definition.id;
    let label = ctx.directory.report(id.as_str()).map_or_else(
        || id.to_string(),
        |pinned| pinned.definition.def.label.get(ctx.lang).to_owned(),
    );
    format!("{label}, {}", row.drawn_up.period.label(ctx.lang))
}

#[derive(Serialize)]
struct List {
    total: u64,
    reports: Vec<ReportRow>,
}

const HEAD: [&str; 7] = [
    "id",
    "definition",
    "period",
    "programme",
    "status",
    "as_of",
    "head",
];

fn cells(row: &ReportRow) -> Vec<String> {
    let drawn_up = &row.drawn_up;
    vec![
        row.id.to_string(),
        drawn_up.definition.id.to_string(),
        drawn_up.period.to_string(),
        drawn_up.programme.to_string(),
        row.status.word().to_owned(),
        drawn_up.as_of.to_string(),
        drawn_up.head.clone(),
    ]
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Báo cáo", "Reports").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            @if ctx.scope.may(Permission::DrawReport) { p { a.button.primary href="/reports/new" { (ctx.t("Lập báo cáo", "Draw up a report")) } } }
            @if self.reports.is_empty() { (parts::empty(ctx.t("Chưa có báo cáo nào trong phạm vi của bạn.", "No report within your scope yet."), None)) }
            @else {
                div.scroll { table.stack {
                    thead { tr { th scope="col" { (ctx.t("Báo cáo", "Report")) } th scope="col" { (ctx.t("Số liệu đến ngày", "As of")) }
                        th scope="col" { (ctx.t("Lập lúc", "Drawn up")) } th scope="col" { (ctx.t("Tình trạng", "Status")) } } }
                    tbody { @for row in &self.reports { tr {
                        td.main { a href=(format!("/reports/{}", row.id)) { (name(ctx, row)) } }
                        td.nowrap data-label=(ctx.t("Đến ngày", "As of")) { (parts::date(Some(row.drawn_up.as_of), ctx.lang)) }
                        td.nowrap data-label=(ctx.t("Lập lúc", "Drawn up")) { (parts::moment(row.state.drawn_up_at, ctx.lang)) }
                        td data-label=(ctx.t("Tình trạng", "Status")) { (status(ctx, row.status)) }
                    } } }
                } }
                (parts::pager(ctx, self.total))
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.reports.iter().map(cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// `GET /reports`
async fn list(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    let filter = ReportFilter::default();
    let page = parts::page(&ctx);
    let listed =
        reporting::list(app.journal.db(), &ctx.scope, &ctx.as_known, &filter, page).await?;
    let view = List {
        total: listed.total,
        reports: listed.rows,
    };
    answer(&ctx, &view)
}
