//! What is no part of the text, and where a mark of secrecy may stand all the same.

use super::fixture::{docx, limits, p, pdf_of_objects, take, zip};
use intake::{Intake, Notice};

fn beside(kind: &str, inner: &str) -> Vec<String> {
    take(&docx(&p("nội dung"), &[(kind, inner)])).aside
}

#[test]
fn comments_charts_diagrams_and_properties_are_put_aside() {
    let comment = format!(
        "<w:comment w:id=\"1\">{}{}</w:comment>",
        p("đây là"),
        p("MẬT")
    );
    assert_eq!(beside("comments", &comment), ["đây là", "MẬT"]);
    let chart = "<c:title><c:tx><a:p><a:r><a:t>TỐI </a:t></a:r><a:r><a:t>MẬT</a:t></a:r></a:p></c:tx></c:title>\
        <c:cat><c:f>Sheet1!A1</c:f><c:strCache><c:pt><c:v>Mật</c:v></c:pt><c:pt><c:v>Thường</c:v></c:pt></c:strCache></c:cat>\
        <c:val><c:numCache><c:pt><c:v>15</c:v></c:pt></c:numCache></c:val>";
    assert_eq!(beside("chart", chart), ["TỐI MẬT", "Mật | Thường"]);
    let diagram = "<dgm:pt><dgm:t><a:p><a:r><a:t>MẬT</a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt><dgm:t><a:p><a:r><a:t>hai</a:t></a:r></a:p></dgm:t></dgm:pt>";
    assert_eq!(beside("diagramData", diagram), ["MẬT", "hai"]);
    let properties = "<dc:title>Kế hoạch</dc:title><cp:category>Mật</cp:category><dc:subject/>";
    assert_eq!(beside("core-properties", properties), ["Kế hoạch", "Mật"]);
    let custom = "<property name=\"DoMat\"><vt:lpwstr>Tối mật</vt:lpwstr></property>";
    assert_eq!(beside("custom-properties", custom), ["Tối mật"]);
}

#[test]
fn letters_under_one_another_in_a_head_are_one_piece() {
    let head = [p("M"), p("Ậ"), p("T")].concat();
    assert!(beside("header", &head).contains(&"M\nẬ\nT".to_owned()));
    let boxed = format!(
        "<w:p><w:r><w:pict><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></w:pict></w:r></w:p>",
        p("MẬT")
    );
    assert_eq!(beside("footer", &boxed), ["MẬT"]);
}

#[test]
fn files_taken_in_are_put_aside() {
    let page = "<html><p>Số: 5/BC</p><p>MẬT</p></html>";
    assert_eq!(beside("aFChunk", page), ["Số: 5/BC\nMẬT\n"]);
    // One that needs another program is told as left out, as all of them are.
    let rtf = docx("<w:altChunk/>", &[("aFChunk", "{")]);
    assert!(intake::take(&rtf, "a", &limits()).is_err());
    let body = format!("<w:altChunk/>{}", p("nội dung"));
    let notices = take(&docx(&body, &[("aFChunk", page)])).diagnostics;
    assert_eq!(notices[0].notice, Notice::PicturesLeftOut { count: 1 });
}

#[test]
fn a_chain_of_containers_costs_no_more_than_one() {
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"a\" Type=\"x/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    // A part that leads back to itself.
    let file = zip(&[
        (
            "word/document.xml",
            "<w:document><w:body><w:p><w:r><w:t>x</w:t></w:r></w:p></w:body></w:document>",
        ),
        (
            "word/_rels/document.xml.rels",
            &relation("header", "header1.xml"),
        ),
        ("word/header1.xml", "<w:hdr/>"),
        (
            "word/_rels/header1.xml.rels",
            &relation("header", "header1.xml"),
        ),
    ]);
    assert_eq!(take(&file).text, "x\n");
}

/// A PDF of one page with these annotations and properties of the file.
fn annotated(annotations: &str, info: &str, more: &[&str]) -> Intake {
    let drawn = "BT /F 12 Tf 70 700 Td (Some words) Tj ET\n";
    let mut objects = vec![
        format!("<</Type/Catalog/Pages 2 0 R/Info 6 0 R>>"),
        "<</Type/Pages/Kids[4 0 R]/Count 1>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents 5 0 R/Annots[{annotations}]>>"
        ),
        format!("<</Length {}>>stream\n{drawn}endstream", drawn.len()),
        format!("<<{info}>>"),
    ];
    objects.extend(more.iter().map(|o| (*o).to_owned()));
    let objects: Vec<Vec<u8>> = objects.into_iter().map(String::into_bytes).collect();
    let file = String::from_utf8(pdf_of_objects(&objects)).unwrap();
    take(
        file.replace("/Root 1 0 R", "/Root 1 0 R/Info 6 0 R")
            .as_bytes(),
    )
}

#[test]
fn notes_stamps_and_fields_of_a_pdf_are_put_aside() {
    let form = "<</Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F 3 0 R>>>>/Length 39>>stream\nBT /F 12 Tf 5 5 Td (Drawn stamp) Tj ET\nendstream";
    // "MẬT" in UTF-16.
    let secret = "<FEFF004D1EAC0054>";
    let intake = annotated(
        &format!(
            "<</Subtype/FreeText/Contents{secret}>><</Subtype/Widget/Parent 8 0 R/MK<</CA(Caption)>>>><</Subtype/Stamp/AP<</N 7 0 R>>>>"
        ),
        &format!("/Keywords{secret}/Producer(nobody)"),
        &[form, "<</FT/Tx/V(Field value)>>"],
    );
    assert_eq!(intake.text, "Some words\n");
    assert_eq!(
        intake.aside,
        ["MẬT", "Field value", "Caption", "MẬT", "Drawn stamp"]
    );
}

#[test]
fn annotations_that_turn_in_circles_are_read_once() {
    let form = "<</Type/XObject/Subtype/Form/Resources<</XObject<</A0 7 0 R>>>>/Length 6>>stream\n/A0 Do\nendstream";
    let intake = annotated(
        "<</Subtype/Stamp/Parent 4 0 R/AP<</N 9 0 R>>>> 99 0 R 4 0 R",
        "/Title 6 0 R",
        &[form],
    );
    assert_eq!(intake.text, "Some words\n");
}
