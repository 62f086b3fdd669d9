//! Quantiles of Student's and of the beta distribution.

/// Terms and halvings after which a result no longer changes.
const MOST: usize = 300;

/// Natural logarithm of Γ for positive arguments (Lanczos, g = 7, nine terms).
fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let base = x + 7.5;
    let series = COEFFICIENTS
        .iter()
        .enumerate()
        .skip(1)
        .fold(COEFFICIENTS[0], |sum, (at, c)| sum + c / (x + at as f64));
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * base.ln() - base + series.ln()
}

/// The regularised incomplete beta function by its continued fraction (Lentz).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast on this side only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln();
    let guard = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, guard(1.0 - (a + b) * x / (a + 1.0)).recip());
    let mut fraction = d;
    for m in 1..MOST {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for term in [even, odd] {
            d = guard(1.0 + term * d).recip();
            c = guard(1.0 + term / c);
            fraction *= c * d;
        }
        if (fraction - before).abs() <= f64::EPSILON * fraction.abs() {
            break;
        }
    }
    front.exp() * fraction / a
}

/// The value between 0 and 1 below which a share of the beta distribution lies; found by halving.
pub(crate) fn beta(share: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..MOST {
        let middle = f64::midpoint(low, high);
        if incomplete_beta(a, b, middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The value above zero below which a share of more than one half of Student's distribution lies; found by halving.
pub(crate) fn student(share: f64, degrees: f64) -> f64 {
    let tail = |t: f64| 0.5 * incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + t * t));
    let wanted = 1.0 - share;
    let (mut low, mut high) = (0.0, 1.0);
    while tail(high) > wanted && high < 1e12 {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..MOST {
        let middle = f64::midpoint(low, high);
        if tail(middle) > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::{beta, student};

    #[test]
    fn tabled_quantiles() {
        for (share, degrees, expected) in [
            (0.9, 1.0, 3.077_683_537),
            (0.9, 3.0, 1.637_744_354),
            (0.975, 10.0, 2.228_138_852),
            (0.95, 30.0, 1.697_260_887),
            (0.995, 2.0, 9.924_843_201),
        ] {
            assert!(
                (student(share, degrees) - expected).abs() < 1e-8,
                "{share} {degrees}"
            );
        }
    }

    /// As R 4.2 `qbeta` gives them.
    #[test]
    fn quantiles_of_beta() {
        for (share, a, b, expected) in [
            (0.025, 2.0, 9.0, 0.025_210_726_3),
            (0.975, 3.0, 8.0, 0.556_095_462_3),
            (0.5, 0.5, 0.5, 0.5),
        ] {
            assert!((beta(share, a, b) - expected).abs() < 1e-9, "{share}");
        }
    }
}
