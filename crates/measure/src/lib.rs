//! Methods, roll-up, target paths and statuses: arithmetic without a clock or a database.
//!
//! Statuses are derived, never typed: from a target and its observations, from a deadline and what became of the
//! result. The day on which the question is asked is always an argument.

pub mod cascade;
pub mod composite;
pub mod digital_economy;
mod distribution;
mod figure;
pub mod forecast;
pub mod input_output;
mod matrix;
mod path;
pub mod rollup;
mod spec;
mod stats;
pub mod survey;
mod target;
mod task;
pub mod tfp;
pub mod tracker;

pub use figure::{Figure, Interval, Refusal};
pub use path::{Progress, TargetPath, moment, progress};
pub use spec::{Baseline, Cadence, Comparator, TargetSpec, Thresholds};
pub use stats::{excess_kurtosis, skewness};
pub use target::{Assessment, TargetStatus, target_status};
pub use task::{TaskResult, TaskStanding, TaskStatus, task_status};
