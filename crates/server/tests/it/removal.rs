//! Erasing a person and taking out what should never have come in: gone from every page for everybody,
//! today and as known before, from the files on the disk, and again after a restore; the chain stays whole.

use std::path::Path;
use std::sync::Arc;

use access::Scope;
use journal::backup::{BackUp, Outside, Restoring, back_up, restore};
use journal::testing::database;
use journal::{FileHash, FileStore, Grounds, Head, Journal, RemovalList};
use removal::{Finished, Order, What};

use crate::client::Client;
use crate::everything;
use crate::roles;
use crate::words;
use crate::world::{PASSWORD, World, projections, run};

const READERS: [&str; 4] = ["visitor", "officer", "leader", "operator"];

fn grounds() -> Grounds {
    Grounds {
        reason: "Đưa nhầm vào hệ thống".into(),
        authority: "Công văn 7/CV".into(),
    }
}

/// Everything that a reader finds at every address, as a page and as a table, now and as known before.
async fn crawl(world: &World, who: &str) -> Vec<(String, String)> {
    let mut client = world.anybody(who).await;
    let mut found = Vec::new();
    for address in roles::pages() {
        let address = world.address(address);
        let sign = if address.contains('?') { '&' } else { '?' };
        for known in ["", "as_known_on=2026-10-04"] {
            let address = format!("{address}{sign}{known}");
            for accept in ["text/html", "text/csv"] {
                let reply = client.get_as(&address, accept).await;
                assert!(reply.status < 500, "{who} {address}: {}", reply.text());
                found.push((format!("{who} {address} {accept}"), reply.text()));
            }
        }
    }
    found
}

async fn assert_nowhere(world: &World, readers: &[&str], words: &[&str]) {
    for who in readers {
        for (place, text) in crawl(world, who).await {
            for word in words {
                assert!(!text.contains(word), "{place}: {word} in {text}");
            }
        }
    }
}

/// Looks for words in every file of the instance. On PostgreSQL the tables lie elsewhere: see the guide.
fn assert_not_on_disk(folder: &Path, words: &[&str]) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            assert_not_on_disk(&path, words);
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        for word in words {
            let found = bytes.windows(word.len()).any(|w| w == word.as_bytes());
            assert!(!found, "{word} in {}", path.display());
        }
    }
}

async fn assert_clean(journal: &Journal, heads: &[Head]) {
    for head in heads {
        let found = journal.verify(Some(head)).await.expect("verifies");
        assert_eq!(found.faults, [], "{head}");
    }
}

/// Every row of every projection.
async fn dump(journal: &Journal) -> Vec<String> {
    let mut lines = Vec::new();
    for projection in projections() {
        for table in projection.tables() {
            let sql = format!("SELECT * FROM {table}");
            for row in journal.db().rows(&sql, vec![]).await.expect("rows") {
                lines.push(format!("{table}: {:?}", row.values().expect("values")));
            }
        }
    }
    lines.sort();
    lines
}

/// The tables are what a rebuild makes of the journal.
pub async fn assert_as_rebuilt(journal: &Journal) {
    let live = dump(journal).await;
    assert!(live.len() > 100, "{} rows", live.len());
    journal.rebuild().await.expect("rebuilt");
    let rebuilt = dump(journal).await;
    for (live, rebuilt) in live.iter().zip(&rebuilt) {
        assert_eq!(live, rebuilt);
    }
    assert_eq!(live.len(), rebuilt.len());
}

async fn post(client: &mut Client, address: &str, fields: &[(&str, &str)]) -> u16 {
    client.post(address, fields).await.status
}

#[test]
fn an_erased_person_is_nowhere_and_what_they_did_stays() {
    run(async {
        let world = World::own().await;
        let head = world.journal().head().await.expect("a head");
        let mut other = world.person("other").await;
        assert_eq!(other.get("/my-work").await.status, 200);
        let mut operator = world.person("operator").await;
        let account = format!("/accounts/{}", world.people["other"]);
        let form = format!("{account}/erase");
        let shown = operator.get(&form).await.assert_page(200);
        assert!(shown.contains("Không thể hoàn tác"), "{shown}");
        let english = operator.get(&format!("{form}?lang=en")).await.text();
        assert!(english.contains("cannot be undone") || english.contains("Không thể"));
        let right = [
            ("reason", "Thôi việc, có yêu cầu xoá"),
            ("authority", "Đơn ngày 1/10/2026"),
            ("login", "other"),
        ];
        // Refused: another login, no reason, no authority, too long.
        let long = "x".repeat(501);
        for (field, wrong) in [
            ("login", "othe"),
            ("reason", " "),
            ("authority", ""),
            ("reason", &long),
        ] {
            let mut fields = right.to_vec();
            fields.retain(|(name, _)| *name != field);
            fields.push((field, wrong));
            assert_eq!(post(&mut operator, &form, &fields).await, 422, "{field}");
        }
        assert_eq!(world.head().await, head.seq);
        // One's own account is somebody else's to erase.
        let own = format!("/accounts/{}/erase", world.people["operator"]);
        let mut fields = right.to_vec();
        fields[2].1 = "operator";
        assert_eq!(post(&mut operator, &own, &fields).await, 409);

        assert_eq!(post(&mut operator, &form, &right).await, 303);
        assert_nowhere(&world, &READERS, &["Người other"]).await;
        let page = operator.get(&account).await.assert_page(200);
        assert!(
            page.contains("đã xoá") && !page.contains("Mở lại"),
            "{page}"
        );
        let task = format!("/history/task/{}", world.inner.tasks[1]);
        let mut officer = world.person("officer").await;
        let history = officer.get(&task).await.assert_page(200);
        assert!(
            history.contains("đã xoá") && history.contains("Báo cáo kết quả"),
            "{history}"
        );
        // The session ended, nobody signs in, nobody opens the account again.
        assert_eq!(other.get("/my-work").await.status, 401);
        assert_eq!(world.visitor().sign_in("other", PASSWORD).await.status, 401);
        for closed in ["reopen", "close"] {
            assert_eq!(
                post(&mut operator, &format!("{account}/{closed}"), &[]).await,
                409
            );
        }
        let after = world.journal().head().await.expect("a head");
        assert_clean(world.journal(), &[head, after]).await;
        assert_as_rebuilt(world.journal()).await;
        assert_not_on_disk(world.folder(), &["Người other"]);
        let list = std::fs::read_to_string(world.journal().removal_list().path()).expect("a list");
        assert_eq!(list.lines().count(), 1);
        assert!(!list.contains("Thôi việc"), "only identities: {list}");
    });
}

/// Words of the published programme, its tasks and results.
const WORDS: [&str; 6] = [
    "88-CTr/TU",
    "Đưa đổi mới sáng tạo đến",
    "dua doi moi sang tao den",
    "hội thi sáng chế",
    "bí danh Kim Ngưu",
    "quầy tư vấn",
];

#[test]
fn a_document_that_slipped_in_goes_with_all_that_repeats_it() {
    run(async {
        let world = World::own_with_report().await;
        let journal = world.journal();
        let before = journal.head().await.expect("a head");
        let what = format!("document/{}", world.public.document);
        let mut leader = world.person("leader").await;
        let form = format!("/removals/new?what={what}");
        let page = leader.get(&form).await.assert_page(200);
        for shown in ["88-CTr/TU", "sáng chế học đường", "Không thể hoàn tác"] {
            assert!(page.contains(shown), "{shown} not in {page}");
        }
        let plan = leader.json(&form).await;
        let code = plan["plan"]["code"].as_str().expect("a code").to_owned();
        assert_eq!(plan["plan"]["tasks"].as_array().map(Vec::len), Some(3));
        assert_eq!(plan["plan"]["reports"].as_array().map(Vec::len), Some(1));
        let right = [
            ("what", what.as_str()),
            ("reason", "Có nội dung thuộc bí mật nhà nước"),
            ("authority", "Chỉ đạo của Chủ tịch"),
            ("with_others", "yes"),
            ("code", &code),
        ];
        for (field, wrong, status) in [
            ("code", "", 422),
            ("code", "00000000", 422),
            ("with_others", "", 422),
            ("reason", "", 422),
            ("authority", "", 422),
            ("what", "document/không phải", 404),
            ("what", "../../etc/passwd", 404),
        ] {
            let mut fields = right.to_vec();
            fields.retain(|(name, _)| *name != field);
            fields.push((field, wrong));
            assert_eq!(
                post(&mut leader, "/removals", &fields).await,
                status,
                "{field}"
            );
        }
        assert_eq!(journal.head().await.expect("a head"), before);

        assert_eq!(post(&mut leader, "/removals", &right).await, 303);
        world.searchable().await;
        assert_nowhere(&world, &READERS, &WORDS).await;
        let found = leader.json("/search?q=hoi+thi+sang+che").await;
        assert_eq!(found["total"], 0, "{found}");
        // Those inside are told that it went; others find nothing.
        let things = [
            format!("/documents/{}", world.public.document),
            format!("/programmes/{}", world.public.programme),
            format!("/targets/{}", world.public.targets[0]),
            format!("/tasks/{}", world.public.tasks[0]),
        ];
        for thing in &things {
            let told = leader.get(thing).await.assert_page(410);
            assert!(told.contains("/removals/"), "{told}");
            let known = format!("{thing}?as_known_on=2026-09-01");
            assert_eq!(leader.get(&known).await.status, 410);
            assert_eq!(world.visitor().get(thing).await.status, 404);
        }
        let list = leader.get("/removals").await.assert_page(200);
        assert!(
            list.contains("Chỉ đạo của Chủ tịch") && list.contains("Người leader"),
            "{list}"
        );
        let again = leader.get(&form).await;
        assert_eq!(again.status, 409, "removed before");
        // The other plan stands.
        let inner = format!("/documents/{}", world.inner.document);
        assert!(
            leader
                .get(&inner)
                .await
                .assert_page(200)
                .contains("901/KH-UBND")
        );
        let after = journal.head().await.expect("a head");
        assert_clean(journal, &[before, after]).await;
        assert_as_rebuilt(journal).await;
        assert_not_on_disk(world.folder(), &WORDS);
        // The same file does not come in again.
        let mut officer = world.person("officer").await;
        officer.get("/documents").await;
        let reply = officer
            .upload(
                "/documents",
                &[],
                &[("file", "khac.txt", words::PUBLIC.as_bytes())],
            )
            .await;
        assert!(reply.assert_page(422).contains("đã bị gỡ bỏ"));
    });
}

#[test]
fn a_file_of_evidence_goes_and_what_it_supported_stays() {
    run(async {
        let world = World::own().await;
        let journal = world.journal();
        let before = journal.head().await.expect("a head");
        let mut officer = world.person("officer").await;
        let task = format!("/tasks/{}", world.inner.tasks[0]);
        let status = officer.json(&task).await["row"]["status"].clone();
        let paper = FileHash::of(words::INNER_SOURCE.as_bytes());
        for hash in [world.evidence.as_str(), paper.as_str()] {
            let what = format!("file/{hash}");
            let plan = officer.json(&format!("/removals/new?what={what}")).await;
            let code = plan["plan"]["code"].as_str().expect("a code");
            let fields = [
                ("what", what.as_str()),
                ("reason", "Có số căn cước"),
                ("authority", "Luật"),
                ("code", code),
            ];
            assert_eq!(post(&mut officer, "/removals", &fields).await, 303);
        }
        let page = officer.get(&task).await.assert_page(200);
        assert!(
            page.contains(words::RESULT) && page.contains("tệp đã gỡ bỏ"),
            "{page}"
        );
        assert!(!page.contains("bien-ban.txt"), "{page}");
        assert_eq!(officer.json(&task).await["row"]["status"], status);
        let known = officer
            .get(&format!("{task}?as_known_on=2026-08-21"))
            .await
            .text();
        assert!(
            known.contains(words::RESULT) && !known.contains("bien-ban.txt"),
            "{known}"
        );
        let file = format!("{task}/evidence/{}", world.evidence);
        assert_eq!(officer.get(&file).await.status, 404);
        let figure = format!("/observations/{}", world.inner_figure);
        let page = officer.get(&figure).await.assert_page(200);
        assert!(
            page.contains("tệp đã gỡ bỏ") && page.contains("19,5"),
            "{page}"
        );
        let after = journal.head().await.expect("a head");
        assert_clean(journal, &[before, after]).await;
        assert_as_rebuilt(journal).await;
        assert_not_on_disk(&world.folder().join("files"), &["bien ban nghiem thu"]);
        let mut focal = world.person("focal").await;
        focal.get(&task).await;
        let again = [("evidence", "moi.txt", words::EVIDENCE)];
        let reply = focal
            .upload(&format!("{task}/result"), &[("text", "Lại")], &again)
            .await;
        assert_eq!(reply.status, 422, "{}", reply.text());
    });
}

#[test]
fn a_signed_copy_goes_and_a_report_goes_alone() {
    run(async {
        let world = World::own().await;
        let journal = world.journal();
        world.maker.go_to("2026-10-06");
        let id = everything::reports(&world).await;
        let before = journal.head().await.expect("a head");
        let mut officer = world.person("officer").await;
        let page = format!("/reports/{id}");
        let shown = officer.get(&page).await.assert_page(200);
        assert!(
            shown.contains("ban-ky.txt") || shown.contains("12/BC-SKHCN"),
            "{shown}"
        );
        let programmes = officer.json("/programmes").await;

        remove(journal, What::File(FileHash::of(b"ban da ky"))).await;
        let shown = officer.get(&page).await.assert_page(200);
        assert!(!shown.contains("ban-ky.txt"), "{shown}");
        assert!(
            shown.contains("12/BC-SKHCN"),
            "that it was signed stays: {shown}"
        );
        assert_as_rebuilt(journal).await;

        let scope = Scope::system();
        let what = What::Report(id);
        let plan = removal::plan(journal, &scope, &what).await.expect("a plan");
        assert!(
            !plan.takes_others() && plan.tasks.is_empty(),
            "a report goes alone"
        );
        let files = plan.files.clone();
        assert!(!files.is_empty(), "DOCX and PDF");
        remove(journal, what).await;
        assert_eq!(officer.get(&page).await.status, 410);
        assert_eq!(officer.json("/reports").await["total"], 0);
        assert_eq!(officer.json("/programmes").await, programmes);
        for file in files {
            assert!(
                journal.files().get(&file).await.is_err(),
                "{} is still there",
                file.as_str()
            );
        }
        let after = journal.head().await.expect("a head");
        assert_clean(journal, &[before, after]).await;
        assert_as_rebuilt(journal).await;
        assert_not_on_disk(&world.folder().join("files"), &["ban da ky"]);
    });
}

const OUTSIDE: &[Outside] = &[Outside::VAULT, Outside::JOBS, access::CREDENTIALS];

async fn remove(journal: &Journal, what: What) {
    let scope = Scope::system();
    let plan = removal::plan(journal, &scope, &what).await.expect("a plan");
    let order = Order {
        grounds: grounds(),
        code: plan.code,
        with_others: true,
        key: None,
    };
    removal::remove(journal, &scope, &what, &order)
        .await
        .expect("removed");
}

#[test]
fn after_a_restore_of_an_older_backup_it_goes_again() {
    run(async {
        let world = World::own_with_report().await;
        let journal = world.journal();
        let backup = world.folder().join("backup");
        let how = BackUp {
            plain: true,
            outside: OUTSIDE,
            tell: &|_| {},
        };
        let (_, snapshot) = back_up(journal, &backup, how).await.expect("a backup");
        drop(snapshot);
        let old = journal.head().await.expect("a head");
        let person = world.people["other"];
        world
            .app
            .accounts
            .erase(&Scope::system(), person, &grounds(), None)
            .await
            .expect("erased");
        remove(journal, What::Document(world.public.document)).await;
        remove(
            journal,
            What::File(FileHash::parse(&world.evidence).expect("a hash")),
        )
        .await;

        let folder = tempfile::tempdir().expect("a folder");
        let into = Restoring {
            db: database(&folder).await,
            files: FileStore::open(folder.path().join("files"))
                .await
                .expect("files"),
            projections: projections(),
            clock: Arc::new(jiff::Timestamp::now),
            outside: OUTSIDE,
            heads: std::slice::from_ref(&old),
            tell: &|_| {},
        };
        let restored = restore(&backup, into).await.expect("restored");
        let restored = restored.finish().await.expect("given free");
        let list = journal.removal_list().path().to_owned();
        let restored = restored.with_removal_list(RemovalList::at(&list));
        assert!(
            said(&restored).await.contains("Kim Ngưu"),
            "the backup is older"
        );
        let finished = removal::finish(&restored).await.expect("repeated");
        assert_eq!(finished.repeated.len(), 3);
        let text = said(&restored).await;
        for word in WORDS.iter().chain(&["Người other"]) {
            assert!(!text.contains(word), "{word} in {text}");
        }
        for file in [
            &world.evidence,
            FileHash::of(words::PUBLIC.as_bytes()).as_str(),
        ] {
            let hash = FileHash::parse(file).expect("a hash");
            assert!(!restored.files().has(&hash).await.expect("looked"));
        }
        let new = restored.head().await.expect("a head");
        assert_clean(&restored, &[old, new]).await;
        assert_as_rebuilt(&restored).await;
        // Doing it twice does nothing more, here and where it was done first.
        for journal in [&restored, journal] {
            let again = removal::finish(journal).await.expect("nothing to do");
            assert_eq!(again, Finished::default());
        }
        // A list of another journal concerns this one not at all.
        let stranger = World::own().await;
        let other = stranger
            .journal()
            .clone()
            .with_removal_list(RemovalList::at(&list));
        let finished = removal::finish(&other).await.expect("nothing to do");
        assert_eq!(finished, Finished::default());
    });
}

/// Everything that the record says, and the names beside it.
async fn said(journal: &Journal) -> String {
    let mut text = String::new();
    for entry in journal.entries_after(0, i64::MAX).await.expect("entries") {
        text += &String::from_utf8_lossy(&entry.payload);
    }
    text += &dump(journal).await.join("\n");
    let names = journal.db().rows("SELECT value FROM vault", vec![]).await;
    for name in names.expect("rows") {
        text += &name.text("value").expect("a name");
    }
    text
}

#[test]
fn a_removal_that_was_cut_short_is_finished_at_the_next_start() {
    run(async {
        let world = World::own().await;
        let journal = world.journal();
        let what = What::Document(world.inner.document);
        let file = FileHash::of(words::INNER.as_bytes());
        let content = journal.files().get(&file).await.expect("the file");
        remove(journal, what).await;
        // As if the process had died after the entry was recorded and before the file went.
        journal.files().put(&content).await.expect("back");
        let found = journal.verify(None).await.expect("verifies");
        assert!(!found.faults.is_empty(), "what was removed is still there");
        let finished = removal::finish(journal).await.expect("finished");
        assert_eq!((finished.files, finished.repeated.len()), (1, 0));
        assert!(!journal.files().has(&file).await.expect("looked"));
        assert_eq!(journal.verify(None).await.expect("verifies").faults, []);

        // A line that was cut off is told, and swallows no other.
        let list = journal.removal_list().path().to_owned();
        let mut text = std::fs::read_to_string(&list).expect("a list");
        text.push_str("{\"removal\":\"0192");
        std::fs::write(&list, text).expect("written");
        remove(journal, What::Document(world.public.document)).await;
        let finished = removal::finish(journal).await.expect("finished");
        assert_eq!(finished.unreadable, [2]);
        assert_eq!(
            journal
                .removal_list()
                .read()
                .await
                .expect("read")
                .removals
                .len(),
            2
        );
    });
}

#[test]
fn copies_go_together_and_only_when_agreed_to() {
    run(async {
        let world = World::own().await;
        let journal = world.journal();
        // The same words handed in twice go together.
        let mut officer = world.person("officer").await;
        officer.get("/documents").await;
        let copy = [("file", "ban-sao.txt", words::INNER.as_bytes())];
        assert_eq!(officer.upload("/documents", &[], &copy).await.status, 303);
        let what = What::Document(world.inner.document);
        let plan = removal::plan(journal, &Scope::system(), &what)
            .await
            .expect("a plan");
        assert_eq!((plan.documents.len(), plan.programmes.len()), (2, 1));
        let order = Order {
            grounds: grounds(),
            code: plan.code,
            with_others: false,
            key: None,
        };
        let refused = removal::remove(journal, &Scope::system(), &what, &order).await;
        assert!(
            matches!(refused, Err(access::Refusal::Invalid { .. })),
            "{refused:?}"
        );
        remove(journal, what).await;
        assert_as_rebuilt(journal).await;
        assert_eq!(journal.verify(None).await.expect("verifies").faults, []);
    });
}
