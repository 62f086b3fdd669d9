//! Commands about a season and what is decided about them. Pure: state, command, scope and day in; facts or
//! a reasoned refusal out.

use access::{Audience, FieldFault, OrgId, Permission, Refusal, Scope};
use activation::Directory;
use catalogue::{CampaignRequest, Id, Stage};
use jiff::civil::Date;
use journal::Seq;
use rust_decimal::Decimal;

use super::fact::{Answered, Asked, CampaignFact, Said};
use super::open::{organisation_fault, past};
use super::state::{Answer, CampaignState, Judgement, RequestState};
use crate::decide::{all_good, with_reason};
use crate::{EvidenceFile, Figure, ObservationId, Record, SeriesKey};

/// A command about a season that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CampaignCommand {
    /// Answer a request.
    Answer(Box<Give>),
    /// Take the answer back that waits.
    WithdrawAnswer {
        /// Of which request.
        request: Id,
        /// Why.
        reason: String,
    },
    /// Confirm the answer that waits.
    Confirm {
        /// Of which request.
        request: Id,
    },
    /// Return the answer that waits.
    Return {
        /// Of which request.
        request: Id,
        /// What is missing.
        reason: String,
    },
    /// Ask for something more.
    Add {
        /// What.
        request: Box<CampaignRequest>,
        /// By when; the season's deadline when none.
        due: Option<Date>,
        /// Why.
        reason: String,
    },
    /// Let another agency owe it.
    Move {
        /// Which request.
        request: Id,
        /// Which agency.
        organisation: OrgId,
        /// Why.
        reason: String,
    },
    /// Set another last day: of one request, or of the season and all that is not confirmed.
    Extend {
        /// Which request; all when none.
        request: Option<Id>,
        /// The last day.
        due: Date,
        /// Why.
        reason: String,
    },
    /// Take in nothing more.
    Close {
        /// Why, where there is more to say than that it is over.
        reason: Option<String>,
    },
}

/// An agency's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Give {
    /// Which request.
    pub request: Id,
    /// What it says.
    pub says: Says,
    /// The papers it hands in; the files are in the file store.
    pub papers: Vec<EvidenceFile>,
    /// What a reader must know.
    pub note: Option<String>,
}

/// What an agency says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// A figure.
    Figure {
        /// Identity the observation will have.
        id: ObservationId,
        /// The value, in the indicator's unit.
        value: Decimal,
        /// Where it was read.
        source: String,
        /// The doubts shown were set aside.
        acknowledge: bool,
    },
    /// The papers alone.
    Papers,
    /// There was nothing of the kind.
    NothingOccurred {
        /// How that is known.
        reason: String,
    },
    /// Nobody has it.
    NotAvailable {
        /// Why.
        reason: String,
    },
}

impl CampaignCommand {
    /// Name for the history.
    pub fn name(&self) -> &'static str {
        match self {
            CampaignCommand::Answer(_) => "campaign.answer",
            CampaignCommand::WithdrawAnswer { .. } => "campaign.withdraw_answer",
            CampaignCommand::Confirm { .. } => "campaign.confirm",
            CampaignCommand::Return { .. } => "campaign.return",
            CampaignCommand::Add { .. } => "campaign.add_request",
            CampaignCommand::Move { .. } => "campaign.move_request",
            CampaignCommand::Extend { .. } => "campaign.extend",
            CampaignCommand::Close { .. } => "campaign.close",
        }
    }

    fn permission(&self) -> Permission {
        match self {
            CampaignCommand::Answer(_) | CampaignCommand::WithdrawAnswer { .. } => {
                Permission::RecordObservation
            }
            _ => Permission::KeepProgramme,
        }
    }

    /// The request it is about.
    pub fn request(&self) -> Option<&Id> {
        match self {
            CampaignCommand::Answer(give) => Some(&give.request),
            CampaignCommand::WithdrawAnswer { request, .. }
            | CampaignCommand::Confirm { request }
            | CampaignCommand::Return { request, .. }
            | CampaignCommand::Move { request, .. } => Some(request),
            CampaignCommand::Extend { request, .. } => request.as_ref(),
            CampaignCommand::Add { .. } | CampaignCommand::Close { .. } => None,
        }
    }
}

/// Decides on a command about a season that was opened. The record of a figure is decided besides: see
/// [`record_of`].
///
/// # Errors
/// Not allowed; no such season or request for this reader; the season is closed; what the state of the
/// request forbids; fields that are wrong.
pub fn decide_campaign(
    state: &CampaignState,
    command: &CampaignCommand,
    directory: &Directory,
    scope: &Scope,
    today: Date,
) -> Result<Vec<CampaignFact>, Refusal> {
    scope.require(command.permission())?;
    let opened = state.opened.as_ref().ok_or(Refusal::NotFound)?;
    let request = match command.request() {
        Some(id) => Some(visible(state, id, scope)?),
        None => None,
    };
    if state.closed.is_some() {
        return Err(Refusal::conflict(
            "Mùa chỉ số đã đóng.",
            "The season is closed.",
        ));
    }
    match (command, request) {
        (CampaignCommand::Answer(give), Some(request)) => answer(request, give, scope, today),
        (CampaignCommand::WithdrawAnswer { reason, .. }, Some(request)) => {
            scope.require_for(Permission::RecordObservation, &request.organisation)?;
            Ok(vec![CampaignFact::AnswerWithdrawn {
                request: request.request.id.clone(),
                answer: waiting(request)?.seq,
                on: today,
                reason: with_reason(reason)?,
            }])
        }
        (CampaignCommand::Confirm { .. }, Some(request)) => {
            scope.require_for(Permission::KeepProgramme, &request.organisation)?;
            Ok(vec![CampaignFact::AnswerConfirmed {
                request: request.request.id.clone(),
                answer: waiting(request)?.seq,
                on: today,
            }])
        }
        (CampaignCommand::Return { reason, .. }, Some(request)) => {
            scope.require_for(Permission::KeepProgramme, &request.organisation)?;
            Ok(vec![CampaignFact::AnswerReturned {
                request: request.request.id.clone(),
                answer: waiting(request)?.seq,
                on: today,
                reason: with_reason(reason)?,
            }])
        }
        (
            CampaignCommand::Move {
                organisation,
                reason,
                ..
            },
            Some(request),
        ) => move_to(request, organisation, reason, directory, today),
        (CampaignCommand::Extend { due, reason, .. }, request) => {
            extend(state, request, *due, reason, today)
        }
        (
            CampaignCommand::Add {
                request,
                due,
                reason,
            },
            _,
        ) => {
            let due = due.unwrap_or(opened.deadline);
            add(state, request, due, reason, (directory, today))
        }
        (CampaignCommand::Close { reason }, _) => Ok(vec![CampaignFact::Closed {
            on: today,
            reason: reason
                .as_deref()
                .map(str::trim)
                .filter(|r| !r.is_empty())
                .map(str::to_owned),
        }]),
        // Every other command names its request.
        (_, None) => Err(Refusal::NotFound),
    }
}

/// A request outside the reader's scope does not exist for them.
fn visible<'a>(
    state: &'a CampaignState,
    id: &Id,
    scope: &Scope,
) -> Result<&'a RequestState, Refusal> {
    let request = state.request(id).ok_or(Refusal::NotFound)?;
    let own = std::slice::from_ref(&request.organisation);
    match scope.sees(Audience::Organisations, own) {
        true => Ok(request),
        false => Err(Refusal::NotFound),
    }
}

fn waiting(request: &RequestState) -> Result<&Answer, Refusal> {
    request.waiting().ok_or_else(|| {
        Refusal::conflict(
            "Không có câu trả lời nào chờ xác nhận.",
            "No answer waits to be confirmed.",
        )
    })
}

fn not_settled(request: &RequestState) -> Result<(), Refusal> {
    match request.answer().map(|answer| &answer.judgement) {
        Some(Judgement::Waiting) => Err(Refusal::conflict(
            "Câu trả lời trước đang chờ xác nhận; rút lại hoặc chờ kết quả.",
            "The answer before waits to be confirmed; take it back, or wait.",
        )),
        Some(Judgement::Confirmed { .. }) => Err(Refusal::conflict(
            "Câu trả lời đã được xác nhận.",
            "The answer has been confirmed.",
        )),
        _ => Ok(()),
    }
}

fn answer(
    request: &RequestState,
    give: &Give,
    scope: &Scope,
    today: Date,
) -> Result<Vec<CampaignFact>, Refusal> {
    scope.require_for(Permission::RecordObservation, &request.organisation)?;
    not_settled(request)?;
    let note = give
        .note
        .as_deref()
        .map(str::trim)
        .filter(|n| !n.is_empty());
    let said = said(request, give)?;
    let asks_papers = !request.request.papers.is_empty();
    if said.reason().is_none() && asks_papers && give.papers.is_empty() && note.is_none() {
        return Err(Refusal::invalid(
            "papers",
            "Chưa đính kèm minh chứng. Đính kèm tệp, hoặc ghi chú vì sao chưa có.",
            "No paper is attached. Attach one, or note why there is none.",
        ));
    }
    Ok(vec![CampaignFact::RequestAnswered(Box::new(Answered {
        request: request.request.id.clone(),
        by: request.organisation.clone(),
        on: today,
        said,
        papers: give.papers.clone(),
        note: note.map(str::to_owned),
    }))])
}

fn said(request: &RequestState, give: &Give) -> Result<Said, Refusal> {
    let asks_figure = request.request.indicator.is_some();
    Ok(match &give.says {
        Says::Figure { id, value, .. } if asks_figure => Said::Figure {
            observation: *id,
            value: *value,
        },
        Says::Figure { .. } => {
            return Err(Refusal::invalid(
                "value",
                "Yêu cầu này chỉ hỏi minh chứng, không hỏi số liệu.",
                "This request asks for papers, not for a figure.",
            ));
        }
        Says::Papers if asks_figure => {
            return Err(Refusal::invalid(
                "value",
                "Hãy ghi số liệu; nếu không có, chọn «không phát sinh» hoặc «không có số liệu» và nêu lý do.",
                "Enter the figure; if there is none, choose “nothing occurred” or “not available” and say why.",
            ));
        }
        Says::Papers if give.papers.is_empty() => {
            return Err(Refusal::invalid(
                "papers",
                "Hãy đính kèm ít nhất một tệp minh chứng; nếu không có, chọn «không phát sinh» hoặc «không có» và nêu lý do.",
                "Attach at least one paper; if there is none, choose “nothing occurred” or “not available” and say why.",
            ));
        }
        Says::Papers => Said::Papers,
        Says::NothingOccurred { reason } => Said::NothingOccurred {
            reason: with_reason(reason)?,
        },
        Says::NotAvailable { reason } => Said::NotAvailable {
            reason: with_reason(reason)?,
        },
    })
}

fn move_to(
    request: &RequestState,
    organisation: &OrgId,
    reason: &str,
    directory: &Directory,
    today: Date,
) -> Result<Vec<CampaignFact>, Refusal> {
    not_settled(request)?;
    all_good(organisation_fault(
        "organisation",
        organisation,
        directory,
        today,
    ))?;
    if request.organisation == *organisation {
        return Ok(vec![]);
    }
    Ok(vec![CampaignFact::RequestMoved {
        request: request.request.id.clone(),
        organisation: organisation.clone(),
        reason: with_reason(reason)?,
    }])
}

fn extend(
    state: &CampaignState,
    request: Option<&RequestState>,
    due: Date,
    reason: &str,
    today: Date,
) -> Result<Vec<CampaignFact>, Refusal> {
    all_good(past("due", due, today).into_iter().collect())?;
    let open = |request: &&RequestState| {
        let confirmed = |a: &Answer| matches!(a.judgement, Judgement::Confirmed { .. });
        !request.answer().is_some_and(confirmed)
    };
    let of = match request {
        Some(one) => {
            open(&one).then_some(()).ok_or_else(|| {
                Refusal::conflict(
                    "Câu trả lời đã được xác nhận.",
                    "The answer has been confirmed.",
                )
            })?;
            vec![one]
        }
        None => state.requests.iter().filter(open).collect(),
    };
    Ok(vec![CampaignFact::DeadlineExtended {
        requests: of.into_iter().map(|r| r.request.id.clone()).collect(),
        whole: request.is_none(),
        due,
        reason: with_reason(reason)?,
    }])
}

fn add(
    state: &CampaignState,
    request: &CampaignRequest,
    due: Date,
    reason: &str,
    (directory, today): (&Directory, Date),
) -> Result<Vec<CampaignFact>, Refusal> {
    let mut faults: Vec<FieldFault> = request
        .faults()
        .into_iter()
        .map(|(key, vi, en, _)| FieldFault::new(key, vi, en))
        .collect();
    let organisation = OrgId(request.organisation.to_string());
    faults.extend(organisation_fault(
        "organisation",
        &organisation,
        directory,
        today,
    ));
    faults.extend(past("due", due, today));
    let unknown = |id: &Id| directory.indicators().get(id.as_str()).is_none();
    if request.indicator.as_ref().is_some_and(unknown) {
        faults.push(FieldFault::new(
            "indicator",
            "Hãy chọn chỉ số trong danh mục.",
            "Choose an indicator of the catalogue.",
        ));
    }
    if state.request(&request.id).is_some() {
        faults.push(FieldFault::new(
            "label",
            "Mùa này đã hỏi nội dung đó.",
            "The season asks that already.",
        ));
    }
    all_good(faults)?;
    Ok(vec![CampaignFact::RequestAdded {
        asked: Box::new(Asked {
            request: request.clone(),
            organisation,
            due,
        }),
        reason: with_reason(reason)?,
    }])
}

/// The record of the figure that an answer gives; none for an answer without one. Decided by
/// [`crate::decide_record`] like any other, in the same entry.
pub fn record_of(state: &CampaignState, command: &CampaignCommand, today: Date) -> Option<Record> {
    let CampaignCommand::Answer(give) = command else {
        return None;
    };
    let Says::Figure {
        id,
        value,
        source,
        acknowledge,
    } = &give.says
    else {
        return None;
    };
    let (opened, request) = (state.opened.as_ref()?, state.request(&give.request)?);
    Some(Record {
        id: *id,
        key: SeriesKey::new(request.request.indicator.clone()?, opened.area),
        figure: Figure {
            period: opened.period,
            value: *value,
            numerator: None,
            denominator: None,
            stage: Stage::Reported,
            vintage: today,
            source: source.trim().to_owned(),
            source_url: None,
            method: None,
            note: give.note.clone().filter(|note| !note.trim().is_empty()),
        },
        organisation: request.organisation.clone(),
        evidence: give.papers.clone(),
        acknowledge: *acknowledge,
        // The form is filled against the request: whoever records a figure elsewhere meanwhile does not
        // answer it.
        expected: None,
    })
}

/// The answer whose figure a fact takes back: one that is returned or withdrawn is not given.
pub(crate) fn taken_back<'a>(
    state: &'a CampaignState,
    fact: &CampaignFact,
) -> Option<(&'a Answer, String)> {
    let (request, seq, reason) = match fact {
        CampaignFact::AnswerReturned {
            request,
            answer,
            reason,
            ..
        }
        | CampaignFact::AnswerWithdrawn {
            request,
            answer,
            reason,
            ..
        } => (request, *answer, reason.clone()),
        _ => return None,
    };
    let of = |seq: Seq| move |answer: &&Answer| answer.seq == seq;
    let answer = state.request(request)?.answers.iter().find(of(seq))?;
    Some((answer, reason))
}
