//! How the part of an agency in a target stands, derived from its figures.

use catalogue::Label;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{Lang, Period};

use crate::path::moment;
use crate::spec::{Baseline, TargetSpec, Thresholds};
use crate::target::{Assessment, TargetStatus, target_status};

/// What a reported value tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// The state on the reporting date: the last one of a year is the year's.
    State,
    /// The flow in the period: what came about within the year counts.
    Flow,
}

impl Measured {
    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Measured::State => {
                lang.pick("trạng thái tại ngày báo cáo", "state on the reporting date")
            }
            Measured::Flow => lang.pick("phát sinh trong kỳ", "flow in the period"),
        }
    }
}

/// How a part stands in its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartStatus {
    /// Behind the path, or missed.
    Behind,
    /// Its year runs or is over, and no figure was reported for it.
    NotReported,
    /// The data cannot say.
    NotAssessable,
    /// As far as it should be by now.
    OnPath,
    /// What is required is there.
    Reached,
}

impl PartStatus {
    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            PartStatus::Behind => lang.pick("chậm", "behind"),
            PartStatus::NotReported => lang.pick("chưa báo cáo", "not reported"),
            PartStatus::NotAssessable => lang.pick("chưa đánh giá được", "cannot be assessed yet"),
            PartStatus::OnPath => lang.pick("đúng lộ trình", "on path"),
            PartStatus::Reached => lang.pick("đạt", "reached"),
        }
    }

    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            PartStatus::Behind => "behind",
            PartStatus::NotReported => "not_reported",
            PartStatus::NotAssessable => "not_assessable",
            PartStatus::OnPath => "on_path",
            PartStatus::Reached => "reached",
        }
    }

    /// A shape that tells it apart without colour.
    pub fn shape(self) -> char {
        match self {
            PartStatus::Behind => '▼',
            PartStatus::NotReported => '□',
            PartStatus::NotAssessable => '○',
            PartStatus::OnPath => '▲',
            PartStatus::Reached => '●',
        }
    }
}

/// How a part stands, and on what that rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartAssessment {
    /// The status.
    pub status: PartStatus,
    /// Why, in both languages.
    pub reason: Label,
    /// What was reported for the year so far, with the period up to which it reaches.
    pub achieved: Option<(Period, Decimal)>,
    /// Part of what the year requires that is reached: 1 is all of it. None without a figure, and where the figure
    /// required is not known or the quotient says nothing (below zero, or over zero).
    pub ratio: Option<Decimal>,
}

/// Derives how a part stands on a day. `spec` demands the part's value by the end of its year; `values` holds one
/// prevailing value a period. A flow starts every year from nothing, so quarters or months of the year are added up
/// where the year itself has no figure yet.
pub fn part_status(
    spec: &TargetSpec,
    measured: Measured,
    values: &[(Period, Decimal)],
    today: Date,
    thresholds: Thresholds,
) -> PartAssessment {
    let Some(year) = spec.year else {
        return without(
            PartStatus::NotAssessable,
            "phần chưa có năm",
            "the part has no year",
        );
    };
    let (spec, values) = match measured {
        Measured::State => (spec.clone(), up_to(year, values)),
        Measured::Flow => (
            TargetSpec {
                baseline: Some(Baseline {
                    year: year - 1,
                    value: Decimal::ZERO,
                }),
                ..spec.clone()
            },
            accumulated(year, values),
        ),
    };
    let of_year = values.iter().any(|(period, _)| period.end_year() == year);
    if !of_year {
        return match year > today.year() {
            true => without(
                PartStatus::NotAssessable,
                "chưa đến năm phải đạt",
                "its year has not begun",
            ),
            false => without(
                PartStatus::NotReported,
                "chưa có số liệu của năm này",
                "there is no figure for the year",
            ),
        };
    }
    let assessment = target_status(&spec, &values, today, thresholds);
    let status = status_of(&assessment, &spec, measured, year, thresholds);
    PartAssessment {
        status,
        ratio: ratio(&assessment, &spec, year, thresholds),
        reason: assessment.reason,
        achieved: assessment.latest,
    }
}

fn without(status: PartStatus, vi: &str, en: &str) -> PartAssessment {
    PartAssessment {
        status,
        reason: Label::new(vi, en),
        achieved: None,
        ratio: None,
    }
}

fn up_to(year: i16, values: &[(Period, Decimal)]) -> Vec<(Period, Decimal)> {
    let known = values
        .iter()
        .filter(|(period, _)| period.end_year() <= year);
    known.copied().collect()
}

fn status_of(
    assessment: &Assessment,
    spec: &TargetSpec,
    measured: Measured,
    year: i16,
    thresholds: Thresholds,
) -> PartStatus {
    let over = |period: Period| moment(period) >= Decimal::from(year);
    match assessment.status {
        // Staying below a limit is no result before the year is over.
        TargetStatus::Met
            if measured == Measured::Flow
                && spec
                    .goal_in(year, thresholds)
                    .is_some_and(|goal| goal.falling)
                && assessment.latest.is_some_and(|(period, _)| !over(period)) =>
        {
            PartStatus::OnPath
        }
        TargetStatus::Met => PartStatus::Reached,
        TargetStatus::OnTrack => PartStatus::OnPath,
        TargetStatus::AtRisk | TargetStatus::OffTrack => PartStatus::Behind,
        TargetStatus::NoData => PartStatus::NotReported,
        TargetStatus::NotYetMeasurable => PartStatus::NotAssessable,
    }
}

/// What of the year was reported, added up: the year, or the periods from its beginning that reach furthest. Of those
/// that reach equally far the longest periods count: what was said of a half-year before its quarters.
fn accumulated(year: i16, values: &[(Period, Decimal)]) -> Vec<(Period, Decimal)> {
    let value = |wanted: Option<Period>| {
        let wanted = wanted?;
        let found = values.iter().find(|(period, _)| *period == wanted);
        found.map(|(_, value)| *value)
    };
    let run = |periods: Vec<Option<Period>>| {
        let mut sum = Decimal::ZERO;
        let mut reached = None;
        for period in periods {
            let next = value(period).and_then(|value| sum.checked_add(value));
            let (Some(next), Some(period)) = (next, period) else {
                break;
            };
            sum = next;
            reached = Some((period, sum));
        }
        reached
    };
    let runs = [
        run(vec![Some(Period::Year(year))]),
        run(vec![Some(Period::NineMonths(year))]),
        run((1..=2).map(|half| Period::half_year(year, half)).collect()),
        run((1..=4)
            .map(|quarter| Period::quarter(year, quarter))
            .collect()),
        run((1..=12).map(|month| Period::month(year, month)).collect()),
    ];
    let mut furthest: Option<(Period, Decimal)> = None;
    for found in runs.into_iter().flatten() {
        if furthest.is_none_or(|(period, _)| moment(found.0) > moment(period)) {
            furthest = Some(found);
        }
    }
    furthest.into_iter().collect()
}

/// Value over requirement, or the other way round where less is better.
fn ratio(
    assessment: &Assessment,
    spec: &TargetSpec,
    year: i16,
    thresholds: Thresholds,
) -> Option<Decimal> {
    let (_, value) = assessment.latest?;
    let goal = spec.goal_in(year, thresholds)?;
    if goal.is_met_by(value) && (goal.falling || goal.value <= Decimal::ZERO) {
        return Some(Decimal::ONE);
    }
    let (part, whole) = match goal.falling {
        true => (goal.value, value),
        false => (value, goal.value),
    };
    if part < Decimal::ZERO || whole <= Decimal::ZERO {
        return None;
    }
    part.checked_div(whole)
}
