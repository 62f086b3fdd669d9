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

/// A value for a place of one indicator, or that there is none any longer.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    period: Period,
    place: (u16, u16),
    value: Option<Decimal>,
}

impl Change {
    /// A value that comes to a place; none takes the one there away.
    pub fn new(period: Period, area: AreaSlot, cell: CellSlot, value: Option<Decimal>) -> Self {
        Self {
            period,
            place: (area.0, cell.0),
            value: value.map(|value| value.normalize()),
        }
    }

    fn place(&self) -> (Period, (u16, u16)) {
        (self.period, self.place)
    }
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
        self.fitting(value)
    }

    /// The value as an integer of this block's scale; none when it has more decimals or is too large.
    fn fitting(&self, value: Decimal) -> Option<i64> {
        let factor = 10_i128.checked_pow(self.scale.checked_sub(value.scale())?)?;
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

    /// The values there are and those that come, which are sorted.
    fn merged(&self, changes: &[Change]) -> Result<Block, Refusal> {
        let decimals = changes.iter().filter_map(|change| change.value);
        let scale = decimals.map(|value| value.scale()).max().unwrap_or(0);
        let mut block = Block {
            scale: scale.max(self.scale),
            ..Block::default()
        };
        let room = self.values.len() + changes.len();
        block.areas.reserve_exact(room);
        block.cells.reserve_exact(room);
        block.values.reserve_exact(room);
        let fits = |block: &Block, value: Decimal| {
            let mantissa = block.fitting(value);
            mantissa.ok_or_else(|| too_large(value))
        };
        let mut old = self.rows().peekable();
        for (at, change) in changes.iter().enumerate() {
            let place = change.place();
            while let Some((period, at, value)) = old.next_if(|row| (row.0, row.1) < place) {
                let value = fits(&block, Decimal::new(value, self.scale))?;
                block.push(period, at, value);
            }
            let again = changes.get(at + 1).map(Change::place) == Some(place);
            if again {
                continue;
            }
            old.next_if(|row| (row.0, row.1) == place);
            if let Some(value) = change.value {
                let value = fits(&block, value)?;
                block.push(place.0, place.1, value);
            }
        }
        for (period, at, value) in old {
            let value = fits(&block, Decimal::new(value, self.scale))?;
            block.push(period, at, value);
        }
        Ok(block)
    }

    fn rows(&self) -> impl Iterator<Item = (Period, (u16, u16), i64)> {
        self.runs().flat_map(|run| {
            let places = run.areas.iter().copied().zip(run.cells.iter().copied());
            places
                .zip(run.values)
                .map(move |(place, value)| (run.period, place, *value))
        })
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
        let mut staged: BTreeMap<IndicatorSlot, Vec<Change>> = BTreeMap::new();
        for (key, value) in values {
            let changes = staged.entry(key.indicator).or_default();
            changes.push(Change::new(key.period, key.area, key.cell, Some(value)));
        }
        let mut columns = Self::new();
        for (indicator, changes) in staged {
            columns.put(indicator, changes)?;
        }
        Ok(columns)
    }

    /// Puts many values of an indicator in their places at once, in any order; where a place comes twice the later
    /// one holds. When one does not fit, nothing changes.
    pub fn put(
        &mut self,
        indicator: IndicatorSlot,
        mut changes: Vec<Change>,
    ) -> Result<(), Refusal> {
        changes.sort_by_key(Change::place);
        let block = self.block_mut(indicator);
        *block = block.merged(&changes)?;
        Ok(())
    }

    /// Takes all values of an indicator away.
    pub fn clear(&mut self, indicator: IndicatorSlot) {
        *self.block_mut(indicator) = Block::default();
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

    /// The periods for which an indicator has values, in ascending order.
    pub fn periods(&self, indicator: IndicatorSlot) -> impl Iterator<Item = Period> {
        let runs = self.block(indicator).into_iter().flat_map(Block::runs);
        runs.map(|run| run.period)
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
