//! The members of the ensemble.

use serde::{Deserialize, Serialize};

use crate::distribution;
use crate::figure::Refusal;

/// A straight line through a series, its points counted from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// The value at point 0.
    pub intercept: f64,
    /// What is added from point to point.
    pub slope: f64,
    /// Weighted mean of the points.
    centre: f64,
    /// Weighted squares of their distance from it.
    spread: f64,
    /// Sum of weights.
    weight: f64,
    /// Variance of what the line leaves unexplained.
    residual: f64,
    degrees: f64,
}

/// The line of least squares; each point weighs `decay` times as much as the next (1: all the same).
pub fn trend(values: &[f64], decay: f64) -> Result<Trend, Refusal> {
    if values.len() < 3 {
        return Err(Refusal::new(
            "xu thế cần ít nhất ba năm số liệu",
            "a trend needs three points at least",
        ));
    }
    let last = values.len() - 1;
    let weights: Vec<f64> = (0..=last)
        .map(|at| decay.powi((last - at) as i32))
        .collect();
    let weight: f64 = weights.iter().sum();
    let points = || values.iter().zip(&weights).enumerate();
    let average = |of: &dyn Fn(usize, f64) -> f64| {
        points()
            .map(|(at, (value, weight))| weight * of(at, *value))
            .sum::<f64>()
            / weight
    };
    let centre = average(&|at, _| at as f64);
    let level = average(&|_, value| value);
    let spread = weight * average(&|at, _| (at as f64 - centre).powi(2));
    let slope = weight * average(&|at, value| (at as f64 - centre) * (value - level)) / spread;
    let intercept = level - slope * centre;
    let degrees = values.len() as f64 - 2.0;
    let left = weight * average(&|at, value| (value - intercept - slope * at as f64).powi(2));
    Ok(Trend {
        intercept,
        slope,
        centre,
        spread,
        weight,
        residual: left / degrees,
        degrees,
    })
}

impl Trend {
    /// The line at a point.
    pub fn at(&self, point: usize) -> f64 {
        self.intercept + self.slope * point as f64
    }

    /// Between which values a new one at a point lies with a probability, by Student's distribution:
    /// `ŷ ± t·s·√(1 + 1/Σw + (x − x̄)²/Σw(x − x̄)²)`.
    pub fn interval(&self, point: usize, coverage: f64) -> Result<(f64, f64), Refusal> {
        if !(coverage > 0.0 && coverage < 1.0) {
            return Err(Refusal::new(
                "độ tin cậy phải lớn hơn 0 và nhỏ hơn 1",
                "the coverage lies between 0 and 1",
            ));
        }
        let t = distribution::student(f64::midpoint(1.0, coverage), self.degrees);
        let distance = (point as f64 - self.centre).powi(2) / self.spread;
        let half = t * (self.residual * (1.0 + self.weight.recip() + distance)).sqrt();
        Ok((self.at(point) - half, self.at(point) + half))
    }
}

/// Where Holt's method starts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "start")]
pub enum HoltStart {
    /// At the first value, with the first difference as trend.
    FirstValues,
    /// As given.
    Given {
        /// Level before the first value.
        level: f64,
        /// Trend before the first value.
        trend: f64,
    },
}

/// Holt's method: level and trend, smoothed. Constants are given, not fitted: a handful of points cannot tell them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Holt {
    /// α, for the level.
    pub level: f64,
    /// β, for the trend.
    pub trend: f64,
    /// φ, what remains of the trend from year to year; 1 for a trend that goes on.
    pub damping: f64,
    /// The start.
    pub start: HoltStart,
}

impl Default for Holt {
    /// α = 0.8, β = 0.2, φ = 0.9.
    fn default() -> Self {
        Self {
            level: 0.8,
            trend: 0.2,
            damping: 0.9,
            start: HoltStart::FirstValues,
        }
    }
}

/// What a smoothing method made of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Smoothed {
    /// For each value what was expected before it came.
    pub fitted: Vec<f64>,
    /// What is expected after the last one.
    pub ahead: Vec<f64>,
}

/// Holt's method, damped: `l = αy + (1−α)(l₋₁ + φb₋₁)`, `b = β(l − l₋₁) + (1−β)φb₋₁`, h years ahead
/// `l + (φ + … + φʰ)b`.
pub fn holt(values: &[f64], how: &Holt, horizon: usize) -> Result<Smoothed, Refusal> {
    let constants = [how.level, how.trend, how.damping];
    let ([first, second, ..], true) = (values, constants.iter().all(|c| (0.0..=1.0).contains(c)))
    else {
        return Err(Refusal::new(
            "phương pháp Holt cần ít nhất hai năm số liệu và các hằng số từ 0 đến 1",
            "Holt's method needs two points and constants between 0 and 1",
        ));
    };
    let (mut level, mut slope) = match how.start {
        HoltStart::FirstValues => (*first, second - first),
        HoltStart::Given { level, trend } => (level, trend),
    };
    let mut fitted = Vec::with_capacity(values.len());
    for value in values {
        let carried = how.damping * slope;
        fitted.push(level + carried);
        let next = how.level * value + (1.0 - how.level) * (level + carried);
        slope = how.trend * (next - level) + (1.0 - how.trend) * carried;
        level = next;
    }
    let mut damped = 0.0;
    let mut factor = 1.0;
    let ahead = (0..horizon)
        .map(|_| {
            factor *= how.damping;
            damped += factor;
            level + damped * slope
        })
        .collect();
    Ok(Smoothed { fitted, ahead })
}

/// Simple exponential smoothing from the first value on; what is expected ahead is the same for every year.
pub fn exponential_smoothing(
    values: &[f64],
    level: f64,
    horizon: usize,
) -> Result<Smoothed, Refusal> {
    let start = values.first().copied().unwrap_or(f64::NAN);
    let flat = Holt {
        level,
        trend: 0.0,
        damping: 1.0,
        start: HoltStart::Given {
            level: start,
            trend: 0.0,
        },
    };
    holt(values, &flat, horizon)
}
