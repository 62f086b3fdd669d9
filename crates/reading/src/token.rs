//! Words, numbers, codes, dates and punctuation of a stretch of text, with their places.

use crate::text::{Extent, Text, is_letter, is_markup};
use crate::words::{Sort, Words};
use rust_decimal::Decimal;
use unicode_normalization::char::is_combining_mark;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// Letters.
    Word,
    /// A plain number.
    Number(Decimal),
    /// A number of a document: "57-NQ/TW".
    Code,
    /// A day or a month of a year: "22/12/2024", "10/2025".
    Date,
    /// Digits that are a name: "5G", "4.0", "9001:2015", "T78".
    Name,
    /// Punctuation.
    Mark(char),
}

/// One token.
#[derive(Debug, Clone)]
pub(crate) struct Token<'a> {
    pub kind: Kind,
    pub at: Extent,
    /// Lower case, tone marks in one place ("hòa" for "hoà").
    pub key: &'a str,
    /// Of the key.
    sort: Sort,
    /// First letter is a capital.
    pub capital: bool,
    /// White space, a line end or markup stands before it.
    pub spaced: bool,
}

impl<'a> Token<'a> {
    /// Reads the word as another one.
    pub fn set_key(&mut self, key: &'a str) {
        self.key = key;
        self.sort = Sort::of(key);
    }

    /// Whether both are the same word.
    pub fn says_as(&self, other: &Self) -> bool {
        self.sort == other.sort && self.kind == Kind::Word && self.key == other.key
    }

    pub fn number(&self) -> Option<Decimal> {
        match self.kind {
            Kind::Number(value) => Some(value),
            _ => None,
        }
    }

    pub fn mark(&self) -> Option<char> {
        match self.kind {
            Kind::Mark(c) => Some(c),
            _ => None,
        }
    }

    pub fn is_word(&self) -> bool {
        matches!(self.kind, Kind::Word)
    }

    pub fn is(&self, key: &str) -> bool {
        matches!(self.kind, Kind::Word) && self.key == key
    }
}

/// The tokens of a stretch.
pub(crate) fn tokens(text: &Text, extent: Extent) -> Vec<Token<'_>> {
    let mut out = Vec::with_capacity(extent.len() / 4 + 1);
    let mut i = extent.start;
    let mut spaced = true;
    while i < extent.end {
        let c = text.at(i);
        if c.is_whitespace() || is_markup(c) || is_invisible(c) {
            spaced = true;
            i += 1;
            continue;
        }
        let (kind, end) = if c.is_ascii_digit() {
            number(text, i, extent.end)
        } else if is_letter(c) {
            word(text, i, extent.end)
        } else {
            (Kind::Mark(plain_mark(c)), i + 1)
        };
        let at = Extent::new(i, end);
        let key = text.key(at);
        out.push(Token {
            kind,
            at,
            key,
            sort: Sort::of(key),
            capital: c.is_uppercase(),
            spaced,
        });
        spaced = false;
        i = end;
    }
    out
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
}

/// One character for each of the several dashes and quotation marks.
fn plain_mark(c: char) -> char {
    match c {
        '–' | '—' | '−' | '‐' | '‑' => '-',
        '“' | '”' | '«' | '»' | '„' => '"',
        c => c,
    }
}

fn word(text: &Text, start: usize, limit: usize) -> (Kind, usize) {
    let mut end = start;
    let mut digits = false;
    while end < limit {
        let c = text.at(end);
        let inner = matches!(c, '&' | '\'' | '’')
            && end > start
            && end + 1 < limit
            && is_letter(text.at(end + 1));
        if c.is_ascii_digit() {
            digits = true;
        } else if !(is_letter(c) || inner || c >= '\u{300}' && is_combining_mark(c)) {
            break;
        }
        end += 1;
    }
    (if digits { Kind::Name } else { Kind::Word }, end)
}

/// Classifies what begins with a digit, by the longest run that could belong together.
fn number(text: &Text, start: usize, limit: usize) -> (Kind, usize) {
    let mut end = start;
    while end < limit {
        let c = text.at(end);
        if !(c.is_alphanumeric() || matches!(c, '.' | ',' | '/' | '-' | '–' | ':')) {
            break;
        }
        end += 1;
    }
    while !text.at(end - 1).is_alphanumeric() {
        end -= 1;
    }
    let run = &text.chars()[start..end];
    let (kind, length) = classify(run);
    (kind, start + length)
}

/// Kind and length of the first token of a run of letters, digits and separators.
fn classify(run: &[char]) -> (Kind, usize) {
    if is_date(run) {
        return (Kind::Date, run.len());
    }
    if let Some(length) = code_length(run) {
        return (Kind::Code, length);
    }
    let length = numeric_length(run);
    match run.get(length) {
        // "9001:2015", "07:53"
        Some(':') if run.get(length + 1).is_some_and(char::is_ascii_digit) => {
            let rest = run[length + 1..]
                .iter()
                .take_while(|c| c.is_ascii_digit() || **c == ':');
            return (Kind::Name, length + 1 + rest.count());
        }
        // "5G", "3D"
        Some(c) if c.is_uppercase() => {
            let rest = run[length..].iter().take_while(|c| c.is_alphanumeric());
            return (Kind::Name, length + rest.count());
        }
        _ => {}
    }
    match decimal(&run[..length]) {
        Some(value) => (Kind::Number(value), length),
        None => (Kind::Name, length),
    }
}

fn digits(run: &[char]) -> usize {
    run.iter().take_while(|c| c.is_ascii_digit()).count()
}

/// Digits with dots and commas between digits.
fn numeric_length(run: &[char]) -> usize {
    let mut length = digits(run);
    while matches!(run.get(length), Some('.' | ',')) && digits(&run[length + 1..]) > 0 {
        length += 1 + digits(&run[length + 1..]);
    }
    length
}

/// "22/12/2024", "22-12-2024", "22.12.2024", "2024-12-22", "12/2024".
fn is_date(run: &[char]) -> bool {
    let Some(separator) = run.iter().find(|c| !c.is_ascii_digit()) else {
        return false;
    };
    if !matches!(separator, '/' | '-' | '.') {
        return false;
    }
    let parts: Vec<usize> = run
        .split(|c| c == separator)
        .map(|part| {
            if digits(part) == part.len() {
                part.len()
            } else {
                9
            }
        })
        .collect();
    matches!(
        (parts.as_slice(), separator),
        ([1 | 2, 1 | 2, 4], _) | ([4, 2, 2], '-') | ([1 | 2, 4], '/')
    )
}

/// Length of a document number: digits, then parts behind "-" or "/" of which one is in capitals.
fn code_length(run: &[char]) -> Option<usize> {
    let mut length = digits(run);
    // "36a/NQ-CP"
    if run.get(length).is_some_and(|c| c.is_lowercase())
        && matches!(run.get(length + 1), Some('/' | '-'))
    {
        length += 1;
    }
    let mut letters = false;
    while matches!(run.get(length), Some('/' | '-' | '–')) {
        let part = run[length + 1..]
            .iter()
            .take_while(|c| c.is_alphanumeric())
            .count();
        let first = run.get(length + 1)?;
        let year = part == 4 && digits(&run[length + 1..]) == 4;
        if !(first.is_uppercase() && part >= 2 || year && !letters) {
            break;
        }
        letters |= first.is_uppercase();
        length += 1 + part;
    }
    letters.then_some(length)
}

/// A number in the Vietnamese way of writing; a decimal dot ("1.5", not "4.0") is understood too.
fn decimal(run: &[char]) -> Option<Decimal> {
    let plain: String = run.iter().collect();
    if let Some(value) = viet::number::parse(&plain) {
        return Some(value);
    }
    let dots = plain.matches('.').count();
    let commas = plain.matches(',').count();
    let english = match (dots, commas) {
        (1, 0) if !plain.ends_with(".0") => plain,
        (0 | 1, 2..) => plain.replace(',', ""),
        _ => return None,
    };
    Decimal::from_str_exact(&english).ok()
}

/// Matching of phrases on a list of tokens.
pub(crate) trait Phrases {
    /// The place after the phrase that begins at `i`.
    fn phrase(&self, i: usize, phrase: &str) -> Option<usize>;
    /// The place where the phrase that ends just before `end` begins.
    fn phrase_back(&self, end: usize, phrase: &str) -> Option<usize>;
    /// The longest of the phrases at `i`: its place in the list and the place after it.
    fn longest(&self, i: usize, words: &Words) -> Option<usize>;
    /// The longest of the phrases that end just before `end`: where it begins.
    fn longest_back(&self, end: usize, words: &Words) -> Option<usize>;
    /// The first place in `from..to` where one of the phrases begins.
    fn find(&self, from: usize, to: usize, words: &Words) -> Option<usize>;
    /// Whether the token at `i` is this mark.
    fn mark(&self, i: usize, c: char) -> bool;
    /// Whether the token at `i` is one of these words.
    fn word(&self, i: usize, words: &[&str]) -> bool;
    /// The extent of tokens `from..to`; none when there is no token.
    fn extent(&self, from: usize, to: usize) -> Option<Extent>;
}

impl Phrases for [Token<'_>] {
    fn phrase(&self, i: usize, phrase: &str) -> Option<usize> {
        let (mut at, mut rest) = (i, phrase);
        loop {
            let token = self.get(at).filter(|t| t.is_word())?;
            rest = rest.strip_prefix(token.key)?;
            at += 1;
            if rest.is_empty() {
                return Some(at);
            }
            rest = rest.strip_prefix(' ')?;
        }
    }

    fn phrase_back(&self, end: usize, phrase: &str) -> Option<usize> {
        let (mut at, mut rest) = (end, phrase);
        loop {
            at = at.checked_sub(1)?;
            let token = self.get(at).filter(|t| t.is_word())?;
            rest = rest.strip_suffix(token.key)?;
            if rest.is_empty() {
                return Some(at);
            }
            rest = rest.strip_suffix(' ')?;
        }
    }

    fn longest(&self, i: usize, words: &Words) -> Option<usize> {
        let first = self.get(i).filter(|t| t.is_word())?;
        if !words.may_begin(first.sort) {
            return None;
        }
        words
            .phrases()
            .iter()
            // The end of the word is the cheapest thing that tells most phrases apart.
            .filter(|p| matches!(p.as_bytes().get(first.key.len()), None | Some(b' ')))
            .filter_map(|p| self.phrase(i, p))
            .max()
    }

    fn longest_back(&self, end: usize, words: &Words) -> Option<usize> {
        let last = self.get(end.checked_sub(1)?).filter(|t| t.is_word())?;
        if !words.may_end(last.sort) {
            return None;
        }
        words
            .phrases()
            .iter()
            .filter_map(|p| self.phrase_back(end, p))
            .min()
    }

    fn find(&self, from: usize, to: usize, words: &Words) -> Option<usize> {
        (from..to.min(self.len())).find(|i| self.longest(*i, words).is_some_and(|end| end <= to))
    }

    fn mark(&self, i: usize, c: char) -> bool {
        self.get(i).and_then(Token::mark) == Some(c)
    }

    fn word(&self, i: usize, words: &[&str]) -> bool {
        self.get(i)
            .is_some_and(|t| matches!(t.kind, Kind::Word) && words.contains(&t.key))
    }

    fn extent(&self, from: usize, to: usize) -> Option<Extent> {
        let first = self.get(from)?;
        let last = self.get(to.checked_sub(1)?)?;
        (from < to).then(|| Extent::new(first.at.start, last.at.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> Vec<String> {
        let text = Text::new(source);
        tokens(&text, Extent::new(0, text.len()))
            .iter()
            .map(|t| match t.kind {
                Kind::Word => t.key.to_string(),
                Kind::Number(v) => format!("#{v}"),
                Kind::Code => format!("code {}", t.key),
                Kind::Date => format!("date {}", t.key),
                Kind::Name => format!("name {}", t.key),
                Kind::Mark(c) => c.to_string(),
            })
            .collect()
    }

    #[test]
    fn numbers_codes_dates_and_names() {
        for (source, expected) in [
            ("đạt 1,5-2%.", vec!["đạt", "#1.5", "-", "#2", "%", "."]),
            ("từ 01-02 hộ", vec!["từ", "#1", "-", "#2", "hộ"]),
            ("1.250 lượt", vec!["#1250", "lượt"]),
            (
                "57-NQ/TW, 24/2018/TT-BKHCN",
                vec!["code 57-nq/tw", ",", "code 24/2018/tt-bkhcn"],
            ),
            (
                "mạng 4G/5G, in 3D",
                vec!["mạng", "name 4g", "/", "name 5g", ",", "in", "name 3d"],
            ),
            ("ISO 9001:2015", vec!["iso", "name 9001:2015"]),
            ("công nghiệp 4.0;", vec!["công", "nghiệp", "name 4.0", ";"]),
            ("ngày 9/1/2025", vec!["ngày", "date 9/1/2025"]),
            ("cấp độ 3/7", vec!["cấp", "độ", "#3", "/", "#7"]),
            ("2021 – 2025", vec!["#2021", "-", "#2025"]),
            ("Hoà Uỷ quý T78", vec!["hòa", "ủy", "quý", "name t78"]),
            ("**Đạ M'ri**", vec!["đạ", "m'ri"]),
            ("1.5%", vec!["#1.5", "%"]),
            ("15-16%/năm", vec!["#15", "-", "#16", "%", "/", "năm"]),
        ] {
            assert_eq!(shown(source), expected, "{source}");
        }
    }
}
