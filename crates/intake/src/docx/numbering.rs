//! Automatic numbers, which stand nowhere in the text of a DOCX and must be counted.
//! Rules: ECMA-376 part 1, section 17.9.

use super::xml::{Node, Xml};
use crate::numerals::numeral;
use crate::{Fault, Notice};
use std::collections::{HashMap, HashSet};

/// Levels a list may have.
const LEVELS: usize = 9;

/// A paragraph's or a style's reference to a list (`w:numPr`).
#[derive(Debug, Clone, Default)]
pub(crate) struct NumRef {
    pub(crate) num: Option<String>,
    pub(crate) level: Option<usize>,
}

impl NumRef {
    /// Reads the `w:numPr` just started.
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, Fault> {
        let mut found = Self::default();
        while let Some(node) = xml.child()? {
            if let Node::Start(e) = node {
                match e.name().as_str() {
                    "numId" => found.num = e.val(),
                    "ilvl" => found.level = e.val().and_then(|v| v.parse().ok()),
                    _ => {}
                }
                xml.skip()?;
            }
        }
        Ok(found)
    }
}

#[derive(Debug, Clone)]
struct Level {
    start: u32,
    format: String,
    text: String,
    suffix: &'static str,
    /// The level (from 1) whose numbers start this one anew; none for any above, 0 for never.
    restart: Option<usize>,
    /// Whether numbers of other levels are shown as digits.
    legal: bool,
    style: Option<String>,
}

#[derive(Default, Clone)]
struct List {
    levels: [Option<Level>; LEVELS],
    style_link: Option<String>,
    num_style_link: Option<String>,
}

#[derive(Default, Clone)]
struct Num {
    list: String,
    starts: [Option<u32>; LEVELS],
    levels: [Option<Level>; LEVELS],
}

/// The lists of a document and where each has got to.
#[derive(Default, Clone)]
pub(crate) struct Numbering {
    lists: HashMap<String, List>,
    /// The list that states what a list style looks like.
    by_style: HashMap<String, String>,
    nums: HashMap<String, Num>,
    counters: HashMap<String, [Option<u32>; LEVELS]>,
    used: HashSet<String>,
}

impl Numbering {
    /// Reads `numbering.xml`.
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, Fault> {
        let mut all = Self::default();
        while let Some(node) = xml.next()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "abstractNum" => {
                    let id = e.attribute("abstractNumId").unwrap_or_default();
                    let list = List::read(xml)?;
                    if let Some(style) = &list.style_link {
                        all.by_style.insert(style.clone(), id.clone());
                    }
                    all.lists.insert(id, list);
                }
                "num" => {
                    let id = e.attribute("numId").unwrap_or_default();
                    all.nums.insert(id, Num::read(xml)?);
                }
                _ => {}
            }
        }
        Ok(all)
    }

    /// Counts one more paragraph of a list and gives its label with the space after it, or `None` when
    /// the paragraph has no number. `style` is the style the reference came from, if from one.
    pub(crate) fn label(
        &mut self,
        reference: &NumRef,
        style: Option<&str>,
        notices: &mut Vec<Notice>,
    ) -> Option<String> {
        let id = reference.num.as_deref().filter(|id| *id != "0")?;
        let num = self.nums.get(id)?;
        let list_id = self.list_of(&num.list)?;
        let list = self.lists.get(&list_id)?;
        let levels: Vec<Option<&Level>> = (0..LEVELS)
            .map(|l| num.levels[l].as_ref().or(list.levels[l].as_ref()))
            .collect();
        let by_style = || {
            let style = style?;
            (0..LEVELS).find(|l| levels[*l].and_then(|v| v.style.as_deref()) == Some(style))
        };
        let at = reference.level.or_else(by_style).unwrap_or(0);
        let level = levels.get(at).copied().flatten()?;
        let counters = self.counters.entry(list_id).or_default();
        if self.used.insert(id.to_owned()) {
            // A list taken up under a new number begins anew where that number says so.
            for (counter, start) in counters.iter_mut().zip(&num.starts) {
                *counter = counter.filter(|_| start.is_none());
            }
        }
        advance(counters, at, &levels, &num.starts);
        Some(write(level, at, counters, &levels, notices))
    }

    /// The list a number refers to, through a link by a list style when there is one.
    fn list_of(&self, id: &str) -> Option<String> {
        match &self.lists.get(id)?.num_style_link {
            Some(style) => self.by_style.get(style).cloned(),
            None => Some(id.to_owned()),
        }
    }
}

fn advance(
    counters: &mut [Option<u32>; LEVELS],
    at: usize,
    levels: &[Option<&Level>],
    starts: &[Option<u32>; LEVELS],
) {
    let start = |l: usize| starts[l].or(levels[l].map(|v| v.start)).unwrap_or(1);
    counters[at] = Some(counters[at].map_or(start(at), |n| n.saturating_add(1)));
    // A deeper paragraph without one above it counts the ones above as begun.
    for (above, counter) in counters.iter_mut().enumerate().take(at) {
        counter.get_or_insert(start(above));
    }
    for (below, counter) in counters.iter_mut().enumerate().skip(at + 1) {
        let restarts = match levels[below].and_then(|v| v.restart) {
            Some(0) => false,
            Some(level) => at < level,
            None => true,
        };
        if restarts {
            *counter = None;
        }
    }
}

fn write(
    level: &Level,
    at: usize,
    counters: &[Option<u32>; LEVELS],
    levels: &[Option<&Level>],
    notices: &mut Vec<Notice>,
) -> String {
    if level.format == "bullet" {
        let plus = level.text.contains('+');
        return format!("{}{}", if plus { '+' } else { '-' }, level.suffix);
    }
    let mut label = String::new();
    let mut signs = level.text.chars().peekable();
    while let Some(sign) = signs.next() {
        let digit = (sign == '%').then(|| signs.peek().and_then(|d| d.to_digit(10)));
        let shown = match digit.flatten() {
            Some(d @ 1..=9) => d as usize - 1,
            _ => {
                label.push(sign);
                continue;
            }
        };
        signs.next();
        let count = counters[shown].unwrap_or(1);
        let format = match levels[shown] {
            Some(other) if !(level.legal && shown != at) => other.format.as_str(),
            _ => "decimal",
        };
        label.push_str(&numeral(format, count).unwrap_or_else(|| {
            notices.push(Notice::UnknownNumbering {
                format: format.to_owned(),
            });
            count.to_string()
        }));
    }
    if label.is_empty() {
        return label;
    }
    label + level.suffix
}

impl List {
    fn read(xml: &mut Xml<'_>) -> Result<Self, Fault> {
        let mut list = Self::default();
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "lvl" => {
                    let at = level_index(e.attribute("ilvl"));
                    let level = Level::read(xml)?;
                    if let Some(at) = at {
                        list.levels[at] = Some(level);
                    }
                    continue;
                }
                "styleLink" => list.style_link = e.val(),
                "numStyleLink" => list.num_style_link = e.val(),
                _ => {}
            }
            xml.skip()?;
        }
        Ok(list)
    }
}

impl Num {
    fn read(xml: &mut Xml<'_>) -> Result<Self, Fault> {
        let mut num = Self::default();
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "abstractNumId" => {
                    num.list = e.val().unwrap_or_default();
                    xml.skip()?;
                }
                "lvlOverride" => num.override_level(level_index(e.attribute("ilvl")), xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(num)
    }

    fn override_level(&mut self, at: Option<usize>, xml: &mut Xml<'_>) -> Result<(), Fault> {
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match (e.name().as_str(), at) {
                ("startOverride", Some(at)) => {
                    self.starts[at] = e.val().and_then(|v| v.parse().ok());
                    xml.skip()?;
                }
                ("lvl", Some(at)) => self.levels[at] = Some(Level::read(xml)?),
                _ => xml.skip()?,
            }
        }
        Ok(())
    }
}

impl Level {
    fn read(xml: &mut Xml<'_>) -> Result<Self, Fault> {
        let mut level = Self {
            start: 0,
            format: "decimal".into(),
            text: String::new(),
            suffix: " ",
            restart: None,
            legal: false,
            style: None,
        };
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "start" => level.start = e.val().and_then(|v| v.parse().ok()).unwrap_or(0),
                "numFmt" => level.format = e.val().unwrap_or_default(),
                "lvlText" => level.text = e.val().unwrap_or_default(),
                "lvlRestart" => level.restart = e.val().and_then(|v| v.parse().ok()),
                "isLgl" => level.legal = e.is_on(),
                "pStyle" => level.style = e.val(),
                "suff" if e.val().as_deref() == Some("nothing") => level.suffix = "",
                _ => {}
            }
            xml.skip()?;
        }
        Ok(level)
    }
}

fn level_index(value: Option<String>) -> Option<usize> {
    value?.parse().ok().filter(|l| *l < LEVELS)
}
