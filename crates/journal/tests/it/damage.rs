//! Damage to what lies beside the entries, files and batches, and damage at random anywhere: whatever is
//! changed behind the journal's back, verification says so.

use std::path::PathBuf;

use async_trait::async_trait;
use journal::testing::{TestJournal, journal};
use journal::{
    BatchRemoved, FileHash, FileRemoved, Grounds, Journal, JournalError, Kept, NewFact, Projection,
    RecordedFact, RemovalFact, StreamId, Tx, VerifyFault, WriteContext, Written, params,
};
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::support::*;

/// Papers that rest on a file and a batch.
struct Papers;

#[async_trait]
impl Projection for Papers {
    fn name(&self) -> &'static str {
        "toy_paper"
    }

    fn version(&self) -> i64 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &[]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[]
    }

    fn families(&self) -> &'static [&'static str] {
        &["paper"]
    }

    fn keeps(&self, fact: &RecordedFact) -> Result<Vec<Kept>, JournalError> {
        let named = |field: &str| fact.data[field].as_str().and_then(FileHash::parse);
        let file = named("file").map(Kept::File);
        Ok(file
            .into_iter()
            .chain(named("batch").map(Kept::Batch))
            .collect())
    }

    async fn apply(&self, _: &mut Tx, _: &RecordedFact) -> Result<(), JournalError> {
        Ok(())
    }
}

/// Files a paper whose file and batch hold these words.
async fn file_paper(journal: &Journal, words: &str) -> (FileHash, FileHash) {
    let file = journal.files().put(words.as_bytes()).await.unwrap();
    let batch = FileHash::of(format!("rows of {words}").as_bytes());
    let outcome: Result<Written, JournalError> = journal
        .write(&command(), async |tx| {
            let batch = tx
                .store_batch(format!("rows of {words}").as_bytes())
                .await?;
            Ok(vec![NewFact {
                stream: StreamId::new("paper", words),
                kind: "paper.filed".into(),
                version: 1,
                data: json!({ "file": file.as_str(), "batch": batch.as_str() }),
            }])
        })
        .await;
    outcome.unwrap();
    (file, batch)
}

/// Entries 1 to 3, each with a file and a batch of its own.
async fn three_papers() -> (TestJournal, Vec<(FileHash, FileHash)>) {
    let mut projections = notes();
    projections.push(Box::new(Papers));
    let test = journal(projections).await;
    let mut papers = Vec::new();
    for words in ["nghị quyết", "kế hoạch", "báo cáo"] {
        papers.push(file_paper(&test.journal, words).await);
    }
    (test, papers)
}

fn path(test: &TestJournal, hash: &FileHash) -> PathBuf {
    let (folder, name) = hash.as_str().split_at(2);
    test.folder().join("files").join(folder).join(name)
}

async fn faults(journal: &Journal) -> Vec<VerifyFault> {
    journal.verify(None).await.unwrap().faults
}

#[tokio::test]
async fn a_file_altered_truncated_swapped_or_gone_is_named_with_its_entry() {
    type Damage = fn(&[PathBuf]);
    let damages: [(&str, Damage, &[i64]); 6] = [
        (
            "altered",
            |p| {
                let mut content = std::fs::read(&p[1]).unwrap();
                content[3] ^= 1;
                std::fs::write(&p[1], content).unwrap();
            },
            &[2],
        ),
        (
            "truncated",
            |p| {
                let content = std::fs::read(&p[1]).unwrap();
                std::fs::write(&p[1], &content[..content.len() - 1]).unwrap();
            },
            &[2],
        ),
        ("emptied", |p| std::fs::write(&p[1], b"").unwrap(), &[2]),
        (
            "longer",
            |p| {
                let mut content = std::fs::read(&p[1]).unwrap();
                content.push(b'\n');
                std::fs::write(&p[1], content).unwrap();
            },
            &[2],
        ),
        (
            "swapped",
            |p| {
                let third = p[0].with_extension("third");
                std::fs::rename(&p[0], &third).unwrap();
                std::fs::rename(&p[2], &p[0]).unwrap();
                std::fs::rename(&third, &p[2]).unwrap();
            },
            &[1, 3],
        ),
        ("gone", |p| std::fs::remove_file(&p[1]).unwrap(), &[2]),
    ];
    for (how, damage, entries) in damages {
        let (test, papers) = three_papers().await;
        assert_eq!(faults(&test.journal).await, []);
        let paths: Vec<_> = papers.iter().map(|(file, _)| path(&test, file)).collect();
        damage(&paths);
        let expected: Vec<_> = entries
            .iter()
            .map(|&seq| {
                let kept = Kept::File(papers[seq as usize - 1].0.clone());
                if how == "gone" {
                    VerifyFault::Gone {
                        kept,
                        named_by: seq,
                    }
                } else {
                    VerifyFault::Damaged {
                        kept,
                        named_by: Some(seq),
                    }
                }
            })
            .collect();
        assert_eq!(faults(&test.journal).await, expected, "{how}");
    }
}

#[tokio::test]
async fn a_batch_altered_renamed_or_gone_is_named_with_its_entry() {
    let (_, papers) = three_papers().await;
    let hash = papers[1].1.clone();
    let kept = Kept::Batch(hash.clone());
    let damaged = VerifyFault::Damaged {
        kept: kept.clone(),
        named_by: Some(2),
    };
    let gone = VerifyFault::Gone { kept, named_by: 2 };
    let unnamed = VerifyFault::Damaged {
        kept: Kept::Batch(FileHash::of(b"another")),
        named_by: None,
    };
    for (sql, value, expected) in [
        (
            "UPDATE journal_batch SET content = $1 WHERE hash = $2",
            params![b"x".as_slice()],
            vec![damaged.clone()],
        ),
        (
            "UPDATE journal_batch SET content = $1 WHERE hash = $2",
            params![b"".as_slice()],
            vec![damaged],
        ),
        (
            "UPDATE journal_batch SET hash = $1 WHERE hash = $2",
            params![FileHash::of(b"another").as_str()],
            vec![gone.clone(), unnamed],
        ),
        (
            "UPDATE journal_batch SET hash = $1 WHERE hash = $2",
            params!["no hash"],
            vec![gone.clone(), VerifyFault::OddBatch("no hash".into())],
        ),
        (
            "DELETE FROM journal_batch WHERE hash <> $1 AND hash = $2",
            params![""],
            vec![gone],
        ),
    ] {
        let (test, _) = three_papers().await;
        let params = [value, params![hash.as_str()]].concat();
        assert_eq!(test.journal.db().execute(sql, params).await.unwrap(), 1);
        assert_eq!(faults(&test.journal).await, expected, "{sql}");
    }
}

/// A file or batch may be missing only when a later entry says that it was removed, and must be missing
/// then; handed in again afterwards it must be there.
#[tokio::test]
async fn what_was_removed_is_missed_only_when_it_comes_back() {
    let (test, papers) = three_papers().await;
    let journal = &test.journal;
    let (file, batch) = papers[0].clone();
    let grounds = Grounds {
        reason: "đưa nhầm".into(),
        authority: "Quyết định 12".into(),
    };
    let removal = [
        RemovalFact::FileRemoved(FileRemoved {
            file: file.clone(),
            grounds: grounds.clone(),
        }),
        RemovalFact::BatchRemoved(BatchRemoved {
            batch: batch.clone(),
            grounds,
        }),
    ]
    .map(|fact| NewFact::of(StreamId::new("removal", 1), &fact).unwrap());
    let context = WriteContext::new(journal::ActorId::SYSTEM, "removal.remove");
    let outcome: Result<Written, JournalError> = journal
        .write(&context, async |tx| {
            tx.remove_batch(&batch).await?;
            Ok(removal.to_vec())
        })
        .await;
    assert_eq!(outcome.unwrap(), Written::New(4));
    let left = VerifyFault::StillThere {
        kept: Kept::File(file.clone()),
        removed_by: 4,
    };
    assert_eq!(faults(journal).await, [left]);
    for _ in 0..2 {
        journal.files().remove(&file).await.unwrap();
        assert_eq!(faults(journal).await, []);
    }
    file_paper(journal, "nghị quyết").await;
    assert_eq!(faults(journal).await, []);
    std::fs::remove_file(path(&test, &file)).unwrap();
    let gone = VerifyFault::Gone {
        kept: Kept::File(file),
        named_by: 5,
    };
    assert_eq!(faults(journal).await, [gone]);
}

#[tokio::test]
async fn every_fault_says_what_to_do() {
    let (test, papers) = three_papers().await;
    std::fs::remove_file(path(&test, &papers[0].0)).unwrap();
    let sql = "UPDATE journal_entry SET command = 'x' WHERE seq = 2";
    test.journal.db().execute(sql, vec![]).await.unwrap();
    for fault in faults(&test.journal).await {
        assert!(fault.remedy().ends_with('.'), "{fault}");
        assert!(!fault.to_string().is_empty());
    }
}

/// Where a random byte is changed.
const PLACES: [(&str, &str, &str); 14] = [
    ("journal_entry", "seq", "seq"),
    ("journal_entry", "recorded_at", "seq"),
    ("journal_entry", "actor", "seq"),
    ("journal_entry", "on_behalf", "seq"),
    ("journal_entry", "command", "seq"),
    ("journal_entry", "idempotency_key", "seq"),
    ("journal_entry", "payload", "seq"),
    ("journal_entry", "prev_hash", "seq"),
    ("journal_entry", "hash", "seq"),
    ("journal_fact", "stream", "seq"),
    ("journal_fact", "kind", "seq"),
    ("journal_fact", "at_byte", "seq"),
    ("journal_fact", "bytes", "seq"),
    ("journal_batch", "content", "hash"),
];

/// Changes one bit of one value; texts stay texts and numbers numbers, so that both engines take them.
fn changed(value: journal::Value, byte: usize, bit: u32) -> journal::Value {
    use journal::Value::{Bytes, Int, Text};
    match value {
        Int(Some(n)) => Int(Some(n ^ (1 << ((byte as u32 * 8 + bit) % 63)))),
        Int(None) => Int(Some(0)),
        Text(Some(text)) if text.is_empty() => Text(Some("x".into())),
        Text(Some(text)) => {
            let mut letters: Vec<char> = text.chars().collect();
            let at = byte % letters.len();
            letters[at] = if letters[at] == 'q' { 'w' } else { 'q' };
            Text(Some(letters.into_iter().collect()))
        }
        Text(None) => Text(Some("q".into())),
        Bytes(Some(mut bytes)) if !bytes.is_empty() => {
            let at = byte % bytes.len();
            bytes[at] ^= 1 << bit;
            Bytes(Some(bytes))
        }
        Bytes(_) => Bytes(Some(vec![1])),
    }
}

async fn damaged_value_is_found(
    test: &TestJournal,
    (table, column, key): (&str, &str, &str),
    row: usize,
    (byte, bit): (usize, u32),
) {
    let db = test.journal.db();
    let first = if table == "journal_fact" {
        "ix = 0"
    } else {
        "1 = 1"
    };
    let select = format!("SELECT {key}, {column} AS v FROM {table} WHERE {first} ORDER BY {key}");
    let rows = db.rows(&select, vec![]).await.unwrap();
    let mut values = rows[row % rows.len()].values().unwrap();
    let (value, id) = (values.remove(1).1, values.remove(0).1);
    let update = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {first}");
    let altered = changed(value.clone(), byte, bit);
    let touched = db.execute(&update, vec![altered.clone(), id.clone()]).await;
    // A key that is taken, or a number that two rows would share, is refused by the engine itself.
    if touched.is_err() {
        return;
    }
    let found = faults(&test.journal).await;
    assert!(
        !found.is_empty(),
        "{table}.{column} {id:?}: {value:?} became {altered:?}"
    );
    // Put back: the next damage is done to a sound journal.
    let id = if column == key { altered } else { id };
    db.execute(&update, vec![value, id]).await.unwrap();
}

#[test]
fn any_random_change_is_found_and_a_sound_journal_is_clean() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (test, papers) = runtime.block_on(three_papers());
    runtime.block_on(async {
        for n in 0..5 {
            let mut context = command().with_key(Some(format!("form {n}")));
            context.on_behalf = Some(journal::ActorId::new());
            let facts = vec![written(&note(n), "cà phê"), struck(&note(n + 1))];
            let outcome: Result<Written, JournalError> =
                test.journal.write(&context, async |_| Ok(facts)).await;
            outcome.unwrap();
        }
        assert_eq!(faults(&test.journal).await, []);
    });
    let mut runner = TestRunner::new(Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    });
    let damage = (0..PLACES.len() + 2, 0..10usize, 0..4_000usize, 0..8u32);
    runner
        .run(&damage, |(place, row, byte, bit)| {
            runtime.block_on(async {
                if let Some(place) = PLACES.get(place) {
                    damaged_value_is_found(&test, *place, row, (byte, bit)).await;
                } else {
                    let path = path(&test, &papers[row % papers.len()].0);
                    let sound = std::fs::read(&path).unwrap();
                    let mut content = sound.clone();
                    let at = byte % content.len();
                    content[at] ^= 1 << bit;
                    std::fs::write(&path, content).unwrap();
                    assert!(!faults(&test.journal).await.is_empty());
                    std::fs::write(&path, sound).unwrap();
                }
            });
            Ok(())
        })
        .unwrap();
    assert_eq!(runtime.block_on(faults(&test.journal)), []);
}

#[test]
fn a_list_of_heads_is_read_with_dates_and_remarks() {
    let hash = "5f".repeat(32);
    let text = format!("# kept by the archive\n\n2026-11-21 12:{hash}\n  13:{hash} # by hand\n");
    let heads = journal::Head::read_list(&text).unwrap();
    assert_eq!(heads.iter().map(|h| h.seq).collect::<Vec<_>>(), [12, 13]);
    for (wrong, line) in [
        (format!("2026-13-01 1:{hash}"), "line 1"),
        (format!("\n1:{hash} 2026-11-21"), "line 2"),
        ("1:5f".to_owned(), "line 1"),
        (format!("2026-11-21 1:{hash} more"), "line 1"),
    ] {
        let told = journal::Head::read_list(&wrong).unwrap_err();
        assert!(told.starts_with(line), "{told}");
    }
}
