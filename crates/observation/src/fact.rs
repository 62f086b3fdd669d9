//! What the journal keeps of observations.

use std::collections::BTreeMap;

use access::OrgId;
use catalogue::{Id, Stage};
use jiff::civil::Date;
use journal::{FactFamily, FileHash, StreamId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{AreaKey, Period};

use crate::Doubt;
use crate::{BatchId, Breakdown, ImportId, ObservationId};

/// One indicator in one area: the whole, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeriesKey {
    /// The indicator's identifier.
    pub indicator: Id,
    /// The area, as one of its lives.
    pub area: AreaKey,
    /// Which part of the whole.
    #[serde(default, skip_serializing_if = "Breakdown::is_whole")]
    pub breakdown: Breakdown,
}

impl SeriesKey {
    /// Key of the whole of an indicator in an area.
    pub fn new(indicator: Id, area: AreaKey) -> Self {
        let breakdown = Breakdown::WHOLE;
        Self {
            indicator,
            area,
            breakdown,
        }
    }

    /// The same indicator and area, told by a breakdown.
    #[must_use]
    pub fn told_by(self, breakdown: Breakdown) -> Self {
        Self { breakdown, ..self }
    }

    /// The whole that it is a part of, or that it is itself.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self::new(self.indicator.clone(), self.area)
    }

    /// The stream its facts lie on: `series/<indicator>:<area key>`, and for a part `:<breakdown>` after it.
    pub fn stream(&self) -> StreamId {
        let Self {
            indicator,
            area,
            breakdown,
        } = self;
        match breakdown.is_whole() {
            true => StreamId::new("series", format_args!("{indicator}:{area}")),
            false => StreamId::new("series", format_args!("{indicator}:{area}:{breakdown}")),
        }
    }

    /// The key a stream is named by; none for the stream of something else.
    pub fn of_stream(stream: &StreamId) -> Option<Self> {
        let (indicator, place) = stream.identity().split_once(':')?;
        (stream.family() == "series").then_some(())?;
        let (area, breakdown) = place.split_once(':').unwrap_or((place, ""));
        let whole = Self::new(indicator.parse().ok()?, area.parse().ok()?);
        Some(whole.told_by(breakdown.parse().ok()?))
    }
}

/// A file that shows where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// Hash by which the file store keeps it.
    pub hash: FileHash,
    /// The name it was uploaded under.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its length in bytes.
    pub size: u64,
}

/// A value with everything that makes it one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The period for which it stands.
    pub period: Period,
    /// The value in the indicator's unit, with the decimals it was given.
    pub value: Decimal,
    /// What stands above the line of a ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numerator: Option<Decimal>,
    /// What stands below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<Decimal>,
    /// How far it has come on its way to being final.
    pub stage: Stage,
    /// The day on which it was published (vintage).
    pub vintage: Date,
    /// Where it was read: publication, document, system.
    pub source: String,
    /// Address of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// How it was computed, where several ways exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// What a reader must know; required where a doubt was set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Facts on the stream of an indicator and an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum SeriesFact {
    /// A value was recorded.
    #[serde(rename = "series.recorded")]
    Recorded(Box<Recorded>),
    /// A value was recorded by mistake; it is not shown any longer.
    #[serde(rename = "series.withdrawn")]
    Withdrawn(Withdrawn),
    /// A value may be seen by everybody.
    #[serde(rename = "series.published")]
    Published(Published),
}

impl FactFamily for SeriesFact {
    const FAMILY: &'static str = "series";
}

/// A value was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its identity.
    pub id: ObservationId,
    /// Hash of the indicator's definition under which it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The agency that reports it.
    pub organisation: OrgId,
    /// The value.
    #[serde(flatten)]
    pub figure: Figure,
    /// Files that show where it comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceFile>,
    /// Doubts that were shown and set aside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<Doubt>,
}

/// A value was recorded by mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Which.
    pub id: ObservationId,
    /// Why.
    pub reason: String,
}

/// A value may be seen by everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Which.
    pub id: ObservationId,
}

/// Facts on the stream of a batch, `batch/<uuid>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum BatchFact {
    /// Many values were accepted at once.
    #[serde(rename = "batch.accepted")]
    Accepted(Box<BatchAccepted>),
    /// All of them were taken back at once.
    #[serde(rename = "batch.undone")]
    Undone(BatchUndone),
    /// Whoever keeps programmes confirmed them.
    #[serde(rename = "batch.confirmed")]
    Confirmed(BatchConfirmed),
    /// Whoever keeps programmes returned them to the agency: they are not given.
    #[serde(rename = "batch.returned")]
    Returned(BatchReturned),
}

impl FactFamily for BatchFact {
    const FAMILY: &'static str = "batch";
}

/// Many values were accepted at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAccepted {
    /// Identity of the batch.
    pub batch: BatchId,
    /// How many values.
    pub count: u32,
    /// Hash of the canonical compressed file that holds them, kept by the journal.
    pub content: FileHash,
    /// Where they were read.
    pub source: String,
    /// The agency that reports them.
    pub organisation: OrgId,
    /// Hashes of the definitions under which they were accepted, by indicator.
    pub definitions: BTreeMap<Id, String>,
    /// The file they were imported from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceFile>,
    /// What a reader must know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How many doubts were shown and set aside.
    pub doubts: u32,
    /// How many faulty rows of the file were left out, as the one who accepted it said.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u32,
    /// The import it is a part of, where the file was too large for one batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
    /// Whether it waits for whoever keeps programmes to confirm or return it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_confirm: bool,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A batch was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchUndone {
    /// Which.
    pub batch: BatchId,
    /// Why.
    pub reason: String,
}

/// A batch was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchConfirmed {
    /// Which.
    pub batch: BatchId,
}

/// A batch was returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchReturned {
    /// Which.
    pub batch: BatchId,
    /// What is to be mended.
    pub reason: String,
}

impl BatchId {
    /// The stream its facts lie on.
    pub fn stream(self) -> StreamId {
        StreamId::new("batch", self)
    }
}

/// One line of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRow {
    /// Indicator and area.
    #[serde(flatten)]
    pub key: SeriesKey,
    /// The value.
    #[serde(flatten)]
    pub figure: Figure,
}
