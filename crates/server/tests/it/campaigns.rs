//! Index seasons through the pages: opening, answering, judging, taking along.

use std::io::{Cursor, Read};

use crate::world::{World, run};

fn answer<'a>(said: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("said", said)];
    fields.extend_from_slice(more);
    fields
}

#[test]
fn an_agency_answers_and_the_keeper_confirms() {
    run(async {
        let world = World::own().await;
        world.maker.go_to("2026-10-10");
        let mut focal = world.person("focal").await;
        let request = format!("/campaigns/{}/requests/thanh-toan", world.season);
        let page = focal.get(&request).await.text();
        assert!(page.contains("Lấy theo báo cáo năm."), "guidance");
        let work = focal.get("/my-work").await.text();
        assert!(work.contains(&request), "what is owed stands in my work");

        // What was typed comes back, and the field that is wrong is named.
        let fields = answer(
            "figure",
            &[("value", "nhiều"), ("source", "Báo cáo năm Sơn Trà")],
        );
        let reply = focal
            .upload(&format!("{request}/answer"), &fields, &[])
            .await;
        assert_eq!(reply.status, 422);
        assert!(reply.text().contains("Báo cáo năm Sơn Trà"));
        assert!(reply.text().contains("#f-value"));
        let fields = answer(
            "figure",
            &[("value", "56,5"), ("source", "Báo cáo năm Sơn Trà")],
        );
        let papers: [(&str, &str, &[u8]); 2] = [
            ("papers", "bao-cao.pdf", b"bao cao nam"),
            ("papers", "bieu.xlsx", b"bieu so lieu"),
        ];
        let reply = focal
            .upload(&format!("{request}/answer"), &fields, &papers)
            .await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let given = focal.json(&request).await;
        assert_eq!(given["status"], "given");
        let answered = &given["answers"][0];
        assert_eq!(answered["value"], "56.5");
        let figure = format!(
            "/observations/{}",
            answered["observation"].as_str().expect("an id")
        );
        let observation = focal.json(&figure).await;
        assert_eq!(observation["observation"]["value"], "56.5");
        assert_eq!(observation["observation"]["period"], "2025");

        let mut officer = world.person("officer").await;
        let work = officer.json("/my-work").await;
        let waiting = work["answers_to_confirm"].as_array().expect("a list");
        let names: Vec<_> = waiting
            .iter()
            .map(|row| row["request"]["id"].as_str())
            .collect();
        assert_eq!(
            names,
            [Some("giay-to"), Some("thanh-toan")],
            "the oldest first"
        );
        officer.get(&request).await;
        let reply = officer
            .post(&format!("{request}/return"), &[("reason", "thiếu biểu 3")])
            .await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let returned = focal.get(&request).await.text();
        assert!(returned.contains("thiếu biểu 3"));
        let withdrawn = focal.json(&figure).await;
        assert!(
            withdrawn["ended"].is_number(),
            "the figure of a returned answer is taken back"
        );

        focal.get(&request).await;
        let fields = answer("not_available", &[("reason", "chưa có báo cáo Sơn Trà")]);
        let reply = focal.post(&format!("{request}/answer"), &fields).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        // Filled against what has changed since: told so, with what was typed.
        let old = [("expected", "1"), ("reason", "thiếu số Sơn Trà")];
        let reply = officer.post(&format!("{request}/return"), &old).await;
        assert_eq!(reply.status, 409);
        assert!(reply.text().contains("thiếu số Sơn Trà"));
        let reply = officer.post(&format!("{request}/confirm"), &[]).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        assert_eq!(focal.json(&request).await["status"], "confirmed");
        let then = focal
            .json(&format!("{request}?as_known_on=2026-09-20"))
            .await;
        assert_eq!(
            then["status"], "not_yet_due",
            "as known before it was given"
        );
    });
}

#[test]
fn a_season_is_opened_with_what_differs_and_asks_for_more() {
    run(async {
        let world = World::own().await;
        world.maker.go_to("2026-10-10");
        let mut officer = world.person("officer").await;
        let page = officer
            .get("/campaigns/new?definition=mua-thu")
            .await
            .text();
        assert!(
            page.contains("30/10/2026"),
            "the deadline of the definition"
        );
        let area = ("area", crate::world::AREA);
        let definition = ("definition", "mua-thu");
        let refused = [definition, area, ("year", "2026"), ("deadline", "mai")];
        let reply = officer.post("/campaigns", &refused).await;
        assert_eq!(reply.status, 422);
        assert!(reply.text().contains("#f-deadline"));
        let twin = [definition, area, ("year", "2026")];
        assert_eq!(officer.post("/campaigns", &twin).await.status, 409);
        let fields = [
            definition,
            area,
            ("year", "2027"),
            ("deadline", "15/3/2027"),
            ("organisation-lop-hoc", "so-y-te"),
            ("due-lop-hoc", "1/3/2027"),
            ("key", "mot-lan"),
        ];
        let reply = officer.post("/campaigns", &fields).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let season = reply.headers["location"]
            .to_str()
            .expect("an address")
            .to_owned();
        let again = officer.post("/campaigns", &fields).await;
        assert_eq!(
            again.headers["location"],
            season.as_str(),
            "sent twice, opened once"
        );
        let made = officer.json(&season).await;
        assert_eq!(made["period"], "2026");
        let asked = |json: &serde_json::Value, id: &str| {
            let rows = json["requests"].as_array().expect("rows").clone();
            let found = rows.into_iter().find(|row| row["request"]["id"] == id);
            found.unwrap_or_else(|| panic!("{id} is not asked"))
        };
        let classes = asked(&made, "lop-hoc");
        assert_eq!(
            (&classes["organisation"], &classes["due"]),
            (&"so-y-te".into(), &"2027-03-01".into())
        );
        assert_eq!(asked(&made, "giay-to")["due"], "2027-03-15");

        officer.get(&format!("{season}/requests/new")).await;
        let more = [
            ("label", "Số phòng thí nghiệm"),
            ("pillar", "con-nguoi"),
            ("papers", "Quyết định\nBiên bản"),
            ("organisation", "so-gddt"),
            ("reason", "công văn của Bộ"),
        ];
        let reply = officer.post(&format!("{season}/requests"), &more).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        assert_eq!(
            officer
                .post(&format!("{season}/requests"), &more)
                .await
                .status,
            422
        );
        let other = world.person("other").await.json(&season).await;
        let own: Vec<_> = other["requests"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row["request"]["id"].as_str().expect("an id").to_owned())
            .collect();
        assert_eq!(
            own,
            ["them-so-phong-thi-nghiem"],
            "an agency sees what it is asked"
        );
        let extend = [("due", "20/3/2027"), ("reason", "công văn của Bộ")];
        let lab = format!("{season}/requests/them-so-phong-thi-nghiem");
        assert_eq!(
            officer
                .post(
                    &format!("{lab}/extend"),
                    &[("due", "20/3/2027"), ("why", "")]
                )
                .await
                .status,
            422
        );
        let reply = officer.post(&format!("{season}/extend"), &extend).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        assert_eq!(officer.json(&lab).await["due"], "2027-03-20");
        let moved = [("organisation", "so-noi-vu"), ("why", "đúng chức năng hơn")];
        let reply = officer.post(&format!("{lab}/move"), &moved).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        assert_eq!(world.person("other").await.get(&lab).await.status, 404);
        let reply = officer
            .post(&format!("{season}/close"), &[("closing", "đã nộp Bộ")])
            .await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        assert!(officer.get(&season).await.text().contains("đã nộp Bộ"));
    });
}

#[test]
fn a_season_is_taken_along_as_far_as_the_reader_sees_it() {
    run(async {
        let world = World::own().await;
        world.maker.go_to("2026-10-10");
        let season = format!("/campaigns/{}", world.season);
        let mut officer = world.person("officer").await;
        let mut other = world.person("other").await;
        let names = async |client: &mut crate::client::Client| {
            let reply = client.get(&format!("{season}/papers")).await;
            assert_eq!(reply.status, 200);
            let mut zip = zip::ZipArchive::new(Cursor::new(reply.bytes)).expect("a ZIP");
            let mut found = Vec::new();
            for index in 0..zip.len() {
                let mut file = zip.by_index(index).expect("a file");
                let mut text = String::new();
                file.read_to_string(&mut text).expect("text");
                found.push((file.name().expect("UTF-8").into_owned(), text));
            }
            found
        };
        let paper = crate::words::PAPER.to_owned();
        let held = names(&mut officer).await;
        assert_eq!(
            held,
            [("02 Giấy tờ về nhân lực/focal.txt".to_owned(), paper.clone())]
        );
        assert_eq!(names(&mut other).await, []);

        let book = officer.get(&format!("{season}/workbook")).await;
        assert_eq!(book.status, 200);
        let mut book =
            interchange::xlsx::Book::open(&book.bytes, interchange::xlsx::Limits::default())
                .expect("a workbook");
        let cells = book.cells("Danh sách").expect("the sheet");
        let shown: Vec<String> = cells.iter().map(|(_, value)| value.shown()).collect();
        assert!(
            shown
                .iter()
                .any(|text| text == "Giao dịch không dùng tiền mặt")
        );
        assert!(shown.iter().any(|text| text == "focal.txt"));
        let rows = other.rows(&season).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        let late = officer.rows(&format!("{season}?status=given")).await;
        assert_eq!(late.len(), 1);
        let reply = officer.get(&format!("{season}?status=sai")).await;
        assert_eq!(reply.status, 400);

        // After the last day: who is late, and what to send them.
        world.maker.go_to("2026-11-03");
        let page = officer.get(&season).await.text();
        assert!(
            page.contains("còn 1 nội dung chưa nhận được"),
            "a text to paste"
        );
        let overdue = officer.rows(&format!("{season}?status=overdue")).await;
        assert_eq!(overdue.len(), 2);
        assert!(!other.get(&season).await.text().contains("Tin nhắn đôn đốc"));
        let board = officer.json("/campaigns").await;
        assert_eq!(board["campaigns"][0]["tally"]["overdue"], 2);
        assert_eq!(
            other.json("/campaigns").await["campaigns"][0]["tally"]["asked"],
            1
        );
    });
}
