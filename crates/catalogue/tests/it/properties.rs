//! What holds for any text.

use catalogue::{Codelist, Definition, canonical_json, hash_hex, parse, print};
use proptest::prelude::*;

/// A code list with texts of any content, quotes, line ends and all.
fn codelist(vi: &str, note: &str) -> Option<Codelist> {
    let quoted = |text: &str| serde_json::to_string(text).ok();
    let json = format!(
        r#"{{"def":{{"kind":"codelist","id":"x","version":"1","label":{{"vi":{0},"en":{0}}},"source":"s"}},
            "list":{{"entries":[{{"code":"a","label":{{"vi":{0},"en":"A"}},"note":{{"vi":{1},"en":{1}}}}}]}}}}"#,
        quoted(vi)?,
        quoted(note)?
    );
    serde_json::from_str(&json).ok()
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "(\\[def\\]\n)?(kind = \"(areas|report|x)\"\n)?(.|\n){0,200}") {
        if let Err(faults) = parse("x.toml", &text) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(!fault.to_string().is_empty());
            }
        }
    }

    #[test]
    fn any_cut_of_a_good_file_is_answered(cut in 0usize..2000) {
        let text = std::fs::read_to_string(crate::root().join("settings/chung.toml")).expect("a definition");
        let at = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
        if let Err(faults) = parse("chung.toml", &text[..at]) {
            for fault in faults {
                prop_assert!(fault.place.line <= text.lines().count() + 1);
                prop_assert!(!fault.to_string().is_empty());
            }
        }
    }

    #[test]
    fn printing_and_reading_back_keep_any_text(vi in "\\PC{0,20}[a-zđ\"'\\\\\n]{1,8}", note in "(.|\n){0,40}") {
        let list = codelist(&vi, &note);
        prop_assume!(list.is_some());
        let Some(list) = list else { return Ok(()) };
        prop_assume!(!list.def.label.is_incomplete());
        let definition = Definition::Codelist(list);
        let printed = print(&definition).expect("printable");
        let again = parse("x", &printed).map_err(|faults| TestCaseError::fail(faults[0].to_string()))?;
        prop_assert_eq!(&again, &definition);
        prop_assert_eq!(canonical_json(&again), canonical_json(&definition));
    }
}

/// The bytes are kept in journals for ever: a change of this hash is a change of the format.
#[test]
fn the_canonical_form_does_not_move() {
    let definition = Definition::Codelist(codelist("Mẫu", "b\n\"c\"").expect("a code list"));
    let bytes = canonical_json(&definition);
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        r#"{"def":{"id":"x","kind":"codelist","label":{"en":"Mẫu","vi":"Mẫu"},"source":"s","version":"1"},"list":{"entries":[{"code":"a","label":{"en":"A","vi":"Mẫu"},"note":{"en":"b\n\"c\"","vi":"b\n\"c\""}}]}}"#
    );
    assert_eq!(
        hash_hex(&definition),
        "cbcc5ebc1d07c6b0873edfa43580cc947bd61d302878d32d59a8adf6a6c80720"
    );
}

#[test]
fn no_canonical_form_contains_a_floating_point_number() {
    fn no_float(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Number(number) => number.is_u64() || number.is_i64(),
            serde_json::Value::Array(items) => items.iter().all(no_float),
            serde_json::Value::Object(map) => map.values().all(no_float),
            _ => true,
        }
    }
    for definition in crate::all() {
        let value = serde_json::from_slice(&canonical_json(&definition)).expect("JSON");
        assert!(no_float(&value), "{}", definition.id());
    }
}
