//! Other documents that the text names by number.

use crate::model::{Cite, Diagnostic, Relation};
use crate::text::{Extent, Text};
use crate::token::{Kind, Phrases, Token};
use crate::words::{Words, words};
use jiff::civil::Date;
use std::collections::HashMap;
use std::ops::RangeInclusive;

static SORTS: Words = Words::new(&[
    "nghị quyết",
    "chương trình",
    "chương trình hành động",
    "kế hoạch",
    "quyết định",
    "chỉ thị",
    "kết luận",
    "thông báo",
    "đề án",
    "nghị định",
    "thông tư",
    "luật",
    "công văn",
    "hướng dẫn",
    "quy định",
    "báo cáo",
    "tờ trình",
    "công điện",
    "thông tri",
    "quy chế",
    "thông báo kết luận",
    "pháp lệnh",
]);

/// Collects the documents named, block by block.
pub(crate) struct Citations<'a> {
    text: &'a Text,
    own: Option<String>,
    found: Vec<Cite>,
    known: HashMap<String, usize>,
    doubts: Vec<Diagnostic>,
}

/// Years an act in force can be of; another is a slip of the pen ("2924").
const YEARS: RangeInclusive<i16> = 1945..=2100;

impl<'a> Citations<'a> {
    /// `own` is the number of the document itself, which it does not cite.
    pub fn new(text: &'a Text, own: Option<&str>) -> Self {
        Self {
            text,
            own: own.map(key),
            found: Vec::new(),
            known: HashMap::new(),
            doubts: Vec::new(),
        }
    }

    /// Reads one block; `front` is the part that says what the document is.
    pub fn block(&mut self, tokens: &[Token], front: bool) {
        for i in 0..tokens.len() {
            if tokens[i].kind == Kind::Code {
                self.code(tokens, i, front);
            }
        }
    }

    fn code(&mut self, tokens: &[Token], i: usize, front: bool) {
        let number: String = self
            .text
            .slice(tokens[i].at)
            .chars()
            .map(|c| if c == '–' { '-' } else { c })
            .collect();
        let folded = key(&number);
        if self.own.as_ref() == Some(&folded) {
            return;
        }
        let from = begin(tokens, i);
        let (date, end) = date_behind(tokens, i + 1);
        let at = tokens.extent(from, end).unwrap_or(tokens[i].at);
        let date = date.filter(|date| {
            let possible = YEARS.contains(&date.year());
            if !possible {
                self.doubts.push(Diagnostic {
                    code: "odd_year".into(),
                    message: format!(
                        "Năm {} của văn bản {number} không thể đúng, bỏ qua ngày này; hãy đối chiếu bản gốc.",
                        date.year()
                    ),
                    span: self.text.span(at),
                });
            }
            possible
        });
        if let Some(known) = self.known.get(&folded) {
            let cite = &mut self.found[*known];
            cite.date = cite.date.or(date);
            return;
        }
        self.known.insert(folded, self.found.len());
        self.found.push(Cite {
            id: format!("c{}", self.found.len() + 1),
            number: Some(number),
            date,
            relation: relation(tokens, from, front),
            span: self.text.span(at),
        });
    }

    /// The documents named, and what is doubtful of them.
    pub fn finish(self) -> (Vec<Cite>, Vec<Diagnostic>) {
        (self.found, self.doubts)
    }
}

/// Numbers that differ in leading zeros, case and spaces are one.
fn key(number: &str) -> String {
    let plain: String = number
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect();
    plain.trim_start_matches('0').to_owned()
}

/// "Nghị quyết số", "Chương trình hành động số" before the number.
fn begin(tokens: &[Token], i: usize) -> usize {
    let mut from = i;
    if from > 0 && tokens.mark(from - 1, ':') {
        from -= 1;
    }
    if from > 0 && tokens.word(from - 1, &["số"]) {
        from -= 1;
    }
    tokens.longest_back(from, &SORTS).unwrap_or(from)
}

/// "ngày 22/12/2024", ", ngày 22 tháng 12 năm 2024" behind the number.
fn date_behind(tokens: &[Token], after: usize) -> (Option<Date>, usize) {
    let mut at = after;
    if tokens.mark(at, ',') {
        at += 1;
    }
    if !tokens.word(at, &["ngày"]) {
        return (None, after);
    }
    at += 1;
    if let Some(token) = tokens.get(at).filter(|t| t.kind == Kind::Date) {
        return match viet::date::parse(token.key) {
            Some(date) => (Some(date), at + 1),
            None => (None, after),
        };
    }
    match spelled_date(tokens, at) {
        Some((date, end)) => (Some(date), end),
        None => (None, after),
    }
}

/// "22 tháng 12 năm 2024" from the number of the day on.
pub(crate) fn spelled_date(tokens: &[Token], at: usize) -> Option<(Date, usize)> {
    let shape = tokens.word(at + 1, &["tháng"]) && tokens.word(at + 3, &["năm"]);
    if !shape {
        return None;
    }
    let part = |i: usize| tokens.get(i).map(|t| t.key.to_string());
    let written = format!("{}/{}/{}", part(at)?, part(at + 2)?, part(at + 4)?);
    viet::date::parse(&written).map(|date| (date, at + 5))
}

fn relation(tokens: &[Token], from: usize, front: bool) -> Relation {
    let before = |words: &Words| tokens.find(from.saturating_sub(8), from, words).is_some();
    if before(words!["sửa đổi", "bổ sung một số"]) {
        Relation::Amends
    } else if before(words!["thay thế", "bãi bỏ"]) {
        Relation::Replaces
    } else if before(words!["hợp nhất"]) {
        Relation::Merges
    } else if front && before(words!["thực hiện", "triển khai", "cụ thể hóa"]) {
        Relation::Implements
    } else {
        Relation::Cites
    }
}

/// The number of a line "Số: 123/KH-UBND".
pub(crate) fn own_number(text: &Text, tokens: &[Token]) -> Option<(String, Extent)> {
    if !tokens.word(0, &["số"]) {
        return None;
    }
    let at = if tokens.mark(1, ':') { 2 } else { 1 };
    let code = tokens.get(at).filter(|t| t.kind == Kind::Code)?;
    Some((text.slice(code.at), code.at))
}
