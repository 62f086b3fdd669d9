use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Area, Level};
use jiff::civil::Date;
use viet::fold::fold;
use viet::{AreaCode, AreaKey};

/// All lives of all areas, by key.
#[derive(Debug, Default)]
pub(crate) struct AreaIndex {
    by_key: BTreeMap<AreaKey, Area>,
    children: BTreeMap<AreaKey, Vec<AreaKey>>,
}

impl AreaIndex {
    pub(crate) fn add(&mut self, area: Area) {
        if let Some(parent) = area.parent {
            self.children.entry(parent).or_default().push(area.key());
        }
        self.by_key.insert(area.key(), area);
    }
}

/// The areas of a [`crate::Directory`].
///
/// A code alone is no key: after the mergers of 2025 old codes stand for new territories. Whoever holds a
/// code only asks [`Areas::on`] with the day for which it was written.
#[derive(Debug, Clone, Copy)]
pub struct Areas<'a>(pub(crate) &'a AreaIndex);

impl<'a> Areas<'a> {
    /// The area of a key.
    pub fn get(self, key: AreaKey) -> Option<&'a Area> {
        self.0.by_key.get(&key)
    }

    /// All areas, by code and first day.
    pub fn all(self) -> impl Iterator<Item = &'a Area> {
        self.0.by_key.values()
    }

    /// All lives of a code, the earliest first. They may be different territories.
    pub fn lives(self, code: AreaCode) -> impl Iterator<Item = &'a Area> {
        let first = AreaKey::new(code, None);
        let last = AreaKey::new(code, Some(Date::MAX));
        self.0.by_key.range(first..=last).map(|(_, area)| area)
    }

    /// What a code meant on a day.
    pub fn on(self, code: AreaCode, day: Date) -> Option<&'a Area> {
        self.lives(code).find(|area| area.valid_on(day))
    }

    /// Whether areas ever lay directly in one.
    pub fn has_children(self, key: AreaKey) -> bool {
        self.0.children.contains_key(&key)
    }

    /// Areas that lay directly in one on a day, by code.
    pub fn children(self, key: AreaKey, day: Date) -> Vec<&'a Area> {
        let keys = self.0.children.get(&key).into_iter().flatten();
        let mut children: Vec<&Area> = keys
            .filter_map(|key| self.get(*key))
            .filter(|area| area.valid_on(day))
            .collect();
        children.sort_by_key(|area| area.key());
        children
    }

    /// The provinces of a day, by code.
    pub fn provinces(self, day: Date) -> Vec<&'a Area> {
        self.all()
            .filter(|area| area.level == Level::Province && area.valid_on(day))
            .collect()
    }

    /// The areas that hold a territory on a day: itself while it lives, afterwards those it went into, and
    /// what those went into. Empty when the successors are not known.
    pub fn holders(self, key: AreaKey, day: Date) -> BTreeSet<AreaKey> {
        let (mut held, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![key]);
        while let Some(key) = open.pop() {
            // A cycle would be a fault of the definitions; it must not hang a page.
            if !seen.insert(key) {
                continue;
            }
            match self.get(key) {
                Some(area) if area.valid_to.is_some_and(|end| end <= day) => {
                    open.extend(area.successors.iter().map(|successor| successor.to));
                }
                Some(_) => {
                    held.insert(key);
                }
                None => {}
            }
        }
        held
    }

    /// The provinces in which a territory lies on a day; one, unless it was divided. For an area of before
    /// a merger this is today's province.
    pub fn provinces_of(self, key: AreaKey, day: Date) -> BTreeSet<AreaKey> {
        let holders = self.holders(key, day);
        let mut found: BTreeSet<AreaKey> = holders
            .into_iter()
            .filter_map(|key| self.province_above(key))
            .collect();
        if found.is_empty() {
            // A commune whose successors nobody has recorded still lay in a province that has them.
            found.extend(self.province_above(key));
        }
        found
            .into_iter()
            .flat_map(|province| self.holders(province, day))
            .collect()
    }

    fn province_above(self, key: AreaKey) -> Option<AreaKey> {
        let is_province = |key: &AreaKey| {
            self.get(*key)
                .is_some_and(|area| area.level == Level::Province)
        };
        self.above(key).into_iter().find(is_province)
    }

    /// An area and those it lies in, the smallest first.
    pub fn above(self, key: AreaKey) -> Vec<AreaKey> {
        let parent = |key: &AreaKey| self.get(*key).and_then(|area| area.parent);
        // Country, province, district, commune: no chain is longer.
        std::iter::successors(Some(key), parent).take(4).collect()
    }

    /// Areas that bore a name on a day, with or without its type, written with or without diacritics.
    pub fn named(self, name: &str, day: Date) -> Vec<&'a Area> {
        let wanted = fold(name.trim());
        let bears = |area: &&Area| {
            let now = area.renamed.iter().rev().find(|name| name.from <= day);
            let (short, full) = now.map_or((&area.name, &area.full_name), |now| {
                (&now.name, &now.full_name)
            });
            fold(short) == wanted || fold(full) == wanted
        };
        self.all()
            .filter(|area| area.valid_on(day))
            .filter(bears)
            .collect()
    }
}
