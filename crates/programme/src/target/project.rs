//! Rows of targets.

use access::Audience;
use journal::{JournalError, RecordedFact, Tx};
use viet::fold::fold;

use super::facts::TargetFact;
use super::state::{TargetState, evolve};
use crate::document::point;
use crate::projection::{before, published, replace};

pub(crate) async fn project(
    tx: &mut Tx,
    fact: &RecordedFact,
    typed: TargetFact,
) -> Result<(), JournalError> {
    let mut known = before::<TargetState>(tx, "target", fact.stream.identity()).await?;
    let state = evolve(std::mem::take(&mut known.state), typed, fact);
    let Some(target) = &state.target else {
        return Ok(());
    };
    let programme = target.programme.to_string();
    let audience = match known.audience.clone() {
        Some(audience) => audience,
        None if published(tx, &programme).await? => Audience::Public.as_str().to_owned(),
        None => Audience::Internal.as_str().to_owned(),
    };
    let terms = &target.terms;
    let columns = vec![
        ("programme", programme.into()),
        ("document", target.document.into()),
        ("anchor", target.place.anchor.clone().into()),
        ("span_start", point(target.place.span.start()).into()),
        (
            "indicator",
            terms.indicator.as_ref().map(|id| id.as_str()).into(),
        ),
        ("area", target.area.to_string().into()),
        (
            "responsible",
            target.responsible.as_ref().map(|org| org.0.as_str()).into(),
        ),
        ("year", terms.period.year.map(i64::from).into()),
        ("withdrawn", state.withdrawn.is_some().into()),
        ("folded", fold(&target.text).into()),
    ];
    replace(tx, "target", fact, &known, &audience, &state, columns).await
}
