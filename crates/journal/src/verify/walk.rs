use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::log::read_entry;
use crate::payload::{Origin, Part, parts, read_fact};
use crate::projection::follows;
use crate::{
    Entry, FactFamily, FactPlace, FileHash, Head, JournalError, Kept, Projection, RecordedFact,
    RemovalFact, Row, Seq, VerifyFault,
};

/// One line of the index of facts: where a fact stands in its entry's payload.
struct IndexLine {
    ix: i64,
    stream: String,
    kind: String,
    at_byte: i64,
    bytes: i64,
}

impl IndexLine {
    fn read(row: &Row) -> Result<Self, JournalError> {
        Ok(Self {
            ix: row.int("ix")?,
            stream: row.text("stream")?,
            kind: row.text("kind")?,
            at_byte: row.int("at_byte")?,
            bytes: row.int("bytes")?,
        })
    }

    /// Is it the line that this fact should have?
    fn is_of(&self, ix: i64, part: &Part<'_>) -> bool {
        self.ix == ix
            && self.stream == part.stream
            && self.kind == part.kind
            && self.at_byte == part.at
            && self.bytes == part.bytes.len() as i64
    }
}

/// Lines by entry; a line that cannot be read is `None` and agrees with nothing.
type Index = BTreeMap<Seq, Vec<Option<IndexLine>>>;

fn read_index(rows: &[Row]) -> Result<Index, JournalError> {
    let mut index = Index::new();
    for row in rows {
        let lines = index.entry(row.int("seq")?).or_default();
        lines.push(IndexLine::read(row).ok());
    }
    Ok(index)
}

/// What an entry says of files and batches.
pub(super) enum Said {
    /// A fact rests on it.
    Names(Kept),
    /// It was removed.
    Removes(Kept),
}

/// How far the reading has come and what it found.
pub(super) struct Walk {
    projections: Arc<Vec<Box<dyn Projection>>>,
    /// Heads kept outside that were not met yet.
    outside: BTreeSet<Head>,
    pub last: Head,
    pub entries: i64,
    pub facts: i64,
    /// Facts without their content, and those that a later removal names: each with the SHA-256 of what
    /// is left of it.
    gone: BTreeMap<FactPlace, Option<FileHash>>,
    named: BTreeMap<FactPlace, Option<FileHash>>,
    /// What the entries of the piece read last say of files and batches, in order.
    pub said: Vec<(Seq, Said)>,
    pub faults: Vec<VerifyFault>,
}

impl Walk {
    pub fn new(outside: BTreeSet<Head>, projections: Arc<Vec<Box<dyn Projection>>>) -> Self {
        let mut walk = Self {
            projections,
            outside,
            last: Head {
                seq: 0,
                hash: vec![0; 32],
            },
            entries: 0,
            facts: 0,
            gone: BTreeMap::new(),
            named: BTreeMap::new(),
            said: Vec::new(),
            faults: Vec::new(),
        };
        walk.outside.remove(&walk.last);
        walk
    }

    /// Everything is read, also what stands where no number of ours would be.
    pub fn reached(&self) -> Seq {
        if self.entries == 0 {
            Seq::MIN
        } else {
            self.last.seq
        }
    }

    /// Takes a piece of the log in, with the lines of the index for it.
    pub fn piece(&mut self, rows: &[Row], lines: &[Row]) -> Result<(), JournalError> {
        let mut index = read_index(lines)?;
        rows.iter().try_for_each(|row| self.step(row, &mut index))
    }

    fn step(&mut self, row: &Row, index: &mut Index) -> Result<(), JournalError> {
        let seq = row.int("seq")?;
        self.entries += 1;
        if seq != self.last.seq + 1 {
            self.faults.push(VerifyFault::Missing(seq));
        }
        let lines = index.remove(&seq).unwrap_or_default();
        match read_entry(row) {
            Ok(entry) => self.entry(&entry, &lines),
            // An actor that is no identity, a moment that is no number: not written by this program.
            Err(_) => self.faults.push(VerifyFault::Altered(seq)),
        }
        self.last = Head {
            seq,
            hash: row.bytes("hash").unwrap_or_default(),
        };
        self.outside.remove(&self.last);
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, lines: &[Option<IndexLine>]) {
        if entry.prev_hash != self.last.hash {
            self.faults.push(VerifyFault::Broken(entry.seq));
        }
        let parts = match parts(entry.seq, &entry.payload) {
            Ok(parts) if entry.hash_of(&parts) == entry.hash => parts,
            _ => return self.faults.push(VerifyFault::Altered(entry.seq)),
        };
        self.facts += parts.len() as i64;
        let agrees = parts.len() == lines.len()
            && (0i64..)
                .zip(&parts)
                .zip(lines)
                .all(|((ix, part), line)| line.as_ref().is_some_and(|line| line.is_of(ix, part)));
        if !agrees {
            self.faults.push(VerifyFault::Index(entry.seq));
        }
        for (ix, part) in (0..).zip(&parts) {
            if part.removed {
                let place = FactPlace { seq: entry.seq, ix };
                self.gone.insert(place, part.left_digest());
            }
            let stands = !part.removed || part.left.is_some();
            if stands && self.fact(entry, ix, part).is_err() {
                self.faults.push(VerifyFault::Altered(entry.seq));
            }
        }
    }

    /// What a fact says of things outside its entry.
    fn fact(&mut self, entry: &Entry, ix: i64, part: &Part<'_>) -> Result<(), JournalError> {
        let family = part.kind.split_once('.').map_or("", |(family, _)| family);
        let removal = family == RemovalFact::FAMILY;
        if !removal
            && !self
                .projections
                .iter()
                .any(|p| follows(p.as_ref(), &part.kind))
        {
            return Ok(());
        }
        let origin = Origin {
            seq: entry.seq,
            recorded_at: entry.recorded_at,
            actor: entry.actor,
        };
        let Some(fact) = read_fact(&origin, ix, part.bytes)? else {
            return Ok(());
        };
        if removal {
            self.removal(&fact)?;
        }
        for projection in self.projections.iter() {
            if follows(projection.as_ref(), &fact.kind) {
                let names = projection.keeps(&fact)?.into_iter().map(Said::Names);
                self.said.extend(names.map(|said| (fact.seq, said)));
            }
        }
        Ok(())
    }

    fn removal(&mut self, fact: &RecordedFact) -> Result<(), JournalError> {
        let removed = match RemovalFact::read(fact)? {
            Some(RemovalFact::FactsRemoved(data)) => {
                let left = data.left.into_iter();
                let left = left.map(|left| (left.place, Some(left.sha256)));
                let facts = data.facts.into_iter().map(|place| (place, None));
                let named = facts.chain(left);
                self.named
                    .extend(named.filter(|(place, _)| place.seq < fact.seq));
                return Ok(());
            }
            Some(RemovalFact::FileRemoved(data)) => Kept::File(data.file),
            Some(RemovalFact::BatchRemoved(data)) => Kept::Batch(data.batch),
            Some(RemovalFact::PersonErased(_)) | None => return Ok(()),
        };
        self.said.push((fact.seq, Said::Removes(removed)));
        Ok(())
    }

    /// Facts that a removal names and that had their content when they were read. A removal that went on
    /// meanwhile makes some of them: they are looked at once more.
    pub fn not_removed(&self) -> Vec<FactPlace> {
        let named = self.named.keys();
        named
            .filter(|place| !self.gone.contains_key(place))
            .copied()
            .collect()
    }

    /// What only the whole reading tells.
    pub fn finish(&mut self, stored: Head, not_removed: Vec<FactPlace>) {
        if stored != self.last {
            self.faults.push(VerifyFault::HeadMoved {
                stored,
                last: self.last.clone(),
            });
        }
        let heads = std::mem::take(&mut self.outside).into_iter();
        self.faults.extend(heads.map(VerifyFault::NotInChain));
        let unsaid = self
            .gone
            .iter()
            .filter(|(place, left)| self.named.get(place) != Some(left))
            .map(|(place, _)| VerifyFault::RemovedUnsaid(*place));
        self.faults.extend(unsaid);
        let still_there = not_removed.into_iter().map(VerifyFault::NotRemoved);
        self.faults.extend(still_there);
    }
}
