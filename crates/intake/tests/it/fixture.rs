//! Files made in code.

use intake::pdf::ChildCommand;
use intake::{Fault, Intake, Limits};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A zip of these entries.
pub fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A part of WordprocessingML with this root element.
pub fn part(root: &str, inner: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:{root} xmlns:w="{W}" xmlns:mc="mc" xmlns:wps="wps" xmlns:v="v">{inner}</w:{root}>"#
    )
}

/// A DOCX with this body and these further parts (name without ".xml", inner XML).
pub fn docx(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let document = part("document", &format!("<w:body>{body}</w:body>"));
    let mut relations = String::new();
    let mut types = content_type("document", "document.main");
    let mut entries: Vec<(String, String)> = vec![
        (
            "_rels/.rels".into(),
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" Type="{REL}/officeDocument" Target="word/document.xml"/></Relationships>"#
            ),
        ),
        ("word/document.xml".into(), document),
    ];
    for (name, inner) in parts {
        relations +=
            &format!(r#"<Relationship Id="{name}" Type="{REL}/{name}" Target="{name}.xml"/>"#);
        types += &content_type(name, name);
        entries.push((format!("word/{name}.xml"), part(name, inner)));
    }
    entries.push((
        "word/_rels/document.xml.rels".into(),
        format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>"#),
    ));
    entries.push((
        "[Content_Types].xml".into(),
        format!(
            r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>"#
        ),
    ));
    let entries: Vec<(&str, &str)> = entries.iter().map(|(n, t)| (&**n, &**t)).collect();
    zip(&entries)
}

fn content_type(name: &str, kind: &str) -> String {
    format!(
        r#"<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"/>"#
    )
}

/// A paragraph of one run.
pub fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

/// A paragraph of a list.
pub fn item(num: u32, level: u32, text: &str) -> String {
    format!(
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#
    )
}

/// Limits whose child process is the example beside this test.
pub fn limits() -> Limits {
    let mut folder = std::env::current_exe().unwrap();
    folder.pop();
    folder.pop();
    let program = folder
        .join("examples")
        .join(format!("intake_pdf{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is missing: run `cargo test -p intake`, which builds it",
        program.display()
    );
    Limits {
        pdf_child: Some(ChildCommand {
            program,
            args: Vec::new(),
        }),
        pdf_second_reader: false,
        ocr: false,
        office: false,
        ..Limits::default()
    }
}

/// Takes a file that must be taken, and checks what holds for every intake.
pub fn take(bytes: &[u8]) -> Intake {
    let intake = intake::take(bytes, "thử.bin", &limits()).unwrap();
    check(&intake);
    intake
}

/// The fault of a file that must be refused; its message must say something in both languages.
pub fn refuse(bytes: &[u8]) -> Fault {
    let error = intake::take(bytes, "thử.bin", &limits()).unwrap_err();
    let (vi, en) = (error.message("vi"), error.message("en"));
    assert!(vi.starts_with("Tệp “thử.bin”: ") && en.starts_with("File “thử.bin”: "));
    assert!(vi.contains("Hãy") || vi.contains("hãy"), "no remedy: {vi}");
    error.fault
}

/// What must hold for every intake: the map is ordered, stays within the text and can be stored.
pub fn check(intake: &Intake) {
    let chars = intake.text.chars().count();
    let mut last = 0;
    for entry in &intake.map {
        assert!(last <= entry.span.start() && entry.span.start() < entry.span.end());
        last = entry.span.end();
        assert_eq!(intake.place_at(entry.span.start()), Some(&entry.place));
        assert_eq!(intake.places_of(entry.span).count(), 1);
    }
    assert!(last <= chars);
    let stored = serde_json::to_string(intake).unwrap();
    let kept = Intake {
        aside: Vec::new(),
        ..intake.clone()
    };
    assert_eq!(serde_json::from_str::<Intake>(&stored).unwrap(), kept);
}

/// The text at each entry of the map.
pub fn pieces(intake: &Intake) -> Vec<String> {
    let text: Vec<char> = intake.text.chars().collect();
    intake
        .map
        .iter()
        .map(|e| text[e.span.start()..e.span.end()].iter().collect())
        .collect()
}

/// A PDF of Helvetica: on each page lines of (x, y from the bottom, words).
pub fn pdf(pages: &[Vec<(i32, i32, String)>]) -> Vec<u8> {
    let draw =
        |(x, y, words): &(i32, i32, String)| format!("BT /F 12 Tf {x} {y} Td ({words}) Tj ET\n");
    let drawn: Vec<String> = pages
        .iter()
        .map(|lines| lines.iter().map(draw).collect())
        .collect();
    pdf_of(&drawn)
}

/// A PDF of these streams of drawing, one a page.
pub fn pdf_of(pages: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len())
        .map(|i| format!("{} 0 R", 4 + 2 * i))
        .collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!(
            "<</Type/Pages/Kids[{}]/Count {}>>",
            kids.join(" "),
            pages.len()
        ),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for (i, drawn) in pages.iter().enumerate() {
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>",
            5 + 2 * i
        ));
        objects.push(format!(
            "<</Length {}>>stream\n{drawn}endstream",
            drawn.len()
        ));
    }
    let objects: Vec<Vec<u8>> = objects.into_iter().map(String::into_bytes).collect();
    pdf_of_objects(&objects)
}

/// A PDF of these objects, the catalogue first.
pub fn pdf_of_objects(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n", i + 1).into_bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let xref = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n \n").into_bytes());
    }
    out.extend(
        format!(
            "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n",
            objects.len() + 1
        )
        .into_bytes(),
    );
    out
}
