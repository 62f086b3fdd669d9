//! The composite engine against the published results of COINr, and what holds for any table.

use std::collections::HashMap;

use measure::composite::{
    Aggregation, Built, Element, Hierarchy, Imputation, Method, Normalisation, Options, Plan, Run,
    Table, Treated, Treatment, Weights, aggregate, audit, build, competition_ranks, draw,
    even_correlations, leave_one_out, normalise_column, principal_component, replay,
    sensitivity_design, sobol, treat, treat_column,
};
use measure::{excess_kurtosis, skewness};
use proptest::prelude::*;

use crate::shared::{close, shared_csv};

const TOLERANCE: f64 = 1e-9;

fn number(text: &str) -> Option<f64> {
    (!matches!(text, "" | "NA")).then(|| text.parse().expect("a number"))
}

/// The columns of a file as a table, the units in the column named.
fn table(what: &str, units: &str, skip: &[&str]) -> Option<Table> {
    let (head, rows) = shared_csv(what)?;
    let at = head.iter().position(|name| name == units).expect("units");
    let columns = head
        .iter()
        .enumerate()
        .filter(|(column, name)| *column != at && !skip.contains(&name.as_str()))
        .map(|(column, name)| {
            let values = rows.iter().map(|row| number(&row[column])).collect();
            (name.clone(), values)
        })
        .collect();
    let units = rows.iter().map(|row| row[at].clone()).collect();
    Some(Table::new(units, columns).expect("a table"))
}

fn hierarchy() -> Option<Hierarchy> {
    let (_, rows) = shared_csv("composite/asem_iMeta.csv")?;
    let text = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
    let elements = rows
        .iter()
        .filter(|row| !row[0].is_empty())
        .map(|row| Element {
            code: row[1].clone(),
            level: row[0].parse().expect("a level"),
            parent: text(&row[8]),
            weight: row[4].parse().expect("a weight"),
            reversed: row[3] == "-1",
            denominator: text(&row[7]),
        })
        .collect();
    Some(Hierarchy::new(elements).expect("a hierarchy"))
}

struct Asem {
    hierarchy: Hierarchy,
    data: Table,
    groups: Vec<String>,
    method: Method,
    built: Built,
}

fn asem() -> Option<Asem> {
    let hierarchy = hierarchy()?;
    let texts = [
        "uName",
        "GDP_group",
        "GDPpc_group",
        "Pop_group",
        "EurAsia_group",
    ];
    let data = table("composite/asem_iData.csv", "uCode", &texts)?;
    let (head, rows) = shared_csv("composite/asem_iData.csv")?;
    let at = head
        .iter()
        .position(|name| name == "EurAsia_group")
        .expect("groups");
    let groups: Vec<String> = rows.iter().map(|row| row[at].clone()).collect();
    let method = Method {
        impute: Imputation::GroupMean,
        ..Method::default()
    };
    let built = build(&data, &hierarchy, &method, Some(&groups), None).expect("an index");
    Some(Asem {
        hierarchy,
        data,
        groups,
        method,
        built,
    })
}

fn same(found: &Table, expected: &Table, step: &str) {
    let mut seen = 0;
    for code in expected.codes() {
        for unit in expected.units() {
            let (a, b) = (found.value(unit, code), expected.value(unit, code));
            let agree = match (a, b) {
                (Some(a), Some(b)) => close(a, b, TOLERANCE),
                (a, b) => a == b,
            };
            assert!(agree, "{step}: {unit} {code}: {a:?} instead of {b:?}");
            seen += usize::from(a.is_some());
        }
    }
    assert!(seen > 2_000, "{step}: {seen} values compared");
}

#[test]
fn every_step_of_the_published_index_agrees() {
    let Some(Asem { built, .. }) = asem() else {
        return;
    };
    for (found, step) in [
        (&built.denominated, "denominated"),
        (&built.imputed, "imputed"),
        (&built.screened, "screened"),
        (&built.treated, "treated"),
        (&built.normalised, "normalised"),
        (&built.scores, "aggregated"),
    ] {
        let file = format!("composite/asem_step_{step}.csv");
        let expected = table(&file, "uCode", &[]).expect("the cases");
        same(found, &expected, step);
    }
    let (_, rows) = shared_csv("composite/asem_treat_details.csv").expect("the cases");
    for (row, (code, treated)) in rows
        .iter()
        .zip(built.treated.codes().iter().zip(&built.treatments))
    {
        let expected = match number(&row[4]) {
            Some(points) => Treated::Winsorised(points as u32),
            None => Treated::No,
        };
        assert_eq!((&row[0], *treated), (code, expected));
        let column: Vec<f64> = built
            .screened
            .column(code)
            .expect("a column")
            .into_iter()
            .flatten()
            .collect();
        assert!(close(
            skewness(&column),
            row[2].parse().expect("a number"),
            TOLERANCE
        ));
        assert!(close(
            excess_kurtosis(&column),
            row[3].parse().expect("a number"),
            TOLERANCE
        ));
    }
    let (head, rows) = shared_csv("composite/asem_results_ranks.csv").expect("the cases");
    assert_eq!(head[1], "Index");
    let ranks = built.ranks();
    for row in &rows {
        let at = built
            .scores
            .units()
            .iter()
            .position(|unit| *unit == row[0])
            .expect("a unit");
        assert_eq!(ranks[at], row[1].parse().ok(), "{}", row[0]);
    }
    for (unit, score) in [("CHE", 68.3837), ("NLD", 64.8195), ("DNK", 64.8041)] {
        assert!(close(built.score(unit).expect("a score"), score, 1e-5));
    }
}

fn noisy_weights(hierarchy: &Hierarchy) -> Vec<Weights> {
    let (_, rows) = shared_csv("composite/sa_noisy_weights_100.csv").expect("the cases");
    let mut sets: Vec<HashMap<&str, f64>> = Vec::new();
    for row in &rows {
        let set: usize = row[0].parse().expect("a number");
        if sets.len() < set {
            sets.push(HashMap::new());
        }
        sets[set - 1].insert(&row[1], row[3].parse().expect("a weight"));
    }
    sets.iter()
        .map(|set| {
            let weights =
                |level: &Vec<Element>| level.iter().map(|e| set[e.code.as_str()]).collect();
            Weights(hierarchy.levels().iter().map(weights).collect())
        })
        .collect()
}

fn replayed_plan(hierarchy: &Hierarchy) -> Plan {
    let (_, rows) = shared_csv("composite/ua_N100_para.csv").expect("the cases");
    let options = Options {
        winmax: (1..=5).collect(),
        normalisations: vec![
            Normalisation::MinMax {
                lower: 1.0,
                upper: 100.0,
            },
            Normalisation::ZScore {
                mean: 10.0,
                deviation: 2.0,
            },
        ],
        aggregations: vec![Aggregation::Arithmetic, Aggregation::Geometric],
        weights: noisy_weights(hierarchy),
    };
    let place = |text: &str| text.parse::<usize>().expect("a number") - 1;
    let runs = rows
        .iter()
        .map(|row| Run {
            winmax: place(&row[1]),
            normalisation: usize::from(row[2] == "n_zscore"),
            weights: place(&row[3]),
            aggregation: usize::from(row[4] == "a_gmean"),
        })
        .collect();
    Plan { options, runs }
}

#[test]
fn the_hundred_published_runs_replay() {
    let Some(asem) = asem() else { return };
    let plan = replayed_plan(&asem.hierarchy);
    let text = serde_json::to_string(&plan).expect("JSON");
    let plan: Plan = serde_json::from_str(&text).expect("a stored plan");
    let found = replay(&asem.built, &asem.hierarchy, &asem.method, &plan).expect("runs");
    let scores = table("composite/ua_N100_scores.csv", "uCode", &[]).expect("the cases");
    let ranks = table("composite/ua_N100_ranks.csv", "uCode", &[]).expect("the cases");
    assert_eq!(found.scores.len(), 100);
    for run in 0..100 {
        let code = format!("r_{}", run + 1);
        for (at, unit) in found.units.iter().enumerate() {
            let expected = scores.value(unit, &code).expect("a score");
            assert!(
                close(found.scores[run][at], expected, TOLERANCE),
                "{code} {unit}: {} instead of {expected}",
                found.scores[run][at]
            );
            let rank = f64::from(found.ranks[run][at]);
            assert_eq!(Some(rank), ranks.value(unit, &code), "{code} {unit}");
        }
    }
    let (_, rows) = shared_csv("composite/ua_N100_rankstats.csv").expect("the cases");
    let spreads = found.spreads(&asem.built.ranks());
    for row in &rows {
        let spread = spreads.iter().find(|s| s.unit == row[0]).expect("a unit");
        assert_eq!(spread.nominal, row[1].parse().ok());
        for (value, cell) in [
            (spread.mean, 2),
            (spread.median, 3),
            (spread.low, 4),
            (spread.high, 5),
        ] {
            assert!(
                close(value, row[cell].parse().expect("a number"), TOLERANCE),
                "{row:?} {spread:?}"
            );
        }
    }
}

#[test]
fn sobol_indices_of_a_fixed_sample() {
    let Some((_, rows)) = shared_csv("composite/sobol_ishigami_sample_N2000.csv") else {
        return;
    };
    let outputs: Vec<f64> = rows
        .iter()
        .map(|row| row[3].parse().expect("a number"))
        .collect();
    let found = sobol(&outputs, 3, 0, 1).expect("indices");
    let (_, expected) =
        shared_csv("composite/sobol_ishigami_estimate_N2000.csv").expect("the cases");
    for (found, row) in found.iter().zip(&expected) {
        assert!(close(
            found.first_order,
            row[1].parse().expect("a number"),
            1e-12
        ));
        assert!(close(
            found.total_order,
            row[2].parse().expect("a number"),
            1e-12
        ));
        assert_eq!(found.first_order_band, None);
    }
    let banded = sobol(&outputs, 3, 50, 1).expect("indices");
    for found in banded {
        let (low, high) = found.total_order_band.expect("a band");
        assert!(low < found.total_order && found.total_order < high);
    }
    assert!(sobol(&outputs[..7], 3, 0, 1).is_err());
}

#[test]
fn scales_agree_value_by_value() {
    let Some((head, rows)) = shared_csv("composite/unit_functions.csv") else {
        return;
    };
    let column = |name: &str| -> Vec<Option<f64>> {
        let at = head.iter().position(|h| h == name).expect("a column");
        rows.iter().map(|row| number(&row[at])).collect()
    };
    let x = column("x");
    for (name, how) in [
        (
            "minmax",
            Normalisation::MinMax {
                lower: 0.0,
                upper: 100.0,
            },
        ),
        (
            "z",
            Normalisation::ZScore {
                mean: 0.0,
                deviation: 1.0,
            },
        ),
        (
            "z10_2",
            Normalisation::ZScore {
                mean: 10.0,
                deviation: 2.0,
            },
        ),
        ("rank", Normalisation::Rank),
        ("prank", Normalisation::PercentileRank),
        ("borda", Normalisation::Borda),
        ("fracmax", Normalisation::ShareOfMax),
        ("d2max", Normalisation::DistanceToMax),
        ("d2targ8", Normalisation::DistanceToTarget { target: 8.0 }),
        (
            "d2ref5",
            Normalisation::DistanceToReference { reference: 10.0 },
        ),
        (
            "goalp",
            Normalisation::Goalposts {
                lower: 2.0,
                upper: 20.0,
                scale: 1.0,
            },
        ),
    ] {
        let expected = column(name);
        for (found, expected) in normalise_column(&x, &how).iter().zip(&expected) {
            let agree = match (found, expected) {
                (Some(a), Some(b)) => close(*a, *b, TOLERANCE),
                (a, b) => a == b,
            };
            assert!(agree, "{name}: {found:?} instead of {expected:?}");
        }
    }
    let known: Vec<f64> = x.iter().copied().flatten().collect();
    assert!(close(skewness(&known), 2.862_665_459_823_33, TOLERANCE));
    assert!(close(
        excess_kurtosis(&known),
        8.361_682_010_071_23,
        TOLERANCE
    ));
    let (treated, how) = treat_column(&x, &Treatment::default());
    assert_eq!(how, Treated::Winsorised(1));
    let (_, rows) = shared_csv("composite/unit_treat.csv").expect("the cases");
    let expected: Vec<Option<f64>> = rows.iter().map(|row| number(&row[1])).collect();
    assert_eq!(treated, expected);
}

fn element(code: &str, level: u8, parent: Option<&str>, weight: f64) -> Element {
    Element {
        code: code.into(),
        level,
        parent: parent.map(str::to_owned),
        weight,
        reversed: false,
        denominator: None,
    }
}

fn pair() -> Hierarchy {
    Hierarchy::new(vec![
        element("a", 1, Some("top"), 1.0),
        element("b", 1, Some("top"), 3.0),
        element("top", 2, None, 1.0),
    ])
    .expect("a hierarchy")
}

fn units(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("u{at}")).collect()
}

fn two_columns(a: Vec<Option<f64>>, b: Vec<Option<f64>>) -> Table {
    Table::new(units(a.len()), vec![("a".into(), a), ("b".into(), b)]).expect("a table")
}

#[test]
fn ways_to_aggregate() {
    let table = two_columns(
        vec![Some(2.0), None, None],
        vec![Some(4.0), Some(5.0), None],
    );
    let hierarchy = pair();
    for (how, first) in [
        (Aggregation::Arithmetic, 3.5),
        (Aggregation::Geometric, (2.0_f64 * 64.0).powf(0.25)),
        (Aggregation::Harmonic, 4.0 / (0.5 + 0.75)),
        (Aggregation::Power { p: 2.0 }, (52.0_f64 / 4.0).sqrt()),
    ] {
        let scores = aggregate(&table, &hierarchy, &hierarchy.weights(), how).expect("scores");
        assert!(close(
            scores.value("u0", "top").expect("a score"),
            first,
            1e-12
        ));
        assert!(close(
            scores.value("u1", "top").expect("a score"),
            5.0,
            1e-12
        ));
        assert_eq!(scores.value("u2", "top"), None);
    }
    let copeland = aggregate(
        &table,
        &hierarchy,
        &hierarchy.weights(),
        Aggregation::Copeland,
    );
    let copeland = copeland.expect("scores");
    assert_eq!(copeland.value("u1", "top"), Some(1.0));
    assert_eq!(copeland.value("u0", "top"), Some(-1.0));
    let zero = two_columns(vec![Some(0.0)], vec![Some(1.0)]);
    let refused = aggregate(
        &zero,
        &hierarchy,
        &hierarchy.weights(),
        Aggregation::Geometric,
    );
    let reason = refused.expect_err("a refusal").reason;
    assert!(reason.vi.contains("“a”") && reason.en.contains("\"a\""));
}

#[test]
fn places_in_competition_ranking() {
    let scores = [Some(3.0), Some(5.0), None, Some(3.0), Some(1.0)];
    let expected = [Some(2), Some(1), None, Some(2), Some(4)];
    assert_eq!(competition_ranks(&scores), expected);
}

#[test]
fn a_column_without_spread_is_named_and_left_out() {
    let table = two_columns(vec![Some(7.0), Some(7.0)], vec![Some(1.0), Some(2.0)]);
    let built = build(&table, &pair(), &Method::default(), None, None).expect("an index");
    assert_eq!(built.without_spread[0].code, "a");
    assert_eq!(built.score("u1"), Some(100.0));
    assert_eq!(built.treatments, [Treated::No, Treated::No]);
}

#[test]
fn a_rare_yes_is_not_clipped_away() {
    let mut values = vec![Some(0.0); 40];
    values[7] = Some(1.0);
    let (treated, how) = treat_column(&values, &Treatment::default());
    assert_eq!((treated, how), (values, Treated::StillFails));
}

#[test]
fn the_logarithm_is_taken_of_the_values_as_they_came() {
    let mut values: Vec<Option<f64>> = (1..=30).map(|at| Some(f64::from(at))).collect();
    for (at, value) in values.iter_mut().enumerate().take(3) {
        *value = Some(10_f64.powi(4 + at as i32));
    }
    let narrow = Treatment {
        winmax: 1,
        ..Treatment::default()
    };
    let (logs, treated) = treat_column(&values, &narrow);
    assert_eq!(treated, Treated::Logarithm);
    // x − min + 0.01·(max − min), at the largest value.
    let expected = (1e6_f64 - 4.0 + 0.01 * (1e6 - 4.0)).ln();
    assert!(close(logs[2].expect("a value"), expected, 1e-12));
    let without = Treatment {
        logarithm: false,
        ..narrow
    };
    assert_eq!(treat_column(&values, &without).1, Treated::StillFails);
    let table = Table::new(units(30), vec![("a".into(), values)]).expect("a table");
    assert_eq!(treat(&table, &Treatment::default()).1.len(), 1);
}

#[test]
fn faulty_hierarchies_and_tables_are_refused() {
    let top = element("top", 2, None, 1.0);
    for (elements, named) in [
        (vec![element("a", 1, Some("other"), 1.0), top.clone()], "a"),
        (vec![element("a", 1, None, 1.0), top.clone()], "a"),
        (vec![element("a", 1, Some("top"), 0.0), top.clone()], "a"),
        (
            vec![
                element("a", 1, Some("top"), 1.0),
                element("a", 1, Some("top"), 1.0),
                top.clone(),
            ],
            "a",
        ),
        (vec![top.clone()], "top"),
        (vec![], "levels"),
    ] {
        let refusal = Hierarchy::new(elements).expect_err("a refusal");
        assert!(refusal.reason.en.contains(named), "{refusal}");
    }
    let wrong = Table::new(units(2), vec![("a".into(), vec![Some(f64::NAN), None])]);
    assert!(wrong.is_err());
    let method = Method {
        weights: Some(Weights(vec![vec![1.0]])),
        ..Method::default()
    };
    let table = two_columns(vec![Some(1.0), Some(2.0)], vec![Some(1.0), Some(2.0)]);
    assert!(build(&table, &pair(), &method, None, None).is_err());
}

#[test]
fn missing_values_by_median_and_by_last_value() {
    let now = two_columns(
        vec![Some(1.0), None, Some(9.0), Some(3.0)],
        vec![Some(1.0); 4],
    );
    let before = two_columns(vec![Some(0.0), Some(4.5), None, None], vec![Some(1.0); 4]);
    let imputed = |impute| {
        let method = Method {
            impute,
            ..Method::default()
        };
        let built = build(&now, &pair(), &method, None, Some(&before)).expect("an index");
        built.imputed.value("u1", "a")
    };
    assert_eq!(imputed(Imputation::GroupMedian), Some(3.0));
    assert_eq!(imputed(Imputation::LastValue), Some(4.5));
    assert_eq!(imputed(Imputation::None), None);
}

#[test]
fn an_audit_says_what_each_part_does() {
    let Some(asem) = asem() else { return };
    let found = audit(&asem.built, &asem.hierarchy, &asem.hierarchy.weights()).expect("an audit");
    let indicators = asem.hierarchy.indicators().len();
    let of_indicators = &found.effective_weights[found.effective_weights.len() - indicators..];
    let total: f64 = of_indicators.iter().map(|(_, weight)| weight).sum();
    assert!(close(total, 1.0, 1e-12));
    let top = found.groups.last().expect("groups");
    assert_eq!(top.code, "Index");
    assert!(
        top.parts
            .iter()
            .all(|(_, correlation)| correlation.is_some())
    );
    let left = leave_one_out(
        &asem.data,
        &asem.hierarchy,
        &asem.method,
        Some(&asem.groups),
        2,
    )
    .expect("rankings");
    assert_eq!(left.len(), 8);
    assert!(left.iter().all(|part| part.largest_change > 0));
    // The first component of Sustainability runs against Social (−0.744 in COINr's documentation).
    let refused = principal_component(&asem.built.scores, &asem.hierarchy, 2);
    assert!(
        refused
            .expect_err("a refusal")
            .reason
            .en
            .contains("weight -0.")
    );
}

#[test]
fn weights_that_even_out_correlations() {
    let Some(asem) = asem() else { return };
    let even = |level| {
        even_correlations(
            &asem.built.normalised,
            &asem.hierarchy,
            level,
            Aggregation::Arithmetic,
        )
    };
    let found = even(3).expect("weights");
    let [conn, sust] = found.correlations[..] else {
        panic!("two pillars: {found:?}");
    };
    assert!(close(conn, sust, 1e-6), "{conn} {sust}");
    // Economic sustainability runs against the index.
    assert!(
        even(2)
            .expect_err("a refusal")
            .reason
            .en
            .contains("\"SusEcFin\"")
    );
    assert!(even(0).is_err() && even(9).is_err());
}

#[test]
fn a_design_for_sensitivity_leads_to_indices_of_every_choice() {
    let Some(asem) = asem() else { return };
    let options = replayed_plan(&asem.hierarchy).options;
    let design = sensitivity_design(options, 50, 7);
    assert_eq!(design.plan.runs.len(), 300);
    let found = replay(&asem.built, &asem.hierarchy, &asem.method, &design.plan).expect("runs");
    let changes = found.rank_changes(&asem.built.ranks());
    let indices = sobol(&changes, design.factors.len(), 20, 7).expect("indices");
    assert_eq!(indices.len(), 4);
    assert!(indices.iter().all(|index| index.total_order >= 0.0));
}

proptest! {
    #[test]
    fn min_max_stays_within_and_keeps_the_order(values in prop::collection::vec(-1e6_f64..1e6, 2..40)) {
        let column: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
        let how = Normalisation::MinMax { lower: 0.0, upper: 100.0 };
        let scaled = normalise_column(&column, &how);
        for (at, value) in scaled.iter().enumerate() {
            let Some(value) = value else { continue };
            prop_assert!((-1e-9..=100.0 + 1e-9).contains(value));
            for (other, scaled) in scaled.iter().enumerate() {
                if values[other] < values[at] {
                    prop_assert!(scaled.expect("a value") <= *value);
                }
            }
        }
    }

    #[test]
    fn means_are_ordered(values in prop::collection::vec(0.1_f64..100.0, 4)) {
        let table = two_columns(
            vec![Some(values[0]), Some(values[1])],
            vec![Some(values[2]), Some(values[3])],
        );
        let hierarchy = pair();
        let mean = |how| aggregate(&table, &hierarchy, &hierarchy.weights(), how)
            .expect("scores").value("u0", "top").expect("a score");
        let (harmonic, geometric) = (mean(Aggregation::Harmonic), mean(Aggregation::Geometric));
        prop_assert!(harmonic <= geometric * (1.0 + 1e-12));
        prop_assert!(geometric <= mean(Aggregation::Arithmetic) * (1.0 + 1e-12));
    }

    #[test]
    fn the_same_seed_gives_the_same_plan(seed: u64) {
        let options = || Options::with_noise(
            vec![1, 5],
            vec![Normalisation::Rank],
            vec![Aggregation::Arithmetic],
            &pair().weights(),
            0.25,
            3,
            seed,
        );
        let plan = draw(options(), 20, seed);
        prop_assert_eq!(&plan, &draw(options(), 20, seed));
        for weights in &plan.options.weights {
            prop_assert_eq!(weights.0[1][0], 1.0);
            prop_assert!((2.25..3.75).contains(&weights.0[0][1]));
        }
    }
}
