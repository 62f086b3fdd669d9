//! What a target demands, in words.

use measure::{Cadence, Comparator, TargetSpec};
use rust_decimal::Decimal;
use viet::{Lang, number};

use crate::inputs::TargetInput;

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// In a sentence, with its unit: "từ 45% trở lên vào năm 2030".
    Sentence,
    /// In a table that has a column for the unit: "≥ 45 (năm 2030)".
    Table,
}

/// What a target demands.
pub(crate) fn demand(target: &TargetInput, style: Style) -> String {
    let spec = &target.spec;
    let unit = match style {
        Style::Sentence => target.unit.as_deref(),
        Style::Table => None,
    };
    let words = match (spec.comparator, spec.value) {
        (Some(comparator), Some(value)) => compared(spec, comparator, value, unit, style),
        _ => "hoàn thành".to_owned(),
    };
    match (by_when(spec), style) {
        (None, _) => words,
        (Some(when), Style::Sentence) => format!("{words} {when}"),
        (Some(when), Style::Table) => format!("{words} ({when})"),
    }
}

fn compared(
    spec: &TargetSpec,
    comparator: Comparator,
    value: Decimal,
    unit: Option<&str>,
    style: Style,
) -> String {
    let number = |value: Decimal| number::format(value.normalize(), Lang::Vi);
    let shown = measured(&number(value), unit);
    let sentence = style == Style::Sentence;
    match comparator {
        Comparator::AtLeast if spec.strict && sentence => format!("trên {shown}"),
        Comparator::AtLeast if sentence => format!("từ {shown} trở lên"),
        Comparator::AtLeast if spec.strict => format!("> {shown}"),
        Comparator::AtLeast => format!("≥ {shown}"),
        Comparator::AtMost if spec.strict && sentence => format!("dưới {shown}"),
        Comparator::AtMost if sentence => format!("không quá {shown}"),
        Comparator::AtMost if spec.strict => format!("< {shown}"),
        Comparator::AtMost => format!("≤ {shown}"),
        Comparator::Equal => shown,
        Comparator::About => format!("khoảng {shown}"),
        Comparator::Between => match spec.value_max {
            Some(most) => measured(&format!("{} – {}", number(value), number(most)), unit),
            None => shown,
        },
        Comparator::MultiplyBy => format!("gấp {} lần", number(value)),
        Comparator::IncreaseByPct | Comparator::IncreaseCount => {
            let verb = if value.is_sign_negative() {
                "giảm"
            } else {
                "tăng"
            };
            let by = number(value.abs());
            match comparator {
                Comparator::IncreaseByPct => format!("{verb} {by}%"),
                _ => format!("{verb} thêm {}", measured(&by, unit)),
            }
        }
    }
}

/// A number with its unit, as it is written: "45%", "12 doanh nghiệp".
fn measured(number: &str, unit: Option<&str>) -> String {
    match unit {
        Some(unit) if unit.starts_with('%') => format!("{number}{unit}"),
        Some(unit) => format!("{number} {unit}"),
        None => number.to_owned(),
    }
}

fn by_when(spec: &TargetSpec) -> Option<String> {
    match (spec.cadence, spec.year) {
        (Cadence::ByYear, Some(year)) => Some(format!("năm {year}")),
        (Cadence::PerYear, Some(year)) => Some(format!("hằng năm, đến năm {year}")),
        (Cadence::PerYear, None) => Some("hằng năm".to_owned()),
        (Cadence::ByYear, None) => None,
    }
}
