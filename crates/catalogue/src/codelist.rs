//! Closed lists of codes.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::fault::Faults;
use crate::header::{Header, Id, Label};

/// A closed list of codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codelist {
    /// What the definition says about itself.
    pub def: Header,
    /// The codes.
    pub list: Entries,
}

/// The table `[list]` of a code list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entries {
    /// The codes in the order in which they are shown.
    pub entries: Vec<Entry>,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The code.
    pub code: Id,
    /// Its name.
    pub label: Label,
    /// What is meant by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Label>,
}

impl Codelist {
    /// The entry of a code.
    pub fn entry(&self, code: &str) -> Option<&Entry> {
        self.list
            .entries
            .iter()
            .find(|entry| entry.code.as_str() == code)
    }

    pub(crate) fn validate(&self, faults: &mut Faults<'_>) {
        if self.list.entries.is_empty() {
            faults.missing(&["list"], "entries");
        }
        let mut seen = HashSet::new();
        for (index, entry) in self.list.entries.iter().enumerate() {
            let at = ["list", "entries", &index.to_string(), "code"];
            if !seen.insert(&entry.code) {
                faults.duplicate(&at, entry.code.as_str());
            }
            if entry.label.is_incomplete() {
                faults.value(&at, "tên gọi để trống", "the label is empty", "vi + en");
            }
        }
    }
}
