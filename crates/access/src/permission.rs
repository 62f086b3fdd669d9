use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use viet::Lang;

/// What an account is for. One account has one role at one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Keeps programmes: the department of science and technology.
    ProgrammeOfficer,
    /// Answers for the tasks and figures of one department or commune.
    FocalOfficer,
    /// Confirms or returns results: the office of the People's Committee or of the Party Committee, or
    /// whom it delegated on record.
    Assigner,
    /// Sees everything, decides.
    Leader,
    /// Sees everything, changes nothing.
    Inspector,
    /// An enterprise.
    Enterprise,
    /// A researcher or a university.
    Researcher,
    /// A citizen with an account.
    Citizen,
    /// Runs the server: accounts, definitions, jobs; no content.
    Operator,
}

/// A kind of command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Hand in a document to be read.
    ReceiveDocument,
    /// Correct a reading, adopt it, publish a programme, change targets and assignments.
    KeepProgramme,
    /// Say what was done about a task of one's own organisation, with evidence.
    SubmitResult,
    /// Confirm or return a result; extend a deadline.
    JudgeResult,
    /// Enter a figure.
    RecordObservation,
    /// Draw up and freeze a report.
    DrawReport,
    /// Create accounts, give roles, reset passwords.
    ManageAccounts,
    /// Erase somebody's personal values for good, and with them the account.
    ErasePerson,
    /// Take out content that should never have come in: a document, a file, a report.
    RemoveContent,
    /// Activate definitions.
    ActivateDefinitions,
    /// See jobs, the state of the server, verification.
    OperateServer,
    /// Read the history of everything within one's scope.
    ReadHistory,
}

impl Role {
    /// All roles, in the order in which a form offers them.
    pub const ALL: [Role; 9] = [
        Role::ProgrammeOfficer,
        Role::FocalOfficer,
        Role::Assigner,
        Role::Leader,
        Role::Inspector,
        Role::Enterprise,
        Role::Researcher,
        Role::Citizen,
        Role::Operator,
    ];

    /// The commands a role may give. Where an organisation is concerned, [`crate::Scope::require_for`]
    /// narrows them to its subtree.
    pub fn may(self, permission: Permission) -> bool {
        use Permission::*;
        match self {
            Role::ProgrammeOfficer => matches!(
                permission,
                ReceiveDocument
                    | KeepProgramme
                    | SubmitResult
                    | RecordObservation
                    | DrawReport
                    | RemoveContent
                    | ReadHistory
            ),
            Role::FocalOfficer => matches!(
                permission,
                ReceiveDocument | SubmitResult | RecordObservation | ReadHistory
            ),
            Role::Assigner => matches!(permission, JudgeResult | DrawReport | ReadHistory),
            Role::Leader => matches!(permission, JudgeResult | RemoveContent | ReadHistory),
            Role::Inspector => matches!(permission, ReadHistory),
            Role::Enterprise | Role::Researcher | Role::Citizen => false,
            Role::Operator => {
                matches!(
                    permission,
                    ManageAccounts | ErasePerson | ActivateDefinitions | OperateServer
                )
            }
        }
    }

    /// Is it somebody inside the administration, who sees internal rows and fields?
    pub fn is_internal(self) -> bool {
        matches!(
            self,
            Role::ProgrammeOfficer
                | Role::FocalOfficer
                | Role::Assigner
                | Role::Leader
                | Role::Inspector
        )
    }

    /// Name on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        let (vi, en) = match self {
            Role::ProgrammeOfficer => ("Cán bộ chương trình", "Programme officer"),
            Role::FocalOfficer => ("Cán bộ đầu mối", "Focal officer"),
            Role::Assigner => ("Cơ quan giao việc", "Assigner"),
            Role::Leader => ("Lãnh đạo", "Leader"),
            Role::Inspector => ("Kiểm tra, thanh tra", "Inspector"),
            Role::Enterprise => ("Doanh nghiệp", "Enterprise"),
            Role::Researcher => ("Nhà nghiên cứu", "Researcher"),
            Role::Citizen => ("Công dân", "Citizen"),
            Role::Operator => ("Quản trị máy chủ", "Operator"),
        };
        lang.pick(vi, en)
    }

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::ProgrammeOfficer => "programme_officer",
            Role::FocalOfficer => "focal_officer",
            Role::Assigner => "assigner",
            Role::Leader => "leader",
            Role::Inspector => "inspector",
            Role::Enterprise => "enterprise",
            Role::Researcher => "researcher",
            Role::Citizen => "citizen",
            Role::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no role"))
    }
}
