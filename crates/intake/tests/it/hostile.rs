use super::fixture::{docx, limits, p, part, refuse, take, zip};
use intake::{Fault, Limits, Measure, Trick};

#[test]
fn a_bomb_is_stopped_while_it_inflates() {
    let body = p(&"0".repeat(8 << 20));
    let file = docx(&body, &[]);
    assert!(file.len() < 100_000, "a bomb is small");
    let small = Limits {
        max_inflated: 1 << 20,
        ..limits()
    };
    let error = intake::take(&file, "bom.docx", &small).unwrap_err();
    let limit = 1 << 20;
    assert_eq!(
        error.fault,
        Fault::TooLarge {
            what: Measure::InflatedBytes,
            limit
        }
    );
}

#[test]
fn limits_hold() {
    let file = docx(&p("mười chữ số"), &[("styles", "")]);
    let cases = [
        (
            Limits {
                max_bytes: 10,
                ..limits()
            },
            Measure::FileBytes,
        ),
        (
            Limits {
                max_entries: 2,
                ..limits()
            },
            Measure::Entries,
        ),
        (
            Limits {
                max_chars: 5,
                ..limits()
            },
            Measure::TextChars,
        ),
    ];
    for (limits, measure) in cases {
        let error = intake::take(&file, "a.docx", &limits).unwrap_err();
        assert!(matches!(error.fault, Fault::TooLarge { what, .. } if what == measure));
    }
}

#[test]
fn empty_paragraphs_are_not_free() {
    let file = docx(&"<w:p/>".repeat(10_000), &[]);
    let few = Limits {
        max_chars: 5_000,
        ..limits()
    };
    let error = intake::take(&file, "a.docx", &few).unwrap_err();
    assert!(matches!(
        error.fault,
        Fault::TooLarge {
            what: Measure::TextChars,
            ..
        }
    ));
}

#[test]
fn deep_nesting_is_refused() {
    for element in ["w:sdt", "w:tbl", "w:txbxContent", "mc:AlternateContent"] {
        let deep = format!("<{element}>").repeat(100_000);
        let hostile = Fault::Hostile {
            part: "word/document.xml".into(),
            trick: Trick::DeepNesting,
        };
        assert_eq!(refuse(&docx(&deep, &[])), hostile, "{element}");
    }
}

#[test]
fn document_types_and_entities_are_not_expanded() {
    let body = part("document", &format!("<w:body>{}</w:body>", p("&lol;")));
    let dtd = format!(
        "<!DOCTYPE a [<!ENTITY lol \"ha\">]>{}",
        body.split_once("?>").unwrap().1
    );
    let file = zip(&[("word/document.xml", &dtd)]);
    assert!(matches!(
        refuse(&file),
        Fault::Hostile {
            trick: Trick::DocumentType,
            ..
        }
    ));
    assert!(matches!(
        refuse(&zip(&[("word/document.xml", &body)])),
        Fault::Broken { .. }
    ));
}

#[test]
fn a_missing_or_broken_part_is_named() {
    let missing = refuse(&zip(&[("word/styles.xml", "")]));
    assert!(matches!(missing, Fault::Broken { part, .. } if part == "word/document.xml"));
    for broken in ["<w:document><w:body>", "<a></b>", "<a/></a>", "\u{0}"] {
        let fault = refuse(&zip(&[("word/document.xml", broken)]));
        assert!(
            matches!(fault, Fault::Broken { .. } | Fault::NoText { .. }),
            "{broken}: {fault:?}"
        );
    }
}

#[test]
fn two_entries_of_one_name_are_refused() {
    // The writer refuses to make such a file, so a name of the same length is changed afterwards.
    let body = part("document", &format!("<w:body>{}</w:body>", p("a")));
    let mut file = zip(&[("word/document.xml", &body), ("word/documenX.xml", &body)]);
    let name = b"word/documenX.xml";
    while let Some(at) = file.windows(name.len()).position(|w| w == name) {
        file[at + 12] = b't';
    }
    let hostile = Fault::Hostile {
        part: "zip".into(),
        trick: Trick::DuplicateEntries,
    };
    assert_eq!(refuse(&file), hostile);
}

#[test]
fn names_that_climb_out_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("ra_ngoai");
    let body = part("document", &format!("<w:body>{}</w:body>", p("lành")));
    let file = zip(&[
        ("word/document.xml", &body),
        (target.to_str().unwrap(), "x"),
        ("../../../../tmp/ra_ngoai", "x"),
    ]);
    assert_eq!(take(&file).text, "lành\n");
    assert!(!target.exists());
}

#[test]
fn a_cut_file_is_broken() {
    let file = docx(&p("dài"), &[]);
    assert!(matches!(
        refuse(&file[..file.len() / 2]),
        Fault::Broken { .. }
    ));
}
