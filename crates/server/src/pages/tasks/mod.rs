//! Assigned tasks: lists, one task, its result and judgement.

mod list;
mod one;

use access::FieldClass;
use axum::Router;
use axum::routing::{get, post};
use maud::{Markup, PreEscaped, html};
use measure::TaskStatus;
use press::chart::{Mark, Provenance, Shape, StackedStatus, StatusCount, Tone};
use programme::task::{Counts, TaskRow};

use crate::app::App;
use crate::ctx::Ctx;
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/tasks", get(list::show))
        .route("/tasks/{id}", get(one::show))
        .route("/tasks/{id}/result", post(one::submit))
        .route("/tasks/{id}/withdraw-result", post(one::withdraw_result))
        .route("/tasks/{id}/confirm", post(one::confirm))
        .route("/tasks/{id}/return", post(one::send_back))
        .route("/tasks/{id}/extend", post(one::extend))
        .route("/tasks/{id}/evidence/{hash}", get(one::evidence))
}

/// How a task stands, by word, shape and colour.
pub fn status(status: TaskStatus, ctx: &Ctx) -> Markup {
    let class = match status {
        TaskStatus::Overdue | TaskStatus::Returned => "bad",
        TaskStatus::DueSoon | TaskStatus::DoneLate => "warn",
        TaskStatus::Done => "good",
        TaskStatus::InTime => "info",
        TaskStatus::NoDeadline | TaskStatus::Withdrawn => "idle",
    };
    parts::status(class, status.shape(), status.label(ctx.lang))
}

/// Counts by status as a chart with its words.
pub fn chart(ctx: &Ctx, counts: &Counts, title: &str) -> Markup {
    let counts = TaskStatus::ALL
        .into_iter()
        .map(|status| StatusCount {
            status: mark(status, ctx),
            count: u32::try_from(counts.of(status)).unwrap_or(u32::MAX),
        })
        .filter(|count| count.count > 0)
        .collect();
    let chart = StackedStatus {
        title: title.to_owned(),
        noun: ctx.t("nhiệm vụ", "tasks").to_owned(),
        counts,
        provenance: Provenance {
            as_of: Some(ctx.as_known.day),
            source: ctx
                .t("sổ nhật ký Đột Phá", "the Đột Phá journal")
                .to_owned(),
            ..Provenance::default()
        },
        lang: ctx.lang,
    };
    html! { figure { (PreEscaped(chart.svg())) } }
}

fn mark(status: TaskStatus, ctx: &Ctx) -> Mark {
    let (shape, tone) = match status {
        TaskStatus::Overdue => (Shape::Triangle, Tone::Bad),
        TaskStatus::Returned => (Shape::Diamond, Tone::Bad),
        TaskStatus::DueSoon => (Shape::HollowDiamond, Tone::Warn),
        TaskStatus::InTime => (Shape::Ring, Tone::Accent),
        TaskStatus::NoDeadline => (Shape::HollowSquare, Tone::Neutral),
        TaskStatus::DoneLate => (Shape::Square, Tone::Warn),
        TaskStatus::Done => (Shape::Disc, Tone::Good),
        TaskStatus::Withdrawn => (Shape::HollowSquare, Tone::Neutral),
    };
    Mark::new(status.label(ctx.lang), shape, tone)
}

/// Days to or past the deadline, in words.
fn days_left(ctx: &Ctx, row: &TaskRow) -> String {
    match row.days_left {
        Some(days) if row.status.is_closed() && days < 0 => {
            format!("{} {}", -days, ctx.t("ngày trễ", "days late"))
        }
        Some(_) if row.status.is_closed() => String::new(),
        Some(days) if days < 0 => format!("{} {}", -days, ctx.t("ngày quá hạn", "days overdue")),
        Some(0) => ctx.t("hôm nay", "today").into(),
        Some(days) => format!("{} {} {}", ctx.t("còn", "in"), days, ctx.t("ngày", "days")),
        None => String::new(),
    }
}

/// Tasks as a table; "my work" and organisations draw it too.
pub fn table_of(ctx: &Ctx, rows: &[TaskRow]) -> Markup {
    html! { div.scroll { table.stack {
        thead { tr {
            th scope="col" { (ctx.t("Nhiệm vụ", "Task")) }
            th scope="col" { (ctx.t("Chủ trì", "Lead")) }
            th scope="col" { (ctx.t("Thời hạn", "Deadline")) }
            th scope="col" { (ctx.t("Tình trạng", "Status")) }
        } }
        tbody { @for row in rows { tr {
            td.main { a href=(format!("/tasks/{}", row.id)) { (super::programmes::short(&row.task.title)) }
                @if let Some(product) = &row.task.product { br; small.muted { (ctx.t("Sản phẩm: ", "Product: ")) (product) } } }
            td data-label=(ctx.t("Chủ trì", "Lead")) { (lead(ctx, row)) }
            td.nowrap data-label=(ctx.t("Thời hạn", "Deadline")) { (parts::date(row.task.deadline, ctx.lang))
                @let left = days_left(ctx, row);
                @if !left.is_empty() { br; small.muted { (left) } } }
            td data-label=(ctx.t("Tình trạng", "Status")) { (status(row.status, ctx))
                @if row.awaits_confirmation && ctx.scope.sees_field(FieldClass::Internal) { br; small { (ctx.t("chờ xác nhận", "awaits confirmation")) } } }
        } } }
    } } }
}

fn lead(ctx: &Ctx, row: &TaskRow) -> Markup {
    let agencies = &row.task.agencies;
    html! {
        @match (&agencies.lead, &agencies.lead_written) {
            (Some(org), _) => (parts::org_link(ctx, org)),
            (None, Some(written)) => { (written) " " span.muted { (ctx.t("(chưa nhận diện)", "(not resolved)")) } }
            (None, None) => span.muted { (ctx.t("chưa giao", "not assigned")) },
        }
    }
}

/// Column names of tasks as rows.
pub const HEAD: [&str; 9] = [
    "id",
    "title",
    "lead",
    "supporting",
    "deadline",
    "status",
    "days_left",
    "theme",
    "programme",
];

/// A task as a row.
pub fn cells(row: &TaskRow) -> Vec<String> {
    let agencies = &row.task.agencies;
    let supporting: Vec<&str> = agencies
        .supporting
        .iter()
        .map(|org| org.0.as_str())
        .collect();
    vec![
        row.id.to_string(),
        row.task.title.clone(),
        agencies
            .lead
            .as_ref()
            .map(|org| org.0.clone())
            .unwrap_or_default(),
        supporting.join("; "),
        row.task.deadline.map(|d| d.to_string()).unwrap_or_default(),
        row.status.word().to_owned(),
        row.days_left.map(|d| d.to_string()).unwrap_or_default(),
        row.task.theme.clone().unwrap_or_default(),
        row.task.programme.to_string(),
    ]
}
