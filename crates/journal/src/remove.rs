//! Taking content out of entries, in the transaction of the entry that says so. Besides `write`, nothing
//! else touches `journal_entry`.

use std::collections::{BTreeMap, BTreeSet};

use crate::log::{ENTRY_COLUMNS, read_entry};
use crate::payload::{parts, without};
use crate::removals::{ListedRemoval, RemovalList};
use crate::{
    Entry, FactFamily, FactPlace, FileHash, JournalError, NewFact, RecordedFact, RemovalFact, Seq,
    Tx, WriteTx, canonical_json, params,
};

/// What a transaction has taken out so far; its entry has to name all of it.
#[derive(Default)]
pub(crate) struct Removed {
    /// Facts, each with the SHA-256 of what is left of it.
    facts: BTreeMap<FactPlace, Option<FileHash>>,
    batches: BTreeSet<FileHash>,
    /// The line for the list kept apart.
    pub listed: Option<(RemovalList, ListedRemoval)>,
}

impl WriteTx {
    /// Takes the content of facts out of the entries they came with. Hashes stay as they are. The facts
    /// this command comes to must name every one of them in a [`RemovalFact::FactsRemoved`], or nothing
    /// is written. Rows of projections made from them are the caller's to take away: a rebuild makes
    /// them as if those facts had never been.
    ///
    /// # Errors
    /// When there is no such fact, or the entry is not as it was written.
    pub async fn remove_facts(&mut self, places: &[FactPlace]) -> Result<(), JournalError> {
        self.replace_facts(places.iter().map(|place| (*place, None)))
            .await
    }

    /// Takes some words out of facts: each reads as the data given from now on. The facts this command
    /// comes to must name every one of them in [`crate::FactsRemoved::left`], or nothing is written.
    ///
    /// # Errors
    /// See [`WriteTx::remove_facts`]; data that has no canonical form.
    pub async fn reduce_facts(
        &mut self,
        left: &[(FactPlace, serde_json::Value)],
    ) -> Result<(), JournalError> {
        let mut facts = Vec::with_capacity(left.len());
        for (place, data) in left {
            facts.push((*place, Some(canonical_json(data)?)));
        }
        self.replace_facts(facts).await
    }

    async fn replace_facts(
        &mut self,
        facts: impl IntoIterator<Item = (FactPlace, Option<Vec<u8>>)>,
    ) -> Result<(), JournalError> {
        let mut by_entry: BTreeMap<Seq, BTreeMap<i64, Option<Vec<u8>>>> = BTreeMap::new();
        for (place, left) in facts {
            let digest = left.as_deref().map(FileHash::of);
            self.removed.facts.insert(place, digest);
            by_entry
                .entry(place.seq)
                .or_default()
                .insert(place.ix, left);
        }
        for (seq, gone) in by_entry {
            remove_from_entry(self.sql(), seq, &gone).await?;
        }
        Ok(())
    }

    /// Takes a batch out of the journal's store. The facts this command comes to must name it in a
    /// [`RemovalFact::BatchRemoved`], or nothing is written. A batch that is not there is no fault.
    pub async fn remove_batch(&mut self, batch: &FileHash) -> Result<(), JournalError> {
        self.sql()
            .execute(
                "DELETE FROM journal_batch WHERE hash = $1",
                params![batch.as_str()],
            )
            .await?;
        self.removed.batches.insert(batch.clone());
        Ok(())
    }
}

async fn remove_from_entry(
    tx: &mut Tx,
    seq: Seq,
    gone: &BTreeMap<i64, Option<Vec<u8>>>,
) -> Result<(), JournalError> {
    let select = format!("SELECT {ENTRY_COLUMNS} FROM journal_entry WHERE seq = $1");
    let row = tx.row(&select, params![seq]).await?;
    let row = row.ok_or_else(|| JournalError::Invariant(format!("there is no entry {seq}")))?;
    let mut entry = read_entry(&row)?;
    entry.payload = without(&entry, gone)?;
    if entry.compute_hash()? != entry.hash {
        return Err(JournalError::Invariant(format!(
            "entry {seq} was altered: run `dotpha verify` before anything is taken out of it"
        )));
    }
    tx.execute(
        "UPDATE journal_entry SET payload = $1 WHERE seq = $2",
        params![entry.payload.as_slice(), seq],
    )
    .await?;
    move_index(tx, &entry).await
}

/// The facts behind a removed one now begin elsewhere.
async fn move_index(tx: &mut Tx, entry: &Entry) -> Result<(), JournalError> {
    for (ix, part) in (0i64..).zip(parts(entry.seq, &entry.payload)?) {
        tx.execute(
            "UPDATE journal_fact SET at_byte = $1, bytes = $2 WHERE seq = $3 AND ix = $4",
            params![part.at, part.bytes.len() as i64, entry.seq, ix],
        )
        .await?;
    }
    Ok(())
}

impl Removed {
    /// Everything that was taken out is named by the facts about to be written.
    pub(crate) fn is_named_by(&self, facts: &[NewFact]) -> Result<(), JournalError> {
        if self.facts.is_empty() && self.batches.is_empty() {
            return Ok(());
        }
        let (mut places, mut batches) = (BTreeMap::new(), BTreeSet::new());
        for fact in facts {
            match typed(fact)? {
                Some(RemovalFact::FactsRemoved(data)) => {
                    places.extend(data.facts.into_iter().map(|place| (place, None)));
                    let left = data.left.into_iter();
                    places.extend(left.map(|left| (left.place, Some(left.sha256))));
                }
                Some(RemovalFact::BatchRemoved(data)) => {
                    batches.insert(data.batch);
                }
                _ => {}
            }
        }
        let named = |(place, left)| places.get(place) == Some(left);
        if self.facts.iter().all(named) && self.batches.is_subset(&batches) {
            return Ok(());
        }
        Err(JournalError::Invariant(
            "a command that takes content out of the journal names all of it in its own facts"
                .into(),
        ))
    }
}

fn typed(fact: &NewFact) -> Result<Option<RemovalFact>, JournalError> {
    RemovalFact::read(&RecordedFact {
        seq: 0,
        ix: 0,
        recorded_at: 0,
        actor: crate::ActorId::SYSTEM,
        stream: fact.stream.clone(),
        kind: fact.kind.clone(),
        version: fact.version,
        data: fact.data.clone(),
    })
}
