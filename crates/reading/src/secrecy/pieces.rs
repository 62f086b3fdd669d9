//! What stands in the head of a document and can share a line with a mark.

use super::plain_words;
use crate::text::{Extent, Text};
use viet::fold;

/// Whether a stretch is a piece of a head a mark can stand beside; the name of an issuer only beside a
/// mark that is sure, for it is free text.
pub(super) fn is_piece(text: &Text, at: Extent, sure: bool) -> bool {
    const FIXED: [&str; 12] = [
        "hoa toc",
        "hoa toc hen gio",
        "khan",
        "thuong khan",
        "do khan hoa toc",
        "do khan khan",
        "do khan thuong khan",
        "cong hoa xa hoi chu nghia viet nam",
        "doc lap tu do hanh phuc",
        "dang cong san viet nam",
        "ban so",
        "trang",
    ];
    const ISSUERS: [&str; 22] = [
        "uy ban",
        "ubnd",
        "hoi dong",
        "hdnd",
        "so",
        "bo",
        "tinh uy",
        "thanh uy",
        "dang uy",
        "ban",
        "cong an",
        "van phong",
        "chinh phu",
        "thu tuong",
        "cuc",
        "vu",
        "tong cuc",
        "toa an",
        "vien",
        "thanh tra",
        "chi cuc",
        "phong",
    ];
    let plain = plain_words(text, at);
    if plain.is_empty() || FIXED.contains(&plain.as_str()) {
        return true;
    }
    let dated = plain.ends_with("ngay thang nam") && plain.split(' ').count() <= 8;
    let shown = text.line(at);
    let issuer = || {
        ISSUERS.iter().any(|issuer| {
            plain
                .strip_prefix(issuer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        }) && !shown.chars().any(char::is_lowercase)
    };
    dated || is_number(&shown) || sure && issuer()
}

/// "TỈNH AN SƠN": the second line of an issuer.
pub(super) fn is_place(text: &Text, at: Extent) -> bool {
    let plain = plain_words(text, at);
    let place = ["tinh", "thanh pho", "xa", "phuong", "dac khu", "viet nam"];
    place.iter().any(|word| plain.starts_with(word))
        && !text.line(at).chars().any(char::is_lowercase)
}

/// "Số: 15/KH-UBND".
fn is_number(shown: &str) -> bool {
    let folded = fold::fold(shown);
    let Some(rest) = folded.strip_prefix("so") else {
        return false;
    };
    let begins = rest.starts_with(|c: char| !c.is_alphanumeric());
    let parts: Vec<&str> = shown.split_whitespace().skip(1).collect();
    let part = |p: &&str| p.contains(|c: char| c.is_ascii_digit() || c.is_uppercase() || c == '/');
    begins && parts.len() <= 4 && parts.iter().all(part)
}
