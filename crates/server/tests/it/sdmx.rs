//! SDMX as its clients ask for it: what is told to whom, in which form, and how what goes wrong is said.

use std::collections::BTreeMap;

use axum::http::Method;
use catalogue::Stage;
use serde_json::Value as Json;

use crate::client::{Client, Reply};
use crate::history::figure;
use crate::words;
use crate::world::{AREA, World, run};

const CSV: &str = "application/vnd.sdmx.data+csv;version=1.0.0";
const CSV2: &str = "application/vnd.sdmx.data+csv;version=2.0.0";
const ML: &str = "application/vnd.sdmx.structurespecificdata+xml;version=2.1";
const ROOT: &str = "/sdmx/2.1";

/// The rows of an SDMX-CSV, by the names of its columns.
fn cells(reply: &Reply) -> Vec<BTreeMap<String, String>> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let mut reader = csv::Reader::from_reader(reply.bytes.as_slice());
    let rows = reader.deserialize();
    rows.map(|row| row.expect("a row")).collect()
}

async fn data(client: &mut Client, query: &str) -> Vec<BTreeMap<String, String>> {
    cells(&client.get_as(&format!("{ROOT}/data/{query}"), CSV).await)
}

/// Key, period and value of each row.
async fn values(client: &mut Client, query: &str) -> Vec<String> {
    let rows = data(client, query).await;
    let names = ["INDICATOR", "STAGE", "TIME_PERIOD", "OBS_VALUE"];
    let line = |row: &BTreeMap<String, String>| names.map(|name| row[name].clone()).join(" ");
    rows.iter().map(line).collect()
}

#[track_caller]
fn assert_error(reply: &Reply, status: u16, code: u16) -> String {
    let text = reply.text();
    assert_eq!(reply.status, status, "{text}");
    assert!(
        reply
            .header("content-type")
            .starts_with("application/vnd.sdmx.error+xml")
    );
    assert!(
        text.contains(&format!("<mes:ErrorMessage code=\"{code}\">")),
        "{text}"
    );
    text
}

#[test]
fn everybody_is_told_what_they_may_see() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        let public = "innovating_enterprises_pct reported 2025 24.5";
        assert_eq!(values(&mut visitor, "INDICATORS").await, [public]);
        let row = &data(&mut visitor, "INDICATORS").await[0];
        assert_eq!(row["SOURCE"], words::PUBLIC_SOURCE);
        assert_eq!(
            (row["NOTE"].as_str(), row["UNIT_MEASURE"].as_str()),
            ("", "PERCENT")
        );
        assert_eq!(
            (row["DATAFLOW"].as_str(), row["REF_AREA"].as_str()),
            ("VN66:INDICATORS(1.0)", AREA)
        );
        // Those inside see all of them, and the one recorded last prevails.
        let inside = [
            "digital_economy_share_of_grdp reported 2025 19.5",
            "innovating_enterprises_pct reported 2025 21.5",
        ];
        for (reader, expected) in [
            ("officer", &inside[..]),
            ("other", &inside[..]),
            ("inspector", &inside[..]),
            ("citizen", &[public][..]),
            ("enterprise", &[public][..]),
            ("operator", &[public][..]),
        ] {
            let mut client = world.anybody(reader).await;
            assert_eq!(
                values(&mut client, "INDICATORS").await,
                expected,
                "{reader}"
            );
        }
        let mut officer = world.person("officer").await;
        assert_eq!(
            data(&mut officer, "INDICATORS").await[0]["NOTE"],
            words::NOTE
        );
    });
}

/// Neither counts nor codes in use tell of what is not published.
#[test]
fn availability_and_codes_in_use_are_the_readers() {
    run(async {
        let world = World::shared().await;
        let hidden = "digital_economy_share_of_grdp";
        let addresses = [
            "availableconstraint/INDICATORS",
            "availableconstraint/INDICATORS?mode=available&references=all",
            "availableconstraint/INDICATORS/A.innovating_enterprises_pct../all/INDICATOR?mode=available",
            "contentconstraint/VN66/CC_INDICATORS/latest",
            "codelist/VN66/CL_INDICATOR/latest?detail=referencepartial",
        ];
        let (mut visitor, mut officer) = (world.visitor(), world.person("officer").await);
        for address in addresses {
            let address = format!("{ROOT}/{address}");
            let text = visitor.get(&address).await.text();
            assert!(
                text.contains("innovating_enterprises_pct"),
                "{address}: {text}"
            );
            assert!(!text.contains(hidden), "{address}: {text}");
            assert!(
                officer.get(&address).await.text().contains(hidden),
                "{address}"
            );
        }
        let count = |text: &str| {
            let at = text.split("<com:AnnotationTitle>").nth(1).expect("a count");
            at.split('<').next().expect("a count").to_owned()
        };
        let address = format!("{ROOT}/availableconstraint/INDICATORS");
        assert_eq!(count(&visitor.get(&address).await.text()), "1");
        assert_eq!(count(&officer.get(&address).await.text()), "2");
        // Asking for it by name gives what an unknown code gives.
        for key in [format!(".{hidden}.."), ".no_such_indicator..".into()] {
            for query in ["data", "availableconstraint"] {
                let reply = visitor
                    .get(&format!("{ROOT}/{query}/INDICATORS/{key}"))
                    .await;
                let text = assert_error(&reply, 404, 100);
                assert!(!text.contains(hidden), "{text}");
            }
        }
        let exact = format!("{ROOT}/availableconstraint/INDICATORS/all/all/STAGE");
        let text = visitor.get(&exact).await.text();
        assert!(
            text.contains("id=\"STAGE\"") && !text.contains("id=\"INDICATOR\""),
            "{text}"
        );
    });
}

#[test]
fn the_form_is_chosen_by_accept() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        let address = format!("{ROOT}/data/VN66,INDICATORS,1.0/all/all");
        for (accept, media, begins) in [
            ("*/*", ML, "<?xml"),
            ("application/xml", ML, "<?xml"),
            ("text/html,application/xhtml+xml,*/*;q=0.8", ML, "<?xml"),
            (ML, ML, "<?xml"),
            ("text/csv", CSV, "DATAFLOW,"),
            (CSV, CSV, "DATAFLOW,"),
            (CSV2, CSV2, "STRUCTURE,"),
        ] {
            let reply = visitor.get_as(&address, accept).await;
            assert_eq!(
                (reply.status, reply.header("content-type")),
                (200, media),
                "{accept}"
            );
            assert!(reply.header("vary").contains("Accept"), "{accept}");
            assert!(
                reply.text().starts_with(begins),
                "{accept}: {}",
                reply.text()
            );
            assert!(reply.text().contains("24.5"), "{accept}");
        }
        let asked = visitor.get(&format!("{address}?format=csv")).await;
        assert_eq!(asked.header("content-type"), CSV);
        for (address, accept) in [
            (address.clone(), "application/json"),
            (
                address.clone(),
                "application/vnd.sdmx.genericdata+xml;version=2.1",
            ),
            (format!("{address}?includeHistory=true"), CSV2),
            (format!("{address}?updatedAfter=2026-01-01"), CSV),
            (format!("{ROOT}/codelist"), "text/csv"),
        ] {
            let reply = visitor.get_as(&address, accept).await;
            let text = assert_error(&reply, 406, 140);
            assert!(text.contains("application/vnd.sdmx."), "{text}");
        }
    });
}

#[test]
fn structures_are_answered_one_by_one_and_with_what_belongs_to_them() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        for (address, elements) in [
            ("dataflow", [1, 0, 0, 0]),
            (
                "dataflow/VN66/INDICATORS/latest?references=all",
                [1, 1, 5, 1],
            ),
            (
                "datastructure/all/all/latest?references=children",
                [0, 1, 5, 1],
            ),
            ("codelist/VN66/CL_AREA/1.0/", [0, 0, 1, 0]),
            (
                "conceptscheme/VN66/CS_INDICATORS?detail=allstubs",
                [0, 0, 0, 1],
            ),
            ("structure/all", [1, 1, 5, 1]),
        ] {
            let reply = visitor.get(&format!("{ROOT}/{address}")).await;
            let text = reply.text();
            assert_eq!(reply.status, 200, "{address}: {text}");
            let media = "application/vnd.sdmx.structure+xml;version=2.1";
            assert_eq!(reply.header("content-type"), media);
            let names = ["Dataflow ", "DataStructure ", "Codelist ", "ConceptScheme "];
            let found = names.map(|name| text.matches(&format!("<str:{name}")).count());
            assert_eq!(found, elements, "{address}: {text}");
        }
        let areas = visitor
            .get(&format!("{ROOT}/codelist/VN66/CL_AREA"))
            .await
            .text();
        assert!(
            areas.contains("id=\"66@2025-07-01\"") && areas.contains("Tỉnh Đắk Lắk"),
            "{areas}"
        );
    });
}

#[test]
fn what_goes_wrong_is_said_as_sdmx_says_it() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        for (address, status, code, said) in [
            (
                "data/INDICATORS/A.x",
                400,
                140,
                "FREQ.INDICATOR.REF_AREA.STAGE",
            ),
            (
                "data/INDICATORS?startPeriod=gestern",
                400,
                140,
                "startPeriod",
            ),
            (
                "data/INDICATORS?as_known_on=2026-01-01",
                400,
                140,
                "as_known_on",
            ),
            (
                "data/INDICATORS?as_known_on=gestern",
                400,
                140,
                "as_known_on",
            ),
            (
                "data/INDICATORS?asOf=2026-01-01&updatedAfter=2026-02-01",
                400,
                140,
                "updatedAfter",
            ),
            (
                "data/INDICATORS?includeHistory=true&updatedAfter=2026-02-01",
                400,
                140,
                "includeHistory",
            ),
            (
                "data/INDICATORS?dimensionAtObservation=FREQ",
                501,
                501,
                "AllDimensions",
            ),
            ("data/OTHER", 404, 100, "Không có"),
            ("data/INDICATORS/A.x.y.z", 404, 100, "Không có"),
            ("data/INDICATORS/all/so-y-te", 404, 100, "Không có"),
            ("data/INDICATORS?asOf=2020-01-01", 404, 100, "Không có"),
            ("data/INDICATORS?startPeriod=2030", 404, 100, "Không có"),
            (
                "availableconstraint/INDICATORS/all/all/COLOUR",
                400,
                140,
                "REF_AREA",
            ),
            (
                "availableconstraint/INDICATORS?updatedAfter=2026-01-01",
                501,
                501,
                "updatedAfter",
            ),
            ("availableconstraint/INDICATORS?mode=some", 400, 140, "mode"),
            ("dataflow/OECD/all/latest", 404, 100, "Không có"),
            ("hierarchicalcodelist/all", 501, 501, "codelist"),
            ("schema/dataflow/VN66/INDICATORS/1.0", 501, 501, "codelist"),
            ("dataflow/a/b/c/d/e", 400, 140, "path"),
            ("", 404, 100, "Không có"),
        ] {
            let address = format!("{ROOT}/{address}");
            let text = assert_error(&visitor.get(&address).await, status, code);
            assert!(text.contains(said), "{address}: {text}");
            assert!(
                text.contains("xml:lang=\"vi\"") && text.contains("xml:lang=\"en\""),
                "{text}"
            );
        }
        let posted = visitor
            .method(Method::POST, &format!("{ROOT}/data/INDICATORS"))
            .await;
        assert_error(&posted, 405, 501);
        assert_error(&visitor.get("/sdmx/3.0/data").await, 404, 100);
    });
}

/// Every cell of the list of observations, told once.
#[test]
fn the_figures_are_those_of_the_page() {
    run(async {
        let world = World::own().await;
        let maker = &world.maker;
        maker.go_to("2026-10-06");
        for (period, value) in [
            ("2024", "23.1"),
            ("2026-Q1", "22.25"),
            ("2025-M04", "20"),
            ("2025-9M", "21"),
            ("2021/2025", "22"),
        ] {
            let mut figure = figure(period, value, words::PUBLIC_SOURCE);
            figure.stage = Stage::Official;
            (figure.numerator, figure.denominator) = ("5".parse().ok(), "20".parse().ok());
            maker
                .record("officer", "innovating_enterprises_pct", figure)
                .await;
        }
        for reader in ["visitor", "focal"] {
            let mut client = world.anybody(reader).await;
            let json = client.json("/observations?limit=500").await;
            let mut listed: Vec<_> = json["observations"]
                .as_array()
                .expect("rows")
                .iter()
                .map(as_told)
                .collect();
            // One more of the same stage and period is not told: the one recorded last prevails.
            listed.retain(|row| reader == "visitor" || row["OBS_VALUE"] != "24.5");
            let mut told = data(&mut client, "INDICATORS").await;
            for row in &mut told {
                row.retain(|name, _| listed[0].contains_key(name));
            }
            listed.sort();
            told.sort();
            assert_eq!(told, listed, "{reader}");
        }
        let mut visitor = world.visitor();
        for (query, count) in [
            ("INDICATORS/A...", 2),
            ("INDICATORS/_O...", 2),
            ("INDICATORS/A+Q...official", 2),
            ("VN66,INDICATORS/...official/VN66", 5),
            ("INDICATORS/..66%402025-07-01./so-khcn", 6),
            ("INDICATORS?startPeriod=2025-Q2&endPeriod=2025", 1),
            ("INDICATORS?startPeriod=2025&endPeriod=2025", 3),
            ("INDICATORS?lastNObservations=1", 5),
            ("INDICATORS/_O...?firstNObservations=1", 1),
            ("INDICATORS/M+Q...?detail=serieskeysonly", 2),
            (
                "INDICATORS?dimensionAtObservation=AllDimensions&detail=dataonly",
                6,
            ),
        ] {
            assert_eq!(data(&mut visitor, query).await.len(), count, "{query}");
        }
    });
}

/// A row of the page's JSON as a row of SDMX-CSV.
fn as_told(row: &Json) -> BTreeMap<String, String> {
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let period = text("period").parse().expect("a period");
    let cells = [
        (
            "FREQ",
            interchange::sdmx::period::frequency(period).to_owned(),
        ),
        ("INDICATOR", text("indicator")),
        ("REF_AREA", text("area")),
        ("STAGE", text("stage")),
        ("TIME_PERIOD", interchange::sdmx::period::write(period)),
        ("OBS_VALUE", text("value")),
        ("NUMERATOR", text("numerator")),
        ("DENOMINATOR", text("denominator")),
        ("VINTAGE", text("vintage")),
        ("SOURCE", text("source")),
        ("METHOD", text("method")),
        ("NOTE", text("note")),
    ];
    cells.map(|(name, cell)| (name.to_owned(), cell)).into()
}

#[test]
fn the_past_is_told_as_it_was_and_what_has_changed_since() {
    run(async {
        let world = World::own().await;
        let maker = &world.maker;
        let (mut visitor, mut officer) = (world.visitor(), world.person("officer").await);
        maker.go_to("2026-10-06");
        let mut revised = figure("2025", "25.0", words::PUBLIC_SOURCE);
        revised.vintage = "2026-06-30".parse().expect("a day");
        let inner = maker
            .record("officer", "innovating_enterprises_pct", revised)
            .await;
        maker.go_to("2026-10-08");
        let scope = maker.scope("officer").await;
        let publish = observation::Publish {
            id: inner,
            expected: None,
        };
        observation::publish(&maker.journal, &scope, &publish, None)
            .await
            .expect("published");
        maker.go_to("2026-10-10");
        let withdraw = observation::Withdraw {
            id: world.public_figure,
            reason: "nhập nhầm".into(),
            expected: None,
        };
        observation::withdraw(&maker.journal, &scope, &withdraw, None)
            .await
            .expect("withdrawn");
        maker.go_to("2026-10-12");
        let withdraw = observation::Withdraw {
            id: world.inner_figure,
            ..withdraw
        };
        observation::withdraw(&maker.journal, &maker.scope("focal").await, &withdraw, None)
            .await
            .expect("withdrawn");

        let old = "innovating_enterprises_pct reported 2025 24.5";
        let new = "innovating_enterprises_pct reported 2025 25.0";
        let at = |day: &str| {
            format!("INDICATORS/.innovating_enterprises_pct..?asOf={day}T12:00:00%2B07:00")
        };
        // Permissions are today's, also for what was known before.
        for (day, expected) in [
            ("2026-09-20", old),
            ("2026-10-07", new),
            ("2026-10-20", new),
        ] {
            assert_eq!(values(&mut visitor, &at(day)).await, [expected], "{day}");
        }

        // Recorded before and published after the last visit: who was not shown it then has to be told.
        let since =
            |day: &str| format!("{ROOT}/data/INDICATORS?updatedAfter={day}T12:00:00%2B07:00");
        let told = |reply: &Reply| -> Vec<String> {
            let rows = cells(reply);
            rows.iter()
                .map(|row| {
                    format!(
                        "{} {} {}",
                        row["ACTION"], row["INDICATOR"], row["OBS_VALUE"]
                    )
                })
                .collect()
        };
        let came = "A innovating_enterprises_pct 25.0";
        let went = "D digital_economy_share_of_grdp 19.5";
        for (day, to_visitor, to_officer) in [
            ("2026-10-01", &[came][..], &[came, went][..]),
            ("2026-10-07", &[came][..], &[went][..]),
            ("2026-10-09", &[][..], &[went][..]),
            ("2026-10-13", &[][..], &[][..]),
        ] {
            for (client, expected) in [(&mut visitor, to_visitor), (&mut officer, to_officer)] {
                let reply = client.get_as(&since(day), CSV2).await;
                match expected.is_empty() {
                    true => drop(assert_error(&reply, 404, 100)),
                    false => assert_eq!(told(&reply), expected, "{day}"),
                }
            }
        }
        let reply = officer.get_as(&since("2026-10-01"), ML).await.text();
        let sets: Vec<&str> = reply
            .split("ss:action=\"")
            .skip(1)
            .map(|set| set.split('"').next().expect("an action"))
            .collect();
        assert_eq!(sets, ["Append", "Delete"], "{reply}");

        let history = visitor
            .get_as(&format!("{ROOT}/data/INDICATORS?includeHistory=true"), ML)
            .await
            .text();
        let sets: Vec<&str> = history.split("<mes:DataSet ").skip(1).collect();
        assert_eq!(sets.len(), 2, "{history}");
        assert!(
            sets[0].contains("24.5") && sets[0].contains("ss:validFromDate=\"2026-09-15T"),
            "{history}"
        );
        assert!(
            sets[0].contains("ss:validToDate=\"2026-10-06T"),
            "{history}"
        );
        assert!(
            sets[1].contains("25.0") && !sets[1].contains("validToDate"),
            "{history}"
        );
        assert!(!history.contains("19.5"), "{history}");
    });
}

/// A message longer than what is sent at once arrives whole, in each form.
#[test]
fn long_messages_arrive_whole() {
    run(async {
        let world = World::own().await;
        let maker = &world.maker;
        maker.go_to("2026-10-06");
        let officer = maker.scope("officer").await;
        let now = access::AsKnown::now(maker.journal.today());
        let directory = maker
            .directories
            .load(&officer, now)
            .await
            .expect("a directory");
        let rows = (0..12_000_u32).map(|n| {
            let period = format!("{}-M{:02}", 1925 + n / 120, n % 12 + 1);
            let mut figure = figure(&period, &format!("{}.{}", n % 90 + 1, n % 10), "");
            figure.stage = Stage::Official;
            figure.vintage =
                jiff::civil::date(2026, 1, 1 + i8::try_from(n / 12 % 10).expect("a day"));
            let indicators = [
                "innovating_enterprises_pct",
                "digital_economy_share_of_grdp",
            ];
            let indicator = indicators[usize::from(n % 7 == 0)].parse().expect("an id");
            observation::BatchRow {
                key: observation::SeriesKey::new(indicator, crate::history::area()),
                figure,
            }
        });
        let batch = observation::AcceptBatch {
            batch: observation::BatchId::new(),
            rows: rows.collect(),
            source: "Bảng thử".into(),
            organisation: access::OrgId("so-khcn".into()),
            evidence: vec![],
            papers: vec![],
            note: Some("Bảng thử".into()),
            acknowledge: true,
            left_out: 0,
            import: None,
            against: None,
        };
        let expected: std::collections::BTreeSet<_> = batch
            .rows
            .iter()
            .map(|row| (row.key.clone(), row.figure.period))
            .collect();
        let book = observation::Book::new(&directory);
        observation::accept_batch(&maker.journal, &officer, batch, book, None)
            .await
            .expect("accepted");
        let mut visitor = world.visitor();
        let query = "INDICATORS/M...official";
        assert_eq!(data(&mut visitor, query).await.len(), expected.len());
        let reply = visitor.get_as(&format!("{ROOT}/data/{query}"), ML).await;
        assert!(reply.bytes.len() > 200_000, "{}", reply.bytes.len());
        let text = reply.text();
        assert_eq!(text.matches("<Obs ").count(), expected.len());
        assert!(text.ends_with("</mes:StructureSpecificData>"));
        let count = visitor
            .get(&format!("{ROOT}/availableconstraint/INDICATORS/M..."))
            .await
            .text();
        assert!(
            count.contains(&format!("<com:AnnotationTitle>{}<", expected.len())),
            "{count}"
        );
    });
}
