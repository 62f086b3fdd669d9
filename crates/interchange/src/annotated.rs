//! A text with its right reading, as a case that a reader is measured against: what officers correct
//! becomes the examination of the next version.
//!
//! The shape is that of the reading's own JSON (`dotpha read --json`), with `text` beside it, `scoring` on
//! every target, and `not_targets` for what was read as a target and is none. It can be laid beside other
//! annotated texts: the text as `NAME.txt`, the rest as `NAME.json`.

use reading::{Reading, Target};
use serde_json::{Value as Json, json};
use viet::Span;

/// What was taken for a target and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTarget {
    /// The clause.
    pub span: Span,
    /// Where the number stands, if there is one.
    pub value_span: Option<Span>,
    /// Why, where somebody said so.
    pub why: Option<String>,
}

/// A case named `seed`.
pub fn case(seed: &str, text: &str, standing: &Reading, not_targets: &[NotTarget]) -> Json {
    let chars: Vec<char> = text.chars().collect();
    let words = |span: Span| -> String {
        let end = span.end().min(chars.len());
        chars[span.start().min(end)..end].iter().collect()
    };
    let target = |target: &Target| {
        let mut json = json!(target);
        json["text"] = words(target.span).into();
        json["scoring"] = "required".into();
        json["qualitative"] = target.value.is_none().into();
        json
    };
    let not_target = |not: &NotTarget| {
        json!({
            "span": not.value_span.unwrap_or(not.span),
            "text": words(not.value_span.unwrap_or(not.span)),
            "kind": "rejected",
            "why": not.why,
        })
    };
    json!({
        "seed": seed,
        "chars": chars.len(),
        "document": standing.document,
        "cites": standing.cites,
        "sections": standing.sections,
        "targets": standing.targets.iter().map(target).collect::<Vec<_>>(),
        "not_targets": not_targets.iter().map(not_target).collect::<Vec<_>>(),
        "tasks": standing.tasks,
        "assignments": standing.assignments,
        "text": text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_holds_the_text_what_stands_and_what_is_none() {
        let text = "II. MỤC TIÊU\n1. Đến năm 2030\n- Kinh tế số đạt 30% GRDP.\n";
        let mut standing = reading::read(text, &reading::Lexicon::default());
        let rejected = standing.targets.pop().expect("a target");
        let not = NotTarget {
            span: rejected.span,
            value_span: rejected.value_span,
            why: Some("ví dụ".into()),
        };
        let case = case("a", text, &standing, &[not]);
        assert_eq!(case["text"], text);
        assert_eq!(case["targets"], json!([]));
        assert_eq!(case["not_targets"][0]["text"], "30%");
        assert_eq!(case["not_targets"][0]["why"], "ví dụ");
        standing.targets.push(rejected);
        let case = super::case("a", text, &standing, &[]);
        assert_eq!(case["targets"][0]["scoring"], "required");
        assert_eq!(case["targets"][0]["value"], 30);
        assert_eq!(case["targets"][0]["period"]["year"], 2030);
    }
}
