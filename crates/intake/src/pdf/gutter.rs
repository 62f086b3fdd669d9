//! Two columns of running text whose lines a file draws in turn, one of the left, one of the right.
//!
//! Told from tables without borders by how they are filled: lines of running text reach to the edge of their
//! column, and both columns are about as wide.

use super::Line;
use super::wrapped::Row;

/// A stretch of a line without a wide gap in it.
pub(super) struct Piece {
    pub(super) line: Line,
    /// It stands in the line of the piece before, behind a wide gap.
    pub(super) follows: bool,
}

/// Fewest lines that make columns.
const FEWEST: usize = 5;
/// Least width of a column, in letter heights.
const NARROWEST: f64 = 10.0;
/// How far from the edge a full line may end, in letter heights.
const RAGGED: f64 = 4.0;

/// The lines in the order in which they are read: columns one after the other, all else as drawn, with
/// tabs for wide gaps and the rows of tables in one line each.
pub(super) fn untangle(pieces: Vec<Piece>) -> Vec<Line> {
    let mut column_of: Vec<Option<usize>> = vec![None; pieces.len()];
    let mut columns: Vec<[Vec<usize>; 2]> = Vec::new();
    for pair in pairs(&pieces) {
        for at in pair.iter().flatten() {
            column_of[*at] = Some(columns.len());
        }
        columns.push(pair);
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut told = vec![false; columns.len()];
    let mut open = false;
    for (piece, column) in pieces.iter().zip(&column_of) {
        match column {
            Some(pair) => {
                if !std::mem::replace(&mut told[*pair], true) {
                    let lines = columns[*pair].iter().flatten();
                    rows.extend(lines.map(|at| Row::of(&pieces[*at].line)));
                }
                open = false;
            }
            None => {
                match rows.last_mut().filter(|_| open && piece.follows) {
                    Some(row) => row.add(&piece.line),
                    None => rows.push(Row::of(&piece.line)),
                }
                open = true;
            }
        }
    }
    let mut out: Vec<Row> = Vec::new();
    for row in rows {
        let left = match out.last_mut() {
            Some(above) => above.take_up(row),
            None => Some(row),
        };
        out.extend(left);
    }
    out.into_iter().map(Row::line).collect()
}

/// The pairs of columns of a page: the pieces of the left and of the right one, from above to below.
fn pairs(pieces: &[Piece]) -> Vec<[Vec<usize>; 2]> {
    let rows = rows(pieces);
    let Some(gutter) = gutter(pieces, &rows) else {
        return Vec::new();
    };
    let crosses = |row: &[usize]| {
        let lines = row.iter().map(|at| &pieces[*at].line);
        lines
            .into_iter()
            .any(|l| l.left < gutter && l.right > gutter)
    };
    rows.chunk_by(|a, b| crosses(a) == crosses(b))
        .filter(|stretch| !crosses(&stretch[0]))
        .filter_map(|stretch| pair(pieces, stretch, gutter))
        .collect()
}

/// The pieces outside tables, those at one height together.
fn rows(pieces: &[Piece]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..pieces.len())
        .filter(|at| pieces[*at].line.cell.is_none())
        .collect();
    let y = |at: &usize| pieces[*at].line.y;
    order.sort_by(|a, b| y(a).total_cmp(&y(b)));
    let beside = |a: &usize, b: &usize| y(b) - y(a) < pieces[*a].line.size * 0.5;
    order.chunk_by(beside).map(<[usize]>::to_vec).collect()
}

/// Left of where most lines begin that have another at their left; none where few do.
fn gutter(pieces: &[Piece], rows: &[Vec<usize>]) -> Option<f64> {
    let pairs = rows.iter().filter(|row| row.len() == 2);
    let mut lefts: Vec<(f64, f64)> = pairs
        .map(|row| {
            let line = |at: usize| &pieces[row[at]].line;
            let right = if line(0).left > line(1).left { 0 } else { 1 };
            (line(right).left, line(right).size)
        })
        .collect();
    lefts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut best, mut begin) = (None, 0);
    for end in 0..lefts.len() {
        while lefts[end].0 - lefts[begin].0 > lefts[end].1 {
            begin += 1;
        }
        let count = end - begin + 1;
        if count >= FEWEST && best.is_none_or(|(most, _)| count > most) {
            best = Some((count, lefts[begin].0 - lefts[begin].1 * 0.5));
        }
    }
    best.map(|(_, gutter)| gutter)
}

/// The columns at both sides of a gutter that no line of these rows crosses, if they are columns of running
/// text drawn in turn.
fn pair(pieces: &[Piece], rows: &[Vec<usize>], gutter: f64) -> Option<[Vec<usize>; 2]> {
    let left = |at: &usize| pieces[*at].line.left < gutter;
    let both = rows
        .iter()
        .filter(|row| row.iter().any(left) && !row.iter().all(left));
    let both = both.count();
    let (on_left, on_right): (Vec<usize>, Vec<usize>) =
        rows.iter().flatten().partition(|at| left(at));
    let fewer = on_left.len().min(on_right.len());
    let single = on_left.len().max(on_right.len()) * 10 <= rows.len() * 11;
    if both < FEWEST || both * 10 < fewer * 7 || !single {
        return None;
    }
    let mut drawn: Vec<usize> = rows.iter().flatten().copied().collect();
    drawn.sort_unstable();
    let turns = drawn
        .windows(2)
        .filter(|w| left(&w[0]) != left(&w[1]))
        .count();
    let (a, b) = (width(pieces, &on_left)?, width(pieces, &on_right)?);
    let alike = a.min(b) > a.max(b) * 0.6;
    (alike && turns > fewer / 2).then_some([on_left, on_right])
}

/// How wide a column is; none when it is narrow or most of its lines do not fill it.
fn width(pieces: &[Piece], column: &[usize]) -> Option<f64> {
    let lines = || column.iter().map(|at| &pieces[*at].line);
    let left = lines().map(|l| l.left).fold(f64::MAX, f64::min);
    let right = lines().map(|l| l.right).fold(f64::MIN, f64::max);
    let full = lines()
        .filter(|l| l.right > right - l.size * RAGGED)
        .count();
    let wide = lines().all(|l| right - left > l.size * NARROWEST);
    (wide && full * 10 >= column.len() * 6).then_some(right - left)
}
