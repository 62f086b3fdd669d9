//! The drawing of a [`TargetChart`].

use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{Lang, number};

use super::joined;
use super::mark::{Shape, Tone};
use super::scale::{
    Linear, divisor, float, ticks, time_label, time_ticks, with_unit, year_position,
};
use super::svg::{
    Anchor, BAND, BREAK_DASH, FORECAST_DASH, Face, GRID, INK, Key, MUTED, PATH_DASH, Svg, WIDTH,
    text_width, wrap,
};
use super::target::{Ahead, Break, Point, TargetChart, short_unit};

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
        let mut svg = Svg::default();
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
        self.draw_forecast(&mut svg, &frame);
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
            svg.text_on_lines(Face::STRONG, middle, words);
        }
        y = svg.legend(&self.legend(), 8.0, frame.bottom + 26.0, WIDTH - 16.0);
        let foot = self.provenance.line(&self.period(), self.lang);
        y = svg.paragraph(Face::NOTE, 8.0, y + 2.0, WIDTH - 16.0, &foot);
        svg.finish("target-chart", y + 8.0, &self.title, &self.description())
    }

    fn values(&self) -> Vec<Decimal> {
        let observed = self.points.iter().map(|p| p.value);
        let expected = self.path.iter().map(|p| p.value);
        let replaced = self.replaced.iter().map(|p| p.value);
        let ahead = self.forecast.iter().flat_map(|a| [a.low, a.value, a.high]);
        observed
            .chain(replaced)
            .chain(ahead)
            .chain(expected)
            .chain(self.target.iter().map(|t| t.value))
            .collect()
    }

    fn unit_note(&self, scale: Decimal) -> String {
        if scale == Decimal::ONE {
            return self.unit.clone();
        }
        let factor = number::format(scale, self.lang);
        format!("{} (×\u{a0}{factor})", self.unit).trim().to_owned()
    }

    fn days(&self) -> impl Iterator<Item = f64> {
        let observed = self.points.iter().map(|p| p.at);
        let expected = self.path.iter().map(|p| p.at);
        let ahead = self.forecast.iter().map(|a| a.at);
        observed
            .chain(expected)
            .chain(ahead)
            .chain(self.target.iter().map(|t| t.by))
            .map(year_position)
    }

    /// From the first to the last day, in years; whole quarters where the series goes by quarters.
    fn domain(&self) -> (f64, f64) {
        let low = self.days().fold(f64::INFINITY, f64::min);
        let high = self.days().fold(f64::NEG_INFINITY, f64::max);
        if !low.is_finite() {
            return (0.0, 0.0);
        }
        if high <= low {
            return (low - 1.0, high + 1.0);
        }
        if self.by_quarter() && high - low <= 1.0 {
            return ((low * 4.0).floor() / 4.0, (high * 4.0).ceil() / 4.0);
        }
        (low, high)
    }

    /// Whether some period ends in the course of a year. An administrative year ends in the middle of
    /// December, half a month before the calendar's.
    fn by_quarter(&self) -> bool {
        self.days().any(|day| (day - day.round()).abs() > 0.06)
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
        // Without a value there is nothing to measure by.
        let marks = if values.is_empty() {
            Vec::new()
        } else {
            ticks(low / scale, high / scale)
        };
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
        for tick in time_ticks(domain.0, domain.1, self.by_quarter()) {
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
    pub(super) fn breaks(&self) -> Vec<&Break> {
        let (low, high) = self.domain();
        let inside = |b: &&Break| (low..=high).contains(&year_position(b.at));
        let mut breaks: Vec<&Break> = self.breaks.iter().filter(inside).collect();
        breaks.sort_by_key(|b| b.at);
        breaks
    }

    /// What the breaks are, above the plot: numbered where there are several.
    fn break_labels(&self, svg: &mut Svg, y: f64) -> f64 {
        let breaks = self.breaks();
        let mut y = y;
        for (index, b) in breaks.iter().enumerate() {
            svg.line("break", (13.0, y + 2.0), (13.0, y + 13.0), INK, BREAK_DASH);
            let number = numbered(index, breaks.len());
            let day = viet::date::format(b.at, self.lang);
            let text = format!("{number} {day}: {}", b.label);
            y = svg.paragraph(Face::NOTE, 22.0, y, WIDTH - 30.0, text.trim_start());
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
                BREAK_DASH,
            );
            let number = numbered(index, breaks.len());
            if !number.is_empty() {
                svg.text(Face::NOTE, (x, frame.top - 8.0), Anchor::Middle, &number);
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
            svg.polyline("path", &placed, MUTED, PATH_DASH);
        }
    }

    /// The forecast goes on from the last value; its interval opens there.
    fn draw_forecast(&self, svg: &mut Svg, frame: &Frame) {
        let points = self.sorted();
        let Some(last) = points.last().filter(|_| !self.forecast.is_empty()) else {
            return;
        };
        let start = frame.place(last.at, last.value);
        let along = |value: fn(&Ahead) -> Decimal| {
            let ahead = self.forecast.iter();
            ahead.map(move |ahead| frame.place(ahead.at, value(ahead)))
        };
        let upper = std::iter::once(start).chain(along(|ahead| ahead.high));
        let mut rim: Vec<(f64, f64)> = along(|ahead| ahead.low).collect();
        rim.reverse();
        let rim: Vec<(f64, f64)> = upper.chain(rim).collect();
        svg.polygon("interval", &rim, BAND);
        let line: Vec<(f64, f64)> = std::iter::once(start)
            .chain(along(|ahead| ahead.value))
            .collect();
        svg.polyline("forecast", &line, Tone::Accent.ink(), FORECAST_DASH);
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
        for point in &self.replaced {
            let at = frame.place(point.at, point.value);
            svg.mark(point.stage.shape, Tone::Neutral, at, r * 0.6);
        }
        for point in &points {
            svg.mark(
                point.stage.shape,
                point.stage.tone,
                frame.place(point.at, point.value),
                r,
            );
        }
    }

    /// The words in the plot: target, last and first value, each on the side where the line is not.
    fn draw_labels(&self, svg: &mut Svg, frame: &Frame) {
        let mut taken: Vec<(f64, f64)> = Vec::new();
        if let Some(target) = &self.target {
            let at = frame.place(target.by, target.value);
            let label = Label {
                face: Face::STRONG,
                at,
                text: self.target_text(target),
                below: false,
            };
            label.put(svg, frame, &mut taken);
        }
        let points = self.sorted();
        let mut value = |point: &Point, below: bool| {
            let at = frame.place(point.at, point.value);
            let text = with_unit(point.value, short_unit(&self.unit), self.lang);
            Label {
                face: Face::LABEL,
                at,
                text,
                below,
            }
            .put(svg, frame, &mut taken);
        };
        if let [.., before, last] = points.as_slice() {
            value(last, last.value < before.value);
        }
        match points.as_slice() {
            [only] => value(only, false),
            [first, next, ..] => value(first, first.value <= next.value),
            [] => {}
        }
    }

    fn legend(&self) -> Vec<Key> {
        let mut stages: Vec<_> = Vec::new();
        for point in &self.points {
            if !stages.contains(&&point.stage) {
                stages.push(&point.stage);
            }
        }
        let mut out: Vec<Key> = stages
            .iter()
            .map(|s| Key::Mark(s.shape, s.tone, s.word.clone()))
            .collect();
        if !self.replaced.is_empty() {
            let word = self
                .lang
                .pick("lần công bố trước (nhỏ, xám)", "earlier (small, grey)");
            out.push(Key::Mark(Shape::Ring, Tone::Neutral, word.to_owned()));
        }
        if !self.forecast.is_empty() && !self.points.is_empty() {
            let word = self
                .lang
                .pick("dự báo và khoảng của nó", "forecast and its interval");
            out.push(Key::Forecast(word.to_owned()));
        }
        if self.path.len() > 1 {
            out.push(Key::Path(self.lang.pick("lộ trình", "path").to_owned()));
        }
        if self.target.is_some() {
            let word = self.lang.pick("chỉ tiêu", "target");
            out.push(Key::Mark(Shape::HollowDiamond, Tone::Good, word.to_owned()));
        }
        out
    }
}

/// "(2)" where there are several.
fn numbered(index: usize, of: usize) -> String {
    if of > 1 {
        format!("({})", index + 1)
    } else {
        String::new()
    }
}

fn tick_text(value: Decimal, decimals: u32, lang: Lang) -> String {
    let mut value = value;
    value.rescale(decimals);
    number::format(value, lang)
}

/// A label beside a point.
struct Label {
    face: Face,
    at: (f64, f64),
    text: String,
    /// Whether it rather stands below the point.
    below: bool,
}

impl Label {
    /// Puts the label on the side it prefers, else where it meets neither the frame nor another label.
    fn put(&self, svg: &mut Svg, frame: &Frame, taken: &mut Vec<(f64, f64)>) {
        let text = wrap(&self.text, frame.right - frame.left, self.face.size).join(" ");
        let half = text_width(&text, self.face.size) / 2.0;
        let x = self.at.0.clamp(
            frame.left + half,
            (frame.right - half).max(frame.left + half),
        );
        let free = |y: f64| {
            let inside = y - self.face.size > frame.top - 14.0 && y < frame.bottom - 2.0;
            let meets =
                |t: &(f64, f64)| (t.1 - y).abs() <= self.face.size && (t.0 - x).abs() <= half * 2.0;
            inside && !taken.iter().any(meets)
        };
        let (above, below) = (self.at.1 - 10.0, self.at.1 + 20.0);
        let first = if self.below {
            [below, above]
        } else {
            [above, below]
        };
        let y = first
            .into_iter()
            .chain([above - 14.0, below + 14.0])
            .find(|y| free(*y))
            .unwrap_or(above);
        taken.push((x, y));
        svg.text_on_lines(self.face, (x, y), &text);
    }
}
