//! Activation: what is decided, and what becomes of it in the journal.

use std::collections::BTreeSet;

use access::{AsKnown, OrgId, Refusal, Role, Scope};
use activation::{
    Activation, Change, ChangeFromActive, DefinitionFact, Directories, State, activate,
    activate_first, change, decide, evolve, offer,
};
use catalogue::{Definition, Kind, hash_hex};
use jiff::civil::date;
use journal::{ActorId, Written, params};

use crate::sample::{self, areas, indicator, organisations, start};

const DAY: jiff::civil::Date = date(2026, 3, 2);

fn after(changes: &[Change]) -> State {
    let facts = decide(&State::default(), changes, &Scope::system()).expect("holds");
    facts
        .iter()
        .try_fold(State::default(), evolve)
        .expect("reads back")
}

fn retire(kind: Kind, id: &str, reason: &str) -> Change {
    Change::Retire {
        kind,
        id: id.parse().expect("an id"),
        reason: reason.into(),
    }
}

/// Number of facts, or the sort of refusal with its first field.
fn outcome(state: &State, changes: &[Change]) -> Result<usize, String> {
    decide(state, changes, &Scope::system())
        .map(|facts| facts.len())
        .map_err(|refusal| match refusal {
            Refusal::Invalid { faults } => format!("invalid {}", faults[0].field),
            Refusal::Conflict(_) => "conflict".into(),
            Refusal::NotFound => "not found".into(),
            other => panic!("{other}"),
        })
}

#[test]
fn decisions() {
    let activate = Change::activate;
    let one = indicator("lua", "1", "Năng suất lúa", "percent");
    let renamed = indicator("lua", "2", "Năng suất lúa gạo", "percent");
    let other_unit = indicator("lua", "2", "Năng suất lúa", "points");
    let same_version = indicator("lua", "1", "Tên khác", "percent");
    let lands = areas("1", "Núi Gần");
    let orgs = organisations("1", "Sở TTTT");
    let none = State::default();
    let active = after(&[activate(one.clone())]);
    let overlay =
        |base: &Definition, over: &Definition| Change::overlay(base.clone(), over.clone());
    let overlaid = after(&[overlay(&one, &renamed)]);
    let both = after(&[activate(lands.clone()), activate(orgs.clone())]);
    let (invalid, conflict) = (
        Err("invalid indicator:lua".to_owned()),
        Err("conflict".to_owned()),
    );

    type Case<'a> = (&'a str, &'a State, Vec<Change>, Result<usize, String>);
    let cases: Vec<Case<'_>> = vec![
        ("new", &none, vec![activate(one.clone())], Ok(1)),
        (
            "the same again",
            &active,
            vec![activate(one.clone())],
            Ok(0),
        ),
        (
            "the same twice at once",
            &none,
            vec![activate(one.clone()), activate(one.clone())],
            Ok(1),
        ),
        (
            "a new version",
            &active,
            vec![activate(renamed.clone())],
            Ok(1),
        ),
        (
            "a version that meant something else",
            &active,
            vec![activate(same_version)],
            invalid.clone(),
        ),
        (
            "an overlay brings its base",
            &none,
            vec![overlay(&one, &renamed)],
            Ok(2),
        ),
        (
            "an overlay over what is there",
            &active,
            vec![overlay(&one, &renamed)],
            Ok(1),
        ),
        (
            "the same overlay again",
            &overlaid,
            vec![overlay(&one, &renamed)],
            Ok(0),
        ),
        (
            "an overlay may not change the unit",
            &active,
            vec![overlay(&one, &other_unit)],
            invalid,
        ),
        (
            "a plain one over an overlay",
            &overlaid,
            vec![activate(one.clone())],
            conflict,
        ),
        (
            "without the areas it names",
            &none,
            vec![activate(orgs.clone())],
            Err("invalid definitions".into()),
        ),
        (
            "together with them",
            &none,
            vec![activate(orgs), activate(lands)],
            Ok(2),
        ),
        (
            "what others name stays",
            &both,
            vec![retire(Kind::Areas, "sample", "thử")],
            Err("invalid definitions".into()),
        ),
        (
            "retired",
            &active,
            vec![retire(Kind::Indicator, "lua", "thôi theo dõi")],
            Ok(1),
        ),
        (
            "why?",
            &active,
            vec![retire(Kind::Indicator, "lua", " ")],
            Err("invalid reason".into()),
        ),
        (
            "nothing to retire",
            &none,
            vec![retire(Kind::Indicator, "lua", "thử")],
            Err("not found".into()),
        ),
        (
            "out and in again",
            &overlaid,
            vec![retire(Kind::Indicator, "lua", "bỏ bản phủ"), activate(one)],
            Ok(2),
        ),
    ];
    for (what, state, changes, expected) in cases {
        assert_eq!(outcome(state, &changes), expected, "{what}");
    }
}

#[test]
fn only_operators_activate() {
    let changes = [Change::activate(areas("1", "Núi Gần"))];
    for role in Role::ALL {
        let organisation = Some(OrgId("so".into()));
        let scope = Scope::of_account(ActorId::new(), role, organisation, BTreeSet::new());
        let allowed = decide(&State::default(), &changes, &scope).is_ok();
        assert_eq!(allowed, role == Role::Operator, "{role}");
    }
    assert!(decide(&State::default(), &changes, &Scope::anonymous()).is_err());
}

#[test]
fn an_overlay_says_what_it_lies_on() {
    let base = indicator("lua", "1", "Năng suất lúa", "percent");
    let over = indicator("lua", "1-tinh", "Năng suất lúa gạo", "percent");
    let state = after(&[Change::overlay(base.clone(), over.clone())]);
    let active = state.active.values().next().expect("active");
    assert_eq!(active.definition, over);
    assert_eq!(active.base_hash, Some(hash_hex(&base)));
    assert!(
        state.versions.values().any(|hash| *hash == hash_hex(&base)),
        "the base is kept"
    );
}

#[tokio::test]
async fn a_first_start_and_the_next_binary() {
    let test = start().await;
    let system = Scope::system();
    let first = [
        areas("1", "Núi Gần"),
        indicator("lua", "1", "Lúa", "percent"),
    ];
    assert_eq!(
        activate_first(&test.journal, &first)
            .await
            .expect("activates"),
        Written::New(1)
    );
    assert_eq!(
        activate_first(&test.journal, &first)
            .await
            .expect("nothing"),
        Written::Nothing
    );
    assert_eq!(
        offer(&test.journal, &system, &first).await.expect("reads"),
        vec![]
    );

    let over = indicator("lua", "1-tinh", "Lúa gạo", "percent");
    let overlaid = Activation {
        changes: vec![Change::overlay(first[1].clone(), over)],
        ..Activation::default()
    };
    change(&test.journal, &system, &overlaid)
        .await
        .expect("lays over");
    assert_eq!(
        offer(&test.journal, &system, &first).await.expect("reads"),
        vec![],
        "its base is ours"
    );

    let next = [
        areas("2", "Núi Xa"),
        indicator("lua", "2", "Lúa nước", "percent"),
        indicator("ngo", "1", "Ngô", "percent"),
    ];
    let differences = offer(&test.journal, &system, &next).await.expect("reads");
    let changes: Vec<_> = differences.iter().map(|d| d.change).collect();
    assert_eq!(
        changes,
        [
            ChangeFromActive::Other,
            ChangeFromActive::OtherBase,
            ChangeFromActive::Absent
        ]
    );
    let nobody = offer(&test.journal, &Scope::anonymous(), &next).await;
    assert!(matches!(nobody, Err(Refusal::NotAllowed(_))));
}

#[tokio::test]
async fn a_stale_or_repeated_form_changes_nothing() {
    let test = start().await;
    let system = Scope::system();
    let directories = Directories::new(&test.journal);
    activate(&test.journal, &system, &[areas("1", "Núi Gần")])
        .await
        .expect("activates");
    let seq = directories
        .load(&system, AsKnown::now(DAY))
        .await
        .expect("loads")
        .seq();
    let form = Activation {
        changes: vec![Change::activate(indicator("lua", "1", "Lúa", "percent"))],
        expected: Some(seq),
        key: Some("k".into()),
    };
    let written = change(&test.journal, &system, &form)
        .await
        .expect("activates");
    assert_eq!(written, Written::New(2));
    assert_eq!(
        change(&test.journal, &system, &form).await.expect("again"),
        Written::Again(2)
    );
    let late = Activation { key: None, ..form };
    assert!(matches!(
        change(&test.journal, &system, &late).await,
        Err(Refusal::Stale)
    ));
}

#[tokio::test]
async fn a_reader_sees_what_was_in_force_then() {
    let test = start().await;
    let (system, nobody) = (Scope::system(), Scope::anonymous());
    let directories = Directories::new(&test.journal);
    let old = indicator("lua", "1", "Lúa", "percent");
    activate(&test.journal, &system, std::slice::from_ref(&old))
        .await
        .expect("activates");
    activate(
        &test.journal,
        &system,
        &[indicator("lua", "2", "Lúa nước", "percent")],
    )
    .await
    .expect("activates");
    let label = async |as_known: AsKnown| {
        let directory = directories.load(&nobody, as_known).await.expect("loads");
        directory
            .indicators()
            .get("lua")
            .map(|i| i.definition.def.label.vi.clone())
    };
    assert_eq!(label(AsKnown::at(0, DAY)).await, None);
    assert_eq!(label(AsKnown::at(1, DAY)).await.as_deref(), Some("Lúa"));
    assert_eq!(label(AsKnown::now(DAY)).await.as_deref(), Some("Lúa nước"));
    assert_eq!(
        label(AsKnown::at(1, DAY)).await.as_deref(),
        Some("Lúa"),
        "what is kept is not mixed up"
    );
    // What facts were pinned to stays readable.
    let pinned = directories
        .pinned(&nobody, &hash_hex(&old))
        .await
        .expect("kept");
    assert_eq!(pinned, old);
    assert!(matches!(
        directories.pinned(&nobody, "00").await,
        Err(Refusal::NotFound)
    ));
}

#[tokio::test]
async fn the_products_definitions_become_rows() {
    let test = start().await;
    let definitions = sample::product();
    let written = activate_first(&test.journal, &definitions)
        .await
        .expect("activates");
    assert_eq!(written, Written::New(1), "one entry");
    let db = test.journal.db();
    let count = async |sql: &str| {
        let row = db.row(sql, params!["66@2025-07-01"]).await.expect("runs");
        row.expect("a row").int("n").expect("a number")
    };
    let communes = "SELECT COUNT(*) AS n FROM area WHERE parent = $1 AND known_to IS NULL";
    assert_eq!(count(communes).await, 102);
    let swallowed =
        "SELECT COUNT(*) AS n FROM area_succession WHERE successor = $1 AND known_to IS NULL";
    assert_eq!(count(swallowed).await, 2, "two provinces");
    let facts = test.journal.facts_after(0, 1).await.expect("facts");
    assert_eq!(facts.len(), definitions.len());
    let Ok(Some(DefinitionFact::Activated { hash, .. })) = journal::FactFamily::read(&facts[0])
    else {
        panic!("{:?}", facts[0].kind);
    };
    assert!(definitions.iter().any(|d| hash_hex(d) == hash));
    let directory = Directories::new(&test.journal)
        .load(&Scope::system(), AsKnown::now(DAY))
        .await
        .expect("loads");
    assert_eq!(directory.headers().len(), definitions.len());
}
