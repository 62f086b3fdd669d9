//! How many observations stand, by indicator, agency, stage and audience: kept as they come and go.

use std::collections::BTreeMap;

use journal::{JournalError, Tx, Value, params};

use crate::Observation;

/// Observations that are being inserted, counted.
#[derive(Default)]
pub(crate) struct Counts(BTreeMap<[String; 4], i64>);

impl Counts {
    pub(crate) fn add(&mut self, o: &Observation) {
        let key = [
            o.key.indicator.as_str(),
            o.organisation.0.as_str(),
            o.figure.stage.word(),
            o.audience.as_str(),
        ];
        *self.0.entry(key.map(str::to_owned)).or_default() += 1;
    }

    pub(crate) async fn write(self, tx: &mut Tx) -> Result<(), JournalError> {
        for (key, count) in self.0 {
            change(tx, &key, count).await?;
        }
        Ok(())
    }
}

/// Adds the rows of a condition, whose `$1` is `value`.
pub(crate) async fn put(tx: &mut Tx, rows: &str, value: &str) -> Result<(), JournalError> {
    move_rows(tx, rows, value, 1).await
}

/// Takes the rows of a condition away, whose `$1` is `value`; before they change.
pub(crate) async fn take(tx: &mut Tx, rows: &str, value: &str) -> Result<(), JournalError> {
    move_rows(tx, rows, value, -1).await
}

async fn move_rows(tx: &mut Tx, rows: &str, value: &str, sign: i64) -> Result<(), JournalError> {
    let sql = format!(
        "SELECT indicator, organisation, stage, audience, COUNT(*) AS n FROM observation \
         WHERE {rows} GROUP BY indicator, organisation, stage, audience"
    );
    for row in tx.rows(&sql, params![value]).await? {
        let key = [
            row.text("indicator")?,
            row.text("organisation")?,
            row.text("stage")?,
            row.text("audience")?,
        ];
        change(tx, &key, sign * row.int("n")?).await?;
    }
    Ok(())
}

async fn change(tx: &mut Tx, key: &[String; 4], by: i64) -> Result<(), JournalError> {
    let mut params: Vec<Value> = key.iter().map(Value::from).collect();
    params.push(by.into());
    tx.execute(
        "INSERT INTO observation_tally (indicator, organisation, stage, audience, n) \
         VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (indicator, organisation, stage, audience) \
         DO UPDATE SET n = observation_tally.n + $5",
        params,
    )
    .await?;
    Ok(())
}
