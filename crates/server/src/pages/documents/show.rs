//! A document: what it is, its passages, and what came of each.

use std::collections::BTreeMap;

use access::{DisplayName, FieldClass, Page, Permission};
use axum::extract::{Path, State};
use interchange::akoma_ntoso::Outline;
use interchange::annotated::NotTarget;
use maud::{Markup, html};
use programme::document::{DocumentFilter, DocumentStatus, DocumentView, TargetItem};
use programme::target::TargetRow;
use programme::task::TaskRow;
use programme::{DocumentId, Sight};
use reading::Cite;
use serde::Serialize;

use super::adopt_form::{open_targets, open_tasks};
use super::marked::{Drawing, blocks};
use super::{label, list, load, reading_of, receive, title_of};
use crate::answer::{Answer, Table, View, answer, download};
use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::hidden;
use crate::parts;

/// A document named in the text, and the one of ours that bears its number.
#[derive(Serialize)]
struct Cited {
    #[serde(flatten)]
    cite: Cite,
    document: Option<DocumentId>,
}

/// Most cited numbers that are looked up among our documents; a text that names more is a list of laws.
const LOOKED_UP: usize = 30;

#[derive(Serialize)]
struct One {
    id: DocumentId,
    #[serde(flatten)]
    summary: programme::document::DocumentSummary,
    /// The text's passages in order.
    passages: Vec<programme::document::PassageRow>,
    /// What the passages ordered, as far as the reader may see it.
    ordered: Sight,
    cites: Vec<Cited>,
    #[serde(skip)]
    view: DocumentView,
    #[serde(skip)]
    received_by: Option<DisplayName>,
    /// Another document made of exactly the same file.
    same_as: Option<DocumentId>,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        title_of(ctx, &self.summary)
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            p.crumbs { a href="/documents" { (ctx.t("Văn bản", "Documents")) } }
            (self.notices(ctx))
            (self.facts(ctx))
            (self.actions(ctx))
            (self.cited(ctx))
            (self.text(ctx))
        }
    }

    fn table(&self) -> Table {
        let by_anchor = self.by_anchor();
        let ids = |anchor: &str| -> (String, String) {
            let found = by_anchor.get(anchor);
            let targets = found.map(|f| f.0.iter().map(|t| t.id.to_string()).collect::<Vec<_>>());
            let tasks = found.map(|f| f.1.iter().map(|t| t.id.to_string()).collect::<Vec<_>>());
            (
                targets.unwrap_or_default().join(" "),
                tasks.unwrap_or_default().join(" "),
            )
        };
        Table {
            head: vec!["anchor", "kind", "section", "text", "targets", "tasks"],
            rows: self
                .passages
                .iter()
                .map(|passage| {
                    let (targets, tasks) = ids(&passage.anchor);
                    vec![
                        passage.anchor.clone(),
                        passage.kind.clone(),
                        passage.section.clone().unwrap_or_default(),
                        passage.text.clone(),
                        targets,
                        tasks,
                    ]
                })
                .collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn notices(&self, ctx: &Ctx) -> Markup {
        let now = ctx.as_known_on.is_none();
        html! {
            @if let Some(level) = self.summary.refused {
                p.notice.notice-bad { strong { (ctx.t("Văn bản này có dấu “", "This document is marked “")) (label::secrecy(level).in_lang(ctx.lang))
                    (ctx.t("” nên đã bị từ chối; hệ thống không giữ nội dung.", "” and was refused; nothing of it is kept.")) } }
                @if now { (list::what_to_do(ctx)) }
            }
            @if self.summary.header.kind == reading::DocumentKind::News && self.summary.status != DocumentStatus::RefusedSecret {
                p.notice.notice-warn { (ctx.t("Tin báo chí: chỉ để tham khảo, không phải căn cứ pháp lý, không đưa vào chương trình.", "A news item: reference only, no legal basis, never adopted into a programme.")) }
            }
            @if let Some(other) = self.same_as { p.notice.notice-warn {
                (ctx.t("Đúng tệp này còn là gốc của một văn bản khác: ", "Exactly this file is also the original of another document: "))
                a href=(format!("/documents/{other}")) { (ctx.t("mở văn bản đó", "open that document")) } "." } }
            @if self.summary.status == DocumentStatus::Received && now {
                div.notice {
                    p { (ctx.t("Văn bản đã tiếp nhận, chưa có bản đọc. Nếu việc đọc đã dừng, hãy cho đọc lại.", "The document was taken and has not been read. If reading stopped, have it read again.")) }
                    @if ctx.scope.may(Permission::ReceiveDocument) {
                        form method="post" action=(format!("/documents/{}/read", self.id)) { (hidden(ctx)) button type="submit" { (ctx.t("Đọc lại", "Read again")) } }
                    }
                }
            }
        }
    }

    fn facts(&self, ctx: &Ctx) -> Markup {
        let (summary, header) = (&self.summary, &self.summary.header);
        let internal = ctx.scope.sees_field(FieldClass::Internal);
        html! {
            dl.facts {
                dt { (ctx.t("Trạng thái", "Status")) } dd { (list::status(ctx, summary.status)) }
                @if summary.refused.is_none() {
                    dt { (ctx.t("Loại", "Kind")) } dd { (label::kind(header.kind, ctx.lang)) }
                    dt { (ctx.t("Số hiệu", "Number")) } dd { (header.number.as_deref().unwrap_or("–")) }
                    dt { (ctx.t("Nơi ban hành", "Issuer")) } dd { (header.issuer.as_deref().unwrap_or("–")) }
                    dt { (ctx.t("Ngày ban hành", "Date")) } dd { (parts::date(header.date, ctx.lang)) }
                    dt { (ctx.t("Địa bàn", "Area")) } dd { (header.area.as_deref().unwrap_or("–")) }
                }
                @if let Some(programme) = summary.programme { dt { (ctx.t("Chương trình", "Programme")) }
                    dd { a href=(format!("/programmes/{programme}")) { (ctx.t("Mở chương trình", "Open the programme")) } } }
                @if let Some(file) = &summary.file { dt { (ctx.t("Tệp gốc", "Original file")) }
                    dd { a href=(format!("/documents/{}/file", self.id)) { (file.name) } " " span.muted { (parts::size(file.size, ctx.lang)) } } }
                dt { (ctx.t("Tiếp nhận", "Received")) } dd { (parts::moment(summary.received_at, ctx.lang))
                    @if let Some(name) = &self.received_by { ", " (parts::who(ctx, name)) } }
                @if internal { @if let Some(own) = &summary.organisation { dt { (ctx.t("Cơ quan", "Organisation")) } dd { (parts::org_link(ctx, own)) } } }
                @if let Some(read) = &summary.read { dt { (ctx.t("Bản đọc", "Reading")) }
                    dd { (read.targets) " " (ctx.t("chỉ tiêu", "targets")) ", " (read.tasks) " " (ctx.t("nhiệm vụ", "tasks")) ", " (read.passages) " " (ctx.t("đoạn", "passages"))
                        " · " span.muted { (ctx.t("bộ đọc ", "reader ")) (read.reader.trim_start_matches("reading ")) } } }
            }
        }
    }

    fn actions(&self, ctx: &Ctx) -> Markup {
        let address = format!("/documents/{}", self.id);
        let readable = self.view.reading.is_some();
        let open = self.view.reading.as_ref().is_some_and(|reading| {
            open_targets(reading).next().is_some() || open_tasks(reading).next().is_some()
        });
        let adoptable = open && self.summary.header.kind != reading::DocumentKind::News;
        html! {
            ul.actions {
                @if readable {
                    li { a.button href=(format!("{address}/reading")) { (ctx.t("Xem bản đọc bên cạnh văn bản", "See the reading beside the text")) } }
                    li { a href=(format!("{address}/akoma-ntoso")) { (ctx.t("Tải dàn bài (Akoma Ntoso, XML)", "Download the outline (Akoma Ntoso, XML)")) } }
                }
                @if readable && self.summary.status != DocumentStatus::Adopted && ctx.scope.may(Permission::KeepProgramme) && ctx.as_known_on.is_none() {
                    li { a href=(format!("{address}/reread")) { (ctx.t("Đọc lại và so sánh", "Read again and compare")) } }
                }
                @if readable && ctx.scope.may(Permission::KeepProgramme) {
                    li { a href=(format!("{address}/annotations")) { (ctx.t("Tải bản chú giải (JSON)", "Download as annotated case (JSON)")) } }
                }
                @if adoptable && ctx.scope.may(Permission::KeepProgramme) && ctx.as_known_on.is_none() {
                    li { a.button href=(format!("{address}/adopt")) { (ctx.t("Thông qua vào chương trình", "Adopt into a programme")) } }
                }
                @if ctx.scope.may(Permission::ReadHistory) { li { a href=(format!("/history/document/{}", self.id)) { (ctx.t("Lịch sử", "History")) } } }
                @if self.summary.refused.is_none() { li { (crate::pages::removals::link(ctx, &removal::What::Document(self.id))) } }
            }
        }
    }

    fn cited(&self, ctx: &Ctx) -> Markup {
        html! {
            @if !self.cites.is_empty() {
                h2 { (ctx.t("Văn bản được dẫn chiếu", "Documents cited")) }
                ul { @for cited in &self.cites { li {
                    @let number = cited.cite.number.as_deref().unwrap_or(ctx.t("không nêu số", "number not stated"));
                    (label::relation(cited.cite.relation, ctx.lang)) " "
                    @if let Some(document) = cited.document { a href=(format!("/documents/{document}")) { (number) } } @else { (number) }
                    @if let Some(date) = cited.cite.date { ", " (parts::date(Some(date), ctx.lang)) }
                } } }
            }
        }
    }

    /// The text passage by passage, each with what it ordered.
    fn text(&self, ctx: &Ctx) -> Markup {
        let Some(reading) = &self.view.reading else {
            return html! {};
        };
        let by_anchor = self.by_anchor();
        let mut drawing = Drawing::new(&reading.source, &[]);
        html! {
            h2 { (ctx.t("Văn bản", "Text")) }
            div.passages { @for block in blocks(&reading.source) {
                (drawing.block(&block))
                @if let Some(anchor) = &block.anchor {
                    p.p-anchor { a href=(format!("#{anchor}")) aria-label=(format!("{} {anchor}", ctx.t("Liên kết đến mục", "Link to passage"))) { (anchor) } }
                    @if let Some((targets, tasks)) = by_anchor.get(anchor.as_str()) { ul.came {
                        @for row in targets { li { span.tag { (ctx.t("Chỉ tiêu", "Target")) } " " a href=(format!("/targets/{}", row.id)) { (target_words(ctx, row)) } } }
                        @for row in tasks { li { span.tag { (ctx.t("Nhiệm vụ", "Task")) } " " a href=(format!("/tasks/{}", row.id)) { (row.task.title) } } }
                    } }
                }
            } }
        }
    }

    fn by_anchor(&self) -> BTreeMap<&str, (Vec<&TargetRow>, Vec<&TaskRow>)> {
        let mut found: BTreeMap<&str, (Vec<&TargetRow>, Vec<&TaskRow>)> = BTreeMap::new();
        for row in &self.ordered.targets {
            if let Some(anchor) = &row.target.place.anchor {
                found.entry(anchor).or_default().0.push(row);
            }
        }
        for row in &self.ordered.tasks {
            if let Some(anchor) = &row.task.place.anchor {
                found.entry(anchor).or_default().1.push(row);
            }
        }
        found
    }
}

fn target_words(ctx: &Ctx, row: &TargetRow) -> String {
    let terms = &row.target.terms;
    let name = terms
        .indicator
        .as_ref()
        .map(|id| parts::indicator_name(ctx, id.as_str()));
    let demand = format!(
        "{}, {}",
        assess::demand(ctx, terms),
        assess::by_when(ctx, terms)
    );
    match name {
        Some(name) => format!("{name}: {demand}"),
        None => demand,
    }
}

/// Looks the cited numbers up among the documents the reader may see.
async fn cited(app: &App, ctx: &Ctx, view: &DocumentView) -> Result<Vec<Cited>, Failure> {
    let Some(reading) = &view.reading else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (place, cite) in reading.source.cites.iter().enumerate() {
        let document = match &cite.number {
            Some(number) if place < LOOKED_UP => by_number(app, ctx, number).await?,
            _ => None,
        };
        found.push(Cited {
            cite: cite.clone(),
            document: document.filter(|id| *id != view.row.id),
        });
    }
    Ok(found)
}

async fn by_number(app: &App, ctx: &Ctx, number: &str) -> Result<Option<DocumentId>, Failure> {
    // The words of a number may stand in titles too: those that only mention it come among the first.
    const CANDIDATES: u32 = 20;
    let filter = DocumentFilter {
        text: Some(number.to_owned()),
        ..DocumentFilter::default()
    };
    let page = Page::first(CANDIDATES);
    let listed =
        programme::document::list(&app.journal, &ctx.scope, ctx.as_known, &filter, page).await?;
    let same = |own: &String| viet::fold::fold(own) == viet::fold::fold(number);
    Ok(listed
        .rows
        .into_iter()
        .find(|row| row.summary.header.number.as_ref().is_some_and(same))
        .map(|row| row.id))
}

/// `GET /documents/{id}`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let view = load(&app, &ctx, &id).await?;
    let id = view.row.id;
    let (journal, scope, as_known) = (&app.journal, &ctx.scope, ctx.as_known);
    let days = assess::due_soon_days(&ctx)?;
    let received_by = match view.row.summary.received_by {
        Some(actor) => Some(app.accounts.display_name(scope, actor).await?),
        None => None,
    };
    let one = One {
        passages: programme::document::passages(journal, scope, as_known, id).await?,
        ordered: programme::ordered_at(journal, scope, as_known, id, None, days).await?,
        cites: cited(&app, &ctx, &view).await?,
        summary: view.row.summary.clone(),
        received_by,
        same_as: match &view.row.summary.file {
            Some(file) => receive::same_file(&app, scope, as_known, id, &file.hash).await?,
            None => None,
        },
        id,
        view,
    };
    answer(&ctx, &one)
}

/// `GET /documents/{id}/file`: the original, to whoever sees the document.
pub async fn file(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let view = load(&app, &ctx, &id).await?;
    let file = view.row.summary.file.ok_or(Failure::NotFound)?;
    let bytes = app.journal.files().get(&file.hash).await?;
    Ok(download(bytes, &file.media, &file.name))
}

/// `GET /documents/{id}/akoma-ntoso`: the outline as Akoma Ntoso 3.0, with the header as corrected.
pub async fn akoma_ntoso(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let view = load(&app, &ctx, &id).await?;
    let reading = reading_of(&view)?;
    let (standing, _) = reading.standing();
    let read_on = parts::day_of(view.row.summary.received_at);
    let outline = Outline::of(&reading.source.text, &standing, &id, read_on);
    let xml = interchange::akoma_ntoso::write(&outline);
    let number = standing.document.number.as_deref().unwrap_or(&id);
    let name = format!("{number}.akn.xml");
    Ok(download(xml.into_bytes(), "application/akn+xml", &name))
}

/// `GET /documents/{id}/annotations`: the text with what persons made of its reading, as an annotated case
/// that a reader can be measured against.
pub async fn annotations(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let view = load(&app, &ctx, &id).await?;
    let reading = reading_of(&view)?;
    let (standing, rejected) = reading.standing();
    let not_target = |item: &TargetItem| NotTarget {
        span: item.fields.place.span,
        value_span: item.fields.value_span,
        why: item.reason.clone(),
    };
    let not_targets: Vec<NotTarget> = rejected.into_iter().map(not_target).collect();
    let case = interchange::annotated::case(&id, &reading.source.text, &standing, &not_targets);
    let bytes = serde_json::to_vec_pretty(&case).map_err(|e| Failure::Broken(e.to_string()))?;
    let number = standing.document.number.as_deref().unwrap_or(&id);
    Ok(download(
        bytes,
        "application/json",
        &format!("{number}.json"),
    ))
}
