//! The closed world in which a document is laid out: one template, one set of data, its charts.
//! No other file, no package, no clock.

use std::sync::{LazyLock, OnceLock};

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::fonts::{Fonts, fonts};

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static MAIN: OnceLock<Source> = OnceLock::new();

const TEMPLATE: &str = include_str!("document.typ");
const MAIN_PATH: &str = "/document.typ";
const DATA_PATH: &str = "/document.json";

/// The files of one compilation.
pub(super) struct PressWorld {
    main: Source,
    data: Bytes,
    figures: Vec<Bytes>,
    fonts: &'static Fonts,
}

impl PressWorld {
    /// A world of the given data and drawings. None only if the constant path of the template were
    /// not a path.
    pub fn new(data: Vec<u8>, figures: Vec<String>) -> Option<Self> {
        let main = match MAIN.get() {
            Some(main) => main.clone(),
            None => {
                let path = VirtualPath::new(MAIN_PATH).ok()?;
                // Interned once: file ids are few (16 bits) and never given back.
                let id = FileId::new(RootedPath::new(VirtualRoot::Project, path));
                MAIN.get_or_init(|| Source::new(id, TEMPLATE.to_owned()))
                    .clone()
            }
        };
        let figures = figures.into_iter().map(Bytes::from_string).collect();
        Some(Self {
            main,
            data: Bytes::new(data),
            figures,
            fonts: fonts(),
        })
    }

    /// Name under which the template finds a drawing. The same names serve every document, since
    /// each name takes a file id for good.
    pub fn figure_name(index: usize) -> String {
        format!("/figure-{index}.svg")
    }
}

impl World for PressWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            Ok(self.main.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let rooted = id.get();
        if *rooted.root() != VirtualRoot::Project {
            return Err(FileError::AccessDenied);
        }
        let path = rooted.vpath().get_with_slash();
        if path == DATA_PATH {
            return Ok(self.data.clone());
        }
        let number = path
            .strip_prefix("/figure-")
            .and_then(|rest| rest.strip_suffix(".svg"));
        number
            .and_then(|n| n.parse::<usize>().ok())
            .and_then(|index| self.figures.get(index))
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
