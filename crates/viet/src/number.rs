//! Numbers as they are written in Vietnam: dot between thousands, comma before decimals.

use crate::Lang;
use rust_decimal::Decimal;

/// Reads a number in the Vietnamese way of writing: "1.234,5", "42", "-0,7", "12 000" (a space or
/// no-break space may stand between thousands). "4.0" is none: a dot stands only before three digits.
pub fn parse(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '−', '–']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = match digits.split_once(',') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut plain = ungroup(whole)?;
    if let Some(fraction) = fraction {
        if fraction.is_empty() || !all_digits(fraction) {
            return None;
        }
        plain.push('.');
        plain.push_str(fraction);
    }
    let value = Decimal::from_str_exact(&plain).ok()?;
    Some(if negative { -value } else { value })
}

/// The whole part without its thousands separators, or none when they stand in wrong places.
fn ungroup(whole: &str) -> Option<String> {
    let separator = whole.chars().find(|c| !c.is_ascii_digit());
    let Some(separator) = separator else {
        return (!whole.is_empty()).then(|| whole.to_owned());
    };
    if !matches!(separator, '.' | ' ' | '\u{a0}' | '\u{202f}') {
        return None;
    }
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let leads = (1..=3).contains(&first.len()) && all_digits(first) && !first.starts_with('0');
    let mut plain = first.to_owned();
    for group in groups {
        if group.len() != 3 || !all_digits(group) {
            return None;
        }
        plain.push_str(group);
    }
    leads.then_some(plain)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Reads a number written out, from the first of some lower-case words: "ba" is 3, "hai mươi lăm" 25,
/// "một trăm linh hai" 102. Gives the number and how many words it takes; up to 999.
pub fn spelled(words: &[&str]) -> Option<(u32, usize)> {
    let digit = |at: usize| -> Option<u32> {
        let word = *words.get(at)?;
        let place = ONES.iter().position(|w| *w == word)?;
        u32::try_from(place + 1).ok()
    };
    let last = |at: usize| match words.get(at) {
        Some(&"lăm") => Some(5),
        Some(&"mốt") => Some(1),
        Some(&"tư") => Some(4),
        _ => digit(at),
    };
    let tens = |at: usize| -> Option<(u32, usize)> {
        if words.get(at) == Some(&"mười") {
            return Some(last(at + 1).map_or((10, at + 1), |d| (10 + d, at + 2)));
        }
        let first = digit(at)?;
        if words.get(at + 1) != Some(&"mươi") {
            return Some((first, at + 1));
        }
        Some(last(at + 2).map_or((first * 10, at + 2), |d| (first * 10 + d, at + 3)))
    };
    let (value, end) = tens(0)?;
    if value > 9 || words.get(end) != Some(&"trăm") {
        return Some((value, end));
    }
    let hundreds = value * 100;
    let single = matches!(words.get(end + 1), Some(&("linh" | "lẻ")));
    let rest = if single {
        digit(end + 2).map(|d| (d, end + 3))
    } else {
        tens(end + 1).filter(|(v, _)| *v > 9)
    };
    Some(rest.map_or((hundreds, end + 1), |(v, to)| (hundreds + v, to)))
}

const ONES: [&str; 9] = [
    "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
];

/// Writes a number with its decimals as they are: 1234.50 → "1.234,50" in Vietnamese, "1,234.50" in English.
pub fn format(value: Decimal, lang: Lang) -> String {
    let (thousands, point) = match lang {
        Lang::Vi => ('.', ','),
        Lang::En => (',', '.'),
    };
    let plain = value.abs().to_string();
    let (whole, fraction) = match plain.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (plain.as_str(), None),
    };
    let mut out = String::with_capacity(plain.len() + plain.len() / 3 + 1);
    if value.is_sign_negative() && !value.is_zero() {
        out.push('-');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(thousands);
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_vietnamese_way() {
        for (text, value) in [
            ("42", Some("42")),
            ("1,5", Some("1.5")),
            ("1.234,5", Some("1234.5")),
            ("12.000", Some("12000")),
            ("2 500 000", Some("2500000")),
            ("-0,7", Some("-0.7")),
            ("01", Some("1")),
            ("4.0", None),
            ("0.125", None),
            ("1.23,4", None),
            ("1,", None),
            (",5", None),
            ("", None),
            ("5G", None),
            ("1,2,3", None),
            ("99999999999999999999999999999999", None),
        ] {
            let expected = value.map(|v| v.parse::<Decimal>().expect("a decimal"));
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_what_is_written_out() {
        for (text, expected) in [
            ("ba trung tâm", Some((3, 1))),
            ("mười", Some((10, 1))),
            ("mười hai xã", Some((12, 2))),
            ("mười lăm", Some((15, 2))),
            ("hai mươi", Some((20, 2))),
            ("hai mươi mốt xã", Some((21, 3))),
            ("bốn mươi tư", Some((44, 3))),
            ("một trăm", Some((100, 2))),
            ("một trăm linh hai", Some((102, 4))),
            ("ba trăm năm mươi", Some((350, 4))),
            ("trung tâm", None),
            ("", None),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(spelled(&words), expected, "{text}");
        }
    }

    #[test]
    fn writes_both_ways() {
        let value: Decimal = "-1234567.80".parse().expect("a decimal");
        assert_eq!(format(value, Lang::Vi), "-1.234.567,80");
        assert_eq!(format(value, Lang::En), "-1,234,567.80");
        assert_eq!(format(Decimal::new(-0, 2), Lang::Vi), "0,00");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_back(mantissa in -1_000_000_000_000i64..1_000_000_000_000, scale in 0u32..6) {
            let value = Decimal::new(mantissa, scale);
            proptest::prop_assert_eq!(parse(&format(value, Lang::Vi)), Some(value));
        }

        #[test]
        fn never_panics(s in "\\PC{0,20}") { let _ = parse(&s); }
    }
}
