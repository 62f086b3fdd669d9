//! How often commands came to what, since this process began: for its metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Journal, Written};

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    new: AtomicU64,
    again: AtomicU64,
    nothing: AtomicU64,
    refused: AtomicU64,
    facts: AtomicU64,
}

/// What the counters stand at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tallied {
    /// Commands that became an entry.
    pub new: u64,
    /// Commands that were sent a second time.
    pub again: u64,
    /// Commands that changed nothing.
    pub nothing: u64,
    /// Commands that were refused, or that the store could not carry out.
    pub refused: u64,
    /// Facts appended.
    pub facts: u64,
}

impl Tally {
    pub(crate) fn outcome<E>(&self, outcome: &Result<Written, E>) {
        let counter = match outcome {
            Ok(Written::New(_)) => &self.new,
            Ok(Written::Again(_)) => &self.again,
            Ok(Written::Nothing) => &self.nothing,
            Err(_) => &self.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn facts(&self, count: usize) {
        self.facts.fetch_add(count as u64, Ordering::Relaxed);
    }
}

impl Journal {
    /// What this process's commands came to so far.
    pub fn tallied(&self) -> Tallied {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Tallied {
            new: read(&self.tally.new),
            again: read(&self.tally.again),
            nothing: read(&self.tally.nothing),
            refused: read(&self.tally.refused),
            facts: read(&self.tally.facts),
        }
    }
}
