//! What a start does: removals that were cut short, and those that a restored backup does not know.

use access::{Refusal, erase_again};
use journal::{
    ActorId, FileHash, Grounds, Journal, JournalError, ListedRemoval, Subject, WriteContext,
    Written, params,
};
use uuid::Uuid;

/// What was found to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finished {
    /// Removals of the list that were not in force, and are now.
    pub repeated: Vec<Uuid>,
    /// Files that were removed before and were still there.
    pub files: usize,
    /// Lines of the list that cannot be read.
    pub unreadable: Vec<usize>,
}

/// Brings every removal to its end: files that are still in the store, and removals of the list that are
/// not in force here, because a start was cut short or the journal was restored from an older backup.
/// Doing it twice does nothing more. Run before anything is served, and after a restore.
///
/// # Errors
/// The store; a list that is there and cannot be opened.
pub async fn finish(journal: &Journal) -> Result<Finished, Refusal> {
    let listed = journal.listed_removals(journal.removal_list()).await?;
    let mut finished = Finished {
        unreadable: listed.unreadable,
        ..Finished::default()
    };
    let left: Vec<FileHash> = still_there(journal).await?;
    if !left.is_empty() {
        journal.clear_away(&left).await?;
    }
    finished.files = left.len();
    for removal in &listed.removals {
        if repeat(journal, removal).await? {
            finished.repeated.push(removal.removal);
        }
    }
    Ok(finished)
}

/// Carries one listed removal out where it is not in force; yes when there was something to do.
async fn repeat(journal: &Journal, listed: &ListedRemoval) -> Result<bool, Refusal> {
    let grounds = Grounds {
        reason: "Thực hiện lại từ danh sách gỡ bỏ / repeated from the list of removals".to_owned(),
        authority: format!("removal {}, entry {}", listed.removal, listed.entry),
    };
    let written = match &listed.subject {
        Subject::Person { person, account } => {
            erase_again(journal, *person, account, &grounds).await?
        }
        Subject::Content(content) => {
            let context = WriteContext::new(ActorId::SYSTEM, "content.remove_again");
            let mut files = Vec::new();
            let written = journal
                .write(&context, async |tx| {
                    let taken = journal
                        .take_out(tx, Uuid::now_v7(), content, &grounds)
                        .await?;
                    let Some(taken) = taken else {
                        return Ok(vec![]);
                    };
                    files = taken.files;
                    Ok::<_, JournalError>(taken.facts)
                })
                .await?;
            journal.clear_away(&files).await?;
            written
        }
    };
    Ok(matches!(written, Written::New(_)))
}

/// Files that were removed and are in the store.
async fn still_there(journal: &Journal) -> Result<Vec<FileHash>, JournalError> {
    let sql = "SELECT DISTINCT key FROM removed_key WHERE key LIKE 'file/%' ORDER BY key";
    let mut left = Vec::new();
    for row in journal.db().rows(sql, params![]).await? {
        let key = row.text("key")?;
        let hash = key.strip_prefix("file/").and_then(FileHash::parse);
        if let Some(hash) = hash
            && journal.files().has(&hash).await?
        {
            left.push(hash);
        }
    }
    Ok(left)
}
