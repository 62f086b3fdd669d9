//! Thresholds, calendars and marks: what a province sets and no code may hide.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::Calendar;

use crate::fault::Faults;
use crate::header::{Header, Id, Label, Source};
use crate::indicator::Stage;

/// The settings of an installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the definition says about itself.
    pub def: Header,
    /// When a task or a target is called late or at risk.
    pub thresholds: ThresholdSettings,
    /// Which calendars count.
    pub calendar: CalendarSettings,
    /// Which marks of secrecy are refused.
    pub secrecy: SecrecySettings,
    /// What is asked back about figures that come in; none in settings of before it could be set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<CheckSettings>,
    /// How agencies are scored on their parts of targets; none where nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoring: Option<ScoringSettings>,
}

/// How agencies are scored on their parts of targets. Points are the mean share of the parts that is reached, by
/// weight, times `full_points`; agencies with the same points share a rank and the next ranks are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoringSettings {
    /// Points of an agency all of whose parts are reached.
    pub full_points: Setting<Decimal>,
    /// Share of what a part requires above which more earns nothing.
    pub most: Setting<Decimal>,
    /// Share below which a part earns nothing.
    pub least: Setting<Decimal>,
    /// What becomes of parts for which nothing was reported.
    pub not_reported: Setting<NotReported>,
    /// Decimals to which points are rounded before they are compared.
    pub decimals: Setting<u32>,
    /// Indicators whose parts count more or less than 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<ScoringWeight>,
}

/// What becomes of a part for which nothing was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReported {
    /// It counts as nothing reached.
    Zero,
    /// It does not count.
    LeftOut,
}

/// How much parts of an indicator count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoringWeight {
    /// The indicator.
    pub indicator: Id,
    /// How much; others count 1.
    pub weight: Decimal,
    /// Where it was read.
    pub source: Source,
}

impl ScoringSettings {
    /// How much parts of an indicator count.
    pub fn weight(&self, indicator: Option<&Id>) -> Decimal {
        let named = self
            .weights
            .iter()
            .find(|w| Some(&w.indicator) == indicator);
        named.map_or(Decimal::ONE, |named| named.weight)
    }

    fn validate(&self, faults: &mut Faults<'_>) {
        let limits = [
            ("full_points", self.full_points.value > Decimal::ZERO, "> 0"),
            ("most", self.most.value >= Decimal::ONE, ">= 1"),
            (
                "least",
                (Decimal::ZERO..=Decimal::ONE).contains(&self.least.value),
                "0 … 1",
            ),
            ("decimals", self.decimals.value <= 6, "0–6"),
        ];
        for (key, _, wanted) in limits.iter().filter(|(_, holds, _)| !holds) {
            faults.value(
                &["scoring", key, "value"],
                "ngoài khoảng cho phép",
                "outside what is possible",
                wanted,
            );
        }
        for (index, one) in self.weights.iter().enumerate() {
            let index_word = index.to_string();
            if one.weight < Decimal::ZERO {
                faults.value(
                    &["scoring", "weights", &index_word, "weight"],
                    "trọng số âm",
                    "a weight below zero",
                    ">= 0",
                );
            }
            if self.weights[..index]
                .iter()
                .any(|w| w.indicator == one.indicator)
            {
                let at = ["scoring", "weights", &index_word, "indicator"];
                faults.duplicate(&at, one.indicator.as_str());
            }
        }
    }
}

/// What is asked back about figures that come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSettings {
    /// Change against the period before, as a part of its value, above which a figure is asked back.
    pub jump_share: Setting<Decimal>,
    /// Stages of which an imported figure needs a paper: a source of its own, an address or a file.
    pub evidence_stages: Setting<Vec<Stage>>,
}

/// A set value and where it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it was read.
    pub source: Source,
}

/// When a task or a target is called late or at risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdSettings {
    /// A task is due soon when its deadline lies at most this many days ahead.
    pub due_soon_days: Setting<u32>,
    /// Part (0 to 1) of the way due by the path that must be gone to be on track.
    pub on_track_share: Setting<Decimal>,
    /// Part (0 to 1) of the way due below which a target is off track; between the two it is at risk.
    pub off_track_share: Setting<Decimal>,
    /// Working days within which feedback is forwarded to the competent body.
    pub feedback_forward_days: Setting<u32>,
}

/// Which calendars count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSettings {
    /// The calendar of administrative reports.
    pub reports: Setting<Calendar>,
    /// The calendar of statistics.
    pub statistics: Setting<Calendar>,
    /// Days on which no office works, beside Saturdays and Sundays.
    pub holidays: Setting<Vec<Date>>,
}

/// Which marks of secrecy are refused at upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecrecySettings {
    /// The marks as printed, in capitals.
    pub marks: Vec<SecrecyMark>,
    /// Where they were read.
    pub source: Source,
}

/// A mark of secrecy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecrecyMark {
    /// The mark as printed, in capitals.
    pub text: String,
    /// Its name.
    pub label: Label,
}

impl Settings {
    pub(crate) fn validate(&self, faults: &mut Faults<'_>) {
        let share = |value: Decimal| Decimal::ZERO <= value && value <= Decimal::ONE;
        let (on, off) = (
            self.thresholds.on_track_share.value,
            self.thresholds.off_track_share.value,
        );
        for (key, value) in [("on_track_share", on), ("off_track_share", off)] {
            if !share(value) {
                faults.value(
                    &["thresholds", key, "value"],
                    "không phải một phần",
                    "not a share",
                    "0 … 1",
                );
            }
        }
        if off > on {
            faults.value(
                &["thresholds", "off_track_share", "value"],
                "ngưỡng chậm cao hơn ngưỡng đúng lộ trình",
                "the off-track share is above the on-track share",
                "off_track_share <= on_track_share",
            );
        }
        if let Some(checks) = &self.checks
            && checks.jump_share.value <= Decimal::ZERO
        {
            faults.value(
                &["checks", "jump_share", "value"],
                "phải lớn hơn 0",
                "must be above 0",
                "0.5",
            );
        }
        if let Some(scoring) = &self.scoring {
            scoring.validate(faults);
        }
        if self.secrecy.marks.is_empty() {
            faults.missing(&["secrecy"], "marks");
        }
        for (index, mark) in self.secrecy.marks.iter().enumerate() {
            if mark.text.trim().is_empty() || mark.label.is_incomplete() {
                faults.value(
                    &["secrecy", "marks", &index.to_string()],
                    "dấu mật để trống",
                    "a mark of secrecy is empty",
                    "text + label",
                );
            }
        }
    }
}
