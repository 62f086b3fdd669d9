//! What stands in a run: words, signs, fields, marks of notes.

use super::super::styles::font;
use super::super::symbols;
use super::super::xml::{Element, Node, Xml};
use super::{Body, Fonts, Mode, NoteKind, Paragraph};
use crate::Notice;
use crate::error::{Fault, Measure};
use crate::legacy::OldFont;

/// Text in an old font, not yet converted.
pub(super) struct OldText {
    font: OldFont,
    name: String,
    text: String,
}

impl Body<'_> {
    pub(super) fn words(
        &mut self,
        e: &Element<'_>,
        xml: &mut Xml<'_>,
        p: &mut Paragraph,
    ) -> Result<(), Fault> {
        if e.name() == "br" {
            self.settle(p);
        }
        let sign = match e.name().as_str() {
            "t" => {
                let text = xml.text()?;
                return self.add(&text, p);
            }
            "tab" | "ptab" => "\t",
            // A hyphen that does not break is a hyphen to whoever reads or searches.
            "noBreakHyphen" => "-",
            "cr" => "\n",
            "softHyphen" if self.run.font.is_some() => "\u{ad}",
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
        if self.run.hidden {
            if !text.trim().is_empty() {
                self.notice(Notice::HiddenTextLeftOut);
            }
            self.spend(text.len())?;
            p.left_out.push_str(text);
        } else if self.instructions == 0 {
            self.spend(text.len())?;
            let font = self.run.font.clone();
            let same = p.pending.as_ref().map(|old| old.font) == font.as_ref().map(|f| f.0);
            if !same {
                self.settle(p);
            }
            match font {
                Some((font, name)) => {
                    let new = || OldText {
                        font,
                        name,
                        text: String::new(),
                    };
                    p.pending.get_or_insert_with(new).text += text;
                }
                None => p.text.push_str(text),
            }
        }
        Ok(())
    }

    /// Keeps hostile files from piling up text before it is counted out: `bytes` are at least as many
    /// as characters, and a character is at most four.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), Fault> {
        self.room = self.room.checked_sub(bytes / 4).ok_or(Fault::TooLarge {
            what: Measure::TextChars,
            limit: self.max_chars as u64,
        })?;
        Ok(())
    }

    /// Converts what is pending.
    pub(super) fn settle(&mut self, p: &mut Paragraph) {
        let Some(OldText { font, name, text }) = p.pending.take() else {
            return;
        };
        let shown = match self.fonts {
            Fonts::Trusted => font.shown(&text),
            Fonts::LeftOver => None,
        };
        match shown {
            Some(shown) => {
                if shown != text {
                    self.converted += 1;
                    self.notice(Notice::LegacyFont { font: name });
                }
                p.text.push_str(&shown);
            }
            None => {
                self.unicode += 1;
                p.text.push_str(&text);
            }
        }
    }

    pub(super) fn run_properties(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        let mut style = None;
        let mut own = None;
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "vanish" => self.run.hidden = e.is_on(),
                "rStyle" => style = e.val(),
                "rFonts" => own = font(&e),
                _ => {}
            }
            xml.skip()?;
        }
        let styled = style.as_deref().and_then(|id| self.styles.own_font(id));
        if let Some(name) = own.as_deref().or(styled) {
            self.run.font = old_font(Some(name));
        }
        Ok(())
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
        let Some(id) = e.attribute("id").filter(|_| !self.run.hidden) else {
            return String::new();
        };
        self.marks.push((kind, id));
        format!("[^{}]", self.marks.len())
    }
}

/// A font by its name, when it is one from before Unicode.
pub(super) fn old_font(name: Option<&str>) -> Option<(OldFont, String)> {
    let name = name?;
    Some((OldFont::named(name)?, name.to_owned()))
}
