//! Input-output tables: coefficients, multipliers, and what of value added depends on some sectors.
//!
//! `A = Z x̂⁻¹`, `B = (I − A)⁻¹`, `M = v̂ B ŷ` with `v` value added ÷ output and `y` final demand. For a set of core
//! sectors ε (0/1): `backward = 1ᵀMε`, `forward = εᵀM1`, `double = εᵀMε`, `dependent = backward + forward − double`;
//! shares over `1ᵀM1`. Source: ADB, *Capturing the Digital Economy* (2021); the equations are unverified in its text
//! and verified in numbers. `forward` is the core's own value added, so that `dependent` is that plus the value
//! added of others embodied in final demand for the core. ADB also moves digital capital formation into the term:
//! not reproduced.

use catalogue::Unit;
use serde::{Deserialize, Serialize};

use crate::figure::{Figure, Refusal};
use crate::matrix::Matrix;

/// Whether flows hold imports. Multipliers of a total table overstate what happens at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flows {
    /// Domestic products only.
    Domestic,
    /// Domestic and imported products.
    Total,
}

/// At which prices a table is valued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prices {
    /// What the producer receives.
    Basic,
    /// What the purchaser pays.
    Purchaser,
}

/// A symmetric input-output table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputOutputTable {
    /// Sectors, in the order of rows and columns.
    pub sectors: Vec<String>,
    /// Z: what each sector (row) delivers to each (column).
    pub flows: Vec<Vec<f64>>,
    /// x: output.
    pub output: Vec<f64>,
    /// Value added.
    pub value_added: Vec<f64>,
    /// The unit of all of them.
    pub unit: Unit,
    /// Kind of flows; kept beside the result.
    pub kind: Flows,
    /// Kind of prices; kept beside the result.
    pub prices: Prices,
}

/// A table with its inverse.
#[derive(Debug, Clone, PartialEq)]
pub struct Leontief {
    table: InputOutputTable,
    coefficients: Matrix,
    inverse: Matrix,
    spectral_radius: f64,
}

/// What depends on core sectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dependent {
    /// Value added of the whole, `1ᵀM1`.
    pub total: Figure,
    /// The core's own value added.
    pub core: Figure,
    /// Value added anywhere for final demand for the core.
    pub backward: Figure,
    /// The core's value added for any final demand.
    pub forward: Figure,
    /// What both count.
    pub double: Figure,
    /// `backward + forward − double`.
    pub dependent: Figure,
    /// The core's share, in per cent.
    pub core_share: Figure,
    /// The dependent share, in per cent.
    pub dependent_share: Figure,
}

impl Leontief {
    /// Checks a table and inverts it. A sector without output has no coefficients. Refused when sizes do not agree,
    /// a number is not finite, or the production of something would need more than itself (spectral radius of A
    /// not below 1).
    pub fn new(table: InputOutputTable) -> Result<Self, Refusal> {
        check(&table)?;
        let size = table.sectors.len();
        let coefficients = Matrix::from_fn(size, |row, column| {
            per_output(table.flows[row][column], table.output[column])
        });
        let spectral_radius = coefficients.spectral_radius();
        let unit_less = Matrix::from_fn(size, |row, column| {
            f64::from(u8::from(row == column)) - coefficients.at(row, column)
        });
        match unit_less.inverse() {
            Some(inverse) if spectral_radius < 1.0 => Ok(Self {
                table,
                coefficients,
                inverse,
                spectral_radius,
            }),
            _ => Err(Refusal::new(
                format!(
                    "hệ số chi phí không khả thi (bán kính phổ {spectral_radius:.3}, phải nhỏ hơn 1); hãy kiểm tra các cột có chi phí trung gian vượt giá trị sản xuất"
                ),
                format!(
                    "coefficients are not productive (spectral radius {spectral_radius:.3}, must be below 1); check columns whose inputs exceed output"
                ),
            )),
        }
    }

    /// The table.
    pub fn table(&self) -> &InputOutputTable {
        &self.table
    }

    /// The largest eigenvalue of A, in size.
    pub fn spectral_radius(&self) -> f64 {
        self.spectral_radius
    }

    /// A: what a unit of output of the column's sector takes from the row's.
    pub fn coefficient(&self, row: usize, column: usize) -> Option<f64> {
        let size = self.coefficients.size;
        (row < size && column < size).then(|| self.coefficients.at(row, column))
    }

    /// B: output of the row's sector for a unit of final demand for the column's.
    pub fn requirement(&self, row: usize, column: usize) -> Option<f64> {
        let size = self.inverse.size;
        (row < size && column < size).then(|| self.inverse.at(row, column))
    }

    /// y: output that is not taken by sectors.
    pub fn final_demand(&self) -> Vec<f64> {
        let taken = self.table.flows.iter().map(|row| row.iter().sum::<f64>());
        self.table
            .output
            .iter()
            .zip(taken)
            .map(|(x, z)| x - z)
            .collect()
    }

    /// Output everywhere for a unit of final demand for each sector (backward linkage).
    pub fn output_multipliers(&self) -> Vec<f64> {
        self.multipliers(|_| 1.0)
    }

    /// Value added everywhere for a unit of final demand for each sector.
    pub fn value_added_multipliers(&self) -> Vec<f64> {
        let table = &self.table;
        self.multipliers(|sector| per_output(table.value_added[sector], table.output[sector]))
    }

    /// As [`Self::value_added_multipliers`] for anything else that comes with output, such as employed persons.
    pub fn multipliers_of(&self, amounts: &[f64]) -> Result<Vec<f64>, Refusal> {
        if amounts.len() != self.table.sectors.len() {
            return Err(sizes());
        }
        Ok(self.multipliers(|sector| per_output(amounts[sector], self.table.output[sector])))
    }

    fn multipliers(&self, weight: impl Fn(usize) -> f64) -> Vec<f64> {
        let size = self.inverse.size;
        let of = |column| {
            (0..size)
                .map(|row| weight(row) * self.inverse.at(row, column))
                .sum()
        };
        (0..size).map(of).collect()
    }

    /// Row sums of `(I − x̂⁻¹Z)⁻¹` (Ghosh): forward linkage of each sector.
    pub fn forward_linkages(&self) -> Vec<f64> {
        // (I − x̂⁻¹Z)⁻¹ = x̂⁻¹ B x̂, so no second inverse is needed.
        let (size, output) = (self.inverse.size, &self.table.output);
        let of = |row: usize| {
            let scaled = |column: usize| {
                let diagonal = f64::from(u8::from(row == column));
                if output[row] == 0.0 {
                    diagonal
                } else {
                    self.inverse.at(row, column) * output[column] / output[row]
                }
            };
            (0..size).map(scaled).sum()
        };
        (0..size).map(of).collect()
    }

    /// Output of every sector for other final demand.
    pub fn output_for(&self, final_demand: &[f64]) -> Result<Vec<f64>, Refusal> {
        let size = self.inverse.size;
        if final_demand.len() != size {
            return Err(sizes());
        }
        let of = |row| {
            (0..size)
                .map(|column| self.inverse.at(row, column) * final_demand[column])
                .sum()
        };
        Ok((0..size).map(of).collect())
    }

    /// What of value added is that of core sectors or depends on them.
    pub fn dependent(&self, core: &[bool]) -> Result<Dependent, Refusal> {
        let size = self.inverse.size;
        if core.len() != size {
            return Err(sizes());
        }
        let (table, demand) = (&self.table, self.final_demand());
        let mut sums = [0.0; 4];
        for row in 0..size {
            let added = per_output(table.value_added[row], table.output[row]);
            for column in 0..size {
                let cell = added * self.inverse.at(row, column) * demand[column];
                let (from_core, for_core) = (core[row], core[column]);
                for (sum, counts) in
                    sums.iter_mut()
                        .zip([true, for_core, from_core, from_core && for_core])
                {
                    *sum += if counts { cell } else { 0.0 };
                }
            }
        }
        let [total, backward, forward, double] = sums;
        let own: f64 = table
            .value_added
            .iter()
            .zip(core)
            .filter(|(_, core)| **core)
            .map(|(added, _)| added)
            .sum();
        let dependent = backward + forward - double;
        let amount = |value| Figure::new(value, table.unit.clone());
        Ok(Dependent {
            total: amount(total)?,
            core: amount(own)?,
            backward: amount(backward)?,
            forward: amount(forward)?,
            double: amount(double)?,
            dependent: amount(dependent)?,
            core_share: Figure::percent(own / total)?,
            dependent_share: Figure::percent(dependent / total)?,
        })
    }
}

fn per_output(amount: f64, output: f64) -> f64 {
    if output == 0.0 { 0.0 } else { amount / output }
}

fn check(table: &InputOutputTable) -> Result<(), Refusal> {
    let size = table.sectors.len();
    let fits = table.flows.len() == size
        && table.flows.iter().all(|row| row.len() == size)
        && table.output.len() == size
        && table.value_added.len() == size;
    if !fits || size == 0 {
        return Err(sizes());
    }
    let numbers = table.flows.iter().flatten().chain(&table.value_added);
    let sound = numbers.clone().all(|value| value.is_finite())
        && table
            .output
            .iter()
            .all(|value| value.is_finite() && *value >= 0.0);
    if sound {
        return Ok(());
    }
    Err(Refusal::new(
        "bảng cân đối liên ngành có ô không phải là số hữu hạn hoặc giá trị sản xuất âm",
        "the input-output table has a cell that is no finite number, or an output below 0",
    ))
}

fn sizes() -> Refusal {
    Refusal::new(
        "số dòng, số cột và độ dài các véc-tơ của bảng cân đối liên ngành phải bằng số ngành",
        "rows, columns and vectors of an input-output table need one entry for each sector",
    )
}
