//! Five grades.

use serde::{Deserialize, Serialize};
use viet::Lang;

use crate::target::TargetStatus;

/// How a target fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Reached, whatever the trend.
    Achieved,
    /// Fast enough.
    OnTrack,
    /// Must go faster.
    Accelerate,
    /// Hardly moves.
    Limited,
    /// Goes the wrong way.
    Deteriorating,
}

/// From which ratio on a grade is given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GradeThresholds {
    /// R for "on track".
    pub on_track: f64,
    /// R for "must go faster"; below it, but not below 0, progress is limited.
    pub accelerate: f64,
}

impl Default for GradeThresholds {
    /// 0.95 and 0.60, as Statistics Canada and Open SDG have them after Eurostat (`docs/progress-methodology.md`).
    fn default() -> Self {
        Self {
            on_track: 0.95,
            accelerate: 0.60,
        }
    }
}

impl Grade {
    /// Every grade, the best first.
    pub const ALL: [Grade; 5] = [
        Grade::Achieved,
        Grade::OnTrack,
        Grade::Accelerate,
        Grade::Limited,
        Grade::Deteriorating,
    ];

    /// The grade of a ratio of what was done to what was needed.
    pub fn of_ratio(ratio: f64, thresholds: GradeThresholds) -> Grade {
        if ratio >= thresholds.on_track {
            Grade::OnTrack
        } else if ratio >= thresholds.accelerate {
            Grade::Accelerate
        } else if ratio >= 0.0 {
            Grade::Limited
        } else {
            Grade::Deteriorating
        }
    }

    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Grade::Achieved => lang.pick("đạt", "achieved"),
            Grade::OnTrack => lang.pick("đúng lộ trình", "on track"),
            Grade::Accelerate => lang.pick("cần đẩy nhanh", "must accelerate"),
            Grade::Limited => lang.pick("tiến triển hạn chế", "limited progress"),
            Grade::Deteriorating => lang.pick("thụt lùi", "deteriorating"),
        }
    }

    /// What stands in place of a grade.
    pub fn not_assessable(lang: Lang) -> &'static str {
        lang.pick("chưa đánh giá được", "cannot be assessed")
    }
}

impl From<Grade> for TargetStatus {
    fn from(grade: Grade) -> Self {
        match grade {
            Grade::Achieved => TargetStatus::Met,
            Grade::OnTrack => TargetStatus::OnTrack,
            Grade::Accelerate => TargetStatus::AtRisk,
            Grade::Limited | Grade::Deteriorating => TargetStatus::OffTrack,
        }
    }
}
