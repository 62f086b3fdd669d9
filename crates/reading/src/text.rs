//! The text in the form the reader works on, with a way back to what was given.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use viet::{Span, fold};

/// A half-open stretch of the composed text. Never leaves the reader: spans go out through [`Text::span`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Extent {
    pub start: usize,
    pub end: usize,
}

impl Extent {
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    pub fn len(self) -> usize {
        self.end - self.start
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub fn touches(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Composed characters (NFC), each with the place of its source in the text as given.
pub(crate) struct Text {
    chars: Vec<char>,
    /// For each composed character, and for the end, the code point of the given text where it begins;
    /// none when the text was given composed.
    origin: Option<Vec<usize>>,
    /// All of it in lower case with tone marks in one place, as words are compared.
    lower: String,
    /// For each character, and for the end, where it begins in `lower`.
    lower_at: Vec<usize>,
}

impl Text {
    pub fn new(source: &str) -> Self {
        let given: Vec<char> = source.chars().collect();
        let (chars, origin) = if given.iter().copied().any(is_mark) {
            let (chars, origin) = composed(&given);
            (chars, Some(origin))
        } else {
            (given, None)
        };
        let (lower, lower_at) = lowered(&chars);
        Self {
            chars,
            origin,
            lower,
            lower_at,
        }
    }

    /// The comparable form of a word: lower case, "hòa" for "hoà".
    pub fn key(&self, word: Extent) -> &str {
        &self.lower[self.lower_at[word.start]..self.lower_at[word.end]]
    }

    pub fn chars(&self) -> &[char] {
        &self.chars
    }

    pub fn len(&self) -> usize {
        self.chars.len()
    }

    /// The character at a place; a line end beyond the text.
    pub fn at(&self, i: usize) -> char {
        self.chars.get(i).copied().unwrap_or('\n')
    }

    pub fn slice(&self, extent: Extent) -> String {
        let end = extent.end.min(self.chars.len());
        self.chars[extent.start.min(end)..end].iter().collect()
    }

    /// The stretch on one line: white space and markdown marks become single spaces.
    pub fn line(&self, extent: Extent) -> String {
        let end = extent.end.min(self.chars.len());
        let mut out = String::with_capacity(extent.len() * 3 / 2);
        let mut gap = false;
        for c in self.chars[extent.start.min(end)..end].iter().copied() {
            if is_blank(c) {
                gap = true;
                continue;
            }
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
        out
    }

    /// As [`Self::line`], folded.
    pub fn folded(&self, extent: Extent) -> String {
        fold::fold(&self.line(extent))
    }

    /// Without white space and markdown emphasis at both ends.
    pub fn trim(&self, extent: Extent) -> Extent {
        let Extent { mut start, mut end } = extent;
        while start < end && is_blank(self.at(start)) {
            start += 1;
        }
        while end > start && is_blank(self.at(end - 1)) {
            end -= 1;
        }
        Extent { start, end }
    }

    /// The span of the text as it was given.
    pub fn span(&self, extent: Extent) -> Span {
        let at = |i: usize| {
            let i = i.min(self.chars.len());
            self.origin.as_ref().map_or(i, |origin| origin[i])
        };
        let (start, end) = (at(extent.start), at(extent.end));
        // `origin` never falls, so this always is a span.
        Span::new(start, end).unwrap_or_default()
    }
}

/// The characters with the marks behind each composed into it, and where each began.
fn composed(given: &[char]) -> (Vec<char>, Vec<usize>) {
    let mut chars = Vec::with_capacity(given.len());
    let mut origin = Vec::with_capacity(given.len() + 1);
    let mut i = 0;
    while i < given.len() {
        let mut end = i + 1;
        while end < given.len() && is_mark(given[end]) {
            end += 1;
        }
        if end == i + 1 {
            chars.push(given[i]);
            origin.push(i);
        } else {
            for c in given[i..end].iter().copied().nfc() {
                chars.push(c);
                origin.push(i);
            }
        }
        i = end;
    }
    origin.push(given.len());
    (chars, origin)
}

/// Whether a character is set on the one before it. Letters of Vietnamese and punctuation pass without a
/// look-up.
fn is_mark(c: char) -> bool {
    c >= '\u{300}'
        && !matches!(c, '\u{1e00}'..='\u{1eff}' | '\u{2000}'..='\u{20cf}')
        && canonical_combining_class(c) != 0
}

/// The text in lower case with the tone marks of open syllables in one place, and where each character begins.
fn lowered(chars: &[char]) -> (String, Vec<usize>) {
    let mut lower = String::with_capacity(chars.len() * 3 / 2);
    let mut at = Vec::with_capacity(chars.len() + 1);
    // The two characters before.
    let mut before = [' '; 2];
    for (i, c) in chars.iter().enumerate() {
        at.push(lower.len());
        let Some(small) = fold::lower(*c) else {
            lower.extend(c.to_lowercase());
            before = [before[1], *c];
            continue;
        };
        lower.push(small);
        if let Some((first, last)) = old_tone_place(before, small)
            && ends_word(&chars[i + 1..])
        {
            lower.truncate(at[i - 1]);
            lower.push(first);
            at[i] = lower.len();
            lower.push(last);
        }
        before = [before[1], small];
    }
    at.push(lower.len());
    (lower, at)
}

/// Whether no word goes on with the characters that follow.
fn ends_word(rest: &[char]) -> bool {
    match rest {
        [] => true,
        ['&' | '\'' | '’', next, ..] => !is_letter(*next),
        [c, ..] => {
            !(c.is_ascii_digit() || is_letter(*c) || *c >= '\u{300}' && is_combining_mark(*c))
        }
    }
}

/// "hoà" → "hòa", "uỷ" → "ủy": an open final syllable carries its tone on the first vowel. The last two
/// letters of a word, if they change.
fn old_tone_place(before: [char; 2], last: char) -> Option<(char, char)> {
    const MOVED: [(char, &str, char, &str); 3] = [
        ('o', "àáảãạ", 'a', "òóỏõọ"),
        ('o', "èéẻẽẹ", 'e', "òóỏõọ"),
        ('u', "ỳýỷỹỵ", 'y', "ùúủũụ"),
    ];
    let [initial, first] = before;
    if last == 'y' {
        // "quý" keeps its tone: the u belongs to the consonant.
        let tone = "ùúủũụ".chars().position(|c| c == first && initial == 'q')?;
        return "ỳýỷỹỵ".chars().nth(tone).map(|vowel| ('u', vowel));
    }
    if last.is_ascii() || !matches!(first, 'o' | 'u') || first == 'u' && initial == 'q' {
        return None;
    }
    MOVED.iter().find_map(|(glide, toned, bare, moved)| {
        let tone = toned.chars().position(|c| c == last && first == *glide)?;
        moved.chars().nth(tone).map(|vowel| (vowel, *bare))
    })
}

/// As `char::is_alphabetic`, quick for the letters of Vietnamese.
pub(crate) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => c.is_ascii_alphabetic(),
        '×' | '÷' => false,
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => true,
        _ => c.is_alphabetic(),
    }
}

/// What a line shows as nothing or as a space.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_markup(c) || c == '\u{feff}'
}

/// Marks of emphasis and headings in markdown, which carry no words.
pub(crate) fn is_markup(c: char) -> bool {
    matches!(c, '*' | '_' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_lead_back_to_the_given_text() {
        // "ế" as three code points, then "x".
        let text = Text::new("e\u{302}\u{301}x");
        assert_eq!(text.chars(), ['ế', 'x']);
        assert_eq!(Some(text.span(Extent::new(0, 1))), Span::new(0, 3));
        assert_eq!(Some(text.span(Extent::new(1, 2))), Span::new(3, 4));
    }

    #[test]
    fn a_line_has_no_breaks_and_no_marks() {
        let text = Text::new("**Về  phát\ntriển** \u{a0}số ");
        assert_eq!(text.line(Extent::new(0, text.len())), "Về phát triển số");
    }
}
