//! What the journal keeps of an index season.

use access::OrgId;
use catalogue::{CampaignRequest, Id};
use jiff::civil::Date;
use journal::{FactFamily, Seq, StreamId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{AreaKey, Period};

use crate::{CampaignId, EvidenceFile, ObservationId};

/// A fact about a season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum CampaignFact {
    /// A season was opened.
    #[serde(rename = "campaign.opened")]
    Opened(Box<Opened>),
    /// Something more is asked.
    #[serde(rename = "campaign.request_added")]
    RequestAdded {
        /// What, of whom, by when.
        asked: Box<Asked>,
        /// Why.
        reason: String,
    },
    /// Another agency owes it from now on.
    #[serde(rename = "campaign.request_moved")]
    RequestMoved {
        /// Which request.
        request: Id,
        /// Who owes it from now on.
        organisation: OrgId,
        /// Why.
        reason: String,
    },
    /// Another last day.
    #[serde(rename = "campaign.deadline_extended")]
    DeadlineExtended {
        /// The requests it is for.
        requests: Vec<Id>,
        /// Whether it is the season's as well.
        whole: bool,
        /// The last day from now on.
        due: Date,
        /// Why.
        reason: String,
    },
    /// An agency answered.
    #[serde(rename = "campaign.request_answered")]
    RequestAnswered(Box<Answered>),
    /// Taken back before anybody judged it.
    #[serde(rename = "campaign.answer_withdrawn")]
    AnswerWithdrawn {
        /// Which request.
        request: Id,
        /// The entry that answered it.
        answer: Seq,
        /// Day in Vietnam.
        on: Date,
        /// Why.
        reason: String,
    },
    /// Right, says whoever keeps the season.
    #[serde(rename = "campaign.answer_confirmed")]
    AnswerConfirmed {
        /// Which request.
        request: Id,
        /// The entry that answered it.
        answer: Seq,
        /// Day in Vietnam.
        on: Date,
    },
    /// To be mended and handed in again: not given.
    #[serde(rename = "campaign.answer_returned")]
    AnswerReturned {
        /// Which request.
        request: Id,
        /// The entry that answered it.
        answer: Seq,
        /// Day in Vietnam.
        on: Date,
        /// What is missing.
        reason: String,
    },
    /// Nothing more is taken in.
    #[serde(rename = "campaign.closed")]
    Closed {
        /// Day in Vietnam.
        on: Date,
        /// Why, where there is more to say than that it is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

impl FactFamily for CampaignFact {
    const FAMILY: &'static str = "campaign";
}

impl CampaignId {
    /// The stream its facts lie on.
    pub fn stream(self) -> StreamId {
        StreamId::new("campaign", self)
    }
}

/// A season was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The definition it was opened under.
    pub definition: Id,
    /// Hash of that definition.
    pub hash: String,
    /// The year of the season.
    pub year: i16,
    /// The period for which figures are asked.
    pub period: Period,
    /// The territory whose index it is.
    pub area: AreaKey,
    /// Last day for what has none of its own.
    pub deadline: Date,
    /// Day in Vietnam.
    pub on: Date,
    /// What is asked, in the order of the index.
    pub requests: Vec<Asked>,
}

/// What is asked of whom by when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What, as its definition has it; its organisation there is the proposal.
    pub request: CampaignRequest,
    /// Who owes it.
    pub organisation: OrgId,
    /// The last day.
    pub due: Date,
}

/// An agency answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Which request.
    pub request: Id,
    /// The organisation that answers.
    pub by: OrgId,
    /// Day in Vietnam.
    pub on: Date,
    /// What it says.
    pub said: Said,
    /// The papers it hands in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<EvidenceFile>,
    /// What a reader must know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// A figure, recorded as an observation in the same entry.
    Figure {
        /// The observation.
        observation: ObservationId,
        /// The value as it was said.
        value: Decimal,
    },
    /// The papers that were asked for.
    Papers,
    /// There was nothing of the kind in the period (không phát sinh).
    NothingOccurred {
        /// How that is known.
        reason: String,
    },
    /// Nobody has the figure or the paper (không có số liệu).
    NotAvailable {
        /// Why.
        reason: String,
    },
}

impl Said {
    /// As stored and in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Said::Figure { .. } => "figure",
            Said::Papers => "papers",
            Said::NothingOccurred { .. } => "nothing_occurred",
            Said::NotAvailable { .. } => "not_available",
        }
    }

    /// The observation it was recorded as.
    pub fn observation(&self) -> Option<ObservationId> {
        match self {
            Said::Figure { observation, .. } => Some(*observation),
            _ => None,
        }
    }

    /// Why there is no figure.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Said::NothingOccurred { reason } | Said::NotAvailable { reason } => Some(reason),
            _ => None,
        }
    }
}
