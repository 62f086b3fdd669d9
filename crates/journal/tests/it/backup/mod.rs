//! Backups of journals with files, batches, personal values, jobs and removals; damaged, cut short, added
//! to, and restored into either engine.

mod damage;
mod refusals;
mod removals;
mod round_trip;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use journal::backup::{
    BackUp, BackedUp, BackupError, Outside, Restored, Restoring, back_up, check, restore,
};
use journal::testing::{TestJournal, database, journal};
use journal::{
    ActorId, BatchRemoved, Db, FactFamily, FactPlace, FactsRemoved, FileHash, FileRemoved,
    FileStore, Grounds, Head, Jobs, Journal, JournalError, Kept, NewFact, NewJob, Projection,
    RecordedFact, RemovalFact, StreamId, Tx, Vault, WriteContext, WriteTx, Written, params,
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::notes;

/// A paper with everything beside the entries that a fact can name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
enum Paper {
    #[serde(rename = "paper.filed")]
    Filed {
        text: String,
        file: Option<FileHash>,
        batch: Option<FileHash>,
    },
}

impl FactFamily for Paper {
    const FAMILY: &'static str = "paper";
}

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
        &["toy_paper"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE toy_paper (paper TEXT NOT NULL, text TEXT NOT NULL, known_from BIGINT NOT NULL)",
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &["paper"]
    }

    fn keeps(&self, fact: &RecordedFact) -> Result<Vec<Kept>, JournalError> {
        let Some(Paper::Filed { file, batch, .. }) = Paper::read(fact)? else {
            return Ok(Vec::new());
        };
        let files = file.into_iter().map(Kept::File);
        Ok(files.chain(batch.into_iter().map(Kept::Batch)).collect())
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        if let Some(Paper::Filed { text, .. }) = Paper::read(fact)? {
            tx.execute(
                "INSERT INTO toy_paper (paper, text, known_from) VALUES ($1, $2, $3)",
                params![fact.stream.as_str(), text, fact.seq],
            )
            .await?;
        }
        Ok(())
    }
}

fn projections() -> Vec<Box<dyn Projection>> {
    let mut all = notes();
    all.push(Box::new(Papers));
    all
}

const OUTSIDE: &[Outside] = &[
    Outside::VAULT,
    Outside::JOBS,
    Outside {
        table: "toy_secret",
        key: "id",
        create: &[
            "CREATE TABLE IF NOT EXISTS toy_secret (id BIGINT PRIMARY KEY, word TEXT, salt {bytes}, n BIGINT)",
        ],
        after: &[],
    },
];

async fn fresh() -> TestJournal {
    journal(projections()).await
}

/// Files a paper with a file, a batch and a person's name, as one command.
async fn file(journal: &Journal, text: &str) -> i64 {
    let content = format!("tệp của {text}");
    let hash = journal.files().put(content.as_bytes()).await.unwrap();
    let (person, text) = (Uuid::now_v7(), text.to_owned());
    write(journal, async move |tx| {
        let batch = tx.store_batch(format!("lô của {text}").as_bytes()).await?;
        let name = format!("Người {text}");
        Vault::put(tx.sql(), person, "name", &name, [7; 32]).await?;
        let fact = Paper::Filed {
            text: text.clone(),
            file: Some(hash),
            batch: Some(batch),
        };
        Ok(vec![NewFact::of(StreamId::new("paper", person), &fact)?])
    })
    .await
}

async fn write(
    journal: &Journal,
    decide: impl AsyncFnOnce(&mut WriteTx) -> Result<Vec<NewFact>, JournalError>,
) -> i64 {
    let context = WriteContext::new(ActorId::new(), "paper.file");
    match journal.write::<JournalError, _>(&context, decide).await {
        Ok(Written::New(seq)) => seq,
        other => panic!("{other:?}"),
    }
}

/// Takes a paper out: its fact, its file and its batch.
async fn remove(journal: &Journal, seq: i64, text: &str) {
    let grounds = Grounds {
        reason: "đưa nhầm".into(),
        authority: "Quyết định 12".into(),
    };
    let file = FileHash::of(format!("tệp của {text}").as_bytes());
    let batch = FileHash::of(format!("lô của {text}").as_bytes());
    let place = FactPlace { seq, ix: 0 };
    let named = [
        RemovalFact::FactsRemoved(FactsRemoved {
            facts: vec![place],
            left: vec![],
            things: vec![],
            grounds: grounds.clone(),
        }),
        RemovalFact::FileRemoved(FileRemoved {
            file: file.clone(),
            grounds: grounds.clone(),
        }),
        RemovalFact::BatchRemoved(BatchRemoved {
            batch: batch.clone(),
            grounds,
        }),
    ];
    write(journal, async |tx| {
        tx.remove_facts(&[place]).await?;
        tx.remove_batch(&batch).await?;
        let sql = "DELETE FROM toy_paper WHERE known_from = $1";
        tx.sql().execute(sql, params![seq]).await?;
        let stream = StreamId::new("removal", Uuid::now_v7());
        let facts = named.iter().map(|fact| NewFact::of(stream.clone(), fact));
        facts.collect()
    })
    .await;
    journal.files().remove(&file).await.unwrap();
}

async fn job(journal: &Journal) -> Uuid {
    let id = Uuid::now_v7();
    let job = NewJob {
        id,
        kind: "read".into(),
        input: serde_json::json!({"tệp": 1}),
        created_by: ActorId::new(),
    };
    Jobs::new(journal.db().clone())
        .enqueue(&job, journal.now().as_microsecond())
        .await
        .unwrap();
    id
}

async fn backed_up(journal: &Journal, folder: &Path) -> Result<BackedUp, BackupError> {
    let how = BackUp {
        plain: false,
        outside: OUTSIDE,
        tell: &|_| {},
    };
    back_up(journal, folder, how)
        .await
        .map(|(report, _)| report)
}

fn checked(folder: &Path) -> Result<journal::backup::Checked, BackupError> {
    check(folder, &projections(), &[], &|_| {})
}

/// An empty instance on the engine under test.
async fn empty() -> (TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    (folder, db)
}

async fn restored(
    backup: &Path,
    (place, db): (&Path, Db),
    heads: &[Head],
) -> Result<Restored, BackupError> {
    let into = Restoring {
        db,
        files: FileStore::open(place.join("files")).await.unwrap(),
        projections: projections(),
        clock: Arc::new(Timestamp::now),
        outside: OUTSIDE,
        heads,
        tell: &|_| {},
    };
    restore(backup, into).await
}

/// Every row of every table that a backup brings back, and of every projection.
async fn everything(journal: &Journal) -> Vec<String> {
    let mut lines = Vec::new();
    for (table, key) in [
        ("journal_head", "id"),
        ("journal_entry", "seq"),
        ("journal_fact", "seq, ix"),
        ("journal_batch", "hash"),
        ("vault", "person, field"),
        ("job", "id"),
        ("toy_secret", "id"),
        ("toy_note", "known_from, ix"),
        ("toy_paper", "known_from"),
    ] {
        let sql = format!("SELECT * FROM {table} ORDER BY {key}");
        for row in journal.db().rows(&sql, vec![]).await.unwrap() {
            lines.push(format!("{table}: {:?}", row.values().unwrap()));
        }
    }
    lines
}
