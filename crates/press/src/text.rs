//! Text from outside, made fit for XML and for a page.

/// Removes the characters that XML 1.0 forbids (and the C1 controls, which no page can show).
///
/// Everything else stays as it was given, marks of direction included: what a person wrote is
/// printed literally, never interpreted. A carriage return becomes a line feed.
pub(crate) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| if c == '\r' { '\n' } else { c })
        .filter(|&c| is_printable(c))
        .collect()
}

fn is_printable(c: char) -> bool {
    match c {
        '\t' | '\n' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => !c.is_control(),
    }
}

/// Escapes cleaned text for XML text and attribute values.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// A web address that may become a live link; anything else (`javascript:`, `file:`, a bare code)
/// is printed as text only.
pub(crate) fn web_address(reference: &str) -> Option<&str> {
    let known = reference.starts_with("https://") || reference.starts_with("http://");
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\');
    (known && reference.chars().all(plain)).then_some(reference)
}

/// Whether a line may end at this space; at a no-break space it may not.
pub(crate) fn breaks_line(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{A0}' | '\u{202F}')
}

/// The words of a text, as far as lines are concerned.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(breaks_line).filter(|word| !word.is_empty())
}

/// The longest word that is left whole in a cell.
pub(crate) const WORD: usize = 14;
/// How often a longer one may be broken.
pub(crate) const PIECE: usize = 8;

/// Width of a line set in bold Times of a size in points, in twentieths of a point, estimated by class
/// of letter from the face's advance widths.
pub(crate) fn set_width(line: &str, size: u8) -> u32 {
    let hundredths: u32 = line
        .chars()
        .map(|c| match c {
            ' ' | '\u{A0}' | '.' | ',' | ':' | ';' | 'i' | 'l' | 'j' | 't' | 'f' | '/' => 30,
            'm' | 'w' | '%' => 80,
            c if c.is_uppercase() => 72,
            c if u32::from(c) >= 0x2E80 => 100,
            _ => 50,
        })
        .sum();
    hundredths * u32::from(size) / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_forbids_goes_and_the_rest_stays() {
        assert_eq!(clean("a\u{0}b\u{8}c\u{FFFF}d\u{85}e"), "abcde");
        assert_eq!(clean("\u{202E}đảo\u{200F}"), "\u{202E}đảo\u{200F}");
        assert_eq!(clean("một\r\nhai\rba\tbốn"), "một\nhai\nba\tbốn");
    }

    #[test]
    fn markup_is_escaped_once() {
        assert_eq!(
            escape("R&D <b> \"x\" 'y' &amp;"),
            "R&amp;D &lt;b&gt; &quot;x&quot; &#39;y&#39; &amp;amp;"
        );
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(web_address("https://example.vn/so-lieu/12").is_some());
        for bad in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "OBS-12",
            "https://a\" b",
            "//x",
        ] {
            assert!(web_address(bad).is_none(), "{bad}");
        }
    }
}
