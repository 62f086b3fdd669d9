//! Who reports what, and by when. Pure: derived from the definitions in force.
//!
//! An indicator that is computed from others is owed by nobody: its inputs are. Deadlines are those of the
//! definitions; where none is known nothing is ever late.

use std::collections::{BTreeMap, BTreeSet};

use access::OrgId;
use activation::Directory;
use catalogue::{Id, Indicator, Level, OrganisationKind, Periodicity};
use jiff::ToSpan;
use jiff::civil::Date;
use viet::{AreaKey, Calendar, Period};

use crate::SeriesKey;

/// Who is asked for which series, by the definitions in force on a day.
#[derive(Debug, Clone)]
pub struct Duties<'a> {
    directory: &'a Directory,
    day: Date,
    by_organisation: BTreeMap<OrgId, BTreeSet<SeriesKey>>,
}

impl<'a> Duties<'a> {
    /// The duties of all organisations. An indicator is reported by the organisation that its source agency
    /// names within a province, or, where it is collected in communes, by their committees.
    pub fn on(directory: &'a Directory, day: Date) -> Self {
        let organisations = directory.organisations();
        let alive = organisations.list(day);
        let of_kind = |kind| alive.iter().filter(move |o| o.kind == kind);
        let mut by_organisation: BTreeMap<OrgId, BTreeSet<SeriesKey>> = BTreeMap::new();
        let mut owes = |organisation: OrgId, indicator: &Id, area| {
            let series = by_organisation.entry(organisation).or_default();
            series.insert(SeriesKey::new(indicator.clone(), area));
        };
        for pinned in directory.indicators().list() {
            let indicator = &pinned.definition;
            let id = &indicator.def.id;
            match collected_at(indicator) {
                Level::Commune => {
                    for commune in of_kind(OrganisationKind::CommuneCommittee) {
                        owes(OrgId(commune.id.to_string()), id, commune.area);
                    }
                }
                Level::Province => {
                    for province in of_kind(OrganisationKind::ProvinceCommittee) {
                        let named = &indicator.series.source_agency.vi;
                        let area = province.area;
                        if let Some(agency) = organisations.resolve_agency(named, day, Some(area)) {
                            owes(agency, id, area);
                        }
                    }
                }
                Level::Country | Level::District => {}
            }
        }
        Self {
            directory,
            day,
            by_organisation,
        }
    }

    /// The organisations that are asked for anything.
    pub fn organisations(&self) -> impl Iterator<Item = &OrgId> {
        self.by_organisation.keys()
    }

    /// The series an organisation may report, by indicator and area.
    pub fn of(&self, organisation: &OrgId) -> impl Iterator<Item = &SeriesKey> {
        self.by_organisation.get(organisation).into_iter().flatten()
    }

    /// The series an organisation owes, with their definitions.
    pub fn owed(&self, organisation: &OrgId) -> impl Iterator<Item = (&SeriesKey, &'a Indicator)> {
        let indicators = self.directory.indicators();
        self.of(organisation).filter_map(move |key| {
            let definition = &indicators.get(key.indicator.as_str())?.definition;
            let computed = definition.computed_on(self.day).is_some();
            (!computed).then_some((key, definition))
        })
    }

    /// Whether an organisation may report a series: the one it is asked for, its parts, and the territories
    /// that went into it.
    pub fn may_report(&self, organisation: &OrgId, key: &SeriesKey) -> bool {
        let areas: BTreeSet<AreaKey> = self
            .of(organisation)
            .filter(|own| own.indicator == key.indicator)
            .map(|own| own.area)
            .collect();
        if areas.is_empty() {
            return false;
        }
        let known = self.directory.areas();
        let within = |area: AreaKey| known.above(area).iter().any(|above| areas.contains(above));
        within(key.area) || known.holders(key.area, self.day).into_iter().any(within)
    }
}

/// Where values are collected; at the province while nobody has said.
fn collected_at(indicator: &Indicator) -> Level {
    let aggregation = indicator.series.aggregation.as_ref();
    aggregation.map_or(Level::Province, |a| a.collected_at)
}

/// The last day on which a figure for a period is in time; none where the definition knows no deadline.
/// Days are counted from the end of the period by the calendar of statistics.
pub fn due(indicator: &Indicator, period: Period) -> Option<Date> {
    let days = indicator.series.due_after_days?;
    let over = period.range(Calendar::Civil).to()?;
    let last = over.yesterday().ok()?;
    last.checked_add(i64::from(days).days()).ok()
}

/// The last `count` periods of a kind that are over on a day, the latest first. Of figures due once in
/// several years only their definition could tell the periods: none.
pub fn periods_over(periodicity: Periodicity, day: Date, count: usize) -> Vec<Period> {
    let year = day.year();
    let running = match periodicity {
        Periodicity::Month => u8::try_from(day.month())
            .ok()
            .and_then(|month| Period::month(year, month)),
        Periodicity::Quarter => u8::try_from((day.month() - 1) / 3 + 1)
            .ok()
            .and_then(|quarter| Period::quarter(year, quarter)),
        Periodicity::HalfYear => Period::half_year(year, if day.month() <= 6 { 1 } else { 2 }),
        Periodicity::Year => Some(Period::Year(year)),
        Periodicity::Years => None,
    };
    let over = running.map(Period::previous);
    std::iter::successors(over, |period| Some(period.previous()))
        .take(count)
        .collect()
}

/// Whether figures of a periodicity are due for such a period.
pub fn is_due_for(periodicity: Periodicity, period: Period) -> bool {
    matches!(
        (periodicity, period),
        (Periodicity::Month, Period::Month { .. })
            | (Periodicity::Quarter, Period::Quarter { .. })
            | (Periodicity::HalfYear, Period::HalfYear { .. })
            | (Periodicity::Year, Period::Year(_))
            | (Periodicity::Years, Period::Years { .. })
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_that_are_over() {
        let day: Date = "2026-08-03".parse().unwrap();
        let told = |periodicity, count| {
            let periods = periods_over(periodicity, day, count);
            periods
                .iter()
                .map(Period::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(told(Periodicity::Month, 2), "2026-M07 2026-M06");
        assert_eq!(told(Periodicity::Quarter, 3), "2026-Q2 2026-Q1 2025-Q4");
        assert_eq!(told(Periodicity::HalfYear, 2), "2026-H1 2025-H2");
        assert_eq!(told(Periodicity::Year, 1), "2025");
        assert_eq!(told(Periodicity::Years, 1), "");
        for (periodicity, period, want) in [
            (Periodicity::Year, "2025", true),
            (Periodicity::Year, "2025-Q1", false),
            (Periodicity::Quarter, "2025-Q1", true),
        ] {
            assert_eq!(is_due_for(periodicity, period.parse().unwrap()), want);
        }
    }
}
