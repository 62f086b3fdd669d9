//! The tables of observations and batches.

use std::collections::BTreeSet;

use async_trait::async_trait;
use journal::{
    Content, FactFamily, FileHash, Gone, JournalError, Kept, Projection, RecordedFact, Row, Seq,
    StreamId, Tx, Value, params,
};
use rust_decimal::Decimal;
use viet::{Calendar, Period};

use crate::forget;
use crate::state::StoredStage;
use crate::tally;
use crate::{
    BatchAccepted, BatchFact, BatchId, EvidenceFile, Figure, Observation, Recorded, SeriesFact,
    SeriesKey, decode_batch,
};

/// Keeps the tables `observation` and `observation_batch`.
pub struct ObservationProjection;

/// Columns of `observation` in the order of [`insert_values`].
pub(crate) const COLUMNS: &str = "id, seq, row_no, indicator, area_key, breakdown, period, period_kind, \
     period_start, period_end, value, numerator, denominator, stage, vintage, source, source_url, method, note, \
     organisation, definition, evidence, batch, recorded_at, audience, known_from, known_to";

const WIDTH: usize = 27;

#[async_trait]
impl Projection for ObservationProjection {
    fn name(&self) -> &'static str {
        "observation"
    }

    fn version(&self) -> i64 {
        4
    }

    fn tables(&self) -> &'static [&'static str] {
        &["observation", "observation_tally", "observation_batch"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE observation (
                id TEXT NOT NULL, seq BIGINT NOT NULL, row_no BIGINT NOT NULL,
                indicator TEXT NOT NULL, area_key TEXT NOT NULL, breakdown TEXT NOT NULL,
                period TEXT NOT NULL, period_kind TEXT NOT NULL, period_start TEXT NOT NULL, period_end TEXT NOT NULL,
                value TEXT NOT NULL, numerator TEXT, denominator TEXT,
                stage TEXT NOT NULL, vintage TEXT NOT NULL,
                source TEXT NOT NULL, source_url TEXT, method TEXT, note TEXT,
                organisation TEXT NOT NULL, definition TEXT,
                evidence TEXT, batch TEXT, recorded_at BIGINT NOT NULL,
                audience TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT,
                PRIMARY KEY (id, known_from))",
            // No index begins with known_to or audience: almost every row is current and many are
            // public, and a planner without statistics would take such an index before all others.
            "CREATE INDEX observation_series ON observation \
             (indicator, area_key, period_kind, period_end, known_to, breakdown)",
            "CREATE INDEX observation_organisation ON observation (organisation, known_to, seq, row_no)",
            // A batch is taken back by its entry; lists run from the entry recorded last.
            "CREATE INDEX observation_seq ON observation (seq, row_no)",
            // How many stand now: a million rows are not counted for every page.
            "CREATE TABLE observation_tally (
                indicator TEXT NOT NULL, organisation TEXT NOT NULL, stage TEXT NOT NULL,
                audience TEXT NOT NULL, n BIGINT NOT NULL,
                PRIMARY KEY (indicator, organisation, stage, audience))",
            "CREATE TABLE observation_batch (
                id TEXT NOT NULL, seq BIGINT NOT NULL, rows_accepted BIGINT NOT NULL,
                content TEXT NOT NULL, source TEXT NOT NULL, organisation TEXT NOT NULL,
                evidence TEXT NOT NULL, note TEXT, recorded_at BIGINT NOT NULL, actor TEXT NOT NULL,
                doubts BIGINT NOT NULL, left_out BIGINT NOT NULL, import TEXT,
                to_confirm BIGINT NOT NULL, confirmed BIGINT, returned BIGINT NOT NULL, reason TEXT,
                audience TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT,
                PRIMARY KEY (id, known_from))",
            "CREATE INDEX observation_batch_seq ON observation_batch (seq)",
            "CREATE INDEX observation_batch_import ON observation_batch (import)",
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &[SeriesFact::FAMILY, BatchFact::FAMILY]
    }

    fn keeps(&self, fact: &RecordedFact) -> Result<Vec<Kept>, JournalError> {
        let files = |evidence: Vec<EvidenceFile>| evidence.into_iter().map(|e| Kept::File(e.hash));
        if let Some(SeriesFact::Recorded(data)) = SeriesFact::read(fact)? {
            return Ok(files(data.evidence).collect());
        }
        Ok(match BatchFact::read(fact)? {
            Some(BatchFact::Accepted(data)) => {
                let mut kept: Vec<Kept> = files(data.evidence).collect();
                kept.push(Kept::Batch(data.content));
                kept
            }
            _ => Vec::new(),
        })
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        if let Some(typed) = SeriesFact::read(fact)? {
            return apply_series(tx, typed, fact).await;
        }
        match BatchFact::read(fact)? {
            Some(BatchFact::Accepted(data)) => apply_batch(tx, &data, fact).await,
            Some(BatchFact::Undone(data)) => {
                end_batch(tx, data.batch, (false, &data.reason), fact.seq).await
            }
            Some(BatchFact::Returned(data)) => {
                end_batch(tx, data.batch, (true, &data.reason), fact.seq).await
            }
            Some(BatchFact::Confirmed(data)) => {
                let sql = "UPDATE observation_batch SET confirmed = $1 WHERE id = $2";
                tx.execute(sql, params![fact.seq, data.batch.0]).await?;
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn apply_all(&self, tx: &mut Tx, facts: &[RecordedFact]) -> Result<(), JournalError> {
        let mut values = Vec::new();
        for fact in facts {
            if let Some(SeriesFact::Recorded(data)) = SeriesFact::read(fact)? {
                values.push(recorded(*data, fact)?);
                continue;
            }
            // What comes now may be about one of them.
            insert(tx, values.drain(..)).await?;
            self.apply(tx, fact).await?;
        }
        insert(tx, values).await
    }

    fn without(
        &self,
        fact: &RecordedFact,
        gone: &Content,
    ) -> Result<Option<serde_json::Value>, JournalError> {
        forget::without(fact, gone)
    }

    async fn holders(
        &self,
        tx: &mut Tx,
        hashes: &BTreeSet<FileHash>,
    ) -> Result<Vec<(FileHash, StreamId)>, JournalError> {
        forget::holders(tx, hashes).await
    }

    async fn forget(&self, tx: &mut Tx, gone: &Gone<'_>) -> Result<(), JournalError> {
        forget::forget(tx, gone).await
    }
}

fn recorded(data: Recorded, fact: &RecordedFact) -> Result<Observation, JournalError> {
    let key = SeriesKey::of_stream(&fact.stream)
        .ok_or_else(|| JournalError::Invariant(format!("{} names no series", fact.stream)))?;
    Ok(Observation::recorded(key, data, fact))
}

async fn apply_series(
    tx: &mut Tx,
    typed: SeriesFact,
    fact: &RecordedFact,
) -> Result<(), JournalError> {
    match typed {
        SeriesFact::Recorded(data) => insert(tx, [recorded(*data, fact)?]).await,
        SeriesFact::Withdrawn(data) => {
            let id = data.id.to_string();
            tally::take(tx, "known_to IS NULL AND id = $1", &id).await?;
            close(tx, &id, fact.seq).await
        }
        SeriesFact::Published(data) => publish(tx, &data.id.to_string()).await,
    }
}

async fn close(tx: &mut Tx, id: &str, seq: Seq) -> Result<(), JournalError> {
    tx.execute(
        "UPDATE observation SET known_to = $1 WHERE id = $2 AND known_to IS NULL",
        params![seq, id],
    )
    .await?;
    Ok(())
}

/// Permissions are those of today also for what was known before, so every version of the row changes.
async fn publish(tx: &mut Tx, id: &str) -> Result<(), JournalError> {
    let current = "known_to IS NULL AND id = $1";
    tally::take(tx, current, id).await?;
    tx.execute(
        "UPDATE observation SET audience = 'public' WHERE id = $1",
        params![id],
    )
    .await?;
    tally::put(tx, current, id).await
}

async fn apply_batch(
    tx: &mut Tx,
    data: &BatchAccepted,
    fact: &RecordedFact,
) -> Result<(), JournalError> {
    let stored = tx
        .row(
            "SELECT content FROM journal_batch WHERE hash = $1",
            params![data.content.as_str()],
        )
        .await?;
    let stored = stored.ok_or_else(|| {
        JournalError::Invariant(format!("batch {} is missing", data.content.as_str()))
    })?;
    let rows = decode_batch(&data.content, &stored.bytes("content")?)?;
    let observations = (0..)
        .zip(rows)
        .map(|(number, row)| Observation::of_batch(data, number, row, fact));
    insert(tx, observations).await?;
    let evidence = serde_json::to_string(&data.evidence)
        .map_err(JournalError::decode("evidence of a batch"))?;
    tx.execute(
        "INSERT INTO observation_batch (id, seq, rows_accepted, content, source, organisation, \
         evidence, note, recorded_at, actor, doubts, left_out, import, to_confirm, confirmed, \
         returned, reason, audience, known_from, known_to) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, NULL, 0, NULL, \
         'internal', $2, NULL)",
        params![
            data.batch.to_string(),
            fact.seq,
            data.count,
            data.content.as_str(),
            data.source.as_str(),
            data.organisation.0.as_str(),
            evidence,
            data.note.clone(),
            fact.recorded_at,
            fact.actor.to_string(),
            data.doubts,
            data.left_out,
            data.import.map(|import| import.0),
            i64::from(data.to_confirm),
        ],
    )
    .await?;
    Ok(())
}

/// The values of a batch stand no longer: it was taken back, or returned.
async fn end_batch(
    tx: &mut Tx,
    batch: BatchId,
    (returned, reason): (bool, &str),
    seq: Seq,
) -> Result<(), JournalError> {
    let batch = batch.to_string();
    let rows = "known_to IS NULL AND batch = $1 \
         AND seq = (SELECT MAX(seq) FROM observation_batch WHERE id = $1)";
    tally::take(tx, rows, batch.as_str()).await?;
    tx.execute(
        "UPDATE observation SET known_to = $1 WHERE known_to IS NULL AND batch = $2 \
         AND seq = (SELECT MAX(seq) FROM observation_batch WHERE id = $2)",
        params![seq, batch.as_str()],
    )
    .await?;
    tx.execute(
        "UPDATE observation_batch SET known_to = $1, returned = $3, reason = $4 \
         WHERE known_to IS NULL AND id = $2",
        params![seq, batch.as_str(), i64::from(returned), reason],
    )
    .await?;
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    observations: impl IntoIterator<Item = Observation>,
) -> Result<(), JournalError> {
    let mut broken = None;
    let mut counts = tally::Counts::default();
    let rows = observations
        .into_iter()
        .map_while(|o| match insert_values(&o) {
            Ok(values) => {
                counts.add(&o);
                Some(values)
            }
            Err(error) => {
                broken = Some(error);
                None
            }
        });
    let insert = format!("INSERT INTO observation ({COLUMNS})");
    tx.insert_many(&insert, WIDTH, rows).await?;
    if let Some(error) = broken {
        return Err(error);
    }
    counts.write(tx).await
}

fn insert_values(o: &Observation) -> Result<Vec<Value>, JournalError> {
    let range = o.figure.period.range(Calendar::Civil);
    let evidence = if o.evidence.is_empty() {
        None
    } else {
        let json = serde_json::to_string(&o.evidence);
        Some(json.map_err(JournalError::decode("evidence of an observation"))?)
    };
    let decimal = |value: Option<Decimal>| value.map(|v| v.to_string());
    Ok(params![
        o.id.0,
        o.seq,
        o.row,
        o.key.indicator.as_str(),
        o.key.area.to_string(),
        o.key.breakdown.to_string(),
        o.figure.period.to_string(),
        PeriodKind::of(o.figure.period).word(),
        range.from(),
        range.to(),
        o.figure.value.to_string(),
        decimal(o.figure.numerator),
        decimal(o.figure.denominator),
        o.figure.stage.word(),
        o.figure.vintage,
        o.figure.source.as_str(),
        o.figure.source_url.clone(),
        o.figure.method.clone(),
        o.figure.note.clone(),
        o.organisation.0.as_str(),
        o.definition.clone(),
        evidence,
        o.batch.map(|b| b.0),
        o.recorded_at,
        o.audience.as_str(),
        o.seq,
        None::<i64>,
    ])
}

/// The kind of a period: the last value of a year and that of a quarter are looked for side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodKind {
    /// A year.
    Year,
    /// Half a year.
    HalfYear,
    /// A quarter.
    Quarter,
    /// A month.
    Month,
    /// The first nine months of a year.
    NineMonths,
    /// Several years.
    Years,
}

impl PeriodKind {
    /// Every kind.
    pub const ALL: [PeriodKind; 6] = [
        PeriodKind::Year,
        PeriodKind::HalfYear,
        PeriodKind::Quarter,
        PeriodKind::Month,
        PeriodKind::NineMonths,
        PeriodKind::Years,
    ];

    /// The kind of a period.
    pub fn of(period: Period) -> Self {
        match period {
            Period::Year(_) => PeriodKind::Year,
            Period::HalfYear { .. } => PeriodKind::HalfYear,
            Period::Quarter { .. } => PeriodKind::Quarter,
            Period::Month { .. } => PeriodKind::Month,
            Period::NineMonths(_) => PeriodKind::NineMonths,
            Period::Years { .. } => PeriodKind::Years,
        }
    }

    /// As stored.
    pub(crate) fn word(self) -> &'static str {
        match self {
            PeriodKind::Year => "year",
            PeriodKind::HalfYear => "half_year",
            PeriodKind::Quarter => "quarter",
            PeriodKind::Month => "month",
            PeriodKind::NineMonths => "nine_months",
            PeriodKind::Years => "years",
        }
    }
}

/// The series a row with `indicator`, `area_key` and `breakdown` belongs to.
pub(crate) fn read_key(row: &Row) -> Result<SeriesKey, JournalError> {
    let whole = SeriesKey::new(row.parse("indicator")?, row.parse("area_key")?);
    Ok(whole.told_by(row.parse("breakdown")?))
}

/// Reads a row of `observation` back.
pub(crate) fn read_observation(row: &Row) -> Result<Observation, JournalError> {
    let evidence = match row.opt_text("evidence")? {
        Some(_) => row.json("evidence")?,
        None => Vec::new(),
    };
    Ok(Observation {
        id: row.parse("id")?,
        key: read_key(row)?,
        figure: Figure {
            period: row.parse("period")?,
            value: row.parse("value")?,
            numerator: row.opt_parse("numerator")?,
            denominator: row.opt_parse("denominator")?,
            stage: row.parse::<StoredStage>("stage")?.0,
            vintage: row.parse("vintage")?,
            source: row.text("source")?,
            source_url: row.opt_text("source_url")?,
            method: row.opt_text("method")?,
            note: row.opt_text("note")?,
        },
        organisation: row.parse("organisation")?,
        definition: row.opt_text("definition")?,
        evidence,
        audience: row.parse("audience")?,
        batch: row.opt_parse("batch")?,
        seq: row.int("seq")?,
        row: row.int("row_no")?,
        recorded_at: row.int("recorded_at")?,
    })
}

/// Reads the hash a batch row names its content by.
pub(crate) fn read_hash(row: &Row, column: &str) -> Result<FileHash, JournalError> {
    FileHash::try_from(row.text(column)?).map_err(JournalError::Invariant)
}
