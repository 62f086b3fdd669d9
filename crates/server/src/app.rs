//! What all handlers share.

use std::num::NonZeroU32;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use access::Accounts;
use activation::Directories;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use journal::{Jobs, Journal, JournalError};

use crate::search::SearchIndex;

/// Largest body that is taken: a scanned programme with its annexes fits, a film does not.
pub const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// Sign-in tries per login and minute: enough for a hand that mistypes, too few for guessing. Unwrapped
/// while compiling: a zero here would not build.
const TRIES_A_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// How this server is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Cookies only over HTTPS: on behind a proxy that speaks TLS, off for trying at one desk.
    pub secure_cookies: bool,
    /// Logins shown on the sign-in page of the demo, as (login, what it is for); empty elsewhere.
    pub demo_logins: Vec<(String, String)>,
    /// Password of the demo's accounts, shown beside them.
    pub demo_password: Option<String>,
    /// This program, which reads PDFs in a child process.
    pub program: PathBuf,
}

/// State of the server. Cloning is cheap.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// See [`App`], which derefs to it.
pub struct Inner {
    /// The journal and its projections.
    pub journal: Journal,
    /// Work that waits.
    pub jobs: Jobs,
    /// Accounts and sign-in.
    pub accounts: Accounts,
    /// The definitions in force, cached by this process.
    pub directories: Directories,
    /// The search index of this process.
    pub search: SearchIndex,
    /// How this server is set up.
    pub options: Options,
    /// Sign-in tries by login.
    pub tries: DefaultKeyedRateLimiter<String>,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// The server over an open journal.
    pub async fn new(
        journal: Journal,
        accounts: Accounts,
        options: Options,
    ) -> Result<Self, JournalError> {
        crate::session::prepare(&journal).await?;
        let search = SearchIndex::in_memory()?;
        Ok(App(Arc::new(Inner {
            jobs: Jobs::new(journal.db().clone()),
            directories: Directories::new(&journal),
            journal,
            accounts,
            search,
            options,
            tries: RateLimiter::keyed(Quota::per_minute(TRIES_A_MINUTE)),
        })))
    }
}
