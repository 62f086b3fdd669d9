//! Whatever comes in, an intake or a refusal comes out.

use super::fixture::{check, docx, item, limits, p, part, pdf, zip};
use intake::Limits;
use proptest::prelude::*;

fn survives(bytes: &[u8]) {
    let limits = Limits {
        // Mutated PDFs may send their reader round in circles; here it need not take long.
        pdf_timeout: std::time::Duration::from_secs(5),
        ..limits()
    };
    match intake::take(bytes, "x", &limits) {
        Ok(intake) => check(&intake),
        Err(error) => assert!(!error.message("vi").is_empty()),
    }
}

fn mutate(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    for (at, value) in changes {
        let at = at.index(bytes.len());
        bytes[at] = *value;
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
    prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..12)
}

fn rich_body() -> String {
    let row = format!("<w:tr><w:trPr/><w:tc>{}</w:tc></w:tr>", p("ô &amp; ô"));
    [
        &item(1, 0, "mục")[..],
        &item(1, 1, "điểm"),
        &format!("<w:tbl>{row}</w:tbl>"),
        "<w:p><w:ins><w:r><w:t>x</w:t></w:r></w:ins><w:del><w:r/></w:del></w:p>",
    ]
    .concat()
}

const NUMBERING: &str = r#"<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes);
    }

    #[test]
    fn random_bytes_behind_a_known_beginning(head in prop::sample::select(vec![&b"PK\x03\x04"[..], b"\xFF\xFE", b"\xEF\xBB\xBF", b"{\\rtf", b"BM"]), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&[head, &bytes].concat());
    }

    #[test]
    fn any_text_is_kept(text in "\\PC{0,80}(\r?\n\\PC{0,40}){0,5}") {
        if let Ok(intake) = intake::take(text.as_bytes(), "x", &Limits::default()) {
            prop_assert_eq!(&intake.text, &text);
            check(&intake);
        }
    }

    #[test]
    fn mutated_containers(changes in changes()) {
        survives(&mutate(docx(&rich_body(), &[("numbering", NUMBERING)]), &changes));
    }

    #[test]
    fn mutated_documents(changes in changes()) {
        let bytes = part("document", &format!("<w:body>{}</w:body>", rich_body())).into_bytes();
        let text = String::from_utf8_lossy(&mutate(bytes, &changes)).into_owned();
        survives(&zip(&[("word/document.xml", &text)]));
    }

    #[test]
    fn mutated_numbering(changes in changes()) {
        let numbering = String::from_utf8_lossy(&mutate(NUMBERING.into(), &changes)).into_owned();
        survives(&docx(&rich_body(), &[("numbering", &numbering)]));
    }

    #[test]
    fn random_nesting(names in prop::collection::vec(prop::sample::select(vec!["w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:tc", "w:sdt", "w:del", "w:ins", "mc:AlternateContent", "mc:Choice", "w:txbxContent", "w:drawing", "w:fldChar", "w:pPr", "w:numPr"]), 0..40)) {
        let opened: String = names.iter().map(|n| format!("<{n}>x")).collect();
        let closed: String = names.iter().rev().map(|n| format!("</{n}>")).collect();
        survives(&docx(&format!("{opened}{closed}{}", p("cuối")), &[]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_pdfs(changes in changes()) {
        let page = vec![(70, 700, "Some words of a page".to_owned())];
        survives(&mutate(pdf(&[page.clone(), page]), &changes));
    }
}
