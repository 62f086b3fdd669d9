//! Cells keep their columns: joined cells, empty ones at the ends of rows, units that are called like agencies.

use super::{numbers, read};

fn leads(text: &str) -> Vec<Option<String>> {
    let targets = read(text).targets;
    targets.into_iter().map(|t| t.lead_agency).collect()
}

fn lead(name: &str) -> Option<String> {
    Some(name.to_owned())
}

/// A table as a file of Word gives it: joined cells leave empty ones, also at the ends of a row.
#[test]
fn empty_cells_at_the_ends_keep_the_columns() {
    let text = "I. CHỈ TIÊU\n\
        TT | Chỉ tiêu | Đơn vị tính | Mục tiêu |  | Cơ quan chủ trì\n \
        |  |  | 2026 | 2030 | \n\
        1 | Tỷ lệ xã có mạng | % | 80 | 95 | Sở Tài chính\n \
        | Số trung tâm số | trung tâm |  | 3 | \n \
        |  Số trường số | trường | 5 |  | Sở Nội vụ\n";
    assert_eq!(
        numbers(&read(text)),
        [
            "= 80 percent 2026",
            "= 95 percent 2030",
            "= 3 count 2030",
            "= 5 count 2026"
        ]
    );
    let finance = lead("Sở Tài chính");
    assert_eq!(
        leads(text),
        [finance.clone(), finance, None, lead("Sở Nội vụ")]
    );
}

#[test]
fn frames_of_pipes_are_no_cells() {
    let rows = "TT | Chỉ tiêu | Đơn vị tính | 2030 | Cơ quan chủ trì\n1 | Tỷ lệ xã có mạng | % | 95 | \n2 | Số trường số | trường | 5 | Sở Nội vụ\n";
    let framed: String = rows.lines().map(|row| format!("| {row} |\n")).collect();
    let open: String = rows.lines().map(|row| format!("| {row}\n")).collect();
    for table in [rows, &framed, &open] {
        let text = format!("I. CHỈ TIÊU\n{table}");
        let read = read(&text);
        assert_eq!(
            numbers(&read),
            ["= 95 percent 2030", "= 5 count 2030"],
            "{table}"
        );
        assert_eq!(leads(&text), [None, lead("Sở Nội vụ")], "{table}");
    }
}

/// Rows that lost a cell: what is counted is not who is answerable.
#[test]
fn a_unit_is_no_agency() {
    let text = "I. CHỈ TIÊU\nSTT\nChỉ tiêu\nĐơn vị tính\nNăm 2028\nNăm 2030\nCơ quan chủ trì\n\
        1\nSố doanh nghiệp khoa học và công nghệ\nDoanh nghiệp\n60\n80\nSở Khoa học và Công nghệ\n\
        2\nSố trường có phòng máy\nTrường học\n90\nSở Giáo dục và Đào tạo\n\
        3\nSố vườn ươm\nTrung tâm\n4\n";
    let found = leads(text);
    let science = lead("Sở Khoa học và Công nghệ");
    assert_eq!(
        found[..3],
        [science.clone(), science, lead("Sở Giáo dục và Đào tạo")]
    );
    assert_eq!(found.last(), Some(&None));
}

/// A table of figures for years is one of aims, whatever its column of names is called.
#[test]
fn figures_for_years_are_aims() {
    let text = "I. CHỈ TIÊU\n| STT | Nội dung | Đơn vị | Thực hiện 2024 | Kế hoạch 2025 |\n| 1 | Văn bằng bảo hộ | Văn bằng | 152 | 180 |\n| 2 | Trạm phát sóng | Trạm | 9 | 12 |\n";
    let reading = read(text);
    assert_eq!(numbers(&reading), ["= 180 count 2025", "= 12 count 2025"]);
    assert!(reading.tasks.is_empty());
}

/// Below a target, on a line of its own.
#[test]
fn who_is_answerable_may_stand_below() {
    let text = "I. CHỈ TIÊU NĂM 2026\n1. Tỷ lệ hồ sơ đúng hạn đạt 98% trở lên.\nĐơn vị chủ trì: Phòng Tài chính. Báo cáo hằng quý.\n2. Trồng mới 1.200 cây xanh.\nĐơn vị chủ trì: Phòng Kinh tế, Hạ tầng, phối hợp: Trạm Y tế.\n3. Có 5 trường số.\n4. Có 7 trạm số.\n";
    let found = leads(text);
    assert_eq!(
        found[..2],
        [lead("Phòng Tài chính"), lead("Phòng Kinh tế, Hạ tầng")]
    );
    assert_eq!(found[2..], [None, None]);
}
