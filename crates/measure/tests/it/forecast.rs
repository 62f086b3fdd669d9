//! Forecasts against statsmodels, and what holds for any series.

use catalogue::Unit;
use measure::forecast::{
    Holt, HoltStart, Model, Parameters, Scale, exponential_smoothing, forecast, holt, trend,
};
use measure::tracker::growth_rate;
use proptest::prelude::*;

use crate::shared::{close, numbers, shared_json};

fn all_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() < 1e-8,
            "{what}: {found} instead of {expected}"
        );
    }
}

#[test]
fn models_agree_with_statsmodels() {
    let Some(case) = shared_json("forecast/ts_cases.json") else {
        return;
    };
    let values = numbers(&case["y"]);
    let ols = trend(&values, 1.0).expect("a trend");
    let ahead = 5..11;
    let line: Vec<f64> = ahead.clone().map(|at| ols.at(at)).collect();
    all_close(&line, &numbers(&case["ols"]["mean"]), "trend");
    let (low, high): (Vec<f64>, Vec<f64>) = ahead
        .clone()
        .map(|at| ols.interval(at, 0.8).expect("an interval"))
        .unzip();
    all_close(&low, &numbers(&case["ols"]["lo"]), "low");
    all_close(&high, &numbers(&case["ols"]["hi"]), "high");
    let recent = trend(&values, 0.8).expect("a trend");
    let line: Vec<f64> = ahead.map(|at| recent.at(at)).collect();
    all_close(&line, &numbers(&case["wls_0.8"]["mean"]), "recent trend");
    let start = HoltStart::Given {
        level: 12.66,
        trend: 0.1,
    };
    for (damping, name) in [(1.0, "holt_a.8_b.2_l12.66_t.1"), (0.9, "holt_damped_.9")] {
        let how = Holt {
            damping,
            start,
            ..Holt::default()
        };
        let found = holt(&values, &how, 6).expect("a forecast");
        all_close(&found.fitted, &numbers(&case[name]["fitted"]), name);
        all_close(&found.ahead, &numbers(&case[name]["fc"]), name);
    }
    let smoothed = exponential_smoothing(&values, 0.5, 1).expect("a forecast");
    all_close(
        &smoothed.fitted,
        &numbers(&case["ses_.5"]["fitted"]),
        "smoothing",
    );
    all_close(
        &smoothed.ahead,
        &numbers(&case["ses_.5"]["fc"]),
        "smoothing",
    );
    let rate = growth_rate(values[0], values[4], 4.0).expect("a rate");
    assert!(close(
        rate,
        case["cagr"]["rate"].as_f64().expect("a number"),
        1e-12
    ));
}

fn series(values: &[f64]) -> Vec<(i16, f64)> {
    (2020..).zip(values.iter().copied()).collect()
}

const DIGITAL: [f64; 5] = [12.66, 12.87, 12.83, 12.87, 13.17];

#[test]
fn the_ensemble_says_how_sure_it_is() {
    let parameters = Parameters::for_unit(&Unit::Percent);
    assert_eq!(parameters.scale, Scale::Logit);
    let found = forecast(&series(&DIGITAL), 2030, &Unit::Percent, &parameters).expect("a forecast");
    assert_eq!(found.points.len(), 6);
    let last = &found.points[5];
    assert_eq!((last.year, last.members.len()), (2030, 4));
    // Far from a target of 30 per cent, by any member.
    assert!(last.interval.high.value() < 15.0);
    assert!((13.0..14.2).contains(&last.value.value()), "{last:?}");
    let width = |at: usize| {
        let interval = &found.points[at].interval;
        interval.high.value() - interval.low.value()
    };
    assert!(width(5) > width(0));
    assert_eq!(found.back_test.len(), 5);
    assert_eq!(
        (found.back_test[0].model, found.back_test[0].origins),
        (None, 1)
    );
    assert_eq!(found.back_test[1].model, Some(Model::LastValue));
    assert!(close(found.back_test[1].error.value(), 0.3, 1e-9));
    let stored = serde_json::to_string(&found).expect("JSON");
    assert!(stored.contains("\"coverage\":0.8"));
}

#[test]
fn what_is_not_forecast() {
    let parameters = Parameters::for_unit(&Unit::Percent);
    let ask = |series: &[(i16, f64)], until| {
        forecast(series, until, &Unit::Percent, &parameters)
            .expect_err("a refusal")
            .reason
            .vi
    };
    assert!(ask(&series(&DIGITAL[..4]), 2030).contains("ít nhất 5"));
    assert!(ask(&series(&DIGITAL), 2024).contains("từ 1 đến 10"));
    assert!(ask(&series(&DIGITAL), 2099).contains("từ 1 đến 10"));
    let mut gap = series(&DIGITAL);
    gap[4].0 = 2026;
    assert!(ask(&gap, 2030).contains("liên tiếp"));
    assert!(ask(&series(&[1.0, 2.0, 3.0, 4.0, 101.0]), 2030).contains("0 đến 100"));
    let none = Parameters {
        models: Vec::new(),
        ..parameters.clone()
    };
    assert!(forecast(&series(&DIGITAL), 2026, &Unit::Percent, &none).is_err());
    assert!(trend(&DIGITAL[..2], 1.0).is_err());
    assert!(
        trend(&DIGITAL, 1.0)
            .expect("a trend")
            .interval(6, 1.0)
            .is_err()
    );
    assert!(holt(&DIGITAL[..1], &Holt::default(), 1).is_err());
    assert!(exponential_smoothing(&DIGITAL, 1.5, 1).is_err());
}

proptest! {
    #[test]
    fn a_share_stays_a_share(values in prop::collection::vec(0.0_f64..=100.0, 5..12)) {
        let parameters = Parameters::for_unit(&Unit::Percent);
        let until = 2019 + values.len() as i16 + 10;
        let found = forecast(&series(&values), until, &Unit::Percent, &parameters).expect("a forecast");
        for point in found.points {
            let (low, high) = (point.interval.low.value(), point.interval.high.value());
            prop_assert!(0.0 <= low && high <= 100.0);
            prop_assert!(low <= point.value.value() + 1e-9 && point.value.value() <= high + 1e-9);
        }
    }

    #[test]
    fn a_straight_line_goes_on(start in -100.0_f64..100.0, step in -10.0_f64..10.0) {
        let values: Vec<f64> = (0..8).map(|at| start + step * f64::from(at)).collect();
        let mut parameters = Parameters::for_unit(&Unit::BillionVnd);
        parameters.models = vec![Model::Trend, Model::RecentTrend];
        let found = forecast(&series(&values), 2030, &Unit::BillionVnd, &parameters).expect("a forecast");
        prop_assert!(close(found.points[2].value.value(), start + step * 10.0, 1e-8));
        prop_assert!(found.back_test[0].error.value() < 1e-8);
    }
}
