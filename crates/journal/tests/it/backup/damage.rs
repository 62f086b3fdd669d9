use std::path::PathBuf;

use super::*;

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else if path.file_name().unwrap() != "lock" {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A backup of two segments, with everything.
async fn backup_of_two_runs() -> (TestJournal, PathBuf) {
    let test = fresh().await;
    let backup = test.folder().join("backup");
    for n in 0..4 {
        file(&test.journal, &n.to_string()).await;
        job(&test.journal).await;
        if n % 2 == 1 {
            backed_up(&test.journal, &backup).await.unwrap();
        }
    }
    (test, backup)
}

#[tokio::test]
async fn damage_to_any_part_is_named_and_nothing_is_restored() {
    let (test, backup) = backup_of_two_runs().await;
    let (place, db) = empty().await;
    let parts = files_below(&backup);
    // Manifest, two segments, four files, four batches, three tables.
    assert_eq!(parts.len(), 14, "{parts:?}");
    for path in parts {
        let sound = std::fs::read(&path).unwrap();
        let damages: [(&str, Option<Vec<u8>>); 6] = [
            ("a bit of the first byte", Some(flipped(&sound, 0))),
            (
                "a bit in the middle",
                Some(flipped(&sound, sound.len() / 2)),
            ),
            (
                "a bit of the last byte",
                Some(flipped(&sound, sound.len().saturating_sub(1))),
            ),
            ("cut", Some(sound[..sound.len() / 2].to_vec())),
            ("longer", Some([sound.as_slice(), b"x"].concat())),
            ("gone", None),
        ];
        for (what, damaged) in damages {
            match damaged {
                Some(bytes) if bytes == sound => continue,
                Some(bytes) => std::fs::write(&path, bytes).unwrap(),
                None => std::fs::remove_file(&path).unwrap(),
            }
            let fault = checked(&backup).err();
            let fault = fault.unwrap_or_else(|| panic!("{}: {what} was not found", path.display()));
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let said = fault.to_string();
            assert!(said.contains(&name), "{what} of {name}: {said}");
            let refused = restored(&backup, (place.path(), db.clone()), &[]).await;
            assert!(refused.is_err(), "{what} of {name}");
        }
        std::fs::write(&path, &sound).unwrap();
    }
    checked(&backup).unwrap();
    // After all those refusals the instance is as empty as it was.
    let back = restored(&backup, (place.path(), db), &[]).await.unwrap();
    assert_eq!(
        everything(back.journal()).await,
        everything(&test.journal).await
    );
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1;
    }
    bytes
}

/// Parts that are whole and do not belong: each file is sound, the chain is not.
#[tokio::test]
async fn a_manifest_put_together_by_hand_does_not_pass() {
    let (_test, backup) = backup_of_two_runs().await;
    let path = backup.join("manifest.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let changes: [fn(&mut serde_json::Value); 5] = [
        |backup| drop(backup["segments"].as_array_mut().unwrap().pop()),
        |backup| backup["segments"].as_array_mut().unwrap().reverse(),
        |backup| backup["seq"] = 2.into(),
        |backup| backup["hash"] = "0".repeat(64).into(),
        |backup| backup["segments"][0]["hash"] = "1".repeat(64).into(),
    ];
    for change in changes {
        let mut forged = manifest.clone();
        change(&mut forged["backup"]);
        // With a checksum that fits: whoever forges can count.
        let canonical = journal::canonical_json(&forged["backup"]).unwrap();
        forged["sha256"] = FileHash::of(&canonical).as_str().into();
        std::fs::write(&path, forged.to_string()).unwrap();
        assert!(checked(&backup).is_err(), "{}", forged["backup"]);
    }
    std::fs::write(&path, text).unwrap();
    checked(&backup).unwrap();
}

/// Killed anywhere, a run leaves files under unfinished names and segments no manifest names.
#[tokio::test]
async fn what_a_killed_run_left_is_swept_away_by_the_next() {
    let (test, backup) = backup_of_two_runs().await;
    let sound = files_below(&backup);
    for folder in ["", "entries", "secret"] {
        let folder = backup.join(folder);
        std::fs::write(folder.join(".unfinished-1"), b"half").unwrap();
    }
    std::fs::write(
        backup.join("entries/000000000005-000000000009-aa.jsonl.gz"),
        b"stray",
    )
    .unwrap();
    checked(&backup).unwrap();
    backed_up(&test.journal, &backup).await.unwrap();
    assert_eq!(files_below(&backup), sound);
}
