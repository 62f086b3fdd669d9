//! Reading programmes.

use access::{AsKnown, Audience, FieldClass, Listed, Page, Refusal, Scope, Visible};
use journal::{Journal, JournalError, Row};
use serde::Serialize;

use super::state::ProgrammeState;
use crate::ProgrammeId;
use crate::sql::Select;
use crate::target::{self, TargetFilter, TargetRow};
use crate::task::{self, TaskCounts, TaskFilter};

const VISIBLE: Visible = Visible {
    audience: "p.audience",
    organisations: &[],
    related: None,
};

/// A programme.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProgrammeRow {
    /// Which one.
    pub id: ProgrammeId,
    /// Who sees it today.
    pub audience: Audience,
    /// Its state; its version goes into the forms.
    pub state: ProgrammeState,
}

/// Programmes by title.
pub async fn list(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    page: Page,
) -> Result<Listed<ProgrammeRow>, Refusal> {
    Select::scoped("programme p", "p", scope, &VISIBLE, as_known)
        .page(
            journal.db(),
            "p.id, p.audience, p.state",
            "p.closed, p.title, p.id",
            page,
            |row| read_row(row, scope),
        )
        .await
}

/// One programme.
pub async fn get(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    id: ProgrammeId,
) -> Result<ProgrammeRow, Refusal> {
    let mut select = Select::scoped("programme p", "p", scope, &VISIBLE, as_known);
    select.when("p.id = {}", Some(id));
    let rows = select
        .rows(journal.db(), "p.id, p.audience, p.state", "")
        .await?;
    Ok(read_row(rows.first().ok_or(Refusal::NotFound)?, scope)?)
}

fn read_row(row: &Row, scope: &Scope) -> Result<ProgrammeRow, JournalError> {
    let mut state: ProgrammeState = row.json("state")?;
    if let (Some((_, reason)), false) = (&mut state.closed, scope.sees_field(FieldClass::Internal))
    {
        reason.clear();
    }
    Ok(ProgrammeRow {
        id: row.parse("id")?,
        audience: row.parse("audience")?,
        state,
    })
}

/// What a programme's board shows. Observations are looked up by the caller, by indicator and area of
/// the targets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Board {
    /// The programme.
    pub programme: ProgrammeRow,
    /// Its targets in force, in the order of their documents.
    pub targets: Vec<TargetRow>,
    /// How its tasks stand.
    pub tasks: TaskCounts,
}

/// The board of a programme. A task is due soon within `due_soon_days` of the day of `as_known`.
pub async fn board(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    id: ProgrammeId,
    due_soon_days: u32,
) -> Result<Board, Refusal> {
    let programme = get(journal, scope, as_known, id).await?;
    let filter = TargetFilter {
        programme: Some(id),
        ..TargetFilter::default()
    };
    let targets = target::list(journal, scope, as_known, &filter, Page::ALL).await?;
    let of_programme = TaskFilter {
        programme: Some(id),
        ..TaskFilter::default()
    };
    let tasks = task::counts(journal, scope, as_known, &of_programme, due_soon_days).await?;
    Ok(Board {
        programme,
        targets: targets.rows,
        tasks,
    })
}
