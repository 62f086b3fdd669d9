//! Whatever happened: the tables are what a rebuild makes of the facts, and what is read as known then is
//! the fold of the facts up to then.

use std::collections::BTreeMap;

use access::{AsKnown, Scope};
use activation::{
    Activation, Change, DefinitionFact, Directories, Directory, State, change, evolve,
};
use catalogue::{Id, Kind};
use jiff::civil::date;
use journal::testing::TestJournal;
use journal::{FactFamily, Row, Seq};
use proptest::prelude::*;

use crate::sample::{areas, indicator, organisations, start};

/// A few versions of a few things, so that histories meet: what is refused changes nothing.
fn any_change() -> impl Strategy<Value = Change> {
    let version = || (1..4u8).prop_map(|n| n.to_string());
    let id = || prop::sample::select(vec!["lua", "ngo"]);
    let crop =
        |id: &str, version: &str| indicator(id, version, &format!("{id} {version}"), "percent");
    let retired = prop::sample::select(vec![
        (Kind::Areas, "sample"),
        (Kind::Organisations, "sample"),
        (Kind::Indicator, "lua"),
    ]);
    prop_oneof![
        2 => version().prop_map(|v| Change::activate(areas(&v, &format!("Núi {v}")))),
        2 => version().prop_map(|v| Change::activate(organisations(&v, &format!("Sở {v}")))),
        3 => (id(), version()).prop_map(move |(id, v)| Change::activate(crop(id, &v))),
        1 => (id(), version()).prop_map(move |(id, v)| {
            Change::overlay(crop(id, &v), crop(id, &format!("{v}-tinh")))
        }),
        1 => retired.prop_map(|(kind, id)| Change::Retire {
            kind,
            id: id.parse().expect("an id"),
            reason: "thử".into(),
        }),
    ]
}

/// The columns of each table that say what a row is.
const TABLES: [(&str, &[&str]); 8] = [
    (
        "definition",
        &["definition", "version", "hash", "base_hash", "label_vi"],
    ),
    (
        "area",
        &[
            "key",
            "code",
            "level",
            "full_name",
            "folded",
            "parent",
            "definition",
        ],
    ),
    (
        "area_succession",
        &["area", "successor", "share", "definition"],
    ),
    (
        "organisation",
        &["id", "kind", "area", "valid_from", "valid_to"],
    ),
    (
        "organisation_name",
        &["organisation", "since", "until", "vi", "short"],
    ),
    (
        "org_membership",
        &["organisation", "hierarchy", "parent", "since", "until"],
    ),
    (
        "org_succession",
        &["organisation", "successor", "since", "source"],
    ),
    (
        "indicator",
        &["id", "hash", "label_vi", "unit", "direction"],
    ),
];

async fn dump(test: &TestJournal) -> Vec<String> {
    let mut lines = vec![];
    for (table, columns) in TABLES {
        let rows = test
            .journal
            .db()
            .rows(&format!("SELECT * FROM {table}"), vec![])
            .await
            .expect("rows");
        let line = |row: &Row| {
            let texts: Vec<_> = columns
                .iter()
                .map(|c| row.opt_text(c).expect("a column"))
                .collect();
            let known = (
                row.int("known_from").expect("from"),
                row.opt_int("known_to").expect("to"),
            );
            format!("{table} {texts:?} {known:?}")
        };
        lines.extend(rows.iter().map(line));
    }
    lines.sort();
    lines
}

fn in_force(directory: &Directory) -> BTreeMap<(Kind, Id), String> {
    let headers = directory.headers().iter();
    headers
        .map(|h| ((h.definition.kind, h.definition.id.clone()), h.hash.clone()))
        .collect()
}

async fn live_through(changes: Vec<Vec<Change>>) {
    let test = start().await;
    let system = Scope::system();
    for changes in changes {
        let activation = Activation {
            changes,
            ..Activation::default()
        };
        let _ = change(&test.journal, &system, &activation).await;
    }
    let head = test.journal.head().await.expect("head").seq;
    let facts = test.journal.facts_after(0, i64::MAX).await.expect("facts");
    let directories = Directories::new(&test.journal);
    for seq in 0..=head {
        let known = facts.iter().filter(|fact| fact.seq <= seq);
        let folded = known.fold(State::default(), |state, fact| {
            let fact = DefinitionFact::read(fact)
                .expect("reads")
                .expect("of the family");
            evolve(state, &fact).expect("reads back")
        });
        let expected: BTreeMap<_, _> = folded
            .active
            .iter()
            .map(|(key, active)| (key.clone(), active.hash.clone()))
            .collect();
        let as_known = AsKnown::at(seq, date(2026, 3, 2));
        let directory = directories.load(&system, as_known).await.expect("loads");
        assert_eq!(in_force(&directory), expected, "as known after {seq}");
        assert_eq!(
            rows_of_areas(&test, seq).await,
            directory.areas().all().count(),
            "areas after {seq}"
        );
    }
    let before = dump(&test).await;
    test.journal.rebuild().await.expect("rebuilds");
    assert_eq!(dump(&test).await, before);
}

async fn rows_of_areas(test: &TestJournal, seq: Seq) -> usize {
    let known = AsKnown::at(seq, date(2026, 3, 2)).condition("a", 1);
    let sql = format!("SELECT key FROM area a WHERE {}", known.sql);
    test.journal
        .db()
        .rows(&sql, known.params)
        .await
        .expect("rows")
        .len()
}

#[test]
fn tables_and_directory_follow_the_facts() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let config = ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let entry = prop::collection::vec(any_change(), 1..4);
    proptest!(config, |(changes in prop::collection::vec(entry, 1..7))| {
        runtime.block_on(live_through(changes));
    });
}
