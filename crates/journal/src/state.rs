//! What whoever runs the server asks of the database. Nothing here changes anything, so that it can be
//! asked of an instance that is out of order.

use crate::schema::step_names;
use crate::{Db, Engine, Head, Journal, JournalError, Seq, params};

/// The database beside what this binary expects of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaState {
    /// Steps that were not taken yet: the next start takes them.
    pub missing: Vec<String>,
    /// Steps that this binary does not know: a newer one was here.
    pub unknown: Vec<String>,
    /// The database holds no journal at all.
    pub empty: bool,
}

/// The queue at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Waiting.
    pub queued: i64,
    /// Taken by a worker.
    pub running: i64,
    /// Ended well.
    pub done: i64,
    /// Gave up.
    pub failed: i64,
    /// Stopped by somebody.
    pub cancelled: i64,
    /// Gave up within the last seven days.
    pub failed_lately: i64,
    /// When the oldest waiting one was asked for, in microseconds UTC.
    pub oldest_queued: Option<i64>,
    /// Taken by a worker whose lease has run out.
    pub expired: i64,
    /// Times that a job had to be taken up again.
    pub repeated: i64,
}

/// Connections of the pool that writes and reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// Connections in use.
    pub used: u32,
    /// Connections there may be.
    pub limit: u32,
}

const SEVEN_DAYS: i64 = 7 * 24 * 3600 * 1_000_000;

impl Db {
    /// Version of the engine, as it says it.
    pub async fn engine_version(&self) -> Result<String, JournalError> {
        let sql = match self.engine() {
            Engine::Sqlite => "SELECT sqlite_version() AS v",
            Engine::Postgres => "SELECT current_setting('server_version') AS v",
        };
        let row = self.row(sql, vec![]).await?;
        row.map_or_else(|| Ok(String::new()), |row| row.text("v"))
    }

    /// The database server's clock in microseconds UTC; `None` where it is this machine's.
    pub async fn server_clock(&self) -> Result<Option<i64>, JournalError> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS v";
        let row = self.row(sql, vec![]).await?;
        row.map(|row| row.int("v")).transpose()
    }

    /// Does the line to the database server go through TLS? `None` where there is no line.
    pub async fn encrypted(&self) -> Result<Option<bool>, JournalError> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let sql = "SELECT CAST(CASE WHEN ssl THEN 1 ELSE 0 END AS BIGINT) AS v FROM pg_stat_ssl \
             WHERE pid = pg_backend_pid()";
        let row = self.row(sql, vec![]).await?;
        row.map(|row| row.flag("v")).transpose()
    }

    /// Is there a table of this name?
    pub async fn has_table(&self, name: &str) -> Result<bool, JournalError> {
        let sql = match self.engine() {
            Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1",
            Engine::Postgres => {
                "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = $1"
            }
        };
        Ok(self.row(sql, params![name]).await?.is_some())
    }

    /// Which steps of the schema were taken.
    pub async fn schema_state(&self) -> Result<SchemaState, JournalError> {
        let wanted: Vec<String> = step_names().map(str::to_owned).collect();
        if !self.has_table("schema_step").await? {
            return Ok(SchemaState {
                missing: wanted,
                empty: true,
                ..SchemaState::default()
            });
        }
        let rows = self
            .rows("SELECT name FROM schema_step ORDER BY name", vec![])
            .await?;
        let taken: Vec<String> = rows
            .iter()
            .map(|row| row.text("name"))
            .collect::<Result<_, _>>()?;
        Ok(SchemaState {
            missing: wanted
                .iter()
                .filter(|name| !taken.contains(name))
                .cloned()
                .collect(),
            unknown: taken
                .into_iter()
                .filter(|name| !wanted.contains(name))
                .collect(),
            empty: false,
        })
    }

    /// The projections the database holds, with their versions.
    pub async fn projection_versions(&self) -> Result<Vec<(String, i64)>, JournalError> {
        let sql = "SELECT name, version FROM projection_state ORDER BY name";
        let rows = self.rows(sql, vec![]).await?;
        rows.iter()
            .map(|row| Ok((row.text("name")?, row.int("version")?)))
            .collect()
    }

    /// The head, and when its entry was recorded, in microseconds UTC.
    pub async fn stored_head(&self) -> Result<(Head, i64), JournalError> {
        let row = self
            .row(
                "SELECT seq, hash, recorded_at FROM journal_head WHERE id = 1",
                vec![],
            )
            .await?
            .ok_or_else(|| JournalError::Invariant("journal_head is empty".into()))?;
        let head = Head {
            seq: row.int("seq")?,
            hash: row.bytes("hash")?,
        };
        Ok((head, row.int("recorded_at")?))
    }

    /// The hash of one entry, if it is there.
    pub async fn entry_hash(&self, seq: Seq) -> Result<Option<Vec<u8>>, JournalError> {
        let sql = "SELECT hash FROM journal_entry WHERE seq = $1";
        let row = self.row(sql, params![seq]).await?;
        row.map(|row| row.bytes("hash")).transpose()
    }

    /// The queue at a glance, at this moment (microseconds UTC).
    pub async fn job_counts(&self, now: i64) -> Result<JobCounts, JournalError> {
        let sql = "SELECT state, COUNT(*) AS n, MIN(created_at) AS oldest, \
             CAST(SUM(CASE WHEN lease_until < $1 THEN 1 ELSE 0 END) AS BIGINT) AS expired, \
             CAST(SUM(CASE WHEN changed_at > $2 THEN 1 ELSE 0 END) AS BIGINT) AS lately, \
             CAST(SUM(CASE WHEN attempts > 1 THEN attempts - 1 ELSE 0 END) AS BIGINT) AS repeated \
             FROM job GROUP BY state";
        let rows = self.rows(sql, params![now, now - SEVEN_DAYS]).await?;
        let mut counts = JobCounts::default();
        for row in &rows {
            let n = row.int("n")?;
            counts.repeated += row.int("repeated")?;
            match row.text("state")?.as_str() {
                "queued" => {
                    counts.queued = n;
                    counts.oldest_queued = row.opt_int("oldest")?;
                }
                "running" => {
                    counts.running = n;
                    counts.expired = row.int("expired")?;
                }
                "done" => counts.done = n,
                "failed" => {
                    counts.failed = n;
                    counts.failed_lately = row.int("lately")?;
                }
                _ => counts.cancelled += n,
            }
        }
        Ok(counts)
    }

    /// Connections in use, readers and writer together.
    pub fn pool_state(&self) -> PoolState {
        match self {
            Db::Sqlite { write, read } => PoolState {
                used: used(write.size(), write.num_idle()) + used(read.size(), read.num_idle()),
                limit: write.options().get_max_connections() + read.options().get_max_connections(),
            },
            Db::Postgres(pool) => PoolState {
                used: used(pool.size(), pool.num_idle()),
                limit: pool.options().get_max_connections(),
            },
        }
    }
}

fn used(size: u32, idle: usize) -> u32 {
    size.saturating_sub(u32::try_from(idle).unwrap_or(u32::MAX))
}

impl Journal {
    /// The projections of this binary, with their versions.
    pub fn projections(&self) -> Vec<(&'static str, i64)> {
        self.projections
            .iter()
            .map(|projection| (projection.name(), projection.version()))
            .collect()
    }
}
