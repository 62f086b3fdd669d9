//! Reading the log from front to back in pieces of bounded size.

use crate::log::ENTRY_COLUMNS;
use crate::{JournalError, Row, Seq, Tx, params};

/// Bytes of payload read at a time. One entry that alone is larger is read alone.
const BYTES: i64 = 4 << 20;
/// Entries read at a time.
const ENTRIES: i64 = 2_000;

/// The next entries.
pub(crate) struct Piece {
    /// Rows of `journal_entry`, in order.
    pub rows: Vec<Row>,
    /// After the last of them stands a row whose number is no number: SQLite lets a text stand there.
    pub odd: bool,
}

/// The entries after `after`, as many as fit; none when there are no more. Memory stays bounded whatever
/// the size of the journal.
pub(crate) async fn next_entries(tx: &mut Tx, after: Seq) -> Result<Piece, JournalError> {
    let sizes = tx
        .rows(
            "SELECT seq, CAST(length(payload) AS BIGINT) AS bytes FROM journal_entry \
             WHERE seq > $1 ORDER BY seq LIMIT $2",
            params![after, ENTRIES],
        )
        .await?;
    let (last, odd) = last_that_fits(&sizes);
    let Some(last) = last else {
        return Ok(Piece {
            rows: Vec::new(),
            odd,
        });
    };
    let sql = format!(
        "SELECT {ENTRY_COLUMNS} FROM journal_entry WHERE seq > $1 AND seq <= $2 ORDER BY seq"
    );
    let rows = tx.rows(&sql, params![after, last]).await?;
    Ok(Piece { rows, odd })
}

fn last_that_fits(sizes: &[Row]) -> (Option<Seq>, bool) {
    let (mut last, mut bytes) = (None, 0);
    for row in sizes {
        // A payload without a length is no payload; whoever reads the row says so.
        bytes += row.int("bytes").unwrap_or(0);
        if last.is_some() && bytes > BYTES {
            break;
        }
        match row.int("seq") {
            Ok(seq) => last = Some(seq),
            Err(_) => return (last, true),
        }
    }
    (last, false)
}
