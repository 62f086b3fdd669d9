//! Indicators, areas and readers for the tests; a province that does not exist.

use std::collections::BTreeSet;

use access::{FieldFault, OrgId, Refusal, Role, Scope};
use catalogue::{Definition, Indicator, Stage};
use jiff::civil::{Date, date};
use journal::ActorId;
use observation::{Book, Figure, ObservationId, Record, SeriesKey};

pub const TODAY: Date = date(2026, 3, 20);

fn indicator(id: &str, unit: &str, plausible: &str) -> Indicator {
    let text = format!(
        r#"[def]
kind = "indicator"
id = "{id}"
version = "2026.1"
label = {{ vi = "Chỉ số {id}", en = "Indicator {id}" }}
source = "đặt ra để thử"
valid_from = "2020-01-01"

[value]
unit = {unit}
direction = "higher_is_better"
decimals = 1
{plausible}

[series]
periodicity = "year"
prevailing = {{ stages = ["official", "preliminary", "estimated", "reported"], vintage = "latest" }}
merger = "not_combined"
merger_source = "chưa xác định"
source_agency = {{ vi = "Chi cục", en = "Branch" }}
"#
    );
    match catalogue::parse("thu.toml", &text) {
        Ok(Definition::Indicator(indicator)) => indicator,
        other => panic!("{other:?}"),
    }
}

pub fn book() -> Book {
    let areas = ["12@", "12@2025-07-01", "14@"];
    Book::new(
        [
            indicator(
                "forest_cover",
                "\"percent\"",
                "plausible = { min = \"0\", max = \"100\" }",
            ),
            indicator(
                "new_firms",
                "{ count = { vi = \"doanh nghiệp\", en = \"firms\" } }",
                "",
            ),
            indicator("place", "\"rank\"", ""),
            indicator("maturity", "\"level_of_7\"", ""),
        ],
        areas.iter().map(|area| area.parse().expect("an area")),
    )
}

pub fn key(indicator: &str, area: &str) -> SeriesKey {
    SeriesKey::new(
        indicator.parse().expect("an id"),
        area.parse().expect("an area"),
    )
}

pub fn figure(period: &str, value: &str, stage: Stage) -> Figure {
    Figure {
        period: period.parse().expect("a period"),
        value: value.parse().expect("a number"),
        numerator: None,
        denominator: None,
        stage,
        vintage: date(2026, 2, 1),
        source: "Báo cáo số 9 của đơn vị".into(),
        source_url: None,
        method: None,
        note: None,
    }
}

pub fn record(indicator: &str, period: &str, value: &str) -> Record {
    Record {
        id: ObservationId::new(),
        key: key(indicator, "12@2025-07-01"),
        figure: figure(period, value, Stage::Reported),
        organisation: OrgId("so-nong".into()),
        evidence: vec![],
        acknowledge: false,
        expected: None,
    }
}

fn scope(role: Role, organisation: &str) -> Scope {
    let org = OrgId(organisation.into());
    Scope::of_account(
        ActorId::new(),
        role,
        Some(org.clone()),
        BTreeSet::from([org]),
    )
}

pub fn officer() -> Scope {
    scope(Role::ProgrammeOfficer, "so-khcn")
}

pub fn focal(organisation: &str) -> Scope {
    scope(Role::FocalOfficer, organisation)
}

pub fn citizen() -> Scope {
    scope(Role::Citizen, "khong")
}

/// What a refusal says, shortly: its kind, and the fields that are wrong.
pub fn verdict<T>(outcome: Result<T, Refusal>) -> String {
    match outcome {
        Ok(_) => "ok".into(),
        Err(Refusal::NotAllowed(_)) => "not allowed".into(),
        Err(Refusal::NotFound) => "not found".into(),
        Err(Refusal::Stale) => "stale".into(),
        Err(Refusal::Conflict(_)) => "conflict".into(),
        Err(Refusal::Store(error)) => format!("store: {error}"),
        Err(Refusal::Invalid { faults }) => {
            let fields: Vec<_> = faults
                .iter()
                .map(|FieldFault { field, .. }| field.as_str())
                .collect();
            fields.join(",")
        }
    }
}
