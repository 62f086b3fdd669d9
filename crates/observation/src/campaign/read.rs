//! Reads of seasons. All of them take the reader's scope and the entry up to which is asked; permissions are
//! today's in both.

use std::collections::BTreeSet;

use access::{AsKnown, OrgId, Refusal, Scope, Visible};
use catalogue::Id;
use jiff::civil::Date;
use journal::{Db, FileHash, JournalError, Row, Seq};
use serde::Serialize;
use viet::{AreaKey, Period};

use super::state::RequestState;
use super::status::{RequestStatus, days_late, status};
use crate::conditions::Conditions;
use crate::{CampaignId, EvidenceFile, ObservationId};

/// A season is seen by whoever sees one of its requests.
const SEEN: Visible = Visible {
    audience: "c.audience",
    organisations: &[],
    related: Some(
        "EXISTS (SELECT 1 FROM campaign_request q WHERE q.campaign = c.id AND q.known_to IS NULL \
         AND q.seen_by IN ({orgs}))",
    ),
};

const REQUEST_SEEN: Visible = Visible {
    audience: "r.audience",
    organisations: &["r.seen_by"],
    related: None,
};

/// A season in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CampaignRow {
    /// Its identity.
    pub id: CampaignId,
    /// The definition it was opened under.
    pub definition: Id,
    /// Hash of that definition.
    pub hash: String,
    /// The year of the season.
    pub year: i16,
    /// The period for which figures are asked.
    pub period: Period,
    /// The territory whose index it is.
    pub area: AreaKey,
    /// Last day for what has none of its own.
    pub deadline: Date,
    /// The day on which it was opened.
    pub opened_on: Date,
    /// The day on which it was closed.
    pub closed_on: Option<Date>,
    /// What was said about closing it.
    pub closed_reason: Option<String>,
    /// Number of the last entry about it, requests included: the version a form is filled against.
    pub version: Seq,
}

/// A request with what follows from it and today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestRow {
    /// The season.
    pub campaign: CampaignId,
    /// What is asked and what was answered.
    #[serde(flatten)]
    pub state: RequestState,
    /// How it stands.
    pub status: RequestStatus,
    /// Days by which it is, or was given, late.
    pub days_late: Option<i64>,
    /// False where the figure of the answer in force was taken back outside the season.
    pub stands: bool,
}

impl RequestRow {
    /// Its identifier within the season.
    pub fn id(&self) -> &Id {
        &self.state.request.id
    }

    /// A paper of one of its answers.
    pub fn paper(&self, hash: &FileHash) -> Option<&EvidenceFile> {
        let papers = self.state.answers.iter().flat_map(|answer| &answer.papers);
        papers.into_iter().find(|paper| paper.hash == *hash)
    }
}

/// Which requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Of this season; of all that are open when none.
    pub campaign: Option<CampaignId>,
    /// Owed by one of these.
    pub organisations: Option<BTreeSet<OrgId>>,
}

/// Seasons, the latest year first.
///
/// # Errors
/// The store.
pub async fn campaigns(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
) -> Result<Vec<CampaignRow>, Refusal> {
    let all = seen(scope, as_known);
    Ok(rows(db, all, "ORDER BY c.year DESC, c.opened_on DESC, c.id").await?)
}

/// One season.
///
/// # Errors
/// [`Refusal::NotFound`] when it was not known then or the reader sees none of it; the store.
pub async fn campaign(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    id: CampaignId,
) -> Result<CampaignRow, Refusal> {
    let mut all = seen(scope, as_known);
    let place = all.value(id.0);
    all.sql.push(format!("c.id = {place}"));
    let found = rows(db, all, "").await?;
    found.into_iter().next().ok_or(Refusal::NotFound)
}

/// The season of a definition and an area before a year.
///
/// # Errors
/// The store.
pub async fn campaign_before(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    row: &CampaignRow,
) -> Result<Option<CampaignRow>, Refusal> {
    let mut all = seen(scope, as_known);
    let definition = all.value(row.definition.as_str());
    let area = all.value(row.area.to_string());
    let year = all.value(i64::from(row.year));
    all.sql.push(format!(
        "c.definition = {definition} AND c.area_key = {area} AND c.year < {year}"
    ));
    let found = rows(db, all, "ORDER BY c.year DESC LIMIT 1").await?;
    Ok(found.into_iter().next())
}

fn seen(scope: &Scope, as_known: &AsKnown) -> Conditions {
    let mut all = Conditions {
        sql: vec![],
        params: vec![],
    };
    all.add(scope.sql(&SEEN, 1));
    let next = all.next();
    all.add(as_known.condition("c", next));
    all
}

async fn rows(db: &Db, all: Conditions, tail: &str) -> Result<Vec<CampaignRow>, JournalError> {
    let sql = format!(
        "SELECT c.id, c.definition, c.hash, c.year, c.period, c.area_key, c.deadline, c.opened_on, \
         c.closed_on, c.closed_reason, c.version FROM campaign c WHERE {} {tail}",
        all.text()
    );
    let rows = db.rows(&sql, all.params).await?;
    rows.iter().map(read_row).collect()
}

fn read_row(row: &Row) -> Result<CampaignRow, JournalError> {
    let year = row.int("year")?;
    Ok(CampaignRow {
        id: row.parse("id")?,
        definition: row.parse("definition")?,
        hash: row.text("hash")?,
        year: i16::try_from(year)
            .map_err(|_| JournalError::Invariant(format!("campaign of the year {year}")))?,
        period: row.parse("period")?,
        area: row.parse("area_key")?,
        deadline: row.parse("deadline")?,
        opened_on: row.parse("opened_on")?,
        closed_on: row.opt_parse("closed_on")?,
        closed_reason: row.opt_text("closed_reason")?,
        version: row.int("version")?,
    })
}

/// Requests that the reader sees, season by season in the order of the index. One is due soon within
/// `due_soon_days` of the day of `as_known`.
///
/// # Errors
/// The store.
pub async fn requests(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    filter: &RequestFilter,
    due_soon_days: u32,
) -> Result<Vec<RequestRow>, Refusal> {
    let mut all = Conditions {
        sql: vec![],
        params: vec![],
    };
    all.add(scope.sql(&REQUEST_SEEN, 1));
    let next = all.next();
    all.add(as_known.condition("r", next));
    let next = all.next();
    all.add(as_known.condition("c", next));
    match filter.campaign {
        Some(id) => {
            let place = all.value(id.0);
            all.sql.push(format!("r.campaign = {place}"));
        }
        None => all.sql.push("c.closed_on IS NULL".to_owned()),
    }
    if let Some(organisations) = &filter.organisations {
        if organisations.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = organisations
            .iter()
            .map(|organisation| all.value(organisation.0.as_str()))
            .collect();
        all.sql
            .push(format!("r.organisation IN ({})", places.join(", ")));
    }
    let sql = format!(
        "SELECT r.campaign, r.state FROM campaign_request r JOIN campaign c ON c.id = r.campaign \
         WHERE {} ORDER BY c.year DESC, r.campaign, r.position",
        all.text()
    );
    let mut found: Vec<(CampaignId, RequestState)> = Vec::new();
    for row in db.rows(&sql, all.params).await? {
        found.push((row.parse("campaign")?, row.json("state")?));
    }
    let figures: BTreeSet<ObservationId> = found
        .iter()
        .filter_map(|(_, state)| state.answer()?.said.observation())
        .collect();
    let standing = standing(db, as_known, &figures).await?;
    let told = found.into_iter().map(|(campaign, state)| {
        let figure = state.answer().and_then(|answer| answer.said.observation());
        let stands = figure.is_none_or(|id| standing.contains(&id));
        let status = status(&state, stands, as_known.day, due_soon_days);
        RequestRow {
            campaign,
            days_late: days_late(&state, status, as_known.day),
            status,
            stands,
            state,
        }
    });
    Ok(told.collect())
}

/// One request.
///
/// # Errors
/// [`Refusal::NotFound`] when it was not known then or the reader does not see it; the store.
pub async fn request(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    (campaign, id): (CampaignId, &Id),
    due_soon_days: u32,
) -> Result<RequestRow, Refusal> {
    let filter = RequestFilter {
        campaign: Some(campaign),
        organisations: None,
    };
    let all = requests(db, scope, as_known, &filter, due_soon_days).await?;
    let found = all.into_iter().find(|row| row.id() == id);
    found.ok_or(Refusal::NotFound)
}

/// Identities of one statement: far below what either engine takes.
const IDS_A_TIME: usize = 500;

/// Which of these observations stood then.
async fn standing(
    db: &Db,
    as_known: &AsKnown,
    ids: &BTreeSet<ObservationId>,
) -> Result<BTreeSet<ObservationId>, JournalError> {
    let ids: Vec<&ObservationId> = ids.iter().collect();
    let mut standing = BTreeSet::new();
    for some in ids.chunks(IDS_A_TIME) {
        let mut all = Conditions {
            sql: vec![],
            params: vec![],
        };
        all.add(as_known.condition("o", 1));
        all.any_of("id", some.iter().map(|id| id.0));
        let sql = format!("SELECT o.id FROM observation o WHERE {}", all.text());
        for row in db.rows(&sql, all.params).await? {
            standing.insert(row.parse("id")?);
        }
    }
    Ok(standing)
}
