//! A document's way: handed in, read, corrected beside its text, adopted or refused.

use journal::FileHash;
use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client::Client;
use crate::world::{World, run};

/// A plan of nobody: two targets, two tasks.
pub const PLAN: &str = "ỦY BAN NHÂN DÂN TỈNH ĐẮK LẮK
Số: 777/KH-UBND
Đắk Lắk, ngày 05 tháng 9 năm 2026

KẾ HOẠCH
Mở rộng dịch vụ số ở chợ và bến xe

I. MỤC TIÊU
1. Đến năm 2029
- Giao dịch không dùng tiền mặt đạt tối thiểu 58%.
- Tỷ trọng kinh tế số trong GRDP đạt trên 21%.

II. NHIỆM VỤ
- Giao Sở Tài chính chủ trì lập danh sách chợ có điểm thanh toán số, hoàn thành trước ngày 31/10/2027.
- Giao Sở Y tế chủ trì đặt máy đo huyết áp công cộng ở bến xe, hoàn thành trước ngày 30/11/2027.
";

/// Hands a text in and waits until the server has read it; gives the document's address.
pub async fn handed_in(world: &World, client: &mut Client, text: &str) -> String {
    client.get("/documents").await;
    let key = Uuid::now_v7().to_string();
    let file = ("file", "ke-hoach.txt", text.as_bytes());
    let reply = client.upload("/documents", &[("key", &key)], &[file]).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let job = reply.header("location").to_owned();
    // A form sent twice is one document and one job.
    let again = client.upload("/documents", &[("key", &key)], &[file]).await;
    assert_eq!(again.header("location"), job);
    let stop = CancellationToken::new();
    let worker = tokio::spawn(server::run_jobs(world.app.clone(), stop.clone()));
    let mut see = None;
    for _ in 0..400 {
        let state = client.json(&job).await;
        assert_ne!(state["state"], "failed", "{state}");
        if let Some(address) = state["see"].as_str() {
            see = Some(address.to_owned());
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    stop.cancel();
    worker.await.expect("it ends");
    let see = see.expect("read in time");
    see.strip_suffix("/reading").expect("a reading").to_owned()
}

fn items<'a>(view: &'a Json, sort: &str) -> &'a [Json] {
    view["reading"][sort].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn a_plan_is_read_corrected_and_adopted() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let document = handed_in(&world, &mut officer, PLAN).await;
        let reading = format!("{document}/reading");
        let page = officer.get(&reading).await.assert_page(200);
        assert!(
            page.contains("id=\"x-t1\"") && page.contains("href=\"#x-t1\""),
            "{page}"
        );
        assert!(
            page.contains("id=\"x-k2\"") && page.contains("href=\"#k2\""),
            "{page}"
        );

        // A wrong field comes back with what was typed.
        let form = officer.get(&format!("{reading}/targets/t1")).await;
        let (span, seen) = (form.text(), form.hidden("seen").expect("a sign"));
        let view = officer.json(&reading).await;
        assert_eq!(
            (items(&view, "targets").len(), items(&view, "tasks").len()),
            (2, 2),
            "{view}"
        );
        let place = &items(&view, "targets")[0]["fields"]["place"]["span"];
        let span_word = format!("{}-{}", place[0], place[1]);
        assert!(span.contains(&format!("value=\"{span_word}\"")));
        let mut fields = vec![
            ("seen", seen.as_str()),
            ("span", span_word.as_str()),
            ("indicator", "cashless_transactions_pct"),
            ("comparator", ">="),
            ("value", "sáu mươi"),
            ("unit", "percent"),
            ("period_kind", "by_year"),
            ("year", "2029"),
        ];
        let bad = officer
            .post(&format!("{reading}/targets/t1"), &fields)
            .await;
        assert!(bad.assert_faults(&["value"]).contains("sáu mươi"));

        // Corrected; the same form again is stale, since the target is another now.
        fields[4] = ("value", "60,5");
        let done = officer
            .post(&format!("{reading}/targets/t1"), &fields)
            .await;
        assert_eq!(done.status, 303, "{}", done.text());
        assert!(done.header("location").ends_with("/reading?item=t1#t1"));
        fields[4] = ("value", "70");
        let stale = officer
            .post(&format!("{reading}/targets/t1"), &fields)
            .await;
        assert!(stale.assert_page(409).contains("value=\"70\""));
        // Another item of the same document is not.
        let form = officer.get(&reading).await;
        assert!(form.text().contains("60,5"));
        let rejected = officer
            .post(
                &format!("{reading}/tasks/k2/reject"),
                &[("reason", "đã giao ở văn bản khác")],
            )
            .await;
        assert_eq!(rejected.status, 303, "{}", rejected.text());
        let shown = officer
            .get(&format!("{reading}?show=rejected"))
            .await
            .assert_page(200);
        assert!(shown.contains("đã giao ở văn bản khác"));

        // A target that was missed: words of a passage.
        let view = officer.json(&reading).await;
        let passages = view["reading"]["source"]["passages"]
            .as_array()
            .expect("passages");
        let last = &passages.last().expect("one")["span"];
        let span = format!("{}-{}", last[0], last[1]);
        let added = [
            ("span", span.as_str()),
            ("words", "không có ở đây"),
            ("indicator", ""),
        ];
        let bad = officer
            .post(&format!("{reading}/targets/new"), &added)
            .await;
        bad.assert_faults(&["words"]);
        let added = [
            ("span", span.as_str()),
            ("words", "máy đo huyết áp"),
            ("indicator", ""),
        ];
        let done = officer
            .post(&format!("{reading}/targets/new"), &added)
            .await;
        assert_eq!(done.status, 303, "{}", done.text());

        let programme = adopt(&mut officer, &document).await;
        let board = officer.json(&programme).await;
        assert!(
            board.to_string().contains("cashless_transactions_pct"),
            "{board}"
        );
        let page = officer.get(&document).await.assert_page(200);
        assert!(
            page.contains("href=\"/targets/") && page.contains("href=\"/tasks/"),
            "{page}"
        );
        // What was adopted is no longer corrected here.
        let gone = officer.get(&format!("{reading}/targets/t1")).await;
        assert_eq!(gone.status, 303);
        assert!(gone.header("location").starts_with("/targets/"));
    });
}

/// Adopts all that is open as the form is prefilled; gives the programme's address.
async fn adopt(client: &mut Client, document: &str) -> String {
    let address = format!("{document}/adopt");
    let form = client.get(&address).await;
    let page = form.assert_page(200);
    assert!(page.contains("Sở Tài chính"), "{page}");
    let version = form.hidden("expected").expect("a version");
    let nothing = client
        .post(
            &address,
            &[
                ("into", "new"),
                ("title", ""),
                ("area", ""),
                ("from", "20x6"),
            ],
        )
        .await;
    let faulty = nothing.assert_faults(&["title", "area", "from"]);
    assert!(faulty.contains("20x6"));
    let fields = [
        ("expected", version.as_str()),
        ("into", "new"),
        ("title", "Dịch vụ số ở chợ và bến xe"),
        ("area", "66@2025-07-01"),
        ("from", "2026"),
        ("to", "2029"),
        ("targets", "t1"),
        ("targets", "t2"),
        ("tasks", "k1"),
        ("lead-k1", "so-tai-chinh"),
    ];
    let done = client.post(&address, &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    done.header("location").to_owned()
}

#[test]
fn a_document_marked_secret_leaves_nothing_behind() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        officer.get("/documents").await;
        let text = format!("TỐI MẬT\n{PLAN}");
        let file = ("file", "danh-sach-kin.txt", text.as_bytes());
        let before = world.head().await;
        let reply = officer.upload("/documents", &[], &[file]).await;
        let page = reply.assert_faults(&["file"]);
        assert!(
            page.contains("Tối mật") && page.contains("bí mật nhà nước"),
            "{page}"
        );
        assert_eq!(
            world.head().await,
            before + 1,
            "one entry says that it was refused"
        );
        let stored = world
            .journal()
            .files()
            .get(&FileHash::of(text.as_bytes()))
            .await;
        assert!(stored.is_err(), "the file must not be stored");
        for address in ["/documents", "/documents?status=refused_secret", "/history"] {
            let told = officer.json(address).await.to_string();
            assert!(
                !told.contains("danh-sach-kin") && !told.contains("huyết áp"),
                "{told}"
            );
        }
        let refused = officer.json("/documents?status=refused_secret").await;
        let id = refused["documents"][0]["id"]
            .as_str()
            .expect("a document")
            .to_owned();
        let page = officer
            .get(&format!("/documents/{id}"))
            .await
            .assert_page(200);
        assert!(page.contains("Tối mật"), "{page}");
        assert_eq!(
            officer.get(&format!("/documents/{id}/file")).await.status,
            404
        );
    });
}

#[test]
fn files_that_cannot_be_taken_are_named_beside_the_field() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        officer.get("/documents").await;
        let before = world.head().await;
        officer
            .upload("/documents", &[], &[])
            .await
            .assert_faults(&["file"]);
        let files: [(&str, &str, &[u8]); 2] = [
            ("file", "trong.txt", b"  \n"),
            ("file", "anh.png", b"\x89PNG\r\n\x1a\n...."),
        ];
        let page = officer
            .upload("/documents", &[], &files)
            .await
            .assert_faults(&["file"]);
        assert!(
            page.contains("trong.txt") && page.contains("anh.png"),
            "{page}"
        );
        assert_eq!(world.head().await, before);
        // A citizen may not hand in anything.
        let mut citizen = world.person("citizen").await;
        citizen.get("/documents").await;
        let file = ("file", "a.txt", PLAN.as_bytes());
        assert_eq!(citizen.upload("/documents", &[], &[file]).await.status, 403);
        assert_eq!(world.head().await, before);
    });
}

#[test]
fn news_is_kept_for_reference_and_never_adopted() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let document = handed_in(&world, &mut officer, PLAN).await;
        let header = format!("{document}/reading/header");
        let form = officer.get(&header).await;
        let seen = form.hidden("seen").expect("a sign");
        let fields = [
            ("seen", seen.as_str()),
            ("kind", "news"),
            ("title", "Chợ và bến xe"),
        ];
        let done = officer.post(&header, &fields).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let adopt = format!("{document}/adopt");
        let page = officer.get(&adopt).await.assert_page(200);
        assert!(
            page.contains("chỉ để tham khảo") && !page.contains("name=\"targets\""),
            "{page}"
        );
        let fields = [
            ("into", "new"),
            ("title", "Chợ và bến xe"),
            ("area", "66@2025-07-01"),
            ("from", "2026"),
            ("targets", "t1"),
        ];
        officer.post(&adopt, &fields).await.assert_page(409);
        let kept = officer.post(&format!("{document}/reference"), &[]).await;
        assert_eq!(kept.status, 303, "{}", kept.text());
        let view = officer.json(&document).await;
        assert_eq!(view["status"], "reference", "{view}");
    });
}

#[test]
fn before_it_is_adopted_a_document_is_its_organisations_own() {
    run(async {
        let world = World::own().await;
        let mut focal = world.person("focal").await;
        let document = handed_in(&world, &mut focal, PLAN).await;
        let reading = format!("{document}/reading");
        focal.get(&document).await.assert_page(200);
        let page = focal.get(&reading).await.assert_page(200);
        assert!(
            !page.contains("/adopt") && !page.contains("/reject"),
            "no forms for who may not"
        );
        assert_eq!(focal.get(&format!("{document}/adopt")).await.status, 403);
        for who in ["other", "citizen", "operator", "visitor"] {
            let mut client = world.anybody(who).await;
            for address in [
                document.clone(),
                reading.clone(),
                format!("{document}/file"),
            ] {
                assert_eq!(client.get(&address).await.status, 404, "{who} {address}");
            }
            let listed = client.json("/documents").await.to_string();
            assert!(!listed.contains("777/KH-UBND"), "{who}: {listed}");
        }
        let mut officer = world.person("officer").await;
        officer.get(&reading).await.assert_page(200);
        assert_eq!(officer.get("/documents/khong-phai-ma").await.status, 404);
        assert_eq!(
            officer.get(&format!("{reading}/targets/t99")).await.status,
            404
        );
        assert_eq!(officer.get("/documents?status=la").await.status, 422);
    });
}

#[test]
fn a_document_of_another_area_goes_into_a_programme_only_when_that_is_meant() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let plan = PLAN
            .replace("ĐẮK LẮK", "QUẢNG NINH")
            .replace("Đắk Lắk", "Quảng Ninh");
        let document = handed_in(&world, &mut officer, &plan).await;
        let address = format!("{document}/adopt");
        let into = world.inner.programme.to_string();
        let mut fields = vec![
            ("into", into.as_str()),
            ("targets", "t1"),
            ("responsible-t1", "so-khcn"),
        ];
        let asked = officer.post(&address, &fields).await;
        let page = asked.assert_faults(&["other_area"]);
        assert!(
            page.contains("Quảng Ninh") && page.contains("Đắk Lắk"),
            "{page}"
        );
        fields.push(("other_area", "yes"));
        let done = officer.post(&address, &fields).await;
        assert_eq!(done.status, 303, "{}", done.text());
    });
}

#[test]
fn several_files_are_answered_each() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        officer.get("/documents").await;
        let other = PLAN.replace("777", "778");
        let files = [
            ("file", "mot.txt", PLAN.as_bytes()),
            ("file", "hai\u{202e}.txt", other.as_bytes()),
        ];
        let reply = officer
            .upload(
                "/documents",
                &[("key", &Uuid::now_v7().to_string())],
                &files,
            )
            .await;
        let page = reply.assert_page(200);
        assert_eq!(page.matches("Đã tiếp nhận").count(), 2, "{page}");
        assert!(
            page.contains("hai.txt") && page.contains("/jobs/"),
            "{page}"
        );
        // Nothing is chosen before the officer chooses it.
        let document = handed_in(&world, &mut officer, PLAN).await;
        let empty = officer
            .post(&format!("{document}/reading/tasks/new"), &[("span", "")])
            .await;
        empty.assert_faults(&["span"]);
    });
}

/// A word-processor file whose mark of secrecy stands in the page header alone.
fn marked_in_its_header() -> Vec<u8> {
    use std::io::Write as _;
    const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    let parts = [
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/></Types>"#.to_owned()),
        ("_rels/.rels", r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#.to_owned()),
        ("word/_rels/document.xml.rels", r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/></Relationships>"#.to_owned()),
        ("word/document.xml", format!("<w:document {W} xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body><w:p><w:r><w:t>KẾ HOẠCH</w:t></w:r></w:p><w:p><w:r><w:t>Đến năm 2030 đạt 40% hồ sơ trực tuyến.</w:t></w:r></w:p><w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId1\"/></w:sectPr></w:body></w:document>")),
        ("word/header1.xml", format!("<w:hdr {W}><w:p><w:r><w:t>MẬT</w:t></w:r></w:p></w:hdr>")),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name, options).expect("a part");
        archive.write_all(content.as_bytes()).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn a_mark_that_stands_beside_the_text_alone_is_seen_and_nothing_is_kept() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        officer.get("/documents").await;
        let content = marked_in_its_header();
        let file = [("file", "ke-hoach.docx", content.as_slice())];
        let key = Uuid::now_v7().to_string();
        let reply = officer.upload("/documents", &[("key", &key)], &file).await;
        let page = reply.assert_page(422);
        assert!(page.contains("đã từ chối"), "{page}");
        let stored = FileHash::of(&content);
        assert!(
            world.journal().files().get(&stored).await.is_err(),
            "nothing of it is kept"
        );
        let list = officer.json("/documents?q=ke-hoach").await;
        assert_eq!(list["total"], 0, "{list}");
    });
}
