//! What a target asks for, and the value that follows from it.

use catalogue::{Direction, Settings};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::path::TargetPath;

/// How a value is compared with what a text asks for; words as in the annotations of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparator {
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// Reaches; more (or less, where less is better) will do.
    #[serde(rename = "=")]
    Equal,
    /// About.
    #[serde(rename = "~")]
    About,
    /// From one value to another; the nearer end is enough.
    #[serde(rename = "between")]
    Between,
    /// So many times the baseline.
    #[serde(rename = "multiply_by")]
    MultiplyBy,
    /// So many per cent more than the baseline; every year more than the year before for a yearly target.
    #[serde(rename = "increase_by_pct")]
    IncreaseByPct,
    /// So many more than the baseline.
    #[serde(rename = "increase_count")]
    IncreaseCount,
}

impl Comparator {
    /// Every comparator.
    pub const ALL: [Comparator; 8] = [
        Comparator::AtLeast,
        Comparator::AtMost,
        Comparator::Equal,
        Comparator::About,
        Comparator::Between,
        Comparator::MultiplyBy,
        Comparator::IncreaseByPct,
        Comparator::IncreaseCount,
    ];

    /// The word written in annotations and files.
    pub fn word(self) -> &'static str {
        match self {
            Comparator::AtLeast => ">=",
            Comparator::AtMost => "<=",
            Comparator::Equal => "=",
            Comparator::About => "~",
            Comparator::Between => "between",
            Comparator::MultiplyBy => "multiply_by",
            Comparator::IncreaseByPct => "increase_by_pct",
            Comparator::IncreaseCount => "increase_count",
        }
    }

    /// The comparator a word stands for.
    pub fn from_word(word: &str) -> Option<Comparator> {
        Comparator::ALL
            .into_iter()
            .find(|comparator| comparator.word() == word)
    }

    /// Whether the value asked for is known only together with a baseline.
    pub fn needs_baseline(self) -> bool {
        matches!(
            self,
            Comparator::MultiplyBy | Comparator::IncreaseByPct | Comparator::IncreaseCount
        )
    }
}

/// Whether a target is reached once or year after year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
    /// By the end of the year named.
    ByYear,
    /// Every year up to the year named.
    PerYear,
}

/// The value from which a target counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Baseline {
    /// Year at whose end the value held.
    pub year: i16,
    /// The value.
    pub value: Decimal,
}

/// A target as far as arithmetic needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetSpec {
    /// How values are compared; none for a state that is reached (1) or not (0).
    pub comparator: Option<Comparator>,
    /// The value asked for; none for a state.
    pub value: Option<Decimal>,
    /// The other end of `between`.
    pub value_max: Option<Decimal>,
    /// More than, not at least.
    pub strict: bool,
    /// The year by whose end it shall be reached; none when the text names none.
    pub year: Option<i16>,
    /// Reached once or every year.
    pub cadence: Cadence,
    /// Where it started.
    pub baseline: Option<Baseline>,
    /// Which way is better, from the indicator.
    pub direction: Direction,
}

/// What counts as on track. See [`catalogue::ThresholdSettings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Part (0 to 1) of the way due that must be gone to be on track; also how near "about" is.
    pub on_track_share: Decimal,
    /// Part (0 to 1) of the way due below which a target is off track.
    pub off_track_share: Decimal,
}

impl From<&Settings> for Thresholds {
    fn from(settings: &Settings) -> Self {
        Self {
            on_track_share: settings.thresholds.on_track_share.value,
            off_track_share: settings.thresholds.off_track_share.value,
        }
    }
}

/// Where a value must lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) value: Decimal,
    /// The bound that satisfies; differs from `value` for "about".
    bound: Decimal,
    pub(crate) falling: bool,
    strict: bool,
}

impl Goal {
    pub(crate) fn is_met_by(&self, value: Decimal) -> bool {
        let (better, least) = if self.falling {
            (self.bound, value)
        } else {
            (value, self.bound)
        };
        if self.strict {
            better > least
        } else {
            better >= least
        }
    }
}

impl TargetSpec {
    /// Whether less is better for this target.
    pub fn is_falling(&self) -> bool {
        match self.comparator {
            Some(Comparator::AtMost) => true,
            Some(Comparator::AtLeast | Comparator::MultiplyBy | Comparator::IncreaseCount)
            | None => false,
            Some(Comparator::IncreaseByPct) => self.value.is_some_and(|pct| pct.is_sign_negative()),
            Some(Comparator::Equal | Comparator::About | Comparator::Between) => {
                self.direction == Direction::LowerIsBetter
            }
        }
    }

    pub(crate) fn is_state(&self) -> bool {
        self.comparator.is_none()
    }

    /// The value that must be reached by the end of a year; none without a number or without the baseline it
    /// counts from.
    pub(crate) fn goal_in(&self, year: i16, thresholds: Thresholds) -> Option<Goal> {
        let falling = self.is_falling();
        let value = match self.comparator {
            None => Decimal::ONE,
            Some(comparator) => self.resolve(comparator, year, falling)?,
        };
        let slack = match self.comparator {
            Some(Comparator::About) => value
                .abs()
                .checked_mul(Decimal::ONE - thresholds.on_track_share)?,
            _ => Decimal::ZERO,
        };
        let bound = if falling {
            value.checked_add(slack)?
        } else {
            value.checked_sub(slack)?
        };
        Some(Goal {
            value,
            bound,
            falling,
            strict: self.strict,
        })
    }

    fn resolve(&self, comparator: Comparator, year: i16, falling: bool) -> Option<Decimal> {
        let value = self.value?;
        let base = self.baseline;
        match comparator {
            Comparator::AtLeast | Comparator::AtMost | Comparator::Equal | Comparator::About => {
                Some(value)
            }
            Comparator::Between => Some(if falling {
                self.value_max.unwrap_or(value)
            } else {
                value
            }),
            Comparator::MultiplyBy => base?.value.checked_mul(value),
            Comparator::IncreaseCount => base?.value.checked_add(value),
            Comparator::IncreaseByPct => {
                let base = base?;
                let factor = Decimal::ONE + value.checked_div(Decimal::ONE_HUNDRED)?;
                let times = match self.cadence {
                    Cadence::ByYear => 1,
                    Cadence::PerYear => year.checked_sub(base.year)?.max(0),
                };
                (0..times).try_fold(base.value, |grown, _| grown.checked_mul(factor))
            }
        }
    }

    /// The path from a start to the goal. Yearly growth compounds; a constant yearly target stays where it is;
    /// anything else goes straight.
    pub(crate) fn path(
        &self,
        start: Baseline,
        year: i16,
        thresholds: Thresholds,
    ) -> Option<TargetPath> {
        let goal = |at: i16| self.goal_in(at, thresholds).map(|goal| (at, goal.value));
        if self.cadence == Cadence::PerYear {
            let points: Option<Vec<_>> = (start.year.min(year)..=year).map(goal).collect();
            return TargetPath::linear(points?);
        }
        if start.year >= year {
            return TargetPath::linear(vec![goal(year)?]);
        }
        TargetPath::linear(vec![(start.year, start.value), goal(year)?])
    }
}
