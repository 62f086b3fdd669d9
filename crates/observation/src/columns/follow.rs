//! How the columns follow the journal.

use std::collections::BTreeSet;
use std::time::Duration;

use access::{AsKnown, Refusal, Scope};
use journal::{FactFamily, FileHash, Journal, JournalError, RecordedFact, RemovalFact, Seq};
use tokio_util::sync::CancellationToken;

use super::Columns;
use super::held::Held;
use super::load;
use super::rows::{NewRow, Place, Rows};
use crate::{
    BatchAccepted, BatchFact, BatchReturned, BatchRow, BatchUndone, Observation, ObservationId,
    SeriesFact, SeriesKey, decode_batch,
};

/// Entries taken at a time.
const CHUNK: i64 = 200;

/// How long to wait after a fault.
const PAUSE: Duration = Duration::from_secs(1);

/// What a fact does to the rows. Read and decoded before anybody has to wait.
enum Step {
    Record(Box<Observation>),
    Withdraw(SeriesKey, ObservationId),
    Publish(SeriesKey, ObservationId),
    Accept(Box<BatchAccepted>, Vec<BatchRow>, RecordedFact),
    Undo(Seq, Vec<BatchRow>),
}

/// What a chunk of facts comes to.
#[derive(Default)]
struct Taken {
    steps: Vec<Step>,
    /// Definitions changed.
    defined: bool,
    /// Something was removed from the record.
    removed: bool,
}

impl Columns {
    /// Follows the journal until told to stop: fills the columns, then takes in what comes, whichever process writes
    /// it, as long as somebody runs [`Journal::follow_others`]. A fault is logged and tried again: questions are
    /// answered from the tables meanwhile.
    pub async fn run(&self, stop: CancellationToken) {
        let mut reach = self.journal.follow();
        while !stop.is_cancelled() {
            reach.mark_unchanged();
            match self.follow().await {
                Ok(_) => {
                    tokio::select! { _ = reach.changed() => {}, () = stop.cancelled() => {} }
                }
                Err(error) => {
                    tracing::error!(%error, "columns of figures");
                    tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.cancelled() => {} }
                }
            }
        }
    }

    /// Takes in everything recorded so far; the entry reached.
    ///
    /// # Errors
    /// When the store fails; the columns then stand where they stood.
    pub async fn follow(&self) -> Result<Seq, Refusal> {
        let mut line = self.line.lock().await;
        let now = self.journal.follow().borrow().line;
        // What was filled from another line of the journal holds what is no longer on record.
        if *line != Some(now) {
            self.put(None);
        }
        loop {
            let Some(reached) = self.reached() else {
                self.fill().await?;
                *line = Some(now);
                continue;
            };
            let facts = self.journal.facts_after(reached, CHUNK).await?;
            let Some(last) = facts.last().map(|fact| fact.seq) else {
                return Ok(reached);
            };
            if let Err(error) = self.take(facts, last).await {
                // What one entry says cannot be read, such as a batch that a later one removed. The tables can.
                tracing::warn!(%error, reached, "columns of figures are filled anew");
                self.put(None);
            }
        }
    }

    async fn fill(&self) -> Result<(), Refusal> {
        let head = self.journal.head().await?.seq;
        let as_known = AsKnown::at(head, self.journal.today());
        let rows = load::everything(self.journal.db(), &as_known).await?;
        let directory = self.directory_now().await?;
        self.put(Some(Held::new(rows, self.layout(directory), head)));
        Ok(())
    }

    async fn directory_now(&self) -> Result<std::sync::Arc<activation::Directory>, Refusal> {
        let now = AsKnown::now(self.journal.today());
        self.directories.load(&Scope::system(), now).await
    }

    async fn take(&self, facts: Vec<RecordedFact>, last: Seq) -> Result<(), Refusal> {
        let taken = read(&self.journal, facts).await?;
        if taken.removed {
            // Gone at once; the columns are filled anew from what is left.
            self.put(None);
            return Ok(());
        }
        let layout = match taken.defined {
            true => Some(self.layout(self.directory_now().await?)),
            false => None,
        };
        self.change(|held| {
            held.change(|rows, places| {
                for step in taken.steps {
                    apply(rows, places, step);
                }
            });
            if let Some(layout) = layout {
                held.lay_out(layout);
            }
            held.reached = last;
        });
        Ok(())
    }
}

async fn read(journal: &Journal, facts: Vec<RecordedFact>) -> Result<Taken, JournalError> {
    let mut taken = Taken::default();
    for fact in facts {
        taken.defined |= fact.stream.family() == "definition";
        if let Some(removal) = RemovalFact::read(&fact)? {
            taken.removed |= match removal {
                RemovalFact::FactsRemoved(_) | RemovalFact::BatchRemoved(_) => true,
                RemovalFact::PersonErased(_) | RemovalFact::FileRemoved(_) => false,
            };
        } else if let Some(series) = SeriesFact::read(&fact)? {
            taken.steps.extend(series_step(series, &fact)?);
        } else if let Some(batch) = BatchFact::read(&fact)? {
            taken.steps.extend(batch_step(journal, batch, fact).await?);
        }
    }
    Ok(taken)
}

/// None for a part: columns hold wholes.
fn series_step(series: SeriesFact, fact: &RecordedFact) -> Result<Option<Step>, JournalError> {
    let key = SeriesKey::of_stream(&fact.stream)
        .ok_or_else(|| JournalError::Invariant(format!("{} names no series", fact.stream)))?;
    if !key.breakdown.is_whole() {
        return Ok(None);
    }
    Ok(Some(match series {
        SeriesFact::Recorded(data) => {
            Step::Record(Box::new(Observation::recorded(key, *data, fact)))
        }
        SeriesFact::Withdrawn(data) => Step::Withdraw(key, data.id),
        SeriesFact::Published(data) => Step::Publish(key, data.id),
    }))
}

async fn batch_step(
    journal: &Journal,
    batch: BatchFact,
    fact: RecordedFact,
) -> Result<Option<Step>, JournalError> {
    match batch {
        BatchFact::Accepted(data) => {
            let rows = rows_of(journal, &data.content).await?;
            Ok(Some(Step::Accept(data, rows, fact)))
        }
        BatchFact::Undone(BatchUndone { batch, .. })
        | BatchFact::Returned(BatchReturned { batch, .. }) => {
            match load::batch(journal.db(), batch).await? {
                Some((seq, content)) => {
                    Ok(Some(Step::Undo(seq, rows_of(journal, &content).await?)))
                }
                None => Ok(None),
            }
        }
        BatchFact::Confirmed(_) => Ok(None),
    }
}

async fn rows_of(journal: &Journal, content: &FileHash) -> Result<Vec<BatchRow>, JournalError> {
    decode_batch(content, &journal.batch(content.as_str()).await?)
}

/// The rows of a batch that tell wholes, with their numbers.
fn wholes(rows: Vec<BatchRow>) -> impl Iterator<Item = (u32, BatchRow)> {
    let numbered = (0..).zip(rows);
    numbered.filter(|(_, row)| row.key.breakdown.is_whole())
}

fn apply(rows: &mut Rows, places: &mut BTreeSet<Place>, step: Step) {
    match step {
        Step::Record(observation) => {
            places.insert(rows.add(&NewRow::of(&observation)));
        }
        Step::Withdraw(key, id) => places.extend(rows.withdraw(&key, id)),
        Step::Publish(key, id) => places.extend(rows.publish(&key, id)),
        Step::Accept(batch, values, fact) => {
            for (number, value) in wholes(values) {
                let observation = Observation::of_batch(&batch, number, value, &fact);
                places.insert(rows.add(&NewRow::of(&observation)));
            }
        }
        Step::Undo(seq, values) => {
            for (number, value) in wholes(values) {
                let at = (seq, number);
                places.extend(rows.remove(&value.key, value.figure.period, at));
            }
        }
    }
}
