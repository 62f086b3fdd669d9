//! Many rows into PostgreSQL by its COPY: one statement, no parameters to number and to plan.
//!
//! The one place where the engines do not run the same text. A statement of several rows costs PostgreSQL a
//! message, a bound parameter and a type look-up for every value; COPY takes the rows as they stand. SQLite
//! has nothing like it and needs nothing like it: it is in this process.

use sqlx::PgConnection;

use crate::{JournalError, Value};

/// What begins a stream of rows in PostgreSQL's binary form: its signature, no flags, no extension.
const BEGIN: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What ends it.
const END: [u8; 2] = (-1_i16).to_be_bytes();
/// The length that stands for NULL.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// Bytes sent at a time.
const PIECE: usize = 256 << 10;

/// Inserts rows; `insert` is the text of an insert up to and without `VALUES`, which names the columns.
pub(crate) async fn copy(
    connection: &mut PgConnection,
    insert: &str,
    rows: impl Iterator<Item = Vec<Value>>,
) -> Result<u64, JournalError> {
    let target = insert.trim_start().strip_prefix("INSERT INTO ");
    let target =
        target.ok_or_else(|| JournalError::Invariant(format!("{insert} inserts nothing")))?;
    let statement = format!("COPY {target} FROM STDIN (FORMAT BINARY)");
    let mut into = connection.copy_in_raw(&statement).await?;
    let mut piece = Vec::with_capacity(PIECE + (PIECE >> 2));
    piece.extend_from_slice(BEGIN);
    for row in rows {
        put(&mut piece, &row)?;
        if piece.len() >= PIECE {
            into.send(piece.as_slice()).await?;
            piece.clear();
        }
    }
    piece.extend_from_slice(&END);
    into.send(piece.as_slice()).await?;
    Ok(into.finish().await?)
}

fn put(out: &mut Vec<u8>, row: &[Value]) -> Result<(), JournalError> {
    let width = i16::try_from(row.len());
    out.extend_from_slice(&width.map_err(|_| too_long(row.len()))?.to_be_bytes());
    for value in row {
        let bytes = match value {
            Value::Int(Some(number)) => {
                field(out, &number.to_be_bytes())?;
                continue;
            }
            Value::Text(Some(text)) => text.as_bytes(),
            Value::Bytes(Some(bytes)) => bytes,
            Value::Int(None) | Value::Text(None) | Value::Bytes(None) => {
                out.extend_from_slice(&NULL);
                continue;
            }
        };
        field(out, bytes)?;
    }
    Ok(())
}

fn field(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), JournalError> {
    let length = i32::try_from(bytes.len()).map_err(|_| too_long(bytes.len()))?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

fn too_long(found: usize) -> JournalError {
    JournalError::Invariant(format!("{found} is more than a row of PostgreSQL takes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params;

    #[test]
    fn a_row_is_its_width_and_each_value_behind_its_length() {
        let mut out = Vec::new();
        let row: Vec<Value> = params![7_i64, "mật", None::<i64>, vec![0_u8, 255]];
        put(&mut out, &row).expect("a row");
        let expected: &[&[u8]] = &[
            &[0, 4],
            &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7],
            &[0, 0, 0, 5],
            "mật".as_bytes(),
            &[255, 255, 255, 255],
            &[0, 0, 0, 2, 0, 255],
        ];
        assert_eq!(out, expected.concat());
    }
}
