//! The columns against what the tables say.

use access::{AsKnown, OrgId, Refusal, Scope};
use activation::{Directories, Directory};
use catalogue::{Id, Level, Periodicity, Stage};
use journal::{
    FactPlace, FactsRemoved, Grounds, Journal, NewFact, RemovalFact, Seq, StreamId, WriteContext,
    Written, params,
};
use measure::rollup::{Lacking, View};
use observation::columns::{Ask, Columns, Value};
use observation::{Book, ObservationId, Record, Withdraw, record, withdraw};
use rust_decimal::Decimal;
use viet::{AreaKey, Period};

use crate::province::{BESIDE, COMMUNES, COUNTRY, NEW, columns, define, definitions, province};
use crate::support::{TODAY, citizen, figure, focal, key, officer, verdict};

pub const NOW_MAP: View = View::OnMapOf(TODAY);

pub fn id(text: &str) -> Id {
    text.parse().expect("an id")
}

pub fn area(text: &str) -> AreaKey {
    text.parse().expect("an area")
}

pub fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a number")
}

pub async fn directory(journal: &Journal) -> std::sync::Arc<Directory> {
    let directories = Directories::new(journal);
    let found = directories
        .load(&Scope::system(), AsKnown::now(TODAY))
        .await;
    found.expect("a directory")
}

/// An observation to record, for whatever doubts there are.
pub fn command(indicator: &str, place: &str, when: &str, value: &str, stage: Stage) -> Record {
    let mut figure = figure(when, value, stage);
    figure.note = Some("thử".into());
    Record {
        id: ObservationId::new(),
        key: key(indicator, place),
        figure,
        organisation: OrgId("so-nong".into()),
        evidence: vec![],
        acknowledge: true,
        expected: None,
    }
}

async fn put(journal: &Journal, command: &Record) -> Seq {
    let directory = directory(journal).await;
    let book = Book::new(&directory);
    match record(journal, &Scope::system(), command, book, None).await {
        Ok(Written::New(seq)) => seq,
        other => panic!("{command:?}: {}", verdict(other)),
    }
}

async fn official(journal: &Journal, figures: &[(&str, &str, &str, &str)]) {
    for (indicator, place, when, value) in figures {
        put(
            journal,
            &command(indicator, place, when, value, Stage::Official),
        )
        .await;
    }
}

async fn ask(
    columns: &Columns,
    scope: &Scope,
    view: View,
    (indicator, place, when): (&str, &str, &str),
) -> Value {
    let (of, as_known) = (id(indicator), AsKnown::now(TODAY));
    let ask = Ask {
        scope,
        as_known,
        indicator: &of,
        view,
    };
    let found = columns.value(&ask, area(place), period(when)).await;
    found.unwrap_or_else(|refusal| panic!("{refusal}"))
}

async fn shown(columns: &Columns, view: View, asked: (&str, &str, &str)) -> Option<Decimal> {
    ask(columns, &officer(), view, asked).await.shown()
}

#[tokio::test]
async fn a_figure_is_rolled_up_over_areas_and_periods_and_leads_back_to_what_it_rests_on() {
    let test = province().await;
    let (journal, columns) = (&test.journal, columns(&test.journal));
    columns.follow().await.expect("filled");
    official(
        journal,
        &[
            ("products", "10001@", "2024-Q1", "3"),
            ("products", "10001@", "2024-Q2", "4"),
            ("products", "10002@", "2024-Q1", "8"),
            ("products", "10003@", "2024-Q1", "1.5"),
            ("products", "20001@", "2024-Q1", "100"),
        ],
    )
    .await;
    columns.follow().await.expect("taken in");
    let then = View::AsItWas;
    let year = ask(&columns, &officer(), then, ("products", "12@", "2024")).await;
    assert_eq!(year.shown(), Some(dec("15")));
    let gaps: Vec<String> = year
        .missing
        .iter()
        .map(|gap| format!("{} {}", gap.key.area, gap.period))
        .collect();
    let missing = [
        "10001@ 2024-Q3",
        "10001@ 2024-Q4",
        "10002@ 2024-Q2",
        "10002@ 2024-Q3",
        "10002@ 2024-Q4",
    ];
    assert_eq!(gaps, missing);
    assert!(year.is_incomplete());
    let quarter = ask(&columns, &officer(), then, ("products", "12@", "2024-Q1")).await;
    assert_eq!(
        (quarter.shown(), quarter.is_incomplete()),
        (Some(dec("11")), false)
    );
    // On today's map a quarter of one commune stayed, the share of another is not known to any commune.
    let today = ask(&columns, &officer(), NOW_MAP, ("products", NEW, "2024-Q1")).await;
    assert_eq!(today.shown(), Some(dec("6.5")));
    let merged = ask(
        &columns,
        &officer(),
        NOW_MAP,
        ("products", COMMUNES[3], "2024-Q1"),
    )
    .await;
    let rolled = merged.rolled.expect("a rule");
    assert_eq!((rolled.value, rolled.unknown), (Ok(dec("5")), 1));
    assert!(merged.is_incomplete());

    let (products, scope) = (id("products"), officer());
    let ask = Ask {
        scope: &scope,
        as_known: AsKnown::now(TODAY),
        indicator: &products,
        view: NOW_MAP,
    };
    let sources = columns
        .lineage(&ask, area(NEW), period("2024-Q1"))
        .await
        .unwrap();
    let mut lines: Vec<String> = sources
        .iter()
        .map(|s| {
            format!(
                "{} {} {:?}",
                s.key.area,
                s.stated.value,
                s.share.map(|s| s.to_string())
            )
        })
        .collect();
    lines.sort();
    let expected = [
        r#"10001@ 3 Some("1")"#,
        r#"10002@ 8 Some("0.25")"#,
        r#"10003@ 1.5 Some("1")"#,
    ];
    assert_eq!(lines, expected);
    for source in &sources {
        let stored = observation::get(journal.db(), &scope, &ask.as_known, source.stated.id).await;
        let stored = stored.expect("the observation");
        assert_eq!(
            (stored.key, stored.figure.value),
            (source.key.clone(), source.stated.value)
        );
        assert_eq!(
            (stored.seq, stored.row),
            (source.stated.seq, source.stated.row.into())
        );
    }
}

#[tokio::test]
async fn areas_are_ranked_and_one_area_has_a_series() {
    let test = province().await;
    let (journal, columns) = (&test.journal, columns(&test.journal));
    official(
        journal,
        &[
            ("score", "12@", "2024", "40"),
            ("score", "13@", "2024", "50"),
            ("score", "14@", "2024", "45"),
            ("score", "14@", "2023", "44"),
            ("products", "20001@", "2023-Q4", "1"),
            ("products", "20001@", "2024-Q1", "2"),
            ("products", "20001@", "2024-Q2", "3"),
        ],
    )
    .await;
    columns.follow().await.expect("filled");
    let (score, products, scope) = (id("score"), id("products"), officer());
    let ask = |indicator, view| Ask {
        scope: &scope,
        as_known: AsKnown::now(TODAY),
        indicator,
        view,
    };
    let places = async |view, within: Option<&str>| {
        let found = columns
            .compare(
                &ask(&score, view),
                Level::Province,
                within.map(area),
                period("2024"),
            )
            .await
            .expect("a ranking");
        let line = |r: &observation::columns::Ranked| {
            format!(
                "{} {:?} {:?}",
                r.value.area,
                r.rank,
                r.value.shown().map(|v| v.to_string())
            )
        };
        found.iter().map(line).collect::<Vec<_>>()
    };
    let then = [
        r#"13@ Some(1) Some("50")"#,
        r#"14@ Some(2) Some("45")"#,
        r#"12@ Some(3) Some("40")"#,
    ];
    assert_eq!(places(View::AsItWas, None).await, then);
    // The mean of the two former provinces, by the rule of the definition: a place shared.
    let now = [
        r#"12@2025-07-01 Some(1) Some("45")"#,
        r#"14@ Some(1) Some("45")"#,
    ];
    assert_eq!(places(NOW_MAP, Some(COUNTRY)).await, now);
    assert_eq!(
        places(NOW_MAP, Some(BESIDE)).await,
        [r#"14@ Some(1) Some("45")"#]
    );

    let by_year = columns
        .series(&ask(&products, NOW_MAP), area(BESIDE), Periodicity::Year)
        .await;
    let line = |v: &Value| format!("{} {:?}", v.period, v.shown().map(|v| v.to_string()));
    let lines: Vec<String> = by_year.unwrap().iter().map(line).collect();
    assert_eq!(lines, [r#"2023 Some("1")"#, r#"2024 Some("5")"#]);
    let by_quarter = columns
        .series(&ask(&products, NOW_MAP), area(BESIDE), Periodicity::Quarter)
        .await;
    assert_eq!(by_quarter.unwrap().len(), 3);
    let by_year = columns
        .series(&ask(&score, NOW_MAP), area(NEW), Periodicity::Year)
        .await;
    let lines: Vec<String> = by_year.unwrap().iter().map(line).collect();
    assert_eq!(lines, [r#"2024 Some("45")"#]);
}

#[tokio::test]
async fn each_rule_of_a_definition_has_its_way() {
    let test = province().await;
    let (journal, columns) = (&test.journal, columns(&test.journal));
    official(
        journal,
        &[
            ("firms", "10001@", "2024-Q1", "10"),
            ("firms", "10001@", "2024-Q2", "20"),
            ("firms", "10002@", "2024-Q2", "40"),
            ("firms", "10003@", "2024-Q2", "1000"),
            ("online", "10001@", "2024-Q2", "5"),
            ("online", "10002@", "2024-Q2", "25"),
            ("products", "20001@", "2024-Q1", "7"),
            ("unsaid", "12@", "2024", "1"),
            ("unsaid", "13@", "2024", "2"),
            ("products", BESIDE, "2024-Q2", "99"),
        ],
    )
    .await;
    for (place, numerator) in [("12@", "30"), ("13@", "10")] {
        let mut cover = command("cover", place, "2024", numerator, Stage::Official);
        cover.figure.numerator = Some(dec(numerator));
        cover.figure.denominator = Some(dec("100"));
        put(journal, &cover).await;
    }
    columns.follow().await.expect("filled");
    let then = View::AsItWas;
    // Stocks: the last quarter; a share from the sums of its parts.
    assert_eq!(
        shown(&columns, then, ("firms", "12@", "2024")).await,
        Some(dec("60"))
    );
    assert_eq!(
        shown(&columns, then, ("online_share", "12@", "2024")).await,
        Some(dec("50"))
    );
    let country = ask(
        &columns,
        &officer(),
        then,
        ("online_share", COUNTRY, "2024-Q2"),
    )
    .await;
    assert_eq!(country.shown(), Some(dec("50")));
    let gap = |indicator: &str, place: &str| {
        country
            .missing
            .iter()
            .any(|gap| gap.key == key(indicator, place))
    };
    assert!(gap("online", "10003@") && !gap("firms", "10003@") && gap("firms", "20001@"));
    // A formula over what other indicators have.
    let doubled = ask(&columns, &officer(), then, ("doubled", BESIDE, "2024-Q1")).await;
    assert_eq!(
        (doubled.stated.clone(), doubled.shown()),
        (None, Some(dec("14")))
    );
    // What somebody said of the very area stands before what follows from others.
    assert_eq!(
        shown(&columns, then, ("products", BESIDE, "2024-Q2")).await,
        Some(dec("99"))
    );
    // Nobody said how it is rolled up: former areas by the rule for mergers, and nothing else.
    assert_eq!(
        shown(&columns, NOW_MAP, ("unsaid", NEW, "2024")).await,
        Some(dec("3"))
    );
    assert_eq!(
        shown(&columns, NOW_MAP, ("unsaid", COUNTRY, "2024")).await,
        None
    );
    assert_eq!(
        shown(&columns, NOW_MAP, ("cover", NEW, "2024")).await,
        Some(dec("20"))
    );

    let scope = officer();
    let (unknown, products) = (id("unknown"), id("products"));
    let ask = |indicator| Ask {
        scope: &scope,
        as_known: AsKnown::now(TODAY),
        indicator,
        view: then,
    };
    let year = period("2024");
    let refused = columns.value(&ask(&unknown), area("12@"), year).await;
    assert!(matches!(refused, Err(Refusal::NotFound)));
    let refused = columns.value(&ask(&products), area("99@"), year).await;
    assert!(matches!(refused, Err(Refusal::NotFound)));
}

#[tokio::test]
async fn another_definition_another_order_at_once() {
    let test = province().await;
    let (journal, columns) = (&test.journal, columns(&test.journal));
    let mut first = command("products", "20001@", "2024-Q1", "1", Stage::Official);
    first.figure.vintage = jiff::civil::date(2025, 1, 1);
    put(journal, &first).await;
    put(
        journal,
        &command("products", "20001@", "2024-Q1", "2", Stage::Official),
    )
    .await;
    columns.follow().await.expect("filled");
    let asked = ("products", BESIDE, "2024-Q1");
    assert_eq!(shown(&columns, NOW_MAP, asked).await, Some(dec("2")));
    define(journal, &definitions("first")[1..]).await;
    columns.follow().await.expect("taken in");
    assert_eq!(shown(&columns, NOW_MAP, asked).await, Some(dec("1")));
}

#[tokio::test]
async fn values_that_do_not_fit_beside_each_other_are_said_to_be_and_come_back() {
    let test = province().await;
    let (journal, columns) = (&test.journal, columns(&test.journal));
    columns.follow().await.expect("filled");
    let small = command("products", "10001@", "2024-Q1", "0.000001", Stage::Official);
    put(journal, &small).await;
    let large = command(
        "products",
        "10002@",
        "2024-Q1",
        "9000000000000000",
        Stage::Official,
    );
    put(journal, &large).await;
    columns.follow().await.expect("taken in");
    let asked = ("products", "12@", "2024-Q1");
    let found = ask(&columns, &officer(), View::AsItWas, asked).await;
    assert_eq!(found.rolled.expect("a rule").value, Err(Lacking::TooLarge));
    let own = ask(
        &columns,
        &officer(),
        View::AsItWas,
        ("products", "10002@", "2024-Q1"),
    )
    .await;
    assert_eq!(own.shown(), Some(dec("9000000000000000")));
    let gone = Withdraw {
        id: small.id,
        reason: "thử".into(),
        expected: None,
    };
    withdraw(journal, &Scope::system(), &gone, None)
        .await
        .expect("withdrawn");
    columns.follow().await.expect("taken in");
    assert_eq!(
        shown(&columns, View::AsItWas, asked).await,
        Some(dec("9000000000000000"))
    );
}

#[tokio::test]
async fn figures_for_single_organisations_count_for_those_alone() {
    let test = province().await;
    let (journal, columns) = (&test.journal, columns(&test.journal));
    let hidden = command("products", "10001@", "2024-Q1", "5", Stage::Reported);
    put(journal, &hidden).await;
    official(journal, &[("products", "10002@", "2024-Q1", "1")]).await;
    // No command makes such rows yet; the scope knows them.
    let sql = "UPDATE observation SET audience = 'organisations' WHERE id = $1";
    journal
        .db()
        .execute(sql, params![hidden.id.0])
        .await
        .expect("an update");
    columns.follow().await.expect("filled");
    let asked = ("products", "12@", "2024-Q1");
    for (scope, value, gaps) in [
        (officer(), "6", 0),
        (focal("so-nong"), "6", 0),
        (focal("so-khac"), "1", 1),
        (citizen(), "1", 1),
    ] {
        let found = ask(&columns, &scope, View::AsItWas, asked).await;
        assert_eq!(
            (found.shown(), found.missing.len()),
            (Some(dec(value)), gaps),
            "{scope:?}"
        );
    }
}

#[tokio::test]
async fn what_was_removed_is_gone() {
    let test = province().await;
    let (journal, columns) = (&test.journal, columns(&test.journal));
    let gone = command("products", "10001@", "2024-Q1", "5", Stage::Official);
    let seq = put(journal, &gone).await;
    official(journal, &[("products", "10002@", "2024-Q1", "1")]).await;
    columns.follow().await.expect("filled");
    let asked = ("products", "12@", "2024-Q1");
    assert_eq!(shown(&columns, View::AsItWas, asked).await, Some(dec("6")));
    let context = WriteContext::new(journal::ActorId::SYSTEM, "removal.test");
    let written: Result<Written, Refusal> = journal
        .write(&context, async |tx| {
            let place = FactPlace { seq, ix: 0 };
            tx.remove_facts(&[place]).await?;
            let sql = "DELETE FROM observation WHERE id = $1";
            tx.sql().execute(sql, params![gone.id.0]).await?;
            let fact = RemovalFact::FactsRemoved(FactsRemoved {
                facts: vec![place],
                left: vec![],
                things: vec![],
                grounds: Grounds {
                    reason: "thử".into(),
                    authority: "thử".into(),
                },
            });
            Ok(vec![NewFact::of(StreamId::new("removal", "1"), &fact)?])
        })
        .await;
    written.expect("a removal");
    columns.follow().await.expect("filled anew");
    assert_eq!(shown(&columns, View::AsItWas, asked).await, Some(dec("1")));
    // Who comes late reads over what is gone.
    let late = crate::province::columns(journal);
    late.follow().await.expect("filled");
    assert_eq!(late.extent(), columns.extent());
}
