//! Search, with and without diacritics, within the reader's scope. It shows now, never the past.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use journal::Seq;
use maud::{Markup, html};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::parts;
use crate::search::Hits;

pub fn routes() -> Router<App> {
    Router::new().route("/search", get(show))
}

/// Kinds of things that can be found, with their names.
const KINDS: [(&str, &str, &str); 6] = [
    ("document", "văn bản", "documents"),
    ("passage", "đoạn văn", "passages"),
    ("target", "chỉ tiêu", "targets"),
    ("task", "nhiệm vụ", "tasks"),
    ("organisation", "cơ quan", "organisations"),
    ("indicator", "chỉ số", "indicators"),
];

fn kind_name<'a>(ctx: &Ctx, kind: &'a str) -> &'a str {
    KINDS
        .iter()
        .find(|(known, _, _)| *known == kind)
        .map_or(kind, |(_, vi, en)| ctx.lang.pick(vi, en))
}

#[derive(Serialize)]
struct Found {
    q: String,
    kind: Option<String>,
    #[serde(flatten)]
    hits: Hits,
    /// The last entry of the journal: the index may still be on its way to it.
    head: Seq,
}

impl View for Found {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Tìm kiếm", "Search").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            form.filters role="search" action="/search" {
                div { label for="search-q" { (ctx.t("Tìm gì", "What")) }
                    input type="search" id="search-q" name="q" value=(self.q); }
                div { label for="search-kind" { (ctx.t("Trong", "In")) }
                    select id="search-kind" name="kind" {
                        option value="" { (ctx.t("mọi thứ", "everything")) }
                        @for (kind, vi, en) in KINDS { option value=(kind) selected[self.kind.as_deref() == Some(kind)] { (ctx.lang.pick(vi, en)) } }
                    } }
                button type="submit" { (ctx.t("Tìm", "Search")) }
            }
            @if self.q.is_empty() {
                p.muted { (ctx.t("Gõ có dấu để tìm đúng chữ ấy, không dấu để tìm mọi cách viết.", "Type diacritics to find exactly that word, none to find every spelling.")) }
            } @else {
                @if self.hits.reached < self.head {
                    p.notice.notice-warn role="status" {
                        (ctx.t("Chỉ mục tìm kiếm đang theo kịp sổ, đã đến mục ", "The search index is catching up with the journal; it has reached entry "))
                        (self.hits.reached) (ctx.t(" trong ", " of ")) (self.head)
                        (ctx.t(". Điều vừa ghi có thể chưa tìm thấy.", ". What was just recorded may not be found yet.")) }
                }
                @if self.hits.hits.is_empty() {
                    (parts::empty(ctx.t("Không tìm thấy gì trong phạm vi của bạn. Thử ít từ hơn, hoặc không dấu.", "Nothing found within your scope. Try fewer words, or no diacritics."), None))
                } @else {
                    ul.hits { @for hit in &self.hits.hits {
                        li { span.tag { (kind_name(ctx, &hit.kind)) } " " a href=(hit.address) { (hit.title) } p.small { (hit.excerpt) } }
                    } }
                    (parts::pager(ctx, self.hits.total as u64))
                }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["kind", "address", "title", "excerpt"],
            rows: self
                .hits
                .hits
                .iter()
                .map(|hit| {
                    vec![
                        hit.kind.clone(),
                        hit.address.clone(),
                        hit.title.clone(),
                        hit.excerpt.clone(),
                    ]
                })
                .collect(),
        }
    }
}

/// `GET /search?q=&kind=`
async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    let q = ctx.query("q").unwrap_or_default().trim().to_owned();
    let kind = ctx
        .query("kind")
        .filter(|kind| KINDS.iter().any(|(known, _, _)| known == kind));
    let page = parts::page(&ctx);
    let window = (page.limit as usize, page.offset as usize);
    let head = app.journal.look().await?.head.seq;
    app.search.reach(head).await;
    let hits = app.search.find(&ctx.scope, &q, kind.as_deref(), window)?;
    answer(
        &ctx,
        &Found {
            q,
            kind,
            hits,
            head,
        },
    )
}
