//! Vietnamese and English.

use crate::world::{World, run};

const PAGES: [&str; 14] = [
    "/my-work",
    "/programmes",
    "/programmes/{public}",
    "/targets/{public-target}",
    "/tasks",
    "/tasks/{public-school}",
    "/documents",
    "/documents/{public-document}",
    "/observations",
    "/observations/new",
    "/observations/{public-figure}",
    "/reports",
    "/search?q=x",
    "/khong-co",
];

/// The frame of a page, without what documents and people say in it.
fn frame(text: &str) -> String {
    let start = text.find("<header").expect("a header");
    let end = text.find("</header>").expect("its end");
    let foot = text.find("<footer").expect("a footer");
    // The way to the other language is written in that language.
    format!("{}{}", &text[start..end], &text[foot..]).replace("Tiếng Việt", "")
}

#[test]
fn pages_speak_the_language_asked_for() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        for address in PAGES {
            let address = world.address(address);
            let vietnamese = officer.get(&address).await.text();
            assert!(vietnamese.contains("<html lang=\"vi\">"), "{address}");
            let separator = if address.contains('?') { '&' } else { '?' };
            let english = officer
                .get(&format!("{address}{separator}lang=en"))
                .await
                .text();
            assert!(english.contains("<html lang=\"en\">"), "{address}");
            let frame = frame(&english);
            for word in [
                "Chương trình",
                "Nhiệm vụ",
                "Văn bản",
                "Số liệu",
                "Báo cáo",
                "Cơ quan",
            ] {
                assert!(!frame.contains(word), "{address}: {word} in {frame}");
            }
            assert!(
                frame.contains("Programmes") && frame.contains("Tasks"),
                "{address}"
            );
        }
    });
}

/// Words of the screen that stand in a page's headings and labels.
fn headings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in ["h1", "h2", "h3", "th", "label", "button", "legend"] {
        for part in text.split(&format!("<{tag}")).skip(1) {
            let inside = part.split_once('>').map(|(_, rest)| rest);
            let words = inside.and_then(|rest| rest.split('<').next()).unwrap_or("");
            if !words.trim().is_empty() {
                found.push(words.trim().to_owned());
            }
        }
    }
    found
}

#[test]
fn labels_of_lists_and_forms_are_translated() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        for address in [
            "/tasks",
            "/observations",
            "/observations/new",
            "/documents",
            "/programmes",
            "/reports/new",
            "/my-work",
            "/organisations",
        ] {
            let text = officer.get(&format!("{address}?lang=en")).await.text();
            for words in headings(&text) {
                let vietnamese = words
                    .chars()
                    .any(|c| "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ".contains(c));
                // Headings of the State's forms are what they are in law.
                let of_a_form = address == "/reports/new";
                assert!(!vietnamese || of_a_form, "{address}: {words}");
            }
        }
    });
}

#[test]
fn the_choice_is_kept_in_a_cookie() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        let reply = visitor.get("/language?lang=en&to=/tasks").await;
        assert_eq!((reply.status, reply.header("location")), (303, "/tasks"));
        assert!(
            visitor
                .get("/tasks")
                .await
                .text()
                .contains("<html lang=\"en\">")
        );
        let text = visitor.get("/tasks?lang=vi").await.text();
        assert!(
            text.contains("<html lang=\"vi\">"),
            "the address goes before the cookie"
        );
        for odd in [
            "/language",
            "/language?lang=",
            "/language?lang=xx&to=/tasks",
            "/language?to=/",
        ] {
            let reply = visitor.get(odd).await;
            assert_eq!(reply.status, 303, "{odd}: {}", reply.text());
        }
    });
}

#[test]
fn failures_speak_it_too() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        let english = visitor.get("/khong-co?lang=en").await.assert_page(404);
        assert!(english.contains("There is no such page"), "{english}");
        let reply = visitor.get_as("/khong-co", "application/json").await;
        assert_eq!(reply.status, 404);
        let both = reply.json();
        for lang in ["vi", "en"] {
            assert!(
                both["error"][lang]
                    .as_str()
                    .is_some_and(|say| !say.is_empty()),
                "{both}"
            );
        }
    });
}
