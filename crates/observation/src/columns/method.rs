//! Values by a method that no expression can say.

use catalogue::{Id, Method, MethodInput, MethodUse};
use measure::Figure;
use measure::composite::{PointPart, innovation_index, points_index};
use measure::digital_economy::{Activity, Part, digital_share};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use viet::Period;

use super::derived::{Derived, NoValue};
use super::formula::Inputs;
use super::tfp;

/// Decimals kept of what a method computes in floating point: more than any page shows, fewer than its noise.
const PLACES: u32 = 9;

/// What a method computed, as values are held.
pub(super) fn decimal(figure: &Figure) -> Result<Decimal, NoValue> {
    let value = figure.decimal(PLACES).map(|value| value.normalize());
    value.ok_or_else(|| {
        NoValue::of(
            "kết quả vượt phạm vi tính toán; hãy kiểm tra số liệu đầu vào",
            "the result leaves the range of numbers; check the inputs",
        )
    })
}

impl<'a> Inputs<'a, '_> {
    /// What the method gives for this area and period.
    pub(super) fn by_method(&self, method: &'a MethodUse) -> Derived {
        let value = match method.name {
            Method::Tfp => return tfp::derive(self, method),
            Method::PointsIndex => self.points(method),
            Method::InnovationIndex => self.innovation(method),
            Method::DigitalEconomy => self.digital(method),
        };
        Derived { value, band: None }
    }

    /// The figures that the method asks for: the role, the indicator, the period.
    pub(super) fn of_method(&self, method: &'a MethodUse) -> Vec<(&'a str, &'a Id, Period)> {
        if method.name == Method::Tfp {
            return tfp::asks_for(self, method);
        }
        let needed = method.inputs.iter().filter(|input| counts(method, input));
        needed
            .map(|input| (input.role.as_str(), &input.indicator, self.period))
            .collect()
    }

    /// What the indicators of the method have for a period: all of them, or which are lacking.
    fn all(
        &self,
        inputs: impl Iterator<Item = &'a MethodInput>,
    ) -> Result<Vec<(&'a MethodInput, f64)>, NoValue> {
        let (mut found, mut lacking) = (Vec::new(), Vec::new());
        for input in inputs {
            let value = self.needed(&input.indicator, self.period);
            match value.and_then(|value| value.to_f64()) {
                Some(value) => found.push((input, value)),
                None => lacking.push(self.name(&input.indicator)),
            }
        }
        if lacking.is_empty() {
            return Ok(found);
        }
        let all = found.len() + lacking.len();
        let names = |pick: fn(&catalogue::Label) -> &str| {
            lacking.iter().map(pick).collect::<Vec<_>>().join("; ")
        };
        Err(NoValue::of(
            format!(
                "thiếu {} trên {all} số liệu đầu vào: {}",
                lacking.len(),
                names(|name| name.vi.as_str())
            ),
            format!(
                "{} of {all} inputs are missing: {}",
                lacking.len(),
                names(|name| name.en.as_str())
            ),
        ))
    }

    fn points(&self, method: &'a MethodUse) -> Result<Decimal, NoValue> {
        let parts = self.all(method.inputs.iter())?;
        let parts: Vec<PointPart> = parts
            .into_iter()
            .map(|(input, part)| PointPart {
                code: self.name(&input.indicator).vi,
                // A definition was checked to give each part its points.
                most: input.most.and_then(|most| most.to_f64()).unwrap_or(0.0),
                part,
            })
            .collect();
        decimal(&points_index(&parts)?)
    }

    fn innovation(&self, method: &'a MethodUse) -> Result<Decimal, NoValue> {
        let all = self.all(method.inputs.iter())?;
        let side = |role: &str| -> Vec<f64> {
            let of = all.iter().filter(|(input, _)| input.role == role);
            of.map(|(_, score)| *score).collect()
        };
        decimal(&innovation_index(&side("input"), &side("output"))?)
    }

    fn digital(&self, method: &'a MethodUse) -> Result<Decimal, NoValue> {
        let all = self.all(method.inputs.iter().filter(|input| counts(method, input)))?;
        let (mut activities, mut gdp) = (Vec::new(), 0.0);
        for (input, value_added) in all {
            let part = match input.role.as_str() {
                "gdp" => {
                    gdp = value_added;
                    continue;
                }
                "core" => Part::Core,
                _ => Part::Digitalised {
                    coefficient: self.coefficient(input)?,
                    source: self.computed.source.clone(),
                },
            };
            activities.push(Activity {
                code: input.indicator.to_string(),
                value_added,
                part,
            });
        }
        let share = digital_share(&activities, gdp)?;
        decimal(match method.result.as_str() {
            "core" => &share.core,
            "digitalised" => &share.digitalised,
            _ => &share.share,
        })
    }

    fn coefficient(&self, input: &MethodInput) -> Result<f64, NoValue> {
        let known = input.coefficient.and_then(|part| part.to_f64());
        known.ok_or_else(|| {
            let name = self.name(&input.indicator);
            NoValue::of(
                format!("hệ số số hóa của “{}” chưa xác định", name.vi),
                format!("the coefficient of \"{}\" is not known", name.en),
            )
        })
    }
}

/// Does an input count towards the result asked for? The core alone needs no coefficients, what digitalisation adds
/// needs no core.
fn counts(method: &MethodUse, input: &MethodInput) -> bool {
    let left_out = match (method.name, method.result.as_str()) {
        (Method::DigitalEconomy, "core") => "digitalised",
        (Method::DigitalEconomy, "digitalised") => "core",
        _ => return true,
    };
    input.role != left_out
}
