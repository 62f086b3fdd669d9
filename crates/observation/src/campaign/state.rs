//! A season as it stands: the fold of its facts.

use access::OrgId;
use catalogue::{CampaignRequest, Id};
use jiff::civil::Date;
use journal::{ActorId, RecordedFact, Seq};
use serde::{Deserialize, Serialize};

use super::fact::{Answered, Asked, CampaignFact, Opened, Said};
use crate::EvidenceFile;

/// A season after its facts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CampaignState {
    /// Number of the last entry about it. 0 before the first.
    pub version: Seq,
    /// As opened, with the deadline in force now.
    pub opened: Option<Opened>,
    /// What is asked, in order.
    pub requests: Vec<RequestState>,
    /// When it was closed, and what was said about it.
    pub closed: Option<(Date, Option<String>)>,
}

/// A request as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestState {
    /// What is asked.
    pub request: CampaignRequest,
    /// Who owes it now.
    pub organisation: OrgId,
    /// The last day now.
    pub due: Date,
    /// Number of the last entry about it: the version a form is filled against.
    pub version: Seq,
    /// Why it was added, when it was after the season had been opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<String>,
    /// Agencies it had before, oldest first.
    pub moves: Vec<Move>,
    /// Deadlines it had before, oldest first.
    pub extensions: Vec<Extension>,
    /// Answers, oldest first.
    pub answers: Vec<Answer>,
}

/// A change of the agency that owes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The entry that recorded it.
    pub seq: Seq,
    /// Who owed it before.
    pub before: OrgId,
    /// Why.
    pub reason: String,
}

/// A change of the last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The entry that recorded it.
    pub seq: Seq,
    /// The last day before.
    pub before: Date,
    /// The last day from then on.
    pub due: Date,
    /// Why.
    pub reason: String,
}

/// What an agency said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The entry that recorded it: its identity within the request.
    pub seq: Seq,
    /// Who sent it.
    pub actor: ActorId,
    /// The organisation that answers.
    pub by: OrgId,
    /// Day in Vietnam.
    pub on: Date,
    /// What it says.
    #[serde(flatten)]
    pub said: Said,
    /// The papers it hands in.
    pub papers: Vec<EvidenceFile>,
    /// What a reader must know.
    pub note: Option<String>,
    /// What became of it.
    pub judgement: Judgement,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Judgement {
    /// Nobody has judged it yet.
    Waiting,
    /// Taken back before anybody judged it.
    Withdrawn {
        /// Day in Vietnam.
        on: Date,
        /// Why.
        reason: String,
    },
    /// Right.
    Confirmed {
        /// Day in Vietnam.
        on: Date,
        /// Who judged.
        by: ActorId,
    },
    /// To be mended.
    Returned {
        /// Day in Vietnam.
        on: Date,
        /// Who judged.
        by: ActorId,
        /// What is missing.
        reason: String,
    },
}

impl RequestState {
    /// A request as it is when it is asked.
    pub fn asked(asked: Asked, added: Option<String>, seq: Seq) -> Self {
        Self {
            request: asked.request,
            organisation: asked.organisation,
            due: asked.due,
            version: seq,
            added,
            moves: Vec::new(),
            extensions: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// The answer in force: the last one that was not taken back.
    pub fn answer(&self) -> Option<&Answer> {
        let standing = |a: &&Answer| !matches!(a.judgement, Judgement::Withdrawn { .. });
        self.answers.iter().rev().find(standing)
    }

    /// The answer that waits to be judged.
    pub fn waiting(&self) -> Option<&Answer> {
        self.answer()
            .filter(|answer| answer.judgement == Judgement::Waiting)
    }

    /// Takes a fact in that is about this request; others leave it as it is.
    pub fn evolve(mut self, fact: &CampaignFact, at: &RecordedFact) -> Self {
        if !fact.concerns(&self.request.id) {
            return self;
        }
        self.version = at.seq;
        match fact {
            CampaignFact::RequestMoved {
                organisation,
                reason,
                ..
            } => {
                let before = std::mem::replace(&mut self.organisation, organisation.clone());
                self.moves.push(Move {
                    seq: at.seq,
                    before,
                    reason: reason.clone(),
                });
            }
            CampaignFact::DeadlineExtended { due, reason, .. } => {
                let before = std::mem::replace(&mut self.due, *due);
                self.extensions.push(Extension {
                    seq: at.seq,
                    before,
                    due: *due,
                    reason: reason.clone(),
                });
            }
            CampaignFact::RequestAnswered(answered) => {
                self.answers.push(Answer::of(answered, at));
            }
            CampaignFact::AnswerWithdrawn {
                answer, on, reason, ..
            } => self.judge(
                *answer,
                Judgement::Withdrawn {
                    on: *on,
                    reason: reason.clone(),
                },
            ),
            CampaignFact::AnswerConfirmed { answer, on, .. } => {
                let by = at.actor;
                self.judge(*answer, Judgement::Confirmed { on: *on, by });
            }
            CampaignFact::AnswerReturned {
                answer, on, reason, ..
            } => self.judge(
                *answer,
                Judgement::Returned {
                    on: *on,
                    by: at.actor,
                    reason: reason.clone(),
                },
            ),
            CampaignFact::Opened(_)
            | CampaignFact::RequestAdded { .. }
            | CampaignFact::Closed { .. } => {}
        }
        self
    }

    fn judge(&mut self, answer: Seq, judgement: Judgement) {
        if let Some(found) = self.answers.iter_mut().find(|known| known.seq == answer) {
            found.judgement = judgement;
        }
    }
}

impl Answer {
    fn of(answered: &Answered, at: &RecordedFact) -> Self {
        Self {
            seq: at.seq,
            actor: at.actor,
            by: answered.by.clone(),
            on: answered.on,
            said: answered.said.clone(),
            papers: answered.papers.clone(),
            note: answered.note.clone(),
            judgement: Judgement::Waiting,
        }
    }
}

impl CampaignFact {
    /// Whether it changes a request that is there.
    pub(crate) fn concerns(&self, id: &Id) -> bool {
        match self {
            CampaignFact::RequestMoved { request, .. }
            | CampaignFact::AnswerWithdrawn { request, .. }
            | CampaignFact::AnswerConfirmed { request, .. }
            | CampaignFact::AnswerReturned { request, .. } => request == id,
            CampaignFact::RequestAnswered(answered) => answered.request == *id,
            CampaignFact::DeadlineExtended { requests, .. } => requests.contains(id),
            CampaignFact::Opened(_)
            | CampaignFact::RequestAdded { .. }
            | CampaignFact::Closed { .. } => false,
        }
    }
}

impl CampaignState {
    /// A request by its id.
    pub fn request(&self, id: &Id) -> Option<&RequestState> {
        self.requests.iter().find(|r| r.request.id == *id)
    }

    /// Takes a fact in.
    pub fn evolve(mut self, fact: CampaignFact, at: &RecordedFact) -> Self {
        self.version = at.seq;
        self.requests = std::mem::take(&mut self.requests)
            .into_iter()
            .map(|request| request.evolve(&fact, at))
            .collect();
        match fact {
            CampaignFact::Opened(opened) => {
                let asked = opened.requests.iter().cloned();
                self.requests = asked
                    .map(|asked| RequestState::asked(asked, None, at.seq))
                    .collect();
                self.opened = Some(*opened);
            }
            CampaignFact::RequestAdded { asked, reason } => {
                let request = RequestState::asked(*asked, Some(reason), at.seq);
                self.requests.push(request);
            }
            CampaignFact::DeadlineExtended {
                whole: true, due, ..
            } => {
                if let Some(opened) = &mut self.opened {
                    opened.deadline = due;
                }
            }
            CampaignFact::Closed { on, reason } => self.closed = Some((on, reason)),
            _ => {}
        }
        self
    }
}
