//! Programmes.

mod facts;
mod project;
mod read;
mod state;

pub use facts::{ProgrammeFact, ProgrammeFields};
pub(crate) use project::project;
pub use read::{Board, ProgrammeRow, board, get, list};
pub use state::{ProgrammeCommand, ProgrammeForm, ProgrammeState, decide, evolve};

use access::{Refusal, Scope};
use journal::{Journal, NewFact, Written};

use crate::document::{DocumentFact, DocumentState};
use crate::{Given, ProgrammeId};

/// Runs a command about a programme. Publishing it publishes its documents in the same entry.
pub async fn command(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    id: ProgrammeId,
    command: &ProgrammeCommand,
) -> Result<Written, Refusal> {
    let context = given.context(scope, command.name());
    journal
        .write(&context, async |tx| {
            let state = tx
                .load(&id.stream())
                .await?
                .fold(ProgrammeState::default(), evolve)?;
            let facts = decide(&state, command, scope, crate::parts::day_of(tx))?;
            given.check(state.version)?;
            let mut new = Vec::new();
            for fact in &facts {
                new.push(NewFact::of(id.stream(), fact)?);
            }
            if facts.contains(&ProgrammeFact::Published {}) {
                for document in &state.documents {
                    let known = tx
                        .load(&document.stream())
                        .await?
                        .fold(DocumentState::default(), crate::document::evolve)?;
                    if !known.published {
                        let fact = DocumentFact::Published {};
                        new.push(NewFact::of(document.stream(), &fact)?);
                    }
                }
            }
            Ok(new)
        })
        .await
}
