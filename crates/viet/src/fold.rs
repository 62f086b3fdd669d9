//! Text made comparable.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Canonical composition, the form in which texts are stored.
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Lower case without diacritics and with đ as d: what is typed on a keyboard without Vietnamese
/// input finds what is written with it.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match plain(c) {
            Some(plain) => out.push(plain),
            None if is_sign(c) => out.push(c),
            None => return fold_any(text),
        }
    }
    out
}

/// Common punctuation that folding leaves alone.
fn is_sign(c: char) -> bool {
    matches!(
        c,
        '\u{2010}'..='\u{2027}' | '\u{a0}' | '«' | '»' | '°' | '·' | '≤' | '≥'
    )
}

/// The small letter of an ASCII or precomposed Vietnamese character; none for all others.
#[inline]
pub fn lower(c: char) -> Option<char> {
    match c {
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        '\0'..='\u{7f}' => Some(c),
        'À'..='Ö' | 'Ø'..='Þ' => char::from_u32(u32::from(c) + 32),
        'à'..='ö' | 'ø'..='þ' => Some(c),
        'Ă' | 'Đ' | 'Ĩ' | 'Ũ' | 'Ơ' => char::from_u32(u32::from(c) + 1),
        'Ư' => Some('ư'),
        'ă' | 'đ' | 'ĩ' | 'ũ' | 'ơ' | 'ư' => Some(c),
        // Capital and small letters stand in turn.
        'Ạ'..='ỹ' => char::from_u32(u32::from(c) | 1),
        _ => None,
    }
}

/// The small letter of such a character without its marks.
#[inline]
pub fn plain(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c.to_ascii_lowercase());
    }
    Some(match lower(c)? {
        'à'..='å' | 'ă' | 'ạ'..='ặ' => 'a',
        'è'..='ë' | 'ẹ'..='ệ' => 'e',
        'ì'..='ï' | 'ĩ' | 'ỉ'..='ị' => 'i',
        'ò'..='ö' | 'ơ' | 'ọ'..='ợ' => 'o',
        'ù'..='ü' | 'ũ' | 'ư' | 'ụ'..='ự' => 'u',
        'ý' | 'ỳ'..='ỹ' => 'y',
        'đ' => 'd',
        _ => return None,
    })
}

fn fold_any(text: &str) -> String {
    text.nfd()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .nfc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_vietnamese() {
        for (from, to) in [
            ("Đổi mới sáng tạo", "doi moi sang tao"),
            ("ĐẮK LẮK", "dak lak"),
            ("Đăk Lăk", "dak lak"),
            ("Hòa Bình", "hoa binh"),
            ("Hoà Bình", "hoa binh"),
            ("Ươm tạo, nghiệm thu", "uom tao, nghiem thu"),
            ("I\u{302}\u{301} ế", "i e"),
        ] {
            assert_eq!(fold(from), to, "{from}");
        }
        assert_eq!(nfc("e\u{302}\u{301}"), "ế");
    }

    #[test]
    fn the_quick_way_is_the_long_way() {
        for c in (0..0x3000).filter_map(char::from_u32) {
            let shown = c.to_string();
            assert_eq!(fold(&shown), fold_any(&shown), "{shown}");
            if let Some(small) = lower(c) {
                assert_eq!(small.to_string(), shown.to_lowercase(), "{shown}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(s in "\\PC{0,40}") {
            let once = fold(&s);
            proptest::prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn composed_and_decomposed_fold_alike(s in "[a-zA-ZđĐàảãáạăằẳẵắặâầẩẫấậêềểễếệôồổỗốộơờởỡớợưừửữứựỳỷỹýỵ ]{0,30}") {
            let apart: String = s.nfd().collect();
            proptest::prop_assert_eq!(fold(&apart), fold(&s));
            proptest::prop_assert!(fold(&s).is_ascii());
        }
    }
}
