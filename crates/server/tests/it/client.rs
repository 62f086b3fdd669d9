//! A browser without a screen: keeps cookies, fills in tokens, looks at what came back.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, header};
use http_body_util::BodyExt;
use serde_json::Value as Json;
use tower::ServiceExt;

/// One reader's browser.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: BTreeMap<String, String>,
    /// The token of the last page that carried a form.
    pub token: String,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            token: String::new(),
        }
    }

    /// The same browser, whose next request a proxy hands to another process.
    pub fn on(&self, router: Router) -> Self {
        Self {
            router,
            ..self.clone()
        }
    }

    /// Sends a request with this browser's cookies.
    pub async fn send(&mut self, mut request: Request<Body>) -> Reply {
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let value = pairs.join("; ").parse().expect("a cookie header");
            request.headers_mut().insert(header::COOKIE, value);
        }
        let response = self.router.clone().oneshot(request).await;
        let reply = Reply::of(response.expect("the router never fails")).await;
        for set in reply.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().expect("a cookie").split(';').next();
            let (name, value) = pair.and_then(|p| p.split_once('=')).expect("name=value");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        if let Some(token) = reply.token() {
            self.token = token;
        }
        reply
    }

    /// Opens a page as a browser does.
    pub async fn get(&mut self, address: &str) -> Reply {
        self.get_as(address, "text/html,application/xhtml+xml,*/*;q=0.8")
            .await
    }

    /// Asks for a representation.
    pub async fn get_as(&mut self, address: &str, accept: &str) -> Reply {
        let request = Request::get(address)
            .header(header::ACCEPT, accept)
            .body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// The JSON of an address.
    pub async fn json(&mut self, address: &str) -> Json {
        let reply = self.get_as(address, "application/json").await;
        assert_eq!(reply.status, 200, "{address}: {}", reply.text());
        reply.json()
    }

    /// The rows of an address, without the head.
    pub async fn rows(&mut self, address: &str) -> Vec<Vec<String>> {
        let reply = self.get_as(address, "text/csv").await;
        assert_eq!(reply.status, 200, "{address}: {}", reply.text());
        reply.rows()
    }

    /// Sends a form with this session's token.
    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.token.clone();
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(address, &all).await
    }

    /// Sends a form as it is.
    pub async fn post_raw(&mut self, address: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send(form(address, body)).await
    }

    /// Sends a form with files, each as (field, name, content).
    pub async fn upload(
        &mut self,
        address: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Reply {
        let mut body = Vec::new();
        let token = self.token.clone();
        for (name, value) in fields.iter().chain(&[("csrf", token.as_str())]) {
            let part = format!(
                "--grenze\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        for (field, name, content) in files {
            let head = format!(
                "--grenze\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--grenze--\r\n");
        let request = Request::post(address)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=grenze")
            .body(Body::from(body));
        self.send(request.expect("a request")).await
    }

    /// Any method, with a body of any kind.
    pub async fn method(&mut self, method: Method, address: &str) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::ACCEPT, "text/html")
            .body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// Signs in through the form.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Reply {
        self.get("/sign-in").await;
        let reply = self
            .post("/sign-in", &[("login", login), ("password", password)])
            .await;
        if reply.status == 303 {
            // The session is another one now, and so is its token.
            self.get("/areas").await;
        }
        reply
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }
}

/// A form as a browser sends it.
pub fn form(address: &str, body: String) -> Request<Body> {
    Request::post(address)
        .header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .expect("a request")
}

impl Reply {
    async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes: bytes.to_vec(),
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str());
        value.and_then(Result::ok).unwrap_or("")
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The rows of a CSV, without the head.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let text = self.text();
        let text = text.strip_prefix('\u{feff}').expect("a byte-order mark");
        csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
            .collect()
    }

    /// Value of the first hidden field of a name.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let text = self.text();
        let at = text.find(&format!("type=\"hidden\" name=\"{name}\" value=\""))?;
        let value = text[at..].split("value=\"").nth(1)?;
        Some(value.split('"').next()?.to_owned())
    }

    fn token(&self) -> Option<String> {
        self.hidden("csrf").filter(|token| !token.is_empty())
    }

    /// A page of the server's own frame, as every answer to a browser must be.
    #[track_caller]
    pub fn assert_page(&self, status: u16) -> String {
        let text = self.text();
        assert_eq!(self.status, status, "{text}");
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8");
        assert!(
            text.contains("<html lang=") && text.contains("<h1>"),
            "{text}"
        );
        text
    }

    /// A form given back: its fields' faults stand beside them.
    #[track_caller]
    pub fn assert_faults(&self, fields: &[&str]) -> String {
        let text = self.assert_page(422);
        for field in fields {
            assert!(
                text.contains(&format!("id=\"e-{field}\"")),
                "no fault beside {field}: {text}"
            );
        }
        text
    }
}
