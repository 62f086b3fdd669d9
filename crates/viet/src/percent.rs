//! Shares of a hundred.

use crate::{Lang, number};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A percentage: `Percent(42)` is 42 %, not 0.42.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percent(pub Decimal);

impl Percent {
    /// numerator / denominator × 100; none when the denominator is zero or the result does not fit.
    pub fn of(numerator: Decimal, denominator: Decimal) -> Option<Self> {
        numerator
            .checked_mul(Decimal::ONE_HUNDRED)?
            .checked_div(denominator)
            .map(Self)
    }

    /// "42,5 %" in Vietnamese, "42.5%" in English.
    pub fn format(self, lang: Lang) -> String {
        let value = number::format(self.0, lang);
        match lang {
            Lang::Vi => format!("{value}\u{a0}%"),
            Lang::En => format!("{value}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_parts() {
        assert_eq!(
            Percent::of(Decimal::new(3, 0), Decimal::new(8, 0)),
            Some(Percent(Decimal::new(375, 1)))
        );
        assert_eq!(Percent::of(Decimal::ONE, Decimal::ZERO), None);
        assert_eq!(Percent::of(Decimal::MAX, Decimal::ONE), None);
        assert_eq!(
            Percent(Decimal::new(425, 1)).format(Lang::Vi),
            "42,5\u{a0}%"
        );
    }
}
