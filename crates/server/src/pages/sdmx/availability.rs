//! `GET /sdmx/2.1/availableconstraint/{flow}/{key}/{provider}/{component}`

use axum::extract::{Path, State as AppState};
use axum::http::HeaderMap;
use interchange::sdmx::availability::{Availability, AvailabilityQuery, Mode};
use observation::{Wanted, extents};

use super::feed::wanted;
use super::{State, house, read, structures};
use crate::answer::Answer;
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;

pub async fn show(
    AppState(app): AppState<App>,
    ctx: Ctx,
    headers: HeaderMap,
    Path(path): Path<String>,
) -> Answer {
    let query = read(&ctx, |pairs| AvailabilityQuery::parse(&path, pairs))?;
    let state = State::load(&app, &ctx, query.data.as_of).await?;
    state.require_flow(&query.data.flow)?;
    let component = query.dimension(&state.structure)?;
    let exact = wanted(&query.data, &state.structure)?;
    let mut availability = available(&app, &ctx, &state, &exact).await?;
    if query.mode == Mode::Available {
        for at in 0..state.structure.dimensions().len() {
            let freed = available(&app, &ctx, &state, &house::without(&exact, at)).await?;
            if let (Some(codes), Some(freed)) = (
                availability.codes.get_mut(at),
                freed.codes.into_iter().nth(at),
            ) {
                *codes = freed;
            }
        }
    }
    if availability.observations == 0 {
        return Err(Failure::NotFound);
    }
    if let Some(only) = component {
        for (at, codes) in availability.codes.iter_mut().enumerate() {
            if at != only {
                codes.clear();
            }
        }
        availability.time = None;
    }
    structures::message(&app, &headers, &state, &query.select(), Some(&availability))
}

/// For which keys and times there are data that the reader sees.
pub async fn available(
    app: &App,
    ctx: &Ctx,
    state: &State,
    wanted: &Wanted,
) -> Result<Availability, Failure> {
    let mut found = Availability::default();
    let db = app.journal.db();
    extents(db, &ctx.scope, wanted, state.until, |extent| {
        let (indicator, area) = (&extent.key.indicator, extent.key.area);
        let described = state
            .directory
            .indicators()
            .get(indicator.as_str())
            .is_some()
            && state.directory.areas().get(area).is_some();
        if described {
            let key = [
                house::frequency(extent.kind).to_owned(),
                indicator.to_string(),
                area.to_string(),
                extent.stage.word().to_owned(),
            ];
            found.add(&key, (extent.first, extent.after), extent.periods);
        }
    })
    .await?;
    Ok(found)
}
