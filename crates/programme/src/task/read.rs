//! Reading assigned tasks.

use std::collections::BTreeSet;

use access::{
    AsKnown, Audience, FieldClass, Listed, OrgId, Page, Refusal, Scope, SqlFilter, Visible,
};
use jiff::civil::Date;
use journal::{Journal, JournalError, Row, Seq, Value, placeholders};
use measure::{TaskStatus, task_status};
use serde::Serialize;

use super::facts::AssignedTask;
use super::state::TaskState;
use super::status::{Progress, status_sql, urgency_sql};
use crate::sql::Select;
use crate::{ProgrammeId, TaskId};

pub(crate) const VISIBLE: Visible = Visible {
    audience: "t.audience",
    organisations: &[],
    related: Some(
        "EXISTS (SELECT 1 FROM task_org o WHERE o.task = t.id AND o.known_to IS NULL AND o.org IN ({orgs}))",
    ),
};

/// A task in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskRow {
    /// Which one.
    pub id: TaskId,
    /// Who sees it today, beside the agencies named.
    pub audience: Audience,
    /// Number of the last entry about it: goes into the forms.
    pub version: Seq,
    /// As assigned, with the agencies and the deadline in force.
    pub task: AssignedTask,
    /// How it stands, derived.
    pub status: TaskStatus,
    /// A result waits for the assigner.
    pub awaits_confirmation: bool,
    /// Days until the deadline, negative past it, on the day that counts.
    pub days_left: Option<i64>,
    /// How far its result has come.
    pub progress: Progress,
    /// Day on which the result in force was submitted.
    pub submitted_on: Option<Date>,
    /// Times the deadline was extended.
    pub extensions: usize,
    /// Pieces of evidence of the result in force.
    pub evidence: usize,
}

/// One task with its history of results and extensions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskView {
    /// What lists show.
    pub row: TaskRow,
    /// Its state. Somebody outside the administration sees neither results, reasons, extensions'
    /// reasons nor the officer.
    pub state: TaskState,
}

/// Which tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Only of this programme.
    pub programme: Option<ProgrammeId>,
    /// Only led or supported by one of these: an organisation's subtree.
    pub organisations: Option<BTreeSet<OrgId>>,
    /// With `organisations`: only led by one of them.
    pub lead_only: bool,
    /// Only of this status.
    pub status: Option<TaskStatus>,
    /// Only of this theme.
    pub theme: Option<String>,
    /// With all these words in title or text; diacritics do not matter.
    pub text: Option<String>,
    /// Due on this day or later.
    pub due_from: Option<Date>,
    /// Due before this day.
    pub due_before: Option<Date>,
}

/// Order of a list of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TaskSort {
    /// The earliest deadline first, those without one last.
    #[default]
    Deadline,
    /// As in the documents.
    Document,
    /// By title.
    Title,
    /// By lead.
    Lead,
}

impl TaskSort {
    fn sql(self) -> &'static str {
        match self {
            TaskSort::Deadline => {
                "CASE WHEN t.deadline IS NULL THEN 1 ELSE 0 END, t.deadline, t.document, t.span_start, t.id"
            }
            TaskSort::Document => "t.document, t.span_start, t.id",
            TaskSort::Title => "t.folded, t.id",
            TaskSort::Lead => {
                "CASE WHEN t.lead IS NULL THEN 1 ELSE 0 END, t.lead, t.deadline, t.id"
            }
        }
    }
}

/// Tasks. One is due soon within `due_soon_days` of the day of `as_known`.
pub async fn list(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    filter: &TaskFilter,
    due_soon_days: u32,
    sort: TaskSort,
    page: Page,
) -> Result<Listed<TaskRow>, Refusal> {
    let select = filtered(scope, as_known, filter, due_soon_days);
    select
        .page(
            journal.db(),
            "t.id, t.audience, t.state",
            sort.sql(),
            page,
            |row| Ok(read_row(row, scope, as_known, due_soon_days)?.row),
        )
        .await
}

/// Tasks that meet a filter, within the reader's scope.
pub(crate) fn filtered(
    scope: &Scope,
    as_known: AsKnown,
    filter: &TaskFilter,
    due_soon_days: u32,
) -> Select {
    let mut select = Select::scoped("task t", "t", scope, &VISIBLE, as_known);
    select.when("t.programme = {}", filter.programme);
    if let Some(organisations) = &filter.organisations {
        let lead_only = filter.lead_only;
        select.filter(|n| concerns(organisations, lead_only, as_known, n));
    }
    if let Some(status) = filter.status {
        select.filter(|n| status_sql(status, as_known.day, due_soon_days, n));
    }
    select.when("t.theme = {}", filter.theme.as_deref());
    select.words("t.folded", filter.text.as_deref());
    select.when("t.deadline >= {}", filter.due_from);
    select.when("t.deadline < {}", filter.due_before);
    select
}

/// Tasks that one of these organisations leads or, unless `lead_only`, supports.
fn concerns(
    organisations: &BTreeSet<OrgId>,
    lead_only: bool,
    as_known: AsKnown,
    first: usize,
) -> SqlFilter {
    let mut known = as_known.condition("n", first);
    let list = match organisations.len() {
        0 => "NULL".to_owned(),
        n => placeholders(first + known.params.len(), n),
    };
    let role = if lead_only {
        " AND n.role = 'lead'"
    } else {
        ""
    };
    let all = organisations.iter().map(|org| Value::from(org.0.as_str()));
    known.params.extend(all);
    SqlFilter {
        sql: format!(
            "EXISTS (SELECT 1 FROM task_org n WHERE n.task = t.id AND {} AND n.org IN ({list}){role})",
            known.sql
        ),
        params: known.params,
    }
}

/// What these organisations owe: open tasks they lead, the most urgent first, those whose result
/// already waits for the assigner last.
pub async fn owed_by(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    organisations: &BTreeSet<OrgId>,
    due_soon_days: u32,
    page: Page,
) -> Result<Listed<TaskRow>, Refusal> {
    let mut select = Select::scoped("task t", "t", scope, &VISIBLE, as_known);
    select.filter(|n| concerns(organisations, true, as_known, n));
    select.filter(|_| SqlFilter {
        sql: "(t.progress NOT IN ('confirmed', 'withdrawn'))".into(),
        params: vec![],
    });
    let order = |n| {
        let urgency = urgency_sql(as_known.day, due_soon_days, n);
        SqlFilter {
            sql: format!(
                "CASE WHEN t.progress = 'submitted' THEN 1 ELSE 0 END, {}, t.deadline, t.id",
                urgency.sql
            ),
            params: urgency.params,
        }
    };
    select
        .page_by(
            journal.db(),
            "t.id, t.audience, t.state",
            order,
            page,
            |row| Ok(read_row(row, scope, as_known, due_soon_days)?.row),
        )
        .await
}

/// One task.
pub async fn get(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    id: TaskId,
    due_soon_days: u32,
) -> Result<TaskView, Refusal> {
    let mut select = Select::scoped("task t", "t", scope, &VISIBLE, as_known);
    select.when("t.id = {}", Some(id));
    let rows = select
        .rows(journal.db(), "t.id, t.audience, t.state", "")
        .await?;
    let row = rows.first().ok_or(Refusal::NotFound)?;
    Ok(read_row(row, scope, as_known, due_soon_days)?)
}

pub(crate) fn read_row(
    row: &Row,
    scope: &Scope,
    as_known: AsKnown,
    due_soon_days: u32,
) -> Result<TaskView, JournalError> {
    let mut state: TaskState = row.json("state")?;
    let id: TaskId = row.parse("id")?;
    let standing = task_status(
        state.task.as_ref().and_then(|task| task.deadline),
        state.result(),
        as_known.day,
        due_soon_days,
    );
    let current = state.current_result();
    // A published task is seen by everybody, its inner life by those concerned alone.
    let inside = scope.sees_field(FieldClass::Internal)
        && scope.sees(Audience::Organisations, &state.organisations());
    // Outsiders see the status; not that a result waits, nor when it was handed in.
    let current = current.filter(|_| inside);
    let (submitted_on, evidence) = (
        current.map(|result| result.on),
        current.map_or(0, |result| result.evidence.len()),
    );
    let progress = match state.progress() {
        Progress::Submitted if !inside => Progress::None,
        progress => progress,
    };
    if !inside {
        state.mask();
    }
    let task = state
        .task
        .clone()
        .ok_or_else(|| JournalError::Invariant(format!("task {id} was never assigned")))?;
    Ok(TaskView {
        row: TaskRow {
            id,
            audience: row.parse("audience")?,
            version: state.version,
            task,
            status: standing.status,
            awaits_confirmation: standing.awaits_confirmation && inside,
            days_left: standing.days_left,
            progress,
            submitted_on,
            extensions: state.extensions.len(),
            evidence,
        },
        state,
    })
}
