//! An invented report of an invented province, for looking at and for tests. Its measures are those
//! commonly used under Nghị định 30/2020/NĐ-CP; the product reads them from a definition.

use jiff::civil::{Date, date};
use press::chart::*;
use press::document::*;
use rust_decimal::Decimal;
use viet::{Calendar, Lang, Period};

pub fn format() -> FormatParams {
    FormatParams {
        sheet: Sheet {
            width_mm: 210,
            height_mm: 297,
            top_mm: 20,
            bottom_mm: 20,
            left_mm: 30,
            right_mm: 15,
        },
        sizes: Sizes {
            motto_first: 12,
            motto_rest: 13,
            issuer_parent: 12,
            issuer: 12,
            number: 13,
            place_date: 13,
            kind_title: 14,
            summary: 14,
            body: 14,
            table: 12,
            caption: 12,
            signature: 13,
            signer: 14,
            recipients_head: 12,
            recipients: 11,
            page_number: 13,
            imprint: 8,
        },
        typeface: "Times New Roman".into(),
        line_spacing_percent: 115,
        paragraph_spacing_pt: 6,
        first_line_indent_mm: 10,
        issuer_mark: IssuerMark::Rule,
        annex_counts_own_pages: false,
    }
}

pub fn sample() -> AdminDocument {
    AdminDocument {
        format: format(),
        lang: Lang::Vi,
        drawn_up: date(2026, 11, 20).at(8, 30, 0, 0),
        issuer_parent: Some("ỦY BAN NHÂN DÂN\nTỈNH AN PHÚ".into()),
        issuer: "SỞ KHOA HỌC VÀ CÔNG NGHỆ".into(),
        number_symbol: "Số:        /BC-SKHCN".into(),
        mark: Some("DỰ THẢO".into()),
        place: "An Phú".into(),
        date: None,
        motto: vec!["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".into(), "Độc lập - Tự do - Hạnh phúc".into()],
        kind_title: "BÁO CÁO".into(),
        summary: "Kết quả thực hiện chương trình phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quý III năm 2026".into(),
        addressees: vec!["Ủy ban nhân dân tỉnh".into()],
        body: body(),
        signature: Some(Signature {
            authority: vec!["KT. GIÁM ĐỐC".into()],
            position: "PHÓ GIÁM ĐỐC".into(),
            signer: Some("Trần Thị Minh Ngọc".into()),
        }),
        recipients: vec![
            "Như trên;".into(),
            "Ban Chỉ đạo tỉnh (để báo cáo);".into(),
            "Các sở, ban, ngành; UBND các xã, phường;".into(),
            "Lưu: VT, KHTC.".into(),
        ],
        annexes: vec![targets_annex(), tasks_annex()],
        imprint: "Lập từ sổ ghi số 18.204, dấu băm 5f2c 91aa 07d3 e41b, lúc 15:30 ngày 20/11/2026".into(),
    }
}

fn body() -> Vec<Block> {
    vec![
        Block::plain(
            "Thực hiện kế hoạch năm 2026 của Ủy ban nhân dân tỉnh, Sở Khoa học và Công nghệ tổng hợp kết quả chín tháng và nhiệm vụ trọng tâm quý IV như sau:",
        ),
        Block::heading(1, "I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO"),
        Block::plain(
            "Sở đã tham mưu ban hành 04 văn bản, tổ chức 02 hội nghị giao ban với 68 xã, phường; phân công rõ cơ quan chủ trì, thời hạn và sản phẩm của từng nhiệm vụ.",
        ),
        Block::heading(1, "II. KẾT QUẢ THỰC HIỆN"),
        Block::heading(2, "1. Chỉ tiêu"),
        Block::Paragraph {
            runs: vec![
                Run::plain("Tỷ lệ hồ sơ trực tuyến toàn trình đạt "),
                Run {
                    bold: true,
                    ..Run::figure(
                        "61,4%",
                        "https://dotpha.example/so-lieu/ho-so-truc-tuyen/2026-Q3",
                    )
                },
                Run::plain(
                    ", tăng 6,2 điểm phần trăm so với cùng kỳ, nhưng còn thấp hơn lộ trình (",
                ),
                Run::italic("lộ trình quý III là 64%"),
                Run::plain(")."),
            ],
        },
        Block::Chart(line_chart().figure("Hình 1. Tỷ lệ hồ sơ trực tuyến toàn trình")),
        Block::heading(2, "2. Nhiệm vụ"),
        Block::plain(
            "Trong 42 nhiệm vụ được giao, 21 nhiệm vụ hoàn thành đúng hạn; các nhiệm vụ chậm tập trung ở ba nhóm:",
        ),
        Block::Bullets {
            items: vec![
                vec![
                    Run::bold("Hạ tầng dữ liệu: "),
                    Run::plain(
                        "kho dữ liệu dùng chung chưa nghiệm thu do thay đổi cơ quan tiếp nhận sau sắp xếp.",
                    ),
                ],
                vec![
                    Run::bold("Nhân lực: "),
                    Run::plain("mới đào tạo 1.250 trên 2.000 cán bộ cấp xã."),
                ],
                vec![
                    Run::bold("Kinh phí: "),
                    Run::plain("giải ngân đạt 47,5% dự toán."),
                ],
            ],
        },
        Block::heading(1, "III. TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN"),
        Block::plain(
            "Việc nhập liệu ở một số xã còn thủ công; số liệu của ba đơn vị nộp sau hạn từ 5 đến 12 ngày. Nguyên nhân chủ yếu là thiếu cán bộ chuyên trách và đường truyền chưa ổn định.",
        ),
        Block::heading(1, "IV. NHIỆM VỤ TRỌNG TÂM QUÝ IV"),
        Block::plain(
            "Hoàn thành nghiệm thu kho dữ liệu dùng chung; rà soát, gia hạn có văn bản đối với nhiệm vụ vướng mắc khách quan; công khai kết quả xếp hạng các đơn vị trước ngày 15 tháng 12.",
        ),
        Block::heading(1, "V. KIẾN NGHỊ"),
        Block::plain(
            "Đề nghị Ủy ban nhân dân tỉnh bố trí bổ sung 12,5 tỷ đồng để hoàn thành hạ tầng cho 15 xã chưa có cáp quang./.",
        ),
    ]
}

fn d(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}

pub fn official() -> Mark {
    Mark::new("chính thức", Shape::Disc, Tone::Accent)
}

pub fn estimated() -> Mark {
    Mark::new("ước thực hiện", Shape::Ring, Tone::Accent)
}

pub fn provenance() -> Provenance {
    Provenance {
        place: "Tỉnh An Phú".into(),
        period: String::new(),
        source: "Văn phòng UBND tỉnh".into(),
        as_of: Some(date(2026, 11, 15)),
    }
}

fn end_of(year: i16) -> Date {
    date(year, 12, 31)
}

pub fn line_chart() -> TargetChart {
    let point = |period: Option<Period>, value: &str, stage: Mark| {
        period.map(|p| Point::of_period(p, Calendar::Civil, d(value), stage, Lang::Vi))
    };
    TargetChart {
        title: "Tỷ lệ hồ sơ trực tuyến toàn trình".into(),
        indicator: "Hồ sơ nộp và trả trực tuyến trên tổng số hồ sơ".into(),
        unit: "%".into(),
        provenance: provenance(),
        points: [
            point(Some(Period::Year(2023)), "21.5", official()),
            point(Some(Period::Year(2024)), "38.9", official()),
            point(Period::half_year(2025, 1), "47.2", official()),
            point(Some(Period::Year(2025)), "55.2", official()),
            point(Period::quarter(2026, 3), "61.4", estimated()),
        ]
        .into_iter()
        .flatten()
        .collect(),
        replaced: Vec::new(),
        forecast: Vec::new(),
        path: vec![
            PathPoint {
                at: end_of(2024),
                value: d("40"),
            },
            PathPoint {
                at: end_of(2026),
                value: d("66"),
            },
            PathPoint {
                at: end_of(2028),
                value: d("80"),
            },
            PathPoint {
                at: end_of(2030),
                value: d("90"),
            },
        ],
        target: Some(TargetMark {
            comparator: "≥".into(),
            value: d("90"),
            by: end_of(2030),
        }),
        breaks: vec![Break {
            at: date(2025, 7, 1),
            label: "sáp nhập địa bàn tỉnh An Phú và tỉnh Lâm Giang".into(),
        }],
        lang: Lang::Vi,
    }
}

pub fn met() -> Mark {
    Mark::new("Đạt", Shape::Disc, Tone::Good)
}

pub fn at_risk() -> Mark {
    Mark::new("Có nguy cơ không đạt", Shape::Triangle, Tone::Warn)
}

pub fn bars() -> BulletBars {
    let row = |label: &str,
               value: Option<&str>,
               target: Option<(&str, &str)>,
               unit: &str,
               status: Mark| BulletRow {
        label: label.into(),
        value: value.map(d),
        target: target.map(|(c, t)| (c.into(), d(t))),
        unit: unit.into(),
        status,
    };
    BulletBars {
        title: "Kết quả so với chỉ tiêu năm 2026".into(),
        rows: vec![
            row(
                "Tỷ trọng kinh tế số trong GRDP",
                Some("18.35"),
                Some(("≥", "20")),
                "%",
                at_risk(),
            ),
            row(
                "Doanh nghiệp công nghệ số thành lập mới",
                Some("132"),
                Some(("≥", "120")),
                "doanh nghiệp",
                met(),
            ),
            row(
                "Chi ngân sách cho khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số trên tổng chi ngân sách địa phương",
                Some("1.1"),
                Some(("≥", "3")),
                "%",
                Mark::new("Không đạt", Shape::Square, Tone::Bad),
            ),
            row(
                "Tốc độ tăng năng suất lao động",
                Some("-1.2"),
                Some((">", "6.5")),
                "%",
                Mark::new("Không đạt", Shape::Square, Tone::Bad),
            ),
            row(
                "Số đơn đăng ký sáng chế trên một triệu dân",
                None,
                Some(("trên", "15")),
                "đơn",
                Mark::new("Chưa có số liệu", Shape::Ring, Tone::Neutral),
            ),
        ],
        provenance: Provenance {
            period: "9 tháng năm 2026".into(),
            ..provenance()
        },
        lang: Lang::Vi,
    }
}

pub fn stacked() -> StackedStatus {
    let count = |word: &str, shape, tone, count| StatusCount {
        status: Mark::new(word, shape, tone),
        count,
    };
    StackedStatus {
        title: "Nhiệm vụ được giao theo trạng thái".into(),
        noun: "nhiệm vụ".into(),
        counts: vec![
            count("Hoàn thành đúng hạn", Shape::Disc, Tone::Good, 21),
            count("Hoàn thành quá hạn", Shape::HollowDiamond, Tone::Warn, 3),
            count("Trong hạn", Shape::Ring, Tone::Accent, 11),
            count("Sắp đến hạn", Shape::Triangle, Tone::Warn, 5),
            count("Quá hạn", Shape::Square, Tone::Bad, 2),
            count("Đã thu hồi", Shape::HollowSquare, Tone::Neutral, 0),
        ],
        provenance: Provenance {
            period: "quý III năm 2026".into(),
            ..provenance()
        },
        lang: Lang::Vi,
    }
}

fn targets_annex() -> Annex {
    let right = |text: &str| Cell::text(text);
    let row =
        |stt: &str, name: &str, unit: &str, target: &str, before: &str, now: &str, source: &str| {
            [stt, name, unit, target, before, now, source]
                .iter()
                .map(|t| right(t))
                .collect::<Vec<_>>()
        };
    Annex {
        title: "PHỤ LỤC I\nKết quả thực hiện các chỉ tiêu".into(),
        landscape: false,
        blocks: vec![
            Block::Table(Table {
                caption: None,
                columns: vec![
                    Column::new("STT", 2, Align::Center),
                    Column::new("Chỉ tiêu", 9, Align::Left),
                    Column::new("Đơn vị", 4, Align::Center),
                    Column::new("Mục tiêu", 4, Align::Right),
                    Column::new("Kỳ trước", 4, Align::Right),
                    Column::new("Kỳ này", 4, Align::Right),
                    Column::new("Nguồn", 6, Align::Left),
                ],
                rows: vec![
                    vec![Cell::group("A. Chuyển đổi số", 7)],
                    row(
                        "1",
                        "Tỷ lệ hồ sơ trực tuyến toàn trình",
                        "%",
                        "≥\u{a0}90",
                        "55,2",
                        "61,4",
                        "Văn phòng UBND tỉnh",
                    ),
                    row(
                        "2",
                        "Tỷ trọng kinh tế số trong GRDP",
                        "%",
                        "≥\u{a0}20",
                        "17,9",
                        "18,35",
                        "Thống kê tỉnh",
                    ),
                    vec![Cell::group("B. Khoa học và công nghệ", 7)],
                    row(
                        "3",
                        "Doanh thu sản phẩm công nghệ",
                        "triệu đồng",
                        "≥\u{a0}1.500.000",
                        "1.204.350",
                        "1.388.720,5",
                        "Sở KH&CN",
                    ),
                    row(
                        "4",
                        "Đơn đăng ký sáng chế",
                        "đơn",
                        "trên 15",
                        "9",
                        "–",
                        "Sở KH&CN",
                    ),
                ],
                repeat_head: true,
            }),
            Block::Chart(bars().figure("Hình 2. Kết quả so với chỉ tiêu năm 2026")),
        ],
    }
}

fn tasks_annex() -> Annex {
    let names = [
        "Xây dựng kho dữ liệu dùng chung của tỉnh",
        "Đào tạo kỹ năng số cho cán bộ cấp xã",
        "Phủ sóng di động băng rộng tại các thôn vùng lõm",
        "Hỗ trợ doanh nghiệp nhỏ đổi mới công nghệ",
        "Số hóa hồ sơ lưu trữ lịch sử",
    ];
    let states = [
        "● Hoàn thành đúng hạn",
        "○ Trong hạn",
        "▲ Sắp đến hạn",
        "■ Quá hạn",
    ];
    let rows = (1..=34)
        .map(|n: usize| {
            vec![
                Cell::text(n.to_string()),
                Cell::text(names[n % names.len()]),
                Cell::text(format!(
                    "Mục {}, Kế hoạch {}/KH-UBND",
                    n % 7 + 1,
                    100 + n * 3
                )),
                Cell::text(if n.is_multiple_of(2) {
                    "Sở Khoa học và Công nghệ"
                } else {
                    "Sở Nội vụ"
                }),
                Cell::text("UBND các xã, phường"),
                Cell::text(format!("{}/{}/2026", n % 28 + 1, n % 12 + 1)),
                Cell::text("Báo cáo, biên bản nghiệm thu"),
                Cell::text(states[n % states.len()]),
            ]
        })
        .collect();
    Annex {
        title: "PHỤ LỤC II\nTình hình thực hiện nhiệm vụ được giao".into(),
        landscape: true,
        blocks: vec![
            Block::Chart(stacked().figure("Hình 3. Nhiệm vụ theo trạng thái")),
            Block::Table(Table {
                caption: Some("Bảng 1. Danh mục nhiệm vụ".into()),
                columns: vec![
                    Column::new("STT", 3, Align::Center),
                    Column::new("Nhiệm vụ", 12, Align::Left),
                    Column::new("Căn cứ", 9, Align::Left),
                    Column::new("Chủ trì", 8, Align::Left),
                    Column::new("Phối hợp", 7, Align::Left),
                    Column::new("Thời hạn", 6, Align::Center),
                    Column::new("Sản phẩm", 8, Align::Left),
                    Column::new("Trạng thái", 7, Align::Left),
                ],
                rows,
                repeat_head: true,
            }),
        ],
    }
}
