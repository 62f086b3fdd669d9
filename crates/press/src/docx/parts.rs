//! What docx-rs has no word for, put into the finished parts. Marks are looked for as markup; text
//! cannot hold them, since its angle brackets are escaped.

use docx_rs::XMLDocx;

use crate::PressError;
use crate::document::AdminDocument;
use crate::text::escape;

/// How docx-rs writes the height that marks a head row.
const HEAD_ROW: &str = "<w:trHeight w:val=\"0\" w:hRule=\"atLeast\" />";

/// Repeated table heads, language, title and author.
pub(super) fn finish(parts: &mut XMLDocx, doc: &AdminDocument) -> Result<(), PressError> {
    edit(&mut parts.document, |xml| {
        Some(xml.replace(HEAD_ROW, "<w:tblHeader />"))
    })?;
    let lang = doc.lang.pick("vi-VN", "en-GB");
    let lang = format!(
        "<w:lang w:val=\"{lang}\" w:eastAsia=\"{lang}\" w:bidi=\"{lang}\" /></w:rPr></w:rPrDefault>"
    );
    edit(&mut parts.styles, |xml| {
        replace_once(xml, "</w:rPr></w:rPrDefault>", &lang)
    })?;
    let title = escape(&doc.title());
    let (issuer, code) = (escape(&doc.issuer).replace('\n', " "), doc.lang.code());
    let more = format!(
        "<dc:title>{title}</dc:title><dc:language>{code}</dc:language></cp:coreProperties>"
    );
    edit(&mut parts.doc_props.core, |xml| {
        let xml = xml.replace(">unknown<", &format!(">{issuer}<"));
        replace_once(&xml, "</cp:coreProperties>", &more)
    })
}

fn replace_once(xml: &str, from: &str, to: &str) -> Option<String> {
    xml.contains(from).then(|| xml.replacen(from, to, 1))
}

fn edit(part: &mut Vec<u8>, change: impl Fn(&str) -> Option<String>) -> Result<(), PressError> {
    let changed = std::str::from_utf8(part).ok().and_then(change);
    *part = changed
        .ok_or_else(|| PressError::Docx("a part is not as expected".to_owned()))?
        .into_bytes();
    Ok(())
}
