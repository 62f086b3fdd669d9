//! Numbers brought to one unit, or the reason why they cannot be.

use std::ops::Range;

use rust_decimal::Decimal;
use viet::Lang;

use super::check::Found;
use super::fault::ExpressionFault;
use super::quantity::Quantity;
use super::step::Number;
use super::{Node, NodeKind, Operator};
use crate::indicator::Unit;

/// What sort of number a part gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sort {
    /// A measured quantity.
    Quantity(Quantity),
    /// A number written without unit.
    Literal(Decimal),
    /// A level or a rank, which is compared and never reckoned with.
    Place(Unit),
}

impl Sort {
    pub(super) fn label(&self, lang: Lang) -> String {
        match self {
            Sort::Quantity(quantity) => quantity.label(lang),
            Sort::Literal(value) => format!("{value}"),
            Sort::Place(unit) => unit.label(lang).to_owned(),
        }
    }

    pub(super) fn quantity(&self) -> Option<Quantity> {
        match self {
            Sort::Quantity(quantity) => Some(quantity.clone()),
            Sort::Literal(_) => Some(Quantity::bare()),
            Sort::Place(_) => None,
        }
    }
}

/// A number, its sort and the bytes it was written in.
pub(super) type Part = (Number, Sort, Range<usize>);

/// Numbers brought to one sort. A zero fits everywhere; another number without unit fits beside a number without
/// unit or a place, and 1 also beside a share.
pub(super) fn together(parts: Vec<Part>, operator: Option<Operator>) -> Found<(Vec<Number>, Sort)> {
    let measured = parts
        .iter()
        .find(|(_, sort, _)| !matches!(sort, Sort::Literal(_)))
        .map(|(_, sort, _)| sort.clone());
    let leading = measured.unwrap_or(Sort::Quantity(Quantity::bare()));
    let mut numbers = Vec::new();
    for (number, sort, span) in parts {
        numbers.push(fitted(number, &sort, &leading, &span, operator)?);
    }
    Ok((numbers, leading))
}

/// A number in the sort of another, or why it has none.
fn fitted(
    number: Number,
    sort: &Sort,
    leading: &Sort,
    span: &Range<usize>,
    operator: Option<Operator>,
) -> Found<Number> {
    let refused = || {
        let (vi, en) = match operator {
            Some(Operator::Subtract) => ("không thể trừ", "cannot be subtracted:"),
            Some(_) => ("không thể cộng", "cannot be added:"),
            None => ("không cùng đơn vị:", "not of one unit:"),
        };
        ExpressionFault::unit(
            span.clone(),
            format!(
                "{vi} {} và {}",
                leading.label(Lang::Vi),
                sort.label(Lang::Vi)
            ),
            format!(
                "{en} {} and {}",
                leading.label(Lang::En),
                sort.label(Lang::En)
            ),
        )
    };
    match (sort, leading) {
        (Sort::Literal(value), _) if value.is_zero() => Ok(number),
        (Sort::Literal(value), Sort::Quantity(quantity)) if quantity.is_percent() => {
            match value.abs() == Decimal::ONE {
                true => Ok(scaled(number, -quantity.exponent, span)),
                false => Err(ExpressionFault::unit(
                    span.clone(),
                    format!("số {value} đứng cạnh một tỷ lệ phần trăm"),
                    format!("{value} stands beside a percentage"),
                )
                .expecting(format!("`{value}%`"))),
            }
        }
        (Sort::Literal(_), Sort::Place(_)) => Ok(number),
        (Sort::Place(one), Sort::Place(other)) if one == other => Ok(number),
        (Sort::Place(_), _) | (_, Sort::Place(_)) => Err(refused()),
        (sort, leading) => {
            let (own, wanted) = (
                sort.quantity().unwrap_or_default(),
                leading.quantity().unwrap_or_default(),
            );
            match own.agrees_with(&wanted) {
                true => Ok(scaled(number, own.exponent - wanted.exponent, span)),
                false => Err(refused()),
            }
        }
    }
}

pub(super) fn sort_of(unit: &Unit) -> Sort {
    Quantity::of(unit).map_or_else(|| Sort::Place(unit.clone()), Sort::Quantity)
}

fn scaled(of: Number, exponent: i32, span: &Range<usize>) -> Number {
    if exponent == 0 {
        return of;
    }
    Number::Scale {
        of: Box::new(of),
        exponent,
        span: span.clone(),
    }
}

/// The number in the unit declared; none when it measures something else.
pub(super) fn into_unit(
    number: Number,
    sort: &Sort,
    unit: &Unit,
    span: &Range<usize>,
) -> Option<Number> {
    let wanted = sort_of(unit);
    match (sort, &wanted) {
        (Sort::Place(one), Sort::Place(other)) => (one == other).then_some(number),
        (Sort::Literal(_), Sort::Place(_)) => Some(number),
        (_, Sort::Quantity(wanted)) => {
            let own = sort.quantity()?;
            // A ratio is whatever over whatever: its nouns are its own.
            let fits = own.agrees_with(wanted) || *unit == Unit::Ratio;
            fits.then(|| scaled(number, own.exponent - wanted.exponent, span))
        }
        _ => None,
    }
}

/// Refuses factors such as 100 where the unit already decides how a value is written.
pub(super) fn factors(node: &Node, unit: &Unit) -> Found<()> {
    let decided = !matches!(
        unit,
        Unit::Ratio | Unit::Times | Unit::Index | Unit::Count(_)
    );
    if !decided {
        return Ok(());
    }
    let mut fault = None;
    node.walk(&mut |node| {
        let NodeKind::Binary(Operator::Multiply | Operator::Divide, left, right) = &node.kind
        else {
            return;
        };
        for side in [left, right] {
            let is_factor = matches!(&side.kind, NodeKind::Number { value, percent: false }
                if [100, 1_000, 10_000, 1_000_000].map(Decimal::from).contains(value));
            if is_factor && fault.is_none() {
                fault = Some(side.span.clone());
            }
        }
    });
    match fault {
        None => Ok(()),
        Some(span) => Err(ExpressionFault::unit(
            span,
            format!(
                "không nhân chia hệ số: đơn vị `{}` đã quyết định cách ghi",
                unit.label(Lang::Vi)
            ),
            format!(
                "no factor here: the unit `{}` decides how the value is written",
                unit.label(Lang::En)
            ),
        )
        .expecting("a / b")),
    }
}
