//! The canonical form of a batch: sorted lines of canonical JSON, compressed without a clock.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use journal::{FileHash, JournalError, canonical_json};

use crate::BatchRow;

/// Why bytes are no batch.
pub type BatchError = JournalError;

/// Bytes of a batch: one line of canonical JSON a row, the lines sorted, compressed with zlib. The same
/// rows in any order give the same bytes.
///
/// # Errors
/// Only when a row has no canonical form, which the types here exclude.
pub fn encode_batch(rows: &[BatchRow]) -> Result<Vec<u8>, BatchError> {
    let mut lines = rows
        .iter()
        .map(canonical_json)
        .collect::<Result<Vec<_>, _>>()?;
    lines.sort_unstable();
    // Sorted lines are so alike that the levels above cost six times the work for a tenth of the length.
    let mut out = ZlibEncoder::new(Vec::new(), Compression::new(3));
    for line in lines {
        out.write_all(&line).map_err(fault)?;
        out.write_all(b"\n").map_err(fault)?;
    }
    out.finish().map_err(fault)
}

/// The rows of a batch in the order of their numbers, from 0.
///
/// # Errors
/// When the bytes do not have the hash they are named by, or are no batch.
pub fn decode_batch(hash: &FileHash, content: &[u8]) -> Result<Vec<BatchRow>, BatchError> {
    if FileHash::of(content) != *hash {
        return Err(JournalError::Damaged(hash.as_str().to_owned()));
    }
    let mut text = String::new();
    ZlibDecoder::new(content)
        .read_to_string(&mut text)
        .map_err(fault)?;
    text.lines()
        .enumerate()
        .map(|(row, line)| {
            let place = || format!("batch {}, row {row}", hash.as_str());
            serde_json::from_str(line).map_err(|e| JournalError::decode(place())(e))
        })
        .collect()
}

fn fault(error: std::io::Error) -> BatchError {
    JournalError::Invariant(format!("a batch cannot be compressed or read: {error}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(area: &str, year: i16, value: i64) -> BatchRow {
        let text = format!(
            r#"{{"indicator":"so-hoc","area":"{area}","period":"{year}","value":"{value}",
                "stage":"reported","vintage":"2026-01-05","source":"biểu 3"}}"#
        );
        serde_json::from_str(&text).expect("a row")
    }

    #[test]
    fn order_does_not_matter_and_damage_shows() {
        let (a, b) = (row("66@2025-07-01", 2024, 3), row("54@", 2023, 4));
        let bytes = encode_batch(&[a.clone(), b.clone()]).unwrap();
        assert_eq!(bytes, encode_batch(&[b, a]).unwrap());
        let hash = FileHash::of(&bytes);
        assert_eq!(decode_batch(&hash, &bytes).unwrap().len(), 2);
        let mut damaged = bytes.clone();
        damaged[5] ^= 1;
        assert!(matches!(
            decode_batch(&hash, &damaged),
            Err(JournalError::Damaged(_))
        ));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(
            rows in prop::collection::vec((0u8..90, 2000i16..2030, any::<i64>()), 0..30)
        ) {
            let rows: Vec<_> =
                rows.into_iter().map(|(a, y, v)| row(&format!("{:02}@", a + 10), y, v)).collect();
            let bytes = encode_batch(&rows).unwrap();
            let back = decode_batch(&FileHash::of(&bytes), &bytes).unwrap();
            let sorted = |rows: &[BatchRow]| {
                let mut lines: Vec<_> = rows.iter().map(|r| canonical_json(r).unwrap()).collect();
                lines.sort();
                lines
            };
            prop_assert_eq!(sorted(&back), sorted(&rows));
            prop_assert_eq!(encode_batch(&back).unwrap(), bytes);
        }
    }
}
