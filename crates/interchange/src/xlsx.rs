//! Workbooks of others, opened with bounded time and memory.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use jiff::civil::Date;
use quick_xml::events::Event;
use rust_decimal::Decimal;
use viet::Lang;

use crate::cell::{Address, MOST_COLUMNS, MOST_ROWS};

/// How much of a workbook is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all parts together once unpacked.
    pub unpacked: u64,
    /// Bytes of the table of shared texts once unpacked.
    pub texts: u64,
    /// Parts in the package.
    pub parts: usize,
    /// Cells of one sheet.
    pub cells: usize,
    /// Merged regions of one sheet.
    pub merged: usize,
}

impl Default for Limits {
    /// Enough for a table of a hundred thousand rows; such a file unpacks in a second.
    fn default() -> Self {
        Self {
            unpacked: 96 << 20,
            texts: 24 << 20,
            parts: 1_000,
            cells: 1_500_000,
            merged: 20_000,
        }
    }
}

/// Why a workbook cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// No package of the kind.
    #[error(
        "không phải tệp .xlsx; hãy mở bằng Excel và lưu lại dạng .xlsx (not an .xlsx file: {0})"
    )]
    NotXlsx(String),
    /// The old format, or a password.
    #[error(
        "tệp ở định dạng .xls cũ hoặc có mật khẩu; hãy lưu lại dạng .xlsx không mật khẩu (an old .xls file, or one with a password)"
    )]
    OldOrLocked,
    /// The format of LibreOffice.
    #[error("tệp ở định dạng .ods; hãy lưu lại dạng .xlsx (an .ods file: save it as .xlsx)")]
    OpenDocument,
    /// Larger than is taken in.
    #[error("tệp quá lớn ({what}); hãy chia thành nhiều tệp (the file is too large: {what})")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
    },
    /// Parts of the package contradict each other or the format.
    #[error("tệp bị hỏng: {0}; hãy mở bằng Excel và lưu lại (the file is damaged)")]
    Damaged(String),
    /// No sheet of the name.
    #[error("không có trang tính «{0}» (there is no such sheet)")]
    NoSheet(String),
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number with the fifteen digits that spreadsheets show.
    Number(Decimal),
    /// True or false.
    Truth(bool),
    /// A date or a time.
    Date(String),
    /// A formula, whatever it last gave.
    Formula,
    /// An error such as `#DIV/0!`.
    Error(String),
}

impl Value {
    /// As shown in a message.
    pub fn shown(&self) -> String {
        match self {
            Value::Text(text) | Value::Date(text) | Value::Error(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Truth(true) => "TRUE".to_owned(),
            Value::Truth(false) => "FALSE".to_owned(),
            Value::Formula => "=…".to_owned(),
        }
    }
}

/// A region shown as one cell; both corners belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// The corner that holds the value.
    pub from: Address,
    /// The opposite one.
    pub to: Address,
}

/// An open workbook.
pub struct Book<'a> {
    inner: Xlsx<Cursor<&'a [u8]>>,
    limits: Limits,
}

/// How OLE files begin: old workbooks, and encrypted new ones.
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];

/// How packages of OpenDocument go on behind the head of their first part, which is never packed.
const OPEN_DOCUMENT: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument";

/// Bytes of that head.
const NAMED: usize = 30;

impl<'a> Book<'a> {
    /// Opens a workbook after its parts have been unpacked once to see how large they really are.
    ///
    /// # Errors
    /// When it is none, is too large or damaged.
    pub fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, BookError> {
        if bytes.starts_with(OLE) {
            return Err(BookError::OldOrLocked);
        }
        if bytes
            .get(NAMED..)
            .is_some_and(|rest| rest.starts_with(OPEN_DOCUMENT))
        {
            return Err(BookError::OpenDocument);
        }
        weigh(bytes, &limits)?;
        let inner = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
        Ok(Self { inner, limits })
    }

    /// Names of the sheets, first to last.
    pub fn sheets(&self) -> Vec<String> {
        self.inner.sheet_names()
    }

    /// The cells of a sheet that hold something, by row and column.
    ///
    /// # Errors
    /// When there is no such sheet, it is too large or damaged.
    pub fn cells(&mut self, sheet: &str) -> Result<Vec<(Address, Value)>, BookError> {
        let most = self.limits.cells;
        self.known(sheet)?;
        let mut reader = self.inner.worksheet_cells_reader(sheet).map_err(damaged)?;
        let mut cells = Vec::new();
        let mut seen = 0usize;
        while let Some(record) = reader.next_cell_with_formula_metadata().map_err(damaged)? {
            seen += 1;
            if seen > most {
                return Err(BookError::TooLarge {
                    what: "số ô, cells",
                });
            }
            let at = address(record.pos)?;
            let value = match record.formula {
                Some(_) => Some(Value::Formula),
                None => value(&record.value),
            };
            cells.extend(value.map(|value| (at, value)));
        }
        if !cells.is_sorted_by_key(|(at, _)| *at) {
            cells.sort_by_key(|(at, _)| *at);
        }
        match cells.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(twice) => Err(BookError::Damaged(format!("{} hai lần", twice[0].0))),
            None => Ok(cells),
        }
    }

    /// The merged regions of a sheet.
    ///
    /// # Errors
    /// When there is no such sheet, it has too many or is damaged.
    pub fn merged(&mut self, sheet: &str) -> Result<Vec<Merged>, BookError> {
        self.known(sheet)?;
        let regions = self
            .inner
            .merge_cells_by_sheet_name(sheet)
            .map_err(damaged)?;
        if regions.len() > self.limits.merged {
            return Err(BookError::TooLarge {
                what: "số ô gộp, merged cells",
            });
        }
        regions
            .into_iter()
            .map(|region| {
                Ok(Merged {
                    from: address(region.start)?,
                    to: address(region.end)?,
                })
            })
            .collect()
    }

    fn known(&self, sheet: &str) -> Result<(), BookError> {
        let known = self.inner.sheet_names().iter().any(|name| name == sheet);
        known
            .then_some(())
            .ok_or_else(|| BookError::NoSheet(sheet.to_owned()))
    }
}

fn damaged(error: impl std::fmt::Display) -> BookError {
    BookError::Damaged(error.to_string())
}

fn address((row, column): (u32, u32)) -> Result<Address, BookError> {
    let within = row < MOST_ROWS && column < MOST_COLUMNS;
    let column = u16::try_from(column).ok().filter(|_| within);
    column
        .map(|column| Address::new(row, column))
        .ok_or_else(|| BookError::Damaged(format!("ô ngoài trang tính: {row}, {column:?}")))
}

/// Unpacks everything once and keeps nothing: what a package says of its sizes may be untrue.
fn weigh(bytes: &[u8], limits: &Limits) -> Result<(), BookError> {
    let not_xlsx = |e: zip::result::ZipError| BookError::NotXlsx(e.to_string());
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).map_err(not_xlsx)?;
    if package.len() > limits.parts {
        return Err(BookError::TooLarge {
            what: "số phần, parts",
        });
    }
    let mut left = limits.unpacked;
    for index in 0..package.len() {
        let mut part = package.by_index(index).map_err(damaged)?;
        let texts = part
            .name()
            .map_err(damaged)?
            .to_ascii_lowercase()
            .ends_with("sharedstrings.xml");
        let most = if texts { left.min(limits.texts) } else { left };
        let mut kept = Vec::new();
        let mut bounded = part.by_ref().take(most.saturating_add(1));
        let read = if texts {
            bounded.read_to_end(&mut kept).map(|n| n as u64)
        } else {
            std::io::copy(&mut bounded, &mut std::io::sink())
        };
        let read = read.map_err(damaged)?;
        if read > most {
            return Err(BookError::TooLarge {
                what: "dung lượng sau giải nén, unpacked bytes",
            });
        }
        left -= read;
        if texts {
            check_text_count(&kept)?;
        }
    }
    Ok(())
}

/// The reader reserves as many texts as the table says it has, so the number must be possible: an
/// entry takes more than one byte.
fn check_text_count(part: &[u8]) -> Result<(), BookError> {
    let mut reader = quick_xml::Reader::from_reader(part);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(e) | Event::Empty(e) => {
                for attribute in e.attributes().with_checks(false) {
                    let attribute = attribute.map_err(damaged)?;
                    let counted = attribute.key.local_name().as_ref() == "uniqueCount";
                    let said = attribute.value.trim().parse::<u64>();
                    let possible = said.is_ok_and(|n| n <= part.len() as u64);
                    if counted && !possible {
                        return Err(BookError::Damaged("sharedStrings: uniqueCount".to_owned()));
                    }
                }
                return Ok(());
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn value(data: &DataRef<'_>) -> Option<Value> {
    let text = |text: &str| (!text.is_empty()).then(|| Value::Text(text.to_owned()));
    match data {
        DataRef::Empty => None,
        DataRef::Int(whole) => Some(Value::Number(Decimal::from(*whole))),
        DataRef::Float(number) => Some(as_shown(*number)),
        DataRef::String(s) => text(s),
        DataRef::SharedString(s) => text(s),
        DataRef::Bool(truth) => Some(Value::Truth(*truth)),
        DataRef::DateTime(day) => Some(Value::Date(day_of(day.as_f64()))),
        DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => Some(Value::Date(s.clone())),
        DataRef::Error(error) => Some(Value::Error(error.to_string())),
    }
}

/// The day of a serial number of the calendar that begins in 1900, or the number itself.
#[expect(
    clippy::cast_possible_truncation,
    reason = "saturates, and days beyond the calendar are refused"
)]
fn day_of(serial: f64) -> String {
    let days = jiff::Span::new().try_days(serial.trunc() as i64);
    let day = days.and_then(|days| Date::constant(1899, 12, 30).checked_add(days));
    match day {
        Ok(day) => viet::date::format(day, Lang::Vi),
        Err(_) => serial.to_string(),
    }
}

/// The fifteen significant digits that a spreadsheet shows, so that 0.1 + 0.2 is 0.3 as on the screen.
fn as_shown(number: f64) -> Value {
    let digits = format!("{number:.14e}");
    match Decimal::from_scientific(&digits) {
        Ok(exact) => Value::Number(exact.normalize()),
        Err(_) => Value::Text(digits),
    }
}
