//! One line of log and one count for every request.
//!
//! A line holds the route's template, never the address as sent: queries carry search texts and tokens,
//! paths carry identities. It holds the account's opaque identity, never a name, and nothing of what was
//! sent or answered.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use journal::ActorId;
use tracing::Instrument;
use uuid::Uuid;

use crate::app::App;

/// The number of a request, in its log lines, in its answer's header and on error pages.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Whose request it was, for its log line.
#[derive(Debug, Clone, Copy)]
pub struct Reader(pub ActorId);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Directives of the log under which no part of another library tells what must not be told, whatever
/// level is asked for: statements with texts of people, sessions with their identity, requests with their
/// headers.
pub fn discreet(directives: &str) -> String {
    const QUIET: &str = "sqlx=error,tower_sessions=warn,tower_sessions_core=warn,hyper=info,hyper_util=info,tower_http=info,h2=info";
    // What is asked for comes first: of two directives for one part the later one holds.
    format!("{directives},{QUIET}")
}

/// Routes that monitors ask for again and again.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Numbers a request, has it answered, counts and logs it.
pub async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(&app, &request);
    let method = crate::operate::metrics::method(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    // At the level of errors, so that every line of a request carries its number whatever is logged.
    let span = tracing::error_span!("request", id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    app.metrics.request(&route, method, status, took);
    span.in_scope(|| {
        let account = response
            .extensions()
            .get::<Reader>()
            .map_or_else(|| "-".to_owned(), |reader| reader.0.to_string());
        let ms = took.as_millis() as u64;
        if PROBES.contains(&route.as_str()) {
            tracing::debug!(method, route, status, ms, "answered");
        } else {
            tracing::info!(method, route, status, ms, account, "answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// The number that a proxy we trust gave the request, or a new one: short enough to be read out over the
/// telephone.
fn request_id(app: &App, request: &Request) -> String {
    let trusted = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .is_some_and(|from| app.options.trusted_proxy.contains(&from.ip()));
    let sent = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|_| trusted)
        .filter(|text| {
            (8..=64).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    match sent {
        Some(text) => text.to_owned(),
        None => Uuid::new_v4().simple().to_string()[..12].to_owned(),
    }
}
