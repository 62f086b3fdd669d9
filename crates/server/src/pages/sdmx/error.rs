//! Failures as SDMX says them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalogue::Label;
use interchange::sdmx::error::{ERROR_TYPE, ErrorCode, write};

use crate::failure::Failure;

/// A failure as an error message of SDMX, with the number of the request.
pub fn draw(failure: &Failure, number: &str) -> Response {
    let (status, code) = of(failure);
    let said = match failure {
        Failure::NotFound => access::Say::new(
            "Không có số liệu hay cấu trúc nào khớp với truy vấn mà bạn được xem.",
            "There are no data and no structures that match the query and that you may see.",
        ),
        failure => failure.say(),
    };
    let said = Label::new(
        format!("{} ({number})", said.vi),
        format!("{} ({number})", said.en),
    );
    // Nothing that is written into memory fails.
    let body = write(Vec::new(), code, &said).unwrap_or_default();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(ERROR_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The status and the code of the standard's table of errors.
fn of(failure: &Failure) -> (StatusCode, ErrorCode) {
    let code = match failure {
        Failure::NotFound | Failure::Removed { .. } => ErrorCode::NoResults,
        Failure::SignInNeeded | Failure::SignInRefused(_) | Failure::SessionLost(_) => {
            ErrorCode::Unauthorized
        }
        Failure::NotAllowed(_) | Failure::Forged => ErrorCode::Semantic,
        Failure::Conflict(_) | Failure::Invalid(_) => ErrorCode::Semantic,
        Failure::BadRequest(_) | Failure::NotAcceptable(_) => ErrorCode::Syntax,
        Failure::Method | Failure::NotServed(_) => ErrorCode::NotImplemented,
        Failure::TooLarge { .. } => ErrorCode::TooLarge,
        Failure::TooMany => ErrorCode::Unavailable,
        Failure::Broken(_) => ErrorCode::Internal,
    };
    (failure.status(), code)
}
