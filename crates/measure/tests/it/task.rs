//! Statuses of tasks.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use measure::TaskResult::{Confirmed, None as Nothing, Returned, Submitted, Withdrawn};
use measure::{TaskResult, TaskStatus, task_status};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 22);
const SOON: u32 = 15;

#[test]
fn the_table() {
    let (near, far, past) = (date(2026, 12, 7), date(2026, 12, 8), date(2026, 11, 21));
    let early = date(2026, 10, 1);
    for (deadline, result, status, by_deadline, days) in [
        (
            Some(far),
            Nothing,
            TaskStatus::InTime,
            TaskStatus::InTime,
            Some(16),
        ),
        (
            Some(near),
            Nothing,
            TaskStatus::DueSoon,
            TaskStatus::DueSoon,
            Some(15),
        ),
        (
            Some(TODAY),
            Nothing,
            TaskStatus::DueSoon,
            TaskStatus::DueSoon,
            Some(0),
        ),
        (
            Some(past),
            Nothing,
            TaskStatus::Overdue,
            TaskStatus::Overdue,
            Some(-1),
        ),
        (
            None,
            Nothing,
            TaskStatus::NoDeadline,
            TaskStatus::NoDeadline,
            None,
        ),
        // Handed in before the deadline, still waiting after it: nobody is late.
        (
            Some(past),
            Submitted(early),
            TaskStatus::InTime,
            TaskStatus::InTime,
            Some(51),
        ),
        (
            Some(past),
            Submitted(past),
            TaskStatus::InTime,
            TaskStatus::InTime,
            Some(0),
        ),
        (
            Some(early),
            Submitted(past),
            TaskStatus::Overdue,
            TaskStatus::Overdue,
            Some(-51),
        ),
        (
            None,
            Submitted(past),
            TaskStatus::NoDeadline,
            TaskStatus::NoDeadline,
            None,
        ),
        (
            Some(past),
            Confirmed(past),
            TaskStatus::Done,
            TaskStatus::Done,
            Some(0),
        ),
        (
            Some(early),
            Confirmed(past),
            TaskStatus::DoneLate,
            TaskStatus::DoneLate,
            Some(-51),
        ),
        (
            None,
            Confirmed(past),
            TaskStatus::Done,
            TaskStatus::Done,
            None,
        ),
        // Returned is not done: the deadline goes on counting.
        (
            Some(past),
            Returned,
            TaskStatus::Returned,
            TaskStatus::Overdue,
            Some(-1),
        ),
        (
            Some(far),
            Returned,
            TaskStatus::Returned,
            TaskStatus::InTime,
            Some(16),
        ),
        (
            None,
            Returned,
            TaskStatus::Returned,
            TaskStatus::NoDeadline,
            None,
        ),
        (
            Some(past),
            Withdrawn,
            TaskStatus::Withdrawn,
            TaskStatus::Withdrawn,
            None,
        ),
    ] {
        let standing = task_status(deadline, result, TODAY, SOON);
        let found = (standing.status, standing.by_deadline, standing.days_left);
        assert_eq!(
            found,
            (status, by_deadline, days),
            "{deadline:?} {result:?}"
        );
        assert_eq!(standing.awaits_confirmation, matches!(result, Submitted(_)));
    }
}

#[test]
fn words_shapes_and_order_tell_every_status_apart() {
    for (index, one) in TaskStatus::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(one.urgency()), index);
        assert_eq!(TaskStatus::from_word(one.word()), Some(one));
        for other in &TaskStatus::ALL[..index] {
            assert_ne!(one.shape(), other.shape());
            assert_ne!(one.label(viet::Lang::Vi), other.label(viet::Lang::Vi));
        }
    }
}

fn results() -> impl Strategy<Value = TaskResult> {
    (0..5usize, -200i64..1).prop_map(|(kind, days)| {
        let on = TODAY
            .checked_add(days.days())
            .expect("a day of this century");
        [Nothing, Submitted(on), Confirmed(on), Returned, Withdrawn][kind]
    })
}

proptest! {
    #[test]
    fn a_later_deadline_is_never_more_urgent(days in -300i64..300, more in 0i64..300, result in results(), soon in 0u32..60) {
        let deadline = TODAY.checked_add(days.days()).expect("a day");
        let later = deadline.checked_add(more.days()).expect("a day");
        let (one, two) =
            (task_status(Some(deadline), result, TODAY, soon), task_status(Some(later), result, TODAY, soon));
        prop_assert!(two.status.urgency() >= one.status.urgency());
        prop_assert!(two.by_deadline.urgency() >= one.by_deadline.urgency());
    }

    #[test]
    fn only_the_assigner_makes_a_task_done(days in -300i64..300, result in results(), soon in 0u32..60) {
        let deadline = TODAY.checked_add(days.days()).expect("a day");
        let status = task_status(Some(deadline), result, TODAY, soon).status;
        let done = matches!(status, TaskStatus::Done | TaskStatus::DoneLate);
        prop_assert_eq!(done, matches!(result, Confirmed(_)));
    }
}
