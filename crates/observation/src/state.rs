//! The state decisions rest on: folds of facts.

use std::str::FromStr;

use access::{Audience, FieldClass, OrgId, Scope};
use catalogue::Stage;
use journal::{RecordedFact, Seq};

use crate::{
    BatchAccepted, BatchFact, BatchId, BatchReturned, BatchRow, BatchUndone, EvidenceFile, Figure,
    ObservationId, Recorded, SeriesFact, SeriesKey,
};

/// An observation as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Its identity.
    pub id: ObservationId,
    /// Indicator and area.
    pub key: SeriesKey,
    /// The value.
    pub figure: Figure,
    /// The agency that reports it.
    pub organisation: OrgId,
    /// Hash of the indicator's definition under which it was recorded; none for rows of a batch, whose
    /// fact holds it.
    pub definition: Option<String>,
    /// Files that show where it comes from; empty for readers who may not see them, and for rows of a
    /// batch, whose evidence is the batch's.
    pub evidence: Vec<EvidenceFile>,
    /// Who may see it.
    pub audience: Audience,
    /// The batch it came with.
    pub batch: Option<BatchId>,
    /// Number of the entry that recorded it.
    pub seq: Seq,
    /// Its row within the entry: with `seq`, where it lies in the journal.
    pub row: i64,
    /// Microseconds since 1970 in UTC: when it was recorded.
    pub recorded_at: i64,
}

impl Observation {
    pub(crate) fn recorded(key: SeriesKey, data: Recorded, fact: &RecordedFact) -> Self {
        Self {
            id: data.id,
            key,
            audience: audience(data.figure.stage),
            figure: data.figure,
            organisation: data.organisation,
            definition: data.definition,
            evidence: data.evidence,
            batch: None,
            seq: fact.seq,
            row: fact.ix,
            recorded_at: fact.recorded_at,
        }
    }

    pub(crate) fn of_batch(
        batch: &BatchAccepted,
        number: u32,
        row: BatchRow,
        fact: &RecordedFact,
    ) -> Self {
        Self {
            id: ObservationId::of_row(batch.batch, number),
            definition: None,
            key: row.key,
            audience: audience(row.figure.stage),
            figure: row.figure,
            organisation: batch.organisation.clone(),
            evidence: Vec::new(),
            batch: Some(batch.batch),
            seq: fact.seq,
            row: number.into(),
            recorded_at: fact.recorded_at,
        }
    }

    /// A row that is not accepted yet, as what its neighbours are compared with: recorded after all.
    pub(crate) fn staged(row: &BatchRow, organisation: &OrgId) -> Self {
        Self {
            id: ObservationId(uuid::Uuid::nil()),
            key: row.key.clone(),
            figure: row.figure.clone(),
            organisation: organisation.clone(),
            definition: None,
            evidence: Vec::new(),
            audience: audience(row.figure.stage),
            batch: None,
            seq: Seq::MAX,
            row: 0,
            recorded_at: 0,
        }
    }

    /// Without the fields the reader may not see.
    pub(crate) fn masked(mut self, scope: &Scope) -> Self {
        if !scope.sees_field(FieldClass::Internal) {
            self.figure.note = None;
            self.evidence.clear();
        }
        self
    }
}

/// What agencies say stays inside until somebody publishes it; what statistics published is public.
fn audience(stage: Stage) -> Audience {
    match stage {
        Stage::Reported | Stage::Estimated => Audience::Internal,
        Stage::Preliminary | Stage::Official => Audience::Public,
    }
}

/// The observations of one indicator and area that stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeriesState {
    /// In order of recording.
    pub observations: Vec<Observation>,
    /// Number of the last entry that added to the series or took from it: the version a form is filled
    /// against.
    pub version: Seq,
}

impl SeriesState {
    /// The observation of an identity, if it stands.
    pub fn find(&self, id: ObservationId) -> Option<&Observation> {
        self.observations.iter().find(|o| o.id == id)
    }

    /// Takes a fact of the series in.
    pub fn evolve(mut self, key: &SeriesKey, fact: SeriesFact, at: &RecordedFact) -> Self {
        match fact {
            SeriesFact::Recorded(data) => {
                let observation = Observation::recorded(key.clone(), *data, at);
                self.observations.push(observation);
                self.version = at.seq;
            }
            SeriesFact::Withdrawn(data) => {
                self.observations.retain(|o| o.id != data.id);
                self.version = at.seq;
            }
            SeriesFact::Published(data) => {
                for observation in &mut self.observations {
                    if observation.id == data.id {
                        observation.audience = Audience::Public;
                    }
                }
            }
        }
        self
    }

    /// Takes a fact of a batch in; `rows` are those of the batch, of any series.
    pub fn evolve_batch(
        mut self,
        key: &SeriesKey,
        fact: &BatchFact,
        rows: &[BatchRow],
        at: &RecordedFact,
    ) -> Self {
        let before = self.observations.len();
        match fact {
            BatchFact::Accepted(data) => {
                let own = (0..).zip(rows).filter(|(_, row)| row.key == *key);
                self.observations.extend(
                    own.map(|(number, row)| Observation::of_batch(data, number, row.clone(), at)),
                );
            }
            BatchFact::Undone(BatchUndone { batch, .. })
            | BatchFact::Returned(BatchReturned { batch, .. }) => {
                self.observations.retain(|o| o.batch != Some(*batch));
            }
            BatchFact::Confirmed(_) => {}
        }
        if self.observations.len() != before {
            self.version = at.seq;
        }
        self
    }
}

/// A batch as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchState {
    /// What was accepted; none when nothing was.
    pub accepted: Option<BatchAccepted>,
    /// What became of it since.
    pub end: Option<BatchEnd>,
    /// Whether it was confirmed.
    pub confirmed: bool,
}

/// Why a batch stands no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchEnd {
    /// It was taken back.
    Undone,
    /// It was returned to the agency.
    Returned,
}

impl BatchState {
    /// Takes a fact in.
    pub fn evolve(mut self, fact: BatchFact) -> Self {
        match fact {
            BatchFact::Accepted(data) => self.accepted = Some(*data),
            BatchFact::Undone(_) => self.end = Some(BatchEnd::Undone),
            BatchFact::Returned(_) => self.end = Some(BatchEnd::Returned),
            BatchFact::Confirmed(_) => self.confirmed = true,
        }
        self
    }
}

/// A stage as a column holds it.
pub(crate) struct StoredStage(pub Stage);

impl FromStr for StoredStage {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Stage::from_word(text)
            .map(Self)
            .ok_or_else(|| format!("{text:?} is no stage"))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An observation of `dien-tich-rung` in area 12, for tests of pure functions.
    pub(crate) fn observation(
        period: &str,
        value: &str,
        stage: Stage,
        vintage: &str,
        seq: Seq,
    ) -> Observation {
        Observation {
            id: ObservationId::new(),
            key: SeriesKey::new(
                "dien-tich-rung".parse().expect("an id"),
                "12@".parse().expect("an area"),
            ),
            figure: Figure {
                period: period.parse().expect("a period"),
                value: value.parse().expect("a number"),
                numerator: None,
                denominator: None,
                stage,
                vintage: vintage.parse().expect("a day"),
                source: "niên giám".into(),
                source_url: None,
                method: None,
                note: None,
            },
            organisation: OrgId("chi-cuc-thong-ke".into()),
            definition: None,
            evidence: vec![],
            audience: audience(stage),
            batch: None,
            seq,
            row: 0,
            recorded_at: seq,
        }
    }
}
