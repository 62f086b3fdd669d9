//! Which choice of the method moves ranks most: variance-based sensitivity (Saltelli).

use serde::{Deserialize, Serialize};

use super::uncertainty::{FACTORS, Options, Plan, run_at};
use crate::figure::Refusal;
use crate::stats::{Uniform, mean, quantile, variance};

/// How much of the variance of an output a factor is answerable for. Estimates: the first order can come out
/// slightly negative, and is shown so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// Alone: `S_i = mean(y_B (y_ABi − y_A)) / V`.
    pub first_order: f64,
    /// With all its interactions: `ST_i = Σ(y_A − y_ABi)² / (2NV)`.
    pub total_order: f64,
    /// 5th and 95th percentile of the first order, by bootstrap; none when no resamples were asked for.
    pub first_order_band: Option<(f64, f64)>,
    /// 5th and 95th percentile of the total order.
    pub total_order_band: Option<(f64, f64)>,
}

/// Estimates from outputs in blocks of the same length: `A`, `B`, then one block for each factor in which that
/// factor alone comes from B. `V = var(y_A ∪ y_B)`.
pub fn sobol(
    outputs: &[f64],
    factors: usize,
    resamples: usize,
    seed: u64,
) -> Result<Vec<Sensitivity>, Refusal> {
    let n = outputs.len() / (factors + 2);
    if factors == 0 || n < 2 || n * (factors + 2) != outputs.len() {
        return Err(Refusal::new(
            "cần ít nhất hai lần chạy cho mỗi khối A, B và mỗi yếu tố",
            "every block A, B and each factor needs the same two runs at least",
        ));
    }
    let (a, b) = (&outputs[..n], &outputs[n..2 * n]);
    let all: Vec<usize> = (0..n).collect();
    let mut uniform = Uniform::seeded(seed);
    let samples: Vec<Vec<usize>> = (0..resamples)
        .map(|_| {
            (0..n)
                .map(|_| (uniform.next() * n as f64) as usize)
                .collect()
        })
        .collect();
    let of_factor = |factor: usize| {
        let ab = &outputs[(factor + 2) * n..(factor + 3) * n];
        let (first_order, total_order) = estimate(a, b, ab, &all);
        let (first, total): (Vec<f64>, Vec<f64>) =
            samples.iter().map(|rows| estimate(a, b, ab, rows)).unzip();
        Sensitivity {
            first_order,
            total_order,
            first_order_band: band(first),
            total_order_band: band(total),
        }
    };
    Ok((0..factors).map(of_factor).collect())
}

fn estimate(a: &[f64], b: &[f64], ab: &[f64], rows: &[usize]) -> (f64, f64) {
    let both: Vec<f64> = [a, b]
        .iter()
        .flat_map(|block| rows.iter().map(|&row| block[row]))
        .collect();
    let spread = variance(&both);
    let of = |value: &dyn Fn(usize) -> f64| {
        mean(&rows.iter().map(|&row| value(row)).collect::<Vec<_>>())
    };
    let first = of(&|row| b[row] * (ab[row] - a[row])) / spread;
    let total = of(&|row| (a[row] - ab[row]).powi(2)) / (2.0 * spread);
    (first, total)
}

fn band(mut found: Vec<f64>) -> Option<(f64, f64)> {
    if found.is_empty() {
        return None;
    }
    found.sort_by(f64::total_cmp);
    Some((quantile(&found, 0.05), quantile(&found, 0.95)))
}

/// A plan laid out in the blocks [`sobol`] reads, over the four choices of a method: winsorising, scale, weights,
/// aggregation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SensitivityDesign {
    /// The runs: `base · (factors + 2)` of them.
    pub plan: Plan,
    /// Factors, in the order of the estimates.
    pub factors: Vec<String>,
}

/// Draws a design of `base · 6` runs.
pub fn sensitivity_design(options: Options, base: usize, seed: u64) -> SensitivityDesign {
    let mut uniform = Uniform::seeded(seed);
    let mut block = || -> Vec<[f64; FACTORS]> {
        (0..base)
            .map(|_| std::array::from_fn(|_| uniform.next()))
            .collect()
    };
    let (a, b) = (block(), block());
    let mut points = [a.clone(), b.clone()].concat();
    for factor in 0..FACTORS {
        points.extend(a.iter().zip(&b).map(|(from_a, from_b)| {
            let mut mixed = *from_a;
            mixed[factor] = from_b[factor];
            mixed
        }));
    }
    let runs = points.iter().map(|at| run_at(&options, *at)).collect();
    SensitivityDesign {
        plan: Plan { options, runs },
        factors: ["winmax", "normalisation", "weights", "aggregation"]
            .map(str::to_owned)
            .to_vec(),
    }
}
