//! Growth accounting by year and by period.

use serde::{Deserialize, Serialize};
use viet::Lang;

use super::Parameters;
use super::capital::{StockTiming, capital_stock};
use crate::figure::{Figure, Refusal};
use crate::stats::mean;

/// Growth of output and of the two factors in a year, as fractions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FactorGrowth {
    /// İY.
    pub output: f64,
    /// İK.
    pub capital: f64,
    /// İL.
    pub labour: f64,
}

/// A part of growth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contribution {
    /// In per cent of the growth of output; below 0 and above 100 are possible and mean what they say.
    Share(Figure),
    /// Output grew too little, or shrank: there is no growth to have parts.
    Undetermined,
}

impl Contribution {
    fn of(part: f64, whole: f64, smallest: f64) -> Result<Self, Refusal> {
        if whole <= 0.0 || whole.abs() < smallest {
            return Ok(Self::Undetermined);
        }
        Figure::percent(part / whole).map(Self::Share)
    }

    /// The share; none when undetermined.
    pub fn figure(&self) -> Option<&Figure> {
        match self {
            Self::Share(figure) => Some(figure),
            Self::Undetermined => None,
        }
    }

    /// The percentage; none when undetermined.
    pub fn percent(&self) -> Option<f64> {
        self.figure().map(Figure::value)
    }

    /// What stands in place of a number.
    pub fn undetermined(lang: Lang) -> &'static str {
        lang.pick("không xác định", "undetermined")
    }
}

/// Parts of the growth of output; they sum to 100 where they are determined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contributions {
    /// Of capital.
    pub capital: Contribution,
    /// Of labour.
    pub labour: Contribution,
    /// Of total factor productivity.
    pub tfp: Contribution,
}

impl Contributions {
    fn new(parts: [f64; 3], whole: f64, smallest: f64) -> Result<Self, Refusal> {
        let of = |part| Contribution::of(part, whole, smallest);
        Ok(Self {
            capital: of(parts[0])?,
            labour: of(parts[1])?,
            tfp: of(parts[2])?,
        })
    }
}

/// A year's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annual {
    /// The year.
    pub year: i16,
    /// What grew by how much.
    pub growth: FactorGrowth,
    /// Coefficient of labour; that of capital is the rest to 1.
    pub labour_share: f64,
    /// Growth of total factor productivity.
    pub tfp: Figure,
    /// Parts of the growth of output.
    pub contributions: Contributions,
}

/// Accounts for one year's growth.
pub fn annual(
    year: i16,
    growth: FactorGrowth,
    labour_share: f64,
    smallest_growth: f64,
) -> Result<Annual, Refusal> {
    if !(0.0..=1.0).contains(&labour_share) {
        return Err(Refusal::new(
            "hệ số đóng góp của lao động phải từ 0 đến 1",
            "the coefficient of labour lies between 0 and 1",
        ));
    }
    let (capital, labour) = (
        (1.0 - labour_share) * growth.capital,
        labour_share * growth.labour,
    );
    let tfp = growth.output - (capital + labour);
    Ok(Annual {
        year,
        growth,
        labour_share,
        tfp: Figure::percent_per_year(tfp)?,
        contributions: Contributions::new([capital, labour, tfp], growth.output, smallest_growth)?,
    })
}

/// How years become one figure for a period ("bình quân giai đoạn").
///
/// There is no mean of annual shares: a single year whose growth is near zero makes it explode, and nobody sees
/// why. Where a published figure was made so, it cannot be reproduced here, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PeriodMethod {
    /// Mean growth between the end points (geometric), mean coefficients, one subtraction.
    #[default]
    #[serde(rename = "A")]
    EndPoints,
    /// `Σ İTFP / Σ İY` over the years.
    #[serde(rename = "B")]
    SumOfYears,
    /// Logarithmic growth with each year's coefficients (Törnqvist), summed.
    #[serde(rename = "D")]
    Logarithmic,
}

/// A period's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeriodResult {
    /// First and last year of growth.
    pub years: (i16, i16),
    /// Mean growth a year, by the method.
    pub growth: FactorGrowth,
    /// Mean coefficient of labour.
    pub labour_share: f64,
    /// Mean growth of total factor productivity a year.
    pub tfp: Figure,
    /// Parts of the growth of output.
    pub contributions: Contributions,
    /// The method.
    pub method: PeriodMethod,
}

/// Accounts for a period of consecutive years.
pub fn period(
    years: &[Annual],
    method: PeriodMethod,
    smallest_growth: f64,
) -> Result<PeriodResult, Refusal> {
    let consecutive = years
        .windows(2)
        .all(|pair| pair[0].year + 1 == pair[1].year);
    let (Some(first), Some(last), true) = (years.first(), years.last(), consecutive) else {
        return Err(Refusal::new(
            "giai đoạn cần số liệu của mọi năm liên tiếp",
            "a period needs every one of its consecutive years",
        ));
    };
    let labour_share = mean(&years.iter().map(|y| y.labour_share).collect::<Vec<_>>());
    let growth = FactorGrowth {
        output: mean_growth(years, method, |g| g.output),
        capital: mean_growth(years, method, |g| g.capital),
        labour: mean_growth(years, method, |g| g.labour),
    };
    let weigh = |share: &dyn Fn(f64) -> f64, factor: &dyn Fn(&FactorGrowth) -> f64| match method {
        PeriodMethod::EndPoints => share(labour_share) * factor(&growth),
        PeriodMethod::SumOfYears | PeriodMethod::Logarithmic => {
            let each =
                |year: &Annual| share(year.labour_share) * scaled(factor(&year.growth), method);
            mean(&years.iter().map(each).collect::<Vec<_>>())
        }
    };
    let capital = weigh(&|labour| 1.0 - labour, &|g| g.capital);
    let labour = weigh(&|labour| labour, &|g| g.labour);
    let tfp = growth.output - (capital + labour);
    Ok(PeriodResult {
        years: (first.year, last.year),
        growth,
        labour_share,
        tfp: Figure::percent_per_year(tfp)?,
        contributions: Contributions::new([capital, labour, tfp], growth.output, smallest_growth)?,
        method,
    })
}

fn scaled(growth: f64, method: PeriodMethod) -> f64 {
    match method {
        PeriodMethod::Logarithmic => growth.ln_1p(),
        PeriodMethod::EndPoints | PeriodMethod::SumOfYears => growth,
    }
}

fn mean_growth(
    years: &[Annual],
    method: PeriodMethod,
    factor: impl Fn(&FactorGrowth) -> f64,
) -> f64 {
    let each = years.iter().map(|year| factor(&year.growth));
    match method {
        PeriodMethod::EndPoints => {
            let whole: f64 = each.map(|growth| 1.0 + growth).product();
            whole.powf((years.len() as f64).recip()) - 1.0
        }
        PeriodMethod::SumOfYears | PeriodMethod::Logarithmic => mean(
            &each
                .map(|growth| scaled(growth, method))
                .collect::<Vec<_>>(),
        ),
    }
}

/// What a TFP account is made from. Investment may begin earlier than the rest; the longer it is, the less the
/// first stock matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inputs {
    /// First year of investment.
    pub investment_from: i16,
    /// Investment at constant prices, year by year.
    pub investment: Vec<f64>,
    /// First year of output and employment.
    pub from: i16,
    /// Output at constant prices, year by year.
    pub output: Vec<f64>,
    /// Employed persons, yearly average, year by year.
    pub employed: Vec<f64>,
}

/// Accounts for every year whose growth the inputs can tell.
pub fn account(inputs: &Inputs, parameters: &Parameters) -> Result<Vec<Annual>, Refusal> {
    let positive = |values: &[f64]| values.iter().all(|v| v.is_finite() && *v > 0.0);
    if inputs.output.len() != inputs.employed.len()
        || !positive(&inputs.output)
        || !positive(&inputs.employed)
    {
        return Err(Refusal::new(
            "GRDP và lao động cần số liệu lớn hơn 0 của cùng các năm",
            "output and employment need values above 0 for the same years",
        ));
    }
    let stocks = capital_stock(&inputs.investment, &parameters.capital)?;
    let later = match parameters.capital.timing {
        StockTiming::YearEnd => 0,
        StockTiming::YearAverage => 1,
    };
    let stocks_from = inputs.investment_from.saturating_add(later);
    let growth = |from: i16, values: &[f64], year: i16| {
        let now = usize::try_from(year.checked_sub(from)?).ok()?;
        let before = values.get(now.checked_sub(1)?)?;
        Some(values.get(now)? / before - 1.0)
    };
    let mut found = Vec::new();
    // The first year has nothing before it to have grown from; the calendar ends where years do.
    for (year, _) in (inputs.from..=i16::MAX).zip(&inputs.output).skip(1) {
        // Without a stock of the year before there is nothing to say about a year.
        let Some(capital) = growth(stocks_from, &stocks, year) else {
            continue;
        };
        let growth = growth(inputs.from, &inputs.output, year)
            .zip(growth(inputs.from, &inputs.employed, year))
            .map(|(output, labour)| FactorGrowth {
                output,
                capital,
                labour,
            });
        if let Some(growth) = growth {
            let share = parameters.labour_shares.in_force(year)?.share;
            found.push(annual(year, growth, share, parameters.smallest_growth)?);
        }
    }
    Ok(found)
}

/// By how many points a published share of growth disagrees with the published growth rates it is made of:
/// `|share·İY − İTFP|`, all in per cent. A gap beyond rounding means another method, other parameters or an error.
pub fn inconsistency(share_pct: f64, output_pct: f64, tfp_pct: f64) -> f64 {
    (share_pct / 100.0 * output_pct - tfp_pct).abs()
}

/// The inputs of a merged area: output, investment and employment are added before anything is computed.
pub fn merge(parts: &[Inputs]) -> Result<Inputs, Refusal> {
    let Some((first, rest)) = parts.split_first() else {
        return Err(Refusal::new(
            "không có địa bàn nào để gộp",
            "there is no area to merge",
        ));
    };
    let mut merged = first.clone();
    for part in rest {
        let shape = |inputs: &Inputs| {
            (
                (inputs.investment_from, inputs.investment.len()),
                (inputs.from, inputs.output.len(), inputs.employed.len()),
            )
        };
        if shape(part) != shape(first) {
            return Err(Refusal::new(
                "các địa bàn được gộp cần số liệu của cùng các năm",
                "merged areas need inputs for the same years",
            ));
        }
        let add = |into: &mut [f64], from: &[f64]| {
            into.iter_mut()
                .zip(from)
                .for_each(|(sum, value)| *sum += value);
        };
        add(&mut merged.investment, &part.investment);
        add(&mut merged.output, &part.output);
        add(&mut merged.employed, &part.employed);
    }
    Ok(merged)
}

/// The coefficient of labour of a merged area: each part's (value added, coefficient), weighted by value added.
pub fn merged_labour_share(parts: &[(f64, f64)]) -> Option<f64> {
    let output: f64 = parts.iter().map(|(output, _)| output).sum();
    let labour: f64 = parts.iter().map(|(output, share)| output * share).sum();
    let share = labour / output;
    (0.0..=1.0).contains(&share).then_some(share)
}

/// One series over a change of the base year of constant prices: the older values are carried into the newer prices
/// by their growth up to a year both have. None without such a year.
pub fn splice(older: &[(i16, f64)], newer: &[(i16, f64)]) -> Option<Vec<(i16, f64)>> {
    let &(year, start) = newer.first()?;
    let &(_, link) = older.iter().find(|(at, _)| *at == year)?;
    let factor = start / link;
    factor.is_finite().then(|| {
        let before = older.iter().filter(|(at, _)| *at < year);
        before
            .map(|(at, value)| (*at, value * factor))
            .chain(newer.iter().copied())
            .collect()
    })
}
