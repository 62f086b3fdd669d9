//! A province that does not exist, its programme, its agencies and their people.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use access::{OrgId, Role, Scope};
use jiff::Timestamp;
use jiff::civil::Date;
use journal::testing::{TestJournal, journal_with_clock};
use journal::{ActorId, FileHash, Journal};
use programme::document::{self, Received, StoredReading};
use programme::programme::ProgrammeFields;
use programme::{
    AdoptReading, ChosenTarget, ChosenTask, DocumentId, Evidence, FileRef, Given, IntoProgramme,
    Paper, ProgrammeId, ProgrammeProjection, TargetId, TaskId, adopt_reading,
};
use reading::{
    Comparator, Diagnostic, Document, DocumentKind, Passage, PassageKind, PeriodKind, PeriodSource,
    Reading, Section, Target, TargetPeriod, Task,
};
use uuid::Uuid;
use viet::{DateRange, Span};

pub const TEXT: &str = "Chương trình số 12-CTr/TU của Tỉnh ủy Bình Minh\n\
I. MỤC TIÊU\n\
- Đến năm 2028, kinh tế số đạt trên 22,5% GRDP.\n\
- Số doanh nghiệp công nghệ tăng 2 lần vào năm 2030.\n\
- Quyết tâm tạo bước chuyển mạnh mẽ.\n\
II. NHIỆM VỤ\n\
- Xây dựng kho dữ liệu dùng chung của tỉnh; Sở Khoa học và Công nghệ chủ trì, hoàn thành trước ngày 30/6/2026.\n\
- Đưa nội dung kỹ năng số vào trường phổ thông; Sở Giáo dục và Đào tạo chủ trì.\n\
- Tổ chức tuyên truyền thường xuyên.\n";

pub const SO_KHCN: &str = "so-khcn";
pub const SO_GDDT: &str = "so-gddt";
pub const SO_TC: &str = "so-tc";
pub const VAN_PHONG: &str = "van-phong-ubnd";

pub fn org(id: &str) -> OrgId {
    OrgId(id.to_owned())
}

/// An account that is the same in every test that names it.
pub fn person(role: Role, organisation: &str) -> Scope {
    let name = format!("{role}@{organisation}");
    let mut bytes = [7u8; 16];
    for (i, b) in name.bytes().enumerate() {
        bytes[i % 16] = bytes[i % 16].wrapping_mul(31).wrapping_add(b);
    }
    Scope::of_account(
        ActorId(Uuid::from_bytes(bytes)),
        role,
        Some(org(organisation)),
        BTreeSet::from([org(organisation)]),
    )
}

pub fn officer() -> Scope {
    person(Role::ProgrammeOfficer, SO_KHCN)
}

pub fn focal(organisation: &str) -> Scope {
    person(Role::FocalOfficer, organisation)
}

pub fn assigner() -> Scope {
    person(Role::Assigner, VAN_PHONG)
}

pub fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

pub fn paper() -> Paper {
    Paper {
        number: "15/QĐ-UBND".into(),
        date: day("2026-05-04"),
    }
}

pub fn evidence(content: &str) -> Evidence {
    Evidence {
        hash: FileHash::of(content.as_bytes()),
        name: "bien-ban.pdf".into(),
        media: "application/pdf".into(),
        size: 1234,
        link: None,
    }
}

/// The span of some words of the text.
pub fn span(words: &str) -> Span {
    let at = TEXT.find(words).expect("words of the text");
    let start = TEXT[..at].chars().count();
    Span::new(start, start + words.chars().count()).expect("a span")
}

fn line(words: &str) -> String {
    let found = TEXT.lines().find(|line| line.contains(words));
    found.expect("a line of the text").to_owned()
}

fn target(id: &str, words: &str, comparator: Comparator, value: &str, year: i16) -> Target {
    Target {
        id: id.into(),
        span: span(&line(words)),
        value_span: None,
        section: Some("I".into()),
        indicator: Some("digital_economy_share_of_grdp".into()),
        indicator_score: 80,
        comparator: Some(comparator),
        strict: comparator == Comparator::AtLeast,
        value: Some(value.parse().expect("a decimal")),
        value_max: None,
        unit: Some("percent".into()),
        period: TargetPeriod {
            kind: Some(PeriodKind::ByYear),
            year: Some(year),
            baseline: None,
            source: PeriodSource::Explicit,
        },
        lead_agency: None,
    }
}

fn task(id: &str, words: &str, lead: Option<&str>, deadline: Option<&str>) -> Task {
    Task {
        id: id.into(),
        span: span(&line(words)),
        section: Some("II".into()),
        theme: Some("data".into()),
        lead_agency: lead.map(str::to_owned),
        deadline: deadline.map(str::to_owned),
    }
}

pub fn reading() -> Reading {
    let heading = |path: &str, words: &str| Section {
        id: format!("s{path}"),
        path: path.into(),
        label: path.into(),
        level: 1,
        kind: PassageKind::Heading,
        title: words.into(),
        span: span(words),
    };
    let bullets = TEXT.lines().filter(|line| line.starts_with('-'));
    let passages = bullets.enumerate().map(|(i, line)| Passage {
        anchor: format!("{}.b{}", if i < 3 { "I" } else { "II" }, i % 3 + 1),
        kind: PassageKind::Bullet,
        span: span(line),
        section: Some(if i < 3 { "I" } else { "II" }.into()),
    });
    Reading {
        document: Document {
            kind: DocumentKind::Programme,
            number: Some("12-CTr/TU".into()),
            issuer: Some("Tỉnh ủy Bình Minh".into()),
            date: Some(day("2025-09-02")),
            area: Some("Bình Minh".into()),
            title: Some("Phát triển kinh tế số".into()),
            secrecy: None,
        },
        cites: vec![],
        sections: vec![heading("I", "I. MỤC TIÊU"), heading("II", "II. NHIỆM VỤ")],
        passages: passages.collect(),
        targets: vec![
            target("t1", "kinh tế số", Comparator::AtLeast, "22.5", 2028),
            target("t2", "tăng 2 lần", Comparator::MultiplyBy, "2", 2030),
        ],
        tasks: vec![
            task(
                "k1",
                "kho dữ liệu",
                Some("Sở Khoa học và Công nghệ"),
                Some("trước ngày 30/6/2026"),
            ),
            task("k2", "kỹ năng số", Some("Sở Giáo dục và Đào tạo"), None),
            task("k3", "tuyên truyền", None, Some("thường xuyên")),
        ],
        assignments: vec![],
        diagnostics: vec![Diagnostic {
            code: "no_deadline".into(),
            message: "Không thấy thời hạn.".into(),
            span: span("tuyên truyền"),
        }],
    }
}

pub fn stored() -> StoredReading {
    StoredReading::of(TEXT, &reading())
}

pub fn file() -> FileRef {
    FileRef {
        hash: FileHash::of(TEXT.as_bytes()),
        name: "chuong-trinh-12.txt".into(),
        media: "text/plain".into(),
        size: 700,
    }
}

pub fn received() -> Received {
    Received {
        file: file(),
        intake: FileHash::of(b"intake"),
        reading: stored(),
        reader: "1".into(),
    }
}

pub fn fields() -> ProgrammeFields {
    ProgrammeFields {
        title: "Kinh tế số Bình Minh".into(),
        number: Some("12-CTr/TU".into()),
        issuer: Some("Tỉnh ủy Bình Minh".into()),
        area: "66@2025-07-01".parse().expect("an area"),
        period: DateRange::new(day("2025-07-01"), Some(day("2031-01-01"))).expect("a range"),
    }
}

pub fn chosen_task(item: &str, id: TaskId, lead: Option<&str>, supporting: &[&str]) -> ChosenTask {
    ChosenTask {
        lead: lead.map(org),
        supporting: supporting.iter().map(|id| org(id)).collect(),
        ..ChosenTask::as_read(item, id)
    }
}

pub fn chosen_target(item: &str, id: TargetId) -> ChosenTarget {
    ChosenTarget {
        item: item.into(),
        id,
        responsible: None,
    }
}

/// A journal whose clock the test moves by whole days.
pub struct World {
    pub test: TestJournal,
    seconds: Arc<AtomicI64>,
}

impl World {
    pub async fn new() -> Self {
        let seconds = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&seconds);
        let test = journal_with_clock(
            vec![Box::new(ProgrammeProjection)],
            Arc::new(move || {
                Timestamp::from_second(clock.load(Ordering::SeqCst)).expect("a moment")
            }),
        )
        .await;
        let world = World { test, seconds };
        world.go_to("2026-01-05");
        world
    }

    pub fn journal(&self) -> &Journal {
        &self.test.journal
    }

    /// Noon in Vietnam of a day.
    pub fn go_to(&self, date: &str) {
        let noon = day(date).at(5, 0, 0, 0);
        let moment = noon.to_zoned(jiff::tz::TimeZone::UTC).expect("a moment");
        self.seconds
            .store(moment.timestamp().as_second(), Ordering::SeqCst);
    }
}

/// A document adopted into a programme: its first task led by the department of science with the
/// department of finance supporting, the second by the department of education.
pub struct Adopted {
    pub document: DocumentId,
    pub programme: ProgrammeId,
    pub target: TargetId,
    pub data: TaskId,
    pub school: TaskId,
}

pub async fn adopted(world: &World) -> Adopted {
    let ids = Adopted {
        document: DocumentId::new(),
        programme: ProgrammeId::new(),
        target: TargetId::new(),
        data: TaskId::new(),
        school: TaskId::new(),
    };
    let given = Given::default();
    document::receive_and_read(
        world.journal(),
        &officer(),
        &given,
        ids.document,
        received(),
    )
    .await
    .expect("received");
    let command = AdoptReading {
        document: ids.document,
        into: IntoProgramme::New(ids.programme, fields()),
        targets: vec![chosen_target("t1", ids.target)],
        tasks: vec![
            chosen_task("k1", ids.data, Some(SO_KHCN), &[SO_TC]),
            chosen_task("k2", ids.school, Some(SO_GDDT), &[]),
        ],
    };
    adopt_reading(world.journal(), &officer(), &given, &command)
        .await
        .expect("adopted");
    ids
}

/// What a refusal is, for tables.
pub fn kind<T: std::fmt::Debug>(outcome: &Result<T, access::Refusal>) -> &'static str {
    use access::Refusal::*;
    match outcome {
        Ok(_) => "ok",
        Err(NotAllowed(_)) => "not allowed",
        Err(NotFound) => "not found",
        Err(Stale) => "stale",
        Err(Invalid { .. }) => "invalid",
        Err(Conflict(_)) => "conflict",
        Err(Store(_)) => "store",
    }
}

/// The fields a refusal names.
pub fn faulty<T: std::fmt::Debug>(outcome: Result<T, access::Refusal>) -> Vec<String> {
    match outcome {
        Err(access::Refusal::Invalid { faults }) => faults.into_iter().map(|f| f.field).collect(),
        other => panic!("no fields named: {other:?}"),
    }
}
