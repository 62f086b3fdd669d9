//! Weights that are not declared: drawn around others, or taken from the data.

use super::aggregate::{Aggregation, aggregate};
use super::hierarchy::{Hierarchy, Weights};
use super::table::Table;
use crate::figure::Refusal;
use crate::stats::{Uniform, correlation, mean};

/// So many sets of weights, each drawn evenly within ±`share` of given ones; the weight of the index itself stays.
pub fn noisy(around: &Weights, share: f64, sets: usize, seed: u64) -> Vec<Weights> {
    let mut uniform = Uniform::seeded(seed);
    let mut draw = |weights: &Weights| {
        let mut drawn = weights.clone();
        let below_top = drawn.0.len().saturating_sub(1);
        for weight in drawn.0[..below_top].iter_mut().flatten() {
            *weight *= 1.0 + share * (2.0 * uniform.next() - 1.0);
        }
        drawn
    };
    (0..sets).map(|_| draw(around)).collect()
}

/// Weights of the elements of one level by the loadings of the first principal component of their correlations,
/// group by group. Loadings can be negative, as if an indicator counted against its own group: that is refused,
/// naming the element, since an index with such a weight says the opposite of what it is read as.
pub fn principal_component(
    scores: &Table,
    hierarchy: &Hierarchy,
    level: usize,
) -> Result<Weights, Refusal> {
    let mut weights = hierarchy.weights();
    let (Some(groups), Some(below)) = (
        hierarchy.parts.get(level),
        level.checked_sub(1).map(|b| &hierarchy.levels[b]),
    ) else {
        return Err(Refusal::new(
            format!("bộ chỉ số không có nhóm ở bậc {}", level + 1),
            format!("the index has no groups on level {}", level + 1),
        ));
    };
    for parts in groups {
        let codes: Vec<String> = parts.iter().map(|&at| below[at].code.clone()).collect();
        let columns = scores.select(&codes)?.columns;
        for ((&at, code), loading) in parts.iter().zip(&codes).zip(first_component(&columns)) {
            if !(loading.is_finite() && loading > 0.0) {
                return Err(Refusal::new(
                    format!(
                        "phân tích thành phần chính cho “{code}” trọng số {loading:.3}; hãy bỏ thành phần này hoặc dùng trọng số khác"
                    ),
                    format!(
                        "principal components give \"{code}\" the weight {loading:.3}; drop it or use other weights"
                    ),
                ));
            }
            weights.0[level - 1][at] = loading;
        }
    }
    Ok(weights)
}

/// Weights that even out the correlations of one level's elements with the index, and those correlations.
#[derive(Debug, Clone, PartialEq)]
pub struct Evened {
    /// The weights, those of other levels as declared.
    pub weights: Weights,
    /// The correlation of each element of the level with the index.
    pub correlations: Vec<f64>,
}

/// Finds weights of one level (1 for indicators) by which each of its elements correlates with the index as nearly
/// the same as can be: an element that correlates less than the others is given more weight, turn by turn. Own
/// procedure for the aim that COINr reaches by a general optimiser. An element that runs against the index cannot be
/// evened out by a positive weight: its weight only grows, and so it is refused, naming it.
pub fn even_correlations(
    normalised: &Table,
    hierarchy: &Hierarchy,
    level: usize,
    how: Aggregation,
) -> Result<Evened, Refusal> {
    let Some(elements) = level.checked_sub(1).and_then(|at| hierarchy.levels.get(at)) else {
        return Err(Refusal::new(
            format!("bộ chỉ số không có bậc {level}"),
            format!("the index has no level {level}"),
        ));
    };
    let mut weights = hierarchy.weights();
    let mut correlations = Vec::new();
    for _ in 0..EVENING_TURNS {
        let scores = aggregate(normalised, hierarchy, &weights, how)?;
        let top = scores.raw(hierarchy.top()).unwrap_or_default();
        correlations.clear();
        for element in elements {
            let found = correlation(scores.raw(&element.code).unwrap_or_default(), top);
            if !(found.is_finite() && found > 0.0) {
                return Err(Refusal::new(
                    format!(
                        "“{}” tương quan {found:.3} với chỉ số tổng hợp; hãy bỏ thành phần này hoặc dùng trọng số khác",
                        element.code
                    ),
                    format!(
                        "\"{}\" correlates {found:.3} with the index; drop it or use other weights",
                        element.code
                    ),
                ));
            }
            correlations.push(found);
        }
        let middle = mean(&correlations);
        for (weight, found) in weights.0[level - 1].iter_mut().zip(&correlations) {
            *weight *= middle / found;
        }
    }
    Ok(Evened {
        weights,
        correlations,
    })
}

/// Turns of evening; each moves weights by the distance that is left, and tens of them settle.
const EVENING_TURNS: usize = 200;

/// Turns of the power iteration; each at least halves what is left of other components in practice, and a tie of
/// the two largest has no answer to converge to anyway.
const TURNS: usize = 500;

/// The loadings of the first principal component of the correlations, of length 1, their sum positive.
fn first_component(columns: &[Vec<f64>]) -> Vec<f64> {
    let size = columns.len();
    let correlations: Vec<Vec<f64>> = columns
        .iter()
        .map(|left| {
            columns
                .iter()
                .map(|right| correlation(left, right))
                .collect()
        })
        .collect();
    // Not all alike, so that a component orthogonal to equal weights is found too.
    let mut vector: Vec<f64> = (0..size).map(|at| 1.0 + at as f64 / 100.0).collect();
    for _ in 0..TURNS {
        let next: Vec<f64> = correlations
            .iter()
            .map(|row| row.iter().zip(&vector).map(|(c, v)| c * v).sum())
            .collect();
        let length = next.iter().map(|v: &f64| v * v).sum::<f64>().sqrt();
        vector = next.iter().map(|v| v / length).collect();
    }
    let sign = vector.iter().sum::<f64>().signum();
    vector.iter().map(|v| v * sign).collect()
}
