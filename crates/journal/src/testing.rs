//! A fresh, empty database for a test, on the engine that `DOTPHA_TEST_DATABASE` names: a
//! `postgres://` address, or SQLite when it is not set. The same tests run on both.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tempfile::TempDir;

use crate::{Clock, Db, FileHash, FileStore, Journal, Projection};

/// A journal in a database and folder of its own, which go when this is dropped.
pub struct TestJournal {
    /// The journal.
    pub journal: Journal,
    folder: TempDir,
    address: String,
}

impl TestJournal {
    /// The same journal opened once more, with connections of its own: what another process has.
    pub async fn beside(&self, projections: Vec<Box<dyn Projection>>) -> Journal {
        let db = Db::open(&self.address).await.expect("the database opens");
        let files = self.journal.files().clone();
        let clock = self.journal.clock.clone();
        Journal::open_with_clock(db, files, projections, clock)
            .await
            .expect("a journal opens beside the first")
    }

    /// The database's address, for a process of the test's own.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The folder its files lie in.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// A fresh journal with these projections, on the clock of the machine.
pub async fn journal(projections: Vec<Box<dyn Projection>>) -> TestJournal {
    journal_with_clock(projections, Arc::new(Timestamp::now)).await
}

/// A fresh journal with a clock of the test's.
pub async fn journal_with_clock(
    projections: Vec<Box<dyn Projection>>,
    clock: Clock,
) -> TestJournal {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let address = address(&folder).await;
    let db = Db::open(&address).await.expect("an empty database opens");
    let files = FileStore::open(folder.path().join("files"))
        .await
        .expect("a file store in the temporary folder");
    let journal = Journal::open_with_clock(db, files, projections, clock)
        .await
        .expect("an empty journal opens");
    TestJournal {
        journal,
        folder,
        address,
    }
}

/// An empty database: a new file, or a new schema on the server.
pub async fn database(folder: &TempDir) -> Db {
    Db::open(&address(folder).await)
        .await
        .expect("an empty database opens")
}

/// The address of an empty database, for those who open it themselves: another process, a second time.
pub async fn address(folder: &TempDir) -> String {
    match std::env::var("DOTPHA_TEST_DATABASE") {
        Ok(server) => {
            let schema = format!("t_{}", uuid::Uuid::new_v4().simple());
            let setup = Db::open(&server).await.expect("PostgreSQL answers");
            setup
                .execute(&format!("CREATE SCHEMA {schema}"), vec![])
                .await
                .expect("a schema of the test's own");
            setup.close().await;
            let joint = if server.contains('?') { '&' } else { '?' };
            format!("{server}{joint}options[search_path]={schema}")
        }
        Err(_) => format!("sqlite:{}", folder.path().join("dotpha.sqlite").display()),
    }
}

/// Steps of the schema by name, with the digest of their statements: a released step never changes.
pub fn released_steps() -> BTreeMap<String, String> {
    crate::schema::STEPS
        .iter()
        .map(|(name, statements)| {
            let digest = FileHash::of(statements.join(";").as_bytes());
            ((*name).to_owned(), digest.as_str().to_owned())
        })
        .collect()
}
