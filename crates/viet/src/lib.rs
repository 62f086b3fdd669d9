//! Vietnamese text and time: spans, folding, numbers, dates, periods, area codes, working days.
//!
//! Pure: no clock, no file system, no database. Everything that is written in a document or shown on
//! a page in Vietnamese passes through the types here, so that one notion has one spelling.

pub mod area;
pub mod calendar;
pub mod date;
pub mod fold;
pub mod lang;
pub mod number;
pub mod percent;
pub mod period;
pub mod span;

pub use area::{AreaCode, AreaKey};
pub use calendar::{Calendar, DateRange, WorkingDays};
pub use lang::Lang;
pub use percent::Percent;
pub use period::Period;
pub use span::Span;

/// Why a text could not be taken as one of the types of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct ParseError {
    /// What was given.
    pub text: String,
    /// What it should have been, in English, with an example.
    pub expected: &'static str,
}

impl ParseError {
    pub(crate) fn new(text: &str, expected: &'static str) -> Self {
        Self {
            text: text.to_owned(),
            expected,
        }
    }
}

/// Implements serde for a type as the string of its `Display` and `FromStr`.
macro_rules! serde_as_string {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use serde_as_string;
