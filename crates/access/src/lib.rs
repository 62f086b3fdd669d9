//! Who may see and do what: accounts, roles, scopes.
//!
//! Every read of an engine takes a [`Scope`]; every command is asked for a [`Permission`]. A scope is
//! closed: it is made here, from an account, and can only be rendered — to SQL, to the search index and
//! to a predicate in memory, which agree.

mod account;
mod accounts;
mod as_known;
pub mod password;
mod permission;
mod refusal;
mod scope;

pub use account::{
    Account, AccountChange, AccountFact, AccountState, account_stream, decide_account,
};
pub use accounts::{
    Accounts, CREDENTIALS, DisplayName, NewAccount, erase_again, grounds_faults, projections,
};
pub use as_known::{AsKnown, Listed, Page};
pub use permission::{Permission, Role};
pub use refusal::{FieldFault, Refusal, Say};
pub use scope::{Audience, FieldClass, OrgId, Scope, SearchReach, SqlFilter, Visible};
