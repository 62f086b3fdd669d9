//! The journal as people read it: newest first.

use crate::fact::unpack;
use crate::log::read_entry;
use crate::{ActorId, Entry, Journal, JournalError, RecordedFact, Seq, Value, params};

impl Entry {
    /// The facts of this entry, with its moment and actor.
    pub fn facts(&self) -> Result<Vec<RecordedFact>, JournalError> {
        unpack(self)
    }
}

impl Journal {
    /// Entries newest first, of one actor or of all, up to an entry; and how many there are in all.
    pub async fn newest_entries(
        &self,
        actor: Option<ActorId>,
        until: Option<Seq>,
        (limit, offset): (i64, i64),
    ) -> Result<(Vec<Entry>, i64), JournalError> {
        let mut params: Vec<Value> = params![until.unwrap_or(i64::MAX)];
        let mut condition = "seq <= $1".to_owned();
        if let Some(actor) = actor {
            condition.push_str(" AND actor = $2");
            params.push(actor.to_string().into());
        }
        let count = format!("SELECT COUNT(*) AS n FROM journal_entry WHERE {condition}");
        let total = match self.db().row(&count, params.clone()).await? {
            Some(row) => row.int("n")?,
            None => 0,
        };
        let next = params.len() + 1;
        let list = format!(
            "SELECT seq, recorded_at, actor, on_behalf, command, idempotency_key, payload, \
             prev_hash, hash FROM journal_entry WHERE {condition} \
             ORDER BY seq DESC LIMIT ${next} OFFSET ${}",
            next + 1
        );
        params.extend(params![limit, offset]);
        let rows = self.db().rows(&list, params).await?;
        let entries = rows.iter().map(read_entry).collect::<Result<_, _>>()?;
        Ok((entries, total))
    }
}
