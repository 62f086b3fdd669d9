//! State and decisions of the parts of an agency in a target.

use std::collections::BTreeMap;

use access::{OrgId, Permission, Refusal, Scope};
use jiff::civil::Date;
use journal::{RecordedFact, Seq, StreamId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{Lang, date};

use super::facts::{Guidance, Holder, HolderKind, Invited, Origin, PartFact, PartTerms, YearValue};
use super::whole::{CascadeState, check_values, in_force};
use crate::form::Faults;
use crate::target::TargetState;
use crate::{ProgrammeId, TargetId};

/// The stream of the parts of an organisation in a target.
pub fn part_stream(target: TargetId, organisation: &OrgId) -> StreamId {
    StreamId::new("part", format_args!("{target}:{organisation}"))
}

/// Whether a part is demanded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Registered; it waits to be accepted.
    Waiting,
    /// Assigned or accepted.
    InForce,
    /// Registered and returned.
    Returned {
        /// What is to be changed.
        reason: String,
    },
    /// Taken back.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// The part of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What the agency shall reach.
    pub value: Decimal,
    /// Where it came from.
    pub origin: Origin,
    /// Whether it is demanded.
    pub standing: Standing,
    /// Values it had while it was in force, the oldest first, with why each was changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<(Decimal, String)>,
}

/// The parts of an agency in a target.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PartState {
    /// Number of the last entry about them. 0 before the first.
    pub version: Seq,
    /// The target and its programme; none before the first fact.
    pub belongs: Option<(TargetId, ProgrammeId)>,
    /// The agency.
    pub holder: Option<Holder>,
    /// By year.
    pub years: BTreeMap<i16, Part>,
}

impl PartState {
    /// The parts that are demanded.
    pub fn in_force(&self) -> impl Iterator<Item = (i16, &Part)> {
        let years = self.years.iter().map(|(year, part)| (*year, part));
        years.filter(|(_, part)| part.standing == Standing::InForce)
    }

    /// The years that wait to be accepted.
    pub fn waiting(&self) -> impl Iterator<Item = i16> {
        let waits = |part: &Part| part.standing == Standing::Waiting;
        let years = self.years.iter().filter(move |(_, part)| waits(part));
        years.map(|(year, _)| *year)
    }

    fn place(&mut self, terms: PartTerms, origin: Origin, standing: Standing) {
        self.belongs = Some((terms.target, terms.programme));
        self.holder = Some(terms.holder);
        let before = self.years.remove(&terms.year).map(|part| part.before);
        let part = Part {
            value: terms.value,
            origin,
            standing,
            before: before.unwrap_or_default(),
        };
        self.years.insert(terms.year, part);
    }
}

/// Takes one fact in.
pub fn evolve_part(mut state: PartState, fact: PartFact, at: &RecordedFact) -> PartState {
    state.version = at.seq;
    match fact {
        PartFact::Assigned(terms) => state.place(terms, Origin::Assigned, Standing::InForce),
        PartFact::Registered(terms) => state.place(terms, Origin::Registered, Standing::Waiting),
        PartFact::Accepted { year } => stand(&mut state, year, Standing::InForce),
        PartFact::Returned { year, reason } => {
            stand(&mut state, year, Standing::Returned { reason });
        }
        PartFact::Withdrawn { year, reason } => {
            stand(&mut state, year, Standing::Withdrawn { reason });
        }
        PartFact::Amended {
            year,
            value,
            reason,
        } => {
            if let Some(part) = state.years.get_mut(&year) {
                let old = std::mem::replace(&mut part.value, value);
                part.before.push((old, reason));
            }
        }
    }
    state
}

fn stand(state: &mut PartState, year: i16, standing: Standing) {
    if let Some(part) = state.years.get_mut(&year) {
        part.standing = standing;
    }
}

/// A command about the parts of an agency. The caller has looked the agency up: it lies within the target's territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartCommand {
    /// Assign from above; a reason where something in force becomes something else.
    Assign {
        /// The agency.
        holder: Holder,
        /// What it shall reach.
        values: Vec<YearValue>,
        /// Why values in force change.
        reason: String,
    },
    /// Register from below.
    Register {
        /// The agency.
        holder: Holder,
        /// What it offers to reach.
        values: Vec<YearValue>,
    },
    /// Accept what was registered for these years.
    Accept(Vec<i16>),
    /// Return what was registered for these years.
    Return {
        /// The years.
        years: Vec<i16>,
        /// What is to be changed.
        reason: String,
    },
    /// Take the part of a year back.
    Withdraw {
        /// The year.
        year: i16,
        /// Why.
        reason: String,
    },
}

impl PartCommand {
    /// Name for the history.
    pub fn name(&self) -> &'static str {
        match self {
            PartCommand::Assign { .. } => "part.assign",
            PartCommand::Register { .. } => "part.register",
            PartCommand::Accept(_) => "part.accept",
            PartCommand::Return { .. } => "part.return",
            PartCommand::Withdraw { .. } => "part.withdraw",
        }
    }
}

/// What parts hang on.
#[derive(Debug, Clone, Copy)]
pub struct Over<'a> {
    /// The target.
    pub target: &'a TargetState,
    /// How it is broken down.
    pub cascade: &'a CascadeState,
}

impl Guidance {
    /// Does it ask agencies of a kind to register on a day?
    pub fn is_open_to(&self, kind: HolderKind, today: Date) -> bool {
        let invited = match self.invited {
            Invited::Both => true,
            Invited::Departments => kind == HolderKind::Department,
            Invited::Communes => matches!(kind, HolderKind::Commune { .. }),
        };
        invited && self.register_by.is_some_and(|last| today <= last)
    }
}

/// Decides a command about the parts of an organisation in a target on a day.
///
/// # Errors
/// Not allowed; no such target; it was withdrawn; nobody has said how to report; registration is closed or meant for
/// others; a year whose part does not stand so; fields that are wrong.
pub fn decide_part(
    state: &PartState,
    over: Over<'_>,
    (target, organisation): (TargetId, &OrgId),
    command: &PartCommand,
    scope: &Scope,
    today: Date,
) -> Result<Vec<PartFact>, Refusal> {
    let speaks = scope.may_for(Permission::SubmitResult, organisation);
    match command {
        PartCommand::Register { .. } => {
            scope.require_for(Permission::SubmitResult, organisation)?;
        }
        PartCommand::Withdraw { .. } if speaks => {}
        _ => scope.require(Permission::KeepProgramme)?,
    }
    let adopted = in_force(over.target)?;
    let terms = |holder: &Holder, one: &YearValue| PartTerms {
        target,
        programme: adopted.programme,
        holder: holder.clone(),
        year: one.year,
        value: one.value,
    };
    match command {
        PartCommand::Assign {
            holder,
            values,
            reason,
        } => {
            guided(over.cascade)?;
            let mut faults = Faults::default();
            some(&mut faults, "assign", values);
            check_values(&mut faults, "assign", values, &adopted.terms);
            let facts = assigned(state, values, reason, &mut faults, |one| terms(holder, one));
            faults.finish(Some(facts))
        }
        PartCommand::Register { holder, values } => {
            let guidance = guided(over.cascade)?;
            let mut faults = Faults::default();
            some(&mut faults, "register", values);
            check_values(&mut faults, "register", values, &adopted.terms);
            registrable(state, guidance, (holder, values), &mut faults, today)?;
            let facts = values.iter().map(|one| terms(holder, one));
            faults.finish(Some(facts.map(PartFact::Registered).collect()))
        }
        PartCommand::Accept(years) => {
            waiting(state, years)?;
            let accepted = |year: &i16| PartFact::Accepted { year: *year };
            Ok(years.iter().map(accepted).collect())
        }
        PartCommand::Return { years, reason } => {
            waiting(state, years)?;
            let mut faults = Faults::default();
            let reason = faults.text("return_reason", reason);
            let returned = |reason: String| {
                let one = |year: &i16| PartFact::Returned {
                    year: *year,
                    reason: reason.clone(),
                };
                years.iter().map(one).collect()
            };
            faults.finish(reason.map(returned))
        }
        PartCommand::Withdraw { year, reason } => withdrawn(state, *year, reason, scope),
    }
}

fn guided(cascade: &CascadeState) -> Result<&Guidance, Refusal> {
    cascade.guidance.as_ref().ok_or_else(|| {
        Refusal::conflict(
            "Chưa có hướng dẫn đăng ký, báo cáo cho chỉ tiêu này; hãy ghi hướng dẫn trước.",
            "Nobody has said how to register and report for this target; write the guidance first.",
        )
    })
}

fn some(faults: &mut Faults, field: &str, values: &[YearValue]) {
    if values.is_empty() {
        faults.add(
            field,
            "Hãy ghi giá trị của ít nhất một năm.",
            "Enter the value of at least one year.",
        );
    }
}

fn assigned(
    state: &PartState,
    values: &[YearValue],
    reason: &str,
    faults: &mut Faults,
    terms: impl Fn(&YearValue) -> PartTerms,
) -> Vec<PartFact> {
    let standing = |year: i16| {
        let part = state.years.get(&year);
        part.filter(|part| part.standing == Standing::InForce)
    };
    let changes = values
        .iter()
        .any(|one| standing(one.year).is_some_and(|part| part.value != one.value));
    let reason = match changes {
        true => faults.text("assign_reason", reason).unwrap_or_default(),
        false => String::new(),
    };
    let facts: Vec<PartFact> = values
        .iter()
        .filter_map(|one| match standing(one.year) {
            Some(part) if part.value == one.value => None,
            Some(_) => Some(PartFact::Amended {
                year: one.year,
                value: one.value,
                reason: reason.clone(),
            }),
            None => Some(PartFact::Assigned(terms(one))),
        })
        .collect();
    if facts.is_empty() && !values.is_empty() {
        faults.add(
            "assign",
            "Chưa có gì thay đổi so với phần đang áp dụng.",
            "Nothing differs from the parts in force.",
        );
    }
    facts
}

/// May these years be registered? What was returned may be registered again after the last day: it was in time.
fn registrable(
    state: &PartState,
    guidance: &Guidance,
    (holder, values): (&Holder, &[YearValue]),
    faults: &mut Faults,
    today: Date,
) -> Result<(), Refusal> {
    let part = |year: i16| state.years.get(&year).map(|part| &part.standing);
    let returned = |one: &YearValue| matches!(part(one.year), Some(Standing::Returned { .. }));
    if !guidance.is_open_to(holder.kind, today) && !values.iter().all(returned) {
        let (vi, en) = match guidance.register_by {
            Some(last) if last < today => (
                format!("Đã hết hạn đăng ký ({}).", date::format(last, Lang::Vi)),
                format!("Registration ended on {}.", date::format(last, Lang::En)),
            ),
            _ => (
                "Chỉ tiêu này không mở đăng ký cho cơ quan của bạn.".to_owned(),
                "Registration is not open to your organisation for this target.".to_owned(),
            ),
        };
        return Err(Refusal::conflict(vi, en));
    }
    for one in values {
        if part(one.year) == Some(&Standing::InForce) {
            faults.add(
                &format!("register_{}", one.year),
                format!("Phần năm {} đã được giao hoặc chấp nhận; đề nghị cơ quan quản lý chương trình điều chỉnh.", one.year),
                format!("The part of {} is assigned or accepted already; ask whoever keeps the programme to amend it.", one.year),
            );
        }
    }
    Ok(())
}

fn waiting(state: &PartState, years: &[i16]) -> Result<(), Refusal> {
    let all = !years.is_empty() && years.iter().all(|year| state.waiting().any(|w| w == *year));
    all.then_some(()).ok_or_else(|| {
        Refusal::conflict(
            "Không có phần nào của các năm này đang chờ xét.",
            "No part of these years waits.",
        )
    })
}

/// An agency takes back what it offered; what is demanded is taken back by whoever keeps programmes.
fn withdrawn(
    state: &PartState,
    year: i16,
    reason: &str,
    scope: &Scope,
) -> Result<Vec<PartFact>, Refusal> {
    let part = state.years.get(&year).ok_or(Refusal::NotFound)?;
    match part.standing {
        Standing::InForce => scope.require(Permission::KeepProgramme)?,
        Standing::Waiting | Standing::Returned { .. } => {}
        Standing::Withdrawn { .. } => {
            return Err(Refusal::conflict(
                "Phần này đã được rút.",
                "This part has been withdrawn already.",
            ));
        }
    }
    let mut faults = Faults::default();
    let reason = faults.text("withdraw_reason", reason);
    faults.finish(reason.map(|reason| vec![PartFact::Withdrawn { year, reason }]))
}
