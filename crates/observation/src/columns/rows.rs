//! The observations that stand, in memory: all of them, so that when the one that prevails is withdrawn the next
//! one is there, and so that each reader's prevailing value is chosen among what that reader sees.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use access::{Audience, OrgId, Scope};
use catalogue::{Id, Prevailing, Stage};
use jiff::civil::Date;
use journal::Seq;
use rust_decimal::Decimal;
use viet::{AreaKey, Period};

use crate::prevailing::standing;
use crate::{Observation, ObservationId, SeriesKey};

/// Numbers for things that are named again and again, in the order in which they came.
pub(super) struct Names<T> {
    all: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Names<T> {
    fn number_or_new(&mut self, name: &T) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        // Fewer than 2^32 names: each of them takes memory.
        let number = self.all.len() as u32;
        self.all.push(name.clone());
        self.numbers.insert(name.clone(), number);
        number
    }

    pub(super) fn number(&self, name: &T) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    pub(super) fn name(&self, number: u32) -> Option<&T> {
        self.all.get(number as usize)
    }
}

/// Where values compete: of all that lie here one prevails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) indicator: u32,
    pub(super) area: u32,
    pub(super) period: Period,
}

/// A place and where in the journal an observation of it lies: (number of the entry, number of the row).
type RowKey = (Place, Seq, u32);

/// What is kept of an observation.
pub(super) struct Row {
    pub(super) id: ObservationId,
    pub(super) value: Decimal,
    /// Numerator and denominator, where it has any.
    parts: Option<Box<(Option<Decimal>, Option<Decimal>)>>,
    pub(super) vintage: Date,
    pub(super) stage: Stage,
    audience: Audience,
    organisation: u32,
}

/// An observation as [`Rows`] take it.
pub(super) struct NewRow<'a> {
    pub(super) key: &'a SeriesKey,
    pub(super) id: ObservationId,
    pub(super) seq: Seq,
    pub(super) row: u32,
    pub(super) period: Period,
    pub(super) value: Decimal,
    pub(super) parts: (Option<Decimal>, Option<Decimal>),
    pub(super) vintage: Date,
    pub(super) stage: Stage,
    pub(super) audience: Audience,
    pub(super) organisation: &'a OrgId,
}

impl<'a> NewRow<'a> {
    pub(super) fn of(observation: &'a Observation) -> Self {
        let figure = &observation.figure;
        Self {
            key: &observation.key,
            id: observation.id,
            seq: observation.seq,
            row: row_number(observation.row),
            period: figure.period,
            value: figure.value,
            parts: (figure.numerator, figure.denominator),
            vintage: figure.vintage,
            stage: figure.stage,
            audience: observation.audience,
            organisation: &observation.organisation,
        }
    }
}

/// Numbers of rows count the facts of an entry or the lines of a batch, of which there are fewer than 2^32.
pub(super) fn row_number(row: i64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// An observation that prevails.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) row: &'a Row,
    pub(super) seq: Seq,
    pub(super) number: u32,
}

impl Found<'_> {
    /// Its value, numerator and denominator.
    pub(super) fn values(&self) -> [Option<Decimal>; 3] {
        let (numerator, denominator) = self.row.parts.as_deref().copied().unwrap_or_default();
        [Some(self.row.value), numerator, denominator]
    }
}

/// The observations that stand.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) indicators: Names<Id>,
    pub(super) areas: Names<AreaKey>,
    organisations: Names<OrgId>,
    rows: BTreeMap<RowKey, Row>,
    /// How many rows of an indicator are for single organisations.
    restricted: HashMap<u32, usize>,
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Takes an observation in; one that is there already stays as it is.
    pub(super) fn add(&mut self, new: &NewRow<'_>) -> Place {
        let place = Place {
            indicator: self.indicators.number_or_new(&new.key.indicator),
            area: self.areas.number_or_new(&new.key.area),
            period: new.period,
        };
        let row = Row {
            id: new.id,
            value: new.value,
            parts: (new.parts != (None, None)).then(|| Box::new(new.parts)),
            vintage: new.vintage,
            stage: new.stage,
            audience: new.audience,
            organisation: self.organisations.number_or_new(new.organisation),
        };
        if let Entry::Vacant(free) = self.rows.entry((place, new.seq, new.row)) {
            free.insert(row);
            self.count_restricted(place.indicator, new.audience, 1);
        }
        place
    }

    /// Takes an observation away by where it lies; its place when it stood.
    pub(super) fn remove(
        &mut self,
        key: &SeriesKey,
        period: Period,
        at: (Seq, u32),
    ) -> Option<Place> {
        let place = Place {
            indicator: self.indicators.number(&key.indicator)?,
            area: self.areas.number(&key.area)?,
            period,
        };
        let row = self.rows.remove(&(place, at.0, at.1))?;
        self.count_restricted(place.indicator, row.audience, -1);
        Some(place)
    }

    /// Takes an observation of a series away by its identity; its place when it stood.
    pub(super) fn withdraw(&mut self, key: &SeriesKey, id: ObservationId) -> Option<Place> {
        let (place, seq, row) = self.find(key, id)?;
        self.remove(key, place.period, (seq, row))
    }

    /// Lets everybody see an observation; its place when it stands.
    pub(super) fn publish(&mut self, key: &SeriesKey, id: ObservationId) -> Option<Place> {
        let at = self.find(key, id)?;
        let row = self.rows.get_mut(&at)?;
        let before = std::mem::replace(&mut row.audience, Audience::Public);
        self.count_restricted(at.0.indicator, before, -1);
        Some(at.0)
    }

    fn find(&self, key: &SeriesKey, id: ObservationId) -> Option<RowKey> {
        let indicator = self.indicators.number(&key.indicator)?;
        let area = self.areas.number(&key.area)?;
        let of_series = self.of(indicator, Some(area));
        of_series
            .into_iter()
            .find(|(_, row)| row.id == id)
            .map(|(at, _)| *at)
    }

    fn count_restricted(&mut self, indicator: u32, audience: Audience, by: isize) {
        if audience == Audience::Organisations {
            let count = self.restricted.entry(indicator).or_default();
            *count = count.saturating_add_signed(by);
        }
    }

    /// Are some rows of an indicator for single organisations?
    pub(super) fn has_restricted(&self, indicator: u32) -> bool {
        self.restricted
            .get(&indicator)
            .is_some_and(|count| *count > 0)
    }

    /// The rows of an indicator, or of one of its areas.
    fn of(&self, indicator: u32, area: Option<u32>) -> impl Iterator<Item = (&RowKey, &Row)> {
        let place = |area: u32, period| Place {
            indicator,
            area,
            period,
        };
        let from = (place(area.unwrap_or(0), FIRST), Seq::MIN, 0);
        let to = (place(area.unwrap_or(u32::MAX), LAST), Seq::MAX, u32::MAX);
        self.rows.range(from..=to)
    }

    /// May a reader see a row?
    pub(super) fn sees(&self, scope: &Scope, row: &Row) -> bool {
        match row.audience {
            Audience::Organisations => {
                let organisation = self.organisations.name(row.organisation);
                scope.sees(row.audience, organisation.map_or(&[], std::slice::from_ref))
            }
            audience => scope.sees(audience, &[]),
        }
    }

    /// The observation of a place that prevails among those that pass a test.
    pub(super) fn prevailing(
        &self,
        place: Place,
        order: &Prevailing,
        seen: impl Fn(&Row) -> bool,
    ) -> Option<Found<'_>> {
        let here = self
            .rows
            .range((place, Seq::MIN, 0)..=(place, Seq::MAX, u32::MAX));
        best(here, order, &seen).map(|(_, found)| found)
    }

    /// The prevailing observation of every place of an indicator.
    pub(super) fn all_prevailing<'a>(
        &'a self,
        indicator: u32,
        order: &'a Prevailing,
        seen: impl Fn(&Row) -> bool + 'a,
    ) -> impl Iterator<Item = (Place, Found<'a>)> {
        let mut rows = self.of(indicator, None).peekable();
        std::iter::from_fn(move || {
            loop {
                let place = rows.peek()?.0.0;
                let here = std::iter::from_fn(|| rows.next_if(|(at, _)| at.0 == place));
                if let Some(found) = best(here, order, &seen) {
                    return Some(found);
                }
            }
        })
    }

    /// Every indicator that has rows.
    pub(super) fn indicators_held(&self) -> impl Iterator<Item = (u32, &Id)> {
        (0..).zip(&self.indicators.all)
    }
}

pub(super) const FIRST: Period = Period::Year(i16::MIN);
pub(super) const LAST: Period = Period::Year(i16::MAX);

fn best<'a>(
    rows: impl Iterator<Item = (&'a RowKey, &'a Row)>,
    order: &Prevailing,
    seen: &impl Fn(&Row) -> bool,
) -> Option<(Place, Found<'a>)> {
    let found = rows
        .filter(|(_, row)| seen(row))
        .min_by_key(|((_, seq, number), row)| {
            standing(order, row.stage, row.vintage, (*seq, *number))
        });
    found.map(|((place, seq, number), row)| {
        let found = Found {
            row,
            seq: *seq,
            number: *number,
        };
        (*place, found)
    })
}

/// Who sees the values of a set of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    /// Everybody.
    Everybody,
    /// Everybody inside the administration.
    Inside,
}

impl Readers {
    pub(super) fn see(self, row: &Row) -> bool {
        match self {
            Readers::Everybody => row.audience == Audience::Public,
            Readers::Inside => row.audience != Audience::Organisations,
        }
    }
}
