//! What methods hand out: numbers with their unit, or the reason why there is none.

use std::fmt;

use catalogue::{Label, Unit};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use serde::{Deserialize, Serialize};
use viet::Lang;

/// A finite number in a unit, as a method computed it. What is stored as an observation is its [`Figure::decimal`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    value: f64,
    unit: Unit,
}

impl Figure {
    /// A number in a unit; refused when the arithmetic left the range of numbers.
    pub fn new(value: f64, unit: Unit) -> Result<Self, Refusal> {
        if value.is_finite() {
            return Ok(Self { value, unit });
        }
        Err(Refusal::new(
            "kết quả vượt phạm vi tính toán; hãy kiểm tra số liệu đầu vào",
            "the result leaves the range of numbers; check the inputs",
        ))
    }

    /// A fraction as a percentage.
    pub fn percent(fraction: f64) -> Result<Self, Refusal> {
        Self::new(fraction * 100.0, Unit::Percent)
    }

    /// A fraction of growth a year as a percentage.
    pub fn percent_per_year(fraction: f64) -> Result<Self, Refusal> {
        Self::new(fraction * 100.0, Unit::PercentPerYear)
    }

    /// The number.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Its unit.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The number with so many decimals; none when it does not fit.
    pub fn decimal(&self, places: u32) -> Option<Decimal> {
        Decimal::from_f64(self.value).map(|value| value.round_dp(places))
    }
}

/// From one figure to another of the same unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: Figure,
    /// The upper end.
    pub high: Figure,
}

/// Why a method gives no value, and what would help; in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The reason and the remedy.
    pub reason: Label,
}

impl Refusal {
    pub(crate) fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            reason: Label::new(vi, en),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.get(Lang::En))
    }
}

impl std::error::Error for Refusal {}
