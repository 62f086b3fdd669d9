//! A series against its target: where we are, where the path says we should be, where we must get.

use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{Calendar, Lang, Period, number};

use super::mark::{Mark, Shape, Tone};
use super::scale::{
    Linear, divisor, float, ticks, time_label, time_ticks, with_unit, year_position,
};
use super::svg::{Anchor, Face, GRID, INK, MUTED, Svg, text_width, wrap};
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
    /// The path towards the target, in any order; may be empty.
    pub path: Vec<PathPoint>,
    /// The target, where one is set.
    pub target: Option<TargetMark>,
    /// Breaks in the meaning of the series.
    pub breaks: Vec<Break>,
    /// Language of the fixed words.
    pub lang: Lang,
}

const WIDTH: f64 = 400.0;
const PLOT_HEIGHT: f64 = 200.0;
const MARKER: f64 = 4.5;

/// What is common to all layers of the plot.
struct Frame {
    x: Linear,
    y: Linear,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn place(&self, at: Date, value: Decimal) -> (f64, f64) {
        (self.x.at(year_position(at)), self.y.at(float(value)))
    }
}

impl TargetChart {
    /// The chart as an SVG document. Any input gives a drawing; an empty series says that it is empty.
    pub fn svg(&self) -> String {
        let mut svg = Svg::new(WIDTH);
        let mut y = svg.paragraph(Face::TITLE, 8.0, 6.0, WIDTH - 16.0, &self.title);
        let values = self.values();
        let scale = values
            .iter()
            .map(|v| v.abs())
            .max()
            .map_or(Decimal::ONE, divisor);
        let head = joined(&[
            &self.indicator,
            &self.unit_note(scale),
            &self.provenance.place,
        ]);
        y = svg.paragraph(Face::NOTE, 8.0, y, WIDTH - 16.0, &head) + 8.0;
        y = self.break_labels(&mut svg, y);
        let frame = self.frame(&mut svg, y, &values, scale);
        self.draw_breaks(&mut svg, &frame);
        self.draw_target_line(&mut svg, &frame);
        self.draw_path(&mut svg, &frame);
        self.draw_series(&mut svg, &frame);
        self.draw_labels(&mut svg, &frame);
        if self.points.is_empty() {
            let words = self.lang.pick("Chưa có số liệu", "No figures yet");
            let middle = (
                (frame.left + frame.right) / 2.0,
                (frame.top + frame.bottom) / 2.0,
            );
            svg.text(Face::STRONG, middle, Anchor::Middle, words);
        }
        y = svg.legend(&self.legend(), 8.0, frame.bottom + 26.0, WIDTH - 16.0);
        let foot = self.provenance.line(&self.period(), self.lang);
        y = svg.paragraph(Face::NOTE, 8.0, y + 2.0, WIDTH - 16.0, &foot);
        svg.finish("target-chart", y + 8.0, &self.title, &self.description())
    }

    fn values(&self) -> Vec<Decimal> {
        let observed = self.points.iter().map(|p| p.value);
        let expected = self.path.iter().map(|p| p.value);
        observed
            .chain(expected)
            .chain(self.target.iter().map(|t| t.value))
            .collect()
    }

    fn unit_note(&self, scale: Decimal) -> String {
        if scale == Decimal::ONE {
            return self.unit.clone();
        }
        let factor = number::format(scale, self.lang);
        format!("{} (× {factor})", self.unit).trim().to_owned()
    }

    fn days(&self) -> impl Iterator<Item = f64> {
        let observed = self.points.iter().map(|p| p.at);
        let expected = self.path.iter().map(|p| p.at);
        observed
            .chain(expected)
            .chain(self.target.iter().map(|t| t.by))
            .map(year_position)
    }

    fn domain(&self) -> (f64, f64) {
        let low = self.days().fold(f64::INFINITY, f64::min);
        let high = self.days().fold(f64::NEG_INFINITY, f64::max);
        match (low.is_finite(), high > low) {
            (false, _) => (0.0, 0.0),
            (true, false) => (low - 0.5, high + 0.5),
            (true, true) => (low, high),
        }
    }

    /// Bounds of the value axis: zero is shown unless all values lie far from it.
    fn bounds(values: &[Decimal]) -> (Decimal, Decimal) {
        let low = values.iter().min().copied().unwrap_or(Decimal::ZERO);
        let high = values.iter().max().copied().unwrap_or(Decimal::ONE);
        let (near, far) = (
            float(low.abs().min(high.abs())),
            float(low.abs().max(high.abs())),
        );
        let same_side = low.is_sign_negative() == high.is_sign_negative();
        if same_side && near > 0.6 * far && low != high {
            return (low, high);
        }
        (
            low.min(Decimal::ZERO),
            if high.is_zero() && low.is_zero() {
                Decimal::ONE
            } else {
                high.max(Decimal::ZERO)
            },
        )
    }

    /// Axes and grid.
    fn frame(&self, svg: &mut Svg, top: f64, values: &[Decimal], scale: Decimal) -> Frame {
        let (low, high) = Self::bounds(values);
        let marks = ticks(low / scale, high / scale);
        let decimals = marks
            .iter()
            .map(|t| t.normalize().scale())
            .max()
            .unwrap_or(0);
        let labels: Vec<String> = marks
            .iter()
            .map(|t| tick_text(*t, decimals, self.lang))
            .collect();
        let widest = labels
            .iter()
            .map(|l| text_width(l, Face::NOTE.size))
            .fold(16.0, f64::max);
        let left = (8.0 + widest + 8.0).min(WIDTH / 3.0);
        let (right, bottom) = (WIDTH - 16.0, top + PLOT_HEIGHT);
        let factor = float(scale);
        let first = marks.first().map_or(0.0, |t| float(*t) * factor);
        let last = marks.last().map_or(1.0, |t| float(*t) * factor);
        let domain = self.domain();
        let frame = Frame {
            x: Linear::new(domain, (left + 8.0, right - 8.0)),
            y: Linear::new((first, last), (bottom, top)),
            left,
            right,
            top,
            bottom,
        };
        for (mark, label) in marks.iter().zip(&labels) {
            let y = frame.y.at(float(*mark) * factor);
            let ink = if mark.is_zero() { MUTED } else { GRID };
            svg.line("grid", (left, y), (right, y), ink, "");
            svg.text(Face::NOTE, (left - 6.0, y + 4.0), Anchor::End, label);
        }
        self.time_axis(svg, &frame, domain);
        frame
    }

    fn time_axis(&self, svg: &mut Svg, frame: &Frame, domain: (f64, f64)) {
        svg.line(
            "axis",
            (frame.left, frame.bottom),
            (frame.right, frame.bottom),
            MUTED,
            "",
        );
        if domain == (0.0, 0.0) {
            return;
        }
        for tick in time_ticks(domain.0, domain.1) {
            let x = frame.x.at(tick);
            svg.line(
                "axis",
                (x, frame.bottom),
                (x, frame.bottom + 4.0),
                MUTED,
                "",
            );
            let label = time_label(tick, self.lang);
            let half = text_width(&label, Face::NOTE.size) / 2.0;
            let x = x.clamp(frame.left.min(half), WIDTH - half - 2.0);
            svg.text(Face::NOTE, (x, frame.bottom + 16.0), Anchor::Middle, &label);
        }
    }

    /// Breaks that fall inside the time shown, in order.
    fn breaks(&self) -> Vec<&Break> {
        let (low, high) = self.domain();
        let inside = |b: &&Break| (low..=high).contains(&year_position(b.at));
        let mut breaks: Vec<&Break> = self.breaks.iter().filter(inside).collect();
        breaks.sort_by_key(|b| b.at);
        breaks
    }

    /// Room above the plot for the labels of breaks, numbered where there are several.
    fn break_labels(&self, svg: &mut Svg, y: f64) -> f64 {
        let breaks = self.breaks();
        let mut y = y;
        for (index, b) in breaks.iter().enumerate() {
            let number = if breaks.len() > 1 {
                format!("({}) ", index + 1)
            } else {
                String::new()
            };
            let day = viet::date::format(b.at, self.lang);
            let text = format!("┆ {number}{day}: {}", b.label);
            y = svg.paragraph(Face::NOTE, 8.0, y, WIDTH - 16.0, &text);
        }
        if breaks.is_empty() { y } else { y + 16.0 }
    }

    fn draw_breaks(&self, svg: &mut Svg, frame: &Frame) {
        let breaks = self.breaks();
        for (index, b) in breaks.iter().enumerate() {
            let x = frame.x.at(year_position(b.at));
            svg.line(
                "break",
                (x, frame.top - 6.0),
                (x, frame.bottom),
                INK,
                " stroke-dasharray=\"2 3\" stroke-width=\"1.5\"",
            );
            if breaks.len() > 1 {
                svg.text(
                    Face::NOTE,
                    (x, frame.top - 8.0),
                    Anchor::Middle,
                    &format!("({})", index + 1),
                );
            }
        }
    }

    fn draw_target_line(&self, svg: &mut Svg, frame: &Frame) {
        let Some(target) = &self.target else {
            return;
        };
        let (x, y) = frame.place(target.by, target.value);
        let ink = Tone::Good.ink();
        svg.line(
            "target",
            (frame.left, y),
            (x, y),
            ink,
            " stroke-dasharray=\"1 4\" stroke-width=\"1.5\" stroke-linecap=\"round\"",
        );
        svg.mark(Shape::HollowDiamond, Tone::Good, (x, y), MARKER + 1.0);
    }

    fn draw_path(&self, svg: &mut Svg, frame: &Frame) {
        let mut path = self.path.clone();
        path.sort_by_key(|p| p.at);
        let placed: Vec<(f64, f64)> = path.iter().map(|p| frame.place(p.at, p.value)).collect();
        if placed.len() > 1 {
            svg.polyline(
                "path",
                &placed,
                MUTED,
                " stroke-dasharray=\"6 4\" stroke-width=\"1.5\"",
            );
        }
    }

    /// The observed values; the line stops at a break.
    fn draw_series(&self, svg: &mut Svg, frame: &Frame) {
        let breaks = self.breaks();
        let points = self.sorted();
        let era = |p: &Point| breaks.iter().filter(|b| b.at <= p.at).count();
        for run in points.chunk_by(|a, b| era(a) == era(b)) {
            let placed: Vec<(f64, f64)> = run.iter().map(|p| frame.place(p.at, p.value)).collect();
            if placed.len() > 1 {
                svg.polyline(
                    "series",
                    &placed,
                    Tone::Accent.ink(),
                    " stroke-width=\"2.5\" stroke-linejoin=\"round\"",
                );
            }
        }
        // Beside a long series markers would only be a smear.
        let r = if points.len() > 40 { 2.0 } else { MARKER };
        for point in &points {
            svg.mark(
                point.stage.shape,
                point.stage.tone,
                frame.place(point.at, point.value),
                r,
            );
        }
    }

    fn sorted(&self) -> Vec<&Point> {
        let mut points: Vec<&Point> = self.points.iter().collect();
        points.sort_by_key(|p| p.at);
        points
    }

    /// The words in the plot: first and last value, and the target.
    fn draw_labels(&self, svg: &mut Svg, frame: &Frame) {
        let mut taken: Vec<(f64, f64)> = Vec::new();
        if let Some(target) = &self.target {
            let at = frame.place(target.by, target.value);
            let text = self.target_text(target);
            put_label(svg, frame, Face::STRONG, at, &text, &mut taken);
        }
        let points = self.sorted();
        let last = points.last();
        let first = points.first().filter(|_| points.len() > 1);
        for point in last.into_iter().chain(first) {
            let at = frame.place(point.at, point.value);
            let text = with_unit(point.value, short_unit(&self.unit), self.lang);
            put_label(svg, frame, Face::LABEL, at, &text, &mut taken);
        }
    }

    fn target_text(&self, target: &TargetMark) -> String {
        let value = with_unit(target.value, short_unit(&self.unit), self.lang);
        let word = self.lang.pick("chỉ tiêu", "target");
        joined_words(&[
            word,
            &target.by.year().to_string(),
            &target.comparator,
            &value,
        ])
    }

    fn legend(&self) -> Vec<(Shape, Tone, String)> {
        let mut out: Vec<(Shape, Tone, String)> = Vec::new();
        for point in &self.points {
            let entry = (
                point.stage.shape,
                point.stage.tone,
                point.stage.word.clone(),
            );
            if !out.contains(&entry) {
                out.push(entry);
            }
        }
        if self.target.is_some() {
            let word = self.lang.pick("chỉ tiêu", "target");
            out.push((Shape::HollowDiamond, Tone::Good, word.to_owned()));
        }
        out
    }

    /// First to last period of the series.
    fn period(&self) -> String {
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
    fn description(&self) -> String {
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
fn short_unit(unit: &str) -> &str {
    if unit.chars().count() <= 10 { unit } else { "" }
}

fn joined_words(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    parts.join(" ")
}

fn tick_text(value: Decimal, decimals: u32, lang: Lang) -> String {
    let mut value = value;
    value.rescale(decimals);
    number::format(value, lang)
}

/// Puts a label above its point, or below where another label or the frame is in the way.
fn put_label(
    svg: &mut Svg,
    frame: &Frame,
    face: Face,
    at: (f64, f64),
    text: &str,
    taken: &mut Vec<(f64, f64)>,
) {
    let text = wrap(text, frame.right - frame.left, face.size).join(" ");
    let half = text_width(&text, face.size) / 2.0;
    let x = at.0.clamp(
        frame.left + half,
        (frame.right - half).max(frame.left + half),
    );
    let free = |y: f64, taken: &[(f64, f64)]| {
        let inside = y - face.size > frame.top - 14.0 && y < frame.bottom - 2.0;
        inside
            && taken
                .iter()
                .all(|t| (t.1 - y).abs() > face.size || (t.0 - x).abs() > half * 2.0)
    };
    let above = at.1 - 10.0;
    let candidates = [above, at.1 + 20.0, above - 14.0, at.1 + 34.0];
    let y = candidates
        .into_iter()
        .find(|y| free(*y, taken))
        .unwrap_or(above);
    taken.push((x, y));
    svg.text(face, (x, y), Anchor::Middle, &text);
}
