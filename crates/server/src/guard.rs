//! The router and what stands before every route.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::failure::Failure;
use crate::{assets, ctx, operate, pages, session};

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let with_session = pages::routes()
        .fallback(async || Failure::NotFound)
        .method_not_allowed_fallback(async || Failure::Method)
        .layer(from_fn(same_origin))
        .layer(from_fn_with_state(app.clone(), ctx::provide))
        .layer(session::layer(&app));
    Router::new()
        .merge(with_session)
        .route("/assets/{hash}/{name}", get(assets::serve))
        .merge(operate::routes())
        .layer(from_fn(headers))
        .layer(CompressionLayer::new())
        .layer(DefaultBodyLimit::max(app.options.limits.upload))
        .layer(from_fn_with_state(app.clone(), operate::observe))
        .with_state(app)
}

/// A browser says where a request comes from. What changes something must come from a page of ours;
/// clients that are no browsers send no such header and are held by the form's token alone.
async fn same_origin(request: Request, next: Next) -> Response {
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let site = request
        .headers()
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    if changes && matches!(site, Some("cross-site" | "same-site")) {
        return Failure::Forged.into_response();
    }
    next.run(request).await
}

/// No inline script or style, nothing from elsewhere, no framing, no guessing of types.
const SECURITY: &[(HeaderName, &str)] = &[
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
];

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in SECURITY {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    // Pages differ by reader: no cache on the way, nor the browser's own, may keep them.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
