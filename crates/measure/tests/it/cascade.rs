//! Parts of a target: how they stand, whether they hold the whole, what they score.

use catalogue::Direction;
use jiff::civil::{Date, date};
use measure::cascade::{
    Held, Holding, Marked, Measured, NotReported, PartAssessment, PartStatus, Scored, ScoringRule,
    Share, hold, part_status, rank,
};
use measure::{Baseline, Cadence, Comparator, TargetSpec, Thresholds};
use proptest::prelude::*;
use rust_decimal::Decimal;
use viet::Period;

use crate::{dec, period};

const TODAY: Date = date(2026, 11, 22);

const LIMITS: Thresholds = Thresholds {
    on_track_share: Decimal::from_parts(95, 0, 0, false, 2),
    off_track_share: Decimal::from_parts(80, 0, 0, false, 2),
};

fn part(comparator: Comparator, value: &str, year: i16) -> TargetSpec {
    TargetSpec {
        comparator: Some(comparator),
        value: Some(dec(value)),
        value_max: None,
        strict: false,
        year: Some(year),
        cadence: Cadence::ByYear,
        baseline: None,
        direction: Direction::HigherIsBetter,
    }
}

fn judged(spec: &TargetSpec, measured: Measured, values: &[(&str, &str)]) -> PartAssessment {
    let values: Vec<(Period, Decimal)> = values
        .iter()
        .map(|(at, value)| (period(at), dec(value)))
        .collect();
    part_status(spec, measured, &values, TODAY, LIMITS)
}

#[test]
fn how_parts_stand() {
    use Comparator::{AtLeast, AtMost, MultiplyBy};
    use Measured::{Flow, State};
    use PartStatus::{Behind, NotAssessable, NotReported, OnPath, Reached};
    type Row<'a> = (
        TargetSpec,
        Measured,
        &'a [(&'a str, &'a str)],
        PartStatus,
        Option<&'a str>,
    );
    let least = |year| part(AtLeast, "40", year);
    let table: &[Row] = &[
        (least(2026), Flow, &[], NotReported, None),
        (least(2026), Flow, &[("2025", "50")], NotReported, None),
        (least(2027), Flow, &[("2026", "50")], NotAssessable, None),
        (least(2026), Flow, &[("2026", "40")], Reached, Some("1")),
        (least(2026), Flow, &[("2026", "30")], Behind, Some("0.75")),
        // Half of the year, half of the way: 20 are due.
        (least(2026), Flow, &[("2026-H1", "20")], OnPath, Some("0.5")),
        (
            least(2026),
            Flow,
            &[("2026-Q1", "10"), ("2026-Q2", "6")],
            Behind,
            Some("0.4"),
        ),
        (
            least(2026),
            Flow,
            &[("2026-Q1", "10"), ("2026-Q2", "10")],
            OnPath,
            Some("0.5"),
        ),
        // A gap among the quarters: what is known from the beginning counts.
        (
            least(2026),
            Flow,
            &[("2026-Q1", "10"), ("2026-Q3", "90")],
            OnPath,
            Some("0.25"),
        ),
        // What reaches further counts; equally far, the longer period.
        (
            least(2026),
            Flow,
            &[("2026-H1", "18"), ("2026-9M", "31")],
            OnPath,
            Some("0.775"),
        ),
        (
            least(2026),
            Flow,
            &[("2026-H1", "20"), ("2026-Q1", "1"), ("2026-Q2", "1")],
            OnPath,
            Some("0.5"),
        ),
        // Earlier years are no part of a flow.
        (
            least(2026),
            Flow,
            &[("2025", "100"), ("2026-H1", "5")],
            Behind,
            Some("0.125"),
        ),
        // The year is over and only half of it was told.
        (
            least(2025),
            Flow,
            &[("2025-H1", "20")],
            NotReported,
            Some("0.5"),
        ),
        // A state: from where it stood the year before.
        (
            least(2026),
            State,
            &[("2025", "20"), ("2026-H1", "30")],
            OnPath,
            Some("0.75"),
        ),
        (
            least(2026),
            State,
            &[("2025", "20"), ("2026-H1", "21")],
            Behind,
            Some("0.525"),
        ),
        (
            least(2026),
            State,
            &[("2026-H1", "30")],
            NotAssessable,
            Some("0.75"),
        ),
        (
            least(2026),
            State,
            &[("2026-H1", "44")],
            Reached,
            Some("1.1"),
        ),
        (least(2026), State, &[("2025", "44")], NotReported, None),
        // What came later is no news for this year.
        (
            least(2025),
            State,
            &[("2025", "10"), ("2026-H1", "44")],
            Behind,
            Some("0.25"),
        ),
        // Below a limit: no result before the year is over.
        (
            part(AtMost, "40", 2026),
            Flow,
            &[("2026-H1", "10")],
            OnPath,
            Some("1"),
        ),
        (
            part(AtMost, "40", 2026),
            Flow,
            &[("2026", "10")],
            Reached,
            Some("1"),
        ),
        (
            part(AtMost, "40", 2026),
            Flow,
            &[("2026", "50")],
            Behind,
            Some("0.8"),
        ),
        (
            part(AtMost, "40", 2026),
            State,
            &[("2026-H1", "10")],
            Reached,
            Some("1"),
        ),
        // A multiple of what nobody knows.
        (
            part(MultiplyBy, "2", 2026),
            State,
            &[("2026", "10")],
            NotAssessable,
            None,
        ),
    ];
    for (line, (spec, measured, values, status, ratio)) in table.iter().enumerate() {
        let found = judged(spec, *measured, values);
        let told = (found.status, found.ratio.map(|r| r.normalize()));
        assert_eq!(told, (*status, ratio.map(dec)), "line {line}: {found:?}");
    }
    let doubled = TargetSpec {
        baseline: Some(Baseline {
            year: 2020,
            value: dec("5"),
        }),
        ..part(MultiplyBy, "2", 2026)
    };
    assert_eq!(judged(&doubled, State, &[("2026", "10")]).status, Reached);
}

#[test]
fn parts_held_against_the_whole() {
    let share = |value: &str, weight: Option<&str>| Share {
        value: dec(value),
        weight: weight.map(dec),
    };
    let told = |held: Held| {
        let text =
            |value: Option<Decimal>| value.map_or("-".to_owned(), |v| v.normalize().to_string());
        format!("{:?} {} {}", held.by, text(held.parts), text(held.short))
    };
    let two = [share("10", None), share("20", None)];
    let weighed = [share("10", Some("1")), share("20", Some("3"))];
    let half_weighed = [share("10", Some("1")), share("20", None)];
    let whole = Some(dec("30"));
    for (held, want) in [
        (hold(Holding::Adds, &two, whole, false), "Adds 30 0"),
        (
            hold(Holding::Adds, &two, Some(dec("45")), false),
            "Adds 30 15",
        ),
        (
            hold(Holding::Adds, &two, Some(dec("25")), false),
            "Adds 30 0",
        ),
        (
            hold(Holding::Adds, &two, Some(dec("25")), true),
            "Adds 30 5",
        ),
        (hold(Holding::Adds, &[], whole, false), "Adds - -"),
        (hold(Holding::Adds, &two, None, false), "Adds 30 -"),
        (
            hold(Holding::Weighted, &weighed, Some(dec("18")), false),
            "Weighted 17.5 0.5",
        ),
        (
            hold(Holding::Weighted, &half_weighed, Some(dec("18")), false),
            "Each 10 8",
        ),
        (
            hold(Holding::Each, &two, Some(dec("15")), false),
            "Each 10 5",
        ),
        (
            hold(Holding::Each, &two, Some(dec("15")), true),
            "Each 20 5",
        ),
    ] {
        assert_eq!(told(held), want);
    }
    let huge = [Share {
        value: Decimal::MAX,
        weight: None,
    }; 2];
    assert_eq!(told(hold(Holding::Adds, &huge, whole, false)), "Adds - -");
}

fn rule() -> ScoringRule {
    ScoringRule {
        full_points: dec("100"),
        most: dec("1"),
        least: dec("0"),
        not_reported: NotReported::Zero,
        decimals: 1,
    }
}

fn marked(status: PartStatus, ratio: Option<&str>, weight: &str) -> Marked {
    Marked {
        assessment: PartAssessment {
            status,
            reason: catalogue::Label::new("", ""),
            achieved: None,
            ratio: ratio.map(dec),
        },
        weight: dec(weight),
    }
}

#[test]
fn what_agencies_score() {
    use PartStatus::{Behind, NotAssessable, NotReported as Silent, Reached};
    let reached = || marked(Reached, Some("1.5"), "1");
    let behind = |weight| marked(Behind, Some("0.4"), weight);
    let silent = || marked(Silent, None, "1");
    let unknown = || marked(NotAssessable, None, "1");
    let points = |rule: ScoringRule, parts: &[Marked]| {
        let scored = rule.score(parts);
        (
            scored.points.map(|p| p.normalize().to_string()),
            scored.counted,
        )
    };
    let told = |text: &str| Some(text.to_owned());
    let left_out = ScoringRule {
        not_reported: NotReported::LeftOut,
        ..rule()
    };
    let generous = ScoringRule {
        most: dec("2"),
        ..rule()
    };
    let strict = ScoringRule {
        least: dec("0.5"),
        ..rule()
    };
    assert_eq!(points(rule(), &[]), (None, 0));
    assert_eq!(points(rule(), &[reached()]), (told("100"), 1));
    assert_eq!(points(generous, &[reached()]), (told("150"), 1));
    assert_eq!(points(rule(), &[reached(), behind("1")]), (told("70"), 2));
    assert_eq!(points(rule(), &[reached(), behind("3")]), (told("55"), 2));
    assert_eq!(points(rule(), &[reached(), behind("0")]), (told("100"), 1));
    assert_eq!(points(strict, &[reached(), behind("1")]), (told("50"), 2));
    assert_eq!(points(rule(), &[reached(), silent()]), (told("50"), 2));
    assert_eq!(points(left_out, &[reached(), silent()]), (told("100"), 1));
    assert_eq!(points(rule(), &[reached(), unknown()]), (told("100"), 1));
    assert_eq!(points(left_out, &[silent(), unknown()]), (None, 0));
}

#[test]
fn ties_share_a_rank_and_leave_the_next_out() {
    let scored = |points: Option<&str>| Scored {
        points: points.map(dec),
        parts: 1,
        counted: 1,
        reached: 0,
        not_reported: 0,
    };
    let lines = rank([
        ("e", scored(None)),
        ("d", scored(Some("50"))),
        ("b", scored(Some("70.0"))),
        ("c", scored(Some("70"))),
        ("a", scored(Some("90"))),
    ]);
    let told: Vec<_> = lines.iter().map(|line| (line.who, line.rank)).collect();
    let want = [
        ("a", Some(1)),
        ("b", Some(2)),
        ("c", Some(2)),
        ("d", Some(4)),
        ("e", None),
    ];
    assert_eq!(told, want);
    assert!(rank::<&str>([]).is_empty());
}

proptest! {
    #[test]
    fn ranks_count_those_that_score_more(points in prop::collection::vec(prop::option::of(0i64..6), 0..12)) {
        let scored = points.iter().enumerate().map(|(who, points)| {
            (who, Scored { points: points.map(Decimal::from), parts: 1, counted: 1, reached: 0, not_reported: 0 })
        });
        let lines = rank(scored);
        prop_assert_eq!(lines.len(), points.len());
        for line in lines {
            let own = points[line.who];
            let better = points.iter().flatten().filter(|p| Some(**p) > own).count();
            prop_assert_eq!(line.rank, own.map(|_| better as u32 + 1));
        }
    }

    #[test]
    fn points_lie_between_nothing_and_all(shares in prop::collection::vec((0u32..300, 0u32..4), 0..9)) {
        let parts: Vec<Marked> = shares.iter().map(|(share, weight)| {
            let ratio = Decimal::new(i64::from(*share), 2).to_string();
            marked(PartStatus::Behind, Some(&ratio), &weight.to_string())
        }).collect();
        match rule().score(&parts).points {
            Some(points) => prop_assert!((Decimal::ZERO..=dec("100")).contains(&points)),
            None => prop_assert!(shares.iter().all(|(_, weight)| *weight == 0)),
        }
    }

    #[test]
    fn a_sum_that_falls_short_and_its_gap_make_the_whole(values in prop::collection::vec(0i64..1000, 1..9), whole in 0i64..5000) {
        let shares: Vec<Share> = values.iter().map(|v| Share { value: Decimal::from(*v), weight: None }).collect();
        let held = hold(Holding::Adds, &shares, Some(Decimal::from(whole)), false);
        let (parts, short) = (held.parts.unwrap(), held.short.unwrap());
        prop_assert_eq!((parts + short).max(parts), parts.max(Decimal::from(whole)));
    }
}
