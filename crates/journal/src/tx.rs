//! A transaction on either engine.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};

use crate::copy::copy;
use crate::shadow::Shadow;
use crate::{Engine, JournalError, Row, Value};

type Result<T> = std::result::Result<T, JournalError>;

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
pub(crate) use {bind, run};

/// Rows of one inserting statement: few different texts, so that each is prepared once per connection.
/// Both engines allow 32,766 parameters a statement; past a few hundred rows nothing is gained.
const GROUPS: [usize; 4] = [200, 20, 4, 1];

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
    pub(crate) fn sqlite(transaction: Transaction<'static, Sqlite>) -> Self {
        let shadow = None;
        Tx::Sqlite(Held {
            transaction,
            shadow,
        })
    }

    pub(crate) fn postgres(transaction: Transaction<'static, Postgres>) -> Self {
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

    /// Inserts many rows: `insert` is the text up to and without `VALUES`, every row has `width` parameters.
    ///
    /// By statements of several rows each on both engines, but for what is longer than one statement takes on
    /// PostgreSQL: see `copy.rs`.
    pub async fn insert_many(
        &mut self,
        insert: &str,
        width: usize,
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Result<u64> {
        let mut rows = rows.into_iter();
        let first: Vec<Vec<Value>> = rows.by_ref().take(GROUPS[0]).collect();
        let is_long = first.len() == GROUPS[0];
        let mut rows = first.into_iter().chain(rows);
        match self {
            Tx::Postgres(held) if is_long => {
                let insert = held.text(insert).into_owned();
                copy(&mut held.transaction, &insert, rows).await
            }
            Tx::Postgres(_) | Tx::Sqlite(_) => self.insert_groups(insert, width, &mut rows).await,
        }
    }

    async fn insert_groups(
        &mut self,
        insert: &str,
        width: usize,
        rows: &mut impl Iterator<Item = Vec<Value>>,
    ) -> Result<u64> {
        let mut touched = 0;
        loop {
            let mut chunk: Vec<Vec<Value>> = rows.by_ref().take(GROUPS[0]).collect();
            if chunk.is_empty() {
                return Ok(touched);
            }
            for group in GROUPS {
                while chunk.len() >= group {
                    let values: Vec<String> = (0..group)
                        .map(|i| format!("({})", self.places(i * width + 1, width)))
                        .collect();
                    let sql = format!("{insert} VALUES {}", values.join(", "));
                    let params = chunk.drain(..group).flatten().collect();
                    touched += self.execute(&sql, params).await?;
                }
            }
        }
    }

    /// Places of parameters that are given in order. To SQLite `$1` is a name, and it looks names up one after
    /// the other: thousands of them in a statement take longer than the rows they stand for.
    fn places(&self, first: usize, count: usize) -> String {
        match self.engine() {
            Engine::Sqlite => vec!["?"; count].join(", "),
            Engine::Postgres => crate::placeholders(first, count),
        }
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
