//! Checks of computed indicators against each other: names, units, and that nothing is computed from itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::computed::{Computed, Formula, MethodUse, Ratio, placed};
use crate::fault::{Fault, FaultCode, nearest};
use crate::header::{Id, Label};
use crate::indicator::{Indicator, Unit};

/// Checks how indicators are computed.
pub(crate) fn check_computed(indicators: &[&Indicator]) -> Vec<Fault> {
    let mut checker = Checker {
        units: indicators
            .iter()
            .map(|one| (one.def.id.as_str(), &one.value.unit))
            .collect(),
        faults: Vec::new(),
    };
    for indicator in indicators {
        for (index, computed) in indicator.computed.iter().enumerate() {
            checker.computed(indicator, index, computed);
        }
        for (index, relation) in indicator.relations.iter().enumerate() {
            if let Err(fault) = relation.checked(&checker.units, &indicator.value.unit) {
                let at = index.to_string();
                let keys = ["relations", at.as_str(), "expression"];
                let origin = &indicator.def.origin;
                let fault = placed(origin, &keys, &relation.expression, fault);
                checker.faults.push(fault);
            }
        }
        let aggregation = indicator.series.aggregation.as_ref();
        if let Some(weight) = aggregation.and_then(|a| a.weight.as_ref()) {
            checker.known(indicator, &["series", "aggregation", "weight"], weight);
        }
    }
    checker.cycles(indicators);
    checker.faults
}

struct Checker<'a> {
    units: BTreeMap<&'a str, &'a Unit>,
    faults: Vec<Fault>,
}

impl<'a> Checker<'a> {
    fn computed(&mut self, indicator: &Indicator, index: usize, computed: &Computed) {
        let at = index.to_string();
        let keys = ["computed", &at, "formula"];
        match &computed.formula {
            Formula::Expression(text) => {
                let keys = [&keys[..], &["expression"]].concat();
                if let Err(fault) = computed.checked(&self.units, &indicator.value.unit) {
                    let origin = &indicator.def.origin;
                    self.faults.push(placed(origin, &keys, text, fault));
                }
            }
            Formula::Ratio(ratio) => {
                let keys = [&keys[..], &["ratio"]].concat();
                self.ratio(indicator, &keys, computed, ratio);
            }
            Formula::Method(method) => {
                let keys = [&keys[..], &["method", "inputs"]].concat();
                self.method(indicator, &keys, method);
            }
        }
    }

    fn ratio(&mut self, indicator: &Indicator, keys: &[&str], computed: &Computed, ratio: &Ratio) {
        let above = [keys, &["numerator"]].concat();
        let below = [keys, &["denominator"]].concat();
        let known = [
            self.known(indicator, &above, &ratio.numerator),
            self.known(indicator, &below, &ratio.denominator),
        ];
        if known.contains(&false) {
            return;
        }
        if let Err(fault) = computed.checked(&self.units, &indicator.value.unit) {
            // The text of the quotient is not in the file: the whole quotient is at fault.
            self.faults
                .push(placed(&indicator.def.origin, keys, "", fault));
        }
    }

    fn method(&mut self, indicator: &Indicator, keys: &[&str], method: &MethodUse) {
        for (index, input) in method.inputs.iter().enumerate() {
            let at = index.to_string();
            let here = [keys, &[at.as_str(), "indicator"]].concat();
            if !self.known(indicator, &here, &input.indicator) {
                continue;
            }
            let unit = self.units.get(input.indicator.as_str()).copied();
            let role = method.name.roles().iter().find(|r| r.name == input.role);
            // A role that the method does not have was refused when the definition was read.
            let (Some(unit), Some(role)) = (unit, role) else {
                continue;
            };
            if !role.takes.accepts(unit) {
                let (name, vi, en) = (
                    role.name,
                    unit.label(viet::Lang::Vi),
                    unit.label(viet::Lang::En),
                );
                self.faults.push(Fault {
                    code: FaultCode::WrongUnit,
                    found: Label::new(
                        format!(
                            "`{}` có đơn vị `{vi}`, vai `{name}` không nhận",
                            input.indicator
                        ),
                        format!(
                            "`{}` is in {en}, which `{name}` does not take",
                            input.indicator
                        ),
                    ),
                    expected: vec![role.takes.shown().to_owned()],
                    nearest: None,
                    place: indicator.def.origin.place(&here),
                });
            }
        }
    }

    /// Whether an indicator is defined; a fault when it is not.
    fn known(&mut self, indicator: &Indicator, keys: &[&str], id: &Id) -> bool {
        if self.units.contains_key(id.as_str()) {
            return true;
        }
        self.faults.push(Fault {
            code: FaultCode::UnknownReference,
            found: Label::new(
                format!("không có chỉ số `{id}`"),
                format!("there is no indicator `{id}`"),
            ),
            expected: Vec::new(),
            nearest: nearest(id.as_str(), self.units.keys().copied()),
            place: indicator.def.origin.place(keys),
        });
        false
    }

    /// Nothing is computed from itself, in whichever period: each circle is told once, as a path.
    fn cycles(&mut self, indicators: &[&'a Indicator]) {
        let mut inputs: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
        let mut defined: BTreeMap<Id, &Indicator> = BTreeMap::new();
        for indicator in indicators {
            defined.insert(indicator.def.id.clone(), indicator);
            let own = inputs.entry(indicator.def.id.clone()).or_default();
            for computed in &indicator.computed {
                own.extend(computed.formula.indicators().unwrap_or_default());
            }
        }
        let mut settled = BTreeSet::new();
        for start in inputs.keys() {
            for circle in circles(start, &inputs, &mut settled) {
                let words: Vec<&str> = circle.iter().map(Id::as_str).collect();
                let path = words.join(" → ");
                let Some(indicator) = circle.first().and_then(|id| defined.get(id)) else {
                    continue;
                };
                self.faults.push(Fault {
                    code: FaultCode::Cycle,
                    found: Label::new(
                        format!("chỉ số được tính từ chính nó: {path}"),
                        format!("an indicator is computed from itself: {path}"),
                    ),
                    expected: Vec::new(),
                    nearest: None,
                    place: indicator.def.origin.place(&["computed", "0", "formula"]),
                });
            }
        }
    }
}

/// The circles met on a walk from a node, the first node of each repeated at its end. Nodes walked through join the
/// settled ones, from which no walk starts or passes again.
fn circles(
    start: &Id,
    inputs: &BTreeMap<Id, BTreeSet<Id>>,
    settled: &mut BTreeSet<Id>,
) -> Vec<Vec<Id>> {
    let mut path: Vec<Id> = Vec::new();
    let mut open: Vec<(Id, usize)> = vec![(start.clone(), 0)];
    let mut found = Vec::new();
    while let Some((id, depth)) = open.pop() {
        path.truncate(depth);
        if let Some(at) = path.iter().position(|known| *known == id) {
            let mut circle = path[at..].to_vec();
            circle.push(id);
            found.push(circle);
            continue;
        }
        if settled.contains(&id) {
            continue;
        }
        path.push(id.clone());
        settled.insert(id.clone());
        for next in inputs.get(&id).into_iter().flatten().rev() {
            open.push((next.clone(), depth + 1));
        }
    }
    found
}
