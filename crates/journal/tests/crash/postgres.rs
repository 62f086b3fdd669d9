//! PostgreSQL stops at once, or one of its processes is killed, while we write.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use journal::{Db, Journal, JournalError, NewFact, WriteContext, Written, params};

use crate::check::{Promised, check, repeat};
use crate::cluster::{Cluster, succeeded};
use crate::deeds::{Deed, Fact, open};

const WRITERS: u32 = 3;

/// Writes until the database is gone; gives what was acknowledged and the error at the end.
async fn write(journal: Arc<Journal>, writer: u32, first: u32) -> (Vec<(Deed, i64)>, JournalError) {
    let mut acknowledged = Vec::new();
    for number in first.. {
        let deed = Deed { writer, number };
        match deed.run(&journal).await {
            Ok(Written::New(seq)) => acknowledged.push((deed, seq)),
            Ok(other) => panic!("{deed:?} was {other:?}"),
            Err(error) => return (acknowledged, error),
        }
    }
    unreachable!("the numbers do not end")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_stopped_at_once_loses_no_acknowledged_entry() {
    let Some(cluster) = Cluster::new(None) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    let journal = Arc::new(open(&cluster.address(), &files).await.unwrap());
    let mut promised = Promised::default();
    for round in 0..4 {
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            writers.spawn(write(journal.clone(), writer, promised.next(writer)));
        }
        tokio::time::sleep(Duration::from_millis(150 + 90 * round)).await;
        cluster.stop_at_once();
        for (acknowledged, error) in writers.join_all().await {
            assert!(matches!(error, JournalError::Database(_)), "{error}");
            promised.acknowledged.extend(acknowledged);
        }
        cluster.start();
        // The same journal, with the connections that broke.
        check(&journal, &mut promised).await;
        for writer in 0..WRITERS {
            let number = promised.next(writer);
            repeat(&journal, Deed { writer, number }, &mut promised).await;
        }
    }
    assert!(promised.acknowledged.len() > 20, "too little to lose");
}

/// Whatever becomes of PostgreSQL, the next commands find their way back to it.
async fn recovered(journal: &Journal, deed: Deed) -> Written {
    for _ in 0..200 {
        match deed.run(journal).await {
            Ok(written) => return written,
            Err(JournalError::Database(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(other) => panic!("{other}"),
        }
    }
    panic!("ten seconds were not enough")
}

#[tokio::test]
async fn a_backend_killed_in_a_write_leaves_nothing_and_the_command_can_be_repeated() {
    let Some(cluster) = Cluster::new(None) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&cluster.address(), &folder.path().join("files"))
        .await
        .unwrap();
    let mut promised = Promised::default();
    for number in 0..3 {
        repeat(&journal, Deed { writer: 0, number }, &mut promised).await;
    }
    let context = WriteContext::new(journal::ActorId::SYSTEM, "deed.do");
    let fact = Fact::Done {
        number: 0,
        before: 0,
    };
    let outcome: Result<Written, JournalError> = journal
        .write(&context, async |tx| {
            let sql = "SELECT CAST(pg_backend_pid() AS BIGINT) AS pid";
            let pid = tx
                .sql()
                .row(sql, params![])
                .await?
                .expect("a row")
                .int("pid")?;
            succeeded(Command::new("kill").args(["-9", &pid.to_string()]).output());
            Ok(vec![NewFact::of(
                Deed {
                    writer: 1,
                    number: 0,
                }
                .stream(),
                &fact,
            )?])
        })
        .await;
    assert!(
        matches!(outcome, Err(JournalError::Database(_))),
        "{outcome:?}"
    );
    let deed = Deed {
        writer: 1,
        number: 0,
    };
    assert_eq!(recovered(&journal, deed).await, Written::New(4));
    promised.acknowledged.insert(deed, 4);
    check(&journal, &mut promised).await;
}

/// Settings under which an acknowledged entry could be lost.
#[tokio::test]
async fn unsafe_settings_of_postgres_are_refused_and_explained() {
    let Some(cluster) = Cluster::new(None) else {
        return;
    };
    let address = cluster.address();
    let setup = Db::open(&address).await.unwrap();
    let Db::Postgres(pool) = &setup else {
        unreachable!("it is PostgreSQL's address")
    };
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        for (value, refused) in [("off", true), ("on", false)] {
            let change: &'static str = format!("ALTER SYSTEM SET {setting} = {value}").leak();
            sqlx::query(change).execute(pool).await.unwrap();
            sqlx::query("SELECT pg_reload_conf()")
                .execute(pool)
                .await
                .unwrap();
            // The signal takes a moment to reach the server.
            tokio::time::sleep(Duration::from_millis(300)).await;
            match Db::open(&address).await {
                Ok(_) => assert!(!refused, "{setting} = {value} was accepted"),
                Err(error) => {
                    assert!(refused, "{setting} = {value}: {error}");
                    let said = error.to_string();
                    for word in [setting, "off", "postgresql.conf"] {
                        assert!(said.contains(word), "{said}");
                    }
                }
            }
        }
    }
    // A role or an address may switch it off for one connection alone.
    let sly = format!("{address}?options[synchronous_commit]=off");
    assert!(matches!(
        Db::open(&sly).await,
        Err(JournalError::Unsafe {
            setting: "synchronous_commit",
            ..
        })
    ));
}
