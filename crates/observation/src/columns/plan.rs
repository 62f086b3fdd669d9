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
    /// The columns in which a value must stand for an area to be complete, each with the indicator it is of.
    pub(super) columns: Vec<(Id, IndicatorSlot)>,
    /// Numbers of the indicators whose figures are asked for.
    pub(super) indicators: Vec<u32>,
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
    let id = &indicator.def.id;
    let of = number(id);
    let level = collected_at(indicator, group);
    let time = over_time(indicator, period);
    let value = column(of, Part::Value);
    let whole = |rule, level, time: Time, columns, of: [Option<u32>; 2]| Plan {
        rule,
        every: indicator.series.periodicity,
        level: depth(level),
        expected: time.expected,
        columns,
        indicators: of.into_iter().flatten().collect(),
    };
    match over_area(indicator, level, group)? {
        Over::Values(combine) => {
            let rule = Rule::Values {
                of: value,
                time: time.over,
                combine,
            };
            let columns = vec![(id.clone(), value)];
            Some(whole(rule, level, time, columns, [of, None]))
        }
        Over::Weighted(weight) => {
            let by = number(weight);
            let heavy = column(by, Part::Value);
            let rule = Rule::WeightedMean {
                of: value,
                weight: heavy,
                time: time.over,
            };
            let columns = vec![(id.clone(), value), (weight.clone(), heavy)];
            Some(whole(rule, level, time, columns, [of, by]))
        }
        Over::Parts => {
            let last_day = last_day(period);
            if let Some(ratio) = indicator.ratio_on(last_day) {
                let upper = &layout.indicator(&ratio.numerator)?.definition;
                let lower = &layout.indicator(&ratio.denominator)?.definition;
                let (level, every, time) = common([upper, lower], group, period)?;
                let times = layout.times(indicator, last_day)?;
                let of = [upper, lower].map(|part| number(&part.def.id));
                let slots = of.map(|number| column(number, Part::Value));
                let rule = quotient(slots, times, time.over);
                let ids = [upper, lower].map(|part| part.def.id.clone());
                let columns = ids.into_iter().zip(slots).collect();
                let plan = whole(rule, level, time, columns, of);
                return Some(Plan { every, ..plan });
            }
            if !indicator.computed.is_empty() {
                return None;
            }
            let slots = [Part::Numerator, Part::Denominator].map(|part| column(of, part));
            let rule = quotient(slots, parts_factor(&indicator.value.unit)?, time.over);
            let columns = slots.map(|slot| (id.clone(), slot)).to_vec();
            Some(whole(rule, level, time, columns, [of, None]))
        }
    }
}

fn quotient([numerator, denominator]: [IndicatorSlot; 2], times: Decimal, time: OverTime) -> Rule {
    Rule::Ratio {
        numerator,
        denominator,
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
