//! How far ranks depend on the choices of the method: Monte Carlo over a plan that can be stored and replayed.

use serde::{Deserialize, Serialize};

use super::aggregate::{Aggregation, check_positive, check_weights, levels_above};
use super::build::{Built, Method};
use super::hierarchy::{Hierarchy, Weights};
use super::normalise::{Normalisation, normalise};
use super::table::{Table, ranks};
use super::treat::{Treatment, treat};
use super::weights::noisy;
use crate::figure::Refusal;
use crate::stats::{Uniform, mean, quantile};

/// The choices a plan draws from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// Most points winsorised.
    pub winmax: Vec<u32>,
    /// Scales.
    pub normalisations: Vec<Normalisation>,
    /// Ways to aggregate.
    pub aggregations: Vec<Aggregation>,
    /// Weights, one set each.
    pub weights: Vec<Weights>,
}

impl Options {
    /// Choices with weights drawn around given ones, evenly within ±`share`, on the levels of indicators and groups.
    pub fn with_noise(
        winmax: Vec<u32>,
        normalisations: Vec<Normalisation>,
        aggregations: Vec<Aggregation>,
        around: &Weights,
        share: f64,
        sets: usize,
        seed: u64,
    ) -> Self {
        Self {
            winmax,
            normalisations,
            aggregations,
            weights: noisy(around, share, sets, seed),
        }
    }
}

/// One choice of each: places in the lists of [`Options`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Which of `winmax`.
    pub winmax: usize,
    /// Which of `normalisations`.
    pub normalisation: usize,
    /// Which of `weights`.
    pub weights: usize,
    /// Which of `aggregations`.
    pub aggregation: usize,
}

/// Runs and the choices they refer to: all that is needed to get the same ranks again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The choices.
    pub options: Options,
    /// The runs, in order.
    pub runs: Vec<Run>,
}

/// How many choices of a method a plan varies.
pub(super) const FACTORS: usize = 4;

impl Plan {
    fn check(&self, hierarchy: &Hierarchy) -> Result<(), Refusal> {
        let options = &self.options;
        for weights in &options.weights {
            check_weights(hierarchy, weights)?;
        }
        let inside = self.runs.iter().all(|run| {
            run.winmax < options.winmax.len()
                && run.normalisation < options.normalisations.len()
                && run.weights < options.weights.len()
                && run.aggregation < options.aggregations.len()
        });
        if inside {
            return Ok(());
        }
        Err(Refusal::new(
            "kế hoạch chạy lặp nhắc tới lựa chọn không có trong danh sách",
            "the plan refers to a choice that is not in its lists",
        ))
    }
}

/// The run four numbers between 0 and 1 stand for.
pub(super) fn run_at(options: &Options, at: [f64; FACTORS]) -> Run {
    let pick =
        |share: f64, count: usize| ((share * count as f64) as usize).min(count.saturating_sub(1));
    Run {
        winmax: pick(at[0], options.winmax.len()),
        normalisation: pick(at[1], options.normalisations.len()),
        weights: pick(at[2], options.weights.len()),
        aggregation: pick(at[3], options.aggregations.len()),
    }
}

/// Draws a plan; the same seed gives the same plan.
pub fn draw(options: Options, replications: usize, seed: u64) -> Plan {
    let mut uniform = Uniform::seeded(seed);
    let runs = (0..replications)
        .map(|_| run_at(&options, std::array::from_fn(|_| uniform.next())))
        .collect();
    Plan { options, runs }
}

/// How far the rank of a unit goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankSpread {
    /// The unit.
    pub unit: String,
    /// Its rank by the method itself; none without a score.
    pub nominal: Option<u32>,
    /// Mean over the runs.
    pub mean: f64,
    /// Median over the runs.
    pub median: f64,
    /// 5th percentile.
    pub low: f64,
    /// 95th percentile.
    pub high: f64,
}

/// What a plan led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// The units, in the order of scores and ranks.
    pub units: Vec<String>,
    /// For each run the score of every unit; NaN where it has none.
    pub scores: Vec<Vec<f64>>,
    /// For each run the rank of every unit; 0 where it has none.
    pub ranks: Vec<Vec<u32>>,
}

impl Replayed {
    /// The spread of each unit's rank around the nominal one.
    pub fn spreads(&self, nominal: &[Option<u32>]) -> Vec<RankSpread> {
        let spread = |(at, unit): (usize, &String)| {
            let mut found: Vec<f64> = self
                .ranks
                .iter()
                .filter(|ranks| ranks[at] > 0)
                .map(|ranks| f64::from(ranks[at]))
                .collect();
            found.sort_by(f64::total_cmp);
            RankSpread {
                unit: unit.clone(),
                nominal: nominal.get(at).copied().flatten(),
                mean: mean(&found),
                median: quantile(&found, 0.5),
                low: quantile(&found, 0.05),
                high: quantile(&found, 0.95),
            }
        };
        self.units.iter().enumerate().map(spread).collect()
    }

    /// For each run the mean absolute distance of ranks from the nominal ones, over units ranked in both.
    pub fn rank_changes(&self, nominal: &[Option<u32>]) -> Vec<f64> {
        let change = |ranks: &Vec<u32>| {
            let distances: Vec<f64> = ranks
                .iter()
                .zip(nominal)
                .filter(|(rank, _)| **rank > 0)
                .filter_map(|(rank, nominal)| Some(f64::from(rank.abs_diff((*nominal)?))))
                .collect();
            mean(&distances)
        };
        self.ranks.iter().map(change).collect()
    }
}

/// Runs a plan on what was built up to screening. Treating and normalising is done once for each combination of
/// their choices; a run is then no more than sums.
pub fn replay(
    built: &Built,
    hierarchy: &Hierarchy,
    method: &Method,
    plan: &Plan,
) -> Result<Replayed, Refusal> {
    plan.check(hierarchy)?;
    let options = &plan.options;
    let combinations = options.winmax.len() * options.normalisations.len();
    let mut prepared: Vec<Option<Table>> = vec![None; combinations];
    let (mut scores, mut places) = (Vec::new(), Vec::new());
    for run in &plan.runs {
        let slot = run.winmax * options.normalisations.len() + run.normalisation;
        let table = prepared[slot].get_or_insert_with(|| {
            let treatment = Treatment {
                winmax: options.winmax[run.winmax],
                ..method.treat.unwrap_or_default()
            };
            let (treated, _) = treat(&built.screened, &treatment);
            normalise(
                &treated,
                hierarchy,
                &options.normalisations[run.normalisation],
            )
            .0
        });
        let how = options.aggregations[run.aggregation];
        check_positive(table, how)?;
        let weights = &options.weights[run.weights];
        let above = levels_above(&table.columns, hierarchy, weights, how);
        // A checked hierarchy has a level above the indicators, and one element on its last.
        let top = above.into_iter().flatten().next_back().unwrap_or_default();
        places.push(ranks(&top));
        scores.push(top);
    }
    Ok(Replayed {
        units: built.screened.units.clone(),
        scores,
        ranks: places,
    })
}
