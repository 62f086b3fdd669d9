//! A file becomes text with a map back to the original.
//!
//! [`take`] looks at the bytes (never at the name alone), finds out what they are, and returns an
//! [`Intake`]: the text, where each stretch of it stands in the file, and what could not be carried
//! over. Plain text is kept exactly; DOCX and web pages are read with their automatic numbers, tables and
//! notes; text in the encodings from before Unicode is converted; PDF is
//! read in a child process with limits, since readers of PDF may panic or eat memory on odd files. Scans
//! and pictures are read by Tesseract and old office files through LibreOffice, where they are installed.

pub mod docx;
pub mod pdf;

mod blocks;
mod child;
mod detect;
mod diagnostic;
mod encoding;
mod error;
mod html;
mod legacy;
mod limits;
mod map;
mod numerals;
mod ocr;
mod office;
mod pictures;
mod plain;

pub use detect::{Format, detect};
pub use diagnostic::{Diagnostic, Notice};
pub use error::{Fault, Foreign, IntakeError, Measure, Trick};
pub use legacy::Encoding;
pub use limits::Limits;
pub use map::{MapEntry, Place};

use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use viet::Span;

/// A file as text, with the way back to the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// What the bytes were.
    pub format: Format,
    /// The text. Of a plain-text file: the file itself, character by character, without a byte-order
    /// mark (of one in an old encoding: the letters it stands for). Of all others: in Unicode NFC, one paragraph or table row a line; a form feed alone on
    /// its line stands for a page break.
    pub text: String,
    /// Where stretches of the text stand in the file, in the order of the text, not overlapping.
    pub map: Vec<MapEntry>,
    /// What was left out or is doubtful.
    pub diagnostics: Vec<Diagnostic>,
    /// Words of the file that are no part of the text: heads and feet of pages, watermarks, notes and comments,
    /// form fields, charts, properties, words in pictures, what is hidden or was deleted; a paragraph or
    /// table row each. A mark of secrecy may stand there, so they are looked
    /// at before the file is taken, and never stored.
    #[serde(skip)]
    pub aside: Vec<String>,
}

impl Intake {
    /// All that is to be looked at for marks before the file is stored: the text, and each piece beside it.
    pub fn to_check(&self) -> impl Iterator<Item = &str> {
        let aside = self.aside.iter().map(String::as_str);
        std::iter::once(self.text.as_str()).chain(aside)
    }

    /// Whether the file or a page of it is a picture of paper: stamps on it may not have become text, so that
    /// somebody must say what the paper bears.
    pub fn is_from_scan(&self) -> bool {
        self.format == Format::Image
            || self.diagnostics.iter().any(|d| {
                matches!(
                    d.notice,
                    Notice::ReadByOcr { .. } | Notice::PageWithoutText | Notice::PageUnreadable
                )
            })
    }

    /// The place in the original of the code point at `offset` of the text, if any stands there (line
    /// breaks belong to no place).
    pub fn place_at(&self, offset: usize) -> Option<&Place> {
        let next = self.map.partition_point(|e| e.span.start() <= offset);
        let entry = self.map.get(next.checked_sub(1)?)?;
        (offset < entry.span.end()).then_some(&entry.place)
    }

    /// The places a stretch of the text touches, in order.
    pub fn places_of(&self, span: Span) -> impl Iterator<Item = &Place> {
        let first = self.map.partition_point(|e| e.span.end() <= span.start());
        self.map[first..]
            .iter()
            .take_while(move |e| e.span.start() < span.end())
            .map(|e| &e.place)
    }
}

/// How far a long reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Pages read so far.
    pub done: usize,
    /// Pages to be read.
    pub total: usize,
}

/// Is told of each step of a long reading, and says whether to go on.
pub type Watch<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// Turns the bytes of a file into text with a map back. `name` is used in messages only.
/// Blocks until done, for a PDF up to [`Limits::pdf_timeout`] and once more for the second reader, for a
/// scan up to [`Limits::ocr_timeout`] a page: call it where blocking is allowed.
///
/// # Errors
/// When the file is empty, too large, encrypted, broken, hostile, of a format not read here, or holds
/// no text. The error says what to do about it in Vietnamese and English.
pub fn take(bytes: &[u8], name: &str, limits: &Limits) -> Result<Intake, IntakeError> {
    take_watched(bytes, name, limits, &mut |_| ControlFlow::Continue(()))
}

/// As [`take`], telling of each page of a scan that it was read; the watcher says whether to go on.
///
/// # Errors
/// As [`take`], and [`Fault::Stopped`] when the watcher broke off.
pub fn take_watched(
    bytes: &[u8],
    name: &str,
    limits: &Limits,
    watch: Watch<'_>,
) -> Result<Intake, IntakeError> {
    take_unnamed(bytes, limits, watch).map_err(|fault| IntakeError {
        name: name.to_owned(),
        fault,
    })
}

fn take_unnamed(bytes: &[u8], limits: &Limits, watch: Watch<'_>) -> Result<Intake, Fault> {
    if bytes.len() > limits.max_bytes {
        return Err(Fault::TooLarge {
            what: Measure::FileBytes,
            limit: limits.max_bytes as u64,
        });
    }
    let intake = match detect(bytes)? {
        Format::Text => plain::take(bytes, limits)?,
        Format::Html => html::take(bytes, limits)?,
        Format::Docx => docx::take(bytes, limits)?,
        Format::Pdf => pdf::take(bytes, limits, watch)?,
        Format::Image => ocr::take(bytes, limits, watch)?,
        format @ (Format::Doc | Format::Rtf | Format::Odt) => office::take(bytes, format, limits)?,
    };
    if intake.text.trim().is_empty() {
        return Err(Fault::NoText {
            format: intake.format,
        });
    }
    Ok(intake)
}
