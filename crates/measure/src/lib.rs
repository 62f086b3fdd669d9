//! Target paths and statuses: arithmetic without a clock or a database.
//!
//! Statuses are derived, never typed: from a target and its observations, from a deadline and what became of the
//! result. The day on which the question is asked is always an argument.

mod path;
mod spec;
mod target;
mod task;

pub use path::{Progress, TargetPath, moment, progress};
pub use spec::{Baseline, Cadence, Comparator, TargetSpec, Thresholds};
pub use target::{Assessment, TargetStatus, target_status};
pub use task::{TaskResult, TaskStanding, TaskStatus, task_status};
