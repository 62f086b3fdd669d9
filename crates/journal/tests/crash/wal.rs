//! SQLite's write-ahead log ends anywhere, as after a power cut, or holds a wrong byte.

use std::path::Path;

use journal::Journal;

use crate::check::{assert_projections, assert_sound, tables};
use crate::deeds::{Deed, open};

/// Deeds in the log that is cut.
const DEEDS: u32 = 4;

/// A database whose last deeds stand only in the write-ahead log.
struct Written {
    database: Vec<u8>,
    log: Vec<u8>,
    /// Length of the log after each deed: its commit is the last frame before.
    ends: Vec<usize>,
    /// The projections after each number of deeds, from none on.
    tables: Vec<Vec<String>>,
}

async fn written() -> Written {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dotpha.sqlite");
    let address = format!("sqlite:{}", path.display());
    let files = folder.path().join("files");
    // Closing folds the log into the file, so that the log we cut holds the deeds alone.
    open(&address, &files).await.unwrap().db().close().await;
    let journal = open(&address, &files).await.unwrap();
    let log = || std::fs::read(folder.path().join("dotpha.sqlite-wal")).unwrap();
    let (mut ends, mut after) = (Vec::new(), vec![tables(&journal).await]);
    for number in 0..DEEDS {
        let deed = Deed { writer: 1, number };
        deed.run(&journal).await.unwrap();
        ends.push(log().len());
        after.push(tables(&journal).await);
    }
    assert!(ends.is_sorted_by(|a, b| a < b), "the log grows: {ends:?}");
    Written {
        database: std::fs::read(&path).unwrap(),
        log: log(),
        ends,
        tables: after,
    }
}

impl Written {
    /// Opens the database beside this log in a folder of its own.
    async fn beside(&self, log: &[u8], folder: &Path) -> Journal {
        std::fs::write(folder.join("dotpha.sqlite"), &self.database).unwrap();
        std::fs::write(folder.join("dotpha.sqlite-wal"), log).unwrap();
        let address = format!("sqlite:{}", folder.join("dotpha.sqlite").display());
        open(&address, &folder.join("files")).await.unwrap()
    }

    /// The journal beside this log holds just the deeds whose commit is in its first `sound` bytes.
    async fn holds(&self, log: &[u8], sound: usize, what: &str) {
        let folder = tempfile::tempdir().unwrap();
        let journal = self.beside(log, folder.path()).await;
        let kept = self.ends.iter().filter(|end| **end <= sound).count();
        assert_eq!(journal.head().await.unwrap().seq, kept as i64, "{what}");
        assert_sound(&journal).await;
        assert_eq!(tables(&journal).await, self.tables[kept], "{what}");
        journal.db().close().await;
    }
}

#[tokio::test]
async fn a_log_cut_anywhere_gives_the_deeds_whose_commit_is_whole() {
    let written = written().await;
    let mut lengths: Vec<usize> = (0..=written.log.len()).step_by(512).collect();
    // The bytes around each commit, which no step of 512 may hit.
    lengths.extend(written.ends.iter().flat_map(|end| [end - 1, *end, end + 1]));
    for length in lengths
        .iter()
        .map(|length| (*length).min(written.log.len()))
    {
        let what = format!("cut at byte {length} of {}", written.log.len());
        written.holds(&written.log[..length], length, &what).await;
    }
    println!("{} cuts", lengths.len());
}

#[tokio::test]
async fn a_wrong_byte_in_the_log_ends_it_there() {
    /// Of the log's head, and of the head before each page.
    const HEAD: usize = 32;
    const FRAME: usize = 24 + 4096;
    let written = written().await;
    let frames = (written.log.len() - HEAD) / FRAME;
    let in_head = [0, 7, 12, 17, 21, 27, 31];
    // Somewhere else in each frame: its own head in one, the page in the next.
    let in_frames = (0..frames).map(|frame| HEAD + frame * FRAME + (frame * 331) % FRAME);
    for at in in_head.into_iter().chain(in_frames) {
        let mut log = written.log.clone();
        log[at] ^= 1 << (at % 8);
        let sound = if at < HEAD {
            0
        } else {
            at - (at - HEAD) % FRAME
        };
        written
            .holds(&log, sound, &format!("wrong bit in byte {at}"))
            .await;
    }
}

/// What the cuts are held against is what a rebuild gives.
#[tokio::test]
async fn projections_after_a_cut_are_those_of_a_rebuild() {
    let written = written().await;
    for (before, end) in written.ends.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let journal = written.beside(&written.log[..end - 1], folder.path()).await;
        assert_eq!(journal.head().await.unwrap().seq, before as i64);
        assert_projections(&journal).await;
        // And writing goes on where the cut was.
        let deed = Deed {
            writer: 1,
            number: before as u32,
        };
        deed.run(&journal).await.unwrap();
        assert_eq!(tables(&journal).await, written.tables[before + 1]);
        assert_projections(&journal).await;
    }
}
