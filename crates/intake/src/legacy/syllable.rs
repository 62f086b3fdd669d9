//! What a Vietnamese syllable looks like: one onset, one rhyme, at most one tone.

use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

const ONSETS: [&str; 28] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh",
    "nh", "p", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x",
];

/// Rhymes without their tone; ăk stands in names of places only.
const RHYMES: &str = "\
a ac ach ai am an ang anh ao ap at au ay e ec em en eng eo ep et i ia ich im in inh ip it iu iêc iêm iên \
iêng iêp iêt iêu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong ooc \
oong op ot oăc oăm oăn oăng oăt u ua uc ui um un ung up ut uy uya uych uynh uyt uyu uyên uyêt uân uâng \
uât uây uê uêch uênh uô uôc uôi uôm uôn uông uôt uơ y yt yêm yên yêng yêt yêu ăk â âc âm ân âng âp ât âu ây \
ê êch êm ên ênh êp êt êu ô ôc ôi ôm ôn ông ôp ôt ă ăc ăm ăn ăng ăp ăt ơ ơi ơm ơn ơp ơt ư ưa ưc ưi ưm \
ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu";

/// Whether a word is a possible syllable of Vietnamese.
pub(super) fn is_syllable(word: &str) -> bool {
    if word.len() > 32 {
        return false;
    }
    let mut tones = 0;
    let bare: String = word
        .nfd()
        .filter(|c| {
            let tone = matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
            tones += usize::from(tone);
            !tone
        })
        .flat_map(char::to_lowercase)
        .nfc()
        .collect();
    tones <= 1
        && ONSETS
            .iter()
            .filter_map(|onset| bare.strip_prefix(onset))
            .any(is_rhyme)
}

fn is_rhyme(rest: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| RHYMES.split(' ').collect());
    SET.contains(rest)
}

#[cfg(test)]
mod tests {
    use super::is_syllable;

    #[test]
    fn syllables_and_what_is_none() {
        for word in [
            "nghĩa",
            "quốc",
            "giữ",
            "gì",
            "Đắk",
            "hoà",
            "hòa",
            "thuế",
            "khuyến",
            "TRƯỜNG",
            "ở",
            "y",
        ] {
            assert!(is_syllable(word), "{word}");
        }
        for word in [
            "hßa", "x·", "ViÖt", "hoäi", "chuû", "café", "xx", "", "äô", "áạ",
        ] {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
