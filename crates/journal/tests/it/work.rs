//! The workers of processes: killed, stopped, cancelled, busy with one kind, failing each time.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use journal::testing::{TestJournal, journal};
use journal::{
    ActorId, Clock, Db, FileStore, Handler, Job, JobId, JobState, Jobs, Journal, JournalError,
    Lease, NewJob, Outbox, Outcome, Posted, WorkOptions, WriteContext, Written, work,
};
use serde_json::json;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::*;

async fn queue() -> (TestJournal, Jobs) {
    let test = journal(notes()).await;
    let jobs = Jobs::new(test.journal.db().clone());
    (test, jobs)
}

async fn ask(jobs: &Jobs, kind: &str) -> JobId {
    let job = NewJob {
        id: Uuid::now_v7(),
        kind: kind.into(),
        input: json!({}),
        created_by: ActorId::SYSTEM,
    };
    let now = Timestamp::now().as_microsecond();
    jobs.enqueue(&job, now).await.unwrap();
    job.id
}

fn brisk() -> WorkOptions {
    WorkOptions {
        workers: 2,
        lease: Duration::from_millis(1500),
        rest: Duration::from_millis(20),
        grace: Duration::from_millis(100),
    }
}

/// A pool that works until it is told to stop.
struct Pool {
    stop: CancellationToken,
    done: tokio::task::JoinHandle<()>,
}

impl Pool {
    fn start<H: Handler>(jobs: &Jobs, handler: Arc<H>, options: WorkOptions) -> Self {
        Self::with_clock(jobs, handler, options, Arc::new(Timestamp::now))
    }

    fn with_clock<H: Handler>(
        jobs: &Jobs,
        handler: Arc<H>,
        options: WorkOptions,
        clock: Clock,
    ) -> Self {
        let stop = CancellationToken::new();
        let done = tokio::spawn(work(jobs.clone(), clock, handler, options, stop.clone()));
        Pool { stop, done }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.done.await.unwrap();
    }
}

/// Waits for a state, for at most ten seconds.
async fn comes_to(jobs: &Jobs, id: JobId, state: JobState) -> Job {
    for _ in 0..500 {
        let job = jobs.get(id).await.unwrap().unwrap();
        if job.state == state {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("job {id} is {:?}", jobs.get(id).await.unwrap());
}

/// `slow` jobs wait until they are let go; the others are done at once.
#[derive(Default)]
struct Gate {
    open: Notify,
    dropped: Arc<AtomicBool>,
}

struct Tell(Arc<AtomicBool>);

impl Drop for Tell {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl Handler for Gate {
    async fn handle(&self, job: &Job, _: &Lease) -> Outcome {
        if job.kind == "slow" {
            let _tell = Tell(self.dropped.clone());
            self.open.notified().await;
        }
        Outcome::Done(json!("done"))
    }
}

#[tokio::test]
async fn long_jobs_of_one_kind_leave_a_worker_free() {
    let (_test, jobs) = queue().await;
    let gate = Arc::new(Gate::default());
    let slow = [ask(&jobs, "slow").await, ask(&jobs, "slow").await];
    let quick = ask(&jobs, "quick").await;
    let pool = Pool::start(&jobs, gate.clone(), brisk());
    comes_to(&jobs, quick, JobState::Done).await;
    comes_to(&jobs, slow[0], JobState::Running).await;
    assert_eq!(
        jobs.get(slow[1]).await.unwrap().unwrap().state,
        JobState::Queued
    );
    for id in slow {
        comes_to(&jobs, id, JobState::Running).await;
        // Held longer than its lease: the worker keeps it.
        tokio::time::sleep(brisk().lease + Duration::from_millis(500)).await;
        gate.open.notify_one();
        assert_eq!(comes_to(&jobs, id, JobState::Done).await.attempts, 1);
    }
    pool.stop().await;
}

#[tokio::test]
async fn a_process_that_stops_gives_its_jobs_back() {
    let (_test, jobs) = queue().await;
    let id = ask(&jobs, "slow").await;
    let first = Pool::start(&jobs, Arc::new(Gate::default()), brisk());
    comes_to(&jobs, id, JobState::Running).await;
    first.stop().await;
    let given_back = jobs.get(id).await.unwrap().unwrap();
    assert_eq!(
        (given_back.state, given_back.attempts),
        (JobState::Queued, 0)
    );
    // Another process takes it up without waiting for a lease to run out.
    let gate = Arc::new(Gate::default());
    gate.open.notify_one();
    let second = Pool::start(&jobs, gate, brisk());
    comes_to(&jobs, id, JobState::Done).await;
    second.stop().await;
}

#[tokio::test]
async fn a_job_cancelled_while_it_runs_is_let_go_and_can_be_asked_for_again() {
    let (_test, jobs) = queue().await;
    let gate = Arc::new(Gate::default());
    let id = ask(&jobs, "slow").await;
    let pool = Pool::start(&jobs, gate.clone(), brisk());
    comes_to(&jobs, id, JobState::Running).await;
    let now = Timestamp::now().as_microsecond();
    assert!(jobs.cancel(id, now).await.unwrap());
    for _ in 0..500 {
        if gate.dropped.load(Ordering::SeqCst) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(gate.dropped.load(Ordering::SeqCst), "the work goes on");
    assert_eq!(
        jobs.get(id).await.unwrap().unwrap().state,
        JobState::Cancelled
    );
    assert!(jobs.retry(id, now).await.unwrap());
    assert!(!jobs.retry(id, now).await.unwrap(), "it waits already");
    gate.open.notify_one();
    comes_to(&jobs, id, JobState::Done).await;
    pool.stop().await;
}

/// Fails as a fault of the program would.
struct Panics;

#[async_trait]
impl Handler for Panics {
    async fn handle(&self, job: &Job, _: &Lease) -> Outcome {
        if job.kind == "away" {
            return Outcome::Again("cơ sở dữ liệu không trả lời".into());
        }
        panic!("không chia được cho 0");
    }
}

/// A clock that goes fifty times as fast, so that the rests between tries pass.
fn quick_clock() -> Clock {
    let began = Timestamp::now();
    Arc::new(move || {
        let passed = Timestamp::now().as_microsecond() - began.as_microsecond();
        Timestamp::from_microsecond(began.as_microsecond() + 50 * passed).unwrap()
    })
}

#[tokio::test]
async fn a_poisoned_job_fails_after_three_tries_with_its_reason_and_the_operator_is_told() {
    let (test, jobs) = queue().await;
    let outbox = Outbox::new(test.journal.db().clone());
    for (kind, reason) in [
        ("panics", "không chia được cho 0"),
        ("away", "không trả lời"),
    ] {
        let id = ask(&jobs, kind).await;
        let options = WorkOptions {
            lease: Duration::from_secs(600),
            ..brisk()
        };
        let pool = Pool::with_clock(&jobs, Arc::new(Panics), options, quick_clock());
        let failed = comes_to(&jobs, id, JobState::Failed).await;
        assert_eq!(failed.attempts, 3);
        assert!(failed.note.contains(reason), "{}", failed.note);
        pool.stop().await;
        let told: Vec<Posted> = outbox.newest(10).await.unwrap();
        let about: Vec<&Posted> = told
            .iter()
            .filter(|m| m.body.contains(&id.to_string()))
            .collect();
        assert_eq!(about.len(), 1, "{told:?}");
        assert!(about[0].body.contains(reason) && about[0].recipient == journal::OPERATOR);
    }
    assert_eq!(jobs.counts().await.unwrap()[&JobState::Failed], 2);
}

#[tokio::test]
async fn a_lease_taken_while_a_clock_was_ahead_does_not_last_for_ever() {
    let (_test, jobs) = queue().await;
    let lease = Duration::from_secs(60);
    let (now, year) = (1_000_000_000_000, 365 * 86_400 * 1_000_000);
    let id = ask(&jobs, "slow").await;
    jobs.claim("ahead", now + year, lease)
        .await
        .unwrap()
        .unwrap();
    let again = jobs.claim("right", now, lease).await.unwrap().unwrap();
    assert_eq!((again.id, again.attempts), (id, 2));
    assert!(jobs.claim("third", now + 1, lease).await.unwrap().is_none());
}

/// Writes a note under the job's id and, in a process that is to be killed, stays there.
struct Writes {
    journal: Journal,
    stays: bool,
    outcomes: AtomicI64,
}

#[async_trait]
impl Handler for Writes {
    async fn handle(&self, job: &Job, _: &Lease) -> Outcome {
        let context =
            WriteContext::new(ActorId::SYSTEM, "note.write").with_key(Some(job.id.to_string()));
        let facts = async |_: &mut journal::WriteTx| Ok(vec![written(&note(1), "một lần")]);
        let outcome: Result<Written, JournalError> = self.journal.write(&context, facts).await;
        if matches!(outcome, Ok(Written::Again(_))) {
            self.outcomes.fetch_add(1, Ordering::SeqCst);
        }
        println!("written");
        if self.stays {
            std::future::pending::<()>().await;
        }
        match outcome {
            Ok(_) => Outcome::Done(json!("written")),
            Err(error) => Outcome::Again(error.to_string()),
        }
    }
}

const PLACE: &str = "DOTPHA_TEST_WORKER";

/// Not a test of its own: the process that [`a_killed_process_loses_no_job_and_does_none_twice`] kills.
#[tokio::test]
async fn worker_process() {
    let Ok(place) = std::env::var(PLACE) else {
        return;
    };
    let (address, folder) = place.split_once('|').unwrap();
    let db = Db::open(address).await.unwrap();
    let files = FileStore::open(folder).await.unwrap();
    let journal = Journal::open(db, files, notes()).await.unwrap();
    let jobs = Jobs::new(journal.db().clone());
    let handler = Writes {
        journal,
        stays: true,
        outcomes: AtomicI64::new(0),
    };
    let pool = Pool::start(&jobs, Arc::new(handler), brisk());
    pool.done.await.unwrap();
}

#[tokio::test]
async fn a_killed_process_loses_no_job_and_does_none_twice() {
    let (test, jobs) = queue().await;
    let id = ask(&jobs, "write").await;
    let folder = test.folder().display().to_string();
    let place = format!("{}|{folder}", test.address());
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "work::worker_process", "--nocapture"])
        .env(PLACE, place)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let wrote = tokio::task::spawn_blocking(move || {
        output
            .lines()
            .map_while(Result::ok)
            .any(|line| line.contains("written"))
    });
    assert!(wrote.await.unwrap(), "the process wrote to the journal");
    // SIGKILL, between its write to the journal and the end of the job.
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        jobs.get(id).await.unwrap().unwrap().state,
        JobState::Running
    );

    let handler = Arc::new(Writes {
        journal: test.journal.clone(),
        stays: false,
        outcomes: AtomicI64::new(0),
    });
    let pools = [1, 2].map(|_| Pool::start(&jobs, handler.clone(), brisk()));
    let done = comes_to(&jobs, id, JobState::Done).await;
    for pool in pools {
        pool.stop().await;
    }
    assert_eq!(done.attempts, 2);
    assert_eq!(
        handler.outcomes.load(Ordering::SeqCst),
        1,
        "its write had been recorded"
    );
    assert_eq!(test.journal.head().await.unwrap().seq, 1, "once");
}
