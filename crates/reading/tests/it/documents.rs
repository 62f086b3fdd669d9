//! Whole documents of our own: outline, header, tasks, duties, citations, tables, anchors.

use super::{numbers, part, read};
use reading::{DocumentKind, IndicatorTerm, Lexicon, PassageKind, Relation};

const PLAN: &str = include_str!("../cases/plan.txt");
const NEWS: &str = include_str!("../cases/news.txt");
const ANNEX: &str = include_str!("../cases/annex.txt");

fn paths(text: &str) -> Vec<String> {
    read(text).sections.iter().map(|s| s.path.clone()).collect()
}

#[test]
fn the_outline_joins_labels() {
    assert_eq!(
        paths(PLAN),
        [
            "I",
            "I.1",
            "I.2",
            "II",
            "II.1",
            "II.1.1.1",
            "II.1.1.2",
            "II.2",
            "III",
            "III.1",
            "III.1.a",
            "III.1.b",
            "III.2",
            "III.2.2.1",
            "III.2.2.2",
            "IV",
            "IV.1",
            "IV.2",
            "IV.3"
        ]
    );
    let reading = read(PLAN);
    let kind = |path: &str| {
        reading
            .sections
            .iter()
            .find(|s| s.path == path)
            .map(|s| s.kind)
    };
    assert_eq!(kind("II.1"), Some(PassageKind::Heading));
    assert_eq!(kind("III.2.2.1"), Some(PassageKind::NumberedItem));
    let general = reading
        .sections
        .iter()
        .find(|s| s.path == "II.1.1.1")
        .expect("a section");
    assert_eq!(
        (
            general.title.as_str(),
            general.level,
            general.label.as_str()
        ),
        ("Mục tiêu chung", 3, "1.1")
    );
}

#[test]
fn markdown_marks_are_not_of_the_text() {
    let text = "## **I- MỤC TIÊU**\n\n### **1. Đến năm 2029**\n\n- *Tỷ lệ hộ* có mạng đạt **64%**.\n\n**2.** Các sở báo cáo.\n";
    let reading = read(text);
    let titles: Vec<&str> = reading.sections.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(titles, ["MỤC TIÊU", "Đến năm 2029", ""]);
    assert_eq!(part(text, reading.sections[1].span), "1. Đến năm 2029");
    assert_eq!(numbers(&reading), ["= 64 percent 2029"]);
}

#[test]
fn the_header_says_what_the_document_is() {
    let document = read(PLAN).document;
    assert_eq!(document.kind, DocumentKind::Plan);
    assert_eq!(document.number.as_deref(), Some("214/KH-UBND"));
    assert_eq!(
        document.date.map(|d| d.to_string()).as_deref(),
        Some("2025-03-06")
    );
    assert_eq!(
        document.issuer.as_deref(),
        Some("ỦY BAN NHÂN DÂN TỈNH AN SƠN")
    );
    assert_eq!(document.area.as_deref(), Some("An Sơn"));
    let news = read(NEWS).document;
    assert_eq!(news.kind, DocumentKind::News);
    assert_eq!(
        news.date.map(|d| d.to_string()).as_deref(),
        Some("2025-04-18")
    );
    assert_eq!(
        news.title.as_deref(),
        Some("An Sơn tăng tốc phát triển kinh tế số ở vùng cao")
    );
}

#[test]
fn targets_take_their_year_from_the_heading_or_the_title() {
    assert_eq!(
        numbers(&read(PLAN)),
        [
            "= 100 percent 2025",
            "= 85 percent 2025",
            ">= 40 percent 2025",
            "<= 30 rank 2025",
            ">= 65 percent -",
        ]
    );
}

#[test]
fn leaf_bullets_are_tasks_with_their_details() {
    let reading = read(PLAN);
    let tasks: Vec<String> = reading.tasks.iter().map(|t| part(PLAN, t.span)).collect();
    assert_eq!(
        tasks,
        [
            "Tuyên truyền về lợi ích của hồ sơ điện tử trên báo, đài.",
            "Xây dựng kho dữ liệu dùng chung của tỉnh, kết nối với các\nnền tảng quốc gia.",
            "Nâng cấp mạng truyền số liệu đến cấp xã, bảo đảm ít nhất 65% điểm đạt chuẩn.",
            "Mở rộng điểm truy cập công cộng tại các chợ.",
            "Đào tạo kỹ năng số cho cán bộ xã.",
        ]
    );
    assert_eq!(
        reading.tasks[3].lead_agency.as_deref(),
        Some("Sở Công Thương")
    );
    assert_eq!(
        reading.tasks[3].deadline.as_deref(),
        Some("Quý III năm 2025")
    );
}

#[test]
fn duties_name_their_agencies() {
    let found: Vec<(String, String, Option<String>)> = read(PLAN)
        .assignments
        .iter()
        .map(|a| (a.agency.clone(), part(PLAN, a.span), a.cadence.clone()))
        .collect();
    let expected = [
        (
            "Sở Khoa học và Công nghệ",
            "theo dõi, đôn đốc việc thực hiện Kế hoạch.",
            None,
        ),
        (
            "Sở Khoa học và Công nghệ",
            "Định kỳ hằng quý tổng hợp, báo cáo Ủy ban nhân dân tỉnh.",
            Some("hằng quý"),
        ),
        (
            "Sở Tài chính",
            "cân đối kinh phí thực hiện các nhiệm vụ được giao",
            None,
        ),
        ("Sở Tài chính", "hướng dẫn thanh quyết toán.", None),
        (
            "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",
            "tuyên truyền, vận động Nhân dân tham gia.",
            None,
        ),
    ];
    let expected: Vec<(String, String, Option<String>)> = expected
        .iter()
        .map(|(a, d, c)| ((*a).to_owned(), (*d).to_owned(), c.map(str::to_owned)))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn recipients_and_signatures_are_no_tasks() {
    let reading = read(PLAN);
    let end = PLAN[..PLAN.find("Nơi nhận").expect("recipients")]
        .chars()
        .count();
    assert!(reading.passages.iter().all(|p| p.span.end() <= end));
    assert!(reading.assignments.iter().all(|a| a.span.end() <= end));
}

#[test]
fn cited_documents_are_named_once() {
    let reading = read(PLAN);
    let cites: Vec<(Option<&str>, Relation, Option<String>)> = reading
        .cites
        .iter()
        .map(|c| {
            (
                c.number.as_deref(),
                c.relation,
                c.date.map(|d| d.to_string()),
            )
        })
        .collect();
    assert_eq!(
        cites,
        [
            (
                Some("66-NQ/TU"),
                Relation::Implements,
                Some("2024-10-09".to_owned())
            ),
            (
                Some("1305/QĐ-TTg"),
                Relation::Cites,
                Some("2023-11-08".to_owned())
            ),
        ]
    );
}

#[test]
fn a_flattened_table_is_read_by_rows() {
    let reading = read(ANNEX);
    assert_eq!(
        numbers(&reading),
        [
            "= 20 percent 2027",
            "= 35 percent 2030",
            ">= 60 percent 2027 strict",
            ">= 80 percent 2030 strict",
            "= 150 count 2027",
            "= 400 count 2030",
        ]
    );
    assert!(part(ANNEX, reading.targets[0].span).starts_with("Tỷ trọng kinh tế số"));
}

#[test]
fn a_table_with_pipes_reads_the_same() {
    let text = "PHỤ LỤC\n\n| TT | Chỉ tiêu | ĐVT | Năm 2027 | Năm 2030 |\n|---|---|---|---|---|\n| 1 | Tỷ trọng kinh tế số | % | 20 | 35 |\n| 2 | Số điểm phục vụ số | Điểm | 150 | 400 |\n";
    assert_eq!(
        numbers(&read(text)),
        [
            "= 20 percent 2027",
            "= 35 percent 2030",
            "= 150 count 2027",
            "= 400 count 2030"
        ]
    );
}

#[test]
fn news_is_read_by_paragraphs() {
    let reading = read(NEWS);
    let paths: Vec<&str> = reading.sections.iter().map(|s| s.path.as_str()).collect();
    assert_eq!(paths, ["P.1", "P.2", "H.1", "P.3"]);
    assert_eq!(numbers(&reading), ["= 25 percent 2027", ">= 10 count 2027"]);
    let tasks: Vec<String> = reading.tasks.iter().map(|t| part(NEWS, t.span)).collect();
    assert_eq!(
        tasks,
        [
            "xây dựng trung tâm dữ liệu nông nghiệp tại huyện Ea Sơn",
            "Mở rộng hợp tác với các trường đại học trong vùng",
            "đưa sàn nông sản của tỉnh vào vận hành",
        ]
    );
}

#[test]
fn anchors_are_unique_and_cover_the_text() {
    for text in [PLAN, NEWS, ANNEX] {
        let reading = read(text);
        let mut anchors: Vec<&str> = reading.passages.iter().map(|p| p.anchor.as_str()).collect();
        let count = anchors.len();
        anchors.sort_unstable();
        anchors.dedup();
        assert_eq!(anchors.len(), count);
        for pair in reading.passages.windows(2) {
            assert!(pair[0].span.end() <= pair[1].span.start());
        }
    }
    let reading = read(PLAN);
    let anchor = |words: &str| {
        reading
            .passages
            .iter()
            .find(|p| part(PLAN, p.span).contains(words))
            .map(|p| p.anchor.clone())
    };
    assert_eq!(anchor("hồ sơ công việc").as_deref(), Some("II.1.1.2.b1"));
    assert_eq!(
        anchor("Mở rộng điểm truy cập").as_deref(),
        Some("III.2.2.1")
    );
}

#[test]
fn indicators_are_linked_by_their_wording_and_unit() {
    let term = |id: &str, terms: &[&str], unit: &str| IndicatorTerm {
        id: id.to_owned(),
        terms: terms.iter().map(|t| (*t).to_owned()).collect(),
        unit_class: unit.to_owned(),
    };
    let lexicon = Lexicon {
        indicators: vec![
            term("share", &["tỷ trọng kinh tế số trong GRDP"], "percent"),
            term(
                "sector",
                &["kinh tế số ngành, lĩnh vực trong kinh tế số"],
                "percent",
            ),
            term("firms", &["doanh nghiệp khoa học và công nghệ"], "count"),
            term(
                "firm_share",
                &["doanh nghiệp có hoạt động đổi mới sáng tạo"],
                "percent",
            ),
        ],
    };
    let text = "II. MỤC TIÊU\n1. Đến năm 2028\n- Kinh tế số chiếm 20% GRDP; kinh tế số các ngành, lĩnh vực chiếm 70% kinh tế số; \
                có 15 doanh nghiệp KH&CN; 30% doanh nghiệp có hoạt động ĐMST; tỷ lệ che phủ rừng đạt 55%.";
    let reading = reading::read(text, &lexicon);
    let linked: Vec<Option<&str>> = reading
        .targets
        .iter()
        .map(|t| t.indicator.as_deref())
        .collect();
    assert_eq!(
        linked,
        [
            Some("share"),
            Some("sector"),
            Some("firms"),
            Some("firm_share"),
            None
        ]
    );
}

#[test]
fn a_value_said_twice_is_one_target() {
    let text = "II. MỤC TIÊU\n1. Đến năm 2028\n- Tỷ lệ xã có mạng nội bộ đạt 70%.\n- Đào tạo cán bộ.\n- Tỷ lệ xã có mạng nội bộ đạt 70%.";
    assert_eq!(numbers(&read(text)).len(), 1);
}

#[test]
fn repairs_are_told() {
    let text = "II. MỤC TIÊU\n1. Đến năm 2028\n- Phần đầu có 30% hộ dùng nền tảng CDS của\n\ntỉnh trong sản xuất hằng ngày của mình.";
    let reading = read(text);
    let codes: Vec<&str> = reading
        .diagnostics
        .iter()
        .map(|d| d.code.as_str())
        .collect();
    for code in ["spelling", "joined_line"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    let fault = reading
        .diagnostics
        .iter()
        .find(|d| d.code == "spelling")
        .expect("told");
    assert_eq!(part(text, fault.span), "Phần đầu");
}

#[test]
fn a_reading_goes_through_json_unchanged() {
    for text in [PLAN, NEWS, ANNEX] {
        let reading = read(text);
        let json = serde_json::to_string(&reading).expect("json");
        let back: reading::Reading = serde_json::from_str(&json).expect("a reading");
        assert_eq!(back, reading);
    }
}

#[test]
fn a_table_of_tasks_gives_tasks_with_their_agencies() {
    let text = "PHỤ LỤC\nSTT\nNhiệm vụ\nCơ quan chủ trì\nCơ quan phối hợp\nThời gian hoàn thành\n\
                1\nXây dựng kho dữ liệu mở, bảo đảm tối thiểu 60% sở tham gia\nSở Khoa học và Công nghệ\nCác sở, ngành\nQuý IV/2025\n\
                2\nBan hành quy chế chia sẻ dữ liệu\nSở Tư pháp\nỦy ban nhân dân cấp xã\n12/2025\n";
    let reading = read(text);
    let tasks: Vec<(String, Option<&str>, Option<&str>)> = reading
        .tasks
        .iter()
        .map(|t| {
            (
                part(text, t.span),
                t.lead_agency.as_deref(),
                t.deadline.as_deref(),
            )
        })
        .collect();
    assert_eq!(tasks[0].1, Some("Sở Khoa học và Công nghệ"));
    assert_eq!(
        tasks[1],
        (
            "Ban hành quy chế chia sẻ dữ liệu".to_owned(),
            Some("Sở Tư pháp"),
            Some("12/2025")
        )
    );
    assert_eq!(numbers(&reading), [">= 60 percent -"]);
}

#[test]
fn columns_of_the_past_are_no_targets() {
    let text = "PHỤ LỤC\nTT\nChỉ tiêu\nĐơn vị\nKết quả năm 2023\nMục tiêu năm 2027\n1\nTỷ lệ hộ có mạng\n%\n50\n80\n2\nTỷ lệ xã thông minh\n%\n10\n35\n";
    assert_eq!(
        numbers(&read(text)),
        ["= 80 percent 2027", "= 35 percent 2027"]
    );
}

#[test]
fn running_text_tells_aims_from_results() {
    let text = "Báo An Sơn\n\nCập nhật lúc 07:10 ngày 20/5/2019\n\n\
                Toàn tỉnh có 35 hợp tác xã số. Phấn đấu đến năm 2020, có 50 hợp tác xã số; 30% kết quả nghiên cứu được ứng dụng.\n\n\
                Theo cơ quan chuyên môn, toàn tỉnh có 45 tổ hợp tác, sản lượng đạt 20.000 tấn, chiếm 60% toàn vùng trong nhiều năm liền.\n\n\
                Giai đoạn 2016 - 2018, tỉnh triển khai 48 đề tài, dự án, đạt 95% kế hoạch được giao từ đầu nhiệm kỳ.\n\nMinh Hà\n";
    assert_eq!(
        numbers(&read(text)),
        ["= 50 count 2020", "= 30 percent 2020"]
    );
}

#[test]
fn states_told_in_news_are_read_where_they_are_still_to_come() {
    for (sentence, year) in [
        (
            "Tỉnh đưa Trung tâm dữ liệu vùng Bắc vào vận hành trong năm 2026.",
            Some(2026),
        ),
        (
            "Trước tháng 9/2027, huyện Tân Hà sẽ hoàn thành việc số hóa hồ sơ đất đai.",
            Some(2027),
        ),
        (
            "Tỉnh đã đưa Trung tâm dữ liệu vùng Bắc vào vận hành trong năm 2026.",
            None,
        ),
        (
            "Tỉnh đưa Trung tâm dữ liệu vùng Bắc vào vận hành trong năm 2024.",
            None,
        ),
        ("Tỉnh đưa Trung tâm dữ liệu vùng Bắc vào vận hành.", None),
        (
            "Trong năm 2026, tỉnh sẽ tổ chức nhiều buổi gặp doanh nghiệp.",
            None,
        ),
    ] {
        let text =
            format!("Tin khoa học\n\nCập nhật lúc 08:30 ngày 12/3/2026\n\n{sentence}\n\nMinh Hà");
        let reading = read(&text);
        let states: Vec<_> = reading
            .targets
            .iter()
            .map(|t| (t.value, t.period.year))
            .collect();
        let expected: Vec<_> = year.map(|y| (None, Some(y))).into_iter().collect();
        assert_eq!(states, expected, "{sentence}");
        if year.is_some() {
            assert_eq!(
                part(&text, reading.targets[0].span),
                sentence.trim_end_matches('.')
            );
        }
    }
}

#[test]
fn lines_broken_by_the_page_are_read_as_one() {
    // The same plan with every line cut at 60 characters.
    let mut broken = String::new();
    for line in PLAN.lines() {
        let mut width = 0;
        for word in line.split(' ') {
            if width > 0 && width + word.chars().count() > 60 {
                broken.push('\n');
                width = 0;
            } else if width > 0 {
                broken.push(' ');
            }
            broken.push_str(word);
            width += word.chars().count() + 1;
        }
        broken.push('\n');
    }
    let (whole, cut) = (read(PLAN), read(&broken));
    assert_eq!(numbers(&cut), numbers(&whole));
    let paths = |r: &reading::Reading| {
        r.sections
            .iter()
            .map(|s| s.path.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(paths(&cut), paths(&whole));
    assert_eq!(cut.tasks.len(), whole.tasks.len());
    assert_eq!(cut.assignments.len(), whole.assignments.len());
}

#[test]
fn a_plan_issued_with_a_decision_is_read_too() {
    let text = "ỦY BAN NHÂN DÂN\nTỈNH AN SƠN\nSố: 77/QĐ-UBND\nAn Sơn, ngày 03 tháng 02 năm 2025\n\nQUYẾT ĐỊNH\nVề việc ban hành Kế hoạch phát triển dữ liệu năm 2025\n\n\
                Điều 1. Ban hành kèm theo Quyết định này Kế hoạch phát triển dữ liệu năm 2025.\nĐiều 2. Các sở, ngành chịu trách nhiệm thi hành.\n\n\
                Nơi nhận:\n- Như Điều 2;\n- Lưu: VT.\n\nTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n\n\
                KẾ HOẠCH\nPhát triển dữ liệu năm 2025\n\nI. MỤC TIÊU\n- Tối thiểu 45% bộ dữ liệu được mở.\n\nII. NHIỆM VỤ\n- Rà soát danh mục dữ liệu của các sở.\n";
    let reading = read(text);
    assert_eq!(reading.document.kind, DocumentKind::Decision);
    assert_eq!(numbers(&reading), [">= 45 percent 2025"]);
    assert_eq!(reading.tasks.len(), 1);
    assert!(
        reading
            .passages
            .iter()
            .all(|p| !part(text, p.span).contains("Lưu: VT"))
    );
}

#[test]
fn the_signer_ends_the_title_of_a_decision() {
    let text = "BỘ Y TẾ\nSố: 7/QĐ-BYT\n\nQUYẾT ĐỊNH\nPhê duyệt Chương trình sức khỏe số giai đoạn 2026-2030\n\nBỘ TRƯỞNG BỘ Y TẾ\nCăn cứ Luật số 3/2025/QH15;\n\nĐiều 1. Phê duyệt Chương trình.\n";
    assert_eq!(
        read(text).document.title.as_deref(),
        Some("QUYẾT ĐỊNH Phê duyệt Chương trình sức khỏe số giai đoạn 2026-2030")
    );
}

#[test]
fn a_year_that_cannot_be_is_told() {
    for date in ["09/10/2924", "9 tháng 10 năm 2625"] {
        let text = format!(
            "KẾ HOẠCH\nCăn cứ Nghị quyết số 66-NQ/TU ngày {date} của Tỉnh ủy;\n\nI. MỤC TIÊU\n- Làm tốt.\n"
        );
        let reading = read(&text);
        assert_eq!(reading.cites[0].date, None, "{date}");
        let told: Vec<&str> = reading
            .diagnostics
            .iter()
            .filter(|d| d.code == "odd_year")
            .map(|d| d.message.as_str())
            .collect();
        assert_eq!(told.len(), 1, "{date}");
        assert!(told[0].contains("66-NQ/TU"), "{told:?}");
    }
}
