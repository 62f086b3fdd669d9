//! Forms of the reading view, parsed into typed fields.

use catalogue::Id;
use reading::{DocumentKind, PeriodKind, PeriodSource, TargetPeriod};
use serde::Deserialize;

use access::Refusal;

use super::facts::HeaderFields;
use super::record::{StoredReading, TargetDraft, TaskDraft};
use crate::deadline::due_of;
use crate::form::{Faults, optional, ticked};
use crate::{COMPARATORS, TargetTerms};

/// What a person types about a target's demand. All text; numbers in the Vietnamese way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TermsForm {
    /// Id of an indicator of the catalogue, or empty.
    pub indicator: String,
    /// Word of a comparator, or empty.
    pub comparator: String,
    /// Ticked for "more than" and "less than".
    pub strict: String,
    /// Value.
    pub value: String,
    /// Upper value of a range.
    pub value_max: String,
    /// Word of a unit, or empty.
    pub unit: String,
    /// "by_year", "per_year" or empty.
    pub period_kind: String,
    /// Year.
    pub year: String,
    /// What it is compared with, as written.
    pub baseline: String,
}

impl TermsForm {
    /// Parses the fields; `known` says whether the catalogue has an indicator.
    pub fn parse(&self, known: &dyn Fn(&Id) -> bool) -> Result<TargetTerms, Refusal> {
        let mut faults = Faults::default();
        let terms = self.read(known, &mut faults);
        faults.finish(Some(terms))
    }

    pub(crate) fn read(&self, known: &dyn Fn(&Id) -> bool, faults: &mut Faults) -> TargetTerms {
        let before = faults.count();
        let kind = match self.period_kind.trim() {
            "" => None,
            "by_year" => Some(PeriodKind::ByYear),
            "per_year" => Some(PeriodKind::PerYear),
            other => {
                unknown_word(faults, "period_kind", other, "by_year, per_year");
                None
            }
        };
        let terms = TargetTerms {
            indicator: self.indicator(known, faults),
            comparator: self.comparator(faults),
            strict: ticked(&self.strict),
            value: faults.number("value", &self.value),
            value_max: faults.number("value_max", &self.value_max),
            unit: optional(&self.unit),
            period: TargetPeriod {
                kind,
                year: faults.year("year", &self.year),
                baseline: optional(&self.baseline),
                source: match kind {
                    Some(_) => PeriodSource::Explicit,
                    None => PeriodSource::None,
                },
            },
        };
        // A field that could not be read would be reported a second time as missing.
        if faults.count() == before {
            terms.check(faults);
        }
        terms
    }

    fn indicator(&self, known: &dyn Fn(&Id) -> bool, faults: &mut Faults) -> Option<Id> {
        let text = optional(&self.indicator)?;
        let found = text.parse::<Id>().ok().filter(|id| known(id));
        if found.is_none() {
            faults.add(
                "indicator",
                format!("Danh mục không có chỉ số “{text}”."),
                format!("The catalogue has no indicator “{text}”."),
            );
        }
        found
    }

    fn comparator(&self, faults: &mut Faults) -> Option<reading::Comparator> {
        let text = optional(&self.comparator)?;
        let found = COMPARATORS.iter().find(|(_, word)| *word == text);
        if found.is_none() {
            let words: Vec<&str> = COMPARATORS.iter().map(|(_, word)| *word).collect();
            unknown_word(faults, "comparator", &text, &words.join(", "));
        }
        found.map(|(comparator, _)| *comparator)
    }
}

fn unknown_word(faults: &mut Faults, field: &str, word: &str, words: &str) {
    faults.add(
        field,
        format!("Không có lựa chọn “{word}”. Chọn một trong: {words}."),
        format!("There is no choice “{word}”. Choose one of: {words}."),
    );
}

/// What a person types about a target of a reading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TargetForm {
    /// The clause, "120-180" in code points.
    pub span: String,
    /// Where the number stands, in the same way, or empty.
    pub value_span: String,
    /// What it demands.
    #[serde(flatten)]
    pub terms: TermsForm,
}

impl TargetForm {
    /// Parses the fields against the reading they correct.
    pub fn parse(
        &self,
        reading: &StoredReading,
        known: &dyn Fn(&Id) -> bool,
    ) -> Result<TargetDraft, Refusal> {
        let mut faults = Faults::default();
        let length = reading.length();
        let span = faults.span("span", &self.span, length);
        let value_span =
            optional(&self.value_span).and_then(|text| faults.span("value_span", &text, length));
        let terms = self.terms.read(known, &mut faults);
        let draft = span.map(|span| TargetDraft {
            place: reading.place(span),
            value_span,
            indicator_score: if terms.indicator.is_some() { 100 } else { 0 },
            terms,
            // Not asked: whoever corrects a draft keeps what it says.
            lead: None,
        });
        faults.finish(draft)
    }
}

/// What a person types about a task of a reading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TaskForm {
    /// The clause, "120-180" in code points.
    pub span: String,
    /// What it is about.
    pub theme: String,
    /// Who leads, as written.
    pub lead_agency: String,
    /// Who supports, as written, separated by semicolons.
    pub supporting: String,
    /// By when, as written.
    pub deadline: String,
    /// By when, as a day; when empty it is taken from `deadline` where that names one.
    pub due: String,
}

impl TaskForm {
    /// Parses the fields against the reading they correct.
    pub fn parse(&self, reading: &StoredReading) -> Result<TaskDraft, Refusal> {
        let mut faults = Faults::default();
        let span = faults.span("span", &self.span, reading.length());
        let deadline = optional(&self.deadline);
        let due = match optional(&self.due) {
            Some(text) => faults.date("due", &text),
            None => deadline.as_deref().and_then(due_of),
        };
        let draft = span.map(|span| TaskDraft {
            place: reading.place(span),
            theme: optional(&self.theme),
            lead: optional(&self.lead_agency),
            supporting: self.supporting.split(';').filter_map(optional).collect(),
            deadline,
            due,
        });
        faults.finish(draft)
    }
}

/// What a person types about a document itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HeaderForm {
    /// Word of a sort of document.
    pub kind: String,
    /// Number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Day of issue.
    pub date: String,
    /// Area as written.
    pub area: String,
    /// Title.
    pub title: String,
}

impl HeaderForm {
    /// Parses the fields.
    pub fn parse(&self) -> Result<HeaderFields, Refusal> {
        let mut faults = Faults::default();
        let word = serde_json::Value::from(self.kind.trim());
        let kind: Option<DocumentKind> = serde_json::from_value(word).ok();
        if kind.is_none() {
            faults.add(
                "kind",
                "Chưa chọn loại văn bản.",
                "No sort of document is chosen.",
            );
        }
        let header = HeaderFields {
            kind: kind.unwrap_or_default(),
            number: optional(&self.number),
            issuer: optional(&self.issuer),
            date: faults.date("date", &self.date),
            area: optional(&self.area),
            title: faults.text("title", &self.title),
        };
        faults.finish(Some(header))
    }
}
