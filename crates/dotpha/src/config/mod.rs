//! The configuration of an instance: by option, environment, credential, file, default.
//!
//! Every setting has one name. `limits.upload_mb` stands in the file under `[limits]`, in the environment
//! as `DOTPHA_LIMITS_UPLOAD_MB`, on the command line as `--set limits.upload_mb=64`; the most used have an
//! option of their own. A secret may lie in a file of its own: `database_password_file`,
//! `DOTPHA_DATABASE_PASSWORD_FILE`, or a credential of the service manager.

mod keys;
mod options;
mod resolve;
#[cfg(test)]
mod tests;
mod value;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use catalogue::{Fault, FaultCode, Label};
use server::operate::{Limits, Setup};

pub use options::{Place, ShowForm, show};
pub use resolve::Inputs;
use resolve::{Resolved, Source};
use value::Value;
pub use value::{Database, HIDDEN, Secret};

/// The settings in force. Its `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the instance.
    pub data: PathBuf,
    /// Folder of uploaded and generated files, which several processes may share.
    pub files: PathBuf,
    /// The database, with the password when one was given apart.
    pub database: Database,
    /// Where to listen.
    pub address: SocketAddr,
    /// The address people type, without a slash at its end.
    pub public_url: Option<String>,
    /// Cookies over HTTPS only.
    pub secure_cookies: bool,
    /// Machines whose `X-Request-Id` is taken over.
    pub trusted_proxy: Vec<IpAddr>,
    /// What is logged, and how.
    pub log: Log,
    /// Who may read the metrics.
    pub metrics: Metrics,
    /// Bounds.
    pub limits: Limits,
    /// Folder of the daily heads.
    pub heads: PathBuf,
    /// The list of removals.
    pub removals: PathBuf,
    /// Folder of the backup, when it is to be watched.
    pub backup: Option<PathBuf>,
    /// Folder of outlines of areas.
    pub maps: Option<PathBuf>,
    /// How mail is sent, when it is.
    pub mail: Option<Mail>,
    /// Every setting as shown: name, value without secrets, where it came from.
    pub shown: Vec<[String; 3]>,
    /// What is odd about them without being wrong.
    pub warnings: Vec<String>,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// Filter directives, when given.
    pub level: Option<String>,
    /// One JSON object a line instead of lines for people.
    pub json: bool,
}

/// Who may read the metrics; nobody when both are missing.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    /// An address of their own.
    pub address: Option<SocketAddr>,
    /// A token at the first address.
    pub token: Option<Secret>,
}

/// How mail is sent.
// The outbox takes it up.
#[allow(dead_code)]
#[derive(Debug, Clone)]
pub struct Mail {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `starttls`, `tls` or `none`.
    pub tls: String,
    /// Name and password to sign in there with.
    pub sign_in: Option<(String, Secret)>,
    /// Sender.
    pub from: String,
    /// Who is told of the daily head and of what went wrong.
    pub to: Vec<String>,
}

/// Shortest token for the metrics: nobody guesses 16 characters at the rate a server answers.
const SHORTEST_TOKEN: usize = 16;

impl Config {
    /// The settings in force, or every fault they have.
    pub fn resolve(inputs: &Inputs) -> Result<Self, Vec<Fault>> {
        Self::of(&mut resolve::resolve(inputs)?)
    }

    /// The settings that these options give, whatever stands in the environment.
    pub fn of_options(options: Vec<(String, String)>) -> Result<Self, crate::Fault> {
        let inputs = Inputs {
            options,
            ..Inputs::default()
        };
        Self::resolve(&inputs).map_err(|faults| options::explained(&faults))
    }

    fn of(all: &mut Resolved) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let data = path(all, "data").unwrap_or_default();
        let mut database = match value(all, "database") {
            Some(Value::Database(database)) => database,
            _ => Database::sqlite(&data.join("dotpha.sqlite")),
        };
        if let Some(password) = secret(all, "database_password") {
            match database.with_password(&password) {
                Some(complete) => database = complete,
                None => faults.push(together(
                    all,
                    "database_password",
                    "chỉ dùng cùng `database` dạng postgres://",
                    "is of use only with a `database` of the form postgres://",
                )),
            }
        }
        let public_url = text(all, "public_url");
        let over_https = public_url
            .as_ref()
            .is_some_and(|url| url.starts_with("https:"));
        let token = secret(all, "metrics.token");
        if token
            .as_ref()
            .is_some_and(|token| token.reveal().len() < SHORTEST_TOKEN)
        {
            faults.push(together(
                all,
                "metrics.token",
                "cần ít nhất 16 ký tự, ví dụ từ `openssl rand -hex 32`",
                "needs at least 16 characters, e.g. from `openssl rand -hex 32`",
            ));
        }
        let mail = mail(all, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let config = Config {
            files: path(all, "files").unwrap_or_else(|| data.join("files")),
            heads: path(all, "heads").unwrap_or_else(|| data.join("heads")),
            removals: path(all, "removals").unwrap_or_else(|| data.join("removals.jsonl")),
            backup: path(all, "backup"),
            maps: path(all, "maps"),
            address: socket(all, "address").unwrap_or(([127, 0, 0, 1], 8080).into()),
            secure_cookies: match value(all, "secure_cookies") {
                Some(Value::Flag(flag)) => flag,
                _ => over_https,
            },
            trusted_proxy: match value(all, "trusted_proxy") {
                Some(Value::Machines(machines)) => machines,
                _ => Vec::new(),
            },
            log: Log {
                level: text(all, "log.level"),
                json: text(all, "log.form").as_deref() == Some("json"),
            },
            metrics: Metrics {
                address: socket(all, "metrics.address"),
                token,
            },
            limits: limits(all),
            mail,
            shown: Vec::new(),
            warnings: std::mem::take(&mut all.warnings),
            data,
            database,
            public_url,
        };
        Ok(config.with_shown(all))
    }

    /// What the checks of a running instance need to know.
    pub fn setup(&self) -> Setup {
        Setup {
            data: self.data.clone(),
            files: self.files.clone(),
            heads: self.heads.clone(),
            backup: self.backup.clone(),
            server: self.database.server(),
            address: Some(self.address),
            public_url: self.public_url.clone(),
            secure_cookies: self.secure_cookies,
            metrics: self.metrics.address.is_some() || self.metrics.token.is_some(),
            warnings: self.warnings.clone(),
        }
    }

    /// Notes every setting for [`show`] and for the operator's checks.
    fn with_shown(mut self, all: &Resolved) -> Self {
        let line = |key: &keys::Key| {
            let found = &all.found[key.name];
            let text = match &found.value {
                Some(value) => told(value),
                None => self.followed(key.name),
            };
            [key.name.to_owned(), text, found.source.to_string()]
        };
        self.shown = keys::KEYS.iter().map(line).collect();
        self
    }

    /// What a setting that nobody gave comes to by others.
    fn followed(&self, name: &str) -> String {
        match name {
            "files" => self.files.display().to_string(),
            "heads" => self.heads.display().to_string(),
            "removals" => self.removals.display().to_string(),
            "database" => self.database.to_string(),
            "secure_cookies" => self.secure_cookies.to_string(),
            _ => "–".to_owned(),
        }
    }
}

/// A value as it may be shown.
fn told(value: &Value) -> String {
    let joined = |items: Vec<String>| items.join(", ");
    match value {
        Value::Path(path) => path.display().to_string(),
        Value::Text(text) => text.clone(),
        Value::Secret(_) => HIDDEN.to_owned(),
        Value::Database(database) => database.to_string(),
        Value::Socket(address) => address.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Machines(all) => joined(all.iter().map(ToString::to_string).collect()),
        Value::Mailboxes(all) => joined(all.clone()),
    }
}

fn value(all: &Resolved, name: &str) -> Option<Value> {
    all.found.get(name)?.value.clone()
}

fn path(all: &Resolved, name: &str) -> Option<PathBuf> {
    match value(all, name)? {
        Value::Path(path) => Some(path),
        _ => None,
    }
}

fn text(all: &Resolved, name: &str) -> Option<String> {
    match value(all, name)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn secret(all: &Resolved, name: &str) -> Option<Secret> {
    match value(all, name)? {
        Value::Secret(secret) => Some(secret),
        _ => None,
    }
}

fn socket(all: &Resolved, name: &str) -> Option<SocketAddr> {
    match value(all, name)? {
        Value::Socket(address) => Some(address),
        _ => None,
    }
}

fn number(all: &Resolved, name: &str) -> u64 {
    match value(all, name) {
        Some(Value::Number(number)) => number,
        _ => 0,
    }
}

fn limits(all: &Resolved) -> Limits {
    const MIB: u64 = 1024 * 1024;
    let count = |name| usize::try_from(number(all, name)).unwrap_or(usize::MAX);
    let seconds = |name| Duration::from_secs(number(all, name));
    Limits {
        upload: count("limits.upload_mb").saturating_mul(MIB as usize),
        table: count("limits.table_mb").saturating_mul(MIB as usize),
        upload_patience: seconds("limits.upload_patience_seconds"),
        job_workers: count("limits.job_workers"),
        job_lease: seconds("limits.job_lease_seconds"),
        search_lag: i64::try_from(number(all, "limits.search_lag")).unwrap_or(i64::MAX),
        free_disk: number(all, "limits.free_disk_mb").saturating_mul(MIB),
        drain: seconds("limits.drain_seconds"),
    }
}

fn mail(all: &Resolved, faults: &mut Vec<Fault>) -> Option<Mail> {
    let boxes = |name| match value(all, name) {
        Some(Value::Mailboxes(boxes)) => boxes,
        _ => Vec::new(),
    };
    let host = text(all, "mail.host")?;
    let (from, to) = (boxes("mail.from"), boxes("mail.to"));
    for (name, found) in [("mail.from", &from), ("mail.to", &to)] {
        if found.is_empty() {
            faults.push(together(
                all,
                name,
                "phải có khi đã đặt `mail.host`",
                "must be given with `mail.host`",
            ));
        }
    }
    let user = text(all, "mail.user");
    let password = secret(all, "mail.password");
    if user.is_some() != password.is_some() {
        faults.push(together(
            all,
            "mail.password",
            "và `mail.user` phải đi cùng nhau",
            "and `mail.user` belong together",
        ));
    }
    Some(Mail {
        host,
        port: u16::try_from(number(all, "mail.port")).unwrap_or(587),
        tls: text(all, "mail.tls").unwrap_or_default(),
        sign_in: user.zip(password),
        from: from.into_iter().next().unwrap_or_default(),
        to,
    })
}

/// A fault of settings that do not go together.
fn together(all: &Resolved, name: &str, vi: &str, en: &str) -> Fault {
    let place = match all.found.get(name).map(|found| &found.source) {
        None | Some(Source::Default) => name.to_owned(),
        Some(source) => source.to_string(),
    };
    Fault {
        code: FaultCode::WrongValue,
        found: Label::new(format!("`{name}` {vi}"), format!("`{name}` {en}")),
        expected: Vec::new(),
        nearest: None,
        place: catalogue::Place {
            file: place,
            line: 0,
            column: 0,
            width: 0,
            excerpt: String::new(),
        },
    }
}
