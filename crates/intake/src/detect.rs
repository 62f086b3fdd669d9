//! What a file is, told from its bytes.

use crate::error::Foreign;
use crate::{Fault, docx, encoding};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// The formats read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Text,
    Html,
    Docx,
    Pdf,
    /// A scan or photograph: PNG, JPEG or TIFF.
    Image,
    /// Word before 2007.
    Doc,
    Rtf,
    Odt,
}

/// Tells the format from the bytes; a file's name may lie.
///
/// # Errors
/// [`Fault::Empty`], [`Fault::Encrypted`], [`Fault::NotUnicode`] or [`Fault::Foreign`] with the remedy.
pub fn detect(bytes: &[u8]) -> Result<Format, Fault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return zip_kind(bytes);
    }
    if bytes.starts_with(b"%PDF-") {
        return Ok(Format::Pdf);
    }
    if let Some(known) = magic(bytes) {
        return known;
    }
    match encoding::decode_any(bytes) {
        Ok(decoded) if decoded.text.contains('\0') => Err(Fault::Foreign(Foreign::Binary)),
        Ok(decoded) => text_kind(&decoded.text),
        // The PDF standard (ISO 32000-1, annex H) lets readers accept a header within the first 1,024
        // bytes; a readable text that merely mentions "%PDF-" never comes here.
        Err(_) if has(&bytes[..bytes.len().min(1024)], b"%PDF-") => Ok(Format::Pdf),
        Err(_) if looks_binary(bytes) && !encoding::has_utf16_mark(bytes) => {
            Err(Fault::Foreign(Foreign::Binary))
        }
        // A page may be in any encoding it declares.
        Err(offset) => {
            match text_kind(&String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]))? {
                Format::Html => Ok(Format::Html),
                _ => Err(Fault::NotUnicode { offset }),
            }
        }
    }
}

fn has(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

fn magic(bytes: &[u8]) -> Option<Result<Format, Fault>> {
    const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    if bytes.starts_with(OLE) {
        // The streams of an OLE file have names in UTF-16. A DOCX with a password is one, too.
        let stream = |name: &str| {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            has(bytes, &name)
        };
        return Some(if stream("EncryptedPackage") {
            Err(Fault::Encrypted)
        } else if stream("WordDocument") {
            Ok(Format::Doc)
        } else {
            Err(Fault::Foreign(Foreign::OldOffice))
        });
    }
    let begins = |marks: &[&[u8]]| marks.iter().any(|m| bytes.starts_with(m));
    if begins(&[b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"II*\0", b"MM\0*"]) {
        return Some(Ok(Format::Image));
    }
    let riff = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let bmp = bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]);
    let heic = bytes.get(4..8) == Some(b"ftyp");
    if riff || bmp || heic || begins(&[b"GIF87a", b"GIF89a", b"\0\0\0\x0cjP  "]) {
        return Some(Err(Fault::Foreign(Foreign::Picture)));
    }
    bytes.starts_with(b"{\\rtf").then_some(Ok(Format::Rtf))
}

/// Tells plain text from web pages and other markup by how it begins.
fn text_kind(text: &str) -> Result<Format, Fault> {
    const PAGE: [&str; 20] = [
        "!doctype", "html", "head", "body", "meta", "title", "style", "link", "script", "div", "p",
        "table", "h1", "h2", "h3", "ul", "ol", "font", "span", "center",
    ];
    let head: String = text.chars().take(4096).collect();
    let mut head = head.to_ascii_lowercase();
    while let Some(rest) = head.trim_start().strip_prefix("<!--") {
        head = rest
            .split_once("-->")
            .map_or("", |(_, rest)| rest)
            .to_owned();
    }
    let head = head.trim_start();
    if head.starts_with("<?xml") {
        let page = head.contains("<html") || head.contains("<!doctype html");
        return if page {
            Ok(Format::Html)
        } else {
            Err(Fault::Foreign(Foreign::Xml))
        };
    }
    let name = head.strip_prefix('<').and_then(|rest| {
        rest.split(|c: char| c.is_whitespace() || "/>".contains(c))
            .next()
    });
    match name {
        Some("!doctype") if !head.contains("html") => Err(Fault::Foreign(Foreign::Xml)),
        Some(name) if PAGE.contains(&name) => Ok(Format::Html),
        _ => Ok(Format::Text),
    }
}

/// Control characters that no text in a legacy Vietnamese encoding holds in number.
fn looks_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let odd = head
        .iter()
        .filter(|b| b.is_ascii_control() && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c))
        .count();
    head.contains(&0) || odd * 50 > head.len()
}

fn zip_kind(bytes: &[u8]) -> Result<Format, Fault> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(docx::broken_zip)?;
    let holds = |folder: &[u8]| archive.file_names_raw().any(|n| n.starts_with(folder));
    if holds(b"word/") {
        Ok(Format::Docx)
    } else if holds(b"xl/") {
        Err(Fault::Foreign(Foreign::Sheet))
    } else if holds(b"ppt/") {
        Err(Fault::Foreign(Foreign::Slides))
    } else if holds(b"mimetype") && holds(b"content.xml") {
        // Sheets and slides of OpenDocument are zips of the same parts.
        let text = has(&bytes[..bytes.len().min(256)], b"opendocument.text");
        if text {
            Ok(Format::Odt)
        } else {
            Err(Fault::Foreign(Foreign::OpenDocument))
        }
    } else {
        Err(Fault::Foreign(Foreign::Archive))
    }
}
