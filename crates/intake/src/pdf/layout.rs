//! Glyphs become lines.

use super::{Answer, Line, Page, PdfFault};
use pdf_extract::{Document, MediaBox, OutputDev, OutputError, Transform, output_doc_page};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads a PDF in this very process. Call it in a process of its own (`dotpha intake-pdf`): on some
/// files the libraries below overflow the stack or eat memory, which nothing here can stop. A page on
/// which they merely panic comes back as unreadable.
///
/// # Errors
/// When the file is encrypted or is no PDF that can be opened.
pub fn extract_here(bytes: &[u8]) -> Answer {
    let opened = catch_unwind(|| open(bytes));
    let document =
        opened.unwrap_or_else(|_| Err(PdfFault::Broken("unreadable structure".into())))?;
    let mut pages = Vec::new();
    for number in document.get_pages().into_keys() {
        let mut sheet = Glyphs::default();
        let read = catch_unwind(AssertUnwindSafe(|| {
            output_doc_page(&document, &mut sheet, number)
        }));
        sheet.end_line();
        pages.push(Page {
            lines: sheet.lines,
            unreadable: !matches!(read, Ok(Ok(()))),
        });
    }
    Ok(pages)
}

fn open(bytes: &[u8]) -> Result<Document, PdfFault> {
    let broken = |e: pdf_extract::Error| PdfFault::Broken(e.to_string());
    let mut document = Document::load_mem(bytes).map_err(broken)?;
    // Many files are encrypted with no password, only to forbid printing.
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(PdfFault::Encrypted);
    }
    Ok(document)
}

/// Collects the glyphs of one page into lines.
#[derive(Default)]
struct Glyphs {
    lines: Vec<Line>,
    line: Option<Line>,
    /// The next glyph is the first of those drawn together; only before it a gap means a space.
    first: bool,
    top: f64,
}

/// A gap this wide, in letter heights, is a space; wider than the second, a tab or another column.
const SPACE: f64 = 0.1;
const TAB: f64 = 2.0;

impl Glyphs {
    fn glyph(&mut self, x: f64, y: f64, size: f64, advance: f64, text: &str) {
        if self.first
            && let Some(line) = &self.line
            && ((y - line.y).abs() > size.max(line.size) * 0.5 || x < line.right - size * 2.0)
        {
            self.end_line();
        }
        let first = std::mem::replace(&mut self.first, false);
        let line = self.line.get_or_insert_with(|| Line {
            text: String::new(),
            left: x,
            right: x,
            y,
            size,
        });
        let gap = x - line.right;
        if first && !line.text.is_empty() && !line.text.ends_with([' ', '\t']) && text != " " {
            if gap > size * TAB {
                line.text.push('\t');
            } else if gap > size * SPACE {
                line.text.push(' ');
            }
        }
        line.text.push_str(text);
        line.right = line.right.max(x + advance);
    }

    fn end_line(&mut self) {
        let Some(mut line) = self.line.take() else {
            return;
        };
        let text = line.text.trim();
        if !text.is_empty() {
            line.text = text.to_owned();
            self.lines.push(line);
        }
    }
}

impl OutputDev for Glyphs {
    fn begin_page(
        &mut self,
        _number: u32,
        page: &MediaBox,
        _art: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.top = page.ury;
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        self.end_line();
        Ok(())
    }

    fn output_character(
        &mut self,
        at: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        let size = at.m21.hypot(at.m22) * font_size.abs();
        let length = at.m11.hypot(at.m12);
        let advance = length * font_size.abs() * width;
        // Along the line and across it, for pages that are turned when shown: there lines run upwards.
        let (cos, sin) = (at.m11 / length, at.m12 / length);
        let x = at.m31 * cos + at.m32 * sin;
        let y = self.top + at.m31 * sin - at.m32 * cos;
        let place = [x, y, size, advance];
        // A broken matrix gives no place on the page.
        if place.iter().all(|v| v.is_finite()) {
            self.glyph(place[0], place[1], place[2], place[3], text);
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.first = true;
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
