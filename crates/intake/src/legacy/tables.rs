//! The letters of the old encodings. TCVN 5712:1993 (table VN3) and the VNI encoding for Windows, written
//! down as the windows-1252 letters their bytes look like.

/// The bytes A1 to FE of table VN3; "." where it has no letter.
const VN3: &str = "ĂÂÊÔƠƯĐăâêôơưđ......àảãáạ.ằẳẵắ......\
                   .ặầẩẫấậè.ẻẽéẹềểễếệìỉ...ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ";

/// The letter of TCVN3 behind a letter of windows-1252.
pub(super) fn tcvn3(c: char) -> char {
    let Some(at) = (c as u32).checked_sub(0xA1) else {
        return c;
    };
    match VN3.chars().nth(at as usize) {
        None | Some('.') => c,
        Some(letter) => letter,
    }
}

/// Letters of VNI that stand alone.
const ALONE: [(char, char); 9] = [
    ('ñ', 'đ'),
    ('ô', 'ơ'),
    ('ö', 'ư'),
    ('í', 'í'),
    ('ì', 'ì'),
    ('æ', 'ỉ'),
    ('ó', 'ĩ'),
    ('ò', 'ị'),
    ('î', 'ỵ'),
];

/// Marks of VNI behind any vowel that takes a tone.
const TONES: [(char, char); 5] = [
    ('ù', '\u{301}'),
    ('ø', '\u{300}'),
    ('û', '\u{309}'),
    ('õ', '\u{303}'),
    ('ï', '\u{323}'),
];

/// Marks of VNI that bring a circumflex (behind a, e, o), with the tone.
const CIRCUMFLEX: [(char, &str); 6] = [
    ('â', "\u{302}"),
    ('á', "\u{302}\u{301}"),
    ('à', "\u{302}\u{300}"),
    ('å', "\u{302}\u{309}"),
    ('ã', "\u{302}\u{303}"),
    ('ä', "\u{302}\u{323}"),
];

/// Marks of VNI that bring a breve (behind a), with the tone.
const BREVE: [(char, &str); 6] = [
    ('ê', "\u{306}"),
    ('é', "\u{306}\u{301}"),
    ('è', "\u{306}\u{300}"),
    ('ú', "\u{306}\u{309}"),
    ('ü', "\u{306}\u{303}"),
    ('ë', "\u{306}\u{323}"),
];

/// Text of VNI in Unicode, composed.
pub(super) fn vni(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let letter = alone(sign);
        out.push(letter);
        let marks = signs.peek().and_then(|mark| marks(letter, small(*mark)));
        if let Some(marks) = marks {
            out.push_str(&marks);
            signs.next();
        }
    }
    viet::fold::nfc(&out)
}

fn alone(sign: char) -> char {
    let lower = small(sign);
    match ALONE.iter().find(|(from, _)| *from == lower) {
        Some((_, to)) if sign == lower => *to,
        Some((_, to)) => to.to_uppercase().next().unwrap_or(*to),
        None => sign,
    }
}

/// The combining marks a mark of VNI stands for behind this letter.
fn marks(letter: char, mark: char) -> Option<String> {
    let vowel = small(letter);
    let of = |table: &[(char, &str)]| {
        let found = table.iter().find(|(from, _)| *from == mark);
        found.map(|(_, marks)| (*marks).to_owned())
    };
    let tone = || {
        let found = TONES.iter().find(|(from, _)| *from == mark);
        found.map(|(_, tone)| tone.to_string())
    };
    match vowel {
        'a' => tone().or_else(|| of(&CIRCUMFLEX)).or_else(|| of(&BREVE)),
        'e' | 'o' => tone().or_else(|| of(&CIRCUMFLEX)),
        'u' | 'y' | 'ơ' | 'ư' => tone(),
        _ => None,
    }
}

fn small(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// The letters beyond ASCII that Vietnamese is written with, small.
    const LETTERS: &str = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ";

    #[test]
    fn every_letter_has_one_code_in_vn3() {
        assert_eq!(VN3.chars().count(), 0xFE - 0xA1 + 1);
        let letters: Vec<char> = VN3.chars().filter(|c| *c != '.').collect();
        let distinct: HashSet<char> = letters.iter().copied().collect();
        assert_eq!(letters.len(), distinct.len());
        assert!(LETTERS.chars().all(|c| distinct.contains(&c)));
        assert_eq!(
            distinct.len(),
            LETTERS.chars().count() + "ĂÂÊÔƠƯĐ".chars().count()
        );
    }

    /// VNI as its input method writes it: a letter's shape, then its mark.
    fn to_vni(text: &str) -> String {
        text.chars()
            .map(|c| {
                let upper = c.is_uppercase();
                let want = small(c);
                let whole = |code: &str| {
                    if upper {
                        code.to_uppercase()
                    } else {
                        code.to_owned()
                    }
                };
                if let Some((code, _)) = ALONE.iter().find(|(_, to)| *to == want) {
                    return whole(&code.to_string());
                }
                let marked = ["a", "e", "o", "u", "y", "ô", "ö"].iter().find_map(|base| {
                    let marks = TONES.iter().map(|t| t.0);
                    let marks = marks.chain(CIRCUMFLEX.iter().map(|t| t.0));
                    marks.chain(BREVE.iter().map(|t| t.0)).find_map(|mark| {
                        let code = format!("{base}{mark}");
                        (vni(&code) == want.to_string()).then_some(code)
                    })
                });
                marked.map_or(c.to_string(), |code| whole(&code))
            })
            .collect()
    }

    #[test]
    fn forth_and_back() {
        let capitals = LETTERS.to_uppercase();
        for text in [
            LETTERS,
            &capitals,
            "Ủy ban nhân dân tỉnh; ≥ 35%, ưu đãi thuế",
        ] {
            let old = to_vni(text);
            assert_ne!(old, text);
            assert_eq!(vni(&old), text, "{old}");
        }
        assert_eq!(
            vni("Coäng hoøa xaõ hoäi chuû nghóa VIEÄT NAM"),
            "Cộng hòa xã hội chủ nghĩa VIỆT NAM"
        );
        assert_eq!(
            vni("Ñoäc laäp - Töï do - Haïnh phuùc"),
            "Độc lập - Tự do - Hạnh phúc"
        );
        let vn3: String = "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp"
            .chars()
            .map(tcvn3)
            .collect();
        assert_eq!(vn3, "Cộng hoà xã hội chủ nghĩa Việt Nam, Độc lập");
    }
}
