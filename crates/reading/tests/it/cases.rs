//! Sentences with the targets they say, in files beside this one.

use super::{numbers, part, read};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    /// The part of a document the sentence stands in; objectives when not said.
    zone: Option<String>,
    text: String,
    targets: Vec<String>,
    /// The clauses of the targets, where the case is about them.
    #[serde(default)]
    clauses: Vec<String>,
}

/// A document around the sentence.
fn document(case: &Case) -> String {
    let text = &case.text;
    match case.zone.as_deref() {
        None => format!("II. MỤC TIÊU\n1. Đến năm 2028\n- {text}\nIII. NHIỆM VỤ\n- Làm tốt."),
        // A document of its own.
        Some("whole") => text.clone(),
        Some("past") => {
            format!("I. ĐÁNH GIÁ TÌNH HÌNH\n- {text}\nII. MỤC TIÊU\n1. Đến năm 2028\n- Làm tốt.")
        }
        Some("task") => format!(
            "II. MỤC TIÊU\n1. Đến năm 2028\n- Làm tốt.\nIII. NHIỆM VỤ\n1. Nhiệm vụ chung\n- {text}"
        ),
        Some("duty") => {
            format!("III. NHIỆM VỤ\n- Làm tốt.\nIV. TỔ CHỨC THỰC HIỆN\n1. Phân công\n- {text}")
        }
        Some("news") => {
            format!("Tin khoa học\n\nCập nhật lúc 08:30 ngày 12/8/2019\n\n{text}\n\nMinh Hà")
        }
        Some(other) => panic!("no such zone: {other}"),
    }
}

/// What a file of cases gets wrong, for a person to read.
fn wrong(file: &File) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in &file.case {
        let text = document(case);
        let reading = read(&text);
        let found = numbers(&reading);
        if found != case.targets {
            wrong.push(format!(
                "{}\n  expected {:?}\n  read     {found:?}",
                case.text, case.targets
            ));
        }
        if !case.clauses.is_empty() {
            let clauses: Vec<String> = reading
                .targets
                .iter()
                .map(|t| part(&text, t.span))
                .collect();
            if clauses != case.clauses {
                wrong.push(format!(
                    "{}\n  expected {:?}\n  read     {clauses:?}",
                    case.text, case.clauses
                ));
            }
        }
    }
    wrong
}

#[test]
fn sentences_say_their_targets() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    let (mut all, mut told) = (0, Vec::new());
    for path in files {
        let shown = std::fs::read_to_string(&path).expect("a file of cases");
        let file: File = toml::from_str(&shown).expect("cases as Case says");
        all += file.case.len();
        told.extend(
            wrong(&file)
                .into_iter()
                .map(|w| format!("{}: {w}", path.display())),
        );
    }
    assert!(
        told.is_empty(),
        "{} of {all} wrong\n{}",
        told.len(),
        told.join("\n")
    );
}
