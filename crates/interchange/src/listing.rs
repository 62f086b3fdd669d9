//! A list as a workbook to read, sort and print: one sheet, a heading that stays, numbers as numbers.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError,
};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text; never taken for a formula.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day.
    Day(Date),
}

impl Cell {
    /// A text, or nothing when it is empty.
    pub fn text(text: impl Into<String>) -> Self {
        match text.into() {
            text if text.is_empty() => Cell::Empty,
            text => Cell::Text(text),
        }
    }

    /// A day, or nothing.
    pub fn day(day: Option<Date>) -> Self {
        day.map_or(Cell::Empty, Cell::Day)
    }
}

/// A column: its heading and its width in characters.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The heading.
    pub heading: String,
    /// The width.
    pub width: f64,
}

/// Longest text of a cell, in characters; the rest is left out and said to be.
const LONGEST: usize = 32_000;

/// The workbook of a list, issued on a day. The same list gives the same bytes.
///
/// # Errors
/// More rows or columns than a sheet has; a title that no sheet can bear is shortened instead.
pub fn write(
    title: &str,
    issued: Date,
    columns: &[Column],
    rows: &[Vec<Cell>],
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = day(issued)?.unwrap_or_else(ExcelDateTime::default);
    book.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_creation_datetime(&made),
    );
    let cell = Format::new()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::Top);
    let head = cell
        .clone()
        .set_bold()
        .set_background_color(Color::RGB(0x00DC_E6F1));
    let dated = cell.clone().set_num_format("dd/mm/yyyy");
    let sheet = book.add_worksheet();
    sheet.set_name("Danh sách")?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.merge_range(
        0,
        0,
        0,
        u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX),
        title,
        &Format::new().set_bold().set_font_size(13),
    )?;
    for (at, column) in (0u16..).zip(columns) {
        sheet.set_column_width(at, column.width)?;
        sheet.write_string_with_format(1, at, &column.heading, &head)?;
    }
    sheet.set_freeze_panes(2, 1)?;
    sheet.set_repeat_rows(1, 1)?;
    for (line, row) in (2u32..).zip(rows) {
        for (at, value) in (0u16..).zip(row) {
            match value {
                Cell::Empty => sheet.write_blank(line, at, &cell)?,
                Cell::Text(text) => {
                    sheet.write_string_with_format(line, at, shortened(text), &cell)?
                }
                Cell::Number(number) => match number.to_f64() {
                    Some(float) => sheet.write_number_with_format(line, at, float, &cell)?,
                    None => sheet.write_string_with_format(line, at, number.to_string(), &cell)?,
                },
                Cell::Day(value) => match day(*value)? {
                    Some(date) => sheet.write_datetime_with_format(line, at, &date, &dated)?,
                    None => sheet.write_string_with_format(line, at, value.to_string(), &cell)?,
                },
            };
        }
    }
    if !rows.is_empty() {
        let last = u32::try_from(rows.len()).unwrap_or(u32::MAX - 1) + 1;
        let right = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        sheet.autofilter(1, 0, last, right)?;
    }
    book.save_to_buffer()
}

/// A day as a workbook has it; none before 1900, of which it knows no days.
fn day(day: Date) -> Result<Option<ExcelDateTime>, XlsxError> {
    let parts = (
        u16::try_from(day.year()),
        u8::try_from(day.month()),
        u8::try_from(day.day()),
    );
    match parts {
        (Ok(year), Ok(month), Ok(day)) if year >= 1900 => {
            ExcelDateTime::from_ymd(year, month, day).map(Some)
        }
        _ => Ok(None),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Address;
    use crate::xlsx::{Book, Limits, Value};

    #[test]
    fn what_stands_in_the_sheet_is_what_was_given() {
        let columns: Vec<Column> = ["Yêu cầu", "Số liệu", "Hạn"]
            .map(|heading| Column {
                heading: heading.into(),
                width: 20.0,
            })
            .to_vec();
        let rows = vec![
            vec![
                Cell::text("=1+1"),
                Cell::Number("42.10".parse().expect("a number")),
                Cell::Day("2026-08-30".parse().expect("a day")),
            ],
            vec![Cell::text(""), Cell::Empty, Cell::day(None)],
        ];
        let issued = "2026-08-03".parse().expect("a day");
        let bytes = write("Mùa PII 2026", issued, &columns, &rows).expect("a workbook");
        assert_eq!(
            bytes,
            write("Mùa PII 2026", issued, &columns, &rows).expect("a workbook"),
            "the same list gives the same bytes"
        );
        let mut book = Book::open(&bytes, Limits::default()).expect("a workbook");
        let cells = book.cells("Danh sách").expect("the sheet");
        let at = |row, column| {
            let address = Address::new(row, column);
            let found = cells.iter().find(|(at, _)| *at == address);
            found.map(|(_, value)| value.clone())
        };
        assert_eq!(at(0, 0), Some(Value::Text("Mùa PII 2026".into())));
        assert_eq!(at(1, 1), Some(Value::Text("Số liệu".into())));
        assert_eq!(at(2, 0), Some(Value::Text("=1+1".into())));
        assert_eq!(
            at(2, 1),
            Some(Value::Number("42.1".parse().expect("a number")))
        );
        assert_eq!(at(2, 2), Some(Value::Date("30/08/2026".into())));
        assert_eq!(at(3, 1), None);
    }
}
