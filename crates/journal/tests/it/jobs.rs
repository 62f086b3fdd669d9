use std::collections::BTreeSet;
use std::time::Duration;

use journal::testing::{TestJournal, journal};
use journal::{ActorId, JobId, JobState, Jobs, JournalError, NewJob, Written};
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

const LEASE: Duration = Duration::from_secs(60);
/// One second in the clock of the queue.
const SECOND: i64 = 1_000_000;

async fn queue() -> (TestJournal, Jobs) {
    let test = journal(notes()).await;
    let jobs = Jobs::new(test.journal.db().clone());
    (test, jobs)
}

fn job(input: i64) -> NewJob {
    NewJob {
        id: Uuid::now_v7(),
        kind: "count".into(),
        input: json!({"input": input}),
        created_by: ActorId::SYSTEM,
    }
}

async fn state(jobs: &Jobs, id: JobId) -> JobState {
    jobs.get(id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn the_oldest_job_is_claimed_first_and_finished_once() {
    let (_test, jobs) = queue().await;
    let (late, early) = (job(1), job(2));
    jobs.enqueue(&late, 20).await.unwrap();
    jobs.enqueue(&early, 10).await.unwrap();
    jobs.enqueue(&early, 30).await.unwrap();
    let first = jobs.claim("a", 40, LEASE).await.unwrap().unwrap();
    assert_eq!(
        (first.id, first.state, first.attempts),
        (early.id, JobState::Running, 1)
    );
    assert_eq!(first.input, json!({"input": 2}));
    assert!(
        jobs.progress(early.id, "a", (3, 10, "đang đọc"), 50, LEASE)
            .await
            .unwrap()
    );
    let seen = jobs.get(early.id).await.unwrap().unwrap();
    assert_eq!(
        (seen.done, seen.total, seen.note.as_str()),
        (3, 10, "đang đọc")
    );
    assert!(
        jobs.finish(early.id, "a", Ok(json!([1])), 60)
            .await
            .unwrap()
    );
    assert!(
        !jobs
            .finish(early.id, "a", Err("again".into()), 70)
            .await
            .unwrap()
    );
    let closed = jobs.get(early.id).await.unwrap().unwrap();
    assert_eq!(
        (closed.state, closed.output),
        (JobState::Done, Some(json!([1])))
    );

    assert_eq!(
        jobs.claim("a", 80, LEASE).await.unwrap().unwrap().id,
        late.id
    );
    assert!(
        jobs.finish(late.id, "a", Err("tệp hỏng".into()), 90)
            .await
            .unwrap()
    );
    let failed = jobs.get(late.id).await.unwrap().unwrap();
    assert_eq!(
        (failed.state, failed.note.as_str()),
        (JobState::Failed, "tệp hỏng")
    );
    assert!(jobs.claim("a", 100, LEASE).await.unwrap().is_none());
    let newest: Vec<JobId> = jobs
        .newest(10)
        .await
        .unwrap()
        .iter()
        .map(|j| j.id)
        .collect();
    assert_eq!(newest, [late.id, early.id]);
    assert!(jobs.get(Uuid::now_v7()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_lease_that_ran_out_passes_the_job_on_and_the_first_worker_is_told() {
    let (_test, jobs) = queue().await;
    let one = job(1);
    jobs.enqueue(&one, 0).await.unwrap();
    jobs.claim("a", 0, LEASE).await.unwrap().unwrap();
    assert!(jobs.claim("b", 60 * SECOND, LEASE).await.unwrap().is_none());
    // A report of progress prolongs the lease.
    assert!(
        jobs.progress(one.id, "a", (1, 2, ""), 50 * SECOND, LEASE)
            .await
            .unwrap()
    );
    assert!(jobs.claim("b", 61 * SECOND, LEASE).await.unwrap().is_none());
    let again = jobs.claim("b", 111 * SECOND, LEASE).await.unwrap().unwrap();
    assert_eq!((again.id, again.attempts), (one.id, 2));
    assert!(
        !jobs
            .progress(one.id, "a", (2, 2, ""), 112 * SECOND, LEASE)
            .await
            .unwrap()
    );
    assert!(
        !jobs
            .finish(one.id, "a", Ok(json!("a")), 113 * SECOND)
            .await
            .unwrap()
    );
    assert!(
        jobs.finish(one.id, "b", Ok(json!("b")), 114 * SECOND)
            .await
            .unwrap()
    );
    assert_eq!(
        jobs.get(one.id).await.unwrap().unwrap().output,
        Some(json!("b"))
    );
}

/// However far the clock jumps while a worker holds a job, and whether the worker lives or not: the job
/// is done, once, and nobody waits for it longer than two leases.
#[tokio::test]
async fn a_lease_is_neither_eternal_nor_lost_when_the_clock_jumps() {
    const HOUR: i64 = 3_600 * SECOND;
    let start = 50 * 365 * 24 * HOUR;
    for jump in [
        -start,
        -365 * 24 * HOUR,
        -HOUR,
        -61 * SECOND,
        61 * SECOND,
        HOUR,
    ] {
        let (_test, jobs) = queue().await;
        let one = job(1);
        jobs.enqueue(&one, start).await.unwrap();
        jobs.claim("a", start, LEASE).await.unwrap().unwrap();
        let now = start + jump;
        let taken = jobs.claim("b", now, LEASE).await.unwrap();
        assert_eq!(taken.map(|job| job.id), Some(one.id), "{jump}");
        // The first worker lives after all: it is told, and its outcome does not count.
        let told = jobs.progress(one.id, "a", (1, 1, ""), now, LEASE).await;
        assert!(!told.unwrap());
        assert!(!jobs.finish(one.id, "a", Ok(json!("a")), now).await.unwrap());
        assert!(jobs.finish(one.id, "b", Ok(json!("b")), now).await.unwrap());
        assert!(jobs.claim("c", now + HOUR, LEASE).await.unwrap().is_none());
    }
    // By less than a lease: nobody takes the job from a worker that lives.
    for jump in [-59 * SECOND, -SECOND, SECOND, 59 * SECOND] {
        let (_test, jobs) = queue().await;
        let one = job(1);
        jobs.enqueue(&one, start).await.unwrap();
        jobs.claim("a", start, LEASE).await.unwrap().unwrap();
        let now = start + jump;
        assert!(
            jobs.claim("b", now, LEASE).await.unwrap().is_none(),
            "{jump}"
        );
        assert!(jobs.finish(one.id, "a", Ok(json!("a")), now).await.unwrap());
    }
}

#[tokio::test]
async fn a_job_that_kills_its_workers_is_given_up_and_others_go_on() {
    let (_test, jobs) = queue().await;
    let (poisoned, sound) = (job(1), job(2));
    jobs.enqueue(&poisoned, 0).await.unwrap();
    for attempt in 1..=3 {
        let now = attempt * 100 * SECOND;
        let claimed = jobs.claim("a", now, LEASE).await.unwrap().unwrap();
        assert_eq!((claimed.id, claimed.attempts), (poisoned.id, attempt));
    }
    jobs.enqueue(&sound, 350 * SECOND).await.unwrap();
    let next = jobs.claim("a", 400 * SECOND, LEASE).await.unwrap().unwrap();
    assert_eq!(next.id, sound.id);
    let given_up = jobs.get(poisoned.id).await.unwrap().unwrap();
    assert_eq!(given_up.state, JobState::Failed);
    assert!(given_up.note.contains("gave up"), "{}", given_up.note);
}

#[tokio::test]
async fn a_cancelled_job_never_starts_or_stops_at_its_next_report() {
    let (_test, jobs) = queue().await;
    let (waiting, running) = (job(1), job(2));
    jobs.enqueue(&running, 0).await.unwrap();
    jobs.enqueue(&waiting, 1).await.unwrap();
    jobs.claim("a", 2, LEASE).await.unwrap().unwrap();
    for id in [waiting.id, running.id] {
        assert!(jobs.cancel(id, 3).await.unwrap());
        assert!(!jobs.cancel(id, 4).await.unwrap());
    }
    assert!(jobs.claim("a", 5, LEASE).await.unwrap().is_none());
    assert!(
        !jobs
            .progress(running.id, "a", (1, 1, ""), 6, LEASE)
            .await
            .unwrap()
    );
    assert!(!jobs.finish(running.id, "a", Ok(json!(1)), 7).await.unwrap());
    assert!(
        jobs.claim("b", 1_000 * SECOND, LEASE)
            .await
            .unwrap()
            .is_none()
    );
    for id in [waiting.id, running.id] {
        assert_eq!(state(&jobs, id).await, JobState::Cancelled);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_never_hold_the_same_job() {
    let (_test, jobs) = queue().await;
    let mut queued = BTreeSet::new();
    for i in 0..30 {
        let one = job(i);
        queued.insert(one.id);
        jobs.enqueue(&one, i).await.unwrap();
    }
    let mut workers = tokio::task::JoinSet::new();
    for name in ["a", "b", "c"] {
        let jobs = jobs.clone();
        workers.spawn(async move {
            let mut mine = Vec::new();
            while let Some(job) = jobs.claim(name, 100, LEASE).await.unwrap() {
                mine.push(job.id);
                assert!(
                    jobs.finish(job.id, name, Ok(json!(name)), 101)
                        .await
                        .unwrap()
                );
            }
            mine
        });
    }
    let done: Vec<JobId> = workers.join_all().await.concat();
    assert_eq!(done.len(), 30, "none was done twice");
    assert_eq!(done.into_iter().collect::<BTreeSet<_>>(), queued);
}

#[tokio::test]
async fn a_job_asked_for_by_a_refused_command_is_not_there() {
    let (test, jobs) = queue().await;
    let (refused, accepted) = (job(1), job(2));
    let outcome: Result<Written, JournalError> = test
        .journal
        .write(&command(), async |tx| {
            Jobs::enqueue_in(tx.sql(), &refused, 0).await?;
            Err(JournalError::Invariant("refused".into()))
        })
        .await;
    assert!(outcome.is_err());
    let outcome: Result<Written, JournalError> = test
        .journal
        .write(&command(), async |tx| {
            Jobs::enqueue_in(tx.sql(), &accepted, 0).await?;
            Ok(vec![struck(&note(1))])
        })
        .await;
    assert_eq!(outcome.unwrap(), Written::New(1));
    assert!(jobs.get(refused.id).await.unwrap().is_none());
    assert_eq!(state(&jobs, accepted.id).await, JobState::Queued);
}
