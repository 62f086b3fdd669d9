//! Which kind of target it is.

use catalogue::{Direction, Unit};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::Lang;

use crate::spec::{Cadence, Comparator, TargetSpec};

/// What a reported value says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reporting {
    /// How things stand at the end of the period.
    State,
    /// What was added in the period.
    Flow,
}

/// A way to follow a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracker {
    /// A value to be reached from below or from above.
    Level,
    /// A range to be reached; its nearer end is enough.
    Range,
    /// So many times, or so many per cent more than, a base that must be known.
    Multiple,
    /// Growth every year: the mean growth realised is compared, never a growth rate of growth rates.
    Growth,
    /// Things to be added up from the base year on.
    Count,
    /// A share to be kept; any drop is an alarm.
    Kept,
    /// A level of a few; it has no growth rate.
    Milestone,
    /// A place in a ranking; it has no growth rate, and no comparison across a change of who is ranked.
    Rank,
    /// A state that is reached or not.
    YesNo,
}

impl Tracker {
    /// The tracker a target asks for.
    pub fn of(target: &TargetSpec, unit: &Unit, reporting: Reporting) -> Tracker {
        let Some(comparator) = target.comparator else {
            return Tracker::YesNo;
        };
        let whole = *unit == Unit::Percent
            && target.value == Some(Decimal::ONE_HUNDRED)
            && target.cadence == Cadence::PerYear;
        match (unit, comparator) {
            (Unit::YesNo, _) => Tracker::YesNo,
            (Unit::Rank, _) => Tracker::Rank,
            (Unit::LevelOf7, _) => Tracker::Milestone,
            _ if target.direction == Direction::Maintain || whole => Tracker::Kept,
            (Unit::PercentPerYear, _) => Tracker::Growth,
            (_, Comparator::IncreaseByPct) if target.cadence == Cadence::PerYear => Tracker::Growth,
            (_, Comparator::MultiplyBy | Comparator::IncreaseByPct) => Tracker::Multiple,
            (_, Comparator::IncreaseCount) => Tracker::Count,
            _ if reporting == Reporting::Flow => Tracker::Count,
            (_, Comparator::Between) => Tracker::Range,
            _ => Tracker::Level,
        }
    }

    /// Whether a growth rate of its values means anything.
    pub(super) fn compounds(self) -> bool {
        matches!(self, Tracker::Level | Tracker::Range | Tracker::Multiple)
    }

    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Tracker::Level => lang.pick("mức phải đạt", "level"),
            Tracker::Range => lang.pick("khoảng phải đạt", "range"),
            Tracker::Multiple => lang.pick("so với mức gốc", "multiple of a base"),
            Tracker::Growth => lang.pick("tăng hằng năm", "growth a year"),
            Tracker::Count => lang.pick("cộng dồn", "cumulative count"),
            Tracker::Kept => lang.pick("duy trì", "kept"),
            Tracker::Milestone => lang.pick("cấp độ", "milestone"),
            Tracker::Rank => lang.pick("thứ hạng", "rank"),
            Tracker::YesNo => lang.pick("có hay không", "yes or no"),
        }
    }
}
