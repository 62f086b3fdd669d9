//! Growth of total factor productivity, and its contribution to the growth of output.
//!
//! `İTFP = İY − (b_K·İK + b_L·İL)`, `b_K + b_L = 1`. Sources: metadata of the statistics office (2019, "tốc độ tăng
//! năng suất các nhân tố tổng hợp"); Con số & Sự kiện, 14/11/2024. Texts swap the letters α and β, so coefficients
//! are named by their factor here. `Y` is output at constant prices, `L` employed persons of 15 and older as a
//! yearly average, `K` fixed capital at constant prices by perpetual inventory (standard; unverified in an
//! official text). The coefficient of labour is labour income over value added; it comes from the input-output
//! table compiled every five years and stays in force until the next. That mixed income has an imputed labour part
//! is unverified.
//!
//! A share without its parameters is worthless: with one province's real inputs 2019's share is 28 to 42 per cent
//! by the rate of depreciation and the coefficient of labour alone. So parameters go with every result, and [`band`]
//! says how far they move it.

mod account;
mod band;
mod capital;

pub use account::{
    Annual, Contribution, Contributions, FactorGrowth, Inputs, PeriodMethod, PeriodResult, account,
    annual, inconsistency, merge, merged_labour_share, period, splice,
};
pub use band::{Admissible, Band, End, Sought, band, over};
pub use capital::{Capital, InitialStock, StockTiming, capital_stock};

use catalogue::{Source, UNVERIFIED};
use serde::{Deserialize, Serialize};

use crate::figure::Refusal;

/// A coefficient of labour and the year from which it is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabourShare {
    /// First year.
    pub from: i16,
    /// Part (0 to 1) of value added that labour earns.
    pub share: f64,
    /// The table it was computed from; for a province without its own, whose it inherits.
    pub source: Source,
}

/// Coefficients of labour over time; each in force until the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<LabourShare>", into = "Vec<LabourShare>")]
pub struct LabourShares(Vec<LabourShare>);

impl TryFrom<Vec<LabourShare>> for LabourShares {
    type Error = Refusal;

    fn try_from(shares: Vec<LabourShare>) -> Result<Self, Refusal> {
        Self::new(shares)
    }
}

impl From<LabourShares> for Vec<LabourShare> {
    fn from(shares: LabourShares) -> Self {
        shares.0
    }
}

impl LabourShares {
    /// Coefficients in ascending order of their years, each between 0 and 1.
    pub fn new(shares: Vec<LabourShare>) -> Result<Self, Refusal> {
        let ascending = shares.windows(2).all(|pair| pair[0].from < pair[1].from);
        let within = shares.iter().all(|s| (0.0..=1.0).contains(&s.share));
        if shares.is_empty() || !ascending || !within {
            return Err(Refusal::new(
                "hệ số đóng góp của lao động phải từ 0 đến 1 và xếp theo năm tăng dần",
                "coefficients of labour lie between 0 and 1, in ascending order of their years",
            ));
        }
        Ok(Self(shares))
    }

    /// The same coefficient in every year, its source unverified: for trying out how far it matters.
    pub fn assumed(share: f64) -> Result<Self, Refusal> {
        Self::new(vec![LabourShare {
            from: i16::MIN,
            share,
            source: Source::new(UNVERIFIED),
        }])
    }

    /// The coefficient in force in a year.
    pub fn in_force(&self, year: i16) -> Result<&LabourShare, Refusal> {
        let before = self.0.partition_point(|share| share.from <= year);
        before.checked_sub(1).map(|at| &self.0[at]).ok_or_else(|| {
            Refusal::new(
                format!("chưa có hệ số đóng góp của lao động cho năm {year}"),
                format!("there is no coefficient of labour for {year}"),
            )
        })
    }
}

/// Everything a TFP figure depends on besides its inputs; stored beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// How the stock of capital is made.
    pub capital: Capital,
    /// Coefficients of labour.
    pub labour_shares: LabourShares,
    /// How years become a period.
    pub period: PeriodMethod,
    /// Below this growth of output (a fraction) a share has no meaning.
    pub smallest_growth: f64,
}

impl Parameters {
    /// Half a percentage point: below it a share explodes.
    pub const SMALLEST_GROWTH: f64 = 0.005;

    /// Parameters with the default period method and the default least growth.
    pub fn new(capital: Capital, labour_shares: LabourShares) -> Self {
        Self {
            capital,
            labour_shares,
            period: PeriodMethod::default(),
            smallest_growth: Self::SMALLEST_GROWTH,
        }
    }
}
