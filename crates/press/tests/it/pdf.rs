//! The fixed file.

use std::fs;
use std::sync::OnceLock;

use press::PressError;
use press::document::*;
use proptest::prelude::*;

use crate::sample::sample;
use crate::tools::{flat, pdf_text, run};

/// The sample as PDF, drawn once: it is long, and unoptimised code is slow.
fn sample_pdf() -> &'static [u8] {
    static PDF: OnceLock<Vec<u8>> = OnceLock::new();
    PDF.get_or_init(|| press::pdf::write(&sample()).unwrap())
}

/// A document of one page and few words.
pub fn short(blocks: Vec<Block>) -> AdminDocument {
    AdminDocument {
        body: blocks,
        annexes: Vec::new(),
        ..sample()
    }
}

fn claims(pdf: &[u8], what: &str) -> bool {
    pdf.windows(what.len())
        .any(|window| window == what.as_bytes())
}

#[test]
fn the_sample_is_accessible_and_archivable() {
    let pdf = sample_pdf();
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert!(claims(pdf, "pdfuaid:part") && claims(pdf, "pdfaid:part"));
    assert!(claims(pdf, "/Lang (vi)") || claims(pdf, "/Lang(vi)"));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let doc = short(vec![Block::Chart(
        crate::sample::line_chart().figure("Hình 1"),
    )]);
    let once = press::pdf::write(&doc).unwrap();
    assert_eq!(once, press::pdf::write(&doc).unwrap());
    let later = AdminDocument {
        drawn_up: jiff::civil::date(2027, 1, 1).at(0, 0, 0, 0),
        ..doc
    };
    assert_ne!(once, press::pdf::write(&later).unwrap());
}

#[test]
fn what_was_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    fs::write(&file, sample_pdf()).unwrap();
    let Some(text) = pdf_text(&file) else {
        return;
    };
    let pages: Vec<&str> = text.split('\u{c}').collect();
    assert!(
        !flat(pages[0]).starts_with("1 "),
        "the first page shows no number"
    );
    assert!(flat(pages[1]).starts_with("2 "), "{}", pages[1]);
    let text = flat(&text);
    for said in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Nơi nhận:",
        "Tỷ lệ hồ sơ trực tuyến toàn trình đạt 61,4%, tăng 6,2 điểm phần trăm",
        "PHỤ LỤC II Tình hình thực hiện nhiệm vụ được giao",
        "1.388.720,5",
        "dấu băm 5f2c 91aa 07d3 e41b",
    ] {
        assert!(text.contains(said), "{said}");
    }
    assert!(
        text.matches("Phối hợp").count() >= 3,
        "the heads of the long table come again on its pages"
    );
    assert!(
        !text.contains("https://dotpha.example"),
        "an address is a link, not text"
    );
}

#[test]
fn annexes_may_count_their_own_pages() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    let mut doc = sample();
    doc.format.annex_counts_own_pages = true;
    fs::write(&file, press::pdf::write(&doc).unwrap()).unwrap();
    let Some(text) = pdf_text(&file) else {
        return;
    };
    let annex = text
        .split('\u{c}')
        .find(|page| page.contains("PHỤ LỤC II"))
        .unwrap();
    assert!(flat(annex).starts_with("1 PHỤ LỤC II"), "{annex}");
}

#[test]
fn a_wide_annex_is_turned() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    fs::write(&file, sample_pdf()).unwrap();
    let Some(sizes) = run("pdfinfo", &["-f", "1", "-l", "9", &file.to_string_lossy()]) else {
        return;
    };
    assert!(sizes.contains("595.276 x 841.89"), "{sizes}");
    assert!(sizes.contains("841.89 x 595.276"), "{sizes}");
}

/// Markup of Typst, of XML, of nothing: all of it is text.
const MARKUP: &str = "#panic(\"x\") *không đậm* $a^2$ @chú-thích <nhãn> = không là đề mục \\ // mất ~ `mã` [a] #read(\"/etc/passwd\")";

#[test]
fn text_is_never_markup() {
    let table = Table {
        caption: Some(MARKUP.into()),
        columns: vec![Column::new(MARKUP, 1, Align::Left)],
        rows: vec![vec![Cell::text("#x")]],
        repeat_head: true,
    };
    let doc = AdminDocument {
        summary: MARKUP.into(),
        imprint: MARKUP.into(),
        ..short(vec![
            Block::plain(MARKUP),
            Block::heading(1, MARKUP),
            Block::Table(table),
        ])
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("markup.pdf");
    fs::write(&file, press::pdf::write(&doc).unwrap()).unwrap();
    let Some(text) = pdf_text(&file) else {
        return;
    };
    let text = flat(&text.replace('\u{200B}', ""));
    assert!(
        text.matches("#panic(\"x\") *không đậm*").count() >= 4,
        "{text}"
    );
    assert!(text.contains("#read(\"/etc/passwd\")"), "{text}");
}

#[test]
fn signs_without_a_shape_are_replaced_and_the_standards_kept() {
    let mut lost = Vec::new();
    for sign in [
        "\u{E000}",
        "\u{10FFFD}",
        "\u{0}",
        "\u{202E}",
        "a\u{200D}b",
        "𠀀",
        "\u{FEFF}",
        "\u{2028}",
        "\u{AD}",
        "\u{200B}",
        "\t",
        "e\u{0338}\u{0357}",
        "ب",
        "क",
        "👩\u{200D}👩",
        "\u{2066}",
        "\u{180E}",
        "\u{FE0F}",
        "\u{E0001}",
        "\u{3164}",
    ] {
        let doc = short(vec![Block::plain(format!("trước {sign} sau"))]);
        if !claims(&press::pdf::write(&doc).unwrap(), "pdfuaid:part") {
            lost.push(sign.escape_unicode().to_string());
        }
    }
    assert_eq!(lost, Vec::<String>::new());
}

#[test]
fn a_chart_may_not_reach_outside() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\"><image href=\"/etc/hostname\" width=\"10\" height=\"10\"/></svg>";
    let figure = |svg: &str| Figure {
        svg: svg.into(),
        alt: "a".into(),
        caption: String::new(),
        table: None,
    };
    let refused = press::pdf::write(&short(vec![Block::Chart(figure(svg))]));
    assert!(matches!(refused, Err(PressError::Pdf(_))), "{refused:?}");
    let refused = press::pdf::write(&short(vec![Block::Chart(figure("không phải SVG"))]));
    assert!(matches!(refused, Err(PressError::Pdf(_))));
    // A failed compilation must not spoil the next.
    assert!(press::pdf::write(&short(vec![Block::plain("sau lỗi")])).is_ok());
}

#[test]
fn a_long_word_stays_on_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.pdf");
    let doc = short(vec![Block::plain("dài".repeat(60))]);
    fs::write(&file, press::pdf::write(&doc).unwrap()).unwrap();
    let Some(boxes) = run("pdftotext", &["-bbox", &file.to_string_lossy(), "-"]) else {
        return;
    };
    let right = |line: &str| {
        line.split("xMax=\"")
            .nth(1)?
            .split('"')
            .next()?
            .parse::<f64>()
            .ok()
    };
    let edge = boxes.lines().filter_map(right).fold(0.0, f64::max);
    assert!(
        (400.0..=560.0).contains(&edge),
        "{edge} of 595 points, margin at 552.8"
    );
}

#[test]
fn the_partys_heading_has_a_star_and_no_motto() {
    let mut doc = short(vec![Block::plain("nội dung")]);
    doc.format.issuer_mark = IssuerMark::Star;
    doc.motto = vec!["ĐẢNG CỘNG SẢN VIỆT NAM".into()];
    doc.date = Some(jiff::civil::date(2026, 2, 5));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("party.pdf");
    fs::write(&file, press::pdf::write(&doc).unwrap()).unwrap();
    let Some(text) = pdf_text(&file) else {
        return;
    };
    let text = flat(&text);
    assert!(text.contains("SỞ KHOA HỌC VÀ CÔNG NGHỆ *"), "{text}");
    assert!(
        text.contains("An Phú, ngày 05 tháng 02 năm 2026") && !text.contains("Độc lập"),
        "{text}"
    );
}

#[test]
fn the_barest_document_is_drawn() {
    let mut doc = short(Vec::new());
    doc.issuer_parent = None;
    doc.mark = None;
    doc.motto.clear();
    doc.summary.clear();
    doc.addressees.clear();
    doc.recipients.clear();
    doc.signature = None;
    doc.imprint.clear();
    assert!(press::pdf::write(&doc).is_ok());
    doc.kind_title.clear();
    doc.issuer.clear();
    assert!(press::pdf::write(&doc).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn any_text_is_drawn(text in "(\\PC|[\u{0}-\u{20}\u{0300}-\u{0360}\u{200B}-\u{202F}]){0,80}") {
        let cell = Cell::of(vec![Run::bold(&text), Run::figure(&text, &text)]);
        let table = Table {
            caption: Some(text.clone()),
            columns: vec![Column::new(&text, 1, Align::Left), Column::new("b", 9, Align::Right)],
            rows: vec![vec![cell.clone(), cell]],
            repeat_head: true,
        };
        let mut doc = short(vec![Block::plain(&text), Block::heading(2, &text), Block::Table(table)]);
        doc.summary = text;
        prop_assert!(press::pdf::write(&doc).is_ok());
    }
}
