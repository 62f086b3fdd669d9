//! The tables derived from documents, programmes, targets and tasks.
//!
//! They are one projection, since rows of one family take their audience from rows of another and a
//! rebuild must fill them in the order of the journal.
//!
//! Rows are versioned by `known_from` and `known_to`; `state` holds the folded state as JSON, the other
//! columns are what lists filter and sort by. `audience` is the exception: permissions are those of
//! today, so a change of it is written into every version of a row.

use std::collections::BTreeSet;

use async_trait::async_trait;
use journal::{
    Content, FactFamily, FileHash, Gone, JournalError, Kept, Projection, RecordedFact, Row, Seq,
    StreamId, Tx, Value, params,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cascade::{self, CascadeFact, PartFact, RankingFact};
use crate::document::{self, DocumentFact};
use crate::forget;
use crate::programme::{self, ProgrammeFact};
use crate::target::{self, TargetFact};
use crate::task::{self, TaskFact};

/// The projection of this engine.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProgrammeProjection;

#[async_trait]
impl Projection for ProgrammeProjection {
    fn name(&self) -> &'static str {
        "programme"
    }

    fn version(&self) -> i64 {
        3
    }

    fn tables(&self) -> &'static [&'static str] {
        &[
            "document",
            "passage",
            "programme",
            "target",
            "target_cascade",
            "target_part",
            "target_ranking",
            "task",
            "task_org",
            "task_result",
            "task_evidence",
        ]
    }

    fn schema(&self) -> &'static [&'static str] {
        SCHEMA
    }

    fn families(&self) -> &'static [&'static str] {
        &[
            "document",
            "programme",
            "target",
            "cascade",
            "part",
            "ranking",
            "task",
        ]
    }

    fn keeps(&self, fact: &RecordedFact) -> Result<Vec<Kept>, JournalError> {
        if let Some(typed) = DocumentFact::read(fact)? {
            return Ok(match typed {
                DocumentFact::Received { file, intake, .. } => {
                    vec![Kept::File(file.hash), Kept::File(intake)]
                }
                DocumentFact::Read(read) => vec![Kept::Batch(read.reading)],
                _ => Vec::new(),
            });
        }
        Ok(match TaskFact::read(fact)? {
            Some(TaskFact::ResultSubmitted { evidence, .. }) => {
                let files = evidence.into_iter().map(|e| Kept::File(e.hash));
                files.collect()
            }
            _ => Vec::new(),
        })
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        if let Some(typed) = DocumentFact::read(fact)? {
            document::project(tx, fact, typed).await?;
        } else if let Some(typed) = ProgrammeFact::read(fact)? {
            programme::project(tx, fact, typed).await?;
        } else if let Some(typed) = TargetFact::read(fact)? {
            target::project(tx, fact, typed).await?;
        } else if let Some(typed) = TaskFact::read(fact)? {
            task::project(tx, fact, typed).await?;
        } else if let Some(typed) = CascadeFact::read(fact)? {
            cascade::project_cascade(tx, fact, typed).await?;
        } else if let Some(typed) = PartFact::read(fact)? {
            cascade::project_part(tx, fact, typed).await?;
        } else if let Some(typed) = RankingFact::read(fact)? {
            cascade::project_ranking(tx, fact, typed).await?;
        }
        Ok(())
    }

    fn without(
        &self,
        fact: &RecordedFact,
        gone: &Content,
    ) -> Result<Option<serde_json::Value>, JournalError> {
        forget::without(fact, gone)
    }

    async fn holders(
        &self,
        tx: &mut Tx,
        hashes: &BTreeSet<FileHash>,
    ) -> Result<Vec<(FileHash, StreamId)>, JournalError> {
        forget::holders(tx, hashes).await
    }

    async fn forget(&self, tx: &mut Tx, gone: &Gone<'_>) -> Result<(), JournalError> {
        forget::forget(tx, gone).await
    }
}

const SCHEMA: &[&str] = &[
    "CREATE TABLE document (
        id TEXT NOT NULL, status TEXT NOT NULL, kind TEXT NOT NULL, organisation TEXT,
        programme TEXT, issued_on TEXT, folded TEXT NOT NULL, file_hash TEXT,
        received_at BIGINT NOT NULL, audience TEXT NOT NULL, state TEXT NOT NULL,
        known_from BIGINT NOT NULL, known_to BIGINT)",
    "CREATE INDEX document_id ON document (id, known_to)",
    "CREATE INDEX document_received ON document (known_to, received_at)",
    "CREATE INDEX document_file ON document (file_hash)",
    "CREATE TABLE passage (
        document TEXT NOT NULL, ord BIGINT NOT NULL, anchor TEXT NOT NULL, kind TEXT NOT NULL,
        section TEXT, span_start BIGINT NOT NULL, span_end BIGINT NOT NULL, text TEXT NOT NULL,
        known_from BIGINT NOT NULL, known_to BIGINT)",
    "CREATE INDEX passage_document ON passage (document, ord)",
    "CREATE INDEX passage_anchor ON passage (document, anchor)",
    "CREATE TABLE programme (
        id TEXT NOT NULL, title TEXT NOT NULL, area TEXT NOT NULL, closed BIGINT NOT NULL,
        audience TEXT NOT NULL, state TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
    "CREATE INDEX programme_id ON programme (id, known_to)",
    "CREATE TABLE target (
        id TEXT NOT NULL, programme TEXT NOT NULL, document TEXT NOT NULL, anchor TEXT,
        span_start BIGINT NOT NULL, indicator TEXT, area TEXT NOT NULL, responsible TEXT,
        year BIGINT, withdrawn BIGINT NOT NULL, folded TEXT NOT NULL,
        audience TEXT NOT NULL, state TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
    "CREATE INDEX target_id ON target (id, known_to)",
    "CREATE INDEX target_programme ON target (programme, known_to, span_start)",
    "CREATE INDEX target_document ON target (document, anchor)",
    "CREATE INDEX target_indicator ON target (indicator, known_to)",
    "CREATE TABLE target_cascade (
        id TEXT NOT NULL, programme TEXT,
        audience TEXT NOT NULL, state TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
    "CREATE INDEX target_cascade_id ON target_cascade (id, known_to)",
    "CREATE TABLE target_part (
        id TEXT NOT NULL, target TEXT NOT NULL, programme TEXT NOT NULL, organisation TEXT NOT NULL,
        audience TEXT NOT NULL, state TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
    "CREATE INDEX target_part_id ON target_part (id, known_to)",
    "CREATE INDEX target_part_target ON target_part (target, known_to)",
    "CREATE INDEX target_part_programme ON target_part (programme, known_to)",
    "CREATE INDEX target_part_organisation ON target_part (organisation, known_to)",
    "CREATE TABLE target_ranking (
        id TEXT NOT NULL, programme TEXT NOT NULL, year BIGINT NOT NULL,
        audience TEXT NOT NULL, state TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
    "CREATE INDEX target_ranking_id ON target_ranking (id, known_to)",
    "CREATE INDEX target_ranking_programme ON target_ranking (programme, year, known_to)",
    "CREATE TABLE task (
        id TEXT NOT NULL, programme TEXT NOT NULL, document TEXT NOT NULL, anchor TEXT,
        span_start BIGINT NOT NULL, theme TEXT, lead TEXT, deadline TEXT, progress TEXT NOT NULL,
        submitted_on TEXT, folded TEXT NOT NULL,
        audience TEXT NOT NULL, state TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
    "CREATE INDEX task_id ON task (id, known_to)",
    "CREATE INDEX task_programme ON task (programme, known_to, deadline)",
    "CREATE INDEX task_due ON task (known_to, deadline)",
    "CREATE INDEX task_lead ON task (lead, known_to, deadline)",
    "CREATE INDEX task_document ON task (document, anchor)",
    "CREATE TABLE task_org (
        task TEXT NOT NULL, org TEXT NOT NULL, role TEXT NOT NULL,
        known_from BIGINT NOT NULL, known_to BIGINT)",
    // Both hold every column a scope asks for: SQLite, without statistics, would otherwise walk all
    // tasks of an organisation for each task it looks at.
    "CREATE INDEX task_org_task ON task_org (task, org, known_to)",
    "CREATE INDEX task_org_org ON task_org (org, task, known_to)",
    "CREATE TABLE task_result (
        task TEXT NOT NULL, result BIGINT NOT NULL, by_org TEXT NOT NULL, submitted_on TEXT NOT NULL,
        judgement TEXT NOT NULL, state TEXT NOT NULL,
        known_from BIGINT NOT NULL, known_to BIGINT)",
    "CREATE INDEX task_result_task ON task_result (task, result)",
    "CREATE INDEX task_result_judgement ON task_result (known_to, judgement, submitted_on)",
    "CREATE TABLE task_evidence (
        task TEXT NOT NULL, result BIGINT NOT NULL, hash TEXT NOT NULL, name TEXT NOT NULL,
        media TEXT NOT NULL, size BIGINT NOT NULL, link TEXT)",
    "CREATE INDEX task_evidence_hash ON task_evidence (hash)",
];

/// The row of a thing that counts now, before a fact changes it.
pub(crate) struct Before<S> {
    pub state: S,
    pub audience: Option<String>,
    known_from: Option<Seq>,
}

/// Loads the state and the audience that a fact changes; the empty state when there is none yet.
pub(crate) async fn before<S: DeserializeOwned + Default>(
    tx: &mut Tx,
    table: &'static str,
    id: &str,
) -> Result<Before<S>, JournalError> {
    let sql = format!(
        "SELECT state, audience, known_from FROM {table} WHERE id = $1 AND known_to IS NULL"
    );
    Ok(match tx.row(&sql, params![id]).await? {
        Some(row) => Before {
            state: row.json("state")?,
            audience: Some(row.text("audience")?),
            known_from: Some(row.int("known_from")?),
        },
        None => Before {
            state: S::default(),
            audience: None,
            known_from: None,
        },
    })
}

/// Ends the row that counted until `seq`. Of several changes in one entry only the last leaves a row.
pub(crate) async fn supersede(
    tx: &mut Tx,
    table: &'static str,
    id: &str,
    known_from: Option<Seq>,
    seq: Seq,
) -> Result<(), JournalError> {
    let Some(known_from) = known_from else {
        return Ok(());
    };
    if known_from == seq {
        let sql = format!("DELETE FROM {table} WHERE id = $1 AND known_to IS NULL");
        tx.execute(&sql, params![id]).await?;
    } else {
        let sql = format!("UPDATE {table} SET known_to = $1 WHERE id = $2 AND known_to IS NULL");
        tx.execute(&sql, params![seq, id]).await?;
    }
    Ok(())
}

/// Writes the row that counts from a fact on, in place of the one before. `columns` begins with those
/// of the family; `id`, `audience`, `state` and `known_from` are added here.
pub(crate) async fn replace<S: Serialize, B>(
    tx: &mut Tx,
    table: &'static str,
    fact: &RecordedFact,
    before: &Before<B>,
    audience: &str,
    state: &S,
    columns: Vec<(&'static str, Value)>,
) -> Result<(), JournalError> {
    let id = fact.stream.identity();
    supersede(tx, table, id, before.known_from, fact.seq).await?;
    let json = serde_json::to_string(state)
        .map_err(JournalError::decode(format!("{table} {id}, state")))?;
    let mut names = vec!["id", "audience", "state", "known_from"];
    let mut values = params![id, audience, json, fact.seq];
    for (name, value) in columns {
        names.push(name);
        values.push(value);
    }
    let sql = format!("INSERT INTO {table} ({})", names.join(", "));
    tx.insert_many(&sql, names.len(), [values]).await?;
    Ok(())
}

/// Audience of things of a programme: that of the programme when everybody sees it.
pub(crate) async fn published(tx: &mut Tx, programme: &str) -> Result<bool, JournalError> {
    let row = tx
        .row(
            "SELECT audience FROM programme WHERE id = $1 AND known_to IS NULL",
            params![programme],
        )
        .await?;
    row.map_or(Ok(false), |row: Row| Ok(row.text("audience")? == "public"))
}
