//! `GET /sdmx/2.1/{resource}/{agency}/{id}/{version}`

use axum::extract::{Path, State as AppState};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use interchange::sdmx::availability::Availability;
use interchange::sdmx::format::{STRUCTURE_TYPE, accepts_structure};
use interchange::sdmx::query::StructureQuery;
use interchange::sdmx::structure::{Resource, Selection, write};
use observation::Wanted;

use super::availability::available;
use super::{State, accept, read, told};
use crate::answer::{Answer, aside};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;

pub async fn show(
    AppState(app): AppState<App>,
    ctx: Ctx,
    headers: HeaderMap,
    Path(path): Path<String>,
) -> Answer {
    let query = read(&ctx, |pairs| StructureQuery::parse(&path, pairs))?;
    let state = State::load(&app, &ctx, None).await?;
    let selection = query.select(&state.structure).ok_or(Failure::NotFound)?;
    let takes_data =
        selection.partial || selection.resources.contains(&Resource::ContentConstraint);
    let availability = match takes_data {
        true => Some(available(&app, &ctx, &state, &Wanted::default()).await?),
        false => None,
    };
    message(&app, &headers, &state, &selection, availability.as_ref())
}

/// A structure message.
pub fn message(
    app: &App,
    headers: &HeaderMap,
    state: &State,
    selection: &Selection,
    availability: Option<&Availability>,
) -> Answer {
    if !accepts_structure(&accept(headers)) {
        return Err(Failure::NotAcceptable(access::Say::new(
            format!("Cấu trúc chỉ có ở dạng {STRUCTURE_TYPE}."),
            format!("Structures are served as {STRUCTURE_TYPE}."),
        )));
    }
    let header = state.header(app)?;
    let written = aside(|| {
        write(
            Vec::new(),
            &state.structure,
            &header,
            selection,
            availability,
        )
    });
    let body = written.map_err(|error| Failure::Broken(error.to_string()))?;
    Ok(told(body.into_response(), STRUCTURE_TYPE))
}
