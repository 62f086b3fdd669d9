//! Vietnamese from before Unicode: one byte a letter (TCVN3, also called ABC) or a letter and its mark
//! (VNI-Windows), shown right only by fonts of their own.
//!
//! What arrives here was read as Western European letters (windows-1252), as word processors and
//! browsers do with such text: "Céng hoµ" or "Coäng hoøa" for "Cộng hoà".

mod syllable;
mod tables;

use serde::{Deserialize, Serialize};
use syllable::is_syllable;

/// An encoding of text that is not Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// TCVN 5712:1993, table VN3: fonts named `.Vn…`.
    Tcvn3,
    /// VNI for Windows: fonts named `VNI-…`.
    Vni,
    /// Microsoft's code page for Vietnamese: letters, and tones as marks after them.
    Windows1258,
    /// Microsoft's code page for Western Europe.
    Windows1252,
}

impl Encoding {
    /// The name an officer knows it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tcvn3 => "TCVN3 (ABC)",
            Self::Vni => "VNI-Windows",
            Self::Windows1258 => "Windows-1258",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// The two encodings that live by their fonts.
const BY_FONT: [Encoding; 2] = [Encoding::Tcvn3, Encoding::Vni];

/// Fewest words with other than ASCII letters that prove an encoding, and the share of them that must be
/// Vietnamese once converted.
const FEWEST: usize = 3;
const SHARE: f64 = 0.8;

/// A font of an old encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OldFont {
    pub(crate) encoding: Encoding,
    /// The font shows small letters as capitals (`.VnTimeH`).
    capitals: bool,
}

impl OldFont {
    /// The encoding a font's name tells, if any.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.trim().trim_matches(['"', '\'']);
        let begins = |with: &str| {
            name.get(..with.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(with))
        };
        let encoding = if begins(".Vn") {
            Encoding::Tcvn3
        } else if begins("VNI-") || begins("VNI ") {
            Encoding::Vni
        } else {
            return None;
        };
        Some(Self {
            encoding,
            capitals: encoding == Encoding::Tcvn3 && name.ends_with('H'),
        })
    }

    /// The text this font shows, in Unicode; `None` when the text is Unicode already: a font named so
    /// may stay behind when a document is converted.
    pub(crate) fn shown(self, text: &str) -> Option<String> {
        let text: String = text.chars().map(out_of_private_area).collect();
        if text.chars().any(is_unicode_vietnamese) {
            return None;
        }
        let converted = convert(&text, self.encoding);
        if Score::of(&text).share() > Score::of(&converted).share() {
            return None;
        }
        Some(if self.capitals {
            converted.to_uppercase()
        } else {
            converted
        })
    }
}

/// Symbol fonts come as U+F0xx.
fn out_of_private_area(c: char) -> char {
    match c {
        '\u{F020}'..='\u{F0FF}' => char::from((c as u32 & 0xFF) as u8),
        c => c,
    }
}

/// Letters that no text of an old encoding holds when read as windows-1252.
fn is_unicode_vietnamese(c: char) -> bool {
    matches!(c, 'Ă' | 'ă' | 'Đ' | 'đ' | 'Ĩ' | 'ĩ' | 'Ũ' | 'ũ' | 'Ơ' | 'ơ' | 'Ư' | 'ư' | '\u{300}'..='\u{323}' | '\u{1EA0}'..='\u{1EF9}')
}

/// How much of a text is Vietnamese.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    words: usize,
    syllables: usize,
}

impl Score {
    /// Looks at the words with other than ASCII letters.
    pub(crate) fn of(text: &str) -> Self {
        let mut score = Self::default();
        for word in text
            .split(|c: char| {
                c == '\u{a0}'
                    || matches!(c, '\u{2010}'..='\u{2030}')
                    || (c.is_ascii() && !c.is_ascii_alphabetic())
            })
            .filter(|word| !word.is_ascii())
        {
            score.words += 1;
            score.syllables += usize::from(is_syllable(word));
        }
        score
    }

    pub(crate) fn share(self) -> f64 {
        self.syllables as f64 / self.words.max(1) as f64
    }

    /// Whether the text is Vietnamese beyond doubt.
    pub(crate) fn proves(self) -> bool {
        self.words >= FEWEST && self.share() >= SHARE
    }
}

/// The old encoding a text is in that was read as windows-1252, and how much of it is Vietnamese once
/// converted; `None` when it reads well as it is or no better in any.
pub(crate) fn detect(text: &str) -> Option<(f64, Encoding)> {
    let as_it_is = Score::of(text);
    if text.is_ascii() || as_it_is.share() >= 0.5 {
        return None;
    }
    BY_FONT
        .into_iter()
        .map(|encoding| (Score::of(&convert(text, encoding)), encoding))
        .filter(|(score, _)| score.proves())
        .map(|(score, encoding)| (score.share(), encoding))
        .max_by(|a, b| a.0.total_cmp(&b.0))
}

/// Text read as windows-1252 in Unicode. The two code pages of Microsoft are decoded from bytes, never
/// from such text.
pub(crate) fn convert(text: &str, encoding: Encoding) -> String {
    match encoding {
        Encoding::Tcvn3 => text.chars().map(tables::tcvn3).collect(),
        Encoding::Vni => tables::vni(text),
        Encoding::Windows1258 | Encoding::Windows1252 => text.to_owned(),
    }
}

/// Converts those of the texts that read better in an old encoding, if all together prove one. Tells the
/// encoding. Texts with letters only Unicode has are Unicode.
pub(crate) fn repair<'a>(texts: impl IntoIterator<Item = &'a mut String>) -> Option<Encoding> {
    let old = |t: &&mut String| !t.is_ascii() && !t.chars().any(is_unicode_vietnamese);
    let texts: Vec<&mut String> = texts.into_iter().filter(old).collect();
    let mut sample = String::new();
    for text in &texts {
        if sample.len() < SAMPLE {
            sample.push_str(text);
            sample.push('\n');
        }
    }
    let (_, encoding) = detect(&sample)?;
    for text in texts {
        let converted = convert(text, encoding);
        let (before, after) = (Score::of(text).share(), Score::of(&converted).share());
        if after >= before && after > 0.0 {
            *text = converted;
        }
    }
    Some(encoding)
}

/// As many bytes of a document tell its encoding; the rest is like them.
const SAMPLE: usize = 200_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_their_words() {
        let cases = [
            (
                "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do",
                Some(Encoding::Tcvn3),
            ),
            (
                "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do",
                Some(Encoding::Vni),
            ),
            ("Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập", None),
            ("The café in Zürich, naïve façade, São Paulo, Málaga", None),
            ("là và có bà mà trí", None),
            ("plain words", None),
            ("", None),
        ];
        for (text, want) in cases {
            assert_eq!(detect(text).map(|(_, e)| e), want, "{text}");
        }
    }

    #[test]
    fn fonts_name_their_encoding() {
        let shown = |font: &str, text: &str| OldFont::named(font).and_then(|f| f.shown(text));
        let cases = [
            (".VnTime", "x· héi", Some("xã hội")),
            (".VnTimeH", "x· héi", Some("XÃ HỘI")),
            (".vntime", "\u{F0AE}Ò \u{F0B8}n", Some("đề án")),
            ("VNI-Times", "Ñeà aùn", Some("Đề án")),
            ("Times New Roman", "x· héi", None),
            // Converted long ago; only the font's name stayed.
            (".VnTime", "xã hội", None),
        ];
        for (font, text, want) in cases {
            assert_eq!(shown(font, text).as_deref(), want, "{font} {text}");
        }
    }

    #[test]
    fn pieces_that_read_well_stay() {
        let mut texts =
            ["KÕ ho¹ch ph¸t triÓn", "Zürich", "kinh tÕ x· héi", "của ta"].map(str::to_owned);
        assert_eq!(repair(&mut texts), Some(Encoding::Tcvn3));
        assert_eq!(texts[0], "Kế hoạch phát triển");
        assert_eq!(texts[2..], ["kinh tế xã hội", "của ta"]);
    }
}
