//! CSV as RFC 4180 has it, made so that spreadsheets open it right and do no harm with it.

use std::io::Write;

use ::csv::{Terminator, WriterBuilder};

/// The byte-order mark in UTF-8: without it Excel reads Vietnamese as windows-1252.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Writes a table: UTF-8 with a byte-order mark, commas, CRLF, quotes where they are needed.
///
/// A cell that a spreadsheet would take for a formula gets an apostrophe before it: one that begins with
/// `=`, `+`, `-`, `@`, a tab or a carriage return, unless it is a plain number such as `-3.5`
/// (OWASP, "CSV Injection"). Headers are treated alike.
///
/// # Errors
/// When a row has not as many cells as there are headers.
pub fn write(
    headers: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Vec<u8>, ::csv::Error> {
    let mut table = Table::begin(Vec::new(), headers)?;
    for row in rows {
        table.push(row.iter().map(String::as_str))?;
    }
    table.end()
}

/// A table written row by row, in the form of [`write()`], however many rows there are.
pub struct Table<W: Write>(::csv::Writer<W>);

impl<W: Write> Table<W> {
    /// Begins with the headers.
    ///
    /// # Errors
    /// When the place it goes to fails.
    pub fn begin(mut out: W, headers: &[&str]) -> Result<Self, ::csv::Error> {
        out.write_all(BOM)?;
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(out);
        writer.write_record(headers.iter().map(|h| harmless(h)))?;
        Ok(Table(writer))
    }

    /// The next row.
    ///
    /// # Errors
    /// When it has not as many cells as there are headers, or the place it goes to fails.
    pub fn push<'c>(&mut self, row: impl Iterator<Item = &'c str>) -> Result<(), ::csv::Error> {
        self.0.write_record(row.map(harmless))
    }

    /// Ends the table and gives back where it went.
    ///
    /// # Errors
    /// When the place it goes to fails.
    pub fn end(self) -> Result<W, ::csv::Error> {
        let ended = self.0.into_inner();
        ended.map_err(|e| ::csv::Error::from(e.into_error()))
    }
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(cell) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Digits with a sign before and one decimal point or comma within: what no spreadsheet calculates.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    [whole, part]
        .iter()
        .all(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(cell: &str) -> String {
        let bytes = write(&["a"], std::iter::once(vec![cell.to_owned()])).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let row = text.strip_prefix("\u{feff}a\r\n").unwrap();
        row.strip_suffix("\r\n").unwrap().to_owned()
    }

    #[test]
    fn cells_as_written() {
        let cases = [
            ("Đắk Lắk", "Đắk Lắk"),
            ("", "\"\""),
            ("1,5", "\"1,5\""),
            ("nói \"được\"", "\"nói \"\"được\"\"\""),
            ("hai\ndòng", "\"hai\ndòng\""),
            ("-3.5", "-3.5"),
            ("-3,5", "\"-3,5\""),
            ("+12", "+12"),
            ("-", "'-"),
            ("-1-2", "'-1-2"),
            ("-1.2.3", "'-1.2.3"),
            ("+1e9", "'+1e9"),
            ("=1+1", "'=1+1"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("- Sở KH&CN", "'- Sở KH&CN"),
            ("a=b", "a=b"),
        ];
        for (cell, want) in cases {
            assert_eq!(one(cell), want, "{cell:?}");
        }
    }

    #[test]
    fn headers_are_made_harmless_too() {
        let bytes = write(&["=a", "b"], std::iter::empty()).unwrap();
        assert_eq!(bytes, b"\xEF\xBB\xBF'=a,b\r\n");
    }

    #[test]
    fn a_row_of_another_length_is_an_error() {
        assert!(write(&["a", "b"], std::iter::once(vec!["1".into()])).is_err());
    }

    proptest! {
        #[test]
        fn readers_get_back_what_was_written(
            rows in prop::collection::vec(prop::collection::vec("[=+\\-@\t\r\n\",; 0-9a-zàđ.']{0,8}|\\PC{0,8}", 3), 0..6)
        ) {
            let bytes = write(&["a", "b", "c"], rows.iter().cloned()).unwrap();
            let table = bytes.strip_prefix(BOM).unwrap();
            let mut reader = ::csv::Reader::from_reader(table);
            let read: Vec<Vec<String>> = reader
                .records()
                .map(|r| r.unwrap().iter().map(str::to_owned).collect())
                .collect();
            prop_assert_eq!(read.len(), rows.len());
            for (cell, want) in read.iter().flatten().zip(rows.iter().flatten()) {
                let kept = cell == want && (is_number(cell) || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
                prop_assert!(kept || cell.strip_prefix('\'') == Some(want), "{:?} {:?}", cell, want);
            }
        }
    }
}
