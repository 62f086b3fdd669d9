//! Quantities in a sentence: comparator, number, unit, and the words that belong to them.

use crate::exclude;
use crate::period;
use crate::token::{Kind, Phrases, Token};
use crate::unit::{self, Unit};
use rust_decimal::Decimal;

/// Which way a value is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    About,
}

/// How a value changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// "tăng", "tăng thêm"
    Up,
    /// "giảm"
    Down,
    /// "hình thành mới", "thêm"
    New,
}

/// A number with everything that belongs to it. Places are tokens of the sentence.
#[derive(Debug, Clone)]
pub(crate) struct Quantity {
    /// Where its comparator or verb begins.
    pub from: usize,
    /// The number.
    pub number: usize,
    /// After number and unit.
    pub unit_end: usize,
    /// After "/năm", "trở lên".
    pub to: usize,
    pub value: Decimal,
    pub value_max: Option<Decimal>,
    pub unit: Unit,
    pub bound: Option<Bound>,
    pub change: Option<Change>,
    /// "đạt", "chiếm", "có", … stands before it.
    pub stated: bool,
    pub per_year: bool,
    pub in_parens: bool,
}

/// All quantities of a sentence that could be the value of a target.
pub(crate) fn quantities(tokens: &[Token]) -> Vec<Quantity> {
    let mut out: Vec<Quantity> = Vec::new();
    let mut depth = 0u32;
    let mut i = 0;
    while i < tokens.len() {
        match tokens[i].kind {
            Kind::Mark('(') => depth += 1,
            Kind::Mark(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        match read(tokens, i) {
            Read::Value(mut quantity) => {
                quantity.in_parens = depth > 0;
                i = quantity.to.max(i + 1);
                out.push(quantity);
            }
            Read::Skip(to) => i = to.max(i + 1),
        }
    }
    out
}

enum Read {
    Value(Quantity),
    Skip(usize),
}

fn read(tokens: &[Token], i: usize) -> Read {
    let Some((value, after)) = number_at(tokens, i) else {
        return Read::Skip(i + 1);
    };
    if let Some(to) = exclude::not_a_value(tokens, i, after) {
        return Read::Skip(to);
    }
    if let Some(step) = stepped(tokens, i, after) {
        // "tăng từ 10% lên 20%": the second number is the aim.
        return Read::Skip(step);
    }
    let (value_max, after) = range(tokens, i, value, after);
    let (times, after) = unit::multiple(tokens, after);
    let (Some(value), Some(value_max)) = (
        value.checked_mul(times),
        value_max.map_or(Some(None), |v| v.checked_mul(times).map(Some)),
    ) else {
        return Read::Skip(after);
    };
    let (unit, unit_end) = unit::read(tokens, i, after);
    let Some(unit) = unit else {
        return Read::Skip(unit_end.max(after));
    };
    let mut quantity = Quantity {
        from: i,
        number: i,
        unit_end,
        to: unit_end,
        value,
        value_max,
        unit,
        bound: None,
        change: None,
        stated: false,
        per_year: false,
        in_parens: false,
    };
    before(tokens, &mut quantity);
    behind(tokens, &mut quantity);
    Read::Value(quantity)
}

/// A number in digits, or a spelled one where only a number can stand ("ít nhất hai", "gấp đôi").
fn number_at(tokens: &[Token], i: usize) -> Option<(Decimal, usize)> {
    let token = tokens.get(i)?;
    if let Some(value) = token.number() {
        return Some((value, i + 1));
    }
    let doubled = tokens.word(i, &["đôi"]) && tokens.word(i.checked_sub(1)?, &["gấp"]);
    if doubled {
        return Some((Decimal::TWO, i + 1));
    }
    if !token.is_word() {
        return None;
    }
    let words: Vec<&str> = tokens[i..]
        .iter()
        .take(6)
        .take_while(|t| t.is_word())
        .map(|t| &*t.key)
        .collect();
    let (value, length) = viet::number::spelled(&words)?;
    let end = i + length;
    let counts = tokens.longest_back(i, &COUNTING).is_some()
        || length == 1 && tokens.longest_back(i, &FORMING).is_some() && value > 1;
    // "năm" is a year, "một số" some, "hai bên" two sides of something.
    let other = tokens.word(
        end,
        &["số", "phần", "cách", "bên", "chiều", "mặt", "là", "nay"],
    ) || tokens.get(end).is_none_or(|t| !t.is_word());
    (counts && !other).then(|| (Decimal::from(value), end))
}

/// Words behind which a spelled number counts.
const COUNTING: [&str; 9] = [
    "ít nhất",
    "tối thiểu",
    "ít nhất có",
    "tối thiểu có",
    "có ít nhất",
    "gấp",
    "tối đa",
    "không quá",
    "không dưới",
];

/// Verbs behind which "hai trung tâm" counts, while "một trung tâm" only names a thing.
const FORMING: [&str; 10] = [
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
];

/// "từ 10% lên 20%", "từ 5 lên thành 8": the place where the second number begins.
fn stepped(tokens: &[Token], i: usize, after: usize) -> Option<usize> {
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
fn range(tokens: &[Token], i: usize, value: Decimal, after: usize) -> (Option<Decimal>, usize) {
    let mut at = after;
    if tokens.mark(at, '%') {
        at += 1;
    }
    let joined = tokens.mark(at, '-') || tokens.word(at, &["đến"]);
    let upper = tokens.get(at + 1).and_then(Token::number);
    match upper {
        Some(upper) if joined && upper > value && !exclude::is_year(tokens, at + 1) && i < at => {
            (Some(upper), at + 2)
        }
        _ => (None, after),
    }
}

const AT_LEAST: [&str; 15] = [
    "không nhỏ hơn",
    "không kém hơn",
    "không kém",
    "ít nhất",
    "tối thiểu",
    "không dưới",
    "không thấp hơn",
    "không ít hơn",
    "ít nhất là",
    "tối thiểu là",
    "đạt và vượt",
    "ít nhất từ",
    "tối thiểu từ",
    "ít nhất có",
    "tối thiểu có",
];
const MORE_THAN: [&str; 9] = [
    "trên",
    "hơn",
    "vượt",
    "vượt trên",
    "cao hơn",
    "lớn hơn",
    "vượt mức",
    "nhiều hơn",
    "từ trên",
];
const AT_MOST: [&str; 8] = [
    "tối đa",
    "không quá",
    "không vượt quá",
    "không cao hơn",
    "nhiều nhất",
    "tối đa là",
    "không vượt",
    "không lớn hơn",
];
const LESS_THAN: [&str; 6] = [
    "dưới",
    "thấp hơn",
    "nhỏ hơn",
    "ít hơn",
    "xuống dưới",
    "còn dưới",
];
const ABOUT: [&str; 6] = ["khoảng", "gần", "xấp xỉ", "ước", "chừng", "ước khoảng"];
const STATED: [&str; 34] = [
    "đạt",
    "chiếm",
    "có",
    "là",
    "bằng",
    "còn",
    "giảm còn",
    "giảm xuống còn",
    "xuống còn",
    "tăng lên",
    "nâng lên",
    "lên",
    "lên thành",
    "ở mức",
    "mức",
    "đạt mức",
    "tỷ lệ",
    "tỉ lệ",
    "đạt tỷ lệ",
    "đạt tỉ lệ",
    "duy trì",
    "bố trí",
    "bảo đảm",
    "đảm bảo",
    "dành",
    "phấn đấu",
    "thu hút",
    "hoàn thành",
    "hình thành",
    "thành lập",
    "xây dựng",
    "được",
    "đáp ứng",
    "trung bình đạt",
];
const UP: [&str; 6] = [
    "tăng",
    "tăng thêm",
    "tăng trưởng",
    "tăng tối thiểu",
    "gấp",
    "tăng gấp",
];
const DOWN: [&str; 4] = ["giảm", "cắt giảm", "rút ngắn", "giảm bớt"];
const NEW: [&str; 8] = [
    "thêm",
    "mới",
    "hình thành mới",
    "thành lập mới",
    "phát triển mới",
    "có thêm",
    "thu hút thêm",
    "bổ sung thêm",
];
const FILLERS: [&str; 14] = [
    "từ",
    "trung bình",
    "bình quân",
    "hằng năm",
    "hàng năm",
    "mỗi năm",
    "bình quân hằng năm",
    "bình quân hàng năm",
    "bình quân mỗi năm",
    "trung bình mỗi năm",
    "trung bình hằng năm",
    "đến",
    "thứ",
    "khoảng từ",
];

/// Reads the words before the number, from the number outwards.
fn before(tokens: &[Token], q: &mut Quantity) {
    loop {
        let end = q.from;
        if let Some(start) = symbol_before(tokens, q, end) {
            q.from = start;
            continue;
        }
        let bound = [
            (&AT_LEAST[..], Bound::AtLeast),
            (&MORE_THAN[..], Bound::MoreThan),
            (&AT_MOST[..], Bound::AtMost),
            (&LESS_THAN[..], Bound::LessThan),
            (&ABOUT[..], Bound::About),
        ]
        .into_iter()
        .filter_map(|(words, bound)| Some((tokens.longest_back(end, words)?, bound)))
        .min_by_key(|(start, _)| *start);
        if let Some((start, bound)) = bound {
            q.bound = q.bound.or(Some(bound));
            q.stated |= tokens.word(start, &["còn", "xuống"]);
            q.from = start;
        } else if let Some(start) = tokens.longest_back(end, &STATED) {
            q.stated = true;
            q.from = start;
        } else if let Some(start) = tokens.longest_back(end, &UP) {
            if !q.stated {
                q.change = q.change.or(Some(Change::Up));
            }
            q.from = start;
        } else if let Some(start) = tokens.longest_back(end, &DOWN) {
            if !q.stated {
                q.change = q.change.or(Some(Change::Down));
            }
            q.from = start;
        } else if let Some(start) = tokens.longest_back(end, &NEW) {
            q.change = q.change.or(Some(Change::New));
            q.from = start;
        } else if let Some(start) = tokens.longest_back(end, &FILLERS) {
            let from = tokens.word(start, &["từ"]);
            // "từ 01 tổ chức" is at least one; "từ 5-10" is a range.
            if from && q.value_max.is_none() && !growing(tokens, start) {
                q.bound = q.bound.or(Some(Bound::AtLeast));
            }
            q.per_year |= (start..end).any(|i| tokens.word(i, &["hằng", "hàng", "mỗi"]));
            q.from = start;
        } else {
            return;
        }
    }
}

fn growing(tokens: &[Token], at: usize) -> bool {
    tokens.longest_back(at, &["tăng", "giảm", "nâng"]).is_some()
}

fn symbol_before(tokens: &[Token], q: &mut Quantity, end: usize) -> Option<usize> {
    let start = end.checked_sub(1)?;
    let bound = match tokens[start].mark()? {
        '≥' | '⩾' => Bound::AtLeast,
        '≤' | '⩽' => Bound::AtMost,
        '>' => Bound::MoreThan,
        '<' => Bound::LessThan,
        '~' | '≈' => Bound::About,
        '=' => {
            let bound = match tokens.get(start.checked_sub(1)?)?.mark()? {
                '>' => Bound::AtLeast,
                '<' => Bound::AtMost,
                _ => return None,
            };
            q.bound = Some(bound);
            return Some(start - 1);
        }
        _ => return None,
    };
    q.bound = Some(bound);
    Some(start)
}

/// Reads "/năm", "mỗi năm", "trở lên", "trở xuống" behind number and unit.
fn behind(tokens: &[Token], q: &mut Quantity) {
    loop {
        let at = q.to;
        if tokens.mark(at, '/') && tokens.word(at + 1, &["năm"]) {
            q.per_year = true;
            q.to = at + 2;
            q.unit_end = q.to;
        } else if tokens.mark(at, '/') && tokens.word(at + 1, &["người", "hộ", "ha"]) {
            q.to = at + 2;
            q.unit_end = q.to;
        } else if let Some(end) = tokens
            .longest(at, &["mỗi năm", "hằng năm", "hàng năm", "một năm", "năm"])
            .filter(|e| *e > at + 1)
        {
            q.per_year = true;
            q.to = end;
        } else if let Some(end) = onwards(tokens, q, "trở lên") {
            // Of ranks the better one is the smaller.
            q.bound = Some(if q.unit == Unit::Rank {
                Bound::AtMost
            } else {
                Bound::AtLeast
            });
            q.to = end;
        } else if let Some(end) = onwards(tokens, q, "trở xuống") {
            q.bound = Some(Bound::AtMost);
            q.to = end;
        } else {
            return;
        }
    }
}

/// The place behind "trở lên", directly or after what the per cent are of: "30% GRDP trở lên".
fn onwards(tokens: &[Token], q: &Quantity, words: &str) -> Option<usize> {
    let reach = if q.unit == Unit::Percent { 4 } else { 0 };
    (q.to..=q.to + reach)
        .take_while(|i| *i == q.to || tokens.get(*i - 1).is_some_and(Token::is_word))
        .find_map(|i| tokens.phrase(i, words))
}

/// The number of a table cell, counted in the unit of its row.
pub(crate) fn bare(tokens: &[Token], unit: &Unit) -> Option<Quantity> {
    let i = (0..tokens.len())
        .find(|i| tokens[*i].number().is_some() && period::year_of(&tokens[*i]).is_none())?;
    let value = tokens[i].number()?;
    let (value_max, after) = range(tokens, i, value, i + 1);
    let mut quantity = Quantity {
        from: i,
        number: i,
        unit_end: after,
        to: after,
        value,
        value_max,
        unit: unit.clone(),
        bound: None,
        change: None,
        stated: false,
        per_year: false,
        in_parens: false,
    };
    before(tokens, &mut quantity);
    behind(tokens, &mut quantity);
    Some(quantity)
}
