//! What stands behind a target's status: path and pace, the grade by each admissible rule and series, and a
//! forecast. Analysis, never a figure of a report: a report prints what was published.

use std::collections::BTreeMap;

use catalogue::{Indicator, Label, Unit};
use maud::{Markup, html};
use measure::forecast::{Forecast, Parameters, forecast};
use measure::tracker::{
    Grade, GradeThresholds, RatioRule, Reporting, Series, TrackedTarget, Verdicts, verdicts,
};
use measure::{Refusal, TargetStatus};
use observation::{Observation, prevailing_by_period};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use viet::{Lang, Period};

use crate::assess::{self, Assessed};
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;

/// The analysis of one target that has an indicator and a figure.
pub struct Analysis {
    verdicts: Verdicts,
    forecast: Result<Forecast, Refusal>,
    unit: Unit,
    decimals: u32,
}

/// One line of the grades, as data.
#[derive(Serialize)]
pub struct GradeLine {
    series: String,
    rule: RatioRule,
    grade: Option<Grade>,
    reason: Option<String>,
    ratio: Option<f64>,
}

impl Analysis {
    /// Analyses a target that has an indicator and a value.
    pub fn of(ctx: &Ctx, one: &Assessed) -> Result<Option<Self>, Failure> {
        let terms = &one.row.target.terms;
        let (Some(indicator), false) = (assess::indicator_of(ctx, terms), one.values.is_empty())
        else {
            return Ok(None);
        };
        let unit = &indicator.value.unit;
        let target = assess::spec_of(ctx, one);
        let tracked = TrackedTarget {
            target: &target,
            unit,
            // Only what is "newly formed" is told as what was added in a period.
            reporting: match target.comparator {
                Some(measure::Comparator::IncreaseCount) => Reporting::Flow,
                _ => Reporting::State,
            },
            thresholds: assess::thresholds(ctx)?,
            grades: GradeThresholds::default(),
            comparable_from: comparable_from(ctx, one, unit),
        };
        let series = series(ctx, indicator, one);
        let yearly: Vec<(i16, f64)> = series
            .first()
            .map_or_else(Vec::new, |s| years(&s.observations));
        let until = target.year.unwrap_or(ctx.as_known.day.year() + 1);
        Ok(Some(Self {
            verdicts: verdicts(&tracked, &series, &RatioRule::ALL),
            forecast: forecast(&yearly, until, unit, &Parameters::for_unit(unit)),
            unit: unit.clone(),
            decimals: indicator.value.decimals,
        }))
    }

    /// Grades by series and rule.
    pub fn lines(&self, lang: Lang) -> Vec<GradeLine> {
        let line = |verdict: &measure::tracker::Verdict| GradeLine {
            series: verdict.series.get(lang).to_owned(),
            rule: verdict.rule,
            grade: verdict.tracked.grade.as_ref().ok().copied(),
            reason: verdict
                .tracked
                .grade
                .as_ref()
                .err()
                .map(|why| why.get(lang).to_owned()),
            ratio: verdict.tracked.ratio.as_ref().map(measure::Figure::value),
        };
        self.verdicts.each.iter().map(line).collect()
    }

    /// The section of a page.
    pub fn html(&self, ctx: &Ctx) -> Markup {
        let Some(first) = self.verdicts.each.first() else {
            return html! {};
        };
        let tracked = &first.tracked;
        html! {
            h2 id="analysis" { (ctx.t("Phân tích", "Analysis")) }
            p.muted { (ctx.t("Suy ra từ số liệu đã ghi nhận; báo cáo chỉ in số liệu đã công bố.", "Derived from recorded figures; reports print published figures only.")) }
            dl.facts {
                dt { (ctx.t("Cách theo dõi", "Tracker")) } dd { (tracked.tracker.label(ctx.lang)) }
                dt { (ctx.t("Đánh giá", "Grade")) } dd { (grade(ctx, &tracked.grade)) }
                @if let Some(progress) = &tracked.progress {
                    dt { (ctx.t("Theo lộ trình thẳng phải đạt", "Due by a straight line")) } dd { (self.number(ctx, progress.path_value)) }
                    dt { (ctx.t("Chênh lệch so với lộ trình", "Gap to the line")) } dd { (self.difference(ctx, progress.gap)) }
                    @if let Some(part) = progress.progress_pct {
                        dt { (ctx.t("Đã đi được", "Of the way")) } dd { (percent(ctx, part)) " · " (ctx.t("thời gian đã qua", "time gone")) " " (percent(ctx, progress.elapsed_pct)) }
                    }
                    @if let Some(needed) = progress.required_per_year {
                        dt { (ctx.t("Cần thêm mỗi năm", "Needed a year")) } dd { (self.difference(ctx, needed)) }
                    }
                }
                @if tracked.dropped { dt { (ctx.t("Cảnh báo", "Alarm")) } dd { (parts::status("bad", '▼', ctx.t("tỷ lệ phải giữ đã giảm", "a share to be kept fell"))) } }
            }
            @if self.verdicts.differ { p.notice.notice-warn { (ctx.t(
                "Các cách tính hoặc các lần công bố cho kết luận khác nhau: xem bảng dưới đây trước khi kết luận.",
                "Rules or vintages disagree: see the table below before you conclude.")) } }
            (self.grades(ctx))
            (self.ahead(ctx))
        }
    }

    fn grades(&self, ctx: &Ctx) -> Markup {
        // Ranks, states and levels are graded without a ratio: the rules say the same.
        let told = self
            .verdicts
            .each
            .iter()
            .any(|verdict| verdict.tracked.ratio.is_some());
        html! {
            @if told { details open[self.verdicts.differ] {
                summary { (ctx.t("Đánh giá theo từng cách tính", "Grade by each rule")) }
                div.scroll { table {
                    thead { tr { th scope="col" { (ctx.t("Chuỗi số liệu", "Series")) } th scope="col" { (ctx.t("Cách tính", "Rule")) }
                        th.num scope="col" { "R" } th scope="col" { (ctx.t("Đánh giá", "Grade")) } } }
                    tbody { @for verdict in &self.verdicts.each { tr {
                        td { (verdict.series.get(ctx.lang)) }
                        td { (rule(ctx, verdict.rule)) }
                        td.num { @match &verdict.tracked.ratio { Some(ratio) => (plain(ctx, ratio.decimal(2))), None => "–" } }
                        td { (grade(ctx, &verdict.tracked.grade)) }
                    } } }
                } }
            } }
        }
    }

    fn ahead(&self, ctx: &Ctx) -> Markup {
        html! {
            h3 { (ctx.t("Dự báo", "Forecast")) }
            @match &self.forecast {
                Err(refusal) => p.muted { (ctx.t("Chưa dự báo được: ", "No forecast: ")) (refusal.reason.get(ctx.lang)) "." },
                Ok(forecast) => {
                    div.scroll { table {
                        thead { tr { th scope="col" { (ctx.t("Năm", "Year")) } th.num scope="col" { (ctx.t("Dự báo", "Forecast")) }
                            th.num scope="col" { (ctx.t("Khoảng", "Interval")) } } }
                        tbody { @for point in &forecast.points { tr {
                            td { (point.year) }
                            td.num { (self.figure(ctx, &point.value)) }
                            td.num { (self.figure(ctx, &point.interval.low)) " – " (self.figure(ctx, &point.interval.high)) }
                        } } }
                    } }
                    p.muted.small { (ctx.t("Trung bình của", "Mean of")) " " (forecast.parameters.models.len()) " " (ctx.t("mô hình đơn giản cho chuỗi ngắn", "simple models for short series"))
                        @if let Some(test) = forecast.back_test.first() { " · " (ctx.t("sai số trung bình khi thử lùi một năm", "mean error one year ahead, back-tested")) ": " (self.error(ctx, &test.error)) " (" (test.origins) " " (ctx.t("lần", "origins")) ")" } }
                }
            }
        }
    }

    fn number(&self, ctx: &Ctx, value: Decimal) -> String {
        let number = plain(ctx, Some(value.round_dp(self.decimals.max(1))));
        let unit = self.unit.label(ctx.lang);
        let space = if unit.is_empty() || unit.starts_with('%') {
            ""
        } else {
            " "
        };
        format!("{number}{space}{unit}")
    }

    /// A difference of two percentages is told in percentage points.
    fn difference(&self, ctx: &Ctx, value: Decimal) -> String {
        if !self.unit.label(Lang::Vi).starts_with('%') {
            return self.number(ctx, value);
        }
        let number = plain(ctx, Some(value.round_dp(self.decimals.max(1))));
        format!("{number} {}", ctx.t("điểm %", "percentage points"))
    }

    fn error(&self, ctx: &Ctx, figure: &measure::Figure) -> String {
        figure
            .decimal(self.decimals.max(1))
            .map_or("–".to_owned(), |value| self.difference(ctx, value))
    }

    fn figure(&self, ctx: &Ctx, figure: &measure::Figure) -> String {
        figure
            .decimal(self.decimals.max(1))
            .map_or("–".to_owned(), |value| self.number(ctx, value))
    }
}

fn plain(ctx: &Ctx, value: Option<Decimal>) -> String {
    value.map_or("–".to_owned(), |value| {
        viet::number::format(value.normalize(), ctx.lang)
    })
}

fn percent(ctx: &Ctx, value: Decimal) -> String {
    format!("{}%", plain(ctx, Some(value.round_dp(1))))
}

fn grade(ctx: &Ctx, grade: &Result<Grade, Label>) -> Markup {
    match grade {
        Ok(grade) => {
            let status = TargetStatus::from(*grade);
            parts::status(assess::class(status), status.shape(), grade.label(ctx.lang))
        }
        Err(why) => {
            html! { span.muted { (Grade::not_assessable(ctx.lang)) ": " (why.get(ctx.lang)) } }
        }
    }
}

fn rule(ctx: &Ctx, rule: RatioRule) -> &'static str {
    ctx.lang.pick(
        match rule {
            RatioRule::Way => "quãng đường so với thời gian (lộ trình thẳng)",
            RatioRule::Compound => "tốc độ tăng so với tốc độ cần có (Open SDG)",
            RatioRule::Extrapolated => "kéo dài xu thế đến năm đích (UNSD)",
        },
        match rule {
            RatioRule::Way => "way gone to time gone (straight line)",
            RatioRule::Compound => "growth realised to growth needed (Open SDG)",
            RatioRule::Extrapolated => "trend extended to the target's year (UNSD)",
        },
    )
}

/// Ranks are places among those ranked: from the year on in which the area began they can be compared.
fn comparable_from(ctx: &Ctx, one: &Assessed, unit: &Unit) -> Option<i16> {
    if *unit != Unit::Rank {
        return None;
    }
    let area = ctx.directory.areas().get(one.row.target.area)?;
    area.valid_from.map(|from| from.year())
}

/// The series that prevails, then the one published first and one for each method, where they differ.
fn series(ctx: &Ctx, indicator: &Indicator, one: &Assessed) -> Vec<Series> {
    let all = &one.known.all;
    let prevailing = &indicator.series.prevailing;
    let values = |observations: Vec<&Observation>| -> Vec<(Period, Decimal)> {
        observations
            .iter()
            .map(|o| (o.figure.period, o.figure.value))
            .collect()
    };
    let mut series = vec![Series {
        name: Label::new("đang dùng", "in force"),
        observations: one.values.clone(),
    }];
    let mut add = |name: Label, observations: Vec<(Period, Decimal)>| {
        if !observations.is_empty() && series.iter().all(|s| s.observations != observations) {
            series.push(Series { name, observations });
        }
    };
    let mut first = prevailing.clone();
    first.vintage = catalogue::VintageRule::First;
    add(
        Label::new("công bố lần đầu", "as first published"),
        values(prevailing_by_period(all, &first)),
    );
    let mut methods: BTreeMap<&str, Vec<Observation>> = BTreeMap::new();
    for observation in all {
        if let Some(method) = observation.figure.method.as_deref() {
            methods.entry(method).or_default().push(observation.clone());
        }
    }
    for (method, observations) in &methods {
        let name = format!("{}: {method}", ctx.t("phương pháp", "method"));
        add(
            Label::new(name.clone(), name),
            values(prevailing_by_period(observations, prevailing)),
        );
    }
    series
}

/// Values of whole years, as a forecast takes them.
fn years(observations: &[(Period, Decimal)]) -> Vec<(i16, f64)> {
    let mut years: Vec<(i16, f64)> = observations
        .iter()
        .filter_map(|(period, value)| match period {
            Period::Year(year) => Some((*year, value.to_f64()?)),
            _ => None,
        })
        .collect();
    years.sort_by_key(|(year, _)| *year);
    years
}
