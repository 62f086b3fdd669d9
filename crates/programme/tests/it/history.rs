//! Random histories: tables are what a rebuild makes of the journal, and what was known then is what
//! the facts until then fold to.

use access::{AsKnown, Page, Refusal, Scope};
use jiff::ToSpan;
use journal::{Journal, Written, params};
use programme::document::{self, DocumentCommand, DocumentState};
use programme::programme::{self as programmes, ProgrammeCommand, ProgrammeState};
use programme::target::{self, TargetCommand, TargetState};
use programme::task::{self, Agencies, TaskCommand, TaskFilter, TaskSort, TaskState};
use programme::{
    AdoptReading, Evidence, Given, IntoProgramme, Paper, TargetId, TaskId, adopt_reading,
};
use proptest::prelude::*;

use crate::fixtures::*;

/// Something somebody tries. Many are refused; a refusal changes nothing.
#[derive(Debug, Clone, Copy)]
enum Step {
    Submit(bool),
    TakeBack(bool),
    Confirm(bool),
    SendBack(bool),
    Extend(bool, i64),
    Reassign(bool, u8),
    Officer(bool),
    WithdrawTask(bool),
    Link,
    Amend(i64),
    WithdrawTarget,
    RejectItem(u8),
    RestoreItem(u8),
    LinkItem(u8),
    AdoptRest,
    CorrectHeader(u8),
    Publish,
    Close,
    NextDay,
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    let task = any::<bool>();
    prop_oneof![
        6 => task.prop_map(Submit),
        2 => task.prop_map(TakeBack),
        2 => task.prop_map(Confirm),
        3 => task.prop_map(SendBack),
        2 => (task, 1i64..200).prop_map(|(t, n)| Extend(t, n)),
        2 => (task, 0u8..3).prop_map(|(t, n)| Reassign(t, n)),
        1 => task.prop_map(Officer),
        1 => task.prop_map(WithdrawTask),
        1 => Just(Link),
        2 => (20i64..30).prop_map(Amend),
        1 => Just(WithdrawTarget),
        2 => (0u8..4).prop_map(RejectItem),
        2 => (0u8..4).prop_map(RestoreItem),
        1 => (0u8..4).prop_map(LinkItem),
        1 => Just(AdoptRest),
        1 => (0u8..3).prop_map(CorrectHeader),
        1 => Just(Publish),
        1 => Just(Close),
        4 => Just(NextDay),
    ]
}

struct Run {
    world: World,
    ids: Adopted,
    days: i64,
    extra: TargetId,
}

impl Run {
    fn task(&self, first: bool) -> (TaskId, Scope) {
        match first {
            true => (self.ids.data, focal(SO_KHCN)),
            false => (self.ids.school, focal(SO_GDDT)),
        }
    }

    async fn on_task(
        &self,
        first: bool,
        scope: Option<Scope>,
        command: TaskCommand,
    ) -> Result<Written, Refusal> {
        let (id, lead) = self.task(first);
        let scope = scope.unwrap_or(lead);
        task::command(
            self.world.journal(),
            &scope,
            &Given::default(),
            id,
            &command,
        )
        .await
    }

    async fn on_target(&self, command: TargetCommand) -> Result<Written, Refusal> {
        let journal = self.world.journal();
        target::command(
            journal,
            &officer(),
            &Given::default(),
            self.ids.target,
            &command,
        )
        .await
    }

    async fn on_document(&self, command: DocumentCommand) -> Result<Written, Refusal> {
        let journal = self.world.journal();
        document::command(
            journal,
            &officer(),
            &Given::default(),
            self.ids.document,
            &command,
        )
        .await
    }

    async fn on_programme(&self, command: ProgrammeCommand) -> Result<Written, Refusal> {
        let journal = self.world.journal();
        programmes::command(
            journal,
            &officer(),
            &Given::default(),
            self.ids.programme,
            &command,
        )
        .await
    }

    async fn take(&mut self, step: Step) -> Result<Written, Refusal> {
        let reason = || "lý do".to_owned();
        match step {
            Step::Submit(t) => {
                let submit = TaskCommand::SubmitResult {
                    text: format!("ngày {}", self.days),
                    evidence: vec![Evidence {
                        link: Some("https://vi.du".into()),
                        ..evidence("x")
                    }],
                    no_occurrence: false,
                };
                self.on_task(t, None, submit).await
            }
            Step::TakeBack(t) => self.on_task(t, None, TaskCommand::WithdrawResult).await,
            Step::Confirm(t) => {
                self.on_task(t, Some(assigner()), TaskCommand::ConfirmResult)
                    .await
            }
            Step::SendBack(t) => {
                let command = TaskCommand::ReturnResult { reason: reason() };
                self.on_task(t, Some(assigner()), command).await
            }
            Step::Extend(t, n) => {
                let command = TaskCommand::Extend {
                    deadline: day("2026-05-01").saturating_add(n.days()),
                    paper: paper(),
                    reason: reason(),
                };
                self.on_task(t, Some(assigner()), command).await
            }
            Step::Reassign(t, n) => {
                let lead = [SO_KHCN, SO_GDDT, SO_TC][usize::from(n)];
                let agencies = Agencies {
                    lead: Some(org(lead)),
                    supporting: vec![org("xa-nao-do")],
                    ..Agencies::default()
                };
                let command = TaskCommand::Reassign {
                    agencies,
                    reason: reason(),
                };
                self.on_task(t, Some(officer()), command).await
            }
            Step::Officer(t) => {
                let command = TaskCommand::NameOfficer(Some(focal(SO_TC).actor()));
                self.on_task(t, None, command).await
            }
            Step::WithdrawTask(t) => {
                let command = TaskCommand::Withdraw {
                    reason: reason(),
                    paper: paper(),
                };
                self.on_task(t, Some(officer()), command).await
            }
            Step::Link => self.on_target(TargetCommand::Link(None)).await,
            Step::Amend(value) => {
                let mut terms = stored().targets.remove(0).1.terms;
                terms.value = Some(value.into());
                let paper = Paper {
                    number: format!("{value}/NQ"),
                    ..paper()
                };
                self.on_target(TargetCommand::Amend {
                    terms,
                    reason: reason(),
                    paper,
                })
                .await
            }
            Step::WithdrawTarget => {
                let command = TargetCommand::Withdraw {
                    reason: reason(),
                    paper: paper(),
                };
                self.on_target(command).await
            }
            Step::RejectItem(n) => {
                let (id, reason) = (format!("k{n}"), reason());
                self.on_document(DocumentCommand::RejectTask { id, reason })
                    .await
            }
            Step::RestoreItem(n) => {
                self.on_document(DocumentCommand::RestoreTask {
                    id: format!("k{n}"),
                })
                .await
            }
            Step::LinkItem(n) => {
                let indicator = "tfp_share_of_growth".parse().ok();
                let id = format!("t{n}");
                self.on_document(DocumentCommand::LinkTarget { id, indicator })
                    .await
            }
            Step::AdoptRest => {
                let command = AdoptReading {
                    document: self.ids.document,
                    into: IntoProgramme::Existing(self.ids.programme),
                    targets: vec![chosen_target("t2", self.extra)],
                    tasks: vec![chosen_task("k3", TaskId::new(), Some(SO_TC), &[])],
                };
                let journal = self.world.journal();
                adopt_reading(journal, &officer(), &Given::default(), &command).await
            }
            Step::CorrectHeader(n) => {
                let mut header = document::HeaderFields::from(&reading().document);
                header.title = Some(format!("Tên {n}"));
                self.on_document(DocumentCommand::CorrectHeader(header))
                    .await
            }
            Step::Publish => self.on_programme(ProgrammeCommand::Publish).await,
            Step::Close => {
                self.on_programme(ProgrammeCommand::Close { reason: reason() })
                    .await
            }
            Step::NextDay => {
                self.days += 1;
                let date = day("2026-01-05").saturating_add(self.days.days());
                self.world.go_to(&date.to_string());
                Ok(Written::Nothing)
            }
        }
    }
}

const TABLES: [(&str, &str); 8] = [
    (
        "document",
        "id, status, kind, organisation, programme, issued_on, folded, file_hash, received_at, audience, state, known_from, known_to",
    ),
    (
        "passage",
        "document, ord, anchor, kind, section, span_start, span_end, text, known_from, known_to",
    ),
    (
        "programme",
        "id, title, area, closed, audience, state, known_from, known_to",
    ),
    (
        "target",
        "id, programme, document, anchor, span_start, indicator, area, responsible, year, withdrawn, folded, audience, state, known_from, known_to",
    ),
    (
        "task",
        "id, programme, document, anchor, span_start, theme, lead, deadline, progress, submitted_on, folded, audience, state, known_from, known_to",
    ),
    ("task_org", "task, org, role, known_from, known_to"),
    (
        "task_result",
        "task, result, by_org, submitted_on, judgement, state, known_from, known_to",
    ),
    (
        "task_evidence",
        "task, result, hash, name, media, size, link",
    ),
];

async fn dump(journal: &Journal) -> Vec<String> {
    let mut lines = Vec::new();
    for (table, columns) in TABLES {
        let texts: Vec<String> = columns
            .split(", ")
            .map(|column| format!("COALESCE(CAST({column} AS TEXT), '∅')"))
            .collect();
        let sql = format!(
            "SELECT {} AS line FROM {table} ORDER BY 1",
            texts.join(" || '|' || ")
        );
        for row in journal.db().rows(&sql, vec![]).await.expect("rows") {
            lines.push(format!("{table}: {}", row.text("line").expect("a line")));
        }
    }
    lines
}

/// What the facts until an entry fold to.
#[derive(Debug, PartialEq)]
struct Folded {
    document: DocumentState,
    programme: ProgrammeState,
    target: TargetState,
    data: TaskState,
    school: TaskState,
}

async fn folded(run: &Run, until: i64) -> Folded {
    let journal = run.world.journal();
    let stream = async |id| journal.stream(&id, Some(until)).await.expect("a stream");
    let ids = &run.ids;
    let task = async |id: TaskId| {
        let facts = stream(id.stream()).await;
        facts
            .fold(TaskState::default(), task::evolve)
            .expect("a state")
    };
    Folded {
        document: stream(ids.document.stream())
            .await
            .fold(DocumentState::default(), document::evolve)
            .expect("a state"),
        programme: stream(ids.programme.stream())
            .await
            .fold(ProgrammeState::default(), programmes::evolve)
            .expect("a state"),
        target: stream(ids.target.stream())
            .await
            .fold(TargetState::default(), target::evolve)
            .expect("a state"),
        data: task(ids.data).await,
        school: task(ids.school).await,
    }
}

/// What the reads answer as known after an entry.
async fn answered(run: &Run, until: i64) -> Folded {
    let (journal, scope, ids) = (run.world.journal(), officer(), &run.ids);
    let then = AsKnown::at(until, day("2026-03-01"));
    let task = async |id| {
        let view = task::get(journal, &scope, then, id, 14)
            .await
            .expect("a task");
        view.state
    };
    Folded {
        document: document::get(journal, &scope, then, ids.document)
            .await
            .expect("a document")
            .state,
        programme: programmes::get(journal, &scope, then, ids.programme)
            .await
            .expect("a programme")
            .state,
        target: target::get(journal, &scope, then, ids.target)
            .await
            .expect("a target")
            .state,
        data: task(ids.data).await,
        school: task(ids.school).await,
    }
}

async fn live(steps: &[Step]) {
    let world = World::new().await;
    // The verification at the end looks for every file that a fact names.
    for content in [TEXT, "intake", "x"] {
        let stored = world.journal().files().put(content.as_bytes()).await;
        stored.expect("the file is stored");
    }
    let ids = adopted(&world).await;
    let mut run = Run {
        world,
        ids,
        days: 0,
        extra: TargetId::new(),
    };
    let first = run.world.journal().head().await.expect("a head").seq;
    let mut moments = vec![(first, folded(&run, first).await)];
    for step in steps {
        match run.take(*step).await {
            Ok(Written::New(seq)) => moments.push((seq, folded(&run, seq).await)),
            Err(Refusal::Store(error)) => panic!("{step:?}: {error}"),
            Ok(_) | Err(_) => {}
        }
    }
    for (seq, then) in &moments {
        assert_eq!(&answered(&run, *seq).await, then, "as known after {seq}");
    }
    let journal = run.world.journal();
    let list = |as_known| async move {
        let filter = TaskFilter::default();
        let listed = task::list(
            journal,
            &officer(),
            as_known,
            &filter,
            14,
            TaskSort::Document,
            Page::ALL,
        )
        .await;
        listed.expect("a list").rows
    };
    let today = day("2026-03-01");
    let last = moments.last().map_or(first, |(seq, _)| *seq);
    assert_eq!(
        list(AsKnown::now(today)).await,
        list(AsKnown::at(last, today)).await
    );

    let before = dump(journal).await;
    journal.rebuild().await.expect("a rebuild");
    assert_eq!(dump(journal).await, before);
    let verified = journal.verify(None).await.expect("a verification");
    assert_eq!(verified.faults, []);
    let open = journal.db().row(
        "SELECT COUNT(*) AS n FROM task WHERE id = $1 AND known_to IS NULL",
        params![run.ids.data.0],
    );
    let open = open.await.expect("a row").expect("a row");
    assert_eq!(open.int("n").expect("a number"), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn tables_follow_from_the_journal(steps in proptest::collection::vec(step(), 0..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(live(&steps));
    }
}
