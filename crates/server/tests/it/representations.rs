//! One address, three representations; and what stands in the head of every answer.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::client::Client;
use crate::world::{World, run};

/// Pages of lists, with the field of the JSON that holds the rows of the CSV.
const LISTS: [(&str, &str); 12] = [
    ("/tasks", "tasks"),
    ("/programmes", "programmes"),
    ("/documents", "documents"),
    ("/observations", "observations"),
    ("/reports", "reports"),
    ("/organisations", "organisations"),
    ("/indicators", "indicators"),
    ("/definitions", "definitions"),
    ("/areas", "areas"),
    ("/history", "facts"),
    ("/organisations/so-y-te", "tasks"),
    ("/programmes/{inner}", "targets"),
];

/// Pages of one thing.
const THINGS: [&str; 9] = [
    "/areas/{area}",
    "/indicators/innovating_enterprises_pct",
    "/targets/{inner-target}",
    "/tasks/{health}",
    "/documents/{inner-document}",
    "/documents/{inner-document}/reading",
    "/observations/{inner-figure}",
    "/reports/{report}",
    "/my-work",
];

#[test]
fn each_page_answers_three_ways_by_accept_and_by_format() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        let lists = LISTS.iter().map(|(address, _)| *address);
        for address in lists.chain(THINGS) {
            let address = world.address(address);
            for (word, accept, media) in [
                ("html", "text/html", "text/html; charset=utf-8"),
                ("json", "application/json", "application/json"),
                ("csv", "text/csv", "text/csv; charset=utf-8"),
            ] {
                let asked = officer.get_as(&address, accept).await;
                let formed = officer.get(&format!("{address}?format={word}")).await;
                for reply in [&asked, &formed] {
                    assert_eq!(reply.status, 200, "{address} {word}");
                    assert_eq!(reply.header("content-type"), media, "{address}");
                    assert_eq!(reply.header("vary"), "Accept, Cookie", "{address}");
                }
                match word {
                    "json" => assert_eq!(asked.json(), formed.json(), "{address}"),
                    "csv" => assert_eq!(asked.rows(), formed.rows(), "{address}"),
                    _ => {
                        let text = asked.assert_page(200);
                        assert!(text.contains("format=json"), "{address} links its JSON");
                    }
                }
            }
        }
    });
}

#[test]
fn lists_have_the_same_rows_in_each() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        for (address, field) in LISTS {
            let address = world.address(address);
            let json = officer.json(&address).await;
            let listed = json[field]
                .as_array()
                .unwrap_or_else(|| panic!("{address}: {json}"));
            let rows = officer.rows(&address).await;
            assert!(!listed.is_empty(), "{address} shows nothing");
            assert_eq!(rows.len(), listed.len(), "{address}");
            for (row, item) in rows.iter().zip(listed) {
                if let Some(id) = item["id"].as_str() {
                    assert!(row.iter().any(|cell| cell == id), "{address}: {row:?}");
                }
            }
        }
    });
}

#[test]
fn an_unknown_format_is_explained() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        for format in ["xml", "%3Cscript%3E", "JSON"] {
            let reply = visitor.get(&format!("/tasks?format={format}")).await;
            let text = reply.assert_page(400);
            assert!(text.contains("html, json, csv"), "{text}");
            assert!(!text.contains("<script>"), "{text}");
        }
        let day = visitor
            .get("/tasks?as_known_on=gestern")
            .await
            .assert_page(400);
        assert!(day.contains("NĂM-THÁNG-NGÀY"), "{day}");
    });
}

#[test]
fn pages_of_lists_follow_each_other() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        let all = officer.rows("/tasks?sort=title").await;
        let mut found = Vec::new();
        for page in 1..=3 {
            let address = format!("/tasks?sort=title&limit=2&page={page}");
            found.extend(officer.rows(&address).await);
        }
        assert_eq!(found, all);
        for odd in [
            "page=0",
            "page=-1",
            "page=99999999999",
            "limit=0",
            "limit=999999999",
        ] {
            officer.get(&format!("/tasks?{odd}")).await.assert_page(200);
        }
    });
}

/// The shape of a JSON: its fields with the sort of what stands in them, lists by their first item.
fn shape(value: &Json) -> Json {
    match value {
        Json::Null => Json::from("nothing"),
        Json::Bool(_) => Json::from("yes or no"),
        Json::Number(_) => Json::from("number"),
        Json::String(_) => Json::from("text"),
        Json::Array(items) => Json::Array(items.iter().take(1).map(shape).collect()),
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), shape(value)))
            .collect(),
    }
}

async fn assert_shape(client: &mut Client, world: &World, name: &str, address: &str) {
    let json = client.json(&world.address(address)).await;
    insta::assert_json_snapshot!(name, shape(&json));
}

/// Clients are written against these: a change here is a change of the interface.
#[test]
fn the_json_keeps_its_shape() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        assert_shape(&mut officer, &world, "tasks", "/tasks?limit=1").await;
        assert_shape(&mut officer, &world, "task", "/tasks/{health}").await;
        assert_shape(&mut officer, &world, "board", "/programmes/{inner}").await;
        assert_shape(
            &mut officer,
            &world,
            "observation",
            "/observations/{inner-figure}",
        )
        .await;
        let mut visitor = world.visitor();
        assert_shape(
            &mut visitor,
            &world,
            "task_of_the_public",
            "/tasks/{public-health}",
        )
        .await;
    });
}

#[test]
fn every_answer_carries_the_same_protection() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        let page = visitor.get("/tasks").await;
        let mut kept: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in &page.headers {
            if name != "content-length" && name != "x-request-id" {
                let values = kept.entry(name.as_str()).or_default();
                values.push(value.to_str().expect("text"));
            }
        }
        insta::assert_json_snapshot!("headers_of_a_page", kept);
        for address in [
            "/sign-in",
            "/khong-co",
            "/tasks?format=csv",
            "/tasks?format=xml",
            "/healthz",
            "/language?lang=en",
            "/my-work",
        ] {
            let reply = visitor.get(address).await;
            for name in [
                "content-security-policy",
                "x-content-type-options",
                "x-frame-options",
                "referrer-policy",
                "cross-origin-opener-policy",
                "cache-control",
            ] {
                assert_eq!(reply.header(name), kept[name][0], "{address} {name}");
            }
        }
    });
}

/// No inline script, style or handler could run under the policy; none is sent either.
#[test]
fn pages_hold_nothing_the_policy_forbids() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        let lists = LISTS.iter().map(|(address, _)| *address);
        let forms = ["/observations/new", "/reports/new", "/sign-in"];
        for address in lists.chain(THINGS).chain(forms) {
            let text = officer.get(&world.address(address)).await.text();
            for forbidden in [
                " style=\"",
                "<style",
                " onclick=",
                "javascript:",
                "<script>",
            ] {
                assert!(!text.contains(forbidden), "{address}: {forbidden}");
            }
        }
    });
}

#[test]
fn the_assets_a_page_names_are_there_for_good() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        let page = visitor.get("/").await.text();
        let assets: Vec<&str> = page
            .split('"')
            .filter(|value| value.starts_with("/assets/"))
            .collect();
        assert_eq!(assets.len(), 3, "{assets:?}");
        for address in assets {
            let reply = visitor.get(address).await;
            assert_eq!(reply.status, 200, "{address}");
            assert!(
                reply.header("cache-control").contains("immutable"),
                "{address}"
            );
        }
        let missing = visitor.get("/assets/00/khong-co.css").await;
        assert_eq!(missing.status, 404);
    });
}
