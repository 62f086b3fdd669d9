//! Tables outside the journal that must survive, as lines of JSON.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::disk::at;
use super::segment::{Lines, ReadLines};
use super::{BackupError, Folder, OutsidePart};
use crate::files::hex;
use crate::{JournalError, Tx, Value, params};

/// A table outside the journal that must survive.
#[derive(Debug, Clone, Copy)]
pub struct Outside {
    /// Its name.
    pub table: &'static str,
    /// Its primary key, by which its rows are ordered.
    pub key: &'static str,
    /// `CREATE TABLE IF NOT EXISTS …` when the steps of the journal do not make it; `{bytes}` stands for
    /// the engine's byte type.
    pub create: &'static [&'static str],
    /// What to do to the rows once they are restored.
    pub after: &'static [&'static str],
}

impl Outside {
    /// Personal values with their salts: without them every name reads "erased".
    pub const VAULT: Outside = Outside {
        table: "vault",
        key: "person, field",
        create: &[],
        after: &[],
    };

    /// Jobs: what was asked for and is not done yet must still be done, and what failed must still be
    /// seen. Whoever ran one at the time of the backup is not there any more.
    pub const JOBS: Outside = Outside {
        table: "job",
        key: "id",
        create: &[],
        after: &[
            "UPDATE job SET state = 'queued', lease_owner = NULL, lease_until = 0 WHERE state = 'running'",
        ],
    };

    /// Messages: what was not delivered yet must still reach whom it was meant for. One that went out after
    /// the backup goes out again, under the same id.
    pub const OUTBOX: Outside = Outside {
        table: "outbox",
        key: "id",
        create: &[],
        after: &[],
    };

    /// Heads of the days: which of them were sent out, so that none is sent twice and none left out.
    pub const DAILY_HEADS: Outside = Outside {
        table: "daily_head",
        key: "day",
        create: &[],
        after: &[],
    };

    /// Writes all rows to a file of their own.
    pub(super) async fn dump(
        &self,
        tx: &mut Tx,
        folder: &Folder,
        plain: bool,
    ) -> Result<OutsidePart, BackupError> {
        let place = folder.secret();
        let mut lines = Lines::create_in(&place, plain)?;
        let mut rows = 0;
        let sql = format!("SELECT * FROM {} ORDER BY {}", self.table, self.key);
        tx.each(&sql, vec![], |row| {
            let line = json_of(row.values()?);
            lines
                .push(line.to_string().as_bytes())
                .map_err(at(&place))?;
            rows += 1;
            Ok::<_, BackupError>(ControlFlow::Continue(()))
        })
        .await?;
        let (file, sum) = lines.finish(&place, self.table)?;
        Ok(OutsidePart {
            table: self.table.to_owned(),
            file,
            sha256: sum.sha256,
            bytes: sum.bytes,
            rows,
        })
    }

    /// Reads all rows back into the table, which is empty.
    pub(super) async fn load(&self, tx: &mut Tx, path: &Path) -> Result<(), BackupError> {
        let mut lines = ReadLines::open(path)?;
        let mut line = Vec::new();
        while lines.next(&mut line)? {
            let fields = fields_of(&line).map_err(|what| BackupError::damaged(path, what))?;
            // Absent fields are empty ones: a NULL would have to be told its type.
            let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
            let insert = format!("INSERT INTO {} ({})", self.table, names.join(", "));
            tx.insert_many(&insert, values.len(), [values]).await?;
        }
        for statement in self.after {
            tx.execute(statement, vec![]).await?;
        }
        Ok(())
    }

    /// Whether the table has no rows.
    pub(super) async fn is_empty(&self, tx: &mut Tx) -> Result<bool, JournalError> {
        let sql = format!("SELECT 1 AS one FROM {} LIMIT 1", self.table);
        Ok(tx.row(&sql, params![]).await?.is_none())
    }
}

/// A row as JSON: bytes as `{"hex": "…"}`, what is NULL left out.
fn json_of(values: Vec<(String, Value)>) -> Json {
    let fields: Map<String, Json> = values
        .into_iter()
        .filter_map(|(name, value)| {
            let json = match value {
                Value::Int(n) => json!(n?),
                Value::Text(text) => json!(text?),
                Value::Bytes(bytes) => json!({ "hex": hex(&bytes?) }),
            };
            Some((name, json))
        })
        .collect();
    Json::Object(fields)
}

fn fields_of(line: &[u8]) -> Result<Vec<(String, Value)>, String> {
    let fields: Map<String, Json> =
        serde_json::from_slice(line).map_err(|error| error.to_string())?;
    fields
        .into_iter()
        .map(|(name, json)| {
            // Names go into a statement as they are.
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            if name.is_empty() || !name.bytes().all(plain) {
                return Err(format!("{name:?} is no column"));
            }
            let value = match &json {
                Json::Number(n) => n.as_i64().map(Value::from),
                Json::String(text) => Some(text.as_str().into()),
                Json::Object(wrapped) => wrapped
                    .get("hex")
                    .and_then(|digits| bytes_of(digits.as_str()?))
                    .map(Value::from),
                _ => None,
            };
            let value = value.ok_or_else(|| format!("column {name} holds {json}"))?;
            Ok((name, value))
        })
        .collect()
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [a, b] => {
                let value = |digit: u8| char::from(digit).to_digit(16);
                u8::try_from(value(*a)? * 16 + value(*b)?).ok()
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::from),
        ]
    }

    proptest! {
        #[test]
        fn a_row_comes_back_from_its_line(
            row in prop::collection::btree_map("[a-z_][a-z0-9_]{0,8}", value(), 0..6)
        ) {
            let row: Vec<_> = row.into_iter().collect();
            let line = json_of(row.clone()).to_string();
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(fields_of(line.as_bytes()).unwrap(), row);
        }
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for line in [
            "",
            "[]",
            "{\"a\":1.5}",
            "{\"a\":true}",
            "{\"a\":{\"hex\":\"abc\"}}",
            "{\"a\":{\"hex\":\"zz\"}}",
            "{\"a\":{}}",
            "{\"a;DROP TABLE vault\":1}",
            "{\"\":1}",
        ] {
            assert!(fields_of(line.as_bytes()).is_err(), "{line}");
        }
    }
}
