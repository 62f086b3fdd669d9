//! Reads of batches.

use access::{AsKnown, Listed, OrgId, Page, Refusal, Scope};
use journal::{ActorId, Db, FileHash, JournalError, Row, Seq};

use crate::conditions::Conditions;
use crate::projection::read_hash;
use crate::read::count;
use crate::{BatchEnd, BatchId, EvidenceFile, ImportId};

/// A batch as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchInfo {
    /// Its identity.
    pub batch: BatchId,
    /// Number of the entry that accepted it.
    pub seq: Seq,
    /// How many values.
    pub count: u64,
    /// Hash of its canonical file.
    pub content: FileHash,
    /// Where the values were read.
    pub source: String,
    /// The agency that reports them.
    pub organisation: OrgId,
    /// The file they were imported from, and papers.
    pub evidence: Vec<EvidenceFile>,
    /// What a reader must know.
    pub note: Option<String>,
    /// How many doubts were set aside.
    pub doubts: u64,
    /// How many faulty rows of the file were left out.
    pub left_out: u64,
    /// The import it is a part of.
    pub import: Option<ImportId>,
    /// Who accepted it.
    pub actor: ActorId,
    /// Microseconds since 1970 in UTC: when it was accepted.
    pub recorded_at: i64,
    /// Whether it was handed in to be confirmed.
    pub to_confirm: bool,
    /// Number of the entry that confirmed it.
    pub confirmed: Option<Seq>,
    /// Number of the entry after which it stood no longer, and how that came.
    pub ended: Option<(Seq, BatchEnd)>,
    /// Why it was taken back or returned.
    pub reason: Option<String>,
}

impl BatchInfo {
    /// Whether it waits to be confirmed or returned.
    pub fn waits(&self) -> bool {
        self.to_confirm && self.confirmed.is_none() && self.ended.is_none()
    }
}

const COLUMNS: &str = "o.id, o.seq, o.rows_accepted, o.content, o.source, o.organisation, \
     o.evidence, o.note, o.doubts, o.left_out, o.import, o.actor, o.recorded_at, o.to_confirm, \
     o.confirmed, o.returned, o.reason, o.known_to";

/// Reads a row; what happened after entry `until` is not known yet.
fn read_batch(row: &Row, until: Seq) -> Result<BatchInfo, JournalError> {
    let number = |column| Ok::<_, JournalError>(u64::try_from(row.int(column)?).unwrap_or(0));
    let known = |column| Ok::<_, JournalError>(row.opt_int(column)?.filter(|seq| *seq <= until));
    let end = match row.flag("returned")? {
        true => BatchEnd::Returned,
        false => BatchEnd::Undone,
    };
    let ended = known("known_to")?.map(|seq| (seq, end));
    Ok(BatchInfo {
        batch: row.parse("id")?,
        seq: row.int("seq")?,
        count: number("rows_accepted")?,
        content: read_hash(row, "content")?,
        source: row.text("source")?,
        organisation: row.parse("organisation")?,
        evidence: row.json("evidence")?,
        note: row.opt_text("note")?,
        doubts: number("doubts")?,
        left_out: number("left_out")?,
        import: row.opt_parse("import")?,
        actor: row.parse("actor")?,
        recorded_at: row.int("recorded_at")?,
        to_confirm: row.flag("to_confirm")?,
        confirmed: known("confirmed")?,
        reason: row.opt_text("reason")?.filter(|_| ended.is_some()),
        ended,
    })
}

/// Which batches a list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchFilter {
    /// Reported by this agency.
    pub organisation: Option<OrgId>,
    /// Of this import.
    pub import: Option<ImportId>,
    /// Those that wait to be confirmed, and no others.
    pub waiting: bool,
    /// Also those that stand no longer.
    pub ended_too: bool,
}

/// Batches within a filter, the last first. Without [`BatchFilter::ended_too`] those that stood then.
///
/// # Errors
/// The store.
pub async fn batches(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    filter: &BatchFilter,
    page: Page,
) -> Result<Listed<BatchInfo>, Refusal> {
    let until = as_known.seq.unwrap_or(Seq::MAX);
    let mut all = match filter.ended_too {
        false => Conditions::seen(scope, as_known),
        true => Conditions::visible(scope),
    };
    if filter.ended_too {
        let bound = all.value(until);
        all.sql.push(format!("o.known_from <= {bound}"));
    }
    if let Some(organisation) = &filter.organisation {
        all.equals("organisation", organisation.0.as_str());
    }
    if let Some(import) = filter.import {
        all.equals("import", import.0);
    }
    if filter.waiting {
        let bound = all.value(until);
        all.sql.push(format!(
            "o.to_confirm = 1 AND (o.confirmed IS NULL OR o.confirmed > {bound})"
        ));
    }
    let total = count(db, "COUNT(*)", "observation_batch", &all).await?;
    let part = page.sql(all.next());
    let sql = format!(
        "SELECT {COLUMNS} FROM observation_batch o WHERE {} ORDER BY o.seq DESC {}",
        all.text(),
        part.sql
    );
    all.params.extend(part.params);
    let rows = db.rows(&sql, all.params).await?;
    let read = rows.iter().map(|row| read_batch(row, until));
    let rows = read.collect::<Result<_, _>>()?;
    Ok(Listed { rows, total })
}

/// One batch as it stood then, or as it last stood.
///
/// # Errors
/// [`Refusal::NotFound`] when it was not known then or the reader does not see it; the store.
pub async fn batch(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    id: BatchId,
) -> Result<BatchInfo, Refusal> {
    let found = batch_of(db, scope, as_known, id).await?;
    found.ok_or(Refusal::NotFound)
}

pub(crate) async fn batch_of(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    id: BatchId,
) -> Result<Option<BatchInfo>, JournalError> {
    let until = as_known.seq.unwrap_or(Seq::MAX);
    let mut all = Conditions::visible(scope);
    all.equals("id", id.0);
    let bound = all.value(until);
    let sql = format!(
        "SELECT {COLUMNS} FROM observation_batch o WHERE {} AND o.known_from <= {bound}",
        all.text()
    );
    let row = db.row(&sql, all.params).await?;
    row.map(|row| read_batch(&row, until)).transpose()
}
