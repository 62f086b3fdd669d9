use jiff::civil::Date;
use journal::{Journal, JournalError, Seq, Value};

use crate::SqlFilter;

/// As which day's knowledge a read is answered, and which day counts as today in it.
///
/// One type for both, so that a page asked "as known on" runs the same statements as the page of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AsKnown {
    /// The last entry that counts; all of them when `None`.
    pub seq: Option<Seq>,
    /// The day for which validity is asked and statuses are derived.
    pub day: Date,
}

impl AsKnown {
    /// With everything known now.
    pub fn now(day: Date) -> Self {
        Self { seq: None, day }
    }

    /// As known after an entry.
    pub fn at(seq: Seq, day: Date) -> Self {
        Self {
            seq: Some(seq),
            day,
        }
    }

    /// As known by the end of a day in Vietnam, with that day as today.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn by_end_of(journal: &Journal, day: Date) -> Result<Self, JournalError> {
        Ok(Self::at(journal.known_by_end_of(day).await?, day))
    }

    /// Which rows of a table with `known_from` and `known_to` counted then. `alias` is the table's name in
    /// the statement; parameters are numbered from `first` (there is one, or none for now).
    pub fn condition(&self, alias: &str, first: usize) -> SqlFilter {
        match self.seq {
            None => SqlFilter {
                sql: format!("({alias}.known_to IS NULL)"),
                params: vec![],
            },
            Some(seq) => SqlFilter {
                sql: format!(
                    "({alias}.known_from <= ${first} AND ({alias}.known_to IS NULL OR {alias}.known_to > ${first}))"
                ),
                params: vec![Value::from(seq)],
            },
        }
    }
}

/// Which part of a list: at most `limit` rows after the first `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// At most so many rows.
    pub limit: u32,
    /// Rows left out before.
    pub offset: u32,
}

impl Page {
    /// Everything, for exports and rebuilds.
    pub const ALL: Page = Page {
        limit: u32::MAX,
        offset: 0,
    };

    /// A number of rows from the first.
    pub fn first(limit: u32) -> Self {
        Self { limit, offset: 0 }
    }

    /// Text and parameters of `LIMIT … OFFSET …`, numbered from `first`.
    pub fn sql(self, first: usize) -> SqlFilter {
        SqlFilter {
            sql: format!("LIMIT ${first} OFFSET ${}", first + 1),
            params: vec![Value::from(self.limit), Value::from(self.offset)],
        }
    }
}

/// Rows of one page of a list, and how many there are in all within the reader's scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows of the page.
    pub rows: Vec<T>,
    /// Rows in all.
    pub total: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_needs_no_parameter_and_then_one() {
        let day = Date::constant(2026, 3, 1);
        let now = AsKnown::now(day).condition("t", 4);
        assert_eq!(
            (now.sql.as_str(), now.params.len()),
            ("(t.known_to IS NULL)", 0)
        );
        let then = AsKnown::at(7, day).condition("t", 4);
        assert_eq!(
            then.sql,
            "(t.known_from <= $4 AND (t.known_to IS NULL OR t.known_to > $4))"
        );
        assert_eq!(then.params, vec![Value::from(7i64)]);
    }
}
