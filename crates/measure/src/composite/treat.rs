//! Outliers: winsorised first, the logarithm when that is not enough.

use serde::{Deserialize, Serialize};

use super::table::Table;
use crate::stats::{excess_kurtosis, present, skewness};

/// When a column counts as having outliers and what is done about them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Treatment {
    /// At most so many points are pulled in before the logarithm is taken instead.
    pub winmax: u32,
    /// A column passes when its absolute skewness is below this …
    pub skewness: f64,
    /// … or its excess kurtosis below this.
    pub kurtosis: f64,
    /// Take the logarithm when winsorising did not suffice.
    pub logarithm: bool,
}

impl Default for Treatment {
    /// `|G1| < 2` or `G2 < 3.5`, five points at most: the defaults of COINr. The Global Innovation Index takes 2.25
    /// for the skewness (unverified).
    fn default() -> Self {
        Self {
            winmax: 5,
            skewness: 2.0,
            kurtosis: 3.5,
            logarithm: true,
        }
    }
}

impl Treatment {
    /// Whether values need no treatment; a column without spread needs none.
    fn passes(&self, values: &[f64]) -> bool {
        let (skew, kurtosis) = (skewness(values), excess_kurtosis(values));
        skew.is_nan() || kurtosis.is_nan() || skew.abs() < self.skewness || kurtosis < self.kurtosis
    }
}

/// What was done to a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "treated", content = "points")]
pub enum Treated {
    /// Nothing: it passed.
    No,
    /// So many points now stand at a clipped value.
    Winsorised(u32),
    /// The logarithm was taken of the values as they came.
    Logarithm,
    /// It does not pass, and the method allows no more.
    StillFails,
}

/// Pulls in extreme points: while the column fails and fewer than `winmax` points are clipped, all largest values
/// (or, when the skewness is negative, all smallest) take the value of the next. Returns how many points now stand
/// at a clipped value: points, not turns.
pub fn winsorise(values: &mut [f64], treatment: &Treatment) -> u32 {
    let (mut high, mut low) = (0, 0);
    loop {
        let known = present(values);
        if high + low >= treatment.winmax || treatment.passes(&known) {
            return high + low;
        }
        let count = if skewness(&known) >= 0.0 {
            let extreme = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let below = known.iter().copied().filter(|value| *value < extreme);
            high = replace(values, extreme, below.fold(f64::NEG_INFINITY, f64::max));
            high
        } else {
            let extreme = known.iter().copied().fold(f64::INFINITY, f64::min);
            let above = known.iter().copied().filter(|value| *value > extreme);
            low = replace(values, extreme, above.fold(f64::INFINITY, f64::min));
            low
        };
        debug_assert!(count > 0, "a column that fails has an extreme value");
    }
}

fn replace(values: &mut [f64], extreme: f64, with: f64) -> u32 {
    let mut count = 0;
    for value in values.iter_mut().filter(|value| **value == extreme) {
        *value = with;
        count += 1;
    }
    count
}

/// Treats one column.
pub fn treat_column(column: &[Option<f64>], treatment: &Treatment) -> (Vec<Option<f64>>, Treated) {
    let raw: Vec<f64> = column.iter().map(|v| v.unwrap_or(f64::NAN)).collect();
    let (values, treated) = treat_raw(&raw, treatment);
    let shown = values.iter().map(|v| (!v.is_nan()).then_some(*v));
    (shown.collect(), treated)
}

fn treat_raw(column: &[f64], treatment: &Treatment) -> (Vec<f64>, Treated) {
    if treatment.passes(&present(column)) {
        return (column.to_vec(), Treated::No);
    }
    let mut clipped = column.to_vec();
    let points = winsorise(&mut clipped, treatment);
    if skewness(&present(&clipped)).is_nan() {
        // Hardly more than two different values: clipping would leave nothing to tell units apart by.
        return (column.to_vec(), Treated::StillFails);
    }
    if treatment.passes(&present(&clipped)) {
        return (clipped, Treated::Winsorised(points));
    }
    if !treatment.logarithm {
        return (clipped, Treated::StillFails);
    }
    let known = present(column);
    let least = known.iter().copied().fold(f64::INFINITY, f64::min);
    let range = known.iter().copied().fold(f64::NEG_INFINITY, f64::max) - least;
    let log = |value: &f64| (value - least + 0.01 * range).ln();
    (column.iter().map(log).collect(), Treated::Logarithm)
}

/// Treats every column; says for each what was done.
pub fn treat(table: &Table, treatment: &Treatment) -> (Table, Vec<Treated>) {
    let mut done = Vec::with_capacity(table.codes.len());
    let table = table.map(|at| {
        let (values, treated) = treat_raw(&table.columns[at], treatment);
        done.push(treated);
        values
    });
    (table, done)
}
