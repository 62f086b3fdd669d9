//! The edge: load, decide, write.

use access::{Refusal, Scope};
use activation::Directory;
use journal::{Journal, NewFact, Seq, WriteContext, WriteTx, Written, params};

use super::decide::{CampaignCommand, decide_campaign, record_of, taken_back};
use super::fact::{CampaignFact, Said};
use super::open::{Open, decide_open};
use super::state::CampaignState;
use crate::command::{beside, key_of, load as load_series};
use crate::decide::{Withdraw, decide_withdraw};
use crate::{Book, CampaignId, ObservationId, SeriesFact, decide_record};

async fn load(tx: &mut WriteTx, id: CampaignId) -> Result<CampaignState, Refusal> {
    let stream = tx.load(&id.stream()).await?;
    let state = stream.fold(CampaignState::default(), |state, fact: CampaignFact, at| {
        state.evolve(fact, at)
    })?;
    Ok(state)
}

/// Opens a season under the definition in force. `key` makes a repeated form harmless.
///
/// # Errors
/// See [`decide_open`]; the store.
pub async fn open_campaign(
    journal: &Journal,
    scope: &Scope,
    id: CampaignId,
    command: &Open,
    directory: &Directory,
    key: Option<String>,
) -> Result<Written, Refusal> {
    let today = journal.today();
    let context = WriteContext::new(scope.actor(), "campaign.open").with_key(key);
    journal
        .write(&context, async |tx| {
            let twin = tx
                .sql()
                .row(
                    "SELECT id FROM campaign WHERE definition = $1 AND year = $2 AND area_key = $3 \
                     AND known_to IS NULL LIMIT 1",
                    params![
                        command.definition.as_str(),
                        i64::from(command.year),
                        command.area.to_string()
                    ],
                )
                .await?;
            let fact = decide_open(command, twin.is_some(), directory, scope, today)?;
            Ok(vec![NewFact::of(id.stream(), &fact)?])
        })
        .await
}

/// Does something with a season. A figure that an answer gives is recorded as an observation in the same
/// entry, and taken back in the entry that returns or withdraws the answer. `expected` is the version of the
/// request (of the season, where the command names none) the form was filled against.
///
/// # Errors
/// See [`decide_campaign`] and [`decide_record`]; [`Refusal::Stale`]; the store.
pub async fn command_campaign(
    journal: &Journal,
    scope: &Scope,
    id: CampaignId,
    command: &CampaignCommand,
    book: Book<'_>,
    (key, expected): (Option<String>, Option<Seq>),
) -> Result<Written, Refusal> {
    let today = journal.today();
    let context = WriteContext::new(scope.actor(), command.name()).with_key(key);
    journal
        .write(&context, async |tx| {
            let state = load(tx, id).await?;
            let facts = decide_campaign(&state, command, book.directory, scope, today)?;
            let version = match command.request() {
                Some(request) => state.request(request).map_or(0, |r| r.version),
                None => state.version,
            };
            if expected.is_some_and(|seen| seen != version) {
                return Err(Refusal::Stale);
            }
            let mut new = Vec::with_capacity(facts.len() + 1);
            for fact in &facts {
                new.push(NewFact::of(id.stream(), fact)?);
                if let Some((answer, reason)) = taken_back(&state, fact)
                    && let Said::Figure { observation, .. } = &answer.said
                {
                    new.extend(withdrawal(tx, scope, *observation, reason).await?);
                }
            }
            if let Some(record) = record_of(&state, command, today) {
                let series = load_series(tx, &record.key).await?;
                let beside = beside(tx, &record.key, book).await?;
                let fact = decide_record(&series, &beside, &record, book, scope, today)?;
                new.push(NewFact::of(record.key.stream(), &fact)?);
            }
            Ok(new)
        })
        .await
}

/// The fact that a figure is taken back; none where somebody took it back before.
async fn withdrawal(
    tx: &mut WriteTx,
    scope: &Scope,
    id: ObservationId,
    reason: String,
) -> Result<Option<NewFact>, Refusal> {
    let series = match key_of(tx, id).await {
        Ok(series) => series,
        Err(Refusal::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let state = load_series(tx, &series).await?;
    let command = Withdraw {
        id,
        reason,
        expected: None,
    };
    let fact: SeriesFact = decide_withdraw(&state, &command, scope)?;
    Ok(Some(NewFact::of(series.stream(), &fact)?))
}
