use journal::testing::{database, journal};
use journal::{Db, Engine, FileStore, Journal, JournalError, Projection};
use tempfile::TempDir;

use crate::support::*;

/// The same database as another process would open it. On PostgreSQL other connections of the pool are
/// as good as another process's.
async fn opened_again(db: &Db, folder: &TempDir) -> Db {
    match db.engine() {
        Engine::Sqlite => {
            let path = folder.path().join("dotpha.sqlite");
            Db::open(&format!("sqlite:{}", path.display()))
                .await
                .unwrap()
        }
        Engine::Postgres => db.clone(),
    }
}

async fn open(
    db: Db,
    folder: &TempDir,
    projections: Vec<Box<dyn Projection>>,
) -> Result<Journal, JournalError> {
    let files = FileStore::open(folder.path().join("files")).await?;
    Journal::open(db, files, projections).await
}

#[tokio::test]
async fn a_new_version_of_a_projection_is_rebuilt_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let first = open(db.clone(), &folder, notes()).await.unwrap();
    append(
        &first,
        vec![
            written(&note(1), "Buôn Ma Thuột"),
            written(&note(2), "Tuy Hoà"),
        ],
    )
    .await;
    append(&first, vec![struck(&note(2))]).await;
    let (head, live) = (first.head().await.unwrap(), whole_table(&first).await);
    drop(first);

    let newer = || -> Vec<Box<dyn Projection>> { vec![Box::new(Notes { version: 2 })] };
    let second = open(db.clone(), &folder, newer()).await.unwrap();
    assert_eq!(second.head().await.unwrap(), head);
    assert_eq!(whole_table(&second).await, live);
    let sql = "SELECT letters FROM toy_note WHERE note = 'note/1'";
    let row = second.db().row(sql, vec![]).await.unwrap().unwrap();
    assert_eq!(row.int("letters").unwrap(), 13);

    // The same version again leaves the table alone: what is in it stays, even what does not belong.
    db.execute("UPDATE toy_note SET letters = 99", vec![])
        .await
        .unwrap();
    let third = open(db, &folder, newer()).await.unwrap();
    let row = third.db().row(sql, vec![]).await.unwrap().unwrap();
    assert_eq!(row.int("letters").unwrap(), 99);
    assert_eq!(append(&third, vec![struck(&note(1))]).await, head.seq + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_open_an_empty_database_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let db = database(&folder).await;
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let other = opened_again(&db, &folder).await;
            let files = folder.path().join("files");
            opening.spawn(async move {
                let files = FileStore::open(files).await?;
                let journal = Journal::open(other, files, notes()).await?;
                Ok::<_, JournalError>(append(&journal, vec![written(&note(1), "x")]).await)
            });
        }
        let mut numbers: Vec<i64> = opening
            .join_all()
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
        let journal = open(db, &folder, notes()).await.unwrap();
        assert_eq!(journal.verify(None).await.unwrap().faults, vec![]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_sqlite_file_is_opened_by_several_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("new.sqlite").display());
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let address = address.clone();
            opening.spawn(async move { Db::open(&address).await.map(|_| ()) });
        }
        for outcome in opening.join_all().await {
            outcome.unwrap();
        }
    }
}

#[tokio::test]
async fn readers_on_sqlite_cannot_write() {
    let test = journal(notes()).await;
    if test.journal.db().engine() == Engine::Sqlite {
        let refused = test
            .journal
            .db()
            .rows("DELETE FROM journal_entry", vec![])
            .await;
        assert!(matches!(refused, Err(JournalError::Database(_))));
    }
}

/// Memory keeps no write-ahead log: what is acknowledged would be gone with the process.
#[tokio::test]
async fn a_database_that_keeps_nothing_is_refused_and_explained() {
    let Err(error) = Db::open("sqlite::memory:").await else {
        panic!("a journal in memory was accepted");
    };
    let said = error.to_string();
    for word in ["journal_mode", "memory", "local disk"] {
        assert!(said.contains(word), "{said}");
    }
}

#[tokio::test]
async fn an_address_of_no_engine_is_named() {
    for address in ["", "mysql://localhost/x", "/srv/dotpha.sqlite", "sqlite"] {
        match Db::open(address).await {
            Err(JournalError::Address(named)) => assert_eq!(named, address),
            Err(other) => panic!("{address}: {other}"),
            Ok(_) => panic!("{address} was opened"),
        }
    }
}

#[tokio::test]
async fn a_database_of_an_unknown_build_is_refused_and_told_why() {
    for (step, words) in [
        ("0001-journal", "before the first release"),
        ("9999-of-tomorrow", "later version"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let db = database(&folder).await;
        open(db.clone(), &folder, notes()).await.unwrap();
        let insert = "INSERT INTO schema_step (name) VALUES ($1)";
        db.execute(insert, journal::params![step]).await.unwrap();
        let Err(refused) = open(db, &folder, notes()).await else {
            panic!("a database with step {step} was opened");
        };
        let told = refused.to_string();
        assert!(told.contains(step) && told.contains(words), "{told}");
    }
}

/// Names of the tables that are filled beside the live ones or were just replaced.
async fn leftovers(db: &Db) -> Vec<String> {
    let mut left = Vec::new();
    for name in ["toy_note_beside", "toy_note_replaced"] {
        let sql = format!("SELECT COUNT(*) AS n FROM {name}");
        if db.row(&sql, vec![]).await.is_ok() {
            left.push(name.to_owned());
        }
    }
    left
}

#[tokio::test]
async fn a_rebuild_that_fails_leaves_the_live_tables_and_nothing_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let first = open(db.clone(), &folder, notes()).await.unwrap();
    append(&first, vec![written(&note(1), "Buôn Hồ")]).await;
    let live = whole_table(&first).await;
    let broken: Vec<Box<dyn Projection>> = vec![Box::new(Notes { version: BROKEN })];
    let Err(refused) = open(db.clone(), &folder, broken).await else {
        panic!("a broken projection was opened");
    };
    assert!(refused.to_string().contains("broken"), "{refused}");
    assert_eq!(whole_table(&first).await, live);
    assert_eq!(leftovers(&db).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_killed_rebuild_left_beside_is_cleared_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let first = open(db.clone(), &folder, notes()).await.unwrap();
    append(&first, vec![written(&note(1), "Buôn Hồ")]).await;
    let live = whole_table(&first).await;
    for sql in [
        "CREATE TABLE toy_note_beside (note TEXT)",
        "CREATE TABLE toy_note_replaced (note TEXT)",
        "INSERT INTO projection_build (name, generation, owner, lease_until) \
         VALUES ('toy_note', 4, 'a process that is gone', 1)",
    ] {
        db.execute(sql, vec![]).await.unwrap();
    }
    assert_eq!(leftovers(&db).await.len(), 2);
    let second = open(db.clone(), &folder, notes()).await.unwrap();
    assert_eq!(leftovers(&db).await, Vec::<String>::new());
    assert_eq!(whole_table(&second).await, live);
}
