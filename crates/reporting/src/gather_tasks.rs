//! Tasks of the programme with their results, as inputs.

use std::collections::BTreeMap;

use activation::Directory;
use jiff::civil::Date;
use measure::{TaskStatus, task_status};
use programme::TaskId;
use programme::task::{AssignedTask, Judgement, Progress, ResultRow, TaskResult, TaskRow};

use crate::gather::{name_of, one_line};
use crate::inputs::{ResultInput, TaskInput};

/// Tasks as they stood at the end of a day: results and judgements of later days do not count, though
/// they may be known already.
pub(crate) fn task_inputs(
    rows: Vec<TaskRow>,
    results: Vec<ResultRow>,
    directory: &Directory,
    as_of: Date,
    due_soon_days: u32,
) -> Vec<TaskInput> {
    let mut by_task: BTreeMap<TaskId, Vec<TaskResult>> = BTreeMap::new();
    for row in results {
        by_task.entry(row.task).or_default().push(row.result);
    }
    let input = |row: TaskRow| {
        let results = by_task.remove(&row.id).unwrap_or_default();
        task_input(row, &results, directory, as_of, due_soon_days)
    };
    rows.into_iter().map(input).collect()
}

fn task_input(
    row: TaskRow,
    results: &[TaskResult],
    directory: &Directory,
    as_of: Date,
    due_soon_days: u32,
) -> TaskInput {
    let task = row.task;
    let result = in_force(results, as_of);
    let became = match row.progress {
        Progress::Withdrawn => measure::TaskResult::Withdrawn,
        _ => result.map_or(measure::TaskResult::None, |result| outcome(result, as_of)),
    };
    let status = task_status(task.deadline, became, as_of, due_soon_days).status;
    let done = matches!(status, TaskStatus::Done | TaskStatus::DoneLate);
    let (lead, supporting) = agencies(&task, directory, as_of);
    TaskInput {
        id: row.id,
        title: one_line(&task.title),
        document: task.document,
        anchor: task.place.anchor,
        lead,
        supporting,
        deadline: task.deadline,
        deadline_written: task.deadline_written,
        product: task.product.as_deref().map(one_line),
        status,
        done_on: result.filter(|_| done).map(|result| result.on),
        result: result.map(|result| ResultInput {
            text: one_line(&result.text),
            on: result.on,
            waiting: matches!(became, measure::TaskResult::Submitted(_)),
            returned: match &result.judgement {
                Judgement::Returned { reason, .. } if status == TaskStatus::Returned => {
                    Some(one_line(reason))
                }
                _ => None,
            },
        }),
        extensions: u32::try_from(row.extensions).unwrap_or(u32::MAX),
    }
}

/// The last result handed in by then and not taken back by then.
fn in_force(results: &[TaskResult], as_of: Date) -> Option<&TaskResult> {
    results
        .iter()
        .filter(|result| result.on <= as_of)
        .filter(|result| match result.judgement {
            Judgement::Withdrawn { on } => on > as_of,
            _ => true,
        })
        .max_by_key(|result| result.seq)
}

fn outcome(result: &TaskResult, as_of: Date) -> measure::TaskResult {
    match &result.judgement {
        Judgement::Confirmed { on, .. } if *on <= as_of => {
            measure::TaskResult::Confirmed(result.on)
        }
        Judgement::Returned { on, .. } if *on <= as_of => measure::TaskResult::Returned,
        _ => measure::TaskResult::Submitted(result.on),
    }
}

/// Names of lead and supporting agencies: of the day where they were resolved, as written otherwise.
fn agencies(
    task: &AssignedTask,
    directory: &Directory,
    day: Date,
) -> (Option<String>, Vec<String>) {
    let agencies = &task.agencies;
    let lead = match &agencies.lead {
        Some(org) => Some(name_of(directory, org, day)),
        None => agencies.lead_written.clone(),
    };
    let supporting = match agencies.supporting.as_slice() {
        [] => agencies.supporting_written.clone(),
        resolved => resolved
            .iter()
            .map(|org| name_of(directory, org, day))
            .collect(),
    };
    (lead, supporting)
}
