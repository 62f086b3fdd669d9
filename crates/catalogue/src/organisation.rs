//! Organisations, their names, and where they stand in the hierarchies of State, Party and front.

use std::collections::HashSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use viet::{AreaKey, Lang};

use crate::fault::Faults;
use crate::header::{Header, Id, Source};

/// A definition of several organisations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisations {
    /// What the definition says about itself.
    pub def: Header,
    /// The organisations.
    pub list: OrganisationList,
}

/// The table `[list]` of a file of organisations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationList {
    /// One life of an organisation each.
    pub organisations: Vec<Organisation>,
}

/// What sort of body an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// People's Committee of a province.
    ProvinceCommittee,
    /// People's Committee of a commune, ward or special zone.
    CommuneCommittee,
    /// People's Council.
    Council,
    /// Department under the provincial People's Committee.
    Department,
    /// Office of a committee or council.
    Office,
    /// Armed or judicial body, or another that is led from the centre.
    VerticalBody,
    /// Body of the Party.
    PartyBody,
    /// Fatherland Front and the organisations in it.
    Front,
    /// Public service unit.
    ServiceUnit,
    /// University or college.
    University,
    /// Enterprise.
    Enterprise,
}

impl OrganisationKind {
    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::ProvinceCommittee => {
                lang.pick("Ủy ban nhân dân tỉnh", "provincial People's Committee")
            }
            Self::CommuneCommittee => {
                lang.pick("Ủy ban nhân dân cấp xã", "communal People's Committee")
            }
            Self::Council => lang.pick("Hội đồng nhân dân", "People's Council"),
            Self::Department => lang.pick("sở", "department"),
            Self::Office => lang.pick("văn phòng", "office"),
            Self::VerticalBody => lang.pick("cơ quan ngành dọc", "body led from the centre"),
            Self::PartyBody => lang.pick("cơ quan Đảng", "Party body"),
            Self::Front => lang.pick("Mặt trận, đoàn thể", "front and mass organisation"),
            Self::ServiceUnit => lang.pick("đơn vị sự nghiệp", "public service unit"),
            Self::University => lang.pick("cơ sở đào tạo, nghiên cứu", "university"),
            Self::Enterprise => lang.pick("doanh nghiệp", "enterprise"),
        }
    }
}

/// The hierarchy in which one organisation stands under another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hierarchy {
    /// Of the State.
    State,
    /// Of the Party.
    Party,
    /// Of the Fatherland Front.
    Front,
}

impl Hierarchy {
    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Hierarchy::State => lang.pick("Nhà nước", "State"),
            Hierarchy::Party => lang.pick("Đảng", "Party"),
            Hierarchy::Front => lang.pick("Mặt trận", "Front"),
        }
    }
}

/// One life of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its identifier, unique over all organisations and all times.
    pub id: Id,
    /// What sort of body it is.
    pub kind: OrganisationKind,
    /// The area it serves.
    pub area: AreaKey,
    /// Its names, the first one first.
    pub names: Vec<OrganisationName>,
    /// First day of this life; none when no source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// First day after this life; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Other ways in which texts name it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Where it stands in each hierarchy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Membership>,
    /// Which organisations took over its duties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub succession: Vec<Succession>,
    /// Where this was read.
    pub source: Source,
}

/// A name and the day it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationName {
    /// First day of the name; none for the name it began with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
    /// Short Vietnamese form, for tables.
    pub short: String,
}

/// A dated place in a hierarchy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Which hierarchy.
    pub hierarchy: Hierarchy,
    /// The organisation above.
    pub parent: Id,
    /// First day; none when no source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// First day after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}

impl Membership {
    /// Whether the place was held on a day (half-open).
    pub fn valid_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|end| day < end)
    }
}

/// An organisation that took over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// The organisation that took over.
    pub to: Id,
    /// First day on which it held the duties; none when no source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Where the succession was read.
    pub source: Source,
}

impl Organisation {
    /// The name it bore on a day; the first name before any other. None only when it has no name at all,
    /// which no checked definition allows.
    pub fn name_on(&self, day: Date) -> Option<&OrganisationName> {
        self.names
            .iter()
            .rev()
            .find(|name| name.from.is_none_or(|from| from <= day))
            .or_else(|| self.names.first())
    }

    /// Whether this life held on a day (half-open).
    pub fn valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|end| day < end)
    }

    /// The organisation above it in a hierarchy on a day.
    pub fn parent_on(&self, hierarchy: Hierarchy, day: Date) -> Option<&Id> {
        self.memberships
            .iter()
            .find(|membership| membership.hierarchy == hierarchy && membership.valid_on(day))
            .map(|membership| &membership.parent)
    }

    fn validate(&self, index: &str, faults: &mut Faults<'_>) {
        let at = |key: &'static str| ["list", "organisations", index, key];
        if self.names.is_empty() {
            faults.missing(&["list", "organisations", index], "names");
        }
        let empty = |name: &OrganisationName| {
            [&name.vi, &name.en, &name.short]
                .into_iter()
                .any(|text| text.trim().is_empty())
        };
        if self.names.iter().any(empty) {
            faults.value(
                &at("names"),
                "tên để trống",
                "a name is empty",
                "vi + en + short",
            );
        }
        let upside_down = |from: Option<Date>, to: Option<Date>| matches!((from, to), (Some(a), Some(b)) if b <= a);
        if upside_down(self.valid_from, self.valid_to) {
            faults.value(
                &at("valid_to"),
                "ngày hết hiệu lực không sau ngày bắt đầu",
                "the life ends before it begins",
                "valid_to > valid_from",
            );
        }
        for membership in &self.memberships {
            if upside_down(membership.from, membership.to) {
                faults.value(
                    &at("memberships"),
                    "ngày kết thúc trước ngày bắt đầu",
                    "it ends before it begins",
                    "to > from",
                );
            }
        }
        if self.two_parents() {
            faults.value(
                &at("memberships"),
                "hai cơ quan cấp trên cùng lúc trong một hệ thống",
                "two organisations above it at once in one hierarchy",
                "from / to",
            );
        }
    }

    fn two_parents(&self) -> bool {
        let before = |start: Option<Date>, end: Option<Date>| !matches!((start, end), (Some(a), Some(b)) if b <= a);
        self.memberships.iter().enumerate().any(|(index, one)| {
            self.memberships[..index].iter().any(|other| {
                one.hierarchy == other.hierarchy
                    && before(one.from, other.to)
                    && before(other.from, one.to)
            })
        })
    }
}

impl Organisations {
    pub(crate) fn validate(&self, faults: &mut Faults<'_>) {
        let mut seen = HashSet::new();
        for (index, organisation) in self.list.organisations.iter().enumerate() {
            let index = index.to_string();
            organisation.validate(&index, faults);
            if !seen.insert(&organisation.id) {
                faults.duplicate(
                    &["list", "organisations", &index, "id"],
                    organisation.id.as_str(),
                );
            }
        }
    }
}
