//! The editable file.

use std::fs;
use std::io::{Cursor, Read};

use press::document::*;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::pdf::short;
use crate::sample::sample;
use crate::tools::{flat, pdf_text, run};

fn part(docx: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// All parts must be well-formed XML.
fn assert_sound(docx: &[u8]) {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        if !file.is_file() {
            continue;
        }
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let mut reader = Reader::from_str(&text);
        while !matches!(
            reader
                .read_event()
                .unwrap_or_else(|e| panic!("{:?}: {e}", file.name())),
            Event::Eof
        ) {}
    }
}

/// The body as lines: style of each paragraph, its text, rows and heads of tables, sections.
fn outline(xml: &str) -> String {
    let mut reader = Reader::from_str(xml);
    let (mut out, mut style, mut text) = (String::new(), String::new(), String::new());
    let mut in_text = false;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "w:pStyle" => {
                let value = tag.attributes().flatten().next().unwrap();
                style = value.value.to_string();
            }
            Event::Start(tag) if tag.name().as_ref() == "w:t" => in_text = true,
            Event::Start(tag) if tag.name().as_ref() == "w:tbl" => out.push_str("table\n"),
            Event::Empty(tag) if tag.name().as_ref() == "w:tblHeader" => out.push_str("  head\n"),
            Event::Empty(tag) if tag.name().as_ref() == "w:br" => text.push('⏎'),
            Event::Start(tag) if tag.name().as_ref() == "w:sectPr" => out.push_str("section\n"),
            Event::End(tag) if tag.name().as_ref() == "w:t" => in_text = false,
            Event::End(tag) if tag.name().as_ref() == "w:tbl" => out.push_str("end of table\n"),
            Event::End(tag) if tag.name().as_ref() == "w:p" => {
                if !text.is_empty() {
                    out.push_str(&format!("  {style}| {text}\n"));
                }
                style.clear();
                text.clear();
            }
            Event::Text(part) if in_text => text.push_str(&part),
            Event::GeneralRef(name) if in_text => text.push_str(&format!("&{};", &*name)),
            Event::Eof => return out,
            _ => {}
        }
    }
}

#[test]
fn the_structure_is_like_this() {
    let mut doc = sample();
    for annex in &mut doc.annexes {
        for block in &mut annex.blocks {
            if let Block::Table(table) = block {
                table.rows.truncate(2);
            }
        }
    }
    let docx = press::docx::write(&doc).unwrap();
    assert_sound(&docx);
    insta::assert_snapshot!(outline(&part(&docx, "word/document.xml")));
}

#[test]
fn head_rows_repeat_only_where_asked() {
    let mut doc = sample();
    let count = |doc: &AdminDocument| {
        let xml = part(&press::docx::write(doc).unwrap(), "word/document.xml");
        assert!(
            !xml.contains("w:trHeight"),
            "the mark of a head row must not remain"
        );
        xml.matches("<w:tblHeader />").count()
    };
    assert_eq!(count(&doc), 5);
    if let Some(Block::Table(table)) = doc.annexes[0].blocks.first_mut() {
        table.repeat_head = false;
    }
    assert_eq!(count(&doc), 4);
}

#[test]
fn the_page_is_as_the_format_says() {
    let docx = press::docx::write(&sample()).unwrap();
    let xml = part(&docx, "word/document.xml");
    assert!(xml.contains("w:top=\"1134\" w:right=\"850\" w:bottom=\"1134\" w:left=\"1701\""));
    assert!(xml.contains("<w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\""));
    assert_eq!(
        xml.matches("<w:titlePg />").count(),
        1,
        "only the first page of all hides its number"
    );
    assert!(part(&docx, "word/header1.xml").contains("PAGE"));
    assert!(part(&docx, "word/footer2.xml").contains("dấu băm 5f2c"));
    let styles = part(&docx, "word/styles.xml");
    assert!(styles.contains("Times New Roman") && styles.contains("w:lang w:val=\"vi-VN\""));
    let core = part(&docx, "docProps/core.xml");
    assert!(
        core.contains("<dc:language>vi</dc:language>") && core.contains("2026-11-20T08:30:00Z")
    );
}

#[test]
fn figures_lead_to_their_observations() {
    let runs = |reference: &str| {
        vec![Block::Paragraph {
            runs: vec![Run::figure("12,5", reference)],
        }]
    };
    let xml = |reference: &str| {
        part(
            &press::docx::write(&short(runs(reference))).unwrap(),
            "word/document.xml",
        )
    };
    assert!(
        xml("https://a.vn/x?y=1&z=2").contains("HYPERLINK &quot;https://a.vn/x?y=1&amp;z=2&quot;")
    );
    assert!(!xml("javascript:alert(1)").contains("HYPERLINK"));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let doc = sample();
    assert_eq!(
        press::docx::write(&doc).unwrap(),
        press::docx::write(&doc).unwrap()
    );
}

#[test]
fn markup_is_text() {
    let evil = "</w:t><w:trHeight w:val=\"0\" w:hRule=\"atLeast\" /> R&D > 5 \u{0}\u{B}\u{202E}]]>";
    let docx =
        press::docx::write(&short(vec![Block::plain(evil), Block::heading(1, evil)])).unwrap();
    assert_sound(&docx);
    let xml = part(&docx, "word/document.xml");
    assert!(
        !xml.contains("<w:tblHeader />"),
        "text must not become a property"
    );
    assert!(xml.contains("R&amp;D &gt; 5 \u{202E}]]&gt;"), "{xml}");
}

#[test]
fn an_office_program_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.docx");
    fs::write(&file, press::docx::write(&sample()).unwrap()).unwrap();
    let (home, out) = (
        folder.path().join("home"),
        folder.path().to_string_lossy().into_owned(),
    );
    let home = format!("-env:UserInstallation=file://{}", home.display());
    let arguments = [
        &home,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        &out,
        &file.to_string_lossy(),
    ];
    if run("soffice", &arguments).is_none() {
        return;
    }
    let Some(text) = pdf_text(&folder.path().join("report.pdf")) else {
        return;
    };
    let pages: Vec<String> = text.split('\u{c}').map(flat).collect();
    assert!(
        !pages[0].starts_with('1') && pages[1].starts_with("2 "),
        "{pages:?}"
    );
    let text = flat(&text);
    for said in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "PHÓ GIÁM ĐỐC",
        "ước thực hiện",
        "1.388.720,5",
    ] {
        assert!(text.contains(said), "{said}");
    }
    assert!(
        text.matches("Phối hợp").count() >= 3,
        "the heads of the long table come again on its pages"
    );
}

proptest! {
    #[test]
    fn any_text_gives_a_sound_file(text in "(\\PC|[\u{0}-\u{20}]){0,120}", link in "(https://)?\\PC{0,30}") {
        let cell = Cell::of(vec![Run::bold(&text), Run::figure(&text, &link)]);
        let table = Table {
            caption: Some(text.clone()),
            columns: vec![Column::new(&text, 1, Align::Left)],
            rows: vec![vec![cell]],
            repeat_head: true,
        };
        let mut doc = short(vec![Block::heading(9, &text), Block::Bullets { items: vec![vec![Run::plain(&text)]] }, Block::Table(table)]);
        doc.issuer = text.clone();
        doc.format.typeface = text.clone();
        doc.imprint = text;
        assert_sound(&press::docx::write(&doc).unwrap());
    }
}
