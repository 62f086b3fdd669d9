//! Sheets of workbooks as tables.

use std::collections::HashMap;

use super::Mapping;
use super::csv::TableError;
use super::header::{self, FIRST_ROWS, LOOKED_AT};
use super::record::{Cell, Reader, Row};
use crate::amount;
use crate::cell::Address;
use crate::xlsx::{Book, BookError, Merged, Value};

/// Most columns a table has.
const MOST_COLUMNS: u16 = 512;

/// Most pairs of a merged region and a column it covers.
const MOST_COVERED: usize = 1_000_000;

/// A sheet with its headings found.
pub struct Sheet {
    cells: Vec<(Address, Value)>,
    covered: HashMap<u16, Vec<Merged>>,
    headings: Vec<String>,
    header: u32,
}

impl Sheet {
    /// Takes a sheet of a workbook for a table; its headings are looked for unless their row, from 0, is
    /// known.
    ///
    /// # Errors
    /// When there is no such sheet, or no row of headings in it.
    pub fn open(book: &mut Book<'_>, name: &str, header: Option<u32>) -> Result<Self, TableError> {
        let cells = book.cells(name)?;
        let header = match header {
            Some(row) => row,
            None => find_header(&cells)?,
        };
        let headings = texts(row_of(&cells, header));
        if headings.iter().all(String::is_empty) {
            return Err(TableError::NoHeadings);
        }
        if headings.len() > usize::from(MOST_COLUMNS) {
            return Err(TableError::TooWide);
        }
        let width = u16::try_from(headings.len()).unwrap_or(MOST_COLUMNS);
        let covered = covered(book.merged(name)?, width)?;
        Ok(Self {
            cells,
            covered,
            headings,
            header,
        })
    }

    /// The headings, first to last.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// The row of the headings, from 0.
    pub fn header_row(&self) -> u32 {
        self.header
    }

    /// The first rows below the headings as they stand, for a person to look at.
    pub fn first_rows(&self) -> Vec<Vec<String>> {
        let first = self.cells.partition_point(|(at, _)| at.row <= self.header);
        let rows = self.cells[first..].chunk_by(|a, b| a.0.row == b.0.row);
        rows.take(FIRST_ROWS).map(texts).collect()
    }

    /// Every row below the headings as it stands, with its number from 0.
    pub fn all_cells(&self) -> impl Iterator<Item = (u32, Vec<String>)> + '_ {
        let first = self.cells.partition_point(|(at, _)| at.row <= self.header);
        let rows = self.cells[first..].chunk_by(|a, b| a.0.row == b.0.row);
        rows.map(|row| (row[0].0.row, texts(row)))
    }

    /// What the columns seem to mean, and how numbers that are texts seem to be written.
    pub fn propose(&self) -> Mapping {
        let below = self.cells.iter().filter(|(at, _)| at.row > self.header);
        let texts = below.filter_map(|(_, value)| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        Mapping {
            notation: amount::notation_of(texts.take(2_000)),
            ..Mapping::propose(&self.headings)
        }
    }

    /// The figures of every row below the headings, or what is wrong with its cells.
    pub fn rows<'s>(&'s self, reader: &'s Reader) -> impl Iterator<Item = Row> + 's {
        let first = self.cells.partition_point(|(at, _)| at.row <= self.header);
        self.cells[first..]
            .chunk_by(|a, b| a.0.row == b.0.row)
            .map(|row| {
                let number = row[0].0.row;
                reader.row(number, |column| {
                    self.cell(row, Address::new(number, column))
                })
            })
    }

    fn cell<'s>(&'s self, row: &'s [(Address, Value)], at: Address) -> Option<Cell<'s>> {
        if let Ok(found) = row.binary_search_by_key(&at, |(at, _)| *at) {
            return Some(Cell::Value(&row[found].1));
        }
        let regions = self.covered.get(&at.column)?;
        let before = regions.partition_point(|region| region.from.row <= at.row);
        let region = regions[..before]
            .last()
            .filter(|region| region.to.row >= at.row)?;
        // A text written across a row is a title or a note, not what its cells say.
        if region.from.row == at.row {
            return None;
        }
        let corner = self
            .cells
            .binary_search_by_key(&region.from, |(at, _)| *at)
            .ok()?;
        Some(Cell::Merged(&self.cells[corner].1))
    }
}

fn row_of(cells: &[(Address, Value)], row: u32) -> &[(Address, Value)] {
    let from = cells.partition_point(|(at, _)| at.row < row);
    let to = cells.partition_point(|(at, _)| at.row <= row);
    &cells[from..to]
}

/// The texts of a row, with empty ones where nothing stands; columns beyond those of a table are left out
/// but for one, by which their being there is seen.
fn texts(row: &[(Address, Value)]) -> Vec<String> {
    let mut texts = Vec::new();
    for (at, value) in row.iter().take_while(|(at, _)| at.column <= MOST_COLUMNS) {
        texts.resize(usize::from(at.column), String::new());
        texts.push(viet::fold::nfc(value.shown().trim()));
    }
    texts
}

fn find_header(cells: &[(Address, Value)]) -> Result<u32, TableError> {
    let rows = cells.chunk_by(|a, b| a.0.row == b.0.row).take(LOOKED_AT);
    let (numbers, rows): (Vec<u32>, Vec<Vec<String>>) =
        rows.map(|row| (row[0].0.row, texts(row))).unzip();
    let at = header::find(&rows).ok_or(TableError::NoHeadings)?;
    Ok(numbers[at])
}

/// Merged regions by the columns they cover, from above to below.
fn covered(merged: Vec<Merged>, width: u16) -> Result<HashMap<u16, Vec<Merged>>, BookError> {
    let mut by_column: HashMap<u16, Vec<Merged>> = HashMap::new();
    let mut total = 0usize;
    for region in merged {
        for column in region.from.column..=region.to.column.min(width) {
            total += 1;
            if total > MOST_COVERED {
                return Err(BookError::TooLarge {
                    what: "số ô gộp, merged cells",
                });
            }
            by_column.entry(column).or_default().push(region);
        }
    }
    for regions in by_column.values_mut() {
        regions.sort_by_key(|region| region.from.row);
    }
    Ok(by_column)
}
