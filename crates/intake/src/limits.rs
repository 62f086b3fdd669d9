//! How much a file may ask of us.

use crate::pdf::ChildCommand;
use std::time::Duration;

/// Bounds on what reading one file may cost. The defaults fit documents of the State: the largest known
/// to us (a province's plan with annexes) stays an order of magnitude below each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest file taken, in bytes.
    pub max_bytes: usize,
    /// Most entries in a zip container.
    pub max_entries: usize,
    /// Most bytes inflated from one container, all parts together.
    pub max_inflated: u64,
    /// Deepest nesting of XML elements. Word itself stays below 100.
    pub max_depth: usize,
    /// Longest text, in code points.
    pub max_chars: usize,
    /// How long a PDF may take.
    pub pdf_timeout: Duration,
    /// Address space of the process that reads a PDF, in bytes (where a POSIX shell exists).
    pub pdf_memory: u64,
    /// Most bytes the process that reads a PDF may answer.
    pub pdf_output: usize,
    /// The program that reads a PDF; `None` means this very program with the argument `intake-pdf`.
    pub pdf_child: Option<ChildCommand>,
    /// Whether `pdftotext` may be tried on a PDF our own reader could not read.
    pub pdf_second_reader: bool,
    /// Whether scans and pictures may be read by Tesseract, where it is installed with Vietnamese.
    pub ocr: bool,
    /// Most pages read so; each takes some seconds.
    pub ocr_pages: usize,
    /// How long one of them may take.
    pub ocr_timeout: Duration,
    /// Most pictures within one file that are looked at for marks, and how long that may take.
    pub ocr_pictures: usize,
    pub ocr_pictures_time: Duration,
    /// Whether LibreOffice may convert .doc, .rtf and .odt, where it is installed.
    pub office: bool,
    /// How long that may take.
    pub office_timeout: Duration,
    /// Address space of LibreOffice, in bytes.
    pub office_memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 64 << 20,
            max_entries: 4096,
            max_inflated: 256 << 20,
            max_depth: 256,
            max_chars: 10_000_000,
            pdf_timeout: Duration::from_secs(60),
            pdf_memory: 2 << 30,
            pdf_output: 128 << 20,
            pdf_child: None,
            pdf_second_reader: true,
            ocr: true,
            ocr_pages: 100,
            ocr_timeout: Duration::from_secs(60),
            ocr_pictures: 20,
            ocr_pictures_time: Duration::from_secs(60),
            office: true,
            office_timeout: Duration::from_secs(120),
            office_memory: 4 << 30,
        }
    }
}
