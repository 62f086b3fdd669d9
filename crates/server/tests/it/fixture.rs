//! Makes the stored journal of a release; `tests/fixtures/README.md` tells when and how.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use journal::backup::{BackUp, Restoring, back_up, restore};
use journal::{Db, FileStore, params};

use crate::everything::happen;
use crate::evolution::contents;
use crate::world::{World, projections, run};

/// Writes `tests/fixtures/RELEASE/` anew, RELEASE being this program's version.
#[test]
#[ignore = "makes the stored journal of a release, from PostgreSQL"]
fn make() {
    let Ok(server) = std::env::var("DOTPHA_TEST_DATABASE") else {
        panic!("DOTPHA_TEST_DATABASE names no PostgreSQL to make it on");
    };
    let release = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(env!("CARGO_PKG_VERSION"));
    if release.exists() {
        std::fs::remove_dir_all(&release).expect("the one of before");
    }
    std::fs::create_dir_all(&release).expect("its folder");
    run(async {
        let world = World::own().await;
        happen(&world).await;
        let journal = world.journal();
        let how = BackUp {
            plain: false,
            outside: &[],
            tell: &|_| {},
        };
        let (_, snapshot) = back_up(journal, &release.join("backup"), how)
            .await
            .expect("a backup");
        drop(snapshot);
        let row = journal
            .db()
            .row("SELECT current_schema() AS s", params![])
            .await;
        let schema = row
            .expect("PostgreSQL")
            .expect("a row")
            .text("s")
            .expect("its name");
        pack(
            &release.join("journal.sql.gz"),
            statements(&server, &schema).as_bytes(),
        );
        pack(
            &release.join("journal.sqlite.gz"),
            &sqlite(&release.join("backup")).await,
        );
        let contents = serde_json::to_string_pretty(&contents(journal).await).expect("JSON");
        std::fs::write(release.join("contents.json"), contents + "\n").expect("written");
    });
}

fn pack(path: &PathBuf, bytes: &[u8]) {
    let file = std::fs::File::create(path).expect("a file");
    let mut packed = GzEncoder::new(file, Compression::best());
    packed.write_all(bytes).expect("written");
    packed.finish().expect("written");
}

/// The schema as statements that any connection may run, whatever it calls the schema.
fn statements(server: &str, schema: &str) -> String {
    let mut dump = Command::new("pg_dump");
    dump.args([
        server,
        "--inserts",
        "--no-owner",
        "--no-comments",
        "--schema",
        schema,
    ]);
    let output = dump.output().expect("pg_dump is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("text");
    let creating = format!("CREATE SCHEMA {schema};");
    // Commands to psql, which nobody else understands, and the schema that will be there already.
    let lines = text.lines().filter(|line| {
        !line.starts_with("\\restrict ") && !line.starts_with("\\unrestrict ") && *line != creating
    });
    let text: Vec<&str> = lines.collect();
    text.join("\n").replace(schema, "schema_of_the_release")
}

/// The file of a SQLite that the backup was restored into.
async fn sqlite(backup: &Path) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.sqlite");
    let address = format!("sqlite:{}", path.display());
    let into = Restoring {
        db: Db::open(&address).await.expect("SQLite"),
        files: FileStore::open(folder.path().join("files"))
            .await
            .expect("a store"),
        projections: projections(),
        clock: Arc::new(Timestamp::now),
        outside: &[],
        heads: &[],
        tell: &|_| {},
    };
    let restored = restore(backup, into).await.expect("restored");
    let journal = restored.finish().await.expect("given free");
    journal.db().close().await;
    std::fs::read(path).expect("the file")
}
