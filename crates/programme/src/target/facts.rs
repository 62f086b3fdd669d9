//! What happened to a target.

use access::OrgId;
use catalogue::Id;
use journal::FactFamily;
use serde::{Deserialize, Serialize};
use viet::AreaKey;

use crate::{DocumentId, Paper, Place, ProgrammeId, TargetTerms};

/// A fact about a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum TargetFact {
    /// Adopted from a reading.
    #[serde(rename = "target.adopted")]
    Adopted(AdoptedTarget),
    /// Linked to an indicator of the catalogue, or to none.
    #[serde(rename = "target.linked")]
    Linked {
        /// The indicator.
        indicator: Option<Id>,
    },
    /// Set otherwise by a paper.
    #[serde(rename = "target.amended")]
    Amended {
        /// What it demands from now on.
        terms: TargetTerms,
        /// Why.
        reason: String,
        /// By which paper.
        paper: Paper,
    },
    /// No longer demanded.
    #[serde(rename = "target.withdrawn")]
    Withdrawn {
        /// Why.
        reason: String,
        /// By which paper.
        paper: Paper,
    },
}

/// A target as adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptedTarget {
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// The document that sets it.
    pub document: DocumentId,
    /// Where it stands there.
    pub place: Place,
    /// Its words.
    pub text: String,
    /// The territory it was set for, in the life it had then.
    pub area: AreaKey,
    /// What it demands.
    pub terms: TargetTerms,
    /// Who answers for it.
    pub responsible: Option<OrgId>,
}

impl FactFamily for TargetFact {
    const FAMILY: &'static str = "target";
}
