//! What is recorded, once; and what is not, because somebody was quicker.

use crate::words;
use crate::world::{World, run};

#[test]
fn a_form_sent_twice_is_recorded_once() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let figure = [
            ("key", "0190a0a0-0000-7000-8000-000000000001"),
            ("indicator", "cashless_transactions_pct"),
            ("area", "66@2025-07-01"),
            ("period", "2025"),
            ("value", "41,5"),
            ("stage", "reported"),
            ("vintage", "30/6/2026"),
            ("source", "=1+1"),
        ];
        let head = world.head().await;
        let first = officer.post("/observations", &figure).await;
        assert_eq!(first.status, 303, "{}", first.text());
        let again = officer.post("/observations", &figure).await;
        assert_eq!(again.status, 303, "{}", again.text());
        assert_eq!(world.head().await, head + 1);
        // Both lead to a page that is there.
        for reply in [first, again] {
            officer.get(reply.header("location")).await.assert_page(200);
        }
        let listed = "/observations?indicator=cashless_transactions_pct";
        assert_eq!(officer.json(listed).await["total"], 1);
        // A spreadsheet would calculate what begins like a formula.
        let rows = officer.rows(listed).await;
        assert!(rows[0].contains(&"'=1+1".to_owned()), "{rows:?}");
        assert!(officer.get(listed).await.text().contains(">=1+1<"));
    });
}

#[test]
fn who_comes_late_is_told_and_loses_nothing() {
    run(async {
        let world = World::own().await;
        let mut assigner = world.person("assigner").await;
        let address = world.address("/tasks/{school}");
        let page = assigner.get(&address).await;
        let expected = page.hidden("expected").expect("a version");
        let mut leader = world.person("leader").await;
        let quick = [
            ("expected", expected.as_str()),
            ("reason", "Thiếu danh sách lớp"),
        ];
        let first = leader.post(&format!("{address}/return"), &quick).await;
        assert_eq!(first.status, 303, "{}", first.text());
        let head = world.head().await;
        let late = [
            ("expected", expected.as_str()),
            ("deadline", "31/12/2026"),
            ("paper_number", "45/QĐ-UBND"),
            ("paper_date", "1/10/2026"),
            ("reason", "Giáo viên đi tập huấn"),
        ];
        let reply = assigner.post(&format!("{address}/extend"), &late).await;
        let text = reply.assert_page(409);
        assert!(text.contains("Có người vừa thay đổi"), "{text}");
        for typed in ["31/12/2026", "45/QĐ-UBND", "Giáo viên đi tập huấn"] {
            assert!(text.contains(typed), "{typed} is lost: {text}");
        }
        assert_eq!(world.head().await, head);
        // Sent again from the page that came back it is taken: that page carries the new version.
        let now = reply.hidden("expected").expect("a version");
        assert_ne!(now, expected);
        let mut again = late;
        again[0].1 = now.as_str();
        let done = assigner.post(&format!("{address}/extend"), &again).await;
        assert_eq!(done.status, 303, "{}", done.text());
    });
}

#[test]
fn a_result_goes_in_with_its_file_and_comes_out_confirmed() {
    run(async {
        let world = World::own().await;
        let mut focal = world.person("focal").await;
        let address = world.address("/tasks/{cards}");
        let expected = focal
            .get(&address)
            .await
            .hidden("expected")
            .expect("a version");
        let fields = [
            ("text", "Đã lắp <20> máy"),
            ("expected", expected.as_str()),
            ("key", "k1"),
        ];
        let file: (&str, &str, &[u8]) = ("evidence", "../anh trạm.html", b"<script>1</script>");
        let sent = focal
            .upload(&format!("{address}/result"), &fields, &[file])
            .await;
        assert_eq!(
            (sent.status, sent.header("location")),
            (303, address.as_str())
        );
        let text = focal.get(&address).await.text();
        assert!(text.contains("Đã lắp &lt;20&gt; máy"), "{text}");
        let evidence = text
            .split('"')
            .find(|value| value.starts_with(&format!("{address}/evidence/")))
            .expect("a link to the file")
            .to_owned();
        let file = focal.get(&evidence).await;
        assert_eq!(file.header("content-type"), "application/octet-stream");
        assert_eq!(file.bytes, b"<script>1</script>");
        assert!(!file.header("content-disposition").contains('/'));
        // The other agency's officer cannot confirm, the assigner can.
        let mut other = world.person("other").await;
        other.get(&evidence).await.assert_page(404);
        let mut assigner = world.person("assigner").await;
        let waiting = assigner.json("/my-work").await;
        assert!(
            waiting["to_judge"]
                .to_string()
                .contains(&address["/tasks/".len()..])
        );
        let done = assigner.post(&format!("{address}/confirm"), &[]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let task = focal.json(&address).await;
        assert_eq!(task["row"]["status"], "done", "{task}");
    });
}

#[test]
fn publishing_shows_everybody_the_programme_but_not_its_inner_life() {
    run(async {
        let world = World::own().await;
        let mut visitor = world.visitor();
        let page = world.address("/programmes/{inner}");
        let task = world.address("/tasks/{health}");
        visitor.get(&page).await.assert_page(404);
        let mut officer = world.person("officer").await;
        let done = officer.post(&format!("{page}/publish"), &[]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        visitor.get(&page).await.assert_page(200);
        for accept in ["text/html", "application/json", "text/csv"] {
            let reply = visitor.get_as(&task, accept).await;
            assert_eq!(reply.status, 200);
            for hidden in [words::RESULT, words::REASON, "bien-ban"] {
                assert!(!reply.text().contains(hidden), "{accept}: {hidden}");
            }
        }
        // What is published is so with its past, but for what is never published.
        let before = visitor.get(&format!("{task}?as_known_on=2026-09-30")).await;
        let text = before.assert_page(200);
        assert!(
            !text.contains(words::RESULT) && !text.contains(words::REASON),
            "{text}"
        );
        world.searchable().await;
        let found = visitor.json("/search?q=suc+khoe+mo&kind=task").await;
        assert_eq!(found["total"], 1, "{found}");
    });
}

#[test]
fn an_account_is_opened_once_and_signs_in() {
    run(async {
        let world = World::own().await;
        let mut operator = world.person("operator").await;
        let form = [
            ("key", "mot-lan"),
            ("login", "can.bo.moi"),
            ("name", "Lê <Mới>"),
            ("role", "focal_officer"),
            ("organisation", "so-gddt"),
            ("password", "tám quả cam trong giỏ"),
        ];
        let first = operator.post("/accounts", &form).await;
        let again = operator.post("/accounts", &form).await;
        assert_eq!(first.status, 303, "{}", first.text());
        assert_eq!(first.header("location"), again.header("location"));
        let mut other = form;
        other[0].1 = "lan-khac";
        let taken = operator.post("/accounts", &other).await;
        let text = taken.assert_faults(&["login"]);
        assert!(
            text.contains("value=\"can.bo.moi\"") && text.contains("Lê &lt;Mới&gt;"),
            "{text}"
        );
        assert!(
            !text.contains("tám quả cam"),
            "a password is never sent back"
        );
        other[1].1 = "can.bo.khac";
        other[4].1 = "khong-co";
        operator
            .post("/accounts", &other)
            .await
            .assert_faults(&["organisation"]);
        let mut new = world.visitor();
        assert_eq!(new.sign_in("CAN.BO.MOI", form[5].1).await.status, 303);
        assert!(new.get("/my-work").await.text().contains("Lê &lt;Mới&gt;"));
    });
}
