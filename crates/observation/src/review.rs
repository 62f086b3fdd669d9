//! What figures that come in would change, and what speaks against them. Pure: the figures, what stands and
//! the definitions in; one judgement a row out.

use std::collections::{BTreeMap, BTreeSet};

use access::{FieldFault, Permission, Scope};
use activation::Directory;
use catalogue::{Indicator, OverArea, Unit};
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{AreaKey, Calendar, Period};

use crate::check::faults;
use crate::{
    AcceptBatch, BatchRow, Book, Doubt, Observation, SeriesKey, doubts, parts, prevailing,
    relations,
};

/// The observations that stand, by series.
pub type Standing = BTreeMap<SeriesKey, Vec<Observation>>;

/// What a row would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// There is no figure of this stage for its series and period.
    New,
    /// There is another value of this stage: the one that prevails among them.
    Revised(Box<Observation>),
    /// The same value of this stage stands.
    Same,
}

/// A row, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// What it would change.
    pub change: Change,
    /// Why it may be wrong.
    pub doubts: Vec<Doubt>,
    /// Why it cannot be taken, by field of the row.
    pub faults: Vec<FieldFault>,
}

/// Judges every row of a batch against the definitions, against what stands, and against its neighbours in
/// the batch. Rows are in the order of the command.
pub fn review(
    command: &AcceptBatch,
    standing: &Standing,
    book: Book<'_>,
    scope: &Scope,
    today: Date,
) -> Vec<Reviewed> {
    let together = together(command, standing);
    let keeper = scope.may_for(Permission::KeepProgramme, &command.organisation);
    let mut seen = BTreeSet::new();
    let mut reviewed: Vec<Reviewed> = Vec::with_capacity(command.rows.len());
    for row in &command.rows {
        let figure = &row.figure;
        let mut faults = faults(&row.key, figure, book, today);
        if !keeper && book.indicator(&row.key).is_some() {
            faults.extend(book.duty_fault(&command.organisation, &row.key));
        }
        if !seen.insert((&row.key, figure.period, figure.stage, figure.vintage)) {
            faults.push(FieldFault::new(
                "period",
                "Chỉ số, địa bàn, kỳ, loại số liệu và ngày công bố này đã có ở một dòng khác.",
                "Another row has the same indicator, area, period, stage and day of publication.",
            ));
        }
        let of_series = together.get(&row.key).map_or(&[][..], Vec::as_slice);
        let mut doubts = doubts(&row.key, figure, of_series, book, today);
        if lacks_evidence(row, command, book) {
            doubts.push(Doubt::NoEvidence);
        }
        let stands = standing.get(&row.key).map_or(&[][..], Vec::as_slice);
        reviewed.push(Reviewed {
            change: change(row, stands, book),
            doubts,
            faults,
        });
    }
    for (row, doubt) in wholes(&command.rows, &together, book.directory) {
        reviewed[row].doubts.push(doubt);
    }
    for (row, reviewed) in command.rows.iter().zip(&mut reviewed) {
        let beside = parts::beside(&row.key, &together, book.directory);
        let doubt = parts::parts_exceed(&row.key, &row.figure, &beside, book.directory);
        reviewed.doubts.extend(doubt);
        let related = relations::related(&row.key, book.directory);
        let related = related.iter().filter_map(|key| together.get(key));
        let related: Vec<&Observation> = related.flatten().collect();
        let differing = relations::differing(&row.key, &row.figure, &related, book.directory);
        reviewed.doubts.extend(differing);
    }
    reviewed
}

/// The series whose figures a review looks at: those of the rows, and for what is summed over areas also
/// the whole and its other parts.
pub fn looked_at(rows: &[BatchRow], directory: &Directory) -> BTreeSet<SeriesKey> {
    let own: BTreeSet<SeriesKey> = rows.iter().map(|row| row.key.clone()).collect();
    let mut keys = own.clone();
    let wholes: BTreeSet<(SeriesKey, Period)> = rows
        .iter()
        .flat_map(|row| wholes_of(row, directory))
        .collect();
    for (whole, period) in wholes {
        let parts = parts_of(whole.area, period, directory);
        let part = |area| SeriesKey::new(whole.indicator.clone(), area);
        keys.extend(parts.into_iter().map(part));
        keys.insert(whole);
    }
    // A series has many rows; what it is held against is looked up once.
    for key in &own {
        keys.extend(parts::all_beside(key, directory));
        keys.extend(relations::related(key, directory));
    }
    keys
}

/// What stands together with the rows, which count as recorded last.
fn together(command: &AcceptBatch, standing: &Standing) -> Standing {
    let mut together = standing.clone();
    for row in &command.rows {
        let staged = Observation::staged(row, &command.organisation);
        together.entry(row.key.clone()).or_default().push(staged);
    }
    together
}

fn change(row: &BatchRow, stands: &[Observation], book: Book<'_>) -> Change {
    let Some(pinned) = book.indicator(&row.key) else {
        return Change::New;
    };
    let figure = &row.figure;
    let alike = stands
        .iter()
        .filter(|o| o.figure.period == figure.period && o.figure.stage == figure.stage);
    let Some(old) = prevailing(alike, &pinned.definition.series.prevailing) else {
        return Change::New;
    };
    let says = |f: &crate::Figure| (f.value, f.numerator, f.denominator);
    if says(&old.figure) == says(figure) {
        Change::Same
    } else {
        Change::Revised(Box::new(old.clone()))
    }
}

/// A row that names nothing of its own rests on the file alone; what an agency reports needs a paper then.
fn lacks_evidence(row: &BatchRow, command: &AcceptBatch, book: Book<'_>) -> bool {
    let figure = &row.figure;
    book.evidence_stages.contains(&figure.stage)
        && command.papers.is_empty()
        && figure.source_url.is_none()
        && figure.source == command.source
}

pub(crate) fn is_summed(indicator: &Indicator) -> bool {
    let over_area = indicator.series.aggregation.as_ref().map(|a| a.over_area);
    over_area == Some(OverArea::Sum) && indicator.value.unit.is_additive()
}

/// The wholes a row belongs to: its own area where that has parts, and the one its area lies in.
fn wholes_of(row: &BatchRow, directory: &Directory) -> Vec<(SeriesKey, Period)> {
    let indicator = directory.indicators().get(row.key.indicator.as_str());
    let is_whole = row.key.breakdown.is_whole();
    if !is_whole || !indicator.is_some_and(|pinned| is_summed(&pinned.definition)) {
        return Vec::new();
    }
    let areas = directory.areas();
    let own = Some(row.key.area).filter(|area| areas.has_children(*area));
    let parent = areas.get(row.key.area).and_then(|area| area.parent);
    let whole = |area| {
        let key = SeriesKey::new(row.key.indicator.clone(), area);
        (key, row.figure.period)
    };
    own.into_iter().chain(parent).map(whole).collect()
}

/// The parts an area had at the end of a period.
fn parts_of(area: AreaKey, period: Period, directory: &Directory) -> Vec<AreaKey> {
    let end = period.range(Calendar::Civil).to();
    let Some(last) = end.and_then(|end| end.yesterday().ok()) else {
        return Vec::new();
    };
    let parts = directory.areas().children(area, last);
    parts.into_iter().map(|part| part.key()).collect()
}

/// Wholes whose parts add up to something else, each with the row to be asked about.
fn wholes(rows: &[BatchRow], together: &Standing, directory: &Directory) -> Vec<(usize, Doubt)> {
    let mut by_whole: BTreeMap<(SeriesKey, Period), usize> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        for (whole, period) in wholes_of(row, directory) {
            let is_whole = whole == row.key;
            let asked = by_whole.entry((whole, period)).or_insert(number);
            if is_whole {
                *asked = number;
            }
        }
    }
    let doubts = by_whole.into_iter().filter_map(|((whole, period), row)| {
        let doubt = whole_differs(&whole, period, together, directory)?;
        Some((row, doubt))
    });
    doubts.collect()
}

fn whole_differs(
    whole: &SeriesKey,
    period: Period,
    together: &Standing,
    directory: &Directory,
) -> Option<Doubt> {
    let indicator = &directory
        .indicators()
        .get(whole.indicator.as_str())?
        .definition;
    let value = |area: AreaKey| {
        let series = together.get(&SeriesKey::new(whole.indicator.clone(), area))?;
        let of_period = series.iter().filter(|o| o.figure.period == period);
        Some(
            prevailing(of_period, &indicator.series.prevailing)?
                .figure
                .value,
        )
    };
    let parts = parts_of(whole.area, period, directory);
    let known: Vec<Decimal> = parts.iter().filter_map(|area| value(*area)).collect();
    let total = value(whole.area).filter(|_| !known.is_empty())?;
    let sum = known
        .iter()
        .try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part));
    let (of, counted) = (parts.len(), known.len());
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    // A sum beyond the decimals' range is no sum of the whole.
    let sum = sum.unwrap_or(Decimal::MAX);
    let rounding = rounding(&indicator.value.unit, total, &known);
    let over = sum.checked_sub(total).unwrap_or(Decimal::MAX);
    let differs = over > rounding || (counted == of && -over > rounding);
    differs.then(|| Doubt::WholeDiffers {
        sum,
        parts: count(counted),
        of: count(of),
    })
}

/// By how much rounding alone can part a sum from its whole: half of the last place of each. What is
/// counted is not rounded.
pub(crate) fn rounding(unit: &Unit, total: Decimal, parts: &[Decimal]) -> Decimal {
    if matches!(unit, Unit::Count(_)) {
        return Decimal::ZERO;
    }
    let half = |value: &Decimal| Decimal::new(5, value.scale() + 1);
    parts.iter().chain([&total]).map(half).sum()
}
