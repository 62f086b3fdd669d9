//! Old encodings, in every format that may hold them.

use super::fixture::{docx, take};
use intake::{Encoding, Notice};

const WORDS: &str =
    "Cộng hoà xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc, ưu tiên phát triển";
/// The same words as programs show them that take the bytes for Western European.
const TCVN3: &str =
    "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc, \u{ad}u tiªn ph¸t triÓn";
const VNI: &str = "Coäng hoaø xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc, öu tieân phaùt trieån";

/// Latin letters as the bytes of windows-1252.
fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(c as u32).unwrap())
        .collect()
}

fn converted(intake: &intake::Intake) -> Option<Encoding> {
    intake.diagnostics.iter().find_map(|d| match d.notice {
        Notice::Converted { encoding } => Some(encoding),
        _ => None,
    })
}

#[test]
fn plain_text() {
    for (old, encoding) in [(TCVN3, Encoding::Tcvn3), (VNI, Encoding::Vni)] {
        // As bytes, and as a program saved them that took them for letters.
        for file in [bytes(old), old.as_bytes().to_vec()] {
            let intake = take(&file);
            assert_eq!(intake.text, WORDS);
            assert_eq!(converted(&intake), Some(encoding));
        }
    }
    // Windows-1258: composed letters with the tone as a mark behind them.
    let marked =
        b"C\xF4\xF2ng ho\xE0 xa\xDE h\xF4\xF2i, \xD0\xF4\xF2c l\xE2\xF2p, ph\xE1t tri\xEA\xD2n";
    let intake = take(marked);
    assert_eq!(intake.text, "Cộng hoà xã hội, Độc lập, phát triển");
    assert_eq!(converted(&intake), Some(Encoding::Windows1258));
}

#[test]
fn other_tongues_are_left_alone() {
    for text in [
        "Málaga, São Paulo, Zürich: café, naïve, façade",
        "là và có bà mà trí",
    ] {
        let intake = take(text.as_bytes());
        assert_eq!((&*intake.text, converted(&intake)), (text, None));
    }
}

fn run(font: &str, text: &str) -> String {
    format!(
        "<w:r><w:rPr><w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\"/></w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>"
    )
}

#[test]
fn fonts_of_a_docx() {
    let body = [
        "<w:p>".to_owned(),
        run(".VnTimeH", "kÕ ho¹ch "),
        run("Times New Roman", "số 7 của Málaga "),
        // A letter and its mark in two runs, and a letter that Word takes for a soft hyphen.
        run("VNI-Times", "Vie"),
        run("VNI-Times", "ät Nam "),
        "<w:r><w:rPr><w:rFonts w:hAnsi=\".VnTime\"/></w:rPr><w:t>ch</w:t><w:softHyphen/><w:t>a</w:t></w:r>".to_owned(),
        "</w:p>".to_owned(),
    ]
    .concat();
    let intake = take(&docx(&body, &[]));
    assert_eq!(intake.text, "KẾ HOẠCH số 7 của Málaga Việt Nam chưa\n");
    let fonts: Vec<&Notice> = intake.diagnostics.iter().map(|d| &d.notice).collect();
    let named = |font: &str| Notice::LegacyFont { font: font.into() };
    assert_eq!(
        fonts,
        [&named(".VnTimeH"), &named("VNI-Times"), &named(".VnTime")]
    );
}

#[test]
fn fonts_of_styles() {
    let styles = r#"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:styleId="Moi"><w:rPr><w:rFonts w:asciiTheme="minorHAnsi"/></w:rPr></w:style><w:style w:type="character" w:styleId="Dam"><w:rPr><w:rFonts w:hAnsi=".VnArialH"/></w:rPr></w:style>"#;
    let body = "<w:p><w:r><w:t>x· héi </w:t></w:r><w:r><w:rPr><w:rStyle w:val=\"Dam\"/></w:rPr><w:t>sè</w:t></w:r></w:p>\
                <w:p><w:pPr><w:pStyle w:val=\"Moi\"/></w:pPr><w:r><w:t>Málaga</w:t></w:r></w:p>";
    assert_eq!(
        take(&docx(body, &[("styles", styles)])).text,
        "xã hội SỐ\nMálaga\n"
    );
}

#[test]
fn a_docx_whose_fonts_say_nothing() {
    let body =
        format!("<w:p><w:r><w:t>{TCVN3}</w:t></w:r></w:p><w:p><w:r><w:t>Zürich</w:t></w:r></w:p>");
    let intake = take(&docx(&body, &[]));
    assert_eq!(intake.text, format!("{WORDS}\nZürich\n"));
    assert_eq!(converted(&intake), Some(Encoding::Tcvn3));
}

#[test]
fn fonts_left_over_from_a_conversion_tell_nothing() {
    let body = format!(
        "<w:p>{}{}{}{}</w:p>",
        run(".VnTime", "Tỉnh "),
        run("Arial", "ta "),
        run(".VnTime", "có "),
        run("Arial", "chín ") + &run(".VnTime", "sở")
    );
    let intake = take(&docx(&body, &[]));
    assert_eq!(intake.text, "Tỉnh ta có chín sở\n");
    assert!(intake.diagnostics.is_empty());
}
