//! Files as a word processor writes them, where LibreOffice is installed: a document of our own as DOCX,
//! converted and read back.

use super::fixture::{check, docx, item, limits, p, pdf_of_objects, take};
use intake::{Diagnostic, Fault, Foreign, Format, Intake, Limits, Notice, Place, Progress};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

const NUMBERING: &str = r#"<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#;

const FOOTNOTES: &str = r#"<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> Theo số liệu năm 2024.</w:t></w:r></w:p></w:footnote>"#;

/// The width of a table's column, in twentieths of a point.
const WIDTHS: [u32; 4] = [800, 3200, 2500, 2500];

fn table(rows: &[[&str; 4]]) -> String {
    let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .iter()
        .map(|side| format!(r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>"#))
        .collect();
    let grid: String = WIDTHS
        .iter()
        .map(|w| format!(r#"<w:gridCol w:w="{w}"/>"#))
        .collect();
    let cell = |(text, width): (&&str, &u32)| {
        format!(
            r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{}</w:tc>"#,
            p(text)
        )
    };
    let row = |row: &[&str; 4]| {
        let cells: String = row.iter().zip(&WIDTHS).map(cell).collect();
        format!("<w:tr>{cells}</w:tr>")
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        r#"<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"#
    )
}

/// A document of our own writing: sections with automatic numbers, long paragraphs, a table whose cells
/// wrap, a note, more than one page.
fn source() -> Vec<u8> {
    let long = |n: usize| {
        p(&format!(
            "Nội dung thứ {n}: Ủy ban nhân dân tỉnh Lâm Hà giao các sở, ngành và địa phương thống nhất triển khai, theo dõi, đôn đốc việc thực hiện và báo cáo kết quả trước ngày 15 tháng 12 hằng năm; bảo đảm đạt ít nhất {n}5% kế hoạch & ≥ {n} nhiệm vụ được giao."
        ))
    };
    let mut body = p("KẾ HOẠCH");
    body += &p("Phát triển khoa học, công nghệ và đổi mới sáng tạo");
    body += &item(1, 0, "Mục tiêu");
    body += &item(
        1,
        1,
        "Phấn đấu ít nhất 35% doanh nghiệp nhỏ và vừa sử dụng nền tảng số &amp; hợp đồng điện tử",
    );
    body += &item(1, 1, "Tỷ lệ hồ sơ trực tuyến ≥ 90%");
    body += &item(1, 0, "Nhiệm vụ");
    for n in 1..=4 {
        body += &long(n).replace('&', "&amp;");
    }
    body += &table(&[
        ["TT", "Chỉ tiêu", "Năm 2027", "Cơ quan chủ trì"],
        [
            "1",
            "Số doanh nghiệp khoa học và công nghệ được cấp giấy chứng nhận trên địa bàn",
            "1.250",
            "Sở Khoa học và Công nghệ phối hợp với Sở Tài chính",
        ],
        ["2", "Tỷ lệ chi cho khoa học", "≥ 3%", "Sở Tài chính"],
    ]);
    body += r#"<w:p><w:r><w:t>Đạt 12% vào năm 2026</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r><w:r><w:t>.</w:t></w:r></w:p>"#;
    for n in 5..=9 {
        body += &long(n).replace('&', "&amp;");
    }
    body += &p("Nơi nhận: như trên.");
    docx(&body, &[("numbering", NUMBERING), ("footnotes", FOOTNOTES)])
}

/// Converts a file with LibreOffice; `None`, with a line that says so, where it is not installed.
fn convert(bytes: &[u8], from: &str, to: &str) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join(format!("nguon.{from}"));
    std::fs::write(&input, bytes).unwrap();
    let profile = format!(
        "-env:UserInstallation=file://{}/profile",
        folder.path().display()
    );
    let run = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", to, "--outdir"])
        .args([folder.path(), Path::new(&input)])
        .output();
    let Ok(output) = run else {
        println!("left out: LibreOffice (soffice) is not installed");
        return None;
    };
    let made = folder
        .path()
        .join(format!("nguon.{}", to.split(':').next().unwrap_or(to)));
    let made = std::fs::read(made);
    Some(made.unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr))))
}

/// The lines with words.
fn lines(intake: &Intake) -> Vec<String> {
    intake
        .text
        .lines()
        .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|l| !l.is_empty())
        .collect()
}

/// What LibreOffice makes of the document: a file's ending and the filter for it.
const WAYS: [&str; 6] = [
    "docx:MS Word 2007 XML",
    "html:HTML (StarWriter)",
    "pdf",
    "doc:MS Word 97",
    "rtf",
    "odt",
];

/// Limits under which LibreOffice and Tesseract may be used.
fn with_helpers() -> Limits {
    Limits {
        ocr: true,
        office: true,
        ..limits()
    }
}

#[test]
fn the_same_lines_by_every_way() {
    let source = source();
    let want = lines(&take(&source));
    assert_eq!(
        want[2..6],
        [
            "I. Mục tiêu",
            "1. Phấn đấu ít nhất 35% doanh nghiệp nhỏ và vừa sử dụng nền tảng số & hợp đồng điện tử",
            "2. Tỷ lệ hồ sơ trực tuyến ≥ 90%",
            "II. Nhiệm vụ"
        ]
    );
    for to in WAYS {
        let Some(made) = convert(&source, "docx", to) else {
            return;
        };
        let read = intake::take(&made, to, &with_helpers()).unwrap();
        check(&read);
        assert_eq!(lines(&read), want, "{to}:\n{}", read.text);
        let unread = |n: &Notice| matches!(n, Notice::PageUnreadable | Notice::SecondReader);
        assert!(!read.diagnostics.iter().any(|d| unread(&d.notice)));
    }
}

/// The first page of a PDF as a JPEG; `None`, with a line that says so, where Poppler or Tesseract with
/// Vietnamese is not installed.
fn photograph(pdf: &[u8]) -> Option<Vec<u8>> {
    let languages = Command::new("tesseract").arg("--list-langs").output();
    let known = languages.is_ok_and(|o| {
        String::from_utf8_lossy(&o.stdout)
            .lines()
            .any(|l| l == "vie")
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nguon.pdf");
    std::fs::write(&file, pdf).unwrap();
    let drawn = Command::new("pdftoppm")
        .args(["-jpeg", "-r", "200", "-l", "1", "-singlefile"])
        .args([&file, &folder.path().join("trang")])
        .output();
    if !known || drawn.is_err() {
        println!("left out: tesseract with vie, or pdftoppm, is not installed");
        return None;
    }
    Some(std::fs::read(folder.path().join("trang.jpg")).unwrap())
}

const WORDS: &str = "BT /F 12 Tf 70 700 Td (Annex one) Tj ET\n";
const PICTURE: &str = "q 595 0 0 842 0 0 cm /I Do Q\n";

/// A PDF of two pages: words, and a picture that fills the page.
fn pdf_with_scan(jpeg: &[u8]) -> Vec<u8> {
    pdf_with_picture(jpeg, &[WORDS, PICTURE])
}

/// A PDF of a page with words and a picture.
fn pdf_with_stamp(jpeg: &[u8]) -> Vec<u8> {
    pdf_with_picture(jpeg, &[&[PICTURE, WORDS].concat()])
}

/// A PDF of up to two pages, which draw this picture as `I`.
fn pdf_with_picture(jpeg: &[u8], pages: &[&str]) -> Vec<u8> {
    let stream = |s: &str| format!("<</Length {}>>stream\n{s}endstream", s.len()).into_bytes();
    let page = |contents: usize| {
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>/XObject<</I 8 0 R>>>>/Contents {contents} 0 R>>").into_bytes()
    };
    // The frame's header: two bytes of mark, two of length, one of precision, height, width.
    let frame = jpeg.windows(2).position(|w| w == b"\xFF\xC0").unwrap();
    let number = |at: usize| u16::from_be_bytes([jpeg[frame + at], jpeg[frame + at + 1]]);
    let (height, width) = (number(5), number(7));
    let mut image = format!("<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length {}>>stream\n", jpeg.len()).into_bytes();
    image.extend(jpeg);
    image.extend(b"\nendstream");
    pdf_of_objects(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        if pages.len() == 1 {
            b"<</Type/Pages/Kids[4 0 R]/Count 1>>".to_vec()
        } else {
            b"<</Type/Pages/Kids[4 0 R 6 0 R]/Count 2>>".to_vec()
        },
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
        page(5),
        stream(pages[0]),
        page(7),
        stream(pages.last().unwrap()),
        image,
    ])
}

/// A DOCX with a picture in its body.
fn docx_with_picture(jpeg: &[u8]) -> Vec<u8> {
    let relations = |kind: &str, target: &str| {
        let address = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        format!(
            "<Relationships><Relationship Id=\"a\" Type=\"{address}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let body = format!(
        "<w:body>{}<w:p><w:r><w:drawing><pic/></w:drawing></w:r></w:p></w:body>",
        p("Nội dung")
    );
    let parts = [
        (
            "_rels/.rels",
            relations("officeDocument", "word/document.xml").into_bytes(),
        ),
        (
            "word/document.xml",
            super::fixture::part("document", &body).into_bytes(),
        ),
        (
            "word/_rels/document.xml.rels",
            relations("image", "media/a.jpeg").into_bytes(),
        ),
        ("word/media/a.jpeg", jpeg.to_vec()),
    ];
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut writer, &bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn words_in_pictures_are_put_aside() {
    let stamp =
        r#"<w:p><w:r><w:rPr><w:b/><w:sz w:val="72"/></w:rPr><w:t>TUYỆT MẬT</w:t></w:r></w:p>"#;
    let Some(pdf) = convert(&docx(stamp, &[]), "docx", "pdf") else {
        return;
    };
    let Some(jpeg) = photograph(&pdf) else {
        return;
    };
    for file in [docx_with_picture(&jpeg), pdf_with_stamp(&jpeg)] {
        let read = intake::take(&file, "a", &with_helpers()).unwrap();
        check(&read);
        assert!(!read.text.contains("TUYỆT"));
        assert!(
            read.aside.iter().any(|l| l.trim() == "TUYỆT MẬT"),
            "{:?}",
            read.aside
        );
        let unseen = Notice::PicturesNotLookedAt { count: 1 };
        assert!(!read.diagnostics.iter().any(|d| d.notice == unseen));
        let without = take(&file);
        assert!(
            without.diagnostics.iter().any(|d| d.notice == unseen),
            "{:?}",
            without.diagnostics
        );
        let few = Limits {
            ocr_pictures: 0,
            ..with_helpers()
        };
        let passed = intake::take(&file, "a", &few).unwrap();
        assert!(passed.diagnostics.iter().any(|d| d.notice == unseen));
    }
}

/// The share of the words wanted that were read, in order or not.
fn share(want: &str, read: &str) -> f64 {
    let mut read: Vec<&str> = read.split_whitespace().collect();
    let words: Vec<&str> = want.split_whitespace().collect();
    let found = words.iter().filter(|w| {
        let at = read.iter().position(|r| r == *w);
        at.map(|at| read.swap_remove(at)).is_some()
    });
    found.count() as f64 / words.len() as f64
}

#[test]
fn scans_are_read_page_by_page() {
    let Some(pdf) = convert(&source(), "docx", "pdf") else {
        return;
    };
    let Some(jpeg) = photograph(&pdf) else {
        return;
    };
    let whole = take(&pdf).text;
    let want = whole.split("Nội dung thứ 4").next().unwrap();
    let of_picture = intake::take(&jpeg, "quet.jpg", &with_helpers()).unwrap();
    check(&of_picture);
    assert_eq!(of_picture.format, Format::Image);
    assert!(share(want, &of_picture.text) > 0.95, "{}", of_picture.text);
    assert!(
        of_picture
            .text
            .contains("\nPhát triển khoa học, công nghệ và đổi mới sáng tạo\n"),
        "{}",
        of_picture.text
    );

    let mut told = Vec::new();
    let mixed = pdf_with_scan(&jpeg);
    let read = intake::take_watched(&mixed, "quet.pdf", &with_helpers(), &mut |p| {
        told.push(p);
        ControlFlow::Continue(())
    });
    let read = read.unwrap();
    check(&read);
    assert!(read.text.starts_with("Annex one\n\u{c}\n"));
    assert!(share(want, &read.text) > 0.95, "{}", read.text);
    assert_eq!(told, [Progress { done: 1, total: 1 }]);
    let stopped = intake::take_watched(&mixed, "quet.pdf", &with_helpers(), &mut |_| {
        ControlFlow::Break(())
    });
    assert_eq!(stopped.unwrap_err().fault, intake::Fault::Stopped);
    let of_page = |d: &Diagnostic| {
        matches!(d.notice, Notice::ReadByOcr { .. }) && d.place == Some(Place::Page { number: 2 })
    };
    assert!(read.diagnostics.iter().any(of_page));
    // Without the helper the page is told to be without text.
    let without = take(&mixed);
    assert!(
        without
            .diagnostics
            .iter()
            .any(|d| d.notice == Notice::PageWithoutText)
    );
}

#[test]
fn without_helpers_the_refusal_names_their_packages() {
    let Some(doc) = convert(&source(), "docx", "doc:MS Word 97") else {
        return;
    };
    let cases: [(&[u8], &str); 3] = [
        (&doc, "libreoffice-writer-nogui"),
        (b"\xFF\xD8\xFF\xE0..JFIF", "tesseract-ocr-vie"),
        (&super::fixture::pdf(&[vec![]]), "poppler-utils"),
    ];
    for (file, package) in cases {
        let error = intake::take(file, "a", &limits()).unwrap_err();
        assert!(error.message("vi").contains(package), "{error}");
        assert!(error.message("en").contains(package), "{error}");
    }
}

#[test]
fn helpers_refuse_what_is_broken() {
    for file in [
        &b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"[..],
        b"\xFF\xD8\xFF\xE0..JFIF",
        b"II*\0....",
    ] {
        let fault = intake::take(file, "a", &with_helpers()).unwrap_err().fault;
        let refused = matches!(
            fault,
            Fault::Broken { .. }
                | Fault::NoText { .. }
                | Fault::Foreign(Foreign::Picture | Foreign::OldOffice)
        );
        assert!(refused, "{fault:?}");
    }
}
