//! Taking out by the commands an operator types: shown first, done only with the code, and gone.

use super::*;

const WHY: [&str; 4] = [
    "--reason",
    "đưa nhầm vào hệ thống",
    "--authority",
    "Công văn 7/CV",
];

impl Demo {
    /// A column of the first row of a query, in the database of this place.
    async fn first(&self, sql: &str) -> Option<String> {
        let db = self.open().await;
        let row = db.row(sql, params![]).await.expect("an answer");
        db.close().await;
        row.map(|row| row.text("v").expect("text"))
    }

    fn run(&self, command: &str, more: &[&str]) -> Output {
        self.command(command).args(more).output().expect("runs")
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_document_is_shown_then_removed_with_its_code() {
    let demo = Demo::fresh().await;
    demo.tell("demo", &["--prepare-only"]);
    let head = demo.head();
    let id = demo
        .first("SELECT id AS v FROM document WHERE known_to IS NULL AND state LIKE '%99-CTr/TU%'")
        .await
        .expect("the demo's programme");
    let what = format!("document/{id}");

    let shown = demo.run("remove", &[&what]);
    assert!(!shown.status.success(), "nothing was done");
    let list = out(&shown);
    assert!(
        list.contains("targets (") && list.contains("--with-others"),
        "{list}"
    );
    let code = list
        .rsplit("--confirm ")
        .next()
        .map(str::trim)
        .expect("a code");

    let wrong: Vec<&str> = [
        &[what.as_str(), "--with-others", "--confirm", "000000"],
        &WHY[..],
    ]
    .concat();
    let alone: Vec<&str> = [&[what.as_str(), "--confirm", code], &WHY[..]].concat();
    let groundless = [what.as_str(), "--with-others", "--confirm", code];
    for refused in [&wrong[..], &alone[..], &groundless[..]] {
        let refused = demo.run("remove", refused);
        assert!(
            !refused.status.success() && !err(&refused).is_empty(),
            "{refused:?}"
        );
    }
    assert_eq!(demo.head(), head, "refusals leave no trace");

    let right: Vec<&str> = [
        &[what.as_str(), "--with-others", "--confirm", code],
        &WHY[..],
    ]
    .concat();
    let said = demo.tell("remove", &right);
    assert!(said.contains("removals.jsonl"), "{said}");
    let sql = format!("SELECT id AS v FROM document WHERE id = '{id}'");
    assert_eq!(demo.first(&sql).await, None);
    let verified = demo.tell("verify", &["--head", &head]);
    assert!(verified.contains(" 0 faults"), "{verified}");
    let live = demo.projections().await;
    demo.tell("rebuild", &[]);
    assert_eq!(demo.projections().await, live);
    let again = demo.run("remove", &right);
    assert!(!again.status.success(), "it is gone: {again:?}");
}

#[tokio::test]
async fn a_person_is_erased_by_login_typed_twice() {
    let demo = Demo::fresh().await;
    demo.tell("demo", &["--prepare-only"]);
    let head = demo.head();
    let shown = demo.run("erase-person", &["--login", "khcn"]);
    assert!(
        !shown.status.success() && out(&shown).contains("khcn"),
        "{shown:?}"
    );
    let nobody = demo.run("erase-person", &["--login", "khong-ai"]);
    assert!(err(&nobody).contains("khong-ai"), "{nobody:?}");
    assert_eq!(demo.head(), head, "nothing was done");

    let right: Vec<&str> = [&["--login", "khcn", "--confirm", "khcn"], &WHY[..]].concat();
    demo.tell("erase-person", &right);
    let verified = demo.tell("verify", &["--head", &head]);
    assert!(verified.contains(" 0 faults"), "{verified}");
    let gone = demo.run("erase-person", &["--login", "khcn"]);
    assert!(
        err(&gone).contains("khcn"),
        "there is no such login any more: {gone:?}"
    );
}
