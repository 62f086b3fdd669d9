//! Counts of different things: an enterprise that reports in two communes or in twelve months is one.

use viet::{Calendar, Period};

use super::territory::{AreaSlot, Assignment, Goes};

/// Who was counted where and when, as codes of the things counted.
#[derive(Debug, Clone, Default)]
pub struct Members {
    rows: Vec<(Period, u16, u32)>,
}

/// Counts of different things, group by group and period by period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinctCounts {
    periods: usize,
    counts: Vec<u32>,
}

impl DistinctCounts {
    /// The count for a group and a period, by their places in the request.
    pub fn get(&self, group: usize, period: usize) -> Option<u32> {
        (period < self.periods).then_some(())?;
        self.counts.get(group * self.periods + period).copied()
    }
}

impl Members {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that a thing was counted.
    pub fn insert(&mut self, period: Period, area: AreaSlot, member: u32) {
        let row = (period, area.0, member);
        if let Err(at) = self.rows.binary_search(&row) {
            self.rows.insert(at, row);
        }
    }

    /// Counts the different things within each group and period. A thing of an area that was split counts for every
    /// area it may have gone to: a thing cannot be split, and the counts of the parts may sum to more than the whole.
    pub fn count(&self, assignment: &Assignment, periods: &[Period]) -> DistinctCounts {
        let mut found: Vec<(usize, u32)> = Vec::new();
        for (index, period) in periods.iter().enumerate() {
            let within = period.range(Calendar::Civil);
            for (of, area, member) in &self.rows {
                let range = of.range(Calendar::Civil);
                if range.from() < within.from() || range.to() > within.to() {
                    continue;
                }
                let end = range.to().unwrap_or(jiff::civil::Date::MAX);
                let mut note = |group: usize| found.push((group * periods.len() + index, *member));
                // A thing counted for an area outside its life is the same thing: nothing counts twice here.
                for outside in [false, true] {
                    match assignment.ending(end).goes(*area, outside) {
                        Goes::Nowhere => {}
                        Goes::Whole(group) => note(group),
                        Goes::Parts(parts) => {
                            parts.iter().for_each(|(group, _)| note(*group as usize));
                        }
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        let mut counts = vec![0; assignment.groups() * periods.len()];
        for (cell, _) in found {
            counts[cell] += 1;
        }
        DistinctCounts {
            periods: periods.len(),
            counts,
        }
    }
}
