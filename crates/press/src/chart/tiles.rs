//! Areas as tiles of one size, where they lie to each other: a small area is seen as well as a large one.

use rust_decimal::Decimal;
use viet::{Lang, number};

use super::scale::{divisor, with_unit};
use super::svg::{Anchor, Face, GRID, INK, MUTED, Svg, WIDTH, num, text_width, wrap};
use super::{Provenance, joined};

/// An area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaTile {
    /// Columns to the west of it.
    pub column: u8,
    /// Rows to the north of it.
    pub row: u8,
    /// Its name.
    pub name: String,
    /// Its value; none where there is none.
    pub value: Option<Decimal>,
    /// Whether it is the area that is looked at.
    pub is_chosen: bool,
}

/// A map of tiles, shaded by their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileMap {
    /// Heading of the chart.
    pub title: String,
    /// Unit of all values.
    pub unit: String,
    /// Place, period, source and date of the figures.
    pub provenance: Provenance,
    /// The areas.
    pub tiles: Vec<AreaTile>,
    /// Language of the fixed words.
    pub lang: Lang,
}

const HEIGHT: f64 = 36.0;
const GAP: f64 = 2.0;
/// From the lowest fifth of the values to the highest, each with the ink that is read on it.
const SHADES: [(&str, &str); 5] = [
    ("#eef4f8", INK),
    ("#cddfec", INK),
    ("#9fc3dc", INK),
    ("#2f6fa3", "#ffffff"),
    ("#0f3d6b", "#ffffff"),
];
const NAME: f64 = 11.5;

impl TileMap {
    /// The map as an SVG document. Any input gives a drawing.
    pub fn svg(&self) -> String {
        let mut svg = Svg::default();
        let mut y = svg.paragraph(Face::TITLE, 8.0, 6.0, WIDTH - 16.0, &self.title);
        let scale = self.scale();
        let unit = match scale == Decimal::ONE {
            true => self.unit.clone(),
            false => format!(
                "{} (×\u{a0}{})",
                self.unit,
                number::format(scale, self.lang)
            ),
        };
        let head = joined(&[unit.trim(), &self.provenance.place]);
        y = svg.paragraph(Face::NOTE, 8.0, y, WIDTH - 16.0, &head) + 6.0;
        let columns = self.tiles.iter().map(|t| t.column).max().unwrap_or(0);
        let width = (WIDTH - 16.0) / (f64::from(columns) + 1.0);
        let limits = self.limits();
        for tile in &self.tiles {
            let at = (
                8.0 + f64::from(tile.column) * width,
                y + f64::from(tile.row) * HEIGHT,
            );
            self.tile(&mut svg, tile, at, width, &limits);
        }
        let rows = self
            .tiles
            .iter()
            .map(|t| t.row)
            .max()
            .map_or(0, |row| row + 1);
        y += f64::from(rows) * HEIGHT + 8.0;
        y = self.legend(&mut svg, &limits, y);
        let foot = self.provenance.line("", self.lang);
        y = svg.paragraph(Face::NOTE, 8.0, y + 2.0, WIDTH - 16.0, &foot);
        svg.finish("tile-map", y + 8.0, &self.title, &self.description())
    }

    fn values(&self) -> Vec<Decimal> {
        let mut values: Vec<Decimal> = self.tiles.iter().filter_map(|tile| tile.value).collect();
        values.sort_unstable();
        values
    }

    fn scale(&self) -> Decimal {
        let largest = self.values().into_iter().map(|value| value.abs()).max();
        largest.map_or(Decimal::ONE, divisor)
    }

    /// The lowest value of each shade that is used: fifths of the areas, so that one giant does not make all others
    /// alike.
    fn limits(&self) -> Vec<(usize, Decimal)> {
        let values = self.values();
        let mut limits: Vec<(usize, Decimal)> = Vec::new();
        for shade in 0..SHADES.len() {
            let Some(value) = values.get(shade * values.len() / SHADES.len()) else {
                continue;
            };
            if limits.last().is_none_or(|(_, lowest)| lowest < value) {
                limits.push((shade, *value));
            }
        }
        limits
    }

    fn tile(
        &self,
        svg: &mut Svg,
        tile: &AreaTile,
        (x, y): (f64, f64),
        width: f64,
        limits: &[(usize, Decimal)],
    ) {
        let shade = tile.value.and_then(|value| {
            let at = limits.partition_point(|(_, lowest)| *lowest <= value);
            limits.get(at.checked_sub(1)?).map(|(shade, _)| *shade)
        });
        let (fill, ink) = shade.map_or(("#ffffff", MUTED), |shade| SHADES[shade]);
        let size = (width - GAP, HEIGHT - GAP);
        svg.rect("tile", (x, y), size, fill);
        if tile.is_chosen || shade.is_none() {
            let extra = match tile.is_chosen {
                true => " stroke-width=\"2.5\"",
                false => " stroke-dasharray=\"3 3\"",
            };
            svg.outline(
                "tile-rim",
                (x, y),
                size,
                if tile.is_chosen { INK } else { GRID },
                extra,
            );
        }
        let middle = x + size.0 / 2.0;
        let name = wrap(&tile.name, size.0 - 2.0, NAME);
        let name_face = Face {
            class: "chart-label",
            size: if name.len() > 1 { 9.5 } else { NAME },
            ink,
            bold: tile.is_chosen,
        };
        svg.text(name_face, (middle, y + 14.0), Anchor::Middle, &tile.name);
        let value = match tile.value {
            Some(value) => self.short(value),
            None => "–".to_owned(),
        };
        let face = Face {
            bold: true,
            size: NAME,
            ..name_face
        };
        svg.text(face, (middle, y + 28.0), Anchor::Middle, &value);
    }

    /// A value in the unit of the head.
    fn short(&self, value: Decimal) -> String {
        let scaled = value.checked_div(self.scale()).unwrap_or(value);
        let places = match scaled.abs() {
            large if large >= Decimal::ONE_HUNDRED => 0,
            middle if middle >= Decimal::TEN => 1,
            _ => 2,
        };
        number::format(scaled.round_dp(places).normalize(), self.lang)
    }

    fn legend(&self, svg: &mut Svg, limits: &[(usize, Decimal)], y: f64) -> f64 {
        let mut x = 8.0;
        let mut y = y;
        let mut entries: Vec<(&str, String)> = limits
            .iter()
            .map(|(shade, lowest)| (SHADES[*shade].0, format!("≥ {}", self.short(*lowest))))
            .collect();
        if self.tiles.iter().any(|tile| tile.value.is_none()) {
            entries.push((
                "#ffffff",
                self.lang.pick("chưa có số liệu", "no figure").to_owned(),
            ));
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

    fn description(&self) -> String {
        let mut parts = vec![joined(&[&self.unit, &self.provenance.place])];
        for tile in &self.tiles {
            let value = tile.value.map_or_else(
                || self.lang.pick("chưa có số liệu", "no figure").to_owned(),
                |value| with_unit(value, &self.unit, self.lang),
            );
            parts.push(format!("{}: {value}", tile.name));
        }
        parts.push(self.provenance.line("", self.lang));
        parts.retain(|part| !part.is_empty());
        parts.join(". ")
    }
}

impl Svg {
    /// The rim of a rectangle.
    fn outline(&mut self, class: &str, at: (f64, f64), size: (f64, f64), ink: &str, extra: &str) {
        let (x, y) = (num(at.0), num(at.1));
        let (width, height) = (num(size.0), num(size.1));
        self.raw(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"none\" \
             stroke=\"{ink}\"{extra}/>\n"
        ));
    }
}
