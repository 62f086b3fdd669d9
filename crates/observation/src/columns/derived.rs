//! What a definition's formula or method gives, and what it was given.

use catalogue::expression::Missing;
use catalogue::{Id, Label};
use rust_decimal::Decimal;

use super::answer::Value;
use crate::SeriesKey;

/// A value that was computed from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The value in the unit of its indicator, or why nobody can tell it.
    pub value: Result<Decimal, NoValue>,
    /// The lowest and the highest value over all admissible parameters; none where the way of computing has no
    /// parameters that may vary.
    pub band: Option<(Decimal, Decimal)>,
}

impl From<Result<Decimal, Missing>> for Derived {
    fn from(value: Result<Decimal, Missing>) -> Self {
        Self {
            value: value.map_err(NoValue::Expression),
            band: None,
        }
    }
}

/// Why a formula gives no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoValue {
    /// What an expression lacks.
    Expression(Missing),
    /// What a method says; in both languages.
    Method(Label),
}

impl NoValue {
    pub(super) fn of(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Method(Label::new(vi, en))
    }

    /// The reason and what would help. `names` says how an indicator is called.
    pub fn reason(&self, names: impl Fn(&Id) -> Option<Label>) -> Label {
        match self {
            NoValue::Expression(missing) => missing.reason(names),
            NoValue::Method(reason) => reason.clone(),
        }
    }
}

impl From<measure::Refusal> for NoValue {
    fn from(refusal: measure::Refusal) -> Self {
        Self::Method(refusal.reason)
    }
}

/// A figure that a value follows from.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The part it plays in a method.
    pub role: Option<String>,
    /// Of which indicator and area.
    pub key: SeriesKey,
    /// What it comes to; [`Value::shown`] is none where it is lacking.
    pub value: Value,
}
