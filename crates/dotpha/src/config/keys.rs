//! The settings there are: name, shape, default, and what each is for.

/// What a setting's text must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A folder or file.
    Path,
    /// Any text.
    Text,
    /// A text that is never shown.
    Secret,
    /// `sqlite:PATH` or `postgres://…`; shown without its password.
    Database,
    /// `ADDRESS:PORT`.
    Socket,
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds.
    Number(u64, u64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `http://…` or `https://…`.
    Web,
    /// Addresses of machines.
    Machines,
    /// Addresses of mailboxes.
    Mailboxes,
    /// Filter directives of the log: `info`, `warn,server=debug`.
    Filter,
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in the file (`limits.upload_mb`), from which its variable follows.
    pub name: &'static str,
    /// What it must look like.
    pub shape: Shape,
    /// Its value when nobody sets it; empty for none, or when it follows from others.
    pub default: &'static str,
    /// What it is for.
    pub help: &'static str,
}

impl Key {
    /// The variable that sets it: `DOTPHA_LIMITS_UPLOAD_MB`.
    pub fn variable(&self) -> String {
        format!("DOTPHA_{}", self.name.replace('.', "_").to_uppercase())
    }

    /// May it be read from a file of its own (`…_file`, `DOTPHA_…_FILE`, a credential of the service
    /// manager)?
    pub fn may_lie_apart(&self) -> bool {
        matches!(self.shape, Shape::Secret | Shape::Database)
    }
}

/// Every setting, in the order in which they are shown.
pub const KEYS: &[Key] = &[
    key(
        "data",
        Shape::Path,
        "dotpha-data",
        "folder of the instance: SQLite's database and what else is this process's own",
    ),
    key(
        "files",
        Shape::Path,
        "",
        "folder of uploaded and generated files, shared by all processes; `files` in the data folder when left out",
    ),
    key(
        "database",
        Shape::Database,
        "",
        "sqlite:PATH or postgres://USER@HOST/NAME?sslmode=verify-full&sslrootcert=FILE; SQLite in the data folder when left out",
    ),
    key(
        "database_password",
        Shape::Secret,
        "",
        "password for PostgreSQL, kept out of the address",
    ),
    key(
        "address",
        Shape::Socket,
        "127.0.0.1:8080",
        "where to listen; a proxy that speaks TLS belongs in front of anything but this machine",
    ),
    key(
        "public_url",
        Shape::Web,
        "",
        "the address people type, for links in mails: https://dotpha.tinh.gov.vn",
    ),
    key(
        "secure_cookies",
        Shape::Flag,
        "",
        "send cookies over HTTPS only; true when public_url begins with https",
    ),
    key(
        "trusted_proxy",
        Shape::Machines,
        "127.0.0.1, ::1",
        "machines whose X-Request-Id is taken over",
    ),
    key(
        "log.level",
        Shape::Filter,
        "",
        "what is logged: error, warn, info, debug, or directives by part; info when serving, warn otherwise",
    ),
    key(
        "log.form",
        Shape::Choice(&["text", "json"]),
        "text",
        "lines for people, or one JSON object a line",
    ),
    key(
        "metrics.address",
        Shape::Socket,
        "",
        "a second address, not reached from outside, that answers /metrics without a token",
    ),
    key(
        "metrics.token",
        Shape::Secret,
        "",
        "whoever sends it as `Authorization: Bearer …` reads /metrics at the first address",
    ),
    key(
        "limits.upload_mb",
        Shape::Number(1, 512),
        "32",
        "largest body of a request, in MiB",
    ),
    key(
        "limits.upload_patience_seconds",
        Shape::Number(0, 60),
        "2",
        "how long whoever hands files in waits before the page of the work is shown",
    ),
    key(
        "limits.job_workers",
        Shape::Number(1, 32),
        "2",
        "jobs that this process works on at once",
    ),
    key(
        "limits.job_lease_seconds",
        Shape::Number(10, 3600),
        "120",
        "how long a worker may be silent before another takes its job over",
    ),
    key(
        "limits.search_lag",
        Shape::Number(1, 1_000_000),
        "1000",
        "entries by which the search index may be behind while the process still counts as ready",
    ),
    key(
        "limits.free_disk_mb",
        Shape::Number(1, 10_000_000),
        "512",
        "with less free space than this, in MiB, the process is not ready",
    ),
    key(
        "limits.drain_seconds",
        Shape::Number(0, 120),
        "0",
        "told to stop, how long the process still answers while it says that it is not ready",
    ),
    key(
        "heads",
        Shape::Path,
        "",
        "folder in which the journal's head is written down every day; `heads` in the data folder when left out",
    ),
    key(
        "removals",
        Shape::Path,
        "",
        "list of removals, kept apart from the database; `removals.jsonl` in the data folder when left out",
    ),
    key(
        "backup",
        Shape::Path,
        "",
        "folder of the backup, so that its age can be watched",
    ),
    key(
        "mail.host",
        Shape::Text,
        "",
        "mail server; without it no mail is sent",
    ),
    key("mail.port", Shape::Number(1, 65535), "587", "its port"),
    key(
        "mail.tls",
        Shape::Choice(&["starttls", "tls", "none"]),
        "starttls",
        "how the line to it is protected",
    ),
    key("mail.user", Shape::Text, "", "name to sign in there with"),
    key("mail.password", Shape::Secret, "", "password for that name"),
    key("mail.from", Shape::Mailboxes, "", "sender of our mails"),
    key(
        "mail.to",
        Shape::Mailboxes,
        "",
        "who is told of the daily head and of what went wrong",
    ),
];

const fn key(name: &'static str, shape: Shape, default: &'static str, help: &'static str) -> Key {
    Key {
        name,
        shape,
        default,
        help,
    }
}

/// Variables that begin like ours and are no settings of an instance: of the demo, of the tests and of
/// the browser tests.
pub const OTHER_VARIABLES: &[&str] = &[
    "DOTPHA_CONFIG",
    "DOTPHA_DEMO_DATABASE",
    "DOTPHA_TEST_DATABASE",
    "DOTPHA_SHARED",
    "DOTPHA_TEST_AKN_SCHEMA",
    "DOTPHA_TEST_SEED",
    "DOTPHA_CACHE",
    "DOTPHA_FUZZ_SECONDS",
    "DOTPHA_SCREENSHOTS",
    "DOTPHA_PASSWORD",
];
