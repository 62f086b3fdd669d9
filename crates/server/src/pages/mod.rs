//! One file a page, and the routes in one place.

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::{sign_in, work};

pub mod accounts;
mod analysis;
pub mod areas;
pub mod campaigns;
mod cascade;
pub mod documents;
mod erase;
pub mod history;
pub mod home;
pub mod imports;
pub mod indicators;
pub mod my_work;
pub mod observations;
mod openapi;
pub mod organisations;
pub mod programmes;
pub mod removals;
pub mod reports;
pub mod sdmx;
pub mod search;
pub mod surveys;
pub mod system;
pub mod targets;
pub mod tasks;

/// Every address that answers with a page.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/language", get(sign_in::language))
        .route("/jobs/{id}", get(work::show))
        .route("/jobs/{id}/cancel", post(work::cancel))
        .merge(accounts::routes())
        .merge(areas::routes())
        .merge(campaigns::routes())
        .merge(cascade::routes())
        .merge(documents::routes())
        .merge(history::routes())
        .merge(imports::routes())
        .merge(indicators::routes())
        .merge(my_work::routes())
        .merge(observations::routes())
        .merge(openapi::routes())
        .merge(organisations::routes())
        .merge(programmes::routes())
        .merge(removals::routes())
        .merge(reports::routes())
        .merge(sdmx::routes())
        .merge(search::routes())
        .merge(surveys::routes())
        .merge(system::routes())
        .merge(targets::routes())
        .merge(tasks::routes())
}
