//! After something was removed: what the engine still keeps of it in places no query reads.

use sqlx::{AssertSqlSafe, Executor, Row as _};

use crate::{Db, JournalError};

impl Db {
    /// Clears what the engine keeps of deleted rows. SQLite overwrites them while deleting
    /// (`secure_delete`), but not the copies it left behind whenever it moved rows from page to page:
    /// the file is written anew (`VACUUM`), and the write-ahead log, which still holds the pages as they
    /// were, is folded into it and cut to nothing; whoever writes waits meanwhile. On PostgreSQL the named tables are written anew
    /// (`VACUUM FULL`); name small ones only, since nobody reads a table meanwhile.
    ///
    /// What was removed is out of every answer before this runs. When it does not succeed (somebody
    /// reads the tables for a long time: a dump), that is logged with what to do.
    pub async fn scrub(&self, tables: &[&str]) {
        let outcome = match self {
            Db::Sqlite { write, .. } => fold_log(write).await,
            Db::Postgres(pool) => write_anew(pool, tables).await,
        };
        if let Err(error) = outcome {
            tracing::error!(
                %error,
                ?tables,
                "what was removed may still lie in the database's files: restart the server on SQLite, \
                 run VACUUM FULL on these tables on PostgreSQL"
            );
        }
    }
}

async fn fold_log(write: &sqlx::SqlitePool) -> Result<(), JournalError> {
    let mut connection = write.acquire().await?;
    connection.execute("VACUUM").await?;
    let row = connection
        .fetch_one("PRAGMA wal_checkpoint(TRUNCATE)")
        .await?;
    match row.try_get::<i64, _>(0)? {
        0 => Ok(()),
        _ => Err(JournalError::Invariant(
            "the write-ahead log is in use by a reader".into(),
        )),
    }
}

async fn write_anew(pool: &sqlx::PgPool, tables: &[&str]) -> Result<(), JournalError> {
    if tables.is_empty() {
        return Ok(());
    }
    let mut connection = pool.acquire().await?;
    // Whoever waits for a table in turn makes everybody behind wait as well.
    connection.execute("SET lock_timeout = '5s'").await?;
    let sql = format!("VACUUM (FULL) {}", tables.join(", "));
    let outcome = connection.execute(AssertSqlSafe(sql)).await;
    connection.execute("RESET lock_timeout").await?;
    outcome?;
    Ok(())
}
