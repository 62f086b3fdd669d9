//! Assigned tasks and their results.

mod decide;
mod facts;
mod project;
mod read;
mod results;
mod state;
mod status;

pub use decide::{ExtendForm, ReassignForm, ResultForm, TaskCommand, decide};
pub use facts::{Agencies, AssignedTask, TaskFact};
pub(crate) use project::project;
pub use read::{TaskFilter, TaskRow, TaskSort, TaskView, get, list, owed_by};
pub(crate) use read::{VISIBLE, read_row};
pub use results::{ResultRow, evidence_visible, results};
pub use state::{Extension, Judgement, Reassignment, TaskResult, TaskState, evolve};
pub use status::{Counts, Progress, TaskCounts, counts, status_sql};

use access::{Refusal, Scope};
use journal::{Journal, NewFact, Written};

use crate::{Given, TaskId};

/// Runs a command about a task.
pub async fn command(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    id: TaskId,
    command: &TaskCommand,
) -> Result<Written, Refusal> {
    let context = given.context(scope, command.name());
    journal
        .write(&context, async |tx| {
            let state = tx
                .load(&id.stream())
                .await?
                .fold(TaskState::default(), evolve)?;
            let facts = decide(&state, command, scope, crate::parts::day_of(tx))?;
            given.check(state.version)?;
            facts
                .iter()
                .map(|fact| Ok(NewFact::of(id.stream(), fact)?))
                .collect()
        })
        .await
}
