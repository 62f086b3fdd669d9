//! Damage of every kind, done with SQL behind the journal's back, and what verification says of it.

use VerifyFault::{Altered, Broken, Index, Missing};
use journal::testing::{TestJournal, journal};
use journal::{
    ActorId, Engine, Head, Journal, JournalError, Value, VerifyFault, WriteContext, Written, params,
};

use crate::support::*;

/// Six entries of two facts; the third has everything an entry can have.
async fn six_entries() -> TestJournal {
    let test = journal(notes()).await;
    for n in 1..=6 {
        let mut context = command().with_key(Some(format!("form-{n}")));
        if n == 3 {
            context.on_behalf = Some(ActorId::new());
        }
        write(&test.journal, &context, n).await;
    }
    test
}

async fn write(journal: &Journal, context: &WriteContext, n: usize) {
    let facts = vec![written(&note(n), "một"), written(&note(n + 10), "hai")];
    let outcome: Result<Written, JournalError> = journal.write(context, async |_| Ok(facts)).await;
    assert!(matches!(outcome, Ok(Written::New(_))));
}

async fn sql(journal: &Journal, statement: &str, params: Vec<Value>) {
    let touched = journal.db().execute(statement, params).await.unwrap();
    assert!(touched > 0, "{statement} did no damage");
}

async fn faults(journal: &Journal) -> Vec<VerifyFault> {
    journal.verify(None).await.unwrap().faults
}

#[tokio::test]
async fn a_sound_chain_has_no_faults_and_every_head_of_it_is_known() {
    let test = six_entries().await;
    let verification = test.journal.verify(None).await.unwrap();
    assert_eq!((verification.entries, verification.facts), (6, 12));
    assert_eq!(verification.faults, vec![]);
    assert_eq!(verification.head, test.journal.head().await.unwrap());
    for entry in test.journal.entries_after(0, 10).await.unwrap() {
        let kept = Head {
            seq: entry.seq,
            hash: entry.hash,
        };
        assert_eq!(
            test.journal.verify(Some(&kept)).await.unwrap().faults,
            vec![]
        );
    }
}

#[tokio::test]
async fn an_empty_journal_is_sound() {
    let test = journal(notes()).await;
    let before_the_first = Head {
        seq: 0,
        hash: vec![0; 32],
    };
    let verification = test.journal.verify(Some(&before_the_first)).await.unwrap();
    assert_eq!((verification.entries, verification.faults), (0, vec![]));
}

#[tokio::test]
async fn every_field_of_an_entry_is_covered() {
    let altered: fn() -> Vec<VerifyFault> = || vec![Altered(3)];
    let damage: Vec<(&str, Value, Vec<VerifyFault>)> = vec![
        ("recorded_at", 5.into(), altered()),
        ("actor", ActorId::new().to_string().into(), altered()),
        ("actor", "nobody".into(), altered()),
        ("on_behalf", ActorId::new().to_string().into(), altered()),
        ("on_behalf", "nobody".into(), altered()),
        ("on_behalf", None::<String>.into(), altered()),
        ("command", "note.approve".into(), altered()),
        ("command", "".into(), altered()),
        ("idempotency_key", "another".into(), altered()),
        ("idempotency_key", "".into(), altered()),
        ("idempotency_key", None::<String>.into(), altered()),
        ("payload", b"{\"facts\":[]}".as_slice().into(), altered()),
        ("payload", b"not even JSON".as_slice().into(), altered()),
        ("payload", b"".as_slice().into(), altered()),
        ("prev_hash", vec![9; 32].into(), vec![Broken(3), Altered(3)]),
        ("hash", vec![9; 32].into(), vec![Altered(3), Broken(4)]),
        ("hash", vec![].into(), vec![Altered(3), Broken(4)]),
    ];
    for (field, value, expected) in damage {
        let test = six_entries().await;
        let update = format!("UPDATE journal_entry SET {field} = $1 WHERE seq = 3");
        sql(&test.journal, &update, vec![value.clone()]).await;
        assert_eq!(faults(&test.journal).await, expected, "{field} = {value:?}");
    }
}

/// SQLite takes a text where a number belongs; the fault is told, not stumbled over.
#[tokio::test]
async fn a_value_of_the_wrong_type_is_a_fault() {
    for field in ["recorded_at", "payload", "hash", "seq"] {
        let test = six_entries().await;
        if test.journal.db().engine() == Engine::Sqlite {
            let update = format!("UPDATE journal_entry SET {field} = 'text' WHERE seq = 3");
            sql(&test.journal, &update, vec![]).await;
            assert!(!faults(&test.journal).await.is_empty(), "{field}");
        }
    }
}

#[tokio::test]
async fn a_letter_changed_in_a_payload_is_found() {
    let test = six_entries().await;
    let entry = &test.journal.entries_after(1, 1).await.unwrap()[0];
    let text = String::from_utf8(entry.payload.clone())
        .unwrap()
        .replace("hai", "ba!");
    let update = "UPDATE journal_entry SET payload = $1 WHERE seq = 2";
    sql(&test.journal, update, params![text.into_bytes()]).await;
    assert_eq!(faults(&test.journal).await, [Altered(2)]);
}

#[tokio::test]
async fn deleted_entries_are_missed() {
    for (first, last) in [(1, 1), (3, 3), (2, 5)] {
        let test = six_entries().await;
        for table in ["journal_entry", "journal_fact"] {
            let delete = format!("DELETE FROM {table} WHERE seq >= $1 AND seq <= $2");
            sql(&test.journal, &delete, params![first, last]).await;
        }
        let expected = [Missing(last + 1), Broken(last + 1)];
        assert_eq!(faults(&test.journal).await, expected, "{first} to {last}");
    }
}

#[tokio::test]
async fn an_entry_deleted_without_its_index_is_missed_in_both() {
    let test = six_entries().await;
    sql(
        &test.journal,
        "DELETE FROM journal_entry WHERE seq = 3",
        vec![],
    )
    .await;
    assert_eq!(
        faults(&test.journal).await,
        [Missing(4), Broken(4), Index(3)]
    );
}

#[tokio::test]
async fn two_entries_that_changed_places_are_found() {
    let test = six_entries().await;
    for (from, to) in [(3, -1), (4, 3), (-1, 4)] {
        for table in ["journal_entry", "journal_fact"] {
            let update = format!("UPDATE {table} SET seq = $1 WHERE seq = $2");
            sql(&test.journal, &update, params![to, from]).await;
        }
    }
    let found = faults(&test.journal).await;
    let expected = [Broken(3), Altered(3), Broken(4), Altered(4), Broken(5)];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn an_entry_slipped_in_before_the_first_or_after_the_last_is_found() {
    for place in [-1, 0, 7, 100] {
        let test = six_entries().await;
        let copy = "INSERT INTO journal_entry SELECT CAST($1 AS BIGINT), recorded_at, actor, on_behalf, \
                    command, NULL, payload, prev_hash, hash FROM journal_entry WHERE seq = 6";
        sql(&test.journal, copy, params![place]).await;
        let found = faults(&test.journal).await;
        assert!(found.contains(&Altered(place)), "{place}: {found:?}");
    }
}

#[tokio::test]
async fn a_head_that_moved_alone_is_found() {
    for update in [
        "UPDATE journal_head SET seq = 5",
        "UPDATE journal_head SET seq = 9",
        "UPDATE journal_head SET hash = (SELECT hash FROM journal_entry WHERE seq = 2)",
    ] {
        let test = six_entries().await;
        sql(&test.journal, update, vec![]).await;
        let found = faults(&test.journal).await;
        assert!(
            matches!(found[..], [VerifyFault::HeadMoved { .. }]),
            "{found:?}"
        );
    }
}

/// Puts the head where an entry is.
async fn move_head(journal: &Journal, seq: i64) {
    let update = "UPDATE journal_head SET seq = $1, \
         hash = (SELECT hash FROM journal_entry WHERE seq = $1), \
         recorded_at = (SELECT recorded_at FROM journal_entry WHERE seq = $1)";
    sql(journal, update, params![seq]).await;
}

#[tokio::test]
async fn a_tail_cut_with_care_is_seen_only_against_a_head_kept_outside() {
    let test = six_entries().await;
    let kept = test.journal.head().await.unwrap();
    for table in ["journal_entry", "journal_fact"] {
        sql(
            &test.journal,
            &format!("DELETE FROM {table} WHERE seq > 4"),
            vec![],
        )
        .await;
    }
    move_head(&test.journal, 4).await;
    assert_eq!(faults(&test.journal).await, []);
    let found = test.journal.verify(Some(&kept)).await.unwrap().faults;
    assert_eq!(found, [VerifyFault::NotInChain(kept)]);
}

#[tokio::test]
async fn a_chain_rewritten_as_a_whole_is_seen_only_against_a_head_kept_outside() {
    let test = six_entries().await;
    let journal = &test.journal;
    let kept = journal.head().await.unwrap();
    let first = journal.entries_after(0, 1).await.unwrap().remove(0);
    let mut before = first.hash.clone();
    for mut entry in journal.entries_after(1, 10).await.unwrap() {
        if entry.seq == 2 {
            entry.command = "note.forged".into();
        }
        entry.prev_hash = before;
        entry.hash = entry.compute_hash().unwrap();
        let update =
            "UPDATE journal_entry SET command = $1, prev_hash = $2, hash = $3 WHERE seq = $4";
        let hash = entry.hash.clone();
        sql(
            journal,
            update,
            params![entry.command, entry.prev_hash, entry.hash, entry.seq],
        )
        .await;
        before = hash;
    }
    move_head(journal, 6).await;
    assert_eq!(faults(journal).await, []);
    let found = journal.verify(Some(&kept)).await.unwrap().faults;
    assert_eq!(found, [VerifyFault::NotInChain(kept)]);
    // What came before the forgery still stands.
    let untouched = Head {
        seq: 1,
        hash: first.hash,
    };
    assert_eq!(journal.verify(Some(&untouched)).await.unwrap().faults, []);
}

#[tokio::test]
async fn every_field_of_the_index_is_covered() {
    for damage in [
        "UPDATE journal_fact SET stream = 'note/999' WHERE seq = 3 AND ix = 1",
        "UPDATE journal_fact SET kind = 'note.struck' WHERE seq = 3 AND ix = 0",
        "UPDATE journal_fact SET at_byte = at_byte + 1 WHERE seq = 3 AND ix = 0",
        "UPDATE journal_fact SET bytes = bytes - 1 WHERE seq = 3 AND ix = 1",
        "UPDATE journal_fact SET ix = 5 WHERE seq = 3 AND ix = 1",
        "DELETE FROM journal_fact WHERE seq = 3 AND ix = 1",
        "DELETE FROM journal_fact WHERE seq = 3",
        "INSERT INTO journal_fact VALUES (3, 2, 'note/3', 'note.struck', 10, 10)",
    ] {
        let test = six_entries().await;
        sql(&test.journal, damage, vec![]).await;
        assert_eq!(faults(&test.journal).await, [Index(3)], "{damage}");
    }
    for (seq, expected) in [(99, Index(99)), (-4, Index(-4))] {
        let test = six_entries().await;
        let insert = "INSERT INTO journal_fact VALUES ($1, 0, 'note/3', 'note.struck', 10, 10)";
        sql(&test.journal, insert, params![seq]).await;
        assert_eq!(faults(&test.journal).await, [expected]);
    }
}

/// More entries than are read at a time, and writers that go on meanwhile: no false alarm.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn verification_beside_writers_raises_no_false_alarm() {
    let test = journal(notes()).await;
    let writer = {
        let journal = test.journal.clone();
        tokio::spawn(async move {
            for n in 0..620 {
                append(&journal, vec![written(&note(n), "x")]).await;
            }
        })
    };
    loop {
        let finished = writer.is_finished();
        let verification = test.journal.verify(None).await.unwrap();
        assert_eq!(verification.faults, vec![]);
        if finished {
            assert_eq!(verification.entries, 620);
            break;
        }
    }
    writer.await.unwrap();
    sql(
        &test.journal,
        "UPDATE journal_entry SET command = 'x' WHERE seq = 510",
        vec![],
    )
    .await;
    assert_eq!(faults(&test.journal).await, [Altered(510)]);
}

#[test]
fn a_head_reads_what_it_prints() {
    let head = Head {
        seq: 12,
        hash: (0..32).collect(),
    };
    let text = head.to_string();
    assert!(text.starts_with("12:000102"), "{text}");
    assert_eq!(text.parse::<Head>().unwrap(), head);
    assert_eq!(format!(" {text}\n").parse::<Head>().unwrap(), head);
    for wrong in [
        "",
        "12",
        "12:",
        "x:00",
        &text[..text.len() - 1],
        &format!("{text}0"),
    ] {
        assert!(wrong.parse::<Head>().is_err(), "{wrong}");
    }
    let signs = format!("12:{}", "+1".repeat(32));
    assert!(signs.parse::<Head>().is_err(), "a sign is no digit");
    assert!(format!("12:{}", "đ".repeat(32)).parse::<Head>().is_err());
}
