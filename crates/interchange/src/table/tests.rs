use catalogue::Stage;
use proptest::prelude::*;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Formula, Workbook};
use viet::Period;

use super::csv::{Csv, Dialect, TableError};
use super::sheet::Sheet;
use super::*;
use crate::amount::{Amount, Notation};
use crate::cell::CellFault;
use crate::xlsx::{Book, Limits};

fn amount(text: &str) -> Amount {
    Amount::Value(text.parse().expect("a decimal"))
}

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

/// All figures and faults of a text by the proposed mapping, completed.
fn read_by(text: &[u8], complete: impl Fn(&mut Mapping)) -> (Vec<Record>, Vec<CellFault>) {
    let mut table = Csv::open(text).expect("a table");
    let mut mapping = table.propose();
    complete(&mut mapping);
    let reader = Reader::new(mapping).expect("a mapping");
    let (mut records, mut faults) = (Vec::new(), Vec::new());
    while let Some(row) = table.next_row(&reader).expect("a row") {
        match row {
            Ok(more) => records.extend(more),
            Err(more) => faults.extend(more),
        }
    }
    (records, faults)
}

#[test]
fn how_files_are_written() {
    for (text, delimiter, headings, first) in [
        ("Chỉ số,Địa bàn,Năm,Giá trị\nA,B,2025,1\n", ',', 0, "Chỉ số"),
        (
            "\u{feff}Chỉ số;Địa bàn;Năm;Giá trị\nA;B;2025;1,5\n",
            ';',
            0,
            "Chỉ số",
        ),
        ("sep=;\nChỉ số;Năm\nA;1,5\n", ';', 1, "Chỉ số"),
        ("chi so\tnam\nA\t2025\n", '\t', 0, "chi so"),
        (
            "Bảng 1. Số liệu, năm 2025\n\nTỉnh,Chỉ số,Giá trị\nx,y,1\n",
            ',',
            2,
            "Tỉnh",
        ),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ';', 0, "a"),
        ("x|y|z\n1|2|3\n", '|', 0, "x"),
        ("một cột\n1\n", ',', 0, "một cột"),
    ] {
        let table = Csv::open(text.as_bytes()).expect(text);
        let found = (table.dialect().delimiter, table.dialect().headings);
        assert_eq!(found, (delimiter, headings), "{text}");
        assert_eq!(table.headings()[0], first, "{text}");
        let again = Csv::open_as(text.as_bytes(), table.dialect()).expect(text);
        assert_eq!(again.headings(), table.headings());
    }
    for bytes in [
        &b""[..],
        b"\n\n",
        b"PK\x03\x04...",
        b"\xD0\xCF\x11\xE0",
        b"a,b\0c\n",
    ] {
        assert!(Csv::open(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn what_columns_seem_to_mean() {
    let role = |heading: &str| {
        Mapping::propose(&[heading.to_owned()]).columns[0]
            .role
            .clone()
    };
    for (heading, want) in [
        ("Chỉ tiêu", Some(Role::Indicator)),
        ("INDICATOR", Some(Role::Indicator)),
        ("Xã/phường", Some(Role::Area)),
        ("REF_AREA", Some(Role::Area)),
        ("Giá trị (%)", Some(Role::Value)),
        ("Kỳ số liệu:", Some(Role::Period)),
        ("Tử số", Some(Role::Numerator)),
        ("Mẫu số", Some(Role::Denominator)),
        ("Loại số liệu", Some(Role::Stage)),
        ("Nguồn", Some(Role::Source)),
        ("Ngày công bố", Some(Role::Vintage)),
        ("Giới tính", Some(Role::Disaggregation("Giới tính".into()))),
        ("Năm 2025", Some(Role::ValueFor(period("2025")))),
        ("Quý I/2026", Some(Role::ValueFor(period("2026-Q1")))),
        ("STT", None),
        ("", None),
    ] {
        assert_eq!(role(heading), want, "{heading}");
    }
    let twice = ["Giá trị", "Kết quả", "2025"].map(str::to_owned);
    let roles: Vec<_> = Mapping::propose(&twice)
        .columns
        .into_iter()
        .map(|c| c.role)
        .collect();
    assert_eq!(roles, [Some(Role::Value), None, None]);
}

#[test]
fn mappings_are_remembered_and_checked() {
    let headings = ["Chỉ số", "Địa bàn", "2024", "2025"].map(str::to_owned);
    let mut mapping = Mapping::propose(&headings);
    mapping.notation = Some(Notation::Vietnamese);
    mapping.fixed.stage = Some(Stage::Official);
    let json = serde_json::to_string(&mapping).unwrap();
    assert_eq!(serde_json::from_str::<Mapping>(&json).unwrap(), mapping);
    assert!(mapping.fits(&["CHI SO", "địa bàn", "2024", "2025"].map(str::to_owned)));
    assert!(!mapping.fits(&headings[..3]));
    assert_eq!(mapping.check(), Ok(()));
    let refused = |change: &dyn Fn(&mut Mapping)| {
        let mut changed = mapping.clone();
        change(&mut changed);
        changed.check().expect_err("refused").to_string()
    };
    assert!(refused(&|m| m.columns[0].role = None).contains("indicator"));
    assert!(refused(&|m| m.columns[1].role = None).contains("area"));
    assert!(refused(&|m| m.columns[2].role = Some(Role::Value)).contains("both kinds"));
    assert!(refused(&|m| m.columns[3].role = m.columns[2].role.clone()).contains("the same"));
    assert!(refused(&|m| m.columns.truncate(2)).contains("value"));
}

#[test]
fn long_tables() {
    let text = "Chỉ số;Địa bàn;Năm;Quý;Giá trị;Loại số liệu;Nguồn;Ngày công bố;Giới tính\r\n\
        tfp;66@2025-07-01;2026;III;1.234,5;Sơ bộ;Báo cáo 5;31/10/2026;Nữ\r\n\
        tfp;Đắk Lắk;2026;;-;;;;\r\n\
        tfp;Đắk Lắk;2026;;;;;;\r\n";
    let (records, faults) = read_by(text.as_bytes(), |_| ());
    assert_eq!(faults, []);
    assert_eq!(records.len(), 2);
    let first = &records[0];
    assert_eq!(
        (first.amount, first.period),
        (amount("1234.5"), period("2026-Q3"))
    );
    assert_eq!(
        (first.indicator.text.as_str(), first.area.text.as_str()),
        ("tfp", "66@2025-07-01")
    );
    assert_eq!(
        (first.stage, first.source.as_deref()),
        (Some(Stage::Preliminary), Some("Báo cáo 5"))
    );
    assert_eq!(
        first.vintage,
        Some(jiff::civil::Date::constant(2026, 10, 31))
    );
    assert_eq!(
        first.disaggregation,
        [("Giới tính".to_owned(), "Nữ".to_owned())]
    );
    assert_eq!(first.at.to_string(), "E2");
    assert_eq!(
        (records[1].amount, records[1].period),
        (Amount::NothingArose, period("2026"))
    );
}

#[test]
fn wide_tables() {
    let text = "Province,Indicator,2023,2024,Q1/2025\nDak Lak,GRDP,\"1,234.5\",...,\nGia Lai,GRDP,0.5,7,8\n";
    let (records, faults) = read_by(text.as_bytes(), |mapping| {
        mapping.fixed.source = Some("niên giám".to_owned());
    });
    assert_eq!(faults, []);
    let found: Vec<_> = records
        .iter()
        .map(|r| (r.at.to_string(), r.period, r.amount))
        .collect();
    assert_eq!(
        found,
        [
            ("C2".to_owned(), period("2023"), amount("1234.5")),
            ("D2".to_owned(), period("2024"), Amount::NotCollected),
            ("C3".to_owned(), period("2023"), amount("0.5")),
            ("D3".to_owned(), period("2024"), amount("7")),
            ("E3".to_owned(), period("2025-Q1"), amount("8")),
        ]
    );
    assert!(
        records
            .iter()
            .all(|r| r.source.as_deref() == Some("niên giám"))
    );
}

#[test]
fn faulty_cells_are_named_and_the_rest_goes_on() {
    let text = "Chỉ số;Địa bàn;Kỳ;Giá trị;Loại số liệu;Ngày công bố\n\
        a;b;2025;1,5;;\n\
        a;b;2025;nhiều;lạ;hôm qua\n\
        a;;Quý V;2,5;;\n\
        ;b;;2,5;;\n\
        a;b;2025\n\
        a;b;2025;3,5;;\n";
    let (records, faults) = read_by(text.as_bytes(), |_| ());
    let values: Vec<_> = records.iter().map(|r| r.amount).collect();
    assert_eq!(values, [amount("1.5"), amount("3.5")]);
    let mut at: Vec<_> = faults.iter().map(|f| f.at.to_string()).collect();
    at.sort();
    assert_eq!(at, ["A5", "B4", "C4", "C5", "D3", "E3", "F3"]);
}

#[test]
fn bytes_of_no_character_are_a_fault_of_their_row() {
    let mut text = format!(
        "Chỉ số,Địa bàn,Năm,Giá trị\n{}",
        "a,b,2025,1\n".repeat(10_000)
    )
    .into_bytes();
    text.extend_from_slice(b"a,\xE0\xE1,2025,1\na,b,2025,2\n");
    let (records, faults) = read_by(&text, |_| ());
    assert_eq!(records.len(), 10_001);
    assert_eq!(faults[0].at.to_string(), "B10002");
}

#[test]
fn a_row_without_end_is_refused() {
    let head = &b"a,b,c\n1,2,3\n\""[..];
    let mut table = Csv::open(std::io::Read::chain(head, std::io::repeat(b'x'))).unwrap();
    let mapping = Mapping {
        fixed: Fixed {
            area: Some("VN".into()),
            period: Some(Period::Year(2025)),
            ..Fixed::default()
        },
        columns: [Some(Role::Indicator), Some(Role::Value)]
            .map(|role| Column {
                heading: "x".into(),
                role,
            })
            .to_vec(),
        notation: None,
    };
    let reader = Reader::new(mapping).unwrap();
    let mut ended = false;
    for _ in 0..3 {
        ended |= matches!(table.next_row(&reader), Err(TableError::Csv(_)));
    }
    assert!(ended);
}

/// A sheet written by hand as a table.
fn sheet(write: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    write(book.add_worksheet().set_name("S").unwrap());
    book.save_to_buffer().unwrap()
}

fn read_sheet(bytes: &[u8]) -> (Vec<Record>, Vec<CellFault>) {
    let mut book = Book::open(bytes, Limits::default()).unwrap();
    let sheet = Sheet::open(&mut book, "S", None).unwrap();
    let reader = Reader::new(sheet.propose()).unwrap();
    let (mut records, mut faults) = (Vec::new(), Vec::new());
    for row in sheet.rows(&reader) {
        match row {
            Ok(more) => records.extend(more),
            Err(more) => faults.extend(more),
        }
    }
    (records, faults)
}

#[test]
fn sheets_as_tables() {
    let plain = Format::new();
    let bytes = sheet(|s| {
        s.merge_range(0, 0, 0, 3, "Bảng 5. Số liệu năm 2025", &plain)
            .unwrap();
        for (column, heading) in (0u16..).zip(["Địa bàn", "Chỉ tiêu", "2024", "Năm 2025"]) {
            s.write(2, column, heading).unwrap();
        }
        // One area over three rows, as people write it.
        s.merge_range(3, 0, 5, 0, "Đắk Lắk", &plain).unwrap();
        for (row, name) in (3u32..).zip(["GRDP", "TFP", "R&D"]) {
            s.write(row, 1, name).unwrap();
            s.write(row, 2, f64::from(row) + 0.1 + 0.2).unwrap();
        }
        s.write(3, 3, "1.234,5").unwrap();
        s.merge_range(6, 0, 6, 3, "Nguồn: niên giám", &plain)
            .unwrap();
    });
    let (records, faults) = read_sheet(&bytes);
    assert_eq!(faults, []);
    let found: Vec<_> = records
        .iter()
        .map(|r| (r.at.to_string(), r.area.text.as_str(), r.amount))
        .collect();
    assert_eq!(
        found,
        [
            ("C4".to_owned(), "Đắk Lắk", amount("3.3")),
            ("D4".to_owned(), "Đắk Lắk", amount("1234.5")),
            ("C5".to_owned(), "Đắk Lắk", amount("4.3")),
            ("C6".to_owned(), "Đắk Lắk", amount("5.3")),
        ]
    );
}

#[test]
fn what_sheets_hold_instead_of_figures() {
    let bytes = sheet(|s| {
        for (column, heading) in (0u16..).zip(["Địa bàn", "Chỉ tiêu", "Kỳ", "Giá trị"])
        {
            s.write(0, column, heading).unwrap();
        }
        for row in 1..5 {
            s.write(row, 0, "a").unwrap();
            s.write(row, 1, "b").unwrap();
            s.write(row, 2, 2025).unwrap();
        }
        s.write_formula(1, 3, Formula::new("=1+1").set_result("2"))
            .unwrap();
        s.write(2, 3, true).unwrap();
        s.merge_range(3, 3, 4, 3, "", &Format::new()).unwrap();
        s.write(3, 3, 7).unwrap();
    });
    let (records, faults) = read_sheet(&bytes);
    assert_eq!(records.len(), 1);
    let at: Vec<_> = faults.iter().map(|f| f.at.to_string()).collect();
    assert_eq!(at, ["D2", "D3", "D5"]);
}

proptest! {
    #[test]
    fn what_is_written_in_a_table_is_read(
        rows in prop::collection::vec((-10i64.pow(12)..10i64.pow(12), 0u32..5, 1990i16..2040, "[a-zđ ;,\"]{1,8}"), 1..8)
    ) {
        let mut out = ::csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        out.write_record(["Chỉ số", "Địa bàn", "Năm", "Giá trị", "Ghi chú"]).unwrap();
        for (mantissa, scale, year, note) in &rows {
            let value = viet::number::format(Decimal::new(*mantissa, *scale), viet::Lang::Vi);
            out.write_record(["x", "y", &year.to_string(), &value, note]).unwrap();
        }
        let dialect = Dialect { encoding: Encoding::Utf8, delimiter: ';', headings: 0 };
        let text = out.into_inner().unwrap();
        let mut table = Csv::open_as(text.as_slice(), dialect).unwrap();
        let mapping = Mapping { notation: Some(Notation::Vietnamese), ..table.propose() };
        let reader = Reader::new(mapping).unwrap();
        for (mantissa, scale, year, note) in &rows {
            let record = table.next_row(&reader).unwrap().unwrap().unwrap().remove(0);
            prop_assert_eq!(record.amount, Amount::Value(Decimal::new(*mantissa, *scale)));
            prop_assert_eq!(record.period, Period::Year(*year));
            prop_assert_eq!(record.note.unwrap_or_default(), note.trim());
        }
        prop_assert!(table.next_row(&reader).unwrap().is_none());
    }

    #[test]
    fn strange_files_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "[\",;\t\na-zé0-9]{0,200}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            if let Ok(table) = Csv::open(bytes) {
                let _ = table.propose().check();
            }
        }
    }
}
