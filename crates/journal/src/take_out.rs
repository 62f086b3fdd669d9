//! Taking content out for good, whatever engine it belongs to: facts, files, batches, rows, jobs.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use uuid::Uuid;

use crate::projection::follows;
use crate::{
    BatchRemoved, Content, FactLeft, FactPlace, FactsRemoved, FileHash, FileRemoved, Grounds,
    Journal, JournalError, Kept, NewFact, RecordedFact, RemovalFact, StreamId, Tx, WriteTx, params,
};

/// What projections are told of a removal: the facts are gone from the journal already.
#[derive(Debug)]
pub struct Gone<'a> {
    /// Things of which nothing stays.
    pub streams: &'a [StreamId],
    /// Things that lost words, with the facts as they stand now.
    pub reduced: Vec<(StreamId, Vec<RecordedFact>)>,
}

/// What a removal came to, inside its command.
#[derive(Debug)]
pub struct TakenOut {
    /// The facts that name all of it: the facts of the command.
    pub facts: Vec<NewFact>,
    /// Files to be taken from the store once the command is recorded.
    pub files: Vec<FileHash>,
}

/// What was found to go.
#[derive(Default)]
struct Found {
    places: Vec<FactPlace>,
    left: Vec<(FactPlace, Json)>,
    files: BTreeSet<FileHash>,
    batches: BTreeSet<FileHash>,
    reduced: BTreeSet<StreamId>,
}

impl Journal {
    /// Files and batches that a fact names.
    ///
    /// # Errors
    /// When the fact cannot be read.
    pub fn kept_by(&self, fact: &RecordedFact) -> Result<Vec<Kept>, JournalError> {
        let mut kept = Vec::new();
        for projection in self.projections.iter() {
            if follows(projection.as_ref(), &fact.kind) {
                kept.extend(projection.keeps(fact)?);
            }
        }
        Ok(kept)
    }

    /// Things whose facts name some of these files and batches, each with what it names.
    ///
    /// # Errors
    /// The database.
    pub async fn holders(
        &self,
        tx: &mut Tx,
        hashes: &BTreeSet<FileHash>,
    ) -> Result<Vec<(FileHash, StreamId)>, JournalError> {
        let mut holders = Vec::new();
        if hashes.is_empty() {
            return Ok(holders);
        }
        for projection in self.projections.iter() {
            holders.extend(projection.holders(tx, hashes).await?);
        }
        Ok(holders)
    }

    /// Takes content out, inside a command: every fact of the named things, the batches and files that
    /// only these name, the words of the named files in facts of others, the rows of all projections,
    /// and jobs about the things. `None` when nothing of it is there. Files are still in the store
    /// afterwards: see [`Journal::clear_away`].
    ///
    /// # Errors
    /// The database; an entry that is not as it was written.
    pub async fn take_out(
        &self,
        tx: &mut WriteTx,
        removal: Uuid,
        content: &Content,
        grounds: &Grounds,
    ) -> Result<Option<TakenOut>, JournalError> {
        let found = self.find(tx, content).await?;
        let mut there = !found.places.is_empty() || !found.left.is_empty();
        for file in &found.files {
            there |= self.files().has(file).await?;
        }
        if !there {
            return Ok(None);
        }
        tx.remove_facts(&found.places).await?;
        tx.reduce_facts(&found.left).await?;
        for batch in &found.batches {
            tx.remove_batch(batch).await?;
        }
        let mut gone = Gone {
            streams: &content.streams,
            reduced: Vec::new(),
        };
        for stream in &found.reduced {
            gone.reduced
                .push((stream.clone(), tx.load(stream).await?.facts));
        }
        for projection in self.projections.iter() {
            projection.forget(tx.sql(), &gone).await?;
        }
        forget_jobs(tx.sql(), &content.streams).await?;
        let facts = told(removal, content, &found, grounds)?;
        Ok(Some(TakenOut {
            facts,
            files: found.files.into_iter().collect(),
        }))
    }

    async fn find(&self, tx: &mut WriteTx, content: &Content) -> Result<Found, JournalError> {
        let mut found = Found {
            reduced: content.reduced.iter().cloned().collect(),
            ..Found::default()
        };
        for stream in &content.streams {
            for fact in tx.load(stream).await?.facts {
                found.places.push(place_of(&fact));
                for kept in self.kept_by(&fact)? {
                    match kept {
                        Kept::File(file) => found.files.insert(file),
                        Kept::Batch(batch) => found.batches.insert(batch),
                    };
                }
            }
        }
        found.files.extend(content.files.iter().cloned());
        let all = found.files.union(&found.batches).cloned().collect();
        for (hash, stream) in self.holders(tx.sql(), &all).await? {
            if content.streams.contains(&stream) {
                continue;
            }
            if content.files.contains(&hash) {
                found.reduced.insert(stream);
            } else {
                // Something that stays rests on it as well.
                found.files.remove(&hash);
                found.batches.remove(&hash);
            }
        }
        for stream in &found.reduced {
            for fact in tx.load(stream).await?.facts {
                for projection in self.projections.iter() {
                    if let Some(data) = projection.without(&fact, content)? {
                        found.left.push((place_of(&fact), data));
                    }
                }
            }
        }
        Ok(found)
    }

    /// Takes removed files from the store and clears the database's remains: after the removal is
    /// recorded, and again at the next start when it could not be finished.
    ///
    /// # Errors
    /// When a file is there and cannot be taken away.
    pub async fn clear_away(&self, files: &[FileHash]) -> Result<(), JournalError> {
        for file in files {
            self.files().remove(file).await?;
        }
        self.db().scrub(&[]).await;
        Ok(())
    }
}

fn place_of(fact: &RecordedFact) -> FactPlace {
    FactPlace {
        seq: fact.seq,
        ix: fact.ix,
    }
}

/// Jobs about things that are gone, with what they were asked and what they answered. One that runs
/// finds at its next step that it was taken away.
async fn forget_jobs(tx: &mut Tx, streams: &[StreamId]) -> Result<(), JournalError> {
    let jobs = tx.rows("SELECT id, input, output FROM job", vec![]).await?;
    for job in jobs {
        let text = job.text("input")? + &job.opt_text("output")?.unwrap_or_default();
        if streams
            .iter()
            .any(|stream| text.contains(stream.identity()))
        {
            tx.execute("DELETE FROM job WHERE id = $1", params![job.text("id")?])
                .await?;
        }
    }
    Ok(())
}

/// The facts of a removal.
fn told(
    removal: Uuid,
    content: &Content,
    found: &Found,
    grounds: &Grounds,
) -> Result<Vec<NewFact>, JournalError> {
    let mut facts = vec![RemovalFact::FactsRemoved(FactsRemoved {
        facts: found.places.clone(),
        left: found
            .left
            .iter()
            .map(|(place, data)| FactLeft::of(*place, data))
            .collect::<Result<_, _>>()?,
        things: content.streams.clone(),
        grounds: grounds.clone(),
    })];
    facts.extend(found.files.iter().map(|file| {
        RemovalFact::FileRemoved(FileRemoved {
            file: file.clone(),
            grounds: grounds.clone(),
        })
    }));
    facts.extend(found.batches.iter().map(|batch| {
        RemovalFact::BatchRemoved(BatchRemoved {
            batch: batch.clone(),
            grounds: grounds.clone(),
        })
    }));
    facts
        .iter()
        .map(|fact| NewFact::of(StreamId::new("removal", removal), fact))
        .collect()
}
