use std::fmt;

use crate::{FactPlace, Head, Kept, Seq};

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyFault {
    /// Stored bytes or metadata do not give the stored hash.
    Altered(Seq),
    /// The entry does not continue the one before it.
    Broken(Seq),
    /// There is a gap before this entry.
    Missing(Seq),
    /// The index of facts does not agree with the payload.
    Index(Seq),
    /// The stored head is not the last entry.
    HeadMoved {
        /// What the head says.
        stored: Head,
        /// What the last entry is.
        last: Head,
    },
    /// A file or batch is not there.
    Gone {
        /// Which.
        kept: Kept,
        /// The last entry that names it.
        named_by: Seq,
    },
    /// A file or batch no longer has the hash it is named by.
    Damaged {
        /// Which.
        kept: Kept,
        /// An entry that names it; none for a batch that no fact names.
        named_by: Option<Seq>,
    },
    /// A batch under a name that is no hash.
    OddBatch(String),
    /// A file could not be read.
    Unreadable {
        /// Which.
        kept: Kept,
        /// The entry that names it.
        named_by: Seq,
        /// What the system said.
        why: String,
    },
    /// An entry says that a file or batch was removed, and it is still there.
    StillThere {
        /// Which.
        kept: Kept,
        /// The entry that removed it.
        removed_by: Seq,
    },
    /// The content of a fact is gone, and no later entry says that it was removed.
    RemovedUnsaid(FactPlace),
    /// An entry says that the content of a fact was removed, and it is still there.
    NotRemoved(FactPlace),
    /// The head kept outside is not in this chain: its tail was cut or it was rewritten.
    NotInChain(Head),
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(hash) => write!(f, "file {}", hash.as_str()),
            Self::Batch(hash) => write!(f, "batch {}", hash.as_str()),
        }
    }
}

impl fmt::Display for VerifyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered(seq) => write!(f, "entry {seq} was altered"),
            Self::Broken(seq) => write!(f, "entry {seq} does not follow from the one before it"),
            Self::Missing(seq) => write!(f, "entries before {seq} are missing"),
            Self::Index(seq) => write!(f, "the index of facts of entry {seq} was altered"),
            Self::HeadMoved { stored, last } => {
                write!(f, "the head says {stored}, the last entry is {last}")
            }
            Self::Gone { kept, named_by } => {
                write!(f, "{kept} is missing; entry {named_by} names it")
            }
            Self::Damaged { kept, named_by } => {
                write!(f, "{kept} was altered or damaged")?;
                named_by.map_or(Ok(()), |seq| write!(f, "; entry {seq} names it"))
            }
            Self::OddBatch(name) => write!(
                f,
                "a batch stands under the name {name:?}, which is no hash"
            ),
            Self::Unreadable {
                kept,
                named_by,
                why,
            } => write!(
                f,
                "{kept} cannot be read ({why}); entry {named_by} names it"
            ),
            Self::StillThere { kept, removed_by } => {
                write!(
                    f,
                    "{kept} was removed by entry {removed_by} and is still there"
                )
            }
            Self::RemovedUnsaid(FactPlace { seq, ix }) => write!(
                f,
                "the content of fact {ix} of entry {seq} is gone, and no later entry says why"
            ),
            Self::NotRemoved(FactPlace { seq, ix }) => write!(
                f,
                "fact {ix} of entry {seq} was removed by a later entry, and its content is still there"
            ),
            Self::NotInChain(head) => write!(f, "{head} is not in this chain"),
        }
    }
}

impl VerifyFault {
    /// What whoever runs the server does about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Altered(_) | Self::Broken(_) | Self::Missing(_) | Self::HeadMoved { .. } => {
                "Stop writing, keep this database as evidence, restore the last backup that verifies \
                 against a head kept outside, and find out who can write to the database."
            }
            Self::NotInChain(_) => {
                "The tail was cut or the chain was written anew after that head was taken. Keep this \
                 database as evidence and restore a backup that holds that head."
            }
            Self::Index(_) => {
                "The entry itself is sound. Restore a backup into an empty instance: the index is made \
                 anew from the entries."
            }
            Self::Gone { .. } | Self::Damaged { .. } => {
                "Fetch it from a backup: a file lies there under the same hash; putting the same file in \
                 again mends it as well."
            }
            Self::Unreadable { .. } => {
                "Look at the disk and at the rights of the folder of files, then verify again."
            }
            Self::StillThere { .. } | Self::NotRemoved(_) => {
                "The removal was not finished or was undone by a restore: repeat the list of removals."
            }
            Self::OddBatch(_) | Self::RemovedUnsaid(_) => {
                "Somebody wrote past the program. Restore from a backup and find out who \
                 can write to the database."
            }
        }
    }
}
