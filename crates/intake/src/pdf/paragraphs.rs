//! Lines become paragraphs again.
//!
//! A line runs on into the next when it was full: when the first word of the next line would not have
//! fitted behind it. How wide a column is, is told by the lines that stand below one another in it.

use super::Line;

/// The paragraphs of a page, each on one line. When in doubt lines stay apart.
pub(super) fn join(lines: &[Line]) -> Vec<String> {
    let mut out = Vec::new();
    for column in columns(lines) {
        let shape = Shape::of(column);
        let mut text = String::new();
        // Where the lines after the first of a paragraph begin, when that is not the column's edge.
        let mut hanging: Option<f64> = None;
        for (i, line) in column.iter().enumerate() {
            let before = i.checked_sub(1).map(|b| &column[b]);
            match before.filter(|before| shape.runs_on(before, line, hanging)) {
                Some(before) => {
                    hanging = (line.left > shape.left + line.size * 0.5).then_some(line.left);
                    let tight = before.text.ends_with('-')
                        && before
                            .text
                            .chars()
                            .rev()
                            .nth(1)
                            .is_some_and(|c| !c.is_whitespace());
                    if !tight {
                        text.push(' ');
                    }
                }
                None => {
                    hanging = None;
                    if i > 0 {
                        out.push(std::mem::take(&mut text));
                    }
                }
            }
            text.push_str(&line.text);
        }
        out.push(text);
    }
    out
}

/// Stretches of lines each of which stands closely below the one before and shares width with it.
fn columns(lines: &[Line]) -> impl Iterator<Item = &[Line]> {
    lines.chunk_by(|a, b| {
        let step = b.y - a.y;
        let close = step > a.size * 0.5 && step < a.size * 2.8;
        close && a.left < b.right && b.left < a.right
    })
}

/// The measures of a column.
struct Shape {
    left: f64,
    right: f64,
    /// The smallest distance of two lines.
    step: f64,
}

impl Shape {
    fn of(column: &[Line]) -> Self {
        let steps = column.windows(2).map(|w| w[1].y - w[0].y);
        Self {
            left: column.iter().map(|l| l.left).fold(f64::MAX, f64::min),
            right: column.iter().map(|l| l.right).fold(f64::MIN, f64::max),
            step: steps.fold(f64::MAX, f64::min),
        }
    }

    fn runs_on(&self, before: &Line, line: &Line, hanging: Option<f64>) -> bool {
        let slack = line.size * 0.5;
        let same_letter = (before.size - line.size).abs() < line.size * 0.15;
        let same_step = line.y - before.y < self.step * 1.25;
        let at_edge = line.left < self.left + slack;
        let hangs = match hanging {
            Some(left) => (line.left - left).abs() < slack,
            None => {
                let indent = line.left - before.left;
                marker(&before.text) && indent > 0.0 && indent < line.size * 4.0
            }
        };
        let begins_item = marker(&line.text) && before.text.ends_with(['.', ';', ':', ',']);
        let row = tabular(&before.text) || tabular(&line.text);
        !row && same_letter
            && same_step
            && (at_edge || hangs)
            && !begins_item
            && self.full(before, line)
    }

    /// Whether the first word of the next line would not have fitted behind the line.
    fn full(&self, before: &Line, next: &Line) -> bool {
        let letters = next.text.chars().count().max(1) as f64;
        let word = next.text.split_whitespace().next().unwrap_or_default();
        let width = (next.right - next.left) / letters * (word.chars().count() + 1) as f64;
        // The mean width of letters is a guess, hence some slack.
        before.right + width > self.right - before.size * 0.5
    }
}

/// Whether a line has wide gaps, as the row of a table has; one behind the label of an item is none.
fn tabular(text: &str) -> bool {
    match text.split_once('\t') {
        Some((head, rest)) if marker(head) && head.split_whitespace().count() <= 2 => {
            rest.contains('\t')
        }
        Some(_) => true,
        None => false,
    }
}

/// Whether a line begins an item of a list or a heading: "- ", "+ ", "1.", "2.1)", "IV.", "a)", "Điều 3".
fn marker(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    if matches!(first, "-" | "–" | "+" | "•" | "*") {
        return true;
    }
    let numbered = |word: &str| word.starts_with(|c: char| c.is_ascii_digit() || "IVX".contains(c));
    if matches!(first, "Điều" | "Chương" | "Phần" | "Mục") {
        return text.split_whitespace().nth(1).is_some_and(numbered);
    }
    let Some(label) = first.strip_suffix(['.', ')']) else {
        return false;
    };
    let number = label
        .split('.')
        .all(|n| !n.is_empty() && n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit()));
    let roman = !label.is_empty() && label.bytes().all(|b| b"IVX".contains(&b));
    let letter = label.chars().count() == 1 && label.chars().all(char::is_alphabetic);
    number || roman || letter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(left: f64, right: f64, y: f64, text: &str) -> Line {
        Line {
            text: text.to_owned(),
            left,
            right,
            y,
            size: 13.0,
        }
    }

    #[test]
    fn labels_are_told_from_words() {
        let labels = [
            "- a",
            "+ b",
            "1. c",
            "2.1) d",
            "IV. e",
            "a) f",
            "đ) g",
            "Điều 3. h",
            "Mục II",
        ];
        for text in labels {
            assert!(marker(text), "{text}");
        }
        for text in ["1.250 tỷ", "Điều kiện", "2026. Đến", "và", "(a) b", ".", ""] {
            assert!(!marker(text), "{text}");
        }
    }

    #[test]
    fn rows_of_tables_stay_rows() {
        let rows = [
            line(60.0, 500.0, 100.0, "TT\tChỉ tiêu\t2030"),
            line(60.0, 66.0, 116.0, "1"),
            line(60.0, 500.0, 132.0, "2\tSố nhiệm vụ\t1.250"),
            line(60.0, 200.0, 148.0, "Đoạn cuối."),
        ];
        assert_eq!(join(&rows).len(), 4);
    }

    #[test]
    fn items_hang_and_short_lines_end() {
        let lines = [
            line(
                60.0,
                500.0,
                100.0,
                "a)\tBố trí kinh phí cho các nhiệm vụ được giao trong kế hoạch",
            ),
            line(
                80.0,
                498.0,
                116.0,
                "này theo quy định về ngân sách và các quy định liên quan khác;",
            ),
            line(
                80.0,
                497.0,
                132.0,
                "trong cả giai đoạn tiếp theo của kế hoạch, gồm các năm 2026-",
            ),
            line(80.0, 120.0, 148.0, "2030."),
            line(60.0, 500.0, 164.0, "b) Theo dõi."),
            line(60.0, 200.0, 196.0, "cách xa một dòng"),
        ];
        let joined = join(&lines);
        assert_eq!(joined.len(), 3, "{joined:?}");
        assert!(joined[0].contains("kế hoạch này theo"));
        assert!(joined[0].ends_with(
            "liên quan khác; trong cả giai đoạn tiếp theo của kế hoạch, gồm các năm 2026-2030."
        ));
    }
}
