//! Removals: what was taken out, and the form that takes out.

use access::{DisplayName, Permission, Refusal};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use journal::{ActorId, FileHash, StreamId};
use maud::{Markup, html};
use removal::{RemovalRow, What};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;

mod form;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/removals", get(list).post(form::remove))
        .route("/removals/new", get(form::form))
        .route("/removals/{id}", get(one))
}

/// Where the form that removes a thing is, for those who may.
pub fn link(ctx: &Ctx, what: &What) -> Markup {
    html! {
        @if ctx.scope.may(Permission::RemoveContent) && ctx.as_known_on.is_none() {
            a href=(format!("/removals/new?what={what}")) { (ctx.t("Gỡ bỏ…", "Remove…")) }
        }
    }
}

/// The name of a file of evidence with its link, or that it was removed.
pub fn file(ctx: &Ctx, address: &str, name: &str, size: u64, hash: &FileHash) -> Markup {
    html! {
        @if name.is_empty() { span.muted { (ctx.t("tệp đã gỡ bỏ", "file removed")) } }
        @else { a href=(address) { (name) } " " span.muted { (parts::size(size, ctx.lang)) } " " (link(ctx, &What::File(hash.clone()))) }
    }
}

/// Refuses a file that was removed before: it does not come in again by another way.
pub async fn check_upload(app: &App, field: &str, bytes: &[u8]) -> Result<(), Refusal> {
    check_hash(app, field, &FileHash::of(bytes)).await
}

/// The same for a file of which only the hash is at hand.
pub async fn check_hash(app: &App, field: &str, hash: &FileHash) -> Result<(), Refusal> {
    if removal::file_removed(app.journal.db(), hash).await? {
        return Err(Refusal::invalid(
            field,
            "Tệp có đúng nội dung này đã bị gỡ bỏ khỏi hệ thống, không nhận lại.",
            "A file of exactly this content was removed from the system and is not taken again.",
        ));
    }
    Ok(())
}

/// What stands at the address of a thing that was removed, for those who may know of it.
pub async fn gone(app: &App, ctx: &Ctx) -> Result<Option<Failure>, Refusal> {
    let mut path = ctx.uri.path().trim_matches('/').split('/');
    let family = match path.next() {
        Some("history") => path.next().unwrap_or_default(),
        Some("documents") => "document",
        Some("programmes") => "programme",
        Some("targets") => "target",
        Some("tasks") => "task",
        Some("reports") => "report",
        _ => return Ok(None),
    };
    let Some(id) = path.next().and_then(|id| id.parse::<uuid::Uuid>().ok()) else {
        return Ok(None);
    };
    let stream = StreamId::new(family, id);
    let row = removal::of_thing(app.journal.db(), &ctx.scope, stream.as_str()).await?;
    Ok(row.map(|row| Failure::Removed { id: row.id }))
}

#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    row: RemovalRow,
    #[serde(skip)]
    who: DisplayName,
}

#[derive(Serialize)]
struct List {
    total: u64,
    removals: Vec<Told>,
}

const HEAD: [&str; 9] = [
    "id",
    "seq",
    "recorded_at",
    "actor",
    "reason",
    "authority",
    "things",
    "facts",
    "files",
];

fn cells(row: &RemovalRow) -> Vec<String> {
    vec![
        row.id.to_string(),
        row.seq.to_string(),
        row.recorded_at.to_string(),
        row.actor.to_string(),
        row.reason.clone(),
        row.authority.clone(),
        row.things.to_string(),
        row.facts.to_string(),
        row.files.to_string(),
    ]
}

fn kind(ctx: &Ctx, row: &RemovalRow) -> &'static str {
    match row.person {
        Some(_) => ctx
            .lang
            .pick("Xoá thông tin cá nhân", "Personal values erased"),
        None => ctx.lang.pick("Gỡ bỏ nội dung", "Content removed"),
    }
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Nội dung đã gỡ bỏ", "What was removed").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            p { (ctx.t(
                "Nội dung lẽ ra không được đưa vào và thông tin cá nhân đã xoá. Chỉ còn lại việc đã gỡ: khi nào, ai, vì sao, theo căn cứ nào; sổ nhật ký vẫn kiểm chứng được.",
                "Content that should never have come in, and personal values that were erased. What stays is that it went: when, by whom, why, on what authority; the journal can still be verified.")) }
            @if self.removals.is_empty() { (parts::empty(ctx.t("Chưa gỡ bỏ gì.", "Nothing was removed."), None)) }
            @else { div.scroll { table.stack {
                thead { tr { th scope="col" { (ctx.t("Việc", "What")) } th scope="col" { (ctx.t("Lúc", "When")) } th scope="col" { (ctx.t("Người", "Who")) }
                    th scope="col" { (ctx.t("Lý do", "Reason")) } th scope="col" { (ctx.t("Căn cứ", "Authority")) } } }
                tbody { @for told in &self.removals { tr {
                    td.main { a href=(format!("/removals/{}", told.row.id)) { (kind(ctx, &told.row)) } }
                    td.nowrap data-label=(ctx.t("Lúc", "When")) { (parts::moment(told.row.recorded_at, ctx.lang)) }
                    td data-label=(ctx.t("Người", "Who")) { (parts::who(ctx, &told.who)) }
                    td data-label=(ctx.t("Lý do", "Reason")) { (told.row.reason) }
                    td data-label=(ctx.t("Căn cứ", "Authority")) { (told.row.authority) }
                } } }
            } } (parts::pager(ctx, self.total)) }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.removals.iter().map(|told| cells(&told.row)).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

async fn tell(app: &App, ctx: &Ctx, rows: Vec<RemovalRow>) -> Result<Vec<Told>, Failure> {
    let actors: Vec<ActorId> = rows.iter().map(|row| row.actor).collect();
    let names = app.accounts.display_names(&ctx.scope, actors).await?;
    let name = |actor| names.get(&actor).cloned().unwrap_or(DisplayName::Erased);
    let told = rows.into_iter().map(|row| Told {
        who: name(row.actor),
        row,
    });
    Ok(told.collect())
}

/// `GET /removals`
async fn list(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    let db = app.journal.db();
    let listed = removal::list(db, &ctx.scope, ctx.as_known, parts::page(&ctx)).await?;
    let view = List {
        total: listed.total,
        removals: tell(&app, &ctx, listed.rows).await?,
    };
    answer(&ctx, &view)
}

#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    told: Told,
    /// What went, as streams and `file/<hash>`.
    keys: Vec<String>,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        kind(ctx, &self.told.row).into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let row = &self.told.row;
        html! {
            p.crumbs { a href="/removals" { (ctx.t("Nội dung đã gỡ bỏ", "What was removed")) } }
            dl.facts {
                dt { (ctx.t("Lúc", "When")) } dd { (parts::moment(row.recorded_at, ctx.lang)) ", " (ctx.t("mục nhật ký số ", "journal entry ")) (row.seq) }
                dt { (ctx.t("Người", "Who")) } dd { (parts::who(ctx, &self.told.who)) }
                dt { (ctx.t("Lý do", "Reason")) } dd.pre { (row.reason) }
                dt { (ctx.t("Căn cứ", "Authority")) } dd.pre { (row.authority) }
                @if row.person.is_none() {
                    dt { (ctx.t("Đã gỡ", "Removed")) } dd { (row.things) " " (ctx.t("mục", "things")) ", " (row.facts) " " (ctx.t("sự kiện", "facts")) ", " (row.files) " " (ctx.t("tệp", "files")) }
                }
            }
            @if !self.keys.is_empty() {
                h2 { (ctx.t("Chỉ còn mã định danh", "Only identities are left")) }
                ul { @for key in &self.keys { li { code { (key) } } } }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: vec![cells(&self.told.row)],
        }
    }
}

/// `GET /removals/{id}`
async fn one(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    ctx.signed_in()?;
    let (row, keys) = removal::get(app.journal.db(), &ctx.scope, parts::id(&id)?).await?;
    let mut told = tell(&app, &ctx, vec![row]).await?;
    let told = told.pop().ok_or(Failure::NotFound)?;
    answer(&ctx, &One { told, keys })
}
