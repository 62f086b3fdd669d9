//! How an instance is set up, as far as its checks and its limits go.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use journal::Seq;

/// A text that whoever asks must know. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl From<String> for Token {
    fn from(text: String) -> Self {
        Token(text)
    }
}

impl Token {
    /// Is it this one? Takes the same time whatever was sent.
    pub fn is(&self, sent: &str) -> bool {
        use sha2::{Digest, Sha256};
        Sha256::digest(&self.0) == Sha256::digest(sent)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// Bounds of this process.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest body of a request, in bytes.
    pub upload: usize,
    /// Longest text table handed in, in bytes: it is not held in memory.
    pub table: usize,
    /// How long whoever hands files in is kept waiting before the page of the work is shown instead.
    pub upload_patience: Duration,
    /// Jobs worked on at once.
    pub job_workers: usize,
    /// How long a worker may be silent before another takes its job over.
    pub job_lease: Duration,
    /// Entries by which the search index may be behind while the process counts as ready.
    pub search_lag: Seq,
    /// Free space below which it does not, in bytes.
    pub free_disk: u64,
    /// How long, told to stop, it still answers, so that a proxy sees that it is not ready.
    pub drain: Duration,
}

impl Default for Limits {
    /// A scanned programme with its annexes fits, a film does not; two jobs at once on two cores.
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            upload: 32 * MIB,
            table: 256 * MIB,
            upload_patience: Duration::from_secs(2),
            job_workers: 2,
            job_lease: Duration::from_secs(120),
            search_lag: 1000,
            free_disk: 512 * MIB as u64,
            drain: Duration::ZERO,
        }
    }
}

/// Where a database server is reached, without what is secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// Its machine; a path for a socket of this machine.
    pub host: String,
    /// `sslmode` of the address, when it has one.
    pub sslmode: Option<String>,
}

impl ServerAddress {
    /// Is it this machine?
    pub fn is_local(&self) -> bool {
        self.host.is_empty()
            || self.host.starts_with('/')
            || self.host == "localhost"
            || self
                .host
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

/// What the checks need to know of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Folder of the instance.
    pub data: PathBuf,
    /// Folder of the file store.
    pub files: PathBuf,
    /// Folder of the daily heads.
    pub heads: PathBuf,
    /// Folder of the backup, when it is watched.
    pub backup: Option<PathBuf>,
    /// The database server; `None` for SQLite.
    pub server: Option<ServerAddress>,
    /// Where the instance listens.
    pub address: Option<SocketAddr>,
    /// The address people type.
    pub public_url: Option<String>,
    /// Cookies over HTTPS only.
    pub secure_cookies: bool,
    /// Does it serve metrics?
    pub metrics: bool,
    /// What is odd in the configuration.
    pub warnings: Vec<String>,
}
