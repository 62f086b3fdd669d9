//! A small province with a history, built once and read by all tests that write nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use access::{Accounts, AsKnown, NewAccount, OrgId, Role, Scope};
use activation::{Directories, activate};
use axum::Router;
use catalogue::{Definition, Hierarchy, Stage};
use jiff::Timestamp;
use jiff::civil::Date;
use journal::testing::{TestJournal, journal_with_clock};
use journal::{ActorId, FileHash, Journal, NewJob, Seq};
use observation::{Book, EvidenceFile, Figure, ObservationId, Record, SeriesKey};
use programme::document::{DocumentCommand, StoredReading};
use programme::programme::{ProgrammeCommand, ProgrammeFields};
use programme::task::TaskCommand;
use programme::{
    AdoptReading, ChosenTarget, ChosenTask, DocumentId, Evidence, FileRef, Given, IntoProgramme,
    Paper, ProgrammeId, TargetId, TaskId, adopt_reading,
};
use reporting::{DrawUp, ReportId};
use server::{App, Options};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, watch};
use uuid::Uuid;
use viet::{AreaKey, DateRange};

use crate::client::Client;
use crate::words;

/// Everybody's password.
pub const PASSWORD: &str = "ba con vịt bơi qua sông";

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
const DEFINITIONS: [&str; 14] = [
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
    "settings/chung.toml",
    "reports/bao-cao-quy.toml",
    "reports/bao-cao-nam.toml",
    "reports/state-format.toml",
];

const AREA: &str = "66@2025-07-01";

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
    signed_in: Mutex<BTreeMap<String, Client>>,
    _stop: watch::Sender<bool>,
    _test: TestJournal,
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
        let mut projections = activation::projections();
        projections.extend(access::projections());
        projections.push(Box::new(programme::ProgrammeProjection));
        projections.push(Box::new(observation::ObservationProjection));
        projections.push(Box::new(reporting::ReportProjection));
        let test = journal_with_clock(projections, Arc::new(now)).await;
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
        let app = App::new(journal, accounts, Options::default())
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
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(server::follow_journal(app.clone(), stopped));
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
            signed_in: Mutex::default(),
            _stop: stop,
            _test: test,
        }
    }
}

fn hash(content: &str) -> String {
    FileHash::of(content.as_bytes()).as_str().to_owned()
}

fn noon(day: &str) -> i64 {
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

/// Makes the province's history through the engines, as its people.
struct Maker {
    journal: Journal,
    directories: Directories,
    people: BTreeMap<&'static str, ActorId>,
    clock: Arc<AtomicI64>,
}

struct History {
    inner: Adopted,
    public: Adopted,
    inner_figure: ObservationId,
    public_figure: ObservationId,
    evidence: String,
    report: Option<ReportId>,
}

impl Maker {
    fn go_to(&self, day: &str) {
        self.clock.store(noon(day), Ordering::SeqCst);
    }

    async fn scope(&self, login: &str) -> Scope {
        let (_, role, organisation) = PEOPLE[PEOPLE
            .iter()
            .position(|(known, _, _)| *known == login)
            .expect("somebody")];
        let organisation = organisation.map(|id| OrgId(id.to_owned()));
        let subtree = match &organisation {
            Some(own) => {
                let now = AsKnown::now(self.journal.today());
                let directory = self.directories.load(&Scope::system(), now).await;
                let directory = directory.expect("a directory");
                directory
                    .organisations()
                    .subtree(own, Hierarchy::State, now.day)
            }
            None => BTreeSet::new(),
        };
        Scope::of_account(self.people[login], role, organisation, subtree)
    }

    async fn make(&self, with_report: bool) -> History {
        self.go_to("2026-08-10");
        let inner = self
            .adopt(words::INNER, &["so-y-te", "so-gddt", "so-y-te"])
            .await;
        let public = self
            .adopt(words::PUBLIC, &["so-y-te", "so-gddt", "so-tai-chinh"])
            .await;
        let officer = self.scope("officer").await;
        programme::programme::command(
            &self.journal,
            &officer,
            &Given::default(),
            public.programme,
            &ProgrammeCommand::Publish,
        )
        .await
        .expect("published");
        let evidence = self.results(&inner, &public).await;
        self.go_to("2026-09-15");
        let inner_figure = self
            .observe(
                "focal",
                "digital_economy_share_of_grdp",
                "19.5",
                words::INNER_SOURCE,
            )
            .await;
        let public_figure = self
            .observe(
                "officer",
                "innovating_enterprises_pct",
                "24.5",
                words::PUBLIC_SOURCE,
            )
            .await;
        // Beside it in the same series one that another agency keeps inside.
        self.observe(
            "focal",
            "innovating_enterprises_pct",
            "21.5",
            words::INNER_SOURCE,
        )
        .await;
        let publish = observation::Publish {
            id: public_figure,
            expected: None,
        };
        observation::publish(&self.journal, &officer, &publish, None)
            .await
            .expect("published");
        self.go_to("2026-10-05");
        let report = match with_report {
            true => Some(self.report(&public).await),
            false => None,
        };
        History {
            inner,
            public,
            inner_figure,
            public_figure,
            evidence,
            report,
        }
    }

    /// Receives, reads and adopts a text, its tasks led by these.
    async fn adopt(&self, text: &str, leads: &[&str]) -> Adopted {
        let officer = self.scope("officer").await;
        let (document, programme) = (DocumentId::new(), ProgrammeId::new());
        let now = AsKnown::now(self.journal.today());
        let directory = self
            .directories
            .load(&officer, now)
            .await
            .expect("directory");
        let reading = reading::read(text, &server::lexicon(&directory));
        assert_eq!(
            (reading.targets.len(), reading.tasks.len()),
            (2, 3),
            "{text}"
        );
        let files = self.journal.files();
        let receive = DocumentCommand::Receive {
            file: FileRef {
                hash: files.put(text.as_bytes()).await.expect("stored"),
                name: "van-ban.txt".into(),
                media: "text/plain; charset=utf-8".into(),
                size: text.len() as u64,
            },
            intake: files.put(&intake_of(text)).await.expect("stored"),
            title: None,
        };
        let read = DocumentCommand::Read {
            reading: Box::new(StoredReading::of(text, &reading)),
            reader: "thử".into(),
        };
        for command in [receive, read] {
            let given = Given::default();
            programme::document::command(&self.journal, &officer, &given, document, &command)
                .await
                .expect("a document");
        }
        let targets: Vec<TargetId> = reading.targets.iter().map(|_| TargetId::new()).collect();
        let tasks: Vec<TaskId> = reading.tasks.iter().map(|_| TaskId::new()).collect();
        let command = AdoptReading {
            document,
            into: IntoProgramme::New(programme, fields(&reading.document)),
            targets: (reading.targets.iter().zip(&targets))
                .map(|(read, id)| ChosenTarget {
                    item: read.id.clone(),
                    id: *id,
                    responsible: Some(OrgId("so-khcn".into())),
                })
                .collect(),
            tasks: (reading.tasks.iter().zip(&tasks).zip(leads))
                .map(|((read, id), lead)| ChosenTask {
                    lead: Some(OrgId((*lead).to_owned())),
                    ..ChosenTask::as_read(read.id.clone(), *id)
                })
                .collect(),
        };
        adopt_reading(&self.journal, &officer, &Given::default(), &command)
            .await
            .expect("adopted");
        Adopted {
            document,
            programme,
            targets,
            tasks,
        }
    }

    async fn task(&self, who: &str, task: TaskId, command: TaskCommand) {
        let scope = self.scope(who).await;
        programme::task::command(&self.journal, &scope, &Given::default(), task, &command)
            .await
            .expect("a task");
    }

    /// Results in every state: confirmed, returned, waiting; one deadline extended.
    async fn results(&self, inner: &Adopted, public: &Adopted) -> String {
        self.go_to("2026-08-20");
        let hash = self
            .submit("focal", inner.tasks[0], words::RESULT, words::EVIDENCE)
            .await;
        self.submit("other", inner.tasks[1], "Đã mở hai lớp", b"anh lop hoc")
            .await;
        self.submit(
            "other",
            public.tasks[1],
            words::PUBLIC_RESULT,
            b"anh hoi thi",
        )
        .await;
        self.go_to("2026-08-25");
        let reason = words::REASON.to_owned();
        self.task(
            "assigner",
            inner.tasks[0],
            TaskCommand::ReturnResult { reason },
        )
        .await;
        self.task("assigner", public.tasks[1], TaskCommand::ConfirmResult)
            .await;
        let extend = TaskCommand::Extend {
            deadline: "2027-01-15".parse().expect("a day"),
            paper: Paper {
                number: "44/QĐ-UBND".into(),
                date: "2026-08-24".parse().expect("a day"),
            },
            reason: words::EXTENSION.into(),
        };
        self.task("assigner", public.tasks[0], extend).await;
        hash
    }

    /// Says what was done, with a file; gives the file's hash.
    async fn submit(&self, who: &str, task: TaskId, text: &str, content: &[u8]) -> String {
        let hash = self.journal.files().put(content).await.expect("stored");
        let command = TaskCommand::SubmitResult {
            text: text.into(),
            evidence: vec![Evidence {
                hash: hash.clone(),
                name: "bien-ban.txt".into(),
                media: "text/plain".into(),
                size: content.len() as u64,
                link: None,
            }],
            no_occurrence: false,
        };
        self.task(who, task, command).await;
        hash.as_str().to_owned()
    }

    async fn observe(
        &self,
        who: &str,
        indicator: &str,
        value: &str,
        source: &str,
    ) -> ObservationId {
        let scope = self.scope(who).await;
        let now = AsKnown::now(self.journal.today());
        let directory = self.directories.load(&scope, now).await.expect("directory");
        let hash = self
            .journal
            .files()
            .put(source.as_bytes())
            .await
            .expect("stored");
        let command = Record {
            id: ObservationId::new(),
            key: SeriesKey::new(indicator.parse().expect("an id"), area()),
            figure: Figure {
                period: "2025".parse().expect("a period"),
                value: value.parse().expect("a number"),
                numerator: None,
                denominator: None,
                stage: Stage::Reported,
                vintage: "2026-03-31".parse().expect("a day"),
                source: source.into(),
                source_url: None,
                method: None,
                note: Some(words::NOTE.into()),
            },
            organisation: scope.organisation().expect("an organisation").clone(),
            evidence: vec![EvidenceFile {
                hash,
                name: "bieu.txt".into(),
                media: "text/plain".into(),
                size: source.len() as u64,
            }],
            acknowledge: true,
            expected: None,
        };
        observation::record(&self.journal, &scope, &command, Book::new(&directory), None)
            .await
            .expect("recorded");
        command.id
    }

    async fn report(&self, adopted: &Adopted) -> ReportId {
        let officer = self.scope("officer").await;
        let command = DrawUp {
            report: ReportId::new(),
            definition: "bao-cao-quy".parse().expect("an id"),
            period: "2026-Q3".parse().expect("a period"),
            programme: adopted.programme,
            as_known: None,
            remarks: BTreeMap::new(),
        };
        let given = Given::default();
        reporting::draw_up(&self.journal, &self.directories, &officer, &given, &command)
            .await
            .expect("drawn up");
        command.report
    }
}

fn area() -> AreaKey {
    AREA.parse().expect("an area")
}

fn fields(header: &reading::Document) -> ProgrammeFields {
    ProgrammeFields {
        title: header.title.clone().expect("a title"),
        number: header.number.clone(),
        issuer: header.issuer.clone(),
        area: area(),
        period: DateRange::since("2026-08-01".parse().expect("a day")),
    }
}

/// What intake would have kept of a plain text.
fn intake_of(text: &str) -> Vec<u8> {
    let limits = intake::Limits::default();
    let intake = intake::take(text.as_bytes(), "van-ban.txt", &limits).expect("plain text");
    serde_json::to_vec(&intake).expect("JSON")
}
