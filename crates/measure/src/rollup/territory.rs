//! Areas, their tree and their lives, as far as a roll-up needs them.

use std::collections::HashMap;

use catalogue::{Area, Level, Share};
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{AreaKey, Calendar, Period};

use crate::figure::Refusal;

/// The place of an area in a [`Territory`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AreaSlot(pub u16);

/// One life of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// How far below the top; values of an indicator are collected on one level, so that none counts twice.
    pub level: u8,
    /// The area it lies in.
    pub parent: Option<AreaSlot>,
    /// First day; none when it has always been.
    pub valid_from: Option<Date>,
    /// The day after the last; none while it lasts.
    pub valid_to: Option<Date>,
    /// What it went into.
    pub successors: Vec<(AreaSlot, Share)>,
}

/// On which map values are rolled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Every value in the tree of its own time ("theo địa giới khi đó").
    AsItWas,
    /// Every value carried through mergers and splits to the areas of a day ("theo địa giới ngày …").
    OnMapOf(Date),
}

/// All lives of areas in one tree.
#[derive(Debug, Clone, Default)]
pub struct Territory {
    places: Vec<Place>,
    /// Days on which the map changes, ascending.
    changes: Vec<Date>,
}

/// Most areas a territory can hold; the country has had some 15,000 lives of areas.
const MOST: usize = u16::MAX as usize;

impl Territory {
    /// Checks that parents and successors exist, that neither leads back to an area, and that known shares of an
    /// area sum to 1 at most.
    pub fn new(places: Vec<Place>) -> Result<Self, Refusal> {
        if places.len() > MOST {
            return Err(Refusal::new(
                format!("nhiều hơn {MOST} đơn vị hành chính"),
                format!("more than {MOST} areas"),
            ));
        }
        let exists = |slot: &AreaSlot| usize::from(slot.0) < places.len();
        for (at, place) in places.iter().enumerate() {
            let linked = place.parent.iter().all(exists)
                && place.successors.iter().all(|(slot, _)| exists(slot));
            let shared: Decimal = place.successors.iter().filter_map(|(_, s)| known(*s)).sum();
            if !linked || shared > Decimal::ONE || leads_back(&places, at) {
                return Err(Refusal::new(
                    format!("đơn vị thứ {at}: đơn vị cấp trên hoặc đơn vị kế thừa không hợp lệ"),
                    format!("area {at}: its parent or its successors make no sense"),
                ));
            }
        }
        let days = places.iter().flat_map(|p| [p.valid_from, p.valid_to]);
        let mut changes: Vec<Date> = days.flatten().collect();
        changes.sort_unstable();
        changes.dedup();
        Ok(Self { places, changes })
    }

    /// A territory of defined areas, and the place of each.
    pub fn of_areas(areas: &[Area]) -> Result<(Self, HashMap<AreaKey, AreaSlot>), Refusal> {
        let slots: HashMap<AreaKey, AreaSlot> = areas
            .iter()
            .zip(0..=u16::MAX)
            .map(|(area, slot)| (area.key(), AreaSlot(slot)))
            .collect();
        let slot = |key: &AreaKey| {
            slots.get(key).copied().ok_or_else(|| {
                Refusal::new(
                    format!("không có đơn vị hành chính {key} trong danh mục"),
                    format!("there is no area {key} in the catalogue"),
                )
            })
        };
        let place = |area: &Area| {
            let successors = area.successors.iter().map(|s| Ok((slot(&s.to)?, s.share)));
            Ok(Place {
                level: depth(area.level),
                parent: area.parent.as_ref().map(slot).transpose()?,
                valid_from: area.valid_from,
                valid_to: area.valid_to,
                successors: successors.collect::<Result<_, Refusal>>()?,
            })
        };
        let places = areas.iter().map(place).collect::<Result<_, Refusal>>()?;
        Ok((Self::new(places)?, slots))
    }

    /// How many lives of areas there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Which value of areas of a level counts towards which of the groups asked for. Worth keeping between
    /// requests: it depends on nothing but the areas.
    pub fn assign(&self, groups: &[AreaSlot], level: u8, view: View) -> Assignment {
        let mut group_of = vec![NONE; self.places.len()];
        for (index, group) in groups.iter().enumerate() {
            if let Some(slot) = group_of.get_mut(usize::from(group.0)) {
                *slot = index as u32;
            }
        }
        // The last day of each stretch between two changes of the map, and of the one after the last change.
        let ends = self
            .changes
            .iter()
            .map(|end| end.yesterday().unwrap_or(*end));
        let epochs = ends
            .chain([Date::MAX])
            .map(|day| self.epoch((groups, &group_of), level, day, view))
            .collect();
        Assignment {
            groups: groups.len(),
            changes: self.changes.clone(),
            epochs,
        }
    }

    /// What holds for values of periods that end up to a day (and after the change of the map before).
    fn epoch(
        &self,
        (groups, group_of): (&[AreaSlot], &[u32]),
        level: u8,
        day: Date,
        view: View,
    ) -> Epoch {
        let mut epoch = Epoch::default();
        for (at, place) in self.places.iter().enumerate() {
            let begun = place.valid_from.is_none_or(|from| from <= day);
            let found = match view {
                _ if place.level != level => Vec::new(),
                View::AsItWas if begun => vec![Found::itself(at)],
                View::AsItWas => Vec::new(),
                View::OnMapOf(day) => self.carried(at, day),
            };
            let code = epoch.code(self.target(&found, group_of, groups));
            if (begun && place.valid_to.is_none_or(|end| day < end)) || code == NONE {
                epoch.codes.push(code);
            } else {
                epoch.codes.push(NONE);
                epoch.outside.resize(self.places.len(), NONE);
                epoch.outside[at] = code;
            }
        }
        epoch
    }

    /// The groups above the areas found, each with its part of the value. A group above all of them takes the whole
    /// even where shares are unknown; a group below where a value is known to be may hold some of it.
    fn target(&self, found: &[Found], group_of: &[u32], groups: &[AreaSlot]) -> Parts {
        let mut reached: Vec<(u32, usize, Option<Decimal>)> = Vec::new();
        let mut perhaps: Vec<u32> = Vec::new();
        for Found { area, share, exact } in found {
            let above = climb(&self.places, *area).map(|at| group_of[at]);
            for group in above.filter(|group| *group != NONE) {
                match reached.iter_mut().find(|(known, ..)| *known == group) {
                    Some((_, times, part)) => {
                        *times += 1;
                        *part = part.zip(*share).map(|(a, b)| a + b);
                    }
                    None => reached.push((group, 1, *share)),
                }
            }
            let within = |group: &AreaSlot| {
                climb(&self.places, usize::from(group.0))
                    .skip(1)
                    .any(|above| above == *area)
            };
            let below = (0_u32..)
                .zip(groups)
                .filter(|(_, group)| !exact && within(group));
            perhaps.extend(below.map(|(index, _)| index));
        }
        perhaps.sort_unstable();
        perhaps.dedup();
        let part = |(group, times, part): (u32, usize, Option<Decimal>)| {
            let whole = part.is_none() && times == found.len();
            (group, if whole { Some(Decimal::ONE) } else { part })
        };
        let reached = reached.into_iter().map(part);
        reached
            .chain(perhaps.into_iter().map(|group| (group, None)))
            .collect()
    }

    /// The areas of a day that an area went into, with shares where they are known. An area that has not begun by
    /// that day stands for itself: it still lies in the areas above it. What no successor took is somewhere within
    /// what the area above went into.
    fn carried(&self, at: usize, day: Date) -> Vec<Found> {
        let place = &self.places[at];
        let begun = place.valid_from.is_none_or(|from| from <= day);
        if !begun || place.valid_to.is_none_or(|end| day < end) {
            return vec![Found::itself(at)];
        }
        let mut found = Vec::new();
        let mut left = Some(Decimal::ONE);
        for (successor, share) in &place.successors {
            let share = known(*share);
            left = left.zip(share).map(|(left, share)| left - share);
            found.extend(self.part_of(*successor, day, share, true));
        }
        // With an unknown share nobody can say that something is left.
        if let (Some(left), Some(parent)) = (left.filter(|left| !left.is_zero()), place.parent) {
            found.extend(self.part_of(parent, day, Some(left), false));
        }
        found
    }

    fn part_of(
        &self,
        area: AreaSlot,
        day: Date,
        share: Option<Decimal>,
        exact: bool,
    ) -> impl Iterator<Item = Found> {
        let carried = self.carried(usize::from(area.0), day).into_iter();
        carried.map(move |found| Found {
            share: share.zip(found.share).map(|(share, part)| share * part),
            exact: exact && found.exact,
            ..found
        })
    }
}

/// How far below the top the areas of a level lie: see [`Place::level`].
pub fn depth(level: Level) -> u8 {
    match level {
        Level::Country => 0,
        Level::Province => 1,
        Level::District => 2,
        Level::Commune => 3,
    }
}

/// An area that holds a part of a value.
struct Found {
    area: usize,
    share: Option<Decimal>,
    /// In the area itself, not merely somewhere within it.
    exact: bool,
}

impl Found {
    fn itself(area: usize) -> Self {
        Self {
            area,
            share: Some(Decimal::ONE),
            exact: true,
        }
    }
}

fn known(share: Share) -> Option<Decimal> {
    match share {
        Share::Known(part) => Some(part),
        Share::Unknown => None,
    }
}

/// An area and all it lies in.
fn climb(places: &[Place], at: usize) -> impl Iterator<Item = usize> {
    let above = |at: &usize| {
        let parent = places.get(*at)?.parent?;
        Some(usize::from(parent.0))
    };
    std::iter::successors(Some(at), above).take(places.len() + 1)
}

/// Whether what an area went into, or what it lies in, leads back to it.
fn leads_back(places: &[Place], at: usize) -> bool {
    let mut seen = vec![false; places.len()];
    let mut open = vec![at];
    while let Some(next) = open.pop() {
        let Some(place) = places.get(next) else {
            continue;
        };
        let successors = place.successors.iter().map(|(slot, _)| *slot);
        for slot in successors.chain(place.parent) {
            let slot = usize::from(slot.0);
            if slot == at {
                return true;
            }
            if let Some(seen) = seen.get_mut(slot)
                && !std::mem::replace(seen, true)
            {
                open.push(slot);
            }
        }
    }
    false
}

/// Groups and the part of a value that goes to each; none where nobody knows it.
type Parts = Vec<(u32, Option<Decimal>)>;

/// The area counts towards none of the groups.
const NONE: u32 = u32::MAX;
/// Marks a place in the lists of parts.
const LIST: u32 = 1 << 31;

/// Between two changes of the map: for each area the group it counts towards.
#[derive(Debug, Clone, Default)]
pub(super) struct Epoch {
    codes: Vec<u32>,
    /// The same for areas that did not exist on the last day of such a period. Empty when there are none.
    outside: Vec<u32>,
    lists: Vec<Parts>,
}

/// Where the value of an area counts.
pub(super) enum Goes<'a> {
    Nowhere,
    Whole(usize),
    Parts(&'a [(u32, Option<Decimal>)]),
}

impl Epoch {
    fn code(&mut self, parts: Parts) -> u32 {
        match parts.as_slice() {
            [] => NONE,
            [(group, Some(share))] if *share == Decimal::ONE => *group,
            _ => {
                self.lists.push(parts);
                LIST | (self.lists.len() - 1) as u32
            }
        }
    }

    /// For each area a group's place, or a mark above every group.
    pub(super) fn codes(&self, outside: bool) -> &[u32] {
        if outside { &self.outside } else { &self.codes }
    }

    pub(super) fn goes(&self, area: u16, outside: bool) -> Goes<'_> {
        match self.codes(outside).get(usize::from(area)).copied() {
            None | Some(NONE) => Goes::Nowhere,
            Some(code) if code & LIST == 0 => Goes::Whole(code as usize),
            Some(code) => Goes::Parts(&self.lists[(code & !LIST) as usize]),
        }
    }

    pub(super) fn has_outside(&self) -> bool {
        !self.outside.is_empty()
    }
}

/// For every time, which area counts towards which group.
#[derive(Debug, Clone)]
pub struct Assignment {
    groups: usize,
    changes: Vec<Date>,
    epochs: Vec<Epoch>,
}

impl Assignment {
    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    /// The areas that exist when a period ends and whose values count towards a group, if only in part.
    pub fn expected(&self, group: usize, period: Period) -> Vec<AreaSlot> {
        let end = period.range(Calendar::Civil).to().unwrap_or(Date::MAX);
        let epoch = self.ending(end);
        let counts = |area: &u16| match epoch.goes(*area, false) {
            Goes::Nowhere => false,
            Goes::Whole(to) => to == group,
            Goes::Parts(parts) => parts.iter().any(|(to, _)| *to as usize == group),
        };
        let areas = (0..=u16::MAX).take(epoch.codes.len());
        areas.filter(counts).map(AreaSlot).collect()
    }

    pub(super) fn any_outside(&self) -> bool {
        self.epochs.iter().any(Epoch::has_outside)
    }

    /// What holds for a period whose next day is `end`.
    pub(super) fn ending(&self, end: Date) -> &Epoch {
        let last = end.yesterday().unwrap_or(end);
        &self.epochs[self.changes.partition_point(|change| *change <= last)]
    }
}
