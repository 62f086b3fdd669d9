//! Reading breakdowns, parts and rankings.

use access::{AsKnown, FieldClass, OrgId, Refusal, Scope, Visible};
use journal::{Journal, JournalError, Row, StreamId};
use serde::Serialize;

use super::part::{PartState, Standing};
use super::ranking::RankingState;
use super::whole::CascadeState;
use crate::sql::Select;
use crate::{ProgrammeId, TargetId};

const CASCADE: Visible = Visible {
    audience: "c.audience",
    organisations: &[],
    related: None,
};

const PART: Visible = Visible {
    audience: "p.audience",
    organisations: &["p.organisation"],
    related: None,
};

const RANKING: Visible = Visible {
    audience: "r.audience",
    organisations: &[],
    related: None,
};

/// How a target is broken down.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CascadeRow {
    /// The target.
    pub target: TargetId,
    /// Its state; its version goes into the forms.
    pub state: CascadeState,
}

/// The parts of an agency in a target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartRow {
    /// The target.
    pub target: TargetId,
    /// The agency.
    pub organisation: OrgId,
    /// Their state; its version goes into the forms.
    pub state: PartState,
}

/// What is published of a ranking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankingRow {
    /// Its state; its version goes into the forms.
    pub state: RankingState,
}

/// Which parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartFilter {
    /// Only in this target.
    pub target: Option<TargetId>,
    /// Only in targets of this programme.
    pub programme: Option<ProgrammeId>,
    /// Only of this organisation.
    pub organisation: Option<OrgId>,
}

/// How one target is broken down; none where nobody has said anything about it, or to readers outside.
///
/// # Errors
/// The store.
pub async fn cascade(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    target: TargetId,
) -> Result<Option<CascadeRow>, Refusal> {
    let mut select = Select::scoped("target_cascade c", "c", scope, &CASCADE, as_known);
    select.when("c.id = {}", Some(target));
    let rows = select.rows(journal.db(), "c.id, c.state", "").await?;
    Ok(rows.first().map(read_cascade).transpose()?)
}

/// Every target that is broken down, by target.
///
/// # Errors
/// The store.
pub async fn cascades(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
) -> Result<Vec<CascadeRow>, Refusal> {
    let select = Select::scoped("target_cascade c", "c", scope, &CASCADE, as_known);
    let rows = select
        .rows(journal.db(), "c.id, c.state", "ORDER BY c.id")
        .await?;
    Ok(rows.iter().map(read_cascade).collect::<Result<_, _>>()?)
}

/// The parts within a filter that the reader sees, by target and organisation.
///
/// # Errors
/// The store.
pub async fn parts(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    filter: &PartFilter,
) -> Result<Vec<PartRow>, Refusal> {
    let mut select = Select::scoped("target_part p", "p", scope, &PART, as_known);
    select.when("p.target = {}", filter.target);
    select.when("p.programme = {}", filter.programme);
    let organisation = filter.organisation.as_ref().map(|org| org.0.as_str());
    select.when("p.organisation = {}", organisation);
    let rows = select
        .rows(
            journal.db(),
            "p.target, p.organisation, p.state",
            "ORDER BY p.target, p.organisation",
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| read_part(row, scope))
        .collect::<Result<_, _>>()?)
}

/// What is published of a ranking to this reader; none while nothing is.
///
/// # Errors
/// The store.
pub async fn ranking(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    (programme, year): (ProgrammeId, i16),
) -> Result<Option<RankingRow>, Refusal> {
    let mut select = Select::scoped("target_ranking r", "r", scope, &RANKING, as_known);
    select.when("r.programme = {}", Some(programme));
    select.when("r.year = {}", Some(i64::from(year)));
    let rows = select.rows(journal.db(), "r.state", "").await?;
    let row = rows.first().map(|row| row.json("state")).transpose()?;
    Ok(row.map(|state| RankingRow { state }))
}

fn read_cascade(row: &Row) -> Result<CascadeRow, JournalError> {
    Ok(CascadeRow {
        target: row.parse("id")?,
        state: row.json("state")?,
    })
}

fn read_part(row: &Row, scope: &Scope) -> Result<PartRow, JournalError> {
    let mut state: PartState = row.json("state")?;
    if !scope.sees_field(FieldClass::Internal) {
        for part in state.years.values_mut() {
            part.before.clear();
            if let Standing::Returned { reason } | Standing::Withdrawn { reason } =
                &mut part.standing
            {
                reason.clear();
            }
        }
    }
    Ok(PartRow {
        target: row.parse("target")?,
        organisation: row.parse("organisation")?,
        state,
    })
}

/// The streams of everything that hangs on a target or on a programme: they go when it goes.
///
/// # Errors
/// The store.
pub async fn streams_of(
    journal: &Journal,
    target: Option<TargetId>,
    programme: Option<ProgrammeId>,
) -> Result<Vec<StreamId>, Refusal> {
    let db = journal.db();
    let mut streams = Vec::new();
    if let Some(target) = target {
        for (family, table, column) in [
            ("cascade", "target_cascade", "id"),
            ("part", "target_part", "target"),
        ] {
            let sql = format!("SELECT DISTINCT id FROM {table} WHERE {column} = $1 ORDER BY id");
            for row in db.rows(&sql, vec![target.into()]).await? {
                streams.push(StreamId::new(family, row.text("id")?));
            }
        }
    }
    if let Some(programme) = programme {
        let sql = "SELECT DISTINCT id FROM target_ranking WHERE programme = $1 ORDER BY id";
        for row in db.rows(sql, vec![programme.into()]).await? {
            streams.push(StreamId::new("ranking", row.text("id")?));
        }
    }
    Ok(streams)
}
