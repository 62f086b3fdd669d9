//! `dotpha doctor` at instances that are out of order, each in its own way.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use journal::Db;
use serde_json::Value as Json;

use crate::Demo;

/// An instance with an account, its definitions and nothing else.
async fn instance() -> Demo {
    let demo = Demo::fresh().await;
    let mut child = demo
        .command("open-account")
        .args(["--login", "quantri", "--name", "Quản trị"])
        .args(["--role", "operator", "--organisation", "so-khcn"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("runs");
    let mut input = child.stdin.take().expect("its input");
    input
        .write_all("sông Sêrêpốk mùa nước\n".as_bytes())
        .expect("written");
    drop(input);
    assert!(child.wait().expect("ends").success());
    let private = PermissionsExt::from_mode(0o750);
    fs::set_permissions(demo.folder.path(), private).expect("a private folder");
    demo
}

impl Demo {
    async fn db(&self) -> Db {
        let sqlite = format!("sqlite:{}", self.path("dotpha.sqlite").display());
        let address = self.database.as_deref().unwrap_or(&sqlite);
        Db::open(address).await.expect("the database opens")
    }

    async fn execute(&self, sql: &str) {
        let db = self.db().await;
        db.execute(sql, vec![]).await.expect(sql);
        db.close().await;
    }
}

/// What the doctor says: the level and the finding of a check, and how it ended.
struct Said {
    checks: Vec<Json>,
    code: i32,
    text: String,
}

impl Said {
    fn level(&self, name: &str) -> &str {
        let check = self.checks.iter().find(|check| check["name"] == name);
        let check = check.unwrap_or_else(|| panic!("no check {name}: {}", self.text));
        check["level"].as_str().expect("a level")
    }

    /// The checks that are not as they should be.
    fn ill(&self) -> Vec<(String, String)> {
        let word = |check: &Json, key: &str| check[key].as_str().unwrap_or_default().to_owned();
        self.checks
            .iter()
            .filter(|check| check["level"] != "ok")
            .map(|check| (word(check, "name"), word(check, "level")))
            .collect()
    }
}

fn doctor(demo: &Demo, more: &[&str]) -> Said {
    let output = demo
        .command("doctor")
        .arg("--json")
        .args(["--set", "address=127.0.0.1:0"])
        .args(more)
        .output()
        .expect("runs");
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    Said {
        checks: serde_json::from_str(&text).unwrap_or_else(|_| panic!("{output:?}")),
        code: output.status.code().expect("ended by itself"),
        text,
    }
}

/// Makes the instance one that has nothing to complain about.
async fn heal(demo: &Demo) -> PathBuf {
    let backup = demo.path("backup");
    fs::create_dir_all(&backup).expect("a folder");
    fs::write(backup.join("manifest.json"), "{}").expect("written");
    let db = demo.db().await;
    let (head, _) = db.stored_head().await.expect("a head");
    db.close().await;
    fs::create_dir_all(demo.path("heads")).expect("a folder");
    let today = jiff::Zoned::now().date();
    fs::write(demo.path("heads/heads.txt"), format!("{today} {head}\n")).expect("written");
    backup
}

#[tokio::test]
async fn a_sound_instance_has_nothing_to_complain_about() {
    let demo = instance().await;
    let backup = heal(&demo).await;
    let set = format!("backup={}", backup.display());
    let said = doctor(&demo, &["--set", &set]);
    assert_eq!((said.code, said.ill()), (0, vec![]), "{}", said.text);
    // Nothing was changed by looking.
    let verified = demo.tell("verify", &[]);
    doctor(&demo, &[]);
    assert_eq!(demo.tell("verify", &[]), verified);
    let for_people = demo
        .command("doctor")
        .env("LANG", "vi_VN.UTF-8")
        .env_remove("LC_ALL")
        .output();
    let for_people = for_people.expect("runs");
    let told = String::from_utf8_lossy(&for_people.stdout).into_owned();
    assert!(
        told.contains("Cơ sở dữ liệu") && told.contains("→ "),
        "{told}"
    );
}

#[tokio::test]
async fn each_ill_is_found_named_and_has_a_remedy() {
    let demo = instance().await;
    let backup = heal(&demo).await;
    let set = format!("backup={}", backup.display());
    let microseconds = |ago: i64| jiff::Timestamp::now().as_microsecond() - ago * 1_000_000;
    let job = |id: &str, state: &str, at: i64| {
        format!(
            "INSERT INTO job (id, kind, input, state, done, total, note, attempts, lease_until, \
             created_by, created_at, changed_at) VALUES ('{id}', 'x', '{{}}', '{state}', 0, 0, '', 3, 0, \
             'system', {at}, {at})"
        )
    };
    // What is done to the database, what undoes it, and what is said meanwhile.
    let ills = [
        (
            job("a", "queued", microseconds(7200)),
            "DELETE FROM job",
            "jobs",
            "warning",
        ),
        (
            job("b", "failed", microseconds(60)),
            "DELETE FROM job",
            "jobs",
            "warning",
        ),
        (
            "INSERT INTO outbox (id, channel, recipient, subject, body, state, attempts, note, lease_until, \
             created_at, changed_at) VALUES ('m', 'mail', 'a@b.vn', 's', 'b', 'dead', 9, 'no', 0, 1, 1)"
                .into(),
            "DELETE FROM outbox",
            "outbox",
            "warning",
        ),
        (
            "INSERT INTO schema_step (name) VALUES ('9999-later')".into(),
            "DELETE FROM schema_step WHERE name = '9999-later'",
            "schema",
            "fault",
        ),
        (
            "UPDATE projection_state SET version = version + 100 WHERE name = 'programme'".into(),
            "UPDATE projection_state SET version = version - 100 WHERE name = 'programme'",
            "projections",
            "warning",
        ),
        (
            "UPDATE journal_head SET recorded_at = recorded_at + 86400000000".into(),
            "UPDATE journal_head SET recorded_at = recorded_at - 86400000000",
            "clock",
            "warning",
        ),
        (
            "UPDATE journal_head SET seq = seq + 1".into(),
            "UPDATE journal_head SET seq = seq - 1",
            "head",
            "fault",
        ),
    ];
    for (harm, mend, name, level) in ills {
        demo.execute(&harm).await;
        let said = doctor(&demo, &["--set", &set]);
        assert_eq!(
            said.ill(),
            [(name.to_owned(), level.to_owned())],
            "{harm}: {}",
            said.text
        );
        assert_eq!(said.code, if level == "fault" { 2 } else { 1 });
        let check = said
            .checks
            .iter()
            .find(|check| check["name"] == name)
            .expect("it");
        assert!(check["remedy"]["vi"].is_string(), "{check}");
        demo.execute(mend).await;
    }
    assert_eq!(doctor(&demo, &["--set", &set]).code, 0);
}

#[tokio::test]
async fn ills_of_the_machine_and_of_the_configuration_are_found() {
    let demo = instance().await;
    let backup = heal(&demo).await;
    let set = format!("backup={}", backup.display());
    let said = |more: &[&str]| doctor(&demo, &[&["--set", &set], more].concat());

    // A backup that is old, and one that never ended.
    let manifest = File::options()
        .write(true)
        .open(backup.join("manifest.json"));
    let old = SystemTime::now() - Duration::from_secs(40 * 3600);
    manifest
        .expect("the manifest")
        .set_modified(old)
        .expect("set back");
    assert_eq!(said(&[]).level("backup"), "warning");
    fs::remove_file(backup.join("manifest.json")).expect("removed");
    assert_eq!(said(&[]).level("backup"), "fault");
    assert_eq!(doctor(&demo, &[]).level("backup"), "warning", "not watched");

    // A head that is not in the chain, one that is old, none.
    let heads = demo.path("heads/heads.txt");
    let today = jiff::Zoned::now().date();
    let head = format!("{today} 1:{}\n", "ab".repeat(32));
    fs::write(&heads, head).expect("written");
    assert_eq!(said(&[]).level("heads"), "fault");
    let db = demo.db().await;
    let (head, _) = db.stored_head().await.expect("a head");
    db.close().await;
    fs::write(&heads, format!("2026-01-01 {head}\n")).expect("written");
    assert_eq!(said(&[]).level("heads"), "warning");
    fs::remove_file(&heads).expect("removed");
    assert_eq!(said(&[]).level("heads"), "warning");

    // A file that was altered; a store that is no folder.
    let shelf = demo.path("files/ab");
    fs::create_dir_all(&shelf).expect("a folder");
    fs::write(shelf.join("cd".repeat(31)), "not what its name says").expect("written");
    assert_eq!(said(&[]).level("files"), "fault");
    fs::remove_dir_all(demo.path("files")).expect("removed");
    fs::write(demo.path("files"), "").expect("written");
    assert_eq!(said(&[]).level("files"), "fault");
    fs::remove_file(demo.path("files")).expect("removed");
    assert_eq!(said(&[]).level("files"), "warning");
    fs::create_dir(demo.path("files")).expect("a folder");

    // Others may read.
    let open = PermissionsExt::from_mode(0o755);
    fs::set_permissions(demo.folder.path(), open).expect("open to all");
    assert_eq!(said(&[]).level("folders"), "warning");

    // Space, cookies, the line to a database elsewhere, an address that is taken.
    assert_eq!(
        said(&["--set", "limits.free_disk_mb=9999999"]).level("disk"),
        "fault"
    );
    assert_eq!(
        said(&["--set", "public_url=https://dotpha.vn"]).level("cookies"),
        "ok"
    );
    let plain = [
        "--set",
        "public_url=https://dotpha.vn",
        "--set",
        "secure_cookies=false",
    ];
    assert_eq!(said(&plain).level("cookies"), "warning");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free address");
    let address = format!("address={}", taken.local_addr().expect("its address"));
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = taken.accept().expect("asked");
        let _ = stream.write_all(b"HTTP/1.0 404 Not Found\r\n\r\nno\n");
        taken
    });
    assert_eq!(said(&["--set", &address]).level("address"), "fault");
    drop(asked.join().expect("answered"));
}

#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    let folder = tempfile::tempdir().expect("a folder");
    // Nobody listens at port 1; another machine's name makes the line to it matter.
    for (database, transport) in [
        ("postgres://dotpha:cá-bống-kho@127.0.0.1:1/dotpha", "ok"),
        (
            "postgres://dotpha:cá-bống-kho@db.invalid/dotpha?sslmode=require",
            "warning",
        ),
        (
            "postgres://dotpha:cá-bống-kho@db.invalid/dotpha?sslmode=verify-full",
            "ok",
        ),
    ] {
        let demo = Demo {
            folder: tempfile::tempdir_in(folder.path()).expect("a folder"),
            database: Some(database.to_owned()),
        };
        let said = doctor(&demo, &[]);
        assert_eq!(said.level("database"), "fault", "{}", said.text);
        assert_eq!(said.level("transport"), transport, "{}", said.text);
        assert_eq!(said.code, 2);
        assert!(!said.text.contains("kho"), "{}", said.text);
        assert!(said.text.contains("•••"), "{}", said.text);
    }
}

#[test]
fn where_nothing_is_yet_nothing_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo {
        folder,
        database: None,
    };
    let said = doctor(&demo, &[]);
    assert_eq!(said.level("database"), "warning");
    assert_eq!(
        fs::read_dir(demo.folder.path())
            .expect("the folder")
            .count(),
        0
    );
    let said = doctor(&demo, &["--set", "limits.upload_mb=0", "--set", "datta=x"]);
    assert_eq!((said.code, said.level("configuration")), (2, "fault"));
    assert!(said.text.contains("limits.upload_mb") && said.text.contains("datta"));
}

#[tokio::test]
async fn the_command_line_shows_the_settings_in_force() {
    let demo = instance().await;
    let told = demo.tell("config", &["--set", "limits.upload_mb=48"]);
    assert!(told.lines().any(|line| {
        line.starts_with("limits.upload_mb") && line.contains("48") && line.ends_with("option")
    }));
    let explained = demo.tell("config", &["--explain"]);
    assert!(
        explained.contains("DOTPHA_MAIL_PASSWORD_FILE"),
        "{explained}"
    );
}
