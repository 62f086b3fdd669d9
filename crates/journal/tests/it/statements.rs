use std::ops::ControlFlow;

use jiff::civil::date;
use journal::testing::journal;
use journal::{JournalError, Value, params, placeholders};
use uuid::Uuid;

use crate::support::notes;

#[tokio::test]
async fn more_rows_than_one_statement_takes_are_all_inserted_in_order() {
    for count in [0, 1, 199, 200, 201, 650] {
        let test = journal(notes()).await;
        let mut tx = test.journal.db().begin().await.unwrap();
        let rows = (0..count).map(|i| params![format!("note/{i}"), "x", i, 0]);
        let insert = "INSERT INTO toy_note (note, text, known_from, ix)";
        let touched = tx.insert_many(insert, 4, rows).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(touched, u64::try_from(count).unwrap());
        let rows = test
            .journal
            .db()
            .rows(
                "SELECT note, known_from FROM toy_note ORDER BY known_from",
                vec![],
            )
            .await
            .unwrap();
        assert_eq!(rows.len() as i64, i64::from(count));
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(row.text("note").unwrap(), format!("note/{i}"));
            assert_eq!(row.int("known_from").unwrap(), i as i64);
        }
    }
}

/// Each type that a statement takes comes back as it was, and NULL as nothing.
#[tokio::test]
async fn parameters_come_back_as_they_went_in() {
    let test = journal(vec![]).await;
    let journal = &test.journal;
    journal
        .ensure(&["CREATE TABLE IF NOT EXISTS kept (n BIGINT, t TEXT, b {bytes})"])
        .await
        .unwrap();
    let id = Uuid::now_v7();
    for (i, (n, t, b)) in [
        (
            Value::from(i64::MIN),
            Value::from("Đắk Lắk 'và' \u{301}"),
            Value::from(vec![0, 255]),
        ),
        (
            Value::from(true),
            Value::from(date(2025, 7, 1)),
            Value::from(b"".as_slice()),
        ),
        (
            Value::from(None::<i64>),
            Value::from(id),
            Value::Bytes(None),
        ),
        (
            Value::from(7u32),
            Value::from(None::<String>),
            Value::Bytes(None),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let db = journal.db();
        db.execute("DELETE FROM kept", vec![]).await.unwrap();
        db.execute("INSERT INTO kept VALUES ($1, $2, $3)", vec![n, t, b])
            .await
            .unwrap();
        let row = db
            .row("SELECT n, t, b FROM kept", vec![])
            .await
            .unwrap()
            .unwrap();
        match i {
            0 => {
                assert_eq!(row.int("n").unwrap(), i64::MIN);
                assert_eq!(row.text("t").unwrap(), "Đắk Lắk 'và' \u{301}");
                assert_eq!(row.bytes("b").unwrap(), [0, 255]);
            }
            1 => {
                assert!(row.flag("n").unwrap());
                assert_eq!(
                    row.parse::<jiff::civil::Date>("t").unwrap(),
                    date(2025, 7, 1)
                );
                assert_eq!(row.opt_bytes("b").unwrap(), Some(vec![]));
            }
            2 => {
                assert_eq!(row.opt_int("n").unwrap(), None);
                assert!(matches!(row.int("n"), Err(JournalError::Database(_))));
                assert_eq!(row.parse::<Uuid>("t").unwrap(), id);
            }
            _ => {
                assert_eq!(row.opt_parse::<Uuid>("t").unwrap(), None);
                assert_eq!(row.opt_bytes("b").unwrap(), None);
                let told = row.parse::<i64>("n");
                assert!(told.is_err(), "a number is not read as text");
            }
        }
    }
}

/// The same for rows so many that they go in by another way on PostgreSQL; what breaks a rule of the table leaves
/// nothing, and the connection goes on.
#[tokio::test]
async fn many_rows_keep_every_type_and_are_refused_whole() {
    let test = journal(vec![]).await;
    let journal = &test.journal;
    let schema =
        "CREATE TABLE IF NOT EXISTS kept (n BIGINT PRIMARY KEY, t TEXT, b {bytes}, z BIGINT)";
    journal.ensure(&[schema]).await.unwrap();
    let insert = "INSERT INTO kept (n, t, b, z)";
    let row = |n: i64| match n % 2 {
        0 => params![
            n,
            format!("Đắk Lắk\t\\N \u{301}{n}"),
            vec![0, 255, n as u8],
            i64::MIN
        ],
        _ => params![n, None::<String>, Value::Bytes(None), None::<i64>],
    };
    let db = journal.db();
    let mut tx = db.begin().await.unwrap();
    let twice = (0..1_000).chain([7]).map(row);
    let refused = tx.insert_many(insert, 4, twice).await;
    assert!(matches!(refused, Err(JournalError::Database(_))));
    drop(tx);
    let mut tx = db.begin().await.unwrap();
    assert_eq!(
        tx.insert_many(insert, 4, (0..1_000).map(row))
            .await
            .unwrap(),
        1_000
    );
    tx.commit().await.unwrap();
    let rows = db
        .rows("SELECT n, t, b, z FROM kept ORDER BY n", vec![])
        .await
        .unwrap();
    assert_eq!(rows.len(), 1_000);
    for (n, found) in (0..).zip(&rows) {
        if n % 2 == 0 {
            let values = found.values().unwrap().into_iter().map(|(_, value)| value);
            assert_eq!(values.collect::<Vec<_>>(), row(n));
        } else {
            assert_eq!(found.int("n").unwrap(), n);
            assert_eq!(found.opt_text("t").unwrap(), None);
            assert_eq!(found.opt_bytes("b").unwrap(), None);
            assert_eq!(found.opt_int("z").unwrap(), None);
        }
    }
}

#[test]
fn placeholders_count_on() {
    assert_eq!(placeholders(1, 0), "");
    assert_eq!(placeholders(3, 3), "$3, $4, $5");
}

#[tokio::test]
async fn a_snapshot_reads_as_of_one_moment_row_by_row() {
    let test = journal(vec![]).await;
    let db = test.journal.db();
    test.journal
        .ensure(&["CREATE TABLE IF NOT EXISTS kept (n BIGINT, t TEXT, b {bytes})"])
        .await
        .unwrap();
    let insert = "INSERT INTO kept (n, t, b) VALUES ($1, $2, $3)";
    for n in 0..5 {
        let values = params![n, format!("dòng {n}"), vec![n as u8]];
        db.execute(insert, values).await.unwrap();
    }
    let mut tx = db.snapshot().await.unwrap();
    let sql = "SELECT n, t, b, CAST(NULL AS TEXT) AS x FROM kept WHERE n > $1 ORDER BY n";
    let (mut seen, mut between) = (Vec::new(), 0);
    while between < 2 {
        tx.each(sql, params![1], |row| {
            let values = row.values()?;
            assert_eq!(values[3], ("x".to_owned(), Value::Text(None)));
            seen.push(values[0].clone());
            assert!(matches!(values[2].1, Value::Bytes(Some(_))));
            let enough = row.int("n")? == 3;
            Ok::<_, JournalError>(if enough {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })
        .await
        .unwrap();
        // What others write meanwhile is not seen by the second reading.
        db.execute("UPDATE kept SET n = n + 100", vec![])
            .await
            .unwrap();
        between += 1;
    }
    let ns: Vec<_> = [2, 3, 2, 3].map(|n: i64| ("n".to_owned(), n.into())).into();
    assert_eq!(seen, ns);
}
