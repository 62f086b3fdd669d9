//! The series of an indicator in an area, line by line: what a page draws, a table lists and a file holds.

use std::collections::BTreeSet;

use catalogue::{Id, Indicator, Stage};
use jiff::civil::Date;
use measure::forecast::{Forecast, Parameters, forecast};
use observation::columns::{Ask, Known, Value};
use observation::{Observation, ObservationId, SeriesKey};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use viet::{AreaKey, Period};

use super::asked::Map;
use crate::app::App;
use crate::assess::{self, Assessed};
use crate::ctx::Ctx;
use crate::failure::Failure;

/// What a line of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The observation that prevails.
    Stated,
    /// An observation that another one replaced.
    Replaced,
    /// The sum, mean or last of other figures.
    RolledUp,
    /// By the formula of the definition.
    Computed,
    /// What a forecast says.
    Forecast,
    /// What a target demands.
    Target,
}

impl Kind {
    /// How a value came about; none where there is nothing.
    pub fn of(value: &Value) -> Option<Self> {
        let rolled = value.rolled.as_ref();
        if value.stated.is_some() {
            return Some(Kind::Stated);
        }
        if rolled.is_some_and(|rolled| rolled.value.is_ok()) {
            return Some(Kind::RolledUp);
        }
        value.computed.as_ref().map(|_| Kind::Computed)
    }

    /// What it is called.
    pub fn label(self, ctx: &Ctx) -> &'static str {
        let (vi, en) = match self {
            Kind::Stated => ("đã ghi nhận", "recorded"),
            Kind::Replaced => ("lần công bố trước", "replaced"),
            Kind::RolledUp => ("tổng hợp từ số liệu thành phần", "rolled up"),
            Kind::Computed => ("tính theo công thức", "computed"),
            Kind::Forecast => ("dự báo", "forecast"),
            Kind::Target => ("chỉ tiêu", "target"),
        };
        ctx.lang.pick(vi, en)
    }

    fn word(self) -> &'static str {
        match self {
            Kind::Stated => "stated",
            Kind::Replaced => "replaced",
            Kind::RolledUp => "rolled_up",
            Kind::Computed => "computed",
            Kind::Forecast => "forecast",
            Kind::Target => "target",
        }
    }
}

/// A line of a series, as data.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub indicator: Id,
    pub area: AreaKey,
    pub period: Period,
    pub kind: Kind,
    pub value: Decimal,
    /// Lower end of a forecast's interval, or of the band over admissible parameters.
    pub low: Option<Decimal>,
    /// Its upper end.
    pub high: Option<Decimal>,
    /// Some of what it follows from is lacking.
    pub incomplete: bool,
    pub stage: Option<Stage>,
    pub vintage: Option<Date>,
    pub source: Option<String>,
    pub observation: Option<ObservationId>,
}

/// The columns of a series in a file.
pub const HEAD: [&str; 12] = [
    "indicator",
    "area",
    "period",
    "kind",
    "value",
    "low",
    "high",
    "incomplete",
    "stage",
    "vintage",
    "source",
    "observation",
];

impl Line {
    /// A line with nothing but its value.
    pub fn new(key: &SeriesKey, period: Period, kind: Kind, value: Decimal) -> Self {
        Self {
            indicator: key.indicator.clone(),
            area: key.area,
            period,
            kind,
            value,
            low: None,
            high: None,
            incomplete: false,
            stage: None,
            vintage: None,
            source: None,
            observation: None,
        }
    }

    fn stated(observation: &Observation, kind: Kind) -> Self {
        let figure = &observation.figure;
        Self {
            stage: Some(figure.stage),
            vintage: Some(figure.vintage),
            source: Some(figure.source.clone()),
            observation: Some(observation.id),
            ..Self::new(&observation.key, figure.period, kind, figure.value)
        }
    }

    /// What is shown of an area and period; none where nobody can tell it.
    pub fn of(key: &SeriesKey, value: &Value) -> Option<Self> {
        let band = value.computed.as_ref().and_then(|computed| computed.band);
        let stated = value.stated.as_ref();
        Some(Self {
            stage: stated.map(|stated| stated.stage),
            vintage: stated.map(|stated| stated.vintage),
            observation: stated.map(|stated| stated.id),
            low: band.map(|(low, _)| low),
            high: band.map(|(_, high)| high),
            incomplete: value.is_incomplete(),
            ..Self::new(key, value.period, Kind::of(value)?, value.shown()?)
        })
    }

    /// The line as a row of a file.
    pub fn cells(&self) -> Vec<String> {
        let decimal = |value: Option<Decimal>| value.map(|v| v.to_string()).unwrap_or_default();
        vec![
            self.indicator.to_string(),
            self.area.to_string(),
            self.period.to_string(),
            self.kind.word().to_owned(),
            self.value.to_string(),
            decimal(self.low),
            decimal(self.high),
            self.incomplete.to_string(),
            self.stage
                .map(|stage| stage.word().to_owned())
                .unwrap_or_default(),
            self.vintage.map(|day| day.to_string()).unwrap_or_default(),
            self.source.clone().unwrap_or_default(),
            self.observation
                .map(|id| id.to_string())
                .unwrap_or_default(),
        ]
    }
}

/// What is known of an indicator in an area.
pub struct AreaSeries {
    pub key: SeriesKey,
    pub known: Known,
    /// The observations that prevail, the earliest period first.
    pub stated: Vec<Observation>,
    /// Observations that others replaced.
    pub replaced: Vec<Observation>,
    /// Targets set for the area, by their year.
    pub targets: Vec<Assessed>,
    pub forecast: Result<Forecast, measure::Refusal>,
}

/// Years ahead of the last value that are forecast where no target says more.
const AHEAD: i16 = 5;

impl AreaSeries {
    /// Reads everything a page says of an area.
    pub async fn read(
        app: &App,
        ctx: &Ctx,
        indicator: &Indicator,
        area: AreaKey,
        map: Map,
    ) -> Result<Self, Failure> {
        let id = &indicator.def.id;
        let key = SeriesKey::new(id.clone(), area);
        let (scope, as_known) = (&ctx.scope, ctx.as_known);
        let all = observation::series(app.journal.db(), scope, &as_known, &key).await?;
        let ask = Ask {
            scope,
            as_known,
            indicator: id,
            view: map.view_of(ctx, area),
        };
        let every = indicator.series.periodicity;
        let series = app.columns.series(&ask, area, every).await?;
        let known = Known::new(all.observations, series);
        let order = &indicator.series.prevailing;
        let stated: Vec<Observation> = known.stated(order).into_iter().cloned().collect();
        let shown: BTreeSet<ObservationId> = stated.iter().map(|one| one.id).collect();
        let replaced = known.all.iter().filter(|one| !shown.contains(&one.id));
        let replaced = replaced.cloned().collect();
        let targets = targets(app, ctx, id, area).await?;
        let forecast = ahead(indicator, &known, &targets);
        Ok(Self {
            key,
            known,
            stated,
            replaced,
            targets,
            forecast,
        })
    }

    /// Is nothing known, and nothing demanded?
    pub fn is_empty(&self) -> bool {
        self.known.all.is_empty() && self.known.derived.is_empty()
    }

    /// Every line: the series in order of time, then what was replaced, what is forecast and what is demanded.
    pub fn lines(&self) -> Vec<Line> {
        let stated = self
            .stated
            .iter()
            .map(|one| Line::stated(one, Kind::Stated));
        let derived = self.known.derived.iter();
        let derived = derived.filter_map(|value| Line::of(&self.key, value));
        let mut lines: Vec<Line> = stated.chain(derived).collect();
        lines.sort_by_key(|line| line.period);
        lines.extend(
            self.replaced
                .iter()
                .map(|one| Line::stated(one, Kind::Replaced)),
        );
        if let Ok(forecast) = &self.forecast {
            lines.extend(
                forecast
                    .points
                    .iter()
                    .filter_map(|point| self.forecast_line(point)),
            );
        }
        lines.extend(self.targets.iter().filter_map(|target| {
            let year = target.row.target.terms.period.year?;
            let goal = target.assessment.goal?;
            Some(Line::new(&self.key, Period::Year(year), Kind::Target, goal))
        }));
        lines
    }

    fn forecast_line(&self, point: &measure::forecast::Point) -> Option<Line> {
        let decimal = |figure: &measure::Figure| figure.decimal(4);
        let value = decimal(&point.value)?;
        Some(Line {
            low: decimal(&point.interval.low),
            high: decimal(&point.interval.high),
            ..Line::new(&self.key, Period::Year(point.year), Kind::Forecast, value)
        })
    }
}

async fn targets(app: &App, ctx: &Ctx, id: &Id, area: AreaKey) -> Result<Vec<Assessed>, Failure> {
    let filter = programme::target::TargetFilter {
        indicator: Some(id.clone()),
        area: Some(area),
        ..programme::target::TargetFilter::default()
    };
    let (scope, as_known) = (&ctx.scope, ctx.as_known);
    let page = access::Page::ALL;
    let rows = programme::target::list(&app.journal, scope, as_known, &filter, page).await?;
    let mut targets = assess::assess(app, ctx, rows.rows).await?;
    targets.sort_by_key(|one| one.row.target.terms.period.year);
    Ok(targets)
}

/// The forecast of whole years, as far as the last target within reach.
fn ahead(
    indicator: &Indicator,
    known: &Known,
    targets: &[Assessed],
) -> Result<Forecast, measure::Refusal> {
    let values = known.values(&indicator.series.prevailing);
    let mut yearly: Vec<(i16, f64)> = values
        .into_iter()
        .filter_map(|(period, value)| match period {
            Period::Year(year) => Some((year, value.to_f64()?)),
            _ => None,
        })
        .collect();
    // A gap ends what a trend may be drawn through: the last years without one.
    let gap = yearly
        .windows(2)
        .rposition(|pair| pair[0].0 + 1 != pair[1].0);
    yearly.drain(..gap.map_or(0, |at| at + 1));
    let unit = &indicator.value.unit;
    let parameters = Parameters::for_unit(unit);
    let last = yearly.last().map_or(0, |(year, _)| *year);
    let farthest = i16::try_from(parameters.farthest).unwrap_or(AHEAD);
    let years = targets
        .iter()
        .filter_map(|one| one.row.target.terms.period.year);
    let reach = years
        .filter(|year| (last + 1..=last + farthest).contains(year))
        .max();
    let until = reach.unwrap_or_else(|| last.saturating_add(AHEAD));
    forecast(&yearly, until, unit, &parameters)
}
