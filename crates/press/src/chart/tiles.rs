//! Areas as tiles of one size, where they lie to each other: a small area is seen as well as a large one.

use rust_decimal::Decimal;
use viet::Lang;

use super::scale::with_unit;
use super::shade::{PAPER, Shading};
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
const NAME: f64 = 11.5;

impl TileMap {
    /// The map as an SVG document. Any input gives a drawing.
    pub fn svg(&self) -> String {
        let mut svg = Svg::default();
        let mut y = svg.paragraph(Face::TITLE, 8.0, 6.0, WIDTH - 16.0, &self.title);
        let shading = Shading::of(self.tiles.iter().map(|tile| tile.value), self.lang);
        let unit = shading.unit(&self.unit);
        let head = joined(&[unit.trim(), &self.provenance.place]);
        y = svg.paragraph(Face::NOTE, 8.0, y, WIDTH - 16.0, &head) + 6.0;
        let columns = self.tiles.iter().map(|t| t.column).max().unwrap_or(0);
        let width = (WIDTH - 16.0) / (f64::from(columns) + 1.0);
        for tile in &self.tiles {
            let at = (
                8.0 + f64::from(tile.column) * width,
                y + f64::from(tile.row) * HEIGHT,
            );
            self.tile(&mut svg, tile, at, width, &shading);
        }
        let rows = self
            .tiles
            .iter()
            .map(|t| t.row)
            .max()
            .map_or(0, |row| row + 1);
        y += f64::from(rows) * HEIGHT + 8.0;
        y = shading.legend(&mut svg, y);
        let foot = self.provenance.line("", self.lang);
        y = svg.paragraph(Face::NOTE, 8.0, y + 2.0, WIDTH - 16.0, &foot);
        svg.finish("tile-map", y + 8.0, &self.title, &self.description())
    }

    fn tile(
        &self,
        svg: &mut Svg,
        tile: &AreaTile,
        (x, y): (f64, f64),
        width: f64,
        shading: &Shading,
    ) {
        let shade = shading.shade(tile.value);
        let (fill, ink) = shade.unwrap_or((PAPER, MUTED));
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
        let (lines, letters) = name_within(&tile.name, size.0 - 2.0);
        let name_face = Face {
            class: "chart-label",
            size: letters,
            ink,
            bold: tile.is_chosen,
        };
        let single = lines.len() < 2;
        for (at, line) in lines.iter().take(2).enumerate() {
            let below = if single { 14.0 } else { 10.0 + 9.0 * at as f64 };
            svg.text(name_face, (middle, y + below), Anchor::Middle, line);
        }
        let value = match tile.value {
            Some(value) => shading.short(value),
            None => "–".to_owned(),
        };
        let face = Face {
            bold: true,
            size: NAME,
            ..name_face
        };
        let below = if single { 28.0 } else { 31.0 };
        svg.text(face, (middle, y + below), Anchor::Middle, &value);
    }

    fn description(&self) -> String {
        let areas = self
            .tiles
            .iter()
            .map(|tile| (tile.name.as_str(), tile.value));
        in_words(areas, &self.unit, &self.provenance, self.lang)
    }
}

/// A name as it fits a width: on one line as large as may be, else on two; and the size of its letters.
fn name_within(name: &str, width: f64) -> (Vec<String>, f64) {
    const SIZES: [f64; 4] = [NAME, 10.5, 9.5, 8.5];
    let fits = |size: &f64| text_width(name, *size) <= width;
    match SIZES.into_iter().find(fits) {
        Some(size) => (vec![name.to_owned()], size),
        None => (wrap(name, width, 8.5), 8.5),
    }
}

/// A map for those who cannot see it.
pub(super) fn in_words<'a>(
    areas: impl Iterator<Item = (&'a str, Option<Decimal>)>,
    unit: &str,
    provenance: &Provenance,
    lang: Lang,
) -> String {
    let mut parts = vec![joined(&[unit, &provenance.place])];
    for (name, value) in areas {
        let value = value.map_or_else(
            || lang.pick("chưa có số liệu", "no figure").to_owned(),
            |value| with_unit(value, unit, lang),
        );
        parts.push(format!("{name}: {value}"));
    }
    parts.push(provenance.line("", lang));
    parts.retain(|part| !part.is_empty());
    parts.join(". ")
}

impl Svg {
    /// The rim of a rectangle.
    pub(super) fn outline(
        &mut self,
        class: &str,
        at: (f64, f64),
        size: (f64, f64),
        ink: &str,
        extra: &str,
    ) {
        let (x, y) = (num(at.0), num(at.1));
        let (width, height) = (num(size.0), num(size.1));
        self.raw(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"none\" \
             stroke=\"{ink}\"{extra}/>\n"
        ));
    }
}
