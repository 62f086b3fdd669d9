//! The way back from the text to the file.

use crate::error::{Fault, Measure};
use serde::{Deserialize, Serialize};
use viet::{Lang, Span};

/// A place in the original file. All numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// A line of a plain-text file.
    Line { number: usize },
    /// A paragraph of a DOCX or web page outside tables, counted over the body, empty ones and those in text boxes
    /// included.
    Paragraph { index: usize },
    /// A cell of a table in a DOCX or web page; tables within a cell belong to that cell.
    Cell {
        table: usize,
        row: usize,
        column: usize,
    },
    /// A footnote or endnote of a DOCX, by the number of its mark in the text.
    Note { number: usize },
    /// A page of a PDF.
    Page { number: usize },
}

impl Place {
    /// The place in words: "bảng 2, dòng 3, cột 1", "table 2, row 3, column 1".
    pub fn describe(self, lang: Lang) -> String {
        match self {
            Self::Line { number } => format!("{} {number}", lang.pick("dòng", "line")),
            Self::Paragraph { index } => format!("{} {index}", lang.pick("đoạn", "paragraph")),
            Self::Cell { table, row, column } => match lang {
                Lang::Vi => format!("bảng {table}, dòng {row}, cột {column}"),
                Lang::En => format!("table {table}, row {row}, column {column}"),
            },
            Self::Note { number } => format!("{} {number}", lang.pick("chú thích", "note")),
            Self::Page { number } => format!("{} {number}", lang.pick("trang", "page")),
        }
    }
}

/// A stretch of the text and where it stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapEntry {
    /// Code points of [`crate::Intake::text`].
    pub span: Span,
    pub place: Place,
}

/// Text being written, its length in code points, and its map.
pub(crate) struct Sheet {
    text: String,
    chars: usize,
    max_chars: usize,
    map: Vec<MapEntry>,
}

impl Sheet {
    pub(crate) fn new(max_chars: usize) -> Self {
        Self {
            text: String::new(),
            chars: 0,
            max_chars,
            map: Vec::new(),
        }
    }

    /// Writes text that stands nowhere in the file: separators and line breaks.
    pub(crate) fn glue(&mut self, text: &str) -> Result<(), Fault> {
        self.chars += text.chars().count();
        if self.chars > self.max_chars {
            return Err(Fault::TooLarge {
                what: Measure::TextChars,
                limit: self.max_chars as u64,
            });
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Writes text that stands at `place`. Empty text leaves no entry in the map.
    pub(crate) fn write(&mut self, text: &str, place: Place) -> Result<(), Fault> {
        let start = self.chars;
        self.glue(text)?;
        if let Some(span) = Span::new(start, self.chars).filter(|s| s.start() < s.end()) {
            self.map.push(MapEntry { span, place });
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> (String, Vec<MapEntry>) {
        (self.text, self.map)
    }
}
