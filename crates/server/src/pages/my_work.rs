//! "Việc của tôi": what the reader's organisation owes, by when; and what waits for the reader.

use std::collections::BTreeSet;

use access::{OrgId, Page, Permission};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use catalogue::Hierarchy;
use maud::{Markup, html};
use programme::target::{TargetFilter, TargetRow};
use programme::task::{TaskRow, results};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::assess::{self, Assessed};
use crate::ctx::Ctx;
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new().route("/my-work", get(show))
}

#[derive(Serialize)]
struct MyWork {
    organisation: Option<OrgId>,
    /// Open tasks led by the organisation or one below it, the most urgent first.
    owed: Vec<TaskRow>,
    owed_total: u64,
    /// Results that wait for this reader's judgement.
    to_judge: Vec<TaskRow>,
    to_judge_total: u64,
    /// Targets the organisation answers for.
    targets: Vec<TargetRow>,
    #[serde(skip)]
    assessed: Vec<Assessed>,
}

impl View for MyWork {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Việc của tôi", "My work").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            @if let Some(org) = &self.organisation { p { (parts::org_link(ctx, org)) } }
            @if self.to_judge_total > 0 {
                h2 { (ctx.t("Kết quả chờ xác nhận", "Results to judge")) " (" (self.to_judge_total) ")" }
                (super::tasks::table_of(ctx, &self.to_judge))
            }
            h2 { (ctx.t("Phải làm", "Owed")) " (" (self.owed_total) ")" }
            @if self.owed.is_empty() {
                (parts::empty(ctx.t("Không còn việc nào phải làm.", "Nothing is owed."), Some(("/tasks", ctx.t("Xem mọi nhiệm vụ trong phạm vi của bạn.", "See every task within your scope.")))))
            } @else { (super::tasks::table_of(ctx, &self.owed)) (parts::pager(ctx, self.owed_total)) }
            @if !self.assessed.is_empty() {
                h2 { (ctx.t("Chỉ tiêu chịu trách nhiệm", "Targets answered for")) }
                (super::programmes::targets_table(ctx, &self.assessed))
            }
            (self.next_steps(ctx))
        }
    }

    fn table(&self) -> Table {
        Table {
            head: super::tasks::HEAD.to_vec(),
            rows: self.owed.iter().map(super::tasks::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl MyWork {
    fn next_steps(&self, ctx: &Ctx) -> Markup {
        html! { ul.actions {
            @if ctx.scope.may(Permission::RecordObservation) { li { a.button href="/observations/new" { (ctx.t("Ghi số liệu", "Enter a figure")) } } }
            @if ctx.scope.may(Permission::ReceiveDocument) { li { a.button href="/documents" { (ctx.t("Đưa văn bản vào", "Hand in a document")) } } }
            @if ctx.scope.may(Permission::DrawReport) { li { a.button href="/reports" { (ctx.t("Lập báo cáo", "Draw up a report")) } } }
        } }
    }
}

/// `GET /my-work`
async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    let organisation = ctx.scope.organisation().cloned();
    let subtree: BTreeSet<OrgId> = match &organisation {
        Some(own) => ctx
            .directory
            .organisations()
            .subtree(own, Hierarchy::State, ctx.as_known.day),
        None => BTreeSet::new(),
    };
    let days = assess::due_soon_days(&ctx)?;
    let owed = programme::task::owed_by(
        &app.journal,
        &ctx.scope,
        ctx.as_known,
        &subtree,
        days,
        parts::page(&ctx),
    )
    .await?;
    let (to_judge, to_judge_total) = to_judge(&app, &ctx, days).await?;
    let filter = TargetFilter {
        responsible: organisation.clone(),
        ..TargetFilter::default()
    };
    let targets = match organisation {
        Some(_) => {
            let page = Page::first(parts::ROWS_A_PAGE);
            programme::target::list(&app.journal, &ctx.scope, ctx.as_known, &filter, page)
                .await?
                .rows
        }
        None => Vec::new(),
    };
    let view = MyWork {
        organisation,
        owed: owed.rows,
        owed_total: owed.total,
        to_judge,
        to_judge_total,
        targets: targets.clone(),
        assessed: assess::assess(&app, &ctx, targets).await?,
    };
    answer(&ctx, &view)
}

/// The oldest results that wait, for those who judge.
async fn to_judge(
    app: &App,
    ctx: &Ctx,
    days: u32,
) -> Result<(Vec<TaskRow>, u64), crate::failure::Failure> {
    /// A morning's work; the rest comes up as these are judged.
    const SHOWN: u32 = 20;
    if !ctx.scope.may(Permission::JudgeResult) {
        return Ok((Vec::new(), 0));
    }
    let page = Page::first(SHOWN);
    let waiting = results(
        &app.journal,
        &ctx.scope,
        ctx.as_known,
        Some("waiting"),
        page,
    )
    .await?;
    let mut rows = Vec::new();
    for result in waiting.rows {
        let task =
            programme::task::get(&app.journal, &ctx.scope, ctx.as_known, result.task, days).await?;
        rows.push(task.row);
    }
    Ok((rows, waiting.total))
}
