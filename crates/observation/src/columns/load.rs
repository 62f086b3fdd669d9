//! Rows from the tables: all that stand when a process starts, or those of a few indicators as they were known.

use std::collections::BTreeSet;

use access::{AsKnown, Scope};
use catalogue::Id;
use journal::{Db, FileHash, JournalError, Row, Seq, params};

use super::rows::{NewRow, Rows, row_number};
use crate::conditions::Conditions;
use crate::projection::read_hash;
use crate::state::StoredStage;
use crate::{BatchId, SeriesKey};

/// Rows read at a time: what is held meanwhile is bounded.
const PAGE: usize = 20_000;

const COLUMNS: &str = "o.id, o.seq, o.row_no, o.indicator, o.area_key, o.period, o.value, o.numerator, \
     o.denominator, o.stage, o.vintage, o.organisation, o.audience";

/// Everything that stood after an entry, read page by page in the order in which it was recorded.
pub(super) async fn everything(db: &Db, as_known: &AsKnown) -> Result<Rows, JournalError> {
    let scope = Scope::system();
    let mut rows = Rows::default();
    let (mut seq, mut number) = (Seq::MIN, -1_i64);
    loop {
        let mut all = Conditions::seen(&scope, as_known);
        all.whole();
        let (from, row) = (all.value(seq), all.value(number));
        let sql = format!(
            "SELECT {COLUMNS} FROM observation o WHERE {} AND (o.seq, o.row_no) > ({from}, {row}) \
             ORDER BY o.seq, o.row_no LIMIT {PAGE}",
            all.text()
        );
        let page = db.rows(&sql, all.params).await?;
        for row in &page {
            add(&mut rows, row)?;
        }
        match page.last() {
            Some(last) if page.len() == PAGE => {
                (seq, number) = (last.int("seq")?, last.int("row_no")?);
            }
            _ => return Ok(rows),
        }
    }
}

/// What a reader sees of some indicators as they were known. Not in the order of entries: the index of series leads to
/// them, the one of entries past everything else.
pub(super) async fn of_indicators(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    indicators: &BTreeSet<Id>,
) -> Result<Rows, JournalError> {
    let mut rows = Rows::default();
    for indicator in indicators {
        let mut all = Conditions::seen(scope, as_known);
        all.whole();
        all.equals("indicator", indicator.as_str());
        let sql = format!("SELECT {COLUMNS} FROM observation o WHERE {}", all.text());
        for row in &db.rows(&sql, all.params).await? {
            add(&mut rows, row)?;
        }
    }
    Ok(rows)
}

fn add(rows: &mut Rows, row: &Row) -> Result<(), JournalError> {
    let key = SeriesKey::new(row.parse("indicator")?, row.parse("area_key")?);
    rows.add(&NewRow {
        key: &key,
        id: row.parse("id")?,
        seq: row.int("seq")?,
        row: row_number(row.int("row_no")?),
        period: row.parse("period")?,
        value: row.parse("value")?,
        parts: (row.opt_parse("numerator")?, row.opt_parse("denominator")?),
        vintage: row.parse("vintage")?,
        stage: row.parse::<StoredStage>("stage")?.0,
        audience: row.parse("audience")?,
        organisation: &row.parse("organisation")?,
    });
    Ok(())
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
