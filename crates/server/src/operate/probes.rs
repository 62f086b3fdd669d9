//! What is asked of the process from outside, without a session: does it live, is it ready, what did it
//! count.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::host;
use crate::app::App;

/// How long the database may take before the process counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// The probes at the address that everybody uses; `/metrics` only for whoever knows the token.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(lives))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics_with_token))
}

/// The probes at an address of their own, which is not reached from outside.
pub fn aside(app: App) -> Router {
    Router::new()
        .route("/healthz", get(lives))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(app)
}

/// `GET /healthz`: the process lives. It says nothing about the database: restarting this process would
/// not mend that.
async fn lives() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: requests may be sent here. The reasons name no place and no secret. Figures that are behind are told
/// and are no reason to stay away: pages read them from the tables, as right and less quickly.
async fn ready(State(app): State<App>) -> Response {
    match not_ready(&app).await {
        None if app.columns_lag() == Some(0) => "ready\n".into_response(),
        None => "ready, figures from the tables\n".into_response(),
        Some(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("not ready: {why}\n"),
        )
            .into_response(),
    }
}

async fn not_ready(app: &App) -> Option<&'static str> {
    if app.stopping.load(Ordering::Relaxed) {
        return Some("stopping");
    }
    let limits = &app.options.limits;
    let setup = &app.options.setup;
    let full = |place: &Path| {
        !place.as_os_str().is_empty()
            && host::free_space(place).is_some_and(|free| free < limits.free_disk)
    };
    if full(&setup.data) || full(&setup.files) {
        return Some("disk full");
    }
    match tokio::time::timeout(PATIENCE, app.journal.head()).await {
        Ok(Ok(head)) if head.seq - app.search.reached() > limits.search_lag => {
            Some("search is behind")
        }
        Ok(Ok(_)) => None,
        Ok(Err(error)) => {
            tracing::error!(%error, "asking for the head");
            Some("no answer from the database")
        }
        Err(_) => Some("no answer from the database"),
    }
}

/// `GET /metrics` with `Authorization: Bearer TOKEN`. Without a token being set there is no such page.
async fn metrics_with_token(State(app): State<App>, headers: HeaderMap) -> Response {
    let Some(token) = &app.options.metrics_token else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let sent = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if sent.is_some_and(|sent| token.is(sent)) {
        return metrics(State(app)).await;
    }
    let asked = [(header::WWW_AUTHENTICATE, "Bearer")];
    (StatusCode::UNAUTHORIZED, asked).into_response()
}

/// `GET /metrics`
async fn metrics(State(app): State<App>) -> Response {
    match crate::operate::metrics::written(&app).await {
        Ok(text) => {
            let media = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, media)], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "gathering metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
