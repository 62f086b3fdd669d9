//! Marks of state secrets. A document that bears one must not enter the system.
//!
//! A mark stands by itself, beside the other pieces of a head (number, urgency, issuer, day) or behind the
//! kind of the document ("KẾ HOẠCH MẬT"), never in a sentence; its letters may be set apart or stand one
//! under the other. The nearer to the top of the document, the less is asked of its spelling: what recognition
//! of scans makes of it ("TOI MAT") and small letters count only in the head.

mod pieces;
mod table;

use crate::label::Style;
use crate::lines::{Line, lines};
use crate::model::{SecrecyLevel, SecrecyMark};
use crate::text::{Extent, Text, is_letter, is_markup};
use pieces::{is_piece, is_place};
use viet::fold;

pub use table::secrecy_of_table;

/// The head of a document ends with its first numbered part, and after so many lines at the latest.
const HEAD_LINES: usize = 40;
/// Lines from the top in which a mark in full capitals counts even behind a numbered part.
const TOP_LINES: usize = 30;
/// Lines of the foot from "Nơi nhận" on, which the signature shares.
const FOOT_LINES: usize = 25;
/// Lines at the top of a page or an annex in which its own mark stands.
const PAGE_LINES: usize = 3;

const NAMES: [(&str, SecrecyLevel); 3] = [
    ("tuyệtmật", SecrecyLevel::TopSecret),
    ("tốimật", SecrecyLevel::HighlySecret),
    ("mật", SecrecyLevel::Secret),
];

/// Words that make another word of a "mật" behind them: "bí mật", "bảo mật", "giải mật".
const BEFORE: [&str; 10] = [
    "bi", "bao", "co", "than", "do", "giai", "giu", "lo", "lot", "kin",
];

/// Words that go on with a title that breaks behind "MẬT": "MẬT MÃ", "TÀI LIỆU MẬT VÀ …".
const BEHIND: [&str; 14] = [
    "mã", "độ", "khẩu", "ong", "vụ", "thư", "đàm", "báo", "ngữ", "nghị", "và", "hoặc", "trong",
    "là",
];

/// The mark of secrecy of a text, if it bears one: "MẬT", "TỐI MẬT", "TUYỆT MẬT" alone on a line of its
/// head or foot, in a cell of the table there, beside the number, the urgency or the issuer, or
/// "Độ mật: …". Words such as "bảo mật" are none. What was left out of a text (running heads) is looked at
/// by itself, each line as a text.
pub fn secrecy(text: &str) -> Option<SecrecyMark> {
    let text = Text::new(text);
    mark(&text, &lines(&text))
}

pub(crate) fn mark(text: &Text, lines: &[Line]) -> Option<SecrecyMark> {
    let head = lines
        .iter()
        .position(|line| line.label.as_ref().is_some_and(|l| begins_part(l.style)))
        .unwrap_or(lines.len())
        .min(HEAD_LINES);
    let mut narrow = TOP_LINES;
    for (i, line) in lines.iter().enumerate() {
        narrow = narrow.max(i + room_below(text, lines, i));
        let place = match i {
            _ if i < head => Place::Head,
            _ if i < narrow => Place::Narrow,
            _ => continue,
        };
        if let Some(found) = stacked(text, &lines[i..], place) {
            return Some(found);
        }
        if !may_bear(text, line.at) {
            continue;
        }
        let around = Around {
            above: i.checked_sub(1).map(|above| lines[above].at),
            gap: line.after_gap,
            below: lines.get(i + 1).map(|below| below.at),
        };
        if let Some(found) = of_line(text, line.at, place, around) {
            return Some(found);
        }
    }
    None
}

/// The lines around one.
#[derive(Debug, Clone, Copy)]
struct Around {
    above: Option<Extent>,
    /// An empty line stands between.
    gap: bool,
    below: Option<Extent>,
}

impl Around {
    /// The line directly above.
    fn touching(self) -> Option<Extent> {
        self.above.filter(|_| !self.gap)
    }
}

/// Longest line that can be a part of a mark set one under the other: "TUYỆT".
const STACKED: usize = 5;

/// A mark whose letters or words stand one under the other from the first of these lines on.
fn stacked(text: &Text, lines: &[Line], place: Place) -> Option<SecrecyMark> {
    let short = lines.iter().take_while(|line| line.at.len() <= STACKED);
    let last = short.take("TUYỆTMẬT".chars().count()).skip(1).last()?;
    let at = Extent::new(lines[0].at.start, last.at.end);
    let found = found(text, &words(text, at)).into_iter().next()?;
    let broken = found.at.end > lines[0].at.end;
    let begins = found.at.start <= lines[0].at.end;
    let sure = found.capital && (found.accented || place == Place::Head);
    (broken && begins && sure).then(|| SecrecyMark {
        level: found.level,
        span: text.span(found.at),
    })
}

/// How much is asked of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the first numbered part.
    Head,
    /// Elsewhere a mark may stand: only in capitals with all its accents.
    Narrow,
}

/// Whether a label begins a numbered part of the document, so that its head has ended.
fn begins_part(style: Style) -> bool {
    use Style::{Arabic, Article, Capital, Dotted, Part, Roman};
    matches!(style, Arabic | Article | Capital | Dotted(_) | Part | Roman)
}

/// How many lines from this one on a mark may stand in, because a page, an annex or the foot begins.
fn room_below(text: &Text, lines: &[Line], i: usize) -> usize {
    let line = &lines[i];
    let before = i.checked_sub(1).map_or(0, |b| lines[b].raw.end);
    let page = text.chars()[before..line.raw.start].contains(&'\u{c}');
    let annex = line.label.as_ref().is_some_and(|l| l.style == Style::Annex);
    if page || annex {
        PAGE_LINES
    } else if text.key(line.at).contains("nơi nhận") {
        FOOT_LINES
    } else {
        0
    }
}

/// Whether the letters of "mật" stand in a row; most lines need no closer look.
fn may_bear(text: &Text, at: Extent) -> bool {
    let mut row = ['\0'; 3];
    text.chars()[at.start..at.end]
        .iter()
        .filter(|c| !is_space(**c))
        .any(|c| {
            row = [row[1], row[2], fold::plain(*c).unwrap_or('\0')];
            row == ['m', 'a', 't']
        })
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || is_markup(c) || c == '\u{feff}'
}

fn of_line(text: &Text, line: Extent, place: Place, around: Around) -> Option<SecrecyMark> {
    let cells = cells(text, line);
    // Three columns or more are a table of the content, where "Mật" in small letters may be a word.
    let columns = cells.len() < 3;
    // The whole first: a wide gap may stand between the words of one mark.
    std::iter::once(line)
        .chain(cells)
        .find_map(|cell| Cell::new(text, cell).mark(place, columns, around))
}

/// The cells of a header line: it is often a table of two columns.
fn cells(text: &Text, line: Extent) -> Vec<Extent> {
    let mut out = Vec::new();
    let mut start = line.start;
    for i in line.start..=line.end {
        let gap = i + 2 < line.end && text.chars()[i..i + 3].iter().all(|c| c.is_whitespace());
        if i == line.end || matches!(text.at(i), '|' | '\t') || gap {
            let cell = text.trim(Extent::new(start, i));
            if !cell.is_empty() {
                out.push(cell);
            }
            start = i + 1;
        }
    }
    out
}

/// The words of a mark as they stand somewhere.
struct Found {
    level: SecrecyLevel,
    at: Extent,
    /// With all its accents.
    accented: bool,
    capital: bool,
}

struct Cell<'t> {
    text: &'t Text,
    at: Extent,
    found: Vec<Found>,
    /// What stands before, between and behind the marks, without white space and signs at the ends.
    rest: Vec<Extent>,
}

impl<'t> Cell<'t> {
    fn new(text: &'t Text, at: Extent) -> Self {
        let found = found(text, &words(text, at));
        let mut rest = Vec::new();
        let mut start = at.start;
        for end in found
            .iter()
            .map(|f| f.at)
            .chain([Extent::new(at.end, at.end)])
        {
            let piece = trim_signs(text, Extent::new(start, end.start));
            if !piece.is_empty() {
                rest.push(piece);
            }
            start = end.end;
        }
        Self {
            text,
            at,
            found,
            rest,
        }
    }

    fn mark(&self, place: Place, columns: bool, around: Around) -> Option<SecrecyMark> {
        let above = around.touching();
        let stands = |i: usize| {
            let f = &self.found[i];
            let sure = f.accented && f.capital;
            let here = sure || place == Place::Head;
            self.labelled(i)
                || here && (f.accented || f.capital) && self.alone(f, columns, above)
                || here && (f.accented || f.capital) && self.beside(f)
                || sure && place == Place::Head && (self.bracketed(f) || self.titled(f, around))
        };
        let i = (0..self.found.len()).find(|i| stands(*i))?;
        Some(SecrecyMark {
            level: self.found[i].level,
            span: self.text.span(self.found[i].at),
        })
    }

    /// Nothing but marks, and the line above does not run on into them.
    fn alone(&self, f: &Found, columns: bool, above: Option<Extent>) -> bool {
        let letters = |at: &Extent| !words(self.text, *at).is_empty();
        if self.rest.iter().any(letters) {
            return false;
        }
        if above.is_some_and(|above| follows(&plain_words(self.text, above))) {
            return false;
        }
        let small = self.text.chars()[f.at.start..f.at.end]
            .iter()
            .all(|c| !c.is_uppercase());
        let runs_on = above.is_some_and(|above| {
            self.text.at(above.end - 1).is_lowercase() && !is_piece(self.text, above, false)
        });
        let ends = matches!(self.text.at(self.at.end - 1), '.' | ',' | ';' | ':');
        f.capital || columns && !ends && !(small && runs_on)
    }

    /// Beside the other pieces of a head.
    fn beside(&self, f: &Found) -> bool {
        !self.rest.is_empty()
            && self
                .rest
                .iter()
                .all(|piece| is_piece(self.text, *piece, f.capital && f.accented))
            && !follows(&plain_words(
                self.text,
                Extent::new(self.at.start, f.at.start),
            ))
    }

    /// "KẾ HOẠCH MẬT": behind the kind of the document, where no title runs on from above or on below.
    fn titled(&self, f: &Found, around: Around) -> bool {
        const KINDS: [&str; 24] = [
            "ke hoach",
            "bao cao",
            "cong van",
            "cong dien",
            "quyet dinh",
            "chi thi",
            "thong bao",
            "nghi quyet",
            "chuong trinh",
            "de an",
            "to trinh",
            "phuong an",
            "ket luan",
            "huong dan",
            "bien ban",
            "phu luc",
            "tai lieu",
            "van ban",
            "ho so",
            "giay moi",
            "thong tri",
            "thu",
            "dien",
            "du thao",
        ];
        let [kind] = self.rest[..] else { return false };
        let shown = self.text.line(kind);
        let named = kind.end <= f.at.start
            && KINDS.contains(&plain_words(self.text, kind).as_str())
            && !shown.chars().any(char::is_lowercase);
        let apart = around
            .above
            .is_none_or(|above| is_piece(self.text, above, true) || is_place(self.text, above));
        let goes_on = around.below.is_some_and(|below| {
            let first = words(self.text, below)
                .first()
                .map(|w| self.text.key(*w).to_owned());
            first.is_some_and(|first| BEHIND.contains(&first.as_str()))
        });
        named && apart && !goes_on
    }

    /// "(MẬT)" at an end of a line of the title.
    fn bracketed(&self, f: &Found) -> bool {
        let opens = matches!(self.text.at(f.at.start.wrapping_sub(1)), '(' | '[');
        let closes = matches!(self.text.at(f.at.end), ')' | ']');
        let edge = f.at.start == self.at.start + 1 || f.at.end + 1 == self.at.end;
        let cites = ["can cu", "thuc hien", "theo "]
            .iter()
            .any(|word| self.text.folded(self.at).starts_with(word));
        opens && closes && edge && !cites
    }

    /// "Độ mật: Tối mật": at the head of a cell in any letters, further on with a colon.
    fn labelled(&self, i: usize) -> bool {
        let f = &self.found[i];
        let before = Extent::new(self.at.start, f.at.start);
        let plain = plain_words(self.text, before);
        let label = ["do mat", "muc mat", "do bao mat"]
            .iter()
            .find(|label| plain == **label || plain.ends_with(&format!(" {label}")));
        let Some(label) = label else { return false };
        let heads = plain == *label || plain == format!("muc {label}");
        let last = words(self.text, before)
            .last()
            .map_or(before.start, |w| w.end);
        let gap: String = self.text.chars()[last..f.at.start].iter().collect();
        // "đồ mặt" folds alike.
        let spelled = !f.accented || self.text.key(before).ends_with(&format!("mật{gap}"));
        let small = self.text.chars()[f.at.start..f.at.end]
            .iter()
            .all(|c| !c.is_uppercase());
        let closed = !heads || !is_letter(self.text.at(f.at.end)) && self.closes(f);
        spelled && closed && (f.accented || f.capital) && (heads || gap.contains(':') && !small)
    }

    /// Whether no sentence goes on behind a mark.
    fn closes(&self, f: &Found) -> bool {
        let behind = trim_signs(self.text, Extent::new(f.at.end, self.at.end));
        let first = self.text.at(behind.start);
        behind.is_empty() || first.is_uppercase() || !is_letter(first)
    }
}

/// Runs of letters.
fn words(text: &Text, at: Extent) -> Vec<Extent> {
    let mut out: Vec<Extent> = Vec::new();
    for i in at.start..at.end {
        if !is_letter(text.at(i)) {
            continue;
        }
        match out.last_mut() {
            Some(word) if word.end == i => word.end += 1,
            _ => out.push(Extent::new(i, i + 1)),
        }
    }
    out
}

/// The words without accents, in small letters.
fn plain_words(text: &Text, at: Extent) -> String {
    let words: Vec<String> = words(text, at)
        .iter()
        .map(|word| fold::fold(&text.slice(*word)))
        .collect();
    words.join(" ")
}

/// Whether "mật" behind these words belongs to the last of them.
fn follows(before: &str) -> bool {
    before
        .rsplit(' ')
        .next()
        .is_some_and(|last| BEFORE.contains(&last))
}

fn trim_signs(text: &Text, at: Extent) -> Extent {
    let Extent { mut start, mut end } = at;
    while start < end && !text.at(start).is_alphanumeric() {
        start += 1;
    }
    while end > start && !text.at(end - 1).is_alphanumeric() {
        end -= 1;
    }
    Extent { start, end }
}

/// The marks spelled by the words, also with the letters set apart.
fn found(text: &Text, words: &[Extent]) -> Vec<Found> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let named = NAMES.iter().find_map(|(name, level)| {
            spelled(text, &words[i..], name).map(|(n, accented)| (n, accented, *level))
        });
        let Some((n, accented, level)) = named else {
            i += 1;
            continue;
        };
        let at = Extent::new(words[i].start, words[i + n - 1].end);
        out.push(Found {
            level,
            at,
            accented,
            capital: text.chars()[at.start..at.end]
                .iter()
                .all(|c| !c.is_lowercase()),
        });
        i += n;
    }
    out
}

/// How many words spell a name, and whether with all accents.
fn spelled(text: &Text, words: &[Extent], name: &str) -> Option<(usize, bool)> {
    let mut left = name.chars();
    let mut accented = true;
    for (n, word) in words.iter().enumerate() {
        let joined = n == 0
            || text.chars()[words[n - 1].end..word.start]
                .iter()
                .all(|c| is_space(*c));
        if !joined {
            return None;
        }
        for c in &text.chars()[word.start..word.end] {
            let want = left.next()?;
            let same = fold::lower(*c) == Some(want);
            // A scan loses accents. Of one word only so many that no other word comes out ("mặt").
            let lost = fold::plain(*c) == fold::plain(want)
                && (name.len() > "mật".len() || !same && "âạamt".contains(fold::lower(*c)?));
            if !same && !lost {
                return None;
            }
            accented &= same;
        }
        if left.as_str().is_empty() {
            return Some((n + 1, accented));
        }
    }
    None
}
