//! Units behind a number.

use crate::period;
use crate::rate::{rate, rate_before};
use crate::token::{Phrases, Token};
use crate::words::words;
use rust_decimal::Decimal;

/// What a number counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unit {
    Percent,
    Times,
    /// A level on a scale of so many.
    Level(Option<u32>),
    /// A composite index without a unit.
    Index,
    /// A place in a ranking.
    Rank,
    /// Per so many of something: "per_10k_people".
    Rate(String),
    /// Money: "billion_vnd".
    Money(&'static str),
    /// Things.
    Count,
}

impl Unit {
    /// The name in the reading.
    pub fn name(&self, yearly_growth: bool) -> String {
        match self {
            Self::Percent if yearly_growth => "percent_per_year".into(),
            Self::Percent => "percent".into(),
            Self::Times => "times".into(),
            Self::Level(Some(of)) => format!("level_of_{of}"),
            Self::Level(None) => "level".into(),
            Self::Index => "index".into(),
            Self::Rank => "rank".into(),
            Self::Rate(name) => name.clone(),
            Self::Money(name) => (*name).into(),
            Self::Count => "count".into(),
        }
    }

    /// Whether a number with it can stand alone as an aim, without a verb of reaching.
    pub fn is_measure(&self) -> bool {
        !matches!(self, Self::Count | Self::Money(_))
    }
}

const MONEY: [(&str, &str); 20] = [
    ("nghìn tỷ", "trillion_vnd"),
    ("ngàn tỷ", "trillion_vnd"),
    ("tỷ đô la mỹ", "billion_usd"),
    ("tỷ đô la", "billion_usd"),
    ("triệu đô la mỹ", "million_usd"),
    ("triệu đô la", "million_usd"),
    ("đô la mỹ", "usd"),
    ("nghìn tỷ đồng", "trillion_vnd"),
    ("ngàn tỷ đồng", "trillion_vnd"),
    ("nghìn tỉ đồng", "trillion_vnd"),
    ("tỷ đồng", "billion_vnd"),
    ("tỉ đồng", "billion_vnd"),
    ("triệu đồng", "million_vnd"),
    ("nghìn đồng", "thousand_vnd"),
    ("đồng", "vnd"),
    ("tỷ usd", "billion_usd"),
    ("tỉ usd", "billion_usd"),
    ("triệu usd", "million_usd"),
    ("nghìn usd", "thousand_usd"),
    ("usd", "usd"),
];

/// "2 triệu doanh nghiệp", "15 nghìn lượt": by how much the number before `at` counts, and the place
/// behind. Money keeps its unit, "triệu đồng".
pub(crate) fn multiple(tokens: &[Token], at: usize) -> (Decimal, usize) {
    let money = MONEY
        .iter()
        .any(|(words, _)| tokens.phrase(at, words).is_some());
    let counted = tokens.get(at + 1).is_some_and(Token::is_word);
    let times = MULTIPLES
        .iter()
        .find(|(word, _)| !money && counted && tokens.word(at, &[word]));
    times.map_or((Decimal::ONE, at), |(_, times)| {
        (Decimal::from(*times), at + 1)
    })
}

const MULTIPLES: [(&str, u32); 5] = [
    ("trăm", 100),
    ("nghìn", 1_000),
    ("ngàn", 1_000),
    ("vạn", 10_000),
    ("triệu", 1_000_000),
];

/// The unit of the number at `number`, whose digits end at `after`, and the place behind it. No unit
/// means that the number counts nothing that could be an aim.
pub(crate) fn read(tokens: &[Token], number: usize, after: usize) -> (Option<Unit>, usize) {
    if tokens.mark(after, '%') {
        return (Some(Unit::Percent), after + 1);
    }
    if let Some(end) = tokens.phrase(after, "phần trăm") {
        return (Some(Unit::Percent), end);
    }
    // "gấp đôi", "gấp ba": the times are not said.
    if number > 0
        && tokens.word(number - 1, &["gấp"])
        && tokens.get(number).is_some_and(|t| t.number().is_none())
    {
        return (
            Some(Unit::Times),
            after + usize::from(tokens.word(after, &["lần"])),
        );
    }
    if let Some(level) = level(tokens, number, after) {
        return level;
    }
    if tokens.word(after, &["lần"]) && !tokens.word(after + 1, &["thứ"]) {
        let grows = (number.saturating_sub(7)..number).any(|i| {
            tokens.word(i, &["tăng", "gấp", "giảm", "nhân", "bằng"])
                && !tokens.word(i + 1, &["cường", "nhẹ", "rộng"])
        });
        let unit = if grows { Unit::Times } else { Unit::Count };
        return (Some(unit), after + 1);
    }
    if let Some((end, name)) = MONEY
        .iter()
        .filter_map(|(words, name)| Some((tokens.phrase(after, words)?, *name)))
        .max_by_key(|(end, _)| *end)
    {
        return (Some(Unit::Money(name)), end);
    }
    // "120 triệu/người": the đồng is not said.
    if tokens.word(after, &["triệu"]) && tokens.mark(after + 1, '/') {
        return (Some(Unit::Money("million_vnd")), after + 1);
    }
    if let Some((name, end)) = rate(tokens, after) {
        return (Some(Unit::Rate(name)), end);
    }
    if is_rank(tokens, number, after) {
        let named = tokens.word(after, &["tỉnh", "nước", "quốc", "địa", "thành", "trường"]);
        return (Some(Unit::Rank), after + usize::from(named));
    }
    let (unit, end) = counted(tokens, number, after);
    match rate_before(tokens, number).filter(|_| matches!(unit, None | Some(Unit::Count))) {
        Some(name) => (Some(Unit::Rate(name)), end),
        None => (unit, end),
    }
}

/// A noun to count, or a bare index.
fn counted(tokens: &[Token], number: usize, after: usize) -> (Option<Unit>, usize) {
    let noun = tokens
        .get(after)
        .is_some_and(|t| t.key.chars().next().is_some_and(char::is_alphabetic))
        && !tokens.word(
            after,
            &[
                "và", "vào", "đến", "của", "trong", "so", "trên", "theo", "trở", "năm", "điểm",
            ],
        );
    if noun {
        let classifier = [
            "doanh", "tổ", "hợp", "cơ", "sản", "sáng", "bằng", "đơn", "văn", "nhiệm", "phòng",
            "trung",
        ];
        let two = tokens.word(after, &classifier)
            && tokens.word(
                after + 1,
                &[
                    "nghiệp", "chức", "tác", "sở", "phẩm", "chế", "vị", "bằng", "tâm", "vụ",
                ],
            );
        return (Some(Unit::Count), after + if two { 2 } else { 1 });
    }
    if tokens.word(after, &["điểm"]) {
        return (Some(Unit::Count), after + 1);
    }
    let index = (number.saturating_sub(14)..number).any(|i| {
        tokens
            .longest(
                i,
                words![
                    "chỉ số",
                    "hdi",
                    "dti",
                    "pci",
                    "papi",
                    "pii",
                    "gii",
                    "hệ số",
                    "par index",
                    "sipas",
                ],
            )
            .is_some()
    });
    let broken = tokens
        .get(number)
        .and_then(Token::number)
        .is_some_and(|v| !v.is_integer() || v < Decimal::ONE);
    let ranked = tokens
        .find(
            number.saturating_sub(8),
            number,
            words!["thứ hạng", "xếp hạng"],
        )
        .is_some();
    if ranked && !broken {
        return (Some(Unit::Rank), after);
    }
    if index || broken {
        return (Some(Unit::Index), after);
    }
    (numbers_things(tokens, number).then_some(Unit::Count), after)
}

/// "Số xã đạt chuẩn đạt 40", "Tổng số thuê bao: 250.000": the subject says that it is a number of things.
fn numbers_things(tokens: &[Token], number: usize) -> bool {
    let last = number.wrapping_sub(1);
    let told = tokens.mark(last, ':')
        || tokens.word(
            last,
            &[
                "đạt", "là", "còn", "lên", "có", "nhất", "thiểu", "trên", "dưới", "khoảng", "hơn",
                "gần", "quá", "từ",
            ],
        )
        || matches!(
            tokens.get(last).and_then(Token::mark),
            Some('≥' | '≤' | '>' | '<' | '=')
        );
    let from = (number.saturating_sub(30)..number)
        .rfind(|i| matches!(tokens[*i].mark(), Some(';' | '.')))
        .map_or(number.saturating_sub(30), |i| i + 1);
    let subject = (from..number).any(|i| {
        let begins = i == 0
            || tokens[i - 1].mark().is_some()
            || tokens.word(
                i - 1,
                &["và", "nâng", "tăng", "giảm", "có", "đấu", "về", "tiêu"],
            )
            || period::year_of(&tokens[i - 1]).is_some();
        begins
            && (tokens.longest(i, words!["số lượng", "tổng số"]).is_some()
                || tokens.word(i, &["số"]) && !tokens.word(i + 1, &["hóa", "liệu", "hiệu"]))
    });
    told && subject
}

/// "cấp độ 3/7", "lên mức 4", "3/7" behind words of level.
fn level(tokens: &[Token], number: usize, after: usize) -> Option<(Option<Unit>, usize)> {
    let scale = tokens
        .mark(after, '/')
        .then(|| tokens.get(after + 1).and_then(Token::number))
        .flatten();
    let worded = (number.saturating_sub(if scale.is_some() { 4 } else { 2 })..number).any(|i| {
        tokens
            .longest(i, words!["cấp độ", "mức độ", "cấp", "mức", "bậc"])
            .is_some()
    });
    let raised = tokens
        .longest_back(
            number,
            words![
                "lên cấp độ",
                "đạt cấp độ",
                "lên mức độ",
                "đạt mức độ",
                "lên bậc",
                "ở cấp độ",
                "đạt mức",
                "lên mức",
                "đạt cấp",
                "ở mức độ",
            ],
        )
        .is_some()
        && tokens
            .get(after)
            .is_none_or(|t| !t.is_word() || tokens.word(after, &ABOUT_A_LEVEL));
    match scale {
        Some(_) if rate(tokens, after).is_some() => None,
        Some(of) if worded => Some((Some(Unit::Level(of.to_string().parse().ok())), after + 2)),
        Some(_) if is_rank(tokens, number, after) => Some((Some(Unit::Rank), after + 2)),
        Some(of) => Some(part_of(tokens, number, after + 2, of)),
        None if raised && !tokens.mark(after, '%') => Some((Some(Unit::Level(None)), after)),
        None => None,
    }
}

/// The unit a cell of a table or a parenthesis names, and whether it is one a year ("%/năm").
pub(crate) fn of_cell(tokens: &[Token]) -> (Unit, bool) {
    let all = tokens.len();
    let yearly = (0..all).any(|i| tokens.mark(i, '/') && tokens.word(i + 1, &["năm"]));
    let unit = if (0..all).any(|i| tokens.mark(i, '%')) || tokens.phrase(0, "phần trăm").is_some()
    {
        Unit::Percent
    } else if let Some((name, _)) = rate(tokens, 0) {
        Unit::Rate(name)
    } else if let Some((name, _)) = MONEY
        .iter()
        .filter_map(|(words, name)| Some((*name, tokens.phrase(0, words)?)))
        .max_by_key(|(_, end)| *end)
    {
        Unit::Money(name)
    } else if tokens.word(0, &["lần"]) {
        Unit::Times
    } else if tokens
        .longest(
            0,
            words![
                "hạng",
                "thứ hạng",
                "xếp hạng",
                "vị trí",
                "thứ bậc",
                "nhóm",
                "tốp",
                "top",
            ],
        )
        .is_some()
    {
        Unit::Rank
    } else if tokens
        .longest(0, words!["cấp độ", "mức độ", "mức"])
        .is_some()
    {
        Unit::Level(None)
    } else {
        Unit::Count
    };
    (unit, yearly)
}

/// Words behind the number of a level that do not say what it counts.
const ABOUT_A_LEVEL: [&str; 10] = [
    "trở", "về", "theo", "trên", "vào", "của", "trong", "và", "đến", "tại",
];

/// "75/102 xã": so many of all of them. "24/7" and fractions of nothing count nothing.
fn part_of(tokens: &[Token], number: usize, after: usize, all: Decimal) -> (Option<Unit>, usize) {
    let part = tokens.get(number).and_then(Token::number);
    let noun = tokens.get(after).is_some_and(|t| {
        t.is_word()
            && !tokens.word(
                after,
                &[
                    "và", "của", "trong", "cho", "để", "với", "tại", "theo", "số", "tổng", "diện",
                ],
            )
    });
    let counted = noun && part.is_some_and(|p| p <= all && all != Decimal::from(7));
    (counted.then_some(Unit::Count), after + usize::from(counted))
}

/// "nhóm 30 tỉnh", "top 10", "xếp thứ 12".
fn is_rank(tokens: &[Token], number: usize, after: usize) -> bool {
    let places = words![
        "tỉnh",
        "nước",
        "quốc gia",
        "địa phương",
        "thành phố",
        "trường",
        "cả nước",
        "trong",
        "đơn vị",
        "bộ",
    ];
    let grouped = tokens
        .longest_back(
            number,
            words![
                "nhóm",
                "top",
                "tốp",
                "trong nhóm",
                "thuộc nhóm",
                "thuộc top",
                "trong số",
                "trong tốp",
            ],
        )
        .is_some();
    if grouped {
        return tokens.longest(after, places).is_some()
            || tokens
                .longest(after, words!["toàn quốc", "dẫn đầu"])
                .is_some()
            || tokens.longest_back(number, words!["top", "tốp"]).is_some()
            || tokens.get(after).is_none_or(|t| t.mark().is_some());
    }
    // "…; 10 tỉnh dẫn đầu về DTI": the group is not said again.
    let leads = number
        .checked_sub(1)
        .is_none_or(|p| matches!(tokens[p].mark(), Some(';' | ':')));
    if leads && tokens.longest(after, places).is_some() {
        let first = tokens.find(after, after + 6, words!["dẫn đầu", "đứng đầu"]);
        if first.is_some() {
            return true;
        }
    }
    if tokens
        .longest_back(number, words!["thuộc", "trong", "trong số"])
        .is_some()
        && tokens.longest(after, places).is_some()
    {
        return tokens
            .find(after, after + 14, words!["đầu", "nhất"])
            .is_some()
            || tokens
                .longest_back(number, words!["đứng trong", "nằm trong", "xếp trong"])
                .is_some();
    }
    let number = tokens.longest_back(number, words!["từ"]).unwrap_or(number);
    tokens
        .longest_back(
            number,
            words![
                "thứ hạng",
                "vị trí thứ",
                "xếp thứ",
                "xếp hạng",
                "xếp hạng thứ",
                "hạng thứ",
                "đứng thứ",
                "vị trí",
                "từ thứ",
                "thứ hạng thứ",
            ],
        )
        .is_some()
}
