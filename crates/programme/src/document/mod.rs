//! Documents and their readings.

mod corrected;
mod decide;
mod facts;
mod form;
mod project;
mod read;
mod record;
mod reread;
mod state;

pub use corrected::{CorrectedReading, Item, Origin, TargetItem, TaskItem};
pub use decide::{DocumentCommand, decide};
pub(crate) use decide::{news_orders_nothing, not_read, visible};
pub use facts::{DocumentFact, HeaderFields, ReadFact};
pub use form::{HeaderForm, TargetForm, TaskForm, TermsForm};
pub use project::DocumentSummary;
pub(crate) use project::{point, project};
pub(crate) use read::VISIBLE;
pub use read::{
    DocumentFilter, DocumentRow, DocumentView, PassageRow, get, list, passage, passages,
};
pub use record::{Cutter, StoredReading, TargetDraft, TaskDraft};
pub use reread::{Difference, Differing, Fate, reread};
pub use state::{Change, DocumentState, DocumentStatus, evolve};

use access::{Refusal, Scope};
use journal::{FileHash, Journal, JournalError, NewFact, WriteTx, Written};
use reading::SecrecyLevel;

use crate::{DocumentId, FileRef, Given};

/// Runs a command about a document.
pub async fn command(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    id: DocumentId,
    command: &DocumentCommand,
) -> Result<Written, Refusal> {
    let context = given.context(scope, command.name());
    journal
        .write(&context, async |tx| {
            let (state, reading) = load(tx, id).await?;
            let facts = decide(&state, reading.as_ref(), command, scope)?;
            given.check(state.version)?;
            keep(tx, command).await?;
            new_facts(id, &facts)
        })
        .await
}

/// Hands in a file that was already extracted and read: one entry. A reading with a mark of secrecy
/// must go to [`refuse_secret`] instead, before anything of it is stored.
pub async fn receive_and_read(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    id: DocumentId,
    received: Received,
) -> Result<Written, Refusal> {
    let context = given.context(scope, "document.receive");
    let read = DocumentCommand::Read {
        reading: Box::new(received.reading),
        reader: received.reader,
    };
    let receive = DocumentCommand::Receive {
        file: received.file,
        intake: received.intake,
        title: None,
    };
    journal
        .write(&context, async |tx| {
            let (before, _) = load(tx, id).await?;
            given.check(before.version)?;
            let mut facts = decide(&before, None, &receive, scope)?;
            let handed_in = DocumentState {
                status: DocumentStatus::Received,
                organisation: scope.organisation().cloned(),
                ..DocumentState::default()
            };
            facts.extend(decide(&handed_in, None, &read, scope)?);
            keep(tx, &read).await?;
            new_facts(id, &facts)
        })
        .await
}

/// A file that was extracted and read before it is handed in.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// The file, already in the file store.
    pub file: FileRef,
    /// The extracted text with its map back, in the file store.
    pub intake: FileHash,
    /// What was read.
    pub reading: StoredReading,
    /// Version of the reader.
    pub reader: String,
}

/// Records that a file marked secret was refused: who, when, which mark; no content, no name.
pub async fn refuse_secret(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    id: DocumentId,
    level: SecrecyLevel,
) -> Result<Written, Refusal> {
    command(
        journal,
        scope,
        given,
        id,
        &DocumentCommand::RefuseSecret { level },
    )
    .await
}

/// State of a document and its corrected reading, inside a command.
pub(crate) async fn load(
    tx: &mut WriteTx,
    id: DocumentId,
) -> Result<(DocumentState, Option<CorrectedReading>), JournalError> {
    let state = tx
        .load(&id.stream())
        .await?
        .fold(DocumentState::default(), evolve)?;
    let reading = match &state.read {
        Some(read) => Some(StoredReading::load(tx.sql(), read.reading.as_str()).await?),
        None => None,
    };
    let corrected = reading.map(|reading| CorrectedReading::of(&state, reading));
    Ok((state, corrected))
}

/// A reading goes into the journal's store in the transaction of the fact that names it.
async fn keep(tx: &mut WriteTx, command: &DocumentCommand) -> Result<(), Refusal> {
    if let DocumentCommand::Read { reading, .. } | DocumentCommand::Reread { reading, .. } = command
    {
        tx.store_batch(&reading.bytes()?).await?;
    }
    Ok(())
}

fn new_facts(id: DocumentId, facts: &[DocumentFact]) -> Result<Vec<NewFact>, Refusal> {
    facts
        .iter()
        .map(|fact| Ok(NewFact::of(id.stream(), fact)?))
        .collect()
}
