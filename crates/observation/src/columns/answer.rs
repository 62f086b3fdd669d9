//! Answers from what is held, for one reader.

use std::collections::BTreeSet;

use access::{Refusal, Scope};
use activation::Pinned;
use catalogue::{Direction, Id, Indicator, Level, Periodicity, Stage};
use jiff::civil::Date;
use journal::Seq;
use measure::rollup::{AreaSlot, Assignment, Lacking, Request, Rolled, Used, View, roll, used};
use rust_decimal::Decimal;
use viet::{AreaKey, Period};

use super::derived::{Derived, Input};
use super::held::{Held, Part, Seen, column, has};
use super::needed;
use super::plan::{Column, Plan, holding, last_day, plan};
use super::rows::{Found, Place};
use crate::{ObservationId, SeriesKey};

/// What one area has for one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The area.
    pub area: AreaKey,
    /// The period.
    pub period: Period,
    /// The observation of this very area and period that prevails.
    pub stated: Option<Stated>,
    /// What smaller areas, former areas and shorter periods give; none where the definition has no rule for it.
    pub rolled: Option<Rolled>,
    /// What the indicator's formula gives over the values of others, where no roll-up of its parts does.
    pub computed: Option<Derived>,
    /// Values that should be in it and are not there, of whichever part. Nobody can tell while
    /// [`Rolled::outside_life`] holds.
    pub missing: Vec<SeriesGap>,
}

impl Value {
    /// The value a page shows: what was said of this area and period, otherwise what follows from others.
    pub fn shown(&self) -> Option<Decimal> {
        let stated = self.stated.as_ref().map(|stated| stated.value);
        let rolled = || self.rolled.as_ref()?.value.ok();
        let computed = || self.computed.as_ref()?.value.as_ref().ok().copied();
        stated.or_else(rolled).or_else(computed)
    }

    /// Follows the value shown from others that are not all there?
    pub fn is_incomplete(&self) -> bool {
        let unknown = |rolled: &Rolled| rolled.unknown > 0 || rolled.unpaired > 0;
        let lacks = !self.missing.is_empty() || self.rolled.as_ref().is_some_and(unknown);
        self.stated.is_none() && lacks
    }

    fn is_empty(&self) -> bool {
        self.shown().is_none() && !self.is_touched()
    }

    /// Does some value count towards it, or would, were its other part or its share known?
    pub(super) fn is_touched(&self) -> bool {
        let touched = |rolled: &Rolled| rolled.parts + rolled.unknown + rolled.unpaired > 0;
        self.rolled.as_ref().is_some_and(touched)
    }
}

/// An observation that prevails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Its identity.
    pub id: ObservationId,
    /// Number of the entry that recorded it.
    pub seq: Seq,
    /// Its row within the entry.
    pub row: u32,
    /// Its value.
    pub value: Decimal,
    /// Its stage.
    pub stage: Stage,
    /// The day on which it was published.
    pub vintage: Date,
}

impl Stated {
    fn of(found: Found<'_>) -> Self {
        Self {
            id: found.row.id,
            seq: found.seq,
            row: found.number,
            value: found.row.value,
            stage: found.row.stage,
            vintage: found.row.vintage,
        }
    }
}

/// A value that is expected and not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesGap {
    /// Of which indicator and area.
    pub key: SeriesKey,
    /// For when.
    pub period: Period,
}

/// An observation behind a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Of which indicator and area.
    pub key: SeriesKey,
    /// For when.
    pub period: Period,
    /// The observation.
    pub stated: Stated,
    /// Which part of it counts; none where nobody knows, and then it is not in the value.
    pub share: Option<Decimal>,
    /// The other part of its ratio is missing, so that it is not in the value.
    pub unpaired: bool,
}

/// An area's place among those of its level.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its place; areas with the same value share it and the next ones are left out. None without a value.
    pub rank: Option<u32>,
    /// What it has.
    pub value: Value,
}

/// One reader's questions about one indicator.
pub(super) struct Asked<'a> {
    pub(super) held: &'a Held,
    pub(super) scope: &'a Scope,
    pub(super) indicator: &'a Pinned<Indicator>,
    pub(super) view: View,
    /// How many formulas lie above.
    pub(super) depth: u32,
}

impl<'a> Asked<'a> {
    pub(super) fn new(
        held: &'a Held,
        scope: &'a Scope,
        indicator: &Id,
        view: View,
    ) -> Result<Self, Refusal> {
        let indicator = held.layout.indicator(indicator).ok_or(Refusal::NotFound)?;
        Ok(Self {
            held,
            scope,
            indicator,
            view,
            depth: 0,
        })
    }

    /// The same reader's questions about an indicator that a formula asks for.
    pub(super) fn about(&self, indicator: &Id) -> Option<Asked<'a>> {
        Some(Asked {
            indicator: self.held.layout.indicator(indicator)?,
            depth: self.depth + 1,
            ..*self
        })
    }

    fn definition(&self) -> &'a Indicator {
        &self.indicator.definition
    }

    fn number(&self, id: &Id) -> Option<u32> {
        self.held.rows().indicators.number(id)
    }

    fn level_of(&self, area: AreaKey) -> Result<(AreaSlot, Level), Refusal> {
        let layout = &self.held.layout;
        let known = layout.directory.areas().get(area);
        let slot = layout.slot(area);
        known
            .zip(slot)
            .map_or(Err(Refusal::NotFound), |(area, slot)| {
                Ok((slot, area.level))
            })
    }

    fn plan(&self, level: Level, period: Period) -> Option<Plan> {
        let number = |id: &Id| self.number(id);
        plan(&self.held.layout, number, self.definition(), level, period)
    }

    /// What several areas of one level have for a period.
    pub(super) fn values(
        &self,
        areas: &[AreaKey],
        level: Level,
        period: Period,
    ) -> Result<Vec<Value>, Refusal> {
        let mut values: Vec<Value> = areas
            .iter()
            .map(|area| Value {
                area: *area,
                period,
                stated: self.stated(*area, period),
                rolled: None,
                computed: None,
                missing: Vec::new(),
            })
            .collect();
        if let Some(plan) = self.plan(level, period) {
            self.roll_up(&plan, period, &mut values)?;
        }
        for value in &mut values {
            self.compute(value)?;
        }
        Ok(values)
    }

    pub(super) fn value(&self, area: AreaKey, period: Period) -> Result<Value, Refusal> {
        let (_, level) = self.level_of(area)?;
        let mut values = self.values(&[area], level, period)?;
        values.pop().ok_or(Refusal::NotFound)
    }

    fn stated(&self, area: AreaKey, period: Period) -> Option<Stated> {
        self.prevailing(&self.definition().def.id, area, period)
    }

    fn prevailing(&self, id: &Id, area: AreaKey, period: Period) -> Option<Stated> {
        let rows = self.held.rows();
        let place = Place {
            indicator: rows.indicators.number(id)?,
            area: rows.areas.number(&area)?,
            period,
        };
        let order = self.held.layout.order(id)?;
        let found = rows.prevailing(place, order, |row| rows.sees(self.scope, row))?;
        Some(Stated::of(found))
    }

    fn groups(&self, values: &[Value]) -> Result<Vec<AreaSlot>, Refusal> {
        let slot = |value: &Value| self.held.layout.slot(value.area).ok_or(Refusal::NotFound);
        values.iter().map(slot).collect()
    }

    fn roll_up(&self, plan: &Plan, period: Period, values: &mut [Value]) -> Result<(), Refusal> {
        let groups = self.groups(values)?;
        let assignment = self.held.layout.assign(&groups, plan.level, self.view)?;
        let seen = self.held.seen(self.scope, &plan.indicators());
        let answers = roll(&seen.columns, &request(plan, &assignment, &[period]));
        for (group, value) in values.iter_mut().enumerate() {
            let Some(rolled) = answers.get(group, 0) else {
                continue;
            };
            let mut rolled = *rolled;
            if seen.unfit {
                rolled.value = Err(Lacking::TooLarge);
            } else if !rolled.outside_life {
                value.missing = self.gaps(plan, &seen, &assignment, group);
            }
            value.rolled = Some(rolled);
        }
        Ok(())
    }

    /// What is expected of a group and not there.
    fn gaps(
        &self,
        plan: &Plan,
        seen: &Seen<'_>,
        assignment: &Assignment,
        group: usize,
    ) -> Vec<SeriesGap> {
        let mut gaps = Vec::new();
        for period in &plan.expected {
            for area in assignment.expected(group, *period) {
                let Some(key) = self.held.layout.area(area) else {
                    continue;
                };
                let lacks = |column: &&Column| !has(&seen.columns, column.slot, *period, area);
                gaps.extend(plan.columns.iter().filter(lacks).map(|column| SeriesGap {
                    key: SeriesKey::new(column.id.clone(), key),
                    period: *period,
                }));
            }
        }
        gaps.sort();
        gaps.dedup();
        gaps
    }

    /// What one area has for the periods of a rhythm, the earliest first; periods about which nothing is known are left
    /// out.
    pub(super) fn series(&self, area: AreaKey, every: Periodicity) -> Result<Vec<Value>, Refusal> {
        let (_, level) = self.level_of(area)?;
        let mut values = Vec::new();
        for period in self.periods(level, every) {
            let found = self.values(&[area], level, period)?;
            values.extend(found.into_iter().filter(|value| !value.is_empty()));
        }
        Ok(values)
    }

    /// The periods of a rhythm within which some value that may count ends.
    pub(super) fn periods(&self, level: Level, every: Periodicity) -> BTreeSet<Period> {
        let of = needed(&self.held.layout.directory, &self.definition().def.id);
        let indicators: Vec<u32> = of.iter().filter_map(|id| self.number(id)).collect();
        let seen = self.held.seen(self.scope, &indicators);
        let own = indicators.iter().flat_map(|number| {
            let slot = column(Some(*number), Part::Value);
            seen.columns.periods(slot)
        });
        let aggregated = |period: &Period| self.plan(level, *period).is_some();
        own.filter_map(|period| {
            let whole = holding(period, every)?;
            (whole == period || aggregated(&whole)).then_some(whole)
        })
        .collect()
    }

    /// All areas of a level on the map asked for, those within one area or all, with their places.
    pub(super) fn compare(
        &self,
        level: Level,
        within: Option<AreaKey>,
        period: Period,
    ) -> Result<Vec<Ranked>, Refusal> {
        let day = match self.view {
            View::AsItWas => last_day(period),
            View::OnMapOf(day) => day,
        };
        let areas = self.held.layout.directory.areas();
        let inside = |key: AreaKey| within.is_none_or(|within| areas.above(key).contains(&within));
        let asked: Vec<AreaKey> = areas
            .all()
            .filter(|area| area.level == level && area.valid_on(day) && inside(area.key()))
            .map(|area| area.key())
            .collect();
        let values = self.values(&asked, level, period)?;
        Ok(rank(values, self.definition().value.direction))
    }

    /// How often a value of the indicator is due.
    pub(super) fn rhythm(&self) -> Periodicity {
        self.definition().series.periodicity
    }

    /// The figures that a value follows from by a quotient, a formula or a method.
    pub(super) fn inputs_of(&self, area: AreaKey, period: Period) -> Result<Vec<Input>, Refusal> {
        let (_, level) = self.level_of(area)?;
        let value = self.value(area, period)?;
        if value.stated.is_some() {
            return Ok(Vec::new());
        }
        if !value.is_touched() {
            return self.asks_for(area, period);
        }
        let Some(plan) = self.plan(level, period) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for column in &plan.columns {
            if column.id == self.definition().def.id {
                continue;
            }
            let Some(of) = self.about(&column.id) else {
                continue;
            };
            found.push(Input {
                role: None,
                key: SeriesKey::new(column.id.clone(), area),
                value: of.value(area, period)?,
            });
        }
        Ok(found)
    }

    /// The observations behind a value, those of each part.
    pub(super) fn lineage(&self, area: AreaKey, period: Period) -> Result<Vec<Source>, Refusal> {
        let (_, level) = self.level_of(area)?;
        let value = self.value(area, period)?;
        if let Some(stated) = value.stated {
            let key = SeriesKey::new(self.definition().def.id.clone(), area);
            return Ok(vec![Source {
                key,
                period,
                stated,
                share: Some(Decimal::ONE),
                unpaired: false,
            }]);
        }
        let rolled = value.rolled.as_ref().filter(|_| value.is_touched());
        match rolled.zip(self.plan(level, period)) {
            Some((rolled, plan)) => self.behind(&plan, area, period, rolled.outside_life),
            None => self.behind_formula(area, period),
        }
    }

    fn behind(
        &self,
        plan: &Plan,
        area: AreaKey,
        period: Period,
        outside_life: bool,
    ) -> Result<Vec<Source>, Refusal> {
        let (group, _) = self.level_of(area)?;
        let assignment = self.held.layout.assign(&[group], plan.level, self.view)?;
        let seen = self.held.seen(self.scope, &plan.indicators());
        let request = request(plan, &assignment, &[]);
        let behind = used(&seen.columns, &request, 0, period, outside_life);
        let rows = self.held.rows();
        let mut sources = Vec::new();
        for number in &plan.indicators() {
            let Some(id) = rows.indicators.name(*number) else {
                continue;
            };
            sources.extend(behind.iter().filter_map(|used| self.source(id, used)));
        }
        Ok(sources)
    }

    fn source(&self, id: &Id, used: &Used) -> Option<Source> {
        let area = self.held.layout.area(used.area)?;
        Some(Source {
            key: SeriesKey::new(id.clone(), area),
            period: used.period,
            stated: self.prevailing(id, area, used.period)?,
            share: used.share,
            unpaired: used.unpaired,
        })
    }
}

fn request<'a>(plan: &'a Plan, assignment: &'a Assignment, periods: &'a [Period]) -> Request<'a> {
    Request {
        rule: &plan.rule,
        every: plan.every,
        assignment,
        periods,
        cell: None,
    }
}

/// Puts the best first and those without a value last.
fn rank(values: Vec<Value>, direction: Direction) -> Vec<Ranked> {
    let mut shown: Vec<Decimal> = values.iter().filter_map(Value::shown).collect();
    shown.sort_unstable();
    let place = |value: Decimal| {
        let below = shown.partition_point(|other| *other < value);
        let up_to = shown.partition_point(|other| *other <= value);
        let before = match direction {
            Direction::LowerIsBetter => below,
            Direction::HigherIsBetter | Direction::Maintain | Direction::Reach => {
                shown.len() - up_to
            }
        };
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    };
    let mut ranked: Vec<Ranked> = values
        .into_iter()
        .map(|value| Ranked {
            rank: value.shown().map(place),
            value,
        })
        .collect();
    ranked.sort_by_key(|ranked| (ranked.rank.unwrap_or(u32::MAX), ranked.value.area));
    ranked
}
