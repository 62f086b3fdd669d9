//! An invented province with a programme of two documents, as inputs of a report and as definitions.

use std::collections::BTreeMap;

use access::OrgId;
use catalogue::{Definition, Direction, Format, Label, Report, Stage, Unit};
use jiff::civil::date;
use measure::{Cadence, Comparator, TargetSpec, TargetStatus, TaskStatus};
use programme::{DocumentId, ProgrammeId, TargetId, TaskId};
use reporting::{
    DefinitionRef, DocumentInput, IndicatorInput, Party, ProgrammeInput, ReportInputs, ResultInput,
    TargetInput, TaskInput, Territory, ValueInput,
};
use rust_decimal::Decimal;
use uuid::Uuid;
use viet::{Calendar, Period};

/// Definitions the product ships and the report rests on.
const REPORT: &str = include_str!("../../../../definitions/reports/bao-cao-quy.toml");
const YEARLY: &str = include_str!("../../../../definitions/reports/bao-cao-nam.toml");
const FORMAT: &str = include_str!("../../../../definitions/reports/state-format.toml");
const SETTINGS: &str = include_str!("../../../../definitions/settings/chung.toml");

pub fn parsed(text: &str) -> Definition {
    catalogue::parse("thu.toml", text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

pub fn report() -> Report {
    match parsed(REPORT) {
        Definition::Report(report) => report,
        other => panic!("{:?}", other.kind()),
    }
}

pub fn format() -> Format {
    match parsed(FORMAT) {
        Definition::Format(format) => *format,
        other => panic!("{:?}", other.kind()),
    }
}

/// All definitions a journal needs for a report on the invented province.
pub fn definitions() -> Vec<Definition> {
    let own = [AREAS, ORGANISATIONS, INDICATOR];
    let shipped = [REPORT, YEARLY, FORMAT, SETTINGS];
    shipped.into_iter().chain(own).map(parsed).collect()
}

const AREAS: &str = r#"[def]
kind = "areas"
id = "thu"
version = "1"
label = { vi = "Địa bàn thử", en = "Areas to test with" }
source = "đặt ra để thử"
valid_from = "2000-01-01"

[[list.areas]]
code = "12"
level = "province"
name = "Hoà Trung"
full_name = "Tỉnh Hoà Trung"
"#;

const ORGANISATIONS: &str = r#"[def]
kind = "organisations"
id = "thu"
version = "1"
label = { vi = "Cơ quan thử", en = "Agencies to test with" }
source = "đặt ra để thử"
valid_from = "2000-01-01"

[[list.organisations]]
id = "ubnd-tinh"
kind = "province_committee"
area = "12@"
names = [{ vi = "Ủy ban nhân dân tỉnh Hoà Trung", en = "People's Committee", short = "UBND tỉnh" }]
valid_from = "2000-01-01"
source = "đặt ra để thử"

[[list.organisations]]
id = "so-khcn"
kind = "department"
area = "12@"
names = [{ vi = "Sở Khoa học và Công nghệ", en = "Department", short = "Sở KH&CN" }]
valid_from = "2000-01-01"
memberships = [{ hierarchy = "state", parent = "ubnd-tinh" }]
source = "đặt ra để thử"

[[list.organisations]]
id = "so-y-te"
kind = "department"
area = "12@"
names = [{ vi = "Sở Y tế", en = "Health", short = "Sở Y tế" }]
valid_from = "2000-01-01"
memberships = [{ hierarchy = "state", parent = "ubnd-tinh" }]
source = "đặt ra để thử"
"#;

const INDICATOR: &str = r#"[def]
kind = "indicator"
id = "records_online_pct"
version = "1"
label = { vi = "Tỷ lệ hồ sơ trực tuyến", en = "Records handled online" }
source = "đặt ra để thử"
valid_from = "2000-01-01"

[value]
unit = "percent"
direction = "higher_is_better"
decimals = 1

[series]
periodicity = "quarter"
prevailing = { stages = ["official", "preliminary", "estimated", "reported"], vintage = "latest" }
merger = "not_combined"
merger_source = "chưa xác định"
source_agency = { vi = "Văn phòng", en = "Office" }
"#;

pub fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + n)
}

pub fn decimal(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn period(code: &str) -> Period {
    code.parse().expect("a period")
}

fn definition(id: &str) -> DefinitionRef {
    DefinitionRef {
        id: id.parse().expect("an id"),
        version: "1".into(),
        hash: "00".into(),
    }
}

fn value(n: u128, code: &str, number: &str, stage: Stage) -> ValueInput {
    ValueInput {
        origin: reporting::Origin::Observation(observation::ObservationId(uuid(500 + n))),
        period: period(code),
        value: decimal(number),
        stage,
        source: "Báo cáo của Văn phòng".into(),
        vintage: date(2026, 9, 16),
    }
}

fn target(n: u128, name: &str, unit: Unit, spec: TargetSpec, status: TargetStatus) -> TargetInput {
    TargetInput {
        id: TargetId(uuid(100 + n)),
        text: format!("{name} như văn bản nêu"),
        document: DocumentId(uuid(1)),
        anchor: Some(format!("II.{n}")),
        area: "12@".parse().expect("an area"),
        unit: Some(unit.label(viet::Lang::Vi).to_owned()),
        goal: spec.value,
        indicator: Some(IndicatorInput {
            id: format!("i{n}").parse().expect("an id"),
            name: name.into(),
            unit,
            hash: "00".into(),
        }),
        spec,
        status,
        reason: "chưa có số liệu nào".into(),
        responsible: Some("Sở Y tế".into()),
        current: None,
        previous: None,
    }
}

fn spec(comparator: Comparator, value: &str) -> TargetSpec {
    TargetSpec {
        comparator: Some(comparator),
        value: Some(decimal(value)),
        value_max: None,
        strict: false,
        year: Some(2030),
        cadence: Cadence::ByYear,
        baseline: None,
        direction: Direction::HigherIsBetter,
    }
}

fn targets() -> Vec<TargetInput> {
    let mut online = target(
        1,
        "Tỷ lệ hồ sơ trực tuyến",
        Unit::Percent,
        spec(Comparator::AtLeast, "80"),
        TargetStatus::AtRisk,
    );
    online.current = Some(value(1, "2026-Q3", "61.44", Stage::Reported));
    online.previous = Some(value(2, "2026-Q2", "55.2", Stage::Reported));
    let firms = Unit::Count(Label::new("doanh nghiệp", "firms"));
    let mut firms = target(
        2,
        "Doanh nghiệp công nghệ",
        firms,
        spec(Comparator::AtLeast, "1200"),
        TargetStatus::Met,
    );
    firms.current = Some(value(3, "2025", "1250", Stage::Official));
    let mut fall = spec(Comparator::AtMost, "2.5");
    fall.direction = Direction::LowerIsBetter;
    let mut fall = target(
        3,
        "Tỷ lệ hồ sơ trễ hạn",
        Unit::Percent,
        fall,
        TargetStatus::OffTrack,
    );
    fall.current = Some(value(4, "2026-Q3", "4.05", Stage::Estimated));
    let mut doubled = target(
        4,
        "Số sáng chế",
        Unit::Count(Label::new("sáng chế", "patents")),
        spec(Comparator::MultiplyBy, "1.5"),
        TargetStatus::NoData,
    );
    doubled.goal = None;
    doubled.document = DocumentId(uuid(2));
    let mut state = target(
        5,
        "Nền tảng dữ liệu dùng chung",
        Unit::YesNo,
        spec(Comparator::Equal, "1"),
        TargetStatus::NotYetMeasurable,
    );
    (state.spec.comparator, state.spec.value, state.goal) = (None, None, None);
    state.document = DocumentId(uuid(2));
    vec![online, firms, fall, doubled, state]
}

fn task(n: u128, title: &str, status: TaskStatus) -> TaskInput {
    TaskInput {
        id: TaskId(uuid(200 + n)),
        title: title.into(),
        document: DocumentId(uuid(if n < 5 { 1 } else { 2 })),
        anchor: Some(format!("III.{n}")),
        lead: Some("Sở Y tế".into()),
        supporting: vec!["Sở Khoa học và Công nghệ".into(), "UBND các xã".into()],
        deadline: Some(date(2026, 8, 31)),
        deadline_written: None,
        product: Some("Kế hoạch".into()),
        status,
        done_on: None,
        result: None,
        extensions: 0,
    }
}

fn result(text: &str, waiting: bool, returned: Option<&str>) -> Option<ResultInput> {
    Some(ResultInput {
        text: text.into(),
        on: date(2026, 8, 20),
        waiting,
        returned: returned.map(str::to_owned),
    })
}

fn tasks() -> Vec<TaskInput> {
    let mut done = task(1, "Ban hành kế hoạch dữ liệu", TaskStatus::Done);
    done.done_on = Some(date(2026, 8, 20));
    done.result = result("đã ban hành kế hoạch", false, None);
    let mut late = task(2, "Nâng cấp mạng nội bộ", TaskStatus::DoneLate);
    late.deadline = Some(date(2026, 3, 31));
    late.done_on = Some(date(2026, 5, 4));
    late.result = result("đã nghiệm thu", false, None);
    let mut overdue = task(3, "Tập huấn cán bộ đầu mối", TaskStatus::Overdue);
    overdue.deadline = Some(date(2026, 6, 30));
    let mut returned = task(4, "Lập danh mục dữ liệu mở", TaskStatus::Returned);
    returned.result = result("đã lập danh mục", false, Some("thiếu phụ lục"));
    let mut waiting = task(5, "Kết nối nền tảng chia sẻ", TaskStatus::InTime);
    waiting.deadline = Some(date(2026, 12, 31));
    waiting.result = result("đã kết nối thử", true, None);
    waiting.extensions = 1;
    let mut soon = task(6, "Đánh giá an toàn thông tin", TaskStatus::DueSoon);
    soon.deadline = Some(date(2026, 9, 25));
    let mut endless = task(7, "Tuyên truyền thường xuyên", TaskStatus::NoDeadline);
    (endless.deadline, endless.lead) = (None, None);
    endless.deadline_written = Some("thường xuyên".into());
    endless.supporting.clear();
    vec![done, late, overdue, returned, waiting, soon, endless]
}

/// Inputs of a quarterly report on two documents, five targets and seven tasks.
pub fn inputs() -> ReportInputs {
    let documents = [
        (
            1,
            Some("12-CTr/TU"),
            Some(date(2025, 3, 5)),
            "Chương trình chuyển đổi số của Tỉnh ủy",
        ),
        (2, None, None, "Kế hoạch dữ liệu của Ủy ban nhân dân tỉnh"),
    ];
    let document = |(n, number, date, title): (u128, Option<&str>, _, &str)| {
        let input = DocumentInput {
            number: number.map(str::to_owned),
            date,
            title: title.into(),
        };
        (DocumentId(uuid(n)), input)
    };
    ReportInputs {
        definition: definition("bao-cao-quy"),
        format: definition("state-format"),
        period: period("2026-Q3"),
        calendar: Calendar::State,
        as_of: date(2026, 9, 14),
        as_known: 41,
        head: "42:ab".into(),
        drawn_up: date(2026, 9, 20).at(17, 5, 0, 0),
        area: Territory {
            key: "12@".parse().expect("an area"),
            name: "tỉnh Hoà Trung".into(),
            short: "Hoà Trung".into(),
        },
        sender: Party {
            id: OrgId("so-khcn".into()),
            name: "Sở Khoa học và Công nghệ".into(),
            short: "Sở KH&CN".into(),
            parent: Some("Ủy ban nhân dân tỉnh Hoà Trung".into()),
        },
        receiver: Party {
            id: OrgId("ubnd-tinh".into()),
            name: "Ủy ban nhân dân tỉnh Hoà Trung".into(),
            short: "UBND tỉnh".into(),
            parent: None,
        },
        programme: ProgrammeInput {
            id: ProgrammeId(uuid(9)),
            title: "Chương trình chuyển đổi số".into(),
            documents: vec![DocumentId(uuid(1)), DocumentId(uuid(2))],
        },
        documents: documents.into_iter().map(document).collect(),
        targets: targets(),
        tasks: tasks(),
        remarks: BTreeMap::from([(
            "lanh-dao-chi-dao".parse().expect("an id"),
            vec!["Sở đã tham mưu ban hành văn bản hướng dẫn và họp giao ban hằng tháng.".into()],
        )]),
    }
}
