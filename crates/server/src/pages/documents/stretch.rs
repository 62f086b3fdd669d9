//! Finding typed words in a passage.

use viet::Span;
use viet::fold::nfc;

/// Where words stand within a span of a text, however the white space between them differs; the first
/// place when there are several. None when they do not stand there.
pub fn find(text: &str, within: Span, words: &str) -> Option<Span> {
    let wanted: Vec<char> = squeezed(nfc(words).chars().enumerate())
        .map(|(_, c)| c)
        .collect();
    let wanted: &[char] = trimmed(&wanted);
    let stretch = text
        .chars()
        .enumerate()
        .skip(within.start())
        .take(within.len());
    let (places, letters): (Vec<usize>, Vec<char>) = squeezed(stretch).unzip();
    if wanted.is_empty() {
        return None;
    }
    let at = letters
        .windows(wanted.len())
        .position(|window| window == wanted)?;
    Span::new(places[at], places[at + wanted.len() - 1] + 1)
}

/// Letters with their places, every run of white space as one space.
fn squeezed(letters: impl Iterator<Item = (usize, char)>) -> impl Iterator<Item = (usize, char)> {
    let mut space = false;
    letters.filter_map(move |(at, c)| {
        let again = space && c.is_whitespace();
        space = c.is_whitespace();
        (!again).then_some((at, if c.is_whitespace() { ' ' } else { c }))
    })
}

fn trimmed(mut letters: &[char]) -> &[char] {
    while let [' ', rest @ ..] = letters {
        letters = rest;
    }
    while let [rest @ .., ' '] = letters {
        letters = rest;
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "1. Mở rộng\n  mạng lưới;\n2. Mở rộng mạng lưới ở xã.";

    fn whole() -> Span {
        Span::new(0, TEXT.chars().count()).expect("a span")
    }

    fn cut(span: Span) -> String {
        TEXT.chars().skip(span.start()).take(span.len()).collect()
    }

    #[test]
    fn words_are_found_across_line_breaks() {
        let found = find(TEXT, whole(), " Mở rộng mạng  lưới ").map(cut);
        assert_eq!(found.as_deref(), Some("Mở rộng\n  mạng lưới"));
        let second = Span::new(24, whole().end()).expect("a span");
        assert_eq!(
            find(TEXT, second, "mạng lưới").map(cut).as_deref(),
            Some("mạng lưới")
        );
        assert!(find(TEXT, second, "mạng lưới").is_some_and(|span| span.start() >= 24));
    }

    #[test]
    fn words_that_are_not_there_are_not_found() {
        for words in ["", "  ", "mở rộng", "ở xã. Thêm"] {
            assert_eq!(find(TEXT, whole(), words), None, "{words:?}");
        }
    }

    #[test]
    fn decomposed_letters_are_found_too() {
        assert!(find(TEXT, whole(), "mạng lưới".to_owned().as_str()).is_some());
        assert!(find(TEXT, whole(), "ma\u{323}ng").is_some());
    }

    proptest::proptest! {
        #[test]
        fn a_stretch_of_the_text_is_found_in_it(start in 0usize..40, length in 1usize..15) {
            let end = (start + length).min(whole().end());
            let stretch = Span::new(start.min(end), end).map(cut).unwrap_or_default();
            if !stretch.trim().is_empty() {
                let found = find(TEXT, whole(), &stretch).map(cut).unwrap_or_default();
                let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                proptest::prop_assert_eq!(bare(&found), bare(&stretch));
            }
        }
    }
}
