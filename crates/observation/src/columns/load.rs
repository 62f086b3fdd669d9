//! Rows from the tables: all that stand when a process starts, or those of a few indicators as they were known.

use std::collections::BTreeSet;

use access::{AsKnown, Scope};
use catalogue::Id;
use journal::{Db, FileHash, JournalError, Seq, params};

use super::rows::{NewRow, Rows, row_number};
use crate::conditions::Conditions;
use crate::projection::read_hash;
use crate::state::StoredStage;
use crate::{BatchId, SeriesKey};

/// Rows read at a time: what is held meanwhile is bounded.
const PAGE: i64 = 20_000;

const COLUMNS: &str = "o.id, o.seq, o.row_no, o.indicator, o.area_key, o.period, o.value, o.numerator, \
     o.denominator, o.stage, o.vintage, o.organisation, o.audience";

/// Everything that stood after an entry.
pub(super) async fn everything(db: &Db, as_known: &AsKnown) -> Result<Rows, JournalError> {
    let scope = Scope::system();
    rows(db, || Conditions::seen(&scope, as_known)).await
}

/// What a reader sees of some indicators as they were known.
pub(super) async fn of_indicators(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    indicators: &BTreeSet<Id>,
) -> Result<Rows, JournalError> {
    rows(db, || {
        let mut all = Conditions::seen(scope, as_known);
        let named: Vec<String> = indicators.iter().map(|id| all.value(id.as_str())).collect();
        // Nothing asked for is nothing found.
        let list = if named.is_empty() {
            "NULL".to_owned()
        } else {
            named.join(", ")
        };
        all.sql.push(format!("o.indicator IN ({list})"));
        all
    })
    .await
}

/// Rows page by page, in the order in which they were recorded.
async fn rows(db: &Db, conditions: impl Fn() -> Conditions) -> Result<Rows, JournalError> {
    let mut rows = Rows::default();
    let (mut seq, mut number) = (Seq::MIN, -1_i64);
    loop {
        let mut all = conditions();
        let (from, row) = (all.value(seq), all.value(number));
        let sql = format!(
            "SELECT {COLUMNS} FROM observation o WHERE {} AND (o.seq, o.row_no) > ({from}, {row}) \
             ORDER BY o.seq, o.row_no LIMIT {PAGE}",
            all.text()
        );
        let page = db.rows(&sql, all.params).await?;
        for row in &page {
            (seq, number) = (row.int("seq")?, row.int("row_no")?);
            let key = SeriesKey::new(row.parse("indicator")?, row.parse("area_key")?);
            rows.add(&NewRow {
                key: &key,
                id: row.parse("id")?,
                seq,
                row: row_number(number),
                period: row.parse("period")?,
                value: row.parse("value")?,
                parts: (row.opt_parse("numerator")?, row.opt_parse("denominator")?),
                vintage: row.parse("vintage")?,
                stage: row.parse::<StoredStage>("stage")?.0,
                audience: row.parse("audience")?,
                organisation: &row.parse("organisation")?,
            });
        }
        if i64::try_from(page.len()).is_ok_and(|read| read < PAGE) {
            return Ok(rows);
        }
    }
}

/// The entry that accepted a batch, and the hash of its content.
pub(super) async fn batch(
    db: &Db,
    batch: BatchId,
) -> Result<Option<(Seq, FileHash)>, JournalError> {
    let sql = "SELECT seq, content FROM observation_batch WHERE id = $1 ORDER BY seq DESC LIMIT 1";
    let row = db.row(sql, params![batch.0]).await?;
    row.map(|row| Ok((row.int("seq")?, read_hash(&row, "content")?)))
        .transpose()
}
