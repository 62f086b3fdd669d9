//! Taking out what should never have come in: a document with a state secret or personal data, a file
//! of evidence, a report that quotes them.
//!
//! Three steps. [`plan`] finds everything that goes with a thing and what refers to it; a person looks at
//! it and types its code. [`remove`] finds it again, refuses when it is no longer the same, and takes it
//! out in one entry: facts, readings, rows of every projection, jobs, then the files. [`finish`], at every
//! start, does what a removal before could not: files that are still there after a crash, and removals
//! that the list kept apart knows and this journal does not, because it was restored from an older backup.
//!
//! What stays: that there was a thing, who brought it in and when, and that it was removed, when, by whom,
//! why and on whose authority.

mod order;
mod plan;
mod projection;
mod read;
mod repeat;
mod what;

pub use order::{Order, remove};
pub use plan::{Plan, Thing, plan};
pub use projection::projections;
pub use read::{RemovalRow, file_removed, get, list, of_thing};
pub use repeat::{Finished, finish};
pub use what::What;
