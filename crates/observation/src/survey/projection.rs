//! The tables of surveys.

use std::collections::BTreeSet;

use access::Audience;
use async_trait::async_trait;
use journal::{
    Content, FactFamily, FileHash, Gone, JournalError, Kept, Projection, RecordedFact, StreamId,
    Tx, params,
};

use super::{SurveyFact, SurveyState};
use crate::{SurveyId, forget};

/// Keeps the tables `survey` and `survey_told`.
pub struct SurveyProjection;

#[async_trait]
impl Projection for SurveyProjection {
    fn name(&self) -> &'static str {
        "survey"
    }

    fn version(&self) -> i64 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["survey", "survey_told"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE survey (
                id TEXT NOT NULL, received BIGINT NOT NULL, received_at BIGINT NOT NULL,
                organisation TEXT NOT NULL, audience TEXT NOT NULL, state TEXT NOT NULL,
                known_from BIGINT NOT NULL, known_to BIGINT,
                PRIMARY KEY (id, known_from))",
            "CREATE INDEX survey_received ON survey (received)",
            "CREATE TABLE survey_told (observation TEXT PRIMARY KEY, survey TEXT NOT NULL)",
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &[SurveyFact::FAMILY]
    }

    fn keeps(&self, fact: &RecordedFact) -> Result<Vec<Kept>, JournalError> {
        Ok(match SurveyFact::read(fact)? {
            Some(SurveyFact::Received(data)) => vec![Kept::File(data.answers.hash)],
            _ => Vec::new(),
        })
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        let Some(typed) = SurveyFact::read(fact)? else {
            return Ok(());
        };
        let id = fact.stream.identity();
        if let SurveyFact::Told(told) = &typed {
            let sql = "INSERT INTO survey_told (observation, survey) VALUES ($1, $2)";
            tx.execute(sql, params![told.observation.0, id]).await?;
        }
        let sql =
            "SELECT received, received_at, state FROM survey WHERE id = $1 AND known_to IS NULL";
        let before = tx.row(sql, params![id]).await?;
        let (received, received_at, state) = match before {
            Some(row) => (
                row.int("received")?,
                row.int("received_at")?,
                row.json("state")?,
            ),
            None => (fact.seq, fact.recorded_at, SurveyState::default()),
        };
        let state: SurveyState = state.evolve(typed);
        let Some(survey) = &state.received else {
            return Ok(());
        };
        tx.execute(
            "UPDATE survey SET known_to = $1 WHERE id = $2 AND known_to IS NULL",
            params![fact.seq, id],
        )
        .await?;
        tx.execute(
            "INSERT INTO survey (id, received, received_at, organisation, audience, state, known_from, known_to) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
            params![
                id,
                received,
                received_at,
                survey.organisation.0.as_str(),
                Audience::Organisations.as_str(),
                stored(&state)?,
                fact.seq
            ],
        )
        .await?;
        Ok(())
    }

    fn without(
        &self,
        fact: &RecordedFact,
        gone: &Content,
    ) -> Result<Option<serde_json::Value>, JournalError> {
        let Some(SurveyFact::Received(mut survey)) = SurveyFact::read(fact)? else {
            return Ok(None);
        };
        match forget::blank(std::slice::from_mut(&mut survey.answers), gone) {
            true => forget::data(&survey).map(Some),
            false => Ok(None),
        }
    }

    async fn holders(
        &self,
        tx: &mut Tx,
        hashes: &BTreeSet<FileHash>,
    ) -> Result<Vec<(FileHash, StreamId)>, JournalError> {
        let mut holders = BTreeSet::new();
        for row in tx.rows("SELECT id, state FROM survey", vec![]).await? {
            let id: SurveyId = row.parse("id")?;
            for hash in forget::named(hashes, &row.text("state")?) {
                holders.insert((hash, id.stream()));
            }
        }
        Ok(holders.into_iter().collect())
    }

    async fn forget(&self, tx: &mut Tx, gone: &Gone<'_>) -> Result<(), JournalError> {
        for fact in gone.reduced.iter().flat_map(|(_, facts)| facts) {
            let Some(SurveyFact::Received(left)) = SurveyFact::read(fact)? else {
                continue;
            };
            let id = fact.stream.identity();
            let rows = tx
                .rows(
                    "SELECT known_from, state FROM survey WHERE id = $1",
                    params![id],
                )
                .await?;
            for row in rows {
                let mut state: SurveyState = row.json("state")?;
                state.received = Some((*left).clone());
                let sql = "UPDATE survey SET state = $1 WHERE id = $2 AND known_from = $3";
                let known_from = row.int("known_from")?;
                tx.execute(sql, params![stored(&state)?, id, known_from])
                    .await?;
            }
        }
        Ok(())
    }
}

fn stored(state: &SurveyState) -> Result<String, JournalError> {
    serde_json::to_string(state).map_err(JournalError::decode("the state of a survey"))
}
