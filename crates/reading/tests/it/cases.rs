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

fn run(name: &str, file: &str) {
    let file: File = toml::from_str(file).expect("a file of cases");
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
    assert!(
        wrong.is_empty(),
        "{name}: {} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

macro_rules! files {
    ($($name:ident),*) => {$(
        #[test]
        fn $name() {
            run(stringify!($name), include_str!(concat!("../cases/", stringify!($name), ".toml")));
        }
    )*};
}

files!(comparators, units, periods, several, not_targets, zones);
