//! Figures that come in by files: staged, checked, shown as a difference, then accepted whole or thrown
//! away.
//!
//! A file stays outside the journal until it is accepted. Nothing of what was read is kept beside it: the
//! difference is worked out anew from the file, the definitions and what stands whenever it is looked at,
//! so it is never out of date, and what is accepted is what was shown (a sign of it goes with the form).

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;

mod accept;
mod columns;
mod large;
mod list;
mod marks;
mod names;
mod outcome;
mod read;
mod receive;
mod show;
mod staged;
mod stretches;
mod told;
mod workbook;

pub use large::{ACCEPT_JOB, CHECK_JOB, accept_job, check_job};
pub use marks::refuse_table;
pub use staged::prepare;

pub fn routes() -> Router<App> {
    Router::new()
        // Bounded by the handler, which does not hold the file in memory.
        .route(
            "/imports",
            get(list::show)
                .post(receive::receive)
                .layer(DefaultBodyLimit::disable()),
        )
        .route("/imports/{id}", get(show::show))
        .route(
            "/imports/{id}/columns",
            get(columns::form).post(columns::choose),
        )
        .route("/imports/{id}/marked", get(show::marked))
        .route("/imports/{id}/accept", post(accept::accept))
        .route("/imports/{id}/discard", post(accept::discard))
        .route("/imports/{id}/check", post(large::again))
        .route("/imports/{id}/undo", post(large::undo))
        .route("/workbooks", get(workbook::offer))
        .route("/workbooks/file", get(workbook::file))
}
