//! How fast a journal is backed up, checked, exported as plain lines and restored, and how much memory
//! that takes: `cargo bench -p journal --bench backup`. `DOTPHA_BENCH_FACTS` says how many facts (100,000
//! when it is not set); `DOTPHA_TEST_DATABASE` names PostgreSQL, as for the tests.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use jiff::Timestamp;
use journal::backup::{BackUp, Outside, Restoring, back_up, check, restore};
use journal::testing::{database, journal};
use journal::{
    ActorId, FileStore, Journal, JournalError, NewFact, Projection, RecordedFact, StreamId, Tx,
    WriteContext, params,
};
use serde_json::json;

/// Facts in an entry, and entries in a command's transaction.
const FACTS: usize = 10;

const OUTSIDE: &[Outside] = &[Outside::VAULT, Outside::JOBS];

/// One row for every fact, as an engine would keep it.
struct Figures;

#[async_trait]
impl Projection for Figures {
    fn name(&self) -> &'static str {
        "figure"
    }

    fn version(&self) -> i64 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["figure"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE figure (stream TEXT NOT NULL, value TEXT NOT NULL, known_from BIGINT NOT NULL)",
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &["figure"]
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        let value = fact.data["value"].as_str().unwrap_or_default();
        let insert = "INSERT INTO figure (stream, value, known_from) VALUES ($1, $2, $3)";
        tx.execute(insert, params![fact.stream.as_str(), value, fact.seq])
            .await?;
        Ok(())
    }
}

fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Figures)]
}

/// Figures as departments enter them, some two hundred bytes each.
async fn fill(journal: &Journal, facts: usize) {
    let context = WriteContext::new(ActorId::SYSTEM, "figure.record");
    for entry in 0..facts / FACTS {
        let facts = (0..FACTS).map(|n| NewFact {
            stream: StreamId::new(
                "figure",
                format_args!("so-hoc:{:05}@2025-07-01", entry % 3321),
            ),
            kind: "figure.recorded".into(),
            version: 1,
            data: json!({
                "period": "2026-Q3", "value": (entry * FACTS + n).to_string(), "stage": "reported",
                "source": "biểu 3 kèm theo báo cáo", "vintage": "2026-10-05",
            }),
        });
        let facts: Vec<NewFact> = facts.collect();
        let written = journal.write::<JournalError, _>(&context, async |_| Ok(facts));
        written.await.expect("an entry");
    }
}

/// Megabytes this process held at most since the last call.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    // 5 begins the count anew; where the kernel does not let us, the peak is that of the whole run.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    kilobytes.unwrap_or(0) / 1024
}

struct Measured<'a> {
    facts: usize,
    place: &'a Path,
}

impl Measured<'_> {
    fn print(&self, what: &str, since: Instant, folder: &str) {
        let seconds = since.elapsed().as_secs_f64();
        let size = size(&self.place.join(folder)) as f64 / 1e6;
        println!(
            "{what:<18} {seconds:>7.1} s  {:>9.0} facts/s  {size:>7.1} MB  peak {} MiB",
            self.facts as f64 / seconds,
            peak()
        );
    }
}

fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => size(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}

#[tokio::main]
async fn main() {
    // Without --bench it is `cargo test` that calls: then a little is enough to see that it runs.
    let measuring = std::env::args().any(|arg| arg == "--bench");
    let facts = std::env::var("DOTPHA_BENCH_FACTS").ok();
    let facts = facts.and_then(|text| text.parse().ok());
    let facts = facts.unwrap_or(if measuring { 100_000 } else { 100 });
    let test = journal(projections()).await;
    let begun = Instant::now();
    fill(&test.journal, facts).await;
    println!(
        "{facts} facts in entries of {FACTS}, made in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    let place = test.folder();
    let measured = Measured { facts, place };
    peak();
    for (what, folder, plain) in [
        ("backup", "backup", false),
        ("export (plain)", "plain", true),
    ] {
        let begun = Instant::now();
        let how = BackUp {
            plain,
            outside: OUTSIDE,
            tell: &|_| {},
        };
        let (_, snapshot) = back_up(&test.journal, &place.join(folder), how)
            .await
            .expect("backed up");
        drop(snapshot);
        measured.print(what, begun, folder);
    }
    let begun = Instant::now();
    let how = BackUp {
        plain: false,
        outside: OUTSIDE,
        tell: &|_| {},
    };
    drop(
        back_up(&test.journal, &place.join("backup"), how)
            .await
            .expect("again"),
    );
    measured.print("nothing new", begun, "backup");
    let begun = Instant::now();
    check(&place.join("backup"), &projections(), &[], &|_| {}).expect("sound");
    measured.print("check", begun, "backup");
    let target = tempfile::tempdir().expect("a folder");
    let begun = Instant::now();
    let into = Restoring {
        db: database(&target).await,
        files: FileStore::open(target.path().join("files"))
            .await
            .expect("a store"),
        projections: projections(),
        clock: Arc::new(Timestamp::now),
        outside: OUTSIDE,
        heads: &[],
        tell: &|_| {},
    };
    let restored = restore(&place.join("backup"), into)
        .await
        .expect("restored");
    restored.finish().await.expect("finished");
    measured.print("restore in all", begun, "backup");
}
