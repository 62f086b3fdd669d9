//! Which indicator of the catalogue a target means.

use crate::text::{Extent, Text};
use crate::token::{Kind, tokens};
use crate::words::Words;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The indicators a reading can link to, given by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lexicon {
    /// One entry an indicator.
    pub indicators: Vec<IndicatorTerm>,
}

/// An indicator and the ways in which it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorTerm {
    /// Id in the catalogue.
    pub id: String,
    /// Its names and other wordings.
    pub terms: Vec<String>,
    /// Sort of unit: "percent", "count", "times", "index", "rank", "level", "rate"; empty fits any.
    pub unit_class: String,
}

/// Long forms of what documents abbreviate.
static LONG: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    HashMap::from([
        ("khcn", "khoa học công nghệ"),
        ("kh&cn", "khoa học công nghệ"),
        ("đmst", "đổi mới sáng tạo"),
        ("cđs", "chuyển đổi số"),
        ("cds", "chuyển đổi số"),
        ("shtt", "sở hữu trí tuệ"),
        ("grdp", "grdp"),
        ("gdp", "grdp"),
        ("dn", "doanh nghiệp"),
        ("dvc", "dịch vụ công"),
        ("dvctt", "dịch vụ công trực tuyến"),
        ("tthc", "thủ tục hành chính"),
        ("cntt", "công nghệ thông tin"),
        ("attt", "an toàn thông tin"),
        ("csdl", "cơ sở dữ liệu"),
        ("ubnd", "ủy ban nhân dân"),
        ("ktxh", "kinh tế xã hội"),
        ("tỉ", "tỷ"),
        ("r&d", "nghiên cứu phát triển"),
    ])
});

/// Words that do not tell one indicator from another.
static STOP: Words = Words::new(&[
    "và", "của", "các", "có", "được", "trong", "trên", "đạt", "cho", "với", "từ", "đến", "năm",
    "ít", "nhất", "tối", "thiểu", "tỷ", "lệ", "mỗi", "lượng", "tỉnh", "phấn", "đấu", "là", "để",
    "theo", "tại", "khoảng", "chiếm", "mức", "hằng", "hàng", "bình", "quân", "so", "tổng", "vào",
    "trở", "lên",
]);

/// Words behind which "số" means digital.
static DIGITAL: Words = Words::new(&[
    "tế",
    "hội",
    "quyền",
    "dân",
    "liệu",
    "đổi",
    "nghệ",
    "nghiệp",
    "tảng",
    "tầng",
    "năng",
    "tính",
    "khoản",
    "tiện",
    "trường",
    "phủ",
    "hóa",
    "vụ",
    "ký",
    "bản",
    "gia",
    "nguyên",
    "học",
    "thiết",
]);

/// A lexicon made ready for matching.
pub(crate) struct Matcher<'a> {
    terms: Vec<Term<'a>>,
    /// Every word of the terms with its number.
    known: HashMap<String, usize>,
    /// How much a word tells, by its number.
    weight: Vec<f64>,
}

struct Term<'a> {
    id: &'a str,
    class: &'a str,
    /// Numbers of its words.
    words: Vec<usize>,
    total: f64,
}

/// A word that stands in no term.
const UNKNOWN: usize = usize::MAX;

/// Share of a term's weight that must stand in the clause.
const ENOUGH: f64 = 0.74;

impl<'a> Matcher<'a> {
    pub fn new(lexicon: &'a Lexicon) -> Self {
        let mut terms: Vec<Term<'a>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for indicator in &lexicon.indicators {
            for term in &indicator.terms {
                let text = Text::new(term);
                let words: Vec<usize> = words(&text, Extent::new(0, text.len()))
                    .into_iter()
                    .map(|word| {
                        let next = known.len();
                        *known.entry(word.into_owned()).or_insert(next)
                    })
                    .collect();
                if !words.is_empty() {
                    terms.push(Term {
                        id: &indicator.id,
                        class: &indicator.unit_class,
                        words,
                        total: 0.0,
                    });
                }
            }
        }
        // A word that many indicators share says little.
        let mut used: Vec<(usize, &str)> = vec![(0, ""); known.len()];
        for term in &terms {
            for word in &term.words {
                let (count, last) = &mut used[*word];
                // The terms of an indicator stand together.
                *count += usize::from(*count == 0 || *last != term.id);
                *last = term.id;
            }
        }
        let all = lexicon.indicators.len().max(1) as f64;
        let weight: Vec<f64> = used
            .iter()
            .map(|(count, _)| 1.0 + (all / *count as f64).ln())
            .collect();
        for term in &mut terms {
            term.total = term.words.iter().map(|w| weight[*w]).sum();
        }
        Self {
            terms,
            known,
            weight,
        }
    }

    /// The indicator whose wording the clause fits best, with a score from 0 to 100. Unknown is an answer.
    pub fn find(&self, text: &Text, clause: Extent, unit: Option<&str>) -> Option<(String, u8)> {
        let spoken: Vec<usize> = words(text, clause)
            .iter()
            .map(|word| self.known.get(&**word).copied().unwrap_or(UNKNOWN))
            .collect();
        let mut there = vec![false; self.weight.len()];
        for word in spoken.iter().filter(|w| **w != UNKNOWN) {
            there[*word] = true;
        }
        let class = unit.map(class_of);
        let mut best: Option<(f64, f64, &Term<'_>)> = None;
        for term in &self.terms {
            if class.is_some_and(|c| !term.class.is_empty() && !fits(class_of(term.class), c)) {
                continue;
            }
            let found: f64 = term
                .words
                .iter()
                .filter(|w| there[**w])
                .map(|w| self.weight[*w])
                .sum();
            // A state without a number seldom means what is measured in numbers.
            let found = if class.is_none() && !is_state(term.class) {
                found * 0.8
            } else {
                found
            };
            let share = found / term.total;
            if share < ENOUGH {
                continue;
            }
            // Of two fitting terms the one that explains more of the clause is meant.
            let score = share * share * found * adjacency(term, &spoken);
            if best.as_ref().is_none_or(|(most, ..)| score > *most) {
                best = Some((score, share, term));
            }
        }
        best.map(|(_, share, term)| {
            (
                term.id.to_owned(),
                (share * 100.0).round().clamp(0.0, 100.0) as u8,
            )
        })
    }
}

/// Between 0.75 and 1: how many neighbours in the term are neighbours in the clause too.
fn adjacency(term: &Term<'_>, spoken: &[usize]) -> f64 {
    if term.words.len() < 2 {
        return 1.0;
    }
    let pairs = term.words.windows(2);
    let count = pairs.len() as f64;
    let kept = pairs
        .filter(|p| spoken.windows(2).any(|s| s[0] == p[0] && s[1] == p[1]))
        .count();
    0.75 + 0.25 * kept as f64 / count
}

/// The telling words of a stretch, abbreviations written out.
fn words(text: &Text, extent: Extent) -> Vec<Cow<'_, str>> {
    let mut out: Vec<Cow<'_, str>> = Vec::new();
    for token in tokens(text, extent) {
        if !matches!(token.kind, Kind::Word | Kind::Name) {
            continue;
        }
        // "kinh tế số" is digital; "số doanh nghiệp" is a number of them.
        if token.is("số") {
            if let Some(last) = out.last().filter(|w| DIGITAL.has(w)) {
                out.push(Cow::Owned(format!("{last} số")));
            }
            continue;
        }
        let long = LONG.get(token.key).copied().unwrap_or(token.key);
        for word in long.split(' ') {
            if !STOP.has(word) {
                out.push(Cow::Borrowed(word));
            }
        }
    }
    out
}

/// Sorts of units: one word for "percent_per_year" and "percent".
fn class_of(unit: &str) -> &'static str {
    match unit {
        u if u.starts_with("percent") || u.contains('%') => "percent",
        "times" | "lần" => "times",
        u if u.starts_with("level") => "level",
        "rank" => "rank",
        "index" => "index",
        "rate" => "rate",
        u if !u.is_empty() && is_state(u) => "state",
        u if u.starts_with("per_") => "rate",
        _ => "count",
    }
}

/// Whether an indicator is a state that holds or not, without a unit.
fn is_state(unit: &str) -> bool {
    matches!(unit, "" | "yes_no" | "state")
}

/// A count can be said to grow by per cent or by times; a share cannot be a count.
fn fits(indicator: &str, said: &str) -> bool {
    indicator == said
        || matches!(
            (indicator, said),
            ("count", "times" | "percent")
                | ("percent", "times")
                | ("index", "count" | "percent")
                | ("rank", "count")
        )
}
