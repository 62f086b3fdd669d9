//! Periods as SDMX writes them.

use jiff::civil::Date;
use viet::{Calendar, Period};

/// A period: `2026`, `2026-S1`, `2026-Q3`, `2026-10`; nine months and several years, for which SDMX has no
/// word of their own, as a start with a duration: `2026-01-01/P9M`, `2021-01-01/P5Y`.
pub fn write(period: Period) -> String {
    match period {
        Period::Year(year) => format!("{year:04}"),
        Period::HalfYear { year, half, .. } => format!("{year:04}-S{half}"),
        Period::Quarter { year, quarter, .. } => format!("{year:04}-Q{quarter}"),
        Period::Month { year, month, .. } => format!("{year:04}-{month:02}"),
        Period::NineMonths(year) => format!("{year:04}-01-01/P9M"),
        Period::Years { from, to, .. } => {
            format!("{from:04}-01-01/P{}Y", i32::from(to) - i32::from(from) + 1)
        }
    }
}

/// The period a text means; also `2026-A1` and `2026-M10`, which other writers use. None for days, weeks
/// and trimesters, for which nothing is kept.
pub fn read(text: &str) -> Option<Period> {
    if let Some((start, duration)) = text.split_once('/') {
        return lasting(start, duration);
    }
    let (year, part) = match text.split_once('-') {
        Some((year, part)) => (year, Some(part)),
        None => (text, None),
    };
    let year = four_digits(year)?;
    let Some(part) = part else {
        return Some(Period::Year(year));
    };
    let (kind, number) = match part.as_bytes().first()? {
        b'0'..=b'9' => ('M', part),
        _ => (part.chars().next()?, part.get(1..)?),
    };
    let plain = number.bytes().all(|b| b.is_ascii_digit());
    let wide = number.len() == if kind == 'M' { 2 } else { 1 };
    let number = number.parse().ok().filter(|_| plain && wide)?;
    match kind {
        'A' if number == 1 => Some(Period::Year(year)),
        'S' => Period::half_year(year, number),
        'Q' => Period::quarter(year, number),
        'M' => Period::month(year, number),
        _ => None,
    }
}

fn four_digits(text: &str) -> Option<i16> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn lasting(start: &str, duration: &str) -> Option<Period> {
    let start = start.strip_suffix("T00:00:00").unwrap_or(start);
    let year = four_digits(start.strip_suffix("-01-01")?)?;
    let count = duration.strip_prefix('P')?;
    match count.strip_suffix('Y') {
        Some(years) => {
            let years: i16 = years.parse().ok().filter(|n| *n > 0)?;
            Period::years(year, year.checked_add(years - 1)?)
        }
        None => (count == "9M").then_some(Period::NineMonths(year)),
    }
}

/// The code of the frequency: `A`, `S`, `Q`, `M` as SDMX's own list has them, `_O` for every other.
pub fn frequency(period: Period) -> &'static str {
    match period {
        Period::Year(_) => "A",
        Period::HalfYear { .. } => "S",
        Period::Quarter { .. } => "Q",
        Period::Month { .. } => "M",
        Period::NineMonths(_) | Period::Years { .. } => "_O",
    }
}

/// The days within which periods are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// No period that begins before.
    pub from: Option<Date>,
    /// No period that ends on this day or later.
    pub before: Option<Date>,
}

impl Window {
    /// Whether a period lies within, by the civil calendar.
    pub fn holds(&self, period: Period) -> bool {
        let range = period.range(Calendar::Civil);
        self.from.is_none_or(|from| range.from() >= from)
            && self
                .before
                .is_none_or(|before| range.to().is_some_and(|to| to <= before))
    }
}

/// First day, and day after the last, of a period or a day.
pub(crate) fn days(text: &str) -> Option<(Date, Date)> {
    if let Some(period) = read(text) {
        let range = period.range(Calendar::Civil);
        return Some((range.from(), range.to()?));
    }
    let day: Date = text.split('T').next()?.parse().ok()?;
    Some((day, day.tomorrow().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn periods_both_ways() {
        for (ours, theirs, frequency_code) in [
            ("2026", "2026", "A"),
            ("2026-H1", "2026-S1", "S"),
            ("2026-Q3", "2026-Q3", "Q"),
            ("2026-M10", "2026-10", "M"),
            ("2026-9M", "2026-01-01/P9M", "_O"),
            ("2021/2025", "2021-01-01/P5Y", "_O"),
        ] {
            let period: Period = ours.parse().expect("a period");
            assert_eq!(write(period), theirs);
            assert_eq!(read(theirs), Some(period), "{theirs}");
            assert_eq!(frequency(period), frequency_code);
        }
        assert_eq!(read("2026-A1"), read("2026"));
        assert_eq!(read("2026-M10"), read("2026-10"));
        for text in [
            "",
            "26",
            "2026-",
            "2026-Q5",
            "2026-W12",
            "2026-10-01",
            "2026-1",
            "2026-S3",
            "2026-T1",
            "2026-é",
            "2026-Q+1",
            "2026-02-01/P9M",
            "2026-01-01/P0Y",
            "2026-01-01/P99999Y",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn windows_hold_whole_periods() {
        let window = Window {
            from: days("2026-S2").map(|d| d.0),
            before: days("2026-12").map(|d| d.1),
        };
        for (text, within) in [
            ("2026-Q3", true),
            ("2026-12", true),
            ("2026", false),
            ("2026-Q2", false),
            ("2027-01", false),
        ] {
            assert_eq!(
                window.holds(read(text).expect("a period")),
                within,
                "{text}"
            );
        }
        assert!(Window::default().holds(Period::Year(2026)));
        assert_eq!(days("2026-05-31T00:00:00"), days("2026-05-31"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,16}|[0-9]{4}-[A-Z0-9]{0,3}(/P[0-9]{0,6}[YM])?") {
            if let Some(period) = read(&text) {
                prop_assert_eq!(read(&write(period)), Some(period));
            }
            let _ = days(&text);
        }
    }
}
