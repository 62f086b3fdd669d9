//! What happened to a document.

use access::OrgId;
use catalogue::Id;
use jiff::civil::Date;
use journal::{FactFamily, FileHash};
use reading::{Document, DocumentKind, SecrecyLevel};
use serde::{Deserialize, Serialize};

use super::record::{TargetDraft, TaskDraft};
use crate::{FileRef, ProgrammeId, TargetId, TaskId};

/// A fact about a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum DocumentFact {
    /// Handed in.
    #[serde(rename = "document.received")]
    Received {
        /// The file as handed in.
        file: FileRef,
        /// The extracted text with its map back to the file, in the file store.
        intake: FileHash,
        /// Whose document it is until it is adopted.
        organisation: Option<OrgId>,
        /// A title for lists until it is read.
        title: Option<String>,
    },
    /// Refused because it is marked secret. Only that it was: no content, no name.
    #[serde(rename = "document.refused_secret")]
    RefusedSecret {
        /// The mark.
        level: SecrecyLevel,
        /// Who tried.
        organisation: Option<OrgId>,
    },
    /// Read, for the first time or again.
    #[serde(rename = "document.read")]
    Read(ReadFact),
    /// The header was corrected.
    #[serde(rename = "document.header_corrected")]
    HeaderCorrected(HeaderFields),
    /// A target was corrected.
    #[serde(rename = "document.target_corrected")]
    TargetCorrected {
        /// The target of the reading.
        id: String,
        /// All its fields, as corrected.
        fields: TargetDraft,
    },
    /// A target that the reader missed.
    #[serde(rename = "document.target_added")]
    TargetAdded {
        /// Its id among the targets of the reading.
        id: String,
        /// Its fields.
        fields: TargetDraft,
    },
    /// Not a target.
    #[serde(rename = "document.target_rejected")]
    TargetRejected {
        /// The target of the reading.
        id: String,
        /// Why, where somebody said so.
        reason: Option<String>,
    },
    /// A target after all.
    #[serde(rename = "document.target_restored")]
    TargetRestored {
        /// The target of the reading.
        id: String,
    },
    /// Linked to an indicator of the catalogue, or to none.
    #[serde(rename = "document.target_linked")]
    TargetLinked {
        /// The target of the reading.
        id: String,
        /// The indicator.
        indicator: Option<Id>,
    },
    /// A task was corrected.
    #[serde(rename = "document.task_corrected")]
    TaskCorrected {
        /// The task of the reading.
        id: String,
        /// All its fields, as corrected.
        fields: TaskDraft,
    },
    /// A task that the reader missed.
    #[serde(rename = "document.task_added")]
    TaskAdded {
        /// Its id among the tasks of the reading.
        id: String,
        /// Its fields.
        fields: TaskDraft,
    },
    /// Not a task.
    #[serde(rename = "document.task_rejected")]
    TaskRejected {
        /// The task of the reading.
        id: String,
        /// Why, where somebody said so.
        reason: Option<String>,
    },
    /// A task after all.
    #[serde(rename = "document.task_restored")]
    TaskRestored {
        /// The task of the reading.
        id: String,
    },
    /// Kept to be consulted; it orders nothing.
    #[serde(rename = "document.kept_as_reference")]
    KeptAsReference {},
    /// Adopted, as a whole or in part, into a programme.
    #[serde(rename = "document.adopted")]
    Adopted {
        /// The programme.
        programme: ProgrammeId,
        /// Targets of the reading and what they became.
        targets: Vec<(String, TargetId)>,
        /// Tasks of the reading and what they became.
        tasks: Vec<(String, TaskId)>,
    },
    /// Published with its programme.
    #[serde(rename = "document.published")]
    Published {},
}

/// That a document was read, and with which outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadFact {
    /// The stored reading, kept by the journal under this hash.
    pub reading: FileHash,
    /// Version of the reader.
    pub reader: String,
    /// What the text says about itself.
    pub header: Document,
    /// Citable pieces found.
    pub passages: u32,
    /// Targets found.
    pub targets: u32,
    /// Tasks found.
    pub tasks: u32,
    /// Doubts.
    pub diagnostics: u32,
}

/// What a person may correct in a header. The mark of secrecy is not among it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeaderFields {
    /// Sort of document.
    pub kind: DocumentKind,
    /// Its own number.
    pub number: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Day of issue.
    pub date: Option<Date>,
    /// The area it speaks of, as written.
    pub area: Option<String>,
    /// Its title.
    pub title: Option<String>,
}

impl From<&Document> for HeaderFields {
    fn from(header: &Document) -> Self {
        Self {
            kind: header.kind,
            number: header.number.clone(),
            issuer: header.issuer.clone(),
            date: header.date,
            area: header.area.clone(),
            title: header.title.clone(),
        }
    }
}

impl FactFamily for DocumentFact {
    const FAMILY: &'static str = "document";
}
