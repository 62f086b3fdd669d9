//! Which of the first rows holds the headings.

use super::mapping::role_of;
use crate::amount::{self, Amount};

/// Rows below the headings that are shown to whoever says what the columns mean.
pub(super) const FIRST_ROWS: usize = 5;

/// Rows among which headings are looked for.
pub(super) const LOOKED_AT: usize = 30;

/// The row of the headings among the first rows: the one most of whose cells are known as headings; when
/// none is, the first that is as wide as most rows and holds no figure.
pub(super) fn find(rows: &[Vec<String>]) -> Option<usize> {
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.trim().is_empty()).count();
    let known = |row: &Vec<String>| row.iter().filter(|cell| role_of(cell).is_some()).count();
    let looked_at = &rows[..rows.len().min(LOOKED_AT)];
    let best = looked_at.iter().map(|row| heads(row) * known(row)).max()?;
    // One known word may stand in a title; two make headings.
    if best >= 2 {
        return looked_at
            .iter()
            .position(|row| heads(row) * known(row) == best);
    }
    let mut widths: Vec<usize> = looked_at.iter().map(filled).filter(|n| *n > 0).collect();
    widths.sort_unstable();
    let usual = *widths.get(widths.len() / 2)?;
    looked_at
        .iter()
        .position(|row| filled(row) >= usual && heads(row) == 1)
        .or_else(|| looked_at.iter().position(|row| filled(row) > 0))
}

/// 1 when a row could hold headings, 0 when it holds a figure. A bare year may head a column.
fn heads(row: &[String]) -> usize {
    let figure = |cell: &String| {
        let number = matches!(amount::read(cell, None), Ok(Amount::Value(_)));
        number && super::period::read(cell).is_none()
    };
    usize::from(!row.iter().any(figure))
}
