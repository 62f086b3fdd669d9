//! State of a target and its commands.

use access::{Permission, Refusal, Scope};
use catalogue::Id;
use journal::{RecordedFact, Seq};
use serde::{Deserialize, Serialize};

use super::facts::{AdoptedTarget, TargetFact};
use crate::form::{Faults, optional};
use crate::{Paper, TargetTerms};

/// A target after its facts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TargetState {
    /// Number of the last entry about it. 0 before the first.
    pub version: Seq,
    /// As adopted, with the terms in force now; nothing before it was adopted.
    pub target: Option<AdoptedTarget>,
    /// Terms it had before, with what changed them, oldest first.
    pub amendments: Vec<Amendment>,
    /// Why and by which paper it is no longer demanded.
    pub withdrawn: Option<(String, Paper)>,
}

/// A change of what a target demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// The entry that recorded it.
    pub seq: Seq,
    /// What was demanded before.
    pub before: TargetTerms,
    /// Why.
    pub reason: String,
    /// By which paper.
    pub paper: Paper,
}

/// Takes one fact in.
pub fn evolve(mut state: TargetState, fact: TargetFact, at: &RecordedFact) -> TargetState {
    state.version = at.seq;
    match (fact, state.target.as_mut()) {
        (TargetFact::Adopted(target), _) => state.target = Some(target),
        (TargetFact::Linked { indicator }, Some(target)) => target.terms.indicator = indicator,
        (
            TargetFact::Amended {
                terms,
                reason,
                paper,
            },
            Some(target),
        ) => {
            let before = std::mem::replace(&mut target.terms, terms);
            state.amendments.push(Amendment {
                seq: at.seq,
                before,
                reason,
                paper,
            });
        }
        (TargetFact::Withdrawn { reason, paper }, Some(_)) => {
            state.withdrawn = Some((reason, paper));
        }
        // Nothing is decided about a target that was never adopted.
        (_, None) => {}
    }
    state
}

/// A command about a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetCommand {
    /// Link to an indicator, or to none. The caller has looked the indicator up.
    Link(Option<Id>),
    /// Set otherwise by a paper.
    Amend {
        /// What it demands from now on.
        terms: TargetTerms,
        /// Why.
        reason: String,
        /// By which paper.
        paper: Paper,
    },
    /// No longer demanded.
    Withdraw {
        /// Why.
        reason: String,
        /// By which paper.
        paper: Paper,
    },
}

impl TargetCommand {
    /// Name for the history.
    pub fn name(&self) -> &'static str {
        match self {
            TargetCommand::Link(_) => "target.link",
            TargetCommand::Amend { .. } => "target.amend",
            TargetCommand::Withdraw { .. } => "target.withdraw",
        }
    }
}

/// Decides a command.
pub fn decide(
    state: &TargetState,
    command: &TargetCommand,
    scope: &Scope,
) -> Result<Vec<TargetFact>, Refusal> {
    scope.require(Permission::KeepProgramme)?;
    let target = state.target.as_ref().ok_or(Refusal::NotFound)?;
    if state.withdrawn.is_some() {
        return Err(Refusal::conflict(
            "Chỉ tiêu đã được đưa ra khỏi chương trình.",
            "The target has been withdrawn.",
        ));
    }
    match command {
        TargetCommand::Link(indicator) if *indicator == target.terms.indicator => Ok(vec![]),
        TargetCommand::Link(indicator) => Ok(vec![TargetFact::Linked {
            indicator: indicator.clone(),
        }]),
        TargetCommand::Amend {
            terms,
            reason,
            paper,
        } => {
            let mut faults = Faults::default();
            terms.check(&mut faults);
            let reason = justified(&mut faults, reason, paper);
            if *terms == target.terms {
                faults.add(
                    "value",
                    "Chưa có gì thay đổi so với chỉ tiêu đang áp dụng.",
                    "Nothing differs from the target in force.",
                );
            }
            let amended = reason.map(|reason| {
                vec![TargetFact::Amended {
                    terms: terms.clone(),
                    reason,
                    paper: paper.clone(),
                }]
            });
            faults.finish(amended)
        }
        TargetCommand::Withdraw { reason, paper } => {
            let mut faults = Faults::default();
            let reason = justified(&mut faults, reason, paper);
            let withdrawn = reason.map(|reason| {
                vec![TargetFact::Withdrawn {
                    reason,
                    paper: paper.clone(),
                }]
            });
            faults.finish(withdrawn)
        }
    }
}

/// A reason and the paper that ordered it; both are needed.
pub(crate) fn justified(faults: &mut Faults, reason: &str, paper: &Paper) -> Option<String> {
    if optional(&paper.number).is_none() {
        faults.add(
            "paper_number",
            "Chưa nhập số văn bản làm căn cứ.",
            "The number of the paper is missing.",
        );
    }
    faults.text("reason", reason)
}

/// What a person types about a paper and a reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PaperForm {
    /// Number of the paper.
    pub paper_number: String,
    /// Its date.
    pub paper_date: String,
    /// Why.
    pub reason: String,
}

impl PaperForm {
    pub(crate) fn read(&self, faults: &mut Faults) -> Option<(Paper, String)> {
        let number = faults.text("paper_number", &self.paper_number);
        let before = faults.count();
        let date = faults.date("paper_date", &self.paper_date);
        if date.is_none() && faults.count() == before {
            faults.add(
                "paper_date",
                "Chưa nhập ngày văn bản.",
                "The date of the paper is missing.",
            );
        }
        let reason = faults.text("reason", &self.reason);
        let paper = number
            .zip(date)
            .map(|(number, date)| Paper { number, date });
        paper.zip(reason)
    }
}

/// What a person types to amend a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AmendForm {
    /// What it demands from now on.
    #[serde(flatten)]
    pub terms: crate::document::TermsForm,
    /// The paper and the reason.
    #[serde(flatten)]
    pub paper: PaperForm,
}

impl AmendForm {
    /// Parses the fields; `known` says whether the catalogue has an indicator.
    pub fn parse(&self, known: &dyn Fn(&Id) -> bool) -> Result<TargetCommand, Refusal> {
        let mut faults = Faults::default();
        let terms = self.terms.read(known, &mut faults);
        let paper = self.paper.read(&mut faults);
        faults.finish(paper.map(|(paper, reason)| TargetCommand::Amend {
            terms,
            reason,
            paper,
        }))
    }
}

impl PaperForm {
    /// Parses the fields: the paper and the reason, as the withdrawal of a target or task needs them.
    pub fn parse(&self) -> Result<(Paper, String), Refusal> {
        let mut faults = Faults::default();
        let paper = self.read(&mut faults);
        faults.finish(paper)
    }
}
