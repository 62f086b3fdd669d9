//! Proof that nothing was altered: every hash is computed again, every file and batch that a fact names is
//! read, and the chain is held against heads kept outside.

mod fault;
mod head;
mod kept;
mod walk;

pub use fault::VerifyFault;
pub use head::{Head, HeadError};

use self::kept::KeptCheck;
use self::walk::Walk;
use crate::payload::parts;
use crate::pieces::next_entries;
use crate::{FactPlace, Journal, JournalError, Row, Seq, params};

/// Outcome of reading the whole chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Entries read.
    pub entries: i64,
    /// Facts read.
    pub facts: i64,
    /// The chain's last entry.
    pub head: Head,
    /// What is wrong; empty when nothing is.
    pub faults: Vec<VerifyFault>,
}

/// Entries with their lines of the index, both from one state of the database.
struct Piece {
    rows: Vec<Row>,
    lines: Vec<Row>,
    odd: bool,
}

impl Journal {
    /// Reads the chain from the first entry, recomputes every hash and compares with the stored head and
    /// with heads kept outside; reads every file and batch that a fact names. Entries appended meanwhile
    /// are read as well.
    ///
    /// # Errors
    /// When the database cannot be read. What was altered, in whatever way, is a fault in the answer.
    pub async fn verify<'a>(
        &self,
        outside: impl IntoIterator<Item = &'a Head>,
    ) -> Result<Verification, JournalError> {
        let outside = outside.into_iter().cloned().collect();
        let mut walk = Walk::new(outside, self.projections.clone());
        let mut kept = KeptCheck::default();
        let stored = loop {
            walk = self.walk_to_the_end(walk, &mut kept).await?;
            // Read after the last entry: somebody who appends in between moves both.
            let stored = self.head().await?;
            if stored == walk.last || self.piece_after(walk.reached()).await?.rows.is_empty() {
                break stored;
            }
        };
        let mut not_removed = Vec::new();
        for place in walk.not_removed() {
            if self.has_content(place).await? {
                not_removed.push(place);
            }
        }
        walk.finish(stored, not_removed);
        self.verify_strays(&mut walk.faults).await?;
        kept.finish(self, &mut walk.faults).await?;
        Ok(Verification {
            entries: walk.entries,
            facts: walk.facts,
            head: walk.last,
            faults: walk.faults,
        })
    }

    /// One piece is read from the database while the one before it is hashed on another thread.
    async fn walk_to_the_end(
        &self,
        mut walk: Walk,
        kept: &mut KeptCheck,
    ) -> Result<Walk, JournalError> {
        let mut piece = self.piece_after(walk.reached()).await?;
        while let Some(last) = piece.rows.last() {
            let reached = last.int("seq")?;
            let hashing = tokio::task::spawn_blocking(move || {
                walk.piece(&piece.rows, &piece.lines)?;
                Ok::<Walk, JournalError>(walk)
            });
            let (next, walked) = tokio::join!(self.piece_after(reached), hashing);
            walk = walked
                .map_err(|error| JournalError::Invariant(format!("verification: {error}")))??;
            kept.take(self, std::mem::take(&mut walk.said), &mut walk.faults)
                .await?;
            piece = next?;
        }
        if piece.odd {
            walk.faults.push(VerifyFault::Altered(walk.last.seq + 1));
        }
        Ok(walk)
    }

    async fn piece_after(&self, after: Seq) -> Result<Piece, JournalError> {
        // One state for both: a removal rewrites an entry and its lines together.
        let mut tx = self.db().snapshot().await?;
        let piece = next_entries(&mut tx, after).await?;
        let (Some(first), Some(last)) = (piece.rows.first(), piece.rows.last()) else {
            return Ok(Piece {
                rows: Vec::new(),
                lines: Vec::new(),
                odd: piece.odd,
            });
        };
        let lines = tx
            .rows(
                "SELECT seq, ix, stream, kind, at_byte, bytes FROM journal_fact \
                 WHERE seq >= $1 AND seq <= $2 ORDER BY seq, ix",
                params![first.int("seq")?, last.int("seq")?],
            )
            .await?;
        Ok(Piece {
            rows: piece.rows,
            lines,
            odd: piece.odd,
        })
    }

    /// Does a fact still have its content? An entry that cannot be read has been reported already.
    async fn has_content(&self, place: FactPlace) -> Result<bool, JournalError> {
        let entries = self.entries_after(place.seq - 1, 1).await?;
        let Some(entry) = entries.first().filter(|entry| entry.seq == place.seq) else {
            return Ok(false);
        };
        let Ok(parts) = parts(entry.seq, &entry.payload) else {
            return Ok(false);
        };
        let part = usize::try_from(place.ix).ok().and_then(|ix| parts.get(ix));
        Ok(part.is_some_and(|part| !part.removed))
    }

    /// Lines of the index that belong to no entry.
    async fn verify_strays(&self, faults: &mut Vec<VerifyFault>) -> Result<(), JournalError> {
        let rows = self
            .db()
            .rows(
                "SELECT DISTINCT f.seq FROM journal_fact f LEFT JOIN journal_entry e ON e.seq = f.seq \
                 WHERE e.seq IS NULL ORDER BY f.seq",
                vec![],
            )
            .await?;
        for row in &rows {
            faults.push(VerifyFault::Index(row.int("seq")?));
        }
        Ok(())
    }
}
