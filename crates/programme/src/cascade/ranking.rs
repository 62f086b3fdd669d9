//! State and decisions of the ranking of a programme's agencies in a year.

use access::{Audience, OrgId, Permission, Refusal, Scope};
use journal::{RecordedFact, Seq, StreamId};
use measure::cascade::Line;
use serde::{Deserialize, Serialize};

use super::facts::RankingFact;
use crate::ProgrammeId;
use crate::form::Faults;

/// The stream of the ranking of a programme's agencies in a year.
pub fn ranking_stream(programme: ProgrammeId, year: i16) -> StreamId {
    StreamId::new("ranking", format_args!("{programme}:{year}"))
}

/// What is published of a ranking.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RankingState {
    /// Number of the last entry about it. 0 before the first.
    pub version: Seq,
    /// Programme and year; none before the first fact.
    pub of: Option<(ProgrammeId, i16)>,
    /// To whom it is published; none while it is not.
    pub to: Option<Audience>,
    /// Hash of the definition that holds the rule.
    pub rule: String,
    /// The lines as published, the best first; empty while it is not.
    pub lines: Vec<Line<OrgId>>,
    /// When it was published, in microseconds since 1970 in UTC.
    pub published_at: Option<i64>,
}

/// Takes one fact in.
pub fn evolve_ranking(
    mut state: RankingState,
    fact: RankingFact,
    at: &RecordedFact,
) -> RankingState {
    match fact {
        RankingFact::Published {
            programme,
            year,
            to,
            rule,
            lines,
        } => RankingState {
            version: at.seq,
            of: Some((programme, year)),
            to: Some(to),
            rule,
            lines,
            published_at: Some(at.recorded_at),
        },
        RankingFact::Withdrawn { .. } => {
            state.version = at.seq;
            state.to = None;
            state.lines.clear();
            state.published_at = None;
            state
        }
    }
}

/// A command about a ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RankingCommand {
    /// Publish it as it stands, instead of what was published before.
    Publish {
        /// To whom: those inside, or everybody.
        to: Audience,
        /// Hash of the definition that holds the rule.
        rule: String,
        /// The lines, the best first.
        lines: Vec<Line<OrgId>>,
    },
    /// Take it back.
    Withdraw {
        /// Why.
        reason: String,
    },
}

impl RankingCommand {
    /// Name for the history.
    pub fn name(&self) -> &'static str {
        match self {
            RankingCommand::Publish { .. } => "ranking.publish",
            RankingCommand::Withdraw { .. } => "ranking.withdraw",
        }
    }
}

/// Decides a command.
///
/// # Errors
/// Not allowed; nothing to publish; not published; no reason.
pub fn decide_ranking(
    state: &RankingState,
    (programme, year): (ProgrammeId, i16),
    command: &RankingCommand,
    scope: &Scope,
) -> Result<RankingFact, Refusal> {
    scope.require(Permission::KeepProgramme)?;
    match command {
        RankingCommand::Publish { to, rule, lines } => {
            if *to == Audience::Organisations {
                return Err(Refusal::invalid(
                    "to",
                    "Hãy chọn nơi công bố.",
                    "Choose to whom it is published.",
                ));
            }
            if lines.iter().all(|line| line.rank.is_none()) {
                return Err(Refusal::conflict(
                    "Chưa cơ quan nào có điểm nên chưa có gì để công bố.",
                    "No agency has points yet: there is nothing to publish.",
                ));
            }
            Ok(RankingFact::Published {
                programme,
                year,
                to: *to,
                rule: rule.clone(),
                lines: lines.clone(),
            })
        }
        RankingCommand::Withdraw { reason } => {
            if state.to.is_none() {
                return Err(Refusal::conflict(
                    "Bảng xếp hạng chưa được công bố.",
                    "The ranking is not published.",
                ));
            }
            let mut faults = Faults::default();
            let reason = faults.text("reason", reason);
            faults.finish(reason.map(|reason| RankingFact::Withdrawn { reason }))
        }
    }
}
