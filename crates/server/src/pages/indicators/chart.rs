//! The series of an area as a chart and as a table.

use catalogue::{Indicator, UNVERIFIED};
use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};
use observation::columns::Value;
use press::chart::{Ahead, Break, Mark, PathPoint, Point, Provenance, Shape, TargetChart, Tone};
use rust_decimal::Decimal;
use viet::{Calendar, Period};

use super::series::{AreaSeries, Kind, Line};
use super::{incomplete, rounded, value_address};
use crate::assess;
use crate::ctx::Ctx;
use crate::pages::{observations, targets};
use crate::parts;

/// The chart, with its caption and its file.
pub fn draw(ctx: &Ctx, indicator: &Indicator, series: &AreaSeries) -> Markup {
    let csv = ctx.address_with("format", "csv");
    let json = ctx.address_with("format", "json");
    html! { figure {
        (PreEscaped(chart(ctx, indicator, series).svg()))
        figcaption { a href=(csv) download { (ctx.t("Tải chuỗi số liệu (CSV)", "Download the series (CSV)")) } " · "
            a href=(json) { "JSON" } }
    } }
}

fn chart(ctx: &Ctx, indicator: &Indicator, series: &AreaSeries) -> TargetChart {
    let stated = series.stated.iter().map(|one| targets::point(ctx, one));
    let derived = series.known.derived.iter();
    let derived = derived.filter_map(|value| derived_point(ctx, indicator, value));
    let last = series.targets.last();
    TargetChart {
        title: indicator.def.label.get(ctx.lang).to_owned(),
        indicator: String::new(),
        unit: indicator.value.unit.label(ctx.lang).to_owned(),
        provenance: Provenance {
            place: parts::area_name(ctx, series.key.area),
            period: String::new(),
            source: sources(ctx, series),
            as_of: Some(ctx.as_known.day),
        },
        points: stated.chain(derived).collect(),
        replaced: series
            .replaced
            .iter()
            .map(|one| targets::point(ctx, one))
            .collect(),
        forecast: ahead(indicator, series),
        path: path(indicator, series),
        target: last.and_then(|one| targets::mark(ctx, one)),
        breaks: breaks(ctx, series),
        lang: ctx.lang,
    }
}

/// A value that follows from others, as a point of a chart; none where nobody can tell it.
pub fn derived_point(ctx: &Ctx, indicator: &Indicator, value: &Value) -> Option<Point> {
    let shape = match value.is_incomplete() {
        true => Shape::HollowSquare,
        false => Shape::Square,
    };
    let word = match value.is_incomplete() {
        true => ctx.t(
            "tính từ số liệu khác, chưa đủ",
            "from other figures, incomplete",
        ),
        false => ctx.t("tính từ số liệu khác", "from other figures"),
    };
    let shown = value.shown()?.round_dp(indicator.value.decimals);
    let mark = Mark::new(word, shape, Tone::Accent);
    Some(Point::of_period(
        value.period,
        Calendar::Civil,
        shown,
        mark,
        ctx.lang,
    ))
}

/// Who published what is shown; what was computed says so.
fn sources(ctx: &Ctx, series: &AreaSeries) -> String {
    let stated = series.stated.iter().map(|one| one.figure.source.as_str());
    let mut names: Vec<&str> = stated.collect();
    names.sort_unstable();
    names.dedup();
    if !series.known.derived.is_empty() {
        names.push(ctx.t("tính theo định nghĩa chỉ số", "computed by the definition"));
    }
    names.join("; ")
}

fn ahead(indicator: &Indicator, series: &AreaSeries) -> Vec<Ahead> {
    let Ok(forecast) = &series.forecast else {
        return Vec::new();
    };
    let places = indicator.value.decimals.max(1);
    let point = |point: &measure::forecast::Point| {
        Some(Ahead {
            at: end_of(point.year)?,
            value: point.value.decimal(places)?,
            low: point.interval.low.decimal(places)?,
            high: point.interval.high.decimal(places)?,
        })
    };
    forecast.points.iter().filter_map(point).collect()
}

fn end_of(year: i16) -> Option<Date> {
    Date::new(year, 12, 31).ok()
}

/// From the first value over one target after the other.
fn path(indicator: &Indicator, series: &AreaSeries) -> Vec<PathPoint> {
    let goals = series.targets.iter().filter_map(|one| {
        let at = end_of(one.row.target.terms.period.year?)?;
        let value = one.assessment.goal?;
        Some(PathPoint { at, value })
    });
    let mut goals: Vec<PathPoint> = goals.collect();
    let values = series.known.values(&indicator.series.prevailing);
    if let Some((period, value)) = values.first().filter(|_| !goals.is_empty()) {
        let at = last_day(*period);
        goals.retain(|goal| goal.at > at);
        goals.insert(0, PathPoint { at, value: *value });
    }
    goals
}

fn last_day(period: Period) -> Date {
    let range = period.range(Calendar::Civil);
    range.last_day().unwrap_or_else(|| range.from())
}

/// The day on which the territory became what it is, where values lie on both sides of it.
fn breaks(ctx: &Ctx, series: &AreaSeries) -> Vec<Break> {
    let area = ctx.directory.areas().get(series.key.area);
    let Some(at) = area.and_then(|area| area.valid_from) else {
        return Vec::new();
    };
    let stated = series.stated.iter().map(|one| one.figure.period);
    let derived = series.known.derived.iter().map(|value| value.period);
    let periods: Vec<Date> = stated.chain(derived).map(last_day).collect();
    let across = periods.iter().any(|day| *day < at) && periods.iter().any(|day| *day >= at);
    let mark = Break {
        at,
        label: ctx.t("sáp nhập địa bàn", "areas merged").to_owned(),
    };
    across.then_some(mark).into_iter().collect()
}

/// The series as a table, every line with what it is, where it came from and what it replaced.
pub fn table(ctx: &Ctx, indicator: &Indicator, series: &AreaSeries) -> Markup {
    let shown = |line: &Line| matches!(line.kind, Kind::Stated | Kind::RolledUp | Kind::Computed);
    let lines: Vec<Line> = series.lines().into_iter().filter(shown).collect();
    html! { div.scroll { table.stack {
        caption.hidden { (ctx.t("Chuỗi số liệu", "The series")) }
        thead { tr {
            th scope="col" { (ctx.t("Kỳ", "Period")) }
            th.num scope="col" { (ctx.t("Giá trị", "Value")) }
            th scope="col" { (ctx.t("Loại số liệu", "Stage")) }
            th scope="col" { (ctx.t("Công bố", "Vintage")) }
            th scope="col" { (ctx.t("Nguồn", "Source")) }
            th scope="col" { (ctx.t("Các lần công bố trước", "Earlier vintages")) }
        } }
        tbody { @for line in lines.iter().rev() { tr {
            td.main { (line.period.label(ctx.lang)) }
            td.num data-label=(ctx.t("Giá trị", "Value")) {
                a href=(value_address(ctx, &indicator.def.id, line.area, line.period)) { (rounded(ctx, indicator, line.value)) }
                @if let (Some(low), Some(high)) = (line.low, line.high) { br; small.muted { (band(ctx, indicator, low, high)) } }
            }
            td data-label=(ctx.t("Loại số liệu", "Stage")) {
                @match line.stage { Some(stage) => (observations::stage(stage, ctx)), None => (line.kind.label(ctx)) }
                @if line.incomplete { " " (incomplete(ctx)) } }
            td.nowrap data-label=(ctx.t("Công bố", "Vintage")) { (parts::date(line.vintage, ctx.lang)) }
            td data-label=(ctx.t("Nguồn", "Source")) { @match &line.source {
                Some(source) => (source),
                None => span.muted { (ctx.t("tính theo định nghĩa", "by the definition")) },
            } }
            td data-label=(ctx.t("Lần trước", "Earlier")) { (replaced(ctx, indicator, series, line.period)) }
        } } }
    } } }
}

/// "dải 27,9% – 41,7%".
pub fn band(ctx: &Ctx, indicator: &Indicator, low: Decimal, high: Decimal) -> String {
    let shown = |value| rounded(ctx, indicator, value);
    format!("{} {} – {}", ctx.t("dải", "band"), shown(low), shown(high))
}

fn replaced(ctx: &Ctx, indicator: &Indicator, series: &AreaSeries, period: Period) -> Markup {
    let mut earlier: Vec<_> = series
        .replaced
        .iter()
        .filter(|one| one.figure.period == period)
        .collect();
    earlier.sort_by_key(|one| std::cmp::Reverse(one.figure.vintage));
    html! {
        @if earlier.is_empty() { span.muted { "–" } }
        @for (at, one) in earlier.iter().enumerate() {
            @if at > 0 { "; " }
            a href=(format!("/observations/{}", one.id)) { (rounded(ctx, indicator, one.figure.value)) }
            " " small.muted { (viet::date::format(one.figure.vintage, ctx.lang)) }
        }
    }
}

/// What the forecast is made of, or why there is none.
pub fn forecast_note(ctx: &Ctx, indicator: &Indicator, series: &AreaSeries) -> Markup {
    let decimals = indicator.value.decimals.max(1);
    html! {
        @match &series.forecast {
            Err(refusal) => p.muted { (ctx.t("Chưa dự báo: ", "No forecast: ")) (refusal.reason.get(ctx.lang)) "." },
            Ok(forecast) => {
                @let models: Vec<&str> = forecast.parameters.models.iter().map(|model| model.label(ctx.lang)).collect();
                p.small.muted {
                    (ctx.t("Dự báo là trung bình của ", "The forecast is the mean of ")) (models.join(", "))
                    (ctx.t("; khoảng gồm khoảng dự báo ", "; the interval holds the ")) (percent(ctx, forecast.parameters.coverage))
                    (ctx.t(" của xu thế và mọi mô hình.", " interval of the trend and every model."))
                    @if let Some(test) = forecast.back_test.first() && let Some(error) = test.error.decimal(decimals) {
                        " " (ctx.t("Thử lùi một năm: sai số trung bình ", "Back-tested one year ahead: mean error ")) (difference(ctx, indicator, error))
                        " (" (test.origins) " " (ctx.t("lần", "origins")) ")." }
                    " " (ctx.t("Phương pháp do nhà phát triển chọn cho chuỗi ngắn; văn bản chính thức: ", "Chosen by the makers for short series; official text: ")) (UNVERIFIED) "."
                }
            }
        }
    }
}

/// A difference of two percentages is told in percentage points.
fn difference(ctx: &Ctx, indicator: &Indicator, value: Decimal) -> String {
    match indicator.value.unit.label(ctx.lang).starts_with('%') {
        true => format!(
            "{} {}",
            viet::number::format(value, ctx.lang),
            ctx.t("điểm %", "percentage points")
        ),
        false => rounded(ctx, indicator, value),
    }
}

fn percent(ctx: &Ctx, share: f64) -> String {
    let share = Decimal::try_from(share * 100.0)
        .unwrap_or_default()
        .round_dp(0);
    viet::Percent(share.normalize()).format(ctx.lang)
}

/// The targets set for the area, with their passages.
pub fn demanded(ctx: &Ctx, series: &AreaSeries) -> Markup {
    html! {
        @if series.targets.is_empty() { p.muted { (ctx.t("Chưa có chỉ tiêu nào của địa bàn này dùng chỉ số này.", "No target of this area rests on this indicator.")) } }
        @else { div.scroll { table.stack {
            caption.hidden { (ctx.t("Chỉ tiêu", "Targets")) }
            thead { tr {
                th scope="col" { (ctx.t("Chỉ tiêu", "Target")) } th scope="col" { (ctx.t("Mục tiêu", "Demand")) }
                th scope="col" { (ctx.t("Tình trạng", "Status")) } th scope="col" { (ctx.t("Nguyên văn", "Passage")) }
            } }
            tbody { @for one in &series.targets { @let target = &one.row.target; tr {
                td.main { a href=(format!("/targets/{}", one.row.id)) { (crate::pages::programmes::short(&target.text)) } }
                td data-label=(ctx.t("Mục tiêu", "Demand")) { (assess::demand(ctx, &target.terms)) ", " (assess::by_when(ctx, &target.terms)) }
                td data-label=(ctx.t("Tình trạng", "Status")) { (assess::status(one.assessment.status, ctx.lang)) }
                td data-label=(ctx.t("Nguyên văn", "Passage")) { a href=(targets::passage(target)) {
                    @match &target.place.section { Some(section) => (section), None => (ctx.t("xem trong văn bản", "see it in the document")) } } }
            } } }
        } } }
    }
}
