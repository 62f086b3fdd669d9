//! Faults of typing and scanning that the reader sees through. Nothing is changed: each is reported.

use crate::model::Diagnostic;
use crate::text::Text;
use crate::token::{Kind, Phrases, Token};

/// Misread words, by what stands beside them, and what is meant.
const FAULTS: [(&str, &str); 7] = [
    ("phần đầu", "phấn đấu"),
    ("phân đấu", "phấn đấu"),
    ("cds", "CĐS"),
    ("trách nghiệm", "trách nhiệm"),
    ("tri tuệ", "trí tuệ"),
    ("hát triển", "phát triển"),
    ("chuyển đối số", "chuyển đổi số"),
];

/// Replaces the keys of misread words by what is meant, so that the grammar sees them, and says so.
pub(crate) fn see_through(text: &Text, tokens: &mut [Token], out: &mut Vec<Diagnostic>) {
    for i in 0..tokens.len() {
        if tokens[i].kind != Kind::Word {
            continue;
        }
        for (fault, meant) in FAULTS {
            let Some(end) = tokens.phrase(i, fault) else {
                continue;
            };
            let aim = fault == "phần đầu" && !is_aim(tokens, i, end);
            if aim {
                continue;
            }
            let at = tokens
                .extent(i, end)
                .map(|e| text.span(e))
                .unwrap_or_default();
            for (token, word) in tokens[i..end].iter_mut().zip(meant.split(' ')) {
                token.key = word.to_lowercase().into();
            }
            out.push(Diagnostic {
                code: "spelling".into(),
                message: format!("Đọc “{fault}” là “{meant}”."),
                span: at,
            });
        }
        repeated(text, tokens, i, out);
    }
}

/// "phần đầu" can be meant ("phần đầu của"); before a verb of reaching or a year it is an aim.
fn is_aim(tokens: &[Token], i: usize, end: usize) -> bool {
    let part = tokens.word(end, &["của", "tiên", "trang", "này"]);
    let placed = i > 0 && tokens.word(i - 1, &["ở", "trong"]);
    !part && !placed
}

/// "phục vụ phục vụ", "về về": said twice in a row.
fn repeated(text: &Text, tokens: &[Token], i: usize, out: &mut Vec<Diagnostic>) {
    let pair = |a: usize, b: usize| match (tokens.get(a), tokens.get(b)) {
        (Some(x), Some(y)) => x.kind == Kind::Word && x.key == y.key,
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
