//! Web pages: paragraphs, lists with their numbers, tables row by row.
//!
//! What stands in the page's text is read, in the form DOCX gets: one paragraph or table row a line,
//! cells joined by " | ", list numbers as text, notes as `[^n]`. Scripts, styles, menus, forms, heads
//! and feet of the page are left out, and so is what the page hides. A table that only arranges the page
//! is read as the blocks in it.

mod lists;
mod reader;
mod tables;

use crate::blocks;
use crate::{Diagnostic, Fault, Format, Intake, Limits, Notice};
use crate::{encoding, legacy, map::Sheet};
use reader::Reader;
use viet::fold::nfc;

/// Takes a web page.
///
/// # Errors
/// When lists or tables nest too deeply, or too much comes out of the page.
pub(crate) fn take(bytes: &[u8], limits: &Limits) -> Result<Intake, Fault> {
    let decoded = encoding::decode_page(bytes);
    let page = Reader::read(&decoded.text, limits)?;
    let mut page_blocks = page.blocks;
    let mut aside = page.aside;
    let texts = page_blocks.iter_mut().flat_map(|b| b.texts_mut());
    let repaired = legacy::repair(texts.chain(&mut aside));
    for text in page_blocks.iter_mut().flat_map(|b| b.texts_mut()) {
        // Only now, as in TCVN3 its code is a letter.
        text.retain(|c| c != '\u{ad}');
    }
    let mut sheet = Sheet::new(limits.max_chars);
    blocks::write(&mut sheet, &page_blocks)?;
    let (text, map) = sheet.finish();
    let count = page.pictures;
    let notices = [
        decoded.had_bom.then_some(Notice::ByteOrderMarkLeftOut),
        repaired
            .or(decoded.old)
            .map(|encoding| Notice::Converted { encoding }),
        page.furniture.then_some(Notice::PageFurnitureLeftOut),
        page.hidden.then_some(Notice::HiddenTextLeftOut),
        (count > 0).then_some(Notice::PicturesLeftOut { count }),
    ];
    Ok(Intake {
        format: Format::Html,
        text,
        map,
        diagnostics: notices.into_iter().flatten().map(Diagnostic::of).collect(),
        aside: aside.iter().map(|text| nfc(text)).collect(),
    })
}
