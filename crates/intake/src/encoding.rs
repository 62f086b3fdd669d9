//! Bytes to text: UTF-8 and UTF-16, and the old encodings of Vietnamese.

use crate::legacy::{self, Encoding};
use encoding_rs::{WINDOWS_1252, WINDOWS_1258};
use viet::fold::nfc;

/// Decoded text and whether a byte-order mark stood before it.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) had_bom: bool,
    /// The encoding, when it was not Unicode.
    pub(crate) old: Option<Encoding>,
}

impl Decoded {
    fn unicode(text: String, had_bom: bool) -> Self {
        Self {
            text,
            had_bom,
            old: None,
        }
    }
}

/// Whether the bytes claim to be UTF-16.
pub(crate) fn has_utf16_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF])
}

/// Decodes UTF-8 (with or without a byte-order mark) or UTF-16 with one.
///
/// # Errors
/// The offset of the first byte that is neither.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, usize> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3, true),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes, 2, true),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes, 2, true),
        _ => utf8(bytes, 0, false),
    }
}

/// Decodes what [`decode`] does, and besides UTF-16 without a mark and the old encodings of Vietnamese,
/// told by their words.
///
/// # Errors
/// The offset of the first byte that is not Unicode, when no encoding makes Vietnamese of the bytes.
pub(crate) fn decode_any(bytes: &[u8]) -> Result<Decoded, usize> {
    if has_utf16_mark(bytes) {
        return decode(bytes);
    }
    match unmarked_utf16(bytes) {
        Some(text) => Ok(Decoded::unicode(text, false)),
        None => decode(bytes).or_else(|offset| old(bytes).ok_or(offset)),
    }
}

/// Decodes a web page: as [`decode_any`], else by the encoding it declares, else as Western European, as
/// browsers do.
pub(crate) fn decode_page(bytes: &[u8]) -> Decoded {
    decode_any(bytes).unwrap_or_else(|_| {
        let declared = declared(bytes).and_then(encoding_rs::Encoding::for_label);
        let encoding = declared.unwrap_or(WINDOWS_1252);
        let (text, _, _) = encoding.decode(bytes);
        Decoded {
            old: (encoding == WINDOWS_1252).then_some(Encoding::Windows1252),
            text: text.into_owned(),
            had_bom: false,
        }
    })
}

/// The label behind `charset=` in the first two kilobytes, where a page must declare it.
fn declared(bytes: &[u8]) -> Option<&[u8]> {
    let head = &bytes[..bytes.len().min(2048)];
    let at = head
        .windows(8)
        .position(|w| w.eq_ignore_ascii_case(b"charset="))?;
    let label = head[at + 8..].trim_ascii_start();
    let label = label
        .strip_prefix(b"\"")
        .or_else(|| label.strip_prefix(b"'"))
        .unwrap_or(label);
    let end = label
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && !b"-_:".contains(b))
        .unwrap_or(label.len());
    Some(&label[..end])
}

fn old(bytes: &[u8]) -> Option<Decoded> {
    let (western, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let (marked, _) = WINDOWS_1258.decode_without_bom_handling(bytes);
    let marked = nfc(&marked);
    let by_marks = legacy::Score::of(&marked);
    let (text, encoding) = match legacy::detect(&western) {
        Some((share, encoding)) if !by_marks.proves() || share > by_marks.share() => {
            (legacy::convert(&western, encoding), encoding)
        }
        _ if by_marks.proves() => (marked, Encoding::Windows1258),
        _ => return None,
    };
    Some(Decoded {
        text,
        had_bom: false,
        old: Some(encoding),
    })
}

/// UTF-16 without a byte-order mark: one byte of every two is small, as it is in Vietnamese, and the
/// spaces and letters of ASCII leave zeros on that side only.
fn unmarked_utf16(bytes: &[u8]) -> Option<String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let sample = &pairs[..pairs.len().min(2048)];
    let zeros = |side: usize| sample.iter().filter(|pair| pair[side] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if !odd.is_empty() || (first + second) * 4 < sample.len() || first.min(second) > 0 {
        return None;
    }
    let unit = if first > second {
        u16::from_be_bytes
    } else {
        u16::from_le_bytes
    };
    let text = utf16(bytes, unit, 0, false).ok()?.text;
    let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    text.chars().all(plain).then_some(text)
}

fn utf8(bytes: &[u8], skipped: usize, had_bom: bool) -> Result<Decoded, usize> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded::unicode(text.to_owned(), had_bom)),
        Err(e) => Err(skipped + e.valid_up_to()),
    }
}

fn utf16(
    bytes: &[u8],
    unit: fn([u8; 2]) -> u16,
    skipped: usize,
    had_bom: bool,
) -> Result<Decoded, usize> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut offset = skipped;
    for c in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let c = c.map_err(|_| offset)?;
        offset += 2 * c.len_utf16();
        text.push(c);
    }
    if !odd.is_empty() {
        return Err(offset);
    }
    Ok(Decoded::unicode(text, had_bom))
}
