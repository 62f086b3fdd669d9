//! Two servers over one database, as two processes behind a proxy: what is done on one is obeyed by the
//! other without a restart.

use std::time::{Duration, Instant};

use access::{OrgId, Role, Scope};
use activation::activate;
use journal::params;

use crate::client::Client;
use crate::world::{Beside, World, run};

/// Asks again until it is so. An idle machine needs a quarter of a second; this gives a busy one ten.
async fn soon(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn total(client: &mut Client, q: &str) -> i64 {
    let found = client.json(&format!("/search?q={q}")).await;
    found["total"].as_i64().expect("a total")
}

/// An indicator that the small province does not have.
fn rank() -> catalogue::Definition {
    let text = include_str!("../../../../definitions/indicators/dti_rank.toml");
    // It names an indicator that is not there either.
    let text = text.replace("not = [\"dti_score\"]", "");
    catalogue::parse("dti_rank.toml", &text).expect("a definition")
}

async fn filled(world: &World, beside: &Beside) {
    let head = world.head().await;
    soon("both indexes are filled", async || {
        let mut visitor = world.visitor().on(beside.router.clone());
        visitor.json("/search").await["reached"].as_i64() >= Some(head)
    })
    .await;
    world.searchable().await;
}

#[test]
fn a_definition_activated_on_one_is_in_force_and_found_on_the_other() {
    run(async {
        let world = World::own().await;
        let beside = world.beside().await;
        filled(&world, &beside).await;
        let mut there = world.visitor().on(beside.router.clone());
        assert_eq!(there.get("/indicators/dti_rank").await.status, 404);
        assert_eq!(total(&mut there, "xep+hang+dti").await, 0);
        let definition = rank();
        activate(world.journal(), &Scope::system(), &[definition])
            .await
            .expect("activated");
        // The definitions are asked for by the entry that changed them last: no waiting at all.
        there.get("/indicators/dti_rank").await.assert_page(200);
        soon("the other's search finds it", async || {
            total(&mut there, "xep+hang+dti").await == 1
        })
        .await;
    });
}

#[test]
fn a_session_begun_on_one_holds_on_the_other_until_its_account_is_closed() {
    run(async {
        let world = World::own().await;
        let beside = world.beside().await;
        let mut focal = world.person("focal").await.on(beside.router.clone());
        focal.get("/my-work").await.assert_page(200);
        let actor = world.people["focal"];
        world
            .app
            .accounts
            .close(&Scope::system(), actor, None)
            .await
            .expect("closed");
        assert_eq!(focal.get("/my-work").await.status, 401, "asked to sign in");
        let refused = focal.sign_in("focal", crate::world::PASSWORD).await;
        assert_eq!(refused.status, 401);
    });
}

#[test]
fn a_role_given_on_one_is_obeyed_by_the_other() {
    run(async {
        let world = World::own().await;
        let beside = world.beside().await;
        let mut officer = world.person("officer").await.on(beside.router.clone());
        officer.get("/documents").await.assert_page(200);
        assert_eq!(officer.get("/system").await.status, 403);
        let actor = world.people["officer"];
        let organisation = Some(OrgId("so-khcn".into()));
        world
            .app
            .accounts
            .give_role(&Scope::system(), actor, Role::Operator, organisation, None)
            .await
            .expect("given");
        officer.get("/system").await.assert_page(200);
    });
}

#[test]
fn a_password_set_on_one_ends_the_sessions_on_the_other() {
    run(async {
        let world = World::own().await;
        let beside = world.beside().await;
        let mut leader = world.person("leader").await.on(beside.router.clone());
        leader.get("/my-work").await.assert_page(200);
        let actor = world.people["leader"];
        world
            .app
            .accounts
            .set_password(&Scope::system(), actor, "mùa này lúa chín sớm")
            .await
            .expect("set");
        assert_eq!(leader.get("/my-work").await.status, 401);
    });
}

#[test]
fn who_writes_on_one_reads_and_finds_it_at_once_on_the_other() {
    run(async {
        let world = World::own().await;
        let beside = world.beside().await;
        filled(&world, &beside).await;
        let mut officer = world.person("officer").await;
        let handed_in = officer
            .upload(
                "/documents",
                &[("key", "0190a0a0-0000-7000-8000-0000000000c1")],
                &[(
                    "file",
                    "ke-hoach.txt",
                    "KẾ HOẠCH\nTrồng rau thuỷ canh ở trường học.\n".as_bytes(),
                )],
            )
            .await;
        assert_eq!(handed_in.status, 303, "{}", handed_in.text());
        let document = world.app.jobs.newest(1).await.expect("a job")[0].input["document"].clone();
        let mut there = officer.on(beside.router.clone());
        let address = format!("/documents/{}", document.as_str().expect("an identity"));
        there.get(&address).await.assert_page(200);
        // The search waits for its index, for at most half a second.
        let found = there.json("/search?q=ke-hoach").await;
        assert_eq!(found["reached"], found["head"], "{found}");
    });
}

/// A standby without the last entries took over: what was found of them is found no more, and what has
/// taken their place is.
#[test]
fn after_a_lost_tail_the_search_holds_only_what_is_on_record() {
    run(async {
        let world = World::own().await;
        let beside = world.beside().await;
        filled(&world, &beside).await;
        let mut there = world.visitor().on(beside.router.clone());
        let definition = rank();
        activate(
            world.journal(),
            &Scope::system(),
            std::slice::from_ref(&definition),
        )
        .await
        .expect("activated");
        soon("found", async || {
            total(&mut there, "xep+hang+dti").await == 1
        })
        .await;
        there.get("/indicators/dti_rank").await.assert_page(200);
        let last = world.head().await;
        lose_the_last(&world).await;
        assert_eq!(there.get("/indicators/dti_rank").await.status, 404);
        let mut operator = world.person("operator").await;
        let actor = world.people["citizen"];
        let closed = operator
            .post(&format!("/accounts/{actor}/close"), &[])
            .await;
        assert_eq!(closed.status, 303);
        assert_eq!(
            world.head().await,
            last,
            "another entry under the same number"
        );
        soon("found no more", async || {
            total(&mut there, "xep+hang+dti").await == 0
        })
        .await;
        assert_eq!(
            total(&mut there, "kinh+te+so").await,
            total(&mut world.visitor(), "kinh+te+so").await
        );
    });
}

/// Cuts the last entry off with what followed from it in the definitions.
async fn lose_the_last(world: &World) {
    let db = world.journal().db();
    let last = world.head().await;
    for sql in [
        "DELETE FROM indicator WHERE known_from = $1",
        "DELETE FROM definition WHERE known_from = $1",
        "DELETE FROM journal_fact WHERE seq = $1",
        "DELETE FROM journal_entry WHERE seq = $1",
    ] {
        db.execute(sql, params![last]).await.expect("cut");
    }
    let sql = "UPDATE journal_head SET seq = $1, recorded_at = (SELECT recorded_at FROM journal_entry \
               WHERE seq = $1), hash = (SELECT hash FROM journal_entry WHERE seq = $1)";
    db.execute(sql, params![last - 1]).await.expect("cut");
}
