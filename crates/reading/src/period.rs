//! Years in a sentence and what they are there for.

use crate::token::{Kind, Phrases, Token};
use crate::words::{Words, words};
use rust_decimal::prelude::ToPrimitive;

/// What a year is said for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// "đến năm 2030", "trước 31/12/2025"
    Deadline,
    /// "năm 2025", "trong năm 2025"
    During,
    /// "giai đoạn 2026-2030"
    Range,
    /// "định hướng đến năm 2030", "tầm nhìn đến năm 2045"
    Outlook,
    /// "so với năm 2020"
    Baseline,
    /// "từ năm 2026": the first year in which it holds
    Since,
    /// Inside the title of another document.
    Titled,
}

/// A year in a sentence, with the tokens it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub from: usize,
    pub to: usize,
    pub year: i16,
    pub used: Use,
}

impl Moment {
    /// Whether a target can have it as its deadline.
    pub fn is_deadline(&self) -> bool {
        matches!(self.used, Use::Deadline | Use::During | Use::Range)
    }
}

/// The whole number of a token, if it can be a year.
pub(crate) fn year_of(token: &Token) -> Option<i16> {
    match token.kind {
        Kind::Number(v) if v.is_integer() && token.at.len() == 4 => {
            v.to_i16().filter(|y| (1990..=2100).contains(y))
        }
        Kind::Date => token
            .key
            .rsplit(['/', '-', '.'])
            .next()?
            .parse()
            .ok()
            .filter(|y| (1990..=2100).contains(y)),
        _ => None,
    }
}

static BEFORE: Words = Words::new(&[
    "chậm nhất",
    "chậm nhất đến",
    "chậm nhất là ngày",
    "chậm nhất ngày",
    "đến hết năm",
    "đến cuối năm",
    "đến năm",
    "tới năm",
    "tới hết năm",
    "vào năm",
    "vào cuối năm",
    "trước năm",
    "trong năm",
    "hết năm",
    "cuối năm",
    "đến hết",
    "năm",
    "đến",
    "tới",
    "trước",
    "vào",
    "đến hết ngày",
    "trước ngày",
    "đến ngày",
    "giai đoạn",
    "nhiệm kỳ",
    "thời kỳ",
    "giai đoạn từ năm",
    "đến tháng",
    "trước tháng",
    "trong tháng",
]);
const DEADLINE: [&str; 10] = [
    "đến",
    "tới",
    "vào",
    "trước",
    "hết",
    "cuối",
    "đầu",
    "mốc",
    "chậm nhất",
    "xong",
];
static BASELINE: Words = Words::new(&[
    "so với",
    "so với cuối",
    "so với cùng kỳ",
    "cùng kỳ",
    "từ",
    "kể từ",
    "so",
    "so với giai đoạn",
    "so với thời kỳ",
    "bằng mức",
    "hiện nay",
    "so với thời điểm",
]);
/// Sorts of papers in whose titles years stand.
static PAPERS: Words = Words::new(&[
    "kế hoạch",
    "chương trình",
    "đề án",
    "chiến lược",
    "nghị quyết",
    "quyết định",
    "dự án",
    "quy hoạch",
    "kết luận",
    "chỉ thị",
]);

/// All years of a sentence that are said with a word of time.
pub(crate) fn moments(tokens: &[Token]) -> Vec<Moment> {
    let mut out: Vec<Moment> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        if let Some(year) = year_of(&tokens[i]) {
            let (year, to) = range_end(tokens, i).unwrap_or((year, i + 1));
            let percent = tokens.mark(to, '%');
            let from = tokens
                .longest_back(i, &BEFORE)
                .or_else(|| quarter(tokens, i))
                .or_else(|| alone(tokens, i));
            if let (Some(from), false) = (from, percent) {
                let ranged = to > i + 1;
                out.push(Moment {
                    from,
                    to,
                    year,
                    used: used(tokens, from, i, ranged),
                });
            } else if to > i + 1 && !percent {
                out.push(Moment {
                    from: i,
                    to,
                    year,
                    used: Use::Range,
                });
            }
            i = paired(tokens, to, &mut out);
        } else {
            i += 1;
        }
    }
    out
}

/// "50% (2026)", "2028 đạt 20%": a year without a word of time that can be nothing else.
fn alone(tokens: &[Token], i: usize) -> Option<usize> {
    let before = i.checked_sub(1);
    let closed = before.is_some_and(|p| tokens.mark(p, '(')) && tokens.mark(i + 1, ')');
    let begins = before.is_none_or(|p| {
        matches!(tokens[p].mark(), Some(',' | ';' | ':')) || tokens.word(p, &["và"])
    });
    let told = tokens.word(i + 1, &["đạt", "là", "chiếm", "có"])
        || tokens.mark(i + 1, ':') && tokens.get(i + 2).is_some_and(|t| t.number().is_some());
    if closed {
        return before;
    }
    (begins && told && tokens[i].number().is_some()).then_some(i)
}

/// "đến hết quý II/2026": where the words of time before the year begin.
fn quarter(tokens: &[Token], year: usize) -> Option<usize> {
    let slash = year.checked_sub(3)?;
    let number =
        tokens.word(year - 2, &["i", "ii", "iii", "iv"]) || tokens[year - 2].number().is_some();
    (tokens.mark(year - 1, '/') && number && tokens.word(slash, &["quý"])).then(|| {
        let words = words![
            "đến hết",
            "đến",
            "trong",
            "trước",
            "vào",
            "hết",
            "cuối",
            "đến cuối",
        ];
        tokens.longest_back(slash, words).unwrap_or(slash)
    })
}

/// "2025/2030": the second year is meant like the first.
fn paired(tokens: &[Token], mut i: usize, out: &mut Vec<Moment>) -> usize {
    while (tokens.mark(i, '/') || listed(tokens, i))
        && let Some(year) = tokens.get(i + 1).and_then(year_of)
        && let Some(last) = out.last().copied()
    {
        out.push(Moment {
            from: i + 1,
            to: i + 2,
            year,
            used: last.used,
        });
        i += 2;
    }
    i
}

/// "đến năm 2026 và 2030,": another year behind the joining word, that counts nothing.
fn listed(tokens: &[Token], i: usize) -> bool {
    static SUBJECTS: Words = Words::new(&[
        "tỷ lệ",
        "tỉ lệ",
        "tỷ trọng",
        "số lượng",
        "kinh tế",
        "quy mô",
    ]);
    let joined = tokens.word(i, &["và"]) || tokens.mark(i, ',');
    let alone = tokens
        .get(i + 2)
        .is_some_and(|t| matches!(t.mark(), Some(',' | ':' | '/')));
    joined && (alone || tokens.longest(i + 2, &SUBJECTS).is_some())
}

/// "2021-2025", "2021 đến năm 2025": the last year and the place after it.
fn range_end(tokens: &[Token], i: usize) -> Option<(i16, usize)> {
    let joined = tokens.mark(i + 1, '-') || tokens.word(i + 1, &["đến"]);
    let at = if tokens.word(i + 2, &["năm"]) {
        i + 3
    } else {
        i + 2
    };
    let end = year_of(tokens.get(at)?)?;
    let begin = year_of(&tokens[i])?;
    (joined && end > begin).then_some((end, at + 1))
}

fn used(tokens: &[Token], from: usize, year: usize, ranged: bool) -> Use {
    if tokens
        .longest_back(
            from,
            words![
                "định hướng",
                "tầm nhìn",
                "định hướng phát triển",
                "tầm nhìn chiến lược",
            ],
        )
        .is_some()
    {
        return if titled(tokens, from) {
            Use::Titled
        } else {
            Use::Outlook
        };
    }
    if is_remark(tokens, from, year) {
        return Use::Baseline;
    }
    let since = tokens
        .longest_back(from, words!["từ", "kể từ", "bắt đầu từ"])
        .is_some();
    if since && !ranged && tokens.word(from, &["năm"]) {
        return Use::Since;
    }
    // "so với mức 12% của năm 2024"
    let compared = (from.saturating_sub(7)..from)
        .rev()
        .take_while(|i| tokens[*i].mark().is_none_or(|c| c == '%'))
        .any(|i| tokens.longest(i, words!["so với", "từ mức"]).is_some());
    if compared && !tokens.word(from, &["đến", "tới", "vào", "trước"]) {
        return Use::Baseline;
    }
    // "gấp 2 lần năm 2023", "gấp đôi giai đoạn 2021 - 2025": what it is compared with.
    let times = tokens
        .longest_back(from, words!["lần", "gấp đôi"])
        .is_some();
    let multiplied = (from.saturating_sub(4)..from).any(|i| tokens.word(i, &["gấp"]));
    let times = times
        && (tokens.word(from, &["năm"])
            || multiplied && tokens.word(from, &["giai", "thời", "nhiệm"]));
    if times || tokens.longest_back(from, &BASELINE).is_some() {
        return Use::Baseline;
    }
    if titled(tokens, from) {
        return Use::Titled;
    }
    // "8%/năm thời kỳ 2021-2030" is reached by its end.
    let yearly = tokens.word(from.wrapping_sub(1), &["năm"]);
    if tokens.word(from, &["nhiệm", "thời"]) && ranged && !yearly {
        return Use::Baseline;
    }
    if ranged || tokens.word(from, &["giai"]) {
        return Use::Range;
    }
    let deadline = (from..year).any(|i| tokens.word(i, &DEADLINE));
    if deadline { Use::Deadline } else { Use::During }
}

/// "đạt 90% (năm 2024 đạt 75%)": a result told beside the aim.
fn is_remark(tokens: &[Token], from: usize, year: usize) -> bool {
    let opened = from.checked_sub(1).is_some_and(|p| tokens.mark(p, '('));
    let mut inside = tokens[year + 1..].iter().take(12);
    opened
        && inside
            .find(|t| t.number().is_some() || t.mark() == Some(')'))
            .is_some_and(|t| t.number().is_some())
}

/// Whether the place stands in the title of a paper: a capitalised sort of paper or a number before it,
/// without a break.
fn titled(tokens: &[Token], from: usize) -> bool {
    let mut quotes = 0;
    for i in (from.saturating_sub(60)..from).rev() {
        match tokens[i].kind {
            Kind::Mark('"') => quotes += 1,
            Kind::Mark(';' | '.' | ':') => break,
            // "…, tầm nhìn đến năm 2045" goes on with the title.
            Kind::Mark(',') if !tokens.word(from - 1, &["nhìn", "hướng"]) => break,
            // What a paper aims at is not its title.
            Kind::Word
                if tokens
                    .longest(
                        i,
                        words![
                            "mục tiêu",
                            "phấn đấu",
                            "đề ra",
                            "đặt ra",
                            "chỉ tiêu",
                            "nêu rõ",
                            "trên địa bàn",
                            "của tỉnh",
                            "là",
                            "sẽ",
                            "đạt",
                            "gồm",
                        ],
                    )
                    .is_some() =>
            {
                break;
            }
            Kind::Code => return true,
            Kind::Word
                if tokens[i].capital
                    && i > 0
                    && from > i + 2
                    && tokens.longest(i, &PAPERS).is_some() =>
            {
                return true;
            }
            _ => {}
        }
    }
    // An odd number of quotation marks before it: inside a quotation.
    quotes % 2 == 1
}

/// The year a heading sets for what stands under it: its first deadline, else its outlook.
pub(crate) fn heading_year(tokens: &[Token]) -> Option<i16> {
    let all = moments(tokens);
    let first = |used: &[Use]| all.iter().find(|m| used.contains(&m.used)).map(|m| m.year);
    first(&[Use::Deadline])
        .or_else(|| first(&[Use::Range, Use::During]))
        .or_else(|| first(&[Use::Outlook]))
}

/// The year a whole document is for, by its title. There "Kế hoạch … năm 2025" is the document itself.
pub(crate) fn title_year(tokens: &[Token]) -> Option<i16> {
    let of_plan = || {
        let all = moments(tokens);
        let own = all
            .iter()
            .rfind(|m| m.used == Use::Titled && tokens.word(m.from, &["năm", "giai"]));
        own.map(|m| m.year)
    };
    heading_year(tokens).or_else(of_plan)
}

/// Words that make something yearly.
pub(crate) static YEARLY: Words = Words::new(&[
    "hằng năm",
    "hàng năm",
    "mỗi năm",
    "một năm",
    "từng năm",
    "trong từng năm",
    "bình quân năm",
    "qua các năm",
]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Extent, Text};
    use crate::token::tokens;

    fn read(source: &str) -> Vec<(i16, Use)> {
        let text = Text::new(source);
        moments(&tokens(&text, Extent::new(0, text.len())))
            .iter()
            .map(|m| (m.year, m.used))
            .collect()
    }

    #[test]
    fn years_and_their_uses() {
        for (source, expected) in [
            ("đến năm 2027 đạt 40%", vec![(2027, Use::Deadline)]),
            ("trong năm 2026, số hóa", vec![(2026, Use::During)]),
            ("giai đoạn 2026-2030 tăng", vec![(2030, Use::Range)]),
            ("tăng 2 lần so với năm 2021", vec![(2021, Use::Baseline)]),
            ("so với giai đoạn 2016 - 2020", vec![(2020, Use::Baseline)]),
            (
                "đến 2028, tầm nhìn đến năm 2040",
                vec![(2028, Use::Deadline), (2040, Use::Outlook)],
            ),
            ("trước ngày 30/6/2026", vec![(2026, Use::Deadline)]),
            (
                "thực hiện Chiến lược dữ liệu đến năm 2030",
                vec![(2030, Use::Titled)],
            ),
            ("hỗ trợ 2025 hộ", vec![]),
            ("có 2000% dân", vec![]),
        ] {
            assert_eq!(read(source), expected, "{source}");
        }
    }
}
