//! What was taken out of the record for good, and on whose word. The chain stays whole: hashes cover the
//! digest of what is gone, and verification accepts a gap only where one of these facts names it.

use serde::{Deserialize, Serialize};

use crate::{FactFamily, FileHash, JournalError, PersonId, Seq, StreamId, canonical_json};

/// Where a fact stands: entry and place within it, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FactPlace {
    /// Entry.
    pub seq: Seq,
    /// Place within the entry.
    pub ix: i64,
}

/// Facts about removals, on streams `removal/<uuid>`: one stream a decision to remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum RemovalFact {
    /// Values of a person went from the vault.
    #[serde(rename = "removal.person_erased")]
    PersonErased(PersonErased),
    /// A file went from the store.
    #[serde(rename = "removal.file_removed")]
    FileRemoved(FileRemoved),
    /// A batch went from the journal's store.
    #[serde(rename = "removal.batch_removed")]
    BatchRemoved(BatchRemoved),
    /// The content of facts went from their entries.
    #[serde(rename = "removal.facts_removed")]
    FactsRemoved(FactsRemoved),
}

impl FactFamily for RemovalFact {
    const FAMILY: &'static str = "removal";
}

/// Why something was taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// The reason, in the words of whoever decided; it must not repeat what was removed.
    pub reason: String,
    /// The decision, law or request it rests on.
    pub authority: String,
}

/// Values of a person went from the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonErased {
    /// Whose.
    pub person: PersonId,
    /// Names of the fields that are gone.
    pub fields: Vec<String>,
    /// Why.
    #[serde(flatten)]
    pub grounds: Grounds,
}

/// A file went from the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRemoved {
    /// Which.
    pub file: FileHash,
    /// Why.
    #[serde(flatten)]
    pub grounds: Grounds,
}

/// A batch went from the journal's store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRemoved {
    /// Which.
    pub batch: FileHash,
    /// Why.
    #[serde(flatten)]
    pub grounds: Grounds,
}

/// The content of facts went from their entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsRemoved {
    /// Which.
    pub facts: Vec<FactPlace>,
    /// Those that only lost some words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<FactLeft>,
    /// Things of which nothing stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub things: Vec<StreamId>,
    /// Why.
    #[serde(flatten)]
    pub grounds: Grounds,
}

/// A fact that lost some words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactLeft {
    /// Which.
    #[serde(flatten)]
    pub place: FactPlace,
    /// SHA-256 of the canonical JSON of its data as it reads from now on.
    pub sha256: FileHash,
}

impl FactLeft {
    /// Names what is left of a fact.
    ///
    /// # Errors
    /// When the data has no canonical form.
    pub fn of(place: FactPlace, data: &serde_json::Value) -> Result<Self, JournalError> {
        Ok(Self {
            place,
            sha256: FileHash::of(&canonical_json(data)?),
        })
    }
}
