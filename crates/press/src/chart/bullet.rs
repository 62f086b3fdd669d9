//! Result against target, one bar per indicator, each on its own scale.

use rust_decimal::Decimal;
use viet::Lang;

use super::Provenance;
use super::mark::Mark;
use super::scale::{Linear, float, with_unit};
use super::svg::{Anchor, Face, GRID, INK, MUTED, Svg, WIDTH, text_width};

/// One indicator: its value and its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletRow {
    /// The indicator's name.
    pub label: String,
    /// The value reached; none where there is no figure.
    pub value: Option<Decimal>,
    /// The target's comparator ("≥") and value; none where no target is set.
    pub target: Option<(String, Decimal)>,
    /// Unit of both.
    pub unit: String,
    /// Status by word and shape.
    pub status: Mark,
}

/// Bars of result against target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletBars {
    /// Heading of the chart.
    pub title: String,
    /// One bar each, in the order given.
    pub rows: Vec<BulletRow>,
    /// Place, period, source and date of the figures.
    pub provenance: Provenance,
    /// Language of the fixed words.
    pub lang: Lang,
}

const BAR: f64 = 12.0;

impl BulletBars {
    /// The chart as an SVG document. Any input gives a drawing.
    pub fn svg(&self) -> String {
        let mut svg = Svg::default();
        let mut y = svg.paragraph(Face::TITLE, 8.0, 6.0, WIDTH - 16.0, &self.title);
        y = svg.paragraph(Face::NOTE, 8.0, y, WIDTH - 16.0, &self.provenance.place) + 6.0;
        if self.rows.is_empty() {
            let words = self.lang.pick("Chưa có chỉ tiêu", "No targets yet");
            y = svg.paragraph(Face::STRONG, 8.0, y, WIDTH - 16.0, words) + 6.0;
        }
        for row in &self.rows {
            y = self.row(&mut svg, row, y) + 10.0;
        }
        let key = self.lang.pick(
            "Thanh: kết quả · Vạch đứng: chỉ tiêu",
            "Bar: result · Upright line: target",
        );
        y = svg.paragraph(Face::NOTE, 8.0, y, WIDTH - 16.0, key);
        let foot = self.provenance.line("", self.lang);
        y = svg.paragraph(Face::NOTE, 8.0, y, WIDTH - 16.0, &foot);
        svg.finish("bullet-bars", y + 8.0, &self.title, &self.description())
    }

    fn row(&self, svg: &mut Svg, row: &BulletRow, y: f64) -> f64 {
        let y = svg.paragraph(Face::LABEL, 8.0, y, WIDTH - 16.0, &row.label) + 3.0;
        let scale = row.scale();
        svg.rect("track", (8.0, y), (WIDTH - 16.0, BAR), GRID);
        let zero = scale.at(0.0);
        if let Some(value) = row.value {
            let end = scale.at(float(value));
            let class = format!("bar {}", row.status.tone.class());
            svg.rect(
                &class,
                (zero.min(end), y),
                ((end - zero).abs().max(1.5), BAR),
                row.status.tone.ink(),
            );
        }
        if row.value.is_some_and(|v| v.is_sign_negative())
            || row.target_value().is_some_and(|t| t.is_sign_negative())
        {
            svg.line("axis", (zero, y - 1.0), (zero, y + BAR + 1.0), MUTED, "");
        }
        if let Some(target) = row.target_value() {
            let x = scale.at(float(target));
            svg.line(
                "target-halo",
                (x, y - 4.0),
                (x, y + BAR + 4.0),
                "#ffffff",
                " stroke-width=\"5\"",
            );
            svg.line(
                "target",
                (x, y - 4.0),
                (x, y + BAR + 4.0),
                INK,
                " stroke-width=\"2.5\"",
            );
        }
        self.row_words(svg, row, y + BAR + 6.0)
    }

    /// Status on the left, figures on the right; below each other where both do not fit.
    fn row_words(&self, svg: &mut Svg, row: &BulletRow, y: f64) -> f64 {
        let figures = self.figures(row);
        svg.mark(row.status.shape, row.status.tone, (14.0, y + 7.0), 4.0);
        let status = text_width(&row.status.word, Face::STRONG.size) + 24.0;
        if status + text_width(&figures, Face::LABEL.size) <= WIDTH - 24.0 {
            svg.text(
                Face::STRONG,
                (24.0, y + 11.0),
                Anchor::Start,
                &row.status.word,
            );
            svg.text(Face::LABEL, (WIDTH - 8.0, y + 11.0), Anchor::End, &figures);
            return y + Face::LABEL.leading();
        }
        let y = svg.paragraph(Face::STRONG, 24.0, y, WIDTH - 32.0, &row.status.word);
        svg.paragraph(Face::LABEL, 24.0, y, WIDTH - 32.0, &figures)
    }

    fn figures(&self, row: &BulletRow) -> String {
        let lang = self.lang;
        let value = match row.value {
            Some(value) => with_unit(value, &row.unit, lang),
            None => lang.pick("chưa có số liệu", "no figure").to_owned(),
        };
        match &row.target {
            Some((comparator, target)) => {
                let target = with_unit(*target, &row.unit, lang);
                format!(
                    "{value} / {}",
                    [comparator, target.as_str()].join("\u{a0}").trim_start()
                )
            }
            None => value,
        }
    }

    pub(super) fn description(&self) -> String {
        let lang = self.lang;
        let mut parts: Vec<String> = self
            .rows
            .iter()
            .map(|row| format!("{}: {} ({})", row.label, self.figures(row), row.status.word))
            .collect();
        parts.push(self.provenance.line("", lang));
        parts.join(". ")
    }
}

impl BulletRow {
    fn target_value(&self) -> Option<Decimal> {
        self.target.as_ref().map(|(_, value)| *value)
    }

    /// From zero (or the lowest value) to a little above the highest.
    fn scale(&self) -> Linear {
        let values = || {
            self.value
                .iter()
                .copied()
                .chain(self.target_value())
                .map(float)
        };
        let low = values().fold(0.0, f64::min);
        let high = values().fold(0.0, f64::max);
        let room = (high - low) * 0.08;
        let low = if low < 0.0 { low - room } else { low };
        let high = if high > 0.0 || low == 0.0 {
            high + room
        } else {
            high
        };
        Linear::new(
            if low == high { (0.0, 1.0) } else { (low, high) },
            (8.0, WIDTH - 8.0),
        )
    }
}
