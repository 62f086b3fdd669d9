//! Areas in their outlines, shaded by their values.

use std::fmt::Write;
use std::sync::Arc;

use rust_decimal::Decimal;
use viet::Lang;

use super::shade::{PAPER, Shading};
use super::svg::{Face, GRID, INK, Svg, WIDTH, num};
use super::tiles::in_words;
use super::{Provenance, joined};
use crate::text::escape;

/// The line around an island or a mainland, or around a hole in one: longitudes and latitudes in degrees.
pub type Ring = Vec<(f64, f64)>;

/// An area.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaOutline {
    /// All its lines.
    pub rings: Arc<Vec<Ring>>,
    /// Its name.
    pub name: String,
    /// Its value; none where there is none.
    pub value: Option<Decimal>,
    /// Whether it is the area that is looked at.
    pub is_chosen: bool,
}

/// A map of outlines, shaded by their values.
#[derive(Debug, Clone, PartialEq)]
pub struct Choropleth {
    /// Heading of the chart.
    pub title: String,
    /// Unit of all values.
    pub unit: String,
    /// Place, period, source and date of the figures.
    pub provenance: Provenance,
    /// The areas.
    pub areas: Vec<AreaOutline>,
    /// Language of the fixed words.
    pub lang: Lang,
}

/// Most that a map takes from top to bottom.
const TALLEST: f64 = 520.0;
/// Points nearer to each other than this are one: nobody sees the difference, and outlines come with thousands.
const NEAREST: f64 = 0.6;

/// From degrees to places in the drawing: a flat map, its width narrowed as degrees of longitude are in its middle.
struct Projection {
    west: f64,
    north: f64,
    narrowing: f64,
    scale: f64,
}

impl Projection {
    /// One under which all points fit, and the height it takes; none without points.
    fn of(areas: &[AreaOutline]) -> Option<(Self, f64)> {
        let points = || areas.iter().flat_map(|area| area.rings.iter().flatten());
        let (mut west, mut east, mut south, mut north) = (f64::MAX, f64::MIN, f64::MAX, f64::MIN);
        for (x, y) in points().filter(|(x, y)| x.is_finite() && y.is_finite()) {
            (west, east) = (west.min(*x), east.max(*x));
            (south, north) = (south.min(*y), north.max(*y));
        }
        if west > east {
            return None;
        }
        let narrowing = f64::midpoint(south, north).to_radians().cos().max(0.05);
        let wide = ((east - west) * narrowing).max(1e-6);
        let tall = (north - south).max(1e-6);
        let scale = ((WIDTH - 16.0) / wide).min(TALLEST / tall);
        let made = Self {
            west,
            north,
            narrowing,
            scale,
        };
        Some((made, tall * scale))
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (
            (x - self.west) * self.narrowing * self.scale,
            (self.north - y) * self.scale,
        )
    }

    /// The rings of an area as the data of a path; those too small to be seen are left out.
    fn path(&self, rings: &[Ring], (left, top): (f64, f64)) -> String {
        let mut path = String::new();
        for ring in rings {
            let mut drawn: Vec<(f64, f64)> = Vec::new();
            for point in ring.iter().filter(|(x, y)| x.is_finite() && y.is_finite()) {
                let (x, y) = self.place(*point);
                let far = drawn
                    .last()
                    .is_none_or(|(a, b)| (a - x).hypot(b - y) >= NEAREST);
                if far {
                    drawn.push((x, y));
                }
            }
            if drawn.len() < 3 {
                continue;
            }
            for (at, (x, y)) in drawn.iter().enumerate() {
                let step = if at == 0 { 'M' } else { 'L' };
                // Writing into a string does not fail.
                let _ = write!(path, "{step}{} {}", num(left + x), num(top + y));
            }
            path.push('Z');
        }
        path
    }
}

impl Choropleth {
    /// The map as an SVG document. Any input gives a drawing.
    pub fn svg(&self) -> String {
        let mut svg = Svg::default();
        let mut y = svg.paragraph(Face::TITLE, 8.0, 6.0, WIDTH - 16.0, &self.title);
        let shading = Shading::of(self.areas.iter().map(|area| area.value), self.lang);
        let unit = shading.unit(&self.unit);
        let head = joined(&[unit.trim(), &self.provenance.place]);
        y = svg.paragraph(Face::NOTE, 8.0, y, WIDTH - 16.0, &head) + 6.0;
        if let Some((projection, height)) = Projection::of(&self.areas) {
            // The rim of the chosen one lies above its neighbours.
            let (chosen, others): (Vec<_>, Vec<_>) = self.areas.iter().partition(|a| a.is_chosen);
            for area in others.into_iter().chain(chosen) {
                self.area(
                    &mut svg,
                    area,
                    &projection.path(&area.rings, (8.0, y)),
                    &shading,
                );
            }
            y += height + 10.0;
        }
        y = shading.legend(&mut svg, y);
        let foot = self.provenance.line("", self.lang);
        y = svg.paragraph(Face::NOTE, 8.0, y + 2.0, WIDTH - 16.0, &foot);
        svg.finish("choropleth", y + 8.0, &self.title, &self.description())
    }

    fn area(&self, svg: &mut Svg, area: &AreaOutline, path: &str, shading: &Shading) {
        let shade = shading.shade(area.value);
        let fill = shade.map_or(PAPER, |(fill, _)| fill);
        let (rim, extra) = match (area.is_chosen, shade) {
            (true, _) => (INK, " stroke-width=\"2\""),
            (false, Some(_)) => (GRID, " stroke-width=\"0.6\""),
            (false, None) => (GRID, " stroke-width=\"0.6\" stroke-dasharray=\"2 2\""),
        };
        let value = match area.value {
            Some(value) => shading.short(value),
            None => self.lang.pick("chưa có số liệu", "no figure").to_owned(),
        };
        let told = escape(&format!("{}: {value}", area.name));
        svg.raw(&format!(
            "<path class=\"area\" d=\"{path}\" fill=\"{fill}\" fill-rule=\"evenodd\" stroke=\"{rim}\"{extra}>\
             <title>{told}</title></path>\n"
        ));
    }

    fn description(&self) -> String {
        let areas = self
            .areas
            .iter()
            .map(|area| (area.name.as_str(), area.value));
        in_words(areas, &self.unit, &self.provenance, self.lang)
    }
}
