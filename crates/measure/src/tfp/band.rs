//! How far a result of the account moves with parameters that are all admissible.

use serde::{Deserialize, Serialize};

use super::account::{PeriodMethod, PeriodResult, account, period};
use super::capital::{Capital, InitialStock, StockTiming};
use super::{Inputs, LabourShares, Parameters};
use crate::figure::{Figure, Refusal};

/// Parameters that may be defended; every combination is tried. Between two values of a rate the share need not
/// move one way, so list as many as matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Admissible {
    /// Rates of depreciation.
    pub depreciation: Vec<f64>,
    /// First stocks.
    pub initial: Vec<InitialStock>,
    /// Which stock stands for a year.
    pub timing: Vec<StockTiming>,
    /// Coefficients of labour.
    pub labour_shares: Vec<LabourShares>,
    /// Period methods.
    pub period: Vec<PeriodMethod>,
    /// Below this growth of output a share has no meaning.
    pub smallest_growth: f64,
}

/// Which result of the account is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sought {
    /// Growth of TFP, in per cent a year.
    Growth,
    /// The part of the growth of output that capital has, in per cent.
    CapitalShare,
    /// The part of labour.
    LabourShare,
    /// The part of TFP.
    TfpShare,
}

impl Sought {
    /// The result in an account; none where it is undetermined.
    pub fn of(self, account: &PeriodResult) -> Option<&Figure> {
        let parts = &account.contributions;
        match self {
            Sought::Growth => Some(&account.tfp),
            Sought::CapitalShare => parts.capital.figure(),
            Sought::LabourShare => parts.labour.figure(),
            Sought::TfpShare => parts.tfp.figure(),
        }
    }
}

/// One end of a band and the parameters that lead there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// The result.
    pub result: Figure,
    /// The parameters.
    pub parameters: Parameters,
}

/// A result for a year or a period, over all admissible parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// The lowest.
    pub low: End,
    /// The highest.
    pub high: End,
    /// How many combinations were tried.
    pub tried: usize,
}

/// Combinations that are tried at most.
const MOST: usize = 100_000;

/// The account of the years of growth from one to another, both included; one year alone is that year's.
pub fn over(
    inputs: &Inputs,
    years: (i16, i16),
    parameters: &Parameters,
) -> Result<PeriodResult, Refusal> {
    let all = account(inputs, parameters)?;
    let within: Vec<_> = all
        .into_iter()
        .filter(|year| (years.0..=years.1).contains(&year.year))
        .collect();
    let complete = within.first().is_some_and(|year| year.year == years.0)
        && within.last().is_some_and(|year| year.year == years.1);
    if !complete {
        return Err(Refusal::new(
            format!("số liệu không đủ cho các năm {}–{}", years.0, years.1),
            format!("the inputs do not cover {}–{}", years.0, years.1),
        ));
    }
    period(&within, parameters.period, parameters.smallest_growth)
}

/// The band of a result over the years of growth from one to another. None where the result is undetermined whatever
/// the parameters: they do not change the growth of output.
pub fn band(
    inputs: &Inputs,
    years: (i16, i16),
    sought: Sought,
    admissible: &Admissible,
) -> Result<Option<Band>, Refusal> {
    let combinations = combinations(admissible)?;
    let tried = combinations.len();
    let mut ends: Option<(End, End)> = None;
    for parameters in combinations {
        let found = over(inputs, years, &parameters)?;
        let Some(result) = sought.of(&found) else {
            return Ok(None);
        };
        let end = End {
            result: result.clone(),
            parameters,
        };
        ends = Some(match ends {
            None => (end.clone(), end),
            Some((low, high)) if end.result.value() < low.result.value() => (end, high),
            Some((low, high)) if end.result.value() > high.result.value() => (low, end),
            Some(ends) => ends,
        });
    }
    Ok(ends.map(|(low, high)| Band { low, high, tried }))
}

fn combinations(admissible: &Admissible) -> Result<Vec<Parameters>, Refusal> {
    let counts = [
        admissible.depreciation.len(),
        admissible.initial.len(),
        admissible.timing.len(),
        admissible.labour_shares.len(),
        admissible.period.len(),
    ];
    let count = counts
        .iter()
        .try_fold(1_usize, |all, n| all.checked_mul(*n));
    if !count.is_some_and(|count| (1..=MOST).contains(&count)) {
        return Err(Refusal::new(
            format!("mỗi tham số cần ít nhất một giá trị, tất cả không quá {MOST} tổ hợp"),
            format!("every parameter needs a value, and all together at most {MOST} combinations"),
        ));
    }
    let mut found = Vec::new();
    for depreciation in &admissible.depreciation {
        for initial in &admissible.initial {
            for timing in &admissible.timing {
                let capital = Capital {
                    depreciation: *depreciation,
                    initial: *initial,
                    timing: *timing,
                };
                for labour_shares in &admissible.labour_shares {
                    for period in &admissible.period {
                        found.push(Parameters {
                            capital,
                            labour_shares: labour_shares.clone(),
                            period: *period,
                            smallest_growth: admissible.smallest_growth,
                        });
                    }
                }
            }
        }
    }
    Ok(found)
}
