//! Bytes to text: UTF-8, or UTF-16 with a byte-order mark.

/// Decoded text and whether a byte-order mark stood before it.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) had_bom: bool,
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
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => utf8(bytes, 0, false),
    }
}

fn utf8(bytes: &[u8], skipped: usize, had_bom: bool) -> Result<Decoded, usize> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded {
            text: text.to_owned(),
            had_bom,
        }),
        Err(e) => Err(skipped + e.valid_up_to()),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Decoded, usize> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut offset = 2;
    for c in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let c = c.map_err(|_| offset)?;
        offset += 2 * c.len_utf16();
        text.push(c);
    }
    if !odd.is_empty() {
        return Err(offset);
    }
    Ok(Decoded {
        text,
        had_bom: true,
    })
}
