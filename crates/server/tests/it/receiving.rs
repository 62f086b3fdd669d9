//! Files that take their time to be looked at: the work has a page, can be cancelled, and keeps nothing of
//! what was not taken.

use std::time::Duration;

use journal::{FileHash, params};
use serde_json::Value as Json;
use server::Options;
use server::operate::Limits;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client::Client;
use crate::documents::PLAN;
use crate::world::{Beside, World, run};

/// A server that shows the page of the work at once.
async fn impatient(world: &World, upload: usize) -> Beside {
    let limits = Limits {
        upload,
        upload_patience: Duration::ZERO,
        ..Limits::default()
    };
    world
        .beside_with(Options {
            limits,
            ..Options::default()
        })
        .await
}

async fn until(client: &mut Client, job: &str, state: &str) -> Json {
    for _ in 0..500 {
        let view = client.json(job).await;
        if view["state"] == state {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{job} does not come to {state}: {}", client.json(job).await);
}

/// Until the work says that it waits for its turn.
async fn waits(client: &mut Client, job: &str) {
    for _ in 0..500 {
        if client.json(job).await["note_text"] == "Chờ đến lượt" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{job} does not come to its turn");
}

fn job_of(location: &str) -> Uuid {
    let id = location.rsplit('/').next().expect("an id");
    id.parse().expect("the id of a job")
}

#[test]
fn a_batch_that_takes_long_is_told_file_by_file_on_the_page_of_its_work() {
    run(async {
        let world = World::own().await;
        let beside = impatient(&world, 1 << 20).await;
        let mut officer = world.person("officer").await.on(beside.router.clone());
        officer.get("/documents").await;
        let turns = beside.app.receiving.acquire_many(2).await.expect("turns");
        let secret = format!("TỐI MẬT\n{PLAN}");
        let files: [(&str, &str, &[u8]); 3] = [
            ("file", "ke-hoach.txt", PLAN.as_bytes()),
            ("file", "danh-sach-kin.txt", secret.as_bytes()),
            ("file", "trong-khong.txt", b"   \n"),
        ];
        let key = Uuid::now_v7().to_string();
        let before = world.head().await;
        let reply = officer.upload("/documents", &[("key", &key)], &files).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let job = reply.header("location").to_owned();
        waits(&mut officer, &job).await;
        let page = officer.get(&job).await.assert_page(200);
        assert!(
            page.contains("Chờ đến lượt") && page.contains("/cancel"),
            "{page}"
        );
        assert_eq!(
            world.head().await,
            before,
            "nothing is recorded before its turn"
        );
        // The same form again leads to the same work.
        let again = officer.upload("/documents", &[("key", &key)], &files).await;
        assert_eq!(again.header("location"), job);

        drop(turns);
        let view = until(&mut officer, &job, "done").await;
        let kinds: Vec<&str> = view["files"]
            .as_array()
            .expect("files")
            .iter()
            .map(|file| file["outcome"].as_str().expect("an outcome"))
            .collect();
        assert_eq!(kinds, ["received", "secret", "refused"]);
        let page = officer.get(&job).await.assert_page(200);
        assert!(
            page.contains("ke-hoach.txt")
                && page.contains("Tệp thứ 2")
                && page.contains("Tệp thứ 3"),
            "{page}"
        );
        assert!(
            page.contains("bí mật nhà nước"),
            "what to do is told: {page}"
        );
        let stored = world
            .journal()
            .db()
            .rows(
                "SELECT input || note || COALESCE(output, '') AS told FROM job",
                vec![],
            )
            .await;
        for row in stored.expect("jobs") {
            let told = row.text("told").expect("text");
            assert!(
                !told.contains("danh-sach-kin") && !told.contains("trong-khong"),
                "{told}"
            );
        }
        let kept = world.journal().files();
        assert!(kept.get(&FileHash::of(secret.as_bytes())).await.is_err());
        assert!(kept.get(&FileHash::of(PLAN.as_bytes())).await.is_ok());
        // The work of another is nobody's business.
        let mut other = world.person("focal").await;
        assert_eq!(other.get(&job).await.status, 404);
    });
}

#[test]
fn work_that_is_cancelled_before_the_file_was_looked_at_stores_nothing() {
    run(async {
        let world = World::own().await;
        let beside = impatient(&world, 1 << 20).await;
        let mut officer = world.person("officer").await.on(beside.router.clone());
        officer.get("/documents").await;
        let turns = beside.app.receiving.acquire_many(2).await.expect("turns");
        let before = world.head().await;
        let file = ("file", "ke-hoach.txt", PLAN.as_bytes());
        let reply = officer.upload("/documents", &[], &[file]).await;
        let job = reply.header("location").to_owned();
        waits(&mut officer, &job).await;
        let cancelled = officer.post(&format!("{job}/cancel"), &[]).await;
        assert_eq!(cancelled.status, 303);
        drop(turns);
        // Whoever comes after it in the queue has its turn: the cancelled work has ended by then.
        let next = (
            "file",
            "khac.txt",
            "KẾ HOẠCH\nĐến năm 2030 đạt 40%.".as_bytes(),
        );
        let reply = officer.upload("/documents", &[], &[next]).await;
        until(&mut officer, reply.header("location"), "done").await;
        assert_eq!(officer.json(&job).await["state"], "cancelled");
        assert_eq!(
            world.head().await,
            before + 1,
            "the second file alone came in"
        );
        let stored = world
            .journal()
            .files()
            .get(&FileHash::of(PLAN.as_bytes()))
            .await;
        assert!(stored.is_err(), "nothing of the first is kept");
    });
}

#[test]
fn work_whose_process_died_says_that_the_files_are_gone() {
    run(async {
        let world = World::own().await;
        let beside = impatient(&world, 1 << 20).await;
        let mut officer = world.person("officer").await.on(beside.router.clone());
        officer.get("/documents").await;
        let _turns = beside.app.receiving.acquire_many(2).await.expect("turns");
        let file = ("file", "ke-hoach.txt", PLAN.as_bytes());
        let reply = officer.upload("/documents", &[], &[file]).await;
        let job = reply.header("location").to_owned();
        until(&mut officer, &job, "running").await;
        let sql = "UPDATE job SET lease_owner = 'dead', lease_until = 1 WHERE id = $1 AND state = 'running'";
        let died = world
            .journal()
            .db()
            .execute(sql, params![job_of(&job)])
            .await;
        assert_eq!(died.expect("done"), 1);
        let stop = CancellationToken::new();
        let worker = tokio::spawn(server::run_jobs(world.app.clone(), stop.clone()));
        let view = until(&mut officer, &job, "failed").await;
        stop.cancel();
        worker.await.expect("it ends");
        let note = view["note_text"].as_str().expect("a note");
        assert!(note.contains("nộp lại"), "{note}");
    });
}

#[test]
fn more_large_files_at_once_than_there_is_room_for_are_asked_to_come_later() {
    run(async {
        let world = World::own().await;
        let beside = impatient(&world, 4096).await;
        let mut officer = world.person("officer").await.on(beside.router.clone());
        officer.get("/documents").await;
        let turns = beside.app.receiving.acquire_many(2).await.expect("turns");
        let mut waiting = Vec::new();
        for number in 0..5 {
            let content = format!("Tệp {number} {}", "x".repeat(3500));
            let file = ("file", "lon.txt", content.as_bytes());
            waiting.push(officer.upload("/documents", &[], &[file]).await);
        }
        let taken = waiting.iter().filter(|reply| reply.status == 303).count();
        assert_eq!(taken, 4);
        let page = waiting[4].assert_page(422);
        assert!(page.contains("Hãy đợi ít phút"), "{page}");
        drop(turns);
        for reply in &waiting[..4] {
            until(&mut officer, reply.header("location"), "done").await;
        }
        // There is room again.
        let file = ("file", "ke-hoach.txt", PLAN.as_bytes());
        assert_eq!(officer.upload("/documents", &[], &[file]).await.status, 303);
    });
}

#[test]
fn a_file_handed_in_before_is_told_to_those_who_may_see_it() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        officer.get("/documents").await;
        let file = ("file", "ke-hoach.txt", PLAN.as_bytes());
        let first = officer.upload("/documents", &[], &[file]).await;
        assert_eq!(first.status, 303, "{}", first.text());
        let told = "còn là gốc của một văn bản khác";
        let page = newest(&mut officer).await;
        assert!(!page.contains(told), "{page}");
        officer.upload("/documents", &[], &[file]).await;
        let page = newest(&mut officer).await;
        assert!(page.contains(told), "{page}");
        // Of another organisation, which does not see the two.
        let mut other = world.person("focal").await;
        other.get("/documents").await;
        let reply = other.upload("/documents", &[], &[file]).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let page = newest(&mut other).await;
        assert!(!page.contains(told), "{page}");
    });
}

/// The page of the document that came in last.
async fn newest(client: &mut Client) -> String {
    let list = client.json("/documents").await;
    let id = list["documents"][0]["id"].as_str().expect("a document");
    client
        .get(&format!("/documents/{id}"))
        .await
        .assert_page(200)
}
