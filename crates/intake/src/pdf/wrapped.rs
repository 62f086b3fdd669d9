//! Rows of tables without borders, whose cells wrap into several lines.

use super::Line;
use super::paragraphs::tight;

/// A line put together from the pieces between its wide gaps; of a table a row, with all its cells wrap into.
pub(super) struct Row {
    cells: Vec<Line>,
    /// The base line of its last line.
    foot: f64,
}

/// Fewest cells of a row that can wrap.
const FEWEST: usize = 3;
/// Words behind which something must follow.
const HANGING: [&str; 12] = [
    "và", "của", "về", "các", "cho", "với", "theo", "trong", "từ", "tại", "trên", "cùng",
];

impl Row {
    pub(super) fn of(piece: &Line) -> Self {
        Self {
            foot: piece.y,
            cells: vec![piece.clone()],
        }
    }

    pub(super) fn add(&mut self, piece: &Line) {
        self.cells.push(piece.clone());
    }

    /// Takes up a line that goes on below this row; gives it back when it does not: it must leave the first
    /// column empty, hold words only, each below a cell, and some of it must go on with what stands there.
    pub(super) fn take_up(&mut self, below: Self) -> Option<Self> {
        let size = self.cells[0].size;
        let step = below.foot - self.foot;
        let near = step > size * 0.5 && step < size * 1.7;
        let free = |row: &Self| row.cells.iter().all(|c| c.cell.is_none());
        if !near || self.cells.len() < FEWEST || !free(self) || !free(&below) {
            return Some(below);
        }
        let places: Vec<Option<usize>> = below.cells.iter().map(|c| self.above(c)).collect();
        let apart = places.windows(2).all(|w| w[0] < w[1]) && !places.contains(&Some(0));
        let words = |c: &Line| c.text.chars().any(char::is_alphabetic);
        let goes_on = |(c, at): (&Line, &Option<usize>)| {
            at.is_some_and(|at| {
                let small = c.text.starts_with(char::is_lowercase);
                let last = self.cells[at].text.split_whitespace().next_back();
                small || last.is_some_and(|word| HANGING.contains(&word) || word.ends_with(','))
            })
        };
        let rest = places.iter().all(Option::is_some)
            && apart
            && below.cells.iter().all(words)
            && below.cells.iter().zip(&places).any(goes_on);
        if !rest {
            return Some(below);
        }
        for (cell, at) in below.cells.into_iter().zip(places.into_iter().flatten()) {
            let above = &mut self.cells[at];
            if !tight(&above.text) {
                above.text.push(' ');
            }
            above.text.push_str(&cell.text);
            above.right = above.right.max(cell.right);
        }
        self.foot = below.foot;
        None
    }

    /// The cell that stands above a piece: the one it shares width with.
    fn above(&self, piece: &Line) -> Option<usize> {
        let shares = |c: &Line| c.left < piece.right && piece.left < c.right;
        let mut sharing = (0..self.cells.len()).filter(|at| shares(&self.cells[*at]));
        sharing.next().filter(|_| sharing.next().is_none())
    }

    /// The row as a line, tabs between its cells.
    pub(super) fn line(self) -> Line {
        let mut cells = self.cells.into_iter();
        let mut line = cells.next().unwrap_or_default();
        for cell in cells {
            line.text.push('\t');
            line.text.push_str(&cell.text);
            line.right = line.right.max(cell.right);
        }
        line
    }
}
