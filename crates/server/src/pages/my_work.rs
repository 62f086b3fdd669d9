//! "Việc của tôi": what the reader's organisation owes, by when; and what waits for the reader.

use std::collections::BTreeSet;

use access::{OrgId, Page, Permission};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use catalogue::Hierarchy;
use maud::{Markup, html};
use observation::campaign::RequestRow;
use observation::{BatchFilter, Owed, batches};
use programme::target::{TargetFilter, TargetRow};
use programme::task::{TaskRow, results};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::assess::{self, Assessed};
use crate::ctx::Ctx;
use crate::pages::campaigns;
use crate::pages::cascade::{PartsOwed, parts_owed};
use crate::pages::observations::{OwedFigure, owed_figures};
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
    /// Figures the organisation owes and has not given.
    figures_owed: Vec<OwedFigure>,
    /// What index seasons ask of the organisation or one below it and it has not given.
    asked: Vec<RequestRow>,
    /// Answers to index seasons that wait for this reader.
    answers_to_confirm: Vec<RequestRow>,
    /// Batches that wait for this reader to confirm them.
    batches_to_confirm: u64,
    /// Parts of targets to register, to report, to judge.
    parts: PartsOwed,
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
            (self.seasons(ctx))
            (self.parts.html(ctx))
            (self.figures(ctx))
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

/// Figures that are late and named one by one; the rest stands where all of them are.
const LATE_SHOWN: usize = 8;

impl MyWork {
    /// The next day on which a figure that is owed is due.
    fn next_due(&self) -> Option<jiff::civil::Date> {
        let open = self.figures_owed.iter().filter(|f| f.status == Owed::Open);
        open.filter_map(|figure| figure.due).min()
    }

    /// What index seasons ask, and the answers that wait.
    fn seasons(&self, ctx: &Ctx) -> Markup {
        html! {
            @if !self.answers_to_confirm.is_empty() {
                h2 { (ctx.t("Mùa chỉ số: chờ xác nhận", "Index season: answers to confirm")) " (" (self.answers_to_confirm.len()) ")" }
                (campaigns::table_of(ctx, &self.answers_to_confirm))
            }
            @if !self.asked.is_empty() {
                h2 { (ctx.t("Mùa chỉ số: phải trả lời", "Index season: asked of you")) " (" (self.asked.len()) ")" }
                (campaigns::table_of(ctx, &self.asked))
            }
        }
    }

    /// Figures owed and batches to confirm: how many, and where they are.
    fn figures(&self, ctx: &Ctx) -> Markup {
        let of = |is: Owed| self.figures_owed.iter().filter(|f| f.status == is).count();
        let organisation = self
            .organisation
            .as_ref()
            .map(|id| id.0.as_str())
            .unwrap_or_default();
        html! {
            @if self.batches_to_confirm > 0 {
                h2 { (ctx.t("Số liệu chờ xác nhận", "Figures to confirm")) }
                p { a href="/batches?state=waiting" { (self.batches_to_confirm) " " (ctx.t("lô số liệu các cơ quan đã nộp", "batches handed in by organisations")) } }
            }
            @if !self.figures_owed.is_empty() {
                h2 { (ctx.t("Số liệu phải báo cáo", "Figures owed")) " (" (self.figures_owed.len()) ")" }
                p {
                    @if of(Owed::Overdue) > 0 { (parts::status("bad", '▲', &format!("{} {}", of(Owed::Overdue), ctx.t("quá hạn", "overdue")))) " " }
                    @if of(Owed::Returned) > 0 { (parts::status("bad", '▲', &format!("{} {}", of(Owed::Returned), ctx.t("yêu cầu bổ sung", "returned")))) " " }
                    @if let Some(next) = self.next_due() { span.muted { " · " (ctx.t("hạn gần nhất", "next due")) " " (parts::date(Some(next), ctx.lang)) " " } }
                    @if of(Owed::Open) > 0 { (parts::status("idle", '○', &format!("{} {}", of(Owed::Open), ctx.t("chưa nộp", "not given")))) }
                }
                @let late = self.figures_owed.iter().filter(|f| f.days_late.is_some());
                @if late.clone().next().is_some() { ul { @for figure in late.take(LATE_SHOWN) { li {
                    a href=(format!("/observations/new?indicator={}&area={}&period={}", figure.key.indicator, figure.key.area, figure.period)) { (parts::indicator_name(ctx, figure.key.indicator.as_str())) }
                    ", " (figure.period.label(ctx.lang)) ": " (ctx.t("hạn", "due")) " " (parts::date(figure.due, ctx.lang)) ", "
                    (figure.days_late.unwrap_or_default()) " " (ctx.t("ngày muộn", "days late"))
                } } } }
                ul.actions {
                    li { a href=(format!("/completeness?organisation={organisation}")) { (ctx.t("Xem từng chỉ số", "Show each indicator")) } }
                    li { a href=(format!("/workbooks?organisation={organisation}")) { (ctx.t("Tải biểu để điền", "Fetch the workbook")) } }
                    li { a href="/imports" { (ctx.t("Nộp tệp số liệu", "Hand in a file")) } }
                }
            }
        }
    }

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
    let asked = match &organisation {
        Some(own) if ctx.scope.may_for(Permission::RecordObservation, own) => {
            campaigns::owed(&app, &ctx, subtree.clone()).await?
        }
        _ => Vec::new(),
    };
    let figures_owed = match &organisation {
        Some(own) if ctx.scope.may_for(Permission::RecordObservation, own) => {
            let all = owed_figures(&app, &ctx, Some(own), None).await?;
            let left = |f: &OwedFigure| !matches!(f.status, Owed::Given | Owed::Late);
            all.into_iter().filter(left).collect()
        }
        _ => Vec::new(),
    };
    let view = MyWork {
        organisation,
        figures_owed,
        asked,
        answers_to_confirm: campaigns::waiting(&app, &ctx).await?,
        batches_to_confirm: batches_to_confirm(&app, &ctx).await?,
        parts: parts_owed(&app, &ctx).await?,
        owed: owed.rows,
        owed_total: owed.total,
        to_judge,
        to_judge_total,
        targets: targets.clone(),
        assessed: assess::assess(&app, &ctx, targets).await?,
    };
    answer(&ctx, &view)
}

/// How many batches wait, for those who keep programmes.
async fn batches_to_confirm(app: &App, ctx: &Ctx) -> Result<u64, crate::failure::Failure> {
    if !ctx.scope.may(Permission::KeepProgramme) {
        return Ok(0);
    }
    let filter = BatchFilter {
        waiting: true,
        ..BatchFilter::default()
    };
    let (db, page) = (app.journal.db(), Page::first(1));
    Ok(batches(db, &ctx.scope, &ctx.as_known, &filter, page)
        .await?
        .total)
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
