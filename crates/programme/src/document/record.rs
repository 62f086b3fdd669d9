//! A reading as the journal keeps it: the text and what was read in it, as canonical JSON, named by its
//! hash in the fact that it was read.

use access::Refusal;
use journal::{JournalError, Tx, canonical_json, params};
use reading::{Assignment, Cite, Diagnostic, Document, Passage, Reading, Section};
use serde::{Deserialize, Serialize};
use viet::Span;

use crate::deadline::due_of;
use crate::{Place, TargetTerms};

/// Version of the shape; an older stored one is brought forward when it is read.
const VERSION: u16 = 1;

/// A reading in the journal's own shape. It differs from [`Reading`] in that it holds the text itself
/// and writes decimals as text (the journal keeps no floats).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredReading {
    version: u16,
    /// The text that was read; all spans count its code points.
    pub text: String,
    /// What the text says about itself.
    pub header: Document,
    /// Other documents it names.
    pub cites: Vec<Cite>,
    /// The outline.
    pub sections: Vec<Section>,
    /// Every citable piece.
    pub passages: Vec<Passage>,
    /// Targets by the reader's id.
    pub targets: Vec<(String, TargetDraft)>,
    /// Tasks by the reader's id.
    pub tasks: Vec<(String, TaskDraft)>,
    /// Duties given to a named agency.
    pub assignments: Vec<Assignment>,
    /// What the reader was unsure of.
    pub diagnostics: Vec<Diagnostic>,
}

/// A target of a draft: as read, corrected or added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetDraft {
    /// Where it stands.
    pub place: Place,
    /// Where the number stands.
    pub value_span: Option<Span>,
    /// What it demands.
    pub terms: TargetTerms,
    /// Who answers for it, as written, where a table or a bullet names somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// How well the wording fits the indicator, 0 to 100; 100 when a person linked it.
    pub indicator_score: u8,
}

/// A task of a draft: as read, corrected or added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDraft {
    /// Where it stands.
    pub place: Place,
    /// What it is about.
    pub theme: Option<String>,
    /// Who leads, as written.
    pub lead: Option<String>,
    /// Who supports, as written.
    pub supporting: Vec<String>,
    /// By when, as written.
    pub deadline: Option<String>,
    /// By when, as a day.
    pub due: Option<jiff::civil::Date>,
}

impl TargetDraft {
    /// The same in the reader's shape.
    pub fn as_read(&self, id: &str) -> reading::Target {
        let terms = &self.terms;
        reading::Target {
            id: id.to_owned(),
            span: self.place.span,
            value_span: self.value_span,
            section: self.place.section.clone(),
            indicator: terms.indicator.as_ref().map(|id| id.as_str().to_owned()),
            indicator_score: self.indicator_score,
            comparator: terms.comparator,
            strict: terms.strict,
            value: terms.value,
            value_max: terms.value_max,
            unit: terms.unit.clone(),
            period: terms.period.clone(),
            lead_agency: self.lead.clone(),
        }
    }
}

impl TaskDraft {
    /// The same in the reader's shape.
    pub fn as_read(&self, id: &str) -> reading::Task {
        reading::Task {
            id: id.to_owned(),
            span: self.place.span,
            section: self.place.section.clone(),
            theme: self.theme.clone(),
            lead_agency: self.lead.clone(),
            deadline: self.deadline.clone(),
        }
    }
}

impl StoredReading {
    /// A reading and its text in the journal's shape.
    pub fn of(text: impl Into<String>, reading: &Reading) -> Self {
        let places = |section: &Option<String>, span| place(&reading.passages, section, span);
        let target = |t: &reading::Target| {
            let draft = TargetDraft {
                place: places(&t.section, t.span),
                value_span: t.value_span,
                terms: terms(t),
                lead: t.lead_agency.clone(),
                indicator_score: t.indicator_score,
            };
            (t.id.clone(), draft)
        };
        let task = |t: &reading::Task| {
            let draft = TaskDraft {
                place: places(&t.section, t.span),
                theme: t.theme.clone(),
                lead: t.lead_agency.clone(),
                supporting: Vec::new(),
                deadline: t.deadline.clone(),
                due: t.deadline.as_deref().and_then(due_of),
            };
            (t.id.clone(), draft)
        };
        Self {
            version: VERSION,
            text: text.into(),
            header: reading.document.clone(),
            cites: reading.cites.clone(),
            sections: reading.sections.clone(),
            passages: reading.passages.clone(),
            targets: reading.targets.iter().map(target).collect(),
            tasks: reading.tasks.iter().map(task).collect(),
            assignments: reading.assignments.clone(),
            diagnostics: reading.diagnostics.clone(),
        }
    }

    /// Where a span stands in the outline.
    pub fn place(&self, span: Span) -> Place {
        place(&self.passages, &None, span)
    }

    /// Code points of the text.
    pub fn length(&self) -> usize {
        self.text.chars().count()
    }

    /// For cutting many spans out of the text.
    pub fn cutter(&self) -> Cutter<'_> {
        let starts = self.text.char_indices().map(|(at, _)| at);
        Cutter {
            text: &self.text,
            offsets: starts.chain([self.text.len()]).collect(),
        }
    }

    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Refusal> {
        Ok(canonical_json(self).map_err(JournalError::from)?)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, JournalError> {
        serde_json::from_slice(bytes).map_err(JournalError::decode("a stored reading"))
    }

    /// Reads a stored reading inside a transaction.
    pub(crate) async fn load(tx: &mut Tx, hash: &str) -> Result<Self, JournalError> {
        let row = tx
            .row(
                "SELECT content FROM journal_batch WHERE hash = $1",
                params![hash],
            )
            .await?
            .ok_or_else(|| JournalError::Invariant(format!("reading {hash} is missing")))?;
        Self::from_bytes(&row.bytes("content")?)
    }
}

/// Cuts spans of code points out of a text without counting from its beginning each time.
#[derive(Debug)]
pub struct Cutter<'a> {
    text: &'a str,
    offsets: Vec<usize>,
}

impl Cutter<'_> {
    /// The text of a span; what lies past the end is left out.
    pub fn cut(&self, span: Span) -> &str {
        let end = self.text.len();
        let at = |point: usize| self.offsets.get(point).copied().unwrap_or(end);
        &self.text[at(span.start())..at(span.end())]
    }
}

fn terms(target: &reading::Target) -> TargetTerms {
    TargetTerms {
        // The reader takes indicators from the catalogue, whose ids always parse.
        indicator: target.indicator.as_deref().and_then(|id| id.parse().ok()),
        comparator: target.comparator,
        strict: target.strict,
        value: target.value,
        value_max: target.value_max,
        unit: target.unit.clone(),
        period: target.period.clone(),
    }
}

/// The passage that holds the span's beginning, preferring the smallest.
fn place(passages: &[Passage], section: &Option<String>, span: Span) -> Place {
    let holds = |p: &&Passage| p.span.start() <= span.start() && span.start() < p.span.end();
    let passage = passages.iter().filter(holds).min_by_key(|p| p.span.len());
    Place {
        anchor: passage.map(|p| p.anchor.clone()),
        section: section
            .clone()
            .or_else(|| passage.and_then(|p| p.section.clone())),
        span,
    }
}
