//! A province's journal of figures entered one by one: how long verification and a rebuild take, and how
//! much memory. `DOTPHA_BENCH_ENTRIES=1000000 cargo bench -p observation`; on SQLite, or on the server that
//! `DOTPHA_TEST_DATABASE` names.

use std::time::Instant;

use journal::testing::journal;
use journal::{ActorId, Db, Entry, canonical_json, params};
use observation::ObservationProjection;
use serde_json::json;
use uuid::Uuid;

/// Entries written at a time while the journal is made.
const AT_A_TIME: i64 = 2_000;

fn main() {
    let entries = std::env::var("DOTPHA_BENCH_ENTRIES")
        .map_or(100_000, |text| text.parse().expect("a number of entries"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run(entries));
}

async fn run(entries: i64) {
    let test = journal(vec![Box::new(ObservationProjection)]).await;
    let journal = &test.journal;
    let begun = Instant::now();
    fill(journal.db(), entries).await;
    tell("made, past the write path", entries, begun);
    let begun = Instant::now();
    journal.rebuild().await.expect("a rebuild");
    tell("rebuilt", entries, begun);
    let begun = Instant::now();
    let verified = journal.verify(None).await.expect("a verification");
    assert_eq!((verified.entries, verified.faults), (entries, vec![]));
    tell("verified", entries, begun);
    let row = journal
        .db()
        .row("SELECT COUNT(*) AS n FROM observation", vec![])
        .await;
    let row = row.expect("a count").expect("a row");
    assert_eq!(row.int("n").expect("a number"), entries);
}

fn tell(what: &str, entries: i64, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{what}: {entries} entries in {seconds:.1} s, {:.0} a second, peak memory {}",
        entries as f64 / seconds,
        peak_memory()
    );
}

/// The most memory this process ever held, as the kernel counts it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".into(), |text| text.trim().to_owned())
}

/// Writes a sound chain straight into the tables: a million commands, each durable before the next, would
/// take longer than what is measured.
async fn fill(db: &Db, entries: i64) {
    let (mut seq, mut prev_hash) = (0, vec![0; 32]);
    while seq < entries {
        let mut tx = db.begin().await.expect("a transaction");
        let (mut rows, mut index) = (Vec::new(), Vec::new());
        for _ in 0..AT_A_TIME.min(entries - seq) {
            seq += 1;
            let (stream, fact) = figure(seq);
            let payload = [br#"{"facts":["#.as_slice(), &fact, b"]}"].concat();
            let mut entry = Entry {
                seq,
                recorded_at: 1_700_000_000_000_000 + seq,
                actor: ActorId::SYSTEM,
                on_behalf: None,
                command: "series.record".into(),
                idempotency_key: None,
                payload,
                prev_hash,
                hash: Vec::new(),
            };
            entry.hash = entry.compute_hash().expect("a canonical payload");
            prev_hash = entry.hash.clone();
            index.push(params![
                seq,
                0,
                stream,
                "series.recorded",
                10,
                fact.len() as i64
            ]);
            rows.push(params![
                seq,
                entry.recorded_at,
                entry.actor.to_string(),
                entry.command,
                entry.payload,
                entry.prev_hash,
                entry.hash
            ]);
        }
        let insert = "INSERT INTO journal_entry \
             (seq, recorded_at, actor, command, payload, prev_hash, hash)";
        tx.insert_many(insert, 7, rows).await.expect("entries");
        let insert = "INSERT INTO journal_fact (seq, ix, stream, kind, at_byte, bytes)";
        tx.insert_many(insert, 6, index).await.expect("an index");
        let update = "UPDATE journal_head SET seq = $1, recorded_at = $2, hash = $3";
        let head = params![seq, 1_700_000_000_000_000 + seq, prev_hash.as_slice()];
        tx.execute(update, head).await.expect("a head");
        tx.commit().await.expect("a commit");
    }
}

/// A figure as an officer enters it: its stream and its canonical bytes.
fn figure(n: i64) -> (String, Vec<u8>) {
    let stream = format!("series/chi-so-{}:66@2025-07-01", n % 200);
    let fact = json!({
        "data": {
            "id": Uuid::now_v7(), "organisation": "so-khcn",
            "period": (2001 + n % 20).to_string(), "value": format!("{}.5", n % 1000),
            "stage": "official", "vintage": "2026-01-05", "source": "Báo cáo của sở",
        },
        "kind": "series.recorded",
        "salt": Uuid::new_v4().simple().to_string(),
        "stream": stream,
        "v": 1,
    });
    (
        stream,
        canonical_json(&fact).expect("a fact without floats"),
    )
}
