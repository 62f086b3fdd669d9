//! From a file to a confirmed result, through the journal.

use access::{AsKnown, Page};
use journal::Written;
use measure::TaskStatus;
use programme::document::{self, DocumentCommand, DocumentFilter, DocumentStatus};
use programme::programme::{self as programmes, ProgrammeCommand};
use programme::target::{self, TargetFilter};
use programme::task::{self, TaskCommand, TaskFilter, TaskSort};
use programme::{
    AdoptReading, DocumentId, Given, IntoProgramme, TargetId, adopt_reading, ordered_at,
};
use reading::SecrecyLevel;

use crate::fixtures::*;

const SOON: u32 = 14;

fn submit(text: &str) -> TaskCommand {
    TaskCommand::SubmitResult {
        text: text.into(),
        evidence: vec![evidence(text)],
        no_occurrence: false,
    }
}

#[tokio::test]
async fn a_document_is_read_corrected_and_adopted() {
    let world = World::new().await;
    let (journal, officer) = (world.journal(), officer());
    let now = AsKnown::now(day("2026-01-05"));
    let id = DocumentId::new();
    let given = Given::new("form-1", 0);
    let first = document::receive_and_read(journal, &officer, &given, id, received()).await;
    assert_eq!(first.ok(), Some(Written::New(1)));
    let again = document::receive_and_read(journal, &officer, &given, id, received()).await;
    assert_eq!(again.ok(), Some(Written::Again(1)));

    let view = document::get(journal, &officer, now, id)
        .await
        .expect("a document");
    assert_eq!(view.row.summary.status, DocumentStatus::Read);
    assert_eq!(view.state.version, 1);
    let reading = view.reading.expect("a reading");
    assert_eq!((reading.targets.len(), reading.tasks.len()), (2, 3));
    assert_eq!(reading.tasks[0].fields.due, Some(day("2026-06-30")));

    let reject = DocumentCommand::RejectTarget {
        id: "t2".into(),
        reason: String::new(),
    };
    let stale = document::command(journal, &officer, &Given::new("f2", 0), id, &reject).await;
    assert_eq!(kind(&stale), "stale");
    let fresh = document::command(journal, &officer, &Given::new("f2", 1), id, &reject).await;
    assert_eq!(fresh.ok(), Some(Written::New(2)));
    let nothing = document::command(journal, &officer, &Given::default(), id, &reject).await;
    assert_eq!(nothing.ok(), Some(Written::Nothing));

    let passages = document::passages(journal, &officer, now, id)
        .await
        .expect("passages");
    assert_eq!(passages.len(), 6);
    assert_eq!(passages[3].anchor, "II.b1");
    assert!(passages[3].text.contains("kho dữ liệu"));
    let found = DocumentFilter {
        text: Some("kinh te so 12-ctr".into()),
        status: Some(DocumentStatus::Read),
        ..DocumentFilter::default()
    };
    let listed = document::list(journal, &officer, now, &found, Page::first(10)).await;
    assert_eq!(listed.expect("a list").total, 1);
}

#[tokio::test]
async fn a_document_read_again_has_the_new_passages_alone() {
    let world = World::new().await;
    let (journal, officer) = (world.journal(), officer());
    let (id, given) = (DocumentId::new(), Given::default());
    document::receive_and_read(journal, &officer, &given, id, received())
        .await
        .expect("received");
    let mut better = stored();
    better.passages.truncate(4);
    let read = DocumentCommand::Reread {
        reading: Box::new(better),
        reader: "2".into(),
    };
    document::command(journal, &officer, &given, id, &read)
        .await
        .expect("read again");
    let today = day("2026-01-05");
    for (as_known, count, reader) in [
        (AsKnown::now(today), 4, "2"),
        (AsKnown::at(2, today), 4, "2"),
        (AsKnown::at(1, today), 6, "1"),
    ] {
        let passages = document::passages(journal, &officer, as_known, id).await;
        assert_eq!(passages.expect("passages").len(), count);
        let view = document::get(journal, &officer, as_known, id).await;
        let view = view.expect("a document");
        let passages = view.reading.expect("a reading").source.passages;
        assert_eq!(passages.len(), count);
        let known = view.row.summary.read.map(|read| read.reader);
        assert_eq!(known.as_deref(), Some(reader));
    }
    let before = document::get(journal, &officer, AsKnown::at(0, today), id).await;
    assert_eq!(kind(&before), "not found");
}

#[tokio::test]
async fn an_adopted_programme_is_seen_from_all_sides() {
    let world = World::new().await;
    let ids = adopted(&world).await;
    let (journal, officer) = (world.journal(), officer());
    let now = AsKnown::now(day("2026-06-20"));

    let board = programmes::board(journal, &officer, now, ids.programme, SOON)
        .await
        .expect("a board");
    assert_eq!(board.programme.state.documents, [ids.document]);
    assert_eq!(board.targets.len(), 1);
    assert_eq!(board.targets[0].target.area, fields().area);
    assert_eq!(board.tasks.all.total(), 2);
    assert_eq!(board.tasks.all.of(TaskStatus::DueSoon), 1);
    assert_eq!(board.tasks.all.of(TaskStatus::NoDeadline), 1);
    assert_eq!(board.tasks.by_lead.len(), 2);

    let data = task::get(journal, &officer, now, ids.data, SOON)
        .await
        .expect("a task");
    assert_eq!(data.row.status, TaskStatus::DueSoon);
    assert_eq!(data.row.days_left, Some(10));
    let place = &data.row.task.place;
    let anchor = place.anchor.as_deref().expect("an anchor");
    let passage = document::passage(journal, &officer, now, ids.document, anchor).await;
    assert!(passage.expect("a passage").text.contains("kho dữ liệu"));
    let sight = ordered_at(journal, &officer, now, ids.document, Some(anchor), SOON)
        .await
        .expect("sight");
    assert_eq!((sight.targets.len(), sight.tasks.len()), (0, 1));
    assert_eq!(sight.tasks[0].id, ids.data);
    let everything = ordered_at(journal, &officer, now, ids.document, None, SOON)
        .await
        .expect("sight");
    assert_eq!((everything.targets.len(), everything.tasks.len()), (1, 2));

    let rest = AdoptReading {
        document: ids.document,
        into: IntoProgramme::Existing(ids.programme),
        targets: vec![chosen_target("t2", TargetId::new())],
        tasks: vec![],
    };
    let more = adopt_reading(journal, &officer, &Given::default(), &rest).await;
    assert_eq!(more.ok(), Some(Written::New(3)));
    let filter = TargetFilter {
        text: Some("doanh nghiep cong nghe".into()),
        ..TargetFilter::default()
    };
    let targets = target::list(journal, &officer, now, &filter, Page::ALL)
        .await
        .expect("targets");
    assert_eq!(targets.total, 1);
}

#[tokio::test]
async fn a_result_is_submitted_and_judged() {
    let world = World::new().await;
    let ids = adopted(&world).await;
    let journal = world.journal();
    let lead = focal(SO_KHCN);
    world.go_to("2026-07-02");
    let view = task::get(
        journal,
        &lead,
        AsKnown::now(day("2026-07-02")),
        ids.data,
        SOON,
    )
    .await
    .expect("a task");
    assert_eq!(view.row.status, TaskStatus::Overdue);
    let given = Given::new("result-1", view.row.version);
    let sent = task::command(journal, &lead, &given, ids.data, &submit("Xong kho")).await;
    assert_eq!(sent.ok(), Some(Written::New(3)));
    let again = task::command(journal, &lead, &given, ids.data, &submit("Xong kho")).await;
    assert_eq!(
        again.ok(),
        Some(Written::Again(3)),
        "the same form twice is one result"
    );
    let waiting = task::results(
        journal,
        &assigner(),
        AsKnown::now(day("2026-07-02")),
        Some("waiting"),
        Page::ALL,
    )
    .await
    .expect("results");
    assert_eq!(waiting.total, 1);
    assert_eq!(waiting.rows[0].result.on, day("2026-07-02"));

    world.go_to("2026-07-20");
    let stale = task::command(
        journal,
        &assigner(),
        &Given::new("c", view.row.version),
        ids.data,
        &TaskCommand::ConfirmResult,
    )
    .await;
    assert_eq!(kind(&stale), "stale");
    task::command(
        journal,
        &assigner(),
        &Given::new("c", 3),
        ids.data,
        &TaskCommand::ConfirmResult,
    )
    .await
    .expect("confirmed");
    let now = AsKnown::now(day("2026-07-20"));
    let view = task::get(journal, &lead, now, ids.data, SOON)
        .await
        .expect("a task");
    assert_eq!(view.row.status, TaskStatus::DoneLate);
    let waiting = task::results(journal, &assigner(), now, Some("waiting"), Page::ALL)
        .await
        .expect("results");
    assert_eq!(waiting.total, 0);
    let then = AsKnown::by_end_of(journal, day("2026-07-05"))
        .await
        .expect("a day");
    let view = task::get(journal, &lead, then, ids.data, SOON)
        .await
        .expect("a task");
    assert_eq!(view.row.status, TaskStatus::Overdue);
    assert!(view.row.awaits_confirmation);
}

#[tokio::test]
async fn lists_filter_sort_and_page() {
    let world = World::new().await;
    let ids = adopted(&world).await;
    let (journal, officer) = (world.journal(), officer());
    let now = AsKnown::now(day("2026-06-20"));
    let list = async |filter: TaskFilter, sort, page| {
        let listed = task::list(journal, &officer, now, &filter, SOON, sort, page)
            .await
            .expect("a list");
        (
            listed.total,
            listed
                .rows
                .into_iter()
                .map(|row| row.id)
                .collect::<Vec<_>>(),
        )
    };
    let all = TaskFilter::default;
    let by = |organisation: &str, lead_only| TaskFilter {
        organisations: Some([org(organisation)].into()),
        lead_only,
        ..all()
    };
    for (filter, expected) in [
        (all(), vec![ids.data, ids.school]),
        (by(SO_TC, false), vec![ids.data]),
        (by(SO_TC, true), vec![]),
        (by(SO_GDDT, true), vec![ids.school]),
        (
            TaskFilter {
                organisations: Some([].into()),
                ..all()
            },
            vec![],
        ),
        (
            TaskFilter {
                text: Some("KHO du lieu".into()),
                ..all()
            },
            vec![ids.data],
        ),
        (
            TaskFilter {
                text: Some("100%".into()),
                ..all()
            },
            vec![],
        ),
        (
            TaskFilter {
                due_from: Some(day("2026-06-30")),
                ..all()
            },
            vec![ids.data],
        ),
        (
            TaskFilter {
                due_before: Some(day("2026-06-30")),
                ..all()
            },
            vec![],
        ),
        (
            TaskFilter {
                theme: Some("data".into()),
                ..all()
            },
            vec![ids.data, ids.school],
        ),
        (
            TaskFilter {
                status: Some(TaskStatus::NoDeadline),
                ..all()
            },
            vec![ids.school],
        ),
        (
            TaskFilter {
                programme: Some(ids.programme),
                ..all()
            },
            vec![ids.data, ids.school],
        ),
        (
            TaskFilter {
                programme: Some(programme_id()),
                ..all()
            },
            vec![],
        ),
    ] {
        let counts = task::counts(journal, &officer, now, &filter, SOON)
            .await
            .expect("counts");
        assert_eq!(counts.all.total(), expected.len() as u64, "{filter:?}");
        let found = list(filter.clone(), TaskSort::Deadline, Page::ALL).await;
        assert_eq!(found, (expected.len() as u64, expected), "{filter:?}");
    }
    for sort in [TaskSort::Document, TaskSort::Title, TaskSort::Lead] {
        assert_eq!(list(all(), sort, Page::ALL).await.0, 2);
    }
    let second = Page {
        limit: 1,
        offset: 1,
    };
    assert_eq!(
        list(all(), TaskSort::Deadline, second).await,
        (2, vec![ids.school])
    );
    let owed = task::owed_by(
        journal,
        &focal(SO_GDDT),
        now,
        &[org(SO_GDDT)].into(),
        SOON,
        Page::ALL,
    )
    .await
    .expect("a list");
    assert_eq!(
        owed.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        [ids.school]
    );
}

fn programme_id() -> programme::ProgrammeId {
    programme::ProgrammeId::new()
}

#[tokio::test]
async fn what_is_secret_leaves_only_that_it_was() {
    let world = World::new().await;
    let journal = world.journal();
    let id = DocumentId::new();
    document::refuse_secret(
        journal,
        &officer(),
        &Given::default(),
        id,
        SecrecyLevel::HighlySecret,
    )
    .await
    .expect("recorded");
    let now = AsKnown::now(day("2026-01-05"));
    let view = document::get(journal, &officer(), now, id)
        .await
        .expect("a document");
    assert_eq!(view.row.summary.status, DocumentStatus::RefusedSecret);
    assert_eq!(view.row.summary.refused, Some(SecrecyLevel::HighlySecret));
    assert_eq!((view.row.summary.file, view.reading), (None, None));
    assert_eq!(view.row.summary.received_by, Some(officer().actor()));

    let mut marked = received();
    marked.reading.header.secrecy = Some(reading::SecrecyMark {
        level: SecrecyLevel::Secret,
        span: span("Chương trình"),
    });
    let outcome = document::receive_and_read(
        journal,
        &officer(),
        &Given::default(),
        DocumentId::new(),
        marked,
    )
    .await;
    assert_eq!(kind(&outcome), "conflict");
    let head = journal.head().await.expect("a head");
    assert_eq!(head.seq, 1, "nothing of it was written");
}

#[tokio::test]
async fn a_closed_programme_takes_nothing_new() {
    let world = World::new().await;
    let ids = adopted(&world).await;
    let (journal, officer) = (world.journal(), officer());
    let close = ProgrammeCommand::Close {
        reason: "tổng kết".into(),
    };
    programmes::command(journal, &officer, &Given::default(), ids.programme, &close)
        .await
        .expect("closed");
    let rest = AdoptReading {
        document: ids.document,
        into: IntoProgramme::Existing(ids.programme),
        targets: vec![chosen_target("t2", TargetId::new())],
        tasks: vec![],
    };
    let more = adopt_reading(journal, &officer, &Given::default(), &rest).await;
    assert_eq!(kind(&more), "conflict");
}
