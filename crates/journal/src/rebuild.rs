//! Filling projections from the journal, at a start with a new version of them and on demand.

use crate::log::{ENTRY_COLUMNS, read_entry};
use crate::payload::unpack;
use crate::projection::follows;
use crate::schema::run_all;
use crate::{Journal, JournalError, Projection, Seq, Tx, params};

impl Journal {
    /// Empties every projection and fills it again from the journal, in one transaction.
    pub async fn rebuild(&self) -> Result<(), JournalError> {
        let mut tx = self.db().begin().await?;
        take_head(&mut tx).await?;
        for projection in self.projections.iter() {
            self.refill(&mut tx, projection.as_ref()).await?;
        }
        give_head_back(&mut tx).await?;
        tx.commit().await
    }

    pub(crate) async fn prepare_projections(&self) -> Result<(), JournalError> {
        for projection in self.projections.iter() {
            let mut tx = self.db().begin().await?;
            take_head(&mut tx).await?;
            let known = tx
                .row(
                    "SELECT version FROM projection_state WHERE name = $1",
                    params![projection.name()],
                )
                .await?
                .map(|row| row.int("version"))
                .transpose()?;
            if known == Some(projection.version()) {
                continue;
            }
            for table in projection.tables() {
                tx.execute(&format!("DROP TABLE IF EXISTS {table}"), vec![])
                    .await?;
            }
            run_all(&mut tx, projection.schema()).await?;
            self.refill(&mut tx, projection.as_ref()).await?;
            tx.execute(
                "INSERT INTO projection_state (name, version) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET version = $2",
                params![projection.name(), projection.version()],
            )
            .await?;
            give_head_back(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn refill(&self, tx: &mut Tx, projection: &dyn Projection) -> Result<(), JournalError> {
        /// Entries read at a time: bounds memory, whatever the size of the journal.
        const CHUNK: i64 = 500;
        for table in projection.tables() {
            tx.execute(&format!("DELETE FROM {table}"), vec![]).await?;
        }
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM journal_entry WHERE seq > $1 ORDER BY seq LIMIT $2"
        );
        let mut reached = 0;
        loop {
            let rows = tx.rows(&sql, params![reached, CHUNK]).await?;
            let Some(last) = rows.last() else { break };
            reached = last.int("seq")?;
            for row in &rows {
                for fact in unpack(&read_entry(row)?)? {
                    if follows(projection, &fact.kind) {
                        projection.apply(tx, &fact).await?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The head as it was before this transaction took it.
pub(crate) struct TakenHead {
    pub seq: Seq,
    pub recorded_at: i64,
    pub hash: Vec<u8>,
}

/// Serialises writers: the same statement takes SQLite's write lock and PostgreSQL's row lock.
pub(crate) async fn take_head(tx: &mut Tx) -> Result<TakenHead, JournalError> {
    let row = tx
        .row(
            "UPDATE journal_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, recorded_at, hash",
            vec![],
        )
        .await?
        .ok_or_else(|| JournalError::Invariant("journal_head is empty".into()))?;
    Ok(TakenHead {
        seq: row.int("seq")? - 1,
        recorded_at: row.int("recorded_at")?,
        hash: row.bytes("hash")?,
    })
}

/// Undoes the step of [`take_head`] in the same transaction, which keeps the lock until it commits:
/// nobody ever sees the head moved without an entry.
async fn give_head_back(tx: &mut Tx) -> Result<(), JournalError> {
    tx.execute("UPDATE journal_head SET seq = seq - 1 WHERE id = 1", vec![])
        .await?;
    Ok(())
}
