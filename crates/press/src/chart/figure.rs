//! A chart as a part of a document: the drawing, all it says in words, and its figures as a table.

use viet::{Lang, date, number};

use super::{BulletBars, Mark, StackedStatus, TargetChart};
use crate::document::{Align, Cell, Column, Figure, Table};

/// A status or stage as text: shape and word.
fn told(mark: &Mark) -> Cell {
    Cell::text(format!("{} {}", mark.shape.glyph(), mark.word))
}

fn table(columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
    Table {
        caption: None,
        columns,
        rows,
        repeat_head: true,
    }
}

fn with_unit(word: &str, unit: &str) -> String {
    if unit.is_empty() {
        word.to_owned()
    } else {
        format!("{word} ({unit})")
    }
}

impl TargetChart {
    /// The figures of the series, in order of time, and the target in the last row. The day of
    /// publication has its column where one is known.
    pub fn table(&self) -> Table {
        let lang = self.lang;
        let dated = self.points.iter().any(|p| p.published.is_some());
        let mut columns = vec![
            Column::new(lang.pick("Kỳ", "Period"), 4, Align::Left),
            Column::new(
                with_unit(lang.pick("Giá trị", "Value"), &self.unit),
                3,
                Align::Right,
            ),
            Column::new(lang.pick("Loại số liệu", "Stage"), 4, Align::Left),
        ];
        if dated {
            columns.push(Column::new(
                lang.pick("Ngày công bố", "Published"),
                3,
                Align::Right,
            ));
        }
        let observed = self.sorted().into_iter().map(|point| {
            let day = point.published.map(|day| date::format(day, lang));
            let value = number::format(point.value, lang);
            vec![
                Cell::text(&point.label),
                Cell::text(value),
                told(&point.stage),
                Cell::text(day.unwrap_or_default()),
            ]
        });
        let target = self.target.iter().map(|target| {
            let word = lang.pick("Chỉ tiêu", "Target");
            let value = format!(
                "{}\u{a0}{}",
                target.comparator,
                number::format(target.value, lang)
            );
            let label = format!("{word} {}", target.by.year());
            vec![
                Cell::text(label),
                Cell::text(value.trim()),
                Cell::text(""),
                Cell::text(""),
            ]
        });
        let mut rows: Vec<Vec<Cell>> = observed.chain(target).collect();
        rows.iter_mut().for_each(|row| row.truncate(columns.len()));
        table(columns, rows)
    }

    /// The chart as a figure of a document.
    pub fn figure(&self, caption: impl Into<String>) -> Figure {
        Figure {
            svg: self.svg(),
            alt: self.description(),
            caption: caption.into(),
            table: Some(self.table()),
        }
    }
}

impl BulletBars {
    /// Result, target and status of each indicator.
    pub fn table(&self) -> Table {
        let lang = self.lang;
        let columns = vec![
            Column::new(lang.pick("Chỉ tiêu", "Indicator"), 6, Align::Left),
            Column::new(lang.pick("Đơn vị", "Unit"), 2, Align::Left),
            Column::new(lang.pick("Kết quả", "Result"), 2, Align::Right),
            Column::new(lang.pick("Mục tiêu", "Target"), 2, Align::Right),
            Column::new(lang.pick("Trạng thái", "Status"), 4, Align::Left),
        ];
        let row = |row: &super::BulletRow| {
            let value = row
                .value
                .map(|v| number::format(v, lang))
                .unwrap_or_default();
            let target = row
                .target
                .as_ref()
                .map(|(c, v)| format!("{c}\u{a0}{}", number::format(*v, lang)));
            vec![
                Cell::text(&row.label),
                Cell::text(&row.unit),
                Cell::text(value),
                Cell::text(target.unwrap_or_default().trim()),
                told(&row.status),
            ]
        };
        table(columns, self.rows.iter().map(row).collect())
    }

    /// The chart as a figure of a document.
    pub fn figure(&self, caption: impl Into<String>) -> Figure {
        Figure {
            svg: self.svg(),
            alt: self.description(),
            caption: caption.into(),
            table: Some(self.table()),
        }
    }
}

impl StackedStatus {
    /// Count and share of each status.
    pub fn table(&self) -> Table {
        let lang = self.lang;
        let columns = vec![
            Column::new(lang.pick("Trạng thái", "Status"), 5, Align::Left),
            Column::new(lang.pick("Số lượng", "Count"), 2, Align::Right),
            Column::new(lang.pick("Tỷ lệ", "Share"), 2, Align::Right),
        ];
        let row = |count: &super::StatusCount| {
            let n = number::format(count.count.into(), lang);
            vec![
                told(&count.status),
                Cell::text(n),
                Cell::text(self.share(count, lang).unwrap_or_default()),
            ]
        };
        table(columns, self.counts.iter().map(row).collect())
    }

    /// The chart as a figure of a document.
    pub fn figure(&self, caption: impl Into<String>) -> Figure {
        Figure {
            svg: self.svg(),
            alt: self.description(),
            caption: caption.into(),
            table: Some(self.table()),
        }
    }

    /// A status's share of all, rounded to a tenth of a per cent.
    pub(super) fn share(&self, count: &super::StatusCount, lang: Lang) -> Option<String> {
        let viet::Percent(share) = viet::Percent::of(count.count.into(), self.total().into())?;
        Some(viet::Percent(share.round_dp(1).normalize()).format(lang))
    }
}
