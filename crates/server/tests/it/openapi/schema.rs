//! Schemas: whether a value is as one says, and one that says what a value holds besides.

use serde_json::{Map, Value as Json, json};

/// What of a value is not as its schema says; `at` is where it stands.
pub fn faults(schema: &Json, value: &Json, root: &Json, at: &str) -> Vec<String> {
    let schema = resolved(schema, root);
    if *schema == json!({}) {
        return vec![format!("{at} is not described")];
    }
    let kind = kind(value);
    let kinds = kinds(schema);
    let number = kind == "integer" && kinds.contains(&"number");
    if !kinds.is_empty() && !kinds.contains(&kind) && !number {
        return vec![format!("{at} is {kind}, not {}", kinds.join(" or "))];
    }
    if let Some(known) = schema["enum"].as_array()
        && !known.contains(value)
    {
        return vec![format!("{at}: {value} is none of {}", schema["enum"])];
    }
    match value {
        Json::String(text) if !is_of_format(&schema["format"], text) => {
            vec![format!("{at}: {text:?} is no {}", schema["format"])]
        }
        Json::Array(items) if schema["items"].is_object() => {
            let items = items.iter().enumerate();
            let of = |(n, item): (usize, &Json)| {
                faults(&schema["items"], item, root, &format!("{at}[{n}]"))
            };
            items.flat_map(of).collect()
        }
        Json::Object(fields) => faults_of_object(schema, fields, root, at),
        _ => Vec::new(),
    }
}

fn faults_of_object(
    schema: &Json,
    fields: &Map<String, Json>,
    root: &Json,
    at: &str,
) -> Vec<String> {
    let required = schema["required"].as_array().into_iter().flatten();
    let required = required.filter_map(Json::as_str);
    let missing = required.filter(|name| !fields.contains_key(*name));
    let mut found: Vec<String> = missing
        .map(|name| format!("{at}.{name} is missing"))
        .collect();
    for (name, value) in fields {
        let at = format!("{at}.{name}");
        let known = &schema["properties"][name];
        let other = &schema["additionalProperties"];
        match (known.is_null(), other) {
            (false, _) => found.extend(faults(known, value, root, &at)),
            (true, Json::Object(_)) => found.extend(faults(other, value, root, &at)),
            (true, Json::Bool(false)) => found.push(format!("{at} is not described")),
            (true, _) => {}
        }
    }
    found
}

/// A schema that allows what the one before allowed, and this value. Objects that are written by hand to hold anything
/// (`additionalProperties`) stay as they are.
pub fn widened(before: &Json, value: &Json) -> Json {
    if before["$ref"].is_string() {
        return before.clone();
    }
    if *before == json!({}) && is_said_twice(value) {
        return json!({ "$ref": "#/components/schemas/Text" });
    }
    let mut schema = before.as_object().cloned().unwrap_or_default();
    let mut kinds: Vec<&str> = kinds(before);
    let kind = kind(value);
    let first = !kinds.contains(&kind);
    match kind {
        "integer" if kinds.contains(&"number") => {}
        "number" => {
            kinds.retain(|known| *known != "integer");
            kinds.push("number");
        }
        _ => kinds.push(kind),
    }
    kinds.sort_unstable();
    kinds.dedup();
    let one = |kinds: &[&str]| match kinds {
        [one] => json!(one),
        several => json!(several),
    };
    schema.insert("type".into(), one(&kinds));
    match value {
        Json::String(text) => widen_format(&mut schema, text, first),
        Json::Array(items) => {
            let known = schema.remove("items").unwrap_or(json!({}));
            let items = items
                .iter()
                .fold(known, |known, item| widened(&known, item));
            schema.insert("items".into(), items);
        }
        Json::Object(fields) => widen_object(&mut schema, fields, first),
        _ => {}
    }
    Json::Object(schema)
}

fn widen_format(schema: &mut Map<String, Json>, text: &str, first: bool) {
    let known = schema.get("format").cloned().unwrap_or_default();
    if first {
        let format = ["uuid", "date"]
            .into_iter()
            .find(|f| is_of_format(&json!(f), text));
        schema.extend(format.map(|format| ("format".to_owned(), json!(format))));
    } else if !is_of_format(&known, text) {
        schema.remove("format");
    }
}

fn widen_object(schema: &mut Map<String, Json>, fields: &Map<String, Json>, first: bool) {
    if let Some(of_each @ Json::Object(_)) = schema.get("additionalProperties") {
        let of_each = fields
            .values()
            .fold(of_each.clone(), |known, v| widened(&known, v));
        schema.insert("additionalProperties".into(), of_each);
        return;
    }
    if schema.get("additionalProperties") == Some(&json!(true)) {
        return;
    }
    let known = schema.remove("properties").unwrap_or(json!({}));
    let by_identity = fields
        .keys()
        .all(|name| uuid::Uuid::try_parse(name).is_ok());
    if by_identity && !fields.is_empty() && known == json!({}) {
        let of_each = fields
            .values()
            .fold(json!({}), |known, v| widened(&known, v));
        schema.remove("required");
        schema.insert("additionalProperties".into(), of_each);
        return;
    }
    let mut properties = known.as_object().cloned().unwrap_or_default();
    let required: Vec<Json> = match schema.get("required") {
        Some(required) => required.as_array().cloned().unwrap_or_default(),
        None if first => fields.keys().map(|name| json!(name)).collect(),
        None => Vec::new(),
    };
    let of_fact = ["kind", "stream", "data"]
        .iter()
        .all(|name| fields.contains_key(*name));
    for (name, value) in fields {
        if of_fact && name == "data" {
            properties.insert(name.clone(), anything());
            continue;
        }
        let before = properties.remove(name).unwrap_or(json!({}));
        properties.insert(name.clone(), widened(&before, value));
    }
    let there = |name: &Json| name.as_str().is_some_and(|name| fields.contains_key(name));
    let required: Vec<Json> = required.into_iter().filter(there).collect();
    schema.insert("required".into(), json!(required));
    schema.insert("properties".into(), Json::Object(properties));
    schema.insert("additionalProperties".into(), json!(false));
}

/// Something said in both languages.
fn is_said_twice(value: &Json) -> bool {
    let both = ["vi", "en"].iter().all(|lang| value[*lang].is_string());
    both && value.as_object().is_some_and(|fields| fields.len() == 2)
}

/// What a fact says: its kind says what that is.
fn anything() -> Json {
    json!({ "type": "object", "additionalProperties": true, "description": "By the kind of the fact." })
}

fn resolved<'a>(schema: &'a Json, root: &'a Json) -> &'a Json {
    let pointer = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
    match pointer {
        Some(pointer) => root
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{schema} leads nowhere")),
        None => schema,
    }
}

fn kinds(schema: &Json) -> Vec<&str> {
    match &schema["type"] {
        Json::String(one) => vec![one],
        Json::Array(several) => several.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(n) if n.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn is_of_format(format: &Json, text: &str) -> bool {
    match format.as_str() {
        Some("uuid") => uuid::Uuid::try_parse(text).is_ok(),
        Some("date") => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
        _ => true,
    }
}

#[test]
fn what_a_schema_was_widened_by_it_allows_and_nothing_else() {
    let samples = [
        json!({"id": "0192f0c1-0000-7000-8000-000000000000", "n": 1, "rows": []}),
        json!({"id": "0192f0c1-0000-7000-8000-000000000001", "n": 1.5, "rows": [{"day": "2026-01-01"}]}),
        json!({"id": null, "n": 2, "rows": [{"day": "2026-01-02", "note": null}], "more": true}),
    ];
    let schema = samples
        .iter()
        .fold(json!({}), |known, value| widened(&known, value));
    for sample in &samples {
        assert_eq!(
            faults(&schema, sample, &json!({}), ""),
            Vec::<String>::new(),
            "{schema}"
        );
    }
    for (wrong, fault) in [
        (json!({"id": "x", "n": 1, "rows": []}), ".id"),
        (json!({"n": 1, "rows": []}), ".id is missing"),
        (json!({"id": null, "n": "1", "rows": []}), ".n is string"),
        (
            json!({"id": null, "n": 1, "rows": [{"day": "heute"}]}),
            ".rows[0].day",
        ),
        (
            json!({"id": null, "n": 1, "rows": [], "other": 1}),
            ".other is not described",
        ),
    ] {
        let found = faults(&schema, &wrong, &json!({}), "");
        assert!(found.len() == 1 && found[0].contains(fault), "{found:?}");
    }
}
