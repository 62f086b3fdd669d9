use catalogue::{Definition, Id, Kind, canonical_json, hash_hex};
use journal::{FactFamily, JournalError, StreamId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What happens to a definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum DefinitionFact {
    /// It is in force from this entry on, in place of the one of the same kind and id.
    #[serde(rename = "definition.activated")]
    Activated {
        /// What it defines.
        kind: Kind,
        /// Its identifier.
        id: Id,
        /// Its version.
        version: String,
        /// SHA-256 of the canonical JSON, 64 hexadecimal digits: what facts made under it are pinned to.
        hash: String,
        /// The canonical JSON itself.
        canonical: Value,
        /// The definition it was laid over, by hash: an earlier fact of the same stream. None for one
        /// that stands by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base_hash: Option<String>,
    },
    /// Nothing of this kind and id is in force from this entry on.
    #[serde(rename = "definition.retired")]
    Retired {
        /// What it defined.
        kind: Kind,
        /// Its identifier.
        id: Id,
        /// The definition that was in force.
        hash: String,
        /// Why.
        reason: String,
    },
}

impl FactFamily for DefinitionFact {
    const FAMILY: &'static str = "definition";
}

impl DefinitionFact {
    /// The fact that a definition is in force.
    ///
    /// # Errors
    /// When its canonical form is no JSON, which `catalogue` does not produce.
    pub(crate) fn activated(
        definition: &Definition,
        base_hash: Option<String>,
    ) -> Result<Self, JournalError> {
        let canonical = serde_json::from_slice(&canonical_json(definition))
            .map_err(JournalError::decode("canonical form of a definition"))?;
        Ok(Self::Activated {
            kind: definition.kind(),
            id: definition.id().clone(),
            version: definition.version().to_owned(),
            hash: hash_hex(definition),
            canonical,
            base_hash,
        })
    }

    /// Kind and id, which together name a definition.
    pub fn key(&self) -> (Kind, &Id) {
        match self {
            Self::Activated { kind, id, .. } | Self::Retired { kind, id, .. } => (*kind, id),
        }
    }

    /// The stream of the definition: `definition/areas:communes-66`.
    pub fn stream(&self) -> StreamId {
        let (kind, id) = self.key();
        StreamId::new("definition", name(kind, id))
    }
}

/// A definition's name in streams, tables and messages: `areas:communes-66`.
pub(crate) fn name(kind: Kind, id: &Id) -> String {
    format!("{}:{id}", kind.word())
}
