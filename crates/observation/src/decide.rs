//! Commands and what is decided about them. Pure: state, command, scope and day in; facts or a reasoned
//! refusal out.

use std::collections::{BTreeMap, BTreeSet};

use access::{FieldFault, OrgId, Permission, Refusal, Scope};
use catalogue::Id;
use jiff::civil::Date;
use journal::{FileHash, Seq};

use crate::check::{faults, missing_note, unanswered};
use crate::state::Observation;
use crate::{
    BatchAccepted, BatchFact, BatchId, BatchRow, BatchState, BatchUndone, Book, EvidenceFile,
    Figure, ObservationId, Published, Recorded, SeriesFact, SeriesKey, SeriesState, Withdrawn,
    doubts,
};

/// Record one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Identity it will have.
    pub id: ObservationId,
    /// Indicator and area.
    pub key: SeriesKey,
    /// The value.
    pub figure: Figure,
    /// The agency that reports it.
    pub organisation: OrgId,
    /// Files that show where it comes from.
    pub evidence: Vec<EvidenceFile>,
    /// The doubts shown were set aside by the one who enters it.
    pub acknowledge: bool,
    /// Version of the series the form was filled against.
    pub expected: Option<Seq>,
}

/// Withdraw a value recorded by mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdraw {
    /// Which.
    pub id: ObservationId,
    /// Why.
    pub reason: String,
    /// Version of the series the form was filled against.
    pub expected: Option<Seq>,
}

/// Let everybody see a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// Which.
    pub id: ObservationId,
    /// Version of the series the form was filled against.
    pub expected: Option<Seq>,
}

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
    /// What a reader must know.
    pub note: Option<String>,
    /// The doubts shown were set aside.
    pub acknowledge: bool,
}

/// Take a batch back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoBatch {
    /// Which.
    pub batch: BatchId,
    /// Why.
    pub reason: String,
}

fn fresh(expected: Option<Seq>, version: Seq) -> Result<(), Refusal> {
    match expected {
        Some(seen) if seen != version => Err(Refusal::Stale),
        _ => Ok(()),
    }
}

fn all_good(faults: Vec<FieldFault>) -> Result<(), Refusal> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid { faults })
    }
}

fn with_reason(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::invalid("reason", "Hãy ghi lý do.", "Say why."));
    }
    Ok(reason.to_owned())
}

/// Decides on [`Record`].
///
/// # Errors
/// Not allowed for the organisation; stale; fields that cannot be true; doubts not acknowledged; the
/// same figure recorded before.
pub fn decide_record(
    state: &SeriesState,
    command: &Record,
    book: Book<'_>,
    scope: &Scope,
    today: Date,
) -> Result<SeriesFact, Refusal> {
    scope.require_for(Permission::RecordObservation, &command.organisation)?;
    fresh(command.expected, state.version)?;
    let Record { key, figure, .. } = command;
    all_good(faults(key, figure, book, today))?;
    let doubts = doubts(key, figure, &state.observations, book, today);
    all_good(unanswered(
        &doubts,
        command.acknowledge,
        figure.note.as_deref(),
    ))?;
    if let Some(known) = state.observations.iter().find(|o| same(&o.figure, figure)) {
        let day = viet::date::format(known.figure.vintage, viet::Lang::Vi);
        return Err(Refusal::invalid(
            "value",
            format!("Số liệu này đã được ghi nhận (công bố ngày {day})."),
            "This figure has been recorded already.",
        ));
    }
    Ok(SeriesFact::Recorded(Box::new(Recorded {
        id: command.id,
        definition: book.indicator(key).map(|pinned| pinned.hash.clone()),
        organisation: command.organisation.clone(),
        figure: figure.clone(),
        evidence: command.evidence.clone(),
        acknowledged: doubts,
    })))
}

/// Whether two figures say the same: entering one of them again would only be a double.
fn same(a: &Figure, b: &Figure) -> bool {
    (a.period, a.stage, a.vintage, a.value) == (b.period, b.stage, b.vintage, b.value)
        && a.source.trim() == b.source.trim()
}

fn standing(state: &SeriesState, id: ObservationId) -> Result<&Observation, Refusal> {
    state.find(id).ok_or(Refusal::NotFound)
}

/// Decides on [`Withdraw`].
///
/// # Errors
/// The observation does not stand; not allowed for its organisation; stale; no reason.
pub fn decide_withdraw(
    state: &SeriesState,
    command: &Withdraw,
    scope: &Scope,
) -> Result<SeriesFact, Refusal> {
    let observation = standing(state, command.id)?;
    scope.require_for(Permission::RecordObservation, &observation.organisation)?;
    fresh(command.expected, state.version)?;
    Ok(SeriesFact::Withdrawn(Withdrawn {
        id: command.id,
        reason: with_reason(&command.reason)?,
    }))
}

/// Decides on [`Publish`]; no fact when everybody sees it already. Publishing belongs to whoever keeps
/// programmes, not to the agency that reports.
///
/// # Errors
/// The observation does not stand; not allowed; stale.
pub fn decide_publish(
    state: &SeriesState,
    command: &Publish,
    scope: &Scope,
) -> Result<Option<SeriesFact>, Refusal> {
    let observation = standing(state, command.id)?;
    scope.require_for(Permission::KeepProgramme, &observation.organisation)?;
    fresh(command.expected, state.version)?;
    let seen = observation.audience == access::Audience::Public;
    Ok((!seen).then_some(SeriesFact::Published(Published { id: command.id })))
}

/// Faults of rows that an answer carries; the rest is counted.
const FAULTS_SHOWN: usize = 200;

/// Decides on [`AcceptBatch`], whose canonical bytes have the hash `content`. Jumps are looked for within
/// the batch: what a batch brings is a series of its own.
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
    all_good(shorten(row_faults(command, book, today)))?;
    let doubtful = row_doubts(command, book, today);
    if doubtful > 0 {
        let note = command.note.as_deref();
        all_good(batch_unanswered(doubtful, command.acknowledge, note))?;
    }
    let definitions: BTreeMap<Id, String> = command
        .rows
        .iter()
        .filter_map(|row| {
            let pinned = book.indicator(&row.key)?;
            Some((row.key.indicator.clone(), pinned.hash.clone()))
        })
        .collect();
    Ok(BatchFact::Accepted(Box::new(BatchAccepted {
        batch: command.batch,
        count,
        content,
        source: command.source.clone(),
        organisation: command.organisation.clone(),
        definitions,
        evidence: command.evidence.clone(),
        note: command.note.clone(),
        doubts: doubtful,
    })))
}

fn row_faults(command: &AcceptBatch, book: Book<'_>, today: Date) -> Vec<FieldFault> {
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, row) in command.rows.iter().enumerate() {
        let figure = &row.figure;
        let mut own = faults(&row.key, figure, book, today);
        if !seen.insert((&row.key, figure.period, figure.stage, figure.vintage)) {
            own.push(FieldFault::new(
                "period",
                "Chỉ số, địa bàn, kỳ, loại số liệu và ngày công bố này đã có ở một dòng khác.",
                "Another row has the same indicator, area, period, stage and day of publication.",
            ));
        }
        all.extend(own.into_iter().map(|fault| FieldFault {
            field: format!("rows[{index}].{}", fault.field),
            say: fault.say,
        }));
    }
    all
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

/// How many rows are doubtful.
fn row_doubts(command: &AcceptBatch, book: Book<'_>, today: Date) -> u32 {
    let mut series: BTreeMap<&SeriesKey, Vec<Observation>> = BTreeMap::new();
    for row in &command.rows {
        let observation = Observation::staged(row, &command.organisation);
        series.entry(&row.key).or_default().push(observation);
    }
    let doubtful = command.rows.iter().filter(|row| {
        let standing = series.get(&row.key).map_or(&[][..], Vec::as_slice);
        !doubts(&row.key, &row.figure, standing, book, today).is_empty()
    });
    u32::try_from(doubtful.count()).unwrap_or(u32::MAX)
}

fn batch_unanswered(doubtful: u32, acknowledged: bool, note: Option<&str>) -> Vec<FieldFault> {
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

/// Decides on [`UndoBatch`].
///
/// # Errors
/// There is no such batch; not allowed for its organisation; already undone; no reason.
pub fn decide_undo_batch(
    state: &BatchState,
    command: &UndoBatch,
    scope: &Scope,
) -> Result<BatchFact, Refusal> {
    let accepted = state.accepted.as_ref().ok_or(Refusal::NotFound)?;
    scope.require_for(Permission::RecordObservation, &accepted.organisation)?;
    if state.undone {
        return Err(Refusal::conflict(
            "Lô số liệu này đã được huỷ tiếp nhận.",
            "This batch has been undone already.",
        ));
    }
    Ok(BatchFact::Undone(BatchUndone {
        batch: command.batch,
        reason: with_reason(&command.reason)?,
    }))
}
