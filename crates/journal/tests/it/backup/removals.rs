use std::io::Read;

use super::*;

/// Every byte of every file of a backup, compressed ones as they read.
fn contents(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(contents(&path));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        if path.extension().is_some_and(|ending| ending == "gz") {
            let mut read = flate2::read::GzDecoder::new(bytes.as_slice());
            read.read_to_end(&mut all).unwrap();
        } else {
            all.extend(bytes);
        }
    }
    all
}

fn holds(folder: &Path, word: &str) -> bool {
    let all = contents(folder);
    all.windows(word.len()).any(|part| part == word.as_bytes())
}

#[tokio::test]
async fn what_is_removed_from_the_record_goes_from_its_backup_with_the_next_run() {
    let test = fresh().await;
    let journal = &test.journal;
    let backup = test.folder().join("backup");
    let secret = file(journal, "tối mật").await;
    file(journal, "công khai").await;
    backed_up(journal, &backup).await.unwrap();
    for word in [
        "tối mật",
        "tệp của tối mật",
        "lô của tối mật",
        "Người tối mật",
    ] {
        assert!(holds(&backup, word), "{word}");
    }
    remove(journal, secret, "tối mật").await;
    let sql = "DELETE FROM vault WHERE value = 'Người tối mật'";
    journal.db().execute(sql, vec![]).await.unwrap();
    let report = backed_up(journal, &backup).await.unwrap();
    assert_eq!((report.entries, report.rewritten), (1, 1));
    assert!(!holds(&backup, "tối mật"), "nothing of it is left");
    assert!(holds(&backup, "tệp của công khai"));
    checked(&backup).unwrap();
    let (place, db) = empty().await;
    let back = restored(&backup, (place.path(), db), &[]).await.unwrap();
    assert_eq!(everything(back.journal()).await, everything(journal).await);
}

/// A first backup of a journal in which something was removed before: what is missing is accounted for.
#[tokio::test]
async fn what_was_removed_before_the_first_backup_is_not_missed() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    let seq = file(&test.journal, "cũ").await;
    remove(&test.journal, seq, "cũ").await;
    backed_up(&test.journal, &backup).await.unwrap();
    checked(&backup).unwrap();
    // The same file handed in anew is kept anew, and the old removal does not excuse its absence.
    file(&test.journal, "cũ").await;
    backed_up(&test.journal, &backup).await.unwrap();
    checked(&backup).unwrap();
    let hash = FileHash::of("tệp của cũ".as_bytes());
    let (two, rest) = hash.as_str().split_at(2);
    std::fs::remove_file(backup.join("files").join(two).join(rest)).unwrap();
    let fault = checked(&backup).unwrap_err().to_string();
    assert!(fault.contains(hash.as_str()), "{fault}");
}

#[tokio::test]
async fn a_file_that_is_lost_and_not_removed_is_named() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    file(&test.journal, "mất").await;
    let hash = FileHash::of("tệp của mất".as_bytes());
    test.journal.files().remove(&hash).await.unwrap();
    let fault = backed_up(&test.journal, &backup).await.unwrap_err();
    assert!(
        matches!(&fault, BackupError::Missing { seq: 1, .. }),
        "{fault}"
    );
    assert!(fault.to_string().contains(hash.as_str()), "{fault}");
    // Once it is put back, the backup goes on.
    let content = "tệp của mất".as_bytes();
    test.journal.files().put(content).await.unwrap();
    assert_eq!(backed_up(&test.journal, &backup).await.unwrap().files, 1);
    checked(&backup).unwrap();
}

/// Content gone from an entry without a fact that says so is damage, in a backup as in the journal.
#[tokio::test]
async fn content_taken_out_behind_the_journals_back_is_found_by_checking() {
    let test = fresh().await;
    let journal = &test.journal;
    let backup = test.folder().join("backup");
    let seq = file(journal, "một").await;
    remove(journal, seq, "một").await;
    backed_up(journal, &backup).await.unwrap();
    let second = file(journal, "hai").await;
    // What the removal of the first wrote, done to the second by hand.
    let entry = journal
        .entries_after(second - 1, 1)
        .await
        .unwrap()
        .remove(0);
    let fact = &entry.payload[10..entry.payload.len() - 2];
    let stub = format!(
        r#"{{"facts":[{{"kind":"paper.filed","removed":"{}","stream":"{}"}}]}}"#,
        FileHash::of(fact).as_str(),
        entry.facts().unwrap()[0].stream
    );
    let sql = "UPDATE journal_entry SET payload = $1 WHERE seq = $2";
    let touched = journal
        .db()
        .execute(sql, params![stub.into_bytes(), second])
        .await;
    assert_eq!(touched.unwrap(), 1);
    backed_up(journal, &backup).await.unwrap();
    let fault = checked(&backup).unwrap_err().to_string();
    assert!(
        fault.contains(&format!("fact 0 of entry {second}")),
        "{fault}"
    );
}
