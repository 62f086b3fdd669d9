//! Marks of state secrets. A document that bears one must not enter the system.

use crate::lines::{Line, lines};
use crate::model::{SecrecyLevel, SecrecyMark};
use crate::text::{Extent, Text};
use viet::fold;

/// How many lines from the top, and after the head of an annex, a mark can stand.
const HEADER_LINES: usize = 30;

/// The mark of secrecy of a text, if its header bears one: "MẬT", "TỐI MẬT", "TUYỆT MẬT" alone on a line
/// (or in a cell of the header table), or "Độ mật: …". Words such as "bảo mật" are none.
pub fn secrecy(text: &str) -> Option<SecrecyMark> {
    let text = Text::new(text);
    mark(&text, &lines(&text))
}

pub(crate) fn mark(text: &Text, lines: &[Line]) -> Option<SecrecyMark> {
    lines
        .iter()
        .take(HEADER_LINES)
        // Most lines have no letter of the mark in them and need no closer look.
        .filter(|line| {
            let mut letters = text.chars()[line.at.start..line.at.end].iter();
            letters.any(|c| matches!(c, 'ậ' | 'Ậ'))
        })
        .flat_map(|line| cells(text, line))
        .find_map(|cell| read(text, cell))
}

/// The cells of a header line: it is often a table of two columns.
fn cells(text: &Text, line: &Line) -> Vec<Extent> {
    let mut out = Vec::new();
    let mut start = line.at.start;
    for i in line.at.start..=line.at.end {
        let gap = i + 2 < line.at.end && text.chars()[i..i + 3].iter().all(|c| c.is_whitespace());
        if i == line.at.end || matches!(text.at(i), '|' | '\t') || gap {
            let cell = text.trim(Extent::new(start, i));
            if !cell.is_empty() {
                out.push(cell);
            }
            start = i + 1;
        }
    }
    out
}

fn read(text: &Text, cell: Extent) -> Option<SecrecyMark> {
    let shown = text.line(cell);
    let bare = shown.trim_matches(|c: char| !c.is_alphabetic());
    let folded = fold::fold(bare);
    // Folding would take "mặt" for "mật": the vowel decides.
    let lower = bare.to_lowercase();
    let labelled = ["do mat", "muc do mat", "do bao mat", "muc mat"]
        .iter()
        .find_map(|l| folded.strip_prefix(l))
        .map(|rest| rest.trim_start_matches([':', ' ', '-']).trim());
    let (name, spelled) = match labelled {
        Some(name) => (name, lower.matches("mật").count() >= 2),
        None => (folded.as_str(), lower.ends_with("mật")),
    };
    let level = match name {
        "mat" => SecrecyLevel::Secret,
        "toi mat" => SecrecyLevel::HighlySecret,
        "tuyet mat" => SecrecyLevel::TopSecret,
        _ => return None,
    };
    // Alone on a line it must be in capitals; behind "Độ mật:" any case is a mark.
    let capital = bare.chars().all(|c| !c.is_lowercase());
    (spelled && (labelled.is_some() || capital)).then(|| SecrecyMark {
        level,
        span: text.span(cell),
    })
}
