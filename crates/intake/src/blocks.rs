//! Paragraphs and tables, as DOCX and web pages hold them, become text with a map.

use crate::{Fault, Place, map::Sheet};
use viet::fold::nfc;

/// A block of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    Paragraph(String),
    /// Rows of cells.
    Table(Vec<Vec<String>>),
}

impl Block {
    /// The texts in it: of a paragraph one, of a table one a cell.
    pub(crate) fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Paragraph(text) => vec![text],
            Self::Table(rows) => rows.iter_mut().flatten().collect(),
        }
    }
}

/// Writes blocks: a paragraph a line; of a table a row a line, its cells joined by " | ".
pub(crate) fn write(sheet: &mut Sheet, blocks: &[Block]) -> Result<(), Fault> {
    let (mut paragraphs, mut tables) = (0, 0);
    for block in blocks {
        match block {
            Block::Paragraph(text) => {
                paragraphs += 1;
                sheet.write(&nfc(text), Place::Paragraph { index: paragraphs })?;
                sheet.glue("\n")?;
            }
            Block::Table(rows) => {
                tables += 1;
                write_table(sheet, tables, rows)?;
            }
        }
    }
    Ok(())
}

/// The text of blocks, a paragraph or table row each; without those that hold nothing.
pub(crate) fn rows(blocks: &[Block]) -> impl Iterator<Item = String> {
    let rows = blocks.iter().flat_map(|block| match block {
        Block::Paragraph(text) => vec![text.clone()],
        Block::Table(rows) => rows.iter().map(|row| row.join(" | ")).collect(),
    });
    rows.filter(|row| !row.trim().is_empty())
}

fn write_table(sheet: &mut Sheet, table: usize, rows: &[Vec<String>]) -> Result<(), Fault> {
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            if c > 0 {
                sheet.glue(" | ")?;
            }
            let place = Place::Cell {
                table,
                row: r + 1,
                column: c + 1,
            };
            sheet.write(&nfc(cell), place)?;
        }
        sheet.glue("\n")?;
    }
    Ok(())
}

/// The blocks of a cell or note as one line; spaces that do not break stay.
pub(crate) fn one_line(blocks: &[Block]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(text) => words.extend(text.split_ascii_whitespace()),
            Block::Table(rows) => {
                words.extend(
                    rows.iter()
                        .flatten()
                        .flat_map(|c| c.split_ascii_whitespace()),
                );
            }
        }
    }
    words.join(" ")
}
