//! Addresses nobody gave out, methods nobody takes, bodies too large: each gets a page that helps.

use axum::body::Body;
use axum::http::{Method, Request, header};

use crate::client::form;
use crate::world::{World, run};

#[test]
fn odd_addresses_are_not_found() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        for address in [
            "/khong-co",
            "/tasks/",
            "/tasks/x",
            "/tasks/0",
            "/tasks/00000000-0000-0000-0000-000000000000",
            "/tasks/%00",
            "/tasks/%ff%fe",
            "/tasks/..%2f..%2fetc%2fpasswd",
            "/tasks/{health}/evidence/x",
            "/tasks/{health}/evidence/0000",
            "/programmes/x",
            "/targets/x",
            "/documents/x",
            "/documents/x/reading",
            "/documents/{inner-document}/reading/targets/t99",
            "/documents/{inner-document}/reading/tasks/x",
            "/observations/x",
            "/observations/x/evidence/x",
            "/observations/{inner-figure}/evidence/x",
            "/organisations/khong-co",
            "/organisations/%F0%9F%92%A9",
            "/indicators/khong_co",
            "/areas/khong-co",
            "/areas/66@1700-01-01",
            "/reports/x",
            "/reports/x/pdf",
            "/accounts/x",
            "/jobs/x",
            "/jobs/00000000-0000-0000-0000-000000000000",
            "/history/task/x",
            "/history/task/%2e%2e",
            "/history/x/y",
            "/history/series/x",
            "/history/series/x:y",
            "/history/Task/{health}",
            "/tasks?programme=x",
        ] {
            let address = match address.contains('{') {
                true => world.address(address),
                false => address.to_owned(),
            };
            let text = officer.get(&address).await.assert_page(404);
            assert!(text.contains("Không có trang này"), "{address}: {text}");
            let reply = officer.get_as(&address, "application/json").await;
            assert_eq!(reply.status, 404, "{address}");
            let say = reply.json()["error"]["en"].to_string();
            assert!(say.contains("no such page"), "{address}: {say}");
        }
    });
}

#[test]
fn odd_queries_are_explained_or_passed_over() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        for (address, status) in [
            ("/observations?indicator=Kh%C3%B4ng", 400),
            ("/observations?area=66", 400),
            ("/observations?period=quy-3", 400),
            ("/observations?stage=%3Cb%3E", 400),
            ("/tasks?status=%22%3E%3Cb%3E", 400),
            ("/tasks?sort=%00&text=%25%27%22%3B--", 200),
            ("/tasks?organisation=khong-co", 200),
            ("/programmes?indicator=%3C", 200),
            ("/documents?status=x%00", 0),
            ("/documents?text=%25_%5C", 200),
            ("/reports/new?programme=x&period=%3Cb%3E", 200),
            ("/observations/new?indicator=x&area=y", 200),
            ("/tasks?%ff=%fe&&&==", 200),
        ] {
            let reply = officer.get(address).await;
            let refused = (400..500).contains(&reply.status);
            assert!(
                reply.status == status || (status == 0 && refused),
                "{address}: {} {}",
                reply.status,
                reply.text()
            );
            let text = reply.assert_page(reply.status);
            assert!(!text.contains("<b>"), "{address}");
        }
    });
}

#[test]
fn a_wrong_method_is_told_the_right_one() {
    run(async {
        let world = World::shared().await;
        let mut visitor = world.visitor();
        for (method, address, allow) in [
            (Method::DELETE, "/tasks", "GET,HEAD"),
            (Method::POST, "/tasks", "GET,HEAD"),
            (Method::PUT, "/accounts", "GET,HEAD,POST"),
            (Method::GET, "/sign-out", "POST"),
            (Method::PATCH, "/sign-in", "GET,HEAD,POST"),
        ] {
            let reply = visitor.method(method.clone(), address).await;
            let text = reply.assert_page(405);
            assert!(text.contains("không nhận cách gửi đó"), "{text}");
            assert_eq!(reply.header("allow"), allow, "{method} {address}");
        }
        assert_eq!(visitor.method(Method::HEAD, "/tasks").await.status, 200);
    });
}

/// One byte more than is taken.
const TOO_LARGE: usize = 32 * 1024 * 1024 + 1;

#[test]
fn too_large_a_body_is_told_the_limit() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        let mut officer = world.person("officer").await;
        let typed = form("/observations", "a".repeat(TOO_LARGE));
        let text = officer.send(typed).await.assert_page(413);
        assert!(text.contains("32 MB"), "{text}");
        let file = vec![b'x'; TOO_LARGE];
        let reply = officer
            .upload("/documents", &[], &[("file", "lon.txt", &file)])
            .await;
        assert!(reply.assert_page(413).contains("32 MB"));
        assert_eq!(world.head().await, head);
    });
}

#[test]
fn a_form_that_is_cut_off_is_told() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        for (media, body) in [
            (
                "multipart/form-data; boundary=x",
                "--x\r\nContent-Disposition: form-data; name=\"a\"",
            ),
            ("multipart/form-data", "a=b"),
            ("multipart/form-data; boundary=x", ""),
        ] {
            let request = Request::post("/documents")
                .header(header::CONTENT_TYPE, media)
                .header(header::ACCEPT, "text/html")
                .body(Body::from(body));
            let reply = officer.send(request.expect("a request")).await;
            assert!([400, 403].contains(&reply.status), "{}", reply.text());
            reply.assert_page(reply.status);
        }
    });
}
