//! Charts, DOCX and PDF: pure functions from typed inputs to bytes.
//!
//! * [`chart`]: charts as self-contained SVG, the same on screen and in print.
//! * [`document`]: an administrative document as data, free of any output format.
//! * [`docx::write`], [`pdf::write`]: the same document as an editable file and as a fixed one.
//!
//! Nothing here reads a database, the network or the clock. The only contact with the machine is
//! the search for the typeface in the system's font folders, once per process (see [`pdf`]).

pub mod chart;
mod columns;
pub mod document;
pub mod docx;
pub mod pdf;
mod text;

use thiserror::Error;

/// Why a document could not be drawn up.
#[derive(Debug, Error)]
pub enum PressError {
    /// A measure of the format makes no page (for instance margins wider than the paper).
    #[error("the format is not usable: {0}")]
    Format(String),
    /// A row does not fill its table: `cells` columns covered, `columns` expected.
    #[error("row {row} of a table covers {cells} columns, the table has {columns}")]
    Row {
        /// Position of the row, from 1.
        row: usize,
        /// Columns covered by the cells of the row, spans counted.
        cells: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// A table without columns cannot be drawn.
    #[error("a table has no columns")]
    NoColumns,
    /// The DOCX package could not be written.
    #[error("DOCX could not be written: {0}")]
    Docx(String),
    /// The PDF could not be laid out or does not meet its standards.
    #[error("PDF could not be written: {0}")]
    Pdf(String),
}
