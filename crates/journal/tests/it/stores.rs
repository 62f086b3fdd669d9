use std::path::{Path, PathBuf};

use journal::testing::journal;
use journal::{FileHash, FileStore, JournalError, Kept, VerifyFault, Written, params};

use crate::support::*;

async fn store() -> (tempfile::TempDir, FileStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::open(folder.path().join("files")).await.unwrap();
    (folder, store)
}

fn stored_at(folder: &Path, hash: &FileHash) -> PathBuf {
    let (first, rest) = hash.as_str().split_at(2);
    folder.join("files").join(first).join(rest)
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_file_comes_back_and_is_kept_once() {
    let (folder, store) = store().await;
    for content in [b"".as_slice(), b"%PDF-1.7", &vec![7; 3 << 20]] {
        let hash = store.put(content).await.unwrap();
        assert_eq!(hash, FileHash::of(content));
        assert_eq!(store.put(content).await.unwrap(), hash);
        assert_eq!(store.get(&hash).await.unwrap(), content);
    }
    assert_eq!(files_below(folder.path()).len(), 3);
    let unknown = store.get(&FileHash::of(b"never stored")).await;
    assert!(matches!(unknown, Err(JournalError::File { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_put_the_same_file_at_once_and_leave_one() {
    let (folder, store) = store().await;
    let content = vec![42; 1 << 20];
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, content) = (store.clone(), content.clone());
        tasks.spawn(async move { store.put(&content).await.unwrap() });
    }
    let hashes = tasks.join_all().await;
    assert!(hashes.iter().all(|hash| *hash == hashes[0]));
    assert_eq!(store.get(&hashes[0]).await.unwrap(), content);
    assert_eq!(
        files_below(folder.path()).len(),
        1,
        "nothing unfinished lies about"
    );
}

#[tokio::test]
async fn a_damaged_file_is_named_and_putting_it_again_mends_it() {
    let (folder, store) = store().await;
    let content = "Quyết định của tỉnh".as_bytes();
    let hash = store.put(content).await.unwrap();
    let path = stored_at(folder.path(), &hash);
    let mut flipped = content.to_vec();
    flipped[0] ^= 1;
    for damaged in [flipped.as_slice(), &content[..5], b""] {
        std::fs::write(&path, damaged).unwrap();
        match store.get(&hash).await {
            Err(JournalError::Damaged(named)) => assert_eq!(named, hash.as_str()),
            other => panic!("{other:?}"),
        }
        store.put(content).await.unwrap();
        assert_eq!(store.get(&hash).await.unwrap(), content);
    }
}

#[tokio::test]
async fn a_put_that_fails_leaves_nothing_unfinished() {
    let (folder, store) = store().await;
    let hash = FileHash::of(b"x");
    // A folder stands where the file belongs: the last step, the renaming, fails.
    std::fs::create_dir_all(stored_at(folder.path(), &hash).join("in the way")).unwrap();
    assert!(matches!(
        store.put(b"x").await,
        Err(JournalError::File { .. })
    ));
    assert_eq!(files_below(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn only_a_hash_is_read_as_one() {
    let sound = FileHash::of(b"x");
    assert_eq!(FileHash::parse(sound.as_str()), Some(sound.clone()));
    let hostile = [
        String::new(),
        "../../etc/passwd".into(),
        "/etc/passwd".into(),
        format!("..{}", &sound.as_str()[2..]),
        format!("{}/", &sound.as_str()[..63]),
        format!("{}\0", &sound.as_str()[..63]),
        format!("{}\n", sound.as_str()),
        format!(" {}", sound.as_str()),
        sound.as_str().to_uppercase(),
        sound.as_str()[..63].to_owned(),
        "đ".repeat(32),
        "g".repeat(64),
    ];
    for text in hostile {
        assert_eq!(FileHash::parse(&text), None, "{text:?}");
        let json = serde_json::to_string(&text).unwrap();
        assert!(serde_json::from_str::<FileHash>(&json).is_err(), "{text:?}");
    }
}

#[tokio::test]
async fn a_batch_is_kept_once_and_an_altered_one_is_not_given_out() {
    let test = journal(notes()).await;
    let journal = &test.journal;
    for _ in 0..2 {
        let outcome: Result<Written, JournalError> = journal
            .write(&command(), async |tx| {
                let hash = tx.store_batch(b"row 1\nrow 2\n").await?;
                Ok(vec![written(&note(1), hash.as_str())])
            })
            .await;
        assert!(matches!(outcome, Ok(Written::New(_))));
    }
    let hash = FileHash::of(b"row 1\nrow 2\n");
    assert_eq!(
        journal.batch(hash.as_str()).await.unwrap(),
        b"row 1\nrow 2\n"
    );
    assert!(matches!(
        journal.batch("00").await,
        Err(JournalError::Invariant(_))
    ));
    assert_eq!(journal.verify(None).await.unwrap().faults, vec![]);

    let altered = b"row 1\nrow 3\n".as_slice();
    let touched = journal
        .db()
        .execute("UPDATE journal_batch SET content = $1", params![altered])
        .await
        .unwrap();
    assert_eq!(touched, 1);
    assert!(matches!(
        journal.batch(hash.as_str()).await,
        Err(JournalError::Damaged(_))
    ));
    let faults = journal.verify(None).await.unwrap().faults;
    let damaged = VerifyFault::Damaged {
        kept: Kept::Batch(hash),
        named_by: None,
    };
    assert_eq!(faults, [damaged]);
}
