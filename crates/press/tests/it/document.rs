//! The document as data.

use jiff::civil::date;
use press::PressError;
use press::document::*;

use crate::sample::sample;

#[test]
fn the_day_is_written_as_the_format_asks() {
    let mut doc = sample();
    doc.place = "An Phú".into();
    for (day, want) in [
        (Some(date(2026, 2, 5)), "An Phú, ngày 05 tháng 02 năm 2026"),
        (
            Some(date(2026, 11, 22)),
            "An Phú, ngày 22 tháng 11 năm 2026",
        ),
        (Some(date(2026, 3, 9)), "An Phú, ngày 09 tháng 3 năm 2026"),
        (None, "An Phú, ngày      tháng      năm 2026"),
    ] {
        doc.date = day;
        assert_eq!(doc.place_date(), want);
    }
}

#[test]
fn what_makes_no_page_is_refused() {
    let mut doc = sample();
    assert!(doc.check().is_ok());
    doc.format.sheet.left_mm = 190;
    assert!(matches!(doc.check(), Err(PressError::Format(_))));
    doc.format.sheet.left_mm = 30;
    doc.format.sizes.body = 0;
    assert!(matches!(doc.check(), Err(PressError::Format(_))));
}

#[test]
fn a_row_must_cover_its_table() {
    let mut doc = sample();
    let table = Table {
        caption: None,
        columns: vec![
            Column::new("a", 1, Align::Left),
            Column::new("b", 1, Align::Right),
        ],
        rows: vec![vec![Cell::group("nhóm", 2)], vec![Cell::text("x")]],
        repeat_head: true,
    };
    doc.annexes[0].blocks.push(Block::Table(table));
    let refused = doc.check();
    assert!(
        matches!(
            refused,
            Err(PressError::Row {
                row: 2,
                cells: 1,
                columns: 2
            })
        ),
        "{refused:?}"
    );
}

#[test]
fn a_document_survives_being_frozen() {
    let doc = sample();
    let frozen = serde_json::to_string(&doc).unwrap();
    assert_eq!(serde_json::from_str::<AdminDocument>(&frozen).unwrap(), doc);
}
