//! Files in folders as one ZIP, written piece by piece: no more than one file is held at a time.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// Longest name of a file within its folder, in characters: what every system unpacks.
const LONGEST: usize = 120;

/// A ZIP that is being written. The same files give the same bytes.
pub struct Bundle {
    zip: ZipWriter<StreamWriter<Pipe>>,
    pipe: Pipe,
    names: BTreeSet<String>,
}

/// What was written and not yet taken.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Pipe {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Default for Bundle {
    fn default() -> Self {
        let pipe = Pipe::default();
        Self {
            zip: ZipWriter::new_stream(pipe.clone()),
            pipe,
            names: BTreeSet::new(),
        }
    }
}

impl Bundle {
    /// Adds a file to a folder and gives the bytes that follow. Names come from outside: what no system takes
    /// in a name is replaced, and a name that is there already is numbered.
    ///
    /// # Errors
    /// When there is more than a ZIP can hold.
    pub fn add(&mut self, folder: &str, name: &str, content: &[u8]) -> io::Result<Vec<u8>> {
        let path = self.free(&plain(folder), &plain(name));
        let how = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(path, how).map_err(io::Error::other)?;
        self.zip.write_all(content)?;
        Ok(self.pipe.take())
    }

    /// Ends it and gives the last bytes.
    ///
    /// # Errors
    /// As [`Bundle::add`].
    pub fn end(self) -> io::Result<Vec<u8>> {
        self.zip.finish().map_err(io::Error::other)?;
        Ok(self.pipe.take())
    }

    fn free(&mut self, folder: &str, name: &str) -> String {
        let (stem, ending) = match name.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
            _ => (name, String::new()),
        };
        let numbered = (2..).map(|number| format!("{folder}/{stem} ({number}){ending}"));
        let mut paths = std::iter::once(format!("{folder}/{name}")).chain(numbered);
        // The names taken are finitely many, the numbers are not.
        let free = paths.find(|path| !self.names.contains(&path.to_lowercase()));
        let path = free.unwrap_or_default();
        self.names.insert(path.to_lowercase());
        path
    }
}

/// A name without what leads elsewhere or what some system does not take.
fn plain(name: &str) -> String {
    let replaced: String = name
        .chars()
        .take(LONGEST)
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            c if c.is_control() => '-',
            c => c,
        })
        .collect();
    let trimmed = replaced.trim().trim_matches('.').trim();
    match trimmed {
        "" => "tep".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn names_from_outside_stay_in_their_folder_and_differ() {
        let mut bundle = Bundle::default();
        let mut bytes = Vec::new();
        for (folder, name, content) in [
            ("1 Thể chế", "Báo cáo.pdf", "một"),
            ("1 Thể chế", "báo cáo.PDF", "hai"),
            ("../lên", "..\\..\\etc/passwd", "ba"),
            ("..", "", "bốn"),
        ] {
            bytes.extend(bundle.add(folder, name, content.as_bytes()).expect("room"));
        }
        bytes.extend(bundle.end().expect("room"));
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a ZIP");
        let mut found = Vec::new();
        for index in 0..zip.len() {
            let mut file = zip.by_index(index).expect("a file");
            let mut text = String::new();
            file.read_to_string(&mut text).expect("text");
            found.push((file.name().expect("UTF-8").into_owned(), text));
        }
        let told: Vec<_> = found
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("1 Thể chế/Báo cáo.pdf", "một"),
                ("1 Thể chế/báo cáo (2).PDF", "hai"),
                ("-lên/-..-etc-passwd", "ba"),
                ("tep/tep", "bốn"),
            ]
        );
    }
}
