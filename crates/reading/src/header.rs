//! What a document says about itself: sort, number, issuer, date, area, title.

use crate::block::{Block, BlockKind, Layout, is_capitals};
use crate::cite;
use crate::lines::Line;
use crate::model::{Document, DocumentKind};
use crate::secrecy;
use crate::text::{Extent, Text};
use crate::token::{Kind, Phrases, Token, tokens};
use jiff::civil::Date;
use viet::fold;

const KINDS: [(&str, DocumentKind); 14] = [
    ("nghi quyet", DocumentKind::Resolution),
    ("chuong trinh", DocumentKind::Programme),
    ("ke hoach", DocumentKind::Plan),
    ("quyet dinh", DocumentKind::Decision),
    ("chi thi", DocumentKind::Directive),
    ("ket luan", DocumentKind::Conclusion),
    ("thong bao", DocumentKind::Conclusion),
    ("de an", DocumentKind::Scheme),
    ("chien luoc", DocumentKind::Strategy),
    ("to trinh", DocumentKind::Submission),
    ("cong van", DocumentKind::Letter),
    ("cong dien", DocumentKind::Letter),
    ("bao cao", DocumentKind::Report),
    ("phu luc", DocumentKind::Annex),
];

/// Header data of the text.
pub(crate) fn document(text: &Text, lines: &[Line], layout: &Layout) -> Document {
    let front: Vec<&Block> = layout
        .blocks
        .iter()
        .filter(|b| b.kind == BlockKind::Front)
        .collect();
    let mut document = Document {
        kind: if layout.news {
            DocumentKind::News
        } else {
            DocumentKind::Unknown
        },
        secrecy: secrecy::mark(text, lines),
        ..Document::default()
    };
    if layout.news {
        news(text, layout, &front, &mut document);
    } else {
        official(text, layout, &front, &mut document);
    }
    let told = || {
        let whole = layout
            .blocks
            .iter()
            .filter(|b| !matches!(b.kind, BlockKind::Furniture | BlockKind::Row(..)))
            .take(60);
        whole.map(|b| text.line(b.at)).find_map(|line| area(&line))
    };
    document.area = if central(&document) {
        Some("Việt Nam".to_owned())
    } else {
        document.title.as_deref().and_then(area).or_else(told)
    };
    document
}

/// Whether a body of the whole country issued it: "NQ/TW", "QĐ-TTg", "NQ-CP", a ministry.
fn central(document: &Document) -> bool {
    let by_number = document.number.as_deref().is_some_and(|n| {
        ["/TW", "-CP", "-TTg", "/QH"]
            .iter()
            .any(|end| n.contains(end))
    });
    let issuer = document.issuer.as_deref().unwrap_or_default();
    let heads = [
        "BỘ ",
        "CHÍNH PHỦ",
        "THỦ TƯỚNG",
        "BAN CHẤP HÀNH TRUNG ƯƠNG",
        "QUỐC HỘI",
    ];
    by_number || heads.iter().any(|head| issuer.starts_with(head))
}

fn official(text: &Text, layout: &Layout, front: &[&Block], document: &mut Document) {
    let named = front.iter().position(|b| kind_of(text, b).is_some());
    if let Some(i) = named {
        document.kind = kind_of(text, front[i]).unwrap_or_default();
        let first = front[i];
        let last = title_end(text, &front[i..]);
        document.title = Some(text.line(Extent::new(first.at.start, last.at.end)));
        document.issuer = issuer(text, front, i);
    }
    for block in front {
        let tokens = tokens(text, block.at);
        if document.number.is_none() {
            document.number = cite::own_number(text, &tokens).map(|(number, _)| number);
        }
        if document.date.is_none() {
            document.date = place_date(&tokens);
        }
    }
    if document.kind == DocumentKind::Unknown {
        let annex = layout.blocks.iter().any(|b| {
            b.label
                .as_ref()
                .is_some_and(|l| l.style == crate::label::Style::Annex)
        });
        if annex {
            document.kind = DocumentKind::Annex;
        }
    }
}

/// The sort of paper a line names: in capitals, or alone.
fn kind_of(text: &Text, block: &Block) -> Option<DocumentKind> {
    let shown = text.line(block.at);
    let folded = fold::fold(&shown);
    let (word, kind) = KINDS.iter().find(|(word, _)| folded.starts_with(word))?;
    let head: String = shown.chars().take(word.chars().count()).collect();
    let capital = head.chars().all(|c| !c.is_lowercase());
    (capital || folded.len() == word.len()).then_some(*kind)
}

/// "BỘ TRƯỞNG BỘ Y TẾ" below the title of a decision: who decides, not what.
fn names_signer(text: &Text, before: &Block, block: &Block) -> bool {
    const OFFICES: [&str; 12] = [
        "bo truong",
        "thu tuong",
        "chinh phu",
        "chu tich",
        "giam doc",
        "cuc truong",
        "thong doc",
        "tong ",
        "uy ban nhan dan",
        "hoi dong nhan dan",
        "ban thuong vu",
        "ban chap hanh",
    ];
    let folded = text.folded(block.at);
    // A title in capitals may run on into the name of a body.
    let runs_on = text.folded(before.at).ends_with(" cua") || text.at(before.at.end - 1) == ',';
    is_capitals(text, block.at) && !runs_on && OFFICES.iter().any(|o| folded.starts_with(o))
}

/// The title goes on until a line that begins running text or names the signer.
fn title_end<'a>(text: &Text, blocks: &[&'a Block]) -> &'a Block {
    let mut last = blocks[0];
    for (i, block) in blocks.iter().skip(1).take(4).enumerate() {
        let shown = text.line(block.at);
        let folded = fold::fold(&shown);
        let body = [
            "thuc hien nghi quyet",
            "thuc hien chuong trinh",
            "thuc hien ke hoach",
            "kinh gui",
            "trien khai",
        ];
        let capital = shown.chars().next().is_some_and(char::is_uppercase);
        // The line after the sort of paper is its title, whatever it begins with.
        let preamble = i > 0 && capital && body.iter().any(|w| folded.starts_with(w));
        if shown.ends_with(['.', ':', ';'])
            || folded.starts_with("can cu")
            || preamble
            || i > 0 && names_signer(text, last, block)
            || block.body.len() > 500
        {
            break;
        }
        last = block;
    }
    last
}

/// "CỦA BAN THƯỜNG VỤ TỈNH ỦY" behind the sort, or the capitals before the number.
fn issuer(text: &Text, front: &[&Block], kind: usize) -> Option<String> {
    let behind = front.get(kind..(kind + 3).min(front.len()))?;
    for block in behind {
        let shown = text.line(block.at);
        if let Some(at) = shown.to_uppercase().find("CỦA ").filter(|_| {
            is_capitals(text, block.at) || shown.starts_with("CỦA ") || shown.starts_with("của ")
        }) {
            let name = shown.get(at + "CỦA ".len()..)?;
            return Some(name.split(" về ").next().unwrap_or(name).trim().to_owned());
        }
        let inside = shown.split_once("CỦA ").map(|(_, rest)| rest);
        if let Some(rest) = inside {
            let name: Vec<&str> = rest
                .split(' ')
                .take_while(|w| w.chars().all(|c| !c.is_lowercase()))
                .collect();
            return Some(name.join(" "));
        }
    }
    let body = [
        "UBND",
        "ỦY BAN NHÂN DÂN",
        "HỘI ĐỒNG NHÂN DÂN",
        "HĐND",
        "TỈNH ỦY",
        "BỘ CHÍNH TRỊ",
        "CHÍNH PHỦ",
        "THỦ TƯỚNG",
        "BAN CHẤP HÀNH",
        "BỘ ",
    ];
    // The head is often a table.
    let above: Vec<String> = front[..kind]
        .iter()
        .map(|b| text.line(b.at).trim_matches(['|', ' ']).to_owned())
        .collect();
    let at = above
        .iter()
        .position(|line| body.iter().any(|w| line.to_uppercase().starts_with(w)))?;
    let whose = above.get(at + 1).filter(|l| {
        ["TỈNH", "THÀNH PHỐ", "HUYỆN", "XÃ", "PHƯỜNG"]
            .iter()
            .any(|w| l.starts_with(w))
    });
    Some(whose.map_or_else(|| above[at].clone(), |w| format!("{} {w}", above[at])))
}

/// "Gia Lai, ngày 15 tháng 3 năm 2025": a place and a day.
fn place_date(tokens: &[Token]) -> Option<Date> {
    let at = (0..tokens.len()).find(|i| tokens.word(*i, &["ngày"]))?;
    if at > 8 || at > 0 && !tokens.mark(at - 1, ',') {
        return None;
    }
    cite::spelled_date(tokens, at + 1).map(|(date, _)| date)
}

/// A news item: the longest front line is its title, the clock beside "Cập nhật" its day.
fn news(text: &Text, layout: &Layout, front: &[&Block], document: &mut Document) {
    document.title = front
        .iter()
        .map(|b| text.line(b.at))
        .max_by_key(|line| line.chars().count())
        .or_else(|| {
            layout
                .blocks
                .iter()
                .find(|b| b.kind == BlockKind::Heading)
                .map(|b| text.line(b.at))
        });
    let first_paragraph = layout
        .blocks
        .iter()
        .position(|b| b.kind == BlockKind::Paragraph)
        .unwrap_or(0);
    let mut clocks = layout.blocks[..first_paragraph.max(1).min(layout.blocks.len())]
        .iter()
        .map(|b| tokens(text, b.at))
        .filter_map(|t| day(&t).map(|d| (t.word_anywhere("cập"), d)))
        .collect::<Vec<_>>();
    clocks.sort_by_key(|(updated, _)| !updated);
    document.date = clocks.first().map(|(_, date)| *date);
}

fn day(tokens: &[Token]) -> Option<Date> {
    tokens
        .iter()
        .find(|t| t.kind == Kind::Date)
        .and_then(|t| viet::date::parse(t.key).or_else(|| t.key.parse().ok()))
}

trait Anywhere {
    fn word_anywhere(&self, word: &str) -> bool;
}

impl Anywhere for Vec<Token<'_>> {
    fn word_anywhere(&self, word: &str) -> bool {
        self.iter().any(|t| t.is(word))
    }
}

/// "HÀ SƠN" of a title in capitals is the same place as "Hà Sơn".
fn in_title_case(name: &str) -> String {
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let word = |w: &str| {
        let mut letters = w.chars();
        let first: String = letters.next().into_iter().collect();
        first + &letters.as_str().to_lowercase()
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// "tỉnh Gia Lai", "thành phố Huế": the capitalised words behind the sort of area.
fn area(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let capital = |w: &str| w.chars().next().is_some_and(char::is_uppercase);
    for i in 0..words.len() {
        let word = words[i].trim_start_matches(['“', '"', '(']);
        if !word.starts_with(['t', 'T']) {
            continue;
        }
        let lower = word.to_lowercase();
        let two = lower == "thành" && words.get(i + 1).is_some_and(|w| w.to_lowercase() == "phố");
        if lower != "tỉnh" && !two {
            continue;
        }
        let names: Vec<&str> = words[i + 1 + usize::from(two)..]
            .iter()
            .take(3)
            .take_while(|w| capital(w) && w.chars().any(char::is_alphabetic))
            .take_while(|w| {
                !["NĂM", "GIAI", "ĐẾN", "VỀ", "TRONG", "THỰC", "KHÓA", "KHOÁ"].contains(w)
            })
            .copied()
            .collect();
        let ends = names
            .iter()
            .position(|w| w.ends_with([',', '.', ';', ':', ')', '”']))
            .map_or(names.len(), |p| p + 1);
        let name = names[..ends].join(" ");
        let name = name.trim_end_matches([',', '.', ';', ':', ')', '”', '"']);
        let body = ["Ủy", "ủy", "ỦY", "Uỷ", "ĐOÀN"]
            .iter()
            .any(|w| name.starts_with(w));
        if !name.is_empty() && !body {
            return Some(in_title_case(name));
        }
    }
    None
}
