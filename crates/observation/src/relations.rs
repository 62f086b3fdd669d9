//! What must hold between figures that are each stated, as definitions say it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use activation::Directory;
use catalogue::expression::{AreaShift, Figures, Input};
use catalogue::{Id, Indicator, Relation, Unit};
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{Calendar, Period};

use crate::{Doubt, Figure, Observation, SeriesKey, prevailing};

/// The relations of a series. Of parts of a whole none is known.
fn relations<'a>(
    key: &SeriesKey,
    directory: &'a Directory,
) -> Option<(&'a Indicator, &'a [Relation])> {
    let pinned = directory.indicators().get(key.indicator.as_str())?;
    let relations = pinned.definition.relations.as_slice();
    (key.breakdown.is_whole() && !relations.is_empty()).then_some((&pinned.definition, relations))
}

/// The series whose figures those of a series are held against.
pub(crate) fn related(key: &SeriesKey, directory: &Directory) -> BTreeSet<SeriesKey> {
    let Some((_, relations)) = relations(key, directory) else {
        return BTreeSet::new();
    };
    let mut found = BTreeSet::new();
    for relation in relations {
        // An expression that cannot be read was refused when the definition was read.
        let Ok(expression) = catalogue::expression::Expression::read(&relation.expression) else {
            continue;
        };
        let inputs = expression.inputs();
        found.extend(
            inputs
                .iter()
                .map(|input| SeriesKey::new(input.indicator.clone(), key.area)),
        );
    }
    found
}

/// Where a figure does not fit what stands of the series it is related to. What nobody has given says nothing.
pub(crate) fn differing(
    key: &SeriesKey,
    figure: &Figure,
    standing: &[&Observation],
    directory: &Directory,
) -> Vec<Doubt> {
    let Some((indicator, relations)) = relations(key, directory) else {
        return Vec::new();
    };
    let all = directory.indicators();
    let units: BTreeMap<&str, &Unit> = (all.list())
        .map(|pinned| {
            (
                pinned.definition.def.id.as_str(),
                &pinned.definition.value.unit,
            )
        })
        .collect();
    let stated = Stated {
        key,
        period: figure.period,
        standing,
        directory,
    };
    let mut doubts = Vec::new();
    for relation in relations {
        let Ok(checked) = relation.checked(&units, &indicator.value.unit) else {
            continue;
        };
        let Ok(should) = checked.evaluate(&stated).value else {
            continue;
        };
        let apart = figure.value.checked_sub(should).map(|by| by.abs());
        if apart.is_none_or(|by| by > relation.tolerance) {
            doubts.push(Doubt::DoesNotFit {
                expression: relation.expression.clone(),
                should: should.round_dp(6).normalize(),
            });
        }
    }
    doubts
}

/// The figures beside one, of its area.
struct Stated<'a> {
    key: &'a SeriesKey,
    period: Period,
    standing: &'a [&'a Observation],
    directory: &'a Directory,
}

impl Figures for Stated<'_> {
    fn figure(&self, input: &Input) -> Option<Decimal> {
        if input.area != AreaShift::Same {
            return None;
        }
        let period = input.period.of(self.period, None)?;
        let of = SeriesKey::new(input.indicator.clone(), self.key.area);
        let pinned = self.directory.indicators().get(of.indicator.as_str())?;
        let there = self.standing.iter().copied();
        let there = there.filter(|one| one.key == of && one.figure.period == period);
        let found = prevailing(there, &pinned.definition.series.prevailing)?;
        Some(found.figure.value)
    }

    fn parameter(&self, _id: &Id) -> Option<Decimal> {
        None
    }

    fn first_day(&self) -> Date {
        self.period.range(Calendar::Civil).from()
    }

    fn last_day(&self) -> Date {
        let end = self.period.range(Calendar::Civil).to();
        end.and_then(|end| end.yesterday().ok())
            .unwrap_or(Date::MAX)
    }
}
