//! The columns against what the tables say.

use std::collections::{BTreeMap, BTreeSet};

use access::{AsKnown, OrgId, Page, Refusal, Scope};
use activation::{Directories, Directory};
use catalogue::{Id, Level, Periodicity, Stage};
use jiff::civil::Date;
use journal::{
    FactPlace, FactsRemoved, Grounds, Journal, NewFact, RemovalFact, Seq, StreamId, WriteContext,
    Written, params,
};
use measure::rollup::{Lacking, View};
use observation::columns::{Ask, Columns, Value};
use observation::{
    AcceptBatch, BatchId, BatchRow, Book, Filter, Observation, ObservationId, Publish, Record,
    UndoBatch, Withdraw, accept_batch, list, prevailing, publish, record, undo_batch, withdraw,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use viet::{AreaKey, Calendar, Period};

use crate::province::{
    BESIDE, COMMUNES, COUNTRY, MERGED, NEW, OLD, columns, define, definitions, projections,
    province,
};
use crate::support::{TODAY, citizen, figure, focal, key, officer, verdict};

const NOW_MAP: View = View::OnMapOf(TODAY);

fn id(text: &str) -> Id {
    text.parse().expect("an id")
}

fn area(text: &str) -> AreaKey {
    text.parse().expect("an area")
}

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a number")
}

async fn directory(journal: &Journal) -> std::sync::Arc<Directory> {
    let directories = Directories::new(journal);
    let found = directories
        .load(&Scope::system(), AsKnown::now(TODAY))
        .await;
    found.expect("a directory")
}

/// An observation to record, for whatever doubts there are.
fn command(indicator: &str, place: &str, when: &str, value: &str, stage: Stage) -> Record {
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

#[derive(Debug, Clone)]
enum Step {
    Record(Figured),
    Batch(Vec<Figured>),
    Publish(usize),
    Withdraw(usize),
    Undo(usize),
    Define(bool),
    Follow,
}

/// Indicator, quarter from 2024, commune of the time, value, stage, day of the vintage.
type Figured = (usize, u8, usize, i64, usize, i8);

const SUMMED: [&str; 3] = ["products", "firms", "online"];

fn figured() -> impl Strategy<Value = Figured> {
    (
        0..3_usize,
        0..8_u8,
        0..4_usize,
        1..500_i64,
        0..4_usize,
        1..4_i8,
    )
}

fn step() -> impl Strategy<Value = Step> {
    let nth = || any::<prop::sample::Index>().prop_map(|index| index.index(1000));
    prop_oneof![
        5 => figured().prop_map(Step::Record),
        2 => prop::collection::vec(figured(), 1..12).prop_map(Step::Batch),
        2 => nth().prop_map(Step::Publish),
        2 => nth().prop_map(Step::Withdraw),
        1 => nth().prop_map(Step::Undo),
        1 => any::<bool>().prop_map(Step::Define),
        3 => Just(Step::Follow),
    ]
}

fn quarter(at: u8) -> Period {
    Period::quarter(2024 + i16::from(at / 4), at % 4 + 1).expect("a quarter")
}

fn end_of(period: Period) -> Date {
    let end = period.range(Calendar::Civil).to().expect("an end");
    end.yesterday().expect("a day before")
}

fn recorded((indicator, at, place, value, stage, day): Figured) -> Record {
    let living = if end_of(quarter(at)) < MERGED {
        [COMMUNES[0], COMMUNES[1], COMMUNES[2], COMMUNES[4]][place]
    } else {
        [COMMUNES[3], COMMUNES[4], COMMUNES[5]][place % 3]
    };
    let value = Decimal::new(value, u32::from(indicator == 0 && value % 3 == 0)).to_string();
    let when = quarter(at).to_string();
    let mut command = command(SUMMED[indicator], living, &when, &value, Stage::ALL[stage]);
    command.figure.vintage = jiff::civil::date(2026, 2, day);
    command
}

/// What a history brought about.
#[derive(Default)]
struct Known {
    ids: Vec<ObservationId>,
    batches: Vec<BatchId>,
}

async fn run(journal: &Journal, columns: &Columns, step: &Step, known: &mut Known) {
    let scope = Scope::system();
    let nth = |n: usize, len: usize| (len > 0).then(|| n % len);
    match step {
        Step::Record(figured) => {
            let command = recorded(*figured);
            known.ids.push(command.id);
            let directory = directory(journal).await;
            // The same figure twice is refused, which is part of a history.
            let _ = record(journal, &scope, &command, Book::new(&directory), None).await;
        }
        Step::Batch(figures) => {
            let mut seen = BTreeSet::new();
            let rows = figures
                .iter()
                .map(|figured| recorded(*figured))
                .filter(|r| {
                    let f = &r.figure;
                    seen.insert((r.key.clone(), f.period, f.stage, f.vintage))
                });
            let rows = rows
                .map(|r| BatchRow {
                    key: r.key,
                    figure: r.figure,
                })
                .collect();
            accept(journal, known, rows).await;
        }
        Step::Publish(n) => {
            if let Some(n) = nth(*n, known.ids.len()) {
                let command = Publish {
                    id: known.ids[n],
                    expected: None,
                };
                let _ = publish(journal, &scope, &command, None).await;
            }
        }
        Step::Withdraw(n) => {
            if let Some(n) = nth(*n, known.ids.len()) {
                let (id, reason) = (known.ids[n], "thử".into());
                let command = Withdraw {
                    id,
                    reason,
                    expected: None,
                };
                let _ = withdraw(journal, &scope, &command, None).await;
            }
        }
        Step::Undo(n) => {
            if let Some(n) = nth(*n, known.batches.len()) {
                let (batch, reason) = (known.batches[n], "thử".into());
                let _ = undo_batch(journal, &scope, &UndoBatch { batch, reason }, None).await;
            }
        }
        Step::Define(first) => {
            let vintage = if *first { "first" } else { "latest" };
            // The same definitions again come to nothing; a version that was in force before is refused.
            let all = definitions(vintage);
            let _ = activation::activate(journal, &scope, &all).await;
        }
        Step::Follow => {
            columns.follow().await.expect("taken in");
        }
    }
}

async fn accept(journal: &Journal, known: &mut Known, rows: Vec<BatchRow>) {
    let command = AcceptBatch {
        batch: BatchId::new(),
        rows,
        source: "bảng".into(),
        organisation: OrgId("so-nong".into()),
        evidence: vec![],
        note: Some("thử".into()),
        acknowledge: true,
    };
    known.batches.push(command.batch);
    let ids = (0..command.rows.len() as u32).map(|row| ObservationId::of_row(command.batch, row));
    known.ids.extend(ids);
    let directory = directory(journal).await;
    let accepted = accept_batch(
        journal,
        &Scope::system(),
        command,
        Book::new(&directory),
        None,
    )
    .await;
    accepted.expect("a batch");
}

/// What prevails for one reader, read from the tables: indicator, commune, quarter.
type Prevailing = BTreeMap<(String, String, Period), Decimal>;

async fn read(journal: &Journal, scope: &Scope, as_known: &AsKnown) -> Prevailing {
    let directories = Directories::new(journal);
    let directory = directories
        .load(scope, *as_known)
        .await
        .expect("a directory");
    let all = list(journal.db(), scope, as_known, &Filter::default(), Page::ALL).await;
    let mut places: BTreeMap<_, Vec<Observation>> = BTreeMap::new();
    for one in all.expect("a list").rows {
        let place = (
            one.key.indicator.to_string(),
            one.key.area.to_string(),
            one.figure.period,
        );
        places.entry(place).or_default().push(one);
    }
    let shown = places.into_iter().map(|(place, all)| {
        let indicator = directory.indicators().get(&place.0).expect("an indicator");
        let order = &indicator.definition.series.prevailing;
        let value = prevailing(&all, order).expect("one of them").figure.value;
        (place, value)
    });
    shown.collect()
}

/// The communes of a day within an area, each with the day on which it ended or began.
fn communes(within: &str, day: Date) -> Vec<&'static str> {
    let merged = day >= MERGED;
    let of = |place: &str| match place {
        "10001@" | "10002@" => "12@",
        "10003@" => "13@",
        "20001@" => BESIDE,
        _ => NEW,
    };
    COMMUNES
        .into_iter()
        .filter(|place| match *place {
            "20001@" => true,
            "10004@2025-07-01" | "10005@2025-07-01" => merged,
            _ => !merged,
        })
        .filter(|place| within == COUNTRY || of(place) == within || place == &within)
        .collect()
}

/// Products in the quarters of a period, each on the map of its time.
fn products(known: &Prevailing, within: &str, quarters: &[Period]) -> Option<Decimal> {
    let values = quarters.iter().flat_map(|quarter| {
        let places = communes(within, end_of(*quarter)).into_iter();
        places.filter_map(|place| known.get(&("products".into(), place.to_owned(), *quarter)))
    });
    values.copied().reduce(|a, b| a + b)
}

/// The last quarter of each commune that lives at the end; of those that ended before where no other has any.
fn firms(known: &Prevailing, within: &str, quarters: &[Period]) -> Option<Decimal> {
    let end = end_of(*quarters.last().expect("a quarter"));
    let last = |place: &&str| {
        let of = |quarter| known.get(&("firms".into(), (*place).to_owned(), quarter));
        quarters
            .iter()
            .rev()
            .find_map(|quarter| of(*quarter))
            .copied()
    };
    let living = communes(within, end);
    let sum = living.iter().filter_map(last).reduce(|a, b| a + b);
    let before = communes(within, jiff::civil::date(2024, 1, 1));
    let ended = before
        .iter()
        .filter(|place| !living.contains(place) && end >= MERGED);
    sum.or_else(|| ended.filter_map(last).reduce(|a, b| a + b))
}

async fn compare_with_tables(
    journal: &Journal,
    columns: &Columns,
    scope: &Scope,
    as_known: AsKnown,
) {
    let known = read(journal, scope, &as_known).await;
    let year = |year: u8| {
        (0..4)
            .map(move |at| quarter(year * 4 + at))
            .collect::<Vec<_>>()
    };
    let mut periods: Vec<(Period, Vec<Period>)> = (0..2_u8)
        .map(|n| (Period::Year(2024 + i16::from(n)), year(n)))
        .collect();
    periods.extend((0..8).map(|at| (quarter(at), vec![quarter(at)])));
    let ask = |indicator, view| Ask {
        scope,
        as_known,
        indicator,
        view,
    };
    let (first, second) = (id("products"), id("firms"));
    for (period, quarters) in &periods {
        let (mut whole, mut parts) = (None, Decimal::ZERO);
        for within in [
            COUNTRY,
            OLD[0],
            OLD[1],
            NEW,
            BESIDE,
            COMMUNES[0],
            COMMUNES[4],
        ] {
            let asked = ask(&first, View::AsItWas);
            let found = columns
                .value(&asked, area(within), *period)
                .await
                .expect("a value");
            let expected = products(&known, within, quarters);
            assert_eq!(
                found.shown(),
                expected,
                "products {within} {period} {scope:?}"
            );
            let gaps = quarters.iter().flat_map(|quarter| {
                communes(within, end_of(*quarter))
                    .into_iter()
                    .filter(|place| {
                        !known.contains_key(&("products".into(), (*place).to_owned(), *quarter))
                    })
            });
            assert_eq!(found.missing.len(), gaps.count(), "gaps {within} {period}");
            let sources = columns
                .lineage(&asked, area(within), *period)
                .await
                .expect("sources");
            let sum = sources
                .iter()
                .map(|source| source.stated.value)
                .reduce(|a, b| a + b);
            assert_eq!(sum, expected, "behind {within} {period}");
            match within {
                COUNTRY => whole = expected,
                "12@" | "13@" | NEW | BESIDE => parts += expected.unwrap_or_default(),
                _ => {}
            }
            let asked = ask(&second, View::AsItWas);
            let found = columns
                .value(&asked, area(within), *period)
                .await
                .expect("a value");
            assert_eq!(
                found.shown(),
                firms(&known, within, quarters),
                "firms {within} {period}"
            );
        }
        assert_eq!(whole.unwrap_or_default(), parts, "{period}");
        // The parts of today's map sum to the same whole.
        let mut today = Decimal::ZERO;
        for place in [NEW, BESIDE] {
            let found = columns
                .value(&ask(&first, NOW_MAP), area(place), *period)
                .await;
            let found = found.expect("a value");
            assert_eq!(found.rolled.map(|rolled| rolled.unknown), Some(0));
            today += found.shown().unwrap_or_default();
        }
        assert_eq!(whole.unwrap_or_default(), today, "on today's map, {period}");
    }
}

/// Everything the columns answer to a reader about a few questions.
async fn answers(columns: &Columns, scope: &Scope) -> Vec<Value> {
    let mut found = Vec::new();
    for indicator in ["products", "firms", "online_share", "doubled"] {
        let of = id(indicator);
        for view in [View::AsItWas, NOW_MAP] {
            let as_known = AsKnown::now(TODAY);
            let ask = Ask {
                scope,
                as_known,
                indicator: &of,
                view,
            };
            for place in [COUNTRY, NEW, BESIDE, OLD[0]] {
                let series = columns
                    .series(&ask, area(place), Periodicity::Quarter)
                    .await;
                found.extend(series.expect("a series"));
            }
            let ranked = columns
                .compare(&ask, Level::Commune, None, period("2024-Q4"))
                .await;
            found.extend(
                ranked
                    .expect("a ranking")
                    .into_iter()
                    .map(|ranked| ranked.value),
            );
        }
    }
    found
}

fn same(one: &[Value], other: &[Value], what: &str) {
    assert_eq!(one.len(), other.len(), "{what}");
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other, "{what}");
    }
}

/// Does a step bring or take only what the public does not see?
fn is_inner(step: &Step) -> bool {
    match step {
        Step::Record(figured) => Stage::ALL[figured.4] <= Stage::Estimated,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 40,
        failure_persistence: None, ..ProptestConfig::default() })]

    /// After any history the columns answer what the tables say, to each reader, in each process, now and then.
    #[test]
    fn columns_are_the_fold_of_what_stands(steps in prop::collection::vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let test = province().await;
            let (journal, columns) = (&test.journal, columns(&test.journal));
            let other = test.beside(projections()).await;
            let beside = crate::province::columns(&other);
            columns.follow().await.unwrap();
            beside.follow().await.unwrap();
            let mut known = Known::default();
            let mut halfway = 0;
            for (at, step) in steps.iter().enumerate() {
                if is_inner(step) {
                    columns.follow().await.unwrap();
                    let before = answers(&columns, &citizen()).await;
                    run(journal, &columns, step, &mut known).await;
                    columns.follow().await.unwrap();
                    same(&before, &answers(&columns, &citizen()).await, "what the public sees");
                } else {
                    run(journal, &columns, step, &mut known).await;
                }
                if at * 2 == steps.len() / 2 * 2 {
                    other.look().await.unwrap();
                    beside.follow().await.unwrap();
                    halfway = journal.head().await.unwrap().seq;
                }
            }
            columns.follow().await.unwrap();
            other.look().await.unwrap();
            beside.follow().await.unwrap();
            let late = crate::province::columns(journal);
            late.follow().await.unwrap();
            let unfilled = crate::province::columns(journal);
            for scope in [officer(), citizen(), focal("so-nong")] {
                compare_with_tables(journal, &columns, &scope, AsKnown::now(TODAY)).await;
                let now = answers(&columns, &scope).await;
                same(&now, &answers(&beside, &scope).await, "another process");
                same(&now, &answers(&late, &scope).await, "a process that came late");
                same(&now, &answers(&unfilled, &scope).await, "from the tables");
            }
            let observations = |columns: &Columns| columns.extent().map(|e| (e.reached, e.observations));
            assert_eq!(observations(&columns), observations(&beside));
            assert_eq!(observations(&columns), observations(&late));
            compare_with_tables(journal, &columns, &officer(), AsKnown::at(halfway, TODAY)).await;
            other.db().close().await;
        });
    }
}
