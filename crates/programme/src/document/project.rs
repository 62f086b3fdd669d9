//! Rows of documents and passages.

use access::{Audience, OrgId};
use journal::{ActorId, FileHash, JournalError, RecordedFact, Seq, Tx, Value, params};
use reading::SecrecyLevel;
use serde::{Deserialize, Serialize};
use viet::fold::fold;

use super::facts::{DocumentFact, HeaderFields, ReadFact};
use super::record::StoredReading;
use super::state::DocumentStatus;
use crate::projection::{before, replace};
use crate::{FileRef, ProgrammeId};

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DocumentSummary {
    /// How far it has come.
    pub status: DocumentStatus,
    /// Its header: as read, then as corrected.
    pub header: HeaderFields,
    /// The file as handed in; none when it was refused.
    pub file: Option<FileRef>,
    /// The extracted text with its map back.
    pub intake: Option<FileHash>,
    /// Whose document it is until it is adopted.
    pub organisation: Option<OrgId>,
    /// The mark for which it was refused.
    pub refused: Option<SecrecyLevel>,
    /// Outcome of the reading in force.
    pub read: Option<ReadFact>,
    /// The programme it was adopted into.
    pub programme: Option<ProgrammeId>,
    /// When it came, in microseconds since 1970 UTC.
    pub received_at: i64,
    /// Who handed it in.
    pub received_by: Option<ActorId>,
    /// The last entry that changed this row.
    pub changed: Seq,
}

pub(crate) async fn project(
    tx: &mut Tx,
    fact: &RecordedFact,
    typed: DocumentFact,
) -> Result<(), JournalError> {
    let id = fact.stream.identity();
    if let DocumentFact::Published {} = typed {
        tx.execute(
            "UPDATE document SET audience = 'public' WHERE id = $1",
            params![id],
        )
        .await?;
        return Ok(());
    }
    if let DocumentFact::Read(read) = &typed {
        passages(tx, fact, read).await?;
    }
    let mut known = before::<DocumentSummary>(tx, "document", id).await?;
    let mut state = std::mem::take(&mut known.state);
    if !summarise(&mut state, &typed, fact) {
        return Ok(());
    }
    let mut audience = known
        .audience
        .clone()
        .unwrap_or_else(|| Audience::Organisations.as_str().to_owned());
    if matches!(typed, DocumentFact::Adopted { .. }) && audience != Audience::Public.as_str() {
        audience = Audience::Internal.as_str().to_owned();
        tx.execute(
            "UPDATE document SET audience = $1 WHERE id = $2",
            params![audience.as_str(), id],
        )
        .await?;
    }
    let columns = columns(&state);
    replace(tx, "document", fact, &known, &audience, &state, columns).await
}

/// Takes a fact into the summary; no when the summary does not show it.
fn summarise(state: &mut DocumentSummary, typed: &DocumentFact, fact: &RecordedFact) -> bool {
    use DocumentFact::*;
    match typed {
        Received {
            file,
            intake,
            organisation,
            title,
        } => {
            state.status = DocumentStatus::Received;
            state.header.title = title.clone();
            state.file = Some(file.clone());
            state.intake = Some(intake.clone());
            state.organisation = organisation.clone();
            state.received_at = fact.recorded_at;
            state.received_by = Some(fact.actor);
        }
        RefusedSecret {
            level,
            organisation,
        } => {
            state.status = DocumentStatus::RefusedSecret;
            state.refused = Some(*level);
            state.organisation = organisation.clone();
            state.received_at = fact.recorded_at;
            state.received_by = Some(fact.actor);
        }
        Read(read) => {
            let title = state.header.title.take();
            state.header = HeaderFields::from(&read.header);
            state.header.title = state.header.title.take().or(title);
            state.status = DocumentStatus::Read;
            state.read = Some(read.clone());
        }
        HeaderCorrected(header) => state.header = header.clone(),
        KeptAsReference {} => state.status = DocumentStatus::Reference,
        Adopted { programme, .. } => {
            state.status = DocumentStatus::Adopted;
            state.programme = Some(*programme);
        }
        _ => return false,
    }
    state.changed = fact.seq;
    true
}

fn columns(state: &DocumentSummary) -> Vec<(&'static str, Value)> {
    let header = &state.header;
    let words: Vec<&str> = [&header.number, &header.title, &header.issuer]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let kind = serde_json::to_value(header.kind).unwrap_or_default();
    vec![
        ("status", state.status.as_str().into()),
        ("kind", kind.as_str().unwrap_or("unknown").into()),
        (
            "organisation",
            state.organisation.as_ref().map(|o| o.0.as_str()).into(),
        ),
        ("programme", state.programme.map(|p| p.0).into()),
        ("issued_on", header.date.into()),
        ("folded", fold(&words.join(" ")).into()),
        (
            "file_hash",
            state.file.as_ref().map(|f| f.hash.as_str()).into(),
        ),
        ("received_at", state.received_at.into()),
    ]
}

/// Puts the passages of a reading in the place of those of the reading before.
async fn passages(tx: &mut Tx, fact: &RecordedFact, read: &ReadFact) -> Result<(), JournalError> {
    let id = fact.stream.identity();
    tx.execute(
        "DELETE FROM passage WHERE document = $1 AND known_to IS NULL AND known_from = $2",
        params![id, fact.seq],
    )
    .await?;
    tx.execute(
        "UPDATE passage SET known_to = $1 WHERE document = $2 AND known_to IS NULL",
        params![fact.seq, id],
    )
    .await?;
    let reading = StoredReading::load(tx, read.reading.as_str()).await?;
    let cutter = reading.cutter();
    let rows: Vec<Vec<Value>> = reading
        .passages
        .iter()
        .zip(0i64..)
        .map(|(passage, ord)| {
            let kind = serde_json::to_value(passage.kind).unwrap_or_default();
            params![
                id,
                ord,
                passage.anchor.as_str(),
                kind.as_str().unwrap_or_default(),
                passage.section.clone(),
                point(passage.span.start()),
                point(passage.span.end()),
                cutter.cut(passage.span),
                fact.seq
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO passage (document, ord, anchor, kind, section, span_start, span_end, text, known_from)",
        9,
        rows,
    )
    .await?;
    Ok(())
}

/// A place in a text as a column.
pub(crate) fn point(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}
