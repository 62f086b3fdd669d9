//! Erasing a person: the values in the vault, the credentials, and with them the use of the account.
//! What was done under the account stays, under an identity that leads to nobody.

use journal::{
    ActorId, Grounds, Journal, JournalError, NewFact, PersonErased, PersonId, RemovalFact, Seq,
    StreamId, Subject, Vault, WriteContext, WriteTx, Written, params,
};
use uuid::Uuid;

use super::{Accounts, load};
use crate::account::{AccountChange, AccountFact, AccountState, account_stream, decide_account};
use crate::{FieldFault, Refusal, Scope};

/// Tables that held personal values.
const TABLES: [&str; 2] = ["vault", "credential"];

/// Longest reason and authority, in characters.
const MAX_GROUNDS: usize = 500;

/// What is wrong with the grounds of a removal; empty when nothing is.
pub fn grounds_faults(grounds: &Grounds) -> Vec<FieldFault> {
    let fields = [
        (
            "reason",
            &grounds.reason,
            "Hãy ghi lý do, không nhắc lại nội dung bị xoá",
            "Give the reason, without repeating what goes",
        ),
        (
            "authority",
            &grounds.authority,
            "Hãy ghi căn cứ: văn bản, yêu cầu hoặc điều luật",
            "Give what it rests on: a decision, a request or a law",
        ),
    ];
    fields
        .into_iter()
        .filter(|(_, text, ..)| text.trim().is_empty() || text.chars().count() > MAX_GROUNDS)
        .map(|(field, _, vi, en)| {
            FieldFault::new(
                field,
                format!("{vi}; nhiều nhất {MAX_GROUNDS} ký tự."),
                format!("{en}; at most {MAX_GROUNDS} characters."),
            )
        })
        .collect()
}

impl Accounts {
    /// Erases the personal values of an account's holder: name, login and credentials are gone for good,
    /// the account is closed for good, its history stays. The list of removals says so as well.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] without [`crate::Permission::ErasePerson`]; [`Refusal::Invalid`] for grounds
    /// that are empty or too long; [`Refusal::Conflict`] for one's own account; [`Refusal::Stale`] when the
    /// account changed after `expected`.
    pub async fn erase(
        &self,
        scope: &Scope,
        actor: ActorId,
        grounds: &Grounds,
        expected: Option<Seq>,
    ) -> Result<Written, Refusal> {
        let account = self.get(scope, actor, self.now()).await?;
        decide_account(&account, &AccountChange::Erase, scope)?;
        let faults = grounds_faults(grounds);
        if !faults.is_empty() {
            return Err(Refusal::Invalid { faults });
        }
        let context = WriteContext::new(scope.actor(), "account.erase");
        let journal = &self.journal;
        let written = journal
            .write(&context, async |tx| {
                let account = load(tx, actor).await?;
                if expected.is_some_and(|expected| expected != account.version) {
                    return Err(Refusal::Stale);
                }
                let facts = decide_account(&account, &AccountChange::Erase, scope)?;
                if facts.is_empty() {
                    return Ok(vec![]);
                }
                let mut new = facts
                    .iter()
                    .map(|fact| NewFact::of(account_stream(actor), fact))
                    .collect::<Result<Vec<_>, _>>()?;
                let removal = Uuid::now_v7();
                new.push(take_away(tx, account.person, grounds, removal).await?);
                let subject = Subject::Person {
                    person: account.person,
                    account: account_stream(actor),
                };
                tx.list_removal(journal.removal_list(), removal, subject)
                    .await?;
                Ok::<_, Refusal>(new)
            })
            .await?;
        journal.db().scrub(&TABLES).await;
        Ok(written)
    }
}

/// Erases a person once more: in a journal that was restored from a backup made before the erasure, or
/// whose vault was. Does nothing when nothing of the person is there.
///
/// # Errors
/// The store.
pub async fn erase_again(
    journal: &Journal,
    person: PersonId,
    account: &StreamId,
    grounds: &Grounds,
) -> Result<Written, Refusal> {
    // A restored database may have no accounts yet.
    journal.ensure(super::CREDENTIAL).await?;
    let context = WriteContext::new(ActorId::SYSTEM, "account.erase_again");
    let written = journal
        .write(&context, async |tx| {
            let known = match account.identity().parse() {
                Ok(actor) => match load(tx, actor).await {
                    Ok(account) => Some(account),
                    Err(Refusal::NotFound) => None,
                    Err(refusal) => return Err(refusal),
                },
                Err(_) => None,
            };
            let open = known.is_some_and(|known| known.state != AccountState::Erased);
            if !open && !holds(tx, person).await? {
                return Ok(vec![]);
            }
            let mut new = Vec::new();
            if open {
                new.push(NewFact::of(account.clone(), &AccountFact::Erased {})?);
            }
            new.push(take_away(tx, person, grounds, Uuid::now_v7()).await?);
            Ok(new)
        })
        .await?;
    journal.db().scrub(&TABLES).await;
    Ok(written)
}

/// Is there anything of a person left?
async fn holds(tx: &mut WriteTx, person: PersonId) -> Result<bool, JournalError> {
    for table in TABLES {
        let sql = format!("SELECT person FROM {table} WHERE person = $1");
        if tx.sql().row(&sql, params![person]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes the values and credentials of a person away; the fact that says so.
async fn take_away(
    tx: &mut WriteTx,
    person: PersonId,
    grounds: &Grounds,
    removal: Uuid,
) -> Result<NewFact, JournalError> {
    let fields = Vault::erase(tx.sql(), person).await?;
    tx.sql()
        .execute("DELETE FROM credential WHERE person = $1", params![person])
        .await?;
    let fact = RemovalFact::PersonErased(PersonErased {
        person,
        fields,
        grounds: Grounds {
            reason: grounds.reason.trim().to_owned(),
            authority: grounds.authority.trim().to_owned(),
        },
    });
    NewFact::of(StreamId::new("removal", removal), &fact)
}
