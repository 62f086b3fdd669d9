//! The document itself: read, held against answers, and widened by them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::{Answer, schema};
use crate::routes::Route;

pub struct Document(pub Json);

fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages/openapi.json")
}

/// The template of a route as OpenAPI writes it.
fn path(template: &str) -> String {
    template.replace("{*", "{")
}

impl Document {
    pub fn read() -> Self {
        let text = std::fs::read_to_string(place()).expect("the document");
        Document(serde_json::from_str(&text).expect("JSON"))
    }

    pub fn write(&self) {
        let text = laid_out(&self.0, 0) + "\n";
        std::fs::write(place(), text).expect("written");
    }

    fn operation(&self, route: &Route) -> &Json {
        &self.0["paths"][path(&route.1)][route.0.to_lowercase()]
    }

    /// Routes that are not described, and descriptions of no route.
    pub fn missing(&self, declared: &BTreeSet<Route>) -> Vec<String> {
        let mut known = BTreeSet::new();
        for (path, operations) in self.0["paths"].as_object().into_iter().flatten() {
            let methods = operations.as_object().into_iter().flatten();
            known.extend(methods.map(|(method, _)| (method.to_uppercase(), path.clone())));
        }
        let there: BTreeSet<Route> = declared.iter().map(|(m, t)| (m.clone(), path(t))).collect();
        let missing = there
            .difference(&known)
            .map(|(m, p)| format!("{m} {p} is not described"));
        let gone = known
            .difference(&there)
            .map(|(m, p)| format!("{m} {p} is no address"));
        missing.chain(gone).collect()
    }

    /// What of an answer is not as described.
    pub fn faults(&self, answer: &Answer) -> Vec<String> {
        let status = answer.status.to_string();
        let responses = &self.operation(&answer.route)["responses"];
        let described = [status.as_str(), &format!("{}XX", &status[..1])]
            .map(|key| self.resolved(&responses[key]))
            .into_iter()
            .find(|response| response.is_object());
        let Some(described) = described else {
            return vec![format!("status {status} is not described")];
        };
        let media = answer.media.as_str();
        if answer.body.is_empty() && described["content"].is_null() {
            return Vec::new();
        }
        let contents = &described["content"];
        let content = [media, "*/*"].map(|media| &contents[media]);
        match content
            .into_iter()
            .find(|content| content.is_object())
            .unwrap_or(&Json::Null)
        {
            Json::Null => vec![format!("{status} with {media:?} is not described")],
            content if media == "application/json" => {
                schema::faults(&content["schema"], &answer.json(), &self.0, &status)
            }
            _ => Vec::new(),
        }
    }

    fn resolved<'a>(&'a self, part: &'a Json) -> &'a Json {
        let pointer = part["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
        pointer.map_or(part, |pointer| self.0.pointer(pointer).expect("a part"))
    }

    /// Adds what is missing: routes, and what answers hold besides.
    pub fn take_in(&mut self, declared: &BTreeSet<Route>, answers: &[Answer]) {
        let comments = comments();
        if !self.0["openapi"].is_string() {
            self.0 = frame();
        }
        for route in declared {
            if self.operation(route).is_null() {
                let comment = comments.get(&route.1).cloned().unwrap_or_default();
                self.0["paths"][path(&route.1)][route.0.to_lowercase()] =
                    operation(route, &comment);
            }
        }
        // An address that is gone.
        let known: BTreeSet<String> = declared
            .iter()
            .map(|(_, template)| path(template))
            .collect();
        if let Some(paths) = self.0["paths"].as_object_mut() {
            paths.retain(|path, _| known.contains(path));
        }
        for answer in answers {
            self.take_in_answer(answer);
        }
    }

    fn take_in_answer(&mut self, answer: &Answer) {
        let status = answer.status.to_string();
        if !self.faults(answer).is_empty() && status.starts_with('2') {
            let media = answer.media.clone();
            let responses = &mut self.0["paths"][path(&answer.route.1)]
                [answer.route.0.to_lowercase()]["responses"];
            let response = &mut responses[&status];
            if response["description"].is_null() {
                response["description"] = json!("What the page shows.");
            }
            let content = &mut response["content"];
            match media.as_str() {
                "application/json" => {
                    let known = content["application/json"]["schema"].take();
                    let widened = schema::widened(&known, &answer.json());
                    *content = json!({ "application/json": { "schema": widened },
                        "text/html; charset=utf-8": {}, "text/csv; charset=utf-8": {} });
                }
                // A file, of whatever sort it was handed in.
                _ => *content = json!({ "*/*": {} }),
            }
        } else if status.starts_with('3') {
            let responses = &mut self.0["paths"][path(&answer.route.1)]
                [answer.route.0.to_lowercase()]["responses"];
            responses[&status] =
                json!({ "description": "It is found at the address in `Location`." });
        }
    }
}

/// JSON with what fits on a line left there: a schema is read at a glance.
fn laid_out(value: &Json, depth: usize) -> String {
    let line = value.to_string();
    if line.len() + depth * 2 <= 116 {
        return line;
    }
    let inner = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    let lines = |lines: Vec<String>| lines.join(&format!(",\n{inner}"));
    match value {
        Json::Array(items) => {
            let items = items.iter().map(|item| laid_out(item, depth + 1));
            format!("[\n{inner}{}\n{end}]", lines(items.collect()))
        }
        Json::Object(fields) => {
            let field = |(name, value): (&String, &Json)| {
                format!("{}: {}", json!(name), laid_out(value, depth + 1))
            };
            format!(
                "{{\n{inner}{}\n{end}}}",
                lines(fields.iter().map(field).collect())
            )
        }
        _ => line,
    }
}

/// What the comments of the handlers say of an address: its parameters, and a sentence.
fn comments() -> BTreeMap<String, (Vec<String>, String)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(path).unwrap_or_default();
            for comment in source.split("/// `GET ").skip(1) {
                let line = comment.lines().next().unwrap_or_default();
                let (address, rest) = line.split_once('`').unwrap_or((line, ""));
                let (template, query) = address.split_once('?').unwrap_or((address, ""));
                let names = query.split('&').filter_map(|pair| pair.split('=').next());
                let names = names
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect();
                let rest = rest.trim_start_matches([':', ',', ' ']).to_owned();
                found.insert(template.to_owned(), (names, rest));
            }
        }
    }
    found
}

/// The document without addresses.
fn frame() -> Json {
    let text = json!({ "type": "object", "required": ["vi", "en"], "additionalProperties": false,
        "properties": { "vi": { "type": "string" }, "en": { "type": "string" } } });
    let fault = json!({ "type": "object", "required": ["field", "say"], "additionalProperties": false,
        "properties": { "field": { "type": "string" }, "say": { "$ref": "#/components/schemas/Text" } } });
    let form = json!({ "type": "object", "required": ["csrf"], "properties": { "csrf": { "type": "string" },
        "key": { "type": "string", "description": "A command with the same key is done once." } } });
    let query = |name: &str, format: Option<&str>, said: &str| {
        let mut schema = json!({ "type": "string" });
        if let Some(format) = format {
            schema["format"] = json!(format);
        }
        json!({ "name": name, "in": "query", "required": false, "description": said, "schema": schema })
    };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Đột Phá",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every page answers JSON at its own address when `Accept: application/json` is sent, CSV for `text/csv`. What a reader may not see is not there: an address of it answers 404. A command is a form sent with POST; it carries the session's token in the field `csrf`."
        },
        "servers": [{ "url": "/" }],
        "security": [{}, { "session": [] }],
        "paths": {},
        "components": {
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "dotpha_session", "description": "Given by POST /sign-in." }
            },
            "parameters": {
                "lang": query("lang", None, "`vi` or `en`: the language of sentences."),
                "as_known_on": query("as_known_on", Some("date"), "By what had been recorded by the end of this day."),
                "page": query("page", None, "Which page of a list, from 1."),
                "limit": query("limit", None, "How many rows a page has.")
            },
            "requestBodies": { "Form": {
                "description": "The fields of the page's form.",
                "required": true,
                "content": { "application/x-www-form-urlencoded": { "schema": form } }
            } },
            "responses": {
                "Refused": {
                    "description": "Why it is not answered as asked.",
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } }
                },
                "Failed": {
                    "description": "The server failed.",
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } }
                },
                "Done": {
                    "description": "Done; where to see what became of it.",
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/See" } } }
                }
            },
            "schemas": {
                "Text": text,
                "Fault": fault,
                "Error": {
                    "type": "object", "required": ["error", "number"], "additionalProperties": false,
                    "properties": {
                        "error": { "$ref": "#/components/schemas/Text" },
                        "fields": { "type": "array", "items": { "$ref": "#/components/schemas/Fault" } },
                        "number": { "type": "string", "description": "The number of the request, to quote." }
                    }
                },
                "See": {
                    "type": "object", "required": ["see"], "additionalProperties": false,
                    "properties": { "see": { "type": "string" } }
                }
            }
        }
    })
}

fn operation(route: &Route, (names, said): &(Vec<String>, String)) -> Json {
    let (method, template) = route;
    let inside = template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next());
    let of_path = inside.map(|name| {
        let name = name.trim_start_matches('*');
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } })
    });
    let mut parameters: Vec<Json> = of_path.collect();
    let mut responses = json!({ "4XX": { "$ref": "#/components/responses/Refused" },
        "5XX": { "$ref": "#/components/responses/Failed" } });
    let words: Vec<&str> = template
        .split(['/', '{', '}', '*', '-', '.'])
        .filter(|w| !w.is_empty())
        .collect();
    let id = format!(
        "{}_{}",
        method.to_lowercase(),
        if words.is_empty() {
            "home".into()
        } else {
            words.join("_")
        }
    );
    let mut operation = json!({ "operationId": id });
    if !said.is_empty() {
        operation["summary"] = json!(said);
    }
    if template.starts_with("/sdmx/") {
        for status in ["4XX", "5XX"] {
            responses[status] = json!({ "description": "An error message of SDMX-ML 2.1.",
                "content": { "application/vnd.sdmx.error+xml;version=2.1": {} } });
        }
        responses["200"] = json!({ "description": "A message of SDMX." });
    } else if template == "/openapi.json" {
        responses["200"] = json!({ "description": "This description.", "content": { "application/json": {
            "schema": { "type": "object", "required": ["openapi", "paths"], "additionalProperties": true } } } });
    } else if method == "GET" {
        let shared = ["lang", "as_known_on", "page", "limit"];
        let own = names.iter().filter(|name| !shared.contains(&name.as_str()));
        parameters.extend(own.map(|name| json!({ "name": name, "in": "query", "required": false, "schema": { "type": "string" } })));
        parameters.extend(
            shared.map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })),
        );
    } else {
        responses["200"] = json!({ "$ref": "#/components/responses/Done" });
        operation["requestBody"] = json!({ "$ref": "#/components/requestBodies/Form" });
    }
    operation["parameters"] = json!(parameters);
    operation["responses"] = responses;
    operation
}
