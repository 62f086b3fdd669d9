//! The text in the form the reader works on, with a way back to what was given.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use viet::Span;

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
    /// For each composed character, and for the end, the code point of the given text where it begins.
    origin: Vec<usize>,
}

impl Text {
    pub fn new(source: &str) -> Self {
        let given: Vec<char> = source.chars().collect();
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
        Self { chars, origin }
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
        for c in self.chars[extent.start.min(end)..end].iter().copied() {
            if c.is_whitespace() || is_markup(c) || c == '\u{feff}' {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            } else {
                out.push(c);
            }
        }
        out.truncate(out.trim_end().len());
        out
    }

    /// Without white space and markdown emphasis at both ends.
    pub fn trim(&self, extent: Extent) -> Extent {
        let skip = |c: char| c.is_whitespace() || is_markup(c) || c == '\u{feff}';
        let Extent { mut start, mut end } = extent;
        while start < end && skip(self.at(start)) {
            start += 1;
        }
        while end > start && skip(self.at(end - 1)) {
            end -= 1;
        }
        Extent { start, end }
    }

    /// The span of the text as it was given.
    pub fn span(&self, extent: Extent) -> Span {
        let at = |i: usize| self.origin[i.min(self.chars.len())];
        let (start, end) = (at(extent.start), at(extent.end));
        // `origin` never falls, so this always is a span.
        Span::new(start, end).unwrap_or_default()
    }
}

/// Whether a character is set on the one before it. The letters of Vietnamese pass without a look-up.
fn is_mark(c: char) -> bool {
    c >= '\u{300}' && !('\u{1e00}'..='\u{1eff}').contains(&c) && canonical_combining_class(c) != 0
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
