//! Files that were sent and are not accepted yet. They lie outside the journal, survive a restart, and go
//! when they are thrown away.

use std::io::Read;
use std::pin::pin;

use access::{OrgId, Permission, Scope};
use futures::{Stream, TryStreamExt, stream};
use interchange::table::Mapping;
use journal::{ActorId, Db, FileHash, FileHasher, Journal, JournalError, Row, params};
use observation::{EvidenceFile, ImportId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::told::Told;
use crate::answer::aside;
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;

/// Creates the tables when they are not there.
pub async fn prepare(journal: &Journal) -> Result<(), JournalError> {
    journal
        .ensure(&[
            "CREATE TABLE IF NOT EXISTS staged_import (
                id TEXT PRIMARY KEY, sender TEXT NOT NULL, organisation TEXT NOT NULL,
                name TEXT NOT NULL, size BIGINT NOT NULL, kind TEXT NOT NULL, mapping TEXT,
                outcome TEXT, job TEXT, created_at BIGINT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS staged_piece (
                import TEXT NOT NULL, ix BIGINT NOT NULL, content {bytes} NOT NULL,
                PRIMARY KEY (import, ix))",
            // What the columns of a table mean, by organisation and shape of the headings.
            "CREATE TABLE IF NOT EXISTS table_mapping (
                organisation TEXT NOT NULL, shape TEXT NOT NULL, mapping TEXT NOT NULL,
                changed_at BIGINT NOT NULL, PRIMARY KEY (organisation, shape))",
        ])
        .await
}

/// What sort of file it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// A workbook that we made.
    Workbook,
    /// A sheet of another workbook.
    Sheet {
        /// Its name.
        sheet: String,
    },
    /// A text table.
    Table,
    /// SDMX-CSV.
    Sdmx,
}

/// A file that was sent.
#[derive(Debug, Clone, Serialize)]
pub struct Staged {
    /// Its identity, which the batch made of it takes over.
    pub id: ImportId,
    /// Who sent it.
    #[serde(skip)]
    pub sender: ActorId,
    /// The organisation whose figures it holds.
    pub organisation: OrgId,
    /// The name it was sent under.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// What sort of file it is.
    #[serde(flatten)]
    pub kind: Kind,
    /// What its columns mean, once that is known.
    #[serde(skip)]
    pub mapping: Option<Mapping>,
    /// When it was sent, in microseconds UTC.
    pub created_at: i64,
}

impl Staged {
    /// The file as the evidence of what is accepted from it, once it is stored under a hash.
    pub fn evidence(&self, hash: FileHash) -> EvidenceFile {
        EvidenceFile {
            hash,
            name: self.name.clone(),
            media: "application/octet-stream".into(),
            size: self.size,
        }
    }
}

const COLUMNS: &str = "id, sender, organisation, name, size, kind, mapping, created_at";

/// Bytes of a piece: below what either engine takes in one value with ease.
const PIECE: usize = 1 << 20;

/// Files one sender may have waiting: each takes up room until somebody decides on it.
const MOST_WAITING: u64 = 20;

fn read(row: &Row) -> Result<Staged, JournalError> {
    Ok(Staged {
        id: row.parse("id")?,
        sender: row.parse("sender")?,
        organisation: row.parse("organisation")?,
        name: row.text("name")?,
        size: u64::try_from(row.int("size")?).unwrap_or(0),
        kind: row.json("kind")?,
        mapping: match row.opt_text("mapping")? {
            Some(_) => Some(row.json("mapping")?),
            None => None,
        },
        created_at: row.int("created_at")?,
    })
}

fn json(value: &impl Serialize) -> Result<String, JournalError> {
    serde_json::to_string(value).map_err(JournalError::decode("a staged import"))
}

/// Whether somebody has as many files waiting as they may.
pub async fn is_full(db: &Db, sender: ActorId) -> Result<bool, JournalError> {
    let sql = "SELECT COUNT(*) AS n FROM staged_import WHERE sender = $1";
    let row = db.row(sql, params![sender.to_string()]).await?;
    let waiting = row.map_or(Ok(0), |row| row.int("n"))?;
    Ok(u64::try_from(waiting).unwrap_or(0) >= MOST_WAITING)
}

/// Keeps a file, piece by piece. The same identity again changes nothing: a form sent twice stages one file.
pub async fn put(
    db: &Db,
    staged: &Staged,
    mut content: impl Read + Send,
) -> Result<(), JournalError> {
    let mut tx = db.begin().await?;
    let mapping = staged.mapping.as_ref().map(json).transpose()?;
    let made = tx
        .execute(
            &format!(
                "INSERT INTO staged_import ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                 ON CONFLICT (id) DO NOTHING"
            ),
            params![
                staged.id.0,
                staged.sender.to_string(),
                staged.organisation.0.as_str(),
                staged.name.as_str(),
                i64::try_from(staged.size).unwrap_or(i64::MAX),
                json(&staged.kind)?,
                mapping,
                staged.created_at,
            ],
        )
        .await?;
    if made == 0 {
        return Ok(());
    }
    for ix in 0i64.. {
        let mut piece = Vec::with_capacity(PIECE);
        let mut next = content.by_ref().take(PIECE as u64);
        aside(|| next.read_to_end(&mut piece)).map_err(|source| JournalError::File {
            path: "a file that arrives".to_owned(),
            source,
        })?;
        if piece.is_empty() {
            break;
        }
        let sql = "INSERT INTO staged_piece (import, ix, content) VALUES ($1, $2, $3)";
        tx.execute(sql, params![staged.id.0, ix, piece]).await?;
    }
    tx.commit().await
}

/// The pieces of a file, first to last.
pub fn pieces(db: &Db, id: ImportId) -> impl Stream<Item = Result<Vec<u8>, JournalError>> + Send {
    let db = db.clone();
    stream::try_unfold(0_i64, move |ix| {
        let db = db.clone();
        async move {
            let piece = piece(&db, id, ix).await?;
            Ok(piece.map(|piece| (piece, ix + 1)))
        }
    })
}

/// The hash of a file.
pub async fn hash(db: &Db, id: ImportId) -> Result<FileHash, JournalError> {
    let mut hasher = FileHasher::default();
    let mut pieces = pin!(pieces(db, id));
    while let Some(piece) = pieces.try_next().await? {
        hasher.update(&piece);
    }
    Ok(hasher.finish())
}

/// The bytes of a file.
pub async fn content(db: &Db, id: ImportId) -> Result<Vec<u8>, JournalError> {
    let gather = |mut all: Vec<u8>, piece: Vec<u8>| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    };
    pieces(db, id).try_fold(Vec::new(), gather).await
}

/// One piece of a file; none behind its end.
pub async fn piece(db: &Db, id: ImportId, ix: i64) -> Result<Option<Vec<u8>>, JournalError> {
    let sql = "SELECT content FROM staged_piece WHERE import = $1 AND ix = $2";
    let row = db.row(sql, params![id.0, ix]).await?;
    row.map(|row| row.bytes("content")).transpose()
}

/// Whether somebody may see a file: who sent it, and whoever confirms what its organisation gives.
fn is_seen(scope: &Scope, staged: &Staged) -> bool {
    staged.sender == scope.actor() || scope.may_for(Permission::KeepProgramme, &staged.organisation)
}

/// A file the reader may see.
pub async fn get(app: &App, ctx: &Ctx, id: ImportId) -> Result<Staged, Failure> {
    let found = find(app.journal.db(), id).await?;
    let seen = found.filter(|staged| is_seen(&ctx.scope, staged));
    seen.ok_or(Failure::NotFound)
}

/// A file, whoever asks: for the server's own work.
pub async fn find(db: &Db, id: ImportId) -> Result<Option<Staged>, JournalError> {
    let sql = format!("SELECT {COLUMNS} FROM staged_import WHERE id = $1");
    let row = db.row(&sql, params![id.0]).await?;
    row.as_ref().map(read).transpose()
}

/// A file that the reader sent, to do something with.
pub async fn own(app: &App, ctx: &Ctx, id: ImportId) -> Result<Staged, Failure> {
    let staged = get(app, ctx, id).await?;
    ctx.scope
        .require_for(Permission::RecordObservation, &staged.organisation)?;
    if staged.sender == ctx.scope.actor() {
        Ok(staged)
    } else {
        Err(Failure::NotAllowed(access::Say::new(
            "Chỉ người gửi tệp mới được tiếp nhận hoặc bỏ tệp này.",
            "Only whoever sent the file may accept it or throw it away.",
        )))
    }
}

/// Files that wait and that the reader may see, the last first.
pub async fn list(db: &Db, scope: &Scope) -> Result<Vec<Staged>, JournalError> {
    let sql = format!("SELECT {COLUMNS} FROM staged_import ORDER BY created_at DESC, id");
    let rows = db.rows(&sql, vec![]).await?;
    let all = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|s| is_seen(scope, s)).collect())
}

/// Says what the columns of a file mean, and remembers it for the next one of its shape.
pub async fn set_mapping(
    db: &Db,
    staged: &Staged,
    mapping: &Mapping,
    now: i64,
) -> Result<(), JournalError> {
    let mut tx = db.begin().await?;
    let text = json(mapping)?;
    let sql = "UPDATE staged_import SET mapping = $1, outcome = NULL, job = NULL WHERE id = $2";
    tx.execute(sql, params![text.as_str(), staged.id.0]).await?;
    let headings: Vec<String> = mapping.columns.iter().map(|c| c.heading.clone()).collect();
    tx.execute(
        "INSERT INTO table_mapping (organisation, shape, mapping, changed_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (organisation, shape) \
         DO UPDATE SET mapping = $3, changed_at = $4",
        params![staged.organisation.0.as_str(), shape(&headings), text, now],
    )
    .await?;
    tx.commit().await
}

/// What was said of the last table of an organisation with these headings.
pub async fn remembered(
    db: &Db,
    organisation: &OrgId,
    headings: &[String],
) -> Result<Option<Mapping>, JournalError> {
    let sql = "SELECT mapping FROM table_mapping WHERE organisation = $1 AND shape = $2";
    let given = params![organisation.0.as_str(), shape(headings)];
    let row = db.row(sql, given).await?;
    let mapping: Option<Mapping> = row.map(|row| row.json("mapping")).transpose()?;
    Ok(mapping.filter(|mapping| mapping.fits(headings)))
}

/// Headings whatever their capitals and marks.
fn shape(headings: &[String]) -> String {
    let folded: Vec<String> = headings.iter().map(|h| viet::fold::fold(h)).collect();
    FileHash::of(folded.join("\n").as_bytes())
        .as_str()
        .to_owned()
}

/// Throws a file away.
pub async fn remove(db: &Db, id: ImportId) -> Result<(), JournalError> {
    let mut tx = db.begin().await?;
    for sql in [
        "DELETE FROM staged_piece WHERE import = $1",
        "DELETE FROM staged_import WHERE id = $1",
    ] {
        tx.execute(sql, params![id.0]).await?;
    }
    tx.commit().await
}

/// The job that checks a file, and what it found.
#[derive(Debug, Default)]
pub struct Checked {
    /// The job.
    pub job: Option<Uuid>,
    /// What it found; none while it has not come to its end.
    pub outcome: Option<Told>,
}

/// How far the check of a file by a job is.
pub async fn checked(db: &Db, id: ImportId) -> Result<Checked, JournalError> {
    let sql = "SELECT job, outcome FROM staged_import WHERE id = $1";
    let Some(row) = db.row(sql, params![id.0]).await? else {
        return Ok(Checked::default());
    };
    Ok(Checked {
        job: row.opt_parse("job")?,
        outcome: match row.opt_text("outcome")? {
            Some(_) => Some(row.json("outcome")?),
            None => None,
        },
    })
}

/// Notes which job works on a file; what an earlier one found is no longer true.
pub async fn set_job(db: &Db, id: ImportId, job: Uuid) -> Result<(), JournalError> {
    let sql = "UPDATE staged_import SET job = $1, outcome = NULL WHERE id = $2";
    db.execute(sql, params![job, id.0]).await?;
    Ok(())
}

/// Keeps what a job found.
pub async fn set_outcome(db: &Db, id: ImportId, told: &Told) -> Result<(), JournalError> {
    let sql = "UPDATE staged_import SET outcome = $1 WHERE id = $2";
    db.execute(sql, params![json(told)?, id.0]).await?;
    Ok(())
}
