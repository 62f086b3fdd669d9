//! From typed text to commands.

use access::Refusal;
use measure::cascade::Measured;
use serde::Deserialize;

use super::facts::{Guidance, Invited, YearValue};
use super::whole::CascadeCommand;
use crate::form::Faults;

/// What a person types about how to register and report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GuidanceForm {
    /// How to register.
    pub register: String,
    /// How to report.
    pub report: String,
    /// Last day of registration; empty where parts are only assigned.
    pub register_by: String,
    /// `departments`, `communes` or `both`.
    pub invited: String,
    /// `state` or `flow`.
    pub measured: String,
}

impl GuidanceForm {
    /// The command.
    ///
    /// # Errors
    /// Fields that cannot be read.
    pub fn parse(&self) -> Result<CascadeCommand, Refusal> {
        let mut faults = Faults::default();
        let register_by = faults.date("how_until", &self.register_by);
        let invited = match self.invited.trim() {
            "departments" => Some(Invited::Departments),
            "communes" => Some(Invited::Communes),
            "both" => Some(Invited::Both),
            _ => None,
        };
        let measured = match self.measured.trim() {
            "state" => Some(Measured::State),
            "flow" => Some(Measured::Flow),
            _ => None,
        };
        if invited.is_none() {
            faults.add(
                "how_invited",
                "Hãy chọn ai đăng ký.",
                "Choose who registers.",
            );
        }
        if measured.is_none() {
            faults.add(
                "how_measured",
                "Hãy chọn cách tính số báo cáo.",
                "Choose what a reported value tells.",
            );
        }
        let both = invited.zip(measured);
        faults.finish(both.map(|(invited, measured)| {
            CascadeCommand::Guide(Guidance {
                register: self.register.clone(),
                report: self.report.clone(),
                register_by,
                invited,
                measured,
            })
        }))
    }
}

/// What a person types about the values of the whole: by year, and where they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathForm {
    /// Years with what was typed for them.
    pub years: Vec<(i16, String)>,
    /// Which document states them, or who decided them.
    pub source: String,
}

impl PathForm {
    /// The command.
    ///
    /// # Errors
    /// Numbers that cannot be read.
    pub fn parse(&self) -> Result<CascadeCommand, Refusal> {
        Ok(CascadeCommand::StatePath {
            values: numbers("whole", &self.years)?,
            source: self.source.clone(),
        })
    }
}

/// Numbers typed for years, by field `<prefix>_<year>`; a year left empty has none.
///
/// # Errors
/// What is no number.
pub fn numbers(prefix: &str, typed: &[(i16, String)]) -> Result<Vec<YearValue>, Refusal> {
    let mut faults = Faults::default();
    let mut values = Vec::new();
    for (year, text) in typed {
        if let Some(value) = faults.number(&format!("{prefix}_{year}"), text) {
            values.push(YearValue { year: *year, value });
        }
    }
    faults.finish(Some(values))
}
