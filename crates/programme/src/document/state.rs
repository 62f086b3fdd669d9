//! State of a document: the fold of its facts.

use std::collections::BTreeMap;

use access::OrgId;
use catalogue::Id;
use journal::{FileHash, RecordedFact, Seq};
use reading::SecrecyLevel;
use serde::{Deserialize, Serialize};
use viet::Lang;

use super::facts::{DocumentFact, HeaderFields, ReadFact};
use super::record::{TargetDraft, TaskDraft};
use crate::{FileRef, ProgrammeId, TargetId, TaskId};

/// How far a document has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// There is no such document.
    #[default]
    Unknown,
    /// Handed in, not read yet.
    Received,
    /// Refused, being marked secret.
    RefusedSecret,
    /// Read; a person is to look at it.
    Read,
    /// Kept to be consulted.
    Reference,
    /// Adopted into a programme.
    Adopted,
}

impl DocumentStatus {
    /// Every status a stored document can have.
    pub const ALL: [DocumentStatus; 5] = [
        DocumentStatus::Received,
        DocumentStatus::RefusedSecret,
        DocumentStatus::Read,
        DocumentStatus::Reference,
        DocumentStatus::Adopted,
    ];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Received => "received",
            Self::RefusedSecret => "refused_secret",
            Self::Read => "read",
            Self::Reference => "reference",
            Self::Adopted => "adopted",
        }
    }

    /// Name on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Unknown => lang.pick("chưa xác định", "unknown"),
            Self::Received => lang.pick("đã tiếp nhận", "received"),
            Self::RefusedSecret => lang.pick("từ chối vì có dấu mật", "refused: marked secret"),
            Self::Read => lang.pick("đã đọc, chờ rà soát", "read, to be reviewed"),
            Self::Reference => lang.pick("tham khảo", "reference only"),
            Self::Adopted => lang.pick("đã đưa vào chương trình", "adopted"),
        }
    }
}

impl std::str::FromStr for DocumentStatus {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no status of a document"))
    }
}

/// A document after its facts. What was read lies in the stored reading; here are the corrections to it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DocumentState {
    /// Number of the last entry about it: the version a form is filled against. 0 before the first.
    pub version: Seq,
    /// How far it has come.
    pub status: DocumentStatus,
    /// Whose document it is until it is adopted.
    pub organisation: Option<OrgId>,
    /// The file as handed in.
    pub file: Option<FileRef>,
    /// The extracted text with its map back.
    pub intake: Option<FileHash>,
    /// The mark for which it was refused.
    pub refused: Option<SecrecyLevel>,
    /// A title for lists until it is read.
    pub title: Option<String>,
    /// The reading in force.
    pub read: Option<ReadFact>,
    /// The header as corrected.
    pub header: Option<HeaderFields>,
    /// What became of single targets.
    pub targets: BTreeMap<String, Change<TargetDraft, TargetId>>,
    /// What became of single tasks.
    pub tasks: BTreeMap<String, Change<TaskDraft, TaskId>>,
    /// The programme it was adopted into.
    pub programme: Option<ProgrammeId>,
    /// Published with its programme.
    pub published: bool,
}

/// What became of one item of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<F, I> {
    /// Fields as corrected or added.
    pub fields: Option<F>,
    /// Added by a person.
    pub added: bool,
    /// Link to an indicator, where a person set or removed it after the last correction.
    pub link: Option<Option<Id>>,
    /// Rejected, with the reason if one was given.
    pub rejected: Option<Option<String>>,
    /// What it was adopted as.
    pub adopted: Option<I>,
}

impl<F, I> Default for Change<F, I> {
    fn default() -> Self {
        Self {
            fields: None,
            added: false,
            link: None,
            rejected: None,
            adopted: None,
        }
    }
}

impl<F, I> Change<F, I> {
    fn correct(&mut self, fields: F) {
        self.fields = Some(fields);
        self.link = None;
    }

    fn add(&mut self, fields: F) {
        self.correct(fields);
        self.added = true;
    }
}

/// Takes one fact in.
pub fn evolve(mut state: DocumentState, fact: DocumentFact, at: &RecordedFact) -> DocumentState {
    use DocumentFact::*;
    state.version = at.seq;
    match fact {
        Received {
            file,
            intake,
            organisation,
            title,
        } => {
            state.status = DocumentStatus::Received;
            state.file = Some(file);
            state.intake = Some(intake);
            state.organisation = organisation;
            state.title = title;
        }
        RefusedSecret {
            level,
            organisation,
        } => {
            state.status = DocumentStatus::RefusedSecret;
            state.refused = Some(level);
            state.organisation = organisation;
        }
        Read(read) => {
            // Ids of another reading mean other things: corrections do not carry over.
            state.targets.clear();
            state.tasks.clear();
            state.header = None;
            state.status = DocumentStatus::Read;
            state.read = Some(read);
        }
        HeaderCorrected(header) => state.header = Some(header),
        TargetCorrected { id, fields } => state.targets.entry(id).or_default().correct(fields),
        TargetAdded { id, fields } => state.targets.entry(id).or_default().add(fields),
        TargetRejected { id, reason } => {
            state.targets.entry(id).or_default().rejected = Some(reason);
        }
        TargetRestored { id } => state.targets.entry(id).or_default().rejected = None,
        TargetLinked { id, indicator } => {
            state.targets.entry(id).or_default().link = Some(indicator);
        }
        TaskCorrected { id, fields } => state.tasks.entry(id).or_default().correct(fields),
        TaskAdded { id, fields } => state.tasks.entry(id).or_default().add(fields),
        TaskRejected { id, reason } => state.tasks.entry(id).or_default().rejected = Some(reason),
        TaskRestored { id } => state.tasks.entry(id).or_default().rejected = None,
        KeptAsReference {} => state.status = DocumentStatus::Reference,
        Adopted {
            programme,
            targets,
            tasks,
        } => {
            state.status = DocumentStatus::Adopted;
            state.programme = Some(programme);
            for (item, id) in targets {
                state.targets.entry(item).or_default().adopted = Some(id);
            }
            for (item, id) in tasks {
                state.tasks.entry(item).or_default().adopted = Some(id);
            }
        }
        Published {} => state.published = true,
    }
    state
}
