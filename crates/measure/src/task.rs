//! The status of an assigned task, derived from its deadline and from what became of its result.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use viet::Lang;

/// What became of the result of a task. Only the assigner makes a task done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "on")]
pub enum TaskResult {
    /// Nothing was handed in.
    None,
    /// Handed in on a day, waiting for the assigner.
    Submitted(Date),
    /// Handed in on a day and confirmed since.
    Confirmed(Date),
    /// Handed in and sent back: not done.
    Returned,
    /// The task itself was withdrawn.
    Withdrawn,
}

/// The status of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// The deadline has passed and the task is not done.
    Overdue,
    /// The result was sent back: not done.
    Returned,
    /// The deadline is near.
    DueSoon,
    /// The deadline lies ahead.
    InTime,
    /// Not done, and no deadline was set.
    NoDeadline,
    /// Done after its deadline.
    DoneLate,
    /// Done.
    Done,
    /// No longer to be done.
    Withdrawn,
}

impl TaskStatus {
    /// Every status, the most urgent first.
    pub const ALL: [TaskStatus; 8] = [
        TaskStatus::Overdue,
        TaskStatus::Returned,
        TaskStatus::DueSoon,
        TaskStatus::InTime,
        TaskStatus::NoDeadline,
        TaskStatus::DoneLate,
        TaskStatus::Done,
        TaskStatus::Withdrawn,
    ];

    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            TaskStatus::Overdue => lang.pick("quá hạn", "overdue"),
            TaskStatus::Returned => lang.pick("yêu cầu bổ sung", "returned"),
            TaskStatus::DueSoon => lang.pick("sắp đến hạn", "due soon"),
            TaskStatus::InTime => lang.pick("trong hạn", "in time"),
            TaskStatus::NoDeadline => lang.pick("không có thời hạn", "no deadline"),
            TaskStatus::DoneLate => lang.pick("hoàn thành quá hạn", "done late"),
            TaskStatus::Done => lang.pick("hoàn thành đúng hạn", "done"),
            TaskStatus::Withdrawn => lang.pick("đã thu hồi", "withdrawn"),
        }
    }

    /// The word used in addresses and files.
    pub fn word(self) -> &'static str {
        match self {
            TaskStatus::Overdue => "overdue",
            TaskStatus::Returned => "returned",
            TaskStatus::DueSoon => "due_soon",
            TaskStatus::InTime => "in_time",
            TaskStatus::NoDeadline => "no_deadline",
            TaskStatus::DoneLate => "done_late",
            TaskStatus::Done => "done",
            TaskStatus::Withdrawn => "withdrawn",
        }
    }

    /// The status a word stands for.
    pub fn from_word(word: &str) -> Option<TaskStatus> {
        TaskStatus::ALL
            .into_iter()
            .find(|status| status.word() == word)
    }

    /// A shape that tells it apart without colour; every shape is in the fonts of old offices (WGL4).
    pub fn shape(self) -> char {
        match self {
            TaskStatus::Overdue => '▼',
            TaskStatus::Returned => '◄',
            TaskStatus::DueSoon => '◊',
            TaskStatus::InTime => '►',
            TaskStatus::NoDeadline => '□',
            TaskStatus::DoneLate => '◘',
            TaskStatus::Done => '●',
            TaskStatus::Withdrawn => '▫',
        }
    }

    /// 0 for what must be looked at first.
    pub fn urgency(self) -> u8 {
        match self {
            TaskStatus::Overdue => 0,
            TaskStatus::Returned => 1,
            TaskStatus::DueSoon => 2,
            TaskStatus::InTime => 3,
            TaskStatus::NoDeadline => 4,
            TaskStatus::DoneLate => 5,
            TaskStatus::Done => 6,
            TaskStatus::Withdrawn => 7,
        }
    }

    /// Whether nothing is left to do.
    pub fn is_closed(self) -> bool {
        matches!(
            self,
            TaskStatus::Done | TaskStatus::DoneLate | TaskStatus::Withdrawn
        )
    }
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TaskStanding {
    /// The status shown.
    pub status: TaskStatus,
    /// The status by the deadline alone; differs from `status` only for a returned result.
    pub by_deadline: TaskStatus,
    /// A result waits for the assigner.
    pub awaits_confirmation: bool,
    /// Days until the deadline (negative: days past it), on the day that counts; none without a deadline or when
    /// the task was withdrawn.
    pub days_left: Option<i64>,
}

/// Derives the status of a task on a day.
///
/// A deadline includes its day. What counts for being late is the day on which the result was handed in, so that
/// waiting for the assigner makes nobody late. `due_soon_days` comes from the settings.
pub fn task_status(
    deadline: Option<Date>,
    result: TaskResult,
    today: Date,
    due_soon_days: u32,
) -> TaskStanding {
    let counted = match result {
        TaskResult::Submitted(on) | TaskResult::Confirmed(on) => on,
        TaskResult::None | TaskResult::Returned | TaskResult::Withdrawn => today,
    };
    let days_left = deadline.map(|deadline| days_between(counted, deadline));
    let open = match days_left {
        None => TaskStatus::NoDeadline,
        Some(days) if days < 0 => TaskStatus::Overdue,
        Some(days) if days <= i64::from(due_soon_days) => TaskStatus::DueSoon,
        Some(_) => TaskStatus::InTime,
    };
    let late = open == TaskStatus::Overdue;
    let (status, by_deadline, days_left) = match result {
        TaskResult::Withdrawn => (TaskStatus::Withdrawn, TaskStatus::Withdrawn, None),
        TaskResult::Confirmed(_) => {
            let done = if late {
                TaskStatus::DoneLate
            } else {
                TaskStatus::Done
            };
            (done, done, days_left)
        }
        TaskResult::Returned => (TaskStatus::Returned, open, days_left),
        // What was handed in on the last days is not due soon any more.
        TaskResult::Submitted(_) if open == TaskStatus::DueSoon => {
            (TaskStatus::InTime, TaskStatus::InTime, days_left)
        }
        TaskResult::None | TaskResult::Submitted(_) => (open, open, days_left),
    };
    let awaits_confirmation = matches!(result, TaskResult::Submitted(_));
    TaskStanding {
        status,
        by_deadline,
        awaits_confirmation,
        days_left,
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}
