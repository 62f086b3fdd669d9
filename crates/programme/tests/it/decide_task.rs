//! Assigned tasks: who submits, who judges, what states forbid.

use access::{Refusal, Role, Scope};
use journal::{ActorId, FactFamily, NewFact, RecordedFact};
use programme::target::PaperForm;
use programme::task::{
    Agencies, AssignedTask, ExtendForm, Judgement, Progress, ReassignForm, ResultForm, TaskCommand,
    TaskFact, TaskState, decide, evolve,
};
use programme::{DocumentId, Place, ProgrammeId, TaskId};

use crate::fixtures::*;

struct Desk {
    state: TaskState,
    seq: i64,
}

impl Desk {
    /// Led by the department of education, supported by that of finance, due on 30/6/2026.
    fn assigned() -> Self {
        Self::led_by(Some(SO_GDDT))
    }

    fn led_by(lead: Option<&str>) -> Self {
        let mut desk = Desk {
            state: TaskState::default(),
            seq: 0,
        };
        let task = AssignedTask {
            programme: ProgrammeId::new(),
            document: DocumentId::new(),
            place: Place {
                anchor: Some("II.b2".into()),
                section: Some("II".into()),
                span: span("kỹ năng số"),
            },
            text: "Đưa nội dung kỹ năng số vào trường phổ thông".into(),
            title: "Kỹ năng số".into(),
            theme: Some("education".into()),
            agencies: agencies(lead, &[SO_TC]),
            deadline: Some(day("2026-06-30")),
            deadline_written: None,
            product: None,
            authority: None,
            order_number: None,
        };
        desk.take(TaskFact::Assigned(Box::new(task)), ActorId::SYSTEM);
        desk
    }

    fn submitted() -> Self {
        let mut desk = Desk::assigned();
        desk.run(&submit(), &focal(SO_GDDT)).expect("submitted");
        desk
    }

    fn decide(&self, command: &TaskCommand, scope: &Scope) -> Result<Vec<TaskFact>, Refusal> {
        decide(&self.state, command, scope, day("2026-05-10"))
    }

    fn run(&mut self, command: &TaskCommand, scope: &Scope) -> Result<usize, Refusal> {
        let facts = self.decide(command, scope)?;
        let count = facts.len();
        for fact in facts {
            self.take(fact, scope.actor());
        }
        Ok(count)
    }

    fn take(&mut self, fact: TaskFact, actor: ActorId) {
        self.seq += 1;
        let new = NewFact::of(TaskId::new().stream(), &fact).expect("a fact");
        let recorded = RecordedFact {
            seq: self.seq,
            ix: 0,
            recorded_at: 0,
            actor,
            stream: new.stream,
            kind: new.kind,
            version: new.version,
            data: new.data,
        };
        let again = TaskFact::read(&recorded)
            .expect("it reads")
            .expect("a task");
        assert_eq!(again, fact);
        self.state = evolve(std::mem::take(&mut self.state), again, &recorded);
    }
}

fn agencies(lead: Option<&str>, supporting: &[&str]) -> Agencies {
    Agencies {
        lead: lead.map(org),
        lead_written: lead.map(str::to_owned),
        supporting: supporting.iter().map(|id| org(id)).collect(),
        supporting_written: vec![],
    }
}

fn submit() -> TaskCommand {
    TaskCommand::SubmitResult {
        text: "Đã triển khai ở 12 trường.".into(),
        evidence: vec![evidence("biên bản")],
        no_occurrence: false,
    }
}

fn send_back(reason: &str) -> TaskCommand {
    TaskCommand::ReturnResult {
        reason: reason.into(),
    }
}

fn extend(deadline: &str) -> TaskCommand {
    TaskCommand::Extend {
        deadline: day(deadline),
        paper: paper(),
        reason: "chờ hướng dẫn của Bộ".into(),
    }
}

fn reassign(lead: Option<&str>, supporting: &[&str]) -> TaskCommand {
    TaskCommand::Reassign {
        agencies: agencies(lead, supporting),
        reason: "sắp xếp lại cơ quan".into(),
    }
}

#[test]
fn only_the_lead_submits() {
    let desk = Desk::assigned();
    for (scope, expected) in [
        (focal(SO_GDDT), "ok"),
        (focal(SO_TC), "not allowed"),
        (focal(SO_KHCN), "not found"),
        (officer(), "not allowed"),
        (person(Role::ProgrammeOfficer, SO_GDDT), "ok"),
        (assigner(), "not allowed"),
        (person(Role::Leader, SO_GDDT), "not allowed"),
        (person(Role::Inspector, SO_GDDT), "not allowed"),
        (person(Role::Citizen, SO_GDDT), "not allowed"),
        (Scope::anonymous(), "not allowed"),
    ] {
        let outcome = desk.decide(&submit(), &scope);
        assert_eq!(kind(&outcome), expected, "{:?}", scope.role());
    }
    let nobody = Desk::led_by(None);
    assert_eq!(kind(&nobody.decide(&submit(), &focal(SO_TC))), "conflict");
    let missing = decide(
        &TaskState::default(),
        &submit(),
        &focal(SO_GDDT),
        day("2026-05-10"),
    );
    assert_eq!(kind(&missing), "not found");
}

#[test]
fn only_the_assigner_judges_and_never_its_own_work() {
    let desk = Desk::submitted();
    for command in [TaskCommand::ConfirmResult, send_back("thiếu minh chứng")] {
        for (scope, expected) in [
            (assigner(), "ok"),
            (person(Role::Leader, VAN_PHONG), "ok"),
            (person(Role::Assigner, SO_GDDT), "not allowed"),
            (person(Role::Leader, SO_GDDT), "not allowed"),
            (focal(SO_GDDT), "not allowed"),
            (officer(), "not allowed"),
            (person(Role::Inspector, VAN_PHONG), "not allowed"),
            (Scope::anonymous(), "not allowed"),
        ] {
            let outcome = desk.decide(&command, &scope);
            assert_eq!(kind(&outcome), expected, "{:?} {command:?}", scope.role());
        }
    }
    assert_eq!(
        faulty(desk.decide(&send_back("  "), &assigner())),
        ["reason"]
    );
    let own_deadline = desk.decide(&extend("2026-09-30"), &person(Role::Assigner, SO_GDDT));
    assert_eq!(kind(&own_deadline), "not allowed");
}

#[test]
fn who_submitted_for_another_does_not_judge() {
    let mut desk = Desk::led_by(Some("phong-gd"));
    let above = |role| {
        let own = [org(SO_GDDT), org("phong-gd")].into();
        Scope::of_account(ActorId::new(), role, Some(org(SO_GDDT)), own)
    };
    desk.run(&submit(), &above(Role::FocalOfficer))
        .expect("submitted for an organisation below");
    assert_eq!(desk.state.results[0].by, org(SO_GDDT));
    let judged = desk.decide(&TaskCommand::ConfirmResult, &above(Role::Leader));
    assert_eq!(kind(&judged), "not allowed");
    let judged = desk.decide(&TaskCommand::ConfirmResult, &assigner());
    assert_eq!(kind(&judged), "ok");
}

#[test]
fn a_result_goes_its_way() {
    let mut desk = Desk::submitted();
    let (lead, judge) = (focal(SO_GDDT), assigner());
    assert_eq!(desk.state.progress(), Progress::Submitted);
    assert_eq!(kind(&desk.decide(&submit(), &lead)), "conflict");

    desk.run(&TaskCommand::WithdrawResult, &lead)
        .expect("taken back");
    assert_eq!(desk.state.progress(), Progress::None);
    assert_eq!(
        kind(&desk.decide(&TaskCommand::WithdrawResult, &lead)),
        "conflict"
    );
    assert_eq!(
        kind(&desk.decide(&TaskCommand::ConfirmResult, &judge)),
        "conflict"
    );

    desk.run(&submit(), &lead).expect("submitted again");
    desk.run(&send_back("thiếu số liệu"), &judge)
        .expect("returned");
    assert_eq!(desk.state.progress(), Progress::Returned);
    assert_eq!(
        kind(&desk.decide(&TaskCommand::WithdrawResult, &lead)),
        "conflict"
    );

    desk.run(&submit(), &lead).expect("submitted a third time");
    desk.run(&TaskCommand::ConfirmResult, &judge)
        .expect("confirmed");
    assert_eq!(desk.state.progress(), Progress::Confirmed);
    let ends: Vec<&str> = desk
        .state
        .results
        .iter()
        .map(|result| result.judgement.as_str())
        .collect();
    assert_eq!(ends, ["withdrawn", "returned", "confirmed"]);
    assert!(matches!(
        &desk.state.results[2].judgement,
        Judgement::Confirmed { by, .. } if *by == judge.actor()
    ));
    for (command, scope) in [
        (submit(), &lead),
        (TaskCommand::WithdrawResult, &lead),
        (send_back("x"), &judge),
        (extend("2027-01-01"), &judge),
        (reassign(Some(SO_KHCN), &[]), &officer()),
    ] {
        assert_eq!(
            kind(&desk.decide(&command, scope)),
            "conflict",
            "{command:?}"
        );
    }
}

#[test]
fn a_result_says_something() {
    let desk = Desk::assigned();
    let lead = focal(SO_GDDT);
    let wordless = ResultForm::default().parse(vec![]);
    assert_eq!(faulty(wordless), ["text"]);
    let contradictory = ResultForm {
        text: "Không phát sinh".into(),
        no_occurrence: "on".into(),
    };
    let command = contradictory.parse(vec![evidence("a")]).expect("a command");
    assert_eq!(faulty(desk.decide(&command, &lead)), ["no_occurrence"]);
    let command = contradictory.parse(vec![]).expect("a command");
    assert_eq!(kind(&desk.decide(&command, &lead)), "ok");
}

#[test]
fn more_time_needs_a_paper_and_a_later_day() {
    let mut desk = Desk::assigned();
    for (deadline, expected) in [
        ("2026-06-30", "invalid"),
        ("2026-06-29", "invalid"),
        ("2026-07-01", "ok"),
    ] {
        let outcome = desk.decide(&extend(deadline), &assigner());
        assert_eq!(kind(&outcome), expected, "{deadline}");
    }
    assert_eq!(
        kind(&desk.decide(&extend("2026-07-01"), &officer())),
        "not allowed"
    );
    desk.run(&extend("2026-09-30"), &assigner())
        .expect("extended");
    let task = desk.state.task.as_ref().expect("a task");
    assert_eq!(task.deadline, Some(day("2026-09-30")));
    assert_eq!(desk.state.extensions[0].before, Some(day("2026-06-30")));
    assert_eq!(
        faulty(ExtendForm::default().parse()),
        ["deadline", "paper_number", "paper_date", "reason"]
    );
    let form = ExtendForm {
        deadline: "31/12/2026".into(),
        paper: PaperForm {
            paper_number: "20/QĐ-UBND".into(),
            paper_date: "1/9/2026".into(),
            reason: "chờ vốn".into(),
        },
    };
    let command = form.parse().expect("a command");
    assert_eq!(kind(&desk.decide(&command, &assigner())), "ok");
}

#[test]
fn a_task_is_given_to_others() {
    let mut desk = Desk::assigned();
    assert_eq!(
        faulty(desk.decide(&reassign(None, &[]), &officer())),
        ["lead"]
    );
    let same = desk.decide(&reassign(Some(SO_GDDT), &[SO_TC]), &officer());
    assert_eq!(faulty(same), ["lead"]);
    let itself = desk.decide(&reassign(Some(SO_TC), &[SO_TC]), &officer());
    assert_eq!(faulty(itself), ["supporting"]);
    assert_eq!(
        kind(&desk.decide(&reassign(Some(SO_TC), &[]), &assigner())),
        "not allowed"
    );

    desk.run(&submit(), &focal(SO_GDDT)).expect("submitted");
    assert_eq!(
        kind(&desk.decide(&reassign(Some(SO_TC), &[]), &officer())),
        "conflict"
    );
    desk.run(&TaskCommand::WithdrawResult, &focal(SO_GDDT))
        .expect("taken back");
    desk.run(&reassign(Some(SO_TC), &[]), &officer())
        .expect("reassigned");
    assert_eq!(kind(&desk.decide(&submit(), &focal(SO_GDDT))), "not found");
    assert_eq!(kind(&desk.decide(&submit(), &focal(SO_TC))), "ok");

    let named = |id: &access::OrgId| (id.0 == SO_TC).then(|| "Sở Tài chính".to_owned());
    let form = ReassignForm {
        lead: "so-gi-do".into(),
        supporting: format!("{SO_TC}; so-nao-do"),
        reason: String::new(),
    };
    assert_eq!(faulty(form.parse(&named)), ["lead", "supporting", "reason"]);
}

#[test]
fn an_officer_is_named_by_the_lead() {
    let mut desk = Desk::assigned();
    let name = TaskCommand::NameOfficer(Some(focal(SO_GDDT).actor()));
    assert_eq!(kind(&desk.decide(&name, &officer())), "not allowed");
    assert_eq!(desk.run(&name, &focal(SO_GDDT)).ok(), Some(1));
    assert_eq!(desk.run(&name, &focal(SO_GDDT)).ok(), Some(0));
}

#[test]
fn a_withdrawn_task_takes_nothing_more() {
    let mut desk = Desk::assigned();
    let withdraw = |reason: &str| TaskCommand::Withdraw {
        reason: reason.into(),
        paper: paper(),
    };
    assert_eq!(faulty(desk.decide(&withdraw(""), &officer())), ["reason"]);
    assert_eq!(
        kind(&desk.decide(&withdraw("hết căn cứ"), &focal(SO_GDDT))),
        "not allowed"
    );
    desk.run(&withdraw("hết căn cứ"), &officer())
        .expect("withdrawn");
    assert_eq!(desk.state.progress(), Progress::Withdrawn);
    assert_eq!(kind(&desk.decide(&submit(), &focal(SO_GDDT))), "conflict");
}
