//! Tables, told by their borders.

use super::Cell;

/// A border: of a horizontal one `at` is its y, of a vertical one its x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Border {
    pub(super) at: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// Borders as near as this are one, in points.
const NEAR: f64 = 2.0;
/// A border shorter than this is a dash or the stem of a sign.
const SHORTEST: f64 = 6.0;

/// The tables of a page.
#[derive(Default)]
pub(super) struct Grids(Vec<Grid>);

struct Grid {
    across: Vec<Border>,
    down: Vec<Border>,
    /// Where rows and columns begin.
    rows: Vec<f64>,
    columns: Vec<f64>,
}

impl Grids {
    /// Borders that meet make a table when it has two columns at least.
    pub(super) fn of(across: Vec<Border>, down: Vec<Border>) -> Self {
        let (across, down) = (merge(across), merge(down));
        let mut left: Vec<usize> = (0..across.len()).collect();
        let mut grids = Vec::new();
        let mut free = vec![true; down.len()];
        while let Some(first) = left.pop() {
            let (mut mine, mut crossing) = (vec![first], Vec::new());
            let mut at = 0;
            while let Some(&h) = mine.get(at) {
                at += 1;
                for v in (0..down.len()).filter(|v| meet(across[h], down[*v])) {
                    if !std::mem::take(&mut free[v]) {
                        continue;
                    }
                    crossing.push(v);
                    let touched = |h: &usize| meet(across[*h], down[v]);
                    mine.extend(left.extract_if(.., |h| touched(h)));
                }
            }
            let grid = Grid::of(
                mine.iter().map(|h| across[*h]).collect(),
                crossing.iter().map(|v| down[*v]).collect(),
            );
            grids.extend(grid);
        }
        Self(grids)
    }

    /// The cell around a point.
    pub(super) fn cell_at(&self, x: f64, y: f64) -> Option<Cell> {
        self.0.iter().enumerate().find_map(|(table, grid)| {
            let (row, column) = grid.cell_at(x, y)?;
            Some(Cell { table, row, column })
        })
    }
}

impl Grid {
    fn of(across: Vec<Border>, down: Vec<Border>) -> Option<Self> {
        let rows = places(&across);
        let columns = places(&down);
        (rows.len() > 1 && columns.len() > 2).then_some(Self {
            across,
            down,
            rows,
            columns,
        })
    }

    fn cell_at(&self, x: f64, y: f64) -> Option<(usize, usize)> {
        let above = nearest(&self.across, x, |at| at <= y)?;
        nearest(&self.across, x, |at| at > y)?;
        let left = nearest(&self.down, y, |at| at <= x)?;
        nearest(&self.down, y, |at| at > x)?;
        let index = |places: &[f64], at: f64| places.iter().rposition(|p| *p <= at + NEAR);
        Some((index(&self.rows, above)?, index(&self.columns, left)?))
    }
}

/// The place of the border on one side that is nearest and reaches to `beside`.
fn nearest(borders: &[Border], beside: f64, side: impl Fn(f64) -> bool) -> Option<f64> {
    let reaching = borders
        .iter()
        .filter(|b| b.from - NEAR <= beside && beside <= b.to + NEAR && side(b.at));
    let before = side(f64::MIN);
    reaching
        .map(|b| b.at)
        .reduce(|a, b| if before { a.max(b) } else { a.min(b) })
}

/// Joins borders on one line that touch.
fn merge(mut borders: Vec<Border>) -> Vec<Border> {
    borders.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut out: Vec<Border> = Vec::new();
    for line in borders.chunk_by_mut(|a, b| b.at - a.at <= NEAR) {
        line.sort_by(|a, b| a.from.total_cmp(&b.from));
        let begin = out.len();
        for border in line {
            match out[begin..].last_mut() {
                Some(last) if border.from <= last.to + NEAR => last.to = last.to.max(border.to),
                _ => out.push(*border),
            }
        }
    }
    out.retain(|b| b.to - b.from >= SHORTEST);
    out
}

fn meet(h: Border, v: Border) -> bool {
    h.from - NEAR <= v.at && v.at <= h.to + NEAR && v.from - NEAR <= h.at && h.at <= v.to + NEAR
}

/// The distinct places of borders, in order.
fn places(borders: &[Border]) -> Vec<f64> {
    let mut places: Vec<f64> = borders.iter().map(|b| b.at).collect();
    places.sort_by(f64::total_cmp);
    places.dedup_by(|b, a| *b - *a <= NEAR);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn border(at: f64, from: f64, to: f64) -> Border {
        Border { at, from, to }
    }

    /// Two columns and three rows; the first column's last two cells are one.
    fn grids() -> Grids {
        let across = vec![
            border(100.0, 50.0, 150.0),
            border(100.5, 150.0, 300.0),
            border(120.0, 50.0, 300.0),
            border(140.0, 150.0, 300.0),
            border(160.0, 50.0, 300.0),
            // A line under a heading elsewhere.
            border(60.0, 50.0, 90.0),
        ];
        let down = vec![
            border(50.0, 100.0, 160.0),
            border(150.0, 100.0, 160.0),
            border(300.0, 100.0, 160.0),
        ];
        Grids::of(across, down)
    }

    #[test]
    fn points_fall_into_cells() {
        let grids = grids();
        let at = |x, y| grids.cell_at(x, y).map(|c| (c.row, c.column));
        assert_eq!(at(60.0, 110.0), Some((0, 0)));
        assert_eq!(at(200.0, 130.0), Some((1, 1)));
        assert_eq!(at(200.0, 150.0), Some((2, 1)));
        assert_eq!(
            at(60.0, 150.0),
            Some((1, 0)),
            "a cell of two rows is of the first"
        );
        for (x, y) in [(60.0, 90.0), (20.0, 130.0), (310.0, 130.0), (60.0, 170.0)] {
            assert_eq!(at(x, y), None);
        }
    }

    #[test]
    fn a_box_around_text_is_no_table() {
        let across = vec![border(10.0, 0.0, 100.0), border(50.0, 0.0, 100.0)];
        let down = vec![border(0.0, 10.0, 50.0), border(100.0, 10.0, 50.0)];
        assert_eq!(Grids::of(across, down).cell_at(50.0, 30.0), None);
    }
}
