use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use journal::{ActorId, Value, placeholders};
use serde::{Deserialize, Serialize};

use crate::{Permission, Refusal, Role, Say};

/// Identity of an organisation, as its definition names it: `so-khoa-hoc-va-cong-nghe`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrgId(pub String);

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OrgId {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(OrgId(text.to_owned()))
    }
}

/// Who a row is for. Stored in every scoped row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The organisations concerned, and those who see everything.
    Organisations,
    /// Everybody inside the administration.
    Internal,
    /// Everybody.
    Public,
}

impl Audience {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Audience::Organisations => "organisations",
            Audience::Internal => "internal",
            Audience::Public => "public",
        }
    }
}

impl FromStr for Audience {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [
            Audience::Organisations,
            Audience::Internal,
            Audience::Public,
        ]
        .into_iter()
        .find(|a| a.as_str() == text)
        .ok_or_else(|| format!("{text:?} is no audience"))
    }
}

/// Sensitivity of a field. A field that is masked can be neither shown, filtered, sorted nor searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldClass {
    /// Anybody who sees the row.
    Public,
    /// People inside the administration: results as submitted, evidence, reasons, notes.
    Internal,
}

/// Which rows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    Everything,
    Organisations(Arc<BTreeSet<OrgId>>),
    Public,
}

/// What one reader may see and do. Closed: made from an account, never put together by hand.
#[derive(Debug, Clone)]
pub struct Scope {
    actor: ActorId,
    role: Option<Role>,
    organisation: Option<OrgId>,
    reach: Reach,
}

/// Where a scoped table keeps what visibility rests on, as SQL expressions of ours.
#[derive(Debug, Clone, Copy)]
pub struct Visible {
    /// Column of the [`Audience`].
    pub audience: &'static str,
    /// Columns that hold one organisation concerned each.
    pub organisations: &'static [&'static str],
    /// A condition with `{orgs}` where the list of organisations goes, for those kept in a table of their
    /// own: `EXISTS (SELECT 1 FROM task_org o WHERE o.task = t.id AND o.org IN ({orgs}))`.
    pub related: Option<&'static str>,
}

/// A condition with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlFilter {
    /// Text for a `WHERE`, in parentheses.
    pub sql: String,
    /// Its parameters, numbered from the number asked for.
    pub params: Vec<Value>,
}

/// The same for the search index: a row is found when its audience is one of these or one of its
/// organisations is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchReach {
    /// No condition.
    Everything,
    /// At least one of these terms.
    AnyOf {
        /// Values of the audience field.
        audiences: Vec<&'static str>,
        /// Values of the organisation field.
        organisations: Vec<String>,
    },
}

impl Scope {
    /// Somebody without an account.
    pub fn anonymous() -> Self {
        Scope {
            actor: ActorId::SYSTEM,
            role: None,
            organisation: None,
            reach: Reach::Public,
        }
    }

    /// The server's own work (jobs, rebuilding the search index). Never handed to a request.
    pub fn system() -> Self {
        Scope {
            actor: ActorId::SYSTEM,
            role: None,
            organisation: None,
            reach: Reach::Everything,
        }
    }

    /// The scope of an account. `subtree` holds its organisation and all below it, by today's hierarchy.
    pub fn of_account(
        actor: ActorId,
        role: Role,
        organisation: Option<OrgId>,
        subtree: BTreeSet<OrgId>,
    ) -> Self {
        let reach = match role {
            Role::ProgrammeOfficer | Role::Assigner | Role::Leader | Role::Inspector => {
                Reach::Everything
            }
            Role::FocalOfficer => Reach::Organisations(Arc::new(subtree)),
            Role::Enterprise | Role::Researcher | Role::Citizen | Role::Operator => Reach::Public,
        };
        Scope {
            actor,
            role: Some(role),
            organisation,
            reach,
        }
    }

    /// Who reads.
    pub fn actor(&self) -> ActorId {
        self.actor
    }

    /// The role, nothing for somebody without an account.
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    /// The reader's own organisation.
    pub fn organisation(&self) -> Option<&OrgId> {
        self.organisation.as_ref()
    }

    /// Does this reader see every row? The journal as a whole is for such readers only.
    pub fn sees_everything(&self) -> bool {
        self.reach == Reach::Everything
    }

    /// May this reader give such commands at all? For showing or hiding a form; the command itself is
    /// checked again.
    pub fn may(&self, permission: Permission) -> bool {
        match self.role {
            Some(role) => role.may(permission),
            None => self.reach == Reach::Everything,
        }
    }

    /// May this reader give such commands for an organisation?
    pub fn may_for(&self, permission: Permission, organisation: &OrgId) -> bool {
        self.may(permission)
            && match &self.reach {
                // An office that sees everything still speaks for itself alone when it submits.
                Reach::Everything if permission == Permission::SubmitResult => {
                    self.role.is_none() || self.organisation.as_ref() == Some(organisation)
                }
                Reach::Everything => true,
                Reach::Organisations(own) => own.contains(organisation),
                Reach::Public => false,
            }
    }

    /// Refuses when the reader may not.
    pub fn require(&self, permission: Permission) -> Result<(), Refusal> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(not_allowed())
        }
    }

    /// Refuses when the reader may not for this organisation.
    pub fn require_for(&self, permission: Permission, organisation: &OrgId) -> Result<(), Refusal> {
        if self.may_for(permission, organisation) {
            Ok(())
        } else {
            Err(not_allowed())
        }
    }

    /// May fields of a class be shown, filtered and sorted by?
    pub fn sees_field(&self, class: FieldClass) -> bool {
        class == FieldClass::Public
            || match self.role {
                Some(role) => role.is_internal(),
                None => self.reach == Reach::Everything,
            }
    }

    /// The rows this reader sees, as a condition; its parameters are numbered from `first`.
    pub fn sql(&self, visible: &Visible, first: usize) -> SqlFilter {
        match &self.reach {
            Reach::Everything => SqlFilter {
                sql: "(1 = 1)".into(),
                params: vec![],
            },
            Reach::Public => SqlFilter {
                sql: format!("({} = 'public')", visible.audience),
                params: vec![],
            },
            Reach::Organisations(own) => {
                let list = if own.is_empty() {
                    "NULL".to_owned()
                } else {
                    placeholders(first, own.len())
                };
                let mut any = vec![format!("{} IN ('public', 'internal')", visible.audience)];
                any.extend(
                    visible
                        .organisations
                        .iter()
                        .map(|column| format!("{column} IN ({list})")),
                );
                any.extend(visible.related.map(|sql| sql.replace("{orgs}", &list)));
                SqlFilter {
                    sql: format!("({})", any.join(" OR ")),
                    params: own.iter().map(|org| Value::from(org.0.as_str())).collect(),
                }
            }
        }
    }

    /// The same as a predicate over one row.
    pub fn sees(&self, audience: Audience, organisations: &[OrgId]) -> bool {
        match &self.reach {
            Reach::Everything => true,
            Reach::Public => audience == Audience::Public,
            Reach::Organisations(own) => {
                audience != Audience::Organisations
                    || organisations.iter().any(|org| own.contains(org))
            }
        }
    }

    /// The same for the search index.
    pub fn search(&self) -> SearchReach {
        match &self.reach {
            Reach::Everything => SearchReach::Everything,
            Reach::Public => SearchReach::AnyOf {
                audiences: vec![Audience::Public.as_str()],
                organisations: vec![],
            },
            Reach::Organisations(own) => SearchReach::AnyOf {
                audiences: vec![Audience::Public.as_str(), Audience::Internal.as_str()],
                organisations: own.iter().map(|org| org.0.clone()).collect(),
            },
        }
    }
}

fn not_allowed() -> Refusal {
    Refusal::NotAllowed(Say::new(
        "Tài khoản của bạn không có quyền làm việc này.",
        "Your account may not do this.",
    ))
}
