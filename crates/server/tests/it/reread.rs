//! Reading a document again: the difference is shown first, what persons did stays; and what they made of a
//! reading can be taken away, as an outline and as an annotated case.

use access::{AsKnown, Scope};
use programme::document::DocumentCommand;
use programme::{DocumentId, Given};

use crate::documents::{PLAN, handed_in};
use crate::world::{World, run};

#[test]
fn another_reading_is_shown_before_it_is_taken_and_corrections_stay() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let document = handed_in(&world, &mut officer, PLAN).await;
        let id: DocumentId = document
            .rsplit('/')
            .next()
            .and_then(|id| id.parse().ok())
            .expect("an id");
        let address = format!("{document}/reread");
        let shown = officer.json(&address).await;
        assert_eq!(shown["difference"]["alike"], 4, "{shown}");
        let page = officer.get(&address).await.assert_page(200);
        assert!(page.contains("không làm thay đổi gì"), "{page}");

        // As an older reader left it: one target missing, another with another number.
        let now = AsKnown::now(world.journal().today());
        let scope = Scope::system();
        let view = programme::document::get(world.journal(), &scope, now, id).await;
        let mut older = view.expect("a document").reading.expect("read").source;
        older.targets.remove(1);
        older.targets[0].1.terms.value = Some(57.into());
        let command = DocumentCommand::Reread {
            reading: Box::new(older),
            reader: "an older reader".into(),
        };
        let given = Given::default();
        programme::document::command(world.journal(), &scope, &given, id, &command)
            .await
            .expect("taken");
        let reject = officer
            .post(
                &format!("{document}/reading/tasks/k2/reject"),
                &[("reason", "trùng")],
            )
            .await;
        assert_eq!(reject.status, 303, "{}", reject.text());

        let shown = officer.json(&address).await;
        let fates: Vec<&str> = ["targets", "tasks"]
            .iter()
            .flat_map(|list| shown["difference"][list].as_array().expect("a list"))
            .map(|item| item["fate"].as_str().expect("a fate"))
            .collect();
        assert_eq!(fates, ["changed", "found", "kept"], "{shown}");
        let form = officer.get(&address).await;
        let expected = form.hidden("expected").expect("a version");
        let page = form.assert_page(200);
        for words in ["đọc khác đi", "mới thấy", "giữ như đã sửa", "57", "58"] {
            assert!(page.contains(words), "{words} is not in {page}");
        }
        let nothing = officer.json(&format!("{document}/reading")).await;
        assert_eq!(
            nothing["reading"]["targets"].as_array().map(Vec::len),
            Some(1)
        );

        let stale = officer.post(&address, &[("expected", "1")]).await;
        assert_eq!(stale.status, 409, "{}", stale.text());
        let taken = officer.post(&address, &[("expected", &expected)]).await;
        assert_eq!(taken.status, 303, "{}", taken.text());
        let view = officer.json(&format!("{document}/reading")).await;
        let targets = view["reading"]["targets"].as_array().expect("targets");
        assert_eq!(targets.len(), 2);
        assert_eq!(targets[0]["fields"]["terms"]["value"], "58");
        let task = &view["reading"]["tasks"][1];
        assert_eq!(
            (task["origin"].as_str(), task["reason"].as_str()),
            (Some("rejected"), Some("trùng"))
        );
    });
}

#[test]
fn a_corrected_reading_can_be_taken_away_as_outline_and_as_case() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let document = handed_in(&world, &mut officer, PLAN).await;
        let reject = officer
            .post(
                &format!("{document}/reading/targets/t2/reject"),
                &[("reason", "đã có ở kế hoạch khác")],
            )
            .await;
        assert_eq!(reject.status, 303, "{}", reject.text());
        let case = officer.get(&format!("{document}/annotations")).await.json();
        assert_eq!(case["text"], PLAN);
        assert_eq!(case["targets"].as_array().map(Vec::len), Some(1), "{case}");
        assert_eq!(case["not_targets"][0]["why"], "đã có ở kế hoạch khác");
        assert_eq!(case["tasks"].as_array().map(Vec::len), Some(2));
        let outline = officer.get(&format!("{document}/akoma-ntoso")).await;
        assert_eq!(outline.header("content-type"), "application/akn+xml");
        let xml = outline.text();
        assert!(xml.contains("<FRBRnumber value=\"777/KH-UBND\"/>"), "{xml}");
        assert!(xml.contains("<heading>MỤC TIÊU</heading>"), "{xml}");
    });
}
