//! Reading a backup through without restoring it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::disk::{ByHash, hash_of};
use super::segment::{ReadLines, continues, is_as_written, read_line};
use super::write::Removals;
use super::{BackupError, Folder, Manifest, Progress, Segment, Stage, Tell, keeps};
use crate::{Entry, FactPlace, FileHash, Head, Kept, Projection, Seq};

/// What is wrong is named up to this many times.
const NAMED: usize = 100;

/// A backup that is as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What belongs to it.
    pub manifest: Manifest,
    /// Facts in it.
    pub facts: i64,
    /// Files in it.
    pub files: i64,
    /// Batches in it.
    pub batches: i64,
}

/// Reads every part of a backup: checksums against the manifest, the chain from the first entry to the
/// head, every file and batch against its hash, and whether everything that a fact names is there unless
/// a later fact says that it was removed. The backup must contain every one of `heads`.
///
/// # Errors
/// [`BackupError::AllDamaged`] names every part that is not as it was written; the others say why it
/// could not be read at all.
pub fn check(
    root: &Path,
    projections: &[Box<dyn Projection>],
    heads: &[Head],
    tell: Tell<'_>,
) -> Result<Checked, BackupError> {
    let folder = Folder::new(root);
    let manifest = folder
        .manifest()?
        .ok_or_else(|| BackupError::NoBackup(root.to_owned()))?;
    let mut reading = Reading::new(&folder, projections, heads);
    for segment in &manifest.segments {
        tell(Progress {
            stage: Stage::Checking,
            done: segment.first - 1,
            total: manifest.seq,
        });
        let outcome = reading.segment(segment);
        reading.note(outcome)?;
        // Whatever was wrong in one, the next is held against what the manifest says of it.
        reading.last = Head {
            seq: segment.last,
            hash: segment.hash_bytes()?,
        };
    }
    for part in &manifest.outside {
        let outcome = is_as_written(&folder.part(part), &part.sha256, part.bytes);
        reading.note(outcome)?;
    }
    let files = reading.store(&folder.files())?;
    let batches = reading.store(&folder.batches())?;
    reading.compare_with_removals();
    if let Some(head) = reading.heads.first() {
        return Err(BackupError::NotInBackup(head.clone()));
    }
    if !reading.faults.is_empty() {
        return Err(BackupError::AllDamaged(reading.faults));
    }
    Ok(Checked {
        facts: reading.facts,
        manifest,
        files,
        batches,
    })
}

/// How far the reading has come and what it found.
struct Reading<'a> {
    folder: &'a Folder,
    projections: &'a [Box<dyn Projection>],
    /// Those not met yet.
    heads: Vec<Head>,
    last: Head,
    facts: i64,
    missing: BTreeMap<Kept, Seq>,
    gone: BTreeSet<FactPlace>,
    removals: Removals,
    faults: Vec<String>,
}

impl<'a> Reading<'a> {
    fn new(folder: &'a Folder, projections: &'a [Box<dyn Projection>], heads: &[Head]) -> Self {
        let last = Head {
            seq: 0,
            hash: vec![0; 32],
        };
        Self {
            folder,
            projections,
            heads: heads
                .iter()
                .filter(|head| **head != last)
                .cloned()
                .collect(),
            last,
            facts: 0,
            missing: BTreeMap::new(),
            gone: BTreeSet::new(),
            removals: Removals::default(),
            faults: Vec::new(),
        }
    }

    /// Keeps a fault of the backup and lets the reading go on; any other ends it.
    fn note(&mut self, outcome: Result<(), BackupError>) -> Result<(), BackupError> {
        match outcome {
            Err(fault @ BackupError::Damaged { .. }) => {
                self.fault(fault.to_string());
                Ok(())
            }
            other => other,
        }
    }

    fn fault(&mut self, what: String) {
        if self.faults.len() < NAMED {
            self.faults.push(what);
        }
    }

    fn segment(&mut self, segment: &Segment) -> Result<(), BackupError> {
        let path = self.folder.segment(segment);
        is_as_written(&path, &segment.sha256, segment.bytes)?;
        let damaged = |what: String| BackupError::damaged(&path, what);
        let mut lines = ReadLines::open(&path)?;
        let mut line = Vec::new();
        while lines.next(&mut line)? {
            let entry = read_line(&line).map_err(damaged)?;
            if !continues(&entry, &self.last) {
                return Err(damaged(format!("the chain breaks at entry {}", entry.seq)));
            }
            self.entry(&entry)?;
            self.last = Head {
                seq: entry.seq,
                hash: entry.hash,
            };
            self.heads.retain(|head| *head != self.last);
        }
        if self.last.seq == segment.last && self.last.hash == segment.hash_bytes()? {
            Ok(())
        } else {
            Err(damaged(format!("it ends with entry {}", self.last.seq)))
        }
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), BackupError> {
        for (place, _, _) in entry.removed_facts()? {
            self.gone.insert(place);
            self.facts += 1;
        }
        for fact in entry.facts()? {
            self.facts += 1;
            self.removals.take(&fact)?;
            for kept in keeps(self.projections, &fact)? {
                let there = match &kept {
                    Kept::File(hash) => self.folder.files().has(hash),
                    Kept::Batch(hash) => self.folder.batches().has(hash),
                };
                if !there {
                    self.missing.insert(kept, entry.seq);
                }
            }
        }
        Ok(())
    }

    /// Every content of a store still has the hash it is named by. How many there are.
    fn store(&mut self, store: &ByHash) -> Result<i64, BackupError> {
        let mut found = 0;
        store.each(|hash: Option<FileHash>, path| {
            found += 1;
            let sound = hash_of(path)?;
            if hash.is_none_or(|hash| hash != sound) {
                let fault = BackupError::damaged(path, "it does not have the hash it is named by");
                self.fault(fault.to_string());
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Only what a fact says was removed may be missing.
    fn compare_with_removals(&mut self) {
        for (kept, seq) in std::mem::take(&mut self.missing) {
            if self
                .removals
                .kept
                .get(&kept)
                .is_none_or(|removed| *removed < seq)
            {
                let (what, hash) = match &kept {
                    Kept::File(hash) => ("files", hash),
                    Kept::Batch(hash) => ("batches", hash),
                };
                self.fault(format!(
                    "{what}/{}: it is missing; entry {seq} names it",
                    hash.as_str()
                ));
            }
        }
        for place in std::mem::take(&mut self.gone) {
            if !self.removals.facts.contains(&place) {
                self.fault(format!(
                    "entries: fact {} of entry {} is gone and nothing says that it was removed",
                    place.ix, place.seq
                ));
            }
        }
    }
}
