//! Rows of programmes.

use access::Audience;
use journal::{JournalError, RecordedFact, Tx, params};

use super::facts::ProgrammeFact;
use super::state::{ProgrammeState, evolve};
use crate::projection::{before, replace};

pub(crate) async fn project(
    tx: &mut Tx,
    fact: &RecordedFact,
    typed: ProgrammeFact,
) -> Result<(), JournalError> {
    let id = fact.stream.identity();
    if let ProgrammeFact::Published {} = typed {
        publish(tx, id).await?;
    }
    let mut known = before::<ProgrammeState>(tx, "programme", id).await?;
    let state = evolve(std::mem::take(&mut known.state), typed, fact);
    let Some(fields) = &state.fields else {
        return Ok(());
    };
    let audience = known
        .audience
        .clone()
        .unwrap_or_else(|| Audience::Internal.as_str().to_owned());
    let columns = vec![
        ("title", fields.title.as_str().into()),
        ("area", fields.area.to_string().into()),
        ("closed", state.closed.is_some().into()),
    ];
    replace(tx, "programme", fact, &known, &audience, &state, columns).await
}

/// From now on everybody sees the programme, its targets and its tasks, in all their versions.
async fn publish(tx: &mut Tx, id: &str) -> Result<(), JournalError> {
    for (table, key) in [
        ("programme", "id"),
        ("target", "programme"),
        ("task", "programme"),
    ] {
        let sql = format!("UPDATE {table} SET audience = 'public' WHERE {key} = $1");
        tx.execute(&sql, params![id]).await?;
    }
    Ok(())
}
