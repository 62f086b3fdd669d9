//! State of a programme and its commands.

use access::{Permission, Refusal, Scope};
use jiff::civil::Date;
use journal::{RecordedFact, Seq};
use serde::{Deserialize, Serialize};

use super::facts::{ProgrammeFact, ProgrammeFields};
use crate::form::{Faults, optional};
use crate::{DocumentId, refuse};

/// A programme after its facts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ProgrammeState {
    /// Number of the last entry about it. 0 before the first.
    pub version: Seq,
    /// What it says about itself; nothing before it was founded.
    pub fields: Option<ProgrammeFields>,
    /// The documents it rests on, the first one first.
    pub documents: Vec<DocumentId>,
    /// May everybody see it?
    pub published: bool,
    /// The day it was closed, and why.
    pub closed: Option<(Date, String)>,
}

impl ProgrammeState {
    /// Is there such a programme, and does it take something new?
    pub(crate) fn require_open(&self) -> Result<&ProgrammeFields, Refusal> {
        let fields = self.fields.as_ref().ok_or(Refusal::NotFound)?;
        match self.closed {
            Some(_) => Err(refuse::closed()),
            None => Ok(fields),
        }
    }
}

/// Takes one fact in.
pub fn evolve(mut state: ProgrammeState, fact: ProgrammeFact, at: &RecordedFact) -> ProgrammeState {
    state.version = at.seq;
    match fact {
        ProgrammeFact::Founded(fields) => state.fields = Some(fields),
        ProgrammeFact::DocumentAdded { document } => {
            if !state.documents.contains(&document) {
                state.documents.push(document);
            }
        }
        ProgrammeFact::Published {} => state.published = true,
        ProgrammeFact::Closed { on, reason } => state.closed = Some((on, reason)),
    }
    state
}

/// A command about a programme that exists. It is founded by adopting a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgrammeCommand {
    /// Show it to everybody, with its documents, targets and tasks.
    Publish,
    /// End it.
    Close {
        /// Why.
        reason: String,
    },
}

impl ProgrammeCommand {
    /// Name for the history.
    pub fn name(&self) -> &'static str {
        match self {
            ProgrammeCommand::Publish => "programme.publish",
            ProgrammeCommand::Close { .. } => "programme.close",
        }
    }
}

/// Decides a command.
pub fn decide(
    state: &ProgrammeState,
    command: &ProgrammeCommand,
    scope: &Scope,
    today: Date,
) -> Result<Vec<ProgrammeFact>, Refusal> {
    scope.require(Permission::KeepProgramme)?;
    state.require_open()?;
    match command {
        ProgrammeCommand::Publish if state.published => Ok(vec![]),
        ProgrammeCommand::Publish => Ok(vec![ProgrammeFact::Published {}]),
        ProgrammeCommand::Close { reason } => match optional(reason) {
            Some(reason) => Ok(vec![ProgrammeFact::Closed { on: today, reason }]),
            None => Err(refuse::empty("reason")),
        },
    }
}

impl ProgrammeFields {
    pub(crate) fn check(&self, faults: &mut Faults) {
        if self.title.trim().is_empty() {
            faults.add(
                "title",
                "Chưa nhập tên chương trình.",
                "The title is missing.",
            );
        }
    }
}

/// What a person types to found a programme.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ProgrammeForm {
    /// Title.
    pub title: String,
    /// Number of the document it rests on.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Key of the area: `66@2025-07-01`.
    pub area: String,
    /// First year, or first day.
    pub from: String,
    /// Last year, or last day; may be empty.
    pub to: String,
}

impl ProgrammeForm {
    /// Parses the fields.
    pub fn parse(&self) -> Result<ProgrammeFields, Refusal> {
        let mut faults = Faults::default();
        let title = faults.text("title", &self.title);
        let area = self.area.trim().parse().ok();
        if area.is_none() {
            faults.add("area", "Chưa chọn địa bàn.", "No area is chosen.");
        }
        let period = self.period(&mut faults);
        let fields = title.zip(area).zip(period);
        faults.finish(fields.map(|((title, area), period)| ProgrammeFields {
            title,
            number: optional(&self.number),
            issuer: optional(&self.issuer),
            area,
            period,
        }))
    }

    fn period(&self, faults: &mut Faults) -> Option<viet::DateRange> {
        let first = day(faults, "from", &self.from, |year| {
            Date::new(year, 1, 1).ok()
        });
        if first.is_none() && self.from.trim().is_empty() {
            faults.add(
                "from",
                "Chưa nhập năm bắt đầu.",
                "The first year is missing.",
            );
        }
        let last = day(faults, "to", &self.to, |year| Date::new(year, 12, 31).ok());
        let first = first?;
        let range = match last {
            None => Some(viet::DateRange::since(first)),
            Some(last) => last
                .tomorrow()
                .ok()
                .and_then(|after| viet::DateRange::new(first, Some(after))),
        };
        if range.is_none() {
            faults.add(
                "to",
                "Chương trình kết thúc trước khi bắt đầu.",
                "The programme ends before it begins.",
            );
        }
        range
    }
}

/// A day, or the day of a year that `of_year` names.
fn day(
    faults: &mut Faults,
    field: &str,
    text: &str,
    of_year: impl Fn(i16) -> Option<Date>,
) -> Option<Date> {
    if text.trim().len() == 4 {
        faults.year(field, text).and_then(of_year)
    } else {
        faults.date(field, text)
    }
}
