//! Typed values of settings, and texts that are never shown.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use server::operate::ServerAddress;
use url::Url;

use super::keys::Shape;

/// What stands for a secret wherever settings are shown.
pub const HIDDEN: &str = "•••";

/// A text that no output shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for whoever has to use it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// Address of a database. Shown without what is secret in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Database(String);

impl Database {
    /// The address as the database driver takes it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// SQLite in a file.
    pub fn sqlite(path: &std::path::Path) -> Self {
        Database(format!("sqlite:{}", path.display()))
    }

    /// Is it a PostgreSQL server's?
    pub fn is_postgres(&self) -> bool {
        !self.0.starts_with("sqlite:")
    }

    /// The same with a password; `None` for an address that has no place for one.
    pub fn with_password(&self, password: &Secret) -> Option<Self> {
        let mut url = self.url()?;
        url.set_password(Some(password.reveal())).ok()?;
        Some(Database(url.into()))
    }

    /// Where a server is reached; `None` for SQLite.
    pub fn server(&self) -> Option<ServerAddress> {
        let url = self.url()?;
        let query = |wanted: &[&str]| {
            url.query_pairs()
                .find(|(key, _)| wanted.contains(&key.as_ref()))
                .map(|(_, value)| value.into_owned())
        };
        let host = url.host_str().unwrap_or_default();
        // A socket's folder stands where the name of a machine would, its slashes written as %2F.
        let host = if host.to_ascii_lowercase().starts_with("%2f") {
            host.replace("%2F", "/").replace("%2f", "/")
        } else {
            host.to_owned()
        };
        Some(ServerAddress {
            host: query(&["host"]).unwrap_or(host),
            sslmode: query(&["sslmode", "ssl-mode"]),
        })
    }

    /// The parts of a server's address; `None` for SQLite.
    pub fn url(&self) -> Option<Url> {
        self.is_postgres()
            .then(|| Url::parse(&self.0).ok())
            .flatten()
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(mut url) = self.url() else {
            return f.write_str(&self.0);
        };
        if url.password().is_some() && url.set_password(Some("HIDDEN")).is_err() {
            return f.write_str(HIDDEN);
        }
        // A password may also stand in the query, as `?password=`.
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        if pairs.iter().any(|(key, _)| key.contains("password")) {
            url.query_pairs_mut()
                .clear()
                .extend_pairs(
                    pairs
                        .iter()
                        .map(|(key, value)| match key.contains("password") {
                            true => (key.as_str(), "HIDDEN"),
                            false => (key.as_str(), value.as_str()),
                        }),
                );
        }
        f.write_str(&url.as_str().replace("HIDDEN", HIDDEN))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A checked value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Path(PathBuf),
    Text(String),
    Secret(Secret),
    Database(Database),
    Socket(SocketAddr),
    Flag(bool),
    Number(u64),
    Machines(Vec<IpAddr>),
    Mailboxes(Vec<String>),
}

/// Checks a text against the shape of its setting; otherwise says, in Vietnamese and English, what was
/// expected.
pub fn check(shape: Shape, text: &str) -> Result<Value, (String, String)> {
    let wrong = |vi: &str, en: &str| Err((vi.to_owned(), en.to_owned()));
    match shape {
        Shape::Path if text.is_empty() => wrong("một đường dẫn", "a path"),
        Shape::Text | Shape::Secret if text.is_empty() => {
            wrong("một chuỗi trong ngoặc kép", "a text in quotes")
        }
        Shape::Path => Ok(Value::Path(PathBuf::from(text))),
        Shape::Text => Ok(Value::Text(text.to_owned())),
        Shape::Secret => Ok(Value::Secret(Secret(text.to_owned()))),
        Shape::Database => database(text),
        Shape::Socket => text.parse().map(Value::Socket).or_else(|_| {
            wrong(
                "ĐỊA-CHỈ:CỔNG, ví dụ 127.0.0.1:8080 hoặc [::1]:8080",
                "ADDRESS:PORT, e.g. 127.0.0.1:8080 or [::1]:8080",
            )
        }),
        Shape::Flag => match text {
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            _ => wrong("true hoặc false", "true or false"),
        },
        Shape::Number(from, to) => match text.parse() {
            Ok(number) if (from..=to).contains(&number) => Ok(Value::Number(number)),
            _ => wrong(
                &format!("một số nguyên từ {from} đến {to}"),
                &format!("a whole number from {from} to {to}"),
            ),
        },
        Shape::Choice(words) if words.contains(&text) => Ok(Value::Text(text.to_owned())),
        Shape::Choice(words) => wrong(
            &format!("một trong: {}", words.join(", ")),
            &format!("one of: {}", words.join(", ")),
        ),
        Shape::Web => match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
                Ok(Value::Text(text.trim_end_matches('/').to_owned()))
            }
            _ => wrong(
                "https://TÊN-MIỀN hoặc http://TÊN-MIỀN",
                "https://NAME or http://NAME",
            ),
        },
        Shape::Machines => list(text)
            .map(|one| one.parse().ok())
            .collect::<Option<_>>()
            .map(Value::Machines)
            .map_or_else(
                || {
                    wrong(
                        "địa chỉ IP, ví dụ 127.0.0.1",
                        "IP addresses, e.g. 127.0.0.1",
                    )
                },
                Ok,
            ),
        Shape::Mailboxes => {
            let boxes: Vec<String> = list(text).map(str::to_owned).collect();
            let sound = |one: &String| {
                one.split_once('@')
                    .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
                    && !one.contains(|c: char| c.is_whitespace() || c.is_control())
            };
            if !boxes.is_empty() && boxes.iter().all(sound) {
                Ok(Value::Mailboxes(boxes))
            } else {
                wrong(
                    "địa chỉ thư, ví dụ vanhanh@tinh.gov.vn",
                    "mail addresses, e.g. vanhanh@tinh.gov.vn",
                )
            }
        }
        Shape::Filter => match tracing_subscriber::EnvFilter::try_new(text) {
            Ok(_) if !text.trim().is_empty() => Ok(Value::Text(text.to_owned())),
            _ => wrong(
                "error, warn, info, debug, trace, hoặc bộ lọc như info,server=debug",
                "error, warn, info, debug, trace, or a filter like info,server=debug",
            ),
        },
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

fn database(text: &str) -> Result<Value, (String, String)> {
    let server = ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    let sound = match text.strip_prefix("sqlite:") {
        Some(path) => !path.is_empty(),
        None => server && Url::parse(text).is_ok(),
    };
    if sound {
        Ok(Value::Database(Database(text.to_owned())))
    } else {
        Err((
            "sqlite:ĐƯỜNG-DẪN hoặc postgres://NGƯỜI-DÙNG@MÁY/TÊN".into(),
            "sqlite:PATH or postgres://USER@HOST/NAME".into(),
        ))
    }
}
