//! Reading documents.

use access::{AsKnown, Audience, FieldClass, Listed, Page, Refusal, Scope, Visible};
use journal::{FileHash, Journal, JournalError, Row};
use serde::Serialize;
use viet::Span;

use super::corrected::CorrectedReading;
use super::project::DocumentSummary;
use super::record::StoredReading;
use super::state::{DocumentState, DocumentStatus, evolve};
use crate::sql::Select;
use crate::{DocumentId, ProgrammeId};

pub(crate) const VISIBLE: Visible = Visible {
    audience: "d.audience",
    organisations: &["d.organisation"],
    related: None,
};

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentRow {
    /// Which one.
    pub id: DocumentId,
    /// Who sees it today.
    pub audience: Audience,
    /// What lists show.
    pub summary: DocumentSummary,
}

/// Which documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentFilter {
    /// Only of this status.
    pub status: Option<DocumentStatus>,
    /// Only of this programme.
    pub programme: Option<ProgrammeId>,
    /// With all these words in number, title or issuer; diacritics do not matter.
    pub text: Option<String>,
    /// Only those made of exactly this file.
    pub file: Option<FileHash>,
}

/// Documents, the one handed in last first.
pub async fn list(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    filter: &DocumentFilter,
    page: Page,
) -> Result<Listed<DocumentRow>, Refusal> {
    let mut select = Select::scoped("document d", "d", scope, &VISIBLE, as_known);
    select.when("d.status = {}", filter.status.map(|s| s.as_str()));
    select.when("d.programme = {}", filter.programme);
    select.when(
        "d.file_hash = {}",
        filter.file.as_ref().map(FileHash::as_str),
    );
    select.words("d.folded", filter.text.as_deref());
    select
        .page(
            journal.db(),
            "d.id, d.audience, d.state",
            "d.received_at DESC, d.id DESC",
            page,
            |row| Ok(masked(read_row(row)?, scope)),
        )
        .await
}

fn read_row(row: &Row) -> Result<DocumentRow, JournalError> {
    Ok(DocumentRow {
        id: row.parse("id")?,
        audience: row.parse("audience")?,
        summary: row.json("state")?,
    })
}

fn masked(mut row: DocumentRow, scope: &Scope) -> DocumentRow {
    if !scope.sees_field(FieldClass::Internal) {
        row.summary.organisation = None;
        row.summary.received_by = None;
    }
    row
}

/// One document with its reading.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentView {
    /// What lists show.
    pub row: DocumentRow,
    /// Its state; its version goes into the forms.
    pub state: DocumentState,
    /// The reading after corrections; none before it was read. Somebody outside the administration
    /// sees only what was adopted, without doubts and reasons.
    pub reading: Option<CorrectedReading>,
}

/// One document.
pub async fn get(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    id: DocumentId,
) -> Result<DocumentView, Refusal> {
    let mut select = Select::scoped("document d", "d", scope, &VISIBLE, as_known);
    select.when("d.id = {}", Some(id));
    let rows = select
        .rows(journal.db(), "d.id, d.audience, d.state", "")
        .await?;
    let row = read_row(rows.first().ok_or(Refusal::NotFound)?)?;
    let mut state = journal
        .stream(&id.stream(), as_known.seq)
        .await?
        .fold(DocumentState::default(), evolve)?;
    let reading = match &state.read {
        Some(read) => {
            let bytes = journal.batch(read.reading.as_str()).await?;
            Some(CorrectedReading::of(
                &state,
                StoredReading::from_bytes(&bytes)?,
            ))
        }
        None => None,
    };
    let inside = scope.sees_field(FieldClass::Internal);
    if !inside {
        state = DocumentState {
            organisation: None,
            targets: Default::default(),
            tasks: Default::default(),
            ..state
        };
    }
    Ok(DocumentView {
        row: masked(row, scope),
        state,
        reading: reading.map(|reading| if inside { reading } else { reading.public() }),
    })
}

/// A citable piece of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassageRow {
    /// The document.
    pub document: DocumentId,
    /// Its place in the order of the text, from 0.
    pub order: i64,
    /// Stable address within the document.
    pub anchor: String,
    /// Word of its kind: "heading", "bullet" …
    pub kind: String,
    /// Path of the section it belongs to.
    pub section: Option<String>,
    /// Where, in code points of the text.
    pub span: Span,
    /// Its words.
    pub text: String,
}

/// The passages of a document in the order of the text.
pub async fn passages(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    document: DocumentId,
) -> Result<Vec<PassageRow>, Refusal> {
    passage_rows(journal, scope, as_known, document, None).await
}

/// One passage by its anchor.
pub async fn passage(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    document: DocumentId,
    anchor: &str,
) -> Result<PassageRow, Refusal> {
    passage_rows(journal, scope, as_known, document, Some(anchor))
        .await?
        .into_iter()
        .next()
        .ok_or(Refusal::NotFound)
}

async fn passage_rows(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    document: DocumentId,
    anchor: Option<&str>,
) -> Result<Vec<PassageRow>, Refusal> {
    let from = "document d JOIN passage p ON p.document = d.id";
    let mut select = Select::scoped(from, "d", scope, &VISIBLE, as_known);
    select.filter(|n| as_known.condition("p", n));
    select.when("d.id = {}", Some(document));
    select.when("p.anchor = {}", anchor);
    let rows = select
        .rows(
            journal.db(),
            "p.ord, p.anchor, p.kind, p.section, p.span_start, p.span_end, p.text",
            "ORDER BY p.ord",
        )
        .await?;
    let read = |row: &Row| {
        Ok(PassageRow {
            document,
            order: row.int("ord")?,
            anchor: row.text("anchor")?,
            kind: row.text("kind")?,
            section: row.opt_text("section")?,
            span: span(row.int("span_start")?, row.int("span_end")?)?,
            text: row.text("text")?,
        })
    };
    rows.iter().map(read).collect()
}

fn span(start: i64, end: i64) -> Result<Span, JournalError> {
    usize::try_from(start)
        .ok()
        .zip(usize::try_from(end).ok())
        .and_then(|(start, end)| Span::new(start, end))
        .ok_or_else(|| JournalError::Invariant(format!("passage from {start} to {end}")))
}
