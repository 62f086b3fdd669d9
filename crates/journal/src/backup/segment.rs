//! Entries as lines of a file.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::BackupError;
use super::disk::{PrivateFile, Sum, at, hash_of};
use crate::files::{hex, unhex};
use crate::{ActorId, Entry, Head, JournalError, Seq};

/// Ending of compressed files; the others are plain.
const COMPRESSED: &str = ".gz";

/// Lines going to a file, compressed or not.
pub(super) enum Lines {
    Plain(PrivateFile),
    Compressed(Box<GzEncoder<PrivateFile>>),
}

impl Lines {
    pub fn create_in(folder: &Path, plain: bool) -> Result<Self, BackupError> {
        let file = PrivateFile::create_in(folder)?;
        Ok(if plain {
            Lines::Plain(file)
        } else {
            Lines::Compressed(Box::new(GzEncoder::new(file, Compression::default())))
        })
    }

    pub fn push(&mut self, line: &[u8]) -> std::io::Result<()> {
        match self {
            Lines::Plain(out) => out.write_all(line).and_then(|()| out.write_all(b"\n")),
            Lines::Compressed(out) => out.write_all(line).and_then(|()| out.write_all(b"\n")),
        }
    }

    /// Ends the file as `STEM-CHECKSUM.jsonl`, with `.gz` when it is compressed: the same content has the
    /// same name, and what a manifest names is never overwritten by another content.
    pub fn finish(self, folder: &Path, stem: &str) -> Result<(String, Sum), BackupError> {
        let (file, ending) = match self {
            Lines::Plain(file) => (file, ""),
            Lines::Compressed(out) => (out.finish().map_err(at(folder))?, COMPRESSED),
        };
        let mut name = String::new();
        let (_, sum) = file.finish_as(folder, |sum| {
            name = format!("{stem}-{}.jsonl{ending}", &sum.sha256[..12]);
            PathBuf::from(&name)
        })?;
        Ok((name, sum))
    }
}

/// An entry as a line. The payload stands in it exactly as it is stored.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    seq: Seq,
    recorded_at: i64,
    actor: ActorId,
    on_behalf: Option<ActorId>,
    command: String,
    idempotency_key: Option<String>,
    prev_hash: String,
    hash: String,
    #[serde(borrow)]
    payload: &'a RawValue,
}

/// The line of an entry.
pub(super) fn write_line(entry: &Entry) -> Result<Vec<u8>, JournalError> {
    let place = || JournalError::decode(format!("entry {}", entry.seq));
    let line = Line {
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        actor: entry.actor,
        on_behalf: entry.on_behalf,
        command: entry.command.clone(),
        idempotency_key: entry.idempotency_key.clone(),
        prev_hash: hex(&entry.prev_hash),
        hash: hex(&entry.hash),
        payload: serde_json::from_slice(&entry.payload).map_err(place())?,
    };
    serde_json::to_vec(&line).map_err(place())
}

/// The entry of a line; says what is wrong with one that is none.
pub(super) fn read_line(line: &[u8]) -> Result<Entry, String> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let bytes = |digits: &str| {
        unhex(digits)
            .map(|hash| hash.to_vec())
            .ok_or_else(|| format!("entry {}: {digits:?} is no hash", line.seq))
    };
    Ok(Entry {
        seq: line.seq,
        recorded_at: line.recorded_at,
        actor: line.actor,
        on_behalf: line.on_behalf,
        prev_hash: bytes(&line.prev_hash)?,
        hash: bytes(&line.hash)?,
        command: line.command,
        idempotency_key: line.idempotency_key,
        payload: line.payload.get().as_bytes().to_vec(),
    })
}

/// Whether an entry continues the chain and is as it was written.
pub(super) fn continues(entry: &Entry, last: &Head) -> bool {
    entry.seq == last.seq + 1
        && entry.prev_hash == last.hash
        && entry.compute_hash().is_ok_and(|hash| hash == entry.hash)
}

/// Reads a file line by line; the longest line bounds the memory.
pub(super) struct ReadLines {
    path: PathBuf,
    lines: Box<dyn BufRead + Send>,
}

impl ReadLines {
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(at(path))?;
        let compressed = path.to_string_lossy().ends_with(COMPRESSED);
        let lines: Box<dyn BufRead + Send> = if compressed {
            Box::new(BufReader::new(GzDecoder::new(file)))
        } else {
            Box::new(BufReader::with_capacity(1 << 16, file))
        };
        Ok(Self {
            path: path.to_owned(),
            lines,
        })
    }

    /// The next line without its end; `false` at the end of the file. A last line that is cut off is
    /// handed out as it is.
    pub fn next(&mut self, line: &mut Vec<u8>) -> Result<bool, BackupError> {
        line.clear();
        let read = self.lines.read_until(b'\n', line);
        let read = read.map_err(|error| BackupError::damaged(&self.path, error.to_string()))?;
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(read > 0)
    }
}

/// Compares a file with what a manifest says of it.
pub(super) fn is_as_written(path: &Path, sha256: &str, bytes: u64) -> Result<(), BackupError> {
    match std::fs::metadata(path) {
        Ok(found) if found.len() == bytes => {}
        Ok(_) => {
            return Err(BackupError::damaged(
                path,
                "its length is not as it was written",
            ));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(BackupError::damaged(path, "it is missing"));
        }
        Err(error) => return Err(at(path)(error)),
    }
    if hash_of(path)?.as_str() == sha256 {
        Ok(())
    } else {
        Err(BackupError::damaged(
            path,
            "its checksum is not as it was written",
        ))
    }
}
