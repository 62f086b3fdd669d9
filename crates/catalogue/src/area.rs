//! Areas and their lives. A code alone is no key: the mergers of 1/7/2025 gave old codes to new territories.

use std::collections::HashSet;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{AreaCode, AreaKey, Lang};

use crate::fault::Faults;
use crate::header::{Header, Source, UNVERIFIED};

/// A definition of several areas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Areas {
    /// What the definition says about itself.
    pub def: Header,
    /// The areas.
    pub list: AreaList,
}

/// The table `[list]` of a file of areas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaList {
    /// One life of an area each.
    pub areas: Vec<Area>,
}

/// Where an area stands in the administrative order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The whole country.
    Country,
    /// Province or city under the central government.
    Province,
    /// District; abolished on 1/7/2025.
    District,
    /// Commune, ward or special zone.
    Commune,
}

impl Level {
    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Level::Country => lang.pick("cả nước", "country"),
            Level::Province => lang.pick("cấp tỉnh", "province"),
            Level::District => lang.pick("cấp huyện (đã bãi bỏ)", "district (abolished)"),
            Level::Commune => lang.pick("cấp xã", "commune"),
        }
    }
}

/// One life of an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// The code of the official list.
    pub code: AreaCode,
    /// First day of this life; none when no source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// First day after this life; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Its level.
    pub level: Level,
    /// Its name without the type: `Tân Lập`.
    pub name: String,
    /// Its name with the type: `Phường Tân Lập`.
    pub full_name: String,
    /// Names it took later in the same life, in order of their dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renaming>,
    /// The area it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AreaKey>,
    /// The areas it went into, when it has ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<Successor>,
    /// Why the successors are not given; required of an ended area without successors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succession: Option<Source>,
    /// Where it stands on a map of tiles, each area as large as the others; none where nobody has placed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tile: Option<Tile>,
}

/// A place on a map of tiles, counted from the north-west corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tile {
    /// Columns to the west of it.
    pub column: u8,
    /// Rows to the north of it.
    pub row: u8,
}

/// A name an area took later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renaming {
    /// First day of the name.
    pub from: Date,
    /// The name without the type.
    pub name: String,
    /// The name with the type.
    pub full_name: String,
}

/// An area that an ended one went into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// The area.
    pub to: AreaKey,
    /// Which part of the ended area went there.
    pub share: Share,
}

/// The part of an ended area that went into a successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Share {
    /// More than 0, at most 1.
    Known(Decimal),
    /// Nobody has verified it.
    Unknown,
}

impl TryFrom<String> for Share {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.trim() == UNVERIFIED {
            return Ok(Share::Unknown);
        }
        text.parse::<Decimal>()
            .ok()
            .filter(|share| *share > Decimal::ZERO && *share <= Decimal::ONE)
            .map(Share::Known)
            .ok_or_else(|| {
                format!(
                    "share `{text}` is neither a number above 0 and up to 1 nor \"{UNVERIFIED}\""
                )
            })
    }
}

impl From<Share> for String {
    fn from(share: Share) -> String {
        match share {
            Share::Known(part) => part.normalize().to_string(),
            Share::Unknown => UNVERIFIED.to_owned(),
        }
    }
}

impl Area {
    /// The key of this life.
    pub fn key(&self) -> AreaKey {
        AreaKey::new(self.code, self.valid_from)
    }

    /// Whether this life held on a day (half-open; an unknown beginning counts as long ago).
    pub fn valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|end| day < end)
    }

    /// The full name it bore on a day.
    pub fn full_name_on(&self, day: Date) -> &str {
        self.renamed
            .iter()
            .rev()
            .find(|renaming| renaming.from <= day)
            .map_or(self.full_name.as_str(), |renaming| {
                renaming.full_name.as_str()
            })
    }

    /// Whether two lives share a day.
    pub fn overlaps(&self, other: &Area) -> bool {
        let starts_before = |start: Option<Date>, end: Option<Date>| match (start, end) {
            (Some(start), Some(end)) => start < end,
            _ => true,
        };
        starts_before(self.valid_from, other.valid_to)
            && starts_before(other.valid_from, self.valid_to)
    }

    fn validate(&self, index: &str, faults: &mut Faults<'_>) {
        let at = |key: &'static str| ["list", "areas", index, key];
        if self.name.trim().is_empty() || self.full_name.trim().is_empty() {
            faults.value(
                &at("name"),
                "tên để trống",
                "the name is empty",
                "name + full_name",
            );
        }
        if let (Some(from), Some(end)) = (self.valid_from, self.valid_to)
            && end <= from
        {
            faults.value(
                &at("valid_to"),
                "ngày hết hiệu lực không sau ngày bắt đầu",
                "the life ends before it begins",
                "valid_to > valid_from",
            );
        }
        if self.valid_to.is_none() && !self.successors.is_empty() {
            faults.missing(&at("successors"), "valid_to");
        }
        if self.valid_to.is_some() && self.successors.is_empty() && self.succession.is_none() {
            faults.missing(
                &["list", "areas", index],
                "successors | succession = \"chưa xác định\"",
            );
        }
        self.validate_shares(&at("successors"), faults);
        self.validate_renamings(&at("renamed"), faults);
    }

    fn validate_shares(&self, keys: &[&str], faults: &mut Faults<'_>) {
        let known: Decimal = self
            .successors
            .iter()
            .map(|successor| match successor.share {
                Share::Known(part) => part,
                Share::Unknown => Decimal::ZERO,
            })
            .sum();
        if known > Decimal::ONE {
            faults.value(
                keys,
                format!("các phần cộng lại bằng {known}, lớn hơn 1"),
                format!("the shares add up to {known}, more than 1"),
                "≤ 1",
            );
        }
    }

    fn validate_renamings(&self, keys: &[&str], faults: &mut Faults<'_>) {
        let mut last = self.valid_from;
        for renaming in &self.renamed {
            if last.is_some_and(|last| renaming.from <= last) {
                faults.value(
                    keys,
                    "các lần đổi tên không theo thứ tự ngày",
                    "the renamings are not in order of their dates",
                    "from > …",
                );
            }
            last = Some(renaming.from);
        }
    }
}

impl Areas {
    pub(crate) fn validate(&self, faults: &mut Faults<'_>) {
        let mut seen = HashSet::new();
        for (index, area) in self.list.areas.iter().enumerate() {
            let index = index.to_string();
            area.validate(&index, faults);
            if !seen.insert(area.key()) {
                faults.duplicate(&["list", "areas", &index, "code"], &area.key().to_string());
            }
        }
    }
}
