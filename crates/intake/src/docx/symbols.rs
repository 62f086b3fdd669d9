//! Signs of symbol fonts (`<w:sym>`), which have no letters of their own.

/// The Unicode sign for a code of a symbol font; codes come as F0xx or 00xx. Codes of Adobe's Symbol
/// encoding and Microsoft's Wingdings; only those that carry meaning in official documents.
pub(crate) fn letter(font: &str, code: u32) -> Option<char> {
    let low = code & 0xFF;
    match font {
        "Symbol" => Some(match low {
            0x2D => '-',
            0xA3 => '≤',
            0xB0 => '°',
            0xB1 => '±',
            0xB3 => '≥',
            0xB4 => '×',
            0xB7 => '•',
            0xB8 => '÷',
            0xB9 => '≠',
            0xBB => '≈',
            _ => return None,
        }),
        "Wingdings" => Some(match low {
            0x6C | 0x9F | 0xA7 => '•',
            0x6F | 0xA8 => '☐',
            0xE0 | 0xF0 => '→',
            0xFB => '✗',
            0xFC => '✓',
            0xFD => '☒',
            0xFE => '☑',
            _ => return None,
        }),
        _ => char::from_u32(code)
            .filter(|c| !('\u{E000}'..='\u{F8FF}').contains(c) && !c.is_control()),
    }
}
