//! The three renderings of a scope must agree: what a list leaves out, search must not find.

use std::collections::BTreeSet;

use access::{Audience, OrgId, Role, Scope, SearchReach, Visible};
use journal::{ActorId, Db, params};
use proptest::prelude::*;

/// A row of a scoped table: one lead organisation in a column, others in a table of their own.
#[derive(Debug, Clone)]
struct Thing {
    audience: Audience,
    lead: Option<OrgId>,
    supporting: Vec<OrgId>,
}

impl Thing {
    fn organisations(&self) -> Vec<OrgId> {
        self.lead.iter().chain(&self.supporting).cloned().collect()
    }
}

const VISIBLE: Visible = Visible {
    audience: "t.audience",
    organisations: &["t.lead"],
    related: Some("EXISTS (SELECT 1 FROM thing_org o WHERE o.thing = t.id AND o.org IN ({orgs}))"),
};

fn org() -> impl Strategy<Value = OrgId> {
    (0..5u8).prop_map(|n| OrgId(format!("co-quan-{n}")))
}

fn thing() -> impl Strategy<Value = Thing> {
    let audience = prop_oneof![
        Just(Audience::Organisations),
        Just(Audience::Internal),
        Just(Audience::Public)
    ];
    let supporting = prop::collection::vec(org(), 0..3);
    (audience, prop::option::of(org()), supporting).prop_map(|(audience, lead, supporting)| Thing {
        audience,
        lead,
        supporting,
    })
}

fn scope() -> impl Strategy<Value = Scope> {
    let role = prop::sample::select(Role::ALL.to_vec());
    let account = (role, prop::collection::btree_set(org(), 0..4)).prop_map(|(role, subtree)| {
        let own = subtree.first().cloned();
        Scope::of_account(ActorId::new(), role, own, subtree)
    });
    prop_oneof![Just(Scope::anonymous()), Just(Scope::system()), account]
}

/// How the search index applies what it is handed.
fn search_finds(reach: &SearchReach, thing: &Thing) -> bool {
    match reach {
        SearchReach::Everything => true,
        SearchReach::AnyOf {
            audiences,
            organisations,
        } => {
            audiences.contains(&thing.audience.as_str())
                || thing
                    .organisations()
                    .iter()
                    .any(|org| organisations.contains(&org.0))
        }
    }
}

async fn store(db: &Db, things: &[Thing]) {
    let mut tx = db.begin().await.expect("begins");
    for table in ["thing", "thing_org"] {
        tx.execute(&format!("DELETE FROM {table}"), vec![])
            .await
            .expect("empties");
    }
    let rows = things.iter().enumerate().map(|(id, thing)| {
        let lead = thing.lead.as_ref().map(|org| org.0.clone());
        params![id as i64, thing.audience.as_str(), lead]
    });
    tx.insert_many("INSERT INTO thing (id, audience, lead)", 3, rows)
        .await
        .expect("inserts");
    let links = things.iter().enumerate().flat_map(|(id, thing)| {
        thing
            .supporting
            .iter()
            .map(move |org| params![id as i64, org.0.as_str()])
    });
    tx.insert_many("INSERT INTO thing_org (thing, org)", 2, links)
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
}

/// Ids of the rows a scope sees, by its SQL; the parameter before its own shifts their numbers.
async fn by_sql(db: &Db, scope: &Scope) -> BTreeSet<usize> {
    let filter = scope.sql(&VISIBLE, 2);
    let sql = format!(
        "SELECT t.id FROM thing t WHERE t.id >= $1 AND {}",
        filter.sql
    );
    let mut values = params![0i64];
    values.extend(filter.params);
    let rows = db.rows(&sql, values).await.expect("the statement runs");
    let ids = rows
        .iter()
        .map(|row| row.int("id").expect("an id") as usize);
    ids.collect()
}

#[test]
fn sql_predicate_and_search_agree() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = runtime.block_on(journal::testing::journal(vec![]));
    let db = folder.journal.db().clone();
    let tables = [
        "CREATE TABLE thing (id BIGINT PRIMARY KEY, audience TEXT NOT NULL, lead TEXT)",
        "CREATE TABLE thing_org (thing BIGINT NOT NULL, org TEXT NOT NULL)",
    ];
    runtime
        .block_on(folder.journal.ensure(&tables))
        .expect("tables");
    let config = ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(things in prop::collection::vec(thing(), 0..25), scopes in prop::collection::vec(scope(), 4))| {
        runtime.block_on(store(&db, &things));
        for scope in &scopes {
            let ids = |sees: &dyn Fn(&Thing) -> bool| -> BTreeSet<usize> {
                things.iter().enumerate().filter(|(_, t)| sees(t)).map(|(id, _)| id).collect()
            };
            let by_predicate = ids(&|t| scope.sees(t.audience, &t.organisations()));
            let reach = scope.search();
            let by_search = ids(&|t| search_finds(&reach, t));
            prop_assert_eq!(&runtime.block_on(by_sql(&db, scope)), &by_predicate, "sql of {:?}", scope);
            prop_assert_eq!(&by_search, &by_predicate, "search of {:?}", scope);
        }
    });
}

#[test]
fn what_each_reader_sees() {
    let org = |name: &str| OrgId(name.to_owned());
    let of = |role, subtree: &[&str]| {
        let subtree = subtree.iter().map(|name| org(name)).collect();
        Scope::of_account(ActorId::new(), role, Some(org("a")), subtree)
    };
    // Columns: of my organisation, of another, internal, public.
    let cases = [
        (Scope::anonymous(), [false, false, false, true]),
        (Scope::system(), [true; 4]),
        (of(Role::Leader, &["a"]), [true; 4]),
        (of(Role::FocalOfficer, &["a"]), [true, false, true, true]),
        (of(Role::FocalOfficer, &[]), [false, false, true, true]),
        (of(Role::Enterprise, &["a"]), [false, false, false, true]),
        (of(Role::Operator, &["a"]), [false, false, false, true]),
    ];
    for (scope, expected) in cases {
        let seen = [
            scope.sees(Audience::Organisations, &[org("a"), org("c")]),
            scope.sees(Audience::Organisations, &[org("b")]),
            scope.sees(Audience::Internal, &[]),
            scope.sees(Audience::Public, &[]),
        ];
        assert_eq!(seen, expected, "{scope:?}");
    }
}
