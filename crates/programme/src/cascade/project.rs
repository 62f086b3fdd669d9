//! Rows of breakdowns, parts and rankings.

use access::Audience;
use journal::{JournalError, RecordedFact, Tx, params};

use super::facts::{CascadeFact, PartFact, RankingFact};
use super::part::{PartState, evolve_part};
use super::ranking::{RankingState, evolve_ranking};
use super::whole::{CascadeState, evolve_cascade};
use crate::projection::{before, replace};

pub(crate) async fn project_cascade(
    tx: &mut Tx,
    fact: &RecordedFact,
    typed: CascadeFact,
) -> Result<(), JournalError> {
    let mut known = before::<CascadeState>(tx, "target_cascade", fact.stream.identity()).await?;
    let state = evolve_cascade(std::mem::take(&mut known.state), typed, fact);
    let columns = vec![("programme", state.programme.map(|id| id.0).into())];
    let audience = Audience::Internal.as_str();
    replace(
        tx,
        "target_cascade",
        fact,
        &known,
        audience,
        &state,
        columns,
    )
    .await
}

pub(crate) async fn project_part(
    tx: &mut Tx,
    fact: &RecordedFact,
    typed: PartFact,
) -> Result<(), JournalError> {
    let mut known = before::<PartState>(tx, "target_part", fact.stream.identity()).await?;
    let state = evolve_part(std::mem::take(&mut known.state), typed, fact);
    let (Some((target, programme)), Some(holder)) = (state.belongs, &state.holder) else {
        return Ok(());
    };
    let columns = vec![
        ("target", target.into()),
        ("programme", programme.into()),
        ("organisation", holder.organisation.0.as_str().into()),
    ];
    let audience = Audience::Organisations.as_str();
    replace(tx, "target_part", fact, &known, audience, &state, columns).await
}

pub(crate) async fn project_ranking(
    tx: &mut Tx,
    fact: &RecordedFact,
    typed: RankingFact,
) -> Result<(), JournalError> {
    let id = fact.stream.identity();
    let mut known = before::<RankingState>(tx, "target_ranking", id).await?;
    let state = evolve_ranking(std::mem::take(&mut known.state), typed, fact);
    let Some((programme, year)) = state.of else {
        return Ok(());
    };
    let columns = vec![
        ("programme", programme.into()),
        ("year", i64::from(year).into()),
    ];
    let audience = state.to.unwrap_or(Audience::Organisations).as_str();
    replace(
        tx,
        "target_ranking",
        fact,
        &known,
        audience,
        &state,
        columns,
    )
    .await?;
    // Who may see it is today's also for what was published before.
    tx.execute(
        "UPDATE target_ranking SET audience = $1 WHERE id = $2",
        params![audience, id],
    )
    .await?;
    Ok(())
}
