//! What has to reach somebody outside: written in the transaction of what it tells of, delivered
//! afterwards, tried again with growing pauses.
//!
//! Delivery is at least once: a process may die after the mail server took a message and before that was
//! noted. Every message has an id of its own, which goes with it, so that a receiver can drop repeats.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Clock, Db, JournalError, Row, Tx, Value, params};

/// The recipient that stands for whoever the configuration names as operators.
pub const OPERATOR: &str = "operator";

/// How a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// To a role ([`OPERATOR`], `heads`): passed on to the addresses that the configuration gives it.
    Role,
    /// To one mail address.
    Mail,
    /// As a file in a folder, for another system to fetch.
    Folder,
    /// As lines of the file of daily heads.
    Heads,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PostedState {
    /// Waits to be delivered, for the first time or again.
    Waiting,
    /// Delivered, or passed on.
    Sent,
    /// Given up; `note` says why.
    Dead,
}

macro_rules! words {
    ($type:ty, $what:literal, $($variant:ident = $word:literal),*) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),* })
            }
        }
        impl FromStr for $type {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(format!("{text:?} is no {}", $what)),
                }
            }
        }
    };
}
words!(
    Channel,
    "channel",
    Role = "role",
    Mail = "mail",
    Folder = "folder",
    Heads = "heads"
);
words!(
    PostedState,
    "state of a message",
    Waiting = "waiting",
    Sent = "sent",
    Dead = "dead"
);

/// A message to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its identity: the same id again changes nothing.
    pub id: String,
    /// How it goes.
    pub channel: Channel,
    /// To whom: an address, a folder, or the name of a role.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// A message as stored.
#[derive(Debug, Clone, Serialize)]
pub struct Posted {
    /// Its identity.
    pub id: String,
    /// How it goes.
    pub channel: Channel,
    /// To whom.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Where it stands.
    pub state: PostedState,
    /// How often delivery was tried.
    pub attempts: i64,
    /// What became of the last try.
    pub note: String,
    /// When it was put here, in microseconds UTC.
    pub created_at: i64,
    /// When it is tried next, or when the lease of whoever tries ends; microseconds UTC.
    pub next_at: i64,
}

/// Why a message was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undelivered {
    /// The receiver could not be reached or asked to wait: worth another try.
    Later(String),
    /// The receiver refused for good.
    Never(String),
}

/// What delivering came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It arrived; the text says where, for the operator.
    Arrived(String),
    /// It goes on as these.
    PassedOn(Vec<Message>),
}

/// Carries messages out.
#[async_trait]
pub trait Deliver: Send + Sync {
    /// Delivers one message. May be called again for a message that arrived.
    async fn deliver(&self, message: &Posted) -> Result<Delivery, Undelivered>;
}

/// Tries before a message is given up: with the pauses below about three days, so that a mail server that
/// is down over a weekend loses nothing.
const TRIES: i64 = 20;
/// Pause after the first try, doubled after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);

/// How long after a try that failed the next one is due.
fn pause_after(tries: i64) -> Duration {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(16);
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

const COLUMNS: &str =
    "id, channel, recipient, subject, body, state, attempts, note, created_at, lease_until";

/// The messages of a database.
#[derive(Clone)]
pub struct Outbox {
    db: Db,
}

impl Outbox {
    /// The outbox of a database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Puts a message inside a transaction, so that it is there exactly when what it tells of is.
    pub async fn put_in(tx: &mut Tx, message: &Message, now: i64) -> Result<(), JournalError> {
        tx.execute(
            "INSERT INTO outbox (id, channel, recipient, subject, body, state, attempts, note, \
             lease_until, created_at, changed_at) \
             VALUES ($1, $2, $3, $4, $5, 'waiting', 0, '', 0, $6, $6) ON CONFLICT (id) DO NOTHING",
            params![
                message.id.as_str(),
                message.channel.to_string(),
                message.recipient.as_str(),
                message.subject.as_str(),
                message.body.as_str(),
                now
            ],
        )
        .await?;
        Ok(())
    }

    /// Takes the message that is due longest, for `lease` from `now` (microseconds UTC).
    pub async fn claim(
        &self,
        worker: &str,
        now: i64,
        lease: Duration,
    ) -> Result<Option<Posted>, JournalError> {
        // What is due later than any pause was put off while a clock was ahead.
        let latest = now + 2 * LONGEST_PAUSE.as_micros() as i64;
        let due = "state = 'waiting' AND (lease_until <= $1 OR lease_until > $2)";
        let sql = format!("SELECT id FROM outbox WHERE {due} LIMIT 1");
        if self.db.row(&sql, params![now, latest]).await?.is_none() {
            return Ok(None);
        }
        let mut tx = self.db.begin().await?;
        let skip_locked = match tx {
            Tx::Sqlite(_) => "",
            Tx::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        };
        let sql = format!(
            "UPDATE outbox SET attempts = attempts + 1, lease_owner = $3, lease_until = $4, \
             changed_at = $1 WHERE id = (SELECT id FROM outbox WHERE {due} \
             ORDER BY lease_until, created_at, id LIMIT 1 {skip_locked}) RETURNING {COLUMNS}"
        );
        let until = now + lease.as_micros() as i64;
        let row = tx.row(&sql, params![now, latest, worker, until]).await?;
        tx.commit().await?;
        row.as_ref().map(read).transpose()
    }

    /// Closes a message that arrived or was passed on as others. Without effect when another worker has
    /// it by now.
    pub async fn delivered(
        &self,
        message: &Posted,
        worker: &str,
        delivery: &Delivery,
        now: i64,
    ) -> Result<bool, JournalError> {
        let (note, others): (String, &[Message]) = match delivery {
            Delivery::Arrived(place) => (place.clone(), &[]),
            Delivery::PassedOn(others) => {
                let to: Vec<&str> = others.iter().map(|m| m.recipient.as_str()).collect();
                (format!("→ {}", to.join(", ")), others)
            }
        };
        let mut tx = self.db.begin().await?;
        let closed = tx
            .execute(
                "UPDATE outbox SET state = 'sent', note = $3, changed_at = $4 \
                 WHERE id = $1 AND lease_owner = $2 AND state = 'waiting'",
                params![message.id.as_str(), worker, note, now],
            )
            .await?;
        if closed == 1 {
            for other in others {
                Self::put_in(&mut tx, other, now).await?;
            }
        }
        tx.commit().await?;
        Ok(closed == 1)
    }

    /// Puts a message off that was not delivered, or gives it up and tells the operator.
    pub async fn undelivered(
        &self,
        message: &Posted,
        worker: &str,
        why: &Undelivered,
        now: i64,
    ) -> Result<bool, JournalError> {
        let (reason, dead) = match why {
            Undelivered::Later(reason) => (reason, message.attempts >= TRIES),
            Undelivered::Never(reason) => (reason, true),
        };
        let state = if dead {
            PostedState::Dead
        } else {
            PostedState::Waiting
        };
        let next = now + pause_after(message.attempts).as_micros() as i64;
        let mut tx = self.db.begin().await?;
        let sql = "UPDATE outbox SET state = $3, note = $4, lease_owner = NULL, lease_until = $5, \
                   changed_at = $6 WHERE id = $1 AND lease_owner = $2 AND state = 'waiting'";
        let given = params![
            message.id.as_str(),
            worker,
            state.to_string(),
            reason,
            next,
            now
        ];
        let closed = tx.execute(sql, given).await? == 1;
        if closed
            && dead
            && let Some(notice) = notice(message, reason)
        {
            Self::put_in(&mut tx, &notice, now).await?;
        }
        tx.commit().await?;
        Ok(closed)
    }

    /// Puts a message back that nothing was tried with: the process stops.
    pub async fn give_back(
        &self,
        message: &Posted,
        worker: &str,
        now: i64,
    ) -> Result<bool, JournalError> {
        self.touch(
            "UPDATE outbox SET lease_owner = NULL, lease_until = 0, attempts = attempts - 1, \
             changed_at = $3 WHERE id = $1 AND lease_owner = $2 AND state = 'waiting'",
            params![message.id.as_str(), worker, now],
        )
        .await
    }

    /// Has a message delivered now, with all its tries before it: the operator's "try again". Without
    /// effect on one that was sent.
    pub async fn retry(&self, id: &str, now: i64) -> Result<bool, JournalError> {
        self.touch(
            "UPDATE outbox SET state = 'waiting', attempts = 0, lease_owner = NULL, lease_until = 0, \
             changed_at = $2 WHERE id = $1 AND state IN ('dead', 'waiting')",
            params![id, now],
        )
        .await
    }

    /// One message.
    pub async fn get(&self, id: &str) -> Result<Option<Posted>, JournalError> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id = $1");
        let row = self.db.row(&sql, params![id]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The newest messages, for the operator's page.
    pub async fn newest(&self, limit: i64) -> Result<Vec<Posted>, JournalError> {
        let sql =
            format!("SELECT {COLUMNS} FROM outbox ORDER BY created_at DESC, id DESC LIMIT $1");
        let rows = self.db.rows(&sql, params![limit]).await?;
        rows.iter().map(read).collect()
    }

    /// How many messages stand where.
    pub async fn counts(&self) -> Result<BTreeMap<PostedState, i64>, JournalError> {
        let sql = "SELECT state, COUNT(*) AS n FROM outbox GROUP BY state";
        let rows = self.db.rows(sql, vec![]).await?;
        rows.iter()
            .map(|row| Ok((row.parse("state")?, row.int("n")?)))
            .collect()
    }

    async fn touch(&self, sql: &str, params: Vec<Value>) -> Result<bool, JournalError> {
        Ok(self.db.execute(sql, params).await? == 1)
    }
}

/// Begins the ids of messages that tell of dead letters: when one of those dies, there is nobody left to
/// tell; the operator's page shows it.
const DEAD_LETTER: &str = "dead/";

fn notice(message: &Posted, reason: &str) -> Option<Message> {
    if message.id.starts_with(DEAD_LETTER) {
        return None;
    }
    let (subject, to, tries) = (&message.subject, &message.recipient, message.attempts);
    Some(Message {
        id: format!("{DEAD_LETTER}{}/{}", message.id, Uuid::now_v7()),
        channel: Channel::Role,
        recipient: OPERATOR.to_owned(),
        subject: "Đột Phá: thư không gửi được / message not delivered".to_owned(),
        body: format!(
            "Thư «{subject}» gửi {to} không đến được sau {tries} lần và đã bị bỏ.\n\
             Lý do cuối: {reason}\n\
             Xem và gửi lại ở trang Máy chủ (/system).\n\n\
             The message “{subject}” to {to} was given up after {tries} tries.\n\
             Last reason: {reason}\n\
             See it and send it again on the server's page (/system).\n"
        ),
    })
}

fn read(row: &Row) -> Result<Posted, JournalError> {
    Ok(Posted {
        id: row.text("id")?,
        channel: row.parse("channel")?,
        recipient: row.text("recipient")?,
        subject: row.text("subject")?,
        body: row.text("body")?,
        state: row.parse("state")?,
        attempts: row.int("attempts")?,
        note: row.text("note")?,
        created_at: row.int("created_at")?,
        next_at: row.int("lease_until")?,
    })
}

/// Delivers what is due until told to stop, one message after the other.
pub async fn deliver(outbox: Outbox, clock: Clock, carrier: &dyn Deliver, stop: CancellationToken) {
    /// How long one try may take.
    const PATIENCE: Duration = Duration::from_secs(90);
    /// Longer than a try: while it is under way nobody else tries.
    const LEASE: Duration = Duration::from_secs(120);
    const REST: Duration = Duration::from_secs(1);
    let process = Uuid::now_v7();
    let mut claims: u64 = 0;
    while !stop.is_cancelled() {
        claims += 1;
        let worker = format!("{process}/{claims}");
        let now = || clock().as_microsecond();
        let message = match outbox.claim(&worker, now(), LEASE).await {
            Ok(Some(message)) => message,
            Ok(None) => {
                tokio::select! { () = tokio::time::sleep(REST) => {}, () = stop.cancelled() => {} }
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "looking for messages to deliver");
                tokio::select! { () = tokio::time::sleep(REST * 5) => {}, () = stop.cancelled() => {} }
                continue;
            }
        };
        let closed = tokio::select! {
            tried = tokio::time::timeout(PATIENCE, carrier.deliver(&message)) => {
                let slow = || Err(Undelivered::Later(format!("no answer within {} s", PATIENCE.as_secs())));
                match tried.unwrap_or_else(|_| slow()) {
                    Ok(delivery) => outbox.delivered(&message, &worker, &delivery, now()).await,
                    Err(why) => {
                        tracing::warn!(id = message.id, ?why, "a message was not delivered");
                        outbox.undelivered(&message, &worker, &why, now()).await
                    }
                }
            }
            () = stop.cancelled() => outbox.give_back(&message, &worker, now()).await,
        };
        if let Err(error) = closed {
            // Its lease runs out and it is tried again.
            tracing::error!(%error, id = message.id, "closing a message");
        }
    }
}
