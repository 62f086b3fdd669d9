//! What stands on a page and is not of the text: captions, clocks, page numbers, recipients, signatures.

use crate::label::{Label, Style};
use crate::lines::{Line, ends_sentence};
use crate::text::{Extent, Text, is_letter};
use std::collections::HashSet;
use viet::fold;

/// The lines as they are compared with the words of furniture.
pub(crate) fn folded(text: &Text, lines: &[Line]) -> Vec<String> {
    lines.iter().map(|l| text.folded(l.at)).collect()
}

/// Whether the text is a news item: it shows marks of a page of news and has no header of an official paper.
pub(crate) fn looks_like_news(text: &Text, lines: &[Line], folded: &[String]) -> bool {
    let official = lines.iter().take(40).any(|l| is_official(text, l));
    let roman = lines
        .iter()
        .filter(|l| {
            l.label
                .as_ref()
                .is_some_and(|l| matches!(l.style, Style::Roman | Style::Article))
        })
        .count();
    let numbered = lines
        .iter()
        .filter(|l| {
            l.label
                .as_ref()
                .is_some_and(|l| matches!(l.style, Style::Arabic | Style::Dotted(_)))
        })
        .count();
    if official || roman >= 2 {
        return false;
    }
    let marks = folded.iter().filter(|l| has_news_mark(l)).count();
    let paragraphs = lines
        .iter()
        .filter(|l| l.label.is_none() && l.at.len() > 150)
        .count();
    marks >= 1 && numbered < 8 || paragraphs >= 2 && numbered == 0
}

/// A line that only an official paper has: a sort of paper alone on its line, motto, number line.
fn is_official(text: &Text, line: &Line) -> bool {
    let shown = text.line(line.at);
    let folded = fold::fold(&shown);
    names_paper(&shown, &folded)
        || folded.starts_with("cong hoa xa hoi chu nghia")
        || folded.starts_with("dang cong san viet nam")
        || folded.starts_with("so: ") && shown.chars().any(|c| c.is_ascii_digit())
        || folded.starts_with("noi nhan")
}

/// Sorts of papers, as they are compared.
const PAPERS: [&str; 14] = [
    "nghi quyet",
    "chuong trinh hanh dong",
    "chuong trinh",
    "ke hoach",
    "quyet dinh",
    "chi thi",
    "ket luan",
    "thong bao",
    "de an",
    "bao cao",
    "to trinh",
    "chien luoc",
    "phu luc",
    "cong dien",
];

/// "KẾ HOẠCH" alone, or in capitals before its subject: "KẾ HOẠCH Triển khai …".
fn names_paper(shown: &str, folded: &str) -> bool {
    let capital = |s: &str| s.chars().all(|c| !c.is_lowercase());
    PAPERS.iter().filter(|p| folded.starts_with(*p)).any(|p| {
        let length = p.chars().count();
        let head: String = shown.chars().take(length).collect();
        let rest: String = shown.chars().skip(length).collect();
        let alone = rest.trim_matches([':', '.', ' ', '*']).is_empty();
        capital(&head) && (alone || !capital(&rest))
    })
}

fn has_news_mark(folded: &str) -> bool {
    is_caption(folded)
        || is_clock(folded)
        || is_tail(folded)
        || is_tagline(folded)
        || folded.starts_with("cap nhat")
        || folded.starts_with("(chinhphu.vn)")
        || folded.contains(" - (bao ")
        || (folded.len() < 40
            && (folded.starts_with("pv")
                || folded.contains("(t/h)")
                || folded.starts_with("theo ")))
}

/// "(KHCN) - Chiều 20/3, …": the name of the paper before the first sentence.
fn is_tagline(folded: &str) -> bool {
    let close = folded
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'));
    close.is_some_and(|(name, rest)| {
        let short =
            (2..=20).contains(&name.len()) && !name.starts_with(|c: char| c.is_ascii_digit());
        short && matches!(rest.trim_start().chars().next(), Some('-' | '–' | '—'))
    })
}

/// Which lines are furniture.
pub(crate) fn mark(text: &Text, lines: &[Line], folded: &[String], news: bool) -> Vec<bool> {
    let mut out = vec![false; lines.len()];
    let mut seen: HashSet<&str> = HashSet::new();
    let mut tail = false;
    for (i, line) in lines.iter().enumerate() {
        let shown = folded[i].as_str();
        // An annex, or a paper that is issued with this one, stands behind the signature.
        let opens = |l: &Label| l.style == Style::Annex || l.style == Style::Roman && l.name == "I";
        if !news
            && (line.label.as_ref().is_some_and(opens)
                || PAPERS.iter().any(|p| shown.starts_with(p))
                    && names_paper(&text.line(line.at), shown))
        {
            tail = false;
        }
        tail |= if news {
            is_tail(shown) && i * 3 > lines.len()
        } else {
            is_recipients(shown) || (i * 2 > lines.len() && is_signature(text, line.at))
        };
        let again = news
            && line.at.len() > 25
            && !seen.insert(shown)
            && !ends_sentence(text.at(line.at.end - 1));
        out[i] = tail
            || is_caption(shown)
            || is_template(shown)
            || is_page_number(text, lines, i)
            || (news && (is_clock(shown) || is_link(shown) || again));
    }
    if news {
        caption_twins(folded, &mut out);
        bylines(text, lines, &mut out);
    }
    out
}

fn is_caption(folded: &str) -> bool {
    let short = folded.len() < 260;
    short
        && folded.contains("anh")
        && (folded.starts_with("anh:")
            || folded.starts_with("anh minh hoa")
            || folded.contains("(anh minh hoa")
            || folded.contains("- anh:")
            || folded.contains(". anh:")
            || folded.contains("(anh:")
            || folded.contains("nguon anh"))
}

fn is_template(folded: &str) -> bool {
    folded.contains('{') && folded.contains('}')
}

/// "Thứ tư, 01/05/2024 | 23:47", "Cập nhật lúc 07:53 ngày …", "2025-04-14 05:40:00", "20/11/2025".
fn is_clock(folded: &str) -> bool {
    if folded.len() > 60 {
        return false;
    }
    let time = folded
        .split(|c: char| !(c.is_ascii_digit() || c == ':'))
        .any(|w| w.contains(':') && w.len() >= 4 && w.starts_with(|c: char| c.is_ascii_digit()));
    let date = folded.matches('/').count() >= 2 || folded.matches('-').count() >= 2;
    (time || is_day(folded)) && date || folded.starts_with("cap nhat") || folded.ends_with("gmt+7")
}

/// "Thứ năm, 20/11/2025", "Đăng ngày 20-11-2025", "20/11/2025": a line that holds nothing but a day.
fn is_day(folded: &str) -> bool {
    const BEFORE: [&str; 12] = [
        "thu hai",
        "thu ba",
        "thu tu",
        "thu nam",
        "thu sau",
        "thu bay",
        "chu nhat",
        "dang ngay",
        "ngay dang",
        "dang luc",
        "xuat ban",
        "ngay",
    ];
    let named = BEFORE.iter().find_map(|word| folded.strip_prefix(word));
    let day = named
        .unwrap_or(folded)
        .trim_matches([':', ',', ' ', '-', '|']);
    !day.is_empty()
        && day
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '/' | '-' | '.'))
}

fn is_link(folded: &str) -> bool {
    folded.len() < 40
        && [
            "xem chi tiet",
            "len dau trang",
            "xem them",
            "in trang",
            "chia se",
            "tro ve",
            "doc them",
            "tin khcn",
            "quay lai",
            "trang chu",
        ]
        .iter()
        .any(|w| folded.starts_with(w))
}

/// Where the page's other offerings begin.
fn is_tail(folded: &str) -> bool {
    folded.len() < 60
        && [
            "tin lien quan",
            "bai lien quan",
            "tin khac",
            "cac tin khac",
            "tin cung chuyen muc",
            "bai viet khac",
            "y kien cua ban",
            "binh luan",
            "cac tin da dua",
            "tin moi",
            "doc nhieu",
            "co the ban quan tam",
            "lien ket website",
            "0 binh luan",
        ]
        .iter()
        .any(|w| folded.starts_with(w))
}

fn is_recipients(folded: &str) -> bool {
    folded.starts_with("noi nhan") && folded.len() < 30
}

/// "T/M BAN THƯỜNG VỤ", "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH".
fn is_signature(text: &Text, at: Extent) -> bool {
    if !matches!(text.at(text.trim(at).start), 'T' | 'K' | 'Q') {
        return false;
    }
    let shown = text.line(at);
    shown.chars().count() < 60
        && ["T/M ", "TM. ", "TM ", "KT. ", "KT ", "TL. ", "TUQ. ", "Q. "]
            .iter()
            .any(|w| shown.starts_with(w))
        && shown.chars().filter(|c| c.is_lowercase()).count() < 3
}

/// A number alone between two lines of which the first does not end a sentence, or "Trang 3".
fn is_page_number(text: &Text, lines: &[Line], i: usize) -> bool {
    let other = |c: char| is_letter(c) && !"Trang".contains(c);
    if text.chars()[lines[i].at.start..lines[i].at.end]
        .iter()
        .copied()
        .any(other)
    {
        return false;
    }
    let shown = text.line(lines[i].at);
    let number = shown
        .trim_start_matches("Trang ")
        .trim_matches(['-', ' ', '–']);
    let counted = !number.is_empty()
        && number.len() <= 7
        && number
            .split('/')
            .all(|p| !p.is_empty() && p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()));
    if !counted {
        return false;
    }
    let around = |j: Option<usize>| {
        j.and_then(|j| lines.get(j))
            .is_some_and(|l| l.at.len() > 55)
    };
    let apart = lines[i].after_gap && lines.get(i + 1).is_some_and(|l| l.after_gap);
    let inside = i.checked_sub(1).is_some_and(|p| {
        let last = text.at(lines[p].at.end - 1);
        lines[p].at.len() > 12 && !ends_sentence(last)
    }) && lines
        .get(i + 1)
        .is_some_and(|l| l.label.is_none() && text.at(l.at.start).is_lowercase());
    shown.starts_with("Trang ")
        || around(i.checked_sub(1)) && around(Some(i + 1))
        || apart && inside
}

/// A caption often stands twice, the first time without its source.
fn caption_twins(folded: &[String], out: &mut [bool]) {
    for i in 1..folded.len() {
        let twin = folded[i].len() > 25 && folded[i] == folded[i - 1];
        if out[i] && twin {
            out[i - 1] = true;
        }
    }
}

/// Author lines: a few capitalised words alone before the first or after the last paragraph.
fn bylines(text: &Text, lines: &[Line], out: &mut [bool]) {
    // Where pages break the lines, the fullest are those of paragraphs.
    let longest = lines.iter().map(|l| l.at.len()).max().unwrap_or(0);
    let least = (longest * 3 / 4).min(120);
    let long: Vec<usize> = (0..lines.len())
        .filter(|i| !out[*i] && lines[*i].at.len() > least)
        .collect();
    let (Some(first), Some(last)) = (long.first(), long.last()) else {
        return;
    };
    for i in (0..*first).chain(last + 1..lines.len()) {
        let shown = text.line(lines[i].at);
        let words: Vec<&str> = shown.split(' ').collect();
        let named = words.len() <= 5
            && words.iter().all(|w| {
                w.chars()
                    .next()
                    .is_some_and(|c| c.is_uppercase() || c == '(')
            });
        out[i] |= named && !shown.ends_with(':') && shown.chars().any(char::is_lowercase);
    }
}
