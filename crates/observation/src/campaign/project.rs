//! The tables of seasons and their requests.

use std::collections::BTreeSet;

use async_trait::async_trait;
use journal::{
    Content, FactFamily, FileHash, Gone, JournalError, Kept, Projection, RecordedFact, Row, Seq,
    StreamId, Tx, Value, params,
};

use super::fact::{CampaignFact, Opened};
use super::state::RequestState;

/// Keeps the tables `campaign` and `campaign_request`.
pub struct CampaignProjection;

#[async_trait]
impl Projection for CampaignProjection {
    fn name(&self) -> &'static str {
        "campaign"
    }

    fn version(&self) -> i64 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["campaign", "campaign_request"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE campaign (
                id TEXT NOT NULL, definition TEXT NOT NULL, hash TEXT NOT NULL, year BIGINT NOT NULL,
                period TEXT NOT NULL, area_key TEXT NOT NULL, deadline TEXT NOT NULL,
                opened_on TEXT NOT NULL, closed_on TEXT, closed_reason TEXT, version BIGINT NOT NULL,
                audience TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
            "CREATE INDEX campaign_id ON campaign (id, known_to)",
            "CREATE INDEX campaign_definition ON campaign (definition, year, known_to)",
            // `organisation` is who owed it then; `seen_by` who owes it today: permissions are today's.
            "CREATE TABLE campaign_request (
                campaign TEXT NOT NULL, code TEXT NOT NULL, position BIGINT NOT NULL,
                organisation TEXT NOT NULL, seen_by TEXT NOT NULL, due TEXT NOT NULL,
                audience TEXT NOT NULL, state TEXT NOT NULL,
                known_from BIGINT NOT NULL, known_to BIGINT)",
            "CREATE INDEX campaign_request_campaign ON campaign_request (campaign, code, known_to)",
            "CREATE INDEX campaign_request_seen ON campaign_request (seen_by, known_to)",
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &[CampaignFact::FAMILY]
    }

    fn keeps(&self, fact: &RecordedFact) -> Result<Vec<Kept>, JournalError> {
        Ok(match CampaignFact::read(fact)? {
            Some(CampaignFact::RequestAnswered(answered)) => {
                let files = answered.papers.into_iter();
                files.map(|file| Kept::File(file.hash)).collect()
            }
            _ => Vec::new(),
        })
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        match CampaignFact::read(fact)? {
            Some(typed) => apply(tx, fact, &typed).await,
            None => Ok(()),
        }
    }

    fn without(
        &self,
        fact: &RecordedFact,
        gone: &Content,
    ) -> Result<Option<serde_json::Value>, JournalError> {
        let Some(CampaignFact::RequestAnswered(mut answered)) = CampaignFact::read(fact)? else {
            return Ok(None);
        };
        if !crate::forget::blank(&mut answered.papers, gone) {
            return Ok(None);
        }
        crate::forget::data(&answered).map(Some)
    }

    async fn holders(
        &self,
        tx: &mut Tx,
        hashes: &BTreeSet<FileHash>,
    ) -> Result<Vec<(FileHash, StreamId)>, JournalError> {
        let mut holders = BTreeSet::new();
        let sql = "SELECT campaign, state FROM campaign_request WHERE known_to IS NULL";
        for row in tx.rows(sql, vec![]).await? {
            let state = row.text("state")?;
            for hash in crate::forget::named(hashes, &state) {
                let stream = StreamId::new("campaign", row.text("campaign")?);
                holders.insert((hash, stream));
            }
        }
        Ok(holders.into_iter().collect())
    }

    async fn forget(&self, tx: &mut Tx, gone: &Gone<'_>) -> Result<(), JournalError> {
        for stream in gone.streams {
            delete(tx, stream).await?;
        }
        for (stream, facts) in &gone.reduced {
            delete(tx, stream).await?;
            for fact in facts {
                self.apply(tx, fact).await?;
            }
        }
        Ok(())
    }
}

async fn delete(tx: &mut Tx, stream: &StreamId) -> Result<(), JournalError> {
    if stream.family() != CampaignFact::FAMILY {
        return Ok(());
    }
    for sql in [
        "DELETE FROM campaign WHERE id = $1",
        "DELETE FROM campaign_request WHERE campaign = $1",
    ] {
        tx.execute(sql, params![stream.identity()]).await?;
    }
    Ok(())
}

async fn apply(tx: &mut Tx, fact: &RecordedFact, typed: &CampaignFact) -> Result<(), JournalError> {
    let id = fact.stream.identity();
    match typed {
        CampaignFact::Opened(opened) => {
            insert_campaign(tx, id, opened, fact.seq).await?;
            for (at, asked) in (0i64..).zip(&opened.requests) {
                let state = RequestState::asked(asked.clone(), None, fact.seq);
                insert_request(tx, id, at, &state, fact.seq).await?;
            }
            return Ok(());
        }
        CampaignFact::RequestAdded { asked, reason } => {
            let sql = "SELECT COALESCE(MAX(position), -1) AS last FROM campaign_request WHERE campaign = $1";
            let last = tx.row(sql, params![id]).await?;
            let at = last.map_or(Ok(0), |row| row.int("last"))? + 1;
            let state = RequestState::asked((**asked).clone(), Some(reason.clone()), fact.seq);
            insert_request(tx, id, at, &state, fact.seq).await?;
        }
        _ => change_requests(tx, fact, typed).await?,
    }
    change_campaign(tx, id, typed, fact.seq).await
}

/// The requests a fact concerns, as they stand after it.
async fn change_requests(
    tx: &mut Tx,
    fact: &RecordedFact,
    typed: &CampaignFact,
) -> Result<(), JournalError> {
    let id = fact.stream.identity();
    let sql = "SELECT code, position, state FROM campaign_request \
               WHERE campaign = $1 AND known_to IS NULL ORDER BY position";
    for row in tx.rows(sql, params![id]).await? {
        let state: RequestState = row.json("state")?;
        if !typed.concerns(&state.request.id) {
            continue;
        }
        let state = state.evolve(typed, fact);
        let code = row.text("code")?;
        tx.execute(
            "UPDATE campaign_request SET known_to = $1 WHERE campaign = $2 AND code = $3 \
             AND known_to IS NULL",
            params![fact.seq, id, code.as_str()],
        )
        .await?;
        insert_request(tx, id, row.int("position")?, &state, fact.seq).await?;
        if matches!(typed, CampaignFact::RequestMoved { .. }) {
            tx.execute(
                "UPDATE campaign_request SET seen_by = $1 WHERE campaign = $2 AND code = $3",
                params![state.organisation.0.as_str(), id, code],
            )
            .await?;
        }
    }
    Ok(())
}

async fn insert_request(
    tx: &mut Tx,
    campaign: &str,
    position: i64,
    state: &RequestState,
    seq: Seq,
) -> Result<(), JournalError> {
    let json = serde_json::to_string(state).map_err(JournalError::decode(format!(
        "request of campaign {campaign}"
    )))?;
    tx.execute(
        "INSERT INTO campaign_request (campaign, code, position, organisation, seen_by, due, audience, \
         state, known_from, known_to) VALUES ($1, $2, $3, $4, $4, $5, 'organisations', $6, $7, NULL)",
        params![
            campaign,
            state.request.id.as_str(),
            position,
            state.organisation.0.as_str(),
            state.due,
            json,
            seq
        ],
    )
    .await?;
    Ok(())
}

async fn insert_campaign(
    tx: &mut Tx,
    id: &str,
    opened: &Opened,
    seq: Seq,
) -> Result<(), JournalError> {
    tx.execute(
        "INSERT INTO campaign (id, definition, hash, year, period, area_key, deadline, opened_on, \
         closed_on, closed_reason, version, audience, known_from, known_to) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, $9, 'organisations', $9, NULL)",
        params![
            id,
            opened.definition.as_str(),
            opened.hash.as_str(),
            i64::from(opened.year),
            opened.period.to_string(),
            opened.area.to_string(),
            opened.deadline,
            opened.on,
            seq
        ],
    )
    .await?;
    Ok(())
}

/// The season's own row after a fact.
async fn change_campaign(
    tx: &mut Tx,
    id: &str,
    typed: &CampaignFact,
    seq: Seq,
) -> Result<(), JournalError> {
    let sql = "SELECT definition, hash, year, period, area_key, deadline, opened_on, closed_on, \
               closed_reason FROM campaign WHERE id = $1 AND known_to IS NULL";
    let Some(row) = tx.row(sql, params![id]).await? else {
        return Err(JournalError::Invariant(format!(
            "campaign {id} was never opened"
        )));
    };
    let (deadline, closed_on, reason) = after(&row, typed)?;
    tx.execute(
        "UPDATE campaign SET known_to = $1 WHERE id = $2 AND known_to IS NULL",
        params![seq, id],
    )
    .await?;
    tx.execute(
        "INSERT INTO campaign (id, definition, hash, year, period, area_key, deadline, opened_on, \
         closed_on, closed_reason, version, audience, known_from, known_to) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'organisations', $11, NULL)",
        params![
            id,
            row.text("definition")?,
            row.text("hash")?,
            row.int("year")?,
            row.text("period")?,
            row.text("area_key")?,
            deadline,
            row.text("opened_on")?,
            closed_on,
            reason,
            seq
        ],
    )
    .await?;
    Ok(())
}

/// Deadline, day of closing and what was said about it, after a fact.
fn after(row: &Row, typed: &CampaignFact) -> Result<(Value, Value, Value), JournalError> {
    let mut deadline = Value::from(row.text("deadline")?);
    let mut closed = Value::from(row.opt_text("closed_on")?);
    let mut reason = Value::from(row.opt_text("closed_reason")?);
    match typed {
        CampaignFact::DeadlineExtended {
            whole: true, due, ..
        } => deadline = (*due).into(),
        CampaignFact::Closed { on, reason: why } => {
            closed = (*on).into();
            reason = why.clone().into();
        }
        _ => {}
    }
    Ok((deadline, closed, reason))
}
