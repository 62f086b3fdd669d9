//! How values of an indicator are computed from those of others.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::Period;

use crate::expression::{Checked, Expression, ExpressionFault, Vocabulary};
use crate::fault::{Fault, Faults, Origin, nearest};
use crate::header::{Basis, Id, Source};
use crate::indicator::Unit;
use crate::method::{Form, Method, Weight};

/// A way of computing, while it is valid. Several follow each other where the law changed the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Computed {
    /// First day of the periods computed so, by their last day; none for all before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// First day on which it is no longer so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The documents it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<Basis>,
    /// Where it was read.
    pub source: Source,
    /// The period that `[base]` means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Period>,
    /// The way itself.
    pub formula: Formula,
    /// What it depends on besides figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
}

/// How a value comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// By an expression over other indicators.
    Expression(String),
    /// One indicator over another; the unit says in hundredths or otherwise. Over areas and time both parts are
    /// combined first, by their own rules.
    Ratio(Ratio),
    /// By a method.
    Method(MethodUse),
}

/// One indicator over another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// Id of the indicator above the line.
    pub numerator: Id,
    /// Id of the indicator below it.
    pub denominator: Id,
}

/// A method, what it is given and which of its results is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodUse {
    /// The method.
    pub name: Method,
    /// Its result.
    pub result: String,
    /// The indicators it is given.
    pub inputs: Vec<MethodInput>,
}

/// An indicator that a method is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodInput {
    /// The part it plays.
    pub role: String,
    /// Its id.
    pub indicator: Id,
    /// Most points it can bring, in an index of points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Decimal>,
    /// The part (0 to 1) of it that counts; absent while not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coefficient: Option<Decimal>,
}

/// What a formula depends on besides figures; stored beside every value computed with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name.
    pub id: Id,
    /// Its value; absent while not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Decimal>,
    /// The word chosen, for a parameter that is a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// The unit of its value; a bare number without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Smallest admissible value: the band is computed from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Decimal>,
    /// Largest admissible value: the band is computed up to here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Decimal>,
    /// Where the value was read.
    pub source: Source,
}

impl Formula {
    /// The text of the expression that it is; none for a method.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Formula::Expression(text) => Some(Cow::Borrowed(text)),
            Formula::Ratio(ratio) => Some(Cow::Owned(format!(
                "`{}` / `{}`",
                ratio.numerator, ratio.denominator
            ))),
            Formula::Method(_) => None,
        }
    }

    /// Every indicator whose figures it may ask for, each once.
    ///
    /// # Errors
    /// When the text of an expression cannot be read; a definition that was read holds no such text.
    pub fn indicators(&self) -> Result<Vec<Id>, ExpressionFault> {
        let mut found: Vec<Id> = Vec::new();
        let mut add = |id: &Id| {
            if !found.contains(id) {
                found.push(id.clone());
            }
        };
        match self {
            Formula::Expression(text) => Expression::read(text)?
                .inputs()
                .iter()
                .for_each(|input| add(&input.indicator)),
            Formula::Ratio(ratio) => {
                add(&ratio.numerator);
                add(&ratio.denominator);
            }
            Formula::Method(method) => method.inputs.iter().for_each(|i| add(&i.indicator)),
        }
        Ok(found)
    }
}

impl Computed {
    /// Whether periods ending on a day are computed so.
    pub fn valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|end| day < end)
    }

    /// The expression ready to be evaluated; a quotient is one too. None for a method. `units` gives the unit of
    /// every indicator, `unit` is that of the result.
    ///
    /// # Errors
    /// The first fault of the expression; definitions that were checked have none.
    pub fn checked(
        &self,
        units: &BTreeMap<&str, &Unit>,
        unit: &Unit,
    ) -> Result<Option<Checked>, ExpressionFault> {
        let Some(text) = self.formula.text() else {
            return Ok(None);
        };
        let numbers = self.parameters.iter().filter(|p| p.choice.is_none());
        let names = Vocabulary {
            indicators: units.clone(),
            parameters: numbers.map(|p| (p.id.as_str(), p.unit.as_ref())).collect(),
            has_base: self.base.is_some(),
        };
        Expression::read(&text)?.check(&names, unit).map(Some)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let ends_before = |one: &Self, two: &Self| match (one.valid_to, two.valid_from) {
            (Some(end), Some(from)) => end <= from,
            _ => false,
        };
        !ends_before(self, other) && !ends_before(other, self)
    }

    /// The parameter of a name.
    pub fn parameter(&self, id: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|p| p.id.as_str() == id)
    }

    fn validate(&self, index: usize, unit: &Unit, faults: &mut Faults<'_>) {
        let at = index.to_string();
        let here = ["computed", at.as_str()];
        if let (Some(from), Some(end)) = (self.valid_from, self.valid_to)
            && end <= from
        {
            faults.value(
                &[&here[..], &["valid_to"]].concat(),
                "ngày hết hiệu lực không sau ngày bắt đầu",
                "the end of validity is not after its beginning",
                "valid_to > valid_from",
            );
        }
        if self.source.as_str().trim().is_empty() {
            faults.missing(&here, "source");
        }
        for (index, parameter) in self.parameters.iter().enumerate() {
            let at = index.to_string();
            let keys = [&here[..], &["parameters", &at]].concat();
            parameter.validate(&keys, faults);
            if self.parameters[..index]
                .iter()
                .any(|p| p.id == parameter.id)
            {
                faults.duplicate(&keys, parameter.id.as_str());
            }
        }
        match &self.formula {
            Formula::Expression(text) => {
                if let Err(fault) = Expression::read(text) {
                    let keys = [&here[..], &["formula", "expression"]].concat();
                    faults.expression(&keys, text, fault);
                }
            }
            Formula::Ratio(_) => {}
            Formula::Method(method) => {
                let keys = [&here[..], &["formula", "method"]].concat();
                method.validate(&keys, unit, faults);
                self.method_parameters(method.name, &here, faults);
            }
        }
    }

    /// A method takes its own parameters and no others.
    fn method_parameters(&self, method: Method, here: &[&str], faults: &mut Faults<'_>) {
        let wanted = method.parameters();
        for (index, parameter) in self.parameters.iter().enumerate() {
            let at = index.to_string();
            let keys = [here, &["parameters", &at]].concat();
            let Some(known) = wanted.iter().find(|w| w.name == parameter.id.as_str()) else {
                faults.unknown(
                    &[&keys[..], &["id"]].concat(),
                    (
                        "phương pháp không có tham số",
                        "the method has no parameter",
                    ),
                    parameter.id.as_str(),
                    wanted.iter().map(|w| w.name),
                );
                continue;
            };
            parameter.validate_form(known.form, &keys, faults);
        }
        for missing in wanted.iter().filter(|w| w.needed) {
            if self.parameter(missing.name).is_none() {
                let name = format!("parameters: {}", missing.name);
                faults.missing(here, &name);
            }
        }
    }
}

/// Checks the ways of computing one indicator.
pub(crate) fn validate(computed: &[Computed], unit: &Unit, faults: &mut Faults<'_>) {
    for (index, one) in computed.iter().enumerate() {
        one.validate(index, unit, faults);
        if computed[..index].iter().any(|other| one.overlaps(other)) {
            faults.value(
                &["computed", &index.to_string()],
                "hai cách tính cùng hiệu lực trong một ngày",
                "two ways of computing are valid on one day",
                "valid_from, valid_to",
            );
        }
    }
}

impl Parameter {
    fn validate(&self, keys: &[&str], faults: &mut Faults<'_>) {
        if self.value.is_some() && self.choice.is_some() {
            faults.value(
                keys,
                "tham số vừa là số vừa là lựa chọn",
                "a parameter is a number and a choice at once",
                "value | choice",
            );
        }
        if self.source.as_str().trim().is_empty() {
            faults.missing(keys, "source");
        }
        let below = |one: Option<Decimal>, other: Option<Decimal>| {
            one.is_some_and(|one| other.is_some_and(|other| one > other))
        };
        if below(self.min, self.value) || below(self.value, self.max) || below(self.min, self.max) {
            faults.value(
                keys,
                "giá trị nằm ngoài khoảng cho phép",
                "the value lies outside what is admissible",
                "min <= value <= max",
            );
        }
        if self.value.is_none() && self.choice.is_none() && !self.source.is_unverified() {
            faults.value(
                keys,
                "tham số không có giá trị mà nguồn không nói chưa xác định",
                "a parameter without value whose source does not say that it is not known",
                "source = \"chưa xác định\"",
            );
        }
    }

    fn validate_form(&self, form: Form, keys: &[&str], faults: &mut Faults<'_>) {
        let numbers = [self.value, self.min, self.max];
        match form {
            Form::Word(words) => {
                let word = self.choice.as_deref().unwrap_or_default();
                if !words.contains(&word) {
                    faults.unknown(
                        keys,
                        ("không có lựa chọn", "there is no choice"),
                        word,
                        words.iter().copied(),
                    );
                }
            }
            Form::Any | Form::Between(..) if self.choice.is_some() => faults.value(
                keys,
                "tham số này là một số",
                "this parameter is a number",
                "value",
            ),
            Form::Between(low, high) => {
                let (from, to) = (Decimal::from(low), Decimal::from(high));
                if numbers.into_iter().flatten().any(|n| n < from || n > to) {
                    faults.value(
                        keys,
                        "giá trị ngoài phạm vi của phương pháp",
                        "a value outside what the method takes",
                        &format!("{low} … {high}"),
                    );
                }
            }
            Form::Any => {}
        }
    }
}

impl MethodUse {
    fn validate(&self, keys: &[&str], unit: &Unit, faults: &mut Faults<'_>) {
        let results = self.name.results();
        let known = results.iter().find(|(word, _)| *word == self.result);
        let at_result = [keys, &["result"]].concat();
        match known {
            None => faults.unknown(
                &at_result,
                ("phương pháp không cho", "the method does not give"),
                &self.result,
                results.iter().map(|(word, _)| *word),
            ),
            Some((_, units)) if !units.contains(unit) => faults.unit(
                &at_result,
                "kết quả không có đơn vị mà chỉ số khai",
                "the result is not in the unit that the indicator declares",
                &units
                    .iter()
                    .map(|u| u.label(viet::Lang::Vi))
                    .collect::<Vec<_>>()
                    .join(" | "),
            ),
            Some(_) => {}
        }
        let roles = self.name.roles();
        for (index, input) in self.inputs.iter().enumerate() {
            let at = index.to_string();
            let here = [keys, &["inputs", &at]].concat();
            let Some(role) = roles.iter().find(|role| role.name == input.role) else {
                faults.unknown(
                    &[&here[..], &["role"]].concat(),
                    ("phương pháp không có vai", "the method has no role"),
                    &input.role,
                    roles.iter().map(|role| role.name),
                );
                continue;
            };
            let again = |other: &MethodInput| {
                other.role == input.role && (!role.many || other.indicator == input.indicator)
            };
            if self.inputs[..index].iter().any(again) {
                faults.duplicate(&here, &input.role);
            }
            input.validate_weight(role.weight, &here, faults);
        }
        for role in roles {
            if !self.inputs.iter().any(|input| input.role == role.name) {
                faults.missing(&[keys, &["inputs"]].concat(), role.name);
            }
        }
    }
}

impl MethodInput {
    fn validate_weight(&self, weight: Weight, keys: &[&str], faults: &mut Faults<'_>) {
        if (weight == Weight::Most) != self.most.is_some() {
            match self.most {
                None => faults.missing(keys, "most"),
                Some(_) => faults.value(keys, "vai này không có điểm", "no points here", "most"),
            }
        }
        if self.most.is_some_and(|most| most <= Decimal::ZERO) {
            faults.value(
                keys,
                "điểm tối đa không dương",
                "most points are not above 0",
                "> 0",
            );
        }
        let fits = |part: Decimal| Decimal::ZERO <= part && part <= Decimal::ONE;
        if self
            .coefficient
            .is_some_and(|part| weight != Weight::Coefficient || !fits(part))
        {
            faults.value(
                keys,
                "hệ số không hợp lệ",
                "not a coefficient here",
                "0 … 1",
            );
        }
    }
}

impl Faults<'_> {
    /// A name that is none of those there are.
    fn unknown<'n>(
        &mut self,
        keys: &[&str],
        (vi, en): (&str, &str),
        name: &str,
        names: impl Iterator<Item = &'n str> + Clone,
    ) {
        let found = crate::header::Label::new(format!("{vi} `{name}`"), format!("{en} `{name}`"));
        let expected = names.clone().map(|name| format!("`{name}`")).collect();
        self.push_near(
            crate::fault::FaultCode::UnknownReference,
            keys,
            found,
            expected,
            nearest(name, names),
        );
    }

    fn unit(&mut self, keys: &[&str], vi: &str, en: &str, expected: &str) {
        let found = crate::header::Label::new(vi, en);
        self.push(
            crate::fault::FaultCode::WrongUnit,
            keys,
            found,
            vec![expected.to_owned()],
        );
    }

    pub(crate) fn expression(&mut self, keys: &[&str], text: &str, fault: ExpressionFault) {
        let fault = placed(self.origin(), keys, text, fault);
        self.add(fault);
    }
}

/// The fault of an expression as one of the file in which the expression stands.
pub(crate) fn placed(origin: &Origin, keys: &[&str], text: &str, fault: ExpressionFault) -> Fault {
    Fault {
        code: fault.code,
        found: fault.found,
        expected: fault.expected,
        nearest: fault.nearest,
        place: origin.place_within(keys, text, fault.span),
    }
}
