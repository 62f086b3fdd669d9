//! The append-only log on SQLite and PostgreSQL, its projections, files and jobs.
//!
//! Every change of record is an [`Entry`] of one or more facts, appended under one lock to one global
//! hash chain. Whatever else the database holds is either a *projection* of those facts (it can be
//! dropped and rebuilt) or lies outside the record on purpose: jobs, sessions, staging, the vault of
//! personal values.
//!
//! The shape of a write, the only one there is:
//!
//! 1. take the head (`UPDATE journal_head SET seq = seq + 1 … RETURNING`), which serialises writers on
//!    both engines and leaves no gaps;
//! 2. load the state the decision needs, inside the same transaction;
//! 3. decide (a pure function of the engine above);
//! 4. append the facts, update the SQL projections, commit.

pub mod backup;
mod canonical;
mod copy;
mod db;
mod error;
mod fact;
mod files;
mod follow;
mod heads;
mod history;
mod jobs;
mod log;
mod outbox;
mod payload;
mod pieces;
mod projection;
mod rebuild;
mod removal;
mod removals;
mod remove;
mod row;
mod schema;
mod scrub;
mod shadow;
mod state;
#[cfg(feature = "testing")]
pub mod steps;
#[cfg(not(feature = "testing"))]
mod steps;
mod take_out;
mod tally;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod vault;
mod verify;
mod work;
mod write;

pub use canonical::{CanonicalError, canonical_json};
pub use db::{Db, Engine};
pub use error::JournalError;
pub use fact::{ActorId, Entry, FactFamily, NewFact, RecordedFact, StreamId};
pub use files::{FileHash, FileHasher, FileState, FileStore};
pub use follow::Reach;
pub use heads::DayHead;
pub use jobs::{Job, JobId, JobState, Jobs, NewJob};
pub use log::{Clock, Journal, Seq, Stream};
pub use outbox::{
    Channel, Deliver, Delivery, Message, OPERATOR, Outbox, Posted, PostedState, Undelivered,
    deliver,
};
pub use projection::{Kept, Projection};
pub use removal::{
    BatchRemoved, FactLeft, FactPlace, FactsRemoved, FileRemoved, Grounds, PersonErased,
    RemovalFact,
};
pub use removals::{Content, ListedRemoval, ReadList, RemovalList, Subject};
pub use row::{Row, Value};
pub use state::{JobCounts, PoolState, SchemaState};
pub use take_out::{Gone, TakenOut};
pub use tally::Tallied;
pub use tx::Tx;
pub use vault::{Commitment, PersonId, Vault};
pub use verify::{Head, HeadError, Verification, VerifyFault};
pub use work::{Handler, Lease, Outcome, WorkOptions, work, work_apart};
pub use write::{WriteContext, WriteTx, Written};

/// Text of a `$n, $n+1, …` list for a statement with a varying number of parameters.
pub fn placeholders(first: usize, count: usize) -> String {
    (first..first + count)
        .map(|n| format!("${n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Builds the parameter list of a statement: `params![seq, name, None::<String>]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
