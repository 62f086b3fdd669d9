//! Another reading of the same text: what it would change is shown, what persons did stays.

use programme::document::{
    DocumentCommand, DocumentStatus, Fate, HeaderFields, Origin, StoredReading, reread,
};
use proptest::prelude::*;

use crate::decide_document::Desk;
use crate::fixtures::*;

/// The same targets and tasks under other ids, as another version of the reader would number them.
fn renumbered(reading: &StoredReading) -> StoredReading {
    let mut other = reading.clone();
    for (n, (id, _)) in other.targets.iter_mut().enumerate() {
        *id = format!("t{}", 70 + n);
    }
    for (n, (id, _)) in other.tasks.iter_mut().enumerate() {
        *id = format!("k{}", 70 + n);
    }
    other
}

fn take(reading: &StoredReading) -> DocumentCommand {
    DocumentCommand::Reread {
        reading: Box::new(reading.clone()),
        reader: "2".into(),
    }
}

fn value(desk: &Desk, at: usize) -> (Origin, Option<String>) {
    let reading = desk.reading().expect("a reading");
    let item = &reading.targets[at];
    (item.origin, item.fields.terms.value.map(|v| v.to_string()))
}

#[test]
fn a_reading_alike_changes_nothing() {
    let desk = Desk::read();
    let current = desk.reading().expect("a reading");
    let (difference, carried) = reread(&current, &renumbered(&desk.source));
    assert!(!difference.changes_something() && carried.is_empty());
    assert_eq!(
        difference.alike,
        desk.source.targets.len() + desk.source.tasks.len()
    );
    let mut desk = Desk::read();
    let same = desk.source.clone();
    assert_eq!(desk.run(&take(&same), &officer()).expect("taken"), 0);
}

#[test]
fn what_persons_did_stays_under_the_new_ids() {
    let mut desk = Desk::read();
    let read = desk.source.clone();
    let mut fields = read.targets[0].1.clone();
    fields.terms.value = Some("25".parse().expect("a decimal"));
    let correct = DocumentCommand::CorrectTarget {
        id: read.targets[0].0.clone(),
        fields,
    };
    let reject = DocumentCommand::RejectTask {
        id: read.tasks[0].0.clone(),
        reason: "khẩu hiệu".into(),
    };
    let mut header = HeaderFields::from(&read.header);
    header.title = Some("Tên đã sửa".into());
    let header = DocumentCommand::CorrectHeader(header);
    for command in [
        &correct,
        &reject,
        &header,
        &DocumentCommand::KeepAsReference,
    ] {
        assert_eq!(desk.run(command, &officer()).expect("done"), 1);
    }
    let mut other = renumbered(&read);
    other.targets[0].1.terms.value = Some("99".parse().expect("a decimal"));
    other.targets[1].1.terms.value = Some("77".parse().expect("a decimal"));
    other.header.title = Some("Tên máy đọc lại".into());

    let current = desk.reading().expect("a reading");
    let (difference, _) = reread(&current, &other);
    assert!(difference.header.is_none(), "a person corrected it");
    let fates: Vec<&Fate<_>> = difference.targets.iter().map(|item| &item.fate).collect();
    let Fate::Kept {
        before,
        origin: Origin::Corrected,
        after: Some(after),
    } = fates[0]
    else {
        panic!("{fates:?}");
    };
    assert_eq!(before.terms.value, Some(25.into()));
    assert_eq!(after.terms.value, Some(99.into()));
    assert!(matches!(fates[1], Fate::Changed { .. }), "{fates:?}");

    desk.run(&take(&other), &officer()).expect("taken");
    assert_eq!(desk.state.status, DocumentStatus::Reference);
    assert_eq!(value(&desk, 0), (Origin::Corrected, Some("25".into())));
    assert_eq!(value(&desk, 1), (Origin::Read, Some("77".into())));
    let reading = desk.reading().expect("a reading");
    assert_eq!(reading.header.title.as_deref(), Some("Tên đã sửa"));
    assert_eq!(reading.tasks[0].origin, Origin::Rejected);
    assert_eq!(reading.tasks[0].reason.as_deref(), Some("khẩu hiệu"));
}

#[test]
fn what_is_new_and_what_is_gone_is_told() {
    let desk = Desk::read();
    let mut other = desk.source.clone();
    other.targets.remove(0);
    let current = desk.reading().expect("a reading");
    let (difference, carried) = reread(&current, &other);
    assert!(carried.is_empty());
    let [item] = difference.targets.as_slice() else {
        panic!("{difference:?}");
    };
    assert!(matches!(item.fate, Fate::Gone { .. }) && !item.text.is_empty());
    let mut back = Desk::read();
    back.source = other;
    let current = back.reading().expect("a reading");
    let (difference, _) = reread(&current, &desk.source);
    assert!(matches!(difference.targets[0].fate, Fate::Found { .. }));
}

#[test]
fn another_text_or_an_adopted_document_is_refused() {
    let mut desk = Desk::read();
    let mut other = desk.source.clone();
    other.text.push('.');
    let refused = desk.run(&take(&other), &officer());
    assert!(
        matches!(refused, Err(access::Refusal::Conflict { .. })),
        "{refused:?}"
    );
    desk.state.status = DocumentStatus::Adopted;
    let same = renumbered(&desk.source);
    assert!(desk.run(&take(&same), &officer()).is_err());
}

proptest! {
    /// Whatever was corrected or rejected before, after any reading that has the same places the officer
    /// finds it as before.
    #[test]
    fn corrections_survive(
        deeds in proptest::collection::vec((0..8usize, any::<bool>(), 0..100i64), 0..10),
    ) {
        let mut desk = Desk::read();
        let count = desk.source.targets.len();
        for (at, rejects, number) in deeds {
            let id = desk.source.targets[at % count].0.clone();
            let fields = desk.reading().expect("a reading").target(&id).expect("it").fields.clone();
            let command = if rejects {
                DocumentCommand::RejectTarget { id, reason: String::new() }
            } else {
                let mut fields = fields;
                fields.terms.value = Some(number.into());
                DocumentCommand::CorrectTarget { id, fields }
            };
            // A rejected target is not corrected: refused, and nothing changes.
            let _ = desk.run(&command, &officer());
        }
        let told = |desk: &Desk| {
            let reading = desk.reading().expect("a reading");
            let told = reading.targets.iter().map(|item| {
                (item.origin, item.reason.clone(), item.fields.clone())
            });
            told.collect::<Vec<_>>()
        };
        let before = told(&desk);
        let other = renumbered(&desk.source);
        desk.run(&take(&other), &officer()).expect("taken");
        prop_assert_eq!(told(&desk), before);
    }
}
