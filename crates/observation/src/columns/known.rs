//! What is known of a series: what was stated, and what follows from other figures where nothing was.

use std::collections::{BTreeMap, BTreeSet};

use access::{AsKnown, Refusal, Scope};
use catalogue::Prevailing;
use rust_decimal::Decimal;
use viet::Period;

use super::Columns;
use super::answer::Value;
use crate::{Observation, SeriesKey, latest, prevailing_by_period};

/// What is known of a series.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// All observations that the reader sees, whichever of them prevail; the earliest period first.
    pub all: Vec<Observation>,
    /// What follows from other figures for periods of which nothing was stated; the earliest first.
    pub derived: Vec<Value>,
}

impl Known {
    /// Observations beside what the columns say of the same series.
    pub fn new(all: Vec<Observation>, series: Vec<Value>) -> Self {
        let stated: BTreeSet<Period> = all.iter().map(|one| one.figure.period).collect();
        let follows = |value: &Value| value.stated.is_none() && !stated.contains(&value.period);
        let derived = series
            .into_iter()
            .filter(|value| follows(value) && value.shown().is_some());
        Self {
            derived: derived.collect(),
            all,
        }
    }

    /// The observations that prevail, one a period, the earliest first.
    pub fn stated(&self, order: &Prevailing) -> Vec<&Observation> {
        prevailing_by_period(&self.all, order)
    }

    /// What follows from other figures of which none is lacking: half a sum is no ground for a verdict.
    pub fn complete(&self) -> impl Iterator<Item = &Value> {
        self.derived.iter().filter(|value| !value.is_incomplete())
    }

    /// One value a period on which a verdict may rest, the earliest first.
    pub fn values(&self, order: &Prevailing) -> Vec<(Period, Decimal)> {
        let stated = self.stated(order).into_iter();
        let stated = stated.map(|one| (one.figure.period, one.figure.value));
        let derived = self
            .complete()
            .filter_map(|value| Some((value.period, value.shown()?)));
        let mut values: Vec<(Period, Decimal)> = stated.chain(derived).collect();
        values.sort_by_key(|(period, _)| *period);
        values
    }
}

impl Columns {
    /// What is known of several series: the observations of the last `periods` periods of each kind, and what follows
    /// from other figures on a map on which the area lives.
    ///
    /// # Errors
    /// The store.
    pub async fn known(
        &self,
        scope: &Scope,
        as_known: AsKnown,
        keys: &BTreeSet<SeriesKey>,
        periods: u32,
    ) -> Result<BTreeMap<SeriesKey, Known>, Refusal> {
        let list: Vec<SeriesKey> = keys.iter().cloned().collect();
        let db = self.journal.db();
        let mut stated = latest(db, scope, &as_known, &list, periods).await?;
        let mut series = self.series_of(scope, as_known, keys).await?;
        let known = list.into_iter().map(|key| {
            let all = stated.remove(&key).unwrap_or_default();
            let known = Known::new(all, series.remove(&key).unwrap_or_default());
            (key, known)
        });
        Ok(known.collect())
    }
}
