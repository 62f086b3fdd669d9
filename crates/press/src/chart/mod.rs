//! Charts as SVG: the same drawing on screen and in print.
//!
//! A drawing is 360 units wide with text of 11.5 to 14 units, so that it can be read at 320 px; a page
//! that gives it more room should cap its width (about 34 rem). It holds presentation attributes and
//! classes only: no style attributes, no scripts, no fonts or images from outside. Classes for a
//! page's own colours: `chart`, `chart-title`, `chart-label`, `chart-strong`, `chart-note`,
//! `tone-good`, `tone-warn`, `tone-bad`, `tone-neutral`, `tone-accent`, `series`, `path`, `target`,
//! `break`, `grid`, `track`.
//!
//! Every drawing says in its own text what it shows (indicator, unit, place, period, source, date)
//! and carries `<title>` and `<desc>` with all its figures for those who cannot see it.

mod bullet;
mod choropleth;
mod figure;
mod mark;
mod plot;
mod scale;
mod shade;
mod stacked;
mod svg;
mod target;
#[cfg(test)]
mod tests;
mod tiles;

pub use bullet::{BulletBars, BulletRow};
pub use choropleth::{AreaOutline, Choropleth, Ring};
pub use mark::{Mark, Shape, Tone};
pub use stacked::{StackedStatus, StatusCount};
pub use target::{Ahead, Break, PathPoint, Point, TargetChart, TargetMark};
pub use tiles::{AreaTile, TileMap};

use jiff::civil::Date;
use viet::{Lang, date};

/// Where figures come from and of when they are; printed under every chart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// The area the figures are about ("tỉnh An Phú"); empty when it goes without saying.
    pub place: String,
    /// The period covered, as text; where empty, a chart of a series says its own.
    pub period: String,
    /// Who published the figures; empty is printed as "chưa xác định".
    pub source: String,
    /// The day as of which the figures are known.
    pub as_of: Option<Date>,
}

impl Provenance {
    /// "Kỳ: … · Nguồn: … · Số liệu tính đến …", with `period` where its own is empty.
    fn line(&self, period: &str, lang: Lang) -> String {
        let period = if self.period.is_empty() {
            period
        } else {
            &self.period
        };
        let source = if self.source.is_empty() {
            lang.pick("chưa xác định", "not determined")
        } else {
            &self.source
        };
        let mut parts = Vec::new();
        if !period.is_empty() {
            parts.push(format!("{}: {period}", lang.pick("Kỳ", "Period")));
        }
        parts.push(format!("{}: {source}", lang.pick("Nguồn", "Source")));
        if let Some(day) = self.as_of {
            let day = date::format(day, lang);
            parts.push(format!("{} {day}", lang.pick("Số liệu đến ngày", "As of")));
        }
        parts.join("\u{a0}· ")
    }
}

/// Joins what is not empty with a middle dot, which never begins a line.
fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    parts.join("\u{a0}· ")
}
