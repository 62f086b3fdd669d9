//! Statuses by table, and what holds for any numbers.

use rust_decimal::Decimal;
use viet::Period;

mod cascade;
mod cases;
mod composite;
mod forecast;
mod input_output;
mod official;
mod rollup;
mod shared;
mod survey;
mod target;
mod task;
mod tfp;
mod tracker;

/// A decimal from its text.
pub fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// A period from its code.
pub fn period(text: &str) -> Period {
    text.parse().expect("a period")
}
