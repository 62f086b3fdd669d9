//! A target broken down over years and over agencies.
//!
//! Three families of facts, each with a state, `evolve` and `decide` that are pure:
//!
//! | family | stream | facts |
//! |---|---|---|
//! | [`CascadeFact`] | `cascade/TARGET` | how to register and report, the yearly values of the whole, gaps looked at |
//! | [`PartFact`] | `part/TARGET:ORGANISATION` | assigned, registered, accepted, returned, amended, withdrawn, by year |
//! | [`RankingFact`] | `ranking/PROGRAMME:YEAR` | published, withdrawn |
//!
//! A part is assigned by whoever keeps programmes, or registered by the agency itself while registration is open and
//! then accepted or returned. What it reached is never stored: `measure` derives it from observations, and the ranking
//! from that; what is stored of a ranking is the list that was published.
//!
//! A part is seen by its agency and by those who see everything, so that nobody ranks their peers before the ranking is
//! published.

mod facts;
mod form;
mod part;
mod project;
mod ranking;
mod read;
mod whole;

pub use facts::{
    CascadeFact, Gap, Guidance, Holder, HolderKind, Invited, Origin, PartFact, PartTerms,
    RankingFact, YearValue,
};
pub use form::{GuidanceForm, PathForm, numbers};
pub use part::{
    Over, Part, PartCommand, PartState, Standing, decide_part, evolve_part, part_stream,
};
pub(crate) use project::{project_cascade, project_part, project_ranking};
pub use ranking::{RankingCommand, RankingState, decide_ranking, evolve_ranking, ranking_stream};
pub use read::{
    CascadeRow, PartFilter, PartRow, RankingRow, cascade, cascades, parts, ranking, streams_of,
};
pub use whole::{CascadeCommand, CascadeState, decide_cascade, evolve_cascade, whole_of};

use access::{OrgId, Refusal, Scope};
use journal::{Journal, NewFact, StreamId, WriteTx, Written};

use crate::target::{TargetState, evolve as evolve_target};
use crate::{Given, ProgrammeId, TargetId};

/// The stream of what is said about breaking a target down.
pub fn cascade_stream(target: TargetId) -> StreamId {
    StreamId::new("cascade", target)
}

async fn target_of(tx: &mut WriteTx, id: TargetId) -> Result<TargetState, Refusal> {
    let stream = tx.load(&id.stream()).await?;
    Ok(stream.fold(TargetState::default(), evolve_target)?)
}

async fn cascade_of(tx: &mut WriteTx, id: TargetId) -> Result<CascadeState, Refusal> {
    let stream = tx.load(&cascade_stream(id)).await?;
    Ok(stream.fold(CascadeState::default(), evolve_cascade)?)
}

/// Runs a command about breaking a target down.
///
/// # Errors
/// See [`decide_cascade`]; stale; the store.
pub async fn command(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    target: TargetId,
    command: &CascadeCommand,
) -> Result<Written, Refusal> {
    let context = given.context(scope, command.name());
    journal
        .write(&context, async |tx| {
            let state = cascade_of(tx, target).await?;
            let fact = decide_cascade(&state, &target_of(tx, target).await?, command, scope)?;
            given.check(state.version)?;
            Ok(vec![NewFact::of(cascade_stream(target), &fact)?])
        })
        .await
}

/// Runs a command about the parts of an organisation in a target.
///
/// # Errors
/// See [`decide_part`]; stale; the store.
pub async fn part_command(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    (target, organisation): (TargetId, &OrgId),
    command: &PartCommand,
) -> Result<Written, Refusal> {
    let context = given.context(scope, command.name());
    journal
        .write(&context, async |tx| {
            let stream = part_stream(target, organisation);
            let state = tx
                .load(&stream)
                .await?
                .fold(PartState::default(), evolve_part)?;
            let over = Over {
                target: &target_of(tx, target).await?,
                cascade: &cascade_of(tx, target).await?,
            };
            let today = crate::parts::day_of(tx);
            let facts = decide_part(&state, over, (target, organisation), command, scope, today)?;
            given.check(state.version)?;
            facts
                .iter()
                .map(|fact| Ok(NewFact::of(stream.clone(), fact)?))
                .collect()
        })
        .await
}

/// Runs a command about the ranking of a programme's agencies in a year.
///
/// # Errors
/// See [`decide_ranking`]; stale; the store.
pub async fn ranking_command(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    (programme, year): (ProgrammeId, i16),
    command: &RankingCommand,
) -> Result<Written, Refusal> {
    let context = given.context(scope, command.name());
    journal
        .write(&context, async |tx| {
            let stream = ranking_stream(programme, year);
            let state = tx
                .load(&stream)
                .await?
                .fold(RankingState::default(), evolve_ranking)?;
            let founded = tx.load(&programme.stream()).await?;
            if founded.facts.is_empty() {
                return Err(Refusal::NotFound);
            }
            let fact = decide_ranking(&state, (programme, year), command, scope)?;
            given.check(state.version)?;
            Ok(vec![NewFact::of(stream, &fact)?])
        })
        .await
}
