//! One way to speak to two engines: the same SQL text, the same parameter and row types.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Postgres, Row as _, Sqlite, Transaction,
    TypeInfo as _, ValueRef as _,
};

use crate::JournalError;
use crate::shadow::Shadow;

type Result<T> = std::result::Result<T, JournalError>;

/// A parameter of a statement. There are three kinds of column: whole numbers (also moments in
/// microseconds and yes/no as 1/0), text (also dates, decimals and identifiers) and bytes.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// BIGINT, or NULL.
    Int(Option<i64>),
    /// TEXT, or NULL.
    Text(Option<String>),
    /// BLOB / BYTEA, or NULL.
    Bytes(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($type:ty => |$v:ident| $value:expr;)*) => {
        $(impl From<$type> for Value { fn from($v: $type) -> Self { $value } })*
    };
}
value_from! {
    i64 => |v| Value::Int(Some(v));
    i32 => |v| Value::Int(Some(v.into()));
    u32 => |v| Value::Int(Some(v.into()));
    bool => |v| Value::Int(Some(v.into()));
    Option<i64> => |v| Value::Int(v);
    Option<u32> => |v| Value::Int(v.map(i64::from));
    String => |v| Value::Text(Some(v));
    &String => |v| Value::Text(Some(v.clone()));
    &str => |v| Value::Text(Some(v.to_owned()));
    Option<String> => |v| Value::Text(v);
    Option<&str> => |v| Value::Text(v.map(str::to_owned));
    Vec<u8> => |v| Value::Bytes(Some(v));
    &[u8] => |v| Value::Bytes(Some(v.to_vec()));
    jiff::civil::Date => |v| Value::Text(Some(v.to_string()));
    Option<jiff::civil::Date> => |v| Value::Text(v.map(|d| d.to_string()));
    uuid::Uuid => |v| Value::Text(Some(v.to_string()));
    Option<uuid::Uuid> => |v| Value::Text(v.map(|u| u.to_string()));
}

/// One row of an answer.
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

macro_rules! getters {
    ($($type:ty => $(#[$doc:meta])* $name:ident, $(#[$opt_doc:meta])* $opt_name:ident;)*) => {
        impl Row {
            $($(#[$doc])*
            pub fn $name(&self, column: &str) -> Result<$type> {
                // SQLite hands out 0 or "" for NULL when asked for a plain value.
                self.$opt_name(column)?.ok_or_else(|| unexpected_null(column))
            }

            $(#[$opt_doc])*
            pub fn $opt_name(&self, column: &str) -> Result<Option<$type>> {
                Ok(match self {
                    Row::Sqlite(row) => row.try_get(column)?,
                    Row::Postgres(row) => row.try_get(column)?,
                })
            })*
        }
    };
}
getters! {
    i64 =>
    /// A whole number; an error when the column is NULL or of another type.
    int,
    /// A whole number or nothing.
    opt_int;
    String =>
    /// Text; an error when the column is NULL or of another type.
    text,
    /// Text or nothing.
    opt_text;
    Vec<u8> =>
    /// Bytes; an error when the column is NULL or of another type.
    bytes,
    /// Bytes or nothing.
    opt_bytes;
}

/// All columns of a row, each by the type its value has.
macro_rules! every_value {
    ($row:expr) => {
        $row.columns()
            .iter()
            .map(|column| {
                let (at, name) = (column.ordinal(), column.name().to_owned());
                let raw = $row.try_get_raw(at)?;
                let kind = raw.type_info().name().to_owned();
                let value = match kind.as_str() {
                    _ if raw.is_null() => Value::Text(None),
                    "INTEGER" | "INT8" => Value::Int($row.try_get(at)?),
                    "TEXT" => Value::Text($row.try_get(at)?),
                    "BLOB" | "BYTEA" => Value::Bytes($row.try_get(at)?),
                    _ => {
                        let what = format!("column {name} holds {kind}, which nothing here writes");
                        return Err(JournalError::Invariant(what));
                    }
                };
                Ok((name, value))
            })
            .collect()
    };
}

fn unexpected_null(column: &str) -> JournalError {
    JournalError::Database(sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(sqlx::error::UnexpectedNullError),
    })
}

impl Row {
    /// Yes or no, stored as 1 or 0.
    pub fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// Text that is parsed into a type of its own; the fault names the column.
    pub fn parse<T>(&self, column: &str) -> Result<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        parse_text(column, &self.text(column)?)
    }

    /// Text that is parsed into a type of its own, or nothing.
    pub fn opt_parse<T>(&self, column: &str) -> Result<Option<T>>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.opt_text(column)?
            .map(|text| parse_text(column, &text))
            .transpose()
    }

    /// Every column with its name, whatever they are.
    pub fn values(&self) -> Result<Vec<(String, Value)>> {
        match self {
            Row::Sqlite(row) => every_value!(row),
            Row::Postgres(row) => every_value!(row),
        }
    }

    /// JSON text read as a type.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(JournalError::decode(column))
    }
}

fn parse_text<T>(column: &str, text: &str) -> Result<T>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|e: T::Err| {
        JournalError::Invariant(format!("column {column} holds {text:?}: {e}"))
    })
}

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

/// Binds the parameters to a statement of whichever engine it is.
macro_rules! bind {
    ($sql:expr, $params:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql));
        for value in $params {
            query = match value {
                Value::Int(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
            };
        }
        query
    }};
}

/// Binds the parameters and runs `$query.$call` on the executor of whichever engine it is.
macro_rules! run {
    ($sql:expr, $params:expr, $executor:expr, $call:ident) => {
        bind!($sql, $params).$call($executor).await?
    };
}

/// How SQLite writes `FULL`: every commit is on the disk before it is acknowledged.
const SYNCHRONOUS_FULL: &str = "2";

/// Rows of one inserting statement: few different texts, so that each is prepared once per connection.
/// Both engines allow 32,766 parameters a statement; past a few hundred rows nothing is gained.
const GROUPS: [usize; 4] = [200, 20, 4, 1];

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

/// A transaction of one engine, and what it calls tables by.
pub struct Held<D: sqlx::Database> {
    transaction: Transaction<'static, D>,
    shadow: Option<Arc<Shadow>>,
}

impl<D: sqlx::Database> Held<D> {
    fn text<'s>(&self, sql: &'s str) -> Cow<'s, str> {
        match &self.shadow {
            None => Cow::Borrowed(sql),
            Some(shadow) => Cow::Owned(shadow.rewrite(sql)),
        }
    }
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub enum Tx {
    /// On one of SQLite's connections.
    Sqlite(Held<Sqlite>),
    /// On a connection of PostgreSQL's pool.
    Postgres(Held<Postgres>),
}

impl Tx {
    fn sqlite(transaction: Transaction<'static, Sqlite>) -> Self {
        let shadow = None;
        Tx::Sqlite(Held {
            transaction,
            shadow,
        })
    }

    fn postgres(transaction: Transaction<'static, Postgres>) -> Self {
        let shadow = None;
        Tx::Postgres(Held {
            transaction,
            shadow,
        })
    }

    /// From now on statements that name a table of the shadow mean the one beside it; none: as written.
    pub(crate) fn mean(&mut self, names: Option<Arc<Shadow>>) {
        match self {
            Tx::Sqlite(held) => held.shadow = names,
            Tx::Postgres(held) => held.shadow = names,
        }
    }

    /// A query that sees what this transaction wrote.
    pub async fn rows(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>> {
        Ok(match self {
            Tx::Sqlite(tx) => run!(&*tx.text(sql), params, &mut *tx.transaction, fetch_all)
                .into_iter()
                .map(Row::Sqlite)
                .collect(),
            Tx::Postgres(tx) => run!(&*tx.text(sql), params, &mut *tx.transaction, fetch_all)
                .into_iter()
                .map(Row::Postgres)
                .collect(),
        })
    }

    /// The first row of a query, if there is one.
    pub async fn row(&mut self, sql: &str, params: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// Hands out the rows of a query one after the other, until there are no more or `take` breaks off:
    /// the longest row bounds the memory, however many there are.
    pub async fn each<E: From<JournalError>>(
        &mut self,
        sql: &str,
        params: Vec<Value>,
        mut take: impl FnMut(Row) -> std::result::Result<ControlFlow<()>, E> + Send,
    ) -> std::result::Result<(), E> {
        let fault = |error: sqlx::Error| E::from(JournalError::from(error));
        match self {
            Tx::Sqlite(tx) => {
                let sql = tx.text(sql);
                let mut rows = bind!(&*sql, params).fetch(&mut *tx.transaction);
                while let Some(row) = rows.try_next().await.map_err(fault)? {
                    if take(Row::Sqlite(row))?.is_break() {
                        break;
                    }
                }
            }
            Tx::Postgres(tx) => {
                let sql = tx.text(sql);
                let mut rows = bind!(&*sql, params).fetch(&mut *tx.transaction);
                while let Some(row) = rows.try_next().await.map_err(fault)? {
                    if take(Row::Postgres(row))?.is_break() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// A statement that writes; returns how many rows it touched.
    pub async fn execute(&mut self, sql: &str, params: Vec<Value>) -> Result<u64> {
        Ok(match self {
            Tx::Sqlite(tx) => {
                run!(&*tx.text(sql), params, &mut *tx.transaction, execute).rows_affected()
            }
            Tx::Postgres(tx) => {
                run!(&*tx.text(sql), params, &mut *tx.transaction, execute).rows_affected()
            }
        })
    }

    /// Inserts many rows by statements of several rows each: `insert` is the text up to and without
    /// `VALUES`, every row has `width` parameters.
    pub async fn insert_many(
        &mut self,
        insert: &str,
        width: usize,
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Result<u64> {
        let mut touched = 0;
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut chunk: Vec<Vec<Value>> = rows.by_ref().take(GROUPS[0]).collect();
            for group in GROUPS {
                while chunk.len() >= group {
                    let values: Vec<String> = (0..group)
                        .map(|i| format!("({})", crate::placeholders(i * width + 1, width)))
                        .collect();
                    let sql = format!("{insert} VALUES {}", values.join(", "));
                    let params = chunk.drain(..group).flatten().collect();
                    touched += self.execute(&sql, params).await?;
                }
            }
        }
        Ok(touched)
    }

    /// Makes what was written permanent.
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.transaction.commit().await?,
            Tx::Postgres(tx) => tx.transaction.commit().await?,
        }
        Ok(())
    }

    /// Which engine this transaction runs on.
    pub fn engine(&self) -> Engine {
        match self {
            Tx::Sqlite(_) => Engine::Sqlite,
            Tx::Postgres(_) => Engine::Postgres,
        }
    }
}
