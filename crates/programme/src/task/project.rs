//! Rows of tasks, their organisations, results and evidence.

use access::{Audience, OrgId};
use journal::{JournalError, RecordedFact, Seq, Tx, Value, params};
use viet::fold::fold;

use super::facts::{Agencies, AssignedTask, TaskFact};
use super::state::{TaskResult, TaskState, evolve};
use crate::document::point;
use crate::projection::{before, published, replace};

pub(crate) async fn project(
    tx: &mut Tx,
    fact: &RecordedFact,
    typed: TaskFact,
) -> Result<(), JournalError> {
    let id = fact.stream.identity();
    let touched = touched(&typed, fact.seq);
    let mut known = before::<TaskState>(tx, "task", id).await?;
    let state = evolve(std::mem::take(&mut known.state), typed, fact);
    let Some(task) = &state.task else {
        return Ok(());
    };
    let programme = task.programme.to_string();
    let audience = match known.audience.clone() {
        Some(audience) => audience,
        None if published(tx, &programme).await? => Audience::Public.as_str().to_owned(),
        None => Audience::Organisations.as_str().to_owned(),
    };
    match touched {
        Touched::Agencies => organisations(tx, id, fact.seq, &task.agencies).await?,
        Touched::Result(seq) => {
            if let Some(result) = state.results.iter().find(|result| result.seq == seq) {
                one_result(tx, id, fact.seq, result).await?;
            }
        }
        Touched::Nothing => {}
    }
    let columns = columns(&state, task, programme);
    replace(tx, "task", fact, &known, &audience, &state, columns).await
}

/// Which side table a fact concerns.
enum Touched {
    Agencies,
    Result(Seq),
    Nothing,
}

fn touched(fact: &TaskFact, seq: Seq) -> Touched {
    match fact {
        TaskFact::Assigned(_) | TaskFact::Reassigned { .. } => Touched::Agencies,
        TaskFact::ResultSubmitted { .. } => Touched::Result(seq),
        TaskFact::ResultWithdrawn { result, .. }
        | TaskFact::ResultConfirmed { result, .. }
        | TaskFact::ResultReturned { result, .. } => Touched::Result(*result),
        TaskFact::DeadlineExtended { .. }
        | TaskFact::OfficerNamed { .. }
        | TaskFact::Withdrawn { .. } => Touched::Nothing,
    }
}

fn columns(
    state: &TaskState,
    task: &AssignedTask,
    programme: String,
) -> Vec<(&'static str, Value)> {
    vec![
        ("programme", programme.into()),
        ("document", task.document.into()),
        ("anchor", task.place.anchor.clone().into()),
        ("span_start", point(task.place.span.start()).into()),
        ("theme", task.theme.clone().into()),
        (
            "lead",
            task.agencies.lead.as_ref().map(|org| org.0.as_str()).into(),
        ),
        ("deadline", task.deadline.into()),
        ("progress", state.progress().as_str().into()),
        (
            "submitted_on",
            state.current_result().map(|result| result.on).into(),
        ),
        (
            "folded",
            fold(&format!("{} {}", task.title, task.text)).into(),
        ),
    ]
}

async fn organisations(
    tx: &mut Tx,
    id: &str,
    seq: Seq,
    agencies: &Agencies,
) -> Result<(), JournalError> {
    tx.execute(
        "UPDATE task_org SET known_to = $1 WHERE task = $2 AND known_to IS NULL",
        params![seq, id],
    )
    .await?;
    let row = |org: &OrgId, role: &str| params![id, org.0.as_str(), role, seq];
    let lead = agencies.lead.iter().map(|org| row(org, "lead"));
    let others = agencies.supporting.iter().map(|org| row(org, "supporting"));
    let rows: Vec<Vec<Value>> = lead.chain(others).collect();
    tx.insert_many(
        "INSERT INTO task_org (task, org, role, known_from)",
        4,
        rows,
    )
    .await?;
    Ok(())
}

/// Writes a result as it stands after a fact. Its evidence comes with the submission and stays.
async fn one_result(
    tx: &mut Tx,
    id: &str,
    seq: Seq,
    result: &TaskResult,
) -> Result<(), JournalError> {
    tx.execute(
        "UPDATE task_result SET known_to = $1 WHERE task = $2 AND result = $3 AND known_to IS NULL",
        params![seq, id, result.seq],
    )
    .await?;
    let json = serde_json::to_string(result)
        .map_err(JournalError::decode(format!("task {id}, result")))?;
    tx.execute(
        "INSERT INTO task_result (task, result, by_org, submitted_on, judgement, state, known_from) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            id,
            result.seq,
            result.by.0.as_str(),
            result.on,
            result.judgement.as_str(),
            json,
            seq
        ],
    )
    .await?;
    if seq != result.seq {
        return Ok(());
    }
    let rows: Vec<Vec<Value>> = result
        .evidence
        .iter()
        .map(|e| {
            params![
                id,
                result.seq,
                e.hash.as_str(),
                e.name.as_str(),
                e.media.as_str(),
                i64::try_from(e.size).unwrap_or(i64::MAX),
                e.link.clone()
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO task_evidence (task, result, hash, name, media, size, link)",
        7,
        rows,
    )
    .await?;
    Ok(())
}
