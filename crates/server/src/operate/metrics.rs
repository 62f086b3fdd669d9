//! What this process counts, for Prometheus. Labels are bounded: templates of routes, methods, statuses,
//! states; never an address, a name or an identity.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::http::Method;
use journal::{JournalError, PostedState, Seq};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::checks::places::backup_age;
use super::host;
use crate::app::App;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Took {
    route: String,
    method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    state: &'static str,
}

/// What became of a try to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum SignIn {
    /// It was the right password.
    Accepted,
    /// It was not.
    Refused,
    /// There were too many tries.
    Throttled,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: SignIn,
}

/// A page drawn at once is there within 5 ms; nobody waits longer than 10 s.
const BUCKETS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The counters of this process.
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    took: Family<Took, Histogram>,
    sign_ins: Family<Outcome, Counter>,
    conflicts: Counter,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("dotpha");
        let answered = Family::<Answered, Counter>::default();
        let took = Family::<Took, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let sign_ins = Family::<Outcome, Counter>::default();
        let conflicts = Counter::default();
        registry.register("requests", "Requests answered", answered.clone());
        registry.register_with_unit(
            "request_duration",
            "How long until an answer began",
            Unit::Seconds,
            took.clone(),
        );
        registry.register("sign_ins", "Tries to sign in", sign_ins.clone());
        registry.register(
            "conflicts",
            "Commands refused because somebody was quicker or the state forbids it",
            conflicts.clone(),
        );
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "This program", Info::new(version));
        Self {
            registry,
            answered,
            took,
            sign_ins,
            conflicts,
        }
    }
}

/// A method as a label; odd ones are one.
pub fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

impl Metrics {
    /// Counts an answer.
    pub fn request(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let answered = Answered {
            route: route.to_owned(),
            method,
            status,
        };
        self.answered.get_or_create(&answered).inc();
        let of = Took {
            route: route.to_owned(),
            method,
        };
        self.took.get_or_create(&of).observe(took.as_secs_f64());
        if status == 409 {
            self.conflicts.inc();
        }
    }

    /// Counts a try to sign in.
    pub fn sign_in(&self, outcome: SignIn) {
        self.sign_ins.get_or_create(&Outcome { outcome }).inc();
    }
}

/// Everything as the text that Prometheus takes. What lies in the database is asked for now.
pub async fn written(app: &App) -> Result<String, JournalError> {
    let mut now = Registry::with_prefix("dotpha");
    journal_and_search(app, &mut now).await?;
    jobs(app, &mut now).await?;
    outbox(app, &mut now).await?;
    process(app, &mut now);
    let mut text = String::new();
    let broken = |error: std::fmt::Error| {
        JournalError::Invariant(format!("metrics cannot be written: {error}"))
    };
    encode_registry(&mut text, &app.metrics.registry).map_err(broken)?;
    encode_registry(&mut text, &now).map_err(broken)?;
    encode_eof(&mut text).map_err(broken)?;
    Ok(text)
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge = Gauge::<i64>::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

fn counted(value: u64) -> Counter<u64, AtomicU64> {
    let counter = Counter::default();
    counter.inc_by(value);
    counter
}

fn by_state(registry: &mut Registry, name: &str, help: &str, states: &[(&'static str, i64)]) {
    let family = Family::<Of, Gauge>::default();
    for (state, count) in states {
        family.get_or_create(&Of { state }).set(*count);
    }
    registry.register(name, help, family);
}

fn figures_in_memory(app: &App, head: Seq, now: &mut Registry) {
    let extent = app.columns.extent();
    let reached = extent.map_or(0, |extent| extent.reached);
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    gauge(
        now,
        "columns_lag_entries",
        "Entries by which the figures in memory are behind",
        (head - reached).max(0),
    );
    gauge(
        now,
        "columns_observations",
        "Observations held in memory",
        extent.map_or(0, |extent| whole(extent.observations)),
    );
    gauge(
        now,
        "columns_bytes",
        "Bytes of the columns that are rolled up",
        extent.map_or(0, |extent| whole(extent.column_bytes)),
    );
}

async fn journal_and_search(app: &App, now: &mut Registry) -> Result<(), JournalError> {
    let head = app.journal.head().await?.seq;
    gauge(now, "journal_head", "Number of the last entry", head);
    let lag = (head - app.search.reached()).max(0);
    gauge(
        now,
        "search_lag_entries",
        "Entries by which the search index is behind",
        lag,
    );
    gauge(
        now,
        "search_documents",
        "What the search index holds",
        i64::try_from(app.search.size()).unwrap_or(i64::MAX),
    );
    figures_in_memory(app, head, now);
    let tallied = app.journal.tallied();
    let family = Family::<Of, Counter>::default();
    for (state, count) in [
        ("new", tallied.new),
        ("again", tallied.again),
        ("nothing", tallied.nothing),
        ("refused", tallied.refused),
    ] {
        family.get_or_create(&Of { state }).inc_by(count);
    }
    now.register("commands", "What commands of this process came to", family);
    now.register(
        "entries",
        "Entries appended by this process",
        counted(tallied.new),
    );
    now.register(
        "facts",
        "Facts appended by this process",
        counted(tallied.facts),
    );
    let pool = app.journal.db().pool_state();
    gauge(
        now,
        "database_connections_used",
        "Connections to the database in use",
        pool.used.into(),
    );
    gauge(
        now,
        "database_connections_limit",
        "Connections to the database there may be",
        pool.limit.into(),
    );
    Ok(())
}

async fn jobs(app: &App, now: &mut Registry) -> Result<(), JournalError> {
    let at = app.journal.now().as_microsecond();
    let counts = app.journal.db().job_counts(at).await?;
    by_state(
        now,
        "jobs",
        "Jobs by state",
        &[
            ("queued", counts.queued),
            ("running", counts.running),
            ("done", counts.done),
            ("failed", counts.failed),
            ("cancelled", counts.cancelled),
        ],
    );
    gauge(
        now,
        "jobs_taken_over",
        "Times that a job was taken up again after its worker fell silent",
        counts.repeated,
    );
    gauge(
        now,
        "jobs_lease_expired",
        "Running jobs whose worker is silent",
        counts.expired,
    );
    Ok(())
}

async fn outbox(app: &App, now: &mut Registry) -> Result<(), JournalError> {
    let counts = app.outbox.counts().await?;
    let of = |state| counts.get(&state).copied().unwrap_or(0);
    by_state(
        now,
        "outbox",
        "Messages by state",
        &[
            ("waiting", of(PostedState::Waiting)),
            ("sent", of(PostedState::Sent)),
            ("dead", of(PostedState::Dead)),
        ],
    );
    Ok(())
}

fn process(app: &App, now: &mut Registry) {
    if let Some(process) = host::this_process() {
        let cpu = Counter::<f64, AtomicU64>::default();
        cpu.inc_by(process.cpu);
        let help = "Processor time of this process";
        now.register_with_unit("process_cpu", help, Unit::Seconds, cpu);
        let memory = i64::try_from(process.memory).unwrap_or(i64::MAX);
        gauge(
            now,
            "process_memory_bytes",
            "Memory of this process",
            memory,
        );
        let open = i64::try_from(process.open).unwrap_or(i64::MAX);
        gauge(
            now,
            "process_open_files",
            "Files and connections open",
            open,
        );
    }
    let setup = &app.options.setup;
    if let Some(free) = host::free_space(&setup.data) {
        let free = i64::try_from(free).unwrap_or(i64::MAX);
        gauge(
            now,
            "disk_free_bytes",
            "Space left for the data folder",
            free,
        );
    }
    if let Some(hours) = setup.backup.as_deref().and_then(backup_age) {
        let hours = i64::try_from(hours).unwrap_or(i64::MAX);
        gauge(
            now,
            "backup_age_hours",
            "Age of the last finished backup",
            hours,
        );
    }
}
