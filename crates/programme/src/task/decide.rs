//! What may be done with an assigned task, and what follows from it.

use access::{Audience, OrgId, Permission, Refusal, Say, Scope};
use jiff::civil::Date;
use journal::ActorId;
use serde::Deserialize;

use super::facts::{Agencies, AssignedTask, TaskFact};
use super::state::{TaskResult, TaskState};
use crate::form::{Faults, optional};
use crate::target::{PaperForm, justified};
use crate::{Evidence, Paper, refuse};

/// A command about a task that exists. It is assigned by adopting a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskCommand {
    /// Give it to other agencies.
    Reassign {
        /// Who leads and supports from now on.
        agencies: Agencies,
        /// Why.
        reason: String,
    },
    /// Grant more time.
    Extend {
        /// The last day from now on.
        deadline: Date,
        /// The paper that granted it.
        paper: Paper,
        /// Why.
        reason: String,
    },
    /// Say what was done.
    SubmitResult {
        /// What was done.
        text: String,
        /// What supports it; the files are in the file store.
        evidence: Vec<Evidence>,
        /// There was nothing to be done in the period.
        no_occurrence: bool,
    },
    /// Take the waiting result back.
    WithdrawResult,
    /// Confirm the waiting result.
    ConfirmResult,
    /// Return the waiting result: not done.
    ReturnResult {
        /// What is missing.
        reason: String,
    },
    /// No longer to be done.
    Withdraw {
        /// Why.
        reason: String,
        /// By which paper.
        paper: Paper,
    },
    /// Name who of the lead answers for it, or nobody.
    NameOfficer(Option<ActorId>),
}

impl TaskCommand {
    /// Name for the history.
    pub fn name(&self) -> &'static str {
        match self {
            TaskCommand::Reassign { .. } => "task.reassign",
            TaskCommand::Extend { .. } => "task.extend",
            TaskCommand::SubmitResult { .. } => "task.submit_result",
            TaskCommand::WithdrawResult => "task.withdraw_result",
            TaskCommand::ConfirmResult => "task.confirm_result",
            TaskCommand::ReturnResult { .. } => "task.return_result",
            TaskCommand::Withdraw { .. } => "task.withdraw",
            TaskCommand::NameOfficer(_) => "task.name_officer",
        }
    }

    fn permission(&self) -> Permission {
        match self {
            TaskCommand::Reassign { .. } | TaskCommand::Withdraw { .. } => {
                Permission::KeepProgramme
            }
            TaskCommand::Extend { .. }
            | TaskCommand::ConfirmResult
            | TaskCommand::ReturnResult { .. } => Permission::JudgeResult,
            TaskCommand::SubmitResult { .. }
            | TaskCommand::WithdrawResult
            | TaskCommand::NameOfficer(_) => Permission::SubmitResult,
        }
    }
}

/// Decides a command. `today` is the day in Vietnam.
pub fn decide(
    state: &TaskState,
    command: &TaskCommand,
    scope: &Scope,
    today: Date,
) -> Result<Vec<TaskFact>, Refusal> {
    scope.require(command.permission())?;
    let task = visible(state, scope)?;
    if state.withdrawn.is_some() {
        return Err(Refusal::conflict(
            "Nhiệm vụ đã được thu hồi.",
            "The task has been withdrawn.",
        ));
    }
    match command {
        TaskCommand::Reassign { agencies, reason } => reassign(state, task, agencies, reason),
        TaskCommand::Extend {
            deadline,
            paper,
            reason,
        } => {
            not_by(scope, task.agencies.lead.as_ref())?;
            extend(state, task, *deadline, paper, reason)
        }
        TaskCommand::SubmitResult {
            text,
            evidence,
            no_occurrence,
        } => {
            let lead = speaks_for_lead(task, scope)?;
            let by = scope.organisation().cloned().unwrap_or(lead);
            submit(state, by, today, text, evidence, *no_occurrence)
        }
        TaskCommand::WithdrawResult => {
            speaks_for_lead(task, scope)?;
            let result = waiting(state)?.seq;
            Ok(vec![TaskFact::ResultWithdrawn { result, on: today }])
        }
        TaskCommand::ConfirmResult => {
            let result = judgeable(state, task, scope)?.seq;
            Ok(vec![TaskFact::ResultConfirmed { result, on: today }])
        }
        TaskCommand::ReturnResult { reason } => {
            let result = judgeable(state, task, scope)?.seq;
            let reason = optional(reason).ok_or_else(|| refuse::empty("reason"))?;
            Ok(vec![TaskFact::ResultReturned {
                result,
                on: today,
                reason,
            }])
        }
        TaskCommand::Withdraw { reason, paper } => withdraw(state, reason, paper),
        TaskCommand::NameOfficer(officer) => {
            speaks_for_lead(task, scope)?;
            Ok(match state.officer == *officer {
                true => vec![],
                false => vec![TaskFact::OfficerNamed { officer: *officer }],
            })
        }
    }
}

/// A task outside the reader's scope does not exist for them.
fn visible<'a>(state: &'a TaskState, scope: &Scope) -> Result<&'a AssignedTask, Refusal> {
    let task = state.task.as_ref().ok_or(Refusal::NotFound)?;
    if scope.sees(Audience::Organisations, &state.organisations()) {
        Ok(task)
    } else {
        Err(Refusal::NotFound)
    }
}

/// The lead, when the reader may speak for it.
fn speaks_for_lead(task: &AssignedTask, scope: &Scope) -> Result<OrgId, Refusal> {
    let lead = task.agencies.lead.as_ref().ok_or_else(|| {
        Refusal::conflict(
            "Nhiệm vụ chưa xác định được cơ quan chủ trì trong danh mục. Cán bộ chương trình phải giao lại.",
            "The task has no lead agency of the list yet. A programme officer has to assign it.",
        )
    })?;
    scope.require_for(Permission::SubmitResult, lead)?;
    Ok(lead.clone())
}

fn reassign(
    state: &TaskState,
    task: &AssignedTask,
    agencies: &Agencies,
    reason: &str,
) -> Result<Vec<TaskFact>, Refusal> {
    not_confirmed(state)?;
    if state.waiting_result().is_some() {
        return Err(Refusal::conflict(
            "Đang có kết quả chờ xác nhận. Xác nhận hoặc yêu cầu bổ sung trước khi giao lại.",
            "A result is waiting to be judged. Confirm or return it before assigning the task anew.",
        ));
    }
    let mut faults = Faults::default();
    if agencies.lead.is_none() {
        faults.add(
            "lead",
            "Chưa chọn cơ quan chủ trì.",
            "No lead agency is chosen.",
        );
    }
    if let Some(lead) = &agencies.lead
        && agencies.supporting.contains(lead)
    {
        faults.add(
            "supporting",
            "Cơ quan chủ trì không đồng thời là cơ quan phối hợp.",
            "The lead agency cannot support itself.",
        );
    }
    if *agencies == task.agencies {
        faults.add(
            "lead",
            "Chưa có gì thay đổi.",
            "Nothing differs from the agencies in force.",
        );
    }
    let reason = faults.text("reason", reason);
    faults.finish(reason.map(|reason| {
        vec![TaskFact::Reassigned {
            agencies: agencies.clone(),
            reason,
        }]
    }))
}

fn extend(
    state: &TaskState,
    task: &AssignedTask,
    deadline: Date,
    paper: &Paper,
    reason: &str,
) -> Result<Vec<TaskFact>, Refusal> {
    not_confirmed(state)?;
    let mut faults = Faults::default();
    if task.deadline.is_some_and(|before| deadline <= before) {
        faults.add(
            "deadline",
            "Thời hạn mới phải sau thời hạn đang áp dụng.",
            "The new deadline must be after the one in force.",
        );
    }
    let reason = justified(&mut faults, reason, paper);
    faults.finish(reason.map(|reason| {
        vec![TaskFact::DeadlineExtended {
            deadline,
            paper: paper.clone(),
            reason,
        }]
    }))
}

fn withdraw(state: &TaskState, reason: &str, paper: &Paper) -> Result<Vec<TaskFact>, Refusal> {
    not_confirmed(state)?;
    let mut faults = Faults::default();
    let reason = justified(&mut faults, reason, paper);
    faults.finish(reason.map(|reason| {
        vec![TaskFact::Withdrawn {
            reason,
            paper: paper.clone(),
        }]
    }))
}

fn submit(
    state: &TaskState,
    by: OrgId,
    today: Date,
    text: &str,
    evidence: &[Evidence],
    no_occurrence: bool,
) -> Result<Vec<TaskFact>, Refusal> {
    not_confirmed(state)?;
    if state.waiting_result().is_some() {
        return Err(Refusal::conflict(
            "Đã có kết quả chờ xác nhận. Rút lại trước khi nộp kết quả khác.",
            "A result is already waiting to be judged. Take it back before submitting another.",
        ));
    }
    let mut faults = Faults::default();
    let text = faults.text("text", text);
    if no_occurrence && !evidence.is_empty() {
        faults.add(
            "no_occurrence",
            "Đã đính kèm minh chứng thì không chọn “không phát sinh”.",
            "With evidence attached, “nothing to be done” cannot be ticked.",
        );
    }
    faults.finish(text.map(|text| {
        vec![TaskFact::ResultSubmitted {
            by,
            on: today,
            text,
            evidence: evidence.to_vec(),
            no_occurrence,
        }]
    }))
}

fn not_confirmed(state: &TaskState) -> Result<(), Refusal> {
    if state.is_confirmed() {
        Err(Refusal::conflict(
            "Nhiệm vụ đã được xác nhận hoàn thành.",
            "The task has been confirmed as done.",
        ))
    } else {
        Ok(())
    }
}

fn waiting(state: &TaskState) -> Result<&TaskResult, Refusal> {
    state.waiting_result().ok_or_else(|| {
        Refusal::conflict(
            "Không có kết quả nào đang chờ xác nhận.",
            "No result is waiting to be judged.",
        )
    })
}

/// The waiting result, when the reader is not the one who submitted it nor of the same organisation.
fn judgeable<'a>(
    state: &'a TaskState,
    task: &AssignedTask,
    scope: &Scope,
) -> Result<&'a TaskResult, Refusal> {
    not_by(scope, task.agencies.lead.as_ref())?;
    let result = waiting(state)?;
    not_by(scope, Some(&result.by))?;
    if result.actor == scope.actor() {
        return Err(own_work());
    }
    Ok(result)
}

fn not_by(scope: &Scope, organisation: Option<&OrgId>) -> Result<(), Refusal> {
    match (scope.organisation(), organisation) {
        (Some(own), Some(other)) if own == other => Err(own_work()),
        _ => Ok(()),
    }
}

fn own_work() -> Refusal {
    Refusal::NotAllowed(Say::new(
        "Cơ quan thực hiện không tự xác nhận, yêu cầu bổ sung hoặc gia hạn cho mình.",
        "An organisation does not judge its own result nor extend its own deadline.",
    ))
}

/// What a person types to give a task to other agencies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReassignForm {
    /// Id of the organisation that leads.
    pub lead: String,
    /// Ids of the organisations that support, separated by semicolons.
    pub supporting: String,
    /// Why.
    pub reason: String,
}

impl ReassignForm {
    /// Parses the fields; `named` gives the name of an organisation that exists.
    pub fn parse(&self, named: &dyn Fn(&OrgId) -> Option<String>) -> Result<TaskCommand, Refusal> {
        let mut faults = Faults::default();
        let mut found = |field: &str, id: String| {
            let org = OrgId(id);
            let name = named(&org);
            if name.is_none() {
                faults.add(
                    field,
                    format!("Danh mục không có cơ quan “{org}”."),
                    format!("There is no organisation “{org}”."),
                );
            }
            name.map(|name| (org, name))
        };
        let lead = optional(&self.lead).and_then(|id| found("lead", id));
        let supporting = self.supporting.split(';').filter_map(optional);
        let (supporting, supporting_written) =
            supporting.filter_map(|id| found("supporting", id)).unzip();
        let (lead, lead_written) = lead.unzip();
        let agencies = Agencies {
            lead,
            lead_written,
            supporting,
            supporting_written,
        };
        let reason = faults.text("reason", &self.reason);
        faults.finish(reason.map(|reason| TaskCommand::Reassign { agencies, reason }))
    }
}

/// What a person types about a result. Files come beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ResultForm {
    /// What was done.
    pub text: String,
    /// Ticked when there was nothing to be done.
    pub no_occurrence: String,
}

impl ResultForm {
    /// Parses the fields; `evidence` are the files already stored.
    pub fn parse(&self, evidence: Vec<Evidence>) -> Result<TaskCommand, Refusal> {
        let mut faults = Faults::default();
        let text = faults.text("text", &self.text);
        faults.finish(text.map(|text| TaskCommand::SubmitResult {
            text,
            evidence,
            no_occurrence: crate::form::ticked(&self.no_occurrence),
        }))
    }
}

/// What a person types to grant more time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ExtendForm {
    /// The last day from now on.
    pub deadline: String,
    /// The paper and the reason.
    #[serde(flatten)]
    pub paper: PaperForm,
}

impl ExtendForm {
    /// Parses the fields.
    pub fn parse(&self) -> Result<TaskCommand, Refusal> {
        let mut faults = Faults::default();
        let before = faults.count();
        let deadline = faults.date("deadline", &self.deadline);
        if deadline.is_none() && faults.count() == before {
            faults.add(
                "deadline",
                "Chưa nhập thời hạn mới.",
                "The new deadline is missing.",
            );
        }
        let paper = self.paper.read(&mut faults);
        let command = deadline
            .zip(paper)
            .map(|(deadline, (paper, reason))| TaskCommand::Extend {
                deadline,
                paper,
                reason,
            });
        faults.finish(command)
    }
}
