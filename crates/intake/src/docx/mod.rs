//! DOCX: paragraphs with their automatic numbers, tables row by row, notes.
//!
//! What Word shows is what is read: tracked insertions stand, tracked deletions and hidden text do not;
//! a text box comes once, after the paragraph that holds it; heads and feet of pages, comments, words in
//! charts and pictures are put aside. Cells of a row are joined by " | ", the paragraphs of one cell by a space. A
//! note's mark is `[^n]`, and the notes follow the text.

mod beside;
mod body;
mod numbering;
mod package;
mod styles;
mod symbols;
mod xml;

use crate::blocks::{self, Block};
use crate::pictures::Gallery;
use crate::{Diagnostic, Fault, Format, Intake, Limits, MapEntry, Notice, Place};
use crate::{legacy, map::Sheet};
use body::{Body, Fonts};
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
    take_counted(bytes, limits, true).map(|(intake, _)| intake)
}

/// As [`take`], with the number of bytes that came out of the container; `outermost` unless it lies in
/// another.
fn take_counted(bytes: &[u8], limits: &Limits, outermost: bool) -> Result<(Intake, u64), Fault> {
    let mut package = Package::open(bytes, limits)?;
    let main = package
        .relations("")?
        .first("officeDocument")
        .unwrap_or("word/document.xml")
        .to_owned();
    let relations = package.relations(&main)?;
    let text = package.part(&main)?.ok_or_else(|| Fault::Broken {
        part: main.clone(),
        reason: "missing".into(),
    })?;
    let mut related = |kind: &str| match relations.first(kind) {
        Some(name) => Ok(package.part(name)?.map(|text| (name.to_owned(), text))),
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
    let read = |fonts: Fonts| {
        let mut body = Body::new(numbering.clone(), &styles, fonts, limits.max_chars);
        let blocks = body.document(&mut Xml::new(&main, &text, limits.max_depth))?;
        Ok::<_, Fault>((body, blocks))
    };
    let (mut body, mut blocks) = read(Fonts::Trusted)?;
    if body.fonts_are_left_over() {
        (body, blocks) = read(Fonts::LeftOver)?;
    }
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
    let mut aside = body.take_aside();
    let (marks, mut diagnostics) = body.finish();
    let mut notes: Vec<String> = marks
        .iter()
        .map(|mark| notes.remove(mark).unwrap_or_default())
        .collect();
    for kind in ["header", "footer"] {
        for name in relations.all(kind) {
            if let Some(text) = package.part(name)? {
                let mut page =
                    Body::new(numbering.clone(), &styles, Fonts::Trusted, limits.max_chars);
                let blocks = page.page_edge(&mut Xml::new(name, &text, limits.max_depth))?;
                aside.extend(blocks::rows(&blocks));
                aside.extend(stacked(&blocks));
                aside.append(&mut page.take_aside());
            }
        }
    }
    let mut gallery = Gallery::new(limits);
    if outermost {
        aside.append(&mut beside::words(
            &mut package,
            &main,
            &mut gallery,
            limits,
        )?);
    }
    let (mut seen, unseen) = gallery.leave();
    aside.append(&mut seen);
    // Text of an old encoding whose font says nothing of it.
    let texts = blocks.iter_mut().flat_map(Block::texts_mut);
    let repaired = legacy::repair(texts.chain(&mut notes).chain(&mut aside));
    diagnostics.extend(repaired.map(|encoding| Notice::Converted { encoding }));
    let (text, map) = write(&blocks, &notes, limits)?;
    let diagnostics = diagnostics.into_iter().map(Diagnostic::of).chain(unseen);
    let intake = Intake {
        format: Format::Docx,
        text,
        map,
        diagnostics: diagnostics.collect(),
        aside: aside.iter().map(|text| nfc(text)).collect(),
    };
    Ok((intake, package.spent()))
}

/// Short lines of a head or foot as one text: the letters of a mark may stand one under the other.
fn stacked(blocks: &[Block]) -> Option<String> {
    let rows: Vec<String> = blocks::rows(blocks).collect();
    let short = |row: &String| row.trim().chars().count() <= 5;
    (rows.len() > 1 && rows.iter().all(short)).then(|| rows.join("\n"))
}

fn write(
    blocks: &[Block],
    notes: &[String],
    limits: &Limits,
) -> Result<(String, Vec<MapEntry>), Fault> {
    let mut sheet = Sheet::new(limits.max_chars);
    blocks::write(&mut sheet, blocks)?;
    for (i, note) in notes.iter().enumerate() {
        let number = i + 1;
        sheet.write(&nfc(&format!("[^{number}] {note}")), Place::Note { number })?;
        sheet.glue("\n")?;
    }
    Ok(sheet.finish())
}
