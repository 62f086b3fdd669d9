use std::collections::BTreeMap;

use journal::testing::journal;
use journal::{Journal, NewFact, Seq};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

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

/// A rebuild takes the head like a writer does: entries appended meanwhile come before it or after it,
/// and none is missing from the table.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_among_writers_loses_nothing() {
    let test = journal(notes()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let journal = test.journal.clone();
        tasks.spawn(async move {
            for round in 0..10 {
                append(&journal, vec![written(&note(writer), &round.to_string())]).await;
            }
        });
    }
    for _ in 0..3 {
        test.journal.rebuild().await.unwrap();
    }
    tasks.join_all().await;
    let live = whole_table(&test.journal).await;
    assert_eq!(live.len(), 40);
    test.journal.rebuild().await.unwrap();
    assert_eq!(whole_table(&test.journal).await, live);
    let verification = test.journal.verify(None).await.unwrap();
    assert_eq!((verification.entries, verification.faults), (40, vec![]));
}
