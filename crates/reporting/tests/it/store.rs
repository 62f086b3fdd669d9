use std::collections::BTreeMap;
use std::sync::Arc;

use access::{AsKnown, OrgId, Page, Role, Scope};
use activation::{Directories, activate};
use catalogue::Stage;
use jiff::civil::{Date, date};
use journal::testing::{TestJournal, journal_with_clock};
use journal::{FactFamily, FileHash, Journal, NewFact, Seq, StreamId, WriteContext, Written};
use measure::TaskStatus;
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
use reporting::{
    DrawUp, FigureKind, Output, ReportFilter, ReportId, ReportProjection, ReportStatus,
    attach_signed_copy, draw_up, file, freeze, get, list, open, redraw,
};
use viet::{DateRange, Span};

use crate::decide::{copy, scope, verdict};
use crate::sample::{decimal, definitions, uuid};

const TODAY: Date = date(2026, 10, 5);
const PROGRAMME: ProgrammeId = ProgrammeId(uuid::Uuid::from_u128(9));
const DOCUMENT: DocumentId = DocumentId(uuid::Uuid::from_u128(1));
const AREA: &str = "12@";

/// A programme of one document with a target and four tasks, and a value of the target's indicator.
struct Province {
    test: TestJournal,
    directories: Directories,
    observed: ObservationId,
}

impl Province {
    async fn new() -> Self {
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

    fn journal(&self) -> &Journal {
        &self.test.journal
    }

    async fn observe(&self, period: &str, value: &str) -> ObservationId {
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

    fn command(&self, report: ReportId) -> DrawUp {
        DrawUp {
            report,
            definition: "bao-cao-quy".parse().unwrap(),
            period: "2026-Q3".parse().unwrap(),
            programme: PROGRAMME,
            as_known: None,
            remarks: BTreeMap::new(),
        }
    }

    async fn draw(&self, scope: &Scope, given: &Given, command: &DrawUp) -> String {
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

#[tokio::test]
async fn a_report_goes_out_and_stays_as_it_was() {
    let province = Province::new().await;
    let (journal, officer) = (province.journal(), scope(Role::ProgrammeOfficer));
    let now = AsKnown::now(TODAY);
    let id = ReportId::new();
    let command = province.command(id);
    assert_eq!(
        province.draw(&officer, &Given::new("k", 0), &command).await,
        "ok"
    );
    assert_eq!(
        province.draw(&officer, &Given::new("k", 0), &command).await,
        "ok",
        "the same form"
    );
    assert_eq!(
        province
            .draw(&officer, &Given::new("k2", 0), &command)
            .await,
        "stale"
    );

    let opened = open(journal, &officer, &now, id).await.unwrap();
    let statuses: Vec<_> = opened.inputs.tasks.iter().map(|task| task.status).collect();
    use TaskStatus::*;
    assert_eq!(
        statuses,
        [Done, InTime, Overdue, Returned],
        "as of the last day of the period"
    );
    let target = &opened.inputs.targets[0];
    let current = target.current.as_ref().expect("a figure");
    assert_eq!(
        (current.observation, target.goal),
        (province.observed, Some(decimal("80")))
    );
    assert_eq!(
        opened.inputs.sender.parent.as_deref(),
        Some("Ủy ban nhân dân tỉnh Hoà Trung")
    );
    assert_eq!(opened.row.drawn_up.as_of, date(2026, 9, 14));
    let head = opened.inputs.head.clone();
    assert!(
        opened.composed.document.imprint.ends_with(&head),
        "the head is printed"
    );
    for figure in &opened.composed.figures {
        if let FigureKind::Observation { observation, .. } = figure.kind {
            assert!(
                observation::get(journal.db(), &officer, &now, observation)
                    .await
                    .is_ok()
            );
            assert_eq!(
                (figure.document, figure.anchor.as_deref()),
                (Some(DOCUMENT), Some("II.1"))
            );
        }
    }

    let docx = file(journal, &officer, &now, id, Output::Docx)
        .await
        .unwrap();
    let pdf = file(journal, &officer, &now, id, Output::Pdf)
        .await
        .unwrap();
    assert!(docx.content.starts_with(b"PK") && pdf.content.starts_with(b"%PDF"));
    assert_eq!(
        (docx.name.as_str(), pdf.name.as_str()),
        ("bao-cao-quy_2026-Q3.docx", "bao-cao-quy_2026-Q3.pdf")
    );

    // The world goes on; what was drawn up does not.
    let version = get(journal.db(), &officer, &now, id)
        .await
        .unwrap()
        .state
        .version;
    let given = Given {
        key: None,
        expected: Some(version),
    };
    assert_eq!(verdict(freeze(journal, &officer, &given, id).await), "ok");
    province.observe("2026-Q2", "58").await;
    let later = open(journal, &officer, &now, id).await.unwrap();
    assert_eq!(
        (&later.composed, &later.inputs),
        (&opened.composed, &opened.inputs)
    );
    let again = redraw(journal, &province.directories, &officer, &later)
        .await
        .unwrap();
    assert_eq!(again, opened.composed);
    assert_eq!(
        province.draw(&officer, &Given::default(), &command).await,
        "conflict"
    );

    let signed = journal.files().put(b"signed").await.unwrap();
    let copy = copy("15/BC-SKHCN", date(2026, 9, 20), 6);
    assert_eq!(signed, copy.file.hash);
    let attached = attach_signed_copy(journal, &officer, &Given::default(), id, &copy).await;
    assert_eq!(verdict(attached), "ok");
    let row = get(journal.db(), &officer, &now, id).await.unwrap();
    assert_eq!(row.status, ReportStatus::Signed);
    let out = file(journal, &officer, &now, id, Output::Signed)
        .await
        .unwrap();
    assert_eq!(out.content, b"signed");
    reads(&province, id).await;
}

/// Who reads it, as known when, and after a rebuild.
async fn reads(province: &Province, id: ReportId) {
    let journal = province.journal();
    let now = AsKnown::now(TODAY);
    let (officer, citizen) = (scope(Role::ProgrammeOfficer), scope(Role::Citizen));
    let all = ReportFilter::default();
    let db = journal.db();
    assert_eq!(
        list(db, &officer, &now, &all, Page::first(5))
            .await
            .unwrap()
            .total,
        1
    );
    assert_eq!(
        list(db, &citizen, &now, &all, Page::first(5))
            .await
            .unwrap()
            .total,
        0
    );
    assert_eq!(verdict(get(db, &citizen, &now, id).await), "not found");
    assert_eq!(
        verdict(file(journal, &citizen, &now, id, Output::Pdf).await),
        "not found"
    );
    assert_eq!(
        verdict(get(db, &scope(Role::FocalOfficer), &now, id).await),
        "ok"
    );
    for (filter, wanted) in [
        (
            ReportFilter {
                status: Some(ReportStatus::Signed),
                ..all.clone()
            },
            1,
        ),
        (
            ReportFilter {
                status: Some(ReportStatus::Frozen),
                ..all.clone()
            },
            0,
        ),
        (
            ReportFilter {
                programme: Some(PROGRAMME),
                ..all.clone()
            },
            1,
        ),
        (
            ReportFilter {
                period: Some("2026-Q2".parse().unwrap()),
                ..all.clone()
            },
            0,
        ),
        (
            ReportFilter {
                definition: Some("bao-cao-quy".parse().unwrap()),
                ..all.clone()
            },
            1,
        ),
    ] {
        let found = list(db, &officer, &now, &filter, Page::first(5))
            .await
            .unwrap();
        assert_eq!(found.total, wanted, "{filter:?}");
    }
    let rows = table(journal).await;
    assert_eq!(rows.len(), 3, "drawn up, frozen, signed");
    let [first, second, _] = [0, 1, 2].map(|n: usize| rows[n].1);
    let known = |seq| AsKnown::at(seq, TODAY);
    assert_eq!(
        verdict(get(db, &officer, &known(first - 1), id).await),
        "not found"
    );
    let drawn = get(db, &officer, &known(first), id).await.unwrap();
    assert_eq!(drawn.status, ReportStatus::DrawnUp);
    let frozen = get(db, &officer, &known(second), id).await.unwrap();
    assert_eq!(frozen.status, ReportStatus::Frozen);
    journal.rebuild().await.unwrap();
    assert_eq!(table(journal).await, rows);
}

async fn table(journal: &Journal) -> Vec<(String, Seq, Option<Seq>)> {
    let sql = "SELECT state, known_from, known_to FROM report ORDER BY known_from";
    let rows = journal.db().rows(sql, vec![]).await.unwrap();
    let cells = |row: &journal::Row| {
        (
            row.text("state").unwrap(),
            row.int("known_from").unwrap(),
            row.opt_int("known_to").unwrap(),
        )
    };
    rows.iter().map(cells).collect()
}

#[tokio::test]
async fn what_cannot_be_reported_on_is_refused_with_its_field() {
    let province = Province::new().await;
    let given = Given::default();
    let officer = scope(Role::ProgrammeOfficer);
    type Change = fn(&mut DrawUp);
    let table: [(Change, &str); 5] = [
        (|c| c.definition = "khong-co".parse().unwrap(), "definition"),
        (|c| c.period = "2026".parse().unwrap(), "period"),
        (|c| c.period = "2027-Q1".parse().unwrap(), "period"),
        (|c| c.programme = ProgrammeId(uuid(77)), "programme"),
        (|c| c.as_known = Some(1), "programme"),
    ];
    for (change, wanted) in table {
        let mut command = province.command(ReportId::new());
        change(&mut command);
        assert_eq!(province.draw(&officer, &given, &command).await, wanted);
    }
    for role in [
        Role::FocalOfficer,
        Role::Leader,
        Role::Inspector,
        Role::Citizen,
    ] {
        let command = province.command(ReportId::new());
        assert_eq!(
            province.draw(&scope(role), &given, &command).await,
            "not allowed",
            "{role}"
        );
    }
    let now = AsKnown::now(TODAY);
    let all = ReportFilter::default();
    let found = list(province.journal().db(), &officer, &now, &all, Page::ALL)
        .await
        .unwrap();
    assert_eq!(found.total, 0, "refusals leave no trace");
}
