//! Cases with known answers that are not part of this repository.

use std::path::PathBuf;

/// A file under the folder that `DOTPHA_SHARED` names; says when the cases were left out.
pub fn shared(what: &str) -> Option<PathBuf> {
    match std::env::var_os("DOTPHA_SHARED") {
        Some(folder) => Some(PathBuf::from(folder).join("verify").join(what)),
        None => {
            eprintln!("left out: {what}, since DOTPHA_SHARED is not set");
            None
        }
    }
}

/// A JSON file of cases.
pub fn shared_json(what: &str) -> Option<serde_json::Value> {
    let text = std::fs::read_to_string(shared(what)?).expect("the cases");
    Some(serde_json::from_str(&text).expect("JSON"))
}

/// A CSV file of cases: its heading and its rows.
pub fn shared_csv(what: &str) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    read_csv(shared(what)?, true)
}

/// A CSV file without a heading.
pub fn shared_rows(what: &str) -> Option<Vec<Vec<String>>> {
    read_csv(shared(what)?, false).map(|(_, rows)| rows)
}

fn read_csv(path: PathBuf, headed: bool) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(headed)
        .from_path(path)
        .expect("the cases");
    let head = if headed {
        let head = reader.headers().expect("a heading");
        head.iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    let rows = reader
        .records()
        .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
        .collect();
    Some((head, rows))
}

/// Whether two numbers agree to a relative and absolute tolerance.
pub fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1.0)
}

/// The numbers of a JSON array.
pub fn numbers(value: &serde_json::Value) -> Vec<f64> {
    let items = value.as_array().expect("an array");
    items
        .iter()
        .map(|v| v.as_f64().expect("a number"))
        .collect()
}
