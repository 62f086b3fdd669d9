//! Search: with diacritics, without, within the reader's scope.

use serde_json::Value as Json;

use crate::client::Client;
use crate::world::{World, run};

async fn found(client: &mut Client, q: &str, kind: &str) -> Vec<String> {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .append_pair("kind", kind)
        .finish();
    let json = client.json(&format!("/search?{query}")).await;
    let hits = json["hits"].as_array().expect("hits");
    let addresses = hits.iter().filter_map(|hit| hit["address"].as_str());
    addresses.map(str::to_owned).collect()
}

#[test]
fn words_are_found_with_and_without_diacritics() {
    run(async {
        let world = World::shared().await;
        world.searchable().await;
        let mut officer = world.person("officer").await;
        let school = world.address("/tasks/{school}");
        let health = world.address("/tasks/{health}");
        let decomposed = "đu\u{31b}o\u{31b}\u{300}ng o\u{302}\u{301}ng";
        for (q, task) in [
            ("đường ống", &school),
            ("duong ong", &school),
            ("DUONG ỐNG", &school),
            ("đ", &school),
            ("dữ liệu sức khoẻ", &health),
            ("suc khoe mo", &health),
            (decomposed, &school),
        ] {
            let hits = found(&mut officer, q, "task").await;
            assert!(hits.contains(task) || q == "đ", "{q}: {hits:?}");
        }
        // Diacritics that are typed are meant.
        for q in ["đương ông", "dưỡng ong", "xyz không có"] {
            assert_eq!(found(&mut officer, q, "task").await, [] as [&str; 0], "{q}");
        }
    });
}

#[test]
fn a_reader_finds_what_a_reader_may_open() {
    run(async {
        let world = World::shared().await;
        world.searchable().await;
        for (reader, q, expected) in [
            ("visitor", "danh muc du lieu", 0),
            ("citizen", "danh muc du lieu", 0),
            ("other", "danh muc du lieu", 0),
            ("focal", "danh muc du lieu", 1),
            ("inspector", "danh muc du lieu", 1),
            ("visitor", "quay tu van", 1),
            ("other", "duong ong", 1),
            ("focal", "duong ong", 0),
        ] {
            let mut client = world.anybody(reader).await;
            let hits = found(&mut client, q, "task").await;
            assert_eq!(hits.len(), expected, "{reader} {q}: {hits:?}");
            for address in found(&mut client, q, "").await {
                let address = address.split('#').next().expect("an address");
                assert_eq!(client.get(address).await.status, 200, "{reader} {address}");
            }
        }
    });
}

#[test]
fn every_kind_is_found_and_shown() {
    run(async {
        let world = World::shared().await;
        world.searchable().await;
        let mut officer = world.person("officer").await;
        for (kind, q) in [
            ("document", "88-CTr/TU"),
            ("passage", "hoi thi sang che"),
            ("target", "khong dung tien mat"),
            ("task", "quy ho tro"),
            ("organisation", "so y te"),
            ("indicator", "doi moi sang tao"),
        ] {
            let hits = found(&mut officer, q, kind).await;
            assert!(!hits.is_empty(), "{kind} {q}");
            for address in hits {
                let address = address.split('#').next().expect("an address").to_owned();
                assert_eq!(officer.get(&address).await.status, 200, "{address}");
            }
        }
    });
}

#[test]
fn odd_queries_are_answered() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        let long = "a ".repeat(2000);
        for q in [
            "",
            "   ",
            "*",
            "a AND (b",
            "\"",
            "<script>alert(1)</script>",
            "\0",
            &long,
        ] {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("q", q)
                .append_pair("kind", "lạ")
                .finish();
            let text = visitor
                .get(&format!("/search?{query}"))
                .await
                .assert_page(200);
            assert!(!text.contains("<script>alert"), "{text}");
        }
        let json: Json = visitor.json("/search?q=").await;
        assert_eq!(json["total"], 0);
    });
}
