//! Surveys: a table of answers is handed in, looked at, recorded, taken back; its answers can be removed.

use crate::world::{World, run};

/// Forty small firms and twenty large ones; names and telephones that nobody is to find again.
fn table() -> String {
    let mut text = "Tên doanh nghiệp;Quy mô;Có đổi mới;Điện thoại\n".to_owned();
    for at in 0..60 {
        let (size, yes) = if at < 40 {
            ("Nhỏ", at < 10)
        } else {
            ("Lớn", at < 55)
        };
        let answer = if yes { "có" } else { "không" };
        text += &format!("Công ty Ẩn Danh {at};{size};{answer};09050000{at:02}\n");
    }
    text
}

const FIELDS: [(&str, &str); 7] = [
    ("title", "Khảo sát đổi mới 2025"),
    ("area", "66@2025-07-01"),
    ("period", "2025"),
    ("ended_on", "1/9/2026"),
    ("stratum", "quy mô"),
    ("question1", "Có đổi mới"),
    ("indicator1", "innovating_enterprises_pct"),
];

fn with(strata: &str) -> Vec<(&str, &str)> {
    FIELDS.into_iter().chain([("strata", strata)]).collect()
}

const SIZES: &str = "Nhỏ: 2.000\nLớn: 500";

#[test]
fn answers_become_an_estimate_and_then_a_figure() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let text = table();
        let file = [("file", "khao-sat.csv", text.as_bytes())];
        let sent = officer.upload("/surveys", &with(SIZES), &file).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        let address = sent.header("location").to_owned();
        let page = officer.get(&address).await.assert_page(200);
        // 2,000 · 10/40 + 500 · 15/20 of 2,500.
        assert!(
            page.contains("35") && page.contains("Tên doanh nghiệp, Điện thoại"),
            "{page}"
        );
        let told = officer.json(&address).await;
        assert_eq!(told["asked"], 60);
        let estimate = &told["told"][0]["estimate"];
        assert!((estimate["figure"]["value"].as_f64().expect("a value") - 35.0).abs() < 1e-9);
        assert_eq!(estimate["firm"], true);
        let kept = officer.get(&format!("{address}/answers")).await.text();
        assert!(
            !kept.contains("Ẩn Danh") && !kept.contains("0905"),
            "{kept}"
        );
        assert!(kept.contains("Lớn,,1"), "{kept}");

        let tell = format!("{address}/tell");
        let stage = [("question", "0"), ("stage", "reported")];
        assert_eq!(
            officer.post(&tell, &stage).await.header("location"),
            address
        );
        officer.post(&tell, &stage).await.assert_page(409);
        let told = officer.json(&address).await;
        let figure = format!(
            "/observations/{}",
            told["told"][0]["observation"].as_str().expect("recorded")
        );
        let shown = officer.json(&figure).await;
        assert_eq!(shown["observation"]["value"], "35");
        assert_eq!(
            format!("/surveys/{}", shown["survey"].as_str().expect("a survey")),
            address
        );
        officer.get(&figure).await.assert_page(200);

        // Another agency sees the figure as far as it may, and nothing of the survey.
        for who in ["focal", "other"] {
            let mut client = world.person(who).await;
            for hidden in [address.clone(), format!("{address}/answers")] {
                client.get(&hidden).await.assert_page(404);
            }
            client.post(&tell, &stage).await.assert_page(404);
            client
                .post(&format!("{address}/withdraw"), &[("reason", "x")])
                .await
                .assert_page(404);
            assert_eq!(client.json("/surveys").await["total"], 0);
        }
        let mut inspector = world.person("inspector").await;
        inspector.get(&address).await.assert_page(200);
        inspector.post(&tell, &stage).await.assert_page(403);

        let withdraw = format!("{address}/withdraw");
        officer
            .post(&withdraw, &[])
            .await
            .assert_faults(&["reason"]);
        officer.post(&withdraw, &[("reason", "gửi nhầm tệp")]).await;
        let page = officer.get(&address).await.assert_page(200);
        assert!(page.contains("gửi nhầm tệp"));
    });
}

#[test]
fn what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let text = table();
        let file = [("file", "khao-sat.csv", text.as_bytes())];
        let before = world.head().await;
        let page = officer
            .upload("/surveys", &with(SIZES), &[])
            .await
            .assert_faults(&["file"]);
        assert!(
            page.contains("Khảo sát đổi mới 2025") && page.contains("Nhỏ: 2.000"),
            "{page}"
        );
        for (strata, field) in [
            ("Nhỏ: hai nghìn", "strata"),
            ("Nhỏ: 2.000", "strata"),
            ("Nhỏ: 2.000\nLớn: 500\nVừa: 7", "file"),
            ("Nhỏ: 20\nLớn: 500", "file"),
            ("", "file"),
        ] {
            officer
                .upload("/surveys", &with(strata), &file)
                .await
                .assert_faults(&[field]);
        }
        let secret = format!("MẬT\n\n{text}");
        let file = [("file", "mat.csv", secret.as_bytes())];
        let page = officer
            .upload("/surveys", &with(SIZES), &file)
            .await
            .assert_faults(&["file"]);
        assert!(page.contains("dấu mật"), "{page}");
        let maybe = text.replace(";không;", ";có lẽ;");
        let file = [("file", "khao-sat.csv", maybe.as_bytes())];
        let page = officer
            .upload("/surveys", &with(SIZES), &file)
            .await
            .assert_faults(&["file"]);
        assert!(
            page.contains("C12 «có lẽ»") && page.contains("ô khác"),
            "{page}"
        );
        officer
            .post("/surveys", &[])
            .await
            .assert_faults(&["period"]);
        for odd in [&b"PK\x03\x04"[..], b"\xD0\xCF\x11\xE0", b"\0\0\0"] {
            let file = [("file", "la.xlsx", odd)];
            officer
                .upload("/surveys", &with(SIZES), &file)
                .await
                .assert_faults(&["file"]);
        }
        assert_eq!(world.head().await, before, "nothing is recorded");
    });
}
