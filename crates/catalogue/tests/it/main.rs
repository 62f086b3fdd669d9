//! The definitions that come with the product, and the faults of definitions that do not hold.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use catalogue::{Definition, Kind, canonical_json, check, from_canonical, hash, parse, print};

mod areas;
mod campaigns;
mod computed;
mod demo;
mod expressions;
mod faults;
mod overlays;
mod properties;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of definitions") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
}

/// Every definition of the product, read once for all tests.
pub fn all() -> Vec<Definition> {
    static ALL: OnceLock<Vec<Definition>> = OnceLock::new();
    ALL.get_or_init(read_all).clone()
}

/// Reads every definition, or panics printing all faults at once.
fn read_all() -> Vec<Definition> {
    let mut paths = Vec::new();
    files(&root(), &mut paths);
    paths.sort();
    let mut faults = String::new();
    let mut definitions = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let name = path
            .strip_prefix(root())
            .expect("a path below the root")
            .display()
            .to_string();
        match parse(&name, &text) {
            Ok(definition) => definitions.push(definition),
            Err(list) => list
                .iter()
                .for_each(|fault| faults.push_str(&fault.to_string())),
        }
    }
    assert!(faults.is_empty(), "{faults}");
    definitions
}

#[test]
fn every_definition_is_read_and_agrees_with_the_others() {
    let definitions = all();
    let faults: String = check(&definitions)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(faults.is_empty(), "{faults}");
    let count = |kind| {
        definitions
            .iter()
            .filter(|definition| definition.kind() == kind)
            .count()
    };
    assert!(count(Kind::Indicator) >= 62);
    for kind in Kind::ALL {
        assert!(count(kind) > 0, "nothing of kind {}", kind.word());
    }
}

#[test]
fn a_file_is_named_after_its_definition() {
    let mut paths = Vec::new();
    files(&root(), &mut paths);
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let definition = parse("x", &text).expect("a definition");
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        assert_eq!(stem, Some(definition.id().as_str()), "{}", path.display());
    }
}

#[test]
fn printing_and_reading_back_change_nothing() {
    for definition in all() {
        let printed = print(&definition).expect("printable");
        let again = parse("printed", &printed).unwrap_or_else(|faults| panic!("{}", faults[0]));
        assert_eq!(again, definition);
        assert_eq!(hash(&again), hash(&definition), "{}", definition.id());
        let kept = from_canonical(&canonical_json(&definition)).expect("canonical");
        assert_eq!(kept, definition);
    }
}

#[test]
fn the_annotated_indicators_are_all_defined() {
    let Ok(shared) = std::env::var("DOTPHA_SHARED") else {
        eprintln!("left out: the indicators of the annotations, since DOTPHA_SHARED is not set");
        return;
    };
    let definitions = all();
    let defined = |id: &str| {
        definitions
            .iter()
            .any(|d| d.kind() == Kind::Indicator && d.id().as_str() == id)
    };
    let mut seen = 0;
    for entry in std::fs::read_dir(Path::new(&shared).join("gold")).expect("annotations") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for target in value["targets"].as_array().expect("targets") {
            if let Some(id) = target["indicator"].as_str() {
                seen += 1;
                assert!(defined(id), "{id}");
            }
        }
    }
    assert!(seen > 60);
}
