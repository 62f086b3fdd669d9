//! An administrative document as data: what it says and in which measures it is set, free of any
//! output format. Laid out after Nghị định 30/2020/NĐ-CP or, with other measures and another heading,
//! after the Party's guidance; the measures come from a definition with its source, never from code.

mod format;

pub use format::{FormatParams, IssuerMark, Sheet, Sizes};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use viet::Lang;

use crate::PressError;

/// A stretch of text of one look.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Run {
    /// The text, printed literally; a line feed is a line break.
    pub text: String,
    /// Bold.
    #[serde(default)]
    pub bold: bool,
    /// Italic.
    #[serde(default)]
    pub italic: bool,
    /// Where a figure comes from. An `http(s)` address becomes a live link; any other reference is
    /// kept in the data and not printed.
    #[serde(default)]
    pub reference: Option<String>,
}

impl Run {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Bold text.
    pub fn bold(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            bold: true,
            ..Self::default()
        }
    }

    /// Italic text.
    pub fn italic(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            italic: true,
            ..Self::default()
        }
    }

    /// A figure with the address of its observation.
    pub fn figure(text: impl Into<String>, reference: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            reference: Some(reference.into()),
            ..Self::default()
        }
    }
}

/// How a column or a cell is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Words.
    #[default]
    Left,
    /// Ordinals, short marks.
    Center,
    /// Figures.
    Right,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Heading.
    pub title: String,
    /// Share of the width relative to the other columns; 0 counts as 1.
    pub weight: u16,
    /// Alignment of its cells.
    #[serde(default)]
    pub align: Align,
}

impl Column {
    /// A column of the given heading, weight and alignment.
    pub fn new(title: impl Into<String>, weight: u16, align: Align) -> Self {
        Self {
            title: title.into(),
            weight,
            align,
        }
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Its text.
    pub runs: Vec<Run>,
    /// Alignment where it differs from the column's.
    #[serde(default)]
    pub align: Option<Align>,
    /// Columns covered; 0 counts as 1.
    #[serde(default)]
    pub span: u16,
}

impl Cell {
    /// A cell of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            runs: vec![Run::plain(text)],
            align: None,
            span: 1,
        }
    }

    /// A bold cell over several columns: the heading of a group of rows.
    pub fn group(text: impl Into<String>, span: u16) -> Self {
        Self {
            runs: vec![Run::bold(text)],
            align: Some(Align::Left),
            span,
        }
    }

    /// A cell of runs.
    pub fn of(runs: Vec<Run>) -> Self {
        Self {
            runs,
            align: None,
            span: 1,
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Caption above it.
    #[serde(default)]
    pub caption: Option<String>,
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Rows; the cells of each must cover all columns.
    pub rows: Vec<Vec<Cell>>,
    /// Whether the headings come again on each page.
    pub repeat_head: bool,
}

impl Table {
    fn check(&self) -> Result<(), PressError> {
        let columns = self.columns.len();
        if columns == 0 {
            return Err(PressError::NoColumns);
        }
        for (index, row) in self.rows.iter().enumerate() {
            let cells: usize = row.iter().map(|c| usize::from(c.span.max(1))).sum();
            if cells != columns {
                return Err(PressError::Row {
                    row: index + 1,
                    cells,
                    columns,
                });
            }
        }
        Ok(())
    }
}

/// A drawing with what it says in words and as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The drawing, from [`crate::chart`].
    pub svg: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// Caption below it.
    pub caption: String,
    /// Its figures; a DOCX shows them in place of the drawing.
    #[serde(default)]
    pub table: Option<Table>,
}

/// A part of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// A heading; levels start at 1, at most 6.
    Heading {
        /// Depth.
        level: u8,
        /// Its words, numbered by the author ("I. TÌNH HÌNH CHUNG").
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Its text.
        runs: Vec<Run>,
    },
    /// A list, each item led by a dash.
    Bullets {
        /// Its items.
        items: Vec<Vec<Run>>,
    },
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Figure),
}

impl Block {
    /// A paragraph of plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Paragraph {
            runs: vec![Run::plain(text)],
        }
    }

    /// A heading.
    pub fn heading(level: u8, text: impl Into<String>) -> Self {
        Self::Heading {
            level,
            text: text.into(),
        }
    }
}

/// An annex, which starts on its own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annex {
    /// Its title, number included ("PHỤ LỤC I …").
    pub title: String,
    /// Whether the sheet is turned for wide tables.
    pub landscape: bool,
    /// Its content.
    pub blocks: Vec<Block>,
}

/// Who signs, and on whose behalf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH".
    pub authority: Vec<String>,
    /// "PHÓ CHỦ TỊCH".
    pub position: String,
    /// The name, known once the signer is.
    pub signer: Option<String>,
}

/// A whole document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminDocument {
    /// Measures of the format.
    pub format: FormatParams,
    /// Language of the document.
    pub lang: Lang,
    /// When it was drawn up (UTC): goes into the files' own data, so that the same input gives the
    /// same bytes.
    pub drawn_up: DateTime,
    /// The body above the issuer.
    pub issuer_parent: Option<String>,
    /// The issuer.
    pub issuer: String,
    /// Number and symbol ("Số:       /BC-UBND").
    pub number_symbol: String,
    /// A mark below them ("DỰ THẢO"), framed.
    #[serde(default)]
    pub mark: Option<String>,
    /// Place of issue.
    pub place: String,
    /// Day of issue; while it is not known, room is left for it.
    pub date: Option<Date>,
    /// Quốc hiệu and tiêu ngữ, or the Party's heading, line by line.
    pub motto: Vec<String>,
    /// Kind of document ("BÁO CÁO").
    pub kind_title: String,
    /// What it is about.
    pub summary: String,
    /// To whom it is sent ("Kính gửi"); may be empty.
    #[serde(default)]
    pub addressees: Vec<String>,
    /// The body.
    pub body: Vec<Block>,
    /// The signature; none in a document that is not signed.
    pub signature: Option<Signature>,
    /// Who receives it, closing marks included as they are to be printed.
    pub recipients: Vec<String>,
    /// Annexes.
    pub annexes: Vec<Annex>,
    /// Printed small at the foot of each page: from which state of the records it was drawn up.
    pub imprint: String,
}

impl AdminDocument {
    /// Whether the document can be set: measures and tables.
    ///
    /// # Errors
    /// [`PressError::Format`], [`PressError::Row`], [`PressError::NoColumns`].
    pub fn check(&self) -> Result<(), PressError> {
        self.format.check()?;
        self.blocks().try_for_each(|block| match block {
            Block::Table(table)
            | Block::Chart(Figure {
                table: Some(table), ..
            }) => table.check(),
            _ => Ok(()),
        })
    }

    /// All blocks, the body's first.
    fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.body
            .iter()
            .chain(self.annexes.iter().flat_map(|a| &a.blocks))
    }

    /// Kind and summary on one line: the title in the files' own data.
    pub fn title(&self) -> String {
        let title = format!("{} {}", self.kind_title, self.summary);
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if title.is_empty() {
            self.issuer.clone()
        } else {
            title
        }
    }

    /// "Kon Tum, ngày 05 tháng 02 năm 2026": days below 10 and the months 1 and 2 take a leading
    /// zero, as the State's format asks; room is left where the day is not yet known.
    pub fn place_date(&self) -> String {
        let day = match (self.date, self.lang) {
            (Some(day), Lang::Vi) => {
                let month = if day.month() < 3 {
                    format!("0{}", day.month())
                } else {
                    day.month().to_string()
                };
                format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
            }
            (Some(day), Lang::En) => viet::date::format(day, Lang::En),
            (None, Lang::Vi) => format!("ngày      tháng      năm {}", self.drawn_up.year()),
            (None, Lang::En) => format!("            {}", self.drawn_up.year()),
        };
        if self.place.is_empty() {
            day
        } else {
            format!("{}, {day}", self.place)
        }
    }
}
