//! What the story of the demo is told with: the engines, and the accounts that act.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Account, Accounts, AsKnown, NewAccount, OrgId, Role, Scope};
use activation::{Directories, Directory};
use catalogue::Hierarchy;
use jiff::civil::Date;
use journal::{ActorId, Journal};
use observation::CampaignId;
use programme::{DocumentId, ProgrammeId, TaskId};
use serde::Deserialize;

use super::past::Past;
use crate::{Fault, embedded, open};

/// The engines and what has come about so far.
pub struct World {
    /// The journal, on the clock of the past.
    pub journal: Journal,
    /// Its definitions.
    pub directories: Directories,
    accounts: Accounts,
    past: Past,
    password: String,
    /// Accounts by login.
    logins: BTreeMap<String, ActorId>,
    /// The focal officer of an organisation.
    officers: BTreeMap<OrgId, ActorId>,
    /// The main programme, once adopted.
    pub programme: Option<ProgrammeId>,
    /// Other programmes by the file they were founded on.
    pub programmes: BTreeMap<String, ProgrammeId>,
    /// Documents by the name of their file.
    pub documents: BTreeMap<String, DocumentId>,
    /// Tasks by file and number.
    pub tasks: BTreeMap<(String, usize), TaskId>,
    /// Index seasons by year.
    pub seasons: BTreeMap<i16, CampaignId>,
}

/// Somebody with an account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name to sign in with.
    pub login: String,
    /// Name on screen.
    pub name: String,
    /// What the account is for.
    pub role: Role,
    /// Where.
    pub organisation: Option<OrgId>,
}

/// The people of `demo/accounts.toml`.
pub fn people() -> Result<Vec<Person>, Fault> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        accounts: Vec<Person>,
    }
    Ok(toml::from_str::<File>(&embedded::demo_text("accounts.toml")?)?.accounts)
}

impl World {
    /// An empty world.
    pub async fn new(journal: Journal, past: Past, password: String) -> Result<Self, Fault> {
        Ok(World {
            directories: Directories::new(&journal),
            accounts: Accounts::new(&journal).await?,
            journal,
            past,
            password,
            logins: BTreeMap::new(),
            officers: BTreeMap::new(),
            programme: None,
            programmes: BTreeMap::new(),
            documents: BTreeMap::new(),
            tasks: BTreeMap::new(),
            seasons: BTreeMap::new(),
        })
    }

    /// Closes the database, so that it can be opened on the clock of the present.
    pub async fn close(self) {
        self.journal.db().close().await;
    }

    /// Moves the clock to the morning of a day.
    pub fn go_to(&self, day: Date) -> Result<(), Fault> {
        Ok(self.past.go_to(day)?)
    }

    /// Puts the definitions of the binary in force.
    pub async fn activate(&self) -> Result<(), Fault> {
        open::activate_embedded(&self.journal).await
    }

    /// The definitions in force.
    pub async fn directory(&self) -> Result<Arc<Directory>, Fault> {
        let now = AsKnown::now(self.journal.today());
        Ok(self.directories.load(&Scope::system(), now).await?)
    }

    /// Opens the accounts of some people: the operator's by the server, the others' by the operator.
    pub async fn open_accounts(&mut self, mut people: Vec<Person>) -> Result<(), Fault> {
        people.sort_by_key(|person| person.role != Role::Operator);
        for person in people {
            let operator = self.logins.get("vanhanh").copied();
            let scope = match operator {
                Some(actor) => self.scope_of(actor).await?,
                None => Scope::system(),
            };
            let new = NewAccount {
                login: person.login.clone(),
                name: person.name,
                password: self.password.clone(),
                role: person.role,
                organisation: person.organisation.clone(),
                key: None,
            };
            let actor = self.accounts.open(&scope, &new).await?;
            self.logins.insert(person.login, actor);
            if let (Role::FocalOfficer, Some(organisation)) = (person.role, person.organisation) {
                self.officers.entry(organisation).or_insert(actor);
            }
        }
        Ok(())
    }

    /// Does an organisation have a focal officer?
    pub fn has_officer(&self, organisation: &OrgId) -> bool {
        self.officers.contains_key(organisation)
    }

    /// What somebody may see and do.
    pub async fn scope(&self, login: &str) -> Result<Scope, Fault> {
        let actor = self.logins.get(login).copied();
        let actor = actor.ok_or_else(|| format!("demo: nobody signs in as {login}"))?;
        self.scope_of(actor).await
    }

    /// What the focal officer of an organisation may see and do.
    pub async fn officer(&self, organisation: &OrgId) -> Result<Scope, Fault> {
        let actor = self.officers.get(organisation).copied();
        let actor = actor.ok_or_else(|| format!("demo: {organisation} has no focal officer"))?;
        self.scope_of(actor).await
    }

    async fn scope_of(&self, actor: ActorId) -> Result<Scope, Fault> {
        let now = AsKnown::now(self.journal.today());
        let account: Account = self.accounts.get(&Scope::system(), actor, now).await?;
        let directory = self.directory().await?;
        let subtree = account.organisation.as_ref().map(|own| {
            let organisations = directory.organisations();
            organisations.subtree(own, Hierarchy::State, now.day)
        });
        Ok(account.scope(subtree.unwrap_or_default()))
    }

    /// The main programme.
    pub fn programme(&self) -> Result<ProgrammeId, Fault> {
        self.programme
            .ok_or_else(|| "demo: the programme has not been adopted yet".into())
    }
}
