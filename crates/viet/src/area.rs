//! Keys of areas. A code alone is not a key: codes are recycled after a merger.

use crate::{ParseError, serde_as_string};
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// A code of an administrative unit: two digits for a province, three for a district, five for a
/// commune, or "VN" for the country (Decision 124/2004/QĐ-TTg and its successors).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AreaCode {
    // Left-aligned and padded with zero bytes; checked to be ASCII on construction.
    bytes: [u8; 5],
}

impl AreaCode {
    /// The country as a whole.
    pub const COUNTRY: Self = Self {
        bytes: *b"VN\0\0\0",
    };

    /// The code as written.
    pub fn as_str(&self) -> &str {
        let end = self.bytes.iter().position(|b| *b == 0).unwrap_or(5);
        // The bytes are ASCII by construction, so this never falls back.
        std::str::from_utf8(&self.bytes[..end]).unwrap_or("")
    }
}

impl FromStr for AreaCode {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        if text != "VN" && !(digits && matches!(text.len(), 2 | 3 | 5)) {
            return Err(ParseError::new(
                text,
                "an area code such as \"66\", \"643\", \"24133\" or \"VN\"",
            ));
        }
        let mut bytes = [0; 5];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes })
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AreaCode({})", self.as_str())
    }
}

serde_as_string!(AreaCode);

/// One life of an area: its code and the day from which the code meant this territory. Written
/// `66@2025-07-01`, or `66@` when the day is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AreaKey {
    /// The code.
    pub code: AreaCode,
    /// Since when; none when no source says.
    pub valid_from: Option<Date>,
}

impl AreaKey {
    /// The key of the area that has this code from this day.
    pub fn new(code: AreaCode, valid_from: Option<Date>) -> Self {
        Self { code, valid_from }
    }
}

impl FromStr for AreaKey {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new(text, "an area key such as \"66@2025-07-01\" or \"66@\"");
        let (code, day) = text.split_once('@').ok_or_else(wrong)?;
        let valid_from = match day {
            "" => None,
            day => Some(day.parse().map_err(|_| wrong())?),
        };
        let code = code.parse().map_err(|_| wrong())?;
        Ok(Self { code, valid_from })
    }
}

impl fmt::Display for AreaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.valid_from {
            Some(day) => write!(f, "{}@{day}", self.code),
            None => write!(f, "{}@", self.code),
        }
    }
}

serde_as_string!(AreaKey);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked() {
        for good in ["66", "643", "24133", "VN", "01"] {
            assert_eq!(
                good.parse::<AreaCode>().map(|c| c.to_string()).as_deref(),
                Ok(good)
            );
        }
        for bad in ["", "6", "6666", "vn", "VNM", "6a", "123456", "６６"] {
            assert!(bad.parse::<AreaCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_round_trip() {
        for good in ["66@2025-07-01", "44@", "VN@", "24133@2025-07-01"] {
            let key: AreaKey = good.parse().expect("a key");
            assert_eq!(key.to_string(), good);
            let json = serde_json::to_string(&key).expect("json");
            assert_eq!(serde_json::from_str::<AreaKey>(&json).ok(), Some(key));
        }
        for bad in ["66", "@2025-07-01", "66@2025-13-01", "66@1/7/2025"] {
            assert!(bad.parse::<AreaKey>().is_err(), "{bad}");
        }
    }
}
