//! The reading after a person's corrections, each item with where it comes from.

use catalogue::Id;
use reading::{Document, Reading};
use serde::{Deserialize, Serialize};

use super::facts::HeaderFields;
use super::record::{StoredReading, TargetDraft, TaskDraft};
use super::state::{Change, DocumentState};
use crate::{TargetId, TaskId};

/// Where an item of a corrected reading comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// As the reader found it.
    Read,
    /// Corrected by a person.
    Corrected,
    /// Added by a person.
    Added,
    /// Rejected by a person.
    Rejected,
}

/// One target or task of a corrected reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item<F, I> {
    /// Its id within the reading.
    pub id: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Why it was rejected, where somebody said so.
    pub reason: Option<String>,
    /// Its fields now.
    pub fields: F,
    /// Its fields as the reader found them, where they differ.
    pub read: Option<F>,
    /// The words of the text it stands for.
    pub text: String,
    /// What it was adopted as.
    pub adopted: Option<I>,
}

impl<F, I> Item<F, I> {
    /// Can it still be corrected or adopted?
    pub fn is_open(&self) -> bool {
        self.adopted.is_none()
    }
}

/// A target of a corrected reading.
pub type TargetItem = Item<TargetDraft, TargetId>;
/// A task of a corrected reading.
pub type TaskItem = Item<TaskDraft, TaskId>;

/// A reading after corrections.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CorrectedReading {
    /// The header as it stands.
    pub header: HeaderFields,
    /// Was the header corrected?
    pub header_origin: Origin,
    /// Targets in the order of the text.
    pub targets: Vec<TargetItem>,
    /// Tasks in the order of the text.
    pub tasks: Vec<TaskItem>,
    /// What was read, untouched: text, outline, passages, cites, duties, doubts.
    pub source: StoredReading,
}

impl CorrectedReading {
    /// Applies the corrections of a document to its reading.
    pub fn of(state: &DocumentState, source: StoredReading) -> Self {
        let mut targets = items(&source, &source.targets, &state.targets, relink, |f| {
            f.place.span
        });
        let mut tasks = items(
            &source,
            &source.tasks,
            &state.tasks,
            |_, _| (),
            |f| f.place.span,
        );
        targets.sort_by_key(|item| item.fields.place.span);
        tasks.sort_by_key(|item| item.fields.place.span);
        Self {
            header: state
                .header
                .clone()
                .unwrap_or_else(|| HeaderFields::from(&source.header)),
            header_origin: match state.header {
                Some(_) => Origin::Corrected,
                None => Origin::Read,
            },
            targets,
            tasks,
            source,
        }
    }

    /// What somebody outside the administration may see: what was adopted, as adopted.
    pub(crate) fn public(mut self) -> Self {
        fn adopted<F, I>(items: Vec<Item<F, I>>) -> Vec<Item<F, I>> {
            let bare = |item| Item {
                reason: None,
                read: None,
                ..item
            };
            let adopted = items.into_iter().filter(|item| item.adopted.is_some());
            adopted.map(bare).collect()
        }
        self.targets = adopted(self.targets);
        self.tasks = adopted(self.tasks);
        self.source.targets.clear();
        self.source.tasks.clear();
        self.source.diagnostics.clear();
        self
    }

    /// The reading as persons left it, in the reader's own shape, and what was read as a target and is none.
    pub fn standing(&self) -> (Reading, Vec<&TargetItem>) {
        let stands = |origin: Origin| origin != Origin::Rejected;
        let targets = self.targets.iter().filter(|item| stands(item.origin));
        let tasks = self.tasks.iter().filter(|item| stands(item.origin));
        let reading = Reading {
            document: Document {
                kind: self.header.kind,
                number: self.header.number.clone(),
                issuer: self.header.issuer.clone(),
                date: self.header.date,
                area: self.header.area.clone(),
                title: self.header.title.clone(),
                secrecy: None,
            },
            cites: self.source.cites.clone(),
            sections: self.source.sections.clone(),
            passages: self.source.passages.clone(),
            targets: targets.map(|item| item.fields.as_read(&item.id)).collect(),
            tasks: tasks.map(|item| item.fields.as_read(&item.id)).collect(),
            assignments: self.source.assignments.clone(),
            diagnostics: self.source.diagnostics.clone(),
        };
        let rejected = self.targets.iter().filter(|item| !stands(item.origin));
        (reading, rejected.collect())
    }

    /// A target by its id within the reading.
    pub fn target(&self, id: &str) -> Option<&TargetItem> {
        self.targets.iter().find(|item| item.id == id)
    }

    /// A task by its id within the reading.
    pub fn task(&self, id: &str) -> Option<&TaskItem> {
        self.tasks.iter().find(|item| item.id == id)
    }
}

fn relink(fields: &mut TargetDraft, indicator: &Option<Id>) {
    fields.terms.indicator = indicator.clone();
    fields.indicator_score = if indicator.is_some() { 100 } else { 0 };
}

fn items<F: Clone + PartialEq, I: Copy>(
    source: &StoredReading,
    read: &[(String, F)],
    changes: &std::collections::BTreeMap<String, Change<F, I>>,
    relink: impl Fn(&mut F, &Option<Id>),
    span: impl Fn(&F) -> viet::Span,
) -> Vec<Item<F, I>> {
    let nothing = Change::default();
    let cutter = source.cutter();
    let found = read.iter().map(|(id, fields)| (id, Some(fields)));
    let added = changes
        .iter()
        .filter(|(_, change)| change.added)
        .map(|(id, _)| (id, None));
    found
        .chain(added)
        .filter_map(|(id, read)| {
            let change = changes.get(id).unwrap_or(&nothing);
            let mut fields = change.fields.clone().or_else(|| read.cloned())?;
            if let Some(indicator) = &change.link {
                relink(&mut fields, indicator);
            }
            let changed = read.is_some_and(|read| *read != fields);
            Some(Item {
                id: id.clone(),
                origin: match () {
                    () if change.rejected.is_some() => Origin::Rejected,
                    () if change.added => Origin::Added,
                    () if changed => Origin::Corrected,
                    () => Origin::Read,
                },
                reason: change.rejected.clone().flatten(),
                text: cutter.cut(span(&fields)).to_owned(),
                read: read.filter(|_| changed).cloned(),
                fields,
                adopted: change.adopted,
            })
        })
        .collect()
}
