//! The list of removals, kept apart from the journal and its backups.
//!
//! A backup made before a removal still holds what was removed. The list says what has to go again: one
//! line of JSON a removal, with opaque identities and hashes only. A line is on the disk before the
//! removal commits: from then on the removal is carried out, at once or at the next start.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::files::hex;
use crate::{FileHash, FileStore, Journal, JournalError, PersonId, Seq, StreamId, Tx, WriteTx};

/// One removal, as the list keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedRemoval {
    /// Its identity: the stream `removal/<uuid>` tells its reason.
    pub removal: Uuid,
    /// Hash of the first entry of the journal it was made in: a list serves one journal only.
    pub journal: String,
    /// The entry that recorded it.
    pub entry: Seq,
    /// Microseconds since 1970 in UTC.
    pub recorded_at: i64,
    /// What went.
    #[serde(flatten)]
    pub subject: Subject,
}

/// What a removal takes away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Subject {
    /// The personal values of a person.
    Person {
        /// Whose.
        person: PersonId,
        /// The account that is closed with it.
        account: StreamId,
    },
    /// Content.
    Content(Content),
}

/// Content that a removal takes away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Things of which nothing stays but that they were.
    pub streams: Vec<StreamId>,
    /// Things that stay, without the words of what went.
    pub reduced: Vec<StreamId>,
    /// Files that go from the store.
    pub files: Vec<FileHash>,
}

/// The file that holds the list.
#[derive(Debug, Clone)]
pub struct RemovalList {
    path: PathBuf,
}

/// What a list holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ReadList {
    /// Its lines, the oldest first.
    pub removals: Vec<ListedRemoval>,
    /// Numbers of lines, from 1, that cannot be read: cut off while they were written, or damaged.
    pub unreadable: Vec<usize>,
}

impl RemovalList {
    /// The list in a file, which is made with the first removal.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The list of an instance that names no other place.
    pub(crate) fn beside(files: &FileStore) -> Self {
        let folder = files.root().parent().unwrap_or(Path::new("."));
        Self::at(folder.join("removals.jsonl"))
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the whole list; a file that is not there is an empty list.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub async fn read(&self) -> Result<ReadList, JournalError> {
        let bytes = match tokio::fs::read(&self.path).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(ReadList::default());
            }
            Err(error) => return Err(self.fault(error)),
        };
        let mut read = ReadList::default();
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(removal) => read.removals.push(removal),
                Err(_) => read.unreadable.push(number),
            }
        }
        Ok(read)
    }

    /// Adds a line durably.
    pub(crate) async fn append(&self, line: &ListedRemoval) -> Result<(), JournalError> {
        let mut text = serde_json::to_string(line).map_err(JournalError::decode("a removal"))?;
        text.push('\n');
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || append(&path, &text)).await;
        written
            .map_err(|error| {
                JournalError::Invariant(format!("writing the list of removals: {error}"))
            })?
            .map_err(|error| self.fault(error))
    }

    fn fault(&self, source: std::io::Error) -> JournalError {
        JournalError::File {
            path: self.path.display().to_string(),
            source,
        }
    }
}

fn append(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).read(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // A line that was cut off must not swallow the next one.
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != *b"\n" {
        file.write_all(b"\n")?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

impl WriteTx {
    /// Has the line of a removal written into the list: the last step before the command commits, after
    /// everything that may refuse. When the list cannot be written, the command leaves no trace.
    ///
    /// # Errors
    /// The database.
    pub async fn list_removal(
        &mut self,
        list: &RemovalList,
        removal: Uuid,
        subject: Subject,
    ) -> Result<(), JournalError> {
        let line = ListedRemoval {
            removal,
            journal: first_hash(self.sql()).await?,
            entry: self.seq(),
            recorded_at: self.recorded_at().as_microsecond(),
            subject,
        };
        self.removed.listed = Some((list.clone(), line));
        Ok(())
    }
}

/// Hash of the first entry, which tells one journal from another.
async fn first_hash(tx: &mut Tx) -> Result<String, JournalError> {
    let row = tx
        .row("SELECT hash FROM journal_entry WHERE seq = 1", vec![])
        .await?;
    let row = row
        .ok_or_else(|| JournalError::Invariant("an empty journal has nothing to remove".into()))?;
    Ok(hex(&row.bytes("hash")?))
}

impl Journal {
    /// The lines of a list that were made in this journal.
    ///
    /// # Errors
    /// When the list or the database cannot be read.
    pub async fn listed_removals(&self, list: &RemovalList) -> Result<ReadList, JournalError> {
        let mut read = list.read().await?;
        if read.removals.is_empty() {
            return Ok(read);
        }
        let mut tx = self.db().begin().await?;
        let own = first_hash(&mut tx).await?;
        read.removals.retain(|removal| removal.journal == own);
        Ok(read)
    }
}
