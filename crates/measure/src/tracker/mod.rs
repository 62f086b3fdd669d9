//! How a target is followed: typed trackers, since no single formula fits them all.
//!
//! First what has been reached, where the path stands and how far apart they are, in the unit of the indicator;
//! then a ratio R of what was done to what was needed, and one of five grades. Three ways to make R are in use by
//! others, and they can disagree: [`verdicts`] shows where. Rules of growth rates exaggerate on a tiny base and
//! count a series that stands still near its target as failing, which is why the gap comes first.
//!
//! Works on the same target, goal and path as [`crate::target_status`].

mod grade;
mod kind;
mod ratio;
mod track;

pub use grade::{Grade, GradeThresholds};
pub use kind::{Reporting, Tracker};
pub use ratio::{
    CompoundRatio, Extrapolation, compound_ratio, extrapolate, growth_rate, open_sdg_score,
};
pub use track::{RatioRule, Series, Tracked, TrackedTarget, Verdict, Verdicts, track, verdicts};
