//! Plain text, kept character by character.

use crate::{Diagnostic, Fault, Format, Intake, Limits, Notice, Place, encoding, map::Sheet};

/// Takes a plain-text file as it is: no normalisation, so that spans count the file's own characters.
pub(crate) fn take(bytes: &[u8], limits: &Limits) -> Result<Intake, Fault> {
    let decoded = encoding::decode(bytes).map_err(|offset| Fault::NotUnicode { offset })?;
    let mut sheet = Sheet::new(limits.max_chars);
    for (i, line) in decoded.text.split_inclusive('\n').enumerate() {
        let words = line.trim_end_matches(['\n', '\r']);
        sheet.write(words, Place::Line { number: i + 1 })?;
        sheet.glue(&line[words.len()..])?;
    }
    let (text, map) = sheet.finish();
    let mut diagnostics = Vec::new();
    if decoded.had_bom {
        diagnostics.push(Diagnostic::of(Notice::ByteOrderMarkLeftOut));
    }
    Ok(Intake {
        format: Format::Text,
        text,
        map,
        diagnostics,
    })
}
