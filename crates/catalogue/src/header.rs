//! What every definition says about itself: its name, its legal basis and its days of validity.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use viet::Lang;

use crate::fault::{Faults, Origin};

/// A name in both languages of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Label {
    /// A label of two texts.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// The text in the language asked for.
    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.vi, &self.en)
    }

    /// Whether either language was left empty.
    pub fn is_incomplete(&self) -> bool {
        self.vi.trim().is_empty() || self.en.trim().is_empty()
    }
}

/// The identifier of a definition or of an entry in one: lower-case ASCII letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

impl Id {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "mã `{0}`: chỉ dùng a-z, 0-9, `-`, `_`, bắt đầu bằng chữ hoặc số (id: only a-z, 0-9, `-`, `_`)"
)]
pub struct BadId(String);

impl FromStr for Id {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let starts_well = text.chars().next().is_some_and(letters);
        if starts_well && text.chars().all(|c| letters(c) || c == '-' || c == '_') {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Id {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> String {
        id.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a statement was read. Contains "chưa xác định" while some of it is not verified.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(String);

/// The words by which a definition says that something is not verified.
pub const UNVERIFIED: &str = "chưa xác định";

impl Source {
    /// A source as written.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The source as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether some part of the statement still waits for somebody to verify it; screens must say so.
    pub fn is_unverified(&self) -> bool {
        self.0.contains(UNVERIFIED)
    }
}

/// The document on which a definition rests.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Number of the document, such as `57-NQ/TW`.
    pub document: String,
    /// The passage in it, as its outline numbers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<String>,
    /// What the passage says of it, or a doubt about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// First day on which it was in force; none when no source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// First day on which it is no longer in force; none while it is, or when no source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

/// What a file defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something that is measured.
    Indicator,
    /// Territories and their lives.
    Areas,
    /// Agencies and their lives.
    Organisations,
    /// A closed list of codes.
    Codelist,
    /// A periodic report: its sections, annexes, receiver and calendar.
    Report,
    /// How a kind of document must look on paper.
    Format,
    /// Thresholds, calendars and marks that are configuration, not code.
    Settings,
    /// What the yearly season of an index asks of whom.
    Campaign,
}

impl Kind {
    /// Every kind, in the order in which they are listed to a reader.
    pub const ALL: [Kind; 8] = [
        Kind::Indicator,
        Kind::Areas,
        Kind::Organisations,
        Kind::Codelist,
        Kind::Report,
        Kind::Format,
        Kind::Settings,
        Kind::Campaign,
    ];

    /// The word written in a file as `kind`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Indicator => "indicator",
            Kind::Areas => "areas",
            Kind::Organisations => "organisations",
            Kind::Codelist => "codelist",
            Kind::Report => "report",
            Kind::Format => "format",
            Kind::Settings => "settings",
            Kind::Campaign => "campaign",
        }
    }

    /// The kind a word stands for.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Kind::Indicator => lang.pick("Chỉ số theo dõi", "Indicator"),
            Kind::Areas => lang.pick("Địa bàn", "Areas"),
            Kind::Organisations => lang.pick("Cơ quan, đơn vị", "Organisations"),
            Kind::Codelist => lang.pick("Danh mục", "Code list"),
            Kind::Report => lang.pick("Báo cáo", "Report"),
            Kind::Format => lang.pick("Thể thức văn bản", "Document format"),
            Kind::Settings => lang.pick("Cấu hình", "Settings"),
            Kind::Campaign => lang.pick("Mùa chỉ số", "Index season"),
        }
    }
}

/// The `[def]` table with which every definition begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// What the file defines.
    pub kind: Kind,
    /// Its identifier, unique within the kind.
    pub id: Id,
    /// Its version; id and version together are unique within the kind.
    pub version: String,
    /// Its name.
    pub label: Label,
    /// The documents it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<Basis>,
    /// Where it was read, when no document orders it or beside the documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// First day on which it is valid; none when no source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// First day on which it is no longer valid; none while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The file it was written in; no part of what the definition says.
    #[serde(skip)]
    pub origin: Origin,
}

impl Header {
    /// Whether the definition is valid on a day (half-open).
    pub fn valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|end| day < end)
    }

    pub(crate) fn validate(&self, faults: &mut Faults<'_>) {
        if self.version.trim().is_empty() {
            faults.value(
                &["def", "version"],
                "phiên bản để trống",
                "the version is empty",
                "2026.1",
            );
        }
        if self.label.is_incomplete() {
            faults.value(
                &["def", "label"],
                "tên gọi phải có cả tiếng Việt và tiếng Anh",
                "the label needs both Vietnamese and English",
                "{ vi = \"…\", en = \"…\" }",
            );
        }
        if let (Some(from), Some(end)) = (self.valid_from, self.valid_to)
            && end <= from
        {
            faults.value(
                &["def", "valid_to"],
                "ngày hết hiệu lực không sau ngày bắt đầu",
                "the end of validity is not after its beginning",
                "valid_to > valid_from",
            );
        }
        for (index, basis) in self.basis.iter().enumerate() {
            if let (Some(from), Some(end)) = (basis.valid_from, basis.valid_to)
                && end <= from
            {
                faults.value(
                    &["def", "basis", &index.to_string(), "valid_to"],
                    "ngày hết hiệu lực không sau ngày bắt đầu",
                    "the end of validity is not after its beginning",
                    "valid_to > valid_from",
                );
            }
        }
        if self.basis.is_empty()
            && self
                .source
                .as_ref()
                .is_none_or(|s| s.as_str().trim().is_empty())
        {
            faults.missing(&["def"], "basis | source");
        }
    }
}
