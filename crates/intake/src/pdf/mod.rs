//! PDF with a text layer.
//!
//! Our reader of PDF panics on some fonts (jrmuizel/pdf-extract#107) and a hostile file may make it eat
//! memory, so it runs in a process of its own: [`extract_here`] is what that process does,
//! [`extract_in_child`] starts it with limits. From the lines and where they stand on the page,
//! paragraphs are put together again; running heads and page numbers are taken out.

mod beside;
mod furniture;
mod grid;
mod gutter;
mod layout;
mod notes;
mod paragraphs;
mod rules;
mod second;
mod wrapped;

pub use crate::child::ChildCommand;
pub use layout::extract_here;

use crate::child::{self, Bounds, ChildFault};
use crate::error::Measure;
use crate::pictures::Gallery;
use crate::{Diagnostic, Fault, Format, Intake, Limits, Notice, Place, Watch};
use crate::{legacy, map::Sheet, ocr};
use paragraphs::Paragraph;
use serde::{Deserialize, Serialize};
use viet::fold::nfc;

/// A line of a page, in points (1/72 inch); y grows downwards.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub text: String,
    /// Where the line begins and ends.
    pub left: f64,
    pub right: f64,
    /// The base line, from the top of the page.
    pub y: f64,
    /// The size of its first letter.
    pub size: f64,
    /// The cell it stands in, of a table with borders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<Cell>,
}

/// A cell of a table of a page. All numbers count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub table: usize,
    pub row: usize,
    pub column: usize,
}

/// A page as read from a PDF.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// In the order in which the file draws them, which is the order of the cells in tables.
    pub lines: Vec<Line>,
    /// Its footnotes, each on one line, with the mark `[^n]` before it.
    #[serde(default)]
    pub notes: Vec<Line>,
    /// The page could not be read, or what was read is no text.
    pub unreadable: bool,
    /// How many pictures it shows that are large enough to hold a word.
    #[serde(default)]
    pub pictures: usize,
    /// Words that are no part of its text: notes, stamps and form fields laid over it; on the first page also
    /// what the file says of itself.
    #[serde(default)]
    pub aside: Vec<String>,
}

/// Why a PDF could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PdfFault {
    /// Needs a password to open.
    Encrypted,
    /// Not a PDF, or a broken one.
    Broken(String),
}

/// What the child process writes on its standard output, as JSON.
pub type Answer = Result<Vec<Page>, PdfFault>;

/// Takes a PDF, reading it in a child process.
///
/// # Errors
/// When it is encrypted, broken, a scan, or over a limit; [`Fault::NoReader`] when the child process
/// cannot be started.
pub(crate) fn take(bytes: &[u8], limits: &Limits, watch: Watch<'_>) -> Result<Intake, Fault> {
    let own = match &limits.pdf_child {
        Some(command) => extract_in_child(bytes, command, limits),
        None => ChildCommand::this_program()
            .and_then(|command| extract_in_child(bytes, &command, limits)),
    };
    let own = own.map(|mut pages| {
        pages.iter_mut().for_each(normalise);
        pages
    });
    let whole = own
        .as_ref()
        .is_ok_and(|pages| !pages.iter().any(|p| p.unreadable));
    let hopeless = matches!(own, Err(Fault::Encrypted | Fault::NoReader { .. }));
    let second = (limits.pdf_second_reader && !whole && !hopeless)
        .then(|| second::extract(bytes, limits))
        .flatten();
    let mut diagnostics = Vec::new();
    let mut pages = match second {
        Some(mut pages) => {
            diagnostics.push(Diagnostic::of(Notice::SecondReader));
            pages.iter_mut().for_each(normalise);
            pages
        }
        None => own?,
    };
    let scanned = ocr::read_scans(bytes, &mut pages, limits, watch, &mut diagnostics)?;
    if !scanned {
        refuse_empty(&pages)?;
    }
    let pictures: Vec<usize> = pages.iter().map(|p| p.pictures).collect();
    let mut gallery = Gallery::new(limits);
    gallery.look_into_pdf(bytes, &pictures);
    let (mut words, unseen) = gallery.leave();
    diagnostics.extend(unseen);
    let mut intake = compose(Format::Pdf, pages, diagnostics, limits)?;
    intake.aside.append(&mut words);
    Ok(intake)
}

/// What [`crate::take`] makes of the pages that [`extract_here`] gives, where no other program helps.
///
/// # Errors
/// When the pages hold no text, or more than the limits allow.
pub fn put_together(mut pages: Vec<Page>, limits: &Limits) -> Result<Intake, Fault> {
    pages.iter_mut().for_each(normalise);
    refuse_empty(&pages)?;
    compose(Format::Pdf, pages, Vec::new(), limits)
}

fn refuse_empty(pages: &[Page]) -> Result<(), Fault> {
    if pages.iter().all(|p| p.lines.is_empty() && !p.unreadable) {
        return Err(Fault::NoText {
            format: Format::Pdf,
        });
    }
    Ok(())
}

/// Reads a PDF by another process, which answers with the JSON of [`Answer`].
///
/// # Errors
/// When the process cannot be started, runs out of time, answers too much, or dies.
pub fn extract_in_child(
    bytes: &[u8],
    command: &ChildCommand,
    limits: &Limits,
) -> Result<Vec<Page>, Fault> {
    let output = child::run(bytes, command, bounds(limits)).map_err(|fault| match fault {
        ChildFault::NotStarted(reason) => Fault::NoReader { reason },
        ChildFault::Slow => Fault::Slow {
            seconds: limits.pdf_timeout.as_secs(),
        },
        ChildFault::TooMuch => Fault::TooLarge {
            what: Measure::ReaderBytes,
            limit: limits.pdf_output as u64,
        },
        ChildFault::Died => broken("the PDF reader died on it"),
    })?;
    let answer: Answer = serde_json::from_slice(&output)
        .map_err(|e| broken(&format!("unreadable answer of the PDF reader: {e}")))?;
    answer.map_err(|fault| match fault {
        PdfFault::Encrypted => Fault::Encrypted,
        PdfFault::Broken(reason) => broken(&reason),
    })
}

fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        time: limits.pdf_timeout,
        memory: limits.pdf_memory,
        output: limits.pdf_output,
    }
}

fn broken(reason: &str) -> Fault {
    Fault::Broken {
        part: "PDF".into(),
        reason: reason.to_owned(),
    }
}

/// Composes marks with their letters, and tells text from the noise of fonts without an encoding.
pub(crate) fn normalise(page: &mut Page) {
    let (mut signs, mut odd) = (0, 0);
    for line in page.lines.iter_mut().chain(&mut page.notes) {
        // Word draws the dots of lists from the private area of its symbol fonts.
        line.text = nfc(&line.text).replace(['\u{F0B7}', '\u{F0A7}'], "•");
        for c in line.text.chars() {
            signs += 1;
            let private = ('\u{E000}'..='\u{F8FF}').contains(&c);
            odd += usize::from(private || c == '\u{FFFD}' || (c.is_control() && c != '\t'));
        }
        line.text.retain(|c| !c.is_control() || c == '\t');
    }
    page.unreadable |= odd * 10 > signs;
    page.aside.iter_mut().for_each(|text| *text = nfc(text));
}

/// The text of pages: what runs over all of them taken out, lines joined.
pub(crate) fn compose(
    format: Format,
    mut pages: Vec<Page>,
    mut diagnostics: Vec<Diagnostic>,
    limits: &Limits,
) -> Result<Intake, Fault> {
    for (i, page) in pages.iter().enumerate() {
        let place = Place::Page { number: i + 1 };
        if page.unreadable {
            diagnostics.push(Diagnostic::at(Notice::PageUnreadable, place));
        } else if page.lines.is_empty() {
            diagnostics.push(Diagnostic::at(Notice::PageWithoutText, place));
        }
    }
    let removed = furniture::remove(&mut pages);
    let mut aside: Vec<String> = removed.iter().map(|line| line.text.clone()).collect();
    aside.extend(pages.iter_mut().flat_map(|p| std::mem::take(&mut p.aside)));
    diagnostics.extend(removed.into_iter().map(|line| {
        Diagnostic::of(Notice::RunningLineRemoved {
            text: line.text,
            pages: line.pages,
        })
    }));
    let lines = pages
        .iter_mut()
        .flat_map(|p| p.lines.iter_mut().chain(&mut p.notes));
    let repaired = legacy::repair(lines.map(|line| &mut line.text).chain(&mut aside));
    diagnostics.extend(repaired.map(|e| Diagnostic::of(Notice::Converted { encoding: e })));
    let mut sheet = Sheet::new(limits.max_chars);
    let mut joined: Vec<Vec<Paragraph>> =
        pages.iter().map(|p| paragraphs::join(&p.lines)).collect();
    for i in 1..joined.len() {
        let (before, after) = joined.split_at_mut(i);
        // The heading of a table may come again above the rest of its last row.
        let again = after[0]
            .first()
            .is_some_and(|f| f.heads_again(&before[i - 1]));
        let at = usize::from(again);
        if let (Some(last), Some(rest)) = (before[i - 1].last_mut(), after[0].get(at))
            && last.take_up(rest)
        {
            after[0].remove(at);
        }
    }
    // Whether the last paragraph of the page before runs on.
    let mut open = false;
    for (i, page) in joined.into_iter().enumerate() {
        let runs_on = open && page.first().is_some_and(|p| p.carries_on);
        if i > 0 {
            sheet.glue(if runs_on { " " } else { "\n\u{c}\n" })?;
        }
        open = page.last().is_some_and(|p| p.unfinished);
        let texts: Vec<String> = page.into_iter().map(|p| p.text).collect();
        sheet.write(&texts.join("\n"), Place::Page { number: i + 1 })?;
    }
    sheet.glue("\n")?;
    for (i, page) in pages.iter().enumerate() {
        for note in &page.notes {
            sheet.write(&note.text, Place::Page { number: i + 1 })?;
            sheet.glue("\n")?;
        }
    }
    let (text, map) = sheet.finish();
    Ok(Intake {
        format,
        text,
        map,
        diagnostics,
        aside,
    })
}
