//! The process is killed: at each named step of a write, and at any moment.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use journal::params;
use journal::steps::{KILL_AT, NAMED, REBUILDING};
use journal::testing::address;

use crate::check::{Promised, assert_sound, check, repeat};
use crate::child::{ADDRESS, FILES, NEXT, REBUILDS, WRITERS};
use crate::deeds::{Deed, open};

/// After so many kills a new, empty journal is begun: the first steps of one must be survived too.
const KILLS_A_JOURNAL: usize = 12;

/// How the next child dies.
#[derive(Debug, Clone, Copy)]
enum Death {
    /// By its own hand, when it comes to a step for the n-th time.
    At(&'static str, u64),
    /// By ours, so long after it was started.
    After(Duration),
}

/// Numbers that look random and are the same for one seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// Two kills of three at a named step, each step in turn; the rest at any moment, from the start of the
/// process on.
fn death(kill: usize, dice: &mut Dice) -> Death {
    if kill % 3 == 2 {
        Death::After(Duration::from_micros(dice.below(120_000)))
    } else {
        let turn = kill / 3 * 2 + kill % 3;
        Death::At(NAMED[turn % NAMED.len()], 1 + dice.below(12))
    }
}

fn start(address: &str, files: &Path, next: &str, death: Death) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this very program"));
    command
        .args([
            "--exact",
            "child::writes_until_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(ADDRESS, address)
        .env(FILES, files)
        .env(NEXT, next)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Death::At(step, n) = death {
        command.env(KILL_AT, format!("{step}:{n}"));
        if REBUILDING.contains(&step) {
            command.env(REBUILDS, "1");
        }
    }
    command.spawn().expect("a child")
}

/// Lets a child write until it dies; gives what it said.
fn killed(mut child: Child, death: Death) -> String {
    if let Death::After(moment) = death {
        std::thread::sleep(moment);
        child.kill().expect("it is ours");
    }
    let (mut said, mut complained) = (String::new(), String::new());
    let mut out = child.stdout.take().expect("a pipe");
    let mut err = child.stderr.take().expect("a pipe");
    out.read_to_string(&mut said).expect("text");
    err.read_to_string(&mut complained).expect("text");
    let status = child.wait().expect("it ended");
    assert!(!status.success(), "{death:?} never came: {said}");
    assert!(
        status.code().is_none(),
        "{death:?}: the child ended by itself, {status}: {said}\n{complained}"
    );
    said
}

/// Acknowledgements in what a child said; a line without its end was not said.
fn acknowledged(said: &str) -> Vec<(Deed, i64)> {
    let whole = said.rfind('\n').map_or("", |end| &said[..end]);
    let mut all = Vec::new();
    for line in whole.lines() {
        if let Some(rest) = line.strip_prefix("ack ") {
            let n: Vec<i64> = rest.split(' ').map(|n| n.parse().expect(line)).collect();
            let (writer, number) = (n[0] as u32, n[1] as u32);
            all.push((Deed { writer, number }, n[2]));
        }
    }
    all
}

/// One journal and everything that was promised about it.
struct Victim {
    address: String,
    files: PathBuf,
    promised: Promised,
    _folder: tempfile::TempDir,
}

impl Victim {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            address: address(&folder).await,
            files: folder.path().join("files"),
            promised: Promised::default(),
            _folder: folder,
        }
    }

    async fn kill(&mut self, death: Death) -> usize {
        let next: Vec<String> = (0..WRITERS)
            .map(|writer| self.promised.next(writer).to_string())
            .collect();
        let (address, files) = (self.address.clone(), self.files.clone());
        let dying = move || killed(start(&address, &files, &next.join(","), death), death);
        let said = tokio::task::spawn_blocking(dying).await.expect("it died");
        let acknowledged = acknowledged(&said);
        self.promised
            .acknowledged
            .extend(acknowledged.iter().copied());
        let journal = open(&self.address, &self.files).await.expect("it opens");
        // As if the time had passed after which a rebuild counts as given up.
        let given_up = "UPDATE projection_build SET lease_until = 1 WHERE owner IS NOT NULL";
        journal
            .db()
            .execute(given_up, params![])
            .await
            .expect("a table of builds");
        check(&journal, &mut self.promised).await;
        for writer in 0..WRITERS {
            let number = self.promised.next(writer);
            repeat(&journal, Deed { writer, number }, &mut self.promised).await;
        }
        assert_sound(&journal).await;
        journal.db().close().await;
        acknowledged.len()
    }
}

fn kills() -> usize {
    std::env::var("DOTPHA_CRASHES").map_or(200, |n| n.parse().expect("DOTPHA_CRASHES=NUMBER"))
}

/// Journals whose writers die at the same time: they mostly wait for the disk.
const LANES: usize = 4;

/// 200 times; as often as `DOTPHA_CRASHES` says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_at_any_step_loses_nothing_and_leaves_nothing_half() {
    let seed = uuid::Uuid::new_v4().as_u64_pair().0;
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let deaths: Vec<Death> = (0..kills()).map(|kill| death(kill, &mut dice)).collect();
    let mut lanes = tokio::task::JoinSet::new();
    for lane in 0..LANES {
        let mine: Vec<Death> = deaths.iter().skip(lane).step_by(LANES).copied().collect();
        lanes.spawn(async move {
            let mut acknowledged = 0;
            for deaths in mine.chunks(KILLS_A_JOURNAL) {
                let mut victim = Victim::new().await;
                for death in deaths {
                    println!("lane {lane}: {death:?}");
                    acknowledged += victim.kill(*death).await;
                }
            }
            acknowledged
        });
    }
    let acknowledged: usize = lanes.join_all().await.into_iter().sum();
    assert!(
        acknowledged > kills(),
        "{acknowledged} is too little to lose anything of"
    );
    println!(
        "{} kills, {acknowledged} acknowledged deeds, none lost",
        kills()
    );
}

/// Killed three times at each step of a rebuild that runs beside writers: the live tables are whole, old or
/// new, and the next rebuild clears away what was left beside them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_in_a_rebuild_leaves_whole_tables() {
    let mut victim = Victim::new().await;
    for n in [1, 2, 5] {
        for step in REBUILDING {
            victim.kill(Death::At(step, n)).await;
            let left = beside(&victim).await;
            assert_eq!(left, Vec::<String>::new(), "{step}:{n}");
        }
    }
}

/// Tables that stand beside the live ones.
async fn beside(victim: &Victim) -> Vec<String> {
    let db = journal::Db::open(&victim.address).await.expect("it opens");
    let sql = match db.engine() {
        journal::Engine::Sqlite => "SELECT name AS t FROM sqlite_master WHERE type = 'table'",
        journal::Engine::Postgres => {
            "SELECT CAST(tablename AS TEXT) AS t FROM pg_tables WHERE schemaname = current_schema()"
        }
    };
    let rows = db.rows(sql, params![]).await.expect("names of tables");
    db.close().await;
    let names = rows.iter().map(|row| row.text("t").expect("a name"));
    let live = ["crash_deed", "crash_total"];
    names
        .filter(|name| name.starts_with("crash_") && !live.contains(&name.as_str()))
        .collect()
}
