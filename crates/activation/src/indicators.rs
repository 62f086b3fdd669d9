use std::collections::BTreeMap;

use catalogue::{Id, Indicator};

use crate::directory::Pinned;

/// The indicators of a [`crate::Directory`], each with the hash by which facts are pinned to it.
#[derive(Debug, Clone, Copy)]
pub struct Indicators<'a>(pub(crate) &'a BTreeMap<Id, Pinned<Indicator>>);

impl<'a> Indicators<'a> {
    /// The indicator of an id.
    pub fn get(self, id: &str) -> Option<&'a Pinned<Indicator>> {
        // An id that is not well-formed names nothing.
        self.0.get(&id.parse().ok()?)
    }

    /// All indicators, by id.
    pub fn list(self) -> impl Iterator<Item = &'a Pinned<Indicator>> {
        self.0.values()
    }

    /// The definitions as the reader's lexicon takes them: terms, look-alikes, units and labels.
    pub fn lexicon(self) -> Vec<&'a Indicator> {
        self.list().map(|pinned| &pinned.definition).collect()
    }
}
