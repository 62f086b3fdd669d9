//! Indicators set out one below the other, with a line for each year: "1. Tỷ lệ … (%)", "- Năm 2030: 95".
//! They are rows of a table that was written as a list.

use crate::column::{Columns, Role};
use crate::lines::Line;
use crate::table::{Row, Table, is_number};
use crate::text::{Extent, Text};

/// Beginnings of names of what is measured.
const MEASURED: [&str; 13] = [
    "ty le",
    "ti le",
    "ty trong",
    "ti trong",
    "so ",
    "tong so",
    "chi so",
    "chi tieu",
    "xep hang",
    "gia tri",
    "doanh thu",
    "toc do",
    "nang suat",
];

/// Most lines below a name.
const MOST_LINES: usize = 12;

/// The lines below the name at `start` as a table of one row, if they are keys with values and one of
/// them is a figure for a year.
pub(crate) fn table(
    text: &Text,
    lines: &[Line],
    furniture: &[bool],
    start: usize,
) -> Option<Table> {
    let name = name(text, &lines[start])?;
    let own = lines[start].label.as_ref().map(|l| l.style);
    let pairs: Vec<(Extent, Extent)> = lines[start + 1..]
        .iter()
        .zip(&furniture[start + 1..])
        .take(MOST_LINES)
        .map_while(|(line, furniture)| {
            let style = line.label.as_ref().map(|l| l.style);
            let below = match (own, style) {
                (Some(own), Some(style)) => style > own,
                (None, Some(style)) => !style.is_numbered(),
                (own, None) => own.is_some(),
            };
            pair(text, line).filter(|_| below && !furniture)
        })
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let heads: Vec<Vec<Extent>> = std::iter::once(Vec::new())
        .chain(pairs.iter().map(|(key, _)| vec![*key]))
        .collect();
    let mut columns = Columns::of(text, &heads);
    for role in columns.roles.iter_mut().filter(|r| **r == Role::Name) {
        *role = Role::Other;
    }
    *columns.roles.first_mut()? = Role::Name;
    let dated = columns
        .roles
        .iter()
        .skip(1)
        .zip(&pairs)
        .any(|(role, (_, value))| matches!(role, Role::Value(Some(_))) && is_figure(text, *value));
    let folded = text.folded(name);
    let measured = MEASURED.iter().any(|w| folded.starts_with(w))
        || columns.place(Role::Unit).is_some()
        || folded.ends_with("(%)");
    (dated && measured).then(|| Table {
        lines: start + 1..start + 1 + pairs.len(),
        columns,
        rows: vec![Row {
            cells: std::iter::once(name)
                .chain(pairs.iter().map(|(_, value)| *value))
                .collect(),
        }],
    })
}

/// What a line names: words without a value of their own.
fn name(text: &Text, line: &Line) -> Option<Extent> {
    let body = without_end(text, body(text, line));
    let named = (6..=200).contains(&body.len()) && text.at(body.start).is_alphabetic();
    named.then_some(body)
}

/// "Năm 2030: 95": a short key, and what stands behind its colon.
fn pair(text: &Text, line: &Line) -> Option<(Extent, Extent)> {
    let body = body(text, line);
    let colon = (body.start..body.end.min(body.start + 40)).find(|i| text.at(*i) == ':')?;
    let key = text.trim(Extent::new(body.start, colon));
    let value = without_end(text, text.trim(Extent::new(colon + 1, body.end)));
    (!key.is_empty() && !value.is_empty()).then_some((key, value))
}

/// "95", "≥ 90%", "120 doanh nghiệp".
fn is_figure(text: &Text, value: Extent) -> bool {
    let begins = text.at(value.start);
    is_number(text, value)
        || value.len() <= 30 && (begins.is_ascii_digit() || matches!(begins, '≥' | '≤' | '>' | '<'))
}

fn body(text: &Text, line: &Line) -> Extent {
    let start = line.label.as_ref().map_or(line.at.start, |l| l.at.end);
    text.trim(Extent::new(start, line.at.end))
}

fn without_end(text: &Text, at: Extent) -> Extent {
    let closed = !at.is_empty() && matches!(text.at(at.end - 1), '.' | ';' | ':' | ',');
    text.trim(Extent::new(at.start, at.end - usize::from(closed)))
}
