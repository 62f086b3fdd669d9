//! Statuses of tasks for the database: the rule of `measure`, as conditions.

use std::collections::BTreeMap;

use access::{AsKnown, OrgId, Refusal, Scope, SqlFilter};
use jiff::ToSpan;
use jiff::civil::Date;
use journal::{Journal, params};
use measure::TaskStatus;
use serde::{Deserialize, Serialize};

use super::read::{TaskFilter, filtered};
use super::state::{Judgement, TaskState};

/// How far the result of a task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Nothing was handed in, or it was taken back.
    None,
    /// Handed in, not judged yet.
    Submitted,
    /// Judged: not done.
    Returned,
    /// Judged: done.
    Confirmed,
    /// The task itself is no longer demanded.
    Withdrawn,
}

impl Progress {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Progress::None => "none",
            Progress::Submitted => "submitted",
            Progress::Returned => "returned",
            Progress::Confirmed => "confirmed",
            Progress::Withdrawn => "withdrawn",
        }
    }
}

impl TaskState {
    /// How far its result has come.
    pub fn progress(&self) -> Progress {
        let judgement = self.current_result().map(|result| &result.judgement);
        match judgement {
            _ if self.withdrawn.is_some() => Progress::Withdrawn,
            None | Some(Judgement::Withdrawn { .. }) => Progress::None,
            Some(Judgement::Waiting) => Progress::Submitted,
            Some(Judgement::Returned { .. }) => Progress::Returned,
            Some(Judgement::Confirmed { .. }) => Progress::Confirmed,
        }
    }

    /// What became of its result, as `measure` asks for it.
    pub fn result(&self) -> measure::TaskResult {
        let on = self.current_result().map(|result| result.on);
        match (self.progress(), on) {
            (Progress::Withdrawn, _) => measure::TaskResult::Withdrawn,
            (Progress::Submitted, Some(on)) => measure::TaskResult::Submitted(on),
            (Progress::Confirmed, Some(on)) => measure::TaskResult::Confirmed(on),
            (Progress::Returned, _) => measure::TaskResult::Returned,
            _ => measure::TaskResult::None,
        }
    }
}

/// Text of the condition under which a task has a status. `$today` and `$soon` stand for the day asked
/// for and the last day that is near.
fn rule(status: TaskStatus) -> &'static str {
    match status {
        TaskStatus::Withdrawn => "t.progress = 'withdrawn'",
        TaskStatus::Done => {
            "t.progress = 'confirmed' AND (t.deadline IS NULL OR t.deadline >= t.submitted_on)"
        }
        TaskStatus::DoneLate => "t.progress = 'confirmed' AND t.deadline < t.submitted_on",
        TaskStatus::Returned => "t.progress = 'returned'",
        TaskStatus::Overdue => {
            "(t.progress = 'none' AND t.deadline < $today) \
             OR (t.progress = 'submitted' AND t.deadline < t.submitted_on)"
        }
        TaskStatus::DueSoon => {
            "t.progress = 'none' AND t.deadline >= $today AND t.deadline <= $soon"
        }
        TaskStatus::InTime => {
            "(t.progress = 'none' AND t.deadline > $soon) \
             OR (t.progress = 'submitted' AND t.deadline >= t.submitted_on)"
        }
        TaskStatus::NoDeadline => "t.progress IN ('none', 'submitted') AND t.deadline IS NULL",
    }
}

/// The condition under which a row `t` of tasks has a status on a day; two parameters from `first`.
pub fn status_sql(status: TaskStatus, day: Date, due_soon_days: u32, first: usize) -> SqlFilter {
    numbered(&format!("({})", rule(status)), day, due_soon_days, first)
}

/// The status of a row `t` as its word.
fn word_sql(day: Date, due_soon_days: u32, first: usize) -> SqlFilter {
    cases(day, due_soon_days, first, |status| {
        format!("'{}'", status.word())
    })
}

/// The urgency of a row `t`: 0 for what must be looked at first.
pub(crate) fn urgency_sql(day: Date, due_soon_days: u32, first: usize) -> SqlFilter {
    cases(day, due_soon_days, first, |status| {
        status.urgency().to_string()
    })
}

fn cases(
    day: Date,
    due_soon_days: u32,
    first: usize,
    value: impl Fn(TaskStatus) -> String,
) -> SqlFilter {
    let whens: Vec<String> = TaskStatus::ALL
        .into_iter()
        .map(|status| format!("WHEN {} THEN {}", rule(status), value(status)))
        .collect();
    let text = format!("CASE {} END", whens.join(" "));
    numbered(&text, day, due_soon_days, first)
}

/// Both parameters are always named, since PostgreSQL must know the type of each: a comparison that
/// is always true does it.
fn numbered(text: &str, day: Date, due_soon_days: u32, first: usize) -> SqlFilter {
    let soon = day
        .checked_add(i64::from(due_soon_days).days())
        .unwrap_or(Date::MAX);
    let (today_at, soon_at) = (format!("${first}"), format!("${}", first + 1));
    let mut sql = text.replace("$today", &today_at).replace("$soon", &soon_at);
    for at in [today_at, soon_at] {
        if !text_names(&sql, &at) {
            sql = format!("({sql} AND CAST({at} AS TEXT) IS NOT NULL)");
        }
    }
    SqlFilter {
        sql,
        params: params![day, soon],
    }
}

/// Does a statement name a parameter, and not merely one whose number begins alike?
fn text_names(sql: &str, at: &str) -> bool {
    sql.match_indices(at)
        .any(|(i, _)| !sql[i + at.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

/// How many tasks stand how; only statuses that occur.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts(BTreeMap<&'static str, u64>);

impl Counts {
    /// Tasks of a status.
    pub fn of(&self, status: TaskStatus) -> u64 {
        self.0.get(status.word()).copied().unwrap_or(0)
    }

    /// Tasks in all.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    fn add(&mut self, status: TaskStatus, n: u64) {
        *self.0.entry(status.word()).or_default() += n;
    }
}

/// How the tasks of a programme, or all of them, stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TaskCounts {
    /// All of them.
    pub all: Counts,
    /// By lead; those whose lead is not resolved under nothing.
    pub by_lead: Vec<(Option<OrgId>, Counts)>,
    /// By theme; those without one under nothing.
    pub by_theme: Vec<(Option<String>, Counts)>,
}

/// Counts the tasks that meet a filter by status, overall, by lead and by theme, within the reader's
/// scope.
pub async fn counts(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    filter: &TaskFilter,
    due_soon_days: u32,
) -> Result<TaskCounts, Refusal> {
    let rows = filtered(scope, as_known, filter, due_soon_days)
        .grouped(journal.db(), "t.lead, t.theme", "lead, theme", |n| {
            word_sql(as_known.day, due_soon_days, n)
        })
        .await?;
    let mut all = Counts::default();
    let mut by_lead: BTreeMap<Option<OrgId>, Counts> = BTreeMap::new();
    let mut by_theme: BTreeMap<Option<String>, Counts> = BTreeMap::new();
    for row in &rows {
        let word = row.text("value")?;
        let Some(status) = TaskStatus::from_word(&word) else {
            continue;
        };
        let n = row.int("n")?.unsigned_abs();
        all.add(status, n);
        let lead = row.opt_text("lead")?.map(OrgId);
        by_lead.entry(lead).or_default().add(status, n);
        by_theme
            .entry(row.opt_text("theme")?)
            .or_default()
            .add(status, n);
    }
    Ok(TaskCounts {
        all,
        by_lead: by_lead.into_iter().collect(),
        by_theme: by_theme.into_iter().collect(),
    })
}
