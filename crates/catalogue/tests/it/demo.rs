//! The demo province speaks only of indicators, areas and organisations that are defined.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use catalogue::{Area, Definition, Indicator, Stage, Unit};
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{AreaKey, Period};

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../demo")
        .join(name);
    std::fs::read_to_string(path).expect("a file of the demo")
}

#[derive(Default)]
struct Known {
    indicators: Vec<Indicator>,
    areas: Vec<Area>,
    organisations: HashSet<String>,
}

fn known() -> Known {
    let mut known = Known::default();
    for definition in crate::all() {
        match definition {
            Definition::Indicator(indicator) => known.indicators.push(indicator),
            Definition::Areas(areas) => known.areas.extend(areas.list.areas),
            Definition::Organisations(list) => {
                known
                    .organisations
                    .extend(list.list.organisations.iter().map(|o| o.id.to_string()));
            }
            _ => {}
        }
    }
    known
}

fn unit_word(unit: &Unit) -> String {
    match serde_json::to_value(unit).expect("JSON") {
        serde_json::Value::String(word) => word,
        _ => "count".to_owned(),
    }
}

#[test]
fn every_figure_is_of_a_defined_indicator_and_area_with_a_source() {
    let known = known();
    for (name, invented) in [
        ("observations.csv", false),
        ("observations-minh-hoa.csv", true),
    ] {
        let text = file(name);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut keys = HashSet::new();
        for row in reader.records() {
            let row = row.expect("a row");
            let [
                indicator,
                area,
                period,
                value,
                unit,
                stage,
                vintage,
                source,
                url,
                note,
            ] = std::array::from_fn(|at| row.get(at).expect("ten columns"));
            let at = format!("{name}: {indicator} {area} {period} {vintage}");
            let defined = known
                .indicators
                .iter()
                .find(|d| d.def.id.as_str() == indicator)
                .expect(&at);
            assert_eq!(unit_word(&defined.value.unit), unit, "{at}");
            let number: Decimal = value.parse().expect(&at);
            assert!(
                defined
                    .value
                    .plausible
                    .is_none_or(|range| range.holds(number)),
                "{at}"
            );
            let key: AreaKey = area.parse().expect(&at);
            assert!(known.areas.iter().any(|area| area.key() == key), "{at}");
            let period: Period = period.parse().expect(&at);
            let published: Date = vintage.parse().expect(&at);
            assert!(
                published >= period.range(viet::Calendar::Civil).from(),
                "{at}"
            );
            assert!(
                Stage::from_word(stage).is_some() && !source.is_empty(),
                "{at}"
            );
            assert_eq!(
                invented,
                source.contains("hư cấu") && note.contains("không phải số liệu"),
                "{at}"
            );
            assert_eq!(invented, url.is_empty(), "{at}");
            assert!(
                keys.insert((indicator.to_owned(), key, period, published)),
                "twice: {at}"
            );
        }
        assert!(keys.len() > 20);
    }
}

#[test]
fn accounts_and_tasks_name_organisations_that_exist() {
    let known = known();
    let accounts: toml::Table = file("accounts.toml").parse().expect("TOML");
    let mut roles = HashSet::new();
    for account in accounts["accounts"].as_array().expect("accounts") {
        roles.insert(account["role"].as_str().expect("a role").to_owned());
        if let Some(organisation) = account.get("organisation") {
            assert!(
                known
                    .organisations
                    .contains(organisation.as_str().expect("an id")),
                "{account}"
            );
        }
    }
    assert_eq!(roles.len(), 9);
    let tasks: toml::Table = file("tasks.toml").parse().expect("TOML");
    let tasks = tasks["tasks"].as_array().expect("tasks");
    let mut orders: HashMap<&str, i64> = HashMap::new();
    for task in tasks {
        // Numbered from 1 within each document; the programme's are named by no file.
        let file = task.get("file").and_then(toml::Value::as_str);
        let order = orders.entry(file.unwrap_or("programme.txt")).or_default();
        *order += 1;
        assert_eq!(task["order"].as_integer(), Some(*order), "{task}");
        let support = task
            .get("support")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten();
        for id in support.chain([&task["lead"]]) {
            assert!(
                known.organisations.contains(id.as_str().expect("an id")),
                "{id}"
            );
        }
        for event in task
            .get("events")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
        {
            let day: Date = event["on"].as_str().expect("a day").parse().expect("a day");
            assert!(day <= jiff::civil::date(2026, 11, 22), "{event}");
        }
    }
    assert_eq!(orders["programme.txt"], 30);
}
