//! Tables: with pipes, with tabs, or flattened to one cell a line.

use crate::lines::{Line, ends_sentence};
use crate::text::{Extent, Text};
use std::ops::Range;

/// A table found among the lines.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// The lines it takes.
    pub lines: Range<usize>,
    /// Cells of the heading row, if one was seen.
    pub head: Vec<Extent>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub cells: Vec<Extent>,
}

/// The tables among the lines that are no furniture.
pub(crate) fn find(text: &Text, lines: &[Line], furniture: &[bool]) -> Vec<Table> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        let found = if furniture[i] {
            None
        } else {
            ruled(text, lines, i).or_else(|| flattened(text, lines, furniture, i))
        };
        match found {
            Some(table) => {
                i = table.lines.end.max(i + 1);
                out.push(table);
            }
            None => i += 1,
        }
    }
    out
}

/// Lines whose cells are divided by pipes or tabs.
fn ruled(text: &Text, lines: &[Line], start: usize) -> Option<Table> {
    let mut rows: Vec<Row> = Vec::new();
    let mut end = start;
    while let Some(line) = lines.get(end) {
        let cells = split(text, line.at);
        if cells.len() < 3 {
            break;
        }
        rows.push(Row { cells });
        end += 1;
    }
    if rows.len() < 2 {
        return None;
    }
    let head = if rows[0].cells.iter().any(|c| is_number(text, *c)) {
        Vec::new()
    } else {
        rows.remove(0).cells
    };
    Some(Table {
        lines: start..end,
        head,
        rows,
    })
}

fn split(text: &Text, at: Extent) -> Vec<Extent> {
    let mut out = Vec::new();
    let mut start = at.start;
    for i in at.start..=at.end {
        if i == at.end || matches!(text.at(i), '|' | '\t') {
            let cell = text.trim(Extent::new(start, i));
            if !cell.is_empty() {
                out.push(cell);
            }
            start = i + 1;
        }
    }
    out
}

/// One cell a line: a heading that begins with "STT" or "TT", then rows that each begin with their number.
fn flattened(text: &Text, lines: &[Line], furniture: &[bool], start: usize) -> Option<Table> {
    let first = text.line(lines[start].at).to_lowercase();
    if !matches!(first.trim_end_matches('.'), "stt" | "tt" | "số tt") {
        return None;
    }
    // The heading goes on to the first row number.
    let body = (start + 1..lines.len().min(start + 16)).find(|i| row_number(text, &lines[*i]) == Some(1))?;
    let head: Vec<Extent> = (start..body).filter(|i| !furniture[*i]).map(|i| lines[i].at).collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut end = body;
    let mut expected = 1;
    while let Some(line) = lines.get(end) {
        if furniture[end] {
            end += 1;
            continue;
        }
        let number = row_number(text, line);
        let restarts = number == Some(1) && rows.len() > 1;
        if number == Some(expected) || restarts && next_is_cell(text, lines, end) {
            expected = if restarts { 2 } else { expected + 1 };
            rows.push(Row { cells: cells_of_first(text, line) });
        } else if rows.last().is_some_and(|r| r.cells.len() > 12) || leaves(text, line) {
            break;
        } else if let Some(row) = rows.last_mut() {
            continue_row(text, row, line.at);
        }
        end += 1;
    }
    (rows.len() >= 2).then_some(Table {
        lines: start..end,
        head,
        rows,
    })
}

fn next_is_cell(text: &Text, lines: &[Line], i: usize) -> bool {
    lines.get(i + 1).is_some_and(|l| text.at(l.at.start).is_alphabetic())
}

/// The number of a line that holds nothing but it, or whose label it is.
fn row_number(text: &Text, line: &Line) -> Option<u32> {
    let shown = text.line(line.at);
    let digits = shown.trim_end_matches(['.', ')']);
    if digits.len() <= 3 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return digits.parse().ok();
    }
    None
}

fn cells_of_first(_text: &Text, line: &Line) -> Vec<Extent> {
    vec![line.at]
}

/// A cell broken over lines goes on in lower case.
fn continue_row(text: &Text, row: &mut Row, at: Extent) {
    let goes_on = text.at(at.start).is_lowercase();
    match row.cells.last_mut() {
        Some(last) if goes_on && last.len() > 3 && !is_number(text, *last) => last.end = at.end,
        _ => row.cells.push(at),
    }
}

/// A line of running text or a heading of the outline ends the table.
fn leaves(text: &Text, line: &Line) -> bool {
    let sentence = line.at.len() > 250 && ends_sentence(text.at(line.at.end - 1));
    let roman = line
        .label
        .as_ref()
        .is_some_and(|l| l.style <= crate::label::Style::Part);
    sentence || roman
}

/// A cell that is a value: digits with at most a comparator and a unit.
pub(crate) fn is_number(text: &Text, cell: Extent) -> bool {
    let shown = text.line(cell);
    let letters = shown.chars().filter(|c| c.is_alphabetic()).count();
    shown.chars().any(|c| c.is_ascii_digit()) && letters <= 2 && shown.chars().count() <= 16
}
