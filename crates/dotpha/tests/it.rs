//! The binary as whoever types its name meets it.

#[path = "it/backup.rs"]
mod backup;
#[path = "it/doctor.rs"]
mod doctor;
#[path = "it/removal.rs"]
mod removal;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use journal::{Db, Engine, params};
use serde_json::Value as Json;
use tempfile::TempDir;

fn dotpha() -> Command {
    Command::new(env!("CARGO_BIN_EXE_dotpha"))
}

fn demo_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../demo")
        .join(name)
}

/// Standard output of a command that has to succeed.
fn told(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

#[test]
fn the_built_in_definitions_have_no_faults() {
    let output = dotpha().arg("check").output().expect("runs");
    assert!(told(&output).contains(" 0 faults"), "{output:?}");
}

#[test]
fn a_faulty_definition_is_named_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("broken.toml");
    std::fs::write(&file, "[def]\nkind = \"indicator\"\nid = \"Không Phải\"\n").expect("written");
    let output = dotpha().arg("check").arg(&file).output().expect("runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("broken.toml"), "{said}");
}

fn read(file: &Path) -> Json {
    let output = dotpha()
        .args(["read", "--json"])
        .arg(file)
        .output()
        .expect("runs");
    serde_json::from_str(&told(&output)).expect("JSON")
}

fn count(reading: &Json, list: &str) -> usize {
    reading[list].as_array().map_or(0, Vec::len)
}

#[test]
fn our_own_texts_are_read() {
    let programme = read(&demo_file("programme.txt"));
    assert_eq!(programme["document"]["number"], "99-CTr/TU");
    assert_eq!(
        (count(&programme, "targets"), count(&programme, "tasks")),
        (25, 30)
    );
    let plan = read(&demo_file("plan.txt"));
    assert_eq!((count(&plan, "targets"), count(&plan, "tasks")), (3, 6));
    let news = read(&demo_file("news.txt"));
    assert_eq!(news["document"]["kind"], "news");
}

#[test]
fn a_file_that_is_none_is_named_and_the_others_are_read() {
    let output = dotpha()
        .args(["read", "/no/such/file.txt"])
        .arg(demo_file("plan.txt"))
        .output()
        .expect("runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("/no/such/file.txt"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("plan.txt: "));
}

/// A word-processor file with a paragraph for every line.
fn docx(text: &str) -> Vec<u8> {
    let paragraph = |line: &str| {
        let line = line.replace('&', "&amp;").replace('<', "&lt;");
        format!("<w:p><w:r><w:t xml:space=\"preserve\">{line}</w:t></w:r></w:p>")
    };
    let body: String = text.lines().map(paragraph).collect();
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#.to_owned(),
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "word/document.xml",
            format!(
                r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
            ),
        ),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name, options).expect("a part");
        archive.write_all(content.as_bytes()).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// What a reading says of each target, without where it stands.
fn terms(reading: &Json) -> Vec<Vec<Json>> {
    let fields = [
        "indicator",
        "comparator",
        "value",
        "value_max",
        "unit",
        "period",
    ];
    let targets = reading["targets"].as_array().expect("targets");
    let of = |target: &Json| fields.map(|field| target[field].clone()).to_vec();
    targets.iter().map(of).collect()
}

#[test]
fn a_word_processor_file_gives_the_targets_of_its_text() {
    let file = demo_file("programme.txt");
    let text = std::fs::read_to_string(&file).expect("the demo's text");
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("programme.docx");
    std::fs::write(&copy, docx(&text)).expect("written");
    assert_eq!(terms(&read(&copy)), terms(&read(&file)));
}

/// The same text as a printed PDF, a web page and an old word-processor file, made by LibreOffice.
#[test]
fn the_same_text_reads_the_same_in_every_format() {
    if Command::new("soffice").arg("--version").output().is_err() {
        println!("left out: soffice (libreoffice-writer-nogui) is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["programme", "plan"] {
        let file = demo_file(&format!("{name}.txt"));
        let text = std::fs::read_to_string(&file).expect("the demo's text");
        let copy = folder.path().join(format!("{name}.docx"));
        std::fs::write(&copy, docx(&text)).expect("written");
        let expected = read(&file);
        for format in ["pdf", "html", "doc"] {
            let made = Command::new("soffice")
                .args(["--headless", "--convert-to", format, "--outdir"])
                .arg(folder.path())
                .arg(format!(
                    "-env:UserInstallation=file://{}/profile",
                    folder.path().display()
                ))
                .arg(&copy)
                .output()
                .expect("soffice runs");
            assert!(made.status.success(), "{made:?}");
            let reading = read(&copy.with_extension(format));
            assert_eq!(terms(&reading), terms(&expected), "{name}.{format}");
            for list in ["tasks", "sections", "cites"] {
                assert_eq!(
                    count(&reading, list),
                    count(&expected, list),
                    "{name}.{format}: {list}"
                );
            }
        }
    }
}

#[test]
fn the_child_process_answers_also_about_what_is_no_pdf() {
    let mut child = dotpha()
        .arg("intake-pdf")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(b"no PDF at all").expect("written");
    drop(input);
    let output = child.wait_with_output().expect("ends");
    let answer: Json = serde_json::from_str(&told(&output)).expect("JSON");
    assert!(answer.get("Err").is_some(), "{answer}");
}

/// A demo of a test's own.
struct Demo {
    folder: TempDir,
    database: Option<String>,
}

impl Demo {
    /// A file of the place.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// In a fresh folder and, when `DOTPHA_TEST_DATABASE` names a PostgreSQL server, a fresh schema of it.
    async fn fresh() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let Ok(server) = std::env::var("DOTPHA_TEST_DATABASE") else {
            return Demo {
                folder,
                database: None,
            };
        };
        let schema = format!("t_{}", uuid::Uuid::new_v4().simple());
        let db = Db::open(&server).await.expect("PostgreSQL answers");
        let sql = format!("CREATE SCHEMA {schema}");
        db.execute(&sql, vec![]).await.expect("a schema");
        db.close().await;
        let sign = if server.contains('?') { '&' } else { '?' };
        let database = Some(format!("{server}{sign}options[search_path]={schema}"));
        Demo { folder, database }
    }

    fn command(&self, command: &str) -> Command {
        let mut run = dotpha();
        run.arg(command).arg("--data").arg(self.folder.path());
        if let Some(database) = &self.database {
            run.args(["--database", database]);
        }
        run
    }

    fn tell(&self, command: &str, more: &[&str]) -> String {
        told(&self.command(command).args(more).output().expect("runs"))
    }

    /// All rows of all tables that are derived from the journal.
    async fn projections(&self) -> Vec<String> {
        let sqlite = format!(
            "sqlite:{}",
            self.folder.path().join("dotpha.sqlite").display()
        );
        let db = Db::open(self.database.as_deref().unwrap_or(&sqlite))
            .await
            .expect("the demo's database");
        let mut lines = Vec::new();
        for table in DERIVED {
            let sql = match db.engine() {
                Engine::Sqlite => "SELECT name FROM pragma_table_info($1) ORDER BY name",
                Engine::Postgres => {
                    "SELECT CAST(column_name AS TEXT) AS name FROM information_schema.columns \
                     WHERE table_schema = current_schema() AND table_name = $1 ORDER BY 1"
                }
            };
            let columns = db.rows(sql, params![table]).await.expect("columns");
            assert!(!columns.is_empty(), "there is no table {table}");
            let texts: Vec<String> = columns
                .iter()
                .map(|row| row.text("name").expect("a name"))
                .map(|column| format!("COALESCE(CAST({column} AS TEXT), '∅')"))
                .collect();
            let line = texts.join(" || '|' || ");
            let sql = format!("SELECT {line} AS line FROM {table} ORDER BY 1");
            for row in db.rows(&sql, vec![]).await.expect("rows") {
                lines.push(format!("{table}: {}", row.text("line").expect("a line")));
            }
        }
        db.close().await;
        lines
    }
}

/// Tables of every engine that are filled from facts.
const DERIVED: [&str; 29] = [
    "definition",
    "area",
    "area_succession",
    "organisation",
    "organisation_name",
    "org_membership",
    "org_succession",
    "indicator",
    "account",
    "document",
    "passage",
    "programme",
    "target",
    "task",
    "task_org",
    "task_result",
    "task_evidence",
    "observation",
    "observation_tally",
    "survey",
    "survey_told",
    "campaign",
    "campaign_request",
    "target_cascade",
    "target_part",
    "target_ranking",
    "report",
    "removal",
    "removed_key",
];

#[tokio::test]
async fn the_demo_is_made_once_verified_rebuilt_and_served() {
    let demo = Demo::fresh().await;
    demo.tell("demo", &["--prepare-only"]);
    let verified = demo.tell("verify", &[]);
    assert!(verified.contains(" 0 faults"), "{verified}");

    let before = demo.projections().await;
    assert!(before.len() > 200, "{} rows", before.len());
    demo.tell("rebuild", &[]);
    let after = demo.projections().await;
    for (a, b) in before.iter().zip(&after) {
        assert_eq!(a, b);
    }
    assert_eq!(before.len(), after.len());

    demo.tell("demo", &["--prepare-only"]);
    assert_eq!(demo.tell("verify", &[]), verified, "nothing was added");
    serves(&demo);
    assert_eq!(demo.tell("verify", &[]), verified, "nothing was added");
}

/// Starts the demo on a free port and opens its first page.
fn serves(demo: &Demo) {
    let mut child = demo
        .command("demo")
        .args(["--address", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let output = child.stdout.take().expect("its output");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let address = lines
        .find_map(|line| {
            Some(
                line.strip_prefix("http://")?
                    .trim_end_matches('/')
                    .to_owned(),
            )
        })
        .expect("a line with the address");
    let people: Vec<String> = lines.by_ref().take(17).collect();
    let mut answer = String::new();
    let mut stream = TcpStream::connect(&address).expect("listens");
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    stream.read_to_string(&mut answer).expect("answered");
    child.kill().expect("stops");
    child.wait().expect("stopped");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("99-CTr/TU"), "the published programme");
    for login in ["khcn", "vpubnd", "lanhdao", "vanhanh"] {
        assert!(people.iter().any(|line| line.contains(login)), "{people:?}");
    }
}

#[tokio::test]
async fn what_is_no_demo_is_left_alone() {
    let demo = Demo::fresh().await;
    let mut child = demo
        .command("open-account")
        .args(["--login", "quantri", "--name", "Quản trị"])
        .args(["--role", "operator", "--organisation", "so-khcn"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut input = child.stdin.take().expect("its input");
    input
        .write_all("sông Sêrêpốk mùa nước\n".as_bytes())
        .expect("written");
    drop(input);
    told(&child.wait_with_output().expect("ends"));
    let verified = demo.tell("verify", &[]);
    let refused = demo.command("demo").arg("--prepare-only").output();
    let refused = refused.expect("runs");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--data"));
    assert_eq!(demo.tell("verify", &[]), verified, "nothing was added");
}
