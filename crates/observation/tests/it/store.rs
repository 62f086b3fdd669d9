use std::collections::BTreeMap;

use access::{AsKnown, Audience, OrgId, Page, Scope};
use catalogue::Stage;
use journal::FactFamily;
use journal::testing::TestJournal;
use journal::{Journal, Row, Seq, Written};
use observation::{
    AcceptBatch, BatchEnd, BatchFact, BatchFilter, BatchId, BatchRow, EvidenceFile, Filter,
    ObservationId, ObservationProjection, Publish, SeriesFact, SeriesKey, SeriesState, UndoBatch,
    Withdraw, accept_batch, batch as batch_info, batches, count_by_stage, decode_batch, get,
    latest, lineage, list, publish, record, series, undo_batch, withdraw,
};
use proptest::prelude::*;

use crate::support::{self, TODAY, book, citizen, figure, focal, key, officer, verdict};

pub async fn fresh() -> TestJournal {
    // The clock stands still on the day the tests' figures were made for; the journal itself keeps
    // recorded time increasing.
    let noon = TODAY
        .at(5, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .expect("a moment");
    let clock = std::sync::Arc::new(move || noon.timestamp());
    journal::testing::journal_with_clock(vec![Box::new(ObservationProjection)], clock).await
}

pub fn now() -> AsKnown {
    AsKnown::now(TODAY)
}

pub fn written(outcome: Result<Written, access::Refusal>) -> Seq {
    match outcome {
        Ok(Written::New(seq)) => seq,
        Ok(other) => panic!("{other:?}"),
        refused => panic!("{}", verdict(refused)),
    }
}

fn rows(count: u32) -> Vec<BatchRow> {
    (0..count)
        .map(|n| {
            let area = ["12@", "14@", "12@2025-07-01"][n as usize % 3];
            let period = format!("{}", 1000 + n / 3 % 1000);
            let mut figure = figure(&period, "7", Stage::Reported);
            figure.source.clear();
            let day = 1 + i8::try_from(n / 3000).expect("few enough rows");
            figure.vintage = jiff::civil::date(2026, 1, day);
            BatchRow {
                key: key("place", area),
                figure,
            }
        })
        .collect()
}

pub fn batch(rows: Vec<BatchRow>) -> AcceptBatch {
    AcceptBatch {
        batch: BatchId::new(),
        rows,
        source: "bảng tổng hợp năm".into(),
        organisation: OrgId("so-nong".into()),
        evidence: vec![],
        note: None,
        acknowledge: false,
        papers: vec![],
        left_out: 0,
        import: None,
        against: None,
    }
}

#[tokio::test]
async fn a_value_is_recorded_read_published_and_withdrawn() {
    let test = fresh().await;
    let (journal, db) = (&test.journal, test.journal.db());
    let mut command = support::record("forest_cover", "2025", "42.10");
    command.figure.note = Some("theo kiểm kê".into());
    command.evidence = vec![EvidenceFile {
        hash: journal::FileHash::of(b"x"),
        name: "bieu.xlsx".into(),
        media: "application/vnd.ms-excel".into(),
        size: 1,
    }];
    let recorded = written(
        record(
            journal,
            &focal("so-nong"),
            &command,
            book(),
            Some("k".into()),
        )
        .await,
    );
    // The same form sent again changes nothing.
    let again = record(journal, &officer(), &command, book(), Some("k".into())).await;
    assert_eq!(
        verdict(again),
        "value",
        "another actor's key is another key"
    );

    let found = series(db, &officer(), &now(), &command.key).await.unwrap();
    assert_eq!((found.version, found.observations.len()), (recorded, 1));
    let one = &found.observations[0];
    assert_eq!(one.figure, command.figure);
    assert_eq!(
        one.figure.value.to_string(),
        "42.10",
        "decimals stay as they were given"
    );
    assert_eq!(one.evidence, command.evidence);
    assert_eq!(
        verdict(get(db, &citizen(), &now(), command.id).await),
        "not found"
    );

    let stale = Publish {
        id: command.id,
        expected: Some(recorded + 5),
    };
    assert_eq!(
        verdict(publish(journal, &officer(), &stale, None).await),
        "stale"
    );
    let command_publish = Publish {
        id: command.id,
        expected: Some(recorded),
    };
    let published = written(publish(journal, &officer(), &command_publish, None).await);
    let seen = get(db, &citizen(), &now(), command.id).await.unwrap();
    assert_eq!((seen.audience, seen.seq), (Audience::Public, recorded));
    assert!(
        seen.figure.note.is_none() && seen.evidence.is_empty(),
        "inner fields are masked"
    );
    let repeated = Publish {
        id: command.id,
        expected: None,
    };
    assert!(matches!(
        publish(journal, &officer(), &repeated, None).await,
        Ok(Written::Nothing)
    ));

    let before = AsKnown::at(recorded, TODAY);
    assert_eq!(
        verdict(get(db, &citizen(), &before, command.id).await),
        "ok",
        "permissions are today's, also for what was known before"
    );
    assert_eq!(
        series(db, &officer(), &before, &command.key)
            .await
            .unwrap()
            .version,
        recorded
    );

    let gone = Withdraw {
        id: command.id,
        reason: "nhập nhầm".into(),
        expected: Some(recorded),
    };
    let ended = written(withdraw(journal, &focal("so-nong"), &gone, None).await);
    assert_eq!(
        verdict(get(db, &officer(), &now(), command.id).await),
        "not found"
    );
    assert!(
        get(db, &officer(), &AsKnown::at(published, TODAY), command.id)
            .await
            .is_ok()
    );

    let line = lineage(journal, &officer(), &now(), command.id)
        .await
        .unwrap();
    assert_eq!(
        (line.ended, line.command.as_deref()),
        (Some(ended), Some("observation.record"))
    );
    let kinds: Vec<_> = line.facts.iter().map(|f| f.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["series.recorded", "series.published", "series.withdrawn"]
    );
    let outside = lineage(journal, &citizen(), &now(), command.id)
        .await
        .unwrap();
    assert!(outside.facts.is_empty() && outside.command.is_none() && outside.batch.is_none());
    let then = lineage(
        journal,
        &officer(),
        &AsKnown::at(published, TODAY),
        command.id,
    )
    .await
    .unwrap();
    assert_eq!((then.ended, then.facts.len()), (None, 2));
}

#[tokio::test]
async fn ten_thousand_rows_are_accepted_and_undone_at_once() {
    let test = fresh().await;
    let (journal, db) = (&test.journal, test.journal.db());
    let command = batch(rows(10_000));
    let id = command.batch;
    let seq =
        written(accept_batch(journal, &focal("so-nong"), command.clone(), book(), None).await);
    let filter = Filter {
        batch: Some(id),
        ..Filter::default()
    };
    let page = Page {
        limit: 50,
        offset: 100,
    };
    let found = list(db, &officer(), &now(), &filter, page).await.unwrap();
    assert_eq!((found.total, found.rows.len()), (10_000, 50));
    let one = &found.rows[0];
    assert_eq!(
        (one.seq, one.row, one.figure.source.as_str()),
        (seq, 9_899, "bảng tổng hợp năm")
    );
    assert_eq!(one.id, ObservationId::of_row(id, 9_899));
    assert_eq!(
        list(db, &citizen(), &now(), &filter, page)
            .await
            .unwrap()
            .total,
        0
    );
    let counts = count_by_stage(db, &officer(), &now(), &filter)
        .await
        .unwrap();
    assert_eq!(
        (counts.len(), counts[0].stage, counts[0].count),
        (1, Stage::Reported, 10_000)
    );

    // A row of a batch is an observation like any other.
    let public = Publish {
        id: one.id,
        expected: None,
    };
    let published = written(publish(journal, &officer(), &public, None).await);
    assert_eq!(
        list(db, &citizen(), &now(), &filter, page)
            .await
            .unwrap()
            .total,
        1
    );
    let line = lineage(journal, &officer(), &now(), one.id).await.unwrap();
    assert_eq!(
        line.batch.map(|b| (b.batch, b.count, b.ended)),
        Some((id, 10_000, None))
    );
    let kinds: Vec<_> = line.facts.iter().map(|f| f.kind.as_str()).collect();
    assert_eq!(kinds, ["batch.accepted", "series.published"]);

    let before = tables(journal).await;
    journal.rebuild().await.unwrap();
    assert_eq!(before, tables(journal).await);

    let again = accept_batch(journal, &officer(), command, book(), None).await;
    assert_eq!(verdict(again), "conflict");
    let undo = UndoBatch {
        batch: id,
        reason: "tệp cũ".into(),
    };
    let undone = written(undo_batch(journal, &officer(), &undo, None).await);
    assert_eq!(
        list(db, &officer(), &now(), &Filter::default(), page)
            .await
            .unwrap()
            .total,
        0
    );
    assert_eq!(
        list(db, &citizen(), &now(), &Filter::default(), page)
            .await
            .unwrap()
            .total,
        0
    );
    let then = AsKnown::at(published, TODAY);
    assert_eq!(
        list(db, &officer(), &then, &filter, page)
            .await
            .unwrap()
            .total,
        10_000
    );
    assert_eq!(
        batches(
            db,
            &officer(),
            &now(),
            &BatchFilter::default(),
            Page::first(10)
        )
        .await
        .unwrap()
        .total,
        0
    );
    let known = batches(
        db,
        &officer(),
        &then,
        &BatchFilter::default(),
        Page::first(10),
    )
    .await
    .unwrap();
    assert_eq!((known.total, known.rows[0].ended), (1, None));
    let last = batch_info(db, &officer(), &now(), id).await.unwrap();
    assert_eq!(last.ended, Some((undone, BatchEnd::Undone)));
    assert_eq!(last.reason.as_deref(), Some("tệp cũ"));
    assert_eq!(
        verdict(undo_batch(journal, &officer(), &undo, None).await),
        "conflict"
    );
}

#[tokio::test]
async fn a_board_asks_once_for_the_latest_periods() {
    let test = fresh().await;
    let (journal, db) = (&test.journal, test.journal.db());
    for (indicator, period, value) in [
        ("place", "2022", "9"),
        ("place", "2023", "8"),
        ("place", "2024", "7"),
        ("place", "2025-Q3", "6"),
        ("place", "2025-Q4", "5"),
        ("maturity", "2020", "2"),
    ] {
        written(
            record(
                journal,
                &officer(),
                &support::record(indicator, period, value),
                book(),
                None,
            )
            .await,
        );
    }
    let area = "12@2025-07-01";
    let keys = [
        key("place", area),
        key("maturity", area),
        key("forest_cover", area),
    ];
    let found = latest(db, &officer(), &now(), &keys, 2).await.unwrap();
    let periods = |key: &SeriesKey| -> Vec<String> {
        found
            .get(key)
            .into_iter()
            .flatten()
            .map(|o| o.figure.period.to_string())
            .collect()
    };
    assert_eq!(periods(&keys[0]), ["2023", "2024", "2025-Q3", "2025-Q4"]);
    assert_eq!(periods(&keys[1]), ["2020"]);
    assert!(periods(&keys[2]).is_empty());
    let none = latest(db, &officer(), &now(), &[], 2).await.unwrap();
    assert!(none.is_empty());
    let none = latest(db, &officer(), &now(), &keys, 0).await.unwrap();
    assert!(none.is_empty());
    let none = latest(db, &citizen(), &now(), &keys, 2).await.unwrap();
    assert!(none.is_empty());
    // The last period that a reader sees counts, not the last there is.
    let oldest = series(db, &officer(), &now(), &keys[0]).await.unwrap();
    let id = oldest.observations[0].id;
    let public = Publish { id, expected: None };
    written(publish(journal, &officer(), &public, None).await);
    let seen = latest(db, &citizen(), &now(), &keys, 1).await.unwrap();
    let seen: Vec<_> = seen[&keys[0]].iter().map(|o| o.id).collect();
    assert_eq!(seen, [id]);
}

/// All rows of the projection's tables as text, in an order of their own.
async fn tables(journal: &Journal) -> Vec<String> {
    let columns = "id, seq, row_no, indicator, area_key, period, period_kind, period_start, period_end, \
         value, stage, vintage, source, organisation, definition, batch, recorded_at, audience, \
         known_from, known_to";
    let rows = journal
        .db()
        .rows(&format!("SELECT {columns} FROM observation"), vec![])
        .await
        .unwrap();
    let mut lines: Vec<_> = rows.iter().map(|row| line(row, columns)).collect();
    let columns = "id, seq, rows_accepted, content, source, organisation, evidence, note, recorded_at, \
         actor, known_from, known_to";
    let sql = format!("SELECT {columns} FROM observation_batch");
    lines.extend(
        journal
            .db()
            .rows(&sql, vec![])
            .await
            .unwrap()
            .iter()
            .map(|r| line(r, columns)),
    );
    let columns = "indicator, organisation, stage, audience, n";
    let sql = format!("SELECT {columns} FROM observation_tally");
    let counted = "SELECT indicator, organisation, stage, audience, COUNT(*) AS n FROM observation \
         WHERE known_to IS NULL GROUP BY indicator, organisation, stage, audience";
    let read = async |sql: &str| {
        let rows = journal.db().rows(sql, vec![]).await.unwrap();
        let mut lines: Vec<_> = rows.iter().map(|r| line(r, columns)).collect();
        lines.sort();
        lines
    };
    let tally = read(&format!("{sql} WHERE n <> 0")).await;
    assert_eq!(tally, read(counted).await, "the tally counts what stands");
    lines.extend(tally);
    lines.sort();
    lines
}

pub fn line(row: &Row, columns: &str) -> String {
    let cell = |column: &str| {
        let column = column.trim();
        match row.opt_int(column) {
            Ok(number) => format!("{number:?}"),
            Err(_) => format!("{:?}", row.opt_text(column).unwrap()),
        }
    };
    columns.split(',').map(cell).collect::<Vec<_>>().join(" | ")
}

/// What the facts say of each series, folded without any table.
async fn folded(journal: &Journal, until: Seq) -> BTreeMap<SeriesKey, SeriesState> {
    let mut states: BTreeMap<SeriesKey, SeriesState> = BTreeMap::new();
    for at in journal.facts_after(0, 10_000).await.unwrap() {
        if at.seq > until {
            break;
        }
        if let Some(fact) = SeriesFact::read(&at).unwrap() {
            let key = SeriesKey::of_stream(&at.stream).unwrap();
            let state = states.remove(&key).unwrap_or_default();
            states.insert(key.clone(), state.evolve(&key, fact, &at));
        } else if let Some(fact) = BatchFact::read(&at).unwrap() {
            let rows = match &fact {
                BatchFact::Accepted(data) => {
                    let content = journal.batch(data.content.as_str()).await.unwrap();
                    decode_batch(&data.content, &content).unwrap()
                }
                _ => vec![],
            };
            for row in &rows {
                states.entry(row.key.clone()).or_default();
            }
            let keys: Vec<_> = states.keys().cloned().collect();
            for key in keys {
                let state = states.remove(&key).unwrap_or_default();
                let state = state.evolve_batch(&key, &fact, &rows, &at);
                states.insert(key, state);
            }
        }
    }
    states
}

#[derive(Debug, Clone)]
enum Step {
    Record {
        area: usize,
        year: i16,
        value: u8,
        official: bool,
    },
    Batch {
        rows: u32,
    },
    Publish(usize),
    Withdraw(usize),
    Undo(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..3, 2018i16..2025, 1u8..60, any::<bool>())
            .prop_map(|(area, year, value, official)| Step::Record { area, year, value, official }),
        1 => (1u32..9).prop_map(|rows| Step::Batch { rows }),
        2 => any::<prop::sample::Index>().prop_map(|i| Step::Publish(i.index(1000))),
        2 => any::<prop::sample::Index>().prop_map(|i| Step::Withdraw(i.index(1000))),
        1 => any::<prop::sample::Index>().prop_map(|i| Step::Undo(i.index(1000))),
    ]
}

/// Runs a step; refusals are part of a random history.
async fn run(
    journal: &Journal,
    step: &Step,
    ids: &mut Vec<ObservationId>,
    known: &mut Vec<BatchId>,
) {
    let scope = Scope::system();
    let nth = |n: usize, len: usize| (len > 0).then(|| n % len);
    match step {
        Step::Record {
            area,
            year,
            value,
            official,
        } => {
            let area = ["12@", "12@2025-07-01", "14@"][*area];
            let mut command = support::record("place", &year.to_string(), &value.to_string());
            command.key = key("place", area);
            command.figure.stage = if *official {
                Stage::Official
            } else {
                Stage::Reported
            };
            ids.push(command.id);
            let _ = record(journal, &scope, &command, book(), None).await;
        }
        Step::Batch { rows: count } => {
            let command = batch(rows(*count));
            known.push(command.batch);
            ids.extend((0..*count).map(|row| ObservationId::of_row(command.batch, row)));
            accept_batch(journal, &scope, command, book(), None)
                .await
                .unwrap();
        }
        Step::Publish(n) => {
            if let Some(n) = nth(*n, ids.len()) {
                let command = Publish {
                    id: ids[n],
                    expected: None,
                };
                let _ = publish(journal, &scope, &command, None).await;
            }
        }
        Step::Withdraw(n) => {
            if let Some(n) = nth(*n, ids.len()) {
                let command = Withdraw {
                    id: ids[n],
                    reason: "thử".into(),
                    expected: None,
                };
                let _ = withdraw(journal, &scope, &command, None).await;
            }
        }
        Step::Undo(n) => {
            if let Some(n) = nth(*n, known.len()) {
                let command = UndoBatch {
                    batch: known[n],
                    reason: "thử".into(),
                };
                let _ = undo_batch(journal, &scope, &command, None).await;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60,
        failure_persistence: None, ..ProptestConfig::default() })]

    /// After any history: the tables are what a rebuild makes of the facts, and what is read as known
    /// after each entry is what the facts up to it fold to.
    #[test]
    fn tables_are_the_fold_of_facts_now_and_then(steps in prop::collection::vec(step(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let test = fresh().await;
            let journal = &test.journal;
            let (mut ids, mut known) = (vec![], vec![]);
            for step in &steps {
                run(journal, step, &mut ids, &mut known).await;
            }
            let before = tables(journal).await;
            journal.rebuild().await.unwrap();
            assert_eq!(before, tables(journal).await);
            let head = journal.head().await.unwrap().seq;
            for seq in 0..=head {
                for (key, state) in folded(journal, seq).await {
                    let as_known = AsKnown::at(seq, TODAY);
                    let mut read =
                        series(journal.db(), &Scope::system(), &as_known, &key).await.unwrap();
                    read.observations.sort_by_key(|o| (o.seq, o.row));
                    let mut state = state;
                    if seq < head {
                        // Permissions are today's.
                        state.observations.iter_mut().for_each(|o| o.audience = Audience::Public);
                        read.observations.iter_mut().for_each(|o| o.audience = Audience::Public);
                    }
                    assert_eq!(read.observations, state.observations, "{key:?} after {seq}");
                    assert_eq!(read.version, state.version, "{key:?} after {seq}");
                }
            }
        });
    }
}
