use super::client::{csrf_token, form_encoded};
use super::*;

fn ms(values: &[u64]) -> Vec<Duration> {
    values.iter().copied().map(Duration::from_millis).collect()
}

#[test]
fn percentiles_are_of_the_nearest_rank() {
    let hundred = ms(&(1..=100).collect::<Vec<_>>());
    let table: &[(&[Duration], usize, u64)] = &[
        (&[], 95, 0),
        (&ms(&[7]), 50, 7),
        (&ms(&[7]), 99, 7),
        (&ms(&[1, 2]), 50, 1),
        (&ms(&[1, 2]), 95, 2),
        (&ms(&[1, 2, 3, 4, 5]), 50, 3),
        (&hundred, 50, 50),
        (&hundred, 95, 95),
        (&hundred, 99, 99),
    ];
    for (times, percent, expected) in table {
        let found = percentile(times, *percent);
        assert_eq!(
            found,
            Duration::from_millis(*expected),
            "p{percent} of {times:?}"
        );
    }
}

#[test]
fn requests_are_due_at_a_steady_rate_without_drift() {
    assert_eq!(due_after(0, 20), Duration::ZERO);
    assert_eq!(due_after(1, 20), Duration::from_millis(50));
    assert_eq!(due_after(20 * 3_600, 20), Duration::from_secs(3_600));
    // A third of a second cannot be written down; the error does not add up.
    assert_eq!(due_after(3_000, 3), Duration::from_secs(1_000));
}

#[test]
fn paths_take_turns_and_so_do_their_addresses() {
    let turns: Vec<Turn> = vec![
        ("/tasks".into(), vec!["/tasks".into()]),
        (
            "/tasks/{id}".into(),
            vec!["/tasks/a".into(), "/tasks/b".into()],
        ),
    ];
    let order: Vec<String> = (0..6).map(|n| turn(&turns, n).1).collect();
    let expected = [
        "/tasks", "/tasks/a", "/tasks", "/tasks/b", "/tasks", "/tasks/a",
    ];
    assert_eq!(order, expected);
}

#[test]
fn an_identity_is_one_segment() {
    let table = [
        ("/tasks/{id}", "/tasks/019a", true),
        ("/tasks/{id}", "/tasks/", false),
        ("/tasks/{id}", "/tasks/new", false),
        ("/tasks/{id}", "/tasks", false),
        ("/tasks/{id}", "/tasks/019a/edit", false),
        ("/tasks/{id}", "/targets/019a", false),
        ("/documents/{id}/reading", "/documents/019a/reading", true),
    ];
    for (path, address, expected) in table {
        assert_eq!(fits(path, address), expected, "{path} {address}");
    }
}

#[test]
fn a_page_gives_its_links_and_its_token() {
    let page = r##"<a href="/tasks/1?lang=en">x</a><a href="#content">y</a>
        <a href="https://elsewhere.example/">z</a><a href="/areas#44">u</a>
        <input type="hidden" name="csrf" value="t0ken">"##;
    assert_eq!(links_of(page), ["/tasks/1", "/areas"]);
    assert_eq!(csrf_token(page), Some("t0ken"));
    assert_eq!(csrf_token("<form>"), None);
    assert_eq!(form_encoded("mật khẩu+1"), "m%E1%BA%ADt%20kh%E1%BA%A9u%2B1");
}

#[test]
fn errors_and_slow_answers_are_counted_where_they_belong() {
    let turns: Vec<Turn> = vec![
        ("/".into(), vec!["/".into()]),
        ("/b".into(), vec!["/b".into()]),
    ];
    let times = ms(&[10, 30, 20, 500]);
    let measured: Vec<Measured> = vec![
        (0, times[0], true),
        (1, times[1], true),
        (0, times[2], true),
        (1, times[3], false),
    ];
    let report = report(
        &turns,
        &measured,
        Duration::from_secs(2),
        vec!["/x/{id}".into()],
    );
    assert_eq!((report.paths[0].requests, report.paths[0].errors), (2, 0));
    assert_eq!(report.paths[0].max, times[2]);
    assert_eq!(
        (report.paths[1].p50, report.paths[1].p95),
        (times[1], times[3])
    );
    assert_eq!((report.all.requests, report.all.errors), (4, 1));
    assert!((report.throughput - 2.0).abs() < 1e-9);
    assert!(report.to_string().contains("no page links to /x/{id}"));
}

#[tokio::test]
async fn a_server_elsewhere_is_refused() {
    let options = LoadOptions {
        address: "192.0.2.1:80".parse().unwrap(),
        login: "x".into(),
        password: "x".into(),
        rate: 1,
        seconds: 1,
        paths: vec!["/".into()],
    };
    let refusal = run(&options).await.unwrap_err().to_string();
    assert!(refusal.contains("not on this machine"), "{refusal}");
}
