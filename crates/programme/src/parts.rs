//! Small things that several families share.

use catalogue::Id;
use jiff::civil::Date;
use journal::{FileHash, Seq, WriteContext, WriteTx};
use reading::{Comparator, PeriodKind, TargetPeriod};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::Span;

use access::{Refusal, Scope};

/// What comes with every command besides its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Sent with the form: the same key again changes nothing and answers with the first outcome.
    pub key: Option<String>,
    /// Version of the thing that the form was filled against; with another one the command is stale.
    pub expected: Option<Seq>,
}

impl Given {
    /// A command filled against a version, with an idempotency key.
    pub fn new(key: impl Into<String>, expected: Seq) -> Self {
        Self {
            key: Some(key.into()),
            expected: Some(expected),
        }
    }

    pub(crate) fn context(&self, scope: &Scope, command: &str) -> WriteContext {
        WriteContext::new(scope.actor(), command).with_key(self.key.clone())
    }

    pub(crate) fn check(&self, version: Seq) -> Result<(), Refusal> {
        match self.expected {
            Some(expected) if expected != version => Err(Refusal::Stale),
            _ => Ok(()),
        }
    }
}

/// A file in the store of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Hash of its content, by which the store names it.
    pub hash: FileHash,
    /// Name it was handed in under.
    pub name: String,
    /// Media type: "application/pdf".
    pub media: String,
    /// Bytes.
    pub size: u64,
}

/// What supports a result: a file, or a link with what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Hash of the stored content.
    pub hash: FileHash,
    /// Name of the file, or title of the page; empty when the file was removed.
    pub name: String,
    /// Media type; empty when the file was removed.
    pub media: String,
    /// Bytes.
    pub size: u64,
    /// Where it was found, when it came from an address.
    pub link: Option<String>,
}

impl Evidence {
    /// Was the file removed? It has no name any more.
    pub fn is_removed(&self) -> bool {
        self.name.is_empty() && self.media.is_empty()
    }

    /// Leaves nothing but that there was a file.
    pub(crate) fn remove(&mut self) {
        self.name.clear();
        self.media.clear();
        self.size = 0;
        self.link = None;
    }
}

/// A paper that ordered or granted something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Its number: "15/QĐ-UBND".
    pub number: String,
    /// Its date.
    pub date: Date,
}

/// Where in a document something stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Stable address of the passage it lies in; none when it lies in no passage.
    pub anchor: Option<String>,
    /// Path of the section.
    pub section: Option<String>,
    /// The clause, in code points of the document's text.
    pub span: Span,
}

/// What a target demands: indicator, comparator, value, unit, period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetTerms {
    /// The indicator of the catalogue it is measured by.
    pub indicator: Option<Id>,
    /// How the value is meant; none for a state without a number.
    pub comparator: Option<Comparator>,
    /// "More than" instead of "at least", "less than" instead of "at most".
    pub strict: bool,
    /// The value, in `unit`.
    pub value: Option<Decimal>,
    /// Upper value of a range.
    pub value_max: Option<Decimal>,
    /// Word of the unit: one of [`crate::UNITS`].
    pub unit: Option<String>,
    /// By when, or how often.
    pub period: TargetPeriod,
}

/// Words of units, as the reader and the catalogue write them.
pub const UNITS: [&str; 13] = [
    "percent",
    "percent_per_year",
    "count",
    "times",
    "ratio",
    "level_of_7",
    "rank",
    "index",
    "points",
    "per_10k_people",
    "yes_no",
    "billion_vnd",
    "million_vnd_per_person",
];

/// Every comparator with its word, in the order in which a form offers them.
pub const COMPARATORS: [(Comparator, &str); 8] = [
    (Comparator::AtLeast, ">="),
    (Comparator::AtMost, "<="),
    (Comparator::Equal, "="),
    (Comparator::About, "~"),
    (Comparator::Between, "between"),
    (Comparator::MultiplyBy, "multiply_by"),
    (Comparator::IncreaseByPct, "increase_by_pct"),
    (Comparator::IncreaseCount, "increase_count"),
];

/// The word of a comparator, as in a reading.
pub fn comparator_word(comparator: Comparator) -> &'static str {
    // The table holds every comparator; a test below walks it.
    COMPARATORS
        .iter()
        .find(|(known, _)| *known == comparator)
        .map_or("", |(_, word)| word)
}

/// The word of a kind of period, as in a reading.
pub fn period_word(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::ByYear => "by_year",
        PeriodKind::PerYear => "per_year",
    }
}

/// The day in Vietnam on which an entry is written.
pub(crate) fn day_of(tx: &WriteTx) -> Date {
    viet::date::day_of(tx.recorded_at())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_reader() {
        for (comparator, word) in COMPARATORS {
            assert_eq!(serde_json::json!(comparator), serde_json::json!(word));
            assert_eq!(comparator_word(comparator), word);
        }
        for kind in [PeriodKind::ByYear, PeriodKind::PerYear] {
            assert_eq!(
                serde_json::json!(kind),
                serde_json::json!(period_word(kind))
            );
        }
    }

    #[test]
    fn a_form_filled_against_another_version_is_stale() {
        assert!(Given::default().check(7).is_ok());
        assert!(Given::new("k", 7).check(7).is_ok());
        assert!(matches!(Given::new("k", 6).check(7), Err(Refusal::Stale)));
    }
}
