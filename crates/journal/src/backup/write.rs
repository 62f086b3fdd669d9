//! Writing a backup, and adding to one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use super::disk::{ByHash, at, entries, lock, private_folder, remove, sweep, sync_folder};
use super::segment::{Lines, continues, write_line};
use super::{BackupError, Folder, Manifest, Outside, Progress, Segment, Stage, Tell, keeps};
use crate::files::hex;
use crate::log::{ENTRY_COLUMNS, read_entry};
use crate::{
    FactFamily, FactPlace, FileHash, Head, Journal, JournalError, Kept, RecordedFact, RemovalFact,
    Seq, Tx, params,
};

/// Entries in a segment at most, and bytes of their payloads after which it ends: what a run that is cut
/// short has to do again, and what is written again when something in it is removed.
const SEGMENT_ENTRIES: i64 = 20_000;
const SEGMENT_BYTES: usize = 64 << 20;

/// How a backup is written.
#[derive(Clone, Copy)]
pub struct BackUp<'a> {
    /// Lines of text instead of compressed ones.
    pub plain: bool,
    /// Tables outside the journal.
    pub outside: &'a [Outside],
    /// Who is told how far it has come.
    pub tell: Tell<'a>,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// What the folder holds now.
    pub manifest: Manifest,
    /// Entries that came with this run.
    pub entries: i64,
    /// Files that came with this run.
    pub files: i64,
    /// Batches that came with this run.
    pub batches: i64,
    /// Segments written again, because something in them was removed from the record.
    pub rewritten: i64,
}

/// Writes the journal into a folder up to its head at the end of the run, while others write on; what is
/// there from runs before is added to. Answers with the snapshot in which the end was read: whatever else
/// is read in it belongs to the same head.
///
/// # Errors
/// When the folder holds the backup of another journal, another run works in it, the journal is not as it
/// was written, or a file named by a fact is missing. What was written so far is taken up by the next run.
pub async fn back_up(
    journal: &Journal,
    folder: &Path,
    how: BackUp<'_>,
) -> Result<(BackedUp, Tx), BackupError> {
    for table in how.outside {
        journal.ensure(table.create).await?;
    }
    let mut run = Run::begin(journal, folder, how)?;
    let mut tx = journal.db().snapshot().await?;
    run.check_continues(&mut tx).await?;
    loop {
        let head = head_in(&mut tx).await?;
        run.tell(head.seq);
        if run.state.seq < head.seq {
            run.add_segment(&mut tx, head.seq).await?;
            if run.missing.is_empty() {
                run.folder.save_unfinished(&run.state)?;
            }
        }
        // In the snapshot that gave the last entries: in a later one writers may be ahead again.
        if run.state.seq == head.seq && run.nothing_is_missing(&mut tx, &head).await? {
            run.finish(&mut tx).await?;
            let report = BackedUp {
                manifest: run.state,
                ..run.report
            };
            return Ok((report, tx));
        }
        tx = journal.db().snapshot().await?;
    }
}

/// The head as a snapshot has it.
async fn head_in(tx: &mut Tx) -> Result<Head, JournalError> {
    let row = tx
        .row("SELECT seq, hash FROM journal_head WHERE id = 1", vec![])
        .await?
        .ok_or_else(|| JournalError::Invariant("journal_head is empty".into()))?;
    Ok(Head {
        seq: row.int("seq")?,
        hash: row.bytes("hash")?,
    })
}

/// A run: what the folder holds, and what this one adds.
struct Run<'a> {
    journal: &'a Journal,
    how: BackUp<'a>,
    folder: Folder,
    /// Held while this runs.
    _lock: File,
    state: Manifest,
    missing: Vec<Missing>,
    report: BackedUp,
}

struct Missing {
    kept: Kept,
    seq: Seq,
}

impl<'a> Run<'a> {
    fn begin(journal: &'a Journal, root: &Path, how: BackUp<'a>) -> Result<Self, BackupError> {
        let folder = Folder::new(root);
        for place in ["", "entries", "batches", "files", "secret"] {
            private_folder(&root.join(place))?;
        }
        sync_folder(root)?;
        let lock = lock(root)?;
        sweep(root)?;
        sweep(&folder.entries())?;
        sweep(&folder.secret())?;
        let complete = folder.manifest()?;
        let state = match folder.unfinished()? {
            Some(unfinished) => unfinished,
            None => {
                let mut state = complete.unwrap_or_else(Manifest::empty);
                state.since = state.seq;
                state
            }
        };
        let run = Self {
            journal,
            how,
            folder,
            _lock: lock,
            missing: Vec::new(),
            report: BackedUp {
                manifest: Manifest::empty(),
                entries: 0,
                files: 0,
                batches: 0,
                rewritten: 0,
            },
            state,
        };
        run.segments_are_there()?;
        Ok(run)
    }

    /// A look at what is there; reading all of it is what checking a backup is for.
    fn segments_are_there(&self) -> Result<(), BackupError> {
        for segment in &self.state.segments {
            let path = self.folder.segment(segment);
            let length = std::fs::metadata(&path).map(|found| found.len());
            if !length.is_ok_and(|length| length == segment.bytes) {
                return Err(BackupError::damaged(
                    &path,
                    "it is missing or cut: `dotpha backup --check` says more; \
                     take a new backup into another folder",
                ));
            }
        }
        Ok(())
    }

    /// The backup must end in an entry of this journal, or the two are of different histories.
    async fn check_continues(&self, tx: &mut Tx) -> Result<(), BackupError> {
        if self.state.seq == 0 {
            return Ok(());
        }
        let row = tx
            .row(
                "SELECT hash FROM journal_entry WHERE seq = $1",
                params![self.state.seq],
            )
            .await?;
        let found = row.map(|row| row.bytes("hash")).transpose()?;
        if found.is_some_and(|hash| hex(&hash) == self.state.hash) {
            return Ok(());
        }
        Err(BackupError::OtherJournal {
            folder: self.folder.root.clone(),
            head: self.state.head()?,
        })
    }

    fn tell(&self, total: Seq) {
        (self.how.tell)(Progress {
            stage: Stage::BackingUp,
            done: self.state.seq,
            total,
        });
    }

    /// Adds the next entries and everything they name.
    async fn add_segment(&mut self, tx: &mut Tx, head: Seq) -> Result<(), BackupError> {
        let after = self.state.head()?;
        let until = head.min(after.seq + SEGMENT_ENTRIES);
        let (segment, kept) = self.write_segment(tx, after, until, SEGMENT_BYTES).await?;
        for (kept, seq) in kept {
            self.keep(tx, kept, seq).await?;
        }
        self.report.entries += segment.last - segment.first + 1;
        self.state.push(segment);
        Ok(())
    }

    /// Writes the entries after `after` up to `until`, or until there are `bytes` of them; answers with
    /// what they name, and the last of them that does.
    async fn write_segment(
        &self,
        tx: &mut Tx,
        after: Head,
        until: Seq,
        bytes: usize,
    ) -> Result<(Segment, BTreeMap<Kept, Seq>), BackupError> {
        let place = self.folder.entries();
        let mut lines = Lines::create_in(&place, self.how.plain)?;
        let (mut last, mut written, mut kept) = (after.clone(), 0, BTreeMap::new());
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM journal_entry WHERE seq > $1 AND seq <= $2 ORDER BY seq"
        );
        tx.each(&sql, params![after.seq, until], |row| {
            let next = last.seq + 1;
            let entry = read_entry(&row).map_err(|_| BackupError::JournalDamaged(next))?;
            if !continues(&entry, &last) {
                return Err(BackupError::JournalDamaged(next));
            }
            lines.push(&write_line(&entry)?).map_err(at(&place))?;
            for fact in entry.facts()? {
                for one in keeps(&self.journal.projections, &fact)? {
                    kept.insert(one, entry.seq);
                }
            }
            written += entry.payload.len();
            last = Head {
                seq: entry.seq,
                hash: entry.hash,
            };
            Ok(if written < bytes {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        })
        .await?;
        if last.seq == after.seq {
            return Err(BackupError::JournalDamaged(after.seq + 1));
        }
        let first = after.seq + 1;
        let (file, sum) = lines.finish(&place, &format!("{first:012}-{:012}", last.seq))?;
        let segment = Segment {
            file,
            sha256: sum.sha256,
            bytes: sum.bytes,
            first,
            last: last.seq,
            hash: hex(&last.hash),
        };
        Ok((segment, kept))
    }

    /// Copies a file or a batch, unless it is there; one that is missing is looked into at the end.
    async fn keep(&mut self, tx: &mut Tx, kept: Kept, seq: Seq) -> Result<(), BackupError> {
        let (store, hash) = self.store(&kept);
        if store.has(hash) {
            return Ok(());
        }
        let content = match &kept {
            Kept::File(hash) => self.live_file(hash).await?,
            Kept::Batch(hash) => live_batch(tx, hash).await?,
        };
        let Some(content) = content else {
            self.missing.push(Missing { kept, seq });
            return Ok(());
        };
        store.put(hash, &content)?;
        match &kept {
            Kept::File(_) => self.report.files += 1,
            Kept::Batch(_) => self.report.batches += 1,
        }
        Ok(())
    }

    fn store<'k>(&self, kept: &'k Kept) -> (ByHash, &'k FileHash) {
        match kept {
            Kept::File(hash) => (self.folder.files(), hash),
            Kept::Batch(hash) => (self.folder.batches(), hash),
        }
    }

    async fn live_file(&self, hash: &FileHash) -> Result<Option<Vec<u8>>, BackupError> {
        match self.journal.files().get(hash).await {
            Ok(content) => Ok(Some(content)),
            Err(JournalError::File { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether everything missing was removed from the record by an entry of this snapshot; `false` when
    /// a later entry may have done so.
    async fn nothing_is_missing(&self, tx: &mut Tx, head: &Head) -> Result<bool, BackupError> {
        if self.missing.is_empty() {
            return Ok(true);
        }
        let removals = Removals::since(tx, 0).await?;
        let lost = self.missing.iter().find(|m| {
            removals
                .kept
                .get(&m.kept)
                .is_none_or(|removed| *removed < m.seq)
        });
        let Some(lost) = lost else {
            return Ok(true);
        };
        if self.journal.head().await?.seq > head.seq {
            return Ok(false);
        }
        let (what, hash) = match &lost.kept {
            Kept::File(hash) => ("file", hash),
            Kept::Batch(hash) => ("batch", hash),
        };
        Err(BackupError::Missing {
            what,
            hash: hash.as_str().to_owned(),
            seq: lost.seq,
        })
    }

    /// The head is reached: what was removed since the run before goes from the backup too, the tables
    /// outside are read, and the manifest names it all.
    async fn finish(&mut self, tx: &mut Tx) -> Result<(), BackupError> {
        let removals = Removals::since(tx, self.state.since).await?;
        self.rewrite(tx, &removals).await?;
        self.state.outside.clear();
        for table in self.how.outside {
            let part = table.dump(tx, &self.folder, self.how.plain).await?;
            self.state.outside.push(part);
        }
        self.state.taken_at = self.journal.now().to_string();
        // Should this end before everything is tidied up, the next run begins where this one did.
        self.folder.save_unfinished(&self.state)?;
        self.folder.save(&self.state)?;
        for kept in removals.kept.keys() {
            let live = match kept {
                Kept::File(hash) => self.live_file(hash).await?.is_some(),
                Kept::Batch(hash) => live_batch(tx, hash).await?.is_some(),
            };
            if !live {
                let (store, hash) = self.store(kept);
                store.remove(hash)?;
            }
        }
        self.tidy()?;
        self.folder.forget_unfinished()
    }

    /// Writes the segments again in which facts were removed.
    async fn rewrite(&mut self, tx: &mut Tx, removals: &Removals) -> Result<(), BackupError> {
        let mut after = Manifest::empty().head()?;
        for ix in 0..self.state.segments.len() {
            let segment = self.state.segments[ix].clone();
            let last = Head {
                seq: segment.last,
                hash: segment.hash_bytes()?,
            };
            if removals.touch(&segment) {
                let (new, _) = self
                    .write_segment(tx, after, segment.last, usize::MAX)
                    .await?;
                self.report.rewritten += i64::from(new != segment);
                self.state.segments[ix] = new;
            }
            after = last;
        }
        Ok(())
    }

    /// Takes away what the manifest does not name.
    fn tidy(&self) -> Result<(), BackupError> {
        let named: BTreeSet<&str> = self
            .state
            .segments
            .iter()
            .map(|segment| segment.file.as_str())
            .chain(self.state.outside.iter().map(|part| part.file.as_str()))
            .collect();
        for folder in [self.folder.entries(), self.folder.secret()] {
            for entry in entries(&folder)? {
                if !named.contains(entry.file_name().to_string_lossy().as_ref()) {
                    remove(&entry.path())?;
                }
            }
        }
        Ok(())
    }
}

/// A batch of the journal's store, if it is there.
async fn live_batch(tx: &mut Tx, hash: &FileHash) -> Result<Option<Vec<u8>>, BackupError> {
    let row = tx
        .row(
            "SELECT content FROM journal_batch WHERE hash = $1",
            params![hash.as_str()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let content = row.bytes("content")?;
    if FileHash::of(&content) == *hash {
        Ok(Some(content))
    } else {
        Err(JournalError::Damaged(hash.as_str().to_owned()).into())
    }
}

/// What removal facts name.
#[derive(Debug, Default)]
pub(super) struct Removals {
    pub facts: BTreeSet<FactPlace>,
    /// With the last entry that says so.
    pub kept: BTreeMap<Kept, Seq>,
}

impl Removals {
    /// Everything that entries after `seq` removed.
    async fn since(tx: &mut Tx, seq: Seq) -> Result<Self, BackupError> {
        let mut removals = Self::default();
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM journal_entry WHERE seq IN \
             (SELECT seq FROM journal_fact WHERE seq > $1 AND kind LIKE $2) ORDER BY seq"
        );
        let like = format!("{}.%", RemovalFact::FAMILY);
        for row in tx.rows(&sql, params![seq, like]).await? {
            for fact in read_entry(&row)?.facts()? {
                removals.take(&fact)?;
            }
        }
        Ok(removals)
    }

    /// Takes a fact in; most are about something else.
    pub fn take(&mut self, fact: &RecordedFact) -> Result<(), JournalError> {
        match RemovalFact::read(fact)? {
            Some(RemovalFact::FactsRemoved(data)) => {
                self.facts.extend(data.facts);
                self.facts.extend(data.left.iter().map(|left| left.place));
            }
            Some(RemovalFact::FileRemoved(data)) => {
                self.kept.insert(Kept::File(data.file), fact.seq);
            }
            Some(RemovalFact::BatchRemoved(data)) => {
                self.kept.insert(Kept::Batch(data.batch), fact.seq);
            }
            Some(RemovalFact::PersonErased(_)) | None => {}
        }
        Ok(())
    }

    fn touch(&self, segment: &Segment) -> bool {
        let from = FactPlace {
            seq: segment.first,
            ix: 0,
        };
        self.facts
            .range(from..)
            .next()
            .is_some_and(|place| place.seq <= segment.last)
    }
}
