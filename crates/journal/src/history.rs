//! The journal as people read it: newest first.

use crate::log::read_entry;
use crate::payload::{parts, unpack};
use crate::{
    ActorId, Entry, FactPlace, Journal, JournalError, RecordedFact, Seq, StreamId, Value,
    WriteContext, params,
};

impl Entry {
    /// The facts of this entry that still have their content, with its moment and actor.
    pub fn facts(&self) -> Result<Vec<RecordedFact>, JournalError> {
        unpack(self)
    }

    /// The facts of this entry whose content was removed: where each stands, its stream and its kind.
    pub fn removed_facts(&self) -> Result<Vec<(FactPlace, StreamId, String)>, JournalError> {
        let facts = (0..).zip(parts(self.seq, &self.payload)?);
        Ok(facts
            .filter(|(_, part)| part.removed && part.left.is_none())
            .filter_map(|(ix, part)| {
                let stream = StreamId::parse(&part.stream)?;
                Some((
                    FactPlace { seq: self.seq, ix },
                    stream,
                    part.kind.into_owned(),
                ))
            })
            .collect())
    }
}

impl Journal {
    /// The entry that a command with this idempotency key came to; nothing without a key.
    ///
    /// # Errors
    /// The database.
    pub async fn entry_of(&self, context: &WriteContext) -> Result<Option<Seq>, JournalError> {
        let sql = "SELECT seq FROM journal_entry WHERE idempotency_key = $1";
        let Some(key) = &context.idempotency_key else {
            return Ok(None);
        };
        let row = self.db().row(sql, params![key]).await?;
        row.map(|row| row.int("seq")).transpose()
    }

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
