//! Input-output against a published table and computed cases; the digital share against published identities.

use std::collections::HashMap;

use catalogue::{Source, Unit};
use measure::digital_economy::{Activity, Part, digital_share};
use measure::input_output::{Flows, InputOutputTable, Leontief, Prices};
use proptest::prelude::*;
use serde_json::Value;

use crate::shared::{close, numbers, shared_csv, shared_json};

fn table(flows: Vec<Vec<f64>>, output: Vec<f64>, value_added: Vec<f64>) -> InputOutputTable {
    InputOutputTable {
        sectors: (0..output.len()).map(|at| format!("s{at}")).collect(),
        flows,
        output,
        value_added,
        unit: Unit::BillionVnd,
        kind: Flows::Domestic,
        prices: Prices::Basic,
    }
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value
        .as_array()
        .expect("rows")
        .iter()
        .map(numbers)
        .collect()
}

fn all_close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            close(*found, *expected, tolerance),
            "{what}: {found} instead of {expected}"
        );
    }
}

fn check_inverse(found: &Leontief, expected: &[Vec<f64>]) {
    for (row, cells) in expected.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let found = found.requirement(row, column).expect("a cell");
            assert!(close(found, *cell, 1e-9), "B[{row}][{column}] = {found}");
        }
    }
}

#[test]
fn the_published_table_of_germany() {
    let Some(case) = shared_json("input_output/germany_1995_verified.json") else {
        return;
    };
    let (head, cells) = shared_csv("input_output/germany_1995_long.csv").expect("the table");
    let at = |name: &str| head.iter().position(|h| h == name).expect("a column");
    let (row, column, value) = (at("iotables_row"), at("iotables_col"), at("values"));
    let values: HashMap<(&str, &str), f64> = cells
        .iter()
        .filter_map(|cell| {
            // Cells that a row of the table does not have are blank.
            let number = cell[value].parse().ok()?;
            Some(((cell[row].as_str(), cell[column].as_str()), number))
        })
        .collect();
    let sectors: Vec<&str> = case["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|name| name.as_str().expect("a name"))
        .collect();
    let of = |row: &str| -> Vec<f64> {
        sectors
            .iter()
            .map(|column| values[&(row, *column)])
            .collect()
    };
    let flows = sectors.iter().map(|row| of(row)).collect();
    let found = Leontief::new(table(flows, of("output"), of("gva"))).expect("a table");
    check_inverse(&found, &rows(&case["L"]));
    all_close(
        &found.output_multipliers(),
        &numbers(&case["backward_published"]),
        5e-5,
        "backward",
    );
    all_close(
        &found.output_multipliers(),
        &numbers(&case["backward"]),
        1e-9,
        "backward",
    );
    all_close(
        &found.forward_linkages(),
        &numbers(&case["forward_ghosh"]),
        1e-9,
        "forward",
    );
    let gva = found.value_added_multipliers();
    all_close(
        &gva,
        &[0.8450, 0.7647, 0.8615, 0.9019, 0.9393, 0.9199],
        5e-5,
        "value added",
    );
    all_close(&gva, &numbers(&case["gva_multiplier"]), 1e-9, "value added");
    let wages = found
        .multipliers_of(&of("compensation_employees"))
        .expect("multipliers");
    all_close(
        &wages,
        &numbers(&case["compensation_employees_multiplier"]),
        1e-9,
        "wages",
    );
    let core: Vec<bool> = sectors
        .iter()
        .map(|name| *name == "business_services_group")
        .collect();
    let share = found.dependent(&core).expect("shares");
    let expected = &case["digital_style_business_services"];
    for (found, name) in [
        (&share.total, "check"),
        (&share.core, "core"),
        (&share.backward, "backward"),
        (&share.forward, "forward"),
        (&share.double, "double"),
        (&share.dependent, "dependent"),
        (&share.core_share, "core_share"),
        (&share.dependent_share, "dependent_share"),
    ] {
        let expected = expected[name].as_f64().expect("a number");
        assert!(close(found.value(), expected, 1e-9), "{name}: {found:?}");
    }
    assert_eq!(
        (share.total.unit(), share.core_share.unit()),
        (&Unit::BillionVnd, &Unit::Percent)
    );
}

#[test]
fn computed_cases() {
    let Some(case) = shared_json("input_output/case1.json") else {
        return;
    };
    let added = vec![650.0, 1400.0];
    let found =
        Leontief::new(table(rows(&case["Z"]), numbers(&case["x"]), added)).expect("a table");
    check_inverse(&found, &rows(&case["L"]));
    for (row, cells) in rows(&case["A"]).iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            assert!(close(
                found.coefficient(row, column).expect("a cell"),
                *cell,
                1e-12
            ));
        }
    }
    all_close(
        &found.final_demand(),
        &numbers(&case["f"]),
        1e-12,
        "final demand",
    );
    let output = found.output_for(&numbers(&case["f_new"])).expect("output");
    all_close(&output, &numbers(&case["x_new"]), 1e-9, "new output");
    all_close(
        &found.output_multipliers(),
        &numbers(&case["out_mult"]),
        1e-9,
        "multipliers",
    );

    let case = shared_json("input_output/case3_digital.json").expect("the case");
    let digital = table(rows(&case["Z"]), numbers(&case["x"]), numbers(&case["v"]));
    let found = Leontief::new(digital).expect("a table");
    check_inverse(&found, &rows(&case["L"]));
    assert!(close(
        found.output_multipliers()[3],
        1.875_114_543_788_453_8,
        1e-9
    ));
    for (core, name) in [
        ([false, false, false, true], "result"),
        ([false, false, true, true], "result_eps_services_and_core"),
    ] {
        let share = found.dependent(&core).expect("shares");
        for (found, what) in [
            (&share.total, "gdp"),
            (&share.core, "core_direct"),
            (&share.dependent, "total"),
            (&share.core_share, "core_share"),
            (&share.dependent_share, "dependent_share"),
        ] {
            let expected = case[name][what].as_f64().expect("a number");
            assert!(close(found.value(), expected, 1e-9), "{name} {what}");
        }
    }
}

#[test]
fn sectors_without_output_and_tables_that_cannot_be() {
    let idle = table(
        vec![vec![10.0, 0.0], vec![0.0, 0.0]],
        vec![100.0, 0.0],
        vec![90.0, 0.0],
    );
    let found = Leontief::new(idle.clone()).expect("a table");
    assert_eq!(found.coefficient(1, 1), Some(0.0));
    assert_eq!(found.forward_linkages()[1], 1.0);
    assert!(close(
        found
            .dependent(&[true, false])
            .expect("shares")
            .dependent_share
            .value(),
        100.0,
        1e-12
    ));
    assert!(close(found.spectral_radius(), 0.1, 1e-9));
    assert!(found.dependent(&[true]).is_err());
    assert_eq!(found.requirement(2, 0), None);
    // A cycle: two eigenvalues of the same size.
    let cycle = |give: f64| {
        table(
            vec![vec![0.0, give], vec![give, 0.0]],
            vec![100.0, 100.0],
            vec![1.0, 1.0],
        )
    };
    assert!(close(
        Leontief::new(cycle(50.0))
            .expect("a table")
            .spectral_radius(),
        0.5,
        1e-6
    ));
    for give in [100.0, 120.0] {
        let refusal = Leontief::new(cycle(give)).expect_err("not productive");
        assert!(refusal.reason.vi.contains("bán kính phổ"));
    }
    let mut short = idle.clone();
    short.output.pop();
    assert!(Leontief::new(short).is_err());
    let mut broken = idle;
    broken.flows[0][0] = f64::NAN;
    assert!(Leontief::new(broken).is_err());
}

fn activity(code: &str, value_added: f64, part: Part) -> Activity {
    Activity {
        code: code.into(),
        value_added,
        part,
    }
}

fn digitalised(coefficient: f64, source: &str) -> Part {
    Part::Digitalised {
        coefficient,
        source: Source::new(source),
    }
}

#[test]
fn core_and_digitalised_parts_sum_to_the_share() {
    let activities = [
        activity("26", 742.0, Part::Core),
        activity("A", 9_820.0, digitalised(0.05, "chưa xác định")),
        activity("B", 100.0, Part::None),
    ];
    let found = digital_share(&activities, 10_000.0).expect("a share");
    assert!(close(found.core.value(), 7.42, 1e-12));
    assert!(close(found.digitalised.value(), 4.91, 1e-12));
    // Published for 2023: 7.42 + 4.91 = 12.33.
    assert!(close(found.share.value(), 12.33, 1e-12));
    assert!(found.unverified);
    // Published means of 2020–24 and their parts.
    let mean = [12.66, 12.87, 12.83, 12.87, 13.17].iter().sum::<f64>() / 5.0;
    assert!((mean - 12.88).abs() < 0.005 && close(7.99 + 4.89, 12.88, 1e-12));
    for (activities, gdp) in [
        (
            vec![
                activity("26", 1.0, Part::Core),
                activity("26", 1.0, Part::Core),
            ],
            10.0,
        ),
        (vec![activity("A", 1.0, digitalised(1.5, "bảng"))], 10.0),
        (vec![activity("A", f64::NAN, Part::Core)], 10.0),
        (vec![], 0.0),
    ] {
        assert!(digital_share(&activities, gdp).is_err());
    }
}

proptest! {
    #[test]
    fn value_added_is_what_final_demand_is_made_of(
        flows in prop::collection::vec(prop::collection::vec(0.0_f64..10.0, 4), 4),
        core in prop::collection::vec(any::<bool>(), 4),
    ) {
        // Output covers flows to and from each sector, so that the table balances.
        let taken = |column: usize| flows.iter().map(|row| row[column]).sum::<f64>();
        let output: Vec<f64> = (0..4).map(|at| 10.0 + taken(at).max(flows[at].iter().sum())).collect();
        let added: Vec<f64> = (0..4).map(|at| output[at] - taken(at)).collect();
        let found = Leontief::new(table(flows.clone(), output, added.clone())).expect("a table");
        let share = found.dependent(&core).expect("shares");
        let gdp: f64 = added.iter().sum();
        prop_assert!(close(share.total.value(), gdp, 1e-9));
        prop_assert!(close(share.forward.value(), share.core.value(), 1e-9));
        prop_assert!(share.dependent_share.value() >= share.core_share.value() - 1e-9);
        prop_assert!(share.dependent_share.value() <= 100.0 + 1e-9);
        for multiplier in found.value_added_multipliers() {
            prop_assert!(close(multiplier, 1.0, 1e-9));
        }
    }
}
