use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn chart() -> TargetChart {
    TargetChart {
        title: "Tỷ lệ dân số dùng chữ ký số".into(),
        indicator: String::new(),
        unit: "%".into(),
        provenance: Provenance {
            place: "Xã Đông Hà".into(),
            period: String::new(),
            source: String::new(),
            as_of: Some(date(2026, 3, 1)),
        },
        points: Vec::new(),
        replaced: Vec::new(),
        forecast: Vec::new(),
        path: Vec::new(),
        target: None,
        breaks: Vec::new(),
        lang: Lang::Vi,
    }
}

fn point(year: i16, value: &str) -> Point {
    Point {
        label: format!("năm {year}"),
        at: date(year, 12, 31),
        value: d(value),
        stage: Mark::new("sơ bộ", Shape::Triangle, Tone::Accent),
        published: None,
    }
}

/// Every drawing must be well-formed XML and hold nothing that a strict policy would block.
fn assert_sound(svg: &str) {
    let mut reader = quick_xml::Reader::from_str(svg);
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("{e}: {svg}")) {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                assert_ne!(tag.name().as_ref(), "script");
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_string();
                    assert!(
                        key != "style" && !key.starts_with("on") && !key.contains("href"),
                        "{key}"
                    );
                }
            }
            _ => {}
        }
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

#[test]
fn a_small_chart_is_drawn_like_this() {
    let mut chart = chart();
    chart.points = vec![point(2024, "-1.5"), point(2025, "2.25")];
    chart.path = vec![
        PathPoint {
            at: date(2024, 12, 31),
            value: d("0"),
        },
        PathPoint {
            at: date(2026, 12, 31),
            value: d("4"),
        },
    ];
    chart.target = Some(TargetMark {
        comparator: "≥".into(),
        value: d("4"),
        by: date(2026, 12, 31),
    });
    chart.breaks = vec![Break {
        at: date(2025, 7, 1),
        label: "sáp nhập xã".into(),
    }];
    let svg = chart.svg();
    assert_sound(&svg);
    insta::assert_snapshot!(svg);
}

#[test]
fn bars_are_drawn_like_this() {
    let bars = BulletBars {
        title: "Kết quả".into(),
        rows: vec![BulletRow {
            label: "Số xã có cán bộ chuyên trách".into(),
            value: Some(d("61")),
            target: Some(("≥".into(), d("68"))),
            unit: "xã".into(),
            status: Mark::new("Chưa đạt", Shape::Square, Tone::Bad),
        }],
        provenance: chart().provenance,
        lang: Lang::Vi,
    };
    let svg = bars.svg();
    assert_sound(&svg);
    insta::assert_snapshot!(svg);
}

#[test]
fn shares_are_drawn_like_this() {
    let count = |word: &str, shape, count| StatusCount {
        status: Mark::new(word, shape, Tone::Good),
        count,
    };
    let stacked = StackedStatus {
        title: "Tasks".into(),
        noun: "tasks".into(),
        counts: vec![
            count("done", Shape::Disc, 3),
            count("late", Shape::Square, 1),
            count("returned", Shape::Ring, 0),
        ],
        provenance: Provenance::default(),
        lang: Lang::En,
    };
    let svg = stacked.svg();
    assert_sound(&svg);
    insta::assert_snapshot!(svg);
}

#[test]
fn the_drawing_says_what_it_shows() {
    let mut chart = chart();
    chart.points = vec![point(2024, "1234.5"), point(2025, "2250.25")];
    chart.points[1].published = Some(date(2026, 2, 10));
    chart.unit = "tỷ đồng".into();
    let svg = chart.svg();
    for said in [
        "<title>Tỷ lệ dân số dùng chữ ký số</title>",
        "năm 2024: 1.234,5\u{a0}tỷ đồng (sơ bộ)",
        "năm 2025: 2.250,25\u{a0}tỷ đồng (sơ bộ; công bố 10/02/2026)",
        "Xã Đông Hà",
        "Kỳ: năm 2024 – năm 2025",
        "Nguồn: chưa xác định",
        "Số liệu đến ngày 01/03/2026",
    ] {
        assert!(svg.contains(said), "{said} not in {svg}");
    }
}

#[test]
fn an_empty_series_says_so() {
    let empty = chart().svg();
    assert_sound(&empty);
    assert!(empty.contains(">Chưa có số liệu</text>"));
    let mut english = chart();
    english.lang = Lang::En;
    assert!(english.svg().contains(">No figures yet</text>"));
    let none = StackedStatus {
        title: String::new(),
        noun: "nhiệm vụ".into(),
        counts: Vec::new(),
        provenance: Provenance::default(),
        lang: Lang::Vi,
    };
    assert!(none.svg().contains("Chưa có nhiệm vụ"));
}

#[test]
fn one_point_stands_inside_the_frame() {
    let mut chart = chart();
    chart.points = vec![point(2025, "0")];
    let svg = chart.svg();
    assert_sound(&svg);
    assert_eq!(svg.matches("class=\"series\"").count(), 0);
    assert!(svg.contains("0\u{a0}%"));
}

#[test]
fn the_line_is_not_drawn_across_a_break() {
    let mut chart = chart();
    chart.points = (2021..=2026)
        .map(|y| point(y, &format!("{}", y - 2000)))
        .collect();
    assert_eq!(chart.svg().matches("class=\"series\"").count(), 1);
    chart.breaks = vec![Break {
        at: date(2025, 7, 1),
        label: "sáp nhập".into(),
    }];
    assert_eq!(chart.svg().matches("class=\"series\"").count(), 2);
    chart.breaks.push(Break {
        at: date(1990, 1, 1),
        label: "ngoài khung".into(),
    });
    let svg = chart.svg();
    assert!(
        !svg.contains("ngoài khung"),
        "a break outside the time shown is not drawn"
    );
    chart.breaks.push(Break {
        at: date(2023, 7, 1),
        label: "tách xã".into(),
    });
    assert!(
        chart.svg().contains("(1) 01/07/2023: tách xã"),
        "several breaks are numbered in order of time"
    );
}

#[test]
fn large_values_are_shortened_on_the_axis_only() {
    let mut chart = chart();
    chart.unit = "đồng".into();
    chart.points = vec![point(2024, "1250000000000"), point(2025, "3500000000000")];
    let svg = chart.svg();
    assert!(svg.contains("đồng (×\u{a0}1.000.000.000)"), "{svg}");
    assert!(svg.contains(">4.000</text>"), "{svg}");
    assert!(svg.contains(">3.500.000.000.000\u{a0}đồng</text>"), "{svg}");
}

#[test]
fn text_from_outside_is_never_markup() {
    let evil = "</text><script>alert(1)</script>\" onload=\"x\u{0}\u{202E}&amp;";
    let mut chart = chart();
    chart.title = evil.into();
    chart.indicator = evil.into();
    chart.unit = evil.into();
    chart.provenance.source = evil.into();
    chart.points = vec![Point {
        label: evil.into(),
        stage: Mark::new(evil, Shape::Ring, Tone::Warn),
        ..point(2025, "1")
    }];
    chart.target = Some(TargetMark {
        comparator: evil.into(),
        value: d("2"),
        by: date(2026, 12, 31),
    });
    chart.breaks = vec![Break {
        at: date(2026, 7, 1),
        label: evil.into(),
    }];
    let svg = chart.svg();
    assert_sound(&svg);
    assert!(!svg.contains("<script"));
}

proptest! {
    #[test]
    fn any_series_is_drawn_soundly(
        values in proptest::collection::vec((1900i16..2100, any::<i64>(), 0u32..28), 0..60),
        target in proptest::option::of((any::<i64>(), 0u32..28)),
        word in "\\PC{0,60}",
    ) {
        let mut chart = chart();
        chart.title = word.clone();
        chart.points = values
            .iter()
            .map(|(year, n, scale)| Point { value: Decimal::new(*n, *scale), ..point(*year, "0") })
            .collect();
        chart.target = target.map(|(n, scale)| TargetMark {
            comparator: word,
            value: Decimal::new(n, scale),
            by: date(2030, 12, 31),
        });
        assert_sound(&chart.svg());
    }

    #[test]
    fn any_bar_is_drawn_soundly(value in proptest::option::of(any::<i64>()), target in any::<i64>(), scale in 0u32..28) {
        let row = BulletRow {
            label: "x".repeat(300),
            value: value.map(|n| Decimal::new(n, scale)),
            target: Some(("≤".into(), Decimal::new(target, scale))),
            unit: "đơn vị rất dài của một chỉ tiêu".into(),
            status: Mark::new("trạng thái", Shape::Diamond, Tone::Neutral),
        };
        let bars = BulletBars { title: String::new(), rows: vec![row], provenance: Provenance::default(), lang: Lang::En };
        assert_sound(&bars.svg());
    }
}

#[test]
fn the_ends_of_decimal_are_drawn() {
    let mut chart = chart();
    chart.points = vec![point(2024, "0"), point(2025, "0")];
    chart.points[0].value = Decimal::MIN;
    chart.points[1].value = Decimal::MAX;
    assert_sound(&chart.svg());
}

#[test]
fn a_figure_carries_its_drawing_its_words_and_its_table() {
    let mut chart = chart();
    chart.points = vec![point(2025, "2.25"), point(2024, "1.5")];
    chart.target = Some(TargetMark {
        comparator: "≥".into(),
        value: d("4"),
        by: date(2026, 12, 31),
    });
    let cells = |chart: &TargetChart| -> Vec<Vec<String>> {
        let table = chart.figure("Hình").table.unwrap();
        assert!(
            table
                .rows
                .iter()
                .all(|row| row.len() == table.columns.len())
        );
        table
            .rows
            .iter()
            .map(|row| row.iter().map(|c| c.runs[0].text.clone()).collect())
            .collect()
    };
    assert_eq!(
        cells(&chart),
        [
            ["năm 2024", "1,5", "▲ sơ bộ"],
            ["năm 2025", "2,25", "▲ sơ bộ"],
            ["Chỉ tiêu 2026", "≥\u{a0}4", ""]
        ]
    );
    chart.points[0].published = Some(date(2026, 2, 10));
    assert_eq!(cells(&chart)[1][3], "10/02/2026");
    assert!(chart.figure("Hình").alt.contains("năm 2024: 1,5\u{a0}%"));
}

#[test]
fn a_forecast_is_drawn_with_its_interval_and_told_in_words() {
    let mut chart = chart();
    chart.points = vec![point(2024, "40"), point(2025, "44")];
    chart.replaced = vec![point(2024, "38")];
    let ahead = |year, value, low, high| Ahead {
        at: date(year, 12, 31),
        value: d(value),
        low: d(low),
        high: d(high),
    };
    chart.forecast = vec![ahead(2026, "47", "45", "49"), ahead(2027, "50", "46", "54")];
    let svg = chart.svg();
    assert_sound(&svg);
    assert!(svg.contains("<polygon class=\"interval\""), "{svg}");
    assert!(
        svg.contains("Dự báo 2027: 50\u{a0}% (46\u{a0}% – 54\u{a0}%)"),
        "{svg}"
    );
    // Nothing goes on from no value.
    chart.points.clear();
    let svg = chart.svg();
    assert_sound(&svg);
    assert!(!svg.contains("<polygon"), "{svg}");
}

fn outlines(values: &[Option<&str>], side: f64) -> Choropleth {
    let area = |(at, value): (usize, &Option<&str>)| {
        let west = 105.0 + at as f64;
        let ring = vec![
            (west, 12.0),
            (west + side, 12.0),
            (west + side, 12.0 + side),
            (west, 12.0 + side),
            (west, 12.0),
        ];
        AreaOutline {
            rings: std::sync::Arc::new(vec![ring]),
            name: format!("Tỉnh <{at}>"),
            value: value.map(|v| v.parse().unwrap()),
            is_chosen: at == 1,
        }
    };
    Choropleth {
        title: "Kinh tế số".into(),
        unit: "%".into(),
        provenance: Provenance::default(),
        areas: values.iter().enumerate().map(area).collect(),
        lang: Lang::Vi,
    }
}

#[test]
fn a_map_of_outlines_keeps_their_form_says_every_value_and_survives_any_outline() {
    let map = outlines(&[Some("7.1"), Some("12.4"), None], 1.0);
    let svg = map.svg();
    assert_sound(&svg);
    assert!(
        svg.contains("Tỉnh &lt;1&gt;: 12,4") && svg.contains("Tỉnh &lt;2&gt;: chưa có số liệu")
    );
    // Three squares side by side: a degree of longitude is narrower than one of latitude by the cosine of 12,5°.
    let path = svg
        .split(" d=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let numbers: Vec<f64> = path
        .split(['M', 'L', 'Z', ' '])
        .filter_map(|n| n.parse().ok())
        .collect();
    let (wide, tall) = (numbers[2] - numbers[0], numbers[1] - numbers[5]);
    assert!(
        (wide / tall - 12.5_f64.to_radians().cos()).abs() < 0.01,
        "{wide} {tall}"
    );
    // A point that is nowhere, areas too small to be seen, no area at all.
    for side in [f64::NAN, 1e-9, f64::INFINITY] {
        assert_sound(&outlines(&[Some("1"), None], side).svg());
    }
    assert_sound(&outlines(&[], 1.0).svg());
}

fn tiles(values: &[Option<&str>]) -> TileMap {
    let tile = |(at, value): (usize, &Option<&str>)| AreaTile {
        column: (at % 5) as u8,
        row: (at / 5) as u8,
        name: format!("Tỉnh & <{at}>"),
        value: value.map(d),
        is_chosen: at == 1,
    };
    TileMap {
        title: "GRDP, giá hiện hành".into(),
        unit: "tỷ đồng".into(),
        provenance: Provenance::default(),
        tiles: values.iter().enumerate().map(tile).collect(),
        lang: Lang::Vi,
    }
}

#[test]
fn a_map_of_tiles_says_every_value_in_words_and_survives_any_values() {
    let map = tiles(&[
        Some("203923"),
        None,
        Some("1425521.5"),
        Some("7"),
        Some("-3"),
    ]);
    let svg = map.svg();
    assert_sound(&svg);
    for told in [
        "Tỉnh &amp; &lt;0&gt;: 203.923",
        "Tỉnh &amp; &lt;1&gt;: chưa có số liệu",
        "1.426",
    ] {
        assert!(svg.contains(told), "{told}: {svg}");
    }
    for values in [&[][..], &[None], &[Some("5"), Some("5")], &[Some("0")]] {
        assert_sound(&tiles(values).svg());
    }
}
