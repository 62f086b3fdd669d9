//! The invented province in a journal: a programme of one document, a target with a figure, four tasks.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{AsKnown, OrgId, Scope};
use activation::{Directories, activate};
use catalogue::Stage;
use jiff::civil::{Date, date};
use journal::testing::{TestJournal, journal_with_clock};
use journal::{FactFamily, FileHash, Journal, NewFact, Seq, StreamId, WriteContext, Written};
use observation::{Book, Figure, ObservationId, ObservationProjection, Record, SeriesKey};
use programme::document::{DocumentFact, HeaderFields};
use programme::programme::{ProgrammeFact, ProgrammeFields};
use programme::target::{AdoptedTarget, TargetFact};
use programme::task::{Agencies, AssignedTask, TaskFact};
use programme::{
    DocumentId, FileRef, Given, Place, ProgrammeId, ProgrammeProjection, TargetId, TargetTerms,
    TaskId,
};
use reading::{Comparator, DocumentKind, PeriodKind, PeriodSource, TargetPeriod};
use reporting::{DrawUp, ReportId, ReportProjection, draw_up};
use viet::{DateRange, Span};

use crate::decide::verdict;
use crate::sample::{decimal, definitions, uuid};

pub const TODAY: Date = date(2026, 10, 5);
pub const PROGRAMME: ProgrammeId = ProgrammeId(uuid::Uuid::from_u128(9));
pub const DOCUMENT: DocumentId = DocumentId(uuid::Uuid::from_u128(1));
const AREA: &str = "12@";

/// A programme of one document with a target and four tasks, and a value of the target's indicator.
pub struct Province {
    test: TestJournal,
    pub directories: Directories,
    pub observed: ObservationId,
}

impl Province {
    pub async fn new() -> Self {
        let noon = TODAY
            .at(5, 0, 0, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .expect("a moment");
        let mut projections = activation::projections();
        projections.push(Box::new(ProgrammeProjection));
        projections.push(Box::new(ObservationProjection));
        projections.push(Box::new(ReportProjection));
        let test = journal_with_clock(projections, Arc::new(move || noon.timestamp())).await;
        let journal = &test.journal;
        let activated = activate(journal, &Scope::system(), &definitions()).await;
        assert_eq!(verdict(activated), "ok");
        let directories = Directories::new(journal);
        document(journal).await;
        target(journal).await;
        tasks(journal).await;
        let mut province = Self {
            test,
            directories,
            observed: ObservationId(uuid(0)),
        };
        province.observed = province.observe("2026-Q3", "61.5").await;
        province
    }

    pub fn journal(&self) -> &Journal {
        &self.test.journal
    }

    pub async fn observe(&self, period: &str, value: &str) -> ObservationId {
        let now = AsKnown::now(TODAY);
        let directory = self
            .directories
            .load(&Scope::system(), now)
            .await
            .expect("a directory");
        let command = Record {
            id: ObservationId::new(),
            key: SeriesKey::new("records_online_pct".parse().unwrap(), AREA.parse().unwrap()),
            figure: Figure {
                period: period.parse().unwrap(),
                value: decimal(value),
                numerator: None,
                denominator: None,
                stage: Stage::Reported,
                vintage: date(2026, 10, 1),
                source: "Báo cáo của Văn phòng".into(),
                source_url: None,
                method: None,
                note: None,
            },
            organisation: OrgId("so-khcn".into()),
            evidence: vec![],
            acknowledge: false,
            expected: None,
        };
        let book = Book::new(&directory);
        let written =
            observation::record(self.journal(), &Scope::system(), &command, book, None).await;
        assert_eq!(verdict(written), "ok");
        command.id
    }

    pub fn command(&self, report: ReportId) -> DrawUp {
        DrawUp {
            report,
            definition: "bao-cao-quy".parse().unwrap(),
            period: "2026-Q3".parse().unwrap(),
            programme: PROGRAMME,
            as_known: None,
            remarks: BTreeMap::new(),
        }
    }

    pub async fn draw(&self, scope: &Scope, given: &Given, command: &DrawUp) -> String {
        let drawn = draw_up(self.journal(), &self.directories, scope, given, command).await;
        verdict(drawn)
    }
}

/// Writes facts as the programme's commands would, each list as one entry.
async fn write<F: FactFamily>(journal: &Journal, stream: StreamId, facts: Vec<F>) -> Seq {
    let context = WriteContext::new(Scope::system().actor(), "test");
    let facts = facts
        .iter()
        .map(|fact| NewFact::of(stream.clone(), fact))
        .collect::<Result<_, _>>();
    let facts = facts.expect("facts");
    match journal
        .write::<access::Refusal, _>(&context, async |_| Ok(facts))
        .await
    {
        Ok(Written::New(seq)) => seq,
        other => panic!("{}", verdict(other)),
    }
}

async fn document(journal: &Journal) {
    let founded = ProgrammeFields {
        title: "Chương trình chuyển đổi số".into(),
        number: Some("12-CTr/TU".into()),
        issuer: None,
        area: AREA.parse().unwrap(),
        period: DateRange::since(date(2025, 1, 1)),
    };
    let founded = vec![
        ProgrammeFact::Founded(founded),
        ProgrammeFact::DocumentAdded { document: DOCUMENT },
    ];
    write(journal, PROGRAMME.stream(), founded).await;
    let received = DocumentFact::Received {
        file: FileRef {
            hash: FileHash::of(b"f"),
            name: "ctr.docx".into(),
            media: "application/msword".into(),
            size: 1,
        },
        intake: FileHash::of(b"i"),
        organisation: None,
        title: None,
    };
    let header = DocumentFact::HeaderCorrected(HeaderFields {
        kind: DocumentKind::Programme,
        number: Some("12-CTr/TU".into()),
        issuer: None,
        date: Some(date(2025, 3, 5)),
        area: None,
        title: Some("Chương trình chuyển đổi số của Tỉnh ủy".into()),
    });
    let adopted = DocumentFact::Adopted {
        programme: PROGRAMME,
        targets: vec![],
        tasks: vec![],
    };
    write(journal, DOCUMENT.stream(), vec![received, header, adopted]).await;
}

fn place(anchor: &str, at: usize) -> Place {
    Place {
        anchor: Some(anchor.into()),
        section: None,
        span: Span::new(at, at + 10).unwrap(),
    }
}

async fn target(journal: &Journal) {
    let adopted = TargetFact::Adopted(AdoptedTarget {
        programme: PROGRAMME,
        document: DOCUMENT,
        place: place("II.1", 10),
        text: "Hồ sơ trực tuyến từ 80% trở lên".into(),
        area: AREA.parse().unwrap(),
        terms: TargetTerms {
            indicator: Some("records_online_pct".parse().unwrap()),
            comparator: Some(Comparator::AtLeast),
            strict: false,
            value: Some(decimal("80")),
            value_max: None,
            unit: Some("percent".into()),
            period: TargetPeriod {
                kind: Some(PeriodKind::ByYear),
                year: Some(2030),
                baseline: None,
                source: PeriodSource::Explicit,
            },
        },
        responsible: None,
    });
    write(journal, TargetId(uuid(100)).stream(), vec![adopted]).await;
}

fn task(n: u128) -> TaskId {
    TaskId(uuid(200 + n))
}

async fn tasks(journal: &Journal) {
    for n in 1..=4 {
        let assigned = TaskFact::Assigned(Box::new(AssignedTask {
            programme: PROGRAMME,
            document: DOCUMENT,
            place: place(&format!("III.{n}"), 100 * n as usize),
            text: format!("Nhiệm vụ số {n}"),
            title: format!("Nhiệm vụ số {n}"),
            theme: None,
            agencies: Agencies {
                lead: Some(OrgId("so-y-te".into())),
                ..Agencies::default()
            },
            deadline: Some(date(2026, 9, 10)),
            deadline_written: None,
            product: None,
            authority: None,
            order_number: None,
        }));
        write(journal, task(n).stream(), vec![assigned]).await;
    }
    // 1 was done in time; 2 was handed in in time and confirmed after the period; 3 was handed in after
    // the period; 4 was returned within it.
    let handed_in = |on| TaskFact::ResultSubmitted {
        by: OrgId("so-y-te".into()),
        on,
        text: "đã thực hiện".into(),
        evidence: vec![],
        no_occurrence: false,
    };
    for (n, on, judged) in [
        (1, date(2026, 9, 1), Some((true, date(2026, 9, 3)))),
        (2, date(2026, 9, 2), Some((true, date(2026, 9, 25)))),
        (3, date(2026, 9, 30), None),
        (4, date(2026, 9, 4), Some((false, date(2026, 9, 8)))),
    ] {
        let result = write(journal, task(n).stream(), vec![handed_in(on)]).await;
        let fact = match judged {
            Some((true, on)) => TaskFact::ResultConfirmed { result, on },
            Some((false, on)) => TaskFact::ResultReturned {
                result,
                on,
                reason: "thiếu số liệu".into(),
            },
            None => continue,
        };
        write(journal, task(n).stream(), vec![fact]).await;
    }
}
