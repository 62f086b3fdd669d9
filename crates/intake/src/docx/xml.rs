//! A pull reader of XML that is safe on hostile files: no document types, no entities but the five of
//! XML, bounded nesting.

use crate::error::{Fault, Trick};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// What the reader meets. Empty elements come as a start and an end.
pub(crate) enum Node<'a> {
    Start(Element<'a>),
    End,
    Text(String),
}

/// The start of an element.
pub(crate) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// The element's name without its prefix. Prefixes are free; the local names of WordprocessingML
    /// are distinct enough for what is read here.
    pub(crate) fn name(&self) -> String {
        self.0.local_name().as_ref().to_owned()
    }

    /// The value of an attribute by local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|a| a.key.local_name().as_ref() == name)
            .and_then(|a| {
                a.normalized_value(XmlVersion::Implicit1_0)
                    .ok()
                    .map(|v| v.into_owned())
            })
    }

    /// The attribute `val`, which most settings of WordprocessingML carry.
    pub(crate) fn val(&self) -> Option<String> {
        self.attribute("val")
    }

    /// A switch such as `<w:vanish/>`: on unless its value says otherwise.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self.val().as_deref(), Some("0" | "false" | "off"))
    }
}

/// Reads one part of the container.
pub(crate) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    part: &'a str,
    depth: usize,
    max_depth: usize,
}

impl<'a> Xml<'a> {
    pub(crate) fn new(part: &'a str, text: &'a str, max_depth: usize) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            part,
            depth: 0,
            max_depth,
        }
    }

    /// The next node; `None` at the end of the part.
    pub(crate) fn next(&mut self) -> Result<Option<Node<'a>>, Fault> {
        loop {
            let event = self.reader.read_event();
            let node = match event.map_err(|e| self.broken(&e.to_string()))? {
                Event::Start(e) => {
                    self.depth += 1;
                    if self.depth > self.max_depth {
                        return Err(self.hostile(Trick::DeepNesting));
                    }
                    Node::Start(Element(e))
                }
                Event::End(_) => {
                    self.depth = self
                        .depth
                        .checked_sub(1)
                        .ok_or_else(|| self.broken("end without start"))?;
                    Node::End
                }
                Event::Text(t) => Node::Text(t.xml10_content().into_owned()),
                Event::CData(t) => Node::Text(t.xml10_content().into_owned()),
                Event::GeneralRef(name) => Node::Text(self.resolve(&name)?.to_string()),
                Event::DocType(_) => return Err(self.hostile(Trick::DocumentType)),
                Event::Eof if self.depth == 0 => return Ok(None),
                Event::Eof => return Err(self.broken("unexpected end")),
                _ => continue,
            };
            return Ok(Some(node));
        }
    }

    /// The next child of the element being read; `None` at its end.
    pub(crate) fn child(&mut self) -> Result<Option<Node<'a>>, Fault> {
        match self.next()? {
            Some(Node::End) => Ok(None),
            Some(node) => Ok(Some(node)),
            None => Err(self.broken("unexpected end")),
        }
    }

    /// Passes over the rest of the element just started.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if self.next()?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// The text of the element just started, its children's left out.
    pub(crate) fn text(&mut self) -> Result<String, Fault> {
        let mut text = String::new();
        while let Some(node) = self.child()? {
            match node {
                Node::Text(t) => text.push_str(&t),
                Node::Start(_) => self.skip()?,
                Node::End => {}
            }
        }
        Ok(text)
    }

    fn resolve(&self, reference: &quick_xml::events::BytesRef<'_>) -> Result<char, Fault> {
        let broken = || self.broken(&format!("unknown entity &{};", &**reference));
        match &**reference {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => match reference.resolve_char_ref() {
                Ok(Some(c)) => Ok(c),
                _ => Err(broken()),
            },
        }
    }

    fn broken(&self, reason: &str) -> Fault {
        Fault::Broken {
            part: self.part.to_owned(),
            reason: reason.to_owned(),
        }
    }

    fn hostile(&self, trick: Trick) -> Fault {
        Fault::Hostile {
            part: self.part.to_owned(),
            trick,
        }
    }
}
