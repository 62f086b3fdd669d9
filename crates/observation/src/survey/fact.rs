use access::OrgId;
use catalogue::Id;
use jiff::civil::Date;
use journal::{FactFamily, StreamId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{AreaKey, Period};

use crate::{EvidenceFile, ObservationId, SurveyId};

/// Facts on the stream of a survey, `survey/<uuid>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum SurveyFact {
    /// The answers came in.
    #[serde(rename = "survey.received")]
    Received(Box<SurveyReceived>),
    /// An estimate was recorded as an observation.
    #[serde(rename = "survey.told")]
    Told(SurveyTold),
    /// It was handed in by mistake: nothing more is told from it.
    #[serde(rename = "survey.withdrawn")]
    Withdrawn(SurveyWithdrawn),
}

impl FactFamily for SurveyFact {
    const FAMILY: &'static str = "survey";
}

impl SurveyId {
    /// The stream its facts lie on.
    pub fn stream(self) -> StreamId {
        StreamId::new("survey", self)
    }
}

/// A part of the population within which answers were drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StratumSize {
    /// Its name; empty for the only one.
    pub name: String,
    /// How many it has, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<u64>,
}

/// A question, and the indicator that its answers estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyQuestion {
    /// Heading of its column.
    pub heading: String,
    /// The indicator.
    pub indicator: Id,
}

/// The answers to a survey came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyReceived {
    /// What it is called.
    pub title: String,
    /// The area of its population.
    pub area: AreaKey,
    /// The period its questions are about.
    pub period: Period,
    /// The day on which it ended: the vintage of what it tells.
    pub ended_on: Date,
    /// The agency that made it.
    pub organisation: OrgId,
    /// Parts of the population, at least one.
    pub strata: Vec<StratumSize>,
    /// Questions, at least one.
    pub questions: Vec<SurveyQuestion>,
    /// Strata, weights and answers, and nothing else of the file that was handed in.
    pub answers: EvidenceFile,
    /// How many were asked.
    pub asked: u32,
    /// Columns of the file of which nothing was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// An estimate was recorded as an observation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyTold {
    /// Number of the question, from 0.
    pub question: u32,
    /// The observation.
    pub observation: ObservationId,
    /// The estimate.
    pub estimate: ToldEstimate,
}

/// An estimate with what it depends on, in the unit of its indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldEstimate {
    /// The value.
    pub value: Decimal,
    /// Lower end of the interval.
    pub low: Decimal,
    /// Upper end of the interval.
    pub high: Decimal,
    /// Standard error.
    pub standard_error: Decimal,
    /// Part (0 to 1) of such samples whose interval holds the true value.
    pub level: Decimal,
    /// How many were asked.
    pub asked: u32,
    /// How many of them answered.
    pub answers: u32,
    /// How many answers of a simple random sample would tell as much; none when nothing varies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Decimal>,
    /// Whether it rests on enough to be published without a word of caution.
    pub firm: bool,
}

/// A survey was handed in by mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyWithdrawn {
    /// Why.
    pub reason: String,
}
