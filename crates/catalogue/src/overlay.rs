//! What a province may change over the definition it builds on.

use serde_json::Value;

use crate::definition::Definition;
use crate::fault::{Fault, FaultCode};
use crate::header::{Kind, Label};

/// Lays a province's definition over the one it builds on. Both are whole definitions of one kind and id.
///
/// Allowed are: another version, label, basis and source; further keys and further entries of lists; other
/// labels, deadlines, thresholds, calendars, measures and values of parameters; fewer codes in a code list.
/// Everything else must stay.
///
/// # Errors
/// The first change that is not allowed, with its place in the overlay.
pub fn overlay(base: &Definition, over: &Definition) -> Result<Definition, Box<Fault>> {
    if base.kind() != over.kind() || base.id() != over.id() {
        let found = Label::new(
            format!("`{}` không thể phủ lên `{}`", over.id(), base.id()),
            format!("`{}` cannot be laid over `{}`", over.id(), base.id()),
        );
        return Err(fault(over, &["def", "id"], found));
    }
    if base.version() == over.version() {
        let found = Label::new(
            "bản phủ phải có phiên bản riêng",
            "an overlay needs a version of its own",
        );
        return Err(fault(over, &["def", "version"], found));
    }
    let mut path = Vec::new();
    compare(over, &base.to_value(), &over.to_value(), &mut path)?;
    Ok(over.clone())
}

fn fault(over: &Definition, keys: &[&str], found: Label) -> Box<Fault> {
    let place = over.header().origin.place(keys);
    Box::new(Fault {
        code: FaultCode::OverlayForbidden,
        found,
        expected: Vec::new(),
        nearest: None,
        place,
    })
}

/// Keys whose values a province may set, wherever they stand.
const FREE: [&str; 10] = [
    "vi",
    "en",
    "label",
    "source",
    "short",
    "aliases",
    "due_after_days",
    "due_source",
    "valid_from",
    "valid_to",
];

/// Whether everything below a path is for the province to set.
fn is_free(kind: Kind, path: &[String]) -> bool {
    let last = path.last().map_or("", String::as_str);
    match path.first().map(String::as_str) {
        Some("def") => matches!(
            last,
            "version" | "basis" | "source" | "valid_from" | "valid_to" | "vi" | "en"
        ),
        // A parameter is where a method leaves room; within what is admissible a province may fill it.
        Some("computed") if path.iter().any(|key| key == "parameters") => {
            matches!(last, "value" | "choice" | "source")
        }
        Some("thresholds" | "calendar") => kind == Kind::Settings,
        // The marks that are refused may grow, never shrink; their labels are caught by the rule below.
        Some("secrecy") => matches!(last, "vi" | "en" | "source"),
        Some("page" | "text") => kind == Kind::Format && matches!(last, "value" | "source"),
        // Who owes a paper and by when differs from province to province; what is asked does not.
        Some("campaign") if kind == Kind::Campaign => path.len() > 1 && last != "index",
        Some("requests") if kind == Kind::Campaign => {
            path.len() > 2 && !matches!(last, "id" | "pillar" | "indicator")
        }
        // Ids of areas and days of their lives are no deadlines of anybody.
        Some("list") if matches!(kind, Kind::Areas | Kind::Organisations) => {
            matches!(last, "vi" | "en" | "short" | "source")
        }
        _ => FREE.contains(&last),
    }
}

fn compare(
    over: &Definition,
    old: &Value,
    new: &Value,
    path: &mut Vec<String>,
) -> Result<(), Box<Fault>> {
    if old == new || is_free(over.kind(), path) {
        return Ok(());
    }
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in old {
                path.push(key.clone());
                match new.get(key) {
                    Some(replacement) => compare(over, value, replacement, path)?,
                    None if is_free(over.kind(), path) => {}
                    None => return Err(refuse(over, path, "bỏ", "removed")),
                }
                path.pop();
            }
            Ok(())
        }
        (Value::Array(old), Value::Array(new)) if over.kind() == Kind::Codelist => {
            narrows(over, old, new, path)
        }
        (Value::Array(old), Value::Array(new)) => grows(over, old, new, path),
        _ => Err(refuse(over, path, "đổi", "changed")),
    }
}

/// What tells the entries of a list apart: their code or id and, for areas, the first day of the life.
fn name_of(entry: &Value) -> Option<(&Value, Option<&Value>)> {
    let name = ["code", "id", "text"]
        .into_iter()
        .find_map(|key| entry.get(key))?;
    Some((name, entry.get("valid_from")))
}

/// A list may gain entries; those it had must stay in their order. Entries without a name are told by their place.
fn grows(
    over: &Definition,
    old: &[Value],
    new: &[Value],
    path: &mut Vec<String>,
) -> Result<(), Box<Fault>> {
    if old.len() == new.len() && old.iter().all(|entry| name_of(entry).is_none()) {
        for (index, (entry, other)) in old.iter().zip(new).enumerate() {
            path.push(index.to_string());
            compare(over, entry, other, path)?;
            path.pop();
        }
        return Ok(());
    }
    let mut from = 0;
    for entry in old {
        let same = |other: &Value| match name_of(entry) {
            Some(name) => name_of(other) == Some(name),
            None => other == entry,
        };
        match new[from..].iter().position(same) {
            Some(at) => {
                path.push((from + at).to_string());
                compare(over, entry, &new[from + at], path)?;
                path.pop();
                from += at + 1;
            }
            None => {
                return Err(refuse(
                    over,
                    path,
                    "bỏ hoặc đổi một dòng của",
                    "an entry was removed from or changed in",
                ));
            }
        }
    }
    Ok(())
}

/// A code list may lose codes and change labels; it may not gain a code.
fn narrows(
    over: &Definition,
    old: &[Value],
    new: &[Value],
    path: &mut Vec<String>,
) -> Result<(), Box<Fault>> {
    for (index, entry) in new.iter().enumerate() {
        path.push(index.to_string());
        match old.iter().find(|other| name_of(other) == name_of(entry)) {
            Some(known) => compare(over, known, entry, path)?,
            None => return Err(refuse(over, path, "thêm", "added")),
        }
        path.pop();
    }
    Ok(())
}

fn refuse(over: &Definition, path: &[String], vi: &str, en: &str) -> Box<Fault> {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let name = keys.join(".");
    let found = Label::new(
        format!("bản phủ không được {vi} `{name}`"),
        format!("an overlay may not do this: {en} `{name}`"),
    );
    fault(over, &keys, found)
}
