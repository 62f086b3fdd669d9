use std::fmt;
use std::str::FromStr;

use crate::fact::{payload, unpack};
use crate::files::hex;
use crate::{Entry, Journal, JournalError, NewFact, Seq};

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
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(wrong());
        }
        let hash = (0..32)
            .map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16))
            .collect::<Result<_, _>>()
            .map_err(|_| wrong())?;
        Ok(Head { seq, hash })
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

impl Journal {
    /// Reads the chain from the first entry, recomputes every hash and compares with the stored head,
    /// and with a head kept outside when one is given.
    pub async fn verify(&self, outside: Option<&Head>) -> Result<Verification, JournalError> {
        const CHUNK: i64 = 500;
        let mut last = Head {
            seq: 0,
            hash: vec![0; 32],
        };
        let (mut entries, mut facts, mut faults) = (0, 0, Vec::new());
        let mut found_outside = outside.is_none_or(|head| *head == last);
        loop {
            let chunk = self.entries_after(last.seq, CHUNK).await?;
            if chunk.is_empty() {
                break;
            }
            for entry in chunk {
                entries += 1;
                facts += self.verify_entry(&entry, &last, &mut faults).await?;
                last = Head {
                    seq: entry.seq,
                    hash: entry.hash,
                };
                found_outside |= outside == Some(&last);
            }
        }
        let stored = self.head().await?;
        if stored != last {
            faults.push(VerifyFault::HeadMoved {
                stored,
                last: last.clone(),
            });
        }
        if let (Some(head), false) = (outside, found_outside) {
            faults.push(VerifyFault::NotInChain(head.clone()));
        }
        Ok(Verification {
            entries,
            facts,
            head: last,
            faults,
        })
    }

    async fn verify_entry(
        &self,
        entry: &Entry,
        before: &Head,
        faults: &mut Vec<VerifyFault>,
    ) -> Result<i64, JournalError> {
        if entry.seq != before.seq + 1 {
            faults.push(VerifyFault::Missing(entry.seq));
        }
        if entry.prev_hash != before.hash {
            faults.push(VerifyFault::Broken(entry.seq));
        }
        if entry.compute_hash() != entry.hash {
            faults.push(VerifyFault::Altered(entry.seq));
            return Ok(0);
        }
        let facts = unpack(entry)?;
        if !self.index_agrees(entry, &facts).await? {
            faults.push(VerifyFault::Index(entry.seq));
        }
        Ok(facts.len() as i64)
    }

    async fn index_agrees(
        &self,
        entry: &Entry,
        facts: &[crate::RecordedFact],
    ) -> Result<bool, JournalError> {
        let again: Vec<NewFact> = facts
            .iter()
            .map(|f| NewFact {
                stream: f.stream.clone(),
                kind: f.kind.clone(),
                version: f.version,
                data: f.data.clone(),
            })
            .collect();
        let (_, places) = payload(&again)?;
        let rows = self
            .db()
            .rows(
                "SELECT stream, kind, at_byte, bytes FROM journal_fact WHERE seq = $1 ORDER BY ix",
                crate::params![entry.seq],
            )
            .await?;
        if rows.len() != facts.len() {
            return Ok(false);
        }
        for ((row, fact), (at, length)) in rows.iter().zip(facts).zip(places) {
            let agrees = row.text("stream")? == fact.stream.as_str()
                && row.text("kind")? == fact.kind
                && row.int("at_byte")? == at
                && row.int("bytes")? == length;
            if !agrees {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
