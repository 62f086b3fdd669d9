//! Roll-up against the peer's answers, and over mergers and splits.

use std::collections::BTreeMap;

use catalogue::{Periodicity, Share};
use jiff::civil::{Date, date};
use measure::rollup::{
    AreaSlot, Assignment, CellSlot, Change, Columns, Combine, IndicatorSlot, Key, Lacking, Members,
    OverTime, Place, Request, Rolled, Rule, Territory, View, roll, used,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use viet::Period;

use crate::shared::shared_rows;
use crate::{dec, period};

const MERGED: Date = date(2025, 7, 1);
const TODAY: View = View::OnMapOf(date(2026, 1, 1));

fn place(level: u8, parent: Option<u16>) -> Place {
    Place {
        level,
        parent: parent.map(AreaSlot),
        valid_from: None,
        valid_to: None,
        successors: Vec::new(),
    }
}

fn key(indicator: u32, at: &str, area: u16) -> Key {
    Key {
        indicator: IndicatorSlot(indicator),
        period: period(at),
        area: AreaSlot(area),
        cell: CellSlot(0),
    }
}

fn columns(values: &[(u32, &str, u16, &str)]) -> Columns {
    let values = values
        .iter()
        .map(|(indicator, at, area, value)| (key(*indicator, at, *area), dec(value)));
    Columns::bulk(values).expect("columns")
}

fn sum(of: u32) -> Rule {
    Rule::Values {
        of: IndicatorSlot(of),
        time: OverTime::Sum,
        combine: Combine::Sum,
    }
}

fn ask(
    columns: &Columns,
    rule: &Rule,
    every: Periodicity,
    assignment: &Assignment,
    at: &str,
) -> Rolled {
    let request = Request {
        rule,
        every,
        assignment,
        periods: &[period(at)],
        cell: None,
    };
    *roll(columns, &request).get(0, 0).expect("an answer")
}

/// The country (0); two old provinces (1, 2) merged into a new one (3); a province (4) of which a share went to the
/// new one and the rest to another new one (5).
fn mergers(share: Share, rest: Share) -> Territory {
    let old = |successors: Vec<(u16, Share)>| Place {
        valid_to: Some(MERGED),
        successors: successors
            .into_iter()
            .map(|(to, share)| (AreaSlot(to), share))
            .collect(),
        ..place(1, Some(0))
    };
    let new = || Place {
        valid_from: Some(MERGED),
        ..place(1, Some(0))
    };
    let whole = Share::Known(Decimal::ONE);
    Territory::new(vec![
        place(0, None),
        old(vec![(3, whole)]),
        old(vec![(3, whole)]),
        new(),
        old(vec![(3, share), (5, rest)]),
        new(),
    ])
    .expect("a territory")
}

fn parts(share: &str, rest: &str) -> Territory {
    mergers(Share::Known(dec(share)), Share::Known(dec(rest)))
}

fn groups(territory: &Territory, groups: &[u16], level: u8, view: View) -> Assignment {
    let groups: Vec<AreaSlot> = groups.iter().copied().map(AreaSlot).collect();
    territory.assign(&groups, level, view)
}

#[test]
fn a_merger_by_rule_as_it_was_and_on_todays_map() {
    let territory = parts("0.25", "0.75");
    let columns = columns(&[
        (0, "2024", 1, "100"),
        (0, "2024", 2, "50.5"),
        (0, "2024", 4, "10"),
        (0, "2026", 3, "200"),
    ]);
    let at = |area: u16, view, when: &str| {
        let assignment = groups(&territory, &[area], 1, view);
        ask(&columns, &sum(0), Periodicity::Year, &assignment, when)
    };
    let today = at(3, TODAY, "2024");
    assert_eq!(
        (today.value, today.parts, today.split),
        (Ok(dec("153")), 3, 1)
    );
    assert_eq!(at(5, TODAY, "2024").value, Ok(dec("7.5")));
    assert_eq!(at(3, TODAY, "2026").value, Ok(dec("200")));
    assert_eq!(at(1, View::AsItWas, "2024").value, Ok(dec("100")));
    assert_eq!(at(3, View::AsItWas, "2024").value, Err(Lacking::NoValue));
    // The whole is the same on every map, and exact.
    for view in [TODAY, View::AsItWas, View::OnMapOf(date(2020, 1, 1))] {
        assert_eq!(at(0, view, "2024").value, Ok(dec("160.5")), "{view:?}");
    }
    // Nothing was rewritten.
    assert_eq!(columns.get(key(0, "2024", 4)), Some(dec("10")));
}

#[test]
fn an_unknown_share_is_said_and_never_guessed() {
    let territory = mergers(Share::Unknown, Share::Unknown);
    let columns = columns(&[(0, "2024", 1, "100"), (0, "2024", 4, "10")]);
    let at = |area: u16| {
        let assignment = groups(&territory, &[area], 1, TODAY);
        ask(&columns, &sum(0), Periodicity::Year, &assignment, "2024")
    };
    let merged = at(3);
    assert_eq!((merged.value, merged.unknown), (Ok(dec("100")), 1));
    assert_eq!((at(5).value, at(5).unknown), (Err(Lacking::NoValue), 1));
    // All of it stayed in the country, whatever the shares.
    assert_eq!((at(0).value, at(0).unknown), (Ok(dec("110")), 0));
}

#[test]
fn a_figure_outside_life_stands_in_but_never_counts_beside_its_parts() {
    let territory = parts("0.25", "0.75");
    let assignment = groups(&territory, &[3], 1, TODAY);
    let published = columns(&[
        (0, "2023", 3, "151"),
        (0, "2024", 3, "152"),
        (0, "2024", 1, "100"),
    ]);
    let alone = ask(&published, &sum(0), Periodicity::Year, &assignment, "2023");
    assert_eq!((alone.value, alone.outside_life), (Ok(dec("151")), true));
    let beside = ask(&published, &sum(0), Periodicity::Year, &assignment, "2024");
    assert_eq!((beside.value, beside.outside_life), (Ok(dec("100")), false));
}

#[test]
fn a_year_that_an_area_did_not_live_to_end_never_counts_beside_the_merged_area() {
    let territory = parts("0.25", "0.75");
    let values = columns(&[
        (0, "2025", 1, "60"),
        (0, "2025", 3, "152"),
        (0, "2025-H1", 1, "50"),
        (1, "2025", 2, "40"),
    ]);
    let at = |group: u16, indicator, every, when: &str, view| {
        let assignment = groups(&territory, &[group], 1, view);
        let found = ask(&values, &sum(indicator), every, &assignment, when);
        (found.value, found.outside_life)
    };
    let year = Periodicity::Year;
    assert_eq!(at(3, 0, year, "2025", TODAY), (Ok(dec("152")), false));
    assert_eq!(at(3, 1, year, "2025", TODAY), (Ok(dec("40")), true));
    let half = at(3, 0, Periodicity::HalfYear, "2025-H1", TODAY);
    assert_eq!(half, (Ok(dec("50")), false));
    assert_eq!(at(1, 0, year, "2025", View::AsItWas), (Ok(dec("60")), true));
    // On a map from before the merger the new area still lies in the country.
    let before = View::OnMapOf(date(2020, 1, 1));
    assert_eq!(at(0, 0, year, "2025", before), (Ok(dec("152")), false));
}

#[test]
fn what_no_successor_took_is_somewhere_within_what_the_area_above_went_into() {
    // The country (0); an old province (1) merged into a new one (2); an old commune (3) of which nobody knows where
    // it went, and one (4) of which a fifth is unaccounted for; new communes (5, 6), one in another province (7, 8).
    let old = |parent, successors| Place {
        valid_to: Some(MERGED),
        successors,
        ..place(2, Some(parent))
    };
    let known = |to, share| (AreaSlot(to), Share::Known(dec(share)));
    let territory = Territory::new(vec![
        place(0, None),
        Place {
            level: 1,
            ..old(0, vec![known(2, "1")])
        },
        place(1, Some(0)),
        old(1, vec![]),
        old(1, vec![known(5, "0.8")]),
        place(2, Some(2)),
        place(2, Some(2)),
        place(1, Some(0)),
        place(2, Some(7)),
    ])
    .expect("a territory");
    let values = columns(&[(0, "2024", 3, "7"), (0, "2024", 4, "10")]);
    let at = |group: u16| {
        let assignment = groups(&territory, &[group], 2, TODAY);
        let found = ask(&values, &sum(0), Periodicity::Year, &assignment, "2024");
        (found.value, found.unknown)
    };
    assert_eq!(at(0), (Ok(dec("17")), 0));
    assert_eq!(at(2), (Ok(dec("17")), 0));
    // Of the commune that is known to have gone here in part, the rest may be here too.
    assert_eq!(at(5), (Ok(dec("8")), 2));
    assert_eq!(at(6), (Err(Lacking::NoValue), 2));
    assert_eq!(at(8), (Err(Lacking::NoValue), 0));
}

#[test]
fn areas_and_rules_of_definitions() {
    let text = r#"[
        {"code": "01", "level": "province", "name": "A", "full_name": "A", "valid_to": "2025-07-01",
         "successors": [{"to": "02@2025-07-01", "share": "1"}]},
        {"code": "02", "level": "province", "name": "B", "full_name": "B", "valid_from": "2025-07-01"}
    ]"#;
    let areas: Vec<catalogue::Area> = serde_json::from_str(text).expect("areas");
    let (territory, slots) = Territory::of_areas(&areas).expect("a territory");
    let (old, new) = (slots[&areas[0].key()], slots[&areas[1].key()]);
    let assignment = territory.assign(&[new], 1, TODAY);
    let values = Columns::bulk([(key(0, "2024", old.0), dec("5"))]).expect("columns");
    let found = ask(&values, &sum(0), Periodicity::Year, &assignment, "2024");
    assert_eq!(found.value, Ok(dec("5")));
    let lost = Territory::of_areas(&areas[..1]).expect_err("a refusal");
    assert!(lost.reason.vi.contains("02@2025-07-01"));
    assert_eq!(
        Combine::of_merger(catalogue::MergerRule::Sum),
        Some(Combine::Sum)
    );
    assert_eq!(
        Combine::of_merger(catalogue::MergerRule::RecomputeFromParts),
        None
    );
}

/// Every area that is defined.
fn defined_areas() -> Vec<catalogue::Area> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/areas");
    let files = std::fs::read_dir(folder).expect("the definitions");
    files
        .flat_map(|file| {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a definition");
            match catalogue::parse("areas", &text).expect("a definition") {
                catalogue::Definition::Areas(areas) => areas.list.areas,
                other => panic!("no areas: {other:?}"),
            }
        })
        .collect()
}

#[test]
fn nothing_is_lost_between_the_defined_areas_of_two_times() {
    let areas = defined_areas();
    let (territory, slots) = Territory::of_areas(&areas).expect("a territory");
    let country = areas
        .iter()
        .find(|area| area.level == catalogue::Level::Country)
        .expect("the country");
    let top = [slots[&country.key()]];
    for (level, word) in [
        (1, catalogue::Level::Province),
        (3, catalogue::Level::Commune),
    ] {
        let ended = areas
            .iter()
            .filter(|area| area.level == word && area.valid_to.is_some_and(|end| end <= MERGED));
        let rows: Vec<(Key, Decimal)> = ended
            .zip(1_i64..)
            .map(|(area, value)| (key(0, "2024", slots[&area.key()].0), Decimal::from(value)))
            .collect();
        let total: Decimal = rows.iter().map(|(_, value)| *value).sum();
        assert!(rows.len() > 60, "{word:?}: {}", rows.len());
        let values = Columns::bulk(rows).expect("columns");
        for view in [View::AsItWas, TODAY] {
            let assignment = territory.assign(&top, level, view);
            let found = ask(&values, &sum(0), Periodicity::Year, &assignment, "2024");
            assert_eq!(
                (found.value, found.unknown),
                (Ok(total), 0),
                "{word:?} {view:?}"
            );
        }
    }
}

#[test]
fn ratios_are_recomputed_from_summed_parts() {
    let territory = parts("0.5", "0.5");
    let assignment = groups(&territory, &[3], 1, TODAY);
    let values = columns(&[
        (0, "2024", 1, "1"),
        (1, "2024", 1, "10"),
        (0, "2024", 2, "9"),
        (1, "2024", 2, "30"),
        (0, "2024", 4, "2"),
        (2, "2024", 1, "0"),
    ]);
    let ratio = |numerator, denominator| Rule::Ratio {
        numerator: IndicatorSlot(numerator),
        denominator: IndicatorSlot(denominator),
        times: dec("100"),
        time: OverTime::Sum,
    };
    let ask = |rule: &Rule| ask(&values, rule, Periodicity::Year, &assignment, "2024");
    // Not the mean of 10 % and 30 %; province 4 has no denominator and is named as left out.
    let found = ask(&ratio(0, 1));
    assert_eq!(
        (found.value, found.parts, found.unpaired),
        (Ok(dec("25")), 2, 1)
    );
    assert_eq!(ask(&ratio(0, 2)).value, Err(Lacking::DividedByZero));
    let weighted = Rule::WeightedMean {
        of: IndicatorSlot(0),
        weight: IndicatorSlot(1),
        time: OverTime::Sum,
    };
    assert_eq!(ask(&weighted).value, Ok(dec("7")));
}

#[test]
fn means_single_values_and_stocks() {
    let territory = parts("0.5", "0.5");
    let assignment = groups(&territory, &[3], 1, TODAY);
    let values = columns(&[
        (0, "2024-Q1", 1, "0.4"),
        (0, "2024-Q3", 1, "0.6"),
        (0, "2024-Q2", 2, "0.8"),
        (0, "2024", 1, "77"),
    ]);
    let rule = |time, combine| Rule::Values {
        of: IndicatorSlot(0),
        time,
        combine,
    };
    let at = |rule: &Rule, every| ask(&values, rule, every, &assignment, "2024").value;
    let quarter = Periodicity::Quarter;
    assert_eq!(
        at(&rule(OverTime::Last, Combine::Sum), quarter),
        Ok(dec("1.4"))
    );
    assert_eq!(
        at(&rule(OverTime::Last, Combine::Mean), quarter),
        Ok(dec("0.7"))
    );
    assert_eq!(
        at(&rule(OverTime::Sum, Combine::Mean), quarter),
        Ok(dec("0.6"))
    );
    let single = rule(OverTime::Last, Combine::Single);
    assert_eq!(at(&single, quarter), Err(Lacking::NotCombined));
    // The yearly value is never added to the quarters.
    assert_eq!(at(&single, Periodicity::Year), Ok(dec("77")));
    assert_eq!(at(&single, Periodicity::Month), Err(Lacking::NoValue));
}

#[test]
fn a_stock_is_counted_on_the_map_at_the_end_of_the_period() {
    let territory = parts("0.5", "0.5");
    let values = columns(&[
        (0, "2025-Q2", 1, "10"),
        (0, "2025-Q2", 2, "20"),
        (0, "2025-Q4", 3, "33"),
        (1, "2025-Q2", 1, "10"),
    ]);
    let stock = |of| Rule::Values {
        of: IndicatorSlot(of),
        time: OverTime::Last,
        combine: Combine::Sum,
    };
    for view in [View::AsItWas, TODAY] {
        let country = groups(&territory, &[0], 1, view);
        let at = |of| ask(&values, &stock(of), Periodicity::Quarter, &country, "2025");
        // The merged area has what the former ones had.
        assert_eq!((at(0).value, at(0).outside_life), (Ok(dec("33")), false));
        assert_eq!((at(1).value, at(1).outside_life), (Ok(dec("10")), true));
    }
}

#[test]
fn a_value_of_the_very_period_alone() {
    let territory = parts("0.5", "0.5");
    let values = columns(&[
        (0, "2021/2023", 1, "1"),
        (0, "2021/2025", 1, "7"),
        (0, "2024-9M", 1, "5"),
        (0, "2024-9M", 2, "6"),
        (0, "2024-Q1", 1, "2"),
    ]);
    let rule = Rule::Values {
        of: IndicatorSlot(0),
        time: OverTime::Alone,
        combine: Combine::Sum,
    };
    let country = groups(&territory, &[0], 1, View::AsItWas);
    let at = |when| ask(&values, &rule, Periodicity::Year, &country, when).value;
    assert_eq!(at("2024-9M"), Ok(dec("11")));
    assert_eq!(at("2021/2025"), Ok(dec("7")));
    assert_eq!(at("2024"), Err(Lacking::NoValue));
}

#[test]
fn what_an_answer_rests_on_and_what_it_lacks() {
    let territory = mergers(Share::Known(dec("0.25")), Share::Unknown);
    let values = columns(&[
        (0, "2024", 1, "100"),
        (0, "2024", 4, "10"),
        (1, "2024", 4, "2"),
    ]);
    let merged = groups(&territory, &[3, 5], 1, TODAY);
    let ratio = Rule::Ratio {
        numerator: IndicatorSlot(0),
        denominator: IndicatorSlot(1),
        times: Decimal::ONE,
        time: OverTime::Sum,
    };
    let behind = |rule: &Rule, group| {
        let request = Request {
            rule,
            every: Periodicity::Year,
            assignment: &merged,
            periods: &[],
            cell: None,
        };
        used(&values, &request, group, period("2024"), false)
            .iter()
            .map(|used| (used.area.0, used.share, used.unpaired))
            .collect::<Vec<_>>()
    };
    let (whole, quarter) = (Some(Decimal::ONE), Some(dec("0.25")));
    assert_eq!(behind(&sum(0), 0), [(1, whole, false), (4, quarter, false)]);
    assert_eq!(behind(&sum(0), 1), [(4, None, false)]);
    assert_eq!(behind(&ratio, 0), [(1, whole, true), (4, quarter, false)]);
    let expected = |group| merged.expected(group, period("2024"));
    assert_eq!(expected(0), [AreaSlot(1), AreaSlot(2), AreaSlot(4)]);
    assert_eq!(expected(1), [AreaSlot(4)]);
    assert_eq!(merged.expected(0, period("2026")), [AreaSlot(3)]);
}

#[test]
fn a_thing_counted_twice_is_one() {
    let territory = parts("0.5", "0.5");
    let mut members = Members::new();
    for (at, area, member) in [
        ("2024-M01", 1, 7),
        ("2024-M02", 1, 7),
        ("2024-M02", 2, 7),
        ("2024-M02", 2, 8),
        ("2025-M01", 2, 9),
    ] {
        members.insert(period(at), AreaSlot(area), member);
    }
    let assignment = groups(&territory, &[3, 0], 1, TODAY);
    let found = members.count(&assignment, &[period("2024"), period("2024/2025")]);
    assert_eq!((found.get(0, 0), found.get(0, 1)), (Some(2), Some(3)));
    assert_eq!(
        (found.get(1, 0), found.get(2, 0), found.get(0, 2)),
        (Some(2), None, None)
    );
}

#[test]
fn a_value_is_replaced_taken_away_and_widened_in_place() {
    let mut values = columns(&[
        (0, "2024", 1, "1"),
        (0, "2024", 1, "2"),
        (0, "2023", 2, "5"),
    ]);
    assert_eq!(values.len(), 2);
    values
        .set(key(0, "2024", 1), Some(dec("2.125")))
        .expect("set");
    values.set(key(0, "2025", 9), Some(dec("3"))).expect("set");
    values.set(key(4, "2025", 9), Some(dec("3"))).expect("set");
    assert_eq!(values.get(key(0, "2024", 1)), Some(dec("2.125")));
    assert_eq!(values.get(key(0, "2023", 2)), Some(dec("5")));
    values.set(key(0, "2023", 2), None).expect("set");
    values.set(key(0, "2022", 2), None).expect("set");
    assert_eq!((values.get(key(0, "2023", 2)), values.len()), (None, 3));
    let refusal = values
        .set(key(0, "2024", 1), Some(Decimal::MAX))
        .expect_err("too large");
    assert!(refusal.reason.vi.contains("quá lớn"));
    assert_eq!(values.get(key(0, "2024", 1)), Some(dec("2.125")));
}

#[test]
fn faulty_territories_are_refused() {
    let half = || Share::Known(dec("0.6"));
    let around = |at: u16| Place {
        successors: vec![(AreaSlot(at), half())],
        ..place(1, None)
    };
    for places in [
        vec![place(0, Some(1)), place(0, Some(0))],
        vec![place(0, Some(7))],
        vec![around(1), around(0)],
        vec![
            Place {
                successors: vec![(AreaSlot(1), half()), (AreaSlot(2), half())],
                ..place(1, None)
            },
            place(1, None),
            place(1, None),
        ],
    ] {
        assert!(Territory::new(places).is_err());
    }
}

/// Area 1 is the province, 2 to 4 its regions, 5 to 106 the communes; slot 0 is not used.
fn peer_territory() -> Territory {
    let at = |at: u16| match at {
        0 => place(0, None),
        1 => place(1, None),
        2..=4 => place(2, Some(1)),
        _ => place(3, Some(2 + (at - 4) % 3)),
    };
    Territory::new((0..=106).map(at).collect()).expect("a territory")
}

fn peer_columns() -> Columns {
    let mut rows = Vec::new();
    for item in 1..=100_i64 {
        for at in 0..60_i64 {
            let period = Period::month(2021 + (at / 12) as i16, (at % 12) as u8 + 1);
            for area in 5..=106_i64 {
                for cell in 1..=2_i64 {
                    let value = (item * 7_919 + at * 104_729 + area * 1_299_709 + cell) % 1_000;
                    let key = Key {
                        indicator: IndicatorSlot(item as u32),
                        period: period.expect("a month"),
                        area: AreaSlot(area as u16),
                        cell: CellSlot(cell as u16),
                    };
                    rows.push((key, Decimal::from(value)));
                }
            }
        }
    }
    Columns::bulk(rows).expect("columns")
}

#[test]
fn the_four_queries_of_the_peer_have_the_same_answers() {
    let Some(expected) = (1..=4)
        .map(|query| shared_rows(&format!("rollup_peer/expected_q{query}.csv")))
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let (columns, territory) = (peer_columns(), peer_territory());
    assert_eq!(columns.len(), 1_224_000);
    let mut answers: Vec<BTreeMap<Vec<String>, String>> = vec![BTreeMap::new(); 4];
    let mut run =
        |query: usize, item: u32, areas: std::ops::RangeInclusive<u16>, periods: &[Period]| {
            let areas: Vec<u16> = areas.collect();
            let assignment = groups(&territory, &areas, 3, View::AsItWas);
            let rule = Rule::Values {
                of: IndicatorSlot(item),
                time: if query == 4 {
                    OverTime::Last
                } else {
                    OverTime::Sum
                },
                combine: Combine::Sum,
            };
            let request = Request {
                rule: &rule,
                every: Periodicity::Month,
                assignment: &assignment,
                periods,
                cell: None,
            };
            let found = roll(&columns, &request);
            for (group, area) in areas.iter().enumerate() {
                for (index, at) in periods.iter().enumerate() {
                    let mut name = vec![format!("DE{item:09}")];
                    if query != 1 {
                        name.push(format!("OU{area:09}"));
                    }
                    if query != 4 {
                        name.push(at.to_string().replace("-M", ""));
                    }
                    let value = found.get(group, index).expect("an answer").value;
                    answers[query - 1].insert(name, value.expect("a value").to_string());
                }
            }
        };
    let months: Vec<Period> = (1..=12)
        .filter_map(|month| Period::month(2025, month))
        .collect();
    let years: Vec<Period> = (2021..=2025).map(Period::Year).collect();
    for item in 1..=2 {
        run(1, item, 1..=1, &months);
    }
    for item in 1..=20 {
        run(2, item, 5..=106, &[Period::Year(2025)]);
    }
    for item in 1..=100 {
        run(3, item, 2..=4, &years);
    }
    for item in 1..=3 {
        run(4, item, 2..=4, &[Period::years(2016, 2025).expect("years")]);
    }
    for (query, (found, rows)) in answers.iter().zip(&expected).enumerate() {
        assert_eq!(found.len(), rows.len(), "Q{}", query + 1);
        for row in rows {
            let (value, name) = row.split_last().expect("a value");
            assert_eq!(found.get(name), Some(value), "Q{} {name:?}", query + 1);
        }
    }
}

proptest! {
    #[test]
    fn one_by_one_is_the_same_as_all_at_once(
        rows in prop::collection::vec((0_u32..3, 2020_i16..2024, 0_u16..6, 0_u16..3, -999_i64..999, 0_u32..4), 0..60)
    ) {
        let rows: Vec<(Key, Decimal)> = rows.into_iter().map(|(indicator, year, area, cell, mantissa, scale)| {
            let key = Key {
                indicator: IndicatorSlot(indicator),
                period: Period::Year(year),
                area: AreaSlot(area),
                cell: CellSlot(cell),
            };
            (key, Decimal::new(mantissa, scale))
        }).collect();
        let bulk = Columns::bulk(rows.iter().copied()).expect("columns");
        let mut single = Columns::new();
        let mut known = BTreeMap::new();
        for (key, value) in &rows {
            single.set(*key, Some(*value)).expect("set");
            known.insert(*key, *value);
        }
        prop_assert_eq!(bulk.len(), known.len());
        prop_assert_eq!(single.len(), known.len());
        for (key, value) in &known {
            prop_assert_eq!(bulk.get(*key), Some(*value));
            prop_assert_eq!(single.get(*key), Some(*value));
        }
        let (first, rest) = rows.split_at(rows.len() / 2);
        let mut pieces = Columns::bulk(first.iter().copied()).expect("columns");
        for indicator in 0..3 {
            let of = rest.iter().filter(|(key, _)| key.indicator.0 == indicator);
            let changes = of.map(|(k, v)| Change::new(k.period, k.area, k.cell, Some(*v)));
            pieces.put(IndicatorSlot(indicator), changes.collect()).expect("put");
        }
        prop_assert_eq!(pieces.len(), known.len());
        for (key, value) in &known {
            prop_assert_eq!(pieces.get(*key), Some(*value));
        }
        for (key, _) in &rows {
            let gone = Change::new(key.period, key.area, key.cell, None);
            pieces.put(key.indicator, vec![gone]).expect("taken away");
            single.set(*key, None).expect("taken away");
        }
        prop_assert!(single.is_empty() && pieces.is_empty());
    }

    #[test]
    fn a_split_keeps_the_sum_exact(value in -1_000_000_i64..1_000_000, percent in 1_i64..100) {
        let share = Decimal::new(percent, 2);
        let territory = mergers(Share::Known(share), Share::Known(Decimal::ONE - share));
        let columns = Columns::bulk([(key(0, "2024", 4), Decimal::new(value, 3))]).expect("columns");
        let at = |area: u16| {
            let assignment = groups(&territory, &[area], 1, TODAY);
            ask(&columns, &sum(0), Periodicity::Year, &assignment, "2024").value.expect("a value")
        };
        prop_assert_eq!(at(3) + at(5), Decimal::new(value, 3));
        prop_assert_eq!(at(0), Decimal::new(value, 3));
    }
}
