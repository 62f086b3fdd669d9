//! `pdftotext` of Poppler, where it is installed, for files our own reader cannot read.

use super::{Line, Page, bounds};
use crate::Limits;
use crate::child::{ChildCommand, run};

/// Points that stand for a column and a row of `pdftotext -layout`, whose answer keeps the places of
/// words as columns of letters.
const COLUMN: f64 = 6.0;
const ROW: f64 = 12.0;

/// The pages as `pdftotext` reads them; `None` when it is not installed or cannot read the file either.
pub(super) fn extract(bytes: &[u8], limits: &Limits) -> Option<Vec<Page>> {
    let command = ChildCommand {
        program: "pdftotext".into(),
        args: ["-layout", "-enc", "UTF-8", "-", "-"]
            .iter()
            .map(Into::into)
            .collect(),
    };
    let output = String::from_utf8(run(bytes, &command, bounds(limits)).ok()?).ok()?;
    let pages: Vec<Page> = output
        .strip_suffix('\u{c}')
        .unwrap_or(&output)
        .split('\u{c}')
        .map(page)
        .collect();
    pages.iter().any(|p| !p.lines.is_empty()).then_some(pages)
}

fn page(text: &str) -> Page {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(row, line)| {
            let indent = line.chars().take_while(|c| *c == ' ').count();
            let width = line.trim_end().chars().count();
            Line {
                text: columns(line.trim()),
                left: indent as f64 * COLUMN,
                right: width as f64 * COLUMN,
                y: (row + 1) as f64 * ROW,
                size: ROW,
                cell: None,
            }
        })
        .collect();
    Page {
        lines,
        ..Page::default()
    }
}

/// Four spaces or more are another column, as wide gaps are in our own reading; fewer are one space.
fn columns(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut spaces = 0;
    for c in line.chars() {
        if c == ' ' {
            spaces += 1;
            continue;
        }
        match spaces {
            0 => {}
            1..4 => out.push(' '),
            _ => out.push('\t'),
        }
        spaces = 0;
        out.push(c);
    }
    out
}
