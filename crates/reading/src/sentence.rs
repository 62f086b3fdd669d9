//! Sentences and clauses of a block.

use crate::token::{Kind, Phrases, Token};
use crate::words::Words;

/// A stretch of tokens between full stops, semicolons and colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub from: usize,
    pub to: usize,
    /// Number of its sentence in the block.
    pub sentence: usize,
    /// What ended it.
    pub stop: char,
    /// A colon stands before it in its sentence.
    pub listed: bool,
}

const ABBREVIATIONS: [&str; 12] = [
    "tp", "gs", "pgs", "ts", "ths", "bs", "ks", "tx", "tt", "st", "tr", "đ/c",
];

/// Cuts a block into segments; what stands in parentheses is never cut.
pub(crate) fn segments(tokens: &[Token]) -> Vec<Segment> {
    let mut out = Vec::new();
    let (mut from, mut sentence, mut listed) = (0, 0, false);
    let mut closing = 0;
    for i in 0..tokens.len() {
        let Some(mark) = tokens[i].mark() else {
            continue;
        };
        if mark == '(' {
            closing = closing.max(close(tokens, i));
        }
        if i < closing {
            continue;
        }
        let stop = match mark {
            '.' | '!' | '?' | '…' if ends(tokens, i) => '.',
            ';' => ';',
            ':' if tokens.get(i + 1).is_none_or(|t| t.spaced) => ':',
            _ => continue,
        };
        if from < i {
            out.push(Segment {
                from,
                to: i,
                sentence,
                stop,
                listed,
            });
        }
        from = i + 1;
        listed = stop == ':' || (listed && stop == ';');
        sentence += usize::from(stop == '.');
    }
    if from < tokens.len() {
        out.push(Segment {
            from,
            to: tokens.len(),
            sentence,
            stop: '\n',
            listed,
        });
    }
    out
}

/// The place of the parenthesis that closes the one at `open`; `open` itself when none does nearby.
fn close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(open).take(160) {
        match token.kind {
            Kind::Mark('(') => depth += 1,
            Kind::Mark(')') => {
                depth -= 1;
                if depth == 0 {
                    return i;
                }
            }
            _ => {}
        }
    }
    open
}

/// Whether a full stop ends a sentence: what follows begins one, and it closes no abbreviation.
fn ends(tokens: &[Token], i: usize) -> bool {
    let Some(next) = tokens[i + 1..]
        .iter()
        .find(|t| !matches!(t.mark(), Some('.' | '"' | '…')))
    else {
        return true;
    };
    let begins = next.capital || matches!(next.kind, Kind::Number(_) | Kind::Mark('-' | '+'));
    let abbreviation =
        i > 0 && ABBREVIATIONS.contains(&tokens[i - 1].key) && tokens[i].mark() == Some('.');
    begins && next.spaced && !abbreviation
        || next.capital && !abbreviation && i > 0 && tokens[i - 1].key.chars().count() > 2
}

/// Whether `p` lies inside parentheses that open after `from`.
pub(crate) fn in_parens(tokens: &[Token], from: usize, p: usize) -> bool {
    let mut depth = 0i32;
    for token in &tokens[from..p.min(tokens.len())] {
        match token.mark() {
            Some('(') => depth += 1,
            Some(')') => depth = (depth - 1).max(0),
            _ => {}
        }
    }
    depth > 0
}

/// Commas of a stretch that are not in parentheses.
pub(crate) fn commas(tokens: &[Token], from: usize, to: usize) -> Vec<usize> {
    let mut out = Vec::new();
    let mut depth = 0i32;
    let to = to.min(tokens.len()).max(from);
    for (i, token) in tokens.iter().enumerate().take(to).skip(from) {
        match token.mark() {
            Some('(') => depth += 1,
            Some(')') => depth = (depth - 1).max(0),
            Some(',') if depth == 0 => out.push(i),
            _ => {}
        }
    }
    out
}

/// Words with which a clause of its own begins: a subject of measuring or a verb of doing.
pub(crate) static STARTERS: Words = Words::new(&[
    "tỷ lệ",
    "tỉ lệ",
    "tỷ trọng",
    "tỉ trọng",
    "số",
    "số lượng",
    "chỉ số",
    "tổng",
    "quy mô",
    "tốc độ",
    "mức",
    "giá trị",
    "doanh thu",
    "kinh phí",
    "năng suất",
    "đóng góp",
    "kinh tế số",
    "có",
    "phấn đấu",
    "bảo đảm",
    "đảm bảo",
    "ít nhất",
    "tối thiểu",
    "hình thành",
    "thành lập",
    "xây dựng",
    "thu hút",
    "hoàn thành",
    "duy trì",
    "nâng",
    "tăng",
    "giảm",
    "phủ sóng",
    "mỗi",
    "hằng năm",
    "hàng năm",
    "toàn bộ",
    "đến năm",
    "giao dịch",
    "thuộc nhóm",
    "xếp hạng",
    "trong đó",
    "trên",
    "bố trí",
    "đào tạo",
    "hỗ trợ",
    "phát triển",
    "triển khai",
    "đưa",
    "trở thành",
    "đạt",
    "cung cấp",
    "kết nối",
    "tích hợp",
    "chuyển đổi",
    "số hóa",
    "thứ hạng",
    "nằm trong",
    "đứng",
    "dịch vụ",
    "hạ tầng",
    "phấn",
]);

/// Whether a clause of its own begins at `i`.
pub(crate) fn starts_clause(tokens: &[Token], i: usize) -> bool {
    tokens.longest(i, &STARTERS).is_some()
        || tokens.get(i).is_some_and(|t| t.number().is_some()) && tokens.mark(i + 1, '%')
}

/// Subjects of measuring and verbs of aiming: a clause about a number begins with them even behind a
/// comma in a long list, where "phát triển công nghệ" may still be a noun.
static MEASURES: Words = Words::new(&[
    "tỷ lệ",
    "tỉ lệ",
    "tỷ trọng",
    "tỉ trọng",
    "số lượng",
    "chỉ số",
    "tổng số",
    "quy mô",
    "tốc độ",
    "giá trị",
    "doanh thu",
    "kinh phí",
    "năng suất",
    "đóng góp",
    "phấn đấu",
    "bảo đảm",
    "đảm bảo",
    "hình thành",
    "thành lập",
    "thu hút",
    "hoàn thành",
    "có ít nhất",
    "có trên",
    "mỗi",
    "trong đó",
    "bố trí",
    "thuộc nhóm",
    "nâng tỷ lệ",
]);

/// Whether a clause about a number surely begins at `i`.
pub(crate) fn starts_measure(tokens: &[Token], i: usize) -> bool {
    // Behind a comma "số" counts, if it does not make digital.
    let number = tokens.word(i, &["số"]) && !tokens.word(i + 1, &["hóa", "liệu"]);
    number || tokens.longest(i, &MEASURES).is_some()
}
