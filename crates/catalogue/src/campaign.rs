//! Evidence campaigns: what the yearly season of an index asks of whom.

use std::collections::HashSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fault::{FaultCode, Faults, nearest};
use crate::header::{Header, Id, Label, Source};

/// The definition of an evidence campaign. A season is opened under it year by year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// What the definition says about itself.
    pub def: Header,
    /// Which index, by when, about which year.
    pub campaign: CampaignSpec,
    /// The parts of the index, in its order.
    pub pillars: Vec<Pillar>,
    /// What is asked, in the order of the index.
    pub requests: Vec<CampaignRequest>,
}

/// Which index, by when, about which year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignSpec {
    /// The indicator of the catalogue that holds the score of the whole.
    pub index: Id,
    /// Years before the season's for which figures are asked.
    pub years_back: u32,
    /// Where that was read.
    pub years_source: Source,
    /// The day of the year by which everything is to be in; whoever opens a season may set another, and has
    /// to where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<YearDay>,
    /// Where the deadline was read.
    pub deadline_source: Source,
}

/// A day that comes every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearDay {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

impl YearDay {
    /// The day in a year; none where the year has no such day.
    pub fn in_year(self, year: i16) -> Option<Date> {
        Date::new(year, self.month, self.day).ok()
    }
}

/// A part of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pillar {
    /// Its identifier.
    pub id: Id,
    /// Its name.
    pub label: Label,
}

/// What is asked about one sub-indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignRequest {
    /// Its identifier within the campaign.
    pub id: Id,
    /// The code by which the index numbers it; none when no source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Name of the sub-indicator.
    pub label: Label,
    /// Id of the pillar it belongs to.
    pub pillar: Id,
    /// The indicator whose figure is asked; papers only when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<Id>,
    /// Kinds of papers asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Label>,
    /// Id of the organisation that owes it.
    pub organisation: Id,
    /// How to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance: Option<Label>,
    /// Where name, pillar and agency were read.
    pub source: Source,
}

impl CampaignRequest {
    /// What is wrong with it by itself, as (key, Vietnamese, English, expected).
    pub fn faults(&self) -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
        let mut faults = Vec::new();
        if self.label.is_incomplete() {
            faults.push((
                "label",
                "tên gọi phải có cả tiếng Việt và tiếng Anh",
                "the label needs both Vietnamese and English",
                "{ vi = \"…\", en = \"…\" }",
            ));
        }
        if self.indicator.is_none() && self.papers.is_empty() {
            faults.push((
                "papers",
                "không yêu cầu gì: không có chỉ số, không có minh chứng",
                "nothing is asked: neither a figure nor papers",
                "indicator | papers",
            ));
        }
        faults
    }
}

impl Campaign {
    /// A pillar by its id.
    pub fn pillar(&self, id: &Id) -> Option<&Pillar> {
        self.pillars.iter().find(|pillar| pillar.id == *id)
    }

    pub(crate) fn validate(&self, faults: &mut Faults<'_>) {
        // A leap year, so that 29/2 may be set; a season of another year is opened with another day.
        let deadline = self.campaign.deadline;
        if deadline.is_some_and(|day| day.in_year(2024).is_none()) {
            faults.value(
                &["campaign", "deadline"],
                "không có ngày này trong năm",
                "no year has such a day",
                "{ month = 8, day = 30 }",
            );
        }
        if self.requests.is_empty() {
            faults.missing(&["requests"], "[[requests]]");
        }
        let mut seen = HashSet::new();
        for (index, pillar) in self.pillars.iter().enumerate() {
            let at = index.to_string();
            if !seen.insert(&pillar.id) {
                faults.duplicate(&["pillars", &at, "id"], pillar.id.as_str());
            }
            if pillar.label.is_incomplete() {
                faults.value(
                    &["pillars", &at, "label"],
                    "tên gọi phải có cả tiếng Việt và tiếng Anh",
                    "the label needs both Vietnamese and English",
                    "{ vi = \"…\", en = \"…\" }",
                );
            }
        }
        let mut seen = HashSet::new();
        for (index, request) in self.requests.iter().enumerate() {
            let at = index.to_string();
            if !seen.insert(&request.id) {
                faults.duplicate(&["requests", &at, "id"], request.id.as_str());
            }
            for (key, vi, en, expected) in request.faults() {
                faults.value(&["requests", &at, key], vi, en, expected);
            }
            self.validate_pillar(&at, &request.pillar, faults);
        }
    }

    fn validate_pillar(&self, at: &str, id: &Id, faults: &mut Faults<'_>) {
        if self.pillar(id).is_some() {
            return;
        }
        let names = || self.pillars.iter().map(|pillar| pillar.id.as_str());
        faults.push_near(
            FaultCode::UnknownReference,
            &["requests", at, "pillar"],
            Label::new(
                format!("không có trụ cột `{id}`"),
                format!("there is no pillar `{id}`"),
            ),
            names().map(str::to_owned).collect(),
            nearest(id.as_str(), names()),
        );
    }
}
