//! Parts of a whole by organisation: who tells them, what they are held against, and that everything else means the
//! whole.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use access::{AsKnown, OrgId, Page};
use activation::{Directory, Pinned};
use catalogue::Stage;
use jiff::civil::date;
use observation::{
    BatchRow, Book, Breakdown, Doubt, Filter, Knowledge, ObservationId, Record, SeriesKey,
    Standing, Walk, Wanted, latest, list, looked_at, record, review, series, standing,
};
use viet::AreaKey;

use crate::store::{batch, fresh, now, written};
use crate::support::{TODAY, figure, focal, officer, verdict};

static DIRECTORY: LazyLock<Directory> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    let names = [
        "areas/country.toml",
        "areas/provinces.toml",
        "areas/provinces-before-2025-07-01.toml",
        "organisations/dak-lak.toml",
        "indicators/dossiers_online.toml",
        "indicators/enterprises_total.toml",
        "codelists/obstacle-kinds.toml",
    ];
    let pinned = names.map(|name| {
        let text = std::fs::read_to_string(folder.join(name)).expect(name);
        let definition =
            catalogue::parse(name, &text).unwrap_or_else(|faults| panic!("{faults:?}"));
        let hash = catalogue::hash_hex(&definition);
        Pinned { definition, hash }
    });
    Directory::of(1, pinned.into())
});

fn book() -> Book<'static> {
    Book::new(&DIRECTORY)
}

fn area() -> AreaKey {
    "66@2025-07-01".parse().unwrap()
}

fn key(indicator: &str, breakdown: &str) -> SeriesKey {
    let whole = SeriesKey::new(indicator.parse().unwrap(), area());
    whole.told_by(breakdown.parse().unwrap())
}

fn told(breakdown: &str, value: &str, by: &str) -> Record {
    Record {
        id: ObservationId::new(),
        key: key("dossiers_online", breakdown),
        figure: figure("2025", value, Stage::Reported),
        organisation: OrgId(by.into()),
        evidence: vec![],
        acknowledge: false,
        expected: None,
    }
}

#[tokio::test]
async fn a_part_is_told_by_its_organisation_or_whoever_keeps_programmes() {
    let test = fresh().await;
    let mut elsewhere = told("organisation=so-y-te", "10", "so-y-te");
    elsewhere.key = key("enterprises_total", "organisation=so-y-te");
    let table = [
        (
            told("organisation=so-y-te", "10", "so-y-te"),
            focal("so-y-te"),
            "ok",
        ),
        (
            told("organisation=so-y-te", "11", "so-gddt"),
            focal("so-gddt"),
            "not allowed",
        ),
        (
            told("organisation=so-gddt", "12", "so-khcn"),
            officer(),
            "ok",
        ),
        (
            told("organisation=so-khong-co", "13", "so-khcn"),
            officer(),
            "breakdown",
        ),
        (
            told("obstacle-kinds=procedure", "14", "so-khcn"),
            officer(),
            "breakdown",
        ),
        (elsewhere, officer(), "breakdown"),
    ];
    for (command, scope, want) in table {
        let outcome = record(&test.journal, &scope, &command, book(), None).await;
        assert_eq!(verdict(outcome), want, "{:?}", command.key);
    }
}

#[tokio::test]
async fn every_question_about_an_indicator_in_an_area_means_the_whole() {
    let test = fresh().await;
    let (journal, scope) = (&test.journal, officer());
    let db = journal.db();
    written(record(journal, &scope, &told("", "100", "so-khcn"), book(), None).await);
    let part = told("organisation=so-y-te", "40", "so-khcn");
    let seq = written(record(journal, &scope, &part, book(), None).await);

    let whole = key("dossiers_online", "");
    let values = |all: &[observation::Observation]| -> Vec<String> {
        all.iter()
            .map(|o| format!("{}={}", o.key.breakdown, o.figure.value))
            .collect()
    };
    for (key, want) in [(&whole, "=100"), (&part.key, "organisation=so-y-te=40")] {
        let found = series(db, &scope, &now(), key).await.unwrap();
        assert_eq!(values(&found.observations), [want]);
        let found = latest(db, &scope, &now(), std::slice::from_ref(key), 3)
            .await
            .unwrap();
        assert_eq!(values(&found[key]), [want]);
        let found = standing(db, &scope, &BTreeSet::from([key.clone()]))
            .await
            .unwrap();
        assert_eq!(values(&found[key]), [want]);
        let filter = Filter {
            breakdown: Some(key.breakdown.clone()),
            ..Filter::default()
        };
        let found = list(db, &scope, &now(), &filter, Page::first(9))
            .await
            .unwrap();
        assert_eq!(
            (values(&found.rows), found.total),
            (vec![want.to_owned()], 1)
        );
    }
    let all = list(db, &scope, &now(), &Filter::default(), Page::first(9))
        .await
        .unwrap();
    assert_eq!(all.total, 2);

    let mut walk = Walk::begin(journal, &scope, Wanted::default(), Knowledge::At(seq))
        .await
        .unwrap();
    let first = walk.next().await.unwrap().expect("the whole");
    assert_eq!(first.key, whole);
    assert!(walk.next().await.unwrap().is_none());
    let mut reaches = Vec::new();
    let wanted = Wanted::default();
    observation::extents(db, &scope, &wanted, seq, |extent| reaches.push(extent))
        .await
        .unwrap();
    assert_eq!(reaches.len(), 1);

    // Before the part was recorded there was none.
    let before = AsKnown::at(seq - 1, TODAY);
    let found = series(db, &scope, &before, &part.key).await.unwrap();
    assert!(found.observations.is_empty());
}

#[tokio::test]
async fn parts_that_exceed_their_whole_are_asked_back() {
    let test = fresh().await;
    let (journal, scope) = (&test.journal, officer());
    written(record(journal, &scope, &told("", "100", "so-khcn"), book(), None).await);
    let first = told("organisation=so-y-te", "60", "so-khcn");
    written(record(journal, &scope, &first, book(), None).await);
    let mut second = told("organisation=so-gddt", "41", "so-khcn");
    let refused = record(journal, &scope, &second, book(), None).await;
    assert_eq!(verdict(refused), "acknowledge");
    second.acknowledge = true;
    second.figure.note = Some("đối chiếu rồi".into());
    let seq = written(record(journal, &scope, &second, book(), None).await);
    let facts = journal
        .stream(&second.key.stream(), Some(seq))
        .await
        .unwrap()
        .facts;
    assert!(
        facts[0].data.to_string().contains("parts_exceed"),
        "{}",
        facts[0].data
    );
    // What fits is not asked about: less than the whole says nothing, since nobody says who has a part.
    let fits = told("organisation=so-noi-vu", "0", "so-khcn");
    let mut other = fits.clone();
    other.figure = figure("2024", "7", Stage::Reported);
    written(record(journal, &scope, &other, book(), None).await);
}

#[test]
fn rows_of_a_file_are_held_against_what_stands_beside_them() {
    let row = |breakdown: &str, value: &str| BatchRow {
        key: key("dossiers_online", breakdown),
        figure: figure("2025", value, Stage::Reported),
    };
    let rows = vec![
        row("", "100"),
        row("organisation=so-y-te", "60"),
        row("organisation=so-gddt", "50"),
    ];
    let looked = looked_at(&rows[1..2], &DIRECTORY);
    assert!(looked.contains(&key("dossiers_online", "")), "{looked:?}");
    assert!(looked.contains(&key("dossiers_online", "organisation=so-gddt")));
    let exceeds = |judged: &[observation::Reviewed]| -> Vec<bool> {
        let is = |d: &Doubt| matches!(d, Doubt::PartsExceed { .. });
        judged.iter().map(|one| one.doubts.iter().any(is)).collect()
    };
    let judge = |rows: Vec<BatchRow>| {
        review(
            &batch(rows),
            &Standing::new(),
            book(),
            &officer(),
            date(2026, 3, 1),
        )
    };
    assert_eq!(exceeds(&judge(rows.clone())), [true, true, true]);
    assert_eq!(exceeds(&judge(rows[..2].to_vec())), [false, false]);
    assert_eq!(exceeds(&judge(rows[1..].to_vec())), [false, false]);
    let whole = Breakdown::WHOLE;
    assert!(whole.is_whole() && !whole.is_organisation_alone());
}
