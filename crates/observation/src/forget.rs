//! What becomes of this engine's facts and rows when a file is removed: the values stay, the names of the
//! file go.

use std::collections::BTreeSet;

use journal::{
    Content, FactFamily, FileHash, Gone, JournalError, RecordedFact, StreamId, Tx, params,
};
use serde_json::Value as Json;

use crate::projection::read_key;
use crate::{BatchFact, BatchId, EvidenceFile, SeriesFact};

impl EvidenceFile {
    /// Was the file removed? It has no name any more.
    pub fn is_removed(&self) -> bool {
        self.name.is_empty() && self.media.is_empty()
    }
}

/// Leaves nothing of removed files but that they were; yes when something changed.
pub(crate) fn blank(evidence: &mut [EvidenceFile], gone: &Content) -> bool {
    let mut changed = false;
    for file in evidence {
        if gone.files.contains(&file.hash) && !file.is_removed() {
            file.name.clear();
            file.media.clear();
            file.size = 0;
            changed = true;
        }
    }
    changed
}

/// The data of a fact without the names of removed files; nothing when it names none.
pub(crate) fn without(fact: &RecordedFact, gone: &Content) -> Result<Option<Json>, JournalError> {
    if let Some(SeriesFact::Recorded(mut recorded)) = SeriesFact::read(fact)? {
        return match blank(&mut recorded.evidence, gone) {
            true => data(&recorded).map(Some),
            false => Ok(None),
        };
    }
    if let Some(BatchFact::Accepted(mut accepted)) = BatchFact::read(fact)? {
        return match blank(&mut accepted.evidence, gone) {
            true => data(&accepted).map(Some),
            false => Ok(None),
        };
    }
    Ok(None)
}

pub(crate) fn data(left: &impl serde::Serialize) -> Result<Json, JournalError> {
    serde_json::to_value(left).map_err(JournalError::decode("what is left of a fact"))
}

/// Series and batches that name some of these files.
pub(crate) async fn holders(
    tx: &mut Tx,
    hashes: &BTreeSet<FileHash>,
) -> Result<Vec<(FileHash, StreamId)>, JournalError> {
    let mut holders = BTreeSet::new();
    let values = "SELECT DISTINCT indicator, area_key, breakdown, evidence FROM observation \
                  WHERE evidence IS NOT NULL";
    for row in tx.rows(values, vec![]).await? {
        let evidence = row.text("evidence")?;
        for hash in named(hashes, &evidence) {
            let key = read_key(&row)?;
            holders.insert((hash, key.stream()));
        }
    }
    let batches = "SELECT id, evidence, content FROM observation_batch";
    for row in tx.rows(batches, vec![]).await? {
        let text = row.text("evidence")? + &row.text("content")?;
        for hash in named(hashes, &text) {
            let batch: BatchId = row.parse("id")?;
            holders.insert((hash, batch.stream()));
        }
    }
    Ok(holders.into_iter().collect())
}

pub(crate) fn named(hashes: &BTreeSet<FileHash>, text: &str) -> Vec<FileHash> {
    let named = hashes.iter().filter(|hash| text.contains(hash.as_str()));
    named.cloned().collect()
}

/// Writes the evidence that is left into the rows of values and batches.
pub(crate) async fn forget(tx: &mut Tx, gone: &Gone<'_>) -> Result<(), JournalError> {
    for fact in gone.reduced.iter().flat_map(|(_, facts)| facts) {
        let (table, id, evidence) =
            if let Some(SeriesFact::Recorded(recorded)) = SeriesFact::read(fact)? {
                if recorded.evidence.is_empty() {
                    continue;
                }
                ("observation", recorded.id.to_string(), recorded.evidence)
            } else if let Some(BatchFact::Accepted(accepted)) = BatchFact::read(fact)? {
                (
                    "observation_batch",
                    accepted.batch.to_string(),
                    accepted.evidence,
                )
            } else {
                continue;
            };
        let json = serde_json::to_string(&evidence)
            .map_err(JournalError::decode("what is left of evidence"))?;
        let sql = format!("UPDATE {table} SET evidence = $1 WHERE id = $2 AND seq = $3");
        tx.execute(&sql, params![json, id, fact.seq]).await?;
    }
    Ok(())
}
