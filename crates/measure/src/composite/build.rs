//! All steps in one, with what each of them made.

use serde::{Deserialize, Serialize};

use super::aggregate::{Aggregation, aggregate};
use super::hierarchy::{Hierarchy, Weights};
use super::normalise::{Normalisation, Unnormalised, normalise};
use super::prepare::{Imputation, denominate, impute, screen};
use super::table::{Table, ranks};
use super::treat::{Treated, Treatment, treat};
use crate::figure::Refusal;

/// How an index is made; stored beside its scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// What stands in for a missing value.
    pub impute: Imputation,
    /// A unit is dropped when its share of known indicators lies below; 0 keeps all.
    pub screen: f64,
    /// Outliers; none leaves them.
    pub treat: Option<Treatment>,
    /// The common scale.
    pub normalise: Normalisation,
    /// Weights other than those declared in the hierarchy.
    pub weights: Option<Weights>,
    /// How parts become a score.
    pub aggregate: Aggregation,
}

impl Default for Method {
    /// The defaults of COINr: units with 90 % of the indicators, outliers treated, 0–100, weighted arithmetic mean.
    fn default() -> Self {
        Self {
            impute: Imputation::None,
            screen: 0.9,
            treat: Some(Treatment::default()),
            normalise: Normalisation::MinMax {
                lower: 0.0,
                upper: 100.0,
            },
            weights: None,
            aggregate: Aggregation::Arithmetic,
        }
    }
}

/// What the steps made.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// After denominating.
    pub denominated: Table,
    /// After imputing.
    pub imputed: Table,
    /// After screening.
    pub screened: Table,
    /// Units that were dropped.
    pub dropped: Vec<String>,
    /// After treating.
    pub treated: Table,
    /// What was done to each indicator.
    pub treatments: Vec<Treated>,
    /// After normalising.
    pub normalised: Table,
    /// Indicators that could not be normalised; they take no part in the scores.
    pub without_spread: Vec<Unnormalised>,
    /// Indicators and groups, the index last.
    pub scores: Table,
    /// The code of the index.
    pub top: String,
}

impl Built {
    /// The rank of each unit, in the order of the scores; none without a score.
    pub fn ranks(&self) -> Vec<Option<u32>> {
        let last = self.scores.columns.last().map_or(&[][..], Vec::as_slice);
        ranks(last)
            .into_iter()
            .map(|r| (r > 0).then_some(r))
            .collect()
    }

    /// The score of a unit.
    pub fn score(&self, unit: &str) -> Option<f64> {
        self.scores.value(unit, &self.top)
    }
}

/// Makes an index of a table that holds its indicators and their denominators. `groups` names the group of each
/// unit for imputing, `before` is the table of the period before.
pub fn build(
    table: &Table,
    hierarchy: &Hierarchy,
    method: &Method,
    groups: Option<&[String]>,
    before: Option<&Table>,
) -> Result<Built, Refusal> {
    let denominated = denominate(table, hierarchy)?;
    let before = before
        .map(|before| denominate(before, hierarchy))
        .transpose()?;
    let imputed = impute(&denominated, method.impute, groups, before.as_ref())?;
    let (screened, dropped) = screen(&imputed, method.screen);
    let (treated, treatments) = match &method.treat {
        Some(treatment) => treat(&screened, treatment),
        None => (screened.clone(), vec![Treated::No; screened.codes.len()]),
    };
    let (normalised, without_spread) = normalise(&treated, hierarchy, &method.normalise);
    let declared = hierarchy.weights();
    let weights = method.weights.as_ref().unwrap_or(&declared);
    let scores = aggregate(&normalised, hierarchy, weights, method.aggregate)?;
    Ok(Built {
        denominated,
        imputed,
        screened,
        dropped,
        treated,
        treatments,
        normalised,
        without_spread,
        scores,
        top: hierarchy.top().to_owned(),
    })
}
