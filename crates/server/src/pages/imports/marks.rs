//! Marks of secrecy in files with figures: looked for in all of a file before anything of it is kept.
//!
//! In the papers handed in beside figures they are not looked for here: a paper may be a scan, and to take its
//! text out takes minutes and a person's declaration, which only the receiving of documents asks for. Whoever
//! hands a paper in answers for it; what slipped in is removed like any other file.

use std::io::{BufRead, Read};

use interchange::cell::Address;
use interchange::table;
use interchange::xlsx::{Book, BookError, Limits, Value};

/// Rows of a sheet that are looked at as the head of a document is.
const HEAD_ROWS: usize = 40;

/// Refuses a text with a mark: its beginning by the rules for the head of a document, all of it row by row.
///
/// # Errors
/// Why the file is not taken.
pub fn refuse_text(beginning: &[u8], content: impl Read) -> Result<(), String> {
    let mut head = String::new();
    let decoded = table::plain(beginning).map_err(|error| error.to_string())?;
    // A character cut off at the end of the beginning is looked at with the rest.
    for line in decoded.split(b'\n').map_while(Result::ok) {
        head += &String::from_utf8_lossy(&line);
        head.push('\n');
    }
    refuse(reading::secrecy(&head).is_some())?;
    let lines = table::plain(content).map_err(|error| error.to_string())?;
    let lines = lines.split(b'\n').map(|line| {
        let line = line.map_err(|error| error.to_string())?;
        Ok::<_, String>(match String::from_utf8(line) {
            Ok(text) => text,
            Err(odd) => String::from_utf8_lossy(odd.as_bytes()).into_owned(),
        })
    });
    refuse(reading::secrecy_of_table(lines)?.is_some())
}

/// Refuses a workbook with a mark in any sheet.
///
/// # Errors
/// Why the file is not taken.
pub fn refuse_book(book: &mut Book<'_>) -> Result<(), String> {
    for sheet in book.sheets() {
        let cells = book
            .cells(&sheet)
            .map_err(|error: BookError| error.to_string())?;
        let rows: Vec<String> = cells
            .chunk_by(|(a, _), (b, _)| a.row == b.row)
            .map(row)
            .collect();
        let head = &rows[..rows.len().min(HEAD_ROWS)];
        refuse(reading::secrecy(&head.join("\n")).is_some())?;
        let all = rows.into_iter().map(Ok::<_, String>);
        refuse(reading::secrecy_of_table(all)?.is_some())?;
    }
    Ok(())
}

/// Refuses a table that lies in memory, XLSX or text. What cannot be opened holds nothing that could be kept.
///
/// # Errors
/// Why the file is not taken.
pub fn refuse_table(bytes: &[u8]) -> Result<(), String> {
    const BEGINNING: usize = 64 << 10;
    if !bytes.starts_with(b"PK\x03\x04") {
        return refuse_text(&bytes[..bytes.len().min(BEGINNING)], bytes);
    }
    match Book::open(bytes, Limits::default()) {
        Ok(mut book) => refuse_book(&mut book),
        Err(_) => Ok(()),
    }
}

/// The texts of a row as the cells of a line.
fn row(cells: &[(Address, Value)]) -> String {
    let texts = cells.iter().filter_map(|(_, value)| match value {
        Value::Text(text) => Some(text.replace(['\n', '\r'], " ")),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\t")
}

fn refuse(marked: bool) -> Result<(), String> {
    match marked {
        false => Ok(()),
        true => Err(
            "tệp có dấu mật, không được đưa vào hệ thống (the file is marked secret)".to_owned(),
        ),
    }
}
