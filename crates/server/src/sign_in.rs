//! Signing in and out, and the language of the screen.

use access::Refusal;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Serialize;
use tower_sessions::Session;
use viet::Lang;

use crate::answer::{Answer, Table, View, answer_with, see};
use crate::app::App;
use crate::ctx::{Ctx, form_urlencode};
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted};
use crate::operate::SignIn as Tried;
use crate::session;

/// The sign-in page that leads back to a path of ours.
pub fn address_back_to(path: &str) -> String {
    let query = form_urlencode(&[("to".to_owned(), path.to_owned())]);
    format!("/sign-in?{query}")
}

/// Only a path of this server may be gone back to.
fn safe_path(to: &str) -> &str {
    // Browsers drop tabs and line ends from an address: what stands around them would close up.
    let odd = |c: char| c == '\\' || c.is_control();
    let inside = to.starts_with('/') && !to.starts_with("//") && !to.contains(odd);
    if inside { to } else { "/" }
}

#[derive(Serialize)]
struct SignIn {
    #[serde(skip)]
    form: FormState,
    #[serde(skip)]
    token: String,
    #[serde(skip)]
    demo: Vec<(String, String)>,
    #[serde(skip)]
    demo_password: Option<String>,
    /// Fields that a client sends.
    fields: [&'static str; 3],
}

impl View for SignIn {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Đăng nhập", "Sign in").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            (self.form.summary(ctx))
            form.narrow method="post" action="/sign-in" {
                input type="hidden" name="csrf" value=(self.token);
                input type="hidden" name="to" value=(self.form.values.get("to"));
                (self.form.input(ctx, "text", "login", ctx.t("Tên đăng nhập", "Login"), None))
                (self.form.input(ctx, "password", "password", ctx.t("Mật khẩu", "Password"), None))
                button.primary type="submit" { (ctx.t("Đăng nhập", "Sign in")) }
            }
            @if !self.demo.is_empty() {
                section {
                    h2 { (ctx.t("Tài khoản dùng thử", "Accounts to try")) }
                    @if let Some(password) = &self.demo_password {
                        p { (ctx.t("Mật khẩu chung: ", "Password of all: ")) code { (password) } }
                    }
                    table.list {
                        thead { tr { th scope="col" { (ctx.t("Tên đăng nhập", "Login")) } th scope="col" { (ctx.t("Vai", "Role")) } } }
                        tbody { @for (login, role) in &self.demo { tr { td { code { (login) } } td { (role) } } } }
                    }
                }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["field"],
            rows: self.fields.iter().map(|f| vec![(*f).to_owned()]).collect(),
        }
    }
}

fn view(app: &App, token: String, form: FormState) -> SignIn {
    SignIn {
        form,
        token,
        demo: app.options.demo_logins.clone(),
        demo_password: app.options.demo_password.clone(),
        fields: ["login", "password", "csrf"],
    }
}

/// `GET /sign-in`
pub async fn form(State(app): State<App>, ctx: Ctx, session: Session) -> Answer {
    let to = ctx.query("to").unwrap_or_default();
    if ctx.account.is_some() {
        return see(&ctx, safe_path(&to));
    }
    let token = session::ensure_token(&session).await?;
    let values = FormValues::of([("to", safe_path(&to).to_owned())]);
    answer_with(
        &ctx,
        StatusCode::OK,
        &view(&app, token, FormState::prefilled(values)),
    )
}

/// `POST /sign-in`
pub async fn sign_in(State(app): State<App>, ctx: Ctx, session: Session, posted: Posted) -> Answer {
    let login = posted.values.get("login").to_owned();
    if app.tries.check_key(&viet::fold::fold(&login)).is_err() {
        app.metrics.sign_in(Tried::Throttled);
        return Err(Failure::TooMany);
    }
    // Not trimmed: a space may be part of a password.
    let password = posted.values.raw("password").to_owned();
    match app.accounts.sign_in(&login, &password).await {
        Ok(account) => {
            app.metrics.sign_in(Tried::Accepted);
            session::begin(&app, &session, account.actor).await?;
            see(&ctx, safe_path(posted.values.get("to")))
        }
        Err(Refusal::NotAllowed(say)) => {
            app.metrics.sign_in(Tried::Refused);
            if posted.values.of_program() {
                return Err(Failure::SignInRefused(say));
            }
            let form = FormState {
                notice: Some(say),
                ..FormState::prefilled(posted.values)
            };
            let token = session::ensure_token(&session).await?;
            answer_with(&ctx, StatusCode::UNAUTHORIZED, &view(&app, token, form))
        }
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let token = session::ensure_token(&session).await?;
            answer_with(&ctx, status, &view(&app, token, form))
        }
    }
}

/// `POST /sign-out`
pub async fn sign_out(ctx: Ctx, session: Session, _posted: Posted) -> Answer {
    session::end(&session).await?;
    see(&ctx, "/")
}

/// `GET /language?lang=en&to=/tasks`: keeps the language in a cookie for a year.
pub async fn language(ctx: Ctx) -> Result<Response, Failure> {
    let asked = ctx.query("lang").unwrap_or_default();
    let lang = Lang::from_code(&asked).unwrap_or_default();
    let to = ctx.query("to").unwrap_or_default();
    let mut response = Redirect::to(safe_path(&to)).into_response();
    let cookie = format!(
        "dotpha_lang={}; Path=/; Max-Age=31536000; SameSite=Lax",
        lang.code()
    );
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}
