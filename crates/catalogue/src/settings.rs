//! Thresholds, calendars and marks: what a province sets and no code may hide.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::Calendar;

use crate::fault::Faults;
use crate::header::{Header, Label, Source};
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
