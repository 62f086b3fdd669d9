//! What a check came to, as pages, JSON and the staging hold it.

use catalogue::{Label, Stage};
use interchange::cell::{Address, CellFault};
use jiff::civil::Date;
use observation::{Change, Doubt, ObservationId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{AreaKey, Period};

use super::outcome::{Counts, Judged, Outcome};

/// Rows of each kind that a page shows; all of them are in the CSV of a file that was read at once.
pub const SHOWN: usize = 300;

/// What a check came to. Of a file checked by a job the first rows and faults of each kind.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Told {
    /// How many rows do what.
    pub counts: Counts,
    /// The rows that can be taken.
    pub rows: Vec<Row>,
    /// What is wrong with cells.
    pub faults: Vec<CellFault>,
}

/// A row as JSON has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// The cell of the value.
    pub at: Address,
    /// `new`, `revised` or `same`.
    pub change: String,
    /// The indicator.
    pub indicator: catalogue::Id,
    /// The area.
    pub area: AreaKey,
    /// The period.
    pub period: Period,
    /// The value in the file.
    pub value: Decimal,
    /// How far the figure has come.
    pub stage: Stage,
    /// The day on which it was published.
    pub vintage: Date,
    /// Where it was read.
    pub source: String,
    /// The value that stands.
    pub old: Option<Decimal>,
    /// The observation that stands.
    pub old_id: Option<ObservationId>,
    /// Why it may be wrong.
    pub doubts: Vec<Label>,
}

impl Row {
    /// Of a row that was judged.
    pub fn of(line: &Judged) -> Self {
        let (change, old) = match &line.change {
            Change::New => ("new", None),
            Change::Revised(old) => ("revised", Some(old)),
            Change::Same => ("same", None),
        };
        let figure = &line.row.figure;
        let label = |doubt: &Doubt| {
            let say = doubt.say();
            Label::new(say.vi, say.en)
        };
        Row {
            at: line.at,
            change: change.to_owned(),
            indicator: line.row.key.indicator.clone(),
            area: line.row.key.area,
            period: figure.period,
            value: figure.value,
            stage: figure.stage,
            vintage: figure.vintage,
            source: figure.source.clone(),
            old: old.map(|old| old.figure.value),
            old_id: old.map(|old| old.id),
            doubts: line.doubts.iter().map(label).collect(),
        }
    }

    /// Whether it changes anything.
    pub fn changes(&self) -> bool {
        self.change != "same"
    }
}

impl Told {
    /// Everything that a check came to.
    pub fn of(outcome: &Outcome) -> Self {
        Self {
            counts: outcome.counts(),
            rows: outcome.lines.iter().map(Row::of).collect(),
            faults: outcome.faults.clone(),
        }
    }

    /// A short sign of what a job found.
    pub fn sign(&self) -> String {
        let counts = self.counts;
        format!(
            "{}-{}-{}-{}",
            counts.new, counts.revised, counts.same, counts.faulty
        )
    }

    /// Takes a stretch of the file in, keeping the first rows that change something and the first faults.
    pub fn add(&mut self, outcome: &Outcome) {
        let (sum, more) = (&mut self.counts, outcome.counts());
        sum.new += more.new;
        sum.revised += more.revised;
        sum.same += more.same;
        sum.doubtful += more.doubtful;
        sum.faulty += more.faulty;
        let room = SHOWN.saturating_sub(self.rows.len());
        self.rows.extend(outcome.changing().take(room).map(Row::of));
        let room = SHOWN.saturating_sub(self.faults.len());
        self.faults
            .extend(outcome.faults.iter().take(room).cloned());
    }
}
