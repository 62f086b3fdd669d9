//! Agencies scored and ranked on their parts, by the rule of a definition.

use catalogue::ScoringSettings;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::part::{PartAssessment, PartStatus};

pub use catalogue::NotReported;

/// By which rule parts make points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoringRule {
    /// Points of an agency all of whose parts are reached.
    pub full_points: Decimal,
    /// A part counts at most as so many times what it requires: 1 where doing more earns nothing.
    pub most: Decimal,
    /// A part reached to a smaller share earns nothing.
    pub least: Decimal,
    /// What becomes of parts without a figure.
    pub not_reported: NotReported,
    /// Decimals to which points are rounded; agencies with the same rounded points share a rank.
    pub decimals: u32,
}

impl From<&ScoringSettings> for ScoringRule {
    fn from(settings: &ScoringSettings) -> Self {
        Self {
            full_points: settings.full_points.value,
            most: settings.most.value,
            least: settings.least.value,
            not_reported: settings.not_reported.value,
            decimals: settings.decimals.value,
        }
    }
}

/// A part of an agency with how it stands and how much it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// How it stands.
    pub assessment: PartAssessment,
    /// How much it counts among the agency's parts.
    pub weight: Decimal,
}

/// What an agency scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// Points; none when no part of it counts.
    pub points: Option<Decimal>,
    /// Parts it has.
    pub parts: u32,
    /// Those that count towards the points.
    pub counted: u32,
    /// Those that are reached.
    pub reached: u32,
    /// Those without a figure.
    pub not_reported: u32,
}

/// A line of a ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line<K> {
    /// Who.
    pub who: K,
    /// Its rank; none without points.
    pub rank: Option<u32>,
    /// What it scores.
    #[serde(flatten)]
    pub scored: Scored,
}

impl ScoringRule {
    /// `full · Σ wᵢ·rᵢ / Σ wᵢ`, rounded, over the parts that count: `rᵢ` the share reached, at most `most`, nothing
    /// below `least`. A part the data cannot judge does not count.
    pub fn score(&self, parts: &[Marked]) -> Scored {
        let is = |status| {
            parts
                .iter()
                .filter(|p| p.assessment.status == status)
                .count()
        };
        let counted: Vec<(Decimal, Decimal)> = parts
            .iter()
            .filter(|part| part.weight > Decimal::ZERO)
            .filter_map(|part| Some((part.weight, self.share(&part.assessment)?)))
            .collect();
        Scored {
            points: self.points(&counted),
            parts: number(parts.len()),
            counted: number(counted.len()),
            reached: number(is(PartStatus::Reached)),
            not_reported: number(is(PartStatus::NotReported)),
        }
    }

    fn share(&self, part: &PartAssessment) -> Option<Decimal> {
        match (part.status, self.not_reported) {
            (PartStatus::NotAssessable, _) | (PartStatus::NotReported, NotReported::LeftOut) => {
                None
            }
            (PartStatus::NotReported, NotReported::Zero) => Some(Decimal::ZERO),
            _ => {
                let share = part.ratio?.min(self.most);
                Some(if share < self.least {
                    Decimal::ZERO
                } else {
                    share
                })
            }
        }
    }

    fn points(&self, counted: &[(Decimal, Decimal)]) -> Option<Decimal> {
        let (mut top, mut weights) = (Decimal::ZERO, Decimal::ZERO);
        for (weight, share) in counted {
            top = top.checked_add(weight.checked_mul(*share)?)?;
            weights = weights.checked_add(*weight)?;
        }
        let points = self.full_points.checked_mul(top.checked_div(weights)?)?;
        Some(points.round_dp(self.decimals))
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Ranks agencies by their points, the best first: those with the same points share a rank, and as many ranks are left
/// out after them (1, 2, 2, 4). Agencies without points stand at the end without a rank. Within a rank the order is
/// that of `who`.
pub fn rank<K: Ord>(scored: impl IntoIterator<Item = (K, Scored)>) -> Vec<Line<K>> {
    let mut lines: Vec<Line<K>> = scored
        .into_iter()
        .map(|(who, scored)| Line {
            who,
            rank: None,
            scored,
        })
        .collect();
    // None comes before every number, so reversed it comes last.
    lines.sort_by(|a, b| {
        let by_points = b.scored.points.cmp(&a.scored.points);
        by_points.then_with(|| a.who.cmp(&b.who))
    });
    let mut last: Option<(Decimal, u32)> = None;
    for (before, line) in (1..).zip(&mut lines) {
        let Some(points) = line.scored.points else {
            break;
        };
        let rank = match last {
            Some((same, rank)) if same == points => rank,
            _ => before,
        };
        last = Some((points, rank));
        line.rank = Some(rank);
    }
    lines
}
