//! Tables: with pipes, with tabs, or flattened to one cell a line.

use crate::label::Style;
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
    let head = if rows[0]
        .cells
        .iter()
        .any(|c| is_number(text, *c) && !is_year(text, *c))
    {
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

/// Most lines between two row numbers of a flattened table.
const ROW_LINES: usize = 14;

/// One cell a line: perhaps a heading that begins with "TT", then rows that each begin with their number.
fn flattened(text: &Text, lines: &[Line], furniture: &[bool], start: usize) -> Option<Table> {
    let headed = is_number_column(text, &lines[start]);
    let reach = if headed {
        start + 1..lines.len().min(start + 18)
    } else {
        start..start + 1
    };
    let body = reach.into_iter().find(|i| begins_row(text, lines, *i, 1))?;
    let second =
        (body + 1..lines.len().min(body + ROW_LINES)).find(|i| begins_row(text, lines, *i, 2))?;
    if !headed {
        // Without a heading three numbers in order are asked for.
        (second + 1..lines.len().min(second + ROW_LINES))
            .find(|i| begins_row(text, lines, *i, 3))?;
    }
    let head: Vec<Extent> = (start..body)
        .filter(|i| !furniture[*i])
        .map(|i| lines[i].at)
        .collect();
    let (rows, end) = rows(text, lines, furniture, body);
    (rows.len() >= 2).then_some(Table {
        lines: start..end,
        head,
        rows,
    })
}

/// The rows from line `body` on, and the line after the table.
fn rows(text: &Text, lines: &[Line], furniture: &[bool], body: usize) -> (Vec<Row>, usize) {
    let mut rows: Vec<Row> = Vec::new();
    let mut expected = 1;
    let mut end = body;
    while let Some(line) = lines.get(end) {
        let restarts = rows.len() > 1 && begins_row(text, lines, end, 1);
        if furniture[end] {
            end += 1;
            continue;
        }
        if begins_row(text, lines, end, expected) || restarts {
            expected = if restarts { 2 } else { expected + 1 };
            rows.push(Row {
                cells: vec![line.at],
            });
        } else if is_label_alone(text, line) && names(text, lines, end + 1) {
            rows.push(Row {
                cells: vec![line.at],
            });
        } else if rows.last().is_some_and(|r| r.cells.len() > ROW_LINES) || leaves(text, line) {
            break;
        } else if let Some(row) = rows.last_mut() {
            continue_row(text, row, line.at);
        }
        end += 1;
    }
    (rows, end)
}

/// "STT", "TT": the heading of the column of row numbers.
fn is_number_column(text: &Text, line: &Line) -> bool {
    let shown = text.line(line.at).to_lowercase();
    matches!(
        shown.trim_end_matches('.'),
        "stt" | "tt" | "số tt" | "số thứ tự"
    )
}

/// Whether a line holds nothing but this row number, and a name follows it.
fn begins_row(text: &Text, lines: &[Line], i: usize, expected: u32) -> bool {
    lines.get(i).and_then(|l| row_number(text, l)) == Some(expected) && names(text, lines, i + 1)
}

/// Whether the line is the name of something: words, not a value.
fn names(text: &Text, lines: &[Line], i: usize) -> bool {
    lines.get(i).is_some_and(|l| {
        l.at.len() >= 6 && text.at(l.at.start).is_alphabetic() && !is_number(text, l.at)
    })
}

fn row_number(text: &Text, line: &Line) -> Option<u32> {
    if line.at.len() > 4 {
        return None;
    }
    let shown = text.line(line.at);
    let digits = shown.trim_end_matches(['.', ')']);
    let plain =
        !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// "1.1", "II", "a)" alone: a row of another count.
fn is_label_alone(text: &Text, line: &Line) -> bool {
    if line.at.len() > 6 {
        return false;
    }
    let shown = text.line(line.at);
    let bare = shown.trim_end_matches(['.', ')']);
    let dotted = bare.contains('.')
        && bare
            .split('.')
            .all(|p| !p.is_empty() && p.len() <= 2 && p.bytes().all(|b| b.is_ascii_digit()));
    let roman = !bare.is_empty() && bare.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
    let letter = bare.chars().count() == 1
        && bare.len() < shown.len()
        && bare.chars().all(char::is_alphabetic);
    dotted || roman || letter
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
    let outer = line.label.as_ref().is_some_and(|l| {
        l.style <= Style::Part || l.style == Style::Roman && l.at.end + 3 < line.at.end
    });
    sentence || outer
}

/// A cell that is a value: digits with at most a comparator and a unit.
pub(crate) fn is_number(text: &Text, cell: Extent) -> bool {
    let shown = text.line(cell);
    let letters = shown.chars().filter(|c| c.is_alphabetic()).count();
    shown.chars().any(|c| c.is_ascii_digit()) && letters <= 2 && shown.chars().count() <= 16
}

fn is_year(text: &Text, cell: Extent) -> bool {
    let shown = text.line(cell);
    shown.len() == 4 && (shown.starts_with("19") || shown.starts_with("20"))
}
