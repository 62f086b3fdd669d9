//! The body of a DOCX: blocks within blocks, runs within paragraphs.

use super::numbering::{NumRef, Numbering};
use super::styles::Styles;
use super::symbols;
use super::xml::{Element, Node, Xml};
use crate::Notice;
use crate::error::{Fault, Measure};
use std::collections::HashMap;

/// A block of the text.
#[derive(Debug)]
pub(crate) enum Block {
    Paragraph(String),
    /// Rows of cells.
    Table(Vec<Vec<String>>),
}

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

/// Reads the parts with text, counting lists and notes as it goes.
pub(crate) struct Body<'s> {
    numbering: Numbering,
    styles: &'s Styles,
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
    hidden: bool,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    num: NumRef,
    /// The paragraph's mark is a tracked deletion: it runs on into the next paragraph.
    mark_deleted: bool,
    boxes: Vec<Block>,
}

impl<'s> Body<'s> {
    pub(crate) fn new(numbering: Numbering, styles: &'s Styles, max_chars: usize) -> Self {
        Self {
            numbering,
            styles,
            marks: Vec::new(),
            notices: Vec::new(),
            pictures: 0,
            room: max_chars,
            max_chars,
            fields: Vec::new(),
            instructions: 0,
            hidden: false,
        }
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
                "del" | "moveFrom" => self.deleted(xml)?,
                "AlternateContent" => {
                    alternate(xml, |xml| self.blocks_after(xml, carry, out))?;
                }
                "sdtPr" | "sdtEndPr" | "sectPr" | "customXmlPr" => xml.skip()?,
                _ => self.blocks_after(xml, carry, out)?,
            }
        }
        Ok(())
    }

    fn rows(&mut self, xml: &mut Xml<'_>, rows: &mut Vec<Vec<String>>) -> Result<(), Fault> {
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "tr" => {
                    let mut cells = Vec::new();
                    if self.cells(xml, &mut cells)? {
                        rows.push(cells);
                    }
                }
                "tblPr" | "tblGrid" | "sdtPr" | "sdtEndPr" => xml.skip()?,
                _ => self.rows(xml, rows)?,
            }
        }
        Ok(())
    }

    /// Reads the cells of a row; false when the row is a tracked deletion.
    fn cells(&mut self, xml: &mut Xml<'_>, cells: &mut Vec<String>) -> Result<bool, Fault> {
        let mut stands = true;
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "tc" if stands => {
                    let mut blocks = Vec::new();
                    self.blocks(xml, &mut blocks)?;
                    self.spend(4)?;
                    cells.push(one_line(&blocks));
                }
                "trPr" => stands &= !has_child(xml, "del")?,
                "tc" | "tblPrEx" | "sdtPr" | "sdtEndPr" => xml.skip()?,
                _ => stands &= self.cells(xml, cells)?,
            }
        }
        if !stands {
            self.notice(Notice::DeletedTextLeftOut);
        }
        Ok(stands)
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
                    let outer = std::mem::replace(&mut self.hidden, false);
                    self.inline(xml, p, mode)?;
                    self.hidden = outer;
                }
                "rPr" => self.run_properties(xml)?,
                "del" | "moveFrom" => self.deleted(xml)?,
                "drawing" | "pict" | "object" => self.inline(xml, p, Mode::BoxesOnly)?,
                "pic" | "imagedata" | "OLEObject" | "chart" => {
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

    fn words(
        &mut self,
        e: &Element<'_>,
        xml: &mut Xml<'_>,
        p: &mut Paragraph,
    ) -> Result<(), Fault> {
        let sign = match e.name().as_str() {
            "t" => {
                let text = xml.text()?;
                return self.add(&text, p);
            }
            "tab" | "ptab" => "\t",
            // A hyphen that does not break is a hyphen to whoever reads or searches.
            "noBreakHyphen" => "-",
            "cr" => "\n",
            "br" => match e.attribute("type").as_deref() {
                Some("page") if p.text.is_empty() || p.text.ends_with('\n') => "\u{c}\n",
                Some("page") => "\n\u{c}\n",
                _ => "\n",
            },
            "sym" => &self.symbol(e),
            "fldChar" => {
                self.field(e);
                ""
            }
            "footnoteReference" => &self.mark(NoteKind::Foot, e),
            "endnoteReference" => &self.mark(NoteKind::End, e),
            _ => return self.inline(xml, p, Mode::Words),
        };
        self.add(sign, p)?;
        xml.skip()
    }

    fn add(&mut self, text: &str, p: &mut Paragraph) -> Result<(), Fault> {
        if self.hidden {
            if !text.trim().is_empty() {
                self.notice(Notice::HiddenTextLeftOut);
            }
        } else if self.instructions == 0 {
            self.spend(text.len())?;
            p.text.push_str(text);
        }
        Ok(())
    }

    /// Keeps hostile files from piling up text before it is counted out: `bytes` are at least as many
    /// as characters, and a character is at most four.
    fn spend(&mut self, bytes: usize) -> Result<(), Fault> {
        self.room = self.room.checked_sub(bytes / 4).ok_or(Fault::TooLarge {
            what: Measure::TextChars,
            limit: self.max_chars as u64,
        })?;
        Ok(())
    }

    fn run_properties(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "vanish" => self.hidden = e.is_on(),
                "rFonts" => {
                    let font = e.attribute("ascii").or_else(|| e.attribute("hAnsi"));
                    if let Some(font) =
                        font.filter(|f| f.starts_with(".Vn") || f.starts_with("VNI"))
                    {
                        self.notice(Notice::LegacyFont { font });
                    }
                }
                _ => {}
            }
            xml.skip()?;
        }
        Ok(())
    }

    fn deleted(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        self.notice(Notice::DeletedTextLeftOut);
        xml.skip()
    }

    fn symbol(&mut self, e: &Element<'_>) -> String {
        let font = e.attribute("font").unwrap_or_default();
        let sign = e.attribute("char").unwrap_or_default();
        let letter = u32::from_str_radix(&sign, 16)
            .ok()
            .and_then(|c| symbols::letter(&font, c));
        if letter.is_none() {
            self.notice(Notice::UnknownSymbol { font, sign });
        }
        letter.unwrap_or('\u{FFFD}').to_string()
    }

    fn field(&mut self, e: &Element<'_>) {
        match e.attribute("fldCharType").as_deref() {
            Some("begin") => {
                self.fields.push(true);
                self.instructions += 1;
            }
            Some("separate") => {
                if let Some(instruction) = self.fields.last_mut() {
                    self.instructions -= usize::from(std::mem::take(instruction));
                }
            }
            Some("end") => {
                let unfinished = self.fields.pop().unwrap_or(false);
                self.instructions -= usize::from(unfinished);
            }
            _ => {}
        }
    }

    fn mark(&mut self, kind: NoteKind, e: &Element<'_>) -> String {
        let Some(id) = e.attribute("id").filter(|_| !self.hidden) else {
            return String::new();
        };
        self.marks.push((kind, id));
        format!("[^{}]", self.marks.len())
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
                p.mark_deleted = has_child(xml, "del")?;
                continue;
            }
            "pStyle" => p.style = e.val(),
            _ => {}
        }
        xml.skip()?;
    }
    Ok(())
}

/// Whether the element just started has a child of this name; passes over the element.
fn has_child(xml: &mut Xml<'_>, name: &str) -> Result<bool, Fault> {
    let mut found = false;
    while let Some(node) = xml.child()? {
        if let Node::Start(e) = node {
            found |= e.name() == name;
            xml.skip()?;
        }
    }
    Ok(found)
}

/// The blocks of a cell or note as one line; spaces that do not break stay.
fn one_line(blocks: &[Block]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(text) => words.extend(text.split_ascii_whitespace()),
            Block::Table(rows) => {
                words.extend(
                    rows.iter()
                        .flatten()
                        .flat_map(|c| c.split_ascii_whitespace()),
                );
            }
        }
    }
    words.join(" ")
}
