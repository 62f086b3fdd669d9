//! Paths, and the answers computed independently of this code.

use measure::{TargetPath, moment, progress};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::{dec, period};

#[test]
fn the_moment_of_a_period_is_its_end() {
    for (code, at) in [
        ("2025", "2025"),
        ("2025-H1", "2024.5"),
        ("2025-H2", "2025"),
        ("2025-Q3", "2024.75"),
        ("2025-9M", "2024.75"),
        ("2025-M06", "2024.5"),
        ("2021/2025", "2025"),
    ] {
        assert_eq!(moment(period(code)), dec(at), "{code}");
    }
}

#[test]
fn paths_go_straight_or_in_steps() {
    let points = vec![(2020, dec("10")), (2025, dec("20")), (2030, dec("40"))];
    let line = TargetPath::linear(points.clone()).expect("a path");
    let steps = TargetPath::stepwise(points).expect("a path");
    for (at, straight, stepped) in [
        ("2019", "10", "10"),
        ("2020", "10", "10"),
        ("2022.5", "15", "10"),
        ("2025", "20", "20"),
        ("2026", "24", "20"),
        ("2030", "40", "40"),
        ("2050", "40", "40"),
    ] {
        assert_eq!(line.value_at(dec(at)), Some(dec(straight)), "{at}");
        assert_eq!(steps.value_at(dec(at)), Some(dec(stepped)), "{at}");
    }
    assert_eq!(TargetPath::linear(Vec::new()), None);
    assert_eq!(
        TargetPath::linear(vec![(2025, dec("1")), (2025, dec("2"))]),
        None
    );
    let json = serde_json::to_string(&line).expect("JSON");
    assert_eq!(
        serde_json::from_str::<TargetPath>(&json).expect("a path"),
        line
    );
    assert!(serde_json::from_str::<TargetPath>(r#"{"points":[],"stepwise":false}"#).is_err());
}

#[test]
fn no_way_and_no_time_left_have_no_answer() {
    let here = |year, value| {
        progress(
            (2020, dec("5")),
            (dec("2024"), dec("5")),
            (year, dec(value)),
        )
    };
    assert_eq!(here(2020, "9"), None);
    assert_eq!(here(2030, "5").and_then(|found| found.progress_pct), None);
    let late =
        progress((2020, dec("5")), (dec("2030"), dec("7")), (2030, dec("9"))).expect("progress");
    assert_eq!(late.required_per_year, None);
}

/// The inputs are decimals; only the expected answers are floating point, with the error of their arithmetic.
fn near(found: Decimal, expected: &Value) -> bool {
    let expected: Decimal = expected.to_string().parse().expect("a decimal");
    (found - expected).abs() < Decimal::new(1, 9)
}

#[test]
fn straight_paths_agree_with_the_cases_of_others() {
    let Ok(shared) = std::env::var("DOTPHA_SHARED") else {
        eprintln!("left out: target cases with known answers, since DOTPHA_SHARED is not set");
        return;
    };
    let path = std::path::Path::new(&shared).join("verify/targets/target_cases.json");
    let cases: Value =
        serde_json::from_str(&std::fs::read_to_string(path).expect("the cases")).expect("JSON");
    let mut seen = 0;
    for (name, case) in cases.as_object().expect("cases") {
        let input: Vec<Decimal> = case["inputs"]
            .as_array()
            .expect("inputs")
            .iter()
            .map(|value| value.to_string().parse().expect("a decimal"))
            .collect();
        let year = |at: usize| i16::try_from(input[at]).expect("a year");
        let found = progress(
            (year(1), input[0]),
            (input[3], input[2]),
            (year(5), input[4]),
        )
        .expect("progress");
        let linear = &case["linear"];
        assert!(
            near(found.path_value, &linear["path_value"]),
            "{name}: {found:?}"
        );
        assert!(near(found.gap, &linear["gap"]), "{name}: {found:?}");
        assert!(
            near(found.elapsed_pct, &linear["elapsed_pct"]),
            "{name}: {found:?}"
        );
        assert!(
            found
                .progress_pct
                .is_some_and(|pct| near(pct, &linear["progress_pct"])),
            "{name}: {found:?}"
        );
        let required = found.required_per_year.expect("time is left");
        assert!(
            near(required, &linear["required_per_year"]),
            "{name}: {found:?}"
        );
        seen += 1;
    }
    assert!(seen > 3);
}
