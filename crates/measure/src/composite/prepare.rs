//! From figures as they come to a table that can be treated: denominate, impute, screen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::hierarchy::Hierarchy;
use super::table::Table;
use crate::figure::Refusal;
use crate::stats::{mean, present, quantile};

/// Takes the indicators of a hierarchy out of a table and divides each by its denominator, a column of the same
/// table. A denominator of zero or a missing one leaves the value missing.
pub fn denominate(table: &Table, hierarchy: &Hierarchy) -> Result<Table, Refusal> {
    let codes: Vec<String> = hierarchy
        .indicators()
        .iter()
        .map(|element| element.code.clone())
        .collect();
    let mut taken = table.select(&codes)?;
    for (element, column) in hierarchy.indicators().iter().zip(&mut taken.columns) {
        let Some(code) = &element.denominator else {
            continue;
        };
        let below = table.raw(code).ok_or_else(|| {
            Refusal::new(
                format!("“{}” cần cột mẫu số “{code}”", element.code),
                format!(
                    "\"{}\" needs the column \"{code}\" as denominator",
                    element.code
                ),
            )
        })?;
        for (value, below) in column.iter_mut().zip(below) {
            *value = if *below == 0.0 {
                f64::NAN
            } else {
                *value / below
            };
        }
    }
    Ok(taken)
}

/// What stands in for a missing value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Imputation {
    /// Nothing: it stays missing.
    None,
    /// The mean of the unit's group.
    GroupMean,
    /// The median of the unit's group.
    GroupMedian,
    /// The unit's value in the table before.
    LastValue,
}

/// Fills missing values. `groups` names the group of each unit in order (without it all are one group); `before`
/// is the table of the period before. Where nothing can stand in the value stays missing.
pub fn impute(
    table: &Table,
    how: Imputation,
    groups: Option<&[String]>,
    before: Option<&Table>,
) -> Result<Table, Refusal> {
    if groups.is_some_and(|groups| groups.len() != table.units.len()) {
        return Err(Refusal::new(
            "mỗi đơn vị phải có một nhóm",
            "name one group for each unit",
        ));
    }
    Ok(table.map(|at| {
        let column = &table.columns[at];
        match how {
            Imputation::None => column.clone(),
            Imputation::GroupMean => by_group(column, groups, mean),
            Imputation::GroupMedian => by_group(column, groups, |values| {
                let mut sorted = values.to_vec();
                sorted.sort_by(f64::total_cmp);
                quantile(&sorted, 0.5)
            }),
            Imputation::LastValue => column
                .iter()
                .zip(&table.units)
                .map(|(value, unit)| {
                    let last = || before?.value(unit, &table.codes[at]);
                    if value.is_nan() {
                        last().unwrap_or(f64::NAN)
                    } else {
                        *value
                    }
                })
                .collect(),
        }
    }))
}

fn by_group(column: &[f64], groups: Option<&[String]>, centre: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let group = |row: usize| groups.map_or("", |groups| groups[row].as_str());
    let mut members: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (row, value) in column.iter().enumerate() {
        members.entry(group(row)).or_default().push(*value);
    }
    let centres: BTreeMap<&str, f64> = members
        .into_iter()
        .map(|(name, values)| (name, centre(&present(&values))))
        .collect();
    let fill = |(row, value): (usize, &f64)| {
        if value.is_nan() {
            centres[group(row)]
        } else {
            *value
        }
    };
    column.iter().enumerate().map(fill).collect()
}

/// Drops units of which too little is known: those whose share of indicators with a value lies below `least`.
/// Returns the table without them, and their names.
pub fn screen(table: &Table, least: f64) -> (Table, Vec<String>) {
    let known = |row: usize| {
        let known = table.columns.iter().filter(|c| !c[row].is_nan()).count();
        known as f64 / table.columns.len() as f64
    };
    let (kept, dropped): (Vec<usize>, Vec<usize>) =
        (0..table.units.len()).partition(|&row| known(row) >= least);
    let names = |rows: &[usize]| rows.iter().map(|&row| table.units[row].clone()).collect();
    let pick = |column: &Vec<f64>| kept.iter().map(|&row| column[row]).collect();
    let screened = Table {
        units: names(&kept),
        codes: table.codes.clone(),
        columns: table.columns.iter().map(pick).collect(),
    };
    (screened, names(&dropped))
}
