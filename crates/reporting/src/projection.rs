//! The table of reports.

use std::collections::BTreeSet;

use async_trait::async_trait;
use journal::{
    Content, FactFamily, FileHash, Gone, JournalError, Kept, Projection, RecordedFact, StreamId,
    Tx, params,
};
use viet::Calendar;

use crate::fact::{ReportFact, ReportState, evolve};
use crate::forget;

/// Keeps the table `report`; `state` holds the folded state as JSON, the other columns are what lists
/// filter and sort by.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportProjection;

#[async_trait]
impl Projection for ReportProjection {
    fn name(&self) -> &'static str {
        "report"
    }

    fn version(&self) -> i64 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["report"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE report (
                id TEXT NOT NULL, definition TEXT NOT NULL, period TEXT NOT NULL,
                period_end TEXT NOT NULL, programme TEXT NOT NULL, sender TEXT NOT NULL,
                status TEXT NOT NULL, state TEXT NOT NULL,
                audience TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT,
                PRIMARY KEY (id, known_from))",
            "CREATE INDEX report_list ON report (known_to, period_end)",
            "CREATE INDEX report_programme ON report (programme, known_to)",
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &[ReportFact::FAMILY]
    }

    fn keeps(&self, fact: &RecordedFact) -> Result<Vec<Kept>, JournalError> {
        let files = match ReportFact::read(fact)? {
            Some(ReportFact::DrawnUp(data)) => {
                vec![data.inputs, data.composed, data.docx, data.pdf]
            }
            Some(ReportFact::SignedCopyAttached(copy)) => vec![copy.file.hash],
            Some(ReportFact::Frozen { .. }) | None => Vec::new(),
        };
        Ok(files.into_iter().map(Kept::File).collect())
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        project(tx, fact).await
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

/// Takes one fact into the table.
pub(crate) async fn project(tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
    let Some(typed) = ReportFact::read(fact)? else {
        return Ok(());
    };
    let id = fact.stream.identity();
    let known = tx
        .row(
            "SELECT state FROM report WHERE id = $1 AND known_to IS NULL",
            params![id],
        )
        .await?;
    let before: ReportState = match known {
        Some(row) => row.json("state")?,
        None => ReportState::default(),
    };
    let state = evolve(before, typed, fact);
    let (Some(drawn_up), Some(status)) = (&state.drawn_up, state.status()) else {
        return Ok(());
    };
    // Two facts of one entry leave one row: nobody ever knew what lay between them.
    tx.execute(
        "DELETE FROM report WHERE id = $1 AND known_from = $2",
        params![id, fact.seq],
    )
    .await?;
    tx.execute(
        "UPDATE report SET known_to = $1 WHERE id = $2 AND known_to IS NULL",
        params![fact.seq, id],
    )
    .await?;
    let json = serde_json::to_string(&state).map_err(JournalError::decode("report"))?;
    // A report repeats results that other agencies may not see: it is for its sender and for those who
    // see everything.
    tx.execute(
        "INSERT INTO report (id, definition, period, period_end, programme, sender, status, \
         state, audience, known_from, known_to) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'organisations', $9, NULL)",
        params![
            id,
            drawn_up.definition.id.as_str(),
            drawn_up.period.to_string(),
            drawn_up.period.range(Calendar::Civil).to(),
            drawn_up.programme,
            drawn_up.sender.0.as_str(),
            status.word(),
            json,
            fact.seq
        ],
    )
    .await?;
    Ok(())
}
