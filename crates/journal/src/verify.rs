use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::files::{hex, unhex};
use crate::log::{ENTRY_COLUMNS, read_entry};
use crate::payload::{Part, parts, unpack};
use crate::{
    Entry, FactFamily, FactPlace, FileHash, Journal, JournalError, RemovalFact, Row, Seq, params,
};

/// Number and hash of the last entry. Printed on every frozen report and kept outside, it makes cutting
/// the tail or rewriting the whole chain visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry, 0 for an empty journal.
    pub seq: Seq,
    /// Its hash, 32 bytes.
    pub hash: Vec<u8>,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, hex(&self.hash))
    }
}

impl FromStr for Head {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a head: it reads NUMBER:64 hexadecimal digits");
        let (seq, digits) = text.trim().split_once(':').ok_or_else(wrong)?;
        let seq = seq.parse().map_err(|_| wrong())?;
        let hash = unhex(&digits.to_ascii_lowercase()).ok_or_else(wrong)?;
        Ok(Head {
            seq,
            hash: hash.to_vec(),
        })
    }
}

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyFault {
    /// Stored bytes or metadata do not give the stored hash.
    Altered(Seq),
    /// The entry does not continue the one before it.
    Broken(Seq),
    /// There is a gap before this entry.
    Missing(Seq),
    /// The index of facts does not agree with the payload.
    Index(Seq),
    /// The stored head is not the last entry.
    HeadMoved {
        /// What the head says.
        stored: Head,
        /// What the last entry is.
        last: Head,
    },
    /// The batch of this hash no longer has it.
    Batch(String),
    /// The content of a fact is gone, and no later entry says that it was removed.
    RemovedUnsaid(FactPlace),
    /// An entry says that the content of a fact was removed, and it is still there.
    NotRemoved(FactPlace),
    /// The head kept outside is not in this chain: its tail was cut or it was rewritten.
    NotInChain(Head),
}

impl fmt::Display for VerifyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered(seq) => write!(f, "entry {seq} was altered"),
            Self::Broken(seq) => write!(f, "entry {seq} does not follow from the one before it"),
            Self::Missing(seq) => write!(f, "entries before {seq} are missing"),
            Self::Index(seq) => write!(f, "the index of facts of entry {seq} was altered"),
            Self::HeadMoved { stored, last } => {
                write!(f, "the head says {stored}, the last entry is {last}")
            }
            Self::RemovedUnsaid(FactPlace { seq, ix }) => write!(
                f,
                "the content of fact {ix} of entry {seq} is gone, and no later entry says why"
            ),
            Self::NotRemoved(FactPlace { seq, ix }) => write!(
                f,
                "fact {ix} of entry {seq} was removed by a later entry, and its content is still there"
            ),
            Self::Batch(hash) => write!(f, "batch {hash} was altered"),
            Self::NotInChain(head) => write!(f, "{head} is not in this chain"),
        }
    }
}

/// Outcome of reading the whole chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Entries read.
    pub entries: i64,
    /// Facts read.
    pub facts: i64,
    /// The chain's last entry.
    pub head: Head,
    /// What is wrong; empty when nothing is.
    pub faults: Vec<VerifyFault>,
}

/// Entries read at a time: bounds memory, whatever the size of the journal.
const CHUNK: i64 = 500;

impl Journal {
    /// Reads the chain from the first entry, recomputes every hash and compares with the stored head,
    /// and with a head kept outside when one is given. Entries appended meanwhile are read as well.
    pub async fn verify(&self, outside: Option<&Head>) -> Result<Verification, JournalError> {
        let mut walk = Walk::new(outside);
        let stored = loop {
            if self.verify_chunk(&mut walk).await? {
                continue;
            }
            // Read after the last entry: somebody who appends in between moves both.
            let stored = self.head().await?;
            if stored == walk.last || !self.verify_chunk(&mut walk).await? {
                break stored;
            }
        };
        if stored != walk.last {
            walk.faults.push(VerifyFault::HeadMoved {
                stored,
                last: walk.last.clone(),
            });
        }
        if let (Some(head), false) = (outside, walk.found_outside) {
            walk.faults.push(VerifyFault::NotInChain(head.clone()));
        }
        walk.compare_removals();
        self.verify_strays(&mut walk).await?;
        self.verify_batches(&mut walk).await?;
        Ok(Verification {
            entries: walk.entries,
            facts: walk.facts,
            head: walk.last,
            faults: walk.faults,
        })
    }

    /// Reads the next entries; `false` when there are no more.
    async fn verify_chunk(&self, walk: &mut Walk<'_>) -> Result<bool, JournalError> {
        // Everything is read, also what stands where no number of ours would be.
        let after = if walk.entries == 0 {
            Seq::MIN
        } else {
            walk.last.seq
        };
        let sql = format!(
            "SELECT {ENTRY_COLUMNS} FROM journal_entry WHERE seq > $1 ORDER BY seq LIMIT $2"
        );
        let rows = self.db().rows(&sql, params![after, CHUNK]).await?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(false);
        };
        let (Ok(first), Ok(last)) = (first.int("seq"), last.int("seq")) else {
            // SQLite lets a text stand in a column of numbers; such a row comes after all others.
            walk.faults.push(VerifyFault::Altered(walk.last.seq + 1));
            return Ok(false);
        };
        let mut index = self.index_between(first, last).await?;
        for row in &rows {
            walk.step(row, &mut index)?;
        }
        Ok(true)
    }

    async fn index_between(&self, first: Seq, last: Seq) -> Result<Index, JournalError> {
        let rows = self
            .db()
            .rows(
                "SELECT seq, ix, stream, kind, at_byte, bytes FROM journal_fact \
                 WHERE seq >= $1 AND seq <= $2 ORDER BY seq, ix",
                params![first, last],
            )
            .await?;
        let mut index = Index::new();
        for row in &rows {
            index
                .entry(row.int("seq")?)
                .or_default()
                .push(IndexLine::read(row).ok());
        }
        Ok(index)
    }

    /// Lines of the index that belong to no entry.
    async fn verify_strays(&self, walk: &mut Walk<'_>) -> Result<(), JournalError> {
        let rows = self
            .db()
            .rows(
                "SELECT DISTINCT f.seq FROM journal_fact f LEFT JOIN journal_entry e ON e.seq = f.seq \
                 WHERE e.seq IS NULL ORDER BY f.seq",
                vec![],
            )
            .await?;
        for row in &rows {
            walk.faults.push(VerifyFault::Index(row.int("seq")?));
        }
        Ok(())
    }

    /// Batches are named by their hash: one that was altered no longer has it.
    async fn verify_batches(&self, walk: &mut Walk<'_>) -> Result<(), JournalError> {
        let mut reached = String::new();
        loop {
            let row = self
                .db()
                .row(
                    "SELECT hash, content FROM journal_batch WHERE hash > $1 ORDER BY hash LIMIT 1",
                    params![reached.as_str()],
                )
                .await?;
            let Some(row) = row else { return Ok(()) };
            reached = row.text("hash")?;
            let sound = row
                .bytes("content")
                .is_ok_and(|content| FileHash::of(&content).as_str() == reached);
            if !sound {
                walk.faults.push(VerifyFault::Batch(reached.clone()));
            }
        }
    }
}

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

/// How far the reading has come and what it found.
struct Walk<'a> {
    outside: Option<&'a Head>,
    found_outside: bool,
    last: Head,
    entries: i64,
    facts: i64,
    /// Facts without their content, and those that a later removal names.
    gone: BTreeSet<FactPlace>,
    named: BTreeSet<FactPlace>,
    faults: Vec<VerifyFault>,
}

impl<'a> Walk<'a> {
    fn new(outside: Option<&'a Head>) -> Self {
        let last = Head {
            seq: 0,
            hash: vec![0; 32],
        };
        Self {
            outside,
            found_outside: outside.is_none_or(|head| *head == last),
            last,
            entries: 0,
            facts: 0,
            gone: BTreeSet::new(),
            named: BTreeSet::new(),
            faults: Vec::new(),
        }
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
        self.found_outside |= self.outside == Some(&self.last);
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
        self.removals(entry, &parts);
    }

    fn removals(&mut self, entry: &Entry, parts: &[Part<'_>]) {
        let seq = entry.seq;
        let gone = (0i64..).zip(parts).filter(|(_, part)| part.removed);
        self.gone.extend(gone.map(|(ix, _)| FactPlace { seq, ix }));
        let of_family = |part: &Part<'_>| {
            let family = part.kind.split_once('.').map_or("", |(family, _)| family);
            family == RemovalFact::FAMILY
        };
        if !parts.iter().any(of_family) {
            return;
        }
        let Ok(facts) = unpack(entry) else {
            return self.faults.push(VerifyFault::Altered(seq));
        };
        for fact in &facts {
            match RemovalFact::read(fact) {
                Ok(Some(RemovalFact::FactsRemoved(data))) => {
                    let earlier = data.facts.into_iter().filter(|place| place.seq < seq);
                    self.named.extend(earlier);
                }
                Ok(_) => {}
                Err(_) => self.faults.push(VerifyFault::Altered(seq)),
            }
        }
    }

    fn compare_removals(&mut self) {
        let unsaid = self.gone.difference(&self.named);
        self.faults
            .extend(unsaid.map(|place| VerifyFault::RemovedUnsaid(*place)));
        let still_there = self.named.difference(&self.gone);
        self.faults
            .extend(still_there.map(|place| VerifyFault::NotRemoved(*place)));
    }
}
