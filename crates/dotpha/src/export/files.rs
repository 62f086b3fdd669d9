//! Documents, evidence and reports under names that people read.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use interchange::csv::Table;
use journal::backup::{PrivateFile, each_entry, private_folder};
use journal::{Entry, FileHash, RecordedFact, Seq, Tx};
use serde_json::Value as Json;

use super::{ExportError, JOURNAL, Views, system};

/// A file that a fact names.
struct Named {
    folder: &'static str,
    name: String,
    hash: FileHash,
    seq: Seq,
    stream: String,
}

impl Views<'_> {
    /// Puts every file that a fact gives a name to under that name, and lists them; how many there are.
    pub(super) async fn files(&self, tx: &mut Tx) -> Result<i64, ExportError> {
        let list = self.to.join("files.csv");
        let fault = |source| ExportError::Table {
            table: "files".to_owned(),
            source,
        };
        let headers = ["file", "sha256", "name_as_given", "entry", "subject"];
        let file = PrivateFile::create_in(self.to)?;
        let mut csv = Table::begin(file, &headers).map_err(fault)?;
        let (mut names, mut count) = (Names::default(), 0);
        each_entry(tx, |entry| {
            for named in named_in(&entry)? {
                let original = self.original(&named.hash);
                // One that was removed from the record is not in the log's folder either.
                if !original.is_file() {
                    continue;
                }
                let Some(path) = names.place(&named) else {
                    continue;
                };
                self.link(&original, &path)?;
                count += 1;
                let (shown, seq) = (path.display().to_string(), named.seq.to_string());
                let row = [
                    &shown,
                    named.hash.as_str(),
                    &named.name,
                    &seq,
                    &named.stream,
                ];
                csv.push(row.into_iter()).map_err(fault)?;
            }
            Ok::<_, ExportError>(())
        })
        .await?;
        csv.end().map_err(fault)?.finish(&list)?;
        Ok(count)
    }

    fn original(&self, hash: &FileHash) -> PathBuf {
        let (two, rest) = hash.as_str().split_at(2);
        self.to.join(JOURNAL).join("files").join(two).join(rest)
    }

    /// The same content under another name: a link where the disk has them, otherwise a copy.
    fn link(&self, original: &Path, path: &Path) -> Result<(), ExportError> {
        let path = self.to.join(path);
        if let Some(folder) = path.parent() {
            private_folder(folder)?;
        }
        if std::fs::hard_link(original, &path).is_err() {
            std::fs::copy(original, &path).map_err(system(&path))?;
        }
        Ok(())
    }
}

/// Files that the facts of an entry give names to.
fn named_in(entry: &Entry) -> Result<Vec<Named>, ExportError> {
    let mut found = Vec::new();
    for fact in entry.facts()? {
        let folder = folder_of(&fact);
        let mut named = Vec::new();
        walk(&fact.data, &mut named);
        drawn_up(&fact, &mut named);
        found.extend(named.into_iter().map(|(hash, name)| Named {
            folder,
            name,
            hash,
            seq: fact.seq,
            stream: fact.stream.as_str().to_owned(),
        }));
    }
    Ok(found)
}

fn folder_of(fact: &RecordedFact) -> &'static str {
    match fact.stream.family() {
        "document" => "documents",
        "report" => "reports",
        _ => "evidence",
    }
}

/// Every engine writes a file it was handed as an object with hash, name and size.
fn walk(data: &Json, found: &mut Vec<(FileHash, String)>) {
    match data {
        Json::Object(fields) => {
            let hash = fields.get("hash").and_then(Json::as_str);
            let name = fields.get("name").and_then(Json::as_str);
            if let (Some(hash), Some(name), true) = (
                hash.and_then(FileHash::parse),
                name,
                fields.contains_key("size"),
            ) {
                found.push((hash, name.to_owned()));
            }
            fields.values().for_each(|field| walk(field, found));
        }
        Json::Array(items) => items.iter().for_each(|item| walk(item, found)),
        _ => {}
    }
}

/// Reports that were drawn up have no name of their own: theirs is the title.
fn drawn_up(fact: &RecordedFact, found: &mut Vec<(FileHash, String)>) {
    if fact.kind != "report.drawn_up" {
        return;
    }
    let title = fact.data["title"].as_str().unwrap_or("report");
    for ending in ["docx", "pdf"] {
        if let Some(hash) = fact.data[ending].as_str().and_then(FileHash::parse) {
            found.push((hash, format!("{title}.{ending}")));
        }
    }
}

/// Names given so far.
#[derive(Default)]
struct Names {
    /// What is there already, by hash and place: one file named twice is not written twice.
    written: HashSet<(FileHash, String)>,
    /// How often a name was given, in letters that no file system takes for different ones.
    given: BTreeMap<String, u32>,
}

impl Names {
    /// Where a file goes; nothing when it lies there already.
    fn place(&mut self, named: &Named) -> Option<PathBuf> {
        let wanted = format!("{}/{}", named.folder, safe(&named.name));
        if !self.written.insert((named.hash.clone(), wanted.clone())) {
            return None;
        }
        loop {
            let times = self.given.entry(wanted.to_lowercase()).or_default();
            *times += 1;
            let name = match *times {
                1 => wanted.clone(),
                n => numbered(&wanted, n),
            };
            // "a (2).pdf" may have been somebody's name for it.
            if name == wanted || !self.given.contains_key(&name.to_lowercase()) {
                self.given.entry(name.to_lowercase()).or_insert(1);
                return Some(PathBuf::from(name));
            }
        }
    }
}

fn numbered(name: &str, n: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => format!("{stem} ({n}).{ending}"),
        _ => format!("{name} ({n})"),
    }
}

/// Bytes of a name at most: file systems allow 255, and a number may be added.
const LONGEST: usize = 200;

/// A name as a file can bear it anywhere: no folder, no control or direction mark, nothing that
/// Windows keeps for itself.
pub(super) fn safe(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '_',
            '\u{feff}' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .collect();
    let plain = shortened(plain.trim_matches(|c: char| c == '.' || c.is_whitespace()));
    let stem = plain
        .split('.')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let numbered = |word: &str| {
        let rest = stem.strip_prefix(word);
        rest.is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    let reserved = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || numbered("com")
        || numbered("lpt");
    match (plain.is_empty(), reserved) {
        (true, _) => "_".to_owned(),
        (false, true) => format!("_{plain}"),
        (false, false) => plain,
    }
}

/// At most [`LONGEST`] bytes, with the ending of the name.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let ending = match name.rsplit_once('.') {
        Some((_, ending)) if ending.len() < 12 => format!(".{ending}"),
        _ => String::new(),
    };
    let room = LONGEST - ending.len();
    let cut = (0..=room).rev().find(|at| name.is_char_boundary(*at));
    format!("{}{ending}", name[..cut.unwrap_or(0)].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        let long = format!("{}.pdf", "ở".repeat(300));
        for (name, want) in [
            ("Kế hoạch 2026.docx", "Kế hoạch 2026.docx"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..\\..\\x.exe", "_.._x.exe"),
            ("/root/.ssh/id", "_root_.ssh_id"),
            (".htaccess", "htaccess"),
            ("a\u{0}b\r\n.pdf", "a_b__.pdf"),
            ("gpj\u{202e}.exe", "gpj_.exe"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1.pdf", "_com1.pdf"),
            ("coma.pdf", "coma.pdf"),
            ("trailing. ", "trailing"),
            ("", "_"),
            ("...", "_"),
            ("a:b*c?\"<>|", "a_b_c_____"),
        ] {
            assert_eq!(safe(name), want, "{name:?}");
        }
        let short = safe(&long);
        assert!(
            short.len() <= LONGEST && short.ends_with("ở.pdf"),
            "{short}"
        );
    }

    fn named(name: &str, content: &str) -> Named {
        Named {
            folder: "documents",
            name: name.into(),
            hash: FileHash::of(content.as_bytes()),
            seq: 1,
            stream: "document/1".into(),
        }
    }

    #[test]
    fn no_file_takes_the_place_of_another() {
        let mut names = Names::default();
        let mut places = HashSet::new();
        let all = [
            ("a.pdf", "1"),
            ("A.pdf", "2"),
            ("a (2).pdf", "3"),
            ("a.pdf", "4"),
            ("a?.pdf", "5"),
            ("a*.pdf", "6"),
            ("x", "7"),
            ("x", "8"),
            ("a (2).pdf", "9"),
        ];
        for (name, content) in all {
            let place = names.place(&named(name, content)).unwrap();
            assert!(place.starts_with("documents"));
            assert!(
                places.insert(place.to_string_lossy().to_lowercase()),
                "{place:?}"
            );
        }
        for (name, content) in all {
            assert_eq!(names.place(&named(name, content)), None, "written before");
        }
    }
}
