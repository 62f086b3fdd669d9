//! The page of an indicator, how a value came about, and the comparison: from what is recorded, for each reader.

use access::Scope;
use activation::AsKnown;
use catalogue::Stage;
use observation::{Book, ObservationId, Record, SeriesKey};
use serde_json::Value as Json;

use crate::history::figure;
use crate::words;
use crate::world::{AREA, World, run};

const SHARE: &str = "digital_economy_share_of_grdp";
/// The two provinces that became the one of [`AREA`].
const FORMER: [&str; 2] = ["66@", "54@"];

/// Records what a statistics office published for an area.
async fn official(
    world: &World,
    indicator: &str,
    area: &str,
    period: &str,
    value: &str,
) -> ObservationId {
    let mut figure = figure(period, value, words::PUBLIC_SOURCE);
    figure.stage = Stage::Official;
    let now = AsKnown::now(world.journal().today());
    let directory = world.app.directories.load(&Scope::system(), now).await;
    let command = Record {
        id: ObservationId::new(),
        key: SeriesKey::new(
            indicator.parse().expect("an id"),
            area.parse().expect("an area"),
        ),
        figure,
        organisation: access::OrgId("thong-ke-tinh".into()),
        evidence: vec![],
        acknowledge: true,
        expected: None,
    };
    let directory = directory.expect("a directory");
    let book = Book::new(&directory);
    let recorded =
        observation::record(world.journal(), &Scope::system(), &command, book, None).await;
    recorded.expect("recorded");
    command.id
}

fn lines<'a>(page: &'a Json, kind: &str) -> Vec<(&'a str, &'a str)> {
    let all = page["series"].as_array().expect("a series").iter();
    let of = all.filter(|line| line["kind"] == kind);
    of.map(|line| {
        let text = |name: &str| line[name].as_str().expect("a text");
        (text("period"), text("value"))
    })
    .collect()
}

/// Value added of the digital economy and GRDP, so that the share is 12.33 % for one year and 12.88 % for another.
async fn digital_economy(world: &World, area: &str) {
    for (indicator, year, value) in [
        ("core_digital_value_added", "2024", "742"),
        ("digitalised_value_added", "2024", "491"),
        ("grdp_current", "2024", "10000"),
        ("core_digital_value_added", "2025", "799"),
        ("digitalised_value_added", "2025", "489"),
        ("grdp_current", "2025", "10000"),
    ] {
        official(world, indicator, area, year, value).await;
    }
}

#[test]
fn a_series_is_shown_with_its_revisions_its_targets_and_a_forecast() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        for (year, value) in [
            ("2020", "10"),
            ("2021", "11"),
            ("2022", "12"),
            ("2023", "13"),
            ("2024", "14"),
        ] {
            official(&world, SHARE, AREA, year, value).await;
        }
        let mut earlier = figure("2024", "13.5", "Thông cáo Sao Mai");
        earlier.stage = Stage::Official;
        earlier.vintage = "2025-01-06".parse().expect("a day");
        world.maker.record("officer", SHARE, earlier).await;
        let address = format!("/indicators/{SHARE}?area={AREA}");
        let page = officer.json(&address).await;
        // The inner figure of 2025 is the focal officer's.
        let stated: Vec<&str> = lines(&page, "stated")
            .iter()
            .map(|(_, value)| *value)
            .collect();
        assert_eq!(stated, ["10", "11", "12", "13", "14", "19.5"]);
        assert_eq!(lines(&page, "replaced"), [("2024", "13.5")]);
        assert_eq!(lines(&page, "target"), [("2030", "27")]);
        let ahead = lines(&page, "forecast");
        assert_eq!(ahead.first().map(|(year, _)| *year), Some("2026"));
        assert_eq!(ahead.last().map(|(year, _)| *year), Some("2030"));
        let html = officer.get(&address).await.assert_page(200);
        for told in [
            "<polygon class=\"interval\"",
            "chỉ tiêu 2030 ≥ 27",
            "xu thế tuyến tính",
            "lần công bố trước",
            "13/2021/TT-BKHĐT",
            "Giá trị tăng thêm của kinh tế số",
        ] {
            assert!(html.contains(told), "{told} is not in {html}");
        }
        let rows = officer.rows(&address).await;
        let all = page["series"].as_array().expect("a series").len();
        assert_eq!(rows.len(), all, "the file holds what the page holds");

        // As known before the figures came, there is only the inner one of September.
        let then = officer
            .json(&format!("{address}&as_known_on=2026-09-20"))
            .await;
        assert_eq!(lines(&then, "stated"), [("2025", "19.5")]);
        // Outside nothing of what agencies keep inside is seen, not even as a point of the chart or in a forecast.
        let outside = world.visitor().json(&address).await;
        let stated: Vec<&str> = lines(&outside, "stated")
            .iter()
            .map(|(_, value)| *value)
            .collect();
        assert_eq!(stated, ["10", "11", "12", "13", "14"]);
        assert_eq!(lines(&outside, "target"), [], "the plan is not published");
        let text = world.visitor().get(&address).await.assert_page(200);
        for hidden in [words::INNER_SOURCE, "19,5", "27%", "901/KH-UBND"] {
            assert!(!text.contains(hidden), "{hidden} is in {text}");
        }
    });
}

#[test]
fn a_figure_is_on_the_page_as_soon_as_it_is_recorded_and_soon_in_another_process() {
    run(async {
        let world = World::own().await;
        let beside = world.beside().await;
        let mut officer = world.person("officer").await;
        let mut there = officer.on(beside.router.clone());
        let address = format!("/indicators/grdp_current?area={AREA}");
        for n in 0..20 {
            let value = (1000 + n).to_string();
            let figure = official(&world, "grdp_current", AREA, "2024", &value).await;
            let page = officer.json(&address).await;
            // The same stage and vintage again: the last one recorded prevails.
            assert_eq!(lines(&page, "stated"), [("2024", value.as_str())]);
            let taken_back = observation::Withdraw {
                id: figure,
                reason: "thử".into(),
                expected: None,
            };
            let scope = Scope::system();
            let withdrawn = observation::withdraw(world.journal(), &scope, &taken_back, None).await;
            withdrawn.expect("withdrawn");
            let page = officer.json(&address).await;
            assert_eq!(lines(&page, "stated"), []);
        }
        official(&world, "grdp_current", AREA, "2024", "777").await;
        let began = std::time::Instant::now();
        while lines(&there.json(&address).await, "stated").is_empty() {
            // An idle machine needs a quarter of a second; this gives a busy one ten.
            assert!(
                began.elapsed().as_secs() < 10,
                "the other process does not hear of it"
            );
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
}

#[test]
fn a_share_is_computed_from_its_parts_leads_to_them_and_moves_the_target() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let inner = world.inner_figure;
        let taken_back = observation::Withdraw {
            id: inner,
            reason: "thử".into(),
            expected: None,
        };
        let scope = Scope::system();
        let withdrawn = observation::withdraw(world.journal(), &scope, &taken_back, None).await;
        withdrawn.expect("withdrawn");
        let target = format!("/targets/{}", world.inner.targets[0]);
        assert_eq!(officer.json(&target).await["target"]["status"], "no_data");
        let empty = officer
            .get(&format!("/indicators/{SHARE}?area={AREA}"))
            .await
            .assert_page(200);
        assert!(
            empty.contains("Giá trị sẽ được tính ngay khi có đủ"),
            "{empty}"
        );
        assert!(
            empty.contains("/indicators/core_digital_value_added?area="),
            "{empty}"
        );

        digital_economy(&world, AREA).await;
        let page = officer
            .json(&format!("/indicators/{SHARE}?area={AREA}"))
            .await;
        assert_eq!(
            lines(&page, "computed"),
            [("2024", "12.33"), ("2025", "12.88")]
        );
        // The target stands on it, though nobody ever typed it.
        let shown = officer.json(&target).await;
        assert_eq!(shown["target"]["latest_value"], "12.88");
        assert_eq!(shown["target"]["observation"], Json::Null);
        assert_ne!(shown["target"]["status"], "no_data");
        let html = officer.get(&target).await.assert_page(200);
        assert!(html.contains("Tính từ số liệu khác"), "{html}");
        let board = officer
            .get(&world.address("/programmes/{inner}"))
            .await
            .assert_page(200);
        assert!(board.contains("tính từ số liệu khác"), "{board}");

        // From the value to its parts, from them to the observations and up to the passage.
        let address = format!("/indicators/{SHARE}/value?area={AREA}&period=2025");
        let value = officer.json(&address).await;
        assert_eq!(
            (&value["value"], &value["kind"]),
            (&"12.88".into(), &"computed".into())
        );
        let inputs: Vec<&str> = value["inputs"]
            .as_array()
            .expect("inputs")
            .iter()
            .map(|input| input["indicator"].as_str().expect("an id"))
            .collect();
        assert_eq!(inputs, ["digital_economy_value_added", "grdp_current"]);
        let html = officer.get(&address).await.assert_page(200);
        let passage = format!("/documents/{}#", world.inner.document);
        assert!(html.contains(&passage), "{html}");
        let part = format!("/indicators/digital_economy_value_added/value?area={AREA}&period=2025");
        let part = officer.json(&part).await;
        assert_eq!(
            (&part["value"], &part["kind"]),
            (&"1288".into(), &"computed".into())
        );
        let sources = part["sources"].as_array().expect("sources");
        assert_eq!(sources.len(), 2);
        let observation = sources[0]["observation"].as_str().expect("an observation");
        officer
            .get(&format!("/observations/{observation}"))
            .await
            .assert_page(200);
        assert_eq!(
            officer.rows(&address).await.len(),
            value["sources"].as_array().expect("sources").len()
        );

        // What lacks a part is said to lack it and counts for no verdict.
        official(&world, "core_digital_value_added", AREA, "2023", "700").await;
        let lacking = format!("/indicators/{SHARE}/value?area={AREA}&period=2023");
        let value = officer.json(&lacking).await;
        assert_eq!(value["value"], Json::Null);
        let html = officer.get(&lacking).await.assert_page(200);
        assert!(html.contains("Còn thiếu"), "{html}");
        assert_eq!(
            officer.json(&target).await["target"]["latest_value"],
            "12.88"
        );
        // Outside, what everybody sees is computed just so; the plan's target stays inside.
        let outside = world.visitor().get(&address).await.assert_page(200);
        assert!(
            outside.contains("12,88%") && !outside.contains(&passage),
            "{outside}"
        );
    });
}

#[test]
fn a_report_prints_what_is_computed_and_names_what_it_rests_on() {
    run(async {
        let world = World::own().await;
        for (indicator, value) in [
            ("innovating_enterprises", "30"),
            ("enterprises_total", "120"),
        ] {
            official(&world, indicator, AREA, "2025", value).await;
        }
        let mut officer = world.person("officer").await;
        let published = observation::Withdraw {
            id: world.public_figure,
            reason: "thử".into(),
            expected: None,
        };
        let scope = Scope::system();
        let withdrawn = observation::withdraw(world.journal(), &scope, &published, None).await;
        withdrawn.expect("withdrawn");
        let listed = officer
            .json("/observations?indicator=innovating_enterprises_pct")
            .await;
        for other in listed["observations"].as_array().expect("observations") {
            let id = other["id"]
                .as_str()
                .and_then(|id| id.parse().ok())
                .expect("an id");
            let command = observation::Withdraw {
                id,
                reason: "thử".into(),
                expected: None,
            };
            let withdrawn = observation::withdraw(world.journal(), &scope, &command, None).await;
            withdrawn.expect("withdrawn");
        }
        let report = world.maker.report(&world.public).await;
        let page = officer
            .get(&format!("/reports/{report}"))
            .await
            .assert_page(200);
        assert!(page.contains("25%"), "{page}");
        assert!(page.contains("hệ thống tính"), "{page}");
        let inputs = officer
            .get(&format!("/reports/{report}/inputs"))
            .await
            .text();
        let inputs: Json = serde_json::from_str(&inputs).expect("JSON");
        let targets = inputs["targets"].as_array().expect("targets");
        let current = &targets[0]["current"];
        assert_eq!(current["value"], "25", "{current}");
        assert_eq!(
            current["computed"]["from"].as_array().map(Vec::len),
            Some(2),
            "{current}"
        );
    });
}

#[test]
fn areas_are_ranked_and_compared_on_todays_map_and_as_they_were() {
    run(async {
        let world = World::own().await;
        let mut visitor = world.visitor();
        official(&world, "grdp_current", FORMER[0], "2023", "60").await;
        official(&world, "grdp_current", FORMER[1], "2023", "40").await;
        official(&world, "grdp_current", "01@", "2023", "500").await;
        official(&world, "grdp_current", FORMER[0], "2024", "66").await;
        official(&world, "grdp_current", FORMER[1], "2024", "44").await;
        official(&world, "grdp_current", "01@", "2024", "450").await;
        let ranks = |page: &Json| -> Vec<(String, u64, String, String)> {
            let areas = page["areas"].as_array().expect("areas").iter();
            areas
                .map(|line| {
                    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
                    (
                        text("area"),
                        line["rank"].as_u64().expect("a rank"),
                        text("value"),
                        text("change"),
                    )
                })
                .collect()
        };
        let row = |area: &str, rank, value: &str, change: &str| {
            (area.to_owned(), rank, value.to_owned(), change.to_owned())
        };
        let page = visitor.json("/indicators/grdp_current?period=2024").await;
        let hanoi = "01@2025-07-01";
        assert_eq!(
            ranks(&page),
            [row(hanoi, 1, "450", "-50"), row(AREA, 2, "110", "10")]
        );
        let page = visitor
            .json("/indicators/grdp_current?period=2024&map=then")
            .await;
        let then = [
            row("01@", 1, "450", "-50"),
            row(FORMER[0], 2, "66", "6"),
            row(FORMER[1], 3, "44", "4"),
        ];
        assert_eq!(ranks(&page), then);
        let html = visitor
            .get("/indicators/grdp_current?period=2024")
            .await
            .assert_page(200);
        assert!(html.contains("class=\"chart tile-map\""), "{html}");
        assert!(html.contains("2/34 địa bàn có số liệu"), "{html}");
        let html = visitor
            .get("/indicators/grdp_current?period=2024&map=then")
            .await
            .assert_page(200);
        assert!(
            html.contains("class=\"chart tile-map\""),
            "the 63 have their tiles: {html}"
        );
        outlines(&world).await;

        let address = "/compare?indicator=grdp_current";
        let compared = visitor.json(address).await;
        let values: Vec<(&str, &str, &str)> = compared["values"]
            .as_array()
            .expect("values")
            .iter()
            .map(|line| {
                let text = |name: &str| line[name].as_str().expect("a text");
                (text("area"), text("period"), text("value"))
            })
            .collect();
        let expected = [
            (hanoi, "2023", "500"),
            (hanoi, "2024", "450"),
            (AREA, "2023", "100"),
            (AREA, "2024", "110"),
        ];
        assert_eq!(values, expected);
        assert_eq!(visitor.rows(address).await.len(), 4);
        assert_eq!(visitor.rows(&format!("{address}&from=2024")).await.len(), 2);
        // Several indicators of one area.
        digital_economy(&world, AREA).await;
        let address = format!("/compare?area={AREA}&indicator=grdp_current&indicator={SHARE}");
        let compared = visitor.json(&address).await;
        let lines = compared["values"].as_array().expect("values");
        let of = |indicator: &str| {
            lines
                .iter()
                .filter(|line| line["indicator"] == indicator)
                .count()
        };
        assert_eq!((of("grdp_current"), of(SHARE)), (3, 2));
        visitor.get(&address).await.assert_page(200);
    });
}

#[test]
fn what_cannot_be_asked_is_refused_by_name() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        for (query, named) in [
            ("period=hom-qua", "period=hom-qua"),
            ("against=2025-Q9", "against=2025-Q9"),
            ("level=thon", "level=thon"),
            ("map=giay", "map=giay"),
            ("area=66", "area=66"),
        ] {
            let address = format!("/indicators/{SHARE}?{query}");
            let text = visitor.get(&address).await.assert_page(400);
            assert!(text.contains(named), "{query}: {text}");
        }
        for address in [
            format!("/indicators/{SHARE}/value?area={AREA}"),
            format!("/indicators/{SHARE}/value?period=2025"),
            "/compare?indicator=grdp_current&from=2025&to=2020".to_owned(),
        ] {
            visitor.get(&address).await.assert_page(400);
        }
        for address in [
            format!("/indicators/{SHARE}?area=99@1900-01-01"),
            format!("/indicators/{SHARE}/value?area=99@1900-01-01&period=2025"),
            "/compare?indicator=khong_co".to_owned(),
            "/compare?indicator=grdp_current&within=99@1900-01-01".to_owned(),
        ] {
            visitor.get(&address).await.assert_page(404);
        }
    });
}

/// Where the operator supplies outlines of all provinces, they are drawn instead of tiles.
async fn outlines(world: &World) {
    let folder = tempfile::tempdir().expect("a folder");
    let page = "/indicators/grdp_current?period=2024";
    let shown = visited(world, folder.path(), page).await;
    assert!(shown.contains("tile-map"), "no outline, no map of outlines");
    let provinces = include_str!("../../../../definitions/areas/provinces.toml");
    let codes = provinces
        .lines()
        .filter_map(|line| Some(&line.split_once("code = \"")?.1[..2]));
    let feature = |(at, code): (usize, &str)| {
        let (west, south) = (100 + at % 6, 8 + at / 6);
        format!(
            r#"{{"type":"Feature","properties":{{"area":"{code}@2025-07-01"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{west}.9,{south}],[{west}.9,{south}.9],[{west},{south}]]]}}}}"#
        )
    };
    let features: Vec<String> = codes.enumerate().map(feature).collect();
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    );
    std::fs::write(folder.path().join("provinces.geojson"), text).expect("written");
    let shown = visited(world, folder.path(), page).await;
    assert!(
        shown.contains("class=\"chart choropleth\"") && !shown.contains("tile-map"),
        "{shown}"
    );
    assert!(shown.contains("<title>Hà Nội: 450</title>"), "{shown}");
}

/// A page of a process that is given a folder of outlines.
async fn visited(world: &World, maps: &std::path::Path, page: &str) -> String {
    let options = server::Options {
        maps: server::Maps::read(maps).expect("maps"),
        ..server::Options::default()
    };
    let accounts = access::Accounts::new(world.journal())
        .await
        .expect("accounts");
    let app = server::App::new(world.journal().clone(), accounts, options)
        .await
        .expect("a server");
    let mut visitor = crate::client::Client::new(server::router(app));
    visitor.get(page).await.assert_page(200)
}
