//! The reading view: the text beside what was read in it, linked both ways.

use access::Permission;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use intake::{Diagnostic as IntakeDiagnostic, Intake, Notice, Place};
use journal::Seq;
use maud::{Markup, html};
use programme::DocumentId;
use programme::document::{CorrectedReading, DocumentView, Origin};
use reading::DocumentKind;
use serde::Serialize;
use viet::Span;

use super::cards::{self, Cards};
use super::marked::{Drawing, Leaf, Mark, MarkKind, blocks, leaves};
use super::{choices, load, reading_of, title_of};
use crate::answer::{Answer, Table, View, answer_with};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::FormState;
use crate::parts;

/// Which items the cards show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// All of them.
    #[default]
    All,
    /// Those with a doubt.
    Doubtful,
    /// Those a person corrected or added.
    Corrected,
    /// Those a person rejected.
    Rejected,
}

impl Shown {
    const ALL: [Shown; 4] = [
        Shown::All,
        Shown::Doubtful,
        Shown::Corrected,
        Shown::Rejected,
    ];

    fn word(self) -> &'static str {
        match self {
            Shown::All => "all",
            Shown::Doubtful => "doubtful",
            Shown::Corrected => "corrected",
            Shown::Rejected => "rejected",
        }
    }

    fn label(self, ctx: &Ctx) -> &str {
        match self {
            Shown::All => ctx.t("Tất cả", "All"),
            Shown::Doubtful => ctx.t("Còn ngờ", "Doubtful"),
            Shown::Corrected => ctx.t("Đã sửa, thêm", "Corrected, added"),
            Shown::Rejected => ctx.t("Đã loại", "Rejected"),
        }
    }

    /// Is an item of this origin, with or without a doubt, among those shown?
    pub fn holds(self, origin: Origin, doubted: bool) -> bool {
        match self {
            Shown::All => true,
            Shown::Doubtful => doubted && origin != Origin::Rejected,
            Shown::Corrected => matches!(origin, Origin::Corrected | Origin::Added),
            Shown::Rejected => origin == Origin::Rejected,
        }
    }
}

/// The view of a reading.
#[derive(Serialize)]
pub struct ReadingView {
    document: DocumentId,
    version: Seq,
    shown: Shown,
    reading: CorrectedReading,
    /// What was lost or doubtful when the text was taken from the file.
    intake_notices: Vec<String>,
    /// Its words were recognised from a picture.
    scanned: bool,
    /// The page of the text that is drawn, and of how many.
    leaf: Turned,
    #[serde(skip)]
    drawn: Leaf,
    #[serde(skip)]
    scans: Vec<Span>,
    #[serde(skip)]
    title: String,
    #[serde(skip)]
    form: FormState,
}

impl View for ReadingView {
    fn title(&self, ctx: &Ctx) -> String {
        format!("{}: {}", ctx.t("Bản đọc", "Reading"), self.title)
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let leaf = &self.drawn;
        let mut marks = marks(&self.reading);
        marks.retain(|mark| mark.span.overlap(leaf.span) > 0);
        let mut drawing = Drawing::new(&self.reading.source, &marks);
        let cards = self.cards(ctx, leaf.span);
        html! {
            p.crumbs { a href="/documents" { (ctx.t("Văn bản", "Documents")) } " › "
                a href=(format!("/documents/{}", self.document)) { (self.title) } }
            (self.form.summary(ctx))
            @if self.scanned { (from_scan(ctx)) }
            (self.turn(ctx))
            div.reading {
                section.text aria-label=(ctx.t("Văn bản", "Text")) tabindex="0" {
                    a.skip href="#cards" { (ctx.t("Đến các mục đã đọc", "To what was read")) }
                    @for block in &leaf.blocks { (drawing.block(block)) }
                }
                div.side id="cards" tabindex="-1" {
                    (self.sum(ctx, &cards))
                    (cards.header(&self.reading))
                    (cards.targets(&self.reading))
                    (cards.tasks(&self.reading))
                    (cards.duties(&self.reading))
                    (cards.cites(&self.reading))
                    (self.doubts(ctx, leaf.span))
                }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec![
                "id",
                "sort",
                "origin",
                "anchor",
                "text",
                "indicator",
                "comparator",
                "value",
                "value_max",
                "unit",
                "year",
                "theme",
                "lead",
                "deadline",
                "adopted",
            ],
            rows: cards::rows(&self.reading),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl ReadingView {
    /// The way to the other pages of a long text.
    fn turn(&self, ctx: &Ctx) -> Markup {
        let Turned { number, of } = self.leaf;
        html! {
            @if of > 1 { nav.pager aria-label=(ctx.t("Các phần của văn bản dài", "Parts of a long text")) {
                span { (ctx.t("Văn bản dài, chia phần:", "A long text, in parts:")) }
                @for part in 1..=of {
                    @if part == number { strong aria-current="page" { (part) } }
                    @else { a href=(ctx.address_with("part", &part.to_string())) aria-label=(format!("{} {part}", ctx.t("Phần", "Part"))) { (part) } }
                    " "
                }
            } }
        }
    }

    fn cards<'a>(&'a self, ctx: &'a Ctx, within: Span) -> Cards<'a> {
        Cards {
            ctx,
            within,
            scans: &self.scans,
            document: self.document,
            shown: self.shown,
            editable: ctx.scope.may(Permission::KeepProgramme) && ctx.as_known_on.is_none(),
            home: choices::home(ctx, &self.reading.header),
        }
    }

    /// What stays in sight while the cards are gone through.
    fn sum(&self, ctx: &Ctx, cards: &Cards<'_>) -> Markup {
        let counts = cards.counts(&self.reading);
        let address = format!("/documents/{}", self.document);
        let news = self.reading.header.kind == DocumentKind::News;
        html! {
            div.sum {
                p { strong { (counts.targets) } " " (ctx.t("chỉ tiêu", "targets")) " · " strong { (counts.tasks) } " " (ctx.t("nhiệm vụ", "tasks"))
                    @if counts.unlinked > 0 { " · " (counts.unlinked) " " (ctx.t("chưa gắn chỉ số", "not linked")) } }
                @if cards.editable {
                    @if news { p.small { (ctx.t("Tin báo chí: chỉ để tham khảo, không thông qua được. ", "A news item: reference only, cannot be adopted. "))
                        a href=(format!("{address}/adopt")) { (ctx.t("Giữ làm tham khảo", "Keep as reference")) } } }
                    @else if counts.open > 0 { a.button.primary href=(format!("{address}/adopt")) { (ctx.t("Thông qua…", "Adopt…")) } }
                    @else if self.reading.targets.is_empty() && self.reading.tasks.is_empty() { p.small.muted {
                        (ctx.t("Không tìm thấy chỉ tiêu, nhiệm vụ nào: thêm tay bên dưới, hoặc ", "No target or task was found: add them below, or "))
                        a href=(format!("{address}/adopt")) { (ctx.t("giữ làm tham khảo", "keep as reference")) } "." } }
                    @else { p.small.muted { (ctx.t("Mọi mục còn lại đã được thông qua hoặc loại.", "Everything has been adopted or rejected.")) } }
                }
                nav.tabs aria-label=(ctx.t("Lọc các mục", "Filter")) { @for shown in Shown::ALL {
                    a href=(ctx.address_with("show", shown.word())) aria-current=[(shown == self.shown).then_some("true")] {
                        (shown.label(ctx)) " (" (counts.of(shown)) ")" }
                } }
            }
        }
    }

    /// What a person should look at in a stretch; apart from it, what was only put together again.
    fn doubts(&self, ctx: &Ctx, within: Span) -> Markup {
        let all = self.reading.source.diagnostics.iter().enumerate();
        let here = all.filter(|(_, d)| lies_in(d.span, within));
        let (repairs, doubts): (Vec<_>, Vec<_>) = here.partition(|(_, d)| d.code == JOINED);
        html! {
            @if !doubts.is_empty() || !self.intake_notices.is_empty() {
                details { summary { (ctx.t("Điều người đọc máy còn ngờ", "What the reader doubts")) " (" (doubts.len() + self.intake_notices.len()) ")" }
                    ul {
                        @for notice in &self.intake_notices { li { (ctx.t("Khi lấy chữ từ tệp: ", "Taking the text from the file: ")) (notice) } }
                        @for (place, doubt) in &doubts {
                            @let id = doubt_id(*place);
                            li id=(id) data-pair=(id) { (super::label::doubt(ctx, &doubt.code, &doubt.message))
                                @if !doubt.span.is_empty() { " " a href=(format!("#x-{id}")) { (ctx.t("xem trong văn bản", "see in the text")) } } }
                        }
                    }
                }
            }
            @if !repairs.is_empty() {
                details { summary { (ctx.t("Câu bị ngắt dòng, đã nối khi đọc", "Broken sentences joined in reading")) " (" (repairs.len()) ")" }
                    ul { @for (place, repair) in &repairs {
                        @let id = doubt_id(*place);
                        li id=(id) data-pair=(id) { (super::label::doubt(ctx, &repair.code, &repair.message)) " "
                            a href=(format!("#x-{id}")) { (ctx.t("xem trong văn bản", "see in the text")) } }
                    } }
                }
            }
        }
    }
}

/// The diagnostic that says of a sentence that it was joined: told, but nothing to decide.
const JOINED: &str = "joined_line";

/// A page of a text, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Turned {
    number: usize,
    of: usize,
}

/// The page asked for by its number, or the one on which an item stands.
fn turned(ctx: &Ctx, reading: &CorrectedReading) -> (Turned, Leaf) {
    let source = &reading.source;
    let mut leaves = leaves(blocks(source), source.length());
    let item = ctx.query("item").and_then(|id| place_of(reading, &id));
    let asked = match item {
        Some(place) => leaves.iter().position(|leaf| lies_in(place, leaf.span)),
        None => ctx
            .query("part")
            .and_then(|part| part.parse::<usize>().ok()?.checked_sub(1)),
    };
    // At least one.
    let of = leaves.len();
    let at = asked.unwrap_or(0).min(of - 1);
    let leaf = Turned { number: at + 1, of };
    (leaf, leaves.swap_remove(at))
}

/// Whether a stretch begins within another. What has no place counts as standing at the beginning.
pub(super) fn lies_in(span: Span, within: Span) -> bool {
    (within.start()..within.end()).contains(&span.start()) || span.start() == within.start()
}

/// Where an item stands.
fn place_of(reading: &CorrectedReading, id: &str) -> Option<Span> {
    let target = reading.targets.iter().find(|item| item.id == id);
    let task = reading.tasks.iter().find(|item| item.id == id);
    target
        .map(|item| item.fields.place.span)
        .or_else(|| task.map(|item| item.fields.place.span))
}

fn doubt_id(place: usize) -> String {
    format!("d{}", place + 1)
}

/// Everything that was read, as marks on the text.
fn marks(reading: &CorrectedReading) -> Vec<Mark> {
    let source = &reading.source;
    let mark = |span, kind, id: &str, rejected| Mark {
        span,
        kind,
        id: id.to_owned(),
        rejected,
    };
    let mut marks = Vec::new();
    for item in &reading.targets {
        let rejected = item.origin == Origin::Rejected;
        marks.push(mark(
            item.fields.place.span,
            MarkKind::Target,
            &item.id,
            rejected,
        ));
        let value = item.fields.value_span.filter(|_| !rejected);
        marks.extend(value.map(|span| mark(span, MarkKind::Value, &item.id, false)));
    }
    for item in &reading.tasks {
        let rejected = item.origin == Origin::Rejected;
        marks.push(mark(
            item.fields.place.span,
            MarkKind::Task,
            &item.id,
            rejected,
        ));
    }
    marks.extend(
        source
            .assignments
            .iter()
            .map(|duty| mark(duty.span, MarkKind::Duty, &duty.id, false)),
    );
    marks.extend(
        source
            .cites
            .iter()
            .map(|cite| mark(cite.span, MarkKind::Cite, &cite.id, false)),
    );
    let doubts = source.diagnostics.iter().enumerate();
    marks.extend(doubts.map(|(i, d)| mark(d.span, MarkKind::Doubt, &doubt_id(i), false)));
    marks.retain(|mark| !mark.span.is_empty());
    marks
}

/// The text as it was taken from the file, where the reader may see what was lost on the way.
async fn intake_of(app: &App, ctx: &Ctx, view: &DocumentView) -> Result<Option<Intake>, Failure> {
    let internal = ctx.scope.sees_field(access::FieldClass::Internal);
    let Some(hash) = view.state.intake.as_ref().filter(|_| internal) else {
        return Ok(None);
    };
    let bytes = app.journal.files().get(hash).await?;
    let intake: Intake = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::Broken(format!("stored text of a document: {error}")))?;
    Ok(Some(intake))
}

/// What was lost when the text was taken from the file.
pub(super) async fn intake_diagnostics(
    app: &App,
    ctx: &Ctx,
    view: &DocumentView,
) -> Result<Vec<IntakeDiagnostic>, Failure> {
    let intake = intake_of(app, ctx, view).await?;
    Ok(intake.map(|intake| intake.diagnostics).unwrap_or_default())
}

/// The stretches whose words were recognised from a picture.
fn scans(intake: &Intake) -> Vec<Span> {
    let pages: Vec<&Place> = intake
        .diagnostics
        .iter()
        .filter(|d| recognised(d))
        .filter_map(|d| d.place.as_ref())
        .collect();
    let entries = intake.map.iter();
    entries
        .filter(|entry| pages.contains(&&entry.place))
        .map(|entry| entry.span)
        .collect()
}

/// Were words recognised from a picture?
pub(super) fn is_scanned(diagnostics: &[IntakeDiagnostic]) -> bool {
    diagnostics.iter().any(recognised)
}

fn recognised(diagnostic: &IntakeDiagnostic) -> bool {
    matches!(diagnostic.notice, Notice::ReadByOcr { .. })
}

/// A recognised figure looks like any other: it must be compared.
pub(super) fn from_scan(ctx: &Ctx) -> Markup {
    html! { p.notice.notice-warn { strong { (ctx.t("Chữ được nhận dạng từ ảnh quét. ", "The words were recognised from a scan. ")) }
    (ctx.t("Chữ số dễ bị nhận nhầm (5 thành 6, 2025 thành 2925): đối chiếu từng số liệu, ngày, số hiệu với bản gốc trước khi thông qua.", "Digits are easily mistaken (5 for 6, 2025 for 2925): compare every figure, date and number with the original before you adopt.")) } }
}

/// The reading view, with what a refused command on a card left to say.
pub async fn draw(app: &App, ctx: &Ctx, id: &str, status: StatusCode, form: FormState) -> Answer {
    let view = load(app, ctx, id).await?;
    let shown = ctx.query("show").unwrap_or_default();
    let shown = Shown::ALL
        .into_iter()
        .find(|s| s.word() == shown)
        .unwrap_or_default();
    let intake = intake_of(app, ctx, &view).await?;
    let scans = intake.as_ref().map(scans).unwrap_or_default();
    let diagnostics = intake.map(|intake| intake.diagnostics).unwrap_or_default();
    let reading = reading_of(&view)?;
    let (leaf, drawn) = turned(ctx, reading);
    let page = ReadingView {
        document: view.row.id,
        version: view.state.version,
        shown,
        leaf,
        drawn,
        scans,
        reading: reading.clone(),
        scanned: is_scanned(&diagnostics),
        intake_notices: diagnostics
            .iter()
            .map(|diagnostic| diagnostic.message(ctx.lang))
            .collect(),
        title: title_of(ctx, &view.row.summary),
        form,
    };
    answer_with(ctx, status, &page)
}

/// `GET /documents/{id}/reading?show=all|doubtful|corrected|rejected&part=&item=`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    draw(&app, &ctx, &id, StatusCode::OK, FormState::default()).await
}

/// Address of a document's reading, at a card.
pub fn address(document: &str, card: &str) -> Result<String, Failure> {
    let document: DocumentId = parts::id(document)?;
    Ok(format!("/documents/{document}/reading?item={card}#{card}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tab_shows_its_own() {
        use Origin::{Added, Corrected, Read, Rejected};
        for (shown, held) in [
            (Shown::All, vec![Read, Corrected, Added, Rejected]),
            (Shown::Doubtful, vec![Read, Corrected, Added]),
            (Shown::Corrected, vec![Corrected, Added]),
            (Shown::Rejected, vec![Rejected]),
        ] {
            let all = [Read, Corrected, Added, Rejected];
            let found: Vec<Origin> = all.into_iter().filter(|o| shown.holds(*o, true)).collect();
            assert_eq!(found, held, "{shown:?}");
        }
        assert!(!Shown::Doubtful.holds(Read, false));
    }
}
