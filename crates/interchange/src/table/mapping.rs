//! What the columns of a table mean.

use serde::{Deserialize, Serialize};
use viet::{Period, fold};

use super::period;
use crate::amount::Notation;

/// What a column means.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Identifier or name of the indicator.
    Indicator,
    /// Key, code or name of the area.
    Area,
    /// The period, or a part of it: columns for year and quarter both have this role.
    Period,
    /// The value, for the period of the row.
    Value,
    /// The value for this period: a table with one column a year.
    ValueFor(Period),
    /// What stands above the line of a ratio.
    Numerator,
    /// What stands below it.
    Denominator,
    /// How far the figure has come.
    Stage,
    /// Where it was read.
    Source,
    /// The day on which it was published.
    Vintage,
    /// A part of the whole, by this breakdown: sex, sector …
    Disaggregation(String),
    /// Address or name of what shows it.
    Evidence,
    /// What a reader must know.
    Note,
}

impl Role {
    /// Whether several columns may have it.
    fn is_repeated(&self) -> bool {
        matches!(
            self,
            Role::Disaggregation(_) | Role::ValueFor(_) | Role::Period
        )
    }
}

/// A column and what it means; none when it is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The heading.
    pub heading: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// What holds for every row because no column says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fixed {
    /// The indicator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// The area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// How far the figures have come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<catalogue::Stage>,
    /// Where they were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The day on which they were published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vintage: Option<jiff::civil::Date>,
}

/// What the columns of a table mean, remembered for the next table with the same headings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The columns, first to last.
    pub columns: Vec<Column>,
    /// How numbers are written; without it only those are taken that can be read in one way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notation: Option<Notation>,
    /// What holds for every row.
    #[serde(default)]
    pub fixed: Fixed,
}

/// What keeps a mapping from being used, in Vietnamese and English.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMapping {
    /// No column and no fixed value says it.
    #[error("chưa chọn cột cho {vi} (no column says the {en})")]
    Missing {
        /// What is not said, in Vietnamese.
        vi: &'static str,
        /// In English.
        en: &'static str,
    },
    /// Two columns mean the same.
    #[error("hai cột có cùng vai trò: {0} và {1} (two columns mean the same)")]
    Twice(String, String),
    /// A value for the row's period beside values for periods of their own.
    #[error(
        "cột {0} có giá trị theo kỳ của dòng, các cột khác theo kỳ riêng; hãy chọn một cách (values of both kinds)"
    )]
    BothKinds(String),
}

/// Words by which columns are headed, folded; the first role that has the whole heading gets the column.
const NAMES: [(&[&str], Role); 11] = [
    (
        &[
            "chi so",
            "ma chi so",
            "ten chi so",
            "chi tieu",
            "ten chi tieu",
            "indicator",
            "indicator id",
            "indicator name",
            "indicator code",
        ],
        Role::Indicator,
    ),
    (
        &[
            "dia ban",
            "ma dia ban",
            "ten dia ban",
            "don vi hanh chinh",
            "tinh",
            "tinh/thanh pho",
            "tinh, thanh pho",
            "huyen",
            "xa",
            "xa/phuong",
            "xa, phuong",
            "phuong/xa",
            "dia phuong",
            "area",
            "ref_area",
            "region",
            "province",
            "commune",
            "geo",
        ],
        Role::Area,
    ),
    (
        &[
            "ky",
            "ky so lieu",
            "ky bao cao",
            "nam",
            "quy",
            "thang",
            "thoi gian",
            "thoi ky",
            "period",
            "time",
            "time_period",
            "year",
            "quarter",
            "month",
            "date",
        ],
        Role::Period,
    ),
    (
        &[
            "gia tri",
            "so lieu",
            "ket qua",
            "thuc hien",
            "gia tri ky nay",
            "value",
            "obs_value",
            "figure",
            "result",
        ],
        Role::Value,
    ),
    (&["tu so", "numerator"], Role::Numerator),
    (&["mau so", "denominator"], Role::Denominator),
    (
        &[
            "loai so lieu",
            "trang thai so lieu",
            "tinh chat so lieu",
            "stage",
            "obs_status",
        ],
        Role::Stage,
    ),
    (
        &["nguon", "nguon so lieu", "nguon du lieu", "source"],
        Role::Source,
    ),
    (
        &[
            "ngay cong bo",
            "ngay ban hanh",
            "cong bo",
            "vintage",
            "published",
            "release date",
            "publication date",
        ],
        Role::Vintage,
    ),
    (
        &[
            "minh chung",
            "tai lieu kiem chung",
            "tai lieu minh chung",
            "evidence",
        ],
        Role::Evidence,
    ),
    (
        &["ghi chu", "note", "notes", "remark", "remarks", "comment"],
        Role::Note,
    ),
];

/// Breakdowns by which columns are headed, folded.
const BREAKDOWNS: [&str; 15] = [
    "gioi tinh",
    "dan toc",
    "do tuoi",
    "nhom tuoi",
    "nganh",
    "nganh kinh te",
    "linh vuc",
    "loai hinh",
    "khu vuc",
    "sex",
    "age",
    "sector",
    "industry",
    "ethnicity",
    "breakdown",
];

impl Mapping {
    /// What the headings seem to say. Units in brackets are passed over; a heading that is a period heads
    /// values for it; of two headings that say the same the first has it.
    pub fn propose(headings: &[String]) -> Self {
        let mut columns: Vec<Column> = Vec::with_capacity(headings.len());
        for heading in headings {
            let role = role_of(heading).filter(|role| {
                role.is_repeated() || !columns.iter().any(|c| c.role.as_ref() == Some(role))
            });
            let heading = heading.clone();
            columns.push(Column { heading, role });
        }
        let own = |c: &Column| matches!(c.role, Some(Role::ValueFor(_)));
        if columns.iter().any(|c| c.role == Some(Role::Value)) {
            // A column of the year beside a value: "2025" heads something else then.
            for column in columns.iter_mut().filter(|c| own(c)) {
                column.role = None;
            }
        }
        Self {
            columns,
            notation: None,
            fixed: Fixed::default(),
        }
    }

    /// Whether it was made for a table with these headings, capitals and marks aside.
    pub fn fits(&self, headings: &[String]) -> bool {
        let same = |(column, heading): (&Column, &String)| plain(&column.heading) == plain(heading);
        self.columns.len() == headings.len() && self.columns.iter().zip(headings).all(same)
    }

    /// Whether rows can be read by it.
    ///
    /// # Errors
    /// When a column is missing or stands twice.
    pub fn check(&self) -> Result<(), BadMapping> {
        for (at, column) in self.columns.iter().enumerate() {
            let same = |c: &&Column| c.role.is_some() && c.role == column.role;
            let twin = self.columns[..at].iter().find(same);
            if let Some(twin) = twin.filter(|_| column.role != Some(Role::Period)) {
                return Err(BadMapping::Twice(
                    twin.heading.clone(),
                    column.heading.clone(),
                ));
            }
        }
        let has = |role: Role| self.columns.iter().any(|c| c.role.as_ref() == Some(&role));
        let wide = self
            .columns
            .iter()
            .any(|c| matches!(c.role, Some(Role::ValueFor(_))));
        let value = self.columns.iter().find(|c| c.role == Some(Role::Value));
        let missing = |vi, en| Err(BadMapping::Missing { vi, en });
        match value {
            None if !wide => return missing("giá trị", "value"),
            Some(value) if wide => return Err(BadMapping::BothKinds(value.heading.clone())),
            _ => {}
        }
        if !has(Role::Indicator) && self.fixed.indicator.is_none() {
            return missing("chỉ số", "indicator");
        }
        if !has(Role::Area) && self.fixed.area.is_none() {
            return missing("địa bàn", "area");
        }
        if !has(Role::Period) && !wide && self.fixed.period.is_none() {
            return missing("kỳ số liệu", "period");
        }
        Ok(())
    }
}

impl Column {
    /// The words that make a period of a cell under this heading: "III" under "Quý" is "quy III".
    pub(super) fn period_words(&self, cell: &str) -> String {
        let word = match plain(&self.heading).as_str() {
            "quy" | "quarter" => "quy",
            "thang" | "month" => "thang",
            _ => "",
        };
        let bare = cell
            .chars()
            .all(|c| c.is_ascii_digit() || "IViv".contains(c));
        match bare && cell.len() < 4 {
            true => format!("{word} {cell}"),
            false => cell.to_owned(),
        }
    }

    /// Whether it holds the year of a period whose other part stands elsewhere.
    pub(super) fn is_year(&self) -> bool {
        matches!(plain(&self.heading).as_str(), "nam" | "year")
    }
}

/// Folded, without what stands in brackets and without signs at the ends.
fn plain(heading: &str) -> String {
    let short: String = heading.chars().take(200).collect();
    let folded = fold::fold(&short);
    let bare = folded.split('(').next().unwrap_or("");
    let words: Vec<&str> = bare.split_whitespace().collect();
    let joined = words.join(" ");
    joined
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

/// What a heading says; none when it says nothing known.
pub(super) fn role_of(heading: &str) -> Option<Role> {
    let plain = plain(heading);
    if let Some((_, role)) = NAMES
        .iter()
        .find(|(names, _)| names.contains(&plain.as_str()))
    {
        return Some(role.clone());
    }
    if BREAKDOWNS.contains(&plain.as_str()) {
        return Some(Role::Disaggregation(heading.trim().to_owned()));
    }
    period::read(heading).map(Role::ValueFor)
}
