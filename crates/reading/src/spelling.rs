//! Faults of typing and scanning that the reader sees through. Nothing is changed: each is reported.

use crate::model::Diagnostic;
use crate::text::Text;
use crate::token::{Kind, Phrases, Token};
use crate::words::{Words, words};
use std::sync::LazyLock;
use viet::fold;

/// Words of the genre that scanning and typing often strip of a mark or of their first letter. None of
/// them becomes another word when its marks change, but "phần đầu", which [`is_aim`] tells apart.
const COMMON: [(&str, &str); 18] = [
    ("tối", "thiểu"),
    ("ít", "nhất"),
    ("mục", "tiêu"),
    ("chỉ", "tiêu"),
    ("trở", "lên"),
    ("ngân", "sách"),
    ("phấn", "đấu"),
    ("phát", "triển"),
    ("chuyển", "đổi"),
    ("trí", "tuệ"),
    ("công", "nghệ"),
    ("nghiên", "cứu"),
    ("ứng", "dụng"),
    ("doanh", "nghiệp"),
    ("thực", "hiện"),
    ("nhiệm", "vụ"),
    ("trực", "tuyến"),
    ("tăng", "cường"),
];

/// Other common faults: words and letters that are confused.
static CONFUSED: [(&Words, &str); 2] = [
    (words!["cds"], "cđs"),
    (words!["trách nghiệm"], "trách nhiệm"),
];

/// Replaces the keys of misread words by what is meant, so that the grammar sees them, and says so.
pub(crate) fn see_through(text: &Text, tokens: &mut [Token], out: &mut Vec<Diagnostic>) {
    for i in 0..tokens.len() {
        if tokens[i].kind != Kind::Word {
            continue;
        }
        if let Some((end, meant)) = meant(tokens, i) {
            let at = tokens.extent(i, end);
            out.push(Diagnostic {
                code: "spelling".into(),
                message: format!(
                    "Đọc “{}” là “{}”.",
                    at.map(|e| text.line(e)).unwrap_or_default(),
                    meant.join(" ")
                ),
                span: at.map(|e| text.span(e)).unwrap_or_default(),
            });
            for (token, word) in tokens[i..end].iter_mut().zip(meant) {
                token.set_key(word);
            }
        }
        repeated(text, tokens, i, out);
    }
}

/// The place after a misread word and what is meant by it.
fn meant<'a>(tokens: &[Token<'a>], i: usize) -> Option<(usize, Vec<&'a str>)> {
    for (fault, meant) in &CONFUSED {
        if let Some(end) = tokens.longest(i, fault) {
            return Some((end, meant.split(' ').collect()));
        }
    }
    if let Some(end) = bare_province(tokens, i) {
        return Some((end, vec![tokens[i].key, "tỉnh"]));
    }
    let second = tokens.get(i + 1).filter(|t| t.kind == Kind::Word)?;
    let (first, shape, second) = (tokens[i].key, shape(second.key), second.key);
    let (a, b) = COMMON
        .iter()
        .zip(SHAPES.iter())
        .filter(|(_, known)| shape == **known)
        .map(|(pair, _)| *pair)
        .find(|(a, b)| {
            let right = first == *a && second == *b;
            let clipped = second == *b && a.strip_prefix(char::is_alphabetic) == Some(first);
            !right && (clipped || same_letters(first, a) && same_letters(second, b))
        })?;
    is_aim(tokens, i, i + 2).then(|| (i + 2, vec![a, b]))
}

/// The length of a word and the letter it begins with, without its marks.
fn shape(word: &str) -> (usize, Option<char>) {
    let mut letters = word.chars();
    let initial = letters.next().and_then(fold::plain);
    (letters.count(), initial)
}

/// Shapes of the second words of [`COMMON`], by which most words are told apart from all of them.
static SHAPES: LazyLock<[(usize, Option<char>); COMMON.len()]> =
    LazyLock::new(|| COMMON.map(|(_, second)| shape(second)));

/// "của tinh", "toàn tinh": the province without its mark, where "tinh" begins no other word.
fn bare_province(tokens: &[Token], i: usize) -> Option<usize> {
    const OTHER: [&str; 12] = [
        "thần", "hoa", "gọn", "giản", "tế", "vi", "chế", "luyện", "khiết", "bột", "thông", "tươm",
    ];
    let before = || {
        tokens.word(
            i,
            &["của", "toàn", "cấp", "trong", "bàn", "ngoài", "đến", "nhân"],
        )
    };
    (tokens.word(i + 1, &["tinh"]) && before() && !tokens.word(i + 2, &OTHER)).then_some(i + 2)
}

/// Whether two words differ in their marks at most. A look at the plain letters spares the folding.
fn same_letters(given: &str, meant: &str) -> bool {
    let (mut x, mut y) = (given.chars(), meant.chars());
    loop {
        match (x.next(), y.next()) {
            (None, None) => return given == meant || fold::fold(given) == fold::fold(meant),
            (Some(a), Some(b)) if a == b || !a.is_ascii() || !b.is_ascii() => {}
            _ => return false,
        }
    }
}

/// "phần đầu" can be meant ("phần đầu của"); elsewhere it is an aim, as are all words that are no others.
fn is_aim(tokens: &[Token], i: usize, end: usize) -> bool {
    if tokens.phrase(i, "phần đầu").is_none() {
        return true;
    }
    let part = tokens.word(end, &["của", "tiên", "trang", "này"]);
    let placed = i > 0 && tokens.word(i - 1, &["ở", "trong"]);
    !part && !placed
}

/// "phục vụ phục vụ", "về về": said twice in a row.
fn repeated(text: &Text, tokens: &[Token], i: usize, out: &mut Vec<Diagnostic>) {
    let pair = |a: usize, b: usize| match (tokens.get(a), tokens.get(b)) {
        (Some(x), Some(y)) => x.says_as(y),
        _ => false,
    };
    let two = pair(i, i + 2) && pair(i + 1, i + 3) && !pair(i, i + 1);
    let one = pair(i, i + 1) && tokens[i].is("về");
    if !(two || one) {
        return;
    }
    let end = if two { i + 4 } else { i + 2 };
    if let Some(at) = tokens.extent(i, end) {
        out.push(Diagnostic {
            code: "repeated".into(),
            message: format!("Lặp từ: “{}”.", text.line(at)),
            span: text.span(at),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Extent;
    use crate::token::tokens;

    #[test]
    fn faults_are_seen_through_and_words_left_alone() {
        for (source, meant) in [
            ("Phần đầu đạt", Some("phấn đấu")),
            ("phân đấu đạt", Some("phấn đấu")),
            ("ở phần đầu trang", None),
            ("phần đầu của dự án", None),
            ("hát triển kinh tế", Some("phát triển")),
            ("chuyên đổi số", Some("chuyển đổi")),
            ("tri tuệ nhân tạo", Some("trí tuệ")),
            ("cong nghe số", Some("công nghệ")),
            ("trách nghiệm của sở", Some("trách nhiệm")),
            ("nền tảng CDS", Some("cđs")),
            ("phát triển công nghệ", None),
            ("khóa học cấp tỉnh", None),
        ] {
            let text = Text::new(source);
            let mut words = tokens(&text, Extent::new(0, text.len()));
            let mut told = Vec::new();
            see_through(&text, &mut words, &mut told);
            assert_eq!(told.len(), usize::from(meant.is_some()), "{source}");
            if let Some(meant) = meant {
                assert!(
                    (0..words.len()).any(|i| words.phrase(i, meant).is_some()),
                    "{source}"
                );
            }
        }
    }
}
