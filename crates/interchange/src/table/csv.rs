//! Text tables, read row by row in bounded memory.

use std::io::{BufReader, Chain, Cursor, Read};

use ::csv::{ErrorKind, ReaderBuilder, StringRecord};
use catalogue::Label;
use serde::{Deserialize, Serialize};

use super::encoding::Utf8;
use super::header::{self, FIRST_ROWS, LOOKED_AT};
use super::lines::Lines;
use super::record::{Cell, Reader, Row};
use super::{Encoding, Mapping};
use crate::amount::{self, Notation};
use crate::bounded::Bounded;
use crate::cell::{Address, CellFault};

/// Bytes of a file by which it is judged.
const BEGINNING: u64 = 64 << 10;

/// Longest row in bytes.
const LONGEST_ROW: u64 = 1 << 20;

/// Most columns a table has.
const MOST_COLUMNS: usize = 512;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// Its characters.
    pub encoding: Encoding,
    /// What stands between cells.
    pub delimiter: char,
    /// The line of the headings, counted from 0.
    pub headings: u32,
}

/// Why a file is not read as a text table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It is something else.
    #[error(
        "không phải bảng dạng văn bản; nếu là tệp Excel hãy nhập dạng .xlsx (is no text table)"
    )]
    NotText,
    /// It has no row that could hold headings.
    #[error("không tìm thấy dòng tiêu đề của bảng (there is no row of headings)")]
    NoHeadings,
    /// More columns than a table has.
    #[error("bảng có quá nhiều cột, tối đa {MOST_COLUMNS} (the table has too many columns)")]
    TooWide,
    /// Not read on.
    #[error("không đọc được bảng: {0} (the table cannot be read)")]
    Csv(#[from] ::csv::Error),
    /// The source failed.
    #[error("không đọc được tệp: {0} (the file cannot be read)")]
    Io(#[from] std::io::Error),
    /// A workbook that cannot be opened.
    #[error(transparent)]
    Book(#[from] crate::xlsx::BookError),
}

type Source<R> = Bounded<Lines<Utf8<Chain<Cursor<Vec<u8>>, R>>>>;

/// A text table on its way in.
pub struct Csv<R: Read> {
    rows: ::csv::Reader<Source<R>>,
    dialect: Dialect,
    headings: Vec<String>,
    notation: Option<Notation>,
    first_rows: Vec<Vec<String>>,
    record: StringRecord,
}

impl<R: Read> Csv<R> {
    /// Opens a table and finds out how it is written.
    ///
    /// # Errors
    /// When it is no table.
    pub fn open(source: R) -> Result<Self, TableError> {
        Self::begin(source, None)
    }

    /// Opens a table that is written in a known way.
    ///
    /// # Errors
    /// When it is no table.
    pub fn open_as(source: R, dialect: Dialect) -> Result<Self, TableError> {
        Self::begin(source, Some(dialect))
    }

    fn begin(mut source: R, known: Option<Dialect>) -> Result<Self, TableError> {
        let mut beginning = Vec::new();
        source
            .by_ref()
            .take(BEGINNING)
            .read_to_end(&mut beginning)?;
        if beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(b"\xD0\xCF\x11\xE0") {
            return Err(TableError::NotText);
        }
        let found = Sample::read(&beginning, known)?;
        let delimiter = u8::try_from(found.dialect.delimiter).map_err(|_| TableError::NotText)?;
        let whole = BufReader::new(Cursor::new(beginning).chain(source));
        let utf8 = Utf8::new(whole, found.dialect.encoding)?;
        let mut rows = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(Bounded::new(Lines::new(utf8), LONGEST_ROW));
        let mut record = StringRecord::new();
        // The rows above the headings, and the headings, were in the beginning.
        loop {
            rows.get_ref().begin_row();
            if !rows.read_record(&mut record)? {
                return Err(TableError::NoHeadings);
            }
            if line(&rows, &record) >= found.dialect.headings {
                break;
            }
        }
        if record.len() > MOST_COLUMNS {
            return Err(TableError::TooWide);
        }
        Ok(Self {
            headings: record.iter().map(|h| viet::fold::nfc(h.trim())).collect(),
            rows,
            dialect: found.dialect,
            notation: found.notation,
            first_rows: found.first_rows,
            record,
        })
    }

    /// How it is written.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The headings, first to last.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// The first rows below the headings as they stand, for a person to look at.
    pub fn first_rows(&self) -> &[Vec<String>] {
        &self.first_rows
    }

    /// What the columns seem to mean, and how numbers seem to be written.
    pub fn propose(&self) -> Mapping {
        Mapping {
            notation: self.notation,
            ..Mapping::propose(&self.headings)
        }
    }

    /// The figures of the next row, or what is wrong with its cells; none at the end. Call again after
    /// faults: the rows that follow are not touched by them.
    ///
    /// # Errors
    /// When the rest cannot be read.
    pub fn next_row(&mut self, reader: &Reader) -> Result<Option<Row>, TableError> {
        self.rows.get_ref().begin_row();
        match self.rows.read_record(&mut self.record) {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            Err(error) => match error.kind() {
                ErrorKind::Utf8 { err, .. } => {
                    let row = line(&self.rows, &StringRecord::new());
                    return Ok(Some(Err(vec![not_utf8(row, err.field())])));
                }
                _ => return Err(error.into()),
            },
        }
        let record = &self.record;
        let cell = |at: u16| record.get(usize::from(at)).map(Cell::Text);
        Ok(Some(reader.row(line(&self.rows, record), cell)))
    }
}

impl<R: Read> Csv<R> {
    /// The cells of the next row as they stand, with its line from 0; none at the end.
    ///
    /// # Errors
    /// When the rest cannot be read.
    pub fn next_cells(&mut self) -> Result<Option<(u32, Vec<String>)>, TableError> {
        self.rows.get_ref().begin_row();
        if !self.rows.read_record(&mut self.record)? {
            return Ok(None);
        }
        let cells = self.record.iter().map(|cell| cell.trim().to_owned());
        Ok(Some((line(&self.rows, &self.record), cells.collect())))
    }
}

/// The line on which the record begins that was read last, from 0: the reader stands behind its end.
fn line<R: Read>(reader: &::csv::Reader<R>, record: &StringRecord) -> u32 {
    let within = record.as_slice().bytes().filter(|b| *b == b'\n').count();
    let behind = reader.position().line();
    u32::try_from(behind.saturating_sub(2 + within as u64)).unwrap_or(u32::MAX)
}

fn not_utf8(row: u32, field: usize) -> CellFault {
    let column = u16::try_from(field).unwrap_or(u16::MAX);
    CellFault::new(
        Address::new(row, column),
        "",
        Label::new(
            "Ký tự không thuộc bảng mã của tệp.",
            "A character is not in the file's encoding.",
        ),
        Label::new("Lưu lại tệp dạng CSV UTF-8.", "Save the file as CSV UTF-8."),
    )
}

/// What the beginning of a file shows.
struct Sample {
    dialect: Dialect,
    notation: Option<Notation>,
    first_rows: Vec<Vec<String>>,
}

/// Delimiters, the one preferred first when two divide a file alike: a comma may stand in numbers.
const DELIMITERS: [char; 4] = ['\t', ';', '|', ','];

impl Sample {
    fn read(beginning: &[u8], known: Option<Dialect>) -> Result<Self, TableError> {
        let encoding = known.map_or_else(|| Encoding::detect(beginning), |d| d.encoding);
        let utf8 = Utf8::new(BufReader::new(beginning), encoding)?;
        let mut bytes = Vec::new();
        Lines::new(utf8).read_to_end(&mut bytes)?;
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        // The last line may be cut off; an end was put to it.
        let cut = beginning.len() as u64 == BEGINNING;
        if let Some(end) = text.trim_end_matches('\n').rfind('\n').filter(|_| cut) {
            text.truncate(end + 1);
        }
        if text.contains('\0') {
            return Err(TableError::NotText);
        }
        let said = text
            .strip_prefix("sep=")
            .and_then(|rest| rest.chars().next());
        let delimiter = match known {
            Some(dialect) => dialect.delimiter,
            None => said
                .filter(|d| DELIMITERS.contains(d))
                .unwrap_or_else(|| delimiter(&text)),
        };
        let rows = rows(&text, delimiter, 200);
        let headings = match known {
            Some(dialect) => dialect.headings,
            None => Self::headings(&rows)?,
        };
        let below = || rows.iter().filter(|(line, _)| *line > headings);
        let cells = below().flat_map(|(_, row)| row.iter().map(String::as_str));
        Ok(Self {
            dialect: Dialect {
                encoding,
                delimiter,
                headings,
            },
            notation: amount::notation_of(cells),
            first_rows: below()
                .take(FIRST_ROWS)
                .map(|(_, row)| row.clone())
                .collect(),
        })
    }

    fn headings(rows: &[(u32, Vec<String>)]) -> Result<u32, TableError> {
        let looked_at = rows
            .iter()
            .filter(|(_, row)| !row[0].starts_with("sep="))
            .take(LOOKED_AT);
        let (lines, cells): (Vec<u32>, Vec<Vec<String>>) = looked_at.cloned().unzip();
        let at = header::find(&cells).ok_or(TableError::NoHeadings)?;
        Ok(lines[at])
    }
}

/// The first rows of a text, with their lines.
fn rows(text: &str, delimiter: char, most: usize) -> Vec<(u32, Vec<String>)> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    while rows.len() < most && reader.read_record(&mut record).unwrap_or(false) {
        rows.push((
            line(&reader, &record),
            record.iter().map(str::to_owned).collect(),
        ));
    }
    rows
}

/// The delimiter by which most rows have the same number of cells, more than one.
fn delimiter(text: &str) -> char {
    let mut best = (',', (0, 0));
    for candidate in DELIMITERS {
        let mut widths: Vec<usize> = rows(text, candidate, 100)
            .iter()
            .map(|(_, row)| row.len())
            .collect();
        widths.sort_unstable();
        let alike = widths.chunk_by(|a, b| a == b).filter(|same| same[0] > 1);
        let score = alike
            .map(|same| (same.len(), same[0]))
            .max()
            .unwrap_or((0, 0));
        if score > best.1 {
            best = (candidate, score);
        }
    }
    best.0
}
