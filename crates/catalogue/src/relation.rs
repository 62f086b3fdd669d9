//! What must hold between figures that are each stated: a check, not a way of computing.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::expression::{Checked, Expression, ExpressionFault, Vocabulary};
use crate::fault::Faults;
use crate::header::Source;
use crate::indicator::Unit;

/// The value of an indicator follows from figures that are published beside it. Whoever enters one that does not fit
/// is asked back: published tables are known to disagree with themselves (a share of growth that would need another
/// growth).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// What the value should be, over other indicators of the same area.
    pub expression: String,
    /// By how much it may differ, in the unit of the indicator: what rounding of the published figures explains.
    pub tolerance: Decimal,
    /// Where it was read.
    pub source: Source,
}

impl Relation {
    /// The expression ready to be evaluated. `units` gives the unit of every indicator, `unit` is that of the result.
    ///
    /// # Errors
    /// The first fault of the expression; definitions that were checked have none.
    pub fn checked(
        &self,
        units: &BTreeMap<&str, &Unit>,
        unit: &Unit,
    ) -> Result<Checked, ExpressionFault> {
        let names = Vocabulary {
            indicators: units.clone(),
            ..Vocabulary::default()
        };
        Expression::read(&self.expression)?.check(&names, unit)
    }
}

/// Checks the relations of one indicator as far as it goes without the others.
pub(crate) fn validate(relations: &[Relation], faults: &mut Faults<'_>) {
    for (index, relation) in relations.iter().enumerate() {
        let at = index.to_string();
        let here = ["relations", at.as_str()];
        if let Err(fault) = Expression::read(&relation.expression) {
            let keys = [&here[..], &["expression"]].concat();
            faults.expression(&keys, &relation.expression, fault);
        }
        if relation.tolerance.is_sign_negative() {
            faults.value(
                &[&here[..], &["tolerance"]].concat(),
                "sai lệch cho phép nhỏ hơn 0",
                "the tolerance is below 0",
                "tolerance >= 0",
            );
        }
        if relation.source.as_str().trim().is_empty() {
            faults.missing(&here, "source");
        }
    }
}
