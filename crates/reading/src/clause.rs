//! Which part of a sentence says one target.

use crate::quantity::Quantity;
use crate::sentence::{commas, in_parens, starts_clause, starts_measure};
use crate::token::{Phrases, Token};
use crate::words::{Words, words};

/// A stretch of tokens with the quantity that it is about.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    pub from: usize,
    pub to: usize,
    pub quantity: Quantity,
    /// "20%/30% đến năm 2025/2030": which of several values and years said together.
    pub pair: Option<usize>,
    /// A year that stands behind a list it is part of.
    pub shared: Option<i16>,
}

/// Cuts `from..to` into one clause a quantity. A quantity that no boundary parts from the one before
/// belongs to that clause and says no target of its own, unless it has a deadline of its own.
pub(crate) fn clauses(
    tokens: &[Token],
    from: usize,
    to: usize,
    quantities: &[Quantity],
    in_task: bool,
) -> Vec<Clause> {
    let mut out: Vec<Clause> = Vec::new();
    for quantity in quantities {
        let Some(last) = out.last_mut() else {
            let from = start(tokens, from, quantity, in_task);
            out.push(Clause {
                from,
                to,
                quantity: quantity.clone(),
                pair: None,
                shared: None,
            });
            continue;
        };
        if said_together(tokens, &last.quantity, quantity) {
            let pair = last.pair.unwrap_or(0);
            last.pair = Some(pair);
            let from = last.from;
            out.push(Clause {
                from,
                to,
                quantity: quantity.clone(),
                pair: Some(pair + 1),
                shared: None,
            });
            continue;
        }
        if compares(tokens, &last.quantity, quantity) {
            continue;
        }
        match boundary(tokens, &last.quantity, quantity) {
            Some((end, begin)) => {
                last.to = end.max(last.quantity.to);
                let from = begin.min(quantity.from);
                out.push(Clause {
                    from,
                    to,
                    quantity: quantity.clone(),
                    pair: None,
                    shared: None,
                });
            }
            None if repeats(tokens, &last.quantity, quantity, to) => {
                let from = last.from;
                last.to = quantity.from.max(last.quantity.to);
                out.push(Clause {
                    from,
                    to,
                    quantity: quantity.clone(),
                    pair: None,
                    shared: None,
                });
            }
            None => {}
        }
    }
    for clause in &mut out {
        clause.to = before_purpose(tokens, clause);
    }
    out
}

/// "đạt 80%, góp phần nâng cao …": what the aim is good for is not of it.
fn before_purpose(tokens: &[Token], clause: &Clause) -> usize {
    static PURPOSES: Words = Words::new(&[
        "góp phần",
        "qua đó",
        "từ đó",
        "tạo tiền đề",
        "tạo động lực",
        "tạo nền tảng",
        "làm cơ sở",
        "nhằm",
    ]);
    commas(tokens, clause.quantity.to, clause.to)
        .into_iter()
        .find(|c| tokens.longest(c + 1, &PURPOSES).is_some())
        .unwrap_or(clause.to)
}

/// "đạt 80%, tăng 15 điểm so với năm 2024": how far the value is from another one.
fn compares(tokens: &[Token], a: &Quantity, b: &Quantity) -> bool {
    let comma = b.from.checked_sub(1).filter(|p| *p >= a.to);
    let beside = b.from <= a.to + 7
        && comma.is_some_and(|p| {
            matches!(tokens[p].mark(), Some(',' | '(')) && commas(tokens, a.to, p).is_empty()
        });
    let moved = b.change.is_some() || tokens.word(b.from, &["cao", "vượt", "thấp", "hơn"]);
    beside
        && moved
        && tokens
            .find(b.unit_end, b.unit_end + 5, words!["so với", "so"])
            .is_some()
}

/// "20%/30%": two values of one measure.
fn said_together(tokens: &[Token], a: &Quantity, b: &Quantity) -> bool {
    tokens.mark(a.to, '/') && a.to + 1 == b.from && a.unit == b.unit
}

/// Where the clause of `a` ends and that of `b` begins.
fn boundary(tokens: &[Token], a: &Quantity, b: &Quantity) -> Option<(usize, usize)> {
    let between = a.to..b.number;
    if let Some(p) = tokens.find(between.start, between.end, words!["trong đó"]) {
        let end = if p > 0 && tokens.mark(p - 1, ',') {
            p - 1
        } else {
            p
        };
        return Some((end, p));
    }
    if let Some(p) = another_year(tokens, a.to, b.number) {
        return Some((p, p + 1));
    }
    let commas = commas(tokens, between.start, between.end);
    if let Some(last) = commas.last() {
        let leading = last + 2 >= b.from;
        let subject = commas.iter().find(|c| starts_clause(tokens, **c + 1));
        let close = commas.first().filter(|c| **c <= a.to + 6);
        let cut = if leading {
            last
        } else {
            subject.or(close).unwrap_or(last)
        };
        return Some((*cut, cut + 1));
    }
    let joined = between
        .clone()
        .filter(|p| tokens.word(*p, &["và", "cùng", "đồng"]) && !in_parens(tokens, a.to, *p))
        .find(|p| {
            let year = tokens.get(p + 1).and_then(crate::period::year_of);
            p + 1 >= b.from || starts_clause(tokens, p + 1) || year.is_some()
        });
    joined.map(|p| (p, p + 1))
}

/// "đạt 20% GRDP và đến năm 2030, kinh tế số đạt 30%": the joining word before a year that leads in what
/// follows it.
fn another_year(tokens: &[Token], from: usize, to: usize) -> Option<usize> {
    (from..to).find(|p| {
        // "năm 2025 và năm 2030" lists years.
        let lists = tokens
            .get(p.wrapping_sub(1))
            .and_then(crate::period::year_of)
            .is_some();
        tokens.word(*p, &["và"])
            && !lists
            && tokens
                .longest(p + 1, words!["đến năm", "đến hết năm", "tới năm", "đến"])
                .and_then(|year| {
                    tokens
                        .get(year)
                        .and_then(crate::period::year_of)
                        .map(|_| year)
                })
                .is_some_and(|year| tokens.mark(year + 1, ','))
            && !in_parens(tokens, from, *p)
    })
}

/// "đạt 50% năm 2025, 70% năm 2030": the same measure again for another year.
fn repeats(tokens: &[Token], a: &Quantity, b: &Quantity, to: usize) -> bool {
    a.unit == b.unit
        && a.unit.is_measure()
        && crate::period::moments(&tokens[b.to.min(to)..to.min(b.to + 8)])
            .first()
            .is_some_and(|m| m.from <= 2 && m.is_deadline())
}

/// Where the first clause begins: behind a preamble that is not about the number.
fn start(tokens: &[Token], from: usize, q: &Quantity, in_task: bool) -> usize {
    if in_task
        && let Some(goal) = (from..q.number).rev().find(|i| {
            tokens
                .longest(*i, words!["phấn đấu", "bảo đảm", "đảm bảo"])
                .is_some()
        })
    {
        return goal.min(q.from);
    }
    let commas = commas(tokens, from, q.number);
    let preamble = |c: usize| !is_time(tokens, from, c);
    if let Some(last) = commas.last()
        && last + 2 >= q.from
        && preamble(*last)
    {
        return (last + 1).min(q.from);
    }
    let opens = |at: usize| starts_measure(tokens, at) || tokens.longest(at, &TURNS).is_some();
    let subject = commas
        .iter()
        .rev()
        .find(|c| opens(**c + 1) && preamble(**c) && **c > from + 6);
    let from = subject.map_or(from, |c| (c + 1).min(q.from));
    announced(tokens, from, q).unwrap_or(from)
}

/// Behind "Theo kế hoạch được phê duyệt,": where what is aimed at begins.
static TURNS: Words = Words::new(&[
    "mục tiêu",
    "chỉ tiêu",
    "đến năm",
    "đến hết năm",
    "đến cuối năm",
    "toàn tỉnh",
    "cả nước",
    "cả tỉnh",
    "trong năm",
    "giai đoạn",
]);

/// "Nghị quyết của Tỉnh ủy cũng đề ra mục tiêu đến năm 2027 có …": the aim begins with its year, when a long
/// announcement stands before it.
fn announced(tokens: &[Token], from: usize, q: &Quantity) -> Option<usize> {
    static ANNOUNCED: Words =
        Words::new(&["mục tiêu", "phấn đấu", "chỉ tiêu", "là", "rằng", "nêu rõ"]);
    let moments = crate::period::moments(&tokens[from..q.number]);
    let first = moments.iter().find(|m| m.is_deadline())?;
    let at = from + first.from;
    (first.from > 8 && at <= q.from && tokens.longest_back(at, &ANNOUNCED).is_some()).then_some(at)
}

/// Whether `from..to` only says when.
fn is_time(tokens: &[Token], from: usize, to: usize) -> bool {
    let moments = crate::period::moments(&tokens[from..to.min(tokens.len())]);
    to - from <= 12 && moments.last().is_some_and(|m| from + m.to + 2 >= to)
}
