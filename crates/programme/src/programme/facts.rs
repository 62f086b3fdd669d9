//! What happened to a programme.

use jiff::civil::Date;
use journal::FactFamily;
use serde::{Deserialize, Serialize};
use viet::{AreaKey, DateRange};

use crate::DocumentId;

/// A fact about a programme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum ProgrammeFact {
    /// Founded on a document.
    #[serde(rename = "programme.founded")]
    Founded(ProgrammeFields),
    /// Another document belongs to it.
    #[serde(rename = "programme.document_added")]
    DocumentAdded {
        /// The document.
        document: DocumentId,
    },
    /// Everybody may see it, with its documents, targets and tasks.
    #[serde(rename = "programme.published")]
    Published {},
    /// Over; it takes nothing new.
    #[serde(rename = "programme.closed")]
    Closed {
        /// The day it was closed.
        on: Date,
        /// Why.
        reason: String,
    },
}

/// What a programme says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeFields {
    /// Title.
    pub title: String,
    /// Number of the document it rests on.
    pub number: Option<String>,
    /// Who issued it, as written.
    pub issuer: Option<String>,
    /// The territory it is for, in the life it had then.
    pub area: AreaKey,
    /// Days it runs; half-open.
    pub period: DateRange,
}

impl FactFamily for ProgrammeFact {
    const FAMILY: &'static str = "programme";
}
