//! Tables of a page, cell by cell.

use super::lists::List;
use super::reader::Tag;
use crate::blocks::{Block, one_line};

/// Widest span taken at its word.
const MAX_SPAN: usize = 100;

/// An open cell.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) blocks: Vec<Block>,
    /// Lists open in it.
    pub(super) lists: Vec<List>,
    pub(super) has_heading: bool,
    columns: usize,
    rows: usize,
}

impl Cell {
    pub(super) fn open(tag: &Tag<'_>) -> Self {
        let span = |name: &str| {
            let given = tag.attribute(name).and_then(|v| v.trim().parse().ok());
            given.unwrap_or(1_usize)
        };
        Self {
            columns: span("colspan").clamp(1, MAX_SPAN),
            // A span of no rows reaches to the end of the table.
            rows: match span("rowspan") {
                0 => usize::MAX,
                rows => rows,
            },
            ..Self::default()
        }
    }
}

/// An open table.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Vec<Vec<Block>>>,
    row_open: bool,
    /// For each column how many more rows the cell above reaches into.
    covered: Vec<usize>,
    /// What stands outside its cells: the caption.
    pub(super) loose: Vec<Block>,
    layout: bool,
}

impl Table {
    pub(super) fn open(tag: &Tag<'_>) -> Self {
        Self {
            layout: matches!(
                tag.attribute("role").as_deref(),
                Some("presentation" | "none")
            ),
            ..Self::default()
        }
    }

    pub(super) fn begin_row(&mut self) {
        self.end_row();
        self.rows.push(Vec::new());
        self.row_open = true;
    }

    pub(super) fn end_row(&mut self) {
        if std::mem::take(&mut self.row_open) {
            self.fill_covered();
        }
    }

    /// Adds a cell and tells how many columns the row grew by.
    pub(super) fn add(&mut self, cell: Cell) -> usize {
        if !self.row_open {
            self.begin_row();
        }
        let before = self.width();
        self.fill_covered();
        let nested = cell.blocks.iter().any(|b| matches!(b, Block::Table(_)));
        self.layout |= nested || cell.has_heading;
        let Some(row) = self.rows.last_mut() else {
            return 0;
        };
        let at = row.len();
        row.push(cell.blocks);
        row.resize(at + cell.columns, Vec::new());
        self.covered.resize(self.covered.len().max(row.len()), 0);
        for column in &mut self.covered[at..at + cell.columns] {
            *column = cell.rows - 1;
        }
        self.width() - before
    }

    fn width(&self) -> usize {
        self.rows.last().map_or(0, Vec::len)
    }

    /// Leaves the columns empty that a cell of a row above reaches into.
    fn fill_covered(&mut self) {
        let Some(row) = self.rows.last_mut() else {
            return;
        };
        while let Some(rest) = self.covered.get_mut(row.len()).filter(|rest| **rest > 0) {
            *rest -= 1;
            row.push(Vec::new());
        }
    }

    /// The blocks the table stands for: a caption and a table, or what is in its cells when it only
    /// arranges the page.
    pub(super) fn close(mut self) -> Vec<Block> {
        self.end_row();
        let mut out = self.loose;
        let filled = |row: &Vec<Vec<Block>>| row.iter().filter(|c| !c.is_empty()).count();
        let single = self.rows.iter().all(|row| filled(row) <= 1);
        let stacked = self.rows.iter().flatten().any(|cell| cell.len() > 1);
        if self.layout || (single && stacked) {
            out.extend(self.rows.into_iter().flatten().flatten());
            return out;
        }
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .filter(|row| filled(row) > 0)
            .map(|row| row.iter().map(|cell| one_line(cell)).collect())
            .collect();
        if !rows.is_empty() {
            out.push(Block::Table(rows));
        }
        out
    }
}
