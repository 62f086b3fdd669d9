use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use tokio::sync::watch;

use crate::backup::refuse_pending;
use crate::follow::Reach;
use crate::payload::{Origin, parts, payload, unpack};
use crate::projection::follows;
use crate::rebuild::take_head;
use crate::removals::RemovalList;
use crate::remove::Removed;
use crate::schema::{build_alone, migrate, render};
use crate::steps::reached;
use crate::tally::Tally;
use crate::{
    ActorId, Db, Entry, FactFamily, FileStore, JournalError, NewFact, Projection, RecordedFact,
    Row, StreamId, Tx, params,
};

/// Number of an entry. 0 stands for "before the first".
pub type Seq = i64;

/// Where "now" comes from. Tests and the demo province hand in their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The journal: the log, the projections that commit with it, and the file store beside it.
#[derive(Clone)]
pub struct Journal {
    db: Db,
    files: FileStore,
    pub(crate) projections: Arc<Vec<Box<dyn Projection>>>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) clock: Clock,
    pub(crate) reach: Arc<watch::Sender<Reach>>,
    removal_list: Arc<RemovalList>,
}

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

/// The facts of one stream, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// The facts.
    pub facts: Vec<RecordedFact>,
}

impl Stream {
    /// Sequence number of the last fact: the version a form was filled against. 0 when there is none.
    pub fn version(&self) -> Seq {
        self.facts.last().map_or(0, |fact| fact.seq)
    }

    /// Folds the facts of one family into a state.
    pub fn fold<F: FactFamily, S>(
        &self,
        initial: S,
        mut evolve: impl FnMut(S, F, &RecordedFact) -> S,
    ) -> Result<S, JournalError> {
        let mut state = initial;
        for fact in &self.facts {
            if let Some(typed) = F::read(fact)? {
                state = evolve(state, typed, fact);
            }
        }
        Ok(state)
    }
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
    pub async fn store_batch(&mut self, content: &[u8]) -> Result<crate::FileHash, JournalError> {
        let hash = crate::FileHash::of(content);
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

const STREAM_SQL: &str = "SELECT f.seq, f.ix, e.recorded_at, e.actor, \
     substr(e.payload, CAST(f.at_byte + 1 AS INTEGER), CAST(f.bytes AS INTEGER)) AS fact \
     FROM journal_fact f JOIN journal_entry e ON e.seq = f.seq \
     WHERE f.stream = $1 AND f.seq <= $2 ORDER BY f.seq, f.ix";

pub(crate) const ENTRY_COLUMNS: &str =
    "seq, recorded_at, actor, on_behalf, command, idempotency_key, payload, prev_hash, hash";

impl Journal {
    /// Opens the journal: brings the tables forward and rebuilds each projection whose version is not
    /// the one this binary has.
    pub async fn open(
        db: Db,
        files: FileStore,
        projections: Vec<Box<dyn Projection>>,
    ) -> Result<Self, JournalError> {
        Self::open_with_clock(db, files, projections, Arc::new(Timestamp::now)).await
    }

    /// The same with a clock of the caller's.
    pub async fn open_with_clock(
        db: Db,
        files: FileStore,
        projections: Vec<Box<dyn Projection>>,
        clock: Clock,
    ) -> Result<Self, JournalError> {
        migrate(&db).await?;
        refuse_pending(&db).await?;
        let journal = Self::assemble(db, files, projections, clock);
        journal.prepare().await?;
        Ok(journal)
    }

    /// The parts put together, nothing opened yet.
    pub(crate) fn assemble(
        db: Db,
        files: FileStore,
        projections: Vec<Box<dyn Projection>>,
        clock: Clock,
    ) -> Self {
        Self {
            db,
            removal_list: Arc::new(RemovalList::beside(&files)),
            files,
            projections: Arc::new(projections),
            clock,
            tally: Arc::default(),
            reach: Arc::new(Reach::before_the_first()),
        }
    }

    /// Brings the projections to this binary's versions and looks where the head is.
    pub(crate) async fn prepare(&self) -> Result<(), JournalError> {
        self.prepare_projections().await?;
        self.look().await?;
        Ok(())
    }

    /// The database, for reading projections.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The store of uploaded and generated files.
    pub fn files(&self) -> &FileStore {
        &self.files
    }

    /// This journal's clock.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The list of removals kept apart: beside the folder of files, unless another place was named.
    pub fn removal_list(&self) -> &RemovalList {
        &self.removal_list
    }

    /// The same journal with its list of removals in another place.
    pub fn with_removal_list(mut self, list: RemovalList) -> Self {
        self.removal_list = Arc::new(list);
        self
    }

    /// Now, by this journal's clock.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Today in Vietnam, by this journal's clock.
    pub fn today(&self) -> Date {
        self.now().to_zoned(vietnam()).date()
    }

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
        let mut tx = self.db.begin().await?;
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

    /// Facts of one stream, as known after entry `until` (all of them when `None`).
    pub async fn stream(
        &self,
        stream: &StreamId,
        until: Option<Seq>,
    ) -> Result<Stream, JournalError> {
        let until = until.unwrap_or(i64::MAX);
        read_stream(
            self.db
                .rows(STREAM_SQL, params![stream.as_str(), until])
                .await?,
        )
    }

    /// At most `limit` entries after `seq`, in order.
    pub async fn entries_after(&self, seq: Seq, limit: i64) -> Result<Vec<Entry>, JournalError> {
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM journal_entry WHERE seq > $1 ORDER BY seq LIMIT $2"
        );
        let rows = self.db.rows(&sql, params![seq, limit]).await?;
        rows.iter().map(read_entry).collect()
    }

    /// All facts of the entries after `seq`, at most `limit` entries: how caches of a process follow.
    pub async fn facts_after(
        &self,
        seq: Seq,
        limit: i64,
    ) -> Result<Vec<RecordedFact>, JournalError> {
        let mut facts = Vec::new();
        for entry in self.entries_after(seq, limit).await? {
            facts.extend(unpack(&entry)?);
        }
        Ok(facts)
    }

    /// Content of a batch that a fact names, checked against its hash.
    pub async fn batch(&self, hash: &str) -> Result<Vec<u8>, JournalError> {
        let row = self
            .db
            .row(
                "SELECT content FROM journal_batch WHERE hash = $1",
                params![hash],
            )
            .await?;
        row.map_or_else(
            || Err(JournalError::Invariant(format!("batch {hash} is missing"))),
            |row| {
                let content = row.bytes("content")?;
                if crate::FileHash::of(&content).as_str() == hash {
                    Ok(content)
                } else {
                    Err(JournalError::Damaged(hash.to_owned()))
                }
            },
        )
    }

    /// The last entry's number and hash.
    pub async fn head(&self) -> Result<crate::Head, JournalError> {
        let row = self
            .db
            .row(
                "SELECT seq, recorded_at, hash FROM journal_head WHERE id = 1",
                vec![],
            )
            .await?;
        let row = row.ok_or_else(|| JournalError::Invariant("journal_head is empty".into()))?;
        Ok(crate::Head {
            seq: row.int("seq")?,
            hash: row.bytes("hash")?,
        })
    }

    /// The last entry that had been recorded by the end of a day in Vietnam.
    pub async fn known_by_end_of(&self, day: Date) -> Result<Seq, JournalError> {
        let next_day = day
            .tomorrow()
            .and_then(|d| d.to_zoned(vietnam()))
            .map_err(|e| JournalError::Invariant(format!("{day} has no end: {e}")))?;
        let row = self
            .db
            .row(
                "SELECT COALESCE(MAX(seq), 0) AS seq FROM journal_entry WHERE recorded_at < $1",
                params![next_day.timestamp().as_microsecond()],
            )
            .await?;
        row.map_or(Ok(0), |row| row.int("seq"))
    }

    /// Runs `CREATE … IF NOT EXISTS` statements of tables outside the journal (sessions, drafts).
    pub async fn ensure(&self, ddl: &[&str]) -> Result<(), JournalError> {
        let mut tx = self.db.begin().await?;
        build_alone(&mut tx).await?;
        for statement in ddl {
            let sql = render(tx.engine(), statement);
            tx.execute(&sql, vec![]).await?;
        }
        tx.commit().await
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

pub(crate) fn read_entry(row: &Row) -> Result<Entry, JournalError> {
    Ok(Entry {
        seq: row.int("seq")?,
        recorded_at: row.int("recorded_at")?,
        actor: row.parse("actor")?,
        on_behalf: row.opt_parse("on_behalf")?,
        command: row.text("command")?,
        idempotency_key: row.opt_text("idempotency_key")?,
        payload: row.bytes("payload")?,
        prev_hash: row.bytes("prev_hash")?,
        hash: row.bytes("hash")?,
    })
}

fn read_stream(rows: Vec<Row>) -> Result<Stream, JournalError> {
    let facts = rows
        .iter()
        .filter_map(|row| read_fact(row).transpose())
        .collect::<Result<_, _>>()?;
    Ok(Stream { facts })
}

/// A fact of a stream; nothing when its content was removed.
fn read_fact(row: &Row) -> Result<Option<RecordedFact>, JournalError> {
    let origin = Origin {
        seq: row.int("seq")?,
        recorded_at: row.int("recorded_at")?,
        actor: row.parse("actor")?,
    };
    crate::payload::read_fact(&origin, row.int("ix")?, &row.bytes("fact")?)
}

fn timestamp(microseconds: i64) -> Timestamp {
    // Written by this module from a Timestamp, hence in range; an altered row falls back to the epoch
    // and is named by verification.
    Timestamp::from_microsecond(microseconds).unwrap_or_default()
}

/// Vietnam keeps UTC+7 all year; a fixed offset needs no time-zone database on the machine.
pub(crate) fn vietnam() -> TimeZone {
    TimeZone::fixed(Offset::constant(7))
}
