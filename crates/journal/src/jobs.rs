//! Work that waits: durable, with leases and progress, cancellable, surviving a restart.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::steps::reached;
use crate::{ActorId, Channel, Db, JournalError, Message, Outbox, Row, Tx, Value, params};

/// Identity of a job.
pub type JobId = Uuid;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

/// A job whose tries came to nothing this often is poisoned: it fails, is shown to the operator and told
/// to them.
const ATTEMPTS: i64 = 3;

/// How long a job rests after a try that stumbled, in microseconds.
const BREATH: i64 = 5_000_000;

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

    /// Enters a job that `worker` does from the start, past the queue; `None` when a job of that id is there.
    pub(crate) async fn take_on(
        &self,
        job: &NewJob,
        worker: &str,
        now: i64,
        lease: Duration,
    ) -> Result<Option<Job>, JournalError> {
        let sql = format!(
            "INSERT INTO job (id, kind, input, state, done, total, note, attempts, lease_owner, lease_until, \
             created_by, created_at, changed_at) \
             VALUES ($1, $2, $3, 'running', 0, 0, '', 1, $4, $5, $6, $7, $7) \
             ON CONFLICT (id) DO NOTHING RETURNING {COLUMNS}"
        );
        let given = params![
            job.id,
            job.kind.as_str(),
            job.input.to_string(),
            worker,
            now + lease.as_micros() as i64,
            job.created_by.to_string(),
            now
        ];
        let mut tx = self.db.begin().await?;
        let row = tx.row(&sql, given).await?;
        tx.commit().await?;
        row.as_ref().map(read_job).transpose()
    }

    /// Takes the oldest job that waits, or whose worker's lease ran out, for `lease` from `now`
    /// (microseconds UTC). A job taken up too often is failed instead, and the operator is told.
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
        self.claim_except(worker, now, lease, &[]).await
    }

    /// The same, leaving alone the jobs of some kinds: a process keeps a worker free of long ones.
    pub async fn claim_except(
        &self,
        worker: &str,
        now: i64,
        lease: Duration,
        except: &[&str],
    ) -> Result<Option<Job>, JournalError> {
        let length = lease.as_micros() as i64;
        let latest = now + 2 * length.max(BREATH);
        if !self.waits(now, latest).await? {
            return Ok(None);
        }
        let mut tx = self.db.begin().await?;
        give_up(&mut tx, now, latest).await?;
        let skip_locked = match tx {
            Tx::Sqlite(_) => "",
            Tx::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        };
        let others = match except.len() {
            0 => String::new(),
            n => format!("AND kind NOT IN ({})", crate::placeholders(5, n)),
        };
        let sql = format!(
            "UPDATE job SET state = 'running', attempts = attempts + 1, lease_owner = $1, \
             lease_until = $2, changed_at = $3 WHERE id = (SELECT id FROM job \
             WHERE (state = 'queued' AND lease_until <= $3 OR state = 'running' AND lease_until < $3 \
             OR state IN ('queued', 'running') AND lease_until > $4) {others} \
             ORDER BY created_at, id LIMIT 1 {skip_locked}) RETURNING {COLUMNS}"
        );
        let mut given = params![worker, now + length, now, latest];
        given.extend(except.iter().map(|kind| (*kind).into()));
        let row = tx.row(&sql, given).await?;
        tx.commit().await?;
        reached("job-claimed");
        row.as_ref().map(read_job).transpose()
    }

    /// Is there anything to claim? Asked by a reader, so that workers who look several times a second do
    /// not take the one connection that writes.
    async fn waits(&self, now: i64, latest: i64) -> Result<bool, JournalError> {
        let sql = "SELECT id FROM job WHERE state IN ('queued', 'running') \
                   AND (lease_until <= $1 OR lease_until > $2) LIMIT 1";
        Ok(self.db.row(sql, params![now, latest]).await?.is_some())
    }

    /// Keeps the lease without reporting anything. `false` once the job was cancelled or taken over.
    pub async fn renew(
        &self,
        job: JobId,
        worker: &str,
        now: i64,
        lease: Duration,
    ) -> Result<bool, JournalError> {
        let until = now + lease.as_micros() as i64;
        self.held(
            "UPDATE job SET lease_until = $3 WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
            params![job, worker, until],
        )
        .await
    }

    /// Puts a job back that its worker could not finish for want of time: the try does not count.
    pub async fn give_back(
        &self,
        job: JobId,
        worker: &str,
        now: i64,
    ) -> Result<bool, JournalError> {
        self.held(
            "UPDATE job SET state = 'queued', lease_owner = NULL, lease_until = 0, \
             attempts = attempts - 1, changed_at = $3 \
             WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
            params![job, worker, now],
        )
        .await
    }

    /// Puts a job back whose try came to nothing through no fault of its own, to be tried again a little
    /// later; after the third such try it is failed, with the last reason, and the operator is told.
    pub async fn stumble(
        &self,
        job: JobId,
        worker: &str,
        why: &str,
        now: i64,
    ) -> Result<bool, JournalError> {
        let mut tx = self.db.begin().await?;
        let sql = format!(
            "UPDATE job SET state = CASE WHEN attempts >= $3 THEN 'failed' ELSE 'queued' END, \
             note = $4, lease_owner = NULL, lease_until = $5, changed_at = $6 \
             WHERE id = $1 AND lease_owner = $2 AND state = 'running' RETURNING {COLUMNS}"
        );
        let given = params![job, worker, ATTEMPTS, why, now + BREATH, now];
        let row = tx.row(&sql, given).await?;
        let stumbled = row.as_ref().map(read_job).transpose()?;
        if let Some(job) = &stumbled
            && job.state == JobState::Failed
        {
            Outbox::put_in(&mut tx, &notice(job), now).await?;
        }
        tx.commit().await?;
        Ok(stumbled.is_some())
    }

    /// Puts a failed or cancelled job back in the queue with all its tries before it: the operator's
    /// "try again".
    pub async fn retry(&self, job: JobId, now: i64) -> Result<bool, JournalError> {
        self.held(
            "UPDATE job SET state = 'queued', lease_owner = NULL, lease_until = 0, attempts = 0, \
             done = 0, total = 0, note = '', changed_at = $2 \
             WHERE id = $1 AND state IN ('failed', 'cancelled')",
            params![job, now],
        )
        .await
    }

    /// How many jobs stand where.
    pub async fn counts(&self) -> Result<BTreeMap<JobState, i64>, JournalError> {
        let sql = "SELECT state, COUNT(*) AS n FROM job GROUP BY state";
        let rows = self.db.rows(sql, vec![]).await?;
        rows.iter()
            .map(|row| Ok((row.parse("state")?, row.int("n")?)))
            .collect()
    }

    /// Runs a statement that touches one job at most; answers whether it did.
    async fn held(&self, sql: &str, params: Vec<Value>) -> Result<bool, JournalError> {
        Ok(self.db.execute(sql, params).await? == 1)
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

/// Fails the jobs that every worker died on, and tells the operator in the same transaction.
async fn give_up(tx: &mut Tx, now: i64, latest: i64) -> Result<(), JournalError> {
    let sql = format!(
        "UPDATE job SET state = 'failed', note = 'gave up: its worker stopped each time', \
         changed_at = $1 WHERE state = 'running' AND (lease_until < $1 OR lease_until > $3) \
         AND attempts >= $2 RETURNING {COLUMNS}"
    );
    for row in tx.rows(&sql, params![now, ATTEMPTS, latest]).await? {
        Outbox::put_in(tx, &notice(&read_job(&row)?), now).await?;
    }
    Ok(())
}

/// What the operator is told of a job that was given up.
fn notice(job: &Job) -> Message {
    let (id, kind, tries, note) = (job.id, &job.kind, job.attempts, &job.note);
    Message {
        // The moment of asking is no part of it: given up again after a retry, it is told again.
        id: format!("job/{id}/{}", Uuid::now_v7()),
        channel: Channel::Role,
        recipient: crate::OPERATOR.to_owned(),
        subject: format!(
            "Đột Phá: công việc bị bỏ sau {tries} lần / job given up after {tries} tries"
        ),
        body: format!(
            "Công việc {id} ({kind}) không xong sau {tries} lần thử và đã bị bỏ.\n\
             Lý do cuối: {note}\n\
             Xem và cho chạy lại ở trang Máy chủ (/system).\n\n\
             Job {id} ({kind}) came to nothing after {tries} tries and was given up.\n\
             Last reason: {note}\n\
             See it and try again on the server's page (/system).\n"
        ),
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
