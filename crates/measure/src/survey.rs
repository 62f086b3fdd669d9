//! Estimates from samples, for what no register can count, such as enterprises that innovate.
//!
//! Answers are drawn within strata (kinds or sizes of enterprises). An answer stands for as many of the population
//! as its weight says; without weights each stands for its stratum's population over its answers. Shares and means
//! are ratios of weighted sums; their variance is that of the linearised values, summed over strata, with the
//! correction for a finite population (Cochran, *Sampling Techniques*, 3rd ed. 1977, chapters 5 and 6; Särndal,
//! Swensson and Wretman, *Model Assisted Survey Sampling*, 1992, section 5.7), the same as R's `survey::svymean`.
//!
//! The interval of a mean or a total is by Student's distribution with answers less strata degrees of freedom. The
//! interval of a share is the exact one of Clopper and Pearson for the effective number of answers (Korn and
//! Graubard, *Survey Methodology* 24, 1998, pages 193 to 201), which holds for rare answers and small samples; the
//! effective number is held to the answers there are, as the National Center for Health Statistics does (Parker et
//! al., *Vital and Health Statistics* 2/175, 2017).

use catalogue::Unit;
use serde::{Deserialize, Serialize};

use crate::distribution;
use crate::figure::{Figure, Interval, Refusal};

/// A part of the population within which answers were drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Its name.
    pub name: String,
    /// How many it has, where that is known.
    pub population: Option<u64>,
}

/// What one of the sample answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// Number of its stratum, from 0.
    pub stratum: usize,
    /// How many of the population it stands for; none for its stratum's population over its answers.
    pub weight: Option<f64>,
    /// The answer; none when there was none.
    pub answer: Option<f64>,
}

/// What is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sought {
    /// The share of those who answered 1 (yes) and not 0 (no), in percent.
    Share,
    /// How many answered yes, or the sum of the answers, over the whole population.
    Total,
    /// The mean answer.
    Mean,
}

impl Sought {
    /// What a unit asks for.
    pub fn of(unit: &Unit) -> Self {
        match unit {
            Unit::Percent => Sought::Share,
            Unit::Count(_) | Unit::BillionVnd => Sought::Total,
            _ => Sought::Mean,
        }
    }
}

/// What an estimate depends on besides the answers; stored beside it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// Part (0 to 1) of such samples whose interval holds the true value.
    pub level: f64,
    /// Fewest answers, real and effective, on which a share is firm.
    pub fewest: usize,
    /// Width of the interval of a share in percentage points from which it is not firm.
    pub widest: f64,
}

impl Default for Parameters {
    /// 95 %, and the first two rules of the National Center for Health Statistics (2017) for publishing a share.
    fn default() -> Self {
        Self {
            level: 0.95,
            fewest: 30,
            widest: 30.0,
        }
    }
}

/// What a stratum tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// How many it has: given, or the sum of the weights.
    pub population: f64,
    /// How many of it were asked.
    pub asked: usize,
    /// How many of them answered.
    pub answers: usize,
    /// Its share in percent, or its mean.
    pub value: f64,
}

/// An estimate with what is needed to judge it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub figure: Figure,
    /// Where the true value lies with the level of the parameters.
    pub interval: Interval,
    /// Standard error, in the unit of the figure.
    pub standard_error: f64,
    /// How many were asked.
    pub asked: usize,
    /// How many of them answered.
    pub answers: usize,
    /// How many answers of a simple random sample would tell as much; none when nothing varies.
    pub effective: Option<f64>,
    /// Whether it rests on enough to be published; a mean or total by its number of answers alone.
    pub firm: bool,
    /// Stratum by stratum.
    pub parts: Vec<Part>,
}

/// A stratum's answers with their weights.
struct Drawn<'a> {
    stratum: &'a Stratum,
    asked: usize,
    pairs: Vec<(f64, f64)>,
}

impl Drawn<'_> {
    fn weight(&self) -> f64 {
        self.pairs.iter().map(|(w, _)| w).sum()
    }

    fn weighted(&self) -> f64 {
        self.pairs.iter().map(|(w, y)| w * y).sum()
    }

    /// The part of the population that was not counted: 1 where its size is not known.
    fn uncounted(&self) -> f64 {
        match self.stratum.population {
            Some(population) => 1.0 - self.pairs.len() as f64 / population as f64,
            None => 1.0,
        }
    }

    /// Variance that the stratum adds to the sum of linearised values.
    fn variance(&self, linear: impl Fn(f64, f64) -> f64) -> f64 {
        let n = self.pairs.len() as f64;
        if self.uncounted() <= 0.0 {
            return 0.0;
        }
        let values: Vec<f64> = self.pairs.iter().map(|(w, y)| linear(*w, *y)).collect();
        self.uncounted() * n * crate::stats::variance(&values)
    }
}

/// Estimates a share, total or mean of a population from a sample of it.
///
/// # Errors
/// A stratum without an answer, or with a single one although more of it were not asked; more answers than the
/// stratum has; weights that are not above zero; neither weights nor a population; answers to a yes-no question
/// that are neither 0 nor 1.
pub fn estimate(
    strata: &[Stratum],
    responses: &[Response],
    sought: Sought,
    unit: &Unit,
    parameters: Parameters,
) -> Result<Estimate, Refusal> {
    let drawn = drawn(strata, responses, sought)?;
    let weight: f64 = drawn.iter().map(Drawn::weight).sum();
    let mean = drawn.iter().map(Drawn::weighted).sum::<f64>() / weight;
    let of_mean: f64 = (drawn.iter())
        .map(|d| d.variance(|w, y| w * (y - mean) / weight))
        .sum();
    let answers: usize = drawn.iter().map(|d| d.pairs.len()).sum();
    let degrees = (answers - drawn.len()) as f64;
    let spread = simple_variance(&drawn, mean, weight);
    let effective = (of_mean > 0.0).then(|| spread / of_mean);
    let binary = (drawn.iter().flat_map(|d| &d.pairs)).all(|(_, y)| *y == 0.0 || *y == 1.0);
    let known = drawn.iter().all(|d| d.stratum.population.is_some())
        && responses.iter().all(|r| r.weight.is_none());
    let (scale, error) = match sought {
        Sought::Share => (100.0, of_mean.sqrt()),
        Sought::Mean => (1.0, of_mean.sqrt()),
        // With the population known the total is a multiple of the mean; else its size is estimated too.
        Sought::Total if known => (weight, of_mean.sqrt()),
        Sought::Total => {
            let of_total: f64 = drawn.iter().map(|d| d.variance(|w, y| w * y)).sum();
            (weight, of_total.sqrt() / weight)
        }
    };
    let (low, high) = if binary && (sought == Sought::Share || known) {
        let counted = drawn.iter().all(|d| d.uncounted() <= 0.0);
        share_interval(mean, effective, answers, degrees, counted, parameters.level)
    } else {
        // Where everybody was asked there is no error, and no degree of freedom either.
        let reach = match error {
            0.0 => 0.0,
            _ => error * distribution::student(f64::midpoint(1.0, parameters.level), degrees),
        };
        (mean - reach, mean + reach)
    };
    let at = |value: f64| Figure::new(value * scale, unit.clone());
    let enough =
        effective.unwrap_or(answers as f64).min(answers as f64) >= parameters.fewest as f64;
    Ok(Estimate {
        figure: at(mean)?,
        interval: Interval {
            low: at(low)?,
            high: at(high)?,
        },
        standard_error: error * scale,
        asked: responses.len(),
        answers,
        effective,
        firm: enough && (sought != Sought::Share || (high - low) * 100.0 < parameters.widest),
        parts: drawn.iter().map(|d| part(d, sought)).collect(),
    })
}

/// The answers by stratum, each with its weight.
fn drawn<'a>(
    strata: &'a [Stratum],
    responses: &[Response],
    sought: Sought,
) -> Result<Vec<Drawn<'a>>, Refusal> {
    let mut drawn: Vec<Drawn<'a>> = (strata.iter())
        .map(|stratum| Drawn {
            stratum,
            asked: 0,
            pairs: Vec::new(),
        })
        .collect();
    for response in responses {
        let Some(of) = drawn.get_mut(response.stratum) else {
            return Err(Refusal::new(
                "một phiếu thuộc tầng không có trong danh sách tầng",
                "a response belongs to a stratum that is not listed",
            ));
        };
        of.asked += 1;
        let Some(answer) = response.answer else {
            continue;
        };
        let weight = response.weight.unwrap_or(1.0);
        if !(weight.is_finite() && weight > 0.0 && answer.is_finite()) {
            return Err(Refusal::new(
                "trọng số phải là số lớn hơn 0 và câu trả lời phải là số",
                "a weight must be a number above 0 and an answer must be a number",
            ));
        }
        if sought == Sought::Share && answer != 0.0 && answer != 1.0 {
            return Err(Refusal::new(
                "câu hỏi có hay không chỉ nhận 1 (có) hoặc 0 (không)",
                "a yes-no question takes 1 (yes) or 0 (no)",
            ));
        }
        of.pairs.push((weight, answer));
    }
    let weighted = responses.iter().any(|r| r.weight.is_some());
    for of in &mut drawn {
        complete(of, weighted)?;
    }
    if drawn.is_empty() {
        return Err(Refusal::new("chưa có tầng nào", "there is no stratum"));
    }
    Ok(drawn)
}

/// Gives each answer of a stratum its weight, or says why the stratum cannot stand.
fn complete(of: &mut Drawn<'_>, weighted: bool) -> Result<(), Refusal> {
    let (name, n) = (&of.stratum.name, of.pairs.len() as u64);
    if n == 0 {
        return Err(Refusal::new(
            format!("tầng «{name}» không có phiếu trả lời nào; hãy gộp với tầng gần nó nhất"),
            format!("stratum “{name}” has no answer; join it with the one most like it"),
        ));
    }
    match of.stratum.population {
        Some(population) if population < n => Err(Refusal::new(
            format!("tầng «{name}» có {n} phiếu trả lời nhưng quy mô chỉ là {population}"),
            format!("stratum “{name}” has {n} answers but a population of {population}"),
        )),
        Some(population) if n == 1 && population > 1 => Err(single(name)),
        None if n == 1 => Err(single(name)),
        None if !weighted => Err(Refusal::new(
            format!("tầng «{name}» chưa có quy mô và phiếu không có trọng số; cần một trong hai"),
            format!(
                "stratum “{name}” has no population and its answers no weight; one of them is needed"
            ),
        )),
        Some(population) if !weighted => {
            let weight = population as f64 / n as f64;
            of.pairs.iter_mut().for_each(|(w, _)| *w = weight);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn single(name: &str) -> Refusal {
    Refusal::new(
        format!(
            "tầng «{name}» chỉ có một phiếu trả lời nên không biết sai số; hãy gộp với tầng gần nó nhất"
        ),
        format!(
            "stratum “{name}” has a single answer, so its error is not known; join it with the one most like it"
        ),
    )
}

/// Variance of one answer drawn from the whole population.
fn simple_variance(drawn: &[Drawn<'_>], mean: f64, weight: f64) -> f64 {
    let pairs = drawn.iter().flat_map(|d| &d.pairs);
    pairs.map(|(w, y)| w * (y - mean).powi(2)).sum::<f64>() / weight
}

/// The interval of a share, as fractions.
fn share_interval(
    share: f64,
    effective: Option<f64>,
    answers: usize,
    degrees: f64,
    counted: bool,
    level: f64,
) -> (f64, f64) {
    if counted {
        return (share, share);
    }
    let (n, upper) = (answers as f64, f64::midpoint(1.0, level));
    let adjusted = distribution::student(upper, n - 1.0) / distribution::student(upper, degrees);
    let effective = (effective.unwrap_or(n) * adjusted.powi(2)).min(n);
    let (yes, no) = (effective * share, effective * (1.0 - share));
    let low = if yes > 0.0 {
        distribution::beta(1.0 - upper, yes, no + 1.0)
    } else {
        0.0
    };
    let high = if no > 0.0 {
        distribution::beta(upper, yes + 1.0, no)
    } else {
        1.0
    };
    (low, high)
}

fn part(drawn: &Drawn<'_>, sought: Sought) -> Part {
    let mean = drawn.weighted() / drawn.weight();
    Part {
        name: drawn.stratum.name.clone(),
        population: match drawn.stratum.population {
            Some(population) => population as f64,
            None => drawn.weight(),
        },
        asked: drawn.asked,
        answers: drawn.pairs.len(),
        value: match sought {
            Sought::Share => mean * 100.0,
            Sought::Total | Sought::Mean => mean,
        },
    }
}
