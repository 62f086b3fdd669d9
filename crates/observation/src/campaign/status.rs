//! How a request stands. Derived from its deadline, its answers and today; never stored.

use jiff::civil::Date;
use serde::Serialize;
use viet::Lang;

use super::state::{Judgement, RequestState};

/// How a request stands, the most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// Nothing is given, and the last day is past.
    Overdue,
    /// Given once and returned: not given.
    Returned,
    /// Nothing is given, and the last day is near.
    DueSoon,
    /// Nothing is given yet.
    NotYetDue,
    /// Given after the last day; waits to be confirmed.
    GivenLate,
    /// Given; waits to be confirmed.
    Given,
    /// Confirmed.
    Confirmed,
}

impl RequestStatus {
    /// All of them.
    pub const ALL: [RequestStatus; 7] = [
        RequestStatus::Overdue,
        RequestStatus::Returned,
        RequestStatus::DueSoon,
        RequestStatus::NotYetDue,
        RequestStatus::GivenLate,
        RequestStatus::Given,
        RequestStatus::Confirmed,
    ];

    /// As JSON, CSV and addresses have it.
    pub fn word(self) -> &'static str {
        match self {
            RequestStatus::Overdue => "overdue",
            RequestStatus::Returned => "returned",
            RequestStatus::DueSoon => "due_soon",
            RequestStatus::NotYetDue => "not_yet_due",
            RequestStatus::GivenLate => "given_late",
            RequestStatus::Given => "given",
            RequestStatus::Confirmed => "confirmed",
        }
    }

    /// The status a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// The name on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            RequestStatus::Overdue => lang.pick("quá hạn", "overdue"),
            RequestStatus::Returned => lang.pick("yêu cầu bổ sung", "returned"),
            RequestStatus::DueSoon => lang.pick("sắp đến hạn", "due soon"),
            RequestStatus::NotYetDue => lang.pick("chưa đến hạn", "not yet due"),
            RequestStatus::GivenLate => lang.pick("nộp muộn", "given late"),
            RequestStatus::Given => lang.pick("đã nộp", "given"),
            RequestStatus::Confirmed => lang.pick("đã xác nhận", "confirmed"),
        }
    }

    /// Whether the agency still owes it.
    pub fn is_owed(self) -> bool {
        matches!(
            self,
            RequestStatus::Overdue
                | RequestStatus::Returned
                | RequestStatus::DueSoon
                | RequestStatus::NotYetDue
        )
    }

    /// Whether it waits for whoever keeps the season.
    pub fn waits(self) -> bool {
        matches!(self, RequestStatus::Given | RequestStatus::GivenLate)
    }
}

/// How a request stands on a day; due soon within `due_soon_days`. `stands` is false where the figure of
/// the answer in force was taken back outside the season: then nothing is given.
pub fn status(
    request: &RequestState,
    stands: bool,
    today: Date,
    due_soon_days: u32,
) -> RequestStatus {
    match request.answer() {
        Some(answer) if matches!(answer.judgement, Judgement::Returned { .. }) => {
            RequestStatus::Returned
        }
        Some(answer) if stands => match answer.judgement {
            Judgement::Confirmed { .. } => RequestStatus::Confirmed,
            _ if answer.on > request.due => RequestStatus::GivenLate,
            _ => RequestStatus::Given,
        },
        _ if today > request.due => RequestStatus::Overdue,
        _ if days(today, request.due) <= i64::from(due_soon_days) => RequestStatus::DueSoon,
        _ => RequestStatus::NotYetDue,
    }
}

/// Days by which a request is late: since the last day for what is owed, on the day of the answer for what
/// is given; none when it is not.
pub fn days_late(request: &RequestState, status: RequestStatus, today: Date) -> Option<i64> {
    let given = request.answer().map(|answer| answer.on);
    let until = match status.is_owed() {
        true => today,
        false => given?,
    };
    Some(days(request.due, until)).filter(|late| *late > 0)
}

/// Days from one day to another; negative backwards.
fn days(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}
