//! The workers of a process: they take jobs from the queue, keep their leases while they work, and give
//! back at the end what they could not finish.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::FutureExt;
use serde_json::Value as Json;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Clock, Job, JobId, Jobs, JournalError, NewJob};

/// What a job came to in the hands of a worker.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Its end: kept with the job.
    Done(Json),
    /// It cannot be done, and trying again would change nothing; the reason is kept with the job.
    Failed(String),
    /// Something else stood in the way (the database was away): another try may succeed.
    Again(String),
    /// It was cancelled, or another worker took it over: nothing more is written.
    Stopped,
}

/// Does jobs. A job may be begun again after its worker died at any point, so what it writes to the
/// journal carries the job's id as idempotency key.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Does one job. It may be dropped at any `await`: when the job was cancelled, when its lease was
    /// lost, when the process stops.
    async fn handle(&self, job: &Job, lease: &Lease) -> Outcome;
}

/// How the workers of a process work.
#[derive(Debug, Clone)]
pub struct WorkOptions {
    /// Jobs done at once. Of one kind there are never as many, unless this is 1: long jobs of one kind
    /// leave a worker free for the others.
    pub workers: usize,
    /// How long a worker that says nothing is believed to be alive. A job of a process that was killed is
    /// taken over after this time.
    pub lease: Duration,
    /// How often the queue is looked at when it was empty.
    pub rest: Duration,
    /// How long jobs may go on once the process was told to stop; what is not finished then is given back
    /// and another process does it.
    pub grace: Duration,
}

impl Default for WorkOptions {
    fn default() -> Self {
        Self {
            workers: 2,
            lease: Duration::from_secs(30),
            rest: Duration::from_millis(300),
            grace: Duration::from_secs(5),
        }
    }
}

/// A worker's hold on the job it does.
pub struct Lease {
    jobs: Jobs,
    clock: Clock,
    job: JobId,
    owner: String,
    length: Duration,
}

impl Lease {
    /// Reports how far the job is (`total` 0 while not known). Answers whether to go on: `false` once the
    /// job was cancelled or taken over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn progress(&self, done: i64, total: i64, note: &str) -> Result<bool, JournalError> {
        let report = (done, total, note);
        self.jobs
            .progress(self.job, &self.owner, report, self.now(), self.length)
            .await
    }

    fn now(&self) -> i64 {
        (self.clock)().as_microsecond()
    }

    /// Prolongs the lease until it is lost, and returns then. A database that does not answer counts as
    /// lost after the length of a lease: by then another worker may hold the job.
    async fn keep(&self) {
        let mut renewed = Instant::now();
        loop {
            tokio::time::sleep(self.length / 3).await;
            let asked = Instant::now();
            match self
                .jobs
                .renew(self.job, &self.owner, self.now(), self.length)
                .await
            {
                Ok(true) => renewed = asked,
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(%error, job = %self.job, "prolonging a lease");
                    if renewed.elapsed() > self.length {
                        return;
                    }
                }
            }
        }
    }
}

/// Takes jobs and has them done until told to stop, then waits for what is under way or gives it back.
pub async fn work<H: Handler>(
    jobs: Jobs,
    clock: Clock,
    handler: Arc<H>,
    options: WorkOptions,
    stop: CancellationToken,
) {
    let process = Uuid::now_v7();
    let workers = options.workers.max(1);
    let of_one_kind = workers.saturating_sub(1).max(1);
    let mut claims: u64 = 0;
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut running: JoinSet<String> = JoinSet::new();
    while !stop.is_cancelled() {
        let mut rest = options.rest;
        while running.len() < workers {
            let full: Vec<&str> = kinds
                .iter()
                .filter(|(_, at_work)| **at_work >= of_one_kind)
                .map(|(kind, _)| kind.as_str())
                .collect();
            claims += 1;
            // Told apart from this process's own earlier holds: one that lost its lease must not close
            // the job for the one that has it now.
            let owner = format!("{process}/{claims}");
            let now = clock().as_microsecond();
            match jobs.claim_except(&owner, now, options.lease, &full).await {
                Ok(Some(job)) => {
                    *kinds.entry(job.kind.clone()).or_default() += 1;
                    let lease = Lease {
                        jobs: jobs.clone(),
                        clock: clock.clone(),
                        job: job.id,
                        owner,
                        length: options.lease,
                    };
                    let stopping = stopped_for(stop.clone(), options.grace);
                    running.spawn(one(handler.clone(), job, lease, stopping));
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, "claiming a job");
                    rest *= 10;
                    break;
                }
            }
        }
        tokio::select! {
            Some(ended) = running.join_next() => free(&mut kinds, ended),
            () = tokio::time::sleep(rest) => {}
            () = stop.cancelled() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// Does a job in this process, past the queue: for work on what lies in this process's memory and may not
/// be stored. Everything else is as with a job from the queue: its page, its progress, cancelling it.
/// Should the process die, the lease runs out and a worker takes the job up, whose handler can only say
/// that what was to be worked on is gone.
///
/// `None` when a job of that id is there already.
///
/// # Errors
/// When the store fails.
pub async fn work_apart<H: Handler>(
    jobs: &Jobs,
    clock: Clock,
    handler: H,
    job: &NewJob,
    lease: Duration,
) -> Result<Option<JoinHandle<()>>, JournalError> {
    let owner = format!("{}/apart", Uuid::now_v7());
    let now = clock().as_microsecond();
    let Some(job) = jobs.take_on(job, &owner, now, lease).await? else {
        return Ok(None);
    };
    let lease = Lease {
        jobs: jobs.clone(),
        clock,
        job: job.id,
        owner,
        length: lease,
    };
    let never = std::future::pending();
    Ok(Some(tokio::spawn(async move {
        one(Arc::new(handler), job, lease, never).await;
    })))
}

fn free(kinds: &mut BTreeMap<String, usize>, ended: Result<String, tokio::task::JoinError>) {
    match ended {
        Ok(kind) => {
            if let Some(at_work) = kinds.get_mut(&kind) {
                *at_work -= 1;
            }
        }
        // A handler's panic is caught within; the runtime going down is all that is left.
        Err(error) => tracing::error!(%error, "a worker ended"),
    }
}

/// Ends once the process was told to stop and the grace is over.
async fn stopped_for(stop: CancellationToken, grace: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(grace).await;
}

/// Does one job and closes it. Answers its kind.
async fn one<H: Handler>(
    handler: Arc<H>,
    job: Job,
    lease: Lease,
    stopping: impl Future<Output = ()>,
) -> String {
    let handling = AssertUnwindSafe(handler.handle(&job, &lease)).catch_unwind();
    let closed = tokio::select! {
        outcome = handling => {
            let outcome = outcome.unwrap_or_else(|panic| Outcome::Again(panic_text(&*panic)));
            close(&lease, outcome).await
        }
        () = lease.keep() => {
            tracing::warn!(job = %job.id, kind = job.kind, "cancelled or taken over; this worker leaves it");
            Ok(())
        }
        () = stopping => lease.jobs.give_back(job.id, &lease.owner, lease.now()).await.map(drop),
    };
    if let Err(error) = closed {
        // Its lease runs out and another worker takes it up.
        tracing::error!(%error, job = %job.id, "closing a job");
    }
    job.kind
}

async fn close(lease: &Lease, outcome: Outcome) -> Result<(), JournalError> {
    let (jobs, now) = (&lease.jobs, lease.now());
    match outcome {
        Outcome::Done(output) => {
            jobs.finish(lease.job, &lease.owner, Ok(output), now)
                .await?
        }
        Outcome::Failed(why) => jobs.finish(lease.job, &lease.owner, Err(why), now).await?,
        Outcome::Again(why) => {
            tracing::error!(job = %lease.job, why, "a try at a job failed");
            jobs.stumble(lease.job, &lease.owner, &why, now).await?
        }
        Outcome::Stopped => false,
    };
    Ok(())
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("the program failed: {}", text.unwrap_or_default())
}
