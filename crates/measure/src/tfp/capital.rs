//! The stock of fixed capital by perpetual inventory.

use serde::{Deserialize, Serialize};

use crate::figure::Refusal;

/// Where the inventory starts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "initial")]
pub enum InitialStock {
    /// `K_0 = I_0 / (g + δ)`: the stock that investment growing at `g` would have left.
    SteadyGrowth {
        /// g.
        growth: f64,
    },
    /// Known from elsewhere, at the end of the first year of investment.
    Given {
        /// The stock at constant prices.
        stock: f64,
    },
}

/// Which stock stands for a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockTiming {
    /// The one at its end.
    #[default]
    YearEnd,
    /// The mean of its beginning and its end.
    YearAverage,
}

/// How the stock of capital is made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Capital {
    /// δ, the part of the stock that wears out in a year.
    pub depreciation: f64,
    /// The first stock.
    pub initial: InitialStock,
    /// Which stock stands for a year.
    pub timing: StockTiming,
}

/// Stocks of consecutive years from their investments at constant prices: `K_t = (1 − δ)K_{t−1} + I_t`. The first
/// stock is that of the first investment's year; averages of a year start one year later.
pub fn capital_stock(investment: &[f64], how: &Capital) -> Result<Vec<f64>, Refusal> {
    let (Some(first), true) = (
        investment.first(),
        investment.iter().all(|i| i.is_finite() && *i >= 0.0),
    ) else {
        return Err(Refusal::new(
            "cần vốn đầu tư theo giá so sánh của từng năm liên tiếp, không âm",
            "investment at constant prices is needed for consecutive years, none below 0",
        ));
    };
    if !(0.0..1.0).contains(&how.depreciation) {
        return Err(Refusal::new(
            "tỷ lệ khấu hao phải từ 0 đến dưới 1",
            "the rate of depreciation lies between 0 and 1",
        ));
    }
    let start = match how.initial {
        InitialStock::SteadyGrowth { growth } => first / (growth + how.depreciation),
        InitialStock::Given { stock } => stock,
    };
    if !(start.is_finite() && start > 0.0) {
        return Err(Refusal::new(
            "trữ lượng vốn ban đầu phải lớn hơn 0: tổng tốc độ tăng và khấu hao phải dương",
            "the first stock must be above 0: growth and depreciation must sum to more than 0",
        ));
    }
    let mut stocks = vec![start];
    let mut stock = start;
    for added in &investment[1..] {
        stock = (1.0 - how.depreciation) * stock + added;
        stocks.push(stock);
    }
    Ok(match how.timing {
        StockTiming::YearEnd => stocks,
        StockTiming::YearAverage => stocks
            .windows(2)
            .map(|pair| f64::midpoint(pair[0], pair[1]))
            .collect(),
    })
}
