//! Values by the formulas and methods of the product's own definitions, from figures that were recorded.

use std::path::Path;

use access::AsKnown;
use catalogue::{Definition, Stage};
use journal::Journal;
use measure::rollup::View;
use observation::columns::{Ask, Columns, Value};
use observation::{Book, record};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use viet::{Lang, Period};

use crate::columns::{area, command, directory, id, period};
use crate::province::{columns, define, projections};
use crate::support::{TODAY, officer};

const PROVINCE: &str = "45@";

/// The product's indicators and areas, the account of growth with the parameters of a case.
fn definitions(tfp: &[(&str, &str)]) -> Vec<Definition> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    let mut files: Vec<_> = std::fs::read_dir(folder.join("indicators"))
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.extend(
        ["country", "provinces", "provinces-before-2025-07-01"]
            .map(|name| folder.join(format!("areas/{name}.toml"))),
    );
    let definitions = files.iter().map(|path| {
        let mut text = std::fs::read_to_string(path).expect("a definition");
        if text.contains("name = \"tfp\"") {
            for (from, to) in tfp {
                assert!(text.contains(from), "{from}");
                text = text.replace(from, to);
            }
        }
        let name = path.display().to_string();
        catalogue::parse(&name, &text).unwrap_or_else(|faults| panic!("{faults:?}"))
    });
    definitions.collect()
}

async fn instance(tfp: &[(&str, &str)]) -> (journal::testing::TestJournal, Columns) {
    let noon = TODAY
        .at(5, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .expect("a moment");
    let clock = std::sync::Arc::new(move || noon.timestamp());
    let test = journal::testing::journal_with_clock(projections(), clock).await;
    define(&test.journal, &definitions(tfp)).await;
    let columns = columns(&test.journal);
    (test, columns)
}

async fn put(journal: &Journal, figures: &[(&str, &str, &str)]) {
    let directory = directory(journal).await;
    for (indicator, when, value) in figures {
        let command = command(indicator, PROVINCE, when, value, Stage::Official);
        let recorded = record(journal, &officer(), &command, Book::new(&directory), None).await;
        recorded.unwrap_or_else(|refusal| panic!("{indicator} {when}: {refusal}"));
    }
}

async fn ask(columns: &Columns, indicator: &str, when: &str) -> Value {
    let (of, scope) = (id(indicator), officer());
    let ask = Ask {
        scope: &scope,
        as_known: AsKnown::now(TODAY),
        indicator: &of,
        view: View::AsItWas,
    };
    let found = columns.value(&ask, area(PROVINCE), period(when)).await;
    found.unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn reason(value: &Value) -> String {
    let computed = value.computed.as_ref().expect("a way of computing");
    let why = computed.value.as_ref().expect_err("no value");
    why.reason(|_| None).get(Lang::En).to_owned()
}

/// Real investment and employment of a province (million đồng at 2010 prices, persons); growth as published, as levels.
const REAL: [(&str, &str, &str); 12] = [
    ("investment_constant_2010", "2015", "7338.648"),
    ("investment_constant_2010", "2016", "7997.346"),
    ("investment_constant_2010", "2017", "8656.044"),
    ("investment_constant_2010", "2018", "9314.742"),
    ("investment_constant_2010", "2019", "11334.896"),
    ("investment_constant_2010", "2020", "13034.132"),
    ("employed_persons", "2018", "337162"),
    ("employed_persons", "2019", "340414"),
    ("employed_persons", "2020", "336317"),
    ("grdp_constant_2010", "2018", "10000"),
    ("grdp_constant_2010", "2019", "10764"),
    ("grdp_constant_2010", "2020", "11141.8164"),
];

#[tokio::test]
async fn the_part_of_productivity_is_computed_with_its_band_and_leads_to_its_inputs() {
    let known = [
        (
            r#"{ id = "depreciation", min"#,
            r#"{ id = "depreciation", value = "0.05", min"#,
        ),
        (
            r#"{ id = "growth", source"#,
            r#"{ id = "growth", value = "0.07", source"#,
        ),
        (
            r#"{ id = "labour_share", min"#,
            r#"{ id = "labour_share", value = "0.6", min"#,
        ),
    ];
    let (test, columns) = instance(&known).await;
    put(&test.journal, &REAL).await;
    let near = |value: Decimal, expected: f64| {
        let value = value.to_f64().expect("a number");
        assert!((value - expected).abs() < 6e-3, "{value} {expected}");
    };
    // The band is that of `verify/tfp/quangtri_demo.json`: the same target is met or missed by parameters alone.
    let share = ask(&columns, "tfp_contribution_to_growth", "2019").await;
    near(share.shown().expect("a share"), 41.72);
    let (low, high) = share
        .computed
        .as_ref()
        .expect("computed")
        .band
        .expect("a band");
    near(low, 27.857);
    near(high, 41.720);
    let parts = [
        "capital_contribution_to_growth",
        "labour_contribution_to_growth",
        "tfp_contribution_to_growth",
    ];
    let mut whole = Decimal::ZERO;
    for part in parts {
        whole += ask(&columns, part, "2019").await.shown().expect("a part");
    }
    assert_eq!(whole.round_dp(6), Decimal::ONE_HUNDRED);
    let growth = ask(&columns, "tfp_growth", "2019").await;
    near(growth.shown().expect("growth"), 3.1874);
    // A period of two years, and one without its first year.
    let period_value = ask(&columns, "tfp_contribution_to_growth", "2019/2020").await;
    assert!(period_value.shown().is_some());
    let earlier = ask(&columns, "tfp_contribution_to_growth", "2017").await;
    assert_eq!(earlier.shown(), None);
    assert!(
        reason(&earlier).contains("2016, 2017"),
        "{}",
        reason(&earlier)
    );
    let lacking: Vec<String> = earlier
        .missing
        .iter()
        .map(|gap| format!("{} {}", gap.key.indicator, gap.period))
        .collect();
    assert!(
        lacking.contains(&"employed_persons 2016".to_owned()),
        "{lacking:?}"
    );
    // From the value to what it was computed from, and to the observations.
    let (of, scope) = (id("tfp_contribution_to_growth"), officer());
    let ask = Ask {
        scope: &scope,
        as_known: AsKnown::now(TODAY),
        indicator: &of,
        view: View::AsItWas,
    };
    let year = Period::Year(2019);
    let inputs = columns.inputs(&ask, area(PROVINCE), year).await;
    let inputs: Vec<(String, String)> = inputs
        .expect("inputs")
        .into_iter()
        .map(|input| {
            (
                input.role.unwrap_or_default(),
                input.value.period.to_string(),
            )
        })
        .collect();
    let of_role = |role: &str| -> Vec<&str> {
        let all = inputs.iter().filter(|(of, _)| of == role);
        all.map(|(_, when)| when.as_str()).collect()
    };
    assert_eq!(of_role("output"), ["2018", "2019"]);
    assert_eq!(of_role("employed"), ["2018", "2019"]);
    assert_eq!(
        of_role("investment"),
        ["2015", "2016", "2017", "2018", "2019"]
    );
    let behind = columns.lineage(&ask, area(PROVINCE), year).await;
    assert_eq!(behind.expect("observations").len(), 9);
}

#[tokio::test]
async fn what_nobody_knows_of_the_method_is_said_and_not_guessed() {
    let (test, columns) = instance(&[]).await;
    put(&test.journal, &REAL).await;
    let share = ask(&columns, "tfp_contribution_to_growth", "2019").await;
    assert_eq!(share.shown(), None);
    assert!(
        reason(&share).contains("`growth` is not known"),
        "{}",
        reason(&share)
    );
    // Admissible rates alone give a band and no value.
    let (_other, columns) = {
        let (test, columns) = instance(&[(
            r#"{ id = "growth", source"#,
            r#"{ id = "growth", value = "0.07", source"#,
        )])
        .await;
        put(&test.journal, &REAL).await;
        (test, columns)
    };
    let share = ask(&columns, "tfp_contribution_to_growth", "2019").await;
    assert!(
        share
            .computed
            .as_ref()
            .is_some_and(|c| c.value.is_err() && c.band.is_some())
    );
    // Without growth there is nothing to have parts of, whatever the parameters.
    let flat = [
        ("grdp_constant_2010", "2021", "11142"),
        ("employed_persons", "2021", "321345"),
        ("investment_constant_2010", "2021", "18508.226"),
    ];
    put(&_other.journal, &flat).await;
    let share = ask(&columns, "tfp_contribution_to_growth", "2021").await;
    assert!(
        reason(&share).contains("undetermined"),
        "{}",
        reason(&share)
    );
}

#[tokio::test]
async fn an_index_of_points_is_what_its_publisher_gives_and_lacks_what_it_lacks() {
    let (test, columns) = instance(&[]).await;
    // Đà Nẵng 2022, as published at dti.gov.vn/xep-hang-2022 with the score 0.8002.
    let parts = [
        ("dti_digital_awareness", "1"),
        ("dti_digital_institutions", "0.9"),
        ("dti_digital_infrastructure", "0.8253"),
        ("dti_digital_human_resources", "0.8487"),
        ("dti_information_security", "0.7578"),
        ("dti_digital_government_activity", "0.8575"),
        ("dti_digital_economy_activity", "0.7836"),
    ];
    let figures: Vec<_> = parts
        .iter()
        .map(|(of, value)| (*of, "2022", *value))
        .collect();
    put(&test.journal, &figures).await;
    let score = ask(&columns, "dti_score", "2022").await;
    assert!(
        reason(&score).starts_with("1 of 8 inputs"),
        "{}",
        reason(&score)
    );
    put(
        &test.journal,
        &[("dti_digital_society_activity", "2022", "0.5197")],
    )
    .await;
    let score = ask(&columns, "dti_score", "2022").await;
    assert_eq!(score.shown(), Some("0.800175".parse().expect("a number")));
    // Another way of computing was never verified for later years.
    let later = ask(&columns, "dti_score", "2023").await;
    assert_eq!((later.shown(), later.computed), (None, None));
    // What its publisher says stands before what is computed.
    put(&test.journal, &[("dti_score", "2022", "0.8002")]).await;
    let score = ask(&columns, "dti_score", "2022").await;
    assert_eq!(score.shown(), Some("0.8002".parse().expect("a number")));
}

#[tokio::test]
async fn the_digital_economy_follows_from_value_added() {
    let (test, columns) = instance(&[]).await;
    let figures = [
        ("core_digital_value_added", "2023", "742"),
        ("digitalised_value_added", "2023", "491"),
        ("grdp_current", "2023", "10000"),
    ];
    put(&test.journal, &figures).await;
    let share = ask(&columns, "digital_economy_share_of_grdp", "2023").await;
    assert_eq!(share.shown(), Some("12.33".parse().expect("a number")));
    // Nobody stated the numerator: it is computed too, and nothing is lacking.
    assert!(!share.is_incomplete(), "{:?}", share.missing);
    // What digitalisation adds elsewhere needs a coefficient that nobody has published.
    put(
        &test.journal,
        &[("value_added_outside_digital_core", "2023", "9000")],
    )
    .await;
    let digitalised = ask(&columns, "digitalised_economy_share_of_grdp", "2023").await;
    assert_eq!(digitalised.shown(), None);
    assert!(
        reason(&digitalised).contains("is not known"),
        "{}",
        reason(&digitalised)
    );
}
