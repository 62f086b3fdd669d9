//! A series against its target: where we are, where the path says we should be, where we must get.

use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{Calendar, Lang, Period};

use super::mark::Mark;
use super::scale::with_unit;
use super::{Provenance, joined};

/// One observed value of the series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The period in words ("quý III năm 2025").
    pub label: String,
    /// Last day of the period: where the value stands on the axis.
    pub at: Date,
    /// The value, in the chart's unit.
    pub value: Decimal,
    /// Stage of the figure (estimated, preliminary, official …): word and shape of its marker.
    pub stage: Mark,
    /// Day of publication, where known.
    pub published: Option<Date>,
}

impl Point {
    /// A point at the end of a period of the given calendar.
    pub fn of_period(
        period: Period,
        calendar: Calendar,
        value: Decimal,
        stage: Mark,
        lang: Lang,
    ) -> Self {
        let range = period.range(calendar);
        let at = range.last_day().unwrap_or_else(|| range.from());
        Self {
            label: period.label(lang),
            at,
            value,
            stage,
            published: None,
        }
    }
}

/// One value of the path towards the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathPoint {
    /// Day by which the value is expected.
    pub at: Date,
    /// The value expected.
    pub value: Decimal,
}

/// The target: comparator, value, and the day by which it must be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetMark {
    /// The comparator as it is read: "≥", "trên", "khoảng".
    pub comparator: String,
    /// The value to reach.
    pub value: Decimal,
    /// Last day of the target's period.
    pub by: Date,
}

/// A day on which what the series means changed, for instance a merger of territory: the line is
/// not drawn across it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// First day of the new meaning.
    pub at: Date,
    /// What happened ("sáp nhập địa bàn").
    pub label: String,
}

/// What a forecast says of a day, with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// The day.
    pub at: Date,
    /// The value forecast.
    pub value: Decimal,
    /// Lower end of the interval.
    pub low: Decimal,
    /// Upper end of the interval.
    pub high: Decimal,
}

/// A line chart of a series, its path and its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetChart {
    /// Heading of the chart.
    pub title: String,
    /// The indicator's name, where the title does not already say it.
    pub indicator: String,
    /// Unit of all values ("%", "tỷ đồng").
    pub unit: String,
    /// Place, period, source and date of the figures.
    pub provenance: Provenance,
    /// The observed values, in any order.
    pub points: Vec<Point>,
    /// Values that others replaced ("lần công bố trước"), in any order.
    pub replaced: Vec<Point>,
    /// What is forecast, in order of time.
    pub forecast: Vec<Ahead>,
    /// The path towards the target, in any order; may be empty.
    pub path: Vec<PathPoint>,
    /// The target, where one is set.
    pub target: Option<TargetMark>,
    /// Breaks in the meaning of the series.
    pub breaks: Vec<Break>,
    /// Language of the fixed words.
    pub lang: Lang,
}

impl TargetChart {
    /// The target in words: "chỉ tiêu 2030 ≥ 90 %".
    pub(super) fn target_text(&self, target: &TargetMark) -> String {
        let value = with_unit(target.value, short_unit(&self.unit), self.lang);
        let word = self.lang.pick("chỉ tiêu", "target");
        joined_words(&[
            word,
            &target.by.year().to_string(),
            &target.comparator,
            &value,
        ])
    }

    /// The points in the order of time.
    pub(super) fn sorted(&self) -> Vec<&Point> {
        let mut points: Vec<&Point> = self.points.iter().collect();
        points.sort_by_key(|p| p.at);
        points
    }

    /// First to last period of the series.
    pub(super) fn period(&self) -> String {
        let points = self.sorted();
        match (points.first(), points.last()) {
            (Some(first), Some(last)) if first.label != last.label => {
                format!("{} – {}", first.label, last.label)
            }
            (Some(only), _) => only.label.clone(),
            (None, _) => String::new(),
        }
    }

    /// All figures in words.
    pub(super) fn description(&self) -> String {
        let lang = self.lang;
        let mut parts = vec![joined(&[
            &self.indicator,
            &self.unit,
            &self.provenance.place,
        ])];
        for point in self.sorted() {
            let value = with_unit(point.value, &self.unit, lang);
            let mut text = format!("{}: {value} ({}", point.label, point.stage.word);
            if let Some(day) = point.published {
                let day = viet::date::format(day, lang);
                text.push_str(&format!("; {} {day}", lang.pick("công bố", "published")));
            }
            parts.push(text + ")");
        }
        if self.points.is_empty() {
            parts.push(lang.pick("Chưa có số liệu", "No figures yet").to_owned());
        }
        if let Some(last) = self.forecast.last() {
            let value = |value| with_unit(value, &self.unit, lang);
            parts.push(format!(
                "{} {}: {} ({} – {})",
                lang.pick("Dự báo", "Forecast"),
                last.at.year(),
                value(last.value),
                value(last.low),
                value(last.high)
            ));
        }
        parts.extend(self.target.iter().map(|t| self.target_text(t)));
        parts.extend(
            self.breaks()
                .iter()
                .map(|b| format!("{}: {}", viet::date::format(b.at, lang), b.label)),
        );
        parts.push(self.provenance.line(&self.period(), lang));
        parts.retain(|p| !p.is_empty());
        parts.join(". ")
    }
}

/// Beside a value only a short unit is read; a long one stands in the head.
pub(super) fn short_unit(unit: &str) -> &str {
    if unit.chars().count() <= 10 { unit } else { "" }
}

fn joined_words(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    parts.join(" ")
}
