//! SDMX 2.1: structures, data and availability written, SDMX-CSV 1.0 and 2.0 written and read, queries of the
//! REST interface understood.
//!
//! Values of the key are codes: an area is coded by its whole key (`66@2025-07-01`), since its number alone
//! means different territories at different times. Messages are written as they come, observation by
//! observation; nothing is held but the series at hand.

pub mod availability;
pub mod csv;
pub mod data;
pub mod error;
pub mod format;
pub mod house;
pub mod period;
pub mod query;
pub mod structure;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;

use catalogue::Label;
use jiff::Timestamp;
use rust_decimal::Decimal;
use viet::Period;

/// The dimension of time.
pub const TIME: &str = "TIME_PERIOD";
/// The measure.
pub const VALUE: &str = "OBS_VALUE";

/// The name of an artefact, a dimension or an attribute: a letter, then letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

/// A text that SDMX does not take for a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} không dùng làm mã SDMX được (is no identifier of SDMX)")]
pub struct BadName(String);

impl Name {
    /// A checked name.
    ///
    /// # Errors
    /// When a character stands in it that SDMX does not allow.
    pub fn new(text: impl Into<String>) -> Result<Self, BadName> {
        let text = text.into();
        let letter = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let rest = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        match letter && text.bytes().all(rest) {
            true => Ok(Self(text)),
            false => Err(BadName(text)),
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One code of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    id: String,
    name: Label,
    parent: Option<String>,
}

impl Code {
    /// A code and its name.
    ///
    /// # Errors
    /// When the code holds anything but letters, digits, `_`, `@`, `$` and `-`.
    pub fn new(id: impl Into<String>, name: Label) -> Result<Self, BadName> {
        let id = id.into();
        let good = |b: u8| b.is_ascii_alphanumeric() || b"_@$-".contains(&b);
        match !id.is_empty() && id.bytes().all(good) {
            true => Ok(Self {
                id,
                name,
                parent: None,
            }),
            false => Err(BadName(id)),
        }
    }

    /// The same code below another of its list.
    #[must_use]
    pub fn below(mut self, parent: impl Into<String>) -> Self {
        self.parent = Some(parent.into());
        self
    }

    /// The code itself.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// A list of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codelist {
    id: Name,
    name: Label,
    codes: Vec<Code>,
}

impl Codelist {
    /// A list; codes that stand twice are kept once.
    pub fn new(id: Name, name: Label, codes: Vec<Code>) -> Self {
        let mut seen = HashSet::new();
        let once = codes
            .into_iter()
            .filter(|code| seen.insert(code.id.clone()));
        Self {
            id,
            name,
            codes: once.collect(),
        }
    }

    /// The codes.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }
}

/// A dimension of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name.
    pub id: Name,
    /// What it means.
    pub name: Label,
    /// Its codes.
    pub codes: Codelist,
}

/// What an attribute holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A code.
    Coded(Codelist),
    /// Text.
    Text,
    /// A decimal number.
    Decimal,
    /// A day.
    Day,
}

/// What is said about an observation besides its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub id: Name,
    /// What it means.
    pub name: Label,
    /// What it holds.
    pub kind: Kind,
}

/// A data flow with the structure of its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Structure {
    agency: Name,
    agency_name: Label,
    flow: Name,
    name: Label,
    version: String,
    dimensions: Vec<Dimension>,
    attributes: Vec<Attribute>,
}

/// Why parts do not make a structure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadStructure {
    /// Two components of one name, or one named like time or value.
    #[error("thành phần {0} bị trùng (the component stands twice)")]
    Twice(Name),
    /// A version that is none.
    #[error("phiên bản {0:?} không hợp lệ, ví dụ 1.0 (is no version such as 1.0)")]
    Version(String),
    /// No dimension.
    #[error("không có chiều nào (there is no dimension)")]
    Empty,
}

impl Structure {
    /// A structure of checked parts.
    ///
    /// # Errors
    /// When components have the same name, the version is none, or there is no dimension.
    pub fn new(
        (agency, agency_name): (Name, Label),
        (flow, name): (Name, Label),
        version: &str,
        dimensions: Vec<Dimension>,
        attributes: Vec<Attribute>,
    ) -> Result<Self, BadStructure> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !version.split('.').all(digits) {
            return Err(BadStructure::Version(version.to_owned()));
        }
        if dimensions.is_empty() {
            return Err(BadStructure::Empty);
        }
        let mut seen = HashSet::from([TIME, VALUE]);
        let of_dimensions = dimensions.iter().map(|d| &d.id);
        for id in of_dimensions.chain(attributes.iter().map(|a| &a.id)) {
            if !seen.insert(id.as_str()) {
                return Err(BadStructure::Twice(id.clone()));
            }
        }
        Ok(Self {
            agency,
            agency_name,
            flow,
            name,
            version: version.to_owned(),
            dimensions,
            attributes,
        })
    }

    /// Who maintains it.
    pub fn agency(&self) -> &str {
        self.agency.as_str()
    }

    /// The flow.
    pub fn flow(&self) -> &str {
        self.flow.as_str()
    }

    /// The version of all its artefacts.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The dimensions but time, in the order of the key.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The attributes of an observation.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// `AGENCY:FLOW(1.0)`, as SDMX-CSV names it.
    pub fn reference(&self) -> String {
        format!("{}:{}({})", self.agency, self.flow, self.version)
    }

    /// The name of the definition of its structure.
    pub(crate) fn dsd(&self) -> String {
        format!("DSD_{}", self.flow)
    }

    /// The name of its scheme of concepts.
    pub(crate) fn concepts(&self) -> String {
        format!("CS_{}", self.flow)
    }
}

/// A value with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// A code for each dimension but time.
    pub key: Vec<String>,
    /// The period.
    pub time: Period,
    /// The value; none when it is missing.
    pub value: Option<Decimal>,
    /// For each attribute what is said, or nothing.
    pub attributes: Vec<Option<String>>,
}

/// What a receiver does with a set of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Action {
    /// Looks at it.
    #[default]
    Information,
    /// Adds it to what there is, changing what differs.
    Append,
    /// Puts it in the place of what there is.
    Replace,
    /// Takes it away.
    Delete,
}

/// What a message says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its identity.
    pub id: Name,
    /// When it was made.
    pub prepared: Timestamp,
    /// Who sends it.
    pub sender: Name,
}
