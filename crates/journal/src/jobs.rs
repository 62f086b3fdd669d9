//! Work that waits: durable, with leases and progress, cancellable, surviving a restart.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::steps::reached;
use crate::{ActorId, Db, JournalError, Row, Tx, params};

/// Identity of a job.
pub type JobId = Uuid;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker holds its lease.
    Running,
    /// Came to its end; `output` says with what.
    Done,
    /// Gave up; `note` says why.
    Failed,
    /// Somebody asked it to stop, and it did or never started.
    Cancelled,
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        })
    }
}

impl FromStr for JobState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "queued" => Self::Queued,
            "running" => Self::Running,
            "done" => Self::Done,
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            _ => return Err(format!("{text:?} is no state of a job")),
        })
    }
}

/// A job to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its identity, made at the edge so that a form sent twice makes one job.
    pub id: JobId,
    /// Which handler does it.
    pub kind: String,
    /// What the handler needs.
    pub input: Json,
    /// Who asked.
    pub created_by: ActorId,
}

/// A job as stored.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its identity.
    pub id: JobId,
    /// Which handler does it.
    pub kind: String,
    /// What the handler needs.
    pub input: Json,
    /// Where it stands.
    pub state: JobState,
    /// Steps done so far.
    pub done: i64,
    /// Steps in all, 0 while not known.
    pub total: i64,
    /// What it is at, or why it failed.
    pub note: String,
    /// What it came to.
    pub output: Option<Json>,
    /// How often a worker took it up.
    pub attempts: i64,
    /// Who asked.
    pub created_by: ActorId,
    /// When, in microseconds UTC.
    pub created_at: i64,
}

/// A job that its workers died on this often is poisoned: it fails and is shown to the operator.
const ATTEMPTS: i64 = 3;

const COLUMNS: &str =
    "id, kind, input, state, done, total, note, output, attempts, created_by, created_at";

/// The queue.
#[derive(Clone)]
pub struct Jobs {
    db: Db,
}

impl Jobs {
    /// The queue of a database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Puts a job in the queue inside a transaction, so that it is there exactly when what it belongs to
    /// is. The same id again changes nothing.
    pub async fn enqueue_in(tx: &mut Tx, job: &NewJob, now: i64) -> Result<(), JournalError> {
        tx.execute(
            "INSERT INTO job (id, kind, input, state, done, total, note, attempts, lease_until, \
             created_by, created_at, changed_at) \
             VALUES ($1, $2, $3, 'queued', 0, 0, '', 0, 0, $4, $5, $5) ON CONFLICT (id) DO NOTHING",
            params![
                job.id,
                job.kind.as_str(),
                job.input.to_string(),
                job.created_by.to_string(),
                now
            ],
        )
        .await?;
        reached("job-enqueued");
        Ok(())
    }

    /// Puts a job in the queue.
    pub async fn enqueue(&self, job: &NewJob, now: i64) -> Result<(), JournalError> {
        let mut tx = self.db.begin().await?;
        Self::enqueue_in(&mut tx, job, now).await?;
        tx.commit().await
    }

    /// Takes the oldest job that waits, or whose worker's lease ran out, for `lease` from `now`
    /// (microseconds UTC). A job taken up too often is failed instead.
    ///
    /// A lease that ends more than two leases from now was taken by a clock that has since been set back;
    /// it would hold for as long as the clock was ahead, and counts as run out. Should its worker live, it
    /// is told so at its next report, like one whose lease a clock set forward cut short.
    pub async fn claim(
        &self,
        worker: &str,
        now: i64,
        lease: Duration,
    ) -> Result<Option<Job>, JournalError> {
        let mut tx = self.db.begin().await?;
        let lease = lease.as_micros() as i64;
        let latest = now + 2 * lease;
        tx.execute(
            "UPDATE job SET state = 'failed', note = 'gave up: its worker stopped each time', \
             changed_at = $1 WHERE state = 'running' AND (lease_until < $1 OR lease_until > $3) \
             AND attempts >= $2",
            params![now, ATTEMPTS, latest],
        )
        .await?;
        let skip_locked = match tx {
            Tx::Sqlite(_) => "",
            Tx::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        };
        let sql = format!(
            "UPDATE job SET state = 'running', attempts = attempts + 1, lease_owner = $1, \
             lease_until = $2, changed_at = $3 WHERE id = (SELECT id FROM job \
             WHERE state = 'queued' \
             OR (state = 'running' AND (lease_until < $3 OR lease_until > $4)) \
             ORDER BY created_at, id LIMIT 1 {skip_locked}) RETURNING {COLUMNS}"
        );
        let row = tx
            .row(&sql, params![worker, now + lease, now, latest])
            .await?;
        tx.commit().await?;
        reached("job-claimed");
        row.as_ref().map(read_job).transpose()
    }

    /// Reports progress and keeps the lease. Answers whether to go on: `false` once the job was cancelled
    /// or another worker took it over.
    pub async fn progress(
        &self,
        job: JobId,
        worker: &str,
        (done, total, note): (i64, i64, &str),
        now: i64,
        lease: Duration,
    ) -> Result<bool, JournalError> {
        let touched = self
            .db
            .execute(
                "UPDATE job SET done = $3, total = $4, note = $5, lease_until = $6, changed_at = $7 \
                 WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
                params![job, worker, done, total, note, now + lease.as_micros() as i64, now],
            )
            .await?;
        Ok(touched == 1)
    }

    /// Closes a job with what it came to. Without effect when it was cancelled or taken over meanwhile.
    pub async fn finish(
        &self,
        job: JobId,
        worker: &str,
        outcome: Result<Json, String>,
        now: i64,
    ) -> Result<bool, JournalError> {
        let (state, output, note) = match outcome {
            Ok(output) => ("done", Some(output.to_string()), String::new()),
            Err(why) => ("failed", None, why),
        };
        let touched = self
            .db
            .execute(
                "UPDATE job SET state = $3, output = $4, note = $5, changed_at = $6 \
                 WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
                params![job, worker, state, output, note, now],
            )
            .await?;
        reached("job-finished");
        Ok(touched == 1)
    }

    /// Asks a job to stop: at once when it waits, at its next report of progress when it runs.
    pub async fn cancel(&self, job: JobId, now: i64) -> Result<bool, JournalError> {
        let touched = self
            .db
            .execute(
                "UPDATE job SET state = 'cancelled', changed_at = $2 \
                 WHERE id = $1 AND state IN ('queued', 'running')",
                params![job, now],
            )
            .await?;
        Ok(touched == 1)
    }

    /// One job.
    pub async fn get(&self, job: JobId) -> Result<Option<Job>, JournalError> {
        let sql = format!("SELECT {COLUMNS} FROM job WHERE id = $1");
        let row = self.db.row(&sql, params![job]).await?;
        row.as_ref().map(read_job).transpose()
    }

    /// The newest jobs, for the operator's page.
    pub async fn newest(&self, limit: i64) -> Result<Vec<Job>, JournalError> {
        let sql = format!("SELECT {COLUMNS} FROM job ORDER BY created_at DESC, id DESC LIMIT $1");
        let rows = self.db.rows(&sql, params![limit]).await?;
        rows.iter().map(read_job).collect()
    }
}

fn read_job(row: &Row) -> Result<Job, JournalError> {
    Ok(Job {
        id: row.parse("id")?,
        kind: row.text("kind")?,
        input: row.json("input")?,
        state: row.parse("state")?,
        done: row.int("done")?,
        total: row.int("total")?,
        note: row.text("note")?,
        output: row
            .opt_text("output")?
            .map(|text| serde_json::from_str(&text).map_err(JournalError::decode("job.output")))
            .transpose()?,
        attempts: row.int("attempts")?,
        created_by: row.parse("created_by")?,
        created_at: row.int("created_at")?,
    })
}
