//! Whether the parts of an index belong together, and what each of them does to the ranks.

use serde::{Deserialize, Serialize};

use super::build::{Built, Method, build};
use super::hierarchy::{Hierarchy, Weights};
use super::table::Table;
use crate::figure::Refusal;
use crate::stats::{correlation, mean, variance};

/// What an audit found about one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupAudit {
    /// The group.
    pub code: String,
    /// Cronbach's alpha of its parts; none below two parts or without spread.
    pub alpha: Option<f64>,
    /// Its parts: code, and correlation with the group; none without spread.
    pub parts: Vec<(String, Option<f64>)>,
    /// Parts that run against the group they count towards.
    pub against: Vec<String>,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Every group, from below.
    pub groups: Vec<GroupAudit>,
    /// Every element and the part (0 to 1) of the index its weight comes to, through all levels.
    pub effective_weights: Vec<(String, f64)>,
    /// Indicators of different groups that say nearly the same (absolute correlation above 0.92, the limit of the
    /// JRC's audits; unverified).
    pub redundant: Vec<(String, String, f64)>,
}

/// Above this two indicators say nearly the same.
const NEARLY_THE_SAME: f64 = 0.92;

/// Audits a built index.
pub fn audit(built: &Built, hierarchy: &Hierarchy, weights: &Weights) -> Result<Audit, Refusal> {
    let mut groups = Vec::new();
    for (level, elements) in hierarchy.levels.iter().enumerate().skip(1) {
        for (element, parts) in elements.iter().zip(&hierarchy.parts[level]) {
            let codes: Vec<String> = parts
                .iter()
                .map(|&at| hierarchy.levels[level - 1][at].code.clone())
                .collect();
            let group = built.scores.raw(&element.code).unwrap_or_default();
            groups.push(audit_group(
                &element.code,
                group,
                &built.scores.select(&codes)?,
            ));
        }
    }
    Ok(Audit {
        groups,
        effective_weights: effective_weights(hierarchy, weights),
        redundant: redundant(&built.normalised, hierarchy),
    })
}

fn audit_group(code: &str, group: &[f64], parts: &Table) -> GroupAudit {
    let with_group = |(part, column): (&String, &Vec<f64>)| {
        let found = correlation(column, group);
        (part.clone(), found.is_finite().then_some(found))
    };
    let found: Vec<(String, Option<f64>)> = parts
        .codes
        .iter()
        .zip(&parts.columns)
        .map(with_group)
        .collect();
    let against = found
        .iter()
        .filter(|(_, correlation)| correlation.is_some_and(|c| c < 0.0))
        .map(|(part, _)| part.clone());
    GroupAudit {
        code: code.to_owned(),
        alpha: cronbach(&parts.columns),
        against: against.collect(),
        parts: found,
    }
}

/// Cronbach's alpha `k/(k−1) · (1 − Σ var(part) / var(sum))` over units that have every part.
fn cronbach(columns: &[Vec<f64>]) -> Option<f64> {
    let units = columns.first()?.len();
    let complete: Vec<usize> = (0..units)
        .filter(|&row| columns.iter().all(|column| !column[row].is_nan()))
        .collect();
    let pick = |column: &Vec<f64>| complete.iter().map(|&row| column[row]).collect::<Vec<_>>();
    let of_parts: f64 = columns.iter().map(|column| variance(&pick(column))).sum();
    let sums: Vec<f64> = complete
        .iter()
        .map(|&row| columns.iter().map(|column| column[row]).sum())
        .collect();
    let count = columns.len() as f64;
    let alpha = count / (count - 1.0) * (1.0 - of_parts / variance(&sums));
    alpha.is_finite().then_some(alpha)
}

fn effective_weights(hierarchy: &Hierarchy, weights: &Weights) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    let mut above = vec![1.0];
    for level in (1..hierarchy.levels.len()).rev() {
        let mut below = vec![0.0; hierarchy.levels[level - 1].len()];
        for (group, parts) in hierarchy.parts[level].iter().enumerate() {
            let total: f64 = parts.iter().map(|&at| weights.0[level - 1][at]).sum();
            for &at in parts {
                below[at] = above[group] * weights.0[level - 1][at] / total;
            }
        }
        for (element, weight) in hierarchy.levels[level - 1].iter().zip(&below) {
            found.push((element.code.clone(), *weight));
        }
        above = below;
    }
    found
}

fn redundant(normalised: &Table, hierarchy: &Hierarchy) -> Vec<(String, String, f64)> {
    let indicators = hierarchy.indicators();
    let mut found = Vec::new();
    for (at, left) in indicators.iter().enumerate() {
        for (other, right) in indicators.iter().enumerate().skip(at + 1) {
            let correlation = correlation(&normalised.columns[at], &normalised.columns[other]);
            if left.parent != right.parent && correlation.abs() > NEARLY_THE_SAME {
                found.push((left.code.clone(), right.code.clone(), correlation));
            }
        }
    }
    found
}

/// What becomes of the ranks when one element is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The element.
    pub code: String,
    /// Mean absolute change of rank.
    pub mean_change: f64,
    /// Largest absolute change of rank.
    pub largest_change: u32,
}

/// Leaves out each element of a level in turn (1 for indicators). An element whose absence leaves no index is
/// passed over.
pub fn leave_one_out(
    table: &Table,
    hierarchy: &Hierarchy,
    method: &Method,
    groups: Option<&[String]>,
    level: u8,
) -> Result<Vec<LeftOut>, Refusal> {
    // Weights of a method belong to a hierarchy; without an element they no longer fit, so they go into it first.
    let hierarchy = with_weights(hierarchy, method);
    let method = Method {
        weights: None,
        // The units compared must be the same ones, however many indicators are left.
        screen: 0.0,
        ..method.clone()
    };
    let whole = build(table, &hierarchy, &method, groups, None)?.ranks();
    let mut found = Vec::new();
    let Some(elements) = hierarchy.levels.get(usize::from(level).wrapping_sub(1)) else {
        return Ok(found);
    };
    for element in elements {
        let Ok(rest) = hierarchy.without(&element.code) else {
            continue;
        };
        let ranks = build(table, &rest, &method, groups, None)?.ranks();
        let changes: Vec<u32> = whole
            .iter()
            .zip(&ranks)
            .filter_map(|(a, b)| Some((*a)?.abs_diff((*b)?)))
            .collect();
        found.push(LeftOut {
            code: element.code.clone(),
            mean_change: mean(&changes.iter().copied().map(f64::from).collect::<Vec<_>>()),
            largest_change: changes.into_iter().max().unwrap_or(0),
        });
    }
    Ok(found)
}

fn with_weights(hierarchy: &Hierarchy, method: &Method) -> Hierarchy {
    let mut hierarchy = hierarchy.clone();
    let weights = method.weights.iter().flat_map(|weights| &weights.0);
    for (level, weights) in hierarchy.levels.iter_mut().zip(weights) {
        for (element, weight) in level.iter_mut().zip(weights) {
            element.weight = *weight;
        }
    }
    hierarchy
}
