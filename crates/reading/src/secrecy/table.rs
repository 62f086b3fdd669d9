//! Marks in tables and other texts too long to be held at once.

use super::{Around, Place, is_space, may_bear, of_line};
use crate::lines::lines;
use crate::model::SecrecyLevel;
use crate::text::Text;
use viet::fold;

/// The mark of secrecy that some line of a table bears, wherever it stands, read line by line with one held
/// on either side. A table has no head that ends and no pages: a mark counts in every cell that holds nothing else,
/// and only in capitals with all its accents, since in small letters it may be a word of the content. What
/// [`super::secrecy`] asks of a head is not asked here, and letters that stand one under the other are not put
/// together: show it the beginning as well.
///
/// # Errors
/// The first that the lines give.
pub fn secrecy_of_table<E>(
    mut rows: impl Iterator<Item = Result<String, E>>,
) -> Result<Option<SecrecyLevel>, E> {
    let mut above = String::new();
    let mut row = rows.next().transpose()?;
    while let Some(at) = row {
        let below = rows.next().transpose()?;
        if bears(&at)
            && let Some(level) = of_row(&above, &at, below.as_deref().unwrap_or_default())
        {
            return Ok(Some(level));
        }
        (above, row) = (at, below);
    }
    Ok(None)
}

/// Three rows are looked at together, since what stands beside a row says what it means.
fn of_row(above: &str, row: &str, below: &str) -> Option<SecrecyLevel> {
    let whole = [above, row, below].map(|row| row.replace([';', ',', '"'], "\t"));
    let text = Text::new(&whole.join("\n"));
    let found = lines(&text);
    (0..found.len()).find_map(|i| {
        let line = &found[i];
        if !may_bear(&text, line.at) {
            return None;
        }
        let around = Around {
            above: i.checked_sub(1).map(|above| found[above].at),
            gap: line.after_gap,
            below: found.get(i + 1).map(|below| below.at),
        };
        Some(of_line(&text, line.at, Place::Narrow, around)?.level)
    })
}

/// Whether the letters of "mật" stand in a row, whatever space and marks lie between: most rows have an m, and few
/// of them need more than the letter behind it.
fn bears(row: &str) -> bool {
    row.match_indices(['m', 'M']).any(|(at, _)| {
        let behind = row[at + 1..].chars();
        let mut letters = behind.filter(|c| !is_space(*c) && !('\u{300}'..='\u{36f}').contains(c));
        ['a', 't']
            .iter()
            .all(|letter| letters.next().and_then(fold::plain) == Some(*letter))
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn of(rows: &[&str]) -> Option<SecrecyLevel> {
        let rows = rows
            .iter()
            .map(|row| Ok::<_, Infallible>((*row).to_owned()));
        secrecy_of_table(rows).expect("rows")
    }

    fn with(row: &str) -> Vec<String> {
        let before = (0..500).map(|n| format!("so_doanh_nghiep;66;2025-M{n};{n}"));
        let mut all: Vec<String> = before.collect();
        all.push(row.to_owned());
        all.push("so_doanh_nghiep;66;2026;1".to_owned());
        all
    }

    #[test]
    fn a_mark_counts_far_down_and_in_a_cell_of_its_own() {
        for (row, level) in [
            ("MẬT", SecrecyLevel::Secret),
            ("MẬT;;;", SecrecyLevel::Secret),
            (";;\"TỐI MẬT\";", SecrecyLevel::HighlySecret),
            ("T U Y Ệ T   M Ậ T", SecrecyLevel::TopSecret),
            ("66,2025,Độ mật: Tối mật,5", SecrecyLevel::HighlySecret),
            ("MA\u{302}\u{323}T\t\t", SecrecyLevel::Secret),
        ] {
            let all = with(row);
            let rows: Vec<&str> = all.iter().map(String::as_str).collect();
            let found = of(&rows);
            assert_eq!(found, Some(level), "{row}");
        }
    }

    #[test]
    fn words_of_the_content_are_none() {
        for row in [
            "Mật độ dân số;66;2025;120",
            "MẬT ĐỘ DÂN SỐ;66;2025;120",
            "mật ong;66;2025;3",
            "Mật;66;2025;3",
            "Số vụ lộ bí mật nhà nước;66;2025;0",
            "bảo mật;an toàn;tốt",
            "format;material;mat",
            "",
        ] {
            let all = with(row);
            let rows: Vec<&str> = all.iter().map(String::as_str).collect();
            assert_eq!(of(&rows), None, "{row}");
        }
    }

    #[test]
    fn the_first_and_the_last_row_are_looked_at_and_a_fault_is_handed_on() {
        assert!(of(&["MẬT", "a", "b"]).is_some());
        assert!(of(&["a", "b", "MẬT"]).is_some());
        assert_eq!(of(&[]), None);
        let broken = [Ok("a".to_owned()), Err("broken")];
        assert_eq!(secrecy_of_table(broken.into_iter()), Err("broken"));
    }
}
