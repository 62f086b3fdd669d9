//! The map and the definitions that the columns are laid out by.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use activation::{Directory, Pinned};
use catalogue::{Area, Id, Indicator, Prevailing};
use jiff::civil::Date;
use measure::Refusal;
use measure::rollup::{AreaSlot, Assignment, Territory, View};
use viet::AreaKey;

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
        Self {
            directory,
            territory,
            slots,
            keys,
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
        let mut kept = self.assignments.lock().unwrap_or_else(PoisonError::into_inner);
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
