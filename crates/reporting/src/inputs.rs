//! What a report is drawn from: everything, and nothing that is not here. Kept as canonical JSON in the
//! file store, so that the same report can be drawn again from the same inputs.

use std::collections::BTreeMap;

use access::OrgId;
use catalogue::{Id, Indicator, Stage, Unit};
use jiff::civil::{Date, DateTime};
use journal::{Seq, StreamId};
use measure::{TargetSpec, TargetStatus, TaskStatus};
use observation::columns::{Source, Value};
use observation::{Observation, ObservationId, SeriesKey};
use programme::{DocumentId, ProgrammeId, TargetId, TaskId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viet::{AreaKey, Calendar, Period};

/// Identity of one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReportId(pub Uuid);

impl ReportId {
    /// A new identity, made at the edge and passed in the command.
    #[allow(clippy::new_without_default, reason = "every call gives another value")]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// The stream its facts lie on.
    pub fn stream(self) -> StreamId {
        StreamId::new("report", self.0)
    }
}

impl std::fmt::Display for ReportId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for ReportId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A definition as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionRef {
    /// Its identifier.
    pub id: Id,
    /// Its version.
    pub version: String,
    /// Hash of its canonical JSON: the journal keeps it.
    pub hash: String,
}

/// An agency as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its identity.
    pub id: OrgId,
    /// The name it bore on the day.
    pub name: String,
    /// Short form of the name, for the symbol of the document.
    pub short: String,
    /// Name of the agency above it, printed above its own.
    pub parent: Option<String>,
}

/// A territory as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Territory {
    /// Its key.
    pub key: AreaKey,
    /// The name it bore on the day, with its type.
    pub name: String,
    /// Its name without the type: where the document is dated.
    pub short: String,
}

/// A document that ordered something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentInput {
    /// Its number: `12-CTr/TU`.
    pub number: Option<String>,
    /// Its day.
    pub date: Option<Date>,
    /// Its title.
    pub title: String,
}

impl DocumentInput {
    /// As it is cited after its first mention: by its number, or by its title where it has none.
    pub fn cited(&self) -> &str {
        self.number.as_deref().unwrap_or(&self.title)
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It was recorded.
    Observation(ObservationId),
    /// It follows from what was recorded, by the definition of its indicator.
    Computed {
        /// The observations it rests on.
        from: Vec<ObservationId>,
        /// The page that says how.
        address: String,
    },
}

/// A figure with what makes it one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueInput {
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
    /// For which period.
    pub period: Period,
    /// The value in the indicator's unit.
    pub value: Decimal,
    /// How settled it is; of a computed one, the least settled thing it rests on.
    pub stage: Stage,
    /// Where it was read, or that it was computed.
    pub source: String,
    /// When it was published; of a computed one, the last thing it rests on.
    pub vintage: Date,
}

impl ValueInput {
    /// A value that was computed; none where it rests on nothing that was recorded.
    pub(crate) fn computed(
        indicator: &Indicator,
        key: &SeriesKey,
        value: &Value,
        sources: &[Source],
    ) -> Option<Self> {
        let stated = || sources.iter().map(|source| &source.stated);
        let shown = value.shown()?.round_dp(indicator.value.decimals);
        let (id, area, period) = (&key.indicator, key.area, value.period);
        Some(Self {
            origin: Origin::Computed {
                from: stated().map(|stated| stated.id).collect(),
                address: format!("/indicators/{id}/value?area={area}&period={period}"),
            },
            period,
            value: shown.normalize(),
            stage: stated().map(|stated| stated.stage).min()?,
            source: format!("hệ thống tính từ {} số liệu đã ghi nhận", sources.len()),
            vintage: stated().map(|stated| stated.vintage).max()?,
        })
    }
}

impl From<&Observation> for ValueInput {
    fn from(observation: &Observation) -> Self {
        let figure = &observation.figure;
        Self {
            origin: Origin::Observation(observation.id),
            period: figure.period,
            value: figure.value,
            stage: figure.stage,
            source: figure.source.clone(),
            vintage: figure.vintage,
        }
    }
}

/// How values of an indicator are named and printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorInput {
    /// Its identifier.
    pub id: Id,
    /// Its Vietnamese name.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// Hash of its definition.
    pub hash: String,
}

impl IndicatorInput {
    /// From the definition in force.
    pub fn of(definition: &Indicator, hash: &str) -> Self {
        Self {
            id: definition.def.id.clone(),
            name: definition.def.label.vi.clone(),
            unit: definition.value.unit.clone(),
            hash: hash.to_owned(),
        }
    }
}

/// A target and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetInput {
    /// Its identity.
    pub id: TargetId,
    /// Its words.
    pub text: String,
    /// The document that sets it.
    pub document: DocumentId,
    /// The passage there.
    pub anchor: Option<String>,
    /// The territory it was set for.
    pub area: AreaKey,
    /// The indicator it is measured by; none while it is linked to none.
    pub indicator: Option<IndicatorInput>,
    /// The unit, as printed; none where none is known.
    pub unit: Option<String>,
    /// What it demands.
    pub spec: TargetSpec,
    /// The value it demands where the comparator alone does not say: a multiple of a baseline.
    pub goal: Option<Decimal>,
    /// How it stands.
    pub status: TargetStatus,
    /// Why, in Vietnamese.
    pub reason: String,
    /// Who answers for it.
    pub responsible: Option<String>,
    /// The figure of this period, or the last one before.
    pub current: Option<ValueInput>,
    /// The figure of the period before that.
    pub previous: Option<ValueInput>,
}

impl TargetInput {
    /// Its name: the indicator's, or its own words.
    pub fn name(&self) -> &str {
        self.indicator
            .as_ref()
            .map_or(self.text.as_str(), |indicator| &indicator.name)
    }
}

/// What an agency says it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultInput {
    /// Its words.
    pub text: String,
    /// Day of submission.
    pub on: Date,
    /// Whether the assigner still has to judge it.
    pub waiting: bool,
    /// Why it was returned.
    pub returned: Option<String>,
}

/// A task and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskInput {
    /// Its identity.
    pub id: TaskId,
    /// Its title.
    pub title: String,
    /// The document that orders it.
    pub document: DocumentId,
    /// The passage there.
    pub anchor: Option<String>,
    /// Who leads.
    pub lead: Option<String>,
    /// Who supports.
    pub supporting: Vec<String>,
    /// The last day.
    pub deadline: Option<Date>,
    /// By when, as written, where no day could be read from it.
    pub deadline_written: Option<String>,
    /// What is to come out.
    pub product: Option<String>,
    /// How it stands.
    pub status: TaskStatus,
    /// The day it was done.
    pub done_on: Option<Date>,
    /// The result in force.
    pub result: Option<ResultInput>,
    /// How many times more time was granted.
    pub extensions: u32,
}

/// The programme reported on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeInput {
    /// Its identity.
    pub id: ProgrammeId,
    /// Its title.
    pub title: String,
    /// The documents it rests on, the first one first.
    pub documents: Vec<DocumentId>,
}

/// Everything a report is drawn from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportInputs {
    /// The report's definition.
    pub definition: DefinitionRef,
    /// The format's definition.
    pub format: DefinitionRef,
    /// The period reported on.
    pub period: Period,
    /// The calendar by which its days are counted.
    pub calendar: Calendar,
    /// The day as of which statuses stand: the last of the period, or the day of drawing up before that.
    pub as_of: Date,
    /// The last entry whose facts count.
    pub as_known: Seq,
    /// Number and hash of the journal's last entry when it was drawn up.
    pub head: String,
    /// When it was drawn up, in UTC.
    pub drawn_up: DateTime,
    /// The territory.
    pub area: Territory,
    /// Who sends it.
    pub sender: Party,
    /// Who receives it.
    pub receiver: Party,
    /// The programme.
    pub programme: ProgrammeInput,
    /// The documents named.
    pub documents: BTreeMap<DocumentId, DocumentInput>,
    /// The targets in the order of their documents.
    pub targets: Vec<TargetInput>,
    /// The tasks in the order of their documents.
    pub tasks: Vec<TaskInput>,
    /// What the officer wrote, by section of the definition: paragraphs.
    pub remarks: BTreeMap<Id, Vec<String>>,
}

impl ReportInputs {
    /// First day of the period.
    pub fn first_day(&self) -> Date {
        self.period.range(self.calendar).from()
    }

    /// How a document is cited.
    pub fn cited(&self, document: DocumentId) -> &str {
        self.documents
            .get(&document)
            .map_or("", DocumentInput::cited)
    }
}

/// The period of the same kind after one.
pub fn following(period: Period) -> Period {
    let next = match period {
        Period::Year(year) => Some(Period::Year(year.saturating_add(1))),
        Period::NineMonths(year) => Some(Period::NineMonths(year.saturating_add(1))),
        Period::HalfYear { year, half: 1, .. } => Period::half_year(year, 2),
        Period::HalfYear { year, .. } => Period::half_year(year.saturating_add(1), 1),
        Period::Quarter {
            year, quarter: 4, ..
        } => Period::quarter(year.saturating_add(1), 1),
        Period::Quarter { year, quarter, .. } => Period::quarter(year, quarter + 1),
        Period::Month {
            year, month: 12, ..
        } => Period::month(year.saturating_add(1), 1),
        Period::Month { year, month, .. } => Period::month(year, month + 1),
        Period::Years { from, to, .. } => {
            let length = to.saturating_sub(from).saturating_add(1);
            Period::years(from.saturating_add(length), to.saturating_add(length))
        }
    };
    // Every number above is in range; only the last year of the calendar has no successor.
    next.unwrap_or(period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_following_period_is_the_one_whose_predecessor_this_is() {
        for code in [
            "2025",
            "2025-9M",
            "2025-H1",
            "2025-H2",
            "2025-Q1",
            "2025-Q4",
            "2025-M01",
            "2025-M12",
            "2021/2025",
        ] {
            let period: Period = code.parse().expect("a period");
            assert_eq!(following(period).previous(), period, "{code}");
        }
    }
}
