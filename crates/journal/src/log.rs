use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::watch;
use viet::date::VIETNAM;

use crate::backup::refuse_pending;
use crate::follow::Reach;
use crate::payload::{Origin, unpack};
use crate::removals::RemovalList;
use crate::schema::{build_alone, migrate, render};
use crate::tally::Tally;
use crate::{
    Db, Entry, FactFamily, FileStore, JournalError, Projection, RecordedFact, Row, StreamId, params,
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

pub(crate) const STREAM_SQL: &str = "SELECT f.seq, f.ix, e.recorded_at, e.actor, \
     substr(e.payload, CAST(f.at_byte + 1 AS INTEGER), CAST(f.bytes AS INTEGER)) AS fact \
     FROM journal_fact f JOIN journal_entry e ON e.seq = f.seq \
     WHERE f.stream = $1 AND f.seq <= $2 ORDER BY f.seq, f.ix";

const KIND_SQL: &str = "SELECT f.seq, f.ix, e.recorded_at, e.actor, \
     substr(e.payload, CAST(f.at_byte + 1 AS INTEGER), CAST(f.bytes AS INTEGER)) AS fact \
     FROM journal_fact f JOIN journal_entry e ON e.seq = f.seq \
     WHERE f.kind = $1 AND f.seq > $2 AND f.seq <= $3 ORDER BY f.seq, f.ix";

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
        viet::date::day_of(self.now())
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
            .and_then(|d| d.to_zoned(VIETNAM.to_time_zone()))
            .map_err(|e| JournalError::Invariant(format!("{day} has no end: {e}")))?;
        self.last_before(next_day.timestamp().as_microsecond())
            .await
    }

    /// The last entry that had been recorded at a moment.
    ///
    /// # Errors
    /// The database.
    pub async fn known_at(&self, moment: Timestamp) -> Result<Seq, JournalError> {
        self.last_before(moment.as_microsecond().saturating_add(1))
            .await
    }

    async fn last_before(&self, microseconds: i64) -> Result<Seq, JournalError> {
        let sql = "SELECT COALESCE(MAX(seq), 0) AS seq FROM journal_entry WHERE recorded_at < $1";
        let row = self.db.row(sql, params![microseconds]).await?;
        row.map_or(Ok(0), |row| row.int("seq"))
    }

    /// The facts of one kind in the entries after `after` and up to `until`, in order; those whose content
    /// was removed are not among them.
    ///
    /// # Errors
    /// The database, and a fact that cannot be read.
    pub async fn facts_of_kind(
        &self,
        kind: &str,
        (after, until): (Seq, Seq),
    ) -> Result<Vec<RecordedFact>, JournalError> {
        let params = params![kind, after, until];
        Ok(read_stream(self.db.rows(KIND_SQL, params).await?)?.facts)
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

pub(crate) fn read_stream(rows: Vec<Row>) -> Result<Stream, JournalError> {
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
