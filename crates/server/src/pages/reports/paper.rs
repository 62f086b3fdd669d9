//! A composed report drawn on screen: the same words as on paper, every figure a link to its source.

use maud::{Markup, PreEscaped, html};
use press::document::{AdminDocument, Align, Block, Run, Table};
use programme::ProgrammeId;
use reporting::{Composed, Figure, FigureKind, Origin};

use crate::ctx::Ctx;

/// The whole document.
pub fn draw(ctx: &Ctx, composed: &Composed) -> Markup {
    let document = &composed.document;
    html! { article.paper {
        (head(document))
        @for block in &document.body { (draw_block(ctx, composed, block, 2)) }
        @if let Some(signature) = &document.signature {
            div.signature { @for line in &signature.authority { p { strong { (line) } } } p { strong { (signature.position) } } @if let Some(signer) = &signature.signer { p { (signer) } } }
        }
        @for annex in &document.annexes {
            section { h2 { (annex.title) } @for block in &annex.blocks { (draw_block(ctx, composed, block, 3)) } }
        }
        p.small.muted { (document.imprint) }
    } }
}

fn head(document: &AdminDocument) -> Markup {
    html! { div.paper-head {
        div { @if let Some(parent) = &document.issuer_parent { p { (parent) } } p { strong { (document.issuer) } } p { (document.number_symbol) } }
        div { @for line in &document.motto { p { strong { (line) } } } p { em { (document.place_date()) } } }
    }
    p.paper-title { strong { (document.kind_title) } br; strong { (document.summary) } }
    @for addressee in &document.addressees { p { (addressee) } } }
}

fn draw_block(ctx: &Ctx, composed: &Composed, block: &Block, level: u8) -> Markup {
    match block {
        Block::Heading { text, .. } if level == 2 => html! { h2 { (text) } },
        Block::Heading { text, .. } => html! { h3 { (text) } },
        Block::Paragraph { runs: text } => html! { p { (runs(ctx, composed, text)) } },
        Block::Bullets { items } => {
            html! { ul { @for item in items { li { (runs(ctx, composed, item)) } } } }
        }
        Block::Table(table) => draw_table(ctx, composed, table),
        Block::Chart(figure) => {
            html! { figure { (PreEscaped(&figure.svg)) figcaption { (figure.caption) } } }
        }
    }
}

fn draw_table(ctx: &Ctx, composed: &Composed, table: &Table) -> Markup {
    html! { div.scroll { table {
        @if let Some(caption) = &table.caption { caption { (caption) } }
        thead { tr { @for column in &table.columns { th scope="col" { (column.title) } } } }
        tbody { @for row in &table.rows { tr {
            @for (cell, column) in row.iter().zip(table.columns.iter().map(Some).chain(std::iter::repeat(None))) {
                td.num[column.is_some_and(|c| c.align == Align::Right)] colspan=[(cell.span > 1).then_some(cell.span)] { (runs(ctx, composed, &cell.runs)) }
            }
        } } }
    } } }
}

fn runs(ctx: &Ctx, composed: &Composed, runs: &[Run]) -> Markup {
    html! { @for run in runs { @match figure(composed, run) {
        Some(figure) => a.figure id=(format!("f{}", figure.ref_no)) href=(format!("#figure-{}", figure.ref_no)) title=(explained(ctx, figure)) { (run.text) },
        None => @if run.bold { strong { (run.text) } } @else if run.italic { em { (run.text) } } @else { (run.text) },
    } } }
}

fn figure<'a>(composed: &'a Composed, run: &Run) -> Option<&'a Figure> {
    let reference = run.reference.as_deref()?;
    composed
        .figures
        .iter()
        .find(|figure| figure.reference() == reference)
}

/// What a figure rests on, in a few words.
fn explained(ctx: &Ctx, figure: &Figure) -> String {
    match &figure.kind {
        FigureKind::Observation { period, .. } => {
            format!(
                "{} {}",
                ctx.t("số liệu", "observation"),
                period.label(ctx.lang)
            )
        }
        FigureKind::Target { .. } => ctx.t("chỉ tiêu giao", "target set").into(),
        FigureKind::Achieved { .. } => ctx
            .t("số liệu so với chỉ tiêu", "figure against target")
            .into(),
        FigureKind::Tasks { of, tasks } => format!("{of} ({})", tasks.len()),
        FigureKind::TaskShare { tasks, among } => format!("{}/{}", tasks.len(), among.len()),
        FigureKind::Targets { of, targets } => format!("{of} ({})", targets.len()),
        FigureKind::Deadline { .. } => ctx.t("thời hạn nhiệm vụ", "deadline of a task").into(),
    }
}

/// Every figure of the report with the way to its source and to the paragraph that ordered it.
pub fn figures(ctx: &Ctx, composed: &Composed, programme: ProgrammeId) -> Markup {
    html! { div.scroll { table {
        thead { tr { th.num scope="col" { "#" } th scope="col" { (ctx.t("Như in", "As printed")) } th scope="col" { (ctx.t("Từ", "From")) } th scope="col" { (ctx.t("Đoạn văn", "Paragraph")) } } }
        tbody { @for figure in &composed.figures { tr id=(format!("figure-{}", figure.ref_no)) {
            td.num { a href=(format!("#f{}", figure.ref_no)) { (figure.ref_no) } }
            td { (figure.text) }
            td { (sources(ctx, figure, programme)) }
            td { @if let Some(document) = figure.document { a href=(match &figure.anchor { Some(anchor) => format!("/documents/{document}#{anchor}"), None => format!("/documents/{document}") }) { (figure.anchor.as_deref().unwrap_or(ctx.t("văn bản", "document"))) } } }
        } } }
    } } }
}

/// The page of a value: the observation, or how it was computed.
fn page_of(origin: &Origin) -> String {
    match origin {
        Origin::Observation(id) => format!("/observations/{id}"),
        Origin::Computed { address, .. } => address.clone(),
    }
}

/// Long lists are cut on screen; the JSON of the page has them whole.
const LISTED: usize = 12;

fn sources(ctx: &Ctx, figure: &Figure, programme: ProgrammeId) -> Markup {
    // A count of none rests on no record: it leads to the list in which there is none.
    let none = |address: String| html! { a href=(address) { (explained(ctx, figure)) } };
    let tasks = |tasks: &[programme::TaskId]| {
        html! {
            (explained(ctx, figure)) ": "
            @for (i, task) in tasks.iter().take(LISTED).enumerate() { @if i > 0 { ", " } a href=(format!("/tasks/{task}")) { (i + 1) } }
            @if tasks.len() > LISTED { " …" }
        }
    };
    match &figure.kind {
        FigureKind::Observation { origin, .. } => {
            html! { a href=(page_of(origin)) { (explained(ctx, figure)) } }
        }
        FigureKind::Achieved { origin, target } => {
            html! { a href=(page_of(origin)) { (ctx.t("số liệu", "observation")) } " / " a href=(format!("/targets/{target}")) { (ctx.t("chỉ tiêu", "target")) } }
        }
        FigureKind::Target { target } => {
            html! { a href=(format!("/targets/{target}")) { (explained(ctx, figure)) } }
        }
        FigureKind::Tasks { tasks, .. } | FigureKind::TaskShare { tasks, .. }
            if tasks.is_empty() =>
        {
            none(format!("/tasks?programme={programme}"))
        }
        FigureKind::Targets { targets, .. } if targets.is_empty() => {
            none(format!("/programmes/{programme}"))
        }
        FigureKind::Tasks { tasks: all, .. } | FigureKind::TaskShare { tasks: all, .. } => {
            tasks(all)
        }
        FigureKind::Targets { targets, .. } => html! {
            (explained(ctx, figure)) ": "
            @for (i, target) in targets.iter().take(LISTED).enumerate() { @if i > 0 { ", " } a href=(format!("/targets/{target}")) { (i + 1) } }
            @if targets.len() > LISTED { " …" }
        },
        FigureKind::Deadline { task } => {
            html! { a href=(format!("/tasks/{task}")) { (explained(ctx, figure)) } }
        }
    }
}
