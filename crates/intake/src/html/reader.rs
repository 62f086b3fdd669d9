//! From the tags of a page to its blocks. Reads tags as they come, without a tree, so that no page, however
//! broken or nested, costs more than its length.

use super::lists::List;
use super::tables::{Cell, Table};
use crate::Limits;
use crate::blocks::Block;
use crate::error::{Fault, Measure, Trick};
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// A start tag.
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    tag: &'a StartTag<()>,
}

impl Tag<'_> {
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let value = self.tag.attributes.get(name.as_bytes())?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// A property of the `style` attribute, in small letters.
    pub(super) fn style(&self, property: &str) -> Option<String> {
        let style = self.attribute("style")?.to_ascii_lowercase();
        style.split(';').find_map(|rule| {
            let (name, value) = rule.split_once(':')?;
            (name.trim() == property).then(|| value.trim().to_owned())
        })
    }
}

/// What a page holds.
pub(super) struct Page {
    pub(super) blocks: Vec<Block>,
    pub(super) pictures: usize,
    pub(super) furniture: bool,
    pub(super) hidden: bool,
    /// The words passed over, a block each.
    pub(super) aside: Vec<String>,
}

/// Why an element is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Scripts and the like, which hold no text at all.
    Machinery,
    /// Pictures and other media; what they hold is for readers without them.
    Embedded,
    Furniture,
    Hidden,
}

/// An element passed over, and how many of its name are open within.
struct Skip {
    name: String,
    open: usize,
    why: Why,
}

/// An anchor of a note, as LibreOffice writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Plain,
    Mark,
    Note,
}

/// What lies open around the text: tables, and cells within them.
enum Frame {
    Table(Table),
    Cell(Cell),
}

pub(super) struct Reader<'l> {
    limits: &'l Limits,
    room: usize,
    root: Cell,
    frames: Vec<Frame>,
    text: String,
    space: bool,
    label: String,
    preformatted: usize,
    articles: usize,
    anchor: Option<Anchor>,
    superscript: bool,
    skip: Option<Skip>,
    /// Words passed over, of a block not yet ended.
    passed: String,
    /// Names of elements that are never closed in this page, so that passing over them would take the
    /// rest of the page away.
    unclosed: Vec<String>,
    page: Page,
}

impl<'l> Reader<'l> {
    /// Reads a page.
    pub(super) fn read(source: &str, limits: &'l Limits) -> Result<Page, Fault> {
        let mut unclosed = Vec::new();
        loop {
            let mut reader = Self::new(limits, std::mem::take(&mut unclosed));
            reader.tokens(source)?;
            match reader.skip.take() {
                Some(skip) if skip.why != Why::Machinery => {
                    unclosed = reader.unclosed;
                    unclosed.push(skip.name);
                }
                _ => return reader.finish(),
            }
        }
    }

    fn new(limits: &'l Limits, unclosed: Vec<String>) -> Self {
        Self {
            limits,
            room: limits.max_chars,
            root: Cell::default(),
            frames: Vec::new(),
            text: String::new(),
            space: false,
            label: String::new(),
            preformatted: 0,
            articles: 0,
            anchor: None,
            superscript: false,
            skip: None,
            passed: String::new(),
            unclosed,
            page: Page {
                blocks: Vec::new(),
                pictures: 0,
                furniture: false,
                hidden: false,
                aside: Vec::new(),
            },
        }
    }

    fn tokens(&mut self, source: &str) -> Result<(), Fault> {
        let mut emitter = DefaultEmitter::default();
        // Scripts and styles are no markup.
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(source, emitter) {
            match token.unwrap_or_else(|never| match never {}) {
                Token::StartTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    self.start(&Tag {
                        name: &name,
                        tag: &tag,
                    })?;
                }
                Token::EndTag(tag) => self.end(&String::from_utf8_lossy(&tag.name))?,
                Token::String(text) => self.words(&String::from_utf8_lossy(&text))?,
                _ => {}
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Page, Fault> {
        self.flush()?;
        self.pass();
        while !self.frames.is_empty() {
            self.close_table()?;
        }
        self.page.blocks = self.root.blocks;
        Ok(self.page)
    }

    fn start(&mut self, tag: &Tag<'_>) -> Result<(), Fault> {
        if let Some(skip) = &mut self.skip {
            skip.open += usize::from(skip.name == tag.name && !tag.tag.self_closing);
            if is_block(tag.name) || tag.name == "br" {
                self.pass();
            }
            return Ok(());
        }
        if let Some(why) = self.passed_over(tag) {
            self.page.pictures += usize::from(why == Why::Embedded && tag.name != "noscript");
            self.skip = Some(Skip {
                name: tag.name.to_owned(),
                open: 1,
                why,
            });
            return if is_block(tag.name) {
                self.flush()
            } else {
                Ok(())
            };
        }
        if is_block(tag.name) {
            self.flush()?;
        }
        match tag.name {
            "br" => self.text.push('\n'),
            "img" => self.page.pictures += 1,
            "pre" => self.preformatted += 1,
            "article" | "main" => self.articles += 1,
            "sup" => self.superscript = true,
            "a" => self.anchor = Some(anchor(tag)),
            "ol" | "ul" | "menu" | "dir" => {
                let list = List::open(tag);
                self.cell().lists.push(list);
                return self.check_depth();
            }
            "li" => {
                self.label = match self.cell().lists.last_mut() {
                    Some(list) => list.label(tag),
                    None => "- ".to_owned(),
                };
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.cell().has_heading = true,
            "table" => {
                self.label.clear();
                self.frames.push(Frame::Table(Table::open(tag)));
                return self.check_depth();
            }
            "tr" => {
                self.close_cell()?;
                if let Some(Frame::Table(table)) = self.frames.last_mut() {
                    table.begin_row();
                    self.spend(1)?;
                }
            }
            "td" | "th" => {
                self.close_cell()?;
                if matches!(self.frames.last(), Some(Frame::Table(_))) {
                    self.frames.push(Frame::Cell(Cell::open(tag)));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Fault> {
        if let Some(skip) = &mut self.skip {
            skip.open -= usize::from(skip.name == name);
            let ended = skip.open == 0;
            if ended {
                self.skip = None;
            }
            if ended || is_block(name) {
                self.pass();
            }
            return Ok(());
        }
        if is_block(name) {
            self.flush()?;
        }
        match name {
            "pre" => self.preformatted = self.preformatted.saturating_sub(1),
            "article" | "main" => self.articles = self.articles.saturating_sub(1),
            "sup" => self.superscript = false,
            "a" => self.anchor = None,
            "ol" | "ul" | "menu" | "dir" => {
                self.cell().lists.pop();
                self.label.clear();
            }
            "li" => self.label.clear(),
            "td" | "th" | "tr" => {
                self.close_cell()?;
                if name == "tr"
                    && let Some(Frame::Table(table)) = self.frames.last_mut()
                {
                    table.end_row();
                }
            }
            "table" => self.close_table()?,
            _ => {}
        }
        Ok(())
    }

    fn words(&mut self, text: &str) -> Result<(), Fault> {
        if let Some(skip) = &self.skip {
            let seen = !text.trim().is_empty();
            self.page.furniture |= seen && skip.why == Why::Furniture;
            self.page.hidden |= seen && skip.why == Why::Hidden;
            if skip.why != Why::Machinery || skip.name == "title" {
                self.passed.push_str(text);
            }
            return Ok(());
        }
        // Four bytes are at least one character.
        self.spend(text.len() / 4)?;
        let note = match self.anchor {
            Some(Anchor::Mark) => Some(format!("[^{}]", text.trim())),
            Some(Anchor::Note) => Some(format!("[^{}] ", text.trim())),
            Some(Anchor::Plain) if self.superscript => Some(format!("[^{}]", text.trim())),
            _ => None,
        };
        if let Some(note) = note.filter(|_| !text.trim().is_empty()) {
            self.text.push_str(&note);
            return Ok(());
        }
        if self.preformatted > 0 {
            self.text.push_str(text);
            return Ok(());
        }
        for c in text.chars() {
            if c.is_ascii_whitespace() {
                self.space = true;
                continue;
            }
            if std::mem::take(&mut self.space)
                && !self.text.is_empty()
                && !self.text.ends_with(['\n', ' '])
            {
                self.text.push(' ');
            }
            self.text.push(c);
        }
        Ok(())
    }

    /// Ends a block of the words passed over.
    fn pass(&mut self) {
        let passed = std::mem::take(&mut self.passed);
        let words: Vec<&str> = passed.split_ascii_whitespace().collect();
        if !words.is_empty() {
            self.page.aside.push(words.join(" "));
        }
    }

    /// Ends a paragraph.
    fn flush(&mut self) -> Result<(), Fault> {
        self.space = false;
        let text = std::mem::take(&mut self.text);
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
        if text.is_empty() {
            return Ok(());
        }
        let label = std::mem::take(&mut self.label);
        let doubled = !label.is_empty() && text.starts_with(label.trim_end());
        let text = if doubled {
            text.to_owned()
        } else {
            label + text
        };
        self.spend(2)?;
        self.sink().push(Block::Paragraph(text));
        Ok(())
    }

    /// Where finished blocks go.
    fn sink(&mut self) -> &mut Vec<Block> {
        match self.frames.last_mut() {
            None => &mut self.root.blocks,
            Some(Frame::Cell(cell)) => &mut cell.blocks,
            Some(Frame::Table(table)) => &mut table.loose,
        }
    }

    /// The innermost cell; outside tables the page itself.
    fn cell(&mut self) -> &mut Cell {
        self.frames
            .iter_mut()
            .rev()
            .find_map(|frame| match frame {
                Frame::Cell(cell) => Some(cell),
                Frame::Table(_) => None,
            })
            .unwrap_or(&mut self.root)
    }

    fn close_cell(&mut self) -> Result<(), Fault> {
        if !matches!(self.frames.last(), Some(Frame::Cell(_))) {
            return Ok(());
        }
        self.label.clear();
        if let Some(Frame::Cell(cell)) = self.frames.pop()
            && let Some(Frame::Table(table)) = self.frames.last_mut()
        {
            let cells = table.add(cell);
            // " | " between two cells.
            self.spend(cells * 3)?;
        }
        Ok(())
    }

    fn close_table(&mut self) -> Result<(), Fault> {
        self.close_cell()?;
        if let Some(Frame::Table(table)) = self.frames.pop() {
            let mut blocks = table.close();
            self.sink().append(&mut blocks);
        }
        Ok(())
    }

    fn check_depth(&mut self) -> Result<(), Fault> {
        let max = self.limits.max_depth;
        if self.frames.len() > max || self.cell().lists.len() > max {
            return Err(Fault::Hostile {
                part: "HTML".into(),
                trick: Trick::DeepNesting,
            });
        }
        Ok(())
    }

    fn spend(&mut self, chars: usize) -> Result<(), Fault> {
        self.room = self.room.checked_sub(chars).ok_or(Fault::TooLarge {
            what: Measure::TextChars,
            limit: self.limits.max_chars as u64,
        })?;
        Ok(())
    }

    /// Whether, and why, an element is no part of the text.
    fn passed_over(&self, tag: &Tag<'_>) -> Option<Why> {
        if tag.tag.self_closing && !is_block(tag.name) {
            return None;
        }
        let why = match tag.name {
            "script" | "style" | "title" | "template" => Some(Why::Machinery),
            "svg" | "math" | "iframe" | "object" | "audio" | "video" | "canvas" | "noscript" => {
                Some(Why::Embedded)
            }
            "nav" | "aside" | "select" | "textarea" | "button" => Some(Why::Furniture),
            // Within an article they hold its title and its signature.
            "header" | "footer" if self.articles == 0 => Some(Why::Furniture),
            // Heads and feet of pages as LibreOffice writes them.
            "div" if matches!(tag.attribute("title").as_deref(), Some("header" | "footer")) => {
                Some(Why::Furniture)
            }
            "div" | "section" | "span" | "ul" | "table" => {
                let menu = matches!(
                    tag.attribute("role").as_deref(),
                    Some("navigation" | "banner")
                );
                let hidden = tag.attribute("hidden").is_some()
                    || tag.style("display").as_deref() == Some("none");
                if menu {
                    Some(Why::Furniture)
                } else {
                    hidden.then_some(Why::Hidden)
                }
            }
            _ => None,
        };
        why.filter(|why| *why == Why::Machinery || !self.unclosed.iter().any(|n| n == tag.name))
    }
}

fn anchor(tag: &Tag<'_>) -> Anchor {
    match tag.attribute("class").as_deref() {
        Some("sdfootnoteanc" | "sdendnoteanc") => Anchor::Mark,
        Some("sdfootnotesym" | "sdendnotesym") => Anchor::Note,
        _ => Anchor::Plain,
    }
}

/// Elements that begin and end a paragraph.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
    )
}
