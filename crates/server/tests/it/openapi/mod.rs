//! The description of the interface against the routes there are and what they answer.
//!
//! `OPENAPI_WRITE=FILE cargo test -p server --test it openapi` adds to the document what is missing: addresses, and what
//! answers hold that it does not tell, those of the tests and those of a file that `.ci/openapi PROGRAM --record FILE`
//! made of the demo province. It only ever widens; what is written by hand stays.

mod document;
mod schema;

use serde_json::Value as Json;

use crate::client::Reply;
use crate::roles;
use crate::routes::{declared, template};
use crate::world::{World, run};
use document::Document;

/// An answer, the route that gave it, and who asked.
#[derive(serde::Deserialize)]
struct Answer {
    route: (String, String),
    reader: String,
    status: u16,
    media: String,
    body: String,
}

impl Answer {
    fn of(route: (String, String), reader: &str, reply: &Reply) -> Self {
        Answer {
            route,
            reader: reader.to_owned(),
            status: reply.status,
            media: reply.header("content-type").to_owned(),
            body: reply.text(),
        }
    }

    fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// What was recorded, one answer a line; `-` stands for nothing.
fn recorded(file: &std::path::Path) -> Vec<Answer> {
    if file == std::path::Path::new("-") {
        return Vec::new();
    }
    let text = std::fs::read_to_string(file).expect("a file of recorded answers");
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("recorded answers")
}

/// Every page and every refused command, as JSON.
async fn answers(world: &World) -> Vec<Answer> {
    let declared = declared();
    let mut all = Vec::new();
    for reader in roles::readers() {
        let mut client = world.anybody(reader).await;
        for address in roles::pages() {
            let reply = client
                .get_as(&world.address(address), "application/json")
                .await;
            let route = template("GET", address, &declared).expect(address);
            all.push(Answer::of(route, reader, &reply));
        }
    }
    for (address, reader) in roles::refused() {
        let mut client = world.anybody(reader).await;
        client.get("/sign-in").await;
        let body = format!("csrf={}", client.token);
        let mut request = crate::client::form(&world.address(address), body);
        let json = "application/json".parse().expect("a media type");
        request.headers_mut().insert("accept", json);
        let reply = client.send(request).await;
        let route = template("POST", address, &declared).expect(address);
        all.push(Answer::of(route, reader, &reply));
    }
    all
}

#[test]
fn every_address_and_every_answer_is_described() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        let mut answers = answers(&world).await;
        assert_eq!(world.head().await, head, "a refused command was recorded");
        let mut document = Document::read();
        if let Some(file) = std::env::var_os("OPENAPI_WRITE") {
            answers.extend(recorded(file.as_ref()));
            document.take_in(&declared(), &answers);
            document.write();
        }
        let mut wrong = document.missing(&declared());
        for answer in &answers {
            wrong.extend(document.faults(answer).into_iter().map(|fault| {
                format!(
                    "{} {} as {}: {fault}",
                    answer.route.0, answer.route.1, answer.reader
                )
            }));
        }
        wrong.dedup();
        assert!(
            wrong.is_empty(),
            "{} faults:\n{}",
            wrong.len(),
            wrong[..wrong.len().min(40)].join("\n")
        );
    });
}

#[test]
fn the_document_is_served_as_it_is() {
    run(async {
        let world = World::shared().await;
        let served: Json = world.visitor().json("/openapi.json").await;
        assert_eq!(served, Document::read().0);
        assert_eq!(served["openapi"], "3.1.0");
        let schemas = served["components"]["schemas"]
            .as_object()
            .expect("schemas");
        assert!(schemas.contains_key("Error"));
    });
}
