//! Forecasts of short yearly series (five to a dozen points).
//!
//! A small ensemble: the last value, a straight trend, a trend that trusts recent years more, and a damped one; their
//! mean, an interval, and a back-test by rolling origin. Nothing that needs more points: below some fifteen of them
//! ARIMA models fit noise. A share is forecast on the logit scale, so that it stays between 0 and 100.

mod models;

pub use models::{Holt, HoltStart, Smoothed, Trend, exponential_smoothing, holt, trend};

use catalogue::Unit;
use serde::{Deserialize, Serialize};
use viet::Lang;

use crate::figure::{Figure, Interval, Refusal};
use crate::stats::mean;

/// A member of the ensemble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Stays where it is.
    LastValue,
    /// A straight line by ordinary least squares.
    Trend,
    /// A straight line by least squares that trusts recent years more.
    RecentTrend,
    /// Holt's trend, damped.
    DampedTrend,
}

impl Model {
    /// Every member.
    pub const ALL: [Model; 4] = [
        Model::LastValue,
        Model::Trend,
        Model::RecentTrend,
        Model::DampedTrend,
    ];

    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Model::LastValue => lang.pick("giữ giá trị cuối", "last value"),
            Model::Trend => lang.pick("xu thế tuyến tính", "linear trend"),
            Model::RecentTrend => {
                lang.pick("xu thế, năm gần nặng hơn", "trend, recent years weigh more")
            }
            Model::DampedTrend => lang.pick("xu thế giảm dần", "damped trend"),
        }
    }
}

/// The scale on which models work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// As it is.
    Plain,
    /// `ln(p / (100 − p))`, for shares from 0 to 100.
    Logit,
}

/// What a forecast depends on; stored beside it. The members and their settings are a judgement, not a standard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// Members of the ensemble.
    pub models: Vec<Model>,
    /// The scale.
    pub scale: Scale,
    /// Part (0 to 1) of future values the interval of the trend is made for.
    pub coverage: f64,
    /// Weight of a year to that of the next, for the trend that trusts recent years more.
    pub decay: f64,
    /// The damped trend.
    pub holt: Holt,
    /// Fewest points.
    pub fewest: usize,
    /// Most years ahead.
    pub farthest: usize,
}

impl Parameters {
    /// Parameters for a unit: shares of a whole on the logit scale, anything else as it is.
    pub fn for_unit(unit: &Unit) -> Self {
        Self {
            models: Model::ALL.to_vec(),
            scale: match unit {
                Unit::Percent => Scale::Logit,
                _ => Scale::Plain,
            },
            coverage: 0.8,
            decay: 0.8,
            holt: Holt::default(),
            fewest: 5,
            farthest: 10,
        }
    }
}

/// The forecast for a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The year.
    pub year: i16,
    /// The mean of the members.
    pub value: Figure,
    /// From the lowest to the highest of the trend's prediction interval and the members.
    pub interval: Interval,
    /// What each member says.
    pub members: Vec<(Model, Figure)>,
}

/// How a member would have done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackTest {
    /// The member; none for the ensemble.
    pub model: Option<Model>,
    /// Mean absolute error, one year ahead, in the unit of the series.
    pub error: Figure,
    /// From how many origins.
    pub origins: usize,
}

/// A forecast and everything needed to judge it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// Year by year.
    pub points: Vec<Point>,
    /// The ensemble first, then its members; empty when the series is too short to leave a year out.
    pub back_test: Vec<BackTest>,
    /// What it depends on.
    pub parameters: Parameters,
}

/// How near a share may come to 0 and 100 on the logit scale, in points.
const EDGE: f64 = 0.01;

impl Scale {
    fn into(self, value: f64) -> f64 {
        match self {
            Scale::Plain => value,
            Scale::Logit => {
                let inside = value.clamp(EDGE, 100.0 - EDGE);
                (inside / (100.0 - inside)).ln()
            }
        }
    }

    fn out_of(self, value: f64) -> f64 {
        match self {
            Scale::Plain => value,
            Scale::Logit => 100.0 / (1.0 + (-value).exp()),
        }
    }
}

/// Forecasts a yearly series up to a year.
pub fn forecast(
    series: &[(i16, f64)],
    until: i16,
    unit: &Unit,
    parameters: &Parameters,
) -> Result<Forecast, Refusal> {
    let horizon = check(series, until, parameters)?;
    let values: Vec<f64> = series
        .iter()
        .map(|(_, value)| parameters.scale.into(*value))
        .collect();
    let ahead = ensemble(&values, horizon, parameters)?;
    let line = trend(&values, 1.0)?;
    let shown = |value: f64| Figure::new(parameters.scale.out_of(value), unit.clone());
    let last = series[series.len() - 1].0;
    let mut points = Vec::with_capacity(horizon);
    for step in 0..horizon {
        let said: Vec<f64> = ahead.iter().map(|(_, values)| values[step]).collect();
        let (low, high) = line.interval(values.len() + step, parameters.coverage)?;
        points.push(Point {
            year: last + step as i16 + 1,
            value: shown(mean(&said))?,
            interval: Interval {
                low: shown(said.iter().copied().fold(low, f64::min))?,
                high: shown(said.iter().copied().fold(high, f64::max))?,
            },
            members: ahead
                .iter()
                .map(|(model, values)| Ok((*model, shown(values[step])?)))
                .collect::<Result<_, Refusal>>()?,
        });
    }
    Ok(Forecast {
        points,
        back_test: back_test(&values, unit, parameters)?,
        parameters: parameters.clone(),
    })
}

fn check(series: &[(i16, f64)], until: i16, parameters: &Parameters) -> Result<usize, Refusal> {
    // A trend needs three points to have an interval, whatever the parameters say.
    let fewest = parameters.fewest.max(3);
    if series.len() < fewest {
        return Err(Refusal::new(
            format!(
                "mới có {} năm số liệu liên tục, cần ít nhất {fewest} để dự báo",
                series.len()
            ),
            format!(
                "{} consecutive yearly values are too few for a forecast; {fewest} are needed",
                series.len()
            ),
        ));
    }
    let consecutive = series.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0);
    let share = parameters.scale == Scale::Logit;
    let sound = series
        .iter()
        .all(|(_, value)| value.is_finite() && (!share || (0.0..=100.0).contains(value)));
    if !consecutive || !sound {
        return Err(Refusal::new(
            "chuỗi để dự báo phải gồm các năm liên tiếp; tỷ lệ phải từ 0 đến 100",
            "a forecast needs consecutive years, and shares between 0 and 100",
        ));
    }
    let settings = !parameters.models.is_empty()
        && parameters.coverage > 0.0
        && parameters.coverage < 1.0
        && parameters.decay > 0.0
        && parameters.decay <= 1.0;
    let ahead = until.checked_sub(series[series.len() - 1].0);
    match ahead.and_then(|years| usize::try_from(years).ok()) {
        Some(years) if settings && (1..=parameters.farthest).contains(&years) => Ok(years),
        _ => Err(Refusal::new(
            format!(
                "chỉ dự báo từ 1 đến {} năm sau năm cuối của chuỗi, với tham số hợp lệ",
                parameters.farthest
            ),
            format!(
                "forecasts reach 1 to {} years beyond the series, with sound parameters",
                parameters.farthest
            ),
        )),
    }
}

type Said = Vec<(Model, Vec<f64>)>;

fn ensemble(values: &[f64], horizon: usize, parameters: &Parameters) -> Result<Said, Refusal> {
    let along = |line: Trend| {
        let steps = values.len()..values.len() + horizon;
        steps.map(|at| line.at(at)).collect::<Vec<f64>>()
    };
    let said = |model: &Model| {
        let ahead = match model {
            Model::LastValue => vec![values[values.len() - 1]; horizon],
            Model::Trend => along(trend(values, 1.0)?),
            Model::RecentTrend => along(trend(values, parameters.decay)?),
            Model::DampedTrend => holt(values, &parameters.holt, horizon)?.ahead,
        };
        Ok((*model, ahead))
    };
    parameters.models.iter().map(said).collect()
}

/// Leaves out the end of the series from every origin that keeps enough points, and compares one year ahead.
fn back_test(
    values: &[f64],
    unit: &Unit,
    parameters: &Parameters,
) -> Result<Vec<BackTest>, Refusal> {
    // With one point fewer than a forecast needs, a member can still be tried.
    let first = parameters.fewest.max(3) - 1;
    let mut errors: Vec<Vec<f64>> = vec![Vec::new(); parameters.models.len() + 1];
    for origin in first..values.len() {
        let truth = parameters.scale.out_of(values[origin]);
        let said = ensemble(&values[..origin], 1, parameters)?;
        let each: Vec<f64> = said.iter().map(|(_, ahead)| ahead[0]).collect();
        let all = [&[mean(&each)], each.as_slice()].concat();
        for (errors, value) in errors.iter_mut().zip(all) {
            errors.push((parameters.scale.out_of(value) - truth).abs());
        }
    }
    let models = [None]
        .into_iter()
        .chain(parameters.models.iter().copied().map(Some));
    models
        .zip(&errors)
        .filter(|(_, errors)| !errors.is_empty())
        .map(|(model, errors)| {
            Ok(BackTest {
                model,
                error: Figure::new(mean(errors), unit.clone())?,
                origins: errors.len(),
            })
        })
        .collect()
}
