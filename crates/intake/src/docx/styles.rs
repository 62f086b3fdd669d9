//! Styles, as far as they number paragraphs or tell the font.

use super::numbering::NumRef;
use super::xml::{Element, Node, Xml};
use crate::Fault;
use std::collections::HashMap;

/// Styles a style may be based on, one after another; a longer chain turns in a circle or is hostile.
const MAX_CHAIN: usize = 64;

#[derive(Default)]
struct Style {
    based_on: Option<String>,
    num: NumRef,
    font: Option<String>,
}

/// The styles of a document.
#[derive(Default)]
pub(crate) struct Styles {
    by_id: HashMap<String, Style>,
    default: Option<String>,
    /// The font where no style tells one.
    font: Option<String>,
}

/// The font an `w:rFonts` gives letters beyond ASCII; empty for one of the theme.
pub(super) fn font(e: &Element<'_>) -> Option<String> {
    let theme = e
        .attribute("hAnsiTheme")
        .or_else(|| e.attribute("asciiTheme"));
    match theme {
        Some(_) => Some(String::new()),
        None => e.attribute("hAnsi").or_else(|| e.attribute("ascii")),
    }
}

/// Reads the font in the `w:rPr` just started.
fn font_in(xml: &mut Xml<'_>) -> Result<Option<String>, Fault> {
    let mut found = None;
    while let Some(node) = xml.child()? {
        if let Node::Start(e) = node {
            if e.name() == "rFonts" {
                found = font(&e);
            }
            xml.skip()?;
        }
    }
    Ok(found)
}

impl Styles {
    /// Reads `styles.xml`.
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, Fault> {
        let mut styles = Self::default();
        while let Some(node) = xml.next()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "style" => styles.style(&e, xml)?,
                // Of the defaults: within a style, `style` reads it.
                "rPr" => styles.font = font_in(xml)?,
                _ => {}
            }
        }
        Ok(styles)
    }

    fn style(&mut self, e: &Element<'_>, xml: &mut Xml<'_>) -> Result<(), Fault> {
        let id = e.attribute("styleId").unwrap_or_default();
        let paragraph = e.attribute("type").as_deref() == Some("paragraph");
        if paragraph && matches!(e.attribute("default").as_deref(), Some("1" | "true" | "on")) {
            self.default = Some(id.clone());
        }
        let mut style = Style::default();
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "basedOn" => {
                    style.based_on = e.val();
                    xml.skip()?;
                }
                "rPr" => style.font = font_in(xml)?,
                "pPr" => {
                    while let Some(node) = xml.child()? {
                        if let Node::Start(e) = node {
                            if e.name() == "numPr" {
                                style.num = NumRef::read(xml)?;
                            } else {
                                xml.skip()?;
                            }
                        }
                    }
                }
                _ => xml.skip()?,
            }
        }
        self.by_id.insert(id, style);
        Ok(())
    }

    /// The numbering of a style, its own or inherited, and the style that states it.
    pub(crate) fn numbering<'a>(&'a self, style: Option<&'a str>) -> Option<(NumRef, &'a str)> {
        let mut id = style.or(self.default.as_deref())?;
        for _ in 0..MAX_CHAIN {
            let style = self.by_id.get(id)?;
            if style.num.num.is_some() {
                return Some((style.num.clone(), id));
            }
            id = style.based_on.as_deref()?;
        }
        None
    }

    /// The font of a paragraph's style, or of all text.
    pub(crate) fn font(&self, style: Option<&str>) -> Option<&str> {
        style
            .or(self.default.as_deref())
            .and_then(|id| self.own_font(id))
            .or(self.font.as_deref())
    }

    /// The font a style tells, itself or by one it is based on.
    pub(crate) fn own_font(&self, style: &str) -> Option<&str> {
        let mut id = style;
        for _ in 0..MAX_CHAIN {
            let style = self.by_id.get(id)?;
            if let Some(font) = &style.font {
                return Some(font);
            }
            id = style.based_on.as_deref()?;
        }
        None
    }
}
