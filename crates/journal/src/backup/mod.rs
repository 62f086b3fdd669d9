//! A backup is the log itself, kept in a folder: entries as JSON Lines in segments, the batches and files
//! their facts name, and what lies outside the journal and must survive. A run adds what came after the
//! run before; what is there already is written again only where something was removed from the record.
//!
//! ```text
//! manifest.json      what belongs to the backup, with checksums, up to which head; written last
//! unfinished.json    how far a run has come that is not at its end
//! entries/           segments of entries, one JSON object a line
//! batches/           batches that facts name, by SHA-256
//! files/             files that facts name, by SHA-256
//! secret/            tables outside the journal: personal values with their salts, password hashes, jobs
//! ```
//!
//! The journal only ever grows, so a run needs no transaction over the whole of it: every segment is read
//! in a snapshot of its own, and the last of them together with the tables outside, so that these belong
//! to exactly the head the manifest names.

mod check;
mod disk;
mod manifest;
mod outside;
mod restore;
mod segment;
mod write;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use check::{Checked, check};
pub use disk::{PrivateFile, private_folder};
pub use manifest::{Manifest, OutsidePart, Segment};
pub use outside::Outside;
pub(crate) use restore::refuse_pending;
pub use restore::{Restored, Restoring, restore};
pub use write::{BackUp, BackedUp, back_up};

use crate::log::{ENTRY_COLUMNS, read_entry};
use crate::projection::follows;
use crate::{Entry, Head, JournalError, Kept, Projection, RecordedFact, Seq, Tx};

/// How far a long piece of work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Entries or rows done so far.
    pub done: i64,
    /// Of how many; 0 while not known.
    pub total: i64,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Entries are read from the journal and written to segments.
    BackingUp,
    /// A backup is read and every checksum and hash of it recomputed.
    Checking,
    /// Files go into the store.
    CopyingFiles,
    /// Entries go into the database.
    Loading,
    /// Projections are filled from the entries.
    Rebuilding,
    /// The restored chain is read and recomputed.
    Verifying,
}

/// Who is told how far it has come.
pub type Tell<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// Why a backup could not be written, checked or restored.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The journal's store said no.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The system refused a file or a folder.
    #[error("{}: {source}", path.display())]
    Place {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another run works in the folder.
    #[error("{}: another backup is being written here; wait for it to end", .0.display())]
    Busy(PathBuf),
    /// There is no finished backup in the folder.
    #[error(
        "{}: there is no finished backup here (no manifest.json); \
         a run that was cut short is taken up by running `dotpha backup` again", .0.display()
    )]
    NoBackup(PathBuf),
    /// A newer program wrote it.
    #[error(
        "{}: the backup has the form {found:?}, this program reads {known:?}; \
         use the program that wrote it or a newer one", path.display()
    )]
    Form {
        /// The manifest.
        path: PathBuf,
        /// What it says.
        found: String,
        /// What this program reads.
        known: &'static str,
    },
    /// The backup in the folder is of another journal.
    #[error(
        "{}: this is the backup of another journal, or this journal was put back to an earlier state: \
         it does not contain {head}. Choose another folder and keep this one", folder.display()
    )]
    OtherJournal {
        /// The folder.
        folder: PathBuf,
        /// Where the backup ends.
        head: Head,
    },
    /// A part of the backup is not as it was written.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Several parts of the backup are not as they were written.
    #[error("the backup is damaged:\n{}", .0.join("\n"))]
    AllDamaged(Vec<String>),
    /// The journal itself is not as it was written: a copy of it would be no backup.
    #[error(
        "entry {0} of the journal is not as it was written, so nothing after it was backed up; \
         `dotpha verify` says more, the last good state is in the backups before"
    )]
    JournalDamaged(Seq),
    /// A fact names a file or batch that is not there.
    #[error(
        "{what} {hash}, named by entry {seq}, is not in the store; `dotpha verify` names everything \
         that is missing"
    )]
    Missing {
        /// "file" or "batch".
        what: &'static str,
        /// Its hash.
        hash: String,
        /// An entry that names it.
        seq: Seq,
    },
    /// What was asked to be filled is not empty.
    #[error("{0}; a backup is restored only into an empty instance: choose another")]
    NotEmpty(String),
    /// The backup does not contain the head that was asked for.
    #[error("the backup does not contain {0}: it is older, or of another journal")]
    NotInBackup(Head),
    /// What was restored is not what the backup says.
    #[error("what was restored is not sound:\n{}", .0.join("\n"))]
    Unsound(Vec<String>),
}

impl BackupError {
    fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}

/// Folders of a backup.
#[derive(Debug, Clone)]
struct Folder {
    root: PathBuf,
}

impl Folder {
    fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    fn entries(&self) -> PathBuf {
        self.root.join("entries")
    }

    fn secret(&self) -> PathBuf {
        self.root.join("secret")
    }

    fn files(&self) -> disk::ByHash {
        disk::ByHash::new(self.root.join("files"))
    }

    fn batches(&self) -> disk::ByHash {
        disk::ByHash::new(self.root.join("batches"))
    }
}

/// Hands out every entry of a snapshot, in order; the longest bounds the memory.
///
/// # Errors
/// When an entry cannot be read, or `take` gives up.
pub async fn each_entry<E: From<JournalError>>(
    tx: &mut Tx,
    mut take: impl FnMut(Entry) -> Result<(), E> + Send,
) -> Result<(), E> {
    let sql = format!("SELECT {ENTRY_COLUMNS} FROM journal_entry ORDER BY seq");
    tx.each(&sql, vec![], |row| {
        take(read_entry(&row)?)?;
        Ok(ControlFlow::Continue(()))
    })
    .await
}

/// Files and batches a fact names.
fn keeps(
    projections: &[Box<dyn Projection>],
    fact: &RecordedFact,
) -> Result<Vec<Kept>, JournalError> {
    let mut kept = Vec::new();
    for projection in projections {
        if follows(projection.as_ref(), &fact.kind) {
            kept.extend(projection.keeps(fact)?);
        }
    }
    Ok(kept)
}
