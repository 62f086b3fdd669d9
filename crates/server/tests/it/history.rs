//! How the province came to be what it is: a year's work in a few commands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use access::{AsKnown, OrgId, Refusal, Scope};
use activation::Directories;
use catalogue::{Hierarchy, Stage};
use journal::{ActorId, Journal, Written};
use observation::{Book, EvidenceFile, Figure, ObservationId, Record, SeriesKey};
use programme::document::{DocumentCommand, StoredReading};
use programme::programme::{ProgrammeCommand, ProgrammeFields};
use programme::task::TaskCommand;
use programme::{
    AdoptReading, ChosenTarget, ChosenTask, DocumentId, Evidence, FileRef, Given, IntoProgramme,
    Paper, ProgrammeId, TargetId, TaskId, adopt_reading,
};
use reporting::{DrawUp, ReportId};
use viet::{AreaKey, DateRange};

use crate::words;
use crate::world::{AREA, Adopted, PEOPLE, noon};

/// Makes the province's history through the engines, as its people.
pub struct Maker {
    pub journal: Journal,
    pub directories: Directories,
    pub people: BTreeMap<&'static str, ActorId>,
    pub clock: Arc<AtomicI64>,
}

/// What came of it.
pub struct History {
    pub inner: Adopted,
    pub public: Adopted,
    pub inner_figure: ObservationId,
    pub public_figure: ObservationId,
    pub evidence: String,
    pub report: Option<ReportId>,
}

impl Maker {
    pub fn go_to(&self, day: &str) {
        self.clock.store(noon(day), Ordering::SeqCst);
    }

    pub async fn scope(&self, login: &str) -> Scope {
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

    pub async fn make(&self, with_report: bool) -> History {
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
    pub async fn adopt(&self, text: &str, leads: &[&str]) -> Adopted {
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

    pub async fn task(&self, who: &str, task: TaskId, command: TaskCommand) {
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
    pub async fn submit(&self, who: &str, task: TaskId, text: &str, content: &[u8]) -> String {
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

    pub async fn observe(
        &self,
        who: &str,
        indicator: &str,
        value: &str,
        source: &str,
    ) -> ObservationId {
        self.record(who, indicator, figure("2025", value, source))
            .await
    }

    pub async fn record(&self, who: &str, indicator: &str, figure: Figure) -> ObservationId {
        let (id, outcome) = self.try_record(who, indicator, figure).await;
        outcome.expect("recorded");
        id
    }

    /// What came of recording a figure: the same one twice is refused.
    pub async fn try_record(
        &self,
        who: &str,
        indicator: &str,
        figure: Figure,
    ) -> (ObservationId, Result<Written, Refusal>) {
        let scope = self.scope(who).await;
        let source = figure.source.clone();
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
            figure,
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
        let book = Book::new(&directory);
        let outcome = observation::record(&self.journal, &scope, &command, book, None).await;
        (command.id, outcome)
    }

    pub async fn report(&self, adopted: &Adopted) -> ReportId {
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

/// A figure as an agency reports it.
pub fn figure(period: &str, value: &str, source: &str) -> Figure {
    Figure {
        period: period.parse().expect("a period"),
        value: value.parse().expect("a number"),
        numerator: None,
        denominator: None,
        stage: Stage::Reported,
        vintage: "2026-03-31".parse().expect("a day"),
        source: source.into(),
        source_url: None,
        method: None,
        note: Some(words::NOTE.into()),
    }
}

pub fn area() -> AreaKey {
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
pub fn intake_of(text: &str) -> Vec<u8> {
    let limits = intake::Limits::default();
    let intake = intake::take(text.as_bytes(), "van-ban.txt", &limits).expect("plain text");
    serde_json::to_vec(&intake).expect("JSON")
}
