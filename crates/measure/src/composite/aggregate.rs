//! Parts made one score, level by level.

use serde::{Deserialize, Serialize};

use super::hierarchy::{Hierarchy, Weights};
use super::table::Table;
use crate::figure::Refusal;

/// How the parts of a group become its score. A missing part is dropped and the weights of the others are
/// renormalised; a unit without any part has no score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "aggregation")]
pub enum Aggregation {
    /// `Σwx / Σw`.
    Arithmetic,
    /// `exp(Σw ln x / Σw)`; every value must be above 0.
    Geometric,
    /// `Σw / Σ(w/x)`; every value must be above 0.
    Harmonic,
    /// `(Σw xᵖ / Σw)^(1/p)`; every value must be above 0, p not 0.
    Power {
        /// p.
        p: f64,
    },
    /// Pairwise outranking: how many units a unit beats by weight, minus how many beat it.
    Copeland,
}

impl Aggregation {
    fn needs_positive(self) -> bool {
        matches!(self, Self::Geometric | Self::Harmonic | Self::Power { .. })
    }

    /// The group's score of every unit.
    fn combine(self, parts: &[(&[f64], f64)], units: usize) -> Vec<f64> {
        match self {
            Self::Arithmetic => weighted(parts, units, |x| x, |mean| mean),
            Self::Geometric => weighted(parts, units, f64::ln, f64::exp),
            Self::Harmonic => weighted(parts, units, f64::recip, f64::recip),
            Self::Power { p } => weighted(parts, units, |x| x.powf(p), |mean| mean.powf(p.recip())),
            Self::Copeland => copeland(parts, units),
        }
    }
}

fn weighted(
    parts: &[(&[f64], f64)],
    units: usize,
    into: impl Fn(f64) -> f64,
    out_of: impl Fn(f64) -> f64,
) -> Vec<f64> {
    let (mut sums, mut weights) = (vec![0.0; units], vec![0.0; units]);
    for (column, weight) in parts {
        let cells = column.iter().zip(&mut sums).zip(&mut weights);
        for ((value, sum), total) in cells {
            if !value.is_nan() {
                *sum += weight * into(*value);
                *total += weight;
            }
        }
    }
    // Without any part this is 0/0, a missing value.
    sums.iter()
        .zip(&weights)
        .map(|(sum, total)| out_of(sum / total))
        .collect()
}

fn copeland(parts: &[(&[f64], f64)], units: usize) -> Vec<f64> {
    let score = |unit: usize| {
        if parts.iter().all(|(column, _)| column[unit].is_nan()) {
            return f64::NAN;
        }
        (0..units)
            .filter(|other| *other != unit)
            .map(|other| outranks(parts, unit, other))
            .sum()
    };
    (0..units).map(score).collect()
}

/// 1 when the weight on which a unit is better is more than half, −1 when less, 0 when both are even or nothing
/// can be compared. An even value gives half its weight to each.
fn outranks(parts: &[(&[f64], f64)], unit: usize, other: usize) -> f64 {
    let (mut better, mut total) = (0.0, 0.0);
    for (column, weight) in parts {
        let (mine, theirs) = (column[unit], column[other]);
        if mine.is_nan() || theirs.is_nan() {
            continue;
        }
        total += weight;
        if mine > theirs {
            better += weight;
        } else if mine == theirs {
            better += weight / 2.0;
        }
    }
    let balance = 2.0 * better - total;
    if balance == 0.0 {
        0.0
    } else {
        balance.signum()
    }
}

/// Scores of every group from the normalised indicators of a hierarchy, in its order: indicators first, the index
/// last.
pub fn aggregate(
    normalised: &Table,
    hierarchy: &Hierarchy,
    weights: &Weights,
    how: Aggregation,
) -> Result<Table, Refusal> {
    check_weights(hierarchy, weights)?;
    check_positive(normalised, how)?;
    let groups = levels_above(&normalised.columns, hierarchy, weights, how);
    let mut table = normalised.clone();
    for (level, columns) in hierarchy.levels[1..].iter().zip(groups) {
        table.codes.extend(level.iter().map(|e| e.code.clone()));
        table.columns.extend(columns);
    }
    Ok(table)
}

/// The columns of each level above the indicators.
pub(super) fn levels_above(
    indicators: &[Vec<f64>],
    hierarchy: &Hierarchy,
    weights: &Weights,
    how: Aggregation,
) -> Vec<Vec<Vec<f64>>> {
    let units = indicators.first().map_or(0, Vec::len);
    let mut above: Vec<Vec<Vec<f64>>> = Vec::with_capacity(hierarchy.parts.len() - 1);
    for (level, groups) in hierarchy.parts.iter().enumerate().skip(1) {
        let below = above.last().map_or(indicators, Vec::as_slice);
        let weights = &weights.0[level - 1];
        let combine = |parts: &Vec<usize>| {
            let parts: Vec<(&[f64], f64)> = parts
                .iter()
                .map(|&at| (below[at].as_slice(), weights[at]))
                .collect();
            how.combine(&parts, units)
        };
        let columns = groups.iter().map(combine).collect();
        above.push(columns);
    }
    above
}

/// Whether there is one positive weight for every element.
pub(super) fn check_weights(hierarchy: &Hierarchy, weights: &Weights) -> Result<(), Refusal> {
    let fits = weights.0.len() == hierarchy.levels.len()
        && weights
            .0
            .iter()
            .zip(&hierarchy.levels)
            .all(|(w, level)| w.len() == level.len());
    let sound = weights
        .0
        .iter()
        .flatten()
        .all(|w| w.is_finite() && *w > 0.0);
    if fits && sound {
        return Ok(());
    }
    Err(Refusal::new(
        "mỗi thành phần của bộ chỉ số cần một trọng số lớn hơn 0",
        "every element of the index needs a weight above 0",
    ))
}

/// Whether the values can be aggregated; groups are means of them and lie between.
pub(super) fn check_positive(table: &Table, how: Aggregation) -> Result<(), Refusal> {
    if !how.needs_positive() {
        return Ok(());
    }
    let zero = matches!(how, Aggregation::Power { p } if p == 0.0);
    let found = table
        .columns
        .iter()
        .position(|column| column.iter().any(|value| *value <= 0.0));
    let code = match found {
        Some(at) => table.codes[at].as_str(),
        None if zero => "p = 0",
        None => return Ok(()),
    };
    Err(Refusal::new(
        format!("“{code}” có giá trị từ 0 trở xuống; hãy chuẩn hóa về khoảng 1–100"),
        format!("\"{code}\" has values of 0 or less; normalise to 1–100 first"),
    ))
}
