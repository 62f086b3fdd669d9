//! How the caches of a process hear of what was appended, by whichever process.
//!
//! A process is told at once of what it appends itself. Of what others append it hears by looking at the
//! head several times a second: one row by its key, the same on both engines. PostgreSQL could push
//! (LISTEN/NOTIFY), but a notice is lost with its connection, so looking would still be needed beneath,
//! and a look costs less than the queue that every commit of NOTIFY takes a lock on.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{Entry, Head, Journal, JournalError, params};

/// How often the head is looked at: others' entries are heard of within a quarter of a second.
const PAUSE: Duration = Duration::from_millis(250);

/// How far the journal has come, as this process last heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The last entry.
    pub head: Head,
    /// How often the journal turned out to be another one than was read before: its tail was lost when a
    /// standby took over, or an older backup was laid under a running process. A cache filled on another
    /// line holds what is no longer on record, and has to begin anew.
    pub line: u64,
}

impl Reach {
    pub(crate) fn before_the_first() -> watch::Sender<Self> {
        let head = Head {
            seq: 0,
            hash: Vec::new(),
        };
        watch::Sender::new(Reach { head, line: 0 })
    }
}

impl Journal {
    /// Tells when the journal grows. Own entries are told at once; others' only while
    /// [`Journal::follow_others`] runs, or when somebody calls [`Journal::look`].
    pub fn follow(&self) -> watch::Receiver<Reach> {
        self.reach.subscribe()
    }

    /// Notes an entry that this process appended and tells followers. What others appended before it is
    /// looked up, so that no change of line hides between two own entries.
    pub(crate) async fn appended(&self, entry: &Entry) {
        let mut known_already = false;
        let follows = self.reach.send_if_modified(|known| {
            known_already = entry.seq <= known.head.seq;
            let follows = known.head.seq + 1 == entry.seq
                && (known.head.hash == entry.prev_hash || known.head.seq == 0);
            if follows {
                known.head = Head {
                    seq: entry.seq,
                    hash: entry.hash.clone(),
                };
            }
            follows
        });
        if !follows
            && !known_already
            && let Err(error) = self.look().await
        {
            // The entry is recorded all the same; followers hear of it at the next look.
            tracing::warn!(%error, seq = entry.seq, "telling followers of an entry");
        }
    }

    /// Looks at the head once and tells followers when it moved, whoever moved it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn look(&self) -> Result<Reach, JournalError> {
        loop {
            let known = self.reach.borrow().clone();
            let head = self.head().await?;
            let line = if self.continues(&known.head, &head).await? {
                known.line
            } else {
                known.line + 1
            };
            let mut settled = true;
            self.reach.send_if_modified(|now| {
                // An own entry came between: what was read is older than what is known.
                settled = *now == known;
                let moved = settled && *now.head.hash != *head.hash;
                if moved {
                    *now = Reach { head, line };
                }
                moved
            });
            if settled {
                return Ok(self.reach.borrow().clone());
            }
        }
    }

    /// Does the journal that ends in `head` hold the entry that was known?
    async fn continues(&self, known: &Head, head: &Head) -> Result<bool, JournalError> {
        if known.seq == 0 || known.hash == head.hash {
            return Ok(true);
        }
        let sql = "SELECT hash FROM journal_entry WHERE seq = $1";
        let row = self.db().row(sql, params![known.seq]).await?;
        row.map_or(Ok(false), |row| Ok(row.bytes("hash")? == known.hash))
    }

    /// Keeps looking until told to stop. A fault is logged and the next look tries again.
    pub async fn follow_others(&self, stop: CancellationToken) {
        let mut faulty = false;
        while !stop.is_cancelled() {
            match self.look().await {
                Ok(_) => faulty = false,
                // Once, not four times a second: a database that restarts is away for a while.
                Err(error) if !faulty => {
                    faulty = true;
                    tracing::error!(%error, "looking for others' entries; going on trying");
                }
                Err(_) => {}
            }
            tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.cancelled() => {} }
        }
    }
}
