use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use journal::Clock;
use journal::testing::journal_with_clock;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::*;

/// A clock that the test sets, and the hand by which it does.
fn clock() -> (Arc<AtomicI64>, Clock) {
    let hand = Arc::new(AtomicI64::new(0));
    let seen = hand.clone();
    let clock: Clock =
        Arc::new(move || Timestamp::from_microsecond(seen.load(Ordering::SeqCst)).unwrap());
    (hand, clock)
}

fn set(hand: &AtomicI64, moment: &str) {
    let moment: Timestamp = moment.parse().unwrap();
    hand.store(moment.as_microsecond(), Ordering::SeqCst);
}

#[tokio::test]
async fn a_day_ends_at_midnight_in_vietnam() {
    let (hand, clock) = clock();
    let test = journal_with_clock(notes(), clock).await;
    for moment in [
        "2025-06-29T17:00:00Z",
        "2025-06-30T16:59:59.999999Z",
        "2025-06-30T17:00:00Z",
        "2025-07-01T16:59:59.999999Z",
        "2025-07-03T02:00:00Z",
    ] {
        set(&hand, moment);
        append(&test.journal, vec![written(&note(1), moment)]).await;
    }
    let table: [(Date, i64); 7] = [
        (date(2025, 6, 28), 0),
        (date(2025, 6, 29), 0),
        (date(2025, 6, 30), 2),
        (date(2025, 7, 1), 4),
        (date(2025, 7, 2), 4),
        (date(2025, 7, 3), 5),
        (date(2030, 1, 1), 5),
    ];
    for (day, seq) in table {
        assert_eq!(
            test.journal.known_by_end_of(day).await.unwrap(),
            seq,
            "{day}"
        );
    }
}

#[tokio::test]
async fn today_is_vietnams() {
    let (hand, clock) = clock();
    let test = journal_with_clock(notes(), clock).await;
    for (moment, day) in [
        ("2025-06-30T16:59:59Z", date(2025, 6, 30)),
        ("2025-06-30T17:00:00Z", date(2025, 7, 1)),
    ] {
        set(&hand, moment);
        assert_eq!(test.journal.today(), day);
    }
}

/// However the clock jumps, moments rise strictly and a day still names one place in the chain.
#[tokio::test]
async fn a_clock_that_jumps_back_does_not_turn_the_order() {
    let (hand, clock) = clock();
    let test = journal_with_clock(notes(), clock).await;
    for moment in [
        "2025-08-10T08:00:00Z",
        "2025-08-09T08:00:00Z",
        "2025-08-09T08:00:00Z",
        "2024-01-01T00:00:00Z",
        "2025-08-11T08:00:00Z",
    ] {
        set(&hand, moment);
        append(&test.journal, vec![written(&note(1), moment)]).await;
    }
    let entries = test.journal.entries_after(0, 10).await.unwrap();
    let moments: Vec<i64> = entries.iter().map(|e| e.recorded_at).collect();
    let first: Timestamp = "2025-08-10T08:00:00Z".parse().unwrap();
    let last: Timestamp = "2025-08-11T08:00:00Z".parse().unwrap();
    let t = first.as_microsecond();
    assert_eq!(moments, [t, t + 1, t + 2, t + 3, last.as_microsecond()]);
    assert_eq!(
        test.journal
            .known_by_end_of(date(2025, 8, 9))
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        test.journal
            .known_by_end_of(date(2025, 8, 10))
            .await
            .unwrap(),
        4
    );
    assert_eq!(test.journal.verify(None).await.unwrap().faults, vec![]);
}

/// By an hour, a year, to 1970 and back again, in any order.
#[test]
fn whatever_the_clock_does_a_day_names_one_place_in_the_chain() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let jumps = prop::collection::vec(
        prop::sample::select(vec![
            Jump::By(1),
            Jump::By(3_600),
            Jump::By(-3_600),
            Jump::By(86_400),
            Jump::By(-86_400),
            Jump::By(365 * 86_400),
            Jump::By(-365 * 86_400),
            Jump::To1970,
        ]),
        1..12,
    );
    let config = ProptestConfig::with_cases(8);
    TestRunner::new(config)
        .run(&jumps, |jumps| {
            runtime.block_on(moments_rise_and_days_part_them(&jumps));
            Ok(())
        })
        .unwrap();
}

#[derive(Debug, Clone, Copy)]
enum Jump {
    /// So many seconds forward or back.
    By(i64),
    To1970,
}

async fn moments_rise_and_days_part_them(jumps: &[Jump]) {
    let (hand, clock) = clock();
    let test = journal_with_clock(notes(), clock).await;
    set(&hand, "2026-08-10T08:00:00Z");
    for jump in jumps {
        append(&test.journal, vec![written(&note(1), "x")]).await;
        match jump {
            Jump::By(seconds) => {
                let now = hand.load(Ordering::SeqCst) + seconds * 1_000_000;
                hand.store(now.max(0), Ordering::SeqCst);
            }
            Jump::To1970 => hand.store(0, Ordering::SeqCst),
        }
    }
    let entries = test.journal.entries_after(0, 100).await.unwrap();
    let moments: Vec<i64> = entries.iter().map(|e| e.recorded_at).collect();
    assert!(moments.is_sorted_by(|a, b| a < b), "{moments:?}");
    // Every day that anything was recorded on, and the days beside it.
    for moment in &moments {
        let midday = Timestamp::from_microsecond(*moment).unwrap();
        let day = midday
            .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7)))
            .date();
        for day in [day.yesterday().unwrap(), day, day.tomorrow().unwrap()] {
            let by_then = moments.iter().filter(|moment| {
                let moment = Timestamp::from_microsecond(**moment).unwrap();
                moment
                    .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7)))
                    .date()
                    <= day
            });
            let known = test.journal.known_by_end_of(day).await.unwrap();
            assert_eq!(known, by_then.count() as i64, "{day}");
        }
    }
    assert_eq!(test.journal.verify(None).await.unwrap().faults, vec![]);
}
