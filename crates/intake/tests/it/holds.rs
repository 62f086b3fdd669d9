//! What must hold whatever comes in: one function for each way into the intake. The replay of `tests/corpus`
//! and the fuzzer (`fuzz/`) call these; none starts a process.

use super::fixture::{check, pdf_of};
use intake::pdf::{self, Answer};
use intake::{Fault, Format, Intake, IntakeError, Limits};

/// What takes any bytes and fails when something does not hold.
type Holds = fn(&[u8]);

/// Every way, by the name of its folder of known files.
pub const WAYS: [(&str, Holds); 6] = [
    ("docx", docx),
    ("docx_xml", docx_xml),
    ("html", html),
    ("pdf", pdf),
    ("pdf_drawing", pdf_drawing),
    ("text", text),
];

/// Small, so that what grows without bounds shows.
fn bounds() -> Limits {
    Limits {
        max_inflated: 16 << 20,
        max_chars: 1 << 20,
        pdf_second_reader: false,
        ocr: false,
        office: false,
        ..Limits::default()
    }
}

fn holds(taken: Result<Intake, Fault>) {
    match taken {
        Ok(intake) => check(&intake),
        Err(fault) => {
            let error = IntakeError {
                name: "x".into(),
                fault,
            };
            assert!(!error.message("vi").is_empty() && !error.message("en").is_empty());
        }
    }
}

/// A container of Word.
pub fn docx(file: &[u8]) {
    holds(intake::docx::take(file, &bounds()));
}

/// The parts of a DOCX, one after another with a zero between: the body, then numbering, styles, notes.
pub fn docx_xml(file: &[u8]) {
    let parts = String::from_utf8_lossy(file);
    let mut parts = parts.split('\0');
    let body = parts.next().unwrap_or_default();
    let more: Vec<(&str, &str)> = ["numbering", "styles", "footnotes", "header"]
        .into_iter()
        .zip(parts)
        .collect();
    docx(&super::fixture::docx(body, &more));
}

/// A web page, also one that does not begin like one.
pub fn html(file: &[u8]) {
    let begun = [b"<html>", file].concat();
    let page = match intake::detect(file) {
        Ok(Format::Html) => file,
        _ => &begun,
    };
    if matches!(intake::detect(page), Ok(Format::Html)) {
        text(page);
    }
}

/// Bytes of any kind but PDF, which is read by a process of its own.
pub fn text(file: &[u8]) {
    if !matches!(intake::detect(file), Ok(Format::Pdf)) {
        holds(intake::take(file, "x", &bounds()).map_err(|error| error.fault));
    }
}

/// A PDF, read in this process as the child does, and what the child answers.
pub fn pdf(file: &[u8]) {
    let answer = pdf::extract_here(file);
    let told = serde_json::to_vec(&answer).expect("an answer can be written");
    let heard: Answer = serde_json::from_slice(&told).expect("and read again");
    if let Ok(pages) = heard {
        holds(pdf::put_together(pages, &bounds()));
    }
}

/// What the pages of a PDF draw, with a zero between two pages.
pub fn pdf_drawing(file: &[u8]) {
    let drawn = String::from_utf8_lossy(file);
    let pages: Vec<String> = drawn.split('\0').take(4).map(str::to_owned).collect();
    pdf(&pdf_of(&pages));
}
