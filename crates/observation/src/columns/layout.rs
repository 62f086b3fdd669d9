//! The map and the definitions that the columns are laid out by.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use activation::{Directory, Pinned};
use catalogue::expression::Checked;
use catalogue::{Area, Id, Indicator, Prevailing, Unit};
use jiff::civil::Date;
use measure::Refusal;
use measure::rollup::{AreaSlot, Assignment, Territory, View};
use rust_decimal::Decimal;
use viet::AreaKey;

use super::formula::times;

/// The groups, the level of the values and the day of the map; none for the map of each value's time.
type Asked = (Vec<AreaSlot>, u8, Option<Date>);

/// Assignments kept: they depend on the map alone, and pages ask for the same few again and again.
const KEPT: usize = 64;

/// The map and the definitions in force.
pub(super) struct Layout {
    pub(super) directory: Arc<Directory>,
    /// None when the areas in force make no map.
    territory: Result<Territory, Refusal>,
    slots: HashMap<AreaKey, AreaSlot>,
    keys: Vec<AreaKey>,
    /// The formulas of the indicators in force, each with its place in the definition.
    formulas: BTreeMap<Id, Vec<Option<Checked>>>,
    assignments: Mutex<BTreeMap<Asked, Arc<Assignment>>>,
}

impl Layout {
    pub(super) fn of(directory: Arc<Directory>) -> Self {
        let areas: Vec<Area> = directory.areas().all().cloned().collect();
        let keys = areas.iter().map(Area::key).collect();
        let (territory, slots) = match Territory::of_areas(&areas) {
            Ok((territory, slots)) => (Ok(territory), slots),
            Err(refusal) => (Err(refusal), HashMap::new()),
        };
        let formulas = formulas(&directory);
        Self {
            directory,
            territory,
            slots,
            keys,
            formulas,
            assignments: Mutex::default(),
        }
    }

    pub(super) fn slot(&self, area: AreaKey) -> Option<AreaSlot> {
        self.slots.get(&area).copied()
    }

    pub(super) fn area(&self, slot: AreaSlot) -> Option<AreaKey> {
        self.keys.get(usize::from(slot.0)).copied()
    }

    pub(super) fn indicator(&self, id: &Id) -> Option<&Pinned<Indicator>> {
        self.directory.indicators().get(id.as_str())
    }

    /// The order in which stages and vintages of an indicator prevail.
    pub(super) fn order(&self, id: &Id) -> Option<&Prevailing> {
        Some(&self.indicator(id)?.definition.series.prevailing)
    }

    /// The formula of an indicator for periods that end on a day, ready to be evaluated.
    pub(super) fn formula(&self, id: &Id, day: Date) -> Option<&Checked> {
        let computed = &self.indicator(id)?.definition.computed;
        let at = computed
            .iter()
            .position(|computed| computed.valid_on(day))?;
        self.formulas.get(id)?.get(at)?.as_ref()
    }

    /// By how much the quotient that an indicator is on a day is multiplied.
    pub(super) fn times(&self, indicator: &Indicator, day: Date) -> Option<Decimal> {
        times(self.formula(&indicator.def.id, day)?).ok()
    }

    /// Which values of a level count towards which group.
    pub(super) fn assign(
        &self,
        groups: &[AreaSlot],
        level: u8,
        view: View,
    ) -> Result<Arc<Assignment>, access::Refusal> {
        let territory = self.territory.as_ref().map_err(|refusal| {
            let reason = &refusal.reason;
            access::Refusal::conflict(reason.vi.clone(), reason.en.clone())
        })?;
        let day = match view {
            View::AsItWas => None,
            View::OnMapOf(day) => Some(day),
        };
        let asked = (groups.to_vec(), level, day);
        let mut kept = self
            .assignments
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(&asked) {
            return Ok(found.clone());
        }
        if kept.len() >= KEPT {
            kept.clear();
        }
        let assignment = Arc::new(territory.assign(groups, level, view));
        kept.insert(asked, assignment.clone());
        Ok(assignment)
    }
}

/// The formulas of all indicators. One that was checked when it was activated is no fault now; were it one all the same,
/// its indicator has no computed values, like one that is computed by a method.
fn formulas(directory: &Directory) -> BTreeMap<Id, Vec<Option<Checked>>> {
    let indicators = || {
        directory
            .indicators()
            .list()
            .map(|pinned| &pinned.definition)
    };
    let units: BTreeMap<&str, &Unit> = indicators()
        .map(|indicator| (indicator.def.id.as_str(), &indicator.value.unit))
        .collect();
    indicators()
        .filter(|indicator| !indicator.computed.is_empty())
        .map(|indicator| {
            let checked = indicator.computed.iter().map(|computed| {
                let checked = computed.checked(&units, &indicator.value.unit);
                checked.ok().flatten()
            });
            (indicator.def.id.clone(), checked.collect())
        })
        .collect()
}
