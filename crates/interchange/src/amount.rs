//! What stands in the cell of a figure: a number in one of two notations, or a sign that there is none.

use catalogue::Label;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::number;

/// How a file writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notation {
    /// `1.234,5`
    Vietnamese,
    /// `1,234.5`
    English,
}

/// What the cell of a figure says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Nothing.
    Blank,
    /// The thing counted did not occur: a hyphen, as in the tables of statistical yearbooks.
    NothingArose,
    /// It may have occurred, there is no figure: dots, as in the same tables.
    NotCollected,
    /// A number, exactly as written.
    Value(Decimal),
}

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misread {
    /// Words, or signs that stand in no number.
    NotANumber,
    /// A number in either notation, and not the same one.
    Ambiguous,
    /// A number in the other notation than the file's.
    OtherNotation,
    /// A number with a per-cent sign.
    PercentSign,
    /// Written with an exponent, by which digits are lost.
    Exponent,
    /// A date, which spreadsheets make of numbers such as 1.5.
    Date,
    /// More digits than can be kept exactly.
    TooLong,
}

impl Misread {
    /// What is wrong.
    pub fn reason(self) -> Label {
        match self {
            Misread::NotANumber => Label::new("Không phải là số.", "Not a number."),
            Misread::Ambiguous => Label::new(
                "Không rõ dấu chấm hoặc dấu phẩy là phân cách hàng nghìn hay phần thập phân.",
                "It is not clear whether the dot or comma stands between thousands or before decimals.",
            ),
            Misread::OtherNotation => Label::new(
                "Số viết khác cách viết của các số khác trong tệp.",
                "The number is not written as the file writes numbers.",
            ),
            Misread::PercentSign => Label::new(
                "Số có kèm ký hiệu %.",
                "The number carries a per-cent sign.",
            ),
            Misread::Exponent => Label::new(
                "Số viết dạng luỹ thừa (E), có thể đã mất chữ số.",
                "The number is written with an exponent and may have lost digits.",
            ),
            Misread::Date => Label::new(
                "Ô chứa ngày tháng, không phải số.",
                "The cell holds a date instead of a number.",
            ),
            Misread::TooLong => {
                Label::new("Số có quá nhiều chữ số.", "The number has too many digits.")
            }
        }
    }

    /// What to do.
    pub fn remedy(self) -> Label {
        match self {
            Misread::NotANumber => Label::new(
                "Nhập số, không kèm chữ hay đơn vị tính.",
                "Enter a number without words or units.",
            ),
            Misread::Ambiguous | Misread::OtherNotation => Label::new(
                "Nhập lại ở dạng số, bỏ phân cách hàng nghìn.",
                "Enter it as a number, without separators between thousands.",
            ),
            Misread::PercentSign => Label::new(
                "Bỏ ký hiệu %, nhập số theo đơn vị tính của chỉ số.",
                "Leave the sign out and enter the number in the indicator's unit.",
            ),
            Misread::Exponent => {
                Label::new("Nhập lại đầy đủ các chữ số.", "Enter all digits again.")
            }
            Misread::Date => Label::new(
                "Định dạng lại ô thành số rồi nhập lại.",
                "Format the cell as a number and enter it again.",
            ),
            Misread::TooLong => Label::new(
                "Nhập số có tối đa 28 chữ số.",
                "Enter a number of at most 28 digits.",
            ),
        }
    }
}

/// Reads the cell of a figure. Without a notation, a number is taken only where both agree or just one
/// can read it.
///
/// # Errors
/// When it is none of these.
pub fn read(text: &str, notation: Option<Notation>) -> Result<Amount, Misread> {
    let text = text.trim();
    match text {
        "" => return Ok(Amount::Blank),
        "-" | "–" | "—" | "−" => return Ok(Amount::NothingArose),
        "…" | "..." | ".." | "*" => return Ok(Amount::NotCollected),
        _ => {}
    }
    let vietnamese = || number::parse(text);
    let english = || number::parse(&swapped(text));
    let value = match notation {
        Some(Notation::Vietnamese) => {
            vietnamese().ok_or_else(|| misread(text, english().is_some()))
        }
        Some(Notation::English) => english().ok_or_else(|| misread(text, vietnamese().is_some())),
        None => match (vietnamese(), english()) {
            (Some(a), Some(b)) if a == b => Ok(a),
            (Some(_), Some(_)) => Err(Misread::Ambiguous),
            (Some(one), None) | (None, Some(one)) => Ok(one),
            (None, None) => Err(misread(text, false)),
        },
    };
    value.map(Amount::Value)
}

/// The notation in which all of some texts can be read that are numbers at all; none when both or
/// neither will do.
pub fn notation_of<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Notation> {
    let (mut vietnamese, mut english) = (0, 0);
    for text in texts {
        match (number::parse(text), number::parse(&swapped(text))) {
            (Some(_), None) => vietnamese += 1,
            (None, Some(_)) => english += 1,
            _ => {}
        }
    }
    match (vietnamese, english) {
        (1.., 0) => Some(Notation::Vietnamese),
        (0, 1..) => Some(Notation::English),
        _ => None,
    }
}

/// Dots as commas and commas as dots: the one notation made of the other.
fn swapped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '.' => ',',
            ',' => '.',
            other => other,
        })
        .collect()
}

fn misread(text: &str, other_notation: bool) -> Misread {
    if other_notation {
        return Misread::OtherNotation;
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let only = |allowed: &str| {
        digits > 0
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || allowed.contains(c) || c.is_whitespace())
    };
    if text.ends_with('%') && only("+-−.,%") {
        Misread::PercentSign
    } else if only("+-.,eE") && text.contains(['e', 'E']) {
        Misread::Exponent
    } else if viet::date::parse(text).is_some() || text.parse::<jiff::civil::Date>().is_ok() {
        Misread::Date
    } else if digits > 28 && only("+-−.,") {
        Misread::TooLong
    } else {
        Misread::NotANumber
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use viet::Lang;

    use super::*;

    fn value(text: &str) -> Result<Amount, Misread> {
        Ok(Amount::Value(text.parse().expect("a decimal")))
    }

    #[test]
    fn cells_of_figures() {
        use Notation::{English, Vietnamese};
        for (text, notation, want) in [
            ("1.234,5", Some(Vietnamese), value("1234.5")),
            ("1.234,5", None, value("1234.5")),
            ("1.234,5", Some(English), Err(Misread::OtherNotation)),
            ("1,234.5", Some(English), value("1234.5")),
            ("1,234.5", None, value("1234.5")),
            ("1.234", None, Err(Misread::Ambiguous)),
            ("1,234", None, Err(Misread::Ambiguous)),
            ("1.234", Some(Vietnamese), value("1234")),
            ("1.234", Some(English), value("1.234")),
            ("0.125", None, value("0.125")),
            ("12.5", None, value("12.5")),
            ("12,50", None, value("12.50")),
            ("1.234.567", None, value("1234567")),
            ("2\u{a0}500\u{a0}000", None, value("2500000")),
            ("\u{a0}7\u{202f}", None, value("7")),
            ("−3,5", None, value("-3.5")),
            ("42", None, value("42")),
            ("", None, Ok(Amount::Blank)),
            (" \u{a0}", None, Ok(Amount::Blank)),
            ("-", None, Ok(Amount::NothingArose)),
            ("…", None, Ok(Amount::NotCollected)),
            ("...", Some(English), Ok(Amount::NotCollected)),
            ("45,6%", None, Err(Misread::PercentSign)),
            ("1,2E+05", None, Err(Misread::Exponent)),
            ("01/05/2026", None, Err(Misread::Date)),
            ("2026-05-01", None, Err(Misread::Date)),
            (
                "99999999999999999999999999999999",
                None,
                Err(Misread::TooLong),
            ),
            ("khoảng 5", None, Err(Misread::NotANumber)),
            ("=1+1", None, Err(Misread::NotANumber)),
            ("１２", None, Err(Misread::NotANumber)),
        ] {
            assert_eq!(read(text, notation), want, "{text:?} {notation:?}");
        }
    }

    #[test]
    fn the_notation_of_a_column() {
        for (texts, want) in [
            (&["1.234", "2,5"][..], Some(Notation::Vietnamese)),
            (&["1.234", "2.5", "x"][..], Some(Notation::English)),
            (&["1.234", "5"][..], None),
            (&["2,5", "2.5"][..], None),
        ] {
            assert_eq!(notation_of(texts.iter().copied()), want, "{texts:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_in_a_notation_is_read_in_it(mantissa in -10i64.pow(15)..10i64.pow(15), scale in 0u32..7) {
            let number = Decimal::new(mantissa, scale);
            for (lang, notation) in [(Lang::Vi, Notation::Vietnamese), (Lang::En, Notation::English)] {
                let text = number::format(number, lang);
                prop_assert_eq!(read(&text, Some(notation)), Ok(Amount::Value(number)));
                if let Ok(read) = read(&text, None) {
                    prop_assert_eq!(read, Amount::Value(number));
                }
            }
        }

        #[test]
        fn never_panics(s in "\\PC{0,30}") { let _ = read(&s, None); }
    }
}
