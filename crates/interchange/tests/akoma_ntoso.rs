//! Documents as Akoma Ntoso: well formed whatever the text, every passage in it, valid by the schema where
//! that is at hand.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use interchange::akoma_ntoso::{Outline, write};
use proptest::prelude::*;
use quick_xml::events::Event;
use reading::{Lexicon, Reading, read};

fn written(text: &str) -> (Reading, String) {
    let reading = read(text, &Lexicon::default());
    let read_on = jiff::civil::date(2026, 11, 27);
    let xml = write(&Outline::of(text, &reading, "0199-van-ban", read_on));
    (reading, xml)
}

/// The text between the tags, as words; the tags must close each other.
fn words(xml: &str) -> String {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut words = String::new();
    loop {
        match reader.read_event().expect("well formed") {
            Event::Text(text) => words.push_str(&text),
            Event::GeneralRef(name) => {
                words.push_str(quick_xml::escape::resolve_xml_entity(&name).unwrap_or("?"));
            }
            Event::End(end) if end.name().as_ref() != "ref" => words.push(' '),
            Event::Eof => return words.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => {}
        }
    }
}

fn demo(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    std::fs::read_to_string(folder.join(name)).expect("a text of the demo")
}

const TEXTS: [&str; 3] = ["programme.txt", "plan.txt", "news.txt"];

#[test]
fn every_passage_stands_in_it_and_its_place_is_named_by_its_anchor() {
    for name in TEXTS {
        let text = demo(name);
        let (reading, xml) = written(&text);
        let all = words(&xml);
        let chars: Vec<char> = text.chars().collect();
        for passage in &reading.passages {
            let span = passage.span.start()..passage.span.end();
            let said: String = chars[span].iter().collect();
            let said: Vec<&str> = said.split_whitespace().collect();
            // Its mark or number stands in an element of its own.
            let last = said[said.len().saturating_sub(4).max(1)..].join(" ");
            assert!(all.contains(&last), "{name} {}: {last:?}", passage.anchor);
        }
        for section in &reading.sections {
            let place = format!("eId=\"{}\"", section.path);
            assert!(xml.contains(&place), "{name} {place}");
        }
    }
}

#[test]
fn header_data_and_named_documents_are_metadata() {
    let (_, xml) = written(&demo("programme.txt"));
    for part in [
        "<doc name=\"programme\">",
        "<FRBRnumber value=\"99-CTr/TU\"/>",
        "<ref href=\"/akn/vn/doc/document/2024-12-22/57-NQ-TW\">",
        "<FRBRlanguage language=\"vie\"/>",
    ] {
        assert!(xml.contains(part), "{part} is not in {xml}");
    }
}

#[test]
fn a_text_without_an_outline_is_a_document_all_the_same() {
    for text in ["", "\u{c}\u{0}", "Một câu."] {
        let (_, xml) = written(text);
        assert!(xml.contains("<mainBody>"), "{xml}");
        words(&xml);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_the_text_it_is_well_formed(
        lines in proptest::collection::vec("(I\\.|1\\.|a\\)|- |\\| |PHỤ LỤC )?[<>&\"'\\PCđĐ \u{0}\u{c}]{0,30}", 0..30)
    ) {
        let (_, xml) = written(&lines.join("\n"));
        words(&xml);
    }
}

/// `DOTPHA_TEST_AKN_SCHEMA` names the schema (`akomantoso30.xsd`, which the Python package `cobalt` carries);
/// `xmllint` reads it.
#[test]
fn it_is_valid_by_the_schema() {
    let Ok(schema) = std::env::var("DOTPHA_TEST_AKN_SCHEMA") else {
        println!("left out: DOTPHA_TEST_AKN_SCHEMA does not name the schema");
        return;
    };
    let odd = "PHỤ LỤC\nA | B\n1 | 2\nI. I\n1. x\n1. x\n- a\n- a\n+ b\nII.\nII. & <\n".to_owned();
    let texts = TEXTS.map(demo).into_iter().chain([odd, String::new()]);
    for text in texts {
        let (_, xml) = written(&text);
        let mut child = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema", &schema, "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("xmllint, of Debian's libxml2-utils");
        let mut input = child.stdin.take().expect("its input");
        input.write_all(xml.as_bytes()).expect("written");
        drop(input);
        let outcome = child.wait_with_output().expect("ends");
        let said = String::from_utf8_lossy(&outcome.stderr);
        assert!(outcome.status.success(), "{said}\n{xml}");
    }
}
