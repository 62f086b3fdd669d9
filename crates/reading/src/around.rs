//! The words around a number that say how it is meant: comparators, verbs, "mỗi năm", "trở lên".

use crate::quantity::{Bound, Change, Quantity};
use crate::token::{Phrases, Token};
use crate::unit::Unit;
use crate::words::{Words, words};

static AT_LEAST: Words = Words::new(&[
    "không nhỏ hơn",
    "không kém hơn",
    "không kém",
    "không để dưới",
    "không để thấp hơn",
    "không được dưới",
    "không được thấp hơn",
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
]);
static MORE_THAN: Words = Words::new(&[
    "trên",
    "hơn",
    "vượt",
    "vượt trên",
    "cao hơn",
    "lớn hơn",
    "vượt mức",
    "nhiều hơn",
    "từ trên",
]);
static AT_MOST: Words = Words::new(&[
    "tối đa",
    "không quá",
    "không vượt quá",
    "không cao hơn",
    "nhiều nhất",
    "tối đa là",
    "không vượt",
    "không lớn hơn",
    "không trên",
    "không để quá",
    "không để vượt",
    "không để vượt quá",
    "không được quá",
    "không được vượt quá",
]);
static LESS_THAN: Words = Words::new(&[
    "dưới",
    "thấp hơn",
    "nhỏ hơn",
    "ít hơn",
    "xuống dưới",
    "còn dưới",
]);
static ABOUT: Words = Words::new(&["khoảng", "gần", "xấp xỉ", "ước", "chừng", "ước khoảng"]);
static STATED: Words = Words::new(&[
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
]);
static UP: Words = Words::new(&[
    "tăng",
    "tăng thêm",
    "tăng trưởng",
    "tăng tối thiểu",
    "gấp",
    "tăng gấp",
]);
static DOWN: Words = Words::new(&["giảm", "cắt giảm", "rút ngắn", "giảm bớt"]);
static NEW: Words = Words::new(&[
    "thêm",
    "mới",
    "hình thành mới",
    "thành lập mới",
    "phát triển mới",
    "có thêm",
    "thu hút thêm",
    "bổ sung thêm",
]);
static FILLERS: Words = Words::new(&[
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
]);

/// Reads the words before the number, from the number outwards.
pub(crate) fn before(tokens: &[Token], q: &mut Quantity) {
    loop {
        let end = q.from;
        if let Some(start) = symbol_before(tokens, q, end) {
            q.from = start;
            continue;
        }
        let bound = [
            (&AT_LEAST, Bound::AtLeast),
            (&MORE_THAN, Bound::MoreThan),
            (&AT_MOST, Bound::AtMost),
            (&LESS_THAN, Bound::LessThan),
            (&ABOUT, Bound::About),
        ]
        .into_iter()
        .filter_map(|(words, bound)| Some((tokens.longest_back(end, words)?, bound)))
        .min_by_key(|(start, _)| *start);
        if tokens.word(end.wrapping_sub(1), &["quá"]) && bound.is_none() {
            let denied = tokens
                .find(end.saturating_sub(8), end, words!["không để", "không"])
                .is_some();
            q.bound = q.bound.or(Some(if denied {
                Bound::AtMost
            } else {
                Bound::MoreThan
            }));
            q.from = end - 1;
            continue;
        }
        if let Some((start, bound)) = bound {
            q.bound = q.bound.or(Some(bound));
            q.stated |= tokens.word(start, &["còn", "xuống"]);
            q.from = start;
        } else if let Some(start) = tokens.longest_back(end, &STATED) {
            q.stated = true;
            q.from = start;
        } else if let Some(start) = tokens.longest_back(end, &UP) {
            // "đóng góp vào tăng trưởng trên 50%" speaks of growth and does not grow.
            let noun = tokens.word(start + 1, &["trưởng"])
                && tokens.word(start.wrapping_sub(1), &["vào", "cho", "độ", "của"]);
            if !q.stated && !noun {
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
    tokens
        .longest_back(at, words!["tăng", "giảm", "nâng"])
        .is_some()
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
pub(crate) fn behind(tokens: &[Token], q: &mut Quantity) {
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
            .longest(
                at,
                words!["mỗi năm", "hằng năm", "hàng năm", "một năm", "năm"],
            )
            .filter(|e| *e > at + 1)
        {
            q.per_year = true;
            q.to = end;
        } else if let Some(end) = onwards(
            tokens,
            q,
            words!["trở lên", "hoặc cao hơn", "hoặc hơn", "hoặc nhiều hơn"],
        ) {
            // Of ranks the better one is the smaller.
            q.bound = Some(if q.unit == Unit::Rank {
                Bound::AtMost
            } else {
                Bound::AtLeast
            });
            q.to = end;
        } else if let Some(end) = onwards(
            tokens,
            q,
            words!["trở xuống", "hoặc thấp hơn", "hoặc ít hơn"],
        ) {
            q.bound = Some(Bound::AtMost);
            q.to = end;
        } else {
            return;
        }
    }
}

/// The place behind "trở lên", directly or after what the per cent are of: "30% GRDP trở lên".
fn onwards(tokens: &[Token], q: &Quantity, words: &Words) -> Option<usize> {
    let reach = if q.unit == Unit::Percent { 4 } else { 0 };
    (q.to..=q.to + reach)
        .take_while(|i| *i == q.to || tokens.get(*i - 1).is_some_and(Token::is_word))
        .find_map(|i| tokens.longest(i, words))
}
