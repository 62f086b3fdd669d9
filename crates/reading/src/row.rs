//! Targets in rows of tables.

use crate::model::{PeriodKind, PeriodSource, TargetPeriod};
use crate::period;
use crate::quantity::{self, Quantity};
use crate::table::{Row, Table, is_number};
use crate::target::{self, Draft, Setting};
use crate::text::{Extent, Text};
use crate::token::{Phrases, Token, tokens};
use crate::unit::Unit;

/// Targets of one row: the name of what is measured, its unit, and a value for each year of the heading.
pub(crate) fn targets(text: &Text, table: &Table, row: &Row, setting: &Setting) -> Vec<Draft> {
    let Some(name_at) = row.cells.iter().position(|c| is_name(text, *c)) else {
        return Vec::new();
    };
    let name = row.cells[name_at];
    let rest = &row.cells[name_at + 1..];
    let unit = unit_of(text, name, rest);
    let years: Vec<(i16, bool)> = table
        .head
        .iter()
        .filter_map(|c| year_of(text, *c))
        .collect();
    let values: Vec<(Extent, Quantity)> = rest
        .iter()
        .filter_map(|c| value(text, *c, &unit).map(|q| (*c, q)))
        .collect();
    if values.is_empty() {
        return sentence(text, name, rest, setting);
    }
    let own = period::heading_year(&tokens(text, name));
    let mut out = Vec::new();
    for (i, (cell, q)) in values.iter().enumerate() {
        let column = if years.len() == values.len() {
            years.get(i)
        } else {
            years.iter().find(|(_, past)| !past)
        };
        if column.is_some_and(|(_, past)| *past) {
            continue;
        }
        if years.is_empty() && i > 0 {
            break;
        }
        let (year, source) = match (own, column, setting.year) {
            (Some(year), ..) => (Some(year), PeriodSource::Explicit),
            (_, Some((year, _)), _) => (Some(*year), PeriodSource::Heading),
            (.., Some(year)) => (Some(year), PeriodSource::Heading),
            _ => (None, PeriodSource::None),
        };
        out.push(draft(
            text,
            name,
            *cell,
            q,
            TargetPeriod {
                kind: year.map(|_| PeriodKind::ByYear),
                year,
                baseline: None,
                source,
            },
        ));
    }
    out
}

/// A row whose target is told in words: "Tỷ lệ … đạt tối thiểu 80%".
fn sentence(text: &Text, name: Extent, rest: &[Extent], setting: &Setting) -> Vec<Draft> {
    let mut out = Vec::new();
    for cell in std::iter::once(&name).chain(rest) {
        let tokens = tokens(text, *cell);
        let parts = target::timed(&tokens);
        out.extend(target::targets(&tokens, &parts, setting));
    }
    out
}

fn draft(text: &Text, name: Extent, cell: Extent, q: &Quantity, period: TargetPeriod) -> Draft {
    let told = tokens(text, cell);
    let (comparator, strict, growth) = target::meant(&told, q);
    let value_at = told
        .extent(q.number, q.unit_end.max(q.number + 1))
        .unwrap_or(cell);
    Draft {
        at: Extent::new(name.start, cell.end),
        value_at: Some(value_at),
        comparator: Some(comparator),
        strict,
        value: Some(q.value),
        value_max: q.value_max,
        unit: Some(q.unit.clone()),
        growth,
        period,
    }
}

/// A cell with words that is no value.
fn is_name(text: &Text, cell: Extent) -> bool {
    let letters = text
        .line(cell)
        .chars()
        .filter(|c| c.is_alphabetic())
        .count();
    letters >= 6 && !is_number(text, cell)
}

/// The value of a cell, if it holds little else.
fn value(text: &Text, cell: Extent, unit: &Unit) -> Option<Quantity> {
    let shown = text.line(cell);
    let tokens = tokens(text, cell);
    let words = tokens
        .iter()
        .filter(|t| t.mark().is_none() && t.number().is_none())
        .count();
    if words > 6 || shown.chars().count() > 60 {
        return None;
    }
    quantity::quantities(&tokens)
        .into_iter()
        .next()
        .or_else(|| quantity::bare(&tokens, unit))
}

/// The unit of a row: a cell of its own, or the words of the name.
fn unit_of(text: &Text, name: Extent, rest: &[Extent]) -> Unit {
    let own = rest
        .iter()
        .take(2)
        .map(|c| text.line(*c))
        .find(|s| s.chars().count() <= 14 && !s.chars().any(|c| c.is_ascii_digit()));
    if let Some(own) = own {
        if own.contains('%') {
            return Unit::Percent;
        }
        if own.to_lowercase() == "lần" {
            return Unit::Times;
        }
        let words = tokens(text, name);
        let index = words
            .find(0, words.len(), &["chỉ số", "hệ số", "dti", "pii", "hdi"])
            .is_some();
        let points = ["điểm", "chỉ số", "index"]
            .iter()
            .any(|w| own.to_lowercase().starts_with(w));
        return if index && points {
            Unit::Index
        } else {
            Unit::Count
        };
    }
    let words = tokens(text, name);
    let share = words
        .find(0, words.len(), &["tỷ lệ", "tỉ lệ", "tỷ trọng", "tỉ trọng"])
        .is_some()
        || words.mark(words.len().saturating_sub(2), '%');
    if share { Unit::Percent } else { Unit::Count }
}

/// The year a heading cell names ("Mục tiêu năm 2025"), and whether it is of the past ("Kết quả năm 2023").
fn year_of(text: &Text, cell: Extent) -> Option<(i16, bool)> {
    let words: Vec<Token> = tokens(text, cell);
    if words.len() > 12 {
        return None;
    }
    let past = words
        .find(
            0,
            words.len(),
            &[
                "kết quả",
                "hiện trạng",
                "thực trạng",
                "ước",
                "thực hiện năm",
                "đã đạt",
                "số liệu",
            ],
        )
        .is_some();
    words
        .iter()
        .rev()
        .find_map(period::year_of)
        .map(|year| (year, past))
}

/// A task in a row of a table of tasks.
pub(crate) struct Given {
    pub name: Extent,
    pub lead: Option<String>,
    pub deadline: Option<String>,
}

/// The task of a row, when the heading of its table names tasks and no aims.
pub(crate) fn task(text: &Text, table: &Table, row: &Row) -> Option<Given> {
    let column = |names: &[&str], but: &[&str]| {
        table.head.iter().position(|c| {
            let folded = viet::fold::fold(&text.line(*c));
            names.iter().any(|n| folded.contains(n)) && !but.iter().any(|n| folded.contains(n))
        })
    };
    let what = column(
        &["nhiem vu", "noi dung", "cong viec", "hoat dong"],
        &["chi tieu", "muc tieu", "co quan"],
    )?;
    if column(&["chi tieu"], &["nhiem vu"]).is_some() {
        return None;
    }
    // Cells can be told apart only when none is missing.
    let whole = row.cells.len() == table.head.len();
    let cell = |at: Option<usize>| {
        at.filter(|_| whole)
            .and_then(|i| row.cells.get(i))
            .map(|c| text.line(*c))
    };
    let name = if whole {
        row.cells.get(what)
    } else {
        row.cells.iter().find(|c| is_name(text, **c))
    };
    Some(Given {
        name: *name.filter(|n| is_name(text, **n))?,
        lead: cell(column(
            &["chu tri", "thuc hien"],
            &["phoi hop", "thoi gian"],
        )),
        deadline: cell(column(
            &["thoi gian", "thoi han", "hoan thanh", "tien do"],
            &["co quan"],
        )),
    })
}
