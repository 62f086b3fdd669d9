//! Several processes on one journal: each hears of what the others append.

use std::time::Duration;

use journal::params;
use journal::testing::journal;
use tokio_util::sync::CancellationToken;

use crate::support::*;

#[tokio::test]
async fn another_process_hears_within_a_second_without_being_told() {
    let test = journal(notes()).await;
    let other = test.beside(notes()).await;
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    let mut heard = other.follow();
    let follower = other.clone();
    tokio::spawn(async move { follower.follow_others(stop).await });
    for round in 1..=3 {
        append(&test.journal, vec![written(&note(1), "một")]).await;
        let reached = heard.wait_for(|reach| reach.head.seq == round);
        let reach = tokio::time::timeout(Duration::from_secs(1), reached)
            .await
            .expect("within a second")
            .unwrap()
            .clone();
        assert_eq!(
            (&reach.head, reach.line),
            (&test.journal.head().await.unwrap(), 0)
        );
    }
}

#[tokio::test]
async fn own_entries_after_others_are_one_line() {
    let test = journal(notes()).await;
    let other = test.beside(notes()).await;
    for round in 0..6 {
        let writer = if round % 2 == 0 {
            &test.journal
        } else {
            &other
        };
        let seq = append(writer, vec![written(&note(1), "hai")]).await;
        let reach = writer.follow().borrow().clone();
        assert_eq!((reach.head.seq, reach.line), (seq, 0));
    }
}

/// The tail is lost, as when a standby without the last entries takes over, and other entries take its
/// place: whatever a process had read of it must be forgotten.
#[tokio::test]
async fn a_lost_tail_is_another_line_however_the_process_comes_upon_it() {
    for case in 0..8 {
        let (others_entries, own_entry) = (case / 2, case % 2 == 1);
        let test = journal(notes()).await;
        let reader = test.beside(notes()).await;
        for text in ["một", "hai", "ba"] {
            append(&reader, vec![written(&note(1), text)]).await;
        }
        assert_eq!(reader.follow().borrow().head.seq, 3);
        lose_the_last(&test.journal).await;
        for _ in 0..others_entries {
            append(&test.journal, vec![written(&note(2), "khác")]).await;
        }
        if own_entry {
            append(&reader, vec![written(&note(3), "của mình")]).await;
        }
        let reach = reader.look().await.unwrap();
        let case = format!("{others_entries} entries of others, own: {own_entry}");
        assert_eq!(reach.line, 1, "{case}");
        assert_eq!(reach.head, reader.head().await.unwrap(), "{case}");
        assert_eq!(reader.look().await.unwrap(), reach, "{case}: told once");
    }
}

/// Cuts the last entry off, with all that follows from it: only a test may.
async fn lose_the_last(journal: &journal::Journal) {
    let db = journal.db();
    let last = journal.head().await.unwrap().seq;
    for sql in [
        "DELETE FROM toy_note WHERE known_from = $1",
        "DELETE FROM journal_fact WHERE seq = $1",
        "DELETE FROM journal_entry WHERE seq = $1",
    ] {
        db.execute(sql, params![last]).await.unwrap();
    }
    let sql = "UPDATE journal_head SET seq = $1, recorded_at = (SELECT recorded_at FROM journal_entry \
               WHERE seq = $1), hash = (SELECT hash FROM journal_entry WHERE seq = $1)";
    db.execute(sql, params![last - 1]).await.unwrap();
}
