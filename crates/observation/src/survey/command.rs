//! The edge: load, decide, write.

use access::{Refusal, Scope};
use journal::{Journal, JournalError, NewFact, WriteTx, Written};

use super::{
    AnswerRow, ReceiveSurvey, SurveyFact, SurveyState, TellSurvey, decide_receive_survey,
    decide_tell_survey, decide_withdraw_survey,
};
use crate::command::{context, load};
use crate::{Book, SeriesKey, SurveyId};

async fn load_survey(tx: &mut WriteTx, id: SurveyId) -> Result<SurveyState, JournalError> {
    let stream = tx.load(&id.stream()).await?;
    stream.fold(SurveyState::default(), |state, fact: SurveyFact, _| {
        state.evolve(fact)
    })
}

/// Takes the answers to a survey in. The file that holds them lies in the file store already.
///
/// # Errors
/// See [`decide_receive_survey`]; the store.
pub async fn receive_survey(
    journal: &Journal,
    scope: &Scope,
    command: &ReceiveSurvey,
    book: Book<'_>,
    key: Option<String>,
) -> Result<Written, Refusal> {
    let today = journal.today();
    journal
        .write(
            &context(scope, "observation.receive_survey", key),
            async |tx| {
                let state = load_survey(tx, command.id).await?;
                let fact = decide_receive_survey(&state, command, book, scope, today)?;
                Ok(vec![NewFact::of(command.id.stream(), &fact)?])
            },
        )
        .await
}

/// Records what a survey tells about one question, in one entry with the observation.
///
/// # Errors
/// See [`decide_tell_survey`]; the store.
pub async fn tell_survey(
    journal: &Journal,
    scope: &Scope,
    command: &TellSurvey,
    rows: &[AnswerRow],
    book: Book<'_>,
    key: Option<String>,
) -> Result<Written, Refusal> {
    let today = journal.today();
    journal
        .write(
            &context(scope, "observation.tell_survey", key),
            async |tx| {
                let state = load_survey(tx, command.survey).await?;
                let received = state.received.as_ref().ok_or(Refusal::NotFound)?;
                let asked =
                    (received.questions.get(command.question as usize)).ok_or(Refusal::NotFound)?;
                let series =
                    load(tx, &SeriesKey::new(asked.indicator.clone(), received.area)).await?;
                let (key, recorded, told) =
                    decide_tell_survey(&state, &series, command, rows, book, scope, today)?;
                Ok(vec![
                    NewFact::of(key.stream(), &recorded)?,
                    NewFact::of(command.survey.stream(), &told)?,
                ])
            },
        )
        .await
}

/// Withdraws a survey handed in by mistake; what was recorded from it is withdrawn figure by figure.
///
/// # Errors
/// See [`decide_withdraw_survey`]; the store.
pub async fn withdraw_survey(
    journal: &Journal,
    scope: &Scope,
    id: SurveyId,
    reason: &str,
    key: Option<String>,
) -> Result<Written, Refusal> {
    journal
        .write(
            &context(scope, "observation.withdraw_survey", key),
            async |tx| {
                let state = load_survey(tx, id).await?;
                let fact = decide_withdraw_survey(&state, reason, scope)?;
                Ok(vec![NewFact::of(id.stream(), &fact)?])
            },
        )
        .await
}
