use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::support::{append, note, struck, written};

/// A journal with something of everything.
async fn full() -> TestJournal {
    let test = fresh().await;
    let journal = &test.journal;
    backed_up(journal, &test.folder().join("made the tables"))
        .await
        .unwrap();
    for n in 0..5 {
        file(journal, &format!("số {n}")).await;
        append(journal, vec![written(&note(n), "một"), struck(&note(n))]).await;
        job(journal).await;
    }
    let insert = "INSERT INTO toy_secret (id, word, salt) VALUES (1, 'mật', $1)";
    journal
        .db()
        .execute(insert, params![vec![0u8, 255]])
        .await
        .unwrap();
    let insert = "INSERT INTO toy_secret (id, n) VALUES (2, -5)";
    journal.db().execute(insert, vec![]).await.unwrap();
    test
}

#[tokio::test]
async fn what_is_restored_into_either_engine_is_what_was_backed_up() {
    let test = full().await;
    let before = everything(&test.journal).await;
    let backup = test.folder().join("backup");
    let report = backed_up(&test.journal, &backup).await.unwrap();
    assert_eq!((report.entries, report.files, report.batches), (10, 5, 5));
    assert_eq!(checked(&backup).unwrap().facts, 15);
    // To SQLite, whatever the engine under test …
    let desk = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", desk.path().join("dotpha.sqlite").display());
    let db = Db::open(&address).await.unwrap();
    let moved = restored(&backup, (desk.path(), db), &[]).await.unwrap();
    let moved = moved.finish().await.unwrap();
    assert_eq!(everything(&moved).await, before);
    // … and from there to the engine under test.
    let back = desk.path().join("backup");
    backed_up(&moved, &back).await.unwrap();
    let (place, db) = empty().await;
    let again = restored(&back, (place.path(), db), &[]).await.unwrap();
    let again = again.finish().await.unwrap();
    assert_eq!(everything(&again).await, before);
    assert_eq!(
        again.head().await.unwrap(),
        test.journal.head().await.unwrap()
    );
    for hash in (0..5).map(|n| FileHash::of(format!("tệp của số {n}").as_bytes())) {
        again.files().get(&hash).await.unwrap();
    }
    // It is an instance like any other: it is written to and backed up on.
    file(&again, "về sau").await;
    assert_eq!(again.verify(None).await.unwrap().faults, []);
    assert_eq!(backed_up(&again, &back).await.unwrap().entries, 1);
}

#[tokio::test]
async fn an_empty_journal_is_backed_up_and_restored() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    backed_up(&test.journal, &backup).await.unwrap();
    let (place, db) = empty().await;
    let back = restored(&backup, (place.path(), db), &[]).await.unwrap();
    let back = back.finish().await.unwrap();
    assert_eq!(back.head().await.unwrap().seq, 0);
    file(&back, "đầu tiên").await;
}

#[tokio::test]
async fn a_job_that_ran_at_the_time_is_done_again() {
    let test = fresh().await;
    let (waits, runs) = (job(&test.journal).await, job(&test.journal).await);
    let take = "UPDATE job SET state = 'running', lease_owner = 'w', lease_until = 9, attempts = 1 WHERE id = $1";
    test.journal
        .db()
        .execute(take, params![runs])
        .await
        .unwrap();
    let backup = test.folder().join("backup");
    backed_up(&test.journal, &backup).await.unwrap();
    let (place, db) = empty().await;
    let back = restored(&backup, (place.path(), db), &[]).await.unwrap();
    let back = back.finish().await.unwrap();
    let jobs = Jobs::new(back.db().clone());
    for id in [waits, runs] {
        let job = jobs.get(id).await.unwrap().unwrap();
        assert_eq!(job.state, journal::JobState::Queued);
    }
}

#[tokio::test]
async fn only_the_owner_reads_a_backup() {
    let test = full().await;
    let backup = test.folder().join("deep/er/backup");
    backed_up(&test.journal, &backup).await.unwrap();
    let mut folders = vec![backup];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        let mode = folder.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }
    assert!(files > 10, "{files}");
}

/// Others write all the while; the tables outside belong to exactly the head the backup ends with.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_beside_writers_is_of_one_moment() {
    let test = fresh().await;
    backed_up(&test.journal, &test.folder().join("made the tables"))
        .await
        .unwrap();
    let backup = test.folder().join("backup");
    let enough = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..2)
        .map(|writer| {
            let (journal, enough) = (test.journal.clone(), enough.clone());
            tokio::spawn(async move {
                let mut n = 0;
                while !enough.load(Ordering::SeqCst) {
                    let text = format!("{writer}.{n}");
                    let seq = file(&journal, &text).await;
                    if n % 7 == 3 {
                        remove(&journal, seq, &text).await;
                    }
                    n += 1;
                }
            })
        })
        .collect();
    let mut grew = 0;
    for _ in 0..8 {
        let report = backed_up(&test.journal, &backup).await.unwrap();
        grew += i64::from(report.entries > 0);
        let found = checked(&backup).unwrap();
        // One value of the vault comes with every paper: as many persons as papers were ever filed.
        let vault = report
            .manifest
            .outside
            .iter()
            .find(|part| part.table == "vault");
        let removals = removals_until(&test.journal, found.manifest.seq).await;
        assert_eq!(vault.unwrap().rows, found.manifest.seq - removals);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    enough.store(true, Ordering::SeqCst);
    assert!(grew > 2, "{grew}");
    for writer in writers {
        writer.await.unwrap();
    }
    backed_up(&test.journal, &backup).await.unwrap();
    let (place, db) = empty().await;
    let back = restored(&backup, (place.path(), db), &[]).await.unwrap();
    assert_eq!(
        everything(back.journal()).await,
        everything(&test.journal).await
    );
}

async fn removals_until(journal: &Journal, seq: i64) -> i64 {
    let sql = "SELECT COUNT(DISTINCT seq) AS n FROM journal_fact WHERE kind LIKE 'removal.%' AND seq <= $1";
    let row = journal.db().row(sql, params![seq]).await.unwrap();
    row.unwrap().int("n").unwrap()
}

/// What happens between two backups.
#[derive(Debug, Clone)]
enum Step {
    File,
    Note(usize),
    Remove(usize),
    Job,
    Forget(usize),
    Password(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::File),
        2 => (0usize..5).prop_map(Step::Note),
        2 => (0usize..20).prop_map(Step::Remove),
        1 => Just(Step::Job),
        1 => (0usize..20).prop_map(Step::Forget),
        1 => (0i64..9).prop_map(Step::Password),
    ];
    prop::collection::vec(step, 0..7)
}

/// Five backups into one folder with writing, removing and forgetting between them; each is sound, each
/// restores to what the journal was, and nothing of what was removed is left in it.
#[test]
fn a_chain_of_backups_restores_to_every_state_it_was_taken_of() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 6,
        failure_persistence: None,
        ..Config::default()
    });
    let histories = prop::collection::vec(steps(), 5);
    runner
        .run(&histories, |history| {
            runtime.block_on(chain(history));
            Ok(())
        })
        .unwrap();
}

async fn chain(history: Vec<Vec<Step>>) {
    let test = fresh().await;
    let journal = &test.journal;
    let backup = test.folder().join("backup");
    backed_up(journal, &backup).await.unwrap();
    let mut standing: Vec<(i64, String)> = Vec::new();
    let mut before = 0;
    for (round, steps) in history.into_iter().enumerate() {
        for (n, step) in steps.into_iter().enumerate() {
            apply(journal, &mut standing, step, &format!("{round}.{n}")).await;
        }
        let head = journal.head().await.unwrap();
        let report = backed_up(journal, &backup).await.unwrap();
        assert_eq!(report.entries, head.seq - before, "only what is new");
        before = head.seq;
        let (place, db) = empty().await;
        let back = restored(&backup, (place.path(), db), &[head])
            .await
            .unwrap();
        assert_eq!(everything(back.journal()).await, everything(journal).await);
        let back = back.finish().await.unwrap();
        back.db().close().await;
    }
}

async fn apply(journal: &Journal, standing: &mut Vec<(i64, String)>, step: Step, text: &str) {
    match step {
        Step::File => standing.push((file(journal, text).await, text.to_owned())),
        Step::Note(n) => {
            append(journal, vec![written(&note(n), text)]).await;
        }
        Step::Remove(n) if !standing.is_empty() => {
            let (seq, text) = standing.remove(n % standing.len());
            remove(journal, seq, &text).await;
        }
        Step::Forget(n) if !standing.is_empty() => {
            let name = format!("Người {}", standing[n % standing.len()].1);
            let sql = "DELETE FROM vault WHERE value = $1";
            journal.db().execute(sql, params![name]).await.unwrap();
        }
        Step::Job => {
            job(journal).await;
        }
        Step::Password(id) => {
            let sql = "INSERT INTO toy_secret (id, word) VALUES ($1, $2) \
                       ON CONFLICT (id) DO UPDATE SET word = $2";
            journal.db().execute(sql, params![id, text]).await.unwrap();
        }
        Step::Remove(_) | Step::Forget(_) => {}
    }
}
