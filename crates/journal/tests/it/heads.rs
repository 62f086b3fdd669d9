//! The head of every day goes outside once, whichever process does it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use journal::testing::journal_with_clock;
use journal::{Clock, DayHead, Outbox};

use crate::support::*;

const DAY: i64 = 86_400 * 1_000_000;

/// Noon in Vietnam on 2026-08-03.
const NOON: i64 = 1_785_733_200 * 1_000_000;

fn clock() -> (Clock, Arc<AtomicI64>) {
    let at = Arc::new(AtomicI64::new(NOON));
    let shown = at.clone();
    let clock = move || Timestamp::from_microsecond(shown.load(Ordering::SeqCst)).unwrap();
    (Arc::new(clock), at)
}

fn days(exported: &[DayHead]) -> Vec<String> {
    exported
        .iter()
        .map(|e| format!("{} {}", e.day, e.head.seq))
        .collect()
}

#[tokio::test]
async fn days_that_are_over_are_exported_once_and_missed_ones_are_caught_up() {
    let (clock, at) = clock();
    let test = journal_with_clock(notes(), clock).await;
    let journal = &test.journal;
    at.fetch_add(3 * DAY, Ordering::SeqCst);
    assert_eq!(
        journal.export_heads().await.unwrap(),
        [],
        "nothing on record"
    );
    at.store(NOON, Ordering::SeqCst);
    append(journal, vec![written(&note(1), "một")]).await;
    assert_eq!(
        journal.export_heads().await.unwrap(),
        [],
        "the day is not over"
    );
    at.fetch_add(DAY, Ordering::SeqCst);
    append(journal, vec![written(&note(1), "hai")]).await;
    assert_eq!(
        days(&journal.export_heads().await.unwrap()),
        ["2026-08-03 1"]
    );
    assert_eq!(journal.export_heads().await.unwrap(), []);
    // The server was off for three days; a day without entries has its line, too.
    at.fetch_add(3 * DAY, Ordering::SeqCst);
    let caught_up = journal.export_heads().await.unwrap();
    assert_eq!(
        days(&caught_up),
        ["2026-08-04 2", "2026-08-05 2", "2026-08-06 2"]
    );
    assert_eq!(journal.exported_heads(1).await.unwrap()[0], caught_up[2]);
    for line in &caught_up {
        assert_eq!(journal.verify(Some(&line.head)).await.unwrap().faults, []);
        let text = line.to_string();
        assert!(
            text.starts_with("2026-08-0") && text.contains(" 2:"),
            "{text}"
        );
    }
    let told = Outbox::new(journal.db().clone()).newest(50).await.unwrap();
    assert_eq!(
        told.len(),
        4,
        "a line for the file and one letter, for each time"
    );
    let letter = told
        .iter()
        .find(|m| m.id == "head/2026-08-06/role")
        .unwrap();
    assert!(letter.body.contains(&caught_up[0].to_string()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_processes_one_exports_a_day() {
    let (clock, at) = clock();
    let test = journal_with_clock(notes(), clock).await;
    append(&test.journal, vec![written(&note(1), "một")]).await;
    at.fetch_add(5 * DAY, Ordering::SeqCst);
    let mut exporting = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let process = test.beside(notes()).await;
        exporting.spawn(async move { process.export_heads().await.unwrap() });
    }
    let mut all = days(&exporting.join_all().await.concat());
    all.sort();
    let expected = ["03", "04", "05", "06", "07"].map(|d| format!("2026-08-{d} 1"));
    assert_eq!(all, expected);
    let told = Outbox::new(test.journal.db().clone())
        .newest(50)
        .await
        .unwrap();
    let lines: usize = told
        .iter()
        .filter(|m| m.id.ends_with("/heads"))
        .map(|m| m.body.lines().count())
        .sum();
    assert_eq!(lines, 5);
}
