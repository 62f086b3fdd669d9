//! Columns of different units made comparable.

use serde::{Deserialize, Serialize};

use super::hierarchy::Hierarchy;
use super::table::Table;
use crate::stats::{mean, present, variance};

/// How a column is put on a common scale. Its direction (−1 when less is better) multiplies it first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "normalisation")]
pub enum Normalisation {
    /// `l + (u − l)(x − min)/(max − min)`.
    MinMax {
        /// The value of the worst.
        lower: f64,
        /// The value of the best.
        upper: f64,
    },
    /// `(x − x̄)/s·σ + μ`, `s` with `n − 1`.
    ZScore {
        /// μ.
        mean: f64,
        /// σ.
        deviation: f64,
    },
    /// Place from below; equal values share the mean of their places.
    Rank,
    /// `(r − 1)/(n − 1)` of the rank.
    PercentileRank,
    /// `r − 1` of the rank.
    Borda,
    /// `x / max`.
    ShareOfMax,
    /// `1 − (max − x)/(max − min)`.
    DistanceToMax,
    /// `1 − (target − x)/(target − min)`, 1 beyond the target.
    DistanceToTarget {
        /// The value that counts 1.
        target: f64,
    },
    /// `1 − (reference − x)/(reference − min)`, above 1 beyond the reference.
    DistanceToReference {
        /// The value that counts 1.
        reference: f64,
    },
    /// `(x − lower)/(upper − lower)` cut to 0–1, times `scale`.
    Goalposts {
        /// The value that counts 0.
        lower: f64,
        /// The value that counts 1.
        upper: f64,
        /// What 1 becomes.
        scale: f64,
    },
}

/// A column that has no spread to be normalised by; all its values are missing from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unnormalised {
    /// The column.
    pub code: String,
}

impl Normalisation {
    /// Normalises values that already point upwards; NaN where it has no answer.
    fn apply(&self, values: &[f64]) -> Vec<f64> {
        let known = present(values);
        let min = known.iter().copied().fold(f64::INFINITY, f64::min);
        let max = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let each = |change: &dyn Fn(f64) -> f64| -> Vec<f64> {
            let finite = |value: f64| {
                if value.is_finite() { value } else { f64::NAN }
            };
            values.iter().map(|value| finite(change(*value))).collect()
        };
        match *self {
            Self::MinMax { lower, upper } => {
                each(&|x| lower + (upper - lower) * (x - min) / (max - min))
            }
            Self::ZScore {
                mean: centre,
                deviation,
            } => {
                let (mean, spread) = (mean(&known), variance(&known).sqrt());
                each(&|x| (x - mean) / spread * deviation + centre)
            }
            Self::Rank => mean_ranks(values),
            Self::PercentileRank => {
                let last = known.len() as f64 - 1.0;
                mean_ranks(values)
                    .iter()
                    .map(|r| (r - 1.0) / last)
                    .collect()
            }
            Self::Borda => mean_ranks(values).iter().map(|r| r - 1.0).collect(),
            Self::ShareOfMax => each(&|x| x / max),
            Self::DistanceToMax => each(&|x| 1.0 - (max - x) / (max - min)),
            Self::DistanceToTarget { target } => each(&|x| {
                if x > target {
                    1.0
                } else {
                    1.0 - (target - x) / (target - min)
                }
            }),
            Self::DistanceToReference { reference } => {
                each(&|x| 1.0 - (reference - x) / (reference - min))
            }
            Self::Goalposts {
                lower,
                upper,
                scale,
            } => each(&|x| {
                let share = (x - lower) / (upper - lower);
                // `clamp` keeps a missing value missing.
                share.clamp(0.0, 1.0) * scale
            }),
        }
    }
}

/// Places from below, 1 for the smallest; equal values share the mean of their places.
fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len())
        .filter(|&at| !values[at].is_nan())
        .collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![f64::NAN; values.len()];
    let mut from = 0;
    while from < order.len() {
        let same = order[from..]
            .iter()
            .take_while(|&&at| values[at] == values[order[from]])
            .count();
        let place = from as f64 + (same as f64 + 1.0) / 2.0;
        for &at in &order[from..from + same] {
            ranks[at] = place;
        }
        from += same;
    }
    ranks
}

/// Normalises one column that already points upwards.
pub fn normalise_column(column: &[Option<f64>], how: &Normalisation) -> Vec<Option<f64>> {
    let raw: Vec<f64> = column.iter().map(|v| v.unwrap_or(f64::NAN)).collect();
    let normalised = how.apply(&raw);
    normalised
        .iter()
        .map(|v| (!v.is_nan()).then_some(*v))
        .collect()
}

/// Normalises every column of a table that holds the indicators of a hierarchy in its order. Columns without
/// spread are named: their values are missing from then on.
pub fn normalise(
    table: &Table,
    hierarchy: &Hierarchy,
    how: &Normalisation,
) -> (Table, Vec<Unnormalised>) {
    let mut without = Vec::new();
    let table = table.map(|at| {
        let reversed = hierarchy
            .indicators()
            .get(at)
            .is_some_and(|element| element.reversed);
        let sign = if reversed { -1.0 } else { 1.0 };
        let upwards: Vec<f64> = table.columns[at].iter().map(|value| value * sign).collect();
        let normalised = how.apply(&upwards);
        if normalised.iter().all(|value| value.is_nan()) {
            without.push(Unnormalised {
                code: table.codes[at].clone(),
            });
        }
        normalised
    });
    (table, without)
}
