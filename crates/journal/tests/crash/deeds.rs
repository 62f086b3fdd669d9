//! A toy engine whose commands touch everything that a write may: facts, two projections, a file, a
//! batch, a personal value and a job. What a command does follows from its writer and number alone, so
//! that anybody can repeat it.

use std::path::Path;

use async_trait::async_trait;
use journal::{
    ActorId, Commitment, Db, FactFamily, FileHash, FileStore, JobId, Jobs, Journal, JournalError,
    NewFact, NewJob, PersonId, Projection, RecordedFact, StreamId, Tx, Vault, WriteContext,
    Written, params,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// A command: the writer's `number`-th, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed {
    pub writer: u32,
    pub number: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum Fact {
    /// What was done, and how many deeds of the writer the decision saw before.
    #[serde(rename = "deed.done")]
    Done { number: u32, before: u32 },
    /// What was kept for it outside the entry.
    #[serde(rename = "deed.kept")]
    Kept {
        file: FileHash,
        batch: FileHash,
        person: PersonId,
        name: Commitment,
        job: JobId,
    },
}

/// The writer whose deeds take up room in the database.
pub const HEAVY: u32 = 100;

impl FactFamily for Fact {
    const FAMILY: &'static str = "deed";
}

impl Deed {
    pub fn stream(self) -> StreamId {
        StreamId::new("deed", self.writer)
    }

    fn id(self, purpose: u64) -> Uuid {
        Uuid::from_u64_pair(
            purpose,
            u64::from(self.writer) << 32 | u64::from(self.number),
        )
    }

    fn context(self) -> WriteContext {
        WriteContext::new(ActorId(Uuid::from_u128(self.writer.into())), "deed.do")
            .with_key(Some(self.number.to_string()))
    }

    /// The key under which its entry stands.
    pub fn key(self) -> String {
        self.context().idempotency_key.expect("it was given")
    }

    /// From some hundred bytes to some ten thousand.
    pub fn file(self) -> Vec<u8> {
        let line = format!("Biên bản số {} của {}\n", self.number, self.writer);
        line.repeat(10 + (self.number as usize * 37) % 1500)
            .into_bytes()
    }

    /// A line; of the heavy writer bytes that no engine can press together.
    fn batch(self) -> Vec<u8> {
        let bytes = if self.writer == HEAVY { 128 * 1024 } else { 0 };
        let mut batch = self.name().into_bytes();
        while batch.len() < bytes {
            let next = FileHash::of(&batch[batch.len().saturating_sub(64)..]);
            batch.extend(next.as_str().as_bytes());
        }
        batch
    }

    pub fn name(self) -> String {
        format!("Người {}-{}", self.writer, self.number)
    }

    /// Carries the command out, as often as one likes.
    pub async fn run(self, journal: &Journal) -> Result<Written, JournalError> {
        let file = journal.files().put(&self.file()).await?;
        let (person, job) = (self.id(1), self.id(2));
        let now = journal.now().as_microsecond();
        journal
            .write(&self.context(), async move |tx| {
                let before = tx.load(&self.stream()).await?;
                let before = before
                    .facts
                    .iter()
                    .filter(|f| f.kind == "deed.done")
                    .count();
                let batch = tx.store_batch(&self.batch()).await?;
                let name = Vault::put(tx.sql(), person, "name", &self.name(), [7; 32]).await?;
                let new = NewJob {
                    id: job,
                    kind: "count".into(),
                    input: json!({}),
                    created_by: ActorId::SYSTEM,
                };
                Jobs::enqueue_in(tx.sql(), &new, now).await?;
                let (number, before) = (self.number, before as u32);
                let kept = Fact::Kept {
                    file,
                    batch,
                    person,
                    name,
                    job,
                };
                Ok(vec![
                    NewFact::of(self.stream(), &Fact::Done { number, before })?,
                    NewFact::of(self.stream(), &kept)?,
                ])
            })
            .await
    }
}

/// Opens the journal that child and parent share.
pub async fn open(address: &str, files: &Path) -> Result<Journal, JournalError> {
    let files = FileStore::open(files).await?;
    Journal::open(Db::open(address).await?, files, projections()).await
}

pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Deeds), Box::new(Totals)]
}

/// Tables of the projections and the columns that order them wholly.
pub const TABLES: [(&str, &str); 2] = [
    ("crash_deed", "writer, known_from, known_to, number"),
    ("crash_total", "writer, deeds"),
];

/// The last deed of each writer, and those before it as known then.
struct Deeds;

#[async_trait]
impl Projection for Deeds {
    fn name(&self) -> &'static str {
        "crash_deed"
    }
    fn version(&self) -> i64 {
        1
    }
    fn tables(&self) -> &'static [&'static str] {
        &["crash_deed"]
    }
    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE crash_deed (writer TEXT NOT NULL, number BIGINT NOT NULL, \
             known_from BIGINT NOT NULL, known_to BIGINT)",
        ]
    }
    fn families(&self) -> &'static [&'static str] {
        &["deed"]
    }
    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        if let Some(Fact::Done { number, .. }) = Fact::read(fact)? {
            let writer = fact.stream.identity();
            tx.execute(
                "UPDATE crash_deed SET known_to = $1 WHERE writer = $2 AND known_to IS NULL",
                params![fact.seq, writer],
            )
            .await?;
            tx.execute(
                "INSERT INTO crash_deed (writer, number, known_from) VALUES ($1, $2, $3)",
                params![writer, number, fact.seq],
            )
            .await?;
        }
        Ok(())
    }
}

/// How many deeds a writer did: a fact taken in twice or not at all would show for ever.
struct Totals;

#[async_trait]
impl Projection for Totals {
    fn name(&self) -> &'static str {
        "crash_total"
    }
    fn version(&self) -> i64 {
        1
    }
    fn tables(&self) -> &'static [&'static str] {
        &["crash_total"]
    }
    fn schema(&self) -> &'static [&'static str] {
        &["CREATE TABLE crash_total (writer TEXT PRIMARY KEY, deeds BIGINT NOT NULL)"]
    }
    fn families(&self) -> &'static [&'static str] {
        &["deed"]
    }
    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        if let Some(Fact::Done { .. }) = Fact::read(fact)? {
            tx.execute(
                "INSERT INTO crash_total (writer, deeds) VALUES ($1, 1) \
                 ON CONFLICT (writer) DO UPDATE SET deeds = crash_total.deeds + 1",
                params![fact.stream.identity()],
            )
            .await?;
        }
        Ok(())
    }
}
