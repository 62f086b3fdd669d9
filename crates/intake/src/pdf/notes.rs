//! Footnotes: small raised numbers in the text, and what stands beside them at the foot of the page.

use super::Line;

/// Around a raised number while its line is put together; no text holds these two noncharacters.
pub(super) const RAISED: char = '\u{FDD0}';
pub(super) const LOWERED: char = '\u{FDD1}';

/// Takes the notes out of the lines of a page, each as one line that begins with its mark `[^n]`, and
/// writes the marks in the text the same way. A raised number without a note, as in "m²", is a mere
/// number, but behind a number it must not become part of it.
pub(super) fn take(lines: &mut Vec<Line>) -> Vec<Line> {
    let cited: Vec<String> = lines.iter().flat_map(|l| raised(&l.text)).collect();
    let notes = if cited.is_empty() {
        Vec::new()
    } else {
        cut(lines, &cited)
    };
    let numbers: Vec<&str> = notes
        .iter()
        .filter_map(|note| Some(note.text.strip_prefix("[^")?.split_once(']')?.0))
        .collect();
    for line in lines {
        if line.text.contains(RAISED) {
            line.text = marked(&line.text, &numbers);
        }
    }
    notes
}

fn raised(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(RAISED).skip(1);
    parts.filter_map(|part| Some(part.split_once(LOWERED)?.0.to_owned()))
}

/// The lines from the first note on, joined note by note.
fn cut(lines: &mut Vec<Line>, cited: &[String]) -> Vec<Line> {
    let mut order: Vec<usize> = (0..lines.len())
        .filter(|i| lines[*i].cell.is_none())
        .collect();
    order.sort_by(|a, b| lines[*a].y.total_cmp(&lines[*b].y));
    let begins =
        |at: &usize| begins_note(&lines[*at].text).is_some_and(|(n, _)| cited.contains(&n));
    let body = |at: &usize| raised(&lines[*at].text).any(|n| cited.contains(&n)) && !begins(at);
    // Below the last line that cites anything.
    let after = order.iter().rposition(body).map_or(0, |p| p + 1);
    let Some(first) = order[after..].iter().position(begins) else {
        return Vec::new();
    };
    let taken: Vec<usize> = order[after + first..]
        .iter()
        .copied()
        // A page number below the notes is none of them.
        .filter(|at| !lines[*at].text.trim().bytes().all(|b| b.is_ascii_digit()))
        .collect();
    let mut notes: Vec<Line> = Vec::new();
    for at in &taken {
        let line = &lines[*at];
        match (begins_note(&line.text), notes.last_mut()) {
            (Some((number, rest)), _) if cited.contains(&number) => notes.push(Line {
                text: format!("[^{number}] {rest}"),
                ..line.clone()
            }),
            (_, Some(note)) => {
                note.text.push(' ');
                note.text.push_str(&marked(&line.text, &[]));
            }
            // The first of them begins a note.
            (_, None) => {}
        }
    }
    let mut at = 0..;
    lines.retain(|_| at.next().is_some_and(|at| !taken.contains(&at)));
    notes
}

/// The number a note begins with, raised or not, and its words. "1." begins an item of a list.
fn begins_note(text: &str) -> Option<(String, String)> {
    let plain = marked(text, &[]);
    let digits = plain.len() - plain.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = plain.split_at(digits);
    let was_raised = text.starts_with(RAISED);
    let words = rest.trim_start();
    let apart = was_raised || rest.starts_with([' ', '\t']);
    (digits > 0
        && digits < 4
        && apart
        && words.starts_with(|c: char| c.is_alphabetic() || c == '“'))
    .then(|| (number.to_owned(), words.to_owned()))
}

/// The text with its raised numbers as marks where they are, or must not be read as digits.
fn marked(text: &str, notes: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(RAISED) {
        let (number, after) = behind.split_once(LOWERED).unwrap_or((behind, ""));
        out.push_str(before);
        let behind_number = out.ends_with(|c: char| c.is_ascii_digit() || ".,%)”".contains(c));
        if notes.contains(&number) || behind_number {
            out.push_str(&format!("[^{number}]"));
        } else {
            out.push_str(number);
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(texts: &[&str]) -> Vec<Line> {
        let lines = texts.iter().enumerate().map(|(i, text)| Line {
            text: text.replace('<', "\u{FDD0}").replace('>', "\u{FDD1}"),
            y: i as f64 * 16.0,
            ..Line::default()
        });
        lines.collect()
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|l| l.text.as_str()).collect()
    }

    #[test]
    fn notes_go_to_their_place() {
        let mut lines = page(&[
            "1 việc trước",
            "đạt 12%<1> trên 10 m<2> vào năm 2026<2>",
            "2. Mục hai",
            "<1>Theo số liệu",
            "năm 2024.",
            "2 Xem phụ lục.",
            "7",
        ]);
        let notes = take(&mut lines);
        assert_eq!(
            texts(&notes),
            ["[^1] Theo số liệu năm 2024.", "[^2] Xem phụ lục."]
        );
        assert_eq!(
            texts(&lines),
            [
                "1 việc trước",
                "đạt 12%[^1] trên 10 m[^2] vào năm 2026[^2]",
                "2. Mục hai",
                "7"
            ]
        );
    }

    #[test]
    fn raised_numbers_without_notes() {
        let mut lines = page(&["10 m<2> năm 2026<3>", "4 việc"]);
        assert!(take(&mut lines).is_empty());
        assert_eq!(texts(&lines), ["10 m2 năm 2026[^3]", "4 việc"]);
    }
}
