//! Filling projections from the journal, at a start with a new version of them and on demand: into tables
//! beside the live ones, which take their place at the end.
//!
//! Readers see the old tables until the moment of the exchange. The log is taken in piece by piece, each in
//! a transaction of its own; only the last few entries and the exchange itself are done under the head, so
//! a writer waits no longer than one piece takes. Whoever dies half way leaves the live tables as they were;
//! what lies beside is cleared away by the next start.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::log::read_entry;
use crate::payload::unpack;
use crate::pieces::next_entries;
use crate::projection::follows;
use crate::schema::run_all;
use crate::shadow::Shadow;
use crate::{
    Engine, FactFamily, Journal, JournalError, Projection, RecordedFact, RemovalFact, Row, Seq, Tx,
    params, steps,
};

/// How long a build stays its owner's without a word, in microseconds.
const LEASE: i64 = 20_000_000;
/// How long whoever finds the build taken waits before asking again.
const PAUSE: Duration = Duration::from_millis(200);
/// Fewer entries than this in a piece: the end is near, the rest is done under the head.
const NEAR_THE_END: usize = 200;
/// How often the exchange is tried when readers hold a table.
const TRIES: u32 = 200;

/// One filling of a projection's tables beside the live ones.
struct Build<'a> {
    projection: &'a dyn Projection,
    shadow: Arc<Shadow>,
    owner: Uuid,
}

/// How a filling ended.
enum Filled {
    /// The tables changed places.
    Exchanged,
    /// Content that had been taken in already was removed from the journal meanwhile.
    Again,
}

impl Journal {
    /// Fills every projection anew from the journal and puts the new tables in the place of the old ones,
    /// one projection after the other, while readers and writers go on.
    ///
    /// # Errors
    /// When a projection cannot take a fact, or the database fails; the live tables are as before then.
    pub async fn rebuild(&self) -> Result<(), JournalError> {
        for projection in self.projections.iter() {
            let build = loop {
                if let Some(build) = self.claim(projection.as_ref()).await? {
                    break build;
                }
                tokio::time::sleep(PAUSE).await;
            };
            self.build(&build).await?;
        }
        Ok(())
    }

    pub(crate) async fn prepare_projections(&self) -> Result<(), JournalError> {
        for projection in self.projections.iter() {
            let projection = projection.as_ref();
            while self.built_version(projection).await? != Some(projection.version()) {
                if self.create_empty(projection).await? {
                    continue;
                }
                match self.claim(projection).await? {
                    // Another process may have finished between the question and the claim.
                    Some(build)
                        if self.built_version(projection).await? == Some(projection.version()) =>
                    {
                        self.release(&build).await?;
                    }
                    Some(build) => self.build(&build).await?,
                    None => tokio::time::sleep(PAUSE).await,
                }
            }
            self.clear_leftovers(projection).await?;
        }
        Ok(())
    }

    async fn built_version(
        &self,
        projection: &dyn Projection,
    ) -> Result<Option<i64>, JournalError> {
        self.db()
            .row(
                "SELECT version FROM projection_state WHERE name = $1",
                params![projection.name()],
            )
            .await?
            .map(|row| row.int("version"))
            .transpose()
    }

    /// In an empty journal the tables are made where they belong; `false` when it is not empty.
    async fn create_empty(&self, projection: &dyn Projection) -> Result<bool, JournalError> {
        let mut tx = self.db().begin().await?;
        let head = take_head(&mut tx).await?;
        if head.seq != 0 {
            return Ok(false);
        }
        for table in projection.tables() {
            tx.execute(&format!("DROP TABLE IF EXISTS {table}"), vec![])
                .await?;
        }
        run_all(&mut tx, projection.schema()).await?;
        set_version(&mut tx, projection).await?;
        give_head_back(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Takes the build of a projection; nothing when another process is at it.
    async fn claim<'a>(
        &self,
        projection: &'a dyn Projection,
    ) -> Result<Option<Build<'a>>, JournalError> {
        let (owner, now) = (Uuid::now_v7(), Timestamp::now().as_microsecond());
        let mut tx = self.db().begin().await?;
        // A lease that reaches further than any can was taken by a clock that has been set back since.
        let row = tx
            .row(
                "INSERT INTO projection_build (name, generation, owner, lease_until) \
                 VALUES ($1, 1, $2, $3) ON CONFLICT (name) DO UPDATE \
                 SET generation = projection_build.generation + 1, owner = $2, lease_until = $3 \
                 WHERE projection_build.owner IS NULL OR projection_build.lease_until < $4 \
                 OR projection_build.lease_until > $5 RETURNING generation",
                params![projection.name(), owner, now + LEASE, now, now + 3 * LEASE],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let shadow = Arc::new(Shadow::new(projection.tables(), row.int("generation")?));
        tx.commit().await?;
        steps::reached("rebuild-claimed");
        Ok(Some(Build {
            projection,
            shadow,
            owner,
        }))
    }

    async fn build(&self, build: &Build<'_>) -> Result<(), JournalError> {
        let outcome = loop {
            match self.fill(build).await {
                Ok(Filled::Again) => {}
                Ok(Filled::Exchanged) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        if outcome.is_err() {
            tracing::error!(projection = build.projection.name(), "the rebuild failed");
        }
        self.drop_beside(build.projection).await?;
        steps::reached("rebuild-dropped");
        self.release(build).await?;
        outcome
    }

    async fn release(&self, build: &Build<'_>) -> Result<(), JournalError> {
        self.db()
            .execute(
                "UPDATE projection_build SET owner = NULL WHERE name = $1 AND owner = $2",
                params![build.projection.name(), build.owner],
            )
            .await?;
        Ok(())
    }

    /// What a process that died in the middle of a build left beside the live tables.
    async fn clear_leftovers(&self, projection: &dyn Projection) -> Result<(), JournalError> {
        let left = self
            .db()
            .row(
                "SELECT generation FROM projection_build WHERE name = $1 AND owner IS NOT NULL",
                params![projection.name()],
            )
            .await?;
        if left.is_some()
            && let Some(build) = self.claim(projection).await?
        {
            self.drop_beside(projection).await?;
            self.release(&build).await?;
        }
        Ok(())
    }

    /// Drops what was filled but not exchanged, and what was exchanged but not dropped.
    async fn drop_beside(&self, projection: &dyn Projection) -> Result<(), JournalError> {
        for table in projection.tables() {
            for name in [Shadow::beside(table), Shadow::replaced(table)] {
                let mut tries = 0;
                while let Err(error) = self.drop_table(&name).await {
                    pause_if_held(error, &mut tries).await?;
                }
            }
        }
        Ok(())
    }

    async fn fill(&self, build: &Build<'_>) -> Result<Filled, JournalError> {
        self.drop_beside(build.projection).await?;
        let mut tx = self.db().begin().await?;
        tx.mean(Some(build.shadow.clone()));
        run_all(&mut tx, build.projection.schema()).await?;
        tx.commit().await?;
        steps::reached("rebuild-tables-made");
        let begun_at = self.head().await?.seq;
        let mut reached = 0;
        loop {
            let mut tx = self.db().begin().await?;
            let rows = take_in(&mut tx, build, reached).await?;
            let Some(last) = rows.last() else { break };
            reached = last.int("seq")?;
            if removes_since(&rows, begun_at)? {
                return Ok(Filled::Again);
            }
            keep_lease(&mut tx, build).await?;
            steps::reached("rebuild-piece-taken");
            tx.commit().await?;
            steps::reached("rebuild-piece-kept");
            if rows.len() < NEAR_THE_END {
                break;
            }
        }
        let mut tries = 0;
        loop {
            match self.exchange(build, reached, begun_at).await {
                Err(error) => pause_if_held(error, &mut tries).await?,
                outcome => return outcome,
            }
        }
    }

    /// Under the head: takes in what was appended since, and the tables change places.
    async fn exchange(
        &self,
        build: &Build<'_>,
        mut reached: Seq,
        begun_at: Seq,
    ) -> Result<Filled, JournalError> {
        let mut tx = self.db().begin().await?;
        take_head(&mut tx).await?;
        loop {
            let rows = take_in(&mut tx, build, reached).await?;
            let Some(last) = rows.last() else { break };
            reached = last.int("seq")?;
            if removes_since(&rows, begun_at)? {
                return Ok(Filled::Again);
            }
        }
        keep_lease(&mut tx, build).await?;
        do_not_wait_long(&mut tx).await?;
        for table in build.projection.tables() {
            if has_table(&mut tx, table).await? {
                let away = Shadow::replaced(table);
                tx.execute(&format!("ALTER TABLE {table} RENAME TO {away}"), vec![])
                    .await?;
            }
            let beside = Shadow::beside(table);
            tx.execute(&format!("ALTER TABLE {beside} RENAME TO {table}"), vec![])
                .await?;
        }
        set_version(&mut tx, build.projection).await?;
        give_head_back(&mut tx).await?;
        steps::reached("rebuild-renamed");
        tx.commit().await?;
        steps::reached("rebuild-exchanged");
        Ok(Filled::Exchanged)
    }

    async fn drop_table(&self, name: &str) -> Result<(), JournalError> {
        let mut tx = self.db().begin().await?;
        do_not_wait_long(&mut tx).await?;
        tx.execute(&format!("DROP TABLE IF EXISTS {name}"), vec![])
            .await?;
        tx.commit().await
    }
}

/// Waits before the next try when readers hold a table: PostgreSQL would let everybody queue up behind
/// us. Any other fault, and the last try's, is handed back.
async fn pause_if_held(error: JournalError, tries: &mut u32) -> Result<(), JournalError> {
    if !is_held(&error) || *tries >= TRIES {
        return Err(error);
    }
    *tries += 1;
    tokio::time::sleep(PAUSE).await;
    Ok(())
}

/// Takes the next piece of the log into the tables beside; answers the entries it consists of.
async fn take_in(tx: &mut Tx, build: &Build<'_>, after: Seq) -> Result<Vec<Row>, JournalError> {
    let piece = next_entries(tx, after).await?;
    if piece.odd && piece.rows.is_empty() {
        return Err(JournalError::Invariant(format!(
            "after entry {after} stands one whose number is no number: run `dotpha verify`"
        )));
    }
    let mut facts: Vec<RecordedFact> = Vec::new();
    for row in &piece.rows {
        let unpacked = unpack(&read_entry(row)?)?.into_iter();
        facts.extend(unpacked.filter(|fact| follows(build.projection, &fact.kind)));
    }
    tx.mean(Some(build.shadow.clone()));
    build.projection.apply_all(tx, &facts).await?;
    tx.mean(None);
    Ok(piece.rows)
}

/// Was content removed by an entry that came after the build began? It may have been taken in before.
fn removes_since(rows: &[Row], begun_at: Seq) -> Result<bool, JournalError> {
    for row in rows {
        if row.int("seq")? <= begun_at {
            continue;
        }
        for fact in unpack(&read_entry(row)?)? {
            if matches!(
                RemovalFact::read(&fact)?,
                Some(RemovalFact::FactsRemoved(_) | RemovalFact::BatchRemoved(_))
            ) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

async fn keep_lease(tx: &mut Tx, build: &Build<'_>) -> Result<(), JournalError> {
    let until = Timestamp::now().as_microsecond() + LEASE;
    let touched = tx
        .execute(
            "UPDATE projection_build SET lease_until = $1 WHERE name = $2 AND owner = $3",
            params![until, build.projection.name(), build.owner],
        )
        .await?;
    if touched == 1 {
        return Ok(());
    }
    Err(JournalError::Invariant(format!(
        "the rebuild of projection {} took too long at one place and was taken over by another process",
        build.projection.name()
    )))
}

async fn set_version(tx: &mut Tx, projection: &dyn Projection) -> Result<(), JournalError> {
    tx.execute(
        "INSERT INTO projection_state (name, version) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET version = $2",
        params![projection.name(), projection.version()],
    )
    .await?;
    Ok(())
}

/// Gives up soon where a reader holds the table, before readers queue up or a deadlock is suspected.
async fn do_not_wait_long(tx: &mut Tx) -> Result<(), JournalError> {
    if tx.engine() == Engine::Postgres {
        tx.execute("SET LOCAL lock_timeout = '200ms'", vec![])
            .await?;
    }
    Ok(())
}

/// PostgreSQL's codes for a lock not given in time and for a deadlock.
fn is_held(error: &JournalError) -> bool {
    match error {
        JournalError::Database(sqlx::Error::Database(told)) => {
            matches!(told.code().as_deref(), Some("55P03" | "40P01"))
        }
        _ => false,
    }
}

async fn has_table(tx: &mut Tx, table: &str) -> Result<bool, JournalError> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = $1"
        }
        Engine::Postgres => {
            "SELECT CAST(CASE WHEN to_regclass($1) IS NULL THEN 0 ELSE 1 END AS BIGINT) AS n"
        }
    };
    let row = tx.row(sql, params![table]).await?;
    row.map_or(Ok(false), |row| row.flag("n"))
}

/// The head as it was before this transaction took it.
pub(crate) struct TakenHead {
    pub seq: Seq,
    pub recorded_at: i64,
    pub hash: Vec<u8>,
}

/// Serialises writers: the same statement takes SQLite's write lock and PostgreSQL's row lock.
pub(crate) async fn take_head(tx: &mut Tx) -> Result<TakenHead, JournalError> {
    let row = tx
        .row(
            "UPDATE journal_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, recorded_at, hash",
            vec![],
        )
        .await?
        .ok_or_else(|| JournalError::Invariant("journal_head is empty".into()))?;
    Ok(TakenHead {
        seq: row.int("seq")? - 1,
        recorded_at: row.int("recorded_at")?,
        hash: row.bytes("hash")?,
    })
}

/// Undoes the step of [`take_head`] in the same transaction, which keeps the lock until it commits:
/// nobody ever sees the head moved without an entry.
async fn give_head_back(tx: &mut Tx) -> Result<(), JournalError> {
    tx.execute("UPDATE journal_head SET seq = seq - 1 WHERE id = 1", vec![])
        .await?;
    Ok(())
}
