//! What happened to a target's breakdown, to the parts of agencies and to their ranking.

use access::{Audience, OrgId};
use jiff::civil::Date;
use journal::FactFamily;
use measure::cascade::{Line, Measured};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::AreaKey;

use crate::{ProgrammeId, TargetId};

/// A value for a year, in the unit of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearValue {
    /// The year.
    pub year: i16,
    /// The value.
    pub value: Decimal,
}

/// Who may register a part of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invited {
    /// Departments and other bodies of the province.
    Departments,
    /// Communes, wards and special zones.
    Communes,
    /// Both.
    Both,
}

/// How agencies register and report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guidance {
    /// How to register.
    pub register: String,
    /// How to report.
    pub report: String,
    /// Last day on which agencies register; none where parts are only assigned.
    pub register_by: Option<Date>,
    /// Who registers.
    pub invited: Invited,
    /// What a reported value tells.
    pub measured: Measured,
}

/// Parts that were seen not to make the whole of a year, and why that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The year.
    pub year: i16,
    /// What the whole demands.
    pub whole: Decimal,
    /// What the parts came to.
    pub parts: Decimal,
    /// Why it stands.
    pub note: String,
}

/// A fact about breaking a target down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum CascadeFact {
    /// It was said how to register and report.
    #[serde(rename = "cascade.guided")]
    Guided {
        /// The target's programme.
        programme: ProgrammeId,
        /// How.
        guidance: Guidance,
    },
    /// The values of the whole by year, instead of those stated before.
    #[serde(rename = "cascade.path_stated")]
    PathStated {
        /// The target's programme.
        programme: ProgrammeId,
        /// The values, by year.
        values: Vec<YearValue>,
        /// Which document states them, or who decided them.
        source: String,
    },
    /// A gap between parts and whole was looked at.
    #[serde(rename = "cascade.gap_acknowledged")]
    GapAcknowledged(Gap),
}

impl FactFamily for CascadeFact {
    const FAMILY: &'static str = "cascade";
}

/// What kind of agency holds a part: it decides where its figures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    /// A department or another body of the province: its figures are its part within the target's territory.
    Department,
    /// A commune, ward or special zone: its figures are the indicator's for its area.
    Commune {
        /// Its area.
        area: AreaKey,
    },
}

/// An agency that holds parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The agency.
    pub organisation: OrgId,
    /// Its kind.
    pub kind: HolderKind,
}

/// What an agency shall reach in a year, compared as the target is and in its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartTerms {
    /// The target.
    pub target: TargetId,
    /// Its programme.
    pub programme: ProgrammeId,
    /// Who.
    pub holder: Holder,
    /// The year.
    pub year: i16,
    /// The value.
    pub value: Decimal,
}

/// Where a part came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Assigned from above.
    Assigned,
    /// Registered from below.
    Registered,
}

/// A fact about the parts of an agency in a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum PartFact {
    /// Assigned from above.
    #[serde(rename = "part.assigned")]
    Assigned(PartTerms),
    /// Registered by the agency; it waits.
    #[serde(rename = "part.registered")]
    Registered(PartTerms),
    /// What was registered is accepted.
    #[serde(rename = "part.accepted")]
    Accepted {
        /// The year.
        year: i16,
    },
    /// What was registered is returned.
    #[serde(rename = "part.returned")]
    Returned {
        /// The year.
        year: i16,
        /// What is to be changed.
        reason: String,
    },
    /// Another value than was assigned or accepted.
    #[serde(rename = "part.amended")]
    Amended {
        /// The year.
        year: i16,
        /// The value from now on.
        value: Decimal,
        /// Why.
        reason: String,
    },
    /// No longer demanded, or no longer offered.
    #[serde(rename = "part.withdrawn")]
    Withdrawn {
        /// The year.
        year: i16,
        /// Why.
        reason: String,
    },
}

impl FactFamily for PartFact {
    const FAMILY: &'static str = "part";
}

/// A fact about the ranking of a programme's agencies in a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum RankingFact {
    /// Published as it stood.
    #[serde(rename = "ranking.published")]
    Published {
        /// The programme.
        programme: ProgrammeId,
        /// The year.
        year: i16,
        /// To whom.
        to: Audience,
        /// Hash of the definition that holds the rule.
        rule: String,
        /// The lines, the best first.
        lines: Vec<Line<OrgId>>,
    },
    /// Taken back.
    #[serde(rename = "ranking.withdrawn")]
    Withdrawn {
        /// Why.
        reason: String,
    },
}

impl FactFamily for RankingFact {
    const FAMILY: &'static str = "ranking";
}
