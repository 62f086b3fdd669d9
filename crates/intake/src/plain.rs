//! Plain text, kept character by character when it is Unicode.

use crate::{Diagnostic, Fault, Format, Intake, Limits, Notice, Place};
use crate::{encoding, legacy, map::Sheet};

/// Takes a plain-text file as it is: no normalisation, so that spans count the file's own characters. Of
/// a text in an old encoding they count the letters it stands for.
pub(crate) fn take(bytes: &[u8], limits: &Limits) -> Result<Intake, Fault> {
    let mut decoded = encoding::decode_any(bytes).map_err(|offset| Fault::NotUnicode { offset })?;
    // Text of an old encoding that went through a program that took it for Western European.
    let repaired = legacy::repair([&mut decoded.text]);
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
    let old = decoded.old.or(repaired);
    diagnostics.extend(old.map(|encoding| Diagnostic::of(Notice::Converted { encoding })));
    Ok(Intake {
        format: Format::Text,
        text,
        map,
        diagnostics,
        aside: Vec::new(),
    })
}
