//! The database's rule for statuses against that of `measure`.

use access::{AsKnown, Page};
use jiff::ToSpan;
use jiff::civil::Date;
use measure::{TaskStatus, task_status};
use programme::document;
use programme::task::{self, TaskCommand, TaskFilter, TaskSort};
use programme::{
    AdoptReading, ChosenTask, DocumentId, Given, IntoProgramme, ProgrammeId, TaskId, adopt_reading,
};
use proptest::prelude::*;

use crate::fixtures::*;

/// How a task goes: days from the first of March on which it is due, submitted; and what becomes of it.
#[derive(Debug, Clone, Copy)]
struct Course {
    due: Option<i64>,
    submitted: Option<i64>,
    end: u8,
}

fn course() -> impl Strategy<Value = Course> {
    (
        proptest::option::weighted(0.85, 0i64..60),
        proptest::option::weighted(0.6, 0i64..60),
        0u8..4,
    )
        .prop_map(|(due, submitted, end)| Course {
            due,
            submitted,
            end,
        })
}

fn after(days: i64) -> Date {
    day("2026-03-01").saturating_add(days.days())
}

/// A world in which each course was run.
async fn run(courses: &[Course]) -> (World, Vec<TaskId>) {
    let world = World::new().await;
    let journal = world.journal();
    let (document, programme) = (DocumentId::new(), ProgrammeId::new());
    let mut received = received();
    let (_, draft) = received.reading.tasks[1].clone();
    received.reading.tasks = (0..courses.len())
        .map(|i| (format!("k{i}"), draft.clone()))
        .collect();
    let given = Given::default();
    document::receive_and_read(journal, &officer(), &given, document, received)
        .await
        .expect("received");
    let ids: Vec<TaskId> = courses.iter().map(|_| TaskId::new()).collect();
    let tasks = courses.iter().zip(&ids).enumerate();
    let command = AdoptReading {
        document,
        into: IntoProgramme::New(programme, fields()),
        targets: vec![],
        tasks: tasks
            .map(|(i, (course, id))| ChosenTask {
                deadline: course.due.map(after),
                ..chosen_task(&format!("k{i}"), *id, Some(SO_GDDT), &[])
            })
            .collect(),
    };
    adopt_reading(journal, &officer(), &given, &command)
        .await
        .expect("adopted");
    let mut order: Vec<usize> = (0..courses.len()).collect();
    order.sort_by_key(|i| courses[*i].submitted);
    for i in order {
        let Some(submitted) = courses[i].submitted else {
            continue;
        };
        world.go_to(&after(submitted).to_string());
        let submit = TaskCommand::SubmitResult {
            text: "xong".into(),
            evidence: vec![],
            no_occurrence: false,
        };
        task::command(journal, &focal(SO_GDDT), &given, ids[i], &submit)
            .await
            .expect("submitted");
        let (scope, end) = match courses[i].end {
            0 => continue,
            1 => (assigner(), TaskCommand::ConfirmResult),
            2 => {
                let reason = "thiếu".to_owned();
                (assigner(), TaskCommand::ReturnResult { reason })
            }
            _ => (focal(SO_GDDT), TaskCommand::WithdrawResult),
        };
        task::command(journal, &scope, &given, ids[i], &end)
            .await
            .expect("ended");
    }
    (world, ids)
}

/// The status by the rule of `measure`, straight from the course.
fn expected(course: &Course, today: Date, soon: u32) -> TaskStatus {
    let result = match (course.submitted.map(after), course.end) {
        (Some(on), 0) => measure::TaskResult::Submitted(on),
        (Some(on), 1) => measure::TaskResult::Confirmed(on),
        (Some(_), 2) => measure::TaskResult::Returned,
        _ => measure::TaskResult::None,
    };
    task_status(course.due.map(after), result, today, soon).status
}

async fn agree(courses: &[Course], days: &[i64], soon: u32) {
    let (world, ids) = run(courses).await;
    let (journal, scope) = (world.journal(), officer());
    for today in days.iter().map(|days| after(*days)) {
        let now = AsKnown::now(today);
        let counts = task::counts(journal, &scope, now, &TaskFilter::default(), soon)
            .await
            .expect("counts");
        for status in TaskStatus::ALL {
            let filter = TaskFilter {
                status: Some(status),
                ..TaskFilter::default()
            };
            let listed = task::list(
                journal,
                &scope,
                now,
                &filter,
                soon,
                TaskSort::Document,
                Page::ALL,
            )
            .await
            .expect("a list");
            assert!(
                listed.rows.iter().all(|row| row.status == status),
                "{status:?} on {today}"
            );
            let mut found: Vec<TaskId> = listed.rows.iter().map(|row| row.id).collect();
            found.sort();
            let all = courses.iter().zip(&ids);
            let mut wanted: Vec<TaskId> = all
                .filter(|(course, _)| expected(course, today, soon) == status)
                .map(|(_, id)| *id)
                .collect();
            wanted.sort();
            assert_eq!(found, wanted, "{status:?} on {today}, soon {soon}");
            assert_eq!(counts.all.of(status), wanted.len() as u64);
        }
        let owed = task::owed_by(
            journal,
            &scope,
            now,
            &[org(SO_GDDT)].into(),
            soon,
            Page::ALL,
        )
        .await
        .expect("a list");
        let open = courses
            .iter()
            .filter(|c| !expected(c, today, soon).is_closed());
        assert_eq!(owed.total as usize, open.count());
        let keys: Vec<(bool, u8, Option<Date>)> = owed
            .rows
            .iter()
            .map(|row| {
                (
                    row.awaits_confirmation,
                    row.status.urgency(),
                    row.task.deadline,
                )
            })
            .collect();
        let by_urgency = |key: &(bool, u8, Option<Date>)| (key.0, key.1);
        assert!(keys.is_sorted_by_key(by_urgency), "{keys:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_database_derives_the_statuses_of_measure(
        courses in proptest::collection::vec(course(), 1..14),
        days in proptest::collection::vec(0i64..75, 1..5),
        soon in 0u32..20,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(agree(&courses, &days, soon));
    }
}

#[tokio::test]
async fn the_days_on_which_a_status_turns() {
    let mut courses = Vec::new();
    for due in [None, Some(10)] {
        for submitted in [None, Some(9), Some(10), Some(11)] {
            for end in 0..4 {
                courses.push(Course {
                    due,
                    submitted,
                    end,
                });
            }
        }
    }
    agree(&courses, &[2, 3, 4, 9, 10, 11], 7).await;
    agree(&courses, &[9, 10, 11], 0).await;
}
