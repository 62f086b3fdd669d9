//! What is wrong with a definition, said like a good compiler says it.

use std::fmt;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use viet::Lang;

use crate::header::Label;

/// The file a definition was written in. Two definitions that say the same are equal wherever they were written.
#[derive(Clone, Default)]
pub struct Origin {
    path: Arc<str>,
    text: Arc<str>,
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({})", self.path)
    }
}

impl Origin {
    /// The origin of a text read from a path.
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// The path as it was given.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text as it was given.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The place of a value, named by the keys and indices that lead to it; the nearest ancestor when it is absent.
    pub fn place(&self, keys: &[&str]) -> Place {
        let span = DeTable::parse(&self.text)
            .ok()
            .and_then(|root| span_of(&root, keys));
        self.place_of(span)
    }

    /// The place of a part of a text that stands at the end of keys and indices; the whole text when it is written
    /// with escapes, so that its bytes are not those of the file.
    pub(crate) fn place_within(
        &self,
        keys: &[&str],
        text: &str,
        part: std::ops::Range<usize>,
    ) -> Place {
        let whole = DeTable::parse(&self.text)
            .ok()
            .and_then(|root| span_of(&root, keys));
        let inside = whole.clone().and_then(|whole| {
            let from = whole.start + self.text.get(whole)?.find(text)?;
            Some(from + part.start..from + part.end)
        });
        self.place_of(inside.filter(|_| !text.is_empty()).or(whole))
    }

    /// The place of a span of bytes in the text.
    pub fn place_of(&self, span: Option<std::ops::Range<usize>>) -> Place {
        let Some(span) = span.filter(|s| s.start <= self.text.len()) else {
            return Place {
                file: self.path.to_string(),
                line: 0,
                column: 0,
                width: 0,
                excerpt: String::new(),
            };
        };
        let before = &self.text.as_bytes()[..span.start];
        let line = before.iter().filter(|byte| **byte == b'\n').count();
        let excerpt = self
            .text
            .split('\n')
            .nth(line)
            .unwrap_or_default()
            .trim_end_matches('\r');
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let column = chars(self.text.get(line_start..span.start));
        let width = chars(
            self.text
                .get(span.start..span.end.min(line_start + excerpt.len()).max(span.start)),
        );
        Place {
            file: self.path.to_string(),
            line: line + 1,
            column: column + 1,
            width: width.max(1),
            excerpt: excerpt.to_owned(),
        }
    }
}

fn chars(text: Option<&str>) -> usize {
    text.map_or(0, |t| t.chars().count())
}

fn span_of(root: &Spanned<DeTable<'_>>, keys: &[&str]) -> Option<std::ops::Range<usize>> {
    let (first, rest) = keys.split_first()?;
    let mut value = root
        .get_ref()
        .iter()
        .find(|(key, _)| key.get_ref() == first)?
        .1;
    for key in rest {
        let next = match value.get_ref() {
            DeValue::Table(table) => table
                .iter()
                .find(|(name, _)| name.get_ref() == key)
                .map(|(_, v)| v),
            DeValue::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        };
        match next {
            Some(next) => value = next,
            None => break,
        }
    }
    Some(value.span())
}

/// A place in a file. Line and column count from 1, in characters; 0 when the place is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path of the file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters to underline.
    pub width: usize,
    /// The line itself.
    pub excerpt: String,
}

/// What sort of fault it is, for programs; people read the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// The text is no TOML.
    Syntax,
    /// A key that no definition of this kind has.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,
    /// A value of the wrong type or outside what is allowed.
    WrongValue,
    /// A reference to something that no definition defines.
    UnknownReference,
    /// The same id and version, or the same entry, twice.
    Duplicate,
    /// Two lives of one area code at the same time.
    Overlap,
    /// Something stands above itself.
    Cycle,
    /// Units that do not agree.
    WrongUnit,
    /// A change that a province may not make over the definition it builds on.
    OverlayForbidden,
}

/// One fault: what was found, where, what was expected and the nearest name that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What sort of fault.
    pub code: FaultCode,
    /// What was found.
    pub found: Label,
    /// What was expected; empty when the message says it all.
    pub expected: Vec<String>,
    /// A name that exists and looks much like the one found.
    pub nearest: Option<String>,
    /// Where.
    pub place: Place,
}

impl Fault {
    /// The fault as a paragraph with the line it stands on, in a language.
    pub fn render(&self, lang: Lang) -> String {
        let place = &self.place;
        let mut out = format!("{}: {}\n", lang.pick("lỗi", "fault"), self.found.get(lang));
        let expected = self.expected_text(lang);
        if place.line == 0 {
            out.push_str(&format!("  --> {}\n", place.file));
            if !expected.is_empty() {
                out.push_str(&format!("   = {expected}\n"));
            }
        } else {
            let number = place.line.to_string();
            let gutter = " ".repeat(number.len());
            let (shown, indent) = window(&place.excerpt, place.column);
            out.push_str(&format!(
                "{gutter}--> {}:{}:{}\n",
                place.file, place.line, place.column
            ));
            out.push_str(&format!("{gutter} |\n{number} | {shown}\n"));
            let marks = "^".repeat(
                place
                    .width
                    .min(shown.chars().count().saturating_sub(indent))
                    .max(1),
            );
            out.push_str(format!("{gutter} | {}{marks} {expected}", " ".repeat(indent)).trim_end());
            out.push('\n');
        }
        if let Some(nearest) = &self.nearest {
            out.push_str(&format!(
                "   = {} `{nearest}`?\n",
                lang.pick("có phải ý là", "did you mean")
            ));
        }
        out
    }

    fn expected_text(&self, lang: Lang) -> String {
        match self.expected.as_slice() {
            [] => String::new(),
            [one] => format!("{} {}", lang.pick("cần", "expected"), type_name(one, lang)),
            many => format!(
                "{} {}",
                lang.pick("cần một trong:", "expected one of:"),
                many.join(", ")
            ),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Lang::Vi))
    }
}

impl std::error::Error for Fault {}

/// The TOML reader names types in English; an official reads them in Vietnamese.
fn type_name(text: &str, lang: Lang) -> &str {
    let vi = match text {
        "a string" => "một chuỗi trong ngoặc kép",
        "a sequence" => "một danh sách trong [ ]",
        "a boolean" => "true hoặc false",
        "u32" => "một số nguyên không âm",
        _ if text.starts_with("struct ") => "một bảng có tên trường",
        _ => text,
    };
    lang.pick(vi, text)
}

/// Longest stretch of a line that is shown; a line of a long list would drown its fault.
const SHOWN: usize = 100;

/// The part of a line around a column, and how far the column lies within it.
fn window(line: &str, column: usize) -> (String, usize) {
    let at = column.saturating_sub(1);
    let length = line.chars().count();
    if length <= SHOWN {
        return (line.to_owned(), at);
    }
    let from = at.saturating_sub(SHOWN / 4).min(length - SHOWN);
    let shown: String = line.chars().skip(from).take(SHOWN).collect();
    let (head, tail) = (
        if from > 0 { "…" } else { "" },
        if from + SHOWN < length { "…" } else { "" },
    );
    (
        format!("{head}{shown}{tail}"),
        at - from + head.chars().count(),
    )
}

/// The name of a list that is most like a word, if any is like enough to be meant.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned())
}

/// Collects the faults of one file.
pub(crate) struct Faults<'a> {
    origin: &'a Origin,
    list: Vec<Fault>,
}

impl<'a> Faults<'a> {
    pub(crate) fn new(origin: &'a Origin) -> Self {
        Self {
            origin,
            list: Vec::new(),
        }
    }

    pub(crate) fn into_list(self) -> Vec<Fault> {
        self.list
    }

    /// A value that has the right type and is nonsense all the same.
    pub(crate) fn value(
        &mut self,
        keys: &[&str],
        vi: impl Into<String>,
        en: impl Into<String>,
        expected: &str,
    ) {
        self.push(
            FaultCode::WrongValue,
            keys,
            Label::new(vi, en),
            vec![expected.to_owned()],
        );
    }

    /// A key that must be there and is not.
    pub(crate) fn missing(&mut self, keys: &[&str], key: &str) {
        let found = Label::new(format!("thiếu `{key}`"), format!("`{key}` is missing"));
        self.push(FaultCode::MissingKey, keys, found, Vec::new());
    }

    /// The same entry twice.
    pub(crate) fn duplicate(&mut self, keys: &[&str], name: &str) {
        let found = Label::new(
            format!("`{name}` có hai lần"),
            format!("`{name}` stands twice"),
        );
        self.push(FaultCode::Duplicate, keys, found, Vec::new());
    }

    pub(crate) fn push(
        &mut self,
        code: FaultCode,
        keys: &[&str],
        found: Label,
        expected: Vec<String>,
    ) {
        self.push_near(code, keys, found, expected, None);
    }

    pub(crate) fn push_near(
        &mut self,
        code: FaultCode,
        keys: &[&str],
        found: Label,
        expected: Vec<String>,
        nearest: Option<String>,
    ) {
        self.list.push(Fault {
            code,
            found,
            expected,
            nearest,
            place: self.origin.place(keys),
        });
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.list.push(fault);
    }

    pub(crate) fn origin(&self) -> &Origin {
        self.origin
    }
}
