//! Labels of the outline: "II-", "2.1.", "a)", "(1)", dashes.

use crate::text::{Extent, Text};

/// What stands before the text of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub style: Style,
    /// Without its punctuation: "II", "2.1", "a".
    pub name: String,
    /// The label with its punctuation.
    pub at: Extent,
}

/// Styles in the order of their usual depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Style {
    /// "PHỤ LỤC I"
    Annex,
    /// "Phần thứ nhất", "Chương I"
    Part,
    /// "A."
    Capital,
    /// "I-", "II."
    Roman,
    /// "Điều 1."
    Article,
    /// "1."
    Arabic,
    /// "2.1.", "2.1.3"; the number of dots
    Dotted(u8),
    /// "1)"
    ArabicParen,
    /// "a)"
    Letter,
    /// "(1)", "(a)"
    InParens,
    /// "-"
    Dash,
    /// "+"
    Plus,
}

impl Style {
    /// Whether it makes a place of the numbered outline.
    pub fn is_numbered(self) -> bool {
        !matches!(self, Self::Dash | Self::Plus)
    }
}

/// The label of a line and the rest of the line without marks around it.
pub(crate) fn read(text: &Text, raw: Extent) -> (Option<Label>, Extent) {
    let bulleted = bullet(text, raw);
    if let Some(label) = bulleted {
        let rest = text.trim(Extent::new(label.at.end, raw.end));
        // A dash before a number label ("- 1. …") adds nothing.
        return match numbered(text, rest) {
            Some(inner) if matches!(inner.style, Style::Arabic | Style::Dotted(_)) => {
                (Some(inner), rest)
            }
            _ if rest.is_empty() => (None, rest),
            _ => (Some(label.clone()), Extent::new(label.at.start, rest.end)),
        };
    }
    let at = text.trim(raw);
    (numbered(text, at), at)
}

fn bullet(text: &Text, raw: Extent) -> Option<Label> {
    let start = (raw.start..raw.end).find(|i| {
        let c = text.at(*i);
        !c.is_whitespace() && c != '\u{feff}' && c != '>'
    })?;
    let c = text.at(start);
    let next = text.at(start + 1);
    let spaced = next.is_whitespace() || start + 1 >= raw.end;
    let style = match c {
        '-'
        | '–'
        | '—'
        | '•'
        | '●'
        | '▪'
        | '■'
        | '◆'
        | '❖'
        | '✓'
        | '➢'
        | '\u{e000}'..='\u{f8ff}'
        | '·'
            if spaced || (next.is_uppercase() && c != '·') =>
        {
            Style::Dash
        }
        '*' if spaced => Style::Dash,
        '+' | '◦' | '○' if spaced || next.is_uppercase() => Style::Plus,
        'o' if spaced && text.at(start + 2).is_uppercase() => Style::Plus,
        _ => return None,
    };
    Some(Label {
        style,
        name: String::new(),
        at: Extent::new(start, start + 1),
    })
}

/// A label of the numbered outline at the beginning of a trimmed line.
fn numbered(text: &Text, at: Extent) -> Option<Label> {
    let head = &text.chars()[at.start..at.end.min(at.start + 24)];
    let (style, name, length) = worded(head)
        .or_else(|| in_parens(head))
        .or_else(|| roman(head))
        .or_else(|| digits(head))
        .or_else(|| letter(head))?;
    Some(Label {
        style,
        name,
        at: Extent::new(at.start, at.start + length),
    })
}

type Found = (Style, String, usize);

/// "Phần thứ nhất", "Chương II", "Điều 5.", "Phụ lục 1".
fn worded(head: &[char]) -> Option<Found> {
    if !matches!(head.first(), Some('p' | 'P' | 'c' | 'C' | 'đ' | 'Đ')) {
        return None;
    }
    let line: String = head.iter().collect();
    let lower = line.to_lowercase();
    for (word, style) in [
        ("phụ lục", Style::Annex),
        ("phần thứ", Style::Part),
        ("phần", Style::Part),
        ("chương", Style::Part),
        ("điều", Style::Article),
    ] {
        let Some(rest) = lower.strip_prefix(word) else {
            continue;
        };
        let number = rest.trim_start();
        if number.len() == rest.len() && !rest.is_empty() {
            continue;
        }
        let name: String = number.chars().take_while(|c| c.is_alphanumeric()).collect();
        let counted = name
            .chars()
            .all(|c| c.is_ascii_digit() || "ivxl".contains(c));
        let spelled = word == "phần thứ";
        let alone = style == Style::Annex && name.is_empty();
        if !(alone || spelled && !name.is_empty() || counted && !name.is_empty()) {
            continue;
        }
        let before = word.chars().count() + rest.chars().count() - number.chars().count();
        let end = before + name.chars().count();
        let next = head.get(end).copied().unwrap_or('\n');
        if !spelled && next.is_whitespace() && style == Style::Article {
            continue;
        }
        let end = if matches!(next, '.' | ':' | '-') {
            end + 1
        } else {
            end
        };
        let name = match style {
            Style::Annex => format!("PL{}", name.to_uppercase()),
            Style::Article => name,
            _ => name.to_uppercase(),
        };
        return Some((style, name, end.min(head.len())));
    }
    None
}

fn in_parens(head: &[char]) -> Option<Found> {
    if head.first() != Some(&'(') {
        return None;
    }
    let name: String = head[1..]
        .iter()
        .take_while(|c| c.is_alphanumeric())
        .collect();
    let length = name.chars().count();
    let numeric = length <= 2 && name.chars().all(|c| c.is_ascii_digit());
    let lettered = length == 1 && name.chars().all(char::is_lowercase)
        || length <= 4 && name.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    let closed = head.get(length + 1) == Some(&')');
    (length > 0 && closed && (numeric || lettered)).then(|| (Style::InParens, name, length + 2))
}

/// "I-", "II.", "IV –": a dash may follow a space.
fn roman(head: &[char]) -> Option<Found> {
    let length = head
        .iter()
        .take_while(|c| matches!(c, 'I' | 'V' | 'X' | 'L'))
        .count();
    if length == 0 || length > 6 {
        return None;
    }
    let mut end = length;
    while head.get(end).is_some_and(|c| *c == ' ' || *c == '\u{a0}') {
        end += 1;
    }
    match head.get(end) {
        Some('-' | '–' | '—' | '.' | ')' | '/' | ':') => {
            let after = head.get(end + 1).copied().unwrap_or(' ');
            let name: String = head[..length].iter().collect();
            (after.is_whitespace() || after.is_uppercase() || after == '*').then_some((
                Style::Roman,
                name,
                end + 1,
            ))
        }
        _ => None,
    }
}

/// "1.", "2.1.", "2.1.3 ", "1)", "1-".
fn digits(head: &[char]) -> Option<Found> {
    let count = |from: usize| {
        head[from..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count()
    };
    let mut end = count(0);
    if end == 0 || end > 2 {
        return None;
    }
    let mut dots: u8 = 0;
    while head.get(end) == Some(&'.') && matches!(count(end + 1), 1 | 2) && dots < 6 {
        end += 1 + count(end + 1);
        dots += 1;
    }
    let name: String = head[..end].iter().collect();
    let closing = head.get(end).copied().unwrap_or('\n');
    let after = head.get(end + 1).copied().unwrap_or('\n');
    let opens = after.is_whitespace() || after.is_alphabetic() || matches!(after, '*' | '“' | '"');
    match closing {
        '.' if dots == 0 && opens => Some((Style::Arabic, name, end + 1)),
        '.' if opens => Some((Style::Dotted(dots), name, end + 1)),
        ')' if opens => Some((Style::ArabicParen, name, end + 1)),
        '/' | '-' | ':'
            if dots == 0
                && (after.is_whitespace()
                    || after.is_uppercase() && !is_code(&head[end + 1..])) =>
        {
            Some((Style::Arabic, name, end + 1))
        }
        c if dots > 0 && c.is_whitespace() && after.is_uppercase() => {
            Some((Style::Dotted(dots), name, end))
        }
        _ => None,
    }
}

/// "KH-UBND", "NQ/TW" behind the digits: the number of a document that a line happens to begin with.
fn is_code(rest: &[char]) -> bool {
    let run = || rest.iter().take_while(|c| !c.is_whitespace());
    run().any(|c| matches!(c, '-' | '/')) && !run().any(|c| c.is_lowercase())
}

/// "a)", "đ.", "A."
fn letter(head: &[char]) -> Option<Found> {
    let first = *head.first()?;
    let closing = *head.get(1)?;
    let after = head.get(2).copied().unwrap_or('\n');
    if !first.is_alphabetic() || !(after.is_whitespace() || after == '*') {
        return None;
    }
    let style = match closing {
        ')' if first.is_lowercase() => Style::Letter,
        '.' | '/' if first.is_lowercase() => Style::Letter,
        '.' | ')' | '-' if first.is_uppercase() && first.is_ascii() => Style::Capital,
        _ => return None,
    };
    Some((style, first.to_string(), 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for (line, style, name) in [
            ("II- QUAN ĐIỂM", Some(Style::Roman), "II"),
            ("IV. Giải pháp", Some(Style::Roman), "IV"),
            ("## **III – MỤC TIÊU**", Some(Style::Roman), "III"),
            ("2.1. Mục tiêu chung", Some(Style::Dotted(1)), "2.1"),
            ("2.1 Mục tiêu chung", Some(Style::Dotted(1)), "2.1"),
            ("**2.** Các cấp", Some(Style::Arabic), "2"),
            ("1) Nâng cao", Some(Style::ArabicParen), "1"),
            ("đ) Các sở", Some(Style::Letter), "đ"),
            ("(3) Hạ tầng", Some(Style::InParens), "3"),
            ("- Phát triển", Some(Style::Dash), ""),
            ("+ Tỷ lệ", Some(Style::Plus), ""),
            ("Điều 2. Giao", Some(Style::Article), "2"),
            ("PHỤ LỤC II", Some(Style::Annex), "PLII"),
            ("Phần thứ hai", Some(Style::Part), "HAI"),
            ("13/10 là ngày", None, ""),
            ("12/KH-UBND ngày 5/3", None, ""),
            ("57-NQ/TW của Bộ", None, ""),
            ("1- MỤC TIÊU", Some(Style::Arabic), "1"),
            ("2,5% dân số", None, ""),
            ("2025 là năm", None, ""),
            ("1.250 lượt người", None, ""),
            ("Điều kiện để", None, ""),
            ("Chương trình hành động", None, ""),
            ("Phần mềm dùng chung", None, ""),
        ] {
            let text = Text::new(line);
            let (label, _) = read(&text, Extent::new(0, text.len()));
            assert_eq!(label.as_ref().map(|l| l.style), style, "{line}");
            assert_eq!(label.map(|l| l.name).unwrap_or_default(), name, "{line}");
        }
    }
}
