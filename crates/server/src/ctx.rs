//! What a handler knows of the request: who reads, in which language, which representation.

use std::sync::Arc;

use access::{Account, Scope};
use activation::{AsKnown, Directory};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use jiff::civil::Date;
use tower_sessions::Session;
use viet::Lang;

use crate::app::App;
use crate::failure::Failure;
use crate::operate::{Reader, RequestId};
use crate::session::{self, SignedIn};

/// Which of the three representations is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Representation {
    /// A page.
    Html,
    /// The view as data.
    Json,
    /// The view's table.
    Csv,
}

/// The context of one request. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

/// See [`Ctx`], which derefs to it.
pub struct Inner {
    /// Language of the screen.
    pub lang: Lang,
    /// What the reader may see and do.
    pub scope: Scope,
    /// The reader's account, if signed in.
    pub account: Option<Account>,
    /// The reader's name, from the vault.
    pub name: Option<String>,
    /// Token that every form of this session carries.
    pub csrf: Option<String>,
    /// Page, JSON or CSV.
    pub representation: Representation,
    /// Today in Vietnam.
    pub today: Date,
    /// The state of knowledge asked for by `?as_known_on=YYYY-MM-DD`; now without it.
    pub as_known: AsKnown,
    /// The day asked for, when one was.
    pub as_known_on: Option<Date>,
    /// The definitions in force in that state of knowledge: names of areas, organisations, indicators.
    pub directory: Arc<Directory>,
    /// Path and query as sent.
    pub uri: Uri,
    /// Number of this request, to quote when something is wrong.
    pub request_id: String,
}

impl std::ops::Deref for Ctx {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Ctx {
    /// The wording in the reader's language.
    pub fn t<'a>(&self, vi: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(vi, en)
    }

    /// The account, or the page that asks to sign in.
    pub fn signed_in(&self) -> Result<&Account, Failure> {
        self.account.as_ref().ok_or(Failure::SignInNeeded)
    }

    /// One parameter of the query.
    pub fn query(&self, name: &str) -> Option<String> {
        query_value(&self.uri, name)
    }

    /// This address with one parameter of the query set, or removed by an empty value.
    pub fn address_with(&self, name: &str, value: &str) -> String {
        let mut pairs: Vec<(String, String)> = query_pairs(&self.uri)
            .filter(|(key, _)| key != name)
            .collect();
        if !value.is_empty() {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        let path = self.uri.path();
        if pairs.is_empty() {
            path.to_owned()
        } else {
            let query = form_urlencode(&pairs);
            format!("{path}?{query}")
        }
    }
}

/// The name=value pairs of a query, decoded.
pub fn query_pairs(uri: &Uri) -> impl Iterator<Item = (String, String)> + '_ {
    let query = uri.query().unwrap_or("");
    url_pairs(query.as_bytes()).into_iter()
}

/// Decodes `a=b&c=d`. Never fails: odd bytes are taken as they come.
pub fn url_pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

/// Encodes pairs as a query.
pub fn form_urlencode(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn query_value(uri: &Uri, name: &str) -> Option<String> {
    query_pairs(uri)
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

/// Works out the context once a request and leaves it for the handler and for the page of a failure.
pub async fn provide(
    State(app): State<App>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let id = request
        .extensions()
        .get::<RequestId>()
        .map_or_else(String::new, |id| id.0.clone());
    match build(&app, &session, request.uri(), request.headers(), &id).await {
        Ok(ctx) => {
            request.extensions_mut().insert(ctx.clone());
            let response = next.run(request).await;
            let mut drawn = crate::failure::draw(&app, &ctx, response).await;
            if let Some(account) = &ctx.account {
                drawn.extensions_mut().insert(Reader(account.actor));
            }
            drawn
        }
        Err(failure) => {
            crate::failure::draw_without_context(request.uri(), request.headers(), failure, &id)
        }
    }
}

async fn build(
    app: &App,
    session: &Session,
    uri: &Uri,
    headers: &HeaderMap,
    request_id: &str,
) -> Result<Ctx, Failure> {
    let SignedIn {
        account,
        name,
        scope,
        csrf,
    } = session::signed_in(app, session).await?;
    let today = app.journal.today();
    let as_known_on = query_value(uri, "as_known_on")
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse::<Date>().map_err(|_| {
                Failure::bad_request(
                    format!("as_known_on={text}: ngày viết dạng NĂM-THÁNG-NGÀY, ví dụ 2026-06-30."),
                    format!("as_known_on={text}: write the day as YYYY-MM-DD, e.g. 2026-06-30."),
                )
            })
        })
        .transpose()?;
    let as_known = match as_known_on {
        Some(day) => AsKnown {
            seq: Some(app.journal.known_by_end_of(day).await?),
            day,
        },
        None => AsKnown::now(today),
    };
    let directory = app.directories.load(&scope, as_known).await?;
    Ok(Ctx(Arc::new(Inner {
        lang: language(uri, headers),
        scope,
        account,
        name,
        csrf,
        representation: representation(uri, headers)?,
        today,
        as_known,
        as_known_on,
        directory,
        uri: uri.clone(),
        request_id: request_id.to_owned(),
    })))
}

/// `?lang=`, then the cookie, then Vietnamese. The browser's own wish is not followed: office computers
/// are often set up in English for people who work in Vietnamese.
pub fn language(uri: &Uri, headers: &HeaderMap) -> Lang {
    query_value(uri, "lang")
        .or_else(|| cookie(headers, "dotpha_lang"))
        .and_then(|code| Lang::from_code(&code))
        .unwrap_or_default()
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn representation(uri: &Uri, headers: &HeaderMap) -> Result<Representation, Failure> {
    // There `format` names one of SDMX's own.
    if crate::pages::sdmx::is_address(uri) {
        return Ok(Representation::Json);
    }
    match query_value(uri, "format").as_deref() {
        Some("json") => return Ok(Representation::Json),
        Some("csv") => return Ok(Representation::Csv),
        Some("html") | None | Some("") => {}
        Some(other) => {
            return Err(Failure::bad_request(
                format!("format={other}: chỉ có html, json, csv."),
                format!("format={other}: there are html, json, csv."),
            ));
        }
    }
    Ok(accepted(headers))
}

/// What `Accept` asks for first among what we have; a page when it says nothing of the kind.
pub fn accepted(headers: &HeaderMap) -> Representation {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    accept
        .split(',')
        .find_map(|range| match range.split(';').next().unwrap_or("").trim() {
            "text/html" | "application/xhtml+xml" => Some(Representation::Html),
            "application/json" => Some(Representation::Json),
            "text/csv" => Some(Representation::Csv),
            _ => None,
        })
        .unwrap_or(Representation::Html)
}

impl<S: Send + Sync> FromRequestParts<S> for Ctx {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Ctx>().cloned().ok_or_else(|| {
            Failure::Broken("a route stands outside the layer that provides the context".into())
        })
    }
}
