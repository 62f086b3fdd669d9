//! From what a definition says to how its values are rolled up.

use catalogue::{Id, Indicator, Level, OverArea, Periodicity};
use jiff::ToSpan;
use jiff::civil::Date;
use measure::rollup::{Combine, IndicatorSlot, OverTime, Rule, depth};
use rust_decimal::Decimal;
use viet::{Calendar, Period};

use super::held::{Part, column};
use super::layout::Layout;
use crate::check::parts_factor;

/// How the values of an indicator become one for areas of a level and for a period.
pub(super) struct Plan {
    pub(super) rule: Rule,
    pub(super) every: Periodicity,
    /// The level whose values count.
    pub(super) level: u8,
    /// The periods of which values are expected, one for each area.
    pub(super) expected: Vec<Period>,
    /// The columns in which a value must stand for an area to be complete.
    pub(super) columns: Vec<Column>,
}

impl Plan {
    /// Numbers of the indicators whose figures are asked for.
    pub(super) fn indicators(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.columns.iter().filter_map(|c| c.number).collect();
        numbers.dedup();
        numbers
    }
}

/// A column that a rule reads.
#[derive(Clone)]
pub(super) struct Column {
    /// The indicator.
    pub(super) id: Id,
    /// Its number; none when there was never a figure of it.
    number: Option<u32>,
    pub(super) slot: IndicatorSlot,
}

impl Column {
    fn of(id: &Id, number: Option<u32>, part: Part) -> Self {
        Self {
            id: id.clone(),
            number,
            slot: column(number, part),
        }
    }
}

/// Over time, as the columns roll up, and the periods expected.
struct Time {
    over: OverTime,
    expected: Vec<Period>,
}

/// Where values come from and how they are combined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over<'a> {
    Values(Combine),
    Weighted(&'a Id),
    Parts,
}

/// How an indicator is rolled up to areas of a level; none where its definition has no rule for it.
pub(super) fn plan(
    layout: &Layout,
    number: impl Fn(&Id) -> Option<u32>,
    indicator: &Indicator,
    group: Level,
    period: Period,
) -> Option<Plan> {
    let level = collected_at(indicator, group);
    let every = indicator.series.periodicity;
    let time = over_time(indicator, period);
    let column = |id: &Id, part| Column::of(id, number(id), part);
    let own = |part| column(&indicator.def.id, part);
    let plan = |rule, (level, every, time): (Level, Periodicity, Time), columns: &[Column]| Plan {
        rule,
        every,
        level: depth(level),
        expected: time.expected,
        columns: columns.to_vec(),
    };
    Some(match over_area(indicator, level, group)? {
        Over::Values(combine) => {
            let value = own(Part::Value);
            let rule = Rule::Values {
                of: value.slot,
                time: time.over,
                combine,
            };
            plan(rule, (level, every, time), &[value])
        }
        Over::Weighted(weight) => {
            let columns = [own(Part::Value), column(weight, Part::Value)];
            let rule = Rule::WeightedMean {
                of: columns[0].slot,
                weight: columns[1].slot,
                time: time.over,
            };
            plan(rule, (level, every, time), &columns)
        }
        Over::Parts => match indicator.ratio_on(last_day(period)) {
            Some(ratio) => {
                let ids = [&ratio.numerator, &ratio.denominator];
                let [upper, lower] = ids.map(|id| layout.indicator(id));
                let parts = [&upper?.definition, &lower?.definition];
                let common = common(parts, group, period)?;
                let columns = ids.map(|id| column(id, Part::Value));
                let times = layout.times(indicator, last_day(period))?;
                plan(quotient(&columns, times, common.2.over), common, &columns)
            }
            // By another formula, of whose inputs each has its own roll-up.
            None if !indicator.computed.is_empty() => return None,
            None => {
                let columns = [Part::Numerator, Part::Denominator].map(own);
                let times = parts_factor(&indicator.value.unit)?;
                let rule = quotient(&columns, times, time.over);
                plan(rule, (level, every, time), &columns)
            }
        },
    })
}

fn quotient([numerator, denominator]: &[Column; 2], times: Decimal, time: OverTime) -> Rule {
    Rule::Ratio {
        numerator: numerator.slot,
        denominator: denominator.slot,
        times,
        time,
    }
}

/// The level at which values are collected; while nobody has said, each level stands for itself.
fn collected_at(indicator: &Indicator, group: Level) -> Level {
    let aggregation = indicator.series.aggregation.as_ref();
    aggregation.map_or(group, |aggregation| aggregation.collected_at)
}

/// What the definition says of several areas: former ones of the level collected at, or smaller ones.
fn over_area(indicator: &Indicator, level: Level, group: Level) -> Option<Over<'_>> {
    let series = &indicator.series;
    if depth(group) > depth(level) {
        return None;
    }
    if group == level {
        return Some(match Combine::of_merger(series.merger) {
            Some(combine) => Over::Values(combine),
            None => Over::Parts,
        });
    }
    let aggregation = series.aggregation.as_ref()?;
    match aggregation.over_area {
        OverArea::Sum => Some(Over::Values(Combine::Sum)),
        OverArea::Mean => Some(Over::Values(Combine::Mean)),
        OverArea::WeightedMean => aggregation.weight.as_ref().map(Over::Weighted),
        OverArea::RecomputeFromParts => Some(Over::Parts),
        // The things counted are not in the values, and what is not combined is not combined.
        OverArea::Distinct | OverArea::NotCombined => None,
    }
}

/// The level, rhythm and rule over time that both parts of a quotient have in common; both must be sums of areas.
fn common(
    parts: [&Indicator; 2],
    group: Level,
    period: Period,
) -> Option<(Level, Periodicity, Time)> {
    let sums = |part: &&Indicator| {
        let over = over_area(part, collected_at(part, group), group);
        over == Some(Over::Values(Combine::Sum))
    };
    let [upper, lower] = parts;
    let level = collected_at(upper, group);
    if !parts.iter().all(sums) || level != collected_at(lower, group) {
        return None;
    }
    let (time, other) = (over_time(upper, period), over_time(lower, period));
    let same = time.over == other.over && time.expected == other.expected;
    let time = if same { time } else { alone(period) };
    Some((level, upper.series.periodicity, time))
}

fn alone(period: Period) -> Time {
    Time {
        over: OverTime::Alone,
        expected: vec![period],
    }
}

/// What becomes of shorter periods; a period that they do not fill exactly has a value of its own or none.
fn over_time(indicator: &Indicator, period: Period) -> Time {
    let aggregation = indicator.series.aggregation.as_ref();
    let over = match aggregation.map(|aggregation| aggregation.over_time) {
        Some(catalogue::OverTime::Sum) => OverTime::Sum,
        Some(catalogue::OverTime::Last) => OverTime::Last,
        None | Some(catalogue::OverTime::RecomputeFromParts | catalogue::OverTime::NotCombined) => {
            return alone(period);
        }
    };
    match filling(period, indicator.series.periodicity) {
        None => alone(period),
        Some(periods) => Time {
            over,
            expected: match over {
                OverTime::Last => periods.last().copied().into_iter().collect(),
                OverTime::Sum | OverTime::Alone => periods,
            },
        },
    }
}

/// The periods of a rhythm that fill a period exactly, in order; none where they do not.
pub(super) fn filling(period: Period, every: Periodicity) -> Option<Vec<Period>> {
    let whole = period.range(Calendar::Civil);
    let end = whole.to()?;
    let (mut at, mut found) = (whole.from(), Vec::new());
    while at < end {
        let next = beginning(at, every)?;
        found.push(next);
        at = next.range(Calendar::Civil).to()?;
    }
    (at == end).then_some(found)
}

/// The period of a rhythm that begins on a day.
fn beginning(day: Date, every: Periodicity) -> Option<Period> {
    let (year, month) = (day.year(), u8::try_from(day.month()).ok()?);
    let period = match every {
        Periodicity::Month => Period::month(year, month)?,
        Periodicity::Quarter => Period::quarter(year, month.div_ceil(3))?,
        Periodicity::HalfYear => Period::half_year(year, month.div_ceil(6))?,
        Periodicity::Year => Period::Year(year),
        Periodicity::Years => return None,
    };
    (period.range(Calendar::Civil).from() == day).then_some(period)
}

/// The period of a rhythm within which a period ends.
pub(super) fn holding(period: Period, every: Periodicity) -> Option<Period> {
    let last = last_day(period);
    let (year, month) = (last.year(), u8::try_from(last.month()).ok()?);
    match every {
        Periodicity::Month => Period::month(year, month),
        Periodicity::Quarter => Period::quarter(year, month.div_ceil(3)),
        Periodicity::HalfYear => Period::half_year(year, month.div_ceil(6)),
        Periodicity::Year => Some(Period::Year(year)),
        Periodicity::Years => matches!(period, Period::Years { .. }).then_some(period),
    }
}

/// The last day of a period; the last of the calendar for one that ends with it.
pub(super) fn last_day(period: Period) -> Date {
    let end = period.range(Calendar::Civil).to();
    end.map_or(Date::MAX, |end| end.saturating_sub(1.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(period: &str, every: Periodicity) -> Option<String> {
        let filling = filling(period.parse().expect("a period"), every)?;
        let words: Vec<String> = filling.iter().map(ToString::to_string).collect();
        Some(words.join(" "))
    }

    #[test]
    fn a_period_is_filled_exactly_or_not_at_all() {
        let table = [
            (
                "2025",
                Periodicity::Quarter,
                Some("2025-Q1 2025-Q2 2025-Q3 2025-Q4"),
            ),
            (
                "2025-9M",
                Periodicity::Quarter,
                Some("2025-Q1 2025-Q2 2025-Q3"),
            ),
            ("2025-9M", Periodicity::HalfYear, None),
            (
                "2025-Q2",
                Periodicity::Month,
                Some("2025-M04 2025-M05 2025-M06"),
            ),
            ("2025-Q2", Periodicity::Quarter, Some("2025-Q2")),
            ("2025-Q2", Periodicity::Year, None),
            ("2024/2025", Periodicity::Year, Some("2024 2025")),
            ("2024/2025", Periodicity::Years, None),
        ];
        for (period, every, expected) in table {
            assert_eq!(
                words(period, every).as_deref(),
                expected,
                "{period} {every:?}"
            );
        }
    }

    #[test]
    fn a_month_lies_in_its_quarter() {
        let month = "2025-M08".parse().expect("a period");
        let quarter = holding(month, Periodicity::Quarter).expect("a quarter");
        assert_eq!(quarter.to_string(), "2025-Q3");
        assert_eq!(last_day(quarter).to_string(), "2025-09-30");
        assert_eq!(holding(month, Periodicity::Years), None);
    }
}
