//! Plain tables of others, CSV or XLSX, whose headings nobody agreed on beforehand.
//!
//! [`csv::Csv`] and [`sheet::Sheet`] find out how a file is written and where its headings stand;
//! [`Mapping::propose`] says what the columns seem to mean; a person confirms or corrects it, and it is
//! remembered (it can be serialised). With it the rows become [`Record`]s, one by one, each cell that cannot be
//! understood as a fault with its address.

use std::io::{self, BufRead, BufReader, Cursor, Read};

pub mod csv;
mod encoding;
mod header;
mod lines;
mod mapping;
mod period;
mod record;
pub mod sheet;

#[cfg(test)]
mod tests;

pub use encoding::Encoding;
pub use mapping::{Column, Fixed, Mapping, Role};
pub use period::read as read_period;
pub use record::{Found, Reader, Record, Row};

/// Bytes of a file by which it is judged.
const BEGINNING: u64 = 64 << 10;

/// Bytes of a text handed on at a time.
const PIECE: usize = 64 << 10;

/// The text of a table as it is looked at whole: UTF-8 whatever the file is written in, with lines that end alike.
/// What is no character is handed on as it is.
///
/// # Errors
/// When the source cannot be read.
pub fn plain(mut source: impl Read) -> io::Result<impl BufRead> {
    let mut beginning = Vec::new();
    source
        .by_ref()
        .take(BEGINNING)
        .read_to_end(&mut beginning)?;
    let encoding = Encoding::detect(&beginning);
    let whole = BufReader::new(Cursor::new(beginning).chain(source));
    let utf8 = encoding::Utf8::new(whole, encoding)?;
    Ok(BufReader::with_capacity(PIECE, lines::Lines::new(utf8)))
}
