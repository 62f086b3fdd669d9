//! The zip container of a DOCX, read with limits. Nothing is ever written to disk, so the names of
//! entries can do no harm.

use super::xml::{Node, Xml};
use crate::error::{Fault, Measure, Trick};
use crate::{Limits, encoding};
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// An opened container and what is left of its budget.
pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    budget: u64,
    limits: &'a Limits,
}

/// A fault of the container as a whole.
pub(crate) fn broken_zip(error: ZipError) -> Fault {
    Fault::Broken {
        part: "zip".into(),
        reason: error.to_string(),
    }
}

impl<'a> Package<'a> {
    /// Opens a container.
    ///
    /// # Errors
    /// When it is no zip, has too many entries, or two of one name: then two readers may see two
    /// different documents, and the one that was signed need not be the one that is read.
    pub(crate) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Fault> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken_zip)?;
        if archive.len() > limits.max_entries {
            return Err(Fault::TooLarge {
                what: Measure::Entries,
                limit: limits.max_entries as u64,
            });
        }
        if archive.has_duplicate_names() {
            return Err(Fault::Hostile {
                part: "zip".into(),
                trick: Trick::DuplicateEntries,
            });
        }
        Ok(Self {
            archive,
            budget: limits.max_inflated,
            limits,
        })
    }

    /// The text of a part; `None` when the container has none of this name.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let Some(bytes) = self.bytes(name)? else {
            return Ok(None);
        };
        encoding::decode(&bytes)
            .map(|d| Some(d.text))
            .map_err(|offset| Fault::Broken {
                part: name.to_owned(),
                reason: format!("byte {offset} is neither UTF-8 nor UTF-16"),
            })
    }

    /// What a part holds; `None` when the container has none of this name.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let broken = |reason: String| Fault::Broken {
            part: name.to_owned(),
            reason,
        };
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Fault::Encrypted);
            }
            Err(e) => return Err(broken(e.to_string())),
        };
        // The size a container declares may lie: count what really comes out.
        let mut bytes = Vec::new();
        file.take(self.budget.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|e| broken(e.to_string()))?;
        self.spend(bytes.len() as u64)?;
        Ok(Some(bytes))
    }

    /// Limits for a file within this one, which shares its budget.
    pub(crate) fn limits_within(&self) -> Limits {
        Limits {
            max_inflated: self.budget,
            ..self.limits.clone()
        }
    }

    /// Takes bytes that came out off the budget.
    pub(crate) fn spend(&mut self, bytes: u64) -> Result<(), Fault> {
        self.budget = self.budget.checked_sub(bytes).ok_or(Fault::TooLarge {
            what: Measure::InflatedBytes,
            limit: self.limits.max_inflated,
        })?;
        Ok(())
    }

    /// What came out of it so far.
    pub(crate) fn spent(&self) -> u64 {
        self.limits.max_inflated - self.budget
    }

    /// The relations of a part ("" for the container). Relations to the outside world are left out.
    pub(crate) fn relations(&mut self, of: &str) -> Result<Relations, Fault> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let name = join(folder, &format!("_rels/{file}.rels"));
        let mut relations = Relations::default();
        let Some(text) = self.part(&name)? else {
            return Ok(relations);
        };
        let mut xml = Xml::new(&name, &text, self.limits.max_depth);
        while let Some(node) = xml.next()? {
            let Node::Start(e) = node else { continue };
            if e.name() != "Relationship"
                || e.attribute("TargetMode").as_deref() == Some("External")
            {
                continue;
            }
            if let (Some(kind), Some(target)) = (e.attribute("Type"), e.attribute("Target")) {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.0.push((kind, join(folder, &target)));
            }
        }
        Ok(relations)
    }
}

/// Where a part leads: the kind (the last step of the type's address) and the name of the other part.
#[derive(Default)]
pub(crate) struct Relations(Vec<(String, String)>);

impl Relations {
    /// All of them: kind and name.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(kind, name)| (kind.as_str(), name.as_str()))
    }

    /// The parts of a kind, in the order of the file.
    pub(crate) fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(k, _)| k == kind)
            .map(|(_, name)| name.as_str())
    }

    /// The first part of a kind.
    pub(crate) fn first(&self, kind: &str) -> Option<&str> {
        let part = self.0.iter().find(|(k, _)| k == kind);
        part.map(|(_, name)| name.as_str())
    }
}

/// A part's name from a folder and a target, which is absolute when it begins with "/".
fn join(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}
