//! Sums over few numbers, always from the first to the last, so that the same input gives the same bits.

/// Arithmetic mean; NaN without values.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Variance with `n − 1`; NaN below two values.
pub(crate) fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    squares / (values.len() as f64 - 1.0)
}

/// Mean of a power of the distance from the mean.
fn moment(values: &[f64], power: i32) -> f64 {
    let mean = mean(values);
    let sum: f64 = values.iter().map(|value| (value - mean).powi(power)).sum();
    sum / values.len() as f64
}

/// Sample skewness `G1 = g1·√(n(n−1))/(n−2)`; NaN below three values or without spread.
pub fn skewness(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if n < 3.0 {
        return f64::NAN;
    }
    let g1 = moment(values, 3) / moment(values, 2).powf(1.5);
    g1 * (n * (n - 1.0)).sqrt() / (n - 2.0)
}

/// Sample excess kurtosis `G2 = (n−1)/((n−2)(n−3))·((n+1)g2+6)`; NaN below four values or without spread.
pub fn excess_kurtosis(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if n < 4.0 {
        return f64::NAN;
    }
    let g2 = moment(values, 4) / moment(values, 2).powi(2) - 3.0;
    (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * g2 + 6.0)
}

/// Pearson correlation over the pairs that are complete; NaN below two pairs or without spread.
pub(crate) fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let (left, right): (Vec<f64>, Vec<f64>) = left
        .iter()
        .zip(right)
        .filter(|(a, b)| !a.is_nan() && !b.is_nan())
        .map(|(a, b)| (*a, *b))
        .unzip();
    let (mean_left, mean_right) = (mean(&left), mean(&right));
    let mut sums = [0.0; 3];
    for (a, b) in left.iter().zip(&right) {
        let (a, b) = (a - mean_left, b - mean_right);
        sums[0] += a * b;
        sums[1] += a * a;
        sums[2] += b * b;
    }
    sums[0] / (sums[1] * sums[2]).sqrt()
}

/// The quantile of sorted values by linear interpolation between order statistics (type 7 of Hyndman and Fan).
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    let at = share * (sorted.len() - 1) as f64;
    let (below, part) = (at.floor() as usize, at.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + part * (sorted[above] - sorted[below])
}

/// The values that are there.
pub(crate) fn present(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|v| !v.is_nan()).collect()
}

/// Numbers between 0 and 1 that follow from a seed, the same on every machine.
pub(crate) struct Uniform(rand_chacha::ChaCha8Rng);

impl Uniform {
    pub(crate) fn seeded(seed: u64) -> Self {
        use rand_chacha::rand_core::SeedableRng;
        Self(rand_chacha::ChaCha8Rng::seed_from_u64(seed))
    }

    /// From 0 to below 1, in steps of 2⁻⁵³.
    pub(crate) fn next(&mut self) -> f64 {
        use rand_chacha::rand_core::Rng;
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
