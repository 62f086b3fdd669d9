use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::files::hex;
use crate::{Db, JournalError, Tx, params};

/// Opaque identity of a person whose values lie in the vault.
pub type PersonId = Uuid;

/// SHA-256 of salt and value: what a fact holds instead of a personal value. Without the salt, which
/// lies in the vault and goes with the value, it tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(pub String);

impl Commitment {
    fn of(salt: &[u8], value: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(salt);
        hasher.update(value.as_bytes());
        Commitment(hex(&hasher.finalize()))
    }
}

/// Personal values, outside the journal so that they can be erased: one row per person and field.
#[derive(Debug, Clone, Copy)]
pub struct Vault;

impl Vault {
    /// Stores a value in the transaction of the entry whose fact will carry the commitment. `salt` is 32
    /// random bytes made at the edge.
    pub async fn put(
        tx: &mut Tx,
        person: PersonId,
        field: &str,
        value: &str,
        salt: [u8; 32],
    ) -> Result<Commitment, JournalError> {
        tx.execute(
            "INSERT INTO vault (person, field, salt, value) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (person, field) DO UPDATE SET salt = $3, value = $4",
            params![person, field, salt.as_slice(), value],
        )
        .await?;
        Ok(Commitment::of(&salt, value))
    }

    /// A value, or nothing when it was never given or was erased.
    pub async fn get(
        db: &Db,
        person: PersonId,
        field: &str,
    ) -> Result<Option<String>, JournalError> {
        let row = db
            .row(
                "SELECT value FROM vault WHERE person = $1 AND field = $2",
                params![person, field],
            )
            .await?;
        row.map(|row| row.text("value")).transpose()
    }

    /// Takes all values of a person away and answers which fields there were. The commitments in facts
    /// stay and tell nothing: the salts are gone with the values.
    pub async fn erase(tx: &mut Tx, person: PersonId) -> Result<Vec<String>, JournalError> {
        let rows = tx
            .rows(
                "SELECT field FROM vault WHERE person = $1 ORDER BY field",
                params![person],
            )
            .await?;
        let fields = rows.iter().map(|row| row.text("field")).collect();
        tx.execute("DELETE FROM vault WHERE person = $1", params![person])
            .await?;
        fields
    }

    /// Whether the stored value is the one a fact committed to; `None` when it is gone.
    pub async fn matches(
        db: &Db,
        person: PersonId,
        field: &str,
        commitment: &Commitment,
    ) -> Result<Option<bool>, JournalError> {
        let row = db
            .row(
                "SELECT salt, value FROM vault WHERE person = $1 AND field = $2",
                params![person, field],
            )
            .await?;
        row.map(|row| Ok(Commitment::of(&row.bytes("salt")?, &row.text("value")?) == *commitment))
            .transpose()
    }
}
