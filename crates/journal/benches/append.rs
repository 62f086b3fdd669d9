//! How fast the journal takes facts in, and reads them again: `cargo bench -p journal`. On SQLite, or on
//! the server that `DOTPHA_TEST_DATABASE` names.

use divan::Bencher;
use divan::counter::ItemsCount;
use journal::testing::{TestJournal, journal};
use journal::{ActorId, Journal, JournalError, NewFact, StreamId, WriteContext, Written};
use serde_json::json;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

fn fresh() -> (Runtime, TestJournal) {
    let runtime = Runtime::new().expect("a runtime");
    let test = runtime.block_on(journal(vec![]));
    (runtime, test)
}

/// Facts of the size of an entered figure.
fn facts(count: usize) -> Vec<NewFact> {
    (0..count)
        .map(|n| NewFact {
            stream: StreamId::new("series", format!("grdp:{n}")),
            kind: "series.figure_entered".into(),
            version: 1,
            data: json!({
                "value": "12345.67", "unit": "tỷ đồng", "period": "2025-Q3",
                "stage": "preliminary", "source": "Báo cáo của sở",
            }),
        })
        .collect()
}

async fn append(journal: &Journal, facts: Vec<NewFact>) {
    let context = WriteContext::new(ActorId::SYSTEM, "series.enter");
    let written: Result<Written, JournalError> = journal.write(&context, async |_| Ok(facts)).await;
    written.expect("the journal takes the facts");
}

/// One command that comes to as many facts as an import's batch.
#[divan::bench(args = [1_000, 10_000], sample_count = 10, sample_size = 1)]
fn facts_in_one_command(bencher: Bencher, count: usize) {
    let (runtime, test) = fresh();
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| facts(count))
        .bench_values(|facts| runtime.block_on(append(&test.journal, facts)));
}

/// Commands of one fact, one after the other, each durable before the next.
#[divan::bench(sample_count = 50, sample_size = 10)]
fn single_commands(bencher: Bencher) {
    let (runtime, test) = fresh();
    bencher
        .counter(ItemsCount::new(1usize))
        .with_inputs(|| facts(1))
        .bench_values(|facts| runtime.block_on(append(&test.journal, facts)));
}

/// Verification of a chain of 2,000 entries of 10 facts.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn entries_verified(bencher: Bencher) {
    const ENTRIES: usize = 2_000;
    let (runtime, test) = fresh();
    runtime.block_on(async {
        for _ in 0..ENTRIES {
            append(&test.journal, facts(10)).await;
        }
    });
    bencher.counter(ItemsCount::new(ENTRIES)).bench(|| {
        let verification = runtime.block_on(test.journal.verify(None));
        assert!(verification.expect("the chain is read").faults.is_empty());
    });
}
