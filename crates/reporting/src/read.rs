//! Reading reports.

use access::{AsKnown, Listed, Page, Refusal, Scope, SqlFilter, Visible};
use activation::Directories;
use catalogue::{Definition, Id};
use journal::{Db, FileHash, Journal, JournalError, Row, Value};
use programme::ProgrammeId;
use serde::Serialize;
use viet::Period;

use crate::compose::{Composed, compose};
use crate::fact::{DrawnUp, ReportState, ReportStatus};
use crate::inputs::{DefinitionRef, ReportId, ReportInputs};

const VISIBLE: Visible = Visible {
    audience: "r.audience",
    organisations: &["r.sender"],
    related: None,
};

/// A report in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportRow {
    /// Which one.
    pub id: ReportId,
    /// As drawn up last.
    pub drawn_up: DrawnUp,
    /// How far it has come.
    pub status: ReportStatus,
    /// Its state; its version goes into the forms.
    pub state: ReportState,
}

/// Which reports; what is none does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// On this programme.
    pub programme: Option<ProgrammeId>,
    /// By this definition.
    pub definition: Option<Id>,
    /// For this period.
    pub period: Option<Period>,
    /// Of this status.
    pub status: Option<ReportStatus>,
}

fn read_row(row: &Row) -> Result<ReportRow, JournalError> {
    let id: ReportId = row.parse("id")?;
    let state: ReportState = row.json("state")?;
    match (state.drawn_up.clone(), state.status()) {
        (Some(drawn_up), Some(status)) => Ok(ReportRow {
            id,
            drawn_up,
            status,
            state,
        }),
        _ => Err(JournalError::Invariant(format!(
            "report {id} was never drawn up"
        ))),
    }
}

/// A condition on what the reader sees and what was known then.
fn seen(scope: &Scope, as_known: &AsKnown) -> (Vec<String>, Vec<Value>) {
    let (mut sql, mut params) = (Vec::new(), Vec::new());
    let mut add = |filter: SqlFilter| {
        sql.push(filter.sql);
        params.extend(filter.params);
        params.len() + 1
    };
    let next = add(scope.sql(&VISIBLE, 1));
    add(as_known.condition("r", next));
    (sql, params)
}

/// Reports, the one for the latest period first.
///
/// # Errors
/// The store.
pub async fn list(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    filter: &ReportFilter,
    page: Page,
) -> Result<Listed<ReportRow>, Refusal> {
    let (mut sql, mut params) = seen(scope, as_known);
    let wanted: [(&str, Option<Value>); 4] = [
        ("programme", filter.programme.map(Value::from)),
        (
            "definition",
            filter.definition.as_ref().map(|id| id.as_str().into()),
        ),
        (
            "period",
            filter.period.map(|period| period.to_string().into()),
        ),
        ("status", filter.status.map(|status| status.word().into())),
    ];
    for (column, value) in wanted {
        if let Some(value) = value {
            sql.push(format!("r.{column} = ${}", params.len() + 1));
            params.push(value);
        }
    }
    let sql = sql.join(" AND ");
    let count = format!("SELECT COUNT(*) AS n FROM report r WHERE {sql}");
    let total = match db.row(&count, params.clone()).await? {
        Some(row) => u64::try_from(row.int("n")?).unwrap_or(0),
        None => 0,
    };
    let part = page.sql(params.len() + 1);
    params.extend(part.params);
    let sql = format!(
        "SELECT r.id, r.state FROM report r WHERE {sql} \
         ORDER BY r.period_end DESC, r.known_from DESC, r.id {}",
        part.sql
    );
    let rows = db.rows(&sql, params).await?;
    let rows = rows.iter().map(read_row).collect::<Result<_, _>>()?;
    Ok(Listed { rows, total })
}

/// One report.
///
/// # Errors
/// [`Refusal::NotFound`]; the store.
pub async fn get(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    id: ReportId,
) -> Result<ReportRow, Refusal> {
    let (mut sql, mut params) = seen(scope, as_known);
    sql.push(format!("r.id = ${}", params.len() + 1));
    params.push(id.0.into());
    let sql = format!(
        "SELECT r.id, r.state FROM report r WHERE {}",
        sql.join(" AND ")
    );
    let row = db.row(&sql, params).await?.ok_or(Refusal::NotFound)?;
    Ok(read_row(&row)?)
}

/// A report with what it says and what it was drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// What lists show.
    pub row: ReportRow,
    /// Everything it was drawn from.
    pub inputs: ReportInputs,
    /// The document and its figures, exactly as they were drawn up.
    pub composed: Composed,
}

/// Opens a report from what was stored when it was drawn up; nothing is computed again.
///
/// # Errors
/// [`Refusal::NotFound`]; the store, also when a stored file was altered.
pub async fn open(
    journal: &Journal,
    scope: &Scope,
    as_known: &AsKnown,
    id: ReportId,
) -> Result<Opened, Refusal> {
    let row = get(journal.db(), scope, as_known, id).await?;
    Ok(Opened {
        inputs: stored(journal, &row.drawn_up.inputs).await?,
        composed: stored(journal, &row.drawn_up.composed).await?,
        row,
    })
}

async fn stored<T: serde::de::DeserializeOwned>(
    journal: &Journal,
    hash: &FileHash,
) -> Result<T, JournalError> {
    let bytes = journal.files().get(hash).await?;
    serde_json::from_slice(&bytes).map_err(JournalError::decode(hash.as_str()))
}

/// Which file of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The editable document.
    Docx,
    /// The fixed document.
    Pdf,
    /// What it was drawn from, as canonical JSON.
    Inputs,
    /// The last signed copy.
    Signed,
}

/// A file to hand out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFile {
    /// The name it is offered under.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// A file of a report.
///
/// # Errors
/// [`Refusal::NotFound`] when the reader does not see the report or there is no such file; the store.
pub async fn file(
    journal: &Journal,
    scope: &Scope,
    as_known: &AsKnown,
    id: ReportId,
    output: Output,
) -> Result<ReportFile, Refusal> {
    let row = get(journal.db(), scope, as_known, id).await?;
    let drawn_up = &row.drawn_up;
    let stem = format!("{}_{}", drawn_up.definition.id, drawn_up.period).replace('/', "-");
    let (hash, name, media) = match output {
        Output::Docx => (&drawn_up.docx, format!("{stem}.docx"), DOCX),
        Output::Pdf => (&drawn_up.pdf, format!("{stem}.pdf"), "application/pdf"),
        Output::Inputs => (&drawn_up.inputs, format!("{stem}.json"), "application/json"),
        Output::Signed => {
            let copy = row.state.signed.last().filter(|copy| !copy.is_removed());
            let copy = &copy.ok_or(Refusal::NotFound)?.file;
            (&copy.hash, copy.name.clone(), copy.media.as_str())
        }
    };
    Ok(ReportFile {
        content: journal.files().get(hash).await?,
        media: media.to_owned(),
        name,
    })
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Draws a report again from its stored inputs under the definitions it was pinned to: for checking that
/// it says what they hold. Equal to the stored one unless the program composes differently by now.
///
/// # Errors
/// [`Refusal::NotFound`]; the store.
pub async fn redraw(
    journal: &Journal,
    directories: &Directories,
    scope: &Scope,
    opened: &Opened,
) -> Result<Composed, Refusal> {
    let drawn_up = &opened.row.drawn_up;
    // The reader's sight of the report is asked again: `opened` may have been kept.
    get(
        journal.db(),
        scope,
        &AsKnown::at(i64::MAX, drawn_up.as_of),
        opened.row.id,
    )
    .await?;
    let report = directories.pinned(scope, &drawn_up.definition.hash).await?;
    let format = directories.pinned(scope, &drawn_up.format.hash).await?;
    match (report, format) {
        (Definition::Report(report), Definition::Format(format)) => {
            Ok(compose(&opened.inputs, &report, &format))
        }
        _ => Err(mismatched(&drawn_up.definition).into()),
    }
}

fn mismatched(definition: &DefinitionRef) -> JournalError {
    JournalError::Invariant(format!(
        "{} is pinned to a definition of another kind",
        definition.id
    ))
}
