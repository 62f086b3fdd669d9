//! A target broken down: who decides what, when.

use access::{Audience, Role, Scope};
use journal::{ActorId, RecordedFact};
use measure::cascade::{Line, Measured, Scored};
use programme::cascade::{
    CascadeCommand, CascadeFact, CascadeState, Gap, Guidance, Holder, HolderKind, Invited, Over,
    PartCommand, PartFact, PartState, RankingCommand, RankingState, Standing, YearValue,
    decide_cascade, decide_part, decide_ranking, evolve_cascade, evolve_part, evolve_ranking,
    whole_of,
};
use programme::target::{AdoptedTarget, TargetFact, TargetState, evolve};
use programme::{DocumentId, ProgrammeId, TargetId};
use reading::PeriodKind;

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

/// At least 22.5 % by 2028.
fn target() -> TargetState {
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

fn withdrawn() -> TargetState {
    let fact = TargetFact::Withdrawn {
        reason: "thôi".into(),
        paper: paper(),
    };
    evolve(target(), fact, &at(2))
}

fn guidance() -> Guidance {
    Guidance {
        register: "Ghi mức từng năm".into(),
        report: "Báo cáo quý".into(),
        register_by: Some(day("2026-03-31")),
        invited: Invited::Departments,
        measured: Measured::Flow,
    }
}

fn guided(guidance: Guidance) -> CascadeState {
    let fact = CascadeFact::Guided {
        programme: ProgrammeId::new(),
        guidance,
    };
    evolve_cascade(CascadeState::default(), fact, &at(2))
}

fn values(of: &[(i16, &str)]) -> Vec<YearValue> {
    let value = |(year, value): &(i16, &str)| YearValue {
        year: *year,
        value: value.parse().expect("a number"),
    };
    of.iter().map(value).collect()
}

fn department(id: &str) -> Holder {
    Holder {
        organisation: org(id),
        kind: HolderKind::Department,
    }
}

#[test]
fn what_is_said_of_the_whole() {
    let guide = |register: &str| {
        CascadeCommand::Guide(Guidance {
            register: register.into(),
            ..guidance()
        })
    };
    let path = |of: &[(i16, &str)], source: &str| CascadeCommand::StatePath {
        values: values(of),
        source: source.into(),
    };
    let gap = |note: &str| {
        CascadeCommand::AcknowledgeGap(Gap {
            year: 2026,
            whole: 10.into(),
            parts: 8.into(),
            note: note.into(),
        })
    };
    for (command, state, scope, expected) in [
        (guide("Ghi"), target(), officer(), "ok"),
        (guide(" "), target(), officer(), "invalid"),
        (guide("Ghi"), withdrawn(), officer(), "conflict"),
        (guide("Ghi"), TargetState::default(), officer(), "not found"),
        (guide("Ghi"), target(), focal(SO_KHCN), "not allowed"),
        (
            guide("Ghi"),
            target(),
            person(Role::Leader, VAN_PHONG),
            "not allowed",
        ),
        (
            path(&[(2026, "10"), (2027, "15")], "12-CTr/TU"),
            target(),
            officer(),
            "ok",
        ),
        (path(&[], "12-CTr/TU"), target(), officer(), "ok"),
        (path(&[(2026, "10")], ""), target(), officer(), "invalid"),
        (
            path(&[(2026, "10"), (2026, "11")], "x"),
            target(),
            officer(),
            "invalid",
        ),
        (path(&[(2029, "10")], "x"), target(), officer(), "invalid"),
        (path(&[(2026, "-1")], "x"), target(), officer(), "invalid"),
        (gap("sẽ giao tiếp"), target(), officer(), "ok"),
        (gap(""), target(), officer(), "invalid"),
        (
            gap("sẽ giao tiếp"),
            target(),
            Scope::anonymous(),
            "not allowed",
        ),
    ] {
        let outcome = decide_cascade(&CascadeState::default(), &state, &command, &scope);
        assert_eq!(kind(&outcome), expected, "{command:?}");
    }
    // The same gap is looked at once; another one again.
    let state = CascadeState::default();
    let fact = decide_cascade(&state, &target(), &gap("vì"), &officer()).expect("acknowledged");
    let state = evolve_cascade(state, fact, &at(3));
    assert_eq!(
        kind(&decide_cascade(&state, &target(), &gap("vì"), &officer())),
        "conflict"
    );
    assert_eq!(
        kind(&decide_cascade(&state, &target(), &gap("khác"), &officer())),
        "ok"
    );
}

#[test]
fn what_the_whole_demands_in_a_year() {
    let mut terms = target().target.expect("a target").terms;
    let none = CascadeState::default();
    let fact = CascadeFact::PathStated {
        programme: ProgrammeId::new(),
        values: values(&[(2026, "10"), (2028, "20")]),
        source: "x".into(),
    };
    let stated = evolve_cascade(CascadeState::default(), fact, &at(1));
    let value = |text: &str| Some(text.parse().expect("a number"));
    assert_eq!(whole_of(&none, &terms, 2026), None);
    assert_eq!(whole_of(&none, &terms, 2028), value("22.5"));
    assert_eq!(whole_of(&stated, &terms, 2026), value("10"));
    assert_eq!(whole_of(&stated, &terms, 2028), value("20"));
    terms.period.kind = Some(PeriodKind::PerYear);
    assert_eq!(whole_of(&none, &terms, 2026), value("22.5"));
    assert_eq!(whole_of(&none, &terms, 2029), None);
    terms.comparator = Some(reading::Comparator::MultiplyBy);
    assert_eq!(whole_of(&none, &terms, 2026), None);
}

/// The parts of an agency after commands that succeed, each on its day.
fn after(id: &str, commands: &[(&Scope, &str, PartCommand)]) -> PartState {
    let (target_id, state, cascade) = (TargetId::new(), target(), guided(guidance()));
    let over = Over {
        target: &state,
        cascade: &cascade,
    };
    let mut parts = PartState::default();
    for (seq, (scope, on, command)) in (1..).zip(commands) {
        let of = (target_id, &org(id));
        let facts = decide_part(&parts, over, of, command, scope, day(on));
        let facts = facts.unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
        for fact in facts {
            parts = evolve_part(parts, fact, &at(seq));
        }
    }
    parts
}

fn assign(of: &[(i16, &str)], reason: &str) -> PartCommand {
    PartCommand::Assign {
        holder: department(SO_GDDT),
        values: values(of),
        reason: reason.into(),
    }
}

fn register(of: &[(i16, &str)]) -> PartCommand {
    PartCommand::Register {
        holder: department(SO_GDDT),
        values: values(of),
    }
}

fn give_back(years: &[i16], reason: &str) -> PartCommand {
    PartCommand::Return {
        years: years.into(),
        reason: reason.into(),
    }
}

fn withdraw(year: i16, reason: &str) -> PartCommand {
    PartCommand::Withdraw {
        year,
        reason: reason.into(),
    }
}

#[test]
fn who_may_do_what_with_a_part() {
    let (keeper, own, other) = (officer(), focal(SO_GDDT), focal(SO_TC));
    let leader = person(Role::Leader, VAN_PHONG);
    let open = "2026-03-31";
    let fresh = || PartState::default();
    let waiting = || after(SO_GDDT, &[(&own, open, register(&[(2026, "10")]))]);
    let returned = || {
        let back = give_back(&[2026], "ít quá");
        after(
            SO_GDDT,
            &[
                (&own, open, register(&[(2026, "10")])),
                (&keeper, open, back),
            ],
        )
    };
    let assigned = || after(SO_GDDT, &[(&keeper, open, assign(&[(2026, "10")], ""))]);
    let gone = || {
        let taken = withdraw(2026, "nhầm");
        after(
            SO_GDDT,
            &[
                (&keeper, open, assign(&[(2026, "10")], "")),
                (&keeper, open, taken),
            ],
        )
    };
    type Row<'a> = (PartState, PartCommand, &'a Scope, &'a str, &'a str);
    let table: Vec<Row> = vec![
        (fresh(), assign(&[(2026, "10")], ""), &keeper, open, "ok"),
        (
            fresh(),
            assign(&[(2026, "10")], ""),
            &own,
            open,
            "not allowed",
        ),
        (
            fresh(),
            assign(&[(2026, "10")], ""),
            &leader,
            open,
            "not allowed",
        ),
        (fresh(), assign(&[], ""), &keeper, open, "invalid"),
        (
            fresh(),
            assign(&[(2029, "10")], ""),
            &keeper,
            open,
            "invalid",
        ),
        (
            assigned(),
            assign(&[(2026, "12")], ""),
            &keeper,
            open,
            "invalid",
        ),
        (
            assigned(),
            assign(&[(2026, "12")], "rà soát"),
            &keeper,
            open,
            "ok",
        ),
        (
            assigned(),
            assign(&[(2026, "10")], "rà soát"),
            &keeper,
            open,
            "invalid",
        ),
        (
            assigned(),
            assign(&[(2026, "10"), (2027, "11")], ""),
            &keeper,
            open,
            "ok",
        ),
        (waiting(), assign(&[(2026, "12")], ""), &keeper, open, "ok"),
        (gone(), assign(&[(2026, "12")], ""), &keeper, open, "ok"),
        (fresh(), register(&[(2026, "10")]), &own, open, "ok"),
        (
            fresh(),
            register(&[(2026, "10")]),
            &own,
            "2026-04-01",
            "conflict",
        ),
        (
            fresh(),
            register(&[(2026, "10")]),
            &other,
            open,
            "not allowed",
        ),
        // Who keeps programmes speaks for their own organisation alone.
        (
            fresh(),
            register(&[(2026, "10")]),
            &keeper,
            open,
            "not allowed",
        ),
        (fresh(), register(&[]), &own, open, "invalid"),
        (waiting(), register(&[(2026, "11")]), &own, open, "ok"),
        (assigned(), register(&[(2026, "11")]), &own, open, "invalid"),
        (
            returned(),
            register(&[(2026, "11")]),
            &own,
            "2026-05-01",
            "ok",
        ),
        (
            returned(),
            register(&[(2026, "11"), (2027, "1")]),
            &own,
            "2026-05-01",
            "conflict",
        ),
        (
            waiting(),
            PartCommand::Accept(vec![2026]),
            &keeper,
            open,
            "ok",
        ),
        (
            waiting(),
            PartCommand::Accept(vec![2027]),
            &keeper,
            open,
            "conflict",
        ),
        (
            waiting(),
            PartCommand::Accept(vec![]),
            &keeper,
            open,
            "conflict",
        ),
        (
            waiting(),
            PartCommand::Accept(vec![2026]),
            &own,
            open,
            "not allowed",
        ),
        (
            assigned(),
            PartCommand::Accept(vec![2026]),
            &keeper,
            open,
            "conflict",
        ),
        (waiting(), give_back(&[2026], "ít quá"), &keeper, open, "ok"),
        (waiting(), give_back(&[2026], ""), &keeper, open, "invalid"),
        (waiting(), withdraw(2026, "nhầm"), &own, open, "ok"),
        (waiting(), withdraw(2026, ""), &own, open, "invalid"),
        (
            waiting(),
            withdraw(2026, "nhầm"),
            &other,
            open,
            "not allowed",
        ),
        (
            assigned(),
            withdraw(2026, "nhầm"),
            &own,
            open,
            "not allowed",
        ),
        (assigned(), withdraw(2026, "nhầm"), &keeper, open, "ok"),
        (
            assigned(),
            withdraw(2027, "nhầm"),
            &keeper,
            open,
            "not found",
        ),
        (gone(), withdraw(2026, "nhầm"), &keeper, open, "conflict"),
    ];
    let (state, cascade) = (target(), guided(guidance()));
    let over = Over {
        target: &state,
        cascade: &cascade,
    };
    for (line, (parts, command, scope, on, expected)) in table.into_iter().enumerate() {
        let of = (TargetId::new(), &org(SO_GDDT));
        let outcome = decide_part(&parts, over, of, &command, scope, day(on));
        assert_eq!(kind(&outcome), expected, "line {line}: {command:?}");
    }
}

#[test]
fn registration_is_for_those_invited() {
    let state = target();
    let commune = HolderKind::Commune {
        area: "24133@".parse().expect("an area"),
    };
    for (invited, by, kind_of, expected) in [
        (
            Invited::Departments,
            Some("2026-03-31"),
            HolderKind::Department,
            "ok",
        ),
        (
            Invited::Departments,
            Some("2026-03-31"),
            commune,
            "conflict",
        ),
        (Invited::Communes, Some("2026-03-31"), commune, "ok"),
        (
            Invited::Communes,
            Some("2026-03-31"),
            HolderKind::Department,
            "conflict",
        ),
        (Invited::Both, Some("2026-03-31"), commune, "ok"),
        (Invited::Both, None, HolderKind::Department, "conflict"),
    ] {
        let cascade = guided(Guidance {
            invited,
            register_by: by.map(day),
            ..guidance()
        });
        let over = Over {
            target: &state,
            cascade: &cascade,
        };
        let command = PartCommand::Register {
            holder: Holder {
                organisation: org(SO_GDDT),
                kind: kind_of,
            },
            values: values(&[(2026, "1")]),
        };
        let of = (TargetId::new(), &org(SO_GDDT));
        let own = focal(SO_GDDT);
        let outcome = decide_part(
            &PartState::default(),
            over,
            of,
            &command,
            &own,
            day("2026-03-01"),
        );
        assert_eq!(kind(&outcome), expected, "{invited:?} {kind_of:?}");
    }
    // Nobody said how to report: nothing is assigned either.
    let nothing = CascadeState::default();
    let over = Over {
        target: &state,
        cascade: &nothing,
    };
    let of = (TargetId::new(), &org(SO_GDDT));
    let outcome = decide_part(
        &PartState::default(),
        over,
        of,
        &assign(&[(2026, "1")], ""),
        &officer(),
        day("2026-03-01"),
    );
    assert_eq!(kind(&outcome), "conflict");
}

#[test]
fn a_part_keeps_what_it_was() {
    let (keeper, own) = (officer(), focal(SO_GDDT));
    let on = "2026-03-01";
    let parts = after(
        SO_GDDT,
        &[
            (&own, on, register(&[(2026, "10"), (2027, "20")])),
            (&keeper, on, PartCommand::Accept(vec![2026])),
            (&keeper, on, give_back(&[2027], "thấp")),
            (&keeper, on, assign(&[(2026, "12")], "rà soát")),
        ],
    );
    let first = &parts.years[&2026];
    assert_eq!(first.standing, Standing::InForce);
    assert_eq!(first.value, 12.into());
    assert_eq!(first.before, [(10.into(), "rà soát".to_owned())]);
    let second = &parts.years[&2027];
    assert_eq!(
        second.standing,
        Standing::Returned {
            reason: "thấp".into()
        }
    );
    assert_eq!(
        parts.in_force().map(|(year, _)| year).collect::<Vec<_>>(),
        [2026]
    );
    assert_eq!((parts.version, parts.waiting().count()), (4, 0));
    assert!(matches!(
        evolve_part(
            PartState::default(),
            PartFact::Accepted { year: 2026 },
            &at(1)
        ),
        PartState { holder: None, .. }
    ));
}

#[test]
fn a_ranking_is_published_and_taken_back() {
    let line = |rank| Line {
        who: org(SO_GDDT),
        rank,
        scored: Scored {
            points: rank.map(|_: u32| 50.into()),
            parts: 1,
            counted: 1,
            reached: 0,
            not_reported: 0,
        },
    };
    let publish = |to, lines| RankingCommand::Publish {
        to,
        rule: "h".into(),
        lines,
    };
    let of = (ProgrammeId::new(), 2026);
    let fresh = RankingState::default();
    let take_back = |reason: &str| RankingCommand::Withdraw {
        reason: reason.into(),
    };
    for (command, scope, expected) in [
        (
            publish(Audience::Internal, vec![line(Some(1))]),
            officer(),
            "ok",
        ),
        (
            publish(Audience::Public, vec![line(Some(1))]),
            officer(),
            "ok",
        ),
        (
            publish(Audience::Organisations, vec![line(Some(1))]),
            officer(),
            "invalid",
        ),
        (
            publish(Audience::Public, vec![line(None)]),
            officer(),
            "conflict",
        ),
        (publish(Audience::Public, vec![]), officer(), "conflict"),
        (
            publish(Audience::Public, vec![line(Some(1))]),
            focal(SO_GDDT),
            "not allowed",
        ),
        (
            publish(Audience::Public, vec![line(Some(1))]),
            assigner(),
            "not allowed",
        ),
        (take_back("sai"), officer(), "conflict"),
    ] {
        let outcome = decide_ranking(&fresh, of, &command, &scope);
        assert_eq!(kind(&outcome), expected, "{command:?}");
    }
    let command = publish(Audience::Public, vec![line(Some(1))]);
    let fact = decide_ranking(&fresh, of, &command, &officer()).expect("published");
    let state = evolve_ranking(fresh, fact, &at(5));
    assert_eq!((state.to, state.lines.len()), (Some(Audience::Public), 1));
    assert_eq!(
        kind(&decide_ranking(&state, of, &take_back(""), &officer())),
        "invalid"
    );
    let fact = decide_ranking(&state, of, &take_back("sai"), &officer()).expect("taken back");
    let state = evolve_ranking(state, fact, &at(6));
    assert_eq!((state.to, state.lines.len(), state.version), (None, 0, 6));
}
