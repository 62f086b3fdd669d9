//! Tables that are not projections: the log itself and what lies outside it on purpose.

use crate::{Db, Engine, JournalError, Tx, params};

/// Name of a step and its statements.
pub(crate) type Step = (&'static str, &'static [&'static str]);

/// Steps from an empty database to today's, in order; a step once released is never changed.
pub(crate) const STEPS: &[Step] = &[
    (
        "0001-entries-hashed-by-facts",
        &[
            "CREATE TABLE journal_head (
            id BIGINT PRIMARY KEY CHECK (id = 1),
            seq BIGINT NOT NULL, recorded_at BIGINT NOT NULL, hash {bytes} NOT NULL)",
            "INSERT INTO journal_head (id, seq, recorded_at, hash) VALUES (1, 0, 0, {zeros})",
            "CREATE TABLE journal_entry (
            seq BIGINT PRIMARY KEY, recorded_at BIGINT NOT NULL,
            actor TEXT NOT NULL, on_behalf TEXT, command TEXT NOT NULL,
            idempotency_key TEXT UNIQUE,
            payload {bytes} NOT NULL, prev_hash {bytes} NOT NULL, hash {bytes} NOT NULL)",
            "CREATE INDEX journal_entry_recorded ON journal_entry (recorded_at)",
            "CREATE INDEX journal_entry_actor ON journal_entry (actor, seq)",
            // Where each fact of a payload stands, so that one thing's history is read without its neighbours'.
            "CREATE TABLE journal_fact (
            seq BIGINT NOT NULL, ix BIGINT NOT NULL, stream TEXT NOT NULL, kind TEXT NOT NULL,
            at_byte BIGINT NOT NULL, bytes BIGINT NOT NULL, PRIMARY KEY (seq, ix))",
            "CREATE INDEX journal_fact_stream ON journal_fact (stream, seq, ix)",
            // Canonical compressed batches, kept for good: a fact names them by hash.
            "CREATE TABLE journal_batch (hash TEXT PRIMARY KEY, content {bytes} NOT NULL)",
            "CREATE TABLE projection_state (name TEXT PRIMARY KEY, version BIGINT NOT NULL)",
            "CREATE TABLE job (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, input TEXT NOT NULL, state TEXT NOT NULL,
            done BIGINT NOT NULL, total BIGINT NOT NULL, note TEXT NOT NULL, output TEXT,
            attempts BIGINT NOT NULL, lease_owner TEXT, lease_until BIGINT NOT NULL,
            created_by TEXT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL)",
            "CREATE INDEX job_queue ON job (state, created_at)",
            "CREATE TABLE vault (
            person TEXT NOT NULL, field TEXT NOT NULL, salt {bytes} NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (person, field))",
        ],
    ),
    // A row stands here from the moment a backup is loaded until everything that has to follow is done.
    (
        "0002-restore",
        &["CREATE TABLE restore_pending (
            id BIGINT PRIMARY KEY CHECK (id = 1), head TEXT NOT NULL, since BIGINT NOT NULL)"],
    ),
    (
        "0003-outbox-and-daily-heads",
        &[
            "CREATE TABLE outbox (
            id TEXT PRIMARY KEY, channel TEXT NOT NULL, recipient TEXT NOT NULL,
            subject TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL,
            attempts BIGINT NOT NULL, note TEXT NOT NULL, lease_owner TEXT,
            lease_until BIGINT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL)",
            "CREATE INDEX outbox_queue ON outbox (state, lease_until)",
            "CREATE TABLE daily_head (
            day TEXT PRIMARY KEY, head TEXT NOT NULL, exported_at BIGINT NOT NULL)",
        ],
    ),
    // Who fills the tables of a projection beside the live ones, and how often that was done.
    (
        "0004-projections-filled-beside",
        &["CREATE TABLE projection_build (
            name TEXT PRIMARY KEY, generation BIGINT NOT NULL, owner TEXT,
            lease_until BIGINT NOT NULL)"],
    ),
];

/// Names of the steps, in order.
pub(crate) fn step_names() -> impl Iterator<Item = &'static str> {
    STEPS.iter().map(|(name, _)| *name)
}

/// Writes engine words into a statement of ours: `{bytes}` is BLOB or BYTEA, `{zeros}` the hash before
/// the first entry.
pub(crate) fn render(engine: Engine, ddl: &str) -> String {
    let (bytes, zeros) = match engine {
        Engine::Sqlite => ("BLOB", "zeroblob(32)"),
        Engine::Postgres => ("BYTEA", "decode(repeat('00', 32), 'hex')"),
    };
    ddl.replace("{bytes}", bytes).replace("{zeros}", zeros)
}

/// Key of PostgreSQL's advisory lock during migration: the letters of "dotpha".
const MIGRATION_LOCK: i64 = 0x646f_7470_6861;

/// The first step of builds made before the first release: hashes covered the payload as a whole.
const BEFORE_THE_FIRST_RELEASE: &str = "0001-journal";

/// Refuses a database that this program would not understand.
async fn refuse_strangers(tx: &mut Tx) -> Result<(), JournalError> {
    let known = tx
        .rows("SELECT name FROM schema_step ORDER BY name", vec![])
        .await?;
    for row in &known {
        let step = row.text("name")?;
        if step == BEFORE_THE_FIRST_RELEASE {
            return Err(JournalError::Unreleased(step));
        }
        if !STEPS.iter().any(|(name, _)| *name == step) {
            return Err(JournalError::Newer(step));
        }
    }
    Ok(())
}

/// Makes every other process that builds tables wait until this transaction ends. Two processes that
/// start at once must not build the same table: even CREATE TABLE IF NOT EXISTS fails when another
/// transaction is just making it. SQLite lets one transaction write at a time as it is.
pub(crate) async fn build_alone(tx: &mut Tx) -> Result<(), JournalError> {
    if tx.engine() == Engine::Postgres {
        tx.execute("SELECT pg_advisory_xact_lock($1)", params![MIGRATION_LOCK])
            .await?;
    }
    Ok(())
}

/// Brings the database forward to this binary's steps.
pub(crate) async fn migrate(db: &Db) -> Result<(), JournalError> {
    migrate_by(db, STEPS).await
}

async fn migrate_by(db: &Db, steps: &[Step]) -> Result<(), JournalError> {
    let mut tx = db.begin().await?;
    build_alone(&mut tx).await?;
    tx.execute(
        "CREATE TABLE IF NOT EXISTS schema_step (name TEXT PRIMARY KEY)",
        vec![],
    )
    .await?;
    refuse_strangers(&mut tx).await?;
    for (name, statements) in steps {
        let known = tx
            .row(
                "SELECT name FROM schema_step WHERE name = $1",
                params![*name],
            )
            .await?;
        if known.is_none() {
            run_all(&mut tx, statements).await?;
            tx.execute("INSERT INTO schema_step (name) VALUES ($1)", params![*name])
                .await?;
        }
    }
    tx.commit().await
}

pub(crate) async fn run_all(tx: &mut Tx, statements: &[&str]) -> Result<(), JournalError> {
    for ddl in statements {
        let sql = render(tx.engine(), ddl);
        tx.execute(&sql, vec![]).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::database;

    /// Every table, column and index there is, as text.
    async fn describe(db: &Db) -> Vec<String> {
        let sql = match db.engine() {
            Engine::Sqlite => {
                "SELECT type || ' ' || name || ': ' || sql AS line FROM sqlite_master \
                 WHERE sql IS NOT NULL ORDER BY line"
            }
            Engine::Postgres => {
                "SELECT table_name || '.' || column_name || ': ' || ordinal_position || ' ' \
                 || data_type || ' ' || is_nullable || ' ' || COALESCE(column_default, '-') AS line \
                 FROM information_schema.columns WHERE table_schema = current_schema() \
                 UNION ALL SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes \
                 WHERE schemaname = current_schema() \
                 UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) \
                 FROM pg_constraint WHERE connamespace = CAST(current_schema() AS regnamespace) \
                 ORDER BY line"
            }
        };
        let rows = db.rows(sql, params![]).await.unwrap();
        rows.iter().map(|row| row.text("line").unwrap()).collect()
    }

    /// From the schema of every release and of every step between: the same as from nothing.
    #[tokio::test]
    async fn migrating_from_any_step_gives_the_schema_of_today() {
        let folder = tempfile::tempdir().unwrap();
        let fresh = database(&folder).await;
        migrate(&fresh).await.unwrap();
        let today = describe(&fresh).await;
        assert!(
            today.iter().any(|line| line.contains("journal_entry")),
            "{today:?}"
        );
        for known in 0..=STEPS.len() {
            let folder = tempfile::tempdir().unwrap();
            let db = database(&folder).await;
            migrate_by(&db, &STEPS[..known]).await.unwrap();
            migrate(&db).await.unwrap();
            assert_eq!(describe(&db).await, today, "from the first {known} steps");
            // And once more changes nothing.
            migrate(&db).await.unwrap();
            assert_eq!(describe(&db).await, today);
        }
    }
}
