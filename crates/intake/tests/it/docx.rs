use super::fixture::{docx, item, p, part, pieces, refuse, take, zip};
use intake::{Fault, Format, Notice, Place};

fn text(body: &str) -> String {
    take(&docx(body, &[])).text
}

fn run(inner: &str) -> String {
    format!("<w:p><w:r>{inner}</w:r></w:p>")
}

#[test]
fn paragraphs_and_cells_lead_back() {
    let body = [
        &p("Mục tiêu")[..],
        "<w:p/>",
        "<w:tbl><w:tblPr/><w:tblGrid/>",
        &format!(
            "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>",
            p("Chỉ tiêu"),
            p("2027")
        ),
        &format!(
            "<w:tr><w:tc>{}{}</w:tc><w:tc><w:p/></w:tc></w:tr>",
            p("Doanh nghiệp"),
            p("số")
        ),
        "</w:tbl>",
        &p("Hết"),
        "<w:sectPr><w:pgSz/></w:sectPr>",
    ]
    .concat();
    let intake = take(&docx(&body, &[]));
    assert_eq!(intake.format, Format::Docx);
    assert_eq!(
        intake.text,
        "Mục tiêu\n\nChỉ tiêu | 2027\nDoanh nghiệp số | \nHết\n"
    );
    assert_eq!(
        pieces(&intake),
        ["Mục tiêu", "Chỉ tiêu", "2027", "Doanh nghiệp số", "Hết"]
    );
    let places: Vec<Place> = intake.map.iter().map(|e| e.place).collect();
    let cell = |row, column| Place::Cell {
        table: 1,
        row,
        column,
    };
    assert_eq!(
        places,
        [
            Place::Paragraph { index: 1 },
            cell(1, 1),
            cell(1, 2),
            cell(2, 1),
            Place::Paragraph { index: 3 }
        ]
    );
}

#[test]
fn entities_and_composed_letters() {
    let body = p("R&amp;D &gt; 2% &#8805; &#x111; &quot;a&apos; &lt;b&gt; tie\u{302}\u{309}u");
    assert_eq!(text(&body), "R&D > 2% ≥ đ \"a' <b> tiểu\n");
    assert_eq!(text(&run("<w:t><![CDATA[a & b]]></w:t>")), "a & b\n");
}

#[test]
fn signs_within_runs() {
    let cases = [
        ("<w:t>a</w:t><w:tab/><w:t>b</w:t>", "a\tb\n"),
        ("<w:t>a</w:t><w:br/><w:t>b</w:t>", "a\nb\n"),
        ("<w:br w:type=\"page\"/><w:t>b</w:t>", "\u{c}\nb\n"),
        (
            "<w:t>a</w:t><w:br w:type=\"page\"/><w:t>b</w:t>",
            "a\n\u{c}\nb\n",
        ),
        (
            "<w:t>2026</w:t><w:noBreakHyphen/><w:t>2030</w:t>",
            "2026-2030\n",
        ),
        ("<w:t>a</w:t><w:softHyphen/><w:t>b</w:t>", "ab\n"),
        (
            "<w:sym w:font=\"Symbol\" w:char=\"F0B3\"/><w:t> 5%</w:t>",
            "≥ 5%\n",
        ),
        (
            "<w:t>một </w:t><w:lastRenderedPageBreak/><w:t>hai</w:t>",
            "một hai\n",
        ),
        (
            "<w:fldChar w:fldCharType=\"begin\"/><w:instrText>PAGE</w:instrText><w:fldChar w:fldCharType=\"separate\"/><w:t>4</w:t><w:fldChar w:fldCharType=\"end\"/>",
            "4\n",
        ),
    ];
    for (inner, want) in cases {
        assert_eq!(text(&run(inner)), want, "{inner}");
    }
}

#[test]
fn instructions_of_fields_are_no_text() {
    let mark = |kind: &str| format!("<w:fldChar w:fldCharType=\"{kind}\"/>");
    let (begin, separate, end) = (mark("begin"), mark("separate"), mark("end"));
    let inner = format!("{begin}<w:instrText>x</w:instrText>{separate}<w:t>trong</w:t>{end}");
    let field =
        format!("{begin}{inner}{separate}<w:t>kết quả</w:t>{end}{end}{separate}<w:t>.</w:t>");
    assert_eq!(text(&run(&field)), "kết quả.\n");
}

#[test]
fn a_list_may_be_stated_by_a_style() {
    let numbering = format!(
        r#"<w:abstractNum w:abstractNumId="4"><w:numStyleLink w:val="Muc"/></w:abstractNum><w:abstractNum w:abstractNumId="5"><w:styleLink w:val="Muc"/>{}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="4"/></w:num>"#,
        level(0, "upperLetter", "Mục %1:", "<w:suff w:val=\"nothing\"/>")
    );
    let body = item(1, 0, " đầu") + &item(1, 0, " sau");
    let intake = take(&docx(&body, &[("numbering", &numbering)]));
    assert_eq!(intake.text, "Mục A: đầu\nMục B: sau\n");
}

#[test]
fn links_and_content_controls_are_text() {
    let body = r#"<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="1"/></w:tabs></w:pPr><w:hyperlink><w:r><w:t>liên kết</w:t></w:r></w:hyperlink><w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent><w:r><w:t> điền</w:t></w:r></w:sdtContent></w:sdt></w:p><w:sdt><w:sdtContent><w:p><w:r><w:t>khối</w:t></w:r></w:p></w:sdtContent></w:sdt>"#;
    assert_eq!(text(body), "liên kết điền\nkhối\n");
}

#[test]
fn tracked_changes_as_if_accepted() {
    let body = concat!(
        "<w:p><w:r><w:t>đạt </w:t></w:r><w:del><w:r><w:delText>10</w:delText></w:r></w:del>",
        "<w:ins><w:r><w:t>15</w:t></w:r></w:ins><w:moveFrom><w:r><w:t> cũ</w:t></w:r></w:moveFrom>",
        "<w:moveTo><w:r><w:t>%</w:t></w:r></w:moveTo></w:p>",
        // A wholly deleted paragraph leaves no line behind.
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del></w:p>",
        // A deleted mark joins two paragraphs.
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>nối </w:t></w:r></w:p>",
        "<w:p><w:r><w:t>liền</w:t></w:r></w:p>",
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>dòng bỏ</w:t></w:r></w:p></w:tc></w:tr>",
        "<w:tr><w:trPr><w:ins/></w:trPr><w:tc><w:p><w:r><w:t>dòng mới</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    );
    let intake = take(&docx(body, &[]));
    assert_eq!(intake.text, "đạt 15%\nnối liền\ndòng mới\n");
    assert_eq!(intake.diagnostics.len(), 1);
    assert_eq!(intake.diagnostics[0].notice, Notice::DeletedTextLeftOut);
}

#[test]
fn text_boxes_come_once_and_pictures_are_told() {
    let boxed = format!(
        "<wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx>",
        p("trong khung")
    );
    let old = format!(
        "<w:pict><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></w:pict>",
        p("trong khung")
    );
    let body = format!(
        "<w:p><w:r><w:t>trước</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><posOffset>914400</posOffset>{boxed}</w:drawing></mc:Choice><mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t> sau</w:t></w:r></w:p><w:p><w:r><w:drawing><pic/></w:drawing></w:r></w:p>"
    );
    let intake = take(&docx(&body, &[]));
    assert_eq!(intake.text, "trước sau\ntrong khung\n\n");
    assert_eq!(
        intake.diagnostics[0].notice,
        Notice::PicturesLeftOut { count: 1 }
    );
}

#[test]
fn hidden_text_and_old_fonts_are_told() {
    let body = concat!(
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r>",
        "<w:r><w:rPr><w:vanish w:val=\"0\"/><w:rFonts w:ascii=\".VnTime\"/></w:rPr><w:t>hiÖn</w:t></w:r>",
        "<w:r><w:sym w:font=\"Webdings\" w:char=\"F041\"/></w:r></w:p>",
    );
    let intake = take(&docx(body, &[]));
    assert_eq!(intake.text, "hiện\u{FFFD}\n");
    let notices: Vec<&Notice> = intake.diagnostics.iter().map(|d| &d.notice).collect();
    assert_eq!(notices[0], &Notice::HiddenTextLeftOut);
    assert_eq!(
        notices[2],
        &Notice::LegacyFont {
            font: ".VnTime".into()
        }
    );
    assert!(matches!(notices[1], Notice::UnknownSymbol { .. }));
}

#[test]
fn notes_follow_the_text_in_the_order_of_their_marks() {
    let body = r#"<w:p><w:r><w:t>một</w:t></w:r><w:r><w:endnoteReference w:id="1"/></w:r><w:r><w:t> hai</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r></w:p>"#;
    let foot = format!(
        r#"<w:footnote w:type="separator" w:id="-1">{}</w:footnote><w:footnote w:id="7">{}{}</w:footnote>"#,
        p("---"),
        run("<w:footnoteRef/><w:t>Theo số liệu</w:t>"),
        p("2024.")
    );
    let end = format!(r#"<w:endnote w:id="1">{}</w:endnote>"#, p("Xem phụ lục."));
    let intake = take(&docx(body, &[("footnotes", &foot), ("endnotes", &end)]));
    assert_eq!(
        intake.text,
        "một[^1] hai[^2]\n[^1] Xem phụ lục.\n[^2] Theo số liệu 2024.\n"
    );
    assert_eq!(intake.map[2].place, Place::Note { number: 2 });
}

#[test]
fn headers_and_comments_are_left_out() {
    let parts = [("header1", &p("ĐẦU TRANG")[..]), ("comments", &p("góp ý"))];
    assert_eq!(take(&docx(&p("thân"), &parts)).text, "thân\n");
}

fn level(at: u32, format: &str, text: &str, more: &str) -> String {
    format!(
        r#"<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{text}"/>{more}</w:lvl>"#
    )
}

fn numbering() -> String {
    [
        r#"<w:abstractNum w:abstractNumId="0">"#,
        &level(0, "upperRoman", "%1.", ""),
        &level(1, "decimal", "%2.", ""),
        &level(2, "decimal", "%2.%3.", "<w:isLgl/>"),
        &level(3, "lowerLetter", "%4)", "<w:suff w:val=\"space\"/>"),
        &level(4, "bullet", "-", ""),
        &level(5, "bullet", "+", ""),
        &level(6, "bullet", "\u{F0B7}", ""),
        r#"</w:abstractNum><w:abstractNum w:abstractNumId="1">"#,
        &level(0, "decimal", "Điều %1.", "<w:pStyle w:val=\"Dieu\"/>"),
        &level(1, "decimal", "%1.%2.", "<w:pStyle w:val=\"Khoan\"/>"),
        r#"</w:abstractNum>"#,
        r#"<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#,
        r#"<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>"#,
        r#"<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>"#,
    ]
    .concat()
}

#[test]
fn automatic_numbers_are_counted() {
    let body: String = [
        (1, 0, "Mục tiêu"),
        (1, 1, "Chung"),
        (1, 1, "Cụ thể"),
        (1, 2, "Kinh tế số"),
        (1, 2, "Xã hội số"),
        (1, 3, "một"),
        (1, 3, "hai"),
        (1, 4, "gạch"),
        (1, 5, "cộng"),
        (1, 6, "chấm"),
        (1, 0, "Nhiệm vụ"),
        (1, 1, "Đầu"),
        (1, 3, "lại từ a"),
        (2, 0, "bắt đầu từ năm"),
        (2, 0, "rồi sáu"),
        (0, 0, "không số"),
        (9, 0, "danh sách không có"),
    ]
    .into_iter()
    .map(|(num, level, text)| item(num, level, text))
    .collect();
    let intake = take(&docx(&body, &[("numbering", &numbering())]));
    insta::assert_snapshot!(intake.text, @r"
    I. Mục tiêu
    1. Chung
    2. Cụ thể
    2.1. Kinh tế số
    2.2. Xã hội số
    a) một
    b) hai
    - gạch
    + cộng
    - chấm
    II. Nhiệm vụ
    1. Đầu
    a) lại từ a
    V. bắt đầu từ năm
    VI. rồi sáu
    không số
    danh sách không có
    ");
}

#[test]
fn styles_number_paragraphs() {
    let styles = r#"<w:style w:type="paragraph" w:styleId="Dieu"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="Khoan"><w:basedOn w:val="Dieu"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="Con"><w:basedOn w:val="Khoan"/></w:style><w:style w:type="paragraph" w:styleId="Vong"><w:basedOn w:val="Vong"/></w:style>"#;
    let styled = |style: &str, text: &str| {
        format!(
            r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#
        )
    };
    let body = [
        styled("Dieu", "Phạm vi"),
        styled("Khoan", "Một"),
        styled("Con", "Hai"),
        styled("Vong", "vòng"),
        styled("Dieu", "Thi hành"),
        styled("Khoan", "Ba"),
        r#"<w:p><w:pPr><w:pStyle w:val="Khoan"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr><w:r><w:t>bỏ số</w:t></w:r></w:p>"#.into(),
    ]
    .concat();
    let file = docx(&body, &[("styles", styles), ("numbering", &numbering())]);
    assert_eq!(
        take(&file).text,
        "Điều 1. Phạm vi\n1.1. Một\n1.2. Hai\nvòng\nĐiều 2. Thi hành\n2.1. Ba\nbỏ số\n"
    );
}

#[test]
fn columns_keep_their_place_beside_merged_cells() {
    let cell = |more: &str, text: &str| format!("<w:tc><w:tcPr>{more}</w:tcPr>{}</w:tc>", p(text));
    let body = [
        "<w:tbl>".to_owned(),
        format!(
            "<w:tr>{}{}</w:tr>",
            cell("<w:vMerge w:val=\"restart\"/>", "Chỉ tiêu"),
            cell("<w:gridSpan w:val=\"2\"/>", "Mốc")
        ),
        format!(
            "<w:tr>{}{}{}</w:tr>",
            cell("<w:vMerge/>", ""),
            cell("", "2027"),
            cell("", "2030")
        ),
        format!(
            "<w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>{}{}{}</w:tr>",
            cell("", "5%"),
            cell("<w:cellDel/>", "8%"),
            cell("<w:gridSpan w:val=\"4000000000\"/>", "9%")
        ),
        "</w:tbl>".to_owned(),
    ]
    .concat();
    let read = text(&body);
    let mut lines = read.lines();
    assert_eq!(lines.next(), Some("Chỉ tiêu | Mốc | "));
    assert_eq!(lines.next(), Some(" | 2027 | 2030"));
    // A span beyond what Word has counts as one it has.
    assert!(lines.next().is_some_and(|l| l.starts_with(" | 5% | 9% | ")));
}

#[test]
fn a_table_within_a_cell_stays_in_it() {
    let inner = format!(
        "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        p("a"),
        p("b")
    );
    let body = format!(
        "<w:tbl><w:tr><w:tc>{}{inner}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        p("x"),
        p("y")
    );
    assert_eq!(text(&body), "x a b | y\n");
}

#[test]
fn the_main_part_may_have_another_name() {
    let file = zip(&[
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Type="x/officeDocument" Target="/word/document2.xml"/></Relationships>"#,
        ),
        (
            "word/document2.xml",
            &part("document", &format!("<w:body>{}</w:body>", p("hai"))),
        ),
    ]);
    assert_eq!(take(&file).text, "hai\n");
}

#[test]
fn a_document_of_pictures_is_refused() {
    let body = "<w:p><w:r><w:drawing><pic/></w:drawing></w:r></w:p>";
    assert_eq!(
        refuse(&docx(body, &[])),
        Fault::NoText {
            format: Format::Docx
        }
    );
}

#[test]
fn what_is_no_part_of_the_text_is_put_aside() {
    let hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>TỐI </w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>MẬT</w:t></w:r></w:p>";
    let deleted = "<w:p><w:del><w:r><w:delText>Đã </w:delText></w:r></w:del><w:del><w:r><w:delText>xóa</w:delText></w:r></w:del></w:p>";
    let head = [
        &p("TUYỆT MẬT")[..],
        "<w:p><w:r><w:pict><v:shape><v:textpath string=\"DỰ THẢO\"/></v:shape></w:pict></w:r></w:p>",
    ]
    .concat();
    let foot = format!(
        "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        p("MA\u{323}\u{302}T"),
        p("Trang 1")
    );
    let body = [hidden, deleted, &p("Chữ")].concat();
    let intake = take(&docx(&body, &[("header", &head), ("footer", &foot)]));
    assert_eq!(intake.text, "\n\nChữ\n");
    assert_eq!(
        intake.aside,
        ["TỐI MẬT", "Đã xóa", "TUYỆT MẬT", "DỰ THẢO", "MẬT | Trang 1"]
    );
    assert_eq!(intake.to_check().count(), 6);
    assert!(!serde_json::to_string(&intake).unwrap().contains("MẬT"));
    assert!(!intake.is_from_scan());
}

/// A document has a head for its first page, for even and for odd ones.
#[test]
fn every_head_is_put_aside() {
    let relation =
        |n: usize| format!(r#"<Relationship Id="h{n}" Type="x/header" Target="header{n}.xml"/>"#);
    let parts = [
        (
            "word/document.xml".to_owned(),
            part("document", &format!("<w:body>{}</w:body>", p("Chữ"))),
        ),
        ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
        (
            "word/_rels/document.xml.rels".to_owned(),
            format!(
                "<Relationships>{}{}{}</Relationships>",
                relation(1),
                relation(2),
                relation(3)
            ),
        ),
        ("word/header1.xml".to_owned(), part("hdr", &p("một"))),
        ("word/header2.xml".to_owned(), part("hdr", "<w:p/>")),
        ("word/header3.xml".to_owned(), part("hdr", &p("MẬT"))),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(n, t)| (&**n, &**t)).collect();
    assert_eq!(take(&zip(&parts)).aside, ["một", "MẬT"]);
}
