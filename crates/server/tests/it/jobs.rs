//! Jobs of the server whose worker died after its write to the journal and before it could say so.

use std::time::Duration;

use journal::{Job, JobState, params};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::world::{World, run};

/// Runs the workers of this process until a job is done.
async fn until_done(world: &World, id: Uuid) -> Job {
    let stop = CancellationToken::new();
    let working = tokio::spawn(server::run_jobs(world.app.clone(), stop.clone()));
    let mut done = None;
    for _ in 0..3000 {
        let job = world
            .app
            .jobs
            .get(id)
            .await
            .expect("an answer")
            .expect("a job");
        if matches!(job.state, JobState::Done | JobState::Failed) {
            done = Some(job);
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    working.await.expect("ends");
    let job = done.expect("the job comes to its end");
    assert_eq!(job.state, JobState::Done, "{}", job.note);
    job
}

/// What a worker leaves that is killed between its write to the journal and the end of its job.
async fn as_if_killed_before_its_end(world: &World, id: Uuid) {
    let sql = "UPDATE job SET state = 'running', lease_owner = 'dead', lease_until = 1, output = NULL \
               WHERE id = $1 AND state = 'done'";
    let touched = world.journal().db().execute(sql, params![id]).await;
    assert_eq!(touched.expect("done"), 1);
}

async fn entries(world: &World, command: &str) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM journal_entry WHERE command = $1";
    let row = world.journal().db().row(sql, params![command]).await;
    row.expect("an answer")
        .expect("a row")
        .int("n")
        .expect("a number")
}

fn asked(location: &str) -> Uuid {
    let id = location.rsplit('/').next().expect("an id");
    id.parse()
        .unwrap_or_else(|_| panic!("{location} leads to no job"))
}

#[test]
fn a_document_is_read_once_though_its_worker_died() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let before = entries(&world, "document.read").await;
        let text = "KẾ HOẠCH\nĐến năm 2030, tỷ lệ giao dịch không dùng tiền mặt đạt 80%.\n";
        let handed_in = officer
            .upload(
                "/documents",
                &[],
                &[("file", "ke-hoach.txt", text.as_bytes())],
            )
            .await;
        assert_eq!(handed_in.status, 303, "{}", handed_in.text());
        let id = world.app.jobs.newest(1).await.expect("jobs")[0].id;
        let first = until_done(&world, id).await;
        let head = world.head().await;
        assert_eq!(entries(&world, "document.read").await, before + 1);
        as_if_killed_before_its_end(&world, id).await;
        let again = until_done(&world, id).await;
        assert_eq!(again.attempts, first.attempts + 1);
        assert_eq!(again.output, first.output);
        assert_eq!(world.head().await, head, "nothing was recorded twice");
    });
}

#[test]
fn a_report_is_drawn_up_once_though_its_form_came_twice_and_its_worker_died() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let key = Uuid::now_v7().to_string();
        let form = [
            ("key", key.as_str()),
            ("definition", "bao-cao-quy"),
            ("programme", &world.address("{inner}")),
            ("period", "2026-Q2"),
        ];
        let before = world.app.jobs.newest(100).await.expect("jobs").len();
        let first = officer.post("/reports", &form).await;
        let second = officer.post("/reports", &form).await;
        assert_eq!(
            (first.status, second.status),
            (303, 303),
            "{}",
            first.text()
        );
        assert_eq!(first.header("location"), second.header("location"));
        assert_eq!(
            world.app.jobs.newest(100).await.expect("jobs").len(),
            before + 1
        );
        let id = asked(first.header("location"));
        let done = until_done(&world, id).await;
        let head = world.head().await;
        as_if_killed_before_its_end(&world, id).await;
        let again = until_done(&world, id).await;
        assert_eq!(again.output, done.output);
        assert_eq!(entries(&world, "report.draw_up").await, 1);
        assert_eq!(world.head().await, head);
        let see = again.output.expect("an output")["see"]
            .as_str()
            .expect("an address")
            .to_owned();
        officer.get(&see).await.assert_page(200);
        // The same form with other content is another report.
        let mut other = form;
        other[3].1 = "2026-Q1";
        let third = officer.post("/reports", &other).await;
        assert_ne!(third.header("location"), first.header("location"));
    });
}
