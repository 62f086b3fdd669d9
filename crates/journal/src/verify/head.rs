use std::fmt;
use std::str::FromStr;

use crate::Seq;
use crate::files::{hex, unhex};

/// Number and hash of the last entry. Printed on every frozen report and kept outside, it makes cutting
/// the tail or rewriting the whole chain visible.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// Number of the last entry, 0 for an empty journal.
    pub seq: Seq,
    /// Its hash, 32 bytes.
    pub hash: Vec<u8>,
}

/// Why a text is no head, or a line of a list of heads is not.
pub type HeadError = String;

impl Head {
    /// Reads a list of heads kept outside: one `NUMBER:HASH` a line, a date may stand before it
    /// (`2026-11-22 17:5f0c…`); empty lines and what follows `#` are passed over.
    ///
    /// # Errors
    /// Names the first line that is neither.
    pub fn read_list(text: &str) -> Result<Vec<Head>, HeadError> {
        let mut heads = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split_once('#').map_or(line, |(before, _)| before);
            let fault = |why: &dyn fmt::Display| format!("line {number}: {why}");
            let head = match line.split_whitespace().collect::<Vec<_>>()[..] {
                [] => continue,
                [head] => head,
                [day, head] => {
                    day.parse::<jiff::civil::Date>()
                        .map_err(|_| fault(&format_args!("{day:?} is not a date YYYY-MM-DD")))?;
                    head
                }
                _ => return Err(fault(&"expected [YYYY-MM-DD] NUMBER:HASH")),
            };
            heads.push(head.parse().map_err(|why: HeadError| fault(&why))?);
        }
        Ok(heads)
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, hex(&self.hash))
    }
}

impl FromStr for Head {
    type Err = HeadError;
    fn from_str(text: &str) -> Result<Self, HeadError> {
        let wrong = || format!("{text:?} is not a head: it reads NUMBER:64 hexadecimal digits");
        let (seq, digits) = text.trim().split_once(':').ok_or_else(wrong)?;
        let seq = seq.parse().map_err(|_| wrong())?;
        let hash = unhex(&digits.to_ascii_lowercase()).ok_or_else(wrong)?;
        Ok(Head {
            seq,
            hash: hash.to_vec(),
        })
    }
}
