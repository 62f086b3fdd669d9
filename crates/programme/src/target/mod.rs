//! Targets.

mod facts;
mod project;
mod read;
mod state;

pub use facts::{AdoptedTarget, TargetFact};
pub(crate) use project::project;
pub(crate) use read::VISIBLE;
pub(crate) use read::read_row;
pub use read::{TargetFilter, TargetRow, get, list};
pub(crate) use state::justified;
pub use state::{AmendForm, Amendment, PaperForm, TargetCommand, TargetState, decide, evolve};

use access::{Refusal, Scope};
use journal::{Journal, NewFact, Written};

use crate::{Given, TargetId};

/// Runs a command about a target.
pub async fn command(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    id: TargetId,
    command: &TargetCommand,
) -> Result<Written, Refusal> {
    let context = given.context(scope, command.name());
    journal
        .write(&context, async |tx| {
            let state = tx
                .load(&id.stream())
                .await?
                .fold(TargetState::default(), evolve)?;
            let facts = decide(&state, command, scope)?;
            given.check(state.version)?;
            facts
                .iter()
                .map(|fact| Ok(NewFact::of(id.stream(), fact)?))
                .collect()
        })
        .await
}
