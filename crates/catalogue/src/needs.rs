//! Which indicators the value of another rests on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::header::Id;
use crate::indicator::Indicator;

/// What the value of an indicator rests on, all the way down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Indicators that are computed, each after those that it needs; the one asked for is the last.
    pub computed: Vec<Id>,
    /// Indicators that somebody must report or publish, in alphabetical order: what a province has to collect.
    pub observed: Vec<Id>,
}

/// What an indicator needs for periods ending on a day. An indicator that is not defined counts as one to be
/// reported; one that needs itself is refused when definitions are checked and is followed only once here.
pub fn needs<'a>(indicators: impl IntoIterator<Item = &'a Indicator>, id: &Id, day: Date) -> Needs {
    let known: BTreeMap<&Id, &Indicator> = indicators
        .into_iter()
        .map(|one| (&one.def.id, one))
        .collect();
    let inputs = |id: &Id| {
        let computed = known.get(id).and_then(|one| one.computed_on(day));
        // An expression that cannot be read was refused with its place when the definition was read.
        computed.and_then(|computed| computed.formula.indicators().ok())
    };
    let mut found = Needs::default();
    let mut seen = BTreeSet::new();
    let mut observed = BTreeSet::new();
    let mut open = vec![Visit::Enter(id.clone())];
    while let Some(visit) = open.pop() {
        match visit {
            Visit::Leave(id) => found.computed.push(id),
            Visit::Enter(id) if !seen.insert(id.clone()) => {}
            Visit::Enter(id) => match inputs(&id) {
                None => {
                    observed.insert(id);
                }
                Some(inputs) => {
                    open.push(Visit::Leave(id));
                    open.extend(inputs.into_iter().rev().map(Visit::Enter));
                }
            },
        }
    }
    found.observed = observed.into_iter().collect();
    found
}

enum Visit {
    Enter(Id),
    Leave(Id),
}
