//! The way a value has to go from where it stood to where it shall be.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::Period;

/// The moment at which a period ends, in years: `2025` for the year 2025, `2024.75` for its third quarter.
/// Civil months; the half month by which administrative reports run ahead is neglected.
pub fn moment(period: Period) -> Decimal {
    let quarters =
        |year: i16, count: u8| Decimal::from(year - 1) + Decimal::new(25 * i64::from(count), 2);
    match period {
        Period::Year(year) => Decimal::from(year),
        Period::HalfYear { year, half, .. } => quarters(year, half * 2),
        Period::Quarter { year, quarter, .. } => quarters(year, quarter),
        Period::NineMonths(year) => quarters(year, 3),
        Period::Month { year, month, .. } => {
            Decimal::from(year - 1) + Decimal::from(month) / Decimal::from(12)
        }
        Period::Years { to, .. } => Decimal::from(to),
    }
}

/// The values due on the way to a target. Years are those at whose end a value is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PathParts", into = "PathParts")]
pub struct TargetPath {
    points: Vec<(i16, Decimal)>,
    stepwise: bool,
}

/// A path as it is written down.
#[derive(Serialize, Deserialize)]
struct PathParts {
    points: Vec<(i16, Decimal)>,
    stepwise: bool,
}

impl TryFrom<PathParts> for TargetPath {
    type Error = &'static str;

    fn try_from(parts: PathParts) -> Result<Self, Self::Error> {
        TargetPath::new(parts.points, parts.stepwise)
            .ok_or("a path needs points in ascending order of their years")
    }
}

impl From<TargetPath> for PathParts {
    fn from(path: TargetPath) -> Self {
        PathParts {
            points: path.points,
            stepwise: path.stepwise,
        }
    }
}

impl TargetPath {
    /// A path of straight lines between points; none without a point or when the years do not ascend.
    pub fn linear(points: Vec<(i16, Decimal)>) -> Option<Self> {
        Self::new(points, false)
    }

    /// A path that stays at a value until the year of the next one; none without a point or when the years do not
    /// ascend.
    pub fn stepwise(points: Vec<(i16, Decimal)>) -> Option<Self> {
        Self::new(points, true)
    }

    fn new(points: Vec<(i16, Decimal)>, stepwise: bool) -> Option<Self> {
        let ascending = points.windows(2).all(|pair| pair[0].0 < pair[1].0);
        (!points.is_empty() && ascending).then_some(Self { points, stepwise })
    }

    /// The points: year and value, in ascending order.
    pub fn points(&self) -> &[(i16, Decimal)] {
        &self.points
    }

    /// The value due at a moment (see [`moment`]). Before the first point its value, after the last one its value.
    /// None when the arithmetic leaves the range of decimals.
    pub fn value_at(&self, at: Decimal) -> Option<Decimal> {
        let after = self
            .points
            .iter()
            .position(|(year, _)| Decimal::from(*year) > at);
        match after {
            Some(0) => self.points.first().map(|(_, value)| *value),
            None => self.points.last().map(|(_, value)| *value),
            Some(next) => {
                let ((year, value), (next_year, next_value)) =
                    (self.points[next - 1], self.points[next]);
                if self.stepwise {
                    return Some(value);
                }
                let way = next_value.checked_sub(value)?;
                let gone = at.checked_sub(Decimal::from(year))?;
                value.checked_add(
                    way.checked_mul(gone)?
                        .checked_div(Decimal::from(next_year - year))?,
                )
            }
        }
    }
}

/// How far a value has come between baseline and target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The value due by a straight line.
    pub path_value: Decimal,
    /// The value minus the value due, in the unit of the indicator.
    pub gap: Decimal,
    /// Part of the way gone, in per cent; none when baseline and target are the same.
    pub progress_pct: Option<Decimal>,
    /// Part of the time gone, in per cent.
    pub elapsed_pct: Decimal,
    /// What has to be added every year from now on; none when no time is left.
    pub required_per_year: Option<Decimal>,
}

/// Measures a value against the straight line from a baseline (year, value) to a target (year, value).
/// None when the target does not lie after the baseline or the arithmetic leaves the range of decimals.
pub fn progress(
    base: (i16, Decimal),
    now: (Decimal, Decimal),
    target: (i16, Decimal),
) -> Option<Progress> {
    let hundred = Decimal::ONE_HUNDRED;
    let path_value = TargetPath::linear(vec![base, target])?.value_at(now.0)?;
    let (span, gone) = (
        Decimal::from(target.0 - base.0),
        now.0 - Decimal::from(base.0),
    );
    let (way, left) = (
        target.1.checked_sub(base.1)?,
        Decimal::from(target.0) - now.0,
    );
    let walked = now.1.checked_sub(base.1)?.checked_mul(hundred)?;
    Some(Progress {
        path_value,
        gap: now.1.checked_sub(path_value)?,
        progress_pct: walked.checked_div(way),
        elapsed_pct: (gone * hundred).checked_div(span)?,
        required_per_year: (left > Decimal::ZERO)
            .then(|| target.1.checked_sub(now.1)?.checked_div(left))
            .flatten(),
    })
}
