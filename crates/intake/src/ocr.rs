//! Scans and photographs, read by Tesseract where it is installed with Vietnamese.
//!
//! Each page is a process of its own with limits: `pdftoppm` draws it, `tesseract` reads it and tells
//! where each word stands, and from there it goes on as a page of a PDF does.

use crate::child::{Bounds, ChildCommand, ChildFault, run};
use crate::error::Foreign;
use crate::pdf::{self, Line, Page};
use crate::{Diagnostic, Fault, Format, Intake, Limits, Notice, Place, Progress, Watch};
use std::collections::BTreeMap;
use std::time::Duration;

/// Dots an inch at which pages are drawn; Tesseract's letters want about 30 dots of height.
const DPI: &str = "300";
/// Most bytes a drawn page may have: A3 at [`DPI`] in grey has 18 million.
const MOST_PIXELS: usize = 128 << 20;
/// A word's confidence below which it counts as doubtful, in percent.
const DOUBTFUL: f64 = 60.0;
/// A gap this wide, in letter heights, is another column.
const TAB: f64 = 2.5;

/// Takes a picture of text.
///
/// # Errors
/// [`Foreign::Picture`] with the remedy where Tesseract is not installed or not wanted; else when the
/// picture is broken, too large, or holds no text.
pub(crate) fn take(bytes: &[u8], limits: &Limits, watch: Watch<'_>) -> Result<Intake, Fault> {
    if !available(limits) {
        return Err(Fault::Foreign(Foreign::Picture));
    }
    let table =
        tesseract(bytes, PAGE, limits.ocr_timeout, limits).map_err(|fault| match fault {
            ChildFault::Slow => Fault::Slow {
                seconds: limits.ocr_timeout.as_secs(),
            },
            _ => Fault::Broken {
                part: "picture".into(),
                reason: "Tesseract could not read it".into(),
            },
        })?;
    let mut diagnostics = Vec::new();
    let mut pages = Vec::new();
    for (i, (page, doubtful)) in pages_of(&table).into_iter().enumerate() {
        let place = Place::Page { number: i + 1 };
        diagnostics.push(Diagnostic::at(Notice::ReadByOcr { doubtful }, place));
        pages.push(page);
    }
    let total = pages.len();
    if watch(Progress { done: total, total }).is_break() {
        return Err(Fault::Stopped);
    }
    pdf::compose(Format::Image, pages, diagnostics, limits)
}

/// Reads the pages of a PDF that have no text layer, in place. False when nothing could be tried.
///
/// # Errors
/// [`Fault::Stopped`] when the watcher broke off.
pub(crate) fn read_scans(
    bytes: &[u8],
    pages: &mut [Page],
    limits: &Limits,
    watch: Watch<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<bool, Fault> {
    let empty: Vec<usize> = (0..pages.len())
        .filter(|i| pages[*i].lines.is_empty())
        .take(limits.ocr_pages)
        .collect();
    if empty.is_empty() || !available(limits) {
        return Ok(false);
    }
    for (done, at) in empty.iter().enumerate() {
        let place = Place::Page { number: at + 1 };
        match scan(bytes, at + 1, limits) {
            Some((page, doubtful)) if !page.lines.is_empty() => {
                let aside = std::mem::take(&mut pages[*at].aside);
                pages[*at] = Page { aside, ..page };
                diagnostics.push(Diagnostic::at(Notice::ReadByOcr { doubtful }, place));
            }
            // It stays without text, and is told as such.
            Some(_) => {}
            None => pages[*at].unreadable = true,
        }
        let told = Progress {
            done: done + 1,
            total: empty.len(),
        };
        if watch(told).is_break() {
            return Err(Fault::Stopped);
        }
    }
    Ok(true)
}

/// The words of a picture within a file, a line each; `None` when it cannot be read in that time.
pub(crate) fn words_of(picture: &[u8], time: Duration, limits: &Limits) -> Option<Vec<String>> {
    let table = tesseract(picture, SPARSE, time, limits).ok()?;
    let lines = pages_of(&table)
        .into_iter()
        .flat_map(|(page, _)| page.lines);
    Some(lines.map(|line| line.text).collect())
}

/// Draws one page and reads it.
fn scan(bytes: &[u8], number: usize, limits: &Limits) -> Option<(Page, usize)> {
    let number = number.to_string();
    let draw = command(
        "pdftoppm",
        &["-r", DPI, "-gray", "-f", &number, "-l", &number, "-"],
    );
    let drawn = run(bytes, &draw, bounds(limits)).ok()?;
    let table = tesseract(&drawn, PAGE, limits.ocr_timeout, limits).ok()?;
    pages_of(&table).into_iter().next()
}

/// How Tesseract takes a picture: as a page of text, or as words here and there.
const PAGE: &str = "3";
const SPARSE: &str = "11";

fn tesseract(
    picture: &[u8],
    mode: &str,
    time: Duration,
    limits: &Limits,
) -> Result<String, ChildFault> {
    let command = command(
        "tesseract",
        &["stdin", "stdout", "-l", "vie", "--psm", mode, "tsv"],
    );
    let bounds = Bounds {
        time: time.min(limits.ocr_timeout),
        ..bounds(limits)
    };
    let table = run(picture, &command, bounds)?;
    Ok(String::from_utf8_lossy(&table).into_owned())
}

/// Whether Tesseract is wanted, installed, and knows Vietnamese.
pub(crate) fn available(limits: &Limits) -> bool {
    let quick = Bounds {
        time: Duration::from_secs(10),
        ..bounds(limits)
    };
    limits.ocr
        && run(&[], &command("tesseract", &["--list-langs"]), quick).is_ok_and(|languages| {
            let languages = String::from_utf8_lossy(&languages).into_owned();
            languages.lines().any(|line| line.trim() == "vie")
        })
}

pub(crate) fn command(program: &str, args: &[&str]) -> ChildCommand {
    ChildCommand {
        program: program.into(),
        args: args.iter().map(Into::into).collect(),
    }
}

pub(crate) fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        time: limits.ocr_timeout,
        memory: limits.pdf_memory,
        output: MOST_PIXELS,
    }
}

/// A word in Tesseract's table: where it stands, how sure it is, what it says.
struct Word<'a> {
    line: [u32; 4],
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    sure: f64,
    text: &'a str,
}

impl<'a> Word<'a> {
    /// The columns: level, page, block, paragraph, line, word, left, top, width, height, conf, text.
    fn parse(row: &'a str) -> Option<Self> {
        let columns: Vec<&str> = row.split('\t').collect();
        let [
            _,
            page,
            block,
            paragraph,
            line,
            _,
            left,
            top,
            width,
            height,
            sure,
            text,
        ] = columns[..]
        else {
            return None;
        };
        let text = text.trim();
        let sure: f64 = sure.parse().ok()?;
        (sure >= 0.0 && !text.is_empty()).then_some(Self {
            line: [
                page.parse().ok()?,
                block.parse().ok()?,
                paragraph.parse().ok()?,
                line.parse().ok()?,
            ],
            left: left.parse().ok()?,
            top: top.parse().ok()?,
            width: width.parse().ok()?,
            height: height.parse().ok()?,
            sure,
            text,
        })
    }
}

/// The pages in Tesseract's table, each with the number of its doubtful words.
fn pages_of(table: &str) -> Vec<(Page, usize)> {
    let mut pages: BTreeMap<u32, Vec<Word<'_>>> = BTreeMap::new();
    for word in table.lines().filter_map(Word::parse) {
        pages.entry(word.line[0]).or_default().push(word);
    }
    pages
        .into_values()
        .map(|words| {
            let doubtful = words.iter().filter(|w| w.sure < DOUBTFUL).count();
            let mut page = Page {
                lines: lines_of(&words),
                ..Page::default()
            };
            pdf::normalise(&mut page);
            (page, doubtful)
        })
        .collect()
}

fn lines_of(words: &[Word<'_>]) -> Vec<Line> {
    // One size for all, as the height of a word depends on its letters.
    let mut heights: Vec<f64> = words.iter().map(|w| w.height).collect();
    heights.sort_by(f64::total_cmp);
    let size = heights.get(heights.len() / 2).copied().unwrap_or(0.0);
    words
        .chunk_by(|a, b| a.line == b.line)
        .map(|words| {
            let mut line = Line {
                left: words[0].left,
                size,
                ..Line::default()
            };
            for word in words {
                if !line.text.is_empty() {
                    let far = word.left - line.right > size * TAB;
                    line.text.push(if far { '\t' } else { ' ' });
                }
                line.text.push_str(word.text);
                line.right = word.left + word.width;
            }
            line.y = base_line(words, size);
            line
        })
        .collect()
}

/// Where the letters of a line stand: words with a letter that hangs lower reach below it, so the highest
/// of their feet; commas and dashes have none.
fn base_line(words: &[Word<'_>], size: f64) -> f64 {
    let feet = words.iter().filter(|w| w.height > size * 0.5);
    let foot = feet.map(|w| w.top + w.height).reduce(f64::min);
    foot.unwrap_or_else(|| words.iter().map(|w| w.top).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_lines() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
                     1\t1\t0\t0\t0\t0\t0\t0\t900\t900\t-1\t\n\
                     5\t1\t1\t1\t1\t1\t100\t100\t50\t20\t96.5\tKế\n\
                     5\t1\t1\t1\t1\t2\t160\t100\t50\t20\t40\thoạch\n\
                     5\t1\t1\t1\t1\t3\t400\t100\t50\t20\t91\t2030\n\
                     5\t1\t1\t1\t2\t1\t100\t130\t50\t20\t91\thai\n\
                     broken\n\
                     5\t2\t1\t1\t1\t1\t100\t100\t50\t20\t96\tBa\n";
        let pages = pages_of(table);
        let texts = |page: &Page| {
            page.lines
                .iter()
                .map(|l| l.text.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(pages.len(), 2);
        assert_eq!(texts(&pages[0].0), ["Kế hoạch\t2030", "hai"]);
        assert_eq!(pages[0].1, 1);
        assert_eq!(texts(&pages[1].0), ["Ba"]);
    }
}
