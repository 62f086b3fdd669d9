//! Accounts at the edge: the journal, the vault and the credentials.

mod credential;
mod erase;
mod projection;

use std::collections::{BTreeMap, BTreeSet};

use journal::{
    ActorId, Db, Journal, JournalError, NewFact, Row, Seq, Vault, WriteContext, WriteTx, Written,
    params,
};
use uuid::Uuid;

pub use credential::CREDENTIALS;
use credential::{CREDENTIAL, Hashers, take_login};
pub use erase::{erase_again, grounds_faults};
pub use projection::projections;

use crate::account::{
    Account, AccountChange, AccountFact, AccountState, account_stream, check_role, decide_account,
    fold_login, name_faults, wrong_credentials,
};
use crate::{AsKnown, FieldClass, Listed, OrgId, Page, Permission, Refusal, Role, Scope, password};

/// Fields of the vault.
const LOGIN: &str = "login";
const NAME: &str = "name";

/// Opening, changing, signing in. Cloning is cheap.
#[derive(Clone)]
pub struct Accounts {
    journal: Journal,
    hashers: Hashers,
}

/// A form for a new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What is typed to sign in.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// The first password.
    pub password: String,
    /// What it is for.
    pub role: Role,
    /// Where; the caller has checked that it exists.
    pub organisation: Option<OrgId>,
    /// Idempotency key of the form.
    pub key: Option<String>,
}

/// The name of whoever acted, as far as the reader may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisplayName {
    /// The name.
    Shown(String),
    /// It was erased: "đã xoá".
    Erased,
    /// The reader is outside the administration.
    Masked,
    /// The server itself.
    System,
}

impl Accounts {
    /// The accounts of a journal that has these [`projections`].
    ///
    /// # Errors
    /// When the table of credentials cannot be made.
    pub async fn new(journal: &Journal) -> Result<Self, Refusal> {
        journal.ensure(CREDENTIAL).await?;
        Ok(Self {
            journal: journal.clone(),
            hashers: Hashers::new().await?,
        })
    }

    /// Opens an account and gives its identity.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] without [`Permission::ManageAccounts`]; [`Refusal::Invalid`] for a login that
    /// is taken or not well-formed, an empty name, a poor password, an internal role without organisation.
    pub async fn open(&self, scope: &Scope, new: &NewAccount) -> Result<ActorId, Refusal> {
        scope.require(Permission::ManageAccounts)?;
        let mut faults = name_faults(&new.login, &new.name);
        faults.extend(password::faults(&new.password, &new.login));
        if !faults.is_empty() {
            return Err(Refusal::Invalid { faults });
        }
        check_role(new.role, new.organisation.as_ref())?;
        let hash = self.hashers.hash(new.password.clone()).await?;
        let (actor, person) = (ActorId::new(), Uuid::now_v7());
        let salts = (salt()?, salt()?);
        let context = WriteContext::new(scope.actor(), "account.open").with_key(new.key.clone());
        let written = self
            .journal
            .write(&context, async |tx| {
                let sql = tx.sql();
                take_login(sql, person, &new.login, &hash).await?;
                let fact = AccountFact::Opened {
                    person,
                    login: Vault::put(sql, person, LOGIN, new.login.trim(), salts.0).await?,
                    name: Vault::put(sql, person, NAME, new.name.trim(), salts.1).await?,
                    role: new.role,
                    organisation: new.organisation.clone(),
                };
                Ok::<_, Refusal>(vec![NewFact::of(account_stream(actor), &fact)?])
            })
            .await?;
        match written {
            Written::Again(seq) => self.opened_by(seq).await,
            Written::New(_) | Written::Nothing => Ok(actor),
        }
    }

    /// The account that an entry opened: what a repeated form is answered with.
    async fn opened_by(&self, seq: Seq) -> Result<ActorId, Refusal> {
        let facts = self.journal.facts_after(seq - 1, 1).await?;
        let actor = facts
            .iter()
            .find_map(|fact| fact.stream.identity().parse().ok());
        actor.ok_or(Refusal::NotFound)
    }

    /// Gives another role or organisation; the caller has checked that the organisation exists.
    ///
    /// # Errors
    /// See [`decide_account`]; [`Refusal::Stale`] when the account changed after `expected`.
    pub async fn give_role(
        &self,
        scope: &Scope,
        actor: ActorId,
        role: Role,
        organisation: Option<OrgId>,
        expected: Option<Seq>,
    ) -> Result<Written, Refusal> {
        let change = AccountChange::GiveRole { role, organisation };
        self.change(scope, actor, "account.give_role", change, expected, None)
            .await
    }

    /// Closes an account: nobody signs in with it any more, what was done with it stays.
    ///
    /// # Errors
    /// See [`Accounts::give_role`].
    pub async fn close(
        &self,
        scope: &Scope,
        actor: ActorId,
        expected: Option<Seq>,
    ) -> Result<Written, Refusal> {
        self.change(
            scope,
            actor,
            "account.close",
            AccountChange::Close,
            expected,
            None,
        )
        .await
    }

    /// Opens a closed account again, with its old login and password.
    ///
    /// # Errors
    /// See [`Accounts::give_role`].
    pub async fn reopen(
        &self,
        scope: &Scope,
        actor: ActorId,
        expected: Option<Seq>,
    ) -> Result<Written, Refusal> {
        self.change(
            scope,
            actor,
            "account.reopen",
            AccountChange::Reopen,
            expected,
            None,
        )
        .await
    }

    /// Sets a password: one's own, or anybody's with [`Permission::ManageAccounts`]. Sessions begun before
    /// are to be ended by whoever keeps them: see [`Account::password_since`].
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a poor password, [`Refusal::Conflict`] for a closed account.
    pub async fn set_password(
        &self,
        scope: &Scope,
        actor: ActorId,
        password: &str,
    ) -> Result<Written, Refusal> {
        let account = self.get(scope, actor, self.now()).await?;
        // Asked before the hash is made, so that the costly work is not for everybody.
        decide_account(&account, &AccountChange::SetPassword, scope)?;
        let login = Vault::get(self.db(), account.person, LOGIN).await?;
        let faults = password::faults(password, &login.unwrap_or_default());
        if !faults.is_empty() {
            return Err(Refusal::Invalid { faults });
        }
        let hash = self.hashers.hash(password.to_owned()).await?;
        let change = AccountChange::SetPassword;
        self.change(
            scope,
            actor,
            "account.set_password",
            change,
            None,
            Some(hash),
        )
        .await
    }

    async fn change(
        &self,
        scope: &Scope,
        actor: ActorId,
        command: &str,
        change: AccountChange,
        expected: Option<Seq>,
        password_hash: Option<String>,
    ) -> Result<Written, Refusal> {
        let context = WriteContext::new(scope.actor(), command);
        self.journal
            .write(&context, async |tx| {
                let account = load(tx, actor).await?;
                if expected.is_some_and(|expected| expected != account.version) {
                    return Err(Refusal::Stale);
                }
                let facts = decide_account(&account, &change, scope)?;
                if let Some(hash) = &password_hash {
                    tx.sql()
                        .execute(
                            "UPDATE credential SET password_hash = $1 WHERE person = $2",
                            params![hash, account.person],
                        )
                        .await?;
                }
                let new = facts.iter().map(|f| NewFact::of(account_stream(actor), f));
                Ok(new.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// The account of a login and its password. Throttling is the caller's.
    ///
    /// # Errors
    /// One and the same [`Refusal::NotAllowed`], after the same work, for an unknown login, a wrong password
    /// and a closed account.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Account, Refusal> {
        let known = self
            .db()
            .row(
                "SELECT c.person, c.password_hash, a.actor FROM credential c \
                 JOIN account a ON a.person = c.person AND a.known_to IS NULL \
                 WHERE c.login_folded = $1",
                params![fold_login(login)],
            )
            .await?;
        let stored = match &known {
            Some(row) => row.text("password_hash")?,
            None => self.hashers.decoy(),
        };
        let right = self
            .hashers
            .matches(password.to_owned(), stored.clone())
            .await?;
        let Some(row) = known.filter(|_| right) else {
            return Err(wrong_credentials());
        };
        let actor = row.parse("actor")?;
        let account = self.get(&Scope::system(), actor, self.now()).await?;
        if account.state != AccountState::Open {
            return Err(wrong_credentials());
        }
        if password::is_outdated(&stored) {
            let hash = self.hashers.hash(password.to_owned()).await?;
            self.db()
                .execute(
                    "UPDATE credential SET password_hash = $1 WHERE person = $2 AND password_hash = $3",
                    params![hash, account.person, stored],
                )
                .await?;
        }
        Ok(account)
    }

    /// An account: one's own, or any with [`Permission::ManageAccounts`]; as known then.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] also for accounts that the reader may not see.
    pub async fn get(
        &self,
        scope: &Scope,
        actor: ActorId,
        as_known: AsKnown,
    ) -> Result<Account, Refusal> {
        let own = scope.role().is_some() && scope.actor() == actor;
        if !own && !scope.may(Permission::ManageAccounts) {
            return Err(Refusal::NotFound);
        }
        let known = as_known.condition("a", 2);
        let sql = format!(
            "SELECT {COLUMNS} FROM account a WHERE a.actor = $1 AND {}",
            known.sql
        );
        let mut values = params![actor.to_string()];
        values.extend(known.params);
        let row = self.db().row(&sql, values).await?;
        read_account(&row.ok_or(Refusal::NotFound)?).map_err(Refusal::from)
    }

    /// All accounts, the newest first.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] without [`Permission::ManageAccounts`].
    pub async fn list(
        &self,
        scope: &Scope,
        as_known: AsKnown,
        page: Page,
    ) -> Result<Listed<Account>, Refusal> {
        scope.require(Permission::ManageAccounts)?;
        let known = as_known.condition("a", 1);
        let (condition, values) = (known.sql, known.params);
        let count = format!("SELECT COUNT(*) AS n FROM account a WHERE {condition}");
        let total = self.db().row(&count, values.clone()).await?;
        let total = total.map_or(Ok(0), |row| row.int("n"))?;
        let part = page.sql(values.len() + 1);
        let sql = format!(
            "SELECT {COLUMNS} FROM account a WHERE {condition} ORDER BY a.actor DESC {}",
            part.sql
        );
        let values = values.into_iter().chain(part.params).collect();
        let rows = self.db().rows(&sql, values).await?;
        Ok(Listed {
            rows: rows.iter().map(read_account).collect::<Result<_, _>>()?,
            total: u64::try_from(total).unwrap_or(0),
        })
    }

    /// The login of an account, for whoever manages accounts and for its holder.
    ///
    /// # Errors
    /// See [`Accounts::get`].
    pub async fn login(&self, scope: &Scope, actor: ActorId) -> Result<Option<String>, Refusal> {
        let account = self.get(scope, actor, self.now()).await?;
        Ok(Vault::get(self.db(), account.person, LOGIN).await?)
    }

    /// The name of whoever acted.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn display_name(
        &self,
        scope: &Scope,
        actor: ActorId,
    ) -> Result<DisplayName, Refusal> {
        let mut names = self.display_names(scope, [actor]).await?;
        Ok(names.remove(&actor).unwrap_or(DisplayName::Erased))
    }

    /// The names of those who acted, for a page that shows several. Names of officers are shown inside the
    /// administration, to whoever manages accounts, and to oneself.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn display_names(
        &self,
        scope: &Scope,
        actors: impl IntoIterator<Item = ActorId>,
    ) -> Result<BTreeMap<ActorId, DisplayName>, Refusal> {
        let all = scope.sees_field(FieldClass::Internal) || scope.may(Permission::ManageAccounts);
        let mut names = BTreeMap::new();
        for actor in actors.into_iter().collect::<BTreeSet<_>>() {
            let own = scope.role().is_some() && scope.actor() == actor;
            let name = if actor == ActorId::SYSTEM {
                DisplayName::System
            } else if all || own {
                self.name(actor).await?
            } else {
                DisplayName::Masked
            };
            names.insert(actor, name);
        }
        Ok(names)
    }

    async fn name(&self, actor: ActorId) -> Result<DisplayName, Refusal> {
        let row = self
            .db()
            .row(
                "SELECT v.value FROM account a JOIN vault v ON v.person = a.person AND v.field = $2 \
                 WHERE a.actor = $1 AND a.known_to IS NULL",
                params![actor.to_string(), NAME],
            )
            .await?;
        let name = row.map(|row| row.text("value")).transpose()?;
        Ok(name.map_or(DisplayName::Erased, DisplayName::Shown))
    }

    fn now(&self) -> AsKnown {
        AsKnown::now(self.journal.today())
    }

    fn db(&self) -> &Db {
        self.journal.db()
    }
}

const COLUMNS: &str =
    "a.actor, a.person, a.role, a.organisation, a.state, a.password_since, a.known_from";

fn read_account(row: &Row) -> Result<Account, JournalError> {
    Ok(Account {
        actor: row.parse("actor")?,
        person: row.parse("person")?,
        role: row.parse("role")?,
        organisation: row.opt_parse("organisation")?,
        state: row.parse("state")?,
        password_since: row.int("password_since")?,
        version: row.int("known_from")?,
    })
}

async fn load(tx: &mut WriteTx, actor: ActorId) -> Result<Account, Refusal> {
    let stream = tx.load(&account_stream(actor)).await?;
    let account = stream.fold(None, |account, fact, recorded| {
        Account::evolve(account, actor, recorded.seq, fact)
    })?;
    account.ok_or(Refusal::NotFound)
}

/// 32 random bytes for the vault.
fn salt() -> Result<[u8; 32], JournalError> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt)
        .map_err(|e| JournalError::Invariant(format!("the system gives no random bytes: {e}")))?;
    Ok(salt)
}
