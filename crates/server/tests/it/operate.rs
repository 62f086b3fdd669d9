//! What is asked of the server by those who run it: probes, metrics, and what its log holds.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::client::{Client, Reply};
use crate::world::{METRICS_TOKEN, PASSWORD, World, run};

async fn scrape(client: &mut Client, token: Option<&str>) -> Reply {
    let mut request = Request::get("/metrics");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::empty());
    client.send(request.expect("a request")).await
}

#[test]
fn probes_need_no_sign_in_and_make_no_session() {
    run(async {
        let world = World::own().await;
        let mut visitor = world.visitor();
        let sessions = async || {
            let sql = "SELECT COUNT(*) AS n FROM web_session";
            let row = world.journal().db().row(sql, vec![]).await.expect("a row");
            row.expect("a row").int("n").expect("a number")
        };
        let before = sessions().await;
        world.app.columns.follow().await.expect("figures taken in");
        for (address, answer) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
            let reply = visitor.get(address).await;
            assert_eq!((reply.status, reply.text().as_str()), (200, answer));
            assert_eq!(reply.header("set-cookie"), "", "{address}");
        }
        assert_eq!(sessions().await, before);
        // Told to stop it lives, and wants no more requests.
        world.app.begin_to_stop();
        assert_eq!(visitor.get("/healthz").await.status, 200);
        let reply = visitor.get("/readyz").await;
        assert_eq!(
            (reply.status, reply.text().as_str()),
            (503, "not ready: stopping\n")
        );
        assert_eq!(
            visitor.get("/tasks").await.status,
            200,
            "requests are ended"
        );
    });
}

#[test]
fn without_its_database_the_process_lives_and_is_not_ready() {
    run(async {
        let world = World::own().await;
        let mut visitor = world.visitor();
        world.journal().db().close().await;
        assert_eq!(visitor.get("/healthz").await.status, 200);
        let reply = visitor.get("/readyz").await;
        assert_eq!(reply.status, 503);
        assert_eq!(reply.text(), "not ready: no answer from the database\n");
        let page = visitor.get("/tasks").await;
        let number = page.header("x-request-id").to_owned();
        assert_eq!(number.len(), 12, "{number}");
        assert!(page.assert_page(500).contains(&number));
    });
}

#[test]
fn a_search_index_that_is_behind_or_a_full_disk_makes_the_process_not_ready() {
    run(async {
        let world = World::own().await;
        let journal = world.journal().clone();
        let with = async |change: fn(&mut server::Options)| {
            let accounts = access::Accounts::new(&journal).await.expect("accounts");
            let mut options = server::Options::default();
            options.setup.data = std::env::temp_dir();
            change(&mut options);
            let app = server::App::new(journal.clone(), accounts, options).await;
            let mut visitor = Client::new(server::router(app.expect("a server")));
            visitor.get("/readyz").await.text()
        };
        // Nobody fills the index of these.
        assert_eq!(
            with(|options| options.limits.search_lag = 1_000_000).await,
            "ready, figures from the tables\n"
        );
        assert_eq!(
            with(|options| options.limits.search_lag = 1).await,
            "not ready: search is behind\n"
        );
        assert_eq!(
            with(|options| options.limits.free_disk = u64::MAX).await,
            "not ready: disk full\n"
        );
    });
}

#[test]
fn metrics_are_for_whoever_knows_the_token() {
    run(async {
        let world = World::own().await;
        let mut visitor = world.visitor();
        assert_eq!(scrape(&mut visitor, None).await.status, 401);
        assert_eq!(
            scrape(&mut visitor, Some("token-of-the-metricz"))
                .await
                .status,
            401
        );
        assert_eq!(scrape(&mut visitor, Some(METRICS_TOKEN)).await.status, 200);
        let mut operator = world.person("operator").await;
        assert_eq!(
            operator.get("/metrics").await.status,
            401,
            "a session is no token"
        );
        // Where no token is set there is no such page.
        let accounts = access::Accounts::new(world.journal())
            .await
            .expect("accounts");
        let app = server::App::new(
            world.journal().clone(),
            accounts,
            server::Options::default(),
        );
        let app = app.await.expect("a server");
        let mut elsewhere = Client::new(server::router(app.clone()));
        assert_eq!(
            scrape(&mut elsewhere, Some(METRICS_TOKEN)).await.status,
            404
        );
        assert_eq!(scrape(&mut elsewhere, Some("")).await.status, 404);
        // At an address of their own they need none.
        let mut aside = Client::new(server::operate::aside(app));
        assert_eq!(scrape(&mut aside, None).await.status, 200);
        assert_eq!(aside.get("/tasks").await.status, 404);
    });
}

/// A sample of the text: name, labels, value.
type Sample = (String, String, f64);

/// Reads the text as Prometheus does; fails where Prometheus would.
fn parse(text: &str) -> Vec<Sample> {
    let mut families = BTreeSet::new();
    let mut samples = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.last(), Some(&"# EOF"));
    for line in &lines[..lines.len() - 1] {
        if let Some(comment) = line.strip_prefix("# ") {
            let words: Vec<&str> = comment.splitn(3, ' ').collect();
            assert!(["HELP", "TYPE", "UNIT"].contains(&words[0]), "{line}");
            if words[0] == "TYPE" {
                assert!(families.insert(words[1].to_owned()), "twice: {line}");
            }
            continue;
        }
        let (name, value) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = match name.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').expect("closed")),
            None => (name, ""),
        };
        assert!(
            name.starts_with("dotpha_")
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
            "{line}"
        );
        assert!(
            families
                .iter()
                .any(|family| name.starts_with(family.as_str())),
            "{line}"
        );
        let value = value.parse().expect("a number");
        samples.push((name.to_owned(), labels.to_owned(), value));
    }
    samples
}

fn value_of(samples: &[Sample], name: &str, labels: &str) -> f64 {
    let found = samples
        .iter()
        .find(|sample| sample.0 == name && sample.1 == labels);
    found
        .unwrap_or_else(|| panic!("no {name}{{{labels}}} in {samples:?}"))
        .2
}

#[test]
fn metrics_count_what_happened_and_name_nobody() {
    run(async {
        let world = World::own().await;
        let mut visitor = world.visitor();
        visitor.sign_in("inspector", "sai mật khẩu hoàn toàn").await;
        assert_eq!(visitor.sign_in("inspector", PASSWORD).await.status, 303);
        let series = |samples: &[Sample]| {
            samples
                .iter()
                .filter(|sample| sample.0 == "dotpha_requests_total")
                .count()
        };
        let first = parse(&scrape(&mut visitor, Some(METRICS_TOKEN)).await.text());
        for n in 0..40 {
            visitor
                .get(&format!("/tasks/{}", uuid::Uuid::from_u128(n)))
                .await;
            visitor.get(&format!("/khong-co/{n}?q=bi-mat-{n}")).await;
            visitor.get(&format!("/search?q=tu-khoa-{n}")).await;
        }
        let text = scrape(&mut visitor, Some(METRICS_TOKEN)).await.text();
        let samples = parse(&text);
        // Three templates at most were new, however many addresses were asked for.
        assert!(series(&samples) <= series(&first) + 4, "{text}");
        let requests = "route=\"/tasks/{id}\",method=\"GET\",status=\"404\"";
        assert_eq!(value_of(&samples, "dotpha_requests_total", requests), 40.0);
        let took = "route=\"/tasks/{id}\",method=\"GET\"";
        assert_eq!(
            value_of(&samples, "dotpha_request_duration_seconds_count", took),
            40.0
        );
        for (outcome, count) in [("Accepted", 1.0), ("Refused", 1.0)] {
            let labels = format!("outcome=\"{outcome}\"");
            assert_eq!(value_of(&samples, "dotpha_sign_ins_total", &labels), count);
        }
        let head = world.head().await as f64;
        assert_eq!(value_of(&samples, "dotpha_journal_head", ""), head);
        // The history was written through this journal.
        assert_eq!(value_of(&samples, "dotpha_entries_total", ""), head);
        assert!(value_of(&samples, "dotpha_facts_total", "") > head);
        assert_eq!(value_of(&samples, "dotpha_jobs", "state=\"queued\""), 1.0);
        assert!(value_of(&samples, "dotpha_process_memory_bytes", "") > 1e6);
        assert!(value_of(&samples, "dotpha_process_cpu_seconds_total", "") > 0.0);
        assert!(value_of(&samples, "dotpha_database_connections_limit", "") > 1.0);
        for personal in [
            "inspector",
            "bi-mat",
            "tu-khoa",
            "khong-co",
            "00000000-0000",
        ] {
            assert!(!text.contains(personal), "{personal}: {text}");
        }
    });
}

/// Everything that was logged while these tests ran.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;
    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

impl Lines {
    /// The log of this test program, at the most talkative level there is.
    fn of_the_program() -> &'static Lines {
        static LINES: OnceLock<Lines> = OnceLock::new();
        LINES.get_or_init(|| {
            let lines = Lines::default();
            tracing_subscriber::fmt()
                .json()
                .flatten_event(true)
                .with_env_filter(EnvFilter::new(server::operate::discreet("trace")))
                .with_writer(lines.clone())
                .init();
            lines
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("lines")).into_owned()
    }
}

#[test]
fn the_log_has_a_line_for_every_request_and_no_secret() {
    run(async {
        let lines = Lines::of_the_program();
        let world = World::own().await;
        let mut officer = world.visitor();
        let wrong = "mật khẩu gõ nhầm sang ô này";
        officer.sign_in("officer", wrong).await;
        officer.sign_in("officer", PASSWORD).await;
        let found = officer.get("/search?q=lời-tìm-không-được-ghi").await;
        assert_eq!(found.status, 200);
        officer
            .get("/tasks?text=chữ-lọc-không-được-ghi&as_known_on=2026-01-01")
            .await;
        officer
            .post(
                "/documents",
                &[
                    ("title", "trích-yếu-không-được-ghi"),
                    ("text", "nội-dung-gõ-vào"),
                ],
            )
            .await;
        officer
            .upload(
                "/documents",
                &[],
                &[("file", "tên-tệp-của-ai-đó.txt", b"ruot-cua-tep")],
            )
            .await;
        officer.get("/tasks/%ff").await;
        scrape(&mut officer, Some(METRICS_TOKEN)).await;
        let forged = officer
            .post_raw("/documents", &[("csrf", "mã-giả-mạo")])
            .await;
        let number = forged.header("x-request-id").to_owned();
        assert!(
            forged.assert_page(403).contains(&number),
            "the page names its number"
        );
        let (token, session) = (officer.token.clone(), officer.cookie("dotpha_session"));
        let session = session.expect("a session").to_owned();

        let text = lines.text();
        let actor = world.people["officer"].to_string();
        let line = text
            .lines()
            .find(|line| line.contains(&number))
            .expect("its line");
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(line["route"], "/documents");
        assert_eq!(
            (&line["method"], &line["status"]),
            (&"POST".into(), &403.into())
        );
        assert_eq!(line["account"], actor.as_str());
        assert_eq!(line["span"]["id"], number.as_str());
        assert!(line["ms"].is_u64());
        for secret in [
            PASSWORD,
            wrong,
            &token,
            &session,
            METRICS_TOKEN,
            "không-được-ghi",
            "kh%C3%B4ng",
            "nội-dung-gõ-vào",
            "tên-tệp-của-ai-đó",
            "ruot-cua-tep",
            "mã-giả-mạo",
            "dotpha_session=",
        ] {
            let line = text.lines().find(|line| line.contains(secret));
            assert!(line.is_none(), "{secret} stands in {line:?}");
        }
        // The login and the name of whoever signed in stand in none of the lines about requests.
        for line in text.lines().filter(|line| line.contains(&actor)) {
            assert!(!line.contains("\"officer\""), "{line}");
        }
    });
}

#[test]
fn only_a_proxy_we_trust_numbers_requests() {
    run(async {
        let world = World::own().await;
        let accounts = access::Accounts::new(world.journal())
            .await
            .expect("accounts");
        let options = server::Options {
            trusted_proxy: vec!["10.0.0.1".parse().expect("an address")],
            ..server::Options::default()
        };
        let app = server::App::new(world.journal().clone(), accounts, options).await;
        let mut client = Client::new(server::router(app.expect("a server")));
        for (from, sent, taken) in [
            ("10.0.0.1:9", "abcdef0123456789", true),
            ("10.0.0.2:9", "abcdef0123456789", false),
            ("10.0.0.1:9", "x", false),
            ("10.0.0.1:9", "<script>alert(1)</script>", false),
        ] {
            let from: SocketAddr = from.parse().expect("an address");
            let request = Request::get("/areas")
                .header("x-request-id", sent)
                .extension(ConnectInfo(from))
                .body(Body::empty());
            let reply = client.send(request.expect("a request")).await;
            assert_eq!(reply.header("x-request-id") == sent, taken, "{from} {sent}");
        }
    });
}
