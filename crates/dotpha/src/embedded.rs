//! The definitions and the demo province's files, carried by the binary.

use activation::{Directory, Pinned};
use catalogue::Definition;
use rust_embed::RustEmbed;

use crate::Fault;

#[derive(RustEmbed)]
#[folder = "../../definitions"]
struct DefinitionFiles;

#[derive(RustEmbed)]
#[folder = "../../demo"]
struct DemoFiles;

/// The definitions this binary was built with.
///
/// # Errors
/// Every fault of every file; a released binary has none, because a test parses them all.
pub fn definitions() -> Result<Vec<Definition>, Fault> {
    let mut definitions = Vec::new();
    let mut faults = String::new();
    for (path, text) in definition_files() {
        match catalogue::parse(&path, &text) {
            Ok(definition) => definitions.push(definition),
            Err(found) => faults.extend(found.iter().map(|fault| format!("{fault}\n"))),
        }
    }
    if faults.is_empty() {
        Ok(definitions)
    } else {
        Err(faults.into())
    }
}

/// The same, indexed as if they were in force.
pub fn directory() -> Result<Directory, Fault> {
    let pin = |definition: Definition| Pinned {
        hash: catalogue::hash_hex(&definition),
        definition,
    };
    let definitions = definitions()?.into_iter().map(pin).collect();
    Ok(Directory::of(0, definitions))
}

/// Names and contents of the embedded definition files.
pub fn definition_files() -> impl Iterator<Item = (String, String)> {
    let definitions = DefinitionFiles::iter().filter(|path| path.ends_with(".toml"));
    definitions.filter_map(|path| {
        let file = DefinitionFiles::get(&path)?;
        let text = String::from_utf8_lossy(&file.data).into_owned();
        Some((path.into_owned(), text))
    })
}

/// One file of the demo province as text.
pub fn demo_text(name: &str) -> Result<String, Fault> {
    let file = DemoFiles::get(name).ok_or_else(|| format!("demo/{name} is not in this binary"))?;
    Ok(String::from_utf8(file.data.into_owned())?)
}
