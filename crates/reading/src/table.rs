//! Tables: with pipes, with tabs, or flattened to one cell a line.

use crate::column::Columns;
use crate::label::Style;
use crate::lines::{Line, ends_sentence};
use crate::listed;
use crate::text::{Extent, Text, is_letter};
use std::ops::Range;

/// A table found among the lines.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// The lines it takes.
    pub lines: Range<usize>,
    pub columns: Columns,
    pub rows: Vec<Row>,
}

/// The cells of a row. In a table with pipes or tabs empty cells keep their place.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub cells: Vec<Extent>,
}

impl Row {
    /// From its first cell that holds something to the last.
    pub fn extent(&self) -> Option<Extent> {
        let mut full = self.cells.iter().filter(|c| !c.is_empty());
        let first = full.next()?;
        let last = full.next_back().unwrap_or(first);
        Some(Extent::new(first.start, last.end))
    }
}

/// The tables among the lines that are no furniture.
pub(crate) fn find(text: &Text, lines: &[Line], furniture: &[bool]) -> Vec<Table> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        let found = if furniture[i] {
            None
        } else {
            ruled(text, lines, i)
                .or_else(|| flattened(text, lines, furniture, i))
                .or_else(|| {
                    // The name stays a line of its own, above its table.
                    let named = i.checked_sub(1).filter(|name| !furniture[*name])?;
                    listed::table(text, lines, furniture, named)
                })
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
    let mut rows: Vec<Split> = Vec::new();
    while let Some(line) = lines.get(start + rows.len()) {
        let split = split(text, line);
        if split.unframed() < 3 {
            break;
        }
        rows.push(split);
    }
    let end = start + rows.len();
    // Where pipes frame the table every row begins with one; elsewhere a pipe at an end parts off an empty
    // cell.
    let framed = rows.iter().all(|row| row.opens);
    let mut rows: Vec<Row> = rows.into_iter().map(|row| row.cells(framed)).collect();
    if rows.len() < 2 {
        return None;
    }
    let width = rows[0].cells.len();
    // Rows below the first are of the heading only where cells are joined.
    let joined = |row: &Row| row.cells.len() != width || row.cells.iter().any(|c| c.is_empty());
    let headed = rows
        .iter()
        .take(3)
        .enumerate()
        .take_while(|(i, row)| is_head(text, row) && (*i == 0 || joined(row)))
        .count()
        .min(rows.len() - 1);
    let mut body = rows.split_off(headed);
    body.retain(|row| !counts_columns(text, row));
    Some(Table {
        lines: start..end,
        columns: Columns::of(text, &heads(&rows)),
        rows: body,
    })
}

/// A line cut at its pipes and tabs, empty cells included.
struct Split {
    cells: Vec<Extent>,
    /// It begins with a pipe, ends with one.
    opens: bool,
    closes: bool,
}

impl Split {
    /// How many cells there are at least, whether or not pipes frame the line.
    fn unframed(&self) -> usize {
        let framed = self.opens && self.closes;
        self.cells.len() - if framed { 2 } else { 0 }
    }

    fn cells(mut self, framed: bool) -> Row {
        if framed && self.closes {
            self.cells.pop();
        }
        if framed {
            self.cells.remove(0);
        }
        Row { cells: self.cells }
    }
}

fn split(text: &Text, line: &Line) -> Split {
    let at = line.raw;
    let mut out = Split {
        cells: Vec::new(),
        opens: false,
        closes: false,
    };
    let chars = &text.chars()[at.start..at.end];
    let divided = chars.iter().any(|c| matches!(c, '|' | '\t'));
    if !divided && !chars.windows(3).any(|w| w == [' '; 3]) {
        return out;
    }
    let mut start = at.start;
    for i in at.start..at.end {
        if matches!(text.at(i), '|' | '\t') {
            out.cells.push(text.trim(Extent::new(start, i)));
            start = i + 1;
        }
    }
    if start == at.start {
        out.cells = spaced(text, line.at);
        return out;
    }
    out.cells.push(text.trim(Extent::new(start, at.end)));
    let trimmed = text.trim(at);
    out.opens = text.at(trimmed.start) == '|';
    out.closes = text.at(trimmed.end.saturating_sub(1)) == '|';
    out
}

/// Cells set apart by three spaces or more.
fn spaced(text: &Text, at: Extent) -> Vec<Extent> {
    let mut out = Vec::new();
    let (mut start, mut blank) = (at.start, 0);
    for i in at.start..at.end {
        if text.at(i) == ' ' {
            blank += 1;
            continue;
        }
        if blank >= 3 {
            out.push(text.trim(Extent::new(start, i - blank)));
            start = i;
        }
        blank = 0;
    }
    out.push(text.trim(Extent::new(start, at.end)));
    out
}

/// Whether a row can be of the heading: no number in it but years.
fn is_head(text: &Text, row: &Row) -> bool {
    !row.cells
        .iter()
        .any(|c| is_number(text, *c) && !is_year(text, *c))
        && !row.cells.first().is_some_and(|c| is_roman(&text.line(*c)))
}

/// "(1) | (2) | (3)", "A | B | 1 | 2": a row that counts the columns.
fn counts_columns(text: &Text, row: &Row) -> bool {
    row.cells.iter().all(|c| {
        let shown = text.line(*c);
        shown.trim_matches(['(', ')', ' ']).chars().count() <= 2
    })
}

/// The headings of the columns: of each its lines from above to below. A heading over several columns
/// holds for those that have one of their own below it.
fn heads(rows: &[Row]) -> Vec<Vec<Extent>> {
    let width = rows.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    let mut out: Vec<Vec<Extent>> = vec![Vec::new(); width];
    let below = rows.last().map(|r| r.cells.as_slice()).unwrap_or_default();
    for row in rows {
        let spread = spread(&row.cells, below, width);
        for (column, cell) in out.iter_mut().zip(spread) {
            column.extend(cell.filter(|c| !c.is_empty()));
        }
    }
    out
}

/// The cells of a heading row, one a column. A row with fewer cells than columns has joined cells; they
/// stand over the cells that the row below has filled.
fn spread(cells: &[Extent], below: &[Extent], width: usize) -> Vec<Option<Extent>> {
    let mut out: Vec<Option<Extent>> = vec![None; width];
    let missing = width.saturating_sub(cells.len());
    let filled = || {
        below
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.is_empty())
            .map(|(i, _)| i)
    };
    let first = filled().next().filter(|_| missing > 0);
    let Some(first) = first else {
        let mut over: Option<Extent> = None;
        for (i, cell) in cells.iter().enumerate() {
            if !cell.is_empty() {
                over = Some(*cell);
            }
            let joined = cell.is_empty() && below.get(i).is_some_and(|c| !c.is_empty());
            out[i] = if joined { over } else { Some(*cell) };
        }
        return out;
    };
    let last = filled().next_back().unwrap_or(first);
    for (i, slot) in out.iter_mut().enumerate() {
        let place = if i < first {
            i
        } else if i > last {
            i - missing
        } else {
            first
                + (i - first) * (last - first + 1 - missing.min(last - first)) / (last - first + 1)
        };
        *slot = cells.get(place).copied();
    }
    out
}

/// Most lines between two row numbers of a flattened table.
const ROW_LINES: usize = 14;

/// One cell a line: perhaps a heading that begins with "TT", then rows that each begin with their number.
fn flattened(text: &Text, lines: &[Line], furniture: &[bool], start: usize) -> Option<Table> {
    let headed = is_number_column(text, &lines[start]) || is_name_column(text, &lines[start]);
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
    let head = flat_head(
        text,
        (start..body)
            .filter(|i| !furniture[*i])
            .map(|i| lines[i].at),
    );
    let (rows, end) = rows(text, lines, furniture, body);
    (rows.len() >= 2).then_some(Table {
        lines: start..end,
        columns: Columns::of(text, &head),
        rows,
    })
}

/// Headings one a line: those that go on in lower case belong to the line above, bare numbers of columns to none.
fn flat_head(text: &Text, lines: impl Iterator<Item = Extent>) -> Vec<Vec<Extent>> {
    let mut out: Vec<Vec<Extent>> = Vec::new();
    for at in lines {
        let shown = text.line(at);
        if shown.trim_matches(['(', ')', ' ']).chars().count() <= 1 {
            continue;
        }
        match out.last_mut() {
            Some(above) if text.at(at.start).is_lowercase() => above.push(at),
            _ => out.push(vec![at]),
        }
    }
    out
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
        if begins_row(text, lines, end, expected) && !is_value(text, lines, end, expected, &rows)
            || restarts
        {
            expected = if restarts { 2 } else { expected + 1 };
            rows.push(Row {
                cells: vec![after_label(text, line)],
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

/// Whether the number in line `at` is the value of the row before, not the number of a new one: that row
/// has no value yet, and the same number comes again before the next one.
fn is_value(text: &Text, lines: &[Line], at: usize, expected: u32, rows: &[Row]) -> bool {
    let open = rows
        .last()
        .is_some_and(|row| !row.cells.iter().skip(1).any(|c| is_number(text, *c)));
    let next = (at + 1..lines.len().min(at + ROW_LINES)).find_map(|i| {
        if begins_row(text, lines, i, expected) {
            Some(true)
        } else if begins_row(text, lines, i, expected + 1) {
            Some(false)
        } else {
            None
        }
    });
    open && next == Some(true)
}

/// "STT", "TT": the heading of the column of row numbers.
fn is_number_column(text: &Text, line: &Line) -> bool {
    if line.at.len() > 16 {
        return false;
    }
    let shown = text.line(line.at).to_lowercase();
    matches!(
        shown.trim_end_matches('.'),
        "stt" | "tt" | "số tt" | "số thứ tự"
    )
}

/// "Chỉ tiêu": the heading of the column of names, where rows have no column of numbers.
fn is_name_column(text: &Text, line: &Line) -> bool {
    const NAMES: [&str; 6] = [
        "chi tieu",
        "ten chi tieu",
        "noi dung chi tieu",
        "chi tieu chu yeu",
        "muc tieu",
        "noi dung",
    ];
    line.at.len() <= 24 && NAMES.contains(&text.folded(line.at).as_str())
}

/// Whether a line holds nothing but this row number and a name follows it, or the number is the label of a
/// name below which a value stands.
fn begins_row(text: &Text, lines: &[Line], i: usize, expected: u32) -> bool {
    let Some(line) = lines.get(i) else {
        return false;
    };
    if row_number(text, line) == Some(expected) {
        return names(text, lines, i + 1);
    }
    let labelled = line
        .label
        .as_ref()
        .is_some_and(|l| l.style == Style::Arabic && l.name.parse() == Ok(expected));
    let valued = || {
        (i + 1..lines.len().min(i + 4))
            .take_while(|n| lines[*n].label.is_none())
            .any(|n| is_number(text, lines[n].at))
    };
    labelled && line.at.len() <= 160 && valued()
}

/// A row's first cell without the number that labels it.
fn after_label(text: &Text, line: &Line) -> Extent {
    match &line.label {
        Some(label) if label.style == Style::Arabic => {
            let rest = text.trim(Extent::new(label.at.end, line.at.end));
            if rest.is_empty() { line.at } else { rest }
        }
        _ => line.at,
    }
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
    let roman = is_roman(bare);
    let letter = bare.chars().count() == 1
        && bare.len() < shown.len()
        && bare.chars().all(char::is_alphabetic);
    dotted || roman || letter
}

fn is_roman(bare: &str) -> bool {
    !bare.is_empty() && bare.chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
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
    let chars = &text.chars()[cell.start..cell.end];
    chars.iter().any(char::is_ascii_digit)
        && chars.iter().filter(|c| is_letter(**c)).nth(2).is_none()
        && text.line(cell).chars().count() <= 16
}

fn is_year(text: &Text, cell: Extent) -> bool {
    let shown = text.line(cell);
    shown.len() == 4 && (shown.starts_with("19") || shown.starts_with("20"))
}
