//! The disk fills: under SQLite's file and its write-ahead log, under the file store, under PostgreSQL's
//! tables and its write-ahead log.

use std::path::Path;
use std::process::Command;

use journal::{FileHash, FileStore, Journal, JournalError, Written};

use crate::check::{Promised, check};
use crate::cluster::{Cluster, is_root, succeeded};
use crate::deeds::{Deed, HEAVY, open};

/// A small disk of the test's own.
struct Disk(tempfile::TempDir);

impl Disk {
    /// Nothing, with a line that says so, where we may not mount one.
    fn new(kilobytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={kilobytes}k,mode=777");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path());
        let mounted = is_root() && mount.output().is_ok_and(|output| output.status.success());
        if !mounted {
            println!("left out: only root may mount a small disk");
        }
        mounted.then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Gives it another size, contents and all.
    fn resize(&self, kilobytes: u32) {
        let size = format!("remount,size={kilobytes}k");
        succeeded(
            Command::new("mount")
                .args(["-o", &size])
                .arg(self.path())
                .output(),
        );
    }

    /// Takes up whatever room is left.
    fn fill(&self) {
        let junk = vec![0; 64 << 20];
        std::fs::write(self.path().join("junk"), junk).expect_err("it is smaller than that");
    }

    fn make_room(&self) {
        std::fs::remove_file(self.path().join("junk")).expect("the junk");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: connections of a failed test may still hold files there.
        succeeded(Command::new("umount").arg("-l").arg(self.path()).output());
    }
}

/// Does deeds of one writer until one fails; gives its error.
async fn until_full(journal: &Journal, writer: u32, promised: &mut Promised) -> JournalError {
    for number in promised.next(writer)..promised.next(writer) + 1_000 {
        let deed = Deed { writer, number };
        match deed.run(journal).await {
            Ok(Written::New(seq)) => promised.acknowledged.insert(deed, seq),
            Ok(other) => panic!("{deed:?} was {other:?}"),
            Err(error) => return error,
        };
    }
    panic!("a thousand deeds did not fill the disk")
}

fn assert_explained(error: &JournalError) {
    let said = error.to_string();
    assert!(
        said.contains("disk is full") && said.contains("make room"),
        "{said}"
    );
}

/// Goes on as if nothing had been: the deed that failed, and some more.
async fn goes_on(journal: &Journal, writer: u32, promised: &mut Promised) {
    for _ in 0..3 {
        let deed = Deed {
            writer,
            number: promised.next(writer),
        };
        let outcome = deed.run(journal).await.unwrap();
        let Written::New(seq) = outcome else {
            panic!("{deed:?} failed and yet was {outcome:?}")
        };
        promised.acknowledged.insert(deed, seq);
    }
    check(journal, promised).await;
}

/// On the smaller disk the log fills it before it is folded into the file for the first time; on the
/// others the folding itself finds no room.
#[tokio::test]
async fn sqlite_on_a_full_disk_says_so_and_goes_on_once_there_is_room() {
    for kilobytes in [1_500, 4_400, 5_000] {
        let Some(disk) = Disk::new(kilobytes) else {
            return;
        };
        let files = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", disk.path().join("dotpha.sqlite").display());
        let mut promised = Promised::default();
        {
            let journal = open(&address, files.path()).await.unwrap();
            for more in [6_000, 12_000] {
                let error = until_full(&journal, HEAVY, &mut promised).await;
                assert_explained(&error);
                // Full is full for the next one too, and reading goes on.
                assert_explained(&until_full(&journal, HEAVY, &mut promised).await);
                crate::check::assert_sound(&journal).await;
                disk.resize(kilobytes + more);
                goes_on(&journal, HEAVY, &mut promised).await;
            }
            journal.db().close().await;
        }
        let journal = open(&address, files.path()).await.unwrap();
        goes_on(&journal, HEAVY, &mut promised).await;
        println!("{kilobytes} kB held {} deeds", promised.acknowledged.len());
        journal.db().close().await;
    }
}

/// Names of everything below a folder that is no folder.
fn files_below(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(files_below(&path));
        } else {
            names.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    names
}

#[tokio::test]
async fn a_file_that_finds_no_room_is_not_there_at_all() {
    let Some(disk) = Disk::new(300) else {
        return;
    };
    let store = FileStore::open(disk.path().join("files")).await.unwrap();
    // Some fit, then one fits by half, of every size that a write may break off at.
    for kilobytes in [200, 150, 101, 100, 99, 64, 5_000] {
        let content = vec![kilobytes as u8; kilobytes * 1024];
        let hash = FileHash::of(&content);
        match store.put(&content).await {
            Ok(stored) => assert_eq!(store.get(&stored).await.unwrap(), content),
            Err(error) => {
                assert_explained(&error);
                let below = files_below(disk.path());
                let traces = below.iter().filter(|name| name.contains(hash.as_str()));
                assert_eq!(traces.count(), 0, "{kilobytes} kB left {below:?}");
            }
        }
    }
    disk.resize(20_000);
    let content = vec![7; 5_000 * 1024];
    let hash = store.put(&content).await.unwrap();
    assert_eq!(store.get(&hash).await.unwrap(), content);
}

#[tokio::test]
async fn a_command_whose_file_finds_no_room_leaves_no_trace() {
    let Some(disk) = Disk::new(200) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let address = journal::testing::address(&folder).await;
    let journal = open(&address, &disk.path().join("files")).await.unwrap();
    let mut promised = Promised::default();
    let error = until_full(&journal, HEAVY, &mut promised).await;
    assert!(matches!(error, JournalError::File { .. }), "{error}");
    assert_explained(&error);
    check(&journal, &mut promised).await;
    disk.resize(20_000);
    goes_on(&journal, HEAVY, &mut promised).await;
    journal.db().close().await;
}

#[tokio::test]
async fn postgres_whose_tables_find_no_room_says_so_and_goes_on_once_there_is_some() {
    let (Some(disk), Some(cluster)) = (Disk::new(3_000), Cluster::new(None)) else {
        return;
    };
    let place = disk.path().join("tables");
    std::fs::create_dir(&place).unwrap();
    succeeded(Command::new("chown").arg("postgres").arg(&place).output());
    let place = place.display();
    let setup = journal::Db::open(&cluster.address()).await.unwrap();
    let journal::Db::Postgres(pool) = &setup else {
        unreachable!("it is PostgreSQL's address")
    };
    let create: &'static str = format!("CREATE TABLESPACE small LOCATION '{place}'").leak();
    sqlx::query(create).execute(pool).await.unwrap();
    let files = tempfile::tempdir().unwrap();
    let address = format!("{}?options[default_tablespace]=small", cluster.address());
    let journal = open(&address, files.path()).await.unwrap();
    let mut promised = Promised::default();
    let error = until_full(&journal, HEAVY, &mut promised).await;
    assert_explained(&error);
    crate::check::assert_sound(&journal).await;
    disk.resize(40_000);
    goes_on(&journal, HEAVY, &mut promised).await;
    println!("3000 kB held {} deeds", promised.acknowledged.len());
}

/// PostgreSQL cannot live without its log: it stops itself. What it acknowledged is there when there is
/// room again and it was started.
#[tokio::test]
async fn postgres_whose_log_finds_no_room_keeps_what_it_acknowledged() {
    let Some(disk) = Disk::new(20_000) else {
        return;
    };
    let Some(cluster) = Cluster::new(Some(disk.path())) else {
        return;
    };
    let files = tempfile::tempdir().unwrap();
    let journal = open(&cluster.address(), files.path()).await.unwrap();
    let mut promised = Promised::default();
    for number in 0..5 {
        crate::check::repeat(
            &journal,
            Deed {
                writer: HEAVY,
                number,
            },
            &mut promised,
        )
        .await;
    }
    disk.fill();
    let error = until_full(&journal, HEAVY, &mut promised).await;
    assert!(matches!(error, JournalError::Database(_)), "{error}");
    disk.make_room();
    cluster.start_again();
    check(&journal, &mut promised).await;
    // The last one failed for its writer; it may have been in the log all the same.
    let number = promised.next(HEAVY);
    crate::check::repeat(
        &journal,
        Deed {
            writer: HEAVY,
            number,
        },
        &mut promised,
    )
    .await;
    goes_on(&journal, HEAVY, &mut promised).await;
}
