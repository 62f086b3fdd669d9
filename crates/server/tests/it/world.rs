//! A small province with a history, built once and read by all tests that write nothing.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use access::{Accounts, NewAccount, OrgId, Role, Scope};
use activation::{Directories, activate};
use axum::Router;
use catalogue::Definition;
use jiff::Timestamp;
use jiff::civil::Date;
use journal::testing::{TestJournal, journal_with_clock};
use journal::{ActorId, FileHash, Journal, NewJob, Projection, Seq};
use observation::ObservationId;
use programme::{DocumentId, ProgrammeId, TargetId, TaskId};
use reporting::ReportId;
use server::{App, Options};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::client::Client;
use crate::history::Maker;
use crate::words;

/// Everybody's password.
pub const PASSWORD: &str = "ba con vịt bơi qua sông";

/// Who knows it reads the metrics.
pub const METRICS_TOKEN: &str = "token-of-the-metrics";

/// Logins with their role and organisation; the login is how tests call the person.
pub const PEOPLE: [(&str, Role, Option<&str>); 10] = [
    ("officer", Role::ProgrammeOfficer, Some("so-khcn")),
    ("focal", Role::FocalOfficer, Some("so-y-te")),
    ("other", Role::FocalOfficer, Some("so-gddt")),
    ("assigner", Role::Assigner, Some("vp-ubnd-tinh")),
    ("leader", Role::Leader, Some("ubnd-tinh")),
    ("inspector", Role::Inspector, Some("thanh-tra-tinh")),
    ("enterprise", Role::Enterprise, None),
    ("researcher", Role::Researcher, None),
    ("citizen", Role::Citizen, None),
    ("operator", Role::Operator, None),
];

/// The definitions of the product that the tests put in force.
const DEFINITIONS: [&str; 26] = [
    "areas/country.toml",
    "areas/provinces.toml",
    "areas/provinces-before-2025-07-01.toml",
    "organisations/dak-lak.toml",
    "indicators/digital_economy_share_of_grdp.toml",
    "indicators/sectoral_digital_economy_share_of_digital_economy.toml",
    "indicators/cashless_transactions_pct.toml",
    "indicators/innovating_enterprises_pct.toml",
    "indicators/online_public_service_usage_pct.toml",
    "indicators/fully_online_dossiers_pct.toml",
    "indicators/core_digital_value_added.toml",
    "indicators/digitalised_value_added.toml",
    "indicators/digital_economy_value_added.toml",
    "indicators/sectoral_digital_value_added.toml",
    "indicators/grdp_current.toml",
    "indicators/cashless_transactions.toml",
    "indicators/transactions_total.toml",
    "indicators/innovating_enterprises.toml",
    "indicators/enterprises_total.toml",
    "indicators/dossiers_online.toml",
    "indicators/dossiers_fully_online.toml",
    "indicators/dossiers_total.toml",
    "settings/chung.toml",
    "reports/bao-cao-quy.toml",
    "reports/bao-cao-nam.toml",
    "reports/state-format.toml",
];

/// The province's area.
pub const AREA: &str = "66@2025-07-01";

/// Connections live on one runtime, whichever test opened them.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

/// Runs a test on the common runtime.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    runtime().block_on(test)
}

/// A province, its people, and a server over it.
pub struct World {
    pub router: Router,
    pub app: App,
    pub people: BTreeMap<&'static str, ActorId>,
    pub inner: Adopted,
    pub public: Adopted,
    pub inner_figure: ObservationId,
    pub public_figure: ObservationId,
    pub evidence: String,
    pub report: Option<ReportId>,
    pub job: Uuid,
    /// The hand that made the history and may go on with it.
    pub maker: Maker,
    signed_in: Mutex<BTreeMap<String, Client>>,
    _stop: DropGuard,
    test: TestJournal,
}

/// A document that became a programme.
#[derive(Clone)]
pub struct Adopted {
    pub document: DocumentId,
    pub programme: ProgrammeId,
    pub targets: Vec<TargetId>,
    pub tasks: Vec<TaskId>,
}

impl World {
    /// The province that tests only read. Its journal must not grow: [`World::head`] stays.
    pub async fn shared() -> Arc<World> {
        static SHARED: Mutex<Weak<World>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(world) = shared.upgrade() {
            return world;
        }
        let world = Arc::new(World::build(true).await);
        *shared = Arc::downgrade(&world);
        world
    }

    /// A province of a test's own, to write in. No report is drawn up in it.
    pub async fn own() -> World {
        World::build(false).await
    }

    /// The same with a report.
    pub async fn own_with_report() -> World {
        World::build(true).await
    }

    /// The folder in which everything of this province lies.
    pub fn folder(&self) -> &Path {
        self.test.folder()
    }

    pub fn journal(&self) -> &Journal {
        &self.app.journal
    }

    /// Number of the last entry.
    pub async fn head(&self) -> Seq {
        self.journal().head().await.expect("a head").seq
    }

    /// Somebody without an account.
    pub fn visitor(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// Somebody signed in, by login; signed in once for all tests.
    pub async fn person(&self, login: &str) -> Client {
        let mut signed_in = self.signed_in.lock().await;
        if let Some(client) = signed_in.get(login) {
            return client.clone();
        }
        let mut client = self.visitor();
        let reply = client.sign_in(login, PASSWORD).await;
        assert_eq!(reply.status, 303, "{login}: {}", reply.text());
        signed_in.insert(login.to_owned(), client.clone());
        client
    }

    /// Anybody by name: `visitor`, or a login.
    pub async fn anybody(&self, who: &str) -> Client {
        match who {
            "visitor" => self.visitor(),
            login => self.person(login).await,
        }
    }

    /// Waits until the search index has reached the journal's head.
    pub async fn searchable(&self) {
        let head = self.head().await;
        for _ in 0..600 {
            let found = self.visitor().json("/search").await;
            if found["reached"].as_i64() >= Some(head) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the search index did not reach entry {head}");
    }

    /// An address with the names of things put in: `/tasks/{health}`.
    pub fn address(&self, pattern: &str) -> String {
        let report = self.report.map(|id| id.to_string()).unwrap_or_default();
        let mut address = pattern.to_owned();
        for (name, value) in [
            ("inner", self.inner.programme.to_string()),
            ("public", self.public.programme.to_string()),
            ("inner-document", self.inner.document.to_string()),
            ("public-document", self.public.document.to_string()),
            ("inner-target", self.inner.targets[0].to_string()),
            ("public-target", self.public.targets[0].to_string()),
            ("health", self.inner.tasks[0].to_string()),
            ("school", self.inner.tasks[1].to_string()),
            ("cards", self.inner.tasks[2].to_string()),
            ("public-health", self.public.tasks[0].to_string()),
            ("public-school", self.public.tasks[1].to_string()),
            ("inner-figure", self.inner_figure.to_string()),
            ("public-figure", self.public_figure.to_string()),
            ("evidence", self.evidence.clone()),
            ("inner-paper", hash(words::INNER_SOURCE)),
            ("public-paper", hash(words::PUBLIC_SOURCE)),
            ("report", report),
            ("job", self.job.to_string()),
            ("focal", self.people["focal"].to_string()),
            ("officer", self.people["officer"].to_string()),
            ("area", AREA.to_owned()),
        ] {
            address = address.replace(&format!("{{{name}}}"), &value);
        }
        assert!(!address.contains('{'), "{address}: what is that?");
        address
    }

    async fn build(with_report: bool) -> World {
        let clock = Arc::new(AtomicI64::new(noon("2026-08-03")));
        let ticking = clock.clone();
        let now = move || {
            // A microsecond passes with every look.
            let at = ticking.fetch_add(1, Ordering::SeqCst);
            Timestamp::from_microsecond(at).expect("a moment")
        };
        let test = journal_with_clock(projections(), Arc::new(now)).await;
        let journal = test.journal.clone();
        activate(&journal, &Scope::system(), &definitions())
            .await
            .expect("definitions that stand together");
        let accounts = Accounts::new(&journal).await.expect("accounts");
        let people = open_accounts(&accounts).await;
        let maker = Maker {
            directories: Directories::new(&journal),
            journal: journal.clone(),
            people: people.clone(),
            clock,
        };
        let history = maker.make(with_report).await;
        let options = Options {
            metrics_token: Some(METRICS_TOKEN.to_owned().into()),
            ..Options::default()
        };
        let app = App::new(journal, accounts, options)
            .await
            .expect("a server");
        let job = Uuid::now_v7();
        let new = NewJob {
            id: job,
            kind: "draw_report".into(),
            input: serde_json::json!({}),
            created_by: people["officer"],
        };
        app.jobs.enqueue(&new, 1).await.expect("a job");
        let stop = CancellationToken::new();
        tokio::spawn(server::follow_journal(app.clone(), stop.clone()));
        World {
            router: server::router(app.clone()),
            app,
            people,
            inner: history.inner,
            public: history.public,
            inner_figure: history.inner_figure,
            public_figure: history.public_figure,
            evidence: history.evidence,
            report: history.report,
            job,
            maker,
            signed_in: Mutex::default(),
            _stop: stop.drop_guard(),
            test,
        }
    }
}

/// Another server over the same database and files, as a second process is one.
pub struct Beside {
    pub app: App,
    pub router: Router,
    _stop: DropGuard,
}

impl World {
    pub async fn beside(&self) -> Beside {
        self.beside_with(Options::default()).await
    }

    pub async fn beside_with(&self, options: Options) -> Beside {
        let journal = self.test.beside(projections()).await;
        let accounts = Accounts::new(&journal).await.expect("accounts");
        let app = App::new(journal, accounts, options)
            .await
            .expect("a second server");
        let stop = CancellationToken::new();
        tokio::spawn(server::follow_journal(app.clone(), stop.clone()));
        Beside {
            router: server::router(app.clone()),
            app,
            _stop: stop.drop_guard(),
        }
    }
}

/// Every projection that the server keeps.
pub fn projections() -> Vec<Box<dyn Projection>> {
    let mut projections = activation::projections();
    projections.extend(access::projections());
    projections.push(Box::new(programme::ProgrammeProjection));
    projections.push(Box::new(observation::ObservationProjection));
    projections.push(Box::new(observation::SurveyProjection));
    projections.push(Box::new(reporting::ReportProjection));
    projections.extend(removal::projections());
    projections
}

fn hash(content: &str) -> String {
    FileHash::of(content.as_bytes()).as_str().to_owned()
}

/// Noon in Vietnam of a day, in microseconds.
pub fn noon(day: &str) -> i64 {
    let day: Date = day.parse().expect("a day");
    let noon = day.at(5, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    noon.expect("a moment").timestamp().as_microsecond()
}

fn definitions() -> Vec<Definition> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    DEFINITIONS
        .map(|name| {
            let text = std::fs::read_to_string(folder.join(name)).expect(name);
            catalogue::parse(name, &text).unwrap_or_else(|faults| panic!("{faults:?}"))
        })
        .to_vec()
}

async fn open_accounts(accounts: &Accounts) -> BTreeMap<&'static str, ActorId> {
    let mut people = BTreeMap::new();
    for (login, role, organisation) in PEOPLE {
        let new = NewAccount {
            login: login.to_owned(),
            name: format!("Người {login}"),
            password: PASSWORD.to_owned(),
            role,
            organisation: organisation.map(|id| OrgId(id.to_owned())),
            key: None,
        };
        let actor = accounts.open(&Scope::system(), &new).await;
        people.insert(login, actor.expect("an account"));
    }
    people
}
