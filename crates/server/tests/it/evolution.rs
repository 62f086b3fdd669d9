//! A journal of each release, kept as it was written, is opened by today's program.
//!
//! `fixtures/RELEASE/` holds the same journal three times: as SQLite's file, as PostgreSQL's statements
//! and as a backup, and beside them what was in it. `README.md` there tells how one is made.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::AccountFact;
use activation::DefinitionFact;
use flate2::read::GzDecoder;
use jiff::Timestamp;
use journal::backup::{Restoring, restore};
use journal::testing::{address, released_steps};
use journal::{
    Db, Engine, FactFamily, FileStore, Head, Journal, JournalError, RecordedFact, RemovalFact,
    params,
};
use observation::campaign::CampaignFact;
use observation::{BatchFact, SeriesFact, SurveyFact};
use programme::cascade::{CascadeFact, PartFact, RankingFact};
use programme::document::DocumentFact;
use programme::programme::ProgrammeFact;
use programme::target::TargetFact;
use programme::task::TaskFact;
use reporting::ReportFact;
use serde::{Deserialize, Serialize};

use crate::world::{projections, run};

/// What is in the journal of a release.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    /// `seq:hash` of its last entry.
    pub head: String,
    /// Entries.
    pub entries: i64,
    /// Facts by kind, removed ones left out.
    pub kinds: BTreeMap<String, u64>,
    /// Rows by table of a projection.
    pub rows: BTreeMap<String, i64>,
    /// Steps of the schema with the digest of what they do.
    pub steps: BTreeMap<String, String>,
}

/// A family of facts: its name, the kinds it has today and how one is read.
struct Family {
    name: &'static str,
    kinds: Vec<String>,
    read: fn(&RecordedFact) -> Result<bool, JournalError>,
}

fn family<F: FactFamily>() -> Family {
    // The list of kinds comes from the type itself: what it says to one it does not know.
    let unknown = serde_json::json!({"kind": "?", "data": {}});
    let said = serde_json::from_value::<F>(unknown)
        .err()
        .map(|e| e.to_string())
        .unwrap_or_default();
    let kinds = said
        .split('`')
        .skip(3)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    Family {
        name: F::FAMILY,
        kinds,
        read: |fact| F::read(fact).map(|read| read.is_some()),
    }
}

fn families() -> Vec<Family> {
    vec![
        family::<AccountFact>(),
        family::<BatchFact>(),
        family::<CampaignFact>(),
        family::<CascadeFact>(),
        family::<DefinitionFact>(),
        family::<DocumentFact>(),
        family::<PartFact>(),
        family::<ProgrammeFact>(),
        family::<RankingFact>(),
        family::<RemovalFact>(),
        family::<ReportFact>(),
        family::<SeriesFact>(),
        family::<SurveyFact>(),
        family::<TargetFact>(),
        family::<TaskFact>(),
    ]
}

/// What a journal holds, each of its facts read as its family's type of today: an upcaster never fails on
/// what was really written.
pub async fn contents(journal: &Journal) -> Contents {
    let verified = journal.verify(None).await.expect("it can be read");
    assert_eq!(verified.faults, vec![]);
    let families = families();
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for fact in journal.facts_after(0, i64::MAX).await.expect("facts") {
        let mut readers = families
            .iter()
            .filter(|family| (family.read)(&fact).expect("it is read"));
        assert!(
            readers.next().is_some(),
            "{}: whose kind is that?",
            fact.kind
        );
        *kinds.entry(fact.kind).or_default() += 1;
    }
    let mut rows = BTreeMap::new();
    for table in tables() {
        rows.insert(
            table.to_owned(),
            table_rows(journal, table).await.len() as i64,
        );
    }
    Contents {
        head: verified.head.to_string(),
        entries: verified.entries,
        kinds,
        rows,
        steps: released_steps(),
    }
}

fn tables() -> Vec<&'static str> {
    projections()
        .iter()
        .flat_map(|projection| projection.tables().to_vec())
        .collect()
}

/// Rows of a table as text, in an order of their own.
async fn table_rows(journal: &Journal, table: &str) -> Vec<String> {
    let sql = match journal.db().engine() {
        Engine::Postgres => format!("SELECT CAST(row_to_json(t) AS TEXT) AS line FROM {table} t"),
        Engine::Sqlite => {
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let columns = journal
                .db()
                .rows(&columns, params![])
                .await
                .expect("columns");
            let names: Vec<String> = columns
                .iter()
                .map(|row| format!("quote({})", row.text("name").expect("a name")))
                .collect();
            format!("SELECT {} AS line FROM {table}", names.join(" || ',' || "))
        }
    };
    let rows = journal.db().rows(&sql, params![]).await.expect(table);
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| row.text("line").expect("text"))
        .collect();
    lines.sort();
    lines
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Every release with a stored journal.
fn releases() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(fixtures())
        .expect("tests/fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("contents.json").exists())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "no release has a stored journal");
    folders
}

fn recorded(release: &Path) -> Contents {
    let text = std::fs::read_to_string(release.join("contents.json")).expect("contents.json");
    serde_json::from_str(&text).expect("contents.json")
}

fn unpacked(path: &Path) -> Vec<u8> {
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut bytes = Vec::new();
    GzDecoder::new(file)
        .read_to_end(&mut bytes)
        .expect("it is compressed");
    bytes
}

/// The database of a release as it was left then, in a place of the test's own.
async fn database_of(release: &Path, folder: &tempfile::TempDir) -> Db {
    let address = address(folder).await;
    match address.strip_prefix("sqlite:") {
        Some(path) => {
            std::fs::write(path, unpacked(&release.join("journal.sqlite.gz"))).expect("written");
        }
        None => {
            let statements = unpacked(&release.join("journal.sql.gz"));
            let statements = String::from_utf8(statements).expect("text");
            let schema = address.rsplit('=').next().expect("the schema");
            let statements = statements.replace("schema_of_the_release", schema);
            let loader = Db::open(&address).await.expect("PostgreSQL");
            let Db::Postgres(pool) = &loader else {
                unreachable!("not SQLite")
            };
            // The statements change settings of their connection: it is closed with its pool.
            sqlx::raw_sql(sqlx::AssertSqlSafe(statements))
                .execute(pool)
                .await
                .expect("they run");
            loader.close().await;
        }
    }
    Db::open(&address).await.expect("it opens")
}

async fn files_of(release: &Path, folder: &tempfile::TempDir) -> FileStore {
    let store = FileStore::open(folder.path().join("files"))
        .await
        .expect("a store");
    let mut folders = vec![release.join("backup/files")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                store
                    .put(&std::fs::read(path).expect("a file"))
                    .await
                    .expect("stored");
            }
        }
    }
    store
}

async fn assert_as_recorded(journal: &Journal, release: &Path) {
    let recorded = recorded(release);
    let head: Head = recorded.head.parse().expect("a head");
    let verified = journal.verify(Some(&head)).await.expect("it can be read");
    assert_eq!(verified.faults, vec![]);
    let now = contents(journal).await;
    assert_eq!(now.head, recorded.head);
    assert_eq!(
        (now.entries, &now.kinds),
        (recorded.entries, &recorded.kinds)
    );
    // A table of then that is gone by now is no fault; one that is there holds as many rows.
    for (table, rows) in &recorded.rows {
        if let Some(now) = now.rows.get(table) {
            assert_eq!(now, rows, "{table}");
        }
    }
}

#[test]
fn the_journal_of_each_release_opens_and_is_what_it_was() {
    run(async {
        for release in releases() {
            let folder = tempfile::tempdir().expect("a folder");
            let db = database_of(&release, &folder).await;
            let files = files_of(&release, &folder).await;
            let journal = Journal::open(db, files, projections())
                .await
                .expect("it opens");
            assert_as_recorded(&journal, &release).await;
            // What the projections held is what today's program makes of the facts.
            let mut live = Vec::new();
            for table in tables() {
                live.push((table, table_rows(&journal, table).await));
            }
            journal.rebuild().await.expect("rebuilt");
            for (table, rows) in live {
                assert_eq!(table_rows(&journal, table).await, rows, "{table}");
            }
        }
    });
}

#[test]
fn the_backup_of_each_release_is_restored_and_is_what_it_was() {
    run(async {
        for release in releases() {
            let folder = tempfile::tempdir().expect("a folder");
            let db = Db::open(&address(&folder).await)
                .await
                .expect("an empty database");
            let files = FileStore::open(folder.path().join("files"))
                .await
                .expect("a store");
            let head: Head = recorded(&release).head.parse().expect("a head");
            let into = Restoring {
                db,
                files,
                projections: projections(),
                clock: Arc::new(Timestamp::now),
                outside: &[],
                heads: &[head],
                tell: &|_| {},
            };
            let restored = restore(&release.join("backup"), into)
                .await
                .expect("restored");
            let journal = restored.finish().await.expect("given free");
            assert_as_recorded(&journal, &release).await;
        }
    });
}

/// The newest stored journal holds every kind of fact there is: a kind that a release brought and its
/// journal forgot would be read by nobody until it is too late.
#[test]
fn every_kind_of_fact_is_in_a_stored_journal() {
    let mut known: Vec<&str> = projections()
        .iter()
        .flat_map(|p| p.families().to_vec())
        .collect();
    let families = families();
    known.retain(|known| families.iter().all(|family| family.name != *known));
    assert_eq!(
        known,
        Vec::<&str>::new(),
        "families that this test does not know"
    );
    let stored: Vec<Contents> = releases().iter().map(|release| recorded(release)).collect();
    let mut forgotten = Vec::new();
    for family in families {
        assert!(!family.kinds.is_empty(), "{}: no kinds", family.name);
        for kind in family.kinds {
            assert!(kind.starts_with(&format!("{}.", family.name)), "{kind}");
            // The fact whose content was taken out stays away; its kind came another time as well.
            if !stored
                .iter()
                .any(|contents| contents.kinds.contains_key(&kind))
            {
                forgotten.push(kind);
            }
        }
    }
    assert_eq!(
        forgotten,
        Vec::<String>::new(),
        "kinds that no stored journal holds"
    );
}

/// A step of the schema that was released does today what it did then, and stands where it stood.
#[test]
fn released_steps_of_the_schema_do_not_change() {
    let today = released_steps();
    for release in releases() {
        for (name, digest) in recorded(&release).steps {
            assert_eq!(
                today.get(&name),
                Some(&digest),
                "{name} in {}",
                release.display()
            );
        }
    }
}
