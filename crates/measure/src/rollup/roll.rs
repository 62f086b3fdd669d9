//! The roll-up itself.

use catalogue::{MergerRule, Periodicity};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{Calendar, DateRange, Period};

use super::columns::{Block, CellSlot, Columns, IndicatorSlot, Run, search};
use super::territory::{Assignment, Epoch, Goes};

/// What becomes of the values of several short periods within a longer one, area by area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverTime {
    /// They are added: flows, such as products or đồng.
    Sum,
    /// The last one holds: stocks, such as enterprises there are.
    Last,
    /// Only a value for the very period counts, however often values come.
    Alone,
}

/// What becomes of the values of several areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// They are added.
    Sum,
    /// Their arithmetic mean, each area counting the same.
    Mean,
    /// A single one is shown; several are never combined.
    Single,
}

impl Combine {
    /// What a definition's rule for mergers makes of values; none for a rule that needs the parts of a ratio.
    pub fn of_merger(rule: MergerRule) -> Option<Combine> {
        match rule {
            MergerRule::Sum => Some(Combine::Sum),
            MergerRule::Mean => Some(Combine::Mean),
            MergerRule::NotCombined => Some(Combine::Single),
            MergerRule::RecomputeFromParts => None,
        }
    }
}

/// How an indicator is rolled up.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// From its own values.
    Values {
        /// The indicator.
        of: IndicatorSlot,
        /// Over time.
        time: OverTime,
        /// Over areas.
        combine: Combine,
    },
    /// `times · Σ numerator / Σ denominator`, over areas and periods that have both.
    Ratio {
        /// What stands above the line.
        numerator: IndicatorSlot,
        /// What stands below it.
        denominator: IndicatorSlot,
        /// 100 for a percentage.
        times: Decimal,
        /// Over time, for both parts.
        time: OverTime,
    },
    /// `Σ value·weight / Σ weight`, over areas and periods that have both.
    WeightedMean {
        /// The indicator.
        of: IndicatorSlot,
        /// Its weight, such as inhabitants.
        weight: IndicatorSlot,
        /// Over time.
        time: OverTime,
    },
}

impl Rule {
    /// The indicator it starts from, and the other one where it takes two.
    pub(super) fn series(&self) -> (IndicatorSlot, Option<IndicatorSlot>) {
        match self {
            Rule::Values { of, .. } => (*of, None),
            Rule::Ratio {
                numerator,
                denominator,
                ..
            } => (*numerator, Some(*denominator)),
            Rule::WeightedMean { of, weight, .. } => (*of, Some(*weight)),
        }
    }

    pub(super) fn time(&self) -> OverTime {
        match self {
            Rule::Values { time, .. }
            | Rule::Ratio { time, .. }
            | Rule::WeightedMean { time, .. } => *time,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The rule of the indicator.
    pub rule: &'a Rule,
    /// How often its values come; those of other periods are left alone, so that none counts twice.
    pub every: Periodicity,
    /// Which area counts towards which group.
    pub assignment: &'a Assignment,
    /// The periods asked for.
    pub periods: &'a [Period],
    /// One cell of a disaggregation; none sums all cells.
    pub cell: Option<CellSlot>,
}

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lacking {
    /// No value counts towards it.
    NoValue,
    /// The denominator is zero.
    DividedByZero,
    /// Several areas have values and the rule does not combine them.
    NotCombined,
    /// The result leaves the range of decimals.
    TooLarge,
}

/// A group's value for a period, and how it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rolled {
    /// The value.
    pub value: Result<Decimal, Lacking>,
    /// How many values count towards it.
    pub parts: u32,
    /// Values that count only in part, by the share of a split: the result is an estimate.
    pub split: u32,
    /// Values that may belong here, but nobody knows the share ("chưa xác định"); they are not in it.
    pub unknown: u32,
    /// Values of a ratio or weighted mean that were left out, their other part missing.
    pub unpaired: u32,
    /// The areas that existed when the period ended have no value. It comes from others: from a figure computed
    /// afterwards for a merged area, or from one for a period that an area did not live to end.
    pub outside_life: bool,
}

/// Answers, group by group and period by period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollup {
    periods: usize,
    cells: Vec<Rolled>,
}

impl Rollup {
    /// The answer for a group and a period, by their places in the request.
    pub fn get(&self, group: usize, period: usize) -> Option<&Rolled> {
        (period < self.periods).then_some(())?;
        self.cells.get(group * self.periods + period)
    }

    /// The answers, all periods of the first group first.
    pub fn cells(&self) -> &[Rolled] {
        &self.cells
    }
}

/// Rolls an indicator up.
pub fn roll(columns: &Columns, request: &Request<'_>) -> Rollup {
    let cells = request.assignment.groups() * request.periods.len();
    let (_, other) = request.rule.series();
    let runs = dated(columns, request);
    let other = other.map(|slot| columns.block(slot));
    let pass = |outside| {
        let mut sums = vec![Sums::default(); cells];
        for (index, period) in request.periods.iter().enumerate() {
            Pass {
                request,
                other,
                outside,
                index,
                sums: &mut sums,
            }
            .over(*period, &runs);
        }
        sums
    };
    let scales = scales(columns, request.rule);
    let mut found: Vec<Rolled> = pass(false)
        .iter()
        .map(|sums| sums.rolled(request.rule, scales))
        .collect();
    let missing = found.iter().any(|r| r.parts == 0 && r.unknown == 0);
    if missing && request.assignment.any_outside() {
        for (rolled, sums) in found.iter_mut().zip(pass(true)) {
            if rolled.parts == 0 && rolled.unknown == 0 && sums.parts > 0 {
                *rolled = sums.rolled(request.rule, scales);
                rolled.outside_life = true;
            }
        }
    }
    Rollup {
        periods: request.periods.len(),
        cells: found,
    }
}

fn scales(columns: &Columns, rule: &Rule) -> (u32, u32) {
    let scale = |slot: IndicatorSlot| columns.block(slot).map_or(0, Block::scale);
    let (first, other) = rule.series();
    let other = other.map_or(0, scale);
    match rule {
        Rule::WeightedMean { .. } => (scale(first) + other, other),
        Rule::Values { .. } | Rule::Ratio { .. } => (scale(first), other),
    }
}

/// What is summed for one group and period: integers at the scale of their blocks, and beside them the parts of
/// values that were split.
#[derive(Debug, Clone, Default)]
struct Sums {
    upper: i128,
    lower: i128,
    parts: u32,
    split: u32,
    unknown: u32,
    unpaired: u32,
    extra: Option<Box<Extra>>,
}

/// Parts of split values, exact: value times share.
#[derive(Debug, Clone, Copy, Default)]
struct Extra {
    upper: Decimal,
    lower: Decimal,
    shares: Decimal,
    overflow: bool,
}

impl Sums {
    fn add(&mut self, upper: i128, lower: i128) {
        let added = (self.upper.checked_add(upper), self.lower.checked_add(lower));
        match added {
            (Some(upper), Some(lower)) => (self.upper, self.lower) = (upper, lower),
            _ => self.extra.get_or_insert_default().overflow = true,
        }
        self.parts += 1;
    }

    fn add_part(&mut self, upper: i128, lower: i128, share: Decimal) {
        let extra = self.extra.get_or_insert_default();
        let part = |whole: i128| {
            Decimal::try_from_i128_with_scale(whole, 0)
                .ok()?
                .checked_mul(share)
        };
        let added = part(upper).zip(part(lower)).and_then(|(upper, lower)| {
            extra
                .upper
                .checked_add(upper)
                .zip(extra.lower.checked_add(lower))
        });
        match added {
            Some((upper, lower)) => (extra.upper, extra.lower) = (upper, lower),
            None => extra.overflow = true,
        }
        extra.shares += share;
        self.parts += 1;
        self.split += 1;
    }

    fn rolled(&self, rule: &Rule, scales: (u32, u32)) -> Rolled {
        Rolled {
            value: self.value(rule, scales),
            parts: self.parts,
            split: self.split,
            unknown: self.unknown,
            unpaired: self.unpaired,
            outside_life: false,
        }
    }

    fn value(&self, rule: &Rule, scales: (u32, u32)) -> Result<Decimal, Lacking> {
        if self.parts == 0 {
            return Err(Lacking::NoValue);
        }
        let extra = self.extra.as_deref().copied().unwrap_or_default();
        if extra.overflow {
            return Err(Lacking::TooLarge);
        }
        let total = |sum: i128, extra: Decimal, scale: u32| {
            let unit = Decimal::try_new(1, scale).ok()?;
            let whole = Decimal::try_from_i128_with_scale(sum, scale).ok()?;
            whole.checked_add(extra.checked_mul(unit)?)
        };
        let upper = total(self.upper, extra.upper, scales.0).ok_or(Lacking::TooLarge)?;
        let divide = |upper: Decimal, lower: Decimal| {
            if lower.is_zero() {
                return Err(Lacking::DividedByZero);
            }
            upper.checked_div(lower).ok_or(Lacking::TooLarge)
        };
        let lower = || total(self.lower, extra.lower, scales.1).ok_or(Lacking::TooLarge);
        match rule {
            Rule::Values { combine, .. } => match combine {
                Combine::Sum => Ok(upper),
                Combine::Mean => {
                    let whole = Decimal::from(self.parts - self.split);
                    divide(upper, whole + extra.shares)
                }
                Combine::Single if self.parts == 1 && self.split == 0 => Ok(upper),
                Combine::Single => Err(Lacking::NotCombined),
            },
            Rule::Ratio { times, .. } => {
                let above = upper.checked_mul(*times).ok_or(Lacking::TooLarge)?;
                divide(above, lower()?)
            }
            Rule::WeightedMean { .. } => divide(upper, lower()?),
        }
    }
}

/// A run and the days of its period.
pub(super) type Dated<'a> = (Run<'a>, DateRange);

/// One period of a request.
struct Pass<'a> {
    request: &'a Request<'a>,
    /// The block of the other part of a pair, where the rule has one.
    other: Option<Option<&'a Block>>,
    /// Counts the areas that did not exist when a period ended, instead of those that did.
    outside: bool,
    /// Which period.
    index: usize,
    sums: &'a mut [Sums],
}

impl Pass<'_> {
    fn over(&mut self, period: Period, runs: &[Dated<'_>]) {
        let time = self.request.rule.time();
        let runs = within(time, period, runs);
        if time != OverTime::Last && self.other.is_none() && self.request.cell.is_none() {
            runs.into_iter().for_each(|run| self.add_all(run));
            return;
        }
        let mut counted = Counted::new(time);
        for run in runs {
            self.add_run(run, |at| counted.counts(&run.0, at));
        }
    }

    /// Adds every value of a run. Wide reports spend their time here, so whole values are summed group by group
    /// first.
    fn add_all(&mut self, (run, range): Dated<'_>) {
        let request = self.request;
        let epoch = request.assignment.ending(range.to().unwrap_or(Date::MAX));
        let codes = epoch.codes(self.outside);
        let mut whole = vec![(0_i128, 0_u32); request.assignment.groups()];
        for (area, value) in run.areas.iter().zip(run.values) {
            let code = codes.get(usize::from(*area)).copied();
            // Anything but a group asked for is a mark that lies above all of them.
            let group = code.and_then(|code| whole.get_mut(code as usize));
            match group {
                Some((sum, parts)) => {
                    *sum += i128::from(*value);
                    *parts += 1;
                }
                None => self.place(epoch, *area, Some((i128::from(*value), 0))),
            }
        }
        for (group, (sum, parts)) in whole.into_iter().enumerate() {
            if parts > 0 {
                let sums = self.cell(group);
                sums.add(sum, 0);
                sums.parts += parts - 1;
            }
        }
    }

    /// Adds the values of a run that pass a test.
    fn add_run(&mut self, (run, range): Dated<'_>, mut counts: impl FnMut(usize) -> bool) {
        let request = self.request;
        let epoch = request.assignment.ending(range.to().unwrap_or(Date::MAX));
        let cell = request.cell.map(|cell| cell.0);
        let mut asked = |at: usize| cell.is_none_or(|cell| run.cells[at] == cell) && counts(at);
        let Some(other) = self.other else {
            for (at, (area, value)) in run.areas.iter().zip(run.values).enumerate() {
                if asked(at) {
                    self.place(epoch, *area, Some((i128::from(*value), 0)));
                }
            }
            return;
        };
        let partner = other.and_then(|block| block.run_of(run.period));
        let weighted = matches!(self.request.rule, Rule::WeightedMean { .. });
        for (at, (area, value)) in run.areas.iter().zip(run.values).enumerate() {
            if !asked(at) {
                continue;
            }
            let partner = partner.as_ref().and_then(|partner| {
                let found = search(partner, (*area, run.cells[at])).ok()?;
                Some(i128::from(partner.values[found]))
            });
            let value = i128::from(*value);
            let pair = partner.map(|other| (if weighted { value * other } else { value }, other));
            self.place(epoch, *area, pair);
        }
    }

    fn cell(&mut self, group: usize) -> &mut Sums {
        &mut self.sums[group * self.request.periods.len() + self.index]
    }

    /// Puts a value where it counts; without its other part it is only noted.
    fn place(&mut self, epoch: &Epoch, area: u16, value: Option<(i128, i128)>) {
        match (epoch.goes(area, self.outside), value) {
            (Goes::Nowhere, _) => {}
            (Goes::Whole(group), Some((upper, lower))) => self.cell(group).add(upper, lower),
            (Goes::Whole(group), None) => self.cell(group).unpaired += 1,
            (Goes::Parts(parts), value) => {
                for (group, share) in parts {
                    let sums = self.cell(*group as usize);
                    match (share, value) {
                        (None, _) => sums.unknown += 1,
                        (_, None) => sums.unpaired += 1,
                        // An area within two of the groups counts whole for each.
                        (Some(share), Some((upper, lower))) if share == &Decimal::ONE => {
                            sums.add(upper, lower);
                        }
                        (Some(share), Some((upper, lower))) => sums.add_part(upper, lower, *share),
                    }
                }
            }
        }
    }
}

/// All runs whose values may count.
pub(super) fn dated<'a>(columns: &'a Columns, request: &Request<'_>) -> Vec<Dated<'a>> {
    let (first, _) = request.rule.series();
    let alone = request.rule.time() == OverTime::Alone;
    let block = columns.block(first).into_iter();
    block
        .flat_map(Block::runs)
        .filter(|run| alone || comes_every(run.period) == Some(request.every))
        .map(|run| (run, run.period.range(Calendar::Civil)))
        .collect()
}

/// The runs that count towards a period, in the order in which [`Counted`] is asked, each with the days at whose end
/// the map decides where its values count.
pub(super) fn within<'a>(time: OverTime, period: Period, runs: &[Dated<'a>]) -> Vec<Dated<'a>> {
    let whole = period.range(Calendar::Civil);
    let inside = |(run, range): &&Dated<'_>| match time {
        OverTime::Alone => run.period == period,
        OverTime::Sum | OverTime::Last => whole.from() <= range.from() && range.to() <= whole.to(),
    };
    let found = runs.iter().filter(inside).copied();
    match time {
        // What is there at the end is there at the end of the whole: what an area had before it went into another is
        // in what that one has now.
        OverTime::Last => found.rev().map(|(run, _)| (run, whole)).collect(),
        OverTime::Sum | OverTime::Alone => found.collect(),
    }
}

/// Which values of the runs of a period count: all, or the last one of each area and cell.
pub(super) struct Counted(Option<Seen>);

impl Counted {
    pub(super) fn new(time: OverTime) -> Self {
        Self((time == OverTime::Last).then(Seen::default))
    }

    pub(super) fn counts(&mut self, run: &Run<'_>, at: usize) -> bool {
        let seen = self.0.as_mut();
        seen.is_none_or(|seen| seen.first(run.areas[at], run.cells[at]))
    }
}

/// Areas and cells that already had their last value.
#[derive(Default)]
struct Seen(Vec<Vec<bool>>);

impl Seen {
    fn first(&mut self, area: u16, cell: u16) -> bool {
        let (area, cell) = (usize::from(area), usize::from(cell));
        if self.0.len() <= cell {
            self.0.resize(cell + 1, Vec::new());
        }
        let areas = &mut self.0[cell];
        if areas.len() <= area {
            areas.resize(area + 1, false);
        }
        !std::mem::replace(&mut areas[area], true)
    }
}

/// How often periods of this kind come; the first nine months overlap others and come never.
fn comes_every(period: Period) -> Option<Periodicity> {
    match period {
        Period::Year(_) => Some(Periodicity::Year),
        Period::HalfYear { .. } => Some(Periodicity::HalfYear),
        Period::Quarter { .. } => Some(Periodicity::Quarter),
        Period::Month { .. } => Some(Periodicity::Month),
        Period::Years { .. } => Some(Periodicity::Years),
        Period::NineMonths(_) => None,
    }
}
