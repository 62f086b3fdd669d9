//! Numbers in digits and in words, steps and ranges.

use crate::exclude;
use crate::period;
use crate::token::{Phrases, Token};
use crate::words::{Words, words};
use rust_decimal::Decimal;

/// A number in digits, or a spelled one where only a number can stand ("ít nhất hai", "gấp đôi").
pub(crate) fn number_at(tokens: &[Token], i: usize) -> Option<(Decimal, usize)> {
    let token = tokens.get(i)?;
    if let Some(value) = token.number() {
        return Some((value, i + 1));
    }
    let doubled = tokens.word(i, &["đôi"]) && tokens.word(i.checked_sub(1)?, &["gấp"]);
    if doubled {
        return Some((Decimal::TWO, i + 1));
    }
    if tokens.word(i, &["rưỡi"]) && tokens.word(i.checked_sub(1)?, &["gấp"]) {
        return Some((Decimal::new(15, 1), i + 1));
    }
    if !token.is_word() {
        return None;
    }
    let (value, length) = spelled(tokens, i)?;
    let end = i + length;
    let ranged = tokens.word(i.wrapping_sub(1), &["từ"])
        && tokens.word(end, &["đến"])
        && spelled(tokens, end + 1).is_some();
    let counts = ranged
        || tokens.longest_back(i, &COUNTING).is_some()
        || tokens.longest_back(i, &FORMING).is_some() && (value > 1 || forms_one(tokens, i));
    let times = tokens.word(i.wrapping_sub(1), &["gấp"]);
    // "năm" is a year, "một số" some, "hai bên" two sides of something.
    let other = tokens.word(
        end,
        &[
            "số", "phần", "cách", "bên", "chiều", "mặt", "là", "nay", "nửa", "việc",
        ],
    ) || !times && tokens.get(end).is_none_or(|t| !t.is_word());
    (counts && !other).then(|| (Decimal::from(value), end))
}

/// "Có một trung tâm" at the beginning of a clause counts; elsewhere it only names a thing.
fn forms_one(tokens: &[Token], i: usize) -> bool {
    static THINGS: Words = Words::new(&[
        "doanh nghiệp",
        "trung tâm",
        "khu",
        "trường",
        "viện",
        "cơ sở",
        "tổ chức",
        "phòng thí nghiệm",
        "sản phẩm",
        "vườn ươm",
        "nhà máy",
        "cụm",
    ]);
    let leads = i < 2 || tokens[i - 2].mark().is_some();
    leads && tokens.word(i - 1, &["có"]) && tokens.longest(i + 1, &THINGS).is_some()
}

/// "05 (năm) đô thị": behind the same number in words.
pub(crate) fn said_again(tokens: &[Token], value: Decimal, after: usize) -> usize {
    if !tokens.mark(after, '(') {
        return after;
    }
    match spelled(tokens, after + 1) {
        Some((again, length))
            if Decimal::from(again) == value && tokens.mark(after + 1 + length, ')') =>
        {
            after + 2 + length
        }
        _ => after,
    }
}

/// The number written out from `i` on, and its words.
fn spelled(tokens: &[Token], i: usize) -> Option<(u32, usize)> {
    tokens.longest(
        i,
        words![
            "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"
        ],
    )?;
    let words: Vec<&str> = tokens
        .get(i..)?
        .iter()
        .take(6)
        .take_while(|t| t.is_word())
        .map(|t| t.key)
        .collect();
    viet::number::spelled(&words)
}

/// Words behind which a spelled number counts.
static COUNTING: Words = Words::new(&[
    "ít nhất",
    "tối thiểu",
    "ít nhất có",
    "tối thiểu có",
    "có ít nhất",
    "gấp",
    "tối đa",
    "không quá",
    "không dưới",
]);

/// Verbs behind which "hai trung tâm" counts, while "một trung tâm" only names a thing.
static FORMING: Words = Words::new(&[
    "có",
    "hình thành",
    "thành lập",
    "xây dựng",
    "phát triển",
    "thu hút",
    "thêm",
    "đầu tư",
    "hoàn thành",
    "đưa",
]);

/// "từ 10% lên 20%", "từ 5 lên thành 8": the place where the second number begins.
pub(crate) fn stepped(tokens: &[Token], i: usize, after: usize) -> Option<usize> {
    let from = i.checked_sub(1).is_some_and(|p| tokens.word(p, &["từ"]));
    let mut at = after;
    while at < after + 5 && tokens.get(at).is_some() {
        if tokens.word(at, &["lên", "xuống"]) && !tokens.word(at - 1, &["trở"]) {
            return from.then_some(at);
        }
        let other = tokens[at].number().is_some() && period::year_of(&tokens[at]).is_none();
        if other || tokens[at].mark() == Some(',') {
            return None;
        }
        at += 1;
    }
    None
}

/// "5-10", "từ 40 đến 50", "10% đến 15%".
pub(crate) fn range(
    tokens: &[Token],
    i: usize,
    value: Decimal,
    after: usize,
) -> (Option<Decimal>, usize) {
    let mut at = after;
    if tokens.mark(at, '%') {
        at += 1;
    }
    let joined = tokens.mark(at, '-') || tokens.word(at, &["đến"]);
    let (upper, length) = match tokens.get(at + 1).and_then(Token::number) {
        Some(upper) => (Some(upper), 1),
        None if tokens[i].is_word() => match spelled(tokens, at + 1) {
            Some((upper, length)) => (Some(Decimal::from(upper)), length),
            None => (None, 0),
        },
        None => (None, 0),
    };
    match upper {
        Some(upper) if joined && upper > value && !exclude::is_year(tokens, at + 1) && i < at => {
            (Some(upper), at + 1 + length)
        }
        _ => (None, after),
    }
}
