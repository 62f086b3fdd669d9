//! Dates as they are written in documents, and the day in Vietnam.

use crate::{Lang, fold};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Vietnam keeps UTC+7 all year; a fixed offset needs no time-zone database on the machine.
pub const VIETNAM: Offset = Offset::constant(7);

/// The day in Vietnam of a moment.
pub fn day_of(at: Timestamp) -> Date {
    VIETNAM.to_datetime(at).date()
}

/// Reads "22/12/2024", "9/1/2025", "22-12-2024", "22.12.2024" or "ngày 22 tháng 12 năm 2024" (with or
/// without diacritics). The whole text must be the date; none when it is not one of the calendar.
pub fn parse(text: &str) -> Option<Date> {
    let folded = fold::fold(text);
    let mut parts = Parts(folded.trim());
    parts.word("ngay");
    let day = parts.digits(1, 2)?;
    let spelled = !parts.separator() && parts.word("thang");
    let month = parts.digits(1, 2)?;
    let closed = if spelled {
        parts.word("nam")
    } else {
        parts.separator()
    };
    let year = parts.digits(4, 4)?;
    if !closed || !parts.0.is_empty() {
        return None;
    }
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

/// What is left of the text while its parts are taken one by one.
struct Parts<'a>(&'a str);

impl Parts<'_> {
    fn word(&mut self, word: &str) -> bool {
        match self.0.trim_start().strip_prefix(word) {
            Some(rest) => {
                self.0 = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn separator(&mut self) -> bool {
        match self.0.strip_prefix(['/', '-', '.']) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<u16> {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if !(least..=most).contains(&count) {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits.parse().ok()
    }
}

/// "22/12/2024" in Vietnamese, "22 Dec 2024" in English.
pub fn format(date: Date, lang: Lang) -> String {
    let (day, month, year) = (date.day(), date.month(), date.year());
    match lang {
        Lang::Vi => format!("{day:02}/{month:02}/{year:04}"),
        Lang::En => format!("{day} {} {year:04}", month_name(month)),
    }
}

/// The English short name of a month (1 to 12).
pub(crate) fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    usize::try_from(month - 1)
        .ok()
        .and_then(|i| NAMES.get(i))
        .copied()
        .unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        let date = Date::constant(2024, 2, 9);
        for text in [
            "09/02/2024",
            "9/2/2024",
            "9-2-2024",
            "9.2.2024",
            "ngày 09 tháng 02 năm 2024",
            "Ngày\u{a0}9 tháng 2 năm 2024",
            "ngay 9/2/2024",
        ] {
            assert_eq!(parse(text), Some(date), "{text}");
        }
        for text in [
            "30/02/2024",
            "9/2024",
            "09/02/24",
            "ngày 9 tháng 2",
            "9/2 năm 2024",
            "1/1/2024x",
            "",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(format(date, Lang::Vi), "09/02/2024");
        assert_eq!(format(date, Lang::En), "9 Feb 2024");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_back(y in 1900i16..2200, m in 1i8..=12, d in 1i8..=28) {
            let date = Date::constant(y, m, d);
            proptest::prop_assert_eq!(parse(&format(date, Lang::Vi)), Some(date));
        }

        #[test]
        fn never_panics(s in "\\PC{0,20}") { let _ = parse(&s); }
    }
}
