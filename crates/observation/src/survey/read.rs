//! Reads of surveys.

use access::{AsKnown, Listed, Page, Refusal, Scope};
use journal::{Db, JournalError, Row, Seq};

use super::SurveyState;
use crate::conditions::Conditions;
use crate::read::count;
use crate::{ObservationId, SurveyId};

/// A survey as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyInfo {
    /// Its identity.
    pub id: SurveyId,
    /// Number of the entry that received it.
    pub seq: Seq,
    /// Microseconds since 1970 in UTC: when it was received.
    pub received_at: i64,
    /// What came in and what was told from it.
    pub state: SurveyState,
}

const COLUMNS: &str = "o.id, o.received, o.received_at, o.state";

fn read_survey(row: &Row) -> Result<SurveyInfo, JournalError> {
    Ok(SurveyInfo {
        id: row.parse("id")?,
        seq: row.int("received")?,
        received_at: row.int("received_at")?,
        state: row.json("state")?,
    })
}

/// Surveys, the last received first.
///
/// # Errors
/// The store.
pub async fn surveys(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    page: Page,
) -> Result<Listed<SurveyInfo>, Refusal> {
    let mut all = Conditions::seen(scope, as_known);
    let total = count(db, "COUNT(*)", "survey", &all).await?;
    let part = page.sql(all.next());
    let sql = format!(
        "SELECT {COLUMNS} FROM survey o WHERE {} ORDER BY o.received DESC {}",
        all.text(),
        part.sql
    );
    all.params.extend(part.params);
    let rows = db.rows(&sql, all.params).await?;
    let rows = rows.iter().map(read_survey).collect::<Result<_, _>>()?;
    Ok(Listed { rows, total })
}

/// One survey.
///
/// # Errors
/// [`Refusal::NotFound`] when it was not known then or the reader does not see it; the store.
pub async fn survey(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    id: SurveyId,
) -> Result<SurveyInfo, Refusal> {
    let mut all = Conditions::seen(scope, as_known);
    all.equals("id", id.0);
    let sql = format!("SELECT {COLUMNS} FROM survey o WHERE {}", all.text());
    let row = db.row(&sql, all.params).await?;
    Ok(read_survey(&row.ok_or(Refusal::NotFound)?)?)
}

/// The survey that told an observation; none when it comes from elsewhere or the reader does not see the survey.
///
/// # Errors
/// The store.
pub async fn survey_that_told(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    observation: ObservationId,
) -> Result<Option<SurveyInfo>, Refusal> {
    let mut all = Conditions::seen(scope, as_known);
    let id = all.value(observation.0);
    let sql = format!(
        "SELECT {COLUMNS} FROM survey o WHERE {} \
         AND o.id = (SELECT t.survey FROM survey_told t WHERE t.observation = {id})",
        all.text()
    );
    let row = db.row(&sql, all.params).await?;
    Ok(row.as_ref().map(read_survey).transpose()?)
}
