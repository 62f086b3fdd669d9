use super::*;

#[tokio::test]
async fn the_folder_of_another_journal_is_refused() {
    let (one, other) = (fresh().await, fresh().await);
    let backup = one.folder().join("backup");
    for test in [&one, &other] {
        file(&test.journal, "một").await;
    }
    backed_up(&one.journal, &backup).await.unwrap();
    let kept = checked(&backup).unwrap();
    let refused = backed_up(&other.journal, &backup).await.unwrap_err();
    assert!(
        matches!(refused, BackupError::OtherJournal { .. }),
        "{refused}"
    );
    // One that is behind the backup is another as well: it was put back to an earlier state.
    let empty = fresh().await;
    let refused = backed_up(&empty.journal, &backup).await.unwrap_err();
    assert!(
        matches!(refused, BackupError::OtherJournal { .. }),
        "{refused}"
    );
    assert_eq!(checked(&backup).unwrap(), kept, "nothing was touched");
}

#[tokio::test]
async fn two_runs_do_not_write_one_folder_at_once() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    backed_up(&test.journal, &backup).await.unwrap();
    let lock = std::fs::File::open(backup.join("lock")).unwrap();
    lock.lock().unwrap();
    let refused = backed_up(&test.journal, &backup).await.unwrap_err();
    assert!(matches!(refused, BackupError::Busy(_)), "{refused}");
    drop(lock);
    backed_up(&test.journal, &backup).await.unwrap();
}

#[tokio::test]
async fn a_folder_without_a_finished_backup_is_none() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    file(&test.journal, "một").await;
    backed_up(&test.journal, &backup).await.unwrap();
    std::fs::remove_file(backup.join("manifest.json")).unwrap();
    for folder in [backup.as_path(), Path::new("/no/such/folder")] {
        let refused = checked(folder).unwrap_err();
        assert!(matches!(refused, BackupError::NoBackup(_)), "{refused}");
    }
}

#[tokio::test]
async fn a_backup_of_a_newer_form_is_left_alone() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    backed_up(&test.journal, &backup).await.unwrap();
    let path = backup.join("manifest.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("dotpha backup 1", "dotpha backup 2")).unwrap();
    for refused in [
        checked(&backup).unwrap_err(),
        backed_up(&test.journal, &backup).await.unwrap_err(),
    ] {
        assert!(matches!(refused, BackupError::Form { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_journal_that_is_damaged_is_not_backed_up_as_if_it_were_sound() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    for n in 0..4 {
        file(&test.journal, &n.to_string()).await;
    }
    let sql = "UPDATE journal_entry SET command = 'x' WHERE seq = 3";
    test.journal.db().execute(sql, vec![]).await.unwrap();
    let refused = backed_up(&test.journal, &backup).await.unwrap_err();
    assert!(
        matches!(refused, BackupError::JournalDamaged(3)),
        "{refused}"
    );
    assert!(!backup.join("manifest.json").exists());
}

#[tokio::test]
async fn only_an_empty_instance_is_restored_into() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    file(&test.journal, "một").await;
    backed_up(&test.journal, &backup).await.unwrap();
    let full = fresh().await;
    file(&full.journal, "hai").await;
    let before = full.journal.head().await.unwrap();
    let target = (full.folder(), full.journal.db().clone());
    let refused = restored(&backup, target, &[]).await.err().unwrap();
    assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
    assert_eq!(full.journal.head().await.unwrap(), before);
    // Personal values alone are something too.
    let test = fresh().await;
    let sql = "INSERT INTO vault (person, field, salt, value) VALUES ('p', 'name', $1, 'An')";
    test.journal
        .db()
        .execute(sql, params![vec![1u8]])
        .await
        .unwrap();
    let target = (test.folder(), test.journal.db().clone());
    let refused = restored(&backup, target, &[]).await.err().unwrap();
    assert!(refused.to_string().contains("vault"), "{refused}");
}

#[tokio::test]
async fn a_head_kept_outside_must_be_in_the_backup() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    let mut heads = Vec::new();
    for n in 0..3 {
        file(&test.journal, &n.to_string()).await;
        heads.push(test.journal.head().await.unwrap());
    }
    backed_up(&test.journal, &backup).await.unwrap();
    assert!(check(&backup, &projections(), &heads, &|_| {}).is_ok());
    let mut forged = heads[1].clone();
    forged.hash[0] ^= 1;
    file(&test.journal, "sau").await;
    for unknown in [forged, test.journal.head().await.unwrap()] {
        let (place, db) = empty().await;
        let asked = [heads[0].clone(), unknown.clone()];
        let refused = restored(&backup, (place.path(), db), &asked).await;
        match refused.err() {
            Some(BackupError::NotInBackup(head)) => assert_eq!(head, unknown),
            other => panic!("{other:?}"),
        }
    }
}

/// Loaded and not given free, an instance does not open; the same restore finishes it.
#[tokio::test]
async fn a_restore_that_was_cut_short_is_refused_at_opening_and_taken_up_again() {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    for n in 0..3 {
        file(&test.journal, &n.to_string()).await;
    }
    backed_up(&test.journal, &backup).await.unwrap();
    let (place, db) = empty().await;
    let cut = restored(&backup, (place.path(), db.clone()), &[])
        .await
        .unwrap();
    drop(cut);
    // As if it had been cut before the projections were filled.
    db.execute("DELETE FROM toy_paper", vec![]).await.unwrap();
    db.execute("DELETE FROM projection_state", vec![])
        .await
        .unwrap();
    let open = async || {
        let files = FileStore::open(place.path().join("files")).await.unwrap();
        Journal::open(db.clone(), files, projections()).await
    };
    match open().await.err() {
        Some(fault @ JournalError::RestorePending(_)) => {
            assert!(fault.to_string().contains("dotpha restore"), "{fault}");
        }
        other => panic!("{other:?}"),
    }
    // Another backup is not mixed in.
    file(&test.journal, "sau").await;
    let later = test.folder().join("later");
    backed_up(&test.journal, &later).await.unwrap();
    let refused = restored(&later, (place.path(), db.clone()), &[])
        .await
        .err();
    assert!(
        matches!(refused, Some(BackupError::NotEmpty(_))),
        "{refused:?}"
    );
    let again = restored(&backup, (place.path(), db.clone()), &[])
        .await
        .unwrap();
    again.finish().await.unwrap();
    let opened = open().await.unwrap();
    assert_eq!(opened.verify(None).await.unwrap().faults, []);
    let sql = "SELECT COUNT(*) AS n FROM toy_paper";
    let row = db.row(sql, vec![]).await.unwrap().unwrap();
    assert_eq!(row.int("n").unwrap(), 3);
}
