//! Weights that are not declared: drawn around others, or taken from the data.

use super::hierarchy::{Hierarchy, Weights};
use super::table::Table;
use crate::figure::Refusal;
use crate::stats::{Uniform, correlation};

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
