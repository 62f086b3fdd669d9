//! DOCX: paragraphs with their automatic numbers, tables row by row, notes.
//!
//! What Word shows is what is read: tracked insertions stand, tracked deletions and hidden text do not;
//! a text box comes once, after the paragraph that holds it; heads and feet of pages, comments and
//! pictures are left out. Cells of a row are joined by " | ", the paragraphs of one cell by a space. A
//! note's mark is `[^n]`, and the notes follow the text.

mod body;
mod numbering;
mod numerals;
mod package;
mod styles;
mod symbols;
mod xml;

use crate::{Diagnostic, Fault, Format, Intake, Limits, MapEntry, Place, map::Sheet};
use body::{Block, Body};
use numbering::Numbering;
use package::Package;
pub(crate) use package::broken_zip;
use std::collections::HashMap;
use styles::Styles;
use viet::fold::nfc;
use xml::Xml;

/// Takes a DOCX.
///
/// # Errors
/// When the container or a part of it is broken or hostile, or too much comes out of it.
pub fn take(bytes: &[u8], limits: &Limits) -> Result<Intake, Fault> {
    let mut package = Package::open(bytes, limits)?;
    let main = package
        .relations("")?
        .remove("officeDocument")
        .unwrap_or_else(|| "word/document.xml".into());
    let relations = package.relations(&main)?;
    let text = package.part(&main)?.ok_or_else(|| Fault::Broken {
        part: main.clone(),
        reason: "missing".into(),
    })?;
    let mut related = |kind: &str| match relations.get(kind) {
        Some(name) => Ok(package.part(name)?.map(|text| (name.clone(), text))),
        None => Ok(None),
    };
    let styles = match related("styles")? {
        Some((name, text)) => Styles::read(&mut Xml::new(&name, &text, limits.max_depth))?,
        None => Styles::default(),
    };
    let numbering = match related("numbering")? {
        Some((name, text)) => Numbering::read(&mut Xml::new(&name, &text, limits.max_depth))?,
        None => Numbering::default(),
    };
    let mut body = Body::new(numbering, &styles, limits.max_chars);
    let blocks = body.document(&mut Xml::new(&main, &text, limits.max_depth))?;
    let mut notes = HashMap::new();
    for kind in [body::NoteKind::Foot, body::NoteKind::End] {
        if let Some((name, text)) = related(kind.relation())? {
            body.notes(
                &mut Xml::new(&name, &text, limits.max_depth),
                kind,
                &mut notes,
            )?;
        }
    }
    let (marks, diagnostics) = body.finish();
    let notes: Vec<String> = marks
        .iter()
        .map(|mark| notes.remove(mark).unwrap_or_default())
        .collect();
    let (text, map) = write(&blocks, &notes, limits)?;
    Ok(Intake {
        format: Format::Docx,
        text,
        map,
        diagnostics: diagnostics.into_iter().map(Diagnostic::of).collect(),
    })
}

fn write(
    blocks: &[Block],
    notes: &[String],
    limits: &Limits,
) -> Result<(String, Vec<MapEntry>), Fault> {
    let mut sheet = Sheet::new(limits.max_chars);
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
                write_table(&mut sheet, tables, rows)?;
            }
        }
    }
    for (i, note) in notes.iter().enumerate() {
        let number = i + 1;
        sheet.write(&nfc(&format!("[^{number}] {note}")), Place::Note { number })?;
        sheet.glue("\n")?;
    }
    Ok(sheet.finish())
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
