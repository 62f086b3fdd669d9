//! Indicators, areas and readers for the tests; a province that does not exist.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use access::{FieldFault, OrgId, Refusal, Role, Scope};
use activation::{Directory, Pinned};
use catalogue::{Definition, Stage};
use jiff::civil::{Date, date};
use journal::ActorId;
use observation::{Book, Figure, ObservationId, Record, SeriesKey};

pub const TODAY: Date = date(2026, 3, 20);

fn indicator(id: &str, unit: &str, plausible: &str) -> Definition {
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
    catalogue::parse("thu.toml", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn areas() -> Definition {
    let text = r#"[def]
kind = "areas"
id = "thu"
version = "1"
label = { vi = "Địa bàn thử", en = "Areas to test with" }
source = "đặt ra để thử"
valid_from = "2000-01-01"

[[list.areas]]
code = "12"
valid_to = "2025-07-01"
level = "province"
name = "Cũ"
full_name = "Tỉnh Cũ"
successors = [{ to = "12@2025-07-01", share = "1" }]

[[list.areas]]
code = "12"
valid_from = "2025-07-01"
level = "province"
name = "Mới"
full_name = "Tỉnh Mới"

[[list.areas]]
code = "14"
level = "province"
name = "Bên Cạnh"
full_name = "Tỉnh Bên Cạnh"
"#;
    catalogue::parse("thu.toml", text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn organisations() -> Definition {
    let mut text = "[def]\nkind = \"organisations\"\nid = \"thu\"\nversion = \"1\"\n\
        label = { vi = \"Cơ quan thử\", en = \"Agencies to test with\" }\nsource = \"đặt ra để thử\"\n\n[list]\norganisations = [\n"
        .to_owned();
    for id in ["so-nong", "so-y", "so-khcn"] {
        text.push_str(&format!(
            "{{ id = \"{id}\", kind = \"department\", area = \"12@2025-07-01\", names = [{{ vi = \"{id}\", en = \"{id}\", short = \"{id}\" }}], source = \"x\" }},\n"
        ));
    }
    text.push_str("]\n");
    catalogue::parse("thu.toml", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// A season that asks two agencies for a figure each, and one for papers.
fn campaign() -> Definition {
    let text = r#"[def]
kind = "campaign"
id = "thu"
version = "1"
label = { vi = "Mùa thử", en = "Season to test with" }
source = "đặt ra để thử"

[campaign]
index = "forest_cover"
years_back = 1
years_source = "chưa xác định"
deadline = { month = 3, day = 31 }
deadline_source = "chưa xác định"

[[pillars]]
id = "tru-cot"
label = { vi = "Trụ cột", en = "Pillar" }

[[requests]]
id = "rung"
label = { vi = "Rừng", en = "Forest" }
pillar = "tru-cot"
indicator = "forest_cover"
papers = [{ vi = "Biểu kiểm kê", en = "Inventory" }]
organisation = "so-nong"
source = "đặt ra để thử"

[[requests]]
id = "doanh-nghiep"
label = { vi = "Doanh nghiệp", en = "Firms" }
pillar = "tru-cot"
indicator = "new_firms"
organisation = "so-khcn"
source = "đặt ra để thử"

[[requests]]
id = "giay-to"
label = { vi = "Giấy tờ", en = "Papers" }
pillar = "tru-cot"
papers = [{ vi = "Báo cáo", en = "Report" }]
organisation = "so-nong"
source = "đặt ra để thử"
"#;
    catalogue::parse("thu.toml", text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

static DIRECTORY: LazyLock<Directory> = LazyLock::new(|| {
    let count = r#"{ count = { vi = "doanh nghiệp", en = "firms" } }"#;
    let definitions = [
        areas(),
        organisations(),
        campaign(),
        indicator(
            "forest_cover",
            r#""percent""#,
            r#"plausible = { min = "0", max = "100" }"#,
        ),
        indicator("new_firms", count, ""),
        indicator("place", r#""rank""#, ""),
        indicator("maturity", r#""level_of_7""#, ""),
    ];
    let pinned = definitions.into_iter().map(|definition| {
        let hash = catalogue::hash_hex(&definition);
        Pinned { definition, hash }
    });
    Directory::of(1, pinned.collect())
});

pub fn book() -> Book<'static> {
    Book::new(&DIRECTORY)
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
