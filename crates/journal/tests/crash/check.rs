//! What must hold of a journal whose process died, whenever that was.

use std::collections::BTreeMap;

use journal::{Entry, FactFamily, FileHash, JobState, Jobs, Journal, Seq, Vault, Written, params};
use serde_json::json;

use crate::child::LEASE;
use crate::deeds::{Deed, Fact, TABLES};

/// What was told to the outside, and so must stay.
#[derive(Default)]
pub struct Promised {
    /// Number of the entry of each acknowledged deed.
    pub acknowledged: BTreeMap<Deed, Seq>,
    /// Entries up to here were looked at one by one before.
    pub checked: Seq,
}

impl Promised {
    /// The number a writer goes on with: its first deed that nobody acknowledged.
    pub fn next(&self, writer: u32) -> u32 {
        let mine = self
            .acknowledged
            .keys()
            .filter(|deed| deed.writer == writer);
        mine.map(|deed| deed.number + 1).max().unwrap_or(0)
    }
}

/// Holds a reopened journal against everything that was promised.
pub async fn check(journal: &Journal, promised: &mut Promised) {
    settle(journal).await;
    assert_sound(journal).await;
    let entries = new_entries(journal, promised.checked).await;
    for (deed, seq) in &promised.acknowledged {
        if *seq > promised.checked {
            let entry = entries.iter().find(|entry| entry.seq == *seq);
            let entry = entry.unwrap_or_else(|| panic!("{deed:?}, acknowledged as {seq}, is lost"));
            assert_eq!(entry.idempotency_key.as_deref(), Some(deed.key().as_str()));
        }
    }
    for fact in journal.facts_after(promised.checked, 10_000).await.unwrap() {
        whole(journal, Fact::read(&fact).unwrap().unwrap()).await;
    }
    jobs(journal).await;
    promised.checked = journal.head().await.unwrap().seq;
    assert_projections(journal).await;
}

/// On PostgreSQL a commit that the dead process had sent may still be under way: it holds the head until
/// it is done, so whoever gets the head after it sees it.
async fn settle(journal: &Journal) {
    let context = journal::WriteContext::new(journal::ActorId::SYSTEM, "look");
    let outcome: Result<Written, journal::JournalError> =
        journal.write(&context, async |_| Ok(vec![])).await;
    assert_eq!(outcome.unwrap(), Written::Nothing);
}

async fn new_entries(journal: &Journal, after: Seq) -> Vec<Entry> {
    journal.entries_after(after, 10_000).await.unwrap()
}

/// The chain is whole, and nothing stands anywhere without its entry, nor an entry without what belongs
/// to it.
pub async fn assert_sound(journal: &Journal) {
    let verified = journal.verify(None).await.unwrap();
    assert_eq!(verified.faults, vec![]);
    let deeds = verified.entries;
    for (what, sql, expected) in [
        (
            "index without entry",
            "SELECT COUNT(*) AS n FROM journal_fact WHERE seq NOT IN (SELECT seq FROM journal_entry)",
            0,
        ),
        (
            "row without entry",
            "SELECT COUNT(*) AS n FROM crash_deed WHERE known_from NOT IN (SELECT seq FROM journal_entry)",
            0,
        ),
        ("index", "SELECT COUNT(*) AS n FROM journal_fact", 2 * deeds),
        ("rows", "SELECT COUNT(*) AS n FROM crash_deed", deeds),
        (
            "totals",
            "SELECT CAST(COALESCE(SUM(deeds), 0) AS BIGINT) AS n FROM crash_total",
            deeds,
        ),
        ("jobs", "SELECT COUNT(*) AS n FROM job", deeds),
        ("values", "SELECT COUNT(*) AS n FROM vault", deeds),
        ("batches", "SELECT COUNT(*) AS n FROM journal_batch", deeds),
    ] {
        let row = journal.db().row(sql, params![]).await.unwrap().unwrap();
        assert_eq!(row.int("n").unwrap(), expected, "{what}");
    }
}

/// What a fact names is there and is what was given.
async fn whole(journal: &Journal, fact: Fact) {
    if let Fact::Done { number, before } = fact {
        // A deed lost between two others, or done twice, would count wrongly.
        assert_eq!(number, before);
    } else if let Fact::Kept {
        file,
        batch,
        person,
        name,
        ..
    } = fact
    {
        let content = journal.files().get(&file).await.unwrap();
        assert_eq!(FileHash::of(&content), file);
        journal.batch(batch.as_str()).await.unwrap();
        let matches = Vault::matches(journal.db(), person, "name", &name).await;
        assert_eq!(matches.unwrap(), Some(true));
    }
}

/// The job that the dead worker held waits for the end of its lease and is then taken up again; no job is
/// lost.
async fn jobs(journal: &Journal) {
    let jobs = Jobs::new(journal.db().clone());
    let mut held = Vec::new();
    for job in jobs.newest(10_000).await.unwrap() {
        match job.state {
            JobState::Queued => {}
            JobState::Running => held.push(job.id),
            JobState::Done => assert_eq!(job.output, Some(json!(1))),
            other => panic!("job {} is {other}", job.id),
        }
    }
    assert!(held.len() <= 1, "one worker held {held:?}");
    let Some(held) = held.pop() else { return };
    let now = journal.now().as_microsecond();
    let early = jobs.claim("parent", now, LEASE).await.unwrap();
    if let Some(other) = early {
        assert_ne!(other.id, held, "its lease has not run out");
        let finished = jobs.finish(other.id, "parent", Ok(json!(1)), now).await;
        assert!(finished.unwrap());
    }
    let late = now + LEASE.as_micros() as i64 + 1;
    let again = jobs.claim("parent", late, LEASE).await.unwrap();
    assert_eq!(again.map(|job| (job.id, job.attempts)), Some((held, 2)));
    assert!(
        jobs.finish(held, "parent", Ok(json!(1)), late)
            .await
            .unwrap()
    );
}

/// Every projection table as text, row by row in order.
pub async fn tables(journal: &Journal) -> Vec<String> {
    let mut lines = Vec::new();
    for (table, columns) in TABLES {
        let parts: Vec<String> = columns
            .split(", ")
            .map(|c| format!("COALESCE(CAST({c} AS TEXT), '-')"))
            .collect();
        let sql = format!(
            "SELECT {} AS line FROM {table} ORDER BY {columns}",
            parts.join(" || ' ' || ")
        );
        for row in journal.db().rows(&sql, params![]).await.unwrap() {
            lines.push(format!("{table}: {}", row.text("line").unwrap()));
        }
    }
    lines
}

/// The projections are what filling them anew gives.
pub async fn assert_projections(journal: &Journal) {
    let live = tables(journal).await;
    journal.rebuild().await.unwrap();
    assert_eq!(tables(journal).await, live);
}

/// Repeats a deed that nobody acknowledged, and says it was done once.
pub async fn repeat(journal: &Journal, deed: Deed, promised: &mut Promised) {
    let before = journal.head().await.unwrap().seq;
    let seq = match deed.run(journal).await.unwrap() {
        Written::New(seq) => {
            assert_eq!(seq, before + 1);
            seq
        }
        Written::Again(seq) => {
            assert_eq!(journal.head().await.unwrap().seq, before);
            seq
        }
        Written::Nothing => panic!("{deed:?} came to nothing"),
    };
    assert_eq!(deed.run(journal).await.unwrap(), Written::Again(seq));
    promised.acknowledged.insert(deed, seq);
}
