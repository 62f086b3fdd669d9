//! Logins and password hashes. They lie outside the journal, so that they can be erased.

use std::sync::Arc;

use journal::backup::Outside;
use journal::{JournalError, PersonId, Tx, params};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::account::fold_login;
use crate::{Refusal, password};

/// The table.
pub(super) const CREDENTIAL: &[&str] = &["CREATE TABLE IF NOT EXISTS credential (
    person TEXT PRIMARY KEY, login_folded TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL)"];

/// What a backup has to know of it: without it nobody could sign in to what was restored.
pub const CREDENTIALS: Outside = Outside {
    table: "credential",
    key: "person",
    create: CREDENTIAL,
    after: &[],
};

/// Gives a person a login that nobody has.
pub(super) async fn take_login(
    tx: &mut Tx,
    person: PersonId,
    login: &str,
    hash: &str,
) -> Result<(), Refusal> {
    let taken = tx
        .execute(
            "INSERT INTO credential (person, login_folded, password_hash) VALUES ($1, $2, $3) \
             ON CONFLICT (login_folded) DO NOTHING",
            params![person, fold_login(login), hash],
        )
        .await?;
    if taken == 0 {
        return Err(Refusal::invalid(
            "login",
            "Tên đăng nhập này đã có người dùng.",
            "This login is already in use.",
        ));
    }
    Ok(())
}

/// How many passwords are hashed at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// Hashes and compares passwords, few at once, off the threads that serve requests.
#[derive(Clone)]
pub(super) struct Hashers {
    turns: Arc<Semaphore>,
    /// A hash of what nobody knows, so that an unknown login costs as much as a known one. Made at the
    /// start: made at the first unknown login, it would tell that one by its cost.
    decoy: Arc<str>,
}

impl Hashers {
    pub(super) async fn new() -> Result<Self, Refusal> {
        let mut hashers = Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            decoy: Arc::from(""),
        };
        hashers.decoy = hashers.hash(Uuid::new_v4().to_string()).await?.into();
        Ok(hashers)
    }

    pub(super) async fn hash(&self, password: String) -> Result<String, Refusal> {
        self.run(move || password::hash(&password)).await
    }

    pub(super) async fn matches(&self, password: String, stored: String) -> Result<bool, Refusal> {
        self.run(move || password::matches(&password, &stored))
            .await
    }

    pub(super) fn decoy(&self) -> String {
        self.decoy.to_string()
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let broken = |what: String| Refusal::Store(JournalError::Invariant(what));
        let _turn = self
            .turns
            .acquire()
            .await
            .map_err(|e| broken(e.to_string()))?;
        let done = tokio::task::spawn_blocking(work).await;
        Ok(done.map_err(|e| broken(e.to_string()))??)
    }
}
