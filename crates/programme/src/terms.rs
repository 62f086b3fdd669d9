//! Rules on what a target may demand.

use catalogue::Direction;
use measure::{Baseline, Cadence, TargetSpec};
use reading::{Comparator, PeriodKind};

use crate::form::Faults;
use crate::{TargetTerms, UNITS};

impl TargetTerms {
    /// The demand as `measure` takes it, with what only the indicator knows: which way is better, and
    /// where it started.
    pub fn spec(&self, direction: Direction, baseline: Option<Baseline>) -> TargetSpec {
        TargetSpec {
            comparator: self.comparator.map(measured),
            value: self.value,
            value_max: self.value_max,
            strict: self.strict,
            year: self.period.year,
            cadence: match self.period.kind {
                Some(PeriodKind::PerYear) => Cadence::PerYear,
                Some(PeriodKind::ByYear) | None => Cadence::ByYear,
            },
            baseline,
            direction,
        }
    }

    /// Names what does not hold together, by the fields of the form.
    pub(crate) fn check(&self, faults: &mut Faults) {
        self.check_value(faults);
        if let Some(unit) = &self.unit
            && !UNITS.contains(&unit.as_str())
        {
            faults.add(
                "unit",
                format!(
                    "Không có đơn vị “{unit}”. Chọn một trong: {}.",
                    UNITS.join(", ")
                ),
                format!(
                    "There is no unit “{unit}”. Choose one of: {}.",
                    UNITS.join(", ")
                ),
            );
        }
        if self.period.kind == Some(PeriodKind::ByYear) && self.period.year.is_none() {
            faults.add(
                "year",
                "Chỉ tiêu có thời hạn thì phải có năm.",
                "A target that is due by a year needs the year.",
            );
        }
    }

    fn check_value(&self, faults: &mut Faults) {
        match (self.comparator, self.value) {
            (None, Some(_)) => faults.add(
                "comparator",
                "Có giá trị thì phải có cách so sánh.",
                "A value needs a comparator.",
            ),
            (Some(_), None) => faults.add(
                "value",
                "Có cách so sánh thì phải có giá trị.",
                "A comparator needs a value.",
            ),
            _ => {}
        }
        let between = self.comparator == Some(Comparator::Between);
        match (between, self.value, self.value_max) {
            (true, _, None) => faults.add(
                "value_max",
                "Khoảng giá trị thì phải có giá trị trên.",
                "A range needs its upper value.",
            ),
            (true, Some(low), Some(high)) if high <= low => faults.add(
                "value_max",
                "Giá trị trên phải lớn hơn giá trị dưới.",
                "The upper value must be above the lower one.",
            ),
            (false, _, Some(_)) => faults.add(
                "value_max",
                "Chỉ khoảng giá trị mới có giá trị trên.",
                "Only a range has an upper value.",
            ),
            _ => {}
        }
        let may_be_strict = matches!(
            self.comparator,
            Some(Comparator::AtLeast | Comparator::AtMost)
        );
        if self.strict && !may_be_strict {
            faults.add(
                "strict",
                "Chỉ “ít nhất” và “nhiều nhất” mới có thể là “trên”, “dưới”.",
                "Only “at least” and “at most” can be strict.",
            );
        }
    }
}

/// The reader's comparator as the one that values are compared with.
pub fn measured(comparator: Comparator) -> measure::Comparator {
    match comparator {
        Comparator::AtLeast => measure::Comparator::AtLeast,
        Comparator::AtMost => measure::Comparator::AtMost,
        Comparator::Equal => measure::Comparator::Equal,
        Comparator::About => measure::Comparator::About,
        Comparator::Between => measure::Comparator::Between,
        Comparator::MultiplyBy => measure::Comparator::MultiplyBy,
        Comparator::IncreaseByPct => measure::Comparator::IncreaseByPct,
        Comparator::IncreaseCount => measure::Comparator::IncreaseCount,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::COMPARATORS;

    #[test]
    fn comparators_keep_their_words() {
        for (comparator, word) in COMPARATORS {
            assert_eq!(measured(comparator).word(), word);
        }
    }
}
