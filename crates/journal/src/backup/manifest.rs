//! What belongs to a backup.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::{at, remove, write_whole};
use super::{BackupError, Folder};
use crate::files::unhex;
use crate::{FileHash, Head, Seq, canonical_json};

/// Form of the folder: another layout gets another word.
const FORM: &str = "dotpha backup 1";

const MANIFEST: &str = "manifest.json";
const UNFINISHED: &str = "unfinished.json";

/// What belongs to a backup and up to which head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of the folder.
    pub form: String,
    /// When the run ended, as an instant in UTC.
    pub taken_at: String,
    /// Up to which entry the run before had come.
    pub since: Seq,
    /// Number of the last entry, 0 when there is none.
    pub seq: Seq,
    /// Hash of the last entry, in hexadecimal.
    pub hash: String,
    /// Entries, in order, without gaps.
    pub segments: Vec<Segment>,
    /// Tables outside the journal, as of the last entry.
    pub outside: Vec<OutsidePart>,
}

/// Some entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Name below `entries`.
    pub file: String,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
    /// Length of the file.
    pub bytes: u64,
    /// First entry.
    pub first: Seq,
    /// Last entry.
    pub last: Seq,
    /// Hash of the last entry, in hexadecimal.
    pub hash: String,
}

/// A table outside the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsidePart {
    /// Which.
    pub table: String,
    /// Name below `secret`.
    pub file: String,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
    /// Length of the file.
    pub bytes: u64,
    /// Rows in it.
    pub rows: i64,
}

impl Segment {
    /// Hash of the last entry.
    pub(super) fn hash_bytes(&self) -> Result<Vec<u8>, BackupError> {
        let hash = unhex(&self.hash).ok_or_else(|| {
            BackupError::damaged(Path::new(MANIFEST), format!("{:?} is no hash", self.hash))
        })?;
        Ok(hash.to_vec())
    }
}

/// A manifest as it lies on the disk: with a checksum of itself.
#[derive(Serialize, Deserialize)]
struct Sealed {
    backup: Manifest,
    sha256: String,
}

impl Manifest {
    /// Of a journal without entries.
    pub(super) fn empty() -> Self {
        Self {
            form: FORM.to_owned(),
            taken_at: String::new(),
            since: 0,
            seq: 0,
            hash: "0".repeat(64),
            segments: Vec::new(),
            outside: Vec::new(),
        }
    }

    /// The last entry in the backup.
    ///
    /// # Errors
    /// When the manifest holds no hash in that place.
    pub fn head(&self) -> Result<Head, BackupError> {
        self.head_text()
            .parse()
            .map_err(|what: String| BackupError::damaged(Path::new(MANIFEST), what))
    }

    fn head_text(&self) -> String {
        format!("{}:{}", self.seq, self.hash)
    }

    /// Takes a segment in, which begins where this ends.
    pub(super) fn push(&mut self, segment: Segment) {
        self.seq = segment.last;
        self.hash.clone_from(&segment.hash);
        self.segments.push(segment);
    }

    /// Segments follow one another from the first entry to the head.
    fn is_whole(&self) -> bool {
        let mut end = (0, "0".repeat(64));
        for segment in &self.segments {
            if segment.first != end.0 + 1 || segment.last < segment.first {
                return false;
            }
            end = (segment.last, segment.hash.clone());
        }
        end == (self.seq, self.hash.clone())
    }

    fn sum(&self) -> Result<String, BackupError> {
        let bytes = canonical_json(self).map_err(crate::JournalError::from)?;
        Ok(FileHash::of(&bytes).as_str().to_owned())
    }

    fn save(&self, path: &Path) -> Result<(), BackupError> {
        let sealed = Sealed {
            backup: self.clone(),
            sha256: self.sum()?,
        };
        let json =
            serde_json::to_vec_pretty(&sealed).map_err(crate::JournalError::decode(MANIFEST))?;
        write_whole(path, &json)
    }

    fn load(path: &Path) -> Result<Option<Self>, BackupError> {
        /// Read first: a later form may have other fields.
        #[derive(Deserialize)]
        struct Forms {
            backup: Form,
        }
        #[derive(Deserialize)]
        struct Form {
            form: String,
        }
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(path)(error)),
        };
        let unreadable = |error: serde_json::Error| {
            BackupError::damaged(path, format!("cannot be read: {error}"))
        };
        let Forms { backup } = serde_json::from_slice(&text).map_err(unreadable)?;
        if backup.form != FORM {
            return Err(BackupError::Form {
                path: path.to_owned(),
                found: backup.form,
                known: FORM,
            });
        }
        let sealed: Sealed = serde_json::from_slice(&text).map_err(unreadable)?;
        if sealed.backup.sum()? != sealed.sha256 || !sealed.backup.is_whole() {
            return Err(BackupError::damaged(path, "it is not as it was written"));
        }
        Ok(Some(sealed.backup))
    }
}

impl Folder {
    fn manifest_path(&self) -> PathBuf {
        self.root.join(MANIFEST)
    }

    fn unfinished_path(&self) -> PathBuf {
        self.root.join(UNFINISHED)
    }

    /// The finished backup in the folder, if there is one.
    pub(super) fn manifest(&self) -> Result<Option<Manifest>, BackupError> {
        Manifest::load(&self.manifest_path())
    }

    /// How far a run has come that was cut short.
    pub(super) fn unfinished(&self) -> Result<Option<Manifest>, BackupError> {
        Manifest::load(&self.unfinished_path())
    }

    pub(super) fn save_unfinished(&self, state: &Manifest) -> Result<(), BackupError> {
        state.save(&self.unfinished_path())
    }

    pub(super) fn save(&self, state: &Manifest) -> Result<(), BackupError> {
        state.save(&self.manifest_path())
    }

    pub(super) fn forget_unfinished(&self) -> Result<(), BackupError> {
        remove(&self.unfinished_path())
    }

    /// Where a segment lies.
    pub(super) fn segment(&self, segment: &Segment) -> PathBuf {
        self.entries().join(&segment.file)
    }

    /// Where a table outside the journal lies.
    pub(super) fn part(&self, part: &OutsidePart) -> PathBuf {
        self.secret().join(&part.file)
    }
}
