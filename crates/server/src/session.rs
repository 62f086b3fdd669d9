//! Sessions, kept in the same database as everything else but outside the journal.

use std::collections::HashMap;

use access::{Account, AccountState, AsKnown, DisplayName, Scope};
use async_trait::async_trait;
use getrandom::fill;
use journal::{ActorId, Db, Journal, JournalError, Seq, params};
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result as StoreResult};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

use crate::app::App;
use crate::failure::Failure;

const ACTOR: &str = "actor";
const CSRF: &str = "csrf";
/// The last journal entry when the session began: a password set later ends it.
const BEGAN: &str = "began";

/// A working day with its overtime; after that one signs in again.
const IDLE: Duration = Duration::hours(10);

/// Creates the table when it is not there.
pub async fn prepare(journal: &Journal) -> Result<(), JournalError> {
    journal
        .ensure(&[
            "CREATE TABLE IF NOT EXISTS web_session (id TEXT PRIMARY KEY, content TEXT NOT NULL, expires_at BIGINT NOT NULL)",
            "CREATE INDEX IF NOT EXISTS web_session_expiry ON web_session (expires_at)",
        ])
        .await
}

/// The layer that reads and writes the session's cookie.
pub fn layer(app: &App) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions {
        db: app.journal.db().clone(),
    })
    .with_name("dotpha_session")
    .with_secure(app.options.secure_cookies)
    .with_http_only(true)
    .with_same_site(SameSite::Lax)
    .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Sessions in the `web_session` table.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

fn backend(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        // Identities are 128 random bits; a collision is met by drawing again.
        loop {
            let content = serde_json::to_string(&record.data).map_err(backend)?;
            let made = self
                .db
                .execute(
                    "INSERT INTO web_session (id, content, expires_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
                    params![record.id.to_string(), content, record.expiry_date.unix_timestamp()],
                )
                .await
                .map_err(backend)?;
            if made == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        let content = serde_json::to_string(&record.data).map_err(backend)?;
        self.db
            .execute(
                "INSERT INTO web_session (id, content, expires_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (id) DO UPDATE SET content = $2, expires_at = $3",
                params![
                    record.id.to_string(),
                    content,
                    record.expiry_date.unix_timestamp()
                ],
            )
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let row = self
            .db
            .row(
                "SELECT content, expires_at FROM web_session WHERE id = $1 AND expires_at > $2",
                params![id.to_string(), OffsetDateTime::now_utc().unix_timestamp()],
            )
            .await
            .map_err(backend)?;
        row.map(|row| {
            let data: HashMap<String, serde_json::Value> = row.json("content").map_err(backend)?;
            let expires = row.int("expires_at").map_err(backend)?;
            Ok(Record {
                id: *id,
                data,
                expiry_date: OffsetDateTime::from_unix_timestamp(expires).map_err(backend)?,
            })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        self.db
            .execute(
                "DELETE FROM web_session WHERE id = $1",
                params![id.to_string()],
            )
            .await
            .map_err(backend)?;
        Ok(())
    }
}

/// Removes sessions that have ended.
pub async fn sweep(db: &Db) -> Result<u64, JournalError> {
    db.execute(
        "DELETE FROM web_session WHERE expires_at <= $1",
        params![OffsetDateTime::now_utc().unix_timestamp()],
    )
    .await
}

/// Who a session belongs to.
pub struct SignedIn {
    /// The account, if there is one and it is still open.
    pub account: Option<Account>,
    /// Its holder's name.
    pub name: Option<String>,
    /// What it may see and do, today.
    pub scope: Scope,
    /// The token its forms carry.
    pub csrf: Option<String>,
}

/// Reads the session. An account that was closed, or whose password was set since, is nobody.
pub async fn signed_in(app: &App, session: &Session) -> Result<SignedIn, Failure> {
    let csrf = session.get::<String>(CSRF).await.map_err(broken)?;
    let Some(account) = account_of(app, session).await? else {
        return Ok(SignedIn {
            account: None,
            name: None,
            scope: Scope::anonymous(),
            csrf,
        });
    };
    let scope = crate::parts::scope_of(app, &account).await?;
    let name = match app.accounts.display_name(&scope, account.actor).await? {
        DisplayName::Shown(name) => Some(name),
        DisplayName::Erased | DisplayName::Masked | DisplayName::System => None,
    };
    Ok(SignedIn {
        account: Some(account),
        name,
        scope,
        csrf,
    })
}

async fn account_of(app: &App, session: &Session) -> Result<Option<Account>, Failure> {
    let actor = session.get::<ActorId>(ACTOR).await.map_err(broken)?;
    let began = session.get::<Seq>(BEGAN).await.map_err(broken)?;
    let (Some(actor), Some(began)) = (actor, began) else {
        return Ok(None);
    };
    let now = AsKnown::now(app.journal.today());
    match app.accounts.get(&Scope::system(), actor, now).await {
        Ok(account) => Ok(
            Some(account).filter(|a| a.state == AccountState::Open && a.password_since <= began)
        ),
        Err(access::Refusal::NotFound) => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Gives the session a token if it has none: called by pages that carry a form for strangers.
pub async fn ensure_token(session: &Session) -> Result<String, Failure> {
    if let Some(token) = session.get::<String>(CSRF).await.map_err(broken)? {
        return Ok(token);
    }
    let token = new_token()?;
    session.insert(CSRF, &token).await.map_err(broken)?;
    Ok(token)
}

/// Begins a session for an account under a new identity, so that one planted before is worthless.
pub async fn begin(app: &App, session: &Session, actor: ActorId) -> Result<(), Failure> {
    let head = app.journal.head().await?;
    session.cycle_id().await.map_err(broken)?;
    session.insert(ACTOR, actor).await.map_err(broken)?;
    session.insert(BEGAN, head.seq).await.map_err(broken)?;
    session.insert(CSRF, new_token()?).await.map_err(broken)
}

/// Ends the session.
pub async fn end(session: &Session) -> Result<(), Failure> {
    session.flush().await.map_err(broken)
}

fn new_token() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    fill(&mut bytes).map_err(broken)?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::Broken(format!("session: {error}"))
}
