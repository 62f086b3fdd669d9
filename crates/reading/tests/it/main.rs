//! Tests of the whole reader: sentences, documents, properties, the annotated texts.

mod cases;
mod documents;
mod exam;
mod gold;
mod holds;
mod metamorphic;
mod properties;
mod secrecy;
mod tables;

use reading::{Comparator, Lexicon, PeriodKind, Reading, Target};

/// Reads without indicators.
fn read(text: &str) -> Reading {
    reading::read(text, &Lexicon::default())
}

/// The text of a span.
fn part(text: &str, span: viet::Span) -> String {
    text.chars().skip(span.start()).take(span.len()).collect()
}

/// The facts of a target on one line: "≥ 85 percent 2028 strict".
fn facts(target: &Target) -> String {
    let comparator = match target.comparator {
        Some(Comparator::AtLeast) => ">=",
        Some(Comparator::AtMost) => "<=",
        Some(Comparator::Equal) => "=",
        Some(Comparator::About) => "~",
        Some(Comparator::Between) => "between",
        Some(Comparator::MultiplyBy) => "multiply_by",
        Some(Comparator::IncreaseByPct) => "increase_by_pct",
        Some(Comparator::IncreaseCount) => "increase_count",
        None => "state",
    };
    let value = target
        .value
        .map(|v| v.normalize().to_string())
        .unwrap_or_default();
    let upper = target
        .value_max
        .map(|v| format!("..{}", v.normalize()))
        .unwrap_or_default();
    let year = target.period.year.map_or("-".to_owned(), |y| y.to_string());
    let unit = target.unit.as_deref().unwrap_or("-");
    let strict = if target.strict { " strict" } else { "" };
    let yearly = if target.period.kind == Some(PeriodKind::PerYear) {
        " yearly"
    } else {
        ""
    };
    format!("{comparator} {value}{upper} {unit} {year}{strict}{yearly}")
}

/// Facts of the targets that have a number.
fn numbers(reading: &Reading) -> Vec<String> {
    reading
        .targets
        .iter()
        .filter(|t| t.value.is_some())
        .map(facts)
        .collect()
}
