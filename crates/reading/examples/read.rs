//! Reads a plain text file and prints the reading as JSON.
//!
//! `cargo run -p reading --example read -- FILE [TERMS.toml …]`
//!
//! Each further file, or folder of files, gives indicators to link to: definitions of the catalogue (`[def] id`,
//! `[value] unit`, `[linking] terms`), or tables `[id]` with `terms` and `unit_class`.

use reading::{IndicatorTerm, Lexicon};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(file) = args.next() else {
        eprintln!("usage: read FILE [TERMS.toml …]");
        return ExitCode::FAILURE;
    };
    let mut lexicon = Lexicon::default();
    for terms in args {
        add(&mut lexicon, Path::new(&terms));
    }
    match std::fs::read(&file) {
        Ok(bytes) => {
            let reading = reading::read(&String::from_utf8_lossy(&bytes), &lexicon);
            match serde_json::to_string(&reading) {
                Ok(json) => println!("{json}"),
                Err(e) => eprintln!("{e}"),
            }
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("{file}: {e}");
            ExitCode::FAILURE
        }
    }
}

fn add(lexicon: &mut Lexicon, path: &Path) {
    if let Ok(files) = std::fs::read_dir(path) {
        let mut files: Vec<_> = files.flatten().map(|f| f.path()).collect();
        files.sort();
        for file in files
            .iter()
            .filter(|f| f.extension().is_some_and(|e| e == "toml"))
        {
            add(lexicon, file);
        }
        return;
    }
    let parsed = std::fs::read_to_string(path)
        .ok()
        .and_then(|s| s.parse::<toml::Table>().ok());
    let Some(table) = parsed else {
        eprintln!("{}: not read", path.display());
        return;
    };
    let definition = table
        .get("def")
        .and_then(|d| d.get("id"))
        .and_then(|v| v.as_str());
    if let (Some(id), Some(linking)) = (definition, table.get("linking").and_then(|l| l.as_table()))
    {
        let unit = table
            .get("value")
            .and_then(|v| v.get("unit"))
            .and_then(|u| u.as_str())
            .unwrap_or("count");
        lexicon
            .indicators
            .extend(term(id, linking).map(|t| IndicatorTerm {
                unit_class: unit.to_owned(),
                ..t
            }));
    } else if let Some(id) = table.get("id").and_then(|v| v.as_str()) {
        lexicon.indicators.extend(term(id, &table));
    } else {
        for (id, entry) in &table {
            lexicon
                .indicators
                .extend(entry.as_table().and_then(|t| term(id, t)));
        }
    }
}

fn term(id: &str, table: &toml::Table) -> Option<IndicatorTerm> {
    let text = |key: &str| {
        table
            .get(key)
            .and_then(|v| v.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let terms: Vec<String> = table
        .get("terms")?
        .as_array()?
        .iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect();
    let unit = text("unit_class");
    Some(IndicatorTerm {
        id: id.to_owned(),
        terms,
        unit_class: if unit.is_empty() { text("unit") } else { unit },
    })
}
