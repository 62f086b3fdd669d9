//! How many are in which status: one bar of shares with its words.

use rust_decimal::Decimal;
use viet::{Lang, number};

use super::Provenance;
use super::mark::Mark;
use super::svg::{Anchor, Face, GRID, Svg, WIDTH};

/// One status and how many are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusCount {
    /// Status by word and shape.
    pub status: Mark,
    /// How many.
    pub count: u32,
}

/// Counts by status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackedStatus {
    /// Heading of the chart.
    pub title: String,
    /// What is counted ("nhiệm vụ").
    pub noun: String,
    /// The statuses in the order in which they are drawn; zeros stay in the words.
    pub counts: Vec<StatusCount>,
    /// Place, period, source and date of the figures.
    pub provenance: Provenance,
    /// Language of the fixed words.
    pub lang: Lang,
}

const BAR: f64 = 22.0;
const GAP: f64 = 2.0;

impl StackedStatus {
    /// The chart as an SVG document. Any input gives a drawing.
    pub fn svg(&self) -> String {
        let mut svg = Svg::default();
        let mut y = svg.paragraph(Face::TITLE, 8.0, 6.0, WIDTH - 16.0, &self.title);
        y = svg.paragraph(Face::NOTE, 8.0, y, WIDTH - 16.0, &self.head()) + 6.0;
        self.bar(&mut svg, y);
        y += BAR + 10.0;
        for count in &self.counts {
            svg.mark(count.status.shape, count.status.tone, (14.0, y + 7.0), 4.0);
            let words = self.share_words(count);
            svg.text(Face::STRONG, (WIDTH - 8.0, y + 11.0), Anchor::End, &words);
            y = svg.paragraph(Face::LABEL, 26.0, y, WIDTH - 130.0, &count.status.word) + 2.0;
        }
        let foot = self.provenance.line("", self.lang);
        y = svg.paragraph(Face::NOTE, 8.0, y + 4.0, WIDTH - 16.0, &foot);
        svg.finish("stacked-status", y + 8.0, &self.title, &self.description())
    }

    pub(super) fn total(&self) -> u64 {
        self.counts.iter().map(|c| u64::from(c.count)).sum()
    }

    fn head(&self) -> String {
        let total = number::format(Decimal::from(self.total()), self.lang);
        let all = if self.total() == 0 {
            format!("{} {}", self.lang.pick("Chưa có", "No"), self.noun)
        } else {
            format!(
                "{}: {total} {}",
                self.lang.pick("Tổng số", "Total"),
                self.noun
            )
        };
        super::joined(&[&all, &self.provenance.place])
    }

    /// Shares of the width. Every status with at least one keeps a visible sliver.
    fn bar(&self, svg: &mut Svg, y: f64) {
        let shown: Vec<&StatusCount> = self.counts.iter().filter(|c| c.count > 0).collect();
        if shown.is_empty() {
            svg.rect("track", (8.0, y), (WIDTH - 16.0, BAR), GRID);
            return;
        }
        let gaps = GAP * (shown.len() - 1) as f64;
        let least = 4.0;
        let room = WIDTH - 16.0 - gaps - least * shown.len() as f64;
        let total = self.total() as f64;
        let mut x = 8.0;
        for count in shown {
            let width = least + room.max(0.0) * f64::from(count.count) / total;
            let class = format!("bar {}", count.status.tone.class());
            svg.rect(&class, (x, y), (width, BAR), count.status.tone.ink());
            if width > 14.0 {
                svg.white_mark(count.status.shape, (x + width / 2.0, y + BAR / 2.0), 4.0);
            }
            x += width + GAP;
        }
    }

    fn share_words(&self, count: &StatusCount) -> String {
        let n = number::format(Decimal::from(count.count), self.lang);
        match self.share(count, self.lang) {
            Some(share) => format!("{n} ({share})"),
            None => n,
        }
    }

    pub(super) fn description(&self) -> String {
        let mut parts = vec![self.head()];
        parts.extend(
            self.counts
                .iter()
                .map(|c| format!("{}: {}", c.status.word, self.share_words(c))),
        );
        parts.push(self.provenance.line("", self.lang));
        parts.join(". ")
    }
}
