//! Values of checked expressions.

use std::ops::Range;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::step::{Arithmetic, Checked, Condition, Day, Number, Root};
use super::{Input, Moment};
use crate::header::{Id, Label};

/// Hands in what an expression is evaluated over, for one area and period.
pub trait Figures {
    /// The figure asked for, in the unit of its indicator; none where there is none.
    fn figure(&self, input: &Input) -> Option<Decimal>;

    /// The value of a parameter of the definition; none while it is not known.
    fn parameter(&self, id: &Id) -> Option<Decimal>;

    /// First day of the period.
    fn first_day(&self) -> Date;

    /// Last day of the period.
    fn last_day(&self) -> Date;
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// A figure that nobody has given.
    Figure(Input),
    /// A parameter that is not known.
    Parameter(Id),
    /// A division by zero in these bytes of the text.
    DividedByZero(Range<usize>),
    /// Growth from zero or less has no meaning.
    NoGrowth(Range<usize>),
    /// The arithmetic left the range of decimals.
    TooLarge(Range<usize>),
}

impl Missing {
    /// The reason and what would help. `names` says how an indicator is called.
    pub fn reason(&self, names: impl Fn(&Id) -> Option<Label>) -> Label {
        match self {
            Missing::Figure(input) => {
                let id = &input.indicator;
                let name = names(id).unwrap_or_else(|| Label::new(id.as_str(), id.as_str()));
                let of = |lang: viet::Lang| {
                    let area = input.area.label(lang).map(str::to_owned);
                    let shifts: Vec<_> = input.period.label(lang).into_iter().chain(area).collect();
                    match shifts.as_slice() {
                        [] => name.get(lang).to_owned(),
                        _ => format!("{} ({})", name.get(lang), shifts.join(", ")),
                    }
                };
                Label::new(
                    format!("không có số liệu: {}", of(viet::Lang::Vi)),
                    format!("no figure: {}", of(viet::Lang::En)),
                )
            }
            Missing::Parameter(id) => Label::new(
                format!("tham số `{id}`: chưa xác định"),
                format!("parameter `{id}` is not known"),
            ),
            Missing::DividedByZero(_) => Label::new(
                "không có số liệu: mẫu số bằng 0",
                "no figure: the denominator is 0",
            ),
            Missing::NoGrowth(_) => Label::new(
                "không tính được tốc độ tăng: giá trị kỳ gốc không lớn hơn 0",
                "no growth can be computed: the earlier value is not above 0",
            ),
            Missing::TooLarge(_) => Label::new(
                "kết quả vượt phạm vi tính toán; hãy kiểm tra số liệu đầu vào",
                "the result leaves the range of numbers; check the inputs",
            ),
        }
    }
}

/// A value and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The value in the unit of the indicator, or why there is none.
    pub value: Result<Decimal, Missing>,
    /// Every figure that was asked for, in order, each once; branches not taken ask for none.
    pub used: Vec<Input>,
    /// Every parameter that was asked for, in order, each once.
    pub parameters: Vec<Id>,
}

impl Checked {
    /// The value for the area and period of the figures handed in.
    pub fn evaluate(&self, figures: &impl Figures) -> Evaluation {
        let mut run = Run {
            figures,
            used: Vec::new(),
            parameters: Vec::new(),
        };
        let value = match &self.root {
            Root::Number(number) => run.number(number),
            Root::Condition(condition) => run.condition(condition).map(|holds| match holds {
                true => Decimal::ONE,
                false => Decimal::ZERO,
            }),
        };
        Evaluation {
            value: value.map(|value| value.normalize()),
            used: run.used,
            parameters: run.parameters,
        }
    }
}

struct Run<'a, F> {
    figures: &'a F,
    used: Vec<Input>,
    parameters: Vec<Id>,
}

impl<F: Figures> Run<'_, F> {
    fn number(&mut self, number: &Number) -> Result<Decimal, Missing> {
        match number {
            Number::Literal(value) => Ok(*value),
            Number::Input(input) => self.figure(input),
            Number::Parameter(id) => {
                if !self.parameters.contains(id) {
                    self.parameters.push(id.clone());
                }
                self.figures
                    .parameter(id)
                    .ok_or_else(|| Missing::Parameter(id.clone()))
            }
            Number::Scale { of, exponent, span } => scale(self.number(of)?, *exponent, span),
            Number::Negate(of) => Ok(-self.number(of)?),
            Number::Arithmetic {
                operation,
                left,
                right,
                span,
            } => {
                let (left, right) = (self.number(left)?, self.number(right)?);
                arithmetic(*operation, left, right, span)
            }
            Number::If(condition, then, otherwise) => match self.condition(condition)? {
                true => self.number(then),
                false => self.number(otherwise),
            },
            Number::Coalesce(of) => self.first_given(of),
            Number::Total { of, mean, span } => self.total(of, *mean, span),
            Number::Least(of) => self.extreme(of, |value, best| value < best),
            Number::Greatest(of) => self.extreme(of, |value, best| value > best),
            Number::Abs(of) => Ok(self.number(of)?.abs()),
            Number::Round(of, places) => Ok(self.number(of)?.round_dp_with_strategy(
                *places,
                rust_decimal::RoundingStrategy::MidpointAwayFromZero,
            )),
            Number::Growth { new, old, span } => {
                let (new, old) = (self.number(new)?, self.number(old)?);
                if old <= Decimal::ZERO {
                    return Err(Missing::NoGrowth(span.clone()));
                }
                let times = arithmetic(Arithmetic::Divide, new, old, span)?;
                arithmetic(Arithmetic::Subtract, times, Decimal::ONE, span)
            }
            Number::Year(day) => Ok(Decimal::from(self.day(*day).year())),
            Number::Days(from, to) => {
                let span = self.day(*from).until(self.day(*to));
                // Between two days of the calendar, which spans fewer than 2^31 days, this cannot fail.
                Ok(Decimal::from(span.map_or(0, |span| span.get_days())))
            }
        }
    }

    fn figure(&mut self, input: &Input) -> Result<Decimal, Missing> {
        if !self.used.contains(input) {
            self.used.push(input.clone());
        }
        self.figures
            .figure(input)
            .ok_or_else(|| Missing::Figure(input.clone()))
    }

    /// The first that somebody gave. Arithmetic that failed is no missing figure and is not papered over.
    fn first_given(&mut self, of: &[Number]) -> Result<Decimal, Missing> {
        let mut last = None;
        for number in of {
            match self.number(number) {
                Err(missing @ (Missing::Figure(_) | Missing::Parameter(_))) => last = Some(missing),
                settled => return settled,
            }
        }
        last.map_or(Ok(Decimal::ZERO), Err)
    }

    fn total(
        &mut self,
        of: &[Number],
        mean: bool,
        span: &Range<usize>,
    ) -> Result<Decimal, Missing> {
        let mut total = Decimal::ZERO;
        for number in of {
            let value = self.number(number)?;
            total = arithmetic(Arithmetic::Add, total, value, span)?;
        }
        match mean {
            true => arithmetic(Arithmetic::Divide, total, Decimal::from(of.len()), span),
            false => Ok(total),
        }
    }

    fn extreme(
        &mut self,
        of: &[Number],
        better: impl Fn(Decimal, Decimal) -> bool,
    ) -> Result<Decimal, Missing> {
        let mut best = None;
        for number in of {
            let value = self.number(number)?;
            if best.is_none_or(|best| better(value, best)) {
                best = Some(value);
            }
        }
        Ok(best.unwrap_or_default())
    }

    fn condition(&mut self, condition: &Condition) -> Result<bool, Missing> {
        match condition {
            Condition::State(input) => Ok(!self.figure(input)?.is_zero()),
            Condition::Numbers(comparison, left, right) => {
                let (left, right) = (self.number(left)?, self.number(right)?);
                Ok(comparison.holds(&left, &right))
            }
            Condition::Days(comparison, left, right) => {
                Ok(comparison.holds(&self.day(*left), &self.day(*right)))
            }
            Condition::And(left, right) => Ok(self.condition(left)? && self.condition(right)?),
            Condition::Or(left, right) => Ok(self.condition(left)? || self.condition(right)?),
            Condition::Not(of) => Ok(!self.condition(of)?),
        }
    }

    fn day(&self, day: Day) -> Date {
        match day {
            Day::Literal(day) => day,
            Day::Moment(Moment::PeriodStart) => self.figures.first_day(),
            Day::Moment(Moment::PeriodEnd) => self.figures.last_day(),
        }
    }
}

fn arithmetic(
    operation: Arithmetic,
    left: Decimal,
    right: Decimal,
    span: &Range<usize>,
) -> Result<Decimal, Missing> {
    let result = match operation {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide if right.is_zero() => {
            return Err(Missing::DividedByZero(span.clone()));
        }
        Arithmetic::Divide => left.checked_div(right),
    };
    result.ok_or_else(|| Missing::TooLarge(span.clone()))
}

/// `value · 10^exponent`.
fn scale(value: Decimal, exponent: i32, span: &Range<usize>) -> Result<Decimal, Missing> {
    let operation = match exponent {
        0.. => Arithmetic::Multiply,
        _ => Arithmetic::Divide,
    };
    let ten = Decimal::TEN;
    (0..exponent.unsigned_abs()).try_fold(value, |value, _| arithmetic(operation, value, ten, span))
}
