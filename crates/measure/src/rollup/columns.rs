//! The columns: one block for an indicator.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use viet::Period;

use super::territory::AreaSlot;
use crate::figure::Refusal;

/// The place of an indicator in the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndicatorSlot(pub u32);

/// The place of a cell of a disaggregation; 0 for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellSlot(pub u16);

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Of what.
    pub indicator: IndicatorSlot,
    /// For when.
    pub period: Period,
    /// Where.
    pub area: AreaSlot,
    /// Of which part.
    pub cell: CellSlot,
}

/// All values of one period in a block: those before `end` and from the end of the run before.
#[derive(Debug, Clone, Copy)]
pub(super) struct PeriodRun {
    pub(super) period: Period,
    end: usize,
}

/// The values of one indicator.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// In ascending order of periods.
    runs: Vec<PeriodRun>,
    areas: Vec<u16>,
    cells: Vec<u16>,
    values: Vec<i64>,
    scale: u32,
}

/// The values of one period of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) period: Period,
    pub(super) areas: &'a [u16],
    pub(super) cells: &'a [u16],
    pub(super) values: &'a [i64],
}

impl Block {
    pub(super) fn scale(&self) -> u32 {
        self.scale
    }

    pub(super) fn runs(&self) -> impl DoubleEndedIterator<Item = Run<'_>> {
        (0..self.runs.len()).map(|at| self.run(at))
    }

    pub(super) fn run_of(&self, period: Period) -> Option<Run<'_>> {
        let at = self.runs.binary_search_by_key(&period, |run| run.period);
        at.ok().map(|at| self.run(at))
    }

    fn run(&self, at: usize) -> Run<'_> {
        let range = self.start(at)..self.runs[at].end;
        Run {
            period: self.runs[at].period,
            areas: &self.areas[range.clone()],
            cells: &self.cells[range.clone()],
            values: &self.values[range],
        }
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |before| self.runs[before].end)
    }

    /// The value as an integer of this block's scale; widens the scale first when the value has more decimals.
    fn mantissa(&mut self, value: Decimal) -> Option<i64> {
        let value = value.normalize();
        if value.scale() > self.scale {
            let factor = 10_i64.checked_pow(value.scale() - self.scale)?;
            let widened: Option<Vec<i64>> = self
                .values
                .iter()
                .map(|old| old.checked_mul(factor))
                .collect();
            self.values = widened?;
            self.scale = value.scale();
        }
        let factor = 10_i128.checked_pow(self.scale - value.scale())?;
        i64::try_from(value.mantissa().checked_mul(factor)?).ok()
    }

    fn set(&mut self, period: Period, place: (u16, u16), value: Option<i64>) {
        let at = match self.runs.binary_search_by_key(&period, |run| run.period) {
            Ok(at) => at,
            Err(_) if value.is_none() => return,
            Err(at) => {
                let end = self.start(at);
                self.runs.insert(at, PeriodRun { period, end });
                at
            }
        };
        let start = self.start(at);
        let run = self.run(at);
        let found = search(&run, place);
        let moved: isize = match (found, value) {
            (Ok(offset), Some(value)) => {
                self.values[start + offset] = value;
                0
            }
            (Ok(offset), None) => {
                self.areas.remove(start + offset);
                self.cells.remove(start + offset);
                self.values.remove(start + offset);
                -1
            }
            (Err(offset), Some(value)) => {
                self.areas.insert(start + offset, place.0);
                self.cells.insert(start + offset, place.1);
                self.values.insert(start + offset, value);
                1
            }
            (Err(_), None) => 0,
        };
        for run in &mut self.runs[at..] {
            run.end = run.end.saturating_add_signed(moved);
        }
        if self.runs[at].end == start {
            self.runs.remove(at);
        }
    }

    /// Adds a value that stands after all there are.
    fn push(&mut self, period: Period, place: (u16, u16), value: i64) {
        self.areas.push(place.0);
        self.cells.push(place.1);
        self.values.push(value);
        let end = self.values.len();
        match self.runs.last_mut() {
            Some(run) if run.period == period => run.end = end,
            _ => self.runs.push(PeriodRun { period, end }),
        }
    }
}

/// Where a place stands in a run, or would.
pub(super) fn search(run: &Run<'_>, place: (u16, u16)) -> Result<usize, usize> {
    let from = run.areas.partition_point(|area| *area < place.0);
    let count = run.areas[from..].partition_point(|area| *area == place.0);
    run.cells[from..from + count]
        .binary_search(&place.1)
        .map(|at| from + at)
        .map_err(|at| from + at)
}

/// All values, indicator by indicator.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    blocks: Vec<Block>,
}

impl Columns {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes many values at once, in any order; where a key comes twice the later one holds.
    pub fn bulk(values: impl IntoIterator<Item = (Key, Decimal)>) -> Result<Self, Refusal> {
        let mut staged: BTreeMap<IndicatorSlot, Vec<(Period, u16, u16, Decimal)>> = BTreeMap::new();
        for (key, value) in values {
            let rows = staged.entry(key.indicator).or_default();
            rows.push((key.period, key.area.0, key.cell.0, value.normalize()));
        }
        let mut columns = Self::new();
        for (indicator, mut rows) in staged {
            rows.sort_by_key(|(period, area, cell, _)| (*period, *area, *cell));
            let block = columns.block_mut(indicator);
            block.scale = rows.iter().map(|row| row.3.scale()).max().unwrap_or(0);
            block.areas.reserve_exact(rows.len());
            block.cells.reserve_exact(rows.len());
            block.values.reserve_exact(rows.len());
            for (at, (period, area, cell, value)) in rows.iter().enumerate() {
                let again = rows
                    .get(at + 1)
                    .is_some_and(|next| (next.0, next.1, next.2) == (*period, *area, *cell));
                if !again {
                    let value = block.mantissa(*value).ok_or_else(|| too_large(*value))?;
                    block.push(*period, (*area, *cell), value);
                }
            }
        }
        Ok(columns)
    }

    /// Puts a value in its place, instead of the one that stood there; none takes it away.
    pub fn set(&mut self, key: Key, value: Option<Decimal>) -> Result<(), Refusal> {
        let block = self.block_mut(key.indicator);
        let value = match value {
            Some(value) => Some(block.mantissa(value).ok_or_else(|| too_large(value))?),
            None => None,
        };
        block.set(key.period, (key.area.0, key.cell.0), value);
        Ok(())
    }

    /// The value at a place.
    pub fn get(&self, key: Key) -> Option<Decimal> {
        let block = self.block(key.indicator)?;
        let run = block.run_of(key.period)?;
        let at = search(&run, (key.area.0, key.cell.0)).ok()?;
        Some(Decimal::new(run.values[at], block.scale))
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.values.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes the values take, with the room kept for more.
    pub fn bytes(&self) -> usize {
        let of = |block: &Block| {
            2 * (block.areas.capacity() + block.cells.capacity())
                + 8 * block.values.capacity()
                + size_of::<PeriodRun>() * block.runs.capacity()
                + size_of::<Block>()
        };
        self.blocks.iter().map(of).sum()
    }

    pub(super) fn block(&self, indicator: IndicatorSlot) -> Option<&Block> {
        self.blocks.get(indicator.0 as usize)
    }

    fn block_mut(&mut self, indicator: IndicatorSlot) -> &mut Block {
        let at = indicator.0 as usize;
        if self.blocks.len() <= at {
            self.blocks.resize_with(at + 1, Block::default);
        }
        &mut self.blocks[at]
    }
}

fn too_large(value: Decimal) -> Refusal {
    Refusal::new(
        format!(
            "{value} quá lớn so với số chữ số thập phân của chỉ số; hãy dùng đơn vị lớn hơn hoặc ít chữ số thập phân hơn"
        ),
        format!(
            "{value} is too large for the decimals of its indicator; use a larger unit or fewer decimals"
        ),
    )
}
