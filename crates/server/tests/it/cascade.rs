//! A target broken down, from the first word about it to the published ranking, as each of those concerned.

use programme::Given;
use programme::target::TargetCommand;
use serde_json::Value as Json;

use crate::client::Client;
use crate::everything::paper;
use crate::world::{AREA, World, run};

/// The second target of the inner programme, made one of so many dossiers by 2027: their parts add up.
async fn additive(world: &World) -> String {
    let id = world.inner.targets[1];
    let terms = programme::TargetTerms {
        indicator: "dossiers_online".parse().ok(),
        comparator: Some(reading::Comparator::AtLeast),
        strict: false,
        value: Some(200.into()),
        value_max: None,
        unit: Some("count".into()),
        period: reading::TargetPeriod {
            kind: Some(reading::PeriodKind::ByYear),
            year: Some(2027),
            ..reading::TargetPeriod::default()
        },
    };
    let amend = TargetCommand::Amend {
        terms,
        reason: "chuyển sang đếm hồ sơ".into(),
        paper: paper(),
    };
    let scope = world.maker.scope("officer").await;
    programme::target::command(world.journal(), &scope, &Given::default(), id, &amend)
        .await
        .expect("amended");
    format!("/targets/{id}/parts")
}

const GUIDANCE: [(&str, &str); 5] = [
    ("how_register", "Ghi số hồ sơ từng năm"),
    ("how_report", "Ghi số liệu năm, nguồn là sổ hồ sơ"),
    ("how_until", "31/12/2026"),
    ("how_invited", "departments"),
    ("how_measured", "flow"),
];

async fn done(client: &mut Client, address: &str, fields: &[(&str, &str)]) {
    let reply = client.post(address, fields).await;
    assert_eq!(reply.status, 303, "{address} {fields:?}: {}", reply.text());
}

/// The lines of the parts' CSV: organisation, year, required, standing, status, reported.
async fn told(client: &mut Client, address: &str) -> Vec<String> {
    let rows = client.rows(address).await;
    rows.iter()
        .map(|row| [0, 2, 3, 5, 6, 8].map(|n| row[n].as_str()).join(" "))
        .collect()
}

async fn figure(client: &mut Client, part: &str, value: &str) {
    let fields = [
        ("indicator", "dossiers_online"),
        ("area", AREA),
        ("breakdown", part),
        ("period", "2026-Q3"),
        ("value", value),
        ("stage", "reported"),
        ("vintage", "5/10/2026"),
        ("source", "Sổ hồ sơ"),
    ];
    done(client, "/observations", &fields).await;
}

#[test]
fn from_guidance_to_a_published_ranking() {
    run(async {
        let world = World::own().await;
        let address = additive(&world).await;
        let mut officer = world.person("officer").await;
        let mut focal = world.person("focal").await;
        let mut other = world.person("other").await;

        // Nothing can be assigned before it was said how to report.
        let early = [("assign_organisation", "so-y-te"), ("assign_2026", "40")];
        officer.get(&address).await.assert_page(200);
        assert_eq!(officer.post(&address, &early).await.status, 409);
        done(&mut officer, &format!("{address}/guidance"), &GUIDANCE).await;
        let path = [("whole_2026", "100"), ("whole_source", "901/KH-UBND")];
        done(&mut officer, &format!("{address}/whole"), &path).await;

        // From above and from below.
        done(&mut officer, &address, &early).await;
        let mine = focal.get("/my-work").await.text();
        assert!(mine.contains("chưa báo cáo"), "{mine}");
        let mine = other.json("/my-work").await;
        assert_eq!(
            mine["parts"]["to_register"].as_array().map(Vec::len),
            Some(1)
        );
        other.get(&address).await.assert_page(200);
        done(
            &mut other,
            &format!("{address}/register"),
            &[("register_2026", "30")],
        )
        .await;
        assert_eq!(
            told(&mut officer, &address).await,
            [
                "so-gddt 2026 30 waiting  ",
                "so-y-te 2026 40 in_force not_reported "
            ]
        );
        let waits = officer.json("/my-work").await;
        assert_eq!(waits["parts"]["to_judge"].as_array().map(Vec::len), Some(1));
        let back = [
            ("return_organisation", "so-gddt"),
            ("return_reason", "Thấp so với năm trước"),
        ];
        done(&mut officer, &format!("{address}/return"), &back).await;
        let text = other.get(&address).await.text();
        assert!(text.contains("Thấp so với năm trước"), "{text}");
        done(
            &mut other,
            &format!("{address}/register"),
            &[("register_2026", "35")],
        )
        .await;
        let accept = [("organisation", "so-gddt"), ("year", "2026")];
        done(&mut officer, &format!("{address}/accept"), &accept).await;

        // The parts against the whole; the gap is looked at, and opens again when a part changes.
        let year = |page: &Json| page["years"][0].clone();
        let first = year(&officer.json(&address).await);
        assert_eq!(
            (first["year"].clone(), first["held"]["short"].clone()),
            (2026.into(), "25".into())
        );
        let gap = [("gap_year", "2026"), ("gap_note", "giao tiếp quý IV")];
        done(&mut officer, &format!("{address}/gap"), &gap).await;
        let looked = year(&officer.json(&address).await);
        assert_eq!(looked["acknowledged"], "giao tiếp quý IV");
        let amend = [
            ("assign_organisation", "so-y-te"),
            ("assign_2026", "50"),
            ("assign_reason", "rà soát"),
        ];
        done(&mut officer, &address, &amend).await;
        let again = year(&officer.json(&address).await);
        assert_eq!(
            (
                again["held"]["short"].clone(),
                again["acknowledged"].clone()
            ),
            ("15".into(), Json::Null)
        );

        // Reported: what came about until September, on its way to the year's.
        focal
            .get("/observations/new?indicator=dossiers_online&breakdown=organisation%3Dso-y-te")
            .await
            .assert_page(200);
        for quarter in ["2026-Q1", "2026-Q2"] {
            let fields = [
                ("indicator", "dossiers_online"),
                ("area", AREA),
                ("breakdown", "organisation=so-y-te"),
                ("period", quarter),
                ("value", "15"),
                ("stage", "reported"),
                ("vintage", "5/10/2026"),
                ("source", "Sổ hồ sơ"),
            ];
            done(&mut focal, "/observations", &fields).await;
        }
        figure(&mut focal, "organisation=so-y-te", "20").await;
        let wanted = [
            "so-gddt 2026 35 in_force not_reported ",
            "so-y-te 2026 50 in_force reached 50",
        ];
        assert_eq!(told(&mut officer, &address).await, wanted);
        // A part of an organisation is no figure of the whole.
        let indicator = format!("/observations?indicator=dossiers_online&area={AREA}");
        let rows = focal.json(&indicator).await;
        assert_eq!(rows["observations"][0]["breakdown"], "organisation=so-y-te");
        let series = focal.json("/indicators/dossiers_online").await.to_string();
        assert!(!series.contains("\"15\""), "{series}");

        ranked(&world).await;
    });
}

/// Who sees which lines before and after publication.
async fn ranked(world: &World) {
    let ranking = format!("/programmes/{}/ranking?year=2026", world.inner.programme);
    let mut officer = world.person("officer").await;
    let lines = |page: Json| -> Vec<String> {
        let lines = page["lines"].as_array().expect("lines").clone();
        let line = |line: &Json| format!("{} {} {}", line["who"], line["rank"], line["points"]);
        lines.iter().map(line).collect()
    };
    let all = [r#""so-y-te" 1 "100""#, r#""so-gddt" 2 "0""#];
    assert_eq!(
        lines(officer.json(&ranking).await).join("; "),
        all.join("; ")
    );
    for (who, own) in [
        ("focal", r#""so-y-te" null "100""#),
        ("other", r#""so-gddt" null "0""#),
    ] {
        let mut client = world.person(who).await;
        let seen = lines(client.json(&ranking).await).join("; ");
        assert_eq!(seen, own, "{who}");
        assert!(
            !client
                .get(&ranking)
                .await
                .text()
                .contains("Công bố bảng này")
        );
    }
    assert_eq!(world.visitor().get(&ranking).await.status, 404);
    let mut citizen = world.person("citizen").await;
    assert_eq!(citizen.get(&ranking).await.status, 404);

    let publish = ranking.replace("?year=2026", "/publish");
    officer.get(&ranking).await.assert_page(200);
    done(
        &mut officer,
        &publish,
        &[("year", "2026"), ("to", "internal")],
    )
    .await;
    let mut focal = world.person("focal").await;
    assert_eq!(lines(focal.json(&ranking).await).len(), 2);
    let rows = focal.rows(&ranking).await;
    assert_eq!(rows[0][..2], ["1", "so-y-te"]);
    // The programme itself is not published: nobody outside learns of it by its ranking.
    done(
        &mut officer,
        &publish,
        &[("year", "2026"), ("to", "public")],
    )
    .await;
    assert_eq!(citizen.get(&ranking).await.status, 404);
    let back = ranking.replace("?year=2026", "/withdraw");
    done(
        &mut officer,
        &back,
        &[("year", "2026"), ("reason", "số chưa chốt")],
    )
    .await;
    assert_eq!(lines(focal.json(&ranking).await).len(), 1);
}

#[test]
fn peers_and_outsiders_see_nothing_of_a_part() {
    run(async {
        let world = World::own().await;
        let address = additive(&world).await;
        let mut officer = world.person("officer").await;
        officer.get(&address).await.assert_page(200);
        done(&mut officer, &format!("{address}/guidance"), &GUIDANCE).await;
        let assign = [
            ("assign_organisation", "so-y-te"),
            ("assign_2026", "41"),
            ("assign_2027", "43"),
        ];
        done(&mut officer, &address, &assign).await;
        let target = world.inner.targets[1];
        for (who, page, history) in [
            ("focal", 200, 200),
            ("other", 200, 404),
            ("leader", 200, 200),
            ("citizen", 404, 403),
        ] {
            let mut client = world.person(who).await;
            assert_eq!(client.get(&address).await.status, page, "{who}");
            let facts = client.get(&format!("/history/part/{target}:so-y-te")).await;
            assert_eq!(facts.status, history, "{who}");
            if page == 200 {
                let sees = told(&mut client, &address).await.len();
                assert_eq!(sees, if who == "other" { 0 } else { 2 }, "{who}");
                let held = !client.json(&address).await["years"][0]["held"].is_null();
                assert_eq!(held, who == "leader", "{who}: sums tell of peers");
            }
        }
        // Commands of others are refused, whatever they name.
        let head = world.head().await;
        let mut other = world.person("other").await;
        other.get(&address).await.assert_page(200);
        for (command, fields, status) in [
            (
                "/withdraw",
                vec![("withdraw_part", "so-y-te:2026"), ("withdraw_reason", "x")],
                403,
            ),
            (
                "/accept",
                vec![("organisation", "so-y-te"), ("year", "2026")],
                403,
            ),
            (
                "",
                vec![("assign_organisation", "so-gddt"), ("assign_2026", "1")],
                403,
            ),
            ("/register", vec![("register_2026", "một")], 422),
        ] {
            let reply = other.post(&format!("{address}{command}"), &fields).await;
            assert_eq!(reply.status, status, "{command}: {}", reply.text());
        }
        let stolen = [
            ("indicator", "dossiers_online"),
            ("area", AREA),
            ("breakdown", "organisation=so-y-te"),
            ("period", "2026-Q3"),
            ("value", "1"),
            ("stage", "reported"),
            ("vintage", "5/10/2026"),
            ("source", "x"),
        ];
        assert_eq!(other.post("/observations", &stolen).await.status, 403);
        assert_eq!(world.head().await, head);
        // What was typed comes back.
        let wrong = [("register_2026", "một"), ("register_2027", "7")];
        let reply = other.post(&format!("{address}/register"), &wrong).await;
        let text = reply.assert_page(422);
        assert!(
            text.contains("value=\"một\"") && text.contains("value=\"7\""),
            "{text}"
        );
    });
}
