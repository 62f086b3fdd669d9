use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::walk::Said;
use crate::{FileHash, FileState, Journal, JournalError, Kept, Seq, VerifyFault, params};

/// How many of the things looked at last are remembered, so that one file that thousands of figures name
/// is read once. Bounds memory.
const REMEMBERED: usize = 1 << 16;

/// Files and batches while the log is read: each is looked at when an entry names it; what is missing
/// waits for an entry that says it was removed.
#[derive(Default)]
pub(super) struct KeptCheck {
    seen: HashSet<Kept>,
    missing: BTreeMap<Kept, Seq>,
    removed: BTreeMap<Kept, Seq>,
    damaged: BTreeSet<Kept>,
}

impl KeptCheck {
    /// Takes in what the entries of a piece say, in order.
    pub async fn take(
        &mut self,
        journal: &Journal,
        said: Vec<(Seq, Said)>,
        faults: &mut Vec<VerifyFault>,
    ) -> Result<(), JournalError> {
        for (seq, said) in said {
            match said {
                Said::Names(kept) => {
                    if let Some(named_by) = self.missing.get_mut(&kept) {
                        *named_by = seq;
                    } else if !self.seen.contains(&kept) {
                        self.look(journal, kept.clone(), seq, faults).await?;
                    }
                    // Handed in again after it was removed: it must be there.
                    self.removed.remove(&kept);
                }
                Said::Removes(kept) => {
                    self.missing.remove(&kept);
                    self.seen.remove(&kept);
                    self.removed.insert(kept, seq);
                }
            }
        }
        Ok(())
    }

    async fn look(
        &mut self,
        journal: &Journal,
        kept: Kept,
        named_by: Seq,
        faults: &mut Vec<VerifyFault>,
    ) -> Result<(), JournalError> {
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(kept.clone());
        match state(journal, &kept).await {
            Ok(FileState::Sound) => {}
            Ok(FileState::Missing) => {
                self.missing.insert(kept, named_by);
            }
            Ok(FileState::Altered) => {
                self.damaged.insert(kept.clone());
                faults.push(VerifyFault::Damaged {
                    kept,
                    named_by: Some(named_by),
                });
            }
            Err(JournalError::File { source, .. }) => faults.push(VerifyFault::Unreadable {
                kept,
                named_by,
                why: source.to_string(),
            }),
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// What only the whole reading tells; then the batches that no fact names.
    pub async fn finish(
        self,
        journal: &Journal,
        faults: &mut Vec<VerifyFault>,
    ) -> Result<(), JournalError> {
        let missing = self.missing.into_iter();
        faults.extend(missing.map(|(kept, named_by)| VerifyFault::Gone { kept, named_by }));
        for (kept, removed_by) in self.removed {
            if !matches!(state(journal, &kept).await, Ok(FileState::Missing)) {
                faults.push(VerifyFault::StillThere { kept, removed_by });
            }
        }
        unnamed_batches(journal, &self.damaged, faults).await
    }
}

async fn state(journal: &Journal, kept: &Kept) -> Result<FileState, JournalError> {
    let hash = match kept {
        Kept::File(hash) => return journal.files().check(hash).await,
        Kept::Batch(hash) => hash,
    };
    let row = journal
        .db()
        .row(
            "SELECT content FROM journal_batch WHERE hash = $1",
            params![hash.as_str()],
        )
        .await?;
    Ok(
        row.map_or(FileState::Missing, |row| match row.bytes("content") {
            Ok(content) if FileHash::of(&content) == *hash => FileState::Sound,
            _ => FileState::Altered,
        }),
    )
}

/// Batches are named by their hash: one that was altered no longer has it.
async fn unnamed_batches(
    journal: &Journal,
    known: &BTreeSet<Kept>,
    faults: &mut Vec<VerifyFault>,
) -> Result<(), JournalError> {
    let mut reached = String::new();
    loop {
        let row = journal
            .db()
            .row(
                "SELECT hash, content FROM journal_batch WHERE hash > $1 ORDER BY hash LIMIT 1",
                params![reached.as_str()],
            )
            .await?;
        let Some(row) = row else { return Ok(()) };
        reached = row.text("hash")?;
        let sound = row
            .bytes("content")
            .is_ok_and(|content| FileHash::of(&content).as_str() == reached);
        if sound {
            continue;
        }
        match FileHash::parse(&reached).map(Kept::Batch) {
            Some(kept) if known.contains(&kept) => {}
            Some(kept) => faults.push(VerifyFault::Damaged {
                kept,
                named_by: None,
            }),
            None => faults.push(VerifyFault::OddBatch(reached.clone())),
        }
    }
}
