//! A minimal SVG writer: presentation attributes and classes only (no style attributes, scripts or
//! fonts from outside, so that a strict content security policy holds), all text escaped.

use super::mark::{Shape, Tone};
use crate::text::{clean, escape, words};

/// Ink of text and axes.
pub(super) const INK: &str = "#1b1f24";
/// Ink of secondary text.
pub(super) const MUTED: &str = "#4d5660";
/// Grid lines and empty tracks.
pub(super) const GRID: &str = "#d5dbe1";

const SQUARE: [(f64, f64); 4] = [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)];
const DIAMOND: [(f64, f64); 4] = [(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)];

/// Width of every drawing.
pub(super) const WIDTH: f64 = 360.0;

/// Where a text is held by its `x`.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks: class, size in user units, ink, weight.
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub class: &'static str,
    pub size: f64,
    pub ink: &'static str,
    pub bold: bool,
}

impl Face {
    pub const TITLE: Self = Self {
        class: "chart-title",
        size: 14.0,
        ink: INK,
        bold: true,
    };
    pub const LABEL: Self = Self {
        class: "chart-label",
        size: 12.0,
        ink: INK,
        bold: false,
    };
    pub const STRONG: Self = Self {
        class: "chart-strong",
        size: 12.0,
        ink: INK,
        bold: true,
    };
    pub const NOTE: Self = Self {
        class: "chart-note",
        size: 11.5,
        ink: MUTED,
        bold: false,
    };

    /// Distance between lines.
    pub fn leading(self) -> f64 {
        (self.size * 1.3).round()
    }
}

/// The drawing under construction.
#[derive(Default)]
pub(super) struct Svg {
    body: String,
}

/// An entry of a legend.
pub(super) enum Key {
    /// A mark and its word.
    Mark(Shape, Tone, String),
    /// The dashed line of a path.
    Path(String),
    /// The dotted line of a forecast within its interval.
    Forecast(String),
}

/// Paper under the interval of a forecast.
pub(super) const BAND: &str = "#dce8f2";
/// How the line of a forecast is dashed.
pub(super) const FORECAST_DASH: &str = " stroke-dasharray=\"2 3\" stroke-width=\"2\"";

/// How the line of a path is dashed.
pub(super) const PATH_DASH: &str = " stroke-dasharray=\"6 4\" stroke-width=\"1.5\"";
/// How the line of a break is dashed.
pub(super) const BREAK_DASH: &str = " stroke-dasharray=\"2 3\" stroke-width=\"1.5\"";
/// A rim of paper around letters that stand on lines.
const HALO: &str =
    " stroke=\"#ffffff\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"";

impl Svg {
    /// An element that is made elsewhere, its text escaped there.
    pub(super) fn raw(&mut self, element: &str) {
        self.body.push_str(element);
    }

    pub fn line(
        &mut self,
        class: &str,
        from: (f64, f64),
        to: (f64, f64),
        stroke: &str,
        extra: &str,
    ) {
        let (x1, y1, x2, y2) = (num(from.0), num(from.1), num(to.0), num(to.1));
        self.body.push_str(&format!(
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{stroke}\"{extra}/>\n"
        ));
    }

    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)], stroke: &str, extra: &str) {
        let points: Vec<String> = points
            .iter()
            .map(|p| format!("{},{}", num(p.0), num(p.1)))
            .collect();
        self.body.push_str(&format!(
            "<polyline class=\"{class}\" points=\"{}\" fill=\"none\" stroke=\"{stroke}\"{extra}/>\n",
            points.join(" ")
        ));
    }

    pub fn polygon(&mut self, class: &str, corners: &[(f64, f64)], fill: &str) {
        let corners: Vec<String> = corners
            .iter()
            .map(|p| format!("{},{}", num(p.0), num(p.1)))
            .collect();
        self.body.push_str(&format!(
            "<polygon class=\"{class}\" points=\"{}\" fill=\"{fill}\"/>\n",
            corners.join(" ")
        ));
    }

    pub fn rect(&mut self, class: &str, at: (f64, f64), size: (f64, f64), fill: &str) {
        self.body.push_str(&format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"/>\n",
            num(at.0),
            num(at.1),
            num(size.0.max(0.0)),
            num(size.1)
        ));
    }

    pub fn text(&mut self, face: Face, at: (f64, f64), anchor: Anchor, text: &str) {
        self.write(face, at, anchor, text, "");
    }

    /// A text that stands on lines and has a rim of paper around its letters.
    pub fn text_on_lines(&mut self, face: Face, at: (f64, f64), text: &str) {
        self.write(face, at, Anchor::Middle, text, HALO);
    }

    fn write(&mut self, face: Face, at: (f64, f64), anchor: Anchor, text: &str, extra: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if face.bold {
            " font-weight=\"bold\""
        } else {
            ""
        };
        self.body.push_str(&format!(
            "<text class=\"{}\" x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{weight}{anchor}{extra}>{}</text>\n",
            face.class,
            num(at.0),
            num(at.1),
            num(face.size),
            face.ink,
            escape(text)
        ));
    }

    /// A text over as many lines as it needs; answers the y below the last line.
    pub fn paragraph(&mut self, face: Face, x: f64, y: f64, width: f64, text: &str) -> f64 {
        let mut y = y;
        for line in wrap(text, width, face.size) {
            self.text(face, (x, y + face.size), Anchor::Start, &line);
            y += face.leading();
        }
        y
    }

    /// A status or stage mark centred on a point, `r` its half size.
    pub fn mark(&mut self, shape: Shape, tone: Tone, at: (f64, f64), r: f64) {
        let class = format!("mark {}", tone.class());
        self.shape(&class, shape, (tone.ink(), "#ffffff"), at, r);
    }

    /// A mark on a coloured ground: white, its hollow parts see-through.
    pub fn white_mark(&mut self, shape: Shape, at: (f64, f64), r: f64) {
        self.shape("mark-on-bar", shape, ("#ffffff", "none"), at, r);
    }

    fn shape(&mut self, class: &str, shape: Shape, inks: (&str, &str), at: (f64, f64), r: f64) {
        let (ink, hollow) = inks;
        let (fill, corners): (&str, &[(f64, f64)]) = match shape {
            Shape::Disc => (ink, &[]),
            Shape::Ring => (hollow, &[]),
            Shape::Triangle => (ink, &[(0.0, -1.0), (1.0, 0.9), (-1.0, 0.9)]),
            Shape::Square => (ink, &SQUARE),
            Shape::HollowSquare => (hollow, &SQUARE),
            Shape::Diamond => (ink, &DIAMOND),
            Shape::HollowDiamond => (hollow, &DIAMOND),
        };
        let paint = format!("fill=\"{fill}\" stroke=\"{ink}\" stroke-width=\"1.5\"");
        if corners.is_empty() {
            let (x, y, r) = (num(at.0), num(at.1), num(r));
            self.body.push_str(&format!(
                "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\" {paint}/>\n"
            ));
            return;
        }
        let corner = |p: &(f64, f64)| format!("{} {}", num(at.0 + p.0 * r), num(at.1 + p.1 * r));
        let d: Vec<String> = corners.iter().map(corner).collect();
        self.body.push_str(&format!(
            "<path class=\"{class}\" d=\"M{}Z\" {paint}/>\n",
            d.join("L")
        ));
    }

    /// Marks and lines with their words, flowing over lines; answers the y below them.
    pub fn legend(&mut self, entries: &[Key], x: f64, y: f64, width: f64) -> f64 {
        let mut cursor = Flow::new(x, y, width, Face::NOTE.leading() + 2.0);
        for entry in entries {
            let (word, sample) = match entry {
                Key::Mark(_, _, word) => (word, 14.0),
                Key::Path(word) | Key::Forecast(word) => (word, 26.0),
            };
            let advance = sample + text_width(word, Face::NOTE.size) + 12.0;
            let (x, y) = cursor.place(advance);
            match entry {
                Key::Mark(shape, tone, _) => self.mark(*shape, *tone, (x + 5.0, y + 7.0), 4.0),
                Key::Path(_) => {
                    self.line("path", (x, y + 7.0), (x + 22.0, y + 7.0), MUTED, PATH_DASH)
                }
                Key::Forecast(_) => {
                    self.rect("interval", (x, y + 1.0), (22.0, 12.0), BAND);
                    let ink = Tone::Accent.ink();
                    self.line(
                        "forecast",
                        (x, y + 7.0),
                        (x + 22.0, y + 7.0),
                        ink,
                        FORECAST_DASH,
                    )
                }
            }
            self.text(Face::NOTE, (x + sample, y + 11.0), Anchor::Start, word);
        }
        cursor.below()
    }

    /// The finished drawing with its name and description for those who cannot see it.
    pub fn finish(self, kind: &str, height: f64, title: &str, desc: &str) -> String {
        let (w, h) = (num(WIDTH), num(height.ceil()));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart {kind}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
             font-family=\"Arial, 'Liberation Sans', sans-serif\">\n<title>{}</title>\n<desc>{}</desc>\n{}</svg>\n",
            escape(title),
            escape(desc),
            self.body
        )
    }
}

/// Lays boxes of one height from left to right, then below.
pub(super) struct Flow {
    left: f64,
    right: f64,
    x: f64,
    y: f64,
    leading: f64,
}

impl Flow {
    pub fn new(left: f64, y: f64, width: f64, leading: f64) -> Self {
        Self {
            left,
            right: left + width,
            x: left,
            y,
            leading,
        }
    }

    pub fn place(&mut self, width: f64) -> (f64, f64) {
        if self.x > self.left && self.x + width > self.right {
            self.x = self.left;
            self.y += self.leading;
        }
        let at = (self.x, self.y);
        self.x += width;
        at
    }

    pub fn below(&self) -> f64 {
        if self.x > self.left {
            self.y + self.leading
        } else {
            self.y
        }
    }
}

/// A coordinate with at most two decimals, so that the same input gives the same bytes.
pub(super) fn num(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// Width of a text in user units, estimated from the advance widths of Arial and its metric twins,
/// by class of letter; kept a little generous, since a clipped label is worse than an early break.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' | 'l' | 'j' | 't' | 'f' | 'I' | ' ' | '\u{a0}'
            | '.' | ',' | ':' | ';' | '\'' | '|' | '/' => 0.29,
            'm' | 'w' | 'M' | 'W' | '%' => 0.87,
            'r' => 0.36,
            'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' => 0.5,
            c if c.is_uppercase() => 0.7,
            c if c as u32 >= 0x2E80 => 1.0,
            _ => 0.56,
        })
        .sum();
    em * size
}

/// Breaks a text into lines no wider than `width`; a word longer than a line is cut.
pub(super) fn wrap(text: &str, width: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words(&clean(text)).flat_map(|w| pieces(w, width, size)) {
        match lines.last_mut() {
            Some(line)
                if text_width(line, size) + text_width(&word, size) + 0.29 * size <= width =>
            {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

fn pieces(word: &str, width: f64, size: f64) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut used = 0.0;
    for c in word.chars() {
        let w = text_width(c.encode_utf8(&mut [0; 4]), size);
        if used + w > width && used > 0.0 {
            out.push(String::new());
            used = 0.0;
        }
        used += w;
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}
