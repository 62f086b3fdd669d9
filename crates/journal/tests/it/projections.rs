use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use journal::testing::journal;
use journal::{Journal, JournalError, NewFact, Seq, Written, params};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::removal::{facts_removed, place};
use crate::support::*;

/// One command of a random history: facts about a few notes, so that they meet often.
fn command_facts() -> impl Strategy<Value = Vec<(usize, Option<String>)>> {
    let one = (0..4usize, prop::option::weighted(0.75, "[a-zđâ]{0,5}"));
    prop::collection::vec(one, 1..4)
}

fn facts(command: &[(usize, Option<String>)]) -> Vec<NewFact> {
    command
        .iter()
        .map(|(n, text)| match text {
            Some(text) => written(&note(*n), text),
            None => struck(&note(*n)),
        })
        .collect()
}

/// The notes folded from their streams as known after an entry.
async fn folded(journal: &Journal, seq: Seq) -> BTreeMap<String, String> {
    let mut state = BTreeMap::new();
    for n in 0..4 {
        let stream = journal.stream(&note(n), Some(seq)).await.unwrap();
        if let Some(text) = stream.fold(None, evolve).unwrap() {
            state.insert(note(n).as_str().to_owned(), text);
        }
    }
    state
}

async fn table_equals_fold_and_rebuild(history: Vec<Vec<(usize, Option<String>)>>) {
    let test = journal(notes()).await;
    let journal = &test.journal;
    for command in &history {
        append(journal, facts(command)).await;
    }
    for seq in 0..=history.len() as i64 {
        assert_eq!(
            table_as_known(journal, seq).await,
            folded(journal, seq).await,
            "{seq}"
        );
    }
    let (live, head) = (whole_table(journal).await, journal.head().await.unwrap());
    journal.rebuild().await.unwrap();
    assert_eq!(whole_table(journal).await, live);
    assert_eq!(journal.head().await.unwrap(), head);
    // The next entry takes the number that follows, on the chain as it was.
    let next = append(journal, vec![struck(&note(0))]).await;
    assert_eq!(next, head.seq + 1);
    assert_eq!(journal.verify(Some(&head)).await.unwrap().faults, vec![]);
}

#[test]
fn the_table_as_known_is_the_fold_then_and_a_rebuild_changes_nothing() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 16,
        failure_persistence: None,
        ..Config::default()
    });
    let histories = prop::collection::vec(command_facts(), 0..12);
    runner
        .run(&histories, |history| {
            runtime.block_on(table_equals_fold_and_rebuild(history));
            Ok(())
        })
        .unwrap();
}

/// Rebuilds beside writers and readers: nobody meets an error, no reader sees a row less than before, and
/// no entry is missing from the new tables.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_and_writers_go_on_while_a_rebuild_runs() {
    let test = journal(notes()).await;
    for n in 0..300 {
        append(&test.journal, vec![written(&note(n % 7), "trước")]).await;
    }
    let done = Arc::new(AtomicBool::new(false));
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..3 {
        let journal = test.journal.clone();
        tasks.spawn(async move {
            for round in 0..40 {
                append(&journal, vec![written(&note(writer), &round.to_string())]).await;
            }
        });
    }
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let (journal, done) = (test.journal.clone(), done.clone());
        readers.spawn(async move {
            let (mut rounds, mut seen) = (0, 0);
            while !done.load(Ordering::SeqCst) {
                let now = whole_table(&journal).await.len();
                assert!(now >= seen, "{now} rows after {seen}");
                (rounds, seen) = (rounds + 1, now);
            }
            rounds
        });
    }
    for _ in 0..3 {
        test.journal.rebuild().await.unwrap();
    }
    tasks.join_all().await;
    done.store(true, Ordering::SeqCst);
    assert!(readers.join_all().await.iter().all(|rounds| *rounds > 0));
    let live = whole_table(&test.journal).await;
    assert_eq!(live.len(), 420);
    test.journal.rebuild().await.unwrap();
    assert_eq!(whole_table(&test.journal).await, live);
    let verification = test.journal.verify(None).await.unwrap();
    assert_eq!((verification.entries, verification.faults), (420, vec![]));
}

/// Two processes rebuild the same projection: one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn two_rebuilds_at_once_take_turns() {
    let test = journal(notes()).await;
    for n in 0..50 {
        append(&test.journal, vec![written(&note(n), "x")]).await;
    }
    let live = whole_table(&test.journal).await;
    let (one, other) = tokio::join!(test.journal.rebuild(), test.journal.rebuild());
    one.unwrap();
    other.unwrap();
    assert_eq!(whole_table(&test.journal).await, live);
}

/// Content is removed while a rebuild runs, again and again: whatever the rebuild had taken in already, the
/// new tables hold nothing of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_removed_during_a_rebuild_is_not_in_the_new_tables() {
    const SECRET: &str = "không được để lại";
    let test = journal(notes()).await;
    let mut secrets = Vec::new();
    for n in 0..400 {
        let text = if n % 40 == 0 { SECRET } else { "trước" };
        let seq = append(&test.journal, vec![written(&note(n), text)]).await;
        if text == SECRET {
            secrets.push(seq);
        }
    }
    let journal = test.journal.clone();
    let rebuilding = tokio::spawn(async move {
        for _ in 0..6 {
            journal.rebuild().await.unwrap();
        }
    });
    for seq in secrets {
        let taken = [place(seq, 0)];
        let outcome: Result<Written, JournalError> = test
            .journal
            .write(&command(), async |tx| {
                tx.remove_facts(&taken).await?;
                let row = "DELETE FROM toy_note WHERE known_from = $1";
                tx.sql().execute(row, params![seq]).await?;
                Ok(vec![facts_removed(&taken)])
            })
            .await;
        assert!(matches!(outcome.unwrap(), Written::New(_)));
    }
    rebuilding.await.unwrap();
    let live = whole_table(&test.journal).await;
    assert_eq!(live.len(), 390);
    assert!(!format!("{live:?}").contains(SECRET), "{live:?}");
    test.journal.rebuild().await.unwrap();
    assert_eq!(whole_table(&test.journal).await, live);
}
