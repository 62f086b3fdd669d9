//! Targets and programmes after adoption.

use access::{Role, Scope};
use journal::{ActorId, RecordedFact};
use programme::document::TermsForm;
use programme::programme::{
    ProgrammeCommand, ProgrammeFact, ProgrammeForm, ProgrammeState, decide as decide_programme,
    evolve as evolve_programme,
};
use programme::target::{
    AdoptedTarget, AmendForm, PaperForm, TargetCommand, TargetFact, TargetState, decide, evolve,
};
use programme::{DocumentId, ProgrammeId, TargetId};

use crate::fixtures::*;

fn at(seq: i64) -> RecordedFact {
    RecordedFact {
        seq,
        ix: 0,
        recorded_at: 0,
        actor: ActorId::SYSTEM,
        stream: TargetId::new().stream(),
        kind: String::new(),
        version: 1,
        data: serde_json::Value::Null,
    }
}

fn adopted_target() -> TargetState {
    let (_, draft) = stored().targets.remove(0);
    let target = AdoptedTarget {
        programme: ProgrammeId::new(),
        document: DocumentId::new(),
        place: draft.place,
        text: "kinh tế số đạt trên 22,5% GRDP".into(),
        area: fields().area,
        terms: draft.terms,
        responsible: None,
    };
    evolve(TargetState::default(), TargetFact::Adopted(target), &at(1))
}

fn amend(value: &str, reason: &str) -> TargetCommand {
    let mut terms = stored().targets.remove(0).1.terms;
    terms.value = value.parse().ok();
    TargetCommand::Amend {
        terms,
        reason: reason.into(),
        paper: paper(),
    }
}

#[test]
fn a_target_is_changed_by_paper() {
    let state = adopted_target();
    for (command, scope, expected) in [
        (amend("25", "nghị quyết mới"), officer(), "ok"),
        (amend("25", ""), officer(), "invalid"),
        (amend("22.5", "như cũ"), officer(), "invalid"),
        (amend("25", "nghị quyết mới"), assigner(), "not allowed"),
        (amend("25", "nghị quyết mới"), focal(SO_KHCN), "not allowed"),
        (
            amend("25", "nghị quyết mới"),
            Scope::anonymous(),
            "not allowed",
        ),
        (TargetCommand::Link(None), officer(), "ok"),
        (
            TargetCommand::Link(None),
            person(Role::Leader, VAN_PHONG),
            "not allowed",
        ),
    ] {
        let outcome = decide(&state, &command, &scope);
        assert_eq!(kind(&outcome), expected, "{command:?}");
    }
    let missing = decide(
        &TargetState::default(),
        &TargetCommand::Link(None),
        &officer(),
    );
    assert_eq!(kind(&missing), "not found");
}

#[test]
fn what_was_demanded_before_stays() {
    let mut state = adopted_target();
    let facts = decide(&state, &amend("25", "nghị quyết mới"), &officer()).expect("amended");
    for fact in facts {
        state = evolve(state, fact, &at(2));
    }
    let demanded = state.target.as_ref().and_then(|t| t.terms.value);
    assert_eq!(demanded, "25".parse().ok());
    assert_eq!(state.amendments[0].before.value, "22.5".parse().ok());
    assert_eq!(state.amendments[0].seq, 2);

    let withdraw = TargetCommand::Withdraw {
        reason: "bãi bỏ".into(),
        paper: paper(),
    };
    for fact in decide(&state, &withdraw, &officer()).expect("withdrawn") {
        state = evolve(state, fact, &at(3));
    }
    assert_eq!(
        kind(&decide(&state, &amend("30", "x"), &officer())),
        "conflict"
    );
    assert_eq!(kind(&decide(&state, &withdraw, &officer())), "conflict");
}

#[test]
fn an_amendment_form_names_every_faulty_field() {
    let form = AmendForm {
        terms: TermsForm {
            value: "nhiều".into(),
            ..TermsForm::default()
        },
        paper: PaperForm {
            paper_date: "5/13/2026".into(),
            ..PaperForm::default()
        },
    };
    let outcome = form.parse(&|_| true);
    assert_eq!(
        faulty(outcome),
        ["value", "paper_number", "paper_date", "reason"]
    );
}

#[test]
fn a_programme_is_published_once_and_closed_with_a_reason() {
    let mut state = ProgrammeState::default();
    let missing = decide_programme(
        &state,
        &ProgrammeCommand::Publish,
        &officer(),
        day("2026-02-01"),
    );
    assert_eq!(kind(&missing), "not found");
    state = evolve_programme(state, ProgrammeFact::Founded(fields()), &at(1));
    let close = |reason: &str| ProgrammeCommand::Close {
        reason: reason.into(),
    };
    for (command, scope, expected) in [
        (ProgrammeCommand::Publish, officer(), "ok"),
        (ProgrammeCommand::Publish, assigner(), "not allowed"),
        (ProgrammeCommand::Publish, Scope::anonymous(), "not allowed"),
        (close(""), officer(), "invalid"),
        (close("tổng kết"), officer(), "ok"),
        (close("tổng kết"), focal(SO_KHCN), "not allowed"),
    ] {
        let outcome = decide_programme(&state, &command, &scope, day("2026-02-01"));
        assert_eq!(kind(&outcome), expected, "{command:?}");
    }
    state = evolve_programme(state, ProgrammeFact::Published {}, &at(2));
    let again = decide_programme(
        &state,
        &ProgrammeCommand::Publish,
        &officer(),
        day("2026-02-01"),
    );
    assert_eq!(again.ok(), Some(vec![]));
    let closed = ProgrammeFact::Closed {
        on: day("2026-02-01"),
        reason: "tổng kết".into(),
    };
    state = evolve_programme(state, closed, &at(3));
    let late = decide_programme(&state, &close("nữa"), &officer(), day("2026-02-02"));
    assert_eq!(kind(&late), "conflict");
}

#[test]
fn a_programme_form_takes_years_or_days() {
    let form = ProgrammeForm {
        title: "Kinh tế số".into(),
        area: "66@2025-07-01".into(),
        from: "2026".into(),
        to: "2030".into(),
        ..ProgrammeForm::default()
    };
    let parsed = form.parse().expect("fields");
    assert_eq!(parsed.period.from(), day("2026-01-01"));
    assert_eq!(parsed.period.last_day(), Some(day("2030-12-31")));
    let backwards = ProgrammeForm {
        title: String::new(),
        area: "66".into(),
        from: "1/7/2026".into(),
        to: "30/6/2026".into(),
        ..form
    };
    assert_eq!(faulty(backwards.parse()), ["title", "area", "to"]);
    assert_eq!(
        faulty(ProgrammeForm::default().parse()),
        ["title", "area", "from"]
    );
}
