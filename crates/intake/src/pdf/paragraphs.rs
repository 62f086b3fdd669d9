//! Lines become paragraphs again.
//!
//! A line runs on into the next when it was full: when the first word of the next line would not have
//! fitted behind it. How wide a column is, is told by the lines that stand below one another in it.

use super::Line;
use std::collections::BTreeMap;

/// A paragraph or the row of a table, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) text: String,
    /// It may be the rest of one that began on the page before.
    pub(super) carries_on: bool,
    /// It may run on into the next page: its last line is full and no sentence ends there.
    pub(super) unfinished: bool,
    /// Of the row of a table how many cells it has; else none.
    cells: usize,
}

impl Paragraph {
    fn run_on(&mut self, text: &str) {
        if !tight(&self.text) {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    /// Whether this row is the heading of the table that the page before ends with: its first row.
    pub(super) fn heads_again(&self, before: &[Self]) -> bool {
        let table = before.iter().rev().take_while(|row| row.cells > 0);
        self.cells > 0 && table.last().is_some_and(|head| head.text == self.text)
    }

    /// Takes up the first row of the next page when it is the rest of this one, broken by the page: its
    /// number is empty, whatever it holds stands below something, and some cell goes on in small letters.
    pub(super) fn take_up(&mut self, next: &Self) -> bool {
        let cells =
            |row: &Self| -> Vec<String> { row.text.split(" | ").map(str::to_owned).collect() };
        let (mut above, below) = (cells(self), cells(next));
        let rows = self.cells > 0 && above.len() == self.cells && below.len() == above.len();
        let small = |c: &String| c.chars().next().is_some_and(char::is_lowercase);
        let rest = rows
            && below[0].is_empty()
            && !above[0].is_empty()
            && below.iter().any(small)
            && above
                .iter()
                .zip(&below)
                .all(|(a, b)| b.is_empty() || !a.is_empty());
        if rest {
            for (a, b) in above.iter_mut().zip(&below).filter(|(_, b)| !b.is_empty()) {
                a.push_str(if tight(a) { "" } else { " " });
                a.push_str(b);
            }
            self.text = above.join(" | ");
        }
        rest
    }
}

/// The paragraphs of a page. When in doubt lines stay apart.
pub(super) fn join(lines: &[Line]) -> Vec<Paragraph> {
    let mut out = Vec::new();
    let mut done: Vec<usize> = Vec::new();
    for stretch in lines.chunk_by(|a, b| a.cell.map(|c| c.table) == b.cell.map(|c| c.table)) {
        match stretch[0].cell.map(|c| c.table) {
            None => join_columns(stretch, &mut out),
            Some(table) if done.contains(&table) => {}
            Some(table) => {
                done.push(table);
                out.extend(rows(lines, table));
            }
        }
    }
    out
}

/// The paragraphs of columns, one after another; what the foot of one breaks off goes on at the head of the
/// next one beside it.
fn join_columns(stretch: &[Line], out: &mut Vec<Paragraph>) {
    let mut foot: Option<&Line> = None;
    for column in columns(stretch) {
        let begin = out.len();
        join_column(column, out);
        let beside = foot.is_some_and(|foot| column[0].y < foot.y && column[0].left > foot.right);
        let (before, after) = out.split_at_mut(begin);
        if let (true, Some(last), Some(first)) = (beside, before.last_mut(), after.first_mut())
            && last.unfinished
            && first.carries_on
        {
            let rest = std::mem::take(&mut first.text);
            last.run_on(&rest);
            last.unfinished = first.unfinished && after.len() == 1;
            out.remove(begin);
        }
        foot = column.last();
    }
}

/// The rows of a table, cells joined by " | " as everywhere else.
fn rows(lines: &[Line], table: usize) -> impl Iterator<Item = Paragraph> {
    let mut rows: BTreeMap<usize, BTreeMap<usize, String>> = BTreeMap::new();
    let mut width = 0;
    for line in lines {
        let Some(cell) = line.cell.filter(|c| c.table == table) else {
            continue;
        };
        width = width.max(cell.column + 1);
        let text = rows
            .entry(cell.row)
            .or_default()
            .entry(cell.column)
            .or_default();
        if !text.is_empty() && !tight(text) {
            text.push(' ');
        }
        text.push_str(&line.text.replace('\t', " "));
    }
    rows.into_values().map(move |mut row| {
        let cells: Vec<String> = (0..width)
            .map(|c| row.remove(&c).unwrap_or_default())
            .collect();
        Paragraph {
            text: cells.join(" | "),
            carries_on: false,
            unfinished: false,
            cells: width,
        }
    })
}

/// Whether a line ends in a hyphen that joins, as in "2026-": no space follows.
pub(super) fn tight(text: &str) -> bool {
    let mut back = text.chars().rev();
    back.next() == Some('-') && back.next().is_some_and(|c| !c.is_whitespace())
}

fn join_column(column: &[Line], out: &mut Vec<Paragraph>) {
    let shape = Shape::of(column);
    let mut paragraph: Option<Paragraph> = None;
    // Where the lines after the first of a paragraph begin, when that is not the column's edge.
    let mut hanging: Option<f64> = None;
    for (i, line) in column.iter().enumerate() {
        let before = i.checked_sub(1).map(|b| &column[b]);
        let before = before.filter(|before| shape.runs_on(before, line, hanging));
        match (before, &mut paragraph) {
            (Some(_), Some(paragraph)) => {
                hanging = (line.left > shape.left + line.size * 0.5).then_some(line.left);
                paragraph.run_on(&line.text);
            }
            (_, paragraph) => {
                hanging = None;
                out.extend(paragraph.replace(Paragraph {
                    text: line.text.clone(),
                    carries_on: i == 0 && shape.carries_on(line, column.len()),
                    unfinished: false,
                    cells: 0,
                }));
            }
        }
    }
    if let (Some(mut paragraph), Some(last)) = (paragraph, column.last()) {
        paragraph.unfinished = shape.unfinished(last, column.len());
        out.push(paragraph);
    }
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

    /// Whether the first line of a page may carry on a paragraph: it is not indented, and no item or
    /// heading begins there.
    fn carries_on(&self, line: &Line, lines: usize) -> bool {
        let small = line.text.chars().next().is_some_and(|c| !c.is_uppercase());
        let at_edge = line.left < self.left + line.size * 0.5;
        at_edge && !marker(&line.text) && !tabular(&line.text) && (small || lines > 1)
    }

    /// Whether the last line of a page reaches to the edge and stops in the middle of a sentence.
    fn unfinished(&self, line: &Line, lines: usize) -> bool {
        let full = line.right > self.right - line.size * 4.0;
        let ends = line.text.ends_with(['.', ';', ':', '!', '?', '/', '”']);
        let capitals = !line.text.chars().any(char::is_lowercase);
        lines > 1 && full && !ends && !capitals && !tabular(&line.text)
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
            cell: None,
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
        assert!(joined[0].text.contains("kế hoạch này theo"));
        assert!(joined[0].text.ends_with(
            "liên quan khác; trong cả giai đoạn tiếp theo của kế hoạch, gồm các năm 2026-2030."
        ));
    }

    #[test]
    fn cells_that_wrap_are_one_row() {
        let cell = |row, column, y, text: &str| Line {
            cell: Some(super::super::Cell {
                table: 0,
                row,
                column,
            }),
            ..line(60.0, 100.0, y, text)
        };
        let lines = [
            line(60.0, 200.0, 80.0, "Trước bảng."),
            cell(0, 0, 100.0, "Chỉ tiêu"),
            cell(0, 1, 100.0, "Giai đoạn 2026-"),
            cell(0, 1, 116.0, "2030"),
            cell(1, 0, 132.0, "Số doanh"),
            cell(1, 0, 148.0, "nghiệp"),
            cell(1, 2, 132.0, "1.250"),
        ];
        let texts: Vec<String> = join(&lines).into_iter().map(|p| p.text).collect();
        assert_eq!(
            texts,
            [
                "Trước bảng.",
                "Chỉ tiêu | Giai đoạn 2026-2030 | ",
                "Số doanh nghiệp |  | 1.250"
            ]
        );
    }

    #[test]
    fn a_row_broken_by_the_page_is_one() {
        let row = |text: &str| Paragraph {
            text: text.to_owned(),
            carries_on: false,
            unfinished: false,
            cells: 3,
        };
        let mut above = row("1 | Số doanh nghiệp trên | Sở Khoa học và");
        assert!(above.take_up(&row(" | địa bàn tỉnh | Công nghệ")));
        assert_eq!(
            above.text,
            "1 | Số doanh nghiệp trên địa bàn tỉnh | Sở Khoa học và Công nghệ"
        );
        let page = [row("TT | Chỉ tiêu | Cơ quan"), row("1 | Số | Sở")];
        assert!(row("TT | Chỉ tiêu | Cơ quan").heads_again(&page));
        assert!(!row("1 | Số | Sở").heads_again(&page));
        for other in [
            "2 | địa bàn | Sở",
            " | Tỷ lệ chi | Sở Tài chính",
            " | địa bàn",
        ] {
            assert!(!above.take_up(&row(other)), "{other}");
        }
    }
}
