//! How soon a figure is on the chart of its indicator: in the process that recorded it and in another one over the
//! same database. `cargo bench -p server --bench fresh`; on SQLite, or on the server that `DOTPHA_TEST_DATABASE` names.

use std::path::Path;
use std::time::{Duration, Instant};

use access::{Accounts, AsKnown, OrgId, Scope};
use activation::{Directory, activate};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use catalogue::{Definition, Id, Level, Stage, Unit};
use http_body_util::BodyExt;
use jiff::civil::date;
use journal::{Journal, Projection};
use observation::{
    AcceptBatch, BatchId, BatchRow, Book, Figure, ObservationId, Record, SeriesKey, accept_batch,
    record,
};
use rust_decimal::Decimal;
use server::{App, Options};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use viet::{AreaKey, Lang, Period};

/// Figures recorded one after the other.
const FIGURES: u32 = 200;
/// Years of the figures that are there already.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2024;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let test = journal::testing::journal(projections()).await;
    let journal = &test.journal;
    let activated = activate(journal, &Scope::system(), &definitions()).await;
    activated.expect("definitions");
    let app = app(journal).await;
    let now = AsKnown::now(journal.today());
    let directory = app.directories.load(&Scope::system(), now).await;
    let directory = directory.expect("a directory");
    let (indicators, areas) = (money(&directory), provinces(&directory));
    fill(journal, &directory, &indicators, &areas).await;
    let other = test.beside(projections()).await;
    let beside = self::app(&other).await;
    let stop = CancellationToken::new();
    for app in [&app, &beside] {
        tokio::spawn(server::follow_journal(app.clone(), stop.clone()));
        while app.columns_lag() != Some(0) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let held = app.columns.extent().expect("filled").observations;
    println!(
        "{held} figures of {} indicators in {} areas",
        indicators.len(),
        areas.len()
    );
    let routers = [server::router(app), server::router(beside)];
    let (mut own, mut others, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..FIGURES {
        let at = n as usize;
        let key = SeriesKey::new(
            indicators[at % indicators.len()].clone(),
            areas[at % areas.len()],
        );
        let value = Decimal::from(700_000 + n);
        put(journal, &directory, &key, value).await;
        let accepted = Instant::now();
        own.push(shown(&routers[0], &key, value, accepted).await);
        let begun = Instant::now();
        page(&routers[0], &key).await;
        pages.push(begun.elapsed());
        others.push(shown(&routers[1], &key, value, accepted).await);
    }
    tell("from acceptance to its page, same process", own);
    tell("the page alone", pages);
    tell("from acceptance to its page, another process", others);
    stop.cancel();
}

/// Asks for the page again and again until the value is on the chart.
async fn shown(router: &Router, key: &SeriesKey, value: Decimal, since: Instant) -> Duration {
    // The chart's description tells every value; the table alone would not do.
    let told = format!(": {}", viet::number::format(value, Lang::Vi));
    loop {
        let page = page(router, key).await;
        let desc = page
            .split_once("<desc>")
            .and_then(|(_, rest)| rest.split_once("</desc>"));
        if desc.is_some_and(|(desc, _)| desc.contains(&told)) {
            return since.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn page(router: &Router, key: &SeriesKey) -> String {
    let address = format!("/indicators/{}?area={}", key.indicator, key.area);
    let request = Request::get(address).header(header::ACCEPT, "text/html");
    let request = request.body(Body::empty()).expect("a request");
    let answer = router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let body = answer
        .into_body()
        .collect()
        .await
        .expect("a page")
        .to_bytes();
    String::from_utf8(body.to_vec()).expect("text")
}

fn tell(what: &str, mut waited: Vec<Duration>) {
    waited.sort();
    println!(
        "{what}: median {:?}, p99 {:?}, longest {:?}",
        waited[waited.len() / 2],
        waited[waited.len() * 99 / 100],
        waited[waited.len() - 1]
    );
}

async fn app(journal: &Journal) -> App {
    let accounts = Accounts::new(journal).await.expect("accounts");
    let app = App::new(journal.clone(), accounts, Options::default()).await;
    app.expect("a server")
}

fn projections() -> Vec<Box<dyn Projection>> {
    let mut projections = activation::projections();
    projections.extend(access::projections());
    projections.push(Box::new(programme::ProgrammeProjection));
    projections.push(Box::new(observation::ObservationProjection));
    projections.push(Box::new(observation::SurveyProjection));
    projections.push(Box::new(reporting::ReportProjection));
    projections.extend(removal::projections());
    projections
}

/// The product's own definitions, but for the communes.
fn definitions() -> Vec<Definition> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    let mut files = vec![
        folder.join("areas/country.toml"),
        folder.join("areas/provinces.toml"),
        folder.join("areas/provinces-before-2025-07-01.toml"),
        folder.join("settings/chung.toml"),
    ];
    let indicators = std::fs::read_dir(folder.join("indicators")).expect("a folder");
    files.extend(indicators.map(|entry| entry.expect("a file").path()));
    let parse = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("a definition");
        catalogue::parse(&path.display().to_string(), &text).expect("a definition")
    };
    files.iter().map(parse).collect()
}

fn money(directory: &Directory) -> Vec<Id> {
    let all = directory.indicators().list();
    let of = all.filter(|pinned| pinned.definition.value.unit == Unit::BillionVnd);
    of.map(|pinned| pinned.definition.def.id.clone()).collect()
}

fn provinces(directory: &Directory) -> Vec<AreaKey> {
    let all = directory.areas().all();
    let today = all.filter(|area| area.level == Level::Province && area.valid_to.is_none());
    today.map(|area| area.key()).collect()
}

fn figure(period: Period, value: Decimal) -> Figure {
    Figure {
        period,
        value,
        numerator: None,
        denominator: None,
        stage: Stage::Official,
        vintage: date(2026, 2, 1),
        source: "niên giám".into(),
        source_url: None,
        method: None,
        note: Some("đo thời gian".into()),
    }
}

async fn fill(journal: &Journal, directory: &Directory, indicators: &[Id], areas: &[AreaKey]) {
    let mut rows = Vec::new();
    for (n, indicator) in indicators.iter().enumerate() {
        for (m, area) in areas.iter().enumerate() {
            rows.extend(YEARS.map(|year| {
                let value = Decimal::from(1000 + n * 100 + m * 10) + Decimal::from(year - 1990);
                let key = SeriesKey::new(indicator.clone(), *area);
                BatchRow {
                    key,
                    figure: figure(Period::Year(year), value),
                }
            }));
        }
    }
    for rows in rows.chunks(10_000) {
        let batch = AcceptBatch {
            batch: BatchId::new(),
            rows: rows.to_vec(),
            source: "niên giám".into(),
            organisation: OrgId("thong-ke-tinh".into()),
            evidence: vec![],
            note: Some("đo thời gian".into()),
            acknowledge: true,
            papers: vec![],
            left_out: 0,
            import: None,
            against: None,
        };
        let book = Book::new(directory);
        let accepted = accept_batch(journal, &Scope::system(), batch, book, None).await;
        accepted.expect("a batch");
    }
}

async fn put(journal: &Journal, directory: &Directory, key: &SeriesKey, value: Decimal) {
    let command = Record {
        id: ObservationId::new(),
        key: key.clone(),
        figure: figure(Period::Year(2025), value),
        organisation: OrgId("thong-ke-tinh".into()),
        evidence: vec![],
        acknowledge: true,
        expected: None,
    };
    let recorded = record(
        journal,
        &Scope::system(),
        &command,
        Book::new(directory),
        None,
    )
    .await;
    recorded.expect("recorded");
}
