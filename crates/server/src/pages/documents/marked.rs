//! The text of a document, drawn whole, with what was read in it marked and linked.

use std::collections::BTreeSet;

use maud::{Markup, html};
use programme::document::{Cutter, StoredReading};
use reading::PassageKind;
use viet::Span;

use super::label;

/// What a mark stands for, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A target.
    Target,
    /// A task.
    Task,
    /// A duty of a named agency.
    Duty,
    /// A document named in the text.
    Cite,
    /// Something the reader doubts.
    Doubt,
    /// The number within a target: emphasised, nothing to link to.
    Value,
}

impl MarkKind {
    fn class(self) -> &'static str {
        match self {
            MarkKind::Target => "target",
            MarkKind::Task => "task",
            MarkKind::Duty => "duty",
            MarkKind::Cite => "cite",
            MarkKind::Doubt => "doubt",
            MarkKind::Value => "value",
        }
    }
}

/// A stretch of the text that something was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: MarkKind,
    /// Id of its card; the mark's own id is the same behind `x-`.
    pub id: String,
    /// Rejected by a person: drawn faint.
    pub rejected: bool,
}

/// A stretch of the text drawn as one paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Address of the passage; none for what no passage holds (running heads, page numbers).
    pub anchor: Option<String>,
    /// What the passage is.
    pub kind: Option<PassageKind>,
    /// Where.
    pub span: Span,
}

/// The whole text as paragraphs: the passages and what stands between them.
pub fn blocks(source: &StoredReading) -> Vec<Block> {
    let cutter = source.cutter();
    let mut order: Vec<_> = source.passages.iter().collect();
    order.sort_by_key(|passage| passage.span);
    let mut blocks = Vec::new();
    let mut at = 0;
    let between = |from: usize, to: usize, blocks: &mut Vec<Block>| {
        let gap = Span::new(from, to).filter(|gap| !cutter.cut(*gap).trim().is_empty());
        blocks.extend(gap.map(|span| Block {
            anchor: None,
            kind: None,
            span,
        }));
    };
    for passage in order {
        let start = passage.span.start().max(at);
        between(at, start, &mut blocks);
        let Some(span) = Span::new(start, passage.span.end().max(start)) else {
            continue;
        };
        blocks.push(Block {
            anchor: Some(passage.anchor.clone()),
            kind: Some(passage.kind),
            span,
        });
        at = span.end();
    }
    between(at, source.length(), &mut blocks);
    blocks
}

/// Letters after which a long text goes on on another page: some thirty pages of print.
const LEAF: usize = 60_000;

/// A stretch of the text that is drawn at once, with the blocks in it. Stretches follow one another without
/// gaps, so that every place of the text lies in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Where.
    pub span: Span,
    /// What stands there.
    pub blocks: Vec<Block>,
}

/// The text in pages of about the same length, one at least: a text that is not long, or empty, is one.
pub fn leaves(blocks: Vec<Block>, length: usize) -> Vec<Leaf> {
    let mut leaves: Vec<Leaf> = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    let mut from = 0;
    for block in blocks {
        // The rest of a text is not worth a page of its own.
        let enough = block.span.start() >= from + LEAF && length >= block.span.start() + LEAF / 4;
        if enough && !open.is_empty() {
            let span = Span::new(from, block.span.start());
            from = block.span.start();
            let blocks = std::mem::take(&mut open);
            leaves.extend(span.map(|span| Leaf { span, blocks }));
        }
        open.push(block);
    }
    let span = Span::new(from, length.max(from));
    leaves.extend(span.map(|span| Leaf { span, blocks: open }));
    leaves
}

/// A stretch of a block on which the same marks lie.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Segment {
    span: Span,
    /// Marks by their place in the list, the innermost first.
    marks: Vec<usize>,
}

/// Cuts a block where marks begin and end. The segments follow one another without gaps.
fn segments(block: Span, marks: &[Mark]) -> Vec<Segment> {
    let here: Vec<usize> = (0..marks.len())
        .filter(|i| marks[*i].span.overlap(block) > 0)
        .collect();
    let mut cuts: BTreeSet<usize> = BTreeSet::from([block.start(), block.end()]);
    for i in &here {
        let span = marks[*i].span;
        cuts.extend([span.start(), span.end()].map(|at| at.clamp(block.start(), block.end())));
    }
    let cuts: Vec<usize> = cuts.into_iter().collect();
    cuts.windows(2)
        .filter_map(|pair| Span::new(pair[0], pair[1]))
        .map(|span| {
            let mut on: Vec<usize> = here
                .iter()
                .copied()
                .filter(|i| marks[*i].span.overlap(span) > 0)
                .collect();
            on.sort_by_key(|i| (marks[*i].span.len(), marks[*i].kind));
            Segment { span, marks: on }
        })
        .collect()
}

/// Which of the marks on a segment is linked: a doubt only where nothing else stands.
fn linked<'a>(segment: &Segment, marks: &'a [Mark]) -> Option<&'a Mark> {
    let on = || segment.marks.iter().map(|i| &marks[*i]);
    on().find(|mark| mark.kind < MarkKind::Doubt)
        .or_else(|| on().find(|mark| mark.kind == MarkKind::Doubt))
}

/// Draws a text with its marks, block by block.
pub struct Drawing<'a> {
    cutter: Cutter<'a>,
    marks: &'a [Mark],
    /// Marks whose id was given to an element already: an id may stand once on a page.
    placed: BTreeSet<usize>,
}

impl<'a> Drawing<'a> {
    /// A drawing of a text.
    pub fn new(source: &'a StoredReading, marks: &'a [Mark]) -> Self {
        Drawing {
            cutter: source.cutter(),
            marks,
            placed: BTreeSet::new(),
        }
    }

    /// One paragraph.
    pub fn block(&mut self, block: &Block) -> Markup {
        let class = block.kind.map_or("p-furniture", label::passage_class);
        let content = self.content(block.span);
        html! { p.(class) id=[block.anchor.as_deref()] { (content) } }
    }

    /// The text of a span with its marks.
    pub fn content(&mut self, span: Span) -> Markup {
        let segments = segments(span, self.marks);
        html! { @for segment in &segments { (self.segment(segment)) } }
    }

    fn segment(&mut self, segment: &Segment) -> Markup {
        let text = self.cutter.cut(segment.span).to_owned();
        let Some(main) = linked(segment, self.marks) else {
            return html! { (text) };
        };
        // White space between the words of a mark is no link: there would be nothing to read out. What
        // lies on nothing else is placed there all the same.
        let blank = text.trim().is_empty();
        let told = |i: usize| !blank || self.cutter.cut(self.marks[i].span).trim().is_empty();
        let here: Vec<usize> = segment.marks.iter().copied().filter(|i| told(*i)).collect();
        let new: Vec<usize> = here
            .into_iter()
            .filter(|i| self.marks[*i].kind != MarkKind::Value && self.placed.insert(*i))
            .collect();
        if blank {
            return html! {
                @for i in new { span id=(format!("x-{}", self.marks[i].id)) {} }
                (text)
            };
        }
        // A thing read is one link, however many pieces of the text it is drawn in.
        let own = new.iter().any(|i| self.marks[*i].id == main.id);
        let classes: BTreeSet<&str> = segment
            .marks
            .iter()
            .map(|i| self.marks[*i].kind.class())
            .chain(main.rejected.then_some("rejected"))
            .collect();
        let classes: Vec<&str> = classes.into_iter().collect();
        html! {
            @for i in new { @if self.marks[i].id != main.id { span id=(format!("x-{}", self.marks[i].id)) {} } }
            mark class=(classes.join(" ")) data-pair=(main.id) id=[own.then(|| format!("x-{}", main.id))] {
                @if own { a href=(format!("#{}", main.id)) { (text) } } @else { (text) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reading::Lexicon;

    fn span(start: usize, end: usize) -> Span {
        Span::new(start, end).expect("a span")
    }

    fn mark(id: &str, kind: MarkKind, start: usize, end: usize) -> Mark {
        Mark {
            span: span(start, end),
            kind,
            id: id.into(),
            rejected: false,
        }
    }

    fn stored(text: &str) -> StoredReading {
        StoredReading::of(text, &reading::read(text, &Lexicon::default()))
    }

    const TEXT: &str = "II. MỤC TIÊU\n1. Đến năm 2028\n- Tỷ lệ hộ có Internet đạt trên 85%.\n- Có 12 xã đạt chuẩn.\n";

    #[test]
    fn blocks_hold_the_whole_text_in_order() {
        let source = stored(TEXT);
        let blocks = blocks(&source);
        let cutter = source.cutter();
        let drawn: String = blocks.iter().map(|b| cutter.cut(b.span)).collect();
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(bare(&drawn), bare(TEXT));
        assert!(
            blocks
                .windows(2)
                .all(|pair| pair[0].span.end() <= pair[1].span.start())
        );
    }

    #[test]
    fn marks_may_nest_and_overlap() {
        let marks = [
            mark("k1", MarkKind::Task, 0, 20),
            mark("t1", MarkKind::Target, 5, 10),
            mark("c1", MarkKind::Cite, 8, 15),
        ];
        let cut = segments(span(0, 30), &marks);
        let ids: Vec<(usize, usize, Vec<&str>)> = cut
            .iter()
            .map(|s| {
                (
                    s.span.start(),
                    s.span.end(),
                    s.marks.iter().map(|i| marks[*i].id.as_str()).collect(),
                )
            })
            .collect();
        assert_eq!(
            ids,
            [
                (0, 5, vec!["k1"]),
                (5, 8, vec!["t1", "k1"]),
                (8, 10, vec!["t1", "c1", "k1"]),
                (10, 15, vec!["c1", "k1"]),
                (15, 20, vec!["k1"]),
                (20, 30, vec![]),
            ]
        );
    }

    #[test]
    fn white_space_is_no_link_but_keeps_its_place() {
        let source = stored("Có 12 xã\n\nđạt chuẩn.\n");
        let marks = [
            mark("t1", MarkKind::Target, 0, 20),
            mark("d1", MarkKind::Doubt, 8, 10),
        ];
        let html = Drawing::new(&source, &marks)
            .content(span(0, 20))
            .into_string();
        assert_eq!(html.matches("href=\"#t1\"").count(), 1, "{html}");
        assert_eq!(html.matches("data-pair=\"t1\"").count(), 2, "{html}");
        assert!(html.contains("<span id=\"x-d1\"></span>\n\n"), "{html}");
        assert_eq!(html.matches("id=\"x-t1\"").count(), 1, "{html}");
    }

    #[test]
    fn every_id_stands_once_and_links_back() {
        let source = stored(TEXT);
        let marks = [
            mark("k1", MarkKind::Task, 29, 60),
            mark("t1", MarkKind::Target, 29, 60),
            mark("d1", MarkKind::Doubt, 31, 35),
        ];
        let mut drawing = Drawing::new(&source, &marks);
        let html: String = blocks(&source)
            .iter()
            .map(|block| drawing.block(block).into_string())
            .collect();
        for id in ["x-k1", "x-t1", "x-d1"] {
            assert_eq!(
                html.matches(&format!("id=\"{id}\"")).count(),
                1,
                "{id}: {html}"
            );
        }
        assert!(
            html.contains("href=\"#t1\"") && !html.contains("href=\"#d1\""),
            "{html}"
        );
    }

    #[test]
    fn what_the_text_says_is_never_markup() {
        let source = stored("<script>alert(1)</script> & khác");
        let mut drawing = Drawing::new(&source, &[]);
        let html = drawing.content(span(0, source.length())).into_string();
        assert!(
            html.starts_with("&lt;script&gt;") && html.contains("&amp; khác"),
            "{html}"
        );
    }

    proptest::proptest! {
        #[test]
        fn leaves_hold_every_block_once_and_every_place(lengths in proptest::collection::vec(0usize..40_000, 0..20)) {
            let mut at = 0;
            let mut blocks = Vec::new();
            for length in lengths {
                blocks.push(Block { anchor: None, kind: None, span: span(at, at + length) });
                at += length;
            }
            let leaves = leaves(blocks.clone(), at);
            let held: Vec<Block> = leaves.iter().flat_map(|leaf| leaf.blocks.clone()).collect();
            proptest::prop_assert_eq!(held, blocks);
            proptest::prop_assert_eq!(leaves.first().map(|leaf| leaf.span.start()), Some(0));
            proptest::prop_assert_eq!(leaves.last().map(|leaf| leaf.span.end()), Some(at));
            proptest::prop_assert!(leaves.windows(2).all(|pair| pair[0].span.end() == pair[1].span.start()));
            proptest::prop_assert!(leaves.iter().all(|leaf| leaf.span.len() < LEAF + 40_000 + LEAF / 4));
        }

        #[test]
        fn segments_cover_the_block_exactly(
            raw in proptest::collection::vec((0usize..60, 0usize..30), 0..12),
            (start, length) in (0usize..40, 1usize..40),
        ) {
            let marks: Vec<Mark> = raw
                .iter()
                .enumerate()
                .map(|(i, (at, len))| mark(&format!("t{i}"), MarkKind::Target, *at, at + len))
                .collect();
            let block = span(start, start + length);
            let cut = segments(block, &marks);
            proptest::prop_assert_eq!(cut.first().map(|s| s.span.start()), Some(block.start()));
            proptest::prop_assert_eq!(cut.last().map(|s| s.span.end()), Some(block.end()));
            proptest::prop_assert!(cut.windows(2).all(|pair| pair[0].span.end() == pair[1].span.start()));
            for segment in &cut {
                for (i, mark) in marks.iter().enumerate() {
                    proptest::prop_assert_eq!(segment.marks.contains(&i), mark.span.contains(segment.span) && !mark.span.is_empty());
                }
            }
        }
    }
}
