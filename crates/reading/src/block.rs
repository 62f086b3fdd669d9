//! Blocks: headings, items, bullets, paragraphs and table rows, with broken lines joined and furniture set apart.

use crate::furniture;
use crate::label::{Label, Style};
use crate::lines::{Line, Wrap, ends_sentence, is_detail};
use crate::table::{self, Table};
use crate::text::{Extent, Text};
use crate::token::{Token, tokens};

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// Header, title and preamble.
    Front,
    Heading,
    Item,
    Bullet,
    Paragraph,
    /// Row of a table: (table, row).
    Row(usize, usize),
    /// Captions, clocks, recipients, signatures.
    Furniture,
}

/// A piece of the text that stands by itself.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub kind: BlockKind,
    pub label: Option<Label>,
    /// All of it, label included.
    pub at: Extent,
    /// Without the label.
    pub body: Extent,
    /// Where two lines were joined.
    pub joins: Vec<Extent>,
    /// Written as a markdown heading.
    pub hash: bool,
}

impl Block {
    /// Its words, without the label and without what a page put between two of its lines.
    pub fn tokens<'a>(&self, text: &'a Text) -> Vec<Token<'a>> {
        let mut out = Vec::new();
        let mut from = self.body.start;
        for join in &self.joins {
            out.append(&mut tokens(text, Extent::new(from, join.start)));
            from = join.end;
        }
        out.append(&mut tokens(text, Extent::new(from, self.body.end)));
        out
    }
}

/// The text cut into blocks.
pub(crate) struct Layout {
    pub blocks: Vec<Block>,
    pub tables: Vec<Table>,
    pub news: bool,
}

pub(crate) fn layout(text: &Text, lines: &[Line]) -> Layout {
    let folded = furniture::folded(text, lines);
    let news = furniture::looks_like_news(text, lines, &folded);
    let marked = furniture::mark(text, lines, &folded, news);
    let tables = table::find(text, lines, &marked);
    let mut blocks = blocks(text, lines, &marked, &tables);
    headings(text, &mut blocks, news);
    Layout {
        blocks,
        tables,
        news,
    }
}

/// One block a line, joined where a line goes on with the one before.
fn blocks(text: &Text, lines: &[Line], furniture: &[bool], tables: &[Table]) -> Vec<Block> {
    let wrap = Wrap::of(lines);
    let mut out: Vec<Block> = Vec::new();
    // The last line that is no furniture: captions and page numbers do not break a sentence.
    let mut last: Option<(usize, usize)> = None;
    let mut i = 0;
    while let Some(line) = lines.get(i) {
        if furniture[i] {
            out.push(block(text, line, BlockKind::Furniture));
            i += 1;
            continue;
        }
        if let Some((t, table)) = tables.iter().enumerate().find(|(_, t)| t.lines.start == i) {
            rows(t, table, line.at.start, &mut out);
            i = table.lines.end.max(i + 1);
            last = None;
            continue;
        }
        match last {
            Some((line_before, at)) if wrap.continues(text, &lines[line_before], line) => {
                let joined = Extent::new(out[at].at.end, line.at.start);
                out[at].joins.push(joined);
                out[at].at.end = line.at.end;
                out[at].body.end = line.at.end;
                last = Some((i, at));
            }
            _ => {
                out.push(block(text, line, BlockKind::Paragraph));
                last = Some((i, out.len() - 1));
            }
        }
        i += 1;
    }
    out
}

/// The rows of a table that begins at `start`; a name above it is a block of its own.
fn rows(t: usize, table: &Table, start: usize, out: &mut Vec<Block>) {
    for (r, row) in table.rows.iter().enumerate() {
        let Some(at) = row.extent() else { continue };
        let at = Extent::new(at.start.max(start), at.end);
        out.push(Block {
            kind: BlockKind::Row(t, r),
            label: None,
            at,
            body: at,
            joins: Vec::new(),
            hash: false,
        });
    }
}

fn block(text: &Text, line: &Line, kind: BlockKind) -> Block {
    let body = match &line.label {
        Some(label) => text.trim(Extent::new(label.at.end, line.at.end)),
        None => line.at,
    };
    Block {
        kind,
        label: line.label.clone(),
        at: line.at,
        body,
        joins: Vec::new(),
        hash: line.hash,
    }
}

/// Decides what each block is, and where the front ends.
fn headings(text: &Text, blocks: &mut [Block], news: bool) {
    for i in 0..blocks.len() {
        if blocks[i].kind != BlockKind::Paragraph {
            continue;
        }
        let next = blocks[i + 1..]
            .iter()
            .find(|b| b.kind != BlockKind::Furniture)
            .cloned();
        blocks[i].kind = match blocks[i].label.as_ref().map(|l| l.style) {
            Some(style) if style.is_numbered() && !news => {
                if is_heading(text, &blocks[i], next.as_ref()) {
                    BlockKind::Heading
                } else {
                    BlockKind::Item
                }
            }
            Some(Style::Dash | Style::Plus) => BlockKind::Bullet,
            _ if is_bare_heading(text, &blocks[i], next.as_ref()) => BlockKind::Heading,
            _ => BlockKind::Paragraph,
        };
    }
    front(text, blocks, news);
}

/// A numbered line is a heading when it is no sentence: it does not end like one, or it is short
/// and something deeper follows.
fn is_heading(text: &Text, block: &Block, next: Option<&Block>) -> bool {
    let Some(label) = &block.label else {
        return false;
    };
    if block.hash || matches!(label.style, Style::Annex | Style::Part) {
        return !ends_like_sentence(text, block) || block.body.len() < 60;
    }
    let deeper = next
        .filter(|n| !is_detail(text, n.body))
        .is_some_and(|n| match &n.label {
            Some(l) => l.style > label.style,
            None => matches!(n.kind, BlockKind::Paragraph | BlockKind::Row(..)),
        });
    match text.at(block.at.end.saturating_sub(1)) {
        ':' => deeper,
        '.' | ';' => {
            let labelled = next.is_some_and(|n| n.label.is_some());
            deeper
                && block.body.len() < 90
                && label.style < Style::InParens
                && (labelled || label.style <= Style::Roman)
        }
        _ if block.body.len() > 400 => false,
        _ => deeper || label.style <= Style::Roman || is_capitals(text, block.body),
    }
}

fn ends_like_sentence(text: &Text, block: &Block) -> bool {
    matches!(text.at(block.at.end.saturating_sub(1)), '.' | ';')
}

/// A short line without a label and without the end of a sentence, before running text.
fn is_bare_heading(text: &Text, block: &Block, next: Option<&Block>) -> bool {
    let short = block.body.len() <= 140;
    let open = !ends_sentence(text.at(block.at.end.saturating_sub(1)));
    let first = text.at(block.body.start);
    let starts = first.is_uppercase() || first.is_ascii_digit();
    let followed = next.is_some_and(|n| n.body.len() > 30 || n.label.is_some());
    block.hash || short && open && starts && followed
}

pub(crate) fn is_capitals(text: &Text, extent: Extent) -> bool {
    let letters = || {
        text.chars()[extent.start..extent.end]
            .iter()
            .filter(|c| c.is_alphabetic())
    };
    letters().count() > 2 && letters().all(|c| !c.is_lowercase())
}

/// Everything before the outline (or, in running text, before the first paragraph) is front.
fn front(text: &Text, blocks: &mut [Block], news: bool) {
    let outlined = |b: &Block| {
        matches!(b.kind, BlockKind::Heading | BlockKind::Item)
            && b.label.as_ref().is_some_and(|l| l.style.is_numbered())
    };
    let body = |b: &Block| {
        b.kind == BlockKind::Paragraph && (b.body.len() > 120 || ends_like_sentence(text, b))
    };
    let first = match blocks.iter().position(outlined) {
        Some(first) if !news => Some(first),
        _ => blocks
            .iter()
            .position(|b| body(b) || matches!(b.kind, BlockKind::Bullet | BlockKind::Row(..))),
    };
    let Some(first) = first else { return };
    let table = |b: &Block| matches!(b.kind, BlockKind::Row(..));
    for block in blocks[..first].iter_mut().filter(|b| !table(b)) {
        if block.kind != BlockKind::Furniture {
            block.kind = BlockKind::Front;
        }
    }
}
