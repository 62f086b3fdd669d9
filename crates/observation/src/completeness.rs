//! What organisations owe and have given.

use std::collections::{BTreeMap, BTreeSet};

use access::{AsKnown, Refusal, Scope};
use jiff::Timestamp;
use jiff::civil::Date;
use journal::{Db, JournalError, Row, Seq};
use viet::Period;

use crate::SeriesKey;
use crate::conditions::Conditions;
use crate::projection::read_key;

/// A figure that is asked for: a series and a period.
pub type Question = (SeriesKey, Period);

/// What was given for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Given {
    /// The day in Vietnam on which the first figure that stands was recorded.
    pub on: Option<Date>,
    /// Whether every figure that stands waits to be confirmed.
    pub waiting: bool,
    /// Whether a figure was returned.
    pub returned: bool,
}

/// How a figure that is owed stands. Derived from deadline, what was given and today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owed {
    /// Not given, and the deadline is past.
    Overdue,
    /// Given once and returned: not given.
    Returned,
    /// Not given; not due yet, or no deadline is known.
    Open,
    /// Given after the deadline.
    Late,
    /// Given.
    Given,
}

/// How a figure stands that is due on a day.
pub fn status_of(due: Option<Date>, given: Option<&Given>, today: Date) -> Owed {
    let after = |day: Date| due.is_some_and(|due| day > due);
    match given {
        Some(Given { on: Some(day), .. }) if after(*day) => Owed::Late,
        Some(Given { on: Some(_), .. }) => Owed::Given,
        Some(Given { returned: true, .. }) => Owed::Returned,
        _ if after(today) => Owed::Overdue,
        _ => Owed::Open,
    }
}

/// Series of one statement: far below what either engine takes.
const SERIES_A_TIME: usize = 1_000;

/// What was given for several questions, as far as the reader sees it; a question without an answer is left
/// out. Figures that were withdrawn count as not given.
///
/// # Errors
/// The store.
pub async fn given(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    questions: &BTreeSet<Question>,
) -> Result<BTreeMap<Question, Given>, Refusal> {
    let until = as_known.seq.unwrap_or(Seq::MAX);
    let series: BTreeSet<&SeriesKey> = questions.iter().map(|(key, _)| key).collect();
    let periods: BTreeSet<Period> = questions.iter().map(|(_, period)| *period).collect();
    let series: Vec<&SeriesKey> = series.into_iter().collect();
    let mut answers: BTreeMap<Question, Given> = BTreeMap::new();
    for some in series.chunks(SERIES_A_TIME) {
        let mut all = Conditions::visible(scope);
        let wanted = all.keys(&some.iter().copied().collect());
        let bound = all.value(until);
        let of: Vec<String> = periods
            .iter()
            .map(|period| all.value(period.to_string()))
            .collect();
        let sql = format!(
            "WITH wanted (indicator, area_key, breakdown) AS (VALUES {wanted}) \
             SELECT o.indicator, o.area_key, o.breakdown, o.period, o.recorded_at, o.known_to, \
             b.to_confirm, b.confirmed, b.returned \
             FROM wanted w CROSS JOIN observation o LEFT JOIN observation_batch b ON b.id = o.batch \
             WHERE o.indicator = w.indicator AND o.area_key = w.area_key AND o.breakdown = w.breakdown \
             AND o.period IN ({periods}) AND o.known_from <= {bound} AND {seen}",
            periods = of.join(", "),
            seen = all.text(),
        );
        for row in db.rows(&sql, all.params).await? {
            let key = read_key(&row)?;
            let question = (key, row.parse("period")?);
            if questions.contains(&question) {
                take(answers.entry(question), &row, until)?;
            }
        }
    }
    answers.retain(|_, given| given.on.is_some() || given.returned);
    Ok(answers)
}

fn take(
    answer: std::collections::btree_map::Entry<'_, Question, Given>,
    row: &Row,
    until: Seq,
) -> Result<(), JournalError> {
    let ended = row.opt_int("known_to")?.is_some_and(|seq| seq <= until);
    let given = answer.or_default();
    if ended {
        given.returned |= row.opt_int("returned")? == Some(1);
        return Ok(());
    }
    let confirmed = row.opt_int("confirmed")?.is_some_and(|seq| seq <= until);
    let waiting = row.opt_int("to_confirm")? == Some(1) && !confirmed;
    let day = day_of(row.int("recorded_at")?);
    given.waiting = waiting && (given.on.is_none() || given.waiting);
    given.on = Some(given.on.map_or(day, |first| first.min(day)));
    Ok(())
}

/// The day in Vietnam of a moment in microseconds.
fn day_of(microseconds: i64) -> Date {
    let at = Timestamp::from_microsecond(microseconds).unwrap_or_default();
    viet::date::day_of(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_follow_from_deadline_and_what_was_given() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let on = |text: &str| Given {
            on: Some(day(text)),
            ..Given::default()
        };
        let returned = Given {
            returned: true,
            ..Given::default()
        };
        let (due, today) = (Some(day("2026-02-15")), day("2026-03-01"));
        for (due, given, want) in [
            (None, None, Owed::Open),
            (due, None, Owed::Overdue),
            (Some(today), None, Owed::Open),
            (due, Some(on("2026-02-15")), Owed::Given),
            (due, Some(on("2026-02-16")), Owed::Late),
            (None, Some(on("2026-02-16")), Owed::Given),
            (due, Some(returned), Owed::Returned),
            (
                due,
                Some(Given {
                    returned: true,
                    ..on("2026-02-10")
                }),
                Owed::Given,
            ),
        ] {
            assert_eq!(
                status_of(due, given.as_ref(), today),
                want,
                "{due:?} {given:?}"
            );
        }
    }
}
