//! Quantities in a sentence: comparator, number, unit, and the words that belong to them.

use crate::around::{before, behind};
use crate::exclude;
use crate::numeral::{number_at, range, said_again, stepped};
use crate::period;
use crate::token::{Kind, Phrases, Token};
use crate::unit::{self, Unit};
use crate::words::words;
use rust_decimal::Decimal;

/// Which way a value is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    About,
}

/// How a value changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// "tăng", "tăng thêm"
    Up,
    /// "giảm"
    Down,
    /// "hình thành mới", "thêm"
    New,
}

/// A number with everything that belongs to it. Places are tokens of the sentence.
#[derive(Debug, Clone)]
pub(crate) struct Quantity {
    /// Where its comparator or verb begins.
    pub from: usize,
    /// The number.
    pub number: usize,
    /// After number and unit.
    pub unit_end: usize,
    /// After "/năm", "trở lên".
    pub to: usize,
    pub value: Decimal,
    pub value_max: Option<Decimal>,
    pub unit: Unit,
    pub bound: Option<Bound>,
    pub change: Option<Change>,
    /// "đạt", "chiếm", "có", … stands before it.
    pub stated: bool,
    pub per_year: bool,
    pub in_parens: bool,
}

/// All quantities of a sentence that could be the value of a target.
pub(crate) fn quantities(tokens: &[Token]) -> Vec<Quantity> {
    let mut out: Vec<Quantity> = Vec::new();
    let mut depth = 0u32;
    let mut i = 0;
    while i < tokens.len() {
        if let Some(end) = exclude::motto(tokens, i) {
            i = end;
            continue;
        }
        match tokens[i].kind {
            Kind::Mark('(') => depth += 1,
            Kind::Mark(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        match read(tokens, i) {
            Read::Value(mut quantity) => {
                quantity.in_parens = depth > 0;
                i = quantity.to.max(i + 1);
                out.push(quantity);
            }
            Read::Skip(to) => i = to.max(i + 1),
        }
    }
    out
}

enum Read {
    Value(Quantity),
    Skip(usize),
}

fn read(tokens: &[Token], i: usize) -> Read {
    let Some((value, after)) = number_at(tokens, i) else {
        return Read::Skip(i + 1);
    };
    if let Some(to) = exclude::not_a_value(tokens, i, after) {
        return Read::Skip(to);
    }
    if let Some(step) = stepped(tokens, i, after) {
        // "tăng từ 10% lên 20%": the second number is the aim.
        return Read::Skip(step);
    }
    let after = said_again(tokens, value, after);
    let (value_max, after) = range(tokens, i, value, after);
    let (times, after) = unit::multiple(tokens, after);
    let (Some(value), Some(value_max)) = (
        value.checked_mul(times),
        value_max.map_or(Some(None), |v| v.checked_mul(times).map(Some)),
    ) else {
        return Read::Skip(after);
    };
    let (unit, unit_end) = unit::read(tokens, i, after);
    let unit = unit.or_else(|| respective(tokens, i, after));
    let Some(unit) = unit else {
        return Read::Skip(unit_end.max(after));
    };
    let mut quantity = Quantity {
        from: i,
        number: i,
        unit_end,
        to: unit_end,
        value,
        value_max,
        unit,
        bound: None,
        change: None,
        stated: false,
        per_year: false,
        in_parens: false,
    };
    before(tokens, &mut quantity);
    behind(tokens, &mut quantity);
    Read::Value(quantity)
}

/// "lần lượt là 40 và 80 xã": the first number counts what the second does.
fn respective(tokens: &[Token], i: usize, after: usize) -> Option<Unit> {
    let joined = tokens.word(after, &["và"]) || tokens.mark(after, ',');
    let said = tokens
        .find(i.saturating_sub(24), i, words!["lần lượt", "tương ứng"])
        .is_some();
    let next = tokens.get(after + 1).and_then(Token::number).is_some();
    if !(joined && said && next) {
        return None;
    }
    let (unit, _) = unit::read(tokens, after + 1, after + 2);
    unit.or_else(|| respective(tokens, after + 1, after + 2))
}

/// The number of a table cell, counted in the unit of its row.
pub(crate) fn bare(tokens: &[Token], unit: &Unit) -> Option<Quantity> {
    let i = (0..tokens.len())
        .find(|i| tokens[*i].number().is_some() && period::year_of(&tokens[*i]).is_none())?;
    let value = tokens[i].number()?;
    let (value_max, after) = range(tokens, i, value, i + 1);
    let mut quantity = Quantity {
        from: i,
        number: i,
        unit_end: after,
        to: after,
        value,
        value_max,
        unit: unit.clone(),
        bound: None,
        change: None,
        stated: false,
        per_year: false,
        in_parens: false,
    };
    before(tokens, &mut quantity);
    behind(tokens, &mut quantity);
    Some(quantity)
}
