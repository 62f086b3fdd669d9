//! The body of a DOCX: blocks within blocks, runs within paragraphs.

mod runs;
mod tables;

use super::numbering::{NumRef, Numbering};
use super::styles::Styles;
use super::xml::{Node, Xml};
use crate::Notice;
use crate::blocks::{Block, one_line};
use crate::error::Fault;
use crate::legacy::OldFont;
use runs::{OldText, old_font};
use std::collections::HashMap;
use tables::CellShape;

/// The two kinds of notes, which are numbered in one sequence here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NoteKind {
    Foot,
    End,
}

impl NoteKind {
    /// The kind of relation that leads to the part with these notes.
    pub(crate) fn relation(self) -> &'static str {
        match self {
            Self::Foot => "footnotes",
            Self::End => "endnotes",
        }
    }
}

/// Nobody reads more, and a hostile file may hold a new kind of oddity in every word.
const MAX_NOTICES: usize = 100;

/// A note by its kind and its id in the file.
pub(crate) type NoteKey = (NoteKind, String);

/// Whether words in a run count, or only text boxes: a drawing holds descriptions, positions and other
/// words that are not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Words,
    BoxesOnly,
}

/// Whether the names of old fonts tell the encoding. A document converted to Unicode may keep them, and
/// then a word such as "có" would be taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fonts {
    Trusted,
    LeftOver,
}

/// Reads the parts with text, counting lists and notes as it goes.
pub(crate) struct Body<'s> {
    numbering: Numbering,
    styles: &'s Styles,
    fonts: Fonts,
    /// Stretches in old fonts that were in their encoding, and that were Unicode all the same.
    converted: usize,
    unicode: usize,
    /// Notes in the order of their marks.
    marks: Vec<NoteKey>,
    notices: Vec<Notice>,
    pictures: usize,
    /// Characters still allowed.
    room: usize,
    max_chars: usize,
    /// Of each field begun and not ended: whether its instruction is still being read.
    fields: Vec<bool>,
    /// How many of them are at their instruction: only when none is, words are text.
    instructions: usize,
    run: Run,
    /// The table cell being read.
    cell: Option<CellShape>,
    /// Words that are no part of the text, a paragraph each.
    aside: Vec<String>,
}

/// What holds for the run being read.
#[derive(Default)]
struct Run {
    hidden: bool,
    /// The font, when it is one from before Unicode.
    font: Option<(OldFont, String)>,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    /// Text behind it in an old font, not yet converted: a letter and its mark may stand in two runs.
    pending: Option<OldText>,
    style: Option<String>,
    num: NumRef,
    /// The paragraph's mark is a tracked deletion: it runs on into the next paragraph.
    mark_deleted: bool,
    boxes: Vec<Block>,
    /// What is hidden or deleted in it.
    left_out: String,
}

impl<'s> Body<'s> {
    pub(crate) fn new(
        numbering: Numbering,
        styles: &'s Styles,
        fonts: Fonts,
        max_chars: usize,
    ) -> Self {
        Self {
            numbering,
            styles,
            fonts,
            converted: 0,
            unicode: 0,
            marks: Vec::new(),
            notices: Vec::new(),
            pictures: 0,
            room: max_chars,
            max_chars,
            fields: Vec::new(),
            instructions: 0,
            run: Run::default(),
            cell: None,
            aside: Vec::new(),
        }
    }

    /// Whether most of the text in old fonts was Unicode.
    pub(crate) fn fonts_are_left_over(&self) -> bool {
        self.unicode > self.converted
    }

    /// Reads `document.xml`.
    pub(crate) fn document(&mut self, xml: &mut Xml<'_>) -> Result<Vec<Block>, Fault> {
        let mut blocks = Vec::new();
        while let Some(node) = xml.next()? {
            if let Node::Start(e) = node
                && e.name() == "body"
            {
                self.blocks(xml, &mut blocks)?;
            }
        }
        Ok(blocks)
    }

    /// Reads the head or foot of pages.
    pub(crate) fn page_edge(&mut self, xml: &mut Xml<'_>) -> Result<Vec<Block>, Fault> {
        let mut blocks = Vec::new();
        while let Some(node) = xml.next()? {
            if let Node::Start(_) = node {
                self.blocks(xml, &mut blocks)?;
            }
        }
        Ok(blocks)
    }

    /// The words that are no part of the text.
    pub(crate) fn take_aside(&mut self) -> Vec<String> {
        std::mem::take(&mut self.aside)
    }

    /// Reads `footnotes.xml` or `endnotes.xml`: each note as one line.
    pub(crate) fn notes(
        &mut self,
        xml: &mut Xml<'_>,
        kind: NoteKind,
        notes: &mut HashMap<NoteKey, String>,
    ) -> Result<(), Fault> {
        while let Some(node) = xml.next()? {
            let Node::Start(e) = node else { continue };
            if !matches!(e.name().as_str(), "footnote" | "endnote") {
                continue;
            }
            let id = e.attribute("id").unwrap_or_default();
            let mut blocks = Vec::new();
            self.blocks(xml, &mut blocks)?;
            notes.insert((kind, id), one_line(&blocks));
        }
        Ok(())
    }

    /// The notes in the order of their marks, and what was noticed.
    pub(crate) fn finish(mut self) -> (Vec<NoteKey>, Vec<Notice>) {
        if self.pictures > 0 {
            let count = self.pictures;
            self.notices.push(Notice::PicturesLeftOut { count });
        }
        (self.marks, self.notices)
    }

    fn notice(&mut self, notice: Notice) {
        if self.notices.len() < MAX_NOTICES && !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    fn blocks(&mut self, xml: &mut Xml<'_>, out: &mut Vec<Block>) -> Result<(), Fault> {
        let mut carry = String::new();
        self.blocks_after(xml, &mut carry, out)?;
        if !carry.is_empty() {
            out.push(Block::Paragraph(carry));
        }
        Ok(())
    }

    fn blocks_after(
        &mut self,
        xml: &mut Xml<'_>,
        carry: &mut String,
        out: &mut Vec<Block>,
    ) -> Result<(), Fault> {
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "p" => self.paragraph(xml, carry, out)?,
                "tbl" => {
                    let mut rows = Vec::new();
                    self.rows(xml, &mut rows)?;
                    out.push(Block::Table(rows));
                }
                "del" | "moveFrom" => {
                    let text = self.deleted(xml)?;
                    self.put_aside(&text);
                }
                // Another file within this one.
                "altChunk" => {
                    self.pictures += 1;
                    xml.skip()?;
                }
                "AlternateContent" => {
                    alternate(xml, |xml| self.blocks_after(xml, carry, out))?;
                }
                "tcPr" => self.cell_properties(xml)?,
                "sdtPr" | "sdtEndPr" | "sectPr" | "customXmlPr" => xml.skip()?,
                _ => self.blocks_after(xml, carry, out)?,
            }
        }
        Ok(())
    }

    fn paragraph(
        &mut self,
        xml: &mut Xml<'_>,
        carry: &mut String,
        out: &mut Vec<Block>,
    ) -> Result<(), Fault> {
        let mut p = Paragraph {
            text: std::mem::take(carry),
            ..Paragraph::default()
        };
        self.inline(xml, &mut p, Mode::Words)?;
        self.settle(&mut p);
        self.put_aside(&std::mem::take(&mut p.left_out));
        if p.mark_deleted {
            *carry = p.text;
        } else {
            let label = self.label(&p);
            // Four bytes more for the line break, so that empty paragraphs are not free.
            self.spend(label.len() + 4)?;
            out.push(Block::Paragraph(label + &p.text));
        }
        out.append(&mut p.boxes);
        Ok(())
    }

    fn label(&mut self, p: &Paragraph) -> String {
        let inherited = self.styles.numbering(p.style.as_deref());
        let (reference, style) = match (&p.num, inherited) {
            (own, _) if own.num.is_some() => (own.clone(), None),
            (own, Some((mut from, style))) => {
                from.level = own.level.or(from.level);
                (from, Some(style))
            }
            (_, None) => return String::new(),
        };
        let mut notices = Vec::new();
        let label = self.numbering.label(&reference, style, &mut notices);
        notices.into_iter().for_each(|n| self.notice(n));
        label.unwrap_or_default()
    }

    fn inline(&mut self, xml: &mut Xml<'_>, p: &mut Paragraph, mode: Mode) -> Result<(), Fault> {
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "pPr" => paragraph_properties(xml, p)?,
                "r" => {
                    let outer = std::mem::take(&mut self.run);
                    self.run.font = old_font(self.styles.font(p.style.as_deref()));
                    self.inline(xml, p, mode)?;
                    self.run = outer;
                }
                "rPr" => self.run_properties(xml)?,
                "del" | "moveFrom" => {
                    let text = self.deleted(xml)?;
                    p.left_out.push_str(&text);
                }
                // Ornamental writing, as of a watermark.
                "textpath" => {
                    self.put_aside(&e.attribute("string").unwrap_or_default());
                    xml.skip()?;
                }
                "drawing" | "pict" | "object" => self.inline(xml, p, Mode::BoxesOnly)?,
                "pic" | "imagedata" | "OLEObject" | "chart" | "relIds" => {
                    self.pictures += 1;
                    xml.skip()?;
                }
                "txbxContent" => {
                    let mut boxes = Vec::new();
                    self.blocks(xml, &mut boxes)?;
                    p.boxes.append(&mut boxes);
                }
                "AlternateContent" => {
                    alternate(xml, |xml| self.inline(xml, p, mode))?;
                }
                "instrText" | "delText" | "sdtPr" | "sdtEndPr" | "rt" => xml.skip()?,
                _ if mode == Mode::BoxesOnly => self.inline(xml, p, mode)?,
                _ => self.words(&e, xml, p)?,
            }
        }
        Ok(())
    }

    /// Passes over a tracked deletion and gives its words.
    fn deleted(&mut self, xml: &mut Xml<'_>) -> Result<String, Fault> {
        self.notice(Notice::DeletedTextLeftOut);
        let text = words_within(xml)?;
        self.spend(text.len())?;
        Ok(text)
    }

    fn put_aside(&mut self, text: &str) {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        self.aside.extend(lines.map(str::to_owned));
    }
}

/// The words of the element just started, a paragraph a line; passes over it.
fn words_within(xml: &mut Xml<'_>) -> Result<String, Fault> {
    let mut words = String::new();
    let mut open: Vec<String> = Vec::new();
    loop {
        match xml.child()? {
            Some(Node::Start(e)) => open.push(e.name()),
            Some(Node::Text(text)) => {
                if matches!(open.last().map(String::as_str), Some("t" | "delText")) {
                    words.push_str(&text);
                }
            }
            Some(Node::End) | None => match open.pop().as_deref() {
                Some("p") => words.push('\n'),
                Some(_) => {}
                None => return Ok(words),
            },
        }
    }
}

/// Of alternatives for readers of different age the first, and only it: the others say the same.
fn alternate(
    xml: &mut Xml<'_>,
    mut read: impl FnMut(&mut Xml<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut taken = false;
    while let Some(node) = xml.child()? {
        let Node::Start(_) = node else { continue };
        if taken {
            xml.skip()?;
        } else {
            taken = true;
            read(xml)?;
        }
    }
    Ok(())
}

fn paragraph_properties(xml: &mut Xml<'_>, p: &mut Paragraph) -> Result<(), Fault> {
    while let Some(node) = xml.child()? {
        let Node::Start(e) = node else { continue };
        match e.name().as_str() {
            "numPr" => {
                p.num = NumRef::read(xml)?;
                continue;
            }
            "rPr" => {
                p.mark_deleted = has_child(xml, &["del", "moveFrom"])?;
                continue;
            }
            "pStyle" => p.style = e.val(),
            _ => {}
        }
        xml.skip()?;
    }
    Ok(())
}

/// Whether the element just started has a child of one of these names; passes over the element.
fn has_child(xml: &mut Xml<'_>, names: &[&str]) -> Result<bool, Fault> {
    let mut found = false;
    while let Some(node) = xml.child()? {
        if let Node::Start(e) = node {
            found |= names.contains(&e.name().as_str());
            xml.skip()?;
        }
    }
    Ok(found)
}
