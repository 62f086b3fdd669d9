//! Growth accounting against computed cases and real inputs.

use measure::tfp::{
    Admissible, Annual, Capital, Contribution, FactorGrowth, InitialStock, Inputs, LabourShare,
    LabourShares, Parameters, PeriodMethod, Sought, StockTiming, account, annual, band,
    capital_stock, inconsistency, merge, merged_labour_share, period, splice,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::shared::{close, numbers, shared_json};

fn steady(depreciation: f64, growth: f64) -> Capital {
    Capital {
        depreciation,
        initial: InitialStock::SteadyGrowth { growth },
        timing: StockTiming::YearEnd,
    }
}

fn share(from: i16, share: f64) -> LabourShare {
    LabourShare {
        from,
        share,
        source: catalogue::Source::new("chưa xác định"),
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// The case and the inputs and parameters it describes.
fn case() -> Option<(Value, Inputs, Parameters)> {
    let case = shared_json("tfp/tfp_case.json")?;
    let given = &case["inputs"];
    let inputs = Inputs {
        investment_from: 2015,
        investment: numbers(&given["I"]),
        from: 2015,
        output: numbers(&given["Y"]),
        employed: numbers(&given["L"]),
    };
    let shares = numbers(&given["beta"])
        .into_iter()
        .zip(2016..)
        .map(|(value, year)| share(year, value))
        .collect();
    let parameters = Parameters::new(
        steady(number(&given["delta"]), number(&given["g"])),
        LabourShares::new(shares).expect("shares"),
    );
    Some((case, inputs, parameters))
}

#[test]
fn years_and_periods_of_the_computed_case() {
    let Some((case, inputs, parameters)) = case() else {
        return;
    };
    let stocks = capital_stock(&inputs.investment, &parameters.capital).expect("stocks");
    for (found, expected) in stocks.iter().zip(numbers(&case["K"])) {
        assert!(close(*found, expected, 1e-12));
    }
    let years = account(&inputs, &parameters).expect("an account");
    let expected = case["annual"].as_array().expect("years");
    assert_eq!(years.len(), expected.len());
    for (found, expected) in years.iter().zip(expected) {
        assert_eq!(i64::from(found.year), expected["year"]);
        assert!(close(
            found.tfp.value(),
            100.0 * number(&expected["iTFP"]),
            1e-9
        ));
        for (part, name) in [
            (&found.contributions.capital, "cK"),
            (&found.contributions.labour, "cL"),
            (&found.contributions.tfp, "cTFP"),
        ] {
            let percent = part.percent().expect("a share");
            assert!(close(percent, number(&expected[name]), 1e-9), "{name}");
        }
    }
    for (method, expected) in [
        (
            PeriodMethod::EndPoints,
            &case["period_method_A_geomean"]["share"],
        ),
        (
            PeriodMethod::SumOfYears,
            &case["period_method_B_sum_of_annual"]["share"],
        ),
        (PeriodMethod::Logarithmic, &case["tornqvist_log"]["share"]),
    ] {
        let found = period(&years, method, Parameters::SMALLEST_GROWTH).expect("a period");
        let percent = found.contributions.tfp.percent().expect("a share");
        assert!(
            close(percent, number(expected), 1e-9),
            "{method:?}: {percent}"
        );
        assert_eq!(found.years, (2016, 2020));
    }
    let stored = serde_json::to_string(&parameters).expect("JSON");
    assert_eq!(
        serde_json::from_str::<Parameters>(&stored).expect("stored"),
        parameters
    );
}

/// Real investment and employment of a province; growth as published, turned into levels.
fn real_inputs(case: &Value) -> Inputs {
    let series = |name: &str, years: std::ops::RangeInclusive<i16>| -> Vec<f64> {
        years
            .map(|year| number(&case[name][year.to_string()]))
            .collect()
    };
    let first = 1.0 + number(&case["gY"]["2019"]);
    Inputs {
        investment_from: 2015,
        investment: series("I", 2015..=2020),
        from: 2018,
        output: vec![1.0, first, first * (1.0 + number(&case["gY"]["2020"]))],
        employed: series("L", 2018..=2020),
    }
}

#[test]
fn the_same_real_inputs_meet_a_target_or_miss_it_by_parameters_alone() {
    let Some(case) = shared_json("tfp/quangtri_demo.json") else {
        return;
    };
    let inputs = real_inputs(&case);
    for expected in case["results"].as_array().expect("results") {
        let shares = LabourShares::assumed(number(&expected["beta"])).expect("a share");
        let capital = steady(number(&expected["delta"]), number(&case["g0"]));
        let years = account(&inputs, &Parameters::new(capital, shares)).expect("an account");
        let found = years
            .iter()
            .find(|year| i64::from(year.year) == expected["year"])
            .expect("the year");
        let percent = found.contributions.tfp.percent().expect("a share");
        assert!(
            (percent - number(&expected["share"])).abs() < 6e-4,
            "{expected} {percent}"
        );
        assert!((found.growth.capital - number(&expected["iK"])).abs() < 6e-7);
    }
    let admissible = Admissible {
        depreciation: vec![0.05, 0.06, 0.07],
        initial: vec![InitialStock::SteadyGrowth {
            growth: number(&case["g0"]),
        }],
        timing: vec![StockTiming::YearEnd],
        labour_shares: [0.5, 0.55, 0.6]
            .map(|share| LabourShares::assumed(share).expect("a share"))
            .to_vec(),
        period: vec![PeriodMethod::EndPoints],
        smallest_growth: Parameters::SMALLEST_GROWTH,
    };
    let found = band(&inputs, (2019, 2019), Sought::TfpShare, &admissible)
        .expect("a band")
        .expect("shares");
    assert!((found.low.result.value() - 27.857).abs() < 6e-4);
    assert!((found.high.result.value() - 41.720).abs() < 6e-4);
    assert_eq!(found.low.parameters.capital.depreciation, 0.07);
    assert_eq!(found.high.parameters.capital.depreciation, 0.05);
    assert_eq!(found.tried, 9);
    let both = band(&inputs, (2019, 2020), Sought::TfpShare, &admissible)
        .expect("a band")
        .expect("shares");
    assert!(both.low.result.value() < both.high.result.value());
    // The parts of growth sum to 100, so what is lowest for productivity is highest for capital and labour together.
    let growth = band(&inputs, (2019, 2019), Sought::Growth, &admissible)
        .expect("a band")
        .expect("growth");
    assert_eq!(growth.low.parameters, found.low.parameters);
    assert_eq!(growth.high.parameters, found.high.parameters);
    assert!(band(&inputs, (2017, 2019), Sought::TfpShare, &admissible).is_err());
    let none = Admissible {
        timing: Vec::new(),
        ..admissible
    };
    assert!(band(&inputs, (2019, 2019), Sought::TfpShare, &none).is_err());
}

fn year(output: f64, capital: f64, labour: f64) -> Annual {
    let growth = FactorGrowth {
        output,
        capital,
        labour,
    };
    annual(2020, growth, 0.6, Parameters::SMALLEST_GROWTH).expect("a year")
}

#[test]
fn without_growth_there_is_no_share_of_it() {
    for output in [0.0, 0.004_9, -0.004, -0.05] {
        let found = year(output, 0.05, 0.01);
        assert_eq!(
            found.contributions.tfp,
            Contribution::Undetermined,
            "{output}"
        );
        assert!(close(found.tfp.value(), 100.0 * (output - 0.026), 1e-9));
    }
    assert!(
        year(0.005, 0.05, 0.01)
            .contributions
            .tfp
            .percent()
            .is_some()
    );
    // Shares beyond 0 and 100 are legal.
    assert!(
        year(0.01, 0.1, 0.0)
            .contributions
            .tfp
            .percent()
            .expect("a share")
            < 0.0
    );
    assert!(
        year(0.01, -0.1, 0.0)
            .contributions
            .tfp
            .percent()
            .expect("a share")
            > 100.0
    );
    assert_eq!(Contribution::undetermined(viet::Lang::Vi), "không xác định");
}

#[test]
fn published_figures_hold_together_or_do_not() {
    // Kon Tum 2016–2020: 35.95 % of 7.51 % a year, and "over 2.7 %".
    assert!(inconsistency(35.95, 7.51, 2.7) < 0.001);
    // Hà Giang 2011–2020: a share of 10.26 % and 1.36 % would need a growth of 13.3 %.
    assert!(inconsistency(10.26, 7.0, 1.36) > 0.6);
}

#[test]
fn average_stocks_given_stocks_and_refused_inputs() {
    let given = Capital {
        depreciation: 0.1,
        initial: InitialStock::Given { stock: 100.0 },
        timing: StockTiming::YearAverage,
    };
    let stocks = capital_stock(&[7.0, 10.0, 30.0], &given).expect("stocks");
    assert_eq!(stocks, [100.0, 110.0]);
    for (investment, capital) in [
        (vec![], given),
        (vec![1.0, -1.0], given),
        (vec![1.0], steady(1.0, 0.1)),
        (vec![1.0], steady(0.05, -0.05)),
        (vec![0.0], steady(0.05, 0.05)),
    ] {
        assert!(
            capital_stock(&investment, &capital).is_err(),
            "{investment:?}"
        );
    }
    assert!(LabourShares::assumed(1.2).is_err());
    assert!(LabourShares::new(vec![share(2020, 0.5), share(2015, 0.5)]).is_err());
    let shares = LabourShares::new(vec![share(2015, 0.58), share(2020, 0.6)]).expect("shares");
    assert_eq!(shares.in_force(2019).expect("a share").share, 0.58);
    assert_eq!(shares.in_force(2031).expect("a share").share, 0.6);
    assert!(
        shares
            .in_force(2014)
            .expect_err("none")
            .reason
            .vi
            .contains("2014")
    );
    let mut gap = [year(0.05, 0.0, 0.0), year(0.05, 0.0, 0.0)];
    gap[1].year = 2022;
    assert!(period(&gap, PeriodMethod::EndPoints, 0.005).is_err());
}

#[test]
fn merged_areas_and_new_base_years() {
    let one = Inputs {
        investment_from: 2020,
        investment: vec![10.0, 11.0],
        from: 2020,
        output: vec![50.0, 55.0],
        employed: vec![30.0, 31.0],
    };
    let two = merge(&[one.clone(), one.clone()]).expect("merged");
    assert_eq!(
        (two.output[1], two.investment[0], two.employed[1]),
        (110.0, 20.0, 62.0)
    );
    let parameters = Parameters::new(
        steady(0.05, 0.07),
        LabourShares::assumed(0.6).expect("a share"),
    );
    // Twice the same area grows as it does.
    let growth = |inputs: &Inputs| {
        account(inputs, &parameters).expect("an account")[0]
            .tfp
            .value()
    };
    assert!(close(growth(&one), growth(&two), 1e-12));
    let other = Inputs {
        from: 2021,
        ..one.clone()
    };
    assert!(merge(&[one, other]).is_err());
    assert!(merge(&[]).is_err());
    assert_eq!(
        merged_labour_share(&[(100.0, 0.5), (300.0, 0.7)]),
        Some(0.65)
    );
    assert_eq!(merged_labour_share(&[]), None);
    let spliced = splice(
        &[(2018, 80.0), (2019, 90.0), (2020, 100.0)],
        &[(2020, 150.0), (2021, 160.0)],
    );
    let expected = vec![(2018, 120.0), (2019, 135.0), (2020, 150.0), (2021, 160.0)];
    assert_eq!(spliced, Some(expected));
    assert_eq!(splice(&[(2018, 80.0)], &[(2020, 150.0)]), None);
}

proptest! {
    #[test]
    fn parts_of_growth_sum_to_all_of_it(
        growth in prop::collection::vec((0.01_f64..0.2, -0.1_f64..0.3, -0.1_f64..0.1), 1..8),
        labour in 0.0_f64..=1.0,
    ) {
        let years: Vec<Annual> = growth.iter().zip(2001..).map(|(&(output, capital, labour_growth), at)| {
            let growth = FactorGrowth { output, capital, labour: labour_growth };
            annual(at, growth, labour, 0.005).expect("a year")
        }).collect();
        for method in [PeriodMethod::EndPoints, PeriodMethod::SumOfYears, PeriodMethod::Logarithmic] {
            let parts = period(&years, method, 0.005).expect("a period").contributions;
            let sum: f64 = [parts.capital, parts.labour, parts.tfp]
                .iter().map(|part| part.percent().expect("a share")).sum();
            prop_assert!(close(sum, 100.0, 1e-9), "{sum}");
        }
    }
}
