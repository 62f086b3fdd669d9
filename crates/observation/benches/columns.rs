//! Columns of a province's figures: filling them from a journal, memory, how soon a value is in a roll-up, a big batch.
//! `DOTPHA_BENCH_FIGURES=1000000 cargo bench -p observation --bench columns`; on SQLite, or on the server that
//! `DOTPHA_TEST_DATABASE` names.

use std::time::{Duration, Instant};

use access::{AsKnown, OrgId, Scope};
use activation::{Directories, Directory, activate};
use catalogue::{Definition, Id, Level, Stage};
use jiff::civil::{Date, date};
use journal::Journal;
use journal::testing::journal;
use measure::rollup::View;
use observation::columns::{Ask, Columns};
use observation::{
    AcceptBatch, BatchId, BatchRow, Book, Figure, ObservationId, ObservationProjection, Record,
    SeriesKey, UndoBatch, accept_batch, record, undo_batch,
};
use rust_decimal::Decimal;
use tokio_util::sync::CancellationToken;
use viet::{AreaKey, Period};

const DAY: Date = date(2026, 3, 20);
const COMMUNES: u32 = 102;
const MONTHS: u32 = 60;
/// Figures accepted at once.
const BATCH: usize = 100_000;

fn main() {
    let figures = std::env::var("DOTPHA_BENCH_FIGURES")
        .map_or(100_000, |text| text.parse().expect("a number of figures"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run(figures));
}

async fn run(figures: u32) {
    let mut projections = activation::projections();
    projections.push(Box::new(ObservationProjection));
    let test = journal(projections).await;
    let journal = &test.journal;
    let indicators = figures.div_ceil(COMMUNES * MONTHS);
    let mut definitions = vec![areas()];
    definitions.extend((0..indicators).map(indicator));
    let activated = activate(journal, &Scope::system(), &definitions).await;
    activated.expect("definitions");
    let directories = Directories::new(journal);
    let now = AsKnown::now(DAY);
    let directory = directories
        .load(&Scope::system(), now)
        .await
        .expect("a directory");

    let begun = Instant::now();
    let mut rows = rows(indicators);
    rows.truncate(figures as usize);
    for part in rows.chunks(BATCH) {
        accept(journal, &directory, part.to_vec()).await;
    }
    tell(&format!("{} figures accepted", rows.len()), begun);
    drop(rows);

    let columns = Columns::new(journal.clone(), directories);
    let before = resident();
    let begun = Instant::now();
    columns.follow().await.expect("filled");
    tell("columns filled", begun);
    let extent = columns.extent().expect("filled");
    println!(
        "{} observations held, {} MB of columns; the process grew by {} MB from {} MB",
        extent.observations,
        extent.column_bytes / 1_000_000,
        resident() - before,
        before
    );

    let stop = CancellationToken::new();
    let follower = columns.clone();
    let following = tokio::spawn({
        let stop = stop.clone();
        async move { follower.run(stop).await }
    });
    latencies(journal, &directory, &columns).await;
    questions(&columns).await;
    big_batch(journal, &directory, &columns).await;
    stop.cancel();
    following.await.expect("the follower ends");
}

/// From the acceptance of a value to a roll-up that holds it, while the follower runs by itself.
async fn latencies(journal: &Journal, directory: &Directory, columns: &Columns) {
    let (indicator, scope) = (id(0), Scope::system());
    let mut waited = Vec::new();
    for n in 0..300_u32 {
        let key = SeriesKey::new(indicator.clone(), commune(n % COMMUNES));
        let value = Decimal::from(1_000_000 + n);
        let mut figure = figure(month(n % MONTHS), value);
        figure.vintage = date(2026, 2, 1);
        let command = Record {
            id: ObservationId::new(),
            key,
            figure,
            organisation: OrgId("so".into()),
            evidence: vec![],
            acknowledge: true,
            expected: None,
        };
        let ask = Ask {
            scope: &scope,
            as_known: AsKnown::now(DAY),
            indicator: &indicator,
            view: View::OnMapOf(DAY),
        };
        let before = columns
            .value(&ask, province(), month(n % MONTHS))
            .await
            .expect("a value");
        record(journal, &scope, &command, Book::new(directory), None)
            .await
            .expect("recorded");
        let accepted = Instant::now();
        loop {
            let now = columns
                .value(&ask, province(), month(n % MONTHS))
                .await
                .expect("a value");
            if now.shown() != before.shown() {
                break;
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        waited.push(accepted.elapsed());
    }
    waited.sort();
    println!(
        "a value is in the roll-up of its province: median {:?}, p99 {:?}, longest {:?}",
        waited[waited.len() / 2],
        waited[waited.len() * 99 / 100],
        waited[waited.len() - 1]
    );
}

async fn questions(columns: &Columns) {
    let (indicator, scope) = (id(0), Scope::system());
    let ask = Ask {
        scope: &scope,
        as_known: AsKnown::now(DAY),
        indicator: &indicator,
        view: View::OnMapOf(DAY),
    };
    let year = Period::Year(2023);
    for (what, times) in [("first", 1), ("again", 100)] {
        let begun = Instant::now();
        for _ in 0..times {
            columns
                .value(&ask, province(), year)
                .await
                .expect("a value");
        }
        println!(
            "a year of the province, {what}: {:?}",
            begun.elapsed() / times
        );
        let begun = Instant::now();
        for _ in 0..times {
            let found = columns
                .compare(&ask, Level::Commune, Some(province()), year)
                .await;
            assert_eq!(found.expect("a ranking").len(), COMMUNES as usize);
        }
        println!(
            "ranking of {COMMUNES} communes, {what}: {:?}",
            begun.elapsed() / times
        );
        let begun = Instant::now();
        for _ in 0..times {
            let every = catalogue::Periodicity::Month;
            let found = columns.series(&ask, province(), every).await;
            assert_eq!(found.expect("a series").len(), MONTHS as usize);
        }
        println!(
            "{MONTHS} months of the province, {what}: {:?}",
            begun.elapsed() / times
        );
    }
}

/// A batch over all communes and months of an indicator, published later: accepted, then taken back.
async fn big_batch(journal: &Journal, directory: &Directory, columns: &Columns) {
    let rows = (0..MONTHS).flat_map(|at| {
        (0..COMMUNES).map(move |place| {
            let mut row = row(0, at, place);
            row.figure.vintage = date(2026, 3, 1);
            row
        })
    });
    let batch = accept(journal, directory, rows.collect()).await;
    let begun = Instant::now();
    columns.follow().await.expect("taken in");
    tell("a batch of 6,120 taken in", begun);
    let undo = UndoBatch {
        batch,
        reason: "thử".into(),
    };
    undo_batch(journal, &Scope::system(), &undo, None)
        .await
        .expect("undone");
    let begun = Instant::now();
    columns.follow().await.expect("taken back");
    tell("and taken back", begun);
}

fn tell(what: &str, begun: Instant) {
    println!("{what}: {:.3} s", begun.elapsed().as_secs_f64());
}

/// Megabytes this process holds, as the kernel counts them.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1_000
}

async fn accept(journal: &Journal, directory: &Directory, rows: Vec<BatchRow>) -> BatchId {
    let command = AcceptBatch {
        batch: BatchId::new(),
        rows,
        source: "biểu".into(),
        organisation: OrgId("so".into()),
        evidence: vec![],
        note: Some("thử".into()),
        acknowledge: true,
        papers: vec![],
        left_out: 0,
        import: None,
        against: None,
    };
    let batch = command.batch;
    let accepted = accept_batch(
        journal,
        &Scope::system(),
        command,
        Book::new(directory),
        None,
    )
    .await;
    accepted.expect("a batch");
    batch
}

fn rows(indicators: u32) -> Vec<BatchRow> {
    (0..indicators)
        .flat_map(|of| {
            (0..MONTHS).flat_map(move |at| (0..COMMUNES).map(move |place| row(of, at, place)))
        })
        .collect()
}

fn row(of: u32, at: u32, place: u32) -> BatchRow {
    let value = (of * 7_919 + at * 104_729 + place * 1_299_709) % 1_000;
    BatchRow {
        key: SeriesKey::new(id(of), commune(place)),
        figure: figure(month(at), Decimal::from(value)),
    }
}

fn figure(period: Period, value: Decimal) -> Figure {
    Figure {
        period,
        value,
        numerator: None,
        denominator: None,
        stage: Stage::Official,
        vintage: date(2026, 1, 5),
        source: "biểu".into(),
        source_url: None,
        method: None,
        note: Some("thử".into()),
    }
}

fn month(at: u32) -> Period {
    let (year, month) = (2021 + at / 12, at % 12 + 1);
    Period::month(year as i16, month as u8).expect("a month")
}

fn id(of: u32) -> Id {
    format!("chi_so_{of}").parse().expect("an id")
}

fn province() -> AreaKey {
    "66@".parse().expect("an area")
}

fn commune(at: u32) -> AreaKey {
    format!("{}@", 24_000 + at).parse().expect("an area")
}

fn indicator(of: u32) -> Definition {
    let text = format!(
        r#"[def]
kind = "indicator"
id = "chi_so_{of}"
version = "1"
label = {{ vi = "Chỉ số {of}", en = "Indicator {of}" }}
source = "đặt ra để thử"
valid_from = "2020-01-01"

[value]
unit = "billion_vnd"
direction = "higher_is_better"
decimals = 1

[series]
periodicity = "month"
prevailing = {{ stages = ["official", "reported"], vintage = "latest" }}
merger = "sum"
merger_source = "chưa xác định"
source_agency = {{ vi = "Chi cục", en = "Branch" }}
aggregation = {{ over_time = "sum", over_area = "sum", collected_at = "commune", source = "đặt ra để thử" }}
"#
    );
    catalogue::parse("thu.toml", &text).expect("an indicator")
}

fn areas() -> Definition {
    let mut text = r#"[def]
kind = "areas"
id = "thu"
version = "1"
label = { vi = "Địa bàn", en = "Areas" }
source = "đặt ra để thử"
valid_from = "2000-01-01"
"#
    .to_owned();
    let mut add = |code: String, level, parent: &str| {
        text += &format!(
            "\n[[list.areas]]\ncode = \"{code}\"\nlevel = \"{level}\"\nname = \"A{code}\"\nfull_name = \"A {code}\"\n{parent}\n"
        );
    };
    add("66".into(), "province", "");
    for at in 0..COMMUNES {
        add((24_000 + at).to_string(), "commune", "parent = \"66@\"");
    }
    catalogue::parse("thu.toml", &text).expect("areas")
}
