use std::collections::BTreeSet;

use async_trait::async_trait;

use crate::{Content, FileHash, Gone, JournalError, RecordedFact, StreamId, Tx};

/// Something outside an entry that one of its facts names by hash.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kept {
    /// A file of the [`crate::FileStore`].
    File(FileHash),
    /// A batch of [`crate::WriteTx::store_batch`].
    Batch(FileHash),
}

/// Tables derived from facts. They commit with the entry, so a reader never sees an entry whose
/// consequences are missing, and they can be emptied and filled again from the journal at any time.
///
/// Rows that answer "as known on" carry `known_from` and `known_to` as sequence numbers: a change sets
/// `known_to` on the row it supersedes and inserts a new one.
#[async_trait]
pub trait Projection: Send + Sync {
    /// Name under which its version is kept.
    fn name(&self) -> &'static str;

    /// Raised whenever `schema` or `apply` change: the next start rebuilds it.
    fn version(&self) -> i64;

    /// Tables it owns, for emptying.
    fn tables(&self) -> &'static [&'static str];

    /// `CREATE TABLE` and `CREATE INDEX` statements; `{bytes}` stands for the engine's byte type.
    fn schema(&self) -> &'static [&'static str];

    /// Families of facts it follows.
    fn families(&self) -> &'static [&'static str];

    /// Files and batches that a fact names and the record rests on: verification looks for them, a backup
    /// takes them along. Asked only about families it follows.
    fn keeps(&self, _fact: &RecordedFact) -> Result<Vec<Kept>, JournalError> {
        Ok(Vec::new())
    }

    /// Takes one fact in.
    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError>;

    /// Takes facts in, in order, with the same outcome as one by one. Overridden where many at once are
    /// written with fewer statements.
    async fn apply_all(&self, tx: &mut Tx, facts: &[RecordedFact]) -> Result<(), JournalError> {
        for fact in facts {
            self.apply(tx, fact).await?;
        }
        Ok(())
    }

    /// Things that name some of these files and batches, each with what it names, by the tables.
    async fn holders(
        &self,
        _tx: &mut Tx,
        _hashes: &BTreeSet<FileHash>,
    ) -> Result<Vec<(FileHash, StreamId)>, JournalError> {
        Ok(Vec::new())
    }

    /// The data of a fact without what content that is removed said; nothing when it says none of it.
    fn without(
        &self,
        _fact: &RecordedFact,
        _gone: &Content,
    ) -> Result<Option<serde_json::Value>, JournalError> {
        Ok(None)
    }

    /// Takes the rows of removed things away and makes those of things that lost words anew: afterwards
    /// the tables are as a rebuild would make them.
    async fn forget(&self, _tx: &mut Tx, _gone: &Gone<'_>) -> Result<(), JournalError> {
        Ok(())
    }
}

/// Does the projection follow this kind?
pub(crate) fn follows(projection: &dyn Projection, kind: &str) -> bool {
    let family = kind.split_once('.').map_or(kind, |(family, _)| family);
    projection.families().contains(&family)
}
