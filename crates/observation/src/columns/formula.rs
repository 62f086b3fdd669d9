//! Values that follow from others by the formula of a definition.

use std::cell::RefCell;

use access::Refusal;
use catalogue::expression::{self, AreaShift, Checked, Figures, Missing};
use catalogue::{Computed, Formula, Id, Label, MethodUse};
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{AreaCode, AreaKey, Calendar, Period};

use super::answer::{Asked, SeriesGap, Source, Value};
use super::derived::Input;
use super::plan::last_day;
use crate::SeriesKey;

/// Formulas in formulas that are followed. Definitions that were checked have no circle; were one in force all the
/// same, a page must not hang.
const DEEPEST: u32 = 12;

impl<'a> Asked<'a> {
    /// The way in which values of a period are computed.
    fn way(&self, period: Period) -> Option<(&'a Computed, Way<'a>)> {
        let computed = self.indicator.definition.computed_on(last_day(period))?;
        if let Formula::Method(method) = &computed.formula {
            return Some((computed, Way::Method(method)));
        }
        let id = &self.indicator.definition.def.id;
        let checked = self.held.layout.formula(id, last_day(period))?;
        Some((computed, Way::Expression(checked)))
    }

    fn inputs(&self, computed: &'a Computed, area: AreaKey, period: Period) -> Inputs<'a, '_> {
        Inputs {
            asked: self,
            computed,
            area,
            period,
            missing: RefCell::default(),
            refused: RefCell::default(),
        }
    }

    /// Adds what the formula gives, where nothing else gives a value.
    pub(super) fn compute(&self, value: &mut Value) -> Result<(), Refusal> {
        // A roll-up of parts that lack their other half says so; a formula over sums of other areas would hide it.
        if value.shown().is_some() || value.is_touched() {
            return Ok(());
        }
        let Some((computed, way)) = self.way(value.period) else {
            return Ok(());
        };
        if self.depth >= DEEPEST {
            return Ok(());
        }
        let inputs = self.inputs(computed, value.area, value.period);
        value.computed = Some(match way {
            Way::Expression(checked) => checked.evaluate(&inputs).value.into(),
            Way::Method(method) => inputs.by_method(method),
        });
        if let Some(refusal) = inputs.refused.into_inner() {
            return Err(refusal);
        }
        if value.shown().is_some() {
            // It follows from its formula; that nobody stated it lower down is no gap.
            value.missing.clear();
        }
        value.missing.extend(inputs.missing.into_inner());
        value.missing.sort();
        value.missing.dedup();
        Ok(())
    }

    /// The figures that the formula asks for, each with what it comes to.
    pub(super) fn asks_for(&self, area: AreaKey, period: Period) -> Result<Vec<Input>, Refusal> {
        let Some((computed, way)) = self.way(period).filter(|_| self.depth < DEEPEST) else {
            return Ok(Vec::new());
        };
        let inputs = self.inputs(computed, area, period);
        let places: Vec<(Option<&str>, Asked<'a>, AreaKey, Period)> = match way {
            Way::Expression(checked) => {
                let used = checked.evaluate(&inputs).used;
                let places = used.iter().filter_map(|input| inputs.place(input));
                places.map(|(of, area, at)| (None, of, area, at)).collect()
            }
            Way::Method(method) => {
                let asked = inputs.of_method(method).into_iter();
                asked
                    .filter_map(|(role, id, at)| Some((Some(role), self.about(id)?, area, at)))
                    .collect()
            }
        };
        let mut found = Vec::new();
        for (role, of, area, at) in places {
            let value = match of.value(area, at) {
                Ok(value) => value,
                Err(Refusal::NotFound) => continue,
                Err(refusal) => return Err(refusal),
            };
            let key = SeriesKey::new(of.indicator.definition.def.id.clone(), area);
            found.push(Input {
                role: role.map(str::to_owned),
                key,
                value,
            });
        }
        Ok(found)
    }

    /// The observations behind what the formula gives.
    pub(super) fn behind_formula(
        &self,
        area: AreaKey,
        period: Period,
    ) -> Result<Vec<Source>, Refusal> {
        let mut sources = Vec::new();
        for input in self.asks_for(area, period)? {
            let Some(of) = self.about(&input.key.indicator) else {
                continue;
            };
            sources.extend(of.lineage(input.key.area, input.value.period)?);
        }
        Ok(sources)
    }
}

/// How values are computed: by an expression, of which a quotient is one, or by a method.
enum Way<'a> {
    Expression(&'a Checked),
    Method(&'a MethodUse),
}

/// The figures of one area and period.
pub(super) struct Inputs<'a, 'b> {
    asked: &'b Asked<'a>,
    pub(super) computed: &'a Computed,
    area: AreaKey,
    pub(super) period: Period,
    missing: RefCell<Vec<SeriesGap>>,
    /// Evaluation knows figures and their absence only; a refusal is handed on afterwards.
    refused: RefCell<Option<Refusal>>,
}

impl<'a> Inputs<'a, '_> {
    /// What an input means here.
    fn place(&self, input: &expression::Input) -> Option<(Asked<'a>, AreaKey, Period)> {
        let period = input.period.of(self.period, self.computed.base)?;
        let areas = self.asked.held.layout.directory.areas();
        let area = match input.area {
            AreaShift::Same => self.area,
            AreaShift::Parent => areas.get(self.area)?.parent?,
            AreaShift::Country => areas.on(AreaCode::COUNTRY, last_day(self.period))?.key(),
        };
        Some((self.asked.about(&input.indicator)?, area, period))
    }

    /// What an indicator has for an area and a period. What it rests on and is not there is noted.
    fn of(&self, asked: &Asked<'a>, area: AreaKey, period: Period) -> Option<Decimal> {
        match asked.value(area, period) {
            Ok(value) => {
                let shown = value.shown();
                if value.stated.is_none() {
                    self.missing.borrow_mut().extend(value.missing);
                }
                shown
            }
            Err(Refusal::NotFound) => None,
            Err(refusal) => {
                *self.refused.borrow_mut() = Some(refusal);
                None
            }
        }
    }

    /// What an indicator has for this area and a period; that there is nothing is noted.
    pub(super) fn needed(&self, id: &Id, period: Period) -> Option<Decimal> {
        let found = self.held(id, period);
        if found.is_none() {
            self.missing.borrow_mut().push(SeriesGap {
                key: SeriesKey::new(id.clone(), self.area),
                period,
            });
        }
        found
    }

    /// The same, where it may well be that there is nothing.
    pub(super) fn held(&self, id: &Id, period: Period) -> Option<Decimal> {
        self.of(&self.asked.about(id)?, self.area, period)
    }

    /// How an indicator is called.
    pub(super) fn name(&self, id: &Id) -> Label {
        let indicator = self.asked.held.layout.indicator(id);
        indicator.map_or_else(
            || Label::new(id.as_str(), id.as_str()),
            |pinned| pinned.definition.def.label.clone(),
        )
    }
}

impl Figures for Inputs<'_, '_> {
    fn figure(&self, input: &expression::Input) -> Option<Decimal> {
        let (asked, area, period) = self.place(input)?;
        self.of(&asked, area, period)
    }

    fn parameter(&self, id: &Id) -> Option<Decimal> {
        self.computed.parameter(id.as_str())?.value
    }

    fn first_day(&self) -> Date {
        self.period.range(Calendar::Civil).from()
    }

    fn last_day(&self) -> Date {
        last_day(self.period)
    }
}

/// Every figure is one: what a quotient then gives is the factor between its unit and those of its parts.
struct Ones;

impl Figures for Ones {
    fn figure(&self, _input: &expression::Input) -> Option<Decimal> {
        Some(Decimal::ONE)
    }

    fn parameter(&self, _id: &Id) -> Option<Decimal> {
        None
    }

    fn first_day(&self) -> Date {
        Date::MIN
    }

    fn last_day(&self) -> Date {
        Date::MAX
    }
}

/// By how much a quotient of two indicators is multiplied to be in the unit of its own: 100 for a percentage.
pub(super) fn times(quotient: &Checked) -> Result<Decimal, Missing> {
    quotient.evaluate(&Ones).value
}
