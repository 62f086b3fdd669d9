//! The addresses of the server, read from its source: a new one that no table names fails a test.

use std::collections::BTreeSet;
use std::path::Path;

/// A method and the template of an address: `GET /tasks/{id}`.
pub type Route = (String, String);

/// Every route that the pages declare.
pub fn declared() -> BTreeSet<Route> {
    let mut routes = BTreeSet::new();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages");
    collect(&pages, &mut routes);
    assert!(routes.len() > 60, "only {} routes found", routes.len());
    routes
}

fn collect(folder: &Path, routes: &mut BTreeSet<Route>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, routes);
        } else {
            let source = std::fs::read_to_string(&path).expect("a source file");
            for declaration in source.split(".route(").skip(1) {
                read(declaration, routes);
            }
        }
    }
}

/// Reads `"/tasks/{id}", get(one::show).post(…))…`.
fn read(declaration: &str, routes: &mut BTreeSet<Route>) {
    let address = declaration.split('"').nth(1).expect("an address");
    let end = declaration
        .find(".route(")
        .unwrap_or(declaration.len())
        .min(declaration.find("\n}").unwrap_or(declaration.len()));
    let methods = &declaration[..end];
    for (word, method) in [("get(", "GET"), ("post(", "POST")] {
        if methods.contains(word) {
            routes.insert((method.to_owned(), address.to_owned()));
        }
    }
}

/// The template that an address answers to: of several the one with the fewest variables.
pub fn template(method: &str, address: &str, declared: &BTreeSet<Route>) -> Option<Route> {
    let path = address.split('?').next().unwrap_or(address);
    declared
        .iter()
        .filter(|(known, template)| known == method && fits(template, path))
        .min_by_key(|(_, template)| template.matches('{').count())
        .cloned()
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(path)
            .all(|(expected, given)| expected.starts_with('{') || *expected == given)
}

/// Fails when a route of a method stands in no row of a table.
#[track_caller]
pub fn assert_all_named<'a>(method: &str, addresses: impl Iterator<Item = &'a str>) {
    let declared = declared();
    let named: BTreeSet<Route> = addresses
        .filter_map(|address| template(method, address, &declared))
        .collect();
    let missing: Vec<&Route> = declared
        .iter()
        .filter(|route| route.0 == method && !named.contains(*route))
        .collect();
    assert!(missing.is_empty(), "no row of the table for {missing:?}");
}
