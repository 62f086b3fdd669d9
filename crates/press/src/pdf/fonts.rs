//! The typefaces a document is set in, found once per process.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// All fonts known, with their index.
pub(super) struct Fonts {
    pub book: LazyHash<FontBook>,
    pub fonts: Vec<Font>,
}

static FONTS: OnceLock<Fonts> = OnceLock::new();

/// File names (lower case, start) of the families looked for: the prescribed face and its metric
/// twin for text, and their sans-serif pair for charts.
const WANTED: [&str; 7] = [
    "liberationserif-",
    "liberationsans-",
    "times",
    "arial",
    "tinos-",
    "arimo-",
    "dejavusans",
];

/// How deep folders of fonts are nested at most.
const DEPTH: u8 = 4;

/// The fonts of this machine, read at the first call.
pub(super) fn fonts() -> &'static Fonts {
    FONTS.get_or_init(|| {
        let mut files = Vec::new();
        for folder in folders() {
            collect(&folder, DEPTH, &mut files);
        }
        files.sort();
        let system = files
            .iter()
            .filter_map(|file| fs::read(file).ok())
            .map(Bytes::new);
        let system = system.flat_map(Font::iter).filter(writes_vietnamese);
        let embedded = typst_assets::fonts().map(Bytes::new).flat_map(Font::iter);
        let fonts: Vec<Font> = system.chain(embedded).collect();
        Fonts {
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    })
}

/// Whether a face has the letters of Vietnamese. Old faces of the right name do not (Liberation 1.x),
/// and words would be patched together from two faces.
fn writes_vietnamese(font: &Font) -> bool {
    let coverage = &font.info().coverage;
    "ăâđêôơưĂÂĐÊÔƠƯảãạấầẩẫậắằẳẵặẻẽẹếềểễệỉĩịỏõọốồổỗộớờởỡợủũụứừửữựỳỷỹỵẤẦẨẪẬẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰ"
        .chars()
        .all(|c| coverage.contains(c as u32))
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
        "C:\\Windows\\Fonts",
    ]
    .iter()
    .map(PathBuf::from)
    .collect();
    if let Some(home) = std::env::home_dir() {
        folders.push(home.join(".local/share/fonts"));
        folders.push(home.join(".fonts"));
    }
    folders
}

/// Font files of the wanted families below a folder; what cannot be read is passed over, for the
/// embedded faces are always there.
fn collect(folder: &Path, depth: u8, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, files);
            }
        } else if wanted(&path) {
            files.push(path);
        }
    }
}

fn wanted(path: &Path) -> bool {
    let lower = |part: Option<&std::ffi::OsStr>| {
        part.and_then(|p| p.to_str())
            .map(str::to_lowercase)
            .unwrap_or_default()
    };
    let name = lower(path.file_name());
    let font = matches!(lower(path.extension()).as_str(), "ttf" | "otf" | "ttc");
    font && WANTED.iter().any(|start| name.starts_with(start))
}

impl Fonts {
    /// The faces to set text in, best first: the one asked for, its metric twins, the embedded one.
    pub fn families(&self, typeface: &str) -> Vec<String> {
        [
            typeface,
            "Times New Roman",
            "Liberation Serif",
            "Tinos",
            "Libertinus Serif",
        ]
        .iter()
        .map(|name| name.to_lowercase())
        .filter(|name| self.book.contains_family(name))
        .collect()
    }

    /// The text with every character that no font can show replaced by a visible sign: the standards
    /// for archiving forbid a character without a shape, and dropping it would hide that it was there.
    pub fn showable(&self, text: &str) -> String {
        text.chars()
            .map(|c| match c {
                '\n' => c,
                '\t' => ' ',
                _ if steers(c) || self.shows(c) => c,
                _ if self.shows('\u{FFFD}') => '\u{FFFD}',
                _ => '?',
            })
            .collect()
    }

    fn shows(&self, c: char) -> bool {
        // Faces that draw something for private use draw whatever they like, and archives forbid it.
        let private = matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
        let covered = |font: &Font| font.info().coverage.contains(c as u32);
        c.is_ascii() || (!private && self.fonts.iter().any(covered))
    }
}

/// Characters that steer the setting and have no shape of their own.
fn steers(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}')
}
