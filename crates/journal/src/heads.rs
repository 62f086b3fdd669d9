//! The journal's head of every day, sent outside: whoever holds one can show later that nothing before it
//! was altered, and that nothing after it up to that day was cut off.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Channel, Head, Journal, JournalError, Message, Outbox, Tx, params};

/// Name of the role that receives the daily heads by mail.
const RECEIVERS: &str = "heads";

/// The head of a day: the last entry recorded by its end in Vietnam. Reads `2026-11-22 1041:ab12…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayHead {
    /// The day.
    pub day: Date,
    /// The head.
    pub head: Head,
}

impl fmt::Display for DayHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.day, self.head)
    }
}

impl Journal {
    /// Puts the heads of all days that are over and were not exported yet into the outbox: as lines for
    /// the file of heads, and as one message to their receivers. Days that were missed are caught up. Of
    /// several processes exactly one exports a day, whoever comes first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn export_heads(&self) -> Result<Vec<DayHead>, JournalError> {
        let yesterday = self.today().yesterday().map_err(|e| out_of_range(&e))?;
        let Some(mut day) = self.first_day_to_export().await? else {
            return Ok(Vec::new());
        };
        if day > yesterday {
            return Ok(Vec::new());
        }
        let mut exported = Vec::new();
        let now = self.now().as_microsecond();
        let mut tx = self.db().begin().await?;
        while day <= yesterday {
            if let Some(head) = self.head_by_end_of(day).await?
                && claim_day(&mut tx, day, &head, now).await?
            {
                exported.push(DayHead { day, head });
            }
            day = day.tomorrow().map_err(|e| out_of_range(&e))?;
        }
        if let Some(last) = exported.last() {
            for message in messages(&exported, last) {
                Outbox::put_in(&mut tx, &message, now).await?;
            }
        }
        tx.commit().await?;
        Ok(exported)
    }

    /// The heads exported last, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn exported_heads(&self, limit: i64) -> Result<Vec<DayHead>, JournalError> {
        let sql = "SELECT day, head FROM daily_head ORDER BY day DESC LIMIT $1";
        let rows = self.db().rows(sql, params![limit]).await?;
        rows.iter()
            .map(|row| {
                Ok(DayHead {
                    day: row.parse("day")?,
                    head: row.parse("head")?,
                })
            })
            .collect()
    }

    /// The day after the last exported one, or the day of the first entry; none while there is no entry.
    async fn first_day_to_export(&self) -> Result<Option<Date>, JournalError> {
        if let Some(last) = self.exported_heads(1).await?.first() {
            return last.day.tomorrow().map(Some).map_err(|e| out_of_range(&e));
        }
        let sql = "SELECT recorded_at FROM journal_entry WHERE seq = 1";
        let Some(row) = self.db().row(sql, vec![]).await? else {
            return Ok(None);
        };
        let first =
            Timestamp::from_microsecond(row.int("recorded_at")?).map_err(|e| out_of_range(&e))?;
        Ok(Some(viet::date::day_of(first)))
    }

    async fn head_by_end_of(&self, day: Date) -> Result<Option<Head>, JournalError> {
        let seq = self.known_by_end_of(day).await?;
        let sql = "SELECT hash FROM journal_entry WHERE seq = $1";
        let row = self.db().row(sql, params![seq]).await?;
        row.map(|row| {
            Ok(Head {
                seq,
                hash: row.bytes("hash")?,
            })
        })
        .transpose()
    }
}

/// Notes that this transaction exports a day; `false` when another process has.
async fn claim_day(tx: &mut Tx, day: Date, head: &Head, now: i64) -> Result<bool, JournalError> {
    let made = tx
        .execute(
            "INSERT INTO daily_head (day, head, exported_at) VALUES ($1, $2, $3) \
             ON CONFLICT (day) DO NOTHING",
            params![day, head.to_string(), now],
        )
        .await?;
    Ok(made == 1)
}

fn messages(exported: &[DayHead], last: &DayHead) -> [Message; 2] {
    let lines: String = exported.iter().map(|line| format!("{line}\n")).collect();
    let message = |channel: Channel, recipient: &str, body: String| Message {
        id: format!("head/{}/{channel}", last.day),
        channel,
        recipient: recipient.to_owned(),
        subject: format!("Đột Phá: đầu sổ ngày / head of {}", last.day),
        body,
    };
    let letter = format!(
        "Đầu sổ nhật ký; hãy giữ thư này ở ngoài máy chủ. Khi cần, ghi các dòng dưới đây vào một tệp và \
         chạy: dotpha verify --heads TỆP\n\n\
         Heads of the journal; keep this message outside the server. When needed, write the lines below \
         into a file and run: dotpha verify --heads FILE\n\n{lines}"
    );
    [
        message(Channel::Heads, "heads.txt", lines),
        message(Channel::Role, RECEIVERS, letter),
    ]
}

fn out_of_range(error: &jiff::Error) -> JournalError {
    JournalError::Invariant(format!("a day of the journal: {error}"))
}
