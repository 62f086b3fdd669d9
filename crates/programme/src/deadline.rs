//! Deadlines as written.

use jiff::civil::Date;
use viet::{Calendar, Period, date, fold};

/// The last day a written deadline allows, where it names a day, month, quarter or year: "30/6/2026",
/// "trước ngày 30/6/2026", "quý II/2026", "tháng 9 năm 2026", "đến hết năm 2026". Calendar months are
/// taken. None where it names none, as in "thường xuyên", or could be meant in two ways, as "trước năm
/// 2030".
pub fn due_of(written: &str) -> Option<Date> {
    let folded = fold::fold(written);
    let text = folded.trim().trim_end_matches(['.', ';']);
    if let Some(day) =
        words_off(text, &["truoc", "den", "xong", "hoan thanh"]).and_then(date::parse)
    {
        return Some(day);
    }
    let text = words_off(text, &["trong", "den", "het", "cuoi", "vao", "hoan thanh"])?;
    let period = if let Some(rest) = text.strip_prefix("quy ") {
        let (quarter, year) = of_year(rest)?;
        let quarter = match quarter {
            "1" | "i" => 1,
            "2" | "ii" => 2,
            "3" | "iii" => 3,
            "4" | "iv" => 4,
            _ => return None,
        };
        Period::quarter(year, quarter)?
    } else if let Some(rest) = text.strip_prefix("thang ") {
        let (month, year) = of_year(rest)?;
        Period::month(year, month.parse().ok()?)?
    } else {
        Period::Year(year(text.strip_prefix("nam ")?)?)
    };
    period.range(Calendar::Civil).last_day()
}

/// "ii/2026", "9 nam 2026" as part and year.
fn of_year(text: &str) -> Option<(&str, i16)> {
    let (part, rest) = text
        .split_once('/')
        .or_else(|| text.split_once(" nam "))
        .or_else(|| text.split_once('-'))?;
    Some((part.trim(), year(rest)?))
}

fn year(text: &str) -> Option<i16> {
    let text = text.trim();
    (text.len() == 4)
        .then(|| text.parse().ok())
        .flatten()
        .filter(|year| (1990..=2100).contains(year))
}

/// The text without leading words of a list, however many there are.
fn words_off<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let mut rest = text.trim_start();
    loop {
        let next = words.iter().find_map(|word| {
            rest.strip_prefix(word)
                .filter(|tail| tail.starts_with(char::is_whitespace))
        });
        match next {
            Some(tail) => rest = tail.trim_start(),
            None => return (!rest.is_empty()).then_some(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_deadline_becomes_a_day() {
        for (text, day) in [
            ("30/6/2026", Some("2026-06-30")),
            ("trước ngày 30/6/2026.", Some("2026-06-30")),
            ("Hoàn thành trước 15 tháng 9 năm 2026", Some("2026-09-15")),
            (
                "hoàn thành trước ngày 15 tháng 9 năm 2026",
                Some("2026-09-15"),
            ),
            ("Quý II/2026", Some("2026-06-30")),
            ("trong quý IV năm 2026", Some("2026-12-31")),
            ("tháng 2/2028", Some("2028-02-29")),
            ("đến hết năm 2026", Some("2026-12-31")),
            ("Năm 2027", Some("2027-12-31")),
            ("trước năm 2030", None),
            ("thường xuyên", None),
            ("hằng năm", None),
            ("quý V/2026", None),
            ("tháng 13/2026", None),
            ("", None),
        ] {
            let day = day.map(|d| d.parse::<Date>().expect("a date"));
            assert_eq!(due_of(text), day, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,30}") { let _ = due_of(&text); }
    }
}
