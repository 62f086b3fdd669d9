//! The edge: load, decide, write.

use std::collections::BTreeSet;

use access::{Refusal, Scope};
use journal::{
    FileHash, Journal, JournalError, NewFact, StreamId, WriteContext, WriteTx, Written, params,
};

use crate::projection::{COLUMNS, read_key, read_observation};
use crate::{
    AcceptBatch, Against, BatchFact, BatchId, BatchState, Book, ImportId, JudgeBatch, Judgement,
    Observation, ObservationId, Publish, Record, SeriesFact, SeriesKey, SeriesState, UndoBatch,
    Withdraw, decide_accept_batch, decide_judge_batch, decide_publish, decide_record,
    decide_undo_batch, decide_withdraw, encode_batch, parts, relations,
};

pub(crate) fn context(scope: &Scope, command: &str, key: Option<String>) -> WriteContext {
    WriteContext::new(scope.actor(), command).with_key(key)
}

/// The state of a series from the table, which also holds the rows of batches.
pub(crate) async fn load(tx: &mut WriteTx, key: &SeriesKey) -> Result<SeriesState, JournalError> {
    let of_key = || {
        params![
            key.indicator.as_str(),
            key.area.to_string(),
            key.breakdown.to_string()
        ]
    };
    let rows = tx
        .sql()
        .rows(
            &format!(
                "SELECT {COLUMNS} FROM observation \
                 WHERE indicator = $1 AND area_key = $2 AND breakdown = $3 AND known_to IS NULL ORDER BY seq, row_no"
            ),
            of_key(),
        )
        .await?;
    let version = tx
        .sql()
        .row(
            "SELECT COALESCE(MAX(known_from), 0) AS began, COALESCE(MAX(known_to), 0) AS ended \
             FROM observation WHERE indicator = $1 AND area_key = $2 AND breakdown = $3",
            of_key(),
        )
        .await?;
    Ok(SeriesState {
        observations: rows
            .iter()
            .map(read_observation)
            .collect::<Result<_, _>>()?,
        version: match version {
            Some(row) => row.int("began")?.max(row.int("ended")?),
            None => 0,
        },
    })
}

/// What stands of the whole of a series and of its parts by organisation, where these are held against each other, and
/// of the series it must fit.
pub(crate) async fn beside(
    tx: &mut WriteTx,
    key: &SeriesKey,
    book: Book<'_>,
) -> Result<Vec<Observation>, JournalError> {
    let mut indicators = BTreeSet::new();
    if parts::adds_up(key, book.directory) {
        indicators.insert(key.indicator.clone());
    }
    let related = relations::related(key, book.directory);
    indicators.extend(related.into_iter().map(|key| key.indicator));
    let mut found = Vec::new();
    for indicator in indicators {
        let sql = format!(
            "SELECT {COLUMNS} FROM observation \
             WHERE indicator = $1 AND area_key = $2 AND known_to IS NULL ORDER BY seq, row_no"
        );
        let of = params![indicator.as_str(), key.area.to_string()];
        for row in &tx.sql().rows(&sql, of).await? {
            found.push(read_observation(row)?);
        }
    }
    Ok(found)
}

/// The series an observation that stands belongs to.
pub(crate) async fn key_of(tx: &mut WriteTx, id: ObservationId) -> Result<SeriesKey, Refusal> {
    let row = tx
        .sql()
        .row(
            "SELECT indicator, area_key, breakdown FROM observation WHERE id = $1 AND known_to IS NULL",
            params![id.0],
        )
        .await?
        .ok_or(Refusal::NotFound)?;
    Ok(read_key(&row)?)
}

async fn load_batch(tx: &mut WriteTx, batch: BatchId) -> Result<BatchState, JournalError> {
    let stream = tx.load(&batch.stream()).await?;
    stream.fold(BatchState::default(), |state, fact: BatchFact, _| {
        state.evolve(fact)
    })
}

/// Records one value. `key` makes a repeated form harmless.
///
/// # Errors
/// See [`decide_record`]; the store.
pub async fn record(
    journal: &Journal,
    scope: &Scope,
    command: &Record,
    book: Book<'_>,
    key: Option<String>,
) -> Result<Written, Refusal> {
    let today = journal.today();
    journal
        .write(&context(scope, "observation.record", key), async |tx| {
            let state = load(tx, &command.key).await?;
            let beside = beside(tx, &command.key, book).await?;
            let fact = decide_record(&state, &beside, command, book, scope, today)?;
            Ok(vec![NewFact::of(command.key.stream(), &fact)?])
        })
        .await
}

/// Withdraws a value recorded by mistake.
///
/// # Errors
/// See [`decide_withdraw`]; the store.
pub async fn withdraw(
    journal: &Journal,
    scope: &Scope,
    command: &Withdraw,
    key: Option<String>,
) -> Result<Written, Refusal> {
    journal
        .write(&context(scope, "observation.withdraw", key), async |tx| {
            let series = key_of(tx, command.id).await?;
            let state = load(tx, &series).await?;
            let fact: SeriesFact = decide_withdraw(&state, command, scope)?;
            Ok(vec![NewFact::of(series.stream(), &fact)?])
        })
        .await
}

/// Lets everybody see a value; nothing is written when everybody sees it already.
///
/// # Errors
/// See [`decide_publish`]; the store.
pub async fn publish(
    journal: &Journal,
    scope: &Scope,
    command: &Publish,
    key: Option<String>,
) -> Result<Written, Refusal> {
    journal
        .write(&context(scope, "observation.publish", key), async |tx| {
            let series = key_of(tx, command.id).await?;
            let state = load(tx, &series).await?;
            match decide_publish(&state, command, scope)? {
                Some(fact) => Ok(vec![NewFact::of(series.stream(), &fact)?]),
                None => Ok(vec![]),
            }
        })
        .await
}

/// Accepts many values at once; a row without a source takes the batch's.
///
/// # Errors
/// See [`decide_accept_batch`]; [`Refusal::Stale`] when a series was added to or taken from since the rows
/// were reviewed; the store.
pub async fn accept_batch(
    journal: &Journal,
    scope: &Scope,
    mut command: AcceptBatch,
    book: Book<'_>,
    key: Option<String>,
) -> Result<Written, Refusal> {
    for row in &mut command.rows {
        if row.figure.source.trim().is_empty() {
            row.figure.source.clone_from(&command.source);
        }
    }
    let today = journal.today();
    // Compressed before the head is taken: nobody waits for it.
    let content = encode_batch(&command.rows)?;
    let hash = FileHash::of(&content);
    journal
        .write(
            &context(scope, "observation.accept_batch", key),
            async |tx| {
                let state = load_batch(tx, command.batch).await?;
                if state.accepted.is_none()
                    && let Some(against) = &command.against
                    && moved(tx, against).await?
                {
                    return Err(Refusal::Stale);
                }
                let fact = decide_accept_batch(&state, &command, hash, book, scope, today)?;
                tx.store_batch(&content).await?;
                Ok(vec![NewFact::of(command.batch.stream(), &fact)?])
            },
        )
        .await
}

/// Was a series added to or taken from since the review? Any batch counts: its rows may be of any series.
async fn moved(tx: &mut WriteTx, against: &Against) -> Result<bool, JournalError> {
    let rows = tx
        .sql()
        .rows(
            "SELECT DISTINCT stream FROM journal_fact WHERE seq > $1 AND kind IN \
             ('series.recorded', 'series.withdrawn', 'batch.accepted', 'batch.undone', 'batch.returned')",
            params![against.seq],
        )
        .await?;
    for row in rows {
        let stream = StreamId::parse(&row.text("stream")?);
        match stream.and_then(|stream| SeriesKey::of_stream(&stream)) {
            Some(key) if !against.standing.contains_key(&key) => {}
            _ => return Ok(true),
        }
    }
    Ok(false)
}

/// Takes a batch back: none of its values is shown any longer.
///
/// # Errors
/// See [`decide_undo_batch`]; the store.
pub async fn undo_batch(
    journal: &Journal,
    scope: &Scope,
    command: &UndoBatch,
    key: Option<String>,
) -> Result<Written, Refusal> {
    journal
        .write(&context(scope, "observation.undo_batch", key), async |tx| {
            let state = load_batch(tx, command.batch).await?;
            let fact = decide_undo_batch(&state, command, scope)?;
            Ok(vec![NewFact::of(command.batch.stream(), &fact)?])
        })
        .await
}

/// Takes the batches of an import back that `which` names, in one entry.
///
/// # Errors
/// [`Refusal::NotFound`] when no batch of it stands; see [`decide_undo_batch`]; the store.
pub async fn undo_import(
    journal: &Journal,
    scope: &Scope,
    import: ImportId,
    which: impl Fn(BatchId) -> bool,
    reason: &str,
    key: Option<String>,
) -> Result<Written, Refusal> {
    journal
        .write(
            &context(scope, "observation.undo_import", key),
            async |tx| {
                let rows = tx
                    .sql()
                    .rows(
                        "SELECT id FROM observation_batch WHERE import = $1 AND known_to IS NULL \
                     ORDER BY seq",
                        params![import.0],
                    )
                    .await?;
                let mut facts = Vec::with_capacity(rows.len());
                for row in rows {
                    let batch: BatchId = row.parse("id")?;
                    if !which(batch) {
                        continue;
                    }
                    let command = UndoBatch {
                        batch,
                        reason: reason.to_owned(),
                    };
                    let state = load_batch(tx, batch).await?;
                    let fact = decide_undo_batch(&state, &command, scope)?;
                    facts.push(NewFact::of(batch.stream(), &fact)?);
                }
                if facts.is_empty() {
                    return Err(Refusal::NotFound);
                }
                Ok(facts)
            },
        )
        .await
}

/// Confirms or returns a batch that an agency handed in.
///
/// # Errors
/// See [`decide_judge_batch`]; the store.
pub async fn judge_batch(
    journal: &Journal,
    scope: &Scope,
    command: &JudgeBatch,
    key: Option<String>,
) -> Result<Written, Refusal> {
    let name = match command.judgement {
        Judgement::Confirm => "observation.confirm_batch",
        Judgement::Return { .. } => "observation.return_batch",
    };
    journal
        .write(&context(scope, name, key), async |tx| {
            let state = load_batch(tx, command.batch).await?;
            let fact = decide_judge_batch(&state, command, scope)?;
            Ok(vec![NewFact::of(command.batch.stream(), &fact)?])
        })
        .await
}
