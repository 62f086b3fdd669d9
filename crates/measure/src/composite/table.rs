//! Units and what is known of them, column by column.

use std::collections::HashMap;

use crate::figure::Refusal;

/// A table of units × columns; a value may be missing.
///
/// Kept column by column, because every step of an index works on one column at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(super) units: Vec<String>,
    pub(super) codes: Vec<String>,
    /// One vector for a code, one number for a unit; NaN is a missing value and never leaves the crate.
    pub(super) columns: Vec<Vec<f64>>,
}

impl Table {
    /// A table of named columns; refused when a name stands twice, a column has the wrong length or a number is
    /// not finite.
    pub fn new(
        units: Vec<String>,
        columns: Vec<(String, Vec<Option<f64>>)>,
    ) -> Result<Self, Refusal> {
        let names = columns.iter().map(|(code, _)| code.as_str());
        let repeated = twice(units.iter().map(String::as_str)).or_else(|| twice(names.clone()));
        if let Some(name) = repeated {
            return Err(Refusal::new(
                format!("“{name}” xuất hiện hai lần; mỗi đơn vị, mỗi cột chỉ một lần"),
                format!("\"{name}\" stands twice; name every unit and column once"),
            ));
        }
        let mut table = Self {
            codes: names.map(str::to_owned).collect(),
            units,
            columns: Vec::with_capacity(columns.len()),
        };
        for (code, values) in columns {
            let sound = values.iter().flatten().all(|value| value.is_finite());
            if values.len() != table.units.len() || !sound {
                return Err(Refusal::new(
                    format!(
                        "cột “{code}” phải có {} số hữu hạn hoặc để trống",
                        table.units.len()
                    ),
                    format!(
                        "column \"{code}\" needs {} finite numbers or blanks",
                        table.units.len()
                    ),
                ));
            }
            let values = values.into_iter().map(|value| value.unwrap_or(f64::NAN));
            table.columns.push(values.collect());
        }
        Ok(table)
    }

    /// The units, in the order of the values.
    pub fn units(&self) -> &[String] {
        &self.units
    }

    /// The columns, in order.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The values of a column.
    pub fn column(&self, code: &str) -> Option<Vec<Option<f64>>> {
        let column = self.raw(code)?;
        Some(
            column
                .iter()
                .map(|value| (!value.is_nan()).then_some(*value))
                .collect(),
        )
    }

    /// One value.
    pub fn value(&self, unit: &str, code: &str) -> Option<f64> {
        let row = self.units.iter().position(|name| name == unit)?;
        self.raw(code)
            .map(|column| column[row])
            .filter(|value| !value.is_nan())
    }

    pub(super) fn raw(&self, code: &str) -> Option<&[f64]> {
        let at = self.codes.iter().position(|name| name == code)?;
        Some(&self.columns[at])
    }

    /// The table with each column put through a function.
    pub(super) fn map(&self, change: impl FnMut(usize) -> Vec<f64>) -> Table {
        Table {
            units: self.units.clone(),
            codes: self.codes.clone(),
            columns: (0..self.codes.len()).map(change).collect(),
        }
    }

    /// The named columns, in the order of the names.
    pub(super) fn select(&self, codes: &[String]) -> Result<Table, Refusal> {
        let at: HashMap<&str, usize> = self
            .codes
            .iter()
            .enumerate()
            .map(|(at, code)| (code.as_str(), at))
            .collect();
        let columns = codes.iter().map(|code| {
            at.get(code.as_str())
                .map(|at| self.columns[*at].clone())
                .ok_or_else(|| {
                    Refusal::new(
                        format!("bảng số liệu thiếu cột “{code}”"),
                        format!("the table has no column \"{code}\""),
                    )
                })
        });
        Ok(Table {
            units: self.units.clone(),
            columns: columns.collect::<Result<_, _>>()?,
            codes: codes.to_vec(),
        })
    }
}

fn twice<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::HashSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}

/// Places in standard competition ranking, the largest score first: after two units at place 15 comes place 17.
/// A unit without a score has no place.
pub fn competition_ranks(scores: &[Option<f64>]) -> Vec<Option<u32>> {
    let raw: Vec<f64> = scores.iter().map(|s| s.unwrap_or(f64::NAN)).collect();
    ranks(&raw)
        .into_iter()
        .map(|rank| (rank > 0).then_some(rank))
        .collect()
}

/// As [`competition_ranks`]; 0 where there is none.
pub(super) fn ranks(scores: &[f64]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..scores.len())
        .filter(|&at| !scores[at].is_nan())
        .collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut ranks = vec![0; scores.len()];
    let mut place = 0;
    for (index, &at) in order.iter().enumerate() {
        if index == 0 || scores[at] != scores[order[index - 1]] {
            place = index as u32 + 1;
        }
        ranks[at] = place;
    }
    ranks
}
