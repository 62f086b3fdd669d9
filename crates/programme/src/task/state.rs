//! State of an assigned task: the fold of its facts.

use access::OrgId;
use jiff::civil::Date;
use journal::{ActorId, RecordedFact, Seq};
use serde::{Deserialize, Serialize};

use super::facts::{Agencies, AssignedTask, TaskFact};
use crate::{Evidence, Paper};

/// A task after its facts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TaskState {
    /// Number of the last entry about it. 0 before the first.
    pub version: Seq,
    /// As assigned, with the agencies and the deadline in force now; nothing before it was assigned.
    pub task: Option<AssignedTask>,
    /// Extensions, oldest first.
    pub extensions: Vec<Extension>,
    /// Agencies it had before, oldest first.
    pub reassignments: Vec<Reassignment>,
    /// Results, oldest first.
    pub results: Vec<TaskResult>,
    /// Why and by which paper it is no longer to be done.
    pub withdrawn: Option<(String, Paper)>,
    /// Who of the lead answers for it.
    pub officer: Option<ActorId>,
}

/// More time that was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The entry that recorded it.
    pub seq: Seq,
    /// The last day before.
    pub before: Option<Date>,
    /// The last day from then on.
    pub deadline: Date,
    /// The paper that granted it.
    pub paper: Paper,
    /// Why.
    pub reason: String,
}

/// A change of agencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reassignment {
    /// The entry that recorded it.
    pub seq: Seq,
    /// The agencies before.
    pub before: Agencies,
    /// Why.
    pub reason: String,
}

/// What the lead says it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    /// The entry that submitted it: its identity within the task.
    pub seq: Seq,
    /// Who submitted it.
    pub actor: ActorId,
    /// The organisation that submitted it: the lead, or one above it.
    pub by: OrgId,
    /// Day of submission in Vietnam.
    pub on: Date,
    /// What was done.
    pub text: String,
    /// What supports it.
    pub evidence: Vec<Evidence>,
    /// There was nothing to be done in the period.
    pub no_occurrence: bool,
    /// What became of it.
    pub judgement: Judgement,
}

/// What became of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Judgement {
    /// Nobody has judged it yet.
    Waiting,
    /// Taken back before anybody judged it.
    Withdrawn {
        /// Day in Vietnam.
        on: Date,
    },
    /// Done.
    Confirmed {
        /// Day in Vietnam.
        on: Date,
        /// Who judged.
        by: ActorId,
    },
    /// Not done.
    Returned {
        /// Day in Vietnam.
        on: Date,
        /// Who judged.
        by: ActorId,
        /// What is missing.
        reason: String,
    },
}

impl Judgement {
    /// As stored and in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Judgement::Waiting => "waiting",
            Judgement::Withdrawn { .. } => "withdrawn",
            Judgement::Confirmed { .. } => "confirmed",
            Judgement::Returned { .. } => "returned",
        }
    }
}

impl TaskState {
    /// The result in force: the last one that was not taken back.
    pub fn current_result(&self) -> Option<&TaskResult> {
        self.results
            .iter()
            .rev()
            .find(|result| !matches!(result.judgement, Judgement::Withdrawn { .. }))
    }

    /// The result that waits for a judgement.
    pub fn waiting_result(&self) -> Option<&TaskResult> {
        self.current_result()
            .filter(|result| result.judgement == Judgement::Waiting)
    }

    /// Has a result been confirmed?
    pub fn is_confirmed(&self) -> bool {
        self.current_result()
            .is_some_and(|result| matches!(result.judgement, Judgement::Confirmed { .. }))
    }

    /// Lead and supporting organisations.
    pub fn organisations(&self) -> Vec<OrgId> {
        let Some(task) = &self.task else {
            return vec![];
        };
        let agencies = &task.agencies;
        agencies
            .lead
            .iter()
            .chain(&agencies.supporting)
            .cloned()
            .collect()
    }

    /// Leaves what those who are not concerned may see of a published task.
    pub(crate) fn mask(&mut self) {
        self.results.clear();
        self.officer = None;
        for extension in &mut self.extensions {
            extension.reason.clear();
        }
        for reassignment in &mut self.reassignments {
            reassignment.reason.clear();
        }
        if let Some((reason, _)) = &mut self.withdrawn {
            reason.clear();
        }
    }

    fn judge(&mut self, result: Seq, judgement: Judgement) {
        if let Some(found) = self.results.iter_mut().find(|known| known.seq == result) {
            found.judgement = judgement;
        }
    }
}

/// Takes one fact in.
pub fn evolve(mut state: TaskState, fact: TaskFact, at: &RecordedFact) -> TaskState {
    use TaskFact::*;
    state.version = at.seq;
    match fact {
        Assigned(task) => state.task = Some(*task),
        Reassigned { agencies, reason } => {
            if let Some(task) = &mut state.task {
                let before = std::mem::replace(&mut task.agencies, agencies);
                state.reassignments.push(Reassignment {
                    seq: at.seq,
                    before,
                    reason,
                });
            }
        }
        DeadlineExtended {
            deadline,
            paper,
            reason,
        } => {
            if let Some(task) = &mut state.task {
                let before = task.deadline.replace(deadline);
                state.extensions.push(Extension {
                    seq: at.seq,
                    before,
                    deadline,
                    paper,
                    reason,
                });
            }
        }
        ResultSubmitted {
            by,
            on,
            text,
            evidence,
            no_occurrence,
        } => state.results.push(TaskResult {
            seq: at.seq,
            actor: at.actor,
            by,
            on,
            text,
            evidence,
            no_occurrence,
            judgement: Judgement::Waiting,
        }),
        ResultWithdrawn { result, on } => state.judge(result, Judgement::Withdrawn { on }),
        ResultConfirmed { result, on } => {
            state.judge(result, Judgement::Confirmed { on, by: at.actor });
        }
        ResultReturned { result, on, reason } => {
            let by = at.actor;
            state.judge(result, Judgement::Returned { on, by, reason });
        }
        Withdrawn { reason, paper } => state.withdrawn = Some((reason, paper)),
        OfficerNamed { officer } => state.officer = officer,
    }
    state
}
