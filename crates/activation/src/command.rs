use std::collections::BTreeMap;

use access::{Permission, Refusal, Scope};
use catalogue::{Definition, Id, Kind, hash_hex};
use journal::{Journal, NewFact, Row, Seq, Tx, WriteContext, Written, params};

use crate::decide::{Active, Change, State, decide, read};

/// A command: changes that are made together, in one entry, and checked as one set.
#[derive(Debug, Clone, Default)]
pub struct Activation {
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// The state the form was filled against, as [`crate::Directory::seq`] gave it.
    pub expected: Option<Seq>,
    /// Idempotency key of the form.
    pub key: Option<String>,
}

/// Makes changes of what is in force.
///
/// # Errors
/// See [`decide`]; [`Refusal::Stale`] when a definition changed after `expected`.
pub async fn change(
    journal: &Journal,
    scope: &Scope,
    activation: &Activation,
) -> Result<Written, Refusal> {
    scope.require(Permission::ActivateDefinitions)?;
    let context =
        WriteContext::new(scope.actor(), "definition.change").with_key(activation.key.clone());
    journal
        .write(&context, async |tx| {
            let (state, seq) = state(tx.sql()).await?;
            if activation.expected.is_some_and(|expected| expected != seq) {
                return Err(Refusal::Stale);
            }
            let facts = decide(&state, &activation.changes, scope)?;
            let new = facts.iter().map(|fact| NewFact::of(fact.stream(), fact));
            Ok(new.collect::<Result<_, _>>()?)
        })
        .await
}

/// Activates definitions as they stand; those already in force come to nothing.
///
/// # Errors
/// See [`change`].
pub async fn activate(
    journal: &Journal,
    scope: &Scope,
    definitions: &[Definition],
) -> Result<Written, Refusal> {
    let changes = definitions.iter().cloned().map(Change::activate).collect();
    let activation = Activation {
        changes,
        ..Activation::default()
    };
    change(journal, scope, &activation).await
}

/// What a first start does with the definitions of the binary: activates all of them when none was ever
/// in force. Later starts only [`offer`].
///
/// # Errors
/// See [`change`].
pub async fn activate_first(
    journal: &Journal,
    embedded: &[Definition],
) -> Result<Written, Refusal> {
    let known = journal
        .db()
        .row("SELECT hash FROM definition LIMIT 1", vec![])
        .await?;
    match known {
        Some(_) => Ok(Written::Nothing),
        None => activate(journal, &Scope::system(), embedded).await,
    }
}

/// How a definition of the binary stands to what is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeFromActive {
    /// Nothing of this kind and id is in force; it may have been retired.
    Absent,
    /// Another content is in force.
    Other,
    /// A province's overlay is in force that was laid over another content.
    OtherBase,
}

/// A definition that the binary carries and that is not what is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The definition of the binary.
    pub offered: Definition,
    /// What is in force.
    pub active: Option<Active>,
    /// How they differ.
    pub change: ChangeFromActive,
}

/// What a new binary carries that differs from what is in force. Nothing changes by it: an operator reads
/// it and accepts what is wanted.
///
/// # Errors
/// [`Refusal::NotAllowed`] without [`Permission::ActivateDefinitions`].
pub async fn offer(
    journal: &Journal,
    scope: &Scope,
    embedded: &[Definition],
) -> Result<Vec<Difference>, Refusal> {
    scope.require(Permission::ActivateDefinitions)?;
    let rows = journal.db().rows(ACTIVE, vec![]).await?;
    let active = read_active(&rows)?;
    let differences = embedded.iter().filter_map(|offered| {
        let active = active.get(&(offered.kind(), offered.id().clone()));
        let hash = hash_hex(offered);
        let change = match active {
            None => ChangeFromActive::Absent,
            Some(known) if known.hash == hash => return None,
            Some(known) => match &known.base_hash {
                Some(base) if *base == hash => return None,
                Some(_) => ChangeFromActive::OtherBase,
                None => ChangeFromActive::Other,
            },
        };
        Some(Difference {
            offered: offered.clone(),
            active: active.cloned(),
            change,
        })
    });
    Ok(differences.collect())
}

const ACTIVE: &str =
    "SELECT kind, id, version, hash, base_hash, canonical FROM definition WHERE known_to IS NULL";

/// The last entry that changed a definition, of those up to `$1`.
pub(crate) const LAST_CHANGE: &str = "SELECT COALESCE(MAX(seq), 0) AS seq FROM (\
     SELECT MAX(known_from) AS seq FROM definition WHERE known_from <= $1 UNION ALL \
     SELECT MAX(known_to) AS seq FROM definition WHERE known_to <= $1) changes";

/// What is in force and ever was, and the entry that changed it last.
async fn state(tx: &mut Tx) -> Result<(State, Seq), Refusal> {
    let active = read_active(&tx.rows(ACTIVE, vec![]).await?)?;
    let mut versions = BTreeMap::new();
    for row in tx
        .rows("SELECT kind, id, version, hash FROM definition", vec![])
        .await?
    {
        let (kind, id) = key(&row)?;
        versions.insert((kind, id, row.text("version")?), row.text("hash")?);
    }
    let last = tx.row(LAST_CHANGE, params![Seq::MAX]).await?;
    let seq = last.map_or(Ok(0), |row| row.int("seq"))?;
    Ok((State { active, versions }, seq))
}

fn read_active(rows: &[Row]) -> Result<BTreeMap<(Kind, Id), Active>, journal::JournalError> {
    let mut active = BTreeMap::new();
    for row in rows {
        let (kind, id) = key(row)?;
        let one = Active {
            definition: read(kind, &id, row.text("canonical")?.as_bytes())?,
            hash: row.text("hash")?,
            base_hash: row.opt_text("base_hash")?,
        };
        active.insert((kind, id), one);
    }
    Ok(active)
}

/// Kind and id of a row of `definition`.
pub(crate) fn key(row: &Row) -> Result<(Kind, Id), journal::JournalError> {
    let word = row.text("kind")?;
    let kind = Kind::from_word(&word).ok_or_else(|| {
        journal::JournalError::Invariant(format!("column kind holds {word:?}: no kind"))
    })?;
    Ok((kind, row.parse("id")?))
}
