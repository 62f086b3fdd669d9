//! The process that is killed.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use journal::{Jobs, Journal, Written};
use serde_json::json;

use crate::deeds::{Deed, open};

/// Writers that a child runs at once.
pub const WRITERS: u32 = 3;

/// Deeds after which a child that nobody killed gives up.
pub const DEEDS: u32 = 60;

/// How long a child's worker holds a job.
pub const LEASE: Duration = Duration::from_secs(60);

pub const ADDRESS: &str = "DOTPHA_CRASH_ADDRESS";
pub const FILES: &str = "DOTPHA_CRASH_FILES";
/// The number each writer goes on with: `4,0,7`.
pub const NEXT: &str = "DOTPHA_CRASH_NEXT";

/// Set where the child fills its projections anew while it writes.
pub const REBUILDS: &str = "DOTPHA_CRASH_REBUILDS";
/// Rebuilds after which a child that nobody killed gives up.
const ROUNDS: u32 = 30;

/// Says something to the parent in a line of its own, at once.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A parent that is gone needs no answer.
    let _ = out.write_all(format!("\n{line}\n").as_bytes());
    let _ = out.flush();
}

/// Writes until it is killed; says `ack WRITER NUMBER SEQ` of each entry that was acknowledged.
#[test]
#[ignore = "the process that the other tests start and kill"]
fn writes_until_killed() {
    let Ok(address) = std::env::var(ADDRESS) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let files = PathBuf::from(std::env::var(FILES).expect(FILES));
        let journal = Arc::new(open(&address, &files).await.expect("the journal opens"));
        say("open");
        let next = std::env::var(NEXT).expect(NEXT);
        let mut tasks = tokio::task::JoinSet::new();
        for (writer, number) in (0..).zip(next.split(',')) {
            let first: u32 = number.parse().expect(NEXT);
            tasks.spawn(write(journal.clone(), writer, first));
        }
        if std::env::var_os(REBUILDS).is_some() {
            let journal = journal.clone();
            tasks.spawn(async move {
                for _ in 0..ROUNDS {
                    journal.rebuild().await.expect("a rebuild beside writers");
                }
            });
        }
        let writing = Arc::new(AtomicBool::new(true));
        let worker = tokio::spawn(work(journal, writing.clone()));
        while let Some(outcome) = tasks.join_next().await {
            outcome.expect("writing goes well until the end");
        }
        writing.store(false, Ordering::Relaxed);
        worker.await.expect("work goes well until the end");
    });
}

async fn write(journal: Arc<Journal>, writer: u32, first: u32) {
    for number in first..first + DEEDS {
        let deed = Deed { writer, number };
        match deed.run(&journal).await.expect("a deed") {
            Written::New(seq) => say(&format!("ack {writer} {number} {seq}")),
            other => panic!("{deed:?} was {other:?}"),
        }
    }
}

/// Takes jobs and finishes them, like the server's worker, until nobody writes and none is left.
async fn work(journal: Arc<Journal>, writing: Arc<AtomicBool>) {
    let jobs = Jobs::new(journal.db().clone());
    loop {
        // Asked before the queue: what was written until then is found in it.
        let more_may_come = writing.load(Ordering::Relaxed);
        let now = || journal.now().as_microsecond();
        let claimed = jobs.claim("child", now(), LEASE).await.expect("a queue");
        match claimed {
            Some(job) => {
                let done = jobs.finish(job.id, "child", Ok(json!(1)), now()).await;
                assert!(done.expect("a queue"), "nobody else works here");
            }
            None if more_may_come => tokio::time::sleep(Duration::from_millis(2)).await,
            None => return,
        }
    }
}
