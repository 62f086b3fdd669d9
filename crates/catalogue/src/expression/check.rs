//! Whether the names of an expression exist and its units agree; what does is turned into steps.

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use viet::Lang;

use super::fault::ExpressionFault;
use super::quantity::Quantity;
use super::step::{Arithmetic, Checked, Comparison, Condition, Day, Number, Root};
use super::units::{Part, Sort, factors, into_unit, sort_of, together};
use super::{Expression, Function, Input, Node, NodeKind, Operator, PeriodShift};
use crate::fault::{FaultCode, nearest};
use crate::indicator::Unit;

/// What the names in an expression stand for.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary<'a> {
    /// The unit of each indicator.
    pub indicators: BTreeMap<&'a str, &'a Unit>,
    /// The parameters that are numbers, with their unit; none for a number without.
    pub parameters: BTreeMap<&'a str, Option<&'a Unit>>,
    /// Whether the definition names a base period.
    pub has_base: bool,
}

pub(super) type Found<T> = Result<T, ExpressionFault>;

impl Expression {
    /// Checks names and units. The value comes out in `unit`, whatever powers of ten its parts are written in.
    ///
    /// # Errors
    /// The first name that stands for nothing, or the first place at which units do not agree.
    pub fn check(&self, names: &Vocabulary<'_>, unit: &Unit) -> Found<Checked> {
        let checker = Checker { names };
        let root = &self.root;
        factors(root, unit)?;
        // What is rounded last is rounded as it is shown, so that comes after the change into the unit.
        let (inner, places) = match &root.kind {
            NodeKind::Call(Function::Round, arguments) => match arguments.as_slice() {
                [inner, places] => (inner, Some(decimals(places)?)),
                _ => (root, None),
            },
            _ => (root, None),
        };
        let typed = checker.typed(inner)?;
        if *unit == Unit::YesNo {
            return match (typed, places) {
                (Typed::Condition(condition), None) => Ok(Checked {
                    root: Root::Condition(condition),
                }),
                (other, _) => Err(wrong_result(root, &other, unit)),
            };
        }
        let number = match typed {
            Typed::Number(number, sort) => match into_unit(number, &sort, unit, &root.span) {
                Some(number) => number,
                None => return Err(wrong_result(root, &Typed::zero(sort), unit)),
            },
            other => return Err(wrong_result(root, &other, unit)),
        };
        Ok(Checked {
            root: Root::Number(match places {
                Some(places) => Number::Round(Box::new(number), places),
                None => number,
            }),
        })
    }
}

enum Typed {
    Number(Number, Sort),
    Condition(Condition),
    Day(Day),
}

impl Typed {
    fn zero(sort: Sort) -> Self {
        Typed::Number(Number::Literal(Decimal::ZERO), sort)
    }

    fn label(&self, lang: Lang) -> String {
        match self {
            Typed::Number(_, sort) => sort.label(lang),
            Typed::Condition(_) => lang.pick("một điều kiện", "a condition").to_owned(),
            Typed::Day(_) => lang.pick("một ngày", "a day").to_owned(),
        }
    }
}

struct Checker<'a> {
    names: &'a Vocabulary<'a>,
}

impl Checker<'_> {
    fn typed(&self, node: &Node) -> Found<Typed> {
        Ok(match &node.kind {
            NodeKind::Number { value, percent } => {
                let sort = match percent {
                    true => Sort::Quantity(Quantity::percent()),
                    false => Sort::Literal(*value),
                };
                Typed::Number(Number::Literal(*value), sort)
            }
            NodeKind::Date(day) => Typed::Day(Day::Literal(*day)),
            NodeKind::Moment(moment) => Typed::Day(Day::Moment(*moment)),
            NodeKind::Input(input) => self.input(input, &node.span)?,
            NodeKind::Parameter(id) => {
                let Some(unit) = self.names.parameters.get(id.as_str()) else {
                    return Err(self.unknown_parameter(id.as_str(), &node.span));
                };
                let sort = unit.map_or(Sort::Quantity(Quantity::bare()), sort_of);
                Typed::Number(Number::Parameter(id.clone()), sort)
            }
            NodeKind::Negate(of) => {
                let (number, sort) = self.reckoned(of)?;
                let sort = match sort {
                    Sort::Literal(value) => Sort::Literal(-value),
                    other => other,
                };
                Typed::Number(Number::Negate(Box::new(number)), sort)
            }
            NodeKind::Not(of) => Typed::Condition(Condition::Not(Box::new(self.condition(of)?))),
            NodeKind::Binary(operator, left, right) => {
                self.binary(*operator, left, right, &node.span)?
            }
            NodeKind::Call(function, arguments) => self.call(*function, arguments, &node.span)?,
        })
    }

    fn input(&self, input: &Input, span: &Range<usize>) -> Found<Typed> {
        let id = input.indicator.as_str();
        let Some(unit) = self.names.indicators.get(id) else {
            return Err(ExpressionFault::new(
                FaultCode::UnknownReference,
                span.clone(),
                format!("không có chỉ số `{id}`"),
                format!("there is no indicator `{id}`"),
            )
            .near(nearest(id, self.names.indicators.keys().copied())));
        };
        if input.period == PeriodShift::Base && !self.names.has_base {
            return Err(ExpressionFault::new(
                FaultCode::MissingKey,
                span.clone(),
                "dùng `[base]` mà định nghĩa không nêu kỳ gốc",
                "`[base]` is used and the definition names no base period",
            )
            .expecting("base = \"2020\""));
        }
        Ok(match unit {
            Unit::YesNo => Typed::Condition(Condition::State(input.clone())),
            unit => Typed::Number(Number::Input(input.clone()), sort_of(unit)),
        })
    }

    fn unknown_parameter(&self, id: &str, span: &Range<usize>) -> ExpressionFault {
        ExpressionFault::new(
            FaultCode::UnknownReference,
            span.clone(),
            format!("không có tham số `{id}`"),
            format!("there is no parameter `{id}`"),
        )
        .near(nearest(id, self.names.parameters.keys().copied()))
        .expecting("parameters = [{ id = …, value = …, source = … }]")
    }

    fn number(&self, node: &Node) -> Found<(Number, Sort)> {
        match self.typed(node)? {
            Typed::Number(number, sort) => Ok((number, sort)),
            other => Err(wrong_type(node, &other, "một số", "a number")),
        }
    }

    /// A number with which one may reckon.
    fn reckoned(&self, node: &Node) -> Found<(Number, Sort)> {
        let (number, sort) = self.number(node)?;
        match sort {
            Sort::Place(unit) => Err(ExpressionFault::unit(
                node.span.clone(),
                format!("không tính toán được với {}", unit.label(Lang::Vi)),
                format!("nobody reckons with a {}", unit.label(Lang::En)),
            )
            .expecting("= != < <= > >= if coalesce min max")),
            sort => Ok((number, sort)),
        }
    }

    fn part(&self, node: &Node) -> Found<Part> {
        let (number, sort) = self.number(node)?;
        Ok((number, sort, node.span.clone()))
    }

    fn reckoned_part(&self, node: &Node) -> Found<Part> {
        let (number, sort) = self.reckoned(node)?;
        Ok((number, sort, node.span.clone()))
    }

    fn parts(&self, nodes: &[Node]) -> Found<Vec<Part>> {
        nodes.iter().map(|node| self.part(node)).collect()
    }

    fn reckoned_parts(&self, nodes: &[Node]) -> Found<Vec<Part>> {
        nodes.iter().map(|node| self.reckoned_part(node)).collect()
    }

    fn quantity(&self, node: &Node) -> Found<(Number, Quantity)> {
        let (number, sort) = self.reckoned(node)?;
        let quantity = sort.quantity().unwrap_or_default();
        Ok((number, quantity))
    }

    fn condition(&self, node: &Node) -> Found<Condition> {
        match self.typed(node)? {
            Typed::Condition(condition) => Ok(condition),
            other => Err(wrong_type(node, &other, "một điều kiện", "a condition")),
        }
    }

    fn day(&self, node: &Node) -> Found<Day> {
        match self.typed(node)? {
            Typed::Day(day) => Ok(day),
            other => Err(wrong_type(node, &other, "một ngày", "a day")),
        }
    }

    fn binary(
        &self,
        operator: Operator,
        left: &Node,
        right: &Node,
        span: &Range<usize>,
    ) -> Found<Typed> {
        let both = || {
            Ok((
                Box::new(self.condition(left)?),
                Box::new(self.condition(right)?),
            ))
        };
        match operator {
            Operator::And => both().map(|(l, r)| Typed::Condition(Condition::And(l, r))),
            Operator::Or => both().map(|(l, r)| Typed::Condition(Condition::Or(l, r))),
            Operator::Equal => self.compare(Comparison::Equal, left, right),
            Operator::NotEqual => self.compare(Comparison::NotEqual, left, right),
            Operator::Less => self.compare(Comparison::Less, left, right),
            Operator::AtMost => self.compare(Comparison::AtMost, left, right),
            Operator::Greater => self.compare(Comparison::Greater, left, right),
            Operator::AtLeast => self.compare(Comparison::AtLeast, left, right),
            Operator::Add | Operator::Subtract => {
                let parts = vec![self.reckoned_part(left)?, self.reckoned_part(right)?];
                let (numbers, sort) = together(parts, Some(operator))?;
                let operation = match operator {
                    Operator::Subtract => Arithmetic::Subtract,
                    _ => Arithmetic::Add,
                };
                Ok(arithmetic(operation, numbers, sort, span))
            }
            Operator::Multiply => {
                let ((l, of), (r, by)) = (self.quantity(left)?, self.quantity(right)?);
                let sort = Sort::Quantity(of.times(&by));
                Ok(arithmetic(Arithmetic::Multiply, vec![l, r], sort, span))
            }
            Operator::Divide => {
                let ((l, of), (r, by)) = (self.quantity(left)?, self.quantity(right)?);
                let sort = Sort::Quantity(of.over(&by));
                Ok(arithmetic(Arithmetic::Divide, vec![l, r], sort, span))
            }
        }
    }

    fn compare(&self, comparison: Comparison, left: &Node, right: &Node) -> Found<Typed> {
        let (number, sort) = match self.typed(left)? {
            Typed::Number(number, sort) => (number, sort),
            Typed::Day(day) => {
                let other = self.day(right)?;
                return Ok(Typed::Condition(Condition::Days(comparison, day, other)));
            }
            other => return Err(wrong_type(left, &other, "một số", "a number")),
        };
        let parts = vec![(number, sort, left.span.clone()), self.part(right)?];
        let (mut numbers, _) = together(parts, None)?;
        let condition = match (numbers.pop(), numbers.pop()) {
            (Some(right), Some(left)) => {
                Condition::Numbers(comparison, Box::new(left), Box::new(right))
            }
            _ => return Err(unequal_pair(left)),
        };
        Ok(Typed::Condition(condition))
    }

    fn call(&self, function: Function, arguments: &[Node], span: &Range<usize>) -> Found<Typed> {
        let number = match (function, arguments) {
            (Function::If, [condition, branches @ ..]) => {
                let condition = self.condition(condition)?;
                let (mut numbers, sort) = together(self.parts(branches)?, None)?;
                match (numbers.pop(), numbers.pop()) {
                    (Some(no), Some(yes)) => Typed::Number(
                        Number::If(Box::new(condition), Box::new(yes), Box::new(no)),
                        sort,
                    ),
                    _ => return Err(bad_arity(function, span)),
                }
            }
            (Function::Coalesce, all) => {
                let (of, sort) = together(self.parts(all)?, None)?;
                Typed::Number(Number::Coalesce(of), sort)
            }
            (Function::Sum | Function::Mean, all) => {
                let (of, sort) = together(self.reckoned_parts(all)?, Some(Operator::Add))?;
                let mean = function == Function::Mean;
                let span = span.clone();
                Typed::Number(Number::Total { of, mean, span }, sort)
            }
            (Function::Min, all) => {
                let (of, sort) = together(self.parts(all)?, None)?;
                Typed::Number(Number::Least(of), sort)
            }
            (Function::Max, all) => {
                let (of, sort) = together(self.parts(all)?, None)?;
                Typed::Number(Number::Greatest(of), sort)
            }
            (Function::Abs, [of]) => {
                let (number, sort) = self.reckoned(of)?;
                Typed::Number(Number::Abs(Box::new(number)), sort)
            }
            (Function::Round, [of, places]) => self.round(of, places, span)?,
            (Function::Growth, all) => {
                let (mut numbers, _) =
                    together(self.reckoned_parts(all)?, Some(Operator::Subtract))?;
                match (numbers.pop(), numbers.pop()) {
                    (Some(old), Some(new)) => Typed::Number(
                        Number::Growth {
                            new: Box::new(new),
                            old: Box::new(old),
                            span: span.clone(),
                        },
                        Sort::Quantity(Quantity::bare()),
                    ),
                    _ => return Err(bad_arity(function, span)),
                }
            }
            (Function::Year, [day]) => Typed::Number(
                Number::Year(self.day(day)?),
                Sort::Quantity(Quantity::bare()),
            ),
            (Function::Days, [from, to]) => Typed::Number(
                Number::Days(self.day(from)?, self.day(to)?),
                Sort::Quantity(Quantity::bare()),
            ),
            _ => return Err(bad_arity(function, span)),
        };
        Ok(number)
    }

    /// Rounding needs to know in which unit; inside an expression only figures and parameters have one.
    fn round(&self, of: &Node, places: &Node, span: &Range<usize>) -> Found<Typed> {
        if !matches!(of.kind, NodeKind::Input(_) | NodeKind::Parameter(_)) {
            return Err(ExpressionFault::new(
                FaultCode::WrongValue,
                span.clone(),
                "chỉ làm tròn một chỉ số, một tham số hoặc cả công thức",
                "only an indicator, a parameter or the whole expression is rounded",
            )
            .expecting("round(…, 2)"));
        }
        let (number, sort) = self.reckoned(of)?;
        let places = decimals(places)?;
        Ok(Typed::Number(Number::Round(Box::new(number), places), sort))
    }
}

fn arithmetic(
    operation: Arithmetic,
    mut numbers: Vec<Number>,
    sort: Sort,
    span: &Range<usize>,
) -> Typed {
    let right = numbers.pop().unwrap_or(Number::Literal(Decimal::ZERO));
    let left = numbers.pop().unwrap_or(Number::Literal(Decimal::ZERO));
    let number = Number::Arithmetic {
        operation,
        left: Box::new(left),
        right: Box::new(right),
        span: span.clone(),
    };
    Typed::Number(number, sort)
}

/// Most decimals to which a value is rounded.
const MOST_PLACES: u32 = 10;

fn decimals(node: &Node) -> Found<u32> {
    let places = match &node.kind {
        NodeKind::Number {
            value,
            percent: false,
        } if value.fract().is_zero() => value.to_u32(),
        _ => None,
    };
    places
        .filter(|places| *places <= MOST_PLACES)
        .ok_or_else(|| {
            ExpressionFault::new(
                FaultCode::WrongValue,
                node.span.clone(),
                "số chữ số thập phân phải là một số nguyên",
                "the number of decimals is not a whole number",
            )
            .expecting(format!("0–{MOST_PLACES}"))
        })
}

fn wrong_type(node: &Node, found: &Typed, vi: &str, en: &str) -> ExpressionFault {
    ExpressionFault::new(
        FaultCode::WrongValue,
        node.span.clone(),
        format!("ở đây cần {vi}, không phải {}", found.label(Lang::Vi)),
        format!("{en} is needed here, not {}", found.label(Lang::En)),
    )
}

fn wrong_result(node: &Node, found: &Typed, unit: &Unit) -> ExpressionFault {
    ExpressionFault::unit(
        node.span.clone(),
        format!(
            "công thức cho {}, chỉ số khai đơn vị {}",
            found.label(Lang::Vi),
            unit.label(Lang::Vi)
        ),
        format!(
            "the expression gives {}, the indicator declares {}",
            found.label(Lang::En),
            unit.label(Lang::En)
        ),
    )
}

fn bad_arity(function: Function, span: &Range<usize>) -> ExpressionFault {
    ExpressionFault::new(
        FaultCode::WrongValue,
        span.clone(),
        format!("`{}` nhận đối số khác", function.word()),
        format!("`{}` takes other arguments", function.word()),
    )
    .expecting(function.usage())
}

fn unequal_pair(node: &Node) -> ExpressionFault {
    ExpressionFault::syntax(node.span.clone(), "thiếu một vế", "one side is missing")
}
