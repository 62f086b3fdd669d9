//! What becomes of this engine's facts and rows when content is removed.

use std::collections::BTreeSet;

use journal::{
    Content, FactFamily, FileHash, Gone, JournalError, RecordedFact, StreamId, Tx, params,
};
use serde_json::Value as Json;

use crate::programme::{self, ProgrammeFact};
use crate::task::{self, TaskFact};

/// What stands for a title that was removed, in both languages of the screen.
const REMOVED: &str = "(đã gỡ / removed)";

/// The data of a fact without what content that goes said: the evidence of a result without the name and
/// address of a removed file, a programme without the title its removed document gave it.
pub(crate) fn without(fact: &RecordedFact, gone: &Content) -> Result<Option<Json>, JournalError> {
    if let Some(TaskFact::ResultSubmitted {
        by,
        on,
        text,
        mut evidence,
        no_occurrence,
    }) = TaskFact::read(fact)?
    {
        let mut changed = false;
        for file in &mut evidence {
            if gone.files.contains(&file.hash) && !file.is_removed() {
                file.remove();
                changed = true;
            }
        }
        let fact = TaskFact::ResultSubmitted {
            by,
            on,
            text,
            evidence,
            no_occurrence,
        };
        return if changed {
            data(&fact).map(Some)
        } else {
            Ok(None)
        };
    }
    if let Some(ProgrammeFact::Founded(mut fields)) = ProgrammeFact::read(fact)?
        && gone.reduced.contains(&fact.stream)
        && fields.title != REMOVED
    {
        fields.title = REMOVED.to_owned();
        fields.number = None;
        fields.issuer = None;
        return data(&ProgrammeFact::Founded(fields)).map(Some);
    }
    Ok(None)
}

fn data(fact: &impl serde::Serialize) -> Result<Json, JournalError> {
    let mut tagged =
        serde_json::to_value(fact).map_err(JournalError::decode("what is left of a fact"))?;
    Ok(tagged["data"].take())
}

/// Tables and the column by which their rows belong to a thing.
const ROWS: &[(&str, &[(&str, &str)])] = &[
    ("document", &[("document", "id"), ("passage", "document")]),
    ("programme", &[("programme", "id")]),
    ("target", &[("target", "id")]),
    ("cascade", &[("target_cascade", "id")]),
    ("part", &[("target_part", "id")]),
    ("ranking", &[("target_ranking", "id")]),
    (
        "task",
        &[
            ("task", "id"),
            ("task_org", "task"),
            ("task_result", "task"),
            ("task_evidence", "task"),
        ],
    ),
];

/// Takes the rows of removed things away and makes those of reduced things anew.
pub(crate) async fn forget(tx: &mut Tx, gone: &Gone<'_>) -> Result<(), JournalError> {
    for stream in gone.streams {
        delete(tx, stream).await?;
    }
    for (stream, facts) in &gone.reduced {
        if !matches!(stream.family(), "programme" | "task") {
            continue;
        }
        delete(tx, stream).await?;
        for fact in facts {
            if let Some(typed) = ProgrammeFact::read(fact)? {
                programme::project(tx, fact, typed).await?;
            } else if let Some(typed) = TaskFact::read(fact)? {
                task::project(tx, fact, typed).await?;
            }
        }
    }
    Ok(())
}

async fn delete(tx: &mut Tx, stream: &StreamId) -> Result<(), JournalError> {
    let tables = ROWS.iter().find(|(family, _)| *family == stream.family());
    for (table, column) in tables.map_or(&[][..], |(_, tables)| tables) {
        let sql = format!("DELETE FROM {table} WHERE {column} = $1");
        tx.execute(&sql, params![stream.identity()]).await?;
    }
    Ok(())
}

/// Documents and tasks that name some of these files and readings.
pub(crate) async fn holders(
    tx: &mut Tx,
    hashes: &BTreeSet<FileHash>,
) -> Result<Vec<(FileHash, StreamId)>, JournalError> {
    let mut holders = BTreeSet::new();
    // Every version of a row: a reading that was made again is still named by the first one's fact.
    for row in tx.rows("SELECT id, state FROM document", vec![]).await? {
        let (id, state) = (row.text("id")?, row.text("state")?);
        for hash in hashes.iter().filter(|hash| state.contains(hash.as_str())) {
            holders.insert((hash.clone(), StreamId::new("document", &id)));
        }
    }
    for hash in hashes {
        let named = "SELECT DISTINCT task FROM task_evidence WHERE hash = $1";
        for row in tx.rows(named, params![hash.as_str()]).await? {
            holders.insert((hash.clone(), StreamId::new("task", row.text("task")?)));
        }
    }
    Ok(holders.into_iter().collect())
}
