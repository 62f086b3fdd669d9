//! Parts held against their whole.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How parts make a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holding {
    /// They are added.
    Adds,
    /// Their mean, each counting by its weight.
    Weighted,
    /// Nothing says how they make the whole: each of them has to reach it.
    Each,
}

/// The part of one agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// What it has to reach.
    pub value: Decimal,
    /// How much it counts in a mean.
    pub weight: Option<Decimal>,
}

/// Parts held against a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Held {
    /// How; a mean without every weight is not formed, each part then has to reach the whole.
    pub by: Holding,
    /// The sum or the mean of the parts; of parts that each have to reach the whole the one that falls shortest. None
    /// without parts, or when the arithmetic leaves the range of decimals.
    pub parts: Option<Decimal>,
    /// By how much the parts fall short of the whole, never below zero; none where one of both is not known.
    pub short: Option<Decimal>,
}

/// Holds parts against a whole; `falling` where less is better.
pub fn hold(by: Holding, shares: &[Share], whole: Option<Decimal>, falling: bool) -> Held {
    let weights: Option<Vec<Decimal>> = shares.iter().map(|share| share.weight).collect();
    let weights = weights.filter(|all| all.iter().any(|weight| *weight > Decimal::ZERO));
    let by = match (by, &weights) {
        (Holding::Weighted, None) => Holding::Each,
        (by, _) => by,
    };
    let values = || shares.iter().map(|share| share.value);
    let parts = match (by, weights) {
        _ if shares.is_empty() => None,
        (Holding::Adds, _) => sum(values()),
        (Holding::Weighted, Some(weights)) => mean(values().zip(weights).collect()),
        _ if falling => values().max(),
        _ => values().min(),
    };
    let short = whole.zip(parts).and_then(|(whole, parts)| {
        let short = match falling {
            true => parts.checked_sub(whole),
            false => whole.checked_sub(parts),
        };
        short.map(|short| short.max(Decimal::ZERO))
    });
    Held { by, parts, short }
}

fn sum(mut values: impl Iterator<Item = Decimal>) -> Option<Decimal> {
    values.try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value))
}

/// `Σ wᵢ·xᵢ / Σ wᵢ`.
fn mean(weighted: Vec<(Decimal, Decimal)>) -> Option<Decimal> {
    let mut top = Decimal::ZERO;
    for (value, weight) in &weighted {
        top = top.checked_add(value.checked_mul(*weight)?)?;
    }
    top.checked_div(sum(weighted.iter().map(|(_, weight)| *weight))?)
}
