//! A text as the words that names are made of.

use viet::Span;
use viet::fold::{fold, nfc};

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// A space, or a sign that may stand within a name: `&`, `-`, `.`.
    Soft,
    /// A comma: within a name (`Văn hóa, Thể thao`) or between two.
    Comma,
    /// A sign that no name goes across.
    Break,
}

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Lower case, without diacritics.
    pub folded: String,
    /// Lower case, as written otherwise.
    pub lower: String,
    /// Written with a capital at its beginning.
    pub capital: bool,
    /// Capitals only, two at least: an abbreviation.
    pub abbreviation: bool,
    /// What stands before it.
    pub gap: Gap,
    /// Where it stands.
    pub span: Span,
}

/// Marks that a letter written in parts is followed by (U+0300 to U+036F).
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// The words of a text with their places.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut word, mut start, mut gap) = (String::new(), 0, Gap::Break);
    for (at, c) in text.chars().chain([' ']).enumerate() {
        if c.is_alphanumeric() || is_mark(c) {
            if word.is_empty() {
                start = at;
            }
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            tokens.extend(token(&word, start, at, gap));
            word.clear();
            gap = Gap::Soft;
        }
        gap = gap.max(match c {
            ',' => Gap::Comma,
            ';' | ':' | '(' | ')' | '\n' | '"' | '“' | '”' => Gap::Break,
            _ => Gap::Soft,
        });
    }
    tokens
}

fn token(word: &str, start: usize, end: usize, gap: Gap) -> Option<Token> {
    let letters = word.chars().filter(|c| !is_mark(*c)).count();
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    Some(Token {
        folded: fold(word),
        lower: nfc(&word.to_lowercase()),
        capital: word.chars().next().is_some_and(char::is_uppercase),
        abbreviation: letters >= 2 && capitals == letters,
        gap,
        span: Span::new(start, end)?,
    })
}

/// The folded words of a name, without "và", which texts leave out or write as `&`.
pub(super) fn words(name: &str) -> Vec<String> {
    let all = tokens(name).into_iter().map(|token| token.folded);
    all.filter(|word| word != AND).collect()
}

/// "và", folded.
pub(super) const AND: &str = "va";

/// Where the words of a name end in a text that has them from `from` on, as the index after the last. A word
/// of the text may also be the initials of several words of the name: `KHCN`, `UBND`.
pub(super) fn end_of_words(text: &[Token], from: usize, words: &[String]) -> Option<usize> {
    let (mut at, mut rest) = (from, words);
    while !rest.is_empty() {
        let token = text.get(at)?;
        if at > from && token.gap == Gap::Break {
            return None;
        }
        match taken(token, rest) {
            0 if at > from && token.folded == AND => {}
            0 => return None,
            taken => rest = &rest[taken..],
        }
        at += 1;
    }
    Some(at)
}

/// Shortest run of small letters that is read as an abbreviation (`ubnd`): of two, too many are words.
const SMALL_ABBREVIATION: usize = 3;

/// How many words of a name a word of the text stands for.
fn taken(token: &Token, words: &[String]) -> usize {
    if words.first() == Some(&token.folded) {
        return 1;
    }
    let letters = token.folded.chars().count();
    let short = token.abbreviation || letters >= SMALL_ABBREVIATION;
    let initials = words
        .iter()
        .take(letters)
        .filter_map(|word| word.chars().next());
    if short && letters <= words.len() && initials.eq(token.folded.chars()) {
        letters
    } else {
        0
    }
}
