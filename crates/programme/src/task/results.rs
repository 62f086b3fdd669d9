//! Results and their evidence. Only those concerned see them, published or not.

use access::{AsKnown, FieldClass, Listed, Page, Refusal, Scope, Visible};
use jiff::civil::Date;
use journal::{FileHash, Journal, params};
use serde::Serialize;

use super::state::TaskResult;
use crate::sql::Select;
use crate::{Evidence, TaskId};

/// The agencies of the task and those who see everything.
pub(crate) const CONCERNED: Visible = Visible {
    audience: "'organisations'",
    organisations: &[],
    related: Some(
        "EXISTS (SELECT 1 FROM task_org o WHERE o.task = r.task AND o.known_to IS NULL AND o.org IN ({orgs}))",
    ),
};

/// A result in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultRow {
    /// The task.
    pub task: TaskId,
    /// Day of submission.
    pub submitted_on: Date,
    /// The result.
    pub result: TaskResult,
}

/// Results of a judgement ("waiting": what the assigner has to judge), the oldest first.
pub async fn results(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    judgement: Option<&str>,
    page: Page,
) -> Result<Listed<ResultRow>, Refusal> {
    if !scope.sees_field(FieldClass::Internal) {
        return Ok(Listed {
            rows: vec![],
            total: 0,
        });
    }
    let mut select = Select::scoped("task_result r", "r", scope, &CONCERNED, as_known);
    select.when("r.judgement = {}", judgement);
    select
        .page(
            journal.db(),
            "r.task, r.submitted_on, r.state",
            "r.submitted_on, r.result, r.task",
            page,
            |row| {
                Ok(ResultRow {
                    task: row.parse("task")?,
                    submitted_on: row.parse("submitted_on")?,
                    result: row.json("state")?,
                })
            },
        )
        .await
}

/// The evidence stored under a hash, where the reader may see a task it was given for: to be asked
/// before a file is handed out.
pub async fn evidence_visible(
    journal: &Journal,
    scope: &Scope,
    hash: &FileHash,
) -> Result<Option<Evidence>, Refusal> {
    if !scope.sees_field(FieldClass::Internal) {
        return Ok(None);
    }
    let seen = scope.sql(&CONCERNED, 2);
    let sql = format!(
        "SELECT r.name, r.media, r.size, r.link FROM task_evidence r WHERE r.hash = $1 AND r.media <> '' AND {} \
         ORDER BY r.result LIMIT 1",
        seen.sql
    );
    let mut params = params![hash.as_str()];
    params.extend(seen.params);
    let Some(row) = journal.db().row(&sql, params).await? else {
        return Ok(None);
    };
    Ok(Some(Evidence {
        hash: hash.clone(),
        name: row.text("name")?,
        media: row.text("media")?,
        size: row.int("size")?.unsigned_abs(),
        link: row.opt_text("link")?,
    }))
}
