//! What is inside stays inside, in whichever way it is asked for.

use crate::client::Client;
use crate::words;
use crate::world::{World, run};

/// Every list and page on which a task, a figure or a document could turn up.
const PLACES: [&str; 26] = [
    "/",
    "/tasks",
    "/tasks?limit=1000&text=danh+muc",
    "/tasks?organisation=so-y-te",
    "/tasks?status=returned",
    "/organisations/so-y-te",
    "/programmes",
    "/programmes?indicator=innovating_enterprises_pct",
    "/programmes/{public}",
    "/targets/{public-target}",
    "/tasks/{public-health}",
    "/tasks/{public-school}",
    "/documents",
    "/documents/{public-document}",
    "/observations",
    "/observations?indicator=innovating_enterprises_pct",
    "/observations/{public-figure}",
    "/indicators/innovating_enterprises_pct",
    "/indicators/innovating_enterprises_pct?area={area}&map=then",
    "/indicators/digital_economy_share_of_grdp",
    "/indicators/digital_economy_share_of_grdp?area={area}",
    "/indicators/innovating_enterprises_pct/value?area={area}&period=2025",
    "/indicators/digital_economy_share_of_grdp/value?area={area}&period=2025",
    "/compare?indicator=innovating_enterprises_pct",
    "/compare?indicator=digital_economy_share_of_grdp",
    "/compare?indicator=digital_economy_share_of_grdp&indicator=innovating_enterprises_pct&area={area}",
];

/// All that a reader gets of all places, in all representations, now and then.
async fn everything(world: &World, client: &mut Client, more: &[&str]) -> String {
    let mut all = String::new();
    for place in PLACES.iter().chain(more) {
        for accept in ["text/html", "application/json", "text/csv"] {
            for day in ["", "as_known_on=2026-09-20"] {
                let address = world.address(place);
                let separator = if address.contains('?') { '&' } else { '?' };
                let address = format!("{address}{separator}{day}");
                let reply = client.get_as(&address, accept).await;
                all.push_str(&format!("\n== {address} {accept}\n{}", reply.text()));
            }
        }
    }
    all
}

#[track_caller]
fn assert_none_of(all: &str, hidden: &[&str]) {
    for words in hidden {
        if let Some(at) = all.find(words) {
            let place = all[..at].rfind("\n== ").unwrap_or(0);
            let line: String = all[place..].chars().take(120).collect();
            let near: String = all[at..].chars().take(80).collect();
            panic!("{near:?} in {line}");
        }
    }
}

#[test]
fn the_public_reads_what_is_published_and_no_more() {
    run(async {
        let world = World::shared().await;
        world.searchable().await;
        let searches = [
            "/search?q=danh+muc",
            "/search?q=suc+khoe+mo",
            "/search?q=Sao+Khue",
            "/search?q=kinh+te+so+GRDP",
            "/search?q=quay+tu+van",
        ];
        let inside = [
            words::RESULT,
            words::PUBLIC_RESULT,
            words::REASON,
            words::EXTENSION,
            words::INNER_SOURCE,
            words::NOTE,
            "dữ liệu sức khỏe mở",
            "máy đọc thẻ",
            "901/KH-UBND",
            "bien-ban.txt",
            "bieu.txt",
            "Người focal",
            "Người officer",
        ];
        for reader in ["visitor", "citizen", "enterprise", "researcher", "operator"] {
            let mut client = world.anybody(reader).await;
            let all = everything(&world, &mut client, &searches).await;
            // An own name in the frame of the page is no secret.
            assert_none_of(&all, &inside);
            let ids = [
                world.inner.programme.to_string(),
                world.inner.document.to_string(),
                world.inner.tasks[0].to_string(),
                world.inner.targets[0].to_string(),
                world.inner_figure.to_string(),
                world.people["focal"].to_string(),
                world.people["assigner"].to_string(),
                world.people["officer"].to_string(),
            ];
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            assert_none_of(&all, &ids);
            for shown in ["quầy tư vấn thiết bị", "88-CTr/TU", words::PUBLIC_SOURCE] {
                assert!(all.contains(shown), "{reader} misses {shown}");
            }
        }
    });
}

#[test]
fn a_focal_officer_meets_nothing_of_another_agencys_task() {
    run(async {
        let world = World::shared().await;
        world.searchable().await;
        let more = [
            "/my-work",
            "/search?q=danh+muc",
            "/search?q=may+doc+the",
            "/search?q=du+lieu&kind=task",
            "/programmes/{inner}",
            "/documents/{inner-document}",
            "/history",
            "/history/programme/{inner}",
            "/history/task/{public-health}",
            "/history/series/innovating_enterprises_pct:66@2025-07-01",
        ];
        let hidden = [
            words::RESULT,
            words::REASON,
            words::EXTENSION,
            &world.inner.tasks[0].to_string(),
            &world.inner.tasks[2].to_string(),
        ];
        let mut other = world.person("other").await;
        let all = everything(&world, &mut other, &more).await;
        assert_none_of(&all, &hidden);
        assert!(all.contains("đường ống dữ liệu"), "their own task is there");
        let mut own = world.person("focal").await;
        let page = ["/tasks/{health}"];
        let all =
            everything(&world, &mut own, &more).await + &everything(&world, &mut own, &page).await;
        for shown in hidden {
            assert!(all.contains(shown), "the agency itself misses {shown}");
        }
        assert_none_of(&all, &[words::PUBLIC_RESULT, "Đã mở hai lớp"]);
    });
}

#[test]
fn counts_tell_no_more_than_lists() {
    run(async {
        let world = World::shared().await;
        for (reader, tasks, inner_tasks) in [
            ("visitor", 3, None),
            ("citizen", 3, None),
            ("focal", 5, Some(2)),
            ("other", 4, Some(1)),
            ("officer", 6, Some(3)),
            ("inspector", 6, Some(3)),
        ] {
            let mut client = world.anybody(reader).await;
            let listed = client.json("/tasks").await;
            assert_eq!(listed["total"], tasks, "{reader}");
            assert_eq!(
                listed["tasks"].as_array().map(Vec::len),
                Some(tasks),
                "{reader}"
            );
            assert_eq!(client.rows("/tasks").await.len(), tasks, "{reader}");
            let health = client.json("/tasks?organisation=so-y-te").await;
            let led = client.json("/organisations/so-y-te").await;
            assert_eq!(led["tasks_total"], health["total"], "{reader}");
            if let Some(expected) = inner_tasks {
                let board = client.json(&world.address("/programmes/{inner}")).await;
                let counted: u64 = sum(&board["tasks"]["all"]);
                assert_eq!(counted, expected, "{reader}: {}", board["tasks"]);
            }
        }
    });
}

/// The numbers of a JSON, added up.
fn sum(value: &serde_json::Value) -> u64 {
    match value {
        serde_json::Value::Number(n) => n.as_u64().unwrap_or(0),
        serde_json::Value::Array(items) => items.iter().map(sum).sum(),
        serde_json::Value::Object(fields) => fields.values().map(sum).sum(),
        _ => 0,
    }
}

#[test]
fn a_job_is_seen_by_whoever_asked_for_it() {
    run(async {
        let world = World::shared().await;
        let address = world.address("/jobs/{job}");
        for (reader, status) in [("officer", 200), ("operator", 200), ("assigner", 404)] {
            let mut client = world.person(reader).await;
            for accept in ["text/html", "application/json", "text/csv"] {
                assert_eq!(
                    client.get_as(&address, accept).await.status,
                    status,
                    "{reader}"
                );
            }
        }
    });
}

#[test]
fn files_are_handed_out_and_never_shown() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        for address in [
            "/tasks/{health}/evidence/{evidence}",
            "/observations/{inner-figure}/evidence/{inner-paper}",
            "/documents/{inner-document}/file",
            "/documents/{inner-document}/akoma-ntoso",
            "/reports/{report}/pdf",
            "/reports/{report}/docx",
            "/reports/{report}/inputs",
        ] {
            let reply = officer.get(&world.address(address)).await;
            assert_eq!(reply.status, 200, "{address}");
            let disposition = reply.header("content-disposition");
            assert!(
                disposition.starts_with("attachment; filename=\""),
                "{address}: {disposition}"
            );
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
        }
        let wrong = "/tasks/{health}/evidence/{inner-paper}";
        officer.get(&world.address(wrong)).await.assert_page(404);
    });
}
