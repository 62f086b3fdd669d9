//! Cells of a table by address, and what is wrong with one.

use std::fmt;
use std::str::FromStr;

use catalogue::Label;
use serde::{Deserialize, Serialize};

/// Columns a sheet can have.
pub const MOST_COLUMNS: u32 = 16_384;
/// Rows a sheet can have.
pub const MOST_ROWS: u32 = 1_048_576;

/// Where a cell stands, counted from 0 and written as spreadsheets do: `C12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    /// The row, the first is 0.
    pub row: u32,
    /// The column, the first is 0.
    pub column: u16,
}

impl Address {
    /// A cell by row and column, counted from 0.
    pub fn new(row: u32, column: u16) -> Self {
        Self { row, column }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut left = u32::from(self.column) + 1;
        while left > 0 {
            let place = u8::try_from((left - 1) % 26).unwrap_or(0);
            letters.push(char::from(b'A' + place));
            left = (left - 1) / 26;
        }
        let letters: String = letters.iter().rev().collect();
        write!(f, "{letters}{}", u64::from(self.row) + 1)
    }
}

/// A text that is no address of a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} không phải địa chỉ ô, ví dụ C12 (is not the address of a cell such as C12)")]
pub struct NoAddress(String);

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let wrong = || NoAddress(text.to_owned());
        let digits = text
            .find(|c: char| c.is_ascii_digit())
            .filter(|at| (1..=3).contains(at))
            .ok_or_else(wrong)?;
        let (letters, row) = text.split_at(digits);
        let mut column = 0u32;
        for letter in letters.bytes() {
            if !letter.is_ascii_uppercase() {
                return Err(wrong());
            }
            column = column * 26 + u32::from(letter - b'A') + 1;
        }
        let plain = row.bytes().all(|b| b.is_ascii_digit()) && !row.starts_with('0');
        let row: u32 = row.parse().ok().filter(|_| plain).ok_or_else(wrong)?;
        let column = u16::try_from(column - 1).map_err(|_| wrong())?;
        Ok(Self::new(row - 1, column))
    }
}

impl TryFrom<String> for Address {
    type Error = NoAddress;

    fn try_from(text: String) -> Result<Self, NoAddress> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.to_string()
    }
}

/// What is wrong with a cell and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFault {
    /// Which cell.
    pub at: Address,
    /// What stands in it, shortened.
    pub found: String,
    /// What is wrong.
    pub reason: Label,
    /// What to do.
    pub remedy: Label,
}

/// Characters of a faulty cell that are repeated in a fault.
const FOUND_SHOWN: usize = 80;

impl CellFault {
    /// A fault of a cell in which `found` stands.
    pub fn new(at: Address, found: &str, reason: Label, remedy: Label) -> Self {
        let mut shown: String = found.chars().take(FOUND_SHOWN).collect();
        if shown.len() < found.len() {
            shown.push('…');
        }
        Self {
            at,
            found: shown,
            reason,
            remedy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_spreadsheets_do() {
        for (row, column, text) in [
            (0, 0, "A1"),
            (11, 2, "C12"),
            (0, 25, "Z1"),
            (0, 26, "AA1"),
            (9, 701, "ZZ10"),
            (9, 702, "AAA10"),
            (1_048_575, 16_383, "XFD1048576"),
        ] {
            assert_eq!(Address::new(row, column).to_string(), text);
            assert_eq!(text.parse(), Ok(Address::new(row, column)));
        }
        for text in [
            "",
            "A",
            "1",
            "A0",
            "a1",
            "A1B",
            "AAAA1",
            "A-1",
            "A01",
            "Á1",
            "A99999999999",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_was_found_is_shortened() {
        let label = || Label::new("x", "x");
        let fault = CellFault::new(Address::new(0, 0), &"đ".repeat(200), label(), label());
        assert_eq!(fault.found.chars().count(), FOUND_SHOWN + 1);
    }
}
