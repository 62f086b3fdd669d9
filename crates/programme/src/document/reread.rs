//! Reading a document once more: what another reading found, held against the reading in force and what
//! persons made of it. Nothing a person did is overwritten.

use serde::Serialize;
use viet::Span;

use super::corrected::{CorrectedReading, Item, Origin};
use super::facts::{DocumentFact, HeaderFields};
use super::record::{Cutter, StoredReading, TargetDraft, TaskDraft};

/// What becomes of one item when the other reading takes the place of the one in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate<F> {
    /// Only the other reading has it.
    Found {
        /// As read now.
        after: F,
    },
    /// The other reading no longer has it, and nobody had touched it.
    Gone {
        /// As it stands.
        before: F,
    },
    /// Both have it, in other words; nobody had touched it.
    Changed {
        /// As it stands.
        before: F,
        /// As read now.
        after: F,
    },
    /// A person corrected, added or rejected it: that stays, whatever the other reading says.
    Kept {
        /// As it stands.
        before: F,
        /// What the person did.
        origin: Origin,
        /// As read now; none when the other reading does not have it.
        after: Option<F>,
    },
}

/// An item with its words in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Differing<F> {
    /// What becomes of it.
    #[serde(flatten)]
    pub fate: Fate<F>,
    /// The words it stands for.
    pub text: String,
}

/// How another reading of the same text differs from the one in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Difference {
    /// The header as it stands and as read now, where nobody corrected it and it differs.
    pub header: Option<(HeaderFields, HeaderFields)>,
    /// Targets that differ, in the order of the text.
    pub targets: Vec<Differing<TargetDraft>>,
    /// Tasks that differ, in the order of the text.
    pub tasks: Vec<Differing<TaskDraft>>,
    /// Targets and tasks that both readings have alike.
    pub alike: usize,
}

impl Difference {
    /// Would anything change, were the other reading taken?
    pub fn changes_something(&self) -> bool {
        fn moves<F>(items: &[Differing<F>]) -> bool {
            let kept = |item: &Differing<F>| matches!(item.fate, Fate::Kept { .. });
            items.iter().any(|item| !kept(item))
        }
        self.header.is_some() || moves(&self.targets) || moves(&self.tasks)
    }
}

/// Compares, and gives the facts that carry what persons did over to the other reading.
pub fn reread(
    current: &CorrectedReading,
    fresh: &StoredReading,
) -> (Difference, Vec<DocumentFact>) {
    let mut facts = Vec::new();
    let header = HeaderFields::from(&fresh.header);
    let header = match current.header_origin {
        Origin::Read => (header != current.header).then(|| (current.header.clone(), header)),
        _ => {
            facts.push(DocumentFact::HeaderCorrected(current.header.clone()));
            None
        }
    };
    let cutter = fresh.cutter();
    let target = |draft: &TargetDraft| draft.place.span;
    let number = |draft: &TargetDraft| draft.value_span;
    let targets = compare(&current.targets, &fresh.targets, target, number, "nt");
    let task = |draft: &TaskDraft| draft.place.span;
    let tasks = compare(&current.tasks, &fresh.tasks, task, |_| None, "nk");
    facts.extend(targets.carried.into_iter().map(|carried| match carried {
        Carried::Corrected(id, fields) => DocumentFact::TargetCorrected { id, fields },
        Carried::Added(id, fields) => DocumentFact::TargetAdded { id, fields },
        Carried::Rejected(id, reason) => DocumentFact::TargetRejected { id, reason },
    }));
    facts.extend(tasks.carried.into_iter().map(|carried| match carried {
        Carried::Corrected(id, fields) => DocumentFact::TaskCorrected { id, fields },
        Carried::Added(id, fields) => DocumentFact::TaskAdded { id, fields },
        Carried::Rejected(id, reason) => DocumentFact::TaskRejected { id, reason },
    }));
    let difference = Difference {
        header,
        targets: differing(targets.fates, target, &cutter),
        tasks: differing(tasks.fates, task, &cutter),
        alike: targets.alike + tasks.alike,
    };
    (difference, facts)
}

/// What a person did, under the id that the item has from now on.
enum Carried<F> {
    Corrected(String, F),
    Added(String, F),
    Rejected(String, Option<String>),
}

struct Compared<F> {
    fates: Vec<Fate<F>>,
    carried: Vec<Carried<F>>,
    alike: usize,
}

fn compare<F: Clone + PartialEq, I>(
    current: &[Item<F, I>],
    fresh: &[(String, F)],
    span: impl Fn(&F) -> Span,
    number: impl Fn(&F) -> Option<Span>,
    added: &str,
) -> Compared<F> {
    let partners = partners(current, fresh, &span, &number);
    let (mut fates, mut carried, mut alike) = (Vec::new(), Vec::new(), 0);
    for (item, partner) in current.iter().zip(&partners) {
        let partner = partner.map(|at| &fresh[at]);
        let before = item.fields.clone();
        let after = partner.map(|(_, after)| after.clone());
        fates.push(match (item.origin, after) {
            (Origin::Read, None) => Fate::Gone { before },
            (Origin::Read, Some(after)) if after == before => {
                alike += 1;
                continue;
            }
            (Origin::Read, Some(after)) => Fate::Changed { before, after },
            (origin, after) => {
                let new = format!("{added}{}", carried.len() + 1);
                carried.extend(carry(item, partner, new));
                Fate::Kept {
                    before,
                    origin,
                    after,
                }
            }
        });
    }
    for (at, (_, after)) in fresh.iter().enumerate() {
        if !partners.contains(&Some(at)) {
            let after = after.clone();
            fates.push(Fate::Found { after });
        }
    }
    Compared {
        fates,
        carried,
        alike,
    }
}

/// What a person did to an item, said of the item that stands in its place, or of a new one.
fn carry<F: Clone + PartialEq, I>(
    item: &Item<F, I>,
    partner: Option<&(String, F)>,
    new: String,
) -> Vec<Carried<F>> {
    let fields = item.fields.clone();
    let Some((id, after)) = partner else {
        return match item.origin {
            // What was rejected and is not read any more needs no rejection.
            Origin::Rejected => Vec::new(),
            _ => vec![Carried::Added(new, fields)],
        };
    };
    let mut carried = Vec::new();
    if *after != fields && (item.origin != Origin::Rejected || item.read.is_some()) {
        carried.push(Carried::Corrected(id.clone(), fields));
    }
    if item.origin == Origin::Rejected {
        carried.push(Carried::Rejected(id.clone(), item.reason.clone()));
    }
    carried
}

/// Which item of the other reading stands for each of this one: one for one, the best fit first come.
fn partners<F, I>(
    current: &[Item<F, I>],
    fresh: &[(String, F)],
    span: &impl Fn(&F) -> Span,
    number: &impl Fn(&F) -> Option<Span>,
) -> Vec<Option<usize>> {
    let mut taken = vec![false; fresh.len()];
    let partner = |item: &Item<F, I>| {
        let fits = fresh.iter().enumerate().filter(|(at, _)| !taken[*at]);
        let fits = fits.filter_map(|(at, (_, other))| {
            let fit = fit(span(&item.fields), span(other))?;
            match (number(&item.fields), number(other)) {
                (Some(a), Some(b)) if shared(a, b) == 0 => None,
                (Some(_), Some(_)) => Some((100 + fit, at)),
                _ => (fit >= ALIKE).then_some((fit, at)),
            }
        });
        let best = fits.max_by_key(|(fit, at)| (*fit, std::cmp::Reverse(*at)));
        let at = best.map(|(_, at)| at)?;
        taken[at] = true;
        Some(at)
    };
    current.iter().map(partner).collect()
}

/// From this part of their common extent on, two passages of the text are the same item, in per cent: the
/// measure that readings are scored with.
const ALIKE: usize = 40;

/// The shared part of two spans in per cent of what they cover together; none when they share nothing.
fn fit(a: Span, b: Span) -> Option<usize> {
    let shared = shared(a, b);
    (shared > 0).then(|| shared * 100 / (a.len() + b.len() - shared))
}

fn shared(a: Span, b: Span) -> usize {
    let (from, to) = (a.start().max(b.start()), a.end().min(b.end()));
    to.saturating_sub(from)
}

fn differing<F>(
    fates: Vec<Fate<F>>,
    span: impl Fn(&F) -> Span,
    cutter: &Cutter<'_>,
) -> Vec<Differing<F>> {
    let place = |fate: &Fate<F>| match fate {
        Fate::Found { after } => span(after),
        Fate::Gone { before } | Fate::Changed { before, .. } | Fate::Kept { before, .. } => {
            span(before)
        }
    };
    let mut differing: Vec<(Span, Differing<F>)> = fates
        .into_iter()
        .map(|fate| {
            let span = place(&fate);
            let text = cutter.cut(span).to_owned();
            (span, Differing { fate, text })
        })
        .collect();
    differing.sort_by_key(|(span, _)| *span);
    differing.into_iter().map(|(_, item)| item).collect()
}
