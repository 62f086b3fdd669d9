//! Line of sight: from a passage to what it ordered, and the files behind it.

use access::{AsKnown, Refusal, Scope};
use journal::{FileHash, Journal, params};
use serde::Serialize;

use crate::document::{self, DocumentSummary};
use crate::sql::Select;
use crate::target::{self, TargetRow};
use crate::task::{self, TaskRow};
use crate::{DocumentId, FileRef};

/// What a passage ordered. The way back is `place.anchor` and `document` of the target or task, with
/// [`document::passage`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sight {
    /// Targets it sets.
    pub targets: Vec<TargetRow>,
    /// Tasks it assigns.
    pub tasks: Vec<TaskRow>,
}

/// The targets and tasks that one passage of a document, or all of them, ordered.
pub async fn ordered_at(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    document: DocumentId,
    anchor: Option<&str>,
    due_soon_days: u32,
) -> Result<Sight, Refusal> {
    let columns = "t.id, t.audience, t.state";
    let order = "ORDER BY t.span_start, t.id";
    let mut targets = Select::scoped("target t", "t", scope, &target::VISIBLE, as_known);
    targets.when("t.document = {}", Some(document));
    targets.when("t.anchor = {}", anchor);
    let mut tasks = Select::scoped("task t", "t", scope, &task::VISIBLE, as_known);
    tasks.when("t.document = {}", Some(document));
    tasks.when("t.anchor = {}", anchor);
    let mut sight = Sight {
        targets: vec![],
        tasks: vec![],
    };
    for row in targets.rows(journal.db(), columns, order).await? {
        sight.targets.push(target::read_row(&row, scope)?);
    }
    for row in tasks.rows(journal.db(), columns, order).await? {
        let view = task::read_row(&row, scope, as_known, due_soon_days)?;
        sight.tasks.push(view.row);
    }
    Ok(sight)
}

/// The original file of a document stored under a hash, where the reader sees such a document today:
/// to be asked before a file is handed out.
pub async fn file_visible(
    journal: &Journal,
    scope: &Scope,
    hash: &FileHash,
) -> Result<Option<FileRef>, Refusal> {
    let seen = scope.sql(&document::VISIBLE, 2);
    let sql = format!(
        "SELECT d.state FROM document d WHERE d.file_hash = $1 AND d.known_to IS NULL AND {} LIMIT 1",
        seen.sql
    );
    let mut params = params![hash.as_str()];
    params.extend(seen.params);
    let Some(row) = journal.db().row(&sql, params).await? else {
        return Ok(None);
    };
    Ok(row.json::<DocumentSummary>("state")?.file)
}
