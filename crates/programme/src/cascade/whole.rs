//! State and decisions of what is said about breaking a target down.

use access::{Permission, Refusal, Scope};
use journal::{RecordedFact, Seq};
use reading::{Comparator, PeriodKind};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::facts::{CascadeFact, Gap, Guidance, YearValue};
use crate::form::Faults;
use crate::target::TargetState;
use crate::{ProgrammeId, TargetTerms};

/// How a target is broken down.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CascadeState {
    /// Number of the last entry about it. 0 before the first.
    pub version: Seq,
    /// The target's programme; none before the first fact.
    pub programme: Option<ProgrammeId>,
    /// How to register and report; none while nobody has said.
    pub guidance: Option<Guidance>,
    /// The stated values of the whole, by year.
    pub path: Vec<YearValue>,
    /// Which document states them, or who decided them; empty without values.
    pub path_source: String,
    /// Gaps that were looked at, the last one of each year.
    pub gaps: Vec<Gap>,
}

/// Takes one fact in.
pub fn evolve_cascade(
    mut state: CascadeState,
    fact: CascadeFact,
    at: &RecordedFact,
) -> CascadeState {
    state.version = at.seq;
    match fact {
        CascadeFact::Guided {
            programme,
            guidance,
        } => {
            state.programme = Some(programme);
            state.guidance = Some(guidance);
        }
        CascadeFact::PathStated {
            programme,
            values,
            source,
        } => {
            state.programme = Some(programme);
            state.path = values;
            state.path_source = source;
        }
        CascadeFact::GapAcknowledged(gap) => {
            state.gaps.retain(|known| known.year != gap.year);
            state.gaps.push(gap);
        }
    }
    state
}

/// What the whole demands in a year: the stated value, else the target's own, for its last year or, of a yearly
/// target, for every year up to it. None for a target that counts from a baseline or names no number.
pub fn whole_of(state: &CascadeState, terms: &TargetTerms, year: i16) -> Option<Decimal> {
    if let Some(stated) = state.path.iter().find(|one| one.year == year) {
        return Some(stated.value);
    }
    let relative = matches!(
        terms.comparator,
        None | Some(Comparator::MultiplyBy | Comparator::IncreaseByPct | Comparator::IncreaseCount)
    );
    let applies = match (terms.period.kind, terms.period.year) {
        (Some(PeriodKind::PerYear), last) => last.is_none_or(|last| year <= last),
        (_, last) => last == Some(year),
    };
    terms.value.filter(|_| applies && !relative)
}

/// A command about breaking a target down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CascadeCommand {
    /// Say how to register and report.
    Guide(Guidance),
    /// State the values of the whole by year, instead of those stated before.
    StatePath {
        /// The values.
        values: Vec<YearValue>,
        /// Which document states them, or who decided them.
        source: String,
    },
    /// Let a gap between parts and whole stand.
    AcknowledgeGap(Gap),
}

impl CascadeCommand {
    /// Name for the history.
    pub fn name(&self) -> &'static str {
        match self {
            CascadeCommand::Guide(_) => "cascade.guide",
            CascadeCommand::StatePath { .. } => "cascade.state_path",
            CascadeCommand::AcknowledgeGap(_) => "cascade.acknowledge_gap",
        }
    }
}

/// Decides a command.
///
/// # Errors
/// Not allowed; no such target; it was withdrawn; fields that are wrong.
pub fn decide_cascade(
    state: &CascadeState,
    target: &TargetState,
    command: &CascadeCommand,
    scope: &Scope,
) -> Result<CascadeFact, Refusal> {
    scope.require(Permission::KeepProgramme)?;
    let adopted = in_force(target)?;
    let programme = adopted.programme;
    let mut faults = Faults::default();
    match command {
        CascadeCommand::Guide(guidance) => {
            let register = faults.text("how_register", &guidance.register);
            let report = faults.text("how_report", &guidance.report);
            let texts = register.zip(report);
            faults.finish(texts.map(|(register, report)| CascadeFact::Guided {
                programme,
                guidance: Guidance {
                    register,
                    report,
                    ..guidance.clone()
                },
            }))
        }
        CascadeCommand::StatePath { values, source } => {
            let mut values = values.clone();
            values.sort_by_key(|one| one.year);
            check_values(&mut faults, "whole", &values, &adopted.terms);
            let source = faults.text("whole_source", source);
            faults.finish(source.map(|source| CascadeFact::PathStated {
                programme,
                values,
                source,
            }))
        }
        CascadeCommand::AcknowledgeGap(gap) => {
            let note = faults.text("gap_note", &gap.note);
            if state.gaps.iter().any(|known| known == gap) {
                return Err(Refusal::conflict(
                    "Chênh lệch này đã được xem xét.",
                    "This gap has been looked at already.",
                ));
            }
            faults.finish(note.map(|note| {
                CascadeFact::GapAcknowledged(Gap {
                    note,
                    ..gap.clone()
                })
            }))
        }
    }
}

/// The target as adopted, while it is demanded.
pub(super) fn in_force(target: &TargetState) -> Result<&crate::target::AdoptedTarget, Refusal> {
    let adopted = target.target.as_ref().ok_or(Refusal::NotFound)?;
    if target.withdrawn.is_some() {
        return Err(Refusal::conflict(
            "Chỉ tiêu đã được đưa ra khỏi chương trình.",
            "The target has been withdrawn.",
        ));
    }
    Ok(adopted)
}

/// Names values that cannot be demanded, by field `<prefix>_<year>`: outside the target's time, of a count not whole,
/// below zero where nothing is below zero.
pub(super) fn check_values(
    faults: &mut Faults,
    prefix: &str,
    values: &[YearValue],
    terms: &TargetTerms,
) {
    for (number, one) in values.iter().enumerate() {
        let field = format!("{prefix}_{}", one.year);
        if values[..number].iter().any(|other| other.year == one.year) {
            faults.add(
                &field,
                format!("Năm {} ghi hai lần.", one.year),
                format!("The year {} stands twice.", one.year),
            );
        }
        if let Some(last) = terms.period.year.filter(|last| one.year > *last) {
            faults.add(
                &field,
                format!("Chỉ tiêu chỉ đến năm {last}."),
                format!("The target ends with {last}."),
            );
        }
        let unit = terms.unit.as_deref();
        if unit == Some("count") && !one.value.fract().is_zero() {
            faults.add(
                &field,
                "Số lượng phải là số nguyên.",
                "A count is a whole number.",
            );
        }
        let may_fall = matches!(
            terms.comparator,
            Some(Comparator::IncreaseByPct | Comparator::IncreaseCount)
        );
        if one.value.is_sign_negative() && !one.value.is_zero() && !may_fall {
            faults.add(
                &field,
                "Giá trị không được âm.",
                "The value cannot be below zero.",
            );
        }
    }
}
