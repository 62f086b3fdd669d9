//! What happened to an assigned task.

use access::OrgId;
use jiff::civil::Date;
use journal::{ActorId, FactFamily, Seq};
use serde::{Deserialize, Serialize};

use crate::{DocumentId, Evidence, Paper, Place, ProgrammeId};

/// A fact about an assigned task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum TaskFact {
    /// Assigned by a document.
    #[serde(rename = "task.assigned")]
    Assigned(Box<AssignedTask>),
    /// Given to another lead or other supporting agencies.
    #[serde(rename = "task.reassigned")]
    Reassigned {
        /// Who leads and supports from now on.
        agencies: Agencies,
        /// Why.
        reason: String,
    },
    /// More time was granted.
    #[serde(rename = "task.deadline_extended")]
    DeadlineExtended {
        /// The last day from now on.
        deadline: Date,
        /// The paper that granted it.
        paper: Paper,
        /// Why.
        reason: String,
    },
    /// The lead says what it did.
    #[serde(rename = "task.result_submitted")]
    ResultSubmitted {
        /// The organisation that submitted it: the lead, or one above it.
        by: OrgId,
        /// Day of submission in Vietnam.
        on: Date,
        /// What was done.
        text: String,
        /// What supports it.
        evidence: Vec<Evidence>,
        /// There was nothing to be done in the period (không phát sinh).
        no_occurrence: bool,
    },
    /// Taken back before anybody judged it.
    #[serde(rename = "task.result_withdrawn")]
    ResultWithdrawn {
        /// The entry that submitted it.
        result: Seq,
        /// Day in Vietnam.
        on: Date,
    },
    /// Done, says the assigner.
    #[serde(rename = "task.result_confirmed")]
    ResultConfirmed {
        /// The entry that submitted it.
        result: Seq,
        /// Day in Vietnam.
        on: Date,
    },
    /// Not done, says the assigner.
    #[serde(rename = "task.result_returned")]
    ResultReturned {
        /// The entry that submitted it.
        result: Seq,
        /// Day in Vietnam.
        on: Date,
        /// What is missing.
        reason: String,
    },
    /// No longer to be done.
    #[serde(rename = "task.withdrawn")]
    Withdrawn {
        /// Why.
        reason: String,
        /// By which paper.
        paper: Paper,
    },
    /// Somebody of the lead answers for it.
    #[serde(rename = "task.officer_named")]
    OfficerNamed {
        /// The account, by its opaque identity; nobody when nothing.
        officer: Option<ActorId>,
    },
}

/// A task as assigned: who, what, by when, with which product, on whose authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignedTask {
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// The document that orders it.
    pub document: DocumentId,
    /// Where it stands there.
    pub place: Place,
    /// Its words.
    pub text: String,
    /// A short title for lists.
    pub title: String,
    /// What it is about.
    pub theme: Option<String>,
    /// Who leads and who supports.
    pub agencies: Agencies,
    /// The last day; none when the document sets none.
    pub deadline: Option<Date>,
    /// By when, as written.
    pub deadline_written: Option<String>,
    /// What is to come out.
    pub product: Option<String>,
    /// On whose authority it is decided.
    pub authority: Option<String>,
    /// Its number within the document's or plan's list.
    pub order_number: Option<String>,
}

/// Who leads and who supports.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Agencies {
    /// The organisation that leads, where the written name was resolved.
    pub lead: Option<OrgId>,
    /// Who leads, as written.
    pub lead_written: Option<String>,
    /// Organisations that support, where resolved.
    pub supporting: Vec<OrgId>,
    /// Who supports, as written.
    pub supporting_written: Vec<String>,
}

impl FactFamily for TaskFact {
    const FAMILY: &'static str = "task";
}
