//! Statuses of targets.

use catalogue::Direction;
use jiff::civil::{Date, date};
use measure::{Baseline, Cadence, Comparator, TargetSpec, TargetStatus, Thresholds, target_status};
use proptest::prelude::*;
use rust_decimal::Decimal;
use viet::Period;

use crate::{dec, period};

const TODAY: Date = date(2026, 11, 22);

fn thresholds() -> Thresholds {
    Thresholds {
        on_track_share: dec("0.95"),
        off_track_share: dec("0.8"),
    }
}

fn spec(comparator: Option<Comparator>, value: &str, year: i16) -> TargetSpec {
    TargetSpec {
        comparator,
        value: comparator.map(|_| dec(value)),
        value_max: None,
        strict: false,
        year: Some(year),
        cadence: Cadence::ByYear,
        baseline: None,
        direction: Direction::HigherIsBetter,
    }
}

fn from(mut spec: TargetSpec, year: i16, value: &str) -> TargetSpec {
    spec.baseline = Some(Baseline {
        year,
        value: dec(value),
    });
    spec
}

fn falling(mut spec: TargetSpec) -> TargetSpec {
    spec.direction = Direction::LowerIsBetter;
    spec
}

fn status(spec: &TargetSpec, observed: &[(&str, &str)]) -> TargetStatus {
    let observed: Vec<(Period, Decimal)> = observed
        .iter()
        .map(|(at, value)| (period(at), dec(value)))
        .collect();
    target_status(spec, &observed, TODAY, thresholds()).status
}

#[test]
fn what_meets_a_target() {
    use Comparator::{
        About, AtLeast, AtMost, Between, Equal, IncreaseByPct, IncreaseCount, MultiplyBy,
    };
    let strict = TargetSpec {
        strict: true,
        ..spec(Some(AtLeast), "40", 2025)
    };
    let range = TargetSpec {
        value_max: Some(dec("10")),
        ..spec(Some(Between), "5", 2025)
    };
    let yearly = TargetSpec {
        cadence: Cadence::PerYear,
        ..from(spec(Some(IncreaseByPct), "20", 2030), 2022, "100")
    };
    for (spec, value, met) in [
        (spec(Some(AtLeast), "40", 2025), "40", true),
        (spec(Some(AtLeast), "40", 2025), "39.9", false),
        (strict.clone(), "40", false),
        (strict, "40.01", true),
        (spec(Some(Equal), "40", 2025), "45", true),
        (falling(spec(Some(Equal), "40", 2025)), "45", false),
        (spec(Some(About), "40", 2025), "38", true),
        (spec(Some(About), "40", 2025), "37.9", false),
        (falling(spec(Some(About), "40", 2025)), "42", true),
        (falling(spec(Some(About), "40", 2025)), "42.1", false),
        (spec(Some(AtMost), "30", 2025), "30", true),
        (spec(Some(AtMost), "30", 2025), "31", false),
        (range.clone(), "5", true),
        (range.clone(), "12", true),
        (range, "4", false),
        (
            from(spec(Some(MultiplyBy), "1.5", 2025), 2020, "40"),
            "60",
            true,
        ),
        (
            from(spec(Some(MultiplyBy), "1.5", 2025), 2020, "40"),
            "59",
            false,
        ),
        (
            from(spec(Some(IncreaseCount), "5", 2025), 2020, "3"),
            "8",
            true,
        ),
        (
            from(spec(Some(IncreaseCount), "5", 2025), 2020, "3"),
            "7",
            false,
        ),
        (
            from(spec(Some(IncreaseByPct), "10", 2025), 2020, "200"),
            "220",
            true,
        ),
        (
            from(spec(Some(IncreaseByPct), "-10", 2025), 2020, "200"),
            "181",
            false,
        ),
        (
            from(spec(Some(IncreaseByPct), "-10", 2025), 2020, "200"),
            "180",
            true,
        ),
        // 20 % every year since 2022: 172.8 in 2025.
        (yearly.clone(), "172.8", true),
        (yearly, "172.7", false),
        (spec(None, "", 2025), "1", true),
        (spec(None, "", 2025), "0", false),
    ] {
        let expected = if met {
            TargetStatus::Met
        } else {
            TargetStatus::OffTrack
        };
        assert_eq!(
            status(&spec, &[("2025", value)]),
            expected,
            "{spec:?} {value}"
        );
    }
}

#[test]
fn on_the_way() {
    use TargetStatus::{AtRisk, Met, NoData, NotYetMeasurable, OffTrack, OnTrack};
    // From 20 in 2020 to 40 in 2030: 30 is due in 2025, so that 9.5 and 8 of 10 decide.
    let up = from(spec(Some(Comparator::AtLeast), "40", 2030), 2020, "20");
    let down = from(spec(Some(Comparator::AtMost), "20", 2030), 2020, "40");
    let held = TargetSpec {
        direction: Direction::Maintain,
        ..from(spec(Some(Comparator::Equal), "100", 2030), 2020, "100")
    };
    let plain = spec(Some(Comparator::AtLeast), "40", 2030);
    for (spec, observed, expected) in [
        (&up, vec![("2025", "30")], OnTrack),
        (&up, vec![("2025", "29.5")], OnTrack),
        (&up, vec![("2025", "29.4")], AtRisk),
        (&up, vec![("2025", "28")], AtRisk),
        (&up, vec![("2025", "27.9")], OffTrack),
        (&up, vec![("2025", "10")], OffTrack),
        (&up, vec![("2025", "41")], Met),
        (&up, vec![("2024", "41"), ("2025", "25")], OffTrack),
        (&up, vec![("2025-Q2", "28.9")], OnTrack),
        (&up, vec![], NoData),
        (&down, vec![("2025", "30")], OnTrack),
        (&down, vec![("2025", "31.9")], AtRisk),
        (&down, vec![("2025", "33")], OffTrack),
        (&held, vec![("2025", "100")], Met),
        (&held, vec![("2025", "99")], OffTrack),
        (&plain, vec![("2025", "30")], NotYetMeasurable),
        (&plain, vec![("2020", "20"), ("2025", "30")], OnTrack),
    ] {
        assert_eq!(status(spec, &observed), expected, "{observed:?}");
    }
}

#[test]
fn when_the_year_is_over_or_named_nowhere() {
    let past = from(spec(Some(Comparator::AtLeast), "40", 2025), 2020, "20");
    assert_eq!(status(&past, &[("2024", "36")]), TargetStatus::NoData);
    assert_eq!(status(&past, &[("2024", "40")]), TargetStatus::Met);
    assert_eq!(status(&past, &[("2025", "39")]), TargetStatus::OffTrack);
    let nowhen = TargetSpec {
        year: None,
        ..spec(Some(Comparator::AtLeast), "3", 2025)
    };
    assert_eq!(status(&nowhen, &[("2025", "2")]), TargetStatus::AtRisk);
    assert_eq!(status(&nowhen, &[("2025", "3")]), TargetStatus::Met);
    let state = |year| spec(None, "", year);
    assert_eq!(status(&state(2030), &[]), TargetStatus::NotYetMeasurable);
    assert_eq!(status(&state(2025), &[]), TargetStatus::NoData);
    assert_eq!(
        status(&state(2030), &[("2025", "0")]),
        TargetStatus::NotYetMeasurable
    );
    assert_eq!(status(&state(2026), &[("2025", "0")]), TargetStatus::AtRisk);
    let times = spec(Some(Comparator::MultiplyBy), "2", 2030);
    assert_eq!(
        status(&times, &[("2025", "80")]),
        TargetStatus::NotYetMeasurable
    );
}

#[test]
fn the_reason_names_the_figures_in_both_languages() {
    let target = from(spec(Some(Comparator::AtLeast), "20", 2030), 2020, "12.5");
    let found = target_status(
        &target,
        &[(period("2025"), dec("13.25"))],
        TODAY,
        thresholds(),
    );
    assert_eq!(found.status, TargetStatus::OffTrack);
    assert_eq!(
        found.reason.vi,
        "năm 2025: 13,25 chậm so với lộ trình 16,25"
    );
    assert_eq!(found.reason.en, "2025: 13.25 is behind the path at 16.25");
    assert_eq!(
        (found.goal, found.due, found.distance),
        (Some(dec("20")), Some(dec("16.25")), Some(dec("-6.75")))
    );
}

#[test]
fn words_shapes_and_order_tell_every_status_apart() {
    for (index, one) in TargetStatus::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(one.urgency()), index);
        assert_eq!(TargetStatus::from_word(one.word()), Some(one));
        for other in &TargetStatus::ALL[..index] {
            assert_ne!(one.shape(), other.shape());
        }
    }
    for comparator in Comparator::ALL {
        assert_eq!(Comparator::from_word(comparator.word()), Some(comparator));
        let json = serde_json::to_string(&comparator).expect("JSON");
        assert_eq!(json, format!("\"{}\"", comparator.word()));
    }
}

/// Better statuses are greater.
fn goodness(status: TargetStatus) -> u8 {
    match status {
        TargetStatus::Met => 4,
        TargetStatus::OnTrack => 3,
        TargetStatus::AtRisk => 2,
        TargetStatus::OffTrack => 1,
        TargetStatus::NoData | TargetStatus::NotYetMeasurable => 0,
    }
}

fn numbers() -> impl Strategy<Value = Decimal> {
    (-100_000i64..100_000, 0u32..4).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

fn specs() -> impl Strategy<Value = TargetSpec> {
    let comparator = prop::option::of((0..8usize).prop_map(|index| Comparator::ALL[index]));
    let directions = prop::sample::select(vec![
        Direction::HigherIsBetter,
        Direction::LowerIsBetter,
        Direction::Maintain,
        Direction::Reach,
    ]);
    let baseline = prop::option::of(
        (2010i16..2030, numbers()).prop_map(|(year, value)| Baseline { year, value }),
    );
    (
        comparator,
        numbers(),
        numbers(),
        any::<bool>(),
        prop::option::of(2015i16..2050),
        any::<bool>(),
        baseline,
        directions,
    )
        .prop_map(
            |(comparator, value, more, strict, year, yearly, baseline, direction)| TargetSpec {
                comparator,
                value: comparator.map(|_| value),
                value_max: Some(value + more.abs()),
                strict,
                year,
                cadence: if yearly {
                    Cadence::PerYear
                } else {
                    Cadence::ByYear
                },
                baseline,
                direction,
            },
        )
}

/// Whether less is better, restated independently of the code.
fn is_falling(spec: &TargetSpec) -> bool {
    match spec.comparator {
        Some(Comparator::AtMost) => true,
        Some(Comparator::Equal | Comparator::About | Comparator::Between) => {
            spec.direction == Direction::LowerIsBetter
        }
        Some(Comparator::IncreaseByPct) => spec.value.is_some_and(|value| value < Decimal::ZERO),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn a_better_value_never_has_a_worse_status(
        spec in specs(), first in numbers(), value in numbers(), step in numbers(), year in 2012i16..2040,
    ) {
        let better = if is_falling(&spec) { value - step.abs() } else { value + step.abs() };
        let judged = |value| {
            let observations = [(Period::Year(2011), first), (Period::Year(year), value)];
            target_status(&spec, &observations, TODAY, thresholds())
        };
        let (one, two) = (judged(value), judged(better));
        prop_assert!(goodness(two.status) >= goodness(one.status), "{:?} -> {:?}", one, two);
    }

    #[test]
    fn the_order_of_observations_does_not_matter(spec in specs(), values in prop::collection::vec(numbers(), 1..6)) {
        let mut observations: Vec<_> =
            values.into_iter().enumerate().map(|(at, value)| (Period::Year(2018 + at as i16), value)).collect();
        let one = target_status(&spec, &observations, TODAY, thresholds());
        observations.reverse();
        prop_assert_eq!(one, target_status(&spec, &observations, TODAY, thresholds()));
    }
}
