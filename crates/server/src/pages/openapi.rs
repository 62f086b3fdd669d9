//! The description of the interface for programs: which addresses there are, and what their JSON holds.
//!
//! The document is kept as a file. A test holds it against every route and against real answers, and adds what
//! they hold to it when asked (`tests/it/openapi`).

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

/// OpenAPI 3.1.
const DOCUMENT: &str = include_str!("openapi.json");

pub fn routes() -> Router<App> {
    Router::new().route("/openapi.json", get(show))
}

/// `GET /openapi.json`: this description.
async fn show() -> Response {
    let mut response = DOCUMENT.into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
