//! What a container holds beside its text: comments, charts, diagrams, properties, files within the file,
//! pictures. None of it is text of the document, but a mark of secrecy may stand there.

use super::package::Package;
use super::xml::{Node, Xml};
use crate::pictures::Gallery;
use crate::{Fault, Format, Intake, Limits, detect, html, plain};
use std::collections::HashSet;

/// The words beside the text of a container, a paragraph or property each. Follows the relations from the
/// container and its main part on; pictures are shown to the gallery.
pub(super) fn words(
    package: &mut Package<'_>,
    main: &str,
    gallery: &mut Gallery<'_>,
    limits: &Limits,
) -> Result<Vec<String>, Fault> {
    let mut out = Vec::new();
    let mut seen: HashSet<String> = HashSet::from([main.to_owned()]);
    let mut open = vec![String::new(), main.to_owned()];
    while let Some(part) = open.pop() {
        let relations = package.relations(&part)?;
        for (kind, name) in relations.each() {
            if !seen.insert(name.to_owned()) {
                continue;
            }
            match kind {
                "header" | "footer" | "footnotes" | "endnotes" => open.push(name.to_owned()),
                "comments"
                | "chart"
                | "chartEx"
                | "diagramData"
                | "core-properties"
                | "extended-properties"
                | "custom-properties" => {
                    if let Some(text) = package.part(name)? {
                        out.append(&mut of_part(&mut Xml::new(name, &text, limits.max_depth))?);
                    }
                    open.push(name.to_owned());
                }
                "image" => {
                    if let Some(picture) = package.bytes(name)? {
                        gallery.look(&picture);
                    }
                }
                "aFChunk" => out.append(&mut of_chunk(package, name)?),
                _ => {}
            }
        }
    }
    Ok(out)
}

/// The words of another file that the document takes in where it stands; none of one that needs another
/// program.
fn of_chunk(package: &mut Package<'_>, name: &str) -> Result<Vec<String>, Fault> {
    let Some(bytes) = package.bytes(name)? else {
        return Ok(Vec::new());
    };
    let within = package.limits_within();
    let taken = match detect(&bytes) {
        Ok(Format::Text) => plain::take(&bytes, &within),
        Ok(Format::Html) => html::take(&bytes, &within),
        // A container within a container within a container is read no further.
        Ok(Format::Docx) => {
            super::take_counted(&bytes, &within, false).and_then(|(intake, spent)| {
                package.spend(spent)?;
                Ok(intake)
            })
        }
        _ => return Ok(Vec::new()),
    };
    let Intake {
        text, mut aside, ..
    } = taken?;
    aside.push(text);
    Ok(aside)
}

/// The words of a part of any kind. Paragraphs, properties and captions come one by one; the names on the
/// axis of a chart are one row.
fn of_part(xml: &mut Xml<'_>) -> Result<Vec<String>, Fault> {
    let (mut out, mut words) = (Vec::new(), String::new());
    let mut open: Vec<String> = Vec::new();
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(e) => match e.name().as_str() {
                // Figures and where they come from.
                "numCache" | "numLit" | "f" | "instrText" => xml.skip()?,
                _ => open.push(e.name()),
            },
            Node::Text(text) => words.push_str(&text),
            Node::End => {
                let name = open.pop().unwrap_or_default();
                match name.as_str() {
                    "t" | "delText" | "r" | "ins" | "del" | "hyperlink" | "v" => continue,
                    "pt" if !words.trim().is_empty() => {
                        words.push_str(" | ");
                        continue;
                    }
                    _ => {}
                }
                let told = std::mem::take(&mut words);
                let told = told.trim().trim_end_matches('|').trim_end();
                if !told.is_empty() {
                    out.push(told.to_owned());
                }
            }
        }
    }
    Ok(out)
}
