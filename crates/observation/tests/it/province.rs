//! Two provinces that became one, with communes that were merged and split and indicators that roll up each in its way.

use activation::activate;
use catalogue::Definition;
use jiff::civil::{Date, date};
use journal::testing::TestJournal;
use journal::{Journal, Projection};
use observation::ObservationProjection;
use observation::columns::Columns;

use crate::support::TODAY;

/// The day of the merger.
pub const MERGED: Date = date(2025, 7, 1);

pub const COUNTRY: &str = "VN@";
pub const OLD: [&str; 2] = ["12@", "13@"];
pub const NEW: &str = "12@2025-07-01";
pub const BESIDE: &str = "14@";
/// Communes: two of the first old province and one of the second, which went into the fourth and the last; the one beside.
pub const COMMUNES: [&str; 6] = [
    "10001@",
    "10002@",
    "10003@",
    "10004@2025-07-01",
    "20001@",
    "10005@2025-07-01",
];

pub fn projections() -> Vec<Box<dyn Projection>> {
    let mut all = activation::projections();
    all.push(Box::new(ObservationProjection));
    all
}

/// A journal with the definitions in force, on a clock that stands still.
pub async fn province() -> TestJournal {
    let noon = TODAY
        .at(5, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .expect("a moment");
    let clock = std::sync::Arc::new(move || noon.timestamp());
    let test = journal::testing::journal_with_clock(projections(), clock).await;
    define(&test.journal, &definitions("latest")).await;
    test
}

pub async fn define(journal: &Journal, definitions: &[Definition]) {
    activate(journal, &access::Scope::system(), definitions)
        .await
        .expect("an activation");
}

pub fn columns(journal: &Journal) -> Columns {
    Columns::new(journal.clone(), activation::Directories::new(journal))
}

/// The definitions, with the rule of vintages.
pub fn definitions(vintage: &str) -> Vec<Definition> {
    let count = r#"{ count = { vi = "sản phẩm", en = "products" } }"#;
    let aggregate = |time: &str, area: &str, level: &str| {
        format!(
            r#"aggregation = {{ over_time = "{time}", over_area = "{area}", collected_at = "{level}", source = "đặt ra để thử" }}"#
        )
    };
    let ratio = r#"
[[computed]]
source = "đặt ra để thử"
formula = { ratio = { numerator = "online", denominator = "firms" } }
"#;
    let doubled = r#"
[[computed]]
source = "đặt ra để thử"
formula = { expression = "2 * products" }
"#;
    let one = |id, unit, every, merger, aggregation: &str, rest| {
        indicator((id, unit, every, merger), aggregation, vintage, rest)
    };
    vec![
        areas(),
        one(
            "products",
            r#""billion_vnd""#,
            "quarter",
            "sum",
            &aggregate("sum", "sum", "commune"),
            "",
        ),
        one(
            "firms",
            count,
            "quarter",
            "sum",
            &aggregate("last", "sum", "commune"),
            "",
        ),
        one(
            "online",
            count,
            "quarter",
            "sum",
            &aggregate("last", "sum", "commune"),
            "",
        ),
        one(
            "online_share",
            r#""percent""#,
            "quarter",
            "recompute_from_parts",
            &aggregate("recompute_from_parts", "recompute_from_parts", "commune"),
            ratio,
        ),
        one(
            "doubled",
            r#""billion_vnd""#,
            "quarter",
            "not_combined",
            &aggregate("not_combined", "not_combined", "province"),
            doubled,
        ),
        one(
            "score",
            r#""index""#,
            "year",
            "mean",
            &aggregate("not_combined", "not_combined", "province"),
            "",
        ),
        one(
            "cover",
            r#""percent""#,
            "year",
            "recompute_from_parts",
            "",
            "",
        ),
        one("unsaid", count, "year", "sum", "", ""),
    ]
}

fn indicator(
    (id, unit, every, merger): (&str, &str, &str, &str),
    aggregation: &str,
    vintage: &str,
    rest: &str,
) -> Definition {
    let text = format!(
        r#"[def]
kind = "indicator"
id = "{id}"
version = "{vintage}"
label = {{ vi = "Chỉ số {id}", en = "Indicator {id}" }}
source = "đặt ra để thử"
valid_from = "2020-01-01"

[value]
unit = {unit}
direction = "higher_is_better"
decimals = 1

[series]
periodicity = "{every}"
prevailing = {{ stages = ["official", "preliminary", "estimated", "reported"], vintage = "{vintage}" }}
merger = "{merger}"
merger_source = "chưa xác định"
source_agency = {{ vi = "Chi cục", en = "Branch" }}
{aggregation}
{rest}"#
    );
    catalogue::parse("thu.toml", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn areas() -> Definition {
    let mut text = r#"[def]
kind = "areas"
id = "thu"
version = "1"
label = { vi = "Địa bàn thử", en = "Areas to test with" }
source = "đặt ra để thử"
valid_from = "2000-01-01"
"#
    .to_owned();
    for (code, level, life) in [
        ("VN", "country", ""),
        (
            "12",
            "province",
            r#"parent = "VN@"
valid_to = "2025-07-01"
successors = [{ to = "12@2025-07-01", share = "1" }]"#,
        ),
        (
            "13",
            "province",
            r#"parent = "VN@"
valid_to = "2025-07-01"
successors = [{ to = "12@2025-07-01", share = "1" }]"#,
        ),
        (
            "12",
            "province",
            r#"parent = "VN@"
valid_from = "2025-07-01""#,
        ),
        ("14", "province", r#"parent = "VN@""#),
        (
            "10001",
            "commune",
            r#"parent = "12@"
valid_to = "2025-07-01"
successors = [{ to = "10004@2025-07-01", share = "1" }]"#,
        ),
        (
            "10002",
            "commune",
            r#"parent = "12@"
valid_to = "2025-07-01"
successors = [{ to = "10004@2025-07-01", share = "0.25" }, { to = "20001@", share = "0.75" }]"#,
        ),
        (
            "10003",
            "commune",
            r#"parent = "13@"
valid_to = "2025-07-01"
successors = [{ to = "10004@2025-07-01", share = "chưa xác định" }, { to = "10005@2025-07-01", share = "chưa xác định" }]"#,
        ),
        (
            "10004",
            "commune",
            r#"parent = "12@2025-07-01"
valid_from = "2025-07-01""#,
        ),
        (
            "10005",
            "commune",
            r#"parent = "12@2025-07-01"
valid_from = "2025-07-01""#,
        ),
        ("20001", "commune", r#"parent = "14@""#),
    ] {
        text += &format!(
            "\n[[list.areas]]\ncode = \"{code}\"\nlevel = \"{level}\"\nname = \"A{code}\"\nfull_name = \"A {code}\"\n{life}\n"
        );
    }
    catalogue::parse("thu.toml", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}
