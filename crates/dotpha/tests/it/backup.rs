//! A demo province backed up, restored, exported, imported and moved between the two databases, by the
//! commands an operator types.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use super::*;

/// Password of the demo's accounts.
const PASSWORD: &str = "buon-don-ho-lak";

impl Demo {
    /// A place on SQLite, whatever the engine under test.
    fn desk() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Demo {
            folder,
            database: None,
        }
    }

    pub fn head(&self) -> String {
        let verified = self.tell("verify", &[]);
        assert!(verified.contains(" 0 faults"), "{verified}");
        let (_, rest) = verified.split_once("head ").expect("a head");
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == ':')
            .collect()
    }

    pub async fn open(&self) -> Db {
        let sqlite = format!("sqlite:{}", self.path("dotpha.sqlite").display());
        let address = self.database.as_deref().unwrap_or(&sqlite);
        Db::open(address).await.expect("the database opens")
    }

    /// What pages of several kinds answer to two people, as JSON.
    fn pages(&self) -> BTreeMap<String, String> {
        let server = Served::start(self);
        let mut pages = BTreeMap::new();
        for login in ["khcn", "vanhanh"] {
            let cookie = server.sign_in(login);
            let mut paths: BTreeSet<String> = [
                "/my-work",
                "/programmes",
                "/documents",
                "/tasks",
                "/observations",
                "/reports",
                "/organisations",
                "/areas",
                "/indicators",
                "/history",
                "/accounts",
            ]
            .map(str::to_owned)
            .into();
            for list in [
                "/programmes",
                "/documents",
                "/tasks",
                "/reports",
                "/observations",
            ] {
                let page = server.get(list, &cookie, "text/html");
                let links = page.split("href=\"").skip(1);
                let links = links.filter_map(|rest| rest.split(['"', '?', '#']).next());
                let below = format!("{list}/");
                paths.extend(
                    links
                        .filter(|l| l.starts_with(&below))
                        .take(4)
                        .map(str::to_owned),
                );
            }
            for path in paths {
                let answer = server.get(&path, &cookie, "application/json");
                // A refusal ends with the number of its request, which is never the same twice.
                let answer = match answer.split_once(",\"number\":") {
                    Some((said, _)) if !answer.starts_with("HTTP/1.1 200") => said.to_owned(),
                    _ => answer,
                };
                pages.insert(format!("{login} {path}"), answer);
            }
        }
        pages
    }
}

/// A served instance, which ends when this is dropped.
struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().expect("stops");
        self.child.wait().expect("stopped");
    }
}

impl Served {
    fn start(demo: &Demo) -> Self {
        let mut child = demo
            .command("serve")
            .args(["--address", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("runs");
        let output = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let address = lines.find_map(|line| Some(line.strip_prefix("http://")?.to_owned()));
        let address = address.expect("a line with the address");
        let address = address.trim_end_matches('/').to_owned();
        Served { child, address }
    }

    fn ask(&self, request: &str) -> String {
        let mut answer = String::new();
        let mut stream = TcpStream::connect(&self.address).expect("listens");
        stream.write_all(request.as_bytes()).expect("sent");
        stream.read_to_string(&mut answer).expect("answered");
        answer
    }

    /// The body of a page; what is in its head changes with the time of day.
    fn get(&self, path: &str, cookie: &str, accept: &str) -> String {
        let answer = self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: {accept}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
            self.address
        ));
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.lines().next().unwrap_or_default();
        format!("{status}\n{body}")
    }

    fn sign_in(&self, login: &str) -> String {
        let page = self.ask(&format!(
            "GET /sign-in HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        ));
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a token");
        let token = rest.split('"').next().expect("a token");
        let form = format!("csrf={token}&login={login}&password={PASSWORD}");
        let answer = self.ask(&format!(
            "POST /sign-in HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nOrigin: http://{}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{form}",
            self.address,
            cookies(&page),
            self.address,
            form.len()
        ));
        assert!(answer.starts_with("HTTP/1.1 303"), "{login}: {answer}");
        cookies(&answer)
    }
}

fn cookies(answer: &str) -> String {
    let lines = answer.lines().take_while(|line| !line.is_empty());
    let pairs: Vec<&str> = lines
        .filter(|line| line.to_ascii_lowercase().starts_with("set-cookie:"))
        .filter_map(|line| line.split_once(':')?.1.split(';').next())
        .map(str::trim)
        .collect();
    pairs.join("; ")
}

fn text(path: &Path) -> String {
    path.to_str().expect("a plain path").to_owned()
}

/// One demo, because making one takes its time; every step is a command an operator types.
#[tokio::test]
async fn a_demo_goes_everywhere_and_stays_what_it_is() {
    let demo = Demo::fresh().await;
    demo.tell("demo", &["--prepare-only"]);
    let (head, rows) = (demo.head(), demo.projections().await);
    let pages = demo.pages();
    assert!(pages.len() > 30, "{} pages", pages.len());
    assert!(
        pages
            .values()
            .filter(|page| page.starts_with("HTTP/1.1 200"))
            .count()
            > 30
    );
    every_table_is_accounted_for(&demo).await;

    let outside = tempfile::tempdir().expect("a folder");
    let backup = outside.path().join("backup");
    backed_up_though_killed(&demo, &backup, &head);
    let desk = restored_though_killed(&backup, &head).await;
    assert_eq!(desk.projections().await, rows);
    assert_eq!(
        desk.pages(),
        pages,
        "the restored instance serves the same pages"
    );

    let export = outside.path().join("export");
    demo.tell("export", &["--to", &text(&export)]);
    is_open(&demo, &export).await;
    let imported = Demo::fresh().await;
    imported.tell("import", &["--from", &text(&export)]);
    assert_eq!(imported.head(), head);
    assert_eq!(imported.projections().await, rows);
    assert_eq!(
        imported.pages(),
        pages,
        "the imported instance serves the same pages"
    );

    // From the desk to the engine under test, and back: one command each.
    let there = Demo::fresh().await;
    let mut to = vec!["--to-data".to_owned(), text(there.folder.path())];
    to.extend(
        there
            .database
            .iter()
            .flat_map(|d| ["--to".to_owned(), d.clone()]),
    );
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    desk.tell("move", &to);
    assert_eq!(there.head(), head);
    let back = Demo::desk();
    there.tell("move", &["--to-data", &text(back.folder.path())]);
    assert_eq!(back.head(), head);
    assert_eq!(back.projections().await, rows);
    let moving = std::fs::read_dir(back.folder.path())
        .expect("a folder")
        .filter(|entry| {
            let name = entry.as_ref().expect("an entry").file_name();
            name.to_string_lossy().starts_with(".moving")
        });
    assert_eq!(moving.count(), 0, "no copy lies about");
    let again = desk.command("move").args(&to).output().expect("runs");
    assert!(!again.status.success(), "the place is taken");
    assert!(String::from_utf8_lossy(&again.stderr).contains("empty instance"));
}

/// A number that is another in every run; only how long something runs before it is killed rests on it.
fn some_part() -> u32 {
    u32::from(uuid::Uuid::new_v4().as_bytes()[0])
}

/// Starts a command and kills it after some part (0 to below 256) of the time that it needs; `false` when it was
/// quicker.
fn killed(mut command: Command, needs: Duration, part: u32) -> bool {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("runs");
    std::thread::sleep(needs * part / 256);
    child.kill().expect("is killed");
    !child.wait().expect("ended").success()
}

fn backed_up_though_killed(demo: &Demo, backup: &Path, head: &str) {
    let to = ["--to", &text(backup)];
    let start = Instant::now();
    let aside = tempfile::tempdir().expect("a folder");
    demo.tell("backup", &["--to", &text(&aside.path().join("whole"))]);
    let needs = start.elapsed();
    let mut cut = 0;
    // The first is cut as soon as it began; once a run got through, those after it have next to nothing to do.
    for part in std::iter::once(4).chain(std::iter::repeat_with(some_part).take(5)) {
        let mut command = demo.command("backup");
        command.args(to);
        cut += i32::from(killed(command, needs, part));
    }
    assert!(cut > 0, "no run was cut short");
    let told = demo.tell("backup", &to);
    assert!(told.contains(head), "{told}");
    let checked = dotpha()
        .args(["backup", "--check", &text(backup), "--head", head])
        .output();
    assert!(self::told(&checked.expect("runs")).contains(head));
    assert!(
        demo.tell("backup", &to).starts_with("0 entries"),
        "nothing is new"
    );
}

/// Into SQLite; after every kill the place is empty, or says that it is not finished.
async fn restored_though_killed(backup: &Path, head: &str) -> Demo {
    let desk = Demo::desk();
    let from = ["--from", &text(backup), "--head", head];
    let start = Instant::now();
    Demo::desk().tell("restore", &from);
    let needs = start.elapsed();
    for _ in 0..6 {
        let mut command = desk.command("restore");
        command.args(from);
        if !killed(command, needs, some_part()) {
            break;
        }
        let verified = desk.command("verify").output().expect("runs");
        let said = String::from_utf8_lossy(&verified.stdout).into_owned();
        let complained = String::from_utf8_lossy(&verified.stderr).into_owned();
        assert!(
            said.contains("0 entries") || complained.contains("restore") || said.contains(head),
            "{said}{complained}"
        );
    }
    if desk.open().await.row(PENDING, vec![]).await.is_err() || !is_whole(&desk, head).await {
        desk.tell("restore", &from);
    }
    assert_eq!(desk.head(), head);
    desk
}

const PENDING: &str = "SELECT head FROM restore_pending";

/// Given free, with everything in it.
async fn is_whole(desk: &Demo, head: &str) -> bool {
    let db = desk.open().await;
    let pending = db.row(PENDING, vec![]).await.expect("a table").is_some();
    let sql = "SELECT seq FROM journal_head";
    let row = db.row(sql, vec![]).await.expect("a table").expect("a row");
    let seq = row.int("seq").expect("a number");
    db.close().await;
    !pending && head.starts_with(&format!("{seq}:"))
}

/// Tables that are no projection: each is in a backup, or here with the reason why not.
const NOT_DERIVED: &[(&str, bool)] = &[
    ("journal_head", true),
    ("journal_entry", true),
    ("journal_fact", true),
    ("journal_batch", true),
    ("vault", true),
    ("credential", true),
    ("job", true),
    ("outbox", true),
    ("daily_head", true),
    // Whoever was signed in signs in again.
    ("web_session", false),
    // Files nobody has decided on are sent again; what columns mean is said again.
    ("staged_import", false),
    ("staged_piece", false),
    ("table_mapping", false),
    // Made by the program that restores.
    ("schema_step", false),
    ("projection_state", false),
    ("restore_pending", false),
    ("projection_build", false),
];

async fn every_table_is_accounted_for(demo: &Demo) {
    let db = demo.open().await;
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
             WHERE table_schema = current_schema()"
        }
    };
    for row in db.rows(sql, vec![]).await.expect("tables") {
        let name = row.text("name").expect("a name");
        let known = NOT_DERIVED.iter().any(|(table, _)| *table == name);
        let derived = DERIVED.contains(&name.as_str()) || name == "observation_batch";
        assert!(
            known || derived,
            "does {name} have to survive? Then it belongs to OUTSIDE in crates/dotpha/src/backup.rs"
        );
    }
    db.close().await;
}

/// What an export promises: everything is there, reads as what it is, and secrets lie in one place.
async fn is_open(demo: &Demo, export: &Path) {
    let db = demo.open().await;
    let count = async |table: &str| {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let row = db.row(&sql, vec![]).await.expect("a table").expect("a row");
        row.int("n").expect("a number")
    };
    let mut entries = 0;
    for segment in std::fs::read_dir(export.join("journal/entries")).expect("segments") {
        let lines = std::fs::read_to_string(segment.expect("one").path()).expect("text");
        for line in lines.lines() {
            let entry: Json = serde_json::from_str(line).expect("JSON");
            assert!(entry["payload"]["facts"].is_array(), "{line}");
            entries += 1;
        }
    }
    assert_eq!(entries, count("journal_entry").await);
    for table in DERIVED.iter().chain(&["observation_batch"]) {
        let path = export.join(format!("tables/{table}.csv"));
        let bytes = std::fs::read(&path).expect("a table");
        let mut csv = csv::Reader::from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").expect("BOM"));
        let rows = csv.records().inspect(|row| assert!(row.is_ok())).count();
        assert_eq!(rows as i64, count(table).await, "{table}");
    }
    documents_are_there(export, &db).await;
    // Hashes of passwords, and the salts that would let names be guessed, lie in one folder.
    let sql =
        "SELECT password_hash AS s FROM credential UNION ALL SELECT LOWER(HEX(salt)) FROM vault";
    let sql = match db.engine() {
        Engine::Sqlite => sql.to_owned(),
        Engine::Postgres => sql.replace("LOWER(HEX(salt))", "ENCODE(salt, 'hex')"),
    };
    let secrets: Vec<String> = db
        .rows(&sql, vec![])
        .await
        .expect("secrets")
        .iter()
        .map(|row| row.text("s").expect("a secret"))
        .collect();
    assert!(secrets.len() > 10);
    db.close().await;
    let mut places = BTreeSet::new();
    for path in files_below(export) {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&path.metadata().expect("it").permissions());
        assert_eq!(mode & 0o077, 0, "{} is the owner's", path.display());
        let content =
            String::from_utf8_lossy(&std::fs::read(&path).expect("readable")).into_owned();
        if secrets.iter().any(|secret| content.contains(secret)) {
            places.insert(path.parent().expect("a folder").to_owned());
        }
    }
    assert_eq!(places, BTreeSet::from([export.join("journal/secret")]));
}

/// Every document that was handed in lies there under its name, with its content.
async fn documents_are_there(export: &Path, db: &Db) {
    let sql = "SELECT DISTINCT file_hash FROM document WHERE file_hash IS NOT NULL";
    let handed_in = db.rows(sql, vec![]).await.expect("documents");
    assert!(!handed_in.is_empty());
    let list = std::fs::read(export.join("files.csv")).expect("a list");
    let mut csv = csv::Reader::from_reader(list.strip_prefix(b"\xEF\xBB\xBF").expect("BOM"));
    let listed: BTreeMap<String, String> = csv
        .records()
        .map(|row| row.expect("a row"))
        .map(|row| (row[1].to_owned(), row[0].to_owned()))
        .collect();
    for row in handed_in {
        let hash = row.text("file_hash").expect("a hash");
        let content = std::fs::read(export.join(&listed[&hash])).expect("the document");
        assert_eq!(journal::FileHash::of(&content).as_str(), hash);
    }
    assert!(
        listed.values().any(|path| path.starts_with("documents/")),
        "{listed:?}"
    );
    assert!(
        listed.values().any(|path| path.starts_with("reports/")),
        "{listed:?}"
    );
    assert!(export.join("README.md").is_file() && export.join("definitions/indicator").is_dir());
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn what_cannot_be_done_is_said_with_its_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = text(folder.path());
    let data = text(&folder.path().join("new"));
    for (args, said) in [
        (vec!["backup", "--data", &data], "--to"),
        (vec!["backup", "--check", &empty], "no finished backup"),
        (
            vec!["restore", "--data", &data, "--from", &empty],
            "no finished backup",
        ),
        (
            vec!["import", "--data", &data, "--from", "/no/such"],
            "/no/such",
        ),
        (
            vec!["move", "--data", &data, "--to-data", &data],
            "lies already",
        ),
        (
            vec!["export", "--data", &data, "--to", "/proc"],
            "new folder",
        ),
    ] {
        let output = dotpha().args(&args).output().expect("runs");
        assert!(!output.status.success(), "{args:?}");
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(complaint.contains(said), "{args:?}: {complaint}");
    }
}
