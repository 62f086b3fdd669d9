//! The one way to write: a command takes the head, decides, appends its entry with everything that follows
//! from it, and commits.

use jiff::Timestamp;

use crate::log::{ENTRY_COLUMNS, STREAM_SQL, read_stream};
use crate::payload::{parts, payload};
use crate::projection::follows;
use crate::rebuild::take_head;
use crate::remove::Removed;
use crate::steps::reached;
use crate::{
    ActorId, Entry, FileHash, Journal, JournalError, NewFact, RecordedFact, Seq, Stream, StreamId,
    Tx, params,
};

/// Who writes, and how a repetition is known.
#[derive(Debug, Clone)]
pub struct WriteContext {
    /// Who acts.
    pub actor: ActorId,
    /// For whom, when on somebody's behalf.
    pub on_behalf: Option<ActorId>,
    /// Name of the command, for people who read the history: `task.submit_result`.
    pub command: String,
    /// Sent with a form: the same key again changes nothing and answers with the first outcome.
    pub idempotency_key: Option<String>,
}

impl WriteContext {
    /// A command of an actor, without an idempotency key.
    pub fn new(actor: ActorId, command: impl Into<String>) -> Self {
        Self {
            actor,
            on_behalf: None,
            command: command.into(),
            idempotency_key: None,
        }
    }

    /// The same with a key; keys of different actors and commands never meet.
    pub fn with_key(mut self, key: Option<String>) -> Self {
        self.idempotency_key = key.map(|k| format!("{}:{}:{k}", self.actor, self.command));
        self
    }
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Appended under this number.
    New(Seq),
    /// The same idempotency key was used before, by the entry of this number.
    Again(Seq),
    /// The decision came to no facts: nothing was written.
    Nothing,
}
/// The transaction a command decides in: it holds the head, so nobody else writes meanwhile.
pub struct WriteTx {
    tx: Tx,
    seq: Seq,
    recorded_at: i64,
    pub(crate) removed: Removed,
}

impl WriteTx {
    /// Number the entry will have.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Moment the entry will carry.
    pub fn recorded_at(&self) -> Timestamp {
        timestamp(self.recorded_at)
    }

    /// The underlying transaction: for reading projections, and for tables outside the journal (the
    /// vault, jobs) that must change together with the entry.
    pub fn sql(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// All facts of a stream.
    pub async fn load(&mut self, stream: &StreamId) -> Result<Stream, JournalError> {
        let rows = self
            .tx
            .rows(STREAM_SQL, params![stream.as_str(), i64::MAX])
            .await?;
        read_stream(rows)
    }

    /// Keeps a canonical batch for good and answers its hash, by which a fact names it.
    pub async fn store_batch(&mut self, content: &[u8]) -> Result<FileHash, JournalError> {
        let hash = FileHash::of(content);
        self.tx
            .execute(
                "INSERT INTO journal_batch (hash, content) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
                params![hash.as_str(), content],
            )
            .await?;
        reached("batch-stored");
        Ok(hash)
    }
}
impl Journal {
    /// Runs one command: see the crate's documentation for the five steps. `decide` loads what it needs
    /// through the transaction and returns the facts, or its own refusal, which leaves no trace.
    pub async fn write<E, F>(&self, context: &WriteContext, decide: F) -> Result<Written, E>
    where
        E: From<JournalError>,
        F: AsyncFnOnce(&mut WriteTx) -> Result<Vec<NewFact>, E>,
    {
        let outcome = self.write_once(context, decide).await;
        self.tally.outcome(&outcome);
        outcome
    }

    async fn write_once<E, F>(&self, context: &WriteContext, decide: F) -> Result<Written, E>
    where
        E: From<JournalError>,
        F: AsyncFnOnce(&mut WriteTx) -> Result<Vec<NewFact>, E>,
    {
        let mut tx = self.db().begin().await?;
        let head = take_head(&mut tx).await?;
        reached("head-taken");
        if let Some(key) = &context.idempotency_key {
            let known = tx
                .row(
                    "SELECT seq FROM journal_entry WHERE idempotency_key = $1",
                    params![key],
                )
                .await?;
            if let Some(row) = known {
                return Ok(Written::Again(row.int("seq")?));
            }
        }
        let mut write = WriteTx {
            tx,
            seq: head.seq + 1,
            recorded_at: self.now().as_microsecond().max(head.recorded_at + 1),
            removed: Removed::default(),
        };
        let facts = decide(&mut write).await?;
        reached("decided");
        if facts.is_empty() {
            return Ok(Written::Nothing);
        }
        let count = facts.len();
        let seq = self.append(write, &head.hash, context, facts).await?;
        self.tally.facts(count);
        Ok(Written::New(seq))
    }

    async fn append(
        &self,
        mut write: WriteTx,
        prev_hash: &[u8],
        context: &WriteContext,
        facts: Vec<NewFact>,
    ) -> Result<Seq, JournalError> {
        write.removed.is_named_by(&facts)?;
        let mut entry = Entry {
            seq: write.seq,
            recorded_at: write.recorded_at,
            actor: context.actor,
            on_behalf: context.on_behalf,
            command: context.command.clone(),
            idempotency_key: context.idempotency_key.clone(),
            payload: payload(&facts)?,
            prev_hash: prev_hash.to_vec(),
            hash: Vec::new(),
        };
        let parts = parts(entry.seq, &entry.payload)?;
        entry.hash = entry.hash_of(&parts);
        let tx = &mut write.tx;
        insert_entry(tx, &entry).await?;
        // Collected: an iterator that borrows here would keep the whole write from being `Send`.
        let index: Vec<_> = (0i64..)
            .zip(&parts)
            .map(|(ix, part)| {
                params![
                    entry.seq,
                    ix,
                    part.stream.as_ref(),
                    part.kind.as_ref(),
                    part.at,
                    part.bytes.len() as i64
                ]
            })
            .collect();
        tx.insert_many(
            "INSERT INTO journal_fact (seq, ix, stream, kind, at_byte, bytes)",
            6,
            index,
        )
        .await?;
        reached("facts-indexed");
        let facts = recorded(&entry, facts);
        for projection in self.projections.iter() {
            let followed: Vec<RecordedFact> = facts
                .iter()
                .filter(|fact| follows(projection.as_ref(), &fact.kind))
                .cloned()
                .collect();
            if !followed.is_empty() {
                projection.apply_all(tx, &followed).await?;
                reached("projected");
            }
        }
        if let Some((list, line)) = &write.removed.listed {
            list.append(line).await?;
        }
        reached("before-commit");
        write.tx.commit().await?;
        reached("committed");
        self.appended(&entry).await;
        Ok(entry.seq)
    }
}

async fn insert_entry(tx: &mut Tx, entry: &Entry) -> Result<(), JournalError> {
    tx.execute(
        &format!("INSERT INTO journal_entry ({ENTRY_COLUMNS}) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)"),
        params![
            entry.seq,
            entry.recorded_at,
            entry.actor.to_string(),
            entry.on_behalf.map(|a| a.to_string()),
            entry.command.as_str(),
            entry.idempotency_key.clone(),
            entry.payload.as_slice(),
            entry.prev_hash.as_slice(),
            entry.hash.as_slice(),
        ],
    )
    .await?;
    reached("entry-inserted");
    tx.execute(
        "UPDATE journal_head SET recorded_at = $1, hash = $2 WHERE id = 1",
        params![entry.recorded_at, entry.hash.as_slice()],
    )
    .await?;
    reached("head-moved");
    Ok(())
}

/// The facts as everybody will read them back.
fn recorded(entry: &Entry, facts: Vec<NewFact>) -> Vec<RecordedFact> {
    (0..)
        .zip(facts)
        .map(|(ix, fact)| RecordedFact {
            seq: entry.seq,
            ix,
            recorded_at: entry.recorded_at,
            actor: entry.actor,
            stream: fact.stream,
            kind: fact.kind,
            version: fact.version,
            data: fact.data,
        })
        .collect()
}
fn timestamp(microseconds: i64) -> Timestamp {
    // Written by this module from a Timestamp, hence in range; an altered row falls back to the epoch
    // and is named by verification.
    Timestamp::from_microsecond(microseconds).unwrap_or_default()
}
