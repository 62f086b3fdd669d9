//! Targets of the programme with their figures, as inputs.

use std::collections::BTreeMap;

use activation::Directory;
use catalogue::{Direction, Indicator, Unit};
use jiff::civil::Date;
use measure::{Cadence, TargetSpec, Thresholds, target_status};
use observation::SeriesKey;
use observation::columns::Known;
use programme::TargetTerms;
use programme::target::TargetRow;
use reading::PeriodKind;
use rust_decimal::Decimal;
use viet::{Calendar, Lang, Period};

use crate::gather::{name_of, one_line};
use crate::inputs::{IndicatorInput, TargetInput, ValueInput};

/// What targets are measured with.
pub(crate) struct Board<'a> {
    pub(crate) directory: &'a Directory,
    pub(crate) known: BTreeMap<SeriesKey, Known>,
    /// What was computed of each series, as far as a report prints it.
    pub(crate) computed: BTreeMap<SeriesKey, Vec<ValueInput>>,
    /// The period reported on.
    pub(crate) period: Period,
    /// The day after its last, by civil months: later periods are left out.
    pub(crate) until: Option<Date>,
    pub(crate) as_of: Date,
    pub(crate) thresholds: Thresholds,
}

impl Board<'_> {
    pub(crate) fn target(&self, row: &TargetRow) -> TargetInput {
        let (target, terms) = (&row.target, &row.target.terms);
        let pinned = terms
            .indicator
            .as_ref()
            .and_then(|id| self.directory.indicators().get(id.as_str()));
        let indicator = pinned.map(|pinned| &pinned.definition);
        let shown = self.shown(row, indicator);
        let points = self.points(row, indicator);
        let direction = indicator.map_or(Direction::HigherIsBetter, |i| i.value.direction);
        let spec = target_spec(terms, direction);
        let assessment = target_status(&spec, &points, self.as_of, self.thresholds);
        let current = self.current(&shown);
        TargetInput {
            id: row.id,
            text: one_line(&target.text),
            document: target.document,
            anchor: target.place.anchor.clone(),
            area: target.area,
            indicator: pinned.map(|p| IndicatorInput::of(&p.definition, &p.hash)),
            unit: unit(terms, indicator),
            goal: assessment.goal.filter(|_| spec.comparator.is_some()),
            spec,
            status: assessment.status,
            reason: assessment.reason.vi,
            responsible: target
                .responsible
                .as_ref()
                .map(|org| name_of(self.directory, org, self.as_of)),
            previous: current.and_then(|current| before(&shown, current)).cloned(),
            current: current.cloned(),
        }
    }

    fn known(&self, row: &TargetRow) -> Option<(&SeriesKey, &Known)> {
        let id = row.target.terms.indicator.clone()?;
        self.known
            .get_key_value(&SeriesKey::new(id, row.target.area))
    }

    /// Is a period over by the end of that reported on?
    fn is_over(&self, period: Period) -> bool {
        is_over(period, self.until)
    }

    /// The values on which the verdict rests, up to the end of the period, the earliest first.
    fn points(&self, row: &TargetRow, indicator: Option<&Indicator>) -> Vec<(Period, Decimal)> {
        let (Some((_, known)), Some(indicator)) = (self.known(row), indicator) else {
            return Vec::new();
        };
        let mut values = known.values(&indicator.series.prevailing);
        values.retain(|(period, _)| self.is_over(*period));
        values
    }

    /// The values that may be printed: those recorded that prevail and those computed, the earliest first.
    fn shown(&self, row: &TargetRow, indicator: Option<&Indicator>) -> Vec<ValueInput> {
        let (Some((key, known)), Some(indicator)) = (self.known(row), indicator) else {
            return Vec::new();
        };
        let stated = known.stated(&indicator.series.prevailing).into_iter();
        let computed = self.computed.get(key).into_iter().flatten().cloned();
        let all = stated.map(ValueInput::from).chain(computed);
        let mut shown: Vec<ValueInput> = all.filter(|value| self.is_over(value.period)).collect();
        shown.sort_by_key(|value| value.period);
        shown
    }

    /// The figure of the period itself, or the last one before.
    fn current<'o>(&self, shown: &'o [ValueInput]) -> Option<&'o ValueInput> {
        let exact = shown.iter().find(|value| value.period == self.period);
        exact.or(shown.last())
    }
}

/// Is a period over by a day?
pub(crate) fn is_over(period: Period, until: Option<Date>) -> bool {
    let end = period.range(Calendar::Civil).to();
    end.zip(until).is_none_or(|(end, until)| end <= until)
}

/// The figure of the period before, of the same kind where there is one.
fn before<'o>(shown: &'o [ValueInput], current: &ValueInput) -> Option<&'o ValueInput> {
    let period = current.period;
    let exact = shown.iter().find(|value| value.period == period.previous());
    let earlier = || shown.iter().rev().find(|value| value.period < period);
    exact.or_else(earlier)
}

/// What a target demands, as arithmetic takes it. The baseline a text names is not a value yet.
pub fn target_spec(terms: &TargetTerms, direction: Direction) -> TargetSpec {
    TargetSpec {
        // Both write the words of the annotations; a test holds them against each other.
        comparator: terms
            .comparator
            .and_then(|c| measure::Comparator::from_word(programme::comparator_word(c))),
        value: terms.value,
        value_max: terms.value_max,
        strict: terms.strict,
        year: terms.period.year,
        cadence: match terms.period.kind {
            Some(PeriodKind::PerYear) => Cadence::PerYear,
            Some(PeriodKind::ByYear) | None => Cadence::ByYear,
        },
        baseline: None,
        direction,
    }
}

/// The unit as printed: the indicator's, or the text's where the target is linked to none.
fn unit(terms: &TargetTerms, indicator: Option<&Indicator>) -> Option<String> {
    let label =
        |unit: &Unit| Some(unit.label(Lang::Vi).to_owned()).filter(|label| !label.is_empty());
    match indicator {
        Some(indicator) => label(&indicator.value.unit),
        None => {
            let word = terms.unit.clone()?;
            // "count" has no noun of its own and is no unit by itself.
            serde_json::from_value(serde_json::Value::String(word))
                .ok()
                .and_then(|unit: Unit| label(&unit))
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_comparator_of_a_text_is_one_of_arithmetic() {
        for (comparator, word) in programme::COMPARATORS {
            let found = measure::Comparator::from_word(programme::comparator_word(comparator));
            assert_eq!(found.map(measure::Comparator::word), Some(word));
        }
    }
}
