//! Batches: accepted, taken back, confirmed, returned. Pure.

use std::collections::BTreeMap;

use access::{FieldFault, OrgId, Permission, Refusal, Scope};
use catalogue::Id;
use jiff::civil::Date;
use journal::{FileHash, Seq};

use crate::check::missing_note;
use crate::decide::{all_good, with_reason};
use crate::{
    BatchAccepted, BatchConfirmed, BatchEnd, BatchFact, BatchId, BatchReturned, BatchRow,
    BatchState, BatchUndone, Book, EvidenceFile, ImportId, Reviewed, Standing, review,
};

/// Accept many values at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptBatch {
    /// Identity it will have.
    pub batch: BatchId,
    /// The values; a row without a source takes the batch's.
    pub rows: Vec<BatchRow>,
    /// Where they were read.
    pub source: String,
    /// The agency that reports them.
    pub organisation: OrgId,
    /// The file they were imported from.
    pub evidence: Vec<EvidenceFile>,
    /// Papers that show where they come from.
    pub papers: Vec<EvidenceFile>,
    /// What a reader must know.
    pub note: Option<String>,
    /// The doubts shown were set aside.
    pub acknowledge: bool,
    /// How many faulty rows of the file are left out.
    pub left_out: u32,
    /// The import it is a part of, where the file makes more than one batch.
    pub import: Option<ImportId>,
    /// What the rows were compared with; none when they are a series of their own.
    pub against: Option<Against>,
}

/// What stood when rows were reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Against {
    /// The observations of the series looked at; a series without any stands with none.
    pub standing: Standing,
    /// The last entry they rest on: the version the review was made against.
    pub seq: Seq,
}

impl AcceptBatch {
    /// A batch without file, papers or note, compared with nothing.
    pub fn new(organisation: OrgId, source: impl Into<String>, rows: Vec<BatchRow>) -> Self {
        Self {
            batch: BatchId::new(),
            rows,
            source: source.into(),
            organisation,
            evidence: Vec::new(),
            papers: Vec::new(),
            note: None,
            acknowledge: false,
            left_out: 0,
            import: None,
            against: None,
        }
    }
}

/// Take a batch back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoBatch {
    /// Which.
    pub batch: BatchId,
    /// Why.
    pub reason: String,
}

/// Confirm or return a batch that an agency handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeBatch {
    /// Which.
    pub batch: BatchId,
    /// How.
    pub judgement: Judgement,
}

/// What whoever keeps programmes says of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It is right.
    Confirm,
    /// It is to be mended and handed in again.
    Return {
        /// What is to be mended.
        reason: String,
    },
}

/// Faults of rows that an answer carries; the rest is counted.
const FAULTS_SHOWN: usize = 200;

/// Decides on [`AcceptBatch`], whose canonical bytes have the hash `content`. Rows are compared with what
/// stood when they were reviewed and with each other.
///
/// # Errors
/// Not allowed for the organisation; the identity was used before; no rows; rows that cannot be true or
/// stand twice (fields `rows[12].value`, counted from 0); doubts not acknowledged.
pub fn decide_accept_batch(
    state: &BatchState,
    command: &AcceptBatch,
    content: FileHash,
    book: Book<'_>,
    scope: &Scope,
    today: Date,
) -> Result<BatchFact, Refusal> {
    scope.require_for(Permission::RecordObservation, &command.organisation)?;
    if state.accepted.is_some() {
        return Err(Refusal::conflict(
            "Lô số liệu này đã được tiếp nhận.",
            "This batch has been accepted already.",
        ));
    }
    let count = u32::try_from(command.rows.len()).unwrap_or(0);
    if count == 0 {
        return Err(Refusal::invalid(
            "rows",
            "Lô không có số liệu nào.",
            "The batch has no rows.",
        ));
    }
    let nothing = Standing::new();
    let standing = command.against.as_ref().map_or(&nothing, |a| &a.standing);
    let reviewed = review(command, standing, book, scope, today);
    all_good(shorten(row_faults(&reviewed)))?;
    let doubtful = reviewed.iter().filter(|row| !row.doubts.is_empty()).count();
    let doubts = u32::try_from(doubtful).unwrap_or(u32::MAX);
    if doubts > 0 {
        let note = command.note.as_deref();
        all_good(unanswered(doubts, command.acknowledge, note))?;
    }
    let definitions: BTreeMap<Id, String> = command
        .rows
        .iter()
        .filter_map(|row| {
            let pinned = book.indicator(&row.key)?;
            Some((row.key.indicator.clone(), pinned.hash.clone()))
        })
        .collect();
    let shown = command.evidence.iter().chain(&command.papers);
    let keeper = scope.may_for(Permission::KeepProgramme, &command.organisation);
    Ok(BatchFact::Accepted(Box::new(BatchAccepted {
        batch: command.batch,
        count,
        content,
        source: command.source.clone(),
        organisation: command.organisation.clone(),
        definitions,
        evidence: shown.cloned().collect(),
        note: command.note.clone(),
        doubts,
        left_out: command.left_out,
        import: command.import,
        to_confirm: !keeper,
    })))
}

fn row_faults(reviewed: &[Reviewed]) -> Vec<FieldFault> {
    let rows = reviewed.iter().enumerate();
    rows.flat_map(|(index, row)| {
        row.faults.iter().map(move |fault| FieldFault {
            field: format!("rows[{index}].{}", fault.field),
            say: fault.say.clone(),
        })
    })
    .collect()
}

fn shorten(mut faults: Vec<FieldFault>) -> Vec<FieldFault> {
    let total = faults.len();
    if total > FAULTS_SHOWN {
        faults.truncate(FAULTS_SHOWN);
        faults.push(FieldFault::new(
            "rows",
            format!("Có tất cả {total} lỗi; {FAULTS_SHOWN} lỗi đầu được nêu."),
            format!("There are {total} faults; the first {FAULTS_SHOWN} are shown."),
        ));
    }
    faults
}

fn unanswered(doubtful: u32, acknowledged: bool, note: Option<&str>) -> Vec<FieldFault> {
    if !acknowledged {
        vec![FieldFault::new(
            "acknowledge",
            format!(
                "{doubtful} dòng có giá trị khác thường. Hãy kiểm tra; nếu đúng, đánh dấu xác nhận và ghi chú lý do."
            ),
            format!(
                "{doubtful} rows hold unusual values. Check them; if they are right, acknowledge and note why."
            ),
        )]
    } else {
        missing_note(note)
    }
}

/// A batch that stands.
fn standing(state: &BatchState) -> Result<&BatchAccepted, Refusal> {
    let accepted = state.accepted.as_ref().ok_or(Refusal::NotFound)?;
    match state.end {
        None => Ok(accepted),
        Some(BatchEnd::Undone) => Err(Refusal::conflict(
            "Lô số liệu này đã được huỷ tiếp nhận.",
            "This batch has been undone already.",
        )),
        Some(BatchEnd::Returned) => Err(Refusal::conflict(
            "Lô số liệu này đã được trả lại để bổ sung.",
            "This batch has been returned already.",
        )),
    }
}

/// Decides on [`UndoBatch`]. What was confirmed is taken back by whoever may confirm.
///
/// # Errors
/// There is no such batch; not allowed for its organisation; it stands no longer; no reason.
pub fn decide_undo_batch(
    state: &BatchState,
    command: &UndoBatch,
    scope: &Scope,
) -> Result<BatchFact, Refusal> {
    let accepted = state.accepted.as_ref().ok_or(Refusal::NotFound)?;
    let organisation = &accepted.organisation;
    scope.require_for(Permission::RecordObservation, organisation)?;
    standing(state)?;
    if state.confirmed {
        scope.require_for(Permission::KeepProgramme, organisation)?;
    }
    Ok(BatchFact::Undone(BatchUndone {
        batch: command.batch,
        reason: with_reason(&command.reason)?,
    }))
}

/// Decides on [`JudgeBatch`]. Figures of a batch that is returned are not shown any longer: the agency has
/// not given them.
///
/// # Errors
/// There is no such batch; not allowed; it stands no longer, waits for nobody or was confirmed; returned
/// without a reason.
pub fn decide_judge_batch(
    state: &BatchState,
    command: &JudgeBatch,
    scope: &Scope,
) -> Result<BatchFact, Refusal> {
    let accepted = state.accepted.as_ref().ok_or(Refusal::NotFound)?;
    scope.require_for(Permission::KeepProgramme, &accepted.organisation)?;
    standing(state)?;
    if !accepted.to_confirm || state.confirmed {
        return Err(Refusal::conflict(
            "Lô số liệu này không chờ xác nhận.",
            "This batch does not wait to be confirmed.",
        ));
    }
    let batch = command.batch;
    Ok(match &command.judgement {
        Judgement::Confirm => BatchFact::Confirmed(BatchConfirmed { batch }),
        Judgement::Return { reason } => BatchFact::Returned(BatchReturned {
            batch,
            reason: with_reason(reason)?,
        }),
    })
}
