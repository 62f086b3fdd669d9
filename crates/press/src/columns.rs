//! Widths of the columns of a table, the same in every output.

use crate::document::{AdminDocument, FormatParams, Table};
use crate::text::{PIECE, WORD, set_width, words};

/// Room beside the text of a cell, in twentieths of a point.
const PADDING: u32 = 160;

/// Width between the side margins, in twentieths of a point; the sheet has been checked.
pub(crate) fn page_width(format: &FormatParams, landscape: bool) -> u32 {
    let s = &format.sheet;
    let across = if landscape { s.height_mm } else { s.width_mm };
    twips(across.saturating_sub(s.left_mm).saturating_sub(s.right_mm))
}

/// Twentieths of a point: 1440 to the inch of 25.4 mm.
pub(crate) fn twips(mm: u16) -> u32 {
    (u32::from(mm) * 14_400 + 127) / 254
}

/// Widths that add up to `total`, by the columns' weights, but so that the longest word or figure of
/// each column stays on one line where the page has the room: a number broken over two lines is read
/// as another number.
pub(crate) fn widths(table: &Table, total: u32, size: u8) -> Vec<u32> {
    let weights: Vec<u32> = table
        .columns
        .iter()
        .map(|c| u32::from(c.weight.max(1)))
        .collect();
    let needs: Vec<u32> = (0..weights.len())
        .map(|column| need(table, column, size))
        .collect();
    fitted(total, &weights, &needs)
}

fn need(table: &Table, column: usize, size: u8) -> u32 {
    let head = table
        .columns
        .get(column)
        .map(|c| c.title.as_str())
        .unwrap_or_default();
    let cells = table.rows.iter().flat_map(|row| {
        let mut at = 0;
        let own = row.iter().find(|cell| {
            let found = at == column && cell.span <= 1;
            at += usize::from(cell.span.max(1));
            found
        });
        own.into_iter()
            .flat_map(|cell| cell.runs.iter().map(|run| run.text.as_str()))
    });
    let all = cells.chain([head]).flat_map(words);
    let widest = all.map(|word| {
        let whole = word.chars().count() <= WORD;
        let piece: String = word
            .chars()
            .take(if whole { WORD } else { PIECE })
            .collect();
        set_width(&piece, size)
    });
    widest.max().unwrap_or(0) + PADDING
}

/// Shares of `total` by weight, raised to the needs as far as the others can give.
fn fitted(total: u32, weights: &[u32], needs: &[u32]) -> Vec<u32> {
    let base = shares(total, weights);
    let lack: u64 = base
        .iter()
        .zip(needs)
        .map(|(b, n)| u64::from(n.saturating_sub(*b)))
        .sum();
    let spare: u64 = base
        .iter()
        .zip(needs)
        .map(|(b, n)| u64::from(b.saturating_sub(*n)))
        .sum();
    if lack == 0 {
        return base;
    }
    if lack > spare {
        return shares(total, needs);
    }
    let given: Vec<u32> = base
        .iter()
        .zip(needs)
        .map(|(b, n)| {
            let gives = u64::from(b.saturating_sub(*n)) * lack / spare;
            (*b).max(*n) - u32::try_from(gives).unwrap_or(0)
        })
        .collect();
    shares(total, &given)
}

/// How much of a width a line of bold text takes, in parts of a hundred.
pub(crate) fn line_percent(line: &str, size: u8, width: u32) -> u32 {
    (set_width(line, size).saturating_mul(100) / width.max(1)).min(100)
}

/// Right column of the heading, in parts of a hundred of the page: as wide as the widest line of the
/// motto, which must not break, but within what leaves room for the issuer.
pub(crate) fn motto_share(doc: &AdminDocument) -> u32 {
    let width = page_width(&doc.format, false);
    let sizes = [doc.format.sizes.motto_first, doc.format.sizes.motto_rest];
    let lines = doc.motto.iter().enumerate();
    let widest = lines
        .map(|(index, line)| line_percent(line, sizes[index.min(1)], width))
        .max();
    (widest.unwrap_or(0) + 4).clamp(50, 62)
}

/// Splits a width by weights; the parts add up to the whole.
pub(crate) fn shares(width: u32, weights: &[u32]) -> Vec<u32> {
    let total: u64 = weights.iter().map(|w| u64::from(*w)).sum::<u64>().max(1);
    let mut before = 0u64;
    let mut at = 0u64;
    weights
        .iter()
        .map(|weight| {
            before += u64::from(*weight);
            let end = u64::from(width) * before / total;
            let share = end - at;
            at = end;
            u32::try_from(share).unwrap_or(u32::MAX)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units() {
        assert_eq!(twips(210), 11_906);
        assert_eq!(twips(297), 16_838);
    }

    #[test]
    fn weights_rule_until_a_word_needs_more() {
        assert_eq!(fitted(100, &[1, 1, 1], &[0, 0, 0]), [33, 33, 34]);
        assert_eq!(fitted(100, &[3, 1], &[10, 10]), [75, 25]);
        assert_eq!(fitted(100, &[9, 1], &[20, 30]), [70, 30]);
        assert_eq!(fitted(100, &[1, 1], &[300, 100]), [75, 25]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(total in 1u32..40_000, columns in proptest::collection::vec((1u32..1000, 0u32..20_000), 1..30)) {
            let (weights, needs): (Vec<u32>, Vec<u32>) = columns.into_iter().unzip();
            let got = fitted(total, &weights, &needs);
            prop_assert_eq!(got.iter().sum::<u32>(), total);
            let enough = needs.iter().map(|n| u64::from(*n)).sum::<u64>() <= u64::from(total);
            // One unit may go to rounding.
            prop_assert!(!enough || got.iter().zip(&needs).all(|(g, n)| g + 1 >= *n));
        }
    }
}
