//! One way to speak to two engines: the same SQL text, the same parameter and row types.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::tx::{bind, run};
use crate::{JournalError, Row, Tx, Value};

type Result<T> = std::result::Result<T, JournalError>;

/// Which engine a [`Db`] speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one process: the default.
    Sqlite,
    /// A server: several processes, replication.
    Postgres,
}

/// The database, opened. Cloning is cheap and shares the connections.
#[derive(Clone)]
pub enum Db {
    /// SQLite has one connection that writes and a pool that reads: a reading transaction that turns
    /// into a writing one fails at once with "database is locked", whatever the busy timeout.
    Sqlite {
        /// The one connection that writes.
        write: SqlitePool,
        /// Readers; they see the last committed state.
        read: SqlitePool,
    },
    /// PostgreSQL, writers and readers alike.
    Postgres(PgPool),
}

/// How SQLite writes `FULL`: every commit is on the disk before it is acknowledged.
const SYNCHRONOUS_FULL: &str = "2";

/// How many readers a process keeps: each is a page being drawn, and two cores draw few at once.
const READERS: u32 = 8;

impl Db {
    /// Opens `sqlite:PATH` (the file is made when missing) or `postgres://…`, and checks that the
    /// settings keep what is acknowledged.
    pub async fn open(address: &str) -> Result<Self> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            Self::open_sqlite(Path::new(path)).await
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(address)?;
            Self::open_postgres(options).await
        } else {
            Err(JournalError::Address(address.to_owned()))
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(30))
            // What is erased must be gone from the file, not only from the answers.
            .pragma("secure_delete", "ON")
            // Pages are read again and again while a board is drawn: 64 MiB per connection.
            .pragma("cache_size", "-65536");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            // A full disk makes SQLite end the transaction by itself. The driver still counts it, and
            // would refuse every later one: such a connection is replaced.
            .before_acquire(|connection, _| {
                let usable = !connection.is_in_transaction();
                Box::pin(async move { Ok(usable) })
            })
            .connect_with(options.clone())
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        let db = Self::Sqlite { write, read };
        let mode = db
            .write_setting("PRAGMA journal_mode", "journal_mode")
            .await?;
        expect("journal_mode", mode, "wal", SQLITE_REMEDY)?;
        let synchronous = "SELECT CAST(synchronous AS TEXT) AS v FROM pragma_synchronous";
        let level = db.write_setting(synchronous, "v").await?;
        expect("synchronous", level, SYNCHRONOUS_FULL, SQLITE_REMEDY)?;
        Ok(db)
    }

    pub(crate) async fn open_postgres(options: PgConnectOptions) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(READERS + 4)
            .connect_with(options)
            .await?;
        let db = Self::Postgres(pool);
        for (setting, sql) in [
            ("fsync", "SELECT current_setting('fsync') AS v"),
            (
                "full_page_writes",
                "SELECT current_setting('full_page_writes') AS v",
            ),
            (
                "synchronous_commit",
                "SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN 'off' ELSE 'on' END AS v",
            ),
        ] {
            let found = db.write_setting(sql, "v").await?;
            expect(setting, found, "on", POSTGRES_REMEDY)?;
        }
        Ok(db)
    }

    async fn write_setting(&self, sql: &str, column: &str) -> Result<String> {
        let mut tx = self.begin().await?;
        let rows = tx.rows(sql, vec![]).await?;
        rows.first().map_or_else(
            || Err(JournalError::Invariant(format!("{sql} gave no row"))),
            |row| row.text(column),
        )
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// A query outside any transaction: it sees the last committed state.
    pub async fn rows(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>> {
        Ok(match self {
            Db::Sqlite { read, .. } => run!(sql, params, read, fetch_all)
                .into_iter()
                .map(Row::Sqlite)
                .collect(),
            Db::Postgres(pool) => run!(sql, params, pool, fetch_all)
                .into_iter()
                .map(Row::Postgres)
                .collect(),
        })
    }

    /// The first row of a query, if there is one.
    pub async fn row(&self, sql: &str, params: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// Begins a transaction that writes. On SQLite it holds the one writing connection.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Db::Sqlite { write, .. } => Tx::sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Tx::postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that only reads, all of it as of one moment: of its first statement on SQLite
    /// and PostgreSQL alike. Writers are not held up; what they leave behind is kept until it ends.
    pub async fn snapshot(&self) -> Result<Tx> {
        const POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(match self {
            Db::Sqlite { read, .. } => Tx::sqlite(read.begin().await?),
            Db::Postgres(pool) => Tx::postgres(pool.begin_with(POSTGRES).await?),
        })
    }

    /// Runs one writing statement in a transaction of its own; returns how many rows it touched.
    pub async fn execute(&self, sql: &str, params: Vec<Value>) -> Result<u64> {
        let mut tx = self.begin().await?;
        let touched = tx.execute(sql, params).await?;
        tx.commit().await?;
        Ok(touched)
    }

    /// Closes the connections; on SQLite this folds the write-ahead log into the file.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

const SQLITE_REMEDY: &str = "the journal needs a file on a local disk, where SQLite can keep a \
     write-ahead log (journal_mode = wal, synchronous = 2)";

const POSTGRES_REMEDY: &str = "set it to on in postgresql.conf, and for the role, the database and \
     the address that the server connects with";

fn expect(setting: &'static str, found: String, needed: &str, remedy: &'static str) -> Result<()> {
    if found == needed {
        Ok(())
    } else {
        Err(JournalError::Unsafe {
            setting,
            found,
            remedy,
        })
    }
}
