//! The annotated texts, where they are at hand.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What the annotated texts must reach.
const LEAST: [(&str, f64); 8] = [
    ("target_strict_f1", 0.95),
    ("target_precision", 0.95),
    ("task_f1", 0.95),
    ("outline_f1", 0.98),
    ("citation_f1", 0.95),
    ("assignment_f1", 0.90),
    ("qualitative_recall", 0.85),
    ("target_recall", 0.95),
];

/// The built example: beside the folder of test binaries.
fn example() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    let path = test.parent()?.parent()?.join("examples").join("read");
    path.exists().then_some(path)
}

#[test]
fn annotated_texts_are_read_well_enough() {
    let Ok(shared) = std::env::var("DOTPHA_SHARED") else {
        println!("left out: DOTPHA_SHARED is not set");
        return;
    };
    let script = Path::new(&shared).join("gold").join("score.py");
    let (true, Some(example)) = (script.exists(), example()) else {
        println!("left out: no score.py, or the example is not built");
        return;
    };
    let run = Command::new("python3")
        .arg(&script)
        .args(["--json", "--"])
        .arg(example)
        .output();
    let Ok(run) = run else {
        println!("left out: no python3");
        return;
    };
    let shown = String::from_utf8_lossy(&run.stdout);
    let scores: serde_json::Value =
        serde_json::from_str(&shown).unwrap_or_else(|e| panic!("{e}: {shown}"));
    for (name, least) in LEAST {
        let score = scores[name].as_f64().unwrap_or(0.0);
        assert!(
            score >= least,
            "{name} is {score}, asked for {least}: {shown}"
        );
    }
}
