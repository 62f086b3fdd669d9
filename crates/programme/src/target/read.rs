//! Reading targets.

use access::{AsKnown, Audience, FieldClass, Listed, OrgId, Page, Refusal, Scope, Visible};
use catalogue::Id;
use journal::{Journal, JournalError, Row};
use serde::Serialize;
use viet::AreaKey;

use super::facts::AdoptedTarget;
use super::state::TargetState;
use crate::sql::Select;
use crate::{ProgrammeId, TargetId};

pub(crate) const VISIBLE: Visible = Visible {
    audience: "t.audience",
    organisations: &["t.responsible"],
    related: None,
};

/// A target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetRow {
    /// Which one.
    pub id: TargetId,
    /// Who sees it today.
    pub audience: Audience,
    /// The target with the terms in force.
    pub target: AdoptedTarget,
    /// Its state; its version goes into the forms. Somebody outside the administration sees that it was
    /// amended or withdrawn and by which paper, but not why.
    pub state: TargetState,
}

/// Which targets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetFilter {
    /// Only of this programme.
    pub programme: Option<ProgrammeId>,
    /// Only measured by this indicator.
    pub indicator: Option<Id>,
    /// Only for this territory.
    pub area: Option<AreaKey>,
    /// Only this organisation answers for.
    pub responsible: Option<OrgId>,
    /// Also those no longer demanded.
    pub withdrawn: bool,
    /// With all these words; diacritics do not matter.
    pub text: Option<String>,
}

/// Targets in the order of their documents.
pub async fn list(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    filter: &TargetFilter,
    page: Page,
) -> Result<Listed<TargetRow>, Refusal> {
    let mut select = Select::scoped("target t", "t", scope, &VISIBLE, as_known);
    select.when("t.programme = {}", filter.programme);
    select.when(
        "t.indicator = {}",
        filter.indicator.as_ref().map(|id| id.as_str()),
    );
    select.when("t.area = {}", filter.area.map(|area| area.to_string()));
    select.when(
        "t.responsible = {}",
        filter.responsible.as_ref().map(|org| org.0.as_str()),
    );
    if !filter.withdrawn {
        select.when("t.withdrawn = {}", Some(false));
    }
    select.words("t.folded", filter.text.as_deref());
    select
        .page(
            journal.db(),
            "t.id, t.audience, t.state",
            "t.programme, t.document, t.span_start, t.id",
            page,
            |row| read_row(row, scope),
        )
        .await
}

/// One target.
pub async fn get(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    id: TargetId,
) -> Result<TargetRow, Refusal> {
    let mut select = Select::scoped("target t", "t", scope, &VISIBLE, as_known);
    select.when("t.id = {}", Some(id));
    let rows = select
        .rows(journal.db(), "t.id, t.audience, t.state", "")
        .await?;
    Ok(read_row(rows.first().ok_or(Refusal::NotFound)?, scope)?)
}

pub(crate) fn read_row(row: &Row, scope: &Scope) -> Result<TargetRow, JournalError> {
    let mut state: TargetState = row.json("state")?;
    if !scope.sees_field(FieldClass::Internal) {
        for amendment in &mut state.amendments {
            amendment.reason.clear();
        }
        if let Some((reason, _)) = &mut state.withdrawn {
            reason.clear();
        }
    }
    let id: TargetId = row.parse("id")?;
    let target = state
        .target
        .clone()
        .ok_or_else(|| JournalError::Invariant(format!("target {id} was never adopted")))?;
    Ok(TargetRow {
        id,
        audience: row.parse("audience")?,
        target,
        state,
    })
}
