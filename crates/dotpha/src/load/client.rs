//! One signed-in browser, as far as measuring needs one.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::Fault;

/// Addresses of this server that a page links to, without their queries.
pub(super) fn links_of(page: &str) -> Vec<String> {
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split(['"', '?', '#']).next())
        .filter(|link| link.starts_with('/'))
        .map(str::to_owned)
        .collect()
}

/// One signed-in browser.
#[derive(Clone)]
pub(super) struct User {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

impl User {
    pub(super) fn new(address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        User {
            client: Client::builder(TokioExecutor::new()).build(connector),
            address,
            cookies: BTreeMap::new(),
        }
    }

    fn request(&self, method: Method, path: &str) -> hyper::http::request::Builder {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookies.join("; "))
    }

    /// Opens a page as a browser would, compressed, and drops what it says.
    pub(super) async fn status(&self, path: &str) -> Result<StatusCode, Fault> {
        let request = self
            .request(Method::GET, path)
            .header(header::ACCEPT_ENCODING, "gzip")
            .body(Full::default())?;
        let answer = self.client.request(request).await?;
        let status = answer.status();
        answer.into_body().collect().await?;
        Ok(status)
    }

    /// Opens a page and reads it.
    pub(super) async fn get(&self, path: &str) -> Result<(StatusCode, String), Fault> {
        let request = self.request(Method::GET, path).body(Full::default())?;
        let answer = self.client.request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }

    pub(super) async fn sign_in(&mut self, login: &str, password: &str) -> Result<(), Fault> {
        let request = self
            .request(Method::GET, "/sign-in")
            .body(Full::default())?;
        let answer = self.client.request(request).await?;
        self.keep_cookies(answer.headers());
        let page = answer.into_body().collect().await?.to_bytes();
        let page = String::from_utf8_lossy(&page);
        let token = csrf_token(&page).ok_or("the sign-in page has no token")?;
        let form = [("csrf", token), ("login", login), ("password", password)]
            .map(|(name, value)| format!("{name}={}", form_encoded(value)))
            .join("&");
        let request = self
            .request(Method::POST, "/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form))?;
        let answer = self.client.request(request).await?;
        if answer.status() != StatusCode::SEE_OTHER {
            return Err(format!("signing in as {login} answers {}", answer.status()).into());
        }
        self.keep_cookies(answer.headers());
        Ok(())
    }

    fn keep_cookies(&mut self, headers: &hyper::HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default().split(';').next();
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
                self.cookies
                    .insert(name.trim().to_owned(), value.to_owned());
            }
        }
    }
}

/// The token in the first form of a page.
pub(super) fn csrf_token(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"")?;
    rest.split('"').next()
}

pub(super) fn form_encoded(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
