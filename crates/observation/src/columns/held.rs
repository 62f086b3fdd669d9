//! What a process holds in memory: the rows, and the columns made of those that prevail.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Audience, Scope};
use journal::Seq;
use measure::Refusal;
use measure::rollup::{CellSlot, Change, Columns, IndicatorSlot, Key};
use viet::Period;

use super::layout::Layout;
use super::rows::{Place, Readers, Row, Rows};

/// Columns of an indicator: its values, its numerators, its denominators.
const WIDTH: u32 = 3;

/// One of the columns of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Value,
    Numerator,
    Denominator,
}

/// Where the column of an indicator lies; for an indicator without any figures, where none ever lies.
pub(super) fn column(indicator: Option<u32>, part: Part) -> IndicatorSlot {
    let slot = indicator.and_then(|number| number.checked_mul(WIDTH)?.checked_add(part as u32));
    IndicatorSlot(slot.unwrap_or(u32::MAX))
}

const PARTS: [Part; WIDTH as usize] = [Part::Value, Part::Numerator, Part::Denominator];

/// The prevailing values that some readers see.
struct Layer {
    readers: Readers,
    columns: Columns,
    /// Indicators whose values do not fit beside each other; they are in no column.
    unfit: BTreeSet<u32>,
}

/// The rows and their columns.
pub(super) struct Held {
    rows: Rows,
    pub(super) layout: Arc<Layout>,
    layers: [Layer; 2],
    /// The last entry taken in.
    pub(super) reached: Seq,
}

/// Columns made for one question, or those that are kept.
pub(super) struct Seen<'a> {
    pub(super) columns: Cow<'a, Columns>,
    /// The values of an indicator asked for do not fit beside each other.
    pub(super) unfit: bool,
}

impl Held {
    pub(super) fn new(rows: Rows, layout: Arc<Layout>, reached: Seq) -> Self {
        let layer = |readers| Layer {
            readers,
            columns: Columns::new(),
            unfit: BTreeSet::new(),
        };
        let mut held = Self {
            rows,
            layout,
            layers: [layer(Readers::Everybody), layer(Readers::Inside)],
            reached,
        };
        held.lay_out_all();
        held
    }

    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Takes other definitions in.
    pub(super) fn lay_out(&mut self, layout: Arc<Layout>) {
        self.layout = layout;
        for layer in &mut self.layers {
            layer.columns = Columns::new();
            layer.unfit.clear();
        }
        self.lay_out_all();
    }

    fn lay_out_all(&mut self) {
        let indicators: Vec<u32> = self.rows.indicators_held().map(|(n, _)| n).collect();
        for layer in &mut self.layers {
            for indicator in &indicators {
                layer.lay_out(&self.rows, &self.layout, *indicator);
            }
        }
    }

    /// Changes rows, then chooses anew at every place that changed.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Rows, &mut BTreeSet<Place>)) {
        let mut places = BTreeSet::new();
        change(&mut self.rows, &mut places);
        let mut by_indicator: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
        for place in places {
            by_indicator.entry(place.indicator).or_default().push(place);
        }
        for layer in &mut self.layers {
            for (indicator, places) in &by_indicator {
                layer.settle(&self.rows, &self.layout, *indicator, places);
            }
        }
    }

    /// The columns from which a reader's questions about some indicators are answered.
    pub(super) fn seen(&self, scope: &Scope, indicators: &[u32]) -> Seen<'_> {
        let inside = scope.sees(Audience::Internal, &[]);
        if inside && indicators.iter().any(|i| self.rows.has_restricted(*i)) {
            return self.for_one(scope, indicators);
        }
        let layer = &self.layers[usize::from(inside)];
        Seen {
            columns: Cow::Borrowed(&layer.columns),
            unfit: indicators.iter().any(|i| layer.unfit.contains(i)),
        }
    }

    /// Figures for single organisations lie in no column that others read: who may see some of them is answered from
    /// columns made for the question.
    fn for_one(&self, scope: &Scope, indicators: &[u32]) -> Seen<'_> {
        let mut columns = Columns::new();
        let mut unfit = false;
        for indicator in indicators {
            let sees = |row: &Row| self.rows.sees(scope, row);
            let put = put_all(&mut columns, &self.rows, &self.layout, *indicator, sees);
            unfit |= put.is_err();
        }
        Seen {
            columns: Cow::Owned(columns),
            unfit,
        }
    }

    /// Bytes that the columns take; the rows take more.
    pub(super) fn column_bytes(&self) -> usize {
        self.layers.iter().map(|layer| layer.columns.bytes()).sum()
    }
}

impl Layer {
    /// Puts the values that prevail now at some places of an indicator.
    fn settle(&mut self, rows: &Rows, layout: &Layout, indicator: u32, places: &[Place]) {
        let Some(order) = rows
            .indicators
            .name(indicator)
            .and_then(|id| layout.order(id))
        else {
            return;
        };
        if self.unfit.contains(&indicator) {
            return self.lay_out(rows, layout, indicator);
        }
        let found = places.iter().filter_map(|place| {
            let area = *rows.areas.name(place.area)?;
            let slot = layout.slot(area)?;
            let found = rows.prevailing(*place, order, |row| self.readers.see(row));
            let values = found.map_or([None; 3], |found| found.values());
            Some((place.period, slot, values))
        });
        let found: Vec<_> = found.collect();
        let mut fits = true;
        for (part, at) in PARTS.into_iter().zip(0..) {
            let slot = column(Some(indicator), part);
            if let [(period, area, values)] = found.as_slice() {
                let key = Key {
                    indicator: slot,
                    period: *period,
                    area: *area,
                    cell: CellSlot(0),
                };
                fits &= self.columns.set(key, values[at]).is_ok();
                continue;
            }
            let changes = found
                .iter()
                .map(|(period, area, values)| Change::new(*period, *area, CellSlot(0), values[at]));
            fits &= self.columns.put(slot, changes.collect()).is_ok();
        }
        if !fits {
            // What fits must not depend on what stood here before.
            self.lay_out(rows, layout, indicator);
        }
    }

    /// Makes the columns of an indicator anew.
    fn lay_out(&mut self, rows: &Rows, layout: &Layout, indicator: u32) {
        for part in PARTS {
            self.columns.clear(column(Some(indicator), part));
        }
        let sees = |row: &Row| self.readers.see(row);
        match put_all(&mut self.columns, rows, layout, indicator, sees) {
            Ok(()) => self.unfit.remove(&indicator),
            Err(_) => self.unfit.insert(indicator),
        };
    }
}

/// Puts everything that prevails of an indicator into columns that hold nothing of it.
fn put_all(
    columns: &mut Columns,
    rows: &Rows,
    layout: &Layout,
    indicator: u32,
    sees: impl Fn(&Row) -> bool,
) -> Result<(), Refusal> {
    let Some(order) = rows
        .indicators
        .name(indicator)
        .and_then(|id| layout.order(id))
    else {
        return Ok(());
    };
    let mut changes: [Vec<Change>; PARTS.len()] = Default::default();
    for (place, found) in rows.all_prevailing(indicator, order, sees) {
        let area = rows
            .areas
            .name(place.area)
            .and_then(|area| layout.slot(*area));
        let Some(area) = area else { continue };
        for (changes, value) in changes.iter_mut().zip(found.values()) {
            if value.is_some() {
                changes.push(Change::new(place.period, area, CellSlot(0), value));
            }
        }
    }
    for (part, changes) in PARTS.into_iter().zip(changes) {
        columns.put(column(Some(indicator), part), changes)?;
    }
    Ok(())
}

/// The value of one column at a place.
pub(super) fn has(
    columns: &Columns,
    slot: IndicatorSlot,
    period: Period,
    area: measure::rollup::AreaSlot,
) -> bool {
    let key = Key {
        indicator: slot,
        period,
        area,
        cell: CellSlot(0),
    };
    columns.get(key).is_some()
}
