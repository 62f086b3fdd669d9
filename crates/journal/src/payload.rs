//! An entry's payload: the bytes of its facts, and what of them the entry's hash covers.
//!
//! A payload is `{"facts":[F,F,…]}`, each `F` the canonical JSON of one fact:
//! `{"data":…,"kind":…,"salt":…,"stream":…,"v":…}`. The entry's hash covers kind, stream and the SHA-256 of
//! those bytes, fact by fact. A fact whose content had to go stands there as
//! `{"kind":…,"removed":"<SHA-256 of its bytes>","stream":…}`: the hash of the entry is the same before and
//! after, and nothing that still stands can be altered. The salt goes with the content; without it the
//! SHA-256 that stays would let anybody try out guesses of a short text.
//!
//! A fact that only lost some words stands there as
//! `{"kind":…,"left":…,"removed":…,"stream":…,"v":…}`: `left` is its data as it reads from then on, and
//! the fact of the removal names the SHA-256 of that.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::canonical::write_canonical;
use crate::fact::{Entry, NewFact, RecordedFact, StreamId};
use crate::files::hex;
use crate::{FileHash, JournalError, Seq};

const OPENING: &[u8] = br#"{"facts":["#;
const CLOSING: &[u8] = b"]}";

/// One fact as it stands in a payload.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part<'a> {
    /// Offset in the payload.
    pub at: i64,
    /// Its canonical bytes.
    pub bytes: &'a [u8],
    pub kind: Cow<'a, str>,
    pub stream: Cow<'a, str>,
    /// SHA-256 of its bytes; of those it had, when its content was removed.
    pub digest: [u8; 32],
    /// Its content is gone, at least in part.
    pub removed: bool,
    /// What is left of its data, with the version of its shape.
    pub left: Option<(&'a [u8], u16)>,
}

impl Part<'_> {
    /// SHA-256 of what is left of its data, by which a removal names it.
    pub fn left_digest(&self) -> Option<FileHash> {
        self.left.map(|(data, _)| FileHash::of(data))
    }
}

/// The payload of an entry about to be written.
pub(crate) fn payload(facts: &[NewFact]) -> Result<Vec<u8>, JournalError> {
    let mut bytes = OPENING.to_vec();
    for (i, fact) in facts.iter().enumerate() {
        if i > 0 {
            bytes.push(b',');
        }
        bytes.extend(br#"{"data":"#);
        write_canonical(&fact.data, &mut bytes)?;
        bytes.extend(br#","kind":"#);
        write_text(&fact.kind, &mut bytes)?;
        bytes.extend(format!(r#","salt":"{}","stream":"#, Uuid::new_v4().simple()).as_bytes());
        write_text(fact.stream.as_str(), &mut bytes)?;
        bytes.extend(format!(r#","v":{}}}"#, fact.version).as_bytes());
    }
    bytes.extend(CLOSING);
    Ok(bytes)
}

fn write_text(text: &str, out: &mut Vec<u8>) -> Result<(), JournalError> {
    serde_json::to_writer(out, text).map_err(JournalError::decode("new fact"))
}

/// What stands in a payload for a fact whose content was removed.
fn stub(part: &Part<'_>) -> Result<Vec<u8>, JournalError> {
    let mut bytes = br#"{"kind":"#.to_vec();
    write_text(&part.kind, &mut bytes)?;
    if let Some((data, _)) = part.left {
        bytes.extend(br#","left":"#);
        bytes.extend(data);
    }
    bytes.extend(format!(r#","removed":"{}","stream":"#, hex(&part.digest)).as_bytes());
    write_text(&part.stream, &mut bytes)?;
    if let Some((_, version)) = part.left {
        bytes.extend(format!(r#","v":{version}"#).as_bytes());
    }
    bytes.push(b'}');
    Ok(bytes)
}

/// The facts of a payload, which must be exactly as this module writes it.
pub(crate) fn parts(seq: Seq, payload: &[u8]) -> Result<Vec<Part<'_>>, JournalError> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        facts: Vec<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Outline<'a> {
        #[serde(borrow)]
        kind: Cow<'a, str>,
        #[serde(borrow)]
        stream: Cow<'a, str>,
        #[serde(borrow, default)]
        removed: Option<Cow<'a, str>>,
        #[serde(borrow, default)]
        left: Option<&'a RawValue>,
        #[serde(default)]
        v: u16,
    }
    let envelope: Envelope<'_> = serde_json::from_slice(payload).map_err(place(seq))?;
    let mut at = OPENING.len();
    let mut parts = Vec::with_capacity(envelope.facts.len());
    for raw in envelope.facts {
        let bytes = raw.get().as_bytes();
        let outline: Outline<'_> = serde_json::from_str(raw.get()).map_err(place(seq))?;
        let digest = match &outline.removed {
            None => Sha256::digest(bytes).into(),
            Some(digits) => crate::files::unhex(digits).ok_or_else(|| misshapen(seq))?,
        };
        let part = Part {
            at: at as i64,
            bytes,
            kind: outline.kind,
            stream: outline.stream,
            digest,
            removed: outline.removed.is_some(),
            left: outline.left.map(|left| (left.get().as_bytes(), outline.v)),
        };
        if part.left.is_some() && !part.removed {
            return Err(misshapen(seq));
        }
        if part.removed && stub(&part)? != bytes {
            return Err(misshapen(seq));
        }
        at += bytes.len() + 1;
        parts.push(part);
    }
    if is_exact(payload, &parts) {
        Ok(parts)
    } else {
        Err(misshapen(seq))
    }
}

/// Nothing stands between the facts, before them or after them but what belongs there.
fn is_exact(payload: &[u8], parts: &[Part<'_>]) -> bool {
    let mut end = OPENING.len();
    for (ix, part) in parts.iter().enumerate() {
        let at = part.at as usize;
        if payload.get(at..at + part.bytes.len()) != Some(part.bytes)
            || (ix > 0 && payload.get(at - 1) != Some(&b','))
        {
            return false;
        }
        end = at + part.bytes.len();
    }
    payload.starts_with(OPENING) && payload.get(end..) == Some(CLOSING)
}

fn place(seq: Seq) -> impl FnOnce(serde_json::Error) -> JournalError {
    JournalError::decode(format!("entry {seq}"))
}

fn misshapen(seq: Seq) -> JournalError {
    JournalError::Invariant(format!("entry {seq}: its payload is not in canonical form"))
}

/// The payload with the content of some facts replaced by what stands for it: by what is left of its data,
/// or by nothing.
///
/// # Errors
/// When the entry has no such fact, or its payload is not in canonical form. A fact removed before stays
/// removed.
pub(crate) fn without(
    entry: &Entry,
    gone: &BTreeMap<i64, Option<Vec<u8>>>,
) -> Result<Vec<u8>, JournalError> {
    let mut parts = parts(entry.seq, &entry.payload)?;
    if let Some(ix) = gone
        .keys()
        .find(|ix| usize::try_from(**ix).map_or(true, |ix| ix >= parts.len()))
    {
        return Err(JournalError::Invariant(format!(
            "entry {} has no fact {ix}",
            entry.seq
        )));
    }
    let mut bytes = OPENING.to_vec();
    for (ix, part) in (0i64..).zip(&mut parts) {
        if ix > 0 {
            bytes.push(b',');
        }
        match gone.get(&ix) {
            // Nothing comes back of what is gone already.
            Some(Some(_)) if part.removed && part.left.is_none() => bytes.extend(part.bytes),
            Some(left) => {
                let version = version(entry.seq, part)?;
                part.left = left.as_deref().map(|left| (left, version));
                bytes.extend(stub(part)?);
            }
            None => bytes.extend(part.bytes),
        }
    }
    bytes.extend(CLOSING);
    Ok(bytes)
}

fn version(seq: Seq, part: &Part<'_>) -> Result<u16, JournalError> {
    let stored: Stored = serde_json::from_slice(part.bytes).map_err(place(seq))?;
    Ok(stored.v)
}

/// One fact, read.
#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    data: Value,
    kind: String,
    stream: StreamId,
    #[serde(default)]
    v: u16,
    #[serde(default)]
    removed: Option<String>,
    #[serde(default)]
    left: Option<Value>,
}

/// The entry's metadata that every fact of it carries.
pub(crate) struct Origin {
    pub seq: Seq,
    pub recorded_at: i64,
    pub actor: crate::ActorId,
}

impl Stored {
    fn recorded(self, origin: &Origin, ix: i64) -> Option<RecordedFact> {
        let data = match self.removed {
            None => self.data,
            Some(_) => self.left?,
        };
        Some(RecordedFact {
            seq: origin.seq,
            ix,
            recorded_at: origin.recorded_at,
            actor: origin.actor,
            stream: self.stream,
            kind: self.kind,
            version: self.v,
            data,
        })
    }
}

/// One fact from its bytes; nothing when its content was removed.
pub(crate) fn read_fact(
    origin: &Origin,
    ix: i64,
    bytes: &[u8],
) -> Result<Option<RecordedFact>, JournalError> {
    let stored: Stored = serde_json::from_slice(bytes).map_err(place(origin.seq))?;
    Ok(stored.recorded(origin, ix))
}

/// All facts of a stored payload that still have their content, with the entry's metadata.
pub(crate) fn unpack(entry: &Entry) -> Result<Vec<RecordedFact>, JournalError> {
    #[derive(Deserialize)]
    struct Payload {
        facts: Vec<Stored>,
    }
    let payload: Payload = serde_json::from_slice(&entry.payload).map_err(place(entry.seq))?;
    let origin = Origin {
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        actor: entry.actor,
    };
    Ok((0..)
        .zip(payload.facts)
        .filter_map(|(ix, fact)| fact.recorded(&origin, ix))
        .collect())
}
