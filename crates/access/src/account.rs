//! An account and its life: pure.

use std::collections::BTreeSet;

use journal::{ActorId, Commitment, FactFamily, PersonId, Seq, StreamId};
use serde::{Deserialize, Serialize};

use crate::{FieldFault, OrgId, Permission, Refusal, Role, Say, Scope};

/// What happens to an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum AccountFact {
    /// It exists, with a role. Login and name lie in the vault.
    #[serde(rename = "account.opened")]
    Opened {
        /// Whose values the vault holds.
        person: PersonId,
        /// To the login.
        login: Commitment,
        /// To the name shown.
        name: Commitment,
        /// What it is for.
        role: Role,
        /// Where.
        organisation: Option<OrgId>,
    },
    /// It is for something else, or somewhere else.
    #[serde(rename = "account.role_given")]
    RoleGiven {
        /// What it is for.
        role: Role,
        /// Where.
        organisation: Option<OrgId>,
    },
    /// Nobody signs in with it any more.
    #[serde(rename = "account.closed")]
    Closed {},
    /// It is open again.
    #[serde(rename = "account.reopened")]
    Reopened {},
    /// It has another password. Says nothing about which.
    #[serde(rename = "account.password_set")]
    PasswordSet {},
    /// Its holder's values were erased; it is closed for good.
    #[serde(rename = "account.erased")]
    Erased {},
}

impl FactFamily for AccountFact {
    const FAMILY: &'static str = "account";
}

/// The stream of an account.
pub fn account_stream(actor: ActorId) -> StreamId {
    StreamId::new("account", actor)
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Yes.
    Open,
    /// No.
    Closed,
    /// No, and never again: its holder's values were erased.
    Erased,
}

impl AccountState {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            AccountState::Open => "open",
            AccountState::Closed => "closed",
            AccountState::Erased => "erased",
        }
    }
}

impl std::str::FromStr for AccountState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Open, Self::Closed, Self::Erased]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no state of an account"))
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Its identity, by which the journal names who acted.
    pub actor: ActorId,
    /// Whose values the vault holds.
    pub person: PersonId,
    /// What it is for.
    pub role: Role,
    /// Where.
    pub organisation: Option<OrgId>,
    /// Whether it can be used.
    pub state: AccountState,
    /// The entry that set its password. A session that began before it has ended.
    pub password_since: Seq,
    /// The last entry about it: the version a form is filled against.
    pub version: Seq,
}

impl Account {
    /// The account after a fact of entry `seq`; `None` before it is opened.
    pub fn evolve(this: Option<Self>, actor: ActorId, seq: Seq, fact: AccountFact) -> Option<Self> {
        let mut account = match (this, fact) {
            (
                _,
                AccountFact::Opened {
                    person,
                    role,
                    organisation,
                    ..
                },
            ) => Self {
                actor,
                person,
                role,
                organisation,
                state: AccountState::Open,
                password_since: seq,
                version: seq,
            },
            (None, _) => return None,
            (Some(account), AccountFact::RoleGiven { role, organisation }) => Self {
                role,
                organisation,
                ..account
            },
            (Some(account), AccountFact::Closed {}) => Self {
                state: AccountState::Closed,
                ..account
            },
            (Some(account), AccountFact::Reopened {}) => Self {
                state: AccountState::Open,
                ..account
            },
            (Some(account), AccountFact::PasswordSet {}) => Self {
                password_since: seq,
                ..account
            },
            (Some(account), AccountFact::Erased {}) => Self {
                state: AccountState::Erased,
                ..account
            },
        };
        account.version = seq;
        Some(account)
    }

    /// What its holder may see and do. `subtree` holds its organisation and all below it, by today's
    /// hierarchy. A closed account has nobody's scope.
    pub fn scope(&self, subtree: BTreeSet<OrgId>) -> Scope {
        match self.state {
            AccountState::Open => {
                Scope::of_account(self.actor, self.role, self.organisation.clone(), subtree)
            }
            AccountState::Closed | AccountState::Erased => Scope::anonymous(),
        }
    }
}

/// A change of an existing account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// Another role or organisation.
    GiveRole {
        /// What it is for.
        role: Role,
        /// Where.
        organisation: Option<OrgId>,
    },
    /// Nobody signs in with it any more.
    Close,
    /// It is open again.
    Reopen,
    /// Another password. Whether it is a good one is asked before.
    SetPassword,
    /// Its holder's values go; it closes for good.
    Erase,
}

/// The facts that a change comes to; none when nothing changes.
///
/// # Errors
/// [`Refusal::NotAllowed`] without [`Permission::ManageAccounts`] (one's own password excepted) or, for
/// erasure, [`Permission::ErasePerson`]; [`Refusal::Conflict`] for changes of one's own role, closing or
/// erasing oneself, and for any change after erasure; [`Refusal::Invalid`] for an internal role without
/// organisation.
pub fn decide_account(
    account: &Account,
    change: &AccountChange,
    scope: &Scope,
) -> Result<Vec<AccountFact>, Refusal> {
    let own = scope.actor() == account.actor && scope.role().is_some();
    match change {
        AccountChange::SetPassword if own => {}
        AccountChange::Erase => scope.require(Permission::ErasePerson)?,
        _ => scope.require(Permission::ManageAccounts)?,
    }
    let facts = match change {
        // Whoever gives out roles must not give one to himself, nor lock the last operator out.
        AccountChange::GiveRole { .. } | AccountChange::Close | AccountChange::Erase if own => {
            return Err(Refusal::conflict(
                "Không thể tự đổi vai trò, tự đóng hoặc tự xoá tài khoản của mình; hãy nhờ người quản trị khác.",
                "You cannot change the role of your own account, close or erase it; ask another operator.",
            ));
        }
        AccountChange::Erase if account.state == AccountState::Erased => vec![],
        AccountChange::Erase => vec![AccountFact::Erased {}],
        _ if account.state == AccountState::Erased => {
            return Err(Refusal::conflict(
                "Thông tin cá nhân của tài khoản này đã xoá; tài khoản đóng vĩnh viễn.",
                "The personal values of this account were erased; it is closed for good.",
            ));
        }
        AccountChange::GiveRole { role, organisation } => {
            check_role(*role, organisation.as_ref())?;
            if account.role == *role && account.organisation == *organisation {
                vec![]
            } else {
                vec![AccountFact::RoleGiven {
                    role: *role,
                    organisation: organisation.clone(),
                }]
            }
        }
        AccountChange::Close if account.state == AccountState::Open => {
            vec![AccountFact::Closed {}]
        }
        AccountChange::Reopen if account.state == AccountState::Closed => {
            vec![AccountFact::Reopened {}]
        }
        AccountChange::Close | AccountChange::Reopen => vec![],
        AccountChange::SetPassword if account.state == AccountState::Closed => {
            return Err(Refusal::conflict(
                "Tài khoản đã đóng; hãy mở lại trước khi đặt mật khẩu.",
                "The account is closed; reopen it before setting a password.",
            ));
        }
        AccountChange::SetPassword => vec![AccountFact::PasswordSet {}],
    };
    Ok(facts)
}

/// A role inside the administration is held at an organisation.
pub(crate) fn check_role(role: Role, organisation: Option<&OrgId>) -> Result<(), Refusal> {
    let named = organisation.is_some_and(|org| !org.0.trim().is_empty());
    if role.is_internal() && !named {
        return Err(Refusal::invalid(
            "organisation",
            "Vai trò này phải gắn với một cơ quan.",
            "This role is held at an organisation: choose one.",
        ));
    }
    Ok(())
}

/// Longest login and name, in characters.
const MAX_NAME: usize = 100;

/// A login as it is compared: folded, so that capitals and diacritics do not matter.
pub(crate) fn fold_login(login: &str) -> String {
    viet::fold::fold(login.trim())
}

/// What is wrong with a login and a name; empty when nothing is.
pub(crate) fn name_faults(login: &str, name: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let folded = fold_login(login);
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    let length = folded.chars().count();
    if !(3..=MAX_NAME).contains(&length) || !folded.chars().all(allowed) {
        faults.push(FieldFault::new(
            "login",
            "Tên đăng nhập gồm ít nhất 3 chữ cái, chữ số, dấu chấm, gạch hoặc @, không có dấu cách.",
            "A login has at least 3 letters, digits, dots, dashes or @, and no spaces.",
        ));
    }
    if name.trim().is_empty() || name.chars().count() > MAX_NAME {
        faults.push(FieldFault::new(
            "name",
            format!("Hãy ghi họ tên, nhiều nhất {MAX_NAME} ký tự."),
            format!("Give a name, at most {MAX_NAME} characters."),
        ));
    }
    faults
}

/// What whoever cannot sign in is told, whatever the reason: it must not tell which logins exist.
pub(crate) fn wrong_credentials() -> Refusal {
    Refusal::NotAllowed(Say::new(
        "Tên đăng nhập hoặc mật khẩu không đúng.",
        "Login or password is wrong.",
    ))
}
