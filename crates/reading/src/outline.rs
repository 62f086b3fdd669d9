//! The numbered outline: paths, zones and the years that headings set.

use crate::block::{Block, BlockKind, Layout};
use crate::label::Style;
use crate::lines::is_detail;
use crate::model::{PassageKind, Section};
use crate::period;
use crate::text::{Extent, Text};
use crate::token::tokens;
use crate::zone::Zone;

/// What holds at a block.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// Path of the section.
    pub path: Option<String>,
    pub zone: Zone,
    /// Year set by a heading above.
    pub year: Option<i16>,
    /// Year set by an introducing line above ("Đến năm 2025:").
    pub intro_year: Option<i16>,
    /// Whether something deeper stands under this block.
    pub parent: bool,
}

/// An open heading, item or introducing line.
struct Node {
    style: Option<Style>,
    name: String,
    zone: Zone,
    year: Option<i16>,
    intro: bool,
}

/// Sections of the text, and for each block its place.
pub(crate) fn outline(text: &Text, layout: &Layout) -> (Vec<Section>, Vec<Place>) {
    let first = |wanted: Style| {
        layout
            .blocks
            .iter()
            .position(|b| b.label.as_ref().is_some_and(|l| l.style == wanted))
    };
    let articles_outer = match (first(Style::Article), first(Style::Roman)) {
        (Some(article), Some(roman)) => article < roman,
        _ => false,
    };
    let mut walk = Walk {
        text,
        articles_outer,
        news: layout.news,
        nodes: Vec::new(),
        sections: Vec::new(),
        paragraphs: 0,
        heads: 0,
    };
    let mut places: Vec<Place> = layout.blocks.iter().map(|b| walk.block(b)).collect();
    mark_parents(text, &layout.blocks, &mut places);
    (walk.sections, places)
}

struct Walk<'a> {
    text: &'a Text,
    /// A decision: its articles hold the parts with roman numbers.
    articles_outer: bool,
    news: bool,
    nodes: Vec<Node>,
    sections: Vec<Section>,
    paragraphs: usize,
    heads: usize,
}

impl Walk<'_> {
    fn block(&mut self, block: &Block) -> Place {
        match block.kind {
            BlockKind::Heading | BlockKind::Item => match &block.label {
                Some(label) if label.style.is_numbered() && !self.news => {
                    self.numbered(block, label.style, &label.name);
                }
                _ => self.bare_heading(block),
            },
            BlockKind::Bullet => self.introduce(block, block.label.as_ref().map(|l| l.style)),
            BlockKind::Paragraph => {
                self.paragraph(block);
                self.introduce(block, None);
            }
            _ => {}
        }
        self.place()
    }

    fn place(&self) -> Place {
        let path: Vec<&str> = self
            .nodes
            .iter()
            .filter(|n| !n.name.is_empty())
            .map(|n| n.name.as_str())
            .collect();
        let set = |intro: bool| {
            self.nodes
                .iter()
                .rev()
                .find(|n| n.intro == intro && n.year.is_some())
                .and_then(|n| n.year)
        };
        Place {
            path: (!path.is_empty()).then(|| path.join(".")),
            zone: self.nodes.last().map_or(Zone::default(), |n| n.zone),
            year: set(false),
            intro_year: set(true),
            parent: false,
        }
    }

    fn numbered(&mut self, block: &Block, style: Style, name: &str) {
        while self
            .nodes
            .last()
            .is_some_and(|n| n.style.is_none_or(|s| self.closes(style, s)))
        {
            self.nodes.pop();
        }
        let heading = block.kind == BlockKind::Heading;
        let zone = self.zone(block, heading);
        let year = heading.then(|| self.year(block.body)).flatten();
        self.nodes.push(Node {
            style: Some(style),
            name: name.to_owned(),
            zone,
            year,
            intro: false,
        });
        let label = block.label.as_ref().map_or(block.at, |l| l.at);
        let path = self.place().path.unwrap_or_default();
        self.section(
            path,
            name.to_owned(),
            if heading {
                PassageKind::Heading
            } else {
                PassageKind::NumberedItem
            },
            if heading {
                self.text.line(block.body)
            } else {
                String::new()
            },
            if heading { block.at } else { label },
        );
        if !heading {
            self.introduce_into_last(block);
        }
    }

    /// Whether a label of a style ends what stands under a label of another.
    fn closes(&self, new: Style, open: Style) -> bool {
        match (new, open) {
            (Style::Article, Style::Roman) => self.articles_outer,
            (Style::Roman, Style::Article) => !self.articles_outer,
            _ => open >= new,
        }
    }

    /// Zone of a heading: its own words, else what holds above it.
    fn zone(&self, block: &Block, heading: bool) -> Zone {
        let above = self.nodes.last().map_or(Zone::default(), |n| n.zone);
        // Sub-headings of running text are headlines: they repeat, they do not divide.
        if !heading || self.news {
            return above;
        }
        let top = !self.nodes.iter().any(|n| n.style.is_some());
        Zone::of_heading(&self.text.line(block.body), top, above)
    }

    fn year(&self, body: Extent) -> Option<i16> {
        period::heading_year(&tokens(self.text, body))
    }

    /// A heading without a label stands under the numbered one before it.
    fn bare_heading(&mut self, block: &Block) {
        while self
            .nodes
            .last()
            .is_some_and(|n| n.style.is_none_or(|s| !s.is_numbered()))
        {
            self.nodes.pop();
        }
        let zone = self.zone(block, true);
        // A headline's year repeats that of the text.
        let year = self.year(block.body).filter(|_| !self.news);
        let name = if self.news {
            self.heads += 1;
            let path = format!("H.{}", self.heads);
            let (label, title) = (self.heads.to_string(), self.text.line(block.at));
            self.section(path.clone(), label, PassageKind::Heading, title, block.at);
            path
        } else {
            String::new()
        };
        self.nodes.push(Node {
            style: None,
            name,
            zone,
            year,
            intro: false,
        });
    }

    /// In running text each paragraph is a section of its own.
    fn paragraph(&mut self, block: &Block) {
        if !self.news {
            return;
        }
        self.paragraphs += 1;
        let path = format!("P.{}", self.paragraphs);
        self.section(
            path.clone(),
            self.paragraphs.to_string(),
            PassageKind::Paragraph,
            String::new(),
            block.at,
        );
        self.nodes.clear();
        self.nodes.push(Node {
            style: None,
            name: path,
            zone: Zone::default(),
            year: None,
            intro: false,
        });
    }

    /// A line that ends with a colon and names a year sets it for what it introduces.
    fn introduce(&mut self, block: &Block, style: Option<Style>) {
        let closes =
            |n: &Node| n.intro && (style.is_none() || n.style.is_some_and(|s| Some(s) >= style));
        while self.nodes.last().is_some_and(closes) {
            self.nodes.pop();
        }
        if self.text.at(block.at.end.saturating_sub(1)) != ':' {
            return;
        }
        let zone = self.nodes.last().map_or(Zone::default(), |n| n.zone);
        let zone = Zone::of_introduction(&self.text.line(block.body), zone);
        let year = self.year(block.body);
        let style = style.or(Some(Style::InParens));
        self.nodes.push(Node {
            style,
            name: String::new(),
            zone,
            year,
            intro: true,
        });
    }

    fn introduce_into_last(&mut self, block: &Block) {
        if self.text.at(block.at.end.saturating_sub(1)) == ':'
            && let Some(year) = self.year(block.body)
            && let Some(node) = self.nodes.last_mut()
        {
            node.year = Some(year);
        }
    }

    fn section(
        &mut self,
        path: String,
        label: String,
        kind: PassageKind,
        title: String,
        at: Extent,
    ) {
        let level = self
            .nodes
            .iter()
            .filter(|n| !n.name.is_empty())
            .count()
            .clamp(1, 255);
        self.sections.push(Section {
            id: format!("s{}", self.sections.len() + 1),
            path,
            label,
            level: u8::try_from(level).unwrap_or(u8::MAX),
            kind,
            title,
            span: self.text.span(at),
        });
    }
}

/// A block is a parent when the next one is deeper than it.
fn mark_parents(text: &Text, blocks: &[Block], places: &mut [Place]) {
    let mut next: Option<Style> = None;
    for (block, place) in blocks.iter().zip(places).rev() {
        if block.kind == BlockKind::Furniture || is_detail(text, block.body) {
            continue;
        }
        let own = block.label.as_ref().map(|l| l.style);
        place.parent = match (own, next) {
            (Some(own), Some(next)) => next > own,
            (None, Some(next)) => {
                !next.is_numbered() && text.at(block.at.end.saturating_sub(1)) == ':'
            }
            _ => false,
        };
        next = own;
    }
}
