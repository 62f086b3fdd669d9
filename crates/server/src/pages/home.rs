//! The first page: for an officer what is owed, for a leader the board, for the public the portal.

use access::{Page, Role};
use axum::extract::State;
use maud::{Markup, html};
use programme::programme::ProgrammeRow;
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::parts;

#[derive(Serialize)]
struct Portal {
    programmes: Vec<ProgrammeRow>,
}

impl View for Portal {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t(
            "Thực hiện nghị quyết về khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số",
            "Carrying out the resolutions on science, technology, innovation and digital transformation",
        )
        .into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            p { (ctx.t(
                "Mỗi chỉ tiêu, nhiệm vụ và số liệu ở đây lần ngược được về đoạn văn đã giao và nguồn của nó.",
                "Every target, task and figure here leads back to the paragraph that ordered it and to its source.",
            )) }
            h2 { (ctx.t("Chương trình đã công bố", "Published programmes")) }
            @if self.programmes.is_empty() {
                (parts::empty(ctx.t("Chưa có chương trình nào được công bố.", "No programme has been published yet."), None))
            }
            @for row in &self.programmes { @if let Some(fields) = &row.state.fields {
                article.card { p { a href=(format!("/programmes/{}", row.id)) { strong { (fields.title) } } }
                    p.muted { @if let Some(number) = &fields.number { (number) " · " } (parts::area_name(ctx, fields.area)) } }
            } }
            ul.actions {
                li { a.button href="/search" { (ctx.t("Tìm trong văn bản, chỉ tiêu, nhiệm vụ", "Search documents, targets, tasks")) } }
                li { a.button href="/observations" { (ctx.t("Số liệu đã công bố", "Published figures")) } }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["id", "title"],
            rows: self
                .programmes
                .iter()
                .filter_map(|row| {
                    let fields = row.state.fields.as_ref()?;
                    Some(vec![row.id.to_string(), fields.title.clone()])
                })
                .collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// `GET /`
pub async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    match ctx.scope.role() {
        Some(Role::ProgrammeOfficer | Role::FocalOfficer | Role::Assigner) => {
            return see(&ctx, "/my-work");
        }
        Some(Role::Operator) => return see(&ctx, "/system"),
        Some(Role::Leader | Role::Inspector) => return leader(&app, &ctx).await,
        Some(Role::Enterprise | Role::Researcher | Role::Citizen) | None => {}
    }
    let programmes = programmes(&app, &ctx).await?;
    answer(&ctx, &Portal { programmes })
}

async fn programmes(app: &App, ctx: &Ctx) -> Result<Vec<ProgrammeRow>, crate::failure::Failure> {
    let page = Page::first(parts::ROWS_A_PAGE);
    let listed = programme::programme::list(&app.journal, &ctx.scope, ctx.as_known, page).await?;
    Ok(listed.rows)
}

/// A leader of one programme opens its board; of several, their list.
async fn leader(app: &App, ctx: &Ctx) -> Answer {
    let programmes = programmes(app, ctx).await?;
    match programmes.as_slice() {
        [only] => see(ctx, &format!("/programmes/{}", only.id)),
        _ => see(ctx, "/programmes"),
    }
}
