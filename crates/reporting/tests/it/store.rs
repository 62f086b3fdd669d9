use access::{AsKnown, Page, Role};
use jiff::civil::date;
use journal::{Journal, Seq};
use measure::TaskStatus;
use programme::{Given, ProgrammeId};
use reporting::{
    DrawUp, FigureKind, Origin, Output, ReportFilter, ReportId, ReportStatus, attach_signed_copy,
    file, freeze, get, list, open, redraw,
};

use crate::decide::{copy, scope, verdict};
use crate::province::{DOCUMENT, PROGRAMME, Province, TODAY};
use crate::sample::{decimal, uuid};

#[tokio::test]
async fn a_report_goes_out_and_stays_as_it_was() {
    let province = Province::new().await;
    let (journal, officer) = (province.journal(), scope(Role::ProgrammeOfficer));
    let now = AsKnown::now(TODAY);
    let id = ReportId::new();
    let command = province.command(id);
    assert_eq!(
        province.draw(&officer, &Given::new("k", 0), &command).await,
        "ok"
    );
    assert_eq!(
        province.draw(&officer, &Given::new("k", 0), &command).await,
        "ok",
        "the same form"
    );
    assert_eq!(
        province
            .draw(&officer, &Given::new("k2", 0), &command)
            .await,
        "stale"
    );

    let opened = open(journal, &officer, &now, id).await.unwrap();
    let statuses: Vec<_> = opened.inputs.tasks.iter().map(|task| task.status).collect();
    use TaskStatus::*;
    assert_eq!(
        statuses,
        [Done, InTime, Overdue, Returned],
        "as of the last day of the period"
    );
    let target = &opened.inputs.targets[0];
    let current = target.current.as_ref().expect("a figure");
    assert_eq!(
        (&current.origin, target.goal),
        (&Origin::Observation(province.observed), Some(decimal("80")))
    );
    assert_eq!(
        opened.inputs.sender.parent.as_deref(),
        Some("Ủy ban nhân dân tỉnh Hoà Trung")
    );
    assert_eq!(opened.row.drawn_up.as_of, date(2026, 9, 14));
    let head = opened.inputs.head.clone();
    assert!(
        opened.composed.document.imprint.ends_with(&head),
        "the head is printed"
    );
    for figure in &opened.composed.figures {
        if let FigureKind::Observation { origin, .. } = &figure.kind {
            let Origin::Observation(observation) = origin else {
                panic!("nothing is computed here: {origin:?}");
            };
            assert!(
                observation::get(journal.db(), &officer, &now, *observation)
                    .await
                    .is_ok()
            );
            assert_eq!(
                (figure.document, figure.anchor.as_deref()),
                (Some(DOCUMENT), Some("II.1"))
            );
        }
    }

    let docx = file(journal, &officer, &now, id, Output::Docx)
        .await
        .unwrap();
    let pdf = file(journal, &officer, &now, id, Output::Pdf)
        .await
        .unwrap();
    assert!(docx.content.starts_with(b"PK") && pdf.content.starts_with(b"%PDF"));
    assert_eq!(
        (docx.name.as_str(), pdf.name.as_str()),
        ("bao-cao-quy_2026-Q3.docx", "bao-cao-quy_2026-Q3.pdf")
    );

    // The world goes on; what was drawn up does not.
    let version = get(journal.db(), &officer, &now, id)
        .await
        .unwrap()
        .state
        .version;
    let given = Given {
        key: None,
        expected: Some(version),
    };
    assert_eq!(verdict(freeze(journal, &officer, &given, id).await), "ok");
    province.observe("2026-Q2", "58").await;
    let later = open(journal, &officer, &now, id).await.unwrap();
    assert_eq!(
        (&later.composed, &later.inputs),
        (&opened.composed, &opened.inputs)
    );
    let again = redraw(journal, &province.directories, &officer, &later)
        .await
        .unwrap();
    assert_eq!(again, opened.composed);
    assert_eq!(
        province.draw(&officer, &Given::default(), &command).await,
        "conflict"
    );

    let signed = journal.files().put(b"signed").await.unwrap();
    let copy = copy("15/BC-SKHCN", date(2026, 9, 20), 6);
    assert_eq!(signed, copy.file.hash);
    let attached = attach_signed_copy(journal, &officer, &Given::default(), id, &copy).await;
    assert_eq!(verdict(attached), "ok");
    let row = get(journal.db(), &officer, &now, id).await.unwrap();
    assert_eq!(row.status, ReportStatus::Signed);
    let out = file(journal, &officer, &now, id, Output::Signed)
        .await
        .unwrap();
    assert_eq!(out.content, b"signed");
    reads(&province, id).await;
}

/// Who reads it, as known when, and after a rebuild.
async fn reads(province: &Province, id: ReportId) {
    let journal = province.journal();
    let now = AsKnown::now(TODAY);
    let (officer, citizen) = (scope(Role::ProgrammeOfficer), scope(Role::Citizen));
    let all = ReportFilter::default();
    let db = journal.db();
    assert_eq!(
        list(db, &officer, &now, &all, Page::first(5))
            .await
            .unwrap()
            .total,
        1
    );
    assert_eq!(
        list(db, &citizen, &now, &all, Page::first(5))
            .await
            .unwrap()
            .total,
        0
    );
    assert_eq!(verdict(get(db, &citizen, &now, id).await), "not found");
    assert_eq!(
        verdict(file(journal, &citizen, &now, id, Output::Pdf).await),
        "not found"
    );
    assert_eq!(
        verdict(get(db, &scope(Role::FocalOfficer), &now, id).await),
        "ok"
    );
    for (filter, wanted) in [
        (
            ReportFilter {
                status: Some(ReportStatus::Signed),
                ..all.clone()
            },
            1,
        ),
        (
            ReportFilter {
                status: Some(ReportStatus::Frozen),
                ..all.clone()
            },
            0,
        ),
        (
            ReportFilter {
                programme: Some(PROGRAMME),
                ..all.clone()
            },
            1,
        ),
        (
            ReportFilter {
                period: Some("2026-Q2".parse().unwrap()),
                ..all.clone()
            },
            0,
        ),
        (
            ReportFilter {
                definition: Some("bao-cao-quy".parse().unwrap()),
                ..all.clone()
            },
            1,
        ),
    ] {
        let found = list(db, &officer, &now, &filter, Page::first(5))
            .await
            .unwrap();
        assert_eq!(found.total, wanted, "{filter:?}");
    }
    let rows = table(journal).await;
    assert_eq!(rows.len(), 3, "drawn up, frozen, signed");
    let [first, second, _] = [0, 1, 2].map(|n: usize| rows[n].1);
    let known = |seq| AsKnown::at(seq, TODAY);
    assert_eq!(
        verdict(get(db, &officer, &known(first - 1), id).await),
        "not found"
    );
    let drawn = get(db, &officer, &known(first), id).await.unwrap();
    assert_eq!(drawn.status, ReportStatus::DrawnUp);
    let frozen = get(db, &officer, &known(second), id).await.unwrap();
    assert_eq!(frozen.status, ReportStatus::Frozen);
    journal.rebuild().await.unwrap();
    assert_eq!(table(journal).await, rows);
}

async fn table(journal: &Journal) -> Vec<(String, Seq, Option<Seq>)> {
    let sql = "SELECT state, known_from, known_to FROM report ORDER BY known_from";
    let rows = journal.db().rows(sql, vec![]).await.unwrap();
    let cells = |row: &journal::Row| {
        (
            row.text("state").unwrap(),
            row.int("known_from").unwrap(),
            row.opt_int("known_to").unwrap(),
        )
    };
    rows.iter().map(cells).collect()
}

#[tokio::test]
async fn what_cannot_be_reported_on_is_refused_with_its_field() {
    let province = Province::new().await;
    let given = Given::default();
    let officer = scope(Role::ProgrammeOfficer);
    type Change = fn(&mut DrawUp);
    let table: [(Change, &str); 5] = [
        (|c| c.definition = "khong-co".parse().unwrap(), "definition"),
        (|c| c.period = "2026".parse().unwrap(), "period"),
        (|c| c.period = "2027-Q1".parse().unwrap(), "period"),
        (|c| c.programme = ProgrammeId(uuid(77)), "programme"),
        (|c| c.as_known = Some(1), "programme"),
    ];
    for (change, wanted) in table {
        let mut command = province.command(ReportId::new());
        change(&mut command);
        assert_eq!(province.draw(&officer, &given, &command).await, wanted);
    }
    for role in [
        Role::FocalOfficer,
        Role::Leader,
        Role::Inspector,
        Role::Citizen,
    ] {
        let command = province.command(ReportId::new());
        assert_eq!(
            province.draw(&scope(role), &given, &command).await,
            "not allowed",
            "{role}"
        );
    }
    let now = AsKnown::now(TODAY);
    let all = ReportFilter::default();
    let found = list(province.journal().db(), &officer, &now, &all, Page::ALL)
        .await
        .unwrap();
    assert_eq!(found.total, 0, "refusals leave no trace");
}
