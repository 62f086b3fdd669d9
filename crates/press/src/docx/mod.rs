//! DOCX by docx-rs: the editable twin of the PDF.
//!
//! Charts are not drawn in a DOCX: the library embeds raster images only, and a drawing blurred on
//! paper would be worse than its figures, so a chart is given as caption and table
//! ([`crate::document::Figure::table`]) with its words. The drawing itself is in the PDF.
//!
//! docx-rs knows neither repeated table heads nor a document's language and title; these are put
//! into the finished parts (see `parts`).

mod blocks;
mod frame;
mod measure;
mod parts;

use std::io::Cursor;

use docx_rs::{Docx, Paragraph, Table};

use crate::PressError;
use crate::document::AdminDocument;
use blocks::Setter;
use measure::Measures;

/// Draws up the document as DOCX.
///
/// # Errors
/// What [`AdminDocument::check`] refuses; [`PressError::Docx`] when the package cannot be written.
pub fn write(doc: &AdminDocument) -> Result<Vec<u8>, PressError> {
    doc.check()?;
    let measures = Measures::of(&doc.format);
    let mut docx = frame::open(doc, &measures);
    let main = main_part(doc, &measures);
    docx = main.into_iter().fold(docx, add);
    docx = frame::annexes(docx, doc, &measures);
    let mut parts = docx.build();
    parts::finish(&mut parts, doc)?;
    let mut file = Cursor::new(Vec::new());
    parts
        .pack(&mut file)
        .map_err(|e| PressError::Docx(e.to_string()))?;
    Ok(file.into_inner())
}

/// What a document is made of, in order.
enum Piece {
    Paragraph(Box<Paragraph>),
    Table(Box<Table>),
}

impl From<Table> for Piece {
    fn from(table: Table) -> Self {
        Self::Table(Box::new(table))
    }
}

impl From<Paragraph> for Piece {
    fn from(paragraph: Paragraph) -> Self {
        Self::Paragraph(Box::new(paragraph))
    }
}

fn add(docx: Docx, piece: Piece) -> Docx {
    match piece {
        Piece::Paragraph(paragraph) => docx.add_paragraph(*paragraph),
        Piece::Table(table) => docx.add_table(*table),
    }
}

fn main_part(doc: &AdminDocument, measures: &Measures) -> Vec<Piece> {
    let mut pieces = frame::heading(doc, measures);
    pieces.extend(frame::title(doc));
    let setter = Setter::new(doc.lang, measures, measures.width(false));
    pieces.extend(setter.blocks(&doc.body, 0));
    pieces.extend(frame::closing(doc, measures));
    pieces
}
