//! From decimals to positions. Floats live only here: a label is always made from the decimal.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use viet::{Lang, Percent, number};

/// A linear scale from values to positions.
pub(super) struct Linear {
    domain: (f64, f64),
    range: (f64, f64),
}

impl Linear {
    /// A scale over a domain that is widened when it has no extent.
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        let (low, high) = domain;
        let domain = if high > low {
            domain
        } else {
            (low - 0.5, low + 0.5)
        };
        Self { domain, range }
    }

    pub fn at(&self, value: f64) -> f64 {
        let (low, high) = self.domain;
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        self.range.0 + share * (self.range.1 - self.range.0)
    }
}

/// A decimal as a float for placing it; every decimal has one.
pub(super) fn float(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}

/// Position of a day in years, such that 31 December of a year stands exactly on that year:
/// values are placed at the end of their period, and "2025" on the axis means the end of 2025.
pub(super) fn year_position(day: Date) -> f64 {
    let days = f64::from(day.days_in_year());
    f64::from(day.year()) - 1.0 + f64::from(day.day_of_year()) / days
}

/// Round values that cover `low..=high` in four or five steps, first and last included.
pub(super) fn ticks(low: Decimal, high: Decimal) -> Vec<Decimal> {
    let spread = float(high) - float(low);
    let Some(step) = nice_step(spread / 4.0) else {
        return if low == high {
            vec![low]
        } else {
            vec![low, high]
        };
    };
    let whole = |value: Decimal, up: bool| {
        let q = value.checked_div(step)?;
        (if up { q.ceil() } else { q.floor() }).checked_mul(step)
    };
    let (Some(first), Some(last)) = (whole(low, false), whole(high, true)) else {
        return vec![low, high];
    };
    let mut out = vec![first];
    let mut value = first;
    while value < last && out.len() < 12 {
        let Some(next) = value.checked_add(step) else {
            break;
        };
        // A step too small beside a huge value is lost in rounding and would never arrive.
        if next == value {
            return vec![low, high];
        }
        value = next;
        out.push(value.normalize());
    }
    out
}

/// 1, 2, 2.5 or 5 times a power of ten, not below `raw`; none when it has no extent or leaves the
/// range of a decimal.
fn nice_step(raw: f64) -> Option<Decimal> {
    if !(raw.is_finite() && raw > 0.0) {
        return None;
    }
    let exponent = raw.log10().floor() as i32;
    let mantissa = raw / 10f64.powi(exponent);
    let tenths = [10, 20, 25, 50, 100]
        .into_iter()
        .find(|t| mantissa <= f64::from(*t) / 10.0 + 1e-9)?;
    power_of_ten(exponent - 1)?.checked_mul(Decimal::from(tenths))
}

/// Ten to the power `exponent`, where a decimal can hold it.
pub(super) fn power_of_ten(exponent: i32) -> Option<Decimal> {
    if exponent < 0 {
        let scale = exponent.unsigned_abs();
        (scale <= Decimal::MAX_SCALE).then(|| Decimal::new(1, scale))
    } else {
        (0..exponent).try_fold(Decimal::ONE, |value, _| value.checked_mul(Decimal::TEN))
    }
}

/// The divisor (a power of a thousand) that keeps axis labels short.
pub(super) fn divisor(largest: Decimal) -> Decimal {
    let mut divisor = Decimal::ONE;
    let thousand = Decimal::ONE_THOUSAND;
    let long = Decimal::from(100_000);
    while let Some(quotient) = largest.abs().checked_div(divisor) {
        if quotient < long {
            break;
        }
        match divisor.checked_mul(thousand) {
            Some(next) => divisor = next,
            None => break,
        }
    }
    divisor
}

/// Years (or quarters, as .25 steps) to label between two positions, few enough to stand side by side.
pub(super) fn time_ticks(low: f64, high: f64, by_quarter: bool) -> Vec<f64> {
    let span = high - low;
    let step = if by_quarter && span <= 1.0 {
        0.25
    } else {
        let years = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
        years
            .into_iter()
            .find(|s| span / s <= 8.0)
            .unwrap_or(2000.0)
    };
    let mut tick = (low / step - 1e-6).ceil() * step;
    let mut out = Vec::new();
    while tick <= high + 1e-6 {
        out.push(tick);
        tick += step;
    }
    out
}

/// Label of a position in years: the year, or the quarter that ends there.
pub(super) fn time_label(at: f64, lang: Lang) -> String {
    let year = (at - 1e-6).floor() + 1.0;
    let quarter = ((at - year + 1.0) * 4.0).round();
    if quarter >= 4.0 {
        return format!("{year:.0}");
    }
    let short = year.rem_euclid(100.0);
    let roman = ["", "I", "II", "III"][quarter.clamp(0.0, 3.0) as usize];
    match lang {
        Lang::Vi => format!("quý {roman}/{short:02.0}"),
        Lang::En => format!("Q{quarter:.0}/{short:02.0}"),
    }
}

/// A value as it is read, with its unit: "55,2 %", "120 tỷ đồng".
pub(super) fn with_unit(value: Decimal, unit: &str, lang: Lang) -> String {
    let text = number::format(value, lang);
    match unit.trim() {
        "" => text,
        "%" => Percent(value).format(lang),
        unit => format!("{text}\u{a0}{unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn ticks_are_round_and_cover_the_values() {
        let cases = [
            ("0", "55.2", "0 20 40 60"),
            ("48.1", "56.3", "47.5 50.0 52.5 55.0 57.5"),
            ("-4.2", "3", "-6 -4 -2 0 2 4"),
            ("0", "0.00031", "0 0.0001 0.0002 0.0003 0.0004"),
        ];
        for (low, high, want) in cases {
            let got: Vec<Decimal> = ticks(d(low), d(high));
            let want: Vec<Decimal> = want.split(' ').map(d).collect();
            assert_eq!(got, want, "{low}..{high}");
        }
    }

    #[test]
    fn the_end_of_a_year_stands_on_the_year() {
        assert_eq!(year_position(date(2025, 12, 31)), 2025.0);
        assert_eq!(year_position(date(2024, 12, 31)), 2024.0);
        assert!((year_position(date(2025, 6, 30)) - 2024.5).abs() < 0.01);
        assert_eq!(time_label(2025.0, Lang::Vi), "2025");
        assert_eq!(time_label(2024.5, Lang::Vi), "quý II/25");
        assert_eq!(time_label(2024.75, Lang::En), "Q3/25");
    }

    proptest! {
        #[test]
        fn ticks_never_hang_and_always_cover(a in any::<i64>(), b in any::<i64>(), scale in 0u32..28) {
            let (a, b) = (Decimal::new(a, scale), Decimal::new(b, scale));
            let (low, high) = (a.min(b), a.max(b));
            let got = ticks(low, high);
            prop_assert!(got.len() <= 12);
            prop_assert!(got[0] <= low && got[got.len() - 1] >= high);
            prop_assert!(got.windows(2).all(|w| w[0] < w[1]));
        }
    }

    #[test]
    fn the_ends_of_decimal_are_survived() {
        let got = ticks(Decimal::MIN, Decimal::MAX);
        assert_eq!((got[0], got[got.len() - 1]), (Decimal::MIN, Decimal::MAX));
        assert!(divisor(Decimal::MAX) > Decimal::ONE);
    }
}
