//! Organisations: their lives, their places in the hierarchies, what they owe.

use access::{OrgId, Page};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use catalogue::{Hierarchy, Organisation};
use maud::{Markup, html};
use programme::target::TargetFilter;
use programme::task::{TaskFilter, TaskRow, TaskSort};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::assess::{self, Assessed};
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/organisations", get(list))
        .route("/organisations/{id}", get(show))
}

const HEAD: [&str; 6] = ["id", "name_vi", "name_en", "kind", "area", "valid_from"];

fn cells(organisation: &Organisation) -> Vec<String> {
    let name = organisation.names.last();
    vec![
        organisation.id.to_string(),
        name.map(|n| n.vi.clone()).unwrap_or_default(),
        name.map(|n| n.en.clone()).unwrap_or_default(),
        organisation.kind.label(viet::Lang::En).to_owned(),
        organisation.area.to_string(),
        organisation
            .valid_from
            .map(|d| d.to_string())
            .unwrap_or_default(),
    ]
}

#[derive(Serialize)]
struct List {
    organisations: Vec<Organisation>,
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Cơ quan, đơn vị", "Organisations").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! { div.scroll { table.stack {
            thead { tr { th scope="col" { (ctx.t("Tên", "Name")) } th scope="col" { (ctx.t("Loại", "Kind")) } th scope="col" { (ctx.t("Địa bàn", "Area")) } } }
            tbody { @for organisation in &self.organisations { tr {
                td.main { (parts::org_link(ctx, &OrgId(organisation.id.to_string()))) }
                td data-label=(ctx.t("Loại", "Kind")) { (organisation.kind.label(ctx.lang)) }
                td data-label=(ctx.t("Địa bàn", "Area")) { (parts::area_link(ctx, organisation.area)) }
            } } }
        } } }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.organisations.iter().map(cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// `GET /organisations`: those that exist on the day.
async fn list(ctx: Ctx) -> Answer {
    let organisations = ctx.directory.organisations().list(ctx.as_known.day);
    answer(
        &ctx,
        &List {
            organisations: organisations.into_iter().cloned().collect(),
        },
    )
}

#[derive(Serialize)]
struct One {
    organisation: Organisation,
    /// Organisations whose duties came here.
    predecessors: Vec<OrgId>,
    tasks: Vec<TaskRow>,
    tasks_total: u64,
    #[serde(skip)]
    assessed: Vec<Assessed>,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        parts::org_name(ctx, &OrgId(self.organisation.id.to_string()))
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let id = &self.organisation.id;
        html! {
            p.crumbs { a href="/organisations" { (ctx.t("Cơ quan", "Organisations")) } }
            (self.life(ctx))
            h2 { (ctx.t("Nhiệm vụ chủ trì", "Tasks led")) " (" (self.tasks_total) ")" }
            @if self.tasks.is_empty() { (parts::empty(ctx.t("Không có nhiệm vụ nào trong phạm vi của bạn.", "No task within your scope."), None)) }
            @else { (super::tasks::table_of(ctx, &self.tasks))
                p { a href=(format!("/tasks?organisation={id}")) { (ctx.t("Xem tất cả, cả phối hợp", "See all, also supported ones")) } } }
            @if !self.assessed.is_empty() {
                h2 { (ctx.t("Chỉ tiêu chịu trách nhiệm", "Targets answered for")) }
                (super::programmes::targets_table(ctx, &self.assessed))
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: super::tasks::HEAD.to_vec(),
            rows: self.tasks.iter().map(super::tasks::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn life(&self, ctx: &Ctx) -> Markup {
        let organisation = &self.organisation;
        let link = |id: &catalogue::Id| parts::org_link(ctx, &OrgId(id.to_string()));
        html! { dl.facts {
            dt { (ctx.t("Loại", "Kind")) } dd { (organisation.kind.label(ctx.lang)) }
            dt { (ctx.t("Địa bàn", "Area")) } dd { (parts::area_link(ctx, organisation.area)) }
            dt { (ctx.t("Tên qua các thời kỳ", "Names over time")) }
            dd { @for name in &organisation.names { (ctx.t(&name.vi, &name.en)) @if name.from.is_some() { " (" (ctx.t("từ ", "from ")) (parts::date(name.from, ctx.lang)) ")" } br; } }
            @for membership in &organisation.memberships {
                dt { (ctx.t("Thuộc hệ thống ", "In the hierarchy of the ")) (membership.hierarchy.label(ctx.lang)) }
                dd { (link(&membership.parent))
                    @if membership.from.is_some() { ", " (ctx.t("từ ", "from ")) (parts::date(membership.from, ctx.lang)) }
                    @if membership.to.is_some() { ", " (ctx.t("đến trước ", "until before ")) (parts::date(membership.to, ctx.lang)) } }
            }
            @if !self.predecessors.is_empty() { dt { (ctx.t("Kế thừa nhiệm vụ của", "Took over the duties of")) } dd { @for org in &self.predecessors { (parts::org_link(ctx, org)) br; } } }
            @for succession in &organisation.succession { dt { (ctx.t("Nhiệm vụ chuyển sang", "Duties went to")) } dd { (link(&succession.to)) } }
            dt { (ctx.t("Nguồn", "Source")) } dd { (organisation.source.as_str()) }
        } }
    }
}

/// `GET /organisations/{id}`
async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let organisations = ctx.directory.organisations();
    let id = OrgId(id);
    let organisation = organisations.get(&id).ok_or(Failure::NotFound)?.clone();
    let filter = TaskFilter {
        organisations: Some(organisations.subtree(&id, Hierarchy::State, ctx.as_known.day)),
        lead_only: true,
        ..TaskFilter::default()
    };
    let days = assess::due_soon_days(&ctx)?;
    let page = Page::first(parts::ROWS_A_PAGE);
    let tasks = programme::task::list(
        &app.journal,
        &ctx.scope,
        ctx.as_known,
        &filter,
        days,
        TaskSort::Deadline,
        page,
    )
    .await?;
    let filter = TargetFilter {
        responsible: Some(id.clone()),
        ..TargetFilter::default()
    };
    let targets =
        programme::target::list(&app.journal, &ctx.scope, ctx.as_known, &filter, page).await?;
    let predecessors = organisations
        .all()
        .filter(|other| other.succession.iter().any(|s| s.to == organisation.id))
        .map(|other| OrgId(other.id.to_string()))
        .collect();
    let view = One {
        organisation,
        predecessors,
        tasks: tasks.rows,
        tasks_total: tasks.total,
        assessed: assess::assess(&app, &ctx, targets.rows).await?,
    };
    answer(&ctx, &view)
}
