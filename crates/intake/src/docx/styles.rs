//! Paragraph styles, as far as they number paragraphs.

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
}

/// The paragraph styles of a document.
#[derive(Default)]
pub(crate) struct Styles {
    by_id: HashMap<String, Style>,
    default: Option<String>,
}

impl Styles {
    /// Reads `styles.xml`.
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, Fault> {
        let mut styles = Self::default();
        while let Some(node) = xml.next()? {
            if let Node::Start(e) = node
                && e.name() == "style"
            {
                styles.style(&e, xml)?;
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
        if paragraph {
            self.by_id.insert(id, style);
        }
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
}
