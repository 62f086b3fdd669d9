//! The history of everything: the journal as people read it.

use access::{DisplayName, Permission};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use journal::{Entry, RecordedFact, StreamId};
use maud::{Markup, html};
use serde::Serialize;
use serde_json::Value as Json;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;
use crate::words;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/history", get(all))
        .route("/history/{family}/{id}", get(one))
}

/// One fact, told.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    fact: RecordedFact,
    #[serde(skip)]
    who: DisplayName,
    /// Page of the thing, if it has one.
    address: Option<String>,
    /// Only that it was is left.
    removed: bool,
}

#[derive(Serialize)]
struct History {
    /// The stream, when it is the history of one thing.
    stream: Option<StreamId>,
    /// Facts in all; of the whole journal, entries.
    total: u64,
    facts: Vec<Told>,
}

impl View for History {
    fn title(&self, ctx: &Ctx) -> String {
        match &self.stream {
            Some(stream) => format!(
                "{}: {}",
                ctx.t("Lịch sử", "History"),
                words::family(stream.family(), ctx.lang)
            ),
            None => ctx.t("Lịch sử", "History").into(),
        }
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            @if let Some(address) = self.facts.first().and_then(|told| told.address.as_ref()).filter(|_| self.stream.is_some()) {
                p { a href=(address) { (ctx.t("Mở trang của mục này", "Open the page of this")) } }
            } @else if self.stream.is_none() {
                p { (ctx.t("Mọi thay đổi được ghi nối tiếp, không sửa, không xoá. Mới nhất ở trên.", "Every change is appended; nothing is altered or deleted. Newest first.")) }
            }
            @if self.facts.is_empty() {
                (parts::empty(ctx.t("Chưa có thay đổi nào trong phạm vi của bạn.", "No change within your scope yet."), None))
            } @else {
                div.scroll { table.stack {
                    thead { tr {
                        th.num scope="col" { (ctx.t("Số", "No.")) }
                        th scope="col" { (ctx.t("Ghi nhận lúc", "Recorded")) }
                        th scope="col" { (ctx.t("Người", "Who")) }
                        th scope="col" { (ctx.t("Việc", "What")) }
                        th scope="col" { (ctx.t("Nội dung", "Content")) }
                    } }
                    tbody { @for told in &self.facts { (row(ctx, told, self.stream.is_none())) } }
                } }
                @if self.stream.is_none() { (parts::pager(ctx, self.total)) }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["seq", "recorded_at", "actor", "stream", "kind", "data"],
            rows: self
                .facts
                .iter()
                .map(|told| {
                    vec![
                        told.fact.seq.to_string(),
                        told.fact.recorded_at.to_string(),
                        told.fact.actor.to_string(),
                        told.fact.stream.to_string(),
                        told.fact.kind.clone(),
                        told.fact.data.to_string(),
                    ]
                })
                .collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

fn row(ctx: &Ctx, told: &Told, linked: bool) -> Markup {
    let fact = &told.fact;
    let history = format!("/history/{}", fact.stream);
    html! { tr {
        td.num data-label=(ctx.t("Số", "No.")) { (fact.seq) }
        td.nowrap data-label=(ctx.t("Lúc", "When")) { (parts::moment(fact.recorded_at, ctx.lang)) }
        td data-label=(ctx.t("Người", "Who")) {
            (parts::who(ctx, &told.who))
        }
        td data-label=(ctx.t("Việc", "What")) {
            (words::fact(&fact.kind, ctx.lang))
            @if linked { br; a.small href=(history) { (words::family(fact.stream.family(), ctx.lang)) } }
        }
        td.main {
            @if told.removed { span.muted { (ctx.t("nội dung đã gỡ bỏ", "content removed")) } }
            @else { details { summary { (ctx.t("Xem", "Show")) } (data(&fact.data)) } }
        }
    } }
}

/// JSON as a list of names and values; nesting shown by nesting.
fn data(value: &Json) -> Markup {
    html! {
        @match value {
            Json::Object(fields) => dl.facts { @for (name, value) in fields { dt { (name) } dd { (data(value)) } } },
            Json::Array(items) => ul { @for item in items { li { (data(item)) } } },
            Json::String(text) => span.pre { (text) },
            Json::Null => span.muted { "–" },
            other => (other.to_string()),
        }
    }
}

/// Tells facts with their actors' names and their things' pages.
async fn tell(app: &App, ctx: &Ctx, facts: Vec<RecordedFact>) -> Result<Vec<Told>, Failure> {
    let actors = facts.iter().map(|fact| fact.actor);
    let names = app.accounts.display_names(&ctx.scope, actors).await?;
    Ok(facts
        .into_iter()
        .map(|fact| Told {
            who: names
                .get(&fact.actor)
                .cloned()
                .unwrap_or(DisplayName::Erased),
            address: parts::address_of(&fact.stream),
            removed: false,
            fact,
        })
        .collect())
}

/// No kind of fact has this version: it stands for one whose content was removed.
const REMOVED: u16 = 0;

/// What is left of removed facts: when, who, what kind, about what.
fn removed(entry: &Entry) -> Result<Vec<RecordedFact>, Failure> {
    let facts = entry.removed_facts()?.into_iter();
    Ok(facts
        .map(|(place, stream, kind)| RecordedFact {
            seq: place.seq,
            ix: place.ix,
            recorded_at: entry.recorded_at,
            actor: entry.actor,
            stream,
            kind,
            version: REMOVED,
            data: Json::Null,
        })
        .collect())
}

/// `GET /history`: the whole journal for those who see everything, one's own acts for others.
async fn all(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::ReadHistory)?;
    let actor = (!ctx.scope.sees_everything()).then(|| ctx.scope.actor());
    let page = parts::page(&ctx);
    let (entries, total) = app
        .journal
        .newest_entries(
            actor,
            ctx.as_known.seq,
            (page.limit.into(), page.offset.into()),
        )
        .await?;
    let mut facts = Vec::new();
    for entry in &entries {
        // An adoption may carry hundreds of facts: the list shows the first few, the thing's own history all.
        facts.extend(entry.facts()?.into_iter().take(5));
        facts.extend(removed(entry)?.into_iter().take(5));
    }
    let mut facts = tell(&app, &ctx, facts).await?;
    for told in &mut facts {
        told.removed = told.fact.version == REMOVED;
    }
    let view = History {
        stream: None,
        total: total.unsigned_abs(),
        facts,
    };
    answer(&ctx, &view)
}

/// `GET /history/{family}/{id}`: the facts of one thing, for whoever sees the thing.
async fn one(
    State(app): State<App>,
    ctx: Ctx,
    Path((family, id)): Path<(String, String)>,
) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::ReadHistory)?;
    let stream = StreamId::new(&family, id);
    if !parts::sees_stream(&app, &ctx, &stream).await? {
        return Err(Failure::NotFound);
    }
    let facts = app.journal.stream(&stream, ctx.as_known.seq).await?.facts;
    if facts.is_empty() {
        return Err(Failure::NotFound);
    }
    let mut facts = tell(&app, &ctx, facts).await?;
    facts.reverse();
    let view = History {
        total: facts.len() as u64,
        stream: Some(stream),
        facts,
    };
    answer(&ctx, &view)
}
