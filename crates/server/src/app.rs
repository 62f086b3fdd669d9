//! What all handlers share.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use access::Accounts;
use activation::Directories;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use journal::{Jobs, Journal, JournalError, Outbox, Seq};
use observation::columns::Columns;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::form::Upload;
use crate::maps::Maps;
use crate::operate::{Limits, Metrics, Setup, Token};
use crate::post::OutboxOptions;
use crate::search::SearchIndex;

/// Sign-in tries per login and minute: enough for a hand that mistypes, too few for guessing. Unwrapped
/// while compiling: a zero here would not build.
const TRIES_A_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

const KIB: usize = 1024;
/// How many of the largest uploads may wait in memory at once.
const UPLOADS: usize = 4;

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
    /// How the instance is set up, for its checks.
    pub setup: Setup,
    /// Bounds of this process.
    pub limits: Limits,
    /// Whoever knows it reads `/metrics`; nobody when it is missing.
    pub metrics_token: Option<Token>,
    /// Machines whose `X-Request-Id` is taken over.
    pub trusted_proxy: Vec<IpAddr>,
    /// Where messages go.
    pub outbox: OutboxOptions,
    /// Outlines of areas, where the operator supplies them.
    pub maps: Maps,
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
    /// Messages that wait to be delivered.
    pub outbox: Outbox,
    /// Accounts and sign-in.
    pub accounts: Accounts,
    /// The definitions in force, cached by this process.
    pub directories: Directories,
    /// The figures that this process holds in memory and rolls up.
    pub columns: Columns,
    /// Turns of those who take the text out of files handed in: as many at once as jobs.
    pub receiving: Semaphore,
    /// Memory for files handed in and not yet stored, in KiB.
    room: Arc<Semaphore>,
    /// The search index of this process.
    pub search: SearchIndex,
    /// How this server is set up.
    pub options: Options,
    /// Sign-in tries by login.
    pub tries: DefaultKeyedRateLimiter<String>,
    /// What this process counts.
    pub metrics: Metrics,
    /// Set once the process was told to stop: from then on it is not ready.
    pub stopping: AtomicBool,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// From now on this process is not ready: a proxy sends new requests elsewhere.
    pub fn begin_to_stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Entries by which the figures in memory are behind what this process knows to be recorded; none while they are
    /// being filled.
    pub fn columns_lag(&self) -> Option<Seq> {
        let known = self.journal.follow().borrow().head.seq;
        let reached = self.columns.reached()?;
        Some((known - reached).max(0))
    }

    /// Memory for files that wait to be looked at, until the permit is dropped; `None` while others have it.
    pub fn room_for(&self, files: &[Upload]) -> Option<OwnedSemaphorePermit> {
        let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
        let wanted = u32::try_from(bytes.div_ceil(KIB)).ok()?;
        self.room.clone().try_acquire_many_owned(wanted).ok()
    }

    /// The server over an open journal.
    pub async fn new(
        journal: Journal,
        accounts: Accounts,
        options: Options,
    ) -> Result<Self, JournalError> {
        crate::session::prepare(&journal).await?;
        crate::pages::imports::prepare(&journal).await?;
        let search = SearchIndex::in_memory()?;
        let directories = Directories::new(&journal);
        Ok(App(Arc::new(Inner {
            jobs: Jobs::new(journal.db().clone()),
            outbox: Outbox::new(journal.db().clone()),
            columns: Columns::new(journal.clone(), directories.clone()),
            directories,
            journal,
            accounts,
            receiving: Semaphore::new(options.limits.job_workers.max(1)),
            room: Arc::new(Semaphore::new(
                UPLOADS * options.limits.upload.div_ceil(KIB),
            )),
            search,
            options,
            tries: RateLimiter::keyed(Quota::per_minute(TRIES_A_MINUTE)),
            metrics: Metrics::default(),
            stopping: AtomicBool::new(false),
        })))
    }
}
