//! How soon a long CSV is in the record: handed in, checked and accepted as the server does it, jobs included, beside
//! PostgreSQL's COPY of the same file into a table without a check, a key or an index, in turn.
//! `DOTPHA_TEST_DATABASE=postgres://… cargo bench -p server --bench import`; on SQLite the first part alone.
//!
//! `DOTPHA_BENCH_ROWS` rows (1,000,000), `DOTPHA_BENCH_ROUNDS` times (3), each in a journal of its own. The figures
//! are drawn with a fixed seed: indicators that are counted or summed, for the communes of one province and the
//! province, by months; the whole is the sum of its parts in all but a few places.

#[allow(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../tests/it/client.rs"]
mod client;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use access::{Accounts, AsKnown, NewAccount, OrgId, Role, Scope};
use activation::{Directory, activate};
use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use catalogue::{Definition, Unit};
use client::Client;
use futures::stream;
use journal::{Engine, Projection};
use server::{App, Options};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::io::AsyncReadExt;
use tokio_util::sync::CancellationToken;
use viet::AreaKey;

const PASSWORD: &str = "ba con vịt bơi qua sông";
const PROVINCE: &str = "66@2025-07-01";

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run());
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

async fn run() {
    let (rows, rounds) = (
        number("DOTPHA_BENCH_ROWS", 1_000_000),
        number("DOTPHA_BENCH_ROUNDS", 3),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("so-lieu.csv");
    let (mut copies, mut imports) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let server = Server::start().await;
        if round == 0 {
            let bytes = write(&file, &server.directory, rows);
            println!("{rows} rows, {:.1} MB", bytes as f64 / 1e6);
        }
        if let Ok(address) = std::env::var("DOTPHA_TEST_DATABASE") {
            copies.push(copy(&address, &file, rows).await);
        }
        imports.push(server.import(&file, rows).await);
    }
    let least = |all: &[Duration]| all.iter().min().map_or(f64::NAN, Duration::as_secs_f64);
    let (copy, import) = (least(&copies), least(&imports));
    println!(
        "least of {rounds}: COPY {copy:.2} s, import {import:.2} s ({:.0} rows a second), ratio {:.3}",
        rows as f64 / import,
        copy / import
    );
}

/// A server with its worker and followers, and an officer signed in.
struct Server {
    client: Client,
    directory: std::sync::Arc<Directory>,
    _stop: tokio_util::sync::DropGuard,
    test: journal::testing::TestJournal,
}

impl Server {
    async fn start() -> Self {
        let test = journal::testing::journal(projections()).await;
        let activated = activate(&test.journal, &Scope::system(), &definitions()).await;
        activated.expect("definitions");
        let accounts = Accounts::new(&test.journal).await.expect("accounts");
        let officer = NewAccount {
            login: "officer".into(),
            name: "Cán bộ".into(),
            password: PASSWORD.into(),
            role: Role::ProgrammeOfficer,
            organisation: Some(OrgId("so-khcn".into())),
            key: None,
        };
        let opened = accounts.open(&Scope::system(), &officer).await;
        opened.expect("an account");
        let app = App::new(test.journal.clone(), accounts, Options::default()).await;
        let app = app.expect("a server");
        let now = AsKnown::now(test.journal.today());
        let directory = app.directories.load(&Scope::system(), now).await;
        let stop = CancellationToken::new();
        tokio::spawn(server::run_jobs(app.clone(), stop.clone()));
        tokio::spawn(server::follow_journal(app.clone(), stop.clone()));
        let mut client = Client::new(server::router(app));
        assert_eq!(client.sign_in("officer", PASSWORD).await.status, 303);
        Self {
            client,
            directory: directory.expect("a directory"),
            _stop: stop.drop_guard(),
            test,
        }
    }

    /// Hands the file in, has it checked and accepts it; how long that took.
    async fn import(mut self, file: &Path, rows: usize) -> Duration {
        forget_peak();
        let begun = Instant::now();
        let columns = self.upload(file).await;
        let sent = begun.elapsed();
        let job = self.post(&columns, &ROLES).await;
        let address = self.done(&job).await;
        let checked = begun.elapsed();
        let told = self.client.json(&address).await;
        assert_eq!(told["counts"]["new"], rows, "{}", told["counts"]);
        let said = [
            ("acknowledge", "yes"),
            ("note", "đo thời gian"),
            ("source", "Biểu thử"),
        ];
        let job = self.post(&format!("{address}/accept"), &said).await;
        let list = self.done(&job).await;
        let whole = begun.elapsed();
        let batches = self.client.json(&list).await;
        println!(
            "handed in {:.2} s, checked {:.2} s, accepted {:.2} s in {} batches, {} rows asked back; peak memory {} MB",
            sent.as_secs_f64(),
            (checked - sent).as_secs_f64(),
            (whole - checked).as_secs_f64(),
            batches["total"],
            told["counts"]["doubtful"],
            peak_mb()
        );
        self.tell_sizes().await;
        whole
    }

    /// What the record and its rows take up.
    async fn tell_sizes(&self) {
        let db = self.test.journal.db();
        let read = async |sql: &str| {
            let row = db.row(sql, vec![]).await.expect("sizes").expect("a row");
            row.int("n").expect("a number") as f64 / 1e6
        };
        let sql = "SELECT CAST(SUM(LENGTH(content)) AS BIGINT) AS n FROM journal_batch";
        print!("batches in the journal {:.1} MB", read(sql).await);
        if db.engine() == Engine::Postgres {
            let rows = read("SELECT pg_relation_size('observation') AS n").await;
            let whole = read("SELECT pg_total_relation_size('observation') AS n").await;
            print!("; rows for lists and pages {whole:.0} MB, {rows:.0} without indexes");
        }
        println!();
    }

    async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> String {
        let reply = self.client.post(address, fields).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        reply.header("location").to_owned()
    }

    /// The file as a browser sends it, read from the disk as it goes.
    async fn upload(&mut self, file: &Path) -> String {
        let head = format!(
            "--grenze\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n\
             --grenze\r\nContent-Disposition: form-data; name=\"file\"; filename=\"so-lieu.csv\"\r\n\r\n",
            self.client.token
        );
        let opened = tokio::fs::File::open(file).await.expect("the file");
        let parts = stream::iter([Ok(Bytes::from(head))]);
        let content = stream::try_unfold(opened, async |mut file| {
            let mut piece = vec![0; 64 << 10];
            let read = file.read(&mut piece).await?;
            piece.truncate(read);
            Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
        });
        let tail = stream::iter([Ok(Bytes::from_static(b"\r\n--grenze--\r\n"))]);
        let body = futures::StreamExt::chain(futures::StreamExt::chain(parts, content), tail);
        let request = Request::post("/imports")
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=grenze")
            .body(Body::from_stream(body));
        let reply = self.client.send(request.expect("a request")).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        reply.header("location").to_owned()
    }

    async fn done(&mut self, job: &str) -> String {
        loop {
            let told = self.client.json(job).await;
            if told["ended"] == true {
                assert_eq!(told["state"], "done", "{told}");
                return told["see"].as_str().expect("an outcome").to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

const ROLES: [(&str, &str); 6] = [
    ("role-0", "indicator"),
    ("role-1", "area"),
    ("role-2", "period"),
    ("role-3", "value"),
    ("role-4", "stage"),
    ("role-5", "vintage"),
];

/// COPY of the file into a table of texts; how long that took, with the commit.
async fn copy(address: &str, file: &Path, rows: usize) -> Duration {
    let mut server = PgConnection::connect(address).await.expect("PostgreSQL");
    let table = format!("copied_{}", uuid::Uuid::now_v7().simple());
    let columns = "indicator TEXT, area TEXT, period TEXT, value TEXT, stage TEXT, vintage TEXT";
    let made = format!("CREATE TABLE {table} ({columns})");
    server.execute(AssertSqlSafe(made)).await.expect("a table");
    let begun = Instant::now();
    let statement = format!("COPY {table} FROM STDIN (FORMAT csv, HEADER true, DELIMITER ';')");
    let mut into = server.copy_in_raw(&statement).await.expect("a COPY");
    let opened = tokio::fs::File::open(file).await.expect("the file");
    into.read_from(opened).await.expect("the rows");
    let copied = into.finish().await.expect("the end");
    let took = begun.elapsed();
    assert_eq!(copied, rows as u64);
    println!("COPY {:.2} s", took.as_secs_f64());
    let dropped = format!("DROP TABLE {table}");
    server.execute(AssertSqlSafe(dropped)).await.expect("gone");
    took
}

/// Writes the table: series by series as statisticians keep them, the parts of a month before their sum.
fn write(path: &Path, directory: &Directory, rows: usize) -> u64 {
    let province: AreaKey = PROVINCE.parse().expect("an area");
    let day = jiff::civil::date(2026, 1, 1);
    let communes = directory.areas().children(province, day);
    let mut areas: Vec<AreaKey> = communes.into_iter().map(|area| area.key()).collect();
    areas.push(province);
    let all = directory.indicators().list();
    let counted = |unit: &Unit| matches!(unit, Unit::Count(_) | Unit::BillionVnd);
    let indicators = all.filter(|pinned| counted(&pinned.definition.value.unit));
    let indicators: Vec<String> = indicators
        .map(|pinned| pinned.definition.def.id.to_string())
        .collect();
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).expect("a file"));
    writeln!(out, "Chỉ số;Địa bàn;Kỳ;Giá trị;Loại số liệu;Ngày công bố").expect("a line");
    let (mut seed, mut left) = (0x5eed_u64, rows);
    let months = rows.div_ceil(indicators.len() * areas.len()).max(1);
    'all: for indicator in &indicators {
        let mut sums = vec![0_u64; months];
        for area in &areas {
            for (month, sum) in sums.iter_mut().enumerate() {
                // Knuth's linear congruential generator: the same figures every time.
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let value = match *area == province {
                    true => *sum + u64::from(seed >> 56 == 0),
                    false => 1_000 + (seed >> 40) % 500,
                };
                *sum += value;
                let (year, month) = (2025 - month / 12, 12 - month % 12);
                writeln!(
                    out,
                    "{indicator};{area};{year}-M{month:02};{value};chính thức;2026-02-01"
                )
                .expect("a line");
                left -= 1;
                if left == 0 {
                    break 'all;
                }
            }
        }
    }
    out.flush().expect("written");
    std::fs::metadata(path).expect("a file").len()
}

fn projections() -> Vec<Box<dyn Projection>> {
    let mut projections = activation::projections();
    projections.extend(access::projections());
    projections.push(Box::new(programme::ProgrammeProjection));
    projections.push(Box::new(observation::ObservationProjection));
    projections.push(Box::new(reporting::ReportProjection));
    projections.extend(removal::projections());
    projections
}

/// The product's own definitions of one province.
fn definitions() -> Vec<Definition> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    let mut files: Vec<PathBuf> = [
        "areas/country.toml",
        "areas/provinces.toml",
        "areas/provinces-before-2025-07-01.toml",
        "areas/communes-66.toml",
        "organisations/dak-lak.toml",
        "settings/chung.toml",
    ]
    .map(|name| folder.join(name))
    .into();
    let indicators = std::fs::read_dir(folder.join("indicators")).expect("a folder");
    files.extend(indicators.map(|entry| entry.expect("a file").path()));
    let parse = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a definition");
        catalogue::parse(&path.display().to_string(), &text).expect("a definition")
    };
    files.iter().map(parse).collect()
}

/// Peak memory counts anew from here on, where the system lets us.
fn forget_peak() {
    // Without it the peak is that of the whole run, which is no less true.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory this process held since, in MB.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
