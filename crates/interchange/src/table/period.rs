//! Periods as people head their columns and fill their cells with them.

use viet::{Period, fold};

/// Years a figure can be of; other numbers of four digits are figures themselves.
const YEARS: std::ops::Range<i16> = 1900..2200;

/// The period a cell means: "2025", "năm 2025", "Quý III/2026", "Q3/2026", "tháng 10 năm 2026", "10/2026",
/// "6 tháng đầu năm 2026", "9 tháng năm 2026", "giai đoạn 2021-2025", and the forms of files.
pub fn read(text: &str) -> Option<Period> {
    let text = text.trim();
    let of_files = text.parse().ok();
    if let Some(period) = of_files.or_else(|| crate::sdmx::period::read(text)) {
        return Some(period).filter(|period| YEARS.contains(&period.end_year()));
    }
    // Longer texts are no periods, and need not be taken apart.
    if text.len() > 60 {
        return None;
    }
    let folded = fold::fold(text);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !matches!(*word, "" | "nam" | "ky" | "giai" | "doan" | "year" | "of"))
        .collect();
    by_words(&words)
}

fn by_words(words: &[&str]) -> Option<Period> {
    match *words {
        [year] => Some(Period::Year(number(year)?)),
        ["quy" | "quarter", quarter, year] => Period::quarter(number(year)?, roman(quarter)?),
        ["thang" | "month", month, year] => Period::month(number(year)?, month.parse().ok()?),
        ["6", "thang", "dau", year] => Period::half_year(number(year)?, 1),
        ["6", "thang", "cuoi", year] => Period::half_year(number(year)?, 2),
        ["6", "thang", year] => Period::half_year(number(year)?, 1),
        ["9", "thang", year] | ["9", "thang", "dau", year] => {
            Some(Period::NineMonths(number(year)?))
        }
        [first, second] => pair(first, second),
        _ => None,
    }
}

fn pair(first: &str, second: &str) -> Option<Period> {
    if let (Some(from), Some(to)) = (number(first), number(second)) {
        return (from < to).then(|| Period::years(from, to)).flatten();
    }
    let (part, year) = match number(second) {
        Some(year) => (first, year),
        None => (second, number(first)?),
    };
    if let Some(quarter) = part.strip_prefix('q') {
        return Period::quarter(year, roman(quarter)?);
    }
    if let Some(half) = part.strip_prefix('h') {
        return Period::half_year(year, half.parse().ok()?);
    }
    Period::month(
        year,
        part.strip_prefix(['m', 't']).unwrap_or(part).parse().ok()?,
    )
}

/// A year of four digits.
fn number(text: &str) -> Option<i16> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits
        .then(|| text.parse().ok())
        .flatten()
        .filter(|year| YEARS.contains(year))
}

fn roman(text: &str) -> Option<u8> {
    Some(match text {
        "i" | "1" => 1,
        "ii" | "2" => 2,
        "iii" | "3" => 3,
        "iv" | "4" => 4,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        for (text, want) in [
            ("2025", Some("2025")),
            ("Năm 2025", Some("2025")),
            (" năm\u{a0}2025 ", Some("2025")),
            ("Quý III/2026", Some("2026-Q3")),
            ("quý 3 năm 2026", Some("2026-Q3")),
            ("QUÝ IV NĂM 2026", Some("2026-Q4")),
            ("Q3/2026", Some("2026-Q3")),
            ("2026-Q3", Some("2026-Q3")),
            ("2026-S1", Some("2026-H1")),
            ("Tháng 10/2026", Some("2026-M10")),
            ("tháng 02 năm 2026", Some("2026-M02")),
            ("10/2026", Some("2026-M10")),
            ("2026-10", Some("2026-M10")),
            ("T10/2026", Some("2026-M10")),
            ("6 tháng đầu năm 2026", Some("2026-H1")),
            ("6 tháng cuối năm 2026", Some("2026-H2")),
            ("9 tháng năm 2026", Some("2026-9M")),
            ("Giai đoạn 2021-2025", Some("2021/2025")),
            ("2021–2025", Some("2021/2025")),
            ("2025-2021", None),
            ("Quý V/2026", None),
            ("13/2026", None),
            ("01/05/2026", None),
            ("25", None),
            ("1234", None),
            ("Giá trị", None),
            ("", None),
        ] {
            let want = want.map(|w| w.parse::<Period>().expect("a period"));
            assert_eq!(read(text), want, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn labels_are_read_back(year in 1901i16..2190, kind in 0u8..5, part in 1u8..13) {
            let period = match kind {
                0 => Some(Period::Year(year)),
                1 => Period::half_year(year, part.div_ceil(6)),
                2 => Period::quarter(year, part.div_ceil(3)),
                3 => Period::month(year, part),
                _ => Some(Period::NineMonths(year)),
            };
            let period = period.expect("within bounds");
            proptest::prop_assert_eq!(read(&period.label(viet::Lang::Vi)), Some(period));
        }

        #[test]
        fn never_panics(text in "\\PC{0,30}") { let _ = read(&text); }
    }
}
