//! Where a target stands, by its tracker.

use catalogue::{Label, Unit};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use viet::{Calendar, Period};

use super::grade::{Grade, GradeThresholds};
use super::kind::{Reporting, Tracker};
use super::ratio::{compound_ratio, extrapolate, growth_rate};
use crate::figure::{Figure, Refusal};
use crate::path::{Progress, moment, progress};
use crate::spec::{Baseline, Cadence, Goal, TargetSpec, Thresholds};

/// A target and what is needed to follow it.
#[derive(Debug, Clone, Copy)]
pub struct TrackedTarget<'a> {
    /// What it asks for.
    pub target: &'a TargetSpec,
    /// The unit of the indicator.
    pub unit: &'a Unit,
    /// What a value says.
    pub reporting: Reporting,
    /// How near "about" is.
    pub thresholds: Thresholds,
    /// From which R on a grade is given.
    pub grades: GradeThresholds,
    /// First year whose values can be compared with later ones, where a series is broken: ranks among 63 provinces
    /// say nothing among 34.
    pub comparable_from: Option<i16>,
}

/// How R is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatioRule {
    /// Part of the way gone to part of the time gone, on a straight line: what provincial plans use.
    Way,
    /// Growth realised to growth needed (Statistics Canada, Open SDG).
    Compound,
    /// Part of the way gone by the target's year if growth goes on (UNSD, Eustat).
    Extrapolated,
}

impl RatioRule {
    /// Every rule, the default first.
    pub const ALL: [RatioRule; 3] = [RatioRule::Way, RatioRule::Compound, RatioRule::Extrapolated];
}

/// Where a target stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracked {
    /// How it is followed.
    pub tracker: Tracker,
    /// The grade, or why there is none ("chưa đánh giá được").
    pub grade: Result<Grade, Label>,
    /// What R it rests on; none where a grade needs none.
    pub ratio: Option<Figure>,
    /// The value judged: the latest, the sum so far of a count, the mean growth so far of a growth target.
    pub value: Option<Decimal>,
    /// The value asked for.
    pub goal: Option<Decimal>,
    /// Path, gap, part of the way, and what is needed a year from now on.
    pub progress: Option<Progress>,
    /// Compound growth a year needed from now on; none where a growth rate means nothing.
    pub required_growth: Option<Figure>,
    /// A share to be kept fell since the base.
    pub dropped: bool,
}

impl Tracked {
    fn without(tracker: Tracker, reason: Label) -> Self {
        Self {
            tracker,
            grade: Err(reason),
            ratio: None,
            value: None,
            goal: None,
            progress: None,
            required_growth: None,
            dropped: false,
        }
    }
}

fn no_baseline() -> Label {
    Label::new(
        "chưa có giá trị gốc và chỉ có một số liệu",
        "there is no baseline and only one figure",
    )
}

/// Follows a target through the observations that prevail, one for each period.
pub fn track(
    tracked: &TrackedTarget<'_>,
    observations: &[(Period, Decimal)],
    rule: RatioRule,
) -> Tracked {
    let target = tracked.target;
    let tracker = Tracker::of(target, tracked.unit, tracked.reporting);
    let from = tracked.comparable_from.unwrap_or(i16::MIN);
    let mut series: Vec<(Period, Decimal)> = observations
        .iter()
        .copied()
        .filter(|(period, _)| period.end_year() >= from)
        .collect();
    series.sort_by_key(|(period, _)| moment(*period));
    let Some((last, latest)) = series.last().copied() else {
        return Tracked::without(
            tracker,
            Label::new("chưa có số liệu nào", "there is no figure yet"),
        );
    };
    let base = target
        .baseline
        .filter(|base| base.year >= from)
        .or_else(|| first_before(&series, last));
    match tracker {
        Tracker::Growth => growth(tracked, &series, base),
        Tracker::Kept => kept(tracked, &series),
        Tracker::YesNo => yes_no(tracked, (last, latest)),
        Tracker::Count => count(tracked, &series),
        _ => level(tracked, tracker, base, (last, latest), rule),
    }
}

fn first_before(series: &[(Period, Decimal)], last: Period) -> Option<Baseline> {
    let (period, value) = series.first()?;
    (moment(*period) < moment(last)).then(|| Baseline {
        year: period.end_year(),
        value: *value,
    })
}

fn float(value: Decimal) -> f64 {
    // Every decimal has a nearest floating-point number.
    value.to_f64().unwrap_or(f64::NAN)
}

fn goal_of(tracked: &TrackedTarget<'_>, last: Period) -> Option<(i16, Goal)> {
    let end = tracked.target.year.unwrap_or_else(|| last.end_year());
    // A yearly target is judged in the year of its latest value.
    let year = match tracked.target.cadence {
        Cadence::PerYear => last.end_year().min(end),
        Cadence::ByYear => end,
    };
    Some((year, tracked.target.goal_in(year, tracked.thresholds)?))
}

fn level(
    tracked: &TrackedTarget<'_>,
    tracker: Tracker,
    base: Option<Baseline>,
    (last, latest): (Period, Decimal),
    rule: RatioRule,
) -> Tracked {
    let Some((year, goal)) = goal_of(tracked, last) else {
        let reason = Label::new(
            "chưa có giá trị gốc để tính mức phải đạt",
            "the value to be reached cannot be computed without a baseline",
        );
        return Tracked::without(tracker, reason);
    };
    let now = (moment(last), latest);
    let progress = base.and_then(|b| progress((b.year, b.value), now, (year, goal.value)));
    let mut found = Tracked {
        value: Some(latest),
        goal: Some(goal.value),
        required_growth: tracker.compounds().then_some(()).and_then(|()| {
            let left = f64::from(year) - float(now.0);
            let rate = growth_rate(float(latest), float(goal.value), left).ok()?;
            Figure::percent_per_year(rate).ok()
        }),
        ..Tracked::without(tracker, no_baseline())
    };
    if goal.is_met_by(latest) {
        found.grade = Ok(Grade::Achieved);
    } else if let Some(base) = base {
        let target = (year, goal);
        match ratio(tracked, tracker, base, now, target, progress.as_ref(), rule) {
            Ok((ratio, grade)) => {
                found.ratio = Some(ratio);
                found.grade = Ok(grade);
            }
            Err(refusal) => found.grade = Err(refusal.reason),
        }
    }
    found.progress = progress;
    found
}

fn ratio(
    tracked: &TrackedTarget<'_>,
    tracker: Tracker,
    base: Baseline,
    now: (Decimal, Decimal),
    (year, goal): (i16, Goal),
    progress: Option<&Progress>,
    rule: RatioRule,
) -> Result<(Figure, Grade), Refusal> {
    let points = (
        (f64::from(base.year), float(base.value)),
        (float(now.0), float(now.1)),
        (f64::from(year), float(goal.value)),
    );
    let compound = tracker.compounds();
    match rule {
        RatioRule::Compound if compound => {
            let found = compound_ratio(points.0, points.1, points.2, goal.falling, tracked.grades)?;
            Ok((found.ratio, found.grade))
        }
        RatioRule::Extrapolated if compound => {
            let found = extrapolate(points.0, points.1, points.2)?;
            // The source draws its middle line at 0.10.
            let thresholds = GradeThresholds {
                accelerate: 0.10,
                ..tracked.grades
            };
            let grade = Grade::of_ratio(found.ratio.value(), thresholds);
            Ok((found.ratio, grade))
        }
        RatioRule::Way | RatioRule::Compound | RatioRule::Extrapolated => {
            let gone = progress.and_then(|p| Some((p.progress_pct?, p.elapsed_pct)));
            let Some((way, time)) = gone.filter(|(_, time)| *time > Decimal::ZERO) else {
                return Err(Refusal::new(
                    "mức gốc đã bằng mức phải đạt hoặc chưa có thời gian trôi qua kể từ mức gốc",
                    "base and goal are the same, or no time has passed since the base",
                ));
            };
            by_way(float(way), float(time), tracked.grades)
        }
    }
}

fn by_way(way: f64, time: f64, thresholds: GradeThresholds) -> Result<(Figure, Grade), Refusal> {
    let ratio = way / time;
    let grade = Grade::of_ratio(ratio, thresholds);
    Ok((Figure::new(ratio, Unit::Ratio)?, grade))
}

/// Growth asked for every year against the mean growth realised since the base.
fn growth(
    tracked: &TrackedTarget<'_>,
    series: &[(Period, Decimal)],
    base: Option<Baseline>,
) -> Tracked {
    let tracker = Tracker::Growth;
    let refuse = |vi: &str, en: &str| Tracked::without(tracker, Label::new(vi, en));
    let Some(asked) = tracked.target.value else {
        return refuse("mục tiêu không nêu mức tăng", "the target names no growth");
    };
    let realised = if *tracked.unit == Unit::PercentPerYear {
        // Values are growth rates already: their mean as factors.
        let since = tracked.target.baseline.map_or(i16::MIN, |base| base.year);
        let rates: Vec<f64> = series
            .iter()
            .filter(|(period, _)| matches!(period, Period::Year(year) if *year > since))
            .map(|(_, rate)| 1.0 + float(*rate) / 100.0)
            .collect();
        let product: f64 = rates.iter().product();
        (!rates.is_empty() && product > 0.0)
            .then(|| product.powf((rates.len() as f64).recip()) - 1.0)
    } else {
        let (last, value) = series[series.len() - 1];
        base.and_then(|base| {
            let years = float(moment(last)) - f64::from(base.year);
            growth_rate(float(base.value), float(value), years).ok()
        })
    };
    let Some(realised) = realised else {
        return refuse(
            "cần số liệu của mức gốc và ít nhất một năm sau đó để tính mức tăng bình quân",
            "mean growth needs a base and at least one year after it",
        );
    };
    let needed = float(asked) / 100.0;
    let falling = asked.is_sign_negative();
    let met = if falling {
        realised <= needed
    } else {
        realised >= needed
    };
    let ratio = Figure::new(realised / needed, Unit::Ratio).ok();
    let grade = match &ratio {
        _ if met => Ok(Grade::Achieved),
        Some(ratio) => Ok(Grade::of_ratio(ratio.value(), tracked.grades)),
        None => Err(Label::new(
            "mục tiêu tăng 0 %: không có tỷ lệ để so",
            "a growth target of 0 % leaves no ratio to compare",
        )),
    };
    Tracked {
        grade,
        ratio,
        value: Decimal::from_f64_retain(realised * 100.0).map(|pct| pct.round_dp(6)),
        goal: Some(asked),
        ..Tracked::without(tracker, no_baseline())
    }
}

/// A share to be kept: today's value decides, and any drop on the way is said.
fn kept(tracked: &TrackedTarget<'_>, series: &[(Period, Decimal)]) -> Tracked {
    let (last, latest) = series[series.len() - 1];
    let start = tracked
        .target
        .baseline
        .map_or(series[0].1, |base| base.value);
    // Without a number it is the value at the start that shall be kept.
    let goal = goal_of(tracked, last).map_or(start, |(_, goal)| goal.value);
    let dropped = series.windows(2).any(|pair| pair[1].1 < pair[0].1) || latest < start;
    let grade = if latest >= goal {
        Grade::Achieved
    } else if dropped {
        Grade::Deteriorating
    } else {
        Grade::Limited
    };
    Tracked {
        grade: Ok(grade),
        value: Some(latest),
        goal: Some(goal),
        dropped,
        ..Tracked::without(Tracker::Kept, no_baseline())
    }
}

fn yes_no(tracked: &TrackedTarget<'_>, (last, latest): (Period, Decimal)) -> Tracked {
    let reached = latest >= Decimal::ONE;
    let due = tracked.target.year;
    let grade = if reached {
        Ok(Grade::Achieved)
    } else if due.is_some_and(|year| moment(last) >= Decimal::from(year)) {
        Ok(Grade::Limited)
    } else {
        Err(Label::new(
            "chưa đạt, còn thời hạn; việc có hay không thì không có tiến độ ở giữa",
            "not reached, with time left; there is nothing between no and yes",
        ))
    };
    Tracked {
        grade,
        value: Some(latest),
        goal: Some(Decimal::ONE),
        ..Tracked::without(Tracker::YesNo, no_baseline())
    }
}

/// Things added up since the base year, against a straight line that starts at nothing.
fn count(tracked: &TrackedTarget<'_>, series: &[(Period, Decimal)]) -> Tracked {
    let target = tracked.target;
    let tracker = Tracker::Count;
    let (last, latest) = series[series.len() - 1];
    let Some((goal, year)) = target.value.zip(target.year) else {
        let reason = Label::new(
            "mục tiêu cộng dồn cần số lượng và năm phải đạt",
            "a cumulative target needs its number and its year",
        );
        return Tracked::without(tracker, reason);
    };
    // A number for every year starts from nothing every year.
    let (year, yearly) = match target.cadence {
        Cadence::ByYear => (year, None),
        Cadence::PerYear => (last.end_year(), Some(last.end_year() - 1)),
    };
    let (start, sum) = match (tracked.reporting, target.baseline) {
        (Reporting::State, Some(base)) => (base.year, latest.checked_sub(base.value)),
        (Reporting::State, None) => return Tracked::without(tracker, no_baseline()),
        (Reporting::Flow, base) => {
            let first = base.map_or(series[0].0.end_year() - 1, |base| base.year);
            let start = yearly.unwrap_or(first);
            let within: Vec<Period> = series.iter().map(|(period, _)| *period).collect();
            let counted = series.iter().filter(|(period, _)| {
                moment(*period) > Decimal::from(start)
                    && !within.iter().any(|other| contains(*other, *period))
            });
            let sum = counted
                .map(|(_, value)| *value)
                .try_fold(Decimal::ZERO, Decimal::checked_add);
            (start, sum)
        }
    };
    let now = sum.map(|sum| (moment(last), sum));
    let progress = now.and_then(|now| progress((start, Decimal::ZERO), now, (year, goal)));
    let (Some(sum), Some(progress)) = (sum, progress) else {
        let reason = Label::new(
            "không tính được lộ trình cộng dồn",
            "the cumulative path cannot be computed",
        );
        return Tracked::without(tracker, reason);
    };
    let mut found = Tracked {
        value: Some(sum),
        goal: Some(goal),
        ..Tracked::without(tracker, no_baseline())
    };
    let way = progress.progress_pct.map(float);
    match way.map(|way| by_way(way, float(progress.elapsed_pct), tracked.grades)) {
        _ if sum >= goal => found.grade = Ok(Grade::Achieved),
        Some(Ok((ratio, grade))) => {
            found.ratio = Some(ratio);
            found.grade = Ok(grade);
        }
        Some(Err(refusal)) => found.grade = Err(refusal.reason),
        None => {}
    }
    found.progress = Some(progress);
    found
}

/// Whether a period lies within another, longer one: its things are counted there.
fn contains(outer: Period, inner: Period) -> bool {
    let (outer, inner) = (outer.range(Calendar::Civil), inner.range(Calendar::Civil));
    outer != inner && outer.from() <= inner.from() && inner.to() <= outer.to()
}

/// One series of the same indicator: by one method, of one vintage.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The method or the vintage, as a page names it.
    pub name: Label,
    /// Its observations.
    pub observations: Vec<(Period, Decimal)>,
}

/// The grade by one series and one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The series.
    pub series: Label,
    /// The rule.
    pub rule: RatioRule,
    /// Where the target stands by it.
    pub tracked: Tracked,
}

/// Grades under every admissible series and rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdicts {
    /// Each of them.
    pub each: Vec<Verdict>,
    /// They do not agree: a single grade would hide that.
    pub differ: bool,
}

/// Follows a target through every series under every rule.
pub fn verdicts(tracked: &TrackedTarget<'_>, series: &[Series], rules: &[RatioRule]) -> Verdicts {
    let each: Vec<Verdict> = series
        .iter()
        .flat_map(|series| {
            rules.iter().map(|rule| Verdict {
                series: series.name.clone(),
                rule: *rule,
                tracked: track(tracked, &series.observations, *rule),
            })
        })
        .collect();
    let grade = |verdict: &Verdict| verdict.tracked.grade.as_ref().ok().copied();
    let differ = each
        .windows(2)
        .any(|pair| grade(&pair[0]) != grade(&pair[1]));
    Verdicts { each, differ }
}
