//! Reading what was removed.

use access::{AsKnown, Listed, Page, Permission, Refusal, Scope};
use journal::{ActorId, Db, FileHash, JournalError, PersonId, Row, Seq, params};
use serde::Serialize;
use uuid::Uuid;

/// A removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemovalRow {
    /// Its identity; its facts lie on `removal/<id>`.
    pub id: Uuid,
    /// The entry that recorded it.
    pub seq: Seq,
    /// When, in microseconds since 1970 UTC.
    pub recorded_at: i64,
    /// By whom.
    pub actor: ActorId,
    /// Whose values were erased, when it was a person's.
    pub person: Option<PersonId>,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub authority: String,
    /// How many things went.
    pub things: i64,
    /// How many facts lost their content or part of it.
    pub facts: i64,
    /// How many files went.
    pub files: i64,
}

const COLUMNS: &str = "r.id, r.seq, r.recorded_at, r.actor, r.person, r.reason, r.authority, \
                       r.things, r.facts, r.files";

fn read_row(row: &Row) -> Result<RemovalRow, JournalError> {
    Ok(RemovalRow {
        id: row.parse("id")?,
        seq: row.int("seq")?,
        recorded_at: row.int("recorded_at")?,
        actor: row.parse("actor")?,
        person: row.opt_parse("person")?,
        reason: row.text("reason")?,
        authority: row.text("authority")?,
        things: row.int("things")?,
        facts: row.int("facts")?,
        files: row.int("files")?,
    })
}

/// Those inside the administration who read histories, and those who erase persons.
fn may_read(scope: &Scope) -> bool {
    scope.may(Permission::ReadHistory) || scope.may(Permission::ErasePerson)
}

/// All removals, the last one first.
///
/// # Errors
/// [`Refusal::NotAllowed`] for those who neither read histories nor erase persons; the store.
pub async fn list(
    db: &Db,
    scope: &Scope,
    as_known: AsKnown,
    page: Page,
) -> Result<Listed<RemovalRow>, Refusal> {
    if !may_read(scope) {
        scope.require(Permission::ReadHistory)?;
    }
    let until = as_known.seq.unwrap_or(Seq::MAX);
    let count = "SELECT COUNT(*) AS n FROM removal r WHERE r.seq <= $1";
    let total = db.row(count, params![until]).await?;
    let total = total.map_or(Ok(0), |row| row.int("n"))?;
    let part = page.sql(2);
    let sql = format!(
        "SELECT {COLUMNS} FROM removal r WHERE r.seq <= $1 ORDER BY r.seq DESC, r.id {}",
        part.sql
    );
    let mut values = params![until];
    values.extend(part.params);
    let rows = db.rows(&sql, values).await?;
    Ok(Listed {
        rows: rows.iter().map(read_row).collect::<Result<_, _>>()?,
        total: total.unsigned_abs(),
    })
}

/// One removal with what went, as streams and `file/<hash>`.
///
/// # Errors
/// [`Refusal::NotFound`] also for those who may not read removals; the store.
pub async fn get(db: &Db, scope: &Scope, id: Uuid) -> Result<(RemovalRow, Vec<String>), Refusal> {
    if !may_read(scope) {
        return Err(Refusal::NotFound);
    }
    let sql = format!("SELECT {COLUMNS} FROM removal r WHERE r.id = $1");
    let row = db.row(&sql, params![id]).await?.ok_or(Refusal::NotFound)?;
    let keys = "SELECT key FROM removed_key WHERE removal = $1 ORDER BY key";
    let keys = db.rows(keys, params![id]).await?;
    let keys = keys.iter().map(|row| row.text("key"));
    Ok((read_row(&row)?, keys.collect::<Result<_, _>>()?))
}

/// The last removal of a thing (its stream) or a file (`file/<hash>`); nothing when it was not removed, or
/// the reader may not know of it.
///
/// # Errors
/// The store.
pub async fn of_thing(db: &Db, scope: &Scope, key: &str) -> Result<Option<RemovalRow>, Refusal> {
    if !may_read(scope) {
        return Ok(None);
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM removed_key k JOIN removal r ON r.id = k.removal WHERE k.key = $1 \
         ORDER BY r.seq DESC LIMIT 1"
    );
    let row = db.row(&sql, params![key]).await?;
    Ok(row.as_ref().map(read_row).transpose()?)
}

/// Was a file of this content removed? It does not come in again.
///
/// # Errors
/// The store.
pub async fn file_removed(db: &Db, hash: &FileHash) -> Result<bool, JournalError> {
    let key = format!("file/{}", hash.as_str());
    let sql = "SELECT key FROM removed_key WHERE key = $1 LIMIT 1";
    Ok(db.row(sql, params![key]).await?.is_some())
}
