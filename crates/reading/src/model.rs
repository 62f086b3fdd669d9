//! What a reading holds: the types behind the JSON of `dotpha read --json`.
//!
//! Spans count Unicode code points of the text that was read. Every list is in the order of the text.
//! Ids ("t1", "k1", "a1", "s1") are the same for the same text, so a draft can be edited by id.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::Span;

/// One text, read. It is a draft: an officer corrects it before anything is adopted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// What the text says about itself.
    pub document: Document,
    /// Other documents it names.
    pub cites: Vec<Cite>,
    /// The numbered outline; of running text its paragraphs and sub-headings.
    pub sections: Vec<Section>,
    /// Every citable piece of the text that is not furniture.
    pub passages: Vec<Passage>,
    /// Measurable or decidable aims.
    pub targets: Vec<Target>,
    /// Things to be done.
    pub tasks: Vec<Task>,
    /// Duties given to a named agency.
    pub assignments: Vec<Assignment>,
    /// What the reader was unsure of or read otherwise than written.
    pub diagnostics: Vec<Diagnostic>,
}

/// Header data of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Document {
    /// Sort of document.
    pub kind: DocumentKind,
    /// Its own number, "57-NQ/TW".
    pub number: Option<String>,
    /// Who issued it, as written.
    pub issuer: Option<String>,
    /// Day of issue (of a news item: of its publication).
    pub date: Option<Date>,
    /// The province or the country it speaks of, as written.
    pub area: Option<String>,
    /// Title without line breaks.
    pub title: Option<String>,
    /// Secrecy mark, if there is one.
    #[serde(default)]
    pub secrecy: Option<SecrecyMark>,
}

/// Sorts of documents (GLOSSARY: document).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Nghị quyết.
    Resolution,
    /// Chương trình.
    Programme,
    /// Kế hoạch.
    Plan,
    /// Quyết định.
    Decision,
    /// Chỉ thị.
    Directive,
    /// Kết luận, thông báo kết luận.
    Conclusion,
    /// Đề án.
    Scheme,
    /// Chiến lược.
    Strategy,
    /// Tờ trình.
    Submission,
    /// Công văn.
    Letter,
    /// Báo cáo.
    Report,
    /// Phụ lục that came without its document.
    Annex,
    /// Tin, bài báo: reference only, never a legal basis.
    News,
    /// Not recognised.
    #[default]
    Unknown,
}

/// Degrees of state secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecrecyLevel {
    /// Mật.
    Secret,
    /// Tối mật.
    HighlySecret,
    /// Tuyệt mật.
    TopSecret,
}

/// A mark of secrecy in the header of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecrecyMark {
    /// Degree.
    pub level: SecrecyLevel,
    /// Where it stands.
    pub span: Span,
}

/// How a cited document is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// This document carries it out.
    Implements,
    /// It is named.
    Cites,
    /// This document changes it.
    Amends,
    /// This document takes its place.
    Replaces,
    /// This document joins it with others.
    Merges,
}

/// One document named in the text, at its first mention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cite {
    /// "c1", "c2" …
    pub id: String,
    /// Number as written, without spaces.
    pub number: Option<String>,
    /// Its date, if the text gives it.
    pub date: Option<Date>,
    /// How it is meant.
    pub relation: Relation,
    /// First mention, with sort and date.
    pub span: Span,
}

/// What a place in the outline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassageKind {
    /// Number, date, title, preamble before the outline.
    Front,
    /// A heading, numbered or not.
    Heading,
    /// A numbered item that is running text.
    NumberedItem,
    /// A paragraph.
    Paragraph,
    /// A dash or plus item.
    Bullet,
    /// A row of a table.
    Row,
}

/// One numbered place of the outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// "s1", "s2" …
    pub id: String,
    /// Labels joined by dots: "II.2.2.1"; of running text "P.1", "H.1".
    pub path: String,
    /// Its own label: "2.1".
    pub label: String,
    /// Depth, 1 for the outermost.
    pub level: u8,
    /// Heading, numbered item or paragraph.
    pub kind: PassageKind,
    /// Title without label and line breaks; empty for running text.
    pub title: String,
    /// The heading; of a running item its label alone; of a paragraph all of it.
    pub span: Span,
}

/// A citable piece of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Stable address: "II.2.2.1", its third bullet "II.2.2.1.b3", its second paragraph "II.2.2.1.p2", "P.4".
    pub anchor: String,
    /// What it is.
    pub kind: PassageKind,
    /// Where.
    pub span: Span,
    /// Path of the section it belongs to.
    pub section: Option<String>,
}

/// How a value is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparator {
    /// At least (with `strict`: more than).
    #[serde(rename = ">=")]
    AtLeast,
    /// At most (with `strict`: less than).
    #[serde(rename = "<=")]
    AtMost,
    /// Reaches.
    #[serde(rename = "=")]
    Equal,
    /// About.
    #[serde(rename = "~")]
    About,
    /// From value to value_max.
    #[serde(rename = "between")]
    Between,
    /// Times the baseline.
    #[serde(rename = "multiply_by")]
    MultiplyBy,
    /// Grows by so many per cent (negative: falls).
    #[serde(rename = "increase_by_pct")]
    IncreaseByPct,
    /// So many more, newly formed (negative: fewer).
    #[serde(rename = "increase_count")]
    IncreaseCount,
}

/// By when, or how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// Once, by the end of a year.
    ByYear,
    /// Every year.
    PerYear,
}

/// Where a deadline was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodSource {
    /// In the sentence itself.
    Explicit,
    /// In a heading above.
    Heading,
    /// In the text before.
    PrecedingText,
    /// Nowhere.
    #[default]
    None,
}

/// The deadline of a target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TargetPeriod {
    /// By a year or every year.
    pub kind: Option<PeriodKind>,
    /// The year.
    pub year: Option<i16>,
    /// What it is compared with, as written ("giai đoạn 2021-2025").
    pub baseline: Option<String>,
    /// Where the deadline was found.
    pub source: PeriodSource,
}

/// An aim that can be checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// "t1", "t2" …
    pub id: String,
    /// The clause.
    pub span: Span,
    /// Where the number stands; none for a state without a number.
    pub value_span: Option<Span>,
    /// Path of its section.
    pub section: Option<String>,
    /// The indicator it seems to mean.
    pub indicator: Option<String>,
    /// How well the wording fits that indicator, 0 to 100.
    #[serde(default)]
    pub indicator_score: u8,
    /// How the value is meant; none when there is no number.
    pub comparator: Option<Comparator>,
    /// More than / less than, not at least / at most.
    pub strict: bool,
    /// The value, in `unit`.
    #[serde(with = "decimal")]
    pub value: Option<Decimal>,
    /// The upper value of a range.
    #[serde(with = "decimal")]
    pub value_max: Option<Decimal>,
    /// "percent", "percent_per_year", "times", "level_of_7", "index", "rank", "per_10k_people", "count", "billion_vnd" …
    pub unit: Option<String>,
    /// By when.
    pub period: TargetPeriod,
    /// Who is answerable, as written, where a table or the item itself names an agency.
    #[serde(default)]
    pub lead_agency: Option<String>,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// "k1", "k2" …
    pub id: String,
    /// One leaf bullet; in running text one action.
    pub span: Span,
    /// Path of its section.
    pub section: Option<String>,
    /// What it is about: "human_resources", "data" …
    pub theme: Option<String>,
    /// Who leads, as written.
    pub lead_agency: Option<String>,
    /// By when, as written.
    pub deadline: Option<String>,
}

/// A duty of a named agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// "a1", "a2" …
    pub id: String,
    /// Who, as written.
    pub agency: String,
    /// The duty.
    pub span: Span,
    /// How often ("hằng năm", "định kỳ").
    pub cadence: Option<String>,
    /// Path of its section.
    #[serde(default)]
    pub section: Option<String>,
}

/// Something a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable code: "joined_line", "spelling", "no_deadline" …
    pub code: String,
    /// In Vietnamese, for the officer.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// Decimals as JSON numbers, as FORMAT.md has them.
mod decimal {
    use rust_decimal::Decimal;
    use rust_decimal::prelude::ToPrimitive;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &Option<Decimal>, s: S) -> Result<S::Ok, S::Error> {
        match value {
            None => s.serialize_none(),
            Some(v) => match v.is_integer().then(|| v.to_i64()).flatten() {
                Some(whole) => s.serialize_i64(whole),
                None => s.serialize_f64(v.to_f64().unwrap_or(f64::NAN)),
            },
        }
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Whole(i64),
        Broken(f64),
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Decimal>, D::Error> {
        match Option::<Given>::deserialize(d)? {
            None => Ok(None),
            Some(Given::Whole(v)) => Ok(Some(Decimal::from(v))),
            Some(Given::Broken(v)) => Decimal::try_from(v)
                .map(Some)
                .map_err(serde::de::Error::custom),
        }
    }
}
