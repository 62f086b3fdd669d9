use std::collections::BTreeMap;

use access::{FieldFault, Permission, Refusal, Scope};
use catalogue::{Definition, Fault, Id, Kind, canonical_json, check, from_canonical, hash_hex};
use viet::Lang;

use crate::fact::{DefinitionFact, name};

/// One change of what is in force.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// This definition, as it stands.
    Activate(Box<Definition>),
    /// A province's definition laid over the one it builds on.
    Overlay {
        /// What it builds on.
        base: Box<Definition>,
        /// The whole definition as the province wants it.
        over: Box<Definition>,
    },
    /// No definition of this kind and id any more.
    Retire {
        /// What it defines.
        kind: Kind,
        /// Its identifier.
        id: Id,
        /// Why; shown in the history.
        reason: String,
    },
}

impl Change {
    /// Puts a definition in force as it stands.
    pub fn activate(definition: Definition) -> Self {
        Self::Activate(Box::new(definition))
    }

    /// Lays a definition over another.
    pub fn overlay(base: Definition, over: Definition) -> Self {
        Self::Overlay {
            base: Box::new(base),
            over: Box::new(over),
        }
    }
}

/// A definition in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Active {
    /// The definition.
    pub definition: Definition,
    /// SHA-256 of its canonical JSON.
    pub hash: String,
    /// The definition it is laid over, when it is an overlay.
    pub base_hash: Option<String>,
}

/// What is in force, and what ever was.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// In force, by kind and id.
    pub active: BTreeMap<(Kind, Id), Active>,
    /// The hash under which each version was ever activated: a version says one thing for ever.
    pub versions: BTreeMap<(Kind, Id, String), String>,
}

/// The facts that changes come to, all of them together or none.
///
/// # Errors
/// - [`Refusal::NotAllowed`] without [`Permission::ActivateDefinitions`];
/// - [`Refusal::Invalid`] with every fault of the set that would be in force, fields named `kind:id`;
/// - [`Refusal::Conflict`] when a plain activation would throw away a province's overlay;
/// - [`Refusal::NotFound`] when what is to be retired is not in force.
pub fn decide(
    state: &State,
    changes: &[Change],
    scope: &Scope,
) -> Result<Vec<DefinitionFact>, Refusal> {
    scope.require(Permission::ActivateDefinitions)?;
    let mut next = state.clone();
    let mut facts = Vec::new();
    for change in changes {
        for fact in one(&next, change)? {
            next = evolve(next, &fact)?;
            facts.push(fact);
        }
    }
    if facts.is_empty() {
        return Ok(facts);
    }
    let written = written(changes);
    let as_written = |active: Active| match written.get(&active.hash) {
        Some(definition) => (*definition).clone(),
        None => active.definition,
    };
    let set: Vec<Definition> = next.active.into_values().map(as_written).collect();
    match check(&set) {
        faults if faults.is_empty() => Ok(facts),
        faults => Err(invalid("definitions", &faults)),
    }
}

/// The definitions as handed in, by hash: unlike stored ones they know the line of their file that a fault
/// stands on.
fn written(changes: &[Change]) -> BTreeMap<String, &Definition> {
    let mut written = BTreeMap::new();
    for change in changes {
        if let Change::Activate(one) | Change::Overlay { over: one, .. } = change {
            written.insert(hash_hex(one), one.as_ref());
        }
    }
    written
}

fn one(state: &State, change: &Change) -> Result<Vec<DefinitionFact>, Refusal> {
    match change {
        Change::Activate(definition) => activate(state, definition),
        Change::Overlay { base, over } => overlay(state, base, over),
        Change::Retire { kind, id, reason } => retire(state, *kind, id, reason),
    }
}

fn activate(state: &State, definition: &Definition) -> Result<Vec<DefinitionFact>, Refusal> {
    let key = (definition.kind(), definition.id().clone());
    match state.active.get(&key) {
        Some(active) if active.hash == hash_hex(definition) => Ok(vec![]),
        Some(active) if active.base_hash.is_some() => {
            let name = name(key.0, &key.1);
            Err(Refusal::conflict(
                format!(
                    "{name} đang có bản phủ của địa phương; hãy đặt bản phủ lên bản mới, hoặc cho bản phủ thôi hiệu lực trước."
                ),
                format!(
                    "{name} has a local overlay; lay the overlay over the new version, or retire it first."
                ),
            ))
        }
        _ => {
            admissible(state, definition)?;
            Ok(vec![DefinitionFact::activated(definition, None)?])
        }
    }
}

fn overlay(
    state: &State,
    base: &Definition,
    over: &Definition,
) -> Result<Vec<DefinitionFact>, Refusal> {
    let field = name(over.kind(), over.id());
    catalogue::overlay(base, over).map_err(|fault| invalid(&field, &[*fault]))?;
    let (base_hash, hash) = (hash_hex(base), hash_hex(over));
    let key = (over.kind(), over.id().clone());
    let unchanged = state.active.get(&key).is_some_and(|active| {
        active.hash == hash && active.base_hash.as_deref() == Some(base_hash.as_str())
    });
    if unchanged {
        return Ok(vec![]);
    }
    admissible(state, base)?;
    admissible(state, over)?;
    let mut facts = Vec::new();
    let base_key = (base.kind(), base.id().clone(), base.version().to_owned());
    // The journal holds what an overlay builds on, so that it can be read without the binary it came with.
    if state.versions.get(&base_key) != Some(&base_hash) {
        facts.push(DefinitionFact::activated(base, None)?);
    }
    facts.push(DefinitionFact::activated(over, Some(base_hash))?);
    Ok(facts)
}

fn retire(
    state: &State,
    kind: Kind,
    id: &Id,
    reason: &str,
) -> Result<Vec<DefinitionFact>, Refusal> {
    let active = state
        .active
        .get(&(kind, id.clone()))
        .ok_or(Refusal::NotFound)?;
    if reason.trim().is_empty() {
        return Err(Refusal::invalid(
            "reason",
            "Hãy ghi lý do thôi hiệu lực.",
            "Say why it is retired.",
        ));
    }
    Ok(vec![DefinitionFact::Retired {
        kind,
        id: id.clone(),
        hash: active.hash.clone(),
        reason: reason.trim().to_owned(),
    }])
}

/// What is kept must read back, and a version that was ever in force must not come to mean something else.
fn admissible(state: &State, definition: &Definition) -> Result<(), Refusal> {
    let field = name(definition.kind(), definition.id());
    if let Err(error) = from_canonical(&canonical_json(definition)) {
        return Err(match error {
            catalogue::CanonicalError::Faults(faults) => invalid(&field, &faults),
            other => Refusal::invalid(
                &field,
                format!("Không đọc lại được định nghĩa: {other}"),
                format!("The definition does not read back: {other}"),
            ),
        });
    }
    let version = definition.version();
    let key = (
        definition.kind(),
        definition.id().clone(),
        version.to_owned(),
    );
    match state.versions.get(&key) {
        Some(known) if *known != hash_hex(definition) => Err(Refusal::invalid(
            &field,
            format!(
                "Phiên bản {version} đã được dùng với nội dung khác; hãy đặt số phiên bản mới."
            ),
            format!("Version {version} was in force with another content; give it a new version."),
        )),
        _ => Ok(()),
    }
}

fn invalid(field: &str, faults: &[Fault]) -> Refusal {
    let faults = faults
        .iter()
        .map(|fault| FieldFault::new(field, fault.render(Lang::Vi), fault.render(Lang::En)));
    Refusal::Invalid {
        faults: faults.collect(),
    }
}

/// The state after a fact.
///
/// # Errors
/// When the definition in the fact does not read back.
pub fn evolve(mut state: State, fact: &DefinitionFact) -> Result<State, journal::JournalError> {
    match fact {
        DefinitionFact::Activated {
            kind,
            id,
            version,
            hash,
            canonical,
            base_hash,
        } => {
            let definition = read(*kind, id, canonical.to_string().as_bytes())?;
            let active = Active {
                definition,
                hash: hash.clone(),
                base_hash: base_hash.clone(),
            };
            state.active.insert((*kind, id.clone()), active);
            let version = (*kind, id.clone(), version.clone());
            state.versions.insert(version, hash.clone());
        }
        DefinitionFact::Retired { kind, id, .. } => {
            state.active.remove(&(*kind, id.clone()));
        }
    }
    Ok(state)
}

/// A definition from its canonical JSON, the fault naming which.
pub(crate) fn read(
    kind: Kind,
    id: &Id,
    canonical: &[u8],
) -> Result<Definition, journal::JournalError> {
    from_canonical(canonical).map_err(|error| {
        journal::JournalError::Invariant(format!("definition {}: {error}", name(kind, id)))
    })
}
