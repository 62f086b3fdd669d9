//! The tables of removals: what went, by thing and by file.

use async_trait::async_trait;
use journal::{FactFamily, JournalError, Projection, RecordedFact, RemovalFact, Tx, params};

/// Keeps the tables `removal` and `removed_key`.
struct RemovalProjection;

/// The projections of this crate, for opening the journal.
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(RemovalProjection)]
}

#[async_trait]
impl Projection for RemovalProjection {
    fn name(&self) -> &'static str {
        "removal"
    }

    fn version(&self) -> i64 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["removal", "removed_key"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE removal (
                id TEXT PRIMARY KEY, seq BIGINT NOT NULL, recorded_at BIGINT NOT NULL,
                actor TEXT NOT NULL, person TEXT, reason TEXT NOT NULL, authority TEXT NOT NULL,
                things BIGINT NOT NULL, facts BIGINT NOT NULL, files BIGINT NOT NULL)",
            "CREATE INDEX removal_seq ON removal (seq)",
            // A thing by its stream, a file as file/<hash>; the same file may be removed twice.
            "CREATE TABLE removed_key (key TEXT NOT NULL, removal TEXT NOT NULL)",
            "CREATE INDEX removed_key_key ON removed_key (key)",
            "CREATE INDEX removed_key_removal ON removed_key (removal)",
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &[RemovalFact::FAMILY]
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        let Some(typed) = RemovalFact::read(fact)? else {
            return Ok(());
        };
        let (grounds, person, keys, counts) = match typed {
            RemovalFact::PersonErased(data) => (data.grounds, Some(data.person), vec![], (0, 0, 0)),
            RemovalFact::FileRemoved(data) => {
                let key = format!("file/{}", data.file.as_str());
                (data.grounds, None, vec![key], (0, 0, 1))
            }
            RemovalFact::BatchRemoved(data) => (data.grounds, None, vec![], (0, 0, 0)),
            RemovalFact::FactsRemoved(data) => {
                let keys: Vec<String> = data.things.iter().map(ToString::to_string).collect();
                let facts = data.facts.len() + data.left.len();
                let counts = (keys.len() as i64, facts as i64, 0);
                (data.grounds, None, keys, counts)
            }
        };
        let id = fact.stream.identity();
        tx.execute(
            "INSERT INTO removal (id, seq, recorded_at, actor, person, reason, authority, things, facts, files) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET \
             things = removal.things + $8, facts = removal.facts + $9, files = removal.files + $10",
            params![
                id,
                fact.seq,
                fact.recorded_at,
                fact.actor.to_string(),
                person,
                grounds.reason,
                grounds.authority,
                counts.0,
                counts.1,
                counts.2
            ],
        )
        .await?;
        let rows = keys.into_iter().map(|key| params![key, id]);
        let rows: Vec<_> = rows.collect();
        tx.insert_many("INSERT INTO removed_key (key, removal)", 2, rows)
            .await?;
        Ok(())
    }
}
