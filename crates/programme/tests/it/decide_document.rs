//! Documents, their corrections and their adoption.

use access::{Role, Scope};
use journal::{FactFamily, FileHash, NewFact, RecordedFact};
use programme::document::{
    CorrectedReading, DocumentCommand, DocumentFact, DocumentState, HeaderFields, HeaderForm,
    Origin, StoredReading, TargetForm, TaskForm, TermsForm, decide, evolve,
};
use programme::programme::ProgrammeState;
use programme::{
    AdoptReading, ChosenTask, DocumentId, IntoProgramme, ProgrammeId, TargetId, TaskId,
    decide_adoption,
};
use reading::{DocumentKind, SecrecyLevel, SecrecyMark};

use crate::fixtures::*;

/// A document in a test: its state and reading, moved on by commands as the journal would.
pub struct Desk {
    pub state: DocumentState,
    /// The reading in force, once there is one.
    pub source: StoredReading,
    seq: i64,
}

impl Desk {
    fn empty() -> Self {
        Desk {
            state: DocumentState::default(),
            source: stored(),
            seq: 0,
        }
    }

    pub fn read() -> Self {
        let mut desk = Desk::empty();
        desk.run(&receive(), &officer()).expect("received");
        desk.run(&read(), &officer()).expect("read");
        desk
    }

    pub fn reading(&self) -> Option<CorrectedReading> {
        self.state
            .read
            .as_ref()
            .map(|_| CorrectedReading::of(&self.state, self.source.clone()))
    }

    fn decide(
        &self,
        command: &DocumentCommand,
        scope: &Scope,
    ) -> Result<Vec<DocumentFact>, access::Refusal> {
        decide(&self.state, self.reading().as_ref(), command, scope)
    }

    pub fn run(
        &mut self,
        command: &DocumentCommand,
        scope: &Scope,
    ) -> Result<usize, access::Refusal> {
        let facts = self.decide(command, scope)?;
        let count = facts.len();
        facts.into_iter().for_each(|fact| self.take(fact));
        if let DocumentCommand::Reread { reading, .. } = command {
            self.source = (**reading).clone();
        }
        Ok(count)
    }

    /// Through the stored form, as the journal does it.
    fn take(&mut self, fact: DocumentFact) {
        self.seq += 1;
        let new = NewFact::of(DocumentId::new().stream(), &fact).expect("a fact");
        let recorded = RecordedFact {
            seq: self.seq,
            ix: 0,
            recorded_at: 0,
            actor: officer().actor(),
            stream: new.stream,
            kind: new.kind,
            version: new.version,
            data: new.data,
        };
        let again = DocumentFact::read(&recorded)
            .expect("it reads")
            .expect("of this family");
        assert_eq!(again, fact);
        self.state = evolve(std::mem::take(&mut self.state), again, &recorded);
    }
}

fn receive() -> DocumentCommand {
    DocumentCommand::Receive {
        file: file(),
        intake: FileHash::of(b"intake"),
        title: None,
    }
}

fn read() -> DocumentCommand {
    DocumentCommand::Read {
        reading: Box::new(stored()),
        reader: "1".into(),
    }
}

fn header(kind: DocumentKind) -> HeaderFields {
    HeaderFields {
        kind,
        ..HeaderFields::from(&reading().document)
    }
}

fn reject(id: &str) -> DocumentCommand {
    DocumentCommand::RejectTarget {
        id: id.into(),
        reason: "khẩu hiệu".into(),
    }
}

fn adoption(desk: &Desk, command: &AdoptReading, scope: &Scope) -> &'static str {
    let programme = ProgrammeState::default();
    let outcome = decide_adoption(
        &desk.state,
        desk.reading().as_ref(),
        &programme,
        command,
        scope,
    );
    kind(&outcome)
}

fn adopt(targets: &[&str], tasks: &[&str]) -> AdoptReading {
    AdoptReading {
        document: DocumentId::new(),
        into: IntoProgramme::New(ProgrammeId::new(), fields()),
        targets: targets
            .iter()
            .map(|item| chosen_target(item, TargetId::new()))
            .collect(),
        tasks: tasks
            .iter()
            .map(|item| ChosenTask::as_read(*item, TaskId::new()))
            .collect(),
    }
}

#[test]
fn who_may_do_what_with_a_document() {
    let corrections = [
        DocumentCommand::CorrectHeader(header(DocumentKind::Plan)),
        reject("t1"),
        DocumentCommand::RestoreTarget { id: "t1".into() },
        DocumentCommand::LinkTarget {
            id: "t1".into(),
            indicator: None,
        },
        DocumentCommand::RejectTask {
            id: "k1".into(),
            reason: String::new(),
        },
        DocumentCommand::KeepAsReference,
    ];
    let desk = Desk::read();
    for command in &corrections {
        assert_eq!(kind(&desk.decide(command, &officer())), "ok", "{command:?}");
        for role in Role::ALL {
            if role == Role::ProgrammeOfficer {
                continue;
            }
            let outcome = desk.decide(command, &person(role, SO_KHCN));
            assert_eq!(kind(&outcome), "not allowed", "{role} {command:?}");
        }
        let outcome = desk.decide(command, &Scope::anonymous());
        assert_eq!(kind(&outcome), "not allowed");
    }
    for (scope, expected) in [
        (officer(), "ok"),
        (focal(SO_GDDT), "ok"),
        (assigner(), "not allowed"),
        (person(Role::Inspector, VAN_PHONG), "not allowed"),
        (Scope::anonymous(), "not allowed"),
    ] {
        assert_eq!(kind(&Desk::empty().decide(&receive(), &scope)), expected);
    }
}

#[test]
fn a_document_of_others_does_not_exist() {
    let mut desk = Desk::empty();
    desk.run(&receive(), &focal(SO_GDDT)).expect("received");
    assert_eq!(kind(&desk.decide(&read(), &focal(SO_GDDT))), "ok");
    assert_eq!(kind(&desk.decide(&read(), &focal(SO_TC))), "not found");
    assert_eq!(
        kind(&Desk::empty().decide(&read(), &officer())),
        "not found"
    );
}

#[test]
fn states_forbid() {
    let mut desk = Desk::empty();
    desk.run(&receive(), &officer()).expect("received");
    assert_eq!(kind(&desk.decide(&receive(), &officer())), "conflict");
    assert_eq!(kind(&desk.decide(&reject("t1"), &officer())), "conflict");
    assert_eq!(
        adoption(&desk, &adopt(&["t1"], &[]), &officer()),
        "conflict"
    );

    let mut refused = Desk::empty();
    let secret = DocumentCommand::RefuseSecret {
        level: SecrecyLevel::Secret,
    };
    refused.run(&secret, &officer()).expect("refused");
    assert_eq!(kind(&refused.decide(&read(), &officer())), "conflict");
    assert_eq!(kind(&refused.decide(&receive(), &officer())), "conflict");

    let mut marked = stored();
    marked.header.secrecy = Some(SecrecyMark {
        level: SecrecyLevel::TopSecret,
        span: span("Chương trình"),
    });
    let read_secret = DocumentCommand::Read {
        reading: Box::new(marked),
        reader: "1".into(),
    };
    assert_eq!(kind(&desk.decide(&read_secret, &officer())), "conflict");
}

#[test]
fn corrections_keep_their_origin() {
    let mut desk = Desk::read();
    let officer = officer();
    let origin = |desk: &Desk, id: &str| {
        let reading = desk.reading().expect("a reading");
        reading.target(id).map(|item| item.origin)
    };
    assert_eq!(origin(&desk, "t1"), Some(Origin::Read));

    let reading = stored();
    let mut fields = reading.targets[0].1.clone();
    fields.terms.value = Some("25".parse().expect("a decimal"));
    let correct = DocumentCommand::CorrectTarget {
        id: "t1".into(),
        fields: fields.clone(),
    };
    assert_eq!(desk.run(&correct, &officer).ok(), Some(1));
    assert_eq!(
        desk.run(&correct, &officer).ok(),
        Some(0),
        "nothing changes"
    );
    assert_eq!(origin(&desk, "t1"), Some(Origin::Corrected));
    let corrected = desk.reading().expect("a reading");
    let item = corrected.target("t1").expect("t1");
    assert_eq!(item.read.as_ref(), Some(&reading.targets[0].1));
    assert_eq!(item.fields, fields);

    assert_eq!(desk.run(&reject("t1"), &officer).ok(), Some(1));
    assert_eq!(desk.run(&reject("t1"), &officer).ok(), Some(0));
    assert_eq!(origin(&desk, "t1"), Some(Origin::Rejected));
    assert_eq!(kind(&desk.decide(&correct, &officer)), "conflict");
    let restore = DocumentCommand::RestoreTarget { id: "t1".into() };
    assert_eq!(desk.run(&restore, &officer).ok(), Some(1));
    assert_eq!(origin(&desk, "t1"), Some(Origin::Corrected));

    desk.run(&DocumentCommand::AddTarget(fields), &officer)
        .expect("added");
    assert_eq!(origin(&desk, "nt1"), Some(Origin::Added));
    let link = DocumentCommand::LinkTarget {
        id: "nt1".into(),
        indicator: Some("tfp_share_of_growth".parse().expect("an id")),
    };
    desk.run(&link, &officer).expect("linked");
    let linked = desk.reading().expect("a reading");
    let item = linked.target("nt1").expect("nt1");
    let indicator = item.fields.terms.indicator.as_ref();
    assert_eq!(indicator.map(|id| id.as_str()), Some("tfp_share_of_growth"));
    assert_eq!(item.text, "- Đến năm 2028, kinh tế số đạt trên 22,5% GRDP.");

    // Not overwritten: whoever wants another reading looks at the difference first.
    assert_eq!(kind(&desk.decide(&read(), &officer)), "conflict");
}

#[test]
fn unknown_items_and_wrong_fields_are_refused() {
    let desk = Desk::read();
    assert_eq!(kind(&desk.decide(&reject("t9"), &officer())), "not found");
    let mut fields = stored().targets[0].1.clone();
    fields.terms.comparator = None;
    fields.terms.unit = Some("con".into());
    fields.terms.period.year = None;
    let outcome = desk.decide(&DocumentCommand::AddTarget(fields), &officer());
    assert_eq!(faulty(outcome), ["comparator", "strict", "unit", "year"]);
    let mut fields = stored().tasks[0].1.clone();
    fields.place.span = viet::Span::new(10, 1_000_000).expect("a span");
    let outcome = desk.decide(&DocumentCommand::AddTask(fields), &officer());
    assert_eq!(faulty(outcome), ["span"]);
}

#[test]
fn forms_name_every_faulty_field() {
    let reading = stored();
    let known = |id: &catalogue::Id| id.as_str() == "digital_economy_share_of_grdp";
    let span_of = |words: &str| {
        let span = span(words);
        format!("{}-{}", span.start(), span.end())
    };
    let good = TargetForm {
        span: span_of("kinh tế số đạt trên 22,5% GRDP"),
        value_span: span_of("22,5"),
        terms: TermsForm {
            indicator: "digital_economy_share_of_grdp".into(),
            comparator: ">=".into(),
            strict: "on".into(),
            value: "1.022,5".into(),
            unit: "percent".into(),
            period_kind: "by_year".into(),
            year: "2028".into(),
            ..TermsForm::default()
        },
    };
    let draft = good.parse(&reading, &known).expect("a draft");
    assert_eq!(draft.terms.value, "1022.5".parse().ok());
    assert_eq!(draft.place.anchor.as_deref(), Some("I.b1"));
    assert_eq!(draft.place.section.as_deref(), Some("I"));

    let bad = TargetForm {
        span: "12".into(),
        value_span: "5-99999".into(),
        terms: TermsForm {
            indicator: "no_such".into(),
            comparator: "!".into(),
            value: "4.0".into(),
            year: "20".into(),
            period_kind: "monthly".into(),
            ..good.terms.clone()
        },
    };
    assert_eq!(
        faulty(bad.parse(&reading, &known)),
        [
            "span",
            "value_span",
            "period_kind",
            "indicator",
            "comparator",
            "value",
            "year"
        ]
    );
    let between = TargetForm {
        terms: TermsForm {
            comparator: "between".into(),
            strict: String::new(),
            value: "30".into(),
            value_max: "20".into(),
            ..good.terms.clone()
        },
        ..good.clone()
    };
    assert_eq!(faulty(between.parse(&reading, &known)), ["value_max"]);

    let task = TaskForm {
        span: span_of("Tổ chức tuyên truyền"),
        supporting: "Sở A; ; Sở B ".into(),
        deadline: "quý II/2027".into(),
        ..TaskForm::default()
    };
    let draft = task.parse(&reading).expect("a draft");
    assert_eq!(draft.due, Some(day("2027-06-30")));
    assert_eq!(draft.supporting, ["Sở A", "Sở B"]);
    let late = TaskForm {
        due: "31/2/2027".into(),
        span: String::new(),
        ..task
    };
    assert_eq!(faulty(late.parse(&reading)), ["span", "due"]);
    let header = HeaderForm {
        date: "hôm qua".into(),
        ..HeaderForm::default()
    };
    assert_eq!(faulty(header.parse()), ["kind", "date", "title"]);
}

#[test]
fn adoption_takes_what_is_chosen_and_refuses_the_rest() {
    let mut desk = Desk::read();
    desk.run(&reject("t2"), &officer()).expect("rejected");
    for (command, scope, expected) in [
        (adopt(&["t1"], &["k1", "k2"]), officer(), "ok"),
        (adopt(&["t1"], &[]), focal(SO_KHCN), "not allowed"),
        (adopt(&["t1"], &[]), assigner(), "not allowed"),
        (adopt(&[], &[]), officer(), "invalid"),
        (adopt(&["t2"], &[]), officer(), "invalid"),
        (adopt(&["t1", "t1"], &[]), officer(), "invalid"),
        (adopt(&["t1"], &["t1"]), officer(), "invalid"),
    ] {
        assert_eq!(adoption(&desk, &command, &scope), expected, "{command:?}");
    }
    let mut untitled = adopt(&["t1"], &[]);
    if let IntoProgramme::New(_, fields) = &mut untitled.into {
        fields.title = " ".into();
    }
    assert_eq!(adoption(&desk, &untitled, &officer()), "invalid");
    let mut missing = adopt(&["t1"], &[]);
    missing.into = IntoProgramme::Existing(ProgrammeId::new());
    assert_eq!(adoption(&desk, &missing, &officer()), "not found");
}

#[test]
fn news_is_no_legal_basis() {
    let mut desk = Desk::read();
    let news = DocumentCommand::CorrectHeader(header(DocumentKind::News));
    desk.run(&news, &officer()).expect("corrected");
    assert_eq!(
        adoption(&desk, &adopt(&["t1"], &[]), &officer()),
        "conflict"
    );
    desk.run(&DocumentCommand::KeepAsReference, &officer())
        .expect("kept");
    assert_eq!(
        adoption(&desk, &adopt(&["t1"], &[]), &officer()),
        "conflict"
    );
    let kept = desk.run(&DocumentCommand::KeepAsReference, &officer());
    assert_eq!(kept.ok(), Some(0));
}

#[test]
fn what_was_adopted_is_no_longer_corrected_here() {
    let mut desk = Desk::read();
    let into = ProgrammeId::new();
    let taken = DocumentFact::Adopted {
        programme: into,
        targets: vec![("t1".into(), TargetId::new())],
        tasks: vec![],
    };
    desk.take(taken);
    assert_eq!(kind(&desk.decide(&reject("t1"), &officer())), "conflict");
    assert_eq!(kind(&desk.decide(&reject("t2"), &officer())), "ok");
    assert_eq!(kind(&desk.decide(&read(), &officer())), "conflict");
    let reference = desk.decide(&DocumentCommand::KeepAsReference, &officer());
    assert_eq!(kind(&reference), "conflict");
    let news = DocumentCommand::CorrectHeader(header(DocumentKind::News));
    assert_eq!(kind(&desk.decide(&news, &officer())), "conflict");

    let mut again = adopt(&["t1"], &[]);
    again.into = IntoProgramme::New(into, fields());
    assert_eq!(adoption(&desk, &again, &officer()), "conflict");
    let elsewhere = adopt(&["t2"], &[]);
    assert_eq!(adoption(&desk, &elsewhere, &officer()), "conflict");
}
