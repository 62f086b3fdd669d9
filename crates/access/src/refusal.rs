use journal::JournalError;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use viet::Lang;

/// A sentence in both languages of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Say {
    /// Both sentences.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// The sentence in a language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        lang.pick(&self.vi, &self.en)
    }
}

/// What is wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// Name of the field in the form and in JSON.
    pub field: String,
    /// What is wrong and what to do.
    pub say: Say,
}

impl FieldFault {
    /// A fault of a field.
    pub fn new(field: &str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            say: Say::new(vi, en),
        }
    }
}

/// Why a command was not carried out, or a read not answered. Nothing has changed.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The account may not do this, here. Shown as 403; never tells whether the thing exists.
    #[error("{}", .0.en)]
    NotAllowed(Say),
    /// There is no such thing in the reader's scope. Shown as 404.
    #[error("not found")]
    NotFound,
    /// Somebody changed the thing after the form was opened. Shown as 409 with what was typed.
    #[error("changed meanwhile")]
    Stale,
    /// Fields are wrong. Shown as 422 beside each field, with what was typed.
    #[error("{}", faults.iter().map(|f| format!("{}: {}", f.field, f.say.en)).collect::<Vec<_>>().join("; "))]
    Invalid {
        /// At least one.
        faults: Vec<FieldFault>,
    },
    /// The state of the thing forbids it (a confirmed result cannot be withdrawn). Shown as 409.
    #[error("{}", .0.en)]
    Conflict(Say),
    /// The store failed. Shown as 500 with a number to quote; the cause goes to the log.
    #[error(transparent)]
    Store(#[from] JournalError),
}

impl Refusal {
    /// One wrong field.
    pub fn invalid(field: &str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Refusal::Invalid {
            faults: vec![FieldFault::new(field, vi, en)],
        }
    }

    /// The state forbids it.
    pub fn conflict(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Refusal::Conflict(Say::new(vi, en))
    }
}
