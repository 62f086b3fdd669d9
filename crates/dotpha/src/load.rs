//! `dotpha load`: requests at a fixed rate from a second process, and how long each took.
//!
//! Requests are sent when they are due, not when the one before has been answered, and their time runs
//! from the moment they were due. A server that stalls for a second thus shows a second in the answers
//! that were due meanwhile, where a client that waits its turn would hide them (coordinated omission).

mod client;

use std::fmt;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use hyper::StatusCode;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::client::{User, links_of};
use crate::Fault;

/// What to send, where and how fast.
#[derive(Debug, Clone, clap::Args)]
pub struct LoadOptions {
    /// Address of the server. Only one on this machine is accepted.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub address: SocketAddr,
    /// Account to sign in as.
    #[arg(long)]
    pub login: String,
    /// Its password.
    #[arg(long)]
    pub password: String,
    /// Requests a second.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rate: u32,
    /// For how long, in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub seconds: u32,
    /// Pages in turn; may be given several times. `{id}` stands for every thing of that kind that the
    /// other pages link to, up to fifty of them.
    #[arg(long = "path", default_values = PAGES)]
    pub paths: Vec<String>,
}

/// Every kind of page that an officer opens in a day; `/` only leads on to one of them.
const PAGES: &[&str] = &[
    "/my-work",
    "/programmes",
    "/programmes/{id}",
    "/targets/{id}",
    "/tasks",
    "/tasks/{id}",
    "/documents",
    "/documents/{id}",
    "/documents/{id}/reading",
    "/organisations",
    "/organisations/{id}",
    "/areas",
    "/indicators",
    "/observations",
    "/reports",
    "/search?q=chuyen+doi+so",
    "/history",
];

/// Things of one kind that take turns: enough that a page is not drawn from what was just read.
const VARIETY: usize = 50;

/// An answer later than this counts as none.
const PATIENCE: Duration = Duration::from_secs(30);

/// How one path, or all of them, did.
#[derive(Debug, Clone, PartialEq)]
pub struct PathReport {
    /// The path as it was asked for.
    pub path: String,
    /// Requests sent.
    pub requests: usize,
    /// Answers that were not 200, came too late or not at all.
    pub errors: usize,
    /// From due to answered in full, half of all requests.
    pub p50: Duration,
    /// The same, 95 in a hundred.
    pub p95: Duration,
    /// The same, 99 in a hundred.
    pub p99: Duration,
    /// The slowest.
    pub max: Duration,
}

/// Outcome of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// By path, in the order given.
    pub paths: Vec<PathReport>,
    /// All requests together.
    pub all: PathReport,
    /// Requests answered a second, from the first due to the last answered.
    pub throughput: f64,
    /// Paths with `{id}` that no page linked to.
    pub unmatched: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |duration: Duration| format!("{:.1}", duration.as_secs_f64() * 1000.0);
        let line = |name: &str, cells: [String; 6]| {
            let [n, errors, p50, p95, p99, max] = cells;
            format!("{name:<28} {n:>8} {errors:>7} {p50:>9} {p95:>9} {p99:>9} {max:>9}")
        };
        let head = ["requests", "errors", "p50 ms", "p95 ms", "p99 ms", "max ms"];
        writeln!(f, "{}", line("path", head.map(str::to_owned)))?;
        for r in self.paths.iter().chain([&self.all]) {
            let counts = [r.requests.to_string(), r.errors.to_string()];
            let [n, errors] = counts;
            let cells = [n, errors, ms(r.p50), ms(r.p95), ms(r.p99), ms(r.max)];
            writeln!(f, "{}", line(&r.path, cells))?;
        }
        writeln!(f, "{:.1} answers a second", self.throughput)?;
        for path in &self.unmatched {
            writeln!(f, "left out: no page links to {path}")?;
        }
        Ok(())
    }
}

/// Runs and prints; fails when there were errors.
pub async fn run_and_print(options: LoadOptions) -> Result<ExitCode, Fault> {
    let report = run(&options).await?;
    print!("{report}");
    Ok(if report.all.errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Signs in, finds the pages, sends requests at the rate for the time asked, waits for the answers.
pub async fn run(options: &LoadOptions) -> Result<Report, Fault> {
    if !options.address.ip().is_loopback() {
        return Err(format!("{} is not on this machine", options.address).into());
    }
    let mut user = User::new(options.address);
    user.sign_in(&options.login, &options.password).await?;
    let (turns, unmatched) = discover(&user, &options.paths).await?;
    if turns.is_empty() {
        return Err("there is no page to ask for".into());
    }
    let start = Instant::now();
    let mut running = JoinSet::new();
    for n in 0..u64::from(options.rate) * u64::from(options.seconds) {
        let due = start + due_after(n, options.rate);
        let (path, address) = turn(&turns, n);
        let user = user.clone();
        tokio::time::sleep_until(due).await;
        running.spawn(async move {
            let answer = tokio::time::timeout(PATIENCE, user.status(&address)).await;
            let sound = matches!(answer, Ok(Ok(StatusCode::OK)));
            (path, due.elapsed(), sound)
        });
    }
    let measured = running.join_all().await;
    Ok(report(&turns, &measured, start.elapsed(), unmatched))
}

/// When request `n` is due after the first.
fn due_after(n: u64, rate: u32) -> Duration {
    Duration::from_nanos(n * 1_000_000_000 / u64::from(rate))
}

/// A path as asked for, and the addresses it stands for.
type Turn = (String, Vec<String>);

/// Whose turn request `n` is: paths in rotation, and for each path its addresses in rotation.
fn turn(turns: &[Turn], n: u64) -> (usize, String) {
    let (n, count) = (n as usize, turns.len());
    let addresses = &turns[n % count].1;
    (n % count, addresses[n / count % addresses.len()].clone())
}

/// Path, time and whether the answer was sound.
type Measured = (usize, Duration, bool);

fn report(turns: &[Turn], measured: &[Measured], took: Duration, unmatched: Vec<String>) -> Report {
    let of = |path: usize| measured.iter().filter(move |m| m.0 == path);
    Report {
        paths: turns
            .iter()
            .enumerate()
            .map(|(i, (path, _))| path_report(path, of(i)))
            .collect(),
        all: path_report("all", measured.iter()),
        throughput: measured.len() as f64 / took.as_secs_f64(),
        unmatched,
    }
}

fn path_report<'a>(path: &str, measured: impl Iterator<Item = &'a Measured>) -> PathReport {
    let (mut times, mut errors) = (Vec::new(), 0);
    for (_, time, sound) in measured {
        times.push(*time);
        errors += usize::from(!sound);
    }
    times.sort_unstable();
    PathReport {
        path: path.to_owned(),
        requests: times.len(),
        errors,
        p50: percentile(&times, 50),
        p95: percentile(&times, 95),
        p99: percentile(&times, 99),
        max: times.last().copied().unwrap_or_default(),
    }
}

/// The smallest of the sorted times that at least `percent` in a hundred do not exceed (nearest rank).
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// Opens the pages and follows their links until every path with `{id}` has addresses, or no page that
/// can be reached links to one.
async fn discover(user: &User, paths: &[String]) -> Result<(Vec<Turn>, Vec<String>), Fault> {
    let mut links: Vec<String> = Vec::new();
    let mut turns: Vec<Option<Vec<String>>> = vec![None; paths.len()];
    loop {
        let mut opened_one = false;
        for (path, turn) in paths.iter().zip(&mut turns) {
            if turn.is_some() {
                continue;
            }
            let addresses = if path.contains("{id}") {
                let mut found: Vec<String> = links
                    .iter()
                    .filter(|link| fits(path, link))
                    .cloned()
                    .collect();
                found.truncate(VARIETY);
                found
            } else {
                vec![path.clone()]
            };
            if let Some(first) = addresses.first() {
                let (status, page) = user.get(first).await?;
                if status != StatusCode::OK {
                    return Err(format!("{first} answers {status}").into());
                }
                for link in links_of(&page) {
                    if !links.contains(&link) {
                        links.push(link);
                    }
                }
                *turn = Some(addresses);
                opened_one = true;
            }
        }
        if !opened_one {
            break;
        }
    }
    let (mut found, mut unmatched) = (Vec::new(), Vec::new());
    for (path, turn) in paths.iter().zip(turns) {
        match turn {
            Some(addresses) => found.push((path.clone(), addresses)),
            None => unmatched.push(path.clone()),
        }
    }
    Ok((found, unmatched))
}

/// Does an address have the form of a path in which `{id}` stands for one segment? A form's `new` is
/// none.
fn fits(path: &str, address: &str) -> bool {
    let (mut asked, mut given) = (path.split('/'), address.split('/'));
    loop {
        match (asked.next(), given.next()) {
            (None, None) => return true,
            (Some("{id}"), Some(segment)) if !segment.is_empty() && segment != "new" => {}
            (Some(a), Some(b)) if a == b => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests;
