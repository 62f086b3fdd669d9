//! From a backup to an instance.

use std::path::Path;

use super::check::Checked;
use super::segment::{ReadLines, continues, read_line};
use super::{BackupError, Folder, Outside, Progress, Stage, Tell, check};
use crate::log::ENTRY_COLUMNS;
use crate::payload::parts;
use crate::schema::migrate;
use crate::{
    Clock, Db, Entry, FileStore, Head, Journal, JournalError, Projection, Tx, Value, params,
};

/// Entries inserted by one statement at most, and bytes of payloads after which it is sent.
const ROWS: usize = 200;
const BYTES: usize = 4 << 20;

/// What is restored, and into what.
pub struct Restoring<'a> {
    /// An empty database.
    pub db: Db,
    /// The store of the instance.
    pub files: FileStore,
    /// Every projection of every engine.
    pub projections: Vec<Box<dyn Projection>>,
    /// The instance's clock.
    pub clock: Clock,
    /// Tables outside the journal that the backup may hold.
    pub outside: &'a [Outside],
    /// Heads kept outside: the backup must contain each of them.
    pub heads: &'a [Head],
    /// Who is told how far it has come.
    pub tell: Tell<'a>,
}

/// An instance that holds what the backup holds, not yet given free.
pub struct Restored {
    journal: Journal,
    /// What the backup was found to be.
    pub checked: Checked,
}

impl Restored {
    /// The journal, for what has to be done before anybody works with it.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Gives the instance free: from now on it opens.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn finish(self) -> Result<Journal, BackupError> {
        let sql = "DELETE FROM restore_pending";
        self.journal.db().execute(sql, vec![]).await?;
        Ok(self.journal)
    }
}

/// Checks a backup, loads it into an empty instance, fills the projections and verifies the chain
/// against the manifest's head. Until [`Restored::finish`] nobody else can open the instance; cut short,
/// it is taken up by restoring the same backup again.
///
/// # Errors
/// When the backup is damaged (nothing was written then), the instance is not empty, or what was restored
/// does not verify.
pub async fn restore(root: &Path, into: Restoring<'_>) -> Result<Restored, BackupError> {
    let checked = check(root, &into.projections, into.heads, into.tell)?;
    let folder = Folder::new(root);
    migrate(&into.db).await?;
    let (db, files) = (into.db.clone(), into.files.clone());
    let journal = Journal::assemble(into.db, into.files, into.projections, into.clock);
    for table in into.outside {
        journal.ensure(table.create).await?;
    }
    let head = checked.manifest.head()?;
    if !is_loaded(&db, &head, into.outside).await? {
        copy_files(&folder, &files, &checked, into.tell).await?;
        let mut tx = db.begin().await?;
        let load = Load {
            folder: &folder,
            checked: &checked,
            outside: into.outside,
            tell: into.tell,
        };
        load.all(&mut tx, &head, &journal).await?;
        tx.commit().await?;
    }
    let tell = |stage| {
        (into.tell)(Progress {
            stage,
            done: 0,
            total: head.seq,
        });
    };
    tell(Stage::Rebuilding);
    journal.prepare().await?;
    tell(Stage::Verifying);
    let found = journal.verify(Some(&head)).await?;
    if found.head != head || !found.faults.is_empty() {
        let faults = found.faults.iter().map(ToString::to_string);
        return Err(BackupError::Unsound(
            std::iter::once(format!("the head is {}", found.head))
                .chain(faults)
                .collect(),
        ));
    }
    Ok(Restored { journal, checked })
}

/// Whether a run before this one loaded the same backup; anything else in the instance is refused.
async fn is_loaded(db: &Db, head: &Head, outside: &[Outside]) -> Result<bool, BackupError> {
    let mut tx = db.begin().await?;
    if let Some(pending) = pending(&mut tx).await? {
        return if pending == head.to_string() {
            Ok(true)
        } else {
            Err(BackupError::NotEmpty(format!(
                "another backup, up to {pending}, was being restored here"
            )))
        };
    }
    let row = tx.row("SELECT seq FROM journal_head", vec![]).await?;
    let seq = row.map_or(Ok(0), |row| row.int("seq"))?;
    if seq > 0 {
        return Err(BackupError::NotEmpty(format!(
            "there is a journal of {seq} entries here"
        )));
    }
    for table in outside {
        if !table.is_empty(&mut tx).await? {
            let table = table.table;
            return Err(BackupError::NotEmpty(format!("the table {table} has rows")));
        }
    }
    Ok(false)
}

/// The head of a backup that was loaded and not given free.
async fn pending(tx: &mut Tx) -> Result<Option<String>, JournalError> {
    let row = tx.row("SELECT head FROM restore_pending", vec![]).await?;
    row.map(|row| row.text("head")).transpose()
}

/// An instance in which a restore was cut short is not opened.
pub(crate) async fn refuse_pending(db: &Db) -> Result<(), JournalError> {
    let mut tx = db.begin().await?;
    match pending(&mut tx).await? {
        None => Ok(()),
        Some(head) => Err(JournalError::RestorePending(head)),
    }
}

/// Files go into the store before anything names them: a run that is cut short leaves files nobody asks
/// for, never a fact without its file.
async fn copy_files(
    folder: &Folder,
    files: &FileStore,
    checked: &Checked,
    tell: Tell<'_>,
) -> Result<(), BackupError> {
    let mut hashes = Vec::new();
    folder.files().each(|hash, _| {
        hashes.extend(hash);
        Ok(())
    })?;
    for (done, hash) in (0..).zip(&hashes) {
        tell(Progress {
            stage: Stage::CopyingFiles,
            done,
            total: checked.files,
        });
        if let Some(content) = folder.files().get(hash)? {
            files.put(&content).await?;
        }
    }
    Ok(())
}

/// What goes into the database, in one transaction.
struct Load<'a> {
    folder: &'a Folder,
    checked: &'a Checked,
    outside: &'a [Outside],
    tell: Tell<'a>,
}

impl Load<'_> {
    async fn all(&self, tx: &mut Tx, head: &Head, journal: &Journal) -> Result<(), BackupError> {
        let now = journal.now().as_microsecond();
        tx.execute(
            "INSERT INTO restore_pending (id, head, since) VALUES (1, $1, $2)",
            params![head.to_string(), now],
        )
        .await?;
        let recorded_at = self.entries(tx, head).await?;
        self.batches(tx).await?;
        for part in &self.checked.manifest.outside {
            let table = self.outside.iter().find(|t| t.table == part.table);
            let path = self.folder.part(part);
            let table = table.ok_or_else(|| {
                BackupError::damaged(&path, format!("this program has no table {}", part.table))
            })?;
            table.load(tx, &path).await?;
        }
        tx.execute(
            "UPDATE journal_head SET seq = $1, hash = $2, recorded_at = $3 WHERE id = 1",
            params![head.seq, head.hash.as_slice(), recorded_at],
        )
        .await?;
        // What the empty instance had of projections is of no version: they are filled before it opens.
        tx.execute("DELETE FROM projection_state", vec![]).await?;
        Ok(())
    }

    /// The chain; answers with the moment of its last entry.
    async fn entries(&self, tx: &mut Tx, head: &Head) -> Result<i64, BackupError> {
        let mut chunk = Chunk::default();
        let mut last = Head {
            seq: 0,
            hash: vec![0; 32],
        };
        let mut recorded_at = 0;
        let mut line = Vec::new();
        for segment in &self.checked.manifest.segments {
            (self.tell)(Progress {
                stage: Stage::Loading,
                done: segment.first - 1,
                total: head.seq,
            });
            let path = self.folder.segment(segment);
            let mut lines = ReadLines::open(&path)?;
            while lines.next(&mut line)? {
                let entry = read_line(&line).map_err(|what| BackupError::damaged(&path, what))?;
                if !continues(&entry, &last) {
                    let what = format!("the chain breaks at entry {}", entry.seq);
                    return Err(BackupError::damaged(&path, what));
                }
                recorded_at = entry.recorded_at;
                last = Head {
                    seq: entry.seq,
                    hash: entry.hash.clone(),
                };
                chunk.push(entry)?;
                if chunk.is_full() {
                    chunk.send(tx).await?;
                }
            }
        }
        chunk.send(tx).await?;
        if last == *head {
            Ok(recorded_at)
        } else {
            // Somebody changed it since it was checked.
            Err(BackupError::NotInBackup(head.clone()))
        }
    }

    async fn batches(&self, tx: &mut Tx) -> Result<(), BackupError> {
        let mut hashes = Vec::new();
        let store = self.folder.batches();
        store.each(|hash, _| {
            hashes.extend(hash);
            Ok(())
        })?;
        for hash in hashes {
            if let Some(content) = store.get(&hash)? {
                tx.execute(
                    "INSERT INTO journal_batch (hash, content) VALUES ($1, $2)",
                    params![hash.as_str(), content],
                )
                .await?;
            }
        }
        Ok(())
    }
}

/// Rows on their way into the database.
#[derive(Default)]
struct Chunk {
    entries: Vec<Vec<Value>>,
    index: Vec<Vec<Value>>,
    bytes: usize,
}

impl Chunk {
    fn push(&mut self, entry: Entry) -> Result<(), JournalError> {
        for (ix, part) in (0i64..).zip(parts(entry.seq, &entry.payload)?) {
            self.index.push(params![
                entry.seq,
                ix,
                part.stream.as_ref(),
                part.kind.as_ref(),
                part.at,
                part.bytes.len() as i64
            ]);
        }
        self.bytes += entry.payload.len();
        self.entries.push(params![
            entry.seq,
            entry.recorded_at,
            entry.actor.to_string(),
            entry.on_behalf.map(|a| a.to_string()),
            entry.command,
            entry.idempotency_key,
            entry.payload,
            entry.prev_hash,
            entry.hash,
        ]);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= ROWS || self.bytes >= BYTES
    }

    async fn send(&mut self, tx: &mut Tx) -> Result<(), JournalError> {
        let chunk = std::mem::take(self);
        let insert = format!("INSERT INTO journal_entry ({ENTRY_COLUMNS})");
        tx.insert_many(&insert, 9, chunk.entries).await?;
        let insert = "INSERT INTO journal_fact (seq, ix, stream, kind, at_byte, bytes)";
        tx.insert_many(insert, 6, chunk.index).await?;
        Ok(())
    }
}
