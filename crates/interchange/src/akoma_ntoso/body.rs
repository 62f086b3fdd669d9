//! The text: what stands before the outline as preface, the outline as containers in containers.

use std::collections::{BTreeMap, BTreeSet};

use reading::{Cite, Passage, PassageKind, Section};

use super::Outline;
use super::meta::reference;
use super::xml::Xml;

/// A text by code points, as spans count it.
struct Text<'a> {
    text: &'a str,
    /// Byte at which each code point begins, and the end.
    at: Vec<usize>,
    cites: &'a [Cite],
}

impl<'a> Text<'a> {
    fn of(text: &'a str, cites: &'a [Cite]) -> Self {
        let mut at: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        at.push(text.len());
        Text { text, at, cites }
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        let last = self.at.len() - 1;
        let (from, to) = (self.at[from.min(last)], self.at[to.min(last)]);
        self.text.get(from..to).unwrap_or_default()
    }
}

pub(super) fn write(xml: &mut Xml, outline: &Outline<'_>) {
    let text = Text::of(outline.text, outline.cites);
    let (front, body): (Vec<&Passage>, Vec<&Passage>) = outline
        .passages
        .iter()
        .partition(|passage| passage.section.is_none());
    if !front.is_empty() {
        xml.open("preface", &[]);
        front
            .iter()
            .for_each(|passage| paragraph(xml, &text, passage, ""));
        xml.close();
    }
    let mut places = Places::new(&text, body);
    xml.open("mainBody", &[]);
    if outline.sections.is_empty() {
        xml.empty("p", &[]);
    }
    let mut sections = outline.sections;
    while let [first, ..] = sections {
        let below = extent(sections);
        places.container(xml, first, &sections[1..below]);
        sections = &sections[below..];
    }
    xml.close();
}

/// How many of the sections, from the first on, are the first and what lies below it.
fn extent(sections: &[Section]) -> usize {
    let level = sections[0].level;
    let below = sections[1..].iter().take_while(|s| s.level > level);
    1 + below.count()
}

/// The passages of each section that are still to be written.
struct Places<'a> {
    text: &'a Text<'a>,
    left: BTreeMap<&'a str, Vec<&'a Passage>>,
    named: BTreeSet<String>,
}

impl<'a> Places<'a> {
    fn new(text: &'a Text<'a>, passages: Vec<&'a Passage>) -> Self {
        let mut left: BTreeMap<&str, Vec<&Passage>> = BTreeMap::new();
        for passage in passages {
            let section = passage.section.as_deref().unwrap_or_default();
            left.entry(section).or_default().push(passage);
        }
        Places {
            text,
            left,
            named: BTreeSet::new(),
        }
    }

    /// A path as identity: once for each, whatever the text repeats.
    fn identity(&mut self, path: &str) -> String {
        let path: String = path.split_whitespace().collect();
        let mut identity = path.clone();
        let mut n = 2;
        while !self.named.insert(identity.clone()) {
            identity = format!("{path}_{n}");
            n += 1;
        }
        identity
    }

    /// A section with its passages and those below it. What belongs to it and comes after those below
    /// stands at its end.
    fn container(&mut self, xml: &mut Xml, section: &Section, below: &[Section]) {
        let identity = self.identity(&section.path);
        let name = match section.kind {
            PassageKind::Heading => "section",
            PassageKind::Paragraph | PassageKind::Front => "paragraph",
            PassageKind::NumberedItem | PassageKind::Bullet | PassageKind::Row => "item",
        };
        xml.open("hcontainer", &[("eId", &identity), ("name", name)]);
        if section.kind != PassageKind::Paragraph && !section.label.is_empty() {
            xml.leaf("num", &section.label);
        }
        if !section.title.is_empty() {
            xml.leaf("heading", &section.title);
        }
        let mut own = self.left.remove(section.path.as_str()).unwrap_or_default();
        own.retain(|passage| passage.kind != PassageKind::Heading);
        if below.is_empty() {
            xml.open("content", &[]);
            self.blocks(xml, section, &own);
            xml.close();
        } else {
            let first_below = below[0].span.start();
            let (before, after): (Vec<_>, Vec<_>) =
                own.into_iter().partition(|p| p.span.start() < first_below);
            self.part(xml, "intro", section, &before);
            let mut rest = below;
            while let [first, ..] = rest {
                let extent = extent(rest);
                self.container(xml, first, &rest[1..extent]);
                rest = &rest[extent..];
            }
            self.part(xml, "wrapUp", section, &after);
        }
        xml.close();
    }

    fn part(&mut self, xml: &mut Xml, name: &'static str, of: &Section, passages: &[&Passage]) {
        if !passages.is_empty() {
            xml.open(name, &[]);
            self.blocks(xml, of, passages);
            xml.close();
        }
    }

    /// Paragraphs, lists and tables. A container without a word still needs a block.
    fn blocks(&mut self, xml: &mut Xml, of: &Section, passages: &[&Passage]) {
        if passages.is_empty() {
            xml.empty("p", &[]);
        }
        for run in passages.chunk_by(|a, b| a.kind == b.kind) {
            match run[0].kind {
                PassageKind::Bullet => self.list(xml, run),
                PassageKind::Row => self.table(xml, run),
                PassageKind::NumberedItem => {
                    let label = self.text.slice(of.span.start(), of.span.end());
                    run.iter().for_each(|p| paragraph(xml, self.text, p, label));
                }
                _ => run.iter().for_each(|p| paragraph(xml, self.text, p, "")),
            }
        }
    }

    fn list(&mut self, xml: &mut Xml, items: &[&Passage]) {
        let identity = self.identity(&format!("{}_list", items[0].anchor));
        xml.open("blockList", &[("eId", &identity)]);
        for item in items {
            let identity = self.identity(&item.anchor);
            let words = self
                .text
                .slice(item.span.start(), item.span.end())
                .trim_start();
            let mark = words.chars().next().filter(|c| !c.is_alphanumeric());
            let mark = mark.map(String::from).unwrap_or_default();
            xml.open("item", &[("eId", &identity)]);
            if !mark.is_empty() {
                xml.leaf("num", &mark);
            }
            paragraph(xml, self.text, item, &mark);
            xml.close();
        }
        xml.close();
    }

    /// Rows by their cells: between bars, tabs or line ends, as the text has them.
    fn table(&mut self, xml: &mut Xml, rows: &[&Passage]) {
        let identity = self.identity(&format!("{}_table", rows[0].anchor));
        xml.open("table", &[("eId", &identity)]);
        for row in rows {
            xml.open("tr", &[]);
            let words = self.text.slice(row.span.start(), row.span.end());
            let words = words.trim().trim_matches('|');
            for cell in words.split(['|', '\t', '\n']) {
                xml.open("td", &[]);
                xml.leaf("p", cell);
                xml.close();
            }
            xml.close();
        }
        xml.close();
    }
}

/// A passage as one paragraph without the mark it begins with; documents it names are references.
fn paragraph(xml: &mut Xml, text: &Text<'_>, passage: &Passage, mark: &str) {
    let words = text.slice(passage.span.start(), passage.span.end());
    let begun = words.trim_start();
    let begun = begun.strip_prefix(mark).unwrap_or(begun).trim_start();
    let mut at = passage.span.end() - begun.chars().count();
    xml.open("p", &[]);
    for cite in text.cites {
        let (from, to) = (cite.span.start(), cite.span.end());
        if from < at || to > passage.span.end() {
            continue;
        }
        if let Some(href) = reference(cite) {
            xml.text(text.slice(at, from));
            xml.open("ref", &[("href", &href)]);
            xml.text(text.slice(from, to));
            xml.close();
            at = to;
        }
    }
    xml.text(text.slice(at, passage.span.end()).trim_end());
    xml.close();
}
