//! Values that follow from others by the formula of a definition.

use std::cell::RefCell;

use access::Refusal;
use catalogue::expression::{AreaShift, Checked, Figures, Input, Missing};
use catalogue::{Computed, Id};
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{AreaCode, AreaKey, Calendar, Period};

use super::answer::{Asked, SeriesGap, Source, Value};
use super::plan::last_day;

/// Formulas in formulas that are followed. Definitions that were checked have no circle; were one in force all the
/// same, a page must not hang.
const DEEPEST: u32 = 12;

impl Asked<'_> {
    /// The formula for a period, ready to be evaluated.
    fn formula(&self, period: Period) -> Option<(&Computed, &Checked)> {
        let id = &self.indicator.definition.def.id;
        let computed = self.indicator.definition.computed_on(last_day(period))?;
        let checked = self.held.layout.formula(id, last_day(period))?;
        Some((computed, checked))
    }

    /// Adds what the formula gives, where nothing else gives a value.
    pub(super) fn compute(&self, value: &mut Value) -> Result<(), Refusal> {
        // A roll-up of parts that lack their other half says so; a formula over sums of other areas would hide it.
        if value.shown().is_some() || value.is_touched() {
            return Ok(());
        }
        let Some((computed, checked)) = self.formula(value.period) else {
            return Ok(());
        };
        if self.depth >= DEEPEST {
            return Ok(());
        }
        let inputs = Inputs {
            asked: self,
            computed,
            area: value.area,
            period: value.period,
            missing: RefCell::default(),
            refused: RefCell::default(),
        };
        value.computed = Some(checked.evaluate(&inputs).value);
        if let Some(refusal) = inputs.refused.into_inner() {
            return Err(refusal);
        }
        value.missing.extend(inputs.missing.into_inner());
        value.missing.sort();
        value.missing.dedup();
        Ok(())
    }

    /// The observations behind what the formula gives.
    pub(super) fn behind_formula(
        &self,
        area: AreaKey,
        period: Period,
    ) -> Result<Vec<Source>, Refusal> {
        let Some((computed, checked)) = self.formula(period).filter(|_| self.depth < DEEPEST)
        else {
            return Ok(Vec::new());
        };
        let inputs = Inputs {
            asked: self,
            computed,
            area,
            period,
            missing: RefCell::default(),
            refused: RefCell::default(),
        };
        let mut sources = Vec::new();
        for input in checked.evaluate(&inputs).used {
            if let Some((of, area, period)) = inputs.place(&input) {
                sources.extend(of.lineage(area, period)?);
            }
        }
        Ok(sources)
    }
}

/// The figures of one area and period.
struct Inputs<'a> {
    asked: &'a Asked<'a>,
    computed: &'a Computed,
    area: AreaKey,
    period: Period,
    missing: RefCell<Vec<SeriesGap>>,
    /// Evaluation knows figures and their absence only; a refusal is handed on afterwards.
    refused: RefCell<Option<Refusal>>,
}

impl<'a> Inputs<'a> {
    /// What an input means here.
    fn place(&self, input: &Input) -> Option<(Asked<'a>, AreaKey, Period)> {
        let period = input.period.of(self.period, self.computed.base)?;
        let areas = self.asked.held.layout.directory.areas();
        let area = match input.area {
            AreaShift::Same => self.area,
            AreaShift::Parent => areas.get(self.area)?.parent?,
            AreaShift::Country => areas.on(AreaCode::COUNTRY, last_day(self.period))?.key(),
        };
        Some((self.asked.about(&input.indicator)?, area, period))
    }
}

impl Figures for Inputs<'_> {
    fn figure(&self, input: &Input) -> Option<Decimal> {
        let (asked, area, period) = self.place(input)?;
        match asked.value(area, period) {
            Ok(value) => {
                let shown = value.shown();
                let mut missing = self.missing.borrow_mut();
                if value.stated.is_none() {
                    missing.extend(value.missing);
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
    fn figure(&self, _input: &Input) -> Option<Decimal> {
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
