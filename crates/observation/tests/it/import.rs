//! What comes in by files: reviewed, accepted, confirmed or returned, taken back; who owes what.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use access::{AsKnown, OrgId, Scope};
use activation::{Directory, Pinned};
use catalogue::Stage;
use jiff::civil::Date;
use journal::testing::journal;
use observation::{
    AcceptBatch, Against, BatchEnd, BatchFilter, BatchRow, Book, Change, Doubt, Duties, ImportId,
    JudgeBatch, Judgement, ObservationProjection, Owed, Reviewed, SeriesKey, Standing, UndoBatch,
    accept_batch, batch, batches, due, given, judge_batch, list, looked_at, review, standing,
    status_of, undo_batch, undo_import,
};

use crate::support::{TODAY, figure, focal, key, officer, verdict};

const AREAS: &str = r#"[def]
kind = "areas"
id = "thu"
version = "1"
label = { vi = "Địa bàn thử", en = "Areas" }
source = "đặt ra để thử"

[[list.areas]]
code = "12"
level = "province"
name = "Mới"
full_name = "Tỉnh Mới"

[[list.areas]]
code = "12001"
level = "commune"
name = "Một"
full_name = "Xã Một"
parent = "12@"

[[list.areas]]
code = "12002"
level = "commune"
name = "Hai"
full_name = "Xã Hai"
parent = "12@"

[[list.areas]]
code = "14"
level = "province"
name = "Bên Cạnh"
full_name = "Tỉnh Bên Cạnh"
"#;

const ORGANISATIONS: &str = r#"[def]
kind = "organisations"
id = "thu"
version = "1"
label = { vi = "Cơ quan thử", en = "Organisations" }
source = "đặt ra để thử"

[[list.organisations]]
id = "ubnd-tinh"
kind = "province_committee"
area = "12@"
names = [{ vi = "Ủy ban nhân dân tỉnh Mới", en = "Committee", short = "UBND tỉnh" }]
source = "thử"

[[list.organisations]]
id = "so-nong"
kind = "department"
area = "12@"
names = [{ vi = "Sở Nông nghiệp", en = "Agriculture", short = "Sở NN" }]
memberships = [{ hierarchy = "state", parent = "ubnd-tinh" }]
source = "thử"

[[list.organisations]]
id = "xa-mot"
kind = "commune_committee"
area = "12001@"
names = [{ vi = "Ủy ban nhân dân xã Một", en = "One", short = "UBND xã" }]
memberships = [{ hierarchy = "state", parent = "ubnd-tinh" }]
source = "thử"
"#;

fn indicator(id: &str, agency: &str, collected_at: &str) -> String {
    format!(
        r#"[def]
kind = "indicator"
id = "{id}"
version = "2026.1"
label = {{ vi = "Chỉ số {id}", en = "Indicator {id}" }}
source = "đặt ra để thử"

[value]
unit = {{ count = {{ vi = "trại", en = "farms" }} }}
direction = "higher_is_better"
decimals = 0

[series]
periodicity = "year"
prevailing = {{ stages = ["official", "preliminary", "estimated", "reported"], vintage = "latest" }}
merger = "sum"
merger_source = "thử"
source_agency = {{ vi = "{agency}", en = "Agency" }}
aggregation = {{ over_time = "last", over_area = "sum", collected_at = "{collected_at}", source = "thử" }}
due_after_days = 15
due_source = "thử"
"#
    )
}

static DIRECTORY: LazyLock<Directory> = LazyLock::new(|| {
    let texts = [
        AREAS.to_owned(),
        ORGANISATIONS.to_owned(),
        indicator("farms", "Sở Nông nghiệp", "province"),
        indicator("gardens", "Cơ quan không có", "commune"),
    ];
    let pinned = texts.iter().map(|text| {
        let definition = catalogue::parse("thu.toml", text);
        let definition = definition.unwrap_or_else(|faults| panic!("{faults:?}"));
        let hash = catalogue::hash_hex(&definition);
        Pinned { definition, hash }
    });
    Directory::of(1, pinned.collect())
});

static DUTIES: LazyLock<Duties<'static>> = LazyLock::new(|| Duties::on(&DIRECTORY, TODAY));

fn book() -> Book<'static> {
    let book = Book {
        evidence_stages: &[Stage::Reported],
        ..Book::new(&DIRECTORY)
    };
    book.with_duties(&DUTIES)
}

fn row(indicator: &str, area: &str, period: &str, value: &str) -> BatchRow {
    BatchRow {
        key: key(indicator, area),
        figure: figure(period, value, Stage::Reported),
    }
}

fn command(rows: Vec<BatchRow>) -> AcceptBatch {
    AcceptBatch::new(OrgId("so-nong".into()), "Biểu 1", rows)
}

fn reviewed(command: &AcceptBatch, standing: &Standing, scope: &Scope) -> Vec<Reviewed> {
    review(command, standing, book(), scope, TODAY)
}

fn doubts(reviewed: &[Reviewed]) -> Vec<&[Doubt]> {
    reviewed.iter().map(|row| row.doubts.as_slice()).collect()
}

#[test]
fn an_organisation_reports_what_it_is_asked_for() {
    let so_nong = OrgId("so-nong".into());
    let own: Vec<&SeriesKey> = DUTIES.of(&so_nong).collect();
    assert_eq!(own, [&key("farms", "12@")]);
    let commune = OrgId("xa-mot".into());
    let own: Vec<&SeriesKey> = DUTIES.of(&commune).collect();
    assert_eq!(own, [&key("gardens", "12001@")]);
    for (organisation, indicator, area, may) in [
        (&so_nong, "farms", "12@", true),
        (&so_nong, "farms", "12002@", true),
        (&so_nong, "farms", "14@", false),
        (&so_nong, "gardens", "12@", false),
        (&commune, "gardens", "12001@", true),
        (&commune, "gardens", "12002@", false),
        (&commune, "gardens", "12@", false),
    ] {
        let found = DUTIES.may_report(organisation, &key(indicator, area));
        assert_eq!(found, may, "{organisation} {indicator} {area}");
    }
    let (_, farms) = DUTIES.owed(&so_nong).next().unwrap();
    let day: Date = "2026-01-15".parse().unwrap();
    assert_eq!(due(farms, "2025".parse().unwrap()), Some(day));
}

#[test]
fn rows_that_are_not_the_organisations_are_faults_but_for_whoever_keeps_programmes() {
    let command = command(vec![
        row("farms", "12@", "2025", "10"),
        row("farms", "14@", "2025", "10"),
        row("gardens", "12001@", "2025", "10"),
    ]);
    let fields = |scope: &Scope| {
        let reviewed = reviewed(&command, &Standing::new(), scope);
        let faults = reviewed.iter().map(|row| row.faults.len());
        faults.collect::<Vec<_>>()
    };
    assert_eq!(fields(&focal("so-nong")), [0, 1, 1]);
    assert_eq!(fields(&officer()), [0, 0, 0]);
}

#[test]
fn what_reports_a_figure_needs_a_paper() {
    let mut command = command(vec![row("farms", "12@", "2025", "10")]);
    let none: &[Doubt] = &[];
    let find = |command: &AcceptBatch| {
        let reviewed = reviewed(command, &Standing::new(), &officer());
        reviewed[0].doubts.clone()
    };
    assert_eq!(find(&command), none, "it names a source of its own");
    command.rows[0].figure.source = command.source.clone();
    assert_eq!(find(&command), [Doubt::NoEvidence]);
    command.rows[0].figure.source_url = Some("https://a.example/1".into());
    assert_eq!(find(&command), none);
    command.rows[0].figure.source_url = None;
    command.rows[0].figure.stage = Stage::Official;
    assert_eq!(
        find(&command),
        none,
        "published figures carry their publication"
    );
}

#[test]
fn parts_are_held_against_the_whole() {
    let differs = |sum: i64, parts| Doubt::WholeDiffers {
        sum: sum.into(),
        parts,
        of: 2,
    };
    for (values, want) in [
        (&[("12@", "10"), ("12001@", "4"), ("12002@", "6")][..], None),
        (
            &[("12@", "10"), ("12001@", "4"), ("12002@", "5")],
            Some((0, differs(9, 2))),
        ),
        (
            &[("12001@", "4"), ("12002@", "5"), ("12@", "10")],
            Some((2, differs(9, 2))),
        ),
        (&[("12@", "10"), ("12001@", "4")], None),
        (
            &[("12@", "10"), ("12001@", "11")],
            Some((0, differs(11, 1))),
        ),
        (&[("12001@", "4"), ("12002@", "6")], None),
    ] {
        let rows = values
            .iter()
            .map(|(area, value)| row("farms", area, "2025", value));
        let reviewed = reviewed(&command(rows.collect()), &Standing::new(), &officer());
        let found = doubts(&reviewed);
        for (number, found) in found.iter().enumerate() {
            let want = want
                .iter()
                .filter(|(row, _)| *row == number)
                .map(|(_, doubt)| doubt.clone());
            assert_eq!(
                found.to_vec(),
                want.collect::<Vec<_>>(),
                "{values:?} {number}"
            );
        }
    }
}

/// A row as a file says it, with the state of the tables laid beside it.
#[tokio::test]
async fn a_file_is_compared_with_what_stands_accepted_and_judged() {
    let test = journal(vec![Box::new(ObservationProjection)]).await;
    let (journal, db) = (&test.journal, test.journal.db());
    let (sender, now) = (focal("so-nong"), AsKnown::now(TODAY));
    let against = async |rows: &[BatchRow]| {
        let seq = journal.head().await.unwrap().seq;
        let keys = looked_at(rows, &DIRECTORY);
        let standing = standing(db, &sender, &keys).await.unwrap();
        Against { standing, seq }
    };
    let rows = vec![
        row("farms", "12@", "2024", "9"),
        row("farms", "12001@", "2024", "4"),
        row("farms", "12@", "2025", "10"),
    ];
    let mut first = command(rows.clone());
    first.against = Some(against(&rows).await);
    let early = first.against.clone();
    let accepted = accept_batch(journal, &sender, first.clone(), book(), None).await;
    accepted.unwrap();
    let info = batch(db, &sender, &now, first.batch).await.unwrap();
    assert!(info.waits(), "an agency's figures wait to be confirmed");

    // The same file again, with one value changed and one new.
    let mut rows = rows;
    rows[2].figure.value = 12.into();
    rows.push(row("farms", "12002@", "2025", "30"));
    let stands = against(&rows).await;
    let judged = reviewed(&command(rows.clone()), &stands.standing, &sender);
    let changes: Vec<_> = judged.iter().map(|row| &row.change).collect();
    assert!(matches!(
        changes[..],
        [Change::Same, Change::Same, Change::Revised(old), Change::New] if old.figure.value == 10.into()
    ));
    assert!(
        matches!(judged[2].doubts[..], [Doubt::WholeDiffers { parts: 1, .. }]),
        "{:?}",
        judged[2].doubts
    );
    let mut second = command(rows.split_off(2));
    second.against = early;
    second.acknowledge = true;
    second.note = Some("đếm lại".into());
    second.left_out = 3;
    let stale = accept_batch(journal, &sender, second.clone(), book(), None).await;
    assert_eq!(verdict(stale), "stale");
    second.against = Some(stands);
    accept_batch(journal, &sender, second.clone(), book(), None)
        .await
        .unwrap();
    let info = batch(db, &sender, &now, second.batch).await.unwrap();
    assert_eq!((info.count, info.doubts, info.left_out), (2, 1, 3));

    let judge = |batch, judgement| JudgeBatch { batch, judgement };
    let confirm = judge(first.batch, Judgement::Confirm);
    let not = judge_batch(journal, &sender, &confirm, None).await;
    assert_eq!(verdict(not), "not allowed");
    judge_batch(journal, &officer(), &confirm, None)
        .await
        .unwrap();
    assert_eq!(
        verdict(judge_batch(journal, &officer(), &confirm, None).await),
        "conflict"
    );
    let undo = UndoBatch {
        batch: first.batch,
        reason: "nhầm".into(),
    };
    assert_eq!(
        verdict(undo_batch(journal, &sender, &undo, None).await),
        "not allowed"
    );
    let back = |reason: &str| {
        let reason = reason.into();
        judge(second.batch, Judgement::Return { reason })
    };
    assert_eq!(
        verdict(judge_batch(journal, &officer(), &back(" "), None).await),
        "reason"
    );
    judge_batch(journal, &officer(), &back("thiếu xã Hai"), None)
        .await
        .unwrap();
    let info = batch(db, &sender, &now, second.batch).await.unwrap();
    assert!(matches!(info.ended, Some((_, BatchEnd::Returned))));
    assert_eq!(info.reason.as_deref(), Some("thiếu xã Hai"));
    let filter = BatchFilter {
        waiting: true,
        ..BatchFilter::default()
    };
    let page = access::Page::first(10);
    assert_eq!(
        batches(db, &officer(), &now, &filter, page)
            .await
            .unwrap()
            .total,
        0
    );
    let all = list(db, &officer(), &now, &Default::default(), page)
        .await
        .unwrap();
    assert_eq!(all.total, 3);

    let question = |area: &str, period: &str| (key("farms", area), period.parse().unwrap());
    let asked = BTreeSet::from([
        question("12@", "2025"),
        question("12002@", "2025"),
        question("12001@", "2025"),
    ]);
    let answers = given(db, &sender, &now, &asked).await.unwrap();
    let status = |area: &str| status_of(None, answers.get(&question(area, "2025")), TODAY);
    assert_eq!(
        [status("12@"), status("12002@"), status("12001@")],
        [Owed::Given, Owed::Returned, Owed::Open]
    );
    assert!(!answers[&question("12@", "2025")].waiting, "confirmed");

    let tables = async || {
        let rows = db
            .rows("SELECT * FROM observation_batch ORDER BY id", vec![])
            .await
            .unwrap();
        rows.iter()
            .map(|row| row.values().unwrap())
            .collect::<Vec<_>>()
    };
    let before = tables().await;
    journal.rebuild().await.unwrap();
    assert_eq!(before, tables().await);
}

#[tokio::test]
async fn an_import_of_several_batches_is_taken_back_whole() {
    let test = journal(vec![Box::new(ObservationProjection)]).await;
    let (journal, db) = (&test.journal, test.journal.db());
    let (sender, now, import) = (focal("so-nong"), AsKnown::now(TODAY), ImportId::new());
    for year in ["2023", "2024"] {
        let mut part = command(vec![row("farms", "12@", year, "10")]);
        part.import = Some(import);
        let key = Some(format!("{import}:{year}"));
        let again = part.clone();
        accept_batch(journal, &sender, part, book(), key.clone())
            .await
            .unwrap();
        accept_batch(journal, &sender, again, book(), key)
            .await
            .unwrap();
    }
    let head = journal.head().await.unwrap().seq;
    assert_eq!(head, 2, "a part sent twice is taken once");
    undo_import(journal, &sender, import, |_| true, "sai tệp", None)
        .await
        .unwrap();
    assert_eq!(journal.head().await.unwrap().seq, head + 1, "one entry");
    let page = access::Page::first(10);
    let left = list(db, &officer(), &now, &Default::default(), page)
        .await
        .unwrap();
    assert_eq!(left.total, 0);
    let again = undo_import(journal, &sender, import, |_| true, "sai tệp", None).await;
    assert_eq!(verdict(again), "not found");
}
