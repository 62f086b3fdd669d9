//! Signing in and out, and what becomes of sessions.

use crate::world::{PASSWORD, World, run};

#[test]
fn a_wrong_password_keeps_the_login_and_tells_nothing() {
    run(async {
        let world = World::shared().await;
        let mut known = world.visitor();
        let wrong = known.sign_in("inspector", "sai mật khẩu").await;
        let text = wrong.assert_page(401);
        assert!(text.contains("value=\"inspector\""), "{text}");
        assert!(!text.contains("sai mật khẩu"), "{text}");
        let mut unknown = world.visitor();
        let stranger = unknown.sign_in("inspectorx", "sai mật khẩu").await;
        let told = |text: String, login: &str| {
            let start = text.find("role=\"alert\"").expect("a notice");
            let end = text[start..].find("</div>").expect("its end");
            text[start..start + end].replace(login, "")
        };
        assert_eq!(
            told(text, "inspector"),
            told(stranger.assert_page(401), "inspectorx")
        );
    });
}

#[test]
fn guessing_is_slowed_down_for_one_login_alone() {
    run(async {
        let world = World::shared().await;
        let mut guesser = world.visitor();
        let mut statuses = Vec::new();
        for n in 0..12 {
            // Spelled differently it is the same login.
            let login = if n % 2 == 0 {
                "Đích-Ngắm"
            } else {
                "dich-ngam"
            };
            let reply = guesser.sign_in(login, "đoán mò mười lần").await;
            statuses.push(reply.status);
            if reply.status == 429 {
                reply.assert_page(429);
            }
        }
        assert_eq!(statuses[..10], [401; 10]);
        assert_eq!(statuses[10..], [429; 2]);
        let other = world.visitor().sign_in("researcher", PASSWORD).await;
        assert_eq!(other.status, 303);
    });
}

#[test]
fn one_is_led_back_to_pages_of_ours_only() {
    run(async {
        let world = World::shared().await;
        for (to, expected) in [
            ("/tasks?status=overdue", "/tasks?status=overdue"),
            ("", "/"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("\\\\evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("/tasks\r\nSet-Cookie: a=b", "/"),
            ("tasks", "/"),
        ] {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("to", to)
                .append_pair("lang", "vi")
                .finish();
            let mut client = world.visitor();
            let page = client.get(&format!("/sign-in?{query}")).await;
            assert_eq!(page.hidden("to").as_deref(), Some(expected), "{to:?}");
            let switched = client.get(&format!("/language?{query}")).await;
            assert_eq!(switched.header("location"), expected, "{to:?}");
            let mut officer = world.person("citizen").await;
            let there = officer.get(&format!("/sign-in?{query}")).await;
            assert_eq!(there.header("location"), expected, "{to:?}");
        }
    });
}

#[test]
fn the_form_leads_back_to_where_one_came_from() {
    run(async {
        let world = World::own().await;
        let mut client = world.visitor();
        client.get("/sign-in?to=/reports").await;
        let wrong = [
            ("to", "/reports"),
            ("login", "leader"),
            ("password", "không phải"),
        ];
        let again = client.post("/sign-in", &wrong).await;
        assert_eq!(again.hidden("to").as_deref(), Some("/reports"));
        let right = [
            ("to", "/reports"),
            ("login", " Leader "),
            ("password", PASSWORD),
        ];
        let reply = client.post("/sign-in", &right).await;
        assert_eq!((reply.status, reply.header("location")), (303, "/reports"));
        let evil = [
            ("to", "//evil.example"),
            ("login", "leader"),
            ("password", PASSWORD),
        ];
        let mut other = world.visitor();
        other.get("/sign-in").await;
        let reply = other.post("/sign-in", &evil).await;
        assert_eq!((reply.status, reply.header("location")), (303, "/"));
    });
}

#[test]
fn a_session_is_a_new_one_after_signing_in_and_none_after_signing_out() {
    run(async {
        let world = World::own().await;
        let mut client = world.visitor();
        client.get("/sign-in").await;
        let planted = client.cookie("dotpha_session").map(str::to_owned);
        assert!(planted.is_some());
        assert_eq!(client.sign_in("leader", PASSWORD).await.status, 303);
        let own = client.cookie("dotpha_session").map(str::to_owned);
        assert_ne!(own, planted);
        let set = client.get("/my-work").await;
        set.assert_page(200);
        let mut thief = client.clone();
        let out = client.post("/sign-out", &[]).await;
        assert_eq!(out.status, 303);
        thief.get("/my-work").await.assert_page(401);
        client.get("/my-work").await.assert_page(401);
    });
}

#[test]
fn the_cookie_is_for_the_server_alone() {
    run(async {
        let world = World::shared().await;
        let reply = world.visitor().get("/sign-in").await;
        let cookie = reply.header("set-cookie");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        // A reader who only reads gets none.
        let reply = world.visitor().get("/tasks").await;
        assert_eq!(reply.header("set-cookie"), "");
    });
}

#[test]
fn a_closed_account_and_an_old_password_end_their_sessions() {
    run(async {
        let world = World::own().await;
        let mut operator = world.person("operator").await;
        let mut focal = world.person("focal").await;
        let mut leader = world.person("leader").await;
        let close = world.address("/accounts/{focal}/close");
        assert_eq!(operator.post(&close, &[]).await.status, 303);
        focal.get("/my-work").await.assert_page(401);
        world
            .visitor()
            .sign_in("focal", PASSWORD)
            .await
            .assert_page(401);

        let own = format!("/accounts/{}/password", world.people["leader"]);
        let poor = leader.post(&own, &[("password", "ngắn")]).await;
        let text = poor.assert_faults(&["password"]);
        assert!(!text.contains("ngắn\""), "{text}");
        let mut elsewhere = leader.clone();
        let fresh = "chín con mèo ngủ trưa";
        let reply = leader.post(&own, &[("password", fresh)]).await;
        assert_eq!(reply.status, 303);
        elsewhere.get("/my-work").await.assert_page(401);
        world
            .visitor()
            .sign_in("leader", PASSWORD)
            .await
            .assert_page(401);
        assert_eq!(world.visitor().sign_in("leader", fresh).await.status, 303);
    });
}
