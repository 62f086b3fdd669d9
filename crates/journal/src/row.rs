//! What goes into a statement and comes out of it, the same on both engines.

use std::str::FromStr;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use crate::JournalError;

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
