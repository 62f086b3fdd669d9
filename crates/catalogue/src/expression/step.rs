//! An expression whose names exist and whose units agree, as steps that cannot go wrong by type.

use std::ops::Range;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Input, Moment};
use crate::header::Id;

/// An expression that was checked: it gives a number in the unit of its indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub(super) root: Root,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root {
    Number(Number),
    /// 1 when it holds, 0 when it does not.
    Condition(Condition),
}

/// A part that gives a number. Where arithmetic can fail, the bytes of the text are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    Literal(Decimal),
    Input(Input),
    Parameter(Id),
    /// `of · 10^exponent`, by which units are brought together.
    Scale {
        of: Box<Number>,
        exponent: i32,
        span: Range<usize>,
    },
    Negate(Box<Number>),
    Arithmetic {
        operation: Arithmetic,
        left: Box<Number>,
        right: Box<Number>,
        span: Range<usize>,
    },
    If(Box<Condition>, Box<Number>, Box<Number>),
    Coalesce(Vec<Number>),
    Total {
        of: Vec<Number>,
        mean: bool,
        span: Range<usize>,
    },
    Least(Vec<Number>),
    Greatest(Vec<Number>),
    Abs(Box<Number>),
    Round(Box<Number>, u32),
    Growth {
        new: Box<Number>,
        old: Box<Number>,
        span: Range<usize>,
    },
    Year(Day),
    Days(Day, Day),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// A part that holds or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// A state that an indicator of unit `yes_no` reports.
    State(Input),
    Numbers(Comparison, Box<Number>, Box<Number>),
    Days(Comparison, Day, Day),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    pub(super) fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::Greater => left > right,
            Comparison::AtLeast => left >= right,
        }
    }
}

/// A part that gives a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    Literal(Date),
    Moment(Moment),
}
