//! Content taken out of entries: the chain stays whole, and only what was said to be removed may be gone.

use journal::testing::{TestJournal, journal};
use journal::{
    BatchRemoved, FactPlace, FactsRemoved, FileHash, Grounds, Head, Journal, JournalError, NewFact,
    RemovalFact, StreamId, VerifyFault, WriteContext, Written, params,
};

use crate::support::*;

fn grounds() -> Grounds {
    Grounds {
        reason: "đưa nhầm vào hệ thống".into(),
        authority: "Quyết định 12".into(),
    }
}

pub fn place(seq: i64, ix: i64) -> FactPlace {
    FactPlace { seq, ix }
}

fn removal(fact: &RemovalFact) -> NewFact {
    NewFact::of(StreamId::new("removal", 1), fact).unwrap()
}

pub fn facts_removed(places: &[FactPlace]) -> NewFact {
    removal(&RemovalFact::FactsRemoved(FactsRemoved {
        facts: places.to_vec(),
        left: vec![],
        things: vec![],
        grounds: grounds(),
    }))
}

/// Three entries of three facts; each holds a word to be looked for.
async fn three_entries() -> TestJournal {
    let test = journal(notes()).await;
    for n in 1..=3 {
        let facts = ["đầu", "giữa", "cuối"].map(|word| written(&note(n), &format!("{word} {n}")));
        append(&test.journal, facts.to_vec()).await;
    }
    test
}

async fn remove(
    journal: &Journal,
    taken: &[FactPlace],
    named: Vec<NewFact>,
) -> Result<Written, JournalError> {
    let context = WriteContext::new(journal::ActorId::SYSTEM, "removal.remove");
    journal
        .write(&context, async |tx| {
            tx.remove_facts(taken).await?;
            Ok(named)
        })
        .await
}

async fn head_at(journal: &Journal, seq: i64) -> Head {
    let entry = journal.entries_after(seq - 1, 1).await.unwrap().remove(0);
    Head {
        seq: entry.seq,
        hash: entry.hash,
    }
}

#[tokio::test]
async fn facts_are_taken_out_and_every_head_from_before_stays_true() {
    let test = three_entries().await;
    let journal = &test.journal;
    let before = head_at(journal, 3).await;
    let (second, last) = (place(2, 1), place(2, 2));
    for taken in [second, last] {
        let named = vec![facts_removed(&[taken])];
        assert!(matches!(
            remove(journal, &[taken], named).await.unwrap(),
            Written::New(_)
        ));
        let verification = journal.verify(Some(&before)).await.unwrap();
        assert_eq!(verification.faults, []);
    }
    let entry = journal.entries_after(1, 1).await.unwrap().remove(0);
    let text = String::from_utf8(entry.payload.clone()).unwrap();
    assert!(text.contains("đầu 2") && !text.contains("giữa 2") && !text.contains("cuối 2"));
    let left: Vec<_> = entry.facts().unwrap().iter().map(|f| f.ix).collect();
    assert_eq!(left, [0]);
    let gone: Vec<_> = entry.removed_facts().unwrap();
    let kind = "note.written".to_owned();
    assert_eq!(
        gone,
        [(second, note(2), kind.clone()), (last, note(2), kind)]
    );
    let stream = journal.stream(&note(2), None).await.unwrap();
    assert_eq!(stream.fold(None, evolve).unwrap().as_deref(), Some("đầu 2"));
    // A rebuild makes the tables as if those facts had never been.
    journal.rebuild().await.unwrap();
    let table = table_as_known(journal, 5).await;
    assert_eq!(table["note/2"], "đầu 2");
    assert_eq!(table["note/3"], "cuối 3");
}

#[tokio::test]
async fn what_is_taken_out_without_being_named_stays() {
    let test = three_entries().await;
    let journal = &test.journal;
    let batch = FileHash::of(b"rows");
    for named in [
        vec![],
        vec![written(&note(1), "nothing about it")],
        vec![facts_removed(&[place(1, 0)])],
    ] {
        let outcome = remove(journal, &[place(1, 0), place(1, 1)], named.clone()).await;
        let refused = matches!(outcome, Err(JournalError::Invariant(_)));
        assert!(refused || named.is_empty(), "{outcome:?}");
        let batch_outcome: Result<Written, JournalError> = journal
            .write(&command(), async |tx| {
                tx.store_batch(b"rows").await?;
                tx.remove_batch(&batch).await?;
                Ok(named.clone())
            })
            .await;
        assert!(batch_outcome.is_err() || named.is_empty());
        assert_eq!(journal.verify(None).await.unwrap().faults, []);
        assert_eq!(journal.head().await.unwrap().seq, 3);
    }
    for nowhere in [place(1, 3), place(1, -1), place(9, 0)] {
        let outcome = remove(journal, &[nowhere], vec![facts_removed(&[nowhere])]).await;
        assert!(outcome.is_err(), "{nowhere:?}");
    }
}

#[tokio::test]
async fn a_batch_is_taken_out_by_name() {
    let test = three_entries().await;
    let outcome: Result<Written, JournalError> = test
        .journal
        .write(&command(), async |tx| {
            let batch = tx.store_batch(b"rows").await?;
            tx.remove_batch(&batch).await?;
            Ok(vec![removal(&RemovalFact::BatchRemoved(BatchRemoved {
                batch,
                grounds: grounds(),
            }))])
        })
        .await;
    assert_eq!(outcome.unwrap(), Written::New(4));
    let gone = test.journal.batch(FileHash::of(b"rows").as_str()).await;
    assert!(gone.is_err());
}

/// Behind the journal's back: content is taken away, put back, or what stands for it is altered.
#[tokio::test]
async fn a_removal_nobody_recorded_is_a_fault_and_so_is_one_that_was_not_done() {
    let test = three_entries().await;
    let journal = &test.journal;
    let whole = journal.entries_after(0, 1).await.unwrap().remove(0).payload;
    remove(journal, &[place(1, 1)], vec![facts_removed(&[place(1, 1)])])
        .await
        .unwrap();
    let gone = journal.entries_after(0, 1).await.unwrap().remove(0).payload;
    let alter = "UPDATE journal_entry SET payload = $1 WHERE seq = 1";
    journal.db().execute(alter, params![whole]).await.unwrap();
    let faults = journal.verify(None).await.unwrap().faults;
    let expected = VerifyFault::NotRemoved(place(1, 1));
    assert!(faults.contains(&expected), "{faults:?}");

    let text = String::from_utf8(gone.clone()).unwrap();
    let digest = text.split_once(r#""removed":""#).unwrap().1[..64].to_owned();
    for (from, to) in [
        (digest.as_str(), "0".repeat(64)),
        (digest.as_str(), digest.to_uppercase()),
        ("note/1\"}", "note/2\"}".into()),
        (r#","removed""#, r#","more":1,"removed""#.into()),
    ] {
        let altered = text.replacen(from, &to, 1);
        assert_ne!(altered, text);
        journal
            .db()
            .execute(alter, params![altered.into_bytes()])
            .await
            .unwrap();
        let faults = journal.verify(None).await.unwrap().faults;
        assert!(
            faults.contains(&VerifyFault::Altered(1)),
            "{from}: {faults:?}"
        );
    }

    // The removal's entry and the head fall away: what is gone is gone without a word.
    journal.db().execute(alter, params![gone]).await.unwrap();
    for sql in [
        "DELETE FROM journal_entry WHERE seq = 4",
        "DELETE FROM journal_fact WHERE seq = 4",
        "UPDATE journal_head SET seq = 3, hash = (SELECT hash FROM journal_entry WHERE seq = 3)",
    ] {
        journal.db().execute(sql, vec![]).await.unwrap();
    }
    let faults = journal.verify(None).await.unwrap().faults;
    assert_eq!(faults, [VerifyFault::RemovedUnsaid(place(1, 1))]);
}

#[tokio::test]
async fn a_fact_that_loses_words_keeps_the_rest_and_what_is_left_is_held_too() {
    let test = three_entries().await;
    let journal = &test.journal;
    let before = head_at(journal, 3).await;
    let reduce = async |place: FactPlace, left: serde_json::Value, named: serde_json::Value| {
        let context = WriteContext::new(journal::ActorId::SYSTEM, "removal.reduce");
        journal
            .write(&context, async |tx| {
                tx.reduce_facts(&[(place, left)]).await?;
                Ok::<_, JournalError>(vec![removal(&RemovalFact::FactsRemoved(FactsRemoved {
                    facts: vec![],
                    left: vec![journal::FactLeft::of(place, &named)?],
                    things: vec![],
                    grounds: grounds(),
                }))])
            })
            .await
    };
    let last = place(2, 2);
    let data = journal.stream(&note(2), None).await.unwrap().facts[2]
        .data
        .clone();
    let mut left = data.clone();
    left["text"] = "(gỡ)".into();
    // The fact of the removal names what is left: other words are refused.
    assert!(reduce(last, left.clone(), data.clone()).await.is_err());
    reduce(last, left.clone(), left.clone()).await.unwrap();
    let facts = journal.stream(&note(2), None).await.unwrap().facts;
    assert_eq!((facts.len(), &facts[2].data), (3, &left));
    let entry = journal.entries_after(1, 1).await.unwrap().remove(0);
    let text = String::from_utf8(entry.payload).unwrap();
    assert!(!text.contains("cuối 2"), "{text}");
    let after = journal.head().await.unwrap();
    for head in [&before, &after] {
        assert_eq!(journal.verify(Some(head)).await.unwrap().faults, []);
    }
    // What is left cannot be altered unseen.
    let altered = text.replace("(gỡ)", "(gở)");
    assert_ne!(altered, text);
    let sql = "UPDATE journal_entry SET payload = $1 WHERE seq = 2";
    journal
        .db()
        .execute(sql, params![altered.as_bytes()])
        .await
        .unwrap();
    let faults = journal.verify(None).await.unwrap().faults;
    assert_eq!(faults, [VerifyFault::RemovedUnsaid(last)]);
    journal
        .db()
        .execute(sql, params![text.as_bytes()])
        .await
        .unwrap();
    // Later the rest goes as well, and nothing comes back.
    remove(journal, &[last], vec![facts_removed(&[last])])
        .await
        .unwrap();
    assert_eq!(journal.verify(Some(&after)).await.unwrap().faults, []);
    assert_eq!(journal.stream(&note(2), None).await.unwrap().facts.len(), 2);
}
