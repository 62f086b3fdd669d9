//! Glyphs become lines.

use super::beside;
use super::grid::{Border, Grids};
use super::gutter::{self, Piece};
use super::notes::{self, LOWERED, RAISED};
use super::rules::{self, Rule};
use super::{Answer, Cell, Line, Page, PdfFault};
use pdf_extract::{
    Document, MediaBox, ObjectId, OutputDev, OutputError, Transform, output_doc_page,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads a PDF in this very process. Call it in a process of its own (`dotpha intake-pdf`): on some
/// files the libraries below overflow the stack or eat memory, which nothing here can stop. A page on
/// which they merely panic comes back as unreadable.
///
/// # Errors
/// When the file is encrypted or is no PDF that can be opened.
pub fn extract_here(bytes: &[u8]) -> Answer {
    let opened = catch_unwind(|| open(bytes));
    let mut document =
        opened.unwrap_or_else(|_| Err(PdfFault::Broken("unreadable structure".into())))?;
    let mut pages = Vec::new();
    for (number, id) in document.get_pages() {
        if !is_rooted(&document, id) {
            pages.push(Page {
                unreadable: true,
                ..Page::default()
            });
            continue;
        }
        let (sheet, whole) = read_page(&document, number);
        let rules = catch_unwind(AssertUnwindSafe(|| rules::of_page(&document, id)));
        // Without its rules a page is read as if it had no tables.
        let mut lines = sheet.lines(&rules.unwrap_or_default());
        let notes = notes::take(&mut lines);
        pages.push(Page {
            lines,
            notes,
            unreadable: !whole,
            pictures: beside::pictures(&document, id),
            aside: beside::annotations(&document, id),
        });
    }
    if let Some(first) = pages.first_mut() {
        first.aside.append(&mut beside::properties(&document));
    }
    // Last, for it takes the pages' own drawings away.
    for ((number, id), page) in document.get_pages().into_iter().zip(&mut pages) {
        if is_rooted(&document, id) && beside::draw_annotations(&mut document, id) {
            let (sheet, _) = read_page(&document, number);
            page.aside
                .extend(sheet.lines(&[]).into_iter().map(|line| line.text));
        }
    }
    Ok(pages)
}

/// Whether the way up from a page ends; the library looks for what pages inherit as long as it goes on.
fn is_rooted(document: &Document, page: ObjectId) -> bool {
    /// Deepest tree of pages; those of a library of documents stay below 10.
    const DEEPEST: usize = 64;
    let parent = |id: &ObjectId| {
        let node = document.get_dictionary(*id).ok()?;
        node.get(b"Parent").ok()?.as_reference().ok()
    };
    std::iter::successors(Some(page), parent)
        .nth(DEEPEST)
        .is_none()
}

/// The signs of a page, and whether all of it could be read.
fn read_page(document: &Document, number: u32) -> (Glyphs, bool) {
    let mut sheet = Glyphs::default();
    let read = catch_unwind(AssertUnwindSafe(|| {
        output_doc_page(document, &mut sheet, number)
    }));
    (sheet, matches!(read, Ok(Ok(()))))
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

/// A sign on the page.
struct Glyph {
    x: f64,
    y: f64,
    size: f64,
    advance: f64,
    text: String,
    /// The first of those drawn together; only before it a gap means a space.
    first: bool,
}

/// Collects the glyphs of one page, in the order in which they are drawn.
#[derive(Default)]
struct Glyphs {
    glyphs: Vec<Glyph>,
    first: bool,
    top: f64,
    /// Cosine and sine of the direction of its first line: the page's.
    direction: Option<(f64, f64)>,
}

impl Glyphs {
    fn lines(self, rules: &[Rule]) -> Vec<Line> {
        let grids = self.grids(rules);
        let mut lines = Lines::default();
        for glyph in self.glyphs {
            // Within the letter rather than on its base line, which may be near a border.
            let cell = grids.cell_at(glyph.x + glyph.advance / 2.0, glyph.y - glyph.size * 0.25);
            lines.glyph(&glyph, cell);
        }
        lines.end_piece();
        gutter::untangle(lines.pieces)
    }

    /// The tables the rules make, in the measures of the lines.
    fn grids(&self, rules: &[Rule]) -> Grids {
        let (cos, sin) = self.direction.unwrap_or((1.0, 0.0));
        let turn = |(x, y): (f64, f64)| (x * cos + y * sin, self.top + x * sin - y * cos);
        let (mut across, mut down) = (Vec::new(), Vec::new());
        for rule in rules {
            let (a, b) = (turn(rule.from), turn(rule.to));
            let border = |at: f64, a: f64, b: f64| Border {
                at,
                from: a.min(b),
                to: a.max(b),
            };
            if (a.1 - b.1).abs() < SLANT {
                across.push(border(a.1, a.0, b.0));
            } else if (a.0 - b.0).abs() < SLANT {
                down.push(border(a.0, a.1, b.1));
            }
        }
        Grids::of(across, down)
    }
}

/// A rule that slants no more than this is straight.
const SLANT: f64 = 1.0;

/// Writes a raised number, or more digits of one.
fn raise(line: &mut Line, number: &str) {
    if line.text.ends_with(LOWERED) {
        line.text.pop();
    } else {
        line.text.push(RAISED);
    }
    line.text.push_str(number);
    line.text.push(LOWERED);
}

/// How wide the gap before the sign is, in heights of the sign; none where no word begins.
fn gap(line: &Line, glyph: &Glyph) -> Option<f64> {
    let begins = glyph.first && glyph.text != " " && !line.text.trim().is_empty();
    begins.then(|| (glyph.x - line.right) / glyph.size)
}

/// A gap this wide, in letter heights, is a space; wider than the second, a tab or another column.
const SPACE: f64 = 0.1;
const TAB: f64 = 2.0;

/// Lines being put together, each in pieces without a wide gap.
#[derive(Default)]
struct Lines {
    pieces: Vec<Piece>,
    line: Option<Line>,
    /// The line being read goes on after a wide gap.
    goes_on: bool,
}

impl Lines {
    fn glyph(&mut self, glyph: &Glyph, cell: Option<Cell>) {
        let Glyph { x, y, size, .. } = *glyph;
        let numeric = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let is_raised = |line: &Line| {
            size < line.size * 0.8 && line.y - y > line.size * 0.15 && numeric(&glyph.text)
        };
        if let Some(line) = &self.line {
            let away =
                (y - line.y).abs() > size.max(line.size) * 0.5 || x < line.right - size * 2.0;
            let wide = gap(line, glyph).is_some_and(|gap| gap > TAB) && !is_raised(line);
            if line.cell != cell || (glyph.first && away) {
                self.end_piece();
            } else if wide {
                self.goes_on = self.end_piece();
            }
        }
        let line = self.line.get_or_insert_with(|| Line {
            text: String::new(),
            left: x,
            right: x,
            y,
            size,
            cell,
        });
        if is_raised(line) {
            raise(line, &glyph.text);
        } else {
            if line.size < size * 0.8 && y > line.y && numeric(&line.text) {
                // What began the line was raised.
                let number = std::mem::take(&mut line.text);
                raise(line, &number);
                (line.size, line.y) = (size, y);
            }
            if gap(line, glyph).is_some_and(|gap| gap > SPACE) && !line.text.ends_with(' ') {
                line.text.push(' ');
            }
            line.text.push_str(&glyph.text);
        }
        line.right = line.right.max(x + glyph.advance);
    }

    /// Ends the piece being read; false when it holds nothing.
    fn end_piece(&mut self) -> bool {
        let follows = std::mem::take(&mut self.goes_on);
        let Some(mut line) = self.line.take() else {
            return false;
        };
        let text = line.text.trim();
        let holds = !text.is_empty();
        if holds {
            line.text = text.to_owned();
            self.pieces.push(Piece { line, follows });
        }
        holds
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
            self.direction.get_or_insert((cos, sin));
            self.glyphs.push(Glyph {
                x,
                y,
                size,
                advance,
                text: text.to_owned(),
                first: std::mem::take(&mut self.first),
            });
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
