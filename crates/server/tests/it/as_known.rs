//! Pages as they would have stood on a day.

use serde_json::Value as Json;

use crate::world::{World, run};

/// What a page said before a change and says since: (address, day before, where in its JSON, then, since).
const CHANGES: [(&str, &str, &str, &str, &str); 8] = [
    // The deadline was extended on 25 August.
    (
        "/tasks/{public-health}",
        "2026-08-24",
        "/row/task/deadline",
        "\"2026-11-15\"",
        "\"2027-01-15\"",
    ),
    (
        "/tasks/{public-health}",
        "2026-08-24",
        "/state/extensions/0/reason",
        "null",
        "\"Nhà thầu Thiên Cầm chậm giao\"",
    ),
    // The result was handed in on 20 August, late for the day of then, and confirmed on 25 August.
    (
        "/tasks/{public-school}",
        "2026-08-24",
        "/row/progress",
        "\"submitted\"",
        "\"confirmed\"",
    ),
    (
        "/tasks/{public-school}",
        "2026-08-19",
        "/row/progress",
        "\"none\"",
        "\"confirmed\"",
    ),
    // The first figure of the target came on 15 September.
    (
        "/targets/{inner-target}",
        "2026-09-14",
        "/figures/0/value",
        "null",
        "\"19.5\"",
    ),
    (
        "/targets/{inner-target}",
        "2026-09-14",
        "/target/status",
        "\"no_data\"",
        "\"not_yet_measurable\"",
    ),
    ("/observations", "2026-09-14", "/total", "0", "3"),
    ("/reports", "2026-10-04", "/total", "0", "1"),
];

#[test]
fn a_page_of_then_shows_what_was_known_then() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        for (address, day, place, then, since) in CHANGES {
            let address = world.address(address);
            let at = |json: &Json| json.pointer(place).cloned().unwrap_or_default().to_string();
            let past = officer.json(&format!("{address}?as_known_on={day}")).await;
            assert_eq!(at(&past), then, "{address} {place} on {day}");
            let now = officer.json(&address).await;
            assert_eq!(at(&now), since, "{address} {place} now");
            let today = officer
                .json(&format!("{address}?as_known_on=2026-10-05"))
                .await;
            assert_eq!(today, now, "{address}: today is now");
        }
    });
}

#[test]
fn before_it_was_there_is_not_found() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        for address in [
            "/programmes/{inner}",
            "/targets/{inner-target}",
            "/tasks/{health}",
            "/documents/{inner-document}",
            "/observations/{inner-figure}",
            "/reports/{report}",
            "/history/task/{health}",
        ] {
            let address = format!("{}?as_known_on=2026-08-05", world.address(address));
            officer.get(&address).await.assert_page(404);
        }
        for address in ["/programmes", "/tasks", "/documents", "/reports"] {
            let listed = officer
                .json(&format!("{address}?as_known_on=2026-08-05"))
                .await;
            assert_eq!(listed["total"], 0, "{address}");
        }
    });
}

#[test]
fn a_page_of_then_says_so_and_leads_back() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        let address = world.address("/tasks/{health}");
        let reply = officer
            .get(&format!("{address}?as_known_on=2026-08-22"))
            .await;
        let text = reply.assert_page(200);
        assert!(
            text.contains("notice-past") && text.contains("22/08/2026"),
            "{text}"
        );
        assert!(
            text.contains(&format!("<a href=\"{address}\">Xem hiện tại</a>")),
            "{text}"
        );
        // What was published since is no secret of then: the reader's scope is today's.
        let mut visitor = world.visitor();
        let inner = world.address("/tasks/{health}?as_known_on=2026-08-22");
        visitor.get(&inner).await.assert_page(404);
    });
}

#[test]
fn names_are_those_of_the_day() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        let now = visitor.json("/areas").await;
        assert_eq!(now["areas"].as_array().map(Vec::len), Some(34));
        let one = visitor.json("/areas/66").await;
        assert_eq!(one["key"], "66@2025-07-01");
        // Two lives of one code are never shown as one.
        let lives = one["same_code"].as_array().expect("a list");
        assert!(
            lives.iter().all(|life| life["key"] != "66@2025-07-01"),
            "{one}"
        );
        assert!(!lives.is_empty(), "{one}");
    });
}

/// By a day before the first entry nothing is known, not even by which thresholds a status is derived.
#[test]
fn before_anything_was_recorded_no_page_fails() {
    run(async {
        let world = World::shared().await;
        for reader in ["officer", "focal", "operator", "visitor"] {
            let mut client = world.anybody(reader).await;
            for address in crate::roles::pages() {
                let address = world.address(address);
                let asks = if address.contains('?') { '&' } else { '?' };
                let address = format!("{address}{asks}as_known_on=2000-01-01");
                let reply = client.get(&address).await;
                assert!(
                    reply.status < 500,
                    "{address} as {reader}: {}",
                    reply.text()
                );
            }
        }
        let mut officer = world.person("officer").await;
        let text = officer
            .get("/tasks?as_known_on=2000-01-01")
            .await
            .assert_page(400);
        assert!(text.contains("ngưỡng"), "{text}");
    });
}
