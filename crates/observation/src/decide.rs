//! Commands and what is decided about them. Pure: state, command, scope and day in; facts or a reasoned
//! refusal out.

use access::{FieldFault, OrgId, Permission, Refusal, Scope};
use jiff::civil::Date;
use journal::Seq;

use crate::check::{faults, unanswered};
use crate::parts::parts_exceed;
use crate::relations::differing;
use crate::state::Observation;
use crate::{
    Book, EvidenceFile, Figure, ObservationId, Published, Recorded, SeriesFact, SeriesKey,
    SeriesState, Withdrawn, doubts,
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

fn fresh(expected: Option<Seq>, version: Seq) -> Result<(), Refusal> {
    match expected {
        Some(seen) if seen != version => Err(Refusal::Stale),
        _ => Ok(()),
    }
}

pub(crate) fn all_good(faults: Vec<FieldFault>) -> Result<(), Refusal> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid { faults })
    }
}

pub(crate) fn with_reason(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::invalid("reason", "Hãy ghi lý do.", "Say why."));
    }
    Ok(reason.to_owned())
}

/// Decides on [`Record`]. `beside` holds what stands of the whole, of its parts by organisation, and of the series it
/// must fit.
///
/// # Errors
/// Not allowed for the organisation, or for the one whose part it is; stale; fields that cannot be true; doubts not acknowledged; the
/// same figure recorded before.
pub fn decide_record(
    state: &SeriesState,
    beside: &[Observation],
    command: &Record,
    book: Book<'_>,
    scope: &Scope,
    today: Date,
) -> Result<SeriesFact, Refusal> {
    scope.require_for(Permission::RecordObservation, &command.organisation)?;
    if let Some(part_of) = command.key.breakdown.organisation()
        && part_of != command.organisation
    {
        scope.require_for(Permission::KeepProgramme, &part_of)?;
    }
    fresh(command.expected, state.version)?;
    let Record { key, figure, .. } = command;
    all_good(faults(key, figure, book, today))?;
    let mut doubts = doubts(key, figure, &state.observations, book, today);
    let beside: Vec<&Observation> = beside.iter().collect();
    doubts.extend(parts_exceed(key, figure, &beside, book.directory));
    doubts.extend(differing(key, figure, &beside, book.directory));
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
