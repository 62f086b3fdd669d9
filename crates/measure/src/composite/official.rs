//! Indices that ministries publish: the digital-transformation index (DTI) and the provincial innovation index (PII).
//!
//! DTI: Decision 922/QĐ-BTTTT of 20/5/2022, Annex 1 (read in a copy at eballsviet.com): points are given to component
//! indices, a main index is points ÷ most points, and the score is the sum of points over 1,000. The weighted sum
//! reproduces the five published rows of dti.gov.vn/xep-hang-2022 within 1e-4. How many points each part has is law
//! and comes in as an argument.
//!
//! PII: the overall score is the mean of input and output; it reproduces Huế 2025, (51.50 + 47.23)/2 = 49.37. That
//! lower levels are unweighted means is unverified. Scores are relative to the units of their year: a difference
//! between years, or between 63 and 34 provinces, is no progress.

use catalogue::Unit;
use serde::{Deserialize, Serialize};

use crate::figure::{Figure, Refusal};

/// How a component index turns what was found into points; the three rules seen in published sets.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Component {
    /// All points or none.
    AllOrNothing {
        /// Whether the state is reached.
        reached: bool,
    },
    /// All points, half of them, or none.
    InHalves {
        /// 0, 1 or 2 halves; more counts as 2.
        halves: u8,
    },
    /// Points in proportion to a share from 0 to 1.
    Proportion {
        /// The share.
        share: f64,
    },
}

impl Component {
    /// The part (0 to 1) of the most points.
    pub fn part(self) -> f64 {
        match self {
            Self::AllOrNothing { reached } => f64::from(u8::from(reached)),
            Self::InHalves { halves } => f64::from(halves.min(2)) / 2.0,
            Self::Proportion { share } => share.clamp(0.0, 1.0),
        }
    }
}

/// One part of an index of points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointPart {
    /// Its code.
    pub code: String,
    /// Most points it can bring.
    pub most: f64,
    /// What it brought, as a part (0 to 1) of the most.
    pub part: f64,
}

/// The score of an index of points, between 0 and 1: `Σ most·part / Σ most`.
pub fn points_index(parts: &[PointPart]) -> Result<Figure, Refusal> {
    for found in parts {
        let sound = found.most.is_finite() && found.most >= 0.0;
        if !sound || !(0.0..=1.0).contains(&found.part) {
            return Err(Refusal::new(
                format!(
                    "“{}” phải có điểm tối đa không âm và tỷ lệ đạt từ 0 đến 1",
                    found.code
                ),
                format!(
                    "\"{}\" needs most points of 0 or more and a part from 0 to 1",
                    found.code
                ),
            ));
        }
    }
    let most: f64 = parts.iter().map(|found| found.most).sum();
    if most == 0.0 {
        return Err(Refusal::new(
            "tổng điểm tối đa bằng 0; hãy nhập điểm tối đa của các chỉ số",
            "the most points sum to 0; enter those of the parts",
        ));
    }
    let points: f64 = parts.iter().map(|found| found.most * found.part).sum();
    Figure::new(points / most, Unit::Index)
}

/// Innovation index: the mean of the mean of input pillars and the mean of output pillars, in points of 100.
pub fn innovation_index(input: &[f64], output: &[f64]) -> Result<Figure, Refusal> {
    let half = |pillars: &[f64], vi: &str, en: &str| {
        if pillars.iter().all(|score| (0.0..=100.0).contains(score)) && !pillars.is_empty() {
            return Ok(crate::stats::mean(pillars));
        }
        Err(Refusal::new(
            format!("nhóm {vi} cần điểm của mọi trụ cột, từ 0 đến 100"),
            format!("the {en} side needs a score from 0 to 100 for every pillar"),
        ))
    };
    let (input, output) = (
        half(input, "đầu vào", "input")?,
        half(output, "đầu ra", "output")?,
    );
    Figure::new(f64::midpoint(input, output), Unit::Points)
}
