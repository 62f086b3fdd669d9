//! Total factor productivity from what is held: output, employment and investment of the years.

use catalogue::{Computed, Id, MethodUse};
use measure::tfp::{
    Admissible, Capital, InitialStock, Inputs as Account, LabourShare, LabourShares, Parameters,
    PeriodMethod, Sought, StockTiming, band, over,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use viet::Period;

use super::derived::{Derived, NoValue};
use super::formula::Inputs;
use super::method::decimal;

/// Years of investment that are looked back for at most: longer ago nothing is left of it.
const FARTHEST: i16 = 100;

/// Between the ends of what is admissible a result need not move one way: so many steps are tried.
const STEPS: i64 = 4;

/// What the account gives, with its band.
pub(super) fn derive(inputs: &Inputs<'_, '_>, method: &MethodUse) -> Derived {
    match account(inputs, method) {
        Ok((account, years)) => results(inputs.computed, method, &account, years),
        Err(why) => Derived {
            value: Err(why),
            band: None,
        },
    }
}

fn results(
    computed: &Computed,
    method: &MethodUse,
    account: &Account,
    years: (i16, i16),
) -> Derived {
    let sought = match method.result.as_str() {
        "tfp" => Sought::Growth,
        "contribution_of_capital" => Sought::CapitalShare,
        "contribution_of_labour" => Sought::LabourShare,
        _ => Sought::TfpShare,
    };
    let given = Given { computed };
    let value = given.parameters().and_then(|parameters| {
        let found = over(account, years, &parameters)?;
        match sought.of(&found) {
            Some(result) => decimal(result),
            None => Err(undetermined()),
        }
    });
    let band = given
        .admissible()
        .map(|admissible| band(account, years, sought, &admissible));
    match band {
        // The growth of output decides alone: there is no value whatever the parameters.
        Some(Ok(None)) => Derived {
            value: Err(undetermined()),
            band: None,
        },
        Some(Ok(Some(found))) => {
            let ends = (decimal(&found.low.result), decimal(&found.high.result));
            let ends = ends.0.ok().zip(ends.1.ok());
            Derived {
                value,
                band: ends.filter(|(low, high)| low != high),
            }
        }
        Some(Err(_)) | None => Derived { value, band: None },
    }
}

fn undetermined() -> NoValue {
    NoValue::of(
        "không xác định: GRDP giảm hoặc tăng quá ít, phần của từng nhân tố trong mức tăng không có nghĩa",
        "undetermined: output fell or grew too little for its growth to have parts",
    )
}

/// First and last year of growth; none for a period that is not of whole years.
fn growth_years(period: Period) -> Option<(i16, i16)> {
    match period {
        Period::Year(year) => Some((year, year)),
        Period::Years { from, to, .. } => Some((from, to)),
        _ => None,
    }
}

fn of_role<'m>(method: &'m MethodUse, role: &str) -> Option<&'m Id> {
    let input = method.inputs.iter().find(|input| input.role == role)?;
    Some(&input.indicator)
}

/// Every year's figure the account asks for: from the year before growth begins for output and employment, as far
/// back as there is any for investment.
pub(super) fn asks_for<'m>(
    inputs: &Inputs<'_, '_>,
    method: &'m MethodUse,
) -> Vec<(&'m str, &'m Id, Period)> {
    let Some((from, to)) = growth_years(inputs.period) else {
        return Vec::new();
    };
    let mut asked = Vec::new();
    for input in &method.inputs {
        let first = match input.role.as_str() {
            "investment" => {
                first_investment(inputs, &input.indicator, from).unwrap_or(from.saturating_sub(1))
            }
            _ => from.saturating_sub(1),
        };
        let years = (first..=to).map(Period::Year);
        asked.extend(years.map(|year| (input.role.as_str(), &input.indicator, year)));
    }
    asked
}

/// The first of the years without a gap up to that before growth begins; none where that year itself has nothing.
fn first_investment(inputs: &Inputs<'_, '_>, id: &Id, from: i16) -> Option<i16> {
    let before = (1..=FARTHEST).map_while(|back| from.checked_sub(back));
    before
        .take_while(|year| inputs.held(id, Period::Year(*year)).is_some())
        .last()
}

fn account(inputs: &Inputs<'_, '_>, method: &MethodUse) -> Result<(Account, (i16, i16)), NoValue> {
    let (from, to) = growth_years(inputs.period).ok_or_else(|| {
        NoValue::of(
            "TFP chỉ tính được cho cả năm hoặc giai đoạn nhiều năm",
            "TFP is computed for whole years only",
        )
    })?;
    let series = |role: &str, first: i16| -> Result<Vec<f64>, NoValue> {
        let id = of_role(method, role).ok_or_else(|| {
            let role = role.to_owned();
            NoValue::of(format!("thiếu đầu vào {role}"), format!("no input {role}"))
        })?;
        let mut found = Vec::new();
        let mut lacking = Vec::new();
        for year in first..=to {
            let value = inputs.needed(id, Period::Year(year));
            match value.and_then(|value| value.to_f64()) {
                Some(value) => found.push(value),
                None => lacking.push(year.to_string()),
            }
        }
        if lacking.is_empty() {
            return Ok(found);
        }
        let (name, years) = (inputs.name(id), lacking.join(", "));
        Err(NoValue::of(
            format!("thiếu số liệu “{}” của {years}", name.vi),
            format!("there is no figure of \"{}\" for {years}", name.en),
        ))
    };
    let begin = from.saturating_sub(1);
    let invested = of_role(method, "investment");
    let investment_from = invested
        .and_then(|id| first_investment(inputs, id, from))
        .unwrap_or(begin);
    // All are asked for before one of them refuses, so that the page names everything that is lacking.
    let output = series("output", begin);
    let employed = series("employed", begin);
    let investment = series("investment", investment_from);
    let account = Account {
        investment_from,
        investment: investment?,
        from: begin,
        output: output?,
        employed: employed?,
    };
    Ok((account, (from, to)))
}

/// The parameters as the definition gives them.
struct Given<'a> {
    computed: &'a Computed,
}

impl Given<'_> {
    fn number(&self, name: &str) -> Result<f64, NoValue> {
        let parameter = self.computed.parameter(name);
        let value = parameter.and_then(|parameter| parameter.value?.to_f64());
        value.ok_or_else(|| {
            NoValue::of(
                format!("tham số `{name}` chưa xác định; điền vào định nghĩa của tỉnh"),
                format!("parameter `{name}` is not known; give it in the province's definition"),
            )
        })
    }

    fn choice(&self, name: &str) -> &str {
        let parameter = self.computed.parameter(name);
        parameter
            .and_then(|parameter| parameter.choice.as_deref())
            .unwrap_or_default()
    }

    /// The values of a number that may be defended: its own and steps over what is admissible. None where nothing is
    /// known of it.
    fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let parameter = self.computed.parameter(name)?;
        let mut all: Vec<Decimal> = parameter.value.into_iter().collect();
        if let (Some(min), Some(max)) = (parameter.min, parameter.max) {
            let step = (max - min) / Decimal::from(STEPS);
            all.extend((0..=STEPS).map(|n| min + step * Decimal::from(n)));
        }
        all.sort_unstable();
        all.dedup();
        let all: Vec<f64> = all.iter().filter_map(Decimal::to_f64).collect();
        (!all.is_empty()).then_some(all)
    }

    fn timing(&self) -> StockTiming {
        match self.choice("timing") {
            "year_average" => StockTiming::YearAverage,
            _ => StockTiming::YearEnd,
        }
    }

    fn period(&self) -> PeriodMethod {
        match self.choice("period") {
            "B" => PeriodMethod::SumOfYears,
            "D" => PeriodMethod::Logarithmic,
            _ => PeriodMethod::EndPoints,
        }
    }

    fn is_given(&self) -> bool {
        self.choice("initial") == "given"
    }

    fn labour_shares(&self, share: f64) -> Result<LabourShares, measure::Refusal> {
        let parameter = self.computed.parameter("labour_share");
        LabourShares::new(vec![LabourShare {
            from: i16::MIN,
            share,
            source: parameter.map_or_else(
                || self.computed.source.clone(),
                |parameter| parameter.source.clone(),
            ),
        }])
    }

    /// The parameters that the definition gives.
    fn parameters(&self) -> Result<Parameters, NoValue> {
        let initial = match self.is_given() {
            true => InitialStock::Given {
                stock: self.number("stock")?,
            },
            false => InitialStock::SteadyGrowth {
                growth: self.number("growth")?,
            },
        };
        let capital = Capital {
            depreciation: self.number("depreciation")?,
            initial,
            timing: self.timing(),
        };
        let labour_shares = self.labour_shares(self.number("labour_share")?)?;
        Ok(Parameters {
            period: self.period(),
            smallest_growth: self.number("smallest_growth")?,
            ..Parameters::new(capital, labour_shares)
        })
    }

    /// All parameters that may be defended; none while nothing is known of one of them.
    fn admissible(&self) -> Option<Admissible> {
        let initial = match self.is_given() {
            true => self
                .numbers("stock")?
                .into_iter()
                .map(|stock| InitialStock::Given { stock })
                .collect(),
            false => self
                .numbers("growth")?
                .into_iter()
                .map(|growth| InitialStock::SteadyGrowth { growth })
                .collect(),
        };
        let shares = self.numbers("labour_share")?.into_iter();
        Some(Admissible {
            depreciation: self.numbers("depreciation")?,
            initial,
            timing: vec![self.timing()],
            labour_shares: shares
                .filter_map(|share| self.labour_shares(share).ok())
                .collect(),
            period: vec![self.period()],
            smallest_growth: self.number("smallest_growth").ok()?,
        })
    }
}
