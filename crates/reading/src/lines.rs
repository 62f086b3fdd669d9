//! Lines of the text, and which of them belong together.

use crate::label::{self, Label, Style};
use crate::text::{Extent, Text};

/// A line that is not empty.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Without white space and markdown marks at the ends.
    pub at: Extent,
    /// All of it, up to the line end.
    pub raw: Extent,
    /// An empty line, or the beginning of the text, stands before it.
    pub after_gap: bool,
    /// Label or bullet it begins with.
    pub label: Option<Label>,
    /// Written as a markdown heading.
    pub hash: bool,
}

/// All lines that hold something.
pub(crate) fn lines(text: &Text) -> Vec<Line> {
    let mut out = Vec::new();
    let mut gap = true;
    let mut start = 0;
    while start < text.len() {
        let end = (start..text.len())
            .find(|i| {
                matches!(
                    text.at(*i),
                    '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
                )
            })
            .unwrap_or(text.len());
        let raw = Extent::new(start, end);
        // A lone "* " at the head is a bullet, not emphasis; the label parser sees it first.
        let (label, at) = label::read(text, raw);
        if is_rule(text, raw) && !at.is_empty() {
            // A drawn line parts nothing that belongs together, as between the rows of a table.
            gap |= !matches!(text.at(text.trim(raw).start), '+' | '|');
        } else if at.is_empty() {
            gap = true;
        } else {
            let hash = text.chars()[start..end].iter().find(|c| !c.is_whitespace()) == Some(&'#');
            out.push(Line {
                at,
                raw,
                after_gap: gap,
                label,
                hash,
            });
            gap = false;
        }
        let broken = text.at(end) == '\r' && text.at(end + 1) == '\n';
        start = end + 1 + usize::from(broken);
    }
    out
}

/// "-----", "=====": a drawn line.
fn is_rule(text: &Text, at: Extent) -> bool {
    text.chars()[at.start..at.end].iter().all(|c| {
        matches!(
            c,
            '-' | '=' | '–' | '—' | '.' | '…' | ' ' | '|' | ':' | '+' | '_' | '*' | '\u{a0}'
        )
    })
}

/// How the text is broken into lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wrap {
    /// Length of a full line when lines are broken by the page, else none.
    width: Option<usize>,
}

impl Wrap {
    /// A text is broken by the page when no line is long and many come near the longest.
    pub fn of(lines: &[Line]) -> Self {
        let longest = lines.iter().map(|l| l.at.len()).max().unwrap_or(0);
        let near = lines
            .iter()
            .filter(|l| l.at.len() * 10 >= longest * 8)
            .count();
        let wrapped = (40..=140).contains(&longest) && near * 4 >= lines.len();
        Self {
            width: wrapped.then_some(longest),
        }
    }

    /// Whether `next` goes on with the sentence of `last`: no label of its own, and the line before
    /// does not end a sentence while this one begins in the middle of one.
    pub fn continues(self, text: &Text, last: &Line, next: &Line) -> bool {
        if next.hash || last.at.is_empty() {
            return false;
        }
        if let Some(label) = &next.label {
            // "… đạt", then "34.", or "… cấp", then "II.": the number of the sentence, not of an item.
            let hanging: &[&str] = match label.style {
                Style::Arabic | Style::Dotted(_) => &HANGING,
                Style::Roman => &GRADES,
                _ => &[],
            };
            let alone = label.at.end >= next.at.end && !next.after_gap;
            return alone && hangs(text, last.at, hanging)
                || goes_on_a_range(text, last, label, next);
        }
        let before = text.at(last.at.end - 1);
        let first = text.at(next.at.start);
        let full = self.width.is_some_and(|w| last.at.len() * 10 >= w * 8);
        if ends_sentence(before) {
            // A sentence can end where a full line of a paragraph does.
            return full && !next.after_gap && before == '.';
        }
        if !next.after_gap && hangs(text, last.at, &HANGING) {
            return true;
        }
        let inside = first.is_lowercase()
            || matches!(first, '%' | ',' | ';')
            || first == '(' && !next.after_gap;
        if inside {
            let paged = self.width.is_some();
            return !next.after_gap || paged || last.at.len() > 40 || before == ',';
        }
        // A capital or a digit in the middle of a sentence: only when the line was full.
        !next.after_gap && full && (first.is_uppercase() || first.is_ascii_digit() || first == '“')
    }
}

/// "khoảng 35", then "- 40% tổng thu": a dash between two numbers is no bullet.
fn goes_on_a_range(text: &Text, last: &Line, label: &Label, next: &Line) -> bool {
    let digit = |i: usize| text.at(i).is_ascii_digit();
    let number = text.trim(Extent::new(label.at.end, next.at.end));
    // "Năm 2025" above "- 80% cán bộ" is a heading above a bullet.
    let year = last.at.len() >= 4 && (last.at.end - 4..last.at.end).all(digit);
    label.style == Style::Dash
        && !next.after_gap
        && last.at.len() > 30
        && !year
        && digit(last.at.end - 1)
        && digit(number.start)
}

/// Words that cannot end a sentence or a heading: what follows goes on with it.
const HANGING: [&str; 30] = [
    "đạt", "trên", "dưới", "khoảng", "từ", "đến", "là", "nhất", "thiểu", "chiếm", "số", "năm",
    "và", "của", "tại", "với", "cho", "các", "trong", "về", "theo", "hơn", "quá", "còn", "lên",
    "mức", "ngày", "tháng", "trước", "vào",
];

/// Words behind which a number in Roman letters is still missing.
const GRADES: [&str; 8] = ["cấp", "loại", "hạng", "bậc", "nhóm", "quý", "kỳ", "lần"];

fn hangs(text: &Text, at: Extent, words: &[&str]) -> bool {
    let from = (at.start..at.end)
        .rev()
        .take(8)
        .find(|i| text.at(*i).is_whitespace());
    from.is_some_and(|from| {
        let word = text.slice(Extent::new(from + 1, at.end));
        words.contains(&word.as_str())
    })
}

pub(crate) fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | ';' | ':' | '!' | '?' | '…')
}

/// Heads of lines that say who leads a task and by when: they belong to the task above them.
const DETAILS: [&str; 16] = [
    "co quan chu tri",
    "don vi chu tri",
    "chu tri",
    "co quan thuc hien",
    "don vi thuc hien",
    "co quan phoi hop",
    "don vi phoi hop",
    "phoi hop",
    "thoi gian",
    "thoi han",
    "tien do",
    "kinh phi",
    "nguon kinh phi",
    "san pham",
    "ket qua",
    "co quan tham muu",
];

/// Whether a line is such a detail: one of those heads, then a colon.
pub(crate) fn is_detail(text: &Text, body: Extent) -> bool {
    let line = &text.chars()[body.start..body.end.min(body.start + 48)];
    let Some(colon) = line.iter().position(|c| *c == ':') else {
        return false;
    };
    let head: String = line[..colon].iter().collect();
    let folded = viet::fold::fold(head.trim());
    DETAILS.iter().any(|d| folded.starts_with(d))
}
