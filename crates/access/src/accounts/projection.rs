use async_trait::async_trait;
use journal::{ActorId, FactFamily, JournalError, Projection, RecordedFact, Tx, params};

use super::{COLUMNS, read_account};
use crate::account::{Account, AccountFact};

/// The table of accounts: who holds which role where, now and at every moment of the record.
struct AccountTable;

/// The projections of this crate, for opening the journal.
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(AccountTable)]
}

#[async_trait]
impl Projection for AccountTable {
    fn name(&self) -> &'static str {
        "accounts"
    }

    fn version(&self) -> i64 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &["account"]
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE account (
                actor TEXT NOT NULL, person TEXT NOT NULL, role TEXT NOT NULL, organisation TEXT,
                state TEXT NOT NULL, password_since BIGINT NOT NULL,
                known_from BIGINT NOT NULL, known_to BIGINT, PRIMARY KEY (actor, known_from))",
            "CREATE INDEX account_person ON account (person)",
            "CREATE INDEX account_known ON account (known_to, actor)",
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &[AccountFact::FAMILY]
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        let Some(typed) = AccountFact::read(fact)? else {
            return Ok(());
        };
        let actor: ActorId = fact.stream.identity().parse().map_err(|e| {
            JournalError::Invariant(format!("stream {} names no account: {e}", fact.stream))
        })?;
        let current =
            format!("SELECT {COLUMNS} FROM account a WHERE a.actor = $1 AND a.known_to IS NULL");
        let row = tx.row(&current, params![actor.to_string()]).await?;
        let before = row.as_ref().map(read_account).transpose()?;
        let Some(after) = Account::evolve(before, actor, fact.seq, typed) else {
            return Ok(());
        };
        // A command gives at most one fact about an account, so no row begins and ends in one entry.
        tx.execute(
            "UPDATE account SET known_to = $2 WHERE actor = $1 AND known_to IS NULL",
            params![actor.to_string(), fact.seq],
        )
        .await?;
        tx.execute(
            "INSERT INTO account (actor, person, role, organisation, state, password_since, known_from) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params![
                after.actor.to_string(),
                after.person,
                after.role.as_str(),
                after.organisation.map(|org| org.0),
                after.state.as_str(),
                after.password_since,
                after.version,
            ],
        )
        .await?;
        Ok(())
    }
}
