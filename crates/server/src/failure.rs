//! Errors are pages too: they say what happened, where, and what to do, in the reader's language.

use access::{FieldFault, Refusal, Say};
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use journal::JournalError;
use maud::{Markup, html};
use serde::Serialize;

use crate::app::App;
use crate::ctx::{Ctx, Representation, accepted, language};
use crate::{layout, pages};

/// Why a request is not answered as asked.
#[derive(Debug, Clone)]
pub enum Failure {
    /// Nothing here, or nothing that this reader may know of.
    NotFound,
    /// It was removed for good; for readers who may know of that.
    Removed {
        /// The removal.
        id: uuid::Uuid,
    },
    /// The account may not do this.
    NotAllowed(Say),
    /// The page is for people with an account, and nobody is signed in.
    SignInNeeded,
    /// Login and password do not go together.
    SignInRefused(Say),
    /// The session ended while a form was being filled: what was typed is given back.
    SessionLost(Vec<(String, String)>),
    /// The form did not come from our page, or its session is another.
    Forged,
    /// The address does not take this method.
    Method,
    /// The body is larger than is taken.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Too many tries.
    TooMany,
    /// The request cannot be understood.
    BadRequest(Say),
    /// The form asked for is none we have.
    NotAcceptable(Say),
    /// It is understood, and this server does not do it.
    NotServed(Say),
    /// The state forbids it, or somebody was quicker.
    Conflict(Say),
    /// Fields are wrong; only for clients that speak JSON, pages draw the form again.
    Invalid(Vec<FieldFault>),
    /// Our fault. The text goes to the log, the reader gets a number to quote.
    Broken(String),
}

impl Failure {
    /// A request that cannot be understood.
    pub fn bad_request(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Failure::BadRequest(Say::new(vi, en))
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        match self {
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::Removed { .. } => StatusCode::GONE,
            Failure::NotAllowed(_) | Failure::Forged => StatusCode::FORBIDDEN,
            Failure::SignInNeeded | Failure::SignInRefused(_) | Failure::SessionLost(_) => {
                StatusCode::UNAUTHORIZED
            }
            Failure::Method => StatusCode::METHOD_NOT_ALLOWED,
            Failure::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Failure::BadRequest(_) => StatusCode::BAD_REQUEST,
            Failure::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Failure::NotServed(_) => StatusCode::NOT_IMPLEMENTED,
            Failure::Conflict(_) => StatusCode::CONFLICT,
            Failure::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What is said to the reader.
    pub fn say(&self) -> Say {
        match self {
            Failure::NotFound => Say::new(
                "Không có trang này, hoặc bạn không có quyền xem.",
                "There is no such page, or you may not see it.",
            ),
            Failure::Removed { .. } => Say::new(
                "Nội dung này đã bị gỡ bỏ vĩnh viễn.",
                "This was removed for good.",
            ),
            Failure::NotAllowed(say)
            | Failure::SignInRefused(say)
            | Failure::BadRequest(say)
            | Failure::NotAcceptable(say)
            | Failure::NotServed(say)
            | Failure::Conflict(say) => say.clone(),
            Failure::SignInNeeded => Say::new(
                "Trang này dành cho người có tài khoản. Hãy đăng nhập rồi mở lại.",
                "This page is for people with an account. Sign in, then open it again.",
            ),
            Failure::SessionLost(_) => Say::new(
                "Phiên làm việc đã hết khi bạn đang nhập. Chưa có gì được ghi; những gì bạn đã nhập còn nguyên bên dưới. Hãy đăng nhập rồi nhập lại.",
                "Your session ended while you were typing. Nothing was recorded; what you typed stands below. Sign in, then enter it again.",
            ),
            Failure::Forged => Say::new(
                "Biểu mẫu này không còn khớp với phiên làm việc. Hãy mở lại trang rồi gửi lại.",
                "This form no longer belongs to your session. Open the page again and send it anew.",
            ),
            Failure::Method => Say::new(
                "Địa chỉ này không nhận cách gửi đó.",
                "This address does not take that method.",
            ),
            Failure::TooLarge { limit } => {
                let megabytes = limit / 1_048_576;
                Say::new(
                    format!(
                        "Nội dung gửi lên quá lớn: tối đa {megabytes} MB. Hãy chia nhỏ hoặc nén tệp."
                    ),
                    format!(
                        "What was sent is too large: at most {megabytes} MB. Split or compress the file."
                    ),
                )
            }
            Failure::TooMany => Say::new(
                "Quá nhiều lần thử. Hãy đợi một phút rồi thử lại.",
                "Too many tries. Wait a minute, then try again.",
            ),
            Failure::Invalid(_) => Say::new("Có ô chưa đúng.", "Some fields are not right."),
            Failure::Broken(_) => Say::new(
                "Máy chủ gặp lỗi; việc vừa làm chưa được ghi. Hãy thử lại; nếu còn lỗi, báo quản trị kèm mã dưới đây.",
                "The server failed; what you just did was not recorded. Try again; if it fails again, tell the operator the number below.",
            ),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAllowed(say) => Failure::NotAllowed(say),
            Refusal::NotFound => Failure::NotFound,
            Refusal::Stale => Failure::Conflict(stale()),
            Refusal::Invalid { faults } => Failure::Invalid(faults),
            Refusal::Conflict(say) => Failure::Conflict(say),
            Refusal::Store(error) => Failure::from(error),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Failure::Broken(error.to_string())
    }
}

/// What is said when somebody was quicker.
pub fn stale() -> Say {
    Say::new(
        "Có người vừa thay đổi mục này sau khi bạn mở biểu mẫu. Hãy xem lại bản mới rồi gửi lại; những gì bạn nhập vẫn còn đây.",
        "Somebody changed this after you opened the form. Look at the new state and send again; what you typed is still here.",
    )
}

/// A failure travels as an extension of an empty response until the context layer draws it.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Draws the failure that a response carries, if it carries one.
pub async fn draw(app: &App, ctx: &Ctx, mut response: Response) -> Response {
    let own = response.extensions_mut().remove::<Failure>();
    let Some(mut failure) = own.or_else(|| of_the_framework(&response)) else {
        return response;
    };
    if matches!(failure, Failure::NotFound) {
        match pages::removals::gone(app, ctx).await {
            Ok(removed) => failure = removed.unwrap_or(failure),
            Err(refusal) => failure = refusal.into(),
        }
    }
    log(&failure);
    let number = ctx.request_id.as_str();
    let mut drawn = match ctx.representation {
        _ if pages::sdmx::is_address(&ctx.uri) => pages::sdmx::draw(&failure, number),
        Representation::Html => layout::page(
            ctx,
            ctx.t("Chưa thực hiện được", "Not done"),
            body(ctx, &failure, number),
        )
        .into_response(),
        Representation::Json | Representation::Csv => as_json(&failure, number),
    };
    *drawn.status_mut() = failure.status();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        drawn.headers_mut().insert(header::ALLOW, allow.clone());
    }
    drawn
}

/// What the framework refuses before a handler is reached, in plain English. Handlers take their
/// addresses as text, so that only one that is no text at all (`/tasks/%ff`) comes to this.
fn of_the_framework(response: &Response) -> Option<Failure> {
    let media = response.headers().get(header::CONTENT_TYPE);
    let plain = media.is_some_and(|media| media.as_bytes().starts_with(b"text/plain"));
    (plain && response.status() == StatusCode::BAD_REQUEST).then_some(Failure::NotFound)
}

/// For failures before there is a context (the database cannot be reached).
pub fn draw_without_context(
    uri: &Uri,
    headers: &HeaderMap,
    failure: Failure,
    number: &str,
) -> Response {
    log(&failure);
    if pages::sdmx::is_address(uri) {
        return pages::sdmx::draw(&failure, number);
    }
    let lang = language(&Uri::default(), headers);
    let mut response = if accepted(headers) == Representation::Html {
        let say = failure.say();
        layout::bare(lang, say.in_lang(lang), Some(number)).into_response()
    } else {
        as_json(&failure, number)
    };
    *response.status_mut() = failure.status();
    response
}

/// The number of the request stands beside it: every line of a request carries it.
fn log(failure: &Failure) {
    if let Failure::Broken(cause) = failure {
        tracing::error!(cause, "request failed");
    }
}

fn as_json(failure: &Failure, number: &str) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        error: Say,
        #[serde(skip_serializing_if = "Option::is_none")]
        fields: Option<&'a [FieldFault]>,
        number: &'a str,
    }
    let fields = match failure {
        Failure::Invalid(faults) => Some(faults.as_slice()),
        _ => None,
    };
    let mut response = Json(Body {
        error: failure.say(),
        fields,
        number,
    })
    .into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn body(ctx: &Ctx, failure: &Failure, number: &str) -> Markup {
    let say = failure.say();
    let typed = match failure {
        Failure::SessionLost(typed) => typed.as_slice(),
        _ => &[],
    };
    html! {
        section.notice.notice-bad role="alert" {
            p { strong { (say.in_lang(ctx.lang)) } }
            p { (ctx.t("Mã yêu cầu: ", "Request number: ")) code { (number) } }
            @if let Failure::Invalid(faults) = failure {
                ul { @for fault in faults { li { code { (fault.field) } ": " (fault.say.in_lang(ctx.lang)) } } }
            }
        }
        @if !typed.is_empty() {
            h2 { (ctx.t("Những gì bạn đã nhập", "What you typed")) }
            dl.facts { @for (name, value) in typed { dt { code { (name) } } dd.pre { (value) } } }
        }
        ul.actions {
            @if matches!(failure, Failure::SignInNeeded | Failure::SessionLost(_)) {
                li { a.button href=(crate::sign_in::address_back_to(ctx.uri.path())) { (ctx.t("Đăng nhập", "Sign in")) } }
            }
            @if let Failure::Removed { id } = failure {
                li { a.button href=(format!("/removals/{id}")) { (ctx.t("Ai gỡ, vì sao, theo căn cứ nào", "Who removed it, why, on what authority")) } }
            }
            li { a href="/" { (ctx.t("Về trang đầu", "Go to the first page")) } }
            li { a href="/search" { (ctx.t("Tìm kiếm", "Search")) } }
        }
    }
}
