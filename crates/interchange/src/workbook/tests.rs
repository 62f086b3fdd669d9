use std::io::Write as _;

use catalogue::Label;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::layout::{self, FAULTS, FIRST, HIDDEN, MARK};
use super::*;
use crate::xlsx::{Book, Limits};

fn asked(indicator: &str, unit: Unit) -> Asked {
    Asked {
        indicator: indicator.parse().expect("an id"),
        area: "66@2025-07-01".parse().expect("an area"),
        period: Period::quarter(2026, 3).expect("a quarter"),
        name: format!("Chỉ số {indicator}"),
        area_name: "Đắk Lắk".to_owned(),
        unit,
        decimals: 2,
        plausible: None,
        parts: None,
        last: Some(Last {
            period: Period::quarter(2026, 2).expect("a quarter"),
            value: "12.34".parse().expect("a decimal"),
        }),
    }
}

fn form() -> Form {
    let share = Asked {
        plausible: Some(Plausible {
            min: Decimal::ZERO,
            max: Decimal::ONE_HUNDRED,
        }),
        parts: Some(Parts {
            numerator: "Số hồ sơ trực tuyến".to_owned(),
            denominator: "Tổng số hồ sơ".to_owned(),
        }),
        ..asked("ty-le", Unit::Percent)
    };
    Form {
        organisation: "so-khcn".to_owned(),
        organisation_name: "Sở Khoa học và Công nghệ".to_owned(),
        title: "Biểu số liệu quý III/2026".to_owned(),
        issued: Date::constant(2026, 9, 15),
        deadline: Some(Date::constant(2026, 9, 20)),
        rows: vec![
            share,
            asked(
                "so-luong",
                Unit::Count(Label::new("doanh nghiệp", "enterprises")),
            ),
            asked("dat", Unit::YesNo),
        ],
    }
}

fn read_back(bytes: &[u8]) -> Returned {
    read(bytes, Limits::default()).expect("a workbook of ours")
}

/// The form with cells filled in, as a returned workbook would have them.
fn filled(cells: &[(usize, Field, Value)]) -> Vec<u8> {
    let mut returned = read_back(&make(&form()).expect("a workbook"));
    for (row, field, value) in cells {
        returned.rows[*row].cells.insert(*field, value.clone());
    }
    mark(&returned, &[]).expect("a workbook")
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().expect("a decimal"))
}

#[test]
fn an_empty_form_comes_back_as_it_went() {
    let bytes = make(&form()).unwrap();
    assert_eq!(bytes, make(&form()).unwrap());
    let back = read_back(&bytes);
    assert_eq!(back.form, form());
    assert_eq!(back.faults, []);
    assert!(
        back.rows
            .iter()
            .all(|row| row.answer == Some(Answer::Blank))
    );
}

#[test]
fn figures_are_read_exactly() {
    let back = read_back(&filled(&[
        (0, Field::Value, number("45.67")),
        (0, Field::Numerator, text("1.234,5")),
        (0, Field::Denominator, text("2\u{a0}703")),
        (0, Field::Stage, text("Ước thực hiện")),
        (0, Field::Source, text("=HYPERLINK(\"x\")")),
        (1, Field::NothingArose, text("X")),
        (2, Field::Value, text("Có")),
        (2, Field::Stage, text("chinh thuc")),
    ]));
    assert_eq!(back.faults, []);
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    assert_eq!(
        back.rows[0].answer,
        Some(Answer::Figure(Given {
            value: decimal("45.67"),
            numerator: Some(decimal("1234.5")),
            denominator: Some(decimal("2703")),
            stage: Stage::Estimated,
            source: Some("=HYPERLINK(\"x\")".to_owned()),
            evidence: None,
            note: None,
        }))
    );
    assert_eq!(
        back.rows[1].answer,
        Some(Answer::NothingArose { note: None })
    );
    assert!(
        matches!(&back.rows[2].answer, Some(Answer::Figure(g)) if g.value == Decimal::ONE && g.stage == Stage::Official)
    );
}

#[test]
fn each_fault_names_its_cell() {
    for (field, value, reason) in [
        (Field::Value, text("1.234"), "Không rõ dấu chấm"),
        (Field::Value, text("45,6%"), "ký hiệu %"),
        (Field::Value, text("nhiều"), "Không phải là số"),
        (Field::Numerator, text("5"), "thiếu giá trị"),
        (Field::Stage, text("gần đúng"), "Không có loại số liệu"),
        (Field::NothingArose, text("không"), "chỉ nhận x"),
        (Field::Value, number("5"), "Chưa chọn loại số liệu"),
        (Field::Value, Value::Truth(true), "Không phải là số"),
    ] {
        let back = read_back(&filled(&[(0, field, value.clone())]));
        assert_eq!(
            back.faults.len(),
            1,
            "{field:?} {value:?}: {:?}",
            back.faults
        );
        assert!(
            back.faults[0].reason.vi.contains(reason),
            "{:?}",
            back.faults
        );
        let stage_missing = reason.starts_with("Chưa");
        let cell = if stage_missing { Field::Stage } else { field };
        assert_eq!(back.faults[0].at, back.rows[0].at(cell));
        assert_eq!(back.rows[0].answer, None);
    }
    let both = [
        (1, Field::Value, number("5")),
        (1, Field::Stage, text("sơ bộ")),
        (1, Field::NothingArose, text("x")),
    ];
    assert_eq!(read_back(&filled(&both)).faults[0].at.to_string(), "P6");
}

#[test]
fn faults_are_marked_and_the_marked_workbook_reads_alike() {
    let wrong = [
        (0, Field::Value, text("-1,5,3")),
        (1, Field::Value, number("7")),
        (1, Field::Stage, text("báo cáo")),
    ];
    let back = read_back(&filled(&wrong));
    let marked = mark(&back, &back.faults).unwrap();
    let again = read_back(&marked);
    assert_eq!(again.faults, back.faults);
    assert_eq!(again.rows, back.rows);
    let mut book = Book::open(&marked, Limits::default()).unwrap();
    let list = book.cells(FAULTS).unwrap();
    assert!(list.contains(&(Address::new(1, 0), text("I5"))));
    assert!(list.contains(&(Address::new(1, 1), text("-1,5,3"))));
    let notes = part(&marked, "xl/comments1.xml");
    assert!(
        notes.contains("ref=\"I5\"") && notes.contains("Không phải là số."),
        "{notes}"
    );
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::read_to_string(package.by_name(name).unwrap()).unwrap()
}

#[test]
fn cells_are_locked_lists_are_lists_and_texts_stay_texts() {
    let bytes = filled(&[(0, Field::Note, text("=1+1"))]);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<sheetProtection"));
    assert!(!sheet.contains("<f>"));
    assert!(sheet.contains("báo cáo,ước thực hiện,sơ bộ,chính thức"));
    assert!(part(&bytes, "xl/workbook.xml").contains("state=\"veryHidden\""));
    assert!(part(&bytes, "xl/styles.xml").contains("quotePrefix=\"1\""));
}

/// A workbook with the hidden sheet of the form and a sheet of figures written by hand.
fn by_hand(write: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(SHEET).unwrap();
    for (row, asked) in (FIRST..).zip(&form().rows) {
        sheet.write(row, 0, row - FIRST + 1).unwrap();
        sheet.write(row, 1, asked.indicator.as_str()).unwrap();
        sheet.write(row, 3, asked.area.to_string()).unwrap();
    }
    write(sheet);
    let hidden = book.add_worksheet();
    hidden.set_name(HIDDEN).unwrap();
    let lines = layout::lines(&form()).unwrap();
    hidden.write(0, 0, MARK).unwrap();
    hidden.write(0, 1, VERSION.to_string()).unwrap();
    hidden.write(0, 2, layout::checksum(&lines)).unwrap();
    for (row, line) in (1u32..).zip(&lines) {
        hidden.write(row, 0, line).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn reasons(bytes: &[u8]) -> Vec<(String, String)> {
    let faults = read_back(bytes).faults;
    faults
        .into_iter()
        .map(|f| (f.at.to_string(), f.reason.vi))
        .collect()
}

#[test]
fn what_people_do_to_workbooks() {
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let dated = by_hand(|sheet| {
        let date = ExcelDateTime::from_ymd(2026, 5, 1).unwrap();
        sheet
            .write_datetime_with_format(FIRST, 8, date, &day)
            .unwrap();
    });
    assert_eq!(
        reasons(&dated),
        [("I5".into(), "Ô chứa ngày tháng, không phải số.".into())]
    );
    assert_eq!(read_back(&dated).faults[0].found, "01/05/2026");

    let calculated = by_hand(|sheet| {
        sheet
            .write_formula(FIRST, 8, Formula::new("=1+1").set_result("2"))
            .unwrap();
    });
    assert_eq!(
        reasons(&calculated),
        [("I5".into(), "Ô chứa công thức.".into())]
    );

    let merged = by_hand(|sheet| {
        sheet
            .merge_range(FIRST, 8, FIRST + 1, 8, "", &Format::new())
            .unwrap();
    });
    assert_eq!(
        reasons(&merged),
        [("I5".into(), "Các ô I5:I6 bị gộp.".into())]
    );

    let sorted = by_hand(|sheet| {
        for (row, n) in [(FIRST, 2usize), (FIRST + 1, 1)] {
            let asked = &form().rows[n - 1];
            sheet.write(row, 0, n as u32).unwrap();
            sheet.write(row, 1, asked.indicator.as_str()).unwrap();
            sheet.write(row, 8, n as u32 * 10).unwrap();
            sheet.write(row, 11, "báo cáo").unwrap();
        }
    });
    let back = read_back(&sorted);
    assert_eq!(back.faults, []);
    assert_eq!(back.rows[1].at(Field::Value).to_string(), "I5");
    assert!(
        matches!(&back.rows[1].answer, Some(Answer::Figure(g)) if g.value == Decimal::from(20))
    );

    let lost = by_hand(|sheet| {
        sheet.write(FIRST, 0, "?").unwrap();
        sheet.write(FIRST, 8, 5).unwrap();
        sheet.write(FIRST + 2, 0, 2).unwrap();
        sheet.write(FIRST + 2, 1, "so-luong").unwrap();
    });
    let at: Vec<String> = reasons(&lost).into_iter().map(|(at, _)| at).collect();
    assert_eq!(at, ["A5", "I5", "A7", "A7"]);
}

#[test]
fn what_is_not_ours_is_told_apart() {
    let other = |write: &dyn Fn(&mut rust_xlsxwriter::Worksheet)| {
        let mut book = Workbook::new();
        book.add_worksheet().set_name(SHEET).unwrap();
        write(book.add_worksheet().set_name(HIDDEN).unwrap());
        read(&book.save_to_buffer().unwrap(), Limits::default())
    };
    assert!(matches!(other(&|_| ()), Err(Unreadable::NotOurs)));
    let old = other(&|sheet| {
        sheet.write(0, 0, MARK).unwrap();
        sheet.write(0, 1, "0").unwrap();
    });
    assert!(matches!(old, Err(Unreadable::OtherVersion(v)) if v == "0"));
    let altered = other(&|sheet| {
        sheet.write(0, 0, MARK).unwrap();
        sheet.write(0, 1, VERSION.to_string()).unwrap();
        sheet.write(0, 2, "0").unwrap();
        sheet.write(1, 0, "{}").unwrap();
    });
    assert!(matches!(altered, Err(Unreadable::Altered)));
    for bytes in [&b""[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0...."] {
        assert!(matches!(
            read(bytes, Limits::default()),
            Err(Unreadable::Book(_))
        ));
    }
}

/// A package of parts, as hostile as one likes.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const PACKAGE: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

fn sheet(data: &str, texts: Option<&str>) -> Vec<u8> {
    let mut parts = vec![
        ("_rels/.rels", PACKAGE.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", data.as_bytes()),
    ];
    parts.extend(texts.map(|texts| ("xl/sharedStrings.xml", texts.as_bytes())));
    package(&parts)
}

fn cells_of(bytes: &[u8]) -> Result<Vec<(Address, Value)>, BookError> {
    Book::open(bytes, Limits::default())?.cells("S")
}

#[test]
fn hostile_workbooks_cost_little() {
    let data = |inner: &str| {
        format!(
            "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{inner}</sheetData></worksheet>"
        )
    };
    let wide = data(
        r#"<row r="1"><c r="A1"><v>0.30000000000000004</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#,
    );
    let cells = cells_of(&sheet(&wide, None)).unwrap();
    assert_eq!(cells.len(), 2, "no more than the cells that hold something");
    assert_eq!(cells[0].1, number("0.3"));

    let beyond = data(r#"<row r="1"><c r="ZZZZ1"><v>1</v></c></row>"#);
    let beyond = cells_of(&sheet(&beyond, None));
    assert!(matches!(beyond, Err(BookError::Damaged(_))), "{beyond:?}");

    let twice = data(r#"<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>"#);
    assert!(matches!(
        cells_of(&sheet(&twice, None)),
        Err(BookError::Damaged(_))
    ));

    let boast = r#"<sst uniqueCount="99999999999999999"><si><t>a</t></si></sst>"#;
    assert!(matches!(
        cells_of(&sheet(&data(""), Some(boast))),
        Err(BookError::Damaged(_))
    ));

    let bomb = vec![b' '; 120 << 20];
    let bomb = package(&[("xl/worksheets/sheet1.xml", &bomb)]);
    assert!(bomb.len() < 200_000);
    assert!(matches!(cells_of(&bomb), Err(BookError::TooLarge { .. })));

    let texts = format!("<sst>{}</sst>", "<si/>".repeat(6 << 20));
    assert!(matches!(
        cells_of(&sheet(&data(""), Some(&texts))),
        Err(BookError::TooLarge { .. })
    ));

    let many = Limits {
        cells: 2,
        ..Limits::default()
    };
    let three = data(
        r#"<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>1</v></c><c r="C1"><v>1</v></c></row>"#,
    );
    let bytes = sheet(&three, None);
    let refused = Book::open(&bytes, many).unwrap().cells("S");
    assert!(matches!(refused, Err(BookError::TooLarge { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_filled_in_comes_back(
        mantissa in -10i64.pow(12)..10i64.pow(12),
        scale in 0u32..5,
        stage in 0usize..4,
        source in "[=+@a-zàđ0-9 \"<&']{0,12}",
    ) {
        let value = Decimal::new(mantissa, scale);
        let stage = Stage::ALL[stage];
        let back = read_back(&filled(&[
            (0, Field::Value, Value::Number(value)),
            (0, Field::Stage, text(stage.label(viet::Lang::Vi))),
            (0, Field::Source, text(&source)),
        ]));
        let Some(Answer::Figure(given)) = &back.rows[0].answer else {
            return Err(TestCaseError::fail(format!("{:?}", back.faults)));
        };
        prop_assert_eq!(given.value, value);
        prop_assert_eq!(given.stage, stage);
        prop_assert_eq!(given.source.as_deref().unwrap_or(""), source.trim());
    }

    #[test]
    fn broken_files_are_refused(at in 0usize..4_000, byte in any::<u8>()) {
        let mut bytes = make(&form()).unwrap();
        let at = at % bytes.len();
        bytes[at] ^= byte;
        let _ = read(&bytes, Limits::default());
        bytes.truncate(at);
        prop_assert!(read(&bytes, Limits::default()).is_err());
    }
}
