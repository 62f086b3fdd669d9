//! Trackers against cases computed elsewhere, by table, and what holds for any numbers.

use catalogue::{Direction, Label, Unit};
use measure::tracker::{
    Grade, GradeThresholds, RatioRule, Reporting, Series, Tracked, TrackedTarget, Tracker,
    compound_ratio, extrapolate, growth_rate, open_sdg_score, track, verdicts,
};
use measure::{Baseline, Cadence, Comparator, TargetSpec, TargetStatus, Thresholds};
use proptest::prelude::*;
use rust_decimal::Decimal;
use viet::Period;

use crate::shared::{close, numbers, shared_json};
use crate::{dec, period};

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

fn from(spec: TargetSpec, year: i16, value: &str) -> TargetSpec {
    let baseline = Some(Baseline {
        year,
        value: dec(value),
    });
    TargetSpec { baseline, ..spec }
}

fn yearly(spec: TargetSpec) -> TargetSpec {
    TargetSpec {
        cadence: Cadence::PerYear,
        ..spec
    }
}

fn tracked<'a>(target: &'a TargetSpec, unit: &'a Unit, reporting: Reporting) -> TrackedTarget<'a> {
    TrackedTarget {
        target,
        unit,
        reporting,
        thresholds: Thresholds {
            on_track_share: dec("0.95"),
            off_track_share: dec("0.8"),
        },
        grades: GradeThresholds::default(),
        comparable_from: None,
    }
}

fn observed(values: &[(&str, &str)]) -> Vec<(Period, Decimal)> {
    values
        .iter()
        .map(|(at, value)| (period(at), dec(value)))
        .collect()
}

fn state(target: &TargetSpec, unit: &Unit, values: &[(&str, &str)]) -> Tracked {
    track(
        &tracked(target, unit, Reporting::State),
        &observed(values),
        RatioRule::Way,
    )
}

fn flow(target: &TargetSpec, values: &[(&str, &str)]) -> Tracked {
    let unit = Unit::Count(Label::new("sản phẩm", "products"));
    track(
        &tracked(target, &unit, Reporting::Flow),
        &observed(values),
        RatioRule::Way,
    )
}

fn products() -> Unit {
    Unit::Count(Label::new("sản phẩm", "products"))
}

#[test]
fn the_seven_series_of_others() {
    let Some(cases) = shared_json("targets/target_cases.json") else {
        return;
    };
    let cases = cases.as_object().expect("cases");
    assert_eq!(cases.len(), 7);
    for (name, case) in cases {
        let input = numbers(&case["inputs"]);
        let number = |of: &str, what: &str| case[of][what].as_f64().expect("a number");
        let (base, now, goal) = (
            (input[1], input[0]),
            (input[3], input[2]),
            (input[5], input[4]),
        );
        let falling = input[6] < 0.0;
        let thresholds = GradeThresholds::default();
        let found = compound_ratio(base, now, goal, falling, thresholds).expect("a ratio");
        let check = |found: f64, of: &str, what: &str| {
            assert!(
                close(found, number(of, what), 1e-9),
                "{name}: {of} {what} {found}"
            );
        };
        check(found.realised.value() / 100.0, "opensdg", "cagr");
        check(found.needed.value() / 100.0, "opensdg", "required");
        check(found.ratio.value(), "opensdg", "R");
        check(open_sdg_score(found.ratio.value()), "opensdg", "score");
        let unsd = extrapolate(base, now, goal).expect("an extrapolation");
        check(unsd.expected, "unsd", "expected");
        check(unsd.ratio.value(), "unsd", "ratio");
        check(f64::from(unsd.score), "unsd", "score");
        let comparator = if falling {
            Comparator::AtMost
        } else {
            Comparator::AtLeast
        };
        let target = from(
            spec(Some(comparator), &goal.1.to_string(), goal.0 as i16),
            base.0 as i16,
            &base.1.to_string(),
        );
        let (at, value) = (now.0.to_string(), now.1.to_string());
        let series = observed(&[(&at, &value)]);
        let result = track(
            &tracked(&target, &Unit::Percent, Reporting::State),
            &series,
            RatioRule::Compound,
        );
        let expected = match case["opensdg"]["status"].as_str().expect("a status") {
            "Target achieved" => Grade::Achieved,
            "On track" => Grade::OnTrack,
            "Limited progress" => Grade::Limited,
            "Deterioration" => Grade::Deteriorating,
            other => panic!("{other}"),
        };
        assert_eq!(result.grade, Ok(expected), "{name}");
        let required = result.required_growth.expect("a growth rate").value() / 100.0;
        check(required, "linear", "required_cagr");
        let progress = result.progress.expect("progress");
        let gap: f64 = progress.gap.to_string().parse().expect("a number");
        check(gap, "linear", "gap");
    }
}

#[test]
fn the_tracker_of_a_target() {
    use Comparator::{AtLeast, Between, IncreaseByPct, IncreaseCount, MultiplyBy};
    let plain = |comparator| spec(Some(comparator), "3", 2030);
    let kept = TargetSpec {
        direction: Direction::Maintain,
        ..plain(AtLeast)
    };
    let whole = yearly(spec(Some(AtLeast), "100", 2030));
    for (target, unit, reporting, expected) in [
        (
            plain(AtLeast),
            Unit::Percent,
            Reporting::State,
            Tracker::Level,
        ),
        (
            plain(Between),
            Unit::Percent,
            Reporting::State,
            Tracker::Range,
        ),
        (
            plain(MultiplyBy),
            products(),
            Reporting::State,
            Tracker::Multiple,
        ),
        (
            plain(IncreaseByPct),
            products(),
            Reporting::State,
            Tracker::Multiple,
        ),
        (
            yearly(plain(IncreaseByPct)),
            products(),
            Reporting::State,
            Tracker::Growth,
        ),
        (
            plain(AtLeast),
            Unit::PercentPerYear,
            Reporting::State,
            Tracker::Growth,
        ),
        (plain(AtLeast), products(), Reporting::Flow, Tracker::Count),
        (
            plain(IncreaseCount),
            products(),
            Reporting::State,
            Tracker::Count,
        ),
        (kept, Unit::Percent, Reporting::State, Tracker::Kept),
        (whole, Unit::Percent, Reporting::State, Tracker::Kept),
        (
            plain(AtLeast),
            Unit::LevelOf7,
            Reporting::State,
            Tracker::Milestone,
        ),
        (plain(AtLeast), Unit::Rank, Reporting::State, Tracker::Rank),
        (
            spec(None, "", 2030),
            Unit::YesNo,
            Reporting::State,
            Tracker::YesNo,
        ),
    ] {
        assert_eq!(
            Tracker::of(&target, &unit, reporting),
            expected,
            "{target:?}"
        );
    }
}

#[test]
fn a_level_first_says_the_gap() {
    let target = from(spec(Some(Comparator::AtLeast), "20", 2025), 2020, "12.66");
    let found = state(&target, &Unit::Percent, &[("2024", "13.17")]);
    let progress = found.progress.expect("progress");
    assert_eq!(
        (progress.path_value, progress.gap),
        (dec("18.532"), dec("-5.362"))
    );
    assert_eq!(found.grade, Ok(Grade::Limited));
    assert!(close(
        found.ratio.expect("a ratio").value(),
        0.069_482_288 / 0.8,
        1e-6
    ));
    // Half of a range is the nearer end; less is better for a place in a ranking.
    let range = TargetSpec {
        value_max: Some(dec("2")),
        ..from(spec(Some(Comparator::Between), "1.5", 2030), 2020, "1")
    };
    assert_eq!(
        state(&range, &Unit::Percent, &[("2024", "1.6")]).grade,
        Ok(Grade::Achieved)
    );
    let rank = from(spec(Some(Comparator::AtMost), "10", 2030), 2025, "24");
    let found = state(&rank, &Unit::Rank, &[("2027", "18")]);
    assert_eq!(
        (found.grade, found.required_growth),
        (Ok(Grade::OnTrack), None)
    );
    let level = from(spec(Some(Comparator::AtLeast), "3", 2030), 2025, "1");
    let compound = TrackedTarget {
        ..tracked(&level, &Unit::LevelOf7, Reporting::State)
    };
    // A level has no growth rate: every rule judges it by the way gone.
    for rule in RatioRule::ALL {
        let found = track(&compound, &observed(&[("2027", "2")]), rule);
        assert_eq!(found.ratio.expect("a ratio").value(), 50.0 / 40.0);
    }
}

#[test]
fn multiples_need_their_base() {
    let target = spec(Some(Comparator::MultiplyBy), "1.5", 2030);
    let without = state(&target, &products(), &[("2024", "110")]);
    assert!(
        without
            .grade
            .expect_err("a reason")
            .vi
            .contains("giá trị gốc")
    );
    let found = state(&from(target, 2020, "100"), &products(), &[("2024", "110")]);
    assert_eq!(
        (found.goal, found.grade),
        (Some(dec("150")), Ok(Grade::Limited))
    );
}

#[test]
fn growth_is_compared_as_a_mean_and_never_compounded_again() {
    let rate = spec(Some(Comparator::AtLeast), "10", 2030);
    let rates = [("2021", "12"), ("2022", "6"), ("2023", "8")];
    let found = state(&rate, &Unit::PercentPerYear, &rates);
    assert_eq!(found.grade, Ok(Grade::Accelerate));
    assert_eq!(
        found.value.map(|value| value.round_dp(3)),
        Some(dec("8.638"))
    );
    let levels = from(
        yearly(spec(Some(Comparator::IncreaseByPct), "10", 2030)),
        2020,
        "100",
    );
    let found = state(&levels, &products(), &[("2022", "121")]);
    assert_eq!(found.value, Some(dec("10")));
    assert!(found.ratio.is_some());
    let lost = state(&levels, &products(), &[("2022", "90")]);
    assert_eq!(lost.grade, Ok(Grade::Deteriorating));
    let nothing = state(&rate, &Unit::PercentPerYear, &[("2024-Q1", "9")]);
    assert!(nothing.grade.is_err());
}

#[test]
fn counts_are_added_up_without_counting_twice() {
    let target = spec(Some(Comparator::AtLeast), "30", 2025);
    let found = flow(
        &target,
        &[
            ("2021", "5"),
            ("2022", "6"),
            ("2022-Q1", "4"),
            ("2023-H1", "3"),
        ],
    );
    assert_eq!(found.value, Some(dec("14")));
    let progress = found.progress.expect("progress");
    assert_eq!((progress.path_value, progress.gap), (dec("15"), dec("-1")));
    assert_eq!(found.grade, Ok(Grade::Accelerate));
    // A number for every year starts again every year.
    let every = yearly(spec(Some(Comparator::AtLeast), "4", 2025));
    let found = flow(&every, &[("2021", "9"), ("2022-Q1", "1"), ("2022-Q2", "1")]);
    assert_eq!(
        (found.value, found.grade),
        (Some(dec("2")), Ok(Grade::OnTrack))
    );
    let more = from(
        spec(Some(Comparator::IncreaseCount), "10", 2030),
        2020,
        "100",
    );
    let found = state(&more, &products(), &[("2025", "103")]);
    assert_eq!(
        (found.value, found.grade),
        (Some(dec("3")), Ok(Grade::Accelerate))
    );
}

#[test]
fn a_kept_share_sounds_the_alarm_at_any_drop() {
    let target = yearly(spec(Some(Comparator::AtLeast), "100", 2030));
    let kept = |values: &[(&str, &str)]| {
        let found = state(&target, &Unit::Percent, values);
        (found.grade.expect("a grade"), found.dropped)
    };
    assert_eq!(
        kept(&[("2021", "100"), ("2022", "100")]),
        (Grade::Achieved, false)
    );
    assert_eq!(
        kept(&[("2021", "100"), ("2022", "99.9")]),
        (Grade::Deteriorating, true)
    );
    assert_eq!(
        kept(&[("2021", "98"), ("2022", "99")]),
        (Grade::Limited, false)
    );
    assert_eq!(
        kept(&[("2021", "100"), ("2022", "97"), ("2023", "100")]),
        (Grade::Achieved, true)
    );
}

#[test]
fn what_cannot_be_assessed_says_why() {
    let target = spec(Some(Comparator::AtLeast), "30", 2030);
    for (values, words) in [
        (vec![], "chưa có số liệu"),
        (vec![("2024", "10")], "chưa có giá trị gốc"),
    ] {
        let reason = state(&target, &Unit::Percent, &values)
            .grade
            .expect_err("a reason");
        assert!(
            reason.vi.contains(words) && !reason.en.is_empty(),
            "{reason:?}"
        );
    }
    let turned = observed(&[("2020", "-2"), ("2024", "3")]);
    let found = track(
        &tracked(&target, &Unit::Percent, Reporting::State),
        &turned,
        RatioRule::Compound,
    );
    assert!(found.grade.expect_err("a reason").vi.contains("đổi dấu"));
    assert!(found.progress.is_some());
    // Ranks among 63 provinces are no base for ranks among 34.
    let rank = from(spec(Some(Comparator::AtMost), "10", 2030), 2022, "47");
    let broken = TrackedTarget {
        comparable_from: Some(2025),
        ..tracked(&rank, &Unit::Rank, Reporting::State)
    };
    let found = track(
        &broken,
        &observed(&[("2022", "47"), ("2025", "24")]),
        RatioRule::Way,
    );
    assert!(found.grade.is_err());
    let yes = spec(None, "", 2030);
    assert!(state(&yes, &Unit::YesNo, &[("2024", "0")]).grade.is_err());
    assert_eq!(
        state(&yes, &Unit::YesNo, &[("2024", "1")]).grade,
        Ok(Grade::Achieved)
    );
    assert_eq!(
        state(&yes, &Unit::YesNo, &[("2030", "0")]).grade,
        Ok(Grade::Limited)
    );
    assert!(growth_rate(0.0, 1.0, 1.0).is_ok());
    assert!(growth_rate(1.0, 1.0, 0.0).is_err());
}

#[test]
fn verdicts_show_where_methods_and_vintages_disagree() {
    let target = from(spec(Some(Comparator::AtLeast), "42", 2030), 2018, "30");
    let unit = Unit::Percent;
    let series = |name: &str, value: &str| Series {
        name: Label::new(name, name),
        observations: observed(&[("2019", value)]),
    };
    let tracked = tracked(&target, &unit, Reporting::State);
    let both = [
        series("khấu hao 5 %, lao động 0,6", "42.1"),
        series("khấu hao 7 %, lao động 0,5", "27.9"),
    ];
    let found = verdicts(&tracked, &both, &RatioRule::ALL);
    assert_eq!((found.each.len(), found.differ), (6, true));
    assert_eq!(found.each[0].tracked.grade, Ok(Grade::Achieved));
    assert_eq!(found.each[3].tracked.grade, Ok(Grade::Deteriorating));
    assert!(!verdicts(&tracked, &both[..1], &RatioRule::ALL).differ);
    for grade in Grade::ALL {
        assert_ne!(TargetStatus::from(grade), TargetStatus::NoData);
        assert_ne!(
            grade.label(viet::Lang::Vi),
            Grade::not_assessable(viet::Lang::Vi)
        );
    }
}

proptest! {
    #[test]
    fn a_better_value_never_has_a_worse_grade(
        base in 1_i64..1_000, goal in 1_i64..1_000, value in 1_i64..1_000, more in 0_i64..1_000, year in 2021_i16..2030
    ) {
        let goal = base + goal;
        let target = from(spec(Some(Comparator::AtLeast), &goal.to_string(), 2030), 2020, &base.to_string());
        let unit = Unit::Percent;
        let tracked = tracked(&target, &unit, Reporting::State);
        for rule in RatioRule::ALL {
            let grade = |value: i64| track(&tracked, &[(Period::Year(year), Decimal::from(value))], rule).grade.expect("a grade");
            prop_assert!(grade(value + more) <= grade(value), "{rule:?}");
        }
    }
}
