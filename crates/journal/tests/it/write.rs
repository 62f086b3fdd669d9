use std::collections::BTreeSet;
use std::time::Duration;

use journal::testing::journal;
use journal::{
    ActorId, Commitment, FactFamily, Journal, JournalError, NewFact, Vault, WriteContext, Written,
    params,
};
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

#[derive(Debug)]
enum Refusal {
    Taken,
    Store(String),
}

impl From<JournalError> for Refusal {
    fn from(error: JournalError) -> Self {
        Refusal::Store(error.to_string())
    }
}

#[tokio::test]
async fn what_is_written_is_read_and_folded() {
    let test = journal(notes()).await;
    let journal = &test.journal;
    assert_eq!(journal.head().await.unwrap().seq, 0);
    assert_eq!(
        append(journal, vec![written(&note(1), "sầu riêng")]).await,
        1
    );
    let both = vec![written(&note(1), "cà phê"), written(&note(2), "hồ tiêu")];
    assert_eq!(append(journal, both).await, 2);
    assert_eq!(append(journal, vec![struck(&note(1))]).await, 3);

    let stream = journal.stream(&note(1), None).await.unwrap();
    let places: Vec<_> = stream.facts.iter().map(|f| (f.seq, f.ix)).collect();
    assert_eq!(places, [(1, 0), (2, 0), (3, 0)]);
    assert_eq!(stream.version(), 3);
    assert_eq!(stream.fold(None, evolve).unwrap(), None);

    let earlier = journal.stream(&note(1), Some(2)).await.unwrap();
    assert_eq!(
        earlier.fold(None, evolve).unwrap().as_deref(),
        Some("cà phê")
    );
    let second = journal.stream(&note(2), None).await.unwrap();
    assert_eq!((second.facts[0].seq, second.facts[0].ix), (2, 1));
    assert_eq!(journal.stream(&note(9), None).await.unwrap().version(), 0);

    let by_entry = journal.facts_after(1, 100).await.unwrap();
    assert_eq!(by_entry.len(), 3);
    assert_eq!(by_entry[1], second.facts[0]);
}

#[tokio::test]
async fn an_entry_says_who_acted_for_whom_and_the_hash_covers_it() {
    let test = journal(notes()).await;
    let (actor, chief) = (ActorId::new(), ActorId::new());
    let mut context = WriteContext::new(actor, "note.write");
    context.on_behalf = Some(chief);
    let outcome: Result<_, JournalError> = test
        .journal
        .write(&context, async |tx| {
            assert_eq!(tx.seq(), 1);
            Ok(vec![written(&note(1), "x")])
        })
        .await;
    assert_eq!(outcome.unwrap(), Written::New(1));
    let entry = &test.journal.entries_after(0, 10).await.unwrap()[0];
    assert_eq!((entry.actor, entry.on_behalf), (actor, Some(chief)));
    assert_eq!(entry.prev_hash, vec![0; 32]);
    assert_eq!(entry.hash, entry.compute_hash().unwrap());
    let mut nobody = entry.clone();
    nobody.on_behalf = None;
    assert_ne!(nobody.compute_hash().unwrap(), entry.hash);
}

/// Nothing of a write that came to nothing is to be found anywhere.
async fn assert_no_trace(journal: &Journal) {
    assert_eq!(journal.head().await.unwrap().seq, 0);
    for table in [
        "journal_entry",
        "journal_fact",
        "vault",
        "toy_note",
        "journal_batch",
    ] {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let row = journal.db().row(&sql, vec![]).await.unwrap().unwrap();
        assert_eq!(row.int("n").unwrap(), 0, "{table}");
    }
}

#[tokio::test]
async fn a_refusal_leaves_no_trace() {
    let test = journal(notes()).await;
    let refused: Result<Written, Refusal> = test
        .journal
        .write(&command(), async |tx| {
            Vault::put(tx.sql(), Uuid::now_v7(), "name", "Nguyễn Thị A", [7; 32]).await?;
            tx.store_batch(b"rows").await?;
            Err(Refusal::Taken)
        })
        .await;
    assert!(matches!(refused, Err(Refusal::Taken)));
    assert_no_trace(&test.journal).await;
    let nothing: Result<Written, JournalError> =
        test.journal.write(&command(), async |_| Ok(vec![])).await;
    assert_eq!(nothing.unwrap(), Written::Nothing);
    assert_no_trace(&test.journal).await;
    assert_eq!(append(&test.journal, vec![struck(&note(1))]).await, 1);
}

#[tokio::test]
async fn a_float_or_a_failing_projection_leaves_no_trace() {
    let test = journal(notes()).await;
    let with_float = NewFact {
        data: json!({"text": "x", "language": "vi", "share": 0.5}),
        ..written(&note(1), "x")
    };
    for (facts, reason) in [
        (
            vec![written(&note(2), "fine"), with_float],
            "floating-point",
        ),
        (
            vec![written(&note(2), "fine"), written(&note(1), "unacceptable")],
            "the projection failed",
        ),
    ] {
        let failed: Result<Written, Refusal> =
            test.journal.write(&command(), async |_| Ok(facts)).await;
        let Err(Refusal::Store(told)) = failed else {
            panic!("{failed:?}");
        };
        assert!(told.contains(reason), "{told}");
        assert_no_trace(&test.journal).await;
    }
}

#[tokio::test]
async fn a_write_given_up_half_way_leaves_no_trace_and_frees_the_head() {
    let test = journal(notes()).await;
    let context = command();
    let stuck = test.journal.write(&context, async |tx| {
        tx.store_batch(b"rows").await?;
        std::future::pending::<Result<Vec<NewFact>, JournalError>>().await
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(200), stuck)
            .await
            .is_err()
    );
    // The next writer gets the head as soon as the transaction dropped above was rolled back.
    assert_eq!(append(&test.journal, vec![struck(&note(1))]).await, 1);
    let verification = test.journal.verify(None).await.unwrap();
    assert_eq!((verification.entries, verification.faults), (1, vec![]));
    let sql = "SELECT COUNT(*) AS n FROM journal_batch";
    let row = test.journal.db().row(sql, vec![]).await.unwrap().unwrap();
    assert_eq!(row.int("n").unwrap(), 0);
}

async fn write_with_key(journal: &Journal, context: WriteContext) -> Written {
    let context = context.with_key(Some("form-17".into()));
    let outcome: Result<Written, JournalError> = journal
        .write(&context, async |_| Ok(vec![written(&note(1), "x")]))
        .await;
    outcome.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_again_changes_nothing() {
    let test = journal(notes()).await;
    let actor = ActorId::new();
    let submit = || WriteContext::new(actor, "note.write");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (journal, context) = (test.journal.clone(), submit());
        tasks.spawn(async move { write_with_key(&journal, context).await });
    }
    let outcomes = tasks.join_all().await;
    let new = outcomes.iter().filter(|o| **o == Written::New(1)).count();
    let again = outcomes.iter().filter(|o| **o == Written::Again(1)).count();
    assert_eq!((new, again), (1, 7));

    // Another actor's or another command's form may carry the same key.
    let other = WriteContext::new(ActorId::new(), "note.write");
    assert_eq!(write_with_key(&test.journal, other).await, Written::New(2));
    let strike = WriteContext::new(actor, "note.strike");
    assert_eq!(write_with_key(&test.journal, strike).await, Written::New(3));
    assert_eq!(
        write_with_key(&test.journal, submit()).await,
        Written::Again(1)
    );
}

/// Sixteen writers decide on what they read: each raises the highest number seen so far.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writers_leave_no_gap_and_lose_no_decision() {
    let test = journal(notes()).await;
    let mut follower = test.journal.follow();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..16 {
        let journal = test.journal.clone();
        tasks.spawn(async move {
            for round in 0..5 {
                let facts_of_a_refused_turn = round == 2 && writer % 3 == 0;
                let outcome: Result<Written, Refusal> = journal
                    .write(&command(), async |tx| {
                        let count = tx.load(&note(0)).await?.facts.len();
                        if facts_of_a_refused_turn {
                            return Err(Refusal::Taken);
                        }
                        Ok(vec![
                            written(&note(0), &count.to_string()),
                            struck(&note(writer + 1)),
                        ])
                    })
                    .await;
                assert_eq!(outcome.is_err(), facts_of_a_refused_turn);
            }
        });
    }
    tasks.join_all().await;
    let expected = 16 * 5 - 6;
    let verification = test.journal.verify(None).await.unwrap();
    assert_eq!(verification.faults, vec![]);
    assert_eq!(
        (verification.entries, verification.facts),
        (expected, 2 * expected)
    );
    assert_eq!(follower.borrow_and_update().head.seq, expected);

    let stream = test.journal.stream(&note(0), None).await.unwrap();
    for (i, fact) in stream.facts.iter().enumerate() {
        assert_eq!(fact.seq, i as i64 + 1);
        assert_eq!(fact.data["text"], json!(i.to_string()));
    }
    let moments: BTreeSet<i64> = stream.facts.iter().map(|f| f.recorded_at).collect();
    assert_eq!(moments.len() as i64, expected);
}

#[tokio::test]
async fn a_fact_of_an_older_version_is_read_as_todays() {
    let test = journal(notes()).await;
    let old = NewFact {
        version: 1,
        data: json!({"text": "viết trước khi có tiếng Anh"}),
        ..written(&note(1), "")
    };
    append(&test.journal, vec![old]).await;
    let stream = test.journal.stream(&note(1), None).await.unwrap();
    assert_eq!(stream.facts[0].version, 1);
    let today = Note::read(&stream.facts[0]).unwrap().unwrap();
    assert_eq!(
        today,
        Note::Written {
            text: "viết trước khi có tiếng Anh".into(),
            language: "vi".into()
        }
    );
    let unreadable = NewFact {
        data: json!({"txt": 1}),
        ..written(&note(2), "")
    };
    let failed: Result<Written, JournalError> = test
        .journal
        .write(&command(), async |_| Ok(vec![unreadable]))
        .await;
    let told = failed.unwrap_err().to_string();
    assert!(told.contains("note/2 in entry 2 (note.written)"), "{told}");
}

#[tokio::test]
async fn a_commitment_lets_the_value_be_checked_and_erased() {
    let test = journal(notes()).await;
    let (person, db) = (Uuid::now_v7(), test.journal.db());
    let mut commitments = Vec::new();
    for (value, salt) in [("Y Bih Niê", [1; 32]), ("Y Bih Niê", [2; 32])] {
        let mut tx = db.begin().await.unwrap();
        commitments.push(
            Vault::put(&mut tx, person, "name", value, salt)
                .await
                .unwrap(),
        );
        tx.commit().await.unwrap();
    }
    assert_ne!(commitments[0], commitments[1], "the salt makes them differ");
    let holds =
        |c: Commitment| async move { Vault::matches(db, person, "name", &c).await.unwrap() };
    assert_eq!(holds(commitments[1].clone()).await, Some(true));
    assert_eq!(holds(commitments[0].clone()).await, Some(false));
    let name = Vault::get(db, person, "name").await.unwrap();
    assert_eq!(name.as_deref(), Some("Y Bih Niê"));
    db.execute("DELETE FROM vault WHERE person = $1", params![person])
        .await
        .unwrap();
    assert_eq!(holds(commitments[1].clone()).await, None);
    assert_eq!(Vault::get(db, person, "name").await.unwrap(), None);
}
