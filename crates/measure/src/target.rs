//! The status of a target, derived from what was observed.

use catalogue::Label;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{Lang, Period, number};

use crate::path::moment;
use crate::spec::{Baseline, Cadence, Goal, TargetSpec, Thresholds};

/// The status of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetStatus {
    /// It cannot be judged yet.
    NotYetMeasurable,
    /// A figure should be there and is not.
    NoData,
    /// Reached.
    Met,
    /// Going as it should.
    OnTrack,
    /// Behind, but not far.
    AtRisk,
    /// Far behind, or missed.
    OffTrack,
}

impl TargetStatus {
    /// Every status, the most urgent first.
    pub const ALL: [TargetStatus; 6] = [
        TargetStatus::OffTrack,
        TargetStatus::AtRisk,
        TargetStatus::NoData,
        TargetStatus::NotYetMeasurable,
        TargetStatus::OnTrack,
        TargetStatus::Met,
    ];

    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            TargetStatus::NotYetMeasurable => lang.pick("chưa đo được", "not yet measurable"),
            TargetStatus::NoData => lang.pick("chưa có số liệu", "no data"),
            TargetStatus::Met => lang.pick("đạt", "met"),
            TargetStatus::OnTrack => lang.pick("đúng lộ trình", "on track"),
            TargetStatus::AtRisk => lang.pick("có nguy cơ chậm", "at risk"),
            TargetStatus::OffTrack => lang.pick("chậm lộ trình", "off track"),
        }
    }

    /// The word used in addresses and files.
    pub fn word(self) -> &'static str {
        match self {
            TargetStatus::NotYetMeasurable => "not_yet_measurable",
            TargetStatus::NoData => "no_data",
            TargetStatus::Met => "met",
            TargetStatus::OnTrack => "on_track",
            TargetStatus::AtRisk => "at_risk",
            TargetStatus::OffTrack => "off_track",
        }
    }

    /// The status a word stands for.
    pub fn from_word(word: &str) -> Option<TargetStatus> {
        TargetStatus::ALL
            .into_iter()
            .find(|status| status.word() == word)
    }

    /// A shape that tells it apart without colour; every shape is in the fonts of old offices (WGL4).
    pub fn shape(self) -> char {
        match self {
            TargetStatus::NotYetMeasurable => '○',
            TargetStatus::NoData => '□',
            TargetStatus::Met => '●',
            TargetStatus::OnTrack => '▲',
            TargetStatus::AtRisk => '◊',
            TargetStatus::OffTrack => '▼',
        }
    }

    /// 0 for what must be looked at first.
    pub fn urgency(self) -> u8 {
        match self {
            TargetStatus::OffTrack => 0,
            TargetStatus::AtRisk => 1,
            TargetStatus::NoData => 2,
            TargetStatus::NotYetMeasurable => 3,
            TargetStatus::OnTrack => 4,
            TargetStatus::Met => 5,
        }
    }
}

/// A status and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The status.
    pub status: TargetStatus,
    /// Why, in both languages.
    pub reason: Label,
    /// The value that must be reached, in the unit of the indicator; none when it cannot be computed yet.
    pub goal: Option<Decimal>,
    /// The value due at the moment of the latest observation.
    pub due: Option<Decimal>,
    /// The observation that was judged.
    pub latest: Option<(Period, Decimal)>,
    /// Latest value minus goal.
    pub distance: Option<Decimal>,
}

/// Derives the status of a target on a day from the observations that prevail, one for each period.
///
/// The latest observation is judged. It meets the target, or it misses it when it already stands for the target's
/// year; before that it is compared with the straight path from the baseline (or, when the target names none, from
/// the first observation): the part of the way due that is gone decides.
pub fn target_status(
    target: &TargetSpec,
    observations: &[(Period, Decimal)],
    today: Date,
    thresholds: Thresholds,
) -> Assessment {
    let Some((period, value)) = observations
        .iter()
        .copied()
        .max_by_key(|(period, _)| moment(*period))
    else {
        return without_data(target, today);
    };
    let latest = Some((period, value));
    let end = target.year.unwrap_or_else(|| period.end_year());
    // A yearly target is judged in the year of the observation, as long as that lies within the target's time.
    let judged = match target.cadence {
        Cadence::PerYear => period.end_year().min(end),
        Cadence::ByYear => end,
    };
    let Some(goal) = target.goal_in(judged, thresholds) else {
        let reason = Label::new(
            "chưa có giá trị gốc để tính mức phải đạt",
            "the value to be reached cannot be computed without a baseline",
        );
        let (goal, due, distance) = (None, None, None);
        return Assessment {
            status: TargetStatus::NotYetMeasurable,
            reason,
            goal,
            due,
            latest,
            distance,
        };
    };
    let (status, due, reason) = judge(
        target,
        observations,
        (period, value),
        (judged, goal),
        today,
        thresholds,
    );
    let distance = value.checked_sub(goal.value);
    Assessment {
        status,
        reason,
        goal: Some(goal.value),
        due,
        latest,
        distance,
    }
}

fn without_data(target: &TargetSpec, today: Date) -> Assessment {
    // A state with time left is asked for later; a figure is missed from the beginning.
    let waits = target.is_state() && target.year.is_some_and(|year| year >= today.year());
    let (status, reason) = if waits {
        (
            TargetStatus::NotYetMeasurable,
            Label::new(
                "chưa đến hạn, chưa có đánh giá",
                "not due yet and not assessed yet",
            ),
        )
    } else {
        (
            TargetStatus::NoData,
            Label::new("chưa có số liệu nào", "there is no figure yet"),
        )
    };
    Assessment {
        status,
        reason,
        goal: None,
        due: None,
        latest: None,
        distance: None,
    }
}

type Judgement = (TargetStatus, Option<Decimal>, Label);

fn judge(
    target: &TargetSpec,
    observations: &[(Period, Decimal)],
    (period, value): (Period, Decimal),
    (judged, goal): (i16, Goal),
    today: Date,
    thresholds: Thresholds,
) -> Judgement {
    let at = moment(period);
    if goal.is_met_by(value) {
        return (
            TargetStatus::Met,
            None,
            compared(period, value, goal.value, "đạt mức", "meets"),
        );
    }
    if target.year.is_none() {
        return (
            TargetStatus::AtRisk,
            None,
            compared(
                period,
                value,
                goal.value,
                "chưa đạt (văn bản không nêu năm)",
                "is short (no year was named) of",
            ),
        );
    }
    if at >= Decimal::from(judged) {
        return (
            TargetStatus::OffTrack,
            None,
            compared(period, value, goal.value, "không đạt mức", "misses"),
        );
    }
    if today.year() > judged {
        let reason = Label::new(
            format!("năm {judged} đã hết nhưng chưa có số liệu của năm đó"),
            format!("the year {judged} is over and its figure is not there"),
        );
        return (TargetStatus::NoData, None, reason);
    }
    if target.is_state() {
        return state_not_reached(judged, today);
    }
    against_path(
        target,
        observations,
        (period, value),
        (judged, goal),
        thresholds,
    )
}

fn state_not_reached(year: i16, today: Date) -> Judgement {
    if today.year() == year {
        let reason = Label::new(
            "chưa đạt, đã đến năm phải đạt",
            "not reached, and this is the year",
        );
        (TargetStatus::AtRisk, None, reason)
    } else {
        let reason = Label::new("chưa đạt, còn thời hạn", "not reached, with time left");
        (TargetStatus::NotYetMeasurable, None, reason)
    }
}

fn against_path(
    target: &TargetSpec,
    observations: &[(Period, Decimal)],
    (period, value): (Period, Decimal),
    (year, goal): (i16, Goal),
    thresholds: Thresholds,
) -> Judgement {
    let at = moment(period);
    let first = observations
        .iter()
        .copied()
        .min_by_key(|(period, _)| moment(*period));
    let observed = first
        .filter(|(first, _)| moment(*first) < at)
        .map(|(first, value)| Baseline {
            year: first.end_year(),
            value,
        });
    let Some(start) = target.baseline.or(observed) else {
        let reason = Label::new(
            "mới có một số liệu, chưa có giá trị gốc để so với lộ trình",
            "there is one figure and no baseline to draw the path from",
        );
        return (TargetStatus::NotYetMeasurable, None, reason);
    };
    let due = target
        .path(start, year, thresholds)
        .and_then(|path| path.value_at(at));
    let Some(due) = due else {
        let reason = Label::new("không tính được lộ trình", "the path cannot be computed");
        return (TargetStatus::NotYetMeasurable, None, reason);
    };
    let status = by_way(start.value, value, due, goal.falling, thresholds);
    let reason = match status {
        TargetStatus::OnTrack => compared(
            period,
            value,
            due,
            "theo kịp lộ trình",
            "keeps up with the path at",
        ),
        TargetStatus::AtRisk => compared(
            period,
            value,
            due,
            "hơi chậm so với lộ trình",
            "is a little behind the path at",
        ),
        _ => compared(
            period,
            value,
            due,
            "chậm so với lộ trình",
            "is behind the path at",
        ),
    };
    (status, Some(due), reason)
}

/// Which part of the way due is gone. Multiplied out, so that no division can fail.
fn by_way(
    start: Decimal,
    value: Decimal,
    due: Decimal,
    falling: bool,
    thresholds: Thresholds,
) -> TargetStatus {
    let sign = if falling { -Decimal::ONE } else { Decimal::ONE };
    let forward = |from: Decimal, to: Decimal| to.checked_sub(from).map(|way| way * sign);
    let (Some(gone), Some(way)) = (forward(start, value), forward(start, due)) else {
        return TargetStatus::NotYetMeasurable;
    };
    // Nothing is due yet, or less than was there at the start: not falling behind is enough.
    let way = way.max(Decimal::ZERO);
    let needed = |share: Decimal| way.checked_mul(share).unwrap_or(way);
    let enough = |needed: Decimal| {
        gone >= needed || forward(due, value).is_some_and(|ahead| ahead >= Decimal::ZERO)
    };
    if enough(needed(thresholds.on_track_share)) {
        TargetStatus::OnTrack
    } else if enough(needed(thresholds.off_track_share)) && way > Decimal::ZERO {
        TargetStatus::AtRisk
    } else {
        TargetStatus::OffTrack
    }
}

/// "Năm 2024: 13,17; chậm so với lộ trình 18,53".
fn compared(period: Period, value: Decimal, with: Decimal, vi: &str, en: &str) -> Label {
    let text = |lang: Lang, words: &str| {
        let shown = |value: Decimal| number::format(value.round_dp(2).normalize(), lang);
        format!(
            "{}: {} {words} {}",
            period.label(lang),
            shown(value),
            shown(with)
        )
    };
    Label::new(text(Lang::Vi, vi), text(Lang::En, en))
}
