//! After random histories the columns answer what the tables say, to each reader, in each process.

use std::collections::{BTreeMap, BTreeSet};

use access::{AsKnown, OrgId, Page, Scope};
use activation::Directories;
use catalogue::{Level, Periodicity, Stage};
use jiff::civil::Date;
use journal::Journal;
use measure::rollup::View;
use observation::columns::{Ask, Columns, Value};
use observation::{
    AcceptBatch, BatchId, BatchRow, Book, Filter, Observation, ObservationId, Publish, Record,
    UndoBatch, Withdraw, accept_batch, list, prevailing, publish, record, undo_batch, withdraw,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use viet::{Calendar, Period};

use crate::columns::{NOW_MAP, area, command, directory, id, period};
use crate::province::{
    BESIDE, COMMUNES, COUNTRY, MERGED, NEW, OLD, columns, definitions, projections, province,
};
use crate::support::{TODAY, citizen, focal, officer};

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
        papers: vec![],
        left_out: 0,
        import: None,
        against: None,
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
            // Nobody followed since the last step: a question takes in what this process recorded.
            let unfilled = crate::province::columns(journal);
            for scope in [officer(), citizen(), focal("so-nong")] {
                let asked = answers(&columns, &scope).await;
                same(&asked, &answers(&unfilled, &scope).await, "at once");
            }
            columns.follow().await.unwrap();
            other.look().await.unwrap();
            beside.follow().await.unwrap();
            let late = crate::province::columns(journal);
            late.follow().await.unwrap();
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
