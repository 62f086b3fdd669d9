//! Shades of a map: from the lowest fifth of the values to the highest.

use rust_decimal::Decimal;
use viet::{Lang, number};

use super::scale::divisor;
use super::svg::{Anchor, Face, GRID, INK, Svg, WIDTH, text_width};

/// From the lowest fifth of the values to the highest, each with the ink that is read on it.
const SHADES: [(&str, &str); 5] = [
    ("#eef4f8", INK),
    ("#cddfec", INK),
    ("#9fc3dc", INK),
    ("#2f6fa3", "#ffffff"),
    ("#0f3d6b", "#ffffff"),
];

/// Paper of an area without a value.
pub(super) const PAPER: &str = "#ffffff";

/// Which value has which shade.
pub(super) struct Shading {
    /// The lowest value of each shade that is used: fifths of the areas, so that one giant does not make all others
    /// alike.
    limits: Vec<(usize, Decimal)>,
    /// By what values are divided to keep them short.
    scale: Decimal,
    /// Some area has no value.
    gaps: bool,
    lang: Lang,
}

impl Shading {
    pub fn of(values: impl Iterator<Item = Option<Decimal>>, lang: Lang) -> Self {
        let (mut known, mut gaps) = (Vec::new(), false);
        for value in values {
            match value {
                Some(value) => known.push(value),
                None => gaps = true,
            }
        }
        known.sort_unstable();
        let mut limits: Vec<(usize, Decimal)> = Vec::new();
        for shade in 0..SHADES.len() {
            let Some(value) = known.get(shade * known.len() / SHADES.len()) else {
                continue;
            };
            if limits.last().is_none_or(|(_, lowest)| lowest < value) {
                limits.push((shade, *value));
            }
        }
        let largest = known.iter().map(Decimal::abs).max();
        Self {
            limits,
            scale: largest.map_or(Decimal::ONE, divisor),
            gaps,
            lang,
        }
    }

    /// The unit of short values: "tỷ đồng (× 1.000)".
    pub fn unit(&self, unit: &str) -> String {
        match self.scale == Decimal::ONE {
            true => unit.to_owned(),
            false => format!("{unit} (×\u{a0}{})", number::format(self.scale, self.lang)),
        }
    }

    /// Paper and ink of a value; none where there is no value.
    pub fn shade(&self, value: Option<Decimal>) -> Option<(&'static str, &'static str)> {
        let value = value?;
        let at = self.limits.partition_point(|(_, lowest)| *lowest <= value);
        let (shade, _) = self.limits.get(at.checked_sub(1)?)?;
        Some(SHADES[*shade])
    }

    /// A value in the unit of the head.
    pub fn short(&self, value: Decimal) -> String {
        let scaled = value.checked_div(self.scale).unwrap_or(value);
        let places = match scaled.abs() {
            large if large >= Decimal::ONE_HUNDRED => 0,
            middle if middle >= Decimal::TEN => 1,
            _ => 2,
        };
        number::format(scaled.round_dp(places).normalize(), self.lang)
    }

    /// Draws the legend; gives the place below it.
    pub fn legend(&self, svg: &mut Svg, y: f64) -> f64 {
        let mut x = 8.0;
        let mut y = y;
        let mut entries: Vec<(&str, String)> = self
            .limits
            .iter()
            .map(|(shade, lowest)| (SHADES[*shade].0, format!("≥ {}", self.short(*lowest))))
            .collect();
        if self.gaps {
            let word = self.lang.pick("chưa có số liệu", "no figure");
            entries.push((PAPER, word.to_owned()));
        }
        for (fill, word) in entries {
            let width = 20.0 + text_width(&word, Face::NOTE.size) + 10.0;
            if x > 8.0 && x + width > WIDTH - 8.0 {
                (x, y) = (8.0, y + 18.0);
            }
            svg.rect("tile", (x, y), (14.0, 12.0), fill);
            svg.outline("tile-rim", (x, y), (14.0, 12.0), GRID, "");
            svg.text(Face::NOTE, (x + 18.0, y + 10.0), Anchor::Start, &word);
            x += width;
        }
        y + 20.0
    }
}
