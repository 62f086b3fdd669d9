//! What becomes of reports when content is removed.

use std::collections::BTreeSet;

use journal::{
    Content, FactFamily, FileHash, Gone, JournalError, RecordedFact, StreamId, Tx, params,
};
use serde_json::Value as Json;

use crate::fact::{ReportFact, SignedCopy};

impl SignedCopy {
    /// Was its file removed? It has no name any more.
    pub fn is_removed(&self) -> bool {
        self.file.name.is_empty() && self.file.media.is_empty()
    }
}

/// The data of a fact without the name of a removed signed copy: that one came, its number and its day stay.
pub(crate) fn without(fact: &RecordedFact, gone: &Content) -> Result<Option<Json>, JournalError> {
    let Some(ReportFact::SignedCopyAttached(mut copy)) = ReportFact::read(fact)? else {
        return Ok(None);
    };
    if !gone.files.contains(&copy.file.hash) || copy.is_removed() {
        return Ok(None);
    }
    copy.file.name.clear();
    copy.file.media.clear();
    copy.file.size = 0;
    serde_json::to_value(copy)
        .map(Some)
        .map_err(JournalError::decode("what is left of a fact"))
}

/// Reports that name some of these files.
pub(crate) async fn holders(
    tx: &mut Tx,
    hashes: &BTreeSet<FileHash>,
) -> Result<Vec<(FileHash, StreamId)>, JournalError> {
    let mut holders = BTreeSet::new();
    for row in tx.rows("SELECT id, state FROM report", vec![]).await? {
        let (id, state) = (row.text("id")?, row.text("state")?);
        for hash in hashes.iter().filter(|hash| state.contains(hash.as_str())) {
            holders.insert((hash.clone(), StreamId::new("report", &id)));
        }
    }
    Ok(holders.into_iter().collect())
}

/// Takes the rows of removed reports away and makes those of reduced ones anew.
pub(crate) async fn forget(tx: &mut Tx, gone: &Gone<'_>) -> Result<(), JournalError> {
    let reduced = gone.reduced.iter().map(|(stream, _)| stream);
    for stream in gone.streams.iter().chain(reduced) {
        if stream.family() == ReportFact::FAMILY {
            tx.execute(
                "DELETE FROM report WHERE id = $1",
                params![stream.identity()],
            )
            .await?;
        }
    }
    for fact in gone.reduced.iter().flat_map(|(_, facts)| facts) {
        crate::projection::project(tx, fact).await?;
    }
    Ok(())
}
