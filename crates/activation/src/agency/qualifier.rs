//! The area that follows the name of an organisation, or does not.

use catalogue::Area;
use viet::AreaKey;

use super::tokens::{Gap, Token, end_of_words, words};
use crate::areas::Areas;

/// One name of an area in words: `tỉnh` and `Đắk Lắk`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AreaName {
    kind: Vec<String>,
    name: Vec<String>,
}

/// How well the area in a text fits an organisation's, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// The text says no area.
    Unsaid,
    /// The text says its type only: `UBND tỉnh`.
    Kind,
    /// The text names it.
    Named,
}

/// Words that say of which area or level an organisation is. What begins with one of them and is not the
/// organisation's own area is somebody else's.
const KINDS: [&str; 14] = [
    "tỉnh",
    "thành phố",
    "quận",
    "huyện",
    "thị xã",
    "thị trấn",
    "xã",
    "phường",
    "đặc khu",
    "cấp tỉnh",
    "cấp huyện",
    "cấp xã",
    "các",
    "trung ương",
];

/// Whether an area or a level is said here. Compared with diacritics where the text has them: `tính`,
/// `xa` and `quan` are other words.
fn says_area(text: &[Token], at: usize) -> bool {
    let begins = |kind: &&str| {
        let first = &text[at];
        let word = kind.split(' ').next().unwrap_or_default();
        let spelled = first.lower == word || first.lower == first.folded;
        spelled && end_of_words(text, at, &words(kind)).is_some()
    };
    KINDS.iter().any(begins)
}

impl AreaName {
    /// All names an area bore; none when the area is not known.
    pub(super) fn all(key: AreaKey, areas: Areas<'_>) -> Vec<Self> {
        let of = |area: &Area| {
            let renamed = area
                .renamed
                .iter()
                .map(|later| (&later.name, &later.full_name));
            let mut names: Vec<Self> = [(&area.name, &area.full_name)]
                .into_iter()
                .chain(renamed)
                .map(|(name, full)| Self::new(name, full))
                .collect();
            names.dedup();
            names
        };
        areas.get(key).map(of).unwrap_or_default()
    }

    fn new(name: &str, full: &str) -> Self {
        let (name, full) = (words(name), words(full));
        let kind = full.strip_suffix(name.as_slice()).unwrap_or_default();
        Self {
            kind: kind.to_vec(),
            name,
        }
    }
}

/// The words of an organisation's name without its area, and whether there was one.
pub(super) fn core(words: &[String], area: &[AreaName]) -> (Vec<String>, bool) {
    let without = |end: &[String]| {
        let rest = words.strip_suffix(end)?;
        (!end.is_empty() && !rest.is_empty()).then(|| rest.to_vec())
    };
    for one in area {
        let full = [one.kind.as_slice(), one.name.as_slice()].concat();
        let found = without(&full)
            .or_else(|| without(&one.name))
            .or_else(|| without(&one.kind));
        if let Some(core) = found {
            return (core, true);
        }
    }
    (words.to_vec(), false)
}

/// How the words from `at` on fit an organisation of an area, and where they end; nothing when they say
/// another area.
pub(super) fn fit(text: &[Token], at: usize, area: &[AreaName]) -> Option<(Fit, usize)> {
    let follows = |at: usize| text.get(at).filter(|token| token.gap == Gap::Soft);
    if follows(at).is_none() {
        return Some((Fit::Unsaid, at));
    }
    let mut by_kind = None;
    for one in area {
        if let Some(end) = end_of_words(text, at, &one.name).filter(|_| text[at].capital) {
            return Some((Fit::Named, end));
        }
        let after_kind = end_of_words(text, at, &one.kind).filter(|_| !one.kind.is_empty());
        if let Some(end) = after_kind {
            match follows(end) {
                Some(next) if next.capital => {
                    if let Some(end) = end_of_words(text, end, &one.name) {
                        return Some((Fit::Named, end));
                    }
                }
                _ => by_kind = Some((Fit::Kind, end)),
            }
        }
    }
    by_kind.or_else(|| (!says_area(text, at)).then_some((Fit::Unsaid, at)))
}
