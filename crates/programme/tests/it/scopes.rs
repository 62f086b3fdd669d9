//! Who sees what: rows, counts, fields, files.

use access::{AsKnown, Page, Role, Scope};
use programme::document::{self, DocumentCommand, DocumentFilter};
use programme::programme::{self as programmes, ProgrammeCommand};
use programme::target::{self, TargetFilter};
use programme::task::{self, TaskCommand, TaskFilter, TaskSort};
use programme::{Given, file_visible, ordered_at};

use crate::fixtures::*;

const SOON: u32 = 14;

/// What one reader gets to see of everything.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    documents: u64,
    programmes: u64,
    targets: u64,
    tasks: u64,
    counted: u64,
    ordered: usize,
    owed: u64,
    results: u64,
    result_texts: usize,
    evidence: bool,
    file: bool,
}

async fn seen(world: &World, ids: &Adopted, scope: &Scope) -> Seen {
    let journal = world.journal();
    let now = AsKnown::now(day("2026-06-20"));
    let all = (
        DocumentFilter::default(),
        TargetFilter::default(),
        TaskFilter::default(),
        [org(SO_KHCN)].into(),
    );
    let documents = document::list(journal, scope, now, &all.0, Page::ALL);
    let targets = target::list(journal, scope, now, &all.1, Page::ALL);
    let tasks = task::list(
        journal,
        scope,
        now,
        &all.2,
        SOON,
        TaskSort::Deadline,
        Page::ALL,
    );
    let counted = task::counts(journal, scope, now, &all.2, SOON)
        .await
        .expect("counts");
    let by_lead: u64 = counted
        .by_lead
        .iter()
        .map(|(_, counts)| counts.total())
        .sum();
    let by_theme: u64 = counted
        .by_theme
        .iter()
        .map(|(_, counts)| counts.total())
        .sum();
    assert_eq!(
        (by_lead, by_theme),
        (counted.all.total(), counted.all.total())
    );
    let ordered = ordered_at(journal, scope, now, ids.document, None, SOON)
        .await
        .expect("sight");
    let owed = task::owed_by(journal, scope, now, &all.3, SOON, Page::ALL);
    let results = task::results(journal, scope, now, None, Page::ALL);
    let data = task::get(journal, scope, now, ids.data, SOON).await;
    let hash = evidence("Xong kho").hash;
    Seen {
        documents: documents.await.expect("a list").total,
        programmes: programmes::list(journal, scope, now, Page::ALL)
            .await
            .expect("a list")
            .total,
        targets: targets.await.expect("a list").total,
        tasks: tasks.await.expect("a list").total,
        counted: counted.all.total(),
        ordered: ordered.tasks.len(),
        owed: owed.await.expect("a list").total,
        results: results.await.expect("a list").total,
        result_texts: data.map_or(0, |view| view.state.results.len() + view.row.evidence),
        evidence: task::evidence_visible(journal, scope, &hash)
            .await
            .expect("an answer")
            .is_some(),
        file: file_visible(journal, scope, &file().hash)
            .await
            .expect("an answer")
            .is_some(),
    }
}

/// A world with a submitted result of the department of science.
async fn submitted() -> (World, Adopted) {
    let world = World::new().await;
    let ids = adopted(&world).await;
    let submit = TaskCommand::SubmitResult {
        text: "Xong kho".into(),
        evidence: vec![evidence("Xong kho")],
        no_occurrence: false,
    };
    task::command(
        world.journal(),
        &focal(SO_KHCN),
        &Given::default(),
        ids.data,
        &submit,
    )
    .await
    .expect("submitted");
    (world, ids)
}

const NOTHING: Seen = Seen {
    documents: 0,
    programmes: 0,
    targets: 0,
    tasks: 0,
    counted: 0,
    ordered: 0,
    owed: 0,
    results: 0,
    result_texts: 0,
    evidence: false,
    file: false,
};

const EVERYTHING: Seen = Seen {
    documents: 1,
    programmes: 1,
    targets: 1,
    tasks: 2,
    counted: 2,
    ordered: 2,
    owed: 1,
    results: 1,
    result_texts: 2,
    evidence: true,
    file: true,
};

/// A focal officer of an organisation without any task: what is internal, no task.
const BYSTANDER: Seen = Seen {
    documents: 1,
    programmes: 1,
    targets: 1,
    file: true,
    ..NOTHING
};

#[tokio::test]
async fn before_publication() {
    let (world, ids) = submitted().await;
    let lead = Seen {
        tasks: 1,
        counted: 1,
        ordered: 1,
        owed: 1,
        results: 1,
        result_texts: 2,
        evidence: true,
        ..BYSTANDER
    };
    let other_lead = Seen {
        tasks: 1,
        counted: 1,
        ordered: 1,
        ..BYSTANDER
    };
    for (scope, expected) in [
        (officer(), &EVERYTHING),
        (assigner(), &EVERYTHING),
        (person(Role::Leader, VAN_PHONG), &EVERYTHING),
        (person(Role::Inspector, VAN_PHONG), &EVERYTHING),
        (Scope::system(), &EVERYTHING),
        (focal(SO_KHCN), &lead),
        (focal(SO_TC), &lead),
        (focal(SO_GDDT), &other_lead),
        (focal("xa-nao-do"), &BYSTANDER),
        (person(Role::Enterprise, "cong-ty"), &NOTHING),
        (person(Role::Researcher, "truong"), &NOTHING),
        (person(Role::Citizen, "dan"), &NOTHING),
        (person(Role::Operator, VAN_PHONG), &NOTHING),
        (Scope::anonymous(), &NOTHING),
    ] {
        let found = seen(&world, &ids, &scope).await;
        assert_eq!(
            &found,
            expected,
            "{:?} {:?}",
            scope.role(),
            scope.organisation()
        );
    }
    for scope in [focal("xa-nao-do"), focal(SO_GDDT)] {
        let now = AsKnown::now(day("2026-06-20"));
        let page = task::get(world.journal(), &scope, now, ids.data, SOON).await;
        assert_eq!(kind(&page), "not found");
        let take_back = task::command(
            world.journal(),
            &scope,
            &Given::default(),
            ids.data,
            &TaskCommand::WithdrawResult,
        )
        .await;
        assert_eq!(kind(&take_back), "not found");
    }
}

#[tokio::test]
async fn after_publication() {
    let (world, ids) = submitted().await;
    let publish = ProgrammeCommand::Publish;
    programmes::command(
        world.journal(),
        &officer(),
        &Given::default(),
        ids.programme,
        &publish,
    )
    .await
    .expect("published");
    let public = Seen {
        results: 0,
        result_texts: 0,
        evidence: false,
        ..EVERYTHING
    };
    for scope in [
        Scope::anonymous(),
        person(Role::Citizen, "dan"),
        person(Role::Enterprise, "cong-ty"),
        focal("xa-nao-do"),
        focal(SO_GDDT),
    ] {
        let found = seen(&world, &ids, &scope).await;
        assert_eq!(
            found,
            public,
            "{:?} {:?}",
            scope.role(),
            scope.organisation()
        );
    }
    for scope in [officer(), assigner(), focal(SO_KHCN), focal(SO_TC)] {
        assert_eq!(
            seen(&world, &ids, &scope).await,
            EVERYTHING,
            "{:?}",
            scope.role()
        );
    }

    let now = AsKnown::now(day("2026-06-20"));
    let view = document::get(world.journal(), &Scope::anonymous(), now, ids.document)
        .await
        .expect("a document");
    let reading = view.reading.expect("a reading");
    assert_eq!(
        (reading.targets.len(), reading.tasks.len()),
        (1, 2),
        "only what was adopted"
    );
    assert!(reading.source.diagnostics.is_empty());
    assert_eq!(view.row.summary.received_by, None);
}

#[tokio::test]
async fn a_document_before_adoption_belongs_to_its_organisation() {
    let world = World::new().await;
    let journal = world.journal();
    let id = programme::DocumentId::new();
    document::receive_and_read(journal, &focal(SO_GDDT), &Given::default(), id, received())
        .await
        .expect("received");
    let now = AsKnown::now(day("2026-01-05"));
    for (scope, expected) in [
        (focal(SO_GDDT), "ok"),
        (officer(), "ok"),
        (person(Role::Inspector, VAN_PHONG), "ok"),
        (focal(SO_TC), "not found"),
        (person(Role::Citizen, "dan"), "not found"),
        (Scope::anonymous(), "not found"),
    ] {
        let page = document::get(journal, &scope, now, id).await;
        assert_eq!(kind(&page), expected, "{:?}", scope.role());
        let passages = document::passages(journal, &scope, now, id)
            .await
            .expect("a list");
        assert_eq!(passages.is_empty(), expected == "not found");
        let file = file_visible(journal, &scope, &file().hash)
            .await
            .expect("an answer");
        assert_eq!(file.is_none(), expected == "not found");
    }
    let correct = DocumentCommand::KeepAsReference;
    let by_others =
        document::command(journal, &focal(SO_TC), &Given::default(), id, &correct).await;
    assert_eq!(kind(&by_others), "not allowed");
}
