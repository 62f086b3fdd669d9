use std::fmt;

use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::payload::{Part, parts};
use crate::{JournalError, Seq};

/// Opaque identity of whoever acts. It says nothing about the person: names lie in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ActorId(pub Uuid);

impl ActorId {
    /// The server itself: scheduled work, the first activation of definitions.
    pub const SYSTEM: ActorId = ActorId(Uuid::nil());

    /// A new identity, made at the edge.
    pub fn new() -> Self {
        ActorId(Uuid::now_v7())
    }
}

impl Default for ActorId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for ActorId {
    type Err = uuid::Error;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        s.parse().map(ActorId)
    }
}

/// The thing a fact is about, as `family/identity`: `task/0192…`, `organisation/so-khcn`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamId(String);

impl StreamId {
    /// The stream of one thing of a family.
    pub fn new(family: &str, identity: impl fmt::Display) -> Self {
        StreamId(format!("{family}/{identity}"))
    }

    /// Reads a stored or typed stream name; nothing when it has no family or no identity.
    pub fn parse(text: &str) -> Option<Self> {
        let (family, identity) = text.split_once('/')?;
        (!family.is_empty() && !identity.is_empty()).then(|| StreamId(text.to_owned()))
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first slash.
    pub fn family(&self) -> &str {
        self.0.split_once('/').map_or("", |(family, _)| family)
    }

    /// The part after the first slash.
    pub fn identity(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, identity)| identity)
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The facts of one engine about one family of things.
///
/// Implemented by an enum that serialises as `{"kind": "task.assigned", "data": {…}}`
/// (`#[serde(tag = "kind", content = "data")]`), every kind beginning with `FAMILY.`.
pub trait FactFamily: Serialize + DeserializeOwned {
    /// Prefix of every kind of this family, without the dot.
    const FAMILY: &'static str;

    /// Version in which a kind is written today.
    fn version(_kind: &str) -> u16 {
        1
    }

    /// Turns the data of an older version into today's. Pure; called for every stored fact whose
    /// version is below [`FactFamily::version`].
    fn upcast(_kind: &str, _version: u16, data: Value) -> Value {
        data
    }

    /// Reads a stored fact; `None` when it belongs to another family.
    fn read(fact: &RecordedFact) -> Result<Option<Self>, JournalError> {
        let family = fact.kind.split_once('.').map_or("", |(family, _)| family);
        if family != Self::FAMILY {
            return Ok(None);
        }
        let upcast = (fact.version < Self::version(&fact.kind))
            .then(|| Self::upcast(&fact.kind, fact.version, fact.data.clone()));
        let kind = Value::String(fact.kind.clone());
        // The kind first: a deserialiser that meets the data before it has to set them aside.
        let tagged = [
            ("kind", &kind),
            ("data", upcast.as_ref().unwrap_or(&fact.data)),
        ];
        Self::deserialize(MapDeserializer::new(tagged.into_iter()))
            .map(Some)
            .map_err(|source| JournalError::Decode {
                place: format!("{} in entry {} ({})", fact.stream, fact.seq, fact.kind),
                source,
            })
    }
}

/// A fact about to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFact {
    /// What it is about.
    pub stream: StreamId,
    /// `family.what_happened`.
    pub kind: String,
    /// Version of the shape of `data`.
    pub version: u16,
    /// The content, without floats.
    pub data: Value,
}

impl NewFact {
    /// A typed fact about a stream.
    pub fn of<F: FactFamily>(stream: StreamId, fact: &F) -> Result<Self, JournalError> {
        let place = || format!("new fact about {stream}");
        let tagged = serde_json::to_value(fact).map_err(JournalError::decode(place()))?;
        let (kind, data) = match tagged {
            Value::Object(mut fields) => (
                fields.remove("kind"),
                fields.remove("data").unwrap_or(Value::Null),
            ),
            _ => (None, Value::Null),
        };
        match kind {
            Some(Value::String(kind)) => Ok(NewFact {
                version: F::version(&kind),
                stream,
                kind,
                data,
            }),
            _ => Err(JournalError::Invariant(format!(
                "{}: a fact serialises as {{kind, data}}",
                place()
            ))),
        }
    }
}

/// A fact as the journal holds it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordedFact {
    /// Entry it came with.
    pub seq: Seq,
    /// Place within the entry, from 0.
    pub ix: i64,
    /// Microseconds since 1970 in UTC: when we knew.
    pub recorded_at: i64,
    /// Who acted.
    pub actor: ActorId,
    /// What it is about.
    pub stream: StreamId,
    /// `family.what_happened`.
    pub kind: String,
    /// Version of the shape of `data`.
    pub version: u16,
    /// The content.
    pub data: Value,
}

/// One line of the journal: N facts that became true together, and the link to the line before.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// 1, 2, 3 … without gaps.
    pub seq: Seq,
    /// Microseconds since 1970 in UTC, strictly increasing.
    pub recorded_at: i64,
    /// Who acted.
    pub actor: ActorId,
    /// For whom, when on somebody's behalf.
    pub on_behalf: Option<ActorId>,
    /// Name of the command, for people who read the history.
    pub command: String,
    /// Makes a repeated command harmless.
    pub idempotency_key: Option<String>,
    /// Canonical JSON of the facts, exactly as stored.
    pub payload: Vec<u8>,
    /// Hash of the entry before (32 zero bytes for the first).
    pub prev_hash: Vec<u8>,
    /// Hash of this entry.
    pub hash: Vec<u8>,
}

/// What this hash is of: another layout of the fields below gets another word.
const SCHEME: &[u8] = b"dotpha entry by facts 1";

impl Entry {
    /// SHA-256 over the metadata, the hash before and, fact by fact, kind, stream and the SHA-256 of its
    /// canonical bytes. Each field is preceded by its length so that no two different entries run
    /// together into the same bytes. It does not change when the content of a fact is removed.
    ///
    /// # Errors
    /// When the payload is not in canonical form: no program of ours wrote it.
    pub fn compute_hash(&self) -> Result<Vec<u8>, JournalError> {
        Ok(self.hash_of(&parts(self.seq, &self.payload)?))
    }

    /// The same of facts read before.
    pub(crate) fn hash_of(&self, parts: &[Part<'_>]) -> Vec<u8> {
        let mut hasher = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        };
        field(SCHEME);
        field(&self.seq.to_be_bytes());
        field(&self.recorded_at.to_be_bytes());
        field(self.actor.to_string().as_bytes());
        field(optional(self.on_behalf.map(|a| a.to_string())).as_slice());
        field(self.command.as_bytes());
        field(optional(self.idempotency_key.clone()).as_slice());
        field(&self.prev_hash);
        field(&(parts.len() as u64).to_be_bytes());
        for part in parts {
            field(part.kind.as_bytes());
            field(part.stream.as_bytes());
            field(&part.digest);
        }
        hasher.finalize().to_vec()
    }
}

/// Absent and empty must not hash alike.
fn optional(text: Option<String>) -> Vec<u8> {
    text.map_or_else(Vec::new, |t| [b"=".as_slice(), t.as_bytes()].concat())
}
